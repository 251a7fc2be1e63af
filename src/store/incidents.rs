//! Incidents and planned maintenance.

use super::entity::{Change, Condition, Entity, Field, Relation};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, engine};
use crate::domain::health::Recurrence;
use crate::domain::number::NumberFormat;
use crate::domain::{Kind, Value};

/// active → investigating → resolved; active → resolved; resolved → active.
const INCIDENT_LIFECYCLE: crate::domain::lifecycle::Lifecycle = crate::domain::lifecycle::Lifecycle {
    of: "incident",
    states: &["active", "investigating", "resolved"],
    initial: "active",
    moves: &[
        crate::domain::lifecycle::Move { verb: "investigate", from: &["active"], to: "investigating" },
        crate::domain::lifecycle::Move { verb: "resolve", from: &["active", "investigating"], to: "resolved" },
        crate::domain::lifecycle::Move { verb: "reopen", from: &["resolved"], to: "active" },
    ],
};

pub static INCIDENTS: Entity = Entity {
    name: "incidents",
    singular: "incident",
    table: &table(TABLES, "incidents"),
    number: Some(NumberFormat::yearly("INC", 4)),
    label: "title",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::text("title", 200).required(),
        Field::of("severity", Kind::Choice(&["critical", "major", "minor"])).required().default("major"),
        Field::of("status", Kind::Choice(INCIDENT_LIFECYCLE.states)).read_only(),
        Field::reference("device", "device_id", "devices"),
        Field::of("started_at", Kind::Instant).sorted_by("started_at"),
        Field::of("resolved_at", Kind::Instant).read_only(),
        Field::of("acknowledged_at", Kind::Instant).read_only(),
        Field::reference("acknowledged_by", "acknowledged_by", "users").read_only(),
        Field::of("affected_count", Kind::Int).read_only(),
        Field::of("origin", Kind::Choice(&["manual", "poller"])).read_only(),
        Field::lines("description"),
        Field::lines("root_cause"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "title", "description"],
    shows: &["device", "acknowledged_by"],
    lifecycle: Some(&INCIDENT_LIFECYCLE),
    conditions: &[
        Condition { name: "open", means: "status:active,investigating" },
        Condition { name: "unacknowledged", means: "status:active acknowledged_at:" },
        Condition { name: "mine", means: "acknowledged_by:me" },
    ],
    relations: &[
        Relation { name: "tickets", entity: "tickets", column: "incident_id" },
        Relation { name: "notes", entity: "notes", column: "incident_id" },
    ],
    default_sort: "-started_at",
    rules: incident_rules,
    ..Entity::PLAIN
};

fn incident_rules(change: &mut Change<'_>) {
    if change.before.is_none() && change.after("started_at").is_empty() {
        // UUIDv7 ids carry the time they were made: a new incident begins now.
        let (seconds, nanos) = change.id.uuid().get_timestamp().map_or((0, 0), |stamp| stamp.to_unix());
        if let Some(time) =
            i64::try_from(seconds).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, nanos))
        {
            change.set("started_at", Value::Instant(crate::domain::time::to_micros(time)));
        }
    }
}

/// Somebody has seen it and has it in hand.
fn acknowledge(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    if record.get("status").as_str() == "resolved" {
        return Err(StoreError::refused("cannot acknowledge: the incident is resolved"));
    }
    let now = Value::Instant(writing.now);
    let values = [("acknowledged_at", now), ("acknowledged_by", writing.person())].into();
    engine::change(writing, "incidents.acknowledge", record, values, request.reason.as_deref())
}

/// Open again: it was not over.
fn reopen(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let state = INCIDENT_LIFECYCLE.follow("reopen", record.get("status").as_str()).map_err(StoreError::refused)?;
    let values = [("status", Value::text(state)), ("resolved_at", Value::Null)].into();
    engine::change(writing, "incidents.reopen", record, values, request.reason.as_deref())
}

fn resolve(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let state = INCIDENT_LIFECYCLE.follow("resolve", record.get("status").as_str()).map_err(StoreError::refused)?;
    let values = [("status", Value::text(state)), ("resolved_at", Value::Instant(writing.now))].into();
    engine::change(writing, "incidents.resolve", record, values, request.reason.as_deref())
}

pub static MAINTENANCE_WINDOWS: Entity = Entity {
    is_tried: true,
    name: "maintenance_windows",
    singular: "maintenance window",
    table: &table(TABLES, "maintenance_windows"),
    label: "reason",
    title: &["device", "site", "tag", "reason"],
    fields: &[
        Field::of("starts_at", Kind::Instant).required().sorted_by("starts_at"),
        Field::of("ends_at", Kind::Instant).required(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("site", "site_id", "sites"),
        Field::text("tag", 100),
        Field::text("recurrence", 100),
        Field::text("timezone", 64).default("$timezone").one_of(crate::domain::time::zones),
        Field::text("reason", 500).required(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    conditions: &[
        Condition { name: "running", means: "starts_at<=0d ends_at>0d" },
        Condition { name: "mine", means: "created_by:me" },
    ],
    search: &["reason", "tag", "recurrence"],
    shows: &["device", "site"],
    default_sort: "-starts_at",
    rules: window_rules,
    ..Entity::PLAIN
};

fn window_rules(change: &mut Change<'_>) {
    let named = ["device", "site", "tag"].into_iter().filter(|field| !change.after(field).is_empty()).count();
    if named != 1 {
        change.problem("device", "give exactly one of device, site and tag");
    }
    if let (Value::Instant(start), Value::Instant(end)) = (change.after("starts_at"), change.after("ends_at"))
        && end <= start
    {
        change.problem("ends_at", "is not after the beginning");
    }
    if change.changes("recurrence")
        && !change.after("recurrence").is_empty()
        && let Err(why) = change.after("recurrence").as_str().parse::<Recurrence>()
    {
        let told = why.to_string();
        change.problem("recurrence", told);
    }
    if let Err(why) = crate::domain::time::parse_zone(change.after("timezone").as_str()) {
        change.problem("timezone", why);
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&INCIDENTS, &MAINTENANCE_WINDOWS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::import("maintenance_windows.import", &MAINTENANCE_WINDOWS),
    Operation::create("incidents.create", &INCIDENTS),
    Operation::update("incidents.update", &INCIDENTS),
    Operation::step("incidents.investigate", &INCIDENTS, "investigate"),
    Operation::new("incidents.acknowledge", &INCIDENTS, Does::Custom(acknowledge)),
    Operation::new("incidents.resolve", &INCIDENTS, Does::Custom(resolve)),
    Operation::create("maintenance_windows.create", &MAINTENANCE_WINDOWS),
    Operation::update("maintenance_windows.update", &MAINTENANCE_WINDOWS),
    Operation::delete("maintenance_windows.delete", &MAINTENANCE_WINDOWS),
    Operation::new("incidents.reopen", &INCIDENTS, Does::Custom(reopen)),
];
