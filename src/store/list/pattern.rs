//! A pattern of the `regex` crate's grammar as PostgreSQL reads it. What both write alike but for word boundaries, the
//! end of the text, what `.` takes and leading flags stays as it is written, so that an index reads it; all else
//! (properties and sets of letters, letters by their number, named groups, flags within) is written out from what it means.

use std::fmt::Write as _;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// What the two grammars write in different ways, or one of them alone.
const FOREIGN: [&str; 12] = [r"\p", r"\P", r"\x", r"\u", r"\U", "(?P", "(?<", "(?-", "&&", "--", "~~", "[["];

/// The same pattern for PostgreSQL's `~`.
pub(super) fn for_postgres(source: &str) -> String {
    let rest = leading_flags(source).1;
    // A flag within is one that holds from there on.
    let flags_within = rest.match_indices("(?").any(|(at, _)| !rest[at..].starts_with("(?:"));
    let is_foreign = flags_within || FOREIGN.iter().any(|foreign| source.contains(foreign));
    match is_foreign.then(|| regex_syntax::parse(source).ok()).flatten() {
        Some(meant) => {
            let mut written = String::new();
            write_out(&meant, &mut written);
            written
        }
        _ => translated(source),
    }
}

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
            Look::WordAscii | Look::WordUnicode => r"\y",
            Look::WordAsciiNegate | Look::WordUnicodeNegate => r"\Y",
            Look::WordStartAscii | Look::WordStartUnicode | Look::WordStartHalfAscii | Look::WordStartHalfUnicode => {
                r"\m"
            }
            Look::WordEndAscii | Look::WordEndUnicode | Look::WordEndHalfAscii | Look::WordEndHalfUnicode => r"\M",
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
        // Nothing that is and is not.
        written.push_str("(?=a)(?!a)");
        return;
    }
    written.push('[');
    for (first, last) in ranges {
        let _ = write!(written, r"\U{first:08x}-\U{last:08x}");
    }
    written.push(']');
}

fn translated(source: &str) -> String {
    let (flags, rest) = leading_flags(source);
    let has = |flag| flags.contains(flag);
    // `.` does not take a line break unless `s` says so; `^` and `$` stand at lines where `m` does.
    let lines = match (has('s'), has('m')) {
        (false, false) => "p",
        (false, true) => "n",
        (true, true) => "w",
        (true, false) => "s",
    };
    let mut written = format!("(?{lines}");
    written.extend(['i', 'x'].into_iter().filter(|flag| has(*flag)));
    written.push(')');
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        written.push(c);
        if c == '\\' {
            match chars.next() {
                Some('b') => written.push('y'),
                Some('B') => written.push('Y'),
                Some('z') => written.push('Z'),
                Some(other) => written.push(other),
                None => {}
            }
        }
    }
    written
}

/// The flags of `(?im)…`, and what follows.
fn leading_flags(source: &str) -> (&str, &str) {
    source
        .strip_prefix("(?")
        .and_then(|rest| rest.split_once(')'))
        .filter(|(flags, _)| flags.chars().all(|c| matches!(c, 'i' | 'm' | 's' | 'x' | 'u')))
        .unwrap_or(("", source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_grammars_write_differently_is_translated() {
        for (source, written) in [
            (r"^ONU-\d+$", r"(?p)^ONU-\d+$"),
            (r"\bcaf\B\\b\z", r"(?p)\ycaf\Y\\b\Z"),
            ("(?i)abc", "(?pi)abc"),
            ("(?ims)a.c", "(?wi)a.c"),
            ("(?:ab)+", "(?p)(?:ab)+"),
            (r"(?P<a>b.)\x{41}", r"(?:b[\U00000001-\U00000009\U0000000b-\U0010ffff])A"),
            (r"[a-c&&[^b]]{2}", r"(?:[\U00000061-\U00000061\U00000063-\U00000063]){2,2}"),
            (r"a(?i)b|\x2e$", r"(?:a[\U00000042-\U00000042\U00000062-\U00000062]|\.\Z)"),
        ] {
            assert_eq!(for_postgres(source), written);
        }
    }
}
