//! Orders and what they are made of.

use super::{Resource, column, number};

static ORDERS: Resource = Resource {
    entity: &crate::store::orders::ORDERS,
    title: "Orders",
    aliases: &["ord"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("status", "STATUS", 14, 14),
        column("customer", "CUSTOMER", 10, 12),
        column("partner", "PARTNER", 12, 24),
        number("total_amount", "TOTAL", 10, 14),
        column("currency", "CUR", 3, 3),
        column("created_at", "CREATED", 9, 11),
        column("sent_at", "SENT", 9, 11),
        column("fulfilled_at", "FULFILLED", 9, 11),
        column("distributor", "DISTRIBUTOR", 12, 24),
        column("created_by", "BY", 8, 14),
    ],
    form: &[
        "number",
        "customer",
        "partner",
        "distributor",
        "lead",
        "currency",
        "billing_provider",
        "billing_quote_id",
        "crm_provider",
        "crm_deal_id",
        "notes_internal",
    ],
    empty: "No orders yet. Press a to begin one, then add its items.",
    labels: &[
        ("total_amount", "total"),
        ("discount_amount", "discount"),
        ("tax_amount", "tax"),
        ("notes_internal", "internal notes"),
        ("created_by", "by"),
        ("sent_at", "sent"),
        ("fulfilled_at", "fulfilled"),
        ("cancelled_at", "cancelled"),
        ("activation_date", "begins on"),
    ],
    help: &[("activation_date", "when the contract begins that the order becomes: 2026-11-20, today, +3d")],
    letters: &[("send", 's'), ("start_fulfillment", 'i'), ("fulfill", 'f'), ("cancel", 'd')],
};

static ORDER_ITEMS: Resource = Resource {
    entity: &crate::store::orders::ORDER_ITEMS,
    title: "Order items",
    columns: &[
        column("order", "ORDER", 10, 12),
        column("product_name", "PRODUCT", 14, 30),
        number("quantity", "QUANTITY", 8, 9),
        column("product_unit", "UNIT", 6, 10),
        column("duration", "DURATION", 9, 14),
        number("unit_price", "PRICE", 9, 12),
        column("period", "PER", 5, 5),
        number("subtotal", "SUBTOTAL", 10, 14),
        number("discount_amount", "DISCOUNT", 9, 12),
        number("total", "TOTAL", 10, 14),
        column("description", "DESCRIPTION", 12, 30),
    ],
    form: &["order", "product", "quantity", "duration", "period", "description"],
    empty: "No items yet. Press a to add a product to an order.",
    labels: &[
        ("discount_amount", "discount"),
        ("discount_percentage", "discount %"),
        ("product_name", "product was"),
        ("product_type", "kind was"),
        ("product_unit", "unit was"),
        ("duration_months", "months"),
        ("period", "priced for a"),
    ],
    help: &[("period", "which of the product's prices is taken: that of a month or of a year")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ORDERS, &ORDER_ITEMS];
