//! Choosing what a field holds: one of several words, a record found by what is typed, or a side
//! where two changed the same field.

use super::{Editor, Form, Outcome};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::{Context, Turn};
use crate::domain::Kind;
use crate::domain::filter::Resolved;
use crate::domain::sides;
use crate::domain::text::{clean, fold};
use crate::resources::{self, Resource};
use crate::store::list::{Effort, From, ListRequest, parse_sort};
use crate::store::{Entity, Field, Record, Session, entities};

/// Records that a picker offers.
const OFFERED: usize = 10;
/// Letters of each side of a field that somebody else changed too.
const SHOWN: usize = 60;

/// What taking a choice does.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// Writes this.
    Text(String),
    /// Offers more of them.
    More,
    /// Opens a form for the record that is missing.
    Add,
    /// Keeps what I typed, though somebody else changed it too.
    Mine,
    /// Takes what they made of it.
    Theirs,
    /// Takes what it was before.
    Before,
    /// Takes both, one below the other.
    Both,
}

/// The choices of the field under the cursor.
#[derive(Debug, Default)]
pub struct Picker {
    /// What is shown, and what is done when it is taken.
    pub choices: Vec<(String, Offer)>,
    /// The one that Enter takes; none while one types, where Enter takes what is written.
    pub cursor: Option<usize>,
    /// Why there are none: nothing was read yet, nothing fits, or it could not be read.
    pub empty: String,
    /// Asked for by its key, not merely shown while one types.
    wanted: bool,
    /// Where the cursor goes once more of them are there.
    goes_to: Option<usize>,
    /// What they were narrowed by.
    typed: String,
    pub(super) asked: Option<Number>,
    /// Something else was typed while the database was being asked.
    again: bool,
}

impl Picker {
    /// What Enter takes.
    #[must_use]
    pub fn chosen(&self) -> Option<&(String, Offer)> {
        self.choices.get(self.cursor?)
    }
}

/// Whether a word begins with what is typed, or one of its parts does: `nairobi` of `Africa/Nairobi`.
fn begins_with(word: &str, typed: &str) -> bool {
    let word = fold(word);
    let begins = |(at, _): (usize, &str)| at == 0 || !word[..at].ends_with(char::is_alphanumeric);
    word.match_indices(typed).any(begins)
}

impl Form {
    /// Whether the field under the cursor shows what fits as one types.
    pub(super) fn offers_while_typing(&self) -> bool {
        let Some(field) = self.fields.get(self.focus) else { return false };
        let is_words = matches!(field.field.kind, Kind::Choice(_)) || field.field.offered.is_some();
        field.field.reference.is_some()
            || is_words
            || self.pointed_at(self.focus).is_some()
            || matches!(field.editor, Editor::Tags(_))
            || self.sets_a_field(self.focus)
    }

    /// Whether there is something to choose for the field.
    pub(super) fn has_choices(&self) -> bool {
        let field = self.fields.get(self.focus);
        self.offers_while_typing()
            || field.is_some_and(|field| field.field.kind == Kind::Bool || field.theirs.is_some())
    }

    /// The kind of record that is chosen in the field under the cursor, where somebody neither sees those nor may add one.
    #[must_use]
    pub fn chosen_unseen(&self, session: &Session) -> Option<&'static Entity> {
        let reference = self.fields.get(self.focus)?.field.reference.and_then(entities::find);
        let entity = reference.or_else(|| self.pointed_at(self.focus)).filter(|_| self.answers(Action::FieldChoose))?;
        let adds = || self.missing_kind()?.create().filter(|operation| session.may(operation.name));
        (!session.may(&entity.permission("read")) && adds().is_none()).then_some(entity)
    }

    /// Offers what would fit the field; false where nothing can be offered. `wanted`: asked for by
    /// its key, so that the first choice is the one to be taken.
    pub(super) fn open_picker(&mut self, wanted: bool, context: &mut Context<'_>) -> bool {
        if self.offer_sides() {
            return true;
        }
        let Some(field) = self.fields.get(self.focus) else { return false };
        let typed = match &field.editor {
            Editor::Tags(tags) => tags.unfinished().to_owned(),
            _ => field.text(),
        };
        let narrowed = if typed == field.before { "" } else { typed.trim() };
        if let Some(question) = self.asks_for_offers(narrowed, OFFERED) {
            self.ask_for_offers(question, wanted, narrowed, context);
            return true;
        }
        let offered = field.field.offered;
        let words = match (self.field_names(self.focus, context.words), field.field.kind, offered) {
            (Some(names), ..) => names,
            (None, Kind::Choice(words), _) => words.iter().map(|word| (*word).to_owned()).collect(),
            (None, Kind::Bool, _) => vec!["yes".into(), "no".into()],
            (None, _, Some(offered)) => (offered.words)().into_iter().map(str::to_owned).collect(),
            _ => return false,
        };
        let closed = offered.is_none_or(|offered| !offered.open);
        let narrowed = fold(if wanted { "" } else { narrowed });
        let mut fitting: Vec<&String> = words.iter().filter(|word| fold(word).contains(&narrowed)).collect();
        fitting.sort_by_key(|word| (!fold(word).starts_with(&narrowed), !begins_with(word, &narrowed)));
        let here = fitting.iter().position(|word| **word == typed);
        // Nobody means a word by letters in the middle of it.
        let is_meant =
            closed && !narrowed.is_empty() && fitting.first().is_some_and(|word| begins_with(word, &narrowed));
        let cursor = here.or_else(|| (wanted || is_meant).then_some(0)).filter(|at| *at < fitting.len());
        let choices = fitting.into_iter().map(|word| (word.clone(), Offer::Text(word.clone()))).collect();
        let empty = match offered {
            Some(offered) if offered.open => "a word of your own".into(),
            Some(_) => "nothing fits what is typed".into(),
            None => format!("none of {}", words.join(", ")),
        };
        self.picker = Some(Picker { choices, cursor, empty, wanted, ..Picker::default() });
        true
    }

    /// What is asked of the database to offer so many of what fits, where that is known to it alone.
    fn asks_for_offers(&self, typed: &str, most: usize) -> Option<Question> {
        let field = self.fields.get(self.focus)?;
        let target = field.field.reference.and_then(entities::find).or_else(|| self.pointed_at(self.focus));
        match (target, &field.editor) {
            (Some(entity), _) => Some(Question::List(offer(entity, typed, most))),
            (None, Editor::Tags(_)) => Some(offer_tags(self.resource, field.field, typed, most)),
            _ => None,
        }
    }

    /// More of what is offered, below those that are there.
    fn offer_more(&mut self, context: &mut Context<'_>) {
        let Some(picker) = &self.picker else { return };
        let known = picker.choices.iter().filter(|(_, offer)| matches!(offer, Offer::Text(_))).count();
        let Some(question) = self.asks_for_offers(&picker.typed.clone(), known + OFFERED) else { return };
        if let Some(picker) = &mut self.picker {
            picker.asked = Some(context.asks.ask(question));
            picker.goes_to = Some(known);
        }
    }

    /// One question runs and one waits: what was typed last is what is asked next.
    fn ask_for_offers(&mut self, question: Question, wanted: bool, typed: &str, context: &mut Context<'_>) {
        let adds = self.adds(typed, context);
        let picker = self.picker.get_or_insert_default();
        picker.wanted = wanted;
        picker.cursor = None;
        picker.goes_to = None;
        typed.clone_into(&mut picker.typed);
        picker.choices.retain(|(_, offer)| *offer != Offer::Add);
        if picker.empty.is_empty() {
            picker.empty = "reading …".into();
        }
        if picker.asked.is_some() && !wanted {
            picker.again = true;
        } else {
            picker.asked = Some(context.asks.ask(question));
            picker.again = false;
        }
        picker.choices.extend(adds);
    }

    /// The last row of a picker of records: the one that is missing can be added.
    fn adds(&self, typed: &str, context: &Context<'_>) -> Option<(String, Offer)> {
        let resource = self.missing_kind()?;
        let operation = resource.create()?;
        let named = if typed.is_empty() { String::new() } else { format!(" ‘{}’", clean(typed)) };
        let one = resource.entity.singular;
        let article = if one.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        let shown = format!("+ add {article} {one}{named}");
        context.session.may(operation.name).then_some((shown, Offer::Add))
    }

    /// The kind of record that a field names by its id, as the field beside it says.
    fn pointed_at(&self, index: usize) -> Option<&'static Entity> {
        let (kind, id) = self.resource.entity.points_at?;
        self.fields.get(index).filter(|field| field.field.name == id)?;
        entities::find(self.fields.iter().find(|field| field.field.name == kind)?.text().trim())
    }

    fn missing_kind(&self) -> Option<&'static Resource> {
        let field = self.fields.get(self.focus)?;
        resources::find(field.field.reference?)
    }

    /// What fits, as the database told.
    pub(super) fn take_offers(&mut self, reply: Option<Reply>, context: &mut Context<'_>) {
        let by_id = self.pointed_at(self.focus).is_some();
        let Some(picker) = &mut self.picker else { return };
        picker.asked = None;
        picker.choices.retain(|(_, offer)| *offer == Offer::Add);
        match reply {
            Some(Reply::Page(Ok(page))) => {
                let found = page.rows.iter().map(|record| match by_id {
                    true => (record.title(), record.id.to_string()),
                    false => choice(record),
                });
                let found = found.map(|(shown, written)| (shown, Offer::Text(written)));
                let more = page.more_after.then(|| ("… more of them".to_owned(), Offer::More));
                picker.choices.splice(..0, found.chain(more));
                picker.empty = "nothing fits what is typed".into();
            }
            Some(Reply::Values(Ok(values))) => {
                picker.choices = values.into_iter().map(|value| (value.clone(), Offer::Text(value))).collect();
                picker.empty = "a word of your own".into();
            }
            Some(Reply::Page(Err(error)) | Reply::Values(Err(error))) => picker.empty = error.to_string(),
            _ => {}
        }
        // A word of one's own needs no empty list beside it.
        if picker.choices.is_empty() && !picker.wanted && !picker.again && self.missing_kind().is_none() {
            self.picker = None;
            return;
        }
        let Some(picker) = &mut self.picker else { return };
        let first = picker.goes_to.take().unwrap_or(0).min(picker.choices.len().saturating_sub(1));
        picker.cursor = (picker.wanted && !picker.choices.is_empty()).then_some(first);
        if picker.again {
            let wanted = picker.wanted;
            self.open_picker(wanted, context);
        }
    }

    /// The three sides of a field that somebody else changed too; false where there is but one.
    pub(super) fn offer_sides(&mut self) -> bool {
        let Some(field) = self.fields.get(self.focus) else { return false };
        let Some(theirs) = &field.theirs else { return false };
        let mine = field.text();
        // Each as far as it fits, from where it is another: than it was, and what it was, than theirs.
        let shown = |text: &str, other: &str| match sides::differing(&clean(text), &clean(other), SHOWN) {
            line if line.is_empty() => "nothing".to_owned(),
            line => line,
        };
        let choices = if field.is_secret() {
            let secret = |what: &str| if what.is_empty() { "nothing".to_owned() } else { what.to_owned() };
            vec![
                ("mine    a secret of mine".to_owned(), Offer::Mine),
                (format!("theirs  {}", secret(theirs)), Offer::Theirs),
            ]
        } else {
            let mut choices = vec![
                (format!("mine    {}", shown(&mine, &field.was)), Offer::Mine),
                (format!("theirs  {}", shown(theirs, &field.was)), Offer::Theirs),
                (format!("before  {}", shown(&field.was, theirs)), Offer::Before),
            ];
            if matches!(field.editor, Editor::Lines(_)) && !theirs.is_empty() && !mine.is_empty() {
                choices.push(("both    theirs, and mine below: to be put together".to_owned(), Offer::Both));
            }
            choices
        };
        self.picker = Some(Picker { choices, cursor: Some(0), wanted: true, ..Picker::default() });
        true
    }

    /// Closes the choice between sides.
    pub(super) fn close_sides(&mut self) {
        let is_of_sides = |picker: &mut Picker| picker.choices.iter().any(|(_, offer)| *offer == Offer::Mine);
        self.picker.take_if(is_of_sides);
    }

    /// The choice that Enter takes, as it was pointed at.
    pub fn stand_at_choice(&mut self, index: usize) {
        if let Some(picker) = self.picker.as_mut().filter(|picker| index < picker.choices.len()) {
            picker.cursor = Some(index);
        }
    }

    pub(super) fn press_in_picker(&mut self, action: Option<Action>, context: &mut Context<'_>) -> Option<Outcome> {
        let picker = self.picker.as_mut()?;
        let last = picker.choices.len().checked_sub(1);
        match action? {
            Action::Down | Action::FieldChoose => {
                picker.wanted = true;
                picker.cursor = last.map(|last| picker.cursor.map_or(0, |at| (at + 1).min(last)));
            }
            Action::Up => match picker.cursor {
                Some(at) => picker.cursor = Some(at.saturating_sub(1)),
                None => self.leave_field(-1, context),
            },
            Action::FieldNext | Action::NextPane => {
                // It was asked for and has not come: nobody has chosen anything yet.
                if picker.wanted && picker.asked.is_some() && picker.cursor.is_none() {
                    return Some(Outcome::Turn(Turn::Stay));
                }
                let chosen = picker.chosen().cloned();
                if matches!(chosen, Some((_, Offer::More))) {
                    self.offer_more(context);
                    return Some(Outcome::Turn(Turn::Stay));
                }
                self.picker = None;
                match chosen {
                    Some((shown, offer)) => return Some(self.take(&shown, offer, context)),
                    None if action == Some(Action::FieldNext) && self.finish_tag() => self.typed(context),
                    // What is written stands; among lines Enter goes on below.
                    None if self.is_in_lines() => return None,
                    None => self.leave_field(1, context),
                }
            }
            Action::Leave | Action::Stop => self.picker = None,
            _ => return None,
        }
        Some(Outcome::Turn(Turn::Stay))
    }

    fn finish_tag(&mut self) -> bool {
        match self.current().map(|field| &mut field.editor) {
            Some(Editor::Tags(tags)) => tags.finish(),
            _ => false,
        }
    }

    fn take(&mut self, shown: &str, offer: Offer, context: &mut Context<'_>) -> Outcome {
        let stay = Outcome::Turn(Turn::Stay);
        match offer {
            Offer::Text(text) => {
                let Some(field) = self.current() else { return stay };
                if let Editor::Tags(tags) = &mut field.editor {
                    tags.choose(&text);
                    self.typed(context);
                    return stay;
                }
                field.set_text(&text);
                let is_record = field.field.reference.is_some() || field.field.kind == Kind::Id;
                self.typed(context);
                if let Some(field) = self.current().filter(|_| is_record) {
                    field.means = Some(shown.to_owned());
                }
                self.goes_along_the_line();
                self.leave_field(1, context);
            }
            Offer::Add => {
                let Some(resource) = self.missing_kind() else { return stay };
                let typed = self.current().filter(|field| field.is_changed()).map(|field| field.text());
                self.adding = Some(self.focus);
                return Outcome::Add(resource, typed.unwrap_or_default());
            }
            Offer::More => {
                self.offer_more(context);
                return stay;
            }
            Offer::Mine | Offer::Theirs | Offer::Before | Offer::Both => self.decide(&offer, context),
        }
        stay
    }

    /// The record that was missing is there: it is looked up for the field that lacked it.
    pub fn added(&mut self, entity: &'static Entity, id: crate::domain::Id, context: &mut Context<'_>) -> bool {
        let fits =
            |index: &usize| self.fields.get(*index).is_some_and(|field| field.field.reference == Some(entity.name));
        let Some(index) = self.adding.filter(fits) else { return false };
        self.adding = None;
        self.filling = Some((context.asks.ask(Question::Get { entity, id }), index));
        true
    }

    /// Whether a record that was added for it is still read.
    #[must_use]
    pub const fn is_filling(&self) -> bool {
        self.filling.is_some()
    }

    /// Writes the record that was added into its field.
    pub(super) fn fill(&mut self, index: usize, record: &Record, context: &mut Context<'_>) {
        let (shown, written) = choice(record);
        self.focus = index;
        let stood = self.snapshot();
        self.lines_were_changed = false;
        if let Some(field) = self.current() {
            field.set_text(&written);
        }
        self.typed(context);
        if let Some(field) = self.current() {
            field.means = Some(shown);
        }
        self.remember_lines(stood);
        self.leave_field(1, context);
    }
}

/// The records that a reference could name, by what is typed.
fn offer(entity: &'static Entity, typed: &str, most: usize) -> ListRequest {
    let filter = if typed.is_empty() { Resolved::All } else { Resolved::OwnWord(typed.to_owned()) };
    ListRequest {
        entity,
        fields: offered_fields(entity),
        filter,
        sort: parse_sort(entity, entity.default_sort).unwrap_or_default(),
        limit: most,
        from: From::Start,
        effort: Effort::GLANCE,
    }
}

/// What a record is called by, and what is written of it.
fn offered_fields(entity: &'static Entity) -> Vec<&'static Field> {
    let mut names: Vec<&str> = ["number", entity.label].into_iter().chain(entity.title_fields()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter_map(|name| entity.field(name)).collect()
}

/// The words that a list of words could have: names of records, or words that occur.
fn offer_tags(resource: &'static Resource, field: &'static Field, typed: &str, most: usize) -> Question {
    match field.names.and_then(entities::find) {
        Some(entity) => Question::List(offer(entity, typed, most)),
        None => Question::Values { entity: resource.entity, field: field.name, typed: typed.to_owned() },
    }
}

/// What a picker shows of a record, and what it writes: the number where it has one.
pub(super) fn choice(record: &Record) -> (String, String) {
    let number = record.get("number").as_str();
    let written = if number.is_empty() { record.get(record.entity.label).as_str() } else { number };
    (record.title(), written.to_owned())
}
