//! What holds of every filter.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::sample::{Customers, amina, blank, locale};
use super::{Fields, Filter, How, Mistake, Written, complete, matches, parse, resolve};

/// Texts made of what filters are made of, mostly wrong ones.
fn filterish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "(",
            ")",
            "\"",
            "\\",
            "-",
            ":",
            "=",
            "~",
            "<",
            "<=",
            ">",
            ">=",
            ",",
            " ",
            " ",
            " ",
            "or",
            "and",
            "AND",
            "is:",
            "has:",
            "no:",
            "has:(",
            "no:(",
            "invoice",
            "ticket",
            "overdue",
            "name",
            "status",
            "active",
            "balance",
            "expires",
            "ip",
            "plan",
            "7d",
            "-2h",
            "2026-11-20",
            "10.4.0.0/16",
            "49.90",
            "[",
            "]",
            ".",
            "ñ",
            "漢",
            "\u{301}",
            "\u{a0}",
            "!=",
            "0",
        ])
        .prop_map(String::from),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![any::<String>(), filterish(), "[a-z]{1,4}"].prop_map(|text| Written { text, span: 0..0 })
}

fn name() -> impl Strategy<Value = Written> {
    "[a-z_][a-z0-9_.-]{0,6}"
        .prop_filter("words of the language", |name| !["is", "has", "no"].contains(&name.as_str()))
        .prop_map(|text| Written { text, span: 0..0 })
}

fn filters() -> impl Strategy<Value = Filter> {
    let list = || prop::collection::vec(written(), 1..4);
    let single = (
        name(),
        prop::sample::select(vec![How::Pattern, How::Below, How::AtMost, How::Above, How::AtLeast]),
        written().prop_filter("a value", |value| !value.text.is_empty()),
    );
    let leaf = prop_oneof![
        written().prop_map(Filter::Word),
        (name(), prop::sample::select(vec![How::Like, How::Exactly]), list())
            .prop_map(|(field, how, values)| Filter::Compare { field, how, values }),
        single.prop_map(|(field, how, value)| Filter::Compare { field, how, values: vec![value] }),
        list().prop_map(Filter::Is),
        list().prop_map(Filter::Has),
    ];
    leaf.prop_recursive(5, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Filter::all_of),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Filter::any_of),
            inner.clone().prop_map(Filter::negated),
            (written(), inner).prop_map(|(relation, inner)| Filter::Related { relation, inner: Box::new(inner) }),
        ]
    })
}

/// Everything that is done with a text as somebody types it; mistakes must stand inside the text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let in_text = |mistake: &Mistake| text.get(mistake.span.clone()).is_some() && !mistake.message.is_empty();
    match parse(text) {
        Err(mistake) => prop_assert!(in_text(&mistake), "{mistake:?}"),
        Ok(filter) => {
            prop_assert_eq!(parse(&filter.to_string()), Ok(filter.clone()));
            match resolve(&filter, &Customers, locale()) {
                Err(mistake) => prop_assert!(in_text(&mistake), "{mistake:?}"),
                Ok(resolved) => {
                    let negated = resolve(&filter.negated(), &Customers, locale()).unwrap();
                    prop_assert_ne!(matches(&resolved, &amina()), matches(&negated, &amina()));
                    prop_assert_ne!(matches(&resolved, &blank()), matches(&negated, &blank()));
                }
            }
        }
    }
    for cursor in 0..=text.len() + 1 {
        let completion = complete(text, cursor, &Customers);
        prop_assert!(text.get(completion.span.clone()).is_some(), "{cursor} {completion:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn no_filterish_text_is_too_strange(text in filterish()) {
        check(&text)?;
    }

    #[test]
    fn what_is_written_is_read_back(filter in filters()) {
        let text = filter.to_string();
        prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn a_completed_name_is_a_name(cut in 0_usize..4) {
        for name in Customers.names() {
            let typed = name.get(..cut.min(name.len())).unwrap_or("");
            let candidates = complete(typed, typed.len(), &Customers).candidates;
            prop_assert!(candidates.iter().any(|candidate| candidate.trim_end_matches(':') == name), "{}", name);
        }
    }
}
