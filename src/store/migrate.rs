//! The schema: is it there, is it ours, is it of this program; and how it is made.

use diesel::connection::{Connection as _, SimpleConnection};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{APPLICATION_ID, Connection, Manager, Role, each};
use super::sql::Statement;
use super::{Failure, StoreError, Target};
use crate::domain::Value;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const BOOTSTRAP: &str = include_str!("../../migrations/postgres/bootstrap.sql");

/// Raised by every migration; each write reads it in its transaction, so that a console of another
/// program version stops writing the moment the schema changes under it.
const EPOCH: i64 = 1;
/// The newest migration that this program knows.
const NEWEST: &str = "20261120000001";

/// Held while migrating: two programs may start at once. "headend" in ASCII.
const MIGRATION_LOCK: i64 = 0x0068_6561_6465_6E64;

/// Whether the schema is there and of this program.
pub(super) fn check(connection: &mut Connection) -> Result<(), StoreError> {
    if let Connection::Sqlite(inner) = connection {
        check_application(inner)?;
    }
    match newest_applied(connection)? {
        None => Err(StoreError::failed(Failure::Unmigrated)),
        Some(found) if found.as_str() < NEWEST => Err(StoreError::failed(Failure::Outdated)),
        Some(found) if found.as_str() > NEWEST => {
            Err(StoreError::failed(Failure::Newer { found, known: NEWEST.into() }))
        }
        Some(_) => require_epoch(connection),
    }
}

fn newest_applied(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    let mut exists = Statement::new();
    exists.push(if connection.is_postgres() {
        "SELECT to_regclass('public.__diesel_schema_migrations')::text AS t0"
    } else {
        "SELECT max(name) AS t0 FROM sqlite_schema WHERE type = 'table' AND name = '__diesel_schema_migrations'"
    });
    if exists.load(connection)?.iter().all(|row| row.0[0] == Value::Null) {
        return Ok(None);
    }
    let mut newest = Statement::new();
    newest.push("SELECT max(version) AS t0 FROM __diesel_schema_migrations");
    let rows = newest.load(connection)?;
    Ok(rows.first().map(|row| row.0[0].as_str().to_owned()).filter(|version| !version.is_empty()))
}

/// Refuses a file that is some other program's.
fn check_application(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        application_id: i32,
    }
    let id = diesel::sql_query("SELECT application_id FROM pragma_application_id").get_result::<Id>(connection)?;
    match id.application_id {
        APPLICATION_ID => Ok(()),
        0 => Err(StoreError::failed(Failure::Unmigrated)),
        _ => {
            Err(StoreError::failed(Failure::Unusable("this file belongs to another program. Name another one".into())))
        }
    }
}

/// The same as [`require_epoch`], and which of the tenant's data keys is the newest now.
pub(super) fn require_epoch_and_key(connection: &mut Connection, tenant: crate::domain::Id) -> Result<i32, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT schema_epoch AS n0, (SELECT max(key_id) FROM tenant_keys WHERE purpose = 'data' AND tenant_id = ")
        .bind_id(tenant)
        .push(") AS n1 FROM installation WHERE id = 1");
    let rows = statement.load(connection)?;
    require_known(rows.first().and_then(|row| row.0[0].as_int()))?;
    Ok(rows.first().and_then(|row| row.0[1].as_int()).and_then(|key| i32::try_from(key).ok()).unwrap_or(0))
}

/// Whether the schema is still the one that this program was started with.
pub(super) fn require_epoch(connection: &mut Connection) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement.push("SELECT schema_epoch AS n0 FROM installation WHERE id = 1");
    let rows = statement.load(connection)?;
    require_known(rows.first().and_then(|row| row.0[0].as_int()))
}

fn require_known(epoch: Option<i64>) -> Result<(), StoreError> {
    match epoch {
        Some(EPOCH) => Ok(()),
        Some(found) if found > EPOCH => Err(StoreError::failed(Failure::ReadOnly(
            "The database was migrated for a newer headend meanwhile: start that one. What is typed is kept".into(),
        ))),
        _ => Err(StoreError::failed(Failure::Outdated)),
    }
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The migrations that were run now.
    pub run: Vec<String>,
}

/// Makes or updates the schema. A SQLite file must exist; on PostgreSQL the URL's login role must be
/// able to act as `headend_owner`, or to make that role.
///
/// # Errors
/// When the database cannot be reached, is newer, or refuses; then nothing was changed.
pub fn migrate(target: &Target) -> Result<Migrated, StoreError> {
    use diesel::r2d2::ManageConnection as _;
    let mut connection = match target {
        Target::Sqlite(_) => Manager { target: target.clone(), role: Role::Owner, read_only: false }.connect()?,
        Target::Postgres(url) => {
            let mut inner = PgConnection::establish(&url.connection_string())
                .map_err(|error| super::target::postgres_refused(url, &error.to_string()))?;
            inner.batch_execute("SET client_min_messages = warning").map_err(StoreError::from)?;
            inner.batch_execute(BOOTSTRAP).map_err(with_hint)?;
            inner
                .batch_execute(&format!("SET ROLE headend_owner; SELECT pg_advisory_lock({MIGRATION_LOCK})"))
                .map_err(StoreError::from)?;
            Connection::Postgres(inner)
        }
    };
    if let Some(found) = newest_applied(&mut connection)?.filter(|found| found.as_str() > NEWEST) {
        return Err(StoreError::failed(Failure::Newer { found, known: NEWEST.into() }));
    }
    if let Connection::Sqlite(inner) = &mut connection {
        match check_application(inner) {
            Err(error) if !matches!(error.failure(), Failure::Unmigrated) => return Err(error),
            _ => refuse_strangers_tables(inner)?,
        }
        // Tables that refer to each other are changed with the references off, and checked after.
        inner.batch_execute("PRAGMA foreign_keys = OFF")?;
    }
    let source = if connection.is_postgres() { POSTGRES } else { SQLITE };
    let run: Vec<String> = each!(&mut connection, inner => inner
        .run_pending_migrations(source)
        .map(|versions| versions.iter().map(ToString::to_string).collect()))
    .map_err(|error| StoreError::failed(Failure::Unusable(format!("the schema could not be made: {error}"))))?;
    if let Connection::Sqlite(inner) = &mut connection {
        inner.batch_execute(&format!("PRAGMA foreign_keys = ON; PRAGMA application_id = {APPLICATION_ID};"))?;
    }
    Ok(Migrated { run })
}

/// A database with tables of somebody else is not ours to fill.
fn refuse_strangers_tables(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    use diesel::dsl::sql;
    let strangers: i64 = diesel::select(sql::<diesel::sql_types::BigInt>(
        "(SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%') * \
         (SELECT count(*) = 0 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
    ))
    .get_result(connection)?;
    if strangers == 0 {
        return Ok(());
    }
    Err(StoreError::failed(Failure::Unusable("this file holds another program's tables. Name another one".into())))
}

/// PostgreSQL's hint says what an administrator has to grant.
fn with_hint(error: diesel::result::Error) -> StoreError {
    match &error {
        diesel::result::Error::DatabaseError(_, info) => {
            let hint = info.hint().map(|hint| format!(". {hint}")).unwrap_or_default();
            StoreError::failed(Failure::Unusable(format!("{}{hint}", info.message())))
        }
        _ => error.into(),
    }
}
