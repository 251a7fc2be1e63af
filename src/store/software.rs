//! Software, its versions, and what runs on which device.

mod installations;

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, FieldAccess, Relation, Source, Visibility, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::software::{STANDINGS, check_compatibility, is_checksum, version_key};
use crate::domain::{Kind, Value};

pub use installations::SOFTWARE_INSTALLATIONS;

pub static SOFTWARE: Entity = Entity {
    name: "software",
    singular: "software",
    table: &table(TABLES, "software"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().unique("name_key").sorted_by("name_key"),
        Field::text("vendor", 255),
        Field::of("category", Kind::Choice(&["firmware", "application", "driver", "tool"])).default("firmware"),
        Field::text("platform", 100),
        Field::text("license_type", 100),
        Field::text("repository_url", 500),
        Field::text("documentation_url", 500),
        Field::lines("description"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "vendor", "platform", "description", "license_type"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "versions", entity: "software_versions", column: "software_id" },
        Relation { name: "devices", entity: "device_software", column: "software_id" },
    ],
    default_sort: "name",
    rules: software_rules,
    ..Entity::PLAIN
};

fn software_rules(change: &mut Change<'_>) {
    check_url(change, "repository_url");
    check_url(change, "documentation_url");
}

fn check_url(change: &mut Change<'_>, field: &'static str) {
    if let Value::Text(url) = change.after(field)
        && change.changes(field)
        && !url.is_empty()
        && !url.split_once("://").is_some_and(|(scheme, rest)| {
            ["http", "https", "ftp", "sftp", "git", "ssh"].contains(&scheme.to_ascii_lowercase().as_str())
                && !rest.is_empty()
                && !rest.contains(char::is_whitespace)
        })
    {
        change.problem(field, "is not an address such as https://example.com/firmware");
    }
}

/// Takes software away, its versions with it; what is installed anywhere stands in the way.
fn delete(writing: &mut Writing<'_>, software: &Record, _: &Request) -> Result<(), StoreError> {
    for version in writing.take_all(&SOFTWARE_VERSIONS, "software_id", software.id)? {
        writing.remove(&version)?;
    }
    writing.remove(software)
}

fn version_keyed(value: &Value) -> Value {
    match value {
        Value::Text(version) if !version.is_empty() => Value::Text(version_key(version)),
        _ => Value::Null,
    }
}

pub static SOFTWARE_VERSIONS: Entity = Entity {
    name: "software_versions",
    singular: "software version",
    table: &table(TABLES, "software_versions"),
    label: "version_number",
    title: &["software", "version_number"],
    fields: &[
        Field::reference("software", "software_id", "software").required().at_creation(),
        Field::text("version_number", 100).required().sorted_by("version_key"),
        Field::of("is_stable", Kind::Bool).default("false"),
        Field::of("is_beta", Kind::Bool).default("false"),
        Field::of("released_at", Kind::Instant).sorted_by("released_at"),
        Field::of("requires_reboot", Kind::Bool).default("false"),
        Field::text("file_path", 500),
        Field::of("file_size", Kind::Int),
        Field::text("checksum", 64),
        Field::text("download_url", 500),
        Field::of("compatibility", Kind::Json).default("{}"),
        Field::lines("release_notes").longest(100_000),
        Field::lines("changelog").longest(100_000),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "version_key", from: "version_number", how: version_keyed }],
    search: &["version_number", "release_notes", "changelog", "checksum"],
    shows: &["software"],
    conditions: &[
        Condition { name: "stable", means: "is_stable:yes" },
        Condition { name: "beta", means: "is_beta:yes" },
    ],
    relations: &[
        Relation { name: "installations", entity: "software_installations", column: "version_id" },
        Relation { name: "devices", entity: "device_software", column: "version_id" },
    ],
    default_sort: "-created_at",
    rules: version_rules,
    ..Entity::PLAIN
};

fn version_rules(change: &mut Change<'_>) {
    if change.after("is_stable").is_true() && change.after("is_beta").is_true() {
        change.problem("is_beta", "a version is stable or beta, never both");
    }
    if let Value::Text(checksum) = change.after("checksum")
        && change.changes("checksum")
        && !checksum.is_empty()
    {
        if is_checksum(checksum) {
            let tidy = checksum.to_ascii_lowercase();
            change.set("checksum", Value::Text(tidy));
        } else {
            change.problem("checksum", "is a SHA-256 checksum: 64 hexadecimal digits");
        }
    }
    if change.changes("file_size") && change.after("file_size").as_int().is_some_and(|size| size < 0) {
        change.problem("file_size", "is a number of bytes from 0 on");
    }
    if change.changes("compatibility")
        && let Value::Json(compatibility) = change.after("compatibility")
        && let Err(why) = check_compatibility(compatibility)
    {
        change.problem("compatibility", why);
    }
    check_url(change, "download_url");
}

macro_rules! newer {
    ($column:literal, $fits:literal) => {
        concat!(
            "(SELECT v.",
            $column,
            " FROM software_versions v JOIN devices d ON d.tenant_id = c.tenant_id \
             AND d.id = c.device_id WHERE v.tenant_id = c.tenant_id AND v.software_id = c.software_id AND v.is_stable \
             AND v.version_key > c.installed_key AND ",
            $fits,
            " ORDER BY v.version_key DESC LIMIT 1)"
        )
    };
}

/// The newest stable version that fits the device and is newer than what it runs.
macro_rules! newer_on_each {
    ($column:literal) => {
        [
            newer!(
                $column,
                "(json_type(v.compatibility, '$.device_types') IS NULL OR EXISTS (SELECT 1 \
                    FROM json_each(v.compatibility, '$.device_types') j WHERE j.value = d.device_type))"
            ),
            newer!(
                $column,
                "(v.compatibility -> 'device_types' IS NULL OR v.compatibility -> 'device_types' @> to_jsonb(d.device_type))"
            ),
        ]
    };
}
const NEWER: [&str; 2] = newer_on_each!("version_number");

/// A field that is worked out whenever it is read: nobody writes it.
const fn newer_version() -> Field {
    let mut field = Field::text("newer_version", 100);
    field.source = Source::Gathered { sqlite: NEWER[0], postgres: NEWER[1], write: |_, _, _| Ok(()) };
    field.access = FieldAccess::Read;
    field.ranked_by(ColumnKind::Text, newer_on_each!("version_key"))
}

pub static DEVICE_SOFTWARE: Entity = Entity {
    name: "device_software",
    singular: "device software",
    table: &table(TABLES, "device_software"),
    label: "installed_version",
    title: &["device", "software", "installed_version"],
    fields: &[
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::reference("software", "software_id", "software").required().at_creation(),
        Field::reference("version", "version_id", "software_versions"),
        Field::text("installed_version", 100).slowly_sorted_by("installed_key"),
        newer_version(),
        Field::of("installation_status", Kind::Choice(STANDINGS)).read_only(),
        Field::of("installation_date", Kind::Instant).read_only(),
        Field::of("last_updated", Kind::Instant).read_only(),
        Field::of("configuration", Kind::Json).default("{}"),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "installed_key", from: "installed_version", how: version_keyed }],
    search: &["installed_version", "notes"],
    shows: &["device", "software"],
    visibility: Visibility::Through("device_id", "devices"),
    conditions: &[
        Condition { name: "outdated", means: "-newer_version:" },
        Condition { name: "failed", means: "installation_status:failed" },
    ],
    default_sort: "-created_at",
    prepare: Some(before_device_software),
    ..Entity::PLAIN
};

/// What people find on a device: a known version is one of this software and names itself; what is installed is.
fn before_device_software(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.changes("version")
        && let Some(version) = change.refers_to("version")
    {
        let version = writing.look(&SOFTWARE_VERSIONS, version)?;
        if version.get("software_id").as_id() == change.refers_to("software") {
            change.set("installed_version", version.get("version_number").clone());
        } else {
            change.problem("version", "is of another software");
        }
    } else if change.changes("installed_version") && !change.values.contains_key("version") {
        change.set("version", Value::Null);
    }
    if !change.values.contains_key("installation_status") && change.changes("installed_version") {
        let none = change.after("installed_version").is_empty();
        change.set("installation_status", Value::text(if none { "not_installed" } else { "installed" }));
    }
    if change.before.is_none() && change.after("installation_status").is_empty() {
        change.set("installation_status", Value::text("not_installed"));
    }
    Ok(())
}

pub(super) static ENTITIES: &[&Entity] = &[&SOFTWARE, &SOFTWARE_VERSIONS, &SOFTWARE_INSTALLATIONS, &DEVICE_SOFTWARE];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("software.create", &SOFTWARE),
    Operation::import("software.import", &SOFTWARE),
    Operation::update("software.update", &SOFTWARE),
    Operation::new("software.delete", &SOFTWARE, Does::Custom(delete)),
    Operation::create("software_versions.create", &SOFTWARE_VERSIONS),
    Operation::import("software_versions.import", &SOFTWARE_VERSIONS),
    Operation::update("software_versions.update", &SOFTWARE_VERSIONS),
    Operation::delete("software_versions.delete", &SOFTWARE_VERSIONS),
    Operation::create("software_installations.create", &SOFTWARE_INSTALLATIONS),
    Operation::import("software_installations.import", &SOFTWARE_INSTALLATIONS),
    Operation::update("software_installations.update", &SOFTWARE_INSTALLATIONS),
    Operation::new("software_installations.start", &SOFTWARE_INSTALLATIONS, Does::Custom(installations::start)),
    Operation::new("software_installations.complete", &SOFTWARE_INSTALLATIONS, Does::Custom(installations::complete)),
    Operation::new("software_installations.fail", &SOFTWARE_INSTALLATIONS, Does::Custom(installations::fail))
        .asking(&[Field::lines("error_message").required()]),
    Operation::new("software_installations.roll_back", &SOFTWARE_INSTALLATIONS, Does::Custom(installations::roll_back)),
    Operation::create("device_software.create", &DEVICE_SOFTWARE),
    Operation::import("device_software.import", &DEVICE_SOFTWARE),
    Operation::update("device_software.update", &DEVICE_SOFTWARE),
    Operation::delete("device_software.delete", &DEVICE_SOFTWARE),
];
