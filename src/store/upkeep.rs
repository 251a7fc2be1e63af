//! What the program writes of its own accord and people may look at: health as it was, its hours and days, what waits to
//! leave, what retention took, where imported records came from.

use super::entity::{Condition, Entity, Field};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use crate::domain::Kind;
use crate::store::devices::HEALTH;

pub static HEALTH_HISTORY: Entity = Entity {
    name: "device_health_snapshots",
    singular: "health record",
    table: &table(TABLES, "device_health_snapshots"),
    label: "status",
    title: &["device", "status"],
    fields: &[
        Field::of("recorded_at", Kind::Instant).read_only().sorted_by("recorded_at"),
        Field::reference("device", "device_id", "devices").read_only(),
        Field::of("status", Kind::Choice(HEALTH)).read_only(),
        Field::of("heartbeat_at", Kind::Instant).read_only(),
        Field::of("metrics", Kind::Json).read_only(),
    ],
    shows: &["device"],
    default_sort: "-recorded_at",
    observed: true,
    ..Entity::PLAIN
};

pub static HEALTH_ROLLUPS: Entity = Entity {
    name: "device_health_rollups",
    singular: "health summary",
    table: &table(TABLES, "device_health_rollups"),
    label: "bucket",
    title: &["device", "bucket"],
    fields: &[
        Field::of("bucket_start", Kind::Instant).read_only().slowly_sorted_by("bucket_start"),
        Field::of("bucket", Kind::Choice(&["hour", "day"])).read_only(),
        Field::reference("device", "device_id", "devices").read_only(),
        Field::of("checks", Kind::Int).read_only(),
        Field::of("failures", Kind::Int).read_only(),
        Field::of("latency_min_us", Kind::Int).read_only(),
        Field::of("latency_avg_us", Kind::Int).read_only(),
        Field::of("latency_max_us", Kind::Int).read_only(),
        Field::of("up_seconds", Kind::Int).read_only(),
        Field::of("known_seconds", Kind::Int).read_only(),
    ],
    shows: &["device"],
    default_sort: "-bucket_start",
    observed: true,
    ..Entity::PLAIN
};

pub static OUTBOX: Entity = Entity {
    name: "outbox",
    singular: "letter",
    table: &table(TABLES, "outbox"),
    label: "kind",
    title: &["kind", "entity_type"],
    fields: &[
        Field::of("due_at", Kind::Instant).read_only().sorted_by("due_at"),
        Field::text("kind", 100).read_only(),
        Field::text("entity_type", 100).read_only(),
        Field::of("record_id", Kind::Id).read_only(),
        Field::of("attempts", Kind::Int).read_only(),
        Field::lines("error").read_only(),
        Field::of("payload", Kind::Json).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    conditions: &[Condition { name: "failed", means: "attempts>0" }],
    default_sort: "due_at",
    observed: true,
    ..Entity::PLAIN
};

pub static RETENTION_RUNS: Entity = Entity {
    name: "retention_runs",
    singular: "retention run",
    table: &table(TABLES, "retention_runs"),
    label: "table_name",
    fields: &[
        Field::of("started_at", Kind::Instant).read_only().slowly_sorted_by("started_at"),
        Field::text("table_name", 100).read_only(),
        Field::of("before", Kind::Instant).read_only(),
        Field::of("finished_at", Kind::Instant).read_only(),
    ],
    default_sort: "-started_at",
    observed: true,
    ..Entity::PLAIN
};

pub static IMPORTED_IDS: Entity = Entity {
    name: "imported_ids",
    singular: "imported id",
    table: &table(TABLES, "imported_ids"),
    label: "source_id",
    title: &["system", "source_id"],
    fields: &[
        Field::text("system", 50).read_only(),
        Field::text("table_name", 100).read_only(),
        Field::text("source_id", 255).read_only(),
        Field::text("entity_type", 100).read_only(),
        Field::of("entity_id", Kind::Id).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    default_sort: "-created_at",
    observed: true,
    points_at: Some(("entity_type", "entity_id")),
    ..Entity::PLAIN
};

pub(super) static ENTITIES: &[&Entity] = &[&HEALTH_HISTORY, &HEALTH_ROLLUPS, &OUTBOX, &RETENTION_RUNS, &IMPORTED_IDS];

pub(super) static OPERATIONS: &[Operation] = &[];
