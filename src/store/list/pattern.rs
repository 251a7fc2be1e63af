//! A pattern of the `regex` crate's grammar as PostgreSQL reads it, for the parts in which the two
//! differ and which people use: word boundaries, the end of the text, what `.` takes, leading flags.

/// The same pattern for PostgreSQL's `~`.
pub(super) fn for_postgres(source: &str) -> String {
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
        ] {
            assert_eq!(for_postgres(source), written);
        }
    }
}
