//! Logging in, staying logged in, and being checked again with every write.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use super::audit::{About, Entry};
use super::connection::Connection;
use super::model::ColumnKind;
use super::operation::Undo;
use super::session::{Actor, Program, Scope, Session, Tenant};
use super::sql::Statement;
use super::write::Kind;
use super::{Failure, Store, StoreError, read};
use crate::domain::access::{Permissions, SESSION_LIMITS, forget_failures_after, throttle};
use crate::domain::secret::Secret;
use crate::domain::text::sort_key;
use crate::domain::time::{Instant, parse_zone};
use crate::domain::{Id, Value};

/// Argon2id: 64 MiB, 3 passes, one lane (RFC 9106's second choice with one lane).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// Hashes at once in one program: each takes 64 MiB, and guesses must not take all of the machine.
const HASHES_AT_ONCE: usize = 2;
static HASHING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Runs a hash when fewer than [`HASHES_AT_ONCE`] are running.
fn in_turn<T>(hash: impl FnOnce() -> T) -> T {
    let (count, freed) = &HASHING;
    let lock = || count.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut running = lock();
    while *running >= HASHES_AT_ONCE {
        running = freed.wait(running).unwrap_or_else(std::sync::PoisonError::into_inner);
    }
    *running += 1;
    drop(running);
    let outcome = hash();
    *lock() -= 1;
    freed.notify_one();
    outcome
}

fn argon2() -> Result<Argon2<'static>, StoreError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| StoreError::unexpected(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password as a PHC string.
///
/// # Errors
/// When the hash cannot be made, which a password of at most 1024 bytes rules out.
pub(super) fn hash_password(password: &Secret) -> Result<String, StoreError> {
    let argon2 = argon2()?;
    in_turn(|| argon2.hash_password(password.reveal().as_bytes()))
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::unexpected(format!("the password could not be hashed: {error}")))
}

fn verify_password(password: &Secret, hash: &str) -> bool {
    let (Ok(argon2), Ok(parsed)) = (argon2(), PasswordHash::new(hash)) else { return false };
    in_turn(|| argon2.verify_password(password.reveal().as_bytes(), &parsed)).is_ok()
}

/// A hash of nothing that anybody knows, so that an unknown user takes as long as a known one.
fn dummy_hash() -> &'static str {
    static DUMMY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    DUMMY.get_or_init(|| {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        hash_password(&Secret::new(BASE64.encode(bytes))).unwrap_or_default()
    })
}

/// Whether a password is an account's; no account takes as long as one.
fn verify_account(account: Option<&Account>, password: &Secret) -> bool {
    match account.and_then(|account| account.password_hash.as_deref()) {
        Some(hash) => verify_password(password, hash),
        None => {
            verify_password(password, dummy_hash());
            false
        }
    }
}

/// Somebody at the door.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `amina`, or `amina@fibernet` where there is more than one tenant.
    pub username: String,
    pub password: Secret,
    /// The tenant, where it was named apart.
    pub tenant: Option<String>,
    pub client: String,
    /// Where they come from: `local`, or the address of an SSH client.
    pub source: String,
}

/// Somebody let in.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    pub session: Session,
    /// Opens the session again until it ends; shown to nobody.
    pub token: Secret,
    pub must_change_password: bool,
}

/// One text for every reason, so that nobody learns which users there are.
fn refused() -> StoreError {
    StoreError::failed(Failure::NotLoggedIn("wrong user or password".into()))
}

fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// What the login needs to know of a user.
struct Account {
    id: Id,
    username: String,
    full_name: String,
    password_hash: Option<String>,
    status: String,
    must_change_password: bool,
    partner: Option<Id>,
    distributor: Option<Id>,
}

impl Store {
    /// Lets somebody in.
    ///
    /// # Errors
    /// Wrong user or password, too many tries, or the database says so.
    pub fn log_in(&self, credentials: &Credentials) -> Result<LoggedIn, StoreError> {
        let now = self.now();
        let (username, named_tenant) = match credentials.username.rsplit_once('@') {
            Some((username, tenant)) => (username, Some(tenant)),
            None => (credentials.username.as_str(), credentials.tenant.as_deref()),
        };
        let Some(tenant) = self.tenant(named_tenant)? else {
            // Without a tenant there is no user; it takes as long all the same.
            verify_password(&credentials.password, dummy_hash());
            return Err(if named_tenant.is_none() && self.tenant_count()? > 1 {
                StoreError::failed(Failure::NotLoggedIn("say which organisation: USER@ORGANISATION".into()))
            } else {
                refused()
            });
        };
        let program = Session::program(Program::Login, tenant);
        let account = self.account(&program, username)?;
        let buckets = self.buckets(&program, account.as_ref(), username, &credentials.source)?;
        self.check_throttle(&program, &buckets, now)?;
        let fits = verify_account(account.as_ref(), &credentials.password);
        let account = account.filter(|account| fits && account.status == "active" && account.password_hash.is_some());
        let Some(account) = account else {
            self.count_failure(&program, &buckets, now)?;
            self.note_login(&program, credentials, None, username)?;
            return Err(refused());
        };
        if !self.is_read_only() {
            self.forget_failures(&program, &buckets[..1])?;
        }
        let must_change_password = account.must_change_password;
        let token = new_token();
        let login = Id::new();
        let session = self.session_of(&program, account, login, credentials)?;
        if !self.is_read_only() {
            self.keep_login(&session, login, &token, now)?;
            self.note_login(&program, credentials, session.user(), username)?;
        }
        Ok(LoggedIn { session, token: Secret::new(token), must_change_password })
    }

    /// The session that a kept token opens.
    ///
    /// # Errors
    /// When it ended or was revoked, or the database says so.
    pub fn resume(&self, token: &Secret, client: &str) -> Result<Session, StoreError> {
        let ended = || StoreError::failed(Failure::NotLoggedIn("the login has ended. Log in again".into()));
        let hash = hash_token(token.reveal());
        let tenant = self.tenant_of_token(&hash)?.ok_or_else(ended)?;
        let program = Session::program(Program::Login, tenant);
        let now = self.now();
        let row = self.read(&program, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "SELECT s.id AS i0, u.username AS t1, s.ip_address AS t2 FROM user_sessions s \
                     JOIN users u ON u.id = s.user_id WHERE s.revoked_at IS NULL AND s.expires_at > ",
                )
                .bind_instant(now)
                .push(" AND s.tenant_id = ")
                .bind_id(program.tenant.id)
                .push(" AND s.token_hash = ")
                .bind(ColumnKind::Bytes, Value::Bytes(hash.clone()))?;
            Ok(statement.load(reading.connection)?.into_iter().next())
        })?;
        let Some([Value::Id(login), Value::Text(username), source]) = row.as_ref().map(|row| row.0.as_slice()) else {
            return Err(ended());
        };
        let account =
            self.account(&program, username)?.filter(|account| account.status == "active").ok_or_else(ended)?;
        let credentials = Credentials {
            username: username.clone(),
            password: Secret::new(String::new()),
            tenant: None,
            client: client.to_owned(),
            source: source.as_str().to_owned(),
        };
        self.session_of(&program, account, *login, &credentials)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the database says.
    pub fn log_out(&self, session: &Session) -> Result<(), StoreError> {
        let Actor::Person { login, .. } = &session.actor else { return Ok(()) };
        if self.is_read_only() {
            return Ok(());
        }
        let now = self.now();
        self.keep(session, |connection| {
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE user_sessions SET revoked_at = ")
                .bind_instant(now)
                .push(" WHERE id = ")
                .bind_id(*login);
            statement.execute(connection).map(|_| ())
        })
    }

    /// Whether this is the password of the person whose session it is: for unlocking a screen and
    /// for steps that ask again.
    ///
    /// # Errors
    /// When it is not, there were too many tries, or the database says so.
    pub fn check_own_password(&self, session: &Session, password: &Secret) -> Result<(), StoreError> {
        let Actor::Person { username, .. } = &session.actor else { return Err(refused()) };
        let now = self.now();
        let program = Session::program(Program::Login, session.tenant.clone());
        let account = self.account(&program, username)?;
        let buckets =
            self.buckets(&program, account.as_ref(), username, session.source.as_deref().unwrap_or("local"))?;
        self.check_throttle(&program, &buckets, now)?;
        if verify_account(account.as_ref(), password)
            && account.as_ref().is_some_and(|account| account.status == "active")
        {
            return Ok(());
        }
        self.count_failure(&program, &buckets, now)?;
        Err(StoreError::failed(Failure::NotLoggedIn("wrong password".into())))
    }

    /// Sets the password of the person whose session it is.
    ///
    /// # Errors
    /// When the old one is wrong, the new one may not be set, or the database says so.
    pub fn change_own_password(&self, session: &Session, old: &Secret, new: &Secret) -> Result<(), StoreError> {
        self.check_own_password(session, old)?;
        let Some(user) = session.user() else { return Err(refused()) };
        let operation = super::operation::find("users.update").ok_or_else(|| StoreError::unexpected("users.update"))?;
        let kind =
            Kind { name: "users.passwd", entity: "users", undo: Undo::None("passwords are set anew"), bulk: false };
        self.write(session, Id::new(), &kind, |writing| {
            let record = super::engine::fetch(writing, operation.entity, user)?.ok_or_else(refused)?;
            let values = [("password", Value::Secret(new.clone())), ("must_change_password", Value::Bool(false))];
            super::engine::update_as(writing, "users.passwd", &record, &values)
        })
    }

    /// Sessions of the program itself, one for every tenant that is at work.
    ///
    /// # Errors
    /// What the database says.
    pub fn program_sessions(&self, program: Program) -> Result<Vec<Session>, StoreError> {
        let names = self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(if connection.is_postgres() {
                "SELECT name AS t0 FROM active_tenants() ORDER BY name"
            } else {
                "SELECT name AS t0 FROM tenants WHERE status IN ('trial', 'active') ORDER BY name"
            });
            statement.load(connection)
        })?;
        let mut sessions = Vec::new();
        for row in names {
            sessions.extend(self.tenant(Some(row.0[0].as_str()))?.map(|tenant| Session::program(program, tenant)));
        }
        Ok(sessions)
    }

    /// How many tenants there are.
    ///
    /// # Errors
    /// What the database says.
    pub fn tenant_count(&self) -> Result<i64, StoreError> {
        self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(if connection.is_postgres() {
                "SELECT tenant_count() AS l0"
            } else {
                "SELECT count(*) AS l0 FROM tenants"
            });
            Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
        })
    }

    /// A tenant by its name; the only one where none is named.
    pub(super) fn tenant(&self, name: Option<&str>) -> Result<Option<Tenant>, StoreError> {
        let name = name.map_or(Value::Null, Value::text);
        let rows = self.with_connection(|connection| {
            let mut statement = Statement::fixed();
            statement.push(
                "SELECT id AS i0, name AS t1, status AS t2, display_name AS t3, timezone AS t4, currency AS t5 FROM ",
            );
            if connection.is_postgres() {
                statement.push("login_tenant(").bind(ColumnKind::Text, name.clone())?.push(") t");
            } else {
                statement
                    .push("tenants WHERE name = ")
                    .bind(ColumnKind::Text, name.clone())?
                    .push(" OR (")
                    .bind(ColumnKind::Text, name.clone())?
                    .push(" IS NULL AND (SELECT count(*) FROM tenants) = 1)");
            }
            statement.load(connection)
        })?;
        rows.into_iter().next().map(|row| tenant_of(&row.0)).transpose()
    }

    fn tenant_of_token(&self, hash: &[u8]) -> Result<Option<Tenant>, StoreError> {
        let hash = Value::Bytes(hash.to_vec());
        let rows = self.with_connection(|connection| {
            let mut statement = Statement::fixed();
            if connection.is_postgres() {
                // Its own tenant's row is what a session sees of this table.
                statement.push("SELECT session_tenant(").bind(ColumnKind::Bytes, hash.clone())?.push(") AS i0");
            } else {
                statement
                    .push("SELECT tenant_id AS i0 FROM user_sessions WHERE token_hash = ")
                    .bind(ColumnKind::Bytes, hash.clone())?;
            }
            statement.load(connection)
        })?;
        let Some(id) = rows.first().and_then(|row| row.0[0].as_id()) else { return Ok(None) };
        self.tenant_by_id(id)
    }

    pub(super) fn tenant_by_id(&self, id: Id) -> Result<Option<Tenant>, StoreError> {
        let scoped = Session::program(Program::Login, Tenant::unnamed(id));
        let rows = self.read(&scoped, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "SELECT id AS i0, name AS t1, status AS t2, display_name AS t3, timezone AS t4, currency AS t5 \
                     FROM tenants WHERE id = ",
                )
                .bind_id(id);
            statement.load(reading.connection)
        })?;
        rows.into_iter().next().map(|row| tenant_of(&row.0)).transpose()
    }

    fn account(&self, program: &Session, username: &str) -> Result<Option<Account>, StoreError> {
        let key = sort_key(username);
        let rows = self.read(program, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "SELECT id AS i0, username AS t1, full_name AS t2, password_hash AS t3, status AS t4, \
                     must_change_password AS b5, partner_id AS i6, distributor_id AS i7 FROM users WHERE tenant_id = ",
                )
                .bind_id(program.tenant.id)
                .push(" AND username_key = ")
                .bind_text(&key);
            statement.load(reading.connection)
        })?;
        Ok(rows.into_iter().next().and_then(|row| match row.0.as_slice() {
            [
                Value::Id(id),
                Value::Text(username),
                Value::Text(full_name),
                hash,
                Value::Text(status),
                must,
                partner,
                distributor,
            ] => Some(Account {
                id: *id,
                username: username.clone(),
                full_name: full_name.clone(),
                password_hash: (!hash.is_empty()).then(|| hash.as_str().to_owned()),
                status: status.clone(),
                must_change_password: must.is_true(),
                partner: partner.as_id(),
                distributor: distributor.as_id(),
            }),
            _ => None,
        }))
    }

    fn session_of(
        &self,
        program: &Session,
        account: Account,
        login: Id,
        credentials: &Credentials,
    ) -> Result<Session, StoreError> {
        let (permissions, role) = self.read(program, |reading| rights(reading.connection, account.id))?;
        let scope = match (account.partner, account.distributor) {
            (Some(partner), _) => Scope::Partner(partner),
            (None, Some(distributor)) => Scope::Distributor(distributor),
            (None, None) => Scope::All,
        };
        Ok(Session {
            actor: Actor::Person {
                id: account.id,
                username: account.username,
                full_name: account.full_name,
                role,
                login,
            },
            tenant: program.tenant.clone(),
            permissions,
            scope,
            client: credentials.client.clone(),
            source: (!credentials.source.is_empty()).then(|| credentials.source.clone()),
            read_only: self.is_read_only(),
        })
    }

    /// Observed rows (logins, throttles) are written without audit, in a transaction of their own.
    fn keep(
        &self,
        session: &Session,
        mut run: impl FnMut(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        self.with_connection(|connection| {
            read::begin(connection, session, true)?;
            let outcome = run(connection);
            read::finish(connection, outcome)
        })
    }

    fn keep_login(&self, session: &Session, login: Id, token: &str, now: Instant) -> Result<(), StoreError> {
        let hash = hash_token(token);
        let Some(user) = session.user() else { return Ok(()) };
        self.keep(session, |connection| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "INSERT INTO user_sessions (id, tenant_id, user_id, kind, token_hash, ip_address, client, last_seen_at, \
                     expires_at, created_at) VALUES (",
                )
                .bind_id(login)
                .push(", ")
                .bind_id(session.tenant.id)
                .push(", ")
                .bind_id(user)
                .push(", 'console', ")
                .bind(ColumnKind::Bytes, Value::Bytes(hash.clone()))?
                .push(", ")
                .bind(ColumnKind::Text, session.source.clone().map_or(Value::Null, Value::Text))?
                .push(", ")
                .bind_text(&session.client)
                .push(", ")
                .bind_instant(now)
                .push(", ")
                .bind_instant(now + SESSION_LIMITS.lasts)
                .push(", ")
                .bind_instant(now)
                .push(")");
            statement.execute(connection)?;
            let mut seen = Statement::fixed();
            seen.push("UPDATE users SET last_login_at = ").bind_instant(now).push(" WHERE id = ").bind_id(user);
            seen.execute(connection).map(|_| ())
        })
    }

    /// A login, let in or not, in the audit log. A program that has no audit key writes nothing at
    /// all, logins included; somebody may then still look.
    fn note_login(
        &self,
        program: &Session,
        credentials: &Credentials,
        user: Option<Id>,
        username: &str,
    ) -> Result<(), StoreError> {
        if !self.has_key() || self.is_read_only() {
            return Ok(());
        }
        let mut session = program.clone();
        session.source = Some(credentials.source.clone()).filter(|source| !source.is_empty());
        session.client.clone_from(&credentials.client);
        let name = if user.is_some() { "users.login" } else { "users.login_refused" };
        let kind = Kind { name, entity: "users", undo: Undo::None("a login is not taken back"), bulk: false };
        let written = self.write(&session, Id::new(), &kind, |writing| {
            let title = crate::domain::text::clean(username).into_owned();
            let about = match user {
                Some(id) => About::One { id, title, changes: serde_json::json!({}), secrets: None },
                None => About::Nothing,
            };
            let mut entry = Entry::new(name, "users", about);
            if user.is_none() {
                entry.outcome = "failure";
                entry.level = "warning";
                entry.payload = Some(serde_json::json!({"username": username.chars().take(64).collect::<String>()}));
            }
            writing.note(entry);
            Ok(())
        });
        match written {
            // A suspended organisation lets its people look.
            Err(error) if matches!(error.failure(), Failure::ReadOnly(_)) => Ok(()),
            outcome => outcome,
        }
    }

    // ---- throttling

    /// The buckets that a try counts in: the account's (apart for a place it came from before, so
    /// that strangers cannot lock its owner out) and the place's own.
    fn buckets(
        &self,
        program: &Session,
        account: Option<&Account>,
        username: &str,
        source: &str,
    ) -> Result<[String; 2], StoreError> {
        let known = match account {
            Some(account) => self.read(program, |reading| {
                let mut statement = Statement::fixed();
                statement
                    .push("SELECT id AS i0 FROM user_sessions WHERE user_id = ")
                    .bind_id(account.id)
                    .push(" AND ip_address = ")
                    .bind_text(source)
                    .push(" LIMIT 1");
                Ok(!statement.load(reading.connection)?.is_empty())
            })?,
            None => false,
        };
        let place = if known { source } else { "" };
        let user =
            hash_token(&sort_key(username)).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok([format!("account|{}|{user}|{place}", program.tenant.id), format!("source|{source}")])
    }

    fn check_throttle(&self, program: &Session, buckets: &[String; 2], now: Instant) -> Result<(), StoreError> {
        let blocked = self.read(program, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT max(blocked_until) AS w0 FROM login_throttles WHERE key IN (")
                .bind_text(&buckets[0])
                .push(", ")
                .bind_text(&buckets[1])
                .push(")");
            Ok(statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_instant()))
        })?;
        match blocked.filter(|until| *until > now) {
            Some(until) => {
                let seconds = ((until - now).num_milliseconds() + 999) / 1_000;
                Err(StoreError::failed(Failure::NotLoggedIn(format!("too many tries. Wait {seconds} s and try again"))))
            }
            None => Ok(()),
        }
    }

    fn count_failure(&self, program: &Session, buckets: &[String; 2], now: Instant) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        self.keep(program, |connection| {
            for bucket in buckets {
                let mut statement = Statement::fixed();
                statement
                    .push("INSERT INTO login_throttles (key, failures, last_failure_at, updated_at) VALUES (")
                    .bind_text(bucket)
                    .push(", 1, ")
                    .bind_instant(now)
                    .push(", ")
                    .bind_instant(now)
                    .push(") ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN login_throttles.last_failure_at < ")
                    .bind_instant(now - forget_failures_after())
                    .push(" THEN 1 ELSE login_throttles.failures + 1 END, last_failure_at = ")
                    .bind_instant(now)
                    .push(", updated_at = ")
                    .bind_instant(now)
                    .push(" RETURNING failures AS n0");
                let rows = statement.load(connection)?;
                let failures =
                    rows.first().and_then(|row| row.0[0].as_int()).and_then(|n| i32::try_from(n).ok()).unwrap_or(1);
                let wait = throttle(failures);
                if wait > TimeDelta::zero() {
                    let mut block = Statement::fixed();
                    block
                        .push("UPDATE login_throttles SET blocked_until = ")
                        .bind_instant(now + wait)
                        .push(" WHERE key = ")
                        .bind_text(bucket);
                    block.execute(connection)?;
                }
            }
            Ok(())
        })
    }

    /// A right password clears its account's bucket; its place has to sit its own out.
    fn forget_failures(&self, program: &Session, buckets: &[String]) -> Result<(), StoreError> {
        self.keep(program, |connection| {
            for bucket in buckets {
                let mut statement = Statement::fixed();
                statement.push("DELETE FROM login_throttles WHERE key = ").bind_text(bucket);
                statement.execute(connection)?;
            }
            Ok(())
        })
    }
}

fn new_token() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}

fn tenant_of(row: &[Value]) -> Result<Tenant, StoreError> {
    let [
        Value::Id(id),
        Value::Text(name),
        Value::Text(status),
        Value::Text(display_name),
        Value::Text(zone),
        Value::Text(currency),
    ] = row
    else {
        return Err(StoreError::unexpected("a tenant that cannot be read"));
    };
    Ok(Tenant {
        id: *id,
        name: name.clone(),
        display_name: if display_name.is_empty() { name.clone() } else { display_name.clone() },
        currency: currency.clone(),
        zone: parse_zone(zone).map_err(|why| StoreError::unexpected(format!("tenants.timezone: {why}")))?,
        may_write: matches!(status.as_str(), "trial" | "active"),
    })
}

/// What a user may do, and their primary role's name.
fn rights(connection: &mut Connection, user: Id) -> Result<(Permissions, String), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT r.name AS t0, r.permissions AS j1, u.added_permissions AS j2, u.removed_permissions AS j3 FROM users u \
             LEFT JOIN role_assignments a ON a.tenant_id = u.tenant_id AND a.user_id = u.id AND a.status = 'active' \
             LEFT JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id WHERE u.id = ",
        )
        .bind_id(user)
        .push(" ORDER BY a.is_primary DESC, r.name");
    let (mut roles, mut added, mut removed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut primary = String::new();
    for row in statement.load(connection)? {
        if let [name, permissions, more, less] = row.0.as_slice() {
            if primary.is_empty() {
                name.as_str().clone_into(&mut primary);
            }
            roles.extend(texts(permissions));
            added.extend(texts(more));
            removed.extend(texts(less));
        }
    }
    Ok((Permissions::new(roles, added, removed), primary))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Json(json) => {
            json.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// A session as it stands now, looked up in the transaction that is about to write: a revoked login,
/// a locked account and a changed right count at once.
pub(super) fn verify<'a>(
    connection: &mut Connection,
    session: &'a Session,
    now: Instant,
) -> Result<Cow<'a, Session>, StoreError> {
    let Actor::Person { id, login, .. } = &session.actor else { return Ok(Cow::Borrowed(session)) };
    let ended =
        || StoreError::failed(Failure::NotLoggedIn("the login has ended. Log in again: what was typed is kept".into()));
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT u.status AS t0, t.status AS t1 FROM user_sessions s JOIN users u ON u.id = s.user_id \
             JOIN tenants t ON t.id = u.tenant_id WHERE s.revoked_at IS NULL AND s.expires_at > ",
        )
        .bind_instant(now)
        .push(" AND s.id = ")
        .bind_id(*login);
    let rows = statement.load(connection)?;
    let Some([Value::Text(user), Value::Text(tenant)]) = rows.first().map(|row| row.0.as_slice()) else {
        return Err(ended());
    };
    if user != "active" {
        return Err(ended());
    }
    if !matches!(tenant.as_str(), "trial" | "active") {
        return Err(StoreError::failed(Failure::ReadOnly(
            "The organisation is suspended or expired: it can be looked at, not changed".into(),
        )));
    }
    let (permissions, _) = rights(connection, *id)?;
    if permissions == session.permissions {
        return Ok(Cow::Borrowed(session));
    }
    Ok(Cow::Owned(Session { permissions, ..session.clone() }))
}
