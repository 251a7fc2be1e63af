//! Tickets: what is reported, said about it and done.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
