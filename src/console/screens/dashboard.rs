//! The first screen: how the network is, what is down, what runs.

use super::groups::{self, lines, opened};
use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::resources;
use crate::store::desk::Group;
use crate::store::list::{Effort, From, ListRequest, parse_filter, parse_sort};
use crate::store::{Record, StoreError};

/// Rows of each of its lists.
const ROWS: usize = 200;

/// The dashboard's lists; its counts are the header's.
#[derive(Debug, Default)]
pub struct Dashboard {
    pub down: Rows,
    pub incidents: Rows,
    pub panels: Panels,
    /// Which list has the cursor: what is down, incidents, then the panels.
    pub pane: usize,
    pub line: usize,
}

/// What runs out in the trades.
#[derive(Debug, Default)]
pub struct Panels {
    pub groups: Option<Vec<Group>>,
    pub error: Option<String>,
    asked: Option<Number>,
}

/// The lists of the network that stand before the panels.
pub const LISTS: usize = 2;

/// Rows of one list.
#[derive(Debug, Default)]
pub struct Rows {
    pub records: Option<Vec<Record>>,
    pub error: Option<String>,
    /// They are of a kind that the person may not see.
    pub closed: bool,
    asked: Option<Number>,
}

impl Rows {
    fn ask(&mut self, resource: &str, filter: &str, sort: &str, context: &mut Context<'_>) {
        let Some(resource) = resources::find(resource) else { return };
        self.closed = !context.session.may(&resource.entity.permission("read"));
        if self.closed {
            self.records = None;
        }
        if self.asked.is_some() || self.closed {
            return;
        }
        let entity = resource.entity;
        let request = ListRequest {
            entity,
            fields: resource.columns.iter().filter_map(|column| entity.field(column.field)).collect(),
            filter: parse_filter(entity, filter, context.locale()).unwrap_or(Resolved::All),
            sort: parse_sort(entity, sort).unwrap_or_default(),
            limit: ROWS,
            from: From::Start,
            effort: Effort::GLANCE,
        };
        self.asked = Some(context.asks.ask(Question::List(request)));
    }

    fn take(&mut self, number: Number, reply: &mut Option<Reply>) -> bool {
        if self.asked != Some(number) {
            return false;
        }
        self.asked = None;
        let page: Option<Result<_, StoreError>> =
            if let Some(Reply::Page(page)) = reply.take() { Some(page) } else { None };
        match page {
            Some(Ok(page)) => {
                self.records = Some(page.rows);
                self.error = None;
            }
            Some(Err(error)) => self.error = Some(error.to_string()),
            None => {}
        }
        true
    }
}

impl Dashboard {
    pub fn open(context: &mut Context<'_>) -> Self {
        let mut dashboard = Self::default();
        dashboard.refresh(context);
        dashboard
    }

    pub fn refresh(&mut self, context: &mut Context<'_>) {
        self.down.ask("devices", "is:problem -status:retired", "name", context);
        self.incidents.ask("incidents", "is:open", "-started_at", context);
        self.stand_somewhere(true);
        if self.panels.asked.is_none() {
            self.panels.asked = Some(context.asks.ask(Question::Panels));
        }
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        if self.panels.asked == Some(number) {
            self.panels.asked = None;
            match reply.take() {
                Some(Reply::Panels(Ok(groups))) => self.show(groups),
                Some(Reply::Panels(Err(error))) => self.panels.error = Some(error.to_string()),
                _ => {}
            }
            return Some(Turn::Stay);
        }
        let taken = self.down.take(number, reply) || self.incidents.take(number, reply);
        if taken {
            // The worst first, and among equals those that changed last.
            if let Some(records) = &mut self.down.records {
                records.sort_by_key(|record| (severity(record), std::cmp::Reverse(record.get("since").as_instant())));
            }
            // Of incidents too, and before all else those that nobody has in hand.
            if let Some(records) = &mut self.incidents.records {
                records.sort_by_key(|record| (!record.get("acknowledged_by").is_empty(), weight(record)));
            }
            self.line = self.line.min(self.last());
        }
        taken.then_some(Turn::Stay)
    }

    /// Panels with something in them come before empty ones; the cursor stays in its panel.
    fn show(&mut self, mut groups: Vec<Group>) {
        groups.sort_by_key(|group| group.rows.is_empty());
        if let Some(before) = self.panel().map(|panel| panel.title) {
            let at = groups.iter().position(|group| group.title == before);
            self.pane = at.map_or(0, |at| LISTS + at);
        }
        (self.panels.groups, self.panels.error) = (Some(groups), None);
        self.stand_somewhere(true);
        self.line = self.line.min(self.last());
    }

    /// The panel that has the cursor.
    #[must_use]
    pub fn panel(&self) -> Option<&Group> {
        self.panels.groups.as_ref()?.get(self.pane.checked_sub(LISTS)?)
    }

    /// The record under the cursor; none on a panel's heading.
    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        match (self.pane, self.panel()) {
            (0, _) => self.down.records.as_ref()?.get(self.line),
            (1, _) => self.incidents.records.as_ref()?.get(self.line),
            (_, panel) => Some(&panel?.rows.get(self.line.checked_sub(1)?)?.record),
        }
    }

    /// The last line of the list that has the cursor.
    fn last(&self) -> usize {
        let rows = |rows: &Rows| rows.records.as_ref().map_or(0, |records| records.len().saturating_sub(1));
        match self.pane {
            0 => rows(&self.down),
            1 => rows(&self.incidents),
            // The heading comes first.
            _ => self.panel().map_or(0, |panel| panel.rows.len()),
        }
    }

    fn step(&mut self, forward: bool) {
        let panes = LISTS + self.panels.groups.as_ref().map_or(0, Vec::len);
        self.pane = if forward { self.pane + 1 } else { self.pane + panes - 1 } % panes;
        self.line = 0;
        // Where there is nothing nobody sees the cursor.
        self.pass_over(forward, |rows| rows.closed || rows.records.as_ref().is_some_and(Vec::is_empty));
    }

    /// Whether there is nothing of the network that the person may see.
    #[must_use]
    pub const fn has_no_network(&self) -> bool {
        self.down.closed && self.incidents.closed
    }

    /// The cursor stands in no list that is closed to the person.
    fn stand_somewhere(&mut self, forward: bool) {
        self.pass_over(forward, |rows| rows.closed);
    }

    /// Goes on from such lists.
    fn pass_over(&mut self, forward: bool, is_passed: impl Fn(&Rows) -> bool) {
        let panes = LISTS + self.panels.groups.as_ref().map_or(0, Vec::len);
        for _ in 0..LISTS {
            let rows = [&self.down, &self.incidents].get(self.pane).copied();
            if rows.is_some_and(&is_passed) && panes > LISTS {
                self.pane = if forward { self.pane + 1 } else { self.pane + panes - 1 } % panes;
            }
        }
    }

    fn open_line(&self) -> Turn {
        if let Some(line) = self.panel().and_then(|panel| lines(panel).nth(self.line)) {
            return opened(line);
        }
        self.current()
            .and_then(|record| Some(Turn::Open(resources::of(record.entity)?, record.id)))
            .unwrap_or(Turn::Stay)
    }

    /// Puts the cursor on a record of any list.
    pub fn point_at(&mut self, id: Id) {
        for (pane, rows) in [&self.down, &self.incidents].into_iter().enumerate() {
            if let Some(index) = rows.records.iter().flatten().position(|record| record.id == id) {
                (self.pane, self.line) = (pane, index);
                return;
            }
        }
        for (index, group) in self.panels.groups.iter().flatten().enumerate() {
            if let Some(row) = group.rows.iter().position(|row| row.record.id == id) {
                (self.pane, self.line) = (LISTS + index, row + 1);
                return;
            }
        }
    }

    /// Whether an action does something here.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        match action {
            Action::NextPane
            | Action::PreviousPane
            | Action::ColumnLeft
            | Action::ColumnRight
            | Action::Left
            | Action::Right
            | Action::Refresh => true,
            Action::Open => !matches!(self.open_line(), Turn::Stay),
            action if super::moves(action) => self.last() > 0,
            action if groups::wants_a_record(action) => self.current().is_some(),
            _ => false,
        }
    }

    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let last = self.last();
        match action {
            Action::RowDown | Action::Down => self.line = (self.line + 1).min(last),
            Action::RowUp | Action::Up => self.line = self.line.saturating_sub(1),
            Action::Top | Action::Home => self.line = 0,
            Action::Bottom | Action::End => self.line = last,
            Action::PageDown | Action::HalfDown => self.line = (self.line + context.rows / 2).min(last),
            Action::PageUp | Action::HalfUp => self.line = self.line.saturating_sub(context.rows / 2),
            Action::NextPane | Action::ColumnRight | Action::Right => self.step(true),
            Action::PreviousPane | Action::ColumnLeft | Action::Left => self.step(false),
            Action::Open => return self.open_line(),
            Action::Refresh => self.refresh(context),
            Action::Leave | Action::Stop | Action::Back => return Turn::Back,
            _ => return Turn::Pass,
        }
        Turn::Stay
    }
}

/// How much an incident weighs: the less, the worse.
fn weight(record: &Record) -> u8 {
    match record.get("severity").as_str() {
        "critical" => 0,
        "major" => 1,
        _ => 2,
    }
}

fn severity(record: &Record) -> u8 {
    match record.get("health").as_str() {
        "down" => 0,
        "flapping" => 1,
        "degraded" => 2,
        _ => 3,
    }
}
