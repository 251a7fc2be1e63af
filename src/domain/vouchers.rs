//! Vouchers: their states, and codes that people can read to each other.

use super::lifecycle::{Lifecycle, Move};

/// available → used | expired | revoked.
pub const LIFECYCLE: Lifecycle = Lifecycle {
    of: "voucher",
    states: &["available", "used", "expired", "revoked"],
    initial: "available",
    moves: &[
        Move { verb: "redeem", from: &["available"], to: "used" },
        Move { verb: "expire", from: &["available"], to: "expired" },
        Move { verb: "revoke", from: &["available"], to: "revoked" },
    ],
};

/// The letters and digits of codes. None looks like another: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
pub const ALPHABET: &[u8; 24] = b"ACDEFGHJKMNPQRTVWXY34679";

/// The longest code, prefix included.
pub const LONGEST_CODE: usize = 64;

/// Whoever guesses hits a code of a batch once in so many tries, on average.
const TRIES_FOR_A_HIT: u128 = 100_000_000;

/// The form in which codes are kept and compared: capitals and digits alone, however it was written or read out.
#[must_use]
pub fn code_key(written: &str) -> String {
    written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The code made from letters that were drawn, each below [`ALPHABET`]'s length, in groups of four so that it is easier
/// to read: `WIFI-7QXA-3MKD-9C`.
#[must_use]
pub fn code(prefix: &str, drawn: &[usize]) -> String {
    let mut code = String::new();
    for (index, letter) in drawn.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[letter % ALPHABET.len()]));
    }
    if prefix.is_empty() { code } else { format!("{prefix}-{code}") }
}

/// The fewest random letters of a code that nobody finds by trying, in a batch of so many.
#[must_use]
pub fn least_length(quantity: u64) -> u32 {
    let wanted = u128::from(quantity) * TRIES_FOR_A_HIT;
    let (mut length, mut codes) = (0, 1_u128);
    while codes < wanted {
        codes *= ALPHABET.len() as u128;
        length += 1;
    }
    length.max(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_no_letters_that_look_alike() {
        for letter in b"0O1IL2Z5S8BU" {
            assert!(!ALPHABET.contains(letter), "{letter}");
        }
        let different: std::collections::HashSet<_> = ALPHABET.iter().collect();
        assert_eq!(different.len(), ALPHABET.len());
    }

    #[test]
    fn a_code_is_the_same_however_it_is_written() {
        assert_eq!(code("WIFI", &[0, 1, 2, 3, 4, 23]), "WIFI-ACDE-F9");
        assert_eq!(code("", &[0, 1, 2, 3]), "ACDE");
        for written in ["WIFI-ACDE-F9", "wifi acde f9", " wifiacdef9\u{a0}", "WiFi–AcDe–F9"] {
            assert_eq!(code_key(written), "WIFIACDEF9", "{written}");
        }
    }

    #[test]
    fn the_more_codes_the_longer_they_are() {
        for (quantity, least) in [(1, 6), (2, 7), (45, 7), (46, 8), (1_000, 8), (100_000, 10)] {
            assert_eq!(least_length(quantity), least, "{quantity}");
        }
    }
}
