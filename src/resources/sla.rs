//! How soon a ticket is answered and solved: policies, calendars, holidays, macros.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
