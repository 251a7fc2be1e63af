//! At the door: who is let in, how guesses are held back, when a session ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::r2d2::ManageConnection as _;
use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::connection::{Connection, Manager, Role};
use headend::store::operation::Request;
use headend::store::session::Actor;
use headend::store::{Failure, Options, Session, Store, StoreError};

use crate::common::lab::{PASSWORD, credentials, find, key, text};
use crate::common::{Lab, on_each_database};

const OTTERS: &str = "seven wet otters sing";

fn user(lab: &Lab, username: &str) -> Id {
    let request = Request::new(find("users.create"))
        .with("username", text(username))
        .with("password", Value::Secret(Secret::new(OTTERS.into())))
        .with("roles", text("manager"));
    lab.store.perform(&lab.admin, &request).unwrap().records[0]
}

fn not_let_in(error: &StoreError) -> String {
    match error.failure() {
        Failure::NotLoggedIn(why) => why.clone(),
        other => panic!("{other}"),
    }
}

/// A store by a clock that the test moves, in milliseconds from now.
pub fn by_a_clock(lab: &Lab) -> (Store, Arc<AtomicI64>) {
    let moved = Arc::new(AtomicI64::new(0));
    let (start, hand) = (chrono::Utc::now(), Arc::clone(&moved));
    let clock = Box::new(move || start + TimeDelta::milliseconds(hand.load(Ordering::Relaxed)));
    let options = Options { master: Some(key()), clock: Some(clock), ..Options::default() };
    (Store::open(lab.store.target(), options).unwrap(), moved)
}

fn try_from(store: &Store, username: &str, password: &str, source: &str) -> Result<Session, StoreError> {
    let mut credentials = credentials(username, password);
    credentials.source = source.into();
    store.log_in(&credentials).map(|logged_in| logged_in.session)
}

fn write(store: &Store, session: &Session) -> Result<(), StoreError> {
    store.perform(session, &Request::new(find("customers.create")).with("name", text("Amina"))).map(|_| ())
}

on_each_database! {
    fn the_right_password_opens_and_nothing_else(lab) {
        let amina = user(lab, "amina");
        let session = try_from(&lab.store, "Amina", OTTERS, "tty1").unwrap();
        assert_eq!((session.user(), session.actor_name(), session.role(), session.source.as_deref()), (Some(amina), "amina", "manager", Some("tty1")));
        assert!(session.may("customers.suspend") && !session.may("users.create"));
        try_from(&lab.store, "amina@fibernet", OTTERS, "tty1").unwrap();
        user(lab, "locked");
        let locked = lab.store.get_named(&lab.admin, find("users.lock").entity, "locked").unwrap();
        lab.must("users.lock", locked.id, &[]);
        lab.make("users.create", &[("username", "nopassword")]);
        for (username, password) in [
            ("amina", "seven wet otters sink"), ("amina", ""), ("amina", &OTTERS.to_uppercase()), ("nobody", OTTERS),
            ("locked", OTTERS), ("nopassword", ""), ("amina@nowhere", OTTERS), ("", ""),
        ] {
            let error = try_from(&lab.store, username, password, "elsewhere").unwrap_err();
            // One text for every reason; after a few tries the place itself has to wait.
            assert!(["wrong user or password", "too many tries"].iter().any(|text| not_let_in(&error).starts_with(text)), "{username}: {error}");
        }
        let kept = lab.raw().texts("payload", "FROM audit_log WHERE action = 'users.login_refused'");
        assert!(!kept.is_empty() && kept.iter().all(|payload| !payload.contains("otter")), "{kept:?}");
    }

    fn guesses_are_held_back_and_the_owner_is_not(lab) {
        user(lab, "amina");
        let (store, clock) = by_a_clock(lab);
        try_from(&store, "amina", OTTERS, "her desk").unwrap();
        // A minute of guessing, a try every half second.
        let (mut checked, mut held) = (0, 0);
        while clock.load(Ordering::Relaxed) <= 60_000 {
            match not_let_in(&try_from(&store, "amina", "some wrong guess", "ssh 203.0.113.9").unwrap_err()).as_str() {
                "wrong user or password" => checked += 1,
                told => {
                    assert!(told.starts_with("too many tries. Wait "), "{told}");
                    held += 1;
                }
            }
            clock.fetch_add(500, Ordering::Relaxed);
        }
        println!("{:?}: {checked} guesses checked and {held} held back in a minute", lab.engine);
        assert!(checked <= 10 && held > 100);
        // Even the right password has to wait from there; its owner's own place does not.
        assert!(try_from(&store, "amina", OTTERS, "ssh 203.0.113.9").is_err());
        try_from(&store, "amina", OTTERS, "her desk").unwrap();
        // In time it is forgotten.
        clock.fetch_add(16 * 60_000, Ordering::Relaxed);
        try_from(&store, "amina", OTTERS, "ssh 203.0.113.9").unwrap();
    }

    fn a_session_goes_on_until_it_ends(lab) {
        let (store, clock) = by_a_clock(lab);
        let logged_in = store.log_in(&credentials("admin", PASSWORD)).unwrap();
        let resumed = store.resume(&logged_in.token, "test").unwrap();
        assert_eq!(resumed.actor, logged_in.session.actor);
        write(&store, &resumed).unwrap();
        assert!(store.resume(&Secret::new("made up".into()), "test").is_err());
        clock.fetch_add(12 * 3_600_000 - 1_000, Ordering::Relaxed);
        write(&store, &resumed).unwrap();
        clock.fetch_add(2_000, Ordering::Relaxed);
        assert!(not_let_in(&store.resume(&logged_in.token, "test").unwrap_err()).contains("has ended"));
        assert!(not_let_in(&write(&store, &resumed).unwrap_err()).contains("has ended"));
        // The token stands in the database as its hash alone.
        let kept = lab.raw().texts(&lab.raw().hex("token_hash"), "FROM user_sessions");
        assert!(kept.iter().all(|hash| hash.len() == 64));
    }

    fn who_logs_out_or_is_locked_writes_no_more(lab) {
        let amina = user(lab, "amina");
        let logged_in = lab.store.log_in(&credentials("amina", OTTERS)).unwrap();
        let other = lab.session_of(&lab.admin, amina);
        write(&lab.store, &logged_in.session).unwrap();
        lab.store.log_out(&logged_in.session).unwrap();
        not_let_in(&write(&lab.store, &logged_in.session).unwrap_err());
        not_let_in(&lab.store.resume(&logged_in.token, "test").unwrap_err());
        write(&lab.store, &other).unwrap();
        lab.must("users.lock", amina, &[]);
        not_let_in(&write(&lab.store, &other).unwrap_err());
        lab.must("users.unlock", amina, &[]);
        not_let_in(&write(&lab.store, &other).unwrap_err());
        lab.store.log_in(&credentials("amina", OTTERS)).unwrap();
        assert_eq!(lab.raw().number("count(*)", "FROM customers"), 2);
    }

    fn a_session_that_was_ended_reads_no_more_than_a_moment(lab) {
        let amina = user(lab, "amina");
        let (first, second) = (lab.session_of(&lab.admin, amina), lab.session_of(&lab.admin, amina));
        for session in [&first, &second, &lab.admin] {
            lab.store.pulse(session).unwrap();
        }
        // Each sees their own alone, unless they may lock people out.
        let own = lab.store.logins(&first).unwrap();
        assert!(own.len() == 2 && own.iter().all(|login| login.username == "amina"), "{own:?}");
        assert!(lab.store.logins(&lab.admin).unwrap().len() > 2);
        let Actor::Person { login, .. } = &first.actor else { panic!("no person") };
        lab.store.revoke_login(&second, *login).unwrap();
        assert!(not_let_in(&lab.store.pulse(&first).unwrap_err()).contains("has ended"));
        lab.store.pulse(&second).unwrap();
        lab.raw().execute("UPDATE users SET status = 'suspended' WHERE username = 'amina'");
        not_let_in(&lab.store.pulse(&second).unwrap_err());
    }

    fn when_somebody_was_last_at_work_is_known(lab) {
        let (store, clock) = by_a_clock(lab);
        let session = store.log_in(&credentials("admin", PASSWORD)).unwrap().session;
        let Actor::Person { login, .. } = &session.actor else { panic!("no person") };
        let seen = || store.logins(&session).unwrap().into_iter().find(|known| known.id == *login).unwrap().last_seen;
        let before = seen();
        clock.fetch_add(60_000, Ordering::Relaxed);
        store.note_seen(&session).unwrap();
        assert_eq!(seen() - before, TimeDelta::minutes(1));
    }

    fn a_new_password_ends_the_sessions_under_the_old_one(lab) {
        let amina = user(lab, "amina");
        let own = lab.session_of(&lab.admin, amina);
        let other = lab.session_of(&lab.admin, amina);
        let new = Secret::new("eight dry herons dance".into());
        let change = |old: &str, new: &Secret| lab.store.change_own_password(&own, &Secret::new(old.into()), new);
        not_let_in(&change("wrong wrong wrong", &new).unwrap_err());
        assert!(matches!(change(OTTERS, &Secret::new("short".into())).unwrap_err().failure(), Failure::Invalid(_)));
        write(&lab.store, &other).unwrap();
        change(OTTERS, &new).unwrap();
        write(&lab.store, &own).unwrap();
        not_let_in(&write(&lab.store, &other).unwrap_err());
        lab.store.check_own_password(&own, &new).unwrap();
        assert!(try_from(&lab.store, "amina", OTTERS, "local").is_err());
    }

    fn a_suspended_organisation_looks_and_changes_nothing(lab) {
        lab.raw().execute("UPDATE tenants SET status = 'suspended'");
        let refused = write(&lab.store, &lab.admin).unwrap_err();
        assert!(matches!(refused.failure(), Failure::ReadOnly(_)), "{refused}");
        let session = lab.store.log_in(&credentials("admin", PASSWORD)).unwrap().session;
        assert!(!session.tenant.may_write);
        assert!(matches!(write(&lab.store, &session).unwrap_err().failure(), Failure::ReadOnly(_)));
        lab.store.overview(&session).unwrap();
    }

    fn a_store_opened_to_read_refuses_every_write(lab) {
        let options = Options { read_only: true, master: Some(key()), ..Options::default() };
        let store = Store::open(lab.store.target(), options).unwrap();
        let session = store.log_in(&credentials("admin", PASSWORD)).unwrap().session;
        assert!(matches!(write(&store, &session).unwrap_err().failure(), Failure::ReadOnly(_)));
        assert!(matches!(write(&store, &lab.admin).unwrap_err().failure(), Failure::ReadOnly(_)));
        store.overview(&session).unwrap();
        store.pulse(&session).unwrap();
        store.note_seen(&session).unwrap();
        // The database itself refuses, whatever the program would do.
        let target = lab.store.target().clone();
        let mut connection = Manager { target, role: Role::App, read_only: true }.connect().unwrap();
        let sql = "BEGIN; UPDATE tenants SET display_name = 'changed'; COMMIT";
        let refused = match &mut connection {
            Connection::Postgres(inner) => inner.batch_execute(sql),
            Connection::Sqlite(inner) => inner.batch_execute(sql),
        };
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("read-only") || told.contains("readonly"), "{told}");
    }
}
