//! The first screen: how the network is, what is down, what runs.

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Reply};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::resources::{self, Resource};
use crate::store::list::{From, ListRequest, parse_filter, parse_sort};
use crate::store::{Record, StoreError};

/// Rows of each of its lists.
const ROWS: usize = 200;

/// The dashboard's lists; its counts are the header's.
#[derive(Debug, Default)]
pub struct Dashboard {
    pub down: Rows,
    pub incidents: Rows,
    /// Which list has the cursor: what is down, or incidents.
    pub in_incidents: bool,
    pub line: usize,
}

/// Rows of one list.
#[derive(Debug, Default)]
pub struct Rows {
    pub records: Option<Vec<Record>>,
    pub error: Option<String>,
    asked: Option<Number>,
}

impl Rows {
    fn ask(&mut self, resource: &str, filter: &str, sort: &str, context: &mut Context<'_>) {
        let Some(resource) = resources::find(resource) else { return };
        if self.asked.is_some() || !context.session.may(&resource.entity.permission("read")) {
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
    }

    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>) -> Option<Turn> {
        let taken = self.down.take(number, reply) || self.incidents.take(number, reply);
        if taken {
            // The worst first, and among equals those that changed last.
            if let Some(records) = &mut self.down.records {
                records.sort_by_key(|record| (severity(record), std::cmp::Reverse(record.get("since").as_instant())));
            }
            self.line = self.line.min(self.records().len().saturating_sub(1));
        }
        taken.then_some(Turn::Stay)
    }

    /// The list that has the cursor.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        let rows = if self.in_incidents { &self.incidents } else { &self.down };
        rows.records.as_deref().unwrap_or_default()
    }

    /// Puts the cursor on a record of either list.
    pub fn point_at(&mut self, id: Id) {
        for (rows, in_incidents) in [(&self.down, false), (&self.incidents, true)] {
            let index = rows.records.iter().flatten().position(|record| record.id == id);
            if let Some(index) = index {
                (self.line, self.in_incidents) = (index, in_incidents);
                return;
            }
        }
    }

    /// Whether an action does something here.
    #[must_use]
    pub const fn answers(action: Action) -> bool {
        super::moves(action)
            || matches!(
                action,
                Action::NextPane
                    | Action::PreviousPane
                    | Action::ColumnLeft
                    | Action::ColumnRight
                    | Action::Left
                    | Action::Right
                    | Action::Open
                    | Action::Refresh
                    | Action::Actions
                    | Action::Copy
            )
    }

    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let last = self.records().len().saturating_sub(1);
        match action {
            Action::RowDown | Action::Down => self.line = (self.line + 1).min(last),
            Action::RowUp | Action::Up => self.line = self.line.saturating_sub(1),
            Action::Top | Action::Home => self.line = 0,
            Action::Bottom | Action::End => self.line = last,
            Action::PageDown | Action::HalfDown => self.line = (self.line + context.rows / 2).min(last),
            Action::PageUp | Action::HalfUp => self.line = self.line.saturating_sub(context.rows / 2),
            Action::NextPane
            | Action::PreviousPane
            | Action::ColumnLeft
            | Action::ColumnRight
            | Action::Left
            | Action::Right => {
                self.in_incidents = !self.in_incidents;
                self.line = 0;
            }
            Action::Open => {
                return self
                    .records()
                    .get(self.line)
                    .and_then(|record| Some(Turn::Open(resource_of(record)?, record.id)))
                    .unwrap_or(Turn::Stay);
            }
            Action::Refresh => self.refresh(context),
            Action::Leave | Action::Stop | Action::Back => return Turn::Back,
            _ => return Turn::Pass,
        }
        Turn::Stay
    }
}

fn resource_of(record: &Record) -> Option<&'static Resource> {
    resources::of(record.entity)
}

fn severity(record: &Record) -> u8 {
    match record.get("health").as_str() {
        "down" => 0,
        "flapping" => 1,
        "degraded" => 2,
        _ => 3,
    }
}
