//! Amounts of money: where it stands in which currency each is, and how fine it may be.

use super::entity::Change;
use crate::domain::Value;
use crate::domain::money::{check_digits, is_currency};

/// The field in which a record says its currency.
pub const CURRENCY: &str = "currency";

/// Where it stands in which currency an amount is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CurrencyFrom {
    /// In this field of the same record, or among what the operation asks for.
    Field(&'static str),
    /// In the record that this reference leads to.
    Reference(&'static str),
    /// In the record that the operation is done to.
    Record,
}

/// An amount of money: its currency, and how fine it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amount {
    pub currency: CurrencyFrom,
    /// A price by the piece, which may be finer than what can be paid: it is rounded where it is multiplied.
    pub by_the_piece: bool,
}

impl Amount {
    /// An amount that can be paid, with its currency beside it.
    pub(super) const PLAIN: Self = Self { currency: CurrencyFrom::Field(CURRENCY), by_the_piece: false };
}

/// What can be paid is no finer than its currency, where that stands beside it. What is no currency is told by the
/// record's own rules, and what was finer before stays until it is touched.
pub(super) fn check(change: &mut Change<'_>) {
    for field in change.entity.fields {
        let Some(Amount { currency: CurrencyFrom::Field(currency), by_the_piece: false }) = field.amount else {
            continue;
        };
        if !change.changes(field.name) && !change.changes(currency) {
            continue;
        }
        if let (Value::Money(amount), Value::Text(currency)) = (change.after(field.name), change.after(currency))
            && is_currency(currency)
            && let Err(why) = check_digits(*amount, currency)
        {
            change.problem(field.name, why);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::Kind;
    use crate::store::{Entity, Field, entities, operation};

    /// Whether it is known where the currency of an amount stands.
    fn is_known(amount: Amount, beside: &'static [Field], done_to: Option<&'static Entity>) -> bool {
        match amount.currency {
            CurrencyFrom::Field(name) => beside.iter().any(|field| field.name == name && field.kind == Kind::Text),
            CurrencyFrom::Reference(name) => {
                let reference = beside.iter().find(|field| field.name == name).and_then(|field| field.reference);
                reference.and_then(entities::find).is_some_and(|owner| owner.field(CURRENCY).is_some())
            }
            CurrencyFrom::Record => done_to.is_some_and(|record| record.field(CURRENCY).is_some()),
        }
    }

    #[test]
    fn every_amount_says_where_its_currency_stands() {
        let mut seen = 0;
        for entity in entities::all() {
            for field in entity.fields.iter().filter(|field| field.kind == Kind::Money) {
                seen += 1;
                assert!(is_known(field.amount.unwrap(), entity.fields, None), "{}.{}", entity.name, field.name);
            }
        }
        for operation in operation::all() {
            let done_to = operation.takes_records().then_some(operation.entity);
            for field in operation.asks.iter().filter(|field| field.kind == Kind::Money) {
                seen += 1;
                assert!(is_known(field.amount.unwrap(), operation.asks, done_to), "{}.{}", operation.name, field.name);
            }
        }
        assert!(seen > 40, "{seen}");
    }
}
