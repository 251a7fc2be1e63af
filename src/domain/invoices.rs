//! Invoices: their states, what their lines come to, and what a part of a period costs.

use chrono::NaiveDate;

use super::lifecycle::{Lifecycle, Move};
use super::money::minor_digits;
use super::{Money, Percent};

/// draft → pending → paid; pending → overdue by the clock → paid; draft, pending, overdue → cancelled.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "invoice",
    states: &["draft", "pending", "paid", "overdue", "cancelled"],
    initial: "draft",
    moves: &[
        Move { verb: "issue", from: &["draft"], to: "pending" },
        Move { verb: "pay", from: &["pending", "overdue"], to: "paid" },
        Move { verb: "mark_overdue", from: &["pending"], to: "overdue" },
        Move { verb: "cancel", from: &["draft", "pending", "overdue"], to: "cancelled" },
    ],
};

/// What invoices come to: each line rounded by itself, half to even at the currency's minor unit, and then added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub subtotal: Money,
    pub tax: Money,
    pub total: Money,
}

/// A line before tax; `None` beyond the range.
#[must_use]
pub fn line_total(quantity: i64, unit_price: Money, currency: &str) -> Option<Money> {
    unit_price.checked_mul(quantity)?.round_to(minor_digits(currency))
}

/// The tax on a line.
#[must_use]
pub fn line_tax(total: Money, tax: Percent, currency: &str) -> Option<Money> {
    total.share(i64::from(tax.hundredths()), 10_000, minor_digits(currency))
}

/// What lines come to, each given before tax with its rate; `None` beyond the range.
#[must_use]
pub fn totals(lines: &[(Money, Percent)], currency: &str) -> Option<Totals> {
    lines.iter().try_fold(Totals::default(), |sum, (line, rate)| {
        let tax = line_tax(*line, *rate, currency)?;
        Some(Totals {
            subtotal: sum.subtotal.checked_add(*line)?,
            tax: sum.tax.checked_add(tax)?,
            total: sum.total.checked_add(*line)?.checked_add(tax)?,
        })
    })
}

/// What a part of a billing period costs: the price by days used, of the days of that very period. Days are half-open:
/// the last one is not used. `None` where the part is not inside the period, or the period is empty.
#[must_use]
pub fn prorated(
    price: Money,
    used: (NaiveDate, NaiveDate),
    period: (NaiveDate, NaiveDate),
    currency: &str,
) -> Option<Money> {
    let inside = period.0 <= used.0 && used.0 <= used.1 && used.1 <= period.1;
    let (days, all) = ((used.1 - used.0).num_days(), (period.1 - period.0).num_days());
    if inside && all > 0 { price.share(days, all, minor_digits(currency)) } else { None }
}

/// What a change of price within a period comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// For the rest of the period at the new price.
    pub charge: Money,
    /// For the rest of the period at the old price, which was billed already.
    pub credit: Money,
}

/// What a change of price on a day of a billing period comes to.
#[must_use]
pub fn price_change(
    old: Money,
    new: Money,
    on: NaiveDate,
    period: (NaiveDate, NaiveDate),
    currency: &str,
) -> Option<PriceChange> {
    let rest = (on, period.1);
    Some(PriceChange { charge: prorated(new, rest, period, currency)?, credit: prorated(old, rest, period, currency)? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_part_of_a_period_costs_its_days() {
        // Kill Bill's catalogue examples: 24.95 a month, billed on the 25th.
        let (august, september) = ((day("2012-08-25"), day("2012-09-25")), (day("2012-09-25"), day("2012-10-25")));
        for (used, period, price) in [
            ((day("2012-09-16"), day("2012-09-25")), august, "7.24"),
            ((day("2012-09-17"), day("2012-09-25")), august, "6.44"),
            ((day("2012-09-30"), day("2012-10-25")), september, "20.79"),
            ((day("2012-09-25"), day("2012-10-17")), september, "18.30"),
            (september, september, "24.95"),
            ((day("2012-10-25"), day("2012-10-25")), september, "0"),
        ] {
            assert_eq!(prorated(money("24.95"), used, period, "USD"), Some(money(price)), "{used:?}");
        }
        let (start, end) = (day("2026-01-01"), day("2026-02-01"));
        assert_eq!(prorated(money("100"), (start, day("2026-01-02")), (start, end), "JPY"), Some(money("3")));
        assert_eq!(prorated(money("100"), (start, day("2026-01-02")), (start, end), "BHD"), Some(money("3.226")));
        assert_eq!(prorated(money("1"), (start, day("2026-02-02")), (start, end), "USD"), None);
        assert_eq!(prorated(money("1"), (start, start), (start, start), "USD"), None);
    }

    #[test]
    fn an_upgrade_half_way_charges_and_credits_half() {
        let period = (day("2026-04-01"), day("2026-05-01"));
        let change = price_change(money("20"), money("30"), day("2026-04-16"), period, "USD");
        assert_eq!(change, Some(PriceChange { charge: money("15"), credit: money("10") }));
    }

    #[test]
    fn lines_are_rounded_one_by_one_and_then_added_up() {
        let rate = Percent::parse("16").unwrap();
        let line = line_total(3, money("0.335"), "USD").unwrap();
        assert_eq!(line, money("1.00"));
        assert_eq!(line_tax(line, rate, "USD"), Some(money("0.16")));
        let found = totals(&[(money("10.03"), rate), (money("10.03"), rate), (money("5"), Percent::ZERO)], "USD");
        // 1.6048 is rounded on each line: 1.60 twice, not 3.21.
        assert_eq!(found, Some(Totals { subtotal: money("25.06"), tax: money("3.20"), total: money("28.26") }));
        assert_eq!(line_total(1, money("0.5"), "JPY"), Some(money("0")));
        assert_eq!(line_total(3, money("0.5"), "JPY"), Some(money("2")));
        assert_eq!(line_total(i64::MAX, money("2"), "USD"), None);
    }

    proptest! {
        /// However a period is cut in two, the parts cost what the whole does, to a unit.
        #[test]
        fn parts_of_a_period_cost_the_whole(cents in 0_i64..100_000_000, days in 1_i64..400, cut in 0_i64..400) {
            prop_assume!(cut <= days);
            let start = day("2026-01-01");
            let at = |days: i64| start + chrono::TimeDelta::days(days);
            let (price, period) = (Money::from_ten_thousandths(cents * 100), (start, at(days)));
            let first = prorated(price, (start, at(cut)), period, "USD").unwrap();
            let rest = prorated(price, (at(cut), at(days)), period, "USD").unwrap();
            let off = first.checked_add(rest).unwrap().checked_sub(price).unwrap().ten_thousandths();
            prop_assert!(off.abs() <= 100, "{off}");
        }
    }
}
