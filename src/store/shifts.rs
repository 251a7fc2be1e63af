//! Shifts and what one hands over to the next, rosters, and what people note for themselves: reminders and pins.

use serde_json::json;

use super::desk;
use super::entity::{Change, Condition, Entity, Field, Owner};
use super::list::select;
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, entities};
use crate::domain::{Id, Kind, Value, time};

pub static SHIFT_LOGS: Entity = Entity {
    name: "shift_logs",
    singular: "shift",
    table: &table(TABLES, "shift_logs"),
    label: "notes",
    fields: &[
        Field::of("started_at", Kind::Instant).read_only().sorted_by("started_at"),
        Field::of("ended_at", Kind::Instant).read_only(),
        Field::reference("lead", "lead_id", "users").read_only(),
        Field::reference("accepted_by", "accepted_by", "users").read_only(),
        Field::of("accepted_at", Kind::Instant).read_only(),
        Field::lines("notes"),
        Field::of("summary", Kind::Json).read_only(),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["notes"],
    shows: &["lead", "accepted_by"],
    conditions: &[
        Condition { name: "running", means: "ended_at:" },
        Condition { name: "waiting", means: "ended_at<=0d accepted_at:" },
        Condition { name: "mine", means: "lead:me or accepted_by:me" },
    ],
    default_sort: "-started_at",
    ..Entity::PLAIN
};

/// The shift that somebody runs now.
fn running(writing: &mut Writing<'_>, lead: Id) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM shift_logs WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND lead_id = ")
        .bind_id(lead)
        .push(" AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1");
    Ok(statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_id()))
}

fn begin(writing: &mut Writing<'_>, notes: Value) -> Result<Id, StoreError> {
    let Some(lead) = writing.session.user() else {
        return Err(StoreError::refused("a shift is run by a person"));
    };
    if let Some(shift) = running(writing, lead)? {
        let shift = writing.look(&SHIFT_LOGS, shift)?;
        let since = shift.get("started_at").as_instant().map(|at| time::show(at, writing.session.tenant.zone));
        return Err(StoreError::refused(format!(
            "your shift since {} still runs: hand it over first",
            since.unwrap_or_default()
        )));
    }
    let values = vec![
        ("started_at", Value::Instant(writing.now)),
        ("lead", Value::Id(lead)),
        ("notes", notes),
        ("summary", Value::Json(json!({}))),
    ];
    writing.make(&SHIFT_LOGS, values)
}

fn start(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    Ok(vec![begin(writing, request.value("notes").clone())?])
}

/// What stands open when a shift ends: what the next one begins with.
fn open_now(writing: &mut Writing<'_>) -> Result<serde_json::Value, StoreError> {
    let mut told = serde_json::Map::new();
    for (what, from) in [
        ("incidents", "incidents WHERE status <> 'resolved' AND tenant_id = "),
        ("unacknowledged", "incidents WHERE status = 'active' AND acknowledged_at IS NULL AND tenant_id = "),
        ("tickets", "tickets WHERE status IN ('open', 'in_progress') AND tenant_id = "),
        ("waiting_tickets", "tickets WHERE status IN ('open', 'in_progress') AND waiting AND tenant_id = "),
        ("jobs", "jobs WHERE status IN ('pending', 'in_progress') AND tenant_id = "),
    ] {
        let mut statement = Statement::fixed();
        statement.push(format!("SELECT count(*) AS l0 FROM {from}")).bind_id(writing.session.tenant.id);
        let count = statement.number(writing.connection)?;
        told.insert(what.into(), count.into());
    }
    Ok(told.into())
}

fn hand_over(writing: &mut Writing<'_>, shift: &Record, request: &Request) -> Result<(), StoreError> {
    if !shift.get("ended_at").is_empty() {
        return Err(StoreError::refused("cannot hand over: the shift has ended already"));
    }
    let mut values = vec![("ended_at", Value::Instant(writing.now)), ("summary", Value::Json(open_now(writing)?))];
    if !request.value("notes").is_empty() {
        values.push(("notes", request.value("notes").clone()));
    }
    writing.set(shift, values, request.reason.as_deref())
}

/// Takes over what a shift has left; the next one begins with it, unless it runs already.
fn accept(writing: &mut Writing<'_>, shift: &Record, request: &Request) -> Result<(), StoreError> {
    if shift.get("ended_at").is_empty() {
        return Err(StoreError::refused("cannot accept: the shift still runs. Its lead hands it over first"));
    }
    if !shift.get("accepted_at").is_empty() {
        return Err(StoreError::refused(format!(
            "cannot accept: {} has accepted it already",
            shift.get("accepted_by").as_str()
        )));
    }
    let person = writing.session.user();
    if person.is_some() && person == shift.get("lead_id").as_id() {
        return Err(StoreError::refused("cannot accept: nobody takes over from themselves"));
    }
    let values = vec![("accepted_by", writing.person()), ("accepted_at", Value::Instant(writing.now))];
    writing.set(shift, values, request.reason.as_deref())?;
    if let Some(lead) = person
        && running(writing, lead)?.is_none()
    {
        begin(writing, Value::text(""))?;
    }
    Ok(())
}

pub static ROSTERS: Entity = Entity {
    name: "rosters",
    singular: "duty",
    table: &table(TABLES, "rosters"),
    label: "duty",
    title: &["user", "duty"],
    fields: &[
        Field::of("starts_at", Kind::Instant).required().sorted_by("starts_at"),
        Field::of("ends_at", Kind::Instant).required(),
        Field::reference("user", "user_id", "users").required(),
        Field::text("duty", 100).required(),
        Field::of("level", Kind::Int).required().default("1"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    search: &["duty"],
    shows: &["user"],
    conditions: &[
        Condition { name: "running", means: "starts_at<=0d ends_at>0d" },
        Condition { name: "next", means: "starts_at>0d starts_at<7d" },
        Condition { name: "mine", means: "user:me" },
    ],
    default_sort: "-starts_at",
    rules: roster_rules,
    prepare: Some(prepare_duty),
    ..Entity::PLAIN
};

fn roster_rules(change: &mut Change<'_>) {
    if let (Value::Instant(start), Value::Instant(end)) = (change.after("starts_at"), change.after("ends_at"))
        && end <= start
    {
        change.problem("ends_at", "is not after the beginning");
    }
    if change.after("level").as_int().is_some_and(|level| !(1..=9).contains(&level)) {
        change.problem("level", "is 1 for who is called first, up to 9");
    }
}

/// Nobody has the same duty twice at one time.
fn prepare_duty(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let (Some(user), Value::Instant(start), Value::Instant(end)) =
        (change.refers_to("user"), change.after("starts_at"), change.after("ends_at"))
    else {
        return Ok(());
    };
    if end <= start {
        // Told by the rules.
        return Ok(());
    }
    let mut statement = Statement::fixed();
    statement
        .push("SELECT starts_at AS w0 FROM rosters WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND user_id = ")
        .bind_id(user)
        .push(" AND starts_at < ")
        .bind_instant(*end)
        .push(" AND ends_at > ")
        .bind_instant(*start)
        .push(" AND duty = ")
        .bind_text(change.after("duty").as_str())
        .push(" AND id <> ")
        .bind_id(change.id);
    if let Some(since) = statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_instant()) {
        let since = time::show(since, writing.session.tenant.zone);
        change.problem("starts_at", format!("has this duty already from {since} on: change that one"));
    }
    Ok(())
}

pub static REMINDERS: Entity = Entity {
    name: "reminders",
    singular: "reminder",
    table: &table(TABLES, "reminders"),
    label: "title",
    fields: &[
        Field::of("due_at", Kind::Instant).required().sorted_by("due_at"),
        Field::text("title", 255).at_creation(),
        Field::text("note", 1000),
        Field::text("entity_type", 100).required().at_creation().one_of(entities::names),
        Field::of("record_id", Kind::Id).required().at_creation(),
        Field::of("done_at", Kind::Instant).read_only(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    search: &["title", "note", "entity_type"],
    owner: Some(Owner { field: "user", shared: false }),
    points_at: Some(("entity_type", "record_id")),
    conditions: &[
        Condition { name: "due", means: "done_at: due_at<=0d" },
        Condition { name: "open", means: "done_at:" },
    ],
    default_sort: "due_at",
    rules: pointer_rules,
    prepare: Some(prepare_pointer),
    ..Entity::PLAIN
};

/// What points at a record says of which kind it is.
fn pointer_rules(change: &mut Change<'_>) {
    let kind = change.after("entity_type").as_str();
    if change.before.is_none() && !kind.is_empty() && entities::find(kind).is_none() {
        let told = format!("nothing is called ‘{}’: customers, devices, tickets, …", crate::domain::text::clean(kind));
        change.problem("entity_type", told);
    }
}

/// What somebody notes of a record is of one that there is and that they see; it is called as the record is, where no
/// other name is given.
fn prepare_pointer(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() {
        return Ok(());
    }
    // A kind that there is not was told by the rules.
    let Some(entity) = entities::find(change.after("entity_type").as_str()) else { return Ok(()) };
    let Some(id) = change.after("record_id").as_id() else { return Ok(()) };
    let read = entity.permission("read");
    if !writing.session.may(&read) {
        change.problem("record_id", format!("you may not see {}: it needs {read}", entity.name));
        return Ok(());
    }
    match select::by_id(writing.connection, writing.session, entity, id, false)? {
        Some(record) if change.after("title").is_empty() => {
            let title: String = record.title().chars().take(super::pointers::LONGEST).collect();
            change.set("title", Value::Text(title));
        }
        Some(_) => {}
        None => change.problem("record_id", format!("there is no such {}", entity.singular)),
    }
    Ok(())
}

fn done(writing: &mut Writing<'_>, reminder: &Record, request: &Request) -> Result<(), StoreError> {
    writing.set(reminder, vec![("done_at", Value::Instant(writing.now))], request.reason.as_deref())
}

/// Later: also what was done and is to be looked at once more.
fn snooze(writing: &mut Writing<'_>, reminder: &Record, request: &Request) -> Result<(), StoreError> {
    let due = request.value("due_at").clone();
    if due.as_instant().is_none_or(|due| due <= writing.now) {
        return Err(StoreError::invalid("due_at", "is a moment to come such as +2h or tomorrow"));
    }
    writing.set(reminder, vec![("due_at", due), ("done_at", Value::Null)], request.reason.as_deref())
}

pub static PINS: Entity = Entity {
    name: "pins",
    singular: "pin",
    table: &table(TABLES, "pins"),
    label: "title",
    fields: &[
        Field::of("position", Kind::Int).default("0").slowly_sorted_by("position"),
        Field::text("title", 255),
        Field::text("entity_type", 100).required().at_creation().one_of(entities::names),
        Field::of("record_id", Kind::Id).required().at_creation(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    owner: Some(Owner { field: "user", shared: false }),
    points_at: Some(("entity_type", "record_id")),
    default_sort: "created_at",
    rules: pin_rules,
    prepare: Some(prepare_pin),
    ..Entity::PLAIN
};

fn prepare_pin(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        desk::require_room(writing)?;
    }
    prepare_pointer(writing, change)
}

fn pin_rules(change: &mut Change<'_>) {
    pointer_rules(change);
    if change.after("position").as_int().is_some_and(|position| !(0..=9_999).contains(&position)) {
        change.problem("position", "is a whole number from 0 to 9999");
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&SHIFT_LOGS, &ROSTERS, &REMINDERS, &PINS];

const NOTES: &[Field] = &[Field::lines("notes")];
const LATER: &[Field] = &[Field::of("due_at", Kind::Instant).required()];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::new("shift_logs.start", &SHIFT_LOGS, Does::Make(start)).asking(NOTES).whatever_is_answered(),
    Operation::update("shift_logs.update", &SHIFT_LOGS),
    Operation::new("shift_logs.hand_over", &SHIFT_LOGS, Does::Custom(hand_over)).asking(NOTES).whatever_is_answered(),
    Operation::new("shift_logs.accept", &SHIFT_LOGS, Does::Custom(accept)),
    Operation::create("rosters.create", &ROSTERS),
    Operation::import("rosters.import", &ROSTERS),
    Operation::update("rosters.update", &ROSTERS),
    Operation::delete("rosters.delete", &ROSTERS),
    Operation::create("reminders.create", &REMINDERS),
    Operation::update("reminders.update", &REMINDERS),
    Operation::new("reminders.done", &REMINDERS, Does::Custom(done)).unless("done_at", "this is done already"),
    Operation::new("reminders.snooze", &REMINDERS, Does::Custom(snooze)).asking(LATER),
    Operation::delete("reminders.delete", &REMINDERS),
    Operation::create("pins.create", &PINS),
    Operation::update("pins.update", &PINS),
    Operation::delete("pins.delete", &PINS),
];
