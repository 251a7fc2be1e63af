//! What the rules of a record say against a field as one leaves it, as far as they can be asked before it is saved.

use super::{Form, Task};
use crate::domain::value::Locale;
use crate::store::entity::told_by_rules;
use crate::store::operation::Does;

impl Form {
    /// What is wrong with a field beside the others as they stand. References are looked up when it is saved: until then a
    /// rule sees them as they were.
    pub(super) fn against_rules(&self, index: usize, locale: Locale) -> Option<String> {
        let asked = self.fields[..self.head()]
            .get(index)
            .filter(|asked| asked.field.reference.is_none() && !asked.text().is_empty())?;
        // What makes a record is held to that record's rules.
        let is_of_a_record = match &self.task {
            Task::Record => true,
            Task::Operation { operation, .. } => matches!(operation.does, Does::Make(_)),
            Task::SetField { .. } => false,
        };
        if !is_of_a_record || self.reading.is_some() || self.resource.entity.field(asked.field.name).is_none() {
            return None;
        }
        let typed = self.fields[..self.head()].iter().filter(|field| field.field.reference.is_none());
        let typed = typed.filter(|field| self.record.is_none() || field.is_changed());
        let of_it = typed.filter(|field| self.resource.entity.field(field.field.name).is_some());
        let values = of_it.filter_map(|field| Some((field.field.name, field.check(locale).ok()?))).collect();
        let problems = told_by_rules(self.resource.entity, self.record.as_ref(), values);
        problems.into_iter().find(|problem| problem.field == asked.field.name).map(|problem| problem.message)
    }
}
