//! Visits to customers: their states.

use super::lifecycle::{Lifecycle, Move};

pub const JOB_TYPES: &[&str] = &["new_install", "upgrade", "repair"];
pub const PRIORITIES: &[&str] = &["low", "medium", "high"];

/// pending → in_progress → completed; pending, in_progress → cancelled.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "job",
    states: &["pending", "in_progress", "completed", "cancelled"],
    initial: "pending",
    moves: &[
        Move { verb: "start", from: &["pending"], to: "in_progress" },
        Move { verb: "complete", from: &["in_progress"], to: "completed" },
        Move { verb: "cancel", from: &["pending", "in_progress"], to: "cancelled" },
    ],
};
