//! Products, their prices, and how long contracts may run.

use super::{Resource, column, number};

static PRODUCTS: Resource = Resource {
    entity: &crate::store::products::PRODUCTS,
    aliases: &["prod"],
    columns: &[
        column("name", 16, 36),
        column("kind", 8, 14),
        column("unit", 6, 12),
        column("pricing", 9, 9),
        column("is_active", 6, 6),
        column("description", 12, 40),
    ],
    form: &["name", "kind", "unit", "pricing", "is_active", "description"],
    ..Resource::PLAIN
};

static PRICE_TIERS: Resource = Resource {
    entity: &crate::store::products::PRICE_TIERS,
    aliases: &["tiers", "prices"],
    columns: &[
        column("product", 14, 30),
        column("name", 10, 18),
        number("min_quantity", 7, 9),
        number("max_quantity", 7, 9),
        number("price_per_unit", 9, 12),
        column("currency", 3, 3),
        column("period", 5, 5),
    ],
    form: &["product", "min_quantity", "max_quantity", "price_per_unit", "currency", "period", "name"],
    ..Resource::PLAIN
};

static DURATIONS: Resource = Resource {
    entity: &crate::store::products::DURATIONS,
    aliases: &["terms"],
    columns: &[number("months", 6, 6), column("name", 10, 24), number("discount_percentage", 10, 10)],
    form: &["months", "name", "discount_percentage"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&PRODUCTS, &PRICE_TIERS, &DURATIONS];
