//! Devices and what belongs to them.

use super::{Resource, column, number};

pub(super) static DEVICES: Resource = Resource {
    entity: &crate::store::devices::DEVICES,
    title: "Devices",
    aliases: &["dev"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("name", "NAME", 14, 28),
        column("health", "HEALTH", 13, 13),
        number("latency_us", "LATENCY", 8, 9),
        column("management_ip", "ADDRESS", 13, 20),
        column("site", "SITE", 10, 18),
        column("device_type", "TYPE", 7, 14),
        column("status", "STATUS", 8, 11),
        column("since", "SINCE", 8, 10),
        column("parent", "THROUGH", 10, 12),
        column("customer", "CUSTOMER", 10, 12),
        column("message", "MESSAGE", 10, 40),
        column("tags", "TAGS", 6, 20),
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
    empty: "No devices yet. Press a to add one, or bring them in with: headend import devices FILE.csv",
    ..Resource::PLAIN
};

pub(super) static SITES: Resource = Resource {
    entity: &crate::store::devices::SITES,
    title: "Sites",
    aliases: &["pop"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("city", "CITY", 8, 18),
        column("country", "COUNTRY", 8, 18),
        column("address", "ADDRESS", 12, 40),
        column("latitude", "LATITUDE", 10, 11),
        column("longitude", "LONGITUDE", 10, 11),
    ],
    form: &["name", "address", "city", "country", "latitude", "longitude", "notes"],
    empty: "No sites yet. Press a to add where your devices stand.",
    ..Resource::PLAIN
};

pub(super) static INCIDENTS: Resource = Resource {
    entity: &crate::store::incidents::INCIDENTS,
    title: "Incidents",
    aliases: &["inc"],
    columns: &[
        column("number", "NUMBER", 13, 14),
        column("severity", "SEVERITY", 8, 9),
        column("title", "TITLE", 18, 44),
        column("status", "STATUS", 13, 13),
        column("device", "DEVICE", 10, 12),
        column("started_at", "STARTED", 10, 11),
        number("affected_count", "AFFECTED", 8, 8),
        column("acknowledged_by", "TAKEN BY", 8, 14),
        column("resolved_at", "RESOLVED", 9, 11),
    ],
    form: &["title", "severity", "device", "started_at", "description", "root_cause"],
    empty: "No incidents: nothing has gone wrong.",
    ..Resource::PLAIN
};

pub(super) static DEVICE_CHECKS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_CHECKS,
    title: "Checks",
    aliases: &["checks", "chk"],
    columns: &[
        column("device", "DEVICE", 10, 12),
        column("kind", "KIND", 5, 5),
        number("port", "PORT", 5, 5),
        column("target", "TARGET", 10, 40),
        number("interval_seconds", "EVERY s", 7, 8),
        number("retry_interval_seconds", "AGAIN s", 7, 8),
        number("timeout_ms", "TIMEOUT ms", 10, 10),
        number("max_attempts", "TRIES", 5, 5),
        column("enabled", "ENABLED", 7, 7),
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
    empty: "No checks. A device with a management address is given one when it is added.",
    ..Resource::PLAIN
};

pub(super) static DEVICE_LOGS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_LOGS,
    title: "Device log",
    aliases: &["logs", "log"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("level", "LEVEL", 7, 7),
        column("device", "DEVICE", 10, 12),
        column("message", "MESSAGE", 20, 80),
    ],
    form: &[],
    empty: "Nothing logged yet. The poller writes here what changes.",
    ..Resource::PLAIN
};

pub(super) static DEVICE_MODELS: Resource = Resource {
    entity: &crate::store::devices::DEVICE_MODELS,
    title: "Device models",
    aliases: &["models"],
    columns: &[
        column("model", "MODEL", 12, 30),
        column("manufacturer", "MANUFACTURER", 12, 24),
        column("device_type", "TYPE", 8, 16),
        number("total_ports", "PORTS", 5, 6),
    ],
    form: &["model", "manufacturer", "device_type", "total_ports"],
    empty: "No device models yet. Press a to add one.",
    ..Resource::PLAIN
};

pub(super) static MANUFACTURERS: Resource = Resource {
    entity: &crate::store::devices::MANUFACTURERS,
    title: "Manufacturers",
    aliases: &["makers"],
    columns: &[column("name", "NAME", 12, 40)],
    form: &["name"],
    empty: "No manufacturers yet. Press a to add one.",
    ..Resource::PLAIN
};

pub(super) static MAINTENANCE_WINDOWS: Resource = Resource {
    entity: &crate::store::incidents::MAINTENANCE_WINDOWS,
    title: "Maintenance",
    aliases: &["maintenance", "windows"],
    columns: &[
        column("starts_at", "STARTS", 16, 16),
        column("ends_at", "ENDS", 16, 16),
        column("device", "DEVICE", 10, 12),
        column("site", "SITE", 8, 18),
        column("tag", "TAG", 6, 14),
        column("reason", "REASON", 12, 40),
        column("recurrence", "REPEATS", 8, 16),
    ],
    form: &["starts_at", "ends_at", "device", "site", "tag", "recurrence", "timezone", "reason"],
    empty: "No maintenance planned. Press a to plan a window: nothing is reported down inside it.",
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&DEVICES, &SITES, &INCIDENTS, &DEVICE_CHECKS, &DEVICE_LOGS, &DEVICE_MODELS, &MANUFACTURERS, &MAINTENANCE_WINDOWS];
