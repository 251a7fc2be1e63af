//! Customers: renewed, given another plan, and two that turn out to be one.

use chrono::TimeDelta;
use headend::domain::{Id, Value};

use crate::common::{Lab, on_each_database};
use crate::fixtures;

fn plan(lab: &Lab, name: &str, days: &str) -> Id {
    lab.make(
        "plans.create",
        &[("name", name), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1"), ("validity_days", days)],
    )
}

fn expires(lab: &Lab, customer: Id) -> headend::domain::time::Instant {
    lab.record("customers", customer).get("expires_at").as_instant().unwrap()
}

/// Puts money into a wallet as a ledger would.
fn pay_in(lab: &Lab, customer: Id, ten_thousandths: i64) {
    let mut raw = lab.raw();
    let (row, tenant, customer) = (raw.id(Id::new()), raw.id(lab.admin.tenant.id), raw.id(customer));
    let now = raw.time(lab.store.now());
    raw.execute(&format!(
        "UPDATE customers SET wallet_balance = wallet_balance + {ten_thousandths} WHERE id = {customer}"
    ));
    raw.execute(&format!(
        "INSERT INTO wallet_entries (id, tenant_id, customer_id, amount, reason, note, balance_after, created_at) \
         VALUES ({row}, {tenant}, {customer}, {ten_thousandths}, 'payment', '', {ten_thousandths}, {now})"
    ));
}

on_each_database! {
    fn renewing_goes_on_from_where_it_ended_or_from_now(lab) {
        plan(lab, "Week", "7");
        let early = lab.make("customers.create", &[("name", "Amina"), ("plan", "Week"), ("expires_at", "+2d")]);
        let before = expires(lab, early);
        let renewed = lab.must("customers.renew", early, &[]);
        assert_eq!(expires(lab, early) - before, TimeDelta::days(7));
        lab.store.undo(&lab.admin, renewed.operation).unwrap();
        assert_eq!(expires(lab, early), before);
        let late = lab.make("customers.create", &[("name", "Brian"), ("plan", "Week"), ("expires_at", "-40d")]);
        lab.must("customers.expire", late, &[]);
        let now = lab.store.now();
        lab.must("customers.renew", late, &[]);
        let gained = expires(lab, late) - now;
        assert!(gained >= TimeDelta::days(7) && gained < TimeDelta::days(7) + TimeDelta::hours(1), "{gained}");
        assert_eq!(lab.value("customers", late, "status"), "active");
        let nothing = lab.make("customers.create", &[("name", "Carol"), ("expires_at", "-1d")]);
        let error = lab.act("customers.renew", nothing, &[]).unwrap_err();
        assert!(error.to_string().starts_with("cannot renew: the customer has no plan"), "{error}");
        // Who is active and has no plan would be as before.
        let endless = lab.make("customers.create", &[("name", "Dida")]);
        let error = lab.act("customers.renew", endless, &[]).unwrap_err();
        assert!(error.to_string().starts_with("cannot renew: the customer has no plan"), "{error}");
        lab.must("customers.suspend", early, &[]);
        assert_eq!(
            lab.act("customers.renew", early, &[]).unwrap_err().to_string(),
            "cannot renew: the customer is suspended; open from there: reactivate, terminate"
        );
    }

    fn another_plan_is_one_that_is_sold(lab) {
        plan(lab, "Week", "7");
        let old = plan(lab, "Old", "7");
        lab.must("plans.update", old, &[("is_active", "no")]);
        let customer = lab.make("customers.create", &[("name", "Amina"), ("plan", "Week")]);
        let change = |plan: &str| lab.act("customers.change_plan", customer, &[("plan", plan)]).map_err(|error| error.to_string());
        assert_eq!(change("Old").unwrap_err(), "plan: is not sold any more");
        assert_eq!(change("Week").unwrap_err(), "plan: is the one that the customer has");
        assert_eq!(change("").unwrap_err(), "plan: is required");
        plan(lab, "Month", "30");
        let done = change("Month").unwrap();
        assert_eq!(lab.value("customers", customer, "plan"), "Month");
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "plan"), "Week");
        // Ten of thirty days are left: a third of each price.
        for (name, price) in [("Slow", "20"), ("Fast", "30")] {
            lab.make("plans.create", &[("name", name), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", price)]);
        }
        let line = lab.make("customers.create", &[("name", "Brian"), ("plan", "Slow"), ("expires_at", "+10d")]);
        let faster = lab.must("customers.change_plan", line, &[("plan", "Fast")]);
        assert_eq!(lab.value("customers", line, "wallet_balance"), "-3.33");
        assert_eq!(lab.raw().texts("note", "FROM wallet_entries"), ["Fast in place of Slow for 10 days"]);
        lab.store.undo(&lab.admin, faster.operation).unwrap();
        assert_eq!((lab.value("customers", line, "wallet_balance"), lab.value("customers", line, "plan")), ("0.00".into(), "Slow".into()));
        lab.must("customers.change_plan", line, &[("plan", "Fast"), ("prorate", "no")]);
        lab.must("customers.change_plan", line, &[("plan", "Slow")]);
        assert_eq!(lab.value("customers", line, "wallet_balance"), "3.33");
        let debit = lab.raw().number("sum(debit) - sum(credit)", "FROM journal_lines");
        assert_eq!((debit, lab.raw().number("count(*)", "FROM journal_entries")), (0, 3));
        lab.must("customers.terminate", customer, &[]);
        assert!(change("Month").unwrap_err().contains("terminated, which is final"));
    }

    /// What was issued and paid goes along, there and back.
    fn a_customer_who_paid_is_merged(lab) {
        let [goes, stays] = ["Amina", "Amina W"].map(|name| lab.make("customers.create", &[("name", name)]));
        let invoice = lab.make("invoices.create", &[("customer", "CUS-000001"), ("currency", "KES")]);
        let line = [("invoice", &*invoice.to_string()), ("description", "Fibre"), ("unit_price", "100")];
        lab.make("invoice_lines.create", &line);
        lab.must("invoices.issue", invoice, &[]);
        lab.must("invoices.pay", invoice, &[("amount", "40"), ("method", "cash")]);
        lab.must("customers.top_up", goes, &[("amount", "7")]);
        let whose = |number: &str| {
            let filter = headend::store::list::parse_filter(crate::common::lab::entity("payments"), &format!("customer={number}"), lab.locale()).unwrap();
            let payments = lab.store.mark(&lab.admin, crate::common::lab::entity("payments"), &filter, &mut |_| true).unwrap().len();
            (payments, lab.value("invoices", invoice, "customer"))
        };
        let before = whose("CUS-000001");
        assert_eq!(before.0, 2);
        let merged = lab.must("customers.merge", goes, &[("into", "CUS-000002")]);
        let after = whose("CUS-000002");
        assert_eq!((after.0, lab.value("customers", stays, "wallet_balance").as_str()), (2, "7.00"));
        assert_ne!(after.1, before.1);
        let undone = lab.store.undo(&lab.admin, merged.operation).unwrap();
        assert_eq!(whose("CUS-000001"), before);
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(whose("CUS-000002"), after);
        // What was posted is changed in no other way.
        let payment = lab.make("payments.record", &[("customer", "CUS-000002"), ("amount", "5"), ("method", "cash")]);
        assert!(lab.act("payments.update", payment, &[("customer", "CUS-000001")]).is_err());
    }

    fn what_belongs_to_the_one_goes_over_to_the_other(lab) {
        let stays = lab.make("customers.create", &[("name", "Amina"), ("phone", "+254 1")]);
        let goes = lab.make("customers.create", &[("name", "A. Wanjiru"), ("phone", "+254 2"), ("email", "amina@example.com"), ("address", "Gate 4")]);
        let (into, was) = (lab.value("customers", stays, "number"), lab.value("customers", goes, "number"));
        let device = lab.make("devices.create", &[("name", "onu"), ("device_type", "onu"), ("customer", &was)]);
        let ticket = lab.make("tickets.create", &[("title", "slow"), ("customer", &was)]);
        let order = lab.make("orders.create", &[("customer", &was)]);
        let note = lab.make("notes.create", &[("content", "pays in cash"), ("customer", &was)]);
        pay_in(lab, goes, 250_000);
        pay_in(lab, stays, -100_000);
        let merged = lab.must("customers.merge", goes, &[("into", &into)]);
        for (kind, id) in [("devices", device), ("tickets", ticket), ("orders", order), ("notes", note)] {
            assert_eq!(lab.value(kind, id, "customer"), into, "{kind}");
        }
        let told = |id: Id| ["email", "phone", "address", "status", "wallet_balance"].map(|field| lab.value("customers", id, field));
        assert_eq!(told(stays), ["amina@example.com", "+254 1", "Gate 4", "active", "15.00"]);
        assert_eq!(told(goes), ["", "+254 2", "Gate 4", "terminated", "0.00"]);
        let merge = lab.raw().texts("merged_number", "FROM customer_merges");
        assert_eq!(merge, [was.as_str()]);
        let again = lab.act("customers.merge", goes, &[("into", &into)]).unwrap_err();
        assert_eq!(again.to_string(), format!("cannot merge: the customer was merged into {into} already"));
        let backwards = lab.act("customers.merge", stays, &[("into", &was)]).unwrap_err();
        assert!(backwards.to_string().contains("is terminated, which is final"), "{backwards}");
        // All of it comes back, the money by entries that reverse.
        let undone = lab.store.undo(&lab.admin, merged.operation).unwrap();
        assert_eq!(told(stays), ["", "+254 1", "", "active", "-10.00"]);
        assert_eq!(told(goes), ["amina@example.com", "+254 2", "Gate 4", "active", "25.00"]);
        assert_eq!(lab.value("devices", device, "customer"), was);
        assert_eq!(lab.raw().number("count(*)", "FROM customer_merges"), 0);
        assert_eq!(lab.raw().number("count(*)", "FROM wallet_entries"), 6);
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!((lab.value("tickets", ticket, "customer"), told(stays)[4].clone()), (into, "15.00".into()));
        let sum = lab.raw().number("sum(amount)", "FROM wallet_entries");
        let kept = lab.raw().number("sum(wallet_balance)", "FROM customers");
        assert_eq!((sum, kept), (150_000, 150_000));
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn a_customer_is_not_merged_into_itself_or_across_currencies(lab) {
        let [a, b] = ["a", "b"].map(|name| lab.make("customers.create", &[("name", name), ("currency", if name == "a" { "USD" } else { "KES" })]));
        let number = |id: Id| lab.value("customers", id, "number");
        assert_eq!(lab.act("customers.merge", a, &[("into", &number(a))]).unwrap_err().to_string(), "into: is the same customer");
        pay_in(lab, a, 10_000);
        assert_eq!(
            lab.act("customers.merge", a, &[("into", &number(b))]).unwrap_err().to_string(),
            "cannot merge: the wallet holds 1.00 USD, the other one is in KES: settle it first"
        );
        assert_eq!(lab.value("customers", a, "status"), "active");
    }

    fn a_note_is_about_something_and_for_whom_it_is_meant(lab) {
        let error = lab.try_make("notes.create", &[("content", "x")]).unwrap_err();
        assert!(error.to_string().starts_with("customer: say what the note is about"), "{error}");
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        let customer = lab.make("customers.create", &[("name", "Amina"), ("organization", "ours")]);
        let number = lab.value("customers", customer, "number");
        lab.make("notes.create", &[("content", "owes us"), ("customer", &number)]);
        let open = lab.make("notes.create", &[("content", "call first"), ("customer", &number), ("is_internal", "no")]);
        let partner = lab.make("users.create", &[("username", "partner"), ("roles", "super_admin"), ("partner", &ours.to_string())]);
        let partner = lab.session_of(&lab.admin, partner);
        let all = headend::store::list::ListRequest::all(crate::common::lab::entity("notes"), 10);
        let seen: Vec<Id> = lab.store.list(&partner, &all).unwrap().rows.iter().map(|row| row.id).collect();
        assert_eq!((seen, lab.store.list(&lab.admin, &all).unwrap().rows.len()), (vec![open], 2));
        let mut request = lab.request("notes.create", &[("content", "from the partner"), ("customer", &number)]);
        assert!(lab.store.perform(&partner, &request).unwrap_err().to_string().contains("would not be among those that you see"));
        request.id = Id::new();
        request.values.push(("is_internal", Value::Bool(false)));
        lab.store.perform(&partner, &request).unwrap();
        let ticket = fixtures::make(lab, &lab.admin, "tickets");
        let note = lab.make("notes.create", &[("content", "x"), ("ticket", &ticket.to_string())]);
        assert_eq!(lab.value("notes", note, "created_by"), "admin");
    }
}
