//! Taking back, doing again, moves between states, and what a bulk operation leaves.

use headend::domain::secret::Secret;
use headend::domain::{Id, Value};
use headend::store::operation::{self, Does, Operation, Request, Undo};
use headend::store::{Done, Entity, Failure, StoreError, entities};

use crate::common::lab::{entity, find, text};
use crate::common::{Lab, on_each_database};
use crate::fixtures;

/// A record without what every write changes.
fn essence(lab: &Lab, kind: &str, id: Id) -> Option<Vec<(String, String)>> {
    let record = lab.find_record(kind, id)?;
    let values = record.values().filter(|(name, _)| !matches!(*name, "created_at" | "updated_at" | "since"));
    Some(values.map(|(name, value)| (name.to_owned(), format!("{value:?}"))).collect())
}

/// A row of a ledger stays as it was, and one that reverses it stands beside it; what is no ledger but has entries of
/// one stays too, in another state.
fn require_counter(lab: &Lab, kind: &Entity, id: Id, undone: &Done, after: Option<&Vec<(String, String)>>) {
    let now = essence(lab, kind.name, id);
    if kind.has_version() {
        assert!(now.is_some() && now.as_ref() != after, "{}: {now:?}", kind.name);
        return;
    }
    assert_eq!(now.as_ref(), after, "{}", kind.name);
    let mut raw = lab.raw();
    let operation = raw.id(undone.operation);
    let reversals = format!(
        "FROM audit_log WHERE operation_id = {operation} AND entity_type = '{}' AND changes IS NOT NULL",
        kind.name
    );
    assert!(raw.number("count(*)", &reversals) > 0, "{}: nothing reverses it", kind.name);
}

/// Whether a refusal says that the present state is in the way.
fn is_about_the_state(error: &StoreError) -> bool {
    let told = error.to_string();
    matches!(error.failure(), Failure::Refused(_)) && (told.contains("open from there") || told.contains("is final"))
}

on_each_database! {
    fn every_operation_is_taken_back_and_done_again_or_says_why_not(lab) {
        let mut figures = (0, 0);
        for operation in operation::all() {
            let kind = operation.entity.name;
            let request = fixtures::valid(lab, &lab.admin, operation);
            let before = request.aims.first().map(|aim| essence(lab, kind, aim.id).unwrap());
            let done = fixtures::perform(lab, &lab.admin, &request).unwrap_or_else(|e| panic!("{}: {e}", operation.name));
            let id = done.records[0];
            let after = essence(lab, kind, id);
            let last = lab.store.last_undoable(&lab.admin).unwrap();
            if let Undo::None(why) = operation.undo {
                let refused = lab.store.undo(&lab.admin, done.operation).unwrap_err();
                assert!(refused.to_string().contains(why), "{}: {refused}", operation.name);
                assert!(last.is_none_or(|last| last.id != done.operation));
                figures.1 += 1;
                continue;
            }
            assert_eq!(last.map(|last| last.id), Some(done.operation), "{}", operation.name);
            let mut newest = done.operation;
            for round in 0..2 {
                let undone = lab.store.undo(&lab.admin, newest).unwrap_or_else(|e| panic!("{}, taken back: {e}", operation.name));
                if before.is_none() && operation.entity.counter.is_some() && operation.undo == Undo::CounterEntry {
                    require_counter(lab, operation.entity, id, &undone, after.as_ref());
                } else {
                    assert_eq!(essence(lab, kind, id), before, "{}, taken back, round {round}", operation.name);
                }
                assert_eq!(lab.store.last_redoable(&lab.admin).unwrap().map(|last| last.id), Some(undone.operation));
                assert!(lab.store.undo(&lab.admin, newest).is_err(), "{} twice", operation.name);
                let again = lab.store.undo(&lab.admin, undone.operation).unwrap_or_else(|e| panic!("{}, done again: {e}", operation.name));
                assert_eq!(essence(lab, kind, id), after, "{}, done again, round {round}", operation.name);
                assert_eq!(lab.store.last_undoable(&lab.admin).unwrap().map(|last| last.id), Some(again.operation));
                newest = again.operation;
            }
            // Every second one stays taken back, so that what derives from either is looked at below.
            if figures.0 % 2 == 0 {
                lab.store.undo(&lab.admin, newest).unwrap_or_else(|e| panic!("{}, taken back for good: {e}", operation.name));
            }
            figures.0 += 1;
        }
        assert_eq!(crate::figures::wrong(lab), Vec::new());
        println!("{:?}: {} operations taken back and done again twice, {} that are not taken back", lab.engine, figures.0, figures.1);
    }

    fn a_later_change_stands_in_the_way(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina"), ("notes", "a")]);
        let first = lab.must("customers.update", customer, &[("notes", "b")]);
        let elsewhere = lab.must("customers.update", customer, &[("company", "Otters")]);
        let second = lab.must("customers.update", customer, &[("notes", "c")]);
        let refused = lab.store.undo(&lab.admin, first.operation).unwrap_err();
        assert!(refused.to_string().contains("notes was changed since"), "{refused}");
        lab.store.undo(&lab.admin, elsewhere.operation).unwrap();
        lab.store.undo(&lab.admin, second.operation).unwrap();
        lab.store.undo(&lab.admin, first.operation).unwrap();
        assert_eq!((lab.value("customers", customer, "notes"), lab.value("customers", customer, "company")), ("a".into(), String::new()));
        // Whoever made a record that was changed since does not unmake it.
        lab.must("customers.update", customer, &[("notes", "d")]);
        let made = lab.store.history(&lab.admin, entity("customers"), customer, 20).unwrap().last().unwrap().operation.unwrap();
        assert!(lab.store.undo(&lab.admin, made).unwrap_err().to_string().contains("changed since"));
        // Nor is a name given back that somebody else has meanwhile.
        let site = lab.make("sites.create", &[("name", "a")]);
        let renamed = lab.must("sites.update", site, &[("name", "b")]);
        lab.make("sites.create", &[("name", "a")]);
        let refused = lab.store.undo(&lab.admin, renamed.operation).unwrap_err();
        assert!(matches!(refused.failure(), Failure::Invalid(problems) if problems[0].field == "name"), "{refused}");
        assert_eq!(lab.value("sites", site, "name"), "b");
    }

    fn what_others_point_at_since_is_not_unmade(lab) {
        let request = lab.request("plans.create", &[("name", "a"), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1")]);
        let made = lab.store.perform(&lab.admin, &request).unwrap();
        lab.make("customers.create", &[("name", "Amina"), ("plan", "a")]);
        assert!(matches!(lab.store.undo(&lab.admin, made.operation).unwrap_err().failure(), Failure::Refused(_)));
        assert!(lab.find_record("plans", made.records[0]).is_some());
    }

    fn what_was_deleted_comes_back_as_old_as_it_was(lab) {
        let plan = lab.make("plans.create", &[("name", "a"), ("download_mbps", "1"), ("upload_mbps", "1"), ("price", "1")]);
        let created = lab.value("plans", plan, "created_at");
        let done = lab.must("plans.delete", plan, &[]);
        assert!(lab.find_record("plans", plan).is_none());
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(lab.value("plans", plan, "created_at"), created);
    }

    fn a_secret_comes_back_as_it_was(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina"), ("access_password", "hunter2")]);
        let before = lab.record("customers", customer).get("access_password").clone();
        let change = Request::new(find("customers.update")).on(customer, None).with("access_password", Value::Secret(Secret::new("hunter3".into())));
        let done = lab.store.perform(&lab.admin, &change).unwrap();
        assert_ne!(lab.record("customers", customer).get("access_password"), &before);
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(lab.record("customers", customer).get("access_password"), &before);
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        let events = lab.store.history(&lab.admin, entity("customers"), customer, 10).unwrap();
        assert_eq!(events.len(), 4);
        assert!(!format!("{events:?}").contains("hunter"));
        let mut raw = lab.raw();
        let kept = raw.texts("coalesce(changes, payload)", "FROM audit_log");
        assert!(kept.iter().all(|text| !text.contains("hunter")));
    }

    fn undoing_needs_the_permission_and_the_latest_right(lab) {
        let session = lab.user("amina", "manager");
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let suspend = Request::new(find("customers.suspend")).on(customer, None);
        let done = lab.store.perform(&session, &suspend).unwrap();
        assert_eq!(lab.store.last_undoable(&session).unwrap().map(|last| last.summary), Some("suspend CUS-000001 Amina".into()));
        assert!(lab.store.last_undoable(&lab.admin).unwrap().is_some_and(|last| last.id != done.operation));
        lab.must("users.update", session.user().unwrap(), &[("roles", "viewer")]);
        assert!(matches!(lab.store.undo(&session, done.operation).unwrap_err().failure(), Failure::NotAllowed { .. }));
        lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "status"), "active");
    }

    fn what_this_login_did_goes_before_what_the_person_did_elsewhere(lab) {
        let here = lab.session_of(&lab.admin, lab.admin.user().unwrap());
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert_eq!((last.summary.as_str(), last.is_from_elsewhere), ("create CUS-000001 Amina", true));
        let suspend = Request::new(find("customers.suspend")).on(customer, None);
        lab.store.perform(&here, &suspend).unwrap();
        lab.must("customers.update", customer, &[("email", "amina@example.org")]);
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert_eq!((last.summary.as_str(), last.is_from_elsewhere), ("suspend CUS-000001 Amina", false));
        lab.store.undo(&here, last.id).unwrap();
        let again = lab.store.last_redoable(&here).unwrap().unwrap();
        assert_eq!((again.summary.as_str(), again.is_from_elsewhere), ("undo CUS-000001 Amina", false));
        let theirs = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((theirs.summary.as_str(), theirs.is_from_elsewhere), ("update CUS-000001 Amina", false));
    }

    fn what_the_person_did_elsewhere_since_goes_first_where_it_stands_in_the_way(lab) {
        let here = lab.session_of(&lab.admin, lab.admin.user().unwrap());
        let [amina, brian] = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)]));
        let rename = |session, id: Id, name: &str| {
            let update = Request::new(find("customers.update")).on(id, None).with("company", text(name));
            lab.store.perform(session, &update).unwrap()
        };
        let first = rename(&here, amina, "First");
        rename(&lab.admin, brian, "Another");
        assert_eq!(lab.store.last_undoable(&here).unwrap().unwrap().id, first.operation, "another record is not in the way");
        let second = rename(&lab.admin, amina, "Second");
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert_eq!((last.id, last.is_from_elsewhere), (second.operation, true));
        lab.store.undo(&here, last.id).unwrap();
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert_eq!((last.id, last.is_from_elsewhere), (first.operation, false));
        // What another person did is nobody's other login.
        let grace = lab.user("grace", "manager");
        let theirs = rename(&grace, brian, "Grace's");
        assert!(!lab.store.undoable(&here, theirs.operation).unwrap().is_from_elsewhere);
    }

    fn what_is_passed_over_was_done_after_it(lab) {
        let here = lab.session_of(&lab.admin, lab.admin.user().unwrap());
        let njeri = lab.user("njeri", "viewer").user().unwrap();
        lab.store.perform(&here, &Request::new(find("users.lock")).on(njeri, None)).unwrap();
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert_eq!((last.summary.as_str(), last.passes_over), ("create CUS-000001 Amina", None));
        lab.store.perform(&here, &Request::new(find("customers.suspend")).on(customer, None)).unwrap();
        lab.store.perform(&here, &Request::new(find("users.unlock")).on(njeri, None)).unwrap();
        let last = lab.store.last_undoable(&here).unwrap().unwrap();
        assert!(last.passes_over.is_some_and(|(what, _)| what.starts_with("unlock")));
    }

    fn only_those_are_meant_that_changed(lab) {
        let [amina, brian] = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)]));
        lab.must("customers.update", amina, &[("company", "Acme")]);
        let both = Request::new(find("customers.update")).on(amina, None).on(brian, None).with("company", text("Acme"));
        lab.store.perform(&lab.admin, &both).unwrap();
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((last.meant, last.records, last.moves_money), (1, 1, false));
        assert_eq!(last.summary, "update CUS-000002 Brian");
    }

    fn what_moved_money_is_known_as_such(lab) {
        let [amina, brian] = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)]));
        let moves_money = || lab.store.last_undoable(&lab.admin).unwrap().unwrap().moves_money;
        assert!(!moves_money());
        lab.must("customers.adjust_wallet", amina, &[("amount", "40"), ("note", "goodwill")]);
        assert!(moves_money());
        lab.must("customers.merge", amina, &[("into", "CUS-000002")]);
        assert!(moves_money(), "both wallets");
        assert_eq!(lab.value("customers", brian, "wallet_balance"), "40.00");
        // In cash as well.
        let payment = [("customer", "CUS-000002"), ("amount", "5"), ("method", "cash")];
        lab.make("payments.record", &payment);
        assert!(moves_money());
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        lab.store.undo(&lab.admin, last.id).unwrap();
        assert!(lab.store.last_redoable(&lab.admin).unwrap().unwrap().moves_money);
    }

    fn records_that_are_made_at_once_are_what_was_meant(lab) {
        let plan = [("name", "Home"), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "9"), ("currency", "KES")];
        lab.make("plans.create", &plan);
        lab.make("voucher_batches.generate", &[("plan", "Home"), ("name", "T"), ("quantity", "30")]);
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((last.meant, last.records), (30, 31), "{last:?}");
    }

    fn what_taking_back_comes_to_is_known_before(lab) {
        let customers = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)]));
        let mut request = lab.request("customers.top_up", &[("amount", "2.50")]);
        for id in customers {
            request = request.on(id, None);
        }
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((last.id, last.summary.as_str(), last.meant), (done.operation, "top_up 2 customers", 2));
        assert!(last.records > 2, "{last:?}");
        let foreseen = lab.store.foresee_undo(&lab.admin, done.operation).unwrap();
        let mut moved: Vec<_> = foreseen.moved.iter().map(|moved| (moved.customer.as_str(), moved.amount.to_string())).collect();
        moved.sort();
        assert_eq!(moved, [("CUS-000001 Amina", "-2.50".to_owned()), ("CUS-000002 Brian", "-2.50".to_owned())]);
        assert_eq!(lab.value("customers", customers[0], "wallet_balance"), "2.50", "it was tried alone");
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        let again = lab.store.last_redoable(&lab.admin).unwrap().unwrap();
        assert_eq!((again.id, again.meant), (undone.operation, 2));
        // What stands in its way is told as well.
        let suspended = lab.must("customers.suspend", customers[0], &[]);
        lab.must("customers.terminate", customers[0], &[]);
        let foreseen = lab.store.foresee_undo(&lab.admin, suspended.operation).unwrap();
        assert!(foreseen.refused.is_some(), "{foreseen:?}");
        let foreseen = lab.store.foresee_undo(&lab.admin, done.operation).unwrap();
        assert_eq!(foreseen.refused.as_deref(), Some("this was taken back already"));
    }

    fn many_at_once_and_back(lab) {
        let customers: Vec<Id> = (0..603).map(|n| lab.make("customers.create", &[("name", &format!("Customer {n}"))])).collect();
        let mut request = Request::new(find("customers.suspend"));
        request.reason = Some("unpaid".into());
        for id in &customers {
            request = request.on(*id, Some(1));
        }
        // One that is suspended already stands in the way of all, unless the rest is enough.
        lab.must("customers.suspend", customers[7], &[]);
        let refused = lab.store.perform(&lab.admin, &request).unwrap_err();
        assert!(matches!(refused.failure(), Failure::RefusedRows(rows) if rows.len() == 1 && rows[0].0 == customers[7]), "{refused}");
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 1);
        request.partly = true;
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        assert_eq!((done.records.len(), done.refused.len(), done.refused[0].0), (602, 1, customers[7]));
        let last = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        assert_eq!((last.records, last.summary.as_str()), (602, "suspend 602 customers"));
        let events = lab.store.history(&lab.admin, entity("customers"), customers[0], 10).unwrap();
        assert_eq!((events.len(), events[0].action.as_str(), events[0].changes.len()), (2, "customers.suspend", 1));
        // A change to one of them stands in the way of taking it all back.
        lab.must("customers.terminate", customers[9], &[]);
        assert!(lab.store.undo(&lab.admin, done.operation).is_err());
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 602);
        let terminated = lab.store.last_undoable(&lab.admin).unwrap().unwrap();
        lab.store.undo(&lab.admin, terminated.id).unwrap();
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!((undone.records.len(), lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'")), (602, 1));
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(lab.raw().number("count(*)", "FROM customers WHERE status = 'suspended'"), 603);
        assert!(matches!(lab.store.verify_audit(&lab.admin).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }

    fn exactly_the_listed_moves_are_open(lab) {
        let mut tried = 0;
        for kind in entities::all().filter(|kind| kind.lifecycle.is_some()) {
            let lifecycle = kind.lifecycle.unwrap();
            let moves = |operation: &&Operation| {
                operation.takes_records() && lifecycle.moves.iter().any(|m| m.verb == operation.verb())
            };
            for operation in operation::of(kind).filter(moves) {
                for state in lifecycle.states {
                    tried += 1;
                    let listed = lifecycle.moves.iter().find(|m| m.verb == operation.verb() && m.from.contains(state));
                    // One on which it goes well where it is open, as its fixture makes it; then in this state.
                    let request = fixtures::valid(lab, &lab.admin, operation);
                    let id = request.aims.first().expect("a record").id;
                    let as_made = lab.value(kind.name, id, "status") == *state;
                    if !as_made {
                        fixtures::put_into_state(lab, kind, id, state);
                    }
                    match (listed, lab.store.perform(&lab.admin, &request)) {
                        (Some(listed), Ok(_)) => assert_eq!(lab.value(kind.name, id, "status"), listed.to, "{} from {state}", operation.name),
                        // The move is open, but what the workflow carries along is not as it would be in this state.
                        (Some(_), Err(other)) if !as_made && !matches!(operation.does, Does::Move(_)) => {
                            assert!(!is_about_the_state(&other), "{} from {state}: {other}", operation.name);
                        }
                        (Some(_), Err(other)) => panic!("{} from {state}: {other}", operation.name),
                        (None, outcome) => {
                            let refused = outcome.expect_err(operation.name);
                            assert!(is_about_the_state(&refused) && refused.to_string().contains(state), "{} from {state}: {refused}", operation.name);
                            assert_eq!(lab.value(kind.name, id, "status"), *state);
                        }
                    }
                }
            }
            // Every move of the lifecycle has its operation, or one of its own does it.
            for m in lifecycle.moves {
                let name = format!("{}.{}", kind.name, m.verb);
                assert!(operation::find(&name).is_some() || name == "incidents.reopen", "{name}");
            }
        }
        println!("{:?}: {tried} moves tried, listed and unlisted", lab.engine);
    }

    fn an_incident_is_acknowledged_and_resolved(lab) {
        let incident = fixtures::make(lab, &lab.admin, "incidents");
        lab.must("incidents.acknowledge", incident, &[]);
        let record = lab.record("incidents", incident);
        assert_eq!((record.get("acknowledged_by"), record.get("status")), (&text("admin"), &text("active")));
        lab.must("incidents.resolve", incident, &[]);
        assert!(!lab.record("incidents", incident).get("resolved_at").is_empty());
        for name in ["incidents.acknowledge", "incidents.resolve"] {
            assert!(matches!(lab.act(name, incident, &[]).unwrap_err().failure(), Failure::Refused(_)));
        }
    }

    /// What was changed and changed back stands in nobody's way.
    fn what_was_taken_back_is_no_change(lab) {
        let made = lab.store.perform(&lab.admin, &lab.request("customers.create", &[("name", "Amina")])).unwrap();
        let customer = made.records[0];
        let suspended = lab.must("customers.suspend", customer, &[]);
        let refused = lab.store.undo(&lab.admin, made.operation).unwrap_err();
        assert!(refused.to_string().contains("it was changed since"), "{refused}");
        let back = lab.store.undo(&lab.admin, suspended.operation).unwrap();
        let again = lab.store.undo(&lab.admin, back.operation).unwrap();
        let refused = lab.store.undo(&lab.admin, made.operation).unwrap_err();
        assert!(refused.to_string().contains("it was changed since"), "done again, it stands: {refused}");
        lab.store.undo(&lab.admin, again.operation).unwrap();
        lab.store.undo(&lab.admin, made.operation).unwrap();
        assert!(lab.find_record("customers", customer).is_none());
    }
}
