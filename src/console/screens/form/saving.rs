//! Saving a form: what is sent, what comes back, and what somebody else saved meanwhile.

use super::choosing::choice;
use super::{Form, FormField, Outcome, check, text_of};
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::{Context, Turn};
use crate::store::{Failure, Problem, Record, Request, StoreError};

impl Form {
    pub(super) fn save(&mut self, context: &mut Context<'_>) -> Turn {
        if self.saving.is_some() {
            return Turn::Tell("being saved …".into());
        }
        if self.merging.is_some() || self.reading.is_some() {
            return Turn::Tell("still reading the record …".into());
        }
        let operation = if self.record.is_some() { self.resource.update() } else { self.resource.create() };
        let Some(operation) = operation else { return Turn::Alarm("this is not changed by hand".into()) };
        let mut request = Request::new(operation);
        if let Some(record) = &self.record {
            request = request.on(record.id, Some(record.version));
        }
        let locale = context.locale();
        let mut wrong = None;
        for (index, field) in self.fields.iter_mut().enumerate() {
            let creating = self.record.is_none();
            let wanted = field.is_changed() || (creating && field.field.required);
            if !wanted {
                continue;
            }
            match check(field, locale) {
                Ok(value) => {
                    field.problem = None;
                    request = request.with(field.field.name, value);
                }
                Err(problem) => {
                    field.problem = Some(problem);
                    wrong = wrong.or(Some(index));
                }
            }
        }
        if let Some(index) = wrong {
            self.focus = index;
            return Turn::Alarm("something is not right yet: C-g goes to the next".into());
        }
        if request.values.is_empty() {
            return Turn::Tell("nothing was changed".into());
        }
        self.send(request, context);
        if self.unsent.is_some() {
            return Turn::Alarm("not saved yet: the database does not answer. It is sent when it is back".into());
        }
        Turn::Stay
    }

    fn send(&mut self, request: Request, context: &mut Context<'_>) {
        if context.lost {
            // No use in waiting for what is known not to answer.
            self.unsent = Some(Box::new(request));
            self.keep_draft(context);
            return;
        }
        let number = context.asks.ask(Question::Perform(request.clone()));
        self.saving = Some((number, Box::new(request)));
        self.unsent = None;
    }

    /// The database is back: what could not be sent is sent, under the same operation id.
    pub fn resend(&mut self, context: &mut Context<'_>) {
        if let Some(request) = self.unsent.take() {
            self.notice = Some("the database is back: saving …".into());
            self.send(*request, context);
        }
    }

    /// Takes an answer; none where it is not for this form.
    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>, context: &mut Context<'_>) -> Option<Outcome> {
        let stay = Some(Outcome::Turn(Turn::Stay));
        if self.saving.as_ref().is_some_and(|(asked, _)| *asked == number) {
            let (_, request) = self.saving.take()?;
            return match reply.take() {
                Some(Reply::Done(Ok(done))) => {
                    context.asks.ask(Question::DropDraft(self.draft));
                    let id = done.records.first().copied().or(self.record.as_ref().map(|record| record.id));
                    let title = if self.record.is_some() { self.title() } else { self.name_typed() };
                    Some(Outcome::Saved(id.unwrap_or(self.draft), title))
                }
                Some(Reply::Done(Err(error))) => Some(Outcome::Turn(self.refused(error, request, context))),
                _ => stay,
            };
        }
        if self.reading == Some(number) || self.merging == Some(number) {
            let merging = self.merging == Some(number);
            (self.reading, self.merging) = (None, None);
            match reply.take() {
                Some(Reply::Record(Ok(Some(record)))) => self.take_record(record, merging, context),
                Some(Reply::Record(Ok(None))) => {
                    self.notice = Some("this record is gone, or no longer among those you see".into());
                }
                Some(Reply::Record(Err(error))) => self.notice = Some(error.to_string()),
                _ => {}
            }
            return stay;
        }
        if self.keeping == Some(number) {
            self.keeping = None;
            if let Some(Reply::DraftKept(kept)) = reply.take() {
                self.draft_kept = kept.is_ok();
                if let Err(error) = kept {
                    self.notice = Some(format!("no draft is kept: {error}"));
                }
            }
            return stay;
        }
        if let Some(picker) = &mut self.picker
            && picker.asked == Some(number)
        {
            picker.asked = None;
            match reply.take() {
                Some(Reply::Page(Ok(page))) => {
                    picker.choices = page.rows.iter().map(choice).collect();
                    picker.cursor = 0;
                    picker.empty = "nothing fits what is typed".into();
                }
                Some(Reply::Page(Err(error))) => {
                    picker.choices.clear();
                    picker.empty = error.to_string();
                }
                _ => {}
            }
            return stay;
        }
        None
    }

    fn name_typed(&self) -> String {
        let label = self.resource.entity.label;
        self.fields.iter().find(|field| field.field.name == label).map_or_else(String::new, FormField::text)
    }

    fn refused(&mut self, error: StoreError, request: Box<Request>, context: &mut Context<'_>) -> Turn {
        match error.into_failure() {
            Failure::Invalid(problems) => {
                let told = self.show_problems(problems);
                Turn::Alarm(told)
            }
            Failure::Stale { id, .. } => {
                self.merging = Some(context.asks.ask(Question::Get { entity: self.resource.entity, id }));
                Turn::Tell("somebody else saved it meanwhile: looking at what they changed …".into())
            }
            failure @ (Failure::Unreachable(_) | Failure::Unknown { .. } | Failure::Busy) => {
                self.unsent = Some(request);
                self.keep_draft(context);
                Turn::Alarm(format!("not saved yet: {failure}. It is sent again when the database is back"))
            }
            failure => {
                self.notice = Some(failure.to_string());
                Turn::Alarm(failure.to_string())
            }
        }
    }

    fn show_problems(&mut self, problems: Vec<Problem>) -> String {
        let (mut first, mut elsewhere) = (None, Vec::new());
        for problem in problems {
            match self.fields.iter().position(|field| field.field.name == problem.field) {
                Some(index) => {
                    self.fields[index].problem = Some(problem.message);
                    first = first.or(Some(index));
                }
                None => elsewhere.push(format!("{}: {}", problem.field, problem.message)),
            }
        }
        if let Some(index) = first {
            self.focus = index;
        }
        if elsewhere.is_empty() {
            "not saved: something is not right yet, C-g goes to the next".into()
        } else {
            elsewhere.join("; ")
        }
    }

    /// The record as it is now. Fields that only they changed are taken over; fields that both
    /// changed are shown with what they made of it, and nothing typed is overwritten.
    fn take_record(&mut self, record: Record, merging: bool, context: &Context<'_>) {
        let mut both = 0;
        for field in &mut self.fields {
            let now = text_of(&record, field.field, context);
            field.has_secret = field.is_secret() && !record.get(field.field.name).is_empty();
            if field.is_secret() || now == field.before {
                continue;
            }
            if !field.is_changed() {
                field.set_text(&now);
            } else if field.text() != now {
                field.theirs = Some(now.clone());
                both += 1;
            }
            field.before = now;
        }
        self.record = Some(record);
        if merging {
            self.notice = Some(match both {
                0 => "Somebody else changed other fields meanwhile: they are taken over. C-s saves yours.".into(),
                _ => format!(
                    "{both} field(s) were changed by somebody else too: C-g goes to them, C-t takes theirs, C-s keeps yours."
                ),
            });
        }
    }
}
