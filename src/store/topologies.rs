//! Drawings of what is connected with what, and their review.

use super::StoreError;
use super::devices::DEVICES;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::topologies::{Conflict, Drawing, REVIEW, read_edges, read_nodes};
use crate::domain::{Id, Kind, Value};

pub static TOPOLOGIES: Entity = Entity {
    name: "topologies",
    singular: "topology",
    table: &table(TABLES, "topologies"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::reference("user", "user_id", "users").at_creation(),
        Field::of("nodes", Kind::Json).default("[]"),
        Field::of("edges", Kind::Json).default("[]"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name"],
    shows: &["user"],
    conditions: &[Condition { name: "mine", means: "user:me" }],
    relations: &[Relation { name: "reviews", entity: "topology_reviews", column: "topology_id" }],
    default_sort: "name",
    rules: drawing_rules,
    prepare: Some(before_drawing),
    ..Entity::PLAIN
};

fn drawing_rules(change: &mut Change<'_>) {
    if change.changes("nodes")
        && let Value::Json(nodes) = change.after("nodes")
        && let Err(why) = read_nodes(nodes)
    {
        change.problem("nodes", why);
    }
    if change.changes("edges")
        && let Value::Json(edges) = change.after("edges")
        && let Err(why) = read_edges(edges)
    {
        change.problem("edges", why);
    }
}

/// A new drawing is its maker's; one that changes is looked at again by its reviewers.
fn before_drawing(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        if change.after("user").is_empty() {
            change.set("user", writing.person());
        }
        if change.after("user").is_empty() {
            change.problem("user", "is required: say whose drawing it is");
        }
        return Ok(());
    }
    if !change.changes("nodes") && !change.changes("edges") {
        return Ok(());
    }
    let Some(drawing) = drawing(change.after("nodes"), change.after("edges")) else { return Ok(()) };
    for review in writing.take_all(&TOPOLOGY_REVIEWS, "topology_id", change.id)? {
        let mut values = looked_at(writing, &drawing)?;
        values.extend([
            ("status", Value::text(REVIEW.initial)),
            ("resolved_at", Value::Null),
            ("resolved_by", Value::Null),
        ]);
        writing.set(&review, values, None)?;
    }
    Ok(())
}

/// A drawing from its fields, where they are one.
fn drawing(nodes: &Value, edges: &Value) -> Option<Drawing> {
    match (nodes, edges) {
        (Value::Json(nodes), Value::Json(edges)) => {
            Some(Drawing { nodes: read_nodes(nodes).ok()?, edges: read_edges(edges).ok()? })
        }
        _ => None,
    }
}

fn conflicts(writing: &mut Writing<'_>, drawing: &Drawing) -> Result<Vec<Conflict>, StoreError> {
    let mut in_service = std::collections::BTreeMap::new();
    for named in drawing.nodes.iter().filter_map(|node| node.device.as_deref()) {
        if in_service.contains_key(named) {
            continue;
        }
        let device = match writing.named(&DEVICES, named)?.as_slice() {
            [id] => Some(writing.look(&DEVICES, *id)?),
            _ => None,
        };
        let device = device.filter(|device| device.get("status").as_str() != "retired");
        in_service.insert(named, device.map(|device| device.get("number").as_str().to_owned()));
    }
    Ok(drawing.conflicts(|named| in_service.get(named).cloned().flatten()))
}

/// What a review says once a drawing was looked at.
fn looked_at(writing: &mut Writing<'_>, drawing: &Drawing) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let conflicts = conflicts(writing, drawing)?;
    let told: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    Ok(vec![
        ("conflict_count", Value::Int(i64::try_from(told.len()).unwrap_or(i64::MAX))),
        ("conflicts", Value::text(told.join("\n"))),
        ("last_checked_at", Value::Instant(writing.now)),
    ])
}

/// The drawing that a review is of, looked at as it is now. It is not locked: whoever changes it comes by its reviews.
fn look_again(writing: &mut Writing<'_>, topology: Option<Id>) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let topology = topology.map(|id| writing.look(&TOPOLOGIES, id)).transpose()?;
    match topology.and_then(|topology| drawing(topology.get("nodes"), topology.get("edges"))) {
        Some(drawing) => looked_at(writing, &drawing),
        None => Err(StoreError::refused("the drawing cannot be read: mend its nodes and edges first")),
    }
}

pub static TOPOLOGY_REVIEWS: Entity = Entity {
    name: "topology_reviews",
    singular: "topology review",
    table: &table(TABLES, "topology_reviews"),
    label: "status",
    title: &["topology"],
    fields: &[
        Field::reference("topology", "topology_id", "topologies").required().at_creation().unique("topology_id"),
        Field::of("status", Kind::Choice(REVIEW.states)).read_only(),
        Field::of("conflict_count", Kind::Int).read_only(),
        Field::lines("conflicts").longest(usize::MAX).read_only(),
        Field::of("last_checked_at", Kind::Instant).read_only(),
        Field::of("resolved_at", Kind::Instant).read_only(),
        Field::reference("resolved_by", "resolved_by", "users").read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    lifecycle: Some(&REVIEW),
    conditions: &[
        Condition { name: "open", means: "status:submitted" },
        Condition { name: "conflicting", means: "conflict_count>0" },
    ],
    shows: &["topology", "resolved_by"],
    default_sort: "-created_at",
    prepare: Some(before_review),
    ..Entity::PLAIN
};

/// What is submitted is looked at.
fn before_review(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() {
        for (field, value) in look_again(writing, change.after("topology").as_id())? {
            change.set(field, value);
        }
    }
    Ok(())
}

/// Gives a drawing to those who review it.
fn submit(writing: &mut Writing<'_>, topology: &Record, request: &Request) -> Result<(), StoreError> {
    if !writing.take_all(&TOPOLOGY_REVIEWS, "topology_id", topology.id)?.is_empty() {
        return Err(StoreError::refused("it is submitted already: what changes in it is looked at again by itself"));
    }
    let values = vec![("topology", Value::Id(topology.id)), ("notes", request.value("notes").clone())];
    writing.make(&TOPOLOGY_REVIEWS, values).map(|_| ())
}

/// Takes a drawing away, its review with it.
fn delete(writing: &mut Writing<'_>, topology: &Record, _: &Request) -> Result<(), StoreError> {
    for review in writing.take_all(&TOPOLOGY_REVIEWS, "topology_id", topology.id)? {
        writing.remove(&review)?;
    }
    writing.remove(topology)
}

/// Looks at the drawing once more: devices may have come or gone.
fn check(writing: &mut Writing<'_>, review: &Record, request: &Request) -> Result<(), StoreError> {
    let values = look_again(writing, review.get("topology_id").as_id())?;
    writing.set(review, values, request.reason.as_deref())
}

/// May be built, which needs that it can be.
fn approve(writing: &mut Writing<'_>, review: &Record, request: &Request) -> Result<(), StoreError> {
    let mut values = look_again(writing, review.get("topology_id").as_id())?;
    if let Some((_, Value::Text(conflicts))) = values.iter().find(|(field, _)| *field == "conflicts")
        && !conflicts.is_empty()
    {
        let conflicts = conflicts.replace('\n', "; ");
        return Err(StoreError::refused(format!("cannot approve: it cannot be built as it is drawn: {conflicts}")));
    }
    values.extend(resolution(writing, request));
    writing.follow(review, "approve", values, request.reason.as_deref())
}

fn reject(writing: &mut Writing<'_>, review: &Record, request: &Request) -> Result<(), StoreError> {
    let values = resolution(writing, request);
    writing.follow(review, "reject", values, request.reason.as_deref())
}

/// Who decided and when, with what they say about it.
fn resolution(writing: &Writing<'_>, request: &Request) -> Vec<(&'static str, Value)> {
    let mut values = vec![("resolved_at", Value::Instant(writing.now)), ("resolved_by", writing.person())];
    if !request.value("notes").is_empty() {
        values.push(("notes", request.value("notes").clone()));
    }
    values
}

const NOTES: &[Field] = &[Field::lines("notes")];

pub(super) static ENTITIES: &[&Entity] = &[&TOPOLOGIES, &TOPOLOGY_REVIEWS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("topologies.create", &TOPOLOGIES),
    Operation::import("topologies.import", &TOPOLOGIES),
    Operation::update("topologies.update", &TOPOLOGIES),
    Operation::new("topologies.submit", &TOPOLOGIES, Does::Custom(submit)).asking(NOTES).whatever_is_answered(),
    Operation::new("topologies.delete", &TOPOLOGIES, Does::Custom(delete)),
    Operation::create("topology_reviews.create", &TOPOLOGY_REVIEWS),
    Operation::import("topology_reviews.import", &TOPOLOGY_REVIEWS),
    Operation::update("topology_reviews.update", &TOPOLOGY_REVIEWS),
    Operation::new("topology_reviews.check", &TOPOLOGY_REVIEWS, Does::Custom(check)),
    Operation::new("topology_reviews.approve", &TOPOLOGY_REVIEWS, Does::Custom(approve))
        .asking(NOTES)
        .whatever_is_answered(),
    Operation::new("topology_reviews.reject", &TOPOLOGY_REVIEWS, Does::Custom(reject)).asking(NOTES),
    Operation::delete("topology_reviews.delete", &TOPOLOGY_REVIEWS),
];
