//! Keyset pages: rows after, before or around a row that was shown.
//!
//! Rows with nothing in the sort key come last (first when descending). They are a segment of their
//! own, so that each statement is one range of one index, whatever a database thinks of nulls.

use super::compile;
use super::select::Selection;
use super::{ListRequest, Sort};
use crate::domain::{Id, Value};
use crate::store::StoreError;
use crate::store::entity::Source;
use crate::store::model::ColumnKind;
use crate::store::read::Reading;
use crate::store::record::Record;
use crate::store::sql::Statement;

/// Where a row stands in a sort.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    keys: Vec<Value>,
    id: Id,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq)]
pub enum From {
    Start,
    End,
    After(Cursor),
    Before(Cursor),
    /// This row and those after it, for looking again at what was shown.
    At(Cursor),
}

/// Some rows of a list, in its order.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Record>,
    /// Where each row stands.
    pub cursors: Vec<Cursor>,
    /// Whether there are rows before the first one.
    pub more_before: bool,
    /// Whether there are rows after the last one.
    pub more_after: bool,
}

/// A sort key as the statement sees it.
#[derive(Clone)]
struct Key {
    expression: String,
    kind: ColumnKind,
    nullable: bool,
    descending: bool,
}

fn key(request: &ListRequest, sort: &Sort) -> Result<Key, StoreError> {
    let entity = request.entity;
    let (column, _) = sort.field.sort.ok_or_else(|| StoreError::unexpected("a sort without a column"))?;
    let (expression, table, name) = match (column.split_once('.'), sort.field.source) {
        (Some((alias, name)), Source::Joined(..)) => {
            let join = entity.joins.iter().find(|join| join.alias == alias);
            (column.to_owned(), join.map_or(entity.table, |join| join.table), name)
        }
        _ => (format!("c.{column}"), entity.table, column),
    };
    let column = table.column(name).ok_or_else(|| StoreError::unexpected(format!("no column {name}")))?;
    Ok(Key { expression, kind: column.kind, nullable: column.nullable, descending: sort.descending })
}

fn keys_of(request: &ListRequest) -> Result<Vec<Key>, StoreError> {
    request.sort.iter().map(|sort| key(request, sort)).collect()
}

/// The statements that a page may take, one a segment.
pub(super) fn statements(reading: &mut Reading<'_>, request: &ListRequest) -> Result<Vec<Statement>, StoreError> {
    let keys = keys_of(request)?;
    let walk = Walk::of(request, &keys);
    let of = |segment| walk.statement(reading, segment, request.limit + 1).map(|(_, statement)| statement);
    walk.segments().into_iter().map(of).collect()
}

pub(super) fn load(reading: &mut Reading<'_>, request: &ListRequest) -> Result<Page, StoreError> {
    let keys = keys_of(request)?;
    let walk = Walk::of(request, &keys);
    let backwards = walk.backwards;
    let (mut rows, mut cursors) = (Vec::new(), Vec::new());
    let wanted = request.limit + 1;
    for segment in walk.segments() {
        if rows.len() >= wanted {
            break;
        }
        for (record, keys) in walk.load(reading, segment, wanted - rows.len())? {
            cursors.push(Cursor { keys, id: record.id });
            rows.push(record);
        }
    }
    let more = rows.len() > request.limit;
    rows.truncate(request.limit);
    cursors.truncate(request.limit);
    if backwards {
        rows.reverse();
        cursors.reverse();
    }
    let (more_before, more_after) = match request.from {
        From::Start => (false, more),
        From::End => (more, false),
        From::After(_) => (true, more),
        From::Before(_) => (more, true),
        From::At(_) => (true, more),
    };
    Ok(Page { rows, cursors, more_before, more_after })
}

/// Part of a list whose rows are one range of an index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Segment {
    Whole,
    WithKey,
    WithoutKey,
}

struct Walk<'a> {
    request: &'a ListRequest,
    keys: &'a [Key],
    /// The id, which tells rows with the same keys apart.
    id: &'static str,
    backwards: bool,
}

impl<'a> Walk<'a> {
    const fn of(request: &'a ListRequest, keys: &'a [Key]) -> Self {
        Self { request, keys, id: "c.id", backwards: matches!(request.from, From::End | From::Before(_)) }
    }

    fn start(&self) -> Option<&Cursor> {
        match &self.request.from {
            From::Start | From::End => None,
            From::After(cursor) | From::Before(cursor) | From::At(cursor) => Some(cursor),
        }
    }

    /// The segments from the start on, in the order that they are walked.
    fn segments(&self) -> Vec<Segment> {
        let [Key { nullable: true, descending, .. }] = self.keys else { return vec![Segment::Whole] };
        let mut segments = vec![Segment::WithKey, Segment::WithoutKey];
        if *descending != self.backwards {
            segments.reverse();
        }
        if let Some(cursor) = self.start() {
            let first = if cursor.keys.first() == Some(&Value::Null) { Segment::WithoutKey } else { Segment::WithKey };
            segments.drain(..segments.iter().position(|segment| *segment == first).unwrap_or(0));
        }
        segments
    }

    /// Whether the start lies in this segment.
    fn starts_in(&self, segment: Segment) -> Option<&Cursor> {
        let cursor = self.start()?;
        let without_key = cursor.keys.first() == Some(&Value::Null);
        match segment {
            Segment::Whole => Some(cursor),
            Segment::WithKey => (!without_key).then_some(cursor),
            Segment::WithoutKey => without_key.then_some(cursor),
        }
    }

    fn load(
        &self,
        reading: &mut Reading<'_>,
        segment: Segment,
        limit: usize,
    ) -> Result<Vec<(Record, Vec<Value>)>, StoreError> {
        let (selection, statement) = self.statement(reading, segment, limit)?;
        statement.load(reading.connection)?.into_iter().map(|row| selection.record(row)).collect()
    }

    fn statement(
        &self,
        reading: &mut Reading<'_>,
        segment: Segment,
        limit: usize,
    ) -> Result<(Selection, Statement), StoreError> {
        let request = self.request;
        let mut selection = Selection::of(request.entity, &request.fields, reading.connection.is_postgres())
            .naming_references(reading.session, &request.fields);
        for key in self.keys {
            selection.add(key.expression.clone(), key.kind);
        }
        let fixed = request.filter == crate::domain::filter::Resolved::All;
        let mut statement = if fixed { Statement::fixed() } else { Statement::new() };
        statement.push(selection.select()).push(selection.from());
        let order = match request.sort.as_slice() {
            [] => Some("id"),
            [Sort { field, .. }] if matches!(field.source, Source::Column(_)) => {
                field.sort.filter(|(_, indexed)| *indexed).map(|(column, _)| column)
            }
            _ => None,
        };
        let few = compile::push_filtered(&mut statement, reading, request.entity, &request.filter, order)?;
        // SQLite knows nothing of how many there are and would rather walk the sort index, or that of ids where it has none: a
        // plus before a column says not to.
        let aside = if (few || order.is_none()) && !reading.connection.is_postgres() { "+" } else { "" };
        let plain = |key: &Key| Key { expression: format!("{aside}{}", key.expression), ..key.clone() };
        let keys: Vec<Key> = self.keys.iter().map(plain).collect();
        let walk = Walk { request, keys: &keys, id: if aside.is_empty() { "c.id" } else { "+c.id" }, ..*self };
        if let [key] = walk.keys {
            match segment {
                Segment::Whole => {}
                Segment::WithKey => {
                    statement.push(format!(" AND {} IS NOT NULL", key.expression));
                }
                Segment::WithoutKey => {
                    statement.push(format!(" AND {} IS NULL", key.expression));
                }
            }
        }
        if let Some(cursor) = walk.starts_in(segment) {
            statement.push(" AND ");
            walk.push_start(&mut statement, segment, cursor)?;
        }
        walk.push_order(&mut statement, segment);
        statement.push(" LIMIT ").bind_long(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok((selection, statement))
    }

    /// Whether ids (and a single key) fall in the walking direction.
    fn falls(&self) -> bool {
        self.keys.first().is_some_and(|key| key.descending) != self.backwards
    }

    fn push_start(&self, statement: &mut Statement, segment: Segment, cursor: &Cursor) -> Result<(), StoreError> {
        let inclusive = if matches!(self.request.from, From::At(_)) { "=" } else { "" };
        let sign = if self.falls() { "<" } else { ">" };
        match (self.keys, segment) {
            ([], _) | (_, Segment::WithoutKey) => {
                statement.push(format!("{} {sign}{inclusive} ", self.id)).bind_id(cursor.id);
                Ok(())
            }
            ([key], _) => {
                let value = cursor.keys.first().cloned().unwrap_or_default();
                statement
                    .push(format!("({}, {}) {sign}{inclusive} (", key.expression, self.id))
                    .bind(key.kind, value)?
                    .push(", ")
                    .bind_id(cursor.id)
                    .push(")");
                Ok(())
            }
            (several, _) => self.push_start_of_several(statement, several, cursor, sign, inclusive),
        }
    }

    /// Several keys: equal in the first ones and beyond in the next, for each of them.
    fn push_start_of_several(
        &self,
        statement: &mut Statement,
        keys: &[Key],
        cursor: &Cursor,
        sign: &str,
        inclusive: &str,
    ) -> Result<(), StoreError> {
        statement.push("(");
        for last in 0..=keys.len() {
            if last > 0 {
                statement.push(" OR ");
            }
            statement.push("(");
            for (key, value) in keys.iter().zip(&cursor.keys).take(last) {
                if *value == Value::Null {
                    statement.push(format!("{} IS NULL AND ", key.expression));
                } else {
                    statement.push(format!("{} = ", key.expression)).bind(key.kind, value.clone())?.push(" AND ");
                }
            }
            match (keys.get(last), cursor.keys.get(last)) {
                (Some(key), Some(value)) => {
                    let falls = key.descending != self.backwards;
                    // Nothing comes last where keys rise and first where they fall.
                    match (falls, *value == Value::Null) {
                        (false, true) => {
                            statement.push("1 = 0");
                        }
                        (true, true) => {
                            statement.push(format!("{} IS NOT NULL", key.expression));
                        }
                        (false, false) => {
                            statement
                                .push(format!("({0} IS NULL OR {0} > ", key.expression))
                                .bind(key.kind, value.clone())?
                                .push(")");
                        }
                        (true, false) => {
                            statement.push(format!("{} < ", key.expression)).bind(key.kind, value.clone())?;
                        }
                    }
                }
                _ => {
                    statement.push(format!("{} {sign}{inclusive} ", self.id)).bind_id(cursor.id);
                }
            }
            statement.push(")");
        }
        statement.push(")");
        Ok(())
    }

    fn push_order(&self, statement: &mut Statement, segment: Segment) {
        let mut order = Vec::new();
        if segment != Segment::WithoutKey {
            for key in self.keys {
                let falls = key.descending != self.backwards;
                let nulls = match (self.keys.len() > 1 && key.nullable, falls) {
                    (false, _) => "",
                    (true, false) => " NULLS LAST",
                    (true, true) => " NULLS FIRST",
                };
                order.push(format!("{}{}{nulls}", key.expression, if falls { " DESC" } else { "" }));
            }
        }
        order.push(format!("{}{}", self.id, if self.falls() { " DESC" } else { "" }));
        statement.push(format!(" ORDER BY {}", order.join(", ")));
    }
}
