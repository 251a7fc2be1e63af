//! A form: the fields of one record, new or changed, or what an operation asks before it runs.
//! Checked as one leaves each field, saved as a whole, merged field by field with what somebody else
//! saved meanwhile, kept as a draft while it is typed.

mod asking;
mod choosing;
mod currency;
mod drafting;
mod editing;
mod field;
mod judging;
mod lines;
mod looking;
mod merging;
mod ruling;
mod saving;
mod shape;
mod steps;
mod trying;

use std::collections::BTreeMap;
use std::time::Instant;

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::input::Press;
use crate::console::message::{Number, Performed, Question};
use crate::domain::Id;
use crate::domain::manner::Manner;
use crate::domain::words::Words;
use crate::resources::Resource;
use crate::store::{Record, Request};

use currency::Currencies;
use trying::Trial;

pub use asking::{Aimed, Task};
pub use choosing::{Offer, Picker};
pub use field::{Editor, FormField};
pub use lines::{Cell, LineRow, Lines, REMOVED, takes_more_parts};
use lines::{RowKey, Unread};

/// A form.
#[derive(Debug)]
pub struct Form {
    pub resource: &'static Resource,
    pub task: Task,
    /// The record as it was read last; none for a new one.
    pub record: Option<Record>,
    /// The record's own fields, behind them the cells of its lines.
    pub fields: Vec<FormField>,
    pub lines: Option<Box<Lines>>,
    /// What a draft kept of the lines, until they are read.
    unread: BTreeMap<String, Unread>,
    /// Something was done to the lines since that was asked last.
    lines_were_changed: bool,
    /// The field that the cursor is in; behind the last one it stands on what saves.
    pub focus: usize,
    /// The field in which something was written or moved since the cursor came into it.
    handled: Option<usize>,
    /// The first row shown, as the last painting gave it.
    pub first: u16,
    pub picker: Option<Picker>,
    /// What happened meanwhile.
    pub notice: Option<String>,
    /// Why what it asked for was not done, where no field is wrong.
    pub refusal: Option<String>,
    pub draft: Id,
    pub draft_kept: bool,
    /// A draft of another new record of this kind, which one may go on with instead.
    pub offered: Option<Id>,
    /// What its record was called when a draft of it was kept.
    known_as: Option<String>,
    typed_at: Option<Instant>,
    keeping: Option<Number>,
    saving: Option<(Number, Box<Request>)>,
    /// Could not be sent: the line to the database is gone. It is sent once when that is back.
    unsent: Option<Box<Request>>,
    /// What kept it from being sent were others who wrote: the line is there.
    was_busy: bool,
    /// It may have been done: the line broke before the database said so.
    is_unsure: bool,
    merging: Option<Number>,
    /// It is read again behind whoever types: the cursor stays where it is.
    stays_put: bool,
    reading: Option<Number>,
    /// Whether somebody else changed the record meanwhile is being asked.
    looking_again: Option<Number>,
    /// Save was asked for while the record was still being read.
    saves_once_read: bool,
    /// The field for which a missing record is being added in a form above this one.
    adding: Option<usize>,
    filling: Option<(Number, usize)>,
    trial: Trial,
    currencies: Currencies,
    /// Fields that were typed in, the latest last; and those in which that was taken back.
    edited: Vec<Known>,
    undone: Vec<Known>,
}

/// A field by its name and its line, if it is a cell of one.
type Known = (&'static str, Option<RowKey>);

/// What became of a key or an answer.
#[derive(Debug)]
pub enum Outcome {
    Turn(Turn),
    /// Saved: this record, called so.
    Saved(Id, String),
    /// The operation was done, as it was asked for.
    Performed(Performed, Box<Request>),
    /// All is filled in: ask whether it is to be done.
    Ask(Box<Request>),
    /// Add the missing record of this kind, called so as far as was typed.
    Add(&'static Resource, String),
    /// Throw the typed text away? The place asks first.
    Discard,
    /// Nothing that was typed here is left to take back, or to do again: operations are.
    Operations {
        redo: bool,
    },
}

impl Form {
    fn with(resource: &'static Resource, task: Task, fields: Vec<FormField>) -> Self {
        Self {
            resource,
            task,
            record: None,
            fields,
            lines: None,
            unread: BTreeMap::new(),
            lines_were_changed: false,
            focus: 0,
            handled: None,
            first: 0,
            picker: None,
            notice: None,
            refusal: None,
            draft: Id::new(),
            draft_kept: false,
            typed_at: None,
            keeping: None,
            saving: None,
            offered: None,
            unsent: None,
            was_busy: false,
            known_as: None,
            looking_again: None,
            is_unsure: false,
            merging: None,
            stays_put: false,
            reading: None,
            saves_once_read: false,
            adding: None,
            filling: None,
            trial: Trial::default(),
            currencies: Currencies::default(),
            edited: Vec::new(),
            undone: Vec::new(),
        }
    }

    pub fn open(resource: &'static Resource, record: Option<Record>, context: &mut Context<'_>) -> Self {
        let creating = record.is_none();
        let fields =
            resource.form_fields(creating).map(|field| FormField::new(field, record.as_ref(), context)).collect();
        let mut form = Self { record, ..Self::with(resource, Task::Record, fields) };
        form.currencies.home.clone_from(&context.session.tenant.currency);
        form.reshape();
        if creating {
            form.offer_lines(context);
            let own = &form.fields[..form.head()];
            // What is given where nothing is written is no place to begin.
            let begins = |field: &FormField| field.field.name != "number";
            let required = own.iter().position(|field| field.field.required);
            form.focus = required.or_else(|| own.iter().position(begins)).unwrap_or(0);
        }
        // A list carries some fields only: the form wants all of them, as they are now.
        if let Some(id) = form.record.as_ref().map(|record| record.id) {
            form.reading = Some(context.asks.ask(Question::Get { entity: resource.entity, id }));
        }
        form.ask_for_currency(context);
        form
    }

    /// Puts the cursor into a field, if the form has it.
    pub fn focus_on(&mut self, field: &str) {
        self.focus = self.fields.iter().position(|known| known.field.name == field).unwrap_or(self.focus);
    }

    /// Writes into a field what is known of it already.
    pub fn prefill(&mut self, field: &str, text: &str) {
        if let Some(known) = self.fields.iter_mut().find(|known| known.field.name == field) {
            known.set_text(text);
        }
        self.reshape();
    }

    /// Fills in a field for whoever opens the form: nothing that they typed.
    pub fn give(&mut self, field: &str, text: &str, context: &mut Context<'_>) {
        self.prefill(field, text);
        if let Some(known) = self.fields.iter_mut().find(|known| known.field.name == field) {
            known.given = Some(known.text());
        }
        // One goes on with what is still to be filled in.
        if self.fields.get(self.focus).is_some_and(|known| known.field.name == field) {
            let open = |known: &FormField| known.text().is_empty();
            let wanted = self.fields.iter().position(|known| open(known) && known.field.required);
            self.focus = wanted.or_else(|| self.fields.iter().position(open)).unwrap_or(self.focus);
        }
        self.look_whom_it_names(context);
    }

    /// Whether this stands in a field.
    #[must_use]
    pub fn holds(&self, field: &str, text: &str) -> bool {
        self.fields.iter().any(|known| known.field.name == field && known.text() == text)
    }

    /// Whether somebody typed something: what was filled in for them is none of theirs yet.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.removes_lines() || self.fields.iter().any(|field| field.is_changed() && !field.is_as_given())
    }

    /// Whether it is the form of this record, or of a new one.
    #[must_use]
    pub fn is_of(&self, id: Option<Id>) -> bool {
        matches!(self.task, Task::Record) && self.record.as_ref().map(|record| record.id) == id
    }

    /// Whether the fields are still to be read that the record was opened without.
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    #[must_use]
    pub const fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// Whether it is being saved, or will be as soon as it is read.
    #[must_use]
    pub const fn is_on_its_way(&self) -> bool {
        self.saving.is_some() || self.saves_once_read
    }

    /// Whether it may have been saved: the line broke before that was said.
    #[must_use]
    pub const fn is_unsure(&self) -> bool {
        self.is_unsure && self.unsent.is_some()
    }

    /// Whether it is to be gone on with here before it can be saved.
    #[must_use]
    pub const fn is_put_right(&self) -> bool {
        !self.is_on_its_way() && !self.is_unsure()
    }

    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        self.unsent.is_some()
    }

    #[must_use]
    pub fn title(&self, manner: Manner) -> String {
        self.title_in(manner, Words::ENGLISH)
    }

    /// The same in somebody's language.
    #[must_use]
    pub fn title_in(&self, manner: Manner, words: &Words) -> String {
        match (&self.task, &self.record) {
            // Of one that is gone it is still known what it was called.
            (Task::Record, Some(record)) => match (record.own_title(), &self.known_as) {
                (None, Some(known)) => known.clone(),
                _ => record.title(),
            },
            (Task::Record, None) => words.told(&format!("new {}", self.resource.entity.singular)).into_owned(),
            (task, _) => task.title(manner, words),
        }
    }

    fn current(&mut self) -> Option<&mut FormField> {
        self.fields.get_mut(self.focus)
    }

    fn typed(&mut self, context: &Context<'_>) {
        self.typed_at.get_or_insert(context.tick);
        self.saves_once_read = false;
        (self.notice, self.refusal) = (None, None);
        self.answers_changed();
        self.judge_anew(context.locale());
        if self.is_in_lines() {
            self.lines_were_changed = true;
            self.end_block();
        } else if let Some(known) = self.fields.get(self.focus).map(FormField::known) {
            self.edited.retain(|other| *other != known);
            self.edited.push(known);
            self.undone.clear();
        }
        if let Some(field) = self.current() {
            field.problem = None;
            (field.tried_wrong, field.saved_wrong) = (false, false);
            field.refused = None;
            field.means = None;
            field.looking = None;
        }
        if self.chooses_a_shape(self.focus) {
            self.reshape();
            self.judge_shapes();
        }
        if self.is_in_lines() {
            self.add_blank(context);
        }
        self.lines_changed(context);
    }

    /// Whether what is written now takes the place of what stands in the field: it was chosen as a whole, or is a number or a
    /// time, and nobody has begun to edit it since the cursor came there.
    fn replaces(&self) -> bool {
        let Some(field) = self.fields.get(self.focus) else { return false };
        let is_one_line = matches!(field.editor, Editor::Line(_));
        // What nobody sees is not added to: who comes back to it writes it anew.
        let is_blind = field.is_secret();
        let is_chosen = field.is_written_anew() || is_blind || self.offers_while_typing() || self.is_in_lines();
        is_one_line && is_chosen && self.handled != Some(self.focus)
    }

    /// Text that was pasted or scanned.
    pub fn paste(&mut self, text: &str, context: &mut Context<'_>) {
        if let Some(why) = self.why_held(None, context.lost) {
            self.notice = Some(why.into());
            return;
        }
        let (stood, waiting) = (self.snapshot(), self.texts_that_wait());
        self.lines_were_changed = false;
        self.write_pasted(text, context);
        self.waits_no_more(waiting);
        self.remember_lines(stood);
    }

    fn write_pasted(&mut self, text: &str, context: &mut Context<'_>) {
        self.picker = None;
        if self.is_on_save() {
            self.notice = Some("a paste goes into a field: move to one first".into());
            return;
        }
        if self.paste_block(text, context) {
            return;
        }
        if let Some(why) = self.why_locked(self.focus) {
            self.notice = Some(why);
            return;
        }
        let replaces = self.replaces();
        self.handled = Some(self.focus);
        if let Some(field) = self.fields.get_mut(self.focus) {
            match &mut field.editor {
                Editor::Line(line) if replaces => line.set_text(text.trim_end_matches('\n')),
                Editor::Line(line) => line.insert(text.trim_end_matches('\n')),
                Editor::Lines(lines) => lines.insert(text),
                Editor::Tags(tags) => tags.insert(text),
                Editor::Tree(tree) => tree.insert(text),
            }
            self.typed(context);
        }
    }

    /// Whether Enter begins a line in the field, where it goes to the next one elsewhere.
    #[must_use]
    pub fn takes_lines(&self) -> bool {
        self.fields.get(self.focus).is_some_and(|field| match &field.editor {
            Editor::Lines(lines) => !lines.is_left_by_enter(),
            _ => false,
        })
    }

    /// Whether an action does something here.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        if let Some(answers) = self.answers_in_lines(action) {
            return answers;
        }
        let in_tree = || {
            let field = self.fields.get(self.focus).filter(|_| self.why_locked(self.focus).is_none());
            field.is_some_and(|field| matches!(&field.editor, Editor::Tree(tree) if tree.answers(action)))
        };
        match action {
            Action::Save
            | Action::NextPane
            | Action::PreviousPane
            | Action::Up
            | Action::Down
            | Action::Left
            | Action::Right
            | Action::Home
            | Action::End
            | Action::NextProblem
            | Action::Discard => true,
            Action::FieldNext => true,
            // Among lines it goes down.
            Action::FieldChoose => self.has_choices() && !self.is_in_lines() && self.picker.is_none(),
            Action::TakeTheirs => self.undecided() > 0,
            Action::TakeUp => self.offered.is_some() && !self.is_touched(),
            Action::AddEntry | Action::RemoveEntry | Action::EntryUp | Action::EntryDown => in_tree(),
            _ => false,
        }
    }

    /// What an action does in the field under the cursor, where that is not what it does in others: the key of a text.
    #[must_use]
    pub fn does(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::FieldNext if self.picker.as_ref().is_some_and(|picker| picker.chosen().is_some()) => {
                Some("line.takes")
            }
            Action::Leave if self.picker.is_some() => Some("line.closes"),
            Action::FieldNext if self.is_on_save() => Some("line.saves"),
            Action::FieldNext if self.takes_lines() => Some("line.begins-line"),
            Action::FieldNext if self.is_in_lines() => Some("line.below"),
            Action::FieldNext => match self.fields.get(self.focus).map(|field| &field.editor) {
                Some(Editor::Tree(tree)) => Some(tree.enter_does()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the field under the cursor is edited as a line is.
    #[must_use]
    pub fn is_in_text(&self) -> bool {
        let editor = self.fields.get(self.focus).map(|field| &field.editor);
        self.why_locked(self.focus).is_none()
            && editor.is_some_and(|editor| !matches!(editor, Editor::Tree(tree) if !tree.is_writing()))
    }

    pub fn press(&mut self, press: Press, action: Option<Action>, context: &mut Context<'_>) -> Outcome {
        let came_from = self.focus;
        let (stood, waiting) = (self.snapshot(), self.texts_that_wait());
        self.lines_were_changed = false;
        let outcome = self.answer(press, action, context);
        self.waits_no_more(waiting);
        self.remember_lines(stood.filter(|_| !matches!(action, Some(Action::Undo | Action::Redo))));
        if self.focus != came_from {
            self.handled = None;
            self.came_to_field();
        }
        self.ask_for_currency(context);
        outcome
    }

    fn answer(&mut self, press: Press, action: Option<Action>, context: &mut Context<'_>) -> Outcome {
        if let Some(why) = self.why_held(action, context.lost) {
            return Outcome::Turn(Turn::Tell(why.into()));
        }
        self.adding = None;
        if action == Some(Action::NextPane) {
            self.goes_along_the_line();
        }
        if self.picker.is_some()
            && let Some(outcome) = self.press_in_picker(action, context)
        {
            return outcome;
        }
        match action {
            Some(Action::Undo) if !self.take_back_typed(context) => {
                return Outcome::Operations { redo: false };
            }
            Some(Action::Undo) => return Outcome::Turn(Turn::Stay),
            Some(Action::Redo) if !self.do_typed_again(context) => {
                return Outcome::Operations { redo: true };
            }
            Some(Action::Redo) => return Outcome::Turn(Turn::Stay),
            _ => {}
        }
        if let Some(turn) = action.and_then(|action| self.act_in_lines(action, context)) {
            return Outcome::Turn(turn);
        }
        if let Some(action) = action
            && self.act_in_editor(action, context)
        {
            return Outcome::Turn(Turn::Stay);
        }
        match action {
            Some(Action::Save) => return self.save(context),
            // A held key and a scanner that ends what it reads with Enter go no further than here.
            Some(Action::FieldNext) if self.is_on_save() => {
                if !press.repeat && !press.suspect {
                    return self.save(context);
                }
            }
            Some(Action::FieldNext | Action::NextPane) => self.leave_field(1, context),
            Some(Action::PreviousPane | Action::Up) => self.leave_field(-1, context),
            Some(Action::Down | Action::FieldChoose) => {
                if !self.open_picker(true, context) {
                    self.leave_field(1, context);
                }
            }
            Some(Action::PageDown) => self.leave_field(
                self.a_screen(context).min(self.fields.len() - self.focus.min(self.fields.len())).cast_signed(),
                context,
            ),
            Some(Action::PageUp) => self.leave_field(-self.a_screen(context).min(self.focus).cast_signed(), context),
            Some(Action::NextProblem) => return self.go_to_problem(context),
            Some(Action::TakeTheirs) => self.take_theirs(context),
            Some(Action::Discard) => return Outcome::Discard,
            Some(Action::Leave | Action::Stop) => {
                self.keep_draft(context);
                return Outcome::Turn(Turn::Back);
            }
            _ => match self.why_locked(self.focus).filter(|_| press.key.text().is_some()) {
                Some(why) => return Outcome::Turn(Turn::Tell(why)),
                None => self.edit(press, action, context),
            },
        }
        Outcome::Turn(Turn::Stay)
    }

    /// Whether the cursor stands behind the last field, on what saves.
    #[must_use]
    pub const fn is_on_save(&self) -> bool {
        self.focus >= self.fields.len()
    }

    /// Fields that one screen shows, about.
    const fn a_screen(&self, context: &Context<'_>) -> usize {
        if context.rows > 2 { context.rows - 1 } else { 1 }
    }

    /// Goes to the field that was pointed at, in a line to the letter in this column of its value.
    pub fn point_at(&mut self, index: usize, column: Option<usize>, context: &mut Context<'_>) {
        if index != self.focus {
            self.leave_field(0, context);
            (self.focus, self.handled) = (index, None);
        }
        if let (Some(Editor::Line(line)), Some(column)) = (self.current().map(|field| &mut field.editor), column) {
            // Who points at a letter edits what stands there.
            if line.point_at(column) {
                self.handled = Some(index);
            }
        }
    }

    /// Checks the field that one leaves and goes on.
    pub(super) fn leave_field(&mut self, by: isize, context: &mut Context<'_>) {
        self.picker = None;
        self.check_field(self.focus, context);
        self.answers_were_left(context);
        let count = (self.fields.len() + 1).cast_signed();
        self.focus = (self.focus.cast_signed() + by).rem_euclid(count).cast_unsigned();
    }
}
