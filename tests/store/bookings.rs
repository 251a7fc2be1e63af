//! Bookings: what clashes and what is told then, groups, policies, planned work, the clock, who waits, series; never
//! two for one time, whoever races for it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta};
use headend::clockwork::{self, Post};
use headend::domain::bookings::Interval;
use headend::domain::time::Instant;
use headend::domain::{Id, Value};
use headend::store::operation::Request;
use headend::store::{Failure, Session, Store};

use crate::clock::Moved;
use crate::common::dice::{Dice, is_full};
use crate::common::lab::{entity, find, text};
use crate::common::{Lab, on_each_database};
use crate::races::{WRITERS, at_once, stores};

fn device(lab: &Lab, name: &str, more: &[(&str, &str)]) -> Id {
    let mut values = vec![("name", name), ("device_type", "olt")];
    values.extend_from_slice(more);
    lab.make("devices.create", &values)
}

fn book(lab: &Lab, device: &str, start: &str, end: &str) -> Id {
    lab.make("bookings.create", &[("device", device), ("start_time", start), ("end_time", end)])
}

/// What is told where a booking cannot be: the field and the words.
fn refused(lab: &Lab, device: &str, start: &str, end: &str) -> (String, String) {
    let values = [("device", device), ("start_time", start), ("end_time", end)];
    match lab.try_make("bookings.create", &values).unwrap_err().into_failure() {
        Failure::Invalid(problems) => (problems[0].field.clone(), problems[0].message.clone()),
        other => panic!("{other}"),
    }
}

fn status(lab: &Lab, booking: Id) -> String {
    lab.value("bookings", booking, "status")
}

fn of_group(lab: &Lab, group: Id) -> Vec<Id> {
    let mut raw = lab.raw();
    let (id, group) = (raw.hex_of_id("id"), raw.id(group));
    let ids = raw.texts(&id, &format!("FROM bookings WHERE group_id = {group} ORDER BY id"));
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

/// Pairs of bookings that count, of one device, whose times meet.
fn overlaps(lab: &Lab) -> i64 {
    lab.raw().number(
        "count(*)",
        "FROM bookings a JOIN bookings b ON b.device_id = a.device_id AND b.id > a.id \
         AND b.start_time < a.end_time AND b.end_time > a.start_time \
         WHERE a.status IN ('pending', 'confirmed', 'active') AND b.status IN ('pending', 'confirmed', 'active')",
    )
}

/// The rows of both tables, for what must leave nothing.
fn rows(lab: &Lab) -> (i64, i64) {
    let mut raw = lab.raw();
    (raw.number("count(*)", "FROM bookings"), raw.number("count(*)", "FROM booking_groups"))
}

fn pass(store: &Store) -> HashMap<&'static str, u64> {
    let told = clockwork::pass(store, &Post::default(), &mut || true).unwrap();
    assert_eq!(told.refused, []);
    told.done.into_iter().collect()
}

fn written(time: Instant) -> String {
    time.to_rfc3339()
}

/// Does something as somebody else, with the store whose clock is given.
fn as_person(
    store: &Store,
    session: &Session,
    lab: &Lab,
    operation: &str,
    on: Option<Id>,
    values: &[(&str, &str)],
) -> Result<Id, String> {
    let mut request = lab.request(operation, values);
    if let Some(id) = on {
        request = request.on(id, None);
    }
    store.perform(session, &request).map(|done| done.records[0]).map_err(|error| error.to_string())
}

on_each_database! {
    fn a_clash_names_who_has_it_and_until_when(lab) {
        device(lab, "olt-1", &[]);
        let first = book(lab, "olt-1", "2030-05-01 09:00", "2030-05-01 10:00");
        let record = lab.record("bookings", first);
        assert_eq!((record.get("status"), record.get("user"), record.get("device_name")), (&text("confirmed"), &text("admin"), &text("olt-1")));
        let group = record.get("group_id").as_id().unwrap();
        lab.must("booking_groups.update", group, &[("title", "Firmware")]);
        let told = refused(lab, "olt-1", "2030-05-01 09:59", "2030-05-01 11:00");
        assert_eq!(told, ("device".into(), "DEV-000001 olt-1 is admin's from 2030-05-01 09:00 until 2030-05-01 10:00 (Firmware)".into()));
        assert_eq!(refused(lab, "olt-1", "2030-05-01 08:00", "2030-05-01 08:00"), ("end_time".into(), "is not after the beginning".into()));
        assert_eq!(refused(lab, "olt-1", "2020-05-01 08:00", "2020-05-01 09:00"), ("end_time".into(), "is over already".into()));
        assert_eq!(rows(lab), (1, 1));
        // What touches does not clash.
        book(lab, "olt-1", "2030-05-01 10:00", "2030-05-01 11:00");
        book(lab, "olt-1", "2030-05-01 08:00", "2030-05-01 09:00");
        // Seen before it is saved.
        let id = record.get("device_id").as_id().unwrap();
        let interval = |start: &str, end: &str| Interval { start: start.parse().unwrap(), end: end.parse().unwrap() };
        let taken = interval("2030-05-01T06:30:00Z", "2030-05-01T06:45:00Z");
        assert_eq!(lab.store.booking_clashes(&lab.admin, &[id], taken, None).unwrap().len(), 1);
        assert_eq!(lab.store.booking_clashes(&lab.admin, &[id], taken, Some(first)).unwrap(), []);
        // What was given back is free; it does not come back once somebody else has it.
        let cancelled = lab.must("bookings.cancel", first, &[]);
        book(lab, "olt-1", "2030-05-01 09:30", "2030-05-01 09:45");
        let error = lab.store.undo(&lab.admin, cancelled.operation).unwrap_err();
        assert!(error.to_string().contains("booked already for a part of that time"), "{error}");
        assert_eq!((status(lab, first), overlaps(lab)), ("cancelled".into(), 0));
    }

    fn a_group_is_booked_and_given_back_as_one(lab) {
        for name in ["a", "b", "c"] {
            device(lab, name, &[]);
        }
        book(lab, "b", "2030-05-01 09:00", "2030-05-01 10:00");
        let group = |devices: &str, start: &str, end: &str| {
            lab.try_make("booking_groups.book", &[("devices", devices), ("start_time", start), ("end_time", end), ("title", "Lab"), ("comment", "all three")])
        };
        let before = rows(lab);
        let error = group("a, b, c", "2030-05-01 09:30", "2030-05-01 11:00").unwrap_err();
        assert!(matches!(error.failure(), Failure::Invalid(problems) if problems.len() == 1 && problems[0].field == "devices"), "{error}");
        assert!(error.to_string().contains("b is admin's from 2030-05-01 09:00"), "{error}");
        for (devices, told) in [("a, a", "name a twice"), ("a, x", "there is no device ‘x’"), (" , ", "are required: numbers or names, joined by commas")] {
            assert!(group(devices, "2030-05-01 09:30", "2030-05-01 11:00").unwrap_err().to_string().contains(told), "{devices}");
        }
        assert_eq!(rows(lab), before);
        let made = group("c, DEV-000001, b", "2030-05-01 10:00", "2030-05-01 11:00").unwrap();
        assert_eq!(lab.value("booking_groups", made, "devices"), "a, b, c");
        let bookings = of_group(lab, made);
        lab.make("users.create", &[("username", "amina")]);
        lab.make("booking_collaborators.create", &[("group", "Lab"), ("user", "amina")]);
        assert_eq!(lab.value("booking_groups", made, "people"), "amina");
        // Moved together, as long as they were; where one clashes, none is.
        let error = lab.act("booking_groups.move", made, &[("start_time", "2030-05-01 09:30")]).unwrap_err();
        assert!(error.to_string().contains("b is admin's"), "{error}");
        let moved = lab.must("booking_groups.move", made, &[("start_time", "2030-05-02 10:00")]);
        assert!(bookings.iter().all(|id| lab.value("bookings", *id, "end_time") == "2030-05-02T08:00:00Z"));
        lab.store.undo(&lab.admin, moved.operation).unwrap();
        assert!(bookings.iter().all(|id| lab.value("bookings", *id, "start_time") == "2030-05-01T07:00:00Z"));
        let cancelled = lab.must("booking_groups.cancel", made, &[]);
        assert!(bookings.iter().all(|id| status(lab, *id) == "cancelled"));
        let again = lab.act("booking_groups.cancel", made, &[]).unwrap_err();
        assert!(again.to_string().contains("no booking of this group"), "{again}");
        lab.store.undo(&lab.admin, cancelled.operation).unwrap();
        assert!(bookings.iter().all(|id| status(lab, *id) == "confirmed"));
        // Remembered, and booked again.
        let favourite = lab.make("booking_favorites.create", &[("name", "The three"), ("group", "Lab")]);
        lab.must("booking_favorites.book", favourite, &[("start_time", "2031-05-01 10:00"), ("end_time", "2031-05-01 11:00")]);
        assert_eq!(lab.raw().number("count(*)", "FROM bookings WHERE status = 'confirmed'"), 7);
    }

    fn what_is_not_there_or_worked_on_is_not_booked(lab) {
        lab.make("sites.create", &[("name", "North")]);
        let olt = device(lab, "olt", &[("site", "North"), ("tags", "core")]);
        let told = |start: &str, end: &str| refused(lab, "olt", start, end).1;
        let window = |target: (&str, &str), recurrence: &str, start: &str, end: &str| {
            let values = [target, ("starts_at", start), ("ends_at", end), ("recurrence", recurrence), ("timezone", "Europe/Berlin"), ("reason", "new cards")];
            lab.make("maintenance_windows.create", &values)
        };
        window(("site", "North"), "", "2030-05-01 09:00", "2030-05-01 10:00");
        window(("tag", "core"), "daily", "2030-06-01 22:00", "2030-06-01 23:00");
        assert_eq!(told("2030-05-01 09:59", "2030-05-01 12:00"), "DEV-000001 olt is under planned work then until 2030-05-01 10:00: new cards");
        book(lab, "olt", "2030-05-01 10:00", "2030-05-01 12:00");
        assert_eq!(told("2030-07-09 12:00", "2030-07-10 12:00"), "DEV-000001 olt is under planned work then: new cards");
        book(lab, "olt", "2030-07-09 12:00", "2030-07-09 21:00");
        for (verb, state) in [("deactivate", "inactive"), ("retire", "retired")] {
            lab.must(&format!("devices.{verb}"), olt, &[]);
            assert_eq!(told("2030-08-01 09:00", "2030-08-01 10:00"), format!("DEV-000001 olt is {state}: it cannot be booked"));
            if state == "inactive" {
                lab.must("devices.activate", olt, &[]);
            }
        }
    }

    fn policies_are_kept(lab) {
        for name in ["a", "b"] {
            device(lab, name, &[("tags", "scarce")]);
        }
        lab.make("booking_policies.create", &[("name", "Scarce"), ("tag", "scarce"), ("buffer_after_minutes", "30"), ("longest_minutes", "240"), ("quota_minutes", "300")]);
        lab.make("booking_policies.create", &[("name", "Ask"), ("device", "b"), ("notice_minutes", "1440"), ("needs_approval", "yes")]);
        let error = lab.try_make("booking_policies.create", &[("name", "x"), ("device", "b"), ("tag", "y")]).unwrap_err();
        assert!(error.to_string().contains("either a device or a tag"), "{error}");
        let first = book(lab, "a", "2030-05-01 09:00", "2030-05-01 12:00");
        assert_eq!(status(lab, first), "confirmed");
        let told = refused(lab, "a", "2030-05-01 12:29", "2030-05-01 13:00");
        assert!(told.1.ends_with("until 2030-05-01 12:00, with 0 min before and 30 min after it"), "{told:?}");
        assert_eq!(refused(lab, "a", "2030-06-01 09:00", "2030-06-01 13:01"), ("end_time".into(), "is 4 h after the beginning at most".into()));
        assert_eq!(refused(lab, "b", "2030-06-01 09:00", "2030-06-01 11:01"), ("end_time".into(), "would make 301 min booked ahead; ‘Scarce’ allows 5 h".into()));
        assert_eq!(refused(lab, "b", "+20h", "+21h"), ("start_time".into(), "is booked 1 d ahead at least".into()));
        // Somebody says yes to it, and again where it is moved.
        let asked = book(lab, "b", "2030-06-01 09:00", "2030-06-01 11:00");
        assert_eq!(status(lab, asked), "pending");
        lab.must("bookings.approve", asked, &[]);
        let record = lab.record("bookings", asked);
        assert_eq!((record.get("status"), record.get("approved_by")), (&text("confirmed"), &text("admin")));
        lab.must("bookings.move", asked, &[("start_time", "2030-06-01 10:00")]);
        let record = lab.record("bookings", asked);
        assert_eq!((record.get("status"), record.get("approved_by")), (&text("pending"), &Value::Null));
        lab.must("bookings.reject", asked, &[]);
        let error = lab.act("bookings.move", asked, &[("start_time", "2030-06-01 12:00")]).unwrap_err();
        assert_eq!(error.to_string(), "cannot move: the booking is rejected, which is final");
        let error = lab.act("bookings.approve", asked, &[]).unwrap_err();
        assert!(error.to_string().contains("the booking is rejected, which is final"), "{error}");
        // To take less is always open.
        lab.must("bookings.update", first, &[("end_time", "2030-05-01 11:00")]);
    }

    fn bookings_begin_end_and_run_out_by_the_clock(lab) {
        for name in ["a", "b"] {
            device(lab, name, &[]);
        }
        lab.make("booking_policies.create", &[("name", "Ask"), ("device", "b"), ("needs_approval", "yes")]);
        let clock = Moved::at(&written(lab.store.now()));
        let store = clock.store(lab);
        let at = |minutes: i64| written(lab.store.now() + TimeDelta::minutes(minutes));
        let planned = book(lab, "a", &at(10), &at(20));
        let long = book(lab, "a", &at(30), &at(300));
        let unanswered = book(lab, "b", &at(10), &at(20));
        assert_eq!(pass(&store), HashMap::new());
        clock.by(TimeDelta::minutes(11));
        assert_eq!(pass(&store), HashMap::from([("bookings.start", 1), ("bookings.expire", 1)]));
        assert_eq!((status(lab, planned), status(lab, unanswered)), ("active".into(), "expired".into()));
        clock.by(TimeDelta::minutes(25));
        assert_eq!(pass(&store), HashMap::from([("bookings.complete", 1), ("bookings.start", 1)]));
        // Given back early, it is free for the rest.
        let error = as_person(&store, &lab.admin, lab, "bookings.move", Some(long), &[("start_time", &at(60))]).unwrap_err();
        assert_eq!(error, "cannot move: the booking has begun; its end alone can be set");
        as_person(&store, &lab.admin, lab, "bookings.end", Some(long), &[]).unwrap();
        assert_eq!(status(lab, long), "completed");
        book(lab, "a", &at(40), &at(50));
        assert_eq!(pass(&store), HashMap::new());
    }

    fn who_waited_first_is_asked_first(lab) {
        for name in ["a", "b"] {
            device(lab, name, &[]);
        }
        let (amina, brian) = (lab.user("amina", "super_admin"), lab.user("brian", "super_admin"));
        let clock = Moved::at(&written(lab.store.now()));
        let store = clock.store(lab);
        let at = |hours: i64| written(lab.store.now() + TimeDelta::hours(hours));
        let (start, end) = (at(9), at(10));
        let taken = book(lab, "a", &start, &end);
        let wait = |who: &Session, devices: &str| {
            as_person(&store, who, lab, "booking_waitlist.create", None, &[("devices", devices), ("start_time", &start), ("end_time", &end)]).unwrap()
        };
        let (first, second) = (wait(&amina, "a, b"), wait(&brian, "a"));
        assert_eq!(lab.value("booking_waitlist", first, "devices"), "DEV-000001, DEV-000002");
        assert_eq!(pass(&store), HashMap::new());
        lab.must("bookings.cancel", taken, &[]);
        assert_eq!(pass(&store), HashMap::from([("booking_waitlist.offer", 1)]));
        let states = || [first, second].map(|id| lab.value("booking_waitlist", id, "status"));
        assert_eq!(states(), ["offered", "waiting"]);
        // It is kept for her as long as she may take it.
        let values = [("device", "a"), ("start_time", start.as_str()), ("end_time", end.as_str())];
        let told = as_person(&store, &brian, lab, "bookings.create", None, &values).unwrap_err();
        assert!(told.contains("for amina, who waited for it"), "{told}");
        clock.by(TimeDelta::minutes(121));
        assert!(as_person(&store, &amina, lab, "booking_waitlist.take", Some(first), &[]).unwrap_err().contains("the offer has run out"));
        assert_eq!(pass(&store), HashMap::from([("booking_waitlist.expire", 1), ("booking_waitlist.offer", 1)]));
        assert_eq!(states(), ["expired", "offered"]);
        as_person(&store, &brian, lab, "booking_waitlist.take", Some(second), &[("title", "At last")]).unwrap();
        let record = lab.record("booking_waitlist", second);
        let booked = of_group(lab, record.get("group_id").as_id().unwrap());
        assert_eq!((record.get("status"), booked.len()), (&text("taken"), 1));
        assert_eq!((lab.value("bookings", booked[0], "user"), status(lab, booked[0])), ("brian".into(), "confirmed".into()));
        assert!(as_person(&store, &brian, lab, "booking_waitlist.take", Some(second), &[]).unwrap_err().contains("which is final"));
    }

    fn a_series_keeps_its_clock_time_and_tells_what_clashes(lab) {
        for name in ["a", "b"] {
            device(lab, name, &[]);
        }
        let series = lab.make("booking_series.create", &[
            ("title", "Weekly lab"), ("devices", "b,a"), ("starts_at", "2030-10-16T07:00:00Z"), ("minutes", "120"),
            ("recurrence", "freq=weekly;byday=we"), ("timezone", "Europe/Berlin"),
        ]);
        assert_eq!((lab.value("booking_series", series, "devices"), lab.value("booking_series", series, "recurrence")), ("DEV-000002, DEV-000001".into(), "FREQ=WEEKLY;BYDAY=WE".into()));
        let error = lab.act("booking_series.book", series, &[]).unwrap_err();
        assert!(error.to_string().contains("until: is required"), "{error}");
        // Winter time begins on 27 October 2030: nine in the morning is an hour later in UTC.
        book(lab, "a", "2030-10-30T09:30:00Z", "2030-10-30T11:00:00Z");
        let day = |text: &str| text.parse().unwrap();
        let preview = lab.store.series_preview(&lab.admin, series, Some(day("2030-11-06"))).unwrap();
        let starts: Vec<String> = preview.iter().map(|time| time.start.format("%m-%d %H:%M").to_string()).collect();
        assert_eq!(starts, ["10-16 07:00", "10-23 07:00", "10-30 08:00", "11-06 08:00"]);
        assert_eq!(preview.iter().map(|time| time.clashes.len()).collect::<Vec<_>>(), [0, 0, 1, 0]);
        let before = rows(lab);
        let error = lab.act("booking_series.book", series, &[("until", "2030-11-06")]).unwrap_err();
        assert!(error.to_string().starts_with("1 times clash; skip them or move them. 2030-10-30 11:00: DEV-000001 a is admin's"), "{error}");
        assert_eq!(rows(lab), before);
        let booked = lab.must("booking_series.book", series, &[("until", "2030-11-06"), ("skip_clashes", "yes")]);
        assert_eq!(rows(lab), (before.0 + 6, before.1 + 3));
        assert_eq!(lab.value("booking_series", series, "exceptions"), r#"["2030-10-30"]"#);
        let undone = lab.store.undo(&lab.admin, booked.operation).unwrap();
        assert_eq!((rows(lab), lab.value("booking_series", series, "exceptions")), (before, "[]".into()));
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(lab.act("booking_series.book", series, &[("until", "2030-11-06")]).unwrap_err().to_string(), "there is nothing left to book up to that day");
        lab.must("booking_series.book", series, &[("until", "2030-11-13")]);
        assert_eq!(rows(lab), (before.0 + 8, before.1 + 4));
        let cancelled = lab.must("booking_series.cancel", series, &[("from", "2030-11-01")]);
        assert_eq!(lab.raw().number("count(*)", "FROM bookings WHERE status = 'cancelled'"), 4);
        lab.store.undo(&lab.admin, cancelled.operation).unwrap();
        assert_eq!(lab.raw().number("count(*)", "FROM bookings WHERE status = 'confirmed'"), 9);
        assert_eq!(overlaps(lab), 0);
    }

    fn of_those_who_want_one_device_at_one_time_one_gets_it(lab) {
        let devices: Vec<String> = (0..3).map(|n| { let name = format!("box {n}"); device(lab, &name, &[]); name }).collect();
        let stores = stores(lab);
        let rounds = if is_full() { 400 } else { 25 };
        let told = at_once(lab, &stores, |store, writer| {
            let mut dice = Dice::new(writer as u64);
            let (mut won, mut lost, mut mine) = (0, 0, Vec::new());
            for _ in 0..rounds {
                let begin: Instant = "2030-05-01T00:00:00Z".parse::<DateTime<_>>().unwrap() + TimeDelta::minutes(15 * dice.below(60) as i64);
                let (start, end) = (written(begin), written(begin + TimeDelta::minutes(15 + 15 * dice.below(8) as i64)));
                let request = match (dice.below(10), mine.pop()) {
                    (0, Some(id)) => lab.request("bookings.cancel", &[]).on(id, None),
                    (1 | 2, Some(id)) => { mine.push(id); lab.request("bookings.move", &[("start_time", &start)]).on(id, None) }
                    (3, last) => {
                        mine.extend(last);
                        let both = format!("{}, {}", devices[dice.below(3)], devices[2]);
                        lab.request("booking_groups.book", &[("devices", &both), ("start_time", &start), ("end_time", &end)])
                    }
                    (_, last) => {
                        mine.extend(last);
                        lab.request("bookings.create", &[("device", devices[dice.below(3)].as_str()), ("start_time", &start), ("end_time", &end)])
                    }
                };
                match store.perform(&lab.admin, &request) {
                    Ok(done) => {
                        won += 1;
                        if request.operation.name == "bookings.create" { mine.push(done.records[0]); }
                    }
                    Err(error) => {
                        let words = error.to_string();
                        assert!(["'s from ", "name box 2 twice", "booked already"].iter().any(|known| words.contains(known)), "{words}");
                        lost += 1;
                    }
                }
            }
            (won, lost)
        });
        let (won, lost) = told.iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        println!("{:?}: {WRITERS} writers, {} operations, {won} done, {lost} conflicts, {} double bookings", lab.engine, won + lost, overlaps(lab));
        assert_eq!((won + lost, overlaps(lab)), (WRITERS * rounds, 0));
        assert!(won > 0 && lost > 0);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn a_plain_model_and_the_database_agree(lab) {
        let devices: Vec<Id> = (0..3).map(|n| device(lab, &format!("box {n}"), &[])).collect();
        let mut dice = Dice::new(77);
        let mut model: HashMap<Id, (usize, i64, i64, bool)> = HashMap::new();
        let base: Instant = "2030-05-01T00:00:00Z".parse().unwrap();
        let steps = if is_full() { 4_000 } else { 220 };
        let free = |model: &HashMap<Id, (usize, i64, i64, bool)>, except: Option<Id>, device: usize, start: i64, end: i64| {
            model.iter().all(|(id, (other, s, e, holds))| Some(*id) == except || !holds || *other != device || *s >= end || start >= *e)
        };
        let mut ids: Vec<Id> = Vec::new();
        let mut done = 0;
        for step in 0..steps {
            let (device, start, length) = (dice.below(3), dice.below(50) as i64, 1 + dice.below(6) as i64);
            let time = |hours: i64| Value::Instant(base + TimeDelta::hours(hours));
            match (dice.below(4), ids.is_empty()) {
                (0, false) => {
                    let id = *dice.one(&ids);
                    let held = model[&id].3;
                    let outcome = lab.store.perform(&lab.admin, &Request::new(find("bookings.cancel")).on(id, None));
                    assert_eq!(outcome.is_ok(), held, "{step}");
                    model.get_mut(&id).unwrap().3 = false;
                }
                (1, false) => {
                    let id = *dice.one(&ids);
                    let (of, s, e, held) = model[&id];
                    let end = start + (e - s);
                    let can = held && free(&model, Some(id), of, start, end);
                    let outcome = lab.store.perform(&lab.admin, &Request::new(find("bookings.move")).on(id, None).with("start_time", time(start)));
                    assert_eq!(outcome.is_ok(), can, "{step}: {outcome:?}");
                    if can { model.insert(id, (of, start, end, true)); }
                }
                _ => {
                    let can = free(&model, None, device, start, start + length);
                    let request = Request::new(find("bookings.create")).with("device", Value::Id(devices[device])).with("start_time", time(start)).with("end_time", time(start + length));
                    let outcome = lab.store.perform(&lab.admin, &request);
                    assert_eq!(outcome.is_ok(), can, "{step}: {outcome:?}");
                    if let Ok(made) = outcome {
                        model.insert(made.records[0], (device, start, start + length, true));
                        ids.push(made.records[0]);
                        done += 1;
                    }
                }
            }
        }
        for (id, (device, start, end, holds)) in &model {
            let record = lab.store.get(&lab.admin, entity("bookings"), *id).unwrap().unwrap();
            assert_eq!(record.get("device_id").as_id(), Some(devices[*device]));
            assert_eq!(record.get("start_time").as_instant(), Some(base + TimeDelta::hours(*start)));
            assert_eq!(record.get("end_time").as_instant(), Some(base + TimeDelta::hours(*end)));
            assert_eq!(record.get("status").as_str() == "confirmed", *holds);
        }
        println!("{:?}: {steps} steps, {done} bookings, 0 differences", lab.engine);
        assert_eq!(overlaps(lab), 0);
    }
}
