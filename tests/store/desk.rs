//! What waits for somebody, what they keep at hand, and what a dashboard shows them.

use chrono::TimeDelta;
use headend::domain::Value;
use headend::domain::time::write;
use headend::store::Session;
use headend::store::desk::Waiting;
use headend::store::list::{ListRequest, parse_filter};
use headend::store::operation::Request;

use crate::common::lab::{entity, find};
use crate::common::{Lab, on_each_database};
use crate::fixtures;

/// What is told of a row after its name.
fn told(row: &headend::store::desk::Row) -> String {
    let told: Vec<String> = row.tells.iter().map(|field| row.record.get(field).written()).collect();
    told.join("  ").trim().to_owned()
}

fn waiting(lab: &Lab, session: &Session) -> Waiting {
    lab.store.waiting(session, 8).unwrap()
}

/// The groups with their counts.
fn groups(waiting: &Waiting) -> Vec<(&'static str, u64)> {
    waiting.groups.iter().map(|group| (group.title, group.count.number)).collect()
}

/// What a list shows to a session.
fn titles(lab: &Lab, session: &Session, kind: &str, filter: &str) -> Vec<String> {
    let kind = entity(kind);
    let filter = parse_filter(kind, filter, lab.locale()).unwrap();
    let request = ListRequest { filter, ..ListRequest::all(kind, 50) };
    lab.store.list(session, &request).unwrap().rows.iter().map(headend::store::Record::title).collect()
}

/// A person who may do just this.
fn person(lab: &Lab, name: &str, may: &[&str]) -> Session {
    let request = Request::new(find("users.create"))
        .with("username", Value::text(name))
        .with("added_permissions", Value::Json(serde_json::json!(may)));
    let user = lab.store.perform(&lab.admin, &request).unwrap().records[0];
    lab.session_of(&lab.admin, user)
}

fn by(lab: &Lab, session: &Session, operation: &str, id: headend::domain::Id, written: &[(&str, &str)]) {
    lab.store.perform(session, &lab.request(operation, written).on(id, None)).unwrap();
}

on_each_database! {
    /// What points at a record goes by the name that it has; what somebody calls it themselves stays.
    fn what_points_at_a_record_follows_its_name(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let plan = lab.make("plans.create", &[("name", "Home"), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "30")]);
        let on = [("entity_type", "customers".to_owned()), ("record_id", customer.to_string())];
        let with = |more: &[(&'static str, &str)]| {
            let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
            on.iter().cloned().chain(more).collect::<Vec<_>>()
        };
        let make = |operation: &str, values: Vec<(&'static str, String)>| {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            lab.make(operation, &values)
        };
        let reminder = make("reminders.create", with(&[("due_at", "+1d")]));
        let called = make("reminders.create", with(&[("due_at", "+1d"), ("title", "call back")]));
        let pin = make("pins.create", with(&[]));
        assert!(lab.store.watch_or_not(&lab.admin, entity("customers"), customer, "CUS-000001 Amina").unwrap());
        assert!(lab.store.watch_or_not(&lab.admin, entity("plans"), plan, "Home").unwrap());
        let (watch, _) = lab.store.watch_on(&lab.admin, entity("customers"), customer).unwrap().unwrap();
        let (other, _) = lab.store.watch_on(&lab.admin, entity("plans"), plan).unwrap().unwrap();
        let titles = |lab: &Lab| {
            [("reminders", reminder), ("reminders", called), ("pins", pin), ("watches", watch), ("watches", other)]
                .map(|(kind, id)| lab.value(kind, id, "title"))
        };
        let amina = "CUS-000001 Amina";
        assert_eq!(titles(lab), [amina, "call back", amina, amina, "Home"]);
        let done = lab.must("customers.update", customer, &[("name", "Amina Otieno")]);
        let otieno = "CUS-000001 Amina Otieno";
        assert_eq!(titles(lab), [otieno, "call back", otieno, otieno, "Home"]);
        let found = |text: &str| {
            let entity = entity("reminders");
            let filter = parse_filter(entity, text, lab.locale()).unwrap();
            lab.store.list(&lab.admin, &ListRequest { filter, ..ListRequest::all(entity, 9) }).unwrap().rows.len()
        };
        assert_eq!((found("otieno"), found("call")), (1, 1), "what is searched says it too");
        // What says nothing of the name leaves it.
        lab.must("customers.update", customer, &[("notes", "moved")]);
        assert_eq!(titles(lab), [otieno, "call back", otieno, otieno, "Home"]);
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(titles(lab), [amina, "call back", amina, amina, "Home"]);
        // Of many at once, too.
        let brian = lab.make("customers.create", &[("name", "Brian")]);
        let mut request = lab.request("customers.update", &[("name", "Office")]);
        request.aims = [customer, brian].map(|id| (id, lab.record("customers", id).version)).into_iter().collect();
        assert_eq!(lab.store.perform(&lab.admin, &request).unwrap().records.len(), 2);
        let office = "CUS-000001 Office";
        assert_eq!(titles(lab), [office, "call back", office, office, "Home"]);
    }

    fn mine_is_who_asks(lab) {
        let noc = lab.user("noc1", "super_admin");
        for (title, engineer) in [("no light", "noc1"), ("slow", "admin"), ("lost", "")] {
            lab.make("tickets.create", &[("title", title), ("engineer", engineer)]);
        }
        assert_eq!(titles(lab, &noc, "tickets", "is:mine"), ["TCK-000001 no light"]);
        assert_eq!(titles(lab, &lab.admin, "tickets", "is:mine"), ["TCK-000002 slow"]);
        assert_eq!(titles(lab, &noc, "tickets", "engineer:me,admin").len(), 2);
        assert_eq!(titles(lab, &noc, "tickets", "-engineer:me").len(), 2);
        assert_eq!(titles(lab, &noc, "tickets", "created_by:me"), Vec::<String>::new());
        // Somebody who is called so goes by their name.
        let me = lab.user("me", "super_admin");
        lab.make("tickets.create", &[("title", "hers"), ("engineer", "me")]);
        assert_eq!(titles(lab, &noc, "tickets", "engineer=me"), ["TCK-000004 hers"]);
        assert_eq!(titles(lab, &me, "tickets", "engineer:me"), ["TCK-000004 hers"]);
        // Through another record too.
        fixtures::make(lab, &noc, "bookings");
        assert!(!titles(lab, &noc, "bookings", "is:mine").is_empty());
        assert!(titles(lab, &lab.admin, "bookings", "is:mine").is_empty());
    }

    fn every_kind_of_work_waits_for_who_may_do_it(lab) {
        let now = lab.store.now();
        let later = |minutes: i64| write(now + TimeDelta::minutes(minutes));
        assert_eq!(waiting(lab, &lab.admin), Waiting::default());
        lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin")]);
        lab.make("tickets.create", &[("title", "of nobody")]);
        lab.make("jobs.create", &[("customer_name", "Amina"), ("scheduled_at", &later(90)), ("engineer", "admin")]);
        let site = lab.make("sites.create", &[("name", "Westlands")]).to_string();
        let reminder = |due: &str| {
            let values = [("due_at", due), ("entity_type", "sites"), ("record_id", &site), ("note", "the fan")];
            lab.make("reminders.create", &values)
        };
        let (due, _) = (reminder(&later(-5)), reminder(&later(20)));
        fixtures::make(lab, &lab.admin, "stock_requests");
        let booking = fixtures::make(lab, &lab.admin, "bookings");
        fixtures::put_into_state(lab, entity("bookings"), booking, "pending");
        let clerk = fixtures::make(lab, &lab.admin, "users");
        fixtures::put_into_state(lab, entity("users"), clerk, "pending");
        let offer = fixtures::make(lab, &lab.admin, "booking_waitlist");
        fixtures::put_into_state(lab, entity("booking_waitlist"), offer, "offered");
        fixtures::make(lab, &lab.admin, "topology_reviews");
        let found = waiting(lab, &lab.admin);
        let mut sorted = groups(&found);
        assert_eq!(sorted[0], ("reminders", 1), "it was due first");
        let place = |title: &str| sorted.iter().position(|(known, _)| *known == title);
        assert!(place("my jobs") < place("my tickets"), "a time before none");
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [
                ("bookings to approve", 1), ("devices offered to me", 1), ("drawings to review", 1), ("my jobs", 1),
                ("my tickets", 1), ("reminders", 1), ("stock requests to approve", 1), ("users to enable", 1),
            ]
        );
        assert_eq!(found.count(), 8);
        let row = &found.groups[0].rows[0];
        assert_eq!((row.record.title().as_str(), told(row).as_str()), ("Westlands", "the fan"));
        assert_eq!(found.next, Some(headend::domain::time::to_micros(now + TimeDelta::minutes(20))));
        // What is done or put off waits no longer.
        lab.must("reminders.done", due, &[]);
        assert_eq!(waiting(lab, &lab.admin).count(), 7);
        // Who may only look has nothing to approve, and nothing of others waits for them.
        let looks = person(lab, "looks", &["*.read"]);
        assert_eq!(waiting(lab, &looks), Waiting::default());
        let approves = person(lab, "approves", &["stock_requests.read", "stock_requests.approve", "bookings.approve"]);
        assert_eq!(groups(&waiting(lab, &approves)), [("stock requests to approve", 1)], "bookings may not be read");
        assert_eq!(waiting(lab, &person(lab, "nobody", &[])), Waiting::default());
    }

    fn a_group_shows_the_first_and_counts_the_others(lab) {
        for n in 0..11 {
            let at = write(lab.store.now() + TimeDelta::hours(20 - n));
            let name = format!("Customer {n}");
            lab.make("jobs.create", &[("customer_name", &name), ("scheduled_at", &at), ("engineer", "admin")]);
        }
        let found = lab.store.waiting(&lab.admin, 3).unwrap();
        assert_eq!(groups(&found), [("my jobs", 11)]);
        let names: Vec<&str> =
            found.groups[0].rows.iter().map(|row| row.record.get("customer_name").as_str()).collect();
        assert_eq!(names, ["Customer 10", "Customer 9", "Customer 8"]);
    }

    fn what_others_change_in_a_watched_record_waits(lab) {
        let noc = lab.user("noc1", "super_admin");
        let site = lab.make("sites.create", &[("name", "Westlands")]);
        let customers: Vec<_> = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)])).into();
        assert!(lab.store.watch_or_not(&noc, entity("sites"), site, "Westlands").unwrap());
        for customer in &customers {
            assert!(lab.store.watch_or_not(&noc, entity("customers"), *customer, "a customer").unwrap());
        }
        assert_eq!(waiting(lab, &noc), Waiting::default());
        by(lab, &noc, "sites.update", site, &[("city", "Nairobi")]);
        assert_eq!(waiting(lab, &noc), Waiting::default(), "what I change myself is no news to me");
        lab.must("sites.update", site, &[("city", "Mombasa")]);
        let found = waiting(lab, &noc);
        assert_eq!(groups(&found), [("watched, changed by others", 1)]);
        let row = &found.groups[0].rows[0];
        assert_eq!(row.record.title(), "Westlands");
        assert_eq!(told(row), "sites.update  admin");
        // Of several records at once as well.
        let mut request = lab.request("customers.suspend", &[]);
        for customer in &customers {
            request = request.on(*customer, None);
        }
        lab.store.perform(&lab.admin, &request).unwrap();
        let found = waiting(lab, &noc);
        assert_eq!(groups(&found), [("watched, changed by others", 3)]);
        assert_eq!(told(&found.groups[0].rows[0]), "customers.suspend  admin");
        // What was seen waits no longer, until it is changed again.
        lab.store.seen(&noc, entity("sites"), site).unwrap();
        assert_eq!(waiting(lab, &noc).count(), 2);
        lab.must("sites.update", site, &[("city", "Kisumu")]);
        assert_eq!(waiting(lab, &noc).count(), 3);
        assert!(!lab.store.watch_or_not(&noc, entity("sites"), site, "Westlands").unwrap());
        assert_eq!(waiting(lab, &noc).count(), 2);
        assert_eq!(waiting(lab, &lab.admin), Waiting::default(), "nobody is told of what others watch");
    }

    fn what_may_not_be_read_any_more_is_neither_told_nor_counted(lab) {
        let clerk = person(lab, "clerk", &["sites.read", "watches.*", "pins.*"]);
        let site = lab.make("sites.create", &[("name", "Westlands")]);
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        lab.store.watch_or_not(&clerk, entity("sites"), site, "Westlands").unwrap();
        lab.store.pin_or_not(&clerk, entity("sites"), site).unwrap();
        let told = lab.store.pin_or_not(&clerk, entity("customers"), customer).unwrap_err().to_string();
        assert!(told.contains("you may not see customers: it needs customers.read"), "{told}");
        lab.must("sites.update", site, &[("city", "Mombasa")]);
        assert_eq!((waiting(lab, &clerk).count(), lab.store.pinned(&clerk).unwrap().len()), (1, 1));
        let user = clerk.user().unwrap();
        let request = Request::new(find("users.update"))
            .on(user, None)
            .with("removed_permissions", Value::Json(serde_json::json!(["sites.read"])));
        lab.store.perform(&lab.admin, &request).unwrap();
        let clerk = lab.session_of(&lab.admin, user);
        assert_eq!((waiting(lab, &clerk).count(), lab.store.pinned(&clerk).unwrap().len()), (0, 0));
    }

    fn pins_are_ones_own_grouped_by_kind_and_taken_back(lab) {
        let noc = lab.user("noc1", "super_admin");
        let sites = ["Westlands", "Karen"].map(|name| lab.make("sites.create", &[("name", name)]));
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let pin = |kind: &str, id| lab.store.pin_or_not(&noc, entity(kind), id).unwrap();
        let pinned = || -> Vec<(&str, Vec<String>)> {
            let found = lab.store.pinned(&noc).unwrap();
            found.iter().map(|found| (found.entity.name, found.records.iter().map(|r| r.title()).collect())).collect()
        };
        assert!(pin("sites", sites[0]) && pin("customers", customer) && pin("sites", sites[1]));
        assert_eq!(
            pinned(),
            [("sites", vec!["Westlands".to_owned(), "Karen".into()]), ("customers", vec!["CUS-000001 Amina".into()])]
        );
        assert!(lab.store.pinned(&lab.admin).unwrap().is_empty());
        assert!(!pin("sites", sites[0]), "once more takes it away");
        assert_eq!(pinned()[1], ("sites", vec!["Karen".to_owned()]));
        // And that is taken back as everything is.
        let last = lab.store.last_undoable(&noc).unwrap().unwrap();
        lab.store.undo(&noc, last.id).unwrap();
        let all = pinned();
        assert_eq!(all.iter().find(|(kind, _)| *kind == "sites").unwrap().1.len(), 2);
    }

    fn so_many_are_kept_and_no_more(lab) {
        for n in 0..100 {
            let site = lab.make("sites.create", &[("name", &format!("Site {n}"))]);
            lab.store.pin_or_not(&lab.admin, entity("sites"), site).unwrap();
        }
        let site = lab.make("sites.create", &[("name", "One more")]);
        let told = lab.store.pin_or_not(&lab.admin, entity("sites"), site).unwrap_err().to_string();
        assert!(told.contains("100 records are pinned already: unpin some first"), "{told}");
    }

    fn panels_show_what_runs_out_to_who_may_read_it(lab) {
        let now = lab.store.now();
        let at = |minutes: i64| write(now + TimeDelta::minutes(minutes));
        let panel = |session: &Session, title: &str| {
            lab.store.panels(session, 3).unwrap().into_iter().find(|panel| panel.title == title)
        };
        let empty = lab.store.panels(&lab.admin, 3).unwrap();
        assert!(empty.len() >= 7 && empty.iter().all(|panel| panel.rows.is_empty() && panel.count.number == 0));
        lab.make("customers.create", &[("name", "Soon"), ("expires_at", &at(60 * 24 * 29))]);
        lab.make("customers.create", &[("name", "Sooner"), ("expires_at", &at(-60))]);
        lab.make("customers.create", &[("name", "Later"), ("expires_at", &at(60 * 24 * 31))]);
        let expiring = panel(&lab.admin, "customers that expire").unwrap();
        let names: Vec<&str> = expiring.rows.iter().map(|row| row.record.get("name").as_str()).collect();
        assert_eq!((names.as_slice(), expiring.count.number), (["Sooner", "Soon"].as_slice(), 2));
        lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin"), ("priority", "high")]);
        let tickets = panel(&lab.admin, "tickets by time left").unwrap();
        assert_eq!(told(&tickets.rows[0]), "high  admin");
        lab.make("stock_items.create", &[("sku", "SFP-10"), ("name", "SFP+ 10G"), ("min_stock_level", "5")]);
        assert_eq!(told(&panel(&lab.admin, "stock that is low").unwrap().rows[0]), "0");
        let clerk = person(lab, "clerk", &["customers.read"]);
        let titles: Vec<&str> = lab.store.panels(&clerk, 3).unwrap().iter().map(|panel| panel.title).collect();
        assert_eq!(titles, ["customers that expire"]);
    }

    fn a_line_is_put_down_where_its_kind_takes_notes(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let lead = lab.make("leads.create", &[("title", "Two floors"), ("contact_name", "Brian")]);
        let ticket = lab.make("tickets.create", &[("title", "no light")]);
        let site = lab.make("sites.create", &[("name", "Westlands")]);
        let put = |kind: &str, id, internal| {
            let request = headend::store::notes::quick(entity(kind), id, "the gate is locked", internal)?;
            Some(lab.store.perform(&lab.admin, &request).unwrap())
        };
        put("customers", customer, true).unwrap();
        put("leads", lead, true).unwrap();
        put("tickets", ticket, true).unwrap();
        assert!(put("sites", site, true).is_none());
        assert_eq!(titles(lab, &lab.admin, "notes", "is:mine is_internal:yes").len(), 1);
        assert_eq!(titles(lab, &lab.admin, "customers", "has:(notes gate)").len(), 1);
        assert_eq!(titles(lab, &lab.admin, "leads", "has:notes").len(), 1);
        assert_eq!(titles(lab, &lab.admin, "tickets", "has:(comments is_internal:yes)").len(), 1);
        assert!(lab.record("tickets", ticket).get("responded_at").is_empty(), "that answers nobody");
        put("tickets", ticket, false).unwrap();
        assert!(!lab.record("tickets", ticket).get("responded_at").is_empty());
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        lab.store.undo(&lab.admin, last.id).unwrap();
        assert!(lab.record("tickets", ticket).get("responded_at").is_empty());
    }
}
