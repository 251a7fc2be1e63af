//! What products cost: tiers by quantity, terms of months, discounts. Exact until a line is rounded.

use super::money::{SCALE, minor_digits};
use super::{Money, Percent};

/// How tiers price a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// The tier that holds the quantity prices all of it.
    Volume,
    /// Each tier prices the part of the quantity inside it.
    Graduated,
}

impl Pricing {
    /// The word in the database.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "volume" => Some(Self::Volume),
            "graduated" => Some(Self::Graduated),
            _ => None,
        }
    }
}

/// What a tier's price is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Month,
    Year,
}

impl Period {
    /// The word in the database.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "month" => Some(Self::Month),
            "year" => Some(Self::Year),
            _ => None,
        }
    }

    const fn months(self) -> i64 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
        }
    }
}

/// A price from one quantity to another, both inclusive; without an end where `max` is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    pub min: i64,
    pub max: Option<i64>,
    pub price: Money,
}

impl Tier {
    /// `1–100`, `from 101`.
    #[must_use]
    pub fn range(min: i64, max: Option<i64>) -> String {
        max.map_or_else(|| format!("from {min}"), |max| format!("{min}–{max}"))
    }

    fn holds(&self, quantity: i64) -> bool {
        self.min <= quantity && self.max.is_none_or(|max| quantity <= max)
    }

    /// How many of a quantity lie inside it.
    fn inside(&self, quantity: i64) -> i64 {
        let end = self.max.map_or(quantity, |max| max.min(quantity));
        (end - self.min.max(1) + 1).max(0)
    }
}

/// Tiers of one product, period and currency cover the quantities from 0 or 1 on, each once. They are given in the order
/// of their quantities.
///
/// # Errors
/// Where they leave a gap, overlap or begin elsewhere.
pub fn check_tiers(tiers: &[Tier]) -> Result<(), String> {
    let Some(first) = tiers.first() else { return Ok(()) };
    if first.min > 1 {
        return Err(format!(
            "no tier covers the quantities from 1 to {}: the first one begins at 0 or 1",
            first.min - 1
        ));
    }
    for pair in tiers.windows(2) {
        let (tier, next) = (pair[0], pair[1]);
        let told = Tier::range(tier.min, tier.max);
        match tier.max.map(|max| max + 1) {
            None => return Err(format!("the tier {told} has no end: none begins behind it")),
            Some(wanted) if next.min < wanted => {
                return Err(format!(
                    "the tier {} overlaps {told}: it begins at {wanted}",
                    Tier::range(next.min, next.max)
                ));
            }
            Some(wanted) if next.min > wanted => {
                return Err(format!("no tier covers the quantities from {wanted} to {}", next.min - 1));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What a quantity costs for one of the tiers' periods.
///
/// # Errors
/// Where no tier covers the quantity, or the amount is beyond the range of money.
pub fn amount(pricing: Pricing, tiers: &[Tier], quantity: i64) -> Result<Money, String> {
    let too_much = || format!("{quantity} cost more than can be counted");
    let Some(own) = tiers.iter().find(|tier| tier.holds(quantity)) else {
        return Err(if tiers.is_empty() {
            "there are no prices for it".to_owned()
        } else {
            format!("no price covers a quantity of {quantity}")
        });
    };
    match pricing {
        Pricing::Volume => own.price.checked_mul(quantity).ok_or_else(too_much),
        Pricing::Graduated => tiers.iter().try_fold(Money::ZERO, |sum, tier| {
            tier.price.checked_mul(tier.inside(quantity)).and_then(|part| sum.checked_add(part)).ok_or_else(too_much)
        }),
    }
}

/// One line of an order in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// For one of the tiers' periods; of a graduated price the quotient, to ten-thousandths.
    pub unit_price: Money,
    /// Before the discount, rounded to the currency's minor unit.
    pub subtotal: Money,
    /// A share of the rounded subtotal, rounded itself, so that the line adds up as it is shown.
    pub discount: Money,
    pub total: Money,
}

/// Works out a line: the quantity's price over a term of months, less a discount. Everything is exact until the line
/// rounds, half to even.
///
/// # Errors
/// Where no tier covers the quantity, or an amount is beyond the range of money.
pub fn line(
    (pricing, period, tiers): (Pricing, Period, &[Tier]),
    quantity: i64,
    months: i64,
    discount: Percent,
    currency: &str,
) -> Result<Line, String> {
    let digits = minor_digits(currency);
    let too_much = || format!("{quantity} over {months} months cost more than can be counted");
    let amount = amount(pricing, tiers, quantity)?;
    let unit_price = amount.share(1, quantity, SCALE).ok_or_else(too_much)?;
    let subtotal = amount.share(months, period.months(), digits).ok_or_else(too_much)?;
    let discount = subtotal.share(i64::from(discount.hundredths()), 10_000, digits).ok_or_else(too_much)?;
    let total = subtotal.checked_sub(discount).ok_or_else(too_much)?;
    Ok(Line { unit_price, subtotal, discount, total })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn tier(min: i64, max: Option<i64>, price: &str) -> Tier {
        Tier { min, max, price: money(price) }
    }

    fn three() -> [Tier; 3] {
        [tier(0, Some(1_000), "0.10"), tier(1_001, Some(10_000), "0.05"), tier(10_001, None, "0.01")]
    }

    #[test]
    fn volume_and_graduated_differ_a_lot() {
        for (quantity, volume, graduated) in [
            (15_000, "150", "600"),
            (1_000, "100", "100"),
            (1_001, "50.05", "100.05"),
            (10_000, "500", "550"),
            (10_001, "100.01", "550.01"),
            (1, "0.10", "0.10"),
        ] {
            assert_eq!(amount(Pricing::Volume, &three(), quantity), Ok(money(volume)), "{quantity}");
            assert_eq!(amount(Pricing::Graduated, &three(), quantity), Ok(money(graduated)), "{quantity}");
        }
        let closed = [tier(1, Some(10), "5")];
        assert_eq!(amount(Pricing::Volume, &closed, 11), Err("no price covers a quantity of 11".into()));
        assert_eq!(amount(Pricing::Volume, &[], 1), Err("there are no prices for it".into()));
        assert_eq!(amount(Pricing::Graduated, &closed, 10), Ok(money("50")));
    }

    #[test]
    fn tiers_leave_no_gap_and_do_not_overlap() {
        let refused = |tiers: &[Tier]| check_tiers(tiers).unwrap_err();
        assert_eq!(check_tiers(&three()), Ok(()));
        assert_eq!(check_tiers(&[]), Ok(()));
        assert_eq!(
            refused(&[tier(2, None, "1")]),
            "no tier covers the quantities from 1 to 1: the first one begins at 0 or 1"
        );
        assert_eq!(
            refused(&[tier(1, Some(10), "1"), tier(12, None, "1")]),
            "no tier covers the quantities from 11 to 11"
        );
        assert_eq!(
            refused(&[tier(1, Some(10), "1"), tier(10, None, "1")]),
            "the tier from 10 overlaps 1–10: it begins at 11"
        );
        assert_eq!(
            refused(&[tier(1, None, "1"), tier(10, None, "1")]),
            "the tier from 1 has no end: none begins behind it"
        );
    }

    #[test]
    fn a_line_rounds_once_half_to_even() {
        let at = |price: &str, period, quantity, months, discount: &str, currency: &str| {
            let tiers = [tier(1, None, price)];
            let discount = Percent::parse(discount).unwrap();
            let line = line((Pricing::Volume, period, &tiers), quantity, months, discount, currency).unwrap();
            assert_eq!(line.subtotal.checked_sub(line.discount), Some(line.total));
            [line.subtotal, line.discount, line.total].map(|money| money.plain())
        };
        assert_eq!(at("49.90", Period::Month, 3, 12, "10", "USD"), ["1796.40", "179.64", "1616.76"]);
        // A year's price over seven months: 100 × 7 / 12 = 58.333…
        assert_eq!(at("100", Period::Year, 1, 7, "0", "USD"), ["58.33", "0.00", "58.33"]);
        assert_eq!(at("100", Period::Year, 1, 12, "0", "USD"), ["100.00", "0.00", "100.00"]);
        // 0.01 × 6 / 12 = 0.005 and 0.03 × 6 / 12 = 0.015: to the even one.
        assert_eq!(at("0.01", Period::Year, 1, 6, "0", "USD"), ["0.00", "0.00", "0.00"]);
        assert_eq!(at("0.03", Period::Year, 1, 6, "0", "USD"), ["0.02", "0.00", "0.02"]);
        // Kept exact until the line rounds: a third of a cent, three times, is a cent.
        assert_eq!(at("0.04", Period::Year, 1, 3, "0", "USD"), ["0.01", "0.00", "0.01"]);
        assert_eq!(at("33.3333", Period::Month, 1, 1, "12.5", "USD"), ["33.33", "4.17", "29.16"]);
        assert_eq!(at("100", Period::Month, 1, 1, "33.33", "JPY"), ["100.00", "33.00", "67.00"]);
        assert_eq!(at("1.0005", Period::Month, 1, 1, "0", "KWD"), ["1.00", "0.00", "1.00"]);
        assert_eq!(at("10", Period::Month, 1, 1, "100", "USD"), ["10.00", "10.00", "0.00"]);
    }

    #[test]
    fn a_graduated_unit_price_is_the_quotient() {
        let line = line((Pricing::Graduated, Period::Month, &three()), 15_000, 12, Percent::ZERO, "USD").unwrap();
        assert_eq!((line.unit_price, line.subtotal), (money("0.04"), money("7200")));
        let third = [tier(1, Some(2), "1"), tier(3, None, "0.5")];
        let line = super::line((Pricing::Graduated, Period::Month, &third), 3, 1, Percent::ZERO, "USD").unwrap();
        // 2.5 / 3: the quotient is rounded, the line is not worked out from it.
        assert_eq!((line.unit_price, line.subtotal), (money("0.8333"), money("2.5")));
        let much = [tier(1, None, "900000000000000")];
        assert!(super::line((Pricing::Volume, Period::Month, &much), 1, 12, Percent::ZERO, "USD").is_err());
    }

    proptest! {
        #[test]
        fn graduated_is_the_price_of_each_unit_added_up(
            ends in proptest::collection::btree_set(2_i64..60, 1..4),
            prices in proptest::collection::vec(1_i64..1_000_000, 5),
            quantity in 1_i64..80,
        ) {
            let mut tiers = Vec::new();
            let mut min = 1;
            for (end, price) in ends.iter().zip(&prices) {
                tiers.push(Tier { min, max: Some(*end), price: Money::from_ten_thousandths(*price) });
                min = end + 1;
            }
            tiers.push(Tier { min, max: None, price: Money::from_ten_thousandths(prices[4]) });
            prop_assert_eq!(check_tiers(&tiers), Ok(()));
            let of_each: i64 = (1..=quantity)
                .map(|unit| tiers.iter().find(|tier| tier.holds(unit)).unwrap().price.ten_thousandths())
                .sum();
            prop_assert_eq!(amount(Pricing::Graduated, &tiers, quantity).unwrap().ten_thousandths(), of_each);
            let own = tiers.iter().find(|tier| tier.holds(quantity)).unwrap().price;
            prop_assert_eq!(amount(Pricing::Volume, &tiers, quantity).unwrap(), own.checked_mul(quantity).unwrap());
        }

        #[test]
        fn a_line_is_never_off_by_more_than_half_a_minor_unit(
            price in 1_i64..100_000_000, quantity in 1_i64..10_000, months in 1_i64..120, discount in 0_i32..=10_000,
        ) {
            let tiers = [Tier { min: 1, max: None, price: Money::from_ten_thousandths(price) }];
            let discount = Percent::from_hundredths(discount).unwrap();
            let line = line((Pricing::Volume, Period::Year, &tiers), quantity, months, discount, "USD").unwrap();
            let exact = i128::from(price) * i128::from(quantity) * i128::from(months);
            prop_assert!((i128::from(line.subtotal.ten_thousandths()) * 12 - exact).abs() <= 12 * 50);
            prop_assert_eq!(line.subtotal.ten_thousandths() % 100, 0);
            prop_assert_eq!(line.discount.ten_thousandths() % 100, 0);
            prop_assert!(line.discount <= line.subtotal);
            prop_assert_eq!(line.discount.checked_add(line.total), Some(line.subtotal));
        }
    }
}
