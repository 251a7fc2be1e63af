//! Subscribers on line, now and before.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
