//! A filter as the conditions of a statement.
//!
//! Every test but emptiness is false on nothing (null, or empty text), and `not` is the plain
//! complement; so under a `not` a comparison that is null counts as false.

use super::select::{OWN, from_own, push_where};
use super::texts::{self, RARE};
use crate::domain::filter::{Resolved, Test};
use crate::domain::network::network_keys;
use crate::domain::{Id, Kind, Value, text};
use crate::store::entity::{Entity, Field, Source};
use crate::store::model::ColumnKind;
use crate::store::read::Reading;
use crate::store::sql::Statement;
use crate::store::{StoreError, entities, list, search};

/// Records that a reference may name before they are looked for by a subquery.
const FEW: usize = 20;

/// Appends ` WHERE …`: the tenant, what the session sees, and the filter. Answers whether few rows are taken, by their ids
/// or by a key: then sorting them is cheaper than walking in order until they turn up.
pub(super) fn push_filtered(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
) -> Result<bool, StoreError> {
    push_where(statement, reading.session, entity);
    let mut words = Vec::new();
    let rest = without_words(filter, &mut words);
    let mut few = false;
    if !words.is_empty() {
        statement.push(" AND ");
        few = push_words(statement, reading, entity, &words)?;
    }
    for part in rest {
        statement.push(" AND ");
        few |= Compiler { entity, depth: 0 }.push(statement, reading, part)?;
    }
    Ok(few)
}

/// The words that every row must hold, and what remains of the filter.
fn without_words<'a>(filter: &'a Resolved, words: &mut Vec<String>) -> Vec<&'a Resolved> {
    match filter {
        Resolved::All => Vec::new(),
        Resolved::Word(word) => {
            words.extend(text::fold(word).split(' ').filter(|word| !word.is_empty()).map(str::to_owned));
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
) -> Result<bool, StoreError> {
    let postgres = reading.connection.is_postgres();
    if entity.search.is_empty() {
        return push_label_words(statement, entity, postgres, words).map(|()| false);
    }
    let longest = words.iter().map(|word| word.chars().count()).max().unwrap_or(0);
    // A single letter is in no index; its rows stand dense enough to walk.
    if longest < 2 || search::count(reading, entity.name, words, RARE + 1)? > RARE {
        search::push_matches(statement, postgres, entity.name, words);
        Ok(false)
    } else {
        texts::push_few(statement, reading, entity, words);
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
        texts::push_contains(statement, &texts::folded(&expression(entity, label, postgres), postgres), word);
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
pub(super) fn expression(entity: &Entity, field: &Field, postgres: bool) -> String {
    let _ = entity;
    match field.source {
        Source::Column(column) => format!("{OWN}.{column}"),
        Source::Joined(joined, column) => format!("{joined}.{column}"),
        Source::Gathered { sqlite, postgres: on_postgres, .. } => {
            (if postgres { on_postgres } else { sqlite }).to_owned()
        }
    }
}

struct Compiler {
    entity: &'static Entity,
    depth: usize,
}

/// References and relations may be followed this far.
const DEEPEST: usize = 6;

impl Compiler {
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
            Resolved::Not(inner) => {
                statement.push("NOT COALESCE((");
                self.push(statement, reading, inner)?;
                statement.push("), FALSE)");
            }
            Resolved::Word(word) => {
                let words: Vec<String> =
                    text::fold(word).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
                if words.is_empty() {
                    statement.push("1 = 1");
                } else {
                    return push_words(statement, reading, self.entity, &words);
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

    /// A compiler for records that a field or relation leads to.
    fn step(&self, entity: &str) -> Result<Self, StoreError> {
        let entity = entities::find(entity).ok_or_else(|| StoreError::unexpected(format!("no entity {entity}")))?;
        if self.depth >= DEEPEST {
            return Err(StoreError::invalid("filter", format!("references are followed {DEEPEST} steps at most")));
        }
        Ok(Self { entity, depth: self.depth + 1 })
    }

    /// `(SELECT c.COLUMN FROM others c … WHERE …)`: inside, `c` is the other table.
    fn push_subquery(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        column: &str,
        inner: impl FnOnce(&mut Statement, &mut Reading<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !reading.session.may(&self.entity.permission("read")) {
            return Err(StoreError::not_allowed(self.entity.permission("read")));
        }
        statement.push(format!("(SELECT c.{column}")).push(from_own(self.entity));
        push_where(statement, reading.session, self.entity);
        statement.push(" AND ");
        inner(statement, reading)?;
        statement.push(")");
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
            other.push(statement, reading, inner.unwrap_or(&Resolved::All)).map(drop)
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
                other.push_field(statement, reading, rest, test).map(drop)
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

    fn push_test(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
    ) -> Result<bool, StoreError> {
        let postgres = reading.connection.is_postgres();
        let own = expression(self.entity, field, postgres);
        let kind = self.entity.column_kind(field);
        match test {
            Test::Empty if kind == ColumnKind::Text => {
                statement.push(format!("({own} IS NULL OR {own} = '')"));
            }
            Test::Empty => {
                statement.push(format!("{own} IS NULL"));
            }
            Test::Equals(value) => {
                self.push_comparison(statement, field, &own, "=", value)?;
                // An address is one record's or few records'; a word such as a status may be a million's.
                return Ok(matches!(value, Value::Ip(_) | Value::Mac(_)));
            }
            Test::Below(value) => self.push_comparison(statement, field, &own, "<", value)?,
            Test::AtMost(value) => self.push_comparison(statement, field, &own, "<=", value)?,
            Test::Above(value) => self.push_comparison(statement, field, &own, ">", value)?,
            Test::AtLeast(value) => self.push_comparison(statement, field, &own, ">=", value)?,
            Test::Between(from, until) => {
                statement.push("(");
                self.push_comparison(statement, field, &own, ">=", from)?;
                statement.push(" AND ");
                self.push_comparison(statement, field, &own, "<", until)?;
                statement.push(")");
            }
            Test::Contains(needle) => {
                let few = texts::push_documents_with(statement, reading, self.entity, field, needle)?;
                texts::push_contains(statement, &texts::folded(&own, postgres), needle);
                return Ok(few);
            }
            Test::Exactly(key) => return texts::push_exactly(statement, reading, self.entity, field, key),
            Test::Dials(digits) | Test::HoldsDigits(digits) => {
                let anywhere = matches!(test, Test::HoldsDigits(_));
                return texts::push_digits(statement, reading, self.entity, field, digits, anywhere);
            }
            Test::Matches(pattern) => {
                if postgres {
                    statement
                        .push(format!("({own} <> '' AND {own} COLLATE \"und-x-icu\" ~ "))
                        .bind_text(super::pattern::for_postgres(pattern.source()))
                        .push(")");
                } else {
                    statement.push("headend_matches(").bind_text(pattern.source()).push(format!(", {own})"));
                }
            }
            Test::InNetwork(network) => {
                let Some(key) = self.entity.derived.iter().find(|derived| derived.from == field.name) else {
                    return Err(StoreError::invalid("filter", format!("{} is not searched by network", field.name)));
                };
                let (first, last) = network_keys(*network);
                statement
                    .push(format!("(c.{} >= ", key.column))
                    .bind(ColumnKind::Bytes, Value::Bytes(first.to_vec()))?
                    .push(format!(" AND c.{} <= ", key.column))
                    .bind(ColumnKind::Bytes, Value::Bytes(last.to_vec()))?
                    .push(")");
            }
            Test::Me => match (field.column(), reading.session.user()) {
                (Some(column), Some(me)) => {
                    statement.push(format!("c.{column} = ")).bind_id(me);
                }
                // A part of the program is nobody that a record could point at.
                _ => {
                    statement.push("1 = 0");
                }
            },
            Test::Refers(named) => self.push_reference(statement, reading, field, named, false)?,
            Test::RefersExactly(named) => self.push_reference(statement, reading, field, named, true)?,
            Test::OneOf(tests) => {
                let mut few = true;
                statement.push("(");
                for (index, test) in tests.iter().enumerate() {
                    if index > 0 {
                        statement.push(" OR ");
                    }
                    few &= self.push_test(statement, reading, field, test)?;
                }
                statement.push(")");
                return Ok(few);
            }
        }
        Ok(false)
    }

    fn push_comparison(
        &self,
        statement: &mut Statement,
        field: &Field,
        own: &str,
        sign: &str,
        value: &Value,
    ) -> Result<(), StoreError> {
        // An address is compared by its key, which sorts as addresses do and has an index.
        if let (Value::Ip(_), Some(key)) =
            (value, self.entity.derived.iter().find(|derived| derived.from == field.name))
        {
            statement.push(format!("c.{} {sign} ", key.column)).bind(ColumnKind::Bytes, (key.how)(value))?;
            return Ok(());
        }
        let kind = match self.entity.column_kind(field) {
            // A number that no column could hold is still compared rightly.
            ColumnKind::Int => ColumnKind::Long,
            kind => kind,
        };
        statement.push(format!("{own} {sign} ")).bind(kind, value.clone())?;
        Ok(())
    }

    /// The records that a reference names are looked up first: one id is an index's best condition.
    fn push_reference(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        named: &str,
        exactly: bool,
    ) -> Result<(), StoreError> {
        let Some(column) = field.column() else { return Err(StoreError::unexpected("a reference without a column")) };
        let other = self.step(field.reference.unwrap_or_default())?;
        let ids = other.ids_named(reading, named, exactly)?;
        match ids.as_slice() {
            [] => {
                statement.push("1 = 0");
            }
            [id] => {
                statement.push(format!("c.{column} = ")).bind_id(*id);
            }
            several if several.len() <= FEW => {
                statement.push(format!("c.{column} IN ("));
                for (index, id) in several.iter().enumerate() {
                    if index > 0 {
                        statement.push(", ");
                    }
                    statement.bind_id(*id);
                }
                statement.push(")");
            }
            _ => {
                statement.push(format!("c.{column} IN "));
                other.push_subquery(statement, reading, "id", |statement, _| {
                    other.push_named(statement, named, exactly);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    fn ids_named(&self, reading: &mut Reading<'_>, named: &str, exactly: bool) -> Result<Vec<Id>, StoreError> {
        let mut statement = Statement::new();
        statement.push("SELECT c.id AS i0").push(format!(" FROM {} c", self.entity.table.name));
        push_where(&mut statement, reading.session, self.entity);
        statement.push(" AND ");
        self.push_named(&mut statement, named, exactly);
        statement.push(format!(" LIMIT {}", FEW + 1));
        Ok(statement.load(reading.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
    }

    /// A record by its number or name, folded; numbers are written in capitals.
    fn push_named(&self, statement: &mut Statement, named: &str, exactly: bool) {
        statement.push("(");
        if self.entity.number.is_some() {
            statement.push("c.number IN (").bind_text(named.to_uppercase()).push(", ").bind_text(named).push(") OR ");
        }
        let Some(column) = self.entity.sort_key_of(self.entity.label) else {
            let label = self.entity.field(self.entity.label).and_then(Field::column).unwrap_or(self.entity.label);
            statement.push(format!("lower(c.{label}) = ")).bind_text(named).push(")");
            return;
        };
        if exactly {
            statement.push(format!("c.{column} = ")).bind_text(text::sort_key(named));
        } else {
            // Every exact form of the folded name: it stands before the separator in the key.
            statement
                .push(format!("c.{column} >= "))
                .bind_text(format!("{named}\u{1}"))
                .push(format!(" AND c.{column} < "))
                .bind_text(format!("{named}\u{2}"));
        }
        statement.push(")");
    }
}
