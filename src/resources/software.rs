//! Software, its versions, and what runs on which device.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
