//! What engineers ask the warehouse for, what is promised to them, and what they get.

use super::StoreError;
use super::entity::{Change, Condition, Entity, Field, Relation};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::stock::{Deal, STOCK_ITEMS};
use super::users::USERS;
use super::write::Writing;
use crate::domain::number::NumberFormat;
use crate::domain::stock::{MOST, REQUEST, RESERVATION};
use crate::domain::{Id, Kind, Value};

pub static STOCK_REQUESTS: Entity = Entity {
    name: "stock_requests",
    singular: "stock request",
    table: &table(TABLES, "stock_requests"),
    number: Some(NumberFormat::new("REQ", 6)),
    label: "engineer_name",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("engineer", "engineer_id", "users"),
        Field::text("engineer_name", 255),
        Field::of("status", Kind::Choice(REQUEST.states)).read_only(),
        Field::of("priority", Kind::Choice(&["normal", "urgent"])).required().default("normal"),
        Field::reference("job", "job_id", "jobs"),
        Field::text("job_reference", 100),
        Field::reference("location", "location_id", "stock_locations"),
        Field::reference("decided_by", "decided_by", "users").read_only(),
        Field::of("decided_at", Kind::Instant).read_only(),
        Field::lines("reason").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "engineer_name", "job_reference"],
    shows: &["job", "location", "decided_by"],
    lifecycle: Some(&REQUEST),
    conditions: &[
        Condition { name: "open", means: "status:pending,approved" },
        Condition { name: "waiting", means: "status:pending" },
        Condition { name: "mine", means: "engineer:me" },
    ],
    relations: &[
        Relation { name: "lines", entity: "stock_request_lines", column: "request_id" },
        Relation { name: "reservations", entity: "stock_reservations", column: "request_id" },
        Relation { name: "transactions", entity: "stock_transactions", column: "request_id" },
    ],
    default_sort: "-created_at",
    prepare: Some(prepare_request),
    ..Entity::PLAIN
};

/// Who asks is who writes it down, where nobody else is named; what they are called is kept with it.
fn prepare_request(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let unnamed = change.after("engineer").is_empty() && change.after("engineer_name").is_empty();
    if change.before.is_none() && unnamed {
        change.set("engineer", writing.person());
    }
    let given = change.values.get("engineer_name").is_some_and(|name| !name.is_empty());
    if change.changes("engineer")
        && !given
        && let Some(engineer) = change.refers_to("engineer")
    {
        let user = writing.look(&USERS, engineer)?;
        let full = user.get("full_name");
        change.set("engineer_name", if full.is_empty() { user.get("username") } else { full }.clone());
    }
    Ok(())
}

pub static STOCK_REQUEST_LINES: Entity = Entity {
    name: "stock_request_lines",
    singular: "line of a stock request",
    table: &table(TABLES, "stock_request_lines"),
    label: "item_name",
    title: &["request", "item_name"],
    part_of: Some(("request", &["pending"])),
    fields: &[
        Field::reference("request", "request_id", "stock_requests").required().at_creation(),
        Field::reference("item", "item_id", "stock_items").required().at_creation(),
        Field::text("item_name", 255).read_only(),
        Field::of("quantity", Kind::Int).required(),
        Field::of("issued_quantity", Kind::Int).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    shows: &["request", "item"],
    default_sort: "created_at",
    rules: quantity_rules,
    prepare: Some(copy_item_name),
    follow_up: line_follow_up,
    ..Entity::PLAIN
};

/// A line asks for something.
pub(super) fn quantity_rules(change: &mut Change<'_>) {
    if let Value::Int(quantity) = change.after("quantity")
        && change.changes("quantity")
        && !(1..=MOST).contains(quantity)
    {
        change.problem("quantity", format!("is a whole number from 1 to {MOST}"));
    }
}

/// What the item is called is kept with the line.
pub(super) fn copy_item_name(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none()
        && let Some(item) = change.refers_to("item")
    {
        let name = writing.look(&STOCK_ITEMS, item)?.get("name").clone();
        change.set("item_name", name);
    }
    Ok(())
}

/// What belongs to a record is settled once it is in another state than its first.
pub(super) fn require_unsettled(
    writing: &mut Writing<'_>,
    change: &Change<'_>,
    parent: (&str, &'static Entity),
    settled: &[&str],
) -> Result<(), StoreError> {
    let touched = change.before.is_none() || change.is_removal() || settled.iter().any(|field| change.changes(field));
    let (true, Some(id)) = (touched, change.refers_to(parent.0)) else { return Ok(()) };
    let record = writing.take(parent.1, id)?;
    let (status, first) = (record.get("status").as_str(), parent.1.lifecycle.map_or("", |lifecycle| lifecycle.initial));
    if status == first {
        return Ok(());
    }
    let told = format!("{} is {status}: its lines are settled", record.title());
    Err(StoreError::refused(told))
}

fn line_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    require_unsettled(writing, change, ("request", &STOCK_REQUESTS), &["quantity"])?;
    note_removal(writing, change, ("request", &STOCK_REQUESTS))
}

/// A line that is taken away is in the history of what it belonged to, which is told once of however many.
pub(super) fn note_removal(
    writing: &mut Writing<'_>,
    change: &Change<'_>,
    (field, parent): (&str, &'static Entity),
) -> Result<(), StoreError> {
    match change.refers_to(field).filter(|_| change.is_removal()) {
        Some(id) if writing.noted_to_lose.insert(id) => writing.touch(parent, id),
        _ => Ok(()),
    }
}

pub static STOCK_RESERVATIONS: Entity = Entity {
    name: "stock_reservations",
    singular: "reservation of stock",
    table: &table(TABLES, "stock_reservations"),
    label: "item_name",
    title: &["item_name", "job", "request"],
    fields: &[
        Field::reference("item", "item_id", "stock_items").required().at_creation(),
        Field::text("item_name", 255).read_only(),
        Field::of("quantity", Kind::Int).required().at_creation(),
        Field::of("status", Kind::Choice(RESERVATION.states)).read_only(),
        Field::reference("job", "job_id", "jobs").at_creation(),
        Field::reference("request", "request_id", "stock_requests").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    lifecycle: Some(&RESERVATION),
    conditions: &[Condition { name: "held", means: "status:held" }],
    shows: &["item", "request", "job"],
    default_sort: "-created_at",
    rules: quantity_rules,
    prepare: Some(copy_item_name),
    follow_up: reservation_follow_up,
    ..Entity::PLAIN
};

/// What is promised of an item is the sum of what is held; more than there is cannot be promised.
fn reservation_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(item) = change.refers_to("item") else { return Ok(()) };
    let item = writing.take(&STOCK_ITEMS, item)?;
    let mut statement = Statement::fixed();
    statement
        .push("SELECT CAST(coalesce(sum(quantity), 0) AS bigint) AS l0 FROM stock_reservations WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND item_id = ")
        .bind_id(item.id)
        .push(" AND status = 'held'");
    let held = statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0);
    let there = item.get("quantity").as_int().unwrap_or(0);
    if held > there && change.changes("status") && change.after("status").as_str() == "held" {
        let wanted = change.after("quantity").as_int().unwrap_or(0);
        let free = (there - (held - wanted)).max(0);
        return Err(StoreError::refused(format!(
            "only {free} of {there} of {} are free, {wanted} are wanted",
            item.title()
        )));
    }
    writing.derive(&STOCK_ITEMS, item.id, "reserved", Value::Int(held))
}

/// The lines of a request, in the order of their items' ids: rows are locked in one order, whoever asks.
fn lines_of(writing: &mut Writing<'_>, request: &Record) -> Result<Vec<Record>, StoreError> {
    let mut lines = writing.take_all(&STOCK_REQUEST_LINES, "request_id", request.id)?;
    if lines.is_empty() {
        return Err(StoreError::refused(format!("{} asks for nothing: add a line first", request.title())));
    }
    lines.sort_by_key(|line| line.get("item_id").as_id());
    Ok(lines)
}

fn decided(writing: &Writing<'_>, reason: &Value) -> Vec<(&'static str, Value)> {
    vec![("decided_by", writing.person()), ("decided_at", Value::Instant(writing.now)), ("reason", reason.clone())]
}

/// What is asked for is promised, all of it or none.
fn approve(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    for line in lines_of(writing, record)? {
        let values = vec![
            ("item", line.get("item_id").clone()),
            ("quantity", line.get("quantity").clone()),
            ("job", record.get("job_id").clone()),
            ("request", Value::Id(record.id)),
        ];
        writing.make(&STOCK_RESERVATIONS, values)?;
    }
    let values = decided(writing, request.value("reason"));
    writing.follow(record, "approve", values, request.reason.as_deref())
}

fn reject(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let values = decided(writing, request.value("reason"));
    writing.follow(record, "reject", values, request.reason.as_deref())
}

/// What was promised is free again.
fn cancel(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    settle_reservations(writing, record.id, &[])?;
    let values = vec![("reason", request.value("reason").clone())];
    writing.follow(record, "cancel", values, request.reason.as_deref())
}

/// What is held for a request is used where its item is among those that are given out, or released, in the order of the
/// items' ids.
fn settle_reservations(writing: &mut Writing<'_>, request: Id, given: &[Id]) -> Result<(), StoreError> {
    let mut held = writing.take_all(&STOCK_RESERVATIONS, "request_id", request)?;
    held.retain(|reservation| reservation.get("status").as_str() == "held");
    held.sort_by_key(|reservation| reservation.get("item_id").as_id());
    held.iter().try_for_each(|reservation| {
        let is_given = reservation.get("item_id").as_id().is_some_and(|item| given.contains(&item));
        writing.follow(reservation, if is_given { "use" } else { "release" }, Vec::new(), None)
    })
}

/// Hands out what was promised, or so much of each line as is said; what is left of the promise is free again.
fn issue(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let lines = lines_of(writing, record)?;
    let mut deal = Deal::read(writing, request)?;
    let mut dealt = Vec::with_capacity(lines.len());
    for line in &lines {
        let item = line.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a line of nothing"))?;
        let quantity = deal.take(item, line.get("quantity").as_int().unwrap_or(0))?;
        if quantity > 0 {
            dealt.push((line, item, quantity));
        }
    }
    let items: Vec<Id> = dealt.iter().map(|(_, item, _)| *item).collect();
    settle_reservations(writing, record.id, &items)?;
    let mut given = 0;
    for (line, item, quantity) in dealt {
        let place = request.value("location").as_id().or_else(|| record.get("location_id").as_id());
        let mut movement = deal.movement("out", item, quantity, place, record);
        movement.request = Some(record.id);
        movement.job = record.get("job_id").as_id();
        deal.issue(writing, movement)?;
        writing.set(line, vec![("issued_quantity", Value::Int(quantity))], None)?;
        given += quantity;
    }
    deal.require_spent(writing)?;
    if given == 0 {
        return Err(StoreError::invalid("lines", "give out nothing: cancel the request instead"));
    }
    writing.follow(record, "issue", Vec::new(), request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&STOCK_REQUESTS, &STOCK_REQUEST_LINES, &STOCK_RESERVATIONS];

const REASON: Field = Field::lines("reason");

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("stock_requests.create", &STOCK_REQUESTS),
    Operation::import("stock_requests.import", &STOCK_REQUESTS),
    Operation::update("stock_requests.update", &STOCK_REQUESTS),
    Operation::new("stock_requests.approve", &STOCK_REQUESTS, Does::Custom(approve)).asking(&[REASON]),
    Operation::new("stock_requests.reject", &STOCK_REQUESTS, Does::Custom(reject)).asking(&[REASON.required()]),
    Operation::new("stock_requests.issue", &STOCK_REQUESTS, Does::Custom(issue))
        .asking(super::stock::DEAL)
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_requests.cancel", &STOCK_REQUESTS, Does::Custom(cancel)).asking(&[REASON]),
    Operation::create("stock_request_lines.create", &STOCK_REQUEST_LINES),
    Operation::import("stock_request_lines.import", &STOCK_REQUEST_LINES),
    Operation::update("stock_request_lines.update", &STOCK_REQUEST_LINES),
    Operation::delete("stock_request_lines.delete", &STOCK_REQUEST_LINES),
    Operation::create("stock_reservations.create", &STOCK_RESERVATIONS),
    Operation::step("stock_reservations.use", &STOCK_RESERVATIONS, "use"),
    Operation::step("stock_reservations.release", &STOCK_RESERVATIONS, "release"),
];
