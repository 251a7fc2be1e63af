//! What people write about records.

use super::entity::{Change, Condition, Entity, Field, Visibility};
use super::model::table;
use super::operation::{self, Operation, Request};
use super::schema::TABLES;
use crate::domain::{Id, Kind, Value};

/// What a note can be about.
const SUBJECTS: &[&str] = &["customer", "device", "order", "contract", "ticket", "incident"];

pub static NOTES: Entity = Entity {
    name: "notes",
    singular: "note",
    table: &table(TABLES, "notes"),
    label: "content",
    fields: &[
        Field::lines("content").required(),
        Field::reference("customer", "customer_id", "customers").at_creation(),
        Field::reference("device", "device_id", "devices").at_creation(),
        Field::reference("order", "order_id", "orders").at_creation(),
        Field::reference("contract", "contract_id", "contracts").at_creation(),
        Field::reference("ticket", "ticket_id", "tickets").at_creation(),
        Field::reference("incident", "incident_id", "incidents").at_creation(),
        Field::of("is_internal", Kind::Bool).default("true"),
        Field::of("is_pinned", Kind::Bool).default("false"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["content"],
    shows: &["created_by", "customer", "device", "order", "contract", "ticket", "incident"],
    // Who belongs to a partner sees what is not for the house alone.
    visibility: Visibility::Except(
        "is_internal",
        &Visibility::AnyOf(&[
            Visibility::Through("customer_id", "customers"),
            Visibility::Through("device_id", "devices"),
            Visibility::Through("order_id", "orders"),
            Visibility::Through("contract_id", "contracts"),
            Visibility::Through("ticket_id", "tickets"),
        ]),
    ),
    conditions: &[
        Condition { name: "pinned", means: "is_pinned:yes" },
        Condition { name: "mine", means: "created_by:me" },
    ],
    default_sort: "-created_at",
    rules: note_rules,
    ..Entity::PLAIN
};

fn note_rules(change: &mut Change<'_>) {
    if SUBJECTS.iter().all(|subject| change.refers_to(subject).is_none()) {
        change.problem("customer", format!("say what the note is about: one of {} at least", SUBJECTS.join(", ")));
    }
}

/// The request that puts a line down about a record, where its kind takes notes: a comment on a ticket, a note on a lead,
/// a note of its own about what else notes are about.
#[must_use]
pub fn quick(about: &Entity, id: Id, line: &str, internal: bool) -> Option<Request> {
    let content = Value::text(line);
    let by = |name: &str| operation::find(name).map(Request::new);
    match about.name {
        "tickets" => Some(
            by("tickets.comment")?.on(id, None).with("content", content).with("is_internal", Value::Bool(internal)),
        ),
        "leads" => Some(by("lead_notes.create")?.with("lead", Value::Id(id)).with("content", content)),
        name => {
            let subject = NOTES.fields.iter().find(|f| f.reference == Some(name) && SUBJECTS.contains(&f.name))?;
            let note = by("notes.create")?.with(subject.name, Value::Id(id)).with("content", content);
            Some(note.with("is_internal", Value::Bool(internal)))
        }
    }
}

/// What a line on such a record is written by; nothing where it takes none.
#[must_use]
pub fn written_by(about: &Entity) -> Option<&'static Operation> {
    quick(about, Id::new(), "", true).map(|request| request.operation)
}

/// Whether a note on such a record says if outsiders read it.
#[must_use]
pub fn has_audience(about: &Entity) -> bool {
    about.name != "leads"
}

pub(super) static ENTITIES: &[&Entity] = &[&NOTES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("notes.create", &NOTES),
    Operation::import("notes.import", &NOTES),
    Operation::update("notes.update", &NOTES),
    Operation::delete("notes.delete", &NOTES),
];
