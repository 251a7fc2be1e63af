//! Subscribers who are on line, and who were.

use super::{Resource, column, number};
use crate::store::sessions::{RADIUS_SESSION_ARCHIVE, RADIUS_SESSIONS};

const COLUMNS: &[super::Column] = &[
    column("started_at", 16, 16),
    column("stopped_at", 16, 16),
    column("username", 12, 30),
    column("customer", 10, 14),
    column("framed_ip", 15, 39),
    column("calling_station", 17, 24),
    column("nas_ip", 15, 39),
    number("input_octets", 8, 16),
    number("output_octets", 8, 16),
    column("terminate_cause", 10, 20),
];

static OPEN: Resource =
    Resource { entity: &RADIUS_SESSIONS, aliases: &["online"], columns: COLUMNS, ..Resource::PLAIN };

static ARCHIVE: Resource = Resource { entity: &RADIUS_SESSION_ARCHIVE, columns: COLUMNS, ..Resource::PLAIN };

pub(super) static RESOURCES: &[&Resource] = &[&OPEN, &ARCHIVE];
