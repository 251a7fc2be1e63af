//! The ledger of stock: every change of a quantity is a row here, written with the quantity that it leaves. The item's
//! row is locked before anything is looked at, so that no two movements of one item read the same figure; the
//! database's own checks and trigger stand behind it.

use super::{STOCK_ITEMS, STOCK_LEVELS, STOCK_LOCATIONS, STOCK_TRANSACTIONS};
use crate::domain::stock::{MOST, effect};
use crate::domain::{Id, Value};
use crate::store::StoreError;
use crate::store::model::ColumnKind;
use crate::store::record::Record;
use crate::store::sql::Statement;
use crate::store::write::Writing;

/// What moves, where, and what for.
#[derive(Clone, Debug)]
pub(in crate::store) struct Movement {
    pub item: Id,
    /// `in`, `out`, `return` or `adjust`.
    pub kind: &'static str,
    /// How many; of an adjustment the difference.
    pub quantity: i64,
    pub location: Option<Id>,
    pub reference: Option<String>,
    pub job: Option<Id>,
    pub request: Option<Id>,
    pub purchase_line: Option<Id>,
    pub notes: String,
}

impl Movement {
    /// So many of an item, for no reason that is known.
    pub(in crate::store) const fn new(item: Id, kind: &'static str, quantity: i64) -> Self {
        let (location, job, request, purchase_line) = (None, None, None, None);
        Self { item, kind, quantity, location, reference: None, job, request, purchase_line, notes: String::new() }
    }
}

/// The rows that a row answers to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answers {
    /// The `out` of which this brings something back.
    pub returns: Option<Id>,
    /// The row that this one reverses.
    pub reverses: Option<Id>,
}

/// Moves stock of an item that is counted by quantity, and answers the ledger's row. What comes back names what it
/// comes back from: see [`bring_back`]. Pieces with serial numbers are moved one by one: see
/// [`super::serials`].
///
/// # Errors
/// Where there is not so much there, or not so much that is free.
pub(in crate::store) fn move_stock(writing: &mut Writing<'_>, mut movement: Movement) -> Result<Id, StoreError> {
    let item = writing.take(&STOCK_ITEMS, movement.item)?;
    if item.get("is_serialized").is_true() {
        let told = format!("{} goes by serial numbers: say which pieces", item.title());
        return Err(StoreError::refused(told));
    }
    if movement.kind == "return" {
        return Err(StoreError::refused("what comes back must name the issue that it comes back from"));
    }
    if movement.kind == "out" && movement.location.is_none() {
        movement.location = only_place(writing, &item)?;
    }
    enter(writing, &item, &movement, Answers::default())
}

/// Brings some of what went out by a row of the ledger back, never more than went.
///
/// # Errors
/// Where that row is no issue that stands, or less of it is still out.
pub(in crate::store) fn bring_back(
    writing: &mut Writing<'_>,
    out: Id,
    quantity: i64,
    location: Option<Id>,
    notes: &str,
) -> Result<Id, StoreError> {
    let seen = writing.take(&STOCK_TRANSACTIONS, out)?;
    let item = seen.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a movement of nothing"))?;
    let item = writing.take(&STOCK_ITEMS, item)?;
    let still_out = still_out(writing, &seen)?;
    if quantity > still_out {
        let went = seen.get("quantity").as_int().unwrap_or(0);
        return Err(StoreError::invalid("quantity", format!("only {still_out} of the {went} are still out")));
    }
    let movement = Movement {
        item: item.id,
        kind: "return",
        quantity,
        location: location.or_else(|| seen.get("location_id").as_id()),
        reference: Some(seen.get("reference").as_str().to_owned()).filter(|reference| !reference.is_empty()),
        job: seen.get("job_id").as_id(),
        request: seen.get("request_id").as_id(),
        purchase_line: None,
        notes: notes.to_owned(),
    };
    enter(writing, &item, &movement, Answers { returns: Some(out), reverses: None })
}

/// How much of what went out by a row has not come back. The item's row is locked by then.
pub(super) fn still_out(writing: &mut Writing<'_>, out: &Record) -> Result<i64, StoreError> {
    if out.get("transaction_type").as_str() != "out" {
        return Err(StoreError::refused(format!(
            "this is no issue but ‘{}’: only what went out comes back",
            out.get("transaction_type").as_str()
        )));
    }
    if standing(writing, out.id)?.is_none() {
        return Err(StoreError::refused("this issue was reversed: nothing of it is out"));
    }
    let back = returned(writing, out.id)?;
    Ok(out.get("quantity").as_int().unwrap_or(0) - back)
}

/// Writes the row that reverses one, and answers it. One that was reversed and came about again stands by the last of these.
pub(super) fn reverse(writing: &mut Writing<'_>, row: &Record) -> Result<Id, StoreError> {
    let item = row.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a movement of nothing"))?;
    let item = writing.take(&STOCK_ITEMS, item)?;
    let Some(last) = standing(writing, row.id)? else {
        return Err(StoreError::refused(format!("this movement of {} was reversed already", item.title())));
    };
    if row.get("transaction_type").as_str() == "out" && returned(writing, row.id)? > 0 {
        let told = format!("some of this issue of {} came back since: take that back first", item.title());
        return Err(StoreError::refused(told));
    }
    let row = &writing.look(&STOCK_TRANSACTIONS, last)?;
    let kind = row.get("transaction_type").as_str();
    let quantity = row.get("quantity").as_int().unwrap_or(0);
    let change = effect(kind, quantity).map_err(StoreError::unexpected)?;
    let movement = Movement {
        item: item.id,
        kind: "adjust",
        quantity: -change,
        location: row.get("location_id").as_id(),
        reference: Some(row.get("reference").as_str().to_owned()).filter(|reference| !reference.is_empty()),
        job: row.get("job_id").as_id(),
        request: row.get("request_id").as_id(),
        purchase_line: row.get("purchase_line_id").as_id(),
        notes: String::new(),
    };
    let answers = Answers { returns: row.get("returns_id").as_id(), reverses: Some(row.id) };
    if let (Some(out), true) = (answers.returns, change < 0) {
        // A return that was taken back comes back again: others may have brought it meanwhile.
        let out = writing.look(&STOCK_TRANSACTIONS, out)?;
        if still_out(writing, &out)? < -change {
            let told = format!("so much of this issue of {} is not out any more", item.title());
            return Err(StoreError::refused(told));
        }
    }
    enter(writing, &item, &movement, answers)
}

/// A movement that answers to no other. The item is locked.
pub(super) fn enter_plain(writing: &mut Writing<'_>, item: &Record, movement: &Movement) -> Result<(), StoreError> {
    enter(writing, item, movement, Answers::default()).map(|_| ()).map_err(StoreError::without_fields)
}

/// Changes the quantities and writes the row. The item is locked.
pub(super) fn enter(
    writing: &mut Writing<'_>,
    item: &Record,
    movement: &Movement,
    answers: Answers,
) -> Result<Id, StoreError> {
    let change = effect(movement.kind, movement.quantity).map_err(|why| StoreError::invalid("quantity", why))?;
    let before = item.get("quantity").as_int().unwrap_or(0);
    let after = before + change;
    if movement.kind == "in" && !item.get("is_active").is_true() && answers.reverses.is_none() {
        return Err(StoreError::refused(format!("{} is out of use: nothing of it is taken in", item.title())));
    }
    if after > MOST {
        return Err(StoreError::invalid("quantity", format!("would make {after} of {}: at most {MOST}", item.title())));
    }
    if after < 0 {
        let told = format!("there is not so much of {}: only {before}", item.title());
        return Err(StoreError::invalid("quantity", told));
    }
    let reserved = item.get("reserved").as_int().unwrap_or(0);
    // A count tells what there is, whatever was promised; all else leaves what is promised.
    let taken = movement.kind == "out" || answers.reverses.is_some();
    if taken && change < 0 && after < reserved {
        let free = (before - reserved).max(0);
        let told = format!(
            "only {free} of {before} of {} are free: {reserved} are promised to requests and jobs",
            item.title()
        );
        return Err(StoreError::invalid("quantity", told));
    }
    shift_level(writing, item, movement.location, change)?;
    let left = writing.add_to(&STOCK_ITEMS, item.id, "quantity", change)?.unwrap_or_default();
    let low = left.as_int() <= item.get("min_stock_level").as_int();
    writing.derive(&STOCK_ITEMS, item.id, "is_low", Value::Bool(low))?;
    let id = |id: Option<Id>| id.map_or(Value::Null, Value::Id);
    let (person, name) = (writing.person(), writing.session.actor_name().to_owned());
    writing.make(
        &STOCK_TRANSACTIONS,
        vec![
            ("item", Value::Id(item.id)),
            ("item_name", item.get("name").clone()),
            ("transaction_type", Value::text(movement.kind)),
            ("quantity", Value::Int(movement.quantity)),
            ("location", id(movement.location)),
            ("reference", movement.reference.as_deref().map_or(Value::Null, Value::text)),
            ("job", id(movement.job)),
            ("request", id(movement.request)),
            ("purchase_line", id(movement.purchase_line)),
            ("returns", id(answers.returns)),
            ("reverses", id(answers.reverses)),
            ("performed_by", person),
            ("performed_by_name", Value::text(name)),
            ("notes", Value::text(&movement.notes)),
            ("quantity_after", left),
        ],
    )
}

/// Changes what lies at a location, or what lies nowhere in particular; neither is ever less than nothing.
fn shift_level(writing: &mut Writing<'_>, item: &Record, location: Option<Id>, change: i64) -> Result<(), StoreError> {
    let Some(location) = location else {
        let all = item.get("quantity").as_int().unwrap_or(0);
        let nowhere = there(writing, item, None)?;
        if nowhere + change < 0 {
            let told = format!(
                "only {nowhere} of {all} of {} lie outside every location: say from which location they are taken",
                item.title()
            );
            return Err(StoreError::invalid("location", told));
        }
        return Ok(());
    };
    let place = writing.look(&STOCK_LOCATIONS, location)?;
    let known = level(writing, item.id, location)?;
    let here = known.unwrap_or(0);
    if here + change < 0 {
        let told = format!("there is not so much of {} at {}: only {here}", item.title(), place.title());
        return Err(StoreError::invalid("quantity", told));
    }
    if change > 0 && !place.get("is_active").is_true() {
        return Err(StoreError::invalid("location", format!("{} is out of use: nothing is put there", place.title())));
    }
    let mut statement = Statement::fixed();
    let tenant = writing.session.tenant.id;
    if known.is_some() {
        statement.push("UPDATE stock_levels SET quantity = quantity + ").bind(ColumnKind::Int, Value::Int(change))?;
        statement.push(" WHERE tenant_id = ").bind_id(tenant).push(" AND item_id = ").bind_id(item.id);
        statement.push(" AND location_id = ").bind_id(location);
    } else {
        statement
            .push("INSERT INTO stock_levels (id, tenant_id, item_id, item_name, location_id, quantity) VALUES (")
            .bind_id(Id::new())
            .push(", ")
            .bind_id(tenant)
            .push(", ")
            .bind_id(item.id)
            .push(", ")
            .bind_text(item.get("name").as_str())
            .push(", ")
            .bind_id(location)
            .push(", ")
            .bind(ColumnKind::Int, Value::Int(change))?
            .push(")");
    }
    statement.execute(writing.connection).map(|_| ())
}

/// How much of an item, which is locked, lies at a location, or at none in particular.
pub(in crate::store) fn there(
    writing: &mut Writing<'_>,
    item: &Record,
    location: Option<Id>,
) -> Result<i64, StoreError> {
    let Some(location) = location else {
        let all = item.get("quantity").as_int().unwrap_or(0);
        return Ok(all - writing.sum(&STOCK_LEVELS, "quantity", "item_id", item.id)?);
    };
    Ok(level(writing, item.id, location)?.unwrap_or(0))
}

/// Where all of an item lies that there is: at one location, and nothing of it outside. Nobody has to say so.
fn only_place(writing: &mut Writing<'_>, item: &Record) -> Result<Option<Id>, StoreError> {
    if there(writing, item, None)? != 0 {
        return Ok(None);
    }
    let mut statement = Statement::fixed();
    statement
        .push("SELECT location_id AS i0 FROM stock_levels WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND item_id = ")
        .bind_id(item.id)
        .push(" AND quantity > 0 LIMIT 2");
    match statement.load(writing.connection)?.as_slice() {
        [row] => Ok(row.0[0].as_id()),
        _ => Ok(None),
    }
}

/// How much of an item lies at a location; `None` where none ever did.
fn level(writing: &mut Writing<'_>, item: Id, location: Id) -> Result<Option<i64>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT quantity AS n0 FROM stock_levels WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND item_id = ")
        .bind_id(item)
        .push(" AND location_id = ")
        .bind_id(location);
    Ok(statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_int()))
}

/// The row that reverses one.
fn reversal_of(writing: &mut Writing<'_>, row: Id) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM stock_transactions WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND reverses_id = ")
        .bind_id(row);
    Ok(statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_id()))
}

/// The row by which one counts: itself where it was not reversed, the last that was written where its reversal was; none
/// where it does not count.
fn standing(writing: &mut Writing<'_>, row: Id) -> Result<Option<Id>, StoreError> {
    let (mut at, mut stands) = (row, true);
    while let Some(reversal) = reversal_of(writing, at)? {
        (at, stands) = (reversal, !stands);
    }
    Ok(stands.then_some(at))
}

/// How much of an issue came back. What reverses a return answers to the same issue and counts against it.
fn returned(writing: &mut Writing<'_>, out: Id) -> Result<i64, StoreError> {
    writing.sum(&STOCK_TRANSACTIONS, "quantity", "returns_id", out)
}
