//! What bookings are made from and held to: favourites, series, waiting lists, policies.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
