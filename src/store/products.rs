//! What is sold by contract, what it costs by quantity, and how long it may run.

use super::entity::Entity;
use super::operation::Operation;

pub(super) static ENTITIES: &[&Entity] = &[];

pub(super) static OPERATIONS: &[Operation] = &[];
