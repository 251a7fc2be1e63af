//! Products, what they cost by quantity, and how long contracts may run.

use super::StoreError;
use super::customers::check_currency;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::pricing::{Tier, check_tiers};
use crate::domain::{Id, Kind, Money, Percent, Value};

/// What a tier's price is paid for.
pub const PERIODS: &[&str] = &["month", "year"];

pub static PRODUCTS: Entity = Entity {
    name: "products",
    singular: "product",
    table: &table(TABLES, "products"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().unique("name_key").sorted_by("name_key"),
        Field::text("kind", 100).required(),
        Field::text("unit", 50).required(),
        Field::of("pricing", Kind::Choice(&["volume", "graduated"])).default("volume"),
        Field::lines("description"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "kind", "description", "unit"],
    visibility: Visibility::Catalogue,
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "tiers", entity: "price_tiers", column: "product_id" },
        Relation { name: "items", entity: "order_items", column: "product_id" },
    ],
    default_sort: "name",
    ..Entity::PLAIN
};

/// Takes a product away with its prices, which come back with it.
fn delete_product(writing: &mut Writing<'_>, product: &Record, _: &Request) -> Result<(), StoreError> {
    for tier in in_order(writing.take_all(&PRICE_TIERS, "product_id", product.id)?).iter().rev() {
        writing.remove(tier)?;
    }
    let product = writing.take(&PRODUCTS, product.id)?;
    writing.remove(&product)
}

pub static PRICE_TIERS: Entity = Entity {
    name: "price_tiers",
    singular: "price tier",
    table: &table(TABLES, "price_tiers"),
    label: "name",
    title: &["product", "name"],
    fields: &[
        Field::reference("product", "product_id", "products").required().at_creation(),
        Field::text("name", 100),
        Field::of("min_quantity", Kind::Int).required(),
        Field::of("max_quantity", Kind::Int),
        Field::of("price_per_unit", Kind::Money).by_the_piece().required(),
        Field::text("currency", 3).at_creation().default("$currency"),
        Field::of("period", Kind::Choice(PERIODS)).at_creation().default("month"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &[],
    shows: &["product"],
    visibility: Visibility::Catalogue,
    default_sort: "created_at",
    rules: tier_rules,
    prepare: Some(name_tier),
    follow_up: check_neighbours,
    ..Entity::PLAIN
};

fn tier_rules(change: &mut Change<'_>) {
    check_currency(change);
    for field in ["min_quantity", "max_quantity"] {
        change.check_whole(field, 0);
    }
    if let (Some(min), Some(max)) = (change.after("min_quantity").as_int(), change.after("max_quantity").as_int())
        && max <= min
    {
        change.problem("max_quantity", format!("is more than {min}, or empty where the tier has no end"));
    }
    if let Value::Money(price) = change.after("price_per_unit")
        && *price <= Money::ZERO
    {
        change.problem("price_per_unit", "must be more than nothing");
    }
}

/// A tier that nobody named is called by its quantities.
fn name_tier(_: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let range = |min: &Value, max: &Value| min.as_int().map(|min| Tier::range(min, max.as_int()));
    let was = change.before.and_then(|tier| range(tier.get("min_quantity"), tier.get("max_quantity")));
    let name = change.after("name").as_str();
    if (name.is_empty() || was.as_deref() == Some(name))
        && let Some(range) = range(change.after("min_quantity"), change.after("max_quantity"))
        && range != name
    {
        change.set("name", Value::Text(range));
    }
    Ok(())
}

/// The tiers of one product, period and currency leave no gap and do not overlap, whatever is done to one of them.
fn check_neighbours(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(product) = change.refers_to("product") else { return Ok(()) };
    let (currency, period) = (change.after("currency").clone(), change.after("period").clone());
    // Whoever changes prices of one product waits for the other; a product that has new ones is not unmade with them.
    if change.before.is_none() {
        writing.touch(&PRODUCTS, product)?;
    } else {
        writing.lock(&PRODUCTS, product)?;
    }
    let tiers = tiers(writing, product, currency.as_str(), period.as_str())?;
    let field = if change.is_removal() { "price_tier" } else { "min_quantity" };
    check_tiers(&tiers).map_err(|why| StoreError::invalid(field, why))
}

/// What a product costs in a currency for a period, by quantity.
pub(super) fn tiers(
    writing: &mut Writing<'_>,
    product: Id,
    currency: &str,
    period: &str,
) -> Result<Vec<Tier>, StoreError> {
    let records = writing.look_all(&PRICE_TIERS, "product_id", product)?;
    let of_these = |tier: &Record| tier.get("currency").as_str() == currency && tier.get("period").as_str() == period;
    Ok(in_order(records).iter().filter(|tier| of_these(tier)).filter_map(tier_of).collect())
}

fn in_order(mut tiers: Vec<Record>) -> Vec<Record> {
    tiers.sort_by_key(|tier| tier.get("min_quantity").as_int());
    tiers
}

fn tier_of(record: &Record) -> Option<Tier> {
    match (record.get("min_quantity"), record.get("price_per_unit")) {
        (Value::Int(min), Value::Money(price)) => {
            Some(Tier { min: *min, max: record.get("max_quantity").as_int(), price: *price })
        }
        _ => None,
    }
}

/// Puts other tiers in the place of a product's: bounds that move cannot be moved one by one.
fn set_prices(writing: &mut Writing<'_>, product: &Record, request: &Request) -> Result<(), StoreError> {
    let (currency, period) = (request.value("currency"), request.value("period"));
    let new = read_tiers(request.value("tiers").as_str()).map_err(|why| StoreError::invalid("tiers", why))?;
    let old = writing.take_all(&PRICE_TIERS, "product_id", product.id)?;
    let old: Vec<Record> =
        old.into_iter().filter(|tier| tier.get("currency") == currency && tier.get("period") == period).collect();
    for tier in in_order(old).iter().rev() {
        writing.remove(tier)?;
    }
    for tier in new {
        let values = vec![
            ("product", Value::Id(product.id)),
            ("min_quantity", Value::Int(tier.min)),
            ("max_quantity", tier.max.map_or(Value::Null, Value::Int)),
            ("price_per_unit", Value::Money(tier.price)),
            ("currency", currency.clone()),
            ("period", period.clone()),
        ];
        writing.make(&PRICE_TIERS, values)?;
    }
    Ok(())
}

/// Tiers as people write them: `1-100 0.10; 101-1000 0.05; 1001- 0.01`.
fn read_tiers(written: &str) -> Result<Vec<Tier>, String> {
    let wrong = |tier: &str| format!("‘{tier}’ is no tier such as 1-100 0.10, or 101- 0.05 without an end");
    let quantity = |text: &str| text.trim().parse::<i32>().ok().filter(|quantity| *quantity >= 0).map(i64::from);
    let mut tiers = Vec::new();
    for written in written.split([';', '\n']).map(str::trim).filter(|tier| !tier.is_empty()) {
        let (range, price) = written.rsplit_once(char::is_whitespace).ok_or_else(|| wrong(written))?;
        let (min, max) = range.split_once(['-', '–']).ok_or_else(|| wrong(written))?;
        let min = quantity(min).ok_or_else(|| wrong(written))?;
        let max = match max.trim() {
            "" => None,
            max => Some(quantity(max).filter(|max| *max > min).ok_or_else(|| wrong(written))?),
        };
        let price = Money::parse(price)?;
        tiers.push(Tier { min, max, price });
    }
    tiers.sort_by_key(|tier| tier.min);
    check_tiers(&tiers).map(|()| tiers)
}

pub static DURATIONS: Entity = Entity {
    name: "durations",
    singular: "duration",
    table: &table(TABLES, "durations"),
    label: "name",
    fields: &[
        Field::of("months", Kind::Int).required().unique("months").sorted_by("months"),
        Field::text("name", 100),
        Field::of("discount_percentage", Kind::Percent).default("0"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    visibility: Visibility::Catalogue,
    relations: &[Relation { name: "items", entity: "order_items", column: "duration_id" }],
    default_sort: "months",
    rules: duration_rules,
    ..Entity::PLAIN
};

fn duration_rules(change: &mut Change<'_>) {
    let longest = crate::domain::contracts::LONGEST_TERM;
    let Some(months) = change.after("months").as_int() else { return };
    if !(1..=longest).contains(&months) {
        change.problem("months", format!("is a whole number from 1 to {longest}"));
    } else if change.after("name").is_empty() {
        let name = match (months % 12, months / 12) {
            (0, 1) => "1 year".to_owned(),
            (0, years) => format!("{years} years"),
            (_, _) if months == 1 => "1 month".to_owned(),
            _ => format!("{months} months"),
        };
        change.set("name", Value::Text(name));
    }
}

/// The share that a duration saves.
pub(super) fn discount_of(duration: &Record) -> Percent {
    if let Value::Percent(percent) = duration.get("discount_percentage") { *percent } else { Percent::ZERO }
}

pub(super) static ENTITIES: &[&Entity] = &[&PRODUCTS, &PRICE_TIERS, &DURATIONS];

const PRICES: &[Field] = &[
    Field::lines("tiers").required(),
    Field::text("currency", 3).default("$currency"),
    Field::of("period", Kind::Choice(PERIODS)).default("month"),
];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("products.create", &PRODUCTS),
    Operation::import("products.import", &PRODUCTS),
    Operation::update("products.update", &PRODUCTS),
    Operation::new("products.price", &PRODUCTS, Does::Custom(set_prices)).asking(PRICES),
    Operation::new("products.delete", &PRODUCTS, Does::Custom(delete_product)),
    Operation::create("price_tiers.create", &PRICE_TIERS),
    Operation::import("price_tiers.import", &PRICE_TIERS),
    Operation::update("price_tiers.update", &PRICE_TIERS),
    Operation::delete("price_tiers.delete", &PRICE_TIERS),
    Operation::create("durations.create", &DURATIONS),
    Operation::import("durations.import", &DURATIONS),
    Operation::update("durations.update", &DURATIONS),
    Operation::delete("durations.delete", &DURATIONS),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tiers_are_read_as_people_write_them() {
        let tiers = read_tiers("10001- 0.01; 0-1000 0.10\n1001–10000  0.05;").unwrap();
        let price = |text: &str| Money::parse(text).unwrap();
        assert_eq!(tiers[0], Tier { min: 0, max: Some(1_000), price: price("0.10") });
        assert_eq!(tiers[2], Tier { min: 10_001, max: None, price: price("0.01") });
        for (written, told) in [
            ("0.10", "‘0.10’ is no tier such as 1-100 0.10, or 101- 0.05 without an end"),
            ("5-3 1", "‘5-3 1’ is no tier such as 1-100 0.10, or 101- 0.05 without an end"),
            ("1- x", "‘x’ is not a decimal number such as 49.90"),
            ("1-10 1; 12- 1", "no tier covers the quantities from 11 to 11"),
        ] {
            assert_eq!(read_tiers(written).unwrap_err(), told, "{written}");
        }
    }
}
