//! The store, through its own door, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod fixtures;
mod snapshot;

mod audited;
mod login;
mod permissions;
mod records;
mod tenants;
mod undo;
