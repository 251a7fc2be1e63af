//! How each person left each list: which columns in which order, the sort, the filter, and the saved
//! view that it opens with. It is the console's own memory, kept without audit; a session reads and
//! writes what is its person's alone.

use super::model::ColumnKind;
use super::session::Session;
use super::sql::Statement;
use super::{Failure, Store, StoreError, migrate};
use crate::domain::{Id, Value};

/// One list as its person left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState {
    /// The resource that the list shows.
    pub screen: String,
    /// `{"columns": …, "sort": …, "filter": …}`: what the list itself made of it.
    pub state: serde_json::Value,
    /// The saved view that it opens with instead.
    pub opens_with: Option<Id>,
}

impl Store {
    /// All lists that the session's person has left so far.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_states(&self, session: &Session) -> Result<Vec<ListState>, StoreError> {
        let Some(user) = session.user() else { return Ok(Vec::new()) };
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT screen AS t0, state AS j1, opens_with AS i2 FROM list_states WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND user_id = ")
                .bind_id(user);
            let rows = statement.load(reading.connection)?;
            Ok(rows.into_iter().filter_map(|row| list_state(&row.0)).collect())
        })
    }

    /// Remembers how the session's person left a list: the latest counts.
    ///
    /// # Errors
    /// When nothing may be written, or the database says so.
    pub fn keep_list_state(&self, session: &Session, left: &ListState) -> Result<(), StoreError> {
        session.require_writing()?;
        if self.is_read_only() {
            return Err(StoreError::failed(Failure::ReadOnly(
                "this was started with --read-only: it changes nothing".into(),
            )));
        }
        let Some(user) = session.user() else { return Ok(()) };
        let now = self.now();
        self.keep(session, |connection| {
            migrate::require_epoch(connection)?;
            let mut statement = Statement::fixed();
            statement
                .push("INSERT INTO list_states (tenant_id, user_id, screen, state, opens_with, updated_at) VALUES (")
                .bind_id(session.tenant.id)
                .push(", ")
                .bind_id(user)
                .push(", ")
                .bind_text(&left.screen)
                .push(", ")
                .bind(ColumnKind::Json, Value::Json(left.state.clone()))?
                .push(", ")
                .bind(ColumnKind::Id, left.opens_with.map_or(Value::Null, Value::Id))?
                .push(", ")
                .bind_instant(now)
                .push(
                    ") ON CONFLICT (tenant_id, user_id, screen) DO UPDATE SET state = excluded.state, \
                     opens_with = excluded.opens_with, updated_at = excluded.updated_at",
                );
            statement.execute(connection).map(|_| ())
        })
    }
}

fn list_state(row: &[Value]) -> Option<ListState> {
    match row {
        [Value::Text(screen), Value::Json(state), opens_with] => {
            Some(ListState { screen: screen.clone(), state: state.clone(), opens_with: opens_with.as_id() })
        }
        _ => None,
    }
}
