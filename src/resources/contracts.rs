//! Contracts and what follows them.

use super::{Resource, column, number};

static CONTRACTS: Resource = Resource {
    entity: &crate::store::contracts::CONTRACTS,
    title: "Contracts",
    aliases: &["con"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("status", "STATUS", 10, 10),
        column("customer", "CUSTOMER", 10, 12),
        column("partner", "PARTNER", 12, 24),
        column("activation_date", "FROM", 10, 10),
        column("expiration_date", "UNTIL", 10, 10),
        number("total_value", "VALUE", 10, 14),
        column("currency", "CUR", 3, 3),
        column("renewed_from", "FOLLOWS", 10, 12),
        column("follows_as", "AS", 8, 9),
        column("order", "ORDER", 10, 12),
        column("distributor", "DISTRIBUTOR", 12, 24),
    ],
    form: &[
        "number",
        "customer",
        "partner",
        "distributor",
        "order",
        "activation_date",
        "expiration_date",
        "total_value",
        "currency",
        "user",
        "billing_provider",
        "billing_customer_id",
        "notes_internal",
    ],
    empty: "No contracts yet. Fulfil an order, or press a to write one down.",
    labels: &[
        ("activation_date", "from"),
        ("expiration_date", "until"),
        ("total_value", "value"),
        ("renewed_from", "follows"),
        ("follows_as", "follows as"),
        ("notes_internal", "internal notes"),
        ("cancelled_at", "cancelled"),
        ("user", "account owner"),
        ("anchor_day", "counted from day"),
    ],
    help: &[
        ("months", "how long the contract that follows is to run"),
        ("activation_date", "when it begins; empty for one that follows: as this one ends, or today"),
        ("total_value", "empty for one that follows: as much a month as before"),
    ],
    letters: &[
        ("renew", 'r'),
        ("upgrade", 'u'),
        ("downgrade", 'w'),
        ("hand_over", 'h'),
        ("expire", 'e'),
        ("cancel", 'd'),
        ("lose", 'l'),
    ],
};

pub(super) static RESOURCES: &[&Resource] = &[&CONTRACTS];
