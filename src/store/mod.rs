//! The only door to data.
//!
//! Every operation takes a [`Session`] and does, in one transaction: authorise → read and check the
//! version → apply the domain's rule → write → audit → derive. There is no function that writes
//! without a session.
//!
//! * [`Store`] opens a database and runs closures in transactions on it ([`mod@read`], [`mod@write`]).
//! * [`entity`] describes each kind of record; [`operation`] lists all that can be done to one.
//! * [`list`] compiles a filter to one statement.
//! * one file a domain: what its records are and what its operations do.

pub mod access;
pub mod addresses;
mod administrators;
pub mod aims;
pub mod amounts;
pub mod audit;
#[doc(hidden)]
pub mod bench_data;
pub mod booking_plans;
pub mod bookings;
mod books;
pub mod bulk;
pub mod connection;
mod constraints;
pub mod contracts;
pub mod customers;
pub mod desk;
pub mod device_care;
pub mod devices;
pub mod due;
mod engine;
pub mod entities;
pub mod entity;
pub mod error;
pub mod expenses;
mod field;
mod figures;
pub mod find;
mod given;
pub mod health;
pub mod history;
pub mod housekeeping;
pub mod incidents;
pub mod inspect;
pub mod integrations;
pub mod invoices;
pub mod jobs;
pub mod joining;
pub mod leads;
pub mod ledger;
pub mod licenses;
pub mod list;
pub mod list_states;
pub mod live_check;
mod logins;
pub mod merges;
pub mod messages;
pub mod migrate;
pub mod model;
pub mod notes;
mod numbers;
pub mod operation;
pub mod orders;
pub mod organisation;
pub mod organizations;
pub mod overview;
pub mod panels;
mod password;
pub mod payments;
mod pointers;
pub mod products;
pub mod purchasing;
pub mod read;
pub mod record;
pub mod retention;
mod reveal;
pub mod roles;
pub mod rotation;
pub mod saved_views;
pub mod schema;
pub mod search;
pub mod second_factors;
pub mod session;
pub mod sessions;
pub mod settings;
mod settlement;
pub mod setup;
pub mod shapes;
pub mod shifts;
pub mod sla;
pub mod software;
pub mod sql;
mod standing;
pub mod stock;
pub mod stock_requests;
pub mod stock_takes;
pub mod target;
pub mod templates;
pub mod tenancy;
pub mod tenant_moves;
mod tenants;
pub mod testing;
mod throttle;
pub mod tickets;
pub mod tokens;
pub mod topologies;
mod translations;
pub mod tunnels;
pub mod types;
pub mod undo;
pub mod upkeep;
pub mod users;
pub mod vault;
pub mod vouchers;
pub mod wallets;
pub mod watches;
mod workflow;
pub mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use diesel::r2d2::{Pool, PooledConnection};

use crate::domain::Id;
use crate::domain::time::{Instant, to_micros};

pub use connection::Connection;
pub use entity::{Entity, Field, FieldAccess};
pub use error::{Failure, Problem, StoreError};
pub use field::Made;
pub use operation::{Done, Operation, Request};
pub use record::Record;
pub use session::Session;
pub use target::Target;

use connection::{Manager, Opener, Role};
use vault::{MasterKey, TenantKeys};

/// Connections that one program keeps at most: to a server, where most of the time goes by on the line, and to a file,
/// where each reads the schema anew and keeps pages of its own.
const TO_SERVER: u32 = 8;
const TO_FILE: u32 = 4;
/// How long a request waits for one of them.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);

/// An open database. Cheap to clone; made for blocking threads.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    target: Target,
    pool: Pool<Opener>,
    read_only: bool,
    /// SQLite has one writer: writes of this program queue here instead of at its unfair lock.
    writer: Mutex<()>,
    master: RwLock<Option<Arc<MasterKey>>>,
    keys: RwLock<HashMap<Id, Arc<TenantKeys>>>,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    few: read::Few,
    numbers: numbers::Blocks,
}

/// How a database is to be opened.
#[derive(Default)]
pub struct Options {
    /// Refuse every write, at the connection too.
    pub read_only: bool,
    pub master: Option<MasterKey>,
    /// The clock, where it is not the system's: for tests.
    pub clock: Option<Box<dyn Fn() -> Instant + Send + Sync>>,
    /// What lists take for few: for tests, to whose data all is few.
    pub few: read::Few,
}

impl Store {
    /// Opens a database that exists and has this program's schema.
    ///
    /// # Errors
    /// When it is missing, cannot be reached, or was made by an older or newer program.
    pub fn open(target: &Target, options: Options) -> Result<Self, StoreError> {
        let store = Self::open_unchecked(target, options, Role::App)?;
        store.with_connection(migrate::check)?;
        Ok(store)
    }

    /// Opens a database whatever its schema: for `migrate`, `init` and `doctor`.
    pub(crate) fn open_unchecked(target: &Target, options: Options, role: Role) -> Result<Self, StoreError> {
        let opener = Opener::begin(Manager { target: target.clone(), role, read_only: options.read_only })?;
        let pool = Pool::builder()
            .max_size(if matches!(target, Target::Sqlite(_)) { TO_FILE } else { TO_SERVER })
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(WAIT_FOR_CONNECTION)
            .error_handler(Box::new(QuietErrors))
            .build_unchecked(opener);
        Ok(Self(Arc::new(Inner {
            target: target.clone(),
            pool,
            read_only: options.read_only,
            writer: Mutex::new(()),
            master: RwLock::new(options.master.map(Arc::new)),
            keys: RwLock::new(HashMap::new()),
            clock: options.clock.unwrap_or_else(|| Box::new(chrono::Utc::now)),
            few: options.few,
            numbers: numbers::Blocks::default(),
        })))
    }

    #[must_use]
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.0.target.is_postgres()
    }

    /// Whether every write is refused here.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Whether the key that opens secrets and signs the audit log is here.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.0.master.read().is_ok_and(|master| master.is_some())
    }

    /// Now, by the store's clock, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Instant {
        to_micros((self.0.clock)())
    }

    pub(crate) fn few(&self) -> read::Few {
        self.0.few
    }

    fn connection(&self) -> Result<PooledConnection<Opener>, StoreError> {
        Ok(self.0.pool.get()?)
    }

    /// Runs a closure on a connection, once more on a new one where the line proves to be gone.
    pub(crate) fn with_connection<T>(
        &self,
        mut run: impl FnMut(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            let mut connection = self.connection()?;
            match run(&mut connection) {
                // Connections that lay idle while the server went away are found one by one.
                Err(error) if error.is_lost_line() && tries <= TO_SERVER => tries += 1,
                outcome => return outcome,
            }
        }
    }

    fn master(&self) -> Result<Arc<MasterKey>, StoreError> {
        let master = self.0.master.read().map_err(|_| StoreError::unexpected("the key's lock is broken"))?;
        master.clone().ok_or_else(|| StoreError::failed(Failure::ReadOnly(session::NO_KEY.into())))
    }
}

/// The pool's errors reach the one who asked; they need no second voice on the terminal.
#[derive(Debug)]
struct QuietErrors;

impl<E> diesel::r2d2::HandleError<E> for QuietErrors {
    fn handle_error(&self, _: E) {}
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.0.target)
    }
}
