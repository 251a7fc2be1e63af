//! Who supplies goods and services, and what was ordered from them.

use super::StoreError;
use super::customers::{check_email, check_phone};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, digits, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::stock::{DEAL, Deal};
use super::stock_requests::{copy_item_name, quantity_rules, require_unsettled};
use super::write::Writing;
use crate::domain::money::is_currency;
use crate::domain::number::NumberFormat;
use crate::domain::stock::{PURCHASE, VENDOR};
use crate::domain::{Kind, Money, Value};

pub static VENDORS: Entity = Entity {
    name: "vendors",
    singular: "vendor",
    table: &table(TABLES, "vendors"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::of("kind", Kind::Choice(&["supplier", "service"])).required().default("supplier"),
        Field::of("status", Kind::Choice(VENDOR.states)).read_only(),
        Field::text("category", 100),
        Field::text("contact_person", 255),
        Field::text("email", 255),
        Field::text("phone", 50),
        Field::lines("address"),
        Field::of("payment_terms", Kind::Choice(&["net15", "net30", "cod"])),
        Field::text("gst_number", 50),
        Field::text("pan_number", 50),
        Field::of("monthly_cost", Kind::Money).default("0").slowly_sorted_by("monthly_cost"),
        Field::text("currency", 3).default("$currency"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "name_key", from: "name", how: sort_key },
        Derived { column: "phone_digits", from: "phone", how: digits },
    ],
    search: &[
        "name",
        "category",
        "contact_person",
        "email",
        "phone",
        "address",
        "gst_number",
        "pan_number",
        "currency",
    ],
    lifecycle: Some(&VENDOR),
    conditions: &[Condition { name: "active", means: "status:active" }],
    relations: &[Relation { name: "orders", entity: "purchase_orders", column: "vendor_id" }],
    default_sort: "name",
    rules: vendor_rules,
    ..Entity::PLAIN
};

fn vendor_rules(change: &mut Change<'_>) {
    check_email(change, "email");
    check_phone(change, "phone");
    check_currency(change);
    if let Value::Money(cost) = change.after("monthly_cost")
        && *cost < Money::ZERO
    {
        change.problem("monthly_cost", "must not be negative");
    }
}

fn check_currency(change: &mut Change<'_>) {
    if change.changes("currency") && !is_currency(change.after("currency").as_str()) {
        change.problem("currency", "is the code of a currency such as USD");
    }
}

pub static PURCHASE_ORDERS: Entity = Entity {
    name: "purchase_orders",
    singular: "purchase order",
    table: &table(TABLES, "purchase_orders"),
    number: Some(NumberFormat::new("PO", 6)),
    label: "notes",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("vendor", "vendor_id", "vendors").required(),
        Field::of("status", Kind::Choice(PURCHASE.states)).read_only(),
        Field::of("total", Kind::Money).read_only().slowly_sorted_by("total"),
        Field::text("currency", 3).default("$currency"),
        Field::of("expected_on", Kind::Date),
        Field::of("ordered_at", Kind::Instant).read_only(),
        Field::of("received_at", Kind::Instant).read_only(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "notes", "currency"],
    shows: &["vendor"],
    lifecycle: Some(&PURCHASE),
    conditions: &[
        Condition { name: "open", means: "status:draft,ordered" },
        Condition { name: "late", means: "status:ordered expected_on<today" },
        Condition { name: "mine", means: "created_by:me" },
    ],
    relations: &[Relation { name: "lines", entity: "purchase_order_lines", column: "purchase_order_id" }],
    default_sort: "-created_at",
    rules: check_currency,
    prepare: Some(prepare_order),
    ..Entity::PLAIN
};

/// A vendor that is out of use gets no orders.
fn prepare_order(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.changes("vendor")
        && let Some(vendor) = change.refers_to("vendor")
    {
        let vendor = writing.look(&VENDORS, vendor)?;
        if vendor.get("status").as_str() == "inactive" {
            change.problem("vendor", format!("{} is inactive: activate it first", vendor.title()));
        }
    }
    Ok(())
}

pub static PURCHASE_ORDER_LINES: Entity = Entity {
    name: "purchase_order_lines",
    singular: "line of a purchase order",
    table: &table(TABLES, "purchase_order_lines"),
    label: "item_name",
    title: &["purchase_order", "item_name"],
    part_of: Some(("purchase_order", &["draft"])),
    fields: &[
        Field::reference("purchase_order", "purchase_order_id", "purchase_orders").required().at_creation(),
        Field::reference("item", "item_id", "stock_items").required().at_creation(),
        Field::text("item_name", 255).read_only(),
        Field::of("quantity", Kind::Int).required(),
        Field::of("received_quantity", Kind::Int).read_only(),
        Field::of("unit_price", Kind::Money).default("0").in_currency_of("purchase_order").by_the_piece(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    shows: &["purchase_order", "item"],
    default_sort: "created_at",
    rules: line_rules,
    prepare: Some(copy_item_name),
    follow_up: line_follow_up,
    ..Entity::PLAIN
};

/// The largest amount of a line: its order may have thousands of them.
const MOST_OF_A_LINE: i64 = 1_000_000_000_000_000;

fn line_rules(change: &mut Change<'_>) {
    quantity_rules(change);
    let Value::Money(price) = change.after("unit_price").clone() else { return };
    if price < Money::ZERO {
        change.problem("unit_price", "must not be negative");
    }
    let quantity = change.after("quantity").as_int().unwrap_or(0);
    if price.ten_thousandths().checked_mul(quantity).is_none_or(|amount| amount > MOST_OF_A_LINE) {
        change.problem("unit_price", "times the quantity is more than an order holds");
    }
}

/// The order's total is the sum of its lines; who edits the order sees that it is another one now.
fn line_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let settled = ["quantity", "unit_price"];
    require_unsettled(writing, change, ("purchase_order", &PURCHASE_ORDERS), &settled)?;
    let touched = change.before.is_none() || change.is_removal() || settled.iter().any(|field| change.changes(field));
    let (true, Some(order)) = (touched, change.refers_to("purchase_order")) else { return Ok(()) };
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT CAST(coalesce(sum(quantity * unit_price), 0) AS bigint) AS m0 FROM purchase_order_lines \
             WHERE tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND purchase_order_id = ")
        .bind_id(order);
    let rows = statement.load(writing.connection)?;
    let total = rows.first().map(|row| row.0[0].clone()).unwrap_or_default();
    writing.derive(&PURCHASE_ORDERS, order, "total", total)?;
    writing.touch(&PURCHASE_ORDERS, order)
}

fn lines_of(writing: &mut Writing<'_>, order: &Record) -> Result<Vec<Record>, StoreError> {
    let mut lines = writing.take_all(&PURCHASE_ORDER_LINES, "purchase_order_id", order.id)?;
    if lines.is_empty() {
        return Err(StoreError::refused(format!("{} orders nothing: add a line first", order.title())));
    }
    lines.sort_by_key(|line| line.get("item_id").as_id());
    Ok(lines)
}

fn order(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    lines_of(writing, record)?;
    let expected = request.value("expected_on");
    let mut values = vec![("ordered_at", Value::Instant(writing.now))];
    if !expected.is_empty() {
        values.push(("expected_on", expected.clone()));
    }
    writing.follow(record, "order", values, request.reason.as_deref())
}

/// What comes in of each line, all that is missing where nothing is said. The order is done when nothing is missing.
fn receive(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let mut deal = Deal::read(writing, request)?;
    let (mut came, mut missing) = (0, 0);
    for line in lines_of(writing, record)? {
        let item = line.get("item_id").as_id().ok_or_else(|| StoreError::unexpected("a line of nothing"))?;
        let received = line.get("received_quantity").as_int().unwrap_or(0);
        let left = line.get("quantity").as_int().unwrap_or(0) - received;
        let quantity = deal.take(item, left)?;
        missing += left - quantity;
        if quantity == 0 {
            continue;
        }
        let mut movement = deal.movement("in", item, quantity, request.value("location").as_id(), record);
        movement.purchase_line = Some(line.id);
        deal.receive(writing, movement)?;
        writing.set(&line, vec![("received_quantity", Value::Int(received + quantity))], None)?;
        came += quantity;
    }
    deal.require_spent(writing)?;
    if came == 0 {
        return Err(StoreError::invalid("lines", "take in nothing"));
    }
    if missing > 0 {
        return writing.touch(&PURCHASE_ORDERS, record.id);
    }
    let values = vec![("received_at", Value::Instant(writing.now))];
    writing.follow(record, "receive", values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&VENDORS, &PURCHASE_ORDERS, &PURCHASE_ORDER_LINES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("vendors.create", &VENDORS),
    Operation::import("vendors.import", &VENDORS),
    Operation::update("vendors.update", &VENDORS),
    Operation::delete("vendors.delete", &VENDORS),
    Operation::step("vendors.activate", &VENDORS, "activate"),
    Operation::step("vendors.deactivate", &VENDORS, "deactivate"),
    Operation::step("vendors.hold", &VENDORS, "hold"),
    Operation::create("purchase_orders.create", &PURCHASE_ORDERS),
    Operation::import("purchase_orders.import", &PURCHASE_ORDERS),
    Operation::update("purchase_orders.update", &PURCHASE_ORDERS),
    Operation::new("purchase_orders.order", &PURCHASE_ORDERS, Does::Custom(order))
        .asking(&[Field::of("expected_on", Kind::Date)]),
    Operation::new("purchase_orders.receive", &PURCHASE_ORDERS, Does::Custom(receive))
        .asking(DEAL)
        .undone_by(Undo::CounterEntry),
    Operation::step("purchase_orders.cancel", &PURCHASE_ORDERS, "cancel"),
    Operation::create("purchase_order_lines.create", &PURCHASE_ORDER_LINES),
    Operation::import("purchase_order_lines.import", &PURCHASE_ORDER_LINES),
    Operation::update("purchase_order_lines.update", &PURCHASE_ORDER_LINES),
    Operation::delete("purchase_order_lines.delete", &PURCHASE_ORDER_LINES),
];
