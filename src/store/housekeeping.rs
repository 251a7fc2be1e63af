//! What the clock's runner needs besides the records themselves: one lease for one program, and the outbox.

use chrono::TimeDelta;

use super::connection::Connection;
use super::model::ColumnKind;
use super::session::{Program, Session, Tenant};
use super::sql::Statement;
use super::{Failure, Store, StoreError, migrate, read};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// How long the lease lasts that is not renewed: whoever takes over from a program that was killed does so within the
/// minute in which what is due is done.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The one task that is leased.
const CLOCKWORK: &str = "clockwork";
/// Tries of a transaction where the database was too busy.
const TRIES: u32 = 5;
/// Rows of the outbox that are taken at a time.
const LETTERS: i64 = 100;

/// Something that must reach another system.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub id: Id,
    pub kind: String,
    pub record: Option<Id>,
    pub payload: serde_json::Value,
    /// How often it was tried in vain.
    pub attempts: i64,
}

impl Store {
    /// Takes the clock's lease, or renews it; `false` where another program has it.
    ///
    /// # Errors
    /// What the database says.
    pub fn hold_clock(&self, owner: &str) -> Result<bool, StoreError> {
        let nobody = Session::program(Program::Clock, Tenant::unnamed(Id::nil()));
        self.housekeep(&nobody, |connection, here| {
            // Several machines go by the server's clock, one file by this machine's.
            let now = super::health::shared_time(connection, here)?;
            let mut statement = Statement::fixed();
            statement
                .push("INSERT INTO clock_leases (task, owner, expires_at, last_run_at) VALUES (")
                .bind_text(CLOCKWORK)
                .push(", ")
                .bind_text(owner)
                .push(", ")
                .bind_instant(now + LEASE)
                .push(", ")
                .bind_instant(now)
                .push(
                    ") ON CONFLICT (task) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at, \
                     last_run_at = excluded.last_run_at WHERE clock_leases.owner = excluded.owner OR clock_leases.expires_at <= ",
                )
                .bind_instant(now);
            Ok(statement.execute(connection)? > 0)
        })
    }

    /// Gives the lease back, where it is this program's.
    ///
    /// # Errors
    /// What the database says; then it runs out by itself.
    pub fn release_clock(&self, owner: &str) -> Result<(), StoreError> {
        let nobody = Session::program(Program::Clock, Tenant::unnamed(Id::nil()));
        self.housekeep(&nobody, |connection, _| {
            let mut statement = Statement::fixed();
            statement
                .push("DELETE FROM clock_leases WHERE task = ")
                .bind_text(CLOCKWORK)
                .push(" AND owner = ")
                .bind_text(owner);
            statement.execute(connection).map(|_| ())
        })
    }

    /// Who has the clock's lease now, and when it was renewed.
    ///
    /// # Errors
    /// What the database says.
    pub fn clock_runner(&self) -> Result<Option<(String, Instant)>, StoreError> {
        let nobody = Session::program(Program::Clock, Tenant::unnamed(Id::nil()));
        self.read(&nobody, |reading| {
            let now = super::health::shared_time(reading.connection, reading.now)?;
            let mut statement = Statement::fixed();
            statement
                .push("SELECT owner AS t0, last_run_at AS w1 FROM clock_leases WHERE task = ")
                .bind_text(CLOCKWORK)
                .push(" AND expires_at > ")
                .bind_instant(now);
            let rows = statement.load(reading.connection)?;
            Ok(rows.first().and_then(|row| Some((row.0[0].as_str().to_owned(), row.0[1].as_instant()?))))
        })
    }

    /// Letters of these kinds that are due, those first that wait longest.
    ///
    /// # Errors
    /// What the database says.
    pub fn letters(&self, session: &Session, kinds: &[&str]) -> Result<Vec<Letter>, StoreError> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push("SELECT id AS i0, kind AS t1, record_id AS i2, payload AS j3, attempts AS n4 FROM outbox WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND due_at <= ")
                .bind_instant(reading.now)
                .push(" AND kind IN (");
            for (index, kind) in kinds.iter().enumerate() {
                statement.push(if index > 0 { ", " } else { "" }).bind_text(*kind);
            }
            statement.push(format!(") ORDER BY due_at, id LIMIT {LETTERS}"));
            let rows = statement.load(reading.connection)?;
            Ok(rows
                .into_iter()
                .filter_map(|row| {
                    let [Value::Id(id), Value::Text(kind), record, Value::Json(payload), Value::Int(attempts)] =
                        row.0.as_slice()
                    else {
                        return None;
                    };
                    let (kind, payload) = (kind.clone(), payload.clone());
                    Some(Letter { id: *id, kind, record: record.as_id(), payload, attempts: *attempts })
                })
                .collect())
        })
    }

    /// Takes a letter out of the outbox that has arrived; `false` where another program did so.
    ///
    /// # Errors
    /// What the database says.
    pub fn letter_arrived(&self, session: &Session, letter: Id) -> Result<bool, StoreError> {
        self.housekeep(session, |connection, _| {
            let mut statement = Statement::fixed();
            statement
                .push("DELETE FROM outbox WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND id = ")
                .bind_id(letter);
            Ok(statement.execute(connection)? > 0)
        })
    }

    /// Keeps a letter that did not arrive: why, and when it is tried again (twice as late each time, an hour at most).
    ///
    /// # Errors
    /// What the database says.
    pub fn letter_failed(&self, session: &Session, letter: &Letter, why: &str) -> Result<(), StoreError> {
        let pause = TimeDelta::seconds((15_i64 << letter.attempts.clamp(0, 8)).min(3_600));
        self.housekeep(session, |connection, now| {
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE outbox SET attempts = attempts + 1, error = ")
                .bind(ColumnKind::Text, Value::text(why))?
                .push(", due_at = ")
                .bind_instant(now + pause)
                .push(" WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND id = ")
                .bind_id(letter.id);
            statement.execute(connection).map(|_| ())
        })
    }

    /// Runs a closure in a write transaction of the program's own: on rows that no person writes, without a row in the
    /// log.
    pub(super) fn housekeep<T>(
        &self,
        session: &Session,
        mut run: impl FnMut(&mut Connection, Instant) -> Result<T, StoreError>,
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
            let now = self.now();
            let outcome = self.with_connection(|connection| {
                read::begin(connection, session, read::Mode::Write)?;
                let outcome = migrate::require_epoch(connection).and_then(|()| run(connection, now));
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
