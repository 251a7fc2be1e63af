//! What is sold by contract, what it costs by quantity, and how long it may run.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
