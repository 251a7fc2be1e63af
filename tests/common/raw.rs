//! A way past the store: for looking at what stands in the database, and for tampering with it.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};
use headend::domain::Id;
use headend::domain::time::Instant;

pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Nullable<Text>)]
    cell: Option<String>,
}

impl Raw {
    /// Runs statements.
    pub fn execute(&mut self, sql: &str) {
        self.try_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Runs statements that may be refused.
    pub fn try_execute(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql),
            Self::Postgres(connection) => connection.batch_execute(sql),
        }
        .map_err(|error| error.to_string())
    }

    /// Runs one statement and tells how many rows it touched.
    pub fn touch(&mut self, sql: &str) -> usize {
        match self {
            Self::Sqlite(connection) => diesel::sql_query(sql).execute(connection),
            Self::Postgres(connection) => diesel::sql_query(sql).execute(connection),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The first column of the rows, as text; nothing as the empty text.
    pub fn texts(&mut self, expression: &str, rest: &str) -> Vec<String> {
        self.try_texts(expression, rest).unwrap_or_else(|error| panic!("{expression} {rest}: {error}"))
    }

    pub fn try_texts(&mut self, expression: &str, rest: &str) -> Result<Vec<String>, String> {
        let sql = format!("SELECT CAST({expression} AS text) AS cell {rest}");
        let cells: Vec<Cell> = match self {
            Self::Sqlite(connection) => diesel::sql_query(sql).load(connection),
            Self::Postgres(connection) => diesel::sql_query(sql).load(connection),
        }
        .map_err(|error| error.to_string())?;
        Ok(cells.into_iter().map(|cell| cell.cell.unwrap_or_default()).collect())
    }

    pub fn number(&mut self, expression: &str, rest: &str) -> i64 {
        self.texts(expression, rest)[0].parse().expect("a number")
    }

    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// An id as it is written in SQL.
    pub fn id(&self, id: Id) -> String {
        match self {
            Self::Sqlite(_) => format!("X'{}'", id.uuid().as_simple()),
            Self::Postgres(_) => format!("'{id}'::uuid"),
        }
    }

    /// A time as it is written in SQL.
    pub fn time(&self, time: Instant) -> String {
        match self {
            Self::Sqlite(_) => time.timestamp_micros().to_string(),
            Self::Postgres(_) => format!("'{}'::timestamptz", time.to_rfc3339()),
        }
    }

    /// Bytes as they are written in SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Sqlite(_) => format!("X'{hex}'"),
            Self::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// An expression for bytes as hexadecimal text.
    pub fn hex(&self, column: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("lower(hex({column}))"),
            Self::Postgres(_) => format!("encode({column}, 'hex')"),
        }
    }

    /// An expression for an id as hexadecimal text.
    pub fn hex_of_id(&self, column: &str) -> String {
        match self {
            Self::Sqlite(_) => self.hex(column),
            Self::Postgres(_) => format!("{column}::text"),
        }
    }

    /// Lifts the triggers and rights that hold rows fast, as somebody with the file or the password
    /// of a superuser could.
    pub fn lift_guards(&mut self) {
        match self {
            Self::Sqlite(_) => {
                for trigger in self.texts("name", "FROM sqlite_schema WHERE type = 'trigger'") {
                    self.execute(&format!("DROP TRIGGER {trigger}"));
                }
                self.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
            }
            Self::Postgres(_) => self.execute("SET session_replication_role = replica"),
        }
    }
}
