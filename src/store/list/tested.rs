//! What a test of one field comes to as a condition, and by which index its rows are found.

use super::among::Among;
use super::compile::{Compiler, Reach, Way, count_to, expression};
use super::listed::words_asked;
use super::named::Named;
use super::select::OWN;
use super::texts;
use crate::domain::filter::{self, Test};
use crate::domain::network::network_keys;
use crate::domain::{Kind, Value, phone, text};
use crate::store::StoreError;
use crate::store::entity::{Derived, Entity, Field};
use crate::store::model::ColumnKind;
use crate::store::read::Reading;
use crate::store::sql::Statement;

/// What stands before a column whose index SQLite shall leave aside.
pub(super) const WALKED: &str = "+";
/// Records that a reference may name before they are looked for by a subquery.
const FEW: usize = 20;

/// The key that an address is compared by: it sorts as addresses do and has an index.
fn key_of(entity: &'static Entity, field: &Field, value: &Value) -> Option<&'static Derived> {
    entity.derived.iter().find(|derived| derived.from == field.name && matches!(value, Value::Ip(_)))
}

/// A number that no column could hold is still compared rightly.
const fn compared_as(kind: ColumnKind) -> ColumnKind {
    if matches!(kind, ColumnKind::Int) { ColumnKind::Long } else { kind }
}

/// An address is one record's or few records'; a word such as a status may be a million's.
const fn is_of_few(test: &Test) -> bool {
    matches!(test, Test::Equals(Value::Ip(_) | Value::Mac(_)))
}

impl Compiler<'_> {
    /// A test of a field.
    pub(super) fn push_test(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
    ) -> Result<Reach, StoreError> {
        if let Some(words) = field.words
            && let Some(tests) = words_asked(test)
        {
            return self.push_any_word(statement, reading, (field, words), &tests);
        }
        if let Some(reach) = self.push_joined(statement, reading, field, test)? {
            return Ok(reach);
        }
        if let Test::OneOf(tests) = test
            && !reading.connection.is_postgres()
            && self.is_for_rows()
            && !self.is_of_values(field, tests)
        {
            if let Some(few) = self.apart(reading, field, tests)? {
                statement.append(few);
                return Ok(Reach::Few);
            }
            self.push_condition(statement, reading, field, test, WALKED)?;
            return Ok(Reach::Looked);
        }
        let in_order = self.is_in_order(field, test);
        let column = self.column_of(field, test).filter(|_| !in_order);
        let push = |statement: &mut Statement, reading: &mut Reading<'_>, aside: &str| {
            self.push_condition(statement, reading, field, test, aside)
        };
        if in_order { push(statement, reading, "") } else { self.push_weighed(statement, reading, column, push) }
    }

    /// A condition on a column. SQLite, which knows nothing of how many rows a value has, is told whether to take the rows by
    /// the column's index and sort them, or to walk in order until enough have turned up: they are counted, no further than
    /// they would be sorted. PostgreSQL knows from its statistics. `push` appends the condition; what it is given before
    /// the column keeps SQLite from its index.
    pub(super) fn push_weighed(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        column: Option<&str>,
        push: impl Fn(&mut Statement, &mut Reading<'_>, &str) -> Result<Reach, StoreError>,
    ) -> Result<Reach, StoreError> {
        if matches!(self.way, Way::Tested) {
            return push(statement, reading, WALKED);
        }
        let is_indexed = column.is_some_and(|column| self.entity.table.is_indexed(column, None));
        if reading.connection.is_postgres() || !self.is_for_rows() || !is_indexed {
            return push(statement, reading, "");
        }
        let mut condition = Statement::new();
        let reach = push(&mut condition, reading, "")?;
        if reach == Reach::Looked {
            statement.append(condition);
            return Ok(reach);
        }
        let most = reading.few.rows;
        let mut taken = Statement::new();
        taken.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id).push(" AND ").append(condition.clone());
        if count_to(reading, &format!("{} {OWN}", self.entity.table.name), taken, most)? <= most {
            statement.append(condition);
            return Ok(Reach::Few);
        }
        if self.order().is_none() {
            statement.append(condition);
            return Ok(reach);
        }
        push(statement, reading, WALKED)?;
        Ok(Reach::Looked)
    }

    /// Whether one condition on one column says that a field has one of several values.
    fn is_of_values(&self, field: &Field, tests: &[Test]) -> bool {
        let is_value = |test: &Test| matches!(test, Test::Equals(value) if key_of(self.entity, field, value).is_none());
        tests.iter().all(is_value) || self.keys_of(field, tests).is_some()
    }

    /// Whether the index that gives the rows in order is also that of a field's test.
    fn is_in_order(&self, field: &Field, test: &Test) -> bool {
        let order = self.order().filter(|_| !self.is_side);
        let (Some(order), Some(column)) = (order, self.column_of(field, test)) else { return false };
        let one_value = match test {
            Test::Equals(_) | Test::Exactly(_) | Test::Me | Test::Refers(_) | Test::RefersExactly(_) => true,
            // Of a text, null or nothing.
            Test::Empty => self.entity.column_kind(field) != ColumnKind::Text,
            _ => false,
        };
        column == order || one_value && self.entity.table.is_indexed(column, Some(order))
    }

    /// What is known of a test's rows where nothing better is: whether an index has them.
    fn reach_of(&self, field: &Field, test: &Test) -> Reach {
        let column = self.column_of(field, test);
        if column.is_some_and(|column| self.entity.table.is_indexed(column, None)) {
            Reach::Known
        } else {
            Reach::Looked
        }
    }

    /// The column in whose index the rows stand side by side that a test takes.
    fn column_of(&self, field: &Field, test: &Test) -> Option<&'static str> {
        let own = field.column()?;
        let key =
            || self.entity.derived.iter().find(|derived| derived.from == field.name).map(|derived| derived.column);
        match test {
            Test::Equals(Value::Ip(_)) | Test::InNetwork(_) => key(),
            Test::Exactly(_) if self.entity.sort_key_of(field.name).is_some() => self.entity.sort_key_of(field.name),
            Test::Empty => {
                let text = self.entity.sort_key_of(field.name).or(self.entity.digits_of(field.name));
                Some(text.or_else(|| key().filter(|_| field.kind == Kind::Ip)).unwrap_or(own))
            }
            Test::Exactly(_) | Test::Contains(_) | Test::Matches(_) => self.index_of_texts(field),
            Test::HoldsDigits(digits) if phone::is_beginning(digits) => self.entity.digits_of(field.name),
            Test::Dials(_) | Test::HoldsDigits(_) => None,
            Test::OneOf(tests) => {
                let columns: Vec<_> = tests.iter().map(|test| self.column_of(field, test)).collect();
                columns.first().copied().flatten().filter(|first| columns.iter().all(|column| *column == Some(first)))
            }
            _ => Some(own),
        }
    }

    /// The column of a text that is in an index as it stands, and nowhere else.
    fn index_of_texts(&self, field: &Field) -> Option<&'static str> {
        let is_elsewhere = self.entity.sort_key_of(field.name).is_some() || self.entity.search.contains(&field.name);
        let column = field.column().filter(|_| field.kind == Kind::Text && !is_elsewhere)?;
        self.entity.table.is_indexed(column, None).then_some(column)
    }

    /// A test of such a text: of all that differ, those that pass it are looked for. Answers whether they were few enough.
    fn push_of_different(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
        own: &str,
    ) -> Result<bool, StoreError> {
        let is_of_texts = matches!(test, Test::Exactly(_) | Test::Contains(_) | Test::Matches(_));
        let Some(column) = self.index_of_texts(field).filter(|_| is_of_texts) else { return Ok(false) };
        let (from, column) = (format!("{} {OWN}", self.entity.table.name), format!("{OWN}.{column}"));
        let Some(mut words) = texts::different(reading, (&from, OWN), &column)? else { return Ok(false) };
        words.retain(|word| filter::text_holds(test, word));
        texts::push_one_of(statement, own, &words);
        Ok(true)
    }

    /// That a field says nothing, and so has no key and no digits either: an index finds those.
    fn push_without_key(&self, statement: &mut Statement, field: &Field, own: &str, aside: &str) {
        let column = self.column_of(field, &Test::Empty).unwrap_or_default();
        let Some(column) = self.entity.table.column(column) else { return };
        let key = format!("{aside}c.{}", column.name);
        let without = match (column.kind, column.nullable) {
            (ColumnKind::Text, true) => format!("({key} IS NULL OR {key} = '')"),
            (ColumnKind::Text, false) => format!("{key} = ''"),
            _ => format!("{key} IS NULL"),
        };
        let nothing = match self.entity.column_kind(field) {
            ColumnKind::Text => format!("({own} IS NULL OR {own} = '')"),
            _ => format!("{own} IS NULL"),
        };
        statement.push(format!("({without} AND {nothing})"));
    }

    /// The keys of names that are asked for, where all that is asked for is one.
    fn keys_of(&self, field: &Field, tests: &[Test]) -> Option<Vec<String>> {
        self.entity.sort_key_of(field.name)?;
        let key = |test: &Test| if let Test::Exactly(key) = test { Some(text::sort_key(key)) } else { None };
        tests.iter().map(key).collect()
    }

    /// The test as it stands; `aside` before its columns keeps SQLite from their index.
    pub(super) fn push_condition(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
        aside: &str,
    ) -> Result<Reach, StoreError> {
        let postgres = reading.connection.is_postgres();
        let own = format!("{aside}{}", expression(field, postgres));
        let kind = self.entity.column_kind(field);
        if self.push_of_different(statement, reading, field, test, &own)? {
            return Ok(Reach::Known);
        }
        match test {
            Test::Empty if self.column_of(field, test) != field.column() => {
                self.push_without_key(statement, field, &own, aside);
            }
            Test::Empty if kind == ColumnKind::Text => {
                statement.push(format!("({own} IS NULL OR {own} = '')"));
            }
            Test::Empty => {
                statement.push(format!("{own} IS NULL"));
            }
            Test::Equals(value) => {
                self.push_comparison(statement, field, &own, "=", value, aside)?;
                if is_of_few(test) {
                    return Ok(Reach::Few);
                }
            }
            Test::Below(value) => self.push_comparison(statement, field, &own, "<", value, aside)?,
            Test::AtMost(value) => self.push_comparison(statement, field, &own, "<=", value, aside)?,
            Test::Above(value) => self.push_comparison(statement, field, &own, ">", value, aside)?,
            Test::AtLeast(value) => self.push_comparison(statement, field, &own, ">=", value, aside)?,
            Test::Between(from, until) => {
                statement.push("(");
                self.push_comparison(statement, field, &own, ">=", from, aside)?;
                statement.push(" AND ");
                self.push_comparison(statement, field, &own, "<", until, aside)?;
                statement.push(")");
            }
            Test::Contains(needle) => {
                let reach = self.push_documents_with(statement, reading, field, needle)?;
                texts::push_holds(statement, &own, needle, postgres);
                return Ok(reach);
            }
            Test::Begins(letters) => {
                // Beyond the last letter that there is nothing begins so any more.
                statement.push(format!("({own} >= ")).bind_text(letters.as_str());
                statement.push(format!(" AND {own} < ")).bind_text(format!("{letters}\u{10ffff}")).push(")");
            }
            Test::Exactly(key) => {
                return self.push_exactly(statement, reading, field, key, aside);
            }
            Test::HoldsDigits(digits) if phone::is_beginning(digits) => {
                let column = self.entity.digits_of(field.name).unwrap_or_default();
                // Beyond the last digit that there is nothing begins so any more.
                statement.push(format!("({aside}c.{column} >= ")).bind_text(digits.as_str());
                statement.push(format!(" AND {aside}c.{column} < ")).bind_text(format!("{digits}:")).push(")");
            }
            Test::Dials(digits) | Test::HoldsDigits(digits) => {
                let anywhere = matches!(test, Test::HoldsDigits(_));
                return self.push_digits(statement, reading, field, digits, anywhere);
            }
            Test::Matches(pattern) => {
                let reach = match pattern.held() {
                    Some(held) => self.push_documents_with(statement, reading, field, &held)?,
                    None => Reach::Looked,
                };
                texts::push_matches(statement, &own, pattern, postgres);
                return Ok(reach);
            }
            Test::InNetwork(network) => {
                let Some(key) = self.entity.derived.iter().find(|derived| derived.from == field.name) else {
                    return Err(StoreError::invalid("filter", format!("{} is not searched by network", field.name)));
                };
                let (first, last) = network_keys(*network);
                statement
                    .push(format!("({aside}c.{} >= ", key.column))
                    .bind(ColumnKind::Bytes, Value::Bytes(first.to_vec()))?
                    .push(format!(" AND {aside}c.{} <= ", key.column))
                    .bind(ColumnKind::Bytes, Value::Bytes(last.to_vec()))?
                    .push(")");
            }
            Test::AnyWord(asked) => {
                let Some(words) = field.words else {
                    return Err(StoreError::unexpected(format!("{} holds no list of words", field.name)));
                };
                return self.push_any_word(statement, reading, (field, words), &[asked]);
            }
            Test::Me => match (field.column(), reading.session.user()) {
                (Some(_), Some(me)) => {
                    statement.push(format!("{own} = ")).bind_id(me);
                }
                // A part of the program is nobody that a record could point at.
                _ => {
                    statement.push("1 = 0");
                }
            },
            Test::Refers(named) => {
                return self.push_reference(statement, reading, field, Named::Folded(&named.key), aside);
            }
            Test::RefersExactly(named) => {
                return self.push_reference(statement, reading, field, Named::Exactly(&named.key), aside);
            }
            Test::OneOf(tests)
                if tests
                    .iter()
                    .all(|test| matches!(test, Test::Equals(value) if key_of(self.entity, field, value).is_none())) =>
            {
                let kind = compared_as(kind);
                statement.push(format!("{own} IN ("));
                for (index, test) in tests.iter().enumerate() {
                    let Test::Equals(value) = test else { continue };
                    statement.push(if index == 0 { "" } else { ", " }).bind(kind, value.clone())?;
                }
                statement.push(")");
                if tests.iter().all(is_of_few) {
                    return Ok(Reach::Few);
                }
            }
            Test::OneOf(tests) if let Some(keys) = self.keys_of(field, tests) => {
                let column = self.entity.sort_key_of(field.name).unwrap_or_default();
                texts::push_one_of(statement, &format!("{aside}c.{column}"), &keys);
                return Ok(Reach::Few);
            }
            Test::OneOf(tests) => {
                let mut worst = Reach::Few;
                statement.push("(");
                for (index, test) in tests.iter().enumerate() {
                    if index > 0 {
                        statement.push(" OR ");
                    }
                    worst = worst.max(self.push_condition(statement, reading, field, test, aside)?);
                }
                statement.push(")");
                return Ok(worst);
            }
        }
        Ok(self.reach_of(field, test))
    }

    fn push_comparison(
        &self,
        statement: &mut Statement,
        field: &Field,
        own: &str,
        sign: &str,
        value: &Value,
        aside: &str,
    ) -> Result<(), StoreError> {
        if let Some(key) = key_of(self.entity, field, value) {
            statement.push(format!("{aside}c.{} {sign} ", key.column)).bind(ColumnKind::Bytes, (key.how)(value))?;
            return Ok(());
        }
        let kind = compared_as(self.entity.column_kind(field));
        statement.push(format!("{own} {sign} ")).bind(kind, value.clone())?;
        Ok(())
    }

    /// The records that a reference names are looked up first: one id is an index's best condition.
    fn push_reference(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        named: Named<'_>,
        aside: &str,
    ) -> Result<Reach, StoreError> {
        let Some(column) = field.column() else { return Err(StoreError::unexpected("a reference without a column")) };
        let own = format!("{aside}c.{column}");
        let mut other = self.step(reading, field.reference.unwrap_or_default())?;
        // What a cell prints of another record can be asked for, also by who may look at no more of it.
        other.is_printed |= !reading.session.may(&other.entity.permission("read"));
        let ids = other.ids_of_named(reading, named, FEW)?;
        match ids.as_deref() {
            Some([]) => {
                statement.push("1 = 0");
                return Ok(Reach::Few);
            }
            Some([id]) => {
                statement.push(format!("{own} = ")).bind_id(*id);
            }
            Some(several) => {
                statement.push(format!("{own} IN ("));
                for (index, id) in several.iter().enumerate() {
                    if index > 0 {
                        statement.push(", ");
                    }
                    statement.bind_id(*id);
                }
                statement.push(")");
            }
            None => {
                let among = other.push_among(statement, reading, (&own, "id"), |statement, reading| {
                    other.push_named(statement, reading, named)
                })?;
                if among == Among::Many {
                    return Ok(Reach::Looked);
                }
            }
        }
        // As any record that it points at.
        Ok(self.reach_of(field, &Test::Me))
    }
}
