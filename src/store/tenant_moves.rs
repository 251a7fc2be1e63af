//! Organisations begin, pause and end: by whoever runs the installation, and by the clock where a day was named.

use serde_json::json;

use super::audit::{About, Entry};
use super::connection::Role;
use super::model::ColumnKind;
use super::operation::Undo;
use super::session::{Program, Session, Tenant};
use super::sql::Statement;
use super::write::{Kind, Writing};
use super::{Options, Store, StoreError, Target};
use crate::domain::access::TENANT_LIFECYCLE;
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// What whoever runs the installation does with an organisation.
#[derive(Clone, Debug)]
pub struct TenantMove {
    /// Its short name.
    pub tenant: String,
    /// `activate`, `suspend` or `expire`.
    pub verb: String,
    /// Until when it is to be at work; `None` leaves what was said.
    pub until: Option<Instant>,
    pub reason: Option<String>,
}

/// Moves an organisation to another state, with the rights of the database's owner: no organisation's own people may.
///
/// # Errors
/// When there is no such organisation, the move is not open from its state, or the database says so.
pub fn move_tenant(owner: &Target, options: Options, asked: &TenantMove) -> Result<&'static str, StoreError> {
    let store = Store::open_unchecked(owner, options, Role::Owner)?;
    let tenant = store
        .tenant(Some(&asked.tenant))?
        .ok_or_else(|| StoreError::not_found("organisation", crate::domain::text::clean(&asked.tenant)))?;
    // One that is at rest changes nothing of its own; this is done to it.
    let session = Session::program(Program::Setup, Tenant { may_write: true, ..tenant });
    store.write(&session, Id::new(), &kind(&format!("tenants.{}", asked.verb)), |writing| {
        let state = state(writing)?;
        let to = TENANT_LIFECYCLE.follow(&asked.verb, &state.status).map_err(StoreError::refused)?;
        if to == "active" && asked.until.or(state.expires_at).is_some_and(|until| until <= writing.now) {
            return Err(StoreError::refused("its time is over: say until when it is to be at work"));
        }
        put(writing, &state, to, asked.until.or(state.expires_at), asked.reason.as_deref())?;
        Ok(to)
    })
}

const fn kind(name: &str) -> Kind<'_> {
    Kind { name, entity: "tenants", undo: Undo::None("an organisation is moved on"), bulk: false }
}

struct State {
    status: String,
    expires_at: Option<Instant>,
}

/// The row of the session's organisation, locked.
fn state(writing: &mut Writing<'_>) -> Result<State, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT status AS t0, expires_at AS w1 FROM tenants WHERE id = ")
        .bind_id(writing.session.tenant.id)
        .push(if writing.connection.is_postgres() { " FOR UPDATE" } else { "" });
    match statement.load(writing.connection)?.first().map(|row| row.0.as_slice()) {
        Some([Value::Text(status), expires_at]) => {
            Ok(State { status: status.clone(), expires_at: expires_at.as_instant() })
        }
        _ => Err(StoreError::unexpected("an organisation that cannot be read")),
    }
}

fn put(
    writing: &mut Writing<'_>,
    before: &State,
    status: &str,
    expires_at: Option<Instant>,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let until = |at: Option<Instant>| at.map_or(Value::Null, Value::Instant);
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE tenants SET status = ")
        .bind_text(status)
        .push(", expires_at = ")
        .bind(ColumnKind::Instant, until(expires_at))?
        .push(", version = version + 1, updated_at = ")
        .bind_instant(writing.now)
        .push(" WHERE id = ")
        .bind_id(writing.session.tenant.id);
    statement.execute(writing.connection)?;
    let mut changes = json!({"status": {"before": before.status, "after": status}});
    if before.expires_at != expires_at {
        changes["expires_at"] =
            json!({"before": until(before.expires_at).to_json(), "after": until(expires_at).to_json()});
    }
    let tenant = &writing.session.tenant;
    let about = About::One { id: tenant.id, title: tenant.name.clone(), changes, secrets: None };
    let mut entry = Entry::new(writing.action.clone(), "tenants", about);
    entry.payload = reason.map(|reason| json!({"reason": reason}));
    writing.note(entry);
    Ok(())
}

impl Store {
    /// Ends the time of the session's organisation where it is over; whether it was.
    ///
    /// # Errors
    /// What the database says.
    pub fn expire_tenant(&self, session: &Session) -> Result<bool, StoreError> {
        let now = self.now();
        let is_over = |state: &State| {
            TENANT_LIFECYCLE.follow("expire", &state.status).is_ok() && state.expires_at.is_some_and(|ends| ends <= now)
        };
        let looked = self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement.push("SELECT status AS t0, expires_at AS w1 FROM tenants WHERE id = ").bind_id(session.tenant.id);
            Ok(statement.load(reading.connection)?.into_iter().next())
        })?;
        let due = looked.is_some_and(|row| {
            is_over(&State { status: row.0[0].as_str().to_owned(), expires_at: row.0[1].as_instant() })
        });
        if !due {
            return Ok(false);
        }
        let done = self.write(session, Id::new(), &kind("tenants.expire"), |writing| {
            let state = state(writing)?;
            if !is_over(&state) {
                return Err(StoreError::refused(super::due::NO_LONGER_DUE));
            }
            put(writing, &state, "expired", state.expires_at, Some("due by the clock"))
        });
        match done {
            Ok(()) => Ok(true),
            // Another program was first.
            Err(error) if error.to_string() == super::due::NO_LONGER_DUE => Ok(false),
            Err(error) => Err(error),
        }
    }
}
