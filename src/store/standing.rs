//! What a person may do as it stands now, checked again with every write.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::connection::Connection;
use super::session::{Actor, Session, Tenant};
use super::sql::{Row, Statement};
use super::{Failure, Store, StoreError};
use crate::domain::access::{Permissions, session_lives};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// What a user may do in one of their logins, and their primary role's name. A token may do no more than it was made
/// for.
pub(super) fn rights(connection: &mut Connection, user: Id, login: Id) -> Result<(Permissions, String), StoreError> {
    Ok(rights_of(&standing(connection, user, login)?))
}

impl Store {
    /// The session of a person as it stands now, where what they may do, or whether their organisation changes anything, is
    /// another than when they logged in.
    ///
    /// # Errors
    /// What the database says.
    pub fn with_new_rights(&self, session: &Session) -> Result<Option<Session>, StoreError> {
        self.read(session, |reading| {
            let Actor::Person { id, login, .. } = &session.actor else { return Ok(None) };
            let rows = standing(reading.connection, *id, *login)?;
            let (permissions, now) = rights_of(&rows);
            let may_write = takes_changes(&login_of(&rows, session, reading.now)?);
            let mut actor = session.actor.clone();
            if let Actor::Person { role, .. } = &mut actor {
                *role = now;
            }
            let is_another =
                permissions != session.permissions || actor != session.actor || may_write != session.tenant.may_write;
            let tenant = Tenant { may_write, ..session.tenant.clone() };
            Ok(is_another.then(|| Session { permissions, actor, tenant, ..session.clone() }))
        })
    }
}

/// A user as they stand, a row for each of their roles: what those let them do, what was given and taken besides, what a
/// token was made for; then the states of the user, of their tenant and of the login.
fn standing(connection: &mut Connection, user: Id, login: Id) -> Result<Vec<Row>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT r.name AS t0, r.permissions AS j1, u.added_permissions AS j2, u.removed_permissions AS j3, \
             k.permissions AS j4, u.status AS t5, t.status AS t6, s.expires_at AS w7, s.revoked_at AS w8 FROM users u \
             JOIN tenants t ON t.id = u.tenant_id \
             LEFT JOIN role_assignments a ON a.tenant_id = u.tenant_id AND a.user_id = u.id AND a.status = 'active' \
             LEFT JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             LEFT JOIN user_sessions s ON s.user_id = u.id AND s.id = ",
        )
        .bind_id(login)
        .push(" LEFT JOIN api_tokens k ON k.tenant_id = u.tenant_id AND k.user_id = u.id AND k.id = ")
        .bind_id(login)
        .push(" WHERE u.id = ")
        .bind_id(user)
        .push(" ORDER BY a.is_primary DESC, r.name");
    statement.load(connection)
}

fn rights_of(rows: &[Row]) -> (Permissions, String) {
    let (mut roles, mut added, mut removed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut primary, mut narrowed) = (String::new(), None);
    for row in rows {
        if let [name, permissions, more, less, token, ..] = row.0.as_slice() {
            if !token.is_empty() {
                narrowed = Some(texts(token));
            }
            if primary.is_empty() {
                name.as_str().clone_into(&mut primary);
            }
            roles.extend(texts(permissions));
            added.extend(texts(more));
            removed.extend(texts(less));
        }
    }
    let permissions = Permissions::new(roles, added, removed);
    (if let Some(narrowed) = narrowed { permissions.narrowed(narrowed) } else { permissions }, primary)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Json(json) => {
            json.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an organisation in this state is changed, or only looked at.
pub(super) fn takes_changes(tenant: &str) -> bool {
    matches!(tenant, "trial" | "active")
}

/// A session as it stands now, looked up in the transaction that is about to write: a revoked login,
/// a locked account and a changed right count at once.
pub(super) fn verify<'a>(
    connection: &mut Connection,
    session: &'a Session,
    now: Instant,
) -> Result<Cow<'a, Session>, StoreError> {
    let Actor::Person { id, login, .. } = &session.actor else { return Ok(Cow::Borrowed(session)) };
    let rows = standing(connection, *id, *login)?;
    let tenant = login_of(&rows, session, now)?;
    if !takes_changes(&tenant) {
        return Err(StoreError::failed(Failure::ReadOnly(
            "The organisation is suspended or expired: it can be looked at, not changed".into(),
        )));
    }
    let (permissions, _) = rights_of(&rows);
    if permissions == session.permissions {
        return Ok(Cow::Borrowed(session));
    }
    Ok(Cow::Owned(Session { permissions, ..session.clone() }))
}

/// That the login of a person still stands; the state of the tenant, empty for the program itself.
///
/// # Errors
/// [`Failure::NotLoggedIn`] where it was ended or has run out, or the account is not active.
pub(super) fn require_login(
    connection: &mut Connection,
    session: &Session,
    now: Instant,
) -> Result<String, StoreError> {
    let Actor::Person { id, login, .. } = &session.actor else { return Ok(String::new()) };
    login_of(&standing(connection, *id, *login)?, session, now)
}

fn login_of(rows: &[Row], session: &Session, now: Instant) -> Result<String, StoreError> {
    if let Some([.., Value::Text(user), Value::Text(tenant), expires, revoked]) =
        rows.first().map(|row| row.0.as_slice())
    {
        let lives = match expires.as_instant() {
            Some(expires) => session_lives(expires, revoked.as_instant().is_some(), now),
            // A login to a database that is only read could not be written down.
            None => session.read_only,
        };
        if lives && user == "active" {
            return Ok(tenant.clone());
        }
    }
    Err(StoreError::failed(Failure::NotLoggedIn("the login has ended. Log in again: what was typed is kept".into())))
}
