//! Bookings that come again, rules for them, favourites, and who waits.

use super::{Resource, column, number};

static BOOKING_SERIES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_SERIES,
    title: "Booking series",
    aliases: &["series"],
    columns: &[
        column("title", "WHAT FOR", 14, 30),
        column("user", "WHO", 8, 16),
        column("devices", "DEVICES", 12, 30),
        column("starts_at", "FIRST", 16, 16),
        number("minutes", "MINUTES", 7, 7),
        column("recurrence", "REPEATS", 12, 34),
        column("until", "UNTIL", 10, 10),
        column("timezone", "ZONE", 8, 20),
    ],
    form: &["title", "devices", "starts_at", "minutes", "recurrence", "timezone", "until", "exceptions"],
    empty: "Nothing comes again. Press a to begin a series.",
    labels: &[("title", "what for"), ("user", "who"), ("starts_at", "first time"), ("recurrence", "repeats")],
    help: &[
        ("devices", "numbers or names joined by commas"),
        (
            "recurrence",
            "FREQ=DAILY, FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=31; INTERVAL=2, COUNT=10, UNTIL=20261231",
        ),
        ("timezone", "whose nine o'clock stays nine o'clock; empty: the organisation's"),
        ("exceptions", "days that are left out: [\"2026-12-24\"]"),
        ("skip_clashes", "yes: what clashes is left out and noted; no: nothing is booked where anything clashes"),
        ("from", "empty: everything that has not begun"),
    ],
    letters: &[("book", 'b'), ("cancel", 'c')],
};

static BOOKING_POLICIES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_POLICIES,
    title: "Booking policies",
    aliases: &["policies"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("device", "DEVICE", 10, 14),
        column("tag", "TAG", 8, 16),
        number("buffer_before_minutes", "BEFORE", 6, 6),
        number("buffer_after_minutes", "AFTER", 5, 6),
        number("notice_minutes", "NOTICE", 6, 7),
        number("longest_minutes", "LONGEST", 7, 7),
        number("quota_minutes", "QUOTA", 6, 7),
        column("needs_approval", "APPROVAL", 8, 8),
    ],
    form: &[
        "name",
        "device",
        "tag",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "notice_minutes",
        "longest_minutes",
        "quota_minutes",
        "needs_approval",
    ],
    empty: "No policies: whatever is free can be booked. Press a to add one for a device or a tag.",
    labels: &[
        ("buffer_before_minutes", "minutes before"),
        ("buffer_after_minutes", "minutes after"),
        ("notice_minutes", "minutes ahead"),
        ("longest_minutes", "longest, minutes"),
        ("quota_minutes", "quota, minutes"),
    ],
    help: &[
        ("tag", "for all devices that carry it"),
        ("quota_minutes", "what one person may have booked ahead of these devices"),
        ("needs_approval", "yes: a booking is pending until somebody approves it"),
    ],
    ..Resource::PLAIN
};

static BOOKING_WAITLIST: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_WAITLIST,
    title: "Waiting list",
    aliases: &["waitlist", "waiting"],
    columns: &[
        column("created_at", "SINCE", 10, 16),
        column("user", "WHO", 8, 16),
        column("devices", "DEVICES", 12, 34),
        column("start_time", "FROM", 16, 16),
        column("end_time", "UNTIL", 16, 16),
        column("status", "STATUS", 8, 8),
        column("offered_until", "OFFERED UNTIL", 13, 16),
    ],
    form: &["devices", "start_time", "end_time"],
    empty: "Nobody waits. Press a to wait for devices that are booked.",
    labels: &[("start_time", "from"), ("end_time", "until"), ("user", "who"), ("title", "what for")],
    help: &[("devices", "numbers or names joined by commas: offered when all of them are free")],
    letters: &[("offer", 'o'), ("take", 't'), ("expire", 'e')],
};

static BOOKING_FAVORITES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_FAVORITES,
    title: "Favourites",
    aliases: &["favourites", "favorites"],
    columns: &[column("name", "NAME", 14, 40), column("device_snapshot", "DEVICES", 14, 60)],
    form: &["name", "group"],
    empty: "No favourites yet. Press a to remember what a booking books.",
    labels: &[("device_snapshot", "devices"), ("group", "booking"), ("title", "what for")],
    letters: &[("book", 'b')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&BOOKING_SERIES, &BOOKING_POLICIES, &BOOKING_WAITLIST, &BOOKING_FAVORITES];
