//! What the lines of a form come to, worked out by trying what is typed; and what is sent of them.

use std::time::{Duration, Instant};

use super::{Form, RowKey};
use crate::console::message::Question;
use crate::console::screens::Context;
use crate::domain::Value;
use crate::domain::value::Locale;
use crate::store::aims::Aim;
use crate::store::operation::parts::{Part, told_of};
use crate::store::operation::rehearsal::Foreseen;
use crate::store::{Field, Problem};

/// What was typed is tried this long after the last key.
const TRIED_AFTER: Duration = Duration::from_millis(300);

impl Form {
    /// Something that the lines come to may be another by now.
    pub(in crate::console::screens::form) fn lines_changed(&mut self, context: &Context<'_>) {
        if let Some(lines) = &mut self.lines {
            lines.changed_at = Some(context.tick);
            lines.is_outdated = true;
        }
    }

    /// When what was typed is tried.
    pub(in crate::console::screens::form) fn tries_at(&self) -> Option<Instant> {
        let lines = self.lines.as_ref().filter(|lines| lines.trying.is_none() && !lines.is_reading())?;
        Some(lines.changed_at? + TRIED_AFTER)
    }

    /// Tries what is typed, so that what it comes to is seen, and what is wrong with it.
    pub(in crate::console::screens::form) fn try_lines(&mut self, context: &mut Context<'_>) {
        if context.lost || self.reading.is_some() || self.saving.is_some() {
            return;
        }
        if self.tries_at().is_none_or(|at| context.tick < at) {
            return;
        }
        let locale = context.locale();
        if let Some(lines) = &mut self.lines {
            lines.changed_at = None;
        }
        let Some(mut request) = self.request_so_far(locale) else { return };
        (request.parts, _) = self.parts(locale, context);
        let written =
            (0..self.lines.as_ref().map_or(0, |lines| lines.rows.len())).filter(|row| self.is_sent_line(*row));
        let written = written.count();
        if let Some(lines) = &mut self.lines {
            lines.is_partly = written > lines.sent.len();
            lines.trying = Some((context.asks.ask(Question::Foresee(Box::new(request))), lines.sent.clone()));
        }
    }

    pub(super) fn came_to(&mut self, foreseen: Foreseen, tried: &[RowKey]) {
        // What was wrong when it was tried before may be right by now.
        for cell in self.fields.iter_mut().filter(|field| field.tried_wrong) {
            cell.tried_wrong = false;
            cell.problem = None;
        }
        let Some(lines) = &mut self.lines else { return };
        if foreseen.record.is_some() {
            lines.whole = foreseen.record;
            lines.is_outdated = lines.changed_at.is_some();
            let part = lines.resource.entity;
            lines.is_partly |= foreseen.problems.iter().any(|problem| told_of(problem, part).is_some());
            for row in &mut lines.rows {
                row.tried = None;
            }
            for (key, record) in tried.iter().zip(foreseen.parts) {
                if let Some(row) = lines.rows.iter_mut().find(|row| row.key == *key) {
                    row.tried = record;
                }
            }
        }
        for problem in foreseen.problems {
            if let Some(index) = self.cell_of(&problem, tried)
                && index != self.focus
                && self.fields[index].problem.is_none()
            {
                self.fields[index].problem = Some(problem.message);
                self.fields[index].tried_wrong = true;
            }
        }
    }

    /// The cell that a problem of a part is told of.
    pub(in crate::console::screens::form) fn wrong_cell(&self, problem: &Problem) -> Option<usize> {
        self.cell_of(problem, &self.lines.as_ref()?.sent)
    }

    fn cell_of(&self, problem: &Problem, sent: &[RowKey]) -> Option<usize> {
        let lines = self.lines.as_ref()?;
        let (part, name) = told_of(problem, lines.resource.entity)?;
        let row = self.row_of(*sent.get(part)?)?;
        // What is told of the line as a whole stands at its beginning.
        let column = lines.columns.iter().position(|field| field.name == name).unwrap_or(0);
        Some(self.index_of(row, column))
    }

    /// The lines that are to be written with the record, and the first cell in which something is wrong: its line is not
    /// among them.
    pub(in crate::console::screens::form) fn parts(
        &mut self,
        locale: Locale,
        context: &Context<'_>,
    ) -> (Vec<Part>, Option<usize>) {
        let Some(lines) = &self.lines else { return (Vec::new(), None) };
        let (create, update) = (lines.resource.create(), lines.resource.update());
        let delete = lines.delete(context);
        let (mut parts, mut sent, mut wrong) = (Vec::new(), Vec::new(), None);
        for (index, row) in lines.rows.iter().enumerate() {
            let aim = row.record.as_ref().map(|record| Aim { id: record.id, version: Some(record.version) });
            let operation = match (row.removed, aim) {
                (true, _) => delete,
                (false, Some(_)) => update,
                (false, None) => create,
            };
            let Some(operation) = operation.filter(|_| self.is_sent_line(index)) else { continue };
            let (mut values, mut is_whole) = (Vec::new(), true);
            let cells = if row.removed { 0..0 } else { self.cells_of(index) };
            for cell in cells {
                let field = &self.fields[cell];
                let is_sent = field.is_changed() || aim.is_none() && (field.field.required || !field.text().is_empty());
                if !is_sent {
                    continue;
                }
                match self.value_of(cell, locale) {
                    Some(Ok(_)) if field.field.required && field.is_missing() => {
                        is_whole = false;
                        wrong = wrong.or(Some(cell));
                    }
                    Some(Ok(value)) => values.push((field.field.name, value)),
                    _ => {
                        is_whole = false;
                        wrong = wrong.or(Some(cell));
                    }
                }
            }
            if is_whole {
                parts.push(Part { operation, aim, values });
                sent.push(row.key);
            }
        }
        if let Some(lines) = &mut self.lines {
            lines.sent = sent;
        }
        (parts, wrong)
    }

    /// Whether a line goes along: something was written in it, or it goes.
    fn is_sent_line(&self, row: usize) -> bool {
        let removed = self.lines.as_ref().is_some_and(|lines| lines.rows.get(row).is_some_and(|row| row.removed));
        removed || self.is_written(row)
    }

    /// What a column that is worked out says of a line; nothing where that is of something else than stands in it.
    #[must_use]
    pub fn worked_out(&self, row: usize, field: &Field) -> Option<&Value> {
        let line = self.lines.as_ref()?.rows.get(row).filter(|line| !line.removed)?;
        let kept = line.record.as_ref().filter(|_| !self.is_written(row));
        line.tried.as_ref().or(kept).map(|record| record.get(field.name))
    }

    /// Says at each cell that is to be saved what is wrong with it.
    pub(in crate::console::screens::form) fn judge_lines(&mut self, locale: Locale) {
        let rows = self.lines.as_ref().map_or(0, |lines| lines.rows.len());
        for row in (0..rows).filter(|row| self.is_written(*row)).collect::<Vec<_>>() {
            for index in self.cells_of(row) {
                let missing = self.fields[index].is_missing().then(|| "is required".to_owned());
                let wrong = missing.or_else(|| self.value_of(index, locale)?.err());
                if wrong.is_some() {
                    self.fields[index].problem = wrong;
                }
            }
        }
    }
}
