//! Outside systems: their settings, what was exchanged, what they told us.

use super::StoreError;
use super::entity::{Change, Condition, Entity, Field, Relation};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::integrations::{PROVIDER_TYPES, WEBHOOK_EVENT};
use crate::domain::{Kind, Value};

pub static PROVIDER_CONFIGS: Entity = Entity {
    name: "provider_configs",
    singular: "provider",
    table: &table(TABLES, "provider_configs"),
    label: "provider_name",
    fields: &[
        Field::text("provider_name", 255).required().sorted_by("provider_name"),
        Field::of("provider_type", Kind::Choice(PROVIDER_TYPES)).required().at_creation(),
        Field::of("is_active", Kind::Bool).default("false"),
        Field::of("configuration", Kind::Json).default("{}"),
        Field::of("credentials", Kind::Secret),
        Field::of("health_status", Kind::Choice(&["healthy", "degraded", "offline", "unknown"]))
            .read_only()
            .default("unknown"),
        Field::of("last_health_check", Kind::Instant).read_only(),
        Field::lines("health_check_error").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["provider_name", "provider_type", "health_check_error"],
    conditions: &[
        Condition { name: "active", means: "is_active:yes" },
        Condition { name: "problem", means: "is_active:yes health_status:degraded,offline" },
    ],
    relations: &[Relation { name: "syncs", entity: "provider_sync_logs", column: "provider_id" }],
    default_sort: "provider_name",
    prepare: Some(before_provider),
    ..Entity::PLAIN
};

/// Of each type one is active: which one stands in the way is told before the database refuses it.
fn before_provider(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if !change.changes("is_active") || !change.after("is_active").is_true() {
        return Ok(());
    }
    if let Some(other) = active_one(writing, change.after("provider_type"))?
        && other.id != change.id
    {
        change.problem(
            "is_active",
            format!("{} is the active one of its type: activate this one, which puts that one aside", other.title()),
        );
    }
    Ok(())
}

/// The provider of a type that is active, locked.
fn active_one(writing: &mut Writing<'_>, provider_type: &Value) -> Result<Option<Record>, StoreError> {
    let active = writing
        .ids_where(&PROVIDER_CONFIGS, &[("provider_type", provider_type.clone()), ("is_active", Value::Bool(true))])?;
    active.first().map(|id| writing.take(&PROVIDER_CONFIGS, *id)).transpose()
}

/// Makes it the active one of its type.
fn activate(writing: &mut Writing<'_>, provider: &Record, request: &Request) -> Result<(), StoreError> {
    match active_one(writing, provider.get("provider_type"))? {
        Some(other) if other.id == provider.id => return Err(StoreError::refused("it is active already")),
        Some(other) => writing.set(&other, vec![("is_active", Value::Bool(false))], request.reason.as_deref())?,
        None => {}
    }
    writing.set(provider, vec![("is_active", Value::Bool(true))], request.reason.as_deref())
}

fn deactivate(writing: &mut Writing<'_>, provider: &Record, request: &Request) -> Result<(), StoreError> {
    if !provider.get("is_active").is_true() {
        return Err(StoreError::refused("it is not active"));
    }
    writing.set(provider, vec![("is_active", Value::Bool(false))], request.reason.as_deref())
}

const SYNC_STATES: &[&str] = &["success", "partial", "failed"];

pub static PROVIDER_SYNC_LOGS: Entity = Entity {
    name: "provider_sync_logs",
    singular: "sync log",
    table: &table(TABLES, "provider_sync_logs"),
    label: "entity_type",
    title: &["provider", "sync_type", "entity_type"],
    fields: &[
        Field::reference("provider", "provider_id", "provider_configs").required().at_creation(),
        Field::of("sync_type", Kind::Choice(&["full", "incremental", "webhook", "manual"])).default("manual"),
        Field::text("entity_type", 100),
        Field::of("direction", Kind::Choice(&["pull", "push", "bidirectional"])).default("pull"),
        Field::of("started_at", Kind::Instant).sorted_by("started_at"),
        Field::of("status", Kind::Choice(SYNC_STATES)).at_creation(),
        Field::of("completed_at", Kind::Instant).at_creation(),
        Field::of("records_synced", Kind::Int).default("0"),
        Field::of("records_failed", Kind::Int).default("0"),
        Field::of("error_details", Kind::Json).default("{}"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    conditions: &[
        Condition { name: "open", means: "completed_at:" },
        Condition { name: "bad", means: "status:partial,failed" },
    ],
    shows: &["provider"],
    default_sort: "-started_at",
    rules: sync_rules,
    prepare: Some(before_sync),
    ..Entity::PLAIN
};

fn sync_rules(change: &mut Change<'_>) {
    for field in ["records_synced", "records_failed"] {
        change.check_whole(field, 0);
    }
    if change.after("status").is_empty() != change.after("completed_at").is_empty() {
        change.problem("completed_at", "belongs to a status, and a status to it: give both or neither");
    }
    if let (Value::Instant(start), Value::Instant(end)) = (change.after("started_at"), change.after("completed_at"))
        && end < start
    {
        change.problem("completed_at", "is before the beginning");
    }
    // Closed is closed, unless the closing itself is taken back.
    let closed = change.before.is_some_and(|log| !log.get("completed_at").is_empty());
    if closed && !change.changes("completed_at") {
        let names: Vec<&'static str> = change.values.keys().copied().collect();
        for field in names {
            change.problem(field, "stays as it is: the log is closed");
        }
    }
}

fn before_sync(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.after("started_at").is_empty() {
        change.set("started_at", Value::Instant(writing.now));
    }
    Ok(())
}

/// Closes the log of an exchange.
fn complete_sync(writing: &mut Writing<'_>, log: &Record, request: &Request) -> Result<(), StoreError> {
    if !log.get("completed_at").is_empty() {
        return Err(StoreError::refused("cannot complete: the log is closed"));
    }
    let mut values = vec![("completed_at", Value::Instant(writing.now))];
    for field in ["status", "records_synced", "records_failed", "error_details"] {
        if !request.value(field).is_empty() {
            values.push((field, request.value(field).clone()));
        }
    }
    writing.set(log, values, request.reason.as_deref())
}

const COMPLETION: &[Field] = &[
    Field::of("status", Kind::Choice(SYNC_STATES)).required().default("success"),
    Field::of("records_synced", Kind::Int),
    Field::of("records_failed", Kind::Int),
    Field::of("error_details", Kind::Json),
];

pub static WEBHOOK_EVENTS: Entity = Entity {
    name: "webhook_events",
    singular: "webhook event",
    table: &table(TABLES, "webhook_events"),
    label: "event_id",
    title: &["provider_name", "event_id"],
    fields: &[
        Field::text("provider_name", 255).required().at_creation(),
        Field::text("event_id", 255).required().at_creation(),
        Field::of("provider_type", Kind::Choice(PROVIDER_TYPES)).required().at_creation(),
        Field::text("event_type", 255).required().at_creation(),
        Field::of("status", Kind::Choice(WEBHOOK_EVENT.states)).read_only(),
        Field::of("received_at", Kind::Instant).at_creation().sorted_by("received_at"),
        Field::of("processed_at", Kind::Instant).read_only(),
        Field::lines("error_message").read_only(),
        Field::text("ip_address", 50).at_creation(),
        Field::of("payload", Kind::Json).at_creation().default("{}"),
        Field::of("headers", Kind::Json).at_creation().default("{}"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["provider_name", "event_id", "event_type", "error_message", "ip_address"],
    lifecycle: Some(&WEBHOOK_EVENT),
    conditions: &[Condition { name: "open", means: "status:pending,processing,failed" }],
    default_sort: "-received_at",
    rules: event_rules,
    prepare: Some(before_event),
    ..Entity::PLAIN
};

fn event_rules(change: &mut Change<'_>) {
    if let Value::Text(address) = change.after("ip_address")
        && change.changes("ip_address")
        && !address.is_empty()
        && let Err(why) = crate::domain::network::parse_ip(address)
    {
        change.problem("ip_address", why);
    }
}

fn before_event(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.after("received_at").is_empty() {
        change.set("received_at", Value::Instant(writing.now));
    }
    Ok(())
}

fn complete_event(writing: &mut Writing<'_>, event: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![("processed_at", Value::Instant(writing.now))];
    writing.follow(event, "complete", values, request.reason.as_deref())
}

fn fail_event(writing: &mut Writing<'_>, event: &Record, request: &Request) -> Result<(), StoreError> {
    let values =
        vec![("processed_at", Value::Instant(writing.now)), ("error_message", request.value("error_message").clone())];
    writing.follow(event, "fail", values, request.reason.as_deref())
}

/// Once more, as if it had just come.
fn retry_event(writing: &mut Writing<'_>, event: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![("processed_at", Value::Null), ("error_message", Value::Null)];
    writing.follow(event, "retry", values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&PROVIDER_CONFIGS, &PROVIDER_SYNC_LOGS, &WEBHOOK_EVENTS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("provider_configs.create", &PROVIDER_CONFIGS),
    Operation::import("provider_configs.import", &PROVIDER_CONFIGS),
    Operation::update("provider_configs.update", &PROVIDER_CONFIGS),
    Operation::new("provider_configs.activate", &PROVIDER_CONFIGS, Does::Custom(activate)),
    Operation::new("provider_configs.deactivate", &PROVIDER_CONFIGS, Does::Custom(deactivate)),
    Operation::delete("provider_configs.delete", &PROVIDER_CONFIGS),
    Operation::create("provider_sync_logs.create", &PROVIDER_SYNC_LOGS),
    Operation::import("provider_sync_logs.import", &PROVIDER_SYNC_LOGS),
    Operation::update("provider_sync_logs.update", &PROVIDER_SYNC_LOGS),
    Operation::new("provider_sync_logs.complete", &PROVIDER_SYNC_LOGS, Does::Custom(complete_sync)).asking(COMPLETION),
    Operation::create("webhook_events.create", &WEBHOOK_EVENTS),
    Operation::import("webhook_events.import", &WEBHOOK_EVENTS),
    Operation::step("webhook_events.process", &WEBHOOK_EVENTS, "process"),
    Operation::new("webhook_events.complete", &WEBHOOK_EVENTS, Does::Custom(complete_event)),
    Operation::new("webhook_events.fail", &WEBHOOK_EVENTS, Does::Custom(fail_event))
        .asking(&[Field::lines("error_message").required()]),
    Operation::new("webhook_events.retry", &WEBHOOK_EVENTS, Does::Custom(retry_event)),
];
