//! Invoices and what they are made of.

use chrono::Days;

use super::customers::CUSTOMERS;
use super::entity::{Change, Condition, Entity, Field, Relation, Visibility};
use super::ledger::{Posting, post};
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::wallets::{self, WalletLinks};
use super::write::Writing;
use super::{StoreError, books, numbers, settlement};
use crate::domain::invoices::{LIFECYCLE, line_total, totals};
use crate::domain::money::is_currency;
use crate::domain::number::NumberFormat;
use crate::domain::payments::METHODS;
use crate::domain::{Id, Kind, Money, Percent, Value};

/// The numbers of issued invoices, without gaps: each is taken in the transaction that issues. Drafts have others.
const ISSUED: NumberFormat = NumberFormat::yearly("INV", 6);
/// How many days people have to pay, where the setting `invoices.due_days` says nothing else.
const DUE_DAYS: i64 = 14;

pub static INVOICES: Entity = Entity {
    name: "invoices",
    singular: "invoice",
    table: &table(TABLES, "invoices"),
    number: Some(NumberFormat::new("DRAFT", 6)),
    label: "number",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("organization", "organization_id", "organizations"),
        Field::reference("contract", "contract_id", "contracts"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::of("issued_on", Kind::Date).read_only(),
        Field::of("due_on", Kind::Date).sorted_by("due_on"),
        Field::of("period_start", Kind::Date),
        Field::of("period_end", Kind::Date),
        Field::text("currency", 3).default("$currency"),
        Field::of("subtotal", Kind::Money).read_only(),
        Field::of("tax_amount", Kind::Money).read_only(),
        Field::of("total", Kind::Money).read_only().sorted_by("total"),
        Field::of("amount_paid", Kind::Money).read_only(),
        Field::of("paid_at", Kind::Instant).read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["number", "notes", "currency"],
    shows: &["customer", "organization", "contract"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Organization("organization_id"),
    ]),
    conditions: &[
        Condition { name: "open", means: "status:pending,overdue" },
        Condition { name: "overdue", means: "status:overdue" },
    ],
    relations: &[
        Relation { name: "lines", entity: "invoice_lines", column: "invoice_id" },
        Relation { name: "payments", entity: "payments", column: "invoice_id" },
        Relation { name: "wallet_entries", entity: "wallet_entries", column: "invoice_id" },
    ],
    default_sort: "-created_at",
    rules: invoice_rules,
    prepare: Some(invoice_prepare),
    ..Entity::PLAIN
};

fn invoice_rules(change: &mut Change<'_>) {
    if change.refers_to("customer").is_none() && change.refers_to("organization").is_none() {
        change.problem("customer", "give the customer or the organization that owes it");
    }
    if change.changes("currency") && !is_currency(change.after("currency").as_str()) {
        change.problem("currency", "is the code of a currency such as USD");
    }
    if let (Value::Date(start), Value::Date(end)) = (change.after("period_start"), change.after("period_end"))
        && end <= start
    {
        change.problem("period_end", "is not after the beginning");
    }
    let issued = change.before.is_some_and(|record| record.get("status").as_str() != LIFECYCLE.initial);
    for field in ["customer", "organization", "contract", "period_start", "period_end", "currency"] {
        let goes_along = change.handed_over && field == "customer";
        if issued && change.values.contains_key(field) && !goes_along {
            change.problem(field, "an issued invoice keeps what it says: cancel it and write another");
        }
    }
}

fn invoice_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let Some(customer) = change.refers_to("customer") else { return Ok(()) };
    if (change.before.is_none() || change.values.contains_key("customer") || change.values.contains_key("currency"))
        && let told = writing.look(&CUSTOMERS, customer)?.get("currency").as_str().to_owned()
        && told != change.after("currency").as_str()
    {
        change.problem("currency", format!("the customer's is {told}"));
    }
    if change.before.is_some() && change.values.contains_key("currency") && !lines_of(writing, change.id)?.is_empty() {
        change.problem("currency", "the lines' prices are in another one: take them away first");
    }
    if let (Value::Date(start), "draft") = (change.after("period_start").clone(), change.after("status").as_str())
        && let Some(number) = billed(writing, change.id, customer, change.refers_to("contract"), start)?
    {
        change.problem("period_start", format!("{number} bills this customer and contract for this period already"));
    }
    Ok(())
}

/// Another invoice of a customer and contract for a period, that stands.
fn billed(
    writing: &mut Writing<'_>,
    own: Id,
    customer: Id,
    contract: Option<Id>,
    start: chrono::NaiveDate,
) -> Result<Option<String>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.number AS t0 FROM invoices c WHERE c.status <> 'cancelled' AND c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.id <> ")
        .bind_id(own)
        .push(" AND c.customer_id = ")
        .bind_id(customer)
        .push(" AND c.period_start = ")
        .bind(ColumnKind::Date, Value::Date(start))?
        .push(" AND coalesce(c.contract_id, c.customer_id) = ")
        .bind_id(contract.unwrap_or(customer));
    Ok(statement.load(writing.connection)?.first().map(|row| row.0[0].as_str().to_owned()))
}

pub static INVOICE_LINES: Entity = Entity {
    name: "invoice_lines",
    singular: "invoice line",
    table: &table(TABLES, "invoice_lines"),
    label: "description",
    title: &["invoice", "description"],
    part_of: Some(("invoice", &["draft"])),
    fields: &[
        Field::reference("invoice", "invoice_id", "invoices").required().at_creation(),
        Field::text("description", 1_000).required(),
        Field::of("quantity", Kind::Int).required().default("1"),
        Field::of("unit_price", Kind::Money).required().in_currency_of("invoice").by_the_piece(),
        Field::of("tax_percentage", Kind::Percent).default("0"),
        Field::of("total", Kind::Money).read_only().in_currency_of("invoice"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    visibility: Visibility::Through("invoice_id", "invoices"),
    shows: &["invoice"],
    default_sort: "created_at",
    rules: line_rules,
    prepare: Some(line_prepare),
    follow_up: line_follow_up,
    ..Entity::PLAIN
};

fn line_rules(change: &mut Change<'_>) {
    let most = i32::MAX;
    if change.after("quantity").as_int().is_some_and(|quantity| !(1..=i64::from(most)).contains(&quantity)) {
        change.problem("quantity", format!("is a whole number from 1 to {most}; a credit has a negative price"));
    }
}

/// What a line comes to is worked out here; the lines of an issued invoice never change.
fn line_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let Some(invoice) = change.refers_to("invoice") else { return Ok(()) };
    let invoice = writing.take(&INVOICES, invoice)?;
    require_draft(&invoice)?;
    let (Some(quantity), Value::Money(price)) = (change.after("quantity").as_int(), change.after("unit_price")) else {
        return Ok(());
    };
    match line_total(quantity, *price, invoice.get("currency").as_str()) {
        Some(total) => change.set("total", Value::Money(total)),
        None => change.problem("unit_price", "comes to more than can be kept"),
    }
    Ok(())
}

/// An invoice adds up its lines, and who edits it sees that it is another one now.
fn line_follow_up(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(id) = change.refers_to("invoice") else { return Ok(()) };
    let invoice = writing.take(&INVOICES, id)?;
    require_draft(&invoice)?;
    let lines = lines_of(writing, id)?;
    let sum = totals(&lines, invoice.get("currency").as_str())
        .ok_or_else(|| StoreError::refused("the lines come to more than can be kept"))?;
    for (column, amount) in [("subtotal", sum.subtotal), ("tax_amount", sum.tax), ("total", sum.total)] {
        writing.derive(&INVOICES, id, column, Value::Money(amount))?;
    }
    writing.touch(&INVOICES, id)
}

fn require_draft(invoice: &Record) -> Result<(), StoreError> {
    match invoice.get("status").as_str() {
        "draft" => Ok(()),
        status => Err(StoreError::refused(format!(
            "{} is {status}: only a draft's lines change. Cancel it and write another",
            invoice.get("number").as_str()
        ))),
    }
}

/// The lines of an invoice: what each comes to before tax, and its rate.
fn lines_of(writing: &mut Writing<'_>, invoice: Id) -> Result<Vec<(Money, Percent)>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT c.total AS m0, c.tax_percentage AS p1 FROM invoice_lines c WHERE c.tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND c.invoice_id = ")
        .bind_id(invoice)
        .push(" ORDER BY c.id");
    let rows = statement.load(writing.connection)?;
    Ok(rows
        .iter()
        .filter_map(|row| match row.0.as_slice() {
            [Value::Money(total), Value::Percent(rate)] => Some((*total, *rate)),
            _ => None,
        })
        .collect())
}

/// An amount of a record.
pub(super) fn amount(record: &Record, field: &str) -> Money {
    if let Value::Money(money) = record.get(field) { *money } else { Money::ZERO }
}

/// A draft becomes what is owed: it gets its number and the day until which it is to be paid, and is posted.
fn issue(writing: &mut Writing<'_>, invoice: &Record, request: &Request) -> Result<(), StoreError> {
    let (total, tax) = (amount(invoice, "total"), amount(invoice, "tax_amount"));
    if lines_of(writing, invoice.id)?.is_empty() {
        return Err(StoreError::refused("it has no lines yet: there is nothing to bill"));
    }
    let today = books::today(writing);
    let due = match (request.value("due_on"), invoice.get("due_on")) {
        (Value::Date(due), _) | (_, Value::Date(due)) => *due,
        _ => {
            let days =
                writing.setting("invoices.due_days")?.and_then(|days| days.as_u64()).unwrap_or(DUE_DAYS.unsigned_abs());
            today
                .checked_add_days(Days::new(days))
                .ok_or_else(|| StoreError::refused("the setting invoices.due_days is too large"))?
        }
    };
    let number = next_number(writing)?;
    let (issued, due) = (("issued_on", Value::Date(today)), ("due_on", Value::Date(due)));
    let values = vec![("number", Value::text(&number)), issued, due];
    let reason = request.reason.as_deref();
    if total > Money::ZERO {
        writing.follow(invoice, "issue", values, reason)?;
    } else {
        // Nothing is left to pay; what is negative is a credit, and goes to the wallet.
        let settled = [("status", Value::text("paid")), ("paid_at", Value::Instant(writing.now))];
        writing.set(invoice, values.into_iter().chain(settled).collect(), reason)?;
    }
    if total < Money::ZERO {
        let customer = invoice.get("customer_id").as_id().ok_or_else(|| {
            StoreError::refused("a credit goes to a customer's wallet, and this invoice names no customer")
        })?;
        let links = WalletLinks { invoice: Some(invoice.id), note: &number, ..WalletLinks::default() };
        wallets::post(writing, customer, -total, "adjustment", links)?;
    }
    if total == Money::ZERO {
        return Ok(());
    }
    let owed = if total > Money::ZERO { "receivables" } else { "wallets" };
    let posting = Posting {
        date: today,
        memo: &format!("Invoice {number}"),
        source: Some((&INVOICES, invoice.id)),
        lines: vec![
            (owed, total, Money::ZERO),
            ("revenue", Money::ZERO, amount(invoice, "subtotal")),
            ("tax", Money::ZERO, tax),
        ],
        currency: invoice.get("currency").as_str(),
    };
    post(writing, posting).map(|_| ())
}

/// The next number of an issued invoice that no imported one has.
fn next_number(writing: &mut Writing<'_>) -> Result<String, StoreError> {
    loop {
        let number = numbers::next(writing.connection, writing.session, ISSUED, writing.now)?;
        if writing.named(&INVOICES, &number)?.is_empty() {
            return Ok(number);
        }
    }
}

/// It is owed no more; what was posted is reversed.
fn cancel(writing: &mut Writing<'_>, invoice: &Record, request: &Request) -> Result<(), StoreError> {
    let paid = amount(invoice, "amount_paid");
    if paid != Money::ZERO {
        let currency = invoice.get("currency").as_str();
        return Err(StoreError::refused(format!("{paid} {currency} were paid on it: refund its payments first")));
    }
    writing.follow(invoice, "cancel", Vec::new(), request.reason.as_deref())?;
    books::reverse_all(writing, &INVOICES, invoice.id)
}

/// A payment of all or a part of what is owed, out of the wallet or from outside.
fn pay(writing: &mut Writing<'_>, invoice: &Record, request: &Request) -> Result<(), StoreError> {
    let owed = amount(invoice, "total").checked_sub(amount(invoice, "amount_paid")).unwrap_or(Money::ZERO);
    let given = match request.value("amount") {
        Value::Money(given) => *given,
        _ => owed,
    };
    let mut values = vec![
        ("invoice", Value::Id(invoice.id)),
        ("amount", Value::Money(given)),
        ("currency", invoice.get("currency").clone()),
    ];
    values.extend(["method", "transaction_id"].map(|field| (field, request.value(field).clone())));
    settlement::receive(writing, values, request.reason.as_deref()).map(|_| ())
}

/// Something that is to be billed at once.
pub(super) struct Bill<'a> {
    pub customer: Id,
    pub contract: Option<Id>,
    /// From the first day to the day after the last: the same period is billed once.
    pub period: (chrono::NaiveDate, chrono::NaiveDate),
    /// What for, how much before tax, and the tax.
    pub lines: Vec<(&'a str, Money, Percent)>,
}

/// Makes and issues an invoice; where the customer and contract were billed for the period already, that one is it.
pub(super) fn bill(writing: &mut Writing<'_>, bill: Bill<'_>) -> Result<Id, StoreError> {
    // Whoever bills the same customer waits here.
    let customer = writing.take(&CUSTOMERS, bill.customer)?;
    if let Some(number) = billed(writing, Id::nil(), bill.customer, bill.contract, bill.period.0)?
        && let [id] = writing.named(&INVOICES, &number)?.as_slice()
    {
        return Ok(*id);
    }
    let id = writing.make(
        &INVOICES,
        vec![
            ("customer", Value::Id(bill.customer)),
            ("contract", bill.contract.map_or(Value::Null, Value::Id)),
            ("period_start", Value::Date(bill.period.0)),
            ("period_end", Value::Date(bill.period.1)),
            ("currency", customer.get("currency").clone()),
        ],
    )?;
    for (description, price, tax) in bill.lines {
        writing.make(
            &INVOICE_LINES,
            vec![
                ("invoice", Value::Id(id)),
                ("description", Value::text(description)),
                ("unit_price", Value::Money(price)),
                ("tax_percentage", Value::Percent(tax)),
            ],
        )?;
    }
    let invoice = writing.take(&INVOICES, id)?;
    let issuing = super::operation::find("invoices.issue").ok_or_else(|| StoreError::unexpected("invoices.issue"))?;
    issue(writing, &invoice, &Request::new(issuing))?;
    Ok(id)
}

/// Bills a customer for a period.
fn bill_customer(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let (Some(customer), Value::Date(start), Value::Date(end), Value::Money(price)) = (
        request.value("customer").as_id(),
        request.value("period_start"),
        request.value("period_end"),
        request.value("amount"),
    ) else {
        return Err(StoreError::unexpected("an answer is missing"));
    };
    let tax = if let Value::Percent(tax) = request.value("tax_percentage") { *tax } else { Percent::ZERO };
    let lines = vec![(request.value("description").as_str(), *price, tax)];
    let contract = request.value("contract").as_id();
    bill(writing, Bill { customer, contract, period: (*start, *end), lines }).map(|id| vec![id])
}

pub(super) static ENTITIES: &[&Entity] = &[&INVOICES, &INVOICE_LINES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("invoices.create", &INVOICES),
    Operation::import("invoices.import", &INVOICES),
    Operation::update("invoices.update", &INVOICES),
    Operation::new("invoices.bill", &INVOICES, Does::Make(bill_customer))
        .asking(&[
            Field::reference("customer", "customer_id", "customers").required(),
            Field::reference("contract", "contract_id", "contracts"),
            Field::of("period_start", Kind::Date).required(),
            Field::of("period_end", Kind::Date).required(),
            Field::text("description", 1_000).required(),
            Field::of("amount", Kind::Money).required().positive().in_currency_of("customer"),
            Field::of("tax_percentage", Kind::Percent),
        ])
        .undone_by(Undo::None("an invoice that was issued is cancelled instead")),
    Operation::new("invoices.issue", &INVOICES, Does::Custom(issue))
        .asking(&[Field::of("due_on", Kind::Date)])
        .whatever_is_answered()
        .undone_by(Undo::CounterEntry),
    Operation::new("invoices.pay", &INVOICES, Does::Custom(pay))
        .moving_money()
        .asking(&[
            Field::of("amount", Kind::Money).positive().in_its_currency(),
            Field::of("method", Kind::Choice(METHODS)).required().default("wallet"),
            Field::text("transaction_id", 255),
        ])
        .for_what_is_owed("total", "amount_paid")
        .making("payments")
        .undone_by(Undo::CounterEntry),
    Operation::step("invoices.mark_overdue", &INVOICES, "mark_overdue")
        .not_before("due_on", "the day on which it is due has not passed yet"),
    Operation::new("invoices.cancel", &INVOICES, Does::Custom(cancel)).undone_by(Undo::CounterEntry),
    Operation::create("invoice_lines.create", &INVOICE_LINES),
    Operation::import("invoice_lines.import", &INVOICE_LINES),
    Operation::update("invoice_lines.update", &INVOICE_LINES),
    Operation::delete("invoice_lines.delete", &INVOICE_LINES),
];
