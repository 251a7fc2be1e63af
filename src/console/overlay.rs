//! What lies over a place: the filter, command and find lines, the menus, help, questions. One at a
//! time; Esc takes it away.

pub mod columns;
pub mod deeds;
pub mod left;
pub mod made;
pub mod note;
pub mod views;

use crate::console::message::Number;
use crate::console::overlay::note::NoteLine;
use crate::console::screens::list::Stood;
use crate::console::screens::secret::Look;
use crate::console::widgets::confirm::Confirm;
use crate::console::widgets::help::Help;
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::menu::Menu;
use crate::domain::Id;
use crate::domain::filter::Mistake;
use crate::resources::{self, Resource};
use crate::store::Request;
use crate::store::find::Found;
use columns::ColumnChooser;
use deeds::Deeds;
use left::LeftAlone;
use made::MadeSecret;
use views::Views;

/// What lies over the place.
#[derive(Debug)]
pub enum Overlay {
    Filter(FilterLine),
    Command(CommandLine),
    Find(FindLine),
    /// Every action of the place.
    Menu(Menu),
    /// What can be done to records.
    Actions(Deeds),
    /// The lists of a tab.
    Chooser(Menu),
    Help(Help),
    Confirm(Confirm, Then),
    /// A look at a secret.
    Secret(Box<Look>),
    /// A secret that was made just now.
    Made(Box<MadeSecret>),
    /// As what to copy: the choice under the cursor, by its place among those that are for whoever is here.
    Copy(usize),
    /// A line about a record.
    Note(Box<NoteLine>),
    /// Records that were left as they are, and why.
    Left(LeftAlone),
    /// Which columns the list has.
    Columns(ColumnChooser),
    /// The saved views of the list.
    Views(Views),
}

impl Overlay {
    /// Whether it is not left for something else without an answer.
    #[must_use]
    pub const fn wants_an_answer(&self) -> bool {
        matches!(self, Self::Confirm(..) | Self::Secret(_) | Self::Made(_) | Self::Note(_))
    }
}

/// What a yes does.
#[derive(Debug)]
pub enum Then {
    Perform(Box<Request>),
    /// The form below sends what was filled in.
    Send(Box<Request>),
    TakeBack {
        operation: Id,
        /// What it did, as the question tells it.
        what: String,
        redo: bool,
        /// Money changes hands by it.
        moves_money: bool,
    },
    Quit,
    /// Leave the form and its draft.
    Discard,
    /// Open this unfinished form again.
    Restore(usize),
    /// Throw it away.
    Drop(usize),
}

/// The filter line: live as one types.
#[derive(Debug)]
pub struct FilterLine {
    pub line: LineEditor,
    /// What stood there before, for Esc.
    pub before: String,
    /// Where the list stood then, for the same.
    pub stood: Option<Stood>,
    pub completion: Completion,
}

/// What would fit at the cursor.
#[derive(Debug, Default)]
pub struct Completion {
    pub span: std::ops::Range<usize>,
    pub candidates: Vec<String>,
    pub cursor: Option<usize>,
    pub asked: Option<Number>,
}

impl Completion {
    /// The highlighted candidate, else none: what is not highlighted is never run.
    #[must_use]
    pub fn chosen(&self) -> Option<&str> {
        self.candidates.get(self.cursor?).map(String::as_str)
    }

    /// The text with a candidate in its place.
    #[must_use]
    pub fn accepted(&self, text: &str) -> Option<String> {
        let candidate = self.candidates.get(self.cursor.unwrap_or(0))?;
        let (before, after) = (text.get(..self.span.start)?, text.get(self.span.end..)?);
        Some(format!("{before}{candidate}{after}"))
    }

    pub fn step(&mut self, by: isize) {
        let count = self.candidates.len().cast_signed();
        if count == 0 {
            return;
        }
        let next = match self.cursor {
            None => {
                if by > 0 {
                    0
                } else {
                    count - 1
                }
            }
            Some(at) => (at.cast_signed() + by).rem_euclid(count),
        };
        self.cursor = Some(next.cast_unsigned());
    }
}

/// The command line.
#[derive(Debug, Default)]
pub struct CommandLine {
    pub line: LineEditor,
    pub completion: Completion,
    /// What is wrong, where it stands.
    pub mistake: Option<Mistake>,
}

/// The find line with what it found.
#[derive(Debug, Default)]
pub struct FindLine {
    pub line: LineEditor,
    pub found: Vec<Found>,
    pub cursor: usize,
    pub asked: Option<Number>,
    /// What the answer on the screen is for.
    pub answered: Option<String>,
    /// The first hit of the answer that is awaited is opened.
    pub opens: bool,
    pub error: Option<String>,
}

impl FindLine {
    /// The record under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<(&'static Resource, Id)> {
        let record = self.found.iter().flat_map(|found| &found.records).nth(self.cursor)?;
        Some((resources::of(record.entity)?, record.id))
    }

    #[must_use]
    pub fn hits(&self) -> usize {
        self.found.iter().map(|found| found.records.len()).sum()
    }
}
