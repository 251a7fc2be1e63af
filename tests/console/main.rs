//! The console: the program in a real pseudo-terminal, its updates without one, and how it looks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acting;
mod ahead;
mod amounts;
mod bytes;
#[path = "../common/mod.rs"]
mod common;
mod desk;
mod doing;
mod everywhere;
mod files;
#[allow(dead_code)] // what the matrices of the store need besides
#[path = "../fixtures/mod.rs"]
mod fixtures;
mod forms;
mod guard;
mod hand;
mod hints;
mod journey;
mod language;
mod lines;
mod looks;
mod person;
mod pictures;
mod pointing;
mod proxy;
mod saving;
mod scripts;
mod second_factor;
mod shapes;
mod shift;
mod travel;
mod updates;
mod watching;
