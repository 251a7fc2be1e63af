//! Shifts, rosters, and what people note for themselves.

use super::{Resource, column, number};

static SHIFT_LOGS: Resource = Resource {
    entity: &crate::store::shifts::SHIFT_LOGS,
    title: "Shifts",
    aliases: &["shift", "handover"],
    columns: &[
        column("started_at", "BEGAN", 16, 16),
        column("ended_at", "ENDED", 16, 16),
        column("lead", "LEAD", 8, 16),
        column("accepted_by", "TAKEN OVER BY", 8, 16),
        column("notes", "NOTES", 20, 60),
        column("summary", "LEFT OPEN", 16, 60),
    ],
    form: &["notes"],
    empty: "No shifts yet. Begin one: what it leaves open is written down when it is handed over.",
    labels: &[
        ("ended_at", "ended"),
        ("accepted_at", "taken over"),
        ("accepted_by", "taken over by"),
        ("summary", "left open"),
    ],
    help: &[("notes", "what the next shift must know")],
    letters: &[("accept", 'a'), ("hand_over", 'h')],
};

static ROSTERS: Resource = Resource {
    entity: &crate::store::shifts::ROSTERS,
    title: "Rosters",
    aliases: &["ros", "duty"],
    columns: &[
        column("starts_at", "FROM", 16, 16),
        column("ends_at", "UNTIL", 16, 16),
        column("user", "WHO", 8, 16),
        column("duty", "DUTY", 10, 30),
        number("level", "LEVEL", 5, 5),
    ],
    form: &["user", "duty", "starts_at", "ends_at", "level"],
    empty: "Nobody is on duty yet. Press a to say who is, and when.",
    help: &[("level", "1 is called first, then 2, …"), ("duty", "network, front desk, … or words of your own")],
    ..Resource::PLAIN
};

static REMINDERS: Resource = Resource {
    entity: &crate::store::shifts::REMINDERS,
    title: "Reminders",
    aliases: &["rem"],
    columns: &[
        column("due_at", "WHEN", 16, 16),
        column("title", "ABOUT", 16, 40),
        column("note", "NOTE", 16, 50),
        column("entity_type", "KIND", 8, 16),
        column("done_at", "DONE", 10, 16),
    ],
    form: &["entity_type", "record_id", "title", "due_at", "note"],
    empty: "Nothing to be reminded of.",
    labels: &[("due_at", "when"), ("done_at", "done"), ("entity_type", "kind"), ("record_id", "record")],
    help: &[("entity_type", "customers, devices, tickets, …"), ("title", "empty: as the record is called")],
    letters: &[("done", 'o'), ("snooze", 's')],
};

static PINS: Resource = Resource {
    entity: &crate::store::shifts::PINS,
    title: "Pins",
    aliases: &["pin"],
    columns: &[
        number("position", "PLACE", 5, 5),
        column("title", "RECORD", 16, 40),
        column("entity_type", "KIND", 8, 16),
        column("created_at", "SINCE", 10, 16),
    ],
    form: &["entity_type", "record_id", "title", "position"],
    empty: "Nothing is kept at hand.",
    labels: &[("entity_type", "kind"), ("record_id", "record"), ("position", "place")],
    help: &[("entity_type", "customers, devices, tickets, …"), ("title", "empty: as the record is called")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SHIFT_LOGS, &ROSTERS, &REMINDERS, &PINS];
