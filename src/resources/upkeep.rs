//! What the program keeps of its own accord.

use super::{Resource, column, number};

static HEALTH_HISTORY: Resource = Resource {
    entity: &crate::store::upkeep::HEALTH_HISTORY,
    aliases: &["snapshots"],
    columns: &[
        column("recorded_at", 16, 16),
        column("device", 10, 14),
        column("status", 11, 13),
        column("heartbeat_at", 12, 16),
        column("metrics", 20, 80),
    ],
    ..Resource::PLAIN
};

static HEALTH_ROLLUPS: Resource = Resource {
    entity: &crate::store::upkeep::HEALTH_ROLLUPS,
    aliases: &["rollups"],
    columns: &[
        column("bucket_start", 16, 16),
        column("bucket", 5, 5),
        column("device", 10, 14),
        number("checks", 6, 8),
        number("failures", 6, 8),
        number("latency_avg_us", 10, 12),
        number("up_seconds", 6, 8),
        number("known_seconds", 7, 8),
    ],
    ..Resource::PLAIN
};

static OUTBOX: Resource = Resource {
    entity: &crate::store::upkeep::OUTBOX,
    aliases: &["letters"],
    columns: &[
        column("due_at", 16, 16),
        column("kind", 12, 20),
        column("entity_type", 10, 20),
        number("attempts", 5, 5),
        column("error", 16, 60),
    ],
    ..Resource::PLAIN
};

static RETENTION_RUNS: Resource = Resource {
    entity: &crate::store::upkeep::RETENTION_RUNS,
    aliases: &["retention"],
    columns: &[
        column("started_at", 16, 16),
        column("table_name", 20, 30),
        column("before", 16, 16),
        column("finished_at", 16, 16),
    ],
    ..Resource::PLAIN
};

static IMPORTED_IDS: Resource = Resource {
    entity: &crate::store::upkeep::IMPORTED_IDS,
    aliases: &["sources"],
    columns: &[
        column("system", 10, 16),
        column("table_name", 12, 24),
        column("source_id", 10, 24),
        column("entity_type", 12, 20),
        column("created_at", 10, 16),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&HEALTH_HISTORY, &HEALTH_ROLLUPS, &OUTBOX, &RETENTION_RUNS, &IMPORTED_IDS];
