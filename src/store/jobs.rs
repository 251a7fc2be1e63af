//! Visits to customers and what they use up.

use super::customers::{CUSTOMERS, PLANS};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, digits, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, entities};
use crate::domain::jobs::{JOB_TYPES, LIFECYCLE, PRIORITIES};
use crate::domain::number::NumberFormat;
use crate::domain::{Kind, Value};

pub static JOBS: Entity = Entity {
    name: "jobs",
    singular: "job",
    table: &table(TABLES, "jobs"),
    number: Some(NumberFormat::new("JOB", 6)),
    label: "customer_name",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::reference("customer", "customer_id", "customers"),
        Field::text("customer_name", 255).sorted_by("customer_name_key"),
        Field::of("job_type", Kind::Choice(JOB_TYPES)).required().default("new_install"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::of("priority", Kind::Choice(PRIORITIES)).required().default("medium"),
        Field::of("scheduled_at", Kind::Instant).required().sorted_by("scheduled_at"),
        Field::reference("engineer", "engineer_id", "users"),
        Field::text("phone", 50),
        Field::lines("address"),
        Field::text("city", 100),
        Field::reference("plan", "plan_id", "plans"),
        Field::text("plan_name", 255),
        Field::reference("lead", "lead_id", "leads"),
        Field::of("started_at", Kind::Instant).read_only(),
        Field::of("completed_at", Kind::Instant).read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "customer_name_key", from: "customer_name", how: sort_key },
        Derived { column: "phone_digits", from: "phone", how: digits },
    ],
    search: &["number", "customer_name", "phone", "address", "city", "notes"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Through("lead_id", "leads"),
    ]),
    conditions: &[
        Condition { name: "open", means: "status:pending,in_progress" },
        Condition { name: "overdue", means: "status:pending scheduled_at<0d" },
        Condition { name: "unassigned", means: "status:pending,in_progress engineer:" },
    ],
    relations: &[Relation { name: "devices", entity: "job_devices", column: "job_id" }],
    default_sort: "scheduled_at",
    prepare: Some(prepare_job),
    ..Entity::PLAIN
};

/// What is known of the customer, the lead and the plan is written down with the job, where nothing else is said: the
/// visit is to find its way whatever becomes of them.
fn prepare_job(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    copy(
        writing,
        change,
        "customer",
        &CUSTOMERS,
        &[("customer_name", "name"), ("phone", "phone"), ("address", "address"), ("plan", "plan_id")],
    )?;
    if let Some(leads) = entities::find("leads") {
        let told = [("customer_name", "contact_name"), ("phone", "contact_phone"), ("address", "address")];
        copy(writing, change, "lead", leads, &told)?;
    }
    copy(writing, change, "plan", &PLANS, &[("plan_name", "name")])?;
    require_one_for_lead(writing, change)?;
    if change.after("customer_name").is_empty() {
        change.problem("customer_name", "is required where neither a customer nor a lead is named");
    }
    Ok(())
}

/// Copies fields of a record that is referred to since now, as far as they were not given.
fn copy(
    writing: &mut Writing<'_>,
    change: &mut Change<'_>,
    reference: &'static str,
    entity: &'static Entity,
    fields: &[(&'static str, &'static str)],
) -> Result<(), StoreError> {
    let (true, Some(id)) = (change.changes(reference), change.after(reference).as_id()) else { return Ok(()) };
    let record = writing.look(entity, id)?;
    for (field, theirs) in fields {
        if change.values.get(field).is_none_or(Value::is_empty) && !record.get(theirs).is_empty() {
            change.set(field, record.get(theirs).clone());
        }
    }
    Ok(())
}

/// A lead has one job that is not cancelled; the database itself holds it, without saying which.
fn require_one_for_lead(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let (true, Some(lead)) = (change.changes("lead"), change.after("lead").as_id()) else { return Ok(()) };
    let mut statement = Statement::fixed();
    statement
        .push("SELECT number AS t0 FROM jobs WHERE status <> 'cancelled' AND tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND lead_id = ")
        .bind_id(lead)
        .push(" AND id <> ")
        .bind_id(change.id);
    if let Some(row) = statement.load(writing.connection)?.first() {
        change.problem("lead", format!("has {} already: cancel that one first", row.0[0].as_str()));
    }
    Ok(())
}

pub static JOB_DEVICES: Entity = Entity {
    name: "job_devices",
    singular: "line of a job",
    table: &table(TABLES, "job_devices"),
    label: "serial",
    fields: &[
        Field::reference("job", "job_id", "jobs").required().at_creation(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("item", "item_id", "stock_items"),
        Field::text("serial", 100),
        Field::of("quantity", Kind::Int).required().default("1"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    visibility: Visibility::Through("job_id", "jobs"),
    default_sort: "created_at",
    rules: line_rules,
    prepare: Some(prepare_line),
    ..Entity::PLAIN
};

fn line_rules(change: &mut Change<'_>) {
    if ["device", "item", "serial"].iter().all(|field| change.after(field).is_empty()) {
        change.problem("device", "give a device, an item of the stock or a serial number");
    }
    match change.after("quantity") {
        Value::Int(quantity) if *quantity < 1 || *quantity > i64::from(i32::MAX) => {
            change.problem("quantity", "is a whole number from 1 on");
        }
        Value::Int(quantity) if *quantity > 1 && !change.after("serial").is_empty() => {
            change.problem("quantity", "is 1 where a serial number is given");
        }
        _ => {}
    }
}

/// What a job used up is settled once it is over.
fn prepare_line(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let of = change.before.map_or_else(|| change.after("job").as_id(), |line| line.get("job_id").as_id());
    let Some(job) = of else { return Ok(()) };
    let job = writing.take(&JOBS, job)?;
    let status = job.get("status").as_str();
    if !is_open(status) {
        change.problem("job", format!("{} is {status}: what it used stays as it is", job.title()));
    }
    Ok(())
}

fn is_open(status: &str) -> bool {
    matches!(status, "pending" | "in_progress")
}

/// Refuses what is done to a job that is still to be done.
fn require_open(verb: &str, job: &Record) -> Result<(), StoreError> {
    let status = job.get("status").as_str();
    if is_open(status) {
        return Ok(());
    }
    Err(StoreError::refused(format!("cannot {verb}: the job is {status}, which is final")))
}

fn start(writing: &mut Writing<'_>, job: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = vec![("started_at", Value::Instant(writing.now))];
    if job.get("engineer_id").is_empty() {
        values.push(("engineer", writing.person()));
    }
    writing.follow(job, "start", values, request.reason.as_deref())
}

fn assign(writing: &mut Writing<'_>, job: &Record, request: &Request) -> Result<(), StoreError> {
    require_open("assign", job)?;
    let engineer = request.value("engineer").clone();
    writing.set(job, vec![("engineer", engineer)], request.reason.as_deref())
}

fn reschedule(writing: &mut Writing<'_>, job: &Record, request: &Request) -> Result<(), StoreError> {
    require_open("reschedule", job)?;
    let when = request.value("scheduled_at").clone();
    writing.set(job, vec![("scheduled_at", when)], request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&JOBS, &JOB_DEVICES];

const ENGINEER: &[Field] = &[Field::reference("engineer", "engineer_id", "users")];
const WHEN: &[Field] = &[Field::of("scheduled_at", Kind::Instant).required()];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("jobs.create", &JOBS),
    Operation::import("jobs.import", &JOBS),
    Operation::update("jobs.update", &JOBS),
    Operation::new("jobs.assign", &JOBS, Does::Custom(assign)).asking(ENGINEER),
    Operation::new("jobs.reschedule", &JOBS, Does::Custom(reschedule)).asking(WHEN),
    Operation::new("jobs.start", &JOBS, Does::Custom(start)),
    Operation::step("jobs.complete", &JOBS, "complete"),
    Operation::step("jobs.cancel", &JOBS, "cancel"),
    Operation::create("job_devices.create", &JOB_DEVICES),
    Operation::import("job_devices.import", &JOB_DEVICES),
    Operation::update("job_devices.update", &JOB_DEVICES),
    Operation::delete("job_devices.delete", &JOB_DEVICES),
];
