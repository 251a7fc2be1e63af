//! What workflows are written with: the records that an operation carries along, in its transaction and under its name
//! in the log. Whether the session may do the operation was asked before; what it carries along belongs to it.

use std::collections::BTreeSet;

use super::entity::Entity;
use super::list::select;
use super::model::ColumnKind;
use super::record::Record;
use super::sql::{Statement, alias};
use super::write::Writing;
use super::{StoreError, engine, numbers};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// Rows that one statement locks.
const LOCKED_AT_ONCE: usize = 500;

/// Fields of a record and the values that they are to have.
pub(super) type Values = Vec<(&'static str, Value)>;

impl Writing<'_> {
    /// A record that the session sees, locked until the transaction ends.
    ///
    /// # Errors
    /// [`super::Failure::NotFound`] where it sees none.
    pub(super) fn take(&mut self, entity: &'static Entity, id: Id) -> Result<Record, StoreError> {
        engine::fetch(self, entity, id)?.ok_or_else(|| StoreError::not_found(entity.singular, id.to_string()))
    }

    /// A record that the session sees, as it is now: nobody is kept from changing it.
    ///
    /// # Errors
    /// [`super::Failure::NotFound`] where it sees none.
    pub(super) fn look(&mut self, entity: &'static Entity, id: Id) -> Result<Record, StoreError> {
        select::by_id(self.connection, self.session, entity, id, false)?
            .ok_or_else(|| StoreError::not_found(entity.singular, id.to_string()))
    }

    /// Locks a row until the transaction ends, whether the session sees it or not: for what hangs on it.
    pub(super) fn lock(&mut self, entity: &'static Entity, id: Id) -> Result<(), StoreError> {
        if !self.connection.is_postgres() {
            return Ok(());
        }
        let mut statement = Statement::fixed();
        statement.push(format!("SELECT id AS i0 FROM {}", entity.table.name));
        self.push_own(&mut statement, id);
        statement.push(" FOR UPDATE");
        statement.load(self.connection).map(|_| ())
    }

    /// Locks rows in the order of their ids, as whoever does something to many of them does: no two operations wait for
    /// each other.
    pub(super) fn lock_in_order(&mut self, entity: &'static Entity, ids: &BTreeSet<Id>) -> Result<(), StoreError> {
        // What never changes need not be locked, nor has the program the right to.
        if !self.connection.is_postgres() || entity.table.column("updated_at").is_none() {
            return Ok(());
        }
        let ids: Vec<Id> = ids.iter().copied().collect();
        for ids in ids.chunks(LOCKED_AT_ONCE) {
            let mut statement = Statement::new();
            statement
                .push(format!("SELECT id AS i0 FROM {} WHERE tenant_id = ", entity.table.name))
                .bind_id(self.session.tenant.id)
                .push(" AND id IN (");
            for (index, id) in ids.iter().enumerate() {
                statement.push(if index > 0 { ", " } else { "" }).bind_id(*id);
            }
            statement.push(") ORDER BY id FOR NO KEY UPDATE");
            statement.load(self.connection)?;
        }
        Ok(())
    }

    /// The records whose column holds an id, as they are now.
    pub(super) fn look_all(
        &mut self,
        entity: &'static Entity,
        column: &'static str,
        value: Id,
    ) -> Result<Vec<Record>, StoreError> {
        let by = (column, ColumnKind::Id);
        select::all_where(self.connection, self.session, entity, by, vec![Value::Id(value)])
    }

    /// The records whose column holds a value, in the order of their ids, locked until the transaction ends.
    pub(super) fn take_all(
        &mut self,
        entity: &'static Entity,
        column: &'static str,
        value: Id,
    ) -> Result<Vec<Record>, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name))
            .bind_id(self.session.tenant.id)
            .push(format!(" AND c.{column} = "))
            .bind_id(value)
            .push(" ORDER BY c.id");
        let ids: Vec<Id> = statement.load(self.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect();
        ids.into_iter().map(|id| self.take(entity, id)).collect()
    }

    /// The records whose columns hold these values, in the order of their ids; none is locked.
    pub(super) fn ids_where(
        &mut self,
        entity: &'static Entity,
        columns: &[(&'static str, Value)],
    ) -> Result<Vec<Id>, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name))
            .bind_id(self.session.tenant.id);
        for (column, value) in columns {
            let kind = column_kind(entity, column)?;
            statement.push(format!(" AND c.{column} = ")).bind(kind, value.clone())?;
        }
        statement.push(" ORDER BY c.id");
        Ok(statement.load(self.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
    }

    /// The records that go by a number or a name.
    pub(super) fn named(&mut self, entity: &'static Entity, named: &str) -> Result<Vec<Id>, StoreError> {
        select::named(self.connection, self.session, entity, named)
    }

    /// Makes a record from values of any of its fields; it gets a number where it has one and none is given.
    pub(super) fn make(&mut self, entity: &'static Entity, values: Values) -> Result<Id, StoreError> {
        let mut values: std::collections::BTreeMap<_, _> = values.into_iter().collect();
        if let Some(format) = entity.number
            && values.get("number").is_none_or(Value::is_empty)
        {
            let number = numbers::next(self.connection, self.session, format, self.now)?;
            values.insert("number", Value::Text(number));
        }
        let id = Id::new();
        let action = self.action.clone();
        engine::make(self, &action, entity, id, values)?;
        Ok(id)
    }

    /// Sets fields of a record, whoever else may set them.
    pub(super) fn set(&mut self, record: &Record, values: Values, reason: Option<&str>) -> Result<(), StoreError> {
        let action = self.action.clone();
        engine::change(self, &action, record, values.into_iter().collect(), reason)
    }

    /// Lets a reference of a record lead elsewhere, whatever else would have a say in its being changed: the record itself
    /// is the same as before.
    pub(super) fn repoint(&mut self, record: &Record, field: &'static str, to: Id) -> Result<(), StoreError> {
        let action = self.action.clone();
        engine::put_back(self, &action, record, [(field, Value::Id(to))].into())
    }

    /// Follows a move of a record's lifecycle and sets values with it.
    ///
    /// # Errors
    /// The refusal with the moves that are open, where this one is not.
    pub(super) fn follow(
        &mut self,
        record: &Record,
        verb: &str,
        mut values: Values,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let lifecycle = record.entity.lifecycle.ok_or_else(|| StoreError::unexpected("no lifecycle"))?;
        let state = lifecycle.follow(verb, record.get("status").as_str()).map_err(StoreError::refused)?;
        values.push(("status", Value::text(state)));
        self.set(record, values, reason)
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, record: &Record) -> Result<(), StoreError> {
        let action = self.action.clone();
        engine::delete_as(self, &action, record)
    }

    /// Raises a record's version where rows that belong to it changed: who edits it sees that it is another one now.
    pub(super) fn touch(&mut self, entity: &'static Entity, id: Id) -> Result<(), StoreError> {
        let record = self.take(entity, id)?;
        let action = self.action.clone();
        engine::touch(self, &action, &record)
    }

    /// The records that those of a run refer to in a column, in the order of their ids.
    pub(super) fn referred_to(
        &mut self,
        entity: &'static Entity,
        column: &'static str,
        (first, last): (Id, Id),
    ) -> Result<Vec<Id>, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(format!("SELECT DISTINCT c.{column} AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name))
            .bind_id(self.session.tenant.id)
            .push(" AND c.id >= ")
            .bind_id(first)
            .push(" AND c.id <= ")
            .bind_id(last)
            .push(format!(" AND c.{column} IS NOT NULL ORDER BY 1"));
        Ok(statement.load(self.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
    }

    /// Appends a row of history, which the log tells already.
    pub(super) fn append(&mut self, entity: &'static Entity, values: Values) -> Result<Id, StoreError> {
        let id = Id::new();
        let values = values.into_iter().collect();
        let change =
            super::entity::Change { entity, id, before: None, values, problems: Vec::new(), handed_over: false };
        engine::insert(self, &change)?;
        Ok(id)
    }

    /// Sets a derived column, which is no change of the record itself: no version, no row in the log.
    pub(super) fn derive(
        &mut self,
        entity: &'static Entity,
        id: Id,
        column: &'static str,
        value: Value,
    ) -> Result<(), StoreError> {
        let kind = column_kind(entity, column)?;
        let mut statement = Statement::fixed();
        statement.push(format!("UPDATE {} SET {column} = ", entity.table.name)).bind(kind, value)?;
        self.push_own(&mut statement, id);
        statement.execute(self.connection).map(|_| ())
    }

    /// Adds to a derived number or amount (in its smallest units) and answers what it is then; `None` where there is
    /// no such record. The database does the sum: no two writers read the same figure.
    ///
    /// # Errors
    /// Where the column's own check refuses the sum.
    pub(super) fn add_to(
        &mut self,
        entity: &'static Entity,
        id: Id,
        column: &'static str,
        by: i64,
    ) -> Result<Option<Value>, StoreError> {
        let kind = column_kind(entity, column)?;
        let mut statement = Statement::fixed();
        statement.push(format!("UPDATE {} SET {column} = {column} + ", entity.table.name));
        match kind {
            ColumnKind::Int => statement.bind(ColumnKind::Int, Value::Int(by))?,
            _ => statement.bind_long(by),
        };
        self.push_own(&mut statement, id);
        statement.push(format!(" RETURNING {column} AS {}", alias(kind, 0)));
        Ok(statement.load(self.connection)?.into_iter().next().and_then(|row| row.0.into_iter().next()))
    }

    fn push_own(&self, statement: &mut Statement, id: Id) {
        statement.push(" WHERE tenant_id = ").bind_id(self.session.tenant.id).push(" AND id = ").bind_id(id);
    }

    /// What one column of the record's rows adds up to in another table, in its smallest units.
    pub(super) fn sum(
        &mut self,
        entity: &'static Entity,
        summed: &'static str,
        column: &'static str,
        id: Id,
    ) -> Result<i64, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(format!(
                "SELECT CAST(coalesce(sum({summed}), 0) AS bigint) AS l0 FROM {} WHERE tenant_id = ",
                entity.table.name
            ))
            .bind_id(self.session.tenant.id)
            .push(format!(" AND {column} = "))
            .bind_id(id);
        let rows = statement.load(self.connection)?;
        Ok(rows.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
    }

    /// What the organisation has set, where it has.
    pub(super) fn setting(&mut self, key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push("SELECT value AS j0 FROM settings WHERE tenant_id = ")
            .bind_id(self.session.tenant.id)
            .push(" AND component IS NULL AND key = ")
            .bind_text(key);
        let row = statement.load(self.connection)?.into_iter().next();
        Ok(row.and_then(|row| if let Some(Value::Json(json)) = row.0.into_iter().next() { Some(json) } else { None }))
    }

    /// Puts something into the outbox, which a program empties once this is committed.
    pub(super) fn send(
        &mut self,
        kind: &'static str,
        about: Option<(&'static Entity, Id)>,
        payload: serde_json::Value,
        due: Instant,
    ) -> Result<(), StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push("INSERT INTO outbox (id, tenant_id, kind, entity_type, record_id, payload, created_at, due_at) VALUES (")
            .bind_id(Id::new())
            .push(", ")
            .bind_id(self.session.tenant.id)
            .push(", ")
            .bind_text(kind)
            .push(", ")
            .bind(ColumnKind::Text, about.map_or(Value::Null, |(entity, _)| Value::text(entity.name)))?
            .push(", ")
            .bind(ColumnKind::Id, about.map_or(Value::Null, |(_, id)| Value::Id(id)))?
            .push(", ")
            .bind(ColumnKind::Json, Value::Json(payload))?
            .push(", ")
            .bind_instant(self.now)
            .push(", ")
            .bind_instant(due)
            .push(")");
        statement.execute(self.connection).map(|_| ())
    }
}

fn column_kind(entity: &Entity, column: &'static str) -> Result<ColumnKind, StoreError> {
    entity.table.column(column).map(|column| column.kind).ok_or_else(|| StoreError::unexpected(column))
}
