//! Shifts: handover, rosters, reminders, pins, watches.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
