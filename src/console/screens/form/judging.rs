//! What is wrong with a field, told beside it as one leaves it.

use super::{Editor, Form, FormField, Outcome};
use crate::console::screens::{Context, Turn};
use crate::domain::Value;
use crate::domain::value::Locale;

impl Form {
    /// Finds what is wrong with a field that one leaves, and with those that hang on what stands in it.
    pub(super) fn check_field(&mut self, index: usize, context: &mut Context<'_>) {
        let locale = context.locale();
        // What a record that is not read yet has is not known.
        let is_new = match self.cell(index) {
            // In a line that nobody has begun nothing is missing.
            Some(cell) => self.is_in_new_line(cell),
            None => self.record.is_none(),
        };
        if let Some(field) = self.fields.get_mut(index)
            && (field.is_changed() || is_new && field.is_missing())
        {
            field.resolve(locale);
            match &mut field.editor {
                Editor::Tree(tree) => tree.finish(),
                // What is no chip yet is not seen once the cursor has gone.
                Editor::Tags(tags) => tags.finish(),
                Editor::Line(_) | Editor::Lines(_) => false,
            };
            let standing = field.problem.take();
            // What the database said of the same text still holds: only another text takes it away.
            let wrong = self.wrong_in(index, locale).or(standing).or_else(|| self.against_rules(index, locale));
            if let Some(field) = self.fields.get_mut(index) {
                field.problem = wrong;
            }
        }
        let own = self.fields.get(index).filter(|field| field.row.is_none());
        let name = own.map_or("", |field| field.field.name);
        for amount in self.amounts_in(name) {
            if !self.fields[amount].text().is_empty() {
                self.judge_amount(amount, locale);
            }
        }
        self.judge_beside(index, locale);
        self.settle_choice(index, context.words);
        self.look(index, context);
    }

    /// A rule may hold two fields against each other: what it says of the others stands there once one of them was left.
    pub(super) fn judge_beside(&mut self, left: usize, locale: Locale) {
        for index in (0..self.head()).filter(|index| *index != left && *index != self.focus) {
            let field = &self.fields[index];
            let is_of_the_form = !field.tried_wrong && !field.saved_wrong && field.theirs.is_none();
            if is_of_the_form && field.is_changed() && !field.text().is_empty() {
                let refused = field.refused.clone();
                self.fields[index].problem =
                    self.wrong_in(index, locale).or(refused).or_else(|| self.against_rules(index, locale));
            }
        }
    }

    /// What was found wrong with another field as it was saved may hang on the one that changes: what is wrong with it by
    /// itself still is.
    pub(super) fn judge_anew(&mut self, locale: Locale) {
        for index in (0..self.fields.len()).filter(|index| *index != self.focus) {
            let field = &mut self.fields[index];
            let is_its_own = field.field.unique.is_some() || field.field.reference.is_some() && field.means.is_none();
            if std::mem::take(&mut field.saved_wrong) && !is_its_own {
                self.fields[index].problem = self.wrong_in(index, locale).or_else(|| self.against_rules(index, locale));
            }
        }
    }

    /// What the form itself finds wrong with a field.
    pub(super) fn wrong_in(&self, index: usize, locale: Locale) -> Option<String> {
        self.value_of(index, locale)?.err()
    }

    /// The value in a field, or what is wrong with it.
    pub(super) fn value_of(&self, index: usize, locale: Locale) -> Option<Result<Value, String>> {
        let field = self.fields.get(index)?;
        Some(field.check(locale).and_then(|value| self.check_amount(field, &value).map(|()| value)))
    }

    pub(super) fn go_to_problem(&mut self, context: &mut Context<'_>) -> Outcome {
        self.leave_field(0, context);
        // What nobody has come to yet may be missing.
        if self.fields.iter().all(|field| field.problem.is_none() && field.theirs.is_none()) {
            let missing = (0..self.head()).find(|index| self.record.is_none() && self.fields[*index].is_missing());
            missing.into_iter().for_each(|index| self.check_field(index, context));
        }
        let is_wrong = |field: &FormField| field.problem.is_some() || field.theirs.is_some();
        let places = self.fields.len() + 1;
        let next = (1..=places)
            .map(|step| (self.focus + step) % places)
            .find(|index| self.fields.get(*index).is_some_and(is_wrong));
        match next {
            Some(index) => self.focus = index,
            None => return Outcome::Turn(Turn::Tell("nothing is wrong".into())),
        }
        Outcome::Turn(Turn::Stay)
    }
}
