//! What the poller found: states of checks, health of devices, the log.

use std::collections::HashMap;

use super::{Cells, Into, id_of, instant, int, percent, short, write_rows};
use crate::domain::health::{CheckState, Health, Verdict};
use crate::domain::time::{Instant, to_micros};
use crate::domain::{Id, Percent, Value};
use crate::store::model::ColumnKind as Kind;
use crate::store::session::Session;
use crate::store::{Store, StoreError};

/// What is written together.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// States of checks, oldest first.
    pub checks: Vec<CheckRow>,
    /// Health of devices, oldest first.
    pub devices: Vec<DeviceRow>,
    /// Lines for the devices' logs.
    pub logs: Vec<LogRow>,
}

/// The state of a check.
#[derive(Clone, Debug)]
pub struct CheckRow {
    pub check: Id,
    pub state: CheckState,
    pub at: Instant,
}

/// The health of a device.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    pub device: Id,
    /// Whether it is another than before: a snapshot is kept of each change.
    pub changed: bool,
    pub since: Instant,
    pub verdict: Verdict,
    pub at: Instant,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Warning,
    Error,
    /// Nothing about the device itself: maintenance, a poller that has lost sight of it.
    System,
}

/// A line in a device's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    pub device: Id,
    pub level: Level,
    pub message: String,
    pub at: Instant,
}

impl Level {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::System => "system",
        }
    }
}

impl Findings {
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.devices.is_empty() && self.logs.is_empty()
    }
}

const STATES: Into = Into {
    table: "device_check_states (tenant_id, check_id, state, hard, attempts, recent, flapping, last_check_at, last_ok_at, \
            latency_us, loss_percent, message, updated_at)",
    owner: "device_checks",
    owned_by: 1,
    conflict: "ON CONFLICT (tenant_id, check_id) DO UPDATE SET state = excluded.state, hard = excluded.hard, \
               attempts = excluded.attempts, recent = excluded.recent, flapping = excluded.flapping, \
               last_check_at = excluded.last_check_at, last_ok_at = excluded.last_ok_at, latency_us = excluded.latency_us, \
               loss_percent = excluded.loss_percent, message = excluded.message, updated_at = excluded.updated_at",
};

const HEALTH: Into = Into {
    table: "device_health (tenant_id, device_id, health, since, heartbeat_at, latency_us, loss_percent, flap_percent, message, \
            updated_at)",
    owner: "devices",
    owned_by: 1,
    conflict: "ON CONFLICT (tenant_id, device_id) DO UPDATE SET health = excluded.health, since = excluded.since, \
               heartbeat_at = coalesce(excluded.heartbeat_at, device_health.heartbeat_at), latency_us = excluded.latency_us, \
               loss_percent = excluded.loss_percent, flap_percent = excluded.flap_percent, message = excluded.message, \
               updated_at = excluded.updated_at",
};

pub(super) const SNAPSHOTS: Into = Into {
    table: "device_health_snapshots (tenant_id, id, device_id, status, heartbeat_at, metrics, recorded_at)",
    owner: "devices",
    owned_by: 2,
    conflict: "ON CONFLICT DO NOTHING",
};

const LOGS: Into = Into {
    table: "device_logs (tenant_id, id, device_id, level, message, created_at)",
    owner: "devices",
    owned_by: 2,
    conflict: "ON CONFLICT DO NOTHING",
};

/// The model keeps twenty results of a check.
const RECENT: u32 = (1 << 20) - 1;

impl Store {
    /// Writes what was found, all or nothing. Rows of devices and checks that are gone are left out.
    ///
    /// # Errors
    /// When nothing was written, or the line broke while it was: writing it again does no harm.
    pub fn record_findings(&self, session: &Session, findings: &Findings) -> Result<(), StoreError> {
        if findings.is_empty() {
            return Ok(());
        }
        self.observe(session, |connection| {
            write_rows(connection, session, &STATES, last_of_each(&findings.checks, |row| row.check, check_cells))?;
            write_rows(connection, session, &HEALTH, last_of_each(&findings.devices, |row| row.device, device_cells))?;
            let changes = findings.devices.iter().filter(|row| row.changed).map(snapshot_cells);
            write_rows(connection, session, &SNAPSHOTS, changes.collect())?;
            write_rows(connection, session, &LOGS, findings.logs.iter().map(log_cells).collect())
        })
    }

    /// Says of every device that is no longer polled that nothing is known of it, where something was.
    ///
    /// # Errors
    /// What the database says.
    pub fn forget_unwatched(&self, session: &Session) -> Result<usize, StoreError> {
        let now = self.now();
        self.observe(session, |connection| {
            let mut statement = crate::store::sql::Statement::fixed();
            statement
                .push("UPDATE device_health SET health = 'unknown', latency_us = NULL, loss_percent = NULL, message = NULL, since = ")
                .bind_instant(now)
                .push(", updated_at = ")
                .bind_instant(now)
                .push(" WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(
                    " AND health <> 'unknown' AND NOT EXISTS (SELECT 1 FROM devices d JOIN device_checks k ON \
                     k.tenant_id = d.tenant_id AND k.device_id = d.id AND k.enabled WHERE d.tenant_id = device_health.tenant_id \
                     AND d.id = device_health.device_id AND d.status IN ('active', 'maintenance'))",
                );
            statement.execute(connection)
        })
    }
}

/// One statement may touch a row once: of several states of one thing the last counts.
fn last_of_each<T>(rows: &[T], key: impl Fn(&T) -> Id, cells: impl Fn(&T) -> Cells) -> Vec<Cells> {
    let last: HashMap<Id, usize> = rows.iter().enumerate().map(|(place, row)| (key(row), place)).collect();
    rows.iter()
        .enumerate()
        .filter(|(place, row)| last.get(&key(row)) == Some(place))
        .map(|(_, row)| cells(row))
        .collect()
}

fn message(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(short(text, 1_000)) }
}

fn check_cells(row: &CheckRow) -> Cells {
    let state = &row.state;
    vec![
        (Kind::Id, Value::Id(row.check)),
        (Kind::Text, Value::text(state.state.as_str())),
        (Kind::Bool, Value::Bool(state.hard)),
        (Kind::Int, int(Some(state.attempts))),
        (Kind::Int, int(Some(state.recent & RECENT))),
        (Kind::Bool, Value::Bool(state.flapping)),
        (Kind::Instant, instant(state.last_check_at)),
        (Kind::Instant, instant(state.last_ok_at)),
        (Kind::Int, int(state.latency_us)),
        (Kind::Percent, percent(state.loss_percent)),
        (Kind::Text, message(&state.message)),
        (Kind::Instant, Value::Instant(to_micros(row.at))),
    ]
}

fn device_cells(row: &DeviceRow) -> Cells {
    let verdict = &row.verdict;
    #[allow(clippy::cast_possible_truncation)] // a share of a hundred
    let hundredths = (verdict.flap_percent.clamp(0.0, 100.0) * 100.0).round() as i32;
    vec![
        (Kind::Id, Value::Id(row.device)),
        (Kind::Text, Value::text(verdict.health.as_str())),
        (Kind::Instant, Value::Instant(to_micros(row.since))),
        (Kind::Instant, instant(verdict.last_ok_at)),
        (Kind::Int, int(verdict.latency_us)),
        (Kind::Percent, percent(verdict.loss_percent)),
        (Kind::Percent, Value::Percent(Percent::from_hundredths(hundredths).unwrap_or(Percent::ZERO))),
        (Kind::Text, message(&verdict.message)),
        (Kind::Instant, Value::Instant(to_micros(row.at))),
    ]
}

fn snapshot_cells(row: &DeviceRow) -> Cells {
    let verdict = &row.verdict;
    let mut metrics = serde_json::Map::new();
    if let Some(latency) = verdict.latency_us {
        metrics.insert("latency_us".into(), latency.into());
    }
    if let Some(loss) = verdict.loss_percent {
        metrics.insert("loss_percent".into(), loss.into());
    }
    if !verdict.message.is_empty() {
        metrics.insert("message".into(), short(&verdict.message, 1_000).into());
    }
    snapshot(row.device, verdict.health, verdict.last_ok_at, metrics.into(), row.at)
}

/// The cells of [`SNAPSHOTS`].
pub(super) fn snapshot(
    device: Id,
    health: Health,
    heartbeat_at: Option<Instant>,
    metrics: serde_json::Value,
    at: Instant,
) -> Cells {
    let kind = if metrics.get("results").is_some() { "results" } else { health.as_str() };
    vec![
        (Kind::Id, Value::Id(id_of(at, &[device.as_bytes(), kind.as_bytes()]))),
        (Kind::Id, Value::Id(device)),
        (Kind::Text, Value::text(health.as_str())),
        (Kind::Instant, instant(heartbeat_at)),
        (Kind::Json, Value::Json(metrics)),
        (Kind::Instant, Value::Instant(to_micros(at))),
    ]
}

fn log_cells(row: &LogRow) -> Cells {
    vec![
        (Kind::Id, Value::Id(id_of(row.at, &[row.device.as_bytes(), row.message.as_bytes()]))),
        (Kind::Id, Value::Id(row.device)),
        (Kind::Text, Value::text(row.level.as_str())),
        (Kind::Text, Value::Text(short(&row.message, 10_000))),
        (Kind::Instant, Value::Instant(to_micros(row.at))),
    ]
}
