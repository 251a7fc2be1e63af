//! The grammar: `or` between terms joined by `and`, a blank or nothing; `-` before a term; brackets.

use std::ops::Range;

use super::lex::{Piece, Token, lex};
use super::mistake::Mistake;
use super::tree::{Filter, How, Written};

/// How deep brackets and negations may stand in each other: more than anybody writes, and little
/// enough that no text can use up the stack.
const DEPTH: usize = 48;

/// Reads a filter. Empty text takes everything.
///
/// # Errors
/// What is wrong, where, and what would fit there.
pub fn parse(text: &str) -> Result<Filter, Mistake> {
    let mut parser = Parser { pieces: lex(text)?, at: 0, end: text.len() };
    if parser.pieces.is_empty() {
        return Ok(Filter::All);
    }
    let filter = parser.any_of(0)?;
    match parser.next() {
        None => Ok(filter),
        Some(piece) => Err(Mistake::new(piece.span, "this closes a bracket that nothing opened")),
    }
}

struct Parser {
    pieces: Vec<Piece>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.pieces.get(self.at).map(|piece| &piece.token)
    }

    fn next(&mut self) -> Option<Piece> {
        let piece = self.pieces.get(self.at).cloned();
        self.at += 1;
        piece
    }

    /// Steps over a piece if it is the next one.
    fn skip(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn any_of(&mut self, depth: usize) -> Result<Filter, Mistake> {
        let mut parts = vec![self.all_of(depth)?];
        while self.skip(&Token::Or) {
            parts.push(self.all_of(depth)?);
        }
        Ok(Filter::any_of(parts))
    }

    fn all_of(&mut self, depth: usize) -> Result<Filter, Mistake> {
        let mut parts = vec![self.term(depth)?];
        loop {
            let joined = self.skip(&Token::And);
            match self.peek() {
                None | Some(Token::Close | Token::Or) if !joined => return Ok(Filter::all_of(parts)),
                _ => parts.push(self.term(depth)?),
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<Filter, Mistake> {
        let Some(piece) = self.next() else {
            return Err(wanted(self.end..self.end, "something is wanted at the end"));
        };
        let span = piece.span;
        if depth > DEPTH {
            return Err(Mistake::new(span, format!("more than {DEPTH} brackets and ‘-’ stand in each other")));
        }
        match piece.token {
            Token::Not => Ok(self.term(depth + 1)?.negated()),
            Token::Open => {
                let inner = self.any_of(depth + 1)?;
                self.close(span)?;
                Ok(inner)
            }
            Token::Word(text) => Ok(Filter::Word(Written { text, span })),
            Token::Term { field, how, values } => term(field, how, values, &span),
            Token::Group(head) => self.group(&head, span, depth + 1),
            Token::Close => Err(wanted(span, "something is wanted before the ‘)’")),
            Token::And => Err(wanted(span, "something is wanted before ‘and’; in quotes it is text to look for")),
            Token::Or => Err(wanted(span, "something is wanted before ‘or’; in quotes it is text to look for")),
        }
    }

    /// What stands after `has:(`: a relation's name, then a filter over what is related.
    fn group(&mut self, head: &str, span: Range<usize>, depth: usize) -> Result<Filter, Mistake> {
        let negated = head.eq_ignore_ascii_case("no");
        if !negated && !head.eq_ignore_ascii_case("has") {
            let message = format!("only ‘has:’ and ‘no:’ take brackets; one of several is {head}:a,b");
            return Err(Mistake::new(span, message).expecting([format!("{head}:")]));
        }
        let relation = match self.next() {
            Some(Piece { token: Token::Word(text), span }) => Written { text, span },
            other => {
                let at = other.map_or(self.end..self.end, |piece| piece.span);
                return Err(Mistake::new(at, format!("after ‘{head}:(’ what is related is named first")));
            }
        };
        let filter = if self.peek().is_none_or(|token| *token == Token::Close) {
            Filter::Has(vec![relation])
        } else {
            self.skip(&Token::And);
            Filter::Related { relation, inner: Box::new(self.any_of(depth)?) }
        };
        self.close(span)?;
        Ok(if negated { filter.negated() } else { filter })
    }

    fn close(&mut self, opened: Range<usize>) -> Result<(), Mistake> {
        if self.skip(&Token::Close) {
            Ok(())
        } else {
            Err(Mistake::new(opened, "this bracket is not closed").expecting([")"]))
        }
    }
}

fn wanted(span: Range<usize>, message: &str) -> Mistake {
    Mistake::new(span, message).expecting(["a word", "field:value", "is:condition", "has:relation"])
}

fn term(field: Written, how: How, values: Vec<Written>, span: &Range<usize>) -> Result<Filter, Mistake> {
    let make: fn(Vec<Written>) -> Filter = match field.text.to_ascii_lowercase().as_str() {
        "is" => Filter::Is,
        "has" => Filter::Has,
        "no" => |names| Filter::Has(names).negated(),
        _ => return Ok(Filter::Compare { field, how, values }),
    };
    if how == How::Like {
        return Ok(make(values));
    }
    let right = format!("{}:", field.text.to_ascii_lowercase());
    Err(Mistake::new(span.clone(), format!("‘{right}’ takes a name and no other sign")).expecting([right]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn word(text: &str) -> Filter {
        Filter::Word(text.into())
    }

    fn compare(field: &str, how: How, values: &[&str]) -> Filter {
        Filter::Compare { field: field.into(), how, values: values.iter().map(|text| Written::from(*text)).collect() }
    }

    fn has(names: &[&str]) -> Filter {
        Filter::Has(names.iter().map(|text| Written::from(*text)).collect())
    }

    fn is(name: &str) -> Filter {
        Filter::Is(vec![name.into()])
    }

    fn related(relation: &str, inner: Filter) -> Filter {
        Filter::Related { relation: relation.into(), inner: Box::new(inner) }
    }

    #[test]
    fn every_example_of_the_design_is_read() {
        use How::{Above, AtLeast, Below, Exactly, Like, Pattern};
        for (text, filter) in [
            ("", Filter::All),
            (" \t", Filter::All),
            ("amina", word("amina")),
            ("status:suspended,expired", compare("status", Like, &["suspended", "expired"])),
            ("-status:active", compare("status", Like, &["active"]).negated()),
            ("name:\"North POP\"", compare("name", Like, &["North POP"])),
            ("name=\"North POP\"", compare("name", Exactly, &["North POP"])),
            (r"name~^ONU-\d+", compare("name", Pattern, &[r"^ONU-\d+"])),
            ("balance<0", compare("balance", Below, &["0"])),
            ("price>=49.90", compare("price", AtLeast, &["49.90"])),
            ("expires<7d", compare("expires", Below, &["7d"])),
            ("created>2026-01-01", compare("created", Above, &["2026-01-01"])),
            ("updated>-2h", compare("updated", Above, &["-2h"])),
            ("customer.plan:100M", compare("customer.plan", Like, &["100M"])),
            ("is:overdue", is("overdue")),
            ("is:mine", is("mine")),
            ("is:flapping", is("flapping")),
            ("is:low", is("low")),
            ("has:ticket", has(&["ticket"])),
            ("no:email", has(&["email"]).negated()),
            ("has:(invoice is:overdue)", related("invoice", is("overdue"))),
            ("ip:10.4.0.0/16", compare("ip", Like, &["10.4.0.0/16"])),
            (
                "status:suspended plan:100M expires<7d",
                Filter::And(vec![
                    compare("status", Like, &["suspended"]),
                    compare("plan", Like, &["100M"]),
                    compare("expires", Below, &["7d"]),
                ]),
            ),
            (
                "health:down site:\"North POP\"",
                Filter::And(vec![compare("health", Like, &["down"]), compare("site", Like, &["North POP"])]),
            ),
        ] {
            assert_eq!(parse(text), Ok(filter), "{text}");
        }
    }

    #[test]
    fn and_binds_tighter_than_or_and_brackets_bind_tightest() {
        let (a, b, c) = (|| word("a"), || word("b"), || word("c"));
        let and = |parts: &[Filter]| Filter::And(parts.to_vec());
        let or = |parts: &[Filter]| Filter::Or(parts.to_vec());
        for (text, filter) in [
            ("a b or c", or(&[and(&[a(), b()]), c()])),
            ("a or b c", or(&[a(), and(&[b(), c()])])),
            ("a AND b Or c", or(&[and(&[a(), b()]), c()])),
            ("a (b or c)", and(&[a(), or(&[b(), c()])])),
            ("(a b) c", and(&[a(), b(), c()])),
            ("a or (b or c)", or(&[a(), b(), c()])),
            ("-(a or b) c", and(&[or(&[a(), b()]).negated(), c()])),
            ("-a b", and(&[a().negated(), b()])),
            ("--a", a().negated().negated()),
            ("((a))(b)", and(&[a(), b()])),
            ("a \"or\" b", and(&[a(), word("or"), b()])),
            ("(name~^(x|y)) or a", or(&[compare("name", How::Pattern, &["^(x|y)"]), a()])),
            ("has:(x a or b) c", and(&[related("x", or(&[a(), b()])), c()])),
            ("has:(x and a)", related("x", a())),
            ("has:(x)", has(&["x"])),
            ("no:(x has:(y z:1))", related("x", related("y", compare("z", How::Like, &["1"]))).negated()),
        ] {
            assert_eq!(parse(text), Ok(filter), "{text}");
        }
    }

    #[test]
    fn what_looks_odd_has_one_reading() {
        use How::{AtMost, Exactly, Like, Pattern};
        for (text, filter) in [
            ("email:", compare("email", Like, &[""])),
            ("email:\"\"", compare("email", Like, &[""])),
            ("email:\"\",x", compare("email", Like, &["", "x"])),
            ("2001:db8::1", word("2001:db8::1")),
            ("00:1b:44:11:3a:b7", word("00:1b:44:11:3a:b7")),
            ("ip:::1", compare("ip", Like, &["::1"])),
            ("noc@isp.example:8080", word("noc@isp.example:8080")),
            ("19\"", word("19\"")),
            ("\"a \\\"b\\\" \\\\ \\d\"", word("a \"b\" \\ \\d")),
            (r#"name~"a \d""#, compare("name", Pattern, &[r"a \d"])),
            ("name=\"a,b\",c", compare("name", Exactly, &["a,b", "c"])),
            ("balance<=1,5", compare("balance", AtMost, &["1,5"])),
            ("IS:mine", is("mine")),
            ("+254", word("+254")),
        ] {
            assert_eq!(parse(text), Ok(filter), "{text}");
        }
    }

    #[test]
    fn mistakes_stand_where_they_were_made() {
        for (text, span, told) in [
            ("a or", 4..4, "something is wanted at the end"),
            ("or a", 0..2, "something is wanted before ‘or’"),
            ("a and or b", 6..8, "something is wanted before ‘or’"),
            ("a () b", 3..4, "something is wanted before the ‘)’"),
            ("a (b", 2..3, "not closed"),
            ("a) b", 1..2, "nothing opened"),
            ("a - b", 2..3, "right after the ‘-’"),
            ("name:\"North", 5..11, "the quote is not closed"),
            ("name:\"a\"b", 8..9, "a blank is wanted before ‘b’"),
            ("status:a,,b", 9..9, "a value is missing beside the comma"),
            ("status:a, b", 9..9, "a value is missing beside the comma"),
            ("balance<", 8..8, "a value is wanted after ‘balance<’"),
            ("name~ x", 5..5, "a pattern is wanted after ‘name~’"),
            ("balance < 0", 8..9, "a field is wanted right before ‘<’"),
            ("a==b", 2..3, "no such sign"),
            ("a!=b", 1..3, "-a:value"),
            ("foo(bar)", 3..4, "stands in quotes"),
            ("name:(a or b)", 0..6, "only ‘has:’ and ‘no:’ take brackets"),
            ("has:(is:overdue)", 5..15, "what is related is named first"),
            ("has:(invoice is:overdue", 0..5, "not closed"),
            ("is=mine", 0..7, "‘is:’ takes a name"),
        ] {
            let mistake = parse(text).unwrap_err();
            assert_eq!(mistake.span, span, "{text}");
            assert!(mistake.message.contains(told), "{text}: {}", mistake.message);
        }
    }

    #[test]
    fn depth_is_bounded() {
        for deep in ["(", "-", "has:(x ", "-("] {
            assert!(parse(&deep.repeat(100_000)).is_err());
        }
        assert!(parse(&format!("{}a{}", "(".repeat(40), ")".repeat(40))).is_ok());
    }
}
