//! Stock: items, where they lie, the ledger of their movements, single pieces.

mod deal;
mod movement;
pub mod serials;

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Source, WriteGathered, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::money::is_currency;
use crate::domain::stock::{MOST, MOVEMENTS, PIECE};
use crate::domain::{Id, Kind, Value};

pub(super) use deal::{DEAL, Deal};
use movement::{Answers, enter, enter_plain};
pub(super) use movement::{Movement, bring_back, move_stock, there};

/// Text that the database puts together from other rows, for people to read.
const fn told(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Field {
    const NOTHING_WRITTEN: WriteGathered = |_, _, _| Ok(());
    let mut field = Field::text(name, 10_000).read_only();
    field.source = Source::Gathered { sqlite, postgres, write: NOTHING_WRITTEN };
    field
}

pub static STOCK_ITEMS: Entity = Entity {
    name: "stock_items",
    singular: "stock item",
    table: &table(TABLES, "stock_items"),
    label: "sku",
    fields: &[
        Field::text("sku", 100).required().unique("sku_key").sorted_by("sku_key"),
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::text("category", 100).slowly_sorted_by("category"),
        Field::of("quantity", Kind::Int).read_only().sorted_by("quantity"),
        Field::of("reserved", Kind::Int).read_only(),
        Field::of("min_stock_level", Kind::Int).default("10"),
        Field::of("is_low", Kind::Bool).read_only(),
        told("levels", LEVELS_SQLITE, LEVELS_POSTGRES),
        Field::of("unit_price", Kind::Money).by_the_piece().default("0").slowly_sorted_by("unit_price"),
        Field::text("currency", 3).default("$currency"),
        Field::text("barcode", 100).unique("barcode"),
        Field::of("is_serialized", Kind::Bool).default("no"),
        Field::of("is_active", Kind::Bool).default("yes"),
        Field::lines("description"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "sku_key", from: "sku", how: sort_key },
        Derived { column: "name_key", from: "name", how: sort_key },
    ],
    search: &["sku", "name", "category", "barcode", "description", "currency"],
    shows: &["levels[there].location"],
    conditions: &[
        Condition { name: "low", means: "is_active:yes is_low:yes" },
        Condition { name: "out", means: "is_active:yes quantity:0" },
        Condition { name: "active", means: "is_active:yes" },
    ],
    relations: &[
        Relation { name: "transactions", entity: "stock_transactions", column: "item_id" },
        Relation { name: "levels", entity: "stock_levels", column: "item_id" },
        Relation { name: "serials", entity: "stock_serials", column: "item_id" },
        Relation { name: "reservations", entity: "stock_reservations", column: "item_id" },
    ],
    default_sort: "name",
    rules: item_rules,
    follow_up: item_follow_up,
    follow_up_many: items_follow_up,
    ..Entity::PLAIN
};

macro_rules! levels {
    ($gather:literal) => {
        concat!(
            "(SELECT ",
            $gather,
            "(p.name || ' ' || l.quantity, ', ' ORDER BY p.name_key) FROM stock_levels l JOIN stock_locations p \
             ON p.tenant_id = l.tenant_id AND p.id = l.location_id \
             WHERE l.tenant_id = c.tenant_id AND l.item_id = c.id AND l.quantity > 0)"
        )
    };
}
const LEVELS_SQLITE: &str = levels!("group_concat");
const LEVELS_POSTGRES: &str = levels!("string_agg");

fn item_rules(change: &mut Change<'_>) {
    if change.changes("currency") && !is_currency(change.after("currency").as_str()) {
        change.problem("currency", "is the code of a currency such as USD");
    }
    if let Value::Money(price) = change.after("unit_price")
        && *price < crate::domain::Money::ZERO
    {
        change.problem("unit_price", "must not be negative");
    }
    if let Value::Int(level) = change.after("min_stock_level")
        && !(0..=MOST).contains(level)
    {
        change.problem("min_stock_level", format!("is a whole number from 0 to {MOST}"));
    }
    let counted = change.before.and_then(|record| record.get("quantity").as_int()).unwrap_or(0);
    if change.before.is_some() && change.changes("is_serialized") && counted != 0 {
        let told = format!("is settled while there are {counted} of it: take them out first");
        change.problem("is_serialized", told);
    }
}

fn item_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    items_follow_up(writing, change.id, change.id)
}

/// Whether an item is low follows from its quantity and level.
fn items_follow_up(writing: &mut Writing<'_>, first: Id, last: Id) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE stock_items SET is_low = (quantity <= min_stock_level) WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND id >= ")
        .bind_id(first)
        .push(" AND id <= ")
        .bind_id(last);
    statement.execute(writing.connection).map(|_| ())
}

pub static STOCK_LOCATIONS: Entity = Entity {
    name: "stock_locations",
    singular: "stock location",
    table: &table(TABLES, "stock_locations"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::of("kind", Kind::Choice(&["warehouse", "van", "customer"])).required().default("warehouse"),
        Field::reference("user", "user_id", "users"),
        Field::reference("customer", "customer_id", "customers"),
        Field::of("is_active", Kind::Bool).default("yes"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name"],
    shows: &["user", "customer"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }, Condition { name: "mine", means: "user:me" }],
    relations: &[
        Relation { name: "levels", entity: "stock_levels", column: "location_id" },
        Relation { name: "serials", entity: "stock_serials", column: "location_id" },
    ],
    default_sort: "name",
    rules: location_rules,
    ..Entity::PLAIN
};

fn location_rules(change: &mut Change<'_>) {
    if change.after("kind").as_str() != "customer" && !change.after("customer").is_empty() {
        change.problem("customer", "is given for a customer's place alone: make the kind customer");
    }
}

pub static STOCK_LEVELS: Entity = Entity {
    name: "stock_levels",
    singular: "stock level",
    table: &table(TABLES, "stock_levels"),
    label: "item_name",
    title: &["item_name", "location"],
    fields: &[
        Field::reference("item", "item_id", "stock_items").read_only(),
        Field::text("item_name", 255).read_only(),
        Field::reference("location", "location_id", "stock_locations").read_only(),
        Field::of("quantity", Kind::Int).read_only().sorted_by("quantity"),
    ],
    conditions: &[Condition { name: "there", means: "quantity>0" }],
    shows: &["item", "location"],
    default_sort: "-quantity",
    observed: true,
    ..Entity::PLAIN
};

pub static STOCK_TRANSACTIONS: Entity = Entity {
    name: "stock_transactions",
    singular: "stock movement",
    table: &table(TABLES, "stock_transactions"),
    label: "item_name",
    title: &["item_name", "transaction_type", "quantity"],
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("item", "item_id", "stock_items").read_only(),
        Field::text("item_name", 255).read_only(),
        Field::of("transaction_type", Kind::Choice(MOVEMENTS)).read_only(),
        Field::of("quantity", Kind::Int).read_only(),
        Field::of("quantity_after", Kind::Int).read_only(),
        Field::reference("location", "location_id", "stock_locations").read_only(),
        Field::text("reference", 255).read_only(),
        Field::reference("job", "job_id", "jobs").read_only(),
        Field::reference("request", "request_id", "stock_requests").read_only(),
        Field::reference("purchase_line", "purchase_line_id", "purchase_order_lines").read_only(),
        Field::reference("returns", "returns_id", "stock_transactions").read_only(),
        Field::reference("reverses", "reverses_id", "stock_transactions").read_only(),
        Field::reference("performed_by", "performed_by", "users").read_only(),
        Field::text("performed_by_name", 255).read_only(),
        Field::lines("notes").read_only(),
    ],
    search: &["item_name", "reference", "performed_by_name", "notes"],
    shows: &["item", "location", "job", "request"],
    relations: &[Relation { name: "returned", entity: "stock_transactions", column: "returns_id" }],
    counter: Some(movement::reverse),
    belongs_to: Some("item"),
    default_sort: "-created_at",
    ..Entity::PLAIN
};

/// How many, where, what for: what every movement asks.
const QUANTITY: Field = Field::of("quantity", Kind::Int).within(1, MOST);
/// By how much what is there is put right, in either direction.
const CHANGE: Field = Field::of("quantity", Kind::Int).required();
const LOCATION: Field = Field::reference("location", "location_id", "stock_locations");
const REFERENCE: Field = Field::text("reference", 255);
const JOB: Field = Field::reference("job", "job_id", "jobs");
const SERIALS: Field = Field::lines("serials");
const NOTES: Field = Field::lines("notes");

/// What a request to move an item says.
fn movement_of(kind: &'static str, item: &Record, request: &Request) -> Movement {
    Movement {
        item: item.id,
        kind,
        quantity: request.value("quantity").as_int().unwrap_or(0),
        location: request.value("location").as_id(),
        reference: Some(request.value("reference").as_str().to_owned()).filter(|reference| !reference.is_empty()),
        job: request.value("job").as_id(),
        request: None,
        purchase_line: None,
        notes: request.value("notes").as_str().to_owned(),
    }
}

fn receive(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<(), StoreError> {
    let movement = movement_of("in", item, request);
    if item.get("is_serialized").is_true() {
        let pieces = serials::named(item, request)?;
        return serials::receive(writing, item, &pieces, &movement);
    }
    serials::none_named(item, request)?;
    require_quantity(request)?;
    move_stock(writing, movement).map(|_| ())
}

/// What goes by no serial numbers is told how many of it.
fn require_quantity(request: &Request) -> Result<(), StoreError> {
    if request.value("quantity").is_empty() {
        return Err(StoreError::invalid("quantity", "is required: how many of it"));
    }
    Ok(())
}

fn issue(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<(), StoreError> {
    let movement = movement_of("out", item, request);
    if item.get("is_serialized").is_true() {
        let pieces = serials::named(item, request)?;
        return serials::issue_named(writing, item, &pieces, &movement);
    }
    serials::none_named(item, request)?;
    require_quantity(request)?;
    move_stock(writing, movement).map(|_| ())
}

/// The issue is named by its row, or is the only one of the item with that reference or job of which enough is out.
fn bring_some_back(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<(), StoreError> {
    if item.get("is_serialized").is_true() {
        let told = format!("{} goes by serial numbers: return the pieces themselves", item.title());
        return Err(StoreError::refused(told));
    }
    let out = match request.value("issue").as_id() {
        Some(out) => out,
        None => the_issue(writing, item, request)?,
    };
    let seen = writing.look(&STOCK_TRANSACTIONS, out)?;
    if seen.get("item_id").as_id() != Some(item.id) {
        return Err(StoreError::invalid("issue", format!("is of another item than {}", item.title())));
    }
    let quantity = request.value("quantity").as_int().unwrap_or(0);
    let location = request.value("location").as_id();
    bring_back(writing, out, quantity, location, request.value("notes").as_str()).map(|_| ())
}

fn the_issue(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<Id, StoreError> {
    let (reference, job) = (request.value("reference"), request.value("job"));
    if reference.is_empty() && job.is_empty() {
        return Err(StoreError::invalid("issue", "is required, or the reference or job that it went out for"));
    }
    let mut fit = Vec::new();
    for out in writing.take_all(&STOCK_TRANSACTIONS, "item_id", item.id)? {
        let same = out.get("transaction_type").as_str() == "out"
            && (reference.is_empty() || out.get("reference") == reference)
            && (job.is_empty() || out.get("job_id") == job);
        if same && movement::still_out(writing, &out).is_ok_and(|still| still > 0) {
            fit.push(out.id);
        }
    }
    match fit.as_slice() {
        [out] => Ok(*out),
        [] => Err(StoreError::refused(format!("nothing of {} is out for that reference or job", item.title()))),
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(StoreError::invalid("issue", format!("{} issues fit, name one: {}", ids.len(), ids.join(", "))))
        }
    }
}

fn adjust(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<(), StoreError> {
    move_stock(writing, movement_of("adjust", item, request)).map(|_| ())
}

/// From one place to another: two rows, which together change no quantity.
fn transfer(writing: &mut Writing<'_>, item: &Record, request: &Request) -> Result<(), StoreError> {
    let quantity = request.value("quantity").as_int().unwrap_or(0);
    let (from, to) = (request.value("from").as_id(), request.value("to").as_id());
    if from == to {
        return Err(StoreError::invalid("to", "is where it is taken from"));
    }
    if quantity < 1 {
        return Err(StoreError::invalid("quantity", format!("is a whole number from 1 to {MOST}")));
    }
    for (location, quantity) in [(from, -quantity), (to, quantity)] {
        move_stock(writing, Movement { quantity, location, ..movement_of("adjust", item, request) })?;
    }
    Ok(())
}

/// What a row of the ledger says went out comes back.
fn give_back(writing: &mut Writing<'_>, out: &Record, request: &Request) -> Result<(), StoreError> {
    let quantity = request.value("quantity").as_int().unwrap_or(0);
    let location = request.value("location").as_id();
    if let Some(item) = out.get("item_id").as_id()
        && writing.look(&STOCK_ITEMS, item)?.get("is_serialized").is_true()
    {
        return Err(StoreError::refused("it goes by serial numbers: return the pieces themselves"));
    }
    bring_back(writing, out.id, quantity, location, request.value("notes").as_str()).map(|_| ())
}

pub(super) static ENTITIES: &[&Entity] =
    &[&STOCK_ITEMS, &STOCK_LOCATIONS, &STOCK_LEVELS, &STOCK_TRANSACTIONS, &serials::STOCK_SERIALS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("stock_items.create", &STOCK_ITEMS),
    Operation::import("stock_items.import", &STOCK_ITEMS),
    Operation::update("stock_items.update", &STOCK_ITEMS),
    Operation::delete("stock_items.delete", &STOCK_ITEMS),
    Operation::new("stock_items.receive", &STOCK_ITEMS, Does::Custom(receive))
        .asking(&[QUANTITY, LOCATION, REFERENCE, SERIALS, NOTES])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_items.issue", &STOCK_ITEMS, Does::Custom(issue))
        .asking(&[QUANTITY, LOCATION, REFERENCE, JOB, SERIALS, NOTES])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_items.return", &STOCK_ITEMS, Does::Custom(bring_some_back))
        .asking(&[
            QUANTITY.required(),
            Field::reference("issue", "issue_id", "stock_transactions"),
            REFERENCE,
            JOB,
            LOCATION,
            NOTES,
        ])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_items.adjust", &STOCK_ITEMS, Does::Custom(adjust))
        .asking(&[CHANGE, LOCATION, REFERENCE, NOTES.required()])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_items.transfer", &STOCK_ITEMS, Does::Custom(transfer))
        .asking(&[
            QUANTITY.required(),
            Field::reference("from", "from_id", "stock_locations"),
            Field::reference("to", "to_id", "stock_locations"),
            REFERENCE,
            NOTES,
        ])
        .undone_by(Undo::CounterEntry),
    Operation::create("stock_locations.create", &STOCK_LOCATIONS),
    Operation::import("stock_locations.import", &STOCK_LOCATIONS),
    Operation::update("stock_locations.update", &STOCK_LOCATIONS),
    Operation::delete("stock_locations.delete", &STOCK_LOCATIONS),
    Operation::new("stock_transactions.return", &STOCK_TRANSACTIONS, Does::Custom(give_back))
        .asking(&[QUANTITY.required(), LOCATION, NOTES])
        .undone_by(Undo::CounterEntry),
    Operation::create("stock_serials.create", &serials::STOCK_SERIALS).undone_by(Undo::CounterEntry),
    Operation::import("stock_serials.import", &serials::STOCK_SERIALS).undone_by(Undo::CounterEntry),
    Operation::update("stock_serials.update", &serials::STOCK_SERIALS),
    Operation::new("stock_serials.issue", &serials::STOCK_SERIALS, Does::Custom(serials::issue))
        .asking(&[REFERENCE, JOB, NOTES])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_serials.install", &serials::STOCK_SERIALS, Does::Custom(serials::install))
        .asking(&[Field::reference("device", "device_id", "devices"), JOB]),
    Operation::new("stock_serials.return", &serials::STOCK_SERIALS, Does::Custom(serials::bring_in)),
    Operation::new("stock_serials.restock", &serials::STOCK_SERIALS, Does::Custom(serials::restock))
        .asking(&[LOCATION, NOTES])
        .undone_by(Undo::CounterEntry),
    Operation::new("stock_serials.scrap", &serials::STOCK_SERIALS, Does::Custom(serials::scrap))
        .asking(&[NOTES])
        .undone_by(Undo::CounterEntry),
];

/// The states of a piece.
const PIECES: Kind = Kind::Choice(PIECE.states);
