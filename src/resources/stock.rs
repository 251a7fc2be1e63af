//! What lies in stock: items, places, pieces, and every transaction.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
