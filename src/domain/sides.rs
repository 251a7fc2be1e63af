//! Two texts that came of one: where one differs from the other, and what both make together.

use unicode_segmentation::UnicodeSegmentation as _;

/// Letters before the place where a text differs that are shown with it, at most.
const BEFORE: usize = 12;

/// As much of a text as fits in `most` letters, the place where it first differs from another one among it: `… after 9 in the
/// evening`. Where the other one only goes on from it, its end; where they are the same, its beginning.
#[must_use]
pub fn differing(text: &str, other: &str, most: usize) -> String {
    let letters: Vec<&str> = text.graphemes(true).collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let same = letters.iter().zip(other.graphemes(true)).take_while(|(letter, other)| **letter == *other).count();
    let before = BEFORE.min(most / 3);
    // From a word on, where one begins shortly before.
    let near = same.saturating_sub(before);
    let word = (near..=same).find(|at| *at == 0 || letters[*at - 1].trim().is_empty());
    let from = match same == letters.len() {
        true if other.len() > text.len() => letters.len() + 1 - most.max(1),
        true => 0,
        false if same <= before => 0,
        false => word.unwrap_or(near),
    };
    let room = most.saturating_sub(usize::from(from > 0));
    let is_cut = letters.len() - from > room;
    let shown: String = letters.iter().skip(from).take(room - usize::from(is_cut)).copied().collect();
    let (before, behind) = (if from > 0 { "…" } else { "" }, if is_cut { "…" } else { "" });
    format!("{before}{shown}{behind}")
}

/// Two texts of several lines in one: what they have in common at their beginning and their end once, between it the lines of
/// the first and then those of the second.
#[must_use]
pub fn both(first: &str, second: &str) -> String {
    let (first, second): (Vec<&str>, Vec<&str>) = (first.split('\n').collect(), second.split('\n').collect());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(one, other)| one == other).count();
    let begins = same(&mut first.iter().zip(&second));
    let (rest, other) = (&first[begins..], &second[begins..]);
    let ends = same(&mut rest.iter().rev().zip(other.iter().rev()));
    let (rest, end) = rest.split_at(rest.len() - ends);
    let other = &other[..other.len() - ends];
    let lines: Vec<&str> = [&first[..begins], rest, other, end].concat();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_where_a_text_differs_is_seen() {
        let was = "The gate is locked after eight in the evening, ring the guard at the back door, not at the front.";
        let theirs =
            "The gate is locked after eight in the evening, ring the guard at the back door, never at the front.";
        assert_eq!(differing(theirs, was, 40), "…back door, never at the front.");
        assert_eq!(differing(was, theirs, 25), "…door, not at the front.");
        assert_eq!(differing("short", "another", 40), "short");
        // At the beginning, in the middle of much, and nowhere.
        let long = "x".repeat(30);
        assert_eq!(differing(&format!("a{long}"), &format!("b{long}"), 10), format!("a{}…", "x".repeat(8)));
        let (one, other) = (format!("{long} one {long}"), format!("{long} two {long}"));
        assert_eq!(differing(&one, &other, 12), "…one xxxxxx…");
        assert_eq!(differing(&long, &long, 10), format!("{}…", "x".repeat(9)));
        // Letters of several characters stay whole, and a shorter one is no more of the same.
        assert_eq!(differing("e\u{301}".repeat(5).as_str(), "", 3), format!("{}…", "e\u{301}".repeat(2)));
        assert_eq!(differing("the same and more", "the same and more of it", 9), "…and more");
        assert_eq!(differing("the same and more of it", "the same and more", 14), "…more of it");
    }

    #[test]
    fn never_more_letters_than_fit() {
        let text = "one two three four five six seven eight nine ten";
        for most in 4..60 {
            for at in 0..=text.len() {
                let other = format!("{}#", &text[..at]);
                let shown = differing(text, &other, most);
                assert!(shown.chars().count() <= most, "{shown} in {most}");
                let differs = text[at..].split(' ').next().unwrap_or_default();
                assert!(most < 16 || shown.contains(differs), "{shown}: {differs}");
            }
        }
    }

    #[test]
    fn both_are_one_text() {
        assert_eq!(both("a\nb\ntheirs", "a\nb\nmine"), "a\nb\ntheirs\nmine");
        assert_eq!(both("a\nx\nz", "a\ny\nz"), "a\nx\ny\nz");
        assert_eq!(both("a\nb", "a\nb"), "a\nb");
        assert_eq!(both("theirs", "mine"), "theirs\nmine");
        assert_eq!(both("a\na", "a"), "a\na");
        assert_eq!(both("", "mine"), "\nmine");
        assert_eq!(both("a\nb\nc", "c"), "a\nb\nc");
    }
}
