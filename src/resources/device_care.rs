//! What hangs around devices: access servers, who answers for them, further parents, silences, who is told, runbooks.

use super::{Resource, column, number};

static ACCESS_SERVERS: Resource = Resource {
    entity: &crate::store::device_care::ACCESS_SERVERS,
    aliases: &["nas"],
    columns: &[
        column("device", 10, 14),
        column("nas_identifier", 12, 30),
        column("nas_ip", 15, 39),
        number("coa_port", 5, 5),
        number("api_port", 5, 5),
        column("api_username", 8, 16),
    ],
    form: &[
        "device",
        "nas_identifier",
        "nas_ip",
        "radius_secret",
        "coa_port",
        "api_username",
        "api_password",
        "api_port",
    ],
    ..Resource::PLAIN
};

static DEVICE_OWNERSHIPS: Resource = Resource {
    entity: &crate::store::device_care::DEVICE_OWNERSHIPS,
    aliases: &["owners"],
    columns: &[
        column("device", 10, 14),
        column("owner", 8, 20),
        column("assigned_at", 10, 16),
        column("assigned_by", 8, 16),
        column("revoked_at", 10, 16),
        column("notes", 12, 40),
    ],
    form: &["device", "owner", "notes"],
    letters: &[("revoke", 'v')],
};

static DEVICE_PARENTS: Resource = Resource {
    entity: &crate::store::device_care::DEVICE_PARENTS,
    aliases: &["parents"],
    columns: &[
        column("device", 10, 14),
        column("parent", 15, 15),
        column("notes", 12, 40),
        column("created_at", 10, 16),
    ],
    form: &["device", "parent", "notes"],
    ..Resource::PLAIN
};

static SILENCES: Resource = Resource {
    entity: &crate::store::device_care::SILENCES,
    aliases: &["sil", "mute"],
    columns: &[
        column("starts_at", 16, 16),
        column("ends_at", 16, 16),
        column("device", 10, 14),
        column("site", 10, 20),
        column("tag", 8, 16),
        column("reason", 16, 50),
        column("created_by", 8, 16),
    ],
    form: &["starts_at", "ends_at", "device", "site", "tag", "reason"],
    ..Resource::PLAIN
};

static NOTIFICATION_HOOKS: Resource = Resource {
    entity: &crate::store::device_care::NOTIFICATION_HOOKS,
    aliases: &["hooks"],
    columns: &[
        column("name", 14, 30),
        column("kind", 8, 8),
        column("target", 20, 60),
        column("min_severity", 8, 8),
        column("is_active", 6, 6),
    ],
    form: &["name", "kind", "target", "min_severity", "secret", "is_active"],
    ..Resource::PLAIN
};

static NOTIFICATION_LOG: Resource = Resource {
    entity: &crate::store::device_care::NOTIFICATION_LOG,
    aliases: &["told"],
    columns: &[
        column("created_at", 16, 16),
        column("hook", 12, 24),
        column("incident", 13, 14),
        column("event", 8, 16),
        column("outcome", 7, 7),
        column("message", 20, 60),
    ],
    form: &[],
    ..Resource::PLAIN
};

static RUNBOOKS: Resource = Resource {
    entity: &crate::store::device_care::RUNBOOKS,
    aliases: &["run"],
    columns: &[
        column("title", 16, 40),
        column("device_type", 8, 16),
        column("check_kind", 6, 6),
        column("steps", 20, 80),
        column("is_active", 6, 6),
    ],
    form: &["title", "device_type", "check_kind", "steps", "is_active"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[
    &ACCESS_SERVERS,
    &DEVICE_OWNERSHIPS,
    &DEVICE_PARENTS,
    &SILENCES,
    &NOTIFICATION_HOOKS,
    &NOTIFICATION_LOG,
    &RUNBOOKS,
];
