//! What a draft keeps of the lines of a form.

use std::collections::BTreeMap;

use super::super::FormField;
use super::super::drafting::GOES_ON;
use super::{Form, LineRow, REMOVED, RowKey};
use crate::console::drafts::Draft;
use crate::console::screens::Context;
use crate::domain::Id;
use crate::domain::text::clean;

/// What a draft kept of a cell, until the lines are read.
#[derive(Debug)]
pub(in crate::console::screens::form) struct Unread {
    pub(in crate::console::screens::form) text: String,
    pub(in crate::console::screens::form) before: Option<String>,
    /// Somebody else changed it too, and it was not decided yet.
    pub(in crate::console::screens::form) insists: bool,
}

impl Form {
    /// What a field is called in a draft.
    pub(in crate::console::screens::form) fn name_in_draft(&self, field: &FormField) -> String {
        let row = field.row.and_then(|key| self.row_of(key));
        match (&self.lines, row.and_then(|row| self.lines.as_ref()?.rows.get(row))) {
            (Some(lines), Some(row)) => {
                format!("{}/{}/{}", lines.resource.entity.name, lines.name_of(row), field.field.name)
            }
            _ => field.field.name.to_owned(),
        }
    }

    /// Whether it is a cell of a line that is there, in which another was changed: where somebody else takes that line away, it
    /// is added again as it was.
    pub(in crate::console::screens::form) fn is_beside_what_was_typed(&self, field: &FormField) -> bool {
        let row = field.row.and_then(|key| self.row_of(key)).filter(|row| self.is_written(*row));
        let line = row.and_then(|row| self.lines.as_ref()?.rows.get(row));
        line.is_some_and(|line| line.record.is_some() && !line.removed) && !field.is_secret()
    }

    /// The lines that are to be taken away, as a draft keeps them.
    pub(in crate::console::screens::form) fn removed_in_draft(&self) -> impl Iterator<Item = (String, String)> {
        self.lines.iter().flat_map(|lines| {
            let name = |row: &LineRow| format!("{}/{}/{REMOVED}", lines.resource.entity.name, lines.name_of(row));
            // With the version that was seen: what somebody else makes of it meanwhile is not taken away with it.
            let version = |row: &LineRow| row.record.as_ref().map_or(0, |record| record.version).to_string();
            lines.rows.iter().filter(|row| row.removed).map(move |row| (name(row), version(row)))
        })
    }

    /// What a draft kept of the lines: it waits until they are read.
    pub(in crate::console::screens::form) fn go_on_with_lines(&mut self, draft: &Draft, context: &mut Context<'_>) {
        for (name, text) in draft.fields.iter().filter(|(name, _)| name.contains('/')) {
            let (before, insists) = (draft.before.get(name).cloned(), draft.undecided.contains(name));
            self.unread.insert(name.clone(), Unread { text: text.clone(), before, insists });
        }
        if self.lines.as_ref().is_some_and(|lines| !lines.is_reading()) {
            self.take_up_draft(context);
        }
    }

    /// That the record takes no lines any more, where a draft has some; they stay in it.
    pub(in crate::console::screens::form) fn lines_not_taken(&self) -> Option<String> {
        let record = self.record.as_ref().filter(|_| self.lines.is_none() && !self.unread.is_empty())?;
        let (title, status) = (record.title(), record.get("status").as_str());
        let field = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let is_told = |(name, typed): &(&String, &Unread)| {
            !name.ends_with(REMOVED) && !typed.text.is_empty() && typed.before.as_ref() != Some(&typed.text)
        };
        let typed = self.unread.iter().filter(is_told);
        let typed: Vec<String> =
            typed.map(|(name, typed)| format!("{}: {}", field(name), clean(&typed.text))).collect();
        let typed = if typed.is_empty() { String::new() } else { format!(". You had typed {}", typed.join(", ")) };
        Some(format!("{title} is {status} by now: its lines are not changed any more{typed}"))
    }

    pub(super) fn take_up_draft(&mut self, context: &mut Context<'_>) {
        let unread = std::mem::take(&mut self.unread);
        if unread.is_empty() {
            return;
        }
        // What was to go is not brought back by what was typed in it before.
        let goes: Vec<String> =
            unread.keys().filter_map(|name| name.strip_suffix(REMOVED)).map(str::to_owned).collect();
        let before = self.lines_as_they_stand();
        let mut new: BTreeMap<String, RowKey> = BTreeMap::new();
        let (mut added_again, mut kept_after_all) = (false, false);
        for (name, typed) in unread {
            let Some((_, rest)) = name.split_once('/') else { continue };
            let Some((line, field)) = rest.split_once('/') else { continue };
            let row = match line.parse::<Id>() {
                Ok(id) => {
                    let is_it = |row: &LineRow| row.record.as_ref().is_some_and(|record| record.id == id);
                    let row = self.lines.as_ref().and_then(|lines| lines.rows.iter().position(is_it));
                    let is_lost = row.is_none() && !goes.iter().any(|line| name.starts_with(line.as_str()));
                    added_again |= is_lost;
                    // Somebody else took it away meanwhile.
                    if is_lost { self.new_line(line, &mut new, context) } else { row }
                }
                Err(_) => self.new_line(line, &mut new, context),
            };
            match row {
                Some(row) if field == REMOVED => {
                    let Some(line) = self.lines.as_mut().and_then(|lines| lines.rows.get_mut(row)) else { continue };
                    let version = line.record.as_ref().map_or(0, |record| record.version).to_string();
                    line.removed = version == typed.text;
                    kept_after_all |= version != typed.text;
                }
                Some(row) => self.take_up_cell(row, field, typed, context),
                None => {}
            }
        }
        self.add_blank(context);
        self.notice = Some(GOES_ON.into());
        if added_again {
            self.notice = Some("somebody else took away a line that you changed: saved, it is added again".into());
        }
        if kept_after_all {
            let told = "somebody else changed a line that you took away: it is kept, ‹line-remove› takes it away";
            self.notice = Some(told.into());
        }
        let first = self.fields.iter().position(|field| field.theirs.is_some());
        self.focus = first.or_else(|| self.fields.iter().position(FormField::is_changed)).unwrap_or(self.focus);
        self.lines_were_changed = true;
        self.remember_lines(Some(before));
        self.lines_changed(context);
    }

    /// The line that a new one of a draft becomes.
    fn new_line(&mut self, line: &str, new: &mut BTreeMap<String, RowKey>, context: &Context<'_>) -> Option<usize> {
        let key = new.get(line).copied().or_else(|| {
            self.add_blank(context);
            let lines = self.lines.as_ref()?;
            let is_free = |row: &&LineRow| row.record.is_none() && !new.values().any(|key| *key == row.key);
            lines.rows.iter().find(is_free).map(|row| row.key)
        })?;
        new.insert(line.to_owned(), key);
        self.row_of(key)
    }

    /// What was typed stands again in its cell; where somebody else made another thing of it meanwhile, both are shown.
    fn take_up_cell(&mut self, row: usize, field: &str, typed: Unread, context: &mut Context<'_>) {
        let columns = self.lines.as_ref().map(|lines| &lines.columns);
        let Some(column) = columns.and_then(|columns| columns.iter().position(|known| known.name == field)) else {
            return;
        };
        let index = self.index_of(row, column);
        let is_new =
            self.lines.as_ref().is_some_and(|lines| lines.rows.get(row).is_some_and(|row| row.record.is_none()));
        let cell = &mut self.fields[index];
        let now = cell.before.clone();
        // A new line holds nothing yet that somebody could have changed.
        cell.before = typed.before.filter(|_| !is_new).unwrap_or_else(|| now.clone());
        cell.set_text(&typed.text);
        cell.insists = typed.insists && !is_new;
        cell.meets(now);
        self.check_field(index, context);
        self.add_blank(context);
    }
}
