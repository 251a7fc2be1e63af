//! Bookings of devices: times that must not meet, and what is kept when one is made. Times are half-open: what ends
//! at ten and what begins at ten do not meet.

use chrono::TimeDelta;

use super::lifecycle::{Lifecycle, Move};
use super::time::Instant;

/// pending → confirmed | rejected; confirmed → active → completed; pending, confirmed → cancelled; pending → expired.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "booking",
    states: &["pending", "confirmed", "active", "completed", "cancelled", "rejected", "expired"],
    initial: "pending",
    moves: &[
        Move { verb: "approve", from: &["pending"], to: "confirmed" },
        Move { verb: "reject", from: &["pending"], to: "rejected" },
        Move { verb: "cancel", from: &["pending", "confirmed"], to: "cancelled" },
        Move { verb: "expire", from: &["pending"], to: "expired" },
        Move { verb: "start", from: &["confirmed"], to: "active" },
        Move { verb: "end", from: &["active"], to: "completed" },
        Move { verb: "complete", from: &["active"], to: "completed" },
    ],
};

/// waiting → offered → taken; waiting, offered → expired.
pub const WAITING: Lifecycle = Lifecycle {
    of: "wait",
    states: &["waiting", "offered", "taken", "expired"],
    initial: "waiting",
    moves: &[
        Move { verb: "offer", from: &["waiting"], to: "offered" },
        Move { verb: "take", from: &["offered"], to: "taken" },
        Move { verb: "expire", from: &["waiting", "offered"], to: "expired" },
    ],
};

/// How long devices that came free are kept for who waited first.
pub const OFFER: TimeDelta = TimeDelta::hours(2);

/// Whether a booking in this state has its device.
#[must_use]
pub fn holds(status: &str) -> bool {
    matches!(status, "pending" | "confirmed" | "active")
}

/// From a moment up to another one, which is not of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: Instant,
    pub end: Instant,
}

impl Interval {
    /// # Errors
    /// That it would not last.
    pub fn new(start: Instant, end: Instant) -> Result<Self, String> {
        if end > start { Ok(Self { start, end }) } else { Err("is not after the beginning".into()) }
    }

    #[must_use]
    pub fn length(self) -> TimeDelta {
        self.end - self.start
    }

    /// Whether some moment is of both.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every moment of the other one is of this.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// With the buffers around it; as it is where the calendar ends.
    #[must_use]
    pub fn with_buffers(self, before: TimeDelta, after: TimeDelta) -> Self {
        Self {
            start: self.start.checked_sub_signed(before).unwrap_or(self.start),
            end: self.end.checked_add_signed(after).unwrap_or(self.end),
        }
    }
}

/// What is kept when a device is booked; of several policies the strictest part of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Minutes that the device is taken before a booking begins and after it ends: to set it up, to put it right.
    pub before: i64,
    pub after: i64,
    /// Minutes ahead at least.
    pub notice: i64,
    /// Minutes that a booking lasts at most.
    pub longest: Option<i64>,
    /// Somebody says yes to it first.
    pub approval: bool,
}

impl Policy {
    /// Both kept together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let least = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            before: self.before.max(other.before),
            after: self.after.max(other.after),
            notice: self.notice.max(other.notice),
            longest: least(self.longest, other.longest),
            approval: self.approval || other.approval,
        }
    }

    /// What a booking takes of its device, buffers and all.
    #[must_use]
    pub fn taken(self, booked: Interval) -> Interval {
        booked.with_buffers(minutes(self.before), minutes(self.after))
    }

    /// What a time that is asked for now breaks, with the field that it is about.
    #[must_use]
    pub fn broken_by(self, wanted: Interval, now: Instant) -> Vec<(&'static str, String)> {
        let mut broken = Vec::new();
        if wanted.start < now.checked_add_signed(minutes(self.notice)).unwrap_or(now) && self.notice > 0 {
            broken.push(("start_time", format!("is booked {} ahead at least", told(self.notice))));
        }
        if let Some(longest) = self.longest
            && wanted.length() > minutes(longest)
        {
            broken.push(("end_time", format!("is {} after the beginning at most", told(longest))));
        }
        broken
    }
}

/// The first of the bookings, by their beginning, that a wanted one would meet, buffers and all.
#[must_use]
pub fn clash<T>(wanted: Interval, booked: &[(Interval, T)], policy: Policy) -> Option<&(Interval, T)> {
    let taken = policy.taken(wanted);
    let meets = |(other, _): &&(Interval, T)| taken.meets(policy.taken(*other));
    booked.iter().filter(meets).min_by_key(|(other, _)| other.start)
}

/// Whole minutes that bookings last together.
#[must_use]
pub fn minutes_of<'a>(booked: impl IntoIterator<Item = &'a Interval>) -> i64 {
    booked.into_iter().map(|interval| interval.length().num_minutes()).fold(0, i64::saturating_add)
}

/// Minutes as a span.
#[must_use]
pub fn minutes(count: i64) -> TimeDelta {
    TimeDelta::try_minutes(count).unwrap_or(TimeDelta::MAX)
}

/// Minutes as people say them: `90 min`, `2 h`, `3 d`.
#[must_use]
pub fn told(minutes: i64) -> String {
    match minutes {
        0 => "0 min".into(),
        _ if minutes % 1_440 == 0 => format!("{} d", minutes / 1_440),
        _ if minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> Instant {
        let day: Instant = "2026-11-20T00:00:00Z".parse().unwrap();
        day + minutes(minute)
    }

    fn from_to(start: i64, end: i64) -> Interval {
        Interval::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn what_touches_does_not_meet() {
        for (a, b, meet) in [
            ((0, 60), (60, 120), false),
            ((60, 120), (0, 60), false),
            ((0, 61), (60, 120), true),
            ((0, 60), (0, 60), true),
            ((0, 100), (40, 60), true),
            ((40, 60), (0, 100), true),
        ] {
            assert_eq!(from_to(a.0, a.1).meets(from_to(b.0, b.1)), meet, "{a:?} {b:?}");
        }
        assert!(Interval::new(at(1), at(1)).is_err());
        assert!(Interval::new(at(2), at(1)).is_err());
    }

    #[test]
    fn buffers_lie_between_two_bookings_whichever_came_first() {
        let policy = Policy { before: 10, after: 20, ..Policy::default() };
        let booked = [(from_to(600, 660), "amina")];
        for (start, end, clashes) in [
            (690, 720, false), // 20 after the first, 10 before this
            (689, 720, true),
            (540, 570, false), // 20 after this, 10 before the other
            (540, 571, true),
            (610, 620, true),
        ] {
            assert_eq!(clash(from_to(start, end), &booked, policy).is_some(), clashes, "{start}");
        }
        let booked = [(from_to(700, 760), "b"), (from_to(600, 660), "a")];
        assert_eq!(clash(from_to(0, 1_000), &booked, Policy::default()).map(|(_, who)| *who), Some("a"));
    }

    #[test]
    fn policies_are_kept_together() {
        let a = Policy { before: 5, after: 0, notice: 60, longest: Some(240), approval: false };
        let b = Policy { before: 0, after: 15, notice: 0, longest: Some(120), approval: true };
        let both = Policy { before: 5, after: 15, notice: 60, longest: Some(120), approval: true };
        assert_eq!((a.and(b), b.and(a), a.and(Policy::default())), (both, both, a));
        let now = at(0);
        assert_eq!(both.broken_by(from_to(60, 180), now), []);
        assert_eq!(both.broken_by(from_to(59, 120), now), [("start_time", "is booked 1 h ahead at least".to_owned())]);
        let long = [("end_time", "is 2 h after the beginning at most".to_owned())];
        assert_eq!(both.broken_by(from_to(60, 181), now), long);
        assert_eq!(Policy::default().broken_by(from_to(-60, 100_000), now), []);
    }

    #[test]
    fn minutes_as_people_say_them() {
        for (count, words) in [(0, "0 min"), (90, "90 min"), (120, "2 h"), (1_440, "1 d"), (1_500, "25 h")] {
            assert_eq!(told(count), words);
        }
        assert_eq!(minutes_of(&[from_to(0, 60), from_to(90, 120)]), 90);
    }

    proptest! {
        // Against minutes that are taken or not.
        #[test]
        fn clashes_are_shared_minutes(
            booked in proptest::collection::vec((0i64..600, 1i64..90), 0..12),
            start in 0i64..600, length in 1i64..90, before in 0i64..20, after in 0i64..20,
        ) {
            let policy = Policy { before, after, ..Policy::default() };
            let others: Vec<_> = booked.iter().map(|(s, l)| (from_to(*s, s + l), ())).collect();
            let mine: Vec<i64> = (start - before..start + length + after).collect();
            let shared = booked.iter().any(|(s, l)| (s - before..s + l + after).any(|minute| mine.contains(&minute)));
            prop_assert_eq!(clash(from_to(start, start + length), &others, policy).is_some(), shared);
        }

        #[test]
        fn meeting_is_mutual_and_so_is_holding_one_another(a in 0i64..200, b in 1i64..60, c in 0i64..200, d in 1i64..60) {
            let (x, y) = (from_to(a, a + b), from_to(c, c + d));
            prop_assert_eq!(x.meets(y), y.meets(x));
            prop_assert_eq!(x.holds(y) && y.holds(x), x == y);
            prop_assert!(!x.holds(y) || x.meets(y));
        }
    }
}
