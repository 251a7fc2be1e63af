//! Customers' wallets.

use super::{Resource, column, number};

static ENTRIES: Resource = Resource {
    entity: &crate::store::wallets::WALLET_ENTRIES,
    aliases: &["wallet", "wal"],
    columns: &[
        column("created_at", 16, 16),
        column("customer", 10, 14),
        number("amount", 9, 14),
        column("reason", 10, 10),
        number("balance_after", 9, 14),
        column("payment", 10, 12),
        column("invoice", 10, 16),
        column("note", 12, 40),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ENTRIES];
