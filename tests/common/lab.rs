//! A founded database for one test: copied from one that was made once, gone when the test ends.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use base64::Engine as _;
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use headend::domain::secret::Secret;
use headend::domain::time::Instant;
use headend::domain::{Id, Value};
use headend::store::access::Credentials;
use headend::store::operation::{self, Operation};
use headend::store::setup::{self, Founding};
use headend::store::vault::{KeySource, MasterKey};
use headend::store::{Done, Entity, Options, Record, Request, Session, Store, StoreError, Target, entities};
use sha2::{Digest as _, Sha256};

use super::cluster::{APP, OWNER, cluster};
use super::raw::Raw;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The password of the administrator of every lab.
pub const PASSWORD: &str = "a lamp in every window";

/// An installation of one test: its database, open, and its administrator, logged in.
pub struct Lab {
    pub engine: Engine,
    pub store: Store,
    pub admin: Session,
    /// What opens the administrator's session again.
    pub token: Secret,
    /// The database by the rights of its owner.
    pub owner: Target,
    /// Ended before the database goes.
    kept: Mutex<Option<Raw>>,
    database: Database,
}

/// The line of [`Lab::at_hand`], while somebody uses it.
pub struct AtHand<'a>(MutexGuard<'a, Option<Raw>>);

impl Deref for AtHand<'_> {
    type Target = Raw;

    fn deref(&self) -> &Raw {
        self.0.as_ref().expect("the line was begun")
    }
}

impl DerefMut for AtHand<'_> {
    fn deref_mut(&mut self) -> &mut Raw {
        self.0.as_mut().expect("the line was begun")
    }
}

enum Database {
    Sqlite { path: PathBuf, _directory: tempfile::TempDir },
    Postgres { name: String },
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { name } = self {
            // Nothing hangs on it: the cluster goes as a whole.
            let _ =
                cluster().superuser("postgres").batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The key that unlocks every lab of this process and of the writers that it starts.
pub fn key_text() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        std::env::var("HEADEND_TEST_KEY").unwrap_or_else(|_| {
            let bytes =
                [Id::new(), Id::new()].map(|id| *Sha256::digest(id.as_bytes()).first_chunk::<16>().expect("16 bytes"));
            base64::engine::general_purpose::STANDARD.encode(bytes.concat())
        })
    })
}

pub fn key() -> MasterKey {
    let source = KeySource { value: Some(key_text().to_owned()), ..KeySource::default() };
    source.read().expect("a key").expect("a key")
}

pub fn open(target: &Target) -> Store {
    Store::open(target, Options { master: Some(key()), ..Options::default() }).expect("the database opens")
}

pub fn founding(tenant: &str) -> Founding {
    Founding {
        tenant: tenant.into(),
        display_name: "Fibernet".into(),
        currency: "KES".into(),
        timezone: "Africa/Nairobi".into(),
        admin: "admin".into(),
        password: Secret::new(PASSWORD.into()),
    }
}

pub fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        code: None,
        username: username.into(),
        password: Secret::new(password.into()),
        tenant: None,
        client: "test".into(),
        source: "local".into(),
    }
}

/// A new name for a database, of this process alone.
fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("headend_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// In memory where the system has such a place: a test of thousands of small writes waits for no disk.
fn temporary_directory() -> tempfile::TempDir {
    let mut builder = tempfile::Builder::new();
    let in_memory = builder.prefix("headend-test-").tempdir_in("/dev/shm");
    in_memory.or_else(|_| builder.tempdir()).expect("a directory")
}

fn sqlite_target(path: &std::path::Path) -> Target {
    Target::parse(&path.display().to_string()).expect("a path")
}

fn postgres_target(login: &str, name: &str) -> Target {
    Target::parse(&cluster().url(login, name)).expect("a URL")
}

/// What every lab begins as: a founded database and the token of its administrator.
struct Template<T> {
    kept: T,
    token: Secret,
}

fn make(target: &Target, owner: &Target, before_login: impl FnOnce()) -> Secret {
    setup::found(target, owner, &founding("fibernet"), key()).expect("the database is founded");
    before_login();
    open(target).log_in(&credentials("admin", PASSWORD)).expect("the administrator is let in").token
}

fn sqlite_template() -> &'static Template<Vec<u8>> {
    static TEMPLATE: OnceLock<Template<Vec<u8>>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let directory = temporary_directory();
        let path = directory.path().join("template.db");
        let token = make(&sqlite_target(&path), &sqlite_target(&path), || {});
        // Whatever still stands in the log beside the file is brought into it.
        let mut connection = SqliteConnection::establish(&path.display().to_string()).expect("the template");
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
        drop(connection);
        Template { kept: std::fs::read(&path).expect("the template"), token }
    })
}

fn postgres_template() -> &'static Template<String> {
    static TEMPLATE: OnceLock<Template<String>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = fresh_name();
        cluster().execute(&format!("CREATE DATABASE {name} OWNER {OWNER}"));
        let token = make(&postgres_target(APP, &name), &postgres_target(OWNER, &name), || cluster().grant_app());
        Template { kept: name, token }
    })
}

impl Lab {
    pub fn new(engine: Engine) -> Self {
        let (database, target, owner, token) = match engine {
            Engine::Sqlite => {
                let template = sqlite_template();
                let directory = temporary_directory();
                let path = directory.path().join("headend.db");
                std::fs::write(&path, &template.kept).expect("a copy of the template");
                let target = sqlite_target(&path);
                (Database::Sqlite { path, _directory: directory }, target.clone(), target, &template.token)
            }
            Engine::Postgres => {
                let template = postgres_template();
                let name = fresh_name();
                cluster().execute(&format!("CREATE DATABASE {name} TEMPLATE {} OWNER {OWNER}", template.kept));
                let (target, owner) = (postgres_target(APP, &name), postgres_target(OWNER, &name));
                (Database::Postgres { name }, target, owner, &template.token)
            }
        };
        let store = open(&target);
        let admin = store.resume(token, "test").expect("the administrator's session");
        Self { engine, store, admin, token: token.clone(), owner, kept: Mutex::new(None), database }
    }

    /// A URL or path as a program is given it.
    pub fn url(&self) -> String {
        match &self.database {
            Database::Sqlite { path, .. } => path.display().to_string(),
            Database::Postgres { name } => cluster().url(APP, name),
        }
    }

    /// The clock stands still from now on, at this moment; the administrator has just come in.
    pub fn stands_at(&mut self, moment: headend::domain::time::Instant) {
        let options = Options { master: Some(key()), clock: Some(Box::new(move || moment)), ..Options::default() };
        self.store = Store::open(self.store.target(), options).expect("the database opens");
        // The login of before is of the day on which this runs.
        self.raw().execute("DELETE FROM user_sessions");
        self.admin = self.store.log_in(&credentials("admin", PASSWORD)).expect("the administrator is let in").session;
    }

    /// The same database through another program's eyes.
    pub fn another_store(&self) -> Store {
        open(self.store.target())
    }

    pub fn is_postgres(&self) -> bool {
        self.engine == Engine::Postgres
    }

    /// A way past the store, as a superuser.
    pub fn raw(&self) -> Raw {
        match &self.database {
            Database::Sqlite { path, .. } => {
                let mut connection = SqliteConnection::establish(&path.display().to_string()).expect("the file");
                connection.batch_execute("PRAGMA busy_timeout = 5000").expect("a setting");
                Raw::Sqlite(connection)
            }
            Database::Postgres { name } => Raw::Postgres(cluster().superuser(name)),
        }
    }

    /// The same way, kept open: to begin a line takes longer than what is asked over it.
    pub fn at_hand(&self) -> AtHand<'_> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| self.raw());
        AtHand(kept)
    }

    /// The session of a user, by a login that is written down as if it had happened: hashing takes
    /// its time.
    pub fn session_of(&self, tenant: &Session, user: Id) -> Session {
        let token = Id::new().to_string();
        let mut raw = self.at_hand();
        let now = self.store.now();
        let (id, tenant, user) = (raw.id(Id::new()), raw.id(tenant.tenant.id), raw.id(user));
        let (hash, begun) = (raw.bytes(&Sha256::digest(&token)), raw.time(now));
        let ends = raw.time(now + TimeDelta::hours(12));
        raw.execute(&format!(
            "INSERT INTO user_sessions (id, tenant_id, user_id, kind, token_hash, client, last_seen_at, expires_at, created_at) \
             VALUES ({id}, {tenant}, {user}, 'console', {hash}, 'test', {begun}, {ends}, {begun})"
        ));
        drop(raw);
        self.store.resume(&Secret::new(token), "test").expect("the user's session")
    }

    /// A user with roles, logged in.
    pub fn user(&self, username: &str, roles: &str) -> Session {
        let user = self.make("users.create", &[("username", username), ("roles", roles)]);
        self.session_of(&self.admin, user)
    }

    pub fn locale(&self) -> headend::domain::value::Locale {
        self.admin.locale(self.store.now())
    }

    /// A request with values as people write them.
    pub fn request(&self, operation: &str, written: &[(&str, &str)]) -> Request {
        let operation = find(operation);
        let values = operation::read_values(operation, written.iter().copied(), self.locale());
        let mut request = Request::new(operation);
        request.values = values.unwrap_or_else(|error| panic!("{}: {error}", operation.name));
        request
    }

    /// Makes a record as the administrator.
    pub fn make(&self, operation: &str, written: &[(&str, &str)]) -> Id {
        self.try_make(operation, written).unwrap_or_else(|error| panic!("{operation} {written:?}: {error}"))
    }

    pub fn try_make(&self, operation: &str, written: &[(&str, &str)]) -> Result<Id, StoreError> {
        self.store.perform(&self.admin, &self.request(operation, written)).map(|done| done.records[0])
    }

    /// Does something to a record as the administrator, at the version that it has now.
    pub fn act(&self, operation: &str, id: Id, written: &[(&str, &str)]) -> Result<Done, StoreError> {
        let version = self.record(find(operation).entity.name, id).version;
        self.store.perform(&self.admin, &self.request(operation, written).on(id, Some(version)))
    }

    /// Does something that must go well.
    pub fn must(&self, operation: &str, id: Id, written: &[(&str, &str)]) -> Done {
        self.act(operation, id, written).unwrap_or_else(|error| panic!("{operation} {written:?}: {error}"))
    }

    pub fn record(&self, entity: &str, id: Id) -> Record {
        self.find_record(entity, id).unwrap_or_else(|| panic!("there is no such record of {entity}: {id}"))
    }

    pub fn find_record(&self, entity: &str, id: Id) -> Option<Record> {
        self.store.get(&self.admin, self::entity(entity), id).unwrap_or_else(|error| panic!("{entity} {id}: {error}"))
    }

    /// A field of a record as files carry it.
    pub fn value(&self, entity: &str, id: Id, field: &str) -> String {
        self.record(entity, id).get(field).written()
    }

    /// Later than now, as the store reads it.
    pub fn later(&self, by: TimeDelta) -> Instant {
        self.store.now() + by
    }
}

pub fn find(operation: &str) -> &'static Operation {
    operation::find(operation).unwrap_or_else(|| panic!("there is no operation {operation}"))
}

pub fn entity(name: &str) -> &'static Entity {
    entities::find(name).unwrap_or_else(|| panic!("there is no entity {name}"))
}

pub fn text(text: &str) -> Value {
    Value::text(text)
}
