//! Statements put together at run time, for both databases: text and bound values in turn. What
//! people typed is only ever bound, never text.

use std::borrow::Cow;

use diesel::deserialize::{self, FromSql};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field as _, NamedRow};
use diesel::sql_types::{Nullable, Untyped};

use super::connection::{Connection, MultiBackend};
use super::error::StoreError;
use super::model::ColumnKind;
use super::types::{self, sql};
use crate::domain::{Id, Value};

/// A statement in the making.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    parts: Vec<Part>,
    /// Whether its text is one of a few, so that the database may keep it prepared.
    fixed: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Cow<'static, str>),
    Bind(Bound),
}

macro_rules! bound {
    ($($kind:ident($rust:ty)),+ $(,)?) => {
        /// A value on its way into a statement, by the type that the column has.
        #[derive(Clone, Debug)]
        enum Bound {
            $($kind(Option<$rust>)),+
        }

        impl Bound {
            fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                match self {
                    $(Self::$kind(value) => out.push_bind_param::<Nullable<sql::$kind>, _>(value)),+
                }
            }
        }

        impl ColumnKind {
            fn read(self, raw: <MultiBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Value> {
                match self {
                    $(Self::$kind => <$rust as FromSql<sql::$kind, MultiBackend>>::from_sql(raw).map(Value::from_column)),+
                }
            }
        }
    };
}

bound! {
    Id(types::Id), Text(String), Bool(bool), Int(i32), Long(i64), Money(types::Money), Percent(types::Percent),
    Degrees(types::Degrees), Instant(types::Instant), Date(chrono::NaiveDate), Json(types::Json),
    Secret(types::Sealed), Bytes(Vec<u8>), Ip(types::Ip), Cidr(types::Cidr), Mac(types::Mac),
}

/// How a column's Rust value becomes a [`Value`].
trait IntoValue {
    fn into_value(self) -> Value;
}

macro_rules! into_value {
    ($($rust:ty => $value:expr;)+) => {$(
        impl IntoValue for $rust {
            fn into_value(self) -> Value {
                $value(self)
            }
        }
    )+};
}

into_value! {
    types::Id => |v: types::Id| Value::Id(v.0);
    String => Value::Text;
    bool => Value::Bool;
    i32 => |v| Value::Int(i64::from(v));
    i64 => Value::Int;
    types::Money => |v: types::Money| Value::Money(v.0);
    types::Percent => |v: types::Percent| Value::Percent(v.0);
    types::Degrees => |v: types::Degrees| Value::Degrees(v.0);
    types::Instant => |v: types::Instant| Value::Instant(v.0);
    chrono::NaiveDate => Value::Date;
    types::Json => |v: types::Json| Value::Json(v.0);
    types::Sealed => |v: types::Sealed| Value::Sealed(v.0);
    Vec<u8> => Value::Bytes;
    types::Ip => |v: types::Ip| Value::Ip(v.0);
    types::Cidr => |v: types::Cidr| Value::Cidr(v.0);
    types::Mac => |v: types::Mac| Value::Mac(v.0);
}

impl Value {
    fn from_column(column: impl IntoValue) -> Self {
        column.into_value()
    }
}

/// Text that is empty in a column that cannot be null is the empty text.
fn bind(kind: ColumnKind, value: Value) -> Result<Bound, StoreError> {
    let number = |int: i64| i32::try_from(int).map_err(|_| StoreError::unexpected(format!("{int} is too large")));
    Ok(match (kind, value) {
        (ColumnKind::Id, Value::Id(id)) => Bound::Id(Some(types::Id(id))),
        (ColumnKind::Text, Value::Text(text)) => Bound::Text(Some(text)),
        (ColumnKind::Bool, Value::Bool(yes)) => Bound::Bool(Some(yes)),
        (ColumnKind::Int, Value::Int(int)) => Bound::Int(Some(number(int)?)),
        (ColumnKind::Long, Value::Int(int)) => Bound::Long(Some(int)),
        (ColumnKind::Money, Value::Money(money)) => Bound::Money(Some(money.into())),
        (ColumnKind::Percent, Value::Percent(percent)) => Bound::Percent(Some(percent.into())),
        (ColumnKind::Degrees, Value::Degrees(degrees)) => Bound::Degrees(Some(degrees.into())),
        (ColumnKind::Instant, Value::Instant(time)) => Bound::Instant(Some(time.into())),
        (ColumnKind::Date, Value::Date(date)) => Bound::Date(Some(date)),
        (ColumnKind::Json, Value::Json(json)) => Bound::Json(Some(json.into())),
        (ColumnKind::Secret, Value::Sealed(sealed)) => Bound::Secret(Some(sealed.into())),
        (ColumnKind::Bytes, Value::Bytes(bytes)) => Bound::Bytes(Some(bytes)),
        (ColumnKind::Ip, Value::Ip(ip)) => Bound::Ip(Some(ip.into())),
        (ColumnKind::Cidr, Value::Cidr(network)) => Bound::Cidr(Some(network.into())),
        (ColumnKind::Mac, Value::Mac(mac)) => Bound::Mac(Some(mac.into())),
        (kind, Value::Null) => match kind {
            ColumnKind::Id => Bound::Id(None),
            ColumnKind::Text => Bound::Text(None),
            ColumnKind::Bool => Bound::Bool(None),
            ColumnKind::Int => Bound::Int(None),
            ColumnKind::Long => Bound::Long(None),
            ColumnKind::Money => Bound::Money(None),
            ColumnKind::Percent => Bound::Percent(None),
            ColumnKind::Degrees => Bound::Degrees(None),
            ColumnKind::Instant => Bound::Instant(None),
            ColumnKind::Date => Bound::Date(None),
            ColumnKind::Json => Bound::Json(None),
            ColumnKind::Secret => Bound::Secret(None),
            ColumnKind::Bytes => Bound::Bytes(None),
            ColumnKind::Ip => Bound::Ip(None),
            ColumnKind::Cidr => Bound::Cidr(None),
            ColumnKind::Mac => Bound::Mac(None),
        },
        (kind, value) => {
            return Err(StoreError::unexpected(format!("{value:?} does not fit a column of kind {kind:?}")));
        }
    })
}

impl Statement {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A statement whose text is one of a few: kept prepared by the connection.
    #[must_use]
    pub fn fixed() -> Self {
        Self { parts: Vec::new(), fixed: true }
    }

    pub fn push(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Appends a bound value.
    ///
    /// # Errors
    /// When the value is not of the column's kind: a defect of ours, not of what people typed.
    pub fn bind(&mut self, kind: ColumnKind, value: Value) -> Result<&mut Self, StoreError> {
        self.parts.push(Part::Bind(bind(kind, value)?));
        Ok(self)
    }

    pub fn bind_id(&mut self, id: Id) -> &mut Self {
        self.parts.push(Part::Bind(Bound::Id(Some(types::Id(id)))));
        self
    }

    /// Several, with commas between them.
    pub fn bind_ids(&mut self, ids: impl IntoIterator<Item = Id>) -> &mut Self {
        for (index, id) in ids.into_iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" }).bind_id(id);
        }
        self
    }

    pub fn bind_text(&mut self, text: impl Into<String>) -> &mut Self {
        self.parts.push(Part::Bind(Bound::Text(Some(text.into()))));
        self
    }

    pub fn bind_long(&mut self, number: i64) -> &mut Self {
        self.parts.push(Part::Bind(Bound::Long(Some(number))));
        self
    }

    pub fn bind_instant(&mut self, time: crate::domain::time::Instant) -> &mut Self {
        self.parts.push(Part::Bind(Bound::Instant(Some(time.into()))));
        self
    }

    /// Appends another statement, its bound values with it.
    pub fn append(&mut self, other: Self) -> &mut Self {
        self.fixed &= other.fixed;
        self.parts.extend(other.parts);
        self
    }

    /// Runs it and reads its rows; its columns must be named by [`alias`].
    ///
    /// # Errors
    /// What the database says.
    pub fn load(self, connection: &mut Connection) -> Result<Vec<Row>, StoreError> {
        Ok(RunQueryDsl::load(self, connection)?)
    }

    /// Runs it and reads the number that its first column is, 0 where there is no row.
    ///
    /// # Errors
    /// What the database says.
    pub fn number(self, connection: &mut Connection) -> Result<i64, StoreError> {
        Ok(self.load(connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
    }

    /// Runs it and tells how many rows it touched.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(self, connection: &mut Connection) -> Result<usize, StoreError> {
        Ok(RunQueryDsl::execute(self, connection)?)
    }
}

/// Rows that one statement inserts on PostgreSQL, where each statement is a journey.
const ROWS_AT_ONCE: usize = 500;

/// Inserts rows of the same columns: many at once on PostgreSQL, one by one through a prepared
/// statement on SQLite, where several in one statement cost twice as much as soon as the table has a
/// unique index.
pub(super) fn insert_rows(
    writing: &mut super::write::Writing<'_>,
    into: impl Into<Cow<'static, str>>,
    rows: Vec<Vec<(ColumnKind, Value)>>,
) -> Result<(), StoreError> {
    let into = into.into();
    let at_once = if writing.connection.is_postgres() { ROWS_AT_ONCE } else { 1 };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(at_once).collect();
        // Full chunks and single rows have one text each, which is kept prepared.
        let mut statement = if chunk.len() == at_once { Statement::fixed() } else { Statement::new() };
        statement.push("INSERT INTO ").push(into.clone()).push(" VALUES ");
        for (index, row) in chunk.into_iter().enumerate() {
            statement.push(if index == 0 { "(" } else { ", (" });
            for (column, (kind, value)) in row.into_iter().enumerate() {
                if column > 0 {
                    statement.push(", ");
                }
                statement.bind(kind, value)?;
            }
            statement.push(")");
        }
        statement.execute(writing.connection)?;
    }
    Ok(())
}

/// The name under which a column is selected, so that [`Row`] knows how to read it.
#[must_use]
pub fn alias(kind: ColumnKind, index: usize) -> String {
    format!("{}{index}", kind.letter())
}

const LETTERS: [(ColumnKind, char); 16] = [
    (ColumnKind::Id, 'i'),
    (ColumnKind::Text, 't'),
    (ColumnKind::Bool, 'b'),
    (ColumnKind::Int, 'n'),
    (ColumnKind::Long, 'l'),
    (ColumnKind::Money, 'm'),
    (ColumnKind::Percent, 'p'),
    (ColumnKind::Degrees, 'g'),
    (ColumnKind::Instant, 'w'),
    (ColumnKind::Date, 'd'),
    (ColumnKind::Json, 'j'),
    (ColumnKind::Secret, 's'),
    (ColumnKind::Bytes, 'y'),
    (ColumnKind::Ip, 'a'),
    (ColumnKind::Cidr, 'c'),
    (ColumnKind::Mac, 'h'),
];

impl ColumnKind {
    fn letter(self) -> char {
        LETTERS.iter().find(|(kind, _)| *kind == self).map_or('t', |(_, letter)| *letter)
    }

    fn of_alias(name: &str) -> Option<Self> {
        let letter = name.chars().next()?;
        LETTERS.iter().find(|(_, l)| *l == letter).map(|(kind, _)| *kind)
    }
}

/// One row of an answer: its values in the order they were selected.
#[derive(Debug)]
pub struct Row(pub Vec<Value>);

impl QueryableByName<MultiBackend> for Row {
    fn build<'a>(row: &impl NamedRow<'a, MultiBackend>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            let field = diesel::row::Row::get(row, index).ok_or("a column is missing")?;
            let kind = field.field_name().and_then(ColumnKind::of_alias).ok_or("a column without a kind")?;
            values.push(match field.value() {
                Some(raw) => kind.read(raw)?,
                None => Value::Null,
            });
        }
        Ok(Self(values))
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl RunQueryDsl<Connection> for Statement {}

impl QueryFragment<MultiBackend> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if !self.fixed {
            out.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_sql(text),
                Part::Bind(bound) => bound.push(&mut out)?,
            }
        }
        Ok(())
    }
}
