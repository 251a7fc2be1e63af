//! Products, their prices, and how long contracts may run.

use super::{Resource, column, number};

static PRODUCTS: Resource = Resource {
    entity: &crate::store::products::PRODUCTS,
    title: "Products",
    aliases: &["prod"],
    columns: &[
        column("name", "NAME", 16, 36),
        column("kind", "KIND", 8, 14),
        column("unit", "UNIT", 6, 12),
        column("pricing", "PRICING", 9, 9),
        column("is_active", "ACTIVE", 6, 6),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["name", "kind", "unit", "pricing", "is_active", "description"],
    empty: "No products yet. Press a to add what is sold by contract.",
    help: &[
        ("kind", "licence, service, hardware, … or a word of your own"),
        ("unit", "what is counted: user, device, Mbit/s, …"),
        ("pricing", "volume: the tier of the quantity prices all of it; graduated: each tier prices its part"),
        ("tiers", "all prices from the lowest quantity on: 1-100 0.10; 101-1000 0.05; 1001- 0.01"),
    ],
    ..Resource::PLAIN
};

static PRICE_TIERS: Resource = Resource {
    entity: &crate::store::products::PRICE_TIERS,
    title: "Price tiers",
    aliases: &["tiers", "prices"],
    columns: &[
        column("product", "PRODUCT", 14, 30),
        column("name", "TIER", 10, 18),
        number("min_quantity", "FROM", 7, 9),
        number("max_quantity", "TO", 7, 9),
        number("price_per_unit", "PRICE", 9, 12),
        column("currency", "CUR", 3, 3),
        column("period", "PER", 5, 5),
    ],
    form: &["product", "min_quantity", "max_quantity", "price_per_unit", "currency", "period", "name"],
    empty: "No prices yet. Press a to add what a product costs from a quantity on.",
    labels: &[
        ("min_quantity", "from quantity"),
        ("max_quantity", "to quantity"),
        ("price_per_unit", "price of one"),
        ("period", "for a"),
    ],
    help: &[
        ("min_quantity", "0 or 1 for the first tier, else one more than where the tier before ends"),
        ("max_quantity", "the last quantity at this price; empty: no end"),
        ("name", "empty: called by its quantities"),
    ],
    ..Resource::PLAIN
};

static DURATIONS: Resource = Resource {
    entity: &crate::store::products::DURATIONS,
    title: "Durations",
    aliases: &["terms"],
    columns: &[
        number("months", "MONTHS", 6, 6),
        column("name", "NAME", 10, 24),
        number("discount_percentage", "DISCOUNT %", 10, 10),
    ],
    form: &["months", "name", "discount_percentage"],
    empty: "No durations yet. Press a to add how long a contract may run.",
    labels: &[("discount_percentage", "discount %")],
    help: &[("discount_percentage", "what staying so long saves, in percent of the price")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&PRODUCTS, &PRICE_TIERS, &DURATIONS];
