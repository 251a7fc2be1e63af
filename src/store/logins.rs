//! The logins that are open: who they are, and ending one from elsewhere.

use super::audit::{About, Entry};
use super::operation::Undo;
use super::session::{Actor, Session};
use super::sql::Statement;
use super::write::Kind;
use super::{Store, StoreError};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// One open login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub id: Id,
    pub username: String,
    /// What they use: `console`, `cli`.
    pub client: String,
    /// Where they come from.
    pub source: String,
    pub since: Instant,
    pub last_seen: Instant,
    pub ends: Instant,
}

/// Sees and ends the logins of others.
const PERMISSION: &str = "users.lock";

impl Store {
    /// The open logins of the session's person; everybody's for one who may lock people out.
    ///
    /// # Errors
    /// What the database says.
    pub fn logins(&self, session: &Session) -> Result<Vec<Login>, StoreError> {
        let own = if session.may(PERMISSION) { None } else { session.user() };
        if own.is_none() {
            session.require(PERMISSION)?;
        }
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push(
                    "SELECT s.id AS i0, u.username AS t1, s.client AS t2, s.ip_address AS t3, s.created_at AS w4, \
                     s.last_seen_at AS w5, s.expires_at AS w6 FROM user_sessions s JOIN users u ON u.id = s.user_id \
                     WHERE s.revoked_at IS NULL AND s.expires_at > ",
                )
                .bind_instant(reading.now)
                .push(" AND s.tenant_id = ")
                .bind_id(session.tenant.id);
            if let Some(user) = own {
                statement.push(" AND s.user_id = ").bind_id(user);
            }
            statement.push(" ORDER BY s.created_at DESC, s.id DESC");
            Ok(statement.load(reading.connection)?.into_iter().filter_map(|row| login(&row.0)).collect())
        })
    }

    /// Notes that somebody is at work in this session.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_seen(&self, session: &Session) -> Result<(), StoreError> {
        let Actor::Person { login, .. } = &session.actor else { return Ok(()) };
        if self.is_read_only() {
            return Ok(());
        }
        let now = self.now();
        self.keep(session, |connection| {
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE user_sessions SET last_seen_at = ")
                .bind_instant(now)
                .push(" WHERE id = ")
                .bind_id(*login)
                .push(" AND revoked_at IS NULL");
            statement.execute(connection).map(|_| ())
        })
    }

    /// Ends a login: one's own, or anybody's for one who may lock people out.
    ///
    /// # Errors
    /// When there is none such, it may not be ended, or the database says so.
    pub fn revoke_login(&self, session: &Session, id: Id) -> Result<(), StoreError> {
        let known = self.logins(session)?;
        let login = known
            .into_iter()
            .find(|login| login.id == id)
            .ok_or_else(|| StoreError::not_found("session", id.to_string()))?;
        let kind = Kind {
            name: "users.revoke",
            entity: "users",
            undo: Undo::None("a session that ended does not come back"),
            bulk: false,
        };
        self.write(session, Id::new(), &kind, |writing| {
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE user_sessions SET revoked_at = ")
                .bind_instant(writing.now)
                .push(" WHERE id = ")
                .bind_id(id)
                .push(" AND revoked_at IS NULL RETURNING user_id AS i0");
            let rows = statement.load(writing.connection)?;
            let Some(user) = rows.first().and_then(|row| row.0[0].as_id()) else {
                return Err(StoreError::refused("the session has ended already"));
            };
            let about =
                About::One { id: user, title: login.username.clone(), changes: serde_json::json!({}), secrets: None };
            let mut entry = Entry::new("users.revoke", "users", about);
            entry.payload = Some(serde_json::json!({"session": id.to_string()}));
            writing.note(entry);
            Ok(())
        })
    }
}

fn login(row: &[Value]) -> Option<Login> {
    let [Value::Id(id), username, client, source, since, last_seen, ends] = row else { return None };
    Some(Login {
        id: *id,
        username: username.as_str().to_owned(),
        client: client.as_str().to_owned(),
        source: source.as_str().to_owned(),
        since: since.as_instant()?,
        last_seen: last_seen.as_instant()?,
        ends: ends.as_instant()?,
    })
}
