//! What belongs to a device besides itself: access servers, owners, second parents, silences, hooks, runbooks.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
