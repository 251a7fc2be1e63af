//! Counts of what is really there.

use super::{Resource, column, number};

static STOCK_TAKES: Resource = Resource {
    entity: &crate::store::stock_takes::STOCK_TAKES,
    title: "Stock takes",
    aliases: &["takes", "take", "counts"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("location", "LOCATION", 10, 24),
        column("status", "STATUS", 9, 9),
        column("created_by", "BY", 8, 14),
        column("created_at", "CREATED", 10, 16),
        column("posted_at", "POSTED", 10, 16),
        column("notes", "NOTES", 8, 40),
    ],
    form: &["number", "location", "notes"],
    empty: "Nothing was counted yet. Press a to begin a count.",
    labels: &[("posted_at", "posted")],
    help: &[
        ("number", "empty: the next one is given"),
        ("location", "where is counted; empty: what lies at no location"),
    ],
    letters: &[("post", 'p'), ("cancel", 'c')],
};

static STOCK_TAKE_LINES: Resource = Resource {
    entity: &crate::store::stock_takes::STOCK_TAKE_LINES,
    title: "Counted items",
    aliases: &["counted"],
    columns: &[
        column("take", "COUNT", 10, 12),
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 12, 30),
        number("counted", "COUNTED", 7, 8),
        number("expected", "EXPECTED", 8, 8),
    ],
    form: &["take", "item", "counted"],
    empty: "Nothing was counted yet.",
    labels: &[("item_name", "name"), ("take", "stock take")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&STOCK_TAKES, &STOCK_TAKE_LINES];
