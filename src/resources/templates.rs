//! Templates of configurations.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
