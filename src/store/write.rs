//! Write transactions: authorised anew, audited, all or nothing, with one known outcome.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use rand::RngExt as _;

use super::audit::{self, Entry};
use super::connection::Connection;
use super::model::ColumnKind;
use super::operation::Undo;
use super::operation::parts::Written;
use super::session::{Actor, Session};
use super::sql::Statement;
use super::vault::TenantKeys;
use super::{Failure, Store, StoreError, engine, entities, migrate, read, standing};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// A write transaction in a session.
pub struct Writing<'a> {
    pub connection: &'a mut Connection,
    pub session: &'a Session,
    pub now: Instant,
    pub operation: Id,
    /// What is being done, as the log calls it.
    pub(super) action: String,
    /// Why, where somebody said so.
    pub(super) reason: Option<String>,
    pub(super) keys: Arc<TenantKeys>,
    pub(super) entries: Vec<Entry>,
    /// What of a bulk operation's entries stands in the log already.
    pub(super) flushed: Option<audit::Flushed>,
    /// The records that were taken away.
    pub(super) removed: BTreeSet<Id>,
    /// The records of which it is noted already that they lost a part.
    pub(super) noted_to_lose: BTreeSet<Id>,
    /// The records that the operation was for, where it was for some.
    pub(super) meant: Option<Vec<Id>>,
    /// What became of the parts that are written with the record.
    pub(super) parts: Written,
    /// What is wrong with one part keeps none of the others from being tried: it is a rehearsal.
    pub(super) tries_all: bool,
    /// The kind of new records that are told of, and those that were made.
    pub(super) tells_of: Option<&'static str>,
    pub(super) made: Vec<Id>,
    /// What the list of operations calls it, where that is known beforehand.
    pub(super) told: Option<audit::Told>,
    /// The operation that this one takes back.
    pub(super) undoes: Option<Id>,
    /// What is written now belongs to the operation, whoever may see it: the books, which people of a partner do not look
    /// into and yet are kept of what they do.
    pub(super) carries_along: bool,
}

/// What an operation is called in the log and how it is taken back.
#[derive(Clone, Debug)]
pub(super) struct Kind<'a> {
    pub name: &'a str,
    pub entity: &'a str,
    pub undo: Undo,
    /// A bulk operation has an audit chain of its own.
    pub bulk: bool,
}

/// Tries of a whole closure where the database was too busy (40001, 40P01, SQLITE_BUSY).
const TRIES: u32 = 8;
/// How long an unknown COMMIT is looked up for before it is told as unknown.
const LOOK_UP_TRIES: u32 = 10;
/// How often, every 10 ms, somebody who is in no need to write looks whether they may.
const LOOKS: u32 = 20;

impl Store {
    /// Runs a closure in a write transaction under an operation id of the caller's. The same id
    /// takes effect once: when the line breaks during COMMIT, the outcome is looked up.
    ///
    /// # Errors
    /// What the closure or the database says; then nothing was written, unless it is
    /// [`Failure::Unknown`].
    pub(super) fn write<T>(
        &self,
        session: &Session,
        operation: Id,
        kind: &Kind<'_>,
        mut run: impl FnMut(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        session.require_writing()?;
        if self.is_read_only() {
            return Err(StoreError::failed(Failure::ReadOnly(
                "this was started with --read-only: it changes nothing".into(),
            )));
        }
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        let mut tries = 0;
        loop {
            let keys = self.keys(session)?;
            let outcome = self.attempt(session, operation, kind, &keys, &mut run);
            tries += 1;
            match outcome {
                Err(error) if (error.is_worth_retrying() || error.is_lost_line()) && tries < TRIES => {
                    let most = 10_u64 << tries.min(6);
                    std::thread::sleep(Duration::from_millis(rand::rng().random_range(5..=most)));
                }
                outcome => return outcome,
            }
        }
    }

    fn attempt<T>(
        &self,
        session: &Session,
        operation: Id,
        kind: &Kind<'_>,
        keys: &Arc<TenantKeys>,
        run: &mut impl FnMut(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection()?;
        let (session, now) = self.begin_write(&mut connection, session, keys)?;
        let mut writing = Writing::of(&mut connection, (&session, now), (operation, kind.name), keys);
        let outcome = run(&mut writing).and_then(|value| writing.record_operation(kind).map(|()| value));
        let value = match outcome {
            Ok(value) => value,
            Err(error) => {
                read::roll_back(&mut connection);
                return Err(error);
            }
        };
        match read::commit(&mut connection) {
            Ok(()) => Ok(value),
            Err(error) if error.is_lost_line() => {
                drop(connection);
                self.look_up(&session, operation)?;
                Ok(value)
            }
            Err(error) => {
                read::roll_back(&mut connection);
                Err(error)
            }
        }
    }

    /// Begins a write transaction of a session that may still write.
    fn begin_write<'s>(
        &self,
        connection: &mut Connection,
        session: &'s Session,
        keys: &TenantKeys,
    ) -> Result<(Cow<'s, Session>, Instant), StoreError> {
        read::begin(connection, session, read::Mode::Write)?;
        let now = self.now();
        let verified = migrate::require_epoch_and_key(connection, session.tenant.id)
            .and_then(|newest| self.require_newest(session, keys, newest))
            .and_then(|()| standing::verify(connection, session, now));
        if verified.is_err() {
            read::roll_back(connection);
        }
        verified.map(|session| (session, now))
    }

    /// Runs a closure in a write transaction that comes to nothing. It waits for nobody who writes, and is not tried again:
    /// what would come of something is worth no more.
    pub(super) fn write_without_trace<T>(
        &self,
        session: &Session,
        run: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        session.require_writing()?;
        if self.is_read_only() {
            return Err(StoreError::failed(Failure::ReadOnly(
                "this was started with --read-only: it changes nothing".into(),
            )));
        }
        let _queue = if self.is_postgres() { None } else { Some(self.a_place_soon()?) };
        let keys = self.keys(session)?;
        let mut connection = self.connection()?;
        connection.is_patient(false)?;
        let outcome = self.begin_write(&mut connection, session, &keys).and_then(|(session, now)| {
            let outcome = run(&mut Writing::of(&mut connection, (&session, now), (Id::new(), "rehearse"), &keys));
            read::roll_back(&mut connection);
            outcome
        });
        // A line that is gone is patient enough.
        let _ = connection.is_patient(true);
        outcome
    }

    /// The right to write to the file, where nobody has it for long.
    fn a_place_soon(&self) -> Result<MutexGuard<'_, ()>, StoreError> {
        for _ in 0..LOOKS {
            match self.0.writer.try_lock() {
                Ok(place) => return Ok(place),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        Err(StoreError::failed(Failure::Busy))
    }

    /// Another program may have made a new key meanwhile: nothing is sealed with the old one any more.
    fn require_newest(&self, session: &Session, keys: &TenantKeys, newest: i32) -> Result<(), StoreError> {
        // A tenant that is being founded has its keys in this program alone.
        if newest == 0 || keys.newest() == newest {
            return Ok(());
        }
        self.forget_keys(session.tenant.id);
        Err(StoreError::failed(Failure::Busy))
    }

    /// The tenant's keys are read anew when they are needed next.
    pub(super) fn forget_keys(&self, tenant: Id) {
        if let Ok(mut known) = self.0.keys.write() {
            known.remove(&tenant);
        }
    }

    /// What became of a COMMIT whose answer was lost, once the database answers again.
    ///
    /// # Errors
    /// [`Failure::Unknown`] while the database does not answer, [`Failure::Refused`] when the operation
    /// came to nothing: then nothing was written.
    fn look_up(&self, session: &Session, operation: Id) -> Result<(), StoreError> {
        for pause in 0..LOOK_UP_TRIES {
            match self.came_to_be(session, operation) {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    return Err(StoreError::refused(
                        "the line to the database broke before it was saved: nothing was written. Save again",
                    ));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(100 << pause.min(3))),
            }
        }
        Err(StoreError::failed(Failure::Unknown { operation }))
    }

    /// Whether an operation whose line broke came to be. Who only reads sees nothing of a transaction that the
    /// server is still ending, and would call it lost; who writes the same id waits for its end, for as long as
    /// `lock_timeout`. The row that is written for this is taken back.
    fn came_to_be(&self, session: &Session, operation: Id) -> Result<bool, StoreError> {
        let mut connection = self.connection()?;
        read::begin(&mut connection, session, read::Mode::Write)?;
        let mut statement = Statement::fixed();
        statement
            .push("INSERT INTO operations (id, tenant_id, kind, undo, started_at) VALUES (")
            .bind_id(operation)
            .push(", ")
            .bind_id(session.tenant.id)
            .push(", 'look_up', 'none', ")
            .bind_instant(self.now())
            .push(") ON CONFLICT (id) DO NOTHING");
        let written = statement.execute(&mut connection);
        read::roll_back(&mut connection);
        Ok(written? == 0)
    }

    /// Whether an operation was committed, as far as can be read now.
    pub(super) fn is_committed(&self, session: &Session, operation: Id) -> Result<bool, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT id AS i0 FROM operations WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND id = ")
                .bind_id(operation);
            Ok(!statement.load(reading.connection)?.is_empty())
        })
    }

    /// The tenant's keys, opened once a program.
    pub(super) fn keys(&self, session: &Session) -> Result<Arc<TenantKeys>, StoreError> {
        let tenant = session.tenant.id;
        let broken = |_| StoreError::unexpected("the keys' lock is broken");
        if let Ok(known) = self.0.keys.read()
            && let Some(keys) = known.get(&tenant)
        {
            return Ok(Arc::clone(keys));
        }
        let master = self.master()?;
        let rows = self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT purpose AS t0, key_id AS n1, wrapped AS y2 FROM tenant_keys WHERE tenant_id = ")
                .bind_id(tenant)
                .push(" ORDER BY key_id");
            let rows = statement.load(reading.connection)?;
            Ok(rows
                .into_iter()
                .filter_map(|row| match row.0.as_slice() {
                    [Value::Text(purpose), Value::Int(key_id), Value::Bytes(wrapped)] => {
                        Some((purpose.clone(), i32::try_from(*key_id).ok()?, wrapped.clone()))
                    }
                    _ => None,
                })
                .collect::<Vec<_>>())
        })?;
        let keys = Arc::new(TenantKeys::open(&master, tenant, &rows)?);
        self.0.keys.write().map_err(broken)?.insert(tenant, Arc::clone(&keys));
        Ok(keys)
    }
}

impl Store {
    /// Keys that were made just now.
    pub(super) fn know_keys(&self, tenant: Id, keys: TenantKeys) -> Result<(), StoreError> {
        let mut known = self.0.keys.write().map_err(|_| StoreError::unexpected("the keys' lock is broken"))?;
        known.insert(tenant, Arc::new(keys));
        Ok(())
    }
}

impl<'a> Writing<'a> {
    /// A transaction of a session under an operation, at its beginning.
    fn of(
        connection: &'a mut Connection,
        (session, now): (&'a Session, Instant),
        (operation, name): (Id, &str),
        keys: &Arc<TenantKeys>,
    ) -> Self {
        Self {
            connection,
            session,
            now,
            operation,
            action: name.to_owned(),
            reason: None,
            keys: Arc::clone(keys),
            entries: Vec::new(),
            flushed: None,
            removed: BTreeSet::new(),
            noted_to_lose: BTreeSet::new(),
            meant: None,
            parts: Written::default(),
            tries_all: false,
            tells_of: None,
            made: Vec::new(),
            told: None,
            undoes: None,
            carries_along: false,
        }
    }
}

impl Writing<'_> {
    /// Notes what was done to a record, for the audit log.
    pub(super) fn note(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// How many entries of the audit log were noted until now.
    pub(super) fn noted(&self) -> usize {
        self.flushed.as_ref().map_or(0, |flushed| flushed.records) + self.entries.len()
    }

    /// The last steps before COMMIT: the operation's own row, then the audit rows, whose chain's
    /// head is the last lock that is taken.
    fn record_operation(&mut self, kind: &Kind<'_>) -> Result<(), StoreError> {
        let entries = std::mem::take(&mut self.entries);
        super::watches::note(self, &entries)?;
        super::pointers::rename(self, &entries)?;
        let flushed = self.flushed.as_ref().map_or(0, |flushed| flushed.records);
        let mut touched = self.flushed.as_ref().map(|flushed| flushed.touched.clone()).unwrap_or_default();
        entries.iter().for_each(|entry| touched.add(entry));
        let records = touched.count();
        let told = match self.told.take() {
            Some(told) => told,
            None => {
                let mut told = audit::summary(kind.name, &entries, flushed, self.meant.as_deref());
                // Only what belongs to the record was changed: it is told by what that one is called all the same.
                if let (Some([id]), true) = (self.meant.as_deref(), told.summary == audit::of_one(kind.name))
                    && let Some(entity) = entities::find(kind.entity)
                    && let Some(record) = engine::fetch(self, entity, *id)?
                {
                    told.summary = audit::called(kind.name, &record.title());
                }
                told
            }
        };
        let mut statement = Statement::fixed();
        statement
            .push(
                "INSERT INTO operations (id, tenant_id, user_id, login_id, kind, entity_type, state, undo, summary, \
                 records, meant, undoes_id, started_at, finished_at) VALUES (",
            )
            .bind_id(self.operation)
            .push(", ")
            .bind_id(self.session.tenant.id)
            .push(", ")
            .bind(ColumnKind::Id, self.session.user().map_or(Value::Null, Value::Id))?
            .push(", ")
            .bind(ColumnKind::Id, self.session.login().map_or(Value::Null, Value::Id))?
            .push(", ")
            .bind_text(kind.name)
            .push(", ")
            .bind_text(kind.entity)
            .push(", 'done', ")
            .bind_text(kind.undo.name())
            .push(", ")
            .bind_text(&told.summary)
            .push(", ")
            .bind(ColumnKind::Int, Value::Int(i64::try_from(records).unwrap_or(i64::MAX)))?
            .push(", ")
            .bind(ColumnKind::Int, Value::Int(told.meant))?
            .push(", ")
            .bind(ColumnKind::Id, self.undoes.map_or(Value::Null, Value::Id))?
            .push(", ")
            .bind_instant(self.now)
            .push(", ")
            .bind_instant(self.now)
            .push(")");
        statement.execute(self.connection)?;
        if let Some(undone) = self.undoes {
            self.mark_undone(undone)?;
        }
        audit::append(self, kind.bulk, entries)
    }

    fn mark_undone(&mut self, operation: Id) -> Result<(), StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push("UPDATE operations SET undone_by_id = ")
            .bind_id(self.operation)
            .push(" WHERE tenant_id = ")
            .bind_id(self.session.tenant.id)
            .push(" AND id = ")
            .bind_id(operation);
        statement.execute(self.connection).map(|_| ())
    }

    /// Seals a secret for its place in this tenant.
    pub(super) fn seal(&self, table: &str, row: Id, column: &str, plain: &str) -> Result<Value, StoreError> {
        let place = super::vault::Place { table, tenant: self.session.tenant.id, row, column };
        Ok(Value::Sealed(self.keys.seal(place, plain.as_bytes())?))
    }

    /// The person who acts, for `*_by` columns.
    pub(super) fn person(&self) -> Value {
        match &self.session.actor {
            Actor::Person { id, .. } => Value::Id(*id),
            Actor::Program(_) => Value::Null,
        }
    }
}

impl Store {
    /// Seals an unfinished form for its owner's disk.
    ///
    /// # Errors
    /// When the key is not here.
    pub fn seal_draft(&self, session: &Session, draft: Id, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.keys(session)?.seal(draft_place(session, draft), plain)
    }

    /// Opens what [`Store::seal_draft`] sealed.
    ///
    /// # Errors
    /// When the key is not here, or the draft is another person's or damaged.
    pub fn open_draft(&self, session: &Session, draft: Id, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.keys(session)?.unseal(draft_place(session, draft), sealed)?.to_vec())
    }
}

/// A draft belongs to one person: nobody else's session opens it.
fn draft_place(session: &Session, draft: Id) -> super::vault::Place<'static> {
    let owner = session.user().unwrap_or(session.tenant.id);
    let row = Id::from_uuid(uuid::Uuid::from_u128(owner.uuid().as_u128() ^ draft.uuid().as_u128()));
    super::vault::Place { table: "drafts", tenant: session.tenant.id, row, column: "form" }
}
