//! What was typed is taken back and done again, field by field.

use super::field::Editor;
use super::{Context, Form};
use crate::console::actions::Action;

impl Form {
    /// Takes back what was typed, in the field that was changed last first; false where all is taken back.
    pub(super) fn take_back_typed(&mut self, context: &mut Context<'_>) -> bool {
        // A form may have other fields by now.
        self.edited.retain(|name| self.fields.iter().any(|field| field.field.name == *name));
        while let Some(field) = self.edited.last().copied() {
            self.turn_to(field, context);
            let undone = std::mem::take(&mut self.undone);
            let stepped = self.steps(Action::Undo, context);
            self.undone = undone;
            if stepped {
                if self.undone.last() != Some(&field) {
                    self.undone.push(field);
                }
                return true;
            }
            self.edited.pop();
        }
        false
    }

    /// Does again what was taken back, in the field where that was last; false where there is nothing.
    pub(super) fn do_typed_again(&mut self, context: &mut Context<'_>) -> bool {
        self.undone.retain(|name| self.fields.iter().any(|field| field.field.name == *name));
        while let Some(field) = self.undone.last().copied() {
            self.turn_to(field, context);
            let undone = std::mem::take(&mut self.undone);
            let stepped = self.steps(Action::Redo, context);
            self.undone = undone;
            if stepped {
                return true;
            }
            self.undone.pop();
        }
        false
    }

    fn turn_to(&mut self, field: &str, context: &mut Context<'_>) {
        if self.current().is_none_or(|current| current.field.name != field) {
            self.leave_field(0, context);
            self.focus_on(field);
        }
    }

    /// Takes a step in the text of the present field, back or forth; false where there is none.
    fn steps(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else { return false };
        let before = field.text();
        loop {
            if !field.step(action) {
                return false;
            }
            // What was chosen as a whole may be the same text as what was typed to choose it. What is typed into a row of a
            // tree or before a chip is no part of the text yet.
            if field.text() != before || !matches!(field.editor, Editor::Line(_)) {
                break;
            }
        }
        self.picker = None;
        self.typed(context);
        true
    }
}
