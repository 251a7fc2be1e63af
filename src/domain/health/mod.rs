//! What a device's health is: from one probe's answer to the word a person reads.
//!
//! Four steps, each a pure function of what it is given (the clock is passed in):
//!
//! 1. a probe says what came back ([`ProbeResult`]);
//! 2. [`CheckState::apply`] turns a row of results into one check's state, soft first, hard after `max_attempts`;
//! 3. [`flap_percent`] says whether that state changes too often to be believed;
//! 4. [`verdict`] combines a device's checks with its parents and its maintenance windows into one [`Health`].

mod check;
mod device;
mod flap;
mod window;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use check::{Change, CheckPolicy, CheckState, Thresholds, Transition};
pub use device::{Parents, Verdict, verdict};
pub use flap::{FLAP_STARTS_ABOVE, FLAP_STOPS_AT, KEPT_RESULTS, flap_percent, flap_percent_of_changes, is_flapping};
pub use window::{BadRecurrence, Recurrence, Window};

/// How many intervals may pass without a result before what was known counts as unknown.
pub const STALE_AFTER_INTERVALS: u32 = 3;

/// The state of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// Nothing is known: never run, or not run by this version.
    #[default]
    Unknown,
    /// It answers, within its thresholds.
    Up,
    /// It answers, but loses or delays more than its thresholds allow.
    Degraded,
    /// It does not answer.
    Down,
}

/// The health of a device: the word that lists, walls and incidents use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Health {
    /// No result within three intervals.
    #[default]
    Unknown,
    /// Every check answers within its thresholds.
    Up,
    /// Some checks are hard down, or a threshold is passed.
    Degraded,
    /// Every check is hard down, and what it is reached through is not.
    Down,
    /// Every check is hard down, and so is everything it is reached through.
    Unreachable,
    /// It changes too often for any of the above to be believed.
    Flapping,
    /// A maintenance window covers it: whatever is seen opens nothing.
    Maintenance,
}

/// A length of time in words: `35 s`, `4 min`, `2 h 5 min`, `3 d 4 h`.
#[must_use]
pub fn spell(length: chrono::TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) if minutes % 60 == 0 => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ if hours % 24 == 0 => format!("{days} d"),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// A word that names no state or health.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a health state")]
pub struct UnknownWord(pub String);

impl State {
    /// All states, in the order of the model.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Up, Self::Degraded, Self::Down];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// Whether anything but a clean answer was seen: what a soft state counts.
    #[must_use]
    pub const fn is_problem(self) -> bool {
        matches!(self, Self::Degraded | Self::Down)
    }
}

impl Health {
    /// All words, in the order of the model.
    pub const ALL: [Self; 7] =
        [Self::Unknown, Self::Up, Self::Degraded, Self::Down, Self::Unreachable, Self::Flapping, Self::Maintenance];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unreachable => "unreachable",
            Self::Flapping => "flapping",
            Self::Maintenance => "maintenance",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

impl FromStr for Health {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|health| health.as_str() == word).ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

/// What one probe can say about what it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It answered.
    Up,
    /// It was asked and did not answer, or refused.
    Down,
    /// This version has no probe of the kind. Says nothing about the device.
    Unsupported,
    /// Nothing could be sent from here (no permission, no route, cancelled). Says nothing about the device:
    /// a poller that is cut off must not call the fleet down.
    Unsent,
}

/// What one probe brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeResult {
    /// What it says about the device.
    pub outcome: Outcome,
    /// Time to the answer in microseconds, at least 1; the median where several were sent. `None` without an answer.
    pub latency_us: Option<u32>,
    /// Share of unanswered packets, 0 to 100. `None` where a probe has no notion of loss.
    pub loss_percent: Option<u8>,
    /// Why it is not up, in words for people; empty when it is.
    pub message: Cow<'static, str>,
}

impl ProbeResult {
    /// An answer after `latency_us` microseconds (0 counts as 1).
    #[must_use]
    pub fn up(latency_us: u32) -> Self {
        Self {
            outcome: Outcome::Up,
            latency_us: Some(latency_us.max(1)),
            loss_percent: None,
            message: Cow::Borrowed(""),
        }
    }

    /// Asked, and no good answer.
    #[must_use]
    pub fn down(message: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome: Outcome::Down, latency_us: None, loss_percent: None, message: message.into() }
    }

    /// A kind of check that this version does not run.
    #[must_use]
    pub fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome: Outcome::Unsupported, latency_us: None, loss_percent: None, message: message.into() }
    }

    /// Could not be asked from here.
    #[must_use]
    pub fn unsent(message: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome: Outcome::Unsent, latency_us: None, loss_percent: None, message: message.into() }
    }

    /// The same with a share of lost packets (above 100 counts as 100).
    #[must_use]
    pub fn with_loss(mut self, percent: u8) -> Self {
        self.loss_percent = Some(percent.min(100));
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn lengths_of_time() {
        for (seconds, words) in [
            (-5, "0 s"),
            (35, "35 s"),
            (240, "4 min"),
            (299, "4 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (273_600, "3 d 4 h"),
        ] {
            assert_eq!(spell(chrono::TimeDelta::seconds(seconds)), words);
        }
    }

    #[test]
    fn words_come_back() {
        for health in Health::ALL {
            assert_eq!(health.to_string().parse::<Health>().unwrap(), health);
        }
        for state in State::ALL {
            assert_eq!(state.to_string().parse::<State>().unwrap(), state);
        }
        assert_eq!("UP".parse::<Health>().unwrap_err().to_string(), "`UP` is not a health state");
    }
}
