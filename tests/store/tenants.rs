//! Tenants are sealed from each other: every operation of the registry and every way of looking,
//! tried on another tenant's records, finds and changes nothing and says what it says of records
//! that do not exist.

use headend::domain::{Id, Value};
use headend::store::list::{ListRequest, parse_filter};
use headend::store::operation::{self, Request};
use headend::store::schema::TABLES;
use headend::store::setup::{self, Founding};
use headend::store::{Session, entities};

use crate::common::lab::{entity, founding, key};
use crate::common::raw::Raw;
use crate::common::{Lab, on_each_database};
use crate::fixtures;
use crate::snapshot::{Mark, Watch};

/// Founds a second tenant and opens its administrator's session.
pub fn found_another(lab: &Lab) -> Session {
    let founding = Founding { admin: "boss".into(), ..founding("otternet") };
    setup::found_another(&lab.owner, &founding, &key()).expect("a second tenant");
    let mut raw = lab.raw();
    let rest = "FROM users WHERE username = 'boss'";
    let user = id_of(&raw.texts(&raw.hex_of_id("id"), rest)[0]);
    let tenant = id_of(&raw.texts(&raw.hex_of_id("tenant_id"), rest)[0]);
    let mut theirs = lab.admin.clone();
    theirs.tenant.id = tenant;
    lab.session_of(&theirs, user)
}

fn id_of(hex: &str) -> Id {
    hex.parse().expect("an id")
}

/// What is looked up before a tenant is known, and so is unique over all of them; what names records in its text; and what there are
/// few of, each of which its tenant has once.
const EACH_ITS_OWN: &[(&str, &str)] = &[
    ("access_servers", "nas_ip"),
    ("user_keys", "public_key"),
    ("api_tokens", "token"),
    ("settings", "key"),
    ("invitations", "token"),
    ("payments", "transaction_id"),
    ("pending_payments", "checkout_request_id"),
    ("vpn_peers", "public_key"),
    ("vpn_peers", "private_key"),
    // Not unique, but one of its pool's, and the pool is the tenant's own.
    ("ip_allocations", "ip_address"),
    ("journal_entries", "lines"),
    ("booking_groups", "devices"),
    ("booking_series", "devices"),
    ("booking_waitlist", "devices"),
];

/// An outcome in words, with the ids that were asked for taken out.
fn told<T: std::fmt::Debug>(outcome: Result<T, headend::store::StoreError>, ids: &[Id]) -> String {
    let mut words = match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}", error.failure()),
    };
    for id in ids {
        words = words.replace(&id.to_string(), "ID");
    }
    words
}

/// Every way of asking for one record.
fn looks(lab: &Lab, session: &Session, kind: &str, id: Id) -> Vec<String> {
    let (store, entity) = (&lab.store, entity(kind));
    vec![
        told(store.get(session, entity, id), &[id]),
        told(store.get_named(session, entity, &id.to_string()), &[id]),
        told(store.history(session, entity, id, 10), &[id]),
        told(store.names_of(session, kind, &[id]), &[id]),
    ]
}

/// Every way of looking at many records.
fn sweeps(lab: &Lab, session: &Session, hidden: &[String]) -> Vec<String> {
    let mut seen = Vec::new();
    for kind in entities::all() {
        let all = parse_filter(kind, "", lab.locale()).unwrap();
        seen.push(format!("{:?}", lab.store.list(session, &ListRequest::all(kind, 1_000)).map(|page| page.rows)));
        seen.push(format!("{:?}", lab.store.mark(session, kind, &all, &mut |_| true)));
        for field in kind.fields.iter().filter(|field| field.kind != headend::domain::Kind::Secret) {
            seen.push(format!("{:?}", lab.store.values_of(session, kind, field, "", 100)));
        }
    }
    for word in ["amina", "westlands", "10.0", "example.com", "mombasa", "a"] {
        seen.push(format!("{:?}", lab.store.find(session, word, 50)));
    }
    seen.into_iter().filter(|text| hidden.iter().any(|id| text.contains(id))).collect()
}

/// What of the first tenant shows to, or is changed by, a session of the second.
fn leaks(lab: &Lab, theirs: &Session, share: usize) -> (usize, Vec<String>) {
    let watch = Watch::over(lab);
    let mut wrong = Vec::new();
    let mut tries = 0;
    let mut hidden = Vec::new();
    for operation in fixtures::share(share) {
        let kind = operation.entity;
        let aimed = fixtures::valid(lab, &lab.admin, operation);
        let before = watch.mark();
        for aim in aimed.aims.iter() {
            hidden.push(aim.id.to_string());
            let mut ours = aimed.clone();
            let mut none = aimed.clone();
            let nobody = Id::new();
            for (request, id) in [(&mut ours, aim.id), (&mut none, nobody)] {
                request.id = Id::new();
                request.aims = [(id, None)].into_iter().collect();
            }
            let (ours, none) = (lab.store.perform(theirs, &ours), lab.store.perform(theirs, &none));
            let (ours, none) = (told(ours, &[aim.id, nobody]), told(none, &[aim.id, nobody]));
            if ours != none || ours.starts_with("Done") {
                wrong.push(format!("{}: {ours}, but for none: {none}", operation.name));
            }
            if looks(lab, theirs, kind.name, aim.id) != looks(lab, theirs, kind.name, nobody) {
                wrong.push(format!("{}: a record shows", kind.name));
            }
            tries += 6;
        }
        // Its own records do not point at another tenant's.
        for (field, value) in aimed.values.iter().filter(|(_, value)| matches!(value, Value::Id(_))) {
            let point_at = |id: Id| {
                let mut own = fixtures::valid(lab, theirs, operation);
                own.values.retain(|(name, _)| name != field);
                own.values.push((field, Value::Id(id)));
                told(fixtures::perform(lab, theirs, &own), &[id])
            };
            let (ours, none) = (point_at(value.as_id().unwrap()), point_at(Id::new()));
            if ours != none || ours.starts_with("Done") {
                wrong.push(format!("{}: {field} points across: {ours}", operation.name));
            }
            tries += 2;
        }
        // What is unique here may be there too.
        if !operation.takes_records() {
            fixtures::perform(lab, &lab.admin, &aimed).unwrap_or_else(|error| panic!("{}: {error}", operation.name));
            let before = watch.mark();
            let mut same = Request { id: Id::new(), ..aimed.clone() };
            let own = fixtures::valid(lab, theirs, operation);
            let is_own = |field: &str, value: &Value| {
                matches!(value, Value::Id(_)) || EACH_ITS_OWN.contains(&(kind.name, field))
            };
            for (field, value) in own.values.iter().filter(|(field, value)| is_own(field, value)) {
                same.values.retain(|(name, _)| name != field);
                same.values.push((field, value.clone()));
            }
            if let Err(error) = fixtures::perform(lab, theirs, &same) {
                wrong.push(format!("{}: another tenant's values clash: {error}", operation.name));
            }
            wrong.extend(changed(operation.name, lab, &watch, before));
            tries += 1;
        } else {
            wrong.extend(changed(operation.name, lab, &watch, before));
        }
    }
    let done = lab.must("customers.update", fixtures::make(lab, &lab.admin, "customers"), &[("notes", "ours")]);
    for undo in [
        told(lab.store.undo(theirs, done.operation), &[done.operation]),
        told(lab.store.undoable(theirs, done.operation), &[done.operation]),
    ] {
        let none = Id::new();
        if undo != told(lab.store.undo(theirs, none), &[none]) {
            wrong.push(format!("undo: {undo}"));
        }
        tries += 1;
    }
    hidden.push(lab.admin.tenant.id.to_string());
    wrong.extend(sweeps(lab, theirs, &hidden));
    (tries, wrong)
}

fn changed(name: &str, lab: &Lab, watch: &Watch, before: Mark) -> Vec<String> {
    let written = watch.since_of(before, lab.admin.tenant.id);
    written.into_iter().map(|table| format!("{name} changed {table}")).collect()
}

/// Every operation of a share and every way of looking, across tenants.
fn keep_apart(lab: &Lab, share: usize) {
    let theirs = found_another(lab);
    assert_ne!(theirs.tenant.id, lab.admin.tenant.id);
    let (tries, wrong) = leaks(lab, &theirs, share);
    println!(
        "{:?}: {} operations, {tries} tries across tenants: {} violations",
        lab.engine,
        fixtures::share(share).count(),
        wrong.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
    let pulse = lab.store.pulse(&theirs).unwrap();
    fixtures::make(lab, &lab.admin, "devices");
    assert_eq!(lab.store.pulse(&theirs).unwrap(), pulse);
    for session in [&lab.admin, &theirs] {
        assert!(matches!(lab.store.verify_audit(session).unwrap(), headend::store::audit::Verdict::Sound { .. }));
    }
}

on_each_database! {
    fn nothing_of_one_tenant_shows_to_another_1_of_4(lab) {
        keep_apart(lab, 0);
    }

    fn nothing_of_one_tenant_shows_to_another_2_of_4(lab) {
        keep_apart(lab, 1);
    }

    fn nothing_of_one_tenant_shows_to_another_3_of_4(lab) {
        keep_apart(lab, 2);
    }

    fn nothing_of_one_tenant_shows_to_another_4_of_4(lab) {
        keep_apart(lab, 3);
    }

    fn a_leak_would_be_found(lab) {
        let theirs = found_another(lab);
        let customer = fixtures::make(lab, &lab.admin, "customers");
        // As if a filter by tenant were missing: the record of one stands among the other's.
        let mut leaky = theirs.clone();
        leaky.tenant.id = lab.admin.tenant.id;
        assert_ne!(looks(lab, &leaky, "customers", customer), looks(lab, &leaky, "customers", Id::new()));
        assert!(!sweeps(lab, &leaky, &[customer.to_string()]).is_empty());
        assert!(sweeps(lab, &theirs, &[customer.to_string()]).is_empty());
    }
}

/// The tables that the program's role may look into at all.
fn readable(raw: &mut Raw) -> Vec<&'static str> {
    TABLES
        .iter()
        .map(|table| table.name)
        .filter(|table| raw.number(&format!("has_table_privilege('headend_app', '{table}', 'SELECT')::int"), "") == 1)
        .collect()
}

#[test]
fn postgres_itself_keeps_tenants_apart() {
    let lab = Lab::new(crate::common::Engine::Postgres);
    let theirs = found_another(&lab);
    for operation in operation::all().filter(|operation| !operation.takes_records()) {
        fixtures::perform(&lab, &lab.admin, &fixtures::valid(&lab, &lab.admin, operation)).unwrap();
        fixtures::perform(&lab, &theirs, &fixtures::valid(&lab, &theirs, operation)).unwrap();
    }
    let mut raw = lab.raw();
    let tables = readable(&mut raw);
    assert!(tables.len() > 30, "{tables:?}");
    // What a statement of the program's role sees when no tenant is set.
    let tenanted: Vec<&str> =
        TABLES.iter().filter(|t| t.column("tenant_id").is_some() || t.name == "tenants").map(|t| t.name).collect();
    raw.execute("SET ROLE headend_app");
    for table in tables.iter().filter(|table| tenanted.contains(table)) {
        assert_eq!(raw.number("count(*)", &format!("FROM {table}")), 0, "{table} without a tenant");
    }
    let (a, b) = (lab.admin.tenant.id, theirs.tenant.id);
    raw.execute(&format!("SET headend.tenant = '{a}'"));
    for table in tables.iter().filter(|table| tenanted.contains(table)) {
        let column = if *table == "tenants" { "id" } else { "tenant_id" };
        assert_eq!(
            raw.number("count(*)", &format!("FROM {table} WHERE {column} = '{b}'")),
            0,
            "{table} of the other tenant"
        );
        // Nor are rows of the other tenant changed, taken away or made.
        if let Ok(rows) = raw.try_texts("1", &format!("FROM {table} WHERE {column} = '{b}' FOR UPDATE")) {
            assert!(rows.is_empty(), "{table}");
        }
    }
    let refused = [
        format!(
            "INSERT INTO sites (id, tenant_id, name, name_key, created_at, updated_at) VALUES ('{}', '{b}', 'x', 'x', now(), now())",
            Id::new()
        ),
        format!("UPDATE customers SET tenant_id = '{b}'"),
        format!("UPDATE customers SET plan_id = '{}'", plan_of(&lab, b)),
        "SELECT * FROM search_documents".into(),
        "SELECT * FROM audit_log_default".into(),
        "CREATE TABLE mine (id int)".into(),
        "ALTER TABLE customers DISABLE ROW LEVEL SECURITY".into(),
        "DELETE FROM audit_log".into(),
        "UPDATE audit_log SET action = 'x'".into(),
        "TRUNCATE customers".into(),
        "SET ROLE headend_owner; CREATE TABLE mine (id int)".into(),
    ];
    let mut app = diesel::PgConnection::establish_as_app(&lab.url());
    for statement in &refused {
        let run = format!("BEGIN; SET LOCAL ROLE headend_app; SET LOCAL headend.tenant = '{a}'; {statement}");
        let outcome = diesel::connection::SimpleConnection::batch_execute(&mut app, &run);
        diesel::connection::SimpleConnection::batch_execute(&mut app, "ROLLBACK").unwrap();
        assert!(outcome.is_err(), "{statement}");
    }
    println!("{} tables, {} statements as headend_app: 0 rows across tenants", tables.len(), refused.len());
}

fn plan_of(lab: &Lab, tenant: Id) -> String {
    lab.raw().texts("id", &format!("FROM plans WHERE tenant_id = '{tenant}' LIMIT 1"))[0].clone()
}

trait EstablishAsApp {
    fn establish_as_app(url: &str) -> Self;
}

impl EstablishAsApp for diesel::PgConnection {
    fn establish_as_app(url: &str) -> Self {
        diesel::Connection::establish(url).expect("the program's own login")
    }
}
