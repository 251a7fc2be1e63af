//! Groups of records under their headings: find-anything, what waits, what is pinned, the dashboard's panels.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::console::measure;
use crate::console::theme::{Role, Theme};

/// One line of a grouped list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Heading(String),
    Entry {
        name: String,
        /// What is told after the name, as far as there is room.
        told: String,
        /// Until when, at the right edge: it is kept the longest.
        until: Option<(String, Role)>,
    },
}

impl Line {
    /// An entry of which nothing is told but its name.
    #[must_use]
    pub const fn named(name: String) -> Self {
        Self::Entry { name, told: String::new(), until: None }
    }
}

/// Paints the lines, scrolled so that the one with the cursor is in sight; where each of those in sight stands.
pub fn paint(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    lines: &[Line],
    cursor: Option<usize>,
) -> Vec<(Rect, usize)> {
    let area = area.intersection(buffer.area);
    let fits = usize::from(area.height);
    let top = cursor.map_or(0, |cursor| paint::scrolled(0, cursor, fits, lines.len()));
    let mut painted = Vec::new();
    for ((index, line), y) in lines.iter().enumerate().skip(top).take(fits).zip(area.y..) {
        let row = Rect { y, height: 1, ..area };
        paint_line(buffer, row, theme, line, cursor == Some(index));
        painted.push((row, index));
    }
    paint::scroll_thumb(buffer, area, top, fits, lines.len(), theme);
    painted
}

fn paint_line(buffer: &mut Buffer, area: Rect, theme: &Theme, line: &Line, here: bool) {
    let sign = if here { theme.signs.cursor } else { " " };
    let x = area.x + paint::text(buffer, area.x, area.y, area.width, sign, theme[Role::Accent]);
    let room = area.right().saturating_sub(x + 1);
    match line {
        Line::Heading(title) => {
            paint::text(buffer, x, area.y, room, title, theme[if here { Role::Accent } else { Role::Title }]);
        }
        Line::Entry { name, told, until } => {
            let (until, role) = until.as_ref().map_or(("", Role::Dim), |(text, role)| (text.as_str(), *role));
            let wide = paint::cells(until);
            let left = if until.is_empty() { room } else { room.saturating_sub(wide + 2) };
            let ellipsis = theme.signs.ellipsis;
            let shown = measure::cut(name, usize::from(left), ellipsis);
            let used =
                paint::text(buffer, x, area.y, left, &shown, theme[if here { Role::Accent } else { Role::Text }]);
            let rest = left.saturating_sub(used + 2);
            if !told.is_empty() && rest >= paint::cells(told).min(8) {
                let told = measure::cut(told, usize::from(rest), ellipsis);
                paint::text(buffer, x + used + 2, area.y, rest, &told, theme[Role::Dim]);
            }
            paint::text(buffer, area.right().saturating_sub(wide + 1), area.y, wide, until, theme[role]);
        }
    }
}
