//! One connection type over both databases, and how one is opened.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{Connection as _, SimpleConnection};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};

use super::error::{Failure, StoreError};
use super::target::Target;

pub use multi::{AnyConnection as Connection, MultiBackend};

/// In a module of its own, and not called `Connection`: the derive takes in all names around it.
mod multi {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        Postgres(PgConnection),
        Sqlite(SqliteConnection),
    }
}

/// Runs the same code on the connection inside, for what does not work on the enum itself (batch
/// inserts, `on_conflict`, `returning(Model)`).
macro_rules! each {
    ($connection:expr, $inner:ident => $code:expr) => {
        match $connection {
            $crate::store::connection::Connection::Postgres($inner) => $code,
            $crate::store::connection::Connection::Sqlite($inner) => $code,
        }
    };
}
pub(crate) use each;

impl Connection {
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether it keeps much of the database in memory, as who brings a file in, or little: a console has several
    /// connections, each with pages of its own.
    ///
    /// # Errors
    /// What the database says.
    pub fn is_roomy(&mut self, roomy: bool) -> QueryResult<()> {
        match self {
            Self::Sqlite(inner) if roomy => inner.batch_execute("PRAGMA cache_size = -32000"),
            Self::Sqlite(inner) => inner.batch_execute("PRAGMA cache_size = -2000; PRAGMA shrink_memory"),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether it waits for what others hold as long as a write is worth, or a moment.
    ///
    /// # Errors
    /// What the database says.
    pub fn is_patient(&mut self, patient: bool) -> QueryResult<()> {
        match self {
            Self::Sqlite(inner) if patient => inner.batch_execute("PRAGMA busy_timeout = 5000"),
            Self::Sqlite(inner) => inner.batch_execute("PRAGMA busy_timeout = 200"),
            Self::Postgres(inner) if patient => inner.batch_execute("SET lock_timeout = '3s'"),
            Self::Postgres(inner) => inner.batch_execute("SET lock_timeout = '200ms'"),
        }
    }
}

/// Older ones can lose committed writes in WAL mode when two connections write and checkpoint at the
/// same instant (fixed in SQLite 3.51.3).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Marks a SQLite file as ours (`PRAGMA application_id`): "HEAD" in ASCII.
pub const APPLICATION_ID: i32 = 0x4845_4144;

/// Which of the two PostgreSQL roles a connection takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads and writes rows, under row-level security.
    App,
    /// Makes and changes tables: `init` and `migrate` alone.
    Owner,
}

/// Opens connections for the pool.
#[derive(Clone, Debug)]
pub struct Manager {
    pub target: Target,
    pub role: Role,
    /// Refuse every write at the database itself.
    pub read_only: bool,
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        match &self.target {
            Target::Sqlite(path) => {
                // `mode=rw` makes a missing file an error: a mistyped path is no new database.
                let url = format!("file:{}?mode=rw", escape_path(path));
                let mut inner = SqliteConnection::establish(&url)
                    .map_err(|error| super::target::sqlite_refused(path, &error.to_string()))?;
                prepare_patiently(&mut inner, self.read_only)?;
                Ok(Connection::Sqlite(inner))
            }
            Target::Postgres(url) => {
                let mut inner = PgConnection::establish(&url.connection_string())
                    .map_err(|error| super::target::postgres_refused(url, &error.to_string()))?;
                prepare_postgres(&mut inner, self.role, self.read_only)?;
                Ok(Connection::Postgres(inner))
            }
        }
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StoreError> {
        connection.ping().map_err(|error| StoreError::unreachable(error.to_string()))
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_broken()
    }
}

/// Opens connections for the pool. The first it has is one that was opened before there was a pool: a SQLite file takes some
/// milliseconds to be known to a connection, and a server some round trips.
pub struct Opener {
    manager: Manager,
    first: Mutex<Option<Connection>>,
}

impl Opener {
    /// Opens the first one.
    ///
    /// # Errors
    /// What is wrong with the database, in words of its own: a pool would only say that it waited in vain.
    pub fn begin(manager: Manager) -> Result<Self, StoreError> {
        let first = Mutex::new(Some(manager.connect()?));
        Ok(Self { manager, first })
    }
}

impl ManageConnection for Opener {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        first.map_or_else(|| self.manager.connect(), Ok)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StoreError> {
        self.manager.is_valid(connection)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        self.manager.has_broken(connection)
    }
}

/// The characters that mean something in a `file:` URI.
fn escape_path(path: &std::path::Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// How long a file that is busy is waited for, and how long between two tries.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(20));

/// While the last of its other connections closes, and cleans up, a file is busy at once, whatever the busy timeout:
/// <https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode>.
fn prepare_patiently(connection: &mut SqliteConnection, read_only: bool) -> Result<(), StoreError> {
    let end = std::time::Instant::now() + PATIENCE.0;
    loop {
        match prepare_sqlite(connection, read_only) {
            Err(error) if matches!(error.failure(), Failure::Busy) && std::time::Instant::now() < end => {
                std::thread::sleep(PATIENCE.1);
            }
            prepared => return prepared,
        }
    }
}

fn prepare_sqlite(connection: &mut SqliteConnection, read_only: bool) -> Result<(), StoreError> {
    // SAFETY of meaning, not of memory: the version is that of the library linked in, read at run time.
    let version = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("sqlite_version()"))
        .get_result::<String>(connection)?;
    if version_number(&version) < OLDEST_SQLITE {
        return Err(StoreError::failed(Failure::Unusable(format!(
            "this program was built with SQLite {version}, which can lose committed writes. \
             Build it with its own SQLite (3.51.3 or newer)"
        ))));
    }
    connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
    connection.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA recursive_triggers = ON;",
    )?;
    if read_only {
        connection.batch_execute("PRAGMA query_only = ON;")?;
    }
    register_functions(connection)?;
    // A setting that was not taken is silent: read each back.
    for (setting, wanted) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "5000"),
    ] {
        let column = if setting == "busy_timeout" { "timeout" } else { setting };
        let value = diesel::sql_query(format!("SELECT CAST(\"{column}\" AS TEXT) AS value FROM pragma_{setting}"))
            .get_result::<Setting>(connection)?
            .value;
        if !value.eq_ignore_ascii_case(wanted) {
            return Err(StoreError::failed(Failure::Unusable(format!(
                "SQLite keeps {setting} at {value} where {wanted} is needed. Keep the file on a local disk"
            ))));
        }
    }
    Ok(())
}

/// The domain's own folding, patterns and order of addresses, for columns that keep no key.
mod functions {
    #[allow(unused_imports)] // the macro takes the name, the compiler does not see it
    use diesel::sql_types::{Binary, Bool};
    use diesel::sql_types::{Nullable, Text};

    #[diesel::declare_sql_function]
    extern "SQL" {
        fn headend_fold(text: Nullable<Text>) -> Nullable<Text>;
        fn headend_words(text: Nullable<Text>) -> Nullable<Text>;
        fn headend_exact(text: Nullable<Text>) -> Nullable<Text>;
        fn headend_address(text: Nullable<Text>) -> Nullable<Binary>;
        fn headend_matches(pattern: Text, text: Nullable<Text>) -> Bool;
    }
}

fn register_functions(connection: &mut SqliteConnection) -> QueryResult<()> {
    use crate::domain::{filter::Pattern, network, text};
    functions::headend_fold_utils::register_impl(connection, |value: Option<String>| {
        value.map(|value| text::fold(&value))
    })?;
    functions::headend_words_utils::register_impl(connection, |value: Option<String>| {
        value.map(|value| text::word_text(&text::fold(&value)))
    })?;
    functions::headend_exact_utils::register_impl(connection, |value: Option<String>| {
        value.map(|value| text::exact_key(&value))
    })?;
    functions::headend_address_utils::register_impl(connection, |value: Option<String>| {
        value.and_then(|value| value.parse().ok()).map(|ip| network::ip_key(ip).to_vec())
    })?;
    let known = std::cell::RefCell::new(None::<Pattern>);
    functions::headend_matches_utils::register_impl(connection, move |pattern: String, value: Option<String>| {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return false };
        let mut known = known.borrow_mut();
        if known.as_ref().is_none_or(|known| known.source() != pattern) {
            *known = Pattern::new(&pattern).ok();
        }
        known.as_ref().is_some_and(|known| known.is_match(&value))
    })
}

fn version_number(version: &str) -> i32 {
    let mut parts = version.split('.').map(|part| part.parse::<i32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    next() * 1_000_000 + next() * 1_000 + next()
}

fn prepare_postgres(connection: &mut PgConnection, role: Role, read_only: bool) -> Result<(), StoreError> {
    let name = match role {
        Role::App => "headend_app",
        Role::Owner => "headend_owner",
    };
    let limits = match role {
        Role::App => {
            "SET statement_timeout = '15s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '10s';"
        }
        Role::Owner => "SET lock_timeout = '30s';",
    };
    let mode = if read_only { "SET default_transaction_read_only = on;" } else { "" };
    connection
        .batch_execute(&format!(
            "SET client_min_messages = warning; SET ROLE {name}; SET search_path = public; SET timezone = 'UTC'; {limits} {mode}"
        ))
        .map_err(|error| match error {
            diesel::result::Error::DatabaseError(_, info)
                if info.message().contains("does not exist") && info.message().contains("role") =>
            {
                StoreError::failed(Failure::Unmigrated)
            }
            diesel::result::Error::DatabaseError(_, info) if info.message().contains("permission denied to set role") => {
                StoreError::failed(Failure::Unusable(format!(
                    "this login role may not act as {name}. As a superuser run: GRANT {name} TO the role that the URL names"
                )))
            }
            other => other.into(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version_number("3.51.2") < OLDEST_SQLITE);
        assert!(version_number("3.51.3") >= OLDEST_SQLITE);
        assert!(version_number("3.100.0") > OLDEST_SQLITE);
    }

    #[test]
    fn the_linked_sqlite_does_not_lose_writes() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let version: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("sqlite_version()"))
            .get_result(&mut connection)
            .unwrap();
        assert!(version_number(&version) >= OLDEST_SQLITE, "{version}");
    }

    /// As `.cargo/config.toml` has it: else all connections wait for one lock whenever one of them allocates.
    #[test]
    fn the_linked_sqlite_counts_no_memory() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let counts: bool = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "NOT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0')",
        ))
        .get_result(&mut connection)
        .unwrap();
        assert!(!counts, "built without the flags of .cargo/config.toml");
    }
}
