//! Messages to customers: the states of their delivery.

use super::lifecycle::{Lifecycle, Move};

/// queued → sent → delivered; queued, sent → failed. What providers report, not what people decide.
pub const DELIVERY: Lifecycle = Lifecycle {
    of: "message",
    states: &["queued", "sent", "failed", "delivered"],
    initial: "queued",
    moves: &[
        Move { verb: "send", from: &["queued"], to: "sent" },
        Move { verb: "deliver", from: &["sent"], to: "delivered" },
        Move { verb: "fail", from: &["queued", "sent"], to: "failed" },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed = [("queued", "sent"), ("sent", "delivered"), ("queued", "failed"), ("sent", "failed")];
        for from in DELIVERY.states {
            for to in DELIVERY.states {
                let open = DELIVERY.moves.iter().any(|m| m.to == *to && DELIVERY.follow(m.verb, from) == Ok(*to));
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
    }
}
