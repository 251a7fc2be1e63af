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
        let few: Vec<&str> = known.iter().take(HANDFUL).map(String::as_str).collect();
        let more = if known.len() > few.len() { " …" } else { "" };
        Self::new(span, format!("which {what}? There is {}{more}", few.join(", "))).expecting(known)
    }

    /// That a name is not known: with those that are nearest to it.
    #[must_use]
    pub fn unknown(span: Range<usize>, what: &str, name: &str, known: Vec<String>) -> Self {
        let near: Vec<String> = nearest(name, known);
        let limit = (name.chars().count() / 3).max(2);
        let likely: Vec<&str> = near.iter().filter(|n| distance(name, n) <= limit).map(String::as_str).collect();
        let hint = if likely.is_empty() && what == "field" {
            "; in quotes it is text to look for".into()
        } else if likely.is_empty() {
            if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) }
        } else {
            format!("; did you mean {}?", likely.join(", "))
        };
        Self::new(span, format!("no {what} ‘{}’ here{hint}", text::clean(name))).expecting(near)
    }
}

/// A handful of the names that are nearest to one, the nearest first.
fn nearest(name: &str, mut known: Vec<String>) -> Vec<String> {
    sort_nearest(name, &mut known);
    let mut near: Vec<String> = Vec::with_capacity(HANDFUL);
    for candidate in known {
        // A relation and a field may have one name.
        if near.len() < HANDFUL && !near.contains(&candidate) {
            near.push(candidate);
        }
    }
    near
}

/// Sorts the names that are nearest to one to the front; those that go on from it are the nearest.
pub(super) fn sort_nearest<S: AsRef<str>>(name: &str, known: &mut [S]) {
    known.sort_by_cached_key(|candidate| {
        let candidate = candidate.as_ref();
        if candidate.starts_with(name) { 1 } else { distance(name, candidate) }
    });
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour to make
/// one text the other, whatever their case.
fn distance(a: &str, b: &str) -> usize {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).take(64).collect::<Vec<_>>();
    let (a, b) = (lower(a), lower(b));
    let cell = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = cell(&last, j) + usize::from(x != y);
            let mut least = changed.min(cell(&last, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(cell(&before_last, j - 1) + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    cell(&last, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_slips_of_the_finger() {
        for (a, b, far) in
            [("status", "status", 0), ("stauts", "status", 1), ("Status", "statu", 1), ("", "abc", 3), ("abc", "", 3)]
        {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_names_come_first_and_few() {
        let known = || ["name", "status", "state", "site", "balance", "plan", "email"].map(String::from).to_vec();
        assert_eq!(nearest("stat", known()).first().map(String::as_str), Some("status"));
        let mistake = Mistake::unknown(0..6, "field", "stauts", known());
        assert_eq!(mistake.message, "no field ‘stauts’ here; did you mean status, state?");
        assert_eq!(mistake.expected.len(), 5);
        let mistake = Mistake::unknown(0..4, "field", "http", known());
        assert_eq!(mistake.message, "no field ‘http’ here; in quotes it is text to look for");
    }
}
