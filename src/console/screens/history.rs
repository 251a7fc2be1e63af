//! What was done to a record, the newest first.

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::domain::Id;
use crate::resources::Resource;
use crate::store::overview::Event;

/// A record's history.
#[derive(Debug)]
pub struct History {
    pub resource: &'static Resource,
    pub id: Id,
    pub title: String,
    pub events: Option<Vec<Event>>,
    pub error: Option<String>,
    /// The event under the cursor.
    pub line: usize,
    asked: Option<Number>,
}

impl History {
    pub fn open(resource: &'static Resource, id: Id, title: String, context: &mut Context<'_>) -> Self {
        let asked = Some(context.asks.ask(Question::History { entity: resource.entity, id }));
        Self { resource, id, title, events: None, error: None, line: 0, asked }
    }

    pub fn refresh(&mut self, context: &mut Context<'_>) {
        self.asked = Some(context.asks.ask(Question::History { entity: self.resource.entity, id: self.id }));
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        if self.asked != Some(number) {
            return None;
        }
        self.asked = None;
        match reply.take() {
            Some(Reply::History(Ok(events))) => {
                self.line = self.line.min(events.len().saturating_sub(1));
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
        let last = self.events.as_ref().map_or(0, |events| events.len().saturating_sub(1));
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

    /// The operation under the cursor, for taking it back.
    #[must_use]
    pub fn operation(&self) -> Option<Id> {
        self.events.as_ref()?.get(self.line)?.operation
    }
}
