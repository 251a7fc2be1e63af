//! Guesses at passwords, slowed down: counted by account and by place, in the database, so that every program counts alike.

use chrono::TimeDelta;

use super::access::{Account, hash_token};
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
            Some(until) => {
                let seconds = ((until - now).num_milliseconds() + 999) / 1_000;
                Err(StoreError::failed(Failure::NotLoggedIn(format!("too many tries. Wait {seconds} s and try again"))))
            }
            None => Ok(()),
        }
    }

    pub(super) fn count_failure(
        &self,
        program: &Session,
        buckets: &[String; 2],
        now: Instant,
    ) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        self.keep(program, |connection| {
            for bucket in buckets {
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
                    .push(" RETURNING failures AS n0");
                let rows = statement.load(connection)?;
                let failures =
                    rows.first().and_then(|row| row.0[0].as_int()).and_then(|n| i32::try_from(n).ok()).unwrap_or(1);
                let wait = throttle(failures);
                if wait > TimeDelta::zero() {
                    let mut block = Statement::fixed();
                    block
                        .push("UPDATE login_throttles SET blocked_until = ")
                        .bind_instant(now + wait)
                        .push(" WHERE key = ")
                        .bind_text(bucket);
                    block.execute(connection)?;
                }
            }
            Ok(())
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
