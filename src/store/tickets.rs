//! What customers report and how it is answered.

use super::devices::DEVICES;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::session::Scope;
use super::users::USERS;
use super::write::Writing;
use super::{StoreError, engine, sla};
use crate::domain::number::NumberFormat;
use crate::domain::tickets::{CATEGORIES, LIFECYCLE, LINKS, PRIORITIES, is_open};
use crate::domain::{Kind, Value};

pub static TICKETS: Entity = Entity {
    name: "tickets",
    singular: "ticket",
    table: &table(TABLES, "tickets"),
    number: Some(NumberFormat::new("TCK", 6)),
    label: "title",
    fields: &[
        Field::text("number", 50).at_creation().unique("number").sorted_by("number"),
        Field::text("title", 500).required().sorted_by("title_key"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::of("waiting", Kind::Bool).read_only(),
        Field::of("priority", Kind::Choice(PRIORITIES)).required().default("medium"),
        Field::of("category", Kind::Choice(CATEGORIES)).required().default("network"),
        Field::reference("customer", "customer_id", "customers"),
        Field::reference("engineer", "engineer_id", "users"),
        Field::text("engineer_name", 255),
        Field::of("respond_by", Kind::Instant).read_only(),
        Field::of("resolve_by", Kind::Instant).read_only().sorted_by("resolve_by"),
        Field::of("responded_at", Kind::Instant).read_only(),
        Field::of("resolved_at", Kind::Instant).read_only(),
        Field::of("closed_at", Kind::Instant).read_only(),
        Field::reference("device", "device_id", "devices"),
        Field::reference("incident", "incident_id", "incidents"),
        Field::reference("contract", "contract_id", "contracts"),
        Field::lines("description"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "title_key", from: "title", how: sort_key }],
    search: &["number", "title", "description"],
    shows: &["customer", "engineer"],
    lifecycle: Some(&LIFECYCLE),
    visibility: Visibility::AnyOf(&[
        Visibility::Through("customer_id", "customers"),
        Visibility::Through("contract_id", "contracts"),
    ]),
    conditions: &[
        Condition { name: "open", means: "status:open,in_progress" },
        Condition { name: "overdue", means: "status:open,in_progress waiting:no resolve_by<0d" },
        Condition { name: "due", means: "status:open,in_progress waiting:no resolve_by<4h" },
        Condition { name: "unanswered", means: "status:open,in_progress responded_at:" },
        Condition { name: "unassigned", means: "status:open,in_progress engineer:" },
        Condition { name: "mine", means: "engineer:me" },
    ],
    relations: &[
        Relation { name: "comments", entity: "ticket_comments", column: "ticket_id" },
        Relation { name: "links", entity: "ticket_links", column: "ticket_id" },
        Relation { name: "linked_from", entity: "ticket_links", column: "other_id" },
        Relation { name: "notes", entity: "notes", column: "ticket_id" },
        Relation { name: "spans", entity: "ticket_state_spans", column: "ticket_id" },
    ],
    default_sort: "resolve_by",
    prepare: Some(prepare_ticket),
    follow_up: after_ticket,
    ..Entity::PLAIN
};

fn prepare_ticket(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    // What is wrong with a device is its customer's trouble.
    if let (None, None, Some(device)) = (change.before, change.refers_to("customer"), change.refers_to("device"))
        && let Some(customer) = writing.look(&DEVICES, device)?.get("customer_id").as_id()
    {
        change.set("customer", Value::Id(customer));
    }
    if change.changes("engineer") && !change.values.contains_key("engineer_name") {
        let name = match change.after("engineer").as_id() {
            Some(engineer) => Some(name_of(&writing.look(&USERS, engineer)?)),
            None => None,
        };
        change.set("engineer_name", name.map_or(Value::Null, Value::Text));
    }
    sla::set_clocks(writing, change)
}

/// What a person is called.
fn name_of(user: &Record) -> String {
    let full = user.get("full_name").as_str();
    if full.is_empty() { user.get("username").as_str() } else { full }.to_owned()
}

/// Since when it is in which state: what its clocks are computed from.
fn after_ticket(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() && !change.changes("status") && !change.changes("waiting") {
        return Ok(());
    }
    let values = vec![
        ("ticket", Value::Id(change.id)),
        ("status", change.after("status").clone()),
        ("waiting", Value::Bool(change.after("waiting").is_true())),
        ("since", Value::Instant(writing.now)),
    ];
    writing.append(&TICKET_STATE_SPANS, values).map(|_| ())
}

pub static TICKET_COMMENTS: Entity = Entity {
    name: "ticket_comments",
    singular: "comment",
    table: &table(TABLES, "ticket_comments"),
    label: "content",
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("ticket", "ticket_id", "tickets").required().at_creation(),
        Field::reference("author", "author_id", "users").read_only(),
        Field::of("is_internal", Kind::Bool).default("false"),
        Field::lines("content").required(),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    visibility: Visibility::Except("is_internal", &Visibility::Through("ticket_id", "tickets")),
    search: &["content"],
    shows: &["ticket", "author"],
    default_sort: "-created_at",
    belongs_to: Some("ticket"),
    written_by: Some("tickets.comment"),
    follow_up: keep_words,
    ..Entity::PLAIN
};

/// What somebody said is theirs: nobody puts other words there, and only who may do everything takes them away.
fn keep_words(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let Some(before) = change.before else { return Ok(()) };
    let (author, me) = (before.get("author_id").as_id(), writing.session.user());
    let may = author == me || me.is_none() || change.is_removal() && writing.session.permissions.cover("*");
    if may {
        return Ok(());
    }
    let said_by = before.get("author").as_str();
    Err(StoreError::refused(match change.is_removal() {
        true => format!("what {said_by} said is taken away by them, or by who may do everything"),
        false => format!("what {said_by} said stays as they said it: write a comment of your own"),
    }))
}

pub static TICKET_STATE_SPANS: Entity = Entity {
    name: "ticket_state_spans",
    singular: "state of a ticket",
    table: &table(TABLES, "ticket_state_spans"),
    label: "status",
    title: &["ticket"],
    fields: &[
        Field::of("since", Kind::Instant).read_only().sorted_by("since"),
        Field::reference("ticket", "ticket_id", "tickets").read_only(),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        Field::of("waiting", Kind::Bool).read_only(),
    ],
    visibility: Visibility::Through("ticket_id", "tickets"),
    shows: &["ticket"],
    default_sort: "-since",
    observed: true,
    ..Entity::PLAIN
};

pub static TICKET_LINKS: Entity = Entity {
    name: "ticket_links",
    singular: "link between tickets",
    table: &table(TABLES, "ticket_links"),
    label: "kind",
    title: &["ticket", "kind", "other"],
    fields: &[
        Field::reference("ticket", "ticket_id", "tickets").required().at_creation(),
        Field::of("kind", Kind::Choice(LINKS)).required().default("related"),
        Field::reference("other", "other_id", "tickets").required().at_creation(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    visibility: Visibility::Through("ticket_id", "tickets"),
    shows: &["ticket", "other"],
    default_sort: "-created_at",
    rules: link_rules,
    ..Entity::PLAIN
};

fn link_rules(change: &mut Change<'_>) {
    if !change.after("ticket").is_empty() && change.after("ticket") == change.after("other") {
        change.problem("other", "a ticket is not linked with itself");
    }
}

fn start(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = Vec::new();
    if ticket.get("engineer_id").is_empty() {
        values.push(("engineer", writing.person()));
    }
    writing.follow(ticket, "start", values, request.reason.as_deref())
}

fn resolve(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![("resolved_at", Value::Instant(writing.now)), ("waiting", Value::Bool(false))];
    writing.follow(ticket, "resolve", values, request.reason.as_deref())
}

/// Closes a ticket and with it those that were reported twice.
fn close(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let now = Value::Instant(writing.now);
    writing.follow(ticket, "close", vec![("closed_at", now.clone())], request.reason.as_deref())?;
    let links = writing.take_all(&TICKET_LINKS, "other_id", ticket.id)?;
    let duplicates = links.iter().filter(|link| link.get("kind").as_str() == "duplicate");
    let mut duplicates: Vec<_> = duplicates.filter_map(|link| link.get("ticket_id").as_id()).collect();
    duplicates.sort_unstable();
    for duplicate in duplicates {
        let duplicate = writing.take(&TICKETS, duplicate)?;
        if duplicate.get("status").as_str() == "closed" {
            continue;
        }
        let mut values =
            vec![("status", Value::text("closed")), ("waiting", Value::Bool(false)), ("closed_at", now.clone())];
        if duplicate.get("resolved_at").is_empty() {
            values.push(("resolved_at", now.clone()));
        }
        writing.set(&duplicate, values, request.reason.as_deref())?;
    }
    Ok(())
}

fn reopen(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    writing.follow(ticket, "reopen", vec![("resolved_at", Value::Null)], request.reason.as_deref())
}

/// Refuses what is done to a ticket that somebody is still to see to.
fn require_open(verb: &str, ticket: &Record) -> Result<(), StoreError> {
    let status = ticket.get("status").as_str();
    if is_open(status) {
        return Ok(());
    }
    let how = if status == "resolved" { "; reopen it first" } else { ", which is final" };
    Err(StoreError::refused(format!("cannot {verb}: the ticket is {status}{how}")))
}

fn assign(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    require_open("assign", ticket)?;
    let engineer = request.value("engineer").clone();
    writing.set(ticket, vec![("engineer", engineer)], request.reason.as_deref())
}

/// The customer is to say something first: the clocks stand still.
fn wait(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    require_open("wait", ticket)?;
    if ticket.get("waiting").is_true() {
        return Err(StoreError::refused("cannot wait: the ticket waits for its customer already"));
    }
    writing.set(ticket, vec![("waiting", Value::Bool(true))], request.reason.as_deref())
}

fn resume(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    require_open("resume", ticket)?;
    if !ticket.get("waiting").is_true() {
        return Err(StoreError::refused("cannot resume: the ticket does not wait for anybody"));
    }
    writing.set(ticket, vec![("waiting", Value::Bool(false))], request.reason.as_deref())
}

fn comment(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let internal = request.value("is_internal").is_true();
    say(writing, ticket, request.value("content").clone(), internal)
}

/// Writes a comment down. The first one in public by one of our own people answers the ticket.
fn say(writing: &mut Writing<'_>, ticket: &Record, content: Value, internal: bool) -> Result<(), StoreError> {
    let values = vec![
        ("ticket", Value::Id(ticket.id)),
        ("author", writing.person()),
        ("content", content),
        ("is_internal", Value::Bool(internal)),
    ];
    writing.make(&TICKET_COMMENTS, values)?;
    let ours = writing.session.user().is_some() && writing.session.scope == Scope::All;
    if ours && !internal && ticket.get("responded_at").is_empty() {
        return writing.set(ticket, vec![("responded_at", Value::Instant(writing.now))], None);
    }
    writing.touch(&TICKETS, ticket.id)
}

fn link(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let values = vec![
        ("ticket", Value::Id(ticket.id)),
        ("other", request.value("other").clone()),
        ("kind", request.value("kind").clone()),
    ];
    writing.make(&TICKET_LINKS, values)?;
    writing.touch(&TICKETS, ticket.id)
}

pub static MACROS: Entity = Entity {
    name: "macros",
    singular: "macro",
    table: &table(TABLES, "macros"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::lines("comment"),
        Field::of("is_internal", Kind::Bool).default("false"),
        Field::of("values_to_set", Kind::Json).default("{}"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "comment"],
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    default_sort: "name",
    rules: macro_rules,
    ..Entity::PLAIN
};

/// The fields that a macro may set; under this name, it says what is done with the ticket then.
const MACRO_SETS: &[&str] = &["priority", "category", "engineer", "customer", "device", "incident", "contract"];
const MACRO_DOES: &str = "do";

/// What is done with a ticket.
type Deed = fn(&mut Writing<'_>, &Record, &Request) -> Result<(), StoreError>;

/// What a macro may do with one.
const MACRO_MOVES: &[(&str, Deed)] =
    &[("start", start), ("resolve", resolve), ("close", close), ("reopen", reopen), ("wait", wait), ("resume", resume)];

fn macro_rules(change: &mut Change<'_>) {
    let Value::Json(json) = change.after("values_to_set") else { return };
    let Some(sets) = json.as_object() else {
        return change.problem("values_to_set", "is an object such as {\"priority\": \"high\", \"do\": \"start\"}");
    };
    let mut problems = Vec::new();
    for (name, value) in sets {
        let known = if name == MACRO_DOES {
            MACRO_MOVES.iter().any(|(verb, _)| value.as_str() == Some(verb))
        } else {
            MACRO_SETS.contains(&name.as_str()) && (value.is_string() || value.is_null())
        };
        // A word that there is not would be refused by every ticket.
        let field = TICKETS.field(name).filter(|_| known && name != MACRO_DOES);
        if let (Some(Kind::Choice(words)), Some(word)) = (field.map(|field| field.kind), value.as_str())
            && !words.contains(&word)
        {
            problems.push(format!("{name}: ‘{}’ is none of {}", crate::domain::text::clean(word), words.join(", ")));
        }
        if !known {
            let verbs: Vec<&str> = MACRO_MOVES.iter().map(|(verb, _)| *verb).collect();
            problems.push(format!(
                "‘{}’: {value} cannot be set. There are {} with a text, and {MACRO_DOES} with one of {}",
                crate::domain::text::clean(name),
                MACRO_SETS.join(", "),
                verbs.join(", ")
            ));
        }
    }
    if sets.is_empty() && change.after("comment").is_empty() {
        problems.push("nothing is said and nothing set: give a comment or values".into());
    }
    problems.into_iter().for_each(|problem| change.problem("values_to_set", problem));
}

/// Says and sets what a macro does, all or nothing.
fn apply(writing: &mut Writing<'_>, ticket: &Record, request: &Request) -> Result<(), StoreError> {
    let id = request.value("macro").as_id().ok_or_else(|| StoreError::invalid("macro", "is required"))?;
    let known = writing.take(&MACROS, id)?;
    if !known.get("is_active").is_true() {
        return Err(StoreError::refused(format!("the macro {} is not in use any more", known.title())));
    }
    let Value::Json(serde_json::Value::Object(sets)) = known.get("values_to_set") else {
        return Err(StoreError::unexpected("macros.values_to_set"));
    };
    let locale = writing.session.locale(writing.now);
    let mut values = Vec::new();
    for (name, value) in sets.iter().filter(|(name, _)| *name != MACRO_DOES) {
        let field = TICKETS.field(name).ok_or_else(|| StoreError::unexpected(name))?;
        let value = Value::from_json(field.kind, value, locale).map_err(|why| StoreError::invalid(name, why))?;
        values.push((field.name, value));
    }
    engine::update_as(writing, request.operation.name, ticket, &values)?;
    if !known.get("comment").is_empty() {
        let ticket = writing.take(&TICKETS, ticket.id)?;
        say(writing, &ticket, known.get("comment").clone(), known.get("is_internal").is_true())?;
    }
    let does = sets.get(MACRO_DOES).and_then(serde_json::Value::as_str);
    match MACRO_MOVES.iter().find(|(verb, _)| Some(*verb) == does) {
        Some((_, run)) => {
            let ticket = writing.take(&TICKETS, ticket.id)?;
            run(writing, &ticket, request)
        }
        None => Ok(()),
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&TICKETS, &TICKET_COMMENTS, &TICKET_STATE_SPANS, &TICKET_LINKS, &MACROS];

const ENGINEER: &[Field] = &[Field::reference("engineer", "engineer_id", "users")];
const SAID: &[Field] = &[Field::lines("content").required(), Field::of("is_internal", Kind::Bool).default("false")];
const LINK: &[Field] = &[
    Field::reference("other", "other_id", "tickets").required(),
    Field::of("kind", Kind::Choice(LINKS)).required().default("related"),
];
const MACRO: &[Field] = &[Field::reference("macro", "macro_id", "macros").required()];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("tickets.create", &TICKETS),
    Operation::import("tickets.import", &TICKETS),
    Operation::update("tickets.update", &TICKETS),
    Operation::new("tickets.start", &TICKETS, Does::Custom(start)),
    Operation::new("tickets.resolve", &TICKETS, Does::Custom(resolve)),
    Operation::new("tickets.close", &TICKETS, Does::Custom(close)),
    Operation::new("tickets.reopen", &TICKETS, Does::Custom(reopen)),
    Operation::new("tickets.assign", &TICKETS, Does::Custom(assign)).asking(ENGINEER),
    Operation::new("tickets.wait", &TICKETS, Does::Custom(wait)),
    Operation::new("tickets.resume", &TICKETS, Does::Custom(resume)),
    Operation::new("tickets.comment", &TICKETS, Does::Custom(comment)).asking(SAID),
    Operation::new("tickets.link", &TICKETS, Does::Custom(link)).asking(LINK),
    Operation::new("tickets.apply", &TICKETS, Does::Custom(apply)).asking(MACRO),
    Operation::update("ticket_comments.update", &TICKET_COMMENTS),
    Operation::delete("ticket_comments.delete", &TICKET_COMMENTS),
    Operation::create("ticket_links.create", &TICKET_LINKS),
    Operation::delete("ticket_links.delete", &TICKET_LINKS),
    Operation::create("macros.create", &MACROS),
    Operation::import("macros.import", &MACROS),
    Operation::update("macros.update", &MACROS),
    Operation::delete("macros.delete", &MACROS),
];
