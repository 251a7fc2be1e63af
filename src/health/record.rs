//! What the poller writes, and when: changes at once, figures in batches, what stays the same now and then.

use chrono::{DateTime, Utc};

use super::Id;
use crate::domain::health::{CheckState, Health, State, Transition, Verdict};

/// The state of a check, to be stored in place of the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRecord {
    /// The device of the check.
    pub device: Id,
    /// The check.
    pub check: Id,
    /// Its state.
    pub state: CheckState,
    /// What changed; `None` when only the figures are fresh.
    pub transition: Option<Transition>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The health of a device, to be stored in place of the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRecord {
    /// The device.
    pub device: Id,
    /// Health before.
    pub from: Health,
    /// Health now: the same when only the figures are fresh.
    pub to: Health,
    /// Since when it has that health.
    pub since: DateTime<Utc>,
    /// The health and its figures.
    pub verdict: Verdict,
    /// When.
    pub at: DateTime<Utc>,
}

impl DeviceRecord {
    /// Whether the health is another than before.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.from != self.to
    }
}

/// One result, for snapshots and rollups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The device of the check.
    pub device: Id,
    /// The check.
    pub check: Id,
    /// What the result says, soft or hard.
    pub state: State,
    /// Round-trip time, microseconds.
    pub latency_us: Option<u32>,
    /// Loss, percent.
    pub loss_percent: Option<u8>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is written together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// States of checks, oldest first.
    pub checks: Vec<CheckRecord>,
    /// Health of devices, oldest first.
    pub devices: Vec<DeviceRecord>,
    /// Results, oldest first.
    pub figures: Vec<Figure>,
    /// Results that were dropped because too many could not be written.
    pub dropped: u64,
}

/// Figures that are kept while they cannot be written.
const MOST_FIGURES: usize = 500_000;

impl Batch {
    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.devices.is_empty() && self.figures.is_empty()
    }

    /// Whether anything in it must be written at once.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.checks.iter().any(|record| record.transition.is_some_and(|transition| transition.is_change()))
            || self.devices.iter().any(DeviceRecord::is_change)
    }

    /// Puts a batch that could not be written before this newer one. Changes are all kept; of what only freshens and
    /// of figures the older is dropped, so that a database that is away for a day does not fill the memory.
    pub fn put_back(&mut self, mut older: Self) {
        older.checks.retain(|record| record.transition.is_some());
        older.devices.retain(DeviceRecord::is_change);
        older.checks.append(&mut self.checks);
        older.devices.append(&mut self.devices);
        older.figures.append(&mut self.figures);
        let excess = older.figures.len().saturating_sub(MOST_FIGURES);
        older.figures.drain(..excess);
        older.dropped += self.dropped + excess as u64;
        *self = older;
    }
}

/// A batch could not be written; the text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the poller's results could not be written: {0}")]
pub struct NotRecorded(pub String);

/// Writes what the poller found. Called from a thread that may block, one batch after the other.
pub trait Recorder: Send + 'static {
    /// Writes all of the batch or nothing.
    ///
    /// # Errors
    /// When nothing was written; the batch is then given again later, with what came meanwhile.
    fn record(&mut self, batch: &Batch) -> Result<(), NotRecorded>;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn what_is_put_back() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let device =
            |from, to| DeviceRecord { device: Id::nil(), from, to, since: at, verdict: Verdict::default(), at };
        let figure =
            |state| Figure { device: Id::nil(), check: Id::nil(), state, latency_us: None, loss_percent: None, at };
        let older = Batch {
            devices: vec![device(Health::Up, Health::Down), device(Health::Down, Health::Down)],
            figures: vec![figure(State::Down)],
            ..Batch::default()
        };
        let mut newer = Batch {
            devices: vec![device(Health::Down, Health::Up)],
            figures: vec![figure(State::Up); MOST_FIGURES],
            ..Batch::default()
        };
        assert!(newer.is_urgent());
        newer.put_back(older);
        let order: Vec<_> = newer.devices.iter().map(|record| record.to).collect();
        assert_eq!(order, [Health::Down, Health::Up]);
        assert_eq!((newer.figures.len(), newer.figures[0].state, newer.dropped), (MOST_FIGURES, State::Up, 1));
    }
}
