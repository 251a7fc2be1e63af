//! Pools of addresses and who has which.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
