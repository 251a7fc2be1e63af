//! What is typed ahead: keys and pastes for what opens once a row is read or a form is saved. Nothing of it is lost, and
//! nothing of it runs in a place that it was not meant for.

use std::time::{Duration, Instant};

use super::input::Press;
use crate::domain::Id;

/// Whoever types goes on within this time: people pause for longer where they look up.
pub const BETWEEN_LETTERS: Duration = Duration::from_millis(700);

/// Nobody has seen within this time that a form was not saved, and begins to put it right: simple reactions to what one sees
/// take a quarter of a second, and here one is read first.
pub const BEFORE_IT_IS_READ: Duration = Duration::from_millis(300);

/// A key or a paste that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Key(Press),
    Paste(String),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The row that a key before these leads on from, while so many places are open.
    Row { places: usize },
    /// The form of this draft is saved.
    Save(Id),
    /// It was: these are for what stands behind it.
    Saved,
    /// It was, and these may have been meant as text: they are done when that is asked for.
    Asked,
}

/// What was typed, in its order.
#[derive(Debug, Default)]
pub struct Ahead {
    typed: Vec<Typed>,
    after: Option<After>,
    latest: Option<Instant>,
    /// That it waits on was told.
    pub is_told: bool,
    /// The form of this draft was not even sent, since then.
    unsent: Option<(Id, Instant)>,
    /// So many places were open where it was asked for.
    asked_at: Option<usize>,
}

impl Ahead {
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    #[must_use]
    pub const fn len(&self) -> usize {
        self.typed.len()
    }

    #[must_use]
    pub const fn after(&self) -> Option<After> {
        self.after
    }

    /// What is left of it, to be asked for.
    pub fn ask_for(&mut self, typed: Vec<Typed>, at: Instant) {
        self.typed = typed;
        (self.after, self.latest, self.is_told) = (Some(After::Asked), Some(at), true);
    }

    /// One more, typed at that time. What waited for something else is none of it.
    pub fn push(&mut self, typed: Typed, after: After, at: Instant) {
        if self.after != Some(after) {
            self.typed.clear();
        }
        self.typed.push(typed);
        (self.after, self.latest, self.is_told) = (Some(after), Some(at), false);
    }

    /// The form of this draft was to be saved, and something in it is wrong.
    pub const fn is_unsent(&mut self, draft: Id, at: Instant) {
        self.unsent = Some((draft, at));
    }

    /// The form that whoever types at that time takes for saved.
    #[must_use]
    pub fn thought_saved(&self, at: Instant) -> Option<Id> {
        let (draft, since) = self.unsent?;
        (at.saturating_duration_since(since) < BEFORE_IT_IS_READ).then_some(draft)
    }

    /// Whether what is typed now goes on with it, after a moment at most.
    #[must_use]
    pub fn goes_on(&self, at: Instant) -> bool {
        self.latest.is_some_and(|before| at.saturating_duration_since(before) < BETWEEN_LETTERS)
    }

    /// The form of this draft was saved.
    pub fn is_saved(&mut self, draft: Id) {
        if self.after == Some(After::Save(draft)) {
            self.after = Some(After::Saved);
        }
    }

    /// The form of this draft was left as it was: whether it is done where that leads is asked.
    pub fn is_left(&mut self, draft: Id) {
        if self.after == Some(After::Save(draft)) {
            (self.after, self.is_told) = (Some(After::Asked), true);
        }
    }

    /// It is asked for where so many places are open; whether it was so in another one.
    pub fn is_asked_at(&mut self, places: usize) -> bool {
        self.after == Some(After::Asked) && *self.asked_at.get_or_insert(places) != places
    }

    /// All of it, to be gone on with or given up.
    pub fn take(&mut self) -> Vec<Typed> {
        (self.after, self.latest, self.is_told) = (None, None, false);
        (self.unsent, self.asked_at) = (None, None);
        std::mem::take(&mut self.typed)
    }
}
