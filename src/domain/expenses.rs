//! Expenses that come again.

use chrono::{Datelike as _, Days, NaiveDate};

use super::contracts::end_of_term;

/// How often an expense comes again.
pub const RECURRENCES: &[&str] = &["weekly", "monthly", "quarterly", "yearly"];

/// Steps that are looked for: a weekly expense of two hundred years.
const MOST_STEPS: u32 = 10_400;

/// The first day after `after` on which an expense of the day `anchor` comes again: every seven days, or on the anchor's
/// day of the month, at the month's end where it has no such day. `None` beyond the calendar.
#[must_use]
pub fn next_due(anchor: NaiveDate, recurrence: &str, after: NaiveDate) -> Option<NaiveDate> {
    let months = match recurrence {
        "weekly" => 0,
        "monthly" => 1,
        "quarterly" => 3,
        "yearly" => 12,
        _ => return None,
    };
    // Always counted from the anchor: the 31st comes back after a short month.
    let occurrence = |step: u32| {
        if months == 0 {
            anchor.checked_add_days(Days::new(u64::from(step) * 7))
        } else {
            end_of_term(anchor, anchor.day(), step * months)
        }
    };
    (1..MOST_STEPS).map_while(occurrence).find(|day| *day > after)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_anchors_day_comes_back_after_a_short_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (anchor, recurrence, after, next) in [
            ("2026-01-31", "monthly", "2026-01-31", "2026-02-28"),
            ("2026-01-31", "monthly", "2026-02-28", "2026-03-31"),
            ("2026-01-31", "monthly", "2026-03-31", "2026-04-30"),
            ("2028-01-31", "monthly", "2028-01-31", "2028-02-29"),
            ("2026-11-30", "quarterly", "2026-11-30", "2027-02-28"),
            ("2026-11-30", "quarterly", "2027-02-28", "2027-05-30"),
            ("2028-02-29", "yearly", "2028-02-29", "2029-02-28"),
            ("2028-02-29", "yearly", "2031-02-28", "2032-02-29"),
            ("2026-12-28", "weekly", "2026-12-28", "2027-01-04"),
            ("2026-01-01", "monthly", "2026-05-15", "2026-06-01"),
        ] {
            assert_eq!(next_due(day(anchor), recurrence, day(after)), Some(day(next)), "{anchor} {recurrence} {after}");
        }
        assert_eq!(next_due(day("2026-01-01"), "hourly", day("2026-01-01")), None);
    }
}
