//! Bookings of devices, alone and in groups, and who shares them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
