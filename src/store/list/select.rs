//! What a list selects: columns, the names behind references, rows of other tables that belong to a
//! record; and single records by id or by name.

use std::sync::Arc;

use super::scope;
use crate::domain::{Id, Value, text};
use crate::store::entity::{Entity, Field, Source};
use crate::store::model::ColumnKind;
use crate::store::record::{Record, called};
use crate::store::session::{Scope, Session};
use crate::store::sql::{Row, Statement, alias};
use crate::store::{Connection, StoreError, entities};

/// The alias of the entity's own table in every statement.
pub(super) const OWN: &str = "c";

/// What is selected of each record.
pub(super) struct Selection {
    entity: &'static Entity,
    columns: Vec<(String, ColumnKind)>,
    header: Arc<[&'static str]>,
    /// `LEFT JOIN`s for names of references, in the order that they are needed.
    references: String,
}

impl Selection {
    pub(super) fn of(entity: &'static Entity, fields: &[&'static Field], postgres: bool) -> Self {
        let mut columns = vec![("c.id".to_owned(), ColumnKind::Id)];
        columns.push(if entity.has_version() {
            ("c.version".to_owned(), ColumnKind::Int)
        } else {
            ("0".to_owned(), ColumnKind::Int)
        });
        let (mut header, mut references) = (Vec::new(), String::new());
        for field in fields {
            match field.source {
                Source::Column(column) => {
                    if let Some(target) = field.reference.and_then(entities::find) {
                        let other = other(field);
                        columns.push((format!("{other}.{}", shown_by(target)), ColumnKind::Text));
                        header.push(field.name);
                        references.push_str(&reference_join(&other, target, column));
                    }
                    columns.push((format!("{OWN}.{column}"), entity.column_kind(field)));
                    header.push(field.id_name().unwrap_or(field.name));
                }
                Source::Joined(joined, column) => {
                    columns.push((format!("{joined}.{column}"), entity.column_kind(field)));
                    header.push(field.name);
                }
                Source::Gathered { sqlite, postgres: on_postgres, .. } => {
                    columns.push(((if postgres { on_postgres } else { sqlite }).to_owned(), ColumnKind::Text));
                    header.push(field.name);
                }
            }
        }
        Self { entity, columns, header: header.into(), references }
    }

    /// With what the records are called that are shown by their numbers: for those who see all of the organisation's
    /// records, and may look at such ones.
    pub(super) fn naming_references(mut self, session: &Session, fields: &[&'static Field]) -> Self {
        let mut header = self.header.to_vec();
        for field in fields {
            let target = field.reference.and_then(entities::find).filter(|target| target.number.is_some());
            let label = target.and_then(|target| target.field(target.label)?.column());
            let may = target.is_some_and(|target| names_are_told(session, target));
            if let (Some(label), Source::Column(_), true) = (label, field.source, may) {
                self.columns.push((format!("r_{}.{label}", field.name), ColumnKind::Text));
                header.push(called(field.name));
            }
        }
        self.header = header.into();
        self
    }

    /// With the record behind a reference, whether it is shown or not.
    pub(super) fn refer(&mut self, field: Option<&'static Field>) {
        let target = field.and_then(|field| Some((field, entities::find(field.reference?)?, field.column()?)));
        if let Some((field, target, column)) = target.filter(|(field, ..)| !self.header.contains(&field.name)) {
            self.references.push_str(&reference_join(&other(field), target, column));
        }
    }

    /// More columns behind the fields: the keys that a page is continued from.
    pub(super) fn add(&mut self, expression: String, kind: ColumnKind) {
        self.columns.push((expression, kind));
    }

    /// `SELECT …`
    pub(super) fn select(&self) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, (expression, kind))| format!("{expression} AS {}", alias(*kind, index)))
            .collect();
        format!("SELECT {}", columns.join(", "))
    }

    /// `FROM …` with everything that the columns need.
    pub(super) fn from(&self) -> String {
        format!("{}{}", from_own(self.entity), self.references)
    }

    /// The same, with rows of the entity's table that were found before.
    pub(super) fn of_found(&self, found: Statement) -> Statement {
        let mut from = Statement::new();
        from.push(" FROM (").append(found).push(format!(") {OWN}{}{}", joins(self.entity), self.references));
        from
    }

    /// A row as a record, and the values of the columns that were added.
    pub(super) fn record(&self, row: Row) -> Result<(Record, Vec<Value>), StoreError> {
        let mut values = row.0;
        let (Some(Value::Id(id)), Some(Value::Int(version))) = (values.first().cloned(), values.get(1).cloned()) else {
            return Err(StoreError::unexpected(format!("a row of {} without an id", self.entity.table.name)));
        };
        let added = values.split_off(2 + self.header.len());
        values.drain(..2);
        check_words(self.entity, &self.header, &values)?;
        Ok((Record::new(self.entity, id, version, Arc::clone(&self.header), values), added))
    }
}

/// A word that the program does not know is an error, not a guess.
fn check_words(entity: &'static Entity, header: &[&'static str], values: &[Value]) -> Result<(), StoreError> {
    for (name, value) in header.iter().zip(values) {
        if let (Some(crate::domain::Kind::Choice(words)), Value::Text(word)) =
            (entity.field(name).map(|field| field.kind), value)
            && !words.contains(&word.as_str())
        {
            return Err(StoreError::unexpected(format!("{}.{name} holds ‘{}’", entity.table.name, text::clean(word))));
        }
    }
    Ok(())
}

/// The alias of the table that a reference leads to.
pub(super) fn other(field: &Field) -> String {
    format!("r_{}", field.name)
}

/// Whether cells tell the names of numbered records that they refer to: to those who see all of the organisation's, and may
/// look at such ones.
pub(super) fn names_are_told(session: &Session, target: &Entity) -> bool {
    session.scope == Scope::All && session.may(&target.permission("read"))
}

/// The column that people know a record by when it is referred to.
pub(super) fn shown_by(entity: &Entity) -> &'static str {
    if entity.number.is_some() { "number" } else { entity.label }
}

/// People have no tenant of their own in their key: an operator of the installation has none.
fn reference_join(other: &str, target: &Entity, column: &str) -> String {
    let table = target.table.name;
    if table == "users" {
        format!(" LEFT JOIN users {other} ON {other}.id = {OWN}.{column}")
    } else {
        format!(" LEFT JOIN {table} {other} ON {other}.tenant_id = {OWN}.tenant_id AND {other}.id = {OWN}.{column}")
    }
}

/// ` FROM customers c JOIN …`
pub(crate) fn from_own(entity: &Entity) -> String {
    format!(" FROM {}", own_tables(entity))
}

/// `customers c JOIN …`
pub(super) fn own_tables(entity: &Entity) -> String {
    format!("{} {OWN}{}", entity.table.name, joins(entity))
}

/// ` JOIN …`
fn joins(entity: &Entity) -> String {
    entity
        .joins
        .iter()
        .map(|join| {
            let (table, other, column) = (join.table.name, join.alias, join.column);
            format!(" JOIN {table} {other} ON {other}.tenant_id = {OWN}.tenant_id AND {other}.{column} = {OWN}.id")
        })
        .collect()
}

/// ` WHERE c.tenant_id = ? …` and what the session sees.
pub(crate) fn push_where(statement: &mut Statement, session: &Session, entity: &'static Entity) {
    statement.push(" WHERE c.tenant_id = ").bind_id(session.tenant.id);
    scope::restrict(statement, session, entity);
}

/// One whole record that the session sees; locked for the rest of a write transaction.
pub(crate) fn by_id(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    id: Id,
    lock: bool,
) -> Result<Option<Record>, StoreError> {
    let (selection, mut statement) = whole(entity, connection);
    push_where(&mut statement, session, entity);
    statement.push(" AND c.id = ").bind_id(id);
    // Rows that never change need no lock, nor has the program the right to one. Ids never change: who makes something that
    // points here waits for nobody, and nobody who waits for the row stands in the way of what their triggers write to it.
    if lock && connection.is_postgres() && entity.table.column("updated_at").is_some() {
        statement.push(" FOR NO KEY UPDATE OF c");
    }
    statement.load(connection)?.into_iter().next().map(|row| Ok(selection.record(row)?.0)).transpose()
}

/// One whole record that the session sees, with what the records are called that it refers to by their numbers.
pub(in crate::store) fn to_show(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    id: Id,
) -> Result<Option<Record>, StoreError> {
    let fields: Vec<&'static Field> = entity.fields.iter().collect();
    let selection = Selection::of(entity, &fields, connection.is_postgres()).naming_references(session, &fields);
    // One for each kind and what the session sees of the records that it names.
    let mut statement = Statement::fixed();
    statement.push(selection.select()).push(selection.from());
    push_where(&mut statement, session, entity);
    statement.push(" AND c.id = ").bind_id(id);
    statement.load(connection)?.into_iter().next().map(|row| Ok(selection.record(row)?.0)).transpose()
}

/// The same whoever may see it: for what the program keeps of what people do.
pub(crate) fn unscoped(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    id: Id,
) -> Result<Option<Record>, StoreError> {
    let (selection, mut statement) = whole(entity, connection);
    statement.push(" WHERE c.tenant_id = ").bind_id(session.tenant.id).push(" AND c.id = ").bind_id(id);
    statement.load(connection)?.into_iter().next().map(|row| Ok(selection.record(row)?.0)).transpose()
}

/// A statement that selects all fields.
fn whole(entity: &'static Entity, connection: &Connection) -> (Selection, Statement) {
    let fields: Vec<&'static Field> = entity.fields.iter().collect();
    let selection = Selection::of(entity, &fields, connection.is_postgres());
    let mut statement = Statement::fixed();
    statement.push(selection.select()).push(selection.from());
    (selection, statement)
}

/// Whether the session sees such a record.
pub(crate) fn exists(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    id: Id,
) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement.push("SELECT c.id AS i0").push(format!(" FROM {} c", entity.table.name));
    push_where(&mut statement, session, entity);
    statement.push(" AND c.id = ").bind_id(id);
    Ok(!statement.load(connection)?.is_empty())
}

/// The records that go by a number, a name or an id; more than one where a name is not unique.
pub(crate) fn named(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    named: &str,
) -> Result<Vec<Id>, StoreError> {
    let named = named.trim();
    if let Ok(id) = named.parse::<Id>() {
        return Ok(if exists(connection, session, entity, id)? { vec![id] } else { Vec::new() });
    }
    let mut by = Vec::new();
    if entity.number.is_some() {
        by.push(("number", Value::text(named)));
    }
    by.push(label_key(entity, named));
    for (column, value) in by {
        let mut statement = Statement::fixed();
        statement.push("SELECT c.id AS i0").push(format!(" FROM {} c", entity.table.name));
        push_where(&mut statement, session, entity);
        statement.push(format!(" AND c.{column} = ")).bind(ColumnKind::Text, value)?.push(" ORDER BY c.id LIMIT 20");
        let ids: Vec<Id> = statement.load(connection)?.iter().filter_map(|row| row.0[0].as_id()).collect();
        if !ids.is_empty() {
            return Ok(ids);
        }
    }
    Ok(Vec::new())
}

/// The column in which a record's name is unique or sorted, and what it holds for a name.
pub(super) fn label_key(entity: &Entity, named: &str) -> (&'static str, Value) {
    let name = Value::text(named);
    match entity.derived.iter().find(|derived| derived.from == entity.label) {
        Some(derived) => (derived.column, (derived.how)(&name)),
        None => (entity.label, name),
    }
}

/// Whole records whose column holds one of the values.
pub(crate) fn all_where(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    (column, kind): (&'static str, ColumnKind),
    values: Vec<Value>,
) -> Result<Vec<Record>, StoreError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let fields: Vec<&'static Field> = entity.fields.iter().collect();
    let selection = Selection::of(entity, &fields, connection.is_postgres());
    let mut statement = Statement::new();
    statement.push(selection.select()).push(selection.from());
    push_where(&mut statement, session, entity);
    statement.push(format!(" AND c.{column} IN ("));
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            statement.push(", ");
        }
        statement.bind(kind, value)?;
    }
    statement.push(")");
    statement.load(connection)?.into_iter().map(|row| Ok(selection.record(row)?.0)).collect()
}
