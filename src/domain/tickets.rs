//! What customers report: the states of a ticket.

use super::lifecycle::{Lifecycle, Move};

pub const PRIORITIES: &[&str] = &["low", "medium", "high"];
pub const CATEGORIES: &[&str] = &["network", "hardware", "software", "other"];
pub const LINKS: &[&str] = &["duplicate", "child", "related"];

/// open → in_progress → resolved → closed; resolved → open.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "ticket",
    states: &["open", "in_progress", "resolved", "closed"],
    initial: "open",
    moves: &[
        Move { verb: "start", from: &["open"], to: "in_progress" },
        Move { verb: "resolve", from: &["in_progress"], to: "resolved" },
        Move { verb: "close", from: &["resolved"], to: "closed" },
        Move { verb: "reopen", from: &["resolved"], to: "open" },
    ],
};

/// Whether somebody is still to see to a ticket in this state.
#[must_use]
pub fn is_open(status: &str) -> bool {
    matches!(status, "open" | "in_progress")
}
