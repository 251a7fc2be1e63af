//! What people did in the made-up provider before one looks: sales, contracts, stock, jobs, tickets, bookings, money.
//! Each step is an operation as a person would do it, through the same door, so that histories, ledgers and numbers are
//! what they would be.

use serde::Deserialize;
use std::collections::BTreeMap;

use crate::store::operation::{self, Request, read_values};
use crate::store::{Failure, Session, Store, StoreError};

const DAY: &str = include_str!("../../../assets/demo/day.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    steps: Vec<Step>,
}

/// One thing that somebody did.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The operation.
    #[serde(rename = "do")]
    operation: String,
    /// The record that it was done to, by number or name.
    on: Option<String>,
    /// What was given with it, as people write it; times count from now.
    #[serde(default)]
    with: BTreeMap<String, String>,
}

/// Does everything that was done.
pub(super) fn live(store: &Store, session: &Session) -> Result<(), StoreError> {
    let day: Day = toml::from_str(DAY).map_err(|error| StoreError::unexpected(format!("assets/demo: {error}")))?;
    day.steps.iter().enumerate().try_for_each(|(index, step)| {
        step.take(store, session).map_err(|error| match error.failure() {
            Failure::Unreachable(_) | Failure::Busy | Failure::Unusable(_) => error,
            _ => StoreError::unexpected(format!("assets/demo, step {}: {}: {error}", index + 1, step.operation)),
        })
    })
}

impl Step {
    fn take(&self, store: &Store, session: &Session) -> Result<(), StoreError> {
        let operation = operation::find(&self.operation).ok_or_else(|| StoreError::unexpected("no such operation"))?;
        let mut request = Request::new(operation);
        let written = self.with.iter().map(|(field, text)| (field.as_str(), text.as_str()));
        request.values = read_values(operation, written, session.locale(store.now()))?;
        if let Some(on) = &self.on {
            let record = store.get_named(session, operation.entity, on)?;
            request = request.on(record.id, None);
        }
        store.perform(session, &request).map(|_| ())
    }
}
