//! Invoices and their lines.

use super::{Resource, column, number};
use crate::store::invoices::{INVOICE_LINES, INVOICES};

static INVOICE: Resource = Resource {
    entity: &INVOICES,
    aliases: &["inv"],
    columns: &[
        column("number", 15, 16),
        column("customer", 10, 14),
        column("status", 9, 9),
        number("total", 9, 14),
        number("amount_paid", 9, 14),
        column("currency", 3, 3),
        column("issued_on", 10, 10),
        column("due_on", 10, 10),
        column("organization", 10, 20),
        column("contract", 10, 12),
    ],
    form: &[
        "number",
        "customer",
        "organization",
        "contract",
        "period_start",
        "period_end",
        "currency",
        "due_on",
        "notes",
    ],
    letters: &[("bill", 'b'), ("issue", 'i'), ("pay", 'p'), ("mark_overdue", 'o'), ("cancel", 'c')],
};

static LINE: Resource = Resource {
    entity: &INVOICE_LINES,
    aliases: &["il"],
    columns: &[
        column("invoice", 15, 16),
        column("description", 20, 50),
        number("quantity", 4, 8),
        number("unit_price", 9, 14),
        number("tax_percentage", 5, 6),
        number("total", 9, 14),
    ],
    form: &["invoice", "description", "quantity", "unit_price", "tax_percentage"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&INVOICE, &LINE];
