//! Customers and the plans they subscribe to.

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, digits, sort_key};
use super::list::select;
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::wallets::{self, WalletLinks};
use super::write::Writing;
use crate::domain::customers::{CONNECTION_TYPES, LIFECYCLE, is_email};
use crate::domain::money::{is_currency, minor_digits};
use crate::domain::number::NumberFormat;
use crate::domain::phone::is_phone;
use crate::domain::time::{Instant, day_of};
use crate::domain::{Kind, Money, Value};

pub static CUSTOMERS: Entity = Entity {
    name: "customers",
    singular: "customer",
    table: &table(TABLES, "customers"),
    number: Some(NumberFormat::new("CUS", 6)),
    label: "name",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::text("email", 255).unique("email_key"),
        Field::text("phone", 50),
        Field::lines("address"),
        Field::text("company", 200),
        Field::reference("plan", "plan_id", "plans"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::of("wallet_balance", Kind::Money).read_only().sorted_by("wallet_balance"),
        Field::text("currency", 3).default("$currency"),
        Field::of("expires_at", Kind::Instant).sorted_by("expires_at"),
        Field::of("connection_type", Kind::Choice(CONNECTION_TYPES)),
        Field::text("username", 64).unique("username_key"),
        Field::of("access_password", Kind::Secret),
        Field::of("mac_address", Kind::Mac),
        Field::reference("organization", "organization_id", "organizations"),
        Field::of("contact", Kind::Json).default("{}").shaped(r#"{"type": "object"}"#),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "name_key", from: "name", how: sort_key },
        Derived { column: "email_key", from: "email", how: sort_key },
        Derived { column: "username_key", from: "username", how: sort_key },
        Derived { column: "phone_digits", from: "phone", how: digits },
    ],
    search: &["number", "name", "email", "phone", "company", "username", "address", "mac_address", "notes"],
    shows: &["plan", "organization"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::Organization("organization_id"),
    conditions: &[
        Condition { name: "overdue", means: "status:active expires_at<0d" },
        Condition { name: "expiring", means: "status:active expires_at<7d" },
        Condition { name: "indebted", means: "wallet_balance<0" },
    ],
    relations: &[
        Relation { name: "devices", entity: "devices", column: "customer_id" },
        Relation { name: "tickets", entity: "tickets", column: "customer_id" },
        Relation { name: "jobs", entity: "jobs", column: "customer_id" },
        Relation { name: "invoices", entity: "invoices", column: "customer_id" },
        Relation { name: "payments", entity: "payments", column: "customer_id" },
        Relation { name: "pending_payments", entity: "pending_payments", column: "customer_id" },
        Relation { name: "wallet", entity: "wallet_entries", column: "customer_id" },
        Relation { name: "addresses", entity: "ip_allocations", column: "customer_id" },
        Relation { name: "sessions", entity: "radius_sessions", column: "customer_id" },
        Relation { name: "past_sessions", entity: "radius_session_archive", column: "customer_id" },
        Relation { name: "messages", entity: "sms_log", column: "customer_id" },
        Relation { name: "contracts", entity: "contracts", column: "customer_id" },
        Relation { name: "orders", entity: "orders", column: "customer_id" },
        Relation { name: "leads", entity: "leads", column: "customer_id" },
        Relation { name: "vouchers", entity: "vouchers", column: "customer_id" },
        Relation { name: "stock", entity: "stock_locations", column: "customer_id" },
        Relation { name: "tests", entity: "test_reports", column: "customer_id" },
        Relation { name: "notes", entity: "notes", column: "customer_id" },
        Relation { name: "merged_from", entity: "customer_merges", column: "survivor_id" },
        Relation { name: "merged_into", entity: "customer_merges", column: "merged_id" },
    ],
    default_sort: "name",
    rules: customer_rules,
    ..Entity::PLAIN
};

fn customer_rules(change: &mut Change<'_>) {
    check_email(change, "email");
    check_currency(change);
    check_phone(change, "phone");
}

/// Until when a customer is served who takes a plan for another while: from the later of now and until when they are
/// served already.
pub(super) fn renewed_until(customer: &Record, plan: &Record, now: Instant) -> Result<Value, StoreError> {
    let days = plan.get("validity_days").as_int().and_then(|days| u64::try_from(days).ok()).unwrap_or(0);
    let from = customer.get("expires_at").as_instant().map_or(now, |expires| expires.max(now));
    let until = from.checked_add_days(chrono::Days::new(days));
    until.map(Value::Instant).ok_or_else(|| StoreError::invalid("expires_at", "lies beyond the calendar"))
}

/// The plan goes on for as long as it lasts, from the later of now and where it ended.
fn renew(writing: &mut Writing<'_>, customer: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = Vec::new();
    match customer.get("plan_id").as_id() {
        Some(plan) => {
            let plan = writing.look(&PLANS, plan)?;
            values.push(("expires_at", renewed_until(customer, &plan, writing.now)?));
        }
        // Who is active would be as before; whose end has passed would expire again.
        None if customer.get("status").as_str() == "active"
            || customer.get("expires_at").as_instant().is_some_and(|expires| expires <= writing.now) =>
        {
            return Err(StoreError::refused(
                "cannot renew: the customer has no plan that says for how long: set a plan, or a later date of expiry",
            ));
        }
        None => {}
    }
    writing.follow(customer, "renew", values, request.reason.as_deref())
}

fn change_plan(writing: &mut Writing<'_>, customer: &Record, request: &Request) -> Result<(), StoreError> {
    let Some(plan) = request.value("plan").as_id() else { return Err(StoreError::invalid("plan", "is required")) };
    if customer.get("plan_id").as_id() == Some(plan) {
        return Err(StoreError::invalid("plan", "is the one that the customer has"));
    }
    let plan = writing.look(&PLANS, plan)?;
    if !plan.get("is_active").is_true() {
        return Err(StoreError::invalid("plan", "is not sold any more"));
    }
    writing.set(customer, vec![("plan", Value::Id(plan.id))], request.reason.as_deref())?;
    if request.value("prorate").is_true() { settle_rest(writing, customer, &plan) } else { Ok(()) }
}

/// What is left of the time that was paid for is given back at the old plan's price and taken at the new one's, by days.
fn settle_rest(writing: &mut Writing<'_>, customer: &Record, new: &Record) -> Result<(), StoreError> {
    let (Some(old), Some(expires)) = (customer.get("plan_id").as_id(), customer.get("expires_at").as_instant()) else {
        return Ok(());
    };
    let old = writing.look(&PLANS, old)?;
    let zone = writing.session.tenant.zone;
    let rest = (day_of(zone, expires) - day_of(zone, writing.now)).num_days();
    if rest <= 0 {
        return Ok(());
    }
    let currency = customer.get("currency").as_str();
    let beyond = || StoreError::invalid("prorate", "comes to more than can be counted");
    let mut of_rest = Vec::new();
    for plan in [&old, new] {
        let told = plan.get("currency").as_str();
        if told != currency {
            let why = format!("{} is in {told}, the wallet in {currency}: say no, and settle it by hand", plan.title());
            return Err(StoreError::invalid("prorate", why));
        }
        let (Value::Money(price), Some(days)) = (plan.get("price"), plan.get("validity_days").as_int()) else {
            return Err(StoreError::unexpected("a plan without a price"));
        };
        of_rest.push(price.share(rest, days, minor_digits(currency)).ok_or_else(beyond)?);
    }
    let more = of_rest[1].checked_sub(of_rest[0]).ok_or_else(beyond)?;
    if more == Money::ZERO {
        return Ok(());
    }
    let note = format!("{} in place of {} for {rest} days", new.title(), old.title());
    let links = WalletLinks { note: &note, ..WalletLinks::default() };
    let entry = wallets::post(writing, customer.id, -more, "adjustment", links)?;
    wallets::post_wallet(writing, entry, ("wallets", "revenue"), more, &note, currency)
}

/// The customer that has an e-mail address already.
pub(super) fn with_email(writing: &mut Writing<'_>, email: &Value) -> Result<Option<Record>, StoreError> {
    if email.is_empty() {
        return Ok(None);
    }
    let by = ("email_key", ColumnKind::Text);
    let found = select::all_where(writing.connection, writing.session, &CUSTOMERS, by, vec![sort_key(email)])?;
    Ok(found.into_iter().next())
}

/// An e-mail address looks like one.
pub(super) fn check_email(change: &mut Change<'_>, field: &'static str) {
    if let Value::Text(email) = change.after(field)
        && change.changes(field)
        && !email.is_empty()
        && !is_email(email)
    {
        change.problem(field, "is not an e-mail address such as amina@example.com");
    }
}

/// A phone number can be dialled.
pub(super) fn check_phone(change: &mut Change<'_>, field: &str) {
    let phone = change.after(field).as_str();
    if change.changes(field) && !phone.is_empty() && !is_phone(phone) {
        change.problem(field, "is a number such as +254 712 345 678; of several, with commas between them");
    }
}

/// A currency is written as ISO 4217 does.
pub(super) fn check_currency(change: &mut Change<'_>) {
    if change.changes("currency") && !is_currency(change.after("currency").as_str()) {
        change.problem("currency", "is the code of a currency such as USD");
    }
}

pub static PLANS: Entity = Entity {
    name: "plans",
    singular: "plan",
    table: &table(TABLES, "plans"),
    label: "name",
    fields: &[
        Field::text("name", 100).required().unique("name_key").sorted_by("name_key"),
        Field::of("kind", Kind::Choice(&["fiber", "pppoe", "hotspot", "dhcp", "static"])).required().default("fiber"),
        Field::of("download_mbps", Kind::Int).required(),
        Field::of("upload_mbps", Kind::Int).required(),
        Field::of("burst_download_mbps", Kind::Int),
        Field::of("burst_upload_mbps", Kind::Int),
        Field::of("price", Kind::Money).required().sorted_by("price"),
        Field::text("currency", 3).default("$currency"),
        Field::of("data_limit_gb", Kind::Int).default("0"),
        Field::of("validity_days", Kind::Int).default("30"),
        Field::of("session_minutes", Kind::Int),
        Field::lines("description"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "description", "currency"],
    visibility: Visibility::Catalogue,
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "customers", entity: "customers", column: "plan_id" },
        Relation { name: "jobs", entity: "jobs", column: "plan_id" },
        Relation { name: "voucher_batches", entity: "voucher_batches", column: "plan_id" },
        Relation { name: "vouchers", entity: "vouchers", column: "plan_id" },
    ],
    default_sort: "name",
    rules: plan_rules,
    ..Entity::PLAIN
};

fn plan_rules(change: &mut Change<'_>) {
    check_currency(change);
    let least = |field| if field == "validity_days" { 1 } else { 0 };
    for field in [
        "download_mbps",
        "upload_mbps",
        "burst_download_mbps",
        "burst_upload_mbps",
        "data_limit_gb",
        "validity_days",
        "session_minutes",
    ] {
        change.check_whole(field, least(field));
    }
    if let Value::Money(price) = change.after("price")
        && *price < crate::domain::Money::ZERO
    {
        change.problem("price", "must not be negative");
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&CUSTOMERS, &PLANS];

/// What is final is done for a reason, which the log keeps.
const WHY: Field = Field::text("reason", 500);

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("customers.create", &CUSTOMERS),
    Operation::import("customers.import", &CUSTOMERS),
    Operation::update("customers.update", &CUSTOMERS),
    Operation::step("customers.suspend", &CUSTOMERS, "suspend"),
    Operation::step("customers.reactivate", &CUSTOMERS, "reactivate"),
    Operation::step("customers.expire", &CUSTOMERS, "expire")
        .not_before("expires_at", "what was paid for is not over yet"),
    Operation::new("customers.renew", &CUSTOMERS, Does::Custom(renew)),
    Operation::new("customers.change_plan", &CUSTOMERS, Does::Custom(change_plan))
        .moving_money()
        .asking(&[
            Field::reference("plan", "plan_id", "plans").required(),
            Field::of("prorate", Kind::Bool).default("yes"),
        ])
        .only_while(&["active", "suspended", "expired"], "cannot change the plan: the customer")
        .undone_by(Undo::CounterEntry),
    Operation::step("customers.terminate", &CUSTOMERS, "terminate").asking(&[WHY]),
    Operation::create("plans.create", &PLANS),
    Operation::import("plans.import", &PLANS),
    Operation::update("plans.update", &PLANS),
    Operation::delete("plans.delete", &PLANS),
];
