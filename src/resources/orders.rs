//! Orders and what they are made of.

use super::{Resource, column, number};

static ORDERS: Resource = Resource {
    entity: &crate::store::orders::ORDERS,
    aliases: &["ord"],
    columns: &[
        column("number", 10, 12),
        column("status", 14, 14),
        column("customer", 10, 12),
        column("partner", 12, 24),
        number("total_amount", 10, 14),
        column("currency", 3, 3),
        column("created_at", 9, 11),
        column("sent_at", 9, 11),
        column("fulfilled_at", 9, 11),
        column("distributor", 12, 24),
        column("created_by", 8, 14),
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
    letters: &[("send", 's'), ("start_fulfillment", 'i'), ("fulfill", 'f')],
};

static ORDER_ITEMS: Resource = Resource {
    entity: &crate::store::orders::ORDER_ITEMS,
    columns: &[
        column("order", 10, 12),
        column("product_name", 14, 30),
        number("quantity", 8, 9),
        column("product_unit", 6, 10),
        column("duration", 9, 14),
        number("unit_price", 9, 12),
        column("period", 5, 5),
        number("subtotal", 10, 14),
        number("discount_amount", 9, 12),
        number("total", 10, 14),
        column("description", 12, 30),
    ],
    form: &["order", "product", "quantity", "duration", "period", "description"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ORDERS, &ORDER_ITEMS];
