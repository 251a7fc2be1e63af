//! Human numbers, from a sequence of the tenant. On PostgreSQL blocks are taken in a short
//! transaction of their own, so that a long import stops nobody; gaps may happen.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::Datelike as _;

use super::connection::Connection;
use super::operation::{Does, Request};
use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError, read};
use crate::domain::Id;
use crate::domain::number::NumberFormat;
use crate::domain::time::Instant;

/// A sequence: tenant, prefix, year.
type Sequence = (Id, &'static str, i32);

/// Numbers taken from the database and not given out yet: the next one of each sequence, and the end.
#[derive(Default)]
pub(super) struct Blocks(Mutex<HashMap<Sequence, (i64, i64)>>);

impl Store {
    /// The number that the new record of a request will have, where it does not bring one.
    pub(super) fn number_for(&self, session: &Session, request: &Request) -> Result<Option<String>, StoreError> {
        let operation = request.operation;
        match (operation.does, operation.entity.number) {
            (Does::Create, Some(format)) if request.value("number").is_empty() => {
                Ok(self.take_numbers(session, format, 1)?.pop())
            }
            _ => Ok(None),
        }
    }

    /// The next `count` numbers of a sequence.
    pub(super) fn take_numbers(
        &self,
        session: &Session,
        format: NumberFormat,
        count: usize,
    ) -> Result<Vec<String>, StoreError> {
        let (year, next) = self.take_number_run(session, format, count)?;
        let wanted = i64::try_from(count).unwrap_or(i64::MAX);
        Ok((next..next + wanted).map(|count| format.write(year, count)).collect())
    }

    /// The same as the year and the first of them.
    pub(super) fn take_number_run(
        &self,
        session: &Session,
        format: NumberFormat,
        count: usize,
    ) -> Result<(i32, i64), StoreError> {
        session.require_writing()?;
        let year = year_of(session, format, self.now());
        let wanted = i64::try_from(count).unwrap_or(i64::MAX);
        let key = (session.tenant.id, format.prefix, year);
        let mut blocks = self.0.numbers.0.lock().map_err(|_| StoreError::unexpected("the numbers' lock is broken"))?;
        let (mut next, mut end) = blocks.get(&key).copied().unwrap_or((0, 0));
        if end - next < wanted {
            // On SQLite a write transaction of its own would wait for the one that asks; this one
            // is over before that begins.
            next = self.advance(session, format, year, wanted)?;
            end = next + wanted;
        }
        blocks.insert(key, (next + wanted, end));
        Ok((year, next))
    }

    /// Steps over numbers that come in from outside, in a transaction of its own.
    pub(super) fn skip_numbers(
        &self,
        session: &Session,
        format: NumberFormat,
        year: i32,
        highest: i64,
    ) -> Result<(), StoreError> {
        if let Ok(mut blocks) = self.0.numbers.0.lock() {
            blocks.remove(&(session.tenant.id, format.prefix, year));
        }
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        let now = self.now();
        self.with_connection(|connection| {
            read::begin(connection, session, read::Mode::Write)?;
            let outcome = skip(connection, session, format, now, year, highest);
            read::finish(connection, outcome)
        })
    }

    fn advance(&self, session: &Session, format: NumberFormat, year: i32, count: i64) -> Result<i64, StoreError> {
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        let now = self.now();
        self.with_connection(|connection| {
            read::begin(connection, session, read::Mode::Write)?;
            let outcome = move_on(connection, session, format, year, count, now);
            read::finish(connection, outcome)
        })
    }
}

fn year_of(session: &Session, format: NumberFormat, now: Instant) -> i32 {
    if format.yearly { now.with_timezone(&session.tenant.zone).year() } else { 0 }
}

/// Moves the sequence on by `count` and answers where it stood.
fn move_on(
    connection: &mut Connection,
    session: &Session,
    format: NumberFormat,
    year: i32,
    count: i64,
    now: Instant,
) -> Result<i64, StoreError> {
    let mut statement = Statement::fixed();
    push_upsert(&mut statement, session, format, year, now, 1 + count);
    statement.push("next = sequences.next + ").bind_long(count).push(" RETURNING next AS l0");
    let rows = statement.load(connection)?;
    let next = rows.first().and_then(|row| row.0[0].as_int()).ok_or_else(|| StoreError::unexpected("no sequence"))?;
    Ok(next - count)
}

fn push_upsert(statement: &mut Statement, session: &Session, format: NumberFormat, year: i32, now: Instant, next: i64) {
    statement
        .push("INSERT INTO sequences (id, tenant_id, kind, year, next, created_at, updated_at) VALUES (")
        .bind_id(Id::new())
        .push(", ")
        .bind_id(session.tenant.id)
        .push(", ")
        .bind_text(format.prefix)
        .push(format!(", {year}, "))
        .bind_long(next)
        .push(", ")
        .bind_instant(now)
        .push(", ")
        .bind_instant(now)
        .push(") ON CONFLICT (tenant_id, kind, (coalesce(year, 0))) DO UPDATE SET ");
}

/// The next number of a sequence, taken in the caller's transaction: for records that a workflow carries along.
pub(super) fn next(
    connection: &mut Connection,
    session: &Session,
    format: NumberFormat,
    now: Instant,
) -> Result<String, StoreError> {
    let year = year_of(session, format, now);
    Ok(format.write(year, move_on(connection, session, format, year, 1, now)?))
}

/// Numbers that came in from outside are skipped from now on: the sequence goes past the highest.
pub(super) fn skip(
    connection: &mut Connection,
    session: &Session,
    format: NumberFormat,
    now: Instant,
    year: i32,
    highest: i64,
) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    push_upsert(&mut statement, session, format, year, now, highest.saturating_add(1));
    statement
        .push("next = CASE WHEN sequences.next <= ")
        .bind_long(highest)
        .push(" THEN ")
        .bind_long(highest.saturating_add(1))
        .push(" ELSE sequences.next END");
    statement.execute(connection).map(|_| ())
}
