//! A list to choose from, in a popup: choices of a field, candidates, views, columns.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::paint;
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};

/// One entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry<'a> {
    /// What is chosen.
    pub label: &'a str,
    /// More about it, at the right.
    pub detail: &'a str,
    /// Whether it is ticked, where several can be.
    pub ticked: Option<bool>,
    /// Why it cannot be chosen, if so.
    pub closed: Option<&'a str>,
}

impl<'a> From<&'a str> for Entry<'a> {
    fn from(label: &'a str) -> Self {
        Self { label, ..Self::default() }
    }
}

/// Where entries stand, each with its index.
pub type Rows = Vec<(Rect, usize)>;

/// A list to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choices<'a> {
    /// What is chosen here.
    pub title: &'a str,
    /// The entries.
    pub entries: &'a [Entry<'a>],
    /// The one under the cursor, if any is.
    pub cursor: Option<usize>,
    /// What to say where there are none.
    pub empty: &'a str,
}

impl Choices<'_> {
    /// Paints the list in a popup below `anchor` (above, if there is more room), inside `within`;
    /// the area it takes, and where each of its entries stands.
    pub fn popup(&self, buffer: &mut Buffer, within: Rect, anchor: Position, theme: &Theme) -> (Rect, Rows) {
        let within = within.intersection(buffer.area);
        let widest = self.entries.iter().map(entry_width).max().unwrap_or(0).max(measure::width(self.empty));
        let width = (widest.max(measure::width(self.title) + 2) + 5).min(usize::from(within.width)) as u16;
        let wanted = (self.entries.len().max(1) + 2).min(usize::from(within.height)) as u16;
        let below = within.bottom().saturating_sub(anchor.y.saturating_add(1));
        let above = anchor.y.saturating_sub(within.y);
        let (y, height) = if wanted <= below || below >= above {
            (anchor.y.saturating_add(1), wanted.min(below))
        } else {
            let height = wanted.min(above);
            (anchor.y - height, height)
        };
        let x = anchor.x.clamp(within.x, within.right().saturating_sub(width).max(within.x));
        let area = Rect::new(x, y, width, height);
        let inside = paint::popup(buffer, area, self.title, theme);
        (area, self.paint(buffer, inside, theme))
    }

    /// Paints the entries around the cursor; where each stands.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Rows {
        let area = area.intersection(buffer.area);
        let mut rows = Rows::new();
        if area.is_empty() {
            return rows;
        }
        if self.entries.is_empty() {
            // Where the entries would stand.
            let (x, room) = (area.x + 2.min(area.width), area.width.saturating_sub(3));
            paint::fitted(buffer, x, area.y, room, self.empty, Align::Left, theme[Role::Dim], theme.signs);
            return rows;
        }
        let fits = usize::from(area.height);
        let cursor = self.cursor.unwrap_or(0).min(self.entries.len() - 1);
        let first = paint::scrolled((cursor + 1).saturating_sub(fits / 2 + 1), cursor, fits, self.entries.len());
        for (offset, entry) in self.entries.iter().skip(first).take(fits).enumerate() {
            let row = Rect { y: area.y + offset as u16, height: 1, ..area };
            paint_entry(buffer, row, theme, entry, Some(first + offset) == self.cursor);
            rows.push((row, first + offset));
        }
        paint::scroll_thumb(buffer, area, first, fits, self.entries.len(), theme);
        rows
    }
}

fn entry_width(entry: &Entry<'_>) -> usize {
    let detail = entry.closed.unwrap_or(entry.detail);
    let gap = if detail.is_empty() { 0 } else { 2 };
    measure::width(entry.label) + gap + measure::width(detail) + if entry.ticked.is_some() { 4 } else { 0 }
}

fn paint_entry(buffer: &mut Buffer, row: Rect, theme: &Theme, entry: &Entry<'_>, selected: bool) {
    let ground = theme[Role::Popup];
    let style = match (selected, entry.closed.is_some()) {
        (true, _) => ground.patch(theme[Role::Selected]),
        (false, true) => ground.patch(theme[Role::Disabled]),
        (false, false) => ground.patch(theme[Role::Text]),
    };
    if selected {
        paint::text(buffer, row.x, row.y, row.width, theme.signs.cursor, style);
    }
    let mut x = row.x + 2.min(row.width);
    if let Some(ticked) = entry.ticked {
        let sign = if ticked { theme.signs.checked } else { theme.signs.unchecked };
        x += paint::text(buffer, x, row.y, row.right().saturating_sub(x), sign, style) + 1;
    }
    let room = row.right().saturating_sub(x).saturating_sub(1);
    let used = paint::fitted(buffer, x, row.y, room, entry.label, Align::Left, style, theme.signs);
    let detail = entry.closed.unwrap_or(entry.detail);
    let left = room.saturating_sub(used + 2);
    if !detail.is_empty() && left > 2 {
        let align = if entry.closed.is_some() { Align::Left } else { Align::Right };
        paint::fitted(buffer, x + used + 2, row.y, left, detail, align, ground.patch(theme[Role::Dim]), theme.signs);
    }
}
