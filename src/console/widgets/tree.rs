//! The editor of JSON: groups of entries by name and lists, opened and closed, each entry written as
//! `name: value` on its own row. Typing on a row begins to write it, Enter accepts it; the last row
//! of every open group and list adds an entry.

mod known;
mod paint;
mod path;
mod written;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::line::LineEditor;
use crate::console::actions::Action;
use crate::console::keys::Key;
use crate::domain::schema::{Fault, Schema, Type};
use path::{Path, Step, at, at_mut, pointer, steps};
use written::{Entry, write};

/// Changes that can be taken back.
const STEPS: usize = 100;

/// One row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    /// The value's own path; for a row that adds, that of the group or list.
    path: Path,
    adds: bool,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// It was dealt with here.
    Stay,
    /// It leads to the field before or after.
    Out(isize),
    /// It means nothing here.
    Pass,
}

/// JSON being edited.
#[derive(Debug, Clone)]
pub struct TreeEditor {
    root: Json,
    /// What stands for an empty field.
    nothing: Json,
    schema: Option<Schema>,
    open: BTreeSet<Path>,
    cursor: usize,
    /// The first row shown, as the last painting left it.
    top: usize,
    /// The row under the cursor while it is being written.
    line: Option<LineEditor>,
    problem: Option<String>,
    undo: Vec<Json>,
    redo: Vec<Json>,
}

impl TreeEditor {
    /// An editor of a value; `nothing` is what an empty field means.
    #[must_use]
    pub fn new(root: Json, nothing: Json, schema: Option<Schema>) -> Self {
        let open = BTreeSet::from([Path::new()]);
        let (line, problem) = (None, None);
        Self { root, nothing, schema, open, cursor: 0, top: 0, line, problem, undo: Vec::new(), redo: Vec::new() }
    }

    /// Says anew what the value must be made of. Where that is no group, an empty field is nothing at all.
    pub fn set_schema(&mut self, schema: Option<Schema>) {
        let fits = |json: &Json| schema.as_ref().is_none_or(|schema| schema.takes(Type::of(json)));
        if !fits(&self.nothing) {
            let next = if fits(&Json::Array(Vec::new())) { Json::Array(Vec::new()) } else { Json::Null };
            if self.root == self.nothing {
                self.root = next.clone();
            }
            self.nothing = next;
        }
        self.schema = schema;
    }

    /// Whether a value is made as it must be.
    ///
    /// # Errors
    /// Where it is not, and what would be right.
    pub fn check(&self, value: &Json) -> Result<(), String> {
        self.schema.as_ref().map_or(Ok(()), |schema| schema.check(value))
    }

    /// The value as JSON text, empty where it is what an empty field means. A row that is still being
    /// written counts as far as it can be read.
    #[must_use]
    pub fn text(&self) -> String {
        let mut finished = self.clone();
        finished.finish();
        if finished.root == finished.nothing { String::new() } else { finished.root.to_string() }
    }

    /// Replaces the value by what JSON text says; empty text is an empty field.
    ///
    /// # Errors
    /// Where the text is no JSON; then nothing is changed.
    pub fn set_text(&mut self, text: &str) -> Result<(), String> {
        let next = if text.trim().is_empty() { self.nothing.clone() } else { written::parse(text)? };
        self.line = None;
        self.problem = None;
        self.change(|root| *root = next);
        self.cursor = self.cursor.min(self.rows().len().saturating_sub(1));
        Ok(())
    }

    /// What stands there now is where it begins: nothing of what led to it is taken back.
    pub fn forget_steps(&mut self) {
        self.undo.clear();
        self.redo.clear();
    }

    /// The value, the row being written included.
    ///
    /// # Errors
    /// What is wrong with the row that is being written.
    pub fn value(&self) -> Result<Json, String> {
        let mut finished = self.clone();
        if finished.finish() { Ok(finished.root) } else { Err(finished.problem.unwrap_or_default()) }
    }

    /// What is wrong with the value by its schema.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.schema.as_ref().map(|schema| schema.faults(&self.root)).unwrap_or_default()
    }

    /// What is wrong with the row that is being written.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Whether a row is being written, which Esc gives up first.
    #[must_use]
    pub const fn is_writing(&self) -> bool {
        self.line.is_some()
    }

    /// What is being written in a row, as it stands.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        self.line.as_ref().map(LineEditor::text)
    }

    /// Gives up what is being written in a row; whether there was anything.
    pub fn cancel(&mut self) -> bool {
        self.problem = None;
        self.line.take().is_some()
    }

    /// How many rows it has now.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows().len()
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![Row { path: Path::new(), adds: false }];
        self.add_rows(&self.root, &mut Path::new(), &mut rows);
        rows
    }

    fn add_rows(&self, node: &Json, path: &mut Path, rows: &mut Vec<Row>) {
        if !is_container(node) || !self.open.contains(path) {
            return;
        }
        for (step, child) in steps(node) {
            path.push(step);
            rows.push(Row { path: path.clone(), adds: false });
            self.add_rows(child, path, rows);
            path.pop();
        }
        rows.push(Row { path: path.clone(), adds: true });
    }

    fn row(&self) -> Row {
        let mut rows = self.rows();
        let index = self.cursor.min(rows.len() - 1);
        rows.swap_remove(index)
    }

    fn go_to(&mut self, wanted: &Row) {
        if let Some(index) = self.rows().iter().position(|row| row == wanted) {
            self.cursor = index;
        }
    }

    /// What the schema says of the value at a path.
    fn wanted(&self, path: &[Step]) -> Option<&Schema> {
        let names: Vec<String> = path.iter().map(ToString::to_string).collect();
        self.schema.as_ref()?.at(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn change(&mut self, run: impl FnOnce(&mut Json)) {
        let before = self.root.clone();
        run(&mut self.root);
        if self.root != before {
            self.redo.clear();
            if self.undo.len() == STEPS {
                self.undo.remove(0);
            }
            self.undo.push(before);
        }
    }

    // ---- writing a row

    /// Begins to write the row under the cursor. On the row of a group or list that means an entry
    /// in it: nothing is replaced by a key that was pressed in passing.
    fn begin(&mut self, replacing: bool) {
        let row = self.row();
        let node = at(&self.root, &row.path);
        if !row.adds && node.is_some_and(is_container) {
            self.open.insert(row.path.clone());
            self.go_to(&Row { adds: true, ..row });
            self.line = Some(LineEditor::new());
            return;
        }
        let text = match (row.adds, node, row.path.last()) {
            (false, Some(node), Some(Step::Name(name))) => {
                let value = if replacing { String::new() } else { write(node, self.wanted(&row.path)) };
                format!("{}: {value}", written::name(name))
            }
            (false, Some(node), _) if !replacing => write(node, self.wanted(&row.path)),
            _ => String::new(),
        };
        self.line = Some(LineEditor::with_text(&text));
    }

    /// Accepts the row that is being written, if one is; false where it cannot be read, and then it
    /// stays as it is.
    pub fn finish(&mut self) -> bool {
        let Some(line) = self.line.take() else { return true };
        let row = self.row();
        match self.accept(&row, line.text()) {
            Ok(next) => {
                self.problem = None;
                self.go_to(&next);
                true
            }
            Err(problem) => {
                self.problem = Some(problem);
                self.line = Some(line);
                false
            }
        }
    }

    /// Puts a written row into the value; the row to go to is the answer.
    fn accept(&mut self, row: &Row, text: &str) -> Result<Row, String> {
        if text.trim().is_empty() {
            return Ok(if row.adds || row.path.is_empty() { row.clone() } else { self.take_away(&row.path) });
        }
        let parent: Path =
            if row.adds { row.path.clone() } else { row.path[..row.path.len().saturating_sub(1)].to_vec() };
        let in_group = at(&self.root, &parent).is_some_and(Json::is_object) && (row.adds || !row.path.is_empty());
        let entry = Entry::read(text, in_group)?;
        let step = match (&entry.name, row.adds) {
            (Some(name), _) => Some(Step::Name(name.clone())),
            (None, true) => Some(Step::Item(at(&self.root, &parent).and_then(Json::as_array).map_or(0, Vec::len))),
            (None, false) => row.path.last().cloned(),
        };
        let mut path = parent.clone();
        path.extend(step.clone());
        let taken = entry.name.is_some() && path != row.path && at(&self.root, &path).is_some();
        if taken {
            return Err(format!("there is an entry ‘{}’ already", entry.name.unwrap_or_default()));
        }
        let value = entry.value(self.wanted(&path))?;
        // What is written whole is done with; what is begun with nothing in it is gone on with inside.
        let opens = match &value {
            Json::Object(entries) => entries.is_empty(),
            Json::Array(items) => items.is_empty(),
            _ => false,
        };
        self.change(|root| {
            if !row.adds && path != row.path {
                path::remove(root, &row.path);
            }
            path::put(root, &path, value);
        });
        if opens {
            self.open.insert(path.clone());
            return Ok(Row { path, adds: true });
        }
        Ok(if row.adds { row.clone() } else { Row { path, adds: false } })
    }

    fn take_away(&mut self, path: &Path) -> Row {
        self.change(|root| path::remove(root, path));
        let rows = self.rows();
        rows.get(self.cursor).or(rows.last()).cloned().unwrap_or(Row { path: Path::new(), adds: false })
    }

    /// Text that was pasted: whole JSON replaces the value under the cursor, else it is written there.
    pub fn insert(&mut self, text: &str) {
        if self.line.is_none()
            && let Ok(json) = written::parse(text)
            && is_container(&json)
        {
            let row = self.row();
            if !row.adds {
                self.change(|root| path::put(root, &row.path, json));
                self.open.insert(row.path);
                return;
            }
        }
        if self.line.is_none() {
            self.begin(true);
        }
        if let Some(line) = &mut self.line {
            line.insert(text.trim_end_matches('\n'));
        }
    }

    /// Takes a key that writes or deletes; whether it was one.
    pub fn press(&mut self, key: Key) -> bool {
        if self.line.is_none() {
            if key.text().is_none() {
                return false;
            }
            self.begin(true);
        }
        self.problem = None;
        self.line.as_mut().is_some_and(|line| line.press(key))
    }

    /// Does what an action means in the tree.
    pub fn act(&mut self, action: Action) -> Went {
        match action {
            Action::FieldNext => return self.enter(),
            Action::Down | Action::FieldChoose => return self.step(1),
            Action::Up => return self.step(-1),
            Action::Right if self.line.is_none() => self.unfold(true),
            Action::Right if self.complete() => {}
            Action::Left if self.line.is_none() => self.unfold(false),
            Action::AddEntry => self.add(),
            Action::RemoveEntry if self.line.is_none() => {
                let row = self.row();
                if !row.adds {
                    if row.path.is_empty() {
                        let nothing = self.nothing.clone();
                        self.change(|root| *root = nothing);
                    } else {
                        let next = self.take_away(&row.path);
                        self.go_to(&next);
                    }
                }
            }
            Action::EntryUp => self.shift(-1),
            Action::EntryDown => self.shift(1),
            Action::Undo if self.line.is_none() => return self.take_back(),
            Action::Redo if self.line.is_none() => return self.do_again(),
            _ => {
                let Some(line) = &mut self.line else { return Went::Pass };
                if !line.act(action) {
                    return Went::Pass;
                }
                // It was said of what stood there before.
                self.problem = None;
            }
        }
        Went::Stay
    }

    /// What Enter does in the row under the cursor: the key of a text.
    #[must_use]
    pub fn enter_does(&self) -> &'static str {
        let row = self.row();
        let is_group = !row.adds && at(&self.root, &row.path).is_some_and(is_container);
        match (self.line.is_some(), is_group, self.open.contains(&row.path)) {
            (true, ..) => "line.writes-entry",
            (_, false, _) => "line.edits-entry",
            (_, true, true) if row.path.is_empty() => "line.below",
            (_, true, true) => "line.folds",
            (_, true, false) => "line.unfolds",
        }
    }

    /// Whether an action does something in the row under the cursor.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        let row = self.row();
        match action {
            Action::AddEntry => true,
            Action::RemoveEntry => {
                let is_there = !row.path.is_empty() || self.root != self.nothing;
                self.line.is_none() && !row.adds && is_there
            }
            Action::EntryUp | Action::EntryDown => !row.adds && matches!(row.path.last(), Some(Step::Item(_))),
            _ => false,
        }
    }

    /// Begins another entry in the group or list under the cursor, else in the one that the row is in.
    fn add(&mut self) {
        if !self.finish() {
            return;
        }
        let row = self.row();
        let is_group = row.adds || at(&self.root, &row.path).is_some_and(is_container);
        let path = if is_group { row.path } else { row.path[..row.path.len().saturating_sub(1)].to_vec() };
        self.open.insert(path.clone());
        self.go_to(&Row { path, adds: true });
        self.line = Some(LineEditor::new());
    }

    fn enter(&mut self) -> Went {
        if self.line.is_some() {
            let was = self.row();
            if self.finish() && !was.adds && self.row() == was {
                self.cursor = (self.cursor + 1).min(self.rows().len() - 1);
            }
            return Went::Stay;
        }
        let row = self.row();
        let is_open = self.open.contains(&row.path);
        if row.adds || !at(&self.root, &row.path).is_some_and(is_container) {
            self.begin(false);
        } else if is_open && row.path.is_empty() {
            // The whole is not closed: Enter goes on, as everywhere.
            return self.step(1);
        } else {
            self.unfold(!is_open);
        }
        Went::Stay
    }

    fn step(&mut self, by: isize) -> Went {
        if !self.finish() {
            return Went::Stay;
        }
        match self.cursor.checked_add_signed(by).filter(|to| *to < self.rows().len()) {
            Some(to) => {
                self.cursor = to;
                Went::Stay
            }
            None => Went::Out(by),
        }
    }

    /// Opens the group or list under the cursor, or closes it, or the one that the row is in.
    fn unfold(&mut self, open: bool) {
        let row = self.row();
        let is_open = self.open.contains(&row.path) && !row.adds;
        if open {
            self.open.insert(row.path);
        } else if is_open && !row.path.is_empty() {
            self.open.remove(&row.path);
        } else {
            let above = if row.adds { row.path } else { row.path[..row.path.len().saturating_sub(1)].to_vec() };
            self.go_to(&Row { path: above, adds: false });
        }
    }

    /// Moves an item of a list; a group keeps its entries by name.
    fn shift(&mut self, by: isize) {
        if !self.finish() {
            return;
        }
        let row = self.row();
        let (Some(Step::Item(index)), false) = (row.path.last().cloned(), row.adds) else {
            self.problem = Some("only the items of a list have an order".into());
            return;
        };
        let parent = &row.path[..row.path.len() - 1];
        let count = at(&self.root, parent).and_then(Json::as_array).map_or(0, Vec::len);
        let Some(to) = index.checked_add_signed(by).filter(|to| *to < count) else { return };
        self.change(|root| {
            if let Some(Json::Array(items)) = at_mut(root, parent) {
                items.swap(index, to);
            }
        });
        let mut path = parent.to_vec();
        path.push(Step::Item(to));
        self.go_to(&Row { path, adds: false });
    }

    fn take_back(&mut self) -> Went {
        let Some(before) = self.undo.pop() else { return Went::Pass };
        self.redo.push(std::mem::replace(&mut self.root, before));
        self.cursor = self.cursor.min(self.rows().len() - 1);
        Went::Stay
    }

    fn do_again(&mut self) -> Went {
        let Some(after) = self.redo.pop() else { return Went::Pass };
        self.undo.push(std::mem::replace(&mut self.root, after));
        self.cursor = self.cursor.min(self.rows().len() - 1);
        Went::Stay
    }

    /// The pointers of what is wrong, for their rows.
    fn wrong(&self) -> BTreeSet<String> {
        self.faults().into_iter().map(|fault| fault.pointer).collect()
    }

    fn pointer_of(row: &Row) -> String {
        pointer(&row.path)
    }
}

const fn is_container(json: &Json) -> bool {
    matches!(json, Json::Object(_) | Json::Array(_))
}

#[cfg(test)]
mod tests;
