//! Records that a reference leads to, or that point here: where they are few they are found first, else each row is asked
//! about its own.

use super::compile::{Compiler, Reach, count_to};
use super::select::{from_own, own_tables, push_where};
use crate::domain::filter::Resolved;
use crate::store::read::Reading;
use crate::store::sql::Statement;
use crate::store::{StoreError, entities};

/// Whether the records that a reference leads to, or those that point here, were few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    Few,
    Many,
}

impl Compiler<'_> {
    /// Appends that `outer`, a column of the table outside, is one of `column` in the rows that `inner` takes: inside, `c` is
    /// the other table. Few are found before all else; where they are many, or are not known without looking at all, each
    /// row outside is asked about its own.
    pub(super) fn push_among(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        (outer, column): (&str, &str),
        inner: impl FnOnce(&mut Statement, &mut Reading<'_>) -> Result<Reach, StoreError>,
    ) -> Result<Among, StoreError> {
        let mut taken = Statement::new();
        if self.is_printed {
            taken.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
        } else {
            reading.session.require(&self.entity.permission("read"))?;
            push_where(&mut taken, reading.session, self.entity);
        }
        taken.push(" AND ");
        let reach = inner(&mut taken, reading)?;
        if reach == Reach::Few || (reach == Reach::Known || self.is_small(reading)?) && self.are_few(reading, &taken)? {
            let mut select = Statement::new();
            select.push(format!("SELECT c.{column}")).push(from_own(self.entity)).append(taken);
            if reading.connection.is_postgres() {
                // Made once, and looked for by an index beside other conditions too.
                statement.push(format!("{outer} = ANY (ARRAY(")).append(select).push("))");
            } else {
                statement.push(format!("{outer} IN (")).append(select).push(")");
            }
            return Ok(Among::Few);
        }
        statement
            .push(format!(
                "EXISTS (SELECT 1 FROM (SELECT {outer} AS id) outside CROSS JOIN {}",
                own_tables(self.entity)
            ))
            .append(taken)
            // With an offset PostgreSQL asks about one row after the other and does not take all of them first.
            .push(format!(
                " AND c.{column} = outside.id{})",
                if reading.connection.is_postgres() { " OFFSET 0" } else { "" }
            ));
        Ok(Among::Many)
    }

    /// Whether there are so few records of this kind that looking at all is nothing.
    pub(super) fn is_small(&self, reading: &mut Reading<'_>) -> Result<bool, StoreError> {
        let mut all = Statement::new();
        all.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
        self.are_few(reading, &all)
    }

    /// Whether few records are taken by ` WHERE …`.
    fn are_few(&self, reading: &mut Reading<'_>, taken: &Statement) -> Result<bool, StoreError> {
        let most = reading.few.rows;
        Ok(count_to(reading, &own_tables(self.entity), taken.clone(), most)? <= most)
    }

    pub(super) fn push_related(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        relation: &str,
        inner: Option<&Resolved>,
    ) -> Result<Reach, StoreError> {
        let Some(relation) = entities::relations(self.entity).iter().find(|known| known.name == relation) else {
            return Err(StoreError::unexpected(format!("no relation {relation}")));
        };
        let other = self.step(reading, relation.entity)?;
        let among = other.push_among(statement, reading, ("c.id", relation.column), |statement, reading| {
            statement.push(format!("c.{} IS NOT NULL AND ", relation.column));
            other.push(statement, reading, inner.unwrap_or(&Resolved::All))
        })?;
        Ok(if among == Among::Few { Reach::Few } else { Reach::Looked })
    }
}
