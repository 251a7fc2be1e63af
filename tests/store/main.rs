#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The store, through its own door, on both databases.

#[path = "../common/mod.rs"]
mod common;

mod smoke;
