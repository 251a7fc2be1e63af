//! No change without its audit row: with an audit log that takes nothing, every operation of the
//! registry fails and leaves nothing behind; with one that works, each leaves its row.

use headend::domain::Id;
use headend::domain::secret::Secret;
use headend::store::operation::{self, Operation, Request};

use crate::common::lab::{PASSWORD, credentials};
use crate::common::raw::Raw;
use crate::common::{Lab, on_each_database};
use crate::fixtures;
use crate::snapshot::Watch;

/// Makes every insert into the audit log fail, by a trigger that is set once and then switched on and off: a schema that
/// changes has to be read anew by everybody.
fn break_the_log(raw: &mut Raw) {
    raw.execute(match raw {
        Raw::Sqlite(_) => {
            "CREATE TABLE IF NOT EXISTS no_audit (today INTEGER) STRICT;
             CREATE TRIGGER IF NOT EXISTS no_audit_today BEFORE INSERT ON audit_log WHEN EXISTS (SELECT 1 FROM no_audit)
             BEGIN SELECT RAISE(ABORT, 'no audit today'); END;
             INSERT INTO no_audit VALUES (1)"
        }
        Raw::Postgres(_) => {
            "DO $do$ BEGIN IF to_regclass('no_audit') IS NULL THEN
                 CREATE TABLE no_audit (today int);
                 CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
                 BEGIN IF EXISTS (SELECT FROM no_audit) THEN RAISE EXCEPTION 'no audit today'; END IF; RETURN NEW; END $$;
                 CREATE TRIGGER no_audit BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION no_audit();
             END IF; END $do$;
             INSERT INTO no_audit VALUES (1)"
        }
    });
}

fn mend_the_log(raw: &mut Raw) {
    raw.execute("DELETE FROM no_audit");
}

/// What is wrong when an operation runs while `plant` holds: it succeeded, or it left something.
fn leaves_nothing(
    lab: &Lab,
    watch: &Watch,
    request: &Request,
    plant: impl FnOnce(&mut Raw),
    mend: impl FnOnce(&mut Raw),
) -> Vec<String> {
    let name = request.operation.name;
    let before = watch.mark();
    plant(&mut lab.at_hand());
    let outcome = fixtures::perform(lab, &lab.admin, request);
    mend(&mut lab.at_hand());
    let mut wrong = Vec::new();
    if outcome.is_ok() {
        wrong.push(format!("{name} was done"));
    }
    wrong.extend(watch.since(before).into_iter().map(|table| format!("{name} left something in {table}")));
    wrong
}

/// The audit rows that an operation left: action and whether it has a record or is about several.
fn rows_of(lab: &Lab, operation: Id) -> Vec<String> {
    let mut raw = lab.at_hand();
    let operation = raw.id(operation);
    raw.texts(
        "action",
        &format!("FROM audit_log WHERE operation_id = {operation} AND outcome = 'success' ORDER BY chain, sequence"),
    )
}

/// What is not done to two records at once: one name is not given to two, of one type of provider no two are active, what
/// comes back was issued for one reference, and there is one organisation itself.
const ONE_AT_A_TIME: &[&str] = &[
    "manufacturers.update",
    "pending_payments.complete",
    "provider_configs.deactivate",
    "stock_items.return",
    "tenants.update",
];

/// Every operation, as the one that acts makes it: on one record, and on two where it takes records.
fn every_request(lab: &Lab, share: usize) -> Vec<Request> {
    let twice = |operation: &'static Operation| {
        let mut request = fixtures::valid(lab, &lab.admin, operation);
        let other = fixtures::valid(lab, &lab.admin, operation);
        for aim in other.aims.iter() {
            request.aims.insert(aim.id, aim.version);
        }
        // One name cannot be given to two.
        request.values.retain(|(field, _)| operation.entity.field(field).is_none_or(|field| field.unique.is_none()));
        request
    };
    fixtures::share(share)
        .flat_map(|operation| {
            let mut requests = vec![fixtures::valid(lab, &lab.admin, operation)];
            if operation.takes_records() && !ONE_AT_A_TIME.contains(&operation.name) {
                requests.push(twice(operation));
            }
            requests
        })
        .collect()
}

/// Every operation of a share without a log, then with one.
fn need_the_log(lab: &Lab, share: usize) {
    let requests = every_request(lab, share);
    let watch = Watch::over(lab);
    let mut wrong = Vec::new();
    for request in &requests {
        wrong.extend(leaves_nothing(lab, &watch, request, break_the_log, mend_the_log));
    }
    println!(
        "{:?}: {} requests of {} operations without an audit log: {} violations",
        lab.engine,
        requests.len(),
        fixtures::share(share).count(),
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
    for request in &requests {
        if request.operation.wants_proof() {
            fixtures::knows_password(lab, &lab.admin);
        }
        let done = fixtures::perform(lab, &lab.admin, request)
            .unwrap_or_else(|error| panic!("{}: {error}", request.operation.name));
        let rows = rows_of(lab, done.operation);
        assert!(
            !rows.is_empty() && rows.iter().all(|action| action == request.operation.name),
            "{}: {rows:?}",
            request.operation.name
        );
    }
    assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    // Whatever was done, what derives from it followed.
    assert_eq!(crate::figures::wrong(lab), Vec::new());
}

on_each_database! {
    fn without_the_log_nothing_is_done_1_of_4(lab) {
        need_the_log(lab, 0);
    }

    fn without_the_log_nothing_is_done_2_of_4(lab) {
        need_the_log(lab, 1);
    }

    fn without_the_log_nothing_is_done_3_of_4(lab) {
        need_the_log(lab, 2);
    }

    fn without_the_log_nothing_is_done_4_of_4(lab) {
        need_the_log(lab, 3);
    }

    fn a_log_that_works_is_told_from_one_that_does_not(lab) {
        let request = fixtures::valid(lab, &lab.admin, operation::find("customers.suspend").unwrap());
        let wrong = leaves_nothing(lab, &Watch::over(lab), &request, |_| (), |_| ());
        assert!(wrong.contains(&"customers.suspend was done".to_owned()), "{wrong:?}");
        for table in ["customers", "operations", "audit_log", "audit_heads"] {
            assert!(wrong.iter().any(|told| told.contains(table)), "{table}: {wrong:?}");
        }
    }

    fn what_has_no_place_in_the_registry_is_audited_too(lab) {
        let customer = fixtures::make(lab, &lab.admin, "customers");
        let suspended = lab.must("customers.suspend", customer, &[]);
        let watch = Watch::over(lab);
        let before = watch.mark();
        let mut raw = lab.raw();
        break_the_log(&mut raw);
        let new = Secret::new("another lamp in every window".into());
        assert!(lab.store.undo(&lab.admin, suspended.operation).is_err());
        assert!(lab.store.change_own_password(&lab.admin, &Secret::new(PASSWORD.into()), &new).is_err());
        assert_eq!(watch.since(before), Vec::<String>::new());
        assert!(lab.store.log_in(&credentials("admin", PASSWORD)).is_err());
        mend_the_log(&mut raw);
        let undone = lab.store.undo(&lab.admin, suspended.operation).unwrap();
        assert_eq!(rows_of(lab, undone.operation), ["customers.suspend.undo"]);
        lab.store.change_own_password(&lab.admin, &Secret::new(PASSWORD.into()), &new).unwrap();
        lab.store.log_in(&credentials("admin", new.reveal())).unwrap();
        assert!(lab.store.log_in(&credentials("admin", PASSWORD)).is_err());
        let actions = raw.texts("action || ' ' || outcome", "FROM audit_log ORDER BY sequence DESC LIMIT 3");
        assert_eq!(actions, ["users.login_refused failure", "users.login success", "users.passwd success"]);
    }
}
