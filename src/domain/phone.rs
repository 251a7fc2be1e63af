//! Phone numbers as people say them: in groups, with a plus, or as one dials them at home, with a zero in place of the
//! country. A number said the last way is the end of the one that is kept; where one is kept that way, it is the end of the
//! one that is said.

use super::text::digits;

/// Fewer digits than this behind the zeros may end any number: they are taken as they stand.
const SHORTEST: usize = 7;
/// So many digits are a number with its country, whatever stands before them.
const WITH_COUNTRY: usize = 11;
/// From so many digits behind its zero on, what is typed may be the beginning of a number.
const BEGUN: usize = 4;

/// The digits of a text that is a phone number and nothing else, however it is grouped.
#[must_use]
pub fn dialled(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'));
    Some(kept_digits(text)).filter(|digits| is_number && !digits.is_empty())
}

/// The digits of a number as they are kept and looked for: without the zero that is dialled at home only, where the country is
/// said as well (`+254 (0) 728 541394`).
#[must_use]
pub fn kept_digits(text: &str) -> String {
    let is_abroad = text.trim_start().starts_with('+') || text.trim_start().starts_with("00");
    if is_abroad { digits(&text.replace("(0)", "")) } else { digits(text) }
}

/// Fewer digits than this are no number that somebody is reached by: a short code has three at least.
const FEWEST: usize = 3;

/// Whether a text can be dialled: one number or several, grouped in any way, each with `tel.` before it and an extension
/// behind it (`x12`, `ext. 12`) where that is said.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    text.split([',', ';']).all(|number| {
        let number = number.trim().to_lowercase();
        let number =
            ["tel.", "tel:", "tel"].iter().find_map(|word| number.strip_prefix(word)).unwrap_or(&number).trim();
        let (main, extension) = match number.find(['x', 'e']) {
            Some(at) => (&number[..at], Some(&number[at..])),
            None => (number, None),
        };
        let is_extension = |text: &str| {
            let digits = ["extension", "ext.", "ext", "x"].iter().find_map(|word| text.strip_prefix(word));
            digits.is_some_and(|digits| !digits.trim().is_empty() && digits.trim().bytes().all(|b| b.is_ascii_digit()))
        };
        // A plus within it begins another number.
        let is_one = main.trim().trim_start_matches('(').rfind('+').is_none_or(|at| at == 0);
        let is_dialled = dialled(main.trim()).is_some_and(|digits| digits.len() >= FEWEST);
        is_one && is_dialled && extension.is_none_or(is_extension)
    })
}

/// The digits in one piece of a number that is said in groups and begins as one dials it; `None` for anything else, such
/// as an address or a date.
#[must_use]
pub fn in_groups(text: &str) -> Option<String> {
    let begins = text.starts_with(['0', '+', '(']) || is_apart(text);
    let is_grouped = text.contains([' ', '-', '(', '.', '/']);
    let is_whole = |digits: &String| digits.trim_start_matches('0').len() >= SHORTEST;
    // One group after the other is typed.
    let is_begun = |digits: &String| text.bytes().all(|b| b.is_ascii_digit() || b == b' ') && begun(digits) != digits;
    dialled(text).filter(|digits| begins && is_grouped && (is_whole(digits) || is_begun(digits)))
}

/// What is dialled within the country, without the zero that leads out of one's own network, of the digits of an
/// international number that begin with the country's (ITU-T E.164, list of assigned country codes); `None` where too few
/// are left.
#[must_use]
pub fn national(digits: &str) -> Option<&str> {
    let digits = match digits.strip_prefix("00") {
        Some(abroad) => abroad,
        None => digits,
    };
    let country = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        [b'2'..=b'9', ..] => 3,
        _ => return None,
    };
    digits.get(country..).filter(|rest| rest.len() >= SHORTEST)
}

/// The same as it is kept where the country goes without saying.
#[must_use]
pub fn at_home(digits: &str) -> Option<String> {
    national(digits).map(|rest| format!("0{rest}"))
}

/// Digits of which so many stand in groups are a number, however it begins.
const APART: usize = 9;

/// Whether so many digits stand in groups with dashes or points between them as in no address and no date.
fn is_apart(text: &str) -> bool {
    let groups: Vec<&str> = text.split(['-', '.', ' ']).collect();
    let all_digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    let count: usize = groups.iter().map(|group| group.len()).sum();
    let is_address =
        !text.contains('-') && groups.iter().all(|group| group.parse().is_ok_and(|number: u32| number < 256));
    let is_date =
        matches!(groups.as_slice(), [year, month, day, ..] if year.len() == 4 && month.len() <= 2 && day.len() <= 2);
    text.contains(['-', '.']) && all_digits && count >= APART && !is_address && !is_date
}

/// Whether a word may be a group of such a number.
#[must_use]
pub fn is_group(word: &str) -> bool {
    dialled(word).is_some()
}

/// What the international number ends with, of digits that begin with the zero of the country's own network or with
/// those that lead out of it.
#[must_use]
pub fn ending(digits: &str) -> Option<&str> {
    let rest = digits.trim_start_matches('0');
    (rest.len() < digits.len() && rest.len() >= SHORTEST).then_some(rest)
}

/// Digits that a number is begun with which one types as one dials it at home: without the zero that leads out of one's own
/// network, as soon as there are enough of them to be no number of something else.
#[must_use]
pub fn begun(digits: &str) -> &str {
    without_zero(digits, BEGUN)
}

/// The same of what can be nothing but a phone number: from the code of the network on.
#[must_use]
pub fn begun_number(digits: &str) -> &str {
    without_zero(digits, BEGUN - 1)
}

fn without_zero(digits: &str, least: usize) -> &str {
    let rest = digits.strip_prefix('0').filter(|rest| !rest.starts_with('0'));
    let is_begun = |rest: &&str| (least..SHORTEST).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit());
    rest.filter(is_begun).unwrap_or(digits)
}

/// What stands in a text that holds a number said in one piece, with its country or without; `None` where that is what was
/// said, or it is no number.
#[must_use]
pub fn said(word: &str) -> Option<&str> {
    let digits = word.strip_prefix('+').unwrap_or(word);
    let is_abroad = digits.len() < word.len() || digits.starts_with("00") || digits.len() >= WITH_COUNTRY;
    let home = national(digits).filter(|_| is_abroad);
    let rest = home.unwrap_or_else(|| digits.trim_start_matches('0'));
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && rest.len() >= SHORTEST;
    (is_number && rest.len() < word.len()).then_some(rest)
}

/// Whether these are the digits of a number that is kept, or its end.
#[must_use]
pub fn is(kept: &str, said: &str) -> bool {
    let kept = kept_digits(kept);
    kept == said || ending(said).is_some_and(|ending| kept.ends_with(ending)) || at_home(said) == Some(kept)
}

/// Whether so few digits were said that they are a number's beginning: nearly every number holds them somewhere.
#[must_use]
pub fn is_beginning(said: &str) -> bool {
    said.len() < 3
}

/// Whether a number that is kept holds these digits (begins with them, where they are one or two), or ends with what they
/// stand for.
#[must_use]
pub fn holds(kept: &str, said: &str) -> bool {
    let all = kept_digits(kept);
    let holds = if is_beginning(said) { all.starts_with(said) } else { all.contains(said) };
    holds || is(kept, said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_however_it_is_said() {
        for (kept, said, is_it, holds_it) in [
            ("+254 728 541 394", "0728541394", true, true),
            ("+254 728 541 394", "0728 541-394", true, true),
            ("+254 728 541 394", "+254728541394", true, true),
            ("+254 728 541 394", "00254728541394", true, true),
            ("+254 728 541 394", "254", false, true),
            ("+254 728 541 394", "25", false, true),
            ("+254 728 541 394", "39", false, false),
            ("+254 728 541 394", "85413", false, true),
            ("+254 728 541 394", "0541394", false, false),
            ("+254 728 541 394", "0828541394", false, false),
            ("0728541394", "0728541394", true, true),
            ("0728 541 394", "+254728541394", true, true),
            ("0728 541 394", "00254728541394", true, true),
            ("0728 541 394", "+255728541394", true, true),
            ("030 1234567", "+49 30 1234567", true, true),
            ("0728541394 home", "728541394", false, true),
            ("+254 (0) 728 541394", "+254 (0) 728 541394", true, true),
            ("+254 (0) 728 541394", "+254 728 541394", true, true),
            ("+254 (0) 728 541394", "0728 541394", true, true),
        ] {
            let digits = dialled(said).unwrap_or_default();
            assert_eq!((is(kept, &digits), holds(kept, &digits)), (is_it, holds_it), "{kept} {said}");
        }
        assert_eq!(dialled("+"), None);
        assert_eq!(dialled("CUS-000142"), None);
    }

    #[test]
    fn a_number_in_groups_is_one() {
        for (text, digits) in [
            ("0728 541 394", Some("0728541394")),
            ("0728-541-394", Some("0728541394")),
            ("(0728) 541394", Some("0728541394")),
            ("+254 728 541 394", Some("254728541394")),
            ("0728541394", None),
            ("728 541 394", None),
            ("10.40.100.12", None),
            ("192.168.100.200", None),
            ("742-014-148", Some("742014148")),
            ("254-742-014-148", Some("254742014148")),
            ("254.742.014.148", Some("254742014148")),
            ("254742-014148", Some("254742014148")),
            ("254-742-01-41-48", Some("254742014148")),
            ("+254 (0) 742 014148", Some("254742014148")),
            ("+254(0)742014148", Some("254742014148")),
            ("2026-11-29 12 30", None),
            ("12-34-56", None),
            ("0728 541", Some("0728541")),
            ("0728 5", Some("07285")),
            ("0728-541", None),
            ("00 142", None),
            ("07 2", None),
            ("2026-11-29 12:00", None),
            ("0728 541 394 home", None),
        ] {
            assert_eq!(in_groups(text).as_deref(), digits, "{text}");
        }
    }

    #[test]
    fn a_word_that_is_a_number_is_looked_for_by_its_end() {
        assert_eq!(said("0728541394"), Some("728541394"));
        assert_eq!(said("+254728541394"), Some("728541394"));
        assert_eq!(said("00254728541394"), Some("728541394"));
        assert_eq!(said("254728541394"), Some("728541394"));
        assert_eq!(said("+25472854"), Some("25472854"));
        for word in ["000142", "728541394", "0728-541", "cus-0001420000", "+", ""] {
            assert_eq!(said(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_dialled_is_a_phone_number() {
        for good in [
            "+254700123456",
            "0728-541-394",
            "911",
            "0728 541 394, 0733 1234567",
            "+49 (30) 123/456 ext. 12",
            "5551234 x7",
            "tel. +254.711.000.111",
        ] {
            assert!(is_phone(good), "{good}");
        }
        for bad in [
            "+254700abc",
            "not a phone 1",
            "+254784123072GG:11",
            "12",
            "0728 541 394 home",
            "0728541394 ext",
            "x12",
            "+254728541394+254111222333",
            "0728 541 394 +254 111 222 333",
            ",",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}
