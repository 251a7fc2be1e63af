//! The console: the program in a real pseudo-terminal, its updates without one, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acting;
mod amounts;
#[path = "../common/mod.rs"]
mod common;
mod desk;
mod everywhere;
mod forms;
mod guard;
mod hand;
mod journey;
mod looks;
mod person;
mod pictures;
mod pointing;
mod proxy;
mod saving;
mod shapes;
mod shift;
mod travel;
mod updates;
mod watching;
