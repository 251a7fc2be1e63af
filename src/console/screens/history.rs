//! What was done to a record: the last change of each field on top, then all of it, the newest first.

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::domain::manner::Manner;
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::domain::{Id, Kind, Value};
use crate::resources::Resource;
use crate::store::history::Event;
use crate::store::{Entity, Request};

/// A record's history.
#[derive(Debug)]
pub struct History {
    pub resource: &'static Resource,
    pub id: Id,
    pub title: String,
    pub events: Option<Vec<Event>>,
    pub error: Option<String>,
    /// The last change of each field: which event, and which of its changes.
    pub last: Vec<(usize, usize)>,
    /// The line under the cursor: the last changes come first, then the events.
    pub line: usize,
    asked: Option<Number>,
    /// What the record is called is asked for again: that may be what was changed.
    naming: Option<Number>,
}

/// Events that a history reads at most; the older ones are in the audit log.
pub const MOST_EVENTS: usize = 500;

/// A line of a history.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// The last change of a field: its name, before, after, and what was done.
    Last(&'a (String, Value, Value), &'a Event),
    Event(&'a Event),
}

/// The last change of each field, the newest first. What was done and taken back shows as the taking back.
fn last_changes(entity: &Entity, events: &[Event]) -> Vec<(usize, usize)> {
    let mut fields: Vec<&str> = Vec::new();
    let mut last = Vec::new();
    for (index, event) in events.iter().enumerate().filter(|(_, event)| event.entity == entity) {
        for (change, (field, ..)) in event.changes.iter().enumerate() {
            if !fields.contains(&field.as_str()) {
                fields.push(field);
                last.push((index, change));
            }
        }
    }
    last
}

impl History {
    pub fn open(resource: &'static Resource, id: Id, title: String, context: &mut Context<'_>) -> Self {
        let asked = Some(context.asks.ask(Question::History { entity: resource.entity, id }));
        Self { resource, id, title, events: None, error: None, last: Vec::new(), line: 0, asked, naming: None }
    }

    pub fn refresh(&mut self, context: &mut Context<'_>) {
        self.asked = Some(context.asks.ask(Question::History { entity: self.resource.entity, id: self.id }));
        self.naming = Some(context.asks.ask(Question::Get { entity: self.resource.entity, id: self.id }));
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        if self.naming == Some(number) {
            self.naming = None;
            // One that is gone goes on by its last name.
            if let Some(Reply::Record(Ok(Some(record)))) = reply.take() {
                self.title = record.title();
            }
            return Some(Turn::Stay);
        }
        if self.asked != Some(number) {
            return None;
        }
        self.asked = None;
        match reply.take() {
            Some(Reply::History(Ok(events))) => {
                self.last = last_changes(self.resource.entity, &events);
                self.line = self.line.min((self.last.len() + events.len()).saturating_sub(1));
                self.events = Some(events);
                self.error = None;
            }
            Some(Reply::History(Err(error))) => self.error = Some(error.to_string()),
            _ => {}
        }
        Some(Turn::Stay)
    }

    /// Whether an action does something here.
    #[must_use]
    pub const fn answers(action: Action) -> bool {
        super::moves(action) || matches!(action, Action::Refresh)
    }

    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let last = self.len().saturating_sub(1);
        let page = context.rows.max(1);
        match action {
            Action::RowDown | Action::Down => self.line = (self.line + 1).min(last),
            Action::RowUp | Action::Up => self.line = self.line.saturating_sub(1),
            Action::PageDown | Action::HalfDown => self.line = (self.line + page / 2).min(last),
            Action::PageUp | Action::HalfUp => self.line = self.line.saturating_sub(page / 2),
            Action::Top | Action::Home => self.line = 0,
            Action::Bottom | Action::End => self.line = last,
            Action::Refresh => self.refresh(context),
            Action::Leave | Action::Stop | Action::Back => return Turn::Back,
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.last.len() + self.events.as_ref().map_or(0, Vec::len)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether older events were left out.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.events.as_ref().is_some_and(|events| events.len() >= MOST_EVENTS)
    }

    /// A line by its place.
    #[must_use]
    pub fn at(&self, line: usize) -> Option<Line<'_>> {
        let events = self.events.as_ref()?;
        match self.last.get(line) {
            Some((event, change)) => {
                let event = events.get(*event)?;
                Some(Line::Last(event.changes.get(*change)?, event))
            }
            None => events.get(line - self.last.len()).map(Line::Event),
        }
    }

    /// The last change of one field of several that were saved together, taken back by itself: what sets it to what it was
    /// before, and what is asked. Nothing where the field stands alone, or is not set by hand.
    #[must_use]
    pub fn one_field_back(&self, manner: Manner) -> Option<(Request, Vec<String>)> {
        let Some(Line::Last((name, before, after), event)) = self.at(self.line) else { return None };
        let update = self.resource.update()?;
        let field = self.resource.form_fields(false).find(|field| field.name == name)?;
        if event.changes.len() < 2 || field.kind == Kind::Secret {
            return None;
        }
        // The log keeps what a person reads of some kinds: only what reads as the field's own goes back.
        let value = match before {
            Value::Null => Value::Null,
            before if field.reference.is_some() && before.is_empty() => Value::Null,
            // What it is called may be another's name, too.
            _ if field.reference.is_some() => Value::Id(event.led_to.iter().find(|(led, _)| led == name)?.1),
            Value::Text(text) => {
                let locale = Locale { zone: chrono_tz::UTC, now: event.at, manner };
                Value::parse(field.kind, text, locale).ok()?
            }
            other => other.clone(),
        };
        let told = |value: &Value| match clean(&value.written()).into_owned() {
            nothing if nothing.is_empty() => "nothing".to_owned(),
            told => told,
        };
        let label = self.resource.label(Words::ENGLISH, field.name);
        let lines = vec![
            format!("{}: {label}", clean(&self.title)),
            format!("  {} becomes {} again", told(after), told(before)),
            "‹yes› sets it; ‹take-back› takes that back afterwards.".into(),
        ];
        Some((Request::new(update).on(self.id, None).with(field.name, value), lines))
    }

    /// What was done under the cursor, for taking it back.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        match self.at(self.line)? {
            Line::Last(_, event) | Line::Event(event) => Some(event),
        }
    }
}
