//! Times in filters: spans from now, days of the person's own, moments.

use chrono::{Days, NaiveDate, TimeDelta};

use super::resolve::Test;
use super::tree::How;
use crate::domain::Value;
use crate::domain::text;
use crate::domain::time::{self, Instant, Span};
use crate::domain::value::Locale;

/// What a written time stands for.
enum Moment {
    /// So far from now, `now` itself included.
    Relative(Instant),
    Exact(Instant),
    /// From the first up to, not with, the second: a day, or a minute that is written as one.
    Stretch(Instant, Instant),
}

/// The test of a field that holds moments.
///
/// # Errors
/// That the text is no time, or cannot be compared like this.
pub(super) fn instant_test(how: How, written: &str, locale: Locale) -> Result<Test, String> {
    Ok(match (how, read(written, locale)?) {
        (How::Below, Moment::Relative(at) | Moment::Exact(at) | Moment::Stretch(at, _)) => {
            Test::Below(Value::Instant(at))
        }
        (How::AtLeast, Moment::Relative(at) | Moment::Exact(at) | Moment::Stretch(at, _)) => {
            Test::AtLeast(Value::Instant(at))
        }
        (How::Above, Moment::Relative(at) | Moment::Exact(at)) => Test::Above(Value::Instant(at)),
        (How::AtMost, Moment::Relative(at) | Moment::Exact(at)) => Test::AtMost(Value::Instant(at)),
        (How::Above, Moment::Stretch(_, until)) => Test::AtLeast(Value::Instant(until)),
        (How::AtMost, Moment::Stretch(_, until)) => Test::Below(Value::Instant(until)),
        (How::Like | How::Exactly | How::Pattern, Moment::Exact(at)) => Test::Equals(Value::Instant(at)),
        (How::Like | How::Exactly | How::Pattern, Moment::Stretch(from, until)) => {
            Test::Between(Value::Instant(from), Value::Instant(until))
        }
        // Nothing ever equals it: it would be a filter that silently finds nothing.
        (How::Like | How::Exactly | How::Pattern, Moment::Relative(_)) => {
            let shown = text::clean(written.trim());
            return Err(format!("‘{shown}’ is one instant: compare it with < or >, or name a day such as today"));
        }
    })
}

/// The day that a field of days is compared with.
///
/// # Errors
/// That the text is no day.
pub(super) fn date(written: &str, locale: Locale) -> Result<NaiveDate, String> {
    let day = if written.trim() == "now" { "today".into() } else { signed(written.trim()) };
    time::parse_date(&day, locale.zone, locale.now)
        .map_err(|_| format!("‘{}’ is not a date such as 2026-11-20, today or 7d", text::clean(written.trim())))
}

fn read(written: &str, locale: Locale) -> Result<Moment, String> {
    let Locale { zone, now, .. } = locale;
    let written = written.trim();
    let wrong = || {
        let shown = text::clean(written);
        format!("‘{shown}’ is not a time such as 2026-11-20, \"2026-11-20 14:00\", today, 7d or -2h")
    };
    let signed = signed(written);
    let instant = || time::parse_instant(&signed, zone, now).map_err(|_| wrong());
    if written == "now" || signed.starts_with(['+', '-']) {
        return instant().map(Moment::Relative);
    }
    if let Ok(day) = time::parse_date(written, zone, now) {
        return day_at(day, locale).ok_or_else(wrong);
    }
    let at = instant()?;
    // What is written (and shown) to the minute means that minute.
    let to_the_minute = written.matches(':').count() == 1;
    match at.checked_add_signed(TimeDelta::minutes(1)) {
        Some(until) if to_the_minute => Ok(Moment::Stretch(at, until)),
        _ => Ok(Moment::Exact(at)),
    }
}

/// A span without a sign lies ahead.
fn signed(written: &str) -> String {
    if Span::parse(written).is_ok() { format!("+{written}") } else { written.into() }
}

/// From one midnight to the next in the person's zone, which summer time makes 23 or 25 hours of.
fn day_at(day: NaiveDate, locale: Locale) -> Option<Moment> {
    let from = time::start_of(locale.zone, day)?;
    // A zone that crosses the date line leaves a whole day out: then the one after it is the next.
    let until = (1..=2).find_map(|ahead| time::start_of(locale.zone, day.checked_add_days(Days::new(ahead))?))?;
    Some(Moment::Stretch(from, until))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono_tz::Tz;

    fn at(text: &str) -> Value {
        Value::Instant(text.parse().unwrap())
    }

    fn locale(zone: Tz) -> Locale {
        Locale { zone, now: "2026-11-20T11:00:00Z".parse().unwrap(), manner: Default::default() }
    }

    fn test(zone: Tz, how: How, written: &str) -> Test {
        instant_test(how, written, locale(zone)).unwrap()
    }

    #[test]
    fn a_bare_date_is_the_persons_own_day() {
        let nairobi = chrono_tz::Africa::Nairobi;
        let (midnight, next) = (at("2026-11-19T21:00:00Z"), at("2026-11-20T21:00:00Z"));
        for day in ["2026-11-20", "today", " today "] {
            for (how, expected) in [
                (How::Like, Test::Between(midnight.clone(), next.clone())),
                (How::Exactly, Test::Between(midnight.clone(), next.clone())),
                (How::Below, Test::Below(midnight.clone())),
                (How::AtLeast, Test::AtLeast(midnight.clone())),
                (How::Above, Test::AtLeast(next.clone())),
                (How::AtMost, Test::Below(next.clone())),
            ] {
                assert_eq!(test(nairobi, how, day), expected, "{how:?} {day}");
            }
        }
    }

    #[test]
    fn spans_count_from_now() {
        let nairobi = chrono_tz::Africa::Nairobi;
        for (how, written, expected) in [
            (How::Below, "7d", Test::Below(at("2026-11-27T11:00:00Z"))),
            (How::Below, "+7d", Test::Below(at("2026-11-27T11:00:00Z"))),
            (How::Above, "-2h", Test::Above(at("2026-11-20T09:00:00Z"))),
            (How::AtMost, "now", Test::AtMost(at("2026-11-20T11:00:00Z"))),
            (How::AtLeast, "1mo", Test::AtLeast(at("2026-12-20T11:00:00Z"))),
        ] {
            assert_eq!(test(nairobi, how, written), expected, "{written}");
        }
        for written in ["7d", "-2h", "now"] {
            assert!(instant_test(How::Like, written, locale(nairobi)).unwrap_err().contains("compare it with"));
        }
    }

    #[test]
    fn a_minute_is_a_minute_and_a_second_an_instant() {
        let nairobi = chrono_tz::Africa::Nairobi;
        let (from, until) = (at("2026-11-20T11:30:00Z"), at("2026-11-20T11:31:00Z"));
        for written in ["2026-11-20 14:30", "2026-11-20T14:30", "14:30"] {
            assert_eq!(test(nairobi, How::Like, written), Test::Between(from.clone(), until.clone()));
            assert_eq!(test(nairobi, How::Above, written), Test::AtLeast(until.clone()));
            assert_eq!(test(nairobi, How::AtLeast, written), Test::AtLeast(from.clone()));
        }
        assert_eq!(test(nairobi, How::Above, "2026-11-20T11:30:00Z"), Test::Above(from.clone()));
        assert_eq!(test(nairobi, How::Like, "2026-11-20T14:30:00+03:00"), Test::Equals(from));
    }

    #[test]
    fn days_are_as_long_as_the_zone_makes_them() {
        for (zone, day, from, until) in [
            // 25 hours, then 23.
            (chrono_tz::Europe::Berlin, "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            (chrono_tz::Europe::Berlin, "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            // The day begins at one o'clock: midnight was skipped.
            (chrono_tz::America::Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
            // The next day, 30 December, never was.
            (chrono_tz::Pacific::Apia, "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(test(zone, How::Like, day), Test::Between(at(from), at(until)), "{day}");
        }
        let berlin = Locale {
            zone: chrono_tz::Europe::Berlin,
            now: "2026-10-24T07:00:00Z".parse().unwrap(),
            manner: Default::default(),
        };
        // A day ahead is the same time of day, though 25 hours away.
        assert_eq!(instant_test(How::Below, "1d", berlin), Ok(Test::Below(at("2026-10-25T08:00:00Z"))));
        assert_eq!(instant_test(How::Below, "24h", berlin), Ok(Test::Below(at("2026-10-25T07:00:00Z"))));
    }

    #[test]
    fn dates_take_days_and_spans() {
        let nairobi = locale(chrono_tz::Africa::Nairobi);
        for (written, day) in
            [("2026-11-20", "2026-11-20"), ("7d", "2026-11-27"), ("-1w", "2026-11-13"), ("tomorrow", "2026-11-21")]
        {
            assert_eq!(date(written, nairobi), Ok(day.parse().unwrap()));
        }
        // Eleven in the evening in Nairobi: an hour ahead is tomorrow there.
        let late = Locale { now: "2026-11-20T20:30:00Z".parse().unwrap(), ..nairobi };
        assert_eq!(date("1h", late), Ok("2026-11-21".parse().unwrap()));
    }

    #[test]
    fn what_is_no_time_says_what_would_be() {
        for written in ["7", "soon", "2026-13-01", "2026-1-2", "99999999999d", "-", "1000000y"] {
            let told = instant_test(How::Below, written, locale(chrono_tz::UTC)).unwrap_err();
            assert!(told.starts_with(&format!("‘{written}’ is not a time such as")), "{told}");
        }
        assert!(date("14:00", locale(chrono_tz::UTC)).is_err());
    }
}
