//! Payments, those awaited from a phone, gateways.

use super::{Resource, column, number};
use crate::store::payments::{PAYMENT_GATEWAYS, PAYMENTS, PENDING_PAYMENTS};

static PAYMENT: Resource = Resource {
    entity: &PAYMENTS,
    title: "Payments",
    aliases: &["pay"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("received_at", "RECEIVED", 10, 16),
        column("customer", "CUSTOMER", 10, 14),
        column("invoice", "INVOICE", 15, 16),
        number("amount", "AMOUNT", 9, 14),
        column("currency", "CUR", 3, 3),
        column("method", "METHOD", 6, 6),
        column("status", "STATUS", 9, 9),
        column("transaction_id", "TRANSACTION", 11, 20),
        column("phone", "PHONE", 13, 18),
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
    empty: "No payments yet.",
    labels: &[
        ("transaction_id", "transaction"),
        ("applied_amount", "on the invoice"),
        ("received_at", "received"),
        ("recorded_by", "recorded by"),
    ],
    help: &[
        ("transaction_id", "the provider's own number: taken once"),
        ("invoice", "what it pays; what is too much goes to the wallet"),
        ("received_at", "empty: now, when it is completed"),
    ],
    letters: &[("record", 'e'), ("complete", 'c'), ("fail", 'f'), ("refund", 'r')],
};

static PENDING: Resource = Resource {
    entity: &PENDING_PAYMENTS,
    title: "Pending payments",
    aliases: &["pend"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("phone", "PHONE", 13, 18),
        column("customer", "CUSTOMER", 10, 14),
        column("plan", "PLAN", 10, 16),
        number("amount", "AMOUNT", 9, 14),
        column("currency", "CUR", 3, 3),
        column("status", "STATUS", 9, 9),
        column("expires_at", "EXPIRES", 10, 16),
        column("checkout_request_id", "REQUEST", 12, 30),
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
    empty: "Nobody is asked for a payment just now.",
    labels: &[("checkout_request_id", "request")],
    help: &[
        ("checkout_request_id", "the provider's own number of the request: taken once"),
        ("transaction_id", "the provider's own number of the payment: taken once"),
        ("amount", "what was paid, where it is not what was asked for"),
    ],
    letters: &[("complete", 'c'), ("fail", 'f'), ("expire", 'e')],
};

static GATEWAY: Resource = Resource {
    entity: &PAYMENT_GATEWAYS,
    title: "Payment gateways",
    aliases: &["pgw"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("provider", "PROVIDER", 10, 20),
        column("purpose", "FOR", 7, 8),
        column("is_active", "ACTIVE", 6, 6),
        column("is_default", "DEFAULT", 7, 7),
    ],
    form: &["name", "provider", "purpose", "credentials", "configuration", "is_active", "is_default"],
    empty: "No payment gateways yet. Press a to add who takes payments for you.",
    labels: &[("purpose", "for"), ("is_default", "default")],
    help: &[
        ("credentials", "keys and passwords; kept sealed, shown to nobody"),
        ("is_default", "one of each purpose: a new one takes it over"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&PAYMENT, &PENDING, &GATEWAY];
