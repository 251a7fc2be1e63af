//! One field of a form: what it is edited with, what it held before, what is wrong with it.

use super::Known;
use super::lines::RowKey;
use crate::console::actions::Action;
use crate::console::message::Number;
use crate::console::screens::Context;
use crate::console::widgets::line::LineEditor;
use crate::console::widgets::tags::TagsEditor;
use crate::console::widgets::text::TextEditor;
use crate::console::widgets::tree::{TreeEditor, Went};
use crate::domain::schema::Type;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value, time};
use crate::store::{Field, Record};

/// How a field is edited.
#[derive(Debug)]
pub enum Editor {
    Line(LineEditor),
    Lines(Box<TextEditor>),
    Tags(Box<TagsEditor>),
    Tree(Box<TreeEditor>),
}

/// One field of a form.
#[derive(Debug)]
pub struct FormField {
    pub field: &'static Field,
    pub editor: Editor,
    /// What it held when the form was opened, as text.
    pub before: String,
    pub problem: Option<String>,
    /// What the database said of the text that stands here: it holds until that text changes.
    pub(super) refused: Option<String>,
    /// What stands in it means this, as the database told.
    pub means: Option<String>,
    /// A secret that is there already: empty means unchanged.
    pub has_secret: bool,
    /// What somebody else made it meanwhile, where both changed it; none once that is decided.
    pub theirs: Option<String>,
    /// What it held before either of them changed it.
    pub was: String,
    /// What was decided between these two, which can be taken back.
    pub(super) decided: Option<Decided>,
    /// What stood here, and what a draft put in its place, which can be taken back as a whole.
    pub(super) resumed: Option<(String, String)>,
    /// What it held before is known, though the record is still to be read.
    pub(super) is_begun: bool,
    /// What stands in it is what it held before, by the will of who typed: it was not decided yet whether that, or what somebody
    /// else made of it.
    pub(super) insists: bool,
    /// The currency in which an amount was found right or wrong.
    pub(super) judged_in: Option<String>,
    /// The database is being asked about what stands here.
    pub(super) looking: Option<Number>,
    /// What was filled in for whoever opened the form.
    pub(super) given: Option<String>,
    /// The line that it is a cell of.
    pub(super) row: Option<RowKey>,
    /// What is wrong was found by trying: it is found anew.
    pub(super) tried_wrong: bool,
    /// What is wrong was found as it was saved: it may hang on what stands in other fields.
    pub(super) saved_wrong: bool,
}

/// What was typed in a field that somebody else changed too, what they made of it, and what was decided for.
#[derive(Debug)]
pub(super) struct Decided {
    mine: String,
    theirs: String,
    chosen: String,
    /// Somebody decided it: until they do, it is as if theirs were taken and that taken back.
    is_made: bool,
    /// It was taken back: steps lead about in what was typed before.
    is_taken_back: bool,
}

impl Editor {
    /// The editor for what a field holds.
    fn of(field: &'static Field, text: &str) -> Self {
        match field.kind {
            Kind::Lines => Self::Lines(Box::new(TextEditor::with_text(text))),
            Kind::Secret => Self::Line(LineEditor::secret()),
            Kind::Json => {
                let read = |text: &str| serde_json::from_str(text).ok();
                let is_list = field.schema().is_some_and(|schema| schema.types == [Type::Array]);
                let empty = if is_list { serde_json::json!([]) } else { serde_json::json!({}) };
                let nothing = field.default.and_then(read).unwrap_or(empty);
                let root = read(text).unwrap_or_else(|| nothing.clone());
                Self::Tree(Box::new(TreeEditor::new(root, nothing, field.schema())))
            }
            _ if field.list => Self::Tags(Box::new(TagsEditor::with_text(text))),
            _ => Self::Line(LineEditor::with_text(text)),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Line(line) => line.text().to_owned(),
            Self::Lines(lines) => lines.text(),
            Self::Tags(tags) => tags.text(),
            Self::Tree(tree) => tree.text(),
        }
    }
}

impl FormField {
    pub(super) fn new(field: &'static Field, record: Option<&Record>, context: &Context<'_>) -> Self {
        let text = match (record, field.default) {
            (Some(record), _) => text_of(record, field, context),
            (None, Some(default)) => context.session.tenant.default_of(default).to_owned(),
            (None, None) => String::new(),
        };
        let has_secret = record.is_some_and(|record| !record.get(field.name).is_empty());
        let mut new = Self { has_secret, ..Self::holding(field, &text) };
        new.resolve(context.locale());
        new.before = new.text();
        new
    }

    /// A field that held this before.
    pub(super) fn holding(field: &'static Field, text: &str) -> Self {
        let editor = Editor::of(field, text);
        Self {
            field,
            before: editor.text(),
            editor,
            problem: None,
            refused: None,
            means: None,
            has_secret: false,
            theirs: None,
            was: String::new(),
            decided: None,
            resumed: None,
            is_begun: false,
            insists: false,
            judged_in: None,
            looking: None,
            given: None,
            row: None,
            tried_wrong: false,
            saved_wrong: false,
        }
    }

    /// Which field of its form it is.
    pub(super) const fn known(&self) -> Known {
        (self.field.name, self.row)
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.editor.text()
    }

    /// Takes a step of its history, [`Action::Undo`] or [`Action::Redo`]; false where there is none.
    pub(super) fn step(&mut self, action: Action) -> bool {
        let before = self.text();
        let stepped = self.step_in_editor(action) || self.step_over_decision(action) || self.step_over_draft(action);
        if stepped {
            self.opens_or_closes(&before);
        }
        stepped
    }

    /// A step away from a text: what was decided by taking another text is open again where that is taken back, and stays so
    /// until it is done again.
    pub(super) fn opens_or_closes(&mut self, from: &str) {
        let now = self.text();
        let Some(decided) = &mut self.decided else { return };
        if from == decided.chosen && now == decided.mine {
            decided.is_taken_back = true;
        } else if from == decided.mine && now == decided.chosen {
            decided.is_taken_back = false;
        }
        // Where the same stands as they wrote, there is nothing to decide.
        self.theirs = (decided.is_taken_back && now != decided.theirs).then(|| decided.theirs.clone());
    }

    /// Editors of several lines or words begin anew with each text: what was decided is a step all the same.
    fn step_over_decision(&mut self, action: Action) -> bool {
        let begins_anew = matches!(self.editor, Editor::Lines(_) | Editor::Tags(_));
        let Some(decided) = self.decided.as_ref().filter(|decided| begins_anew && decided.is_made) else {
            return false;
        };
        let (from, to) = match action {
            Action::Undo => (&decided.chosen, decided.mine.clone()),
            _ => (&decided.mine, decided.chosen.clone()),
        };
        let steps = self.text() == *from && *from != to;
        if steps {
            self.set_text(&to);
        }
        steps
    }

    /// So does what a draft brought.
    fn step_over_draft(&mut self, action: Action) -> bool {
        let Some((stood, put)) = &self.resumed else { return false };
        let (from, to) = if action == Action::Undo { (put, stood.clone()) } else { (stood, put.clone()) };
        let steps = self.text() == *from && *from != to;
        if steps {
            self.set_text(&to);
        }
        steps
    }

    /// Goes on with the text of a draft, in the place of what the record held: that is what it is taken back to.
    pub(super) fn goes_on_with(&mut self, text: &str) {
        self.begin_with(&self.before.clone());
        self.set_text(text);
        // A line knows its steps itself.
        let begins_anew = !matches!(self.editor, Editor::Line(_));
        self.resumed = begins_anew.then(|| (self.before.clone(), self.text()));
    }

    /// Takes the text of one of the sides in a field that somebody else changed too.
    pub(super) fn decide_for(&mut self, text: &str, theirs: String) {
        let mine = self.text();
        self.set_text(text);
        self.decided = Some(Decided { mine, theirs, chosen: self.text(), is_made: true, is_taken_back: false });
    }

    /// What it held before whoever types here began, where that is still to be weighed against what somebody else made of it.
    pub(super) fn before_in_draft(&self) -> &str {
        if self.theirs.is_some() { &self.was } else { &self.before }
    }

    fn step_in_editor(&mut self, action: Action) -> bool {
        // A secret is taken back as a whole: no step of it is kept.
        if self.is_secret() {
            let is_typed = action == Action::Undo && !self.text().is_empty();
            if is_typed {
                self.set_text("");
            }
            return is_typed;
        }
        match &mut self.editor {
            Editor::Line(line) => line.act(action),
            Editor::Lines(lines) => lines.act(action),
            Editor::Tags(tags) => tags.act(action),
            // A row that is open is left as it is written, once nothing of what was typed in it is left.
            Editor::Tree(tree) => tree.act(action) == Went::Stay || action == Action::Undo && tree.cancel(),
        }
    }

    pub(super) fn set_text(&mut self, text: &str) {
        match &mut self.editor {
            Editor::Line(line) => line.set_text(text),
            Editor::Lines(lines) => **lines = TextEditor::with_text(text),
            Editor::Tags(tags) => **tags = TagsEditor::with_text(text),
            Editor::Tree(tree) => {
                if let Err(problem) = tree.set_text(text) {
                    self.problem = Some(problem);
                }
            }
        }
        self.means = None;
        self.refused = None;
        self.looking = None;
    }

    /// What is typed goes on from this text: to take that back leads to it and no further.
    fn begin_with(&mut self, text: &str) {
        self.set_text(text);
        match &mut self.editor {
            Editor::Line(line) => line.forget_steps(),
            // These begin anew with each text.
            Editor::Lines(_) | Editor::Tags(_) => {}
            Editor::Tree(tree) => tree.forget_steps(),
        }
    }

    /// What the record holds now: taken over where nobody typed, else shown beside what was typed, where that is another.
    pub(super) fn meets(&mut self, now: String) {
        if now == self.before {
            self.insists = false;
            return;
        }
        // What was decided was between what is no longer; what is taken back to is what it holds now.
        self.decided = None;
        if let Some((stood, _)) = self.resumed.as_mut().filter(|(stood, _)| *stood == self.before) {
            stood.clone_from(&now);
        }
        // They took back what they had made of it.
        if self.theirs.is_some() && now == self.was {
            (self.theirs, self.before, self.insists) = (None, now, false);
            return;
        }
        if !self.is_changed() {
            self.begin_with(&now);
            self.problem = None;
        } else if self.text() != now {
            // What it was before anybody changed it, however often they save.
            if self.theirs.is_none() {
                self.was = std::mem::take(&mut self.before);
            }
            // Steps lead about between what was typed and theirs.
            let mine = self.text();
            let (theirs, chosen) = (now.clone(), now.clone());
            self.decided = Some(Decided { mine, theirs, chosen, is_made: false, is_taken_back: true });
            self.theirs = Some(now.clone());
        } else {
            self.theirs = None;
        }
        self.before = now;
        self.insists = false;
    }

    /// The record was read behind what was typed, which nobody could see what it goes on with: it does so as if that had stood
    /// here, or takes its place where typing would have.
    pub(super) fn is_read_behind(&mut self, now: String) {
        let typed = self.text();
        let whole = match &self.editor {
            _ if !self.is_changed() || now.is_empty() => return self.meets(now),
            Editor::Line(_) if self.is_written_anew() => typed,
            Editor::Line(_) | Editor::Lines(_) => format!("{now}{typed}"),
            Editor::Tags(_) => format!("{now}, {typed}"),
            Editor::Tree(_) => return self.meets(now),
        };
        self.begin_with(&now);
        self.before = now;
        self.set_text(&whole);
    }

    /// Whether typing takes the place of what stands in it as a whole: a number, a time, a word of several, a record.
    pub(super) fn is_written_anew(&self) -> bool {
        let is_short = matches!(
            self.field.kind,
            Kind::Bool | Kind::Int | Kind::Money | Kind::Percent | Kind::Instant | Kind::Date | Kind::Choice(_)
        );
        // A code of three letters is no text that one adds to.
        let is_code = self.field.kind == Kind::Text && self.field.max <= 3;
        is_short || is_code || self.field.reference.is_some() || self.field.offered.is_some()
    }

    /// The database said that what stands here cannot be.
    pub(super) fn refuse(&mut self, why: String) {
        self.refused = Some(why.clone());
        self.problem = Some(why);
    }

    /// A text as this field's editor writes it, so that what nobody touched is no change.
    pub(super) fn in_own_words(&self, text: &str) -> String {
        Editor::of(self.field, text).text()
    }

    /// Whether it holds what was filled in for whoever opened the form, and nothing of theirs.
    #[must_use]
    pub fn is_as_given(&self) -> bool {
        self.given.as_ref() == Some(&self.text())
    }

    #[must_use]
    pub fn is_changed(&self) -> bool {
        // A row that cannot be read yet is a change too.
        self.unfinished().is_some() || self.insists || self.text() != self.before
    }

    /// What is being written into a row of a tree and cannot be read yet.
    pub(super) fn unfinished(&self) -> Option<&str> {
        match &self.editor {
            Editor::Tree(tree) if tree.value().is_err() => tree.written(),
            _ => None,
        }
    }

    /// Whether nothing stands where something must.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.field.required && !self.has_secret && self.text().is_empty()
    }

    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.field.kind == Kind::Secret
    }

    /// What it holds as a value, or what is wrong with it.
    pub(super) fn check(&self, locale: Locale) -> Result<Value, String> {
        let value = match &self.editor {
            // What nobody began to write is nothing, and no empty object.
            Editor::Tree(tree) if is_nothing(&tree.value()?) && self.text().is_empty() => Value::Null,
            Editor::Tree(tree) => {
                let json = tree.value()?;
                tree.check(&json)?;
                Value::from_json(Kind::Json, &json, locale)?
            }
            _ => Value::parse(self.field.kind, &self.text(), locale)?,
        };
        self.field.check(&value)?;
        Ok(value)
    }

    /// Writes what was understood in the place of what was typed: `+3d` becomes the day that it is
    /// now, `49.9` the amount. What cannot be read stays as it is.
    pub(super) fn resolve(&mut self, locale: Locale) {
        if !matches!(self.editor, Editor::Line(_)) || self.is_secret() {
            return;
        }
        if let Ok(value) = self.check(locale)
            && let Some(text) = resolved(&value, locale)
            && text != self.text()
        {
            self.set_text(&text);
        }
    }

    /// What the database told of the text at hand beyond that text itself: behind a number, the name.
    #[must_use]
    pub fn means_beyond(&self) -> Option<&str> {
        let (means, text) = (self.means.as_deref()?, self.text());
        let beyond = means.strip_prefix(text.as_str()).filter(|beyond| beyond.is_empty() || beyond.starts_with(' '));
        Some(beyond.map_or(means, str::trim_start)).filter(|beyond| !beyond.is_empty())
    }

    /// What the text at hand comes to, where it says so in other words: shown while it is typed.
    #[must_use]
    pub fn ghost(&self, locale: Locale) -> String {
        let text = self.text();
        let Editor::Line(_) = &self.editor else { return String::new() };
        let shown = match Value::parse(self.field.kind, &text, locale) {
            Ok(Value::Instant(at)) => {
                let absolute = time::show(at, locale.zone);
                let relative = time::relative(at, locale.now);
                if absolute == text { relative } else { format!("= {absolute} ({relative})") }
            }
            Ok(Value::Date(date)) if date.to_string() != text => format!("= {date}"),
            _ => return self.means_beyond().map_or_else(String::new, |means| format!("  {means}")),
        };
        format!("  {shown}")
    }
}

fn is_nothing(json: &serde_json::Value) -> bool {
    json.is_null()
        || json.as_object().is_some_and(serde_json::Map::is_empty)
        || json.as_array().is_some_and(Vec::is_empty)
}

fn resolved(value: &Value, locale: Locale) -> Option<String> {
    match value {
        // As it is typed, whatever way of writing it is shown in.
        Value::Instant(at) => Some(time::show(*at, locale.zone)),
        Value::Bool(_) => Some(value.shown(locale)),
        Value::Date(_) | Value::Money(_) | Value::Percent(_) | Value::Mac(_) | Value::Ip(_) | Value::Cidr(_) => {
            Some(value.written())
        }
        _ => None,
    }
}

/// A field's value as one would type it.
pub(super) fn text_of(record: &Record, field: &Field, context: &Context<'_>) -> String {
    match record.get(field.name) {
        _ if field.kind == Kind::Secret => String::new(),
        Value::Instant(at) => time::show(*at, context.locale().zone),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
        value => value.written(),
    }
}
