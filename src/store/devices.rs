//! Devices, where they stand and what they are; what is checked about them; incidents.

use super::StoreError;
use super::entity::{
    Change, Condition, Derived, Entity, Field, Join, Relation, Source, Visibility, Words, WriteGathered, ip_key,
    sort_key,
};
use super::model::{ColumnKind, table};
use super::operation::Operation;
use super::schema::TABLES;
use super::sql::{Statement, insert_rows};
use super::write::Writing;
use crate::domain::devices::{CHECK_KINDS, CheckSpec, LIFECYCLE, parse_checks};
use crate::domain::network::is_host;
use crate::domain::number::NumberFormat;
use crate::domain::{Id, Kind, Value};

/// What is observed of a device.
pub const HEALTH: &[&str] = &["unknown", "up", "degraded", "down", "unreachable", "flapping", "maintenance"];

const fn gathered(name: &'static str, sqlite: &'static str, postgres: &'static str, write: WriteGathered) -> Field {
    let mut field = Field::text(name, 2_000);
    field.source = Source::Gathered { sqlite, postgres, write };
    field
}

pub static DEVICES: Entity = Entity {
    name: "devices",
    singular: "device",
    table: &table(TABLES, "devices"),
    number: Some(NumberFormat::new("DEV", 6)),
    label: "name",
    fields: &[
        Field::text("number", 100).at_creation().unique("number").sorted_by("number"),
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::text("device_type", 100).required().often(crate::domain::devices::device_types).sorted_by("device_type"),
        Field::reference("site", "site_id", "sites"),
        Field::of("management_ip", Kind::Ip).unique("management_ip_key").sorted_by("management_ip_key"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::joined("health", Kind::Choice(HEALTH), "h", "health"),
        Field::joined("since", Kind::Instant, "h", "since"),
        Field::joined("latency_us", Kind::Int, "h", "latency_us"),
        Field::joined("loss_percent", Kind::Percent, "h", "loss_percent"),
        Field::joined("heartbeat_at", Kind::Instant, "h", "heartbeat_at"),
        Field::joined("message", Kind::Text, "h", "message"),
        gathered("check", CHECKS_SQLITE, CHECKS_POSTGRES, write_checks),
        Field::reference("parent", "parent_id", "devices"),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("model", "model_id", "device_models"),
        Field::text("serial_number", 100).sorted_by("serial_number"),
        Field::text("category", 100),
        Field::text("location", 255),
        gathered("tags", TAGS_SQLITE, TAGS_POSTGRES, write_tags).list_in(WORDS),
        Field::of("total_ports", Kind::Int).default("0"),
        Field::of("in_port", Kind::Int),
        Field::of("out_port", Kind::Int),
        Field::text("polatis_name", 100),
        Field::of("configuration", Kind::Json).default("{}").shaped(r#"{"type": "object"}"#),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "name_key", from: "name", how: sort_key },
        Derived { column: "management_ip_key", from: "management_ip", how: ip_key },
    ],
    search: &[
        "number",
        "name",
        "device_type",
        "management_ip",
        "serial_number",
        "location",
        "category",
        "notes",
        "tags",
    ],
    shows: &["site", "parent", "customer"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::Through("customer_id", "customers"),
    conditions: &[
        Condition { name: "problem", means: "health:down,unreachable,degraded,flapping" },
        Condition { name: "flapping", means: "health:flapping" },
        Condition { name: "unchecked", means: "check:" },
    ],
    relations: &[
        Relation { name: "devices", entity: "devices", column: "parent_id" },
        Relation { name: "incidents", entity: "incidents", column: "device_id" },
        Relation { name: "checks", entity: "device_checks", column: "device_id" },
        Relation { name: "logs", entity: "device_logs", column: "device_id" },
        Relation { name: "maintenance", entity: "maintenance_windows", column: "device_id" },
        Relation { name: "software", entity: "device_software", column: "device_id" },
        Relation { name: "installations", entity: "software_installations", column: "device_id" },
        Relation { name: "tests", entity: "test_reports", column: "device_id" },
        Relation { name: "notes", entity: "notes", column: "device_id" },
    ],
    joins: &[Join { alias: "h", table: &table(TABLES, "device_health"), column: "device_id" }],
    default_sort: "name",
    rules: device_rules,
    follow_up: device_follow_up,
    follow_up_many: devices_follow_up,
    ..Entity::PLAIN
};

fn device_rules(change: &mut Change<'_>) {
    if let Value::Ip(ip) = change.after("management_ip")
        && change.changes("management_ip")
        && !is_host(*ip)
    {
        let told = format!("no device can be reached at {ip}");
        change.problem("management_ip", told);
    }
    if *change.after("parent") == Value::Id(change.id) {
        change.problem("parent", "a device is not reached through itself");
    }
    if change.changes("total_ports")
        && change.after("total_ports").as_int().is_some_and(|ports| !(0..=100_000).contains(&ports))
    {
        change.problem("total_ports", "is a whole number from 0 to 100000");
    }
    for port in ["in_port", "out_port"] {
        change.check_whole(port, 0);
    }
    if change.before.is_none() && change.after("check").is_empty() && !change.after("management_ip").is_empty() {
        // A device that comes with a management address gets the default check, in a file with an
        // empty cell for it too.
        change.set("check", Value::text("icmp"));
    } else if change.changes("check") {
        match parse_checks(change.after("check").as_str()) {
            Ok(checks) => {
                let mut written: Vec<String> = checks.iter().map(ToString::to_string).collect();
                written.sort();
                written.dedup();
                change.set("check", Value::text(written.join(";")));
            }
            Err(why) => change.problem("check", why),
        }
    }
    if change.changes("tags") {
        match tidy_tags(change.after("tags").as_str()) {
            Ok(tags) => change.set("tags", Value::text(tags)),
            Err(why) => change.problem("tags", why),
        }
    }
}

/// Tags in order, each once, joined by `, `.
fn tidy_tags(text: &str) -> Result<String, String> {
    let mut tags: Vec<&str> = text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
    if let Some(long) = tags.iter().find(|tag| tag.chars().count() > 100) {
        return Err(format!("‘{}…’ is too long for a tag", long.chars().take(20).collect::<String>()));
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(tags.join(", "))
}

/// A new device has a row for what will be observed of it.
fn device_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() { Ok(()) } else { devices_follow_up(writing, change.id, change.id) }
}

fn devices_follow_up(writing: &mut Writing<'_>, first: Id, last: Id) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "INSERT INTO device_health (tenant_id, device_id, health, since, updated_at) \
             SELECT tenant_id, id, 'unknown', created_at, created_at FROM devices WHERE tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND id >= ")
        .bind_id(first)
        .push(" AND id <= ")
        .bind_id(last);
    statement.execute(writing.connection)?;
    Ok(())
}

const WORDS: Words = Words { table: "device_tags", joined: "", record: "w.device_id", word: "w.tag" };
const TAGS_SQLITE: &str = "(SELECT group_concat(tag, ', ' ORDER BY tag) FROM device_tags g \
                           WHERE g.tenant_id = c.tenant_id AND g.device_id = c.id)";
const TAGS_POSTGRES: &str = "(SELECT string_agg(tag, ', ' ORDER BY tag) FROM device_tags g \
                             WHERE g.tenant_id = c.tenant_id AND g.device_id = c.id)";

fn write_tags(writing: &mut Writing<'_>, devices: &[(Id, Value)], new: bool) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (device, tags) in devices {
        if !new {
            let mut statement = Statement::fixed();
            statement
                .push("DELETE FROM device_tags WHERE tenant_id = ")
                .bind_id(writing.session.tenant.id)
                .push(" AND device_id = ")
                .bind_id(*device);
            statement.execute(writing.connection)?;
        }
        for tag in tags.as_str().split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            rows.push(vec![
                (ColumnKind::Id, Value::Id(Id::new())),
                (ColumnKind::Id, Value::Id(writing.session.tenant.id)),
                (ColumnKind::Id, Value::Id(*device)),
                (ColumnKind::Text, Value::text(tag)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
            ]);
        }
    }
    insert_rows(writing, "device_tags (id, tenant_id, device_id, tag, created_at, updated_at)", rows)
}

/// A check as `parse_checks` reads it.
macro_rules! check_text {
    () => {
        "CASE kind WHEN 'tcp' THEN 'tcp:' || port WHEN 'http' THEN target ELSE kind END"
    };
}
const CHECKS_SQLITE: &str = concat!(
    "(SELECT group_concat(",
    check_text!(),
    ", ';' ORDER BY ",
    check_text!(),
    ") FROM device_checks k \
     WHERE k.tenant_id = c.tenant_id AND k.device_id = c.id AND k.enabled)"
);
const CHECKS_POSTGRES: &str = concat!(
    "(SELECT string_agg(",
    check_text!(),
    ", ';' ORDER BY ",
    check_text!(),
    ") FROM device_checks k \
     WHERE k.tenant_id = c.tenant_id AND k.device_id = c.id AND k.enabled)"
);

/// Makes the device's checks those that are named: those that stay keep their settings and state.
fn write_checks(writing: &mut Writing<'_>, devices: &[(Id, Value)], new: bool) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (device, checks) in devices {
        let mut missing = parse_checks(checks.as_str()).map_err(|why| StoreError::invalid("check", why))?;
        if !new {
            take_away_checks(writing, *device, &mut missing)?;
        }
        for spec in missing {
            rows.push(vec![
                (ColumnKind::Id, Value::Id(Id::new())),
                (ColumnKind::Id, Value::Id(writing.session.tenant.id)),
                (ColumnKind::Id, Value::Id(*device)),
                (ColumnKind::Text, Value::text(spec.kind)),
                (ColumnKind::Text, spec.target.map_or(Value::Null, Value::Text)),
                (ColumnKind::Int, spec.port.map_or(Value::Null, |port| Value::Int(i64::from(port)))),
                (ColumnKind::Json, Value::Json(serde_json::json!({}))),
                (ColumnKind::Int, Value::Int(CHECK_INTERVAL)),
                (ColumnKind::Int, Value::Int(CHECK_RETRY_INTERVAL)),
                (ColumnKind::Int, Value::Int(CHECK_TIMEOUT_MS)),
                (ColumnKind::Int, Value::Int(CHECK_ATTEMPTS)),
                (ColumnKind::Bool, Value::Bool(true)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
            ]);
        }
    }
    insert_rows(
        writing,
        "device_checks (id, tenant_id, device_id, kind, target, port, settings, interval_seconds, \
         retry_interval_seconds, timeout_ms, max_attempts, enabled, created_at, updated_at)",
        rows,
    )
}

/// How a check runs where nobody says otherwise: every 5 minutes, again after 1 while it is not
/// sure, three times before it is believed (Icinga's own defaults).
const CHECK_INTERVAL: i64 = 300;
const CHECK_RETRY_INTERVAL: i64 = 60;
const CHECK_TIMEOUT_MS: i64 = 2_000;
const CHECK_ATTEMPTS: i64 = 3;

/// Takes away the checks that are not wanted any more, and from the wanted ones those that are there.
fn take_away_checks(writing: &mut Writing<'_>, device: Id, wanted: &mut Vec<CheckSpec>) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0, kind AS t1, port AS n2, target AS t3 FROM device_checks WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND device_id = ")
        .bind_id(device)
        .push(" AND enabled");
    for row in statement.load(writing.connection)? {
        let [Value::Id(check), Value::Text(kind), port, target] = row.0.as_slice() else { continue };
        let same = |spec: &CheckSpec| {
            spec.kind == kind
                && (kind != "tcp" || spec.port.map(i64::from) == port.as_int())
                && (kind != "http" || spec.target.as_deref() == Some(target.as_str()))
        };
        if let Some(index) = wanted.iter().position(same) {
            wanted.remove(index);
            continue;
        }
        let mut delete = Statement::fixed();
        delete
            .push("DELETE FROM device_checks WHERE tenant_id = ")
            .bind_id(writing.session.tenant.id)
            .push(" AND id = ")
            .bind_id(*check);
        delete.execute(writing.connection)?;
    }
    Ok(())
}

pub static SITES: Entity = Entity {
    name: "sites",
    singular: "site",
    table: &table(TABLES, "sites"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::text("address", 500),
        Field::text("city", 100),
        Field::text("country", 100),
        Field::of("latitude", Kind::Degrees),
        Field::of("longitude", Kind::Degrees),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "address", "city", "country", "notes"],
    relations: &[
        Relation { name: "devices", entity: "devices", column: "site_id" },
        Relation { name: "maintenance", entity: "maintenance_windows", column: "site_id" },
    ],
    default_sort: "name",
    rules: site_rules,
    ..Entity::PLAIN
};

fn site_rules(change: &mut Change<'_>) {
    if let Value::Degrees(latitude) = change.after("latitude")
        && latitude.millionths().abs() > 90_000_000
    {
        change.problem("latitude", "is not between -90 and 90");
    }
    let has = |field| !change.after(field).is_empty();
    if has("latitude") != has("longitude") {
        let missing = if has("latitude") { "longitude" } else { "latitude" };
        change.problem(missing, "is required where the other one is given");
    }
}

pub static MANUFACTURERS: Entity = Entity {
    name: "manufacturers",
    singular: "manufacturer",
    table: &table(TABLES, "manufacturers"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name"],
    relations: &[Relation { name: "models", entity: "device_models", column: "manufacturer_id" }],
    default_sort: "name",
    ..Entity::PLAIN
};

pub static DEVICE_MODELS: Entity = Entity {
    name: "device_models",
    singular: "device model",
    table: &table(TABLES, "device_models"),
    label: "model",
    title: &["manufacturer", "model"],
    fields: &[
        Field::text("model", 200).required().sorted_by("model_key"),
        Field::reference("manufacturer", "manufacturer_id", "manufacturers").required(),
        Field::text("device_type", 100).required().often(crate::domain::devices::device_types),
        Field::of("total_ports", Kind::Int),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    derived: &[Derived { column: "model_key", from: "model", how: sort_key }],
    search: &["model", "device_type"],
    shows: &["manufacturer"],
    relations: &[Relation { name: "devices", entity: "devices", column: "model_id" }],
    default_sort: "model",
    ..Entity::PLAIN
};

pub static DEVICE_CHECKS: Entity = Entity {
    name: "device_checks",
    singular: "check",
    table: &table(TABLES, "device_checks"),
    label: "kind",
    title: &["device", "kind", "port", "target"],
    fields: &[
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::of("kind", Kind::Choice(CHECK_KINDS)).required(),
        Field::of("port", Kind::Int),
        Field::text("target", 500),
        Field::of("interval_seconds", Kind::Int).default("300"),
        Field::of("retry_interval_seconds", Kind::Int).default("60"),
        Field::of("timeout_ms", Kind::Int).default("2000"),
        Field::of("max_attempts", Kind::Int).default("3"),
        Field::of("enabled", Kind::Bool).default("true"),
        Field::of("settings", Kind::Json).default("{}").shaped(THRESHOLDS),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    shows: &["device"],
    default_sort: "created_at",
    rules: check_rules,
    ..Entity::PLAIN
};

/// From which loss and latency an answer counts as a poor one.
const THRESHOLDS: &str = r#"{"type": "object", "properties": {
    "loss_percent": {"type": "integer", "minimum": 0, "maximum": 100},
    "latency_ms": {"type": "integer", "minimum": 1}
}}"#;

fn check_rules(change: &mut Change<'_>) {
    for (field, least, most) in [
        ("interval_seconds", 5, 86_400),
        ("retry_interval_seconds", 1, 86_400),
        ("timeout_ms", 10, 60_000),
        ("max_attempts", 1, 20),
        ("port", 1, 65_535),
    ] {
        if let Value::Int(int) = change.after(field)
            && !(least..=most).contains(int)
        {
            change.problem(field, format!("is a whole number from {least} to {most}"));
        }
    }
    if change.after("kind").as_str() == "tcp" && change.after("port").is_empty() {
        change.problem("port", "is required for a tcp check");
    }
}

pub static DEVICE_LOGS: Entity = Entity {
    name: "device_logs",
    singular: "log line",
    table: &table(TABLES, "device_logs"),
    label: "message",
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("level", Kind::Choice(&["info", "warning", "error", "system"])).read_only(),
        Field::reference("device", "device_id", "devices").read_only(),
        Field::lines("message").read_only(),
    ],
    shows: &["device"],
    default_sort: "-created_at",
    observed: true,
    ..Entity::PLAIN
};

pub(super) static ENTITIES: &[&Entity] =
    &[&DEVICES, &SITES, &DEVICE_CHECKS, &DEVICE_LOGS, &DEVICE_MODELS, &MANUFACTURERS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("devices.create", &DEVICES),
    Operation::import("devices.import", &DEVICES),
    Operation::update("devices.update", &DEVICES),
    Operation::step("devices.activate", &DEVICES, "activate"),
    Operation::step("devices.maintain", &DEVICES, "maintain"),
    Operation::step("devices.deactivate", &DEVICES, "deactivate"),
    Operation::step("devices.retire", &DEVICES, "retire"),
    Operation::create("sites.create", &SITES),
    Operation::import("sites.import", &SITES),
    Operation::update("sites.update", &SITES),
    Operation::delete("sites.delete", &SITES),
    Operation::create("manufacturers.create", &MANUFACTURERS),
    Operation::import("manufacturers.import", &MANUFACTURERS),
    Operation::update("manufacturers.update", &MANUFACTURERS),
    Operation::delete("manufacturers.delete", &MANUFACTURERS),
    Operation::create("device_models.create", &DEVICE_MODELS),
    Operation::import("device_models.import", &DEVICE_MODELS),
    Operation::update("device_models.update", &DEVICE_MODELS),
    Operation::delete("device_models.delete", &DEVICE_MODELS),
    Operation::create("device_checks.create", &DEVICE_CHECKS),
    Operation::import("device_checks.import", &DEVICE_CHECKS),
    Operation::update("device_checks.update", &DEVICE_CHECKS),
    Operation::delete("device_checks.delete", &DEVICE_CHECKS),
];
