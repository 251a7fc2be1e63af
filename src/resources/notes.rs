//! What people write about records.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
