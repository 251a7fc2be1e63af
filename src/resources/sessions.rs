//! Subscribers who are on line, and who were.

use super::{Resource, column, number};
use crate::store::sessions::{RADIUS_SESSION_ARCHIVE, RADIUS_SESSIONS};

const COLUMNS: &[super::Column] = &[
    column("started_at", "SINCE", 16, 16),
    column("stopped_at", "UNTIL", 16, 16),
    column("username", "USER", 12, 30),
    column("customer", "CUSTOMER", 10, 14),
    column("framed_ip", "ADDRESS", 15, 39),
    column("calling_station", "STATION", 17, 24),
    column("nas_ip", "SERVER", 15, 39),
    number("input_octets", "FROM", 8, 16),
    number("output_octets", "TO", 8, 16),
    column("terminate_cause", "ENDED BY", 10, 20),
];

const LABELS: &[(&str, &str)] = &[
    ("framed_ip", "address"),
    ("calling_station", "station"),
    ("nas_ip", "server"),
    ("input_octets", "bytes from the subscriber"),
    ("output_octets", "bytes to the subscriber"),
    ("session_seconds", "seconds"),
    ("stopped_at", "until"),
    ("terminate_cause", "ended by"),
];

static OPEN: Resource = Resource {
    entity: &RADIUS_SESSIONS,
    title: "Sessions",
    aliases: &["online"],
    columns: COLUMNS,
    empty: "Nobody is on line.",
    labels: LABELS,
    ..Resource::PLAIN
};

static ARCHIVE: Resource = Resource {
    entity: &RADIUS_SESSION_ARCHIVE,
    title: "Archived sessions",
    columns: COLUMNS,
    empty: "No session is archived yet.",
    labels: LABELS,
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&OPEN, &ARCHIVE];
