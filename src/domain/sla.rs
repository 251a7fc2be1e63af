//! Service levels: seconds of business hours, and when a target falls due.
//!
//! Clocks are never stored: they are computed from since when a ticket was in which state, so that a changed calendar
//! and what was taken back agree with each other.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::Id;
use super::time::{self, Instant};

/// Days that are looked ahead for business hours: a calendar without any would be searched for ever.
const LONGEST_DAYS: u32 = 3_660;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When people are at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    /// From Monday on: the stretches of each day, in order, none touching another; `None` at the end is midnight.
    week: [Vec<(NaiveTime, Option<NaiveTime>)>; 7],
    holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Around the clock, every day.
    #[must_use]
    pub fn always() -> Self {
        let day = vec![(NaiveTime::MIN, None)];
        Self { zone: Tz::UTC, week: std::array::from_fn(|_| day.clone()), holidays: BTreeSet::new() }
    }

    /// Reads hours such as `{"mon": ["08:00-12:00", "13:00-17:00"], "tue": "09:00-24:00"}`: days that are not named are
    /// free.
    ///
    /// # Errors
    /// Which part cannot be read, and what would be right.
    pub fn parse(
        hours: &serde_json::Value,
        zone: Tz,
        holidays: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, String> {
        let days = hours.as_object().ok_or("hours are written by day: {\"mon\": [\"09:00-17:00\"]}")?;
        let mut week: [Vec<_>; 7] = Default::default();
        for (day, stretches) in days {
            let index = DAYS
                .iter()
                .position(|name| name == day)
                .ok_or_else(|| format!("‘{}’ is none of {}", super::text::clean(day), DAYS.join(", ")))?;
            week[index] = parse_day(stretches).map_err(|why| format!("{day}: {why}"))?;
        }
        Ok(Self { zone, week, holidays: holidays.into_iter().collect() })
    }

    /// Whether there is any hour of work in a week.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.week.iter().all(Vec::is_empty)
    }

    /// The stretches of work of one day, as moments.
    fn stretches(&self, day: NaiveDate) -> impl Iterator<Item = (Instant, Instant)> {
        let free = self.holidays.contains(&day);
        let hours = self.week.get(day.weekday().num_days_from_monday() as usize);
        hours.into_iter().flatten().filter(move |_| !free).filter_map(move |(from, to)| {
            let end = match to {
                Some(to) => time::at(self.zone, day.and_time(*to)),
                None => time::start_of(self.zone, day.succ_opt()?),
            };
            // What summer time skips is no time at all.
            Some((time::at(self.zone, day.and_time(*from))?, end?)).filter(|(from, to)| from < to)
        })
    }

    fn first_day(&self, from: Instant) -> NaiveDate {
        // A day of another zone may reach into the one before.
        let day = time::day_of(self.zone, from);
        day.pred_opt().unwrap_or(day)
    }

    /// Business seconds between two moments, the second one not included; 0 where they are in the other order.
    #[must_use]
    pub fn seconds(&self, from: Instant, to: Instant) -> i64 {
        let last = time::day_of(self.zone, to);
        let days = self.first_day(from).iter_days().take_while(|day| *day <= last);
        days.flat_map(|day| self.stretches(day).collect::<Vec<_>>())
            .map(|(start, end)| (end.min(to) - start.max(from)).num_seconds().max(0))
            .sum()
    }

    /// The moment at which so many business seconds have passed; `None` where that is more than ten years ahead.
    #[must_use]
    pub fn after(&self, from: Instant, seconds: i64) -> Option<Instant> {
        let mut left = seconds;
        for day in self.first_day(from).iter_days().take(LONGEST_DAYS as usize) {
            for (start, end) in self.stretches(day) {
                let start = start.max(from);
                let here = (end - start).num_seconds();
                if here <= 0 {
                    continue;
                }
                if left <= here {
                    return start.checked_add_signed(TimeDelta::try_seconds(left)?);
                }
                left -= here;
            }
        }
        None
    }
}

fn parse_day(stretches: &serde_json::Value) -> Result<Vec<(NaiveTime, Option<NaiveTime>)>, String> {
    let texts: Vec<&str> = match stretches {
        serde_json::Value::String(one) => vec![one],
        serde_json::Value::Array(several) => several
            .iter()
            .map(|item| item.as_str().ok_or("a stretch is written as \"09:00-17:00\""))
            .collect::<Result<_, _>>()?,
        _ => return Err("hours are a list of stretches such as [\"09:00-17:00\"]".into()),
    };
    let mut day: Vec<_> = texts.into_iter().map(parse_stretch).collect::<Result<_, _>>()?;
    day.sort_unstable_by_key(|(from, _)| *from);
    for pair in day.windows(2) {
        if let [(_, end), (next, _)] = pair
            && end.is_none_or(|end| end > *next)
        {
            return Err(format!("two stretches cover {}", next.format("%H:%M")));
        }
    }
    Ok(day)
}

fn parse_stretch(text: &str) -> Result<(NaiveTime, Option<NaiveTime>), String> {
    let wrong = || format!("‘{}’ is not a stretch of a day such as 09:00-17:00", super::text::clean(text));
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let read = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| wrong());
    let from = read(from)?;
    let to = if to.trim() == "24:00" { None } else { Some(read(to)?) };
    if to.is_some_and(|to| to <= from) {
        return Err(format!("‘{}’ ends before it begins", super::text::clean(text)));
    }
    Ok((from, to))
}

/// Since when a clock runs, or stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub since: Instant,
    pub runs: bool,
}

/// Spans in the order of time, each with its end; the last one has none.
fn with_ends(spans: &[Span]) -> impl Iterator<Item = (Span, Option<Instant>)> {
    spans.iter().enumerate().map(|(index, span)| (*span, spans.get(index + 1).map(|next| next.since)))
}

/// Business seconds that a clock has counted until a moment.
#[must_use]
pub fn elapsed(calendar: &Calendar, spans: &[Span], until: Instant) -> i64 {
    with_ends(spans)
        .filter(|(span, _)| span.runs)
        .map(|(span, end)| calendar.seconds(span.since, end.map_or(until, |end| end.min(until))))
        .sum()
}

/// When a clock has counted so many business seconds, if it goes on as it does now; `None` while it stands still before
/// that.
#[must_use]
pub fn due(calendar: &Calendar, spans: &[Span], seconds: i64) -> Option<Instant> {
    let mut left = seconds;
    for (span, end) in with_ends(spans).filter(|(span, _)| span.runs) {
        let Some(end) = end else { return calendar.after(span.since, left) };
        let here = calendar.seconds(span.since, end);
        if left <= here {
            return calendar.after(span.since, left);
        }
        left -= here;
    }
    None
}

/// What a policy is for, or what a ticket is; what a policy leaves open fits everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fits<'a> {
    pub contract: Option<Id>,
    pub priority: Option<&'a str>,
    pub category: Option<&'a str>,
}

impl Fits<'_> {
    /// How well a policy fits a ticket: `None` where it does not; a contract says more than a priority, and that more
    /// than a category.
    #[must_use]
    pub fn weight(&self, ticket: &Fits<'_>) -> Option<u8> {
        fn one<T: PartialEq>(policy: Option<T>, ticket: Option<T>, weight: u8) -> Option<u8> {
            match policy {
                None => Some(0),
                policy if policy == ticket => Some(weight),
                Some(_) => None,
            }
        }
        Some(
            one(self.contract, ticket.contract, 4)?
                + one(self.priority, ticket.priority, 2)?
                + one(self.category, ticket.category, 1)?,
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const HOUR: i64 = 3_600;

    fn utc(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn office(zone: Tz) -> Calendar {
        let hours = json!({"mon": "09:00-17:00", "tue": ["09:00-17:00"], "wed": ["09:00-17:00"], "thu": ["09:00-17:00"], "fri": ["09:00-17:00"]});
        Calendar::parse(&hours, zone, []).unwrap()
    }

    fn spans(written: &[(&str, bool)]) -> Vec<Span> {
        written.iter().map(|(since, runs)| Span { since: utc(since), runs: *runs }).collect()
    }

    #[test]
    fn what_comes_in_on_friday_evening_is_due_on_monday() {
        // 2026-11-20 is a Friday.
        for (written, hours, told) in [
            (&[("2026-11-20T16:30:00Z", true)][..], 2, Some("2026-11-23T10:30:00Z")),
            // Paused on Monday from 09:30 to 11:30.
            (
                &[("2026-11-20T16:30:00Z", true), ("2026-11-23T09:30:00Z", false), ("2026-11-23T11:30:00Z", true)],
                2,
                Some("2026-11-23T12:30:00Z"),
            ),
            // Resolved after half an hour, opened again on Tuesday: the clock goes on.
            (
                &[("2026-11-20T16:30:00Z", true), ("2026-11-20T17:00:00Z", false), ("2026-11-24T09:00:00Z", true)],
                2,
                Some("2026-11-24T10:30:00Z"),
            ),
            // It stands still: nothing falls due.
            (&[("2026-11-20T16:30:00Z", true), ("2026-11-23T09:30:00Z", false)], 2, None),
            // Unless it did before.
            (&[("2026-11-20T14:00:00Z", true), ("2026-11-20T16:30:00Z", false)], 2, Some("2026-11-20T16:00:00Z")),
            // In the night and over a weekend nothing counts.
            (&[("2026-11-21T03:00:00Z", true)], 8, Some("2026-11-23T17:00:00Z")),
            (&[("2026-11-20T17:00:00Z", true)], 0, Some("2026-11-23T09:00:00Z")),
            (&[], 2, None),
        ] {
            assert_eq!(due(&office(Tz::UTC), &spans(written), hours * HOUR), told.map(utc), "{written:?}");
        }
    }

    #[test]
    fn holidays_do_not_count() {
        let monday = "2026-11-23".parse().unwrap();
        let hours = json!({"mon": "09:00-17:00", "tue": "09:00-17:00", "fri": "09:00-17:00"});
        let calendar = Calendar::parse(&hours, Tz::UTC, [monday]).unwrap();
        assert_eq!(calendar.after(utc("2026-11-20T16:30:00Z"), 2 * HOUR), Some(utc("2026-11-24T10:30:00Z")));
        assert_eq!(calendar.seconds(utc("2026-11-20T00:00:00Z"), utc("2026-11-24T10:00:00Z")), 9 * HOUR);
    }

    #[test]
    fn days_are_those_of_the_zone_and_as_long_as_they_are() {
        let nairobi: Tz = "Africa/Nairobi".parse().unwrap();
        assert_eq!(office(nairobi).after(utc("2026-11-20T13:30:00Z"), 2 * HOUR), Some(utc("2026-11-23T07:30:00Z")));
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let all_day = json!({"sat": "00:00-24:00", "sun": "00:00-24:00", "mon": "00:00-24:00"});
        let calendar = Calendar::parse(&all_day, berlin, []).unwrap();
        for (day, next, hours) in [
            ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
            ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
            ("2026-10-17T22:00:00Z", "2026-10-18T22:00:00Z", 24),
        ] {
            assert_eq!(calendar.seconds(utc(day), utc(next)), hours * HOUR, "{day}");
            assert_eq!(calendar.after(utc(day), hours * HOUR), Some(utc(next)), "{day}");
        }
        // From 02:00 to 03:00 there is nothing on the day on which the clocks are put forward.
        let night = Calendar::parse(&json!({"sun": "02:00-03:00"}), berlin, []).unwrap();
        assert_eq!(night.seconds(utc("2026-03-28T00:00:00Z"), utc("2026-03-30T00:00:00Z")), 0);
        assert_eq!(night.after(utc("2026-03-28T00:00:00Z"), HOUR), Some(utc("2026-04-05T01:00:00Z")));
        // A shift from before the change until after it has an hour less or more.
        let shift = Calendar::parse(&json!({"sun": "01:00-06:00"}), berlin, []).unwrap();
        for (from, hours) in [("2026-03-28T12:00:00Z", 4), ("2026-10-24T12:00:00Z", 6), ("2026-11-07T12:00:00Z", 5)] {
            assert_eq!(shift.seconds(utc(from), utc(from) + TimeDelta::days(1)), hours * HOUR, "{from}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_would_be_right() {
        for (hours, told) in [
            (json!([]), "hours are written by day: {\"mon\": [\"09:00-17:00\"]}"),
            (json!({"monday": []}), "‘monday’ is none of mon, tue, wed, thu, fri, sat, sun"),
            (json!({"mon": 9}), "mon: hours are a list of stretches such as [\"09:00-17:00\"]"),
            (json!({"mon": ["9 to 5"]}), "mon: ‘9 to 5’ is not a stretch of a day such as 09:00-17:00"),
            (json!({"tue": ["17:00-09:00"]}), "tue: ‘17:00-09:00’ ends before it begins"),
            (json!({"wed": ["12:00-24:00", "09:00-12:30"]}), "wed: two stretches cover 12:00"),
        ] {
            assert_eq!(Calendar::parse(&hours, Tz::UTC, []).unwrap_err(), told);
        }
        assert_eq!(Calendar::parse(&json!({}), Tz::UTC, []).unwrap().after(utc("2026-11-20T12:00:00Z"), 1), None);
    }

    #[test]
    fn the_policy_that_says_most_fits_best() {
        let (ours, theirs) = (Id::new(), Id::new());
        let ticket = Fits { contract: Some(ours), priority: Some("high"), category: Some("network") };
        let policy = |contract, priority, category| Fits { contract, priority, category }.weight(&ticket);
        assert_eq!(policy(None, None, None), Some(0));
        assert_eq!(policy(Some(ours), None, None), Some(4));
        assert_eq!(policy(None, Some("high"), Some("network")), Some(3));
        assert_eq!(policy(Some(theirs), Some("high"), Some("network")), None);
        assert_eq!(policy(None, Some("low"), None), None);
    }

    proptest! {
        #[test]
        fn counting_and_going_ahead_agree(from in 0_i64..400 * 24 * HOUR, seconds in 1_i64..60 * 8 * HOUR) {
            let zone: Tz = "Europe/Berlin".parse().unwrap();
            let from = utc("2026-01-01T00:00:00Z") + TimeDelta::seconds(from);
            let calendar = office(zone);
            let end = calendar.after(from, seconds).unwrap();
            prop_assert_eq!(calendar.seconds(from, end), seconds);
            // A second earlier it was not yet so.
            prop_assert!(calendar.seconds(from, end - TimeDelta::seconds(1)) < seconds);
        }

        #[test]
        fn time_adds_up_wherever_it_is_cut(cuts in proptest::collection::vec(0_i64..60 * 24 * HOUR, 1..8), runs in any::<u8>()) {
            let zone: Tz = "America/New_York".parse().unwrap();
            let calendar = office(zone);
            let mut cuts = cuts;
            cuts.sort_unstable();
            let at = |offset: i64| utc("2026-02-20T00:00:00Z") + TimeDelta::seconds(offset);
            let spans: Vec<Span> = cuts.iter().enumerate().map(|(index, cut)| Span { since: at(*cut), runs: runs >> (index % 8) & 1 == 1 }).collect();
            let until = at(70 * 24 * HOUR);
            let whole = calendar.seconds(spans[0].since, until);
            let standing: Vec<Span> = spans.iter().map(|span| Span { runs: !span.runs, ..*span }).collect();
            prop_assert_eq!(elapsed(&calendar, &spans, until) + elapsed(&calendar, &standing, until), whole);
            // What falls due has been counted by then.
            let target = elapsed(&calendar, &spans, until);
            if let (Some(due), true) = (due(&calendar, &spans, target), target > 0) {
                prop_assert_eq!(elapsed(&calendar, &spans, due), target);
            }
        }
    }
}
