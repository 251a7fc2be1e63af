//! The editor of a list of words: each a chip, the next one being written behind them.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::line::{LineEditor, LineView};
use super::paint;
use crate::console::actions::Action;
use crate::console::keys::{Code, Key};
use crate::console::theme::{Role, Theme};

/// What divides the words where they are written.
const DIVIDER: char = ',';
/// The least room for the word that is being written.
const LEAST_LINE: u16 = 8;

/// Words being edited.
#[derive(Debug, Clone, Default)]
pub struct TagsEditor {
    tags: Vec<String>,
    line: LineEditor,
    /// What the words were before each change of them.
    undo: Vec<Vec<String>>,
}

impl TagsEditor {
    /// The words of a text that divides them by commas.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        let mut editor = Self::default();
        text.split([DIVIDER, '\n']).for_each(|word| editor.put(word));
        editor
    }

    /// The words as they are written, the one that is not finished included.
    #[must_use]
    pub fn text(&self) -> String {
        let unfinished = self.line.text().trim();
        let all = self.tags.iter().map(String::as_str);
        let all = all.chain(Some(unfinished).filter(|word| !word.is_empty() && !self.has(word)));
        all.collect::<Vec<_>>().join(", ")
    }

    /// The word that is not finished.
    #[must_use]
    pub fn unfinished(&self) -> &str {
        self.line.text().trim()
    }

    fn has(&self, word: &str) -> bool {
        self.tags.iter().any(|tag| tag == word)
    }

    fn put(&mut self, word: &str) {
        let word = word.trim();
        if !word.is_empty() && !self.has(word) {
            self.tags.push(word.to_owned());
        }
    }

    /// Makes a chip of the word that is not finished; whether there was one.
    pub fn finish(&mut self) -> bool {
        if self.unfinished().is_empty() {
            return false;
        }
        self.undo.push(self.tags.clone());
        let word = self.line.take();
        self.put(&word);
        true
    }

    /// Puts this in the place of the word that is not finished, as a chip.
    pub fn choose(&mut self, word: &str) {
        self.line.set_text(word);
        self.finish();
    }

    /// Text that was pasted: every word that a comma or a line ends is a chip.
    pub fn insert(&mut self, text: &str) {
        self.line.insert(text.trim_end_matches('\n').replace('\n', ",").as_str());
        if self.line.text().contains(DIVIDER) {
            self.undo.push(self.tags.clone());
            let words = self.line.take();
            words.split(DIVIDER).for_each(|word| self.put(word));
        }
    }

    /// Takes a key that writes or deletes; whether it was one.
    pub fn press(&mut self, key: Key) -> bool {
        match key.text() {
            Some(DIVIDER) => {
                self.finish();
                return true;
            }
            Some(_) => return self.line.press(key),
            None => {}
        }
        if key.code == Code::Backspace && self.line.text().is_empty() {
            if !self.tags.is_empty() {
                self.undo.push(self.tags.clone());
                self.tags.pop();
                // What was typed before is not what is taken back first now.
                self.line.take();
            }
            return true;
        }
        self.line.press(key)
    }

    /// Does an action of a line; whether it was one.
    pub fn act(&mut self, action: Action) -> bool {
        if action == Action::Undo {
            return self.line.undo() || self.undo.pop().map(|before| self.tags = before).is_some();
        }
        self.line.act(action)
    }

    /// Paints the chips, those that came last where room is short, and the line behind them.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme, focused: bool) -> Option<Position> {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        let ground = theme[if focused { Role::InputFocused } else { Role::Input }];
        paint::clear(buffer, Rect { height: 1, ..area }, ground);
        let keep = if focused { LEAST_LINE.min(area.width) } else { 0 };
        let room = area.width - keep;
        let width = |tag: &String| paint::cells(tag).saturating_add(3);
        let mut first = self.tags.len();
        let mut used = 0_u16;
        while first > 0 && used.saturating_add(width(&self.tags[first - 1])) <= room {
            first -= 1;
            used += width(&self.tags[first]);
        }
        let mut x = area.x;
        if first > 0 {
            let earlier = theme.signs.ellipsis;
            x += paint::text(buffer, x, area.y, area.right() - x, earlier, ground.patch(theme[Role::Dim]));
        }
        for tag in &self.tags[first..] {
            let chip = format!("[{tag}]");
            x += paint::text(
                buffer,
                x,
                area.y,
                area.right().saturating_sub(x),
                &chip,
                ground.patch(theme[Role::Accent]),
            );
            x += paint::text(buffer, x, area.y, area.right().saturating_sub(x), " ", ground);
        }
        if !focused {
            return None;
        }
        let rest = Rect { x, width: area.right().saturating_sub(x), height: 1, ..area };
        LineView { role: Role::InputFocused, ..LineView::new(&self.line) }.paint(buffer, rest, theme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(editor: &mut TagsEditor, text: &str) {
        text.chars().for_each(|letter| {
            editor.press(Key::char(letter));
        });
    }

    #[test]
    fn a_comma_ends_a_word_and_backspace_takes_the_last() {
        let mut editor = TagsEditor::with_text("core, west");
        typed(&mut editor, "spare,east");
        assert_eq!(editor.text(), "core, west, spare, east");
        assert_eq!(editor.unfinished(), "east");
        for left in [
            "core, west, spare, eas",
            "core, west, spare, ea",
            "core, west, spare, e",
            "core, west, spare",
            "core, west",
        ] {
            editor.press(Key::plain(Code::Backspace));
            assert_eq!(editor.text(), left);
        }
        assert!(editor.act(Action::Undo));
        assert_eq!(editor.text(), "core, west, spare");
    }

    #[test]
    fn a_word_is_there_once() {
        let mut editor = TagsEditor::with_text("core");
        typed(&mut editor, "core");
        assert_eq!(editor.text(), "core");
        assert!(editor.finish() && !editor.finish());
        editor.insert("a, b\nc");
        assert_eq!(editor.text(), "core, a, b, c");
        editor.choose("d");
        assert_eq!(editor.text(), "core, a, b, c, d");
    }
}
