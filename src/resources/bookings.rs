//! Bookings of devices, alone and in groups, and who shares them.

use super::{Resource, column};

static BOOKINGS: Resource = Resource {
    entity: &crate::store::bookings::BOOKINGS,
    title: "Bookings",
    aliases: &["booking", "bkg"],
    columns: &[
        column("start_time", "FROM", 16, 16),
        column("end_time", "UNTIL", 16, 16),
        column("device_name", "DEVICE", 12, 26),
        column("user", "WHO", 8, 16),
        column("status", "STATUS", 9, 9),
        column("title", "WHAT FOR", 10, 30),
        column("approved_by", "APPROVED BY", 8, 14),
        column("created_at", "BOOKED", 10, 16),
    ],
    form: &["device", "start_time", "end_time", "group"],
    empty: "Nothing is booked. Press a to book a device.",
    labels: &[("start_time", "from"), ("end_time", "until"), ("user", "who"), ("title", "what for")],
    help: &[
        ("group", "what it is booked together with; empty: by itself"),
        ("end_time", "what ends at ten and what begins at ten do not clash"),
    ],
    letters: &[
        ("approve", 'a'),
        ("reject", 'r'),
        ("cancel", 'c'),
        ("expire", 'p'),
        ("start", 's'),
        ("end", 'e'),
        ("complete", 'o'),
        ("move", 'm'),
    ],
};

static BOOKING_GROUPS: Resource = Resource {
    entity: &crate::store::bookings::BOOKING_GROUPS,
    title: "Booking groups",
    aliases: &["groups"],
    columns: &[
        column("title", "WHAT FOR", 14, 30),
        column("user", "WHO", 8, 16),
        column("devices", "DEVICES", 14, 40),
        column("people", "WITH", 8, 24),
        column("series", "SERIES", 8, 20),
        column("created_at", "BOOKED", 10, 16),
        column("comment", "COMMENT", 8, 30),
    ],
    form: &["title", "comment"],
    empty: "Nothing is booked. Book several devices at once from the list of devices.",
    labels: &[
        ("title", "what for"),
        ("user", "who"),
        ("people", "with"),
        ("start_time", "from"),
        ("end_time", "until"),
    ],
    help: &[("devices", "numbers or names joined by commas: all of them or none"), ("user", "empty: you")],
    letters: &[("book", 'b'), ("approve", 'a'), ("reject", 'r'), ("cancel", 'c'), ("end", 'e'), ("move", 'm')],
};

static BOOKING_COLLABORATORS: Resource = Resource {
    entity: &crate::store::bookings::BOOKING_COLLABORATORS,
    title: "Collaborators",
    aliases: &["collaborators"],
    columns: &[column("group", "BOOKING", 14, 30), column("user", "WHO", 8, 20), column("created_at", "SINCE", 10, 16)],
    form: &["group", "user"],
    empty: "Nobody shares a booking.",
    labels: &[("user", "who"), ("group", "booking")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&BOOKINGS, &BOOKING_GROUPS, &BOOKING_COLLABORATORS];
