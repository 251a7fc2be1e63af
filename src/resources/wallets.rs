//! Customers' wallets.

use super::{Resource, column, number};

static ENTRIES: Resource = Resource {
    entity: &crate::store::wallets::WALLET_ENTRIES,
    title: "Wallet",
    aliases: &["wallet", "wal"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("customer", "CUSTOMER", 10, 14),
        number("amount", "AMOUNT", 9, 14),
        column("reason", "REASON", 10, 10),
        number("balance_after", "BALANCE", 9, 14),
        column("payment", "PAYMENT", 10, 12),
        column("invoice", "INVOICE", 10, 16),
        column("note", "NOTE", 12, 40),
    ],
    empty: "Nothing has moved in a wallet yet.",
    labels: &[("balance_after", "balance")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ENTRIES];
