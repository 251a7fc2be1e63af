//! Payments: their states, how money comes in, and where it goes.

use super::Money;
use super::lifecycle::{Lifecycle, Move};

/// pending → completed | failed; completed → refunded.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "payment",
    states: &["pending", "completed", "failed", "refunded"],
    initial: "pending",
    moves: &[
        Move { verb: "complete", from: &["pending"], to: "completed" },
        Move { verb: "fail", from: &["pending"], to: "failed" },
        Move { verb: "refund", from: &["completed"], to: "refunded" },
    ],
};

/// pending → completed | failed | expired. Money that comes after the time is still the customer's: what expired can be
/// completed.
pub const PENDING_LIFECYCLE: Lifecycle = Lifecycle {
    of: "pending payment",
    states: &["pending", "completed", "failed", "expired"],
    initial: "pending",
    moves: &[
        Move { verb: "complete", from: &["pending", "expired"], to: "completed" },
        Move { verb: "fail", from: &["pending"], to: "failed" },
        Move { verb: "expire", from: &["pending"], to: "expired" },
    ],
};

pub const METHODS: &[&str] = &["mpesa", "cash", "bank", "card", "wallet"];

/// How money comes in from outside: all but out of the wallet.
pub const OUTSIDE_METHODS: &[&str] = &["cash", "mpesa", "bank", "card"];

/// What the account is for that money of this kind arrives in.
#[must_use]
pub fn purpose(method: &str) -> &'static str {
    match method {
        "mpesa" => "mobile_money",
        "bank" | "card" => "bank",
        "wallet" => "wallets",
        _ => "cash",
    }
}

/// The kind of money that a gateway takes, by its provider's name.
#[must_use]
pub fn method_of(provider: &str) -> &'static str {
    let provider = provider.to_ascii_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| provider.contains(word));
    if named(&["card", "stripe", "paypal", "flutterwave", "paystack", "adyen"]) {
        "card"
    } else if named(&["bank", "iban", "sepa"]) {
        "bank"
    } else {
        "mpesa"
    }
}

/// What of an amount goes to what is owed on an invoice; the rest is what was paid too much.
#[must_use]
pub fn applied(amount: Money, owed: Money) -> Money {
    amount.min(owed).max(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_too_much_is_not_applied() {
        let money = Money::from_ten_thousandths;
        for (amount, owed, goes) in [(100, 100, 100), (40, 100, 40), (120, 100, 100), (50, 0, 0), (50, -10, 0)] {
            assert_eq!(applied(money(amount), money(owed)), money(goes), "{amount} on {owed}");
        }
    }

    #[test]
    fn every_method_has_its_account() {
        for method in METHODS {
            assert!(crate::domain::ledger::standard(purpose(method)).is_some(), "{method}");
        }
        assert_eq!(
            (method_of("Safaricom M-Pesa"), method_of("Stripe"), method_of("KCB bank")),
            ("mpesa", "card", "bank")
        );
    }
}
