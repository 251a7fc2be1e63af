//! What is watched: the poller's view of a device and its enabled checks.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Id;
use super::probes::ProbeKind;
use crate::domain::health::{CheckPolicy, CheckState, Health, Window};

/// A device to watch. One without checks is never judged; what hangs below it is judged by what it hangs below itself.
#[derive(Debug, Clone)]
pub struct Target {
    /// The device.
    pub device: Id,
    /// What it is reached through: any one of several is enough. A parent that is not among the targets counts as
    /// standing; an edge that closes a circle is left out.
    pub parents: Vec<Id>,
    /// Maintenance windows that concern it.
    pub windows: Vec<Window>,
    /// Its health as last stored.
    pub health: Health,
    /// Since when it has that health.
    pub since: DateTime<Utc>,
    /// When that was stored last; `None` when never.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Its enabled checks.
    pub checks: Vec<Check>,
}

/// One enabled check.
#[derive(Debug, Clone)]
pub struct Check {
    /// The check.
    pub id: Id,
    /// What it asks.
    pub kind: ProbeKind,
    /// Whom.
    pub address: IpAddr,
    /// How long each answer is waited for.
    pub timeout: Duration,
    /// Echoes a check sends, 1 to 20 (ICMP): with one, an answer is all that is known; loss needs several.
    pub packets: u8,
    /// Intervals, attempts and thresholds.
    pub policy: CheckPolicy,
    /// Its state as last stored; [`CheckState::restored`] is applied to it when it is taken in.
    pub state: CheckState,
    /// When that was stored last; `None` when never.
    pub recorded_at: Option<DateTime<Utc>>,
}
