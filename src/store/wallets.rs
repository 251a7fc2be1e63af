//! Customers' wallets: what came in and what went out.

use super::customers::CUSTOMERS;
use super::entity::{Entity, Field, Visibility};
use super::model::table;
use super::operation::Operation;
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, engine};
use crate::domain::{Id, Kind, Money, Value};

/// Why a wallet moves.
pub const REASONS: &[&str] = &["payment", "invoice", "renewal", "refund", "adjustment"];

pub static WALLET_ENTRIES: Entity = Entity {
    name: "wallet_entries",
    singular: "wallet entry",
    table: &table(TABLES, "wallet_entries"),
    label: "reason",
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::of("amount", Kind::Money).read_only(),
        Field::of("reason", Kind::Choice(REASONS)).read_only(),
        Field::of("balance_after", Kind::Money).read_only(),
        Field::reference("payment", "payment_id", "payments").read_only(),
        Field::reference("invoice", "invoice_id", "invoices").read_only(),
        Field::reference("reverses", "reverses_id", "wallet_entries").read_only(),
        Field::text("note", 1_000).read_only(),
    ],
    visibility: Visibility::Through("customer_id", "customers"),
    default_sort: "-created_at",
    counter: Some(reverse),
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
        note: "Taken back",
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

pub(super) static ENTITIES: &[&Entity] = &[&WALLET_ENTRIES];

pub(super) static OPERATIONS: &[Operation] = &[];
