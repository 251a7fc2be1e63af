//! Contracts: their states, and terms of whole months that keep to the day they were counted from.

use chrono::{Datelike as _, Months, NaiveDate};

use super::Money;
use super::lifecycle::{Lifecycle, Move};
use super::money::minor_digits;

/// active → expired | cancelled | lost; active → upgraded | downgraded as its successor starts.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "contract",
    states: &["active", "lost", "upgraded", "downgraded", "expired", "cancelled"],
    initial: "active",
    moves: &[
        Move { verb: "expire", from: &["active"], to: "expired" },
        Move { verb: "cancel", from: &["active"], to: "cancelled" },
        Move { verb: "lose", from: &["active"], to: "lost" },
        Move { verb: "upgrade", from: &["active"], to: "upgraded" },
        Move { verb: "downgrade", from: &["active"], to: "downgraded" },
    ],
};

/// How a contract comes after another one.
pub const FOLLOWS_AS: &[&str] = &["renewal", "upgrade", "downgrade"];

/// The longest term, in months: a hundred years.
pub const LONGEST_TERM: i64 = 1_200;

/// The day `months` after `start`, on the anchor's day of the month, or on the month's last day where it has no such
/// day: a month after 31 January is the end of February, and two months after it are 31 March again. `None` beyond the
/// calendar.
#[must_use]
pub fn end_of_term(start: NaiveDate, anchor_day: u32, months: u32) -> Option<NaiveDate> {
    let month = start.with_day(1)?.checked_add_months(Months::new(months))?;
    // A day that the month does not have is its last one.
    (1..=anchor_day.clamp(1, 31)).rev().find_map(|day| month.with_day(day))
}

/// How many whole months lie between two days that are counted from an anchor's day; `None` where it is no whole number
/// of them.
#[must_use]
pub fn months_between(start: NaiveDate, end: NaiveDate, anchor_day: u32) -> Option<u32> {
    let month_of = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let months = u32::try_from(month_of(end) - month_of(start)).ok()?;
    (months > 0 && end_of_term(start, anchor_day, months) == Some(end)).then_some(months)
}

/// What a contract is worth over a term of another length at the same price a month, rounded half to even to the
/// currency's minor unit; `None` beyond the range of money.
#[must_use]
pub fn value_over(value: Money, months: u32, other_months: u32, currency: &str) -> Option<Money> {
    value.share(i64::from(other_months), i64::from(months), minor_digits(currency))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_end_where_the_month_ends_and_come_back_to_their_day() {
        for (start, anchor, months, end) in [
            ("2026-01-31", 31, 1, "2026-02-28"),
            ("2028-01-31", 31, 1, "2028-02-29"),
            ("2026-01-31", 31, 2, "2026-03-31"),
            ("2026-01-31", 31, 3, "2026-04-30"),
            ("2026-02-28", 31, 1, "2026-03-31"),
            ("2026-02-28", 28, 1, "2026-03-28"),
            ("2026-11-15", 15, 12, "2027-11-15"),
            ("2024-02-29", 29, 12, "2025-02-28"),
            ("2024-02-29", 29, 48, "2028-02-29"),
            ("2026-12-31", 31, 2, "2027-02-28"),
        ] {
            assert_eq!(end_of_term(day(start), anchor, months), Some(day(end)), "{start} + {months}");
            assert_eq!(months_between(day(start), day(end), anchor), Some(months), "{start} – {end}");
        }
        assert_eq!(months_between(day("2026-01-31"), day("2026-03-01"), 31), None);
        assert_eq!(months_between(day("2026-03-01"), day("2026-03-01"), 1), None);
        assert_eq!(end_of_term(NaiveDate::MAX, 31, 1), None);
    }

    #[test]
    fn the_price_a_month_stays() {
        let money = |text: &str| Money::parse(text).unwrap();
        for (value, months, other, currency, wanted) in [
            ("1200", 12, 24, "USD", "2400"),
            ("100", 12, 1, "USD", "8.33"),
            ("100", 3, 1, "JPY", "33"),
            ("0.05", 2, 1, "USD", "0.02"),
            ("0.07", 2, 1, "USD", "0.04"),
        ] {
            assert_eq!(
                value_over(money(value), months, other, currency),
                Some(money(wanted)),
                "{value} {other}/{months}"
            );
        }
        assert_eq!(value_over(Money::from_ten_thousandths(i64::MAX), 1, 2, "USD"), None);
    }

    proptest! {
        #[test]
        fn terms_one_after_another_are_one_long_term(days in 0_i64..40_000, first in 1_u32..60, second in 1_u32..60) {
            let start = day("1990-01-01") + chrono::TimeDelta::days(days);
            let anchor = start.day();
            let middle = end_of_term(start, anchor, first).unwrap();
            prop_assert!(middle > start);
            prop_assert_eq!(end_of_term(middle, anchor, second), end_of_term(start, anchor, first + second));
            prop_assert_eq!(months_between(start, middle, anchor), Some(first));
        }
    }
}
