//! A device's health from its checks, its parents and its windows.
//!
//! The first line that holds decides:
//!
//! | # | when | health |
//! |---|---|---|
//! | 1 | a maintenance window covers now | maintenance |
//! | 2 | every check that can say something is hard down, and so is every parent | unreachable |
//! | 3 | its parents have just come back and it is being tried again, not heard so far | unreachable |
//! | 4 | a check that can say something flaps | flapping |
//! | 5 | no check has settled, or none has had a result within three of its intervals | unknown |
//! | 6 | every check that can say something is hard down | down |
//! | 7 | some are, or one passes a threshold | degraded |
//! | 8 | otherwise | up |
//!
//! A check "can say something" when it has had a result within three intervals and is of a kind that is run; the others
//! are left out as long as one is left that can. While one check is hard down and the rest are still being tried for the
//! first time, nothing is decided (unknown): a device is not down by half its checks. A device that is down behind dead
//! parents but answers one check is reachable after all: lines 6 to 8 decide.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::flap::flap_percent;
use super::{CheckState, Health, State};

/// What a device is reached through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Parents {
    /// It has none, or at least one is not hard down.
    #[default]
    Standing,
    /// Every one is hard down.
    AllDown,
    /// They have come back since this device was last heard or found silent.
    JustBack,
}

/// A device's health and the figures shown beside it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// The word that counts.
    pub health: Health,
    /// The word without maintenance windows: what an operator sees while working inside one.
    pub observed: Health,
    /// Whether every check that can say something is hard down, whatever the parents: what makes children unreachable.
    pub dead: bool,
    /// The highest weighted share of change among its checks, percent.
    pub flap_percent: f64,
    /// Round-trip time of the first check that has one, microseconds.
    pub latency_us: Option<u32>,
    /// The highest loss among its checks, percent.
    pub loss_percent: Option<u8>,
    /// When it last answered any check.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// The message of its worst check; empty when all is well.
    pub message: Cow<'static, str>,
}

/// Combines the enabled checks of one device, each with its interval, by the table above.
///
/// `watched_since`: when this poller began to ask (see [`CheckState::is_stale`]).
pub fn verdict<'a>(
    checks: impl Iterator<Item = (&'a CheckState, Duration)>,
    parents: Parents,
    in_window: bool,
    watched_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Verdict {
    let mut seen = Verdict::default();
    let (mut up, mut degraded, mut down, mut undecided) = (0u32, 0u32, 0u32, 0u32);
    let mut flapping = false;
    let mut worst = None;
    for (check, interval) in checks {
        if worst.is_none_or(|state| severity(check.state) > severity(state)) {
            worst = Some(check.state);
            seen.message.clone_from(&check.message);
        }
        seen.last_ok_at = seen.last_ok_at.max(check.last_ok_at);
        if check.is_stale(interval, watched_since, now) {
            continue;
        }
        match check.settled {
            State::Up => up += 1,
            State::Degraded => degraded += 1,
            State::Down => down += 1,
            State::Unknown if check.is_soft() => undecided += 1,
            State::Unknown => continue,
        }
        flapping |= check.flapping;
        seen.flap_percent = seen.flap_percent.max(flap_percent(check.recent));
        seen.latency_us = seen.latency_us.or(check.latency_us);
        seen.loss_percent = seen.loss_percent.max(check.loss_percent);
    }

    let answers = up + degraded > 0;
    seen.dead = down > 0 && !answers && undecided == 0;
    seen.observed = match (seen.dead, parents) {
        (true, Parents::AllDown) => Health::Unreachable,
        (false, Parents::JustBack) if !answers && undecided > 0 => Health::Unreachable,
        _ if flapping => Health::Flapping,
        (true, _) => Health::Down,
        _ if !answers => Health::Unknown,
        _ if down + degraded > 0 => Health::Degraded,
        _ => Health::Up,
    };
    seen.health = if in_window { Health::Maintenance } else { seen.observed };
    seen
}

/// Which check's message stands for the device.
const fn severity(state: State) -> u8 {
    match state {
        State::Up => 0,
        State::Unknown => 1,
        State::Degraded => 2,
        State::Down => 3,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;
    use crate::domain::health::{CheckPolicy, ProbeResult};

    const INTERVAL: Duration = Duration::from_secs(300);

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    /// A check after the named story: its last results, a minute apart, the last at minute 0.
    fn check(story: &str) -> CheckState {
        let count = i64::try_from(story.len()).unwrap();
        (1..).zip(story.chars()).fold(CheckState::default(), |state, (minute, letter)| {
            let result = match letter {
                'U' => ProbeResult::up(1_000),
                'G' => ProbeResult::up(300_000),
                'S' => ProbeResult::unsupported("this version does not run it"),
                _ => ProbeResult::down("no answer"),
            };
            state.apply(&result, &CheckPolicy::default(), at(minute - count)).0
        })
    }

    fn judged(stories: &str, parents: Parents, in_window: bool, minute: i64) -> Verdict {
        let checks: Vec<_> = stories.split_whitespace().map(check).collect();
        verdict(checks.iter().map(|check| (check, INTERVAL)), parents, in_window, at(-60), at(minute))
    }

    #[test]
    fn table_of_precedence() {
        use Health::{Degraded, Down, Flapping, Maintenance, Unknown, Unreachable, Up};
        use Parents::{AllDown, JustBack, Standing};
        for (stories, parents, in_window, expected) in [
            ("", Standing, false, Unknown),
            ("U", Standing, false, Up),
            ("G", Standing, false, Degraded),
            ("UGG", Standing, false, Up),
            ("GGG", Standing, false, Degraded),
            ("U GGG", Standing, false, Degraded),
            ("DDD", Standing, false, Down),
            ("UDD", Standing, false, Up),
            ("DD", Standing, false, Unknown),
            ("U DDD", Standing, false, Degraded),
            ("DDD DDD", Standing, false, Down),
            // Half its checks are hard down, the other is still tried for the first time.
            ("DDD DD", Standing, false, Unknown),
            // What is not run is left out.
            ("DDD S", Standing, false, Down),
            ("U S", Standing, false, Up),
            ("S", Standing, false, Unknown),
            ("S", AllDown, false, Unknown),
            // Parents.
            ("DDD", AllDown, false, Unreachable),
            ("DDD U", AllDown, false, Degraded),
            ("U", AllDown, false, Up),
            ("DDD", JustBack, false, Down),
            ("D", JustBack, false, Unreachable),
            ("U", JustBack, false, Up),
            ("G", JustBack, false, Degraded),
            // Flapping hides up, degraded and down, but not the parents.
            ("UDUDUDUDUDU", Standing, false, Flapping),
            ("UDUDUDUDUDUDDD", Standing, false, Flapping),
            ("UDUDUDUDUDUDDD", AllDown, false, Unreachable),
            // Windows hide everything.
            ("DDD", AllDown, true, Maintenance),
            ("UDUDUDUDUDU", Standing, true, Maintenance),
            ("U", Standing, true, Maintenance),
            ("", Standing, true, Maintenance),
        ] {
            assert_eq!(judged(stories, parents, in_window, 0).health, expected, "{stories} {parents:?} {in_window}");
        }
    }

    #[test]
    fn unknown_after_three_intervals() {
        assert_eq!(judged("U", Parents::Standing, false, 15).health, Health::Up);
        assert_eq!(judged("U", Parents::Standing, false, 16).health, Health::Unknown);
        assert_eq!(judged("DDD", Parents::AllDown, false, 16).health, Health::Unknown);
        assert_eq!(judged("UDUDUDUDUDU", Parents::Standing, false, 16).health, Health::Unknown);
    }

    #[test]
    fn a_window_hides_and_keeps() {
        let seen = judged("DDD", Parents::Standing, true, 0);
        assert_eq!((seen.health, seen.observed, seen.dead), (Health::Maintenance, Health::Down, true));
    }

    #[test]
    fn figures_of_the_device() {
        let seen = judged("DDD U", Parents::Standing, false, 0);
        assert_eq!((seen.message.as_ref(), seen.latency_us, seen.last_ok_at), ("no answer", Some(1_000), Some(at(0))));
        assert_eq!(judged("U", Parents::Standing, false, 0).message, "");
    }

    proptest! {
        #[test]
        fn order_of_checks_never_matters(stories in proptest::collection::vec("[UGDS]{1,12}", 0..4), dead_parents: bool) {
            let parents = if dead_parents { Parents::AllDown } else { Parents::Standing };
            let forward = judged(&stories.join(" "), parents, false, 0);
            let reversed: Vec<_> = stories.iter().rev().cloned().collect();
            let backward = judged(&reversed.join(" "), parents, false, 0);
            prop_assert_eq!((forward.health, forward.dead), (backward.health, backward.dead));
            prop_assert_eq!(forward.observed == Health::Unreachable, forward.dead && dead_parents);
            if forward.observed == Health::Up {
                prop_assert!(!forward.dead && forward.flap_percent <= 30.0);
            }
        }
    }
}
