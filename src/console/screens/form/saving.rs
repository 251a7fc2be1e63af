//! Saving a form: what is sent, and what comes back.

use super::{Form, FormField, Outcome, Task};
use crate::console::actions::Action;
use crate::console::message::{Number, Performed, Question, Reply};
use crate::console::screens::{Context, Turn};
use crate::domain::manner::Manner;
use crate::domain::words::Words;
use crate::store::{Failure, Problem, Request, StoreError};

/// What a form says that was held up by a line that was gone.
const BACK: &str = "the database is back: saving …";

impl Form {
    pub(super) fn save(&mut self, context: &mut Context<'_>) -> Outcome {
        // What was offered was for the field that one comes from.
        self.picker = None;
        if self.saving.is_some() {
            return Outcome::Turn(Turn::Tell("being saved …".into()));
        }
        // What waits to be sent is the same, under the same operation id: nothing was typed since.
        if let Some(request) = self.unsent.take() {
            return Outcome::Turn(self.send_now(*request, context));
        }
        if self.merging.is_some() {
            return Outcome::Turn(Turn::Tell("still reading the record …".into()));
        }
        if self.reading.is_some() || self.lines.as_ref().is_some_and(|lines| lines.is_reading()) {
            // The key is not lost: what was typed is saved as soon as it is known what it changes.
            self.saves_once_read = true;
            return Outcome::Turn(Turn::Tell("still reading the record: it is saved then …".into()));
        }
        if let Some(index) = self.first_undecided() {
            self.focus = index;
            self.offer_sides();
            let told = "somebody else changed this too: choose theirs, yours or what it was before";
            return Outcome::Turn(Turn::Alarm(told.into()));
        }
        match self.finished_request(context) {
            Ok(request) if self.wants_a_yes(&request) => Outcome::Ask(Box::new(request)),
            Ok(request) => Outcome::Turn(self.send_now(request, context)),
            Err(turn) => Outcome::Turn(turn),
        }
    }

    /// The request with its values, every field checked.
    fn finished_request(&mut self, context: &mut Context<'_>) -> Result<Request, Turn> {
        let mut request = self.begin_request()?;
        let locale = context.locale();
        self.settle_choice(0, context.words);
        let mut wrong = None;
        for index in 0..self.head() {
            // Which field is set is no value of a record.
            let is_refused = self.fields[index].refused.is_some();
            let is_sent = (self.is_sent(index) || is_refused) && !self.sets_a_field(index);
            let checked = self.value_of(index, locale);
            let is_wrong_now = matches!(&checked, Some(Err(_))) && self.has_another_currency(index);
            let Some(field) = self.fields.get_mut(index).filter(|_| is_sent || is_wrong_now) else { continue };
            let Some(checked) = checked else { continue };
            match checked.and_then(|value| field.refused.clone().map_or(Ok(value), Err)) {
                Ok(value) => {
                    field.problem = None;
                    field.resolve(locale);
                    request = request.with(field.field.name, value);
                }
                Err(problem) => {
                    field.problem = Some(problem);
                    wrong = wrong.or(Some(index));
                }
            }
        }
        let (parts, wrong_cell) = self.parts(locale, context);
        if wrong_cell.is_some() {
            self.judge_lines(locale);
        }
        request.parts = parts;
        if let Some(index) = wrong.or(wrong_cell) {
            // All that is known to be wrong is told, not the first alone.
            for index in 0..self.fields.len() {
                if self.is_sent(index) && self.fields[index].problem.is_none() {
                    self.fields[index].problem = self.against_rules(index, locale);
                }
            }
            self.focus = self.fields.iter().position(|field| field.problem.is_some()).unwrap_or(index);
            return Err(Turn::Alarm("something is not right yet: ‹next-problem› goes to the next".into()));
        }
        let asks_nothing = matches!(self.task, Task::Operation { .. });
        if request.values.is_empty() && request.parts.is_empty() && !asks_nothing {
            return Err(Turn::Tell(match self.task {
                Task::SetField { .. } => "choose which field is to be set first".into(),
                _ => "nothing was changed".into(),
            }));
        }
        Ok(request.with_made_secrets())
    }

    /// By effect: what ends something, and what touches more than one record.
    fn wants_a_yes(&self, request: &Request) -> bool {
        !matches!(self.task, Task::Record) && {
            let operation = request.operation;
            operation.is_dangerous() || operation.moves_money || request.is_bulk()
        }
    }

    /// Whether an answer to this is awaited for what was sent.
    #[must_use]
    pub fn awaits(&self, number: Number) -> bool {
        self.saving.as_ref().is_some_and(|(asked, _)| *asked == number)
    }

    /// What was sent and is not answered yet.
    #[must_use]
    pub fn sent(&self) -> Option<(Number, &Request)> {
        self.saving.as_ref().map(|(number, request)| (*number, &**request))
    }

    /// Why a key does nothing now: what is on its way is not changed, nor left before it is known what became of it.
    pub(super) fn why_held(&mut self, action: Option<Action>, lost: bool) -> Option<&'static str> {
        if self.saving.is_some() && lost {
            return Some(
                "the database does not answer: what became of it is told when it does. ‹find› goes elsewhere meanwhile",
            );
        }
        if self.saving.is_some() {
            return Some("being saved …: the form goes by itself");
        }
        let leaves = matches!(action, Some(Action::Leave | Action::Stop | Action::Discard));
        if self.unsent.is_some() && self.is_unsure {
            let moves = matches!(
                action,
                Some(
                    Action::Save
                        | Action::FieldNext
                        | Action::NextPane
                        | Action::PreviousPane
                        | Action::Up
                        | Action::Down
                        | Action::PageUp
                        | Action::PageDown
                )
            );
            return (!moves).then_some(
                "it may have been saved: that is asked when the database is back. ‹find› goes elsewhere meanwhile",
            );
        }
        if leaves {
            self.unsent = None;
        }
        None
    }

    /// What stands in the form while it waits to be sent.
    pub(super) fn texts_that_wait(&self) -> Option<Vec<String>> {
        self.unsent.as_ref().map(|_| self.fields.iter().map(FormField::text).collect())
    }

    /// What was changed since is not what was asked to be saved.
    pub(super) fn waits_no_more(&mut self, before: Option<Vec<String>>) {
        if before.is_some() && before != self.texts_that_wait() && self.unsent.take().is_some() {
            self.notice = Some("changed since: ‹save› saves it as it is now".into());
        }
    }

    /// Sends what was filled in and, where it was asked for, said yes to.
    pub fn send_now(&mut self, request: Request, context: &mut Context<'_>) -> Turn {
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
            self.was_busy = false;
            self.keep_draft(context);
            return;
        }
        self.refusal = None;
        self.answers_changed();
        let number = context.asks.ask(Question::Perform(request.clone()));
        self.saving = Some((number, Box::new(request)));
        self.unsent = None;
    }

    /// The database answers: what could not be sent is sent, under the same operation id.
    pub fn resend(&mut self, context: &mut Context<'_>) {
        if let Some(request) = self.unsent.take() {
            let told = if std::mem::take(&mut self.was_busy) { "trying to save it again …" } else { BACK };
            self.notice = Some(told.into());
            self.send(*request, context);
        }
    }

    /// Takes an answer; none where it is not for this form.
    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>, context: &mut Context<'_>) -> Option<Outcome> {
        let stay = Some(Outcome::Turn(Turn::Stay));
        if self.saving.as_ref().is_some_and(|(asked, _)| *asked == number) {
            // How far it is, is told by who follows it.
            if matches!(reply, Some(Reply::Progress(..))) {
                return stay;
            }
            let (_, request) = self.saving.take()?;
            let was_unsure = std::mem::take(&mut self.is_unsure);
            return match reply.take() {
                Some(Reply::Done(Ok(performed))) => {
                    context.asks.ask(Question::DropDraft(self.draft));
                    Some(self.done(performed, request))
                }
                Some(Reply::Done(Err(error))) => Some(Outcome::Turn(self.refused(error, request, was_unsure, context))),
                _ => stay,
            };
        }
        if self.take_lines(number, reply, context) {
            if self.lines.as_ref().is_none_or(|lines| !lines.is_reading()) && std::mem::take(&mut self.saves_once_read)
            {
                return Some(self.save(context));
            }
            return stay;
        }
        if self.reading == Some(number) || self.merging == Some(number) {
            let merging = self.merging == Some(number);
            (self.reading, self.merging) = (None, None);
            let saves = std::mem::take(&mut self.saves_once_read);
            match reply.take() {
                Some(Reply::Record(Ok(Some(record)))) => match &mut self.task {
                    Task::Record => {
                        self.take_record(record, merging, context);
                        if merging {
                            return Some(Outcome::Turn(Turn::Tell("not saved yet: look at what they changed".into())));
                        }
                        if saves && self.lines.as_ref().is_some_and(|lines| lines.is_reading()) {
                            self.saves_once_read = true;
                        } else if saves {
                            return Some(self.save(context));
                        }
                    }
                    Task::Operation { aimed, .. } | Task::SetField { aimed, .. } => {
                        aimed.records = [(record.id, record.version)].into_iter().collect();
                        self.notice = Some(format!("{} was changed meanwhile. ‹save› goes on", record.title()));
                        return Some(Outcome::Turn(Turn::Tell("not done yet: it was changed meanwhile".into())));
                    }
                },
                Some(Reply::Record(Ok(None))) => {
                    self.notice = Some("this record is gone, or no longer among those you see".into());
                }
                Some(Reply::Record(Err(error))) => {
                    self.notice = Some(error.to_string());
                    if saves {
                        let told = "not saved: the record could not be read. ‹save› saves what you typed";
                        return Some(Outcome::Turn(Turn::Alarm(told.into())));
                    }
                }
                _ => {}
            }
            self.ask_for_currency(context);
            return stay;
        }
        if self.looking_again == Some(number) {
            self.looking_again = None;
            if let Some(Reply::Record(Ok(found))) = reply.take() {
                match found {
                    // What is being decided is decided between the sides that there are.
                    Some(found) if self.undecided() > 0 && self.is_another(&found) && !self.closes_lines(&found) => {
                        // Sides that are no more are not chosen from; and nobody is led away from where they type.
                        self.close_sides();
                        self.stays_put = true;
                        self.take_record(found, true, context);
                        self.stays_put &= self.lines.as_ref().is_some_and(|lines| lines.is_reading());
                    }
                    found => self.looked_again(found.as_ref()),
                }
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
        if self.picker.as_ref().is_some_and(|picker| picker.asked == Some(number)) {
            let reply = reply.take();
            self.take_offers(reply, context);
            return stay;
        }
        if self.filling.is_some_and(|(asked, _)| asked == number) {
            let (_, index) = self.filling.take()?;
            if let Some(Reply::Record(Ok(Some(record)))) = reply.take() {
                self.fill(index, &record, context);
            }
            return stay;
        }
        if self.were_tried(number, reply) {
            return stay;
        }
        if self.take_currency(number, reply, context.locale()) || self.seen(number, reply, context.session) {
            self.ask_for_currency(context);
            return stay;
        }
        None
    }

    /// What was asked for is done: the form goes, with what is to be told of it.
    fn done(&self, performed: Performed, request: Box<Request>) -> Outcome {
        if !matches!(self.task, Task::Record) {
            return Outcome::Performed(performed, request);
        }
        let id = performed.done.records.first().copied().or(self.record.as_ref().map(|record| record.id));
        // Whoever may not see what they wrote is told what they typed.
        let typed = || self.record.as_ref().map_or_else(|| self.name_typed(), |record| record.title());
        Outcome::Saved(id.unwrap_or(self.draft), performed.title.unwrap_or_else(typed))
    }

    fn name_typed(&self) -> String {
        let label = self.resource.entity.label;
        self.fields.iter().find(|field| field.field.name == label).map_or_else(String::new, FormField::text)
    }

    fn refused(
        &mut self,
        error: StoreError,
        request: Box<Request>,
        was_unsure: bool,
        context: &mut Context<'_>,
    ) -> Turn {
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
                // Once it may have been done it is not known to be undone by a line that is gone.
                self.is_unsure = was_unsure || matches!(failure, Failure::Unknown { .. });
                self.unsent = Some(request);
                self.was_busy = matches!(failure, Failure::Busy);
                self.keep_draft(context);
                Turn::Alarm(match self.was_busy {
                    true => "not saved yet: others write in the database. It is tried again by itself".to_owned(),
                    false => format!("not saved yet: {failure}. It is sent again when the database is back"),
                })
            }
            Failure::NotFound { what, .. }
                if what == self.resource.entity.singular
                    && matches!(self.task, Task::Record)
                    && self.record.is_some() =>
            {
                let title = self.title(Manner::default());
                self.refusal = Some(format!(
                    "{title} is not there any more: somebody took it away meanwhile. What you typed stays a draft; ‹leave› goes back"
                ));
                self.keep_draft(context);
                Turn::Alarm(format!("{}: not done, and why stands above the form", self.verb(Words::ENGLISH)))
            }
            failure => {
                self.refusal = Some(failure.to_string());
                Turn::Alarm(format!("{}: not done, and why stands above the form", self.verb(Words::ENGLISH)))
            }
        }
    }

    /// Says at the fields what is wrong with them; what is told of it.
    pub fn show_problems(&mut self, problems: Vec<Problem>) -> String {
        let (mut first, mut elsewhere, mut told) = (None, Vec::new(), Vec::new());
        for problem in problems {
            let own = self.fields[..self.head()].iter().position(|field| field.field.name == problem.field);
            match own.or_else(|| self.wrong_cell(&problem)) {
                Some(index) => {
                    // What proves who somebody is is typed anew.
                    if self.fields[index].field.proves {
                        self.fields[index].set_text("");
                    }
                    // Several may stand in the way of one field: all of them are told.
                    let others = self.fields[index].problem.take().filter(|_| told.contains(&index));
                    self.fields[index].problem = Some(match others {
                        Some(others) => format!("{others}; {}", problem.message),
                        None => problem.message,
                    });
                    self.fields[index].saved_wrong = true;
                    told.push(index);
                    first = first.or(Some(index));
                }
                None => elsewhere.push(format!("{}: {}", problem.field, problem.message)),
            }
        }
        if let Some(index) = first {
            self.focus = index;
        }
        if elsewhere.is_empty() {
            "not saved: something is not right yet, ‹next-problem› goes to the next".into()
        } else {
            elsewhere.join("; ")
        }
    }
}
