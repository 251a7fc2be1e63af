//! Contracts and what follows them.

use chrono::{Datelike as _, NaiveDate};

use super::customers::check_currency;
use super::entity::{Change, Condition, Entity, Field, Relation, Visibility};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, organizations};
use crate::domain::contracts::{FOLLOWS_AS, LIFECYCLE, LONGEST_TERM, end_of_term, months_between, value_over};
use crate::domain::number::NumberFormat;
use crate::domain::time::day_of;
use crate::domain::{Kind, Money, Value};

pub static CONTRACTS: Entity = Entity {
    name: "contracts",
    singular: "contract",
    table: &table(TABLES, "contracts"),
    number: Some(NumberFormat::new("CON", 6)),
    label: "number",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("partner", "partner_id", "organizations"),
        Field::reference("distributor", "distributor_id", "organizations"),
        Field::reference("order", "order_id", "orders").at_creation().unique("order_id"),
        Field::of("activation_date", Kind::Date).required().sorted_by("activation_date"),
        Field::of("expiration_date", Kind::Date).required().sorted_by("expiration_date"),
        Field::of("anchor_day", Kind::Int).read_only(),
        Field::of("total_value", Kind::Money).default("0").sorted_by("total_value"),
        Field::text("currency", 3).default("$currency"),
        Field::reference("renewed_from", "renewed_from_id", "contracts").read_only(),
        Field::of("follows_as", Kind::Choice(FOLLOWS_AS)).read_only(),
        Field::reference("user", "user_id", "users"),
        Field::text("billing_provider", 100),
        Field::text("billing_customer_id", 255),
        Field::of("billing_invoices", Kind::Json).default("[]"),
        Field::of("billing_metadata", Kind::Json).default("{}"),
        Field::lines("notes_internal"),
        Field::of("cancelled_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "billing_customer_id", "notes_internal", "currency"],
    shows: &["customer", "partner", "renewed_from", "order", "distributor"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::Organization("partner_id"),
    conditions: &[
        Condition { name: "expiring", means: "status:active expiration_date<60d" },
        Condition { name: "overdue", means: "status:active expiration_date<0d" },
        Condition { name: "mine", means: "user:me" },
    ],
    relations: &[
        Relation { name: "successors", entity: "contracts", column: "renewed_from_id" },
        Relation { name: "invoices", entity: "invoices", column: "contract_id" },
        Relation { name: "tickets", entity: "tickets", column: "contract_id" },
        Relation { name: "service_levels", entity: "sla_policies", column: "contract_id" },
        Relation { name: "notes", entity: "notes", column: "contract_id" },
    ],
    default_sort: "expiration_date",
    rules: contract_rules,
    prepare: Some(organizations::check_kinds),
    ..Entity::PLAIN
};

fn contract_rules(change: &mut Change<'_>) {
    check_currency(change);
    if let (Value::Date(start), Value::Date(end)) = (change.after("activation_date"), change.after("expiration_date"))
        && end <= start
    {
        change.problem("expiration_date", "is not after the activation");
    }
    if let Value::Money(value) = change.after("total_value")
        && *value < Money::ZERO
    {
        change.problem("total_value", "must not be negative");
    }
    // Terms are counted from the day on which the first one began.
    if change.changes("activation_date")
        && !change.values.contains_key("anchor_day")
        && let Value::Date(start) = change.after("activation_date")
    {
        let day = Value::Int(i64::from(start.day()));
        change.set("anchor_day", day);
    }
}

/// What is asked of the contract that follows.
const SUCCESSOR: &[Field] = &[
    Field::of("months", Kind::Int).within(1, LONGEST_TERM),
    Field::of("activation_date", Kind::Date),
    Field::of("total_value", Kind::Money).in_its_currency(),
];

/// A term of a contract.
#[derive(Clone, Copy)]
struct Term {
    start: NaiveDate,
    end: NaiveDate,
    anchor_day: u32,
}

fn term_of(contract: &Record) -> Result<Term, StoreError> {
    let day = |field: &str| if let Value::Date(day) = contract.get(field) { Some(*day) } else { None };
    let anchor = contract.get("anchor_day").as_int().and_then(|day| u32::try_from(day).ok());
    match (day("activation_date"), day("expiration_date")) {
        (Some(start), Some(end)) => Ok(Term { start, end, anchor_day: anchor.unwrap_or_else(|| start.day()) }),
        _ => Err(StoreError::unexpected("a contract without its days")),
    }
}

/// A successor that begins where the contract ends; where it ended already, today.
fn renew(writing: &mut Writing<'_>, contract: &Record, request: &Request) -> Result<(), StoreError> {
    let status = contract.get("status").as_str();
    if !matches!(status, "active" | "expired") {
        return Err(StoreError::refused(format!(
            "cannot renew: the contract is {status}; only an active or expired one is"
        )));
    }
    let term = term_of(contract)?;
    let earliest = if status == "active" { term.end } else { term.end.max(today(writing)) };
    follow_with(writing, contract, request, (term, earliest, "renewal"))?;
    writing.touch(&CONTRACTS, contract.id)
}

fn upgrade(writing: &mut Writing<'_>, contract: &Record, request: &Request) -> Result<(), StoreError> {
    replace(writing, contract, request, "upgrade")
}

fn downgrade(writing: &mut Writing<'_>, contract: &Record, request: &Request) -> Result<(), StoreError> {
    replace(writing, contract, request, "downgrade")
}

/// A successor in place of an active contract, which ends as that one starts: at once, or when its day comes.
fn replace(
    writing: &mut Writing<'_>,
    contract: &Record,
    request: &Request,
    verb: &'static str,
) -> Result<(), StoreError> {
    let term = term_of(contract)?;
    let start = follow_with(writing, contract, request, (term, today(writing), verb))?;
    if start <= today(writing) {
        return writing.follow(contract, verb, Vec::new(), request.reason.as_deref());
    }
    writing.touch(&CONTRACTS, contract.id)
}

/// Makes the contract that follows, and answers when it begins.
fn follow_with(
    writing: &mut Writing<'_>,
    contract: &Record,
    request: &Request,
    (term, start, as_what): (Term, NaiveDate, &'static str),
) -> Result<NaiveDate, StoreError> {
    let others = writing.look_all(&CONTRACTS, "renewed_from_id", contract.id)?;
    if let Some(other) = others.iter().find(|other| other.get("status").as_str() != "cancelled") {
        return Err(StoreError::refused(format!("{} follows it already: cancel that one first", other.title())));
    }
    let own_length = months_between(term.start, term.end, term.anchor_day);
    let months = match request.value("months").as_int() {
        // Where nothing is said it goes on for as long as it went.
        None => own_length.ok_or_else(|| {
            StoreError::invalid("months", "is required: the contract's own term is no whole number of months")
        })?,
        Some(months) if (1..=LONGEST_TERM).contains(&months) => u32::try_from(months).unwrap_or(1),
        _ => return Err(StoreError::invalid("months", format!("is a whole number from 1 to {LONGEST_TERM}"))),
    };
    let start = if let Value::Date(given) = *request.value("activation_date") { given } else { start };
    if start < term.start {
        return Err(StoreError::invalid("activation_date", format!("is before {}, when this one began", term.start)));
    }
    // Where one term begins as the other ends, the day of the month stays that of the first.
    let anchor = if start == term.end { term.anchor_day } else { start.day() };
    let end =
        end_of_term(start, anchor, months).ok_or_else(|| StoreError::invalid("months", "end beyond the calendar"))?;
    let currency = contract.get("currency").as_str();
    let value = match (request.value("total_value"), contract.get("total_value")) {
        (Value::Money(given), _) => *given,
        (_, Value::Money(old)) => match own_length {
            Some(length) => value_over(*old, length, months, currency)
                .ok_or_else(|| StoreError::invalid("total_value", "is more than can be counted: give it"))?,
            None => {
                return Err(StoreError::invalid(
                    "total_value",
                    "is required: the contract's own term is no whole number of months",
                ));
            }
        },
        _ => Money::ZERO,
    };
    let refer = |field: &str| contract.get(field).as_id().map_or(Value::Null, Value::Id);
    let values = vec![
        ("user", refer("user_id")),
        ("partner", refer("partner_id")),
        ("distributor", refer("distributor_id")),
        ("customer", refer("customer_id")),
        ("activation_date", Value::Date(start)),
        ("expiration_date", Value::Date(end)),
        ("anchor_day", Value::Int(i64::from(anchor))),
        ("renewed_from", Value::Id(contract.id)),
        ("follows_as", Value::text(as_what)),
        ("total_value", Value::Money(value)),
        ("currency", contract.get("currency").clone()),
        ("billing_provider", contract.get("billing_provider").clone()),
        ("billing_customer_id", contract.get("billing_customer_id").clone()),
    ];
    writing.make(&CONTRACTS, values)?;
    Ok(start)
}

fn today(writing: &Writing<'_>) -> NaiveDate {
    day_of(writing.session.tenant.zone, writing.now)
}

/// The successor that was agreed has begun: the contract is what it was replaced by.
fn hand_over(writing: &mut Writing<'_>, contract: &Record, request: &Request) -> Result<(), StoreError> {
    let today = Value::Date(today(writing));
    let successors = writing.look_all(&CONTRACTS, "renewed_from_id", contract.id)?;
    let begun = successors.iter().find(|successor| {
        let starts =
            matches!((successor.get("activation_date"), &today), (Value::Date(day), Value::Date(now)) if day <= now);
        starts && successor.get("status").as_str() != "cancelled" && successor.get("follows_as").as_str() != "renewal"
    });
    match begun.map(|successor| successor.get("follows_as").as_str()) {
        Some(verb @ ("upgrade" | "downgrade")) => writing.follow(contract, verb, Vec::new(), request.reason.as_deref()),
        _ => Err(StoreError::refused("cannot hand over: no upgrade or downgrade of the contract has begun")),
    }
}

fn cancel(writing: &mut Writing<'_>, contract: &Record, request: &Request) -> Result<(), StoreError> {
    let now = Value::Instant(writing.now);
    writing.follow(contract, "cancel", vec![("cancelled_at", now)], request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&CONTRACTS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("contracts.create", &CONTRACTS),
    Operation::import("contracts.import", &CONTRACTS),
    Operation::update("contracts.update", &CONTRACTS),
    Operation::new("contracts.renew", &CONTRACTS, Does::Custom(renew))
        .asking(SUCCESSOR)
        .making("contracts")
        .whatever_is_answered(),
    Operation::new("contracts.upgrade", &CONTRACTS, Does::Custom(upgrade))
        .asking(SUCCESSOR)
        .making("contracts")
        .whatever_is_answered(),
    Operation::new("contracts.downgrade", &CONTRACTS, Does::Custom(downgrade))
        .asking(SUCCESSOR)
        .making("contracts")
        .whatever_is_answered(),
    Operation::new("contracts.hand_over", &CONTRACTS, Does::Custom(hand_over)),
    Operation::step("contracts.expire", &CONTRACTS, "expire")
        .not_before("expiration_date", "its last day has not passed yet"),
    Operation::new("contracts.cancel", &CONTRACTS, Does::Custom(cancel)),
    Operation::step("contracts.lose", &CONTRACTS, "lose"),
];
