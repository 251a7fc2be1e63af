//! What became of one record: what was done to it, and to what belongs to it.

use std::collections::BTreeMap;

use super::entity::{Entity, Field};
use super::list::{scope, select};
use super::read::Reading;
use super::record::Record;
use super::session::{Scope, Session};
use super::sql::Statement;
use super::{Store, StoreError, entities, operation};
use crate::domain::time::Instant;
use crate::domain::value::Locale;
use crate::domain::{Id, Kind, Value};

impl Store {
    /// What was done to a record and to what belongs to it, its parts and its movements, the newest first.
    ///
    /// # Errors
    /// When the session may not read it or the database says so.
    pub fn history(
        &self,
        session: &Session,
        entity: &'static Entity,
        id: Id,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        session.require(&entity.permission("read"))?;
        if self.get(session, entity, id)?.is_none() {
            return Err(StoreError::not_found(entity.singular, id.to_string()));
        }
        self.read(session, |reading| {
            let mut events = own_events(reading, entity, id, most)?;
            let mut operations: Vec<Id> = events.iter().filter_map(|(event, _)| event.operation).collect();
            operations.dedup();
            for belonging in belonging(entity) {
                if reading.session.may(&belonging.0.permission("read")) {
                    events.extend(events_of_rows(reading, belonging, id, &operations, most)?);
                }
            }
            // What was done to its rows says what was done to it.
            let told: Vec<Id> = events
                .iter()
                .filter(|(event, _)| event.entity != entity)
                .filter_map(|(event, _)| event.operation)
                .collect();
            let says_more = |event: &Event| event.operation.is_some_and(|operation| told.contains(&operation));
            // That somebody said something is not told to whom it is not said.
            let sees_all = reading.session.scope == Scope::All;
            events.retain(|(event, _)| event.entity != entity || !event.is_bare() || sees_all && !says_more(event));
            events.sort_by_key(|(event, sequence)| std::cmp::Reverse((event.at, *sequence)));
            events.truncate(most);
            let mut events: Vec<Event> = events.into_iter().map(|(event, _)| event).collect();
            tell_what_was_made(reading, id, &mut events)?;
            let mut kinds: Vec<&'static Entity> = events.iter().map(|event| event.entity).collect();
            kinds.sort_unstable_by_key(|kind| kind.name);
            kinds.dedup_by_key(|kind| kind.name);
            for kind in kinds {
                for field in kind.fields {
                    name_references(reading, kind, field, &mut events)?;
                }
            }
            Ok(events)
        })
    }
}

/// Of what was done to a record to make something else, what that is called: the successor of a contract that was renewed.
fn tell_what_was_made(reading: &mut Reading<'_>, own: Id, events: &mut [Event]) -> Result<(), StoreError> {
    for event in events.iter_mut().filter(|event| event.is_bare()) {
        let makes = operation::find(&event.action).and_then(|operation| entities::find(operation.makes?));
        let (Some(kind), Some(operation)) = (makes, event.operation) else { continue };
        if !reading.session.may(&kind.permission("read")) {
            continue;
        }
        let mut statement = Statement::fixed();
        statement
            .push("SELECT DISTINCT entity_id AS t0 FROM audit_log WHERE tenant_id = ")
            .bind_id(reading.session.tenant.id)
            .push(" AND operation_id = ")
            .bind_id(operation)
            .push(" AND entity_id IS NOT NULL AND entity_type = ")
            .bind_text(kind.name);
        let rows = statement.load(reading.connection)?;
        let made = rows.iter().filter_map(|row| row.0.first()?.as_str().parse::<Id>().ok()).filter(|id| *id != own);
        for id in made {
            if let Some(record) = select::by_id(reading.connection, reading.session, kind, id, false)? {
                event.changes.push((kind.singular.replace(' ', "_"), Value::Null, Value::Text(record.title())));
            }
        }
    }
    Ok(())
}

/// What the log says of one record, with where it stands there.
type Logged = (Event, i64);

/// Of records by themselves, and of those in blocks, each with whose it is.
const OF_RECORDS: &str = "SELECT a.created_at AS w0, coalesce(u.username, a.actor_role, '') AS t1, a.action AS t2, \
    a.changes AS j3, a.operation_id AS i4, a.payload AS j5, a.sequence AS l6, a.entity_id AS t7 FROM audit_log a \
    LEFT JOIN users u ON u.id = a.actor_id WHERE a.tenant_id = ";
const OF_BLOCKS: &str = "SELECT a.created_at AS w0, coalesce(u.username, a.actor_role, '') AS t1, a.action AS t2, \
    m.changes AS j3, a.operation_id AS i4, a.payload AS j5, a.sequence AS l6, m.entity_id AS i7 FROM audit_members m \
    JOIN audit_log a ON a.tenant_id = m.tenant_id AND a.id = m.audit_id LEFT JOIN users u ON u.id = a.actor_id \
    WHERE m.tenant_id = ";

const COLUMNS: &str = "SELECT a.created_at AS w0, coalesce(u.username, a.actor_role, '') AS t1, a.action AS t2, \
    a.changes AS j3, a.operation_id AS i4, a.payload AS j5, a.sequence AS l6 FROM audit_log a \
    LEFT JOIN users u ON u.id = a.actor_id WHERE a.tenant_id = ";

/// What was done to the record itself: alone, among several, or in a run of new ones.
fn own_events(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    id: Id,
    most: usize,
) -> Result<Vec<Logged>, StoreError> {
    let tenant = reading.session.tenant.id;
    let mut statement = Statement::fixed();
    statement
        .push(COLUMNS)
        .bind_id(tenant)
        .push(" AND a.entity_type = ")
        .bind_text(entity.name)
        .push(" AND a.entity_id = ")
        .bind_text(id.to_string())
        .push(
            " UNION ALL SELECT a.created_at, coalesce(u.username, a.actor_role, ''), a.action, m.changes, a.operation_id, \
             a.payload, a.sequence FROM audit_members m JOIN audit_log a ON a.tenant_id = m.tenant_id AND a.id = m.audit_id \
             LEFT JOIN users u ON u.id = a.actor_id WHERE m.tenant_id = ",
        )
        .bind_id(tenant)
        .push(" AND m.entity_id = ")
        .bind_id(id)
        .push(
            " UNION ALL SELECT a.created_at, coalesce(u.username, a.actor_role, ''), a.action, a.changes, a.operation_id, \
             a.payload, a.sequence FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id WHERE a.tenant_id = ",
        )
        .bind_id(tenant)
        .push(" AND a.entity_type = ")
        .bind_text(entity.name)
        .push(" AND a.entity_id IS NULL AND a.changes IS NULL AND a.first_id <= ")
        .bind_id(id)
        .push(" AND a.last_id >= ")
        .bind_id(id)
        .push(" AND NOT EXISTS (SELECT 1 FROM audit_members m WHERE m.tenant_id = a.tenant_id AND m.audit_id = a.id)")
        .push(format!(" ORDER BY 1 DESC, 7 DESC LIMIT {most}"));
    logged(reading, statement, entity)
}

/// The kinds whose rows belong to a record of this one, each with the field that says to which: its parts, the ledger of its
/// movements, what is said about it.
fn belonging(entity: &'static Entity) -> impl Iterator<Item = (&'static Entity, &'static Field)> {
    entities::relations(entity).iter().filter_map(|relation| {
        let other = entities::find(relation.entity)?;
        let field = other.field(other.part_of.map(|(field, _)| field).or(other.belongs_to)?)?;
        (field.column() == Some(relation.column)).then_some((other, field))
    })
}

/// What was done to rows of another kind that point at a record by a field: to the newest that are there, and to parts that
/// were taken away by one of these operations.
fn events_of_rows(
    reading: &mut Reading<'_>,
    (other, field): (&'static Entity, &'static Field),
    id: Id,
    operations: &[Id],
    most: usize,
) -> Result<Vec<Logged>, StoreError> {
    let Some(column) = field.column() else { return Ok(Vec::new()) };
    // A part is one of several, and told apart by what it is called; what is said about a record says so itself.
    let label = other.part_of.and_then(|_| other.field(other.label)?.column());
    let mut statement = Statement::new();
    statement.push("SELECT c.id AS i0, ").push(label.map_or_else(|| "NULL".to_owned(), |label| format!("c.{label}")));
    statement.push(" AS t1").push(select::from_own(other));
    select::push_where(&mut statement, reading.session, other);
    // Ids are made in the order of time.
    statement.push(format!(" AND c.{column} = ")).bind_id(id).push(format!(" ORDER BY c.id DESC LIMIT {most}"));
    let mut rows: BTreeMap<Id, String> = BTreeMap::new();
    for row in statement.load(reading.connection)? {
        rows.extend(row.0[0].as_id().map(|id| (id, row.0[1].as_str().to_owned())));
    }
    if other.part_of.is_some() {
        add_those_gone(reading, (other, field), id, operations, &mut rows)?;
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    for is_in_a_block in [false, true] {
        let mut statement = Statement::new();
        statement.push(if is_in_a_block { OF_BLOCKS } else { OF_RECORDS }).bind_id(reading.session.tenant.id);
        statement.push(if is_in_a_block { "" } else { " AND a.entity_type = " });
        if !is_in_a_block {
            statement.bind_text(other.name);
        }
        statement.push(if is_in_a_block { " AND m.entity_id IN (" } else { " AND a.entity_id IN (" });
        for (index, row) in rows.keys().enumerate() {
            statement.push(if index > 0 { ", " } else { "" });
            if is_in_a_block {
                statement.bind_id(*row);
            } else {
                statement.bind_text(row.to_string());
            }
        }
        statement.push(format!(") ORDER BY 1 DESC, 7 DESC LIMIT {most}"));
        let locale = reading.session.locale(reading.now);
        for row in statement.load(reading.connection)? {
            let [said @ .., of] = row.0.as_slice() else { continue };
            let (Some(event), Some(sequence)) = (Event::of(other, said, locale), row.0[6].as_int()) else { continue };
            let of = of.as_id().or_else(|| of.as_str().parse().ok());
            let part = of.and_then(|of| rows.get(&of)).filter(|name| !name.is_empty()).cloned();
            events.push((Event { part, ..event }, sequence));
        }
    }
    events.sort_by_key(|(event, sequence)| std::cmp::Reverse((event.at, *sequence)));
    events.truncate(most);
    for (event, _) in &mut events {
        // That it belongs here goes without saying.
        event.changes.retain(|(name, ..)| name != field.name);
    }
    Ok(events)
}

/// Adds the parts of a record that are there no more, which these operations made or took away, by what they were called.
fn add_those_gone(
    reading: &mut Reading<'_>,
    (other, field): (&'static Entity, &'static Field),
    id: Id,
    operations: &[Id],
    rows: &mut BTreeMap<Id, String>,
) -> Result<(), StoreError> {
    if operations.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new();
    statement
        .push("SELECT a.entity_id AS t0, a.changes AS j1 FROM audit_log a WHERE a.tenant_id = ")
        .bind_id(reading.session.tenant.id)
        .push(" AND a.entity_type = ")
        .bind_text(other.name)
        .push(" AND a.entity_id IS NOT NULL AND a.operation_id IN (");
    for (index, operation) in operations.iter().enumerate() {
        statement.push(if index > 0 { ", " } else { "" }).bind_id(*operation);
    }
    statement.push(")");
    let whole = id.to_string();
    for row in statement.load(reading.connection)? {
        let (Some(part), Value::Json(changes)) = (row.0[0].as_str().parse::<Id>().ok(), &row.0[1]) else { continue };
        let side = |name: &str| {
            ["before", "after"].into_iter().filter_map(|side| changes[name][side].as_str()).next().map(str::to_owned)
        };
        if !rows.contains_key(&part) && side(field.name).is_some_and(|of| of == whole) {
            rows.insert(part, side(other.label).unwrap_or_default());
        }
    }
    Ok(())
}

fn logged(reading: &mut Reading<'_>, statement: Statement, entity: &'static Entity) -> Result<Vec<Logged>, StoreError> {
    let locale = reading.session.locale(reading.now);
    let rows = statement.load(reading.connection)?;
    let event = |row: &[Value]| Some((Event::of(entity, row, locale)?, row.get(6)?.as_int()?));
    Ok(rows.iter().filter_map(|row| event(&row.0)).collect())
}

/// The ids that a reference had become what people call the records, as far as the session sees them.
fn name_references(
    reading: &mut Reading<'_>,
    kind: &'static Entity,
    field: &'static Field,
    events: &mut [Event],
) -> Result<(), StoreError> {
    let Some(target) = field.reference.and_then(entities::find) else { return Ok(()) };
    // Who may not look at the records themselves reads of them what the cells of lists print.
    let may_look = reading.session.may(&target.permission("read")) && !scope::restricts(reading.session, target);
    let printed = |record: Record| match target.called_by().first() {
        Some(field) if !may_look => record.get(field.name).as_str().to_owned(),
        _ => record.title(),
    };
    let mut named: BTreeMap<Id, Option<String>> = BTreeMap::new();
    for (name, before, after) in events.iter().filter(|event| event.entity == kind).flat_map(|event| &event.changes) {
        if name == field.name {
            named.extend(
                [before, after].into_iter().filter_map(|value| value.as_str().parse().ok()).map(|id| (id, None)),
            );
        }
    }
    for (id, name) in &mut named {
        let record = match may_look {
            true => select::by_id(reading.connection, reading.session, target, *id, false)?,
            false => select::unscoped(reading.connection, reading.session, target, *id)?,
        };
        *name = record.map(printed);
    }
    for event in events.iter_mut().filter(|event| event.entity == kind) {
        for (name, before, after) in event.changes.iter_mut().filter(|(name, ..)| name == field.name) {
            event.led_to.extend(before.as_str().parse().ok().map(|id| (name.clone(), id)));
            for value in [before, after] {
                let known = value.as_str().parse::<Id>().ok().and_then(|id| named.get(&id)?.clone());
                if let Some(known) = known {
                    *value = Value::Text(known);
                }
            }
        }
    }
    Ok(())
}

/// One thing that was done to a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at: Instant,
    /// What it was done to: the record itself, or a row that belongs to it.
    pub entity: &'static Entity,
    /// What that row is called, where it is one of several parts.
    pub part: Option<String>,
    /// Username, or the part of the program that did it.
    pub actor: String,
    /// `customers.suspend`.
    pub action: String,
    /// Field, before, after; secrets as `***`.
    pub changes: Vec<(String, Value, Value)>,
    pub operation: Option<Id>,
    pub reason: Option<String>,
    /// The records that references led to before, each with its field: the changes say what they are called.
    pub led_to: Vec<(String, Id)>,
}

impl Event {
    /// Whether it says no more than that something was done.
    fn is_bare(&self) -> bool {
        self.changes.is_empty() && self.reason.is_none()
    }

    fn of(entity: &'static Entity, row: &[Value], locale: Locale) -> Option<Self> {
        let [at, actor, action, changes, operation, payload, _] = row else { return None };
        let side = |field: &str, json: &serde_json::Value| -> Value {
            let kind = entity.field(field).map(|field| field.kind);
            // What is written in one way here and shown in another there.
            let told = kind
                .filter(|kind| matches!(kind, Kind::Instant | Kind::Date | Kind::Money | Kind::Percent | Kind::Bool));
            if let Some(Ok(value)) = told.map(|kind| Value::from_json(kind, json, locale)) {
                return value;
            }
            match json {
                serde_json::Value::Null => Value::Null,
                serde_json::Value::String(text) => Value::text(text),
                other => Value::Json(other.clone()),
            }
        };
        // An empty list where nothing was is no news of a new record.
        let says_nothing = |json: &serde_json::Value| match json {
            serde_json::Value::Null => true,
            serde_json::Value::Object(entries) => entries.is_empty(),
            serde_json::Value::Array(items) => items.is_empty(),
            _ => false,
        };
        let listed = match changes {
            Value::Json(serde_json::Value::Object(changes)) => changes
                .iter()
                .filter(|(field, _)| *field != super::audit::IDENTITY)
                .filter(|(_, change)| !(says_nothing(&change["before"]) && says_nothing(&change["after"])))
                .map(|(field, change)| (field.clone(), side(field, &change["before"]), side(field, &change["after"])))
                .collect(),
            _ => Vec::new(),
        };
        let reason = match payload {
            Value::Json(payload) => payload["reason"].as_str().map(str::to_owned),
            _ => None,
        };
        Some(Self {
            at: at.as_instant()?,
            entity,
            part: None,
            actor: actor.as_str().to_owned(),
            action: action.as_str().to_owned(),
            changes: listed,
            operation: operation.as_id(),
            reason,
            led_to: Vec::new(),
        })
    }
}

impl Store {
    /// The names behind ids of one kind, for histories.
    ///
    /// # Errors
    /// What the database says.
    pub fn names_of(&self, session: &Session, entity: &str, ids: &[Id]) -> Result<Vec<(Id, String)>, StoreError> {
        let Some(entity) = entities::find(entity) else { return Ok(Vec::new()) };
        if !session.may(&entity.permission("read")) {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let mut names = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(record) = super::list::select::by_id(reading.connection, session, entity, *id, false)? {
                    names.push((*id, record.title()));
                }
            }
            Ok(names)
        })
    }
}
