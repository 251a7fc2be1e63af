//! Leads: who may become a customer, what was done about it, and every step on the way.

use super::customers::{CUSTOMERS, PLANS, check_currency, check_email, check_phone};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, digits, sort_key};
use super::jobs::JOBS;
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{StoreError, customers, organizations};
use crate::domain::leads::LIFECYCLE;
use crate::domain::number::NumberFormat;
use crate::domain::{Id, Kind, Money, Value};

pub static LEADS: Entity = Entity {
    name: "leads",
    singular: "lead",
    table: &table(TABLES, "leads"),
    number: Some(NumberFormat::new("LEAD", 6)),
    label: "title",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::text("title", 500).required().sorted_by("title_key"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::text("organization", 255),
        Field::text("contact_name", 255),
        Field::text("contact_email", 255),
        Field::text("contact_phone", 50),
        Field::lines("address"),
        Field::text("plan_interest", 255),
        Field::of("value", Kind::Money).slowly_sorted_by("value"),
        Field::text("currency", 3).default("$currency"),
        Field::of("probability", Kind::Int),
        Field::text("source", 100).default("manual"),
        Field::reference("assigned_to", "assigned_to", "users"),
        Field::of("follow_up_at", Kind::Instant).sorted_by("follow_up_at"),
        Field::of("expected_close_at", Kind::Instant).slowly_sorted_by("expected_close_at"),
        Field::reference("partner", "partner_id", "organizations"),
        Field::reference("distributor", "distributor_id", "organizations"),
        Field::reference("customer", "customer_id", "customers").read_only(),
        Field::lines("notes"),
        Field::text("provider_name", 100),
        Field::text("provider_id", 255),
        Field::of("provider_metadata", Kind::Json).default("{}"),
        Field::of("last_sync_at", Kind::Instant).read_only(),
        Field::text("sync_status", 50).read_only(),
        Field::text("sync_error", 10_000).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "title_key", from: "title", how: sort_key },
        Derived { column: "phone_digits", from: "contact_phone", how: digits },
    ],
    search: &[
        "number",
        "title",
        "organization",
        "contact_name",
        "contact_email",
        "contact_phone",
        "address",
        "notes",
        "source",
    ],
    shows: &["assigned_to", "partner"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::Organization("partner_id"),
    conditions: &[
        Condition { name: "open", means: "status:new,contacted,qualified,feasibility,proposal,negotiation" },
        Condition {
            name: "overdue",
            means: "status:new,contacted,qualified,feasibility,proposal,negotiation follow_up_at<0d",
        },
        Condition { name: "won", means: "status:won,in_progress,installed" },
        Condition { name: "mine", means: "assigned_to:me" },
    ],
    relations: &[
        Relation { name: "activities", entity: "lead_activities", column: "lead_id" },
        Relation { name: "notes", entity: "lead_notes", column: "lead_id" },
        Relation { name: "jobs", entity: "jobs", column: "lead_id" },
        Relation { name: "orders", entity: "orders", column: "lead_id" },
        Relation { name: "steps", entity: "lead_status_history", column: "lead_id" },
    ],
    default_sort: "-created_at",
    rules: lead_rules,
    prepare: Some(organizations::check_kinds),
    follow_up: keep_history,
    ..Entity::PLAIN
};

fn lead_rules(change: &mut Change<'_>) {
    check_email(change, "contact_email");
    check_phone(change, "contact_phone");
    check_currency(change);
    if change.changes("probability")
        && change.after("probability").as_int().is_some_and(|percent| !(0..=100).contains(&percent))
    {
        change.problem("probability", "is a whole number from 0 to 100");
    }
    if let Value::Money(value) = change.after("value")
        && change.changes("value")
        && *value < Money::ZERO
    {
        change.problem("value", "must not be negative");
    }
}

/// Every step stands in the history, those that are taken back too.
fn keep_history(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(status) = change.values.get("status") else { return Ok(()) };
    let before = change.before.map_or(Value::Null, |lead| lead.get("status").clone());
    if before == *status {
        return Ok(());
    }
    let values = vec![
        ("lead", Value::Id(change.id)),
        ("old_status", before),
        ("new_status", status.clone()),
        ("changed_by", writing.person()),
        ("reason", Value::text(writing.reason.clone().unwrap_or_default())),
        ("changed_at", Value::Instant(writing.now)),
    ];
    writing.append(&LEAD_STATUS_HISTORY, values).map(|_| ())
}

/// What is asked on the way to `won` and beyond: who the customer is and whether somebody is to go there.
const WINNING: &[Field] = &[
    Field::reference("customer", "customer_id", "customers"),
    Field::of("make_customer", Kind::Bool).default("no"),
    Field::of("make_job", Kind::Bool).default("no"),
    Field::of("job_at", Kind::Instant),
];

fn win(writing: &mut Writing<'_>, lead: &Record, request: &Request) -> Result<(), StoreError> {
    win_along(writing, lead, request, "win")
}

fn start(writing: &mut Writing<'_>, lead: &Record, request: &Request) -> Result<(), StoreError> {
    win_along(writing, lead, request, "start")
}

fn install(writing: &mut Writing<'_>, lead: &Record, request: &Request) -> Result<(), StoreError> {
    win_along(writing, lead, request, "install")
}

/// A step to `won` or over it: the lead has its customer from then on, and a job where one is wanted.
fn win_along(writing: &mut Writing<'_>, lead: &Record, request: &Request, verb: &str) -> Result<(), StoreError> {
    let known = lead.get("customer_id").as_id();
    let named = request.value("customer").as_id();
    let customer = match (known, named, request.value("make_customer").is_true()) {
        (None, Some(_), true) => {
            return Err(StoreError::invalid("make_customer", "name the customer or have one made, not both"));
        }
        (Some(known), _, true) => return Err(has_customer(lead, known)),
        (Some(known), Some(named), false) if known != named => return Err(has_customer(lead, known)),
        (None, None, true) => Some(make_customer(writing, lead)?),
        (known, named, false) => known.or(named),
    };
    let values =
        if known == customer { Vec::new() } else { vec![("customer", customer.map_or(Value::Null, Value::Id))] };
    writing.follow(lead, verb, values, request.reason.as_deref())?;
    if request.value("make_job").is_true() {
        make_job(writing, lead, customer, request.value("job_at"))?;
    }
    Ok(())
}

fn has_customer(lead: &Record, customer: Id) -> StoreError {
    let number = lead.get("customer").as_str();
    let customer = if number.is_empty() { customer.to_string() } else { number.to_owned() };
    StoreError::refused(format!("the lead has its customer already: {customer}"))
}

/// The customer that a lead becomes. Somebody with the same e-mail address is not made a second time.
fn make_customer(writing: &mut Writing<'_>, lead: &Record) -> Result<Id, StoreError> {
    if let Some(same) = customers::with_email(writing, lead.get("contact_email"))? {
        return Err(StoreError::invalid(
            "make_customer",
            format!("{} has this e-mail address: give it as the customer instead", same.title()),
        ));
    }
    let contact = lead.get("contact_name");
    let organization = lead.get("organization");
    let name = [contact, organization, lead.get("title")].into_iter().find(|name| !name.is_empty());
    let plan = match lead.get("plan_interest").as_str() {
        "" => None,
        named => match writing.named(&PLANS, named)?.as_slice() {
            [plan] => Some(*plan),
            _ => None,
        },
    };
    let mut values = vec![
        ("name", name.cloned().unwrap_or_default()),
        ("company", organization.clone()),
        ("email", lead.get("contact_email").clone()),
        ("phone", lead.get("contact_phone").clone()),
        ("address", lead.get("address").clone()),
        ("currency", lead.get("currency").clone()),
    ];
    values.extend(lead.get("partner_id").as_id().map(|partner| ("organization", Value::Id(partner))));
    values.extend(plan.map(|plan| ("plan", Value::Id(plan))));
    values.retain(|(_, value)| !value.is_empty());
    writing.make(&CUSTOMERS, values)
}

/// The visit that connects the customer.
fn make_job(writing: &mut Writing<'_>, lead: &Record, customer: Option<Id>, at: &Value) -> Result<(), StoreError> {
    if at.is_empty() {
        return Err(StoreError::invalid("job_at", "is required for the job to be made"));
    }
    let others = writing.look_all(&JOBS, "lead_id", lead.id)?;
    if let Some(job) = others.iter().find(|job| job.get("status").as_str() != "cancelled") {
        return Err(StoreError::invalid("make_job", format!("{} is there for this lead already", job.title())));
    }
    let mut values = vec![
        ("job_type", Value::text("new_install")),
        ("scheduled_at", at.clone()),
        ("lead", Value::Id(lead.id)),
        ("phone", lead.get("contact_phone").clone()),
        ("address", lead.get("address").clone()),
        ("notes", lead.get("notes").clone()),
    ];
    let named = |name: &Record| name.get("name").clone();
    if let Some(customer) = customer {
        let customer = writing.take(&CUSTOMERS, customer)?;
        values.push(("customer_name", named(&customer)));
        values.push(("customer", Value::Id(customer.id)));
        values.extend(customer.get("plan_id").as_id().map(|plan| ("plan", Value::Id(plan))));
    } else {
        let name = [lead.get("contact_name"), lead.get("organization"), lead.get("title")];
        values.extend(name.into_iter().find(|name| !name.is_empty()).map(|name| ("customer_name", name.clone())));
    }
    values.retain(|(_, value)| !value.is_empty());
    writing.make(&JOBS, values).map(|_| ())
}

pub static LEAD_ACTIVITIES: Entity = Entity {
    name: "lead_activities",
    singular: "lead activity",
    table: &table(TABLES, "lead_activities"),
    label: "subject",
    fields: &[
        Field::reference("lead", "lead_id", "leads").required().at_creation(),
        Field::text("activity_type", 50).required().default("call"),
        Field::text("subject", 500).required(),
        Field::lines("description"),
        Field::of("due_at", Kind::Instant).sorted_by("due_at"),
        Field::of("done", Kind::Bool).read_only(),
        Field::of("done_at", Kind::Instant).read_only(),
        Field::reference("user", "user_id", "users"),
        Field::text("provider_name", 100),
        Field::text("provider_id", 255),
        Field::of("provider_metadata", Kind::Json).default("{}"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["subject", "description", "activity_type"],
    shows: &["lead", "user"],
    visibility: Visibility::Through("lead_id", "leads"),
    conditions: &[
        Condition { name: "open", means: "done:no" },
        Condition { name: "overdue", means: "done:no due_at<0d" },
        Condition { name: "mine", means: "user:me" },
    ],
    default_sort: "due_at",
    follow_up: raise_lead,
    follow_up_many: |writing, first, last| raise_leads(writing, &LEAD_ACTIVITIES, first, last),
    belongs_to: Some("lead"),
    ..Entity::PLAIN
};

/// A lead that has something new is another one than it was: it is not unmade with what it has.
fn raise_lead(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    match change.refers_to("lead") {
        Some(lead) if change.before.is_none() => writing.touch(&LEADS, lead),
        _ => Ok(()),
    }
}

fn raise_leads(writing: &mut Writing<'_>, of: &'static Entity, first: Id, last: Id) -> Result<(), StoreError> {
    let leads = writing.referred_to(of, "lead_id", (first, last))?;
    leads.into_iter().try_for_each(|lead| writing.touch(&LEADS, lead))
}

fn complete(writing: &mut Writing<'_>, activity: &Record, request: &Request) -> Result<(), StoreError> {
    if activity.get("done").is_true() {
        return Err(StoreError::refused("cannot complete: it is done already; open from there: reopen"));
    }
    let values = vec![("done", Value::Bool(true)), ("done_at", Value::Instant(writing.now))];
    writing.set(activity, values, request.reason.as_deref())
}

fn reopen(writing: &mut Writing<'_>, activity: &Record, request: &Request) -> Result<(), StoreError> {
    if !activity.get("done").is_true() {
        return Err(StoreError::refused("cannot reopen: it is not done yet; open from there: complete"));
    }
    writing.set(activity, vec![("done", Value::Bool(false)), ("done_at", Value::Null)], request.reason.as_deref())
}

pub static LEAD_NOTES: Entity = Entity {
    name: "lead_notes",
    singular: "lead note",
    table: &table(TABLES, "lead_notes"),
    label: "content",
    fields: &[
        Field::reference("lead", "lead_id", "leads").required().at_creation(),
        Field::lines("content").required(),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::text("provider_name", 100),
        Field::text("provider_id", 255),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["content"],
    shows: &["lead", "created_by"],
    visibility: Visibility::Through("lead_id", "leads"),
    default_sort: "-created_at",
    follow_up: raise_lead,
    follow_up_many: |writing, first, last| raise_leads(writing, &LEAD_NOTES, first, last),
    belongs_to: Some("lead"),
    ..Entity::PLAIN
};

pub static LEAD_STATUS_HISTORY: Entity = Entity {
    name: "lead_status_history",
    singular: "step of a lead",
    table: &table(TABLES, "lead_status_history"),
    label: "new_status",
    title: &["lead", "new_status"],
    fields: &[
        Field::of("changed_at", Kind::Instant).read_only().sorted_by("changed_at"),
        Field::reference("lead", "lead_id", "leads").read_only(),
        Field::text("old_status", 50).read_only(),
        Field::text("new_status", 50).read_only(),
        Field::reference("changed_by", "changed_by", "users").read_only(),
        Field::lines("reason").read_only(),
    ],
    visibility: Visibility::Through("lead_id", "leads"),
    shows: &["lead", "changed_by"],
    default_sort: "-changed_at",
    observed: true,
    ..Entity::PLAIN
};

pub(super) static ENTITIES: &[&Entity] = &[&LEADS, &LEAD_ACTIVITIES, &LEAD_NOTES, &LEAD_STATUS_HISTORY];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("leads.create", &LEADS),
    Operation::import("leads.import", &LEADS),
    Operation::update("leads.update", &LEADS),
    Operation::step("leads.contact", &LEADS, "contact"),
    Operation::step("leads.qualify", &LEADS, "qualify"),
    Operation::step("leads.check_feasibility", &LEADS, "check_feasibility"),
    Operation::step("leads.propose", &LEADS, "propose"),
    Operation::step("leads.negotiate", &LEADS, "negotiate"),
    Operation::new("leads.win", &LEADS, Does::Custom(win)).asking(WINNING).making("customers"),
    Operation::new("leads.start", &LEADS, Does::Custom(start)).asking(WINNING).making("customers"),
    Operation::new("leads.install", &LEADS, Does::Custom(install)).asking(WINNING).making("customers"),
    Operation::step("leads.lose", &LEADS, "lose"),
    Operation::step("leads.cancel", &LEADS, "cancel"),
    Operation::step("leads.reopen", &LEADS, "reopen"),
    Operation::create("lead_activities.create", &LEAD_ACTIVITIES),
    Operation::import("lead_activities.import", &LEAD_ACTIVITIES),
    Operation::update("lead_activities.update", &LEAD_ACTIVITIES),
    Operation::new("lead_activities.complete", &LEAD_ACTIVITIES, Does::Custom(complete)),
    Operation::new("lead_activities.reopen", &LEAD_ACTIVITIES, Does::Custom(reopen)),
    Operation::delete("lead_activities.delete", &LEAD_ACTIVITIES),
    Operation::create("lead_notes.create", &LEAD_NOTES),
    Operation::import("lead_notes.import", &LEAD_NOTES),
    Operation::update("lead_notes.update", &LEAD_NOTES),
    Operation::delete("lead_notes.delete", &LEAD_NOTES),
];
