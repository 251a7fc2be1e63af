//! What keys do in a list.

use super::{List, Load};
use crate::console::actions::Action;
use crate::console::message::Question;
use crate::console::screens::{Context, Turn, moves};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::domain::words::Words;
use crate::resources::{self, Resource};
use crate::store::aims::Aim;
use crate::store::list::{Effort, From, ListRequest, Page, Sort, is_sorted_by, parse_filter};
use crate::store::{Operation, Record};

impl List {
    /// Whether an action does something here.
    #[must_use]
    pub fn answers(&self, action: Action) -> bool {
        match action {
            action if wants_a_record(action) && self.lacks_records(action) => false,
            Action::Add if self.adds_nothing_here() => false,
            Action::Add => self.added_by().is_some() || self.resource.makes().next().is_some(),
            Action::Edit => self.resource.update().is_some(),
            Action::MarkAll | Action::SortReverse if self.rows.is_empty() && !self.is_reading() => false,
            Action::UnmarkAll => !self.marks.is_empty() || self.marks_awaited().is_some(),
            // What makes a record needs none to be there.
            Action::Actions if self.lacks_records(action) => {
                self.resource.actions().any(|operation| !operation.takes_records())
            }
            Action::ColumnLeft
            | Action::ColumnRight
            | Action::Left
            | Action::Right
            | Action::Open
            | Action::Filter
            | Action::Sort
            | Action::SortReverse
            | Action::Mark
            | Action::Range
            | Action::MarkAll
            | Action::NextAlarm
            | Action::PreviousAlarm
            | Action::History
            | Action::Details
            | Action::Columns
            | Action::Views
            | Action::Actions
            | Action::Freeze
            | Action::Refresh
            | Action::Pin
            | Action::Note
            | Action::Remind
            | Action::Copy => true,
            Action::NextPane | Action::PreviousPane | Action::PreviousRecord | Action::NextRecord => {
                self.below.is_some()
            }
            _ => moves(action),
        }
    }

    /// Whether there is no record that an action could be for.
    fn lacks_records(&self, action: Action) -> bool {
        let marked = matches!(action, Action::Edit | Action::Copy | Action::Actions) && !self.marks.is_empty();
        self.rows.is_empty() && !self.is_reading() && !marked
    }

    /// Does what a key asks for.
    pub fn act(&mut self, action: Action, context: &mut Context<'_>) -> Turn {
        let page = context.rows.max(1).cast_signed();
        if self.is_reading() && waits(action) {
            self.wait_for(action);
            return Turn::Stay;
        }
        self.pending.clear();
        if wants_a_record(action) && self.lacks_records(action) {
            return Turn::Tell("there is no record here".into());
        }
        match action {
            Action::RowDown | Action::Down => self.step(1, context),
            Action::RowUp | Action::Up => self.step(-1, context),
            Action::PageDown => self.step(page, context),
            Action::PageUp => self.step(-page, context),
            Action::HalfDown => self.step(page / 2, context),
            Action::HalfUp => self.step(-page / 2, context),
            Action::Top | Action::Home => {
                if self.more_before || self.looked.went_on {
                    self.at = None;
                    self.load(Load::Start, context);
                } else {
                    self.go(0, context);
                }
            }
            Action::Bottom | Action::End => {
                if self.more_after {
                    self.load(Load::End, context);
                } else {
                    self.go(self.rows.len().saturating_sub(1), context);
                }
            }
            Action::ColumnLeft | Action::Left => self.column = self.column.saturating_sub(1),
            Action::ColumnRight | Action::Right => {
                self.column = (self.column + 1).min(self.columns.len().saturating_sub(1));
            }
            Action::Open => return self.open_current(),
            Action::NextPane | Action::PreviousPane => return self.beside(action == Action::NextPane),
            Action::Add => return self.add(context),
            Action::Edit => return self.edit(context),
            Action::History => {
                return self
                    .current()
                    .map_or(Turn::Stay, |record| Turn::History(self.resource, record.id, record.title()));
            }
            Action::Mark => {
                if let Some((id, version, title)) =
                    self.current().map(|record| (record.id, record.version, record.title()))
                {
                    self.marked_all = false;
                    if !self.marks.remove(id) {
                        self.marks.insert(id, Some(version));
                        self.titles.insert(id, title);
                    }
                    self.step(1, context);
                }
            }
            Action::Range => {
                self.range_left = None;
                self.range_from = match self.range_from {
                    Some(_) => None,
                    None => self.at,
                };
                if let (Some(from), Some(index)) = (self.range_from, self.index()) {
                    self.mark_range(from, index);
                    return Turn::Tell("range: move to its other end, ‹range› ends it".into());
                }
            }
            Action::MarkAll if self.mistake.is_some() => {
                return Turn::Alarm("the filter is not right yet: these are not the rows that it is for".into());
            }
            Action::MarkAll => {
                if self.marking.is_some() {
                    self.stop_marking(context);
                } else if self.marks.is_empty() || !self.marked_all {
                    // A few marks are among all that match.
                    self.read_filter_anew(context);
                    let question = Question::Mark { entity: self.resource.entity, filter: self.filter() };
                    self.marking = Some((context.asks.ask(question), 0));
                } else {
                    self.unmark();
                }
            }
            Action::UnmarkAll if self.marks.is_empty() && self.marks_awaited().is_none() => {
                return Turn::Tell("nothing is marked".into());
            }
            Action::UnmarkAll => {
                self.stop_marking(context);
                self.unmark();
            }
            Action::Sort => return self.sort_by_column(context),
            Action::SortReverse => {
                for key in &mut self.sort {
                    key.descending = !key.descending;
                }
                self.resort(context);
            }
            Action::NextAlarm => return self.go_to_problem(true, context),
            Action::PreviousAlarm => return self.go_to_problem(false, context),
            Action::Details => self.details = !self.details,
            Action::Freeze => {
                self.frozen = !self.frozen;
                if !self.frozen {
                    self.refresh(context);
                }
            }
            Action::Refresh => {
                self.refresh(context);
                return self.check_now(context);
            }
            Action::Leave | Action::Stop => return self.leave(context),
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    /// A device is checked besides.
    fn check_now(&mut self, context: &mut Context<'_>) -> Turn {
        let device = self.current().filter(|record| record.entity.name == "devices");
        let Some((id, title)) = device.map(|record| (record.id, record.title())) else { return Turn::Stay };
        self.checking = Some((context.asks.ask(Question::CheckNow(id)), title.clone()));
        Turn::Tell(format!("checking {title} now …"))
    }

    /// Opens the record under the cursor, or the one that it points at where that is what it is for.
    fn open_current(&self) -> Turn {
        let Some(record) = self.current() else { return Turn::Stay };
        let (resource, id) = self.opened_by(record);
        Turn::Open(resource, id)
    }

    /// What Enter opens of a row: its record, or the one that this points at where that is what it is for.
    #[must_use]
    pub fn opened_by(&self, record: &Record) -> (&'static Resource, Id) {
        if let Some((kind, id)) = self.resource.entity.points_at
            && let (Some(resource), Some(id)) = (resources::find(record.get(kind).as_str()), record.get(id).as_id())
        {
            return (resource, id);
        }
        (self.resource, record.id)
    }

    /// The next or the previous relation of the record that this list stands below.
    fn beside(&self, next: bool) -> Turn {
        let Some(below) = &self.below else { return Turn::Pass };
        let relation = if next { below.relation.checked_add(1) } else { below.relation.checked_sub(1) };
        Turn::Relation(relation)
    }

    fn add(&self, context: &Context<'_>) -> Turn {
        let may_not = |operation: &Operation| Turn::Alarm(format!("you may not: it needs {}", operation.name));
        if self.adds_nothing_here() {
            return Turn::Tell(resources::not_added_below(self.resource));
        }
        if let Some(operation) = self.added_by() {
            return match &self.below {
                _ if !context.session.may(operation.name) => may_not(operation),
                Some(below) if self.resource.entity.written_by == Some(operation.name) => {
                    Turn::Perform(operation, below.id)
                }
                Some(below) => Turn::FormWith(self.resource, below.field.name, below.named.clone()),
                None => Turn::Form(self.resource, None),
            };
        }
        let makes: Vec<&'static Operation> = self.resource.makes().collect();
        match makes.as_slice() {
            [] => Turn::Tell(resources::not_by_hand(self.resource)),
            [operation] if context.session.may(operation.name) => {
                Turn::Make(operation, self.below.as_ref().map(|below| (below.field.name, below.named.clone())))
            }
            [operation] => may_not(operation),
            several => {
                let verbs: Vec<String> = several.iter().map(|operation| format!(":{}", operation.verb())).collect();
                Turn::Tell(format!(
                    "{} are added in several ways: ‹actions›, or {}",
                    self.resource.title(Words::ENGLISH),
                    verbs.join(", ")
                ))
            }
        }
    }

    /// What adds a record: its own operation, else one on the record that it is to stand below.
    #[must_use]
    pub fn added_by(&self) -> Option<&'static Operation> {
        let written = || self.resource.written_below(self.below.as_ref()?.field.name);
        self.resource.create().or_else(written)
    }

    /// Whether records are added, and none that would stand here: what makes them point at the record comes by itself.
    fn adds_nothing_here(&self) -> bool {
        let below = self.below.as_ref().filter(|_| self.resource.adds().is_some());
        below.is_some_and(|below| self.resource.adds_by(below.field.name).is_none())
    }

    fn edit(&self, context: &Context<'_>) -> Turn {
        match (self.resource.update(), self.current()) {
            (Some(operation), _) if !context.session.may(operation.name) => {
                Turn::Alarm(format!("you may not: it needs {}", operation.name))
            }
            // Several are marked: one field of all of them is set, not all fields of one.
            (Some(_), _) if self.marks.len() > 1 => Turn::SetField(self.resource),
            // As with what is done to it: the one that is marked, wherever the cursor went on to.
            (Some(_), _) if self.marks.len() == 1 => {
                let marked = self.marks.only().map(|Aim { id, version }| {
                    let loaded = self.rows.iter().find(|row| row.record.id == id).map(|row| row.record.clone());
                    loaded.unwrap_or_else(|| Record::known(self.resource.entity, id, version.unwrap_or(0)))
                });
                Turn::Form(self.resource, marked.map(Box::new))
            }
            (Some(_), Some(record)) => Turn::Form(self.resource, Some(Box::new(record.clone()))),
            (None, _) => Turn::Tell(format!("{}: not changed by hand", self.resource.title(Words::ENGLISH))),
            (Some(_), None) => Turn::Stay,
        }
    }

    /// One step back, in this order: range, filter, back; never the marks.
    /// Does what was asked for while the rows were read, in its order, up to what leads elsewhere.
    pub(super) fn act_what_waited(&mut self, context: &mut Context<'_>) -> Turn {
        for action in std::mem::take(&mut self.pending) {
            let turn = if action == Action::Actions { Turn::Act(action) } else { self.act(action, context) };
            if !matches!(turn, Turn::Stay) {
                return turn;
            }
        }
        Turn::Stay
    }

    fn leave(&mut self, context: &mut Context<'_>) -> Turn {
        if self.range_from.take().is_some() {
            return Turn::Stay;
        }
        if !self.filter_text.is_empty() {
            // The record under the cursor is among all of them, too.
            let stands = self.index().and_then(|index| self.rows.get(index));
            self.wanted = stands.map(|row| (row.record.id, Some(row.cursor.clone())));
            self.set_filter("", context);
            return Turn::Stay;
        }
        Turn::Back
    }

    fn sort_by_column(&mut self, context: &mut Context<'_>) -> Turn {
        let Some(field) = self.columns.get(self.column).map(|column| column.field) else { return Turn::Stay };
        if !is_sorted_by(field) {
            let known: Vec<String> = self
                .columns
                .iter()
                .filter(|column| is_sorted_by(column.field))
                .map(|column| self.resource.column_title(Words::ENGLISH, column.field.name))
                .collect();
            return Turn::Tell(format!(
                "not sorted by this column; move with ‹column-left› and ‹column-right› to one of: {}",
                known.join(", ")
            ));
        }
        self.sort = match self.sort.as_slice() {
            [key] if key.field.name == field.name => vec![Sort { field, descending: !key.descending }],
            _ => vec![Sort { field, descending: false }],
        };
        self.resort(context);
        Turn::Stay
    }

    fn resort(&mut self, context: &mut Context<'_>) {
        self.stale = true;
        self.at = None;
        self.look_changed = Some(context.tick);
        self.load(Load::Start, context);
    }

    /// Asks for the next record that wants a look, or the one before: among all that the list has, loaded or not.
    fn go_to_problem(&mut self, after: bool, context: &mut Context<'_>) -> Turn {
        let entity = self.resource.entity;
        let Some(condition) = entity.problem() else {
            return Turn::Tell("nothing of this list is a problem by itself".into());
        };
        let Some(from) = self.index().and_then(|index| self.rows.get(index)).map(|row| row.cursor.clone()) else {
            return Turn::Stay;
        };
        // What an entity calls a condition is a filter: a test holds them to it.
        let Ok(wanted) = parse_filter(entity, &format!("is:{}", condition.name), context.locale()) else {
            return Turn::Stay;
        };
        let from = if after { From::After(from) } else { From::Before(from) };
        self.seek(self.one_of(wanted, from), condition.name, context);
        Turn::Stay
    }

    /// The first record of the list in one direction that another filter takes as well.
    fn one_of(&self, wanted: Resolved, from: From) -> ListRequest {
        ListRequest {
            entity: self.resource.entity,
            fields: self.fields(),
            filter: Resolved::And(vec![self.filter(), wanted]),
            sort: self.sort.clone(),
            limit: 1,
            from,
            effort: Effort::GLANCE,
        }
    }

    fn seek(&mut self, request: ListRequest, condition: &'static str, context: &mut Context<'_>) {
        self.seeking = Some((context.asks.ask(Question::List(request.clone())), condition, request));
    }

    /// Puts the cursor on the first record of the first of these filters that takes any.
    pub fn go_to_first_of(&mut self, filters: &'static [&'static str], context: &mut Context<'_>) {
        let Some((first, others)) = filters.split_first() else { return };
        self.first_of = others;
        let Ok(wanted) = parse_filter(self.resource.entity, first, context.locale()) else { return };
        self.seek(self.one_of(wanted, From::Start), "", context);
    }

    /// The record that wants a look was found, or there is none in that direction.
    pub(super) fn found_problem(
        &mut self,
        page: Page,
        condition: &'static str,
        request: ListRequest,
        context: &mut Context<'_>,
    ) -> Turn {
        let Some((record, cursor)) = page.rows.into_iter().zip(page.cursors).next() else {
            if condition.is_empty() {
                self.go_to_first_of(self.first_of, context);
                return Turn::Stay;
            }
            // It is looked for to the end of the list, wherever that is, until another key is pressed.
            let Some(looked) = page.looked else {
                return Turn::Tell(format!("no further one that is:{condition}"));
            };
            let from = if matches!(request.from, From::Before(_)) { From::Before(looked) } else { From::After(looked) };
            self.seek(ListRequest { from, ..request }, condition, context);
            return Turn::Tell(format!("still looking for the next one that is:{condition}"));
        };
        match self.rows.iter().position(|row| row.record.id == record.id) {
            Some(index) => self.go(index, context),
            None => {
                self.at = Some(record.id);
                self.load(Load::At(cursor), context);
            }
        }
        Turn::Stay
    }
}

/// What is done to the record under the cursor, or to those that are marked.
/// Whether an action is for the rows that are being read, and for none that are still on the screen.
const fn waits(action: Action) -> bool {
    super::super::moves(action)
        || matches!(action, Action::Open | Action::Edit | Action::Mark | Action::History | Action::Range)
}

const fn wants_a_record(action: Action) -> bool {
    matches!(
        action,
        Action::Open
            | Action::Edit
            | Action::Mark
            | Action::Range
            | Action::History
            | Action::NextAlarm
            | Action::PreviousAlarm
            | Action::Pin
            | Action::Note
            | Action::Remind
            | Action::Copy
    )
}
