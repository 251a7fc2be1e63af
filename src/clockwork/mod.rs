//! What falls due by the clock: bookings begin and end, invoices become overdue, contracts and vouchers expire,
//! partitions are made ahead, what grew old goes, the outbox is emptied.
//!
//! A [`pass`] does all that is due now; [`run`] makes one every [`EVERY`], in the one program that holds the database's
//! lease. Each thing is found by an index and done once, whoever does it: what was done is not due any more.

mod letters;
mod runner;

use crate::store::due::{self, DueDone};
use crate::store::retention;
use crate::store::session::Program;
use crate::store::{Session, Store, StoreError};

pub use letters::{Deliver, Post};
pub use runner::{EVERY, run};

/// What a pass over all tenants has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// How many records each operation was done to, where it was to any.
    pub done: Vec<(&'static str, u64)>,
    /// What was due and could not be done: the operation, the record, why.
    pub refused: Vec<(&'static str, String, String)>,
    /// Partitions that were made, and dropped.
    pub partitions: (i64, i64),
    /// Rows that had grown old.
    pub old_rows: u64,
    /// Letters that arrived, and that did not.
    pub letters: (u64, u64),
}

impl Pass {
    fn count(&mut self, operation: &'static str, done: DueDone) {
        if done.done > 0 {
            match self.done.iter_mut().find(|(name, _)| *name == operation) {
                Some((_, count)) => *count += done.done,
                None => self.done.push((operation, done.done)),
            }
        }
        self.refused.extend(done.refused.into_iter().map(|(title, why)| (operation, title, why)));
    }

    /// How many records something was done to.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.done.iter().map(|(_, count)| count).sum()
    }
}

/// Does all that is due now, for every tenant that is at work. `still` is asked between any two things: `false` ends
/// the pass early, where this program is to stop or has lost its lease.
///
/// # Errors
/// What the database says; what was done before stays done.
pub fn pass(store: &Store, post: &Post, still: &mut dyn FnMut() -> bool) -> Result<Pass, StoreError> {
    let mut told = Pass::default();
    let sessions = store.program_sessions(Program::Clock)?;
    for session in &sessions {
        for due in due::ALL {
            if !still() {
                return Ok(told);
            }
            told.count(due.operation, store.do_due(session, due)?);
        }
        if store.expire_tenant(session)? {
            told.count("tenants.expire", DueDone { done: 1, refused: Vec::new() });
            continue;
        }
        let (arrived, failed) = letters::deliver(store, session, post)?;
        told.letters = (told.letters.0 + arrived, told.letters.1 + failed);
    }
    Ok(told)
}

/// Makes room: partitions of the coming months are made, what grew old goes. Needs to be done once an hour at most.
///
/// # Errors
/// What the database says; what was done before stays done.
pub fn sweep(store: &Store, told: &mut Pass, still: &mut dyn FnMut() -> bool) -> Result<(), StoreError> {
    told.partitions.0 += store.make_partitions()?;
    let sessions = store.program_sessions(Program::Clock)?;
    for kept in retention::ALL {
        if !still() {
            return Ok(());
        }
        sweep_table(store, kept, &sessions, told)?;
    }
    Ok(())
}

fn sweep_table(store: &Store, kept: &retention::Kept, sessions: &[Session], told: &mut Pass) -> Result<(), StoreError> {
    // Tenants share a partition: it goes when the one that keeps longest needs it no more.
    let mut longest = None;
    for session in sessions {
        let days = store.days_kept(session, kept)?;
        longest = longest.max(Some(days));
        told.old_rows += store.delete_old(session, kept, kept.since(store.now(), days))?;
    }
    if let Some(days) = longest {
        told.partitions.1 += store.drop_partitions(kept, kept.since(store.now(), days))?;
    }
    Ok(())
}
