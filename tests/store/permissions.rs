//! Who may do what: every operation of the registry by somebody without a role, with one, with one
//! and the right taken away, with the right alone, and by people of a partner or distributor.

use headend::domain::{Id, Value};
use headend::store::aims::Aims;
use headend::store::entity::{Field, Visibility};
use headend::store::list::{Effort, ListRequest, parse_filter};
use headend::store::operation::Request;
use headend::store::session::Scope;
use headend::store::{Failure, Record, Session, StoreError, entities};

use crate::common::lab::{entity, find, text};
use crate::common::{Lab, on_each_database};
use crate::fixtures;
use crate::snapshot::Watch;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    NotAllowed,
    /// As if the record were not there.
    NotFound,
    Refused,
}

fn outcome<T>(result: &Result<T, StoreError>) -> Outcome {
    match result.as_ref().map_err(StoreError::failure) {
        Ok(_) => Outcome::Done,
        Err(Failure::NotAllowed { .. }) => Outcome::NotAllowed,
        Err(Failure::NotFound { .. }) => Outcome::NotFound,
        Err(Failure::Refused(_)) => Outcome::Refused,
        // It is told at the field that says whose it is.
        Err(Failure::Invalid(problems))
            if problems.iter().all(|problem| problem.message.contains("would not be among those")) =>
        {
            Outcome::Refused
        }
        Err(other) => panic!("{other}"),
    }
}

/// A new user, logged in.
fn person(lab: &Lab, values: &[(&'static str, Value)]) -> Session {
    let mut request = Request::new(find("users.create")).with("username", text(&format!("person{}", fixtures::next())));
    request.values.extend_from_slice(values);
    let user = lab.store.perform(&lab.admin, &request).unwrap_or_else(|error| panic!("{values:?}: {error}")).records[0];
    lab.session_of(&lab.admin, user)
}

/// Whether a record belongs to the person of a session.
fn is_own(session: &Session, record: &Record) -> bool {
    let field = record.entity.owner.and_then(|owner| record.entity.field(owner.field)).and_then(Field::id_name);
    field.is_some_and(|field| record.get(field).as_id() == session.user() && session.user().is_some())
}

fn list(permission: &str) -> Value {
    Value::Json(serde_json::json!([permission]))
}

/// What a session may not do that it should, or does that it should not. A refused request is good for another try.
fn check(lab: &Lab, watch: &Watch, request: &Request, who: &str, session: &Session, wanted: Outcome) -> Option<String> {
    let name = request.operation.name;
    fixtures::hand_over(lab, request, session);
    let before = watch.mark();
    let found = outcome(&fixtures::perform(lab, session, &Request { id: Id::new(), ..request.clone() }));
    if found != wanted {
        return Some(format!("{name} by {who}: {found:?}, not {wanted:?}"));
    }
    let left = if wanted == Outcome::Done { Vec::new() } else { watch.since(before) };
    (!left.is_empty()).then(|| format!("{name} by {who} left {left:?}"))
}

/// Every operation of a share by people with the right and without it.
fn need_permission(lab: &Lab, share: usize) {
    let admin = ("roles", text("super_admin"));
    let nobody = person(lab, &[]);
    let boss = person(lab, std::slice::from_ref(&admin));
    let watch = Watch::over(lab);
    let (mut wrong, mut tries) = (Vec::new(), 0);
    for operation in fixtures::share(share) {
        let own = list(operation.name);
        let without = person(lab, &[admin.clone(), ("removed_permissions", own.clone())]);
        let of_domain = list(&format!("{}.*", operation.entity.name));
        let without_all = person(lab, &[admin.clone(), ("removed_permissions", of_domain)]);
        let with = person(lab, &[("added_permissions", own.clone())]);
        let both = person(lab, &[("added_permissions", own.clone()), ("removed_permissions", own)]);
        // The same request that four may not make goes well when the fifth does.
        let request = fixtures::valid(lab, &lab.admin, operation);
        for (who, session, wanted) in [
            ("somebody without a role", &nobody, Outcome::NotAllowed),
            ("super_admin without it", &without, Outcome::NotAllowed),
            ("super_admin without its domain", &without_all, Outcome::NotAllowed),
            ("somebody with it and without it", &both, Outcome::NotAllowed),
            ("super_admin", &boss, Outcome::Done),
        ] {
            wrong.extend(check(lab, &watch, &request, who, session, wanted));
            tries += 1;
        }
        // Who makes a user gives roles away, who keeps a record in sight sees it: both take more than the one right.
        let keeps = matches!(operation.name, "watches.create" | "pins.create" | "reminders.create");
        if operation.name != "users.create" && !keeps {
            let request = fixtures::valid(lab, &lab.admin, operation);
            wrong.extend(check(lab, &watch, &request, "somebody with it alone", &with, Outcome::Done));
            tries += 1;
        }
    }
    println!(
        "{:?}: {} operations, {tries} tries by permission: {} violations",
        lab.engine,
        fixtures::share(share).count(),
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
}

/// Every operation of a share by somebody of a partner, on records that are not theirs.
fn stay_out_of_sight(lab: &Lab, share: usize) {
    let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
    let session = person(lab, &[("roles", text("super_admin")), ("partner", Value::Id(ours))]);
    let watch = Watch::over(lab);
    let mut wrong = Vec::new();
    for operation in fixtures::share(share) {
        // The fixtures' records belong to others: they are not there, and none can be made so.
        let request = fixtures::valid(lab, &lab.admin, operation);
        let before = watch.mark();
        let result = fixtures::perform(lab, &session, &request);
        // What one keeps for oneself is nobody else's: it can be made, and shows to its maker alone.
        if operation.entity.owner.is_some()
            && let Ok(done) = &result
        {
            let (made, kind) = (done.records[0], operation.entity);
            // Unless somebody oversees them.
            let of_others = lab.store.get(&lab.admin, kind, made).unwrap().filter(|_| kind.overseen_with.is_none());
            if operation.takes_records()
                || of_others.is_some()
                || lab.store.get(&session, kind, made).unwrap().is_none()
            {
                wrong.push(format!("{}: not their own: {of_others:?}", operation.name));
            }
            continue;
        }
        let left = watch.since(before);
        if !left.is_empty() || result.is_ok() {
            wrong.push(format!("{}: {result:?} left {left:?}", operation.name));
        }
    }
    println!(
        "{:?}: {} operations by a partner's person on others' records: {} violations",
        lab.engine,
        fixtures::share(share).count(),
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
}

on_each_database! {
    fn every_operation_needs_its_permission_1_of_4(lab) {
        need_permission(lab, 0);
    }

    fn every_operation_needs_its_permission_2_of_4(lab) {
        need_permission(lab, 1);
    }

    fn every_operation_needs_its_permission_3_of_4(lab) {
        need_permission(lab, 2);
    }

    fn every_operation_needs_its_permission_4_of_4(lab) {
        need_permission(lab, 3);
    }

    fn the_checker_sees_a_right_too_many_and_one_too_few(lab) {
        let operation = find("customers.suspend");
        let (boss, nobody) = (person(lab, &[("roles", text("super_admin"))]), person(lab, &[]));
        let (watch, request) = (Watch::over(lab), fixtures::valid(lab, &lab.admin, operation));
        assert!(check(lab, &watch, &request, "a", &nobody, Outcome::Done).is_some());
        assert!(check(lab, &watch, &request, "b", &boss, Outcome::NotAllowed).is_some());
    }

    fn looking_needs_its_permission_too(lab) {
        let nobody = person(lab, &[]);
        fixtures::make(lab, &lab.admin, "devices");
        for kind in entities::all() {
            let all = parse_filter(kind, "", lab.locale()).unwrap();
            let looks = [
                outcome(&lab.store.list(&nobody, &ListRequest::all(kind, 10))),
                outcome(&lab.store.count(&nobody, kind, &all, 10, Effort::Whole)),
                outcome(&lab.store.mark(&nobody, kind, &all, &mut |_| true)),
                outcome(&lab.store.states_of(&nobody, kind, &Aims::default())),
                outcome(&lab.store.get(&nobody, kind, Id::new())),
                outcome(&lab.store.get_named(&nobody, kind, "x")),
                outcome(&lab.store.history(&nobody, kind, Id::new(), 10)),
            ];
            assert_eq!(looks, [Outcome::NotAllowed; 7], "{}", kind.name);
        }
        assert!(lab.store.find(&nobody, "amina", 10).unwrap().is_empty());
        assert!(outcome(&lab.store.verify_audit(&nobody)) == Outcome::NotAllowed);
        let overview = lab.store.overview(&nobody).unwrap();
        assert!(overview.customers.is_none() && overview.devices.is_none());
        // A filter does not look where its author may not.
        let seller = person(lab, &[("added_permissions", list("devices.read"))]);
        for filter in ["customer.name:amina", "has:(incidents severity:critical)"] {
            let devices = entity("devices");
            let resolved = parse_filter(devices, filter, lab.locale()).unwrap();
            assert_eq!(outcome(&lab.store.count(&seller, devices, &resolved, 10, Effort::Whole)), Outcome::NotAllowed, "{filter}");
        }
    }

    fn what_a_cell_prints_of_another_record_can_be_asked_for(lab) {
        let olt = lab.make("sites.create", &[("name", "Ruiru POP"), ("city", "Ruiru")]).to_string();
        let amina = lab.make("customers.create", &[("name", "Amina")]);
        let number = lab.value("customers", amina, "number");
        let customer = amina.to_string();
        lab.make("devices.create", &[("name", "olt1"), ("device_type", "olt"), ("site", &olt), ("customer", &customer)]);
        let looker = person(lab, &[("added_permissions", list("devices.read"))]);
        let devices = entity("devices");
        let counted = |filter: &str| {
            let resolved = parse_filter(devices, filter, lab.locale()).unwrap();
            lab.store.count(&looker, devices, &resolved, 10, Effort::Whole).map(|count| count.number).map_err(|error| error.to_string())
        };
        assert_eq!(counted("site:\"ruiru pop\""), Ok(1));
        assert_eq!(counted("site=\"Ruiru POP\""), Ok(1));
        assert_eq!(counted("site:other"), Ok(0));
        assert_eq!(counted(&format!("customer:{number}")), Ok(1));
        // Not what it is called besides, nor anything else of it.
        assert_eq!(counted("customer:amina"), Ok(0));
        assert!(counted("site.city:ruiru").unwrap_err().contains("sites.read"));
        // Nor which others there are.
        let names = |session: &Session| lab.store.values_of(session, devices, devices.field("site").unwrap(), "ru", 5).unwrap();
        assert_eq!((names(&lab.admin), names(&looker)), (vec!["Ruiru POP".to_owned()], Vec::new()));
    }

    fn what_somebody_said_stays_as_they_said_it(lab) {
        let ticket = lab.make("tickets.create", &[("title", "Down")]);
        let said = |by: &Session, text: &str| {
            lab.store.perform(by, &lab.request("tickets.comment", &[("content", text)]).on(ticket, None)).unwrap();
            let all = lab.store.list(&lab.admin, &ListRequest::all(entity("ticket_comments"), 50)).unwrap().rows;
            all.iter().find(|comment| comment.get("content").as_str() == text).unwrap().id
        };
        let clerk = person(lab, &[("username", text("clerk")), ("roles", text("customer_care"))]);
        let other = person(lab, &[("username", text("other")), ("roles", text("operator"))]);
        let (mine, theirs) = (said(&clerk, "I rang them"), said(&lab.admin, "rebooted"));
        let change = |by: &Session, id: Id| {
            lab.store.perform(by, &lab.request("ticket_comments.update", &[("content", "FORGED")]).on(id, None)).map_err(|error| error.to_string())
        };
        let remove = |by: &Session, id: Id| {
            lab.store.perform(by, &lab.request("ticket_comments.delete", &[]).on(id, None)).map_err(|error| error.to_string())
        };
        for (by, id) in [(&clerk, theirs), (&other, mine), (&lab.admin, mine)] {
            assert!(change(by, id).unwrap_err().contains("stays as they said it"));
        }
        for (by, id) in [(&clerk, theirs), (&other, mine)] {
            assert!(remove(by, id).unwrap_err().contains("is taken away by them"));
        }
        change(&clerk, mine).unwrap();
        remove(&lab.admin, mine).unwrap();
        remove(&lab.admin, theirs).unwrap();
    }

    fn who_may_do_more_is_locked_by_nobody_who_may_do_less(lab) {
        let clerk = person(lab, &[("username", text("people")), ("roles", text("restricted_admin"))]);
        let viewer = lab.make("users.create", &[("username", "viewer"), ("roles", "viewer")]);
        let chief = lab.make("users.create", &[("username", "chief"), ("roles", "super_admin"), ("password", "a long walk by the canal")]);
        for operation in ["users.lock", "users.delete"] {
            let refused = lab.store.perform(&clerk, &lab.request(operation, &[]).on(chief, None)).unwrap_err();
            assert!(refused.to_string().contains("somebody who may do everything"), "{operation}: {refused}");
        }
        let demoted = lab.store.perform(&clerk, &lab.request("users.update", &[("roles", "viewer")]).on(chief, None)).unwrap_err();
        assert!(demoted.to_string().contains("somebody who may do what you may not"), "{demoted}");
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]).to_string();
        for (field, value) in [("removed_permissions", r#"["users.read"]"#), ("partner", ours.as_str())] {
            let narrowed = lab.store.perform(&clerk, &lab.request("users.update", &[(field, value)]).on(chief, None)).unwrap_err();
            assert!(narrowed.to_string().contains("somebody who may do what you may not"), "{field}: {narrowed}");
            lab.store.perform(&clerk, &lab.request("users.update", &[(field, value)]).on(viewer, None)).unwrap_or_else(|error| panic!("{field}: {error}"));
        }
        let all = lab.store.list(&lab.admin, &ListRequest::all(entity("role_assignments"), 50)).unwrap().rows;
        let given = all.iter().find(|given| given.get("user_id").as_id() == Some(chief)).unwrap().id;
        for operation in ["role_assignments.suspend", "role_assignments.delete"] {
            let refused = lab.store.perform(&clerk, &lab.request(operation, &[]).on(given, None)).unwrap_err();
            assert!(refused.to_string().contains("take away the role super_admin"), "{operation}: {refused}");
        }
        let given = lab.store.perform(&clerk, &lab.request("users.update", &[("roles", "staff")]).on(viewer, None)).unwrap_err();
        assert!(given.to_string().starts_with("you may not give the role staff: it needs the permission"), "{given}");
        lab.store.perform(&clerk, &lab.request("users.lock", &[]).on(viewer, None)).unwrap();
    }

    fn what_a_partner_makes_is_the_partners(lab) {
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        let theirs = lab.make("organizations.create", &[("name", "theirs"), ("kind", "partner")]).to_string();
        let partner = person(lab, &[("username", text("juma")), ("roles", text("partner")), ("partner", Value::Id(ours))]);
        let make = |operation: &str, values: &[(&str, &str)]| {
            lab.store.perform(&partner, &lab.request(operation, values)).map(|done| done.records[0])
        };
        let customer = make("customers.create", &[("name", "Zuri")]).unwrap();
        assert_eq!(lab.value("customers", customer, "organization"), "ours");
        let lead = make("leads.create", &[("title", "Amina"), ("contact_phone", "+254700000001")]);
        let lead = lead.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lab.value("leads", lead, "partner"), "ours");
        // What is somebody else's, and what is nobody's, is told at its field.
        let Failure::Invalid(problems) = make("customers.create", &[("name", "Zuri"), ("organization", &theirs)]).unwrap_err().into_failure() else {
            panic!("another's is refused");
        };
        assert_eq!(problems[0].field, "organization", "{problems:?}");
        let Failure::Invalid(problems) = make("tickets.create", &[("title", "Down")]).unwrap_err().into_failure() else {
            panic!("nobody's is refused");
        };
        assert_eq!(problems[0].field, "customer", "{problems:?}");
    }

    fn nobody_gives_away_what_they_may_not_do(lab) {
        let clerk = person(lab, &[("roles", text("restricted_admin"))]);
        let make = |field: &'static str, value: Value| {
            let request = Request::new(find("users.create")).with("username", text(&format!("new{}", fixtures::next()))).with(field, value);
            outcome(&lab.store.perform(&clerk, &request))
        };
        assert_eq!(make("roles", text("super_admin")), Outcome::NotAllowed);
        assert_eq!(make("roles", text("viewer, manager")), Outcome::NotAllowed);
        assert_eq!(make("roles", text("viewer")), Outcome::Done);
        assert_eq!(make("added_permissions", list("customers.suspend")), Outcome::NotAllowed);
        assert_eq!(make("added_permissions", list("*")), Outcome::NotAllowed);
        assert_eq!(make("added_permissions", list("customers.read")), Outcome::Done);
        // Nor to themselves.
        let own = Request::new(find("users.update")).on(clerk.user().unwrap(), None).with("roles", text("admin"));
        assert_eq!(outcome(&lab.store.perform(&clerk, &own)), Outcome::NotAllowed);
    }

    fn one_who_may_do_everything_stays(lab) {
        let founder = lab.admin.user().unwrap();
        let second = lab.user("second", "viewer").user().unwrap();
        let assignment = |user: Id| {
            let request = ListRequest {
                entity: entity("role_assignments"),
                fields: entity("role_assignments").fields.iter().collect(),
                filter: headend::domain::filter::Resolved::All,
                sort: Vec::new(),
                limit: 100,
                from: headend::store::list::From::Start,
                effort: Effort::Whole,
            };
            let rows = lab.store.list(&lab.admin, &request).unwrap().rows;
            rows.into_iter().find(|row| row.get("user_id").as_id() == Some(user)).unwrap().id
        };
        let last = |what: &str, outcome: Result<headend::store::Done, StoreError>| {
            let told = outcome.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(told.contains("nobody would be left who may do everything"), "{what}: {told}");
        };
        last("roles", lab.act("users.update", founder, &[("roles", "viewer")]));
        last("no role", lab.act("users.update", founder, &[("roles", "")]));
        for step in ["lock", "delete"] {
            last(step, lab.act(&format!("users.{step}"), founder, &[]));
        }
        for step in ["deactivate", "suspend", "delete"] {
            last(step, lab.act(&format!("role_assignments.{step}"), assignment(founder), &[]));
        }
        assert_eq!(lab.value("users", founder, "roles"), "super_admin");
        // Where there is another, they may go; those who are locked count for nothing.
        lab.must("users.update", second, &[("roles", "super_admin")]);
        lab.must("users.lock", second, &[]);
        last("the other is locked", lab.act("users.update", founder, &[("roles", "viewer")]));
        lab.must("users.unlock", second, &[]);
        lab.must("role_assignments.deactivate", assignment(second), &[]);
        last("the other's role rests", lab.act("role_assignments.delete", assignment(founder), &[]));
        lab.must("role_assignments.activate", assignment(second), &[]);
        lab.must("users.update", second, &[("roles", "super_admin, viewer")]);
        lab.must("users.update", founder, &[("roles", "super_admin, viewer")]);
        lab.must("users.lock", second, &[]);
        lab.must("users.unlock", second, &[]);
        lab.must("role_assignments.deactivate", assignment(founder), &[]);
    }

    fn people_of_a_partner_see_and_change_what_is_theirs(lab) {
        let [ours, others, distributor] = ["ours", "others", "distributor"].map(|name| {
            let kind = if name == "distributor" { "distributor" } else { "partner" };
            lab.make("organizations.create", &[("name", name), ("kind", kind)])
        });
        let mut raw = lab.raw();
        let ids = [Id::new(), lab.admin.tenant.id, distributor, ours].map(|id| raw.id(id));
        let now = raw.time(lab.store.now());
        raw.execute(&format!(
            "INSERT INTO distributor_partners (id, tenant_id, distributor_id, partner_id, assigned_at, is_active, created_at, updated_at) \
             VALUES ({}, {}, {}, {}, {now}, {}, {now}, {now})", ids[0], ids[1], ids[2], ids[3], if lab.is_postgres() { "true" } else { "1" }
        ));
        let customer = |name: &str, of: &str| lab.make("customers.create", &[("name", name), ("organization", of)]);
        let (mine, theirs) = (customer("Amina", "ours"), customer("Brian", "others"));
        let device = |name: &str, of: Id| {
            let number = lab.value("customers", of, "number");
            lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("customer", &number)])
        };
        let (my_device, their_device) = (device("box a", mine), device("box b", theirs));
        lab.make("devices.create", &[("name", "core"), ("device_type", "olt")]);
        fixtures::make(lab, &lab.admin, "sites");
        let scoped = |field: &'static str, of: Id| person(lab, &[("roles", text("super_admin")), (field, Value::Id(of))]);
        for session in [scoped("partner", ours), scoped("distributor", distributor)] {
            let seen = |kind: &str| -> Vec<Id> {
                let kind = entity(kind);
                lab.store.list(&session, &ListRequest::all(kind, 100)).unwrap().rows.iter().map(|row| row.id).collect()
            };
            assert_eq!((seen("customers"), seen("devices"), seen("organizations")), (vec![mine], vec![my_device], vec![ours]));
            for kind in entities::all().filter(|kind| kind.visibility == Visibility::Unseen) {
                // What belongs to people is seen by its owner, wherever they belong.
                let rows = lab.store.list(&session, &ListRequest::all(kind, 100)).unwrap().rows;
                assert!(rows.iter().all(|row| is_own(&session, row)), "{}: {rows:?}", kind.name);
                let all = parse_filter(kind, "", lab.locale()).unwrap();
                assert_eq!(lab.store.count(&session, kind, &all, 200, Effort::Whole).unwrap().number, u64::try_from(rows.len()).unwrap(), "{}", kind.name);
            }
            assert_eq!(seen("user_sessions").len(), 1);
            assert_eq!(seen("plans").len(), lab.store.list(&lab.admin, &ListRequest::all(entity("plans"), 100)).unwrap().rows.len());
            for (kind, id) in [("customers", theirs), ("devices", their_device), ("organizations", others)] {
                assert!(lab.store.get(&session, entity(kind), id).unwrap().is_none());
                assert_eq!(outcome(&lab.store.history(&session, entity(kind), id, 10)), Outcome::NotFound);
            }
            let found: Vec<Id> = lab.store.find(&session, "b", 10).unwrap().iter().flat_map(|found| found.records.iter().map(|r| r.id)).collect();
            assert_eq!(found, [my_device]);
            let overview = lab.store.overview(&session).unwrap();
            assert!(overview.customers.is_none() && overview.devices.is_none());
            assert!(lab.store.values_of(&session, entity("customers"), entity("customers").field("name").unwrap(), "", 10).unwrap() == ["Amina"]);

            let act = |name: &str, id: Id, field: &'static str, value: Value| {
                outcome(&lab.store.perform(&session, &Request::new(find(name)).on(id, None).with(field, value)))
            };
            assert_eq!(act("customers.update", theirs, "notes", text("x")), Outcome::NotFound);
            assert_eq!(act("customers.update", mine, "notes", text(session.actor_name())), Outcome::Done);
            // Out of sight, and into another's sight.
            assert_eq!(act("customers.update", mine, "organization", Value::Null), Outcome::Refused);
            assert_eq!(act("devices.update", my_device, "customer", Value::Null), Outcome::Refused);
            let new = |of: Value| outcome(&lab.store.perform(&session, &Request::new(find("customers.create")).with("name", text("C")).with("organization", of)));
            // Of several partners none is meant by itself.
            if session.scope == Scope::Distributor(distributor) {
                assert_eq!(new(Value::Null), Outcome::Refused);
            }
            let other = Request::new(find("customers.create")).with("name", text("C")).with("organization", Value::Id(others));
            assert!(lab.store.perform(&session, &other).unwrap_err().to_string().contains("there is no such organization"));
        }
    }

    fn every_operation_by_somebody_of_a_partner_1_of_4(lab) {
        stay_out_of_sight(lab, 0);
    }

    fn every_operation_by_somebody_of_a_partner_2_of_4(lab) {
        stay_out_of_sight(lab, 1);
    }

    fn every_operation_by_somebody_of_a_partner_3_of_4(lab) {
        stay_out_of_sight(lab, 2);
    }

    fn every_operation_by_somebody_of_a_partner_4_of_4(lab) {
        stay_out_of_sight(lab, 3);
    }

    fn a_right_that_was_taken_counts_on_the_next_write(lab) {
        let session = lab.user("amina", "manager");
        let customer = fixtures::make(lab, &lab.admin, "customers");
        let write = |notes: &str| outcome(&lab.store.perform(&session, &Request::new(find("customers.update")).on(customer, None).with("notes", text(notes))));
        assert_eq!(write("a"), Outcome::Done);
        lab.must("users.update", session.user().unwrap(), &[("roles", "viewer")]);
        assert_eq!(write("b"), Outcome::NotAllowed);
        lab.must("users.update", session.user().unwrap(), &[("roles", "staff")]);
        assert_eq!(write("c"), Outcome::Done);
        lab.must("users.update", session.user().unwrap(), &[("removed_permissions", r#"["customers.update"]"#)]);
        assert_eq!(write("d"), Outcome::NotAllowed);
        assert_eq!(lab.value("customers", customer, "notes"), "c");
    }
}
