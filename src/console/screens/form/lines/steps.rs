//! What was done to the lines of a form is taken back and done again: the grid stands as it stood before.

use super::super::{FormField, Known};
use super::{Form, LineRow, RowKey};
use crate::console::screens::Context;

/// What a step of the lines is called among the fields that were typed in.
const STEP: Known = ("/lines", None);
/// Steps that can be taken back.
const MOST: usize = 100;

/// The lines as they stood: each with whether it is taken away, and what stands in its cells.
#[derive(Debug)]
pub(in crate::console::screens::form) struct Snapshot(Vec<StoodRow>);

#[derive(Debug)]
struct StoodRow {
    key: RowKey,
    removed: bool,
    texts: Vec<String>,
}

/// A line that was read anew.
pub(super) struct ReadAnew {
    pub(super) key: RowKey,
    /// Somebody else changed it.
    pub(super) is_another: bool,
    pub(super) cells: Vec<Rebased>,
}

/// What a cell held, and what it holds now, as far as nobody types in it.
pub(super) struct Rebased {
    pub(super) was: String,
    pub(super) now: String,
}

impl Rebased {
    fn rebased(&self, text: String) -> String {
        if text == self.was { self.now.clone() } else { text }
    }
}

/// A line with its cells.
pub(super) type Line = (LineRow, Vec<FormField>);

impl Form {
    /// How the lines stand now; none where the cursor is not among them.
    pub(in crate::console::screens::form) fn snapshot(&self) -> Option<Snapshot> {
        self.is_in_lines().then(|| self.lines_as_they_stand())
    }

    pub(super) fn lines_as_they_stand(&self) -> Snapshot {
        let rows = self.lines.iter().flat_map(|lines| lines.rows.iter().enumerate());
        let texts = |row: usize| self.cells_of(row).map(|index| self.fields[index].text()).collect();
        let stood =
            |(index, row): (usize, &LineRow)| StoodRow { key: row.key, removed: row.removed, texts: texts(index) };
        Snapshot(rows.map(stood).collect())
    }

    /// Remembers how the lines stood, where something was done to them since.
    pub(in crate::console::screens::form) fn remember_lines(&mut self, before: Option<Snapshot>) {
        let changed = std::mem::take(&mut self.lines_were_changed);
        let (Some(before), Some(lines), true) = (before, &mut self.lines, changed) else { return };
        lines.past.push(before);
        lines.future.clear();
        if lines.past.len() > MOST {
            lines.past.remove(0);
            if let Some(oldest) = self.edited.iter().position(|known| *known == STEP) {
                self.edited.remove(oldest);
            }
        }
        self.edited.push(STEP);
        self.undone.clear();
    }

    /// The lines were read anew: steps lead about in what was typed, and never back behind what somebody else made of the rest.
    pub(super) fn rebase_steps(&mut self, read: &[ReadAnew]) {
        let Some(lines) = &mut self.lines else { return };
        let gone = lines.gone.iter().map(|(row, _)| row.key);
        let mine: Vec<RowKey> =
            lines.rows.iter().filter(|row| row.record.is_none()).map(|row| row.key).chain(gone).collect();
        for snapshot in lines.past.iter_mut().chain(&mut lines.future) {
            let mut stood = std::mem::take(&mut snapshot.0);
            for line in read {
                let known = stood.iter().position(|row| row.key == line.key).map(|at| stood.remove(at));
                snapshot.0.push(match known {
                    Some(row) => StoodRow {
                        key: row.key,
                        removed: row.removed && !line.is_another,
                        texts: row.texts.into_iter().zip(&line.cells).map(|(text, cell)| cell.rebased(text)).collect(),
                    },
                    None => StoodRow {
                        key: line.key,
                        removed: false,
                        texts: line.cells.iter().map(|cell| cell.now.clone()).collect(),
                    },
                });
            }
            // Behind them those that are not there yet; what somebody else took away is gone.
            snapshot.0.extend(stood.into_iter().filter(|row| mine.contains(&row.key)));
        }
    }

    /// Whether this is a step of the lines.
    pub(in crate::console::screens::form) fn is_step_of_lines(known: Known) -> bool {
        known == STEP
    }

    /// Takes back the last step of the lines, or does the next one again.
    pub(in crate::console::screens::form) fn turn_lines(&mut self, back: bool, context: &mut Context<'_>) {
        let now = self.lines_as_they_stand();
        let Some(lines) = &mut self.lines else { return };
        let (from, to) = if back { (&mut lines.past, &mut lines.future) } else { (&mut lines.future, &mut lines.past) };
        let Some(then) = from.pop() else { return };
        to.push(now);
        self.stand_as(&then, context);
        self.picker = None;
        self.handled = None;
        (self.notice, self.refusal) = (None, None);
        self.typed_at.get_or_insert(context.tick);
        self.lines_changed(context);
    }

    fn stand_as(&mut self, then: &Snapshot, context: &mut Context<'_>) {
        let on_save = self.is_on_save();
        let stood = self.cell(self.focus);
        let mut pool = self.take_apart();
        let Some(lines) = &mut self.lines else { return };
        lines.block = None;
        pool.append(&mut lines.gone);
        let mut changed = None;
        for StoodRow { key, removed, texts } in &then.0 {
            let Some(at) = pool.iter().position(|(row, _)| row.key == *key) else { continue };
            let (mut row, mut cells) = pool.remove(at);
            if row.removed != *removed {
                row.removed = *removed;
                changed = changed.or(Some((*key, 0)));
            }
            let mut is_another = false;
            for (column, (cell, text)) in cells.iter_mut().zip(texts).enumerate() {
                let stood = cell.text();
                if stood != *text {
                    cell.set_text(text);
                    cell.opens_or_closes(&stood);
                    is_another = true;
                    changed = changed.or(Some((*key, column)));
                }
            }
            // What was wrong was wrong with the line as it stood: that something was missing, too.
            for cell in cells.iter_mut().filter(|_| is_another) {
                (cell.problem, cell.refused) = (None, None);
                (cell.tried_wrong, cell.saved_wrong) = (false, false);
            }
            lines.rows.push(row);
            self.fields.extend(cells);
        }
        lines.gone = pool;
        self.add_blank(context);
        // Where something is another, there one looks.
        let there = changed.and_then(|(key, column)| Some(self.index_of(self.row_of(key)?, column)));
        let last = self.fields.len();
        self.focus = match (there, stood) {
            (Some(index), _) => index,
            (None, Some(cell)) => self.index_of(cell.row, cell.column).min(last.saturating_sub(1)),
            (None, None) if on_save => last,
            (None, None) => self.focus.min(last),
        };
        for index in self.head()..self.fields.len() {
            if self.fields[index].field.reference.is_some() {
                self.look(index, context);
            }
        }
    }

    /// The lines, taken out of the form.
    pub(super) fn take_apart(&mut self) -> Vec<Line> {
        let mut cells = self.fields.split_off(self.head()).into_iter();
        let Some(lines) = &mut self.lines else { return Vec::new() };
        let columns = lines.columns.len();
        let rows = std::mem::take(&mut lines.rows).into_iter();
        rows.map(|row| (row, cells.by_ref().take(columns).collect())).collect()
    }

    /// Takes a line out of the form; it is kept for whoever wants it back.
    pub(super) fn pull_line(&mut self, row: usize) {
        let cells = self.cells_of(row);
        let cells: Vec<FormField> = self.fields.drain(cells).collect();
        if let Some(lines) = &mut self.lines {
            let line = lines.rows.remove(row);
            lines.gone.push((line, cells));
        }
        self.focus = self.focus.min(self.fields.len());
    }
}
