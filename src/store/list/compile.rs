//! A filter as the conditions of a statement.
//!
//! Every test but emptiness is false on nothing (null, or empty text), and `not` is the plain
//! complement; so under a `not` a comparison that is null counts as false.

use super::select::{OWN, from_own, push_where};
use super::texts::{self, Within};
use crate::domain::filter::{Resolved, Test};
use crate::domain::{Kind, Value, text};
use crate::store::entity::{Entity, Field, Source};
use crate::store::read::Reading;
use crate::store::search::Sought;
use crate::store::sql::Statement;
use crate::store::{StoreError, entities, list, search};

/// Appends ` WHERE …`: the tenant, what the session sees, and the filter. `order`: the column whose index gives the rows in
/// the order that is wanted, where one does. Answers whether few rows are taken, by their ids or by a key: then sorting them
/// is cheaper than walking in order until they turn up.
pub(super) fn push_filtered(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    order: Option<&str>,
) -> Result<bool, StoreError> {
    push_where(statement, reading.session, entity);
    let mut words = Vec::new();
    let rest = without_words(filter, &mut words);
    let mut few = false;
    if !words.is_empty() {
        statement.push(" AND ");
        few = push_words(statement, reading, entity, &words, Within::List)?;
    }
    for part in rest {
        statement.push(" AND ");
        few |= Compiler { entity, depth: 0, order }.push(statement, reading, part)?;
    }
    Ok(few)
}

/// The words that every row must hold, and what remains of the filter.
fn without_words<'a>(filter: &'a Resolved, words: &mut Vec<String>) -> Vec<&'a Resolved> {
    match filter {
        Resolved::All => Vec::new(),
        Resolved::Word(word) => {
            words.extend(Some(text::fold(word)).filter(|word| !word.is_empty()));
            Vec::new()
        }
        Resolved::And(parts) => parts.iter().flat_map(|part| without_words(part, words)).collect(),
        other => vec![other],
    }
}

/// The condition on the words; answers whether it is a short list of ids.
fn push_words(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    words: &[String],
    within: Within,
) -> Result<bool, StoreError> {
    let postgres = reading.connection.is_postgres();
    if entity.search.is_empty() {
        return push_label_words(statement, entity, postgres, words).map(|()| false);
    }
    let sought = Sought::words(words);
    if texts::is_walked(reading, entity, &sought, within)? {
        search::push_matches(statement, postgres, entity.name, &sought);
        Ok(false)
    } else {
        texts::push_documents(statement, reading, entity, &sought, within);
        Ok(true)
    }
}

/// Kinds of record without search documents are few: their label is looked into.
fn push_label_words(
    statement: &mut Statement,
    entity: &'static Entity,
    postgres: bool,
    words: &[String],
) -> Result<(), StoreError> {
    let Some(label) = entity.field(entity.label) else { return Err(StoreError::unexpected("no label")) };
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            statement.push(" AND ");
        }
        texts::push_holds(statement, &expression(label, postgres), word, postgres);
    }
    Ok(())
}

/// Whether a test holds of nothing.
fn takes_nothing(test: &Test) -> bool {
    match test {
        Test::Empty => true,
        Test::OneOf(tests) => tests.iter().any(takes_nothing),
        _ => false,
    }
}

/// The SQL of a field's value.
pub(super) fn expression(field: &Field, postgres: bool) -> String {
    match field.source {
        Source::Column(column) => format!("{OWN}.{column}"),
        Source::Joined(joined, column) => format!("{joined}.{column}"),
        Source::Gathered { sqlite, postgres: on_postgres, .. } => {
            (if postgres { on_postgres } else { sqlite }).to_owned()
        }
    }
}

/// A filter over one kind of record on its way into a statement.
pub(super) struct Compiler<'a> {
    pub(super) entity: &'static Entity,
    depth: usize,
    /// The column whose index gives the rows in order. `None` where there is no choice between it and the index of a
    /// condition: where nothing is in order or all is sorted, in subqueries and under a `not`.
    pub(super) order: Option<&'a str>,
}

/// References and relations may be followed this far.
const DEEPEST: usize = 6;

impl Compiler<'_> {
    /// Appends a condition; answers whether it takes few rows, by their ids or by a key.
    fn push(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        filter: &Resolved,
    ) -> Result<bool, StoreError> {
        match filter {
            Resolved::All => {
                statement.push("1 = 1");
            }
            Resolved::And(parts) => {
                let few = self.push_joined(statement, reading, parts, " AND ")?;
                return Ok(few.contains(&true));
            }
            Resolved::Or(parts) => {
                let few = self.push_joined(statement, reading, parts, " OR ")?;
                return Ok(!few.contains(&false));
            }
            Resolved::Not(inner) if let Some((field, test)) = self.other_words(inner) => {
                return self.push_test(statement, reading, field, &test);
            }
            Resolved::Not(inner) => {
                statement.push("NOT COALESCE((");
                Compiler { order: None, ..*self }.push(statement, reading, inner)?;
                statement.push("), FALSE)");
            }
            Resolved::Word(word) => {
                let word = text::fold(word);
                if word.is_empty() {
                    statement.push("1 = 1");
                } else {
                    return push_words(statement, reading, self.entity, &[word], self.within());
                }
            }
            Resolved::Compare { field, test } => return self.push_field(statement, reading, field, test),
            Resolved::Is(name) => {
                let condition = self.entity.conditions.iter().find(|condition| condition.name == name);
                let means = condition.map_or("", |condition| condition.means);
                let locale = reading.session.locale(reading.now);
                let resolved =
                    list::parse_filter(self.entity, means, locale).map_err(|mistake| list::mistaken(&mistake))?;
                statement.push("(");
                let few = self.push(statement, reading, &resolved)?;
                statement.push(")");
                return Ok(few);
            }
            Resolved::Has { relation, inner } => self.push_related(statement, reading, relation, inner.as_deref())?,
        }
        Ok(false)
    }

    fn push_joined(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        parts: &[Resolved],
        joint: &'static str,
    ) -> Result<Vec<bool>, StoreError> {
        let mut few = Vec::with_capacity(parts.len());
        statement.push("(");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                statement.push(joint);
            }
            few.push(self.push(statement, reading, part)?);
        }
        statement.push(")");
        Ok(few)
    }

    /// What is not one of some words of a choice is one of the others, which an index finds.
    fn other_words(&self, filter: &Resolved) -> Option<(&'static Field, Test)> {
        let Resolved::Compare { field, test } = filter else { return None };
        let field = self.entity.field(field)?;
        let (Kind::Choice(words), Some(column)) = (field.kind, field.column()) else { return None };
        let not_these: &[Test] = if let Test::OneOf(tests) = test { tests } else { std::slice::from_ref(test) };
        if !not_these.iter().all(|test| matches!(test, Test::Equals(_))) {
            return None;
        }
        let others =
            words.iter().map(|word| Test::Equals(Value::text(*word))).filter(|other| !not_these.contains(other));
        let nothing = self.entity.table.column(column).is_some_and(|column| column.nullable).then_some(Test::Empty);
        let others: Vec<Test> = others.chain(nothing).collect();
        (!others.is_empty()).then_some((field, Test::OneOf(others)))
    }

    pub(super) const fn within(&self) -> Within {
        if self.depth == 0 { Within::List } else { Within::Subquery }
    }

    /// A compiler for records that a field or relation leads to.
    pub(super) fn step(&self, entity: &str) -> Result<Self, StoreError> {
        let entity = entities::find(entity).ok_or_else(|| StoreError::unexpected(format!("no entity {entity}")))?;
        if self.depth >= DEEPEST {
            return Err(StoreError::invalid("filter", format!("references are followed {DEEPEST} steps at most")));
        }
        Ok(Self { entity, depth: self.depth + 1, order: None })
    }

    /// `(SELECT c.COLUMN FROM others c … WHERE …)`: inside, `c` is the other table. `inner` answers whether it takes rows by a
    /// key. PostgreSQL then finds them before all else: without statistics its planner would fold the same texts again for
    /// each row outside.
    fn push_subquery(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        column: &str,
        inner: impl FnOnce(&mut Statement, &mut Reading<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        reading.session.require(&self.entity.permission("read"))?;
        let mut select = Statement::new();
        select.push(format!("SELECT c.{column}")).push(from_own(self.entity));
        push_where(&mut select, reading.session, self.entity);
        select.push(" AND ");
        let by_key = inner(&mut select, reading)?;
        if by_key && reading.connection.is_postgres() {
            statement.push("(WITH found AS MATERIALIZED (").append(select).push(") SELECT * FROM found)");
        } else {
            statement.push("(").append(select).push(")");
        }
        Ok(())
    }

    fn push_related(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        relation: &str,
        inner: Option<&Resolved>,
    ) -> Result<(), StoreError> {
        let Some(relation) = entities::relations(self.entity).iter().find(|known| known.name == relation) else {
            return Err(StoreError::unexpected(format!("no relation {relation}")));
        };
        let other = self.step(relation.entity)?;
        statement.push("c.id IN ");
        other.push_subquery(statement, reading, relation.column, |statement, reading| {
            statement.push(format!("c.{} IS NOT NULL AND ", relation.column));
            other.push(statement, reading, inner.unwrap_or(&Resolved::All))
        })
    }

    fn push_field(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        path: &str,
        test: &Test,
    ) -> Result<bool, StoreError> {
        let unknown = || StoreError::unexpected(format!("{} have no field {path}", self.entity.name));
        if let Some((reference, rest)) = path.split_once('.') {
            let field = self.entity.field(reference).ok_or_else(unknown)?;
            let (Some(target), Some(column)) = (field.reference, field.column()) else { return Err(unknown()) };
            let other = self.step(target)?;
            // Where nothing is pointed at, there is nothing in its fields either.
            let or_nothing = if takes_nothing(test) { format!("c.{column} IS NULL OR ") } else { String::new() };
            statement.push(format!("({or_nothing}c.{column} IN "));
            other.push_subquery(statement, reading, "id", |statement, reading| {
                other.push_field(statement, reading, rest, test)
            })?;
            statement.push(")");
            return Ok(false);
        }
        let field = self.entity.field(path).ok_or_else(unknown)?;
        if field.kind == Kind::Secret && *test != Test::Empty {
            return Err(StoreError::invalid("filter", format!("{path}: secrets are not searched")));
        }
        self.push_test(statement, reading, field, test)
    }
}
