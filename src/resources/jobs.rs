//! Visits to customers and what they use up.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
