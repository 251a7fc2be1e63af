//! The operations of a person as undo sees them: which is taken back next, and what it is told by.

use std::sync::LazyLock;

use crate::domain::{Id, Value};
use crate::store::audit::IDENTITY;
use crate::store::operation::rehearsal::{MOST_TRIED, OF_BOOKS, OF_WALLETS};
use crate::store::operation::{self, Operation, Undo};
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::{Instant, Store, StoreError};

/// An operation as undo sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    pub id: Id,
    /// `customers.suspend`.
    pub kind: String,
    /// `suspend 50 customers`.
    pub summary: String,
    /// The records that it was for.
    pub meant: u64,
    /// Those that it made or changed in all.
    pub records: u64,
    pub at: Instant,
    /// The same person did it in another login than the one that asks: at another console, or before this one.
    pub is_from_elsewhere: bool,
    /// Money changed hands by it, and does so again when it is taken back.
    pub moves_money: bool,
    /// What the same person did after it, which is not taken back, and why.
    pub passes_over: Option<(String, &'static str)>,
}

impl Undoable {
    /// What was done, as it is registered; none where it no longer is.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        operation::find(base_of(&self.kind))
    }
}

impl Store {
    /// The last operation of the session's person that can still be taken back: of their own doing,
    /// or done again after an undo. What this login did goes before what the person did elsewhere.
    ///
    /// # Errors
    /// What the database says.
    pub fn last_undoable(&self, session: &Session) -> Result<Option<Undoable>, StoreError> {
        let last = self.last_operation(session, " AND undo <> 'none' AND kind NOT LIKE '%.undo'")?;
        let Some(last) = last else { return Ok(None) };
        // What is done to many is not tried before it is asked about.
        if last.meant <= MOST_TRIED as u64
            && let Some(later) = self.done_elsewhere_since(session, &last)?
            && self.foresee_undo(session, last.id).is_ok_and(|foreseen| foreseen.refused.is_some())
        {
            return Ok(Some(later));
        }
        // What was done since and stays as it is must not look as if it were what is taken back.
        let newest = self.last_operation(session, " AND kind NOT LIKE '%.undo'")?;
        let newest = newest.filter(|newest| newest.id != last.id && newest.at >= last.at);
        let stays = newest.and_then(|newest| match newest.operation()?.undo {
            Undo::None(why) => Some((newest.summary, why)),
            Undo::Values | Undo::CounterEntry => None,
        });
        Ok(Some(Undoable { passes_over: stays, ..last }))
    }

    /// The last undo of the session's person, which can be taken back in its turn (redo).
    ///
    /// # Errors
    /// What the database says.
    pub fn last_redoable(&self, session: &Session) -> Result<Option<Undoable>, StoreError> {
        self.last_operation(session, " AND undo <> 'none' AND kind LIKE '%.undo'")
    }

    fn last_operation(&self, session: &Session, which: &'static str) -> Result<Option<Undoable>, StoreError> {
        let Some(user) = session.user() else { return Ok(None) };
        self.read(session, |reading| {
            for login in session.login().map(Some).into_iter().chain([None]) {
                let mut statement = Statement::fixed();
                statement
                    .push(UNDOABLE.as_str())
                    .bind_id(session.tenant.id)
                    .push(" AND user_id = ")
                    .bind_id(user)
                    .push(" AND state = 'done' AND records > 0");
                if let Some(login) = login {
                    statement.push(" AND login_id = ").bind_id(login);
                }
                statement.push(which).push(" ORDER BY started_at DESC, id DESC LIMIT 1");
                let row = statement.load(reading.connection)?.into_iter().next();
                if let Some(last) = row.and_then(|row| undoable(session, &row.0)) {
                    return Ok(Some(last));
                }
            }
            Ok(None)
        })
    }

    /// What the same person did in another login since, to what this operation wrote: it goes first where it stands in the
    /// way.
    fn done_elsewhere_since(&self, session: &Session, last: &Undoable) -> Result<Option<Undoable>, StoreError> {
        let (Some(user), Some(login)) = (session.user(), session.login()) else { return Ok(None) };
        if last.is_from_elsewhere {
            return Ok(None);
        }
        let since = self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(UNDOABLE.as_str())
                .bind_id(session.tenant.id)
                .push(" AND user_id = ")
                .bind_id(user)
                .push(" AND login_id <> ")
                .bind_id(login)
                .push(" AND started_at >= ")
                .bind_instant(last.at)
                .push(" AND state = 'done' AND records > 0 AND undo <> 'none' AND kind NOT LIKE '%.undo'")
                .push(format!(" ORDER BY started_at DESC, id DESC LIMIT {LOOKED_THROUGH}"));
            let rows = statement.load(reading.connection)?;
            Ok(rows.iter().filter_map(|row| undoable(session, &row.0)).collect::<Vec<_>>())
        })?;
        if since.is_empty() {
            return Ok(None);
        }
        let operations: Vec<Id> = since.iter().map(|later| later.id).chain([last.id]).collect();
        let touched = self.touched_by(session, &operations)?;
        let own: Vec<&Touched> = touched.iter().filter(|touched| touched.by == last.id).collect();
        let in_the_way = |later: &Undoable| {
            let by_it = touched.iter().filter(|touched| touched.by == later.id);
            by_it.into_iter().any(|theirs| own.iter().any(|own| own.meets(theirs)))
        };
        Ok(since.into_iter().find(in_the_way))
    }

    /// An operation by its id.
    ///
    /// # Errors
    /// When there is none, or the database says so.
    pub fn undoable(&self, session: &Session, id: Id) -> Result<Undoable, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement.push(UNDOABLE.as_str()).bind_id(session.tenant.id).push(" AND id = ").bind_id(id);
            let row = statement.load(reading.connection)?.into_iter().next();
            // Known before anything is asked for it.
            if row.as_ref().and_then(|row| row.0.last()).is_some_and(|state| state.as_str() == "undone") {
                return Err(StoreError::refused("this was taken back already"));
            }
            row.and_then(|row| undoable(session, &row.0))
                .ok_or_else(|| StoreError::not_found("operation", id.to_string()))
        })
    }

    /// The records that an operation made or changed one by one.
    pub(in crate::store) fn records_of(&self, session: &Session, operation: Id) -> Result<Vec<Id>, StoreError> {
        Ok(self.touched_by(session, &[operation])?.into_iter().map(|touched| touched.record).collect())
    }

    /// The same of several, with the fields that each wrote.
    fn touched_by(&self, session: &Session, operations: &[Id]) -> Result<Vec<Touched>, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push("SELECT operation_id AS i0, entity_id AS t1, NULL AS i2, changes AS j3 FROM audit_log WHERE entity_id IS NOT NULL AND tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND operation_id IN (");
            statement.bind_ids(operations.iter().copied());
            statement
                .push(
                    ") UNION ALL SELECT a.operation_id, NULL, m.entity_id, m.changes FROM audit_members m JOIN audit_log a \
                     ON a.tenant_id = m.tenant_id AND a.id = m.audit_id WHERE a.tenant_id = ",
                )
                .bind_id(session.tenant.id)
                .push(" AND a.operation_id IN (");
            statement.bind_ids(operations.iter().copied());
            statement.push(")");
            let rows = statement.load(reading.connection)?;
            let touched = |row: &[Value]| {
                let record = row[2].as_id().or_else(|| row[1].as_str().parse().ok())?;
                Some(Touched { by: row[0].as_id()?, record, fields: fields_of(&row[3]) })
            };
            Ok(rows.iter().filter_map(|row| touched(&row.0)).collect())
        })
    }
}

/// A record that an operation wrote.
struct Touched {
    by: Id,
    record: Id,
    /// What of it, by name.
    fields: Vec<String>,
}

impl Touched {
    /// Whether the one goes back only once the other has: it wrote the same field, or made or took away the record.
    fn meets(&self, later: &Self) -> bool {
        let is_whole = |touched: &Self| touched.fields.iter().any(|field| field == IDENTITY);
        let same = || self.fields.iter().any(|field| later.fields.contains(field));
        self.record == later.record && (is_whole(self) || is_whole(later) || same())
    }
}

/// The fields among changes, those aside that every change writes.
fn fields_of(changes: &Value) -> Vec<String> {
    let Value::Json(serde_json::Value::Object(changes)) = changes else { return Vec::new() };
    changes.keys().filter(|field| !matches!(field.as_str(), "updated_at" | "version")).cloned().collect()
}

/// Operations of another login that are looked through for one that stands in the way.
const LOOKED_THROUGH: usize = 20;

/// What is asked of the list of operations, in the order in which it is read; its tenant is to follow. Money changed hands
/// where an entry of a wallet was written, or a payment where the operation is one of money.
static UNDOABLE: LazyLock<String> = LazyLock::new(|| {
    let wrote = |kinds: &[&str]| {
        format!(
            "EXISTS (SELECT 1 FROM audit_log a WHERE a.tenant_id = operations.tenant_id AND a.operation_id = operations.id \
             AND a.entity_type IN ('{}'))",
            kinds.join("', '")
        )
    };
    format!(
        "SELECT id AS i0, kind AS t1, summary AS t2, meant AS n3, records AS n4, started_at AS w5, user_id AS i6, login_id AS i7, \
         {} AS b8, {} AS b9, state AS t10 FROM operations WHERE tenant_id = ",
        wrote(&[OF_WALLETS]),
        wrote(&OF_BOOKS)
    )
});

fn undoable(session: &Session, row: &[Value]) -> Option<Undoable> {
    let [Value::Id(id), Value::Text(kind), Value::Text(summary), Value::Int(meant), Value::Int(records), rest @ ..] =
        row
    else {
        return None;
    };
    let [at, user, login, Value::Bool(wallets), Value::Bool(books), ..] = rest else { return None };
    let is_of_money = operation::find(base_of(kind)).is_some_and(|operation| operation.moves_money);
    Some(Undoable {
        id: *id,
        kind: kind.clone(),
        summary: summary.clone(),
        meant: u64::try_from(*meant).unwrap_or(0),
        records: u64::try_from(*records).unwrap_or(0),
        at: at.as_instant()?,
        is_from_elsewhere: user.as_id() == session.user() && login.as_id() != session.login(),
        moves_money: *wallets || is_of_money && *books,
        passes_over: None,
    })
}

impl Undoable {
    /// Whether it took something back: to take that back is to do it again.
    #[must_use]
    pub fn is_undo(&self) -> bool {
        self.kind.ends_with(UNDO)
    }
}

/// The end of an undo's name; of a redo's, `.redo`.
const UNDO: &str = ".undo";

/// The operation that an undo or redo belongs to.
pub(super) fn base_of(kind: &str) -> &str {
    kind.strip_suffix(UNDO).or_else(|| kind.strip_suffix(".redo")).unwrap_or(kind)
}
