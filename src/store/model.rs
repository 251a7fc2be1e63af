//! Tables as data: what lists, writes and checks are compiled from. Statements are put together from these at run time
//! and run by Diesel ([`super::sql`]); its own typed tables would say the same a second time, and take minutes to build.

/// One column as both databases have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnKind,
    pub nullable: bool,
}

/// One table as both databases have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// The columns behind the tenant of each index that has all of a tenant's rows.
    pub indexes: &'static [&'static [&'static str]],
    /// The columns that name a record with which a row goes when that is taken away.
    pub goes_with: &'static [&'static str],
}

impl Table {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether an index finds a column's values, and gives the rows of each in the order of another (and of ids, where that
    /// is the same) where one is named.
    #[must_use]
    pub fn is_indexed(&self, column: &str, order: Option<&str>) -> bool {
        let leads = |index: &&[&str]| index.first() == Some(&column);
        let follows = |index: &[&str], order| match index {
            [_, next] => *next == order && order == "id",
            [_, next, then, ..] => *next == order && (order == "id" || *then == "id"),
            _ => false,
        };
        self.indexes.iter().any(|index| leads(index) && order.is_none_or(|order| follows(index, order)))
    }
}

/// How a column is kept; see [`super::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Id,
    Text,
    Bool,
    Int,
    Long,
    Money,
    Percent,
    Degrees,
    Instant,
    Date,
    Json,
    Secret,
    Bytes,
    Ip,
    Cidr,
    Mac,
}

/// Declares tables in the notation of Diesel's schema files, with the model's words for types.
macro_rules! schema {
    ($($table:ident ($($key:ident),+) {
        $($column:ident -> $kind:ident $(<$inner:ident>)?,)+ $([$($led:ident),+],)* $((with $whole:ident),)*
    })+) => {
        /// Every table that `migrate` makes.
        pub const TABLES: &[$crate::store::model::Table] = &[$(
            $crate::store::model::Table {
                name: stringify!($table),
                columns: &[$($crate::store::model::schema!(@column $column, $kind $(<$inner>)?)),+],
                indexes: &[$(&[$(stringify!($led)),+]),*],
                goes_with: &[$(stringify!($whole)),*],
            }
        ),+];
    };
    (@column $column:ident, Nullable<$kind:ident>) => {
        $crate::store::model::Column {
            name: stringify!($column), kind: $crate::store::model::ColumnKind::$kind, nullable: true,
        }
    };
    (@column $column:ident, $kind:ident) => {
        $crate::store::model::Column {
            name: stringify!($column), kind: $crate::store::model::ColumnKind::$kind, nullable: false,
        }
    };
}
pub(crate) use schema;

/// A table by its name; for static tables only, so that a name that does not exist fails the build.
#[must_use]
pub const fn table(tables: &'static [Table], name: &str) -> Table {
    let mut index = 0;
    while index < tables.len() {
        if same(tables[index].name.as_bytes(), name.as_bytes()) {
            return tables[index];
        }
        index += 1;
    }
    // In a constant this stops the build; it is never reached at run time.
    #[allow(clippy::panic)]
    {
        panic!("no such table in the schema")
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}
