//! Vendors and what is ordered from them.

use super::{Resource, column, number};

static VENDORS: Resource = Resource {
    entity: &crate::store::purchasing::VENDORS,
    aliases: &["suppliers"],
    columns: &[
        column("name", 14, 34),
        column("kind", 8, 8),
        column("status", 8, 15),
        column("category", 8, 18),
        column("contact_person", 10, 22),
        column("phone", 13, 18),
        column("email", 14, 30),
        column("payment_terms", 5, 6),
        number("monthly_cost", 8, 12),
        column("currency", 3, 3),
    ],
    form: &[
        "name",
        "kind",
        "category",
        "contact_person",
        "email",
        "phone",
        "address",
        "payment_terms",
        "gst_number",
        "pan_number",
        "monthly_cost",
        "currency",
    ],
    letters: &[("hold", 'h')],
};

static PURCHASE_ORDERS: Resource = Resource {
    entity: &crate::store::purchasing::PURCHASE_ORDERS,
    aliases: &["purchases", "po"],
    columns: &[
        column("number", 9, 11),
        column("vendor", 12, 28),
        column("status", 9, 9),
        number("total", 8, 14),
        column("currency", 3, 3),
        column("expected_on", 10, 10),
        column("ordered_at", 10, 16),
        column("received_at", 10, 16),
        column("notes", 8, 30),
    ],
    form: &["number", "vendor", "currency", "expected_on", "notes"],
    letters: &[("order", 'o'), ("receive", 'r'), ("cancel", 'c')],
};

static PURCHASE_ORDER_LINES: Resource = Resource {
    entity: &crate::store::purchasing::PURCHASE_ORDER_LINES,
    aliases: &["polines"],
    columns: &[
        column("purchase_order", 9, 11),
        column("item", 8, 18),
        column("item_name", 12, 30),
        number("quantity", 7, 8),
        number("received_quantity", 5, 8),
        number("unit_price", 8, 12),
    ],
    form: &["purchase_order", "item", "quantity", "unit_price"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&VENDORS, &PURCHASE_ORDERS, &PURCHASE_ORDER_LINES];
