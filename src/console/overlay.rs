//! What lies over a place: the filter, command and find lines, the menus, help, questions. One at a
//! time; Esc takes it away.

pub mod columns;
pub mod left;
pub mod views;

use crate::console::actions::ActionDef;
use crate::console::message::Number;
use crate::console::screens::secret::Look;
use crate::console::widgets::confirm::Confirm;
use crate::console::widgets::help::Help;
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::menu::Menu;
use crate::domain::Id;
use crate::resources::{self, Resource};
use crate::store::search::Found;
use crate::store::{Operation, Request};
use columns::ColumnChooser;
use left::LeftAlone;
use views::Views;

/// What lies over the place.
#[derive(Debug)]
pub enum Overlay {
    Filter(FilterLine),
    Command(CommandLine),
    Find(FindLine),
    /// Every action of the place.
    Menu(Menu),
    /// Actions on records.
    Actions(Menu, Vec<(Id, i64)>, &'static Resource),
    Help(Help),
    Confirm(Confirm, Then),
    /// A look at a secret.
    Secret(Box<Look>),
    Copy,
    /// Records that were left as they are, and why.
    Left(LeftAlone),
    /// Which columns the list has.
    Columns(ColumnChooser),
    /// The saved views of the list.
    Views(Views),
}

/// What a yes does.
#[derive(Debug)]
pub enum Then {
    Perform(Box<Request>),
    /// The form below sends what was filled in.
    Send(Box<Request>),
    TakeBack(Id),
    Quit,
    /// Leave the form and its draft.
    Discard,
    /// Open this unfinished form again.
    Restore(usize),
}

/// The filter line: live as one types.
#[derive(Debug)]
pub struct FilterLine {
    pub line: LineEditor,
    /// What stood there before, for Esc.
    pub before: String,
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
    pub problem: Option<String>,
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

/// What a line behind `:` means.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    List(&'static str, String),
    Dashboard,
    Quit,
    Save,
    Lock,
    LogOut,
    Help,
    /// A verb on the marked rows or this one.
    Verb(String),
    /// A console action by its name.
    Action(String),
}

/// The words that are neither a resource nor a verb.
pub const WORDS: &[&str] = &["dashboard", "quit", "lock", "logout", "help", "write"];

impl Command {
    /// Reads a command: a resource or alias with a filter behind it, a verb, an action, or a word.
    ///
    /// # Errors
    /// That nothing is called so.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim().trim_start_matches(':');
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let word = word.to_lowercase();
        if let Some(resource) = resources::find(&word) {
            return Ok(Self::List(resource.entity.name, rest.trim().to_owned()));
        }
        match word.as_str() {
            "q" | "quit" | "exit" => Ok(Self::Quit),
            "w" | "write" | "wq" => Ok(Self::Save),
            "lock" => Ok(Self::Lock),
            "logout" | "log-out" => Ok(Self::LogOut),
            "help" | "h" => Ok(Self::Help),
            "dashboard" | "dash" | "home" => Ok(Self::Dashboard),
            "" => Err("name a resource (customers, devices, …), an action or a word such as quit".into()),
            _ if crate::console::actions::Action::from_id(&word).is_some() => Ok(Self::Action(word)),
            _ if crate::store::operation::all().any(|operation| operation.verb() == word) => Ok(Self::Verb(word)),
            _ => Err(format!("nothing is called ‘{}’: Tab shows what there is", crate::domain::text::clean(&word))),
        }
    }

    /// What could stand here: resources, aliases and words that hold what was typed, those first
    /// that begin with it.
    #[must_use]
    pub fn candidates(typed: &str, verbs: &[&'static str]) -> Vec<String> {
        let typed = typed.to_lowercase();
        let names = resources::all().map(|resource| resource.entity.name);
        let all = names.chain(WORDS.iter().copied()).chain(verbs.iter().copied());
        let mut fitting: Vec<String> = all.filter(|name| is_subsequence(&typed, name)).map(str::to_owned).collect();
        fitting.sort_by_key(|name| (!name.starts_with(&typed), !name.contains(&typed)));
        fitting.truncate(9);
        fitting
    }
}

/// Whether the letters stand in the name in their order: `cst` in `customers`.
fn is_subsequence(letters: &str, name: &str) -> bool {
    let mut rest = name.chars();
    letters.chars().all(|letter| rest.any(|c| c == letter))
}

fn letter_of(operation: &'static Operation) -> char {
    let resource = resources::of(operation.entity);
    resource.map_or_else(|| resources::letter(operation.verb()), |resource| resource.letter(operation.verb()))
}

/// The operations on records as rows of a menu: one static row for each, made once.
pub fn operation_row(operation: &'static Operation) -> &'static ActionDef {
    static ROWS: std::sync::OnceLock<Vec<ActionDef>> = std::sync::OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        crate::store::operation::all()
            .map(|operation| ActionDef {
                letter: Some(letter_of(operation)),
                dangerous: operation.is_dangerous(),
                bulk: operation.takes_records(),
                permission: Some(operation.name),
                ..ActionDef::new(operation.name, operation.verb(), "", crate::console::actions::Scope::List, &[])
            })
            .collect()
    });
    static NONE: ActionDef = ActionDef::new("none", "", "", crate::console::actions::Scope::List, &[]);
    rows.iter().find(|row| row.id == operation.name).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_resources_words_and_verbs() {
        assert_eq!(Command::read(":cus"), Ok(Command::List("customers", String::new())));
        assert_eq!(
            Command::read("devices health:down site:\"North POP\""),
            Ok(Command::List("devices", "health:down site:\"North POP\"".into()))
        );
        assert_eq!(Command::read("q"), Ok(Command::Quit));
        assert_eq!(Command::read("suspend"), Ok(Command::Verb("suspend".into())));
        assert_eq!(Command::read("redraw"), Ok(Command::Action("redraw".into())));
        assert!(Command::read("banana").is_err());
        assert!(Command::read("").is_err());
    }

    #[test]
    fn candidates_that_begin_so_come_first() {
        assert_eq!(Command::candidates("dev", &[])[0], "devices");
        assert!(Command::candidates("cst", &[]).contains(&"customers".to_owned()));
        assert!(Command::candidates("zzz", &[]).is_empty());
    }

    #[test]
    fn every_operation_has_its_row() {
        for operation in crate::store::operation::all() {
            assert_eq!(operation_row(operation).id, operation.name);
        }
    }
}
