//! Amounts of money: exact decimals, never floating point.

use std::fmt;
use std::iter::Sum;
use std::ops::Neg;

/// An amount in ten-thousandths of the currency's unit. The currency stands beside it, in a field
/// of its own. Range: ±922 337 203 685 477.5807.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Digits behind the decimal point that [`Money`] keeps.
pub const SCALE: u32 = 4;
const ONE: i64 = 10_000;

impl Money {
    pub const ZERO: Self = Self(0);

    /// From ten-thousandths, as they stand in a database.
    #[must_use]
    pub const fn from_ten_thousandths(amount: i64) -> Self {
        Self(amount)
    }

    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// From text such as `49.90`, `-12.5` or `1000`.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse_decimal(text, SCALE).map(Self)
    }

    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The amount times a whole number; `None` beyond the range.
    #[must_use]
    pub const fn checked_mul(self, factor: i64) -> Option<Self> {
        match self.0.checked_mul(factor) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// Rounded half to even at the currency's minor unit (`minor_digits`, 0 to 4: 2 for USD, 0 for
    /// JPY, 3 for KWD), the rounding of IEEE 754 and of bankers; `None` beyond the range.
    #[must_use]
    pub fn round_to(self, minor_digits: u32) -> Option<Self> {
        let unit = 10_i64.pow(SCALE.saturating_sub(minor_digits));
        let (quotient, rest) = (self.0.div_euclid(unit), self.0.rem_euclid(unit));
        let up = rest * 2 > unit || (rest * 2 == unit && quotient % 2 != 0);
        quotient.checked_add(i64::from(up))?.checked_mul(unit).map(Self)
    }

    /// The part `numerator / denominator` of the amount, rounded half to even at the currency's minor unit, once;
    /// `None` for a denominator that is not positive, or beyond the range.
    #[must_use]
    pub fn share(self, numerator: i64, denominator: i64, minor_digits: u32) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let unit = i128::from(10_i64.pow(SCALE.saturating_sub(minor_digits)));
        let (product, whole) = (i128::from(self.0).checked_mul(i128::from(numerator))?, i128::from(denominator) * unit);
        let (quotient, rest) = (product.div_euclid(whole), product.rem_euclid(whole));
        let up = rest * 2 > whole || (rest * 2 == whole && quotient % 2 != 0);
        let units = quotient.checked_add(i128::from(up))?;
        i64::try_from(units.checked_mul(unit)?).ok().map(Self)
    }

    /// The amount in parts of these weights, each in whole minor units; what rounding leaves over goes to the parts
    /// that lost most, the earlier first, so that they add up to the amount. `None` where the weights add up to nothing
    /// or the amount is not whole itself.
    #[must_use]
    pub fn split(self, weights: &[u32], minor_digits: u32) -> Option<Vec<Self>> {
        let unit = i128::from(10_i64.pow(SCALE.saturating_sub(minor_digits)));
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        let (units, rest) = (i128::from(self.0) / unit, i128::from(self.0) % unit);
        if total == 0 || rest != 0 {
            return None;
        }
        let mut parts: Vec<(i128, i128)> = weights
            .iter()
            .map(|weight| (units * i128::from(*weight) / total, units.abs() * i128::from(*weight) % total))
            .collect();
        let over = units - parts.iter().map(|(part, _)| part).sum::<i128>();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(parts[*index].1));
        for index in order.into_iter().take(usize::try_from(over.abs()).ok()?) {
            parts[index].0 += over.signum();
        }
        parts.into_iter().map(|(part, _)| i64::try_from(part * unit).ok().map(Self)).collect()
    }

    /// As people write it: at least two digits behind the point, more only where they say something.
    #[must_use]
    pub fn plain(self) -> String {
        format_decimal(self.0, SCALE, 2)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Money {
    /// Saturates at the ends of the range: no sum of real amounts reaches them.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| Self(sum.0.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.plain())
    }
}

/// How many digits a currency's minor unit has, by ISO 4217; 2 for a code not named there as
/// different.
#[must_use]
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// Whether an amount is in whole minor units of a currency.
#[must_use]
pub fn is_whole(amount: Money, currency: &str) -> bool {
    amount.round_to(minor_digits(currency)) == Some(amount)
}

/// Whether an amount can be paid in a currency.
///
/// # Errors
/// How many digits behind the point that has.
pub fn check_digits(amount: Money, currency: &str) -> Result<(), String> {
    if is_whole(amount, currency) {
        return Ok(());
    }
    Err(format!("has more than the {} digits that {currency} has", minor_digits(currency)))
}

/// The codes that ISO 4217 lists as of 2026, without those for tests and for no currency.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
    CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK \
    LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR \
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL \
    THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XCD XCG \
    XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW ZWG";

/// Whether the text is the code of a currency by ISO 4217.
#[must_use]
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && CURRENCIES.split(' ').any(|code| code == text)
}

/// A decimal number as a count of its smallest unit, `scale` digits behind the point.
pub(crate) fn parse_decimal(text: &str, scale: u32) -> Result<i64, String> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !is_number(whole) || !is_number(fraction) {
        return Err(format!("‘{trimmed}’ is not a decimal number such as 49.90"));
    }
    let significant = fraction.trim_end_matches('0');
    if significant.len() > scale as usize {
        return Err(format!("‘{trimmed}’ has more than {scale} digits behind the point"));
    }
    let padded = format!("{whole}{significant:0<width$}", width = scale as usize);
    let amount: i64 = padded.parse().map_err(|_| format!("‘{trimmed}’ is too large"))?;
    Ok(if negative { -amount } else { amount })
}

/// The inverse of [`parse_decimal`], with at least `least` digits behind the point.
pub(crate) fn format_decimal(amount: i64, scale: u32, least: usize) -> String {
    let one = 10_u64.pow(scale);
    let size = amount.unsigned_abs();
    let mut fraction = format!("{:0width$}", size % one, width = scale as usize);
    while fraction.len() > least && fraction.ends_with('0') {
        fraction.pop();
    }
    let sign = if amount < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", size / one)
}

const _: () = assert!(ONE == 10_i64.pow(SCALE));

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_decimals() {
        for (text, amount, plain) in [
            ("49.90", 499_000, "49.90"),
            ("-12.5", -125_000, "-12.50"),
            ("1000", 10_000_000, "1000.00"),
            (".5", 5_000, "0.50"),
            ("0.0001", 1, "0.0001"),
            ("+3.", 30_000, "3.00"),
            ("1.50000", 15_000, "1.50"),
        ] {
            let money = Money::parse(text).unwrap();
            assert_eq!((money.ten_thousandths(), money.plain().as_str()), (amount, plain), "{text}");
        }
        for text in ["", ".", "-", "1,5", "1e3", "1.00001", "99999999999999999999", "١"] {
            assert!(Money::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rounds_half_to_even() {
        for (amount, digits, rounded) in [
            (12_350, 2, 12_400),
            (12_450, 2, 12_400),
            (12_450, 3, 12_450),
            (-12_450, 2, -12_400),
            (-12_350, 2, -12_400),
            (15_000, 0, 20_000),
            (25_000, 0, 20_000),
            (12_451, 2, 12_500),
        ] {
            assert_eq!(Money(amount).round_to(digits), Some(Money(rounded)), "{amount} at {digits}");
        }
        assert_eq!(Money(i64::MAX).round_to(0), None);
    }

    #[test]
    fn a_share_is_rounded_once_half_to_even() {
        for (amount, numerator, denominator, currency, share) in [
            ("24.95", 9, 31, "USD", "7.24"),
            ("0.05", 1, 2, "USD", "0.02"),
            ("0.15", 1, 2, "USD", "0.08"),
            ("-0.05", 1, 2, "USD", "-0.02"),
            ("100", 1, 3, "JPY", "33"),
            ("10", 1, 3, "BHD", "3.333"),
            ("10", 0, 3, "USD", "0"),
        ] {
            let found = Money::parse(amount).unwrap().share(numerator, denominator, minor_digits(currency));
            assert_eq!(found, Some(Money::parse(share).unwrap()), "{amount} × {numerator}/{denominator} {currency}");
        }
        assert_eq!(Money(1).share(1, 0, 2), None);
        assert_eq!(Money(i64::MAX).share(3, 1, 4), None);
    }

    #[test]
    fn what_is_split_is_shared_out_to_the_last_unit() {
        let split = |amount: &str, weights: &[u32], currency: &str| -> Vec<String> {
            let parts = Money::parse(amount).unwrap().split(weights, minor_digits(currency)).unwrap();
            parts.iter().map(ToString::to_string).collect()
        };
        assert_eq!(split("10", &[1, 1, 1], "USD"), ["3.34", "3.33", "3.33"]);
        assert_eq!(split("-10", &[1, 1, 1], "USD"), ["-3.34", "-3.33", "-3.33"]);
        assert_eq!(split("100", &[1, 2], "JPY"), ["33.00", "67.00"]);
        assert_eq!(split("1", &[1, 1, 1, 1, 1, 1, 1], "BHD")[0], "0.143");
        assert_eq!(split("5", &[0, 1], "USD"), ["0.00", "5.00"]);
        assert_eq!(Money::parse("5").unwrap().split(&[0], 2), None);
        assert_eq!(Money::parse("0.001").unwrap().split(&[1], 2), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_no_unit_off(units in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_u32..1000, 1..20), digits in 0_u32..=4) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let unit = 10_i64.pow(SCALE - digits);
            let parts = Money(units * unit).split(&weights, digits).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), units * unit);
            let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(part.0) * i128::from(total) - i128::from(units) * i128::from(unit) * i128::from(*weight);
                prop_assert!(off.abs() <= i128::from(unit) * i128::from(total));
            }
        }

        #[test]
        fn what_is_written_is_read_back(amount in any::<i64>()) {
            prop_assume!(amount != i64::MIN);
            prop_assert_eq!(Money::parse(&Money(amount).plain()).unwrap(), Money(amount));
        }
    }
}
