//! Shifts and reminders; devices that are reached by several ways.

use headend::domain::Id;
use headend::store::StoreError;
use headend::store::operation::Request;

use crate::common::lab::{entity, find};
use crate::common::{Lab, on_each_database};
use crate::fixtures;

fn told<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

fn device(lab: &Lab, name: &str) -> (Id, String) {
    let id = lab.make("devices.create", &[("name", name), ("device_type", "switch")]);
    (id, lab.value("devices", id, "number"))
}

on_each_database! {
    fn a_shift_hands_over_what_stands_open(lab) {
        fixtures::make(lab, &lab.admin, "incidents");
        lab.make("tickets.create", &[("title", "no light")]);
        let shift = lab.make("shift_logs.start", &[("notes", "quiet")]);
        assert!(told(lab.try_make("shift_logs.start", &[])).contains("still runs: hand it over first"));
        assert_eq!(told(lab.act("shift_logs.accept", shift, &[])), "cannot accept: the shift still runs. Its lead hands it over first");
        let handed = lab.must("shift_logs.hand_over", shift, &[("notes", "watch Westlands")]);
        let record = lab.record("shift_logs", shift);
        assert_eq!(record.get("notes").written(), "watch Westlands");
        let summary: serde_json::Value = serde_json::from_str(&record.get("summary").written()).unwrap();
        assert_eq!((&summary["incidents"], &summary["tickets"], &summary["jobs"]), (&1.into(), &1.into(), &0.into()));
        assert_eq!(told(lab.act("shift_logs.accept", shift, &[])), "cannot accept: nobody takes over from themselves");
        let next = lab.user("amina", "super_admin");
        let accepted = lab.store.perform(&next, &Request::new(find("shift_logs.accept")).on(shift, None)).unwrap();
        assert_eq!(lab.value("shift_logs", shift, "accepted_by"), "amina");
        let running = |lead: &str| lab.raw().number("count(*)", &format!("FROM shift_logs s JOIN users u ON u.id = s.lead_id WHERE ended_at IS NULL AND username = '{lead}'"));
        assert_eq!((running("amina"), running("admin")), (1, 0));
        assert_eq!(told(lab.act("shift_logs.accept", shift, &[])), "cannot accept: amina has accepted it already");
        lab.store.undo(&next, accepted.operation).unwrap();
        assert_eq!((running("amina"), lab.value("shift_logs", shift, "accepted_by")), (0, String::new()));
        lab.store.undo(&lab.admin, handed.operation).unwrap();
        assert_eq!(running("admin"), 1);
    }

    fn nobody_has_one_duty_twice(lab) {
        lab.user("amina", "engineer");
        let duty = |from: &str, until: &str, duty: &str| {
            lab.try_make("rosters.create", &[("user", "amina"), ("duty", duty), ("starts_at", from), ("ends_at", until)])
        };
        duty("2026-12-01 06:00", "2026-12-01 18:00", "network").unwrap();
        duty("2026-12-01 18:00", "2026-12-02 06:00", "network").unwrap();
        duty("2026-12-01 06:00", "2026-12-01 18:00", "front desk").unwrap();
        assert_eq!(
            told(duty("2026-12-01 17:00", "2026-12-01 17:30", "network")),
            "starts_at: has this duty already from 2026-12-01 06:00 on: change that one"
        );
        assert_eq!(told(duty("2026-12-01 17:00", "2026-12-01 16:00", "network")), "ends_at: is not after the beginning");
    }

    fn what_one_is_to_look_at_again(lab) {
        let site = fixtures::make(lab, &lab.admin, "sites");
        let values = [("entity_type", "sites"), ("record_id", &*site.to_string()), ("due_at", "-1h")];
        let reminder = lab.make("reminders.create", &values);
        assert_eq!(lab.value("reminders", reminder, "title"), lab.value("sites", site, "name"));
        let due = || {
            let kind = entity("reminders");
            let filter = headend::store::list::parse_filter(kind, "is:due", lab.locale()).unwrap();
            lab.store.count(&lab.admin, kind, &filter, 10, headend::store::list::Effort::Whole).unwrap().number
        };
        assert_eq!(due(), 1);
        assert_eq!(told(lab.act("reminders.snooze", reminder, &[("due_at", "-1h")])), "due_at: is a moment to come such as +2h or tomorrow");
        lab.must("reminders.snooze", reminder, &[("due_at", "+1h")]);
        assert_eq!(due(), 0);
        lab.must("reminders.done", reminder, &[]);
        assert_eq!(told(lab.act("reminders.done", reminder, &[])), "this is done already");
        // It is nobody else's.
        let other = lab.user("amina", "super_admin");
        assert!(lab.store.get(&other, entity("reminders"), reminder).unwrap().is_none());
        let wrong = |kind: &str, id: Id| told(lab.try_make("reminders.create", &[("entity_type", kind), ("record_id", &id.to_string()), ("due_at", "+1h")]));
        assert_eq!(wrong("sites", Id::new()), "record_id: there is no such site");
        assert!(wrong("zebras", site).starts_with("entity_type: nothing is called ‘zebras’"));
    }

    fn no_circle_closes_by_either_way(lab) {
        let [(a, a_number), (b, b_number), (c, c_number)] = ["a", "b", "c"].map(|name| device(lab, name));
        let hang = |device: &str, parent: &str| lab.try_make("device_parents.create", &[("device", device), ("parent", parent)]);
        lab.must("devices.update", b, &[("parent", &a_number)]);
        hang(&c_number, &b_number).unwrap();
        assert_eq!(told(hang(&a_number, &a_number)), "parent: a device is not reached through itself");
        for outcome in [hang(&a_number, &c_number), hang(&b_number, &c_number)] {
            assert!(told(outcome).contains("a device cannot be reached through itself or one that hangs below it"));
        }
        let refused = told(lab.act("devices.update", a, &[("parent", &c_number)]));
        assert!(refused.contains("parent: a device cannot be reached through itself"), "{refused}");
        // Another way to the same place is none.
        hang(&c_number, &a_number).unwrap();
        assert!(told(hang(&c_number, &a_number)).contains("already in use"));
        assert_eq!(lab.value("devices", c, "parent"), "");
    }

    fn an_owner_answers_once_for_a_device(lab) {
        let (_, number) = device(lab, "a");
        lab.user("amina", "engineer");
        let assign = || lab.try_make("device_ownerships.create", &[("device", &number), ("owner", "amina")]);
        let first = assign().unwrap();
        assert_eq!(lab.value("device_ownerships", first, "assigned_by"), "admin");
        assert_eq!(told(assign()), "owner: answers for this device already");
        lab.must("device_ownerships.revoke", first, &[]);
        assert_eq!(told(lab.act("device_ownerships.revoke", first, &[])), "cannot revoke: this was revoked already");
        assign().unwrap();
    }
}
