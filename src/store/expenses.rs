//! Money that goes out, once or again and again.

use super::entity::{Change, Condition, Entity, Field, Relation};
use super::ledger::{ACCOUNTS, Posting, post};
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, books};
use crate::domain::expenses::{RECURRENCES, next_due};
use crate::domain::money::{is_currency, is_whole};
use crate::domain::payments::{OUTSIDE_METHODS, purpose};
use crate::domain::{Kind, Money, Value};

pub static EXPENSES: Entity = Entity {
    name: "expenses",
    singular: "expense",
    table: &table(TABLES, "expenses"),
    label: "category",
    title: &["category", "description"],
    fields: &[
        Field::text("category", 100).required().sorted_by("category"),
        Field::text("description", 1_000),
        Field::of("amount", Kind::Money).required().sorted_by("amount"),
        Field::text("currency", 3).default("$currency"),
        Field::reference("vendor", "vendor_id", "vendors"),
        Field::reference("account", "account_id", "accounts"),
        Field::of("method", Kind::Choice(OUTSIDE_METHODS)).default("bank"),
        Field::of("spent_on", Kind::Date).required().default("today").sorted_by("spent_on"),
        Field::of("recurrence", Kind::Choice(RECURRENCES)),
        Field::of("is_recurring", Kind::Bool).read_only(),
        Field::of("next_due_on", Kind::Date).read_only().slowly_sorted_by("next_due_on"),
        Field::reference("template", "template_id", "expenses").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    search: &["category", "description", "currency"],
    shows: &["vendor", "account"],
    conditions: &[Condition { name: "recurring", means: "is_recurring:yes" }],
    relations: &[Relation { name: "occurrences", entity: "expenses", column: "template_id" }],
    default_sort: "-spent_on",
    rules: expense_rules,
    prepare: Some(expense_prepare),
    ..Entity::PLAIN
};

fn expense_rules(change: &mut Change<'_>) {
    let currency = change.after("currency").as_str().to_owned();
    if !is_currency(&currency) {
        change.problem("currency", "is the code of a currency such as USD");
    } else if let Value::Money(amount) = change.after("amount")
        && *amount <= Money::ZERO
    {
        change.problem("amount", "must be more than nothing");
    }
}

/// What is posted for an expense, and when it comes again.
fn expense_prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() || change.changes("recurrence") || change.changes("spent_on") {
        let recurrence = change.after("recurrence").as_str().to_owned();
        let next = match change.after("spent_on") {
            Value::Date(day) if !recurrence.is_empty() => next_due(*day, &recurrence, *day),
            _ => None,
        };
        change.set("is_recurring", Value::Bool(!recurrence.is_empty()));
        change.set("next_due_on", next.map_or(Value::Null, Value::Date));
    }
    let posted = ["amount", "currency", "account", "method", "spent_on"];
    if change.before.is_some() {
        if !posted.iter().any(|field| change.values.contains_key(field)) {
            return Ok(());
        }
        books::reverse_all(writing, &EXPENSES, change.id)?;
    }
    // What is missing or wrong is told by the fields' own checks and rules, and nothing is posted then.
    let (Value::Money(amount), Value::Date(date)) = (change.after("amount").clone(), change.after("spent_on").clone())
    else {
        return Ok(());
    };
    let currency = change.after("currency").as_str().to_owned();
    if amount <= Money::ZERO || !is_currency(&currency) || !is_whole(amount, &currency) {
        return Ok(());
    }
    let account = match change.refers_to("account") {
        Some(account) => writing.look(&ACCOUNTS, account)?.get("code").as_str().to_owned(),
        None => "expenses".into(),
    };
    let posting = Posting {
        date,
        memo: &format!("Expense: {}", change.after("category").as_str()),
        source: Some((&EXPENSES, change.id)),
        lines: vec![(&account, amount, Money::ZERO), (purpose(change.after("method").as_str()), Money::ZERO, amount)],
        currency: &currency,
    };
    post(writing, posting).map(|_| ())
}

/// Makes the next one of an expense that comes again.
fn recur(writing: &mut Writing<'_>, expense: &Record, request: &Request) -> Result<(), StoreError> {
    let recurrence = expense.get("recurrence").as_str();
    let (Value::Date(anchor), Value::Date(due)) = (expense.get("spent_on"), expense.get("next_due_on")) else {
        return Err(StoreError::refused("it does not come again: set how often it recurs first"));
    };
    let keep = |field: &'static str, column: &str| (field, expense.get(column).clone());
    writing.make(
        &EXPENSES,
        vec![
            keep("category", "category"),
            keep("description", "description"),
            keep("amount", "amount"),
            keep("currency", "currency"),
            keep("vendor", "vendor_id"),
            keep("account", "account_id"),
            keep("method", "method"),
            ("spent_on", Value::Date(*due)),
            ("template", Value::Id(expense.id)),
        ],
    )?;
    let next = next_due(*anchor, recurrence, *due).map_or(Value::Null, Value::Date);
    writing.set(expense, vec![("next_due_on", next)], request.reason.as_deref())
}

/// Takes an expense away; what was posted is reversed.
fn delete(writing: &mut Writing<'_>, expense: &Record, _: &Request) -> Result<(), StoreError> {
    writing.remove(expense)?;
    books::reverse_all(writing, &EXPENSES, expense.id)
}

pub(super) static ENTITIES: &[&Entity] = &[&EXPENSES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("expenses.create", &EXPENSES).undone_by(Undo::CounterEntry),
    Operation::import("expenses.import", &EXPENSES).undone_by(Undo::CounterEntry),
    Operation::update("expenses.update", &EXPENSES).undone_by(Undo::CounterEntry),
    Operation::new("expenses.recur", &EXPENSES, Does::Custom(recur))
        .making("expenses")
        .moving_money()
        .undone_by(Undo::CounterEntry),
    Operation::new("expenses.delete", &EXPENSES, Does::Custom(delete)).moving_money().undone_by(Undo::CounterEntry),
];
