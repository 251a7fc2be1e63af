//! Stock: items, where they lie, what moved, single pieces.

use super::{Resource, column, number};

pub(super) static STOCK_ITEMS: Resource = Resource {
    entity: &crate::store::stock::STOCK_ITEMS,
    title: "Stock",
    aliases: &["stock", "items", "item"],
    columns: &[
        column("sku", "SKU", 8, 18),
        column("name", "NAME", 14, 34),
        number("quantity", "QUANTITY", 8, 9),
        number("reserved", "PROMISED", 8, 8),
        number("min_stock_level", "LEAST", 5, 7),
        column("is_low", "LOW", 3, 4),
        column("levels", "WHERE", 10, 34),
        column("category", "CATEGORY", 8, 16),
        number("unit_price", "PRICE", 8, 12),
        column("currency", "CUR", 3, 3),
        column("is_serialized", "SERIALS", 7, 7),
        column("is_active", "ACTIVE", 6, 6),
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
    empty: "Nothing in stock yet. Press a to add an item, then x and r to take some of it in.",
    labels: &[
        ("sku", "SKU"),
        ("reserved", "promised"),
        ("min_stock_level", "low at"),
        ("is_low", "low"),
        ("levels", "where"),
        ("is_serialized", "goes by serial numbers"),
    ],
    help: &[
        ("sku", "the short name that people order it by; one item for each"),
        ("min_stock_level", "it is low when there are so many or fewer"),
        ("is_serialized", "yes: each piece has its serial number, and there are as many as pieces"),
        ("serials", "numbers joined by commas; 10-15 is 10 to 15, 10+3 is 10 and the three after it"),
        ("issue", "which issue it comes back from; empty: the one with that reference or job"),
    ],
    letters: &[("receive", 'r'), ("issue", 'i'), ("return", 'b'), ("adjust", 'a'), ("transfer", 't')],
};

pub(super) static STOCK_LOCATIONS: Resource = Resource {
    entity: &crate::store::stock::STOCK_LOCATIONS,
    title: "Stock locations",
    aliases: &["locations", "location"],
    columns: &[
        column("name", "NAME", 14, 34),
        column("kind", "KIND", 9, 9),
        column("user", "WHOSE", 8, 16),
        column("customer", "CUSTOMER", 10, 12),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["name", "kind", "user", "customer", "is_active"],
    empty: "No locations yet. Press a to add a warehouse, a van or a customer's place.",
    labels: &[("user", "whose")],
    help: &[("user", "who drives the van or keeps the warehouse")],
    ..Resource::PLAIN
};

pub(super) static STOCK_LEVELS: Resource = Resource {
    entity: &crate::store::stock::STOCK_LEVELS,
    title: "Stock by location",
    aliases: &["levels", "level"],
    columns: &[
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 14, 34),
        column("location", "LOCATION", 10, 30),
        number("quantity", "QUANTITY", 8, 9),
    ],
    empty: "Nothing lies at a location yet. Take stock in and say where it is put.",
    labels: &[("item_name", "name")],
    ..Resource::PLAIN
};

pub(super) static STOCK_TRANSACTIONS: Resource = Resource {
    entity: &crate::store::stock::STOCK_TRANSACTIONS,
    title: "Stock movements",
    aliases: &["movements", "movement"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 12, 30),
        column("transaction_type", "WHAT", 6, 6),
        number("quantity", "QUANTITY", 8, 9),
        number("quantity_after", "LEFT", 6, 9),
        column("location", "LOCATION", 8, 20),
        column("reference", "REFERENCE", 8, 20),
        column("job", "JOB", 10, 12),
        column("request", "REQUEST", 10, 12),
        column("performed_by_name", "WHO", 8, 16),
        column("notes", "NOTES", 8, 30),
    ],
    empty: "Nothing has moved yet.",
    labels: &[
        ("transaction_type", "what"),
        ("item_name", "name"),
        ("quantity_after", "left"),
        ("performed_by_name", "who"),
        ("purchase_line", "ordered by"),
        ("returns", "comes back from"),
    ],
    letters: &[("return", 'b')],
    ..Resource::PLAIN
};

pub(super) static STOCK_SERIALS: Resource = Resource {
    entity: &crate::store::stock::serials::STOCK_SERIALS,
    title: "Pieces",
    aliases: &["serials", "serial", "pieces"],
    columns: &[
        column("serial", "SERIAL", 12, 26),
        column("item", "SKU", 8, 18),
        column("status", "STATUS", 9, 9),
        column("location", "LOCATION", 8, 20),
        column("device", "DEVICE", 10, 14),
        column("job", "JOB", 10, 12),
        column("updated_at", "CHANGED", 10, 16),
    ],
    form: &["serial", "item", "location", "device", "notes"],
    empty: "No pieces yet. Take in an item that goes by serial numbers.",
    letters: &[("issue", 'i'), ("install", 'l'), ("return", 'b'), ("restock", 'r'), ("scrap", 'd')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&STOCK_ITEMS, &STOCK_LOCATIONS, &STOCK_LEVELS, &STOCK_TRANSACTIONS, &STOCK_SERIALS];
