//! The chart of accounts and the journal.

use super::{Resource, column, number};
use crate::store::ledger::{ACCOUNTS, JOURNAL_ENTRIES, JOURNAL_LINES};

static CHART: Resource = Resource {
    entity: &ACCOUNTS,
    title: "Accounts",
    aliases: &["acc", "chart"],
    columns: &[
        column("code", "CODE", 6, 12),
        column("name", "NAME", 16, 36),
        column("account_type", "TYPE", 9, 10),
        column("parent", "BELOW", 10, 24),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["code", "name", "account_type", "parent", "is_active"],
    empty: "No accounts yet. The standard ones are laid out when something is first posted; press a to add one.",
    labels: &[("account_type", "type"), ("parent", "below")],
    help: &[
        ("code", "what the account is found by: 4000"),
        ("parent", "an account of the same type that nothing was posted to"),
    ],
    ..Resource::PLAIN
};

static ENTRIES: Resource = Resource {
    entity: &JOURNAL_ENTRIES,
    title: "Journal",
    aliases: &["journal", "je"],
    columns: &[
        column("number", "NUMBER", 14, 16),
        column("entry_date", "DATE", 10, 10),
        column("memo", "MEMO", 20, 60),
        column("source_type", "FOR", 8, 16),
        column("reverses", "REVERSES", 14, 16),
    ],
    empty: "Nothing is posted yet. Invoices, payments and expenses post by themselves.",
    labels: &[("entry_date", "date"), ("source_type", "for")],
    help: &[
        ("entry_date", "empty: today"),
        ("lines", "a line for each side: 1000 debit 50.00; debit and credit are equal"),
    ],
    letters: &[("reverse", 'r'), ("enter", 'e')],
    ..Resource::PLAIN
};

static LINES: Resource = Resource {
    entity: &JOURNAL_LINES,
    title: "Journal lines",
    aliases: &["jl"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("entry", "ENTRY", 14, 16),
        column("account", "ACCOUNT", 14, 30),
        number("debit", "DEBIT", 10, 16),
        number("credit", "CREDIT", 10, 16),
        column("currency", "CUR", 3, 3),
    ],
    empty: "Nothing is posted yet.",
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CHART, &ENTRIES, &LINES];
