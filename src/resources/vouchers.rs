//! Vouchers: batches of codes, each good once.

use super::{Resource, column, number};

static VOUCHER_BATCHES: Resource = Resource {
    entity: &crate::store::vouchers::VOUCHER_BATCHES,
    title: "Voucher batches",
    aliases: &["batches"],
    columns: &[
        column("name", "NAME", 16, 36),
        column("plan", "PLAN", 11, 20),
        number("quantity", "CODES", 6, 8),
        column("prefix", "PREFIX", 6, 20),
        column("valid_until", "VALID UNTIL", 11, 16),
        column("created_at", "CREATED", 9, 11),
        column("created_by", "BY", 8, 14),
    ],
    form: &["name"],
    empty: "No voucher batches yet. Generate one to sell a plan by codes.",
    labels: &[("quantity", "codes"), ("code_length", "letters of a code"), ("created_by", "by")],
    help: &[
        ("plan", "name of the plan that each code gives"),
        ("quantity", "how many codes, up to 100000"),
        ("prefix", "stands before every code, such as SHOP7; may be empty"),
        ("code_length", "random letters of each code; 10 are enough for any batch"),
        ("valid_until", "the last moment at which a code can be used; empty: no end"),
    ],
    ..Resource::PLAIN
};

static VOUCHERS: Resource = Resource {
    entity: &crate::store::vouchers::VOUCHERS,
    title: "Vouchers",
    aliases: &["vou", "codes"],
    columns: &[
        column("code", "CODE", 14, 24),
        column("status", "STATUS", 9, 9),
        column("plan", "PLAN", 11, 20),
        column("batch", "BATCH", 12, 30),
        column("customer", "CUSTOMER", 10, 12),
        column("mac_address", "MAC", 17, 17),
        column("used_at", "USED", 9, 11),
        column("expires_at", "VALID UNTIL", 11, 11),
    ],
    empty: "No vouchers yet. Generate a batch of them.",
    labels: &[("used_at", "used"), ("expires_at", "valid until")],
    help: &[
        ("customer", "number or name of the customer who gets the plan"),
        ("mac_address", "the device that signs in by the code, such as 00:1b:44:11:3a:b7"),
    ],
    letters: &[("redeem", 'r'), ("expire", 'e'), ("revoke", 'd')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&VOUCHER_BATCHES, &VOUCHERS];
