//! The poller: when each check is due, what its probe brought back, what that makes of the device, and what is written.
//!
//! * [`probes`]: ICMP and TCP, one thread each;
//!
//! The rules themselves (soft and hard, flapping, precedence, windows) are in [`crate::domain::health`].

pub mod cancel;
pub mod probes;

/// What names a device or a check.
pub type Id = uuid::Uuid;
