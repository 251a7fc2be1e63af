//! A list of records: a window of rows around the cursor, loaded page by page as one moves, marks by
//! id, a filter and a sort; beside it the details of the row one rests on.

mod keys;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Related, Reply};
use crate::domain::Id;
use crate::domain::filter::{Mistake, Resolved};
use crate::resources::Resource;
use crate::store::list::{COUNT_CAP, Count, Cursor, From, ListRequest, Page, Sort, parse_filter, parse_sort};
use crate::store::{Field, Record};

/// Rows that are asked for at a time: at least these, and two screens.
const LEAST_PAGE: usize = 60;
/// Rows that are kept around the cursor.
const WINDOW: usize = 600;
/// The details follow the cursor when it has rested this long.
const REST: Duration = Duration::from_millis(120);

/// One row of the window.
#[derive(Debug)]
pub struct Row {
    pub record: Record,
    cursor: Cursor,
}

/// What is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Start,
    End,
    After,
    Before,
    /// What is in the window, again.
    Again,
}

/// A list of records.
#[derive(Debug)]
pub struct List {
    pub resource: &'static Resource,
    pub filter_text: String,
    filter: Resolved,
    pub mistake: Option<Mistake>,
    pub sort: Vec<Sort>,
    pub rows: Vec<Row>,
    more_before: bool,
    more_after: bool,
    /// The record under the cursor.
    pub at: Option<Id>,
    /// The first row on the screen, in the window.
    pub top: usize,
    /// The column that `s` sorts by, among those of the resource.
    pub column: usize,
    /// Marked records and the version that was seen.
    pub marks: BTreeMap<Id, i64>,
    range_from: Option<Id>,
    pub count: Option<Count>,
    counting: Option<Number>,
    loading: Option<(Number, Load, Instant)>,
    waiting: Option<Load>,
    /// What is to be done to the row that the answer puts under the cursor.
    pending: Option<Action>,
    /// The rows are of another filter or sort than the one that is asked for.
    pub stale: bool,
    pub error: Option<String>,
    marking: Option<Number>,
    /// Whether the details pane is wanted.
    pub details: bool,
    pub detail: Option<Record>,
    /// What points at the record of the details pane.
    pub related: Vec<Related>,
    related_asked: Option<(Number, Id)>,
    detail_asked: Option<(Number, Id)>,
    moved_at: Instant,
    pub frozen: bool,
}

impl List {
    /// A list with a filter; a mistaken filter is shown with its mistake over all rows.
    pub fn open(resource: &'static Resource, filter: &str, context: &mut Context<'_>) -> Self {
        let mut list = Self {
            resource,
            filter_text: filter.to_owned(),
            filter: Resolved::All,
            mistake: None,
            sort: parse_sort(resource.entity, resource.entity.default_sort).unwrap_or_default(),
            rows: Vec::new(),
            more_before: false,
            more_after: false,
            at: None,
            top: 0,
            column: 1.min(resource.columns.len().saturating_sub(1)),
            marks: BTreeMap::new(),
            range_from: None,
            count: None,
            counting: None,
            loading: None,
            waiting: None,
            pending: None,
            stale: true,
            error: None,
            marking: None,
            details: true,
            detail: None,
            related: Vec::new(),
            related_asked: None,
            detail_asked: None,
            moved_at: context.tick,
            frozen: false,
        };
        list.set_filter(filter, context);
        if list.loading.is_none() {
            list.load(Load::Start, context);
            list.recount(context);
        }
        list
    }

    /// What the filter line says, as one types. A mistake leaves the last good answer standing.
    pub fn set_filter(&mut self, text: &str, context: &mut Context<'_>) {
        self.filter_text = text.to_owned();
        match parse_filter(self.resource.entity, text, context.locale()) {
            Ok(filter) => {
                self.mistake = None;
                if filter != self.filter {
                    self.filter = filter;
                    self.stale = true;
                    self.load(Load::Start, context);
                    self.recount(context);
                }
            }
            Err(mistake) => self.mistake = Some(mistake),
        }
    }

    #[must_use]
    pub fn filter(&self) -> &Resolved {
        &self.filter
    }

    /// The fields that its rows carry.
    fn fields(&self) -> Vec<&'static Field> {
        let entity = self.resource.entity;
        let mut names: Vec<&str> = self.resource.columns.iter().map(|column| column.field).collect();
        names.extend([entity.label, "number", "status"]);
        let mut fields: Vec<&'static Field> = Vec::new();
        for field in names.into_iter().filter_map(|name| entity.field(name)) {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field);
            }
        }
        fields
    }

    fn page(context: &Context<'_>) -> usize {
        LEAST_PAGE.max(context.rows * 2)
    }

    /// One request runs and one waits: the latest wins.
    fn load(&mut self, load: Load, context: &mut Context<'_>) {
        if self.loading.is_some() {
            // Looking again is the weakest wish.
            if load != Load::Again || self.waiting.is_none() {
                self.waiting = Some(load);
            }
            return;
        }
        // Rows of another filter or sort are no place to look again from.
        let load = if load == Load::Again && self.stale { Load::Start } else { load };
        let (from, limit) = match load {
            Load::Start => (From::Start, Self::page(context)),
            Load::End => (From::End, Self::page(context)),
            Load::After => match self.rows.last() {
                Some(row) => (From::After(row.cursor.clone()), Self::page(context)),
                None => return,
            },
            Load::Before => match self.rows.first() {
                Some(row) => (From::Before(row.cursor.clone()), Self::page(context)),
                None => return,
            },
            Load::Again => match self.rows.first() {
                Some(row) if self.more_before => {
                    (From::At(row.cursor.clone()), self.rows.len().max(Self::page(context)))
                }
                _ => (From::Start, self.rows.len().max(Self::page(context))),
            },
        };
        let request = ListRequest {
            entity: self.resource.entity,
            fields: self.fields(),
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            limit,
            from,
        };
        self.loading = Some((context.asks.ask(Question::List(request)), load, context.tick));
    }

    fn recount(&mut self, context: &mut Context<'_>) {
        let question = Question::Count { entity: self.resource.entity, filter: self.filter.clone(), cap: COUNT_CAP };
        self.counting = Some(context.asks.ask(question));
    }

    /// Looks again at what is shown: something changed.
    pub fn refresh(&mut self, context: &mut Context<'_>) {
        if self.frozen {
            return;
        }
        self.load(Load::Again, context);
        self.recount(context);
        if let Some(detail) = &self.detail {
            let id = detail.id;
            self.ask_detail(id, context);
        }
    }

    /// Whether the rows are of another filter or order than the one that is being read.
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        self.stale && self.loading.is_some()
    }

    /// How long the running request has been running.
    #[must_use]
    pub fn loading_since(&self) -> Option<Instant> {
        self.loading
            .filter(|(_, load, _)| *load != Load::Again)
            .map(|(.., since)| since)
            .or(self.marking.map(|_| self.moved_at))
    }

    /// Takes an answer; false where it is not for this list.
    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>, context: &mut Context<'_>) -> Option<Turn> {
        if self.loading.is_some_and(|(asked, ..)| asked == number) {
            let (_, load, _) = self.loading.take()?;
            let Some(Reply::Page(page)) = reply.take() else { return None };
            let superseded = self.waiting.take();
            match page {
                Ok(page) if superseded.is_none_or(|next| matches!(next, Load::Again | Load::After | Load::Before)) => {
                    self.error = None;
                    self.take_page(page, load, context);
                }
                Ok(_) => {}
                // The rows stay as they are, of another filter or not.
                Err(error) => {
                    self.error = Some(error.to_string());
                    self.pending = None;
                }
            }
            if let Some(next) = superseded {
                self.load(next, context);
            }
            return Some(match self.pending.take_if(|_| !self.stale) {
                Some(action) => self.act(action, context),
                None => Turn::Stay,
            });
        }
        if self.counting == Some(number) {
            self.counting = None;
            if let Some(Reply::Count(Ok(count))) = reply.take() {
                self.count = Some(count);
            }
            return Some(Turn::Stay);
        }
        if self.detail_asked.is_some_and(|(asked, _)| asked == number) {
            self.detail_asked = None;
            if let Some(Reply::Record(Ok(record))) = reply.take() {
                let changed = self.detail.as_ref().map(|record| record.id) != record.as_ref().map(|record| record.id);
                if changed {
                    self.related.clear();
                }
                self.detail = record;
            }
            return Some(Turn::Stay);
        }
        if self.related_asked.is_some_and(|(asked, _)| asked == number) {
            let id = self.related_asked.take().map(|(_, id)| id);
            if let Some(Reply::Related(Ok(related))) = reply.take()
                && self.detail.as_ref().map(|record| record.id) == id
            {
                self.related = related;
            }
            return Some(Turn::Stay);
        }
        if self.marking == Some(number) {
            self.marking = None;
            return Some(match reply.take() {
                Some(Reply::Ids(Ok(ids))) => {
                    self.marks = ids.into_iter().collect();
                    Turn::Tell(format!("{} marked", self.marks.len()))
                }
                Some(Reply::Ids(Err(error))) => Turn::Alarm(error.to_string()),
                _ => Turn::Stay,
            });
        }
        None
    }

    fn take_page(&mut self, page: Page, load: Load, context: &mut Context<'_>) {
        let rows: Vec<Row> =
            page.rows.into_iter().zip(page.cursors).map(|(record, cursor)| Row { record, cursor }).collect();
        self.stale = false;
        match load {
            Load::Start | Load::End => {
                self.rows = rows;
                (self.more_before, self.more_after) = (page.more_before, page.more_after);
                let stay = self.at.filter(|id| load == Load::Start && self.rows.iter().any(|row| row.record.id == *id));
                let edge = if load == Load::End { self.rows.last() } else { self.rows.first() };
                self.at = stay.or(edge.map(|row| row.record.id));
                self.top = if load == Load::End { self.rows.len().saturating_sub(context.rows) } else { 0 };
            }
            Load::After => {
                self.rows.extend(rows);
                self.more_after = page.more_after;
                if self.rows.len() > WINDOW {
                    let excess = (self.rows.len() - WINDOW).min(self.top.saturating_sub(context.rows));
                    self.rows.drain(..excess);
                    self.top -= excess;
                    self.more_before |= excess > 0;
                }
            }
            Load::Before => {
                let added = rows.len();
                self.rows.splice(..0, rows);
                self.top += added;
                self.more_before = page.more_before;
                if self.rows.len() > WINDOW {
                    let keep = WINDOW.max(self.top + 2 * context.rows).min(self.rows.len());
                    self.more_after |= keep < self.rows.len();
                    self.rows.truncate(keep);
                }
            }
            Load::Again => self.take_again(rows, page.more_after, context),
        }
        for row in &self.rows {
            if let Some(version) = self.marks.get_mut(&row.record.id) {
                *version = row.record.version;
            }
        }
        self.settle(context);
    }

    /// The same rows as they are now: the cursor stays on its record, wherever that went.
    fn take_again(&mut self, rows: Vec<Row>, more_after: bool, _context: &Context<'_>) {
        let offset = self.index().map_or(0, |index| index.saturating_sub(self.top));
        let neighbour = self.index().unwrap_or(0);
        self.rows = rows;
        self.more_after = more_after;
        match self.index() {
            Some(index) => self.top = index.saturating_sub(offset),
            None => {
                // The record left the list: the one that took its place is shown.
                self.at = self.rows.get(neighbour.min(self.rows.len().saturating_sub(1))).map(|row| row.record.id);
            }
        }
    }

    /// Where the cursor is, in the window.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.rows.iter().position(|row| Some(row.record.id) == self.at)
    }

    /// Where the first row on the screen stands among `total`, as far as is known: near an end exactly,
    /// between them in the middle.
    #[must_use]
    pub fn place(&self, total: usize) -> usize {
        match (self.more_before, self.more_after) {
            (false, _) => self.top,
            (true, false) => total.saturating_sub(self.rows.len() - self.top.min(self.rows.len())),
            (true, true) => total / 2,
        }
    }

    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        self.index().and_then(|index| self.rows.get(index)).map(|row| &row.record)
    }

    /// Keeps the cursor on the screen, and rows loaded beyond its edges.
    fn settle(&mut self, context: &mut Context<'_>) {
        let Some(index) = self.index() else {
            self.at = self.rows.first().map(|row| row.record.id);
            self.top = 0;
            if self.at.is_none() {
                (self.detail, self.detail_asked) = (None, None);
            }
            return;
        };
        let fits = context.rows.max(1);
        if index < self.top {
            self.top = index;
        } else if index >= self.top + fits {
            self.top = index + 1 - fits;
        }
        self.top = self.top.min(self.rows.len().saturating_sub(fits));
        if self.loading.is_none() {
            if self.more_after && index + 2 * fits >= self.rows.len() {
                self.load(Load::After, context);
            } else if self.more_before && index < 2 * fits {
                self.load(Load::Before, context);
            }
        }
    }

    /// Another size of the screen.
    pub fn resized(&mut self, context: &mut Context<'_>) {
        self.settle(context);
    }

    fn step(&mut self, by: isize, context: &mut Context<'_>) {
        let Some(index) = self.index() else { return };
        let to = index.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
        self.go(to, context);
    }

    fn go(&mut self, to: usize, context: &mut Context<'_>) {
        if let Some(row) = self.rows.get(to) {
            self.at = Some(row.record.id);
            self.moved_at = context.tick;
            if let Some(from) = self.range_from {
                self.mark_range(from, to);
            }
            self.settle(context);
        }
    }

    fn mark_range(&mut self, from: Id, to: usize) {
        let Some(start) = self.rows.iter().position(|row| row.record.id == from) else { return };
        for row in &self.rows[start.min(to)..=start.max(to)] {
            self.marks.insert(row.record.id, row.record.version);
        }
    }

    /// The record whose details are wanted and neither shown nor asked for.
    fn detail_wanted(&self) -> Option<Id> {
        let wanted = self.at.filter(|_| self.details)?;
        let shown = self.detail.as_ref().map(|record| record.id);
        let asked = self.detail_asked.map(|(_, id)| id);
        (shown != Some(wanted) && asked != Some(wanted)).then_some(wanted)
    }

    /// When the details catch up with the cursor, if they have to.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.detail_wanted().map(|_| self.moved_at + REST)
    }

    /// Time has passed: the details catch up with the cursor.
    pub fn tick(&mut self, context: &mut Context<'_>) {
        if let Some(wanted) = self.detail_wanted()
            && context.tick >= self.moved_at + REST
        {
            self.ask_detail(wanted, context);
        }
    }

    fn ask_detail(&mut self, id: Id, context: &mut Context<'_>) {
        let question = Question::Get { entity: self.resource.entity, id };
        self.detail_asked = Some((context.asks.ask(question), id));
        if !self.resource.entity.relations.is_empty() {
            let question = Question::Related { entity: self.resource.entity, id };
            self.related_asked = Some((context.asks.ask(question), id));
        }
    }

    /// The records that an action is for: the marked ones, else the one under the cursor.
    #[must_use]
    pub fn aims(&self) -> Vec<(Id, i64)> {
        if self.marks.is_empty() {
            return self.current().map(|record| (record.id, record.version)).into_iter().collect();
        }
        self.marks.iter().map(|(id, version)| (*id, *version)).collect()
    }

    /// The records of the window that an action is for.
    pub fn aimed_records(&self) -> impl Iterator<Item = &Record> {
        let at = self.at;
        self.rows.iter().map(|row| &row.record).filter(move |record| {
            if self.marks.is_empty() { Some(record.id) == at } else { self.marks.contains_key(&record.id) }
        })
    }
}
