//! Logging in, staying logged in, and being checked again with every write.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

use super::audit::{About, Entry};
use super::connection::Connection;
use super::model::ColumnKind;
use super::operation::Undo;
use super::password::{dummy_hash, verify_password};
use super::second_factors::Fitting;
use super::session::{Actor, Program, Scope, Session};
use super::sql::Statement;
use super::standing::rights;
use super::write::Kind;
use super::{Failure, Store, StoreError, read};
use crate::domain::access::SESSION_LIMITS;
use crate::domain::secret::Secret;
use crate::domain::text::sort_key;
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

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
    /// Of the generator, or a recovery code: where there is a second factor.
    pub code: Option<Secret>,
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

pub(super) fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// How a try at the door ended.
#[derive(Clone, Copy)]
enum Outcome {
    /// With what besides the password, where there is a second factor.
    In(Id, Option<Fitting>),
    WrongPassword,
    WrongCode,
}

/// What the login needs to know of a user.
pub(super) struct Account {
    pub(super) id: Id,
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
    /// Wrong user, password or code, [`Failure::CodeWanted`] where a second factor is wanted too, too many tries, or the
    /// database says so.
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
            self.note_login(&program, credentials, Outcome::WrongPassword, username)?;
            return Err(refused());
        };
        let spent = self.spend_second_factor(&program, account.id, credentials.code.as_ref(), &buckets[0], now);
        // No code is the next step of a login; a wrong one is a guess.
        if spent.as_ref().is_err_and(|error| matches!(error.failure(), Failure::WrongCode(_))) {
            self.count_failure(&program, &buckets[1..], now)?;
            self.note_login(&program, credentials, Outcome::WrongCode, username)?;
        }
        let proven = spent?;
        if !self.is_read_only() {
            self.forget_failures(&program, &buckets[..1])?;
        }
        let (user, must_change_password) = (account.id, account.must_change_password);
        let token = new_token();
        let login = Id::new();
        let session = self.session_of(&program, account, login, credentials)?;
        if !self.is_read_only() {
            self.keep_login(&session, login, &token, now)?;
            self.note_login(&program, credentials, Outcome::In(user, proven), username)?;
        }
        Ok(LoggedIn { session, token: Secret::new(token), must_change_password })
    }

    /// Looks at the code of the second factor, where there is one, and spends it.
    fn spend_second_factor(
        &self,
        program: &Session,
        user: Id,
        code: Option<&Secret>,
        bucket: &str,
        now: Instant,
    ) -> Result<Option<Fitting>, StoreError> {
        let fitting = self.check_second_factor(program, user, code, bucket, now)?;
        if let Some(fitting) = fitting.filter(|_| !self.is_read_only()) {
            self.keep(program, |connection| fitting.spend(connection, program, now))?;
        }
        Ok(fitting)
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
            code: None,
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
        self.check_own(session, password).map(|_| ())
    }

    /// The same, and whether a code fits the person's second factor, where there is one: it is still to be spent.
    ///
    /// # Errors
    /// As [`Store::check_own_password`]; [`Failure::CodeWanted`] and [`Failure::WrongCode`] where the code is missing or wrong.
    pub(super) fn check_own_proof(
        &self,
        session: &Session,
        password: &Secret,
        code: Option<&Secret>,
    ) -> Result<Option<Fitting>, StoreError> {
        let (program, account, buckets) = self.check_own(session, password)?;
        let now = self.now();
        let fits = self.check_second_factor(&program, account.id, code, &buckets[0], now);
        match &fits {
            Err(error) if matches!(error.failure(), Failure::WrongCode(_)) => {
                self.count_failure(&program, &buckets[1..], now)?;
            }
            Ok(Some(_)) if !self.is_read_only() => self.forget_failures(&program, &buckets[..1])?,
            _ => {}
        }
        fits
    }

    fn check_own(&self, session: &Session, password: &Secret) -> Result<(Session, Account, [String; 2]), StoreError> {
        let Actor::Person { username, .. } = &session.actor else { return Err(refused()) };
        let now = self.now();
        let program = Session::program(Program::Login, session.tenant.clone());
        let account = self.account(&program, username)?;
        let buckets =
            self.buckets(&program, account.as_ref(), username, session.source.as_deref().unwrap_or("local"))?;
        self.check_throttle(&program, &buckets, now)?;
        let fits = verify_account(account.as_ref(), password);
        if let Some(account) = account.filter(|account| fits && account.status == "active") {
            return Ok((program, account, buckets));
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
        // Whoever sees a partner's rows alone sees no users, and is one all the same.
        let session = &Session { scope: Scope::All, ..session.clone() };
        let operation = super::operation::find("users.update").ok_or_else(|| StoreError::unexpected("users.update"))?;
        let kind =
            Kind { name: "users.passwd", entity: "users", undo: Undo::None("passwords are set anew"), bulk: false };
        self.write(session, Id::new(), &kind, |writing| {
            let record = super::engine::fetch(writing, operation.entity, user)?.ok_or_else(refused)?;
            let values = [("password", Value::Secret(new.clone())), ("must_change_password", Value::Bool(false))];
            super::engine::update_as(writing, "users.passwd", &record, &values)
        })
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
        let (permissions, role) = self.read(program, |reading| rights(reading.connection, account.id, login))?;
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
            keyless: !self.has_key(),
        })
    }

    /// Observed rows (logins, throttles) are written without audit, in a transaction of their own.
    pub(super) fn keep(
        &self,
        session: &Session,
        mut run: impl FnMut(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let _queue = if self.is_postgres() { None } else { self.0.writer.lock().ok() };
        self.with_connection(|connection| {
            read::begin(connection, session, read::Mode::Write)?;
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
        outcome: Outcome,
        username: &str,
    ) -> Result<(), StoreError> {
        if !self.has_key() || self.is_read_only() {
            return Ok(());
        }
        let mut session = program.clone();
        session.source = Some(credentials.source.clone()).filter(|source| !source.is_empty());
        session.client.clone_from(&credentials.client);
        let name = if matches!(outcome, Outcome::In(..)) { "users.login" } else { "users.login_refused" };
        let kind = Kind { name, entity: "users", undo: Undo::None("a login is not taken back"), bulk: false };
        let written = self.write(&session, Id::new(), &kind, |writing| {
            let title = crate::domain::text::clean(username).into_owned();
            let about = match outcome {
                Outcome::In(id, _) => About::One { id, title, changes: serde_json::json!({}), secrets: None },
                Outcome::WrongPassword | Outcome::WrongCode => About::Nothing,
            };
            let mut entry = Entry::new(name, "users", about);
            let username = || username.chars().take(64).collect::<String>();
            entry.payload = match outcome {
                Outcome::In(_, proven) => proven.map(|fitting| serde_json::json!({"factor": fitting.name()})),
                Outcome::WrongPassword => Some(serde_json::json!({"username": username()})),
                Outcome::WrongCode => Some(serde_json::json!({"username": username(), "refused": "code"})),
            };
            if let Outcome::In(id, _) = outcome {
                entry.actor = Some(id);
            } else {
                entry.outcome = "failure";
                entry.level = "warning";
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
}

pub(super) fn new_token() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}
