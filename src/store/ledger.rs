//! The chart of accounts and the journal.

use super::entity::Entity;
use super::operation::Operation;

pub(super) static ENTITIES: &[&Entity] = &[];

pub(super) static OPERATIONS: &[Operation] = &[];
