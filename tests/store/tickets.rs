//! Tickets: their clocks on a calendar, who has answered, duplicates, macros.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use headend::domain::time::Instant;
use headend::domain::{Id, Value};
use headend::store::list::ListRequest;
use headend::store::operation::Request;
use headend::store::{Failure, Options, Store, StoreError};

use crate::common::lab::{entity, find, key, text};
use crate::common::{Lab, on_each_database};

/// The same database at another time: minutes after the moment that it began with.
struct Later {
    store: Store,
    begun: Instant,
    minutes: Arc<AtomicI64>,
}

impl Later {
    fn of(lab: &Lab) -> Self {
        let begun = lab.store.now();
        let minutes = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&minutes);
        let store = Store::open(
            lab.store.target(),
            Options {
                master: Some(key()),
                clock: Some(Box::new(move || begun + TimeDelta::minutes(clock.load(Ordering::Relaxed)))),
                ..Options::default()
            },
        )
        .unwrap();
        Self { store, begun, minutes }
    }

    /// Does something so many minutes after the beginning.
    fn act(&self, lab: &Lab, minute: i64, operation: &str, ticket: Id, written: &[(&str, &str)]) {
        self.minutes.store(minute, Ordering::Relaxed);
        let request = lab.request(operation, written).on(ticket, None);
        self.store.perform(&lab.admin, &request).unwrap_or_else(|error| panic!("{operation}: {error}"));
    }

    fn make(&self, lab: &Lab, written: &[(&str, &str)]) -> Id {
        self.store.perform(&lab.admin, &lab.request("tickets.create", written)).unwrap().records[0]
    }

    /// How many minutes after the beginning a ticket is due.
    fn due(&self, lab: &Lab, ticket: Id, field: &str) -> Option<i64> {
        let due: Option<DateTime<_>> = lab.record("tickets", ticket).get(field).as_instant();
        due.map(|due| (due - self.begun).num_minutes())
    }
}

fn policy(lab: &Lab, name: &str, priority: &str, (respond, resolve): (&str, &str)) -> Id {
    let values = [("name", name), ("priority", priority), ("respond_minutes", respond), ("resolve_minutes", resolve)];
    lab.make("sla_policies.create", &values)
}

fn told(outcome: Result<headend::store::Done, StoreError>) -> String {
    let error = outcome.unwrap_err();
    assert!(matches!(error.failure(), Failure::Refused(_)), "{error}");
    error.to_string()
}

on_each_database! {
    fn the_clock_stands_still_and_goes_on(lab) {
        policy(lab, "all", "", ("60", "240"));
        policy(lab, "urgent", "high", ("15", "120"));
        let later = Later::of(lab);
        let ticket = later.make(lab, &[("title", "no light")]);
        let due = |field: &str| later.due(lab, ticket, field);
        assert_eq!((due("respond_by"), due("resolve_by")), (Some(60), Some(240)));
        // Another priority counts from the beginning.
        later.act(lab, 10, "tickets.update", ticket, &[("priority", "high")]);
        assert_eq!((due("respond_by"), due("resolve_by")), (Some(15), Some(120)));
        later.act(lab, 12, "tickets.comment", ticket, &[("content", "noted"), ("is_internal", "yes")]);
        assert!(lab.record("tickets", ticket).get("responded_at").is_empty());
        later.act(lab, 14, "tickets.comment", ticket, &[("content", "we are on it")]);
        assert_eq!(due("responded_at"), Some(14));
        later.act(lab, 20, "tickets.start", ticket, &[]);
        later.act(lab, 30, "tickets.wait", ticket, &[]);
        assert_eq!((due("respond_by"), due("resolve_by")), (Some(15), None));
        later.act(lab, 90, "tickets.resume", ticket, &[]);
        assert_eq!(due("resolve_by"), Some(180));
        later.act(lab, 100, "tickets.resolve", ticket, &[]);
        assert_eq!(due("resolve_by"), Some(180));
        later.act(lab, 400, "tickets.reopen", ticket, &[]);
        assert_eq!((due("resolve_by"), due("resolved_at")), (Some(480), None));
        let spans = lab.raw().texts("status || waiting", "FROM ticket_state_spans ORDER BY since, id");
        assert_eq!(spans.len(), 6, "{spans:?}");
        // Other promises, other times; nothing of the ticket itself is touched.
        let version = lab.record("tickets", ticket).version;
        let urgent = lab.store.get_named(&lab.admin, entity("sla_policies"), "urgent").unwrap();
        lab.must("sla_policies.update", urgent.id, &[("resolve_minutes", "130")]);
        assert_eq!((due("resolve_by"), lab.record("tickets", ticket).version), (Some(490), version));
        lab.must("sla_policies.update", urgent.id, &[("is_active", "no")]);
        assert_eq!(due("resolve_by"), Some(600));
    }

    /// What is wrong with a device is its customer's ticket, where nobody else is named.
    fn a_ticket_about_a_device_is_its_customers(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let other = lab.make("customers.create", &[("name", "Brian")]);
        let device = lab.make("devices.create", &[("name", "ONU"), ("device_type", "olt"), ("customer", &customer.to_string())]);
        let of = |ticket| lab.record("tickets", ticket).get("customer_id").as_id();
        let device = device.to_string();
        let ticket = lab.make("tickets.create", &[("title", "no light"), ("device", &device)]);
        assert_eq!(of(ticket), Some(customer));
        let named = lab.make("tickets.create", &[("title", "no light"), ("device", &device), ("customer", &other.to_string())]);
        assert_eq!(of(named), Some(other));
    }

    /// What goes with a calendar is said beforehand, in the log, and comes back with it.
    fn a_calendar_takes_its_holidays_along_and_brings_them_back(lab) {
        let calendar = lab.make("calendars.create", &[("name", "office"), ("hours", r#"{"mon":"09:00-17:00"}"#)]);
        let holidays: Vec<_> = ["2026-12-25", "2026-12-26"]
            .map(|day| lab.make("calendar_holidays.create", &[("calendar", "office"), ("day", day), ("name", day)]))
            .into();
        let aims = lab.record("calendars", calendar);
        let request = lab.request("calendars.delete", &[]).on(calendar, Some(aims.version));
        let foreseen = lab.store.foresee(&lab.admin, &request).unwrap();
        assert_eq!(foreseen.gone, [("calendar_holidays", 2)]);
        let done = lab.must("calendars.delete", calendar, &[]);
        assert!(holidays.iter().all(|id| lab.find_record("calendar_holidays", *id).is_none()));
        lab.store.undo(&lab.admin, done.operation).unwrap();
        let names: Vec<String> = holidays.iter().map(|id| lab.value("calendar_holidays", *id, "name")).collect();
        assert_eq!(names, ["2026-12-25", "2026-12-26"]);
        assert_eq!(lab.value("calendars", calendar, "name"), "office");
    }

    fn hours_and_holidays_are_those_of_the_calendar(lab) {
        let hours = r#"{"mon":"00:00-24:00","tue":"00:00-24:00","wed":"00:00-24:00","thu":"00:00-24:00","fri":"00:00-24:00","sat":"00:00-24:00","sun":"00:00-24:00"}"#;
        lab.make("calendars.create", &[("name", "always"), ("hours", hours)]);
        let policy = policy(lab, "all", "", ("60", "240"));
        lab.must("sla_policies.update", policy, &[("calendar", "always")]);
        let later = Later::of(lab);
        let ticket = later.make(lab, &[("title", "no light")]);
        assert_eq!(later.due(lab, ticket, "resolve_by"), Some(240));
        // Two days on which nobody works: all is due after them.
        let days = [0, 1].map(|day| (later.begun + TimeDelta::days(day)).date_naive().to_string());
        let first = lab.make("calendar_holidays.create", &[("calendar", "always"), ("day", &days[0]), ("name", "a")]);
        lab.make("calendar_holidays.create", &[("calendar", "always"), ("day", &days[1]), ("name", "b")]);
        assert!(later.due(lab, ticket, "resolve_by").unwrap() >= 24 * 60 + 240);
        lab.must("calendar_holidays.delete", first, &[]);
        let error = lab.try_make("calendars.create", &[("name", "never"), ("hours", "{}")]).unwrap_err();
        assert!(error.to_string().contains("hours: has no hour of work"), "{error}");
        let error = lab.act("sla_policies.update", policy, &[("respond_minutes", "300")]).unwrap_err();
        assert_eq!(error.to_string(), "respond_minutes: is not more than what solving may take");
    }

    fn what_was_reported_twice_is_closed_together(lab) {
        let [original, twice, related] = ["a", "b", "c"].map(|title| lab.make("tickets.create", &[("title", title)]));
        let number = lab.value("tickets", original, "number");
        lab.must("tickets.link", twice, &[("other", &number), ("kind", "duplicate")]);
        lab.must("tickets.link", related, &[("other", &number), ("kind", "related")]);
        let error = lab.act("tickets.link", original, &[("other", &number)]).unwrap_err();
        assert_eq!(error.to_string(), "other: a ticket is not linked with itself");
        assert_eq!(told(lab.act("tickets.close", original, &[])), "cannot close: the ticket is open; open from there: start");
        for verb in ["start", "resolve"] {
            lab.must(&format!("tickets.{verb}"), original, &[]);
        }
        let closed = lab.must("tickets.close", original, &[]);
        let states = || [original, twice, related].map(|ticket| lab.value("tickets", ticket, "status"));
        assert_eq!(states(), ["closed", "closed", "open"]);
        assert!(!lab.record("tickets", twice).get("closed_at").is_empty());
        assert_eq!(told(lab.act("tickets.wait", twice, &[])), "cannot wait: the ticket is closed, which is final");
        lab.store.undo(&lab.admin, closed.operation).unwrap();
        assert_eq!(states(), ["resolved", "open", "open"]);
    }

    fn the_first_public_word_of_ours_is_the_answer(lab) {
        let partner = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        let customer = lab.make("customers.create", &[("name", "Amina"), ("organization", "ours")]);
        let number = lab.value("customers", customer, "number");
        let ticket = lab.make("tickets.create", &[("title", "no light"), ("customer", &number)]);
        let request = Request::new(find("users.create")).with("username", text("asha")).with("roles", text("super_admin")).with("partner", Value::Id(partner));
        let theirs = lab.session_of(&lab.admin, lab.store.perform(&lab.admin, &request).unwrap().records[0]);
        let say = |words: &str| lab.request("tickets.comment", &[("content", words)]).on(ticket, None);
        lab.store.perform(&theirs, &say("is anybody there?")).unwrap();
        assert!(lab.record("tickets", ticket).get("responded_at").is_empty());
        lab.must("tickets.comment", ticket, &[("content", "they owe us"), ("is_internal", "yes")]);
        lab.must("tickets.comment", ticket, &[("content", "we come")]);
        assert!(!lab.record("tickets", ticket).get("responded_at").is_empty());
        // What is internal is not for them, in no list and by no id.
        let all = ListRequest::all(entity("ticket_comments"), 10);
        let seen = |session| lab.store.list(session, &all).unwrap().rows.iter().map(|row| row.get("content").written()).collect::<Vec<_>>();
        assert_eq!(seen(&theirs), ["we come", "is anybody there?"]);
        assert_eq!(seen(&lab.admin).len(), 3);
    }

    fn a_macro_says_and_sets_all_or_nothing(lab) {
        lab.user("brian", "engineer");
        let ticket = lab.make("tickets.create", &[("title", "no light")]);
        lab.make("macros.create", &[("name", "on our way"), ("comment", "we come"), ("values_to_set", r#"{"priority":"high","engineer":"brian","do":"start"}"#)]);
        let done = lab.must("tickets.apply", ticket, &[("macro", "on our way")]);
        let told_of = |field: &str| lab.value("tickets", ticket, field);
        assert_eq!([told_of("priority"), told_of("engineer"), told_of("status")], ["high", "brian", "in_progress"]);
        assert!(!lab.record("tickets", ticket).get("responded_at").is_empty());
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!([told_of("priority"), told_of("engineer"), told_of("status")], ["medium", "", "open"]);
        assert_eq!(lab.raw().number("count(*)", "FROM ticket_comments"), 0);
        // What does not fit the ticket's state leaves nothing of the rest.
        lab.make("macros.create", &[("name", "done"), ("comment", "it works"), ("values_to_set", r#"{"do":"resolve"}"#)]);
        assert_eq!(told(lab.act("tickets.apply", ticket, &[("macro", "done")])), "cannot resolve: the ticket is open; open from there: start");
        assert_eq!(lab.raw().number("count(*)", "FROM ticket_comments"), 0);
        let error = lab.try_make("macros.create", &[("name", "x"), ("values_to_set", r#"{"priority":"bogus"}"#)]).unwrap_err();
        assert!(error.to_string().contains("priority: ‘bogus’ is none of low"), "{error}");
        let error = lab.try_make("macros.create", &[("name", "x"), ("values_to_set", r#"{"status":"closed"}"#)]).unwrap_err();
        assert!(error.to_string().contains("‘status’: \"closed\" cannot be set. There are priority"), "{error}");
    }
}
