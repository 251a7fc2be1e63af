//! Visits to customers and what they use up.

use std::collections::BTreeMap;

use super::customers::{CUSTOMERS, PLANS, check_phone};
use super::devices::DEVICES;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, digits, sort_key};
use super::leads::LEADS;
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::stock::Movement;
use super::write::Writing;
use super::{StoreError, stock};
use crate::domain::jobs::{JOB_TYPES, LIFECYCLE, PRIORITIES};
use crate::domain::number::NumberFormat;
use crate::domain::time::Span;
use crate::domain::{Id, Kind, Value, leads};

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
    shows: &["engineer"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Through("lead_id", "leads"),
    ]),
    conditions: &[
        Condition { name: "open", means: "status:pending,in_progress" },
        Condition { name: "overdue", means: "status:pending scheduled_at<0d" },
        Condition { name: "unassigned", means: "status:pending,in_progress engineer:" },
        Condition { name: "mine", means: "engineer:me" },
    ],
    relations: &[Relation { name: "devices", entity: "job_devices", column: "job_id" }],
    default_sort: "scheduled_at",
    rules: |change| check_phone(change, "phone"),
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
    let told = [("customer_name", "contact_name"), ("phone", "contact_phone"), ("address", "address")];
    copy(writing, change, "lead", &LEADS, &told)?;
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
    title: &["job", "device", "item", "serial"],
    part_of: Some(("job", &["pending", "in_progress"])),
    fields: &[
        Field::reference("job", "job_id", "jobs").required().at_creation(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("item", "item_id", "stock_items"),
        Field::text("serial", 100),
        Field::of("quantity", Kind::Int).required().default("1"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    visibility: Visibility::Through("job_id", "jobs"),
    shows: &["job", "device", "item"],
    default_sort: "created_at",
    rules: line_rules,
    prepare: Some(prepare_line),
    follow_up: after_line,
    ..Entity::PLAIN
};

fn line_rules(change: &mut Change<'_>) {
    if ["device", "item", "serial"].iter().all(|field| change.after(field).is_empty()) {
        change.problem("device", "give a device, an item of the stock or a serial number");
    }
    change.check_whole("quantity", 1);
    match change.after("quantity") {
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

/// Who edits the job sees that it is another one now.
fn after_line(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    match change.refers_to("job") {
        Some(job) => writing.touch(&JOBS, job),
        None => Ok(()),
    }
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

/// The visit is over: its parts are used up and its devices run, its lead is installed, its customer is served.
fn complete(writing: &mut Writing<'_>, job: &Record, request: &Request) -> Result<(), StoreError> {
    let lead = match job.get("lead_id").as_id() {
        Some(lead) => Some(writing.take(&LEADS, lead)?),
        None => None,
    };
    let customer = job.get("customer_id").as_id().or_else(|| lead.as_ref()?.get("customer_id").as_id());
    if let Some(lead) = lead {
        install_lead(writing, &lead, customer)?;
    }
    if let Some(customer) = customer {
        let customer = writing.take(&CUSTOMERS, customer)?;
        if request.value("activate").is_true() {
            activate(writing, &customer)?;
        }
    }
    use_up(writing, job, customer, request.value("location").as_id())?;
    let mut values = vec![("completed_at", Value::Instant(writing.now))];
    if job.get("customer_id").is_empty() {
        values.extend(customer.map(|customer| ("customer", Value::Id(customer))));
    }
    writing.follow(job, "complete", values, request.reason.as_deref())
}

/// A lead that was given up stays so, whatever was done at the place.
fn install_lead(writing: &mut Writing<'_>, lead: &Record, customer: Option<Id>) -> Result<(), StoreError> {
    if leads::LIFECYCLE.follow("install", lead.get("status").as_str()).is_err() {
        return Ok(());
    }
    let mut values = Vec::new();
    if lead.get("customer_id").is_empty() {
        values.extend(customer.map(|customer| ("customer", Value::Id(customer))));
    }
    writing.follow(lead, "install", values, None)
}

/// Serves a customer who was not: one who had expired begins a new period of their plan.
fn activate(writing: &mut Writing<'_>, customer: &Record) -> Result<(), StoreError> {
    match customer.get("status").as_str() {
        "suspended" => writing.follow(customer, "reactivate", Vec::new(), None),
        "expired" => {
            let mut values = Vec::new();
            if customer.get("expires_at").as_instant().is_some_and(|ends| ends <= writing.now) {
                values.push(("expires_at", new_end(writing, customer)?));
            }
            writing.follow(customer, "renew", values, None)
        }
        _ => Ok(()),
    }
}

/// The end of a period that begins now; without a plan there is none.
fn new_end(writing: &mut Writing<'_>, customer: &Record) -> Result<Value, StoreError> {
    let Some(plan) = customer.get("plan_id").as_id() else { return Ok(Value::Null) };
    let days = writing.look(&PLANS, plan)?.get("validity_days").as_int().and_then(|days| u64::try_from(days).ok());
    let end = days.and_then(|days| Span::Days(days).from(writing.now, writing.session.tenant.zone, false));
    Ok(end.map_or(Value::Null, Value::Instant))
}

/// Installs the devices and pieces of a job's lines and takes what else they name out of stock, as far as it was not
/// given out for this job before.
fn use_up(
    writing: &mut Writing<'_>,
    job: &Record,
    customer: Option<Id>,
    location: Option<Id>,
) -> Result<(), StoreError> {
    let lines = writing.take_all(&JOB_DEVICES, "job_id", job.id)?;
    let mut devices: Vec<Id> = lines.iter().filter_map(|line| line.get("device_id").as_id()).collect();
    devices.sort_unstable();
    devices.dedup();
    for device in devices {
        install_device(writing, device, customer)?;
    }
    let (mut pieces, mut parts) = (Vec::new(), BTreeMap::<Id, i64>::new());
    for line in &lines {
        let item = line.get("item_id").as_id();
        let piece = match line.get("serial").as_str() {
            "" => None,
            serial => piece_of(writing, item, serial)?,
        };
        match (piece, item) {
            (Some(piece), _) => pieces.push((piece, line.get("device_id").as_id())),
            (None, Some(item)) => *parts.entry(item).or_default() += line.get("quantity").as_int().unwrap_or(1),
            // A serial number of something that never was in stock.
            (None, None) => {}
        }
    }
    pieces.sort_unstable();
    for (piece, device) in pieces {
        stock::serials::install_piece(writing, piece, device, Some(job.id))?;
    }
    for (item, wanted) in parts {
        let wanted = wanted - given_out(writing, job.id, item)?;
        if wanted > 0 {
            let reference = Some(job.get("number").as_str().to_owned());
            let movement = Movement { location, reference, job: Some(job.id), ..Movement::new(item, "out", wanted) };
            stock::move_stock(writing, movement).map_err(StoreError::without_fields)?;
        }
    }
    Ok(())
}

fn install_device(writing: &mut Writing<'_>, device: Id, customer: Option<Id>) -> Result<(), StoreError> {
    let device = writing.take(&DEVICES, device)?;
    let values: Vec<_> = customer.map(|customer| ("customer", Value::Id(customer))).into_iter().collect();
    if device.get("status").as_str() == "active" {
        return writing.set(&device, values, None);
    }
    writing.follow(&device, "activate", values, None)
}

/// The piece in the stock that a serial number names.
fn piece_of(writing: &mut Writing<'_>, item: Option<Id>, serial: &str) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM stock_serials WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND serial_key = ")
        .bind_text(crate::domain::text::sort_key(serial));
    if let Some(item) = item {
        statement.push(" AND item_id = ").bind_id(item);
    }
    match statement.load(writing.connection)?.as_slice() {
        [] => Ok(None),
        [row] => Ok(row.0[0].as_id()),
        several => Err(StoreError::refused(format!(
            "{serial} is a piece of {} items: name the item in the job's line",
            several.len()
        ))),
    }
}

/// How many of an item were given out for a job and have not come back.
fn given_out(writing: &mut Writing<'_>, job: Id, item: Id) -> Result<i64, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT CAST(coalesce(sum(CASE transaction_type WHEN 'out' THEN quantity ELSE -quantity END), 0) AS bigint) AS l0 \
             FROM stock_transactions WHERE transaction_type IN ('out', 'return', 'adjust') AND tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND job_id = ")
        .bind_id(job)
        .push(" AND item_id = ")
        .bind_id(item);
    statement.number(writing.connection)
}

pub(super) static ENTITIES: &[&Entity] = &[&JOBS, &JOB_DEVICES];

const ENGINEER: &[Field] = &[Field::reference("engineer", "engineer_id", "users")];
const OUTCOME: &[Field] =
    &[Field::of("activate", Kind::Bool).default("yes"), Field::reference("location", "location_id", "stock_locations")];
const WHEN: &[Field] = &[Field::of("scheduled_at", Kind::Instant).required()];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("jobs.create", &JOBS),
    Operation::import("jobs.import", &JOBS),
    Operation::update("jobs.update", &JOBS),
    Operation::new("jobs.assign", &JOBS, Does::Custom(assign)).asking(ENGINEER),
    Operation::new("jobs.reschedule", &JOBS, Does::Custom(reschedule)).asking(WHEN),
    Operation::new("jobs.start", &JOBS, Does::Custom(start)),
    Operation::new("jobs.complete", &JOBS, Does::Custom(complete)).asking(OUTCOME).undone_by(Undo::CounterEntry),
    Operation::step("jobs.cancel", &JOBS, "cancel"),
    Operation::create("job_devices.create", &JOB_DEVICES),
    Operation::import("job_devices.import", &JOB_DEVICES),
    Operation::update("job_devices.update", &JOB_DEVICES),
    Operation::delete("job_devices.delete", &JOB_DEVICES),
];
