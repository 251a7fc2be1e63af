//! Test scenarios, their steps and reports.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
