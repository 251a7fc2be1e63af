//! The records that a filter names where a field points at them: those whose number or name it is, by the index of each.

use super::compile::expression;
use super::select::push_where;
use super::texts::{self, Within};
use crate::domain::{Id, text};
use crate::store::StoreError;
use crate::store::entity::{Entity, Field};
use crate::store::read::Reading;
use crate::store::search::{self, Sought};
use crate::store::sql::Statement;

/// What a reference is filtered by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'a> {
    /// The [`text::fold`] of the number or name.
    Folded(&'a str),
    /// The [`text::exact_key`] of it.
    Exactly(&'a str),
}

impl Named<'_> {
    const fn key(&self) -> &str {
        match self {
            Self::Folded(key) | Self::Exactly(key) => key,
        }
    }
}

/// Their ids, up to one more than `most`.
pub(super) fn ids(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    named: Named<'_>,
    most: usize,
) -> Result<Vec<Id>, StoreError> {
    let mut ids = Vec::new();
    for mut way in ways(reading, entity, named)? {
        way.push(format!(" LIMIT {}", most + 1));
        for row in way.load(reading.connection)? {
            ids.extend(row.0[0].as_id().filter(|id| !ids.contains(id)));
        }
    }
    ids.truncate(most + 1);
    Ok(ids)
}

/// The statements that together find their ids: by number, by name.
pub(super) fn ways(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    named: Named<'_>,
) -> Result<Vec<Statement>, StoreError> {
    let mut ways = Vec::new();
    let begin = |reading: &Reading<'_>| {
        let mut statement = Statement::new();
        statement.push(format!("SELECT c.id AS i0 FROM {} c", entity.table.name));
        push_where(&mut statement, reading.session, entity);
        statement.push(" AND ");
        statement
    };
    for field in ["number", entity.label].into_iter().filter_map(|name| entity.field(name)) {
        let Some(column) = entity.sort_key_of(field.name) else {
            if ways.is_empty() || field.name != "number" {
                let mut way = begin(reading);
                push_text(&mut way, reading, entity, field, named)?;
                ways.push(way);
            }
            continue;
        };
        let mut way = begin(reading);
        match named {
            Named::Exactly(key) => way.push(format!("c.{column} = ")).bind_text(text::sort_key(key)),
            // Every exact form of the folded name: it stands before the separator in the key.
            Named::Folded(key) => way
                .push(format!("c.{column} >= "))
                .bind_text(format!("{key}\u{1}"))
                .push(format!(" AND c.{column} < "))
                .bind_text(format!("{key}\u{2}")),
        };
        ways.push(way);
    }
    Ok(ways)
}

/// A text without a key: among the documents that hold it.
fn push_text(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    field: &'static Field,
    named: Named<'_>,
) -> Result<(), StoreError> {
    let postgres = reading.connection.is_postgres();
    let own = expression(field, postgres);
    let key = named.key();
    let written = key.to_uppercase();
    if field.name == "number" {
        // A number is written in capitals or as it was typed, by its own index; in any other case only where few documents
        // hold it: the beginning of a number stands in all of them.
        let part = search::part_of(entity, field.name);
        let few = match part.map(|part| Sought::within(part, &text::fold(key))) {
            Some(sought) => !texts::is_walked(reading, entity, &sought, Within::List)?,
            None => false,
        };
        if !few {
            statement.push(format!("{own} IN (")).bind_text(written).push(", ").bind_text(key).push(")");
            return Ok(());
        }
    }
    texts::push_documents_with(statement, reading, entity, field, &text::fold(key), Within::Subquery)?;
    let compared = match named {
        Named::Folded(_) => texts::folded(&own, postgres),
        Named::Exactly(_) => texts::exact(&own, postgres),
    };
    statement.push(format!("{own} <> '' AND {compared} = ")).bind_text(key);
    Ok(())
}
