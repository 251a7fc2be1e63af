//! What points at records from elsewhere (watches, reminders, pins) goes by their names: where a record is called something
//! else from now on, so is what points at it, in the same transaction. What somebody calls it themselves stays.

use std::collections::{BTreeMap, HashSet};

use super::audit::{About, Entry};
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{StoreError, entities, search};
use crate::domain::{Id, Value};

const TABLES: [&str; 3] = ["watches", "reminders", "pins"];
/// Letters of a name that are kept there.
pub(super) const LONGEST: usize = 255;

/// A record that is called something else.
struct Renamed<'a> {
    id: Id,
    was: String,
    is: &'a str,
}

/// Gives what points at the records of these entries the names that those have by now.
pub(super) fn rename(writing: &mut Writing<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    let mut renamed: BTreeMap<&str, Vec<Renamed<'_>>> = BTreeMap::new();
    for entry in entries {
        if let (About::One { id, title, .. }, Some(was)) = (&entry.about, &entry.was) {
            renamed.entry(entry.entity_type).or_default().push(Renamed { id: *id, was: shortened(was), is: title });
        }
    }
    for (kind, records) in renamed {
        for table in TABLES {
            let pointed_at = pointed_at(writing, table, kind, &records)?;
            for record in records.iter().filter(|record| pointed_at.contains(&record.id)) {
                rename_in(writing, table, kind, record)?;
            }
        }
    }
    Ok(())
}

/// ` WHERE` a row points at one of these records of a kind.
pub(super) fn on_records(session: &Session, kind: &str, ids: impl ExactSizeIterator<Item = Id>) -> Statement {
    // The text of a statement for one is always the same.
    let mut statement = if ids.len() == 1 { Statement::fixed() } else { Statement::new() };
    statement.push(" WHERE tenant_id = ").bind_id(session.tenant.id).push(" AND entity_type = ").bind_text(kind);
    statement.push(" AND record_id IN (").bind_ids(ids).push(")");
    statement
}

fn shortened(title: &str) -> String {
    title.chars().take(LONGEST).collect()
}

/// Those of the records that a table points at.
fn pointed_at(
    writing: &mut Writing<'_>,
    table: &'static str,
    kind: &str,
    records: &[Renamed<'_>],
) -> Result<HashSet<Id>, StoreError> {
    let mut statement = Statement::fixed();
    let ids = records.iter().map(|record| record.id);
    statement.push("SELECT DISTINCT record_id AS i0 FROM ").push(table).append(on_records(writing.session, kind, ids));
    let rows = statement.load(writing.connection)?;
    Ok(rows.iter().filter_map(|row| row.0.first().and_then(Value::as_id)).collect())
}

fn rename_in(
    writing: &mut Writing<'_>,
    table: &'static str,
    kind: &str,
    record: &Renamed<'_>,
) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE ")
        .push(table)
        .push(" SET title = ")
        .bind_text(shortened(record.is))
        .append(on_records(writing.session, kind, std::iter::once(record.id)))
        .push(" AND title = ")
        .bind_text(&record.was);
    statement.execute(writing.connection)?;
    put_search(writing, table, kind, record)
}

/// What is searched of them says the new name as well.
fn put_search(
    writing: &mut Writing<'_>,
    table: &'static str,
    kind: &str,
    record: &Renamed<'_>,
) -> Result<(), StoreError> {
    let Some(entity) = entities::find(table).filter(|entity| entity.search.contains(&"title")) else { return Ok(()) };
    let texts: Vec<String> =
        entity.search.iter().enumerate().map(|(at, field)| format!("{field} AS t{}", at + 1)).collect();
    let mut statement = Statement::fixed();
    statement.push(format!("SELECT id AS i0, {} FROM {table}", texts.join(", "))).append(on_records(
        writing.session,
        kind,
        std::iter::once(record.id),
    ));
    for row in statement.load(writing.connection)? {
        let Some(id) = row.0.first().and_then(Value::as_id) else { continue };
        let said = |field: &str| {
            let at = entity.search.iter().position(|known| *known == field);
            at.and_then(|at| row.0.get(at + 1)).map_or_else(String::new, Value::written)
        };
        let document = search::Document::of(entity, said);
        search::put(writing, entity, id, &document)?;
    }
    Ok(())
}
