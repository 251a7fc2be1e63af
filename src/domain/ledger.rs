//! Double entry: what an entry in the journal must be, how it is reversed, and the accounts that a business begins with.

use super::Money;
use super::money::{is_whole, minor_digits};

/// One side of an entry: an amount on the left or on the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    pub debit: Money,
    pub credit: Money,
}

impl Side {
    /// The two amounts of an account as one side: their difference, on the side where it is positive; `None` where
    /// nothing is left, or beyond the range.
    #[must_use]
    pub fn net(debit: Money, credit: Money) -> Option<Self> {
        let difference = debit.checked_sub(credit)?;
        match difference.cmp(&Money::ZERO) {
            std::cmp::Ordering::Greater => Some(Self { debit: difference, credit: Money::ZERO }),
            std::cmp::Ordering::Less => Some(Self { debit: Money::ZERO, credit: Money::ZERO.checked_sub(difference)? }),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The side that takes this one back.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self { debit: self.credit, credit: self.debit }
    }
}

/// Whether an entry may stand in the journal: two sides at least, amounts in whole units of the currency, and the left
/// equal to the right.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(sides: &[Side], currency: &str) -> Result<(), String> {
    if sides.len() < 2 {
        return Err("an entry has two lines at least: what is debited and what is credited".into());
    }
    let mut difference = Money::ZERO;
    for side in sides {
        for amount in [side.debit, side.credit] {
            if !is_whole(amount, currency) {
                return Err(format!(
                    "{amount} {currency} has more than {} digits behind the point",
                    minor_digits(currency)
                ));
            }
        }
        difference = difference
            .checked_add(side.debit)
            .and_then(|sum| sum.checked_sub(side.credit))
            .ok_or("the amounts are too large")?;
    }
    match difference.cmp(&Money::ZERO) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(format!("debit is {difference} {currency} more than credit")),
        std::cmp::Ordering::Less => Err(format!("credit is {} {currency} more than debit", -difference)),
    }
}

/// An account that a business begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardAccount {
    /// What the program posts to it: `receivables`.
    pub purpose: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
}

const fn account(purpose: &'static str, code: &'static str, name: &'static str, kind: &'static str) -> StandardAccount {
    StandardAccount { purpose, code, name, kind }
}

pub const ACCOUNT_TYPES: &[&str] = &["asset", "liability", "equity", "revenue", "expense"];

/// The chart that is laid out when something is first posted. What an account is called may be changed later; the
/// program finds it by its code.
pub const CHART: &[StandardAccount] = &[
    account("cash", "1000", "Cash", "asset"),
    account("bank", "1010", "Bank", "asset"),
    account("mobile_money", "1020", "Mobile money", "asset"),
    account("receivables", "1200", "Receivables", "asset"),
    account("wallets", "2100", "Customer wallets", "liability"),
    account("tax", "2200", "Tax collected", "liability"),
    account("suspense", "2900", "Suspense", "liability"),
    account("revenue", "4000", "Revenue", "revenue"),
    account("expenses", "5000", "Expenses", "expense"),
];

/// The standard account for a purpose.
#[must_use]
pub fn standard(purpose: &str) -> Option<&'static StandardAccount> {
    CHART.iter().find(|account| account.purpose == purpose)
}

/// Reads an entry as people write it: a line for each side, `ACCOUNT debit 50.00` or `ACCOUNT credit 50.00`.
///
/// # Errors
/// The first line that says something else.
pub fn read_lines(text: &str) -> Result<Vec<(String, Side)>, String> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: &str| format!("line {}: {why}, as in: 1000 debit 50.00", index + 1);
        let words: Vec<&str> = line.split_whitespace().collect();
        let [account, side, amount] = words.as_slice() else {
            return Err(wrong("give the account's code, debit or credit, and an amount"));
        };
        let amount = Money::parse(amount).map_err(|why| wrong(&why))?;
        if amount <= Money::ZERO {
            return Err(wrong("the amount must be more than nothing"));
        }
        let side = match side.to_ascii_lowercase().as_str() {
            "debit" | "dr" => Side { debit: amount, credit: Money::ZERO },
            "credit" | "cr" => Side { debit: Money::ZERO, credit: amount },
            _ => return Err(wrong("the side is debit or credit")),
        };
        lines.push(((*account).to_owned(), side));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn side(debit: &str, credit: &str) -> Side {
        Side { debit: Money::parse(debit).unwrap(), credit: Money::parse(credit).unwrap() }
    }

    #[test]
    fn only_what_balances_in_whole_units_stands() {
        assert_eq!(check(&[side("10", "0"), side("0", "10")], "USD"), Ok(()));
        assert_eq!(check(&[side("10", "0"), side("0", "8.40"), side("0", "1.60")], "USD"), Ok(()));
        for (sides, currency, told) in [
            (vec![], "USD", "two lines at least"),
            (vec![side("1", "1")], "USD", "two lines at least"),
            (vec![side("10", "0"), side("0", "9.99")], "USD", "debit is 0.01 USD more"),
            (vec![side("9", "0"), side("0", "10")], "USD", "credit is 1.00 USD more"),
            (vec![side("0.001", "0"), side("0", "0.001")], "USD", "more than 2 digits"),
            (vec![side("0.5", "0"), side("0", "0.5")], "JPY", "more than 0 digits"),
        ] {
            let refused = check(&sides, currency).unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
        assert_eq!(check(&[side("0.001", "0"), side("0", "0.001")], "BHD"), Ok(()));
    }

    #[test]
    fn an_entry_is_read_line_by_line() {
        let lines = read_lines("1000 debit 50\n\n4000 CR 50.00\n").unwrap();
        assert_eq!(lines, [("1000".to_owned(), side("50", "0")), ("4000".to_owned(), side("0", "50"))]);
        for (text, told) in [
            ("1000 50", "line 1: give the account's code"),
            ("1000 debit 50\n4000 left 50", "line 2: the side is debit or credit"),
            ("1000 debit -1", "line 1: the amount must be more than nothing"),
            ("1000 debit x", "line 1: ‘x’ is not a decimal number"),
        ] {
            assert!(read_lines(text).unwrap_err().contains(told), "{text}");
        }
    }

    #[test]
    fn every_purpose_and_code_is_there_once() {
        for (index, account) in CHART.iter().enumerate() {
            assert!(ACCOUNT_TYPES.contains(&account.kind));
            assert!(CHART[..index].iter().all(|other| other.purpose != account.purpose && other.code < account.code));
        }
    }

    proptest! {
        /// Whatever amounts are entered: with the difference on the other side the entry balances, so does its mirror,
        /// and the two together leave nothing.
        #[test]
        fn an_entry_and_its_mirror_leave_nothing(cents in prop::collection::vec((any::<bool>(), 1_i64..1_000_000_000), 1..12)) {
            let mut sides: Vec<Side> = cents
                .iter()
                .map(|(left, cents)| {
                    let amount = Money::from_ten_thousandths(cents * 100);
                    if *left { Side { debit: amount, credit: Money::ZERO } } else { Side { debit: Money::ZERO, credit: amount } }
                })
                .collect();
            let (left, right): (Money, Money) = (sides.iter().map(|s| s.debit).sum(), sides.iter().map(|s| s.credit).sum());
            match Side::net(right, left) {
                Some(rest) => sides.push(rest),
                None => prop_assert_eq!(left, right),
            }
            if sides.len() >= 2 {
                prop_assert_eq!(check(&sides, "USD"), Ok(()));
                let mirrored: Vec<Side> = sides.iter().map(|side| side.mirrored()).collect();
                prop_assert_eq!(check(&mirrored, "USD"), Ok(()));
                for (side, back) in sides.iter().zip(&mirrored) {
                    let debit = side.debit.checked_add(back.debit).unwrap();
                    let credit = side.credit.checked_add(back.credit).unwrap();
                    prop_assert_eq!(Side::net(debit, credit), None);
                }
                // A smallest unit more on either side is refused.
                let last = sides.len() - 1;
                sides[last].debit = sides[last].debit.checked_add(Money::from_ten_thousandths(100)).unwrap();
                prop_assert!(check(&sides, "USD").is_err());
            }
        }
    }
}
