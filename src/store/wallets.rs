//! What comes into customers' wallets and goes out of them.

use super::entity::Entity;
use super::operation::Operation;

pub(super) static ENTITIES: &[&Entity] = &[];

pub(super) static OPERATIONS: &[Operation] = &[];
