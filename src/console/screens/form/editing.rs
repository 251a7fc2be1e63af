//! What keys make of the field under the cursor: in a line, in several, in words and in trees.

use super::{Editor, Form};
use crate::console::actions::Action;
use crate::console::input::Press;
use crate::console::screens::Context;
use crate::domain::Kind;

impl Form {
    /// What an editor of several rows makes of an action; false where it means the form.
    pub(super) fn act_in_editor(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        use crate::console::widgets::tree::Went;
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let has_clash = field.theirs.is_some();
        let before = field.text();
        let went = match &mut field.editor {
            // What both changed is decided first.
            _ if has_clash && action == Action::FieldChoose => return false,
            Editor::Tree(tree) => match action {
                Action::Leave | Action::Stop if tree.cancel() => Went::Stay,
                Action::Leave | Action::Stop | Action::Save | Action::NextPane | Action::PreviousPane => return false,
                action => tree.act(action),
            },
            Editor::Tags(tags) => match action {
                Action::FieldNext if tags.finish() => Went::Stay,
                _ => return false,
            },
            // Where nothing stands, Enter goes on as everywhere; so it does behind the last line, which nobody began.
            Editor::Lines(lines) if action == Action::FieldNext && lines.is_left_by_enter() => {
                if !lines.text().is_empty() {
                    lines.press(crate::console::keys::Key::plain(crate::console::keys::Code::Backspace));
                }
                Went::Out(1)
            }
            Editor::Lines(lines) => {
                let key = match action {
                    Action::FieldNext => crate::console::keys::Code::Enter,
                    Action::Up => crate::console::keys::Code::Up,
                    Action::Down | Action::FieldChoose => crate::console::keys::Code::Down,
                    _ => return false,
                };
                let at = lines.cursor();
                lines.press(crate::console::keys::Key::plain(key));
                match action {
                    // Beyond the first and the last line lie the other fields.
                    Action::Up if lines.cursor() == at => Went::Out(-1),
                    Action::Down | Action::FieldChoose if lines.cursor() == at => Went::Out(1),
                    _ => Went::Stay,
                }
            }
            _ => return false,
        };
        match went {
            Went::Pass => return false,
            Went::Stay if field.text() != before => self.typed(context),
            Went::Stay => {}
            Went::Out(by) => {
                if field.text() != before {
                    self.typed(context);
                }
                self.leave_field(by, context);
            }
        }
        true
    }

    /// A key that writes in the field under the cursor.
    pub(super) fn edit(&mut self, press: Press, action: Option<Action>, context: &mut Context<'_>) {
        if self.why_locked(self.focus).is_some() {
            return;
        }
        let replaces = self.replaces();
        self.handled = Some(self.focus);
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        if field.field.kind == Kind::Bool && press.key.text() == Some(' ') {
            let next = if field.text() == "yes" { "no" } else { "yes" };
            field.set_text(next);
            return self.typed(context);
        }
        let before = field.text();
        match &mut field.editor {
            Editor::Line(line) => match press.key.text() {
                Some(letter) if replaces && action.is_none() => line.set_text(letter.encode_utf8(&mut [0; 4])),
                _ if action.is_some_and(|action| line.act(action)) => {}
                _ => {
                    line.press(press.key);
                }
            },
            Editor::Lines(lines) => {
                if !action.is_some_and(|action| lines.act(action)) {
                    lines.press(press.key);
                }
            }
            Editor::Tags(tags) => {
                if !action.is_some_and(|action| tags.act(action)) {
                    tags.press(press.key);
                }
            }
            // Its actions were its own already.
            Editor::Tree(tree) => {
                tree.press(press.key);
            }
        }
        // What is written into a row of a tree is taken back too, though it is no entry yet.
        let is_in_a_row = matches!(&field.editor, Editor::Tree(tree) if tree.is_writing());
        if field.text() != before || is_in_a_row {
            self.typed(context);
            if self.picker.is_some() || self.offers_while_typing() {
                self.open_picker(false, context);
            }
        }
    }
}
