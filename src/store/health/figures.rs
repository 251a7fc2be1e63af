//! Figures of the results that changed nothing: packed, and summed up by hour and day.

use std::collections::HashMap;

use serde_json::json;

use super::record::{SNAPSHOTS, snapshot};
use super::{Cells, Into, int, write_rows};
use crate::domain::health::Health;
use crate::domain::time::{Instant, to_micros};
use crate::domain::{Id, Value};
use crate::store::model::ColumnKind as Kind;
use crate::store::session::Session;
use crate::store::{Store, StoreError};

/// Several results of one device as one row.
#[derive(Clone, Debug)]
pub struct Pack {
    pub device: Id,
    pub health: Health,
    pub heartbeat_at: Option<Instant>,
    /// When the last of them came.
    pub at: Instant,
    /// Check, seconds since 1970, state, microseconds, percent lost: oldest first.
    pub results: Vec<(Id, i64, &'static str, Option<u32>, Option<u8>)>,
}

/// A stretch of time that results are summed up over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    Hour,
    /// Of the tenant's zone.
    Day,
}

/// What is added to a stretch of a device's time: sums add up, the least and the greatest stay, an average is
/// weighed by how many answers it stands for (checks less failures).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollup {
    pub device: Id,
    pub bucket: Bucket,
    pub start: Instant,
    pub checks: u32,
    pub failures: u32,
    pub latency_min_us: Option<u32>,
    pub latency_avg_us: Option<u32>,
    pub latency_max_us: Option<u32>,
    /// Seconds in which it answered, and in which it is known whether it did.
    pub up_seconds: u32,
    pub known_seconds: u32,
}

macro_rules! rollups {
    ($least:literal, $greatest:literal) => {
        Into {
            table: "device_health_rollups (tenant_id, id, device_id, bucket, bucket_start, checks, failures, latency_min_us, \
                    latency_avg_us, latency_max_us, up_seconds, known_seconds)",
            owner: "devices",
            owned_by: 2,
            conflict: concat!(
                "ON CONFLICT (tenant_id, device_id, bucket, bucket_start) DO UPDATE SET \
                 checks = device_health_rollups.checks + excluded.checks, \
                 failures = device_health_rollups.failures + excluded.failures, latency_min_us = coalesce(",
                $least,
                "(device_health_rollups.latency_min_us, excluded.latency_min_us), device_health_rollups.latency_min_us, \
                 excluded.latency_min_us), latency_avg_us = CASE WHEN device_health_rollups.latency_avg_us IS NULL \
                 THEN excluded.latency_avg_us WHEN excluded.latency_avg_us IS NULL THEN device_health_rollups.latency_avg_us \
                 ELSE (CAST(device_health_rollups.latency_avg_us AS bigint) * (device_health_rollups.checks - \
                 device_health_rollups.failures) + CAST(excluded.latency_avg_us AS bigint) * (excluded.checks - \
                 excluded.failures)) / (device_health_rollups.checks - device_health_rollups.failures + excluded.checks - \
                 excluded.failures) END, latency_max_us = coalesce(",
                $greatest,
                "(device_health_rollups.latency_max_us, excluded.latency_max_us), device_health_rollups.latency_max_us, \
                 excluded.latency_max_us), up_seconds = device_health_rollups.up_seconds + excluded.up_seconds, \
                 known_seconds = device_health_rollups.known_seconds + excluded.known_seconds"
            ),
        }
    };
}

const ON_SQLITE: Into = rollups!("min", "max");
const ON_POSTGRES: Into = rollups!("least", "greatest");

impl Store {
    /// Adds figures to what is kept, in one transaction: a thousand rows or so at a time, so that nobody waits long.
    ///
    /// # Errors
    /// What the database says.
    pub fn record_figures(&self, session: &Session, packs: &[Pack], rollups: &[Rollup]) -> Result<(), StoreError> {
        if packs.is_empty() && rollups.is_empty() {
            return Ok(());
        }
        let rollups = added_up(rollups);
        self.observe(session, |connection| {
            write_rows(connection, session, &SNAPSHOTS, packs.iter().map(pack_cells).collect())?;
            let into = if connection.is_postgres() { &ON_POSTGRES } else { &ON_SQLITE };
            write_rows(connection, session, into, rollups.iter().map(rollup_cells).collect())
        })
    }
}

impl Rollup {
    /// The same stretch with more of it known.
    #[must_use]
    fn plus(self, more: &Self) -> Self {
        let answers = |rollup: &Self| u64::from(rollup.checks - rollup.failures);
        let sum = |rollup: &Self| u64::from(rollup.latency_avg_us.unwrap_or(0)) * answers(rollup);
        let average = (sum(&self) + sum(more)).checked_div(answers(&self) + answers(more));
        Self {
            checks: self.checks + more.checks,
            failures: self.failures + more.failures,
            latency_min_us: [self.latency_min_us, more.latency_min_us].into_iter().flatten().min(),
            latency_avg_us: average.and_then(|average| u32::try_from(average).ok()),
            latency_max_us: self.latency_max_us.max(more.latency_max_us),
            up_seconds: self.up_seconds + more.up_seconds,
            known_seconds: self.known_seconds + more.known_seconds,
            ..self
        }
    }
}

/// One statement may touch a row once: two hours of one day are added up before.
fn added_up(rollups: &[Rollup]) -> Vec<Rollup> {
    let mut places: HashMap<(Id, bool, Instant), usize> = HashMap::with_capacity(rollups.len());
    let mut sums: Vec<Rollup> = Vec::with_capacity(rollups.len());
    for rollup in rollups {
        let place = *places.entry((rollup.device, rollup.bucket == Bucket::Day, rollup.start)).or_insert(sums.len());
        match sums.get_mut(place) {
            Some(sum) => *sum = sum.plus(rollup),
            None => sums.push(*rollup),
        }
    }
    sums
}

fn pack_cells(pack: &Pack) -> Cells {
    let results: Vec<_> = pack
        .results
        .iter()
        .map(|(check, at, state, latency, loss)| json!([check.to_string(), at, state, latency, loss]))
        .collect();
    snapshot(pack.device, pack.health, pack.heartbeat_at, json!({"results": results}), pack.at)
}

fn rollup_cells(rollup: &Rollup) -> Cells {
    let bucket = match rollup.bucket {
        Bucket::Hour => "hour",
        Bucket::Day => "day",
    };
    vec![
        (Kind::Id, Value::Id(Id::new())),
        (Kind::Id, Value::Id(rollup.device)),
        (Kind::Text, Value::text(bucket)),
        (Kind::Instant, Value::Instant(to_micros(rollup.start))),
        (Kind::Int, int(Some(rollup.checks))),
        (Kind::Int, int(Some(rollup.failures))),
        (Kind::Int, int(rollup.latency_min_us)),
        (Kind::Int, int(rollup.latency_avg_us)),
        (Kind::Int, int(rollup.latency_max_us)),
        (Kind::Int, int(Some(rollup.up_seconds))),
        (Kind::Int, int(Some(rollup.known_seconds))),
    ]
}
