//! The chooser of a list's columns: which, in which order, how wide. What it changes shows at once.

use crate::console::actions::Action;
use crate::console::screens::list::look::{Shown, own_columns, showable};
use crate::resources::Resource;

/// One field that can be a column.
#[derive(Debug)]
pub struct Choice {
    pub column: Shown,
    pub shown: bool,
}

/// The chooser.
#[derive(Debug)]
pub struct ColumnChooser {
    pub resource: &'static Resource,
    pub choices: Vec<Choice>,
    pub cursor: usize,
}

/// What became of a key.
#[derive(Debug, PartialEq)]
pub enum Chosen {
    /// Nothing that the list shows.
    Open,
    /// The list has these columns now.
    Show(Vec<Shown>),
    /// The last column stays: a list of none would show nothing.
    Last,
    Away,
}

impl ColumnChooser {
    /// The columns that are shown come first, in their order.
    #[must_use]
    pub fn new(resource: &'static Resource, shown: &[Shown]) -> Self {
        let rest = showable(resource).filter(|field| !shown.iter().any(|column| column.field.name == field.name));
        let choices = shown
            .iter()
            .map(|column| Choice { column: column.clone(), shown: true })
            .chain(rest.map(|field| Choice { column: Shown::of(resource, field), shown: false }))
            .collect();
        Self { resource, choices, cursor: 0 }
    }

    pub fn press(&mut self, action: Option<Action>) -> Chosen {
        let last = self.choices.len().saturating_sub(1);
        match action {
            Some(Action::PickDown | Action::Down) => self.cursor = (self.cursor + 1).min(last),
            Some(Action::PickUp | Action::Up) => self.cursor = self.cursor.saturating_sub(1),
            Some(Action::PageDown) => self.cursor = (self.cursor + 10).min(last),
            Some(Action::PageUp) => self.cursor = self.cursor.saturating_sub(10),
            Some(Action::Home) => self.cursor = 0,
            Some(Action::End) => self.cursor = last,
            Some(Action::Left | Action::ColumnNarrower) => return self.widen(-1),
            Some(Action::Right | Action::ColumnWider) => return self.widen(1),
            Some(Action::ColumnShow) => return self.toggle(),
            Some(Action::ColumnLater) => return self.shift(1),
            Some(Action::ColumnEarlier) => return self.shift(-1),
            Some(Action::ColumnsReset) => {
                *self = Self::new(self.resource, &own_columns(self.resource));
                return self.show();
            }
            Some(Action::Leave | Action::Stop | Action::Pick | Action::No | Action::Away | Action::ColumnsDone) => {
                return Chosen::Away;
            }
            _ => {}
        }
        Chosen::Open
    }

    fn show(&self) -> Chosen {
        Chosen::Show(self.choices.iter().filter(|choice| choice.shown).map(|choice| choice.column.clone()).collect())
    }

    fn toggle(&mut self) -> Chosen {
        let shown = self.choices.iter().filter(|choice| choice.shown).count();
        match self.choices.get_mut(self.cursor) {
            Some(choice) if choice.shown && shown == 1 => return Chosen::Last,
            Some(choice) => choice.shown = !choice.shown,
            None => return Chosen::Open,
        }
        self.show()
    }

    fn shift(&mut self, by: isize) -> Chosen {
        let Some(to) = self.cursor.checked_add_signed(by).filter(|to| *to < self.choices.len()) else {
            return Chosen::Open;
        };
        self.choices.swap(self.cursor, to);
        self.cursor = to;
        self.show()
    }

    fn widen(&mut self, by: i16) -> Chosen {
        match self.choices.get_mut(self.cursor).filter(|choice| choice.shown) {
            Some(choice) => choice.column.widen(by),
            None => return Chosen::Open,
        }
        self.show()
    }
}
