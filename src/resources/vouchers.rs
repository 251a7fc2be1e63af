//! Vouchers: batches of codes, each good once.

use super::{Resource, column, number};

static VOUCHER_BATCHES: Resource = Resource {
    entity: &crate::store::vouchers::VOUCHER_BATCHES,
    aliases: &["batches"],
    columns: &[
        column("name", 16, 36),
        column("plan", 11, 20),
        number("quantity", 6, 8),
        column("prefix", 6, 20),
        column("valid_until", 11, 16),
        column("created_at", 9, 11),
        column("created_by", 8, 14),
    ],
    form: &["name"],
    ..Resource::PLAIN
};

static VOUCHERS: Resource = Resource {
    entity: &crate::store::vouchers::VOUCHERS,
    aliases: &["vou", "codes"],
    columns: &[
        column("code", 14, 24),
        column("status", 9, 9),
        column("plan", 11, 20),
        column("batch", 12, 30),
        column("customer", 10, 12),
        column("mac_address", 17, 17),
        column("used_at", 9, 11),
        column("expires_at", 11, 11),
    ],
    letters: &[("redeem", 'r'), ("expire", 'e')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&VOUCHER_BATCHES, &VOUCHERS];
