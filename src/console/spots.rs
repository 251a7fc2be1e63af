//! What was painted where, for the mouse: kept from one frame to the next.

use ratatui::layout::{Position, Rect};

use super::actions::Action;
use super::tabs::Tab;
use crate::domain::Id;

/// Something on the screen that a click means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Tab(Tab),
    /// A key in the hint line.
    Hint(Action),
    /// A record in a list or on the dashboard.
    Record(Id),
    /// A line of a page, by its index.
    Line(usize),
    /// A field of a form by its index, with the column in which its value begins.
    Field(usize, u16),
    /// A choice for the field under the cursor, by its index.
    Choice(usize),
    /// What saves a form.
    Save,
    /// An entry of what lies on top: of a menu, of what was found, of views.
    Entry(usize),
    /// What would fit in the line that lies on top.
    Candidate(usize),
    /// The filter of a list.
    Filter,
}

/// All of a frame, those painted last on top.
#[derive(Clone, Debug, Default)]
pub struct Spots(Vec<(Rect, Spot)>);

impl Spots {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn add(&mut self, area: Rect, spot: Spot) {
        self.0.push((area, spot));
    }

    /// A popup hides what lies under it.
    pub fn cover(&mut self, area: Rect) {
        self.0.retain(|(under, _)| under.intersection(area).is_empty());
    }

    #[must_use]
    pub fn at(&self, position: Position) -> Option<Spot> {
        self.0.iter().rev().find(|(area, _)| area.contains(position)).map(|(_, spot)| *spot)
    }
}
