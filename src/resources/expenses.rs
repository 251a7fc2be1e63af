//! Money that goes out, once or again and again.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
