//! Contracts and what follows them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
