//! What may come next while a filter is typed.

use std::ops::Range;

use super::compare::{ME, signs};
use super::fields::{Field, Fields};
use super::lex::{name_length, pattern_length, sign_at};
use super::resolve::{find_field, find_relation};
use super::tree::How;
use super::write::quoted;
use crate::domain::Kind;

/// What is being typed at the cursor, and what it may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that an accepted candidate replaces.
    pub span: Range<usize>,
    /// What stands before the cursor in the span, without quotes.
    pub typed: String,
    /// As they are written, quotes included, the likeliest first.
    pub candidates: Vec<String>,
    pub kind: CompletionKind,
}

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A field, one of its signs, or a free word.
    Field,
    /// A value of this field, by its proper path. Where there are no candidates but `me` the caller knows which values
    /// occur, and writes them with [`quoted`]. `relations` is empty, or leads to the record that has the field
    /// (`has:(invoice customer:…`).
    Value { relations: Vec<String>, field: String },
    /// The name of a condition, after `is:`.
    Condition,
    /// The name of a relation (or, without brackets, of a field), after `has:` or `no:`.
    Relation,
}

/// What may stand at the cursor (in bytes; brought into the text and to the beginning of a
/// character). Works on texts that are not yet, or will never be, filters.
#[must_use]
pub fn complete(text: &str, cursor: usize, fields: &dyn Fields) -> Completion {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = text.split_at_checked(cursor).unwrap_or((text, ""));
    let (start, groups) = place(before);
    // Behind what is closed a word begins only after a blank.
    if start == cursor && before.ends_with(')') {
        return Completion {
            span: cursor..cursor,
            candidates: Vec::new(),
            kind: CompletionKind::Field,
            typed: String::new(),
        };
    }
    let mut relations: Vec<String> = groups.iter().flatten().filter(|name| !name.is_empty()).cloned().collect();
    name_properly(&mut relations, fields);
    let names_relation = matches!(groups.last(), Some(Some(name)) if name.is_empty());
    let term = before.get(start..).unwrap_or("").trim_start_matches('-');
    let at = At { cursor, after };
    within(fields, &relations, &mut |fields| {
        if names_relation {
            let known = fields.map(Fields::relations).unwrap_or_default();
            return at.names(term, &known, CompletionKind::Relation);
        }
        let name = term.get(..name_length(term)).unwrap_or("");
        let rest = term.get(name.len()..).unwrap_or("");
        match sign_at(rest) {
            Some(how) if !name.is_empty() => {
                let values = rest.get(how.sign().len()..).unwrap_or("");
                at.value(name, how, values, &relations, fields)
            }
            _ => at.field(term, fields),
        }
    })
}

/// Where the term before the cursor begins, and what brackets are open there: for those of `has:(`
/// the relation's name, empty before it is written.
fn place(before: &str) -> (usize, Vec<Option<String>>) {
    let (mut start, mut groups) = (0, Vec::new());
    let mut at = 0;
    while let Some(c) = before.get(at..).and_then(|rest| rest.chars().next()) {
        let chunk = before.get(start..at).unwrap_or("");
        let rest = before.get(at..).unwrap_or("");
        at += match c {
            '"' if chunk.is_empty() || chunk.ends_with([':', '=', '~', '<', '>', ',', '-']) => quote_length(rest),
            '~' if !rest.starts_with("~\"") && is_name(chunk) => 1 + pattern_length(rest.get(1..).unwrap_or("")),
            _ => c.len_utf8(),
        };
        if c.is_whitespace() {
            name_group(&mut groups, chunk);
            start = at;
        } else if c == '(' {
            let head = chunk.trim_start_matches('-').to_ascii_lowercase();
            groups.push(matches!(head.as_str(), "has:" | "no:").then(String::new));
            start = at;
        } else if c == ')' {
            groups.pop();
            start = at;
        }
    }
    (start, groups)
}

/// The first word after `has:(` names the relation.
fn name_group(groups: &mut [Option<String>], chunk: &str) {
    if let Some(Some(name)) = groups.last_mut()
        && name.is_empty()
    {
        chunk.trim_matches('"').clone_into(name);
    }
}

fn is_name(chunk: &str) -> bool {
    let name = chunk.trim_start_matches('-');
    !name.is_empty() && name_length(name) == name.len()
}

/// How many bytes a quote takes, up to its end or that of the text.
fn quote_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Puts the proper names of relations in place of what they are called.
fn name_properly(relations: &mut [String], fields: &dyn Fields) {
    if let Some((first, others)) = relations.split_first_mut()
        && let Some((proper, related)) = find_relation(first, fields)
    {
        *first = proper;
        name_properly(others, &*related);
    }
}

/// Calls with the fields of what is related over these relations; with none where there is no such.
fn within(
    fields: &dyn Fields,
    relations: &[String],
    then: &mut dyn FnMut(Option<&dyn Fields>) -> Completion,
) -> Completion {
    match relations.split_first() {
        None => then(Some(fields)),
        Some((first, others)) => match fields.relation(first) {
            Some(related) => within(&*related, others, then),
            None => then(None),
        },
    }
}

/// The cursor, and what stands behind it.
struct At<'a> {
    cursor: usize,
    after: &'a str,
}

impl At<'_> {
    fn completion(&self, typed: &str, ends: fn(char) -> bool, kind: CompletionKind) -> Completion {
        let tail = self.after.find(ends).unwrap_or(self.after.len());
        let span = self.cursor - typed.len()..self.cursor + tail;
        let bare = typed.trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
        Completion { span, typed: bare, candidates: Vec::new(), kind }
    }

    fn names(&self, typed: &str, known: &[String], kind: CompletionKind) -> Completion {
        let ends = |c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.');
        let mut completion = self.completion(typed, ends, kind);
        completion.candidates = ranked(typed, known);
        completion
    }

    fn field(&self, typed: &str, fields: Option<&dyn Fields>) -> Completion {
        let mut completion = match typed.rsplit_once('.') {
            Some((path, last)) => self.field_behind(typed, path, last, fields),
            None => {
                let mut known = fields.map(Fields::names).unwrap_or_default();
                known.extend(["is:", "has:", "no:"].map(String::from));
                self.names(typed, &known, CompletionKind::Field)
            }
        };
        let behind = self.after.get(completion.span.end - self.cursor..).unwrap_or("");
        if sign_at(behind).is_some() {
            // The sign stands there already: `is` and its like do not bring a second one.
            completion.candidates.iter_mut().for_each(|name| *name = name.trim_end_matches(':').into());
        } else if let Some((proper, field)) = fields.and_then(|fields| find_field(typed, fields)) {
            let with_signs = signs(field).iter().map(|how| format!("{proper}{}", how.sign()));
            let points_on = fields.is_some_and(|fields| fields.behind(&proper).is_some());
            let onwards = points_on.then(|| format!("{proper}."));
            let others = completion.candidates.into_iter().filter(|name| *name != proper);
            completion.candidates = with_signs.chain(onwards).chain(others).collect();
        }
        completion
    }

    /// The fields of the record that a path leads to.
    fn field_behind(&self, typed: &str, path: &str, last: &str, fields: Option<&dyn Fields>) -> Completion {
        let mut completion = self.names(typed, &[], CompletionKind::Field);
        let Some(fields) = fields else { return completion };
        let Some((proper, _)) = find_field(path, fields) else { return completion };
        let known = fields.behind(&proper).map(|behind| behind.names()).unwrap_or_default();
        completion.candidates = ranked(last, &known).iter().map(|name| format!("{proper}.{name}")).collect();
        completion
    }

    fn value(
        &self,
        name: &str,
        how: How,
        values: &str,
        relations: &[String],
        fields: Option<&dyn Fields>,
    ) -> Completion {
        let (listed, typed) = if how.takes_list() { last_of_list(values) } else { (Vec::new(), values) };
        let known = |list: fn(&dyn Fields) -> Vec<String>| fields.map(list).unwrap_or_default();
        let new = |mut completion: Completion| {
            completion.candidates.retain(|candidate| !listed.contains(&candidate.as_str()));
            completion
        };
        match name.to_ascii_lowercase().as_str() {
            "is" => new(self.names(typed, &known(|fields| fields.conditions()), CompletionKind::Condition)),
            "has" | "no" => {
                let mut names = known(|fields| fields.relations());
                for name in known(|fields| fields.names()) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                new(self.names(typed, &names, CompletionKind::Relation))
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"');
                let found = fields.and_then(|fields| find_field(name, fields));
                let path = found.as_ref().map_or_else(|| name.into(), |(proper, _)| proper.clone());
                let kind = CompletionKind::Value { relations: relations.to_vec(), field: path };
                let mut completion = self.completion(typed, ends, kind);
                let words: Vec<String> = found.map(|(_, field)| words(field, how)).unwrap_or_default();
                completion.candidates = ranked(&completion.typed, &words).iter().map(|word| quoted(word)).collect();
                new(completion)
            }
        }
    }
}

/// The values before the last comma outside quotes, and what stands behind it.
fn last_of_list(values: &str) -> (Vec<&str>, &str) {
    let (mut listed, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(c) = values.get(at..).and_then(|rest| rest.chars().next()) {
        let item = values.get(start..at).unwrap_or("");
        at += if c == '"' && item.is_empty() { quote_length(values.get(at..).unwrap_or("")) } else { c.len_utf8() };
        if c == ',' {
            listed.push(item);
            start = at;
        }
    }
    (listed, values.get(start..).unwrap_or(""))
}

/// The values that are known without asking what occurs.
fn words(field: Field, how: How) -> Vec<String> {
    let words: &[&str] = match (field.kind, how.takes_list()) {
        _ if field.person && how == How::Like => &[ME],
        _ if field.reference => &[],
        (Kind::Choice(words), _) => words,
        (Kind::Bool, _) => &["yes", "no"],
        (Kind::Instant | Kind::Date, true) => &["today", "yesterday", "tomorrow"],
        (Kind::Instant, false) => &["now", "today", "-1h", "-1d", "-7d", "1d", "7d", "1mo"],
        (Kind::Date, false) => &["today", "-1d", "-7d", "1d", "7d", "1mo"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Those that begin with what is typed, then those that hold it: anywhere from three letters on,
/// at the beginning of a part below that.
fn ranked(typed: &str, known: &[String]) -> Vec<String> {
    let typed = typed.to_lowercase();
    let holds = |name: &str| match typed.chars().count() {
        0..3 => name.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(&typed)),
        _ => name.contains(&typed),
    };
    let (mut begin, mut hold) = (Vec::new(), Vec::new());
    for name in known {
        let lower = name.to_lowercase();
        if lower.starts_with(&typed) {
            begin.push(name.clone());
        } else if holds(&lower) {
            hold.push(name.clone());
        }
    }
    begin.append(&mut hold);
    begin
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::filter::sample::Customers;

    /// Completes at the `‸`, or at the end.
    fn at(marked: &str) -> (Completion, Vec<String>) {
        let cursor = marked.find('‸').unwrap_or(marked.len());
        let completion = complete(&marked.replacen('‸', "", 1), cursor, &Customers);
        let candidates = completion.candidates.clone();
        (completion, candidates)
    }

    fn value(relations: &[&str], field: &str) -> CompletionKind {
        CompletionKind::Value { relations: relations.iter().map(|name| (*name).into()).collect(), field: field.into() }
    }

    #[test]
    fn offers_what_fits_at_the_cursor() {
        use CompletionKind::{Condition, Field, Relation};
        for (marked, span, kind, candidates) in [
            ("st", 0..2, Field, &["status"][..]),
            ("a -st", 3..5, Field, &["status"]),
            ("sta‸tus:x", 0..6, Field, &["status"]),
            ("i‸:x", 0..1, Field, &["ip", "is"]),
            ("balance", 0..7, Field, &["balance:", "balance=", "balance<", "balance<=", "balance>", "balance>="]),
            ("name", 0..4, Field, &["name:", "name=", "name~"]),
            ("status:", 7..7, value(&[], "status"), &["new", "active", "suspended", "expired", "closed"]),
            ("status:EX", 7..9, value(&[], "status"), &["expired"]),
            ("status:active,su", 14..16, value(&[], "status"), &["suspended"]),
            ("status:active,a", 14..15, value(&[], "status"), &[]),
            ("vip:", 4..4, value(&[], "vip"), &["yes", "no"]),
            ("plan:\"Home 1", 5..12, value(&[], "plan"), &[]),
            ("agent:m", 6..7, value(&[], "agent"), &["me"]),
            ("agent=m", 6..7, value(&[], "agent"), &[]),
            ("plan:\"a,b\",x", 11..12, value(&[], "plan"), &[]),
            ("expires<7", 8..9, value(&[], "expires"), &["7d", "-7d"]),
            ("signed:to", 7..9, value(&[], "signed"), &["today", "tomorrow"]),
            ("is:o", 3..4, Condition, &["overdue"]),
            ("is:mine,", 8..8, Condition, &["overdue"]),
            ("has:t", 4..5, Relation, &["ticket"]),
            ("has:(", 5..5, Relation, &["invoice", "ticket"]),
            ("no:(inv", 4..7, Relation, &["invoice"]),
            ("has:(invoice t", 13..14, Field, &["total"]),
            ("has:(invoice a or customer:x", 27..28, value(&["invoice"], "customer"), &[]),
            ("has:(invoice total>5) sta", 22..25, Field, &["status"]),
            ("has:(nothing t", 13..14, Field, &[]),
            ("name~^(a|b) st", 12..14, Field, &["status"]),
            ("\"or sta", 0..7, Field, &[]),
        ] {
            let (completion, found) = at(marked);
            assert_eq!(completion.span, span, "{marked}");
            assert_eq!(completion.kind, kind, "{marked}");
            assert_eq!(found, candidates, "{marked}");
        }
    }

    #[test]
    fn what_is_typed_comes_without_quotes() {
        assert_eq!(at("plan:\"Home 1").0.typed, "Home 1");
        assert_eq!(at("plan:Ho‸me").0.typed, "Ho");
        assert_eq!(at("").0.candidates.len(), Customers.names().len() + 3);
    }

    #[test]
    fn any_cursor_is_brought_into_the_text() {
        assert_eq!(complete("ñ", 1, &Customers).span, 0..2);
        assert_eq!(complete("st", 99, &Customers).candidates, ["status"]);
    }
}
