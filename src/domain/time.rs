//! Times: UTC inside, the person's zone outside.

use chrono::{
    DateTime, Datelike as _, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
    Weekday,
};
use chrono_tz::Tz;

/// A moment, in UTC, to the microsecond (which is what both databases keep).
pub type Instant = DateTime<Utc>;

/// Now, cut to the microseconds that the databases keep, for the rooms that may ask the clock.
#[must_use]
pub fn to_micros(time: Instant) -> Instant {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

/// A span as people write it: `90s`, `30m`, `2h`, `7d`, `2w`, `3mo`, `1y`. Months and years are
/// calendar ones: a month after 31 January is the last day of February.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Exact(TimeDelta),
    Days(u64),
    Months(u32),
}

impl Span {
    /// Reads a number and a unit.
    ///
    /// # Errors
    /// That the text is no span, and what would be one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("‘{text}’ is not a span of time such as 30m, 2h, 7d, 2w, 3mo or 1y");
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = text.split_at(unit_at);
        let count: u32 = count.parse().map_err(|_| wrong())?;
        if count > 1_000_000 {
            return Err(wrong());
        }
        let exact = |unit: fn(i64) -> Option<TimeDelta>| unit(i64::from(count)).map(Self::Exact).ok_or_else(wrong);
        match unit {
            "s" => exact(TimeDelta::try_seconds),
            "m" | "min" => exact(TimeDelta::try_minutes),
            "h" => exact(TimeDelta::try_hours),
            "d" => Ok(Self::Days(u64::from(count))),
            "w" => Ok(Self::Days(u64::from(count) * 7)),
            "mo" => Ok(Self::Months(count)),
            "y" => count.checked_mul(12).map(Self::Months).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    /// The moment this much after (`back`: before) another, in the person's zone: a day later is the
    /// same time of day there, whatever summer time does. `None` beyond the calendar.
    #[must_use]
    pub fn from(self, time: Instant, zone: Tz, back: bool) -> Option<Instant> {
        let local = time.with_timezone(&zone).naive_local();
        let moved = match (self, back) {
            (Self::Exact(span), false) => return time.checked_add_signed(span),
            (Self::Exact(span), true) => return time.checked_sub_signed(span),
            (Self::Days(days), false) => local.checked_add_days(Days::new(days)),
            (Self::Days(days), true) => local.checked_sub_days(Days::new(days)),
            (Self::Months(months), false) => local.checked_add_months(Months::new(months)),
            (Self::Months(months), true) => local.checked_sub_months(Months::new(months)),
        };
        moved.and_then(|local| at(zone, local))
    }
}

/// The moment of a local time. An hour that occurs twice means its first occurrence; one that is
/// skipped means the moment the clocks were put forward to.
#[must_use]
pub fn at(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.with_timezone(&Utc)),
        LocalResult::None => {
            let shifted = local.checked_add_signed(TimeDelta::hours(1))?;
            zone.from_local_datetime(&shifted).earliest().map(|time| time.with_timezone(&Utc))
        }
    }
}

/// Midnight at the beginning of a day in a zone.
#[must_use]
pub fn start_of(zone: Tz, day: NaiveDate) -> Option<Instant> {
    at(zone, day.and_time(NaiveTime::MIN))
}

/// The person's own day at a moment.
#[must_use]
pub fn day_of(zone: Tz, time: Instant) -> NaiveDate {
    time.with_timezone(&zone).date_naive()
}

/// Reads a moment: RFC 3339, `2026-11-20 14:00`, `2026-11-20` (its midnight), `14:00` (today),
/// `tomorrow 9`, `tom 14:30`, `mon 9` (the next one), `+2d 9:00`, `now`, `today`, `tomorrow`, `yesterday`, `+3d`, `-2h`.
///
/// # Errors
/// That the text is no moment, and what would be one.
pub fn parse_instant(text: &str, zone: Tz, now: Instant) -> Result<Instant, String> {
    let text = text.trim();
    let wrong = || format!("‘{text}’ is not a time such as 2026-11-20 14:00, 2026-11-20, tomorrow 9:00 or +3d");
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(to_micros(time.with_timezone(&Utc)));
    }
    if text == "now" {
        return Ok(now);
    }
    if let Some((back, span)) = signed_span(text).filter(|(_, span)| !span.contains(' ')) {
        return Span::parse(span)?.from(now, zone, back).ok_or_else(wrong);
    }
    if let Some(day) = parse_day(text, zone, now) {
        return start_of(zone, day).ok_or_else(wrong);
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
            return at(zone, local).map(to_micros).ok_or_else(wrong);
        }
    }
    if let Ok(time) = NaiveTime::parse_from_str(text, "%H:%M") {
        return at(zone, day_of(zone, now).and_time(time)).ok_or_else(wrong);
    }
    if let Some((day, hour)) = text.split_once(' ')
        && let day = parse_day(day, zone, now).or_else(|| parse_date(day, zone, now).ok())
        && let (Some(day), Some(time)) = (day, parse_hour(hour.trim_start()))
    {
        return at(zone, day.and_time(time)).ok_or_else(wrong);
    }
    Err(wrong())
}

/// Reads a day: `2026-11-20`, `today`, `tomorrow`, `tom`, `mon` (the next one), `yesterday`, `+3d`, `-2w`.
///
/// # Errors
/// That the text is no day, and what would be one.
pub fn parse_date(text: &str, zone: Tz, now: Instant) -> Result<NaiveDate, String> {
    let text = text.trim();
    let wrong = || format!("‘{text}’ is not a date such as 2026-11-20, tomorrow or +3d");
    if let Some(day) = parse_day(text, zone, now) {
        return Ok(day);
    }
    let (back, span) = signed_span(text).ok_or_else(wrong)?;
    let time = Span::parse(span).map_err(|_| wrong())?.from(now, zone, back).ok_or_else(wrong)?;
    Ok(day_of(zone, time))
}

fn parse_day(text: &str, zone: Tz, now: Instant) -> Option<NaiveDate> {
    let today = day_of(zone, now);
    match text {
        "today" => Some(today),
        "tomorrow" | "tom" => today.succ_opt(),
        "yesterday" => today.pred_opt(),
        // chrono takes `2026-1-2` and years of any length too; a mistyped date must not pass.
        _ if text.len() == 10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
        // The next one, never this very day.
        _ => {
            let wanted: Weekday = text.parse().ok()?;
            let days = (wanted.days_since(today.weekday()) + 6) % 7 + 1;
            today.checked_add_days(Days::new(days.into()))
        }
    }
}

/// `9`, `14`, `9:30`: an hour of a day that is named before it.
fn parse_hour(text: &str) -> Option<NaiveTime> {
    let hour =
        || NaiveTime::from_hms_opt(text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?, 0, 0);
    NaiveTime::parse_from_str(text, "%H:%M").ok().or_else(hour)
}

fn signed_span(text: &str) -> Option<(bool, &str)> {
    text.strip_prefix('+').map(|span| (false, span)).or_else(|| text.strip_prefix('-').map(|span| (true, span)))
}

/// A moment as a person reads it, to the minute, in their zone.
#[must_use]
pub fn show(time: Instant, zone: Tz) -> String {
    time.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// A moment as files carry it: RFC 3339 in UTC, to the microsecond where it has any.
#[must_use]
pub fn write(time: Instant) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// How far a moment is away, in one unit: `2 d ago`, `in 3 h`, `now`.
#[must_use]
pub fn relative(time: Instant, now: Instant) -> String {
    let span = time - now;
    let seconds = span.num_seconds().unsigned_abs();
    let (count, unit) = match seconds {
        0..=4 => return "now".into(),
        5..=89 => (seconds, "s"),
        90..=5_399 => ((seconds + 30) / 60, "min"),
        5_400..=129_599 => ((seconds + 1_800) / 3_600, "h"),
        129_600..=63_071_999 => ((seconds + 43_200) / 86_400, "d"),
        _ => ((seconds + 15_768_000) / 31_536_000, "y"),
    };
    if span > TimeDelta::zero() { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

/// A zone by its IANA name.
///
/// # Errors
/// That no such zone is known.
pub fn parse_zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| format!("‘{name}’ is not a time zone such as Africa/Nairobi or UTC"))
}

/// The names of all zones.
#[must_use]
pub fn zones() -> Vec<&'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn utc(text: &str) -> Instant {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn reads_what_people_write_in_their_zone() {
        let now = utc("2026-11-20T11:02:31Z");
        let nairobi: Tz = "Africa/Nairobi".parse().unwrap();
        for (text, time) in [
            ("2026-11-20 14:00", "2026-11-20T11:00:00Z"),
            ("2026-11-20", "2026-11-19T21:00:00Z"),
            ("2026-11-20T14:00:00+01:00", "2026-11-20T13:00:00Z"),
            ("tomorrow", "2026-11-20T21:00:00Z"),
            ("tomorrow 9", "2026-11-21T06:00:00Z"),
            ("tomorrow 14:30", "2026-11-21T11:30:00Z"),
            ("tom 9", "2026-11-21T06:00:00Z"),
            // 2026-11-20 is a Friday.
            ("mon 9", "2026-11-23T06:00:00Z"),
            ("Friday 9", "2026-11-27T06:00:00Z"),
            ("sat", "2026-11-20T21:00:00Z"),
            ("+2d 9:00", "2026-11-22T06:00:00Z"),
            ("-1d 9", "2026-11-19T06:00:00Z"),
            ("today 08:00", "2026-11-20T05:00:00Z"),
            ("+3d", "2026-11-23T11:02:31Z"),
            ("-2h", "2026-11-20T09:02:31Z"),
            ("08:30", "2026-11-20T05:30:00Z"),
            ("now", "2026-11-20T11:02:31Z"),
        ] {
            assert_eq!(parse_instant(text, nairobi, now), Ok(utc(time)), "{text}");
        }
        for text in [
            "",
            "2026-13-01",
            "2026-1-2",
            "20.11.2026",
            "+3",
            "soon",
            "25:00",
            "tomorrow 25",
            "+2d 25",
            "+2d at 9",
            "mo 9",
            "tomorrow -1",
            "tomorrow +1",
            "tomorrow at 9",
            "noday 9",
            "+99999999999d",
        ] {
            assert!(parse_instant(text, nairobi, now).is_err(), "{text}");
        }
        assert_eq!(parse_date("+1mo", nairobi, utc("2026-01-31T10:00:00Z")), Ok("2026-02-28".parse().unwrap()));
    }

    #[test]
    fn summer_time_moves_nobody() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let before = utc("2026-10-24T07:00:00Z"); // 09:00 in summer time
        assert_eq!(Span::Days(1).from(before, berlin, false), Some(utc("2026-10-25T08:00:00Z")));
        assert_eq!(parse_instant("2026-03-29 02:30", berlin, before), Ok(utc("2026-03-29T01:30:00Z")));
        assert_eq!(parse_instant("2026-10-25 02:30", berlin, before), Ok(utc("2026-10-25T00:30:00Z")));
    }

    #[test]
    fn distances_are_told_in_one_unit() {
        let now = utc("2026-11-20T12:00:00Z");
        for (time, told) in [
            ("2026-11-20T12:00:02Z", "now"),
            ("2026-11-20T11:59:30Z", "30 s ago"),
            ("2026-11-20T14:00:00Z", "in 2 h"),
            ("2026-11-18T12:00:00Z", "2 d ago"),
            ("2030-11-20T12:00:00Z", "in 4 y"),
        ] {
            assert_eq!(relative(utc(time), now), told);
        }
    }
}
