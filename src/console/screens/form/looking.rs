//! Asking the database about a field as one leaves it: whom a reference means, and whether what must
//! be unique is. The latest question wins; what was typed since is not judged by an old answer.

use super::choosing::choice;
use super::{Form, Task};
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::Context;
use crate::domain::text::clean;
use crate::resources;
use crate::store::Session;
use crate::store::entities;
use crate::store::live_check::Finding;

impl Form {
    /// Asks about a field, where there is something to ask.
    pub(super) fn look(&mut self, index: usize, context: &mut Context<'_>) {
        if context.lost {
            return;
        }
        let locale = context.locale();
        let (entity, own) = match (self.cell(index), &self.lines) {
            (Some(cell), Some(lines)) => {
                let record = lines.rows.get(cell.row).and_then(|row| row.record.as_ref());
                (lines.resource.entity, record.map(|record| record.id))
            }
            _ => (self.resource.entity, self.record.as_ref().map(|record| record.id)),
        };
        let is_record = matches!(self.task, Task::Record);
        let Some(field) = self.fields.get_mut(index) else { return };
        let is_known = field.looking.is_some() || field.means.is_some() || field.problem.is_some();
        let names = field.field.reference.is_some() || field.field.names.is_some();
        let is_asked = names || (is_record && field.field.unique.is_some());
        if is_known || !is_asked || !field.is_changed() {
            return;
        }
        if let Ok(value) = field.check(locale)
            && !value.is_empty()
        {
            let question = Question::CheckField { entity, field: field.field, value, own };
            field.looking = Some(context.asks.ask(question));
        }
    }

    /// Asks whom the references name that somebody did not leave just now: a number alone says little.
    pub(super) fn look_whom_it_names(&mut self, context: &mut Context<'_>) {
        for index in 0..self.fields.len() {
            if self.fields[index].field.reference.is_some() {
                self.look(index, context);
            }
        }
    }

    /// Takes the answer about a field; false where it is none of this form's.
    pub(super) fn seen(&mut self, number: Number, reply: &mut Option<Reply>, session: &Session) -> bool {
        let Some(field) = self.fields.iter_mut().find(|field| field.looking == Some(number)) else { return false };
        field.looking = None;
        // Where one may not look, or the line is gone, saving tells.
        let Some(Reply::FieldChecked(Ok(finding))) = reply.take() else { return true };
        let kind = field.field.reference.or(field.field.names).and_then(entities::find);
        let (one, several) = kind.map_or(("record", "records"), |kind| (kind.singular, kind.name));
        // Some kinds come by themselves, as what moved in stock does.
        let create = kind.and_then(resources::of).and_then(|resource| resource.create());
        let is_added = create.is_some_and(|operation| session.may(operation.name));
        match finding {
            Finding::Fits => {}
            Finding::Means(record) => {
                let (shown, written) = choice(&record);
                if written != field.text() {
                    let is_as_given = field.is_as_given();
                    field.set_text(&written);
                    field.given = Some(field.text()).filter(|_| is_as_given);
                }
                field.means = Some(shown);
            }
            Finding::Nothing(word) if field.field.reference.is_none() => {
                field.refuse(format!("there is no {one} ‘{}’: ‹field-choose› shows them", clean(&word)));
            }
            // Among lines an arrow goes down.
            Finding::Nothing(word) if field.row.is_some() && is_added => {
                field.refuse(format!("there is no {one} ‘{}’: ‹cell-edit› chooses or adds one", clean(&word)));
            }
            Finding::Nothing(word) if field.row.is_some() => {
                field.refuse(format!("there is no {one} ‘{}’: ‹cell-edit› chooses one", clean(&word)));
            }
            Finding::Nothing(word) if is_added => {
                field.refuse(format!("there is no {one} ‘{}’: ‹field-choose› chooses or adds one", clean(&word)));
            }
            Finding::Nothing(word) => {
                field.refuse(format!("there is no {one} ‘{}’: ‹field-choose› chooses one", clean(&word)));
            }
            Finding::Several(word, count) => {
                let (word, several) = (clean(&word).into_owned(), several.replace('_', " "));
                field.refuse(match field.row {
                    Some(_) => format!("‘{word}’ fits {count} {several}: ‹cell-edit› chooses one"),
                    None => format!("‘{word}’ fits {count} {several}: ‹field-choose› chooses one"),
                });
            }
            Finding::Taken(Some(holder)) => field.refuse(format!("is already in use by {holder}")),
            Finding::Taken(None) => field.refuse("is already in use: it must be unique".into()),
        }
        true
    }
}
