//! How long observed rows are kept. What grew old goes: on PostgreSQL a month at a time, as whole partitions; on SQLite
//! row by row, under a row of `retention_runs` without which the database itself refuses it.
//!
//! The audit log is never among them.

use chrono::TimeDelta;

use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// A table whose rows grow old.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    pub table: &'static str,
    /// The time that says how old a row is.
    pub time: &'static str,
    /// The setting that says for how many days rows are kept, and what it is where nobody set it.
    pub setting: &'static str,
    pub days: i64,
    /// On PostgreSQL its months are partitions; nobody may delete its rows one by one.
    pub partitioned: bool,
    /// Which rows may go at all.
    pub only: &'static str,
}

/// All of them.
pub static ALL: &[Kept] = &[
    kept("device_health_snapshots", "recorded_at", "retention.health_days", 90),
    kept("device_logs", "created_at", "retention.device_logs_days", 365),
    kept("notification_log", "created_at", "retention.notifications_days", 365),
    kept("sms_log", "created_at", "retention.messages_days", 730),
    kept("radius_session_archive", "started_at", "retention.sessions_days", 730),
    rows("device_health_rollups", "bucket_start", "retention.hours_days", 400, "bucket = 'hour'"),
    rows("user_sessions", "expires_at", "retention.logins_days", 90, "1 = 1"),
];

/// The shortest that anything is kept, whatever a setting says.
pub const LEAST_DAYS: i64 = 30;
/// Rows that are deleted in one transaction.
const BATCH: i64 = 2_000;
/// Months of partitions that are made ahead.
const MONTHS_AHEAD: i64 = 3;

const fn kept(table: &'static str, time: &'static str, setting: &'static str, days: i64) -> Kept {
    Kept { table, time, setting, days, partitioned: true, only: "1 = 1" }
}

const fn rows(table: &'static str, time: &'static str, setting: &'static str, days: i64, only: &'static str) -> Kept {
    Kept { table, time, setting, days, partitioned: false, only }
}

impl Kept {
    /// From when on rows are kept, by this many days and never less than [`LEAST_DAYS`].
    #[must_use]
    pub fn since(&self, now: Instant, days: i64) -> Instant {
        now - TimeDelta::days(days.clamp(LEAST_DAYS, 36_500))
    }
}

impl Store {
    /// For how many days the tenant keeps the rows of a table.
    ///
    /// # Errors
    /// What the database says.
    pub fn days_kept(&self, session: &Session, kept: &Kept) -> Result<i64, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT value AS j0 FROM settings WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND component IS NULL AND key = ")
                .bind_text(kept.setting);
            let rows = statement.load(reading.connection)?;
            Ok(rows
                .first()
                .and_then(|row| if let Value::Json(json) = &row.0[0] { json.as_i64() } else { None })
                .unwrap_or(kept.days))
        })
    }

    /// Makes the partitions of the coming months; how many were new. Nothing on SQLite.
    ///
    /// # Errors
    /// What the database says.
    pub fn make_partitions(&self) -> Result<i64, StoreError> {
        if !self.is_postgres() {
            return Ok(0);
        }
        self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(format!("SELECT CAST(ensure_partitions({MONTHS_AHEAD}) AS bigint) AS l0"));
            Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
        })
    }

    /// Drops the partitions of a table all of whose rows are older than `before`, for every tenant; how many went.
    /// Nothing on SQLite, and for tables without partitions.
    ///
    /// # Errors
    /// What the database says.
    pub fn drop_partitions(&self, kept: &Kept, before: Instant) -> Result<i64, StoreError> {
        if !self.is_postgres() || !kept.partitioned {
            return Ok(0);
        }
        self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement
                .push("SELECT CAST(drop_partitions(")
                .bind_text(kept.table)
                .push(", ")
                .bind_instant(before)
                .push(") AS bigint) AS l0");
            Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
        })
    }

    /// Deletes the tenant's rows that are older than `before`, a batch in a transaction; how many went. On PostgreSQL
    /// only from tables without partitions.
    ///
    /// # Errors
    /// What the database says; what went before is gone, and the rest goes next time.
    pub fn delete_old(&self, session: &Session, kept: &Kept, before: Instant) -> Result<u64, StoreError> {
        if self.is_postgres() && kept.partitioned {
            return Ok(0);
        }
        let mut gone = 0;
        loop {
            let batch = self.housekeep(session, |connection, now| {
                let run = Id::new();
                let mut open = Statement::fixed();
                open.push("INSERT INTO retention_runs (id, tenant_id, table_name, before, started_at) VALUES (")
                    .bind_id(run)
                    .push(", ")
                    .bind_id(session.tenant.id)
                    .push(", ")
                    .bind_text(kept.table)
                    .push(", ")
                    .bind_instant(before)
                    .push(", ")
                    .bind_instant(now)
                    .push(")");
                let (table, time, only) = (kept.table, kept.time, kept.only);
                let mut delete = Statement::new();
                delete
                    .push(format!("DELETE FROM {table} WHERE tenant_id = "))
                    .bind_id(session.tenant.id)
                    .push(format!(" AND id IN (SELECT o.id FROM {table} o WHERE o.tenant_id = "))
                    .bind_id(session.tenant.id)
                    .push(format!(" AND {only} AND o.{time} < "))
                    .bind_instant(before)
                    .push(format!(" ORDER BY o.{time} LIMIT {BATCH})"));
                let mut any = Statement::new();
                any.push(format!("SELECT o.id AS i0 FROM {table} o WHERE o.tenant_id = "))
                    .bind_id(session.tenant.id)
                    .push(format!(" AND {only} AND o.{time} < "))
                    .bind_instant(before)
                    .push(" LIMIT 1");
                if any.load(connection)?.is_empty() {
                    return Ok(0);
                }
                open.execute(connection)?;
                let gone = delete.execute(connection)?;
                let mut close = Statement::fixed();
                close
                    .push("UPDATE retention_runs SET finished_at = ")
                    .bind_instant(now)
                    .push(" WHERE tenant_id = ")
                    .bind_id(session.tenant.id)
                    .push(" AND id = ")
                    .bind_id(run);
                close.execute(connection)?;
                Ok(gone as u64)
            })?;
            gone += batch;
            if batch < BATCH.unsigned_abs() {
                return Ok(gone);
            }
        }
    }
}
