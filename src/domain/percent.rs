//! Shares of a hundred and positions on the globe: exact decimals.

use std::fmt;

use super::money::{format_decimal, parse_decimal};

/// A percentage in hundredths of a percent, 0 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i32);

impl Percent {
    pub const ZERO: Self = Self(0);

    /// From hundredths of a percent, as they stand in a database; `None` outside 0 to 10 000.
    #[must_use]
    pub const fn from_hundredths(hundredths: i32) -> Option<Self> {
        if hundredths >= 0 && hundredths <= 10_000 { Some(Self(hundredths)) } else { None }
    }

    #[must_use]
    pub const fn hundredths(self) -> i32 {
        self.0
    }

    /// From text such as `12.5` or `12.5%`.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let amount = parse_decimal(text.trim().trim_end_matches('%'), 2)?;
        i32::try_from(amount)
            .ok()
            .and_then(Self::from_hundredths)
            .ok_or_else(|| format!("‘{}’ is not between 0 and 100", text.trim()))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_decimal(i64::from(self.0), 2, 0))
    }
}

/// A latitude or longitude in millionths of a degree (about 11 cm), −180 to 180.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees(i32);

impl Degrees {
    /// From millionths of a degree; `None` beyond ±180°.
    #[must_use]
    pub const fn from_millionths(millionths: i32) -> Option<Self> {
        if millionths >= -180_000_000 && millionths <= 180_000_000 { Some(Self(millionths)) } else { None }
    }

    #[must_use]
    pub const fn millionths(self) -> i32 {
        self.0
    }

    /// From text such as `-1.292066`.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let amount = parse_decimal(text, 6)?;
        i32::try_from(amount)
            .ok()
            .and_then(Self::from_millionths)
            .ok_or_else(|| format!("‘{}’ is not between -180 and 180", text.trim()))
    }
}

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_decimal(i64::from(self.0), 6, 1))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keeps_within_its_range() {
        assert_eq!(Percent::parse("12.5%").unwrap().hundredths(), 1_250);
        assert_eq!(Percent::parse("100").unwrap().to_string(), "100");
        assert_eq!(Percent::parse("7.25").unwrap().to_string(), "7.25");
        assert!(Percent::parse("100.01").is_err());
        assert!(Percent::parse("-1").is_err());
        assert_eq!(Degrees::parse("-1.292066").unwrap().to_string(), "-1.292066");
        assert!(Degrees::parse("180.000001").is_err());
    }
}
