//! What belongs to a device besides itself: access servers, owners, second parents, silences, hooks, runbooks.

use super::entity::Entity;
use super::operation::Operation;

pub(super) static ENTITIES: &[&Entity] = &[];

pub(super) static OPERATIONS: &[Operation] = &[];
