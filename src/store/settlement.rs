//! How money moves when a payment comes in or goes back: the payment, its invoice, the wallet and the journal, in one
//! transaction.

use super::customers::CUSTOMERS;
use super::invoices::{INVOICES, amount};
use super::ledger::{Posting, post};
use super::payments::PAYMENTS;
use super::record::Record;
use super::wallets::{self, WalletLinks};
use super::workflow::Values;
use super::write::Writing;
use super::{Failure, Problem, StoreError, books};
use crate::domain::payments::{applied, purpose};
use crate::domain::{Id, Money, Value};

/// Where money goes that no invoice takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// To the customer's wallet, or where nobody is known, to the account for what is to be cleared up.
    Wallet,
    /// Something was sold for it.
    Revenue,
    /// It is not what was asked for: somebody must look at it.
    Suspense,
}

/// A payment as it comes in or is completed.
pub(super) enum Incoming<'a> {
    New(Values),
    Known(&'a Record),
}

/// What a payment comes to, worked out before anything is written.
struct Settled {
    customer: Option<Id>,
    invoice: Option<Record>,
    amount: Money,
    /// What of it goes to the invoice.
    applied: Money,
    method: String,
    currency: String,
}

/// Makes a payment and completes it, as one.
pub(super) fn receive(writing: &mut Writing<'_>, values: Values, reason: Option<&str>) -> Result<Id, StoreError> {
    settle(writing, Incoming::New(values), Vec::new(), Rest::Wallet, reason)
}

/// Completes a payment: it, the invoice, the wallet and the journal move in one transaction. Rows are locked from the
/// payment over the invoice to the customer, the journal's head last.
pub(super) fn settle(
    writing: &mut Writing<'_>,
    incoming: Incoming<'_>,
    more: Values,
    rest: Rest,
    reason: Option<&str>,
) -> Result<Id, StoreError> {
    let settled = work_out(writing, &incoming, rest)?;
    let mut values = more;
    values.push(("applied_amount", Value::Money(settled.applied)));
    let id = match incoming {
        Incoming::New(given) => {
            values.extend(given.into_iter().filter(|(_, value)| !value.is_empty()));
            values.push(("status", Value::text("completed")));
            if !values.iter().any(|(field, _)| *field == "received_at") {
                values.push(("received_at", Value::Instant(writing.now)));
            }
            writing.make(&PAYMENTS, values)?
        }
        Incoming::Known(payment) => {
            if payment.get("received_at").is_empty() && !values.iter().any(|(field, _)| *field == "received_at") {
                values.push(("received_at", Value::Instant(writing.now)));
            }
            writing.follow(payment, "complete", values, reason)?;
            payment.id
        }
    };
    if let Some(invoice) = &settled.invoice {
        pay_off(writing, invoice, settled.applied)?;
    }
    move_money(writing, id, &settled, rest)?;
    Ok(id)
}

fn work_out(writing: &mut Writing<'_>, incoming: &Incoming<'_>, rest: Rest) -> Result<Settled, StoreError> {
    let get = |field: &str, column: &str| match incoming {
        Incoming::New(values) => values.iter().find(|(name, _)| *name == field).map_or(Value::Null, |(_, v)| v.clone()),
        Incoming::Known(payment) => payment.get(column).clone(),
    };
    let Value::Money(amount) = get("amount", "amount") else {
        return Err(StoreError::failed(Failure::Invalid(vec![Problem::new("amount", "is required")])));
    };
    let invoice = match get("invoice", "invoice_id").as_id() {
        Some(id) => Some(writing.take(&INVOICES, id)?),
        None => None,
    };
    let customer = get("customer", "customer_id").as_id();
    let customer = customer.or_else(|| invoice.as_ref().and_then(|invoice| invoice.get("customer_id").as_id()));
    let method = get("method", "method").as_str().to_owned();
    let open = invoice.as_ref().filter(|invoice| matches!(invoice.get("status").as_str(), "pending" | "overdue"));
    let owed = open.map_or(Money::ZERO, |invoice| {
        self::amount(invoice, "total").checked_sub(self::amount(invoice, "amount_paid")).unwrap_or(Money::ZERO)
    });
    let applied = if rest == Rest::Suspense { Money::ZERO } else { applied(amount, owed) };
    let currency = get("currency", "currency").as_str().to_owned();
    if method == "wallet" {
        let customer = customer.ok_or_else(|| StoreError::refused("nobody's wallet is known to pay from"))?;
        if applied != amount {
            let told = format!("only {owed} {currency} are owed: a wallet pays no more than that");
            return Err(StoreError::invalid("amount", told));
        }
        require_balance(writing, customer, amount)?;
    }
    Ok(Settled { customer, invoice, amount, applied, method, currency })
}

/// What goes out of a wallet must be in it; the customer stays locked.
pub(super) fn require_balance(writing: &mut Writing<'_>, customer: Id, least: Money) -> Result<(), StoreError> {
    let customer = writing.take(&CUSTOMERS, customer)?;
    let balance = amount(&customer, "wallet_balance");
    if balance < least {
        let currency = customer.get("currency").as_str();
        return Err(StoreError::invalid("amount", format!("the wallet holds {balance} {currency}, not {least}")));
    }
    Ok(())
}

/// An invoice that is paid off is paid; one that something was paid on is another one than before.
fn pay_off(writing: &mut Writing<'_>, invoice: &Record, applied: Money) -> Result<(), StoreError> {
    if applied == Money::ZERO {
        return Ok(());
    }
    let paid = amount(invoice, "amount_paid").checked_add(applied);
    if paid == Some(amount(invoice, "total")) {
        return writing.follow(invoice, "pay", vec![("paid_at", Value::Instant(writing.now))], None);
    }
    writing.touch(&INVOICES, invoice.id)
}

/// The wallet and the journal of a payment.
fn move_money(writing: &mut Writing<'_>, payment: Id, settled: &Settled, rest: Rest) -> Result<(), StoreError> {
    let Settled { amount, applied, currency, .. } = settled;
    let over = amount.checked_sub(*applied).unwrap_or(Money::ZERO);
    let links =
        WalletLinks { payment: Some(payment), invoice: settled.invoice.as_ref().map(|invoice| invoice.id), note: "" };
    let mut over_to = "suspense";
    match (settled.method.as_str(), settled.customer, rest) {
        ("wallet", Some(customer), _) => {
            wallets::post(writing, customer, -*amount, "invoice", links)?;
        }
        (_, Some(customer), Rest::Wallet) => {
            over_to = "wallets";
            if over > Money::ZERO {
                wallets::post(writing, customer, over, "payment", links)?;
            }
        }
        (_, _, Rest::Revenue) => over_to = "revenue",
        _ => {}
    }
    let number = writing.look(&PAYMENTS, payment)?.get("number").as_str().to_owned();
    let posting = Posting {
        date: books::today(writing),
        memo: &format!("Payment {number}"),
        source: Some((&PAYMENTS, payment)),
        lines: vec![
            (purpose(&settled.method), *amount, Money::ZERO),
            ("receivables", Money::ZERO, *applied),
            (over_to, Money::ZERO, over),
        ],
        currency,
    };
    post(writing, posting).map(|_| ())
}

/// The money goes back the way it came: out of the wallet what went there, off the invoice what was paid on it.
pub(super) fn refund(writing: &mut Writing<'_>, payment: &Record, reason: Option<&str>) -> Result<(), StoreError> {
    let (paid, applied) = (amount(payment, "amount"), amount(payment, "applied_amount"));
    let invoice = match payment.get("invoice_id").as_id() {
        Some(id) => Some(writing.take(&INVOICES, id)?),
        None => None,
    };
    let into_wallet = writing.sum(&wallets::WALLET_ENTRIES, "amount", "payment_id", payment.id)?;
    let into_wallet = Money::from_ten_thousandths(into_wallet);
    let customer = payment.get("customer_id").as_id();
    if let (Some(customer), true) = (customer, into_wallet > Money::ZERO) {
        // Nobody was asked for an amount.
        require_balance(writing, customer, into_wallet).map_err(StoreError::without_fields)?;
    }
    let values = vec![("applied_amount", Value::Money(Money::ZERO))];
    writing.follow(payment, "refund", values, reason)?;
    if let (Some(invoice), true) = (&invoice, applied > Money::ZERO) {
        owe_again(writing, invoice)?;
    }
    if let (Some(customer), true) = (customer, into_wallet != Money::ZERO) {
        let note = format!("Refund of {paid}");
        let invoice = invoice.as_ref().map(|invoice| invoice.id);
        let links = WalletLinks { payment: Some(payment.id), invoice, note: &note };
        wallets::post(writing, customer, -into_wallet, "refund", links)?;
    }
    books::reverse_all(writing, &PAYMENTS, payment.id)
}

/// An invoice whose payment went back is owed again.
fn owe_again(writing: &mut Writing<'_>, invoice: &Record) -> Result<(), StoreError> {
    if invoice.get("status").as_str() != "paid" {
        return writing.touch(&INVOICES, invoice.id);
    }
    let late = matches!(invoice.get("due_on"), Value::Date(due) if *due < books::today(writing));
    let status = Value::text(if late { "overdue" } else { "pending" });
    writing.set(invoice, vec![("status", status), ("paid_at", Value::Null)], None)
}
