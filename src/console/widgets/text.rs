//! The editor of several lines: notes, comments, JSON.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget as _;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::line::STEPS;
use crate::console::actions::Action;
use crate::console::keys::{Code, Key};
use crate::console::theme::{Role, Theme};
use crate::domain::text::is_hostile;

/// A text of several lines being edited.
#[derive(Debug, Clone)]
pub struct TextEditor {
    area: TextArea<'static>,
}

impl Default for TextEditor {
    fn default() -> Self {
        Self::with_text("")
    }
}

impl TextEditor {
    /// An editor with a text, the cursor behind it.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        let lines = text.split('\n').map(|line| line.chars().filter(|c| !c.is_control()).collect()).collect();
        let mut area = TextArea::new(lines);
        area.set_max_histories(STEPS);
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// What is written.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Where the cursor stands: its line and its place there, from 0.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Whether Enter goes on from here rather than begin a line: nothing is written, or the last line is still empty.
    #[must_use]
    pub fn is_left_by_enter(&self) -> bool {
        let lines = self.area.lines();
        let at_end = self.cursor().0 + 1 == lines.len();
        at_end && lines.last().is_none_or(String::is_empty)
    }

    /// Writes at the cursor, line breaks included.
    pub fn insert(&mut self, text: &str) {
        let kept: String = text
            .chars()
            .map(|c| if c == '\u{1d}' { ' ' } else { c })
            .filter(|c| !c.is_control() || *c == '\n')
            .collect();
        self.area.insert_str(kept);
    }

    /// Takes a key that writes, moves or deletes (Enter begins a line); whether it was one.
    pub fn press(&mut self, key: Key) -> bool {
        if let Some(c) = key.text() {
            self.area.insert_char(c);
            return true;
        }
        if key == Key::GROUP_SEPARATOR {
            self.area.insert_char(' ');
            return true;
        }
        let by_word = key.ctrl || key.alt;
        match key.code {
            Code::Enter => self.area.insert_newline(),
            Code::Backspace if by_word => {
                self.area.delete_word();
            }
            Code::Backspace => {
                self.area.delete_char();
            }
            Code::Delete => {
                self.area.delete_next_char();
            }
            Code::Up => self.area.move_cursor(CursorMove::Up),
            Code::Down => self.area.move_cursor(CursorMove::Down),
            Code::Left if by_word => self.area.move_cursor(CursorMove::WordBack),
            Code::Right if by_word => self.area.move_cursor(CursorMove::WordForward),
            Code::Left => self.area.move_cursor(CursorMove::Back),
            Code::Right => self.area.move_cursor(CursorMove::Forward),
            Code::Home => self.area.move_cursor(CursorMove::Head),
            Code::End => self.area.move_cursor(CursorMove::End),
            _ => return false,
        }
        true
    }

    /// Does an action of an editor; whether it was one.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::Undo => self.area.undo(),
            Action::Redo => self.area.redo(),
            Action::LineStart => {
                self.area.move_cursor(CursorMove::Head);
                true
            }
            Action::LineEnd => {
                self.area.move_cursor(CursorMove::End);
                true
            }
            Action::LineClear => self.area.delete_line_by_head(),
            Action::LineCutEnd => self.area.delete_line_by_end(),
            Action::LineCutWord => self.area.delete_word(),
            _ => false,
        }
    }

    /// Paints the text, with a cursor of its own if the focus is here.
    pub fn paint(&mut self, buffer: &mut Buffer, area: Rect, theme: &Theme, focused: bool) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let style = theme[if focused { Role::InputFocused } else { Role::Input }];
        self.area.set_style(style);
        self.area.set_cursor_line_style(style);
        self.area.set_cursor_style(if focused {
            style.add_modifier(ratatui::style::Modifier::REVERSED)
        } else {
            style
        });
        if focused {
            self.area.render(area, buffer);
        } else {
            // Whoever passes by reads a text from its beginning.
            let mut seen = self.area.clone();
            seen.move_cursor(CursorMove::Top);
            seen.move_cursor(CursorMove::Head);
            seen.render(area, buffer);
        }
        // The whole field is seen, not only where text stands.
        let ground = style.bg.unwrap_or_default();
        for position in area.positions() {
            let cell = &mut buffer[position];
            if cell.bg == ratatui::style::Color::Reset {
                cell.set_bg(ground);
            }
        }
        scrub(buffer, area);
    }
}

/// What was typed or pasted is painted by another hand here: nothing hostile may stay in a cell.
fn scrub(buffer: &mut Buffer, area: Rect) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let cell = &mut buffer[(x, y)];
            if cell.symbol().chars().any(is_hostile) {
                cell.set_symbol("?");
            }
        }
    }
}
