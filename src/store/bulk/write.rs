//! Writing checked rows: many in one statement on PostgreSQL, one by one through a prepared
//! statement on SQLite, all in one transaction.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::check::{CheckedRow, Checker, Outcome, Values};
use super::names::Names;
use super::{BulkRules, Imported, Phase, Source, Watch, cancelled, in_chunks};
use crate::domain::id::IdRun;
use crate::domain::{Id, Value};
use crate::store::audit::{self, About, Entry};
use crate::store::entity::{Entity, Field, Source as FieldSource};
use crate::store::model::ColumnKind;
use crate::store::operation::Operation;
use crate::store::session::Session;
use crate::store::sql::{Statement, insert_rows};
use crate::store::write::Writing;
use crate::store::{Failure, Store, StoreError, engine, given, search};

/// The numbers that a file brings along and those that it leaves to the program.
#[derive(Default)]
pub(super) struct Numbers {
    missing: usize,
    /// The highest count of each year.
    highest: BTreeMap<i32, i64>,
}

impl Numbers {
    pub(super) fn note(&mut self, entity: &Entity, number: Option<&Value>) {
        let Some(format) = entity.number else { return };
        let number = number.map_or("", Value::as_str);
        if number.is_empty() {
            self.missing += 1;
        } else if let Some((year, count)) = format.read(number) {
            let highest = self.highest.entry(year).or_insert(count);
            *highest = count.max(*highest);
        }
    }
}

/// Numbers to give out: their year and the next one.
#[derive(Clone, Copy, Default)]
pub(super) struct Reserved {
    year: i32,
    next: i64,
}

impl Store {
    /// Steps over the numbers that come in, and takes those that are missing: before the long
    /// transaction, so that it stops nobody.
    pub(super) fn reserve(
        &self,
        session: &Session,
        entity: &Entity,
        numbers: &Numbers,
    ) -> Result<Reserved, StoreError> {
        let Some(format) = entity.number else { return Ok(Reserved::default()) };
        for (year, highest) in &numbers.highest {
            self.skip_numbers(session, format, *year, *highest)?;
        }
        if numbers.missing == 0 {
            return Ok(Reserved::default());
        }
        let (year, next) = self.take_number_run(session, format, numbers.missing)?;
        Ok(Reserved { year, next })
    }
}

/// The second pass: the rows once more, written.
#[allow(clippy::too_many_arguments)]
pub(super) fn write(
    writing: &mut Writing<'_>,
    operation: &'static Operation,
    source: &dyn Source,
    rules: BulkRules,
    names: &Names,
    numbers: Reserved,
    bad_lines: &[u64],
    watch: &mut dyn Watch,
) -> Result<Imported, StoreError> {
    let entity = operation.entity;
    let mut import = Import {
        operation,
        run: IdRun::new(),
        columns: own_columns(entity),
        numbers,
        own_reference: entity.fields.iter().find(|field| field.reference == Some(entity.name)),
        later: Vec::new(),
        first: None,
        last: None,
        told: Imported::default(),
    };
    let mut checker = Checker::new(entity, rules);
    in_chunks(source, |rows, first| {
        if !watch.progress(Phase::Writing, first) {
            return Err(cancelled());
        }
        let (session, now) = (writing.session, writing.now);
        let checked = checker.check(writing.connection, session, now, rows, first, names)?;
        let good = checked.into_iter().filter(|row| bad_lines.binary_search(&row.line).is_err());
        import.write_chunk(writing, good.collect())?;
        audit::flush(writing)
    })?;
    if !watch.progress(Phase::Writing, u64::MAX) {
        return Err(cancelled());
    }
    import.hang_later(writing)?;
    // Those that were made one by one stand in the log one by one.
    if let (Some(first), Some(last), None) = (import.first, import.last, entity.prepare) {
        let count = usize::try_from(import.told.new).unwrap_or(usize::MAX);
        writing.note(Entry::new(operation.name, entity.name, About::Run { first, last, count }));
    }
    import.told.first = import.first;
    Ok(import.told)
}

struct Import {
    operation: &'static Operation,
    run: IdRun,
    columns: Vec<(&'static Field, &'static str, ColumnKind, bool)>,
    numbers: Reserved,
    own_reference: Option<&'static Field>,
    /// New records that hang below ones that come later in the file.
    later: Vec<(Id, Id)>,
    first: Option<Id>,
    last: Option<Id>,
    told: Imported,
}

/// The fields that stand in the entity's own table, in one order for every row.
fn own_columns(entity: &'static Entity) -> Vec<(&'static Field, &'static str, ColumnKind, bool)> {
    entity
        .fields
        .iter()
        .filter(|field| !matches!(field.name, "created_at" | "updated_at"))
        .filter_map(|field| {
            let column = entity.table.column(field.column()?)?;
            Some((field, column.name, column.kind, column.nullable))
        })
        .collect()
}

impl Import {
    fn write_chunk(&mut self, writing: &mut Writing<'_>, rows: Vec<CheckedRow>) -> Result<(), StoreError> {
        let entity = self.operation.entity;
        let (mut new, mut lines) = (Vec::new(), Vec::new());
        for row in rows {
            if let Some(problem) = row.problems.first() {
                // The first pass found nothing wrong with it: the database or the file changed since.
                let why = format!(
                    "line {}: {}: {}. It was right a moment ago: try again",
                    row.line, problem.field, problem.why
                );
                return Err(StoreError::refused(why));
            }
            let parent = row.parent.map(|parent| self.run.nth(u64::from(parent)));
            match row.outcome {
                Outcome::Same => self.told.unchanged += 1,
                Outcome::Changed(record, mut values) => {
                    if let (Some(own), Some(parent)) = (self.own_reference, parent) {
                        // It points at a new row, which may come later.
                        values.remove(own.name);
                        self.later.push((record.id, parent));
                    }
                    engine::change(writing, self.operation.name, &record, values, None)?;
                    self.told.changed += 1;
                }
                Outcome::New(mut values) => {
                    let id = self.run.nth(row.index);
                    if let (Some(own), Some(parent), Some(place)) = (self.own_reference, parent, row.parent) {
                        // One that comes earlier stands there by then, in the same statement at the latest.
                        let is_there = u64::from(place) < row.index;
                        let value = if is_there { Value::Id(parent) } else { Value::Null };
                        values.insert(own.name, value);
                        if !is_there {
                            self.later.push((id, parent));
                        }
                    }
                    self.give_number(entity, &mut values);
                    new.push((id, values));
                    lines.push(row.line);
                }
            }
        }
        let (Some(first), Some(last)) = (new.first().map(|(id, _)| *id), new.last().map(|(id, _)| *id)) else {
            return Ok(());
        };
        self.told.new += new.len() as u64;
        self.first.get_or_insert(first);
        if entity.prepare.is_some() {
            for ((id, values), line) in new.into_iter().zip(lines) {
                engine::make(writing, self.operation.name, entity, id, values).map_err(|error| at_line(error, line))?;
            }
            return Ok(());
        }
        self.last = Some(last);
        self.insert(writing, &new)?;
        for field in entity.fields {
            if let FieldSource::Gathered { write, .. } = field.source {
                let given: Vec<(Id, Value)> = new
                    .iter()
                    .filter_map(|(id, values)| {
                        Some((*id, values.get(field.name).filter(|value| !value.is_empty())?.clone()))
                    })
                    .collect();
                if !given.is_empty() {
                    write(writing, &given, true)?;
                }
            }
        }
        (entity.follow_up_many)(writing, first, last)?;
        put_search(writing, entity, &new)
    }

    fn give_number(&mut self, entity: &Entity, values: &mut Values) {
        if let Some(format) = entity.number
            && values.get("number").is_none_or(Value::is_empty)
        {
            values.insert("number", Value::text(format.write(self.numbers.year, self.numbers.next)));
            self.numbers.next += 1;
        }
    }

    fn insert(&self, writing: &mut Writing<'_>, new: &[(Id, Values)]) -> Result<(), StoreError> {
        let entity = self.operation.entity;
        let (tenant, now) = (Value::Id(writing.session.tenant.id), Value::Instant(writing.now));
        let has_updated = entity.table.column("updated_at").is_some();
        let mut rows = Vec::with_capacity(new.len());
        for (id, values) in new {
            let mut row = vec![
                (ColumnKind::Id, Value::Id(*id)),
                (ColumnKind::Id, tenant.clone()),
                (ColumnKind::Instant, now.clone()),
            ];
            if has_updated {
                row.push((ColumnKind::Instant, now.clone()));
            }
            for (field, column, kind, nullable) in &self.columns {
                let value = match values.get(field.name) {
                    Some(Value::Secret(secret)) => writing.seal(entity.table.name, *id, column, secret.reveal())?,
                    Some(value) if !value.is_empty() => value.clone(),
                    Some(Value::Text(_)) if *nullable => Value::Null,
                    _ if *nullable => Value::Null,
                    _ => given::empty_of(entity, field),
                };
                row.push((*kind, value));
            }
            for derived in entity.derived {
                let column =
                    entity.table.column(derived.column).ok_or_else(|| StoreError::unexpected(derived.column))?;
                let mut value = (derived.how)(values.get(derived.from).unwrap_or(&Value::Null));
                if value == Value::Null && !column.nullable {
                    value = Value::text("");
                }
                row.push((column.kind, value));
            }
            rows.push(row);
        }
        let mut names: Vec<&str> = vec!["id", "tenant_id", "created_at"];
        if has_updated {
            names.push("updated_at");
        }
        names.extend(self.columns.iter().map(|(_, column, ..)| *column));
        names.extend(entity.derived.iter().map(|derived| derived.column));
        let into: Cow<'static, str> = format!("{} ({})", entity.table.name, names.join(", ")).into();
        insert_rows(writing, into, rows)
    }

    /// References to rows that came later in the file.
    fn hang_later(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        let entity = self.operation.entity;
        let Some(column) = self.own_reference.and_then(Field::column) else { return Ok(()) };
        for (child, parent) in std::mem::take(&mut self.later) {
            let mut statement = Statement::fixed();
            statement
                .push(format!("UPDATE {} SET {column} = ", entity.table.name))
                .bind_id(parent)
                .push(" WHERE tenant_id = ")
                .bind_id(writing.session.tenant.id)
                .push(" AND id = ")
                .bind_id(child);
            statement.execute(writing.connection)?;
        }
        Ok(())
    }
}

/// What stands in the way of one row, with where it stands.
fn at_line(error: StoreError, line: u64) -> StoreError {
    match error.failure() {
        Failure::Refused(_) | Failure::Invalid(_) => StoreError::refused(format!("line {line}: {error}")),
        _ => error,
    }
}

fn put_search(writing: &mut Writing<'_>, entity: &Entity, new: &[(Id, Values)]) -> Result<(), StoreError> {
    if entity.search.is_empty() {
        return Ok(());
    }
    let documents: Vec<(Id, search::Document)> = new
        .iter()
        .map(|(id, values)| {
            let said = |field| values.get(field).map(Value::written).unwrap_or_default();
            (*id, search::Document::of(entity, said))
        })
        .collect();
    search::put_many(writing, entity, &documents)
}
