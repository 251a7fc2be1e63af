//! What outside systems tell us, and how often it is tried.

use super::lifecycle::{Lifecycle, Move};

/// The kinds of outside system.
pub const PROVIDER_TYPES: &[&str] = &["auth", "crm", "billing", "payment", "sms"];

/// pending → processing → processed | failed; failed → pending, to be tried again.
pub const WEBHOOK_EVENT: Lifecycle = Lifecycle {
    of: "webhook event",
    states: &["pending", "processing", "processed", "failed"],
    initial: "pending",
    moves: &[
        Move { verb: "process", from: &["pending"], to: "processing" },
        Move { verb: "complete", from: &["processing"], to: "processed" },
        Move { verb: "fail", from: &["processing"], to: "failed" },
        Move { verb: "retry", from: &["failed"], to: "pending" },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed =
            [("pending", "processing"), ("processing", "processed"), ("processing", "failed"), ("failed", "pending")];
        for from in WEBHOOK_EVENT.states {
            for to in WEBHOOK_EVENT.states {
                let open = WEBHOOK_EVENT.open_from(from).any(|m| m.to == *to);
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
    }
}
