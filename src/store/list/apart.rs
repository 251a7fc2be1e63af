//! What no single index has in an order: what is not in a range is below or above it, and one of several rare conditions
//! holds. Each is found by itself, where they are few.

use super::compile::{Compiler, Reach, Way, count_to};
use super::select::{OWN, own_tables};
use crate::domain::filter::{Resolved, Test};
use crate::domain::{Kind, Value};
use crate::store::StoreError;
use crate::store::entity::{Field, Source};
use crate::store::model::Column;
use crate::store::read::Reading;
use crate::store::sql::Statement;

impl Compiler<'_> {
    /// What is not one of some words of a choice is one of the others, and what is not in a range is below or above it:
    /// an index finds each of those.
    pub(super) fn complement(&self, filter: &Resolved) -> Option<(&'static Field, Vec<Test>)> {
        let Resolved::Compare { field, test } = filter else { return None };
        let field = self.entity.field(field)?;
        let column = self.column_in_its_table(field)?;
        let others = match (field.kind, test) {
            (Kind::Choice(words), _) => {
                let not_these: &[Test] = if let Test::OneOf(tests) = test { tests } else { std::slice::from_ref(test) };
                if !not_these.iter().all(|test| matches!(test, Test::Equals(_))) {
                    return None;
                }
                let words = words.iter().map(|word| Test::Equals(Value::text(*word)));
                let nothing = column.nullable.then_some(Test::Empty);
                let others: Vec<Test> = words.filter(|other| !not_these.contains(other)).chain(nothing).collect();
                return (!others.is_empty()).then(|| (field, vec![Test::OneOf(others)]));
            }
            (Kind::Int | Kind::Money | Kind::Percent | Kind::Degrees | Kind::Instant | Kind::Date, test) => {
                match test.clone() {
                    Test::Equals(value) => vec![Test::Below(value.clone()), Test::Above(value)],
                    Test::Below(value) => vec![Test::AtLeast(value)],
                    Test::AtMost(value) => vec![Test::Above(value)],
                    Test::Above(value) => vec![Test::AtMost(value)],
                    Test::AtLeast(value) => vec![Test::Below(value)],
                    Test::Between(from, until) => vec![Test::Below(from), Test::AtLeast(until)],
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some((field, others.into_iter().chain(column.nullable.then_some(Test::Empty)).collect()))
    }

    fn column_in_its_table(&self, field: &Field) -> Option<&'static Column> {
        match field.source {
            Source::Column(column) => self.entity.table.column(column),
            Source::Joined(alias, column) => {
                self.entity.joins.iter().find(|join| join.alias == alias)?.table.column(column)
            }
            Source::Gathered { .. } => None,
        }
    }

    /// That a record is one of those that pass one of several tests of a field, where an index knows each and they are few:
    /// no index knows all of them together in an order.
    pub(super) fn apart(
        &self,
        reading: &mut Reading<'_>,
        field: &'static Field,
        tests: &[Test],
    ) -> Result<Option<Statement>, StoreError> {
        let most = match self.way {
            Way::Walked(_) => reading.few.rows,
            Way::Taken(documents) => documents,
            Way::Tested => return Ok(None),
        };
        let table = format!("{} {OWN}", self.entity.table.name);
        let (mut each, mut all) = (Vec::with_capacity(tests.len()), 0);
        for test in tests {
            let mut condition = Statement::new();
            if self.push_condition(&mut condition, reading, field, test, "")? == Reach::Looked {
                return Ok(None);
            }
            let mut taken = Statement::new();
            taken.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id).push(" AND ");
            all += count_to(reading, &table, taken.append(condition.clone()).clone(), most - all)?;
            if all > most {
                return Ok(None);
            }
            each.push(condition);
        }
        let mut few = Statement::new();
        self.push_any(&mut few, reading, each);
        Ok(Some(few))
    }

    /// Appends that one of the conditions holds, each of which takes few rows by an index of its own. SQLite would rather
    /// look at all rows once than use several indexes: there they are found one after the other.
    pub(super) fn push_any(&self, statement: &mut Statement, reading: &Reading<'_>, conditions: Vec<Statement>) {
        let apart = conditions.len() > 1 && !reading.connection.is_postgres();
        for (index, condition) in conditions.into_iter().enumerate() {
            match (apart, index) {
                (true, 0) => statement.push("c.id IN ("),
                (true, _) => statement.push(" UNION ALL "),
                (false, 0) => statement.push("("),
                (false, _) => statement.push(" OR "),
            };
            if apart {
                statement.push(format!("SELECT c.id FROM {} WHERE c.tenant_id = ", own_tables(self.entity)));
                statement.bind_id(reading.session.tenant.id).push(" AND ");
            }
            statement.append(condition);
        }
        statement.push(")");
    }
}
