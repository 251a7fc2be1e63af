//! Values on their way in: what somebody gave for the fields of a record, and what stands there by itself, with references
//! looked up, each checked by itself and then all by the rules of their kind.

use serde_json::json;

use super::engine::Values;
use super::entity::{Change, Entity, Field, FieldAccess};
use super::model::ColumnKind;
use super::operation::Operation;
use super::session::Session;
use super::write::Writing;
use super::{Failure, Problem, StoreError, entities, list};
use crate::domain::Value;
use crate::domain::value::Locale;

/// What a new record has where nothing was said.
pub(super) fn give_defaults(
    entity: &'static Entity,
    session: &Session,
    locale: Locale,
    values: &mut Values,
) -> Result<(), StoreError> {
    for field in entity.fields {
        let Some(default) = field.default else { continue };
        if values.get(field.name).is_none_or(Value::is_empty) {
            let default = session.tenant.default_of(default);
            values.insert(field.name, Value::parse(field.kind, default, locale).map_err(StoreError::unexpected)?);
        }
    }
    if entity.field("created_by").is_some() {
        values.insert("created_by", session.user().map_or(Value::Null, Value::Id));
    }
    if let Some((field, partner)) = list::scope::own_organization(session, entity)
        && values.get(field).is_none_or(Value::is_empty)
    {
        values.insert(field, Value::Id(partner));
    }
    if let Some(owner) = entity.owner
        && !values.contains_key(owner.field)
    {
        values.insert(owner.field, session.user().map_or(Value::Null, Value::Id));
    }
    if let Some(lifecycle) = entity.lifecycle
        && values.get("status").is_none_or(Value::is_empty)
    {
        values.insert("status", Value::text(lifecycle.initial));
    }
    Ok(())
}

/// What was answered to what an operation asks: each value checked by itself, references looked up, defaults given.
pub(super) fn answers(
    writing: &mut Writing<'_>,
    operation: &Operation,
    given: &[(&'static str, Value)],
) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let locale = writing.session.locale(writing.now);
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for field in operation.asks {
        let value = given.iter().find(|(name, _)| *name == field.name).map_or(Value::Null, |(_, value)| value.clone());
        let value = match field.default {
            Some(default) if value.is_empty() => {
                let default = writing.session.tenant.default_of(default);
                Value::parse(field.kind, default, locale).map_err(StoreError::unexpected)?
            }
            _ => value,
        };
        match resolve(writing, field, value)?.and_then(|value| field.check(&value).map(|()| value)) {
            Ok(value) => values.push((field.name, value)),
            Err(why) => problems.push(Problem::new(field.name, why)),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(StoreError::failed(Failure::Invalid(problems))) }
}

/// Checks each given value by itself and looks references up.
pub(super) fn accept(
    writing: &mut Writing<'_>,
    entity: &'static Entity,
    given: &[(&'static str, Value)],
    creating: bool,
) -> Result<Values, StoreError> {
    let (mut values, mut problems) = (Values::new(), Vec::new());
    for (name, value) in given {
        match entities::settable(entity, name, creating) {
            Err(why) => problems.push(Problem::new(*name, why)),
            Ok(field) => match resolve(writing, field, value.clone())? {
                Ok(value) => {
                    values.insert(field.name, value);
                }
                Err(why) => problems.push(Problem::new(*name, why)),
            },
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(StoreError::failed(Failure::Invalid(problems))) }
}

/// A reference given by number or name becomes the id that it stands for.
fn resolve(
    writing: &mut Writing<'_>,
    field: &'static Field,
    value: Value,
) -> Result<Result<Value, String>, StoreError> {
    let Some(entity) = field.reference.and_then(entities::find) else { return Ok(Ok(value)) };
    let (connection, session) = (&mut *writing.connection, writing.session);
    Ok(match value {
        Value::Text(text) if text.is_empty() => Ok(Value::Null),
        Value::Text(text) => match list::select::named(connection, session, entity, &text)?.as_slice() {
            [id] => Ok(Value::Id(*id)),
            [] => Err(format!("there is no {} ‘{}’", entity.singular, crate::domain::text::clean(&text))),
            several => Err(format!(
                "‘{}’ names {} {}: give the number",
                crate::domain::text::clean(&text),
                several.len(),
                entity.name
            )),
        },
        Value::Id(id) => match list::select::exists(connection, session, entity, id)? {
            true => Ok(Value::Id(id)),
            false => Err(format!("there is no such {}", entity.singular)),
        },
        other => Ok(other),
    })
}

/// Applies the fields' own checks and the entity's rules; every problem at once.
pub(super) fn settle(change: &mut Change<'_>) -> Result<(), StoreError> {
    for field in change.entity.fields {
        let is_new = change.before.is_none();
        let Some(value) = change.values.get_mut(field.name) else {
            if is_new && field.required && field.access != FieldAccess::Read {
                change.problems.push(Problem::new(field.name, "is required"));
            }
            continue;
        };
        if value.is_empty() && !is_nullable(change.entity, field) {
            *value = empty_of(change.entity, field);
        }
        if let Err(why) = field.check(value) {
            change.problems.push(Problem::new(field.name, why));
        }
    }
    super::shapes::check(change);
    super::amounts::check(change);
    (change.entity.rules)(change);
    if change.problems.is_empty() {
        return Ok(());
    }
    Err(StoreError::failed(Failure::Invalid(std::mem::take(&mut change.problems))))
}

fn is_nullable(entity: &Entity, field: &Field) -> bool {
    field.column().and_then(|column| entity.table.column(column)).is_none_or(|column| column.nullable)
}

/// What stands for nothing in a column that cannot be null.
pub(super) fn empty_of(entity: &Entity, field: &Field) -> Value {
    match entity.column_kind(field) {
        ColumnKind::Text => Value::text(""),
        ColumnKind::Int | ColumnKind::Long => Value::Int(0),
        ColumnKind::Bool => Value::Bool(false),
        ColumnKind::Money => Value::Money(crate::domain::Money::ZERO),
        ColumnKind::Percent => Value::Percent(crate::domain::Percent::ZERO),
        ColumnKind::Json => Value::Json(json!({})),
        _ => Value::Null,
    }
}
