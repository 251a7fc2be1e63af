//! Orders and their lines.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
