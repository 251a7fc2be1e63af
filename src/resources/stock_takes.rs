//! Counts of what is really there.

use super::{Resource, column, number};

static STOCK_TAKES: Resource = Resource {
    entity: &crate::store::stock_takes::STOCK_TAKES,
    aliases: &["takes", "take", "counts"],
    columns: &[
        column("number", 10, 12),
        column("location", 10, 24),
        column("status", 9, 9),
        column("created_by", 8, 14),
        column("created_at", 10, 16),
        column("posted_at", 10, 16),
        column("notes", 8, 40),
    ],
    form: &["number", "location", "notes"],
    letters: &[("post", 'p'), ("cancel", 'c')],
};

static STOCK_TAKE_LINES: Resource = Resource {
    entity: &crate::store::stock_takes::STOCK_TAKE_LINES,
    aliases: &["counted"],
    columns: &[
        column("take", 10, 12),
        column("item", 8, 18),
        number("counted", 7, 8),
        number("expected", 8, 8),
        column("item_name", 12, 30),
    ],
    form: &["take", "item", "counted"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&STOCK_TAKES, &STOCK_TAKE_LINES];
