//! The chart of accounts and the journal.

use super::{Resource, column, number};
use crate::store::ledger::{ACCOUNTS, JOURNAL_ENTRIES, JOURNAL_LINES};

static CHART: Resource = Resource {
    entity: &ACCOUNTS,
    aliases: &["acc", "chart"],
    columns: &[
        column("code", 6, 12),
        column("name", 16, 36),
        column("account_type", 9, 10),
        column("parent", 10, 24),
        column("is_active", 6, 6),
    ],
    form: &["code", "name", "account_type", "parent", "is_active"],
    ..Resource::PLAIN
};

static ENTRIES: Resource = Resource {
    entity: &JOURNAL_ENTRIES,
    aliases: &["journal", "je"],
    columns: &[
        column("number", 14, 16),
        column("entry_date", 10, 10),
        column("memo", 20, 60),
        column("source_type", 8, 16),
        column("reverses", 14, 16),
    ],
    letters: &[("reverse", 'r'), ("enter", 'e')],
    ..Resource::PLAIN
};

static LINES: Resource = Resource {
    entity: &JOURNAL_LINES,
    aliases: &["jl"],
    columns: &[
        column("entry", 14, 16),
        column("account", 12, 30),
        number("debit", 9, 16),
        number("credit", 9, 16),
        column("currency", 3, 3),
        column("created_at", 16, 16),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CHART, &ENTRIES, &LINES];
