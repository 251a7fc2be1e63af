//! The editor of one line: fields, the filter, the command line, passwords.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

use super::paint;
use crate::console::actions::Action;
use crate::console::keys::{Code, Key};
use crate::console::measure;
use crate::console::theme::{Role, Theme};
use crate::domain::text::clean;

/// Steps that can be taken back: all that somebody types in a line.
pub(super) const STEPS: usize = 20_000;
/// Lines remembered.
const REMEMBERED: usize = 200;
/// Room for a secret from the start, so that no copy of it is left behind when it grows.
const SECRET_ROOM: usize = 1024;

/// A line of text being edited.
#[derive(Debug, Clone, Default)]
pub struct LineEditor {
    text: String,
    /// Where the cursor stands, in bytes, always between two graphemes.
    cursor: usize,
    secret: bool,
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    history: Vec<String>,
    /// Where one is in the history, and what stood in the line before.
    recalled: Option<(usize, String)>,
}

/// What one change put in the place of what.
#[derive(Debug, Clone)]
struct Step {
    /// Where, in bytes.
    at: usize,
    was: String,
    is: String,
    /// Where the cursor stood before.
    cursor: usize,
}

impl Drop for LineEditor {
    fn drop(&mut self) {
        if self.secret {
            self.text.zeroize();
        }
    }
}

impl LineEditor {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line with a text, the cursor behind it.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        let mut line = Self::default();
        line.replace(text);
        line
    }

    /// A line for a secret: shown as dots, wiped when dropped, never remembered nor taken back.
    #[must_use]
    pub fn secret() -> Self {
        let mut line = Self::default();
        line.text.reserve(SECRET_ROOM);
        line.secret = true;
        line
    }

    /// What is written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is masked.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// Where the cursor stands, in bytes.
    #[must_use]
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor at a byte, or the nearest place before it.
    pub fn set_cursor(&mut self, at: usize) {
        let starts = self.text.grapheme_indices(true).map(|(start, _)| start).chain([self.text.len()]);
        self.cursor = starts.take_while(|start| *start <= at).last().unwrap_or(0);
    }

    /// Puts the cursor before the letter in a column, behind the text where that is shorter. For a text that is seen from its
    /// beginning on. Whether there is a letter.
    pub fn point_at(&mut self, column: usize) -> bool {
        let mut width = 0;
        let before = self.text.graphemes(true).take_while(|grapheme| {
            width += if self.secret { 1 } else { measure::width(&clean(grapheme)) };
            width <= column
        });
        self.cursor = before.map(str::len).sum();
        self.cursor < self.text.len()
    }

    /// Replaces the text, the cursor behind it; this can be taken back.
    pub fn set_text(&mut self, text: &str) {
        let text: String = one_line(text).collect();
        self.remember_step(0..self.text.len(), &text);
        self.replace(&text);
    }

    /// What stands there now is where it begins: nothing of what led to it is taken back.
    pub fn forget_steps(&mut self) {
        self.undo.clear();
        self.redo.clear();
    }

    /// Takes the text out and empties the line.
    pub fn take(&mut self) -> String {
        self.cursor = 0;
        self.undo.clear();
        self.redo.clear();
        self.recalled = None;
        std::mem::take(&mut self.text)
    }

    fn replace(&mut self, text: &str) {
        if self.secret {
            self.text.zeroize();
        }
        self.text.clear();
        self.text.extend(one_line(text));
        self.cursor = self.text.len();
    }

    /// Writes at the cursor; line breaks and tabs become blanks, other controls are left out.
    pub fn insert(&mut self, text: &str) {
        let added: String = one_line(text).collect();
        if added.is_empty() {
            return;
        }
        self.remember_step(self.cursor..self.cursor, &added);
        self.text.insert_str(self.cursor, &added);
        self.set_cursor(self.cursor + added.len());
    }

    /// Takes a key that writes, moves or deletes; whether it was one.
    pub fn press(&mut self, key: Key) -> bool {
        if let Some(c) = key.text() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        if key == Key::GROUP_SEPARATOR {
            self.insert("\u{1d}");
            return true;
        }
        match (key.code, key.ctrl || key.alt) {
            (Code::Backspace, false) => self.delete(self.before()..self.cursor),
            (Code::Backspace, true) => self.delete(self.word_before()..self.cursor),
            (Code::Delete, _) => self.delete(self.cursor..self.after()),
            (Code::Left, false) => self.cursor = self.before(),
            (Code::Right, false) => self.cursor = self.after(),
            (Code::Left, true) => self.cursor = self.word_before(),
            (Code::Right, true) => self.cursor = self.word_after(),
            (Code::Home, _) => self.cursor = 0,
            (Code::End, _) => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Does an action of a line; whether it was one.
    pub fn act(&mut self, action: Action) -> bool {
        match action {
            Action::LineStart | Action::Home => self.cursor = 0,
            Action::LineEnd | Action::End => self.cursor = self.text.len(),
            Action::Left => self.cursor = self.before(),
            Action::Right => self.cursor = self.after(),
            Action::LineClear => self.delete(0..self.cursor),
            Action::LineCutEnd => self.delete(self.cursor..self.text.len()),
            Action::LineCutWord => self.delete(self.word_before()..self.cursor),
            Action::LineOlder => return self.older(),
            Action::LineNewer => return self.newer(),
            Action::Undo => return self.undo(),
            Action::Redo => return self.redo(),
            _ => return false,
        }
        true
    }

    /// Takes the last change back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.undo.pop_back() else { return false };
        self.text.replace_range(step.at..step.at + step.is.len(), &step.was);
        self.cursor = step.cursor;
        self.redo.push(step);
        true
    }

    /// Does a change again that was taken back; whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.redo.pop() else { return false };
        self.text.replace_range(step.at..step.at + step.was.len(), &step.is);
        self.set_cursor(step.at + step.is.len());
        self.undo.push_back(step);
        true
    }

    /// Adds the line to its history, unless it is empty, the same again, or a secret.
    pub fn remember(&mut self) {
        self.recalled = None;
        if self.secret || self.text.trim().is_empty() || self.history.last() == Some(&self.text) {
            return;
        }
        if self.history.len() == REMEMBERED {
            self.history.remove(0);
        }
        self.history.push(self.text.clone());
    }

    /// The lines remembered, the oldest first.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Lines remembered from another time, the oldest first.
    pub fn set_history(&mut self, lines: Vec<String>) {
        self.history = lines;
        self.recalled = None;
    }

    /// Whether what stands in it came out of the history, and was not changed since.
    #[must_use]
    pub fn is_recalled(&self) -> bool {
        self.recalled.as_ref().is_some_and(|(at, _)| self.history.get(*at) == Some(&self.text))
    }

    /// Whether up and down mean the history: nothing of one's own stands in it.
    #[must_use]
    pub fn is_empty_or_recalled(&self) -> bool {
        self.text.is_empty() || self.is_recalled()
    }

    fn older(&mut self) -> bool {
        let at = self.recalled.as_ref().map_or(self.history.len(), |(at, _)| *at);
        let Some(older) = at.checked_sub(1) else { return false };
        let draft = self.recalled.take().map_or_else(|| self.text.clone(), |(_, draft)| draft);
        let line = self.history[older].clone();
        self.set_text(&line);
        self.recalled = Some((older, draft));
        true
    }

    fn newer(&mut self) -> bool {
        let Some((at, draft)) = self.recalled.take() else { return false };
        match self.history.get(at + 1).cloned() {
            Some(line) => {
                self.set_text(&line);
                self.recalled = Some((at + 1, draft));
            }
            None => self.set_text(&draft),
        }
        true
    }

    /// A text is to stand in the place of this one.
    fn remember_step(&mut self, place: Range<usize>, text: &str) {
        self.redo.clear();
        if self.secret {
            return;
        }
        if self.undo.len() == STEPS {
            self.undo.pop_front();
        }
        let was = self.text[place.clone()].to_owned();
        self.undo.push_back(Step { at: place.start, was, is: text.to_owned(), cursor: self.cursor });
    }

    fn delete(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.remember_step(range.clone(), "");
        self.cursor = range.start;
        self.text.replace_range(range, "");
        self.set_cursor(self.cursor);
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(start, _)| start)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |grapheme| self.cursor + grapheme.len())
    }

    fn word_before(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(start, c)| start + c.len_utf8())
    }

    fn word_after(&self) -> usize {
        let tail = &self.text[self.cursor..];
        let word = tail.trim_start();
        let end = word.find(char::is_whitespace).unwrap_or(word.len());
        self.cursor + (tail.len() - word.len()) + end
    }
}

/// What separates stays between what it separates: a line break, a tab, GS1's group separator.
fn one_line(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if matches!(c, '\n' | '\t' | '\u{1d}') { ' ' } else { c }).filter(|c| !c.is_control())
}

/// A line as it is shown.
#[derive(Debug, Clone)]
pub struct LineView<'a> {
    /// The line.
    pub editor: &'a LineEditor,
    /// What stands before it: `/`, `:`, a label.
    pub prompt: &'a str,
    /// What would complete it, shown dim behind the cursor at the end of the line.
    pub ghost: &'a str,
    /// What stands in an empty line.
    pub placeholder: &'a str,
    /// The bytes of the text that are wrong.
    pub wrong: Option<Range<usize>>,
    /// Whether the focus is here.
    pub focused: bool,
    /// What the text is shown in.
    pub role: Role,
}

impl<'a> LineView<'a> {
    /// A line with nothing about it.
    #[must_use]
    pub const fn new(editor: &'a LineEditor) -> Self {
        Self { editor, prompt: "", ghost: "", placeholder: "", wrong: None, focused: true, role: Role::Text }
    }

    /// Paints the part of the line around the cursor into the first row of `area`; where the
    /// cursor is, if the focus is here.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let prompt = paint::text(buffer, area.x, area.y, area.width, self.prompt, theme[Role::Accent]);
        let (x, room) = (area.x + prompt, area.width - prompt);
        if room == 0 {
            return None;
        }
        let base = theme[self.role];
        for offset in 0..room {
            paint::text(buffer, x + offset, area.y, 1, " ", base);
        }
        let pieces = self.pieces(theme);
        let cursor = if self.focused {
            pieces.iter().take_while(|p| p.start < self.editor.cursor).map(|p| p.width).sum()
        } else {
            0
        };
        let first = scroll_start(&pieces, cursor, usize::from(room));
        let mut column = 0;
        let mut at = 0;
        let mut last = 0;
        for piece in &pieces {
            if column >= first && at < room {
                let style = if self.is_wrong(piece.start) { base.patch(theme[Role::InputWrong]) } else { base };
                last = at;
                let fits = usize::from(room - at) >= piece.width;
                at = if fits { at + paint::text(buffer, x + at, area.y, room - at, &piece.text, style) } else { room };
            }
            column += piece.width;
        }
        let cell = (cursor - first).min(usize::from(room) - 1) as u16;
        // What has no room is told of where the cursor is not.
        let mut more = |cells: Range<u16>, ascii| {
            if room > 2 && !(self.focused && cells.contains(&cell)) {
                // In the place of a whole letter, which may be two cells wide.
                let width = cells.end - cells.start;
                paint::text(buffer, x + cells.start, area.y, width, "  ", base);
                let sign = if theme.signs.ascii { ascii } else { theme.signs.ellipsis };
                paint::text(buffer, x + cells.end - 1, area.y, 1, sign, base.patch(theme[Role::Ghost]));
            }
        };
        if first > 0 {
            more(0..1, "<");
        }
        if column.saturating_sub(first) > usize::from(room) {
            more(last..room, ">");
        }
        let beyond =
            if self.editor.text.is_empty() && !self.placeholder.is_empty() { self.placeholder } else { self.ghost };
        let at_end = self.editor.cursor == self.editor.text.len() || !self.focused;
        if at < room && at_end {
            let shown = measure::cut(beyond, usize::from(room - at), theme.signs.ellipsis);
            paint::text(buffer, x + at, area.y, room - at, &shown, base.patch(theme[Role::Ghost]));
        }
        self.focused.then(|| Position { x: x + cell, y: area.y })
    }

    fn is_wrong(&self, start: usize) -> bool {
        self.wrong.as_ref().is_some_and(|wrong| wrong.contains(&start))
    }

    /// The graphemes as they are shown, with where they begin.
    fn pieces(&self, theme: &Theme) -> Vec<Piece<'a>> {
        let graphemes = self.editor.text.grapheme_indices(true);
        if self.editor.secret {
            return graphemes.map(|(start, _)| Piece { start, text: theme.signs.masked.into(), width: 1 }).collect();
        }
        graphemes
            .map(|(start, grapheme)| {
                let text = clean(grapheme);
                Piece { start, width: measure::width(&text), text }
            })
            .collect()
    }
}

struct Piece<'a> {
    start: usize,
    text: Cow<'a, str>,
    width: usize,
}

/// The first column shown, at the beginning of a piece, so that the cursor has a cell in `room`.
fn scroll_start(pieces: &[Piece<'_>], cursor: usize, room: usize) -> usize {
    let needed = (cursor + 1).saturating_sub(room);
    let mut column = 0;
    for piece in pieces {
        if column >= needed {
            break;
        }
        column += piece.width;
    }
    column.min(cursor)
}
