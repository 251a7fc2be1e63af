//! What the program keeps of its own accord.

use super::{Resource, column, number};

static HEALTH_HISTORY: Resource = Resource {
    entity: &crate::store::upkeep::HEALTH_HISTORY,
    title: "Health history",
    aliases: &["snapshots"],
    columns: &[
        column("recorded_at", "TIME", 16, 16),
        column("device", "DEVICE", 10, 14),
        column("status", "HEALTH", 11, 13),
        column("heartbeat_at", "LAST ANSWER", 12, 16),
        column("metrics", "FIGURES", 20, 80),
    ],
    empty: "Nothing was recorded yet. The poller writes a row on each change.",
    labels: &[("status", "health"), ("metrics", "figures")],
    ..Resource::PLAIN
};

static HEALTH_ROLLUPS: Resource = Resource {
    entity: &crate::store::upkeep::HEALTH_ROLLUPS,
    title: "Health by hour and day",
    aliases: &["rollups"],
    columns: &[
        column("bucket_start", "FROM", 16, 16),
        column("bucket", "FOR A", 5, 5),
        column("device", "DEVICE", 10, 14),
        number("checks", "CHECKS", 6, 8),
        number("failures", "FAILED", 6, 8),
        number("latency_avg_us", "LATENCY µs", 10, 12),
        number("up_seconds", "UP s", 6, 8),
        number("known_seconds", "KNOWN s", 7, 8),
    ],
    empty: "Nothing was summed up yet. The poller does so by the hour.",
    labels: &[("bucket", "for a"), ("bucket_start", "from")],
    ..Resource::PLAIN
};

static OUTBOX: Resource = Resource {
    entity: &crate::store::upkeep::OUTBOX,
    title: "Outbox",
    aliases: &["letters"],
    columns: &[
        column("due_at", "DUE", 16, 16),
        column("kind", "KIND", 12, 20),
        column("entity_type", "ABOUT", 10, 20),
        number("attempts", "TRIES", 5, 5),
        column("error", "WHY NOT", 16, 60),
    ],
    empty: "Nothing waits to leave.",
    labels: &[("entity_type", "about"), ("attempts", "tries"), ("error", "why not")],
    ..Resource::PLAIN
};

static RETENTION_RUNS: Resource = Resource {
    entity: &crate::store::upkeep::RETENTION_RUNS,
    title: "Retention",
    aliases: &["retention"],
    columns: &[
        column("started_at", "TIME", 16, 16),
        column("table_name", "WHAT", 20, 30),
        column("before", "OLDER THAN", 16, 16),
        column("finished_at", "DONE", 16, 16),
    ],
    empty: "Nothing grew old enough to go yet.",
    labels: &[("table_name", "what"), ("before", "older than")],
    ..Resource::PLAIN
};

static IMPORTED_IDS: Resource = Resource {
    entity: &crate::store::upkeep::IMPORTED_IDS,
    title: "Imported from elsewhere",
    aliases: &["sources"],
    columns: &[
        column("system", "SYSTEM", 10, 16),
        column("table_name", "TABLE", 12, 24),
        column("source_id", "ID THERE", 10, 24),
        column("entity_type", "HERE", 12, 20),
        column("created_at", "SINCE", 10, 16),
    ],
    empty: "Nothing came from another system.",
    labels: &[("source_id", "id there"), ("entity_type", "kind here")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&HEALTH_HISTORY, &HEALTH_ROLLUPS, &OUTBOX, &RETENTION_RUNS, &IMPORTED_IDS];
