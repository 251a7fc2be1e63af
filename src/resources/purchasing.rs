//! Vendors and what is ordered from them.

use super::stock_requests::DEALT;
use super::{Resource, column, number};

static VENDORS: Resource = Resource {
    entity: &crate::store::purchasing::VENDORS,
    title: "Vendors",
    aliases: &["suppliers"],
    columns: &[
        column("name", "NAME", 14, 34),
        column("kind", "KIND", 8, 8),
        column("status", "STATUS", 8, 15),
        column("category", "CATEGORY", 8, 18),
        column("contact_person", "CONTACT", 10, 22),
        column("phone", "PHONE", 13, 18),
        column("email", "E-MAIL", 14, 30),
        column("payment_terms", "TERMS", 5, 6),
        number("monthly_cost", "A MONTH", 8, 12),
        column("currency", "CUR", 3, 3),
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
    empty: "No vendors yet. Press a to add who you buy from.",
    labels: &[("contact_person", "contact"), ("gst_number", "GST number"), ("pan_number", "PAN"), ("email", "e-mail")],
    letters: &[("hold", 'h')],
    ..Resource::PLAIN
};

static PURCHASE_ORDERS: Resource = Resource {
    entity: &crate::store::purchasing::PURCHASE_ORDERS,
    title: "Purchase orders",
    aliases: &["purchases", "po"],
    columns: &[
        column("number", "NUMBER", 9, 11),
        column("vendor", "VENDOR", 12, 28),
        column("status", "STATUS", 9, 9),
        number("total", "TOTAL", 8, 14),
        column("currency", "CUR", 3, 3),
        column("expected_on", "EXPECTED", 10, 10),
        column("ordered_at", "ORDERED", 10, 16),
        column("received_at", "RECEIVED", 10, 16),
        column("notes", "NOTES", 8, 30),
    ],
    form: &["number", "vendor", "currency", "expected_on", "notes"],
    empty: "Nothing is ordered. Press a to begin an order.",
    labels: &[("expected_on", "expected"), ("ordered_at", "ordered"), ("received_at", "received")],
    help: &[("number", "empty: the next one is given"), DEALT[0], DEALT[1], DEALT[2]],
    letters: &[("order", 'o'), ("receive", 'r'), ("cancel", 'c')],
};

static PURCHASE_ORDER_LINES: Resource = Resource {
    entity: &crate::store::purchasing::PURCHASE_ORDER_LINES,
    title: "Lines of purchase orders",
    aliases: &["polines"],
    columns: &[
        column("purchase_order", "ORDER", 9, 11),
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 12, 30),
        number("quantity", "ORDERED", 7, 8),
        number("received_quantity", "CAME", 5, 8),
        number("unit_price", "PRICE", 8, 12),
    ],
    form: &["purchase_order", "item", "quantity", "unit_price"],
    empty: "No order says yet what it orders.",
    labels: &[("item_name", "name"), ("quantity", "ordered"), ("received_quantity", "came")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&VENDORS, &PURCHASE_ORDERS, &PURCHASE_ORDER_LINES];
