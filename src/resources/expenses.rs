//! Money that goes out.

use super::{Resource, column, number};

static EXPENSE: Resource = Resource {
    entity: &crate::store::expenses::EXPENSES,
    title: "Expenses",
    aliases: &["exp"],
    columns: &[
        column("spent_on", "DATE", 10, 10),
        column("category", "CATEGORY", 12, 24),
        number("amount", "AMOUNT", 9, 14),
        column("currency", "CUR", 3, 3),
        column("vendor", "VENDOR", 10, 24),
        column("account", "ACCOUNT", 10, 24),
        column("recurrence", "EVERY", 7, 9),
        column("next_due_on", "NEXT", 10, 10),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["category", "description", "amount", "currency", "vendor", "account", "method", "spent_on", "recurrence"],
    empty: "No expenses yet. Press a to add one.",
    labels: &[
        ("spent_on", "date"),
        ("recurrence", "comes again"),
        ("is_recurring", "recurring"),
        ("next_due_on", "next"),
        ("template", "made by"),
    ],
    help: &[
        ("account", "empty: 5000 Expenses"),
        ("method", "what it was paid out of"),
        ("recurrence", "weekly, monthly, quarterly or yearly, counted from the date; empty: once"),
    ],
    letters: &[("recur", 'r')],
};

pub(super) static RESOURCES: &[&Resource] = &[&EXPENSE];
