//! The audit log cannot be quietly changed: whoever has the file or a superuser's password, but not
//! the key, leaves a trace that `verify_audit` finds.

use headend::domain::Id;
use headend::domain::Value;
use headend::domain::secret::Secret;
use headend::store::audit::Verdict;
use headend::store::model::ColumnKind;
use headend::store::operation::Request;
use headend::store::schema::TABLES;

use crate::common::dice::{Dice, is_full};
use crate::common::lab::find;
use crate::common::raw::Raw;
use crate::common::{Lab, on_each_database};

const LOG: [&str; 3] = ["audit_log", "audit_members", "audit_heads"];

/// Some days' work: single changes, a secret, a bulk operation, and what came after it.
fn work(lab: &Lab) {
    let customers: Vec<Id> =
        (0..12).map(|n| lab.make("customers.create", &[("name", &format!("Customer {n}"))])).collect();
    let secret = Request::new(find("customers.update"))
        .on(customers[0], None)
        .with("access_password", Value::Secret(Secret::new("hunter2".into())));
    for request in [secret.clone(), Request { id: Id::new(), ..secret }] {
        lab.store.perform(&lab.admin, &request).unwrap();
    }
    let mut bulk = Request::new(find("customers.suspend"));
    bulk.reason = Some("unpaid".into());
    for id in &customers {
        bulk = bulk.on(*id, None);
    }
    lab.store.perform(&lab.admin, &bulk).unwrap();
    for id in &customers[..4] {
        lab.must("customers.reactivate", *id, &[]);
    }
}

fn keep_aside(raw: &mut Raw) {
    for table in LOG {
        raw.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
}

fn put_back(raw: &mut Raw) {
    let all: String = LOG
        .iter()
        .map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};"))
        .collect();
    raw.execute(&format!("BEGIN; {all} COMMIT"));
}

fn verdict(lab: &Lab) -> Verdict {
    lab.store.verify_audit(&lab.admin).unwrap_or_else(|error| Verdict::Broken {
        chain: -1,
        sequence: -1,
        why: error.to_string(),
    })
}

/// One random way to falsify the log, as SQL.
fn falsification(raw: &mut Raw, dice: &mut Dice) -> String {
    let rows = raw.texts(&raw.hex_of_id("id"), "FROM audit_log ORDER BY chain, sequence");
    let row = |dice: &mut Dice, raw: &Raw| raw.id(dice.one(&rows).parse().unwrap());
    let some = row(dice, raw);
    match dice.below(12) {
        0..=4 => edit(raw, dice, "audit_log", &some),
        5 => format!("DELETE FROM audit_log WHERE id = {some}"),
        6 => {
            let columns = columns_of("audit_log", &["id", "sequence"]);
            let new = raw.id(Id::new());
            format!(
                "INSERT INTO audit_log (id, sequence, {columns}) SELECT {new}, (SELECT max(sequence) + 1 FROM audit_log b WHERE \
                 b.chain = a.chain AND b.tenant_id = a.tenant_id), {columns} FROM audit_log a WHERE id = {some}"
            )
        }
        7 => {
            // Two neighbours change places.
            let first = dice.below(10) + 1;
            format!(
                "UPDATE audit_log SET sequence = 1000000 WHERE chain = 0 AND sequence = {first}; \
                 UPDATE audit_log SET sequence = {first} WHERE chain = 0 AND sequence = {first} + 1; \
                 UPDATE audit_log SET sequence = {first} + 1 WHERE chain = 0 AND sequence = 1000000"
            )
        }
        8 => {
            // The tail is cut off, and the head put back to fit.
            let left = raw.number("max(sequence)", "FROM audit_log WHERE chain = 0") - i64::try_from(dice.below(15)).unwrap() - 1;
            format!(
                "DELETE FROM audit_log WHERE chain = 0 AND sequence > {left}; UPDATE audit_heads SET sequence = {left}, \
                 hash = (SELECT hash FROM audit_log WHERE chain = 0 AND sequence = {left}) WHERE chain = 0"
            )
        }
        9 => match dice.below(3) {
            0 => "DELETE FROM audit_log WHERE chain <> 0; DELETE FROM audit_heads WHERE chain <> 0; DELETE FROM audit_members".into(),
            1 => "DELETE FROM audit_log; DELETE FROM audit_heads; DELETE FROM audit_members".into(),
            _ => "DELETE FROM audit_heads WHERE chain = 0".into(),
        },
        10 => {
            let members = raw.texts(&raw.hex_of_id("id"), "FROM audit_members ORDER BY id");
            let member = raw.id(dice.one(&members).parse().unwrap());
            match dice.below(4) {
                0 => format!("DELETE FROM audit_members WHERE id = {member}"),
                1 => format!("UPDATE audit_members SET entity_id = {} WHERE id = {member}", raw.id(Id::new())),
                2 => {
                    let columns = columns_of("audit_members", &["id"]);
                    let new = raw.id(Id::new());
                    format!("INSERT INTO audit_members (id, {columns}) SELECT {new}, {columns} FROM audit_members WHERE id = {member}")
                }
                _ => format!("UPDATE audit_members SET changes = '{{\"status\":{{\"after\":\"active\"}}}}' WHERE id = {member}"),
            }
        }
        _ => {
            let chain = if dice.chance(50) { "chain = 0" } else { "chain <> 0" };
            let column = *dice.one(&["sequence", "hash", "seal"]);
            let value = match column {
                "sequence" => "sequence - 1".into(),
                _ => raw.bytes(&[7; 32]),
            };
            format!("UPDATE audit_heads SET {column} = {value} WHERE {chain}")
        }
    }
}

fn columns_of(table: &str, but: &[&str]) -> String {
    let table = TABLES.iter().find(|known| known.name == table).unwrap();
    table.columns.iter().map(|column| column.name).filter(|name| !but.contains(name)).collect::<Vec<_>>().join(", ")
}

/// Another value in one column of one row. What a law may erase is not taken away but altered.
fn edit(raw: &mut Raw, dice: &mut Dice, table: &str, id: &str) -> String {
    let table = TABLES.iter().find(|known| known.name == table).unwrap();
    let column = dice.one(table.columns);
    let is_there =
        raw.number("count(*)", &format!("FROM {} WHERE id = {id} AND {} IS NOT NULL", table.name, column.name)) == 1;
    let take_away =
        column.nullable && is_there && dice.chance(30) && !matches!(column.name, "changes" | "sealed_changes");
    let value = match column.kind {
        _ if take_away => "NULL".into(),
        ColumnKind::Id => raw.id(Id::new()),
        ColumnKind::Text if column.name == "outcome" => "'error'".into(),
        ColumnKind::Text if column.name == "level" => "'help'".into(),
        ColumnKind::Text if is_there => format!("{0} || 'x'", column.name),
        ColumnKind::Text => (*dice.one(&["''", "'x'"])).into(),
        ColumnKind::Long => format!("{} + 100", column.name),
        ColumnKind::Instant if raw.is_postgres() => format!("{} + interval '1 microsecond'", column.name),
        ColumnKind::Instant => format!("{} + 1", column.name),
        ColumnKind::Json => "'{\"forged\":1}'".into(),
        ColumnKind::Secret | ColumnKind::Bytes => {
            raw.bytes(&[1, 0, 0, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7])
        }
        kind => panic!("no falsification of {kind:?}"),
    };
    format!("UPDATE {} SET {} = {value} WHERE id = {id}", table.name, column.name)
}

on_each_database! {
    fn whoever_falsifies_the_log_is_found_out(lab) {
        work(lab);
        let Verdict::Sound { entries } = verdict(lab) else { panic!("{:?}", verdict(lab)) };
        let mut raw = lab.raw();
        raw.lift_guards();
        keep_aside(&mut raw);
        let mut dice = Dice::new(6);
        let tries = if is_full() { 1_000 } else { 120 };
        let mut unseen = Vec::new();
        for _ in 0..tries {
            let sql = falsification(&mut raw, &mut dice);
            raw.execute(&format!("BEGIN; {sql}; COMMIT"));
            if matches!(verdict(lab), Verdict::Sound { .. }) {
                unseen.push(sql);
            }
            put_back(&mut raw);
        }
        println!("{:?}: {tries} falsifications of {entries} entries, {} not found", lab.engine, unseen.len());
        assert_eq!(unseen, Vec::<String>::new());
        assert_eq!(verdict(lab), Verdict::Sound { entries });
    }

    fn the_first_wrong_place_is_named(lab) {
        work(lab);
        let mut raw = lab.raw();
        raw.lift_guards();
        raw.execute("UPDATE audit_log SET message = 'forged' WHERE chain = 0 AND sequence = 5; DELETE FROM audit_log WHERE chain = 0 AND sequence = 9");
        assert_eq!(verdict(lab), Verdict::Broken { chain: 0, sequence: 5, why: "the entry was altered".into() });
        raw.execute("UPDATE audit_log SET message = NULL WHERE chain = 0 AND sequence = 5");
        assert_eq!(verdict(lab), Verdict::Broken { chain: 0, sequence: 9, why: "the entry is missing".into() });
    }

    fn what_the_law_wants_erased_breaks_no_chain(lab) {
        work(lab);
        let mut raw = lab.raw();
        // The guards let exactly this through.
        assert!(raw.touch("UPDATE audit_log SET changes = NULL, sealed_changes = NULL WHERE chain = 0 AND sealed_changes IS NOT NULL") > 0);
        assert!(matches!(verdict(lab), Verdict::Sound { .. }));
    }

    fn the_database_itself_refuses_to_change_what_only_grows(lab) {
        work(lab);
        let mut raw = lab.raw();
        for table in ["audit_log", "audit_members"] {
            for statement in [
                format!("UPDATE {table} SET created_at = created_at"),
                format!("DELETE FROM {table}"),
                format!("UPDATE {table} SET tenant_id = tenant_id"),
            ] {
                let refused = raw.try_execute(&statement).unwrap_err();
                assert!(refused.contains("append-only"), "{statement}: {refused}");
            }
        }
        assert!(matches!(verdict(lab), Verdict::Sound { .. }));
    }

    fn another_key_verifies_nothing(lab) {
        use headend::store::vault::MasterKey;
        use headend::store::{Options, Store};
        let options = Options { master: Some(MasterKey::temporary()), ..Options::default() };
        let store = Store::open(lab.store.target(), options).unwrap();
        assert!(store.verify_audit(&lab.admin).unwrap_err().to_string().contains("does not belong to this database"));
    }
}
