//! Messages to customers and the gateways that send them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
