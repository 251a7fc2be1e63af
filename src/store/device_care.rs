//! What hangs around devices: where subscribers are let in, who answers for which, several ways to reach one, what is
//! kept quiet, who is told, and what to do.

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::devices::{CHECK_KINDS, HOOK_KINDS, check_hook, check_steps};
use crate::domain::network::is_host;
use crate::domain::{Id, Kind, Value};

const OF_A_DEVICE: Visibility = Visibility::Through("device_id", "devices");

pub static ACCESS_SERVERS: Entity = Entity {
    name: "access_servers",
    singular: "access server",
    table: &table(TABLES, "access_servers"),
    label: "nas_identifier",
    fields: &[
        Field::text("nas_identifier", 253),
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::of("nas_ip", Kind::Ip).required(),
        Field::of("radius_secret", Kind::Secret).required(),
        Field::text("api_username", 100),
        Field::of("api_password", Kind::Secret),
        Field::of("api_port", Kind::Int),
        Field::of("coa_port", Kind::Int).default("3799"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    visibility: OF_A_DEVICE,
    search: &["nas_identifier", "api_username"],
    shows: &["device"],
    default_sort: "-created_at",
    rules: access_server_rules,
    ..Entity::PLAIN
};

/// The shortest secret that a RADIUS server should share (RFC 2865 asks for 16).
const RADIUS_SECRET: usize = 16;

fn access_server_rules(change: &mut Change<'_>) {
    if let Value::Ip(ip) = change.after("nas_ip")
        && change.changes("nas_ip")
        && !is_host(*ip)
    {
        let told = format!("no access server sends from {ip}");
        change.problem("nas_ip", told);
    }
    for field in ["api_port", "coa_port"] {
        if change.after(field).as_int().is_some_and(|port| !(1..=65_535).contains(&port)) {
            change.problem(field, "is a port from 1 to 65535");
        }
    }
    if let Value::Secret(secret) = change.after("radius_secret")
        && secret.reveal().chars().count() < RADIUS_SECRET
    {
        change.problem("radius_secret", format!("has at least {RADIUS_SECRET} characters"));
    }
}

pub static DEVICE_OWNERSHIPS: Entity = Entity {
    name: "device_ownerships",
    singular: "ownership",
    table: &table(TABLES, "device_ownerships"),
    label: "notes",
    title: &["device", "owner"],
    fields: &[
        Field::of("assigned_at", Kind::Instant).read_only().slowly_sorted_by("assigned_at"),
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::reference("owner", "owner_id", "users").required().at_creation(),
        Field::reference("assigned_by", "assigned_by", "users").read_only(),
        Field::of("revoked_at", Kind::Instant).read_only(),
        Field::text("notes", 1000),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    search: &["notes"],
    shows: &["device", "owner", "assigned_by"],
    conditions: &[Condition { name: "active", means: "revoked_at:" }, Condition { name: "mine", means: "owner:me" }],
    visibility: OF_A_DEVICE,
    default_sort: "-created_at",
    prepare: Some(prepare_ownership),
    ..Entity::PLAIN
};

fn prepare_ownership(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        change.set("assigned_at", Value::Instant(writing.now));
        change.set("assigned_by", writing.person());
        if let (Some(device), Some(owner)) = (change.refers_to("device"), change.refers_to("owner"))
            && owns(writing, device, owner)?
        {
            change.problem("owner", "answers for this device already");
        }
    }
    Ok(())
}

fn owns(writing: &mut Writing<'_>, device: Id, owner: Id) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM device_ownerships WHERE revoked_at IS NULL AND tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND device_id = ")
        .bind_id(device)
        .push(" AND owner_id = ")
        .bind_id(owner);
    Ok(!statement.load(writing.connection)?.is_empty())
}

fn revoke(writing: &mut Writing<'_>, ownership: &Record, request: &Request) -> Result<(), StoreError> {
    writing.set(ownership, vec![("revoked_at", Value::Instant(writing.now))], request.reason.as_deref())
}

pub static DEVICE_PARENTS: Entity = Entity {
    name: "device_parents",
    singular: "further parent",
    table: &table(TABLES, "device_parents"),
    label: "notes",
    title: &["device", "parent"],
    fields: &[
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::reference("parent", "parent_id", "devices").required().at_creation(),
        Field::text("notes", 1000),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    search: &["notes"],
    shows: &["device", "parent"],
    visibility: OF_A_DEVICE,
    default_sort: "-created_at",
    rules: parent_rules,
    ..Entity::PLAIN
};

/// Longer circles, by own and by further parents, the database itself refuses, whoever closes one.
fn parent_rules(change: &mut Change<'_>) {
    if !change.after("device").is_empty() && change.after("device") == change.after("parent") {
        change.problem("parent", "a device is not reached through itself");
    }
}

pub static SILENCES: Entity = Entity {
    is_tried: true,
    name: "silences",
    singular: "silence",
    table: &table(TABLES, "silences"),
    label: "reason",
    title: &["device", "site", "tag", "reason"],
    fields: &[
        Field::of("starts_at", Kind::Instant).required().sorted_by("starts_at"),
        Field::of("ends_at", Kind::Instant).required(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("site", "site_id", "sites"),
        Field::text("tag", 100),
        Field::text("reason", 1000).required(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    search: &["reason", "tag"],
    shows: &["device", "site", "created_by"],
    conditions: &[Condition { name: "running", means: "starts_at<=0d ends_at>0d" }],
    default_sort: "-starts_at",
    rules: silence_rules,
    ..Entity::PLAIN
};

fn silence_rules(change: &mut Change<'_>) {
    let named = ["device", "site", "tag"].into_iter().filter(|field| !change.after(field).is_empty()).count();
    if named != 1 {
        change.problem("device", "give exactly one of device, site and tag");
    }
    if let (Value::Instant(start), Value::Instant(end)) = (change.after("starts_at"), change.after("ends_at"))
        && end <= start
    {
        change.problem("ends_at", "is not after the beginning");
    }
}

/// It is to be told again from now on.
fn end_silence(writing: &mut Writing<'_>, silence: &Record, request: &Request) -> Result<(), StoreError> {
    let (start, end) = (silence.get("starts_at").as_instant(), silence.get("ends_at").as_instant());
    if end.is_some_and(|end| end <= writing.now) {
        return Err(StoreError::refused("cannot end: it is over already"));
    }
    if start.is_some_and(|start| start >= writing.now) {
        return Err(StoreError::refused("cannot end: it has not begun. Delete it"));
    }
    writing.set(silence, vec![("ends_at", Value::Instant(writing.now))], request.reason.as_deref())
}

pub static NOTIFICATION_HOOKS: Entity = Entity {
    name: "notification_hooks",
    singular: "notification hook",
    table: &table(TABLES, "notification_hooks"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::of("kind", Kind::Choice(HOOK_KINDS)).required(),
        Field::text("target", 2000).required(),
        Field::of("min_severity", Kind::Choice(&["critical", "major", "minor"])).required().default("major"),
        Field::of("secret", Kind::Secret),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "target"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[super::entity::Relation { name: "log", entity: "notification_log", column: "hook_id" }],
    default_sort: "name",
    rules: hook_rules,
    ..Entity::PLAIN
};

fn hook_rules(change: &mut Change<'_>) {
    if change.changes("kind") || change.changes("target") {
        let (kind, target) = (change.after("kind").as_str(), change.after("target").as_str());
        if !target.is_empty()
            && let Err(why) = check_hook(kind, target)
        {
            change.problem("target", why);
        }
    }
}

pub static NOTIFICATION_LOG: Entity = Entity {
    name: "notification_log",
    singular: "notification",
    table: &table(TABLES, "notification_log"),
    label: "event",
    title: &["hook", "event"],
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("hook", "hook_id", "notification_hooks").read_only(),
        Field::reference("incident", "incident_id", "incidents").read_only(),
        Field::text("event", 50).read_only(),
        Field::of("outcome", Kind::Choice(&["sent", "failed"])).read_only(),
        Field::lines("message").read_only(),
    ],
    conditions: &[Condition { name: "failed", means: "outcome:failed" }],
    shows: &["hook", "incident"],
    default_sort: "-created_at",
    observed: true,
    ..Entity::PLAIN
};

pub static RUNBOOKS: Entity = Entity {
    name: "runbooks",
    singular: "runbook",
    table: &table(TABLES, "runbooks"),
    label: "title",
    fields: &[
        Field::text("title", 255).required().unique("title_key").sorted_by("title_key"),
        Field::text("device_type", 100).often(crate::domain::devices::device_types),
        Field::text("check_kind", 50),
        Field::of("steps", Kind::Json).default("[]"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "title_key", from: "title", how: sort_key }],
    search: &["title", "device_type", "check_kind"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    default_sort: "title",
    rules: runbook_rules,
    ..Entity::PLAIN
};

fn runbook_rules(change: &mut Change<'_>) {
    let kind = change.after("check_kind").as_str();
    if !kind.is_empty() && !CHECK_KINDS.contains(&kind) {
        let told = format!("‘{}’ is none of {}", crate::domain::text::clean(kind), CHECK_KINDS.join(", "));
        change.problem("check_kind", told);
    }
    if let Value::Json(steps) = change.after("steps")
        && let Err(why) = check_steps(steps)
    {
        change.problem("steps", why);
    }
}

pub(super) static ENTITIES: &[&Entity] = &[
    &ACCESS_SERVERS,
    &DEVICE_OWNERSHIPS,
    &DEVICE_PARENTS,
    &SILENCES,
    &NOTIFICATION_HOOKS,
    &NOTIFICATION_LOG,
    &RUNBOOKS,
];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("access_servers.create", &ACCESS_SERVERS),
    Operation::import("access_servers.import", &ACCESS_SERVERS),
    Operation::update("access_servers.update", &ACCESS_SERVERS),
    Operation::delete("access_servers.delete", &ACCESS_SERVERS),
    Operation::create("device_ownerships.create", &DEVICE_OWNERSHIPS),
    Operation::import("device_ownerships.import", &DEVICE_OWNERSHIPS),
    Operation::update("device_ownerships.update", &DEVICE_OWNERSHIPS),
    Operation::new("device_ownerships.revoke", &DEVICE_OWNERSHIPS, Does::Custom(revoke))
        .unless("revoked_at", "cannot revoke: this was revoked already"),
    Operation::create("device_parents.create", &DEVICE_PARENTS),
    Operation::import("device_parents.import", &DEVICE_PARENTS),
    Operation::update("device_parents.update", &DEVICE_PARENTS),
    Operation::delete("device_parents.delete", &DEVICE_PARENTS),
    Operation::create("silences.create", &SILENCES),
    Operation::update("silences.update", &SILENCES),
    Operation::new("silences.end", &SILENCES, Does::Custom(end_silence)),
    Operation::delete("silences.delete", &SILENCES),
    Operation::create("notification_hooks.create", &NOTIFICATION_HOOKS),
    Operation::update("notification_hooks.update", &NOTIFICATION_HOOKS),
    Operation::delete("notification_hooks.delete", &NOTIFICATION_HOOKS),
    Operation::create("runbooks.create", &RUNBOOKS),
    Operation::import("runbooks.import", &RUNBOOKS),
    Operation::update("runbooks.update", &RUNBOOKS),
    Operation::delete("runbooks.delete", &RUNBOOKS),
];
