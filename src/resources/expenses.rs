//! Money that goes out.

use super::{Resource, column, number};

static EXPENSE: Resource = Resource {
    entity: &crate::store::expenses::EXPENSES,
    aliases: &["exp"],
    columns: &[
        column("spent_on", 10, 10),
        column("category", 12, 24),
        number("amount", 9, 14),
        column("currency", 3, 3),
        column("vendor", 10, 24),
        column("account", 10, 24),
        column("recurrence", 7, 9),
        column("next_due_on", 10, 10),
        column("description", 12, 40),
    ],
    form: &["category", "description", "amount", "currency", "vendor", "account", "method", "spent_on", "recurrence"],
    letters: &[("recur", 'r')],
};

pub(super) static RESOURCES: &[&Resource] = &[&EXPENSE];
