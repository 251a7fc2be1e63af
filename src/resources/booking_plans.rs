//! Bookings that come again, rules for them, favourites, and who waits.

use super::{Resource, column, number};

static BOOKING_SERIES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_SERIES,
    aliases: &["series"],
    columns: &[
        column("title", 14, 30),
        column("user", 8, 16),
        column("devices", 12, 30),
        column("starts_at", 16, 16),
        number("minutes", 7, 7),
        column("recurrence", 12, 34),
        column("until", 10, 10),
        column("timezone", 8, 20),
    ],
    form: &["title", "devices", "starts_at", "minutes", "recurrence", "timezone", "until", "exceptions"],
    letters: &[("book", 'b'), ("cancel", 'c')],
};

static BOOKING_POLICIES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_POLICIES,
    aliases: &["policies"],
    columns: &[
        column("name", 14, 30),
        column("device", 10, 14),
        column("tag", 8, 16),
        number("buffer_before_minutes", 6, 6),
        number("buffer_after_minutes", 5, 6),
        number("notice_minutes", 6, 7),
        number("longest_minutes", 7, 7),
        number("quota_minutes", 6, 7),
        column("needs_approval", 8, 8),
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
    ..Resource::PLAIN
};

static BOOKING_WAITLIST: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_WAITLIST,
    aliases: &["waitlist", "waiting"],
    columns: &[
        column("created_at", 10, 16),
        column("user", 8, 16),
        column("devices", 12, 34),
        column("start_time", 16, 16),
        column("end_time", 16, 16),
        column("status", 8, 8),
        column("offered_until", 13, 16),
    ],
    form: &["devices", "start_time", "end_time"],
    letters: &[("offer", 'o'), ("take", 't'), ("expire", 'e')],
};

static BOOKING_FAVORITES: Resource = Resource {
    entity: &crate::store::booking_plans::BOOKING_FAVORITES,
    aliases: &["favourites", "favorites"],
    columns: &[column("name", 14, 40), column("device_snapshot", 14, 60)],
    form: &["name", "group"],
    letters: &[("book", 'b')],
};

pub(super) static RESOURCES: &[&Resource] =
    &[&BOOKING_SERIES, &BOOKING_POLICIES, &BOOKING_WAITLIST, &BOOKING_FAVORITES];
