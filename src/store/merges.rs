//! Two customers that turn out to be one: what belongs to the one goes over to the other, and the one stays as a
//! tombstone, so that its number still leads somewhere.

use super::customers::CUSTOMERS;
use super::entity::{Entity, Field, FieldAccess, Visibility};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::session::Scope;
use super::wallets::{self, WalletLinks};
use super::write::Writing;
use super::{StoreError, entities};
use crate::domain::{Id, Kind, Money, Value};

pub static CUSTOMER_MERGES: Entity = Entity {
    name: "customer_merges",
    singular: "merge of customers",
    table: &table(TABLES, "customer_merges"),
    label: "merged_number",
    title: &["merged_number", "survivor"],
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::text("merged_number", 50).read_only(),
        Field::reference("merged", "merged_id", "customers").read_only(),
        Field::reference("survivor", "survivor_id", "customers").read_only(),
    ],
    search: &["merged_number"],
    shows: &["survivor", "merged"],
    visibility: Visibility::Through("survivor_id", "customers"),
    default_sort: "-created_at",
    ..Entity::PLAIN
};

/// What the one who stays takes over where they have nothing there themselves.
const FILLED: &[&str] = &["email", "phone", "address", "company", "organization", "connection_type", "mac_address"];

/// Merges a customer into another one.
fn merge(writing: &mut Writing<'_>, merged: &Record, request: &Request) -> Result<(), StoreError> {
    let Some(into) = request.value("into").as_id() else { return Err(StoreError::invalid("into", "is required")) };
    if into == merged.id {
        return Err(StoreError::invalid("into", "is the same customer"));
    }
    if writing.session.scope != Scope::All {
        return Err(StoreError::refused("cannot merge: only people who see every customer's records can"));
    }
    let survivor = writing.take(&CUSTOMERS, into)?;
    if survivor.get("status").as_str() == "terminated" {
        return Err(StoreError::refused(format!("cannot merge: {} is terminated, which is final", survivor.title())));
    }
    if let Some(merge) = writing.look_all(&CUSTOMER_MERGES, "merged_id", merged.id)?.first() {
        let into = merge.get("survivor").as_str();
        return Err(StoreError::refused(format!("cannot merge: the customer was merged into {into} already")));
    }
    hand_over(writing, merged.id, survivor.id)?;
    move_balance(writing, merged, &survivor)?;
    bury(writing, merged, request)?;
    fill(writing, merged, survivor.id, request)?;
    let values = vec![
        ("survivor", Value::Id(survivor.id)),
        ("merged", Value::Id(merged.id)),
        ("merged_number", merged.get("number").clone()),
    ];
    writing.make(&CUSTOMER_MERGES, values).map(|_| ())
}

/// Every record that points at the one points at the other from now on. What a ledger or a program has written stays
/// as it was written.
fn hand_over(writing: &mut Writing<'_>, from: Id, to: Id) -> Result<(), StoreError> {
    for entity in entities::all().filter(|entity| entity.has_version() && !entity.observed) {
        for field in entity.fields.iter().filter(|field| field.reference == Some(CUSTOMERS.name)) {
            // Whoever was merged into the one was so: the tombstones form a chain.
            let Some(column) = field.column().filter(|_| *entity != CUSTOMER_MERGES) else { continue };
            for record in writing.take_all(entity, column, from)? {
                writing.repoint(&record, field.name, to)?;
            }
        }
    }
    Ok(())
}

/// The wallet goes over by two entries, which say why.
fn move_balance(writing: &mut Writing<'_>, merged: &Record, survivor: &Record) -> Result<(), StoreError> {
    let Value::Money(balance) = *merged.get("wallet_balance") else { return Ok(()) };
    if balance == Money::ZERO {
        return Ok(());
    }
    let (from, to) = (merged.get("currency").as_str(), survivor.get("currency").as_str());
    if from != to {
        return Err(StoreError::refused(format!(
            "cannot merge: the wallet holds {balance} {from}, the other one is in {to}: settle it first"
        )));
    }
    for (customer, amount, note) in [
        (merged.id, -balance, format!("Merged into {}", survivor.get("number").as_str())),
        (survivor.id, balance, format!("From {}, merged", merged.get("number").as_str())),
    ] {
        let links = WalletLinks { note: &note, ..WalletLinks::default() };
        wallets::post(writing, customer, amount, "adjustment", links)?;
    }
    Ok(())
}

/// The one that is merged ends, and leaves its e-mail address to the other.
fn bury(writing: &mut Writing<'_>, merged: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = vec![("email", Value::Null)];
    if merged.get("status").as_str() != "terminated" {
        values.push(("status", Value::text("terminated")));
    }
    let merged = writing.take(&CUSTOMERS, merged.id)?;
    writing.set(&merged, values, request.reason.as_deref())
}

fn fill(writing: &mut Writing<'_>, merged: &Record, survivor: Id, request: &Request) -> Result<(), StoreError> {
    let survivor = writing.take(&CUSTOMERS, survivor)?;
    let mut values = Vec::new();
    for field in
        CUSTOMERS.fields.iter().filter(|field| FILLED.contains(&field.name) && field.access != FieldAccess::Read)
    {
        let read = |record: &Record| record.get(field.id_name().unwrap_or(field.name)).clone();
        if read(&survivor).is_empty() && !read(merged).is_empty() {
            values.push((field.name, read(merged)));
        }
    }
    // A plan comes with the time that it lasts.
    if survivor.get("plan_id").is_empty()
        && let Some(plan) = merged.get("plan_id").as_id()
    {
        values.push(("plan", Value::Id(plan)));
        if survivor.get("expires_at").is_empty() {
            values.push(("expires_at", merged.get("expires_at").clone()));
        }
    }
    writing.set(&survivor, values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&CUSTOMER_MERGES];

pub(super) static OPERATIONS: &[Operation] = &[Operation::new("customers.merge", &CUSTOMERS, Does::Custom(merge))
    .moving_money()
    .asking(&[Field::reference("into", "survivor_id", "customers").required()])
    .undone_by(Undo::CounterEntry)];
