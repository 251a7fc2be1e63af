//! What the JSON of a form is made of, where another field chooses that: it follows what is typed there.

use super::{Editor, Form};
use crate::domain::Value;

impl Form {
    /// Gives each tree the schema that another field chooses for it.
    pub(super) fn reshape(&mut self) {
        for index in 0..self.fields.len() {
            let Some(shaped) = self.fields[index].field.shaped_by else { continue };
            let schema = (shaped.schema)(&self.chosen_in(shaped.field)).ok().flatten();
            let schema = schema.or_else(|| self.fields[index].field.schema());
            if let Editor::Tree(tree) = &mut self.fields[index].editor {
                tree.set_schema(schema);
            }
        }
    }

    /// Says anew what is wrong with what is written where another field chooses: that one has changed.
    pub(super) fn judge_shapes(&mut self) {
        for field in self.fields.iter_mut().filter(|field| field.field.shaped_by.is_some()) {
            let Editor::Tree(tree) = &field.editor else { continue };
            let is_written = !tree.text().is_empty();
            field.problem = tree.value().and_then(|json| tree.check(&json)).err().filter(|_| is_written);
        }
    }

    /// What stands in a field of this form, else in its record.
    fn chosen_in(&self, name: &str) -> Value {
        match self.fields.iter().find(|field| field.field.name == name).map(|field| &field.editor) {
            Some(Editor::Tree(tree)) => tree.value().map_or(Value::Null, Value::Json),
            Some(editor) => Value::text(editor.text().trim()),
            None => self.record.as_ref().map_or(Value::Null, |record| record.get(name).clone()),
        }
    }

    /// Whether a field chooses what JSON in another is made of.
    pub(super) fn chooses_a_shape(&self, index: usize) -> bool {
        let Some(name) = self.fields.get(index).map(|field| field.field.name) else { return false };
        self.fields.iter().any(|field| field.field.shaped_by.is_some_and(|shaped| shaped.field == name))
    }
}
