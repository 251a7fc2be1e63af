//! Whether a record is what a filter means: the measure for what the store compiles to SQL.

use std::cmp::Ordering;

use super::resolve::{Resolved, Test};
use crate::domain::{Value, phone, text};

/// How a record that another one points at is known; empty where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    pub number: String,
    pub name: String,
}

/// A record, to a filter.
pub trait Subject {
    /// The value of a field; of a reference, the id, or null where it points at nothing.
    fn value(&self, field: &str) -> Value;

    /// What a reference field points at.
    fn reference(&self, field: &str) -> Option<Reference>;

    /// What those reference fields point at that a list of such records shows.
    fn shown(&self) -> Vec<Reference>;

    /// Whether a reference field points at the person who asks.
    fn is_me(&self, field: &str) -> bool;

    /// The search document, made by [`text::search_text`].
    fn search_text(&self) -> String;

    /// Whether a named condition holds.
    fn is(&self, condition: &str) -> bool;

    /// The records of a relation.
    fn related(&self, relation: &str) -> Vec<Box<dyn Subject + '_>>;
}

/// Whether the filter takes the record.
#[must_use]
pub fn matches(resolved: &Resolved, subject: &dyn Subject) -> bool {
    match resolved {
        Resolved::All => true,
        Resolved::And(parts) => parts.iter().all(|part| matches(part, subject)),
        Resolved::Or(parts) => parts.iter().any(|part| matches(part, subject)),
        Resolved::Not(inner) => !matches(inner, subject),
        Resolved::Word(word) => {
            let folded = text::fold(word);
            let is_called = |text: &String| text::holds_part(text, &folded);
            text::holds_word(&subject.search_text(), word)
                || subject.shown().iter().any(|Reference { number, name }| [number, name].into_iter().any(is_called))
        }
        Resolved::OwnWord(word) => text::holds_word(&subject.search_text(), word),
        Resolved::Compare { field, test } => holds(test, field, subject),
        Resolved::Is(condition) => subject.is(condition),
        Resolved::Has { relation, inner } => subject
            .related(relation)
            .iter()
            .any(|related| inner.as_deref().is_none_or(|inner| matches(inner, &**related))),
    }
}

fn holds(test: &Test, field: &str, subject: &dyn Subject) -> bool {
    match test {
        Test::OneOf(tests) => tests.iter().any(|test| holds(test, field, subject)),
        Test::Refers(called) => is_known_as(subject.reference(field), text::fold, &called.key),
        Test::RefersExactly(called) => is_known_as(subject.reference(field), text::exact_key, &called.key),
        Test::Me => subject.is_me(field),
        test => value_holds(test, &subject.value(field)),
    }
}

fn is_known_as(reference: Option<Reference>, form: fn(&str) -> String, key: &str) -> bool {
    reference.is_some_and(|Reference { number, name }| form(&number) == key || form(&name) == key)
}

/// Whether a text passes a test of texts.
#[must_use]
pub fn text_holds(test: &Test, text: &str) -> bool {
    value_holds(test, &Value::text(text))
}

fn value_holds(test: &Test, value: &Value) -> bool {
    if value.is_empty() {
        return *test == Test::Empty;
    }
    let is = |wanted: &[Ordering], other: &Value| order(value, other).is_some_and(|found| wanted.contains(&found));
    match test {
        Test::Empty | Test::Me | Test::Refers(_) | Test::RefersExactly(_) => false,
        Test::OneOf(tests) => tests.iter().any(|test| value_holds(test, value)),
        Test::AnyWord(test) => value.as_str().split(',').any(|word| text_holds(test, word.trim())),
        Test::Equals(other) => value == other,
        Test::Exactly(key) => text::exact_key(value.as_str()) == *key,
        Test::Contains(part) => text::holds_part(value.as_str(), part),
        Test::Begins(letters) => value.as_str().starts_with(letters),
        Test::Dials(digits) => phone::is(value.as_str(), digits),
        Test::HoldsDigits(digits) => phone::holds(value.as_str(), digits),
        Test::Matches(pattern) => matches!(value, Value::Text(text) if pattern.is_match(text)),
        Test::Below(other) => is(&[Ordering::Less], other),
        Test::AtMost(other) => is(&[Ordering::Less, Ordering::Equal], other),
        Test::Above(other) => is(&[Ordering::Greater], other),
        Test::AtLeast(other) => is(&[Ordering::Greater, Ordering::Equal], other),
        Test::Between(from, until) => is(&[Ordering::Greater, Ordering::Equal], from) && is(&[Ordering::Less], until),
        Test::InNetwork(network) => matches!(value, Value::Ip(ip) if network.contains(&ip.to_canonical())),
    }
}

/// How two values of one kind stand to each other; `None` where they have no order.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        (Value::Percent(a), Value::Percent(b)) => Some(a.cmp(b)),
        (Value::Degrees(a), Value::Degrees(b)) => Some(a.cmp(b)),
        (Value::Instant(a), Value::Instant(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::filter::sample::{Customers, amina, blank, locale};
    use crate::domain::filter::{parse, resolve};

    #[test]
    fn a_filter_takes_what_it_says() {
        for (text, takes_amina, takes_blank) in [
            ("", true, true),
            ("amina", true, false),
            ("wan AMI", true, false),
            ("nj", false, false),
            ("\"amina wanj\"", true, false),
            ("-amina", false, true),
            ("amina or nobody", true, false),
            ("status:suspended,expired", true, false),
            ("-status:active", true, true),
            ("status:", false, true),
            ("name:MINA", true, false),
            ("name:\"wanjiru, a\",mina", true, false),
            ("name=\"amina  WANJIRU\"", true, false),
            ("name=amina", false, false),
            ("name=\"Amina Wanjirũ\"", false, false),
            ("name:\"Amina Wanjirũ\"", true, false),
            ("name~^Amina", true, false),
            ("name~^amina", false, false),
            ("name~(?i)^amina", true, false),
            ("balance<0", true, false),
            ("-balance<0", false, true),
            ("balance<=-12.5", true, false),
            ("balance<-12.5", false, false),
            ("balance:-12.50", true, false),
            ("balance>-12.5001", true, false),
            ("balance:", false, true),
            ("phone:0728541394", true, false),
            ("phone=\"0728 541 394\"", true, false),
            ("phone:254", true, false),
            ("phone=254", false, false),
            ("phone:0828541394", false, false),
            ("-phone:0728541394", false, true),
            ("phone:25", true, false),
            ("phone:94", false, false),
            ("name:am", true, false),
            ("name:mi", false, false),
            ("name:min", true, false),
            ("login=Amina.W-01", true, false),
            ("login=amina.w-01", false, false),
            ("login:Amina", true, false),
            ("login:mina", false, false),
            ("login:", false, true),
            ("login~W-\\d", true, false),
            ("labels=vip", true, false),
            ("labels=\"GATED estate\"", true, false),
            ("labels=estate", false, false),
            ("labels:est", true, false),
            ("labels:\"vip, gated\"", false, false),
            ("labels~^gated", true, false),
            ("labels~^vip$", true, false),
            ("labels~^estate", false, false),
            ("labels=x,vip", true, false),
            ("labels=x,\"\"", false, true),
            ("-labels=vip", false, true),
            ("labels:", false, true),
            ("has:labels", true, false),
            ("vip:yes", true, false),
            ("vip:no", false, false),
            ("-vip:yes", false, true),
            ("devices>=2 devices<3", true, false),
            ("expires<7d", true, false),
            ("expires>now", true, false),
            ("expires:2026-11-22", true, false),
            ("expires>2026-11-22", false, false),
            ("expires<=2026-11-22", true, false),
            ("expires<2026-11-22", false, false),
            ("signed:2026-01-31", true, false),
            ("signed<-9mo", true, false),
            ("plan:\"home 100m\"", true, false),
            ("plan:PLN-7", true, false),
            ("plan:\"hóme 100m\"", true, false),
            ("plan=\"hóme 100m\"", false, false),
            ("plan:home", false, false),
            ("100m", true, false),
            ("pln-7 wanj", true, false),
            ("-home", false, true),
            ("\"home amina\"", false, false),
            ("noc1", false, false),
            ("agent:me", true, false),
            ("-agent:ME", false, true),
            ("agent=me", false, false),
            ("agent:x,me", true, false),
            ("plan:x,pln-7", true, false),
            ("-plan:home", true, true),
            ("plan:", false, true),
            ("no:plan", false, true),
            ("has:plan", true, false),
            ("ip:10.4.0.0/16", true, false),
            ("ip:10.5.0.0/16", false, false),
            ("ip:10.5.0.0/16,10.4.1.7", true, false),
            ("ip:2001:db8::/32", false, false),
            ("email:", true, true),
            ("no:email", true, true),
            ("has:email", false, false),
            ("no:password", false, true),
            ("is:overdue", true, false),
            ("is:mine,overdue", true, false),
            ("-is:mine", true, true),
            ("has:invoice", true, false),
            ("no:invoice", false, true),
            ("has:ticket", false, false),
            ("has:(invoice total>=60)", true, false),
            ("has:(invoice total>60)", false, false),
            ("has:(invoice -total>60)", true, false),
            ("no:(invoice total>60)", true, true),
            ("has:(invoice is:overdue) status:suspended", true, false),
            ("nobody or status:suspended balance<0", true, false),
            ("(nobody or status:suspended) balance>0", false, false),
        ] {
            let resolved = resolve(&parse(text).unwrap(), &Customers, locale()).unwrap();
            assert_eq!(matches(&resolved, &amina()), takes_amina, "Amina: {text}");
            assert_eq!(matches(&resolved, &blank()), takes_blank, "the blank one: {text}");
        }
    }
}
