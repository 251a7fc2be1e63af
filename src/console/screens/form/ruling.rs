//! What the rules of a record say against a field as one leaves it, as far as they can be asked before it is saved.

use std::ops::Range;

use super::{Form, Task};
use crate::domain::value::Locale;
use crate::store::entity::told_by_rules;
use crate::store::operation::Does;
use crate::store::{Entity, Record};

impl Form {
    /// What is wrong with a field, or a cell of a line, beside the others as they stand. References are looked up when it is
    /// saved: until then a rule sees them as they were.
    pub(super) fn against_rules(&self, index: usize, locale: Locale) -> Option<String> {
        let asked =
            self.fields.get(index).filter(|asked| asked.field.reference.is_none() && !asked.text().is_empty())?;
        let (entity, record, beside) = self.judged_as(index)?;
        if self.reading.is_some() || entity.field(asked.field.name).is_none() {
            return None;
        }
        let typed = self.fields.get(beside)?.iter().filter(|field| field.field.reference.is_none());
        let typed = typed.filter(|field| record.is_none() || field.is_changed());
        let of_it = typed.filter(|field| entity.field(field.field.name).is_some());
        let values = of_it.filter_map(|field| Some((field.field.name, field.check(locale).ok()?))).collect();
        let problems = told_by_rules(entity, record, values);
        problems.into_iter().find(|problem| problem.field == asked.field.name).map(|problem| problem.message)
    }

    /// The kind whose rules hold for a field, the record as it was, and the fields that stand beside it.
    fn judged_as(&self, index: usize) -> Option<(&'static Entity, Option<&Record>, Range<usize>)> {
        if let (Some(cell), Some(lines)) = (self.cell(index), &self.lines) {
            let record = lines.rows.get(cell.row)?.record.as_ref();
            return Some((lines.resource.entity, record, self.cells_of(cell.row)));
        }
        // What makes a record is held to that record's rules.
        let is_of_a_record = match &self.task {
            Task::Record => true,
            Task::Operation { operation, .. } => matches!(operation.does, Does::Make(_)),
            Task::SetField { .. } => false,
        };
        is_of_a_record.then(|| (self.resource.entity, self.record.as_ref(), 0..self.head()))
    }
}
