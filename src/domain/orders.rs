//! Orders: their states.

use super::lifecycle::{Lifecycle, Move};

/// created → sent → in_fulfillment → fulfilled; created, sent → cancelled.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "order",
    states: &["created", "sent", "in_fulfillment", "fulfilled", "cancelled"],
    initial: "created",
    moves: &[
        Move { verb: "send", from: &["created"], to: "sent" },
        Move { verb: "start_fulfillment", from: &["sent"], to: "in_fulfillment" },
        Move { verb: "fulfill", from: &["in_fulfillment"], to: "fulfilled" },
        Move { verb: "cancel", from: &["created", "sent"], to: "cancelled" },
    ],
};
