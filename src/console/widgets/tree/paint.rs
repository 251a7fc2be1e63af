//! The tree as it is seen: what is inside stands further in, each value with its type beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::Value as Json;

use super::path::{Step, at};
use super::{Row, TreeEditor, is_container};
use crate::console::measure::Align;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::line::LineView;
use crate::console::widgets::paint;
use crate::domain::schema::Type;
use crate::domain::text::clean;

/// Cells that the type takes, at the right.
const TYPE: u16 = 9;

impl TreeEditor {
    /// Paints the rows around the cursor; where the cursor is, while a row is being written.
    pub fn paint(&mut self, buffer: &mut Buffer, area: Rect, theme: &Theme, focused: bool) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let mut rows = self.rows();
        if !focused {
            // What it is in one row, until one goes there.
            rows.truncate(1);
            paint::clear(buffer, area, theme[Role::Input]);
            let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), height: 1, ..area };
            self.paint_row(buffer, inside, theme, &rows[0], !self.wrong().is_empty(), theme[Role::Input]);
            return None;
        }
        self.cursor = self.cursor.min(rows.len() - 1);
        let fits = usize::from(area.height);
        self.top = paint::scrolled(self.top, self.cursor, fits, rows.len());
        let wrong = self.wrong();
        let ground = theme[Role::InputFocused];
        let mut cursor = None;
        for (offset, row) in rows.iter().skip(self.top).take(fits).enumerate() {
            let place = Rect { y: area.y + offset as u16, height: 1, ..area };
            paint::clear(buffer, place, ground);
            let here = self.top + offset == self.cursor;
            if here
                && paint::text(buffer, place.x, place.y, 1, theme.signs.cursor, ground.patch(theme[Role::Accent])) == 0
            {
                continue;
            }
            let inset = 1 + 2 * (row.path.len() + usize::from(row.adds)) as u16;
            let inside =
                Rect { x: place.x + inset.min(place.width), width: place.width.saturating_sub(inset), ..place };
            match self.line.as_ref().filter(|_| here) {
                Some(line) => {
                    let role = if self.problem.is_some() { Role::InputWrong } else { Role::InputFocused };
                    let ghost = self.ghost();
                    let view = LineView { role, ghost: &ghost, ..LineView::new(line) };
                    cursor = view.paint(buffer, inside, theme);
                }
                None => {
                    let is_wrong = !row.adds && wrong.contains(&Self::pointer_of(row));
                    self.paint_row(buffer, inside, theme, row, is_wrong, ground);
                    if here {
                        cursor = Some(Position { x: inside.x.min(area.right() - 1), y: inside.y });
                    }
                }
            }
        }
        paint::scroll_thumb(buffer, area, self.top, fits, rows.len(), theme);
        cursor
    }

    fn paint_row(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        theme: &Theme,
        row: &Row,
        is_wrong: bool,
        ground: ratatui::style::Style,
    ) {
        let signs = theme.signs;
        let Some(node) = at(&self.root, &row.path) else { return };
        if row.adds {
            let what = theme.words.get(if node.is_object() { "tree.add-named" } else { "tree.add" });
            let known =
                self.known_names(row).iter().map(|name| clean(name).into_owned()).collect::<Vec<_>>().join(", ");
            let what = if known.is_empty() { what.to_owned() } else { format!("{what}  ({known})") };
            paint::fitted(
                buffer,
                area.x,
                area.y,
                area.width,
                &what,
                Align::Left,
                ground.patch(theme[Role::Ghost]),
                signs,
            );
            return;
        }
        let fold = match (is_container(node), self.open.contains(&row.path)) {
            (true, true) => format!("{} ", signs.choice),
            (true, false) => format!("{} ", signs.crumb),
            (false, _) => String::new(),
        };
        let name = match row.path.last() {
            Some(Step::Name(name)) => format!("{}: ", clean(name)),
            Some(Step::Item(index)) => format!("{}. ", index + 1),
            None => String::new(),
        };
        let value = match node {
            Json::Object(entries) => count(entries.len(), ["tree.entry", "tree.entries"], theme),
            Json::Array(items) => count(items.len(), ["tree.item", "tree.items"], theme),
            Json::String(text) => clean(text).into_owned(),
            Json::Bool(yes) => theme.words.word(if *yes { "yes" } else { "no" }).to_owned(),
            Json::Null => String::new(),
            Json::Number(number) => number.to_string(),
        };
        let room = area.width.saturating_sub(TYPE);
        let label = ground.patch(theme[if is_wrong { Role::Bad } else { Role::Label }]);
        let mut x = area.x;
        for (text, style) in [(fold, ground), (name, label), (value, ground)] {
            let left = (area.x + room).saturating_sub(x);
            x += paint::fitted(buffer, x, area.y, left, &text, Align::Left, style, signs);
        }
        let kind = theme.words.word(Type::of(node).name());
        let style = ground.patch(theme[Role::Dim]);
        paint::fitted(buffer, area.x + room, area.y, area.width - room, kind, Align::Right, style, signs);
    }
}

fn count(count: usize, [one, several]: [&'static str; 2], theme: &Theme) -> String {
    theme.words.say(if count == 1 { one } else { several }, &[("count", &count)])
}
