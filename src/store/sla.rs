//! Service levels: calendars of business hours, policies, and the clocks of tickets.

use super::StoreError;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, sort_key};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use super::sql::Statement;
use super::tickets::TICKETS;
use super::write::Writing;
use crate::domain::sla::{Calendar, Fits, Span, due};
use crate::domain::tickets::{CATEGORIES, PRIORITIES, is_open};
use crate::domain::time::{Instant, parse_zone};
use crate::domain::{Id, Kind, Value};

pub static CALENDARS: Entity = Entity {
    name: "calendars",
    singular: "calendar",
    table: &table(TABLES, "calendars"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::text("timezone", 64).required().default("$timezone").one_of(crate::domain::time::zones),
        Field::of("hours", Kind::Json).required(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "timezone"],
    relations: &[
        Relation { name: "holidays", entity: "calendar_holidays", column: "calendar_id" },
        Relation { name: "policies", entity: "sla_policies", column: "calendar_id" },
    ],
    default_sort: "name",
    rules: calendar_rules,
    follow_up: clocks_follow,
    ..Entity::PLAIN
};

fn calendar_rules(change: &mut Change<'_>) {
    let zone = match parse_zone(change.after("timezone").as_str()) {
        Ok(zone) => zone,
        Err(why) => return change.problem("timezone", why),
    };
    if let Value::Json(hours) = change.after("hours") {
        match Calendar::parse(hours, zone, []) {
            Ok(calendar) if calendar.is_empty() => {
                change.problem("hours", "has no hour of work: name days such as {\"mon\": [\"09:00-17:00\"]}");
            }
            Ok(_) => {}
            Err(why) => change.problem("hours", why),
        }
    }
}

pub static CALENDAR_HOLIDAYS: Entity = Entity {
    name: "calendar_holidays",
    singular: "holiday",
    table: &table(TABLES, "calendar_holidays"),
    label: "name",
    title: &["calendar", "name"],
    fields: &[
        Field::of("day", Kind::Date).required().sorted_by("day"),
        Field::text("name", 200).required(),
        Field::reference("calendar", "calendar_id", "calendars").required().at_creation(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    search: &["name"],
    shows: &["calendar"],
    default_sort: "day",
    follow_up: clocks_follow,
    follow_up_many: clocks_follow_many,
    ..Entity::PLAIN
};

pub static SLA_POLICIES: Entity = Entity {
    name: "sla_policies",
    singular: "SLA policy",
    table: &table(TABLES, "sla_policies"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::of("priority", Kind::Choice(PRIORITIES)),
        Field::of("category", Kind::Choice(CATEGORIES)),
        Field::reference("contract", "contract_id", "contracts"),
        Field::reference("calendar", "calendar_id", "calendars"),
        Field::of("respond_minutes", Kind::Int).required(),
        Field::of("resolve_minutes", Kind::Int).required(),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name"],
    shows: &["contract", "calendar"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    default_sort: "name",
    rules: policy_rules,
    follow_up: clocks_follow,
    follow_up_many: clocks_follow_many,
    ..Entity::PLAIN
};

/// A year of minutes: more is no promise.
const LONGEST_MINUTES: i64 = 366 * 24 * 60;

fn policy_rules(change: &mut Change<'_>) {
    for field in ["respond_minutes", "resolve_minutes"] {
        if change.after(field).as_int().is_some_and(|minutes| !(1..=LONGEST_MINUTES).contains(&minutes)) {
            change.problem(field, format!("is a number of minutes from 1 to {LONGEST_MINUTES}"));
        }
    }
    if let (Some(respond), Some(resolve)) =
        (change.after("respond_minutes").as_int(), change.after("resolve_minutes").as_int())
        && respond > resolve
    {
        change.problem("respond_minutes", "is not more than what solving may take");
    }
}

/// One policy with its calendar.
struct Policy {
    contract: Option<Id>,
    priority: Option<String>,
    category: Option<String>,
    calendar: Calendar,
    respond: i64,
    resolve: i64,
}

impl Policy {
    fn fits(&self) -> Fits<'_> {
        Fits { contract: self.contract, priority: self.priority.as_deref(), category: self.category.as_deref() }
    }
}

/// The policies in use, whoever may see them: a ticket is due whoever writes it.
fn policies(writing: &mut Writing<'_>) -> Result<Vec<Policy>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT p.contract_id AS i0, p.priority AS t1, p.category AS t2, p.calendar_id AS i3, \
             p.respond_minutes AS n4, p.resolve_minutes AS n5, k.timezone AS t6, k.hours AS j7 FROM sla_policies p \
             LEFT JOIN calendars k ON k.tenant_id = p.tenant_id AND k.id = p.calendar_id WHERE p.tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND p.is_active ORDER BY p.name_key, p.id");
    let mut known = Vec::new();
    for row in statement.load(writing.connection)? {
        let [contract, priority, category, calendar, Value::Int(respond), Value::Int(resolve), zone, hours] =
            row.0.as_slice()
        else {
            return Err(StoreError::unexpected("a policy that cannot be read"));
        };
        let calendar = match (calendar.as_id(), hours) {
            (Some(id), Value::Json(hours)) => {
                let zone = parse_zone(zone.as_str()).map_err(StoreError::unexpected)?;
                Calendar::parse(hours, zone, holidays(writing, id)?).map_err(StoreError::unexpected)?
            }
            _ => Calendar::always(),
        };
        let word = |value: &Value| (!value.is_empty()).then(|| value.as_str().to_owned());
        known.push(Policy {
            contract: contract.as_id(),
            priority: word(priority),
            category: word(category),
            calendar,
            respond: respond * 60,
            resolve: resolve * 60,
        });
    }
    Ok(known)
}

fn holidays(writing: &mut Writing<'_>, calendar: Id) -> Result<Vec<chrono::NaiveDate>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT day AS d0 FROM calendar_holidays WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND calendar_id = ")
        .bind_id(calendar);
    let rows = statement.load(writing.connection)?;
    Ok(rows.iter().filter_map(|row| if let Value::Date(day) = row.0[0] { Some(day) } else { None }).collect())
}

/// The policy that fits a ticket best; of several that fit alike the first by name.
fn best<'a>(policies: &'a [Policy], ticket: &Fits<'_>) -> Option<&'a Policy> {
    let weighed = policies.iter().filter_map(|policy| Some((policy.fits().weight(ticket)?, policy)));
    weighed.rev().max_by_key(|(weight, _)| *weight).map(|(_, policy)| policy)
}

/// Since when the clocks of a ticket run or stand still.
fn spans(writing: &mut Writing<'_>, ticket: Id) -> Result<Vec<Span>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT since AS w0, status AS t1, waiting AS b2 FROM ticket_state_spans WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND ticket_id = ")
        .bind_id(ticket)
        .push(" ORDER BY since, id");
    let rows = statement.load(writing.connection)?;
    let span = |row: &super::sql::Row| {
        Some(Span { since: row.0[0].as_instant()?, runs: is_open(row.0[1].as_str()) && !row.0[2].is_true() })
    };
    Ok(rows.iter().filter_map(span).collect())
}

/// When a ticket is to be answered and solved by.
fn clocks(policy: Option<&Policy>, spans: &[Span]) -> (Option<Instant>, Option<Instant>) {
    policy.map_or((None, None), |policy| {
        (due(&policy.calendar, spans, policy.respond), due(&policy.calendar, spans, policy.resolve))
    })
}

/// Sets when a ticket is due, where something changes that it hangs on: while it waits for its customer the clocks
/// stand still and nothing is due; what was due when it was solved stays for the record, and goes on when it is opened
/// again.
pub(super) fn set_clocks(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let moved = ["priority", "category", "contract", "status", "waiting"].iter().any(|field| change.changes(field));
    if !moved && change.before.is_some() || change.after("status").as_str() == "closed" {
        return Ok(());
    }
    let mut spans = if change.before.is_some() { spans(writing, change.id)? } else { Vec::new() };
    spans.push(Span { since: writing.now, runs: !change.after("waiting").is_true() });
    let policies = policies(writing)?;
    let contract = change.refers_to("contract");
    let (priority, category) = (change.after("priority").as_str(), change.after("category").as_str());
    let ticket = Fits { contract, priority: Some(priority), category: Some(category) };
    let (respond, resolve) = clocks(best(&policies, &ticket), &spans);
    if change.after("responded_at").is_empty() {
        change.set("respond_by", respond.map_or(Value::Null, Value::Instant));
    }
    change.set("resolve_by", resolve.map_or(Value::Null, Value::Instant));
    Ok(())
}

/// Other hours, holidays or promises: what is open is due at another time.
fn clocks_follow(writing: &mut Writing<'_>, _: &Change<'_>) -> Result<(), StoreError> {
    set_all_clocks(writing)
}

fn clocks_follow_many(writing: &mut Writing<'_>, _: Id, _: Id) -> Result<(), StoreError> {
    set_all_clocks(writing)
}

fn set_all_clocks(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT id AS i0, contract_id AS i1, priority AS t2, category AS t3, respond_by AS w4, resolve_by AS w5, \
             responded_at AS w6 FROM tickets WHERE tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND status IN ('open', 'in_progress') ORDER BY id");
    let open = statement.load(writing.connection)?;
    if open.is_empty() {
        return Ok(());
    }
    let policies = policies(writing)?;
    for row in open {
        let [Value::Id(id), contract, priority, category, respond_by, resolve_by, responded_at] = row.0.as_slice()
        else {
            continue;
        };
        let ticket =
            Fits { contract: contract.as_id(), priority: Some(priority.as_str()), category: Some(category.as_str()) };
        let spans = spans(writing, *id)?;
        let (respond, resolve) = clocks(best(&policies, &ticket), &spans);
        if responded_at.is_empty() && respond_by.as_instant() != respond {
            writing.derive(&TICKETS, *id, "respond_by", respond.map_or(Value::Null, Value::Instant))?;
        }
        if resolve_by.as_instant() != resolve {
            writing.derive(&TICKETS, *id, "resolve_by", resolve.map_or(Value::Null, Value::Instant))?;
        }
    }
    Ok(())
}

pub(super) static ENTITIES: &[&Entity] = &[&CALENDARS, &CALENDAR_HOLIDAYS, &SLA_POLICIES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("calendars.create", &CALENDARS),
    Operation::import("calendars.import", &CALENDARS),
    Operation::update("calendars.update", &CALENDARS),
    Operation::delete("calendars.delete", &CALENDARS),
    Operation::create("calendar_holidays.create", &CALENDAR_HOLIDAYS),
    Operation::import("calendar_holidays.import", &CALENDAR_HOLIDAYS),
    Operation::update("calendar_holidays.update", &CALENDAR_HOLIDAYS),
    Operation::delete("calendar_holidays.delete", &CALENDAR_HOLIDAYS),
    Operation::create("sla_policies.create", &SLA_POLICIES),
    Operation::import("sla_policies.import", &SLA_POLICIES),
    Operation::update("sla_policies.update", &SLA_POLICIES),
    Operation::delete("sla_policies.delete", &SLA_POLICIES),
];
