//! What the poller reads and writes: the devices that it watches, what it found of them, the shares that
//! several pollers hold.
//!
//! All of it but incidents is observed, not decided by people: it is written without audit, in short
//! transactions of its own, and writing it twice does what writing it once does. An incident is a record that
//! people work on: it is opened and resolved by the same operations that they use, audited like theirs.

mod figures;
mod incidents;
mod leases;
mod record;
mod watch;

use diesel::connection::SimpleConnection as _;

use super::connection::Connection;
use super::error::Failure;
use super::model::ColumnKind;
use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError, migrate, read};
use crate::domain::Value;

pub use figures::{Bucket, Pack, Rollup};
pub use incidents::Settled;
pub(super) use leases::time as shared_time;
pub use leases::{LEASE, SHARDS, Shares};
pub use record::{CheckRow, DeviceRow, Findings, Level, LogRow};
pub use watch::{Revision, WatchedCheck, WatchedDevice};

/// Tries of a transaction where the database was too busy.
const TRIES: u32 = 5;

impl Store {
    /// Runs a closure in a write transaction for observed rows: no audit, no operation.
    fn observe<T>(
        &self,
        session: &Session,
        mut run: impl FnMut(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        session.require_writing()?;
        if self.is_read_only() {
            return Err(StoreError::failed(Failure::ReadOnly(
                "this was started with --read-only: it changes nothing".into(),
            )));
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
            let outcome = self.with_connection(|connection| {
                read::begin(connection, session, read::Mode::Write)?;
                if let Connection::Postgres(inner) = connection {
                    // A power cut may cost the last tenth of a second of what was observed: it is observed again.
                    inner.batch_execute("SET LOCAL synchronous_commit = off")?;
                }
                let outcome = migrate::require_epoch(connection).and_then(|()| run(connection));
                read::finish(connection, outcome)
            });
            drop(queue);
            match outcome {
                Err(error) if error.is_worth_retrying() && tries < TRIES => {
                    std::thread::sleep(std::time::Duration::from_millis(20 << tries));
                }
                outcome => return outcome,
            }
        }
    }
}

/// One row on its way into a table.
type Cells = Vec<(ColumnKind, Value)>;

/// Rows that one statement writes on PostgreSQL, where each statement is a journey.
const ROWS_AT_ONCE: usize = 500;

/// Where rows go.
struct Into {
    /// `device_logs (tenant_id, id, …)`: the tenant comes first, the cells after it.
    table: &'static str,
    /// The table whose record each row belongs to; a row whose record is gone is left out.
    owner: &'static str,
    /// Which cell holds that record's id, counted from 1.
    owned_by: usize,
    /// `ON CONFLICT …`
    conflict: &'static str,
}

/// Writes rows: many a statement on PostgreSQL, one by one through a prepared statement on SQLite.
fn write_rows(connection: &mut Connection, session: &Session, into: &Into, rows: Vec<Cells>) -> Result<(), StoreError> {
    let at_once = if connection.is_postgres() { ROWS_AT_ONCE } else { 1 };
    let mut rows = rows.into_iter().peekable();
    while let Some(first) = rows.peek() {
        let columns: Vec<String> = (1..=first.len()).map(|column| format!("v.column{column}")).collect();
        let chunk: Vec<Cells> = rows.by_ref().take(at_once).collect();
        // Full chunks have one text, which is kept prepared.
        let mut statement = if chunk.len() == at_once { Statement::fixed() } else { Statement::new() };
        statement.push(format!("INSERT INTO {} SELECT o.tenant_id, {} FROM (VALUES ", into.table, columns.join(", ")));
        for (index, row) in chunk.into_iter().enumerate() {
            statement.push(if index == 0 { "(" } else { ", (" });
            for (column, (kind, value)) in row.into_iter().enumerate() {
                if column > 0 {
                    statement.push(", ");
                }
                statement.bind(kind, value)?;
            }
            statement.push(")");
        }
        statement
            .push(format!(") v, {} o WHERE o.tenant_id = ", into.owner))
            .bind_id(session.tenant.id)
            .push(format!(" AND o.id = v.column{} {}", into.owned_by, into.conflict));
        statement.execute(connection)?;
    }
    Ok(())
}

fn int(number: Option<u32>) -> Value {
    number.map_or(Value::Null, |number| Value::Int(i64::from(number.min(i32::MAX.unsigned_abs()))))
}

fn instant(time: Option<crate::domain::time::Instant>) -> Value {
    time.map_or(Value::Null, |time| Value::Instant(crate::domain::time::to_micros(time)))
}

fn percent(percent: Option<u8>) -> Value {
    let share = percent.and_then(|percent| crate::domain::Percent::from_hundredths(i32::from(percent.min(100)) * 100));
    share.map_or(Value::Null, Value::Percent)
}

/// At most so many characters: what a device answers has no end of its own.
fn short(text: &str, most: usize) -> String {
    let text = crate::domain::text::clean(text);
    text.chars().take(most).collect()
}

/// An id that follows from what a row says, so that the same row written twice is one row: its time, then a
/// hash of the rest.
fn id_of(at: crate::domain::time::Instant, parts: &[&[u8]]) -> crate::domain::Id {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    hash.update(at.timestamp_micros().to_be_bytes());
    for part in parts {
        hash.update(part);
    }
    let mut random = [0; 10];
    random.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    crate::domain::Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
