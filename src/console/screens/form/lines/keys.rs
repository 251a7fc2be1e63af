//! What keys do among the lines of a form: by cells, by lines, by blocks of cells from and for a spreadsheet.

use super::{Cell, Form};
use crate::console::actions::Action;
use crate::console::message::Effect;
use crate::console::screens::{Context, Turn};

/// Lines that one moves by at a time.
const PAGE: usize = 10;

impl Form {
    /// What an action means among the lines; none where it means what it means in the whole form.
    pub(in crate::console::screens::form) fn act_in_lines(
        &mut self,
        action: Action,
        context: &mut Context<'_>,
    ) -> Option<Turn> {
        let cell = self.cell(self.focus)?;
        let has_clash = self.fields[self.focus].theirs.is_some();
        let lines = self.lines.as_mut()?;
        let editing = lines.editing;
        if matches!(
            action,
            Action::CellBlock | Action::CellFill | Action::CellCopy | Action::CellCut | Action::CellPaste
        ) {
            // What was offered was for what was typed.
            self.picker = None;
        }
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
            // The last line is always one that nobody began.
            Action::AddEntry => {
                lines.block = None;
                self.arrow(self.index_of(last_row, 0), context);
            }
            Action::RemoveEntry if !editing => {
                self.picker = None;
                let block = self.block_at(cell);
                return Some(self.empty(&block, context));
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
                return Some(match self.empty(&block, context) {
                    Turn::Stay => told,
                    why => why,
                });
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
    pub(in crate::console::screens::form) fn answers_in_lines(&self, action: Action) -> Option<bool> {
        let (cell, lines) = (self.cell(self.focus), self.lines.as_deref());
        let answers = match action {
            Action::CellEdit | Action::CellBlock | Action::CellCopy | Action::CellCut => true,
            // A block is filled from its first line, an empty cell from the one above.
            Action::CellFill => {
                let is_empty = self.fields.get(self.focus).is_some_and(|field| field.text().is_empty());
                lines.is_some_and(|lines| lines.block.is_some()) || is_empty && cell.is_some_and(|cell| cell.row > 0)
            }
            Action::CellPaste => lines.is_some_and(|lines| !lines.copied.is_empty()),
            Action::LineRemove => cell.is_some_and(|cell| self.is_written(cell.row)),
            Action::AddEntry | Action::RemoveEntry | Action::PageUp | Action::PageDown if self.is_in_lines() => true,
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
    pub(in crate::console::screens::form) fn goes_along_the_line(&mut self) {
        let column = self.cell(self.focus).map(|cell| cell.column);
        if let (Some(lines), Some(column)) = (&mut self.lines, column) {
            lines.tab_from.get_or_insert(column);
        }
    }

    /// The cursor came to another field.
    pub(in crate::console::screens::form) fn came_to_field(&mut self) {
        let in_lines = self.is_in_lines();
        if let Some(lines) = &mut self.lines {
            lines.editing = false;
            if !in_lines {
                (lines.tab_from, lines.block) = (None, None);
            }
        }
    }

    /// Why nothing is written into a cell.
    #[must_use]
    pub fn why_locked(&self, index: usize) -> Option<String> {
        let cell = self.cell(index)?;
        if self.lines.as_ref()?.rows.get(cell.row)?.removed {
            return Some("this line is taken away when it is saved: ‹line-remove› keeps it".into());
        }
        self.is_locked(index).then(|| match self.lines.as_ref().is_some_and(|lines| lines.may_change) {
            true => "this stays as it is: take the line away with ‹line-remove›, and add another".to_owned(),
            false => "you may add lines here, and change none that is there".to_owned(),
        })
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

    /// Writes a text into a cell; whether it is another by that.
    pub(super) fn write_cell(&mut self, index: usize, text: &str, context: &mut Context<'_>) -> bool {
        if self.why_locked(index).is_some() || self.fields[index].text() == text {
            return false;
        }
        let field = &mut self.fields[index];
        field.set_text(text);
        field.problem = None;
        self.check_field(index, context);
        true
    }

    pub(in crate::console::screens::form) fn end_block(&mut self) {
        if let Some(lines) = &mut self.lines {
            lines.block = None;
        }
    }

    /// Something was written in cells, or a line went: where it was.
    fn did(&mut self, something: bool, context: &mut Context<'_>) {
        if !something {
            return;
        }
        (self.notice, self.refusal) = (None, None);
        self.saves_once_read = false;
        self.handled = None;
        self.typed_at.get_or_insert(context.tick);
        self.lines_were_changed = true;
        // It was for this: what is done next is done to the cell under the cursor.
        self.end_block();
        self.add_blank(context);
        self.lines_changed(context);
    }

    fn empty(&mut self, block: &[Vec<usize>], context: &mut Context<'_>) -> Turn {
        let written = block.iter().flatten().copied().filter(|index| !self.fields[*index].text().is_empty());
        let written: Vec<usize> = written.collect();
        let why = written.iter().find_map(|index| self.why_locked(*index));
        let mut wrote = false;
        for index in written {
            wrote |= self.write_cell(index, "", context);
        }
        self.did(wrote, context);
        why.map_or(Turn::Stay, Turn::Tell)
    }

    /// Fills the first row of the block down; without one, an empty cell with what stands above it.
    fn fill_down(&mut self, cell: Cell, context: &mut Context<'_>) -> Turn {
        let has_block = self.lines.as_ref().is_some_and(|lines| lines.block.is_some());
        let is_begun = !self.fields[self.focus].text().is_empty()
            && (self.fields[self.focus].is_changed() || !self.is_blank(cell.row));
        let block = match has_block {
            true => self.block_at(cell),
            false if is_begun => {
                return Turn::Tell("something stands here: mark a block with ‹cell-block› to fill it down".into());
            }
            false if cell.row > 0 => vec![vec![self.index_of(cell.row - 1, cell.column)], vec![self.focus]],
            false => Vec::new(),
        };
        let [first, below @ ..] = block.as_slice() else {
            return Turn::Tell("there is no line above to fill from".into());
        };
        let texts: Vec<String> = first.iter().map(|index| self.fields[*index].text()).collect();
        let cells: Vec<(usize, &String)> = below.iter().flat_map(|row| row.iter().copied().zip(&texts)).collect();
        let why = cells.iter().find_map(|(index, _)| self.why_locked(*index));
        let mut wrote = false;
        for (index, text) in cells {
            wrote |= self.write_cell(index, text, context);
        }
        self.did(wrote, context);
        why.map_or(Turn::Stay, Turn::Tell)
    }

    /// Whether a line holds what a new one begins with, and nothing else.
    fn is_blank(&self, row: usize) -> bool {
        let is_new =
            self.lines.as_ref().is_some_and(|lines| lines.rows.get(row).is_some_and(|row| row.record.is_none()));
        is_new && !self.is_written(row)
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
    pub(in crate::console::screens::form) fn paste_block(&mut self, text: &str, context: &mut Context<'_>) -> bool {
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

    /// Writes rows of cells from the cursor on. A line that is of something else stays as it is, whole: two lines are not
    /// to become one.
    fn write_block(&mut self, rows: &[Vec<String>], context: &mut Context<'_>) -> Turn {
        let Some(from) = self.cell(self.focus) else { return Turn::Stay };
        let (mut beyond, mut left, mut wrote) = (0, 0, false);
        // A row in which nothing stands is none.
        let rows = rows.iter().filter(|cells| cells.iter().any(|cell| !cell.is_empty()));
        for (down, cells) in rows.enumerate() {
            let Some(lines) = &self.lines else { return Turn::Stay };
            let row = from.row + down;
            if row >= lines.rows.len() {
                beyond += cells.len();
                continue;
            }
            let fits = lines.columns.len() - from.column;
            beyond += cells.len().saturating_sub(fits);
            let places: Vec<(usize, &String)> = cells
                .iter()
                .take(fits)
                .enumerate()
                .map(|(right, text)| (self.index_of(row, from.column + right), text))
                .collect();
            let is_another = |(index, text): &(usize, &String)| {
                self.why_locked(*index).is_some() && self.fields[*index].text() != **text
            };
            if places.iter().any(is_another) {
                left += 1;
                continue;
            }
            for (index, text) in places {
                wrote |= self.write_cell(index, text, context);
            }
            self.add_blank(context);
        }
        self.did(wrote, context);
        match (left, beyond) {
            (0, 0) => Turn::Stay,
            (0, 1) => Turn::Tell("one cell had no column here, or no line: it was left out".into()),
            (0, cells) => Turn::Tell(format!("{cells} cells had no column here, or no line: they were left out")),
            (1, _) => Turn::Tell("one line stays as it is: what it is of is another, or it is taken away".into()),
            (lines, _) => Turn::Tell(format!(
                "{lines} lines stay as they are: what they are of is another, or they are taken away"
            )),
        }
    }

    /// Takes a line away when the form is saved, or keeps it after all; one that is new goes at once.
    fn remove_line(&mut self, row: usize, context: &mut Context<'_>) -> Turn {
        let column = self.cell(self.focus).map_or(0, |cell| cell.column);
        self.picker = None;
        let Some(lines) = &mut self.lines else { return Turn::Stay };
        lines.block = None;
        if lines.rows.get(row).is_some_and(|line| line.record.is_some()) {
            if lines.delete(context).is_none() {
                let entity = lines.resource.entity;
                return Turn::Alarm(format!("you may not take it away: it needs {}", entity.permission("delete")));
            }
            lines.rows[row].removed = !lines.rows[row].removed;
        } else if row >= lines.rows.len()
            || self.is_blank(row) && row + 1 == self.lines.as_ref().map_or(0, |lines| lines.rows.len())
        {
            return Turn::Tell("nothing stands in this line yet".into());
        } else {
            self.pull_line(row);
        }
        self.did(true, context);
        let last = self.lines.as_ref().map_or(0, |lines| lines.rows.len().saturating_sub(1));
        self.focus = self.index_of(row.min(last), column);
        Turn::Stay
    }
}
