//! Papers that run out.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
