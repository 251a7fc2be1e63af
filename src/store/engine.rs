//! How records are written: values checked, references looked up, columns derived, versions raised,
//! search kept, every change noted for the audit log.

use std::collections::BTreeMap;

use serde_json::json;

use super::audit::{About, Entry, IDENTITY};
use super::entity::{Change, Entity, Field, Source};
use super::given::{accept, give_defaults, settle};
use super::model::ColumnKind;
use super::operation::Operation;
use super::record::{Record, title_of};
use super::sql::Statement;
use super::write::Writing;
use super::{Failure, StoreError, entities, list, numbers, search};
use crate::domain::secret::HIDDEN;
use crate::domain::{Id, Value};

/// Field values on their way in.
pub(super) type Values = BTreeMap<&'static str, Value>;

/// Reads a whole record and locks it for the rest of the transaction.
pub(super) fn fetch(writing: &mut Writing<'_>, entity: &'static Entity, id: Id) -> Result<Option<Record>, StoreError> {
    list::select::by_id(writing.connection, writing.session, entity, id, true)
}

/// Makes a record.
pub(super) fn create(
    writing: &mut Writing<'_>,
    operation: &Operation,
    given: &[(&'static str, Value)],
    number: Option<&str>,
) -> Result<Id, StoreError> {
    let entity = operation.entity;
    let id = Id::new();
    let mut values = accept(writing, entity, given, true)?;
    if let Some(format) = entity.number {
        match values.get("number") {
            // A number that was given is not given out again.
            Some(Value::Text(given)) if !given.is_empty() => {
                if let Some((year, count)) = format.read(given) {
                    numbers::skip(writing.connection, writing.session, format, writing.now, year, count)?;
                }
            }
            _ => {
                values.insert("number", number.map_or(Value::Null, Value::text));
            }
        }
    }
    make(writing, operation.name, entity, id, values)?;
    Ok(id)
}

/// Makes a record under an id of the caller's from values that may be of any of its fields.
pub(super) fn make(
    writing: &mut Writing<'_>,
    action: &str,
    entity: &'static Entity,
    id: Id,
    mut values: Values,
) -> Result<(), StoreError> {
    give_defaults(entity, writing.session, writing.session.locale(writing.now), &mut values)?;
    let mut change = Change { entity, id, before: None, values, problems: Vec::new(), handed_over: false };
    prepare(writing, &mut change)?;
    settle(&mut change)?;
    check_scope(writing, &change)?;
    insert(writing, &change)?;
    finish(writing, action, &change, None)
}

/// Lets the entity look at the database before a record is written.
fn prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let Some(prepare) = change.entity.prepare else { return Ok(()) };
    prepare(writing, change)?;
    // Told together with what the fields' own checks find, where they find something.
    if change.problems.is_empty() {
        return Ok(());
    }
    settle(change)
}

/// Sets fields of a record; nothing happens where all of them have these values already.
pub(super) fn update(
    writing: &mut Writing<'_>,
    operation: &Operation,
    record: &Record,
    given: &[(&'static str, Value)],
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let values = accept(writing, operation.entity, given, false)?;
    change(writing, operation.name, record, values, reason)
}

/// The same under another name in the log, for people who change what is their own.
pub(super) fn update_as(
    writing: &mut Writing<'_>,
    action: &str,
    record: &Record,
    given: &[(&'static str, Value)],
) -> Result<(), StoreError> {
    let values = accept(writing, record.entity, given, false)?;
    change(writing, action, record, values, None)
}

/// Moves a record to another state.
pub(super) fn follow(
    writing: &mut Writing<'_>,
    operation: &Operation,
    record: &Record,
    state: &'static str,
    given: &[(&'static str, Value)],
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let mut values = accept(writing, operation.entity, given, false)?;
    values.insert("status", Value::text(state));
    change(writing, operation.name, record, values, reason)
}

/// Puts values into a record, whatever they are: the common way of update and move.
pub(super) fn change(
    writing: &mut Writing<'_>,
    action: &str,
    record: &Record,
    values: Values,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let mut change = changed(record, values);
    if !change.values.is_empty() {
        prepare(writing, &mut change)?;
    }
    write_change(writing, action, record, change, reason)
}

/// The operation that hands over what is a customer's to another, and whatever takes it back.
const HANDS_OVER: &str = "customers.merge";

/// Puts values back that were there before, or hands a record over to another one: nothing is worked out anew.
pub(super) fn put_back(
    writing: &mut Writing<'_>,
    action: &str,
    record: &Record,
    values: Values,
) -> Result<(), StoreError> {
    let change = Change { handed_over: action.starts_with(HANDS_OVER), ..changed(record, values) };
    write_change(writing, action, record, change, None)
}

/// What is really another value than before.
fn changed(record: &Record, mut values: Values) -> Change<'_> {
    values.retain(|name, value| {
        let before = entity_field(record, name).map_or(&Value::Null, |field| record_value(record, field));
        before != value || matches!(value, Value::Secret(_))
    });
    Change {
        entity: record.entity,
        id: record.id,
        before: Some(record),
        values,
        problems: Vec::new(),
        handed_over: false,
    }
}

fn write_change(
    writing: &mut Writing<'_>,
    action: &str,
    record: &Record,
    mut change: Change<'_>,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    settle(&mut change)?;
    check_scope(writing, &change)?;
    if change.values.is_empty() {
        return Ok(());
    }
    write_columns(writing, &change, record)?;
    finish(writing, action, &change, reason)
}

/// Raises a record's version, with a row in the log that says no more than that.
pub(super) fn touch(writing: &mut Writing<'_>, action: &str, record: &Record) -> Result<(), StoreError> {
    let change = Change {
        entity: record.entity,
        id: record.id,
        before: Some(record),
        values: Values::new(),
        problems: Vec::new(),
        handed_over: false,
    };
    write_columns(writing, &change, record)?;
    let about = About::One { id: record.id, title: record.title(), changes: json!({}), secrets: None };
    writing.note(Entry::new(action, record.entity.name, about));
    Ok(())
}

/// Takes a record away.
pub(super) fn delete(writing: &mut Writing<'_>, operation: &Operation, record: &Record) -> Result<(), StoreError> {
    delete_as(writing, operation.name, record)
}

pub(super) fn delete_as(writing: &mut Writing<'_>, action: &str, record: &Record) -> Result<(), StoreError> {
    let entity = record.entity;
    if !entity.has_version() {
        return Err(StoreError::refused(format!("a {} is never taken away", entity.singular)));
    }
    // Who sees what everybody sees, prices and the like, does not take it away.
    let change = changed(record, Values::new());
    check_scope(writing, &change)?;
    // What they did to it may have made another of it.
    let again = if delete_what_goes_with(writing, action, record)? { fetch(writing, entity, record.id)? } else { None };
    let record = again.as_ref().unwrap_or(record);
    let change = changed(record, Values::new());
    let mut statement = Statement::new();
    statement
        .push(format!("DELETE FROM {} WHERE tenant_id = ", entity.table.name))
        .bind_id(writing.session.tenant.id)
        .push(" AND id = ")
        .bind_id(record.id)
        .push(" AND version = ")
        .bind(ColumnKind::Int, Value::Int(record.version))?;
    // A device's own rows of health and checks go with it; whatever else points at it stands in the way.
    let deleted = match statement.execute(writing.connection) {
        Ok(deleted) => deleted,
        Err(error) => match error.failure() {
            // What points at it refuses.
            Failure::Refused(told) => {
                let by = match writing.connection.is_postgres() {
                    true => super::constraints::pointing(told),
                    false => pointing_at(writing, record)?,
                };
                return Err(StoreError::refused(super::constraints::still_in_use(entity, by)));
            }
            _ => return Err(error),
        },
    };
    if deleted == 0 {
        return Err(stale(record));
    }
    writing.removed.insert(record.id);
    search::remove(writing, entity, record.id)?;
    (entity.follow_up)(writing, &change)?;
    let (mut changes, mut secrets) = (serde_json::Map::new(), serde_json::Map::new());
    changes.insert(IDENTITY.into(), json!({"before": record.id.to_string(), "after": null}));
    for (field, value) in kept_fields(entity).map(|field| (field, record_value(record, field))) {
        if !value.is_empty() {
            note_change(&mut changes, &mut secrets, field, value, &Value::Null);
        }
    }
    let about = About::One { id: record.id, title: record.title(), changes: changes.into(), secrets: some(secrets) };
    writing.note(Entry::new(action, entity.name, about));
    Ok(())
}

/// Takes away what goes with a record, each by itself: so it is in the log, and comes back with it. Whether there was any.
fn delete_what_goes_with(writing: &mut Writing<'_>, action: &str, record: &Record) -> Result<bool, StoreError> {
    let mut any = false;
    for (other, column) in entities::going_with(record.entity) {
        let mut statement = Statement::new();
        statement
            .push(format!("SELECT id AS i0 FROM {} WHERE tenant_id = ", other.table.name))
            .bind_id(writing.session.tenant.id)
            .push(format!(" AND {column} = "))
            .bind_id(record.id)
            .push(" ORDER BY id");
        for row in statement.load(writing.connection)? {
            let Some(part) = row.0.first().and_then(Value::as_id) else { continue };
            if let Some(part) = fetch(writing, other, part)? {
                delete_as(writing, action, &part)?;
                any = true;
            }
        }
    }
    Ok(any)
}

/// The first kind of which some row keeps a record from going: SQLite does not say which does.
fn pointing_at(writing: &mut Writing<'_>, record: &Record) -> Result<Option<&'static Entity>, StoreError> {
    for relation in entities::relations(record.entity) {
        let Some(other) = entities::find(relation.entity) else { continue };
        let (table, column) = (other.table.name, relation.column);
        let mut statement = Statement::new();
        statement
            .push(format!("SELECT c.id AS i0 FROM {table} c WHERE c.tenant_id = "))
            .bind_id(writing.session.tenant.id)
            .push(format!(" AND c.{column} = "))
            .bind_id(record.id)
            .push(format!(
                " AND EXISTS (SELECT 1 FROM pragma_foreign_key_list('{table}') k WHERE k.\"from\" = '{column}' \
                 AND k.on_delete IN ('NO ACTION', 'RESTRICT')) LIMIT 1"
            ));
        if !statement.load(writing.connection)?.is_empty() {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Puts a record back that was taken away, under its old id.
pub(super) fn restore(
    writing: &mut Writing<'_>,
    action: &str,
    entity: &'static Entity,
    id: Id,
    values: Vec<(&'static str, Value)>,
) -> Result<(), StoreError> {
    let mut values: Values = values.into_iter().filter(|(name, _)| *name != "updated_at").collect();
    // What was not there is not to come by a new record's rules.
    for field in kept_fields(entity).filter(|field| matches!(field.source, Source::Gathered { .. })) {
        values.entry(field.name).or_default();
    }
    let mut change = Change { entity, id, before: None, values, problems: Vec::new(), handed_over: false };
    settle(&mut change)?;
    check_scope(writing, &change)?;
    insert(writing, &change)?;
    finish(writing, action, &change, None)
}

fn stale(record: &Record) -> StoreError {
    StoreError::failed(Failure::Stale { what: record.title(), id: record.id })
}

fn some(map: serde_json::Map<String, serde_json::Value>) -> Option<serde_json::Value> {
    (!map.is_empty()).then(|| map.into())
}

/// People scoped to a partner write only rows that they will see.
fn check_scope(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    if writing.carries_along {
        return Ok(());
    }
    list::scope::check_write(writing.connection, writing.session, change)
}

/// The columns that a change sets, derived ones included, with secrets sealed.
fn columns(writing: &Writing<'_>, change: &Change<'_>) -> Result<Vec<(&'static str, ColumnKind, Value)>, StoreError> {
    let entity = change.entity;
    let mut columns = Vec::new();
    for (name, value) in &change.values {
        let Some((field, column)) = entity.field(name).and_then(|field| Some((field, field.column()?))) else {
            continue;
        };
        let value = match value {
            Value::Secret(secret) => writing.seal(entity.table.name, change.id, column, secret.reveal())?,
            value => value.clone(),
        };
        columns.push((column, entity.column_kind(field), value));
    }
    for derived in entity.derived {
        if let Some(value) = change.values.get(derived.from) {
            let column = entity.table.column(derived.column).ok_or_else(|| StoreError::unexpected(derived.column))?;
            let mut value = (derived.how)(value);
            if value == Value::Null && !column.nullable {
                value = Value::text("");
            }
            columns.push((derived.column, column.kind, value));
        }
    }
    Ok(columns)
}

pub(super) fn insert(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let entity = change.entity;
    let mut columns = columns(writing, change)?;
    // A column that the program derives must be there even where its field was not given.
    for derived in entity.derived {
        if !columns.iter().any(|(column, ..)| *column == derived.column)
            && let Some(column) = entity.table.column(derived.column)
            && !column.nullable
        {
            columns.push((derived.column, column.kind, Value::text("")));
        }
    }
    columns.push(("id", ColumnKind::Id, Value::Id(change.id)));
    columns.push(("tenant_id", ColumnKind::Id, Value::Id(writing.session.tenant.id)));
    if entity.table.column("created_at").is_some() && !columns.iter().any(|(column, ..)| *column == "created_at") {
        columns.push(("created_at", ColumnKind::Instant, Value::Instant(writing.now)));
    }
    if entity.table.column("updated_at").is_some() {
        columns.push(("updated_at", ColumnKind::Instant, Value::Instant(writing.now)));
    }
    let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let mut statement = Statement::fixed();
    statement.push(format!("INSERT INTO {} ({}) VALUES (", entity.table.name, names.join(", ")));
    for (index, (_, kind, value)) in columns.into_iter().enumerate() {
        if index > 0 {
            statement.push(", ");
        }
        statement.bind(kind, value)?;
    }
    statement.push(")");
    statement.execute(writing.connection)?;
    Ok(())
}

fn write_columns(writing: &mut Writing<'_>, change: &Change<'_>, record: &Record) -> Result<(), StoreError> {
    let entity = change.entity;
    let mut statement = Statement::new();
    statement.push(format!("UPDATE {} SET ", entity.table.name));
    for (column, kind, value) in columns(writing, change)? {
        statement.push(format!("{column} = ")).bind(kind, value)?.push(", ");
    }
    if !entity.has_version() {
        return Err(StoreError::refused(format!("a {} is never changed", entity.singular)));
    }
    statement
        .push("version = version + 1, updated_at = ")
        .bind_instant(writing.now)
        .push(" WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND id = ")
        .bind_id(record.id)
        .push(" AND version = ")
        .bind(ColumnKind::Int, Value::Int(record.version))?;
    if statement.execute(writing.connection)? == 0 {
        return Err(stale(record));
    }
    Ok(())
}

/// What comes after the row itself: rows elsewhere, search, the note for the audit log.
fn finish(
    writing: &mut Writing<'_>,
    action: &str,
    change: &Change<'_>,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let entity = change.entity;
    for field in entity.fields {
        if let (Source::Gathered { write, .. }, Some(value)) = (field.source, change.values.get(field.name)) {
            write(writing, &[(change.id, value.clone())], change.before.is_none())?;
        }
    }
    (entity.follow_up)(writing, change)?;
    // A new record has a document even where it says nothing yet.
    let says = |field: &&'static str| change.before.is_none() || change.values.contains_key(field);
    if entity.search.iter().any(says) {
        let document = search::Document::of(entity, |field| change.after(field).written());
        search::put(writing, entity, change.id, &document)?;
    }
    let (mut changes, mut secrets) = (serde_json::Map::new(), serde_json::Map::new());
    if change.before.is_none() {
        changes.insert(IDENTITY.into(), json!({"before": null, "after": change.id.to_string()}));
        if writing.tells_of == Some(entity.name) {
            writing.made.push(change.id);
        }
    }
    for (name, value) in &change.values {
        let Some(field) = entity.field(name) else { continue };
        let before = change.before.map_or(&Value::Null, |record| record_value(record, field));
        if before != value && !(before.is_empty() && value.is_empty()) {
            note_change(&mut changes, &mut secrets, field, before, value);
        }
    }
    // Another record that it goes by is known by its id here.
    let is_id = |name: &'static str| matches!(change.values.get(name), Some(Value::Id(_)));
    let joins_another = change.before.is_some() && entity.title_fields().any(is_id);
    let title = match title_of(entity, |name| change.after(name)).filter(|_| !joins_another) {
        Some(title) => title,
        None => fetch(writing, entity, change.id)?.map(|record| record.title()).unwrap_or_default(),
    };
    let was = change.before.and_then(Record::own_title).filter(|was| *was != title && !title.is_empty());
    let about = About::One { id: change.id, title, changes: changes.into(), secrets: some(secrets) };
    let mut entry = Entry { was, ..Entry::new(action, entity.name, about) };
    entry.payload = reason.map(|reason| json!({"reason": reason}));
    writing.note(entry);
    Ok(())
}

fn entity_field(record: &Record, name: &str) -> Option<&'static Field> {
    record.entity.field(name)
}

/// A field's value as it is kept: for a reference the id, not the name beside it.
pub(super) fn record_value<'a>(record: &'a Record, field: &Field) -> &'a Value {
    record.get(field.id_name().unwrap_or(field.name))
}

/// The fields that are kept in the entity's own table or gathered into it.
pub(super) fn kept_fields(entity: &'static Entity) -> impl Iterator<Item = &'static Field> {
    entity.fields.iter().filter(|field| !matches!(field.source, Source::Joined(..)))
}

/// Puts a change into the log's JSON: `{"before": …, "after": …}`, secrets as `***`, their
/// ciphertext apart.
fn note_change(
    changes: &mut serde_json::Map<String, serde_json::Value>,
    secrets: &mut serde_json::Map<String, serde_json::Value>,
    field: &Field,
    before: &Value,
    after: &Value,
) {
    use base64::Engine as _;
    let hidden = |value: &Value| if value.is_empty() { serde_json::Value::Null } else { HIDDEN.into() };
    // The hash of a token: nobody has to see it, and it is never put back.
    if field.kind == crate::domain::Kind::Bytes {
        changes.insert(field.name.to_owned(), json!({"before": hidden(before), "after": hidden(after)}));
        return;
    }
    let shown = |value: &Value| if value.is_empty() { serde_json::Value::Null } else { value.to_json() };
    if field.kind == crate::domain::Kind::Secret {
        changes.insert(field.name.to_owned(), json!({"before": hidden(before), "after": hidden(after)}));
        if let Value::Sealed(sealed) = before {
            secrets.insert(field.name.to_owned(), base64::engine::general_purpose::STANDARD.encode(sealed).into());
        }
        return;
    }
    changes.insert(field.name.to_owned(), json!({"before": shown(before), "after": shown(after)}));
}
