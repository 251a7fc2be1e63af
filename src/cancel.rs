//! A flag that stops what runs elsewhere.

use std::sync::Arc;

use tokio::sync::watch;

/// Set once, seen by every clone, at once.
#[derive(Debug, Clone)]
pub struct CancellationFlag {
    set: Arc<watch::Sender<bool>>,
}

impl Default for CancellationFlag {
    fn default() -> Self {
        Self { set: Arc::new(watch::Sender::new(false)) }
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
        self.set.send_replace(true);
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.set.borrow()
    }

    /// Waits until it is set.
    pub async fn cancelled(&self) {
        // The sender lives as long as `self`, so the wait ends only by the flag.
        let _ = self.set.subscribe().wait_for(|set| *set).await;
    }
}
