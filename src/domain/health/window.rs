//! Maintenance windows: once, or again and again by the wall clock of a zone.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// Planned work: while it runs, what is seen opens nothing.
///
/// `starts_at` and `ends_at` bound it, the end not included; a window that ends before it starts covers nothing. With a
/// recurrence they are its first time: later ones have the same clock times in `timezone`, whatever its offset is then. A
/// clock time that a change of offset skips counts as the moment of the change; of one that comes twice a start takes the
/// first and an end the second, so that a window is rather an hour too long than too short. A recurring window lasts at
/// most [`Window::LONGEST_RECURRING`] days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Start, of the first time if it recurs.
    pub starts_at: DateTime<Utc>,
    /// End (not included), of the first time if it recurs.
    pub ends_at: DateTime<Utc>,
    /// How it comes again; `None`: once.
    pub recurrence: Option<Recurrence>,
    /// The zone whose clock a recurrence follows.
    pub timezone: Tz,
}

/// How a window comes again. As text: `daily`, `weekly:MO,TH`, `monthly:31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recurrence {
    /// Every day.
    Daily,
    /// On these days of the week: bit 0 Monday to bit 6 Sunday.
    Weekly(u8),
    /// On this day of the month, 1 to 31; on the last one of a month that is shorter.
    Monthly(u8),
}

/// A text that names no recurrence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no recurrence; write `daily`, `weekly:MO,TU,WE,TH,FR,SA,SU` with the days wanted, or `monthly:DAY` (1 to 31)"
)]
pub struct BadRecurrence(pub String);

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl FromStr for Recurrence {
    type Err = BadRecurrence;

    fn from_str(text: &str) -> Result<Self, BadRecurrence> {
        let bad = || BadRecurrence(text.to_owned());
        match text.split_once(':') {
            None if text == "daily" => Ok(Self::Daily),
            Some(("weekly", days)) => days
                .split(',')
                .map(|day| DAYS.iter().position(|name| *name == day.trim()))
                .try_fold(0, |set, day| day.map(|day| set | 1 << day))
                .map(Self::Weekly)
                .ok_or_else(bad),
            Some(("monthly", day)) => {
                day.trim().parse().ok().filter(|day| (1..=31).contains(day)).map(Self::Monthly).ok_or_else(bad)
            }
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily => f.write_str("daily"),
            Self::Weekly(days) => {
                f.write_str("weekly:")?;
                let names = DAYS.iter().enumerate().filter(|(day, _)| days >> day & 1 == 1).map(|(_, name)| *name);
                for (index, name) in names.enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    f.write_str(name)?;
                }
                Ok(())
            }
            Self::Monthly(day) => write!(f, "monthly:{day}"),
        }
    }
}

impl Recurrence {
    /// Whether a window of this recurrence starts on the date.
    fn falls_on(self, date: NaiveDate) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekly(days) => days >> date.weekday().num_days_from_monday() & 1 == 1,
            Self::Monthly(day) => {
                let is_last = date.succ_opt().is_none_or(|next| next.month() != date.month());
                date.day() == u32::from(day) || (is_last && u32::from(day) > date.day())
            }
        }
    }
}

impl Window {
    /// Days that a recurring window lasts at most; a longer one counts as this long.
    pub const LONGEST_RECURRING: i64 = 31;

    /// Whether the window is open at `now`.
    #[must_use]
    pub fn covers(&self, now: DateTime<Utc>) -> bool {
        if self.ends_at <= self.starts_at || now < self.starts_at {
            return false;
        }
        if now < self.ends_at {
            // Its first time, as the bounds say it, whether or not that day is one of the recurrence's.
            return true;
        }
        let Some(recurrence) = self.recurrence else { return false };
        self.times(recurrence, now, now).any(|(opens, closes)| opens <= now && now < closes)
    }

    /// Whether the window is open at any moment from `from` to `to`, `to` itself not included.
    #[must_use]
    pub fn overlaps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        if self.ends_at <= self.starts_at || to <= self.starts_at || to <= from {
            return false;
        }
        if from < self.ends_at {
            return true;
        }
        let Some(recurrence) = self.recurrence else { return false };
        self.times(recurrence, from, to).any(|(opens, closes)| opens < to && from < closes)
    }

    /// The times at which a recurring window opens and closes, those at least that touch `from` to `to`.
    fn times(
        &self,
        recurrence: Recurrence,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let first = self.starts_at.with_timezone(&self.timezone).naive_local();
        let ends = self.ends_at.with_timezone(&self.timezone).naive_local();
        let length = (ends - first).clamp(TimeDelta::zero(), TimeDelta::days(Self::LONGEST_RECURRING));
        // One day more at both ends, for times that a change of offset moved over midnight.
        let days = Days::new(u64::try_from(length.num_days() + 2).unwrap_or(0));
        let begin = from.with_timezone(&self.timezone).date_naive();
        let begin = begin.checked_sub_days(days).unwrap_or(begin).max(first.date());
        let end = to.with_timezone(&self.timezone).date_naive();
        let end = end.succ_opt().unwrap_or(end);
        begin
            .iter_days()
            .take_while(move |date| *date <= end)
            .filter(move |date| recurrence.falls_on(*date))
            .filter_map(move |date| {
                let start = date.and_time(first.time());
                let closes = self.moment(start.checked_add_signed(length)?, Twice::Second)?;
                Some((self.moment(start, Twice::First)?, closes))
            })
    }

    /// The moment of a clock time in the window's zone.
    fn moment(&self, local: NaiveDateTime, twice: Twice) -> Option<DateTime<Utc>> {
        match self.timezone.from_local_datetime(&local) {
            LocalResult::Single(moment) => Some(moment.to_utc()),
            LocalResult::Ambiguous(first, second) => Some(if twice == Twice::First { first } else { second }.to_utc()),
            LocalResult::None => self.end_of_gap(local),
        }
    }

    /// The moment at which the zone's clock jumped over `local`: that of the first clock time after it that there is.
    fn end_of_gap(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        // Gaps are at most a day (zones that crossed the date line) and, in all of history, whole minutes but for a few.
        (1..=24 * 60).find_map(|minutes| {
            let later = local.with_second(0)?.checked_add_signed(TimeDelta::minutes(minutes))?;
            self.timezone.from_local_datetime(&later).earliest().map(|moment| moment.to_utc())
        })
    }
}

/// Which of the two moments of a clock time that comes twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twice {
    First,
    Second,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        format!("{text}:00Z").replace(' ', "T").parse().unwrap()
    }

    fn window(starts: &str, ends: &str, recurrence: &str, timezone: &str) -> Window {
        Window {
            starts_at: utc(starts),
            ends_at: utc(ends),
            recurrence: (!recurrence.is_empty()).then(|| recurrence.parse().unwrap()),
            timezone: timezone.parse().unwrap(),
        }
    }

    #[test]
    fn once() {
        let window = window("2026-11-20 22:00", "2026-11-21 02:00", "", "Europe/Berlin");
        for (moment, covered) in [
            ("2026-11-20 21:59", false),
            ("2026-11-20 22:00", true),
            ("2026-11-21 01:59", true),
            ("2026-11-21 02:00", false),
            ("2026-11-21 23:00", false),
        ] {
            assert_eq!(window.covers(utc(moment)), covered, "{moment}");
        }
    }

    #[test]
    fn recurring_by_the_wall_clock() {
        // 23:00 to 03:00 in Berlin, first in summer (UTC+2); Nairobi has no summer time.
        let nightly = window("2026-06-01 21:00", "2026-06-02 01:00", "daily", "Europe/Berlin");
        let wednesdays = window("2026-06-03 21:00", "2026-06-04 01:00", "weekly:WE", "Europe/Berlin");
        let month_ends = window("2026-01-31 05:00", "2026-01-31 06:00", "monthly:31", "Africa/Nairobi");
        for (window, moment, covered) in [
            (&nightly, "2026-07-10 21:00", true),
            (&nightly, "2026-07-11 00:59", true),
            (&nightly, "2026-07-11 01:00", false),
            (&nightly, "2026-05-31 22:00", false),
            // Winter: the same clock times are an hour later in UTC.
            (&nightly, "2026-12-10 21:30", false),
            (&nightly, "2026-12-10 22:00", true),
            (&nightly, "2026-12-11 01:59", true),
            (&nightly, "2026-12-11 02:00", false),
            (&wednesdays, "2026-06-10 22:00", true),
            (&wednesdays, "2026-06-11 00:30", true),
            (&wednesdays, "2026-06-11 22:00", false),
            (&month_ends, "2026-02-28 05:30", true),
            (&month_ends, "2026-02-27 05:30", false),
            (&month_ends, "2026-03-28 05:30", false),
            (&month_ends, "2026-03-31 05:30", true),
            (&month_ends, "2026-04-30 05:59", true),
            (&month_ends, "2026-04-30 06:00", false),
        ] {
            assert_eq!(window.covers(utc(moment)), covered, "{moment} {window:?}");
        }
    }

    #[test]
    fn when_the_offset_changes() {
        // Berlin skips 02:00–03:00 on 2026-03-29 and has 02:00–03:00 twice on 2026-10-25.
        let gap = window("2026-01-01 01:30", "2026-01-01 02:30", "daily", "Europe/Berlin");
        for (moment, covered) in [
            ("2026-03-28 01:30", true),
            ("2026-03-29 00:59", false),
            ("2026-03-29 01:00", true),
            ("2026-03-29 01:29", true),
            ("2026-03-29 01:30", false),
            ("2026-03-30 00:30", true),
            // Twice: from the first 02:30 to 03:30, an hour longer.
            ("2026-10-25 00:29", false),
            ("2026-10-25 00:30", true),
            ("2026-10-25 02:29", true),
            ("2026-10-25 02:30", false),
        ] {
            assert_eq!(gap.covers(utc(moment)), covered, "{moment}");
        }
        // A day that never was: Samoa went over the date line on 2011-12-30.
        let samoa = window("2011-12-01 20:00", "2011-12-01 21:00", "daily", "Pacific/Apia");
        assert!(samoa.covers(utc("2011-12-29 20:30")));
    }

    #[test]
    fn long_and_empty_windows() {
        let weekend = window("2026-06-05 18:00", "2026-06-08 06:00", "weekly:FR", "UTC");
        assert!(weekend.covers(utc("2026-06-15 05:59")) && !weekend.covers(utc("2026-06-15 06:00")));
        let empty = window("2026-06-05 18:00", "2026-06-05 18:00", "daily", "UTC");
        assert!(!empty.covers(utc("2026-06-05 18:00")) && !empty.covers(utc("2026-06-06 18:00")));
        let inverted = window("2026-06-05 18:00", "2026-06-04 18:00", "daily", "UTC");
        assert!(!inverted.covers(utc("2026-06-06 18:00")));
    }

    #[test]
    fn recurrence_as_text() {
        for text in ["daily", "weekly:MO,TH,SU", "monthly:31"] {
            assert_eq!(text.parse::<Recurrence>().unwrap().to_string(), text);
        }
        for bad in ["", "Daily", "daily:", "weekly", "weekly:", "weekly:XX", "monthly:0", "monthly:32", "yearly"] {
            assert!(bad.parse::<Recurrence>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_touches_a_window() {
        let nightly = window("2026-06-01 21:00", "2026-06-02 01:00", "daily", "Europe/Berlin");
        for (from, to, touched) in [
            ("2026-05-01 00:00", "2026-06-01 21:00", false),
            ("2026-05-01 00:00", "2026-06-01 21:01", true),
            ("2026-07-10 01:00", "2026-07-10 21:00", false),
            ("2026-07-10 00:59", "2026-07-10 21:00", true),
            ("2026-07-10 02:00", "2026-07-20 02:00", true),
            // Winter: an hour later in UTC.
            ("2026-12-10 02:00", "2026-12-10 22:00", false),
            ("2026-12-10 02:00", "2026-12-10 22:01", true),
        ] {
            assert_eq!(nightly.overlaps(utc(from), utc(to)), touched, "{from} {to}");
        }
        let once = window("2026-06-05 18:00", "2026-06-08 06:00", "", "UTC");
        assert!(once.overlaps(utc("2026-06-08 05:59"), utc("2026-06-09 00:00")));
        assert!(!once.overlaps(utc("2026-06-08 06:00"), utc("2026-06-09 00:00")));
    }

    proptest! {
        #[test]
        fn touched_where_one_of_its_moments_is_covered(
            start in 0i64..1_440, length in 1i64..4_000, from in 0i64..20_000, lasts in 1i64..600, kind in 0usize..4,
        ) {
            let starts_at = utc("2026-10-20 00:00") + TimeDelta::minutes(start);
            let window = Window {
                starts_at,
                ends_at: starts_at + TimeDelta::minutes(length),
                recurrence: ["daily", "weekly:MO,FR", "monthly:31", ""][kind].parse().ok(),
                timezone: chrono_tz::Europe::Berlin,
            };
            let begins = utc("2026-10-19 00:00") + TimeDelta::minutes(from);
            let covered = (0..lasts).any(|minute| window.covers(begins + TimeDelta::minutes(minute)));
            prop_assert_eq!(window.overlaps(begins, begins + TimeDelta::minutes(lasts)), covered);
        }

        #[test]
        fn daily_covers_its_length_each_day(minute in 0i64..1_440, length in 1i64..1_440, probe in 0i64..400_000) {
            let starts_at = utc("2026-01-01 00:00") + TimeDelta::minutes(minute);
            let window = Window {
                starts_at,
                ends_at: starts_at + TimeDelta::minutes(length),
                recurrence: Some(Recurrence::Daily),
                timezone: Tz::UTC,
            };
            let now = starts_at + TimeDelta::minutes(probe);
            prop_assert_eq!(window.covers(now), probe % 1_440 < length);
        }
    }
}
