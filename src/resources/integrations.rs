//! Outside systems: their settings, what was exchanged, what they told us.

use super::{Resource, column, number};

pub(super) static PROVIDER_CONFIGS: Resource = Resource {
    entity: &crate::store::integrations::PROVIDER_CONFIGS,
    title: "Providers",
    aliases: &["providers"],
    columns: &[
        column("provider_name", "NAME", 14, 30),
        column("provider_type", "TYPE", 7, 7),
        column("is_active", "ACTIVE", 6, 6),
        column("health_status", "HEALTH", 8, 8),
        column("last_health_check", "ASKED", 9, 16),
        column("health_check_error", "ERROR", 12, 40),
    ],
    form: &["provider_name", "provider_type", "is_active", "configuration", "credentials"],
    empty: "No providers yet. Press a to name an outside system for log-in, sales, billing, payment or messages.",
    labels: &[("provider_name", "name"), ("provider_type", "type"), ("health_status", "health")],
    help: &[
        ("is_active", "one of each type; to change over: x r on the new one"),
        ("credentials", "what opens the other system; kept sealed"),
    ],
    ..Resource::PLAIN
};

pub(super) static PROVIDER_SYNC_LOGS: Resource = Resource {
    entity: &crate::store::integrations::PROVIDER_SYNC_LOGS,
    title: "Sync logs",
    aliases: &["syncs"],
    columns: &[
        column("started_at", "STARTED", 16, 16),
        column("provider", "PROVIDER", 12, 24),
        column("entity_type", "OF", 10, 18),
        column("direction", "DIRECTION", 9, 13),
        column("status", "STATUS", 7, 7),
        number("records_synced", "DONE", 6, 9),
        number("records_failed", "FAILED", 6, 9),
        column("completed_at", "ENDED", 9, 16),
        column("sync_type", "KIND", 7, 11),
    ],
    form: &[
        "provider",
        "entity_type",
        "sync_type",
        "direction",
        "started_at",
        "records_synced",
        "records_failed",
        "error_details",
        "status",
        "completed_at",
    ],
    empty: "Nothing was exchanged yet.",
    labels: &[("entity_type", "records of"), ("sync_type", "kind"), ("completed_at", "ended")],
    ..Resource::PLAIN
};

pub(super) static WEBHOOK_EVENTS: Resource = Resource {
    entity: &crate::store::integrations::WEBHOOK_EVENTS,
    title: "Webhook events",
    aliases: &["webhooks", "events"],
    columns: &[
        column("received_at", "RECEIVED", 16, 16),
        column("provider_name", "PROVIDER", 10, 20),
        column("event_type", "EVENT", 14, 28),
        column("status", "STATUS", 10, 10),
        column("event_id", "ID", 12, 30),
        column("error_message", "ERROR", 12, 40),
        column("processed_at", "PROCESSED", 9, 16),
        column("ip_address", "FROM", 10, 39),
    ],
    form: &[
        "provider_name",
        "provider_type",
        "event_type",
        "event_id",
        "received_at",
        "ip_address",
        "payload",
        "headers",
    ],
    empty: "No outside system has told anything yet.",
    labels: &[("event_id", "event id"), ("ip_address", "from"), ("provider_name", "provider")],
    letters: &[("process", 'p'), ("complete", 'c'), ("retry", 'r')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&PROVIDER_CONFIGS, &PROVIDER_SYNC_LOGS, &WEBHOOK_EVENTS];
