//! Customers: their states, and what must be true of one.

use super::lifecycle::{Lifecycle, Move};

/// active ⇄ suspended; active → expired → active (renew, which an active one may before its time); any → terminated, which
/// is final.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "customer",
    states: &["active", "suspended", "expired", "terminated"],
    initial: "active",
    moves: &[
        Move { verb: "suspend", from: &["active"], to: "suspended" },
        Move { verb: "reactivate", from: &["suspended"], to: "active" },
        Move { verb: "expire", from: &["active"], to: "expired" },
        Move { verb: "renew", from: &["active", "expired"], to: "active" },
        Move { verb: "terminate", from: &["active", "suspended", "expired"], to: "terminated" },
    ],
};

/// How a customer's line is signed in.
pub const CONNECTION_TYPES: &[&str] = &["pppoe", "hotspot", "dhcp", "static"];

/// Whether the text has the shape of an e-mail address: one `@`, something before it, a host with
/// inner dots or one name behind it, no blanks. Whether anybody reads it only a message can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    plain(local) && !local.contains('@') && plain(host) && host.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_listed_moves_are_open() {
        let listed = [
            ("active", "active"),
            ("active", "suspended"),
            ("suspended", "active"),
            ("active", "expired"),
            ("expired", "active"),
            ("active", "terminated"),
            ("suspended", "terminated"),
            ("expired", "terminated"),
        ];
        for from in LIFECYCLE.states {
            for to in LIFECYCLE.states {
                let open = LIFECYCLE.moves.iter().any(|m| m.to == *to && LIFECYCLE.follow(m.verb, from) == Ok(*to));
                assert_eq!(open, listed.contains(&(*from, *to)), "{from} → {to}");
            }
        }
        let refusal = LIFECYCLE.follow("suspend", "expired").err();
        assert_eq!(
            refusal.as_deref(),
            Some("cannot suspend: the customer is expired; open from there: renew, terminate")
        );
        let last = LIFECYCLE.follow("renew", "terminated").err();
        assert_eq!(last.as_deref(), Some("cannot renew: the customer is terminated, which is final"));
    }

    #[test]
    fn an_email_has_a_name_and_a_host() {
        for good in ["a@b", "amina.wanjiru@example.co.ke", "\"a b\"x@h".replace(' ', "").as_str(), "ä@bücher.example"]
        {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b..c", "a@@b", "a@b\n"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
