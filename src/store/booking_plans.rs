//! What bookings are made from and held to: favourites, series, waiting lists, policies.

use super::entity::Entity;
use super::operation::Operation;

pub(super) static ENTITIES: &[&Entity] = &[];

pub(super) static OPERATIONS: &[Operation] = &[];
