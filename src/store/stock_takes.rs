//! Counts of what is really there; posting one puts the books right.

use super::StoreError;
use super::entity::{Change, Condition, Entity, Field, Relation};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::stock::{Movement, STOCK_ITEMS, move_stock, there};
use super::stock_requests::{copy_item_name, note_removal, require_unsettled};
use super::write::Writing;
use crate::domain::number::NumberFormat;
use crate::domain::stock::{MOST, TAKE};
use crate::domain::{Kind, Value};

pub static STOCK_TAKES: Entity = Entity {
    name: "stock_takes",
    singular: "stock take",
    table: &table(TABLES, "stock_takes"),
    number: Some(NumberFormat::new("CNT", 6)),
    label: "notes",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("location", "location_id", "stock_locations").at_creation(),
        Field::of("status", Kind::Choice(TAKE.states)).read_only(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::reference("posted_by", "posted_by", "users").read_only(),
        Field::of("posted_at", Kind::Instant).read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    search: &["number", "notes"],
    shows: &["location", "created_by"],
    lifecycle: Some(&TAKE),
    conditions: &[Condition { name: "open", means: "status:open" }, Condition { name: "mine", means: "created_by:me" }],
    relations: &[Relation { name: "lines", entity: "stock_take_lines", column: "take_id" }],
    default_sort: "-created_at",
    ..Entity::PLAIN
};

pub static STOCK_TAKE_LINES: Entity = Entity {
    name: "stock_take_lines",
    singular: "counted item",
    table: &table(TABLES, "stock_take_lines"),
    label: "item_name",
    title: &["take", "item_name"],
    part_of: Some(("take", &["open"])),
    fields: &[
        Field::reference("take", "take_id", "stock_takes").required().at_creation(),
        Field::reference("item", "item_id", "stock_items").required().at_creation(),
        Field::text("item_name", 255).read_only(),
        Field::of("counted", Kind::Int).required(),
        Field::of("expected", Kind::Int).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    shows: &["take", "item"],
    default_sort: "created_at",
    rules: counted_rules,
    prepare: Some(copy_item_name),
    follow_up: line_follow_up,
    ..Entity::PLAIN
};

fn counted_rules(change: &mut Change<'_>) {
    if let Value::Int(counted) = change.after("counted")
        && change.changes("counted")
        && !(0..=MOST).contains(counted)
    {
        change.problem("counted", format!("is a whole number from 0 to {MOST}"));
    }
}

fn line_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    require_unsettled(writing, change, ("take", &STOCK_TAKES), &["counted"])?;
    note_removal(writing, change, ("take", &STOCK_TAKES))
}

/// What was counted is what there is from now on: each difference is a row of the ledger.
fn post(writing: &mut Writing<'_>, take: &Record, request: &Request) -> Result<(), StoreError> {
    let mut lines = writing.take_all(&STOCK_TAKE_LINES, "take_id", take.id)?;
    if lines.is_empty() {
        return Err(StoreError::refused(format!("{} counts nothing: add a line first", take.title())));
    }
    lines.sort_by_key(|line| line.get("item_id").as_id());
    let location = take.get("location_id").as_id();
    for line in lines {
        let item = line.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a count of nothing"))?;
        let item = writing.take(&STOCK_ITEMS, item)?;
        let expected = there(writing, &item, location)?;
        let difference = line.get("counted").as_int().unwrap_or(0) - expected;
        if difference != 0 {
            if item.get("is_serialized").is_true() {
                return Err(StoreError::refused(format!(
                    "{}: {expected} are expected, and it goes by serial numbers: scrap or take in the pieces that differ",
                    item.title()
                )));
            }
            let reference = Some(take.get("number").as_str().to_owned());
            let movement = Movement { location, reference, ..Movement::new(item.id, "adjust", difference) };
            move_stock(writing, movement).map_err(StoreError::without_fields)?;
        }
        writing.set(&line, vec![("expected", Value::Int(expected))], None)?;
    }
    let values = vec![("posted_by", writing.person()), ("posted_at", Value::Instant(writing.now))];
    writing.follow(take, "post", values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&STOCK_TAKES, &STOCK_TAKE_LINES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("stock_takes.create", &STOCK_TAKES),
    Operation::import("stock_takes.import", &STOCK_TAKES),
    Operation::update("stock_takes.update", &STOCK_TAKES),
    Operation::new("stock_takes.post", &STOCK_TAKES, Does::Custom(post)).undone_by(Undo::CounterEntry),
    Operation::step("stock_takes.cancel", &STOCK_TAKES, "cancel"),
    Operation::create("stock_take_lines.create", &STOCK_TAKE_LINES),
    Operation::import("stock_take_lines.import", &STOCK_TAKE_LINES),
    Operation::update("stock_take_lines.update", &STOCK_TAKE_LINES),
    Operation::delete("stock_take_lines.delete", &STOCK_TAKE_LINES),
];
