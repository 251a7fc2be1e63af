//! Leads: who may become a customer, what was done about it, and every step on the way.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
