//! The names that a schema knows of: offered where an entry is added to a group, and completed as one types.

use serde_json::Value as Json;

use super::path::at;
use super::{Row, TreeEditor};
use crate::domain::schema::Schema;

impl TreeEditor {
    /// The names that may be added to the group of a row and are not there yet, what is required first.
    pub(super) fn known_names(&self, row: &Row) -> Vec<&str> {
        let Some(Json::Object(entries)) = at(&self.root, &row.path) else { return Vec::new() };
        let Some(schema) = self.wanted(&row.path).filter(|_| row.adds) else { return Vec::new() };
        let is_required = |name: &&str| schema.required.iter().any(|required| required == name);
        let mut names: Vec<&str> =
            schema.properties.keys().map(String::as_str).filter(|name| !entries.contains_key(*name)).collect();
        names.sort_by_key(|name| !is_required(name));
        names
    }

    /// What would complete the name that is being written, its colon included; else what belongs to it.
    pub(super) fn ghost(&self) -> String {
        let Some(line) = &self.line else { return String::new() };
        if let Some(rest) = self.completion() {
            return rest;
        }
        let row = self.row();
        match line.text().split_once(':') {
            Some((name, value)) if value.trim().is_empty() => {
                let mut path = row.path;
                if row.adds {
                    path.push(super::Step::Name(name.trim().to_owned()));
                }
                self.wanted(&path).map_or_else(String::new, told)
            }
            _ => String::new(),
        }
    }

    /// The rest of the first known name that begins as what is written.
    fn completion(&self) -> Option<String> {
        let typed = self.line.as_ref()?.text();
        if typed.is_empty() {
            return None;
        }
        let known = self.known_names(&self.row()).into_iter().find_map(|name| name.strip_prefix(typed))?;
        Some(format!("{known}: "))
    }

    /// Takes the rest of the name, where the cursor stands at its end; whether there was one.
    pub(super) fn complete(&mut self) -> bool {
        let Some(rest) = self.completion() else { return false };
        match &mut self.line {
            Some(line) if line.cursor() == line.text().len() => {
                line.insert(&rest);
                true
            }
            _ => false,
        }
    }
}

/// What may stand in a place, in a few words.
fn told(schema: &Schema) -> String {
    let words = schema.words.iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned));
    let words: Vec<String> = words.collect();
    match (schema.description.as_str(), words.is_empty()) {
        ("", true) => String::new(),
        ("", false) => words.join(", "),
        (description, _) => description.to_owned(),
    }
}
