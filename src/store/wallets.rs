//! Customers' wallets: what came in and what went out.

use super::customers::CUSTOMERS;
use super::entity::{Entity, Field, Visibility};
use super::ledger::{self, Posting};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{Failure, Problem, StoreError, books, engine, settlement};
use crate::domain::money::{is_whole, minor_digits};
use crate::domain::payments::{OUTSIDE_METHODS, purpose};
use crate::domain::{Id, Kind, Money, Value};

/// Why a wallet moves.
pub const REASONS: &[&str] = &["payment", "invoice", "renewal", "refund", "adjustment"];

pub static WALLET_ENTRIES: Entity = Entity {
    name: "wallet_entries",
    singular: "wallet entry",
    table: &table(TABLES, "wallet_entries"),
    label: "reason",
    title: &["customer", "reason", "amount"],
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::of("amount", Kind::Money).read_only().in_currency_of("customer"),
        Field::of("reason", Kind::Choice(REASONS)).read_only(),
        Field::of("balance_after", Kind::Money).read_only().in_currency_of("customer"),
        Field::reference("payment", "payment_id", "payments").read_only(),
        Field::reference("invoice", "invoice_id", "invoices").read_only(),
        Field::reference("reverses", "reverses_id", "wallet_entries").read_only(),
        Field::text("note", 1_000).read_only(),
    ],
    visibility: Visibility::Through("customer_id", "customers"),
    shows: &["customer", "payment", "invoice"],
    default_sort: "-created_at",
    counter: Some(reverse),
    belongs_to: Some("customer"),
    ..Entity::PLAIN
};

/// What a movement of a wallet belongs to.
#[derive(Clone, Debug, Default)]
pub(super) struct WalletLinks<'a> {
    pub payment: Option<Id>,
    pub invoice: Option<Id>,
    pub note: &'a str,
}

/// Moves a customer's wallet by an amount, negative where it goes out, in the transaction of whatever it belongs to.
/// The database does the sum, and the entry keeps what it came to. The journal is the caller's: it knows the other
/// account.
pub(super) fn post(
    writing: &mut Writing<'_>,
    customer: Id,
    amount: Money,
    reason: &'static str,
    links: WalletLinks<'_>,
) -> Result<Id, StoreError> {
    write(writing, customer, amount, reason, links, None)
}

/// The entry that takes one back.
fn reverse(writing: &mut Writing<'_>, record: &Record) -> Result<Id, StoreError> {
    let (Some(customer), Value::Money(amount)) = (record.get("customer_id").as_id(), record.get("amount")) else {
        return Err(StoreError::unexpected("a wallet entry of nobody"));
    };
    let reason = REASONS.iter().find(|reason| **reason == record.get("reason").as_str());
    let links = WalletLinks {
        payment: record.get("payment_id").as_id(),
        invoice: record.get("invoice_id").as_id(),
        note: if writing.action.ends_with(".redo") { "Done again" } else { "Taken back" },
    };
    write(writing, customer, -*amount, reason.copied().unwrap_or("adjustment"), links, Some(record.id))
}

fn write(
    writing: &mut Writing<'_>,
    customer: Id,
    amount: Money,
    reason: &'static str,
    links: WalletLinks<'_>,
    reverses: Option<Id>,
) -> Result<Id, StoreError> {
    let balance = writing
        .add_to(&CUSTOMERS, customer, "wallet_balance", amount.ten_thousandths())?
        .ok_or_else(|| StoreError::not_found(CUSTOMERS.singular, customer.to_string()))?;
    let id = Id::new();
    let action = writing.action.clone();
    let link = |id: Option<Id>| id.map_or(Value::Null, Value::Id);
    let values = [
        ("customer", Value::Id(customer)),
        ("amount", Value::Money(amount)),
        ("reason", Value::text(reason)),
        ("payment", link(links.payment)),
        ("invoice", link(links.invoice)),
        ("reverses", link(reverses)),
        ("note", Value::text(links.note)),
        ("balance_after", balance),
    ];
    engine::make(writing, &action, &WALLET_ENTRIES, id, values.into())?;
    Ok(id)
}

/// Money for the wallet.
fn top_up(writing: &mut Writing<'_>, customer: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = vec![("customer", Value::Id(customer.id)), ("currency", customer.get("currency").clone())];
    values.extend(["amount", "method", "transaction_id", "notes"].map(|field| (field, request.value(field).clone())));
    settlement::receive(writing, values, request.reason.as_deref())?;
    writing.touch(&CUSTOMERS, customer.id)
}

fn asked_amount(request: &Request, currency: &str) -> Result<Money, StoreError> {
    match request.value("amount") {
        Value::Money(amount) if is_whole(*amount, currency) && *amount != Money::ZERO => Ok(*amount),
        _ => {
            let told = format!("is an amount in {currency}, with {} digits behind the point", minor_digits(currency));
            Err(StoreError::failed(Failure::Invalid(vec![Problem::new("amount", told)])))
        }
    }
}

/// Puts a wallet right, up or down: a goodwill credit, a fee, a mistake.
fn adjust_wallet(writing: &mut Writing<'_>, customer: &Record, request: &Request) -> Result<(), StoreError> {
    let currency = customer.get("currency").as_str();
    let amount = asked_amount(request, currency)?;
    let note = request.value("note").as_str();
    let entry = post(writing, customer.id, amount, "adjustment", WalletLinks { note, ..WalletLinks::default() })?;
    writing.touch(&CUSTOMERS, customer.id)?;
    post_wallet(writing, entry, ("revenue", "wallets"), amount, note, currency)
}

/// Pays out what a wallet holds.
fn refund_wallet(writing: &mut Writing<'_>, customer: &Record, request: &Request) -> Result<(), StoreError> {
    let currency = customer.get("currency").as_str();
    let amount = asked_amount(request, currency)?;
    if amount < Money::ZERO {
        return Err(StoreError::failed(Failure::Invalid(vec![Problem::new("amount", "must be more than nothing")])));
    }
    settlement::require_balance(writing, customer.id, amount)?;
    let note = request.value("note").as_str();
    let entry = post(writing, customer.id, -amount, "refund", WalletLinks { note, ..WalletLinks::default() })?;
    let from = purpose(request.value("method").as_str());
    writing.touch(&CUSTOMERS, customer.id)?;
    post_wallet(writing, entry, ("wallets", from), amount, note, currency)
}

/// Enters in the journal what a wallet moved by: the account that is debited, and the one that is credited.
pub(super) fn post_wallet(
    writing: &mut Writing<'_>,
    entry: Id,
    (debit, credit): (&str, &str),
    amount: Money,
    note: &str,
    currency: &str,
) -> Result<(), StoreError> {
    let posting = Posting {
        date: books::today(writing),
        memo: note,
        source: Some((&WALLET_ENTRIES, entry)),
        lines: vec![(debit, amount, Money::ZERO), (credit, Money::ZERO, amount)],
        currency,
    };
    ledger::post(writing, posting).map(|_| ())
}

pub(super) static ENTITIES: &[&Entity] = &[&WALLET_ENTRIES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::new("customers.top_up", &CUSTOMERS, Does::Custom(top_up))
        .moving_money()
        .asking(&[
            Field::of("amount", Kind::Money).required().positive().in_its_currency(),
            Field::of("method", Kind::Choice(OUTSIDE_METHODS)).required().default("cash"),
            Field::text("transaction_id", 255),
            Field::text("notes", 1_000),
        ])
        .making("payments")
        .undone_by(Undo::CounterEntry),
    Operation::new("customers.adjust_wallet", &CUSTOMERS, Does::Custom(adjust_wallet))
        .moving_money()
        .asking(&[Field::of("amount", Kind::Money).required().in_its_currency(), Field::text("note", 1_000).required()])
        .undone_by(Undo::CounterEntry),
    Operation::new("customers.refund_wallet", &CUSTOMERS, Does::Custom(refund_wallet))
        .moving_money()
        .asking(&[
            Field::of("amount", Kind::Money).required().positive().in_its_currency(),
            Field::of("method", Kind::Choice(OUTSIDE_METHODS)).required().default("cash"),
            Field::text("note", 1_000),
        ])
        .undone_by(Undo::CounterEntry),
];
