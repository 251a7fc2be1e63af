//! Valid values for every kind of record, and records on which every operation can be tried: what
//! the matrices over the registry are made from. A kind or operation without a fixture fails them.

use std::sync::atomic::{AtomicU32, Ordering};

use headend::domain::{Id, Value};
use headend::store::bulk::{BulkRow, BulkRules, Phase, RowProblem, Rows, Source, Watch};
use headend::store::operation::{self, Does, Operation, Request};
use headend::store::{Done, Entity, Failure, Problem, Session, StoreError};

use crate::common::Lab;
use crate::common::lab::entity;

/// Tells apart what must be unique.
pub fn next() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

type Written = Vec<(&'static str, String)>;

fn written<const N: usize>(values: [(&'static str, &str); N]) -> Written {
    values.map(|(field, value)| (field, value.to_owned())).into()
}

/// What a new record of a kind is made from, as people write it: every field that may be set. What
/// it refers to is made by `maker`.
pub fn values(lab: &Lab, maker: &Session, kind: &str) -> Written {
    let n = next();
    let named = |field, what: &str| (field, format!("{what} {n}"));
    let refer = |field, kind: &str| (field, make(lab, maker, kind).to_string());
    let mut values = match kind {
        "customers" => written([
            ("phone", "+254 712 345 678"),
            ("address", "12 Riverside Drive\nNairobi"),
            ("company", "Wanjiru & Söhne"),
            ("currency", "USD"),
            ("expires_at", "2027-01-31T12:00:00Z"),
            ("connection_type", "pppoe"),
            ("access_password", "hunter2 and more"),
            ("mac_address", "00:1b:44:11:3a:b7"),
            ("contact", r#"{"telegram":"@amina","floors":[1,"2"]}"#),
            ("notes", "two lines\nof notes"),
        ]),
        "plans" => written([
            ("kind", "fiber"),
            ("download_mbps", "100"),
            ("upload_mbps", "50"),
            ("burst_download_mbps", "200"),
            ("burst_upload_mbps", "100"),
            ("price", "49.9001"),
            ("currency", "USD"),
            ("data_limit_gb", "500"),
            ("validity_days", "31"),
            ("session_minutes", "60"),
            ("description", "for homes"),
            ("is_active", "true"),
        ]),
        "devices" => written([
            ("device_type", "olt"),
            ("check", "icmp;tcp:22"),
            ("category", "access"),
            ("location", "rack 4"),
            ("tags", "core, west"),
            ("total_ports", "16"),
            ("in_port", "1"),
            ("out_port", "2"),
            ("polatis_name", "p-1"),
            ("configuration", r#"{"vlan":12}"#),
            ("notes", "on the roof"),
        ]),
        "sites" => written([
            ("address", "Waiyaki Way"),
            ("city", "Nairobi"),
            ("country", "Kenya"),
            ("latitude", "-1.2675"),
            ("longitude", "36.807"),
            ("notes", "key at the gate"),
        ]),
        "manufacturers" => written([]),
        "device_models" => written([("device_type", "olt"), ("total_ports", "16")]),
        "device_checks" => written([
            ("kind", "tcp"),
            ("port", "443"),
            ("target", "10.9.9.9"),
            ("interval_seconds", "60"),
            ("retry_interval_seconds", "10"),
            ("timeout_ms", "500"),
            ("max_attempts", "5"),
            ("enabled", "true"),
            ("settings", r#"{"expect":"220"}"#),
        ]),
        "incidents" => written([
            ("severity", "critical"),
            ("started_at", "2026-11-20T08:00:00Z"),
            ("description", "fibre cut"),
            ("root_cause", "digger"),
        ]),
        "maintenance_windows" => written([
            ("starts_at", "2026-12-01T20:00:00Z"),
            ("ends_at", "2026-12-01T22:00:00Z"),
            ("recurrence", ""),
            ("timezone", "Africa/Nairobi"),
            ("reason", "new line card"),
        ]),
        "organizations" => written([
            ("kind", "partner"),
            ("legal_name", "Mombasa Fibre Ltd"),
            ("phone", "+254 41 222 333"),
            ("website", "https://example.com"),
            ("address_line1", "1 Moi Avenue"),
            ("address_line2", "2nd floor"),
            ("city", "Mombasa"),
            ("postal_code", "80100"),
            ("country", "Kenya"),
            ("is_active", "true"),
            ("notes", "since 2019"),
        ]),
        "users" => written([
            ("full_name", "Amina Wanjiru"),
            ("phone", "+254 700 000 001"),
            ("roles", "staff"),
            ("must_change_password", "false"),
            ("added_permissions", r#"["plans.update"]"#),
            ("removed_permissions", r#"["customers.create"]"#),
        ]),
        other => panic!("there is no fixture for {other}: write one beside the others"),
    };
    values.extend(match kind {
        "customers" => vec![
            named("name", "Amina Wanjirũ"),
            ("email", format!("amina.{n}@example.com")),
            ("username", format!("amina{n}")),
            ("number", format!("C-{n}")),
            refer("plan", "plans"),
            refer("organization", "organizations"),
        ],
        "devices" => vec![
            named("name", "olt"),
            ("number", format!("D-{n}")),
            ("management_ip", format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255)),
            ("serial_number", format!("SN-{n}")),
            refer("site", "sites"),
            refer("customer", "customers"),
            refer("model", "device_models"),
        ],
        "device_models" => vec![named("model", "MA5800"), refer("manufacturer", "manufacturers")],
        "device_checks" => vec![refer("device", "devices")],
        "incidents" => {
            vec![named("title", "Westlands is down"), ("number", format!("I-{n}")), refer("device", "devices")]
        }
        "maintenance_windows" => vec![refer("site", "sites")],
        "organizations" => vec![
            named("name", "Mombasa Fibre"),
            ("registration_number", format!("PVT-{n}")),
            ("email", format!("office.{n}@example.com")),
        ],
        "users" => vec![("username", format!("amina{n}")), ("email", format!("amina.user.{n}@example.com"))],
        _ => vec![named("name", kind)],
    });
    values
}

/// A field that every record of a kind may change, and another valid value for it.
pub fn another_value(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "customers" | "devices" | "sites" | "organizations" => ("notes", "something else"),
        "plans" => ("description", "something else"),
        "incidents" => ("root_cause", "something else"),
        "manufacturers" => ("name", "Something else"),
        "device_models" => ("device_type", "switch"),
        "device_checks" => ("interval_seconds", "120"),
        "maintenance_windows" => ("reason", "something else"),
        "users" => ("phone", "+254 700 999 999"),
        other => panic!("there is no other value for {other}: write one beside the others"),
    }
}

/// The operation that makes records of a kind.
pub fn creation(kind: &Entity) -> &'static Operation {
    operation::of(entity(kind.name))
        .find(|operation| matches!(operation.does, Does::Create))
        .unwrap_or_else(|| panic!("nothing makes {}", kind.name))
}

/// A request with values, read as a person of this session wrote them. A reference is an id.
pub fn request(lab: &Lab, session: &Session, operation: &'static Operation, written: &Written) -> Request {
    let mut request = Request::new(operation);
    let pairs = written.iter().map(|(field, value)| (*field, value.as_str()));
    // A file sets what a new record's form does.
    let form = if matches!(operation.does, Does::Import) { creation(operation.entity) } else { operation };
    request.values = operation::read_values(form, pairs, session.locale(lab.store.now()))
        .unwrap_or_else(|error| panic!("{}: {error}", operation.name));
    for (field, value) in &mut request.values {
        let is_reference = operation.entity.field(field).is_some_and(|field| field.reference.is_some());
        if let (true, Ok(id)) = (is_reference, value.as_str().parse::<Id>()) {
            *value = Value::Id(id);
        }
    }
    request
}

/// A new record of a kind with all that can be set.
pub fn make(lab: &Lab, maker: &Session, kind: &str) -> Id {
    let request = request(lab, maker, creation(entity(kind)), &values(lab, maker, kind));
    lab.store.perform(maker, &request).unwrap_or_else(|error| panic!("{kind}: {error}")).records[0]
}

/// A request for an operation that goes well when `maker` makes it, on a fresh record of theirs.
pub fn valid(lab: &Lab, maker: &Session, operation: &'static Operation) -> Request {
    let kind = operation.entity.name;
    match operation.does {
        Does::Create | Does::Import => request(lab, maker, operation, &values(lab, maker, kind)),
        Does::Update => {
            let (field, value) = another_value(kind);
            let value = if kind == "manufacturers" { format!("{value} {}", next()) } else { value.to_owned() };
            request(lab, maker, operation, &vec![(field, value)]).on(make(lab, maker, kind), Some(1))
        }
        Does::Delete => Request::new(operation).on(make(lab, maker, kind), Some(1)),
        Does::Move(_) | Does::Custom(_) => {
            let id = make(lab, maker, kind);
            let moves = operation.entity.lifecycle.map_or(&[][..], |lifecycle| lifecycle.moves);
            let listed = moves.iter().find(|m| m.verb == operation.verb());
            assert!(listed.is_some() || matches!(operation.does, Does::Custom(_)), "{}: no such move", operation.name);
            if let Some(listed) = listed {
                put_into_state(lab, operation.entity, id, listed.from[0]);
            }
            Request::new(operation).on(id, Some(1))
        }
    }
}

/// Makes a request, an import as a file of one row.
pub fn perform(lab: &Lab, session: &Session, request: &Request) -> Result<Done, StoreError> {
    let operation = request.operation;
    if !matches!(operation.does, Does::Import) {
        return lab.store.perform(session, request);
    }
    let values = request.values.iter().map(|(name, value)| {
        let field = operation.entity.field(name).expect("a known field");
        (field, value.as_id().map_or_else(|| value.clone(), |id| Value::text(id.to_string())))
    });
    let file = File(BulkRow { line: 2, values: values.collect(), ..BulkRow::default() });
    let mut told = Told(Vec::new());
    let imported = lab.store.import(session, operation, &file, BulkRules::default(), &mut told)?;
    let Some(id) = imported.operation else { return Err(StoreError::failed(Failure::Invalid(told.0))) };
    let mut raw = lab.raw();
    let rest = format!("FROM audit_log WHERE first_id IS NOT NULL AND operation_id = {}", raw.id(id));
    let records = raw.texts(&raw.hex_of_id("first_id"), &rest).iter().map(|id| id.parse().expect("an id")).collect();
    Ok(Done { operation: id, records, refused: Vec::new() })
}

struct File(BulkRow);

impl Source for File {
    fn rows(&self) -> Result<Rows<'_>, StoreError> {
        Ok(Box::new(std::iter::once(Ok(self.0.clone()))))
    }
}

struct Told(Vec<Problem>);

impl Watch for Told {
    fn problem(&mut self, _: u64, problem: &RowProblem) {
        self.0.push(Problem::new(&*problem.field, &*problem.why));
    }

    fn progress(&mut self, _: Phase, _: u64) -> bool {
        true
    }
}

/// Puts a record into a state, whatever moves lead there.
pub fn put_into_state(lab: &Lab, kind: &Entity, id: Id, state: &str) {
    let mut raw = lab.raw();
    let id = raw.id(id);
    let extra = if kind.name == "incidents" && state == "resolved" {
        format!(", resolved_at = {}", raw.time(lab.store.now()))
    } else {
        String::new()
    };
    raw.execute(&format!("UPDATE {} SET status = '{state}'{extra} WHERE id = {id}", kind.table.name));
}
