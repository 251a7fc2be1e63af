//! A filter back to text, in the one form that saved views and the filter line keep.

use std::fmt;

use super::lex::{name_length, pattern_length, sign_at};
use super::tree::{Filter, How, Written};

/// A value as it may stand after a sign: in quotes where it must.
#[must_use]
pub fn quoted(value: &str) -> String {
    let breaks = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"');
    if value.is_empty() || value.contains(breaks) || value.starts_with(['=', '<', '>', '~']) {
        in_quotes(value)
    } else {
        value.into()
    }
}

impl fmt::Display for Filter {
    /// The canonical text: [`super::parse`] makes the same filter of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::Word(word) => f.write_str(&free_word(&word.text)),
            Self::Compare { field, how, values } => {
                write!(f, "{}{}{}", field.text, how.sign(), list(values, *how))
            }
            Self::Is(names) => write!(f, "is:{}", list(names, How::Like)),
            Self::Has(names) => write!(f, "has:{}", list(names, How::Like)),
            Self::Related { relation, inner } => related(f, "has", relation, inner),
            Self::Not(inner) => match &**inner {
                Self::Has(names) => write!(f, "no:{}", list(names, How::Like)),
                Self::Related { relation, inner } => related(f, "no", relation, inner),
                inner => {
                    f.write_str("-")?;
                    part(f, inner, matches!(inner, Self::And(_) | Self::Or(_)))
                }
            },
            Self::And(parts) => join(f, parts, " ", |part| matches!(part, Self::And(_) | Self::Or(_))),
            Self::Or(parts) => join(f, parts, " or ", |part| matches!(part, Self::Or(_))),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Filter], between: &str, brackets: fn(&Filter) -> bool) -> fmt::Result {
    for (index, filter) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        part(f, filter, brackets(filter))?;
    }
    Ok(())
}

fn part(f: &mut fmt::Formatter<'_>, filter: &Filter, brackets: bool) -> fmt::Result {
    match filter {
        // Inside another filter everything must be written somehow: the empty word, which all hold.
        Filter::All => f.write_str("\"\""),
        filter if brackets => write!(f, "({filter})"),
        filter => write!(f, "{filter}"),
    }
}

fn related(f: &mut fmt::Formatter<'_>, head: &str, relation: &Written, inner: &Filter) -> fmt::Result {
    write!(f, "{head}:({} ", free_word(&relation.text))?;
    part(f, inner, false)?;
    f.write_str(")")
}

fn list(values: &[Written], how: How) -> String {
    match values {
        [] => String::new(),
        [only] if how == How::Pattern => pattern(&only.text),
        // `field:` is how an empty value is written.
        [only] if how.takes_list() && only.text.is_empty() => String::new(),
        values => values.iter().map(|value| quoted(&value.text)).collect::<Vec<_>>().join(","),
    }
}

fn pattern(source: &str) -> String {
    // A `[` or `\` left open would take in a bracket of the filter's that comes right after it.
    let ends_itself = pattern_length(&format!("{source})")) == source.len();
    let bare = !source.is_empty() && !source.starts_with('"') && ends_itself;
    if bare { source.into() } else { in_quotes(source) }
}

fn free_word(word: &str) -> String {
    let after_name = word.get(name_length(word)..).unwrap_or("");
    let is_term = name_length(word) > 0 && (sign_at(after_name).is_some() || after_name.starts_with("!="));
    let is_bare = !word.is_empty()
        && !is_term
        && !word.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
        && !word.starts_with(['-', ':', '=', '<', '>', '~'])
        && !["and", "or"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
    if is_bare { word.into() } else { in_quotes(word) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::filter::parse;

    #[test]
    fn there_is_one_way_to_write_a_filter() {
        for (text, canonical) in [
            ("  a   AND b ", "a b"),
            ("(a b) or (c)", "a b or c"),
            ("a (b or c)", "a (b or c)"),
            ("-(a b)", "-(a b)"),
            ("name:\"amina\"", "name:amina"),
            ("name:\"North POP\",x", "name:\"North POP\",x"),
            ("email:\"\"", "email:"),
            ("-has:email", "no:email"),
            ("has:( invoice   and is:overdue )", "has:(invoice is:overdue)"),
            ("\"or\" \"-x\" \"a:b\" \"\"", "\"or\" \"-x\" \"a:b\" \"\""),
            (r#"name~"^ONU-\d+""#, r"name~^ONU-\d+"),
            (r#"name~"a \d""#, r#"name~"a \\d""#),
            ("(name~[ a)", "name~\"[\" a"),
            ("a<\"=1\"", "a<\"=1\""),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), canonical, "{text}");
        }
        let of_code = Filter::Not(Box::new(Filter::All));
        assert_eq!(of_code.to_string(), "-\"\"");
    }
}
