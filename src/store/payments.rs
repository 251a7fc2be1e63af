//! Payments, those that are awaited from a phone, and the gateways they come through.

use super::customers::{CUSTOMERS, check_phone};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, digits, sort_key};
use super::invoices::{INVOICES, amount};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::settlement::{self, Incoming, Rest, receive};
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, undo};
use crate::domain::money::is_currency;
use crate::domain::number::NumberFormat;
use crate::domain::payments::{LIFECYCLE, METHODS, OUTSIDE_METHODS, PENDING_LIFECYCLE, method_of};
use crate::domain::{Id, Kind, Money, Value};

pub static PAYMENTS: Entity = Entity {
    is_tried: true,
    name: "payments",
    singular: "payment",
    table: &table(TABLES, "payments"),
    number: Some(NumberFormat::new("PAY", 6)),
    label: "number",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("invoice", "invoice_id", "invoices"),
        Field::of("method", Kind::Choice(METHODS)).required().default("cash"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::text("transaction_id", 255).unique("transaction_id"),
        Field::of("amount", Kind::Money).required().sorted_by("amount"),
        Field::of("applied_amount", Kind::Money).read_only(),
        Field::text("currency", 3).default("$currency"),
        Field::text("phone", 50),
        Field::reference("gateway", "gateway_id", "payment_gateways"),
        Field::of("received_at", Kind::Instant),
        Field::reference("recorded_by", "recorded_by", "users").read_only(),
        Field::text("notes", 1_000),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "phone_digits", from: "phone", how: digits }],
    search: &["number", "transaction_id", "phone", "notes", "currency"],
    shows: &["customer", "invoice"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Through("invoice_id", "invoices"),
    ]),
    conditions: &[Condition { name: "open", means: "status:pending" }],
    relations: &[
        Relation { name: "wallet_entries", entity: "wallet_entries", column: "payment_id" },
        Relation { name: "requests", entity: "pending_payments", column: "payment_id" },
    ],
    default_sort: "-created_at",
    rules: payment_rules,
    prepare: Some(payment_prepare),
    counter: Some(take_back),
    follow_up: payment_follow_up,
    ..Entity::PLAIN
};

fn payment_rules(change: &mut Change<'_>) {
    check_amount(change, "amount");
    check_phone(change, "phone");
    if change.after("method").as_str() == "wallet"
        && change.refers_to("invoice").is_none()
        && (change.changes("method") || change.changes("invoice"))
    {
        change.problem("invoice", "is required: what is paid out of a wallet pays an invoice");
    }
    let moved = change.before.is_some_and(|record| record.get("status").as_str() != LIFECYCLE.initial);
    for field in ["customer", "invoice", "method", "amount", "currency"] {
        let goes_along = change.handed_over && field == "customer";
        if moved && change.values.contains_key(field) && !goes_along {
            change.problem(field, "the money was posted: refund the payment and record another");
        }
    }
}

/// A positive amount in a currency that there is.
fn check_amount(change: &mut Change<'_>, field: &'static str) {
    let currency = change.after("currency").as_str().to_owned();
    if !is_currency(&currency) {
        change.problem("currency", "is the code of a currency such as USD");
    } else if let Value::Money(amount) = change.after(field)
        && *amount <= Money::ZERO
        && (change.changes(field) || change.changes("currency"))
    {
        change.problem(field, "must be more than nothing");
    }
}

/// A payment of an invoice is its customer's; currencies agree.
fn payment_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        change.set("recorded_by", writing.person());
    }
    let touched = ["customer", "invoice", "currency"].iter().any(|field| change.values.contains_key(field));
    if change.before.is_some() && !touched {
        return Ok(());
    }
    if let Some(invoice) = change.refers_to("invoice") {
        let invoice = writing.look(&INVOICES, invoice)?;
        let owner = invoice.get("customer_id").as_id();
        match (change.refers_to("customer"), owner) {
            (None, Some(owner)) => change.set("customer", Value::Id(owner)),
            (Some(named), Some(owner)) if named != owner => {
                change.problem("customer", format!("{} is another customer's", invoice.get("number").as_str()));
            }
            _ => {}
        }
        require_currency(change, "invoice", &invoice);
    }
    if let Some(customer) = change.refers_to("customer") {
        let customer = writing.look(&CUSTOMERS, customer)?;
        require_currency(change, "customer", &customer);
    }
    Ok(())
}

fn require_currency(change: &mut Change<'_>, whose: &str, record: &Record) {
    let theirs = record.get("currency").as_str();
    if theirs != change.after("currency").as_str() {
        change.problem("currency", format!("the {whose}'s is {theirs}"));
    }
}

/// What was paid on an invoice is what its payments brought to it.
fn payment_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let before = change.before.and_then(|record| record.get("invoice_id").as_id());
    let mut invoices: Vec<Id> = before.into_iter().chain(change.refers_to("invoice")).collect();
    invoices.sort_unstable();
    invoices.dedup();
    for invoice in invoices {
        // Locked first: of two payments that come at once the second adds up both.
        writing.take(&INVOICES, invoice)?;
        let paid = writing.sum(&PAYMENTS, "applied_amount", "invoice_id", invoice)?;
        writing.derive(&INVOICES, invoice, "amount_paid", Value::Money(Money::from_ten_thousandths(paid)))?;
    }
    Ok(())
}

/// How a payment is taken back that an operation made: one that nothing came of goes, one that was posted is refunded;
/// its entries are reversed by themselves.
fn take_back(writing: &mut Writing<'_>, payment: &Record) -> Result<Id, StoreError> {
    if payment.get("status").as_str() == "completed" {
        // Its number is free for the payment that is entered in its place.
        let values = vec![
            ("status", Value::text("refunded")),
            ("applied_amount", Value::Money(Money::ZERO)),
            ("transaction_id", Value::Null),
        ];
        writing.set(payment, values, None)?;
    } else {
        undo::require_new(payment)?;
        writing.remove(payment)?;
    }
    Ok(payment.id)
}

fn complete(writing: &mut Writing<'_>, payment: &Record, request: &Request) -> Result<(), StoreError> {
    let given = request.operation.asks.iter().map(|field| (field.name, request.value(field.name).clone()));
    let more = given.filter(|(_, value)| !value.is_empty()).collect();
    settlement::settle(writing, Incoming::Known(payment), more, Rest::Wallet, request.reason.as_deref()).map(|_| ())
}

fn refund(writing: &mut Writing<'_>, payment: &Record, request: &Request) -> Result<(), StoreError> {
    settlement::refund(writing, payment, request.reason.as_deref())
}

/// Money that is here already: at the counter, on the bank statement.
fn record(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let values = request.operation.asks.iter().map(|field| (field.name, request.value(field.name).clone())).collect();
    receive(writing, values, request.reason.as_deref()).map(|id| vec![id])
}

/// What a gateway is for.
pub(super) const PURPOSES: &[&str] = &["hotspot", "pppoe", "all"];

pub static PENDING_PAYMENTS: Entity = Entity {
    name: "pending_payments",
    singular: "pending payment",
    table: &table(TABLES, "pending_payments"),
    label: "checkout_request_id",
    fields: &[
        Field::text("checkout_request_id", 255).required().at_creation().unique("checkout_request_id"),
        Field::reference("gateway", "gateway_id", "payment_gateways").required(),
        Field::text("phone", 50),
        Field::reference("plan", "plan_id", "plans"),
        Field::reference("customer", "customer_id", "customers"),
        Field::of("mac_address", Kind::Mac),
        Field::reference("voucher", "voucher_id", "vouchers").read_only(),
        Field::reference("payment", "payment_id", "payments").read_only(),
        Field::of("amount", Kind::Money).required(),
        Field::text("currency", 3).default("$currency"),
        Field::of("status", Kind::Choice(PENDING_LIFECYCLE.states)).read_only(),
        Field::of("expires_at", Kind::Instant).required().default("+10m"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "phone_digits", from: "phone", how: digits }],
    search: &["checkout_request_id", "phone", "currency"],
    shows: &["customer", "plan"],
    lifecycle: Some(&PENDING_LIFECYCLE),
    visibility: Visibility::Through("customer_id", "customers"),
    conditions: &[Condition { name: "open", means: "status:pending" }],
    default_sort: "-created_at",
    rules: pending_rules,
    prepare: Some(pending_prepare),
    ..Entity::PLAIN
};

/// What is asked for can be booked once it is paid: in the customer's currency, by a moment to come.
fn pending_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if let Some(customer) = change.refers_to("customer").filter(|_| change.before.is_none()) {
        let customer = writing.look(&CUSTOMERS, customer)?;
        require_currency(change, "customer", &customer);
    }
    if change.changes("expires_at") && change.after("expires_at").as_instant().is_some_and(|at| at <= writing.now) {
        change.problem("expires_at", "is a moment to come such as +10m");
    }
    Ok(())
}

fn pending_rules(change: &mut Change<'_>) {
    check_amount(change, "amount");
    check_phone(change, "phone");
}

/// The answer from the phone: what was paid becomes a payment. Where it is another amount than was asked for, somebody
/// must look at it; where nobody is known, something was sold for it.
fn answer(writing: &mut Writing<'_>, pending: &Record, request: &Request) -> Result<(), StoreError> {
    let asked = amount(pending, "amount");
    let paid = if let Value::Money(paid) = request.value("amount") { *paid } else { asked };
    let gateway = pending.get("gateway_id").as_id().ok_or_else(|| StoreError::unexpected("no gateway"))?;
    let method = method_of(writing.look(&PAYMENT_GATEWAYS, gateway)?.get("provider").as_str());
    let (customer, plan) = (pending.get("customer_id").as_id(), pending.get("plan_id").as_id());
    let rest = match (paid == asked, customer, plan) {
        (false, ..) => Rest::Suspense,
        (true, None, Some(_)) => Rest::Revenue,
        (true, ..) => Rest::Wallet,
    };
    let mut values = vec![
        ("customer", customer.map_or(Value::Null, Value::Id)),
        ("method", Value::text(method)),
        ("transaction_id", request.value("transaction_id").clone()),
        ("amount", Value::Money(paid)),
        ("currency", pending.get("currency").clone()),
        ("phone", pending.get("phone").clone()),
        ("gateway", Value::Id(gateway)),
    ];
    if paid != asked {
        let currency = pending.get("currency").as_str();
        values.push((
            "notes",
            Value::text(format!("{asked} {currency} were asked for: kept in suspense until it is cleared up")),
        ));
    }
    let payment = settlement::settle(writing, Incoming::New(values), Vec::new(), rest, None)?;
    writing.follow(pending, "complete", vec![("payment", Value::Id(payment))], request.reason.as_deref())
}

pub static PAYMENT_GATEWAYS: Entity = Entity {
    name: "payment_gateways",
    singular: "payment gateway",
    table: &table(TABLES, "payment_gateways"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::text("provider", 100).required(),
        Field::of("purpose", Kind::Choice(PURPOSES)).required().default("all"),
        Field::of("configuration", Kind::Json).default("{}"),
        Field::of("credentials", Kind::Secret),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("is_default", Kind::Bool).default("false"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "provider"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "payments", entity: "payments", column: "gateway_id" },
        Relation { name: "pending_payments", entity: "pending_payments", column: "gateway_id" },
    ],
    default_sort: "name",
    prepare: Some(one_default),
    ..Entity::PLAIN
};

/// One gateway of a purpose is the default: a new one takes it over. Gateways for messages are the same.
pub(super) fn one_default(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let changes = ["is_default", "is_active", "purpose"].iter().any(|field| change.changes(field));
    if !change.after("is_default").is_true() || !changes {
        return Ok(());
    }
    if change.after("is_active") == &Value::Bool(false) {
        let field = if change.changes("is_default") { "is_default" } else { "is_active" };
        change.problem(field, "a gateway that is not active is nobody's default: make another one the default first");
        return Ok(());
    }
    let purpose = change.after("purpose").as_str().to_owned();
    let mut statement = Statement::fixed();
    statement
        .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.is_default AND c.tenant_id = ", change.entity.table.name))
        .bind_id(writing.session.tenant.id)
        .push(" AND c.purpose = ")
        .bind_text(purpose);
    let others: Vec<Id> = statement.load(writing.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect();
    for other in others.into_iter().filter(|other| *other != change.id) {
        let record = writing.take(change.entity, other)?;
        writing.set(&record, vec![("is_default", Value::Bool(false))], None)?;
    }
    Ok(())
}

pub(super) static ENTITIES: &[&Entity] = &[&PAYMENTS, &PENDING_PAYMENTS, &PAYMENT_GATEWAYS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("payments.create", &PAYMENTS),
    Operation::import("payments.import", &PAYMENTS),
    Operation::update("payments.update", &PAYMENTS),
    Operation::new("payments.record", &PAYMENTS, Does::Make(record))
        .moving_money()
        .asking(&[
            Field::reference("customer", "customer_id", "customers"),
            Field::reference("invoice", "invoice_id", "invoices"),
            Field::of("method", Kind::Choice(OUTSIDE_METHODS)).required().default("cash"),
            Field::of("amount", Kind::Money).required().positive(),
            Field::text("currency", 3).default("$currency"),
            Field::text("transaction_id", 255),
            Field::text("phone", 50),
            Field::of("received_at", Kind::Instant),
            Field::text("notes", 1_000),
        ])
        .undone_by(Undo::CounterEntry),
    Operation::new("payments.complete", &PAYMENTS, Does::Custom(complete))
        .moving_money()
        .asking(&[Field::text("transaction_id", 255), Field::of("received_at", Kind::Instant)])
        .undone_by(Undo::CounterEntry),
    Operation::step("payments.fail", &PAYMENTS, "fail"),
    Operation::new("payments.refund", &PAYMENTS, Does::Custom(refund)).moving_money().undone_by(Undo::CounterEntry),
    Operation::create("pending_payments.create", &PENDING_PAYMENTS),
    Operation::new("pending_payments.complete", &PENDING_PAYMENTS, Does::Custom(answer))
        .moving_money()
        .asking(&[
            Field::text("transaction_id", 255).required(),
            Field::of("amount", Kind::Money).positive().in_its_currency(),
        ])
        .making("payments")
        .one_by_one("they are completed one by one: each has a transaction of its own")
        .undone_by(Undo::CounterEntry),
    Operation::step("pending_payments.fail", &PENDING_PAYMENTS, "fail"),
    Operation::step("pending_payments.expire", &PENDING_PAYMENTS, "expire"),
    Operation::create("payment_gateways.create", &PAYMENT_GATEWAYS),
    Operation::import("payment_gateways.import", &PAYMENT_GATEWAYS),
    Operation::update("payment_gateways.update", &PAYMENT_GATEWAYS),
    Operation::delete("payment_gateways.delete", &PAYMENT_GATEWAYS),
];
