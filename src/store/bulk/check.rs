//! Checking rows against the rules, against each other and against the database: one query for each
//! unique column of a chunk.

use std::collections::{BTreeMap, HashMap};

use super::names::{Names, key_of};
use super::{BulkRow, BulkRules, RowProblem};
use crate::domain::time::Instant;
use crate::domain::value::Locale;
use crate::domain::{Id, Value};
use crate::store::entity::{Change, Entity, Field, FieldAccess};
use crate::store::list::{scope, select};
use crate::store::model::ColumnKind;
use crate::store::record::Record;
use crate::store::session::Session;
use crate::store::sql::{Statement, alias};
use crate::store::{Connection, Failure, StoreError, engine, entities, given};

/// Values by field.
pub(super) type Values = BTreeMap<&'static str, Value>;

/// A row that was looked at.
pub(super) struct CheckedRow {
    pub line: u64,
    /// Its place among the rows of the file, from 0.
    pub index: u64,
    pub outcome: Outcome,
    pub problems: Vec<RowProblem>,
    /// Unique fields: their name, key, and value as it may be shown.
    pub unique: Vec<(&'static str, String, String)>,
    /// The row of the file that its own reference names.
    pub parent: Option<u32>,
}

/// What becomes of it.
pub(super) enum Outcome {
    New(Values),
    Changed(Box<Record>, Values),
    Same,
}

/// Whether a field of a record will hold something else.
fn differs(record: &Record, name: &str, value: &Value) -> bool {
    record.entity.field(name).is_some_and(|field| {
        let before = engine::record_value(record, field);
        before != value && !(before.is_empty() && value.is_empty())
    })
}

/// References that were looked up and are remembered.
const REMEMBERED: usize = 50_000;

pub(super) struct Checker {
    entity: &'static Entity,
    rules: BulkRules,
    references: HashMap<(&'static str, String), Result<Id, String>>,
}

impl Checker {
    pub(super) fn new(entity: &'static Entity, rules: BulkRules) -> Self {
        Self { entity, rules, references: HashMap::new() }
    }

    /// Looks at a chunk of rows, the first of which is the `first`-th of the file.
    pub(super) fn check(
        &mut self,
        connection: &mut Connection,
        session: &Session,
        now: Instant,
        rows: Vec<BulkRow>,
        first: u64,
        names: &Names,
    ) -> Result<Vec<CheckedRow>, StoreError> {
        if self.references.len() > REMEMBERED {
            self.references.clear();
        }
        let existing = Existing::load(connection, session, self.entity, &rows)?;
        let locale = session.locale(now);
        let mut checked = Vec::with_capacity(rows.len());
        for (row, index) in rows.into_iter().zip(first..) {
            checked.push(self.check_row(connection, session, locale, (row, index), &existing, names)?);
        }
        self.check_unique(connection, session, &mut checked)?;
        Ok(checked)
    }

    fn check_row(
        &mut self,
        connection: &mut Connection,
        session: &Session,
        locale: Locale,
        (row, index): (BulkRow, u64),
        existing: &Existing,
        names: &Names,
    ) -> Result<CheckedRow, StoreError> {
        let entity = self.entity;
        let record = existing.of(entity, &row);
        let mut checked = CheckedRow {
            line: row.line,
            index,
            outcome: Outcome::Same,
            problems: row.problems,
            unique: Vec::new(),
            parent: None,
        };
        let record = match record {
            Ok(record) => record,
            Err(problem) => {
                checked.problems.push(problem);
                return Ok(checked);
            }
        };
        let shown: HashMap<&'static str, String> =
            row.values.iter().map(|(field, value)| (field.name, value.written())).collect();
        let mut values = Values::new();
        for (field, value) in row.values {
            match self.resolve(connection, session, field, value, names)? {
                Ok(Resolved::Value(value)) => {
                    values.insert(field.name, value);
                }
                Ok(Resolved::Row(parent)) => {
                    checked.parent = Some(parent);
                    // A stand-in until the rows have their ids: it is there, and it is no other record's.
                    values.insert(field.name, Value::Id(Id::from_uuid(Default::default())));
                }
                Err(why) => checked.problems.push(problem(field.name, &shown, why)),
            }
        }
        let wrong = |values: &Values, name: &str| values.contains_key(name);
        let had_problems: Vec<String> = checked.problems.iter().map(|problem| problem.field.clone()).collect();
        let id = record.map_or_else(Id::new, |record| record.id);
        if record.is_none() {
            given::give_defaults(entity, session, locale, &mut values)?;
        }
        for (name, value) in &values {
            let Some(field) = entity.field(name).filter(|field| field.unique.is_some()) else { continue };
            if !value.is_empty() {
                checked.unique.push((field.name, key_of(entity, field, value), value.written()));
            }
        }
        // Rules are asked of what changes: what stands there already breaks none.
        if let Some(record) = record {
            values.retain(|name, value| differs(record, name, value));
        }
        let mut change = Change { entity, id, before: record, values, problems: Vec::new(), handed_over: false };
        if let Err(error) = given::settle(&mut change) {
            match error.into_failure() {
                Failure::Invalid(problems) => {
                    for found in problems {
                        // A value that could not be read is not missing as well.
                        if wrong(&change.values, &found.field) || !had_problems.contains(&found.field) {
                            checked.problems.push(problem(&found.field, &shown, found.message));
                        }
                    }
                }
                other => return Err(StoreError::failed(other)),
            }
        }
        if checked.problems.is_empty()
            && let Err(error) = scope::check_write(connection, session, &change)
        {
            let why = error.to_string();
            checked.problems.push(RowProblem { field: entity.label.into(), value: String::new(), why });
        }
        self.weigh(record, change.values, &shown, &mut checked);
        Ok(checked)
    }

    /// New, changed or the same.
    fn weigh(
        &self,
        record: Option<&Record>,
        mut values: Values,
        shown: &HashMap<&'static str, String>,
        checked: &mut CheckedRow,
    ) {
        let Some(record) = record else {
            checked.outcome = Outcome::New(values);
            return;
        };
        values.retain(|name, value| differs(record, name, value));
        if values.is_empty() {
            return;
        }
        if let Some(field) =
            values.keys().filter_map(|name| self.entity.field(name)).find(|field| field.access == FieldAccess::Create)
        {
            checked.problems.push(problem(field.name, shown, "is set once, when the record is made"));
        } else if !self.rules.update {
            let name = values.keys().next().copied().unwrap_or_default();
            let before =
                self.entity.field(name).map(|field| engine::record_value(record, field).written()).unwrap_or_default();
            let kept = if before.is_empty() { "nothing".to_owned() } else { format!("‘{before}’") };
            let why = format!("{} exists and has {kept} here: give --update to change it", record.title());
            checked.problems.push(problem(name, shown, why));
        }
        checked.outcome = Outcome::Changed(Box::new(record.clone()), values);
    }

    fn resolve(
        &mut self,
        connection: &mut Connection,
        session: &Session,
        field: &'static Field,
        value: Value,
        names: &Names,
    ) -> Result<Result<Resolved, String>, StoreError> {
        let Some(target) = field.reference.and_then(entities::find) else { return Ok(Ok(Resolved::Value(value))) };
        let named = match value {
            Value::Text(text) if !text.is_empty() => text,
            Value::Text(_) | Value::Null => return Ok(Ok(Resolved::Value(Value::Null))),
            Value::Id(id) if !select::exists(connection, session, target, id)? => {
                return Ok(Err(format!("there is no such {}", target.singular)));
            }
            other => return Ok(Ok(Resolved::Value(other))),
        };
        let key = (target.name, named);
        if let Some(known) = self.references.get(&key) {
            return Ok(known.clone().map(|id| Resolved::Value(Value::Id(id))));
        }
        let named = key.1.as_str();
        let ids = select::named(connection, session, target, named)?;
        let found = match ids.as_slice() {
            [id] => Ok(*id),
            [] if target == self.entity => match names.row(named) {
                Ok(Some(row)) => return Ok(Ok(Resolved::Row(row))),
                Ok(None) => Err(format!("there is no such {}, nor is one in the file", target.singular)),
                Err(why) => Err(why),
            },
            [] => Err(format!("there is no such {}", target.singular)),
            several => Err(format!("names {} {}: give the number", several.len(), target.name)),
        };
        self.references.insert(key, found.clone());
        Ok(found.map(|id| Resolved::Value(Value::Id(id))))
    }

    /// Values that records which are not in the file have already.
    fn check_unique(
        &self,
        connection: &mut Connection,
        session: &Session,
        rows: &mut [CheckedRow],
    ) -> Result<(), StoreError> {
        for field in self.entity.fields {
            let Some(column) = field.unique else { continue };
            let kind = self.entity.table.column(column).map_or(ColumnKind::Text, |column| column.kind);
            let mut wanted = Vec::new();
            for row in rows.iter() {
                let value = match &row.outcome {
                    Outcome::New(values) | Outcome::Changed(_, values) => values.get(field.name),
                    Outcome::Same => None,
                };
                if let Some(value) = value.filter(|value| !value.is_empty()) {
                    wanted.push(column_value(self.entity, column, value));
                }
            }
            let taken = taken(connection, session, self.entity, column, kind, wanted)?;
            if taken.is_empty() {
                continue;
            }
            for row in rows.iter_mut() {
                let (own, value) = match &row.outcome {
                    Outcome::New(values) => (None, values.get(field.name)),
                    Outcome::Changed(record, values) => (Some(record.id), values.get(field.name)),
                    Outcome::Same => continue,
                };
                let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
                let holder = taken.get(&column_value(self.entity, column, value).written());
                if holder.is_some_and(|id| Some(*id) != own)
                    && !row.problems.iter().any(|known| known.field == field.name)
                {
                    let why = "is already in use: it must be unique".to_owned();
                    row.problems.push(RowProblem { field: field.name.into(), value: value.written(), why });
                }
            }
        }
        Ok(())
    }
}

enum Resolved {
    Value(Value),
    /// A row of the same file.
    Row(u32),
}

fn problem(field: &str, shown: &HashMap<&'static str, String>, why: impl Into<String>) -> RowProblem {
    RowProblem { field: field.to_owned(), value: shown.get(field).cloned().unwrap_or_default(), why: why.into() }
}

/// What a column holds for a field's value.
fn column_value(entity: &Entity, column: &str, value: &Value) -> Value {
    entity
        .derived
        .iter()
        .find(|derived| derived.column == column)
        .map_or_else(|| value.clone(), |derived| (derived.how)(value))
}

/// The records that have one of these values in a column, by the value as it is written.
fn taken(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    column: &'static str,
    kind: ColumnKind,
    wanted: Vec<Value>,
) -> Result<HashMap<String, Id>, StoreError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let mut statement = Statement::new();
    statement
        .push(format!(
            "SELECT c.id AS i0, c.{column} AS {} FROM {} c WHERE c.tenant_id = ",
            alias(kind, 1),
            entity.table.name
        ))
        .bind_id(session.tenant.id)
        .push(format!(" AND c.{column} IN ("));
    push_list(&mut statement, kind, wanted)?;
    statement.push(")");
    let rows = statement.load(connection)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.0.get(1)?.written(), row.0.first()?.as_id()?))).collect())
}

fn push_list(statement: &mut Statement, kind: ColumnKind, values: Vec<Value>) -> Result<(), StoreError> {
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            statement.push(", ");
        }
        statement.bind(kind, value)?;
    }
    Ok(())
}

/// The records that rows name by id, by number, or (where there are no numbers) by a unique name.
struct Existing {
    by_id: HashMap<Id, Record>,
    by_key: HashMap<String, Id>,
    key: Option<(&'static Field, &'static str)>,
}

impl Existing {
    fn load(
        connection: &mut Connection,
        session: &Session,
        entity: &'static Entity,
        rows: &[BulkRow],
    ) -> Result<Self, StoreError> {
        let name = if entity.number.is_some() { "number" } else { entity.label };
        let key = entity.field(name).and_then(|field| Some((field, field.unique?)));
        let mut known = Self { by_id: HashMap::new(), by_key: HashMap::new(), key };
        let ids: Vec<Value> = rows.iter().filter_map(|row| row.id).map(Value::Id).collect();
        known.add(select::all_where(connection, session, entity, ("id", ColumnKind::Id), ids)?);
        if let Some((field, column)) = key {
            let named: Vec<Value> = rows
                .iter()
                .filter(|row| row.id.is_none_or(|id| !known.by_id.contains_key(&id)))
                .filter_map(|row| row.values.iter().find(|(f, value)| f.name == field.name && !value.is_empty()))
                .map(|(_, value)| column_value(entity, column, value))
                .collect();
            known.add(select::all_where(connection, session, entity, (column, ColumnKind::Text), named)?);
        }
        Ok(known)
    }

    fn add(&mut self, records: Vec<Record>) {
        for record in records {
            if let Some((field, _)) = self.key {
                self.by_key.insert(key_of(record.entity, field, record.get(field.name)), record.id);
            }
            self.by_id.insert(record.id, record);
        }
    }

    /// The record that a row means. An id that is not known here comes from elsewhere and says nothing.
    fn of(&self, entity: &'static Entity, row: &BulkRow) -> Result<Option<&Record>, RowProblem> {
        let by_id = row.id.and_then(|id| self.by_id.get(&id));
        let Some((field, _)) = self.key else { return Ok(by_id) };
        let given = row.values.iter().find(|(f, value)| f.name == field.name && !value.is_empty());
        let by_key = given
            .and_then(|(_, value)| self.by_key.get(&key_of(entity, field, value)))
            .and_then(|id| self.by_id.get(id));
        match (by_id, by_key) {
            (Some(one), Some(other)) if one.id != other.id => Err(RowProblem {
                field: field.name.into(),
                value: given.map(|(_, value)| value.written()).unwrap_or_default(),
                why: format!("is already in use by another record than the id: {}", other.title()),
            }),
            (Some(one), _) => Ok(Some(one)),
            (None, by_key) => Ok(by_key),
        }
    }
}
