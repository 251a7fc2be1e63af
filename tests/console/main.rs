//! The console: the program in a real pseudo-terminal, its updates without one, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acting;
#[path = "../common/mod.rs"]
mod common;
mod forms;
mod hand;
mod looks;
mod person;
mod pictures;
mod proxy;
mod shift;
mod updates;
mod watching;
