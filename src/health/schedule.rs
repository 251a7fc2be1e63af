//! When each check is due: a hashed timer wheel (Varghese and Lauck, 1987, scheme 6).
//!
//! A key lies in the slot of its due time; adding, moving and removing cost the same however many there are. A key that is
//! moved or removed leaves its old entry behind, which is dropped when its slot comes round.
//!
//! Due times are spread: a check keeps a phase within its interval that follows from its own id and a seed, so that
//! checks neither begin together nor fall into step after an outage, and a test can know when they are due. Time is the wall
//! clock's, so that a process that was suspended finds at once what fell due meanwhile; where that clock is set back,
//! the schedule goes on from where it was.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Milliseconds that one slot covers: due times are kept exactly, this is only how they are sorted.
const TICK_MS: i64 = 20;
/// Phases lie on this beat: at rest the poller wakes ten times a second, however many checks there are, and what is due
/// on the same beat goes out together.
const BEAT_MS: i64 = 100;
/// Slots of the wheel: one turn is about five minutes.
const SLOTS: usize = 16_384;

/// When each key is due. `K`: what is scheduled, cheap to copy.
#[derive(Debug)]
pub struct Schedule<K> {
    /// Keys and due times; an entry whose time is not the one in `due` is a leftover.
    slots: Vec<Vec<(K, i64)>>,
    due: HashMap<K, i64>,
    /// The time up to which everything due has been given out, milliseconds.
    cursor: i64,
    /// What is added to the wall clock so that time never goes back.
    offset: i64,
    seed: u64,
}

impl<K: Copy + Eq + Hash> Schedule<K> {
    /// An empty schedule. `seed`: what the phases follow from, beside each id.
    #[must_use]
    pub fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self { slots: vec![Vec::new(); SLOTS], due: HashMap::new(), cursor: now.timestamp_millis(), offset: 0, seed }
    }

    /// How many keys are scheduled.
    #[must_use]
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether nothing is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Adds a key, or moves it to another time. A time that is past is due at once.
    pub fn at(&mut self, key: K, when: DateTime<Utc>) {
        let when = when.timestamp_millis().saturating_add(self.offset).max(self.cursor);
        if self.due.insert(key, when) != Some(when)
            && let Some(slot) = self.slots.get_mut(slot_of(when))
        {
            slot.push((key, when));
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: K) {
        self.due.remove(&key);
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.due.clear();
        self.slots.iter_mut().for_each(Vec::clear);
    }

    /// When a key is due.
    #[must_use]
    pub fn when(&self, key: K) -> Option<DateTime<Utc>> {
        self.due.get(&key).and_then(|due| DateTime::from_timestamp_millis(due - self.offset))
    }

    /// Takes out every key that is due and gives them in the order of their times. After a pause of any length nothing is
    /// lost, and each key comes once.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<K> {
        let now_ms = now.timestamp_millis();
        self.offset = self.offset.max(self.cursor - now_ms);
        let until = now_ms + self.offset;
        let (first, last) = (self.cursor.div_euclid(TICK_MS), until.div_euclid(TICK_MS));
        self.cursor = until;
        let mut found = Vec::new();
        for tick in first..=last.min(first + SLOTS as i64 - 1) {
            let Some(slot) = self.slots.get_mut(slot_of(tick * TICK_MS)) else { continue };
            let due = &mut self.due;
            slot.retain(|(key, when)| {
                let is_current = due.get(key) == Some(when);
                if is_current && *when <= until {
                    due.remove(key);
                    found.push((*when, *key));
                    return false;
                }
                is_current
            });
        }
        found.sort_by_key(|(when, _)| *when);
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// When the next key is due; looks ahead one turn of the wheel and says its end when nothing is due before.
    #[must_use]
    pub fn next(&self) -> Option<DateTime<Utc>> {
        if self.due.is_empty() {
            return None;
        }
        let first = self.cursor.div_euclid(TICK_MS);
        let turn = first + SLOTS as i64;
        let next = (first..turn).find_map(|tick| {
            let ends = (tick + 1) * TICK_MS;
            let slot = self.slots.get(slot_of(tick * TICK_MS))?;
            slot.iter()
                .filter(|(key, when)| *when < ends && self.due.get(key) == Some(when))
                .map(|(_, when)| *when)
                .min()
        });
        DateTime::from_timestamp_millis(next.unwrap_or(turn * TICK_MS) - self.offset)
    }

    /// The first time from `now` on in the phase of `id`: checks that begin together are spread over their interval.
    #[must_use]
    pub fn first(&self, id: u128, interval: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
        let (now_ms, interval) = (now.timestamp_millis(), millis(interval));
        now + TimeDelta::milliseconds((self.phase(id, interval) - now_ms).rem_euclid(interval))
    }

    /// The next time in the phase of `id`, half an interval from `now` or more: one interval after a check that was on
    /// time, and back into phase after one that was not.
    #[must_use]
    pub fn again(&self, id: u128, interval: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
        self.first(id, interval, now + TimeDelta::milliseconds(millis(interval) / 2))
    }

    /// A time moved on to the next beat.
    #[must_use]
    pub fn on_beat(&self, when: DateTime<Utc>) -> DateTime<Utc> {
        let late = when.timestamp_millis().rem_euclid(BEAT_MS);
        if late == 0 { when } else { when.checked_add_signed(TimeDelta::milliseconds(BEAT_MS - late)).unwrap_or(when) }
    }

    /// Milliseconds after a whole interval at which `id` is due.
    fn phase(&self, id: u128, interval: i64) -> i64 {
        let mixed = mix(mix(self.seed ^ (id >> 64) as u64) ^ id as u64);
        let step = BEAT_MS.min(interval);
        (mixed % (interval / step).unsigned_abs().max(1)) as i64 * step
    }
}

/// An interval in milliseconds, at least one tick and at most a hundred years.
fn millis(interval: Duration) -> i64 {
    i64::try_from(interval.as_millis()).unwrap_or(i64::MAX).clamp(TICK_MS, 100 * 365 * 86_400_000)
}

fn slot_of(when: i64) -> usize {
    when.div_euclid(TICK_MS).rem_euclid(SLOTS as i64) as usize
}

/// SplitMix64's output function: every bit of the input reaches every bit of the output.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + ms).unwrap()
    }

    #[test]
    fn due_in_order_once() {
        let mut schedule = Schedule::new(0, at(0));
        for (key, ms) in [(1, 30), (2, 5), (3, 25), (4, 1_000_000)] {
            schedule.at(key, at(ms));
        }
        assert_eq!(schedule.next(), Some(at(5)));
        assert_eq!(schedule.due(at(4)), [] as [i32; 0]);
        assert_eq!(schedule.due(at(25)), [2, 3]);
        assert_eq!((schedule.next(), schedule.due(at(29)).len()), (Some(at(30)), 0));
        assert_eq!(schedule.due(at(999_999)), [1]);
        assert_eq!(schedule.due(at(1_000_000)), [4], "more than a turn of the wheel away");
        assert!(schedule.is_empty() && schedule.next().is_none());
    }

    #[test]
    fn moved_and_removed() {
        let mut schedule = Schedule::new(0, at(0));
        schedule.at(1, at(100));
        schedule.at(1, at(500));
        schedule.at(2, at(100));
        schedule.remove(2);
        schedule.at(3, at(100));
        schedule.at(3, at(50));
        schedule.at(3, at(100));
        assert_eq!(schedule.due(at(100)), [3]);
        assert_eq!(schedule.when(1), Some(at(500)));
        assert_eq!(schedule.due(at(500)), [1]);
        schedule.at(1, at(0));
        assert_eq!(schedule.due(at(500)), [1], "past times are due at once");
    }

    #[test]
    fn nothing_is_lost_by_a_pause() {
        let mut schedule = Schedule::new(0, at(0));
        (0..1_000).for_each(|key| schedule.at(key, at(i64::from(key) * 977)));
        let mut keys = schedule.due(at(86_400_000));
        keys.sort_unstable();
        assert_eq!(keys, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_clock_that_is_set_back() {
        let mut schedule = Schedule::new(0, at(0));
        schedule.at(1, at(3_600_000));
        assert_eq!(schedule.due(at(3_599_000)), [] as [i32; 0]);
        // An hour back: the second that was left is still left.
        assert_eq!(schedule.due(at(0)), [] as [i32; 0]);
        assert_eq!(schedule.next().map(|next| next <= at(1_000)), Some(true));
        assert_eq!(schedule.when(1), Some(at(1_000)));
        assert_eq!(schedule.due(at(1_000)), [1]);
        schedule.at(2, at(1_500));
        assert_eq!((schedule.due(at(1_499)).len(), schedule.due(at(1_500)).len()), (0, 1));
    }

    #[test]
    fn the_first_round_is_spread() {
        let schedule = Schedule::<u32>::new(7, at(0));
        let interval = Duration::from_secs(300);
        let mut seconds = [0u32; 300];
        for id in 0..100_000 {
            let wait = (schedule.first(id, interval, at(0)) - at(0)).num_milliseconds();
            seconds[usize::try_from(wait).unwrap() / 1_000] += 1;
        }
        assert!(seconds.iter().all(|count| (200..480).contains(count)), "{seconds:?}");
        assert_eq!(schedule.first(5, interval, at(0)), schedule.first(5, interval, at(0)));
        assert_eq!(schedule.first(5, interval, at(0)).timestamp_millis() % BEAT_MS, 0);
        assert_eq!((schedule.on_beat(at(1)), schedule.on_beat(at(100))), (at(100), at(100)));
    }

    proptest! {
        #[test]
        fn a_phase_is_kept(id: u128, seconds in 1u64..10_000, late_ms in 0i64..1_000) {
            let schedule = Schedule::<u32>::new(1, at(0));
            let interval = Duration::from_secs(seconds);
            let first = schedule.first(id, interval, at(0));
            prop_assert!(first >= at(0) && first < at(0) + TimeDelta::milliseconds(millis(interval)));
            // Answered a little late, due exactly one interval later.
            let answered = first + TimeDelta::milliseconds(late_ms.min(millis(interval) / 2 - 1));
            prop_assert_eq!(schedule.again(id, interval, answered), first + TimeDelta::milliseconds(millis(interval)));
        }

        #[test]
        fn each_comes_once_and_never_early(times in proptest::collection::vec(0i64..2_000_000, 0..60), steps in proptest::collection::vec(1i64..500_000, 1..30)) {
            let mut schedule = Schedule::new(0, at(0));
            for (key, ms) in times.iter().enumerate() {
                schedule.at(key, at(*ms));
            }
            let (mut now, mut seen) = (0, Vec::new());
            for step in steps {
                let promised = schedule.next();
                let before = now;
                now += step;
                let keys = schedule.due(at(now));
                for key in &keys {
                    prop_assert!(times[*key] <= now && (times[*key] > before || before == 0));
                    prop_assert!(promised.unwrap() <= at(times[*key]));
                }
                seen.extend(keys);
            }
            let mut expected: Vec<_> = (0..times.len()).filter(|key| times[*key] <= now).collect();
            seen.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(seen, expected);
            prop_assert_eq!(schedule.len(), times.iter().filter(|ms| **ms > now).count());
        }
    }
}
