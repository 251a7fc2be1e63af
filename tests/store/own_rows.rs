//! What people keep for themselves: saved views, own and shared; watched records; how lists were left.

use headend::domain::{Id, Value};
use headend::store::list::ListRequest;
use headend::store::list_states::ListState;
use headend::store::operation::Request;
use headend::store::{Failure, Session, StoreError};
use serde_json::json;

use crate::common::lab::{entity, find, text};
use crate::common::{Lab, on_each_database};
use crate::fixtures;

fn view(name: &str) -> Request {
    Request::new(find("saved_views.create"))
        .with("name", text(name))
        .with("screen", text("customers"))
        .with("filter", text("status:suspended"))
}

fn save(lab: &Lab, who: &Session, name: &str) -> Id {
    lab.store.perform(who, &view(name)).unwrap().records[0]
}

fn names(lab: &Lab, who: &Session) -> Vec<String> {
    let request = ListRequest::all(entity("saved_views"), 100);
    let rows = lab.store.list(who, &request).unwrap().rows;
    rows.iter().map(|row| row.get("name").as_str().to_owned()).collect()
}

fn is_not_found<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome.unwrap_err().failure(), Failure::NotFound { .. })
}

fn is_not_allowed<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome.unwrap_err().failure(), Failure::NotAllowed { .. })
}

on_each_database! {
    fn views_are_seen_by_their_owner_and_shared_ones_by_all(lab) {
        let (amina, brian) = (lab.user("amina", "manager"), lab.user("brian", "manager"));
        let own = save(lab, &amina, "Debts");
        save(lab, &brian, "debts");
        assert_eq!((names(lab, &amina), names(lab, &brian)), (vec!["Debts".to_owned()], vec!["debts".to_owned()]));
        let update = |who: &Session| lab.store.perform(who, &Request::new(find("saved_views.update")).on(own, None).with("filter", text("status:active")));
        assert!(is_not_found(update(&brian)));
        assert!(is_not_allowed(lab.store.perform(&amina, &Request::new(find("saved_views.share")).on(own, None))));

        // Who may share gives it to all; others use it and leave it as it is.
        let boss = lab.user("boss", "admin");
        let shared = save(lab, &boss, "Late payers");
        lab.store.perform(&boss, &Request::new(find("saved_views.share")).on(shared, None)).unwrap();
        assert_eq!(names(lab, &amina), ["Debts", "Late payers"]);
        let touch = |name: &str| lab.store.perform(&amina, &Request::new(find(name)).on(shared, None).with("letter", text("z")));
        assert!(is_not_allowed(touch("saved_views.update")));
        assert!(is_not_allowed(lab.store.perform(&amina, &Request::new(find("saved_views.delete")).on(shared, None))));
        assert!(lab.store.perform(&boss, &Request::new(find("saved_views.update")).on(shared, None).with("letter", text("z"))).is_ok());
        // Shared again it is theirs alone who did it, and back.
        let again = lab.store.perform(&boss, &Request::new(find("saved_views.share")).on(shared, None)).unwrap();
        assert_eq!((names(lab, &amina), names(lab, &boss)), (vec!["Debts".to_owned()], vec!["Late payers".to_owned()]));
        lab.store.undo(&boss, again.operation).unwrap();
        assert_eq!(names(lab, &amina), ["Debts", "Late payers"]);
        // People of a partner see no filter of the house.
        let partner = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        let request = Request::new(find("users.create")).with("username", text("pat")).with("roles", text("partner")).with("partner", Value::Id(partner));
        let pat = lab.store.perform(&lab.admin, &request).unwrap().records[0];
        let pat = lab.session_of(&lab.admin, pat);
        save(lab, &pat, "Mine");
        assert_eq!(names(lab, &pat), ["Mine"]);
    }

    fn a_view_that_its_list_could_not_show_is_refused(lab) {
        for (field, value, why) in [
            ("screen", text("bananas"), "no list of ‘bananas’"),
            ("filter", text("status:nonsense"), "nonsense"),
            ("sort", text("access_password"), "not sorted by"),
            ("letter", text("é"), "one of a to z"),
            ("shown_columns", Value::Json(json!([{"field": "access_password"}])), "no column"),
        ] {
            let mut request = view("a");
            request.values.retain(|(name, _)| *name != field);
            let refused = lab.store.perform(&lab.admin, &request.with(field, value)).unwrap_err();
            assert!(matches!(refused.failure(), Failure::Invalid(problems) if problems[0].field == field), "{field}: {refused}");
            assert!(refused.to_string().contains(why), "{field}: {refused}");
        }
        save(lab, &lab.admin, "Debts");
        let twice = lab.store.perform(&lab.admin, &view("debts")).unwrap_err();
        assert!(matches!(twice.failure(), Failure::Invalid(problems) if problems[0].field == "name"), "{twice}");
    }

    fn who_watches_is_told_what_others_change(lab) {
        let (amina, brian) = (lab.user("amina", "manager"), lab.user("brian", "manager"));
        let customer = lab.make("customers.create", &[("name", "Chipo")]);
        let other = lab.make("customers.create", &[("name", "Otter")]);
        let watch = |who: &Session, kind: &str, id: Id| {
            lab.store.perform(who, &Request::new(find("watches.create")).with("entity_type", text(kind)).with("record_id", Value::Id(id)).with("title", text("Chipo")))
        };
        watch(&amina, "customers", customer).unwrap();
        assert!(watch(&amina, "customers", customer).is_err(), "once is enough");
        assert!(lab.store.watch_on(&brian, entity("customers"), customer).unwrap().is_none());
        let update = |who: &Session, id: Id, notes: &str| {
            lab.store.perform(who, &Request::new(find("customers.update")).on(id, None).with("notes", text(notes))).unwrap()
        };
        update(&amina, customer, "my own");
        update(&brian, other, "unwatched");
        assert_eq!(lab.store.watched_changes(&amina, None).unwrap(), []);
        update(&brian, customer, "theirs");
        let told = lab.store.watched_changes(&amina, None).unwrap();
        assert_eq!(told.iter().map(|t| (t.record, t.change.as_str(), t.by.as_str())).collect::<Vec<_>>(), [(customer, "customers.update", "brian")]);
        assert_eq!(lab.store.watched_changes(&amina, Some(told[0].at)).unwrap(), []);
        assert_eq!(lab.store.watched_changes(&brian, None).unwrap(), []);
        lab.store.seen(&amina, entity("customers"), customer).unwrap();
        assert_eq!(lab.store.watched_changes(&amina, None).unwrap(), []);
        // One among many is told too.
        let mut many = Request::new(find("customers.suspend"));
        for id in [customer, other] {
            many = many.on(id, None);
        }
        lab.store.perform(&brian, &many).unwrap();
        assert_eq!(lab.store.watched_changes(&amina, None).unwrap()[0].change, "customers.suspend");
        // Nobody watches what they do not see.
        let clerk = lab.user("clerk", "stock");
        assert!(is_not_allowed(watch(&clerk, "customers", customer)));
        assert!(watch(&amina, "customers", Id::new()).unwrap_err().to_string().contains("no such customer"));
        assert!(watch(&amina, "bananas", customer).unwrap_err().to_string().contains("bananas"));
    }

    fn each_person_finds_their_lists_as_they_left_them(lab) {
        let (amina, brian) = (lab.user("amina", "manager"), lab.user("brian", "manager"));
        let left = |filter: &str, opens_with: Option<Id>| ListState { screen: "customers".into(), state: json!({"filter": filter}), opens_with };
        lab.store.keep_list_state(&amina, &left("a", None)).unwrap();
        let view = Some(Id::new());
        lab.store.keep_list_state(&amina, &left("b", view)).unwrap();
        lab.store.keep_list_state(&brian, &left("c", None)).unwrap();
        assert_eq!(lab.store.list_states(&amina).unwrap(), [left("b", view)]);
        assert_eq!(lab.store.list_states(&brian).unwrap(), [left("c", None)]);
        let reader = Session { read_only: true, ..brian.clone() };
        assert!(matches!(lab.store.keep_list_state(&reader, &left("d", None)).unwrap_err().failure(), Failure::ReadOnly(_)));
        assert_eq!(lab.store.list_states(&brian).unwrap(), [left("c", None)]);
        // What is remembered is no operation: there is nothing to take back, nothing in the log.
        assert!(lab.store.last_undoable(&amina).unwrap().is_none());
        fixtures::make(lab, &lab.admin, "saved_views");
    }
}
