//! Orders and what they are made of.

use super::contracts::CONTRACTS;
use super::customers::check_currency;
use super::entity::{Change, Condition, Entity, Field, Relation, Visibility};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::products::{DURATIONS, PERIODS, PRODUCTS, discount_of, tiers};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, organizations};
use crate::domain::contracts::end_of_term;
use crate::domain::number::NumberFormat;
use crate::domain::orders::LIFECYCLE;
use crate::domain::pricing::{self, Period, Pricing};
use crate::domain::{Id, Kind, Money, Value};

pub static ORDERS: Entity = Entity {
    name: "orders",
    singular: "order",
    table: &table(TABLES, "orders"),
    number: Some(NumberFormat::new("ORD", 6)),
    label: "number",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::reference("partner", "partner_id", "organizations"),
        Field::reference("distributor", "distributor_id", "organizations"),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("lead", "lead_id", "leads"),
        Field::of("total_amount", Kind::Money).read_only().sorted_by("total_amount"),
        Field::text("currency", 3).default("$currency"),
        Field::of("subtotal", Kind::Money).read_only(),
        Field::of("discount_amount", Kind::Money).read_only(),
        Field::of("tax_amount", Kind::Money).read_only(),
        Field::text("billing_provider", 100),
        Field::text("billing_quote_id", 255),
        Field::of("billing_metadata", Kind::Json).default("{}"),
        Field::text("crm_provider", 100),
        Field::text("crm_deal_id", 255),
        Field::of("crm_metadata", Kind::Json).default("{}"),
        Field::lines("notes_internal"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("sent_at", Kind::Instant).read_only(),
        Field::of("fulfilled_at", Kind::Instant).read_only(),
        Field::of("cancelled_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "billing_quote_id", "crm_deal_id", "notes_internal", "currency"],
    shows: &["customer", "partner", "distributor", "created_by"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::Organization("partner_id"),
    conditions: &[
        Condition { name: "open", means: "status:created,sent,in_fulfillment" },
        Condition { name: "mine", means: "created_by:me" },
    ],
    relations: &[
        Relation { name: "items", entity: "order_items", column: "order_id" },
        Relation { name: "contracts", entity: "contracts", column: "order_id" },
        Relation { name: "notes", entity: "notes", column: "order_id" },
    ],
    default_sort: "-created_at",
    rules: check_currency,
    prepare: Some(prepare_order),
    ..Entity::PLAIN
};

/// What was priced in a currency stays in it.
fn prepare_order(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some()
        && change.changes("currency")
        && !writing.look_all(&ORDER_ITEMS, "order_id", change.id)?.is_empty()
    {
        change.problem("currency", "stays as it is while the order has items: they are priced in it");
    }
    organizations::check_kinds(writing, change)
}

fn item_rules(change: &mut Change<'_>) {
    change.check_whole("quantity", 1);
}

pub static ORDER_ITEMS: Entity = Entity {
    name: "order_items",
    singular: "order item",
    table: &table(TABLES, "order_items"),
    label: "product_name",
    title: &["order", "product_name"],
    part_of: Some(("order", &["created"])),
    fields: &[
        Field::reference("order", "order_id", "orders").required().at_creation(),
        Field::reference("product", "product_id", "products").required(),
        Field::reference("duration", "duration_id", "durations").required(),
        Field::of("quantity", Kind::Int).required().default("1"),
        Field::of("period", Kind::Choice(PERIODS)).default("month"),
        Field::text("description", 1_000),
        Field::of("unit_price", Kind::Money).read_only().in_currency_of("order").by_the_piece(),
        Field::of("discount_percentage", Kind::Percent).read_only(),
        Field::of("subtotal", Kind::Money).read_only().in_currency_of("order"),
        Field::of("discount_amount", Kind::Money).read_only().in_currency_of("order"),
        Field::of("total", Kind::Money).read_only().in_currency_of("order"),
        Field::text("product_name", 255).read_only(),
        Field::text("product_type", 100).read_only(),
        Field::text("product_unit", 50).read_only(),
        Field::of("duration_months", Kind::Int).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["product_name", "description", "product_unit"],
    shows: &["order", "duration"],
    visibility: Visibility::Through("order_id", "orders"),
    default_sort: "created_at",
    rules: item_rules,
    prepare: Some(price_item),
    follow_up: add_up,
    ..Entity::PLAIN
};

/// Works the price of an item out from what the product costs now, and keeps what the product is.
fn price_item(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let what = ["product", "duration", "quantity", "period"];
    if change.before.is_some() && !what.iter().any(|field| change.values.contains_key(field)) {
        return Ok(());
    }
    let (Some(order), Some(product), Some(duration)) =
        (change.refers_to("order"), change.refers_to("product"), change.refers_to("duration"))
    else {
        return Ok(());
    };
    let Some(quantity) = change.after("quantity").as_int() else { return Ok(()) };
    // What is none was told by the rules.
    if !(1..=i64::from(i32::MAX)).contains(&quantity) {
        return Ok(());
    }
    let order = writing.take(&ORDERS, order)?;
    if let Err(why) = still_open(&order) {
        change.problem("order", why);
        return Ok(());
    }
    let (product, duration) = (writing.look(&PRODUCTS, product)?, writing.look(&DURATIONS, duration)?);
    if !product.get("is_active").is_true() {
        change.problem("product", "is not sold any more");
        return Ok(());
    }
    let (currency, period) = (order.get("currency").as_str(), change.after("period").as_str().to_owned());
    let (Some(pricing), Some(of), Some(months)) = (
        Pricing::from_word(product.get("pricing").as_str()),
        Period::from_word(&period),
        duration.get("months").as_int(),
    ) else {
        return Err(StoreError::unexpected("how a product is priced"));
    };
    let tiers = tiers(writing, product.id, currency, &period)?;
    let line = match pricing::line((pricing, of, &tiers), quantity, months, discount_of(&duration), currency) {
        Ok(line) => line,
        Err(why) => {
            change.problem("quantity", format!("{why} (in {currency} a {period}): see the product's price tiers"));
            return Ok(());
        }
    };
    for (field, value) in [
        ("unit_price", Value::Money(line.unit_price)),
        ("discount_percentage", duration.get("discount_percentage").clone()),
        ("subtotal", Value::Money(line.subtotal)),
        ("discount_amount", Value::Money(line.discount)),
        ("total", Value::Money(line.total)),
        ("product_name", product.get("name").clone()),
        ("product_type", product.get("kind").clone()),
        ("product_unit", product.get("unit").clone()),
        ("duration_months", Value::Int(months)),
    ] {
        change.set(field, value);
    }
    Ok(())
}

fn still_open(order: &Record) -> Result<(), String> {
    match order.get("status").as_str() {
        "created" => Ok(()),
        status => Err(format!("{} is {status}: the items of an order that was sent never change", order.title())),
    }
}

/// The order is the sum of its lines, and never changes once it was sent, whatever is done to one of them.
fn add_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(order) = change.refers_to("order") else { return Ok(()) };
    let order = writing.take(&ORDERS, order)?;
    still_open(&order).map_err(StoreError::refused)?;
    for (column, of_items) in
        [("subtotal", "subtotal"), ("discount_amount", "discount_amount"), ("total_amount", "total")]
    {
        let sum = writing.sum(&ORDER_ITEMS, of_items, "order_id", order.id)?;
        writing.derive(&ORDERS, order.id, column, Value::Money(Money::from_ten_thousandths(sum)))?;
    }
    writing.touch(&ORDERS, order.id)
}

fn send(writing: &mut Writing<'_>, order: &Record, request: &Request) -> Result<(), StoreError> {
    if writing.look_all(&ORDER_ITEMS, "order_id", order.id)?.is_empty() {
        return Err(StoreError::refused("cannot send: the order has no items yet"));
    }
    let now = Value::Instant(writing.now);
    writing.follow(order, "send", vec![("sent_at", now)], request.reason.as_deref())
}

fn cancel(writing: &mut Writing<'_>, order: &Record, request: &Request) -> Result<(), StoreError> {
    let now = Value::Instant(writing.now);
    writing.follow(order, "cancel", vec![("cancelled_at", now)], request.reason.as_deref())
}

/// The order is delivered: its contract begins, over the longest of its items' terms.
fn fulfill(writing: &mut Writing<'_>, order: &Record, request: &Request) -> Result<(), StoreError> {
    let Value::Date(start) = *request.value("activation_date") else {
        return Err(StoreError::invalid("activation_date", "is required"));
    };
    let items = writing.look_all(&ORDER_ITEMS, "order_id", order.id)?;
    let months = items.iter().filter_map(|item| item.get("duration_months").as_int()).max();
    let Some(months) = months.and_then(|months| u32::try_from(months).ok()) else {
        return Err(StoreError::refused("cannot fulfill: the order has no items, so its contract has no term"));
    };
    let anchor = chrono::Datelike::day(&start);
    let end = end_of_term(start, anchor, months)
        .ok_or_else(|| StoreError::invalid("activation_date", "lies too far ahead"))?;
    let now = Value::Instant(writing.now);
    writing.follow(order, "fulfill", vec![("fulfilled_at", now)], request.reason.as_deref())?;
    let refer = |field: &str| order.get(field).as_id().map_or(Value::Null, Value::Id);
    let values = vec![
        ("order", Value::Id(order.id)),
        ("user", refer("created_by_id")),
        ("partner", refer("partner_id")),
        ("distributor", refer("distributor_id")),
        ("customer", refer("customer_id")),
        ("activation_date", Value::Date(start)),
        ("expiration_date", Value::Date(end)),
        ("total_value", order.get("total_amount").clone()),
        ("currency", order.get("currency").clone()),
    ];
    writing.make(&CONTRACTS, values).map(|_: Id| ())
}

pub(super) static ENTITIES: &[&Entity] = &[&ORDERS, &ORDER_ITEMS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("orders.create", &ORDERS),
    Operation::import("orders.import", &ORDERS),
    Operation::update("orders.update", &ORDERS),
    Operation::new("orders.send", &ORDERS, Does::Custom(send)),
    Operation::step("orders.start_fulfillment", &ORDERS, "start_fulfillment"),
    Operation::new("orders.fulfill", &ORDERS, Does::Custom(fulfill))
        .asking(&[Field::of("activation_date", Kind::Date).required().default("today")])
        .making("contracts")
        .whatever_is_answered(),
    Operation::new("orders.cancel", &ORDERS, Does::Custom(cancel)),
    Operation::create("order_items.create", &ORDER_ITEMS),
    Operation::import("order_items.import", &ORDER_ITEMS),
    Operation::update("order_items.update", &ORDER_ITEMS),
    Operation::delete("order_items.delete", &ORDER_ITEMS),
];
