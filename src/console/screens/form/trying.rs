//! What an operation would say to its answers, found by trying them as one leaves them: what other records decide (how much
//! is in stock, what is booked already) is told beside the field before it is sent.

use std::time::{Duration, Instant};

use super::{Form, FormField, Task};
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::Context;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};
use crate::store::Request;
use crate::store::operation::rehearsal::Foreseen;

/// Answers are tried this long after a field was left: whoever saves at once is told by that.
const TRIED_AFTER: Duration = Duration::from_millis(300);

/// Answers that are tried.
#[derive(Debug, Default)]
pub(super) struct Trial {
    left_at: Option<Instant>,
    asked: Option<Number>,
    /// Why it would be refused as a whole was told: it is no answer to what was sent.
    refuses: bool,
    /// Something is still wrong or missing: what is told of the whole says nothing.
    is_partly: bool,
}

/// What stands for a text that is still missing, so that the others are tried.
const STAND_IN: &str = "-";

/// Whether a field is missing that says nothing of others: a reason, a note.
fn is_stood_in_for(field: &FormField) -> bool {
    let is_free = matches!(field.field.kind, Kind::Text | Kind::Lines) && field.field.max > STAND_IN.len();
    let names_nothing = field.field.reference.is_none() && field.field.offered.is_none() && field.field.names.is_none();
    field.is_missing() && is_free && names_nothing && field.field.unique.is_none() && !field.field.proves
}

/// Whether something is wrong with a field by itself, so that it is left out where that can be.
fn is_left_out(field: &FormField) -> bool {
    field.problem.is_some() && !field.tried_wrong && !field.is_missing()
}

impl Form {
    /// A field was left: what stands in the form may be tried.
    pub(super) fn answers_were_left(&mut self, context: &Context<'_>) {
        let is_tried = match &self.task {
            Task::Operation { operation, aimed } => aimed.records.len() <= 1 && !operation.wants_proof(),
            // Lines are tried with all that stands above them.
            Task::Record => self.resource.entity.is_tried && self.lines.is_none() && self.is_touched(),
            Task::SetField { .. } => false,
        };
        if is_tried {
            self.trial.left_at = Some(context.tick);
        }
    }

    /// Something else was typed: what is being tried is none of it.
    pub(super) fn answers_changed(&mut self) {
        self.trial = Trial::default();
    }

    /// When the answers are tried: once whom they name is known.
    pub(super) fn tries_answers_at(&self) -> Option<Instant> {
        let is_known = self.trial.asked.is_none() && self.fields.iter().all(|field| field.looking.is_none());
        self.trial.left_at.filter(|_| is_known).map(|left| left + TRIED_AFTER)
    }

    pub(super) fn try_answers(&mut self, context: &mut Context<'_>) {
        if context.lost
            || self.saving.is_some()
            || self.reading.is_some()
            || self.tries_answers_at().is_none_or(|at| context.tick < at)
        {
            return;
        }
        self.trial.left_at = None;
        let can_be_tried = self.fields.iter().all(|field| {
            let is_needed =
                field.field.required && (is_left_out(field) || field.is_missing() && !is_stood_in_for(field));
            !is_needed && field.field.kind != Kind::Secret
        });
        if !can_be_tried {
            return;
        }
        self.trial.is_partly = self.fields.iter().any(|field| is_left_out(field) || field.is_missing());
        if let Some(mut request) = self.request_so_far(context.locale()) {
            for field in &self.fields {
                let name = field.field.name;
                if is_stood_in_for(field) {
                    request.values.retain(|(known, _)| *known != name);
                    request = request.with(name, Value::text(STAND_IN));
                } else if is_left_out(field) {
                    request.values.retain(|(known, _)| *known != name);
                }
            }
            self.trial.asked = Some(context.asks.ask(Question::Foresee(Box::new(request))));
        }
    }

    /// What is filled in so far, as far as it is right, without its lines.
    pub(super) fn request_so_far(&self, locale: Locale) -> Option<Request> {
        let mut request = self.begin_request().ok()?;
        for index in (0..self.head()).filter(|index| self.is_sent(*index)) {
            if let Some(Ok(value)) = self.value_of(index, locale) {
                request = request.with(self.fields[index].field.name, value);
            }
        }
        Some(request)
    }

    /// Takes what came of a trial; false where it is none of this form's.
    pub(super) fn were_tried(&mut self, number: Number, reply: &mut Option<Reply>) -> bool {
        if self.trial.asked.take_if(|asked| *asked == number).is_none() {
            return false;
        }
        // Where it could not be tried, what is sent tells.
        if let Some(Reply::Foreseen(Ok(foreseen))) = reply.take() {
            self.answers_come_to(foreseen);
        }
        true
    }

    fn answers_come_to(&mut self, foreseen: Foreseen) {
        for field in self.fields.iter_mut().filter(|field| field.tried_wrong) {
            field.tried_wrong = false;
            field.problem = None;
        }
        if std::mem::take(&mut self.trial.refuses) {
            self.refusal = None;
        }
        if foreseen.problems.is_empty() && foreseen.refused.is_some() && !self.trial.is_partly {
            self.refusal = foreseen.refused;
            self.trial.refuses = true;
        }
        for problem in foreseen.problems {
            // What nobody has come to yet is not wrong.
            let was_left = |index: &usize| *index < self.focus || self.fields[*index].is_changed();
            let field = (0..self.head()).filter(was_left).find(|index| self.fields[*index].field.name == problem.field);
            // What stands for it, or is left out, is none of its own.
            let field =
                field.filter(|index| !is_stood_in_for(&self.fields[*index]) && !is_left_out(&self.fields[*index]));
            if let Some(field) = field.and_then(|index| self.fields.get_mut(index)) {
                field.problem = Some(problem.message);
                field.tried_wrong = true;
            }
        }
    }
}
