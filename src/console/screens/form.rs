//! A form: the fields of one record, new or changed. Checked as one leaves each field, saved as a
//! whole, merged field by field with what somebody else saved meanwhile, kept as a draft while it is
//! typed.

mod choosing;
mod saving;

use std::time::{Duration, Instant};

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::drafts::Draft;
use crate::console::input::Press;
use crate::console::message::{Number, Question};
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::text::TextEditor;
use crate::domain::{Id, Kind, Value, time};
use crate::resources::Resource;
use crate::store::{Field, Record, Request};

/// What is typed is on disk this long after the last key.
const DRAFT_AFTER: Duration = Duration::from_millis(300);

/// How a field is edited.
#[derive(Debug)]
pub enum Editor {
    Line(LineEditor),
    Lines(Box<TextEditor>),
}

/// One field of a form.
#[derive(Debug)]
pub struct FormField {
    pub field: &'static Field,
    pub editor: Editor,
    /// What it held when the form was opened, as text.
    pub before: String,
    pub problem: Option<String>,
    /// A secret that is there already: empty means unchanged.
    pub has_secret: bool,
    /// What somebody else made it meanwhile, where both changed it.
    pub theirs: Option<String>,
}

impl FormField {
    #[must_use]
    pub fn text(&self) -> String {
        match &self.editor {
            Editor::Line(line) => line.text().to_owned(),
            Editor::Lines(lines) => lines.text(),
        }
    }

    fn set_text(&mut self, text: &str) {
        match &mut self.editor {
            Editor::Line(line) => line.set_text(text),
            Editor::Lines(lines) => **lines = TextEditor::with_text(text),
        }
    }

    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.text() != self.before
    }

    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.field.kind == Kind::Secret
    }
}

/// The choices of the field under the cursor.
#[derive(Debug, Default)]
pub struct Picker {
    /// What is shown, and what is written when it is taken.
    pub choices: Vec<(String, String)>,
    pub cursor: usize,
    /// Why there are none: nothing was read yet, nothing fits, or it could not be read.
    pub empty: String,
    asked: Option<Number>,
}

/// A form.
#[derive(Debug)]
pub struct Form {
    pub resource: &'static Resource,
    /// The record as it was read last; none for a new one.
    pub record: Option<Record>,
    pub fields: Vec<FormField>,
    pub focus: usize,
    /// The first row shown, as the last painting gave it.
    pub first: u16,
    pub picker: Option<Picker>,
    /// What went wrong as a whole, or what happened meanwhile.
    pub notice: Option<String>,
    pub draft: Id,
    pub draft_kept: bool,
    typed_at: Option<Instant>,
    keeping: Option<Number>,
    saving: Option<(Number, Box<Request>)>,
    /// Could not be sent: the line to the database is gone. It is sent once when that is back.
    unsent: Option<Box<Request>>,
    merging: Option<Number>,
    reading: Option<Number>,
}

/// What became of a key or an answer.
#[derive(Debug)]
pub enum Outcome {
    Turn(Turn),
    /// Saved: this record, called so.
    Saved(Id, String),
    /// Throw the typed text away? The place asks first.
    Discard,
}

impl Form {
    pub fn open(resource: &'static Resource, record: Option<Record>, context: &mut Context<'_>) -> Self {
        let creating = record.is_none();
        let mut form = Self {
            resource,
            fields: resource.form_fields(creating).map(|field| form_field(field, record.as_ref(), context)).collect(),
            record,
            focus: 0,
            first: 0,
            picker: None,
            notice: None,
            draft: Id::new(),
            draft_kept: false,
            typed_at: None,
            keeping: None,
            saving: None,
            unsent: None,
            merging: None,
            reading: None,
        };
        if creating {
            form.focus = form.fields.iter().position(|field| field.field.required).unwrap_or(0);
        }
        // A list carries some fields only: the form wants all of them, as they are now.
        if let Some(id) = form.record.as_ref().map(|record| record.id) {
            form.reading = Some(context.asks.ask(Question::Get { entity: resource.entity, id }));
        }
        form
    }

    /// A form as a draft left it.
    pub fn restore(
        resource: &'static Resource,
        draft: &Draft,
        record: Option<Record>,
        context: &mut Context<'_>,
    ) -> Self {
        let mut form = Self::open(resource, record, context);
        form.draft = draft.id;
        form.draft_kept = true;
        for field in &mut form.fields {
            if let Some(before) = draft.before.get(field.field.name) {
                field.before.clone_from(before);
            }
            if let Some(text) = draft.fields.get(field.field.name) {
                field.set_text(text);
            }
        }
        form.focus = form.fields.iter().position(FormField::is_changed).unwrap_or(form.focus);
        form.notice = Some("Your unfinished form, as it stood. C-s saves it.".into());
        form
    }

    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.fields.iter().any(FormField::is_changed)
    }

    #[must_use]
    pub const fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        self.unsent.is_some()
    }

    #[must_use]
    pub fn title(&self) -> String {
        match &self.record {
            Some(record) => record.title(),
            None => format!("new {}", self.resource.entity.singular),
        }
    }

    fn current(&mut self) -> Option<&mut FormField> {
        self.fields.get_mut(self.focus)
    }

    fn typed(&mut self, context: &Context<'_>) {
        self.typed_at = Some(context.tick);
        self.notice = None;
        if let Some(field) = self.current() {
            field.problem = None;
        }
    }

    /// Text that was pasted or scanned.
    pub fn paste(&mut self, text: &str, context: &mut Context<'_>) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            match &mut field.editor {
                Editor::Line(line) => line.insert(text.trim_end_matches('\n')),
                Editor::Lines(lines) => lines.insert(text),
            }
            self.typed(context);
        }
    }

    /// Whether an action does something here.
    #[must_use]
    pub const fn answers(action: Action) -> bool {
        matches!(
            action,
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
                | Action::FieldNext
                | Action::FieldChoose
                | Action::TakeTheirs
                | Action::Discard
        )
    }

    pub fn press(&mut self, press: Press, action: Option<Action>, context: &mut Context<'_>) -> Outcome {
        if self.picker.is_some()
            && let Some(outcome) = self.press_in_picker(action, context)
        {
            return outcome;
        }
        let in_lines = matches!(self.fields.get(self.focus).map(|field| &field.editor), Some(Editor::Lines(_)));
        match action {
            Some(Action::Save) => return Outcome::Turn(self.save(context)),
            Some(Action::FieldNext) if !in_lines => self.leave_field(1, context),
            Some(Action::NextPane) => self.leave_field(1, context),
            Some(Action::PreviousPane) => self.leave_field(-1, context),
            Some(Action::Up) if !in_lines => self.leave_field(-1, context),
            Some(Action::Down | Action::FieldChoose) if !in_lines => {
                if !self.open_picker(context) {
                    self.leave_field(1, context);
                }
            }
            Some(Action::NextProblem) => self.go_to_problem(),
            Some(Action::TakeTheirs) => self.take_theirs(context),
            Some(Action::Discard) => return Outcome::Discard,
            Some(Action::Leave | Action::Stop) => {
                self.keep_draft(context);
                return Outcome::Turn(Turn::Back);
            }
            _ => self.edit(press, action, context),
        }
        Outcome::Turn(Turn::Stay)
    }

    fn edit(&mut self, press: Press, action: Option<Action>, context: &mut Context<'_>) {
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        if field.field.kind == Kind::Bool && press.key.text() == Some(' ') {
            let next = if field.text() == "yes" { "no" } else { "yes" };
            field.set_text(next);
            return self.typed(context);
        }
        let before = field.text();
        match &mut field.editor {
            Editor::Line(line) => {
                if !action.is_some_and(|action| line.act(action)) {
                    line.press(press.key);
                }
            }
            Editor::Lines(lines) => {
                if !action.is_some_and(|action| lines.act(action)) {
                    lines.press(press.key);
                }
            }
        }
        if field.text() != before {
            self.typed(context);
            if self.picker.is_some() {
                self.open_picker(context);
            }
        }
    }

    /// Checks the field that one leaves and goes on.
    fn leave_field(&mut self, by: isize, context: &Context<'_>) {
        let locale = context.locale();
        if let Some(field) = self.fields.get_mut(self.focus)
            && field.is_changed()
        {
            field.problem = check(field, locale).err();
        }
        self.picker = None;
        let count = self.fields.len().max(1).cast_signed();
        self.focus = (self.focus.cast_signed() + by).rem_euclid(count).cast_unsigned();
    }

    fn go_to_problem(&mut self) {
        let count = self.fields.len();
        let next = (1..=count).map(|step| (self.focus + step) % count).find(|index| {
            let field = &self.fields[*index];
            field.problem.is_some() || field.theirs.is_some()
        });
        match next {
            Some(index) => self.focus = index,
            None => self.notice = Some("nothing is wrong".into()),
        }
    }

    fn take_theirs(&mut self, context: &Context<'_>) {
        let Some(field) = self.current() else { return };
        match field.theirs.take() {
            Some(theirs) => {
                field.set_text(&theirs);
                field.before = theirs;
                self.typed(context);
            }
            None => self.notice = Some("nobody else changed this field".into()),
        }
    }

    // ---- drafts

    /// When what was typed goes to disk, if it has to.
    #[must_use]
    pub fn due(&self, tick: Instant) -> Option<Instant> {
        let due = self.typed_at? + DRAFT_AFTER;
        Some(if self.keeping.is_some() { due.max(tick + DRAFT_AFTER) } else { due })
    }

    /// Time has passed.
    pub fn tick(&mut self, context: &mut Context<'_>) {
        if self.keeping.is_none() && self.due(context.tick).is_some_and(|due| context.tick >= due) {
            self.keep_draft(context);
        }
    }

    /// Puts what was typed on disk; what was not typed leaves no draft.
    pub fn keep_draft(&mut self, context: &mut Context<'_>) {
        self.typed_at = None;
        if !self.is_touched() {
            if self.draft_kept {
                self.draft_kept = false;
                context.asks.ask(Question::DropDraft(self.draft));
            }
            return;
        }
        self.keeping = Some(context.asks.ask(Question::KeepDraft(self.as_draft())));
    }

    /// The form as a draft: what was typed, secrets aside.
    #[must_use]
    pub fn as_draft(&self) -> Draft {
        let kept = || self.fields.iter().filter(|field| field.is_changed() && !field.is_secret());
        Draft {
            id: self.draft,
            resource: self.resource.entity.name.to_owned(),
            record: self.record.as_ref().map(|record| record.id),
            version: self.record.as_ref().map_or(0, |record| record.version),
            title: self.title(),
            fields: kept().map(|field| (field.field.name.to_owned(), field.text())).collect(),
            before: kept().map(|field| (field.field.name.to_owned(), field.before.clone())).collect(),
        }
    }
}

fn form_field(field: &'static Field, record: Option<&Record>, context: &Context<'_>) -> FormField {
    let before = match record {
        Some(record) => text_of(record, field, context),
        None => String::new(),
    };
    let editor = match field.kind {
        Kind::Lines => Editor::Lines(Box::new(TextEditor::with_text(&before))),
        Kind::Secret => Editor::Line(LineEditor::secret()),
        _ => Editor::Line(LineEditor::with_text(&before)),
    };
    let has_secret = record.is_some_and(|record| !record.get(field.name).is_empty());
    FormField { field, editor, before, problem: None, has_secret, theirs: None }
}

/// A field's value as one would type it.
fn text_of(record: &Record, field: &Field, context: &Context<'_>) -> String {
    match record.get(field.name) {
        _ if field.kind == Kind::Secret => String::new(),
        Value::Instant(at) => time::show(*at, context.session.tenant.zone),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Json(json) if json.as_object().is_some_and(serde_json::Map::is_empty) => String::new(),
        value => value.written(),
    }
}

/// What a field holds as a value, or what is wrong with it.
fn check(field: &FormField, locale: crate::domain::value::Locale) -> Result<Value, String> {
    let text = field.text();
    let value = Value::parse(field.field.kind, &text, locale)?;
    field.field.check(&value)?;
    // An emptied secret is taken away; one that was never typed is not among the changes.
    Ok(if field.field.kind == Kind::Json && value == Value::Null { Value::Json(serde_json::json!({})) } else { value })
}
