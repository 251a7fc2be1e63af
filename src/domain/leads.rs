//! Leads: how far one can have come, and the steps between.

use super::lifecycle::{Lifecycle, Move};

const BEFORE_WON: &[&str] = &["new", "contacted", "qualified", "feasibility", "proposal", "negotiation"];

/// new → contacted → qualified → feasibility → proposal → negotiation → won → in_progress → installed. Steps may be
/// skipped forward, never back, but a lost one may be reopened. Before it is won it may be lost; until it is installed
/// it may be cancelled.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "lead",
    states: &[
        "new",
        "contacted",
        "qualified",
        "feasibility",
        "proposal",
        "negotiation",
        "won",
        "in_progress",
        "installed",
        "lost",
        "cancelled",
    ],
    initial: "new",
    moves: &[
        Move { verb: "contact", from: &["new"], to: "contacted" },
        Move { verb: "qualify", from: &["new", "contacted"], to: "qualified" },
        Move { verb: "check_feasibility", from: &["new", "contacted", "qualified"], to: "feasibility" },
        Move { verb: "propose", from: &["new", "contacted", "qualified", "feasibility"], to: "proposal" },
        Move {
            verb: "negotiate",
            from: &["new", "contacted", "qualified", "feasibility", "proposal"],
            to: "negotiation",
        },
        Move { verb: "win", from: BEFORE_WON, to: "won" },
        Move {
            verb: "start",
            from: &["new", "contacted", "qualified", "feasibility", "proposal", "negotiation", "won"],
            to: "in_progress",
        },
        Move {
            verb: "install",
            from: &["new", "contacted", "qualified", "feasibility", "proposal", "negotiation", "won", "in_progress"],
            to: "installed",
        },
        Move { verb: "lose", from: BEFORE_WON, to: "lost" },
        Move {
            verb: "cancel",
            from: &["new", "contacted", "qualified", "feasibility", "proposal", "negotiation", "won", "in_progress"],
            to: "cancelled",
        },
        Move { verb: "reopen", from: &["lost"], to: "new" },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_forward_and_may_be_skipped() {
        let way = &LIFECYCLE.states[..9];
        for (at, from) in LIFECYCLE.states.iter().enumerate() {
            for (place, to) in LIFECYCLE.states.iter().enumerate() {
                let open = LIFECYCLE.moves.iter().any(|m| m.to == *to && LIFECYCLE.follow(m.verb, from) == Ok(*to));
                let wanted = match *to {
                    "lost" => at < 6,
                    "cancelled" => at < 8,
                    "new" => *from == "lost",
                    _ => way.contains(from) && place > at,
                };
                assert_eq!(open, wanted, "{from} → {to}");
            }
        }
        let back = LIFECYCLE.follow("qualify", "negotiation").err();
        assert_eq!(
            back.as_deref(),
            Some("cannot qualify: the lead is negotiation; open from there: win, start, install, lose, cancel")
        );
    }
}
