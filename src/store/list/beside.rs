//! Rows of another table that stand for a record: by that table's own index those are found that pass, and by them the
//! records.

use super::compile::{Compiler, Reach, Way, count_to};
use super::tested::WALKED;
use crate::domain::filter::Test;
use crate::store::StoreError;
use crate::store::entity::{Field, Source, Words};
use crate::store::read::Reading;
use crate::store::sql::Statement;

/// Such a table, with a name of one letter or so.
pub(super) struct Beside {
    /// The table by that name, with what is joined to it.
    from: String,
    name: &'static str,
    /// The column for the record.
    record: String,
}

impl Beside {
    pub(super) fn of_words(words: Words) -> Self {
        Self { from: words.from(), name: "w", record: words.record.to_owned() }
    }

    fn is_tenants(&self, reading: &Reading<'_>) -> Statement {
        let mut tenant = Statement::new();
        tenant.push(format!(" WHERE {}.tenant_id = ", self.name)).bind_id(reading.session.tenant.id);
        tenant
    }

    /// Appends that a record is one of those of the rows that pass ` AND …`. PostgreSQL looks for each of an array by the
    /// index of ids, whatever else it would rather do; but where it tests a row, it goes through the array.
    fn push_records(&self, statement: &mut Statement, reading: &Reading<'_>, passing: &Statement, is_array: bool) {
        let is_array = is_array && reading.connection.is_postgres();
        let (begin, end) = if is_array { ("= ANY (ARRAY(", "))") } else { ("IN (", ")") };
        statement
            .push(format!("c.id {begin}SELECT {} FROM {}", self.record, self.from))
            .append(self.is_tenants(reading))
            .append(passing.clone())
            .push(end);
    }

    /// Appends that one of a record's own rows passes ` AND …`.
    pub(super) fn push_own(&self, statement: &mut Statement, passing: &Statement) {
        let Self { from, name, record } = self;
        statement
            .push(format!("EXISTS (SELECT 1 FROM {from} WHERE {name}.tenant_id = c.tenant_id AND {record} = c.id"))
            .append(passing.clone())
            .push(")");
    }
}

/// Ids that PostgreSQL is given as an array.
const MOST_OF_AN_ARRAY: i64 = 500;

/// Rows whose records are gathered before any of them is looked at, where nothing is walked in order: both databases gather
/// all that there are, also where no more than a few are asked for.
const MOST_GATHERED: i64 = 100_000;

impl Compiler<'_> {
    /// Appends that a record has a row that passes ` AND …`, which an index there knows. Those of few rows are taken; where
    /// they are many, a list that is walked in order asks about each record, as `own` says.
    pub(super) fn push_beside(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        beside: &Beside,
        passing: &Statement,
        own: impl FnOnce(&mut Statement),
    ) -> Result<Reach, StoreError> {
        if !matches!(self.way, Way::Tested) {
            let few = if let Way::Taken(documents) = self.way { documents } else { reading.few.rows };
            let most = if self.order().is_some() { few } else { few.max(MOST_GATHERED) };
            let mut taken = beside.is_tenants(reading);
            taken.append(passing.clone());
            let counted = count_to(reading, &beside.from, taken, most)?;
            if counted <= most {
                let is_array = counted <= MOST_OF_AN_ARRAY && self.order().is_some();
                beside.push_records(statement, reading, passing, is_array);
                return Ok(if counted <= few { Reach::Few } else { Reach::Known });
            }
        }
        own(statement);
        Ok(Reach::Looked)
    }

    /// A test of a field that is joined from another table, where an index has the rows there by it: none where none has.
    pub(super) fn push_joined(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
    ) -> Result<Option<Reach>, StoreError> {
        let Source::Joined(alias, column) = field.source else { return Ok(None) };
        let join = self.entity.joins.iter().find(|join| join.alias == alias);
        let Some(join) = join.filter(|join| join.table.is_indexed(column, None)) else { return Ok(None) };
        let beside = Beside {
            from: format!("{} {alias}", join.table.name),
            name: alias,
            record: format!("{alias}.{}", join.column),
        };
        let mut passing = Statement::new();
        passing.push(" AND ");
        let mut own = Statement::new();
        self.push_condition(&mut own, reading, field, test, "")?;
        passing.append(own);
        let mut walked = Statement::new();
        let aside = if reading.connection.is_postgres() { "" } else { WALKED };
        self.push_condition(&mut walked, reading, field, test, aside)?;
        self.push_beside(statement, reading, &beside, &passing, |statement| {
            statement.append(walked);
        })
        .map(Some)
    }
}
