//! Text: what may be kept, how it is sorted and compared, how it is shown.

use unicode_linebreak::{BreakClass, break_property};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::phone;

/// Stands between the two halves of a [`sort_key`]; below every printable character.
const SEPARATOR: char = '\u{1}';

/// Case folded: lower, upper, then lower case by character, which joins what Unicode's full case folding
/// joins (`ß` and `ss`, `ς` and `σ`). Lower comes first for `ẞ`, which is upper case already and no `SS`.
fn fold_case(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    text.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// The text case folded with its marks removed and white space made one blank: what search looks at. Case goes first:
/// the iota below a Greek letter is a mark whose capital is a letter.
#[must_use]
pub fn fold(text: &str) -> String {
    // The same for what has neither marks nor other cases, in a tenth of the time.
    if text.is_ascii() {
        return one_blank(&text.to_ascii_lowercase());
    }
    let bare = fold_case(text.nfkd()).nfkd().filter(|c| !is_combining_mark(*c));
    one_blank(&bare.collect::<String>())
}

/// The marks that [`fold`] removes, as ranges from the first to the last: for databases that fold by themselves.
pub fn mark_ranges() -> impl Iterator<Item = (char, char)> {
    ranges(is_combining_mark)
}

/// The letters that are words by themselves, [as `is_word_itself` says](is_word_itself), as ranges from the first to the last.
pub fn word_ranges() -> impl Iterator<Item = (char, char)> {
    ranges(is_word_itself)
}

/// The characters beyond ASCII of which something is true, as ranges.
fn ranges(is_in: fn(char) -> bool) -> impl Iterator<Item = (char, char)> {
    let mut each = ('\u{80}'..=char::MAX).filter(move |c| is_in(*c)).peekable();
    std::iter::from_fn(move || {
        let first = each.next()?;
        let mut last = first;
        while let Some(next) = each.next_if(|next| u32::from(*next) == u32::from(last) + 1) {
            last = next;
        }
        Some((first, last))
    })
}

/// Whether a letter may begin a word wherever it stands, since its script puts no blanks between words: Chinese, Japanese,
/// Thai and their like, besides pictures (the classes ID, CJ, NS and SA of UAX #14).
fn is_word_itself(c: char) -> bool {
    use BreakClass::{ComplexContext, ConditionalJapaneseStarter, Ideographic, NonStarter};
    !c.is_ascii()
        && matches!(
            break_property(u32::from(c)),
            Ideographic | ConditionalJapaneseStarter | NonStarter | ComplexContext
        )
}

/// The text NFKC and case folded: two texts are the same name exactly if these are equal.
#[must_use]
pub fn exact_key(text: &str) -> String {
    one_blank(&fold_case(text.nfkc()).nfkc().collect::<String>())
}

/// What names are sorted by and unique by, the same on both databases: the text folded with its
/// marks removed, a separator, the exact folded text. So Åsa sorts near Asa, and Süd is not Sud.
/// Empty for empty text.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let exact = exact_key(text);
    if exact.is_empty() { exact } else { format!("{}{SEPARATOR}{exact}", fold(text)) }
}

fn one_blank(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// The digits of a phone number, by which numbers are found however they were written.
#[must_use]
pub fn digits(text: &str) -> String {
    text.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect()
}

/// Stands between the parts of a search document: no phrase begins in one and ends in the next.
pub const BORDER: char = '\u{1f}';

/// The text of a search document: every part folded, one blank between words and one before the first, so that a word's
/// beginning is found as ` ab`; grouped numbers also as one run of digits. What follows a sign of ASCII begins a word too
/// (`core-01`, `amina@mail.example`), and each letter of a script without blanks between words.
#[must_use]
pub fn search_text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            text.push(BORDER);
        }
        push_words(&mut text, &fold(part));
        if let Some(digits) = joined_digits(part) {
            text.push(' ');
            text.push_str(&digits);
        }
    }
    text
}

/// Every word of folded text with a blank before it, what begins one behind a sign or letter set apart as well.
fn push_words(text: &mut String, folded: &str) {
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        text.push(' ');
        text.push_str(&apart(word));
    }
}

/// A blank between a sign of ASCII and what follows it, and on both sides of what is a word by itself.
fn apart(words: &str) -> String {
    let mut apart = String::with_capacity(words.len() + 4);
    let mut begins = false;
    for c in words.chars() {
        let is_itself = is_word_itself(c);
        if (begins || is_itself) && c != ' ' && !apart.is_empty() && !apart.ends_with(' ') {
            apart.push(' ');
        }
        apart.push(c);
        begins = is_itself || c.is_ascii_punctuation();
    }
    apart
}

/// The digits of a number that was written in groups, such as `+254 (700) 000-142`, so that it is
/// found in one piece too; `None` for anything else.
fn joined_digits(part: &str) -> Option<String> {
    let is_grouped = part.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')'));
    let digits = digits(part);
    (is_grouped && digits.len() >= 6 && digits.len() < part.trim().len()).then_some(digits)
}

/// What a search document that holds a word has in it: the word itself from three letters on, its beginning of one of
/// the document's words below that (two letters stand inside nearly every text), the end of a phone number.
#[must_use]
pub fn needle(word: &str) -> String {
    let word = fold(word);
    match phone::said(&word) {
        Some(end) => end.to_owned(),
        None => part_needle(phone::begun(&word)),
    }
}

/// What a search document has in it where one of its texts holds this folded part; see [`holds_part`].
#[must_use]
pub fn part_needle(part: &str) -> String {
    let apart = apart(part);
    if is_beginning(part) || part.starts_with(is_word_itself) { format!(" {apart}") } else { apart }
}

/// Whether a part is too short to be looked for inside of words: less than three letters that begin with no sign and no
/// letter that is a word by itself.
#[must_use]
pub fn is_beginning(part: &str) -> bool {
    part.chars().count() < 3 && !part.starts_with(|c: char| c.is_ascii_punctuation() || is_word_itself(c))
}

/// Whether a text holds a folded part: anywhere from three letters on, else where a word begins, which it does at each
/// letter of a script without blanks between words.
#[must_use]
pub fn holds_part(text: &str, part: &str) -> bool {
    let folded = fold(text);
    if is_beginning(part) { word_text(&folded).contains(&part_needle(part)) } else { folded.contains(part) }
}

/// Folded text as words begin in it: one blank before each.
#[must_use]
pub fn word_text(folded: &str) -> String {
    let mut text = String::with_capacity(folded.len() + 8);
    push_words(&mut text, folded);
    text
}

/// Whether a search document holds a word.
#[must_use]
pub fn holds_word(document: &str, word: &str) -> bool {
    document.contains(&needle(word))
}

/// Whether a character must never reach a terminal from data: controls, bidirectional overrides and
/// isolates, zero-width and other invisible characters, tags.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Text from a database, a file, a device or a paste as it may be shown: every hostile character as
/// a visible mark (`^[` for escape, `<U+202E>` for an override). Borrowed where nothing had to change.
#[must_use]
pub fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_hostile(c) => shown.push(c),
            '\t' => shown.push(' '),
            '\n' => shown.push('⏎'),
            '\r' => {}
            c if c.is_ascii_control() => {
                shown.push('^');
                shown.push(char::from((c as u8) ^ 0x40));
            }
            c => shown.push_str(&format!("<U+{:04X}>", u32::from(c))),
        }
    }
    shown.into()
}

/// Like [`clean`], with line breaks kept: for texts shown over several lines.
#[must_use]
pub fn clean_lines(text: &str) -> String {
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

/// The line of a text, from 1, in which a byte stands.
#[must_use]
pub fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// Whether text may be kept: no control characters (line breaks and tabs aside where `lines`).
///
/// # Errors
/// Which character stands where.
pub fn check_text(text: &str, lines: bool) -> Result<(), String> {
    for (index, c) in text.chars().enumerate() {
        let allowed = !c.is_control() || lines && matches!(c, '\n' | '\t');
        if !allowed {
            return Err(format!("control character U+{:04X} at position {}: take it out", u32::from(c), index + 1));
        }
    }
    Ok(())
}

/// How many near names are offered.
const OFFERED: usize = 5;

/// The known names that are near to one, the nearest first, a handful at most; those that go on from it are the nearest.
#[must_use]
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (name.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = Vec::new();
    for candidate in known {
        let far = farness(name, candidate);
        // A name of two letters is not two slips away from another of two.
        if far <= limit && far < candidate.chars().count().max(2) && !near.iter().any(|(_, other)| *other == candidate)
        {
            near.push((far, candidate));
        }
    }
    near.sort_by_key(|(far, _)| *far);
    near.into_iter().take(OFFERED).map(|(_, candidate)| candidate).collect()
}

/// The known name that is nearest to one, where one is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    near(name, known).first().copied()
}

/// How far a known name is from what was typed: what goes on from it is near.
#[must_use]
pub fn farness(typed: &str, known: &str) -> usize {
    let (typed, known) = (typed.to_lowercase(), known.to_lowercase());
    if !typed.is_empty() && known.starts_with(&typed) { usize::from(known != typed) } else { distance(&typed, &known) }
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour to make one text the other: slips of
/// the finger (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let letters = |text: &str| text.chars().take(64).collect::<Vec<_>>();
    let (a, b) = (letters(a), letters(b));
    let cell = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = cell(&last, j) + usize::from(x != y);
            let mut least = changed.min(cell(&last, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(cell(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    cell(&last, b.len())
}

/// With a capital letter at the beginning.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_count_slips_of_the_finger() {
        for (a, b, far) in
            [("status", "status", 0), ("stauts", "status", 1), ("statuss", "status", 1), ("", "abc", 3), ("abc", "", 3)]
        {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
        assert_eq!(near("stat", ["name", "status", "state", "site"]), ["status", "state"]);
        assert_eq!(near("STAUTS", ["name", "status", "state"]), ["status", "state"]);
        assert_eq!(near("foo", ["jobs", "stock", "notes", "name", "phone"]), Vec::<&str>::new());
    }

    #[test]
    fn keys_sort_and_tell_apart_as_people_do() {
        let mut names = ["Zoë", "asa", "Åsa", "Asb", "ASA"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["asa", "ASA", "Åsa", "Asb", "Zoë"]);
        assert_eq!(sort_key("Straße"), sort_key("STRASSE"));
        assert_eq!(sort_key("  a   b "), sort_key("A B"));
        assert_ne!(sort_key("Süd"), sort_key("Sud"));
        assert_eq!(sort_key("Su\u{308}d"), sort_key("Süd"));
        assert_eq!(sort_key("  "), "");
    }

    #[test]
    fn search_finds_parts_of_words_and_beginnings_of_short_ones() {
        let document = search_text(["Amina  Wanjiru", "CUS-000142", "Ångström"]);
        assert_eq!(document, " amina wanjiru\u{1f} cus- 000142\u{1f} angstrom");
        assert_eq!(search_text(["+254 (700) 000-142"]), " + 254 ( 700) 000- 142 254700000142");
        assert_eq!(search_text(["10.4.0.1", "12 34"]), " 10. 4. 0. 1\u{1f} 12 34");
        for (word, found) in [
            ("njir", true),
            ("wa", true),
            ("an", true),
            ("nj", false),
            ("ÅNG", true),
            ("142", true),
            ("a", true),
            ("x", false),
            ("0000142", false),
            ("00", true),
            ("s-0", true),
            ("-", true),
            ("-0", true),
            ("-1", false),
            ("amina wan", true),
            ("wanjiru cus", false),
        ] {
            assert_eq!(holds_word(&document, word), found, "{word}");
        }
    }

    #[test]
    fn who_has_the_same_exact_name_has_the_same_folded_one() {
        // All that have case or marks stand in the first two planes.
        for c in '\0'..='\u{1ffff}' {
            for text in [c.to_string(), format!("α{c}\u{301}\u{345}")] {
                assert_eq!(fold(&exact_key(&text)), fold(&text), "{:?}", text.escape_unicode().to_string());
                assert_eq!(fold(&fold(&text)), fold(&text), "{:?}", text.escape_unicode().to_string());
            }
        }
    }

    #[test]
    fn a_part_of_one_or_two_letters_begins_a_word() {
        for (text, part, held) in [
            ("Core-Router 01", "cor", true),
            ("Core-Router 01", "co", true),
            ("Core-Router 01", "ro", true),
            ("Core-Router 01", "ou", false),
            ("Core-Router 01", "oute", true),
            ("Core-Router 01", "0", true),
            ("Core-Router 01", "1", false),
            ("Core-Router 01", "-r", true),
            ("Core-Router 01", "e-", false),
            ("Core-Router 01", "e-r", true),
            ("amina@mail.example", "@", true),
            ("amina@mail.example", "ex", true),
            ("東京都 北側局", "京都", true),
            ("東京都 北側局", "都", true),
            ("東京都 北側局", "都北", false),
            ("東京都 北側局", "京都 北", true),
            ("ルーター2号", "2", true),
            ("ルーター2号", "ター2", true),
            ("ルーター22号", "号", true),
            ("สวัสดี", "วั", true),
            ("serveur 🚒x", "🚒", true),
        ] {
            let part = &fold(part);
            assert_eq!(holds_part(text, part), held, "{part} in {text}");
        }
    }

    #[test]
    fn hostile_characters_become_visible() {
        assert_eq!(clean("a\u{1b}]52;c;\u{7}b"), "a^[]52;c;^Gb");
        assert_eq!(clean("x\u{202e}y\u{9b}z\u{200b}"), "x<U+202E>y<U+009B>z<U+200B>");
        assert_eq!(clean("a\nb\tc\r\n"), "a⏎b c⏎");
        assert!(matches!(clean("Wanjirũ 漢字"), std::borrow::Cow::Borrowed(_)));
        assert_eq!(check_text("a\u{1b}", true), Err("control character U+001B at position 2: take it out".into()));
        assert!(check_text("a\nb", false).is_err() && check_text("a\nb", true).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_hostile_comes_out(text in any::<String>()) {
            prop_assert!(!clean(&text).chars().any(is_hostile));
        }

        /// What an index of documents gives holds all that has the part.
        #[test]
        fn a_text_that_holds_a_part_has_its_needle(
            text in "[a-cA-C .@ßé京都ガสั-]{0,9}", part in "[a-c .@s京都カส-]{1,4}",
        ) {
            let part = fold(&part);
            if !part.is_empty() && holds_part(&text, &part) {
                prop_assert!(search_text([text.as_str()]).contains(&part_needle(&part)));
            }
        }

        #[test]
        fn equal_names_have_equal_keys(text in any::<String>()) {
            prop_assert_eq!(sort_key(&text.to_uppercase().to_lowercase()), sort_key(&text.to_uppercase()));
        }
    }

    #[test]
    fn the_nearest_name_is_offered_where_it_is_near() {
        let known = ["customers", "devices", "plans"];
        assert_eq!(nearest("custmers", known.into_iter()), Some("customers"));
        assert_eq!(nearest("Device", known.into_iter()), Some("devices"));
        assert_eq!(nearest("zebra", known.into_iter()), None);
    }
}
