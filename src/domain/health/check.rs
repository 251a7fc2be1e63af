//! One check's state: soft first, hard after enough attempts.
//!
//! Source: Icinga 2, `lib/icinga/checkable-check.cpp`. The first bad result is soft, attempt 1; each further one adds an
//! attempt; at `max_attempts` the state is hard and the count starts at 1 again; one good result is hard at once, and
//! when nothing hard came before it nobody is told. Two things differ, on purpose: an answer that only passes a threshold
//! counts at once after an outage or after nothing (the device is there, degraded), and silence after a degraded state is counted from one again
//! (else a lossy line's single lost packet would be an outage).

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::flap::{KEPT_RESULTS, flap_percent, is_flapping};
use super::{Outcome, ProbeResult, STALE_AFTER_INTERVALS, State};

/// Above what an answer counts as degraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Degraded from this loss on, percent. Default 20 (Zabbix' ICMP template).
    pub loss_percent: u8,
    /// Degraded above this round-trip time, microseconds. Default 150,000 (the same template).
    pub latency_us: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { loss_percent: 20, latency_us: 150_000 }
    }
}

/// How a check is run and judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPolicy {
    /// Bad results in a row that make a state hard; 0 counts as 1. Default 3.
    pub max_attempts: u32,
    /// Time between checks. Default 5 minutes.
    pub interval: Duration,
    /// Time between checks while a problem is soft. Default 1 minute.
    pub retry_interval: Duration,
    /// Above what an answer counts as degraded.
    pub thresholds: Thresholds,
}

impl Default for CheckPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            interval: Duration::from_secs(300),
            retry_interval: Duration::from_secs(60),
            thresholds: Thresholds::default(),
        }
    }
}

/// What is known of one check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckState {
    /// What the last result says.
    pub state: State,
    /// Whether that counts already, or is still being tried again.
    pub hard: bool,
    /// Which attempt of a soft problem this is; 1 in a hard state.
    pub attempts: u32,
    /// The last results, bit 0 the newest, 1 = no answer: twenty to show and one more, so that twenty changes can be weighed.
    pub recent: u32,
    /// Whether it answers and fails to answer too often to be believed.
    pub flapping: bool,
    /// When the last result that says something came.
    pub last_check_at: Option<DateTime<Utc>>,
    /// When it last answered.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// Round-trip time of the last answer, microseconds; `None` while it does not answer.
    pub latency_us: Option<u32>,
    /// Loss of the last result, percent.
    pub loss_percent: Option<u8>,
    /// Why it is not up; empty when it is.
    pub message: Cow<'static, str>,
    /// The state that counts for the device: the last hard one. Not stored: see [`CheckState::restored`].
    pub settled: State,
}

/// What a result changed about a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The same state, as hard as before (or nothing was learned).
    Same,
    /// The first good result of a check that had none.
    Appeared,
    /// A problem that is not believed yet; the attempt it is.
    Soft {
        /// From 1 to `max_attempts - 1`.
        attempt: u32,
    },
    /// A problem became hard.
    Hard,
    /// A soft problem went away: nobody is told.
    SoftRecovery,
    /// A hard problem went away, or only its lesser part is left.
    Recovery,
    /// What was known is no longer (a kind that is not run).
    Lost,
}

/// What one result did to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// State before.
    pub from: State,
    /// State after.
    pub to: State,
    /// What changed.
    pub change: Change,
    /// `Some(true)` when flapping began, `Some(false)` when it ended.
    pub flapping: Option<bool>,
}

impl Transition {
    /// Whether anything is worth writing at once.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        !matches!(self.change, Change::Same) || self.flapping.is_some()
    }
}

impl CheckState {
    /// A state as it was stored, with what it counts as derived: a hard state is what it says; a soft one counts as up
    /// when the check has ever answered, as unknown otherwise.
    #[must_use]
    pub fn restored(mut self) -> Self {
        self.settled = match (self.hard, self.last_ok_at) {
            (true, _) => self.state,
            (false, Some(_)) => State::Up,
            (false, None) => State::Unknown,
        };
        self
    }

    /// The state after one more result, and what changed.
    #[must_use]
    pub fn apply(&self, result: &ProbeResult, policy: &CheckPolicy, now: DateTime<Utc>) -> (Self, Transition) {
        let mut next = self.clone();
        next.message.clone_from(&result.message);
        let change = match result.outcome {
            Outcome::Unsent => Change::Same,
            Outcome::Unsupported => {
                next.state = State::Unknown;
                next.settled = State::Unknown;
                next.hard = true;
                next.attempts = 0;
                next.latency_us = None;
                next.loss_percent = None;
                next.last_check_at = Some(now);
                if self.state == State::Unknown { Change::Same } else { Change::Lost }
            }
            Outcome::Up | Outcome::Down => next.take_in(result, policy, now),
        };
        let flapping = (next.flapping != self.flapping).then_some(next.flapping);
        let transition = Transition { from: self.state, to: next.state, change, flapping };
        (next, transition)
    }

    /// A result that says something: figures, the row of bits, and the count of attempts.
    fn take_in(&mut self, result: &ProbeResult, policy: &CheckPolicy, now: DateTime<Utc>) -> Change {
        let seen = seen_as(result, &policy.thresholds);
        let (before, was_hard, settled) = (self.state, self.hard, self.settled);
        let answered = seen != State::Down;
        self.last_check_at = Some(now);
        self.latency_us = result.latency_us;
        self.loss_percent = result.loss_percent;
        if answered {
            self.last_ok_at = Some(now);
        }
        if seen == State::Degraded && self.message.is_empty() {
            self.message = passed(result, &policy.thresholds);
        }
        self.recent = (self.recent << 1 | u32::from(!answered)) & ((1 << KEPT_RESULTS) - 1);
        self.flapping = is_flapping(self.flapping, flap_percent(self.recent));
        self.state = seen;

        let attempt = if !was_hard && before == seen { self.attempts.saturating_add(1) } else { 1 };
        // Nothing settled or silence: an answer, even a slow one, is news that needs no second opinion.
        let breaks_silence = matches!(settled, State::Down | State::Unknown) && answered;
        if !seen.is_problem() || seen == settled || breaks_silence || attempt >= policy.max_attempts.max(1) {
            self.hard = true;
            self.attempts = 1;
            self.settled = seen;
            match (settled, seen) {
                (State::Unknown, State::Up) => Change::Appeared,
                (from, to) if from == to && was_hard => Change::Same,
                (from, to) if from == to => Change::SoftRecovery,
                (_, State::Up) | (State::Down, _) => Change::Recovery,
                _ => Change::Hard,
            }
        } else {
            self.hard = false;
            self.attempts = attempt;
            Change::Soft { attempt }
        }
    }

    /// Forgets that a problem was hard, so that it is counted from one again: for a device behind a parent that has just
    /// come back, whose silence said nothing about itself.
    pub fn recount(&mut self) {
        if self.state.is_problem() {
            self.hard = false;
            self.attempts = 0;
            self.settled = State::Unknown;
        }
    }

    /// Whether the check is being tried again before its state counts.
    #[must_use]
    pub const fn is_soft(&self) -> bool {
        self.state.is_problem() && !self.hard
    }

    /// Whether no result came within three intervals. `watched_since` is when this poller began to ask: what an earlier
    /// one left is not called stale before there was a chance to renew it.
    #[must_use]
    pub fn is_stale(&self, interval: Duration, watched_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let Some(last) = self.last_check_at else { return true };
        let allowed = TimeDelta::from_std(interval.saturating_mul(STALE_AFTER_INTERVALS)).unwrap_or(TimeDelta::MAX);
        now.signed_duration_since(last.max(watched_since)) > allowed
    }

    /// How long until the check is due again: the retry interval while a problem is soft, the interval otherwise.
    #[must_use]
    pub const fn wait(&self, policy: &CheckPolicy) -> Duration {
        if self.is_soft() { policy.retry_interval } else { policy.interval }
    }

    /// When the check is due again, counted from `now`.
    #[must_use]
    pub fn next_due(&self, policy: &CheckPolicy, now: DateTime<Utc>) -> DateTime<Utc> {
        TimeDelta::from_std(self.wait(policy))
            .ok()
            .and_then(|wait| now.checked_add_signed(wait))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// What an answer or its absence is, by the check's thresholds.
fn seen_as(result: &ProbeResult, thresholds: &Thresholds) -> State {
    let slow = result.latency_us.is_some_and(|latency| latency > thresholds.latency_us);
    let lossy = result.loss_percent.is_some_and(|loss| loss > 0 && loss >= thresholds.loss_percent);
    match result.outcome {
        Outcome::Up if slow || lossy => State::Degraded,
        Outcome::Up => State::Up,
        _ => State::Down,
    }
}

/// Which threshold an answer passed, in words.
fn passed(result: &ProbeResult, thresholds: &Thresholds) -> Cow<'static, str> {
    match (result.loss_percent, result.latency_us) {
        (Some(loss), _) if loss > 0 && loss >= thresholds.loss_percent => {
            format!("loses {loss} % (limit {} %)", thresholds.loss_percent).into()
        }
        (_, Some(latency)) => format!("takes {} ms (limit {} ms)", latency / 1000, thresholds.latency_us / 1000).into(),
        _ => Cow::Borrowed(""),
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
