//! What is wrong with a filter, where, and what would fit there.

use std::ops::Range;

use crate::domain::text;

/// How many names a mistake offers.
const HANDFUL: usize = 5;

/// A mistake in a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Mistake {
    /// The bytes of the text that are wrong; empty where something is missing.
    pub span: Range<usize>,
    /// In words, for a person; without control characters.
    pub message: String,
    /// What would fit there, the likeliest first.
    pub expected: Vec<String>,
}

impl Mistake {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: Vec::new() }
    }

    pub(super) fn expecting(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.expected = words.into_iter().map(Into::into).collect();
        self
    }

    /// That a name is missing: with the first few that there are.
    pub(super) fn missing(span: Range<usize>, what: &str, known: Vec<String>) -> Self {
        let few = first_few(&known).map_or_else(String::new, |few| format!(" There {few}"));
        Self::new(span, format!("which {what}?{few}")).expecting(known)
    }

    /// That a name is not known: with those that are near to it, else with the first few that there are.
    #[must_use]
    pub fn unknown(span: Range<usize>, what: &str, name: &str, known: Vec<String>) -> Self {
        let likely = text::near(name, known.iter().map(String::as_str));
        let hint = if !likely.is_empty() {
            format!("; did you mean {}?", likely.join(", "))
        } else if what == "field" {
            "; in quotes it is text to look for".into()
        } else {
            first_few(&known).map_or_else(String::new, |few| format!("; there {few}"))
        };
        let message = format!("no {what} ‘{}’ here{hint}", text::clean(name));
        if !likely.is_empty() {
            return Self::new(span, message).expecting(likely);
        }
        // All that would fit, then.
        let mut expected = known;
        expected.sort_by_cached_key(|candidate| text::farness(name, candidate));
        expected.dedup();
        Self::new(span, message).expecting(expected)
    }
}

/// `are overdue, mine …`: the first of the names that there are, each once.
fn first_few(known: &[String]) -> Option<String> {
    let mut few: Vec<&str> = Vec::with_capacity(HANDFUL);
    let mut more = "";
    for name in known.iter().map(String::as_str) {
        match few.len() {
            // A relation and a field may have one name.
            _ if few.contains(&name) => {}
            HANDFUL => more = " …",
            _ => few.push(name),
        }
    }
    match few.as_slice() {
        [] => None,
        [one] => Some(format!("is {one} alone")),
        several => Some(format!("are {}{more}", several.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_of_far_ones_it_is_said_which_there_are() {
        let known = || ["name", "status", "state", "site", "balance", "plan", "email"].map(String::from).to_vec();
        let mistake = Mistake::unknown(0..6, "field", "stauts", known());
        assert_eq!(mistake.message, "no field ‘stauts’ here; did you mean status, state?");
        assert_eq!(mistake.expected, ["status", "state"]);
        let mistake = Mistake::unknown(0..4, "field", "http", known());
        assert_eq!(mistake.message, "no field ‘http’ here; in quotes it is text to look for");
        let mistake = Mistake::unknown(0..10, "relation", "frobnicate", known());
        assert_eq!(mistake.message, "no relation ‘frobnicate’ here; there are name, status, state, site, balance …");
        assert_eq!(mistake.expected.len(), known().len(), "all that would fit");
        let one = || vec!["overdue".to_owned(), "overdue".to_owned()];
        assert_eq!(
            Mistake::unknown(0..1, "condition", "xyz", one()).message,
            "no condition ‘xyz’ here; there is overdue alone"
        );
        assert_eq!(Mistake::missing(0..0, "condition", one()).message, "which condition? There is overdue alone");
        assert_eq!(Mistake::unknown(0..1, "condition", "xyz", Vec::new()).message, "no condition ‘xyz’ here");
    }
}
