//! Vendors, and what is ordered from them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
