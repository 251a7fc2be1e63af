//! What falls due by the clock: which records, found by an index, and the operation that is then done to them. It is
//! done through the same door as if a person did it, by a session of its own kind, and stands in the log as that.
//!
//! Whoever finds a record due takes it under lock and looks again: of several programs that find the same one, one does
//! it.

use super::operation::{self, Operation, Request};
use super::session::Session;
use super::sql::Statement;
use super::{Failure, Store, StoreError};
use crate::domain::{Id, Value};

/// One kind of thing that falls due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// The operation that is done then.
    pub operation: &'static str,
    /// Which records of its entity (the table `c`) are due: `{now}` is this moment, `{today}` the tenant's day.
    pub when: &'static str,
}

/// Everything that falls due, in the order in which a pass does it: what ends before what begins.
pub static ALL: &[Due] = &[
    Due { operation: "customers.expire", when: "c.status = 'active' AND c.expires_at <= {now}" },
    Due { operation: "invoices.mark_overdue", when: "c.status = 'pending' AND c.due_on < {today}" },
    Due { operation: "expenses.recur", when: "c.is_recurring AND c.next_due_on <= {today}" },
    Due { operation: "pending_payments.expire", when: "c.status = 'pending' AND c.expires_at <= {now}" },
    Due { operation: "vouchers.expire", when: "c.status = 'available' AND c.expires_at <= {now}" },
    // What was agreed to take a contract's place comes before its own end.
    Due {
        operation: "contracts.hand_over",
        when: "c.status = 'active' AND EXISTS (SELECT 1 FROM contracts s WHERE s.tenant_id = c.tenant_id \
               AND s.renewed_from_id = c.id AND s.follows_as IN ('upgrade', 'downgrade') AND s.status <> 'cancelled' \
               AND s.activation_date <= {today})",
    },
    Due { operation: "contracts.expire", when: "c.status = 'active' AND c.expiration_date < {today}" },
    Due { operation: "bookings.complete", when: "c.status = 'active' AND c.end_time <= {now}" },
    Due { operation: "bookings.expire", when: "c.status = 'pending' AND c.start_time <= {now}" },
    Due { operation: "bookings.start", when: "c.status = 'confirmed' AND c.start_time <= {now}" },
    Due {
        operation: "booking_waitlist.expire",
        when: "c.status = 'offered' AND c.offered_until <= {now} \
               OR c.status IN ('waiting', 'offered') AND c.start_time <= {now}",
    },
    // Only where no device of it is booked then: whether one is kept for others is looked at when it is offered.
    Due {
        operation: "booking_waitlist.offer",
        when: "c.status = 'waiting' AND c.start_time > {now} AND NOT EXISTS (SELECT 1 FROM bookings b \
               JOIN devices d ON d.tenant_id = b.tenant_id AND d.id = b.device_id WHERE b.tenant_id = c.tenant_id \
               AND b.status IN ('pending', 'confirmed', 'active') AND b.start_time < c.end_time \
               AND b.end_time > c.start_time AND replace(', ' || c.devices || ',', ', ' || d.number || ',', '') \
               <> ', ' || c.devices || ',')",
    },
];

/// What a look at the clock has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueDone {
    /// Records that were due and are done.
    pub done: u64,
    /// Records that were due and that something stood in the way of: what they are called and why. They are tried
    /// again with the next look.
    pub refused: Vec<(String, String)>,
}

/// Records that are taken in one transaction.
const BATCH: usize = 200;

impl Due {
    /// The operation, which the registry knows.
    ///
    /// # Errors
    /// When it does not: a defect of ours, which a test finds.
    pub fn known(&self) -> Result<&'static Operation, StoreError> {
        operation::find(self.operation).ok_or_else(|| StoreError::unexpected(self.operation))
    }
}

impl Store {
    /// Does everything of one kind that is due now in the session's tenant.
    ///
    /// # Errors
    /// What the database says; what was done before stays done.
    pub fn do_due(&self, session: &Session, due: &Due) -> Result<DueDone, StoreError> {
        let operation = due.known()?;
        let mut told = DueDone::default();
        let mut after = None;
        loop {
            let ids = self.due_after(session, due, operation, after)?;
            let Some(last) = ids.last().copied() else { return Ok(told) };
            after = Some(last);
            let full = ids.len() == BATCH;
            self.do_batch(session, due, operation, ids, &mut told)?;
            if !full {
                return Ok(told);
            }
        }
    }

    fn do_batch(
        &self,
        session: &Session,
        due: &Due,
        operation: &'static Operation,
        ids: Vec<Id>,
        told: &mut DueDone,
    ) -> Result<(), StoreError> {
        let mut request = Request::new(operation);
        request.reason = Some("due by the clock".into());
        request.partly = true;
        request.due = Some(*due);
        request.aims = ids.into_iter().map(|id| (id, None)).collect();
        let refused = match self.perform(session, &request) {
            Ok(done) => {
                told.done += done.records.len() as u64;
                done.refused
            }
            Err(error) => match error.into_failure() {
                // One alone, or all of them.
                Failure::Refused(why) => vec![(Id::nil(), String::new(), why)],
                failure @ (Failure::Invalid(_) | Failure::NotFound { .. } | Failure::Stale { .. }) => {
                    vec![(Id::nil(), String::new(), failure.to_string())]
                }
                Failure::RefusedRows(rows) => rows,
                failure => return Err(StoreError::failed(failure)),
            },
        };
        // What another program did between the look and the lock is nobody's trouble.
        told.refused
            .extend(refused.into_iter().filter(|(.., why)| why != NO_LONGER_DUE).map(|(_, title, why)| (title, why)));
        Ok(())
    }

    /// The next records that are due, by their ids.
    fn due_after(
        &self,
        session: &Session,
        due: &Due,
        operation: &Operation,
        after: Option<Id>,
    ) -> Result<Vec<Id>, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", operation.entity.table.name))
                .bind_id(session.tenant.id);
            push_when(&mut statement, session, due, reading.now)?;
            if let Some(after) = after {
                statement.push(" AND c.id > ").bind_id(after);
            }
            statement.push(format!(" ORDER BY c.id LIMIT {BATCH}"));
            Ok(statement.load(reading.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
        })
    }
}

/// Why a record is left alone that was due a moment ago.
pub(super) const NO_LONGER_DUE: &str = "it is no longer due";

/// Looks again, now that the record is locked.
///
/// # Errors
/// [`NO_LONGER_DUE`] where it is not due any more.
pub(super) fn require_due(writing: &mut super::write::Writing<'_>, due: &Due, id: Id) -> Result<(), StoreError> {
    let operation = due.known()?;
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", operation.entity.table.name))
        .bind_id(writing.session.tenant.id)
        .push(" AND c.id = ")
        .bind_id(id);
    push_when(&mut statement, writing.session, due, writing.now)?;
    if statement.load(writing.connection)?.is_empty() { Err(StoreError::refused(NO_LONGER_DUE)) } else { Ok(()) }
}

fn push_when(
    statement: &mut Statement,
    session: &Session,
    due: &Due,
    now: crate::domain::time::Instant,
) -> Result<(), StoreError> {
    use super::model::ColumnKind;
    let today = now.with_timezone(&session.tenant.zone).date_naive();
    statement.push(" AND (");
    let mut rest = due.when;
    while let Some((before, behind)) = rest.split_once('{') {
        let (word, behind) = behind.split_once('}').ok_or_else(|| StoreError::unexpected(due.when))?;
        statement.push(before.to_owned());
        match word {
            "now" => statement.bind_instant(now),
            "today" => statement.bind(ColumnKind::Date, Value::Date(today))?,
            _ => return Err(StoreError::unexpected(due.when)),
        };
        rest = behind;
    }
    statement.push(rest.to_owned()).push(")");
    Ok(())
}
