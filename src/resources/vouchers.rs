//! Vouchers and the batches that they are made in.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
