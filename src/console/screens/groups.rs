//! Groups of records as lines that the cursor can stand on: of the desk, and of the dashboard's panels.

use super::Turn;
use crate::console::actions::Action;
use crate::resources;
use crate::store::desk::{Group, Row, points_at};

/// One line.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// It opens the whole list.
    Heading(&'a Group),
    Row(&'a Row),
}

/// Whether an action is for the record under the cursor, and does nothing where there is none.
#[must_use]
pub const fn wants_a_record(action: Action) -> bool {
    matches!(action, Action::Actions | Action::Copy | Action::Pin | Action::Note | Action::Remind)
}

/// The lines of a group, its heading first.
pub fn lines(group: &Group) -> impl Iterator<Item = Line<'_>> {
    std::iter::once(Line::Heading(group)).chain(group.rows.iter().map(Line::Row))
}

/// Where a line leads: a heading to its list, a record to its page, a reminder or watch to what it is on.
#[must_use]
pub fn opened(line: Line<'_>) -> Turn {
    match line {
        Line::Heading(group) => {
            resources::of(group.entity).map_or(Turn::Stay, |resource| Turn::List(resource, group.filter.to_owned()))
        }
        Line::Row(row) => {
            let (entity, id) = points_at(&row.record).unwrap_or((row.record.entity, row.record.id));
            resources::of(entity).map_or(Turn::Stay, |resource| Turn::Open(resource, id))
        }
    }
}
