//! How far a list was looked through for rows that no index finds. It goes on when one moves beyond its last row, so that
//! nobody waits for a million rows who has not asked for them.

use super::{Edge, List, Load};
use crate::console::screens::Context;
use crate::store::list::{Cursor, Effort};

/// Where it was looked no further.
#[derive(Debug, Default)]
pub struct Looked {
    before: Option<Cursor>,
    after: Option<Cursor>,
    /// How many looks ended so.
    looks: u64,
    /// Pages were added to those of the first look.
    pub(super) grown: bool,
    /// Somebody had it looked through further than that.
    pub(super) went_on: bool,
}

impl Looked {
    /// The last row that was looked at beyond an end of the window.
    pub(super) const fn beyond(&self, edge: Edge) -> Option<&Cursor> {
        match edge {
            Edge::Top => self.before.as_ref(),
            Edge::Bottom => self.after.as_ref(),
        }
    }

    /// A look that ended at this row, or nowhere.
    pub(super) fn once(edge: Edge, looked: Option<Cursor>) -> Self {
        let mut once = Self::default();
        once.set(edge, looked);
        once
    }

    pub(super) fn set(&mut self, edge: Edge, looked: Option<Cursor>) {
        self.went_on |= self.beyond(edge).is_some();
        self.looks += u64::from(looked.is_some());
        match edge {
            Edge::Top => self.before = looked,
            Edge::Bottom => self.after = looked,
        }
    }
}

impl List {
    /// How many rows were looked through at least, where there are more to look through; whether that is towards the end.
    #[must_use]
    pub const fn looked_no_further(&self) -> Option<(u64, bool)> {
        let Effort::Rows(rows) = Effort::GLANCE else { return None };
        let down = self.looked.after.is_some();
        if down || self.looked.before.is_some() { Some((rows * self.looked.looks, down)) } else { None }
    }

    /// Looks through more rows, where one moves beyond the last that was found; answers whether there are more.
    pub fn look_on(&mut self, by: isize, context: &mut Context<'_>) -> bool {
        let (edge, load) = if by > 0 { (Edge::Bottom, Load::After) } else { (Edge::Top, Load::Before) };
        let more = self.looked.beyond(edge).is_some();
        if more && self.loading.is_none() {
            self.load(load, context);
        }
        more
    }
}
