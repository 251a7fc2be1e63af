//! Who may do what: permissions and their union, passwords, throttling of guesses, idle locking.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::lifecycle::{Lifecycle, Move};
use super::text;
use super::time::Instant;

/// pending → active ⇄ suspended; any → deleted (the row stays).
pub const USER_LIFECYCLE: Lifecycle = Lifecycle {
    of: "user",
    states: &["pending", "active", "suspended", "deleted"],
    initial: "active",
    moves: &[
        Move { verb: "enable", from: &["pending"], to: "active" },
        Move { verb: "lock", from: &["active"], to: "suspended" },
        Move { verb: "unlock", from: &["suspended"], to: "active" },
        Move { verb: "delete", from: &["pending", "active", "suspended"], to: "deleted" },
    ],
};

/// trial → active ⇄ suspended; trial, active → expired → active.
pub const TENANT_LIFECYCLE: Lifecycle = Lifecycle {
    of: "organisation",
    states: &["trial", "active", "suspended", "expired"],
    initial: "active",
    moves: &[
        Move { verb: "activate", from: &["trial", "suspended", "expired"], to: "active" },
        Move { verb: "suspend", from: &["active"], to: "suspended" },
        Move { verb: "expire", from: &["trial", "active"], to: "expired" },
    ],
};

/// active ⇄ inactive; active, inactive → suspended → active.
pub const ASSIGNMENT_LIFECYCLE: Lifecycle = Lifecycle {
    of: "role assignment",
    states: &["active", "inactive", "suspended"],
    initial: "active",
    moves: &[
        Move { verb: "activate", from: &["inactive", "suspended"], to: "active" },
        Move { verb: "deactivate", from: &["active"], to: "inactive" },
        Move { verb: "suspend", from: &["active", "inactive"], to: "suspended" },
    ],
};

/// What a person may do: a set of `domain.verb`, `domain.*` or `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    granted: BTreeSet<String>,
    removed: BTreeSet<String>,
    /// What a token was made for: nothing beyond these, whatever is granted.
    narrowed: Option<BTreeSet<String>>,
}

impl Permissions {
    /// The union of the active roles' permissions and what was added, without what was removed:
    /// removal wins.
    pub fn new<S: Into<String>>(
        roles: impl IntoIterator<Item = S>,
        added: impl IntoIterator<Item = S>,
        removed: impl IntoIterator<Item = S>,
    ) -> Self {
        let granted = roles.into_iter().chain(added).map(Into::into).collect();
        Self { granted, removed: removed.into_iter().map(Into::into).collect(), narrowed: None }
    }

    /// Everything: for the program's own sessions.
    #[must_use]
    pub fn all() -> Self {
        Self::new(["*"], [], [])
    }

    /// The same, but nothing beyond what is named here.
    #[must_use]
    pub fn narrowed<S: Into<String>>(self, to: impl IntoIterator<Item = S>) -> Self {
        Self { narrowed: Some(to.into_iter().map(Into::into).collect()), ..self }
    }

    /// Whether `permission` (`customers.suspend`) is granted and not removed.
    #[must_use]
    pub fn allow(&self, permission: &str) -> bool {
        holds(&self.granted, permission)
            && !holds(&self.removed, permission)
            && self.narrowed.as_ref().is_none_or(|narrowed| holds(narrowed, permission))
    }

    /// Whether all that a permission stands for is allowed, so that it may be given away: `customers.*` is not, where
    /// `customers.terminate` was removed.
    #[must_use]
    pub fn cover(&self, permission: &str) -> bool {
        self.allow(permission) && !self.removed.iter().any(|removed| overlap(permission, removed))
    }

    /// What is granted, as it is kept.
    pub fn granted(&self) -> impl Iterator<Item = &str> {
        self.granted.iter().map(String::as_str)
    }

    /// What is removed, as it is kept.
    pub fn removed(&self) -> impl Iterator<Item = &str> {
        self.removed.iter().map(String::as_str)
    }
}

/// Whether two permissions stand for something in common.
fn overlap(a: &str, b: &str) -> bool {
    fn parts(permission: &str) -> (&str, &str) {
        permission.split_once('.').unwrap_or((permission, "*"))
    }
    let same = |a: &str, b: &str| a == b || a == "*" || b == "*";
    let ((domain, verb), (other_domain, other_verb)) = (parts(a), parts(b));
    same(domain, other_domain) && same(verb, other_verb)
}

fn holds(set: &BTreeSet<String>, permission: &str) -> bool {
    let whole_domain = permission.split_once('.').map(|(domain, _)| format!("{domain}.*"));
    let any_verb = permission.split_once('.').map(|(_, verb)| format!("*.{verb}"));
    set.contains(permission)
        || set.contains("*")
        || whole_domain.is_some_and(|domain| set.contains(&domain))
        || any_verb.is_some_and(|verb| set.contains(&verb))
}

/// The fingerprint of a public key as SSH shows it, and the comment that stands behind the key.
///
/// # Errors
/// That this is no public key, and what one looks like.
pub fn public_key(line: &str) -> Result<(String, String), String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use sha2::{Digest as _, Sha256};
    let wrong = || "is not a public key as in ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… NAME".to_owned();
    let mut parts = line.trim().splitn(3, char::is_whitespace);
    let (kind, body, comment) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    let (Some(kind), Some(body)) = (kind, body) else { return Err(wrong()) };
    let blob = STANDARD.decode(body).map_err(|_| wrong())?;
    // The key itself begins with the length and name of its kind.
    let named = blob.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize);
    if named.and_then(|length| blob.get(4..4 + length)) != Some(kind.as_bytes()) || blob.len() <= 4 + kind.len() {
        return Err(wrong());
    }
    Ok((format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&blob))), comment.trim().to_owned()))
}

/// Passwords everybody tries first; more than the length rule lets through anyway is not needed.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "123456789012",
    "1234567890",
    "qwertyuiop",
    "iloveyou",
    "administrator",
    "letmein",
    "welcome",
    "changeme",
    "correcthorsebatterystaple",
    "superman",
    "football",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "trustno1",
    "abc123",
    "111111111111",
    "000000000000",
    "asdfghjkl",
    "zxcvbnm",
    "headend",
];

/// What stands beside a known word in a password, in letters and digits: `123456` is not enough.
const LEAST_BESIDE_A_KNOWN_WORD: usize = 8;

/// The shortest password of an administrator without a second factor, in characters.
pub const ADMIN_PASSWORD: usize = 15;
/// The shortest password of anybody else, in characters.
pub const USER_PASSWORD: usize = 12;

/// Whether a password may be set: long enough, at most 1024 bytes, not a common one, not made of the
/// person's or the house's own names. No rules of composition (ASVS 5, 6.2.5).
///
/// # Errors
/// What is wrong with it, without repeating it.
pub fn check_password(password: &str, least: usize, context: &[&str]) -> Result<(), String> {
    if password.chars().count() < least {
        return Err(format!("a password needs at least {least} characters: a few words do well"));
    }
    if password.len() > 1_024 {
        return Err("a password has at most 1024 bytes".into());
    }
    let folded: String = text::fold(password).chars().filter(|c| c.is_alphanumeric()).collect();
    let mut letters: Vec<char> = folded.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 4 {
        return Err("a password of so few different characters is guessed at once".into());
    }
    let known = COMMON.iter().copied().chain(context.iter().copied()).map(|word| text::fold(word).replace(' ', ""));
    for word in known.filter(|word| word.chars().count() >= 4) {
        // What remains beside the known word must be worth something by itself.
        let rest = folded.replace(&word, "");
        if rest.len() < folded.len() && rest.chars().count() < LEAST_BESIDE_A_KNOWN_WORD {
            return Err(
                "that password is among the first ones that are tried: it is common or made of known names".into()
            );
        }
    }
    Ok(())
}

/// Failures in a row before guesses are slowed down.
const FREE_FAILURES: i32 = 5;

/// How long the next try must wait after so many failures in a row: nothing up to five, then 1, 2,
/// 4 … seconds up to 15 minutes.
#[must_use]
pub fn throttle(failures: i32) -> TimeDelta {
    if failures < FREE_FAILURES {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(failures - FREE_FAILURES).unwrap_or(0).min(10);
    TimeDelta::seconds(2_i64.pow(doublings).min(900))
}

/// Failures after this long without another are forgotten.
#[must_use]
pub fn forget_failures_after() -> TimeDelta {
    TimeDelta::hours(24)
}

/// When a session of a person ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without a key: locked.
    pub lock_after: TimeDelta,
    /// Without a key: signed out.
    pub sign_out_after: TimeDelta,
    /// From log-in on, whatever happens.
    pub lasts: TimeDelta,
}

/// Lock at 10 minutes, sign-out at 60, 12 hours at most.
pub const SESSION_LIMITS: SessionLimits = SessionLimits {
    lock_after: TimeDelta::minutes(10),
    sign_out_after: TimeDelta::minutes(60),
    lasts: TimeDelta::hours(12),
};

/// Whether a session that began then may go on now.
#[must_use]
pub fn session_lives(expires_at: Instant, revoked: bool, now: Instant) -> bool {
    !revoked && now < expires_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removal_wins_over_every_grant() {
        let may = Permissions::new(["customers.*", "devices.read"], ["plans.update"], ["customers.terminate"]);
        for (permission, allowed) in [
            ("customers.read", true),
            ("customers.terminate", false),
            ("devices.read", true),
            ("devices.update", false),
            ("plans.update", true),
            ("plans.read", false),
        ] {
            assert_eq!(may.allow(permission), allowed, "{permission}");
        }
        assert!(Permissions::new(["*.read"], [], []).allow("devices.read"));
        assert!(!Permissions::new(["*"], [], ["*.update"]).allow("devices.update"));
        assert!(!Permissions::new(["*"], [], ["devices.*"]).allow("devices.read"));
        assert!(Permissions::all().allow("anything.at_all"));
        assert!(!Permissions::default().allow("customers.read"));
    }

    #[test]
    fn nobody_gives_what_they_have_not() {
        let may = Permissions::new(["*"], [], ["customers.terminate"]);
        for (permission, covered) in [
            ("customers.suspend", true),
            ("devices.*", true),
            ("*.read", true),
            ("customers.terminate", false),
            ("customers.*", false),
            ("*.terminate", false),
            ("*", false),
        ] {
            assert_eq!(may.cover(permission), covered, "{permission}");
        }
        let token = Permissions::all().narrowed(["customers.read", "devices.*"]);
        for (permission, allowed) in [
            ("customers.read", true),
            ("customers.update", false),
            ("devices.update", true),
            ("*", false),
            ("devices.*", true),
        ] {
            assert_eq!((token.allow(permission), token.cover(permission)), (allowed, allowed), "{permission}");
        }
        // What its person may not do a token does not either.
        assert!(!Permissions::new(["devices.read"], [], []).narrowed(["*"]).allow("devices.update"));
    }

    #[test]
    fn keys_have_the_fingerprint_that_ssh_shows() {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github";
        assert_eq!(public_key(key), Ok(("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU".into(), "github".into())));
        for bad in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 ???",
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        ] {
            assert!(public_key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn guesses_get_slower() {
        let waits: Vec<i64> = [0, 4, 5, 6, 7, 14, 15, 500].map(|n| throttle(n).num_seconds()).into();
        assert_eq!(waits, [0, 0, 1, 2, 4, 512, 900, 900]);
        // S1: at most ten tries in the first minute, at most thirty in the first hour.
        let tries_within = |limit: i64| {
            let (mut clock, mut failures) = (0, 0);
            while clock <= limit {
                failures += 1;
                clock += throttle(failures).num_seconds();
            }
            failures
        };
        assert!(tries_within(60) <= 11 && tries_within(3_600) <= 30);
    }

    #[test]
    fn passwords_are_long_and_not_everybodys() {
        for good in ["seven wet otters sing", "Tr0ub4dor&3 and more", "müßiggang am teich"] {
            assert_eq!(check_password(good, USER_PASSWORD, &["fibernet", "amina"]), Ok(()), "{good}");
        }
        for bad in [
            "short",
            "aaaaaaaaaaaaaaaaa",
            "password123456"[..14].trim(),
            "Amina-2026!!!",
            "fibernet fibernet",
            "changeme changeme",
        ] {
            assert!(check_password(bad, USER_PASSWORD, &["fibernet", "amina"]).is_err(), "{bad}");
        }
        assert!(check_password(&"x1y2".repeat(300), USER_PASSWORD, &[]).is_err());
    }
}
