//! What the database itself refuses, whoever asks and by whatever way: two bookings of one device at one time, tiers that
//! overlap, ledgers that do not add up, entries that do not balance, addresses outside their pool.

use headend::domain::Id;
use headend::store::schema::TABLES;

use crate::common::on_each_database;
use crate::common::raw::Raw;
use crate::fixtures;

/// Puts a copy of a row beside it, past the store, with some columns set to expressions over it.
fn copy(raw: &mut Raw, table: &str, id: Id, columns: &[(&str, &str)]) -> Result<Id, String> {
    let known = TABLES.iter().find(|known| known.name == table).unwrap();
    let new = Id::new();
    let names: Vec<&str> = known.columns.iter().map(|column| column.name).collect();
    let values: Vec<String> = names
        .iter()
        .map(|name| match columns.iter().find(|(column, _)| column == name) {
            Some((_, expression)) => (*expression).to_owned(),
            None if *name == "id" => raw.id(new),
            None => (*name).to_owned(),
        })
        .collect();
    let id = raw.id(id);
    raw.try_execute(&format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE id = {id}",
        names.join(", "),
        values.join(", ")
    ))
    .map(|()| new)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, String>, constraint: &str) {
    let told = outcome.unwrap_err();
    assert!(told.contains(constraint), "{constraint}: {told}");
}

/// A time an hour after another, in the database's own words.
fn an_hour_after(raw: &Raw, column: &str) -> String {
    if raw.is_postgres() { format!("{column} + interval '1 hour'") } else { format!("{column} + 3600000000") }
}

fn only(raw: &mut Raw, table: &str) -> Id {
    raw.texts(&raw.hex_of_id("id"), &format!("FROM {table} ORDER BY id DESC LIMIT 1"))[0].parse().unwrap()
}

on_each_database! {
    fn a_device_is_not_booked_twice_at_one_time(lab) {
        let booking = fixtures::make(lab, &lab.admin, "bookings");
        let mut raw = lab.raw();
        refused(copy(&mut raw, "bookings", booking, &[]), "bookings_overlap");
        // One that begins as the other ends stands beside it, and so does one that does not count.
        let later = an_hour_after(&raw, "end_time");
        copy(&mut raw, "bookings", booking, &[("start_time", "end_time"), ("end_time", &later)]).unwrap();
        let cancelled = copy(&mut raw, "bookings", booking, &[("status", "'cancelled'")]).unwrap();
        let id = raw.id(cancelled);
        refused(raw.try_execute(&format!("UPDATE bookings SET status = 'confirmed' WHERE id = {id}")), "bookings_overlap");
    }

    fn tiers_of_one_product_do_not_overlap(lab) {
        let tier = fixtures::make(lab, &lab.admin, "price_tiers");
        let mut raw = lab.raw();
        let id = raw.id(tier);
        raw.execute(&format!("UPDATE price_tiers SET min_quantity = 1, max_quantity = 10 WHERE id = {id}"));
        refused(copy(&mut raw, "price_tiers", tier, &[("min_quantity", "10"), ("max_quantity", "NULL")]), "price_tiers_overlap");
        let next = copy(&mut raw, "price_tiers", tier, &[("min_quantity", "11"), ("max_quantity", "NULL")]).unwrap();
        let next = raw.id(next);
        refused(raw.try_execute(&format!("UPDATE price_tiers SET min_quantity = 5 WHERE id = {next}")), "price_tiers_overlap");
    }

    fn a_ledger_of_stock_says_what_is_left(lab) {
        let item = lab.make("stock_items.create", &[("sku", "ONT"), ("name", "terminal")]);
        lab.must("stock_items.receive", item, &[("quantity", "5")]);
        let mut raw = lab.raw();
        let moved = only(&mut raw, "stock_transactions");
        refused(copy(&mut raw, "stock_transactions", moved, &[("quantity_after", "quantity_after + 1")]), "stock_transactions_quantity");
        let item = raw.id(item);
        refused(raw.try_execute(&format!("UPDATE stock_items SET quantity = -1 WHERE id = {item}")), "stock_items_quantity_check");
    }

    fn a_ledger_of_a_wallet_says_what_is_left(lab) {
        let customer = fixtures::make(lab, &lab.admin, "customers");
        let number = lab.value("customers", customer, "number");
        lab.make("payments.record", &[("customer", &number), ("amount", "10"), ("method", "cash"), ("currency", "USD")]);
        let mut raw = lab.raw();
        let entry = only(&mut raw, "wallet_entries");
        refused(copy(&mut raw, "wallet_entries", entry, &[("balance_after", "balance_after + 1")]), "wallet_entries_balance");
    }

    fn an_entry_of_the_journal_balances_and_is_closed(lab) {
        let customer = fixtures::make(lab, &lab.admin, "customers");
        let number = lab.value("customers", customer, "number");
        lab.make("payments.record", &[("customer", &number), ("amount", "10"), ("method", "cash"), ("currency", "USD")]);
        let mut raw = lab.raw();
        let (entry, line) = (only(&mut raw, "journal_entries"), only(&mut raw, "journal_lines"));
        refused(copy(&mut raw, "journal_entries", entry, &[("number", "number || 'x'")]), "journal_entries_balance");
        refused(copy(&mut raw, "journal_lines", line, &[]), "journal_lines_closed");
    }

    fn an_address_is_one_of_its_pool(lab) {
        let pool = lab.make("ip_pools.create", &[("name", "west"), ("cidr", "10.9.0.0/24")]);
        lab.must("ip_pools.allocate", pool, &[]);
        let mut raw = lab.raw();
        let address = only(&mut raw, "ip_allocations");
        let outside = raw.bytes(&headend::domain::network::ip_key("10.9.1.1".parse().unwrap()));
        refused(copy(&mut raw, "ip_allocations", address, &[("ip_address_key", &outside)]), "ip_allocations_inside");
        refused(copy(&mut raw, "ip_allocations", address, &[]), "ip_allocations");
        let pool = raw.id(pool);
        refused(raw.try_execute(&format!("UPDATE ip_pools SET last_key = first_key WHERE id = {pool}")), "ip_pools_shrink");
    }
}
