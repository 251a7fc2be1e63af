//! Outside systems: their settings, what was exchanged, what they told us.

use super::{Resource, column, number};

pub(super) static PROVIDER_CONFIGS: Resource = Resource {
    entity: &crate::store::integrations::PROVIDER_CONFIGS,
    aliases: &["providers"],
    columns: &[
        column("provider_name", 14, 30),
        column("provider_type", 7, 7),
        column("is_active", 6, 6),
        column("health_status", 8, 8),
        column("last_health_check", 9, 16),
        column("health_check_error", 12, 40),
    ],
    form: &["provider_name", "provider_type", "is_active", "configuration", "credentials"],
    ..Resource::PLAIN
};

pub(super) static PROVIDER_SYNC_LOGS: Resource = Resource {
    entity: &crate::store::integrations::PROVIDER_SYNC_LOGS,
    aliases: &["syncs"],
    columns: &[
        column("started_at", 16, 16),
        column("provider", 12, 24),
        column("entity_type", 10, 18),
        column("direction", 9, 13),
        column("status", 7, 7),
        number("records_synced", 6, 9),
        number("records_failed", 6, 9),
        column("completed_at", 9, 16),
        column("sync_type", 7, 11),
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
    ..Resource::PLAIN
};

pub(super) static WEBHOOK_EVENTS: Resource = Resource {
    entity: &crate::store::integrations::WEBHOOK_EVENTS,
    aliases: &["webhooks", "events"],
    columns: &[
        column("received_at", 16, 16),
        column("provider_name", 10, 20),
        column("event_type", 14, 28),
        column("status", 10, 10),
        column("event_id", 12, 30),
        column("error_message", 12, 40),
        column("processed_at", 9, 16),
        column("ip_address", 10, 39),
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
    letters: &[("process", 'p'), ("retry", 'r')],
};

pub(super) static RESOURCES: &[&Resource] = &[&PROVIDER_CONFIGS, &PROVIDER_SYNC_LOGS, &WEBHOOK_EVENTS];
