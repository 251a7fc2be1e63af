//! The chart of accounts and the journal.

use chrono::NaiveDate;

use super::books;
pub(super) use super::books::{Posting, post};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{Failure, Problem, Store, StoreError, undo};
use crate::domain::ledger::{ACCOUNT_TYPES, read_lines};
use crate::domain::money::is_currency;
use crate::domain::number::NumberFormat;
use crate::domain::time::day_of;
use crate::domain::{Id, Kind, Money, Value};

pub static ACCOUNTS: Entity = Entity {
    name: "accounts",
    singular: "account",
    table: &table(TABLES, "accounts"),
    label: "name",
    title: &["code", "name"],
    fields: &[
        Field::text("code", 50).required().unique("code").sorted_by("code"),
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::of("account_type", Kind::Choice(ACCOUNT_TYPES)).required().at_creation(),
        Field::reference("parent", "parent_id", "accounts"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["code", "name"],
    shows: &["parent"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "accounts", entity: "accounts", column: "parent_id" },
        Relation { name: "lines", entity: "journal_lines", column: "account_id" },
        Relation { name: "expenses", entity: "expenses", column: "account_id" },
    ],
    default_sort: "code",
    prepare: Some(account_prepare),
    counter: Some(keep_account),
    ..Entity::PLAIN
};

/// An account hangs below one of its own type that nothing was posted to, and not below itself.
fn account_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let Some(parent) = change.after("parent").as_id() else { return account_code(writing, change) };
    if change.before.is_some() && !change.changes("parent") {
        return account_code(writing, change);
    }
    let account_type = change.before.map_or_else(
        || change.after("account_type").as_str().to_owned(),
        |record| record.get("account_type").as_str().to_owned(),
    );
    // The heads of two trees that are hung below each other at once would be a ring: one goes after the other.
    let mut above = Some(parent);
    while let Some(id) = above {
        if id == change.id {
            change.problem("parent", "an account does not hang below itself");
            return Ok(());
        }
        let record = writing.take(&ACCOUNTS, id)?;
        if id == parent && record.get("account_type").as_str() != account_type {
            let told = format!("{} is of the type {}", record.title(), record.get("account_type").as_str());
            change.problem("parent", told);
        }
        above = record.get("parent_id").as_id();
    }
    if books::is_posted_to(writing, parent)? {
        change
            .problem("parent", "entries were posted to this account: only accounts without any have others below them");
    }
    account_code(writing, change)
}

/// What the program posts to is found by its code.
fn account_code(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() && change.changes("code") && books::is_posted_to(writing, change.id)? {
        change.problem("code", "entries were posted to this account: it keeps its code");
    }
    Ok(())
}

/// An account that was laid out for something that is taken back stays: others may have posted to it by then.
fn keep_account(writing: &mut Writing<'_>, record: &Record) -> Result<Id, StoreError> {
    if writing.action.starts_with("accounts.") {
        undo::require_new(record)?;
        writing.remove(record)?;
    }
    Ok(record.id)
}

pub static JOURNAL_ENTRIES: Entity = Entity {
    name: "journal_entries",
    singular: "journal entry",
    table: &table(TABLES, "journal_entries"),
    number: Some(NumberFormat::yearly("JE", 6)),
    label: "memo",
    fields: &[
        Field::text("number", 50).read_only().unique("number").sorted_by("number"),
        Field::of("entry_date", Kind::Date).read_only().sorted_by("entry_date"),
        Field::text("memo", 1_000).read_only(),
        Field::text("source_type", 100).read_only(),
        Field::of("source_id", Kind::Id).read_only(),
        Field::reference("reverses", "reverses_id", "journal_entries").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    search: &["number", "memo", "source_type"],
    shows: &["reverses"],
    relations: &[
        Relation { name: "lines", entity: "journal_lines", column: "entry_id" },
        Relation { name: "reversals", entity: "journal_entries", column: "reverses_id" },
    ],
    default_sort: "-created_at",
    counter: Some(books::reverse),
    ..Entity::PLAIN
};

pub static JOURNAL_LINES: Entity = Entity {
    name: "journal_lines",
    singular: "journal line",
    table: &table(TABLES, "journal_lines"),
    label: "currency",
    title: &["entry", "account"],
    fields: &[
        Field::reference("entry", "entry_id", "journal_entries").read_only(),
        Field::reference("account", "account_id", "accounts").read_only(),
        Field::of("debit", Kind::Money).read_only(),
        Field::of("credit", Kind::Money).read_only(),
        Field::text("currency", 3).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    shows: &["entry", "account"],
    default_sort: "-created_at",
    observed: true,
    ..Entity::PLAIN
};

/// An entry by hand.
fn enter(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let invalid = |field: &str, why: String| StoreError::failed(Failure::Invalid(vec![Problem::new(field, why)]));
    let currency = request.value("currency").as_str();
    if !is_currency(currency) {
        return Err(invalid("currency", "is the code of a currency such as USD".into()));
    }
    let read = read_lines(request.value("lines").as_str()).map_err(|why| invalid("lines", why))?;
    let date = match request.value("entry_date") {
        Value::Date(date) => *date,
        _ => day_of(writing.session.tenant.zone, writing.now),
    };
    let posting = Posting {
        date,
        memo: request.value("memo").as_str(),
        source: None,
        lines: read.iter().map(|(account, side)| (account.as_str(), side.debit, side.credit)).collect(),
        currency,
    };
    books::enter(writing, posting).map(|id| vec![id])
}

fn reverse(writing: &mut Writing<'_>, record: &Record, _: &Request) -> Result<(), StoreError> {
    books::reverse(writing, record).map(|_| ())
}

/// What was posted to one account in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialLine {
    pub code: String,
    pub name: String,
    pub account_type: String,
    pub currency: String,
    pub debit: Money,
    pub credit: Money,
}

impl Store {
    /// The trial balance: what was posted to each account in each currency, until the end of a day where one is given,
    /// in the order of the accounts' codes. Debit and credit of a currency add up to the same.
    ///
    /// # Errors
    /// When the session may not read the journal or the database says so.
    pub fn trial_balance(&self, session: &Session, until: Option<NaiveDate>) -> Result<Vec<TrialLine>, StoreError> {
        session.require(&JOURNAL_ENTRIES.permission("read"))?;
        session.require(&ACCOUNTS.permission("read"))?;
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "SELECT a.code AS t0, a.name AS t1, a.account_type AS t2, l.currency AS t3, \
                     CAST(sum(l.debit) AS bigint) AS m4, CAST(sum(l.credit) AS bigint) AS m5 \
                     FROM journal_lines l JOIN accounts a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
                     JOIN journal_entries e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id WHERE l.tenant_id = ",
                )
                .bind_id(session.tenant.id);
            if session.scope != super::session::Scope::All {
                statement.push(" AND 1 = 0");
            }
            if let Some(until) = until {
                statement.push(" AND e.entry_date <= ").bind(ColumnKind::Date, Value::Date(until))?;
            }
            statement.push(" GROUP BY a.code, a.name, a.account_type, l.currency ORDER BY a.code, l.currency");
            let rows = statement.load(reading.connection)?;
            Ok(rows.into_iter().filter_map(|row| trial_line(row.0)).collect())
        })
    }
}

fn trial_line(row: Vec<Value>) -> Option<TrialLine> {
    let values: [Value; 6] = row.try_into().ok()?;
    match values {
        [
            Value::Text(code),
            Value::Text(name),
            Value::Text(account_type),
            Value::Text(currency),
            Value::Money(debit),
            Value::Money(credit),
        ] => Some(TrialLine { code, name, account_type, currency, debit, credit }),
        _ => None,
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&ACCOUNTS, &JOURNAL_ENTRIES, &JOURNAL_LINES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("accounts.create", &ACCOUNTS),
    Operation::import("accounts.import", &ACCOUNTS),
    Operation::update("accounts.update", &ACCOUNTS),
    Operation::delete("accounts.delete", &ACCOUNTS),
    Operation::new("journal_entries.enter", &JOURNAL_ENTRIES, Does::Make(enter))
        .asking(&[
            Field::of("entry_date", Kind::Date),
            Field::text("memo", 1_000).required(),
            Field::text("currency", 3).required().default("$currency"),
            Field::lines("lines").required(),
        ])
        .undone_by(Undo::CounterEntry),
    Operation::new("journal_entries.reverse", &JOURNAL_ENTRIES, Does::Custom(reverse))
        .making("journal_entries")
        .moving_money()
        .undone_by(Undo::CounterEntry),
];
