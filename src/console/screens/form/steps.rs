//! What was typed is taken back and done again, field by field.

use super::field::Editor;
use super::{Context, Form, Known};
use crate::console::actions::Action;

impl Form {
    /// Takes back what was typed, in the field that was changed last first; false where all is taken back.
    pub(super) fn take_back_typed(&mut self, context: &mut Context<'_>) -> bool {
        let Some(field) = self.step_in_last(|form| &mut form.edited, Action::Undo, context) else { return false };
        if self.undone.last() != Some(&field) || Self::is_step_of_lines(field) {
            self.undone.push(field);
        }
        true
    }

    /// What was taken back is not done again any more.
    pub fn forgets_what_was_taken_back(&mut self) {
        self.undone.clear();
    }

    /// Does again what was taken back, in the field where that was last; false where there is nothing.
    pub(super) fn do_typed_again(&mut self, context: &mut Context<'_>) -> bool {
        let Some(field) = self.step_in_last(|form| &mut form.undone, Action::Redo, context) else { return false };
        if Self::is_step_of_lines(field) {
            self.edited.push(field);
        }
        true
    }

    /// Takes a step in the last of these fields that has one left, and forgets those that have none.
    fn step_in_last(
        &mut self,
        fields: fn(&mut Self) -> &mut Vec<Known>,
        action: Action,
        context: &mut Context<'_>,
    ) -> Option<Known> {
        while let Some(field) = fields(self).last().copied() {
            // The lines stand as they stood before, each step once.
            if Self::is_step_of_lines(field) {
                fields(self).pop();
                self.turn_lines(action == Action::Undo, context);
                return Some(field);
            }
            // A form may have other fields by now.
            if self.fields.iter().any(|known| known.known() == field) {
                let stood = self.focus;
                self.turn_to(field, context);
                // A step is no change that makes what was taken back forgotten.
                let undone = std::mem::take(&mut self.undone);
                let stepped = self.steps(action, context);
                self.undone = undone;
                if stepped {
                    return Some(field);
                }
                self.focus = stood;
            }
            fields(self).pop();
        }
        None
    }

    fn turn_to(&mut self, field: Known, context: &mut Context<'_>) {
        if self.current().is_none_or(|current| current.known() != field) {
            self.leave_field(0, context);
            self.focus = self.fields.iter().position(|other| other.known() == field).unwrap_or(self.focus);
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
