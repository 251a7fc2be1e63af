//! The table of records: only the rows in sight are given and painted.
//!
//! The cursor is a sign and the style of one cell, so that moving it costs a few bytes.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint;
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};

/// Cells between two columns.
const GAP: u16 = 2;
/// The cursor's and the mark's sign before the first column, and a blank.
const SIGNS: u16 = 2;

/// Which way a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// The least first.
    Up,
    /// The greatest first.
    Down,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its title.
    pub title: Cow<'a, str>,
    /// Below this it is not shown.
    pub min: u16,
    /// More than this it does not need.
    pub ideal: u16,
    /// 0 is kept the longest when there is no room for all.
    pub priority: u8,
    /// It says something of another column alone, and is not shown without it.
    pub beside: Option<usize>,
    /// Where its text stands.
    pub align: Align,
    /// Whether the rows are sorted by it.
    pub sorted: Option<Sorted>,
}

impl<'a> Column<'a> {
    /// A column of text, of middle importance.
    #[must_use]
    pub fn new(title: impl Into<Cow<'a, str>>, min: u16, ideal: u16) -> Self {
        Self { title: title.into(), min, ideal, priority: 5, beside: None, align: Align::Left, sorted: None }
    }

    /// The same, kept longer (0) or given up sooner.
    #[must_use]
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// The same, shown beside another column alone.
    #[must_use]
    pub const fn beside(mut self, other: Option<usize>) -> Self {
        self.beside = other;
        self
    }

    /// The same for numbers.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The same with the arrow of the order.
    #[must_use]
    pub const fn sorted(mut self, sorted: Option<Sorted>) -> Self {
        self.sorted = sorted;
        self
    }
}

/// What stands in a cell, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellView<'a> {
    /// The text, with its sign where it tells a state.
    pub text: Cow<'a, str>,
    /// What it means.
    pub role: Role,
    /// What says most of it in a column that is narrower than so many cells.
    narrow: Option<(u16, Cow<'a, str>)>,
}

impl<'a> CellView<'a> {
    /// A text with a meaning.
    #[must_use]
    pub fn new(text: impl Into<Cow<'a, str>>, role: Role) -> Self {
        Self { text: text.into(), role, narrow: None }
    }

    /// The same with what stands there instead in a column that is narrower than so many cells.
    #[must_use]
    pub fn narrow(mut self, below: u16, text: impl Into<Cow<'a, str>>) -> Self {
        self.narrow = Some((below, text.into()));
        self
    }

    /// What says most of it in few cells.
    #[must_use]
    pub fn brief(self) -> Cow<'a, str> {
        self.narrow.map_or(self.text, |(_, text)| text)
    }

    /// What stands in a column of so many cells.
    fn text_in(&self, width: u16) -> &str {
        self.narrow.as_ref().filter(|(below, _)| width < *below).map_or(&self.text, |(_, text)| text)
    }
}

impl<'a> From<&'a str> for CellView<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text, Role::Text)
    }
}

impl From<String> for CellView<'_> {
    fn from(text: String) -> Self {
        Self::new(text, Role::Text)
    }
}

/// A row in sight: a cell for every column of the table, shown or not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowView<'a> {
    /// Its cells.
    pub cells: Cow<'a, [CellView<'a>]>,
    /// Whether it is marked.
    pub marked: bool,
    /// What is so about the whole of it, where a mark would stand.
    pub sign: Option<(&'a str, Role)>,
}

/// A table as it stands now.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// All its columns.
    pub columns: &'a [Column<'a>],
    /// The row under the cursor, counted from the first one given.
    pub cursor: Option<usize>,
    /// The column under the cursor, where one moves by columns; it is always shown.
    pub column: Option<usize>,
    /// Old rows while new ones load: dimmed.
    pub loading: bool,
    /// What to say where there are no rows.
    pub empty: &'a str,
    /// Which row of how many the first one given is, for the thumb of the scroll bar.
    pub place: Option<(usize, usize)>,
}

/// How many rows fit below the titles.
#[must_use]
pub const fn rows_in(area: Rect) -> u16 {
    area.height.saturating_sub(1)
}

impl Table<'_> {
    /// Paints the titles and as many of the rows as fit; how many did.
    pub fn paint<'r>(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        theme: &Theme,
        rows: impl IntoIterator<Item = RowView<'r>>,
    ) -> usize {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return 0;
        }
        let inside = self.beside_the_bar(area);
        let layout = fit(self.columns, inside.width.saturating_sub(SIGNS), self.column);
        self.titles(buffer, inside, theme, &layout);
        let mut painted = 0;
        for row in rows.into_iter().take(usize::from(rows_in(area))) {
            self.row(buffer, inside, theme, &layout, painted, &row);
            painted += 1;
        }
        if painted == 0 && area.height > 1 {
            let wide = usize::from(inside.width.saturating_sub(SIGNS));
            let lines = measure::wrap(self.empty, wide);
            for (index, line) in lines.iter().take(usize::from(rows_in(area))).enumerate() {
                paint::text(
                    buffer,
                    inside.x + SIGNS,
                    inside.y + 1 + index as u16,
                    inside.width - SIGNS,
                    line,
                    theme[Role::Dim],
                );
            }
        }
        if let Some((first, total)) = self.place.filter(|_| painted > 0) {
            let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
            paint::scroll_thumb(buffer, below, first, usize::from(rows_in(area)), total, theme);
        }
        painted
    }

    /// The column of the scroll bar is kept free even while there is nothing to scroll to yet.
    fn beside_the_bar(&self, area: Rect) -> Rect {
        let bar = u16::from(self.place.is_some_and(|(_, total)| total > usize::from(rows_in(area))));
        Rect { width: area.width.saturating_sub(bar), ..area }
    }

    /// The columns that are shown in an area, each with where it begins from the left of that.
    #[must_use]
    pub fn layout(&self, area: Rect) -> Vec<Fitted> {
        let inside = self.beside_the_bar(area);
        let fitted = fit(self.columns, inside.width.saturating_sub(SIGNS), self.column);
        fitted.into_iter().map(|place| Fitted { x: place.x + SIGNS, ..place }).collect()
    }

    fn titles(&self, buffer: &mut Buffer, area: Rect, theme: &Theme, layout: &[Fitted]) {
        for place in layout {
            let column = &self.columns[place.column];
            let style = if self.column == Some(place.column) { theme[Role::Accent] } else { theme[Role::Column] };
            let arrow = match column.sorted {
                Some(Sorted::Up) => theme.signs.sort_up,
                Some(Sorted::Down) => theme.signs.sort_down,
                None => "",
            };
            let x = area.x + SIGNS + place.x;
            if arrow.is_empty() {
                paint::fitted(buffer, x, area.y, place.width, &column.title, column.align, style, theme.signs);
            } else {
                // The arrow is kept when the title is cut.
                let room = usize::from(place.width.saturating_sub(2));
                let title = format!("{} {arrow}", measure::cut(&column.title, room, theme.signs.ellipsis));
                paint::fitted(buffer, x, area.y, place.width, title.trim_start(), column.align, style, theme.signs);
            }
        }
    }

    fn row(&self, buffer: &mut Buffer, area: Rect, theme: &Theme, layout: &[Fitted], index: usize, row: &RowView<'_>) {
        let y = area.y + 1 + index as u16;
        let under_cursor = self.cursor == Some(index);
        if under_cursor {
            paint::text(buffer, area.x, y, area.width, theme.signs.cursor, theme[Role::Selected]);
        }
        if row.marked && area.width > 1 {
            paint::text(buffer, area.x + 1, y, area.width - 1, theme.signs.mark, theme[Role::Marked]);
        }
        if let Some((sign, role)) = row.sign.filter(|_| !row.marked && area.width > 1) {
            paint::text(buffer, area.x + 1, y, area.width - 1, sign, theme[role]);
        }
        for (order, place) in layout.iter().enumerate() {
            let Some(cell) = row.cells.get(place.column) else { continue };
            let style = self.style(
                theme,
                cell.role,
                under_cursor && self.is_cursor_cell(order, place.column),
                row.marked && order == 0,
            );
            let (align, text) = (self.columns[place.column].align, cell.text_in(place.width));
            paint::fitted(buffer, area.x + SIGNS + place.x, y, place.width, text, align, style, theme.signs);
        }
    }

    fn is_cursor_cell(&self, order: usize, column: usize) -> bool {
        self.column.map_or(order == 0, |current| current == column)
    }

    fn style(&self, theme: &Theme, role: Role, selected: bool, marked: bool) -> Style {
        if selected {
            theme[role].patch(theme[Role::Selected])
        } else if self.loading {
            theme[Role::Loading]
        } else if marked {
            theme[Role::Marked]
        } else {
            theme[role]
        }
    }
}

/// A column that is shown: which, where and how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitted {
    /// Its index.
    pub column: usize,
    /// From the left of the columns.
    pub x: u16,
    /// In cells.
    pub width: u16,
}

/// Which columns are shown in `width` cells, in their own order: by priority while their least
/// width fits, then widened towards what they would like. One is always shown if there is any room.
#[must_use]
pub fn fit(columns: &[Column<'_>], width: u16, always: Option<usize>) -> Vec<Fitted> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|index| (Some(*index) != always, columns[*index].priority));
    let mut left = width;
    let mut widths: Vec<Option<u16>> = vec![None; columns.len()];
    let mut shown = 0;
    for index in &order {
        // What it stands beside is more important, and so was seen to before.
        let lacks = |other: usize| Some(*index) != always && widths.get(other).is_some_and(Option::is_none);
        if columns[*index].beside.is_some_and(lacks) {
            continue;
        }
        let gap = if shown == 0 { 0 } else { GAP };
        let needs = columns[*index].min.max(1);
        if needs + gap <= left {
            widths[*index] = Some(needs);
            left -= needs + gap;
            shown += 1;
        } else if shown == 0 && left > 0 {
            widths[*index] = Some(left);
            left = 0;
            shown += 1;
        }
    }
    for index in &order {
        if let Some(wide) = &mut widths[*index] {
            let more = columns[*index].ideal.saturating_sub(*wide).min(left);
            *wide += more;
            left -= more;
        }
    }
    let mut x = 0;
    let mut fitted = Vec::with_capacity(shown);
    for (column, width) in widths.into_iter().enumerate() {
        if let Some(width) = width {
            fitted.push(Fitted { column, x, width });
            x += width + GAP;
        }
    }
    fitted
}
