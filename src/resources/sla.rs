//! Service levels: when people are at work, and how soon a ticket is answered and solved.

use super::{Resource, column, number};

static CALENDARS: Resource = Resource {
    entity: &crate::store::sla::CALENDARS,
    title: "Calendars",
    aliases: &["cal"],
    columns: &[column("name", "NAME", 14, 30), column("timezone", "ZONE", 12, 24), column("hours", "HOURS", 20, 80)],
    form: &["name", "timezone", "hours"],
    empty: "No calendars yet: every hour counts. Press a to write down when people are at work.",
    help: &[
        ("timezone", "a name such as Africa/Nairobi"),
        ("hours", "{\"mon\": [\"08:00-12:00\", \"13:00-17:00\"], \"sat\": [\"09:00-24:00\"]}"),
    ],
    ..Resource::PLAIN
};

static CALENDAR_HOLIDAYS: Resource = Resource {
    entity: &crate::store::sla::CALENDAR_HOLIDAYS,
    title: "Holidays",
    aliases: &["hol"],
    columns: &[column("day", "DAY", 10, 10), column("name", "NAME", 14, 40), column("calendar", "CALENDAR", 12, 30)],
    form: &["calendar", "day", "name"],
    empty: "No holidays yet. Press a to add a day on which nobody is at work.",
    ..Resource::PLAIN
};

static SLA_POLICIES: Resource = Resource {
    entity: &crate::store::sla::SLA_POLICIES,
    title: "SLA policies",
    aliases: &["sla"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("priority", "PRIORITY", 8, 8),
        column("category", "CATEGORY", 8, 9),
        column("contract", "CONTRACT", 10, 12),
        number("respond_minutes", "ANSWER", 6, 8),
        number("resolve_minutes", "SOLVE", 6, 8),
        column("calendar", "CALENDAR", 10, 24),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["name", "priority", "category", "contract", "calendar", "respond_minutes", "resolve_minutes", "is_active"],
    empty: "No SLA policies yet: no ticket is due. Press a to promise how soon one is answered and solved.",
    labels: &[("respond_minutes", "answer in minutes"), ("resolve_minutes", "solve in minutes")],
    help: &[
        ("priority", "empty: tickets of every priority"),
        ("category", "empty: tickets of every category"),
        ("contract", "empty: whatever the contract"),
        ("calendar", "empty: every hour counts"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CALENDARS, &CALENDAR_HOLIDAYS, &SLA_POLICIES];
