//! Shifts, rosters, and what people note for themselves.

use super::{Resource, column, number};

static SHIFT_LOGS: Resource = Resource {
    entity: &crate::store::shifts::SHIFT_LOGS,
    aliases: &["shift", "handover"],
    columns: &[
        column("started_at", 16, 16),
        column("ended_at", 16, 16),
        column("lead", 8, 16),
        column("accepted_by", 8, 16),
        column("notes", 20, 60),
        column("summary", 16, 60),
    ],
    form: &["notes"],
    letters: &[("accept", 'a'), ("hand_over", 'h')],
};

static ROSTERS: Resource = Resource {
    entity: &crate::store::shifts::ROSTERS,
    aliases: &["ros", "duty"],
    columns: &[
        column("starts_at", 16, 16),
        column("ends_at", 16, 16),
        column("user", 8, 16),
        column("duty", 10, 30),
        number("level", 5, 5),
    ],
    form: &["user", "duty", "starts_at", "ends_at", "level"],
    ..Resource::PLAIN
};

static REMINDERS: Resource = Resource {
    entity: &crate::store::shifts::REMINDERS,
    aliases: &["rem"],
    columns: &[
        column("due_at", 16, 16),
        column("title", 16, 40),
        column("note", 16, 50),
        column("entity_type", 8, 16),
        column("done_at", 10, 16),
    ],
    form: &["entity_type", "record_id", "title", "due_at", "note"],
    letters: &[("done", 'o'), ("snooze", 's')],
};

static PINS: Resource = Resource {
    entity: &crate::store::shifts::PINS,
    aliases: &["pin"],
    columns: &[
        number("position", 5, 5),
        column("title", 16, 40),
        column("entity_type", 8, 16),
        column("created_at", 10, 16),
    ],
    form: &["entity_type", "record_id", "title", "position"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SHIFT_LOGS, &ROSTERS, &REMINDERS, &PINS];
