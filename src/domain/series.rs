//! Bookings that come again: a part of RFC 5545's recurrence rules, by the wall clock of a zone.
//!
//! `FREQ=DAILY`, `FREQ=WEEKLY;BYDAY=MO,TH`, `FREQ=MONTHLY;BYMONTHDAY=31`, each with `INTERVAL`, and `COUNT` or
//! `UNTIL`. Nine o'clock stays nine o'clock when the clocks change; months that have no such day are skipped.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Weekday};
use chrono_tz::Tz;

use super::time::{Instant, at};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
    Day,
    /// On these days: bit 0 Monday to bit 6 Sunday; none: the day that it begins on.
    Week(u8),
    /// On this day of the month; none: the day that it begins on.
    Month(Option<u32>),
}

/// A recurrence rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    every: Every,
    interval: u32,
    count: Option<u32>,
    until: Option<NaiveDate>,
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shown = super::text::clean(text);
        let wrong = |what: &str| {
            format!(
                "‘{shown}’ {what}. Write FREQ=DAILY, FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=31, with INTERVAL=2, COUNT=10 or UNTIL=20261231 where wanted"
            )
        };
        let text = text.trim().to_ascii_uppercase();
        let mut parts = Vec::new();
        for part in text.strip_prefix("RRULE:").unwrap_or(&text).split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| wrong("is no rule"))?;
            if parts.iter().any(|(other, _)| *other == name) {
                return Err(wrong(&format!("says {name} twice")));
            }
            parts.push((name, value));
        }
        let value = |name: &str| parts.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        let number = |name: &str, most: u32| match value(name) {
            None => Ok(None),
            Some(text) => match text.parse::<u32>() {
                Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
                _ => Err(wrong(&format!("has a {name} that is not from 1 to {most}"))),
            },
        };
        let known = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY"];
        if let Some((name, _)) = parts.iter().find(|(name, _)| !known.contains(name)) {
            return Err(wrong(&format!("says {name}, which is not known here")));
        }
        let every = match value("FREQ") {
            Some("DAILY") => Every::Day,
            Some("WEEKLY") => Every::Week(days(value("BYDAY").unwrap_or("")).ok_or_else(|| wrong("names no days"))?),
            Some("MONTHLY") => Every::Month(number("BYMONTHDAY", 31)?),
            _ => return Err(wrong("does not say how often")),
        };
        if value("BYDAY").is_some() && !matches!(every, Every::Week(_)) {
            return Err(wrong("says BYDAY, which goes with FREQ=WEEKLY"));
        }
        if value("BYMONTHDAY").is_some() && !matches!(every, Every::Month(_)) {
            return Err(wrong("says BYMONTHDAY, which goes with FREQ=MONTHLY"));
        }
        let until = match value("UNTIL") {
            None => None,
            Some(day) => Some(day_of(day).ok_or_else(|| wrong("has an UNTIL that is no day such as 20261231"))?),
        };
        let count = number("COUNT", 10_000)?;
        if count.is_some() && until.is_some() {
            return Err(wrong("has both a COUNT and an UNTIL"));
        }
        Ok(Self { every, interval: number("INTERVAL", 1_000)?.unwrap_or(1), count, until })
    }
}

fn days(text: &str) -> Option<u8> {
    let named = text.split(',').filter(|day| !day.is_empty());
    named.map(|day| DAYS.iter().position(|name| *name == day)).try_fold(0, |set, day| Some(set | 1 << day?))
}

/// `20261231`, also where a time of day follows.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = text.split('T').next()?;
    if day.len() == 8 { NaiveDate::parse_from_str(day, "%Y%m%d").ok() } else { None }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.every {
            Every::Day => f.write_str("FREQ=DAILY")?,
            Every::Week(0) => f.write_str("FREQ=WEEKLY")?,
            Every::Week(set) => {
                let named: Vec<&str> =
                    DAYS.into_iter().enumerate().filter(|(day, _)| set >> day & 1 == 1).map(|(_, name)| name).collect();
                write!(f, "FREQ=WEEKLY;BYDAY={}", named.join(","))?;
            }
            Every::Month(None) => f.write_str("FREQ=MONTHLY")?,
            Every::Month(Some(day)) => write!(f, "FREQ=MONTHLY;BYMONTHDAY={day}")?,
        }
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if let Some(until) = self.until {
            write!(f, ";UNTIL={}", until.format("%Y%m%d"))?;
        }
        Ok(())
    }
}

impl Rule {
    /// Whether it ends by itself.
    #[must_use]
    pub const fn ends(&self) -> bool {
        self.count.is_some() || self.until.is_some()
    }

    /// The days on which something that begins on `first` comes, `last` included, and the moments of its wall clock
    /// in the zone. A day that is left out still counts towards `COUNT`.
    pub fn occurrences(
        self,
        first: NaiveDateTime,
        zone: Tz,
        last: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, Instant)> {
        let last = self.until.map_or(last, |until| until.min(last));
        let days = first.date().iter_days().take_while(move |day| *day <= last);
        days.filter(move |day| self.falls_on(first.date(), *day))
            .take(self.count.map_or(usize::MAX, |count| count as usize))
            .filter_map(move |day| Some((day, at(zone, day.and_time(first.time()))?)))
    }

    fn falls_on(self, first: NaiveDate, day: NaiveDate) -> bool {
        let step = i64::from(self.interval);
        match self.every {
            Every::Day => (day - first).num_days() % step == 0,
            Every::Week(set) => {
                let set = if set == 0 { 1 << first.weekday().num_days_from_monday() } else { set };
                let weeks = (monday_of(day) - monday_of(first)).num_days() / 7;
                weeks % step == 0 && set >> day.weekday().num_days_from_monday() & 1 == 1
            }
            Every::Month(on) => {
                let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
                (month(day) - month(first)) % step == 0 && day.day() == on.unwrap_or(first.day())
            }
        }
    }
}

fn monday_of(day: NaiveDate) -> NaiveDate {
    day.week(Weekday::Mon).first_day()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::{Days, Months};
    use proptest::prelude::*;

    use super::*;

    fn moments(rule: &str, first: &str, zone: &str, last: &str) -> Vec<String> {
        let rule: Rule = rule.parse().unwrap();
        let first = NaiveDateTime::parse_from_str(first, "%Y-%m-%d %H:%M").unwrap();
        let found = rule.occurrences(first, zone.parse().unwrap(), last.parse().unwrap());
        found.map(|(_, moment)| moment.format("%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn nine_stays_nine() {
        // Berlin goes back to winter time on 25 October 2026.
        assert_eq!(
            moments("FREQ=WEEKLY;BYDAY=MO,TH", "2026-10-19 09:00", "Europe/Berlin", "2026-10-30"),
            ["10-19 07:00", "10-22 07:00", "10-26 08:00", "10-29 08:00"]
        );
        assert_eq!(
            moments("FREQ=DAILY;INTERVAL=2;COUNT=3", "2026-03-28 09:00", "Europe/Berlin", "2026-12-31"),
            ["03-28 08:00", "03-30 07:00", "04-01 07:00"]
        );
    }

    #[test]
    fn months_without_the_day_are_skipped() {
        let found = moments("FREQ=MONTHLY", "2026-01-31 09:00", "UTC", "2026-08-31");
        assert_eq!(found, ["01-31 09:00", "03-31 09:00", "05-31 09:00", "07-31 09:00", "08-31 09:00"]);
        let found = moments("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=30", "2026-02-10 09:00", "UTC", "2026-12-31");
        assert_eq!(found, ["04-30 09:00", "06-30 09:00", "08-30 09:00", "10-30 09:00", "12-30 09:00"]);
    }

    #[test]
    fn every_second_week_is_counted_from_its_monday() {
        let found = moments("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-11-18 09:00", "UTC", "2026-12-20");
        assert_eq!(found, ["11-22 09:00", "11-30 09:00", "12-06 09:00", "12-14 09:00", "12-20 09:00"]);
        let found = moments("FREQ=WEEKLY;UNTIL=20261202T235959Z", "2026-11-18 09:00", "UTC", "2030-01-01");
        assert_eq!(found, ["11-18 09:00", "11-25 09:00", "12-02 09:00"]);
    }

    #[test]
    fn rules_as_text() {
        for rule in [
            "FREQ=DAILY",
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;BYDAY=MO,TH,SU;INTERVAL=2;COUNT=7",
            "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261231",
        ] {
            assert_eq!(rule.parse::<Rule>().unwrap().to_string(), rule);
            assert_eq!(format!("rrule:{}", rule.to_lowercase()).parse::<Rule>().unwrap().to_string(), rule);
        }
        for (rule, told) in [
            ("", "does not say how often"),
            ("FREQ=HOURLY", "does not say how often"),
            ("daily", "is no rule"),
            ("FREQ=DAILY;BYDAY=MO", "says BYDAY, which goes with FREQ=WEEKLY"),
            ("FREQ=WEEKLY;BYDAY=XX", "names no days"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "has a BYMONTHDAY that is not from 1 to 31"),
            ("FREQ=MONTHLY;BYSETPOS=1", "says BYSETPOS, which is not known here"),
            ("FREQ=DAILY;INTERVAL=0", "has a INTERVAL that is not from 1 to 1000"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "has both a COUNT and an UNTIL"),
            ("FREQ=DAILY;UNTIL=tomorrow", "has an UNTIL that is no day such as 20261231"),
            ("FREQ=DAILY;FREQ=WEEKLY", "says FREQ twice"),
        ] {
            let error = rule.parse::<Rule>().unwrap_err();
            assert!(error.contains(told), "{rule}: {error}");
        }
    }

    proptest! {
        // Against days reached by steps instead of days that are tried.
        #[test]
        fn the_same_days_by_steps(
            offset in 0u64..800, interval in 1u32..5, count in 1u32..30, set in 1u8..128, day in 1u32..32, kind in 0usize..3,
        ) {
            let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset);
            let last = first + Days::new(1_500);
            let named: Vec<&str> = (0..7).filter(|bit| set >> bit & 1 == 1).map(|bit| DAYS[bit]).collect();
            let (rule, steps): (String, Vec<NaiveDate>) = match kind {
                0 => ("FREQ=DAILY".into(), (0..).map(|n| first + Days::new(n * u64::from(interval))).take(3_000).collect()),
                1 => {
                    let monday = monday_of(first);
                    let weeks = (0..400).map(|n| monday + Days::new(7 * n * u64::from(interval)));
                    let days = weeks.flat_map(|week| (0..7).filter(|bit| set >> bit & 1 == 1).map(move |bit| week + Days::new(bit)));
                    (format!("FREQ=WEEKLY;BYDAY={}", named.join(",")), days.collect())
                }
                _ => {
                    let month = first.with_day(1).unwrap();
                    let months = (0..100).map(|n| month + Months::new(n * interval));
                    (format!("FREQ=MONTHLY;BYMONTHDAY={day}"), months.filter_map(|month| month.with_day(day)).collect())
                }
            };
            let rule: Rule = format!("{rule};INTERVAL={interval};COUNT={count}").parse().unwrap();
            let found: Vec<NaiveDate> = rule.occurrences(first.and_hms_opt(9, 0, 0).unwrap(), Tz::UTC, last).map(|(day, _)| day).collect();
            let wanted: Vec<NaiveDate> = steps.into_iter().filter(|day| *day >= first && *day <= last).take(count as usize).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
