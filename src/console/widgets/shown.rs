//! Whether somebody can have seen what lies on top: a key that was meant for what lay there before does nothing.

use std::time::{Duration, Instant};

/// What lies on top must have been on the screen this long before a key that acts counts.
pub const AFTER_PAINT: Duration = Duration::from_millis(250);

/// When something was on the screen first; never yet in the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown(Option<Instant>);

impl Shown {
    /// To be told after every frame that showed it; only the first counts.
    pub fn painted(&mut self, now: Instant) {
        self.0.get_or_insert(now);
    }

    /// Whether somebody can have seen it by then.
    #[must_use]
    pub fn was_seen(self, by: Instant) -> bool {
        self.0.is_some_and(|at| by.saturating_duration_since(at) >= AFTER_PAINT)
    }
}
