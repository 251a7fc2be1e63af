//! Expenses, licenses and messages: what the clock does with them, what they post, what providers say.

use chrono::{Days, TimeDelta};
use headend::clockwork::{self, Post};
use headend::domain::Id;
use headend::store::list::{ListRequest, parse_filter};
use headend::store::messages::Delivery;

use crate::clock::Moved;
use crate::common::lab::entity;
use crate::common::{Lab, on_each_database};
use crate::ledger::{balances, difference};

fn expense(lab: &Lab, values: &[(&str, &str)]) -> Id {
    let mut all = vec![("category", "Rent"), ("amount", "100"), ("currency", "USD"), ("method", "cash")];
    all.extend_from_slice(values);
    lab.make("expenses.create", &all)
}

on_each_database! {
    fn an_expense_is_posted_changed_and_taken_away(lab) {
        let id = expense(lab, &[("spent_on", "2026-11-01")]);
        assert_eq!(balances(lab), ["1000 USD -100.00", "5000 USD 100.00"]);
        lab.make("accounts.create", &[("code", "5100"), ("name", "Mast rent"), ("account_type", "expense")]);
        let changed = lab.must("expenses.update", id, &[("amount", "120"), ("account", "Mast rent"), ("method", "bank")]);
        assert_eq!(balances(lab), ["1010 USD -120.00", "5100 USD 120.00"]);
        lab.must("expenses.update", id, &[("description", "the hill")]);
        assert_eq!(lab.raw().number("count(*)", "FROM journal_entries"), 3, "words post nothing");
        lab.store.undo(&lab.admin, changed.operation).unwrap();
        assert_eq!(balances(lab), ["1000 USD -100.00", "5000 USD 100.00"]);
        let gone = lab.must("expenses.delete", id, &[]);
        assert_eq!(balances(lab), Vec::<String>::new());
        lab.store.undo(&lab.admin, gone.operation).unwrap();
        assert_eq!((balances(lab), difference(lab)), (vec!["1000 USD -100.00".to_owned(), "5000 USD 100.00".into()], Vec::new()));
        let refused = lab.try_make("expenses.create", &[("category", "x"), ("amount", "0.001"), ("currency", "USD")]).unwrap_err();
        assert!(refused.to_string().contains("more than the 2 digits"), "{refused}");
    }

    fn what_comes_again_is_made_by_the_clock_on_its_day(lab) {
        let clock = Moved::at("2026-02-27T12:00:00Z");
        let template = expense(lab, &[("spent_on", "2026-01-31"), ("recurrence", "monthly")]);
        assert_eq!((lab.value("expenses", template, "is_recurring"), lab.value("expenses", template, "next_due_on")), ("true".into(), "2026-02-28".into()));
        let pass = || clockwork::pass(&clock.store(lab), &Post::default(), &mut || true).unwrap();
        assert_eq!(pass().done, []);
        for (days, next, made) in [(1, "2026-03-31", 1), (31, "2026-04-30", 2), (30, "2026-05-31", 3)] {
            clock.by(TimeDelta::days(days));
            assert_eq!(pass().done, [("expenses.recur", 1)]);
            assert_eq!(pass().done, []);
            let of = lab.raw().id(template);
            assert_eq!((lab.value("expenses", template, "next_due_on").as_str(), lab.raw().number("count(*)", &format!("FROM expenses WHERE template_id = {of}"))), (next, made));
        }
        let of = lab.raw().id(template);
        let days = lab.raw().texts(if lab.is_postgres() { "spent_on::text" } else { "spent_on" }, &format!("FROM expenses WHERE template_id = {of} ORDER BY spent_on"));
        assert_eq!(days, ["2026-02-28", "2026-03-31", "2026-04-30"]);
        assert_eq!(balances(lab), ["1000 USD -400.00", "5000 USD 400.00"]);
        lab.must("expenses.update", template, &[("recurrence", "")]);
        clock.by(TimeDelta::days(60));
        assert_eq!(pass().done, []);
        let refused = lab.act("expenses.recur", template, &[]).unwrap_err();
        assert!(refused.to_string().contains("it does not come again"), "{refused}");
    }

    fn a_license_says_when_it_runs_out(lab) {
        let vendor = lab.make("vendors.create", &[("name", "Authority"), ("kind", "service"), ("category", "regulator")]).to_string();
        let today = lab.store.now().date_naive();
        let make = |number: &str, days: i64| {
            let expiry = if days < 0 { today - Days::new(days.unsigned_abs()) } else { today + Days::new(days.unsigned_abs()) };
            lab.make("licenses.create", &[("name", number), ("category", "telecom"), ("license_number", number), ("vendor", &vendor), ("issue_date", "2020-01-01"), ("expiry_date", &expiry.to_string())])
        };
        let all = [make("a", -1), make("b", 0), make("c", 30), make("d", 31)];
        let told = || all.map(|id| lab.value("licenses", id, "status"));
        assert_eq!(told(), ["expired", "expiring", "expiring", "active"]);
        let found = |filter: &str| {
            let kind = entity("licenses");
            let mut request = ListRequest::all(kind, 10);
            request.filter = parse_filter(kind, filter, lab.locale()).unwrap();
            lab.store.list(&lab.admin, &request).unwrap().rows.iter().map(|row| row.get("name").written()).collect::<Vec<_>>()
        };
        assert_eq!((found("is:expired"), found("is:expiring"), found("status:active")), (vec!["a".to_owned()], vec!["b".to_owned(), "c".into()], vec!["d".to_owned()]));
        let mut raw = lab.raw();
        let [id, tenant, now] = [raw.id(Id::new()), raw.id(lab.admin.tenant.id), raw.time(lab.store.now())];
        raw.execute(&format!("INSERT INTO settings (id, tenant_id, key, value, created_at, updated_at) VALUES ({id}, {tenant}, 'licenses.expiring_days', '60', {now}, {now})"));
        assert_eq!(told(), ["expired", "expiring", "expiring", "expiring"]);
        let refused = lab.act("licenses.update", all[0], &[("issue_date", "2036-01-01")]).unwrap_err();
        assert!(refused.to_string().contains("expiry_date: is before the day of issue"), "{refused}");
    }

    fn a_message_is_queued_and_its_delivery_kept_once(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina"), ("phone", "+254 712 345 678")]).to_string();
        let message = [("customer", customer.as_str()), ("body", "Hello")];
        let refused = lab.try_make("sms_log.queue", &message).unwrap_err();
        assert!(refused.to_string().contains("no SMS gateway is active"), "{refused}");
        lab.make("sms_gateways.create", &[("name", "Texts"), ("provider", "africastalking"), ("is_default", "yes")]);
        let [one, other] = [lab.make("sms_log.queue", &message), lab.make("sms_log.queue", &message)];
        assert_eq!((lab.value("sms_log", one, "recipient"), lab.value("sms_log", one, "status")), ("+254 712 345 678".into(), "queued".into()));
        assert_eq!(lab.raw().number("count(*)", "FROM outbox WHERE kind = 'sms'"), 2);
        let keep = |id: Id, delivery: Delivery<'_>| lab.store.keep_delivery(&lab.admin, id, delivery).map_err(|error| error.to_string());
        assert!(keep(one, Delivery::Delivered).unwrap_err().contains("cannot deliver: the message is queued; open from there: send, fail"));
        assert_eq!((keep(one, Delivery::Sent("ATX-1")), keep(one, Delivery::Sent("ATX-1"))), (Ok(true), Ok(false)));
        assert_eq!((keep(one, Delivery::Delivered), lab.value("sms_log", one, "provider_message_id")), (Ok(true), "ATX-1".into()));
        assert!(keep(one, Delivery::Failed("late")).unwrap_err().contains("which is final"));
        assert_eq!((keep(other, Delivery::Failed("no credit")), lab.value("sms_log", other, "error")), (Ok(true), "no credit".into()));
        let nobody = lab.try_make("sms_log.queue", &[("body", "Hello")]).unwrap_err();
        assert!(nobody.to_string().contains("recipient: give a phone number"), "{nobody}");
        let nowhere = lab.try_make("sms_log.queue", &[("recipient", "flat 7b"), ("body", "Hello")]).unwrap_err();
        assert!(nowhere.to_string().contains("recipient: is a number such as"), "{nowhere}");
    }
}
