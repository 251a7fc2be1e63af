//! Outside systems: their settings, what was exchanged, what they told us.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
