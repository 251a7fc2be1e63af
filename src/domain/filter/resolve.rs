//! What a filter means for one kind of record.

use ipnet::IpNet;
use regex::Regex;

use super::compare;
use super::fields::{Field, Fields};
use super::mistake::Mistake;
use super::tree::{Filter, How, Written};
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};
use crate::domain::{phone, text};

/// What a filter takes. Every part is true or false of a record, never unknown: a test that is not
/// [`Test::Empty`] is false where the field is empty, and `Not` is the plain complement, such
/// records included.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    /// Everything. Stands alone, inside `Not` or inside `Has` only.
    All,
    And(Vec<Resolved>),
    Or(Vec<Resolved>),
    Not(Box<Resolved>),
    /// What a list shows of the record holds this word or phrase: its own texts, by [`text::holds_word`], or, of another
    /// record that the list shows beside it, the number or the name, by [`text::holds_part`].
    Word(String),
    /// The record's own texts hold it.
    OwnWord(String),
    /// A field (or a path through references) as [`Fields`] knows it.
    Compare {
        field: String,
        test: Test,
    },
    /// A named condition.
    Is(String),
    /// Something is related, and the inner filter takes it.
    Has {
        relation: String,
        inner: Option<Box<Resolved>>,
    },
}

/// What a field's value must be. Texts stand here as they are compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Null or empty text.
    Empty,
    /// The same value; of a choice, the word as it is declared.
    Equals(Value),
    /// The [`text::exact_key`] of the text is this.
    Exactly(String),
    /// The text holds this, which is folded and never empty: [`text::holds_part`].
    Contains(String),
    /// The text begins with these very letters.
    Begins(String),
    /// The text is the phone number that these digits dial: [`phone::is`](crate::domain::phone::is).
    Dials(String),
    /// The text is a phone number that holds these digits: [`phone::holds`](crate::domain::phone::holds).
    HoldsDigits(String),
    /// The text matches, as it stands.
    Matches(Pattern),
    /// The [`text::fold`] of the number or of the name of the record pointed at is this.
    Refers(Called),
    /// The [`text::exact_key`] of the number or of the name of the record pointed at is this.
    RefersExactly(Called),
    /// The person pointed at is the one who asks.
    Me,
    Below(Value),
    AtMost(Value),
    Above(Value),
    AtLeast(Value),
    /// From the first up to, not with, the second.
    Between(Value, Value),
    /// An address inside the network.
    InNetwork(IpNet),
    /// Of words with commas between them one passes this test of a text.
    AnyWord(Box<Test>),
    /// At least one of these holds; two or more, never one of these itself.
    OneOf(Vec<Test>),
}

/// What a record is called that something points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// As it is compared.
    pub key: String,
    /// As it was written.
    pub written: String,
}

/// A regular expression in the grammar of the `regex` crate, which two of are the same if they are
/// written the same.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// # Errors
    /// What is wrong with the pattern, in words.
    pub fn new(source: &str) -> Result<Self, String> {
        Regex::new(source).map(Self).map_err(|error| {
            // A syntax error is drawn over several lines; the last one says what it is.
            let told = error.to_string();
            let last = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("not a pattern: {last}")
        })
    }

    /// As it is written.
    #[must_use]
    pub fn source(&self) -> &str {
        self.0.as_str()
    }

    /// What stands, folded, in every text that matches: the three letters or more with which all begins that the pattern can
    /// begin with.
    #[must_use]
    pub fn held(&self) -> Option<String> {
        let parsed = regex_syntax::parse(self.source()).ok()?;
        let begins = regex_syntax::hir::literal::Extractor::new().extract(&parsed);
        let folded = |literal: &regex_syntax::hir::literal::Literal| {
            std::str::from_utf8(literal.as_bytes()).ok().map(text::fold)
        };
        let all: Option<Vec<String>> = begins.literals()?.iter().map(folded).collect();
        let shared = all?.into_iter().reduce(|shared, other| {
            shared.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(letter, _)| letter).collect()
        })?;
        let shared = shared.trim_end();
        (shared.chars().count() >= 3 && !shared.contains(char::is_control)).then(|| shared.to_owned())
    }

    /// Whether it matches anywhere in the text, case and all.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

/// Finds out what a filter means.
///
/// # Errors
/// What names no field, condition or relation, and what value or sign does not fit.
pub fn resolve(filter: &Filter, fields: &dyn Fields, locale: Locale) -> Result<Resolved, Mistake> {
    match filter {
        Filter::All => Ok(Resolved::All),
        // Every document holds the empty word.
        Filter::Word(word) if text::fold(&word.text).is_empty() => Ok(Resolved::All),
        Filter::Word(_) => Ok(words(std::slice::from_ref(filter))),
        Filter::Compare { field, how, values } => compare(field, *how, values, fields, locale),
        Filter::Is(names) => one_of(names, |name| condition(name, fields)),
        Filter::Has(names) => one_of(names, |name| has(name, fields)),
        Filter::Related { relation, inner } => {
            let (name, related) = find_relation(&relation.text, fields)
                .ok_or_else(|| unknown(relation, "relation", fields.relations()))?;
            let inner = match resolve(inner, &*related, locale)? {
                Resolved::All => None,
                inner => Some(Box::new(inner)),
            };
            Ok(Resolved::Has { relation: name, inner })
        }
        Filter::Not(inner) => resolve(inner, fields, locale).map(|inner| Resolved::Not(Box::new(inner))),
        Filter::And(parts) => {
            let groups = parts.chunk_by(|one, next| is_group(one) && is_group(next));
            let resolved = groups.map(|group| match group {
                [part] => resolve(part, fields, locale),
                words_of_digits => Ok(words(words_of_digits)),
            });
            let mut parts = Vec::new();
            for part in resolved {
                match part? {
                    Resolved::All => {}
                    Resolved::And(words) => parts.extend(words),
                    part => parts.push(part),
                }
            }
            Ok(join(parts, Resolved::And))
        }
        Filter::Or(parts) => {
            let parts = parts.iter().map(|part| resolve(part, fields, locale)).collect::<Result<Vec<_>, _>>()?;
            Ok(if parts.contains(&Resolved::All) { Resolved::All } else { join(parts, Resolved::Or) })
        }
    }
}

/// Whether this is a word that may be a group of a phone number's digits.
fn is_group(filter: &Filter) -> bool {
    matches!(filter, Filter::Word(word) if phone::is_group(&word.text))
}

/// Words that stand beside each other: where together they are a phone number, a document that has it in one piece is
/// meant too.
fn words(filters: &[Filter]) -> Resolved {
    let texts: Vec<String> = filters
        .iter()
        .filter_map(|filter| if let Filter::Word(word) = filter { Some(word.text.clone()) } else { None })
        .collect();
    let number = phone::in_groups(&texts.join(" "));
    let each = join(texts.into_iter().map(Resolved::Word).collect(), Resolved::And);
    match number {
        Some(digits) => Resolved::Or(vec![each, Resolved::Word(digits)]),
        None => each,
    }
}

/// One part stands for itself, none for everything.
fn join(mut parts: Vec<Resolved>, several: fn(Vec<Resolved>) -> Resolved) -> Resolved {
    if parts.len() > 1 { several(parts) } else { parts.pop().unwrap_or(Resolved::All) }
}

fn one_of(names: &[Written], one: impl Fn(&Written) -> Result<Resolved, Mistake>) -> Result<Resolved, Mistake> {
    Ok(join(names.iter().map(one).collect::<Result<_, _>>()?, Resolved::Or))
}

/// A field by its own name, else by another that people call it.
pub(super) fn find_field(name: &str, fields: &dyn Fields) -> Option<(String, Field)> {
    look_up(name, |name| fields.field(name)).or_else(|| {
        let proper = fields.proper(&name.to_lowercase())?;
        fields.field(&proper).map(|field| (proper, field))
    })
}

/// Looks a name up as it is written, then in small letters: headings stand in capitals.
fn look_up<T>(name: &str, find: impl Fn(&str) -> Option<T>) -> Option<(String, T)> {
    let exact = find(name).map(|found| (name.to_owned(), found));
    exact.or_else(|| {
        let lower = name.to_lowercase();
        find(&lower).map(|found| (lower, found))
    })
}

/// A relation by its own name, else by the singular of what it lists.
pub(super) fn find_relation<'a>(name: &str, fields: &'a dyn Fields) -> Option<(String, Box<dyn Fields + 'a>)> {
    look_up(name, |name| fields.relation(name)).or_else(|| {
        let proper = fields.proper_relation(&name.to_lowercase())?;
        fields.relation(&proper).map(|related| (proper, related))
    })
}

fn unknown(name: &Written, what: &str, known: Vec<String>) -> Mistake {
    if name.text.trim().is_empty() {
        Mistake::missing(name.span.clone(), what, known)
    } else {
        Mistake::unknown(name.span.clone(), what, &name.text, known)
    }
}

/// Of a path the step that is wrong, with what would fit behind the one before it.
fn unknown_field(name: &Written, fields: &dyn Fields) -> Mistake {
    let mut path = name.text.as_str();
    while let Some((before, step)) = path.rsplit_once('.') {
        if let Some((proper, _)) = find_field(before, fields) {
            let start = name.span.start + before.len();
            let end = (start + 1 + step.len()).min(name.span.end);
            return match fields.behind(&proper) {
                Some(behind) if step.is_empty() => Mistake::missing(start..end, "field", behind.names()),
                Some(behind) => Mistake::unknown(start + 1..end, "field", step, behind.names()),
                None => {
                    let told = format!("‘{}’ points at no other record: nothing is behind it", text::clean(before));
                    Mistake::new(start..end, told)
                }
            };
        }
        path = before;
    }
    unknown(name, "field", fields.names())
}

fn compare(
    name: &Written,
    how: How,
    values: &[Written],
    fields: &dyn Fields,
    locale: Locale,
) -> Result<Resolved, Mistake> {
    let (path, field) = find_field(&name.text, fields).ok_or_else(|| unknown_field(name, fields))?;
    let unit = fields.unit(&name.text.to_lowercase(), &path);
    let plain = unit == 1 || matches!(how, How::Pattern);
    let kept = |value: &Written| if plain { Ok(value.clone()) } else { in_units(value, unit) };
    let test = |value: &Written| compare::test(name, field, how, &kept(value)?, locale);
    let mut tests = values.iter().map(test).collect::<Result<Vec<_>, _>>()?;
    let test = if tests.len() > 1 { Test::OneOf(tests) } else { tests.pop().unwrap_or(Test::Empty) };
    Ok(Resolved::Compare { field: path, test })
}

/// A time that is kept in smaller units than it is typed in: `5`, `0.3`, `300us`, `2s`.
fn in_units(value: &Written, unit: i64) -> Result<Written, Mistake> {
    if value.text.trim().is_empty() {
        return Ok(value.clone());
    }
    let kept = scaled(value.text.trim(), unit).ok_or_else(|| Mistake {
        span: value.span.clone(),
        message: format!("‘{}’ is no time in milliseconds such as 5, 0.3, 300us or 2s", text::clean(&value.text)),
        expected: Vec::new(),
    })?;
    Ok(Written { text: kept.to_string(), ..value.clone() })
}

/// So many thousandths of the unit that is meant where none is written; none where it is no number, or not a whole one of
/// those.
fn scaled(typed: &str, unit: i64) -> Option<i64> {
    let units = [("µs", 1), ("us", 1), ("ms", unit), ("s", unit.checked_mul(1_000)?)];
    let (number, factor) = units
        .iter()
        .find_map(|(ending, factor)| Some((typed.strip_suffix(ending)?.trim_end(), *factor)))
        .unwrap_or((typed, unit));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let tens = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let all: i64 = format!("{whole}{part}").parse().ok()?;
    let kept = all.checked_mul(factor)?;
    (kept % tens == 0).then_some(kept / tens)
}

fn condition(name: &Written, fields: &dyn Fields) -> Result<Resolved, Mistake> {
    look_up(&name.text, |name| fields.condition(name).then_some(()))
        .map(|(name, ())| Resolved::Is(name))
        .ok_or_else(|| unknown(name, "condition", fields.conditions()))
}

const fn is_a_text(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Lines)
}

/// A relation before a field of the same name: a count of tickets is never empty, the tickets may be. Of a text by the name
/// of a relation either is meant. What something is
/// called besides its name comes after the names.
fn has(name: &Written, fields: &dyn Fields) -> Result<Resolved, Mistake> {
    let related = |relation| Ok(Resolved::Has { relation, inner: None });
    let filled = |field| Ok(Resolved::Not(Box::new(Resolved::Compare { field, test: Test::Empty })));
    if let Some((relation, _)) = look_up(&name.text, |name| fields.relation(name)) {
        let text = look_up(&name.text, |name| fields.field(name)).filter(|(_, field)| is_a_text(field.kind));
        return match text {
            // Notes that are written in the record are notes as well as those that hang below it.
            Some((field, _)) => Ok(Resolved::Or(vec![related(relation)?, filled(field)?])),
            None => related(relation),
        };
    }
    if let Some((field, _)) = look_up(&name.text, |name| fields.field(name)) {
        return filled(field);
    }
    if let Some((relation, _)) = find_relation(&name.text, fields) {
        return related(relation);
    }
    if let Some((field, _)) = find_field(&name.text, fields) {
        return filled(field);
    }
    let known = fields.relations().into_iter().chain(fields.names()).collect();
    Err(unknown(name, "relation or field", known))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::Money;
    use crate::domain::filter::parse;
    use crate::domain::filter::sample::{Customers, locale};

    fn resolved(text: &str) -> Result<Resolved, Mistake> {
        resolve(&parse(text).unwrap(), &Customers, locale())
    }

    fn called(key: &str, written: &str) -> Called {
        Called { key: key.into(), written: written.into() }
    }

    fn field(name: &str, test: Test) -> Resolved {
        Resolved::Compare { field: name.into(), test }
    }

    fn not(inner: Resolved) -> Resolved {
        Resolved::Not(Box::new(inner))
    }

    fn has(relation: &str, inner: Option<Resolved>) -> Resolved {
        Resolved::Has { relation: relation.into(), inner: inner.map(Box::new) }
    }

    fn money(text: &str) -> Value {
        Value::Money(Money::parse(text).unwrap())
    }

    fn instant(text: &str) -> Value {
        Value::Instant(text.parse().unwrap())
    }

    fn word(word: &str) -> Test {
        Test::Equals(Value::text(word))
    }

    #[test]
    fn what_a_pattern_begins_with_stands_in_every_text_that_matches() {
        for (pattern, held) in [
            (r"^ONU-\d+$", Some("onu-")),
            (r"(?i)onu", Some("onu")),
            ("Straße|STRASSE", Some("strasse")),
            ("ONU-[AB]", Some("onu-")),
            ("core-01|core-02", Some("core-0")),
            (r"ab\x00c", None),
            (r"ab\d", None),
            (r"\d{3}", None),
            ("ONU|OLT", None),
            (".*core", None),
            ("", None),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().held().as_deref(), held, "{pattern}");
        }
    }

    #[test]
    fn every_example_of_the_design_has_its_meaning() {
        for (text, meaning) in [
            ("", Resolved::All),
            ("amina", Resolved::Word("amina".into())),
            ("status:suspended,expired", field("status", Test::OneOf(vec![word("suspended"), word("expired")]))),
            ("-status:active", not(field("status", word("active")))),
            ("name:\"North POP\"", field("name", Test::Contains("north pop".into()))),
            ("name=\"North  PÖP\"", field("name", Test::Exactly("north pöp".into()))),
            (r"name~^ONU-\d+", field("name", Test::Matches(Pattern::new(r"^ONU-\d+").unwrap()))),
            ("balance<0", field("balance", Test::Below(money("0")))),
            ("balance>=49.90", field("balance", Test::AtLeast(money("49.90")))),
            ("expires<7d", field("expires", Test::Below(instant("2026-11-27T11:00:00Z")))),
            ("created>2026-01-01", field("created", Test::AtLeast(instant("2026-01-01T21:00:00Z")))),
            ("updated>-2h", field("updated", Test::Above(instant("2026-11-20T09:00:00Z")))),
            ("customer.plan:100M", field("customer.plan", Test::Refers(called("100m", "100M")))),
            ("plan=\"Home 100M\"", field("plan", Test::RefersExactly(called("home 100m", "Home 100M")))),
            ("agent:me", field("agent", Test::Me)),
            ("agent=me", field("agent", Test::RefersExactly(called("me", "me")))),
            ("plan:me", field("plan", Test::Refers(called("me", "me")))),
            ("is:overdue", Resolved::Is("overdue".into())),
            ("is:overdue,mine", Resolved::Or(vec![Resolved::Is("overdue".into()), Resolved::Is("mine".into())])),
            ("has:ticket", has("ticket", None)),
            ("no:email", not(not(field("email", Test::Empty)))),
            ("has:email", not(field("email", Test::Empty))),
            // A text and what hangs below the record, by one name.
            ("has:memo", Resolved::Or(vec![has("memo", None), not(field("memo", Test::Empty))])),
            ("email:", field("email", Test::Empty)),
            ("has:(invoice is:overdue)", has("invoice", Some(Resolved::Is("overdue".into())))),
            ("has:(invoice total>5)", has("invoice", Some(field("total", Test::Above(money("5")))))),
            ("no:(invoice \"\")", not(has("invoice", None))),
            ("ip:10.4.0.0/16", field("ip", Test::InNetwork("10.4.0.0/16".parse().unwrap()))),
            ("ip:::ffff:10.4.0.1", field("ip", Test::Equals(Value::Ip("10.4.0.1".parse().unwrap())))),
            ("vip:no", field("vip", Test::Equals(Value::Bool(false)))),
            ("signed:7d", field("signed", Test::Equals(Value::Date("2026-11-27".parse().unwrap())))),
            ("signed<=-1w", field("signed", Test::AtMost(Value::Date("2026-11-13".parse().unwrap())))),
            (
                "STATUS:Active IS:Mine",
                Resolved::And(vec![field("status", word("active")), Resolved::Is("mine".into())]),
            ),
            ("\"\" a", Resolved::Word("a".into())),
            (
                "amina 0728 541-394",
                Resolved::And(vec![
                    Resolved::Word("amina".into()),
                    Resolved::Or(vec![
                        Resolved::And(vec![Resolved::Word("0728".into()), Resolved::Word("541-394".into())]),
                        Resolved::Word("0728541394".into()),
                    ]),
                ]),
            ),
            ("12 34", Resolved::And(vec![Resolved::Word("12".into()), Resolved::Word("34".into())])),
            ("a or \"\"", Resolved::All),
            ("password:", field("password", Test::Empty)),
        ] {
            assert_eq!(resolved(text), Ok(meaning), "{text}");
        }
    }

    #[test]
    fn mistakes_say_where_and_what_would_fit() {
        for (text, span, message, first) in [
            ("a stauts:active", 2..8, "no field ‘stauts’ here; did you mean status?", "status"),
            ("status:activ", 7..12, "‘activ’ is none of active, ", "active"),
            ("status:active,suspnded", 14..22, "‘suspnded’ is none of suspended, ", "suspended"),
            ("is:overdu", 3..9, "no condition ‘overdu’ here; did you mean overdue?", "overdue"),
            ("is:", 3..3, "which condition? There are overdue, mine", "overdue"),
            ("has:", 4..4, "which relation or field? There are invoice, ticket, name, email, notes …", "invoice"),
            ("has:tikcet", 4..10, "no relation or field ‘tikcet’ here; did you mean ticket?", "ticket"),
            ("has:(invoces a)", 5..12, "no relation ‘invoces’ here; did you mean invoice?", "invoice"),
            ("has:(invoice status:x)", 13..19, "no field ‘status’ here", "total"),
            ("name<a", 0..4, "‘name’ is text and does not take ‘<’, but name: name= name~", "name:"),
            ("plan~x", 0..4, "‘plan’ points at another record and does not take ‘~’, but plan: plan=", "plan:"),
            (
                "password:hunter2",
                0..8,
                "‘password’ is a secret and does not take ‘:’, but has:password",
                "has:password",
            ),
            ("vip:maybe", 4..9, "‘maybe’ is neither yes nor no", "yes"),
            ("balance<1,5", 8..11, "‘1,5’ is not a decimal number", ""),
            ("balance<\" \"", 8..11, "a value is wanted after ‘balance<’", ""),
            ("devices>1.5", 8..11, "‘1.5’ is not a whole number", ""),
            ("expires:7d", 8..10, "‘7d’ is one instant: compare it with < or >", ""),
            ("expires<7", 8..9, "‘7’ is not a time such as", ""),
            ("signed<noon", 7..11, "‘noon’ is not a date such as", ""),
            ("name~(", 5..6, "not a pattern: unclosed group", ""),
            ("name~\"a{9999999}{9999999}\"", 5..26, "not a pattern: ", ""),
            ("ip:10.4.1.7/16", 3..14, "has host bits set: the network is 10.4.0.0/16", ""),
            ("ip:10.4", 3..7, "‘10.4’ is not an IP address", ""),
            ("name:\u{301}", 5..7, "holds nothing to look for", ""),
            ("name.x:1", 4..6, "‘name’ points at no other record: nothing is behind it", ""),
            ("a name.x.y:1", 6..8, "‘name’ points at no other record: nothing is behind it", ""),
            ("http://x", 0..4, "in quotes it is text to look for", "name"),
        ] {
            let mistake = resolved(text).unwrap_err();
            assert_eq!(mistake.span, span, "{text}");
            assert!(mistake.message.contains(message), "{text}: {}", mistake.message);
            if text != "http://x" {
                assert_eq!(mistake.expected.first().map_or("", String::as_str), first, "{text}: {mistake:?}");
            }
        }
    }
}
