//! Devices and what belongs to them.

use super::{Resource, column, number};

pub(super) static DEVICES: Resource = Resource {
    entity: &crate::store::devices::DEVICES,
    aliases: &["dev"],
    columns: &[
        column("number", 10, 12),
        column("name", 14, 28),
        column("health", 13, 13),
        number("latency_us", 8, 9),
        column("management_ip", 13, 20),
        column("site", 10, 18),
        column("device_type", 7, 14),
        column("status", 8, 11),
        column("since", 9, 10),
        column("parent", 10, 12),
        column("customer", 10, 12),
        column("message", 10, 40),
        column("tags", 6, 20),
    ],
    form: &[
        "number",
        "name",
        "device_type",
        "management_ip",
        "check",
        "site",
        "parent",
        "customer",
        "model",
        "serial_number",
        "category",
        "location",
        "tags",
        "total_ports",
        "in_port",
        "out_port",
        "polatis_name",
        "configuration",
        "notes",
    ],
    ..Resource::PLAIN
};

pub(super) static SITES: Resource = Resource {
    entity: &crate::store::devices::SITES,
    aliases: &["pop"],
    columns: &[
        column("name", 14, 30),
        column("city", 8, 18),
        column("country", 8, 18),
        column("address", 12, 40),
        column("latitude", 10, 11),
        column("longitude", 10, 11),
    ],
    form: &["name", "address", "city", "country", "latitude", "longitude", "notes"],
    ..Resource::PLAIN
};

pub(super) static INCIDENTS: Resource = Resource {
    entity: &crate::store::incidents::INCIDENTS,
    aliases: &["inc"],
    columns: &[
        column("number", 13, 14),
        column("severity", 8, 9),
        column("title", 14, 44),
        column("status", 13, 13),
        column("acknowledged_by", 8, 14),
        column("device", 10, 12),
        column("started_at", 10, 11),
        number("affected_count", 8, 8),
        column("resolved_at", 9, 11),
    ],
    form: &["title", "severity", "device", "started_at", "description", "root_cause"],
    ..Resource::PLAIN
};

pub(super) static DEVICE_CHECKS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_CHECKS,
    aliases: &["checks", "chk"],
    columns: &[
        column("device", 10, 12),
        column("kind", 5, 5),
        number("port", 5, 5),
        column("target", 10, 40),
        number("interval_seconds", 7, 8),
        number("retry_interval_seconds", 7, 8),
        number("timeout_ms", 10, 10),
        number("max_attempts", 5, 5),
        column("enabled", 7, 7),
    ],
    form: &[
        "device",
        "kind",
        "port",
        "target",
        "interval_seconds",
        "retry_interval_seconds",
        "timeout_ms",
        "max_attempts",
        "enabled",
        "settings",
    ],
    ..Resource::PLAIN
};

pub(super) static DEVICE_LOGS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_LOGS,
    aliases: &["logs", "log"],
    columns: &[
        column("created_at", 16, 16),
        column("level", 7, 7),
        column("device", 10, 12),
        column("message", 20, 80),
    ],
    form: &[],
    ..Resource::PLAIN
};

pub(super) static DEVICE_MODELS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_MODELS,
    aliases: &["models"],
    columns: &[
        column("model", 12, 30),
        column("manufacturer", 12, 24),
        column("device_type", 8, 16),
        number("total_ports", 5, 6),
    ],
    form: &["model", "manufacturer", "device_type", "total_ports"],
    ..Resource::PLAIN
};

pub(super) static MANUFACTURERS: Resource = Resource {
    entity: &crate::store::devices::MANUFACTURERS,
    aliases: &["makers"],
    columns: &[column("name", 12, 40)],
    form: &["name"],
    ..Resource::PLAIN
};

pub(super) static MAINTENANCE_WINDOWS: Resource = Resource {
    entity: &crate::store::incidents::MAINTENANCE_WINDOWS,
    aliases: &["maintenance", "windows"],
    columns: &[
        column("starts_at", 16, 16),
        column("ends_at", 16, 16),
        column("device", 10, 12),
        column("site", 8, 18),
        column("tag", 6, 14),
        column("reason", 12, 40),
        column("recurrence", 8, 16),
    ],
    form: &["starts_at", "ends_at", "device", "site", "tag", "recurrence", "timezone", "reason"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&DEVICES, &SITES, &INCIDENTS, &DEVICE_CHECKS, &DEVICE_LOGS, &DEVICE_MODELS, &MANUFACTURERS, &MAINTENANCE_WINDOWS];
