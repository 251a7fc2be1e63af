//! Payments, those awaited from a phone, gateways.

use super::{Resource, column, number};
use crate::store::payments::{PAYMENT_GATEWAYS, PAYMENTS, PENDING_PAYMENTS};

static PAYMENT: Resource = Resource {
    entity: &PAYMENTS,
    aliases: &["pay"],
    columns: &[
        column("number", 10, 12),
        column("received_at", 10, 16),
        column("customer", 10, 14),
        column("invoice", 15, 16),
        number("amount", 9, 14),
        column("currency", 3, 3),
        column("method", 6, 6),
        column("status", 9, 9),
        column("transaction_id", 11, 20),
        column("phone", 13, 18),
    ],
    form: &[
        "number",
        "customer",
        "invoice",
        "method",
        "amount",
        "currency",
        "transaction_id",
        "phone",
        "gateway",
        "received_at",
        "notes",
    ],
    letters: &[("record", 'e'), ("fail", 'f'), ("refund", 'r')],
};

static PENDING: Resource = Resource {
    entity: &PENDING_PAYMENTS,
    aliases: &["pend"],
    columns: &[
        column("created_at", 16, 16),
        column("phone", 13, 18),
        column("customer", 10, 14),
        column("plan", 10, 16),
        number("amount", 9, 14),
        column("currency", 3, 3),
        column("status", 9, 9),
        column("expires_at", 10, 16),
        column("checkout_request_id", 12, 30),
    ],
    form: &[
        "checkout_request_id",
        "gateway",
        "phone",
        "customer",
        "plan",
        "mac_address",
        "amount",
        "currency",
        "expires_at",
    ],
    letters: &[("fail", 'f'), ("expire", 'e')],
};

static GATEWAY: Resource = Resource {
    entity: &PAYMENT_GATEWAYS,
    aliases: &["pgw"],
    columns: &[
        column("name", 14, 30),
        column("provider", 10, 20),
        column("purpose", 7, 8),
        column("is_active", 6, 6),
        column("is_default", 7, 7),
    ],
    form: &["name", "provider", "purpose", "credentials", "configuration", "is_active", "is_default"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&PAYMENT, &PENDING, &GATEWAY];
