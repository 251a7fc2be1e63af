//! What comes into customers' wallets and goes out of them.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
