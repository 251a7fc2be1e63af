//! Subscribers who are on line, and who were: written by the RADIUS side, read here.

use super::entity::{Condition, Entity, Field, Visibility};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use crate::domain::Kind;

pub static RADIUS_SESSIONS: Entity = Entity {
    name: "radius_sessions",
    singular: "session",
    table: &table(TABLES, "radius_sessions"),
    label: "username",
    fields: &[
        Field::of("started_at", Kind::Instant).read_only().sorted_by("started_at"),
        Field::text("username", 253).verbatim().read_only(),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::reference("device", "device_id", "devices").read_only(),
        Field::of("nas_ip", Kind::Ip).read_only(),
        Field::of("framed_ip", Kind::Ip).read_only(),
        Field::text("calling_station", 253).verbatim().read_only(),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
        Field::of("stopped_at", Kind::Instant).read_only().slowly_sorted_by("stopped_at"),
        Field::of("session_seconds", Kind::Int).read_only(),
        Field::of("input_octets", Kind::Int).read_only(),
        Field::of("output_octets", Kind::Int).read_only(),
        Field::text("terminate_cause", 100).read_only(),
        Field::text("session_id", 253).verbatim().read_only(),
        Field::text("unique_id", 253).verbatim().read_only(),
    ],
    visibility: Visibility::Through("customer_id", "customers"),
    conditions: &[Condition { name: "online", means: "stopped_at:" }, Condition { name: "open", means: "stopped_at:" }],
    shows: &["customer"],
    default_sort: "-started_at",
    observed: true,
    ..Entity::PLAIN
};

pub static RADIUS_SESSION_ARCHIVE: Entity = Entity {
    name: "radius_session_archive",
    singular: "archived session",
    table: &table(TABLES, "radius_session_archive"),
    fields: &[
        Field::of("started_at", Kind::Instant).read_only().sorted_by("started_at"),
        Field::text("username", 253).verbatim().read_only(),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::reference("device", "device_id", "devices").read_only(),
        Field::of("nas_ip", Kind::Ip).read_only(),
        Field::of("framed_ip", Kind::Ip).read_only(),
        Field::text("calling_station", 253).verbatim().read_only(),
        Field::of("stopped_at", Kind::Instant).read_only(),
        Field::of("session_seconds", Kind::Int).read_only(),
        Field::of("input_octets", Kind::Int).read_only(),
        Field::of("output_octets", Kind::Int).read_only(),
        Field::text("terminate_cause", 100).read_only(),
        Field::text("session_id", 253).verbatim().read_only(),
        Field::text("unique_id", 253).verbatim().read_only(),
    ],
    label: "username",
    visibility: Visibility::Through("customer_id", "customers"),
    shows: &["customer"],
    default_sort: "-started_at",
    observed: true,
    ..Entity::PLAIN
};

pub(super) static ENTITIES: &[&Entity] = &[&RADIUS_SESSIONS, &RADIUS_SESSION_ARCHIVE];

pub(super) static OPERATIONS: &[Operation] = &[];
