//! What a sign and a value mean for a field of each kind.

use super::fields::Field;
use super::mistake::Mistake;
use super::moment;
use super::resolve::{Called, Pattern, Test};
use super::tree::{How, Written};
use crate::domain::network;
use crate::domain::phone;
use crate::domain::text;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};

/// Who asks, as a person that a field points at. Somebody whose name it is goes by `=me`.
pub(super) const ME: &str = "me";

/// The signs that a field takes, as they are offered.
pub(super) fn signs(field: Field) -> &'static [How] {
    use How::{Above, AtLeast, AtMost, Below, Exactly, Like, Pattern};
    if field.reference {
        return &[Like, Exactly];
    }
    match field.kind {
        Kind::Text | Kind::Lines => &[Like, Exactly, Pattern],
        Kind::Int | Kind::Money | Kind::Percent | Kind::Degrees | Kind::Instant | Kind::Date => {
            &[Like, Exactly, Below, AtMost, Above, AtLeast]
        }
        Kind::Id | Kind::Choice(_) | Kind::Bool | Kind::Ip | Kind::Cidr | Kind::Mac => &[Like, Exactly],
        // Not by what they hold: JSON has many forms, and a secret could be guessed letter by letter.
        Kind::Json | Kind::Secret | Kind::Bytes => &[],
    }
}

/// The test that one value stands for.
///
/// # Errors
/// Where the field does not take the sign, or the value is none of its kind.
pub(super) fn test(name: &Written, field: Field, how: How, value: &Written, locale: Locale) -> Result<Test, Mistake> {
    let test = test_of_value(name, field, how, value, locale)?;
    Ok(if field.words && test != Test::Empty { Test::AnyWord(Box::new(test)) } else { test })
}

fn test_of_value(name: &Written, field: Field, how: How, value: &Written, locale: Locale) -> Result<Test, Mistake> {
    let blank = value.text.trim().is_empty();
    if blank && how.takes_list() {
        return Ok(Test::Empty);
    }
    check_sign(name, field, how)?;
    if how == How::Pattern {
        return pattern(value);
    }
    if blank {
        let message = format!("a value is wanted after ‘{}{}’", text::clean(&name.text), how.sign());
        return Err(Mistake::new(value.span.clone(), message));
    }
    if field.person && how == How::Like && text::fold(&value.text) == ME {
        return Ok(Test::Me);
    }
    if field.reference {
        return holding(value, |written| {
            let called = |key: fn(&str) -> String| Called { key: key(written), written: written.to_owned() };
            match how {
                How::Exactly => Test::RefersExactly(called(text::exact_key)),
                _ => Test::Refers(called(text::fold)),
            }
        });
    }
    if let Some(digits) = phone::dialled(&value.text).filter(|_| field.phone) {
        return Ok(if how == How::Exactly {
            Test::Dials(digits)
        } else {
            Test::HoldsDigits(phone::begun_number(&digits).to_owned())
        });
    }
    match field.kind {
        Kind::Text if field.verbatim => holding(value, |written| match how {
            How::Exactly => Test::Equals(Value::text(written)),
            _ => Test::Begins(written.to_owned()),
        }),
        Kind::Text | Kind::Lines => holding(value, |written| match how {
            How::Exactly => Test::Exactly(text::exact_key(written)),
            _ => Test::Contains(text::fold(written)),
        }),
        Kind::Choice(words) => choice(words, value),
        Kind::Instant => moment::instant_test(how, &value.text, locale).map_err(|told| at(value, told)),
        Kind::Date => {
            moment::date(&value.text, locale).map(|day| order(how, Value::Date(day))).map_err(|told| at(value, told))
        }
        Kind::Ip if value.text.contains('/') => {
            network::parse_network(&value.text).map(Test::InNetwork).map_err(|told| at(value, told))
        }
        kind => Value::parse(kind, &value.text, locale).map(|parsed| order(how, parsed)).map_err(|told| {
            let yes_or_no: &[&str] = if kind == Kind::Bool { &["yes", "no"] } else { &[] };
            at(value, told).expecting(yes_or_no.iter().copied())
        }),
    }
}

fn at(value: &Written, message: String) -> Mistake {
    Mistake::new(value.span.clone(), text::clean(&message))
}

fn check_sign(name: &Written, field: Field, how: How) -> Result<(), Mistake> {
    let signs = signs(field);
    if signs.contains(&how) {
        return Ok(());
    }
    let shown = text::clean(&name.text);
    let offered: Vec<String> = if signs.is_empty() {
        vec![format!("has:{shown}"), format!("no:{shown}")]
    } else {
        signs.iter().map(|sign| format!("{shown}{}", sign.sign())).collect()
    };
    let what = if field.reference { "points at another record" } else { kind_words(field.kind) };
    let message = format!("‘{shown}’ {what} and does not take ‘{}’, but {}", how.sign(), offered.join(" "));
    Err(Mistake::new(name.span.clone(), message).expecting(offered))
}

const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Lines => "is text",
        Kind::Choice(_) => "is one of a few words",
        Kind::Bool => "is yes or no",
        Kind::Int | Kind::Money | Kind::Percent | Kind::Degrees => "is a number",
        Kind::Instant | Kind::Date => "is a time",
        Kind::Id => "is an id",
        Kind::Ip | Kind::Cidr | Kind::Mac => "is an address",
        Kind::Json => "holds JSON",
        Kind::Secret => "is a secret",
        Kind::Bytes => "is kept by the program",
    }
}

fn pattern(value: &Written) -> Result<Test, Mistake> {
    Pattern::new(&value.text).map(Test::Matches).map_err(|told| at(value, told))
}

/// The test of a text, unless the text has nothing in it that could be compared.
fn holding(value: &Written, test: impl FnOnce(&str) -> Test) -> Result<Test, Mistake> {
    if text::fold(&value.text).is_empty() {
        return Err(at(value, format!("‘{}’ holds nothing to look for", value.text)));
    }
    Ok(test(&value.text))
}

fn choice(words: &'static [&'static str], value: &Written) -> Result<Test, Mistake> {
    let written = value.text.trim();
    if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(written)) {
        return Ok(Test::Equals(Value::text(*word)));
    }
    let mut near = words.to_vec();
    near.sort_by_cached_key(|word| text::farness(written, word));
    Err(at(value, format!("‘{written}’ is none of {}", near.join(", "))).expecting(near))
}

fn order(how: How, value: Value) -> Test {
    match how {
        How::Below => Test::Below(value),
        How::AtMost => Test::AtMost(value),
        How::Above => Test::Above(value),
        How::AtLeast => Test::AtLeast(value),
        How::Like | How::Exactly | How::Pattern => Test::Equals(value),
    }
}
