//! The help of a place: the key map itself, narrowed as one types.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::line::{LineEditor, LineView};
use super::paint;
use crate::console::actions::Action;
use crate::console::keys::{HelpSection, Key};
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};

/// Actions that are not for whoever is here, and why.
pub type Closed = BTreeMap<&'static str, String>;

/// The help overlay.
#[derive(Debug, Clone, Default)]
pub struct Help {
    filter: LineEditor,
    first: usize,
}

enum Row<'a> {
    Heading(&'a str),
    Action {
        keys: String,
        label: &'a str,
        help: String,
        /// It is for whoever is here; else its help is why it is not.
        is_open: bool,
    },
    /// The rest of the sentence above.
    More(String),
}

/// The cells of the keys, and the gap behind them.
const KEYS: u16 = 12;

/// The cells of the label: on a narrow screen the sentence is worth more.
const fn label_width(width: u16) -> u16 {
    if width >= 72 { 18 } else { 0 }
}

/// Where the sentence begins.
const fn help_at(width: u16) -> u16 {
    KEYS + 2 + label_width(width)
}

impl Help {
    /// Help with nothing narrowed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a key: writing narrows, moving scrolls. False if it was neither.
    pub fn press(&mut self, key: Key, action: Option<Action>) -> bool {
        let by = |first: usize, rows: isize| first.saturating_add_signed(rows);
        match action {
            Some(Action::Down) => self.first = by(self.first, 1),
            Some(Action::Up) => self.first = by(self.first, -1),
            Some(Action::PageDown) => self.first = by(self.first, 10),
            Some(Action::PageUp) => self.first = by(self.first, -10),
            Some(Action::Home) => self.first = 0,
            Some(action) if self.filter.act(action) => self.first = 0,
            _ if self.filter.press(key) => self.first = 0,
            _ => return false,
        }
        true
    }

    /// Text that was pasted narrows, too.
    pub fn paste(&mut self, text: &str) {
        self.filter.insert(text);
        self.first = 0;
    }

    /// Paints the help over `area`; where the cursor is.
    pub fn paint(
        &mut self,
        buffer: &mut Buffer,
        area: Rect,
        theme: &Theme,
        title: &str,
        sections: &[HelpSection],
        closed: &Closed,
    ) -> Option<Position> {
        let area = area.intersection(buffer.area);
        let inside = paint::popup(buffer, paint::centred(area, 100, area.height), title, theme);
        if inside.height < 2 {
            return None;
        }
        let line =
            LineView { placeholder: theme.words.get("keys.narrow"), prompt: " / ", ..LineView::new(&self.filter) };
        let cursor = line.paint(buffer, Rect { height: 1, ..inside }, theme);
        let body = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
        let rows = self.rows(sections, closed, theme, body.width.saturating_sub(1));
        let fits = usize::from(body.height);
        self.first = self.first.min(rows.len().saturating_sub(fits));
        for (offset, row) in rows.iter().skip(self.first).take(fits).enumerate() {
            paint_row(
                buffer,
                Rect { y: body.y + offset as u16, height: 1, width: body.width.saturating_sub(1), ..body },
                theme,
                row,
            );
        }
        if rows.is_empty() {
            paint::text(
                buffer,
                body.x + 1,
                body.y,
                body.width.saturating_sub(1),
                theme.words.get("keys.nothing"),
                theme[Role::Dim],
            );
        }
        paint::scroll_thumb(buffer, body, self.first, fits, rows.len(), theme);
        cursor
    }

    fn rows<'a>(&self, sections: &[HelpSection], closed: &Closed, theme: &'a Theme, width: u16) -> Vec<Row<'a>> {
        let room = usize::from(width.saturating_sub(help_at(width)).max(1));
        let words = self.filter.text().to_lowercase();
        let mut rows = Vec::new();
        for section in sections {
            let heading = rows.len();
            for row in &section.rows {
                let keys: Vec<String> = row.keys.iter().map(|key| key.shown(theme.signs.ascii)).collect();
                let keys = keys.join(" ");
                let label = row.action.label(&theme.words);
                let why = closed.get(row.action.id).map(String::as_str);
                let does = row.action.help(&theme.words);
                let told = format!("{keys} {label} {does} {}", row.action.id).to_lowercase();
                if words.split_whitespace().all(|word| told.contains(word)) {
                    let mut lines = measure::wrap(why.unwrap_or(does), room).into_iter();
                    rows.push(Row::Action {
                        keys,
                        label,
                        help: lines.next().unwrap_or_default(),
                        is_open: why.is_none(),
                    });
                    rows.extend(lines.map(Row::More));
                }
            }
            if rows.len() > heading {
                rows.insert(heading, Row::Heading(section.scope.title(&theme.words)));
            }
        }
        rows
    }
}

fn paint_row(buffer: &mut Buffer, area: Rect, theme: &Theme, row: &Row<'_>) {
    match row {
        Row::Heading(title) => {
            paint::text(buffer, area.x, area.y, area.width, title, theme[Role::Title]);
        }
        Row::Action { keys, label, help, is_open } => {
            let (keys_width, label_width) = (KEYS.min(area.width), label_width(area.width));
            let role = |role: Role| theme[if *is_open { role } else { Role::Dim }];
            paint::fitted(buffer, area.x, area.y, keys_width, keys, Align::Right, role(Role::Key), theme.signs);
            if label_width > 0 {
                let at = area.x + keys_width + 2;
                paint::fitted(buffer, at, area.y, label_width - 1, label, Align::Left, role(Role::Accent), theme.signs);
            }
            sentence(buffer, area, theme, help);
        }
        Row::More(help) => sentence(buffer, area, theme, help),
    }
}

fn sentence(buffer: &mut Buffer, area: Rect, theme: &Theme, help: &str) {
    let at = help_at(area.width);
    paint::text(buffer, area.x + at, area.y, area.width.saturating_sub(at), help, theme[Role::Hint]);
}
