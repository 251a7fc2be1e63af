//! Stock: items, where they lie, what moved, single pieces.

use super::{Resource, column, number};

pub(super) static STOCK_ITEMS: Resource = Resource {
    entity: &crate::store::stock::STOCK_ITEMS,
    aliases: &["stock", "items", "item"],
    columns: &[
        column("sku", 8, 18),
        column("name", 14, 34),
        number("quantity", 8, 9),
        number("reserved", 8, 8),
        number("min_stock_level", 5, 7),
        column("is_low", 3, 4),
        column("levels", 10, 34),
        column("category", 8, 16),
        number("unit_price", 8, 12),
        column("currency", 3, 3),
        column("is_serialized", 7, 7),
        column("is_active", 6, 6),
    ],
    form: &[
        "sku",
        "name",
        "category",
        "barcode",
        "unit_price",
        "currency",
        "min_stock_level",
        "is_serialized",
        "is_active",
        "description",
    ],
    letters: &[("receive", 'r'), ("issue", 'i'), ("return", 'b'), ("adjust", 'a'), ("transfer", 't')],
};

pub(super) static STOCK_LOCATIONS: Resource = Resource {
    entity: &crate::store::stock::STOCK_LOCATIONS,
    aliases: &["locations", "location"],
    columns: &[
        column("name", 14, 34),
        column("kind", 9, 9),
        column("user", 8, 16),
        column("customer", 10, 12),
        column("is_active", 6, 6),
    ],
    form: &["name", "kind", "user", "customer", "is_active"],
    ..Resource::PLAIN
};

pub(super) static STOCK_LEVELS: Resource = Resource {
    entity: &crate::store::stock::STOCK_LEVELS,
    aliases: &["levels", "level"],
    columns: &[
        column("item", 8, 18),
        column("item_name", 14, 34),
        column("location", 10, 30),
        number("quantity", 8, 9),
    ],
    ..Resource::PLAIN
};

pub(super) static STOCK_TRANSACTIONS: Resource = Resource {
    entity: &crate::store::stock::STOCK_TRANSACTIONS,
    aliases: &["movements", "movement"],
    columns: &[
        column("created_at", 16, 16),
        column("item", 8, 18),
        column("transaction_type", 6, 6),
        number("quantity", 8, 9),
        column("item_name", 12, 30),
        number("quantity_after", 6, 9),
        column("location", 8, 20),
        column("reference", 8, 20),
        column("job", 10, 12),
        column("request", 10, 12),
        column("performed_by_name", 8, 16),
        column("notes", 8, 30),
    ],
    letters: &[("return", 'b')],
    ..Resource::PLAIN
};

pub(super) static STOCK_SERIALS: Resource = Resource {
    entity: &crate::store::stock::serials::STOCK_SERIALS,
    aliases: &["serials", "serial", "pieces"],
    columns: &[
        column("serial", 12, 26),
        column("item", 8, 18),
        column("status", 9, 9),
        column("location", 8, 20),
        column("device", 10, 14),
        column("job", 10, 12),
        column("updated_at", 10, 16),
    ],
    form: &["serial", "item", "location", "device", "notes"],
    letters: &[("issue", 'i'), ("return", 'b'), ("restock", 'r'), ("scrap", 'd')],
};

pub(super) static RESOURCES: &[&Resource] =
    &[&STOCK_ITEMS, &STOCK_LOCATIONS, &STOCK_LEVELS, &STOCK_TRANSACTIONS, &STOCK_SERIALS];
