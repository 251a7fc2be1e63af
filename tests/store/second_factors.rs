//! Second factors: enrolled with the password, asked for once they are confirmed, each code once.

use std::sync::atomic::Ordering;

use headend::domain::second_factor::code_at;
use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::{Failure, Options, Request, Session, Store, StoreError};

use crate::common::lab::{PASSWORD, credentials, entity, find, key, text};
use crate::common::{Lab, on_each_database};
use crate::login::by_a_clock;

/// What a request made for whoever asked.
fn made(request: &Request) -> Secret {
    request.made_secrets().map(|(_, _, secret)| secret.clone()).next().expect("a secret")
}

fn enrol(store: &Store, session: &Session, password: &str) -> Result<(Id, Secret), StoreError> {
    let request = Request::new(find("user_factors.enrol"))
        .with("name", text("phone"))
        .with("own_password", Value::Secret(Secret::new(password.into())))
        .with_made_secrets();
    store.perform(session, &request).map(|done| (done.records[0], made(&request)))
}

fn act(
    store: &Store,
    session: &Session,
    operation: &str,
    id: Id,
    values: &[(&'static str, &str)],
) -> Result<Secret, StoreError> {
    let mut request = Request::new(find(operation)).on(id, None);
    for (name, value) in values {
        let value = if name.ends_with("code") { text(value) } else { Value::Secret(Secret::new((*value).into())) };
        request = request.with(name, value);
    }
    let request = request.with_made_secrets();
    store
        .perform(session, &request)
        .map(|_| request.made_secrets().next().map_or_else(|| Secret::new(String::new()), |made| made.2.clone()))
}

fn log_in(store: &Store, code: Option<&str>) -> Result<(), StoreError> {
    let mut credentials = credentials("admin", PASSWORD);
    credentials.code = code.map(|code| Secret::new(code.into()));
    store.log_in(&credentials).map(|_| ())
}

fn told<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

fn is_wanted(outcome: Result<(), StoreError>) -> bool {
    matches!(outcome.unwrap_err().failure(), Failure::CodeWanted(_))
}

fn count(lab: &Lab, rest: &str) -> usize {
    lab.raw().texts("'1'", rest).len()
}

/// How many recovery codes are left.
fn unused(lab: &Lab) -> usize {
    count(lab, "FROM user_factors WHERE kind = 'recovery_code' AND used_at IS NULL")
}

on_each_database! {
    fn a_generator_is_asked_for_once_it_has_shown_a_code(lab) {
        let (store, clock) = by_a_clock(lab);
        let admin = &lab.admin;
        let code = |secret: &Secret, later: i64| code_at(secret, store.now() + chrono::TimeDelta::seconds(later)).unwrap();
        assert_eq!(told(enrol(&store, admin, "not my password")), "own_password: wrong password");
        let (phone, secret) = enrol(&store, admin, PASSWORD).unwrap();
        log_in(&store, None).unwrap();
        assert!(told(act(&store, admin, "user_factors.renew", phone, &[("own_password", PASSWORD)])).starts_with("cannot renew: confirm"));

        assert!(told(act(&store, admin, "user_factors.confirm", phone, &[("code", "123")])).starts_with("code: is not what this generator shows now"));
        log_in(&store, None).unwrap();
        let codes = act(&store, admin, "user_factors.confirm", phone, &[("code", &code(&secret, 0))]).unwrap();
        assert!(told(act(&store, admin, "user_factors.confirm", phone, &[("code", &code(&secret, 0))])).contains("confirmed already"));
        let codes: Vec<&str> = codes.reveal().lines().collect();
        assert_eq!((codes.len(), unused(lab)), (10, 10));

        // From now on both are wanted, and each code is taken once: the one that confirmed it too.
        assert!(is_wanted(log_in(&store, None)));
        assert!(is_wanted(log_in(&store, Some(" "))));
        assert!(told(log_in(&store, Some("000000x"))).starts_with("wrong code"));
        assert!(told(log_in(&store, Some(&code(&secret, 0)))).starts_with("this code was used already"));
        let next = code(&secret, 30);
        log_in(&store, Some(&next)).unwrap();
        assert!(told(log_in(&store, Some(&next))).starts_with("this code was used already"));
        clock.fetch_add(61_000, Ordering::Relaxed);
        log_in(&store, Some(&code(&secret, 0))).unwrap();

        // A recovery code lets in once. (Whoever guessed waits a moment.)
        clock.fetch_add(61_000, Ordering::Relaxed);
        log_in(&store, Some(&codes[3].to_uppercase().replace('-', " "))).unwrap();
        assert!(told(log_in(&store, Some(codes[3]))).starts_with("wrong code"));
        assert_eq!(unused(lab), 9);

        // New ones take their place.
        clock.fetch_add(61_000, Ordering::Relaxed);
        let fresh = {
            let renew = |code: &str| act(&store, admin, "user_factors.renew", phone, &[("own_password", PASSWORD), ("own_code", code)]);
            assert!(told(renew("")).starts_with("own_code: a code is wanted too"));
            assert!(told(renew("12345")).starts_with("own_code: wrong code"));
            clock.fetch_add(61_000, Ordering::Relaxed);
            renew(codes[5]).unwrap()
        };
        assert_eq!(unused(lab), 10);
        assert!(told(log_in(&store, Some(codes[4]))).starts_with("wrong code"));
        clock.fetch_add(61_000, Ordering::Relaxed);
        log_in(&store, Some(fresh.reveal().lines().next().unwrap())).unwrap();

        // With the generator the recovery codes go, and the password alone opens again.
        assert_eq!(told(act(&store, admin, "user_factors.delete", phone, &[])), "own_password: is required: your own, once more");
        let code = fresh.reveal().lines().nth(1).unwrap();
        act(&store, admin, "user_factors.delete", phone, &[("own_password", PASSWORD), ("own_code", code)]).unwrap();
        assert_eq!(count(lab, "FROM user_factors"), 0);
        log_in(&store, None).unwrap();
        assert!(matches!(store.verify_audit(admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn guesses_of_codes_are_held_back_as_those_of_passwords(lab) {
        let (store, _) = by_a_clock(lab);
        let (phone, secret) = enrol(&store, &lab.admin, PASSWORD).unwrap();
        act(&store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, store.now()).unwrap())]).unwrap();
        for _ in 0..5 {
            assert!(told(log_in(&store, Some("12345"))).starts_with("wrong code"));
            // That the password is right forgets no guess.
            let _ = log_in(&store, None);
        }
        assert!(told(log_in(&store, Some("12345"))).starts_with("too many tries"));
        assert!(told(log_in(&store, None)).starts_with("too many tries"));
        assert_eq!(count(lab, "FROM audit_log WHERE action = 'users.login_refused'"), 5);
    }

    fn guesses_at_the_same_time_are_counted_one_after_the_other(lab) {
        let (store, _) = by_a_clock(lab);
        let (phone, secret) = enrol(&store, &lab.admin, PASSWORD).unwrap();
        act(&store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, store.now()).unwrap())]).unwrap();
        let refused: Vec<String> = std::thread::scope(|scope| {
            let guesses: Vec<_> = (0..12).map(|n| {
                let store = store.clone();
                scope.spawn(move || told(log_in(&store, Some(&format!("{n:04}")))))
            }).collect();
            guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
        });
        let looked_at = refused.iter().filter(|why| why.starts_with("wrong code")).count();
        assert!(refused.iter().all(|why| why.starts_with("wrong code") || why.starts_with("too many tries")), "{refused:?}");
        assert!(looked_at <= 5, "{refused:?}");
    }

    fn a_generator_is_its_owners_and_its_secret_nobodys(lab) {
        let person = |username: &str, permissions: &str| {
            let user = lab.make("users.create", &[("username", username), ("added_permissions", permissions)]);
            let session = lab.session_of(&lab.admin, user);
            crate::fixtures::knows_password(lab, &session);
            session
        };
        let clerk = person("clerk", r#"["user_factors.*"]"#);
        let stranger = person("stranger", r#"["user_factors.*"]"#);
        // Who locks people out also helps one who lost the phone, without being able to be them.
        let care = person("care", r#"["user_factors.*", "users.lock", "users.update"]"#);
        let (phone, secret) = enrol(&lab.store, &clerk, PASSWORD).unwrap();
        assert_eq!(lab.record("user_factors", phone).title(), "phone of clerk");
        assert_eq!(told(enrol(&lab.store, &clerk, PASSWORD)), "name: one of yours is called so: give it another name");
        let refused = act(&lab.store, &stranger, "user_factors.delete", phone, &[("own_password", PASSWORD)]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotFound { .. }), "{refused}");
        let shown = code_at(&secret, lab.store.now()).unwrap();
        let refused = told(act(&lab.store, &care, "user_factors.confirm", phone, &[("code", &shown)]));
        assert_eq!(refused, "cannot confirm: it is somebody else's");
        let factors = entity("user_factors");
        let field = factors.field("secret").unwrap();
        let seen = lab.store.reveal(&lab.admin, factors, phone, field, &Secret::new(PASSWORD.into())).unwrap_err();
        assert_eq!(seen.to_string(), "user_factors.secret cannot be shown: it can only be replaced");
        assert!(!format!("{:?}", crate::snapshot::of_all(lab)).contains(secret.reveal()));
        act(&lab.store, &care, "user_factors.delete", phone, &[("own_password", PASSWORD)]).unwrap();

        // Not from one who may do more: whoever takes the factor and sets the password would be them.
        let (boss, _) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let refused = act(&lab.store, &care, "user_factors.delete", boss, &[("own_password", PASSWORD)]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotAllowed { .. }), "{refused}");
        let admin = lab.admin.user().unwrap();
        let set = Request::new(find("users.update")).on(admin, None).with("password", Value::Secret(Secret::new("a key under every stone".into())));
        let refused = lab.store.perform(&care, &set).unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotAllowed { .. }), "{refused}");
    }

    fn other_logins_end_and_what_goes_along_is_no_failure(lab) {
        let other = lab.session_of(&lab.admin, lab.admin.user().unwrap());
        let (phone, secret) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let weak = Request::new(find("user_factors.confirm"))
            .on(phone, None)
            .with("code", text(&code_at(&secret, lab.store.now()).unwrap()))
            .with("recovery_codes", Value::Secret(Secret::new("1".into())));
        assert!(told(lab.store.perform(&lab.admin, &weak)).starts_with("recovery_codes: are 10 different codes"));
        let code = code_at(&secret, lab.store.now()).unwrap();
        let codes = act(&lab.store, &lab.admin, "user_factors.confirm", phone, &[("code", &code)]).unwrap();
        let ended = lab.store.perform(&other, &Request::new(find("customers.create")).with("name", text("Amina"))).unwrap_err();
        assert!(matches!(ended.failure(), Failure::NotLoggedIn(_)), "{ended}");

        // All that is there is marked: with the generator its codes go, which is what was asked for.
        let all = lab.raw().texts(&lab.raw().hex_of_id("id"), "FROM user_factors ORDER BY id");
        let mut delete = Request::new(find("user_factors.delete"))
            .with("own_password", Value::Secret(Secret::new(PASSWORD.into())))
            .with("own_code", text(codes.reveal().lines().next().unwrap()));
        for id in &all {
            delete = delete.on(id.parse().unwrap(), None);
        }
        delete.partly = true;
        let done = lab.store.perform(&lab.admin, &delete).unwrap();
        assert_eq!((done.records.len(), done.refused), (11, Vec::new()));
    }

    fn what_was_done_is_not_done_again_nor_its_code_asked_for(lab) {
        let (phone, secret) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let codes = act(&lab.store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, lab.store.now()).unwrap())]).unwrap();
        let delete = Request::new(find("user_factors.delete"))
            .on(phone, None)
            .with("own_password", Value::Secret(Secret::new(PASSWORD.into())))
            .with("own_code", text(codes.reveal().lines().next().unwrap()));
        let done = lab.store.perform(&lab.admin, &delete).unwrap();
        // The line broke before the answer: the same request once more.
        assert_eq!(lab.store.perform(&lab.admin, &delete).unwrap().operation, done.operation);
        // A code that was for nothing is good for another time.
        let (phone, secret) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let codes = act(&lab.store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, lab.store.now()).unwrap())]).unwrap();
        let code = codes.reveal().lines().next().unwrap();
        let nothing = act(&lab.store, &lab.admin, "user_factors.delete", Id::new(), &[("own_password", PASSWORD), ("own_code", code)]);
        assert!(matches!(nothing.unwrap_err().failure(), Failure::NotFound { .. }));
        act(&lab.store, &lab.admin, "user_factors.delete", phone, &[("own_password", PASSWORD), ("own_code", code)]).unwrap();
    }

    fn keys_that_were_rotated_elsewhere_are_read_again(lab) {
        let (phone, secret) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let codes = act(&lab.store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, lab.store.now()).unwrap())]).unwrap();
        lab.another_store().rotate_keys(&lab.admin, &mut |_| {}).unwrap();
        log_in(&lab.store, codes.reveal().lines().next()).unwrap();
    }

    fn a_session_that_is_read_only_takes_codes_and_no_recovery_codes(lab) {
        let (phone, secret) = enrol(&lab.store, &lab.admin, PASSWORD).unwrap();
        let now = lab.store.now();
        let codes = act(&lab.store, &lab.admin, "user_factors.confirm", phone, &[("code", &code_at(&secret, now).unwrap())]).unwrap();
        let later = now + chrono::TimeDelta::seconds(60);
        let options = Options { read_only: true, master: Some(key()), clock: Some(Box::new(move || later)), ..Options::default() };
        let reader = Store::open(lab.store.target(), options).unwrap();
        assert!(is_wanted(log_in(&reader, None)));
        assert!(told(log_in(&reader, codes.reveal().lines().next())).starts_with("a recovery code is used up"));
        log_in(&reader, Some(&code_at(&secret, later).unwrap())).unwrap();
    }
}
