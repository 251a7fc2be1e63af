//! The poller: what the command line calls of it.

/// A flag that stops what runs elsewhere.
pub mod cancel {
    use std::sync::Arc;

    use tokio::sync::watch;

    /// Set once, seen by every clone, at once.
    #[derive(Debug, Clone)]
    pub struct CancellationFlag(Arc<watch::Sender<bool>>);

    impl Default for CancellationFlag {
        fn default() -> Self {
            Self(Arc::new(watch::Sender::new(false)))
        }
    }

    impl CancellationFlag {
        /// A flag that is not set.
        #[must_use]
        pub fn new() -> Self {
            Self::default()
        }

        /// Sets it, for good.
        pub fn cancel(&self) {
            self.0.send_replace(true);
        }
    }
}

/// What is sent and what comes back.
pub mod probes {
    /// Pings.
    pub mod icmp {
        /// How ICMP may be sent from here.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Permission {
            Dgram,
            Raw,
            Denied(Denied),
        }

        /// Why ICMP cannot be sent, and what to do about it.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Denied {
            pub why: String,
            pub what_to_do: String,
        }

        /// Whether ICMP may be sent from here, and how.
        #[must_use]
        pub fn permission() -> Permission {
            Permission::Denied(Denied { why: "this build does not ping".into(), what_to_do: "use TCP checks".into() })
        }
    }
}

/// The poller as a service.
pub mod service {
    use super::cancel::CancellationFlag;
    use crate::domain::Id;
    use crate::store::{Session, Store, StoreError};

    /// What one round found.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct RoundSummary {
        pub checks: usize,
        pub devices: usize,
        pub seconds: f64,
        pub up: usize,
        pub degraded: usize,
        pub down: usize,
        pub unreachable: usize,
        pub unknown: usize,
    }

    /// Carries every enabled check to a hard verdict.
    ///
    /// # Errors
    /// What the database says.
    pub fn once(_store: &Store) -> Result<RoundSummary, StoreError> {
        Err(StoreError::refused("this build does not poll"))
    }

    /// Polls until it is stopped.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run(_store: Store, _stop: CancellationFlag) -> Result<(), StoreError> {
        Err(StoreError::refused("this build does not poll"))
    }

    /// Probes one device now: a line for each thing that was sent and what came.
    ///
    /// # Errors
    /// What the database says.
    pub fn check_device(_store: &Store, _session: &Session, _device: Id) -> Result<Vec<String>, StoreError> {
        Err(StoreError::refused("this build does not poll"))
    }
}
