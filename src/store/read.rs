//! Read transactions: one consistent sight of the data, scoped to the session.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::connection::{Connection, each};
use super::search;
use super::session::Session;
use super::{Store, StoreError};
use crate::domain::time::Instant;

/// A read transaction in a session.
pub struct Reading<'a> {
    pub connection: &'a mut Connection,
    pub session: &'a Session,
    pub now: Instant,
    pub few: Few,
    /// What was counted of search documents before.
    pub counted: search::Counted,
}

/// What is few enough to be taken by an index and sorted, rather than waited for while walking in another order.
#[derive(Clone, Copy, Debug)]
pub struct Few {
    /// Rows of a field's index, or records that a reference leads to: at a million both ways take about as long.
    pub rows: i64,
    /// Documents that hold a word, of a list that is walked anyway: the rows of more common ones stand dense there.
    pub documents: i64,
    /// Documents that hold a word, where nothing is walked.
    pub taken: i64,
}

impl Default for Few {
    fn default() -> Self {
        Self { rows: 5_000, documents: 1_000, taken: 20_000 }
    }
}

impl Store {
    /// Runs a closure in a read transaction; what it reads belongs together.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub fn read<T>(
        &self,
        session: &Session,
        run: impl FnMut(&mut Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_with(session, Plans::Fitting, run)
    }

    /// The same, with a say in how PostgreSQL plans what is asked.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub(super) fn read_with<T>(
        &self,
        session: &Session,
        plans: Plans,
        mut run: impl FnMut(&mut Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (now, few) = (self.now(), self.few());
        self.with_connection(|connection| {
            begin(connection, session, Mode::Read(plans))?;
            let outcome = run(&mut Reading { connection, session, now, few, counted: search::Counted::default() });
            finish(connection, outcome)
        })
    }
}

/// How PostgreSQL plans the statements that a connection keeps prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plans {
    /// For the values that are bound, where that is worth it.
    Fitting,
    /// Once for whatever values: for statements over many tables, which take longer to plan than to run.
    Kept,
}

/// What a transaction is begun for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Read(Plans),
    Write,
}

/// Begins a transaction and tells the database whose it is, as one batch.
pub(super) fn begin(connection: &mut Connection, session: &Session, mode: Mode) -> Result<(), StoreError> {
    let sql = match (&*connection, mode) {
        (Connection::Sqlite(_), Mode::Write) => "BEGIN IMMEDIATE".to_owned(),
        (Connection::Sqlite(_), Mode::Read(_)) => "BEGIN".to_owned(),
        (Connection::Postgres(_), mode) => {
            // Nothing said is what the connection was opened for: one that only reads stays so.
            let level = if mode == Mode::Write { "" } else { " ISOLATION LEVEL REPEATABLE READ READ ONLY" };
            let plans = match mode {
                Mode::Read(Plans::Kept) => "; SET LOCAL plan_cache_mode = force_generic_plan",
                Mode::Read(Plans::Fitting) | Mode::Write => "",
            };
            format!("BEGIN{level}; SET LOCAL headend.tenant = '{}'{plans}", session.tenant.id)
        }
    };
    Ok(each!(connection, inner => AnsiTransactionManager::begin_transaction_sql(inner, &sql))?)
}

/// Begins a part of a transaction that can be taken back by itself: a savepoint.
pub(super) fn begin_within(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(each!(connection, inner => AnsiTransactionManager::begin_transaction(inner))?)
}

/// Commits what went well and rolls back what did not; the closure's own error is the one told.
pub(super) fn finish<T>(connection: &mut Connection, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
    match outcome {
        Ok(value) => {
            commit(connection)?;
            Ok(value)
        }
        Err(error) => {
            roll_back(connection);
            Err(error)
        }
    }
}

pub(super) fn commit(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(each!(connection, inner => AnsiTransactionManager::commit_transaction(inner))?)
}

/// A rollback that fails means that the line is gone, and the transaction with it.
pub(super) fn roll_back(connection: &mut Connection) {
    let _ = each!(connection, inner => AnsiTransactionManager::rollback_transaction(inner));
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::{Connection as _, SqliteConnection};

    use super::*;
    use crate::domain::Id;
    use crate::store::session::{Program, Tenant};

    /// A writer that began by reading could find, at its first write, that another was quicker: it would have to begin
    /// anew, and under load never come to its end.
    #[test]
    fn whoever_writes_has_the_file_from_the_beginning() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file.db").display().to_string();
        let open = || {
            let mut connection = SqliteConnection::establish(&path).unwrap();
            connection.batch_execute("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 0").unwrap();
            connection
        };
        let session = Session::program(Program::Setup, Tenant::unnamed(Id::nil()));
        let mut writer = Connection::Sqlite(open());
        begin(&mut writer, &session, Mode::Write).unwrap();
        let refused = open().batch_execute("BEGIN IMMEDIATE").unwrap_err();
        assert!(refused.to_string().contains("locked"), "{refused}");
        commit(&mut writer).unwrap();
        begin(&mut writer, &session, Mode::Read(Plans::Fitting)).unwrap();
        open().batch_execute("BEGIN IMMEDIATE; ROLLBACK").expect("whoever reads keeps nobody from writing");
    }
}
