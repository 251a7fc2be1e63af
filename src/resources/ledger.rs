//! The chart of accounts and the journal.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
