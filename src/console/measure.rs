//! How wide text is on a terminal, and cutting, padding and wrapping it on whole graphemes.
//!
//! Nearly all text here is plain ASCII, which is measured by its length alone.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Where text stands in a space wider than itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left: names, words.
    #[default]
    Left,
    /// At the right: numbers and money.
    Right,
}

/// Whether every byte is printable ASCII, one cell each.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// What a text begins with that is printable ASCII, one cell each whatever follows, and the rest.
#[must_use]
pub fn plain_start(text: &str) -> (&str, &str) {
    let plain = text.bytes().take_while(|b| (0x20..0x7f).contains(b)).count();
    // A mark behind the last one belongs to it.
    let whole = if plain < text.len() { plain.saturating_sub(1) } else { plain };
    text.split_at_checked(whole).unwrap_or(("", text))
}

/// Cells the text takes; control characters take none.
#[must_use]
pub fn width(text: &str) -> usize {
    let (plain, rest) = plain_start(text);
    plain.len() + rest.graphemes(true).map(grapheme_width).sum::<usize>()
}

/// Cells one grapheme takes: 0, 1 or 2, as a terminal and ratatui's buffer count it.
#[must_use]
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.chars().all(char::is_control) { 0 } else { grapheme.width().min(2) }
}

/// The longest beginning that fits `max` cells, and its width.
#[must_use]
pub fn fitting(text: &str, max: usize) -> (&str, usize) {
    if is_plain(text) {
        let end = text.len().min(max);
        return (&text[..end], end);
    }
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme_width(grapheme);
        if used + wide > max {
            return (&text[..start], used);
        }
        used += wide;
    }
    (text, used)
}

/// The text if it fits `max` cells, else its beginning and the ellipsis.
#[must_use]
pub fn cut<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    if (is_plain(text) && text.len() <= max) || width(text) <= max {
        return text.into();
    }
    let dots = width(ellipsis);
    if dots > max {
        return fitting(text, max).0.into();
    }
    let (kept, _) = fitting(text, max - dots);
    format!("{}{ellipsis}", kept.trim_end()).into()
}

/// The text if it fits `max` cells, else the ellipsis and its end: for paths, where the end matters.
#[must_use]
pub fn cut_start<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    let whole = width(text);
    if whole <= max {
        return text.into();
    }
    let Some(room) = max.checked_sub(width(ellipsis)) else { return fitting(ellipsis, max).0.to_owned().into() };
    let mut dropped = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        if whole - dropped <= room {
            return format!("{ellipsis}{}", &text[start..]).into();
        }
        dropped += grapheme_width(grapheme);
    }
    fitting(ellipsis, max).0.to_owned().into()
}

/// The text cut or filled with blanks to exactly `wide` cells.
#[must_use]
pub fn pad(text: &str, wide: usize, align: Align, ellipsis: &str) -> String {
    let shown = cut(text, wide, ellipsis);
    let blanks = wide.saturating_sub(width(&shown));
    match align {
        Align::Left => format!("{shown}{:blanks$}", ""),
        Align::Right => format!("{:blanks$}{shown}", ""),
    }
}

/// The lines of a text in `wide` cells: broken at line breaks, then between words, inside a word
/// only where it is longer than a line. At least one line, the empty one; none if `wide` is 0.
#[must_use]
pub fn wrap(text: &str, wide: usize) -> Vec<String> {
    if wide == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph.trim_end_matches('\r'), wide, &mut lines);
    }
    lines
}

/// Where a word that is longer than a line is broken sooner than anywhere: behind a part of an id, an address or JSON.
fn last_part(word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    let ends = |at: &usize| match bytes[*at] {
        b',' | b'/' | b';' | b':' => true,
        // No sign of a number.
        b'-' => *at > 0 && bytes[*at - 1].is_ascii_alphanumeric(),
        _ => false,
    };
    (0..bytes.len()).rev().find(ends).map(|at| at + 1)
}

fn wrap_paragraph(paragraph: &str, wide: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let (mut used, mut start) = (0, 0);
    // Numbers such as CUS-000142 stay whole: within what people type without a blank no line ends by itself.
    let ends_word = |end: &usize| paragraph[..*end].ends_with(|c: char| c.is_whitespace() || !c.is_ascii());
    let ends = unicode_linebreak::linebreaks(paragraph).map(|(end, _)| end);
    for end in ends.filter(|end| *end == paragraph.len() || ends_word(end)) {
        let mut piece = &paragraph[start..end];
        start = end;
        // The blank at which a line breaks is not shown.
        if used > 0 && used + width(piece.trim_end()) > wide {
            let full = std::mem::take(&mut line);
            used = 0;
            // Blanks that a line begins with are no line of their own.
            if !full.trim().is_empty() {
                lines.push(full.trim_end().to_owned());
            }
        }
        while width(piece.trim_end()) > wide {
            let (mut head, _) = fitting(piece, wide);
            if head.is_empty() {
                // A wide character in a space of one cell: shown as one line of its own.
                head = piece.graphemes(true).next().unwrap_or(piece);
            } else if let Some(end) = last_part(head) {
                head = &head[..end];
            }
            lines.push(head.to_owned());
            piece = &piece[head.len()..];
        }
        used += width(piece);
        line.push_str(piece);
    }
    lines.push(line.trim_end().to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widths_are_those_of_a_terminal() {
        for (text, wide) in [("", 0), ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("Wanjirũ", 7), ("a\u{7}b", 2)] {
            assert_eq!(width(text), wide, "{text:?}");
        }
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(cut("headend", 7, "…"), "headend");
        assert_eq!(cut("headend", 4, "…"), "hea…");
        assert_eq!(cut("North POP", 7, "…"), "North…");
        assert_eq!(cut("漢字漢字", 4, "…"), "漢…");
        assert_eq!(cut("漢字", 1, "…"), "…");
        assert_eq!(cut("abc", 1, ".."), "a");
        assert_eq!(cut("abc", 0, "…"), "");
        assert_eq!(cut_start("a ▸ b ▸ c", 5, "…"), "… ▸ c");
        assert_eq!(cut_start("漢字漢字", 4, "…"), "…字");
    }

    proptest! {
        #[test]
        fn what_begins_plain_is_as_wide_as_it_is_letter_by_letter(text in "[a-c ]{0,6}[a-c\u{301}漢ß…\u{200d}👩]{0,6}") {
            let (begins, rest) = plain_start(&text);
            prop_assert_eq!(format!("{begins}{rest}"), text.clone());
            prop_assert_eq!(width(&text), text.graphemes(true).map(grapheme_width).sum::<usize>());
        }
    }

    #[test]
    fn padding_fills_exactly() {
        assert_eq!(pad("ab", 4, Align::Right, "…"), "  ab");
        assert_eq!(pad("漢字漢", 5, Align::Left, "…"), "漢字…");
        assert_eq!(pad("漢字漢", 4, Align::Left, "…"), "漢… ");
    }

    #[test]
    fn wrapping_breaks_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("漢字漢", 4), ["漢字", "漢"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("   ", 2), [""]);
        assert_eq!(wrap("  ab cd", 6), ["  ab", "cd"]);
        assert_eq!(wrap("  abcdef", 6), ["abcdef"]);
        // What ends a word stays with it.
        assert_eq!(wrap("one two; three (four)", 7), ["one", "two;", "three", "(four)"]);
        assert_eq!(wrap("to CUS-000142.", 13), ["to", "CUS-000142."]);
        assert_eq!(wrap("id 0192ab-12cd-ef", 9), ["id", "0192ab-", "12cd-ef"]);
    }

    proptest! {
        #[test]
        fn nothing_is_ever_wider_than_asked(text in "\\PC{0,40}", wide in 0usize..20) {
            prop_assert!(width(&cut(&text, wide, "…")) <= wide);
            prop_assert!(width(&cut_start(&text, wide, "…")) <= wide);
            prop_assert_eq!(width(&pad(&text, wide, Align::Left, "…")), wide);
            if wide > 1 {
                prop_assert!(wrap(&text, wide).iter().all(|line| width(line) <= wide));
            }
        }
    }
}
