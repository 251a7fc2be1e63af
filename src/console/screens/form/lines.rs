//! The lines of a record in its form: a small grid below the fields. Its cells are fields of the form like the others,
//! behind them row by row, and are saved with the record as one; what they come to is worked out while one types, by
//! trying it.

mod drafts;
mod keys;
mod steps;
mod trying;

use std::time::Instant;

use super::field::FormField;
use super::{Form, Task};
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::Context;
use crate::domain::filter::{Resolved, Test};
use crate::domain::text::clean;
use crate::domain::words::Words;
use crate::domain::{Kind, Value};
use crate::resources::{self, Resource};
use crate::store::entity::FieldAccess;
use crate::store::list::{Effort, From, ListRequest, parse_sort};
use crate::store::operation::parts::parts_of;
use crate::store::operation::{self, Does};
use crate::store::{Entity, Field, Operation, Record, entities};

/// Lines that a form takes: a record with more of them has its lines changed in their list.
const MOST_LINES: usize = 200;
/// What stands for a line that is taken away, among what a draft keeps.
pub(super) use drafts::Unread;
pub(super) use steps::Snapshot;
use steps::{Line, ReadAnew, Rebased};

pub const REMOVED: &str = "-";

/// Which line of a form, whatever comes and goes above it.
pub(super) type RowKey = u32;

/// The lines of a record.
#[derive(Debug)]
pub struct Lines {
    /// What they are.
    pub resource: &'static Resource,
    /// The field of a line that says what it belongs to.
    parent: &'static str,
    /// What is typed of a line.
    pub columns: Vec<&'static Field>,
    /// What is worked out from it.
    pub worked_out: Vec<&'static Field>,
    pub rows: Vec<LineRow>,
    /// The first row shown, as the last painting gave it.
    pub first: usize,
    /// The record as it would be saved now, with what is worked out in it.
    pub whole: Option<Record>,
    /// What was worked out is not of what stands here now: it is being tried, or could not be.
    pub is_outdated: bool,
    /// Some lines are not right yet, and so not counted as they are typed.
    pub is_partly: bool,
    /// The other corner of the block, where one is marked: row and column.
    pub block: Option<(usize, usize)>,
    /// The cell is edited as a line: arrows move in its text.
    editing: bool,
    /// The column where `Tab` began: Enter goes back to it, a row below.
    tab_from: Option<usize>,
    /// The session may change lines that are there.
    may_change: bool,
    /// How they stood before each step that can be taken back, and after each that was.
    past: Vec<Snapshot>,
    future: Vec<Snapshot>,
    /// New lines that were taken away, for whoever wants them back.
    gone: Vec<Line>,
    /// What was copied last, by rows.
    copied: Vec<Vec<String>>,
    last_key: RowKey,
    /// The lines are being read; whether to be merged with what was typed.
    reading: Option<(Number, bool)>,
    changed_at: Option<Instant>,
    /// What is being tried, with the rows of its parts.
    trying: Option<(Number, Vec<RowKey>)>,
    /// The rows of the parts that are to be saved, in their order.
    sent: Vec<RowKey>,
}

/// One line.
#[derive(Debug)]
pub struct LineRow {
    key: RowKey,
    /// As it was read; none where it is new.
    pub record: Option<Record>,
    /// It is taken away when the form is saved.
    pub removed: bool,
    /// As it would be saved now, with what is worked out in it.
    pub tried: Option<Record>,
}

impl Lines {
    /// Those that a record of a kind is made of, where the session may write them; none once it takes no more.
    fn of(whole: &'static Resource, record: Option<&Record>, context: &Context<'_>) -> Option<Self> {
        let (part, parent) = parts_of(whole.entity)?;
        let resource = resources::of(part)?;
        let may = |operation: Option<&'static Operation>| {
            operation.is_some_and(|operation| context.session.may(operation.name))
        };
        let takes_more =
            |record: &Record| part.part_of.is_some_and(|(_, open_in)| open_in.contains(&record.get("status").as_str()));
        if !may(resource.create()) || !context.session.may(&part.permission("read")) || !record.is_none_or(takes_more) {
            return None;
        }
        let is_plain = |field: &&'static Field| {
            let kind = field.kind;
            !field.list && !matches!(kind, Kind::Json | Kind::Secret | Kind::Lines) && field.name != parent
        };
        let columns: Vec<_> = resource.form_fields(true).filter(is_plain).collect();
        let is_figure = |field: &&'static Field| {
            field.access == FieldAccess::Read && matches!(field.kind, Kind::Money | Kind::Percent | Kind::Int)
        };
        let shown = resource.columns.iter().filter_map(|column| part.field(column.field));
        let worked_out = shown.filter(is_figure).collect();
        (!columns.is_empty()).then_some(Self {
            resource,
            parent,
            columns,
            worked_out,
            rows: Vec::new(),
            first: 0,
            whole: None,
            is_outdated: false,
            is_partly: false,
            may_change: may(resource.update()),
            past: Vec::new(),
            future: Vec::new(),
            gone: Vec::new(),
            block: None,
            editing: false,
            tab_from: None,
            copied: Vec::new(),
            last_key: 0,
            reading: None,
            changed_at: None,
            trying: None,
            sent: Vec::new(),
        })
    }

    /// The field of a line that says what it belongs to.
    pub(super) const fn parent(&self) -> &'static str {
        self.parent
    }

    /// Whether the lines of the record are still to be read.
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// What the lines are called on the page of their record.
    #[must_use]
    pub fn relation(&self, whole: &'static Entity) -> &'static str {
        let part = self.resource.entity;
        let column = part.field(self.parent).and_then(Field::column);
        let mut relations = entities::relations(whole).iter();
        let relation = relations.find(|relation| relation.entity == part.name && Some(relation.column) == column);
        relation.map_or(part.name, |relation| relation.name)
    }

    /// The totals of a record: its amounts that are worked out, each with its field.
    pub fn totals(whole: &Record) -> impl Iterator<Item = (&'static Field, &Value)> {
        let is_total = |field: &&Field| field.access == FieldAccess::Read && field.kind == Kind::Money;
        let totals = whole.entity.fields.iter().filter(is_total).map(|field| (field, whole.get(field.name)));
        totals.filter(|(_, value)| !value.is_empty())
    }

    fn name_of(&self, row: &LineRow) -> String {
        row.record.as_ref().map_or_else(|| format!("+{:05}", row.key), |record| record.id.to_string())
    }

    /// What takes a line away, where the session may.
    fn delete(&self, context: &Context<'_>) -> Option<&'static Operation> {
        operation::of(self.resource.entity)
            .find(|operation| matches!(operation.does, Does::Delete) && context.session.may(operation.name))
    }
}

/// Whether a record still takes parts of a kind.
fn takes_more(part: &Entity, record: &Record) -> bool {
    part.part_of.is_some() && takes_more_parts(part, record)
}

/// Whether records of this kind are still added to another one, as far as they are parts of it.
#[must_use]
pub fn takes_more_parts(part: &Entity, record: &Record) -> bool {
    part.part_of.is_none_or(|(_, open_in)| open_in.contains(&record.get("status").as_str()))
}

/// Where a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub row: usize,
    pub column: usize,
}

impl Form {
    // ---- where the cells are

    /// How many of the fields are the record's own.
    #[must_use]
    pub fn head(&self) -> usize {
        self.fields.len() - self.lines.as_ref().map_or(0, |lines| lines.rows.len() * lines.columns.len())
    }

    /// The cell that a field is.
    #[must_use]
    pub fn cell(&self, index: usize) -> Option<Cell> {
        let at = index.checked_sub(self.head())?;
        let lines = self.lines.as_ref().filter(|_| index < self.fields.len())?;
        Some(Cell { row: at / lines.columns.len(), column: at % lines.columns.len() })
    }

    /// Whether the cursor is among the lines.
    #[must_use]
    pub fn is_in_lines(&self) -> bool {
        self.cell(self.focus).is_some()
    }

    /// The field that a cell is.
    #[must_use]
    pub fn index_of(&self, row: usize, column: usize) -> usize {
        self.head() + row * self.lines.as_ref().map_or(0, |lines| lines.columns.len()) + column
    }

    fn row_of(&self, key: RowKey) -> Option<usize> {
        self.lines.as_ref()?.rows.iter().position(|row| row.key == key)
    }

    /// Whether what stands in a cell cannot be another.
    #[must_use]
    pub fn is_locked(&self, index: usize) -> bool {
        let (Some(cell), Some(lines)) = (self.cell(index), &self.lines) else { return false };
        let is_known = lines.rows.get(cell.row).is_some_and(|row| row.record.is_some());
        let stays = self.fields[index].field.access == FieldAccess::Create || !lines.may_change;
        is_known && stays
    }

    /// The record as it would be saved now, else as it is.
    #[must_use]
    pub fn whole(&self) -> Option<&Record> {
        self.lines.as_ref().and_then(|lines| lines.whole.as_ref()).or(self.record.as_ref())
    }

    /// Whether something is being typed in the cell under the cursor, rather than it be merely stood on.
    #[must_use]
    pub fn is_typed_in(&self) -> bool {
        self.handled == Some(self.focus) && self.why_locked(self.focus).is_none()
    }

    /// Whether something was written in a line.
    #[must_use]
    pub fn is_written(&self, row: usize) -> bool {
        self.cells_of(row).any(|index| self.fields[index].is_changed())
    }

    pub(super) fn is_in_new_line(&self, cell: Cell) -> bool {
        let is_new =
            self.lines.as_ref().is_some_and(|lines| lines.rows.get(cell.row).is_some_and(|row| row.record.is_none()));
        is_new && self.is_written(cell.row)
    }

    pub(super) fn cells_of(&self, row: usize) -> std::ops::Range<usize> {
        self.index_of(row, 0)..self.index_of(row + 1, 0)
    }

    /// Whether lines are to be taken away.
    pub(super) fn removes_lines(&self) -> bool {
        self.lines.as_ref().is_some_and(|lines| lines.rows.iter().any(|row| row.removed))
    }

    // ---- opening and reading

    /// Adds the lines to the form of a record that has some, once it is known that it takes any.
    pub(super) fn offer_lines(&mut self, context: &mut Context<'_>) {
        if self.lines.is_some() || !matches!(self.task, Task::Record) {
            return;
        }
        let on_save = self.is_on_save();
        self.lines = Lines::of(self.resource, self.record.as_ref(), context).map(Box::new);
        if self.record.is_some() {
            self.read_lines(false, context);
        } else {
            self.add_blank(context);
        }
        if on_save {
            self.focus = self.fields.len();
        }
    }

    /// Whether the record as it is now takes no lines any more, where the form has some.
    pub(super) fn closes_lines(&self, record: &Record) -> bool {
        self.lines.as_ref().is_some_and(|lines| !takes_more(lines.resource.entity, record))
    }

    /// Reads the lines of the record, again where it was read again.
    pub(super) fn read_lines(&mut self, merging: bool, context: &mut Context<'_>) {
        let (Some(lines), Some(record)) = (&mut self.lines, &self.record) else { return };
        if !takes_more(lines.resource.entity, record) {
            return self.close_lines();
        }
        let entity = lines.resource.entity;
        let request = ListRequest {
            entity,
            fields: entity.fields.iter().filter(|field| field.kind != Kind::Secret).collect(),
            filter: Resolved::Compare { field: lines.parent.to_owned(), test: Test::Equals(Value::Id(record.id)) },
            sort: parse_sort(entity, entity.default_sort).unwrap_or_default(),
            limit: MOST_LINES + 1,
            from: From::Start,
            effort: Effort::Whole,
        };
        lines.reading = Some((context.asks.ask(Question::List(request)), merging));
    }

    /// Takes what was asked about the lines; false where it is none of theirs.
    pub(super) fn take_lines(&mut self, number: Number, reply: &mut Option<Reply>, context: &mut Context<'_>) -> bool {
        let Some(lines) = &mut self.lines else { return false };
        if let Some((_, tried)) = lines.trying.take_if(|(trying, _)| *trying == number) {
            match reply.take() {
                Some(Reply::Foreseen(Ok(foreseen))) => self.came_to(foreseen, &tried),
                // Somebody else was at it, or the line is gone: it is tried again.
                _ => self.lines_changed(context),
            }
            return true;
        }
        let Some((_, merging)) = lines.reading.take_if(|(asked, _)| *asked == number) else { return false };
        match reply.take() {
            Some(Reply::Page(Ok(page))) if page.rows.len() > MOST_LINES => {
                let several = lines.resource.several(Words::ENGLISH);
                // What was typed stays.
                if !merging {
                    self.drop_lines();
                }
                self.notice =
                    Some(format!("it has more than {MOST_LINES} {several}: they are changed in their own list"));
            }
            Some(Reply::Page(Ok(page))) => self.show_lines(page.rows, merging, context),
            Some(Reply::Page(Err(error))) => {
                if !merging {
                    self.drop_lines();
                }
                self.notice = Some(format!("its lines could not be read: {error}"));
            }
            _ => {}
        }
        true
    }

    /// The record takes no more lines by now: what was typed in them is told, and cannot be saved.
    fn close_lines(&mut self) {
        let (Some(record), Some(lines)) = (&self.record, &self.lines) else { return };
        let (title, status) = (record.title(), record.get("status").as_str().to_owned());
        let several = lines.resource.several(Words::ENGLISH);
        let cells = self.fields[self.head()..].iter().filter(|cell| cell.is_changed() && !cell.text().is_empty());
        let typed: Vec<String> = cells.map(|cell| format!("{}: {}", cell.field.name, clean(&cell.text()))).collect();
        let typed = if typed.is_empty() { String::new() } else { format!(". You had typed {}", typed.join(", ")) };
        self.drop_lines();
        self.notice = Some(format!("{title} is {status} by now: its {several} are not changed any more{typed}"));
    }

    fn drop_lines(&mut self) {
        let on_save = self.is_on_save();
        self.fields.truncate(self.head());
        self.lines = None;
        self.focus = if on_save { self.fields.len() } else { self.focus.min(self.fields.len()) };
    }

    /// Shows the lines as they are now, with what was typed in them: what only somebody else changed is taken over, of
    /// the rest each cell is decided by whoever types.
    fn show_lines(&mut self, records: Vec<Record>, merging: bool, context: &mut Context<'_>) {
        let on_save = self.is_on_save();
        let stood =
            self.cell(self.focus).and_then(|cell| Some((self.lines.as_ref()?.rows.get(cell.row)?.key, cell.column)));
        let mut known = self.take_apart();
        let mut read = Vec::with_capacity(records.len());
        let Some(lines) = &mut self.lines else { return };
        lines.block = None;
        lines.whole = None;
        let mut told = Vec::new();
        let mut shown: Vec<Line> = Vec::new();
        for record in records {
            let at = known.iter().position(|(row, _)| row.record.as_ref().is_some_and(|known| known.id == record.id));
            if let Some((mut row, mut cells)) = at.map(|at| known.remove(at)) {
                let mut rebased = Vec::with_capacity(cells.len());
                for cell in &mut cells {
                    let now = cell.in_own_words(&super::field::text_of(&record, cell.field, context));
                    rebased.push(Rebased { was: cell.before.clone(), now: now.clone() });
                    cell.meets(now);
                }
                let is_another = row.record.as_ref().is_some_and(|known| known.version != record.version);
                if is_another && std::mem::take(&mut row.removed) {
                    told.push(
                        "somebody else changed a line that you took away: it is kept, ‹line-remove› takes it away",
                    );
                }
                read.push(ReadAnew { key: row.key, is_another, cells: rebased });
                row.tried = None;
                row.record = Some(record);
                shown.push((row, cells));
            } else {
                lines.last_key += 1;
                let cells = new_cells(&lines.columns, Some(&record), lines.last_key, context);
                let row = LineRow { key: lines.last_key, record: Some(record), removed: false, tried: None };
                let now = |cell: &FormField| Rebased { was: String::new(), now: cell.text() };
                read.push(ReadAnew { key: row.key, is_another: false, cells: cells.iter().map(now).collect() });
                shown.push((row, cells));
            }
        }
        // Lines of mine that are not there yet, and those that somebody else took away while I changed them.
        for (mut row, mut cells) in known {
            let was_there = row.record.take().is_some();
            if was_there && (row.removed || !cells.iter().any(FormField::is_changed)) {
                continue;
            }
            if was_there {
                told.push("somebody else took away a line that you changed: saved, it is added again");
                for cell in &mut cells {
                    cell.before.clear();
                    cell.theirs = None;
                }
            }
            shown.push((row, cells));
        }
        for (row, cells) in shown {
            lines.rows.push(row);
            self.fields.extend(cells);
        }
        self.rebase_steps(&read);
        self.add_blank(context);
        self.take_up_draft(context);
        if let Some((key, column)) = stood {
            self.focus = self.row_of(key).map_or(self.head(), |row| self.index_of(row, column));
        }
        if on_save {
            self.focus = self.fields.len();
        }
        if merging {
            self.tell_merged();
            self.stays_put = false;
            told.dedup();
            if self.undecided() > 0 {
                // What is to be decided is said as well.
                told.extend(self.notice.as_deref());
            }
            if !told.is_empty() {
                self.notice = Some(told.join("; "));
            }
        }
        if self.is_touched() {
            self.lines_changed(context);
        }
    }

    /// There is always a line to type into, behind the last one in which something stands.
    pub(super) fn add_blank(&mut self, context: &Context<'_>) {
        let is_blank = |form: &Self, lines: &Lines| {
            lines.rows.last().is_some_and(|row| row.record.is_none() && !form.is_written(lines.rows.len() - 1))
        };
        let Some(lines) = &self.lines else { return };
        if lines.is_reading() || is_blank(self, lines) || lines.rows.len() >= MOST_LINES {
            return;
        }
        let on_save = self.is_on_save();
        let Some(lines) = &mut self.lines else { return };
        lines.last_key += 1;
        lines.rows.push(LineRow { key: lines.last_key, record: None, removed: false, tried: None });
        let cells = new_cells(&lines.columns, None, lines.last_key, context);
        self.fields.extend(cells);
        if on_save {
            self.focus = self.fields.len();
        }
    }
}

fn new_cells(
    columns: &[&'static Field],
    record: Option<&Record>,
    key: RowKey,
    context: &Context<'_>,
) -> Vec<FormField> {
    columns.iter().map(|field| FormField { row: Some(key), ..FormField::new(field, record, context) }).collect()
}
