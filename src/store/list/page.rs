//! Keyset pages: rows after, before or around a row that was shown.
//!
//! Rows with nothing in the sort key come last (first when descending). They are a segment of their
//! own, so that each statement is one range of one index, whatever a database thinks of nulls.

use super::compile::{self, Reach, Way};
use super::order::{self, Key};
use super::select::Selection;
use super::{Effort, ListRequest, Sort};
use crate::domain::filter::Resolved;
use crate::domain::{Id, Value};
use crate::store::StoreError;
use crate::store::entity::Source;
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
    /// Of these records those that still match, whatever else there is.
    Among(Vec<Id>),
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
    /// The last row that was looked at, where so much was looked through that the page ends before it is full: one goes on
    /// from there.
    pub looked: Option<Cursor>,
    /// Why nothing matches, where a reference names a record that there is not.
    pub misnamed: Option<String>,
}

fn keys_of(reading: &Reading<'_>, request: &ListRequest) -> Result<Vec<Key>, StoreError> {
    let postgres = reading.connection.is_postgres();
    request.sort.iter().map(|sort| order::key(reading.session, postgres, request.entity, sort)).collect()
}

/// The statements that a page may take, one a segment.
pub(super) fn statements(reading: &mut Reading<'_>, request: &ListRequest) -> Result<Vec<Statement>, StoreError> {
    let keys = keys_of(reading, request)?;
    let walk = Walk::of(request, &keys);
    let condition = walk.condition(reading, walk.way(reading))?;
    let of = |segment| {
        let stretch = Stretch { segment, start: walk.starts_in(segment), end: End::Segment };
        walk.statement(reading, &condition, stretch, request.limit + 1).map(|(_, statement)| statement)
    };
    walk.segments().into_iter().map(of).collect()
}

pub(super) fn load(reading: &mut Reading<'_>, request: &ListRequest) -> Result<Page, StoreError> {
    let keys = keys_of(reading, request)?;
    let walk = Walk::of(request, &keys);
    let backwards = walk.backwards;
    let condition = walk.condition(reading, walk.way(reading))?;
    let mut found = Found { wanted: request.limit + 1, ..Found::default() };
    let mut looked = None;
    match request.effort {
        Effort::Rows(most) if condition.reach == Reach::Looked && walk.order().is_some() => {
            looked = walk.look_through(reading, &condition, most, &mut found)?;
        }
        _ => {
            for segment in walk.segments() {
                let stretch = Stretch { segment, start: walk.starts_in(segment), end: End::Segment };
                walk.load(reading, &condition, stretch, &mut found)?;
            }
        }
    }
    let Found { mut rows, mut cursors, .. } = found;
    let more = rows.len() > request.limit || looked.is_some();
    rows.truncate(request.limit);
    cursors.truncate(request.limit);
    if backwards {
        rows.reverse();
        cursors.reverse();
    }
    let (more_before, more_after) = match request.from {
        From::Start | From::Among(_) => (false, more),
        From::End => (more, false),
        From::After(_) => (true, more),
        From::Before(_) => (more, true),
        From::At(_) => (true, more),
    };
    Ok(Page { rows, cursors, more_before, more_after, looked, misnamed: None })
}

/// What was found of a page, and how much is wanted.
#[derive(Default)]
pub(super) struct Found {
    wanted: usize,
    rows: Vec<Record>,
    cursors: Vec<Cursor>,
}

impl Found {
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.wanted
    }
}

/// ` WHERE …` of the whole filter, and how its rows are found.
#[derive(Clone)]
pub(super) struct Condition {
    taken: Statement,
    pub(super) reach: Reach,
    /// Nothing is walked in order: what is found is sorted.
    is_sorted: bool,
}

/// A range of the rows in order.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub(super) segment: Segment,
    /// Where it begins: behind a row, or with it.
    pub(super) start: Option<(&'a Cursor, Bound)>,
    pub(super) end: End<'a>,
}

/// Where a range ends.
#[derive(Clone, Copy)]
pub(super) enum End<'a> {
    /// With its segment.
    Segment,
    /// With this row.
    With(&'a Cursor),
    /// After so many rows, whatever the filter takes of them. PostgreSQL alone, which knows that they stay in order.
    After(u64),
}

/// Whether a row itself belongs to what begins there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    With,
    Without,
}

/// Part of a list whose rows are one range of an index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Segment {
    Whole,
    WithKey,
    WithoutKey,
}

/// The way through a list that a request asks for.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub(super) request: &'a ListRequest,
    keys: &'a [Key],
    /// The id, which tells rows with the same keys apart.
    id: &'static str,
    backwards: bool,
}

impl<'a> Walk<'a> {
    const fn of(request: &'a ListRequest, keys: &'a [Key]) -> Self {
        Self { request, keys, id: "c.id", backwards: matches!(request.from, From::End | From::Before(_)) }
    }

    fn start(&self) -> Option<(&'a Cursor, Bound)> {
        match &self.request.from {
            From::Start | From::End | From::Among(_) => None,
            From::After(cursor) | From::Before(cursor) => Some((cursor, Bound::Without)),
            From::At(cursor) => Some((cursor, Bound::With)),
        }
    }

    /// The column whose index gives the rows in order, where one does.
    fn order(&self) -> Option<&'static str> {
        match self.request.sort.as_slice() {
            [] => Some("id"),
            [Sort { field, .. }] if matches!(field.source, Source::Column(_)) => {
                field.sort.filter(|(_, indexed)| *indexed).map(|(column, _)| column)
            }
            _ => None,
        }
    }

    /// All is taken and sorted where no index gives the order.
    fn way(&self, reading: &Reading<'_>) -> Way<'static> {
        self.order().map_or(Way::Taken(reading.few.taken), |order| Way::Walked(Some(order)))
    }

    /// The segments from the start on, in the order of the walk.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let mut segments = match self.keys {
            [key] if key.nullable => vec![Segment::WithKey, Segment::WithoutKey],
            _ => return vec![Segment::Whole],
        };
        if self.keys[0].descending != self.backwards {
            segments.reverse();
        }
        if let Some((cursor, _)) = self.start() {
            let first = if cursor.keys.first() == Some(&Value::Null) { Segment::WithoutKey } else { Segment::WithKey };
            segments.drain(..segments.iter().position(|segment| *segment == first).unwrap_or(0));
        }
        segments
    }

    /// The start, where it lies in this segment.
    pub(super) fn starts_in(&self, segment: Segment) -> Option<(&'a Cursor, Bound)> {
        let start = self.start()?;
        let without_key = start.0.keys.first() == Some(&Value::Null);
        match segment {
            Segment::Whole => Some(start),
            Segment::WithKey => (!without_key).then_some(start),
            Segment::WithoutKey => without_key.then_some(start),
        }
    }

    pub(super) fn condition(&self, reading: &mut Reading<'_>, way: Way<'_>) -> Result<Condition, StoreError> {
        let fixed = self.request.filter == Resolved::All && !matches!(self.request.from, From::Among(_));
        let mut taken = if fixed { Statement::fixed() } else { Statement::new() };
        let mut reach = compile::push_filtered(&mut taken, reading, self.request.entity, &self.request.filter, way)?;
        if let From::Among(ids) = &self.request.from {
            taken.push(" AND c.id IN (NULL");
            for id in ids {
                taken.push(", ").bind_id(*id);
            }
            taken.push(")");
            reach = Reach::Few;
        }
        let is_sorted = reach == Reach::Few || matches!(way, Way::Taken(_));
        Ok(Condition { taken, reach, is_sorted })
    }

    /// Adds the rows of a stretch, as long as more are wanted.
    pub(super) fn load(
        &self,
        reading: &mut Reading<'_>,
        condition: &Condition,
        stretch: Stretch<'_>,
        found: &mut Found,
    ) -> Result<(), StoreError> {
        if found.is_full() {
            return Ok(());
        }
        let (selection, statement) = self.statement(reading, condition, stretch, found.wanted - found.rows.len())?;
        for row in statement.load(reading.connection)? {
            let (record, keys) = selection.record(row)?;
            found.cursors.push(Cursor { keys, id: record.id });
            found.rows.push(record);
        }
        Ok(())
    }

    fn statement(
        &self,
        reading: &Reading<'_>,
        condition: &Condition,
        stretch: Stretch<'_>,
        limit: usize,
    ) -> Result<(Selection, Statement), StoreError> {
        let request = self.request;
        let mut selection = Selection::of(request.entity, &request.fields, reading.connection.is_postgres())
            .naming_references(reading.session, &request.fields);
        for key in self.keys {
            selection.add(key.expression.clone(), key.kind);
            selection.refer(key.behind);
        }
        let fixed = request.filter == Resolved::All;
        let mut statement = if fixed { Statement::fixed() } else { Statement::new() };
        statement.push(selection.select());
        match stretch.end {
            End::After(rows) => {
                let mut found = Statement::new();
                found.push(format!("SELECT c.* FROM {} c", request.entity.table.name));
                found.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
                self.push_stretch(&mut found, stretch)?;
                self.push_order(&mut found, stretch.segment);
                found.push(" LIMIT ").bind_long(i64::try_from(rows).unwrap_or(i64::MAX));
                statement.append(selection.of_found(found));
            }
            End::Segment | End::With(_) => {
                statement.push(selection.from());
            }
        }
        statement.append(condition.taken.clone());
        // SQLite knows nothing of how many there are and would rather walk the sort index, or that of ids where it has none: a
        // plus before a column says not to.
        let aside = if condition.is_sorted && !reading.connection.is_postgres() { "+" } else { "" };
        let plain = |key: &Key| match key.is_worked_out {
            true => key.clone(),
            false => Key { expression: format!("{aside}{}", key.expression), ..key.clone() },
        };
        let keys: Vec<Key> = self.keys.iter().map(plain).collect();
        let walk = Walk { keys: &keys, id: if aside.is_empty() { "c.id" } else { "+c.id" }, ..*self };
        if !matches!(stretch.end, End::After(_)) {
            walk.push_stretch(&mut statement, stretch)?;
        }
        walk.push_order(&mut statement, stretch.segment);
        statement.push(" LIMIT ").bind_long(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok((selection, statement))
    }

    /// The row that so many rows of a stretch end with, whatever the filter takes of them; `None` where it has no more.
    pub(super) fn end_of(
        &self,
        reading: &mut Reading<'_>,
        stretch: Stretch<'_>,
        rows: u64,
    ) -> Result<Option<Cursor>, StoreError> {
        let mut selection = Selection::of(self.request.entity, &[], reading.connection.is_postgres());
        for key in self.keys {
            selection.add(key.expression.clone(), key.kind);
        }
        let mut statement = Statement::new();
        statement.push(selection.select()).push(format!(" FROM {} c", self.request.entity.table.name));
        statement.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
        self.push_stretch(&mut statement, stretch)?;
        self.push_order(&mut statement, stretch.segment);
        statement.push(" LIMIT 1 OFFSET ").bind_long(i64::try_from(rows.saturating_sub(1)).unwrap_or(i64::MAX));
        let last = statement.load(reading.connection)?.into_iter().next();
        let last = last.map(|row| selection.record(row)).transpose()?;
        Ok(last.map(|(record, keys)| Cursor { keys, id: record.id }))
    }

    fn push_stretch(&self, statement: &mut Statement, stretch: Stretch<'_>) -> Result<(), StoreError> {
        if let [key] = self.keys {
            match stretch.segment {
                Segment::Whole => {}
                Segment::WithKey => {
                    statement.push(format!(" AND {} IS NOT NULL", key.expression));
                }
                Segment::WithoutKey => {
                    statement.push(format!(" AND {} IS NULL", key.expression));
                }
            }
        }
        if let Some((cursor, bound)) = stretch.start {
            statement.push(" AND ");
            self.push_start(statement, stretch.segment, cursor, bound)?;
        }
        if let End::With(cursor) = stretch.end {
            statement.push(" AND ");
            let sign = if self.falls() { ">=" } else { "<=" };
            self.push_beyond(statement, stretch.segment, cursor, sign)?;
        }
        Ok(())
    }

    /// Whether ids (and a single key) fall in the walking direction.
    fn falls(&self) -> bool {
        self.keys.first().is_some_and(|key| key.descending) != self.backwards
    }

    fn push_start(
        &self,
        statement: &mut Statement,
        segment: Segment,
        cursor: &Cursor,
        bound: Bound,
    ) -> Result<(), StoreError> {
        let sign = match (self.falls(), bound) {
            (true, Bound::With) => "<=",
            (true, Bound::Without) => "<",
            (false, Bound::With) => ">=",
            (false, Bound::Without) => ">",
        };
        match self.keys {
            several @ [_, _, ..] => self.push_start_of_several(statement, several, cursor, sign),
            _ => self.push_beyond(statement, segment, cursor, sign),
        }
    }

    /// That a row stands on one side of another, where ids or a single key order them.
    fn push_beyond(
        &self,
        statement: &mut Statement,
        segment: Segment,
        cursor: &Cursor,
        sign: &str,
    ) -> Result<(), StoreError> {
        match (self.keys, segment) {
            ([key, ..], Segment::Whole | Segment::WithKey) => {
                let value = cursor.keys.first().cloned().unwrap_or_default();
                statement
                    .push(format!("({}, {}) {sign} (", key.expression, self.id))
                    .bind(key.kind, value)?
                    .push(", ")
                    .bind_id(cursor.id)
                    .push(")");
            }
            _ => {
                statement.push(format!("{} {sign} ", self.id)).bind_id(cursor.id);
            }
        }
        Ok(())
    }

    /// Several keys: equal in the first ones and beyond in the next, for each of them.
    fn push_start_of_several(
        &self,
        statement: &mut Statement,
        keys: &[Key],
        cursor: &Cursor,
        sign: &str,
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
                    statement.push(format!("{} {sign} ", self.id)).bind_id(cursor.id);
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
