//! A form: the fields of one record, new or changed. Checked as one leaves each field, saved as a
//! whole, merged field by field with what somebody else saved meanwhile, kept as a draft while it is
//! typed.

use std::time::{Duration, Instant};

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::drafts::Draft;
use crate::console::input::Press;
use crate::console::message::{Number, Question, Reply};
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::text::TextEditor;
use crate::domain::filter::Resolved;
use crate::domain::{Id, Kind, Value, time};
use crate::resources::Resource;
use crate::store::list::{From, ListRequest, parse_sort};
use crate::store::{Entity, Failure, Field, Problem, Record, Request, StoreError, entities};

/// What is typed is on disk this long after the last key.
const DRAFT_AFTER: Duration = Duration::from_millis(300);
/// Records that a picker offers.
const OFFERED: usize = 10;

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
    pub fn restore(resource: &'static Resource, draft: &Draft, record: Option<Record>, context: &mut Context<'_>) -> Self {
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
            Action::Save | Action::NextPane | Action::PreviousPane | Action::Up | Action::Down | Action::Left | Action::Right
                | Action::Home | Action::End | Action::NextProblem | Action::FieldNext | Action::FieldChoose
                | Action::TakeTheirs | Action::Discard
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
            Some(Action::NextProblem) => self.to_problem(),
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

    fn to_problem(&mut self) {
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

    // ---- choosing

    /// Offers what would fit the field; false where nothing can be offered.
    fn open_picker(&mut self, context: &mut Context<'_>) -> bool {
        let Some(field) = self.fields.get(self.focus) else { return false };
        let typed = field.text();
        if let Some(entity) = field.field.reference.and_then(entities::find) {
            let asked = context.asks.ask(Question::List(offer(entity, &typed, &field.before)));
            let known = self.picker.take().unwrap_or_default();
            let empty = if known.empty.is_empty() { "reading …".to_owned() } else { known.empty };
            self.picker = Some(Picker { asked: Some(asked), cursor: 0, empty, ..known });
            return true;
        }
        let words: Vec<&str> = match field.field.kind {
            Kind::Choice(words) => words.to_vec(),
            Kind::Bool => vec!["yes", "no"],
            _ if field.field.name == "device_type" => crate::domain::devices::DEVICE_TYPES.to_vec(),
            _ => return false,
        };
        let cursor = words.iter().position(|word| *word == typed).unwrap_or(0);
        let choices = words.into_iter().map(|word| (word.to_owned(), word.to_owned())).collect();
        self.picker = Some(Picker { choices, cursor, empty: String::new(), asked: None });
        true
    }

    fn press_in_picker(&mut self, action: Option<Action>, context: &mut Context<'_>) -> Option<Outcome> {
        let picker = self.picker.as_mut()?;
        let last = picker.choices.len().saturating_sub(1);
        match action? {
            Action::Down | Action::FieldChoose => picker.cursor = (picker.cursor + 1).min(last),
            Action::Up => picker.cursor = picker.cursor.saturating_sub(1),
            Action::FieldNext | Action::NextPane => {
                let chosen = picker.choices.get(picker.cursor).map(|(_, written)| written.clone());
                self.picker = None;
                if let (Some(chosen), Some(field)) = (chosen, self.current()) {
                    field.set_text(&chosen);
                    self.typed(context);
                }
                self.leave_field(1, context);
            }
            Action::Leave | Action::Stop => self.picker = None,
            _ => return None,
        }
        Some(Outcome::Turn(Turn::Stay))
    }

    // ---- saving

    fn save(&mut self, context: &mut Context<'_>) -> Turn {
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
            if !field.is_changed() && !(creating && field.field.required) {
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
        if elsewhere.is_empty() { "not saved: something is not right yet, C-g goes to the next".into() } else { elsewhere.join("; ") }
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

/// The records that a reference could name, by what is typed.
fn offer(entity: &'static Entity, typed: &str, before: &str) -> ListRequest {
    let typed = if typed == before { "" } else { typed.trim() };
    let filter = if typed.is_empty() { Resolved::All } else { Resolved::Word(typed.to_owned()) };
    ListRequest {
        entity,
        fields: [entity.field("number"), entity.field(entity.label)].into_iter().flatten().collect(),
        filter,
        sort: parse_sort(entity, entity.default_sort).unwrap_or_default(),
        limit: OFFERED,
        from: From::Start,
    }
}

/// What a picker shows of a record, and what it writes: the number where it has one.
fn choice(record: &Record) -> (String, String) {
    let number = record.get("number").as_str();
    let written = if number.is_empty() { record.get(record.entity.label).as_str() } else { number };
    (record.title(), written.to_owned())
}
