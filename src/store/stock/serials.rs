//! Single pieces, each by its serial number. Of an item that goes by them there are as many in stock as pieces are:
//! each piece that comes or goes writes its row in the ledger.

use std::collections::BTreeMap;

use super::{Answers, Movement, PIECES, STOCK_ITEMS, STOCK_TRANSACTIONS, enter, movement};
use crate::domain::stock::{PIECE, serials};
use crate::domain::text::sort_key as key_of;
use crate::domain::{Id, Kind, Value};
use crate::store::StoreError;
use crate::store::entity::{Change, Condition, Derived, Entity, Field, sort_key};
use crate::store::model::table;
use crate::store::operation::Request;
use crate::store::record::Record;
use crate::store::schema::TABLES;
use crate::store::sql::Statement;
use crate::store::write::Writing;

pub static STOCK_SERIALS: Entity = Entity {
    name: "stock_serials",
    singular: "piece",
    table: &table(TABLES, "stock_serials"),
    label: "serial",
    fields: &[
        Field::text("serial", 100).required().at_creation().sorted_by("serial_key"),
        Field::reference("item", "item_id", "stock_items").required().at_creation(),
        Field::of("status", PIECES).read_only(),
        Field::reference("location", "location_id", "stock_locations").at_creation(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("job", "job_id", "jobs").read_only(),
        Field::reference("issue", "issue_id", "stock_transactions").read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "serial_key", from: "serial", how: sort_key }],
    search: &["serial", "notes"],
    shows: &["item", "location", "device", "job"],
    lifecycle: Some(&PIECE),
    conditions: &[Condition { name: "there", means: "status:in_stock" }],
    default_sort: "serial",
    prepare: Some(prepare),
    ..Entity::PLAIN
};

/// A new piece that is in stock is one more of its item.
fn prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() {
        // What moves a piece is entered in the ledger by the action that does it.
        if change.changes("status") && writing.action == "stock_serials.import" {
            change.problem(
                "status",
                "is changed by an action such as issue or install; a file sets it for new pieces alone",
            );
        }
        return Ok(());
    }
    // Those that a delivery brings are counted by it, those that came from elsewhere installed are not here.
    if change.values.contains_key("issue") || change.after("status").as_str() != "in_stock" {
        return Ok(());
    }
    let (Some(item), false) = (change.after("item").as_id(), change.after("serial").is_empty()) else { return Ok(()) };
    let item = writing.take(&STOCK_ITEMS, item)?;
    if !item.get("is_serialized").is_true() {
        change.problem("item", format!("{} is counted by quantity, without serial numbers", item.title()));
        return Ok(());
    }
    let location = change.after("location").as_id();
    let one = Movement { location, ..Movement::new(item.id, "in", 1) };
    enter(writing, &item, &one, Answers::default()).map(|_| ())
}

/// The serial numbers that a request names, as many as it says where it says how many.
pub(super) fn named(item: &Record, request: &Request) -> Result<Vec<String>, StoreError> {
    let pieces = serials(request.value("serials").as_str()).map_err(|why| StoreError::invalid("serials", why))?;
    if pieces.is_empty() {
        let told = format!("is required: {} goes by serial numbers", item.title());
        return Err(StoreError::invalid("serials", told));
    }
    let count = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
    match request.value("quantity").as_int() {
        Some(quantity) if quantity != count => {
            Err(StoreError::invalid("quantity", format!("is {quantity}, but {count} serial numbers are given")))
        }
        _ => Ok(pieces),
    }
}

/// Items that are counted by quantity have no serial numbers.
pub(super) fn none_named(item: &Record, request: &Request) -> Result<(), StoreError> {
    if request.value("serials").is_empty() {
        return Ok(());
    }
    let told = format!("{} is counted by quantity, without serial numbers", item.title());
    Err(StoreError::invalid("serials", told))
}

/// New pieces come in with one row in the ledger.
pub(in crate::store) fn receive(
    writing: &mut Writing<'_>,
    item: &Record,
    pieces: &[String],
    movement: &Movement,
) -> Result<(), StoreError> {
    let item = writing.take(&STOCK_ITEMS, item.id)?;
    let quantity = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
    for serial in pieces {
        let values = vec![
            ("item", Value::Id(item.id)),
            ("serial", Value::text(serial)),
            ("location", movement.location.map_or(Value::Null, Value::Id)),
            ("issue", Value::Null),
        ];
        writing.make(&STOCK_SERIALS, values)?;
    }
    enter(writing, &item, &Movement { quantity, ..movement.clone() }, Answers::default()).map(|_| ())
}

/// Pieces that are named go out, with one row in the ledger for each place that they lie at.
pub(in crate::store) fn issue_named(
    writing: &mut Writing<'_>,
    item: &Record,
    pieces: &[String],
    movement: &Movement,
) -> Result<(), StoreError> {
    let item = writing.take(&STOCK_ITEMS, item.id)?;
    let mut by_place: BTreeMap<Option<Id>, Vec<Record>> = BTreeMap::new();
    for serial in pieces {
        let piece = find(writing, &item, serial)?;
        PIECE
            .follow("issue", piece.get("status").as_str())
            .map_err(|why| StoreError::refused(format!("{}: {why}", piece.title())))?;
        by_place.entry(piece.get("location_id").as_id()).or_default().push(piece);
    }
    for (location, pieces) in by_place {
        if movement.location.is_some() && movement.location != location {
            let told = format!("{} does not lie there", pieces[0].title());
            return Err(StoreError::invalid("location", told));
        }
        // Two places, two rows: the second sees what the first left.
        let item = writing.take(&STOCK_ITEMS, item.id)?;
        let quantity = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
        let of_these = Movement { kind: "out", quantity, location, ..movement.clone() };
        let row = enter(writing, &item, &of_these, Answers::default())?;
        for piece in pieces {
            go_out(writing, &piece, row, movement.job)?;
        }
    }
    Ok(())
}

fn find(writing: &mut Writing<'_>, item: &Record, serial: &str) -> Result<Record, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM stock_serials WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND item_id = ")
        .bind_id(item.id)
        .push(" AND serial_key = ")
        .bind_text(key_of(serial));
    match statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_id()) {
        Some(id) => writing.take(&STOCK_SERIALS, id),
        None => Err(StoreError::invalid("serials", format!("there is no {serial} of {}", item.title()))),
    }
}

fn go_out(writing: &mut Writing<'_>, piece: &Record, row: Id, job: Option<Id>) -> Result<(), StoreError> {
    let values =
        vec![("location", Value::Null), ("issue", Value::Id(row)), ("job", job.map_or(Value::Null, Value::Id))];
    writing.follow(piece, "issue", values, None)
}

/// The item of a piece, locked, and the piece as it is then.
fn with_item(writing: &mut Writing<'_>, piece: &Record) -> Result<(Record, Record), StoreError> {
    let item = piece.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a piece of nothing"))?;
    let item = writing.take(&STOCK_ITEMS, item)?;
    Ok((item, writing.take(&STOCK_SERIALS, piece.id)?))
}

/// What a request says about one piece.
fn one(kind: &'static str, item: &Record, piece: &Record, request: &Request) -> Movement {
    let movement = super::movement_of(kind, item, request);
    Movement { quantity: if kind == "adjust" { -1 } else { 1 }, location: piece.get("location_id").as_id(), ..movement }
}

pub(super) fn issue(writing: &mut Writing<'_>, piece: &Record, request: &Request) -> Result<(), StoreError> {
    let (item, piece) = with_item(writing, piece)?;
    let movement = one("out", &item, &piece, request);
    let row = enter(writing, &item, &movement, Answers::default())?;
    go_out(writing, &piece, row, movement.job)
}

/// Takes a piece out of stock for a job where it still lies there, and installs it as a device.
pub(in crate::store) fn install_piece(
    writing: &mut Writing<'_>,
    piece: Id,
    device: Option<Id>,
    job: Option<Id>,
) -> Result<(), StoreError> {
    let mut piece = writing.look(&STOCK_SERIALS, piece)?;
    if piece.get("status").as_str() == "in_stock" {
        let (item, taken) = with_item(writing, &piece)?;
        let location = taken.get("location_id").as_id();
        let out = Movement { location, job, ..Movement::new(item.id, "out", 1) };
        let row = enter(writing, &item, &out, Answers::default())?;
        go_out(writing, &taken, row, job)?;
    }
    piece = writing.take(&STOCK_SERIALS, piece.id)?;
    let kept = |given: Option<Id>, field: &str| given.map_or_else(|| piece.get(field).clone(), Value::Id);
    let values = vec![("device", kept(device, "device_id")), ("job", kept(job, "job_id"))];
    writing.follow(&piece, "install", values, None)
}

pub(super) fn install(writing: &mut Writing<'_>, piece: &Record, request: &Request) -> Result<(), StoreError> {
    install_piece(writing, piece.id, request.value("device").as_id(), request.value("job").as_id())
}

/// It is back, and not yet good to go out again.
pub(super) fn bring_in(writing: &mut Writing<'_>, piece: &Record, request: &Request) -> Result<(), StoreError> {
    writing.follow(piece, "return", vec![("device", Value::Null)], request.reason.as_deref())
}

/// Looked at and good: one more in stock, out of the issue that it left by.
pub(super) fn restock(writing: &mut Writing<'_>, piece: &Record, request: &Request) -> Result<(), StoreError> {
    let (item, piece) = with_item(writing, piece)?;
    let location = request.value("location").as_id();
    let back = Movement { location, ..one("return", &item, &piece, request) };
    let returns = piece.get("issue_id").as_id();
    if let Some(out) = returns {
        let out = writing.look(&STOCK_TRANSACTIONS, out)?;
        if movement::still_out(writing, &out)? < 1 {
            return Err(StoreError::refused(format!("all of the issue that {} left by is back", piece.title())));
        }
    }
    enter(writing, &item, &back, Answers { returns, reverses: None })?;
    let values =
        vec![("location", location.map_or(Value::Null, Value::Id)), ("issue", Value::Null), ("job", Value::Null)];
    writing.follow(&piece, "restock", values, request.reason.as_deref())
}

/// Gone for good: one less, where it was in stock.
pub(super) fn scrap(writing: &mut Writing<'_>, piece: &Record, request: &Request) -> Result<(), StoreError> {
    let (item, piece) = with_item(writing, piece)?;
    if piece.get("status").as_str() == "in_stock" {
        enter(writing, &item, &one("adjust", &item, &piece, request), Answers::default())?;
    }
    writing.follow(&piece, "scrap", vec![("location", Value::Null)], request.reason.as_deref())
}
