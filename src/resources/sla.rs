//! Service levels: when people are at work, and how soon a ticket is answered and solved.

use super::{Resource, column, number};

static CALENDARS: Resource = Resource {
    entity: &crate::store::sla::CALENDARS,
    aliases: &["cal"],
    columns: &[column("name", 14, 30), column("timezone", 12, 24), column("hours", 20, 80)],
    form: &["name", "timezone", "hours"],
    ..Resource::PLAIN
};

static CALENDAR_HOLIDAYS: Resource = Resource {
    entity: &crate::store::sla::CALENDAR_HOLIDAYS,
    aliases: &["hol"],
    columns: &[column("day", 10, 10), column("name", 14, 40), column("calendar", 12, 30)],
    form: &["calendar", "day", "name"],
    ..Resource::PLAIN
};

static SLA_POLICIES: Resource = Resource {
    entity: &crate::store::sla::SLA_POLICIES,
    aliases: &["sla"],
    columns: &[
        column("name", 14, 30),
        column("priority", 8, 8),
        column("category", 8, 9),
        column("contract", 10, 12),
        number("respond_minutes", 6, 8),
        number("resolve_minutes", 6, 8),
        column("calendar", 10, 24),
        column("is_active", 6, 6),
    ],
    form: &["name", "priority", "category", "contract", "calendar", "respond_minutes", "resolve_minutes", "is_active"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CALENDARS, &CALENDAR_HOLIDAYS, &SLA_POLICIES];
