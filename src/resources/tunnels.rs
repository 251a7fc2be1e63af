//! Devices reached through a tunnel.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
