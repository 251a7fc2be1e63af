//! What engineers ask the warehouse for, and what is promised to them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
