//! Drawings of what is connected with what, and their review.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
