//! Roles, who has them, tokens, invitations, logins, keys and settings: nobody gives what they have not.

use chrono::TimeDelta;
use headend::domain::Id;
use headend::domain::secret::Secret;
use headend::store::joining::Joining;
use headend::store::list::ListRequest;
use headend::store::operation::Request;
use headend::store::session::{Actor, Program};
use headend::store::tenant_moves::{TenantMove, move_tenant};
use headend::store::{Failure, Options, Session, Store, StoreError};

use crate::common::lab::{PASSWORD, credentials, entity, find, key, text};
use crate::common::{Lab, on_each_database};

fn told<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

/// Somebody who may do just this.
fn with(lab: &Lab, username: &str, permissions: &str) -> Session {
    let user = lab.make("users.create", &[("username", username), ("added_permissions", permissions)]);
    lab.session_of(&lab.admin, user)
}

fn by(lab: &Lab, session: &Session, operation: &str, written: &[(&str, &str)]) -> Result<Id, StoreError> {
    lab.store.perform(session, &lab.request(operation, written)).map(|done| done.records[0])
}

fn role(lab: &Lab, name: &str, permissions: &str) -> Id {
    lab.make("roles.create", &[("name", name), ("permissions", permissions)])
}

fn login_of(session: &Session) -> Id {
    match session.actor {
        Actor::Person { login, .. } => login,
        Actor::Program(_) => panic!("no person"),
    }
}

fn open(lab: &Lab, token: &Secret) -> Result<Session, StoreError> {
    lab.store.resume(token, "test")
}

on_each_database! {
    fn who_sees_the_rows_of_an_organisation_alone_has_one(lab) {
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]).to_string();
        for role in ["partner", "distributor"] {
            let refused = lab.try_make("users.create", &[("username", "pat"), ("roles", role)]).unwrap_err();
            assert_eq!(told(Err::<(), _>(refused)), format!("{role}: whoever has the role {role} belongs to one and sees its rows alone: name it"));
        }
        let pat = lab.make("users.create", &[("username", "pat"), ("roles", "partner"), ("partner", &ours)]);
        let left = lab.act("users.update", pat, &[("partner", "")]).unwrap_err();
        assert!(told(Err::<(), _>(left)).starts_with("partner: whoever"), "nor loses it");
        lab.user("amina", "viewer");
        let given = lab.try_make("role_assignments.create", &[("user", "amina"), ("role", "partner")]).unwrap_err();
        assert!(told(Err::<(), _>(given)).starts_with("role: whoever"));
        // Who sees no users is one, and chooses a password.
        let (old, new) = (Secret::new("a long walk by the canal".into()), Secret::new("another walk, by the river".into()));
        lab.must("users.update", pat, &[("password", old.reveal())]);
        let session = lab.session_of(&lab.admin, pat);
        lab.store.change_own_password(&session, &old, &new).unwrap();
    }

    fn a_role_gives_what_its_maker_has(lab) {
        let clerk = with(lab, "clerk", r#"["roles.create","roles.update","customers.*","role_assignments.create"]"#);
        by(lab, &clerk, "roles.create", &[("name", "care"), ("permissions", r#"["customers.suspend"]"#)]).unwrap();
        for beyond in [r#"["devices.read"]"#, r#"["*"]"#, r#"["*.suspend"]"#] {
            let refused = by(lab, &clerk, "roles.create", &[("name", "more"), ("permissions", beyond)]).unwrap_err();
            assert!(matches!(refused.failure(), Failure::NotAllowed { .. }), "{refused}");
        }
        for (permissions, why) in [
            (r#"["customer.suspend"]"#, "permissions: there is no ‘customer.suspend’. Did you mean customers.suspend?"),
            (r#"{"a":1}"#, "permissions: is a list of permissions such as [\"customers.suspend\"]"),
        ] {
            assert_eq!(told(by(lab, &lab.admin, "roles.create", &[("name", "x"), ("permissions", permissions)])), why);
        }
        // Nor do they hand on a role that somebody else made.
        let strong = role(lab, "strong", r#"["devices.*"]"#);
        let refused = by(lab, &clerk, "role_assignments.create", &[("user", "clerk"), ("role", "strong")]).unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotAllowed { .. }), "{refused}");
        assert!(told(lab.act("roles.update", lab.store.get_named(&lab.admin, entity("roles"), "viewer").unwrap().id, &[("description", "x")])).contains("built-in role stays as it is"));
        assert!(told(lab.act("roles.delete", lab.store.get_named(&lab.admin, entity("roles"), "viewer").unwrap().id, &[])).contains("is not taken away"));
        lab.make("role_assignments.create", &[("user", "clerk"), ("role", "strong")]);
        assert!(told(lab.act("roles.delete", strong, &[])).contains("still point at it"));
    }

    fn a_role_counts_while_it_is_active(lab) {
        role(lab, "looker", r#"["customers.read"]"#);
        let amina = with(lab, "amina", "[]");
        let may = |session: &Session| {
            let all = ListRequest::all(entity("customers"), 1);
            let fresh = lab.session_of(&lab.admin, session.user().unwrap());
            lab.store.list(&fresh, &all).is_ok()
        };
        assert!(!may(&amina));
        let first = lab.make("role_assignments.create", &[("user", "amina"), ("role", "looker"), ("is_primary", "yes")]);
        assert!(may(&amina));
        assert_eq!(told(by(lab, &lab.admin, "role_assignments.create", &[("user", "amina"), ("role", "looker")])), "role: is active for this person already");
        lab.must("role_assignments.suspend", first, &[]);
        assert!(!may(&amina));
        lab.must("role_assignments.activate", first, &[]);
        assert!(may(&amina));
        // One role is the primary one.
        let second = lab.make("role_assignments.create", &[("user", "amina"), ("role", "viewer"), ("is_primary", "yes")]);
        assert_eq!([first, second].map(|id| lab.value("role_assignments", id, "is_primary")), ["false", "true"]);
    }

    fn a_token_does_what_it_was_made_for(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let token = Store::fresh_token();
        let make = |session: &Session, permissions: &str, token: &Secret| {
            by(lab, session, "api_tokens.create", &[("name", "nightly"), ("permissions", permissions), ("token", token.reveal()), ("own_password", PASSWORD)])
        };
        let id = make(&lab.admin, r#"["customers.read","customers.update","api_tokens.create"]"#, &token).unwrap();
        let script = open(lab, &token).unwrap();
        let update = |operation: &str| lab.store.perform(&script, &Request::new(find(operation)).on(customer, None)).map(|_| ());
        lab.store.perform(&script, &Request::new(find("customers.update")).on(customer, None).with("notes", text("x"))).unwrap();
        assert!(matches!(update("customers.suspend").unwrap_err().failure(), Failure::NotAllowed { .. }));
        // A token makes none that may more.
        let more = make(&script, r#"["customers.suspend"]"#, &Store::fresh_token()).unwrap_err();
        assert!(matches!(more.failure(), Failure::NotAllowed { .. }), "{more}");
        assert!(told(make(&lab.admin, "[]", &Store::fresh_token())).starts_with("permissions: is a list of what the token may do"));
        assert!(told(make(&lab.admin, r#"["customers.read"]"#, &Secret::new("short".into()))).starts_with("token: has at least 32 characters"));
        // It is kept nowhere: not in the log either.
        let kept = lab.raw().texts("coalesce(changes, payload)", "FROM audit_log").join(" ");
        assert!(!kept.contains(token.reveal()) && kept.contains("nightly"));
        lab.must("api_tokens.revoke", id, &[]);
        assert!(matches!(open(lab, &token).unwrap_err().failure(), Failure::NotLoggedIn(_)));
        assert!(matches!(update("customers.update").unwrap_err().failure(), Failure::NotLoggedIn(_)));
        assert_eq!(told(lab.act("api_tokens.revoke", id, &[])), "cannot revoke: the token was revoked already");
    }

    fn people_see_their_own_logins_and_end_them(lab) {
        let (amina, brian) = (with(lab, "amina", r#"["user_sessions.read","user_sessions.revoke"]"#), with(lab, "brian", "[]"));
        let all = ListRequest::all(entity("user_sessions"), 100);
        let seen = |session: &Session| lab.store.list(session, &all).unwrap().rows.len();
        assert_eq!(seen(&amina), 1);
        assert!(seen(&lab.admin) >= 3);
        let revoke = |by: &Session, of: &Session| lab.store.perform(by, &Request::new(find("user_sessions.revoke")).on(login_of(of), None));
        assert!(matches!(revoke(&amina, &brian).unwrap_err().failure(), Failure::NotFound { .. }));
        revoke(&lab.admin, &brian).unwrap();
        assert_eq!(told(revoke(&lab.admin, &brian)), "cannot revoke: the login has ended already");
        let other = lab.session_of(&lab.admin, amina.user().unwrap());
        revoke(&amina, &other).unwrap();
        let events = lab.store.history(&lab.admin, entity("user_sessions"), login_of(&other), 10).unwrap();
        assert_eq!(events[0].action, "user_sessions.revoke");
    }

    fn whoever_is_invited_joins_once(lab) {
        role(lab, "looker", r#"["customers.read"]"#);
        let token = lab.store.invite(&lab.admin, "asha@example.com", "looker").unwrap();
        let join = |token: &Secret, username: &str| {
            lab.store.join(&Joining {
                token: token.clone(),
                username: username.into(),
                full_name: "Asha".into(),
                password: Secret::new("seven wet otters sing".into()),
            })
        };
        assert!(told(join(&Store::fresh_token(), "asha")).contains("is not open any more"));
        let weak = lab.store.join(&Joining { token: token.clone(), username: "asha".into(), full_name: String::new(), password: Secret::new("short".into()) });
        assert!(told(weak).starts_with("password:"));
        let user = join(&token, "asha").unwrap();
        assert_eq!((lab.value("users", user, "roles"), lab.value("users", user, "email")), ("looker".into(), "asha@example.com".into()));
        assert_eq!(told(join(&token, "asha2")), "this invitation is not open any more: ask for another");
        lab.store.log_in(&credentials("asha", "seven wet otters sing")).unwrap();
        // One that is over opens nothing.
        let late = lab.store.invite(&lab.admin, "brian@example.com", "looker").unwrap();
        let mut raw = lab.raw();
        let past = raw.time(lab.store.now() - TimeDelta::hours(1));
        raw.execute(&format!("UPDATE invitations SET expires_at = {past} WHERE email = 'brian@example.com'"));
        assert_eq!(told(join(&late, "brian")), "this invitation is not open any more: ask for another");
        // Nobody invites into a role that may more than they do.
        let clerk = with(lab, "clerk", r#"["invitations.invite"]"#);
        let refused = lab.store.invite(&clerk, "x@example.com", "looker").unwrap_err();
        assert!(matches!(refused.failure(), Failure::NotAllowed { .. }), "{refused}");
        let ours = lab.store.history(&lab.admin, entity("users"), user, 10).unwrap();
        assert_eq!(ours.last().unwrap().action, "invitations.accept");
    }

    fn settings_are_those_that_there_are(lab) {
        assert_eq!(lab.store.setting(&lab.admin, "licenses.expiring_days").unwrap(), 30);
        let id = lab.make("settings.create", &[("key", "licenses.expiring_days"), ("value", "45")]);
        assert_eq!(lab.store.setting(&lab.admin, "licenses.expiring_days").unwrap(), 45);
        assert_eq!(lab.value("settings", id, "updated_by"), "admin");
        let wrong = |key: &str, value: &str| told(by(lab, &lab.admin, "settings.create", &[("key", key), ("value", value)]));
        assert_eq!(wrong("licence.expiring_days", "45"), "key: there is no setting ‘licence.expiring_days’. Did you mean licenses.expiring_days?");
        assert!(wrong("retention.health_days", "1").starts_with("value: is a whole number from 30 to 36500"));
        assert!(wrong("licenses.expiring_days", "50").contains("key: is already in use"));
        for kept in headend::store::retention::ALL {
            assert_eq!(lab.store.setting(&lab.admin, kept.setting).unwrap(), kept.days, "{}", kept.setting);
        }
    }

    fn whoever_runs_the_installation_moves_its_organisations(lab) {
        let options = || Options { master: Some(key()), ..Options::default() };
        let act = |verb: &str, until: Option<TimeDelta>| {
            let until = until.map(|by| lab.store.now() + by);
            let asked = TenantMove { tenant: "fibernet".into(), verb: verb.into(), until, reason: Some("unpaid".into()) };
            move_tenant(&lab.owner, options(), &asked)
        };
        let write = || lab.try_make("customers.create", &[("name", "Amina")]).map(|_| ());
        assert_eq!(act("suspend", None).unwrap(), "suspended");
        assert!(matches!(write().unwrap_err().failure(), Failure::ReadOnly(_)));
        assert_eq!(told(act("expire", None)), "cannot expire: the organisation is suspended; open from there: activate");
        assert_eq!(told(act("activate", Some(TimeDelta::hours(-1)))), "its time is over: say until when it is to be at work");
        assert_eq!(act("activate", Some(TimeDelta::hours(1))).unwrap(), "active");
        write().unwrap();
        let nowhere = TenantMove { tenant: "nowhere".into(), verb: "suspend".into(), until: None, reason: None };
        assert!(told(move_tenant(&lab.owner, options(), &nowhere)).contains("there is no organisation ‘nowhere’"));
        // The clock ends it once its hour has come.
        assert!(!lab.store.expire_tenant(&clock_of(&lab.store)).unwrap());
        let clock = || Some(Box::new(|| chrono::Utc::now() + TimeDelta::hours(2)) as Box<dyn Fn() -> _ + Send + Sync>);
        let later = Store::open(lab.store.target(), Options { master: Some(key()), clock: clock(), ..Options::default() }).unwrap();
        let session = clock_of(&later);
        assert!(later.expire_tenant(&session).unwrap());
        assert!(!later.expire_tenant(&session).unwrap());
        assert!(matches!(write().unwrap_err().failure(), Failure::ReadOnly(_)));
        let actions = lab.raw().texts("action", "FROM audit_log WHERE entity_type = 'tenants' ORDER BY sequence");
        assert_eq!(actions, ["tenants.found", "tenants.suspend", "tenants.activate", "tenants.expire"]);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }
}

/// The clock's session in the only tenant.
fn clock_of(store: &Store) -> Session {
    store.program_sessions(Program::Clock).unwrap().remove(0)
}
