//! What hangs around devices: access servers, who answers for them, further parents, silences, who is told, runbooks.

use super::{Resource, column, number};

static ACCESS_SERVERS: Resource = Resource {
    entity: &crate::store::device_care::ACCESS_SERVERS,
    title: "Access servers",
    aliases: &["nas"],
    columns: &[
        column("device", "DEVICE", 10, 14),
        column("nas_identifier", "IDENTIFIER", 12, 30),
        column("nas_ip", "SENDS FROM", 15, 39),
        number("coa_port", "COA", 5, 5),
        number("api_port", "API", 5, 5),
        column("api_username", "API USER", 8, 16),
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
    empty: "No access servers yet. Press a to say which device lets subscribers in.",
    labels: &[
        ("nas_ip", "NAS address"),
        ("nas_identifier", "NAS identifier"),
        ("coa_port", "CoA port"),
        ("api_port", "API port"),
        ("api_username", "API user"),
        ("api_password", "API password"),
        ("radius_secret", "RADIUS secret"),
    ],
    help: &[
        ("radius_secret", "at least 16 characters; kept sealed"),
        ("nas_ip", "the address that its requests come from; one access server for each"),
    ],
    ..Resource::PLAIN
};

static DEVICE_OWNERSHIPS: Resource = Resource {
    entity: &crate::store::device_care::DEVICE_OWNERSHIPS,
    title: "Ownerships",
    aliases: &["owners"],
    columns: &[
        column("device", "DEVICE", 10, 14),
        column("owner", "OWNER", 8, 20),
        column("assigned_at", "SINCE", 10, 16),
        column("assigned_by", "BY", 8, 16),
        column("revoked_at", "UNTIL", 10, 16),
        column("notes", "NOTES", 12, 40),
    ],
    form: &["device", "owner", "notes"],
    empty: "Nobody answers for a device yet. Press a to say who does.",
    labels: &[("assigned_at", "since"), ("revoked_at", "until")],
    letters: &[("revoke", 'v')],
    ..Resource::PLAIN
};

static DEVICE_PARENTS: Resource = Resource {
    entity: &crate::store::device_care::DEVICE_PARENTS,
    title: "Further parents",
    aliases: &["parents"],
    columns: &[
        column("device", "DEVICE", 10, 14),
        column("parent", "REACHED THROUGH", 15, 15),
        column("notes", "NOTES", 12, 40),
        column("created_at", "SINCE", 10, 16),
    ],
    form: &["device", "parent", "notes"],
    empty: "Every device is reached through its own parent alone. Press a where there is another way.",
    help: &[("parent", "another device that this one is reached through: it is unreachable once all are down")],
    ..Resource::PLAIN
};

static SILENCES: Resource = Resource {
    entity: &crate::store::device_care::SILENCES,
    title: "Silences",
    aliases: &["sil", "mute"],
    columns: &[
        column("starts_at", "FROM", 16, 16),
        column("ends_at", "UNTIL", 16, 16),
        column("device", "DEVICE", 10, 14),
        column("site", "SITE", 10, 20),
        column("tag", "TAG", 8, 16),
        column("reason", "REASON", 16, 50),
        column("created_by", "BY", 8, 16),
    ],
    form: &["starts_at", "ends_at", "device", "site", "tag", "reason"],
    empty: "Everything is told. Press a to keep a device, a site or a tag quiet for a while.",
    help: &[("device", "exactly one of device, site and tag"), ("ends_at", "+2h, tomorrow, 2026-11-20 14:00")],
    ..Resource::PLAIN
};

static NOTIFICATION_HOOKS: Resource = Resource {
    entity: &crate::store::device_care::NOTIFICATION_HOOKS,
    title: "Notification hooks",
    aliases: &["hooks"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("kind", "KIND", 8, 8),
        column("target", "TARGET", 20, 60),
        column("min_severity", "FROM", 8, 8),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["name", "kind", "target", "min_severity", "secret", "is_active"],
    empty: "Nobody is told of incidents yet. Press a to say who is, and how.",
    labels: &[("min_severity", "from severity")],
    help: &[
        ("target", "a program's whole path, https://…, an e-mail address, or +254 …, as the kind says"),
        ("secret", "signs what a webhook is sent; kept sealed"),
    ],
    ..Resource::PLAIN
};

static NOTIFICATION_LOG: Resource = Resource {
    entity: &crate::store::device_care::NOTIFICATION_LOG,
    title: "Notifications",
    aliases: &["told"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("hook", "HOOK", 12, 24),
        column("incident", "INCIDENT", 13, 14),
        column("event", "EVENT", 8, 16),
        column("outcome", "OUTCOME", 7, 7),
        column("message", "MESSAGE", 20, 60),
    ],
    form: &[],
    empty: "Nobody was told of anything yet.",
    ..Resource::PLAIN
};

static RUNBOOKS: Resource = Resource {
    entity: &crate::store::device_care::RUNBOOKS,
    title: "Runbooks",
    aliases: &["run"],
    columns: &[
        column("title", "TITLE", 16, 40),
        column("device_type", "FOR", 8, 16),
        column("check_kind", "CHECK", 6, 6),
        column("steps", "STEPS", 20, 80),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["title", "device_type", "check_kind", "steps", "is_active"],
    empty: "No runbooks yet. Press a to write down what to do when something fails.",
    labels: &[("check_kind", "check")],
    help: &[
        ("device_type", "empty: devices of every type"),
        ("check_kind", "icmp, tcp, http, snmp; empty: whatever fails"),
        ("steps", "[\"look at the power\", \"call the site\"]"),
    ],
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
