//! The poller: when each check is due, what its probe brought back, what that makes of the device, and what is written.
//!
//! * [`probes`]: ICMP and TCP, one thread each;
//! * [`schedule`]: a timer wheel that knows when every check is due;
//! * [`fleet`]: every check and device watched here, as a state machine without clock, sockets or tasks;
//! * [`engine`]: runs the fleet: due checks to the prober, answers back, changes to the recorder;
//! * [`record`]: what the recorder is given, and when;
//! * [`metrics`]: its figures for a collector;
//! * [`service`]: all of it on a database: a round, a poller that runs on, one device checked now.
//!
//! The rules themselves (soft and hard, flapping, precedence, windows) are in [`crate::domain::health`].

pub use crate::cancel;
pub mod engine;
pub mod fleet;
pub mod metrics;
pub mod probes;
pub mod record;
pub mod schedule;
pub mod service;
pub mod target;

pub use crate::domain::Id;
