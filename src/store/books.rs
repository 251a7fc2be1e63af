//! How the books are kept: what is posted to the journal, and how it is reversed.

use chrono::NaiveDate;

use super::engine;
use super::entity::Entity;
use super::ledger::{ACCOUNTS, JOURNAL_ENTRIES, JOURNAL_LINES};
use super::record::Record;
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, numbers};
use crate::domain::ledger::{CHART, Side, check, standard};
use crate::domain::time::day_of;
use crate::domain::{Id, Money, Value};

/// What is to be entered in the journal.
pub(super) struct Posting<'a> {
    pub date: NaiveDate,
    pub memo: &'a str,
    /// The record that it is entered for.
    pub source: Option<(&'static Entity, Id)>,
    /// An account's code, or what one of the standard accounts is for (`cash`, `receivables`; see [`CHART`]); debit and
    /// credit. A negative amount stands on the other side, and nothing is no line.
    pub lines: Vec<(&'a str, Money, Money)>,
    pub currency: &'a str,
}

/// Enters something in the journal. The number is taken first: it is the lock that entries wait for, so whoever
/// posts takes all other locks before.
///
/// # Errors
/// Where it does not balance, or an account is none that is posted to.
pub(super) fn post(writing: &mut Writing<'_>, posting: Posting<'_>) -> Result<Id, StoreError> {
    let asked = std::mem::replace(&mut writing.carries_along, true);
    let outcome = enter(writing, posting);
    writing.carries_along = asked;
    outcome
}

/// The same for those who must be allowed to write in the journal themselves.
pub(super) fn enter(writing: &mut Writing<'_>, posting: Posting<'_>) -> Result<Id, StoreError> {
    let number = next_number(writing)?;
    let mut lines = Vec::with_capacity(posting.lines.len());
    for (account, debit, credit) in posting.lines {
        if let Some(side) = Side::net(debit, credit) {
            lines.push((account_for(writing, account)?, side));
        }
    }
    write(writing, number, posting.date, posting.memo, posting.source, &lines, posting.currency, None)
}

/// Enters the mirror of an entry: the same accounts, left for right. One that was reversed and entered again stands by the
/// last of these, which is the one that is mirrored.
///
/// # Errors
/// Where it was reversed already.
pub(super) fn reverse(writing: &mut Writing<'_>, record: &Record) -> Result<Id, StoreError> {
    let number = next_number(writing)?;
    let (mut last, mut stands) = (record.clone(), true);
    while let Some(by) = reversal_of(writing, last.id)? {
        (last, stands) = (fetch(writing, by)?, !stands);
    }
    if !stands {
        let number = |entry: &Record| entry.get("number").as_str().to_owned();
        return Err(StoreError::refused(format!("{} was reversed already, by {}", number(record), number(&last))));
    }
    let record = &last;
    let (lines, currency) = lines_of(writing, record.id)?;
    let lines: Vec<(Id, Side)> = lines.into_iter().map(|(account, side)| (account, side.mirrored())).collect();
    let source = record.get("source_id").as_id();
    let source = super::entities::find(record.get("source_type").as_str()).zip(source);
    let memo: String = format!("Reverses {}", record.title()).chars().take(1_000).collect();
    // What is entered for a day to come is reversed on that day: both fall into the same month.
    let today = day_of(writing.session.tenant.zone, writing.now);
    let date = if let Value::Date(entered) = record.get("entry_date") { today.max(*entered) } else { today };
    let asked = std::mem::replace(&mut writing.carries_along, true);
    let outcome = write(writing, number, date, &memo, source, &lines, &currency, Some(record.id));
    writing.carries_along = asked;
    outcome
}

/// Reverses what was entered for a record and stands: an entry that was taken back and done again stands by the last of
/// its reversals.
pub(super) fn reverse_all(writing: &mut Writing<'_>, entity: &'static Entity, id: Id) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT e.id AS i0, e.reverses_id AS i1 FROM journal_entries e WHERE e.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND e.source_type = ")
        .bind_text(entity.name)
        .push(" AND e.source_id = ")
        .bind_id(id)
        .push(" ORDER BY e.id");
    let entries: Vec<(Id, Option<Id>)> = statement
        .load(writing.connection)?
        .iter()
        .filter_map(|row| Some((row.0[0].as_id()?, row.0[1].as_id())))
        .collect();
    let reversal = |of: Id| entries.iter().find(|(_, reverses)| *reverses == Some(of)).map(|(id, _)| *id);
    let mut standing = Vec::new();
    for (first, _) in entries.iter().filter(|(_, reverses)| reverses.is_none()) {
        let chain: Vec<Id> = std::iter::successors(Some(*first), |id| reversal(*id)).collect();
        if let (1, Some(last)) = (chain.len() % 2, chain.last()) {
            standing.push(*last);
        }
    }
    for id in standing {
        let record = fetch(writing, id)?;
        reverse(writing, &record)?;
    }
    Ok(())
}

/// An entry, whoever may see the journal.
fn fetch(writing: &mut Writing<'_>, id: Id) -> Result<Record, StoreError> {
    super::list::select::unscoped(writing.connection, writing.session, &JOURNAL_ENTRIES, id)?
        .ok_or_else(|| StoreError::not_found(JOURNAL_ENTRIES.singular, id.to_string()))
}

#[allow(clippy::too_many_arguments)] // an entry is as long as that
fn write(
    writing: &mut Writing<'_>,
    number: String,
    date: NaiveDate,
    memo: &str,
    source: Option<(&'static Entity, Id)>,
    lines: &[(Id, Side)],
    currency: &str,
    reverses: Option<Id>,
) -> Result<Id, StoreError> {
    let sides: Vec<Side> = lines.iter().map(|(_, side)| *side).collect();
    check(&sides, currency)
        .map_err(|why| StoreError::refused(format!("this cannot be entered in the journal: {why}")))?;
    let id = Id::new();
    for (account, side) in lines {
        writing.append(
            &JOURNAL_LINES,
            vec![
                ("entry", Value::Id(id)),
                ("account", Value::Id(*account)),
                ("debit", Value::Money(side.debit)),
                ("credit", Value::Money(side.credit)),
                ("currency", Value::text(currency)),
            ],
        )?;
    }
    let action = writing.action.clone();
    let values = [
        ("number", Value::Text(number)),
        ("entry_date", Value::Date(date)),
        ("memo", Value::text(memo)),
        ("source_type", Value::text(source.map_or("", |(entity, _)| entity.name))),
        ("source_id", source.map_or(Value::Null, |(_, id)| Value::Id(id))),
        ("reverses", reverses.map_or(Value::Null, Value::Id)),
    ];
    engine::make(writing, &action, &JOURNAL_ENTRIES, id, values.into())?;
    Ok(id)
}

fn next_number(writing: &mut Writing<'_>) -> Result<String, StoreError> {
    let format = JOURNAL_ENTRIES.number.ok_or_else(|| StoreError::unexpected("entries have no number"))?;
    numbers::next(writing.connection, writing.session, format, writing.now)
}

/// The account for a purpose or with a code; the standard accounts are laid out where one of them is missing.
fn account_for(writing: &mut Writing<'_>, named: &str) -> Result<Id, StoreError> {
    let code = standard(named).map_or(named, |account| account.code);
    if let Some(id) = open_account(writing, code)? {
        return Ok(id);
    }
    if standard(named).is_none() {
        return Err(StoreError::refused(format!(
            "there is no account ‘{}’ in the chart of accounts",
            crate::domain::text::clean(code)
        )));
    }
    for account in CHART {
        if open_account(writing, account.code)?.is_none() {
            writing.make(
                &ACCOUNTS,
                vec![
                    ("code", Value::text(account.code)),
                    ("name", Value::text(account.name)),
                    ("account_type", Value::text(account.kind)),
                ],
            )?;
        }
    }
    open_account(writing, code)?.ok_or_else(|| StoreError::unexpected("an account that was made is not there"))
}

/// The account with a code, which must be one that is posted to.
fn open_account(writing: &mut Writing<'_>, code: &str) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT a.id AS i0, a.is_active AS b1 FROM accounts a WHERE a.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND a.code = ")
        .bind_text(code);
    // Nobody hangs another account below this one, or closes it, while something is posted to it.
    if writing.connection.is_postgres() {
        statement.push(" FOR SHARE OF a");
    }
    let rows = statement.load(writing.connection)?;
    let Some(id) = rows.first().and_then(|row| row.0[0].as_id()) else { return Ok(None) };
    let told = |why: &str| Err(StoreError::refused(format!("the account {code} {why}")));
    if rows.iter().any(|row| !row.0[1].is_true()) {
        return told("is closed: make it active, or post to another one");
    }
    // Asked once the account is locked: one that was hung below it meanwhile is seen.
    let mut statement = Statement::fixed();
    statement
        .push("SELECT a.id AS i0 FROM accounts a WHERE a.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND a.parent_id = ")
        .bind_id(id)
        .push(" LIMIT 1");
    if !statement.load(writing.connection)?.is_empty() {
        return told("has others below it: only those at the end are posted to");
    }
    Ok(Some(id))
}

/// Whether anything was ever posted to an account.
pub(super) fn is_posted_to(writing: &mut Writing<'_>, account: Id) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT l.id AS i0 FROM journal_lines l WHERE l.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND l.account_id = ")
        .bind_id(account)
        .push(" LIMIT 1");
    Ok(!statement.load(writing.connection)?.is_empty())
}

fn reversal_of(writing: &mut Writing<'_>, entry: Id) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT e.id AS i0 FROM journal_entries e WHERE e.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND e.reverses_id = ")
        .bind_id(entry);
    Ok(statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_id()))
}

fn lines_of(writing: &mut Writing<'_>, entry: Id) -> Result<(Vec<(Id, Side)>, String), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT l.account_id AS i0, l.debit AS m1, l.credit AS m2, l.currency AS t3 FROM journal_lines l \
             WHERE l.tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND l.entry_id = ")
        .bind_id(entry)
        .push(" ORDER BY l.id");
    let (mut lines, mut currency) = (Vec::new(), String::new());
    for row in statement.load(writing.connection)? {
        if let [Value::Id(account), Value::Money(debit), Value::Money(credit), Value::Text(of)] = row.0.as_slice() {
            lines.push((*account, Side { debit: *debit, credit: *credit }));
            currency.clone_from(of);
        }
    }
    Ok((lines, currency))
}

/// The day of an entry that is made now.
pub(super) fn today(writing: &Writing<'_>) -> NaiveDate {
    day_of(writing.session.tenant.zone, writing.now)
}
