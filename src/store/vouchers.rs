//! Vouchers: batches of codes, each good once.

use std::collections::HashSet;

use rand::RngExt as _;

use super::audit::{About, Entry};
use super::customers::{CUSTOMERS, PLANS, renewed_until};
use super::entity::{Condition, Derived, Entity, Field, Relation, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, search};
use crate::domain::id::IdRun;
use crate::domain::vouchers::{ALPHABET, LIFECYCLE, LONGEST_CODE, code, code_key, least_length};
use crate::domain::{Id, Kind, Value};

pub static VOUCHER_BATCHES: Entity = Entity {
    name: "voucher_batches",
    singular: "voucher batch",
    table: &table(TABLES, "voucher_batches"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::reference("plan", "plan_id", "plans").read_only(),
        Field::of("quantity", Kind::Int).read_only(),
        Field::text("prefix", 20).read_only(),
        Field::of("code_length", Kind::Int).read_only(),
        Field::of("valid_until", Kind::Instant).read_only(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "prefix"],
    shows: &["plan", "created_by"],
    conditions: &[Condition { name: "mine", means: "created_by:me" }],
    relations: &[Relation { name: "vouchers", entity: "vouchers", column: "batch_id" }],
    default_sort: "-created_at",
    ..Entity::PLAIN
};

pub static VOUCHERS: Entity = Entity {
    name: "vouchers",
    singular: "voucher",
    table: &table(TABLES, "vouchers"),
    label: "code",
    fields: &[
        Field::text("code", 64).read_only().slowly_sorted_by("code"),
        Field::reference("batch", "batch_id", "voucher_batches").read_only(),
        Field::reference("plan", "plan_id", "plans").read_only(),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::of("mac_address", Kind::Mac).read_only(),
        Field::of("used_at", Kind::Instant).read_only().slowly_sorted_by("used_at"),
        Field::of("expires_at", Kind::Instant).read_only().slowly_sorted_by("expires_at"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "code_key", from: "code", how: key_of }],
    search: &["code"],
    shows: &["plan", "batch", "customer"],
    lifecycle: Some(&LIFECYCLE),
    relations: &[Relation { name: "pending_payments", entity: "pending_payments", column: "voucher_id" }],
    conditions: &[Condition { name: "overdue", means: "status:available expires_at<0d" }],
    default_sort: "-created_at",
    ..Entity::PLAIN
};

/// The form in which codes are compared: see [`code_key`].
fn key_of(code: &Value) -> Value {
    Value::Text(code_key(code.as_str()))
}

/// What a batch is made from.
const BATCH: &[Field] = &[
    Field::text("name", 200).required(),
    Field::reference("plan", "plan_id", "plans").required(),
    Field::of("quantity", Kind::Int).within(1, MOST).required(),
    Field::text("prefix", 20),
    Field::of("code_length", Kind::Int).within(1, 32).default("10"),
    Field::of("valid_until", Kind::Instant),
];

/// The most vouchers of one batch.
const MOST: i64 = 100_000;

/// Makes a batch and its vouchers.
fn generate(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let (quantity, length) = (request.value("quantity").as_int(), request.value("code_length").as_int());
    let Some(quantity) = quantity.filter(|quantity| (1..=MOST).contains(quantity)) else {
        return Err(StoreError::invalid("quantity", format!("is a whole number from 1 to {MOST}")));
    };
    let least = least_length(u64::try_from(quantity).unwrap_or(u64::MAX));
    let Some(length) = length.and_then(|length| u32::try_from(length).ok()).filter(|length| *length <= 32) else {
        return Err(StoreError::invalid("code_length", format!("is a whole number from {least} to 32")));
    };
    if length < least {
        let why = format!("is {least} at least for {quantity} codes: shorter ones would be found by trying");
        return Err(StoreError::invalid("code_length", why));
    }
    let prefix = request.value("prefix").as_str().to_ascii_uppercase();
    if !prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(StoreError::invalid("prefix", "has letters, digits and dashes alone"));
    }
    let valid_until = request.value("valid_until").clone();
    if valid_until.as_instant().is_some_and(|until| until <= writing.now) {
        return Err(StoreError::invalid("valid_until", "is over already"));
    }
    let values = vec![
        ("name", request.value("name").clone()),
        ("plan", request.value("plan").clone()),
        ("quantity", Value::Int(quantity)),
        ("prefix", Value::text(&prefix)),
        ("code_length", Value::Int(i64::from(length))),
        ("valid_until", valid_until.clone()),
        ("created_by", writing.person()),
    ];
    let batch = writing.make(&VOUCHER_BATCHES, values)?;
    let new =
        New { batch, plan: request.value("plan").clone(), prefix, length: length as usize, expires_at: valid_until };
    let run = IdRun::new();
    let count = usize::try_from(quantity).unwrap_or(usize::MAX);
    for first in (0..count).step_by(AT_ONCE) {
        let ids = (first..count.min(first + AT_ONCE)).map(|index| run.nth(index as u64)).collect();
        new.write(writing, ids)?;
    }
    let about = About::Run { first: run.nth(0), last: run.nth(count as u64 - 1), count };
    let action = writing.action.clone();
    writing.note(Entry::new(action, VOUCHERS.name, about));
    Ok(vec![batch])
}

/// Vouchers that one statement makes.
const AT_ONCE: usize = 500;
/// How often codes are drawn anew for those that were somebody's already.
const DRAWS: usize = 20;

/// What the vouchers of a batch have in common.
struct New {
    batch: Id,
    plan: Value,
    prefix: String,
    length: usize,
    expires_at: Value,
}

impl New {
    /// Makes vouchers with these ids. A code that is taken, by this batch or any other, is drawn again: the database
    /// says which were not.
    fn write(&self, writing: &mut Writing<'_>, mut ids: Vec<Id>) -> Result<(), StoreError> {
        for _ in 0..DRAWS {
            let drawn: Vec<(Id, String)> = ids.iter().map(|id| (*id, self.draw())).collect();
            let made = self.insert(writing, &drawn)?;
            let documents: Vec<(Id, search::Document)> = drawn
                .iter()
                .filter(|(id, _)| made.contains(id))
                .map(|(id, code)| (*id, search::Document::of(&VOUCHERS, |_| code.clone())))
                .collect();
            search::put_many(writing, &VOUCHERS, &documents)?;
            ids.retain(|id| !made.contains(id));
            if ids.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::invalid("code_length", "leaves too few codes that nobody has: take more letters"))
    }

    fn draw(&self) -> String {
        let mut dice = rand::rng();
        let drawn: Vec<usize> = (0..self.length).map(|_| dice.random_range(0..ALPHABET.len())).collect();
        code(&self.prefix, &drawn)
    }

    /// Inserts those whose codes are nobody's, and answers which.
    fn insert(&self, writing: &mut Writing<'_>, drawn: &[(Id, String)]) -> Result<HashSet<Id>, StoreError> {
        let mut statement = if drawn.len() == AT_ONCE { Statement::fixed() } else { Statement::new() };
        statement.push(
            "INSERT INTO vouchers (id, tenant_id, code, code_key, batch_id, plan_id, status, expires_at, created_at, \
             updated_at) VALUES ",
        );
        for (index, (id, code)) in drawn.iter().enumerate() {
            statement
                .push(if index == 0 { "(" } else { ", (" })
                .bind_id(*id)
                .push(", ")
                .bind_id(writing.session.tenant.id)
                .push(", ")
                .bind_text(code.as_str())
                .push(", ")
                .bind_text(code_key(code))
                .push(", ")
                .bind_id(self.batch)
                .push(", ")
                .bind(ColumnKind::Id, self.plan.clone())?
                .push(", 'available', ")
                .bind(ColumnKind::Instant, self.expires_at.clone())?
                .push(", ")
                .bind_instant(writing.now)
                .push(", ")
                .bind_instant(writing.now)
                .push(")");
        }
        statement.push(" ON CONFLICT DO NOTHING RETURNING id AS i0");
        let rows = statement.load(writing.connection)?;
        Ok(rows.iter().filter_map(|row| row.0[0].as_id()).collect())
    }
}

/// Whom a code is given to.
const HOLDER: &[Field] =
    &[Field::reference("customer", "customer_id", "customers"), Field::of("mac_address", Kind::Mac)];

/// The customer has the voucher's plan from now on, for as long as it lasts. The voucher is locked and looked at before
/// anything is given: of many who try, one is the first.
fn redeem(writing: &mut Writing<'_>, voucher: &Record, request: &Request) -> Result<(), StoreError> {
    let (customer, mac) = (request.value("customer").as_id(), request.value("mac_address"));
    if customer.is_none() && mac.is_empty() {
        return Err(StoreError::invalid("customer", "is required, or the address of a device that signs in by it"));
    }
    if voucher.get("expires_at").as_instant().is_some_and(|until| until <= writing.now) {
        return Err(StoreError::refused("cannot redeem: the voucher's time is over"));
    }
    let values = vec![
        ("customer", customer.map_or(Value::Null, Value::Id)),
        ("mac_address", mac.clone()),
        ("used_at", Value::Instant(writing.now)),
    ];
    writing.follow(voucher, "redeem", values, request.reason.as_deref())?;
    let (Some(customer), Some(plan)) = (customer, voucher.get("plan_id").as_id()) else { return Ok(()) };
    let customer = writing.take(&CUSTOMERS, customer)?;
    let status = customer.get("status").as_str();
    if !matches!(status, "active" | "expired") {
        return Err(StoreError::refused(format!("cannot redeem: {} is {status}", customer.title())));
    }
    let plan = writing.look(&PLANS, plan)?;
    let mut values = vec![
        ("plan", Value::Id(plan.id)),
        ("expires_at", renewed_until(&customer, &plan, writing.now)?),
        ("status", Value::text("active")),
    ];
    if !mac.is_empty() {
        values.push(("mac_address", mac.clone()));
    }
    writing.set(&customer, values, request.reason.as_deref())
}

/// Codes of a batch that nobody has used are good no more.
fn revoke_batch(writing: &mut Writing<'_>, batch: &Record, request: &Request) -> Result<(), StoreError> {
    let vouchers = writing.take_all(&VOUCHERS, "batch_id", batch.id)?;
    let mut revoked = 0;
    for voucher in vouchers.iter().filter(|voucher| voucher.get("status").as_str() == "available") {
        writing.follow(voucher, "revoke", Vec::new(), request.reason.as_deref())?;
        revoked += 1;
    }
    if revoked == 0 {
        return Err(StoreError::refused("cannot revoke: none of the batch's vouchers is available any more"));
    }
    writing.touch(&VOUCHER_BATCHES, batch.id)
}

const _: () = assert!(20 + 1 + 32 + 7 < LONGEST_CODE);

pub(super) static ENTITIES: &[&Entity] = &[&VOUCHER_BATCHES, &VOUCHERS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::new("voucher_batches.generate", &VOUCHER_BATCHES, Does::Make(generate)).asking(BATCH),
    Operation::update("voucher_batches.update", &VOUCHER_BATCHES),
    Operation::new("voucher_batches.revoke", &VOUCHER_BATCHES, Does::Custom(revoke_batch)),
    Operation::new("vouchers.redeem", &VOUCHERS, Does::Custom(redeem)).asking(HOLDER),
    Operation::step("vouchers.expire", &VOUCHERS, "expire"),
    Operation::step("vouchers.revoke", &VOUCHERS, "revoke"),
];
