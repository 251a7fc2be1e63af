//! Payments, those that are asked for on a phone, and the gateways.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
