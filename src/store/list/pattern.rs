//! A pattern of the `regex` crate's grammar as PostgreSQL reads it: written out from what it means. Where both write alike
//! they mean different things by it: which letters are of a word, are digits or differ in their case alone depends on the
//! database's locale there.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// The letters of a word.
static OF_A_WORD: LazyLock<String> = LazyLock::new(|| for_postgres(r"\w"));

/// The same pattern for PostgreSQL's `~`; one that cannot be read takes nothing.
pub(super) fn for_postgres(source: &str) -> String {
    let mut written = String::new();
    match regex_syntax::parse(source) {
        Ok(meant) => write_out(&meant, &mut written),
        Err(_) => written.push_str(NOTHING),
    }
    written
}

/// Nothing that is and is not.
const NOTHING: &str = "(?=a)(?!a)";

/// Writes out what a pattern means, in PostgreSQL's grammar.
fn write_out(meant: &Hir, written: &mut String) {
    match meant.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            String::from_utf8_lossy(&literal.0).chars().for_each(|letter| write_letter(letter, written));
        }
        HirKind::Class(class) => write_class(class, written),
        HirKind::Look(look) => written.push_str(match look {
            Look::Start => r"\A",
            Look::End => r"\Z",
            Look::StartLF | Look::StartCRLF => r"(?:\A|(?<=\n))",
            Look::EndLF | Look::EndCRLF => r"(?:\Z|(?=\n))",
            other => return write_at_word(*other, written),
        }),
        HirKind::Repetition(repeated) => {
            written.push_str("(?:");
            write_out(&repeated.sub, written);
            let most = repeated.max.map_or_else(String::new, |most| most.to_string());
            // Writing to a text never fails.
            let _ = write!(written, "){{{},{most}}}", repeated.min);
        }
        HirKind::Capture(group) => {
            written.push_str("(?:");
            write_out(&group.sub, written);
            written.push(')');
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| write_out(part, written)),
        HirKind::Alternation(parts) => {
            written.push_str("(?:");
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    written.push('|');
                }
                write_out(part, written);
            }
            written.push(')');
        }
    }
}

/// Where a word begins or ends, or neither.
fn write_at_word(look: Look, written: &mut String) {
    let letter = match look {
        Look::WordAscii
        | Look::WordAsciiNegate
        | Look::WordStartAscii
        | Look::WordEndAscii
        | Look::WordStartHalfAscii
        | Look::WordEndHalfAscii => "[0-9A-Za-z_]",
        _ => OF_A_WORD.as_str(),
    };
    let (begins, ends) = (format!("(?<!{letter})(?={letter})"), format!("(?<={letter})(?!{letter})"));
    let _ = match look {
        Look::WordStartAscii | Look::WordStartUnicode => write!(written, "{begins}"),
        Look::WordEndAscii | Look::WordEndUnicode => write!(written, "{ends}"),
        Look::WordStartHalfAscii | Look::WordStartHalfUnicode => write!(written, "(?<!{letter})"),
        Look::WordEndHalfAscii | Look::WordEndHalfUnicode => write!(written, "(?!{letter})"),
        Look::WordAsciiNegate | Look::WordUnicodeNegate => {
            write!(written, "(?:(?<={letter})(?={letter})|(?<!{letter})(?!{letter}))")
        }
        _ => write!(written, "(?:{begins}|{ends})"),
    };
}

fn write_letter(letter: char, written: &mut String) {
    if letter.is_control() {
        let _ = write!(written, r"\u{:04x}", u32::from(letter));
        return;
    }
    if letter.is_ascii_punctuation() {
        written.push('\\');
    }
    written.push(letter);
}

fn write_class(class: &Class, written: &mut String) {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    // A text of PostgreSQL holds no zero.
    let ranges: Vec<(u32, u32)> =
        ranges.into_iter().map(|(first, last)| (first.max(1), last)).filter(|(first, last)| first <= last).collect();
    if ranges.is_empty() {
        return written.push_str(NOTHING);
    }
    written.push('[');
    for (first, last) in ranges {
        let _ = write!(written, r"\U{first:08x}-\U{last:08x}");
    }
    written.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_grammars_write_differently_is_translated() {
        for (source, written) in [
            (r"^ONU-[0-3]+$", r"\AONU\-(?:[\U00000030-\U00000033]){1,}\Z"),
            (
                "(?i)ak",
                r"[\U00000041-\U00000041\U00000061-\U00000061][\U0000004b-\U0000004b\U0000006b-\U0000006b\U0000212a-\U0000212a]",
            ),
            ("(?m)^a.$", r"(?:\A|(?<=\n))a[\U00000001-\U00000009\U0000000b-\U0010ffff](?:\Z|(?=\n))"),
            (r"(?-u:\b)a", r"(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))a"),
            ("(?:ab)+", "(?:ab){1,}"),
            (r"(?P<a>b.)\x{41}", r"(?:b[\U00000001-\U00000009\U0000000b-\U0010ffff])A"),
            (r"[a-c&&[^b]]{2}", r"(?:[\U00000061-\U00000061\U00000063-\U00000063]){2,2}"),
            (r"a(?i)b|\x2e$", r"(?:a[\U00000042-\U00000042\U00000062-\U00000062]|\.\Z)"),
            ("a(", "(?=a)(?!a)"),
        ] {
            assert_eq!(for_postgres(source), written);
        }
    }
}
