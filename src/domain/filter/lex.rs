//! From text to the pieces that the grammar is made of.

use std::ops::Range;

use super::mistake::Mistake;
use super::tree::{How, Written};
use crate::domain::text;

/// A piece of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// The `-` before a term.
    Not,
    And,
    Or,
    Word(String),
    Term {
        field: Written,
        how: How,
        values: Vec<Written>,
    },
    /// `has:(`, up to and with the bracket.
    Group(String),
}

/// A piece and the bytes it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub token: Token,
    pub span: Range<usize>,
}

/// Cuts a filter into its pieces.
pub(super) fn lex(text: &str) -> Result<Vec<Piece>, Mistake> {
    let mut lexer = Lexer { text, at: 0 };
    let mut pieces = Vec::new();
    while let Some(piece) = lexer.piece()? {
        pieces.push(piece);
    }
    Ok(pieces)
}

/// How many bytes at the beginning of the text could be a field's name: letters, digits, `_`, `-`
/// and `.`, beginning with a letter or `_`. 0 where it begins with something else.
pub(super) fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.')).unwrap_or(text.len())
}

/// The sign that the text begins with.
pub(super) fn sign_at(text: &str) -> Option<How> {
    How::ALL.into_iter().find(|how| text.starts_with(how.sign()))
}

/// How many bytes at the beginning of the text are a pattern that stands without quotes: up to the
/// first blank, or the first `)` that closes no bracket of the pattern's own.
pub(super) fn pattern_length(text: &str) -> usize {
    let (mut depth, mut in_class) = (0_usize, false);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c.is_whitespace() => return at,
            '\\' => {
                chars.next_if(|(_, next)| !next.is_whitespace());
            }
            '[' if !in_class => {
                in_class = true;
                // A `]` that stands first belongs to the class.
                chars.next_if(|(_, next)| *next == '^');
                chars.next_if(|(_, next)| *next == ']');
            }
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class && depth == 0 => return at,
            ')' if !in_class => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Takes this many bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.rest().get(..length).unwrap_or("");
        self.at += taken.len();
        taken
    }

    /// The place here, and the next character if there is one.
    fn here(&self) -> Range<usize> {
        self.at..self.at + self.rest().chars().next().map_or(0, char::len_utf8)
    }

    fn piece(&mut self) -> Result<Option<Piece>, Mistake> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let token = match first {
            '(' => self.sign(Token::Open),
            ')' => self.sign(Token::Close),
            '-' => self.negation()?,
            '"' => {
                let word = self.quoted()?;
                self.check_end()?;
                Token::Word(word.text)
            }
            ':' | '=' | '~' | '<' | '>' => {
                let sign = sign_at(self.rest()).map_or(":", How::sign);
                return Err(Mistake::new(
                    start..start + sign.len(),
                    format!(
                        "a field is wanted right before ‘{sign}’, without a blank; in quotes it is text to look for"
                    ),
                ));
            }
            _ => self.word_or_term()?,
        };
        Ok(Some(Piece { token, span: start..self.at }))
    }

    fn sign(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn negation(&mut self) -> Result<Token, Mistake> {
        let token = self.sign(Token::Not);
        if self.rest().is_empty() || self.rest().starts_with(|c: char| c.is_whitespace() || c == ')') {
            return Err(Mistake::new(self.at - 1..self.at, "what is not wanted stands right after the ‘-’"));
        }
        Ok(token)
    }

    fn word_or_term(&mut self) -> Result<Token, Mistake> {
        let start = self.at;
        let name = self.rest().get(..name_length(self.rest())).unwrap_or("");
        let after = self.rest().get(name.len()..).unwrap_or("");
        if !name.is_empty() && after.starts_with("!=") {
            let span = start + name.len()..start + name.len() + 2;
            return Err(
                Mistake::new(span, format!("‘not’ is a ‘-’ in front: -{name}:value")).expecting([format!("-{name}:")])
            );
        }
        if !name.is_empty()
            && let Some(how) = sign_at(after)
        {
            self.at += name.len() + how.sign().len();
            if how == How::Like && self.rest().starts_with('(') {
                self.at += 1;
                return Ok(Token::Group(name.into()));
            }
            let field = Written { text: name.into(), span: start..start + name.len() };
            let values = self.values(name, how)?;
            return Ok(Token::Term { field, how, values });
        }
        let joins =
            [("and", Token::And), ("or", Token::Or)].into_iter().find(|(word, _)| name.eq_ignore_ascii_case(word));
        if let Some((word, token)) = joins
            && after.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')'))
        {
            self.at += word.len();
            return Ok(token);
        }
        self.bare(false).map(|word| Token::Word(word.text))
    }

    fn values(&mut self, field: &str, how: How) -> Result<Vec<Written>, Mistake> {
        let from = self.at;
        let mut values = vec![self.value(how)?];
        while how.takes_list() && self.rest().starts_with(',') {
            self.at += 1;
            values.push(self.value(how)?);
        }
        let missing = |value: &Written| value.span.is_empty();
        if values.len() > 1
            && let Some(gap) = values.iter().find(|value| missing(value))
        {
            return Err(Mistake::new(gap.span.clone(), "a value is missing beside the comma"));
        }
        if !how.takes_list() && values.iter().all(|value| value.text.is_empty()) {
            let wanted = if how == How::Pattern { "a pattern" } else { "a value" };
            return Err(Mistake::new(from..self.at, format!("{wanted} is wanted after ‘{field}{}’", how.sign())));
        }
        self.check_end()?;
        Ok(values)
    }

    fn value(&mut self, how: How) -> Result<Written, Mistake> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        if how == How::Pattern {
            let start = self.at;
            let text = self.take(pattern_length(self.rest())).into();
            return Ok(Written { text, span: start..self.at });
        }
        if self.rest().starts_with(['=', '<', '>', '~']) {
            let signs = How::ALL.map(How::sign).join(" ");
            return Err(Mistake::new(
                self.here(),
                format!("no such sign: there is {signs}; what belongs to the value stands in quotes"),
            )
            .expecting(How::ALL.map(How::sign)));
        }
        self.bare(how.takes_list())
    }

    /// Text up to a blank, a bracket or, in a list, a comma.
    fn bare(&mut self, in_list: bool) -> Result<Written, Mistake> {
        let start = self.at;
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')') || in_list && c == ',';
        let text = self.take(self.rest().find(ends).unwrap_or(self.rest().len())).into();
        if self.rest().starts_with('(') {
            return Err(Mistake::new(self.here(), "a bracket that belongs to the text stands in quotes with it"));
        }
        Ok(Written { text, span: start..self.at })
    }

    /// Text in quotes: `\"` is a quote, `\\` a backslash, any other backslash stands for itself, so
    /// that patterns need not be written twice over.
    fn quoted(&mut self) -> Result<Written, Mistake> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return Ok(Written { text, span: start..self.at });
                }
                '\\' => text.push(chars.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or(c, |(_, next)| next)),
                c => text.push(c),
            }
        }
        Err(Mistake::new(start..self.text.len(), "the quote is not closed").expecting(["\""]))
    }

    /// After a quote nothing may stand that would look as if it belonged to it.
    fn check_end(&self) -> Result<(), Mistake> {
        match self.rest().chars().next() {
            None | Some(')') => Ok(()),
            Some(c) if c.is_whitespace() => Ok(()),
            Some(c) => Err(Mistake::new(
                self.here(),
                format!(
                    "a blank is wanted before ‘{}’; a quote inside quotes is written \\\"",
                    text::clean(&c.to_string())
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_their_own_brackets() {
        for (text, pattern) in [
            (r"^ONU-\d+ x", r"^ONU-\d+"),
            ("^(a|b))", "^(a|b)"),
            (r"\))", r"\)"),
            ("[)])", "[)]"),
            ("[^])])", "[^])]"),
            ("a,b", "a,b"),
            ("", ""),
            ("\\ x", "\\"),
        ] {
            assert_eq!(text.get(..pattern_length(text)), Some(pattern), "{text}");
        }
    }

    #[test]
    fn names_begin_with_a_letter() {
        for (text, length) in [("customer.plan:", 13), ("10.4", 0), ("_x=", 2), ("größe<", 7), ("", 0), ("-a", 0)] {
            assert_eq!(name_length(text), length, "{text}");
        }
    }
}
