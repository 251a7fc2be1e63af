//! What falls due by the clock: once, whoever does it, and however many try; room that is made; letters that leave.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use chrono::{DateTime, TimeDelta};
use headend::clockwork::{self, Post};
use headend::domain::Id;
use headend::store::due;
use headend::store::retention::{self, LEAST_DAYS};
use headend::store::session::Program;
use headend::store::{Failure, Options, Store};

use crate::common::lab::key;
use crate::common::{Lab, on_each_database};

/// A clock that a test moves.
#[derive(Clone)]
pub struct Moved(Arc<AtomicI64>);

impl Moved {
    pub fn at(time: &str) -> Self {
        let time: DateTime<chrono::Utc> = time.parse().unwrap();
        Self(Arc::new(AtomicI64::new(time.timestamp_micros())))
    }

    pub fn by(&self, delta: TimeDelta) {
        self.0.fetch_add(delta.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// The lab's database through a program whose clock this is.
    pub fn store(&self, lab: &Lab) -> Store {
        let clock = self.clone();
        let options = Options {
            master: Some(key()),
            clock: Some(Box::new(move || DateTime::from_timestamp_micros(clock.0.load(Ordering::SeqCst)).unwrap())),
            ..Options::default()
        };
        Store::open(lab.store.target(), options).unwrap()
    }
}

pub fn pass(store: &Store) -> clockwork::Pass {
    clockwork::pass(store, &Post::default(), &mut || true).unwrap()
}

on_each_database! {
    fn what_falls_due_names_operations_and_conditions_that_hold(lab) {
        for due in due::ALL {
            let operation = due.known().unwrap();
            assert!(operation.takes_records(), "{}", operation.name);
            let session = lab.store.program_sessions(Program::Clock).unwrap().remove(0);
            lab.store.do_due(&session, due).unwrap_or_else(|error| panic!("{}: {error}", due.operation));
        }
    }

    fn of_many_programs_one_does_what_is_due(lab) {
        let clock = Moved::at("2026-11-20T12:00:00Z");
        let customers: Vec<Id> = (0..60)
            .map(|n| {
                let expires = if n % 3 == 0 { "2026-12-24T12:00:00Z" } else { "2026-11-20T13:00:00Z" };
                lab.make("customers.create", &[("name", &format!("Customer {n}")), ("expires_at", expires)])
            })
            .collect();
        assert_eq!(pass(&clock.store(lab)).records(), 0, "nothing is due yet");
        clock.by(TimeDelta::minutes(61));
        let stores: Vec<Store> = (0..8).map(|_| clock.store(lab)).collect();
        let start = Barrier::new(stores.len());
        let done = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for store in &stores {
                scope.spawn(|| {
                    start.wait();
                    done.fetch_add(pass(store).records(), Ordering::SeqCst);
                });
            }
        });
        let logged = lab.raw().number("count(*)", "FROM audit_members m JOIN audit_log a ON a.id = m.audit_id WHERE a.action = 'customers.expire'")
            + lab.raw().number("count(*)", "FROM audit_log WHERE action = 'customers.expire' AND entity_id IS NOT NULL");
        println!("{:?}: 8 programs, 40 customers due, {} done, {logged} rows in the log, 0 twice", lab.engine, done.load(Ordering::SeqCst));
        assert_eq!((done.load(Ordering::SeqCst), logged), (40, 40));
        for (n, customer) in customers.iter().enumerate() {
            assert_eq!(lab.value("customers", *customer, "status"), if n % 3 == 0 { "active" } else { "expired" });
        }
        assert_eq!(pass(&clock.store(lab)).records(), 0, "and not again");
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn one_program_has_the_clock_and_another_takes_it_over(lab) {
        assert!(lab.store.hold_clock("a").unwrap());
        assert!(lab.store.hold_clock("a").unwrap(), "renewed");
        assert!(!lab.store.hold_clock("b").unwrap());
        assert_eq!(lab.store.clock_runner().unwrap().map(|(owner, _)| owner), Some("a".into()));
        lab.store.release_clock("b").unwrap();
        assert!(!lab.store.hold_clock("b").unwrap(), "nobody gives back what is not theirs");
        // It was killed, and its lease has run out.
        let mut raw = lab.raw();
        let past = raw.time(lab.store.now() - TimeDelta::seconds(1));
        raw.execute(&format!("UPDATE clock_leases SET expires_at = {past}"));
        assert!(lab.store.hold_clock("b").unwrap());
        assert!(!lab.store.hold_clock("a").unwrap());
        lab.store.release_clock("b").unwrap();
        assert!(lab.store.clock_runner().unwrap().is_none());
    }

    fn a_program_that_may_only_read_leaves_the_clock_alone(lab) {
        let options = Options { read_only: true, master: Some(key()), ..Options::default() };
        let store = Store::open(lab.store.target(), options).unwrap();
        assert!(matches!(store.hold_clock("a").unwrap_err().failure(), Failure::ReadOnly(_)));
    }

    fn what_grew_old_goes_and_nothing_else(lab) {
        let device = lab.make("devices.create", &[("name", "box"), ("device_type", "olt")]);
        let mut raw = lab.raw();
        let (tenant, device) = (raw.id(lab.admin.tenant.id), raw.id(device));
        for days in [1, 20, 400, 800] {
            let (id, at) = (raw.id(Id::new()), raw.time(lab.store.now() - TimeDelta::days(days)));
            raw.execute(&format!("INSERT INTO device_logs (id, tenant_id, device_id, level, message, created_at) VALUES ({id}, {tenant}, {device}, 'info', '{days} days', {at})"));
        }
        let mut told = clockwork::Pass::default();
        clockwork::sweep(&lab.store, &mut told, &mut || true).unwrap();
        assert_eq!(raw.texts("message", "FROM device_logs ORDER BY created_at"), ["20 days", "1 days"]);
        // Whatever a setting says, the last days stay.
        let (id, now) = (raw.id(Id::new()), raw.time(lab.store.now()));
        raw.execute(&format!("INSERT INTO settings (id, tenant_id, key, value, created_at, updated_at) VALUES ({id}, {tenant}, 'retention.device_logs_days', '3', {now}, {now})"));
        clockwork::sweep(&lab.store, &mut told, &mut || true).unwrap();
        assert_eq!(raw.number("count(*)", "FROM device_logs"), 2);
        const { assert!(LEAST_DAYS > 20) };
        // What the audit log holds is never among it, and its rows are still refused to everybody.
        assert!(retention::ALL.iter().all(|kept| !kept.table.starts_with("audit")));
        let entries = raw.number("count(*)", "FROM audit_log");
        assert!(entries > 0);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn letters_leave_once_they_are_due_and_again_where_they_did_not_arrive(lab) {
        let clock = Moved::at("2026-11-20T12:00:00Z");
        let store = clock.store(lab);
        let mut raw = lab.raw();
        let tenant = raw.id(lab.admin.tenant.id);
        let mut put = |kind: &str, due: &str| {
            let id = Id::new();
            let (shown, due) = (raw.id(id), raw.time(due.parse().unwrap()));
            raw.execute(&format!("INSERT INTO outbox (id, tenant_id, kind, payload, created_at, due_at) VALUES ({shown}, {tenant}, '{kind}', '{{\"n\": 1}}', {due}, {due})"));
            id
        };
        let (first, broken) = (put("greeting", "2026-11-20T11:00:00Z"), put("greeting", "2026-11-20T11:30:00Z"));
        put("greeting", "2026-11-20T18:00:00Z");
        put("unknown", "2026-11-20T11:00:00Z");
        let seen: Arc<Mutex<Vec<Id>>> = Arc::default();
        let carried = Arc::clone(&seen);
        let post = Post::default().with("greeting", Box::new(move |_, _, letter| {
            carried.lock().unwrap().push(letter.id);
            if letter.id == broken && letter.attempts == 0 { Err("nobody is at home".into()) } else { Ok(()) }
        }));
        let deliver = || clockwork::pass(&store, &post, &mut || true).unwrap().letters;
        assert_eq!(deliver(), (1, 1));
        assert_eq!(deliver(), (0, 0), "not before its time");
        assert_eq!(lab.raw().texts("error", "FROM outbox WHERE error IS NOT NULL"), ["nobody is at home"]);
        clock.by(TimeDelta::minutes(1));
        assert_eq!(deliver(), (1, 0));
        assert_eq!(*seen.lock().unwrap(), [first, broken, broken]);
        clock.by(TimeDelta::hours(7));
        assert_eq!(deliver(), (1, 0));
        assert_eq!(lab.raw().texts("kind", "FROM outbox"), ["unknown"]);
    }
}
