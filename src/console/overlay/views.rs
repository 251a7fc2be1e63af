//! The saved views of a list, each with its letter: one's own and the shared ones.

use crate::console::message::Number;
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::shown::Shown;
use crate::domain::Id;
use crate::resources::Resource;
use crate::store::Record;

/// Views of one list that are shown; a list of them all is behind `:views`.
pub const MOST: usize = 100;

/// One view.
#[derive(Debug)]
pub struct SavedView {
    pub record: Record,
    pub letter: Option<char>,
}

impl SavedView {
    /// Whether it belongs to nobody, and so to all.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.record.get("user_id").is_empty()
    }
}

/// The views of one list.
#[derive(Debug)]
pub struct Views {
    pub resource: &'static Resource,
    /// What the database has told; none before it has.
    pub views: Option<Vec<SavedView>>,
    pub error: Option<String>,
    pub cursor: usize,
    /// The view that the list opens with.
    pub opens_with: Option<Id>,
    pub asked: Option<Number>,
    /// Something was changed while that was asked: it is asked once more.
    pub asks_again: bool,
    /// The name that is being typed.
    pub naming: Option<Naming>,
    /// The view that the list shows: the cursor begins on it.
    stands_on: Option<Id>,
    /// What can be done to the view under the cursor is being asked.
    pub acting: bool,
    /// Nothing is chosen before the views, or what can be done to one, can have been seen.
    pub shown: Shown,
    /// There are more than are shown.
    pub more: bool,
}

/// A name for a view.
#[derive(Debug)]
pub struct Naming {
    pub line: LineEditor,
    /// The view that is renamed; none: the list is kept as a new one.
    pub of: Option<(Id, i64)>,
}

impl Views {
    #[must_use]
    pub fn new(resource: &'static Resource, opens_with: Option<Id>, stands_on: Option<Id>, asked: Number) -> Self {
        Self {
            resource,
            views: None,
            error: None,
            cursor: 0,
            opens_with,
            stands_on,
            asked: Some(asked),
            asks_again: false,
            naming: None,
            acting: false,
            shown: Shown::default(),
            more: false,
        }
    }

    /// Takes the views and gives each a letter that no action has.
    pub fn take(&mut self, records: Vec<Record>, more: bool, actions: &str) {
        let kept: Vec<(String, String)> = records
            .iter()
            .map(|record| (record.get("letter").as_str().to_owned(), record.get("name").as_str().to_owned()))
            .collect();
        let letters = letters(&kept, actions);
        let before: Vec<(Id, Option<char>)> = self.known().collect();
        let stood = self.current().map(|view| view.record.id).or(self.stands_on.take());
        self.views =
            Some(records.into_iter().zip(letters).map(|(record, letter)| SavedView { record, letter }).collect());
        (self.more, self.error) = (more, None);
        let at = stood.and_then(|id| self.views.iter().flatten().position(|view| view.record.id == id));
        // What is asked about a view that is gone is not done to another.
        self.acting &= at.is_some();
        self.cursor = at.unwrap_or(self.cursor).min(self.len().saturating_sub(1));
        // What is chosen is chosen among those that can have been seen.
        if !before.is_empty() && !before.into_iter().eq(self.known()) {
            self.shown = Shown::default();
        }
    }

    fn known(&self) -> impl Iterator<Item = (Id, Option<char>)> {
        self.views.iter().flatten().map(|view| (view.record.id, view.letter))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.views.as_ref().map_or(0, Vec::len)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The view under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&SavedView> {
        self.views.as_ref()?.get(self.cursor)
    }

    /// The view with this letter.
    #[must_use]
    pub fn by_letter(&self, letter: char) -> Option<&SavedView> {
        self.views.as_ref()?.iter().find(|view| view.letter == Some(letter))
    }

    /// The letter for a view of this name, among those that actions and the others left.
    #[must_use]
    pub fn letter_for(&self, name: &str, actions: &str) -> Option<char> {
        let others = self.views.iter().flatten().filter_map(|view| view.letter);
        let taken: Vec<char> = actions.chars().chain(others).collect();
        free(name, &taken)
    }
}

/// Letters for views, by what each has kept and by its name: the one that it has kept is its own as long as
/// no other view before it has the same.
fn letters(views: &[(String, String)], actions: &str) -> Vec<Option<char>> {
    let mut letters: Vec<Option<char>> = vec![None; views.len()];
    let mut taken: Vec<char> = actions.chars().collect();
    for (index, (kept, _)) in views.iter().enumerate() {
        if let Some(letter) = kept.chars().next().filter(|letter| !taken.contains(letter)) {
            letters[index] = Some(letter);
            taken.push(letter);
        }
    }
    for (index, (_, name)) in views.iter().enumerate() {
        if letters[index].is_none()
            && let Some(letter) = free(name, &taken)
        {
            letters[index] = Some(letter);
            taken.push(letter);
        }
    }
    letters
}

/// A letter of the name that is free, else any.
fn free(name: &str, taken: &[char]) -> Option<char> {
    let own = name.chars().flat_map(char::to_lowercase);
    own.chain('a'..='z').chain('A'..='Z').find(|letter| letter.is_ascii_alphabetic() && !taken.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_letter_stays_and_the_others_come_from_the_name() {
        let views = [("", "Debts"), ("d", "Late"), ("d", "Other"), ("x", "axis"), ("", "any")];
        let views: Vec<(String, String)> = views.map(|(letter, name)| (letter.into(), name.into())).into();
        assert_eq!(letters(&views, "ajkxynq"), [Some('e'), Some('d'), Some('o'), Some('i'), Some('b')]);
    }
}
