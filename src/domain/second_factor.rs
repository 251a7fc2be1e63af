//! Second factors: the codes of a generator (TOTP, RFC 6238) and the recovery codes of whoever lost it.

use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Secret as Shared, Totp};

use super::secret::Secret;
use super::time::Instant;

/// What every generator understands, and some understand nothing else: SHA-1, six digits, a code every 30 seconds. The code
/// before and the one after are taken too, for clocks that differ (RFC 6238, 5.2).
const SECONDS: u64 = 30;
const SKEW: u16 = 1;

/// The bytes of a shared secret: as long as the hash (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;
/// The bytes of a recovery code: more than can be guessed (NIST SP 800-63B, 5.1.2 wants 20 bits).
pub const RECOVERY_BYTES: usize = 10;
/// So many recovery codes are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// The characters of a recovery code that stand together.
const GROUP: usize = 4;

/// What a code that was typed turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The code of this step of 30 seconds since 1970.
    Right(i64),
    /// A code that was taken before: each counts once.
    Used,
    Wrong,
}

/// A shared secret as generators take it: base32, without padding.
#[must_use]
pub fn written(bytes: &[u8]) -> Secret {
    Secret::new(Shared::from(bytes).to_base32())
}

fn generator(secret: &Secret) -> Result<Totp, String> {
    let wrong = || "is no secret of a generator: base32 of at least 16 bytes".to_owned();
    let shared = Shared::try_from_base32(secret.reveal()).map_err(|_| wrong())?;
    Builder::new().with_secret(shared).with_skew(SKEW).with_step_duration(SECONDS).build().map_err(|_| wrong())
}

/// Whether this can be the shared secret of a generator.
///
/// # Errors
/// That it cannot, without repeating it.
pub fn check_secret(secret: &Secret) -> Result<(), String> {
    generator(secret).map(|_| ())
}

/// Looks at a code that was typed, with or without blanks between its digits. `last` is the last step whose code was
/// taken: that one and those before it are not taken again (RFC 6238, 5.2).
///
/// # Errors
/// When the secret is none.
pub fn check_code(secret: &Secret, typed: &str, now: Instant, last: Option<i64>) -> Result<Checked, String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let (Ok(seconds), true) = (u64::try_from(now.timestamp()), digits.bytes().all(|b| b.is_ascii_digit())) else {
        return Ok(Checked::Wrong);
    };
    let step = generator(secret)?.check(&digits, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(match step {
        None => Checked::Wrong,
        Some(step) if last.is_some_and(|last| step <= last) => Checked::Used,
        Some(step) => Checked::Right(step),
    })
}

/// The code that the generator shows at a moment.
///
/// # Errors
/// When the secret is none.
pub fn code_at(secret: &Secret, now: Instant) -> Result<String, String> {
    let seconds = u64::try_from(now.timestamp()).map_err(|_| "there are no codes before 1970".to_owned())?;
    Ok(generator(secret)?.generate(seconds).to_string())
}

/// The secret as the link that a generator reads from a picture (Key URI Format). The issuer stands in it once: a picture of
/// it is to fit a small window.
#[must_use]
pub fn link(secret: &Secret, issuer: &str, account: &str) -> Secret {
    let (issuer, account) = (escaped(issuer), escaped(account));
    Secret::new(format!("otpauth://totp/{account}?secret={}&issuer={issuer}", secret.reveal()))
}

/// Percent-encoding of all but what RFC 3986 calls unreserved.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Recovery codes from random bytes, a line each: `abcd-efgh-ijkl-mnop`.
#[must_use]
pub fn recovery_codes(random: &[[u8; RECOVERY_BYTES]]) -> Secret {
    let lines: Vec<String> = random
        .iter()
        .map(|bytes| {
            let code = Shared::from(bytes.as_slice()).to_base32().to_lowercase();
            let groups: Vec<&str> = (0..code.len()).step_by(GROUP).filter_map(|at| code.get(at..at + GROUP)).collect();
            groups.join("-")
        })
        .collect();
    Secret::new(lines.join("\n"))
}

/// Recovery codes one by one, as [`recovery_codes`] makes them.
///
/// # Errors
/// When they are not so many, not so long, or not different ones, without repeating them.
pub fn read_recovery_codes(codes: &Secret) -> Result<Vec<Secret>, String> {
    let is_code = |line: &&str| {
        let groups: Vec<&str> = line.split('-').collect();
        let bare = groups.concat().to_uppercase();
        let is_long = groups.iter().all(|group| group.len() == GROUP);
        is_long && Shared::try_from_base32(&bare).is_ok_and(|code| code.as_ref().len() == RECOVERY_BYTES)
    };
    let lines: std::collections::BTreeSet<&str> = codes.reveal().lines().filter(is_code).collect();
    if lines.len() != RECOVERY_CODES || codes.reveal().lines().count() != RECOVERY_CODES {
        return Err(format!("are {RECOVERY_CODES} different codes such as abcd-efgh-ijkl-mnop, a line each"));
    }
    Ok(codes.reveal().lines().map(|line| Secret::new(line.to_owned())).collect())
}

/// Whether what was typed is this recovery code, however it is grouped and in whatever case.
#[must_use]
pub fn is_recovery_code(code: &str, typed: &str) -> bool {
    let bare = |text: &str| -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
    };
    let (code, typed) = (bare(code), bare(typed));
    !code.is_empty() && bool::from(code.ct_eq(&typed))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = written(b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&secret, at(seconds)).unwrap(), code);
            assert_eq!(check_code(&secret, code, at(seconds), None), Ok(Checked::Right(seconds / 30)));
        }
    }

    #[test]
    fn a_code_counts_once_and_for_the_clocks_that_differ_by_a_step() {
        let secret = written(b"12345678901234567890");
        let code = code_at(&secret, at(3_000)).unwrap();
        for (now, checked) in [
            (2_969, Checked::Wrong),
            (2_970, Checked::Right(100)),
            (3_000, Checked::Right(100)),
            (3_059, Checked::Right(100)),
            (3_060, Checked::Wrong),
        ] {
            assert_eq!(check_code(&secret, &code, at(now), None), Ok(checked), "at {now}");
        }
        assert_eq!(check_code(&secret, &code, at(3_000), Some(99)), Ok(Checked::Right(100)));
        assert_eq!(check_code(&secret, &code, at(3_000), Some(100)), Ok(Checked::Used));
        assert_eq!(check_code(&secret, &code, at(3_000), Some(101)), Ok(Checked::Used));
    }

    #[test]
    fn what_is_no_code_is_wrong_and_blanks_do_not_matter() {
        let secret = written(b"12345678901234567890");
        assert_eq!(check_code(&secret, " 287 082 ", at(59), None), Ok(Checked::Right(1)));
        for typed in ["", "28708", "2870822", "28708a", "２８７０８２", "+87082", "287082\0"] {
            assert_eq!(check_code(&secret, typed, at(59), None), Ok(Checked::Wrong), "{typed:?}");
        }
    }

    #[test]
    fn a_secret_is_base32_and_long_enough() {
        assert!(check_secret(&written(&[7; SECRET_BYTES])).is_ok());
        for wrong in ["", "JBSWY3DPEHPK3PXP", "not base32 at all!", "11111111111111111111111111111111"] {
            let why = check_secret(&Secret::new(wrong.to_owned())).unwrap_err();
            assert!(why.contains("base32") && (wrong.is_empty() || !why.contains(wrong)), "{wrong}: {why}");
        }
    }

    #[test]
    fn the_link_escapes_what_a_link_cannot_hold() {
        let link = link(&Secret::new("ABC".into()), "Fiber & Söhne", "amina@fiber");
        assert_eq!(link.reveal(), "otpauth://totp/amina%40fiber?secret=ABC&issuer=Fiber%20%26%20S%C3%B6hne");
    }

    #[test]
    fn recovery_codes_are_so_many_so_long_and_different() {
        let ten: Vec<[u8; RECOVERY_BYTES]> = (0..10).map(|n| [n; RECOVERY_BYTES]).collect();
        let made = recovery_codes(&ten);
        assert_eq!(read_recovery_codes(&made).unwrap().len(), 10);
        let lines: Vec<&str> = made.reveal().lines().collect();
        let doubled = [&lines[..9], &lines[..1]].concat();
        let short = [&lines[..9], &["1"]].concat();
        for wrong in [&lines[..9], &doubled, &short, &[]] {
            let why = read_recovery_codes(&Secret::new(wrong.join("\n"))).unwrap_err();
            assert!(why.starts_with("are 10 different codes"), "{why}");
        }
    }

    #[test]
    fn recovery_codes_are_told_apart_however_they_are_typed() {
        let codes = recovery_codes(&[[0; RECOVERY_BYTES], [255; RECOVERY_BYTES]]);
        let lines: Vec<&str> = codes.reveal().lines().collect();
        assert_eq!(lines, ["aaaa-aaaa-aaaa-aaaa", "7777-7777-7777-7777"]);
        assert!(is_recovery_code(lines[0], " AAAA aaaa-AAAAaaaa"));
        assert!(!is_recovery_code(lines[0], lines[1]));
        assert!(!is_recovery_code(lines[0], "aaaa-aaaa-aaaa-aaa"));
        assert!(!is_recovery_code("", ""));
    }
}
