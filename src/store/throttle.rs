//! Guesses at passwords, slowed down: counted by account and by place, in the database, so that every program counts alike.

use chrono::TimeDelta;

use super::access::{Account, hash_token};
use super::connection::Connection;
use super::session::Session;
use super::sql::Statement;
use super::{Failure, Store, StoreError};
use crate::domain::access::{forget_failures_after, throttle};
use crate::domain::text::sort_key;
use crate::domain::time::Instant;

impl Store {
    /// The buckets that a try counts in: the account's (apart for a place it came from before, so
    /// that strangers cannot lock its owner out) and the place's own.
    pub(super) fn buckets(
        &self,
        program: &Session,
        account: Option<&Account>,
        username: &str,
        source: &str,
    ) -> Result<[String; 2], StoreError> {
        let known = match account {
            Some(account) => self.read(program, |reading| {
                let mut statement = Statement::fixed();
                statement
                    .push("SELECT id AS i0 FROM user_sessions WHERE user_id = ")
                    .bind_id(account.id)
                    .push(" AND ip_address = ")
                    .bind_text(source)
                    .push(" LIMIT 1");
                Ok(!statement.load(reading.connection)?.is_empty())
            })?,
            None => false,
        };
        let place = if known { source } else { "" };
        let user =
            hash_token(&sort_key(username)).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok([format!("account|{}|{user}|{place}", program.tenant.id), format!("source|{source}")])
    }

    pub(super) fn check_throttle(
        &self,
        program: &Session,
        buckets: &[String; 2],
        now: Instant,
    ) -> Result<(), StoreError> {
        let blocked = self.read(program, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT max(blocked_until) AS w0 FROM login_throttles WHERE key IN (")
                .bind_text(&buckets[0])
                .push(", ")
                .bind_text(&buckets[1])
                .push(")");
            Ok(statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_instant()))
        })?;
        match blocked.filter(|until| *until > now) {
            Some(until) => Err(too_many(until, now)),
            None => Ok(()),
        }
    }

    pub(super) fn count_failure(&self, program: &Session, buckets: &[String], now: Instant) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        self.keep(program, |connection| {
            for bucket in buckets {
                let (failures, _) = count_one(connection, bucket, now)?;
                block(connection, bucket, now, failures)?;
            }
            Ok(())
        })
    }

    /// Takes one try in an account's bucket before what was typed is looked at, so that tries made at the same time are
    /// counted one after the other: what six digits need. A right one gives it back with [`Store::forget_failures`].
    ///
    /// # Errors
    /// How long to wait, where there were too many.
    pub(super) fn take_try(&self, program: &Session, bucket: &str, now: Instant) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        self.keep(program, |connection| {
            let (failures, blocked) = count_one(connection, bucket, now)?;
            if let Some(until) = blocked.filter(|until| *until > now) {
                return Err(too_many(until, now));
            }
            block(connection, bucket, now, failures)
        })
    }

    /// A right password clears its account's bucket; its place has to sit its own out.
    pub(super) fn forget_failures(&self, program: &Session, buckets: &[String]) -> Result<(), StoreError> {
        self.keep(program, |connection| {
            for bucket in buckets {
                let mut statement = Statement::fixed();
                statement.push("DELETE FROM login_throttles WHERE key = ").bind_text(bucket);
                statement.execute(connection)?;
            }
            Ok(())
        })
    }
}

fn too_many(until: Instant, now: Instant) -> StoreError {
    let seconds = ((until - now).num_milliseconds() + 999) / 1_000;
    StoreError::failed(Failure::NotLoggedIn(format!("too many tries. Wait {seconds} s and try again")))
}

/// One more failure in a bucket: how many there are now, and until when it was blocked before.
fn count_one(connection: &mut Connection, bucket: &str, now: Instant) -> Result<(i32, Option<Instant>), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("INSERT INTO login_throttles (key, failures, last_failure_at, updated_at) VALUES (")
        .bind_text(bucket)
        .push(", 1, ")
        .bind_instant(now)
        .push(", ")
        .bind_instant(now)
        .push(") ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN login_throttles.last_failure_at < ")
        .bind_instant(now - forget_failures_after())
        .push(" THEN 1 ELSE login_throttles.failures + 1 END, last_failure_at = ")
        .bind_instant(now)
        .push(", updated_at = ")
        .bind_instant(now)
        .push(" RETURNING failures AS n0, blocked_until AS w1");
    let rows = statement.load(connection)?;
    let row = rows.first().map(|row| row.0.as_slice());
    let Some([failures, blocked]) = row else { return Ok((1, None)) };
    let failures = failures.as_int().and_then(|failures| i32::try_from(failures).ok());
    Ok((failures.unwrap_or(1), blocked.as_instant()))
}

/// Blocks a bucket for as long as so many failures take.
fn block(connection: &mut Connection, bucket: &str, now: Instant, failures: i32) -> Result<(), StoreError> {
    let wait = throttle(failures);
    if wait <= TimeDelta::zero() {
        return Ok(());
    }
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE login_throttles SET blocked_until = ")
        .bind_instant(now + wait)
        .push(" WHERE key = ")
        .bind_text(bucket);
    statement.execute(connection).map(|_| ())
}
