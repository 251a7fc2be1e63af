//! The lines of a record in its form: a small grid below the fields. Its cells are fields of the form like the others,
//! behind them row by row, and are saved with the record as one; what they come to is worked out while one types, by
//! trying it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::field::FormField;
use super::{Form, Task};
use crate::console::actions::Action;
use crate::console::message::{Effect, Number, Question, Reply};
use crate::console::screens::{Context, Turn};
use crate::domain::filter::{Resolved, Test};
use crate::domain::value::Locale;
use crate::domain::{Id, Kind, Value};
use crate::resources::{self, Resource};
use crate::store::aims::Aim;
use crate::store::entity::FieldAccess;
use crate::store::list::{Effort, From, ListRequest, parse_sort};
use crate::store::operation::parts::{Part, parts_of, told_of};
use crate::store::operation::rehearsal::Foreseen;
use crate::store::operation::{self, Does};
use crate::store::{Field, Operation, Problem, Record};

/// What was typed is tried this long after the last key.
const TRIED_AFTER: Duration = Duration::from_millis(300);
/// Lines that a form takes: a record with more of them has its lines changed in their list.
const MOST_LINES: usize = 200;
/// Lines that one moves by at a time.
const PAGE: usize = 10;
/// What stands for a line that is taken away, among what a draft keeps.
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
    /// The other corner of the block, where one is marked: row and column.
    pub block: Option<(usize, usize)>,
    /// The cell is edited as a line: arrows move in its text.
    editing: bool,
    /// The column where `Tab` began: Enter goes back to it, a row below.
    tab_from: Option<usize>,
    /// What was copied last, by rows.
    copied: Vec<Vec<String>>,
    last_key: RowKey,
    /// The lines are being read; whether to be merged with what was typed.
    reading: Option<(Number, bool)>,
    changed_at: Option<Instant>,
    trying: Option<Number>,
    /// The rows that were sent or tried last, in the order of their parts.
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

impl LineRow {
    /// What a column that is worked out says of it.
    #[must_use]
    pub fn worked_out(&self, field: &Field) -> Option<&Value> {
        self.tried.as_ref().or(self.record.as_ref()).map(|record| record.get(field.name))
    }
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

    /// The totals of the record, as they would be saved now: each with its field.
    pub fn totals<'a>(&'a self, record: Option<&'a Record>) -> impl Iterator<Item = (&'static Field, &'a Value)> {
        let whole = self.whole.as_ref().or(record);
        let totals = whole.into_iter().flat_map(|whole| {
            let is_total = |field: &&Field| field.access == FieldAccess::Read && field.kind == Kind::Money;
            whole.entity.fields.iter().filter(is_total).map(|field| (field, whole.get(field.name)))
        });
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
        let stays = self.fields[index].field.access == FieldAccess::Create || lines.resource.update().is_none();
        is_known && stays
    }

    /// Whether something was written in a line.
    fn is_written(&self, row: usize) -> bool {
        self.cells_of(row).any(|index| self.fields[index].is_changed())
    }

    pub(super) fn is_in_new_line(&self, cell: Cell) -> bool {
        let is_new =
            self.lines.as_ref().is_some_and(|lines| lines.rows.get(cell.row).is_some_and(|row| row.record.is_none()));
        is_new && self.is_written(cell.row)
    }

    fn cells_of(&self, row: usize) -> std::ops::Range<usize> {
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

    /// Reads the lines of the record, again where it was read again.
    pub(super) fn read_lines(&mut self, merging: bool, context: &mut Context<'_>) {
        let (Some(lines), Some(record)) = (&mut self.lines, &self.record) else { return };
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
        if lines.trying.take_if(|trying| *trying == number).is_some() {
            if let Some(Reply::Foreseen(Ok(foreseen))) = reply.take() {
                self.came_to(foreseen);
            }
            return true;
        }
        let Some((_, merging)) = lines.reading.take_if(|(asked, _)| *asked == number) else { return false };
        match reply.take() {
            Some(Reply::Page(Ok(page))) if page.rows.len() > MOST_LINES => {
                let several = lines.resource.several(crate::domain::words::Words::ENGLISH);
                self.drop_lines();
                self.notice =
                    Some(format!("it has more than {MOST_LINES} {several}: they are changed in their own list"));
            }
            Some(Reply::Page(Ok(page))) => self.show_lines(page.rows, merging, context),
            Some(Reply::Page(Err(error))) => {
                self.drop_lines();
                self.notice = Some(format!("its lines could not be read: {error}"));
            }
            _ => {}
        }
        true
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
        let cells = self.fields.split_off(self.head());
        let Some(lines) = &mut self.lines else { return };
        let mut known: Vec<(LineRow, Vec<FormField>)> = Vec::new();
        let mut cells = cells.into_iter();
        for row in std::mem::take(&mut lines.rows) {
            known.push((row, cells.by_ref().take(lines.columns.len()).collect()));
        }
        let mut shown: Vec<(LineRow, Vec<FormField>)> = Vec::new();
        for record in records {
            let at = known.iter().position(|(row, _)| row.record.as_ref().is_some_and(|known| known.id == record.id));
            if let Some((mut row, mut cells)) = at.map(|at| known.remove(at)) {
                for cell in &mut cells {
                    let now = cell.in_own_words(&super::field::text_of(&record, cell.field, context));
                    cell.meets(now);
                }
                row.record = Some(record);
                shown.push((row, cells));
            } else {
                lines.last_key += 1;
                let cells = new_cells(&lines.columns, Some(&record), lines.last_key, context);
                let row = LineRow { key: lines.last_key, record: Some(record), removed: false, tried: None };
                shown.push((row, cells));
            }
        }
        // Lines of mine that are not there yet, and those that somebody else took away while I changed them.
        let mut gone = false;
        for (mut row, mut cells) in known {
            let was_there = row.record.take().is_some();
            if was_there && (row.removed || !cells.iter().any(FormField::is_changed)) {
                continue;
            }
            if was_there {
                gone = true;
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
        self.add_blank(context);
        self.take_up_draft(context);
        if let Some((key, column)) = stood {
            self.focus = self.row_of(key).map_or(self.head(), |row| self.index_of(row, column));
        }
        if on_save {
            self.focus = self.fields.len();
        }
        if merging && gone {
            self.notice = Some("somebody else took away a line that you changed: saved, it is added again".into());
        }
        if merging && let Some(index) = self.fields.iter().position(|field| field.theirs.is_some()) {
            self.focus = index;
        }
    }

    /// There is always a line to type into, behind the last one in which something stands.
    pub(super) fn add_blank(&mut self, context: &Context<'_>) {
        let is_blank = |form: &Self, lines: &Lines| {
            lines.rows.last().is_some_and(|row| row.record.is_none() && !form.is_written(lines.rows.len() - 1))
        };
        let Some(lines) = &self.lines else { return };
        if lines.is_reading() || is_blank(self, lines) {
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

    // ---- keys

    /// What an action means among the lines; none where it means what it means in the whole form.
    pub(super) fn act_in_lines(&mut self, action: Action, context: &mut Context<'_>) -> Option<Turn> {
        let cell = self.cell(self.focus)?;
        let has_clash = self.fields[self.focus].theirs.is_some();
        let lines = self.lines.as_mut()?;
        let editing = lines.editing;
        let (last_row, last_column) = (lines.rows.len() - 1, lines.columns.len() - 1);
        match action {
            Action::NextPane => {
                lines.block = None;
                self.leave_field(1, context);
            }
            Action::FieldNext => {
                let column = lines.tab_from.unwrap_or(cell.column);
                lines.block = None;
                if cell.row == last_row && !self.is_written(cell.row) {
                    // Nothing more is to be added.
                    self.go_from_cell(self.fields.len(), context);
                } else {
                    self.go_from_cell(self.index_of(cell.row + 1, column), context);
                }
            }
            Action::Down | Action::FieldChoose if has_clash => return None,
            Action::Down | Action::FieldChoose if cell.row == last_row => self.arrow(self.fields.len(), context),
            Action::Down | Action::FieldChoose => self.arrow(self.index_of(cell.row + 1, cell.column), context),
            Action::Up if cell.row == 0 => self.arrow(self.head().saturating_sub(1), context),
            Action::Up => self.arrow(self.index_of(cell.row - 1, cell.column), context),
            Action::PageDown => self.arrow(self.index_of((cell.row + PAGE).min(last_row), cell.column), context),
            Action::PageUp => self.arrow(self.index_of(cell.row.saturating_sub(PAGE), cell.column), context),
            Action::Left if !editing => self.arrow(self.focus - usize::from(cell.column > 0), context),
            Action::Right if !editing => self.arrow(self.focus + usize::from(cell.column < last_column), context),
            Action::Home if !editing => self.arrow(self.index_of(cell.row, 0), context),
            Action::End if !editing => self.arrow(self.index_of(cell.row, last_column), context),
            Action::RemoveEntry if !editing => {
                let block = self.block_at(cell);
                self.empty(&block, context);
            }
            Action::CellEdit => {
                if let Some(why) = self.why_locked(self.focus) {
                    return Some(Turn::Tell(why));
                }
                self.lines.as_mut()?.editing = true;
                self.handled = Some(self.focus);
                if self.offers_while_typing() {
                    self.open_picker(true, context);
                }
            }
            Action::CellBlock => lines.block = if lines.block.is_some() { None } else { Some((cell.row, cell.column)) },
            Action::CellFill => return Some(self.fill_down(cell, context)),
            Action::CellCopy => {
                let block = self.block_at(cell);
                return Some(self.copy_block(&block, context));
            }
            Action::CellCut => {
                let block = self.block_at(cell);
                let told = self.copy_block(&block, context);
                self.empty(&block, context);
                return Some(told);
            }
            Action::CellPaste => {
                let copied = lines.copied.clone();
                if copied.is_empty() {
                    return Some(Turn::Tell("nothing was copied here yet".into()));
                }
                return Some(self.write_block(&copied, context));
            }
            Action::LineRemove => return Some(self.remove_line(cell.row, context)),
            Action::Leave | Action::Stop if editing || lines.block.is_some() => {
                lines.editing = false;
                lines.block = None;
                self.handled = None;
            }
            _ => return None,
        }
        Some(Turn::Stay)
    }

    /// Whether an action of the grid does something.
    pub(super) fn answers_in_lines(&self, action: Action) -> Option<bool> {
        let answers = match action {
            Action::CellEdit
            | Action::CellBlock
            | Action::CellFill
            | Action::CellCopy
            | Action::CellCut
            | Action::CellPaste
            | Action::LineRemove => true,
            Action::RemoveEntry | Action::PageUp | Action::PageDown if self.is_in_lines() => true,
            _ => return None,
        };
        Some(answers && self.is_in_lines())
    }

    fn arrow(&mut self, index: usize, context: &mut Context<'_>) {
        if let Some(lines) = &mut self.lines {
            lines.tab_from = None;
        }
        self.go_from_cell(index, context);
    }

    fn go_from_cell(&mut self, index: usize, context: &mut Context<'_>) {
        self.leave_field(0, context);
        self.focus = index.min(self.fields.len());
    }

    /// One goes on to the next cell: Enter goes back to where that began, a line below.
    pub(super) fn goes_along_the_line(&mut self) {
        let column = self.cell(self.focus).map(|cell| cell.column);
        if let (Some(lines), Some(column)) = (&mut self.lines, column) {
            lines.tab_from.get_or_insert(column);
        }
    }

    /// The cursor came to another field.
    pub(super) fn came_to_field(&mut self) {
        let in_lines = self.is_in_lines();
        if let Some(lines) = &mut self.lines {
            lines.editing = false;
            if !in_lines {
                (lines.tab_from, lines.block) = (None, None);
            }
        }
    }

    /// Why nothing is written into a cell.
    pub(super) fn why_locked(&self, index: usize) -> Option<String> {
        let cell = self.cell(index)?;
        if self.lines.as_ref()?.rows.get(cell.row)?.removed {
            return Some("this line is taken away when it is saved: ‹line-remove› keeps it".into());
        }
        self.is_locked(index)
            .then(|| "this stays as it is: take the line away with ‹line-remove›, and add another".to_owned())
    }

    /// The cells of the block that ends here, by rows: this one alone where none is marked.
    fn block_at(&self, cell: Cell) -> Vec<Vec<usize>> {
        let (row, column) = self.lines.as_ref().and_then(|lines| lines.block).unwrap_or((cell.row, cell.column));
        let rows = row.min(cell.row)..=row.max(cell.row);
        let columns = column.min(cell.column)..=column.max(cell.column);
        rows.map(|row| columns.clone().map(|column| self.index_of(row, column)).collect()).collect()
    }

    /// Whether a cell lies in the block.
    #[must_use]
    pub fn is_in_block(&self, row: usize, column: usize) -> bool {
        let (Some((from, at)), Some(cell)) = (self.lines.as_ref().and_then(|lines| lines.block), self.cell(self.focus))
        else {
            return false;
        };
        let rows = from.min(cell.row)..=from.max(cell.row);
        rows.contains(&row) && (at.min(cell.column)..=at.max(cell.column)).contains(&column)
    }

    /// Writes a text into a cell, as if it were typed there.
    fn write_cell(&mut self, index: usize, text: &str, context: &mut Context<'_>) {
        if self.why_locked(index).is_some() || self.fields[index].text() == text {
            return;
        }
        let here = std::mem::replace(&mut self.focus, index);
        self.fields[index].set_text(text);
        self.typed(context);
        self.check_field(index, context);
        self.focus = here;
    }

    fn empty(&mut self, block: &[Vec<usize>], context: &mut Context<'_>) {
        for index in block.iter().flatten() {
            self.write_cell(*index, "", context);
        }
    }

    /// Fills the first row of the block down; without one, an empty cell with what stands above it.
    fn fill_down(&mut self, cell: Cell, context: &mut Context<'_>) -> Turn {
        let has_block = self.lines.as_ref().is_some_and(|lines| lines.block.is_some());
        let block = match has_block {
            true => self.block_at(cell),
            false if cell.row > 0 => vec![vec![self.index_of(cell.row - 1, cell.column)], vec![self.focus]],
            false => Vec::new(),
        };
        let [first, below @ ..] = block.as_slice() else {
            return Turn::Tell("there is no line above to fill from".into());
        };
        let texts: Vec<String> = first.iter().map(|index| self.fields[*index].text()).collect();
        for row in below {
            for (index, text) in row.iter().zip(&texts) {
                self.write_cell(*index, text, context);
            }
        }
        Turn::Stay
    }

    fn copy_block(&mut self, block: &[Vec<usize>], context: &mut Context<'_>) -> Turn {
        let rows: Vec<Vec<String>> =
            block.iter().map(|row| row.iter().map(|index| self.fields[*index].text()).collect()).collect();
        let cells: usize = rows.iter().map(Vec::len).sum();
        let text = rows.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n");
        context.asks.want(Effect::Copy(text));
        if let Some(lines) = &mut self.lines {
            lines.copied = rows;
            lines.block = None;
        }
        Turn::Tell(if cells == 1 { "copied".into() } else { format!("copied {cells} cells") })
    }

    /// A block that was copied from a spreadsheet: it fills the cells from the cursor on, and adds lines.
    pub(super) fn paste_block(&mut self, text: &str, context: &mut Context<'_>) -> bool {
        let text = text.trim_end_matches(['\r', '\n']);
        if !self.is_in_lines() || !text.contains(['\t', '\n']) {
            return false;
        }
        let rows: Vec<Vec<String>> =
            text.lines().map(|line| line.split('\t').map(|cell| cell.trim().to_owned()).collect()).collect();
        if let Turn::Tell(told) = self.write_block(&rows, context) {
            self.notice = Some(told);
        }
        true
    }

    /// Writes rows of cells from the cursor on.
    fn write_block(&mut self, rows: &[Vec<String>], context: &mut Context<'_>) -> Turn {
        let Some(from) = self.cell(self.focus) else { return Turn::Stay };
        let mut beyond = 0;
        for (down, cells) in rows.iter().enumerate() {
            for (right, text) in cells.iter().enumerate() {
                let Some(lines) = &self.lines else { return Turn::Stay };
                let (row, column) = (from.row + down, from.column + right);
                if column >= lines.columns.len() || row >= lines.rows.len() || row >= MOST_LINES {
                    beyond += 1;
                    continue;
                }
                self.write_cell(self.index_of(row, column), text, context);
            }
            self.add_blank(context);
        }
        match beyond {
            0 => Turn::Stay,
            1 => Turn::Tell("one cell had no column here, or no line: it was left out".into()),
            several => Turn::Tell(format!("{several} cells had no column here, or no line: they were left out")),
        }
    }

    /// Takes a line away when the form is saved, or keeps it after all; one that is new goes at once.
    fn remove_line(&mut self, row: usize, context: &mut Context<'_>) -> Turn {
        let column = self.cell(self.focus).map_or(0, |cell| cell.column);
        self.picker = None;
        let Some(lines) = &mut self.lines else { return Turn::Stay };
        lines.block = None;
        if lines.rows.get(row).is_some_and(|row| row.record.is_some()) {
            if lines.delete(context).is_none() {
                return Turn::Alarm(format!("you may not take a {} away", lines.resource.entity.singular));
            }
            lines.rows[row].removed = !lines.rows[row].removed;
        } else {
            let cells = self.cells_of(row);
            self.fields.drain(cells);
            if let Some(lines) = &mut self.lines {
                lines.rows.remove(row);
            }
        }
        self.add_blank(context);
        let last = self.lines.as_ref().map_or(0, |lines| lines.rows.len() - 1);
        self.focus = self.index_of(row.min(last), column);
        self.handled = None;
        (self.notice, self.refusal) = (None, None);
        self.typed_at.get_or_insert(context.tick);
        self.lines_changed(context);
        Turn::Stay
    }

    // ---- what it comes to

    /// Something that the lines come to may be another by now.
    pub(super) fn lines_changed(&mut self, context: &Context<'_>) {
        if let Some(lines) = &mut self.lines {
            lines.changed_at = Some(context.tick);
        }
    }

    /// When what was typed is tried.
    pub(super) fn tries_at(&self) -> Option<Instant> {
        let lines = self.lines.as_ref().filter(|lines| lines.trying.is_none() && !lines.is_reading())?;
        Some(lines.changed_at? + TRIED_AFTER)
    }

    /// Tries what is typed, so that what it comes to is seen, and what is wrong with it.
    pub(super) fn try_lines(&mut self, context: &mut Context<'_>) {
        if context.lost || self.reading.is_some() || self.saving.is_some() {
            return;
        }
        if self.tries_at().is_none_or(|at| context.tick < at) {
            return;
        }
        let locale = context.locale();
        if let Some(lines) = &mut self.lines {
            lines.changed_at = None;
        }
        let Ok(mut request) = self.begin_request() else { return };
        for index in 0..self.head() {
            if self.is_sent(index)
                && let Some(Ok(value)) = self.value_of(index, locale)
            {
                request = request.with(self.fields[index].field.name, value);
            }
        }
        (request.parts, _) = self.parts(locale, context);
        if let Some(lines) = &mut self.lines {
            lines.trying = Some(context.asks.ask(Question::Foresee(Box::new(request))));
        }
    }

    fn came_to(&mut self, foreseen: Foreseen) {
        // What was wrong when it was tried before may be right by now.
        for cell in self.fields.iter_mut().filter(|field| field.tried_wrong) {
            cell.tried_wrong = false;
            cell.problem = None;
        }
        let Some(lines) = &mut self.lines else { return };
        if foreseen.record.is_some() {
            lines.whole = foreseen.record;
            for row in &mut lines.rows {
                row.tried = None;
            }
            for (key, record) in lines.sent.iter().zip(foreseen.parts) {
                if let Some(row) = lines.rows.iter_mut().find(|row| row.key == *key) {
                    row.tried = record;
                }
            }
        }
        for problem in foreseen.problems {
            if let Some(index) = self.wrong_cell(&problem)
                && index != self.focus
                && self.fields[index].problem.is_none()
            {
                self.fields[index].problem = Some(problem.message);
                self.fields[index].tried_wrong = true;
            }
        }
    }

    /// The cell that a problem of a part is told of.
    pub(super) fn wrong_cell(&self, problem: &Problem) -> Option<usize> {
        let lines = self.lines.as_ref()?;
        let (part, name) = told_of(problem, lines.resource.entity)?;
        let row = self.row_of(*lines.sent.get(part)?)?;
        // What is told of the line as a whole stands at its beginning.
        let column = lines.columns.iter().position(|field| field.name == name).unwrap_or(0);
        Some(self.index_of(row, column))
    }

    /// The lines that are to be written with the record, and the first cell in which something is wrong: its line is not
    /// among them.
    pub(super) fn parts(&mut self, locale: Locale, context: &Context<'_>) -> (Vec<Part>, Option<usize>) {
        let Some(lines) = &self.lines else { return (Vec::new(), None) };
        let (create, update) = (lines.resource.create(), lines.resource.update());
        let delete = lines.delete(context);
        let (mut parts, mut sent, mut wrong) = (Vec::new(), Vec::new(), None);
        for (index, row) in lines.rows.iter().enumerate() {
            let aim = row.record.as_ref().map(|record| Aim { id: record.id, version: Some(record.version) });
            let operation = match (row.removed, aim) {
                (true, _) => delete,
                (false, Some(_)) => update,
                (false, None) => create,
            };
            let Some(operation) = operation.filter(|_| row.removed || self.is_written(index)) else { continue };
            let (mut values, mut is_whole) = (Vec::new(), true);
            let cells = if row.removed { 0..0 } else { self.cells_of(index) };
            for cell in cells {
                let field = &self.fields[cell];
                let is_sent = field.is_changed() || aim.is_none() && (field.field.required || !field.text().is_empty());
                if !is_sent {
                    continue;
                }
                match self.value_of(cell, locale) {
                    Some(Ok(_)) if field.field.required && field.is_missing() => {
                        is_whole = false;
                        wrong = wrong.or(Some(cell));
                    }
                    Some(Ok(value)) => values.push((field.field.name, value)),
                    _ => {
                        is_whole = false;
                        wrong = wrong.or(Some(cell));
                    }
                }
            }
            if is_whole {
                parts.push(Part { operation, aim, values });
                sent.push(row.key);
            }
        }
        if let Some(lines) = &mut self.lines {
            lines.sent = sent;
        }
        (parts, wrong)
    }

    /// Says at each cell that is to be saved what is wrong with it.
    pub(super) fn judge_lines(&mut self, locale: Locale) {
        let rows = self.lines.as_ref().map_or(0, |lines| lines.rows.len());
        for row in (0..rows).filter(|row| self.is_written(*row)).collect::<Vec<_>>() {
            for index in self.cells_of(row) {
                let missing = self.fields[index].is_missing().then(|| "is required".to_owned());
                let wrong = missing.or_else(|| self.value_of(index, locale)?.err());
                if wrong.is_some() {
                    self.fields[index].problem = wrong;
                }
            }
        }
    }

    // ---- drafts

    /// What a field is called in a draft.
    pub(super) fn name_in_draft(&self, field: &FormField) -> String {
        let row = field.row.and_then(|key| self.row_of(key));
        match (&self.lines, row.and_then(|row| self.lines.as_ref()?.rows.get(row))) {
            (Some(lines), Some(row)) => {
                format!("{}/{}/{}", lines.resource.entity.name, lines.name_of(row), field.field.name)
            }
            _ => field.field.name.to_owned(),
        }
    }

    /// The lines that are to be taken away, as a draft keeps them.
    pub(super) fn removed_in_draft(&self) -> impl Iterator<Item = (String, String)> {
        self.lines.iter().flat_map(|lines| {
            let name = |row: &LineRow| format!("{}/{}/{REMOVED}", lines.resource.entity.name, lines.name_of(row));
            lines.rows.iter().filter(|row| row.removed).map(move |row| (name(row), REMOVED.to_owned()))
        })
    }

    /// What a draft kept of the lines: it waits until they are read.
    pub(super) fn go_on_with_lines(&mut self, fields: &BTreeMap<String, String>, context: &mut Context<'_>) {
        self.unread.extend(
            fields.iter().filter(|(name, _)| name.contains('/')).map(|(name, text)| (name.clone(), text.clone())),
        );
        if self.lines.as_ref().is_some_and(|lines| !lines.is_reading()) {
            self.take_up_draft(context);
        }
    }

    fn take_up_draft(&mut self, context: &mut Context<'_>) {
        let unread = std::mem::take(&mut self.unread);
        let mut new: BTreeMap<String, RowKey> = BTreeMap::new();
        for (name, text) in unread {
            let Some((_, rest)) = name.split_once('/') else { continue };
            let Some((line, field)) = rest.split_once('/') else { continue };
            let row = match line.parse::<Id>() {
                Ok(id) => self.lines.as_ref().and_then(|lines| {
                    lines.rows.iter().position(|row| row.record.as_ref().is_some_and(|record| record.id == id))
                }),
                Err(_) => {
                    let known = new.get(line).copied();
                    let key = known.or_else(|| {
                        self.add_blank(context);
                        let lines = self.lines.as_ref()?;
                        let used: Vec<RowKey> = new.values().copied().collect();
                        lines
                            .rows
                            .iter()
                            .find(|row| row.record.is_none() && !used.contains(&row.key))
                            .map(|row| row.key)
                    });
                    new.extend(key.map(|key| (line.to_owned(), key)));
                    key.and_then(|key| self.row_of(key))
                }
            };
            let Some(row) = row else { continue };
            if field == REMOVED {
                if let Some(lines) = &mut self.lines {
                    lines.rows[row].removed = true;
                }
                continue;
            }
            let column =
                self.lines.as_ref().and_then(|lines| lines.columns.iter().position(|known| known.name == field));
            if let Some(column) = column {
                self.write_cell(self.index_of(row, column), &text, context);
            }
        }
        self.add_blank(context);
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
