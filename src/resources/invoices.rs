//! Invoices and their lines.

use super::{Resource, column, number};
use crate::store::invoices::{INVOICE_LINES, INVOICES};

static INVOICE: Resource = Resource {
    entity: &INVOICES,
    title: "Invoices",
    aliases: &["inv"],
    columns: &[
        column("number", "NUMBER", 15, 16),
        column("customer", "CUSTOMER", 10, 14),
        column("status", "STATUS", 9, 9),
        number("total", "TOTAL", 9, 14),
        number("amount_paid", "PAID", 9, 14),
        column("currency", "CUR", 3, 3),
        column("issued_on", "ISSUED", 10, 10),
        column("due_on", "DUE", 10, 10),
        column("organization", "ORGANIZATION", 10, 20),
        column("contract", "CONTRACT", 10, 12),
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
    empty: "No invoices yet. Press a to write one.",
    labels: &[
        ("issued_on", "issued"),
        ("due_on", "due"),
        ("period_start", "from"),
        ("period_end", "to"),
        ("tax_amount", "tax"),
        ("amount_paid", "paid"),
        ("paid_at", "paid at"),
        ("tax_percentage", "tax %"),
    ],
    help: &[
        ("number", "empty: the draft gets one, and another when it is issued"),
        ("due_on", "empty: so many days after it is issued as invoices.due_days says"),
        ("period_start", "the same customer and contract are billed once for a period"),
        ("period_end", "the day after the last one"),
        ("amount", "empty: all that is owed"),
        ("method", "wallet, or how the money came in"),
    ],
    letters: &[("bill", 'b'), ("issue", 'i'), ("pay", 'p'), ("mark_overdue", 'o'), ("cancel", 'c')],
};

static LINE: Resource = Resource {
    entity: &INVOICE_LINES,
    title: "Invoice lines",
    aliases: &["il"],
    columns: &[
        column("invoice", "INVOICE", 15, 16),
        column("description", "DESCRIPTION", 20, 50),
        number("quantity", "QTY", 4, 8),
        number("unit_price", "PRICE", 9, 14),
        number("tax_percentage", "TAX %", 5, 6),
        number("total", "TOTAL", 9, 14),
    ],
    form: &["invoice", "description", "quantity", "unit_price", "tax_percentage"],
    empty: "No lines yet. Press a to add one to a draft.",
    labels: &[("unit_price", "price"), ("tax_percentage", "tax %")],
    help: &[("unit_price", "before tax; negative: a credit"), ("total", "before tax, rounded")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&INVOICE, &LINE];
