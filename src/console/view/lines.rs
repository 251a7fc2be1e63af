//! The lines of a record in its form: a small grid, with what they come to below.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::measure;
use crate::console::screens::form::{Cell, Editor, Form, FormField, LineRow, Lines};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::line::LineView;
use crate::console::widgets::list::Rows;
use crate::console::widgets::paint;
use crate::console::widgets::table::{CellView, Column, RowView, Table, rows_in};
use crate::domain::Kind;
use crate::domain::text::{capital, clean};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::resources::label;
use crate::store::Field;
use crate::store::entity::FieldAccess;

/// Rows of lines that are seen at least, where there is room for anything.
const LEAST: u16 = 3;
/// The heading, the titles of the columns, and the totals.
const AROUND: u16 = 3;
/// Cells of a column, where its list says nothing of it.
const WIDTH: (u16, u16) = (8, 20);
/// Cells of what is being typed, at least.
const TYPED: u16 = 16;

/// Where the lines were painted.
#[derive(Default)]
pub(super) struct Painted {
    pub(super) cursor: Option<Position>,
    /// Where the cell under the cursor stands: choices hang there.
    pub(super) anchor: Option<Position>,
    /// Where the cells are, each with the index of its field.
    pub(super) cells: Rows,
}

/// Rows that the lines of a form take of so many.
pub(super) fn height(form: &Form, room: u16) -> u16 {
    let Some(lines) = &form.lines else { return 0 };
    let all = u16::try_from(lines.rows.len()).unwrap_or(u16::MAX).max(1);
    // Whoever is among them sees as many as there is room for; the record's own fields keep a few rows.
    let most = if form.is_in_lines() { room.saturating_sub(4) } else { room / 2 };
    (all.saturating_add(AROUND)).min(most.max(LEAST + AROUND)).min(room)
}

pub(super) fn paint_lines(form: &mut Form, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) -> Painted {
    let mut painted = Painted::default();
    let focus = form.focus;
    let cell = form.cell(focus);
    let (totals, are_current) = totals(form, usize::from(area.width.saturating_sub(2)), locale, theme);
    let Some(lines) = form.lines.as_deref_mut().filter(|_| area.height > 0) else { return painted };
    let words = &theme.words;
    let heading = capital(label(words, lines.relation(form.resource.entity)));
    paint::text(buffer, area.x + 1, area.y, area.width, &heading, theme[Role::Title]);
    if lines.is_reading() {
        let x = area.x + 3 + paint::cells(&heading);
        paint::text(buffer, x, area.y, area.right().saturating_sub(x), words.get("list.reading"), theme[Role::Dim]);
    }
    let foot = 1.min(area.height.saturating_sub(1));
    let table = Rect { y: area.y + 1, height: area.height.saturating_sub(1 + foot), ..area };
    let fits = usize::from(rows_in(table));
    let total = lines.rows.len();
    lines.first = paint::scrolled(lines.first, cell.map_or(0, |cell| cell.row), fits, total);
    let first = lines.first;
    let lines = form.lines.as_deref();
    let Some(lines) = lines else { return painted };
    let mut columns = columns(lines, words);
    let rows: Vec<RowView<'_>> = (first..total.min(first + fits))
        .map(|row| RowView {
            cells: cells(form, lines, row, locale, theme).into(),
            marked: false,
            sign: sign(form, row, theme),
        })
        .collect();
    let place = (total > fits).then_some((first, total));
    let loading = lines.is_reading();
    keep_steady(&mut columns, cell, place, table);
    let (cursor, column) = (cell.map(|cell| cell.row - first), cell.map(|cell| cell.column));
    let view = Table { columns: &columns, cursor, column, loading, empty: "", place };
    let layout = view.layout(table);
    view.paint(buffer, table, theme, rows);
    let at = |row: usize, x: u16, width: u16| Rect {
        x: table.x + x,
        y: table.y + 1 + u16::try_from(row - first).unwrap_or(0),
        width,
        height: 1,
    };
    for row in first..total.min(first + fits) {
        for place in layout.iter().filter(|place| place.column < lines.columns.len()) {
            painted.cells.push((at(row, place.x, place.width), form.index_of(row, place.column)));
        }
    }
    let below = Rect { y: area.bottom() - foot, height: foot, ..area };
    paint::text(
        buffer,
        below.x + 2,
        below.y,
        below.width.saturating_sub(2),
        &totals,
        theme[if are_current { Role::Money } else { Role::Dim }],
    );
    if let Some(Cell { row, column }) = cell
        && let Some(place) =
            layout.iter().find(|place| place.column == column).filter(|_| row >= first && row < first + fits)
    {
        let rect = at(row, place.x, place.width);
        painted.anchor = Some(Position { x: rect.x, y: rect.y });
        painted.cursor = painted.anchor;
        if let Editor::Line(editor) = &form.fields[focus].editor
            && form.is_typed_in()
        {
            // What is typed has room, whatever stands beside it.
            let room = area.right().saturating_sub(rect.x);
            let rect = Rect { width: rect.width.max(TYPED).min(room), ..rect };
            let line = LineView { focused: true, role: Role::InputFocused, ..LineView::new(editor) };
            painted.cursor = line.paint(buffer, rect, theme);
        }
    }
    painted
}

fn columns(lines: &Lines, words: &Words) -> Vec<Column<'static>> {
    let column = |field: &Field, priority: u8| {
        let listed = lines.resource.columns.iter().find(|column| column.field == field.name);
        let (min, ideal) = listed.map_or(WIDTH, |column| column.width);
        let ideal = if field.reference.is_some() { ideal.max(24) } else { ideal };
        let required = if field.required && field.access == FieldAccess::Write { "*" } else { "" };
        let title = format!("{}{required}", lines.resource.column_title(words, field.name).to_uppercase());
        let title_width = u16::try_from(measure::width(&title)).unwrap_or(min);
        let column = Column::new(title, min.max(title_width.min(10)), ideal.max(title_width)).priority(priority);
        if matches!(field.kind, Kind::Int | Kind::Money | Kind::Percent) { column.right() } else { column }
    };
    let typed = lines.columns.iter().map(|field| column(field, if field.required { 1 } else { 4 }));
    let worked_out = lines.worked_out.iter().map(|field| column(field, if field.name == "total" { 2 } else { 6 }));
    typed.chain(worked_out).collect()
}

/// No width changes as one moves, but where a column is not shown otherwise.
fn keep_steady(columns: &mut [Column<'_>], cell: Option<Cell>, place: Option<(usize, usize)>, area: Rect) {
    let table = Table { columns, cursor: None, column: None, loading: false, empty: "", place };
    let steady = table.layout(area);
    if cell.is_some_and(|cell| steady.iter().all(|place| place.column != cell.column)) {
        return;
    }
    for (index, column) in columns.iter_mut().enumerate() {
        let width = steady.iter().find(|place| place.column == index).map_or(u16::MAX / 2, |place| place.width);
        (column.min, column.ideal) = (width, width);
    }
}

/// A line as cells, what is worked out behind what is typed.
fn cells(form: &Form, lines: &Lines, row: usize, locale: Locale, theme: &Theme) -> Vec<CellView<'static>> {
    let Some(of) = lines.rows.get(row) else { return Vec::new() };
    let typed = (0..lines.columns.len()).map(|column| {
        let index = form.index_of(row, column);
        let field = &form.fields[index];
        let role = match role(form, of, field, index) {
            Role::Error => Role::Error,
            _ if form.is_in_block(row, column) => Role::Marked,
            role => role,
        };
        // What a new line begins with shows once it is begun.
        let is_begun = of.record.is_some() || form.is_written(row) || index == form.focus;
        if !is_begun {
            return CellView::new("", Role::Text);
        }
        // What is wrong is told by a sign as well: the cell may be empty.
        let told = text(field, theme);
        let told = if role == Role::Error { format!("{} {told}", theme.signs.wrong) } else { told };
        CellView::new(told.trim_end().to_owned(), role)
    });
    let worked_out = lines.worked_out.iter().map(|field| {
        let told = form.worked_out(row, field).map_or_else(String::new, |value| value.shown(locale));
        CellView::new(told, if field.kind == Kind::Money { Role::Money } else { Role::Dim })
    });
    typed.chain(worked_out).collect()
}

/// What a cell says that nobody is in: of a record its name, of a word what it is called.
fn text(field: &FormField, theme: &Theme) -> String {
    let text = field.text();
    match field.field.kind {
        Kind::Choice(_) => clean(theme.words.word(&text)).into_owned(),
        Kind::Bool if !text.is_empty() => theme.words.word(&text).to_owned(),
        _ => match field.means_beyond() {
            Some(means) if field.field.reference.is_some() => format!("{} {}", clean(&text), clean(means)),
            _ => clean(&text).into_owned(),
        },
    }
}

fn role(form: &Form, row: &LineRow, field: &FormField, index: usize) -> Role {
    match () {
        () if field.problem.is_some() || field.theirs.is_some() => Role::Error,
        () if row.removed => Role::Disabled,
        () if field.is_changed() => Role::Pending,
        // What a new line begins with is nothing that somebody wrote.
        () if row.record.is_none() => Role::Ghost,
        () if form.is_locked(index) => Role::Dim,
        () => Role::Text,
    }
}

/// What is so about a line as a whole: it goes, something in it is wrong, something is another than it was, it is still to be
/// written.
fn sign<'a>(form: &Form, row: usize, theme: &Theme) -> Option<(&'a str, Role)> {
    let line = form.lines.as_ref()?.rows.get(row)?;
    let cells = || (form.index_of(row, 0)..form.index_of(row + 1, 0)).map(|index| &form.fields[index]);
    if line.removed {
        return Some((theme.signs.removed, Role::Bad));
    }
    if cells().any(|field| field.problem.is_some() || field.theirs.is_some()) {
        return Some((theme.signs.wrong, Role::Bad));
    }
    match (form.is_written(row), &line.record) {
        (true, _) => Some((theme.signs.dot, Role::Pending)),
        // Here one goes on.
        (false, None) => Some(("+", Role::Dim)),
        (false, Some(_)) => None,
    }
}

/// `subtotal 100.00   tax 16.00   total 116.00  USD`: what it comes to is read last, and longest; whether it is what
/// stands there now.
fn totals(form: &Form, room: usize, locale: Locale, theme: &Theme) -> (String, bool) {
    let words = &theme.words;
    let Some((lines, whole)) = form.lines.as_ref().zip(form.whole()) else { return (String::new(), true) };
    let mut totals: Vec<_> = Lines::totals(whole).collect();
    totals.sort_by_key(|(field, _)| field.name.starts_with("total"));
    let mut told: Vec<String> = totals
        .into_iter()
        .map(|(field, value)| format!("{} {}", form.resource.label(words, field.name), value.shown(locale)))
        .collect();
    let currency = whole.get("currency").as_str();
    let more = if lines.is_outdated { format!(" {}", theme.signs.ellipsis) } else { String::new() };
    let partly = if lines.is_partly { format!("  {}", words.get("form.lines-partly")) } else { String::new() };
    loop {
        let line = format!("{}  {currency}{more}{partly}", told.join("   "));
        if measure::width(&line) <= room || told.len() < 2 {
            return (if told.is_empty() { String::new() } else { line }, !lines.is_outdated);
        }
        told.remove(0);
    }
}
