//! Secrets shown: with the permission and the password, each look written down.

use headend::domain::Id;
use headend::domain::secret::Secret;
use headend::store::{Failure, Session, StoreError};

use crate::common::lab::{PASSWORD, entity};
use crate::common::{Lab, on_each_database};
use crate::snapshot;
use crate::tenants::found_another;

fn look(lab: &Lab, session: &Session, id: Id, password: &str) -> Result<Secret, StoreError> {
    let customers = entity("customers");
    let field = customers.field("access_password").unwrap();
    lab.store.reveal(session, customers, id, field, &Secret::new(password.into()))
}

/// Looks in the audit log: action, outcome and field.
fn looks(lab: &Lab) -> Vec<String> {
    let mut raw = lab.raw();
    let field = if lab.is_postgres() { "payload ->> 'field'" } else { "json_extract(payload, '$.field')" };
    raw.texts(
        &format!("action || ' ' || outcome || ' ' || ({field})"),
        "FROM audit_log WHERE action LIKE 'customers.reveal%' ORDER BY sequence",
    )
}

fn customer(lab: &Lab) -> Id {
    lab.make("customers.create", &[("name", "Amina"), ("access_password", "hunter2 and more")])
}

on_each_database! {
    fn a_secret_is_shown_for_the_password_and_each_look_is_written_down(lab) {
        let id = customer(lab);
        for _ in 0..2 {
            assert_eq!(look(lab, &lab.admin, id, PASSWORD).unwrap().reveal(), "hunter2 and more");
        }
        assert_eq!(looks(lab), ["customers.reveal success access_password"; 2]);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
        let kept = format!("{:?}", snapshot::of_all(lab));
        assert!(!kept.contains("hunter2"));
        // It is no operation that could be taken back, and it changed nothing.
        let last = lab.store.last_undoable(&lab.admin).unwrap().expect("the customer");
        assert!(last.summary.contains("create"), "{}", last.summary);
        assert_eq!(lab.record("customers", id).version, 1);
    }

    fn a_wrong_password_shows_nothing_and_is_slowed_down(lab) {
        let id = customer(lab);
        let mut told = Vec::new();
        for _ in 0..12 {
            told.push(look(lab, &lab.admin, id, "not this one").unwrap_err().to_string());
        }
        assert_eq!(told[0], "wrong password");
        assert!(told.iter().any(|told| told.starts_with("too many tries")), "{told:?}");
        let written = looks(lab);
        assert_eq!(written.len(), 12, "every try is written down");
        assert!(written.iter().all(|look| look == "customers.reveal_refused failure access_password"), "{written:?}");
        // Nor does the right one help while the wait lasts.
        assert!(look(lab, &lab.admin, id, PASSWORD).unwrap_err().to_string().starts_with("too many tries"));
    }

    fn without_the_permission_nobody_is_even_asked(lab) {
        let id = customer(lab);
        let reader = lab.make("users.create", &[
            ("username", "reader"), ("password", "a door in every wall"), ("roles", "super_admin"), ("removed_permissions", r#"["customers.reveal"]"#),
        ]);
        let reader = lab.session_of(&lab.admin, reader);
        let before = snapshot::of_all(lab);
        match look(lab, &reader, id, "a door in every wall").unwrap_err().failure() {
            Failure::NotAllowed { permission, .. } => assert_eq!(permission, "customers.reveal"),
            other => panic!("{other}"),
        }
        assert!(snapshot::differences(&before, &snapshot::of_all(lab)).is_empty());
        lab.must("users.update", reader.user().unwrap(), &[("removed_permissions", "[]")]);
        let again = lab.session_of(&lab.admin, reader.user().unwrap());
        assert_eq!(look(lab, &again, id, "a door in every wall").unwrap().reveal(), "hunter2 and more");
    }

    fn what_another_organisation_or_nobody_has_is_not_there(lab) {
        let id = customer(lab);
        let theirs = found_another(lab);
        for (session, id) in [(&theirs, id), (&lab.admin, Id::new())] {
            let before = looks(lab);
            assert!(matches!(look(lab, session, id, PASSWORD).unwrap_err().failure(), Failure::NotFound { .. }));
            assert_eq!(looks(lab), before);
        }
        let empty = lab.make("customers.create", &[("name", "Brian")]);
        assert!(look(lab, &lab.admin, empty, PASSWORD).unwrap_err().to_string().contains("no access_password to show"));
    }

    fn what_is_no_kept_secret_is_not_shown(lab) {
        let id = customer(lab);
        let customers = entity("customers");
        let password = Secret::new(PASSWORD.into());
        let name = lab.store.reveal(&lab.admin, customers, id, customers.field("name").unwrap(), &password);
        assert!(name.unwrap_err().to_string().contains("is no secret"));
        let users = entity("users");
        let own = lab.store.reveal(&lab.admin, users, lab.admin.user().unwrap(), users.field("password").unwrap(), &password);
        assert!(own.unwrap_err().to_string().contains("can only be replaced"));
    }
}
