//! Visits: what a job copies, what it carries along when it is done, and what of it is taken back.

use headend::domain::{Id, Value};
use headend::store::Failure;

use crate::common::{Lab, on_each_database};
use crate::fixtures;

/// A job that is under way, with its fields.
fn under_way(lab: &Lab, written: &[(&str, &str)]) -> Id {
    let mut all = vec![("job_type", "new_install"), ("scheduled_at", "tomorrow")];
    all.extend_from_slice(written);
    let job = lab.make("jobs.create", &all);
    lab.must("jobs.start", job, &[]);
    job
}

fn refused(outcome: Result<headend::store::Done, headend::store::StoreError>) -> String {
    let error = outcome.unwrap_err();
    assert!(matches!(error.failure(), Failure::Refused(_)), "{error}");
    error.to_string()
}

on_each_database! {
    fn a_job_finds_its_way_by_itself(lab) {
        lab.make("plans.create", &[("name", "Home 100"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "49.90")]);
        let customer = lab.make("customers.create", &[("name", "Amina"), ("phone", "+254 712 000 001"), ("address", "Gate 4"), ("plan", "Home 100")]);
        let number = lab.value("customers", customer, "number");
        let job = lab.make("jobs.create", &[("customer", &number), ("job_type", "repair"), ("scheduled_at", "tomorrow"), ("phone", "+254 712 999 999")]);
        let told = |field: &str| lab.value("jobs", job, field);
        assert_eq!(
            [told("customer_name"), told("phone"), told("address"), told("plan_name")],
            ["Amina", "+254 712 999 999", "Gate 4", "Home 100"]
        );
        let error = lab.try_make("jobs.create", &[("job_type", "repair"), ("scheduled_at", "tomorrow")]).unwrap_err();
        assert!(error.to_string().contains("customer_name: is required where neither a customer nor a lead is named"), "{error}");
        lab.user("brian", "engineer");
        lab.must("jobs.assign", job, &[("engineer", "brian")]);
        lab.must("jobs.reschedule", job, &[("scheduled_at", "2026-12-24 09:00")]);
        assert_eq!((told("engineer"), told("scheduled_at")), ("brian".into(), "2026-12-24T06:00:00Z".into()));
        lab.must("jobs.cancel", job, &[]);
        assert_eq!(refused(lab.act("jobs.assign", job, &[("engineer", "brian")])), "cannot assign: the job is cancelled, which is final");
        assert_eq!(refused(lab.act("jobs.start", job, &[])), "cannot start: the job is cancelled, which is final");
    }

    fn a_lead_has_one_job_that_is_not_cancelled(lab) {
        let lead = fixtures::make(lab, &lab.admin, "leads");
        let number = lab.value("leads", lead, "number");
        let values = [("lead", number.as_str()), ("job_type", "new_install"), ("scheduled_at", "tomorrow")];
        let first = lab.make("jobs.create", &values);
        assert_eq!(lab.value("jobs", first, "customer_name"), lab.value("leads", lead, "contact_name"));
        let error = lab.try_make("jobs.create", &values).unwrap_err();
        let told = format!("lead: has {} already: cancel that one first", lab.value("jobs", first, "number"));
        assert_eq!(error.to_string(), told);
        let cancelled = lab.must("jobs.cancel", first, &[]);
        lab.make("jobs.create", &values);
        // Nor by taking the cancellation back.
        let error = lab.store.undo(&lab.admin, cancelled.operation).unwrap_err();
        assert!(error.to_string().contains("lead: is already in use"), "{error}");
    }

    fn a_job_that_is_done_installs_uses_up_and_activates(lab) {
        let (item, place) = (fixtures::make(lab, &lab.admin, "stock_items"), fixtures::make(lab, &lab.admin, "stock_locations"));
        lab.must("stock_items.receive", item, &[("quantity", "10"), ("location", &place.to_string())]);
        let piece = fixtures::make(lab, &lab.admin, "stock_serials");
        let device = lab.make("devices.create", &[("name", "ONT"), ("device_type", "ont")]);
        lab.must("devices.deactivate", device, &[]);
        lab.make("plans.create", &[("name", "Home"), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1"), ("validity_days", "30")]);
        let customer = lab.make("customers.create", &[("name", "Amina"), ("plan", "Home"), ("expires_at", "-2d")]);
        lab.must("customers.expire", customer, &[]);
        let lead = fixtures::make(lab, &lab.admin, "leads");
        let (customer_number, lead_number) = (lab.value("customers", customer, "number"), lab.value("leads", lead, "number"));
        let job = under_way(lab, &[("customer", &customer_number), ("lead", &lead_number)]);
        let (serial, number) = (lab.value("stock_serials", piece, "serial"), lab.value("devices", device, "number"));
        let job_number = lab.value("jobs", job, "number");
        lab.make("job_devices.create", &[("job", &job_number), ("device", &number), ("serial", &serial)]);
        lab.make("job_devices.create", &[("job", &job_number), ("item", &item.to_string()), ("quantity", "3")]);
        // One of the three went out for this job before.
        lab.must("stock_items.issue", item, &[("quantity", "1"), ("location", &place.to_string()), ("job", &job_number)]);
        let state = || {
            let of = |kind: &str, id: Id, field: &str| lab.value(kind, id, field);
            [
                of("jobs", job, "status"), of("customers", customer, "status"), of("leads", lead, "status"),
                of("devices", device, "status"), of("devices", device, "customer"), of("stock_serials", piece, "status"),
                of("stock_serials", piece, "device"), of("stock_items", item, "quantity"),
            ]
        };
        let before = state();
        // All or nothing: what lies elsewhere is not there.
        let elsewhere = fixtures::make(lab, &lab.admin, "stock_locations");
        let told = refused(lab.act("jobs.complete", job, &[("location", &elsewhere.to_string())]));
        assert!(told.contains("there is not so much of"), "{told}");
        assert_eq!(state(), before);
        let done = lab.must("jobs.complete", job, &[("location", &place.to_string())]);
        let after = state();
        assert_eq!(
            after,
            ["completed", "active", "installed", "active", customer_number.as_str(), "installed", number.as_str(), "7"].map(str::to_owned)
        );
        let ends = lab.record("customers", customer).get("expires_at").as_instant().unwrap();
        assert!(ends > lab.later(chrono::TimeDelta::days(29)));
        assert!(!lab.record("jobs", job).get("completed_at").is_empty());
        // What it used stays as it is.
        let error = lab.try_make("job_devices.create", &[("job", &job_number), ("serial", "x")]).unwrap_err();
        assert!(error.to_string().contains("is completed: what it used stays as it is"), "{error}");
        // Taken back, all of it; the ledger by rows that reverse.
        let rows = lab.raw().number("count(*)", "FROM stock_transactions");
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(state(), before);
        assert!(lab.raw().number("count(*)", "FROM stock_transactions") > rows);
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(state(), after);
    }

    fn a_customer_may_stay_suspended(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let number = lab.value("customers", customer, "number");
        lab.must("customers.suspend", customer, &[]);
        let job = under_way(lab, &[("customer", &number)]);
        lab.must("jobs.complete", job, &[("activate", "no")]);
        assert_eq!(lab.value("customers", customer, "status"), "suspended");
        let job = under_way(lab, &[("customer", &number)]);
        lab.must("jobs.complete", job, &[]);
        assert_eq!(lab.value("customers", customer, "status"), "active");
    }

    fn a_line_says_what_it_is(lab) {
        let job = under_way(lab, &[("customer_name", "Amina")]);
        let number = lab.value("jobs", job, "number");
        for (values, told) in [
            (&[][..], "device: give a device, an item of the stock or a serial number"),
            (&[("serial", "A1"), ("quantity", "2")], "quantity: is 1 where a serial number is given"),
            (&[("serial", "A1"), ("quantity", "0")], "quantity: is a whole number from 1 to 2147483647"),
        ] {
            let mut all = vec![("job", number.as_str())];
            all.extend_from_slice(values);
            assert_eq!(lab.try_make("job_devices.create", &all).unwrap_err().to_string(), told);
        }
        let version = lab.record("jobs", job).version;
        lab.make("job_devices.create", &[("job", &number), ("serial", "A1")]);
        assert_eq!(lab.record("jobs", job).version, version + 1);
        // A serial number that no stock knows is told, not looked for.
        lab.must("jobs.complete", job, &[]);
        assert_eq!(*lab.record("jobs", job).get("customer_id"), Value::Null);
    }
}
