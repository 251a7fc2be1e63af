//! What an operation over many records left as it was: row by row, each with its reason.

use crate::console::widgets::shown::Shown;
use crate::domain::Id;
use crate::resources::Resource;
use crate::store::{Operation, Request};

/// Records that were left alone.
#[derive(Debug)]
pub struct LeftAlone {
    pub resource: &'static Resource,
    pub operation: &'static Operation,
    /// What was asked for, for asking it again of these.
    request: Request,
    /// How many were done.
    pub done: usize,
    /// Each record, what it is called, and why.
    pub rows: Vec<(Id, String, String)>,
    pub cursor: usize,
    /// It came unasked: a key that was meant for what lay there before does nothing.
    pub shown: Shown,
}

impl LeftAlone {
    #[must_use]
    pub fn new(resource: &'static Resource, request: &Request, done: usize, rows: Vec<(Id, String, String)>) -> Self {
        Self {
            resource,
            operation: request.operation,
            request: request.clone(),
            done,
            rows,
            cursor: 0,
            shown: Shown::default(),
        }
    }

    /// The same of the rest, as they are now: a new operation, which one undo takes back.
    #[must_use]
    pub fn again(&self) -> Request {
        let mut again = Request::new(self.operation);
        again.values.clone_from(&self.request.values);
        again.reason.clone_from(&self.request.reason);
        again.partly = self.rows.len() > 1;
        self.rows.iter().fold(again, |again, (id, ..)| again.on(*id, None))
    }
}
