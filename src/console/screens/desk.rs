//! The desk: what waits for me, or what I have pinned, in groups.

use super::groups::{self, Line, lines, opened};
use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::domain::Value;
use crate::store::Record;
use crate::store::desk::{Group, Row, Waiting};
use crate::store::find::Found;
use crate::store::list::Count;

/// What lies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Waiting,
    Pinned,
}

/// The desk.
#[derive(Debug)]
pub struct Desk {
    pub about: About,
    pub groups: Option<Vec<Group>>,
    pub error: Option<String>,
    /// The line under the cursor, among those that [`Desk::lines`] gives.
    pub line: usize,
    asked: Option<Number>,
}

impl Desk {
    pub fn open(about: About, context: &mut Context<'_>) -> Self {
        let mut desk = Self { about, groups: None, error: None, line: 1, asked: None };
        desk.refresh(context);
        desk
    }

    pub fn refresh(&mut self, context: &mut Context<'_>) {
        self.asked = Some(context.asks.ask(match self.about {
            About::Waiting => Question::Waiting,
            About::Pinned => Question::Pinned,
        }));
    }

    #[must_use]
    pub fn lines(&self) -> Vec<Line<'_>> {
        self.groups.iter().flatten().flat_map(lines).collect()
    }

    /// The record under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        match self.lines().get(self.line) {
            Some(Line::Row(row)) => Some(&row.record),
            _ => None,
        }
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        if self.asked != Some(number) {
            return None;
        }
        self.asked = None;
        let groups = match reply.take() {
            Some(Reply::Waiting(waiting)) => waiting.map(|Waiting { groups, .. }| groups),
            Some(Reply::Pinned(found)) => found.map(|found| found.into_iter().map(pinned).collect()),
            _ => return Some(Turn::Stay),
        };
        match groups {
            Ok(groups) => self.show(groups),
            Err(error) => self.error = Some(error.to_string()),
        }
        Some(Turn::Stay)
    }

    /// The cursor stays on its record; where that is gone, it stays in its place.
    fn show(&mut self, groups: Vec<Group>) {
        let at = self.current().map(|record| record.id);
        self.groups = Some(groups);
        self.error = None;
        let lines = self.lines();
        let kept = lines.iter().position(|line| matches!(line, Line::Row(row) if Some(row.record.id) == at));
        self.line = kept.unwrap_or(self.line).min(lines.len().saturating_sub(1));
    }

    /// Whether an action does something here.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        match action {
            Action::Refresh => true,
            Action::Open => self.lines().get(self.line).is_some(),
            action if groups::wants_a_record(action) => self.current().is_some(),
            action => super::moves(action) && self.lines().len() > 1,
        }
    }

    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let last = self.lines().len().saturating_sub(1);
        let page = context.rows.max(1);
        match action {
            Action::RowDown | Action::Down => self.line = (self.line + 1).min(last),
            Action::RowUp | Action::Up => self.line = self.line.saturating_sub(1),
            Action::PageDown | Action::HalfDown => self.line = (self.line + page / 2).min(last),
            Action::PageUp | Action::HalfUp => self.line = self.line.saturating_sub(page / 2),
            Action::Top | Action::Home => self.line = 0,
            Action::Bottom | Action::End => self.line = last,
            Action::Open => return self.lines().get(self.line).map_or(Turn::Stay, |line| opened(*line)),
            Action::Refresh => self.refresh(context),
            Action::Leave | Action::Stop | Action::Back => return Turn::Back,
            _ => return Turn::Pass,
        }
        Turn::Stay
    }
}

/// Pinned records of one kind as a group.
fn pinned(found: Found) -> Group {
    let rows: Vec<Row> =
        found.records.into_iter().map(|record| Row { until: Value::Null, tells: &["status"], record }).collect();
    Group {
        // As its kind is called.
        title: "",
        entity: found.entity,
        filter: "",
        count: Count { number: rows.len() as u64, exact: true },
        rows,
    }
}
