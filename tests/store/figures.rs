//! What is derived is what it would be if it were computed anew; where it is not, it is found and named.

use headend::store::entities;
use headend::store::inspect::Recomputed;

use crate::common::{Lab, on_each_database};
use crate::fixtures;

/// The figures and references that are not as they would be if they were computed anew.
pub fn wrong(lab: &Lab) -> Vec<Recomputed> {
    lab.store.recompute(&lab.admin).unwrap().into_iter().filter(|figure| figure.wrong_count > 0).collect()
}

/// One record of every kind that people make.
fn one_of_each(lab: &Lab) {
    for kind in entities::all().filter(|kind| fixtures::can_be_made(kind)) {
        fixtures::make(lab, &lab.admin, kind.name);
    }
}

on_each_database! {
    fn everything_derived_is_right_after_everything_was_made(lab) {
        one_of_each(lab);
        let told = lab.store.recompute(&lab.admin).unwrap();
        let looked: u64 = told.iter().map(|figure| figure.looked_at).sum();
        println!("{:?}: {} kinds of figures, {looked} looked at, {} wrong", lab.engine, told.len(), wrong(lab).len());
        assert_eq!(wrong(lab), Vec::new());
        assert!(told.len() > 100 && looked > 100);
    }

    fn a_figure_that_was_altered_is_found(lab) {
        one_of_each(lab);
        let mut raw = lab.raw();
        let mut altered = 0;
        for what in ["stock_items: quantity", "stock_items: reserved", "customers: wallet_balance", "orders: subtotal", "invoices: total", "purchase_orders: total"] {
            let (table, column) = what.split_once(": ").unwrap();
            assert!(raw.number("count(*)", &format!("FROM {table}")) > 0, "{table}");
            raw.execute(&format!("UPDATE {table} SET {column} = {column} + 1"));
            let found = wrong(lab);
            assert!(found.iter().any(|figure| figure.what == what && figure.wrong[0].contains("derives from")), "{what}: {found:?}");
            raw.execute(&format!("UPDATE {table} SET {column} = {column} - 1"));
            altered += 1;
        }
        assert_eq!(wrong(lab), Vec::new());
        println!("{:?}: {altered} figures altered, {altered} found", lab.engine);
    }

    fn a_reference_that_leads_elsewhere_is_found(lab) {
        let ticket = fixtures::make(lab, &lab.admin, "tickets");
        assert_eq!(wrong(lab), Vec::new());
        let other = crate::tenants::found_another(lab);
        let mut raw = lab.raw();
        // People have no tenant in the references to them: this is what row-level security and the rules keep apart.
        let (ticket, stranger) = (raw.id(ticket), raw.id(other.user().unwrap()));
        raw.execute(&format!("UPDATE tickets SET engineer_id = {stranger} WHERE id = {ticket}"));
        let found = wrong(lab);
        assert!(found.iter().any(|figure| figure.what == "tickets: references" && figure.wrong[0].contains("engineer")), "{found:?}");
    }
}
