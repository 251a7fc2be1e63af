//! Bookings of devices, alone and in groups, and who shares them.

use super::{Resource, column};

static BOOKINGS: Resource = Resource {
    entity: &crate::store::bookings::BOOKINGS,
    aliases: &["booking", "bkg"],
    columns: &[
        column("start_time", 16, 16),
        column("end_time", 16, 16),
        column("device_name", 12, 26),
        column("user", 8, 16),
        column("status", 9, 9),
        column("title", 10, 30),
        column("approved_by", 8, 14),
        column("created_at", 10, 16),
    ],
    form: &["device", "start_time", "end_time", "group"],
    letters: &[("approve", 'a'), ("reject", 'r'), ("cancel", 'c'), ("start", 's'), ("move", 'm')],
};

static BOOKING_GROUPS: Resource = Resource {
    entity: &crate::store::bookings::BOOKING_GROUPS,
    aliases: &["groups"],
    columns: &[
        column("title", 14, 30),
        column("user", 8, 16),
        column("devices", 14, 40),
        column("people", 8, 24),
        column("series", 8, 20),
        column("created_at", 10, 16),
        column("comment", 8, 30),
    ],
    form: &["title", "comment"],
    letters: &[("book", 'b'), ("approve", 'a'), ("reject", 'r'), ("cancel", 'c'), ("move", 'm')],
};

static BOOKING_COLLABORATORS: Resource = Resource {
    entity: &crate::store::bookings::BOOKING_COLLABORATORS,
    aliases: &["collaborators"],
    columns: &[column("group", 14, 30), column("user", 8, 20), column("created_at", 10, 16)],
    form: &["group", "user"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&BOOKINGS, &BOOKING_GROUPS, &BOOKING_COLLABORATORS];
