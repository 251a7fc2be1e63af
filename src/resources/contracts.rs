//! Contracts and what follows them.

use super::{Resource, column, number};

static CONTRACTS: Resource = Resource {
    entity: &crate::store::contracts::CONTRACTS,
    aliases: &["con"],
    columns: &[
        column("number", 10, 12),
        column("customer", 10, 12),
        column("status", 10, 10),
        column("partner", 12, 24),
        column("expiration_date", 10, 10),
        number("total_value", 10, 14),
        column("currency", 3, 3),
        column("activation_date", 10, 10),
        column("renewed_from", 10, 12),
        column("follows_as", 8, 9),
        column("order", 10, 12),
        column("distributor", 12, 24),
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
    letters: &[
        ("renew", 'r'),
        ("upgrade", 'u'),
        ("downgrade", 'o'),
        ("hand_over", 'h'),
        ("expire", 'e'),
        ("lose", 'l'),
    ],
};

pub(super) static RESOURCES: &[&Resource] = &[&CONTRACTS];
