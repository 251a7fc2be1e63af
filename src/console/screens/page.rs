//! The page of one record: its fields, what points at it, and the log of a device.

use std::collections::BTreeMap;

use super::list::List;
use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Related, Reply};
use crate::domain::words::Words;
use crate::domain::{Id, Kind};
use crate::resources::{self, Resource};
use crate::store::entity::Relation;
use crate::store::operation::Does;
use crate::store::{Field, Operation, Record, entities};

/// A record's page.
#[derive(Debug)]
pub struct Page {
    pub resource: &'static Resource,
    pub id: Id,
    pub record: Option<Record>,
    pub related: Vec<Related>,
    pub error: Option<String>,
    /// Why what points here is not shown, or not as it is now.
    pub related_error: Option<String>,
    /// The line under the cursor, among those that [`Page::lines`] gives.
    pub line: usize,
    pub top: usize,
    asked: Option<Number>,
    /// What was asked for before the record was read.
    once_read: Option<OnceRead>,
    asked_related: Option<Number>,
    checking: Option<Number>,
    /// Its relations' lists that were left for another, by their place among the relations.
    left_lists: BTreeMap<usize, Box<List>>,
}

/// What a page goes on to as soon as its record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnceRead {
    /// Its form.
    Edit,
    /// What points at it by this of its relations.
    Relation(usize),
}

/// One line of a page that the cursor can stand on.
#[derive(Clone, Debug)]
pub enum Line<'a> {
    Field(&'static Field),
    /// A relation's heading.
    Relation(&'a Related),
    Record(&'a Related, &'a Record),
}

/// What a line of a page is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Field(&'static str),
    Relation(&'static str),
    Record(&'static str, Id),
}

impl Standing {
    fn of(line: &Line<'_>) -> Self {
        match line {
            Line::Field(field) => Self::Field(field.name),
            Line::Relation(related) => Self::Relation(related.name),
            Line::Record(related, record) => Self::Record(related.name, record.id),
        }
    }
}

impl Page {
    pub fn open(resource: &'static Resource, id: Id, context: &mut Context<'_>) -> Self {
        let mut page = Self {
            resource,
            id,
            record: None,
            related: Vec::new(),
            error: None,
            related_error: None,
            line: 0,
            top: 0,
            asked: None,
            once_read: None,
            asked_related: None,
            checking: None,
            left_lists: BTreeMap::new(),
        };
        page.refresh(context);
        page
    }

    /// One goes from a relation's list to another: it is kept as it stands.
    pub fn leave_list(&mut self, relation: usize, mut list: Box<List>) {
        list.gives_up_answers();
        self.left_lists.insert(relation, list);
    }

    /// The list of a relation, as it was left.
    pub fn list_of(&mut self, relation: usize) -> Option<Box<List>> {
        self.left_lists.remove(&relation)
    }

    pub fn refresh(&mut self, context: &mut Context<'_>) {
        let (entity, id) = (self.resource.entity, self.id);
        self.asked = Some(context.asks.ask(Question::Get { entity, id }));
        if !entities::relations(entity).is_empty() {
            self.asked_related = Some(context.asks.ask(Question::Related { entity, id }));
        }
    }

    /// Whether what points here is still to be read, and nothing of it shows yet.
    #[must_use]
    pub const fn is_reading_related(&self) -> bool {
        self.asked_related.is_some() && self.related.is_empty()
    }

    /// Nothing more is done to it that was asked for before one went elsewhere.
    pub fn put_aside(&mut self) {
        self.once_read = None;
    }

    /// Goes on to one of the relations as soon as the record is read.
    pub fn go_on_to(&mut self, relation: usize) {
        self.once_read = Some(OnceRead::Relation(relation));
    }

    /// The relation that it goes on to.
    #[must_use]
    pub const fn goes_on_to(&self) -> Option<usize> {
        match self.once_read {
            Some(OnceRead::Relation(relation)) => Some(relation),
            _ => None,
        }
    }

    /// The fields that say something, and what points here.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'_>> {
        let Some(record) = &self.record else { return Vec::new() };
        let entity = self.resource.entity;
        let mut lines: Vec<Line<'_>> =
            entity.fields.iter().filter(|field| shows(record, field)).map(Line::Field).collect();
        for related in &self.related {
            lines.push(Line::Relation(related));
            lines.extend(related.records.iter().map(|record| Line::Record(related, record)));
        }
        lines
    }

    /// What the cursor stands on, whatever comes and goes above it.
    fn standing(&self) -> Option<Standing> {
        self.lines().get(self.line).map(Standing::of)
    }

    /// Puts the cursor back on that, where it is there still.
    fn stand_on(&mut self, standing: Option<Standing>) {
        let at = self.lines().iter().position(|line| standing == Some(Standing::of(line)));
        self.line = at.unwrap_or(self.line).min(self.lines().len().saturating_sub(1));
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        let standing = self.standing();
        let turn = self.take(number, reply);
        if turn.is_some() && standing.is_some() {
            self.stand_on(standing);
        }
        turn
    }

    fn take(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        if self.asked == Some(number) {
            self.asked = None;
            let once_read = self.once_read.take();
            match reply.take() {
                Some(Reply::Record(Ok(Some(record)))) => {
                    self.error = None;
                    let edited = (once_read == Some(OnceRead::Edit)).then(|| Box::new(record.clone()));
                    self.record = Some(record);
                    if let Some(record) = edited {
                        return Some(Turn::Form(self.resource, Some(record)));
                    }
                    if let Some(OnceRead::Relation(relation)) = once_read {
                        return Some(Turn::Relation(Some(relation)));
                    }
                }
                Some(Reply::Record(Ok(None))) => {
                    self.record = None;
                    self.error = Some("This record is gone, or no longer among those you see.".into());
                }
                Some(Reply::Record(Err(error))) => self.error = Some(error.to_string()),
                _ => {}
            }
            return Some(Turn::Stay);
        }
        if self.asked_related == Some(number) {
            self.asked_related = None;
            match reply.take() {
                Some(Reply::Related(Ok(related))) => {
                    self.related = related;
                    self.related_error = None;
                }
                Some(Reply::Related(Err(error))) => self.related_error = Some(error.to_string()),
                _ => {}
            }
            return Some(Turn::Stay);
        }
        if self.checking == Some(number) {
            self.checking = None;
            return Some(match reply.take() {
                // A line for each check.
                Some(Reply::Checked(Ok(told))) => Turn::Tell(told.replace('\n', "; ")),
                Some(Reply::Checked(Err(error))) => Turn::Alarm(error.to_string()),
                _ => Turn::Stay,
            });
        }
        None
    }

    /// Whether an action does something here.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        // Of a record that is gone, or could not be read, there is nothing to open, do or copy.
        match action {
            _ if is_about_it(action) && self.record.is_none() && self.error.is_some() => false,
            Action::Edit => self.resource.update().is_some(),
            Action::NextPane | Action::PreviousPane => !entities::relations(self.resource.entity).is_empty(),
            Action::Add => self.added_here().is_some(),
            Action::Open => !matches!(self.open_line(), Turn::Tell(_) | Turn::Stay),
            Action::History
            | Action::Actions
            | Action::Refresh
            | Action::Pin
            | Action::Note
            | Action::Remind
            | Action::Copy
            | Action::PreviousRecord
            | Action::NextRecord => true,
            _ => super::moves(action),
        }
    }

    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let count = self.lines().len();
        let page = context.rows.max(1);
        let last = count.saturating_sub(1);
        match action {
            Action::RowDown | Action::Down => self.line = (self.line + 1).min(last),
            Action::RowUp | Action::Up => self.line = self.line.saturating_sub(1),
            Action::PageDown => self.line = (self.line + page).min(last),
            Action::PageUp => self.line = self.line.saturating_sub(page),
            Action::HalfDown => self.line = (self.line + page / 2).min(last),
            Action::HalfUp => self.line = self.line.saturating_sub(page / 2),
            Action::Top | Action::Home => self.line = 0,
            Action::Bottom | Action::End => self.line = last,
            Action::Open => return self.open_line(),
            Action::NextPane => return Turn::Relation(Some(0)),
            Action::PreviousPane => {
                let last = self
                    .resource
                    .relations()
                    .filter(|(_, other, _)| context.session.may(&other.entity.permission("read")));
                return Turn::Relation(last.count().checked_sub(1));
            }
            Action::Add => return self.add(context),
            Action::Edit => {
                return match (self.resource.update(), &self.record) {
                    (Some(operation), _) if !context.session.may(operation.name) => {
                        Turn::Alarm(format!("you may not: it needs {}", operation.name))
                    }
                    (Some(_), Some(record)) => Turn::Form(self.resource, Some(Box::new(record.clone()))),
                    // The key is not lost: it is edited as soon as it is read.
                    (Some(_), None) => {
                        self.once_read = self.error.is_none().then_some(OnceRead::Edit);
                        Turn::Stay
                    }
                    _ => Turn::Tell(format!("{}: not changed by hand", self.resource.title(Words::ENGLISH))),
                };
            }
            Action::History => {
                return self
                    .record
                    .as_ref()
                    .map_or(Turn::Stay, |record| Turn::History(self.resource, record.id, record.title()));
            }
            Action::Refresh => {
                self.refresh(context);
                if self.resource.entity.name == "devices" {
                    self.checking = Some(context.asks.ask(Question::CheckNow(self.id)));
                    return Turn::Tell("checking now …".into());
                }
            }
            Action::Leave | Action::Stop | Action::Back => return Turn::Back,
            _ => return Turn::Pass,
        }
        self.keep_in_sight(page);
        Turn::Stay
    }

    fn keep_in_sight(&mut self, fits: usize) {
        if self.line < self.top {
            self.top = self.line;
        } else if self.line >= self.top + fits {
            self.top = self.line + 1 - fits;
        }
    }

    /// Opens the reference or record under the cursor.
    fn open_line(&self) -> Turn {
        let lines = self.lines();
        match lines.get(self.line) {
            Some(Line::Field(field)) if field.kind == Kind::Secret => {
                let title = self.record.as_ref().map(Record::title).unwrap_or_default();
                Turn::Secret(self.resource, self.id, field, title)
            }
            Some(Line::Field(field)) => {
                let target = field.reference.and_then(resources::find);
                let id = field.column().and_then(|column| self.record.as_ref()?.get(column).as_id());
                match (target, id) {
                    (Some(resource), Some(id)) => Turn::Open(resource, id),
                    _ => Turn::Tell("nothing to open here".into()),
                }
            }
            Some(Line::Relation(related)) => Turn::Relation(self.relation_of(related)),
            Some(Line::Record(related, record)) => {
                resources::of(related.entity).map_or(Turn::Stay, |resource| Turn::Open(resource, record.id))
            }
            None => Turn::Stay,
        }
    }

    /// Which of the relations that are shown this is.
    fn relation_of(&self, related: &Related) -> Option<usize> {
        self.related.iter().position(|known| known.name == related.name && known.entity == related.entity)
    }

    /// Whether a key waits for the record that leads on from its page.
    #[must_use]
    pub const fn waits_to_lead_on(&self) -> bool {
        self.once_read.is_some() && self.record.is_none()
    }

    /// Whether its record is still to be read, so that nothing can be done with it yet.
    #[must_use]
    pub const fn is_unread(&self) -> bool {
        self.asked.is_some() && self.record.is_none() && self.error.is_none()
    }

    /// Whether an action is about the record that is still to be read.
    #[must_use]
    pub const fn wants_its_record(action: Action) -> bool {
        super::moves(action) || is_about_it(action) || matches!(action, Action::Add | Action::History)
    }

    /// What adds a record to the relation under the cursor.
    #[must_use]
    pub fn added_here(&self) -> Option<&'static Operation> {
        match self.lines().get(self.line)? {
            Line::Relation(related) | Line::Record(related, _) => {
                let (_, other, field) = self.relation_behind(related)?;
                other.adds_by(field.name).or_else(|| other.written_below(field.name))
            }
            Line::Field(_) => None,
        }
    }

    /// Adds a record that points here, into the relation under the cursor.
    fn add(&self, context: &Context<'_>) -> Turn {
        let adds = |other: &Resource, field: &Field| other.adds().or_else(|| other.written_below(field.name)).is_some();
        if !self.resource.relations().any(|(_, other, field)| adds(other, field)) {
            return Turn::Tell("nothing that points here is added by hand".into());
        }
        let lines = self.lines();
        let related = match lines.get(self.line) {
            Some(Line::Relation(related) | Line::Record(related, _)) => *related,
            _ => return Turn::Tell("move into what points here, or ‹next-pane› to it, to add there".into()),
        };
        let (Some((_, other, field)), Some(record)) = (self.relation_behind(related), &self.record) else {
            return Turn::Stay;
        };
        match other.adds_by(field.name).or_else(|| other.written_below(field.name)) {
            Some(operation) if context.session.may(operation.name) => match operation.does {
                _ if other.entity.written_by == Some(operation.name) => Turn::Perform(operation, self.id),
                Does::Make(_) => Turn::Make(operation, Some((field.name, named(record)))),
                _ => Turn::FormWith(other, field.name, named(record)),
            },
            Some(operation) => Turn::Alarm(format!("you may not: it needs {}", operation.name)),
            None if other.adds().is_some() => Turn::Tell(resources::not_added_below(other)),
            None => Turn::Tell(resources::not_by_hand(other)),
        }
    }

    /// A relation with its kind and the field by which that points here.
    fn relation_behind(&self, related: &Related) -> Option<(&'static Relation, &'static Resource, &'static Field)> {
        let mut relations = self.resource.relations();
        relations.find(|(relation, other, _)| relation.name == related.name && *other.entity == *related.entity)
    }
}

/// Whether an action is about the record that a page is of.
const fn is_about_it(action: Action) -> bool {
    matches!(
        action,
        Action::Edit
            | Action::Open
            | Action::Actions
            | Action::Copy
            | Action::Pin
            | Action::Note
            | Action::Remind
            | Action::NextPane
            | Action::PreviousPane
    )
}

/// What a record is called where others refer to it: its number, else its name.
#[must_use]
pub fn named(record: &Record) -> String {
    let number = record.get("number").as_str();
    if number.is_empty() { record.get(record.entity.label).as_str().to_owned() } else { number.to_owned() }
}

/// Whether a field says something on a page or in a pane.
#[must_use]
pub fn shows(record: &Record, field: &Field) -> bool {
    let value = record.get(field.name);
    let empty_json = matches!(value, crate::domain::Value::Json(json) if json.as_object().is_some_and(serde_json::Map::is_empty)
        || json.as_array().is_some_and(Vec::is_empty));
    !value.is_empty() && !empty_json
}
