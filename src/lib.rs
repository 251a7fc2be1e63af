//! headend: the terminal console from which a network operator runs its day.
//!
//! The rooms of the house, and the only way arrows go between them:
//!
//! `cli, console → exchange, health, clockwork → resources → store → domain`
//!
//! * [`domain`]: the rules, pure: no database, no clock but a passed one, no screen.
//! * [`store`]: the only door to data; everything that writes holds a session.
//! * [`resources`]: what a record looks like to people and files.
//! * [`exchange`]: CSV in and out, built on resources.
//! * [`health`]: the poller: schedule, probes, verdicts, what is recorded.
//! * [`clockwork`]: what falls due by the clock, done once by one program.
//! * [`console`]: the terminal application.
//! * [`cli`]: one file a command.
//! * [`config`]: files, environment, directories and their precedence.
//! * [`cancel`]: how what runs in the background is asked to end.

pub mod cancel;
pub mod cli;
pub mod clockwork;
pub mod config;
pub mod console;
pub mod domain;
pub mod exchange;
pub mod health;
pub mod resources;
pub mod store;
