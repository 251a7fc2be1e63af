//! A list of records: a window of rows around the cursor, loaded page by page as one moves, marks by
//! id, a filter and a sort; beside it the details of the row one rests on.

mod filtering;
mod keys;
pub mod look;
mod looked;
mod marks;
mod window;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Context, Turn};
use crate::console::actions::Action;
use crate::console::message::{Number, Question, Related, Reply};
use crate::domain::filter::{Mistake, Resolved, Test};
use crate::domain::manner::Manner;
use crate::domain::{Id, Value};
use crate::resources::Resource;
use crate::store::aims::Aims;
use crate::store::list::{Count, Cursor, ListRequest, Sort};
use crate::store::{Field, Record, entities};
pub use filtering::OPEN;
use look::{Look, Shown, ShownView};
pub use looked::Looked;

/// Rows that are asked for at a time: at least these, and two screens.
const LEAST_PAGE: usize = 60;
/// Rows that are kept around the cursor.
const WINDOW: usize = 600;
/// The details follow the cursor when it has rested this long.
const REST: Duration = Duration::from_millis(120);

/// A look that nobody changes any more is remembered this long after.
const REMEMBERED_AFTER: Duration = Duration::from_secs(2);

/// One row of the window.
#[derive(Debug)]
pub struct Row {
    pub record: Record,
    cursor: Cursor,
}

/// An end of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Top,
    Bottom,
}

/// What is being loaded.
#[derive(Clone, Debug, PartialEq)]
enum Load {
    Start,
    End,
    After,
    Before,
    /// What is in the window, again.
    Again,
    /// The records of the window, as far as they still match, and no others.
    Kept,
    /// From a record on that stands elsewhere in the list.
    At(Cursor),
    /// Where a record stands that was not among the rows.
    To(Id),
}

/// Where a list stands: the record under its cursor.
#[derive(Clone, Debug)]
pub struct Stood {
    id: Id,
    cursor: Cursor,
    /// Further down than what is read first.
    deep: bool,
}

/// What a list stands below: it shows what points at one record by one field.
#[derive(Clone, Debug)]
pub struct Below {
    /// The record's kind, id and title.
    pub resource: &'static Resource,
    pub id: Id,
    pub title: String,
    /// What the record is called where it is referred to.
    pub named: String,
    /// Which of the record's relations.
    pub relation: usize,
    pub name: &'static str,
    /// The field by which the rows point at it.
    pub field: &'static Field,
}

/// A list of records.
#[derive(Debug)]
pub struct List {
    pub resource: &'static Resource,
    /// The marks are those of all that matched, and none was set or taken away since.
    marked_all: bool,
    /// What the marked are called that were in sight then.
    titles: BTreeMap<Id, String>,
    /// The text of the filter that was read last without a mistake.
    good_filter: String,
    pub filter_text: String,
    filter: Resolved,
    pub mistake: Option<Mistake>,
    /// The last condition of the filter that is being typed has no value yet: nothing is asked of it so far.
    pub unfinished: bool,
    pub sort: Vec<Sort>,
    pub rows: Vec<Row>,
    more_before: bool,
    more_after: bool,
    /// Where it was looked no further for rows that no index finds: beyond the window's first row, and beyond its last.
    looked: Looked,
    /// Why nothing matches, where the filter names a record that there is not.
    pub misnamed: Option<String>,
    /// The record under the cursor.
    pub at: Option<Id>,
    /// The first row on the screen, in the window.
    pub top: usize,
    pub columns: Vec<Shown>,
    /// The column that `s` sorts by.
    pub column: usize,
    pub below: Option<Below>,
    /// The saved view that it was made to look like, by name.
    pub view: Option<ShownView>,
    /// Whether its filter is remembered: not that of a list that was opened with one.
    pub remembers_filter: bool,
    /// When its look was changed last, until that is remembered.
    look_changed: Option<Instant>,
    /// The fields that the rows of the window carry.
    carried: Vec<&'static str>,
    /// Marked records and the version that was seen.
    pub marks: Aims,
    range_from: Option<Id>,
    /// The range began above the rows that are kept, or below them.
    range_left: Option<Edge>,
    pub count: Option<Count>,
    /// How many there will be, counted before their rows were read.
    counted_ahead: Option<Count>,
    counting: Option<Number>,
    /// The device that is being checked, and what it is called.
    checking: Option<(Number, String)>,
    loading: Option<(Number, Load, Instant)>,
    waiting: Option<Load>,
    /// What is to be done to the row that the answer puts under the cursor.
    pending: Vec<Action>,
    /// A record that the cursor goes to when the rows are read, and where it stands, if that is known.
    wanted: Option<(Id, Option<Cursor>)>,
    /// What is told of the record that was saved and is looked for, if it is not in the list.
    saved: Option<String>,
    /// The rows are of another filter or sort than the one that is asked for.
    pub stale: bool,
    pub error: Option<String>,
    /// All that match are being looked for, and so many records were looked at so far.
    marking: Option<(Number, u64)>,
    /// The next record that wants a look is being looked for, by this condition.
    seeking: Option<(Number, &'static str, ListRequest)>,
    /// Filters of which the first record is looked for next, should there be none of the one before.
    first_of: &'static [&'static str],
    /// Whether the details pane is wanted.
    pub details: bool,
    pub detail: Option<Record>,
    /// What points at the record of the details pane.
    pub related: Vec<Related>,
    related_asked: Option<(Number, Id)>,
    detail_asked: Option<(Number, Id)>,
    moved_at: Instant,
    pub frozen: bool,
    /// The login that this console is, which its list shows as such.
    pub own_login: Option<Id>,
}

impl List {
    /// A list that looks so; a mistaken filter is shown with its mistake over all rows.
    pub fn open(resource: &'static Resource, look: Look, context: &mut Context<'_>) -> Self {
        let mut list = Self::unread(resource, look, context);
        list.begin(context);
        list
    }

    /// A list of what points at one record.
    pub fn open_below(resource: &'static Resource, look: Look, below: Below, context: &mut Context<'_>) -> Self {
        let mut list = Self { below: Some(below), ..Self::unread(resource, look, context) };
        list.begin(context);
        list
    }

    fn begin(&mut self, context: &mut Context<'_>) {
        let filter = self.filter_text.clone();
        self.set_filter(&filter, context);
        self.look_changed = None;
        if self.loading.is_none() {
            self.load(Load::Start, context);
            self.recount(context);
        }
    }

    fn unread(resource: &'static Resource, look: Look, context: &Context<'_>) -> Self {
        Self {
            resource,
            filter_text: look.filter,
            filter: Resolved::All,
            mistake: None,
            unfinished: false,
            sort: look.sort,
            rows: Vec::new(),
            more_before: false,
            more_after: false,
            looked: Looked::default(),
            misnamed: None,
            at: None,
            top: 0,
            column: 1.min(look.columns.len().saturating_sub(1)),
            columns: look.columns,
            below: None,
            view: None,
            remembers_filter: true,
            good_filter: String::new(),
            marked_all: false,
            titles: BTreeMap::new(),
            look_changed: None,
            carried: Vec::new(),
            marks: Aims::default(),
            range_from: None,
            range_left: None,
            count: None,
            counted_ahead: None,
            counting: None,
            checking: None,
            loading: None,
            waiting: None,
            pending: Vec::new(),
            wanted: None,
            saved: None,
            stale: true,
            error: None,
            marking: None,
            seeking: None,
            first_of: &[],
            details: true,
            detail: None,
            related: Vec::new(),
            related_asked: None,
            detail_asked: None,
            moved_at: context.tick,
            frozen: false,
            own_login: context.session.login(),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn stands_at(&self) -> Option<Stood> {
        let index = self.index()?;
        let row = self.rows.get(index)?;
        Some(Stood { id: row.record.id, cursor: row.cursor.clone(), deep: self.more_before || index >= LEAST_PAGE })
    }

    /// Stands there again, once the same filter holds.
    pub fn stand_again(&mut self, stood: Stood, context: &mut Context<'_>) {
        if self.at == Some(stood.id) {
            return;
        }
        self.at = Some(stood.id);
        if stood.deep {
            self.load(Load::At(stood.cursor), context);
        }
    }

    /// How it looks now.
    #[must_use]
    pub fn look(&self) -> Look {
        // A filter with a mistake is none to come back to.
        let filter = if self.mistake.is_some() { &self.good_filter } else { &self.filter_text };
        Look { columns: self.columns.clone(), sort: self.sort.clone(), filter: filter.clone() }
    }

    /// Makes it look so.
    pub fn show(&mut self, look: Look, context: &mut Context<'_>) {
        if self.sort != look.sort {
            self.sort = look.sort;
            self.stale = true;
        }
        self.set_filter(&look.filter, context);
        self.set_columns(look.columns, context);
        if self.stale && self.loading.is_none() {
            self.load(Load::Start, context);
        }
    }

    /// Shows these columns; rows that lack a field of theirs are read again.
    pub fn set_columns(&mut self, columns: Vec<Shown>, context: &mut Context<'_>) {
        let at = self.columns.get(self.column).map(|column| column.field.name);
        self.columns = columns;
        self.column = self
            .columns
            .iter()
            .position(|column| Some(column.field.name) == at)
            .unwrap_or_else(|| self.column.min(self.columns.len().saturating_sub(1)));
        self.look_changed = Some(context.tick);
        if self.columns.iter().any(|column| !self.carried.contains(&column.field.name)) {
            self.load(Load::Again, context);
        }
    }

    /// Takes note that the look was changed and not remembered yet: so says the answer, once.
    pub fn take_changed_look(&mut self) -> bool {
        self.look_changed.take().is_some() && self.below.is_none()
    }

    /// The rows that the filter asks for, among those that the list is of.
    #[must_use]
    pub fn filter(&self) -> Resolved {
        let Some(below) = &self.below else { return self.filter.clone() };
        let own = Resolved::Compare { field: below.field.name.to_owned(), test: Test::Equals(Value::Id(below.id)) };
        match &self.filter {
            Resolved::All => own,
            filter => Resolved::And(vec![own, filter.clone()]),
        }
    }

    /// The fields that its rows carry.
    fn fields(&self) -> Vec<&'static Field> {
        let entity = self.resource.entity;
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.field.name).collect();
        names.extend(entity.title_fields().chain([entity.label, "status"]));
        names.extend(self.resource.actions().filter_map(|operation| Some(operation.unless?.0)));
        names
            .extend(self.resource.actions().filter_map(|operation| operation.owed).flat_map(|(all, paid)| [all, paid]));
        if let Some((kind, id)) = entity.points_at {
            names.extend([kind, id]);
        }
        let mut fields: Vec<&'static Field> = Vec::new();
        for field in names.into_iter().filter_map(|name| entity.field(name)) {
            if !fields.iter().any(|known| known.name == field.name) {
                fields.push(field);
            }
        }
        fields
    }

    /// Looks again at what is shown: something changed.
    pub fn refresh(&mut self, context: &mut Context<'_>) {
        // What is frozen is what was read.
        if self.frozen && !self.stale {
            return;
        }
        self.read_filter_anew(context);
        self.load(Load::Again, context);
        self.recount(context);
        if let Some(detail) = &self.detail {
            let id = detail.id;
            self.ask_detail(id, context);
        }
    }

    /// Whether the rows are of another filter or order than the one that is being read, or the cursor is on its way to what
    /// was saved: what is under it is not what is meant.
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        (self.stale || self.saved.is_some()) && self.loading.is_some()
    }

    /// How long the running request has been running.
    #[must_use]
    pub fn loading_since(&self) -> Option<Instant> {
        self.loading
            .as_ref()
            .filter(|(_, load, _)| !matches!(load, Load::Again | Load::Kept | Load::To(_)))
            .map(|(.., since)| *since)
            .or(self.marking.map(|_| self.moved_at))
    }

    /// No answer that is on its way will reach it; it asks anew when it is looked at again.
    pub fn gives_up_answers(&mut self) {
        self.put_aside();
        (self.loading, self.waiting, self.counting, self.counted_ahead) = (None, None, None, None);
        (self.checking, self.marking, self.detail_asked, self.related_asked) = (None, None, None, None);
        (self.wanted, self.saved) = (None, None);
    }

    /// Nothing more is done to it that was asked for before one went elsewhere.
    pub fn put_aside(&mut self) {
        self.pending.clear();
        self.seeking = None;
    }

    /// The next record that wants a look is not looked for any more.
    pub fn stop_seeking(&mut self) {
        self.seeking = None;
    }

    /// Does this as soon as the rows are those that are asked for.
    pub fn acts_once_read(&mut self, action: Action) {
        self.wait_for(action);
    }

    /// Whether a key waits for its row that leads on from the list.
    #[must_use]
    pub fn waits_to_lead_on(&self) -> bool {
        let leads = |action: &Action| matches!(action, Action::Open | Action::Edit | Action::History | Action::Actions);
        self.is_reading() && self.pending.iter().any(leads)
    }

    /// Moves are done one after the other, and of what else was asked for the last.
    fn wait_for(&mut self, action: Action) {
        if !super::moves(action) {
            self.pending.retain(|waiting| super::moves(*waiting));
        }
        self.pending.push(action);
    }

    /// Takes an answer; false where it is not for this list.
    pub fn reply(&mut self, number: Number, reply: &mut Option<Reply>, context: &mut Context<'_>) -> Option<Turn> {
        if self.loading.as_ref().is_some_and(|(asked, ..)| *asked == number) {
            let (_, load, _) = self.loading.take()?;
            let Some(Reply::Page(page)) = reply.take() else { return None };
            let superseded = self.waiting.take();
            let (mut jumped, mut missed) = (false, None);
            match page {
                Ok(page) if matches!(load, Load::To(_)) => missed = self.take_to(page, context),
                Ok(page)
                    if matches!(
                        superseded,
                        None | Some(Load::Again | Load::Kept | Load::After | Load::Before | Load::To(_))
                    ) =>
                {
                    self.error = None;
                    self.take_page(page, &load, context);
                    jumped = matches!(load, Load::Start | Load::End | Load::At(_)) && self.range_is_lost();
                }
                Ok(_) => {}
                // The rows stay as they are, of another filter or not.
                Err(error) => {
                    self.error = Some(error.to_string());
                    (self.wanted, self.saved) = (None, None);
                    self.pending.clear();
                }
            }
            if let Some(next) = superseded {
                self.load(next, context);
            }
            if let Some(told) = missed {
                return Some(Turn::Tell(told));
            }
            if jumped {
                return Some(Turn::Tell("the range ended: it goes no further than one moves by rows and pages".into()));
            }
            return Some(if self.stale || self.is_reading() { Turn::Stay } else { self.act_what_waited(context) });
        }
        if let Some((_, title)) = self.checking.take_if(|(asked, _)| *asked == number) {
            return Some(match reply.take() {
                // A line for each check.
                Some(Reply::Checked(Ok(told))) => Turn::Tell(format!("{title}: {}", told.replace('\n', "; "))),
                Some(Reply::Checked(Err(error))) => Turn::Alarm(format!("{title}: {error}")),
                _ => Turn::Stay,
            });
        }
        if self.counting == Some(number) {
            self.counting = None;
            if let Some(Reply::Count(Ok(count))) = reply.take() {
                // It says nothing of the rows that stand there until others are read.
                let of = if self.stale { &mut self.counted_ahead } else { &mut self.count };
                *of = Some(count);
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
        if self.seeking.as_ref().is_some_and(|(asked, ..)| *asked == number) {
            let (_, condition, request) = self.seeking.take()?;
            return Some(match reply.take() {
                Some(Reply::Page(Ok(page))) => self.found_problem(page, condition, request, context),
                Some(Reply::Page(Err(error))) => Turn::Alarm(error.to_string()),
                _ => Turn::Stay,
            });
        }
        if self.marking.is_some_and(|(asked, _)| asked == number) {
            if let Some(Reply::Progress(looked, _)) = reply {
                self.marking = Some((number, *looked));
                return Some(Turn::Stay);
            }
            self.marking = None;
            return Some(match reply.take() {
                Some(Reply::Marked(Ok(marked))) => Turn::Tell(self.take_marks(marked, context.session.tenant.manner)),
                Some(Reply::Marked(Err(error))) => Turn::Alarm(error.to_string()),
                _ => Turn::Stay,
            });
        }
        None
    }

    /// The question whose answer are the marks, where it waits for them.
    #[must_use]
    pub fn marks_awaited(&self) -> Option<Number> {
        self.marking.map(|(number, _)| number)
    }

    /// How many records were looked at for marks so far, where that is known.
    #[must_use]
    pub fn looked_at_for_marks(&self) -> Option<u64> {
        self.marking.map(|(_, looked)| looked).filter(|looked| *looked > 0)
    }

    /// Marks what was found to match, and says so.
    pub fn take_marks(&mut self, marked: Aims, manner: Manner) -> String {
        self.marked_all = true;
        self.marks.add_each(marked);
        self.name_marked();
        format!("{} marked", manner.count(self.marks.len()))
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
        let details = self.detail_wanted().map(|_| self.moved_at + REST);
        let look = self.look_changed.map(|at| at + REMEMBERED_AFTER);
        details.into_iter().chain(look).min()
    }

    /// Whether its look has rested long enough to be remembered.
    #[must_use]
    pub fn is_look_settled(&self, tick: Instant) -> bool {
        self.look_changed.is_some_and(|at| tick >= at + REMEMBERED_AFTER)
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
        if !entities::relations(self.resource.entity).is_empty() {
            let question = Question::Related { entity: self.resource.entity, id };
            self.related_asked = Some((context.asks.ask(question), id));
        }
    }
}
