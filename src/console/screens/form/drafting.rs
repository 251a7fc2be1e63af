//! Keeping what is typed: on disk soon after the last key, offered again as it stood.

use std::time::{Duration, Instant};

use super::asking::NAMED;
use super::merging::REPLACED;
use super::{Aimed, Form, FormField, Task};
use crate::console::drafts::Draft;
use crate::console::message::Question;
use crate::console::screens::Context;
use crate::domain::manner::Manner;
use crate::domain::text::clean;
use crate::resources::Resource;
use crate::store::{Record, operation};

/// What is said of a form that is gone on with.
pub(super) const GOES_ON: &str = "Your unfinished form, as it stood: nothing of it is saved yet.";
/// What is typed is on disk this long after the last key.
const DRAFT_AFTER: Duration = Duration::from_millis(300);

impl Form {
    /// A form as a draft left it; none where its operation is no longer known.
    pub fn restore(
        resource: &'static Resource,
        draft: &Draft,
        record: Option<Record>,
        context: &mut Context<'_>,
    ) -> Option<Self> {
        let mut form = match draft.operation.as_deref() {
            None => Self::open(resource, record, context),
            Some(name) => {
                let operation = operation::find(name)?;
                let aimed = Aimed { records: draft.aims.clone(), names: draft.names.clone(), open: None };
                Self::for_operation(resource, operation, aimed, context)
            }
        };
        form.known_as = (!draft.title.is_empty()).then(|| draft.title.clone());
        form.go_on(draft, context);
        form.ask_for_currency(context);
        Some(form)
    }

    /// Puts into the form what a draft kept of it.
    pub fn go_on(&mut self, draft: &Draft, context: &mut Context<'_>) {
        self.draft = draft.id;
        self.draft_kept = true;
        self.fill_chosen_field(&draft.fields, context.words);
        let head = self.head();
        for field in self.fields[..head].iter_mut().filter(|field| !field.is_secret()) {
            if let Some(before) = draft.before.get(field.field.name) {
                field.before.clone_from(before);
                field.is_begun = true;
            }
            if let Some(text) = draft.fields.get(field.field.name) {
                field.goes_on_with(text);
                field.insists = draft.undecided.iter().any(|name| name == field.field.name);
                self.edited.push(field.known());
            }
        }
        self.reshape();
        self.go_on_with_lines(draft, context);
        self.focus = self.fields.iter().position(FormField::is_changed).unwrap_or(self.focus);
        self.notice = Some(self.lines_not_taken().unwrap_or_else(|| GOES_ON.into()));
        for index in 0..self.fields.len() {
            let field = &mut self.fields[index];
            if let Some(entry) = draft.unfinished.get(field.field.name) {
                field.refuse(format!("an entry was not finished: ‘{}’: write it anew", clean(entry)));
            } else if draft.left_out.iter().any(|name| name == field.field.name) && field.text().is_empty() {
                let is_replaced = field.is_secret() && draft.before.contains_key(field.field.name);
                field.theirs = is_replaced.then(|| REPLACED.to_owned());
                field.refuse(match is_replaced {
                    true => {
                        "was typed, which no draft keeps, and somebody else set another one: choose, or type it again"
                            .into()
                    }
                    false => "was typed, and no draft keeps it: type it again".into(),
                });
            } else if field.is_changed() {
                self.check_field(index, context);
            }
        }
        self.look_whom_it_names(context);
        // It is this console's from now on: another one of the same person is not to be offered it too.
        self.typed_at.get_or_insert(context.tick);
    }

    /// Whether something was typed that a draft keeps.
    #[must_use]
    pub fn leaves_a_draft(&self) -> bool {
        self.removes_lines()
            || !self.unread.is_empty()
            || self.fields.iter().any(|field| is_kept(field) && !field.is_as_given())
    }

    /// When what was typed goes to disk, if it has to.
    #[must_use]
    pub fn due(&self, tick: Instant) -> Option<Instant> {
        let due = self.typed_at? + DRAFT_AFTER;
        Some(if self.keeping.is_some() { due.max(tick + DRAFT_AFTER) } else { due })
    }

    /// When it has something to do by itself.
    #[must_use]
    pub fn wakes_at(&self, tick: Instant) -> Option<Instant> {
        [self.due(tick), self.tries_at(), self.tries_answers_at()].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn tick(&mut self, context: &mut Context<'_>) {
        self.try_lines(context);
        self.try_answers(context);
        if self.keeping.is_none() && self.due(context.tick).is_some_and(|due| context.tick >= due) {
            self.keep_draft(context);
        }
    }

    /// Puts what was typed on disk; what was not typed leaves no draft.
    pub fn keep_draft(&mut self, context: &mut Context<'_>) {
        self.typed_at = None;
        if !self.leaves_a_draft() {
            if self.draft_kept {
                self.draft_kept = false;
                context.asks.ask(Question::DropDraft(self.draft));
            }
            return;
        }
        self.keeping = Some(context.asks.ask(Question::KeepDraft(self.as_draft())));
    }

    /// Says that another one was left unfinished. What is typed here is no part of it.
    pub fn offer(&mut self, draft: &Draft) {
        let label = draft.fields.get(self.resource.entity.label);
        let told = label.or_else(|| draft.fields.values().find(|text| !text.is_empty()));
        let told = clean(told.map_or(draft.title.as_str(), String::as_str)).into_owned();
        self.offered = Some(draft.id);
        self.notice =
            Some(format!("Left unfinished: {told}. ‹take-up› goes on with it; what you type is another one."));
    }

    /// The form as a draft: what was typed, secrets aside.
    #[must_use]
    pub fn as_draft(&self) -> Draft {
        let kept = || self.fields.iter().filter(|field| is_kept(field) || self.is_beside_what_was_typed(field));
        Draft {
            id: self.draft,
            resource: self.resource.entity.name.to_owned(),
            operation: match &self.task {
                Task::Record => None,
                Task::Operation { operation, .. } | Task::SetField { operation, .. } => Some(operation.name.to_owned()),
            },
            aims: self.task.aimed().map(|aimed| aimed.records.clone()).unwrap_or_default(),
            names: self.task.aimed().map(|aimed| aimed.names.iter().take(NAMED).cloned().collect()).unwrap_or_default(),
            record: self.record.as_ref().map(|record| record.id),
            version: self.record.as_ref().map_or(0, |record| record.version),
            title: self.title(Manner::default()),
            fields: kept()
                .map(|field| (self.name_in_draft(field), field.text()))
                .chain(self.removed_in_draft())
                // What waits for the lines to be read is no less typed.
                .chain(self.unread.iter().map(|(name, typed)| (name.clone(), typed.text.clone())))
                .collect(),
            before: kept()
                .map(|field| (self.name_in_draft(field), field.before_in_draft().to_owned()))
                .chain(self.unread.iter().filter_map(|(name, typed)| Some((name.clone(), typed.before.clone()?))))
                // Of a secret no more than that somebody else replaced it as well.
                .chain(
                    self.fields
                        .iter()
                        .filter(|field| field.is_secret() && field.theirs.is_some())
                        .map(|field| (self.name_in_draft(field), REPLACED.to_owned())),
                )
                .collect(),
            unfinished: (self.fields.iter())
                .filter_map(|field| Some((field.field.name.to_owned(), field.unfinished()?.to_owned())))
                .collect(),
            undecided: (self.fields.iter().filter(|field| field.theirs.is_some() || field.insists))
                .map(|field| self.name_in_draft(field))
                // What waits for the lines to be read is no more decided.
                .chain(self.unread.iter().filter(|(_, typed)| typed.insists).map(|(name, _)| name.clone()))
                .collect(),
            left_out: (self.fields.iter().filter(|field| field.is_changed() && !is_kept(field)))
                .map(|field| self.name_in_draft(field))
                .collect(),
        }
    }
}

/// What was typed and may lie on a disk: no secret, and nothing that proves who typed it.
fn is_kept(field: &FormField) -> bool {
    field.is_changed() && !field.is_secret() && !field.field.proves
}
