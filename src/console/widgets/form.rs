//! A form: labels, values, and beside each what is wrong with it.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::line::{LineEditor, LineView};
use super::list::Rows;
use super::paint;
use super::tags::TagsEditor;
use super::text::TextEditor;
use super::tree::TreeEditor;
use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Theme};

/// Below this a value is shown under its label's row only if there is no other way.
const LEAST_VALUE: u16 = 16;
/// Two columns only where each has this much.
const LEAST_COLUMN: u16 = 50;
/// A value's own width where there is room for a problem beside it.
const VALUE: u16 = 40;

/// Rows that a problem takes below its field at most.
const TOLD: usize = 3;

/// Whether there is room beside a value of its own width.
fn fits_beside(told: &str, width: u16) -> bool {
    paint::cells(told) <= width.saturating_sub(VALUE + 2)
}

/// What stands in a field.
pub enum FieldValue<'a> {
    /// Shown as text: not being edited, or computed.
    Text(Cow<'a, str>),
    /// Being edited in a line; what is wrong in it, by bytes; what would complete it.
    Line {
        /// The editor.
        editor: &'a LineEditor,
        /// The bytes that are wrong.
        wrong: Option<Range<usize>>,
        /// What would complete it.
        ghost: &'a str,
    },
    /// Being edited over several lines.
    Lines {
        /// The editor.
        editor: &'a mut TextEditor,
        /// Rows it takes.
        rows: u16,
    },
    /// Words, each a chip.
    Tags(&'a TagsEditor),
    /// JSON, opened while the focus is here.
    Tree {
        /// The editor.
        editor: &'a mut TreeEditor,
        /// Rows it takes.
        rows: u16,
    },
    /// Yes or no.
    Toggle(bool),
    /// One of several, chosen in a popup.
    Choice(Cow<'a, str>),
    /// A secret: whether there is one.
    Secret(bool),
    /// What is done on Enter, behind the last field.
    Button(Cow<'a, str>),
    /// A heading over the fields that follow; it cannot have the focus.
    Heading,
}

/// A field as it is shown.
pub struct FieldView<'a> {
    /// Its label.
    pub label: Cow<'a, str>,
    /// What stands in it.
    pub value: FieldValue<'a>,
    /// What is wrong, in words that say what would be right.
    pub problem: Option<Cow<'a, str>>,
    /// A word on what belongs here, shown while it has the focus.
    pub help: Cow<'a, str>,
    /// Must not be empty.
    pub required: bool,
    /// Differs from what is saved.
    pub changed: bool,
    /// Cannot be changed.
    pub locked: bool,
}

impl<'a> FieldView<'a> {
    /// A field with nothing about it.
    #[must_use]
    pub fn new(label: impl Into<Cow<'a, str>>, value: FieldValue<'a>) -> Self {
        let label = label.into();
        Self { label, value, problem: None, help: Cow::Borrowed(""), required: false, changed: false, locked: false }
    }

    /// Whether its help is read where the value will stand, in so many cells: only while nothing stands there.
    #[must_use]
    pub fn shows_help(&self, width: u16) -> bool {
        match &self.value {
            FieldValue::Line { editor, .. } => editor.text().is_empty() && paint::cells(&self.help) < width,
            _ => false,
        }
    }

    /// What is wrong, in rows below the value, where that has no room beside it.
    fn problem_below(&self, width: u16) -> Vec<String> {
        let told = self.problem.as_ref().filter(|told| !fits_beside(told, width));
        let mut lines = told.map(|told| measure::wrap(told, usize::from(width))).unwrap_or_default();
        lines.truncate(TOLD);
        lines
    }

    /// Whether all that is wrong is read at the field, in so many cells.
    #[must_use]
    pub fn tells_all(&self, width: u16) -> bool {
        self.problem
            .as_ref()
            .is_none_or(|told| fits_beside(told, width) || measure::wrap(told, usize::from(width)).len() <= TOLD)
    }

    const fn rows(&self) -> u16 {
        match &self.value {
            FieldValue::Lines { rows, .. } | FieldValue::Tree { rows, .. } => {
                if *rows == 0 {
                    1
                } else {
                    *rows
                }
            }
            _ => 1,
        }
    }
}

/// Where a form was painted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormPainted {
    /// Where the cursor is.
    pub cursor: Option<Position>,
    /// Where the focused value begins: popups hang there.
    pub anchor: Option<Position>,
    /// Where the fields are, each with its index; the button behind them is the last of them.
    pub fields: Rows,
    /// Cells from where a field begins to its value.
    pub value: u16,
    /// The first row shown, to be given again next time.
    pub first: u16,
    /// Rows that are taken.
    pub height: u16,
}

struct Place {
    column: u16,
    y: u16,
    rows: u16,
}

/// Paints a form, scrolled so that the focused field and its problem are seen. `first` is what the
/// last painting gave; two columns are used where `two_columns`, one is too low for them and there is room.
pub fn paint(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    fields: &mut [FieldView<'_>],
    focus: usize,
    first: u16,
    two_columns: bool,
) -> FormPainted {
    let area = area.intersection(buffer.area);
    if area.is_empty() || fields.is_empty() {
        return FormPainted::default();
    }
    let (columns, column_width, labels) = layout(area, fields, two_columns);
    let (places, total) = places(fields, columns, column_width.saturating_sub(labels + 1));
    let first = scroll(first, &places, focus, area.height, total);
    let height = total.saturating_sub(first).min(area.height);
    let mut painted = FormPainted { first, height, value: labels, ..FormPainted::default() };
    for (index, (field, place)) in fields.iter_mut().zip(&places).enumerate() {
        if place.y.saturating_add(place.rows) <= first || place.y >= first.saturating_add(area.height) {
            continue;
        }
        let x = area.x + place.column * column_width;
        let top = place.y.saturating_sub(first);
        let cell = Rect::new(x, area.y + top, column_width - 1.min(column_width), place.rows.min(area.height - top));
        if let FieldValue::Button(label) = &field.value {
            painted.fields.extend(button_at(buffer, cell, theme, label, index == focus, labels).map(|at| (at, index)));
            continue;
        }
        if !matches!(field.value, FieldValue::Heading) {
            painted.fields.push((cell, index));
        }
        let (cursor, anchor) = field_at(buffer, cell, theme, field, index == focus, labels);
        if index == focus {
            painted.cursor = cursor;
            painted.anchor = anchor;
        }
    }
    paint::scroll_thumb(buffer, area, usize::from(first), usize::from(area.height), usize::from(total), theme);
    painted
}

/// The cells that a value has in a form of this area.
#[must_use]
pub fn value_width(area: Rect, fields: &[FieldView<'_>], two_columns: bool) -> u16 {
    let (_, column_width, labels) = layout(area, fields, two_columns);
    column_width.saturating_sub(labels + 1)
}

/// How many columns, how wide one is, and how much of it the labels take.
fn layout(area: Rect, fields: &[FieldView<'_>], two_columns: bool) -> (u16, u16, u16) {
    let whole = fields.iter().map(FieldView::rows).fold(0, u16::saturating_add);
    let columns = if two_columns && whole > area.height && area.width >= 2 * LEAST_COLUMN { 2 } else { 1 };
    let column_width = area.width / columns;
    (columns, column_width, label_width(fields, column_width))
}

fn label_width(fields: &[FieldView<'_>], column_width: u16) -> u16 {
    let of =
        |field: &FieldView<'_>| if matches!(field.value, FieldValue::Heading) { 0 } else { paint::cells(&field.label) };
    let widest = fields.iter().map(of).max().unwrap_or(0);
    (widest + 4).min(column_width.saturating_sub(LEAST_VALUE)).min(32)
}

/// Fields run down the first column, then the second; a heading begins a row of its own.
fn places(fields: &[FieldView<'_>], columns: u16, width: u16) -> (Vec<Place>, u16) {
    let below = |field: &FieldView<'_>| u16::try_from(field.problem_below(width).len()).unwrap_or(u16::MAX);
    let needs = |field: &FieldView<'_>| field.rows().saturating_add(below(field));
    let whole: u16 = fields.iter().map(needs).fold(0, u16::saturating_add);
    let half = whole.div_ceil(columns);
    let (mut column, mut y, mut total) = (0, 0_u16, 0);
    let mut places = Vec::with_capacity(fields.len());
    for field in fields {
        if column + 1 < columns && y >= half {
            (column, y) = (column + 1, 0);
        }
        let rows = needs(field);
        places.push(Place { column, y, rows });
        y = y.saturating_add(rows);
        total = total.max(y);
    }
    (places, total)
}

fn scroll(first: u16, places: &[Place], focus: usize, height: u16, total: u16) -> u16 {
    let first = first.min(total.saturating_sub(height));
    let Some(place) = places.get(focus) else { return first };
    let end = place.y.saturating_add(place.rows);
    // A heading right above the focused field is shown with it.
    let start = if place.y <= 1 { 0 } else { place.y };
    if start < first { start } else { first.max(end.saturating_sub(height).min(place.y)) }
}

fn field_at(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    field: &mut FieldView<'_>,
    focused: bool,
    labels: u16,
) -> (Option<Position>, Option<Position>) {
    let signs = theme.signs;
    if matches!(field.value, FieldValue::Heading) {
        paint::fitted(buffer, area.x, area.y, area.width, &field.label, Align::Left, theme[Role::Title], signs);
        return (None, None);
    }
    if focused {
        paint::text(buffer, area.x, area.y, area.width, signs.cursor, theme[Role::Selected]);
    }
    let sign = if field.problem.is_some() {
        Some((signs.wrong, Role::Bad))
    } else if field.changed {
        Some((signs.dot, Role::Pending))
    } else {
        None
    };
    if let Some((sign, role)) = sign {
        paint::text(buffer, area.x + 1.min(area.width), area.y, area.width.saturating_sub(1), sign, theme[role]);
    }
    let label_room = labels.saturating_sub(3);
    let label_role = if focused { Role::Accent } else { Role::Label };
    let used = paint::fitted(
        buffer,
        area.x + 2,
        area.y,
        label_room.min(area.width.saturating_sub(2)),
        &field.label,
        Align::Left,
        theme[label_role],
        signs,
    );
    if field.required && used < label_room {
        paint::text(buffer, area.x + 2 + used, area.y, 1, "*", theme[Role::Dim]);
    }
    let value_width = area.width.saturating_sub(labels);
    let own =
        if field.problem.as_ref().is_some_and(|told| fits_beside(told, value_width)) { VALUE } else { value_width };
    let value_rows = field.rows().min(area.height);
    let value = Rect::new(area.x + labels.min(area.width), area.y, own, value_rows);
    let cursor = value_at(buffer, value, theme, field, focused);
    if let Some(problem) = field.problem.as_ref().filter(|told| fits_beside(told, value_width)) {
        let room = value_width.saturating_sub(own + 2);
        paint::fitted(buffer, value.x + own + 2, area.y, room, problem, Align::Left, theme[Role::Error], signs);
    }
    let mut last = value.bottom().saturating_sub(1);
    for (y, line) in (area.y.saturating_add(field.rows())..area.bottom()).zip(field.problem_below(value_width)) {
        paint::text(buffer, value.x, y, value_width, &line, theme[Role::Error]);
        last = y;
    }
    // What can be chosen hides nothing of what is wrong.
    (cursor, Some(Position { x: value.x, y: last }))
}

/// What is done on Enter, in the column of the values; where it is.
fn button_at(buffer: &mut Buffer, area: Rect, theme: &Theme, label: &str, focused: bool, labels: u16) -> Option<Rect> {
    let place = Rect { x: area.x + labels.min(area.width), width: area.width.saturating_sub(labels), ..area };
    if focused {
        paint::text(buffer, area.x, area.y, area.width, theme.signs.cursor, theme[Role::Selected]);
    }
    let style = theme[if focused { Role::Selected } else { Role::Accent }];
    let used = paint::fitted(buffer, place.x, place.y, place.width, label, Align::Left, style, theme.signs);
    (used > 0).then_some(Rect { width: used, height: 1, ..place })
}

fn value_at(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    field: &mut FieldView<'_>,
    focused: bool,
) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let input = if focused { Role::InputFocused } else { Role::Input };
    let help = field.help.as_ref();
    let shown: Cow<'_, str> = match &mut field.value {
        FieldValue::Line { editor, wrong, ghost } => {
            let placeholder = if focused { help } else { "" };
            let view =
                LineView { wrong: wrong.clone(), ghost, placeholder, focused, role: input, ..LineView::new(editor) };
            return view.paint(buffer, area, theme);
        }
        FieldValue::Lines { editor, .. } => {
            editor.paint(buffer, area, theme, focused);
            return None;
        }
        FieldValue::Tags(editor) => return editor.paint(buffer, area, theme, focused),
        FieldValue::Tree { editor, .. } => return editor.paint(buffer, area, theme, focused),
        FieldValue::Text(text) => Cow::Borrowed(&**text),
        FieldValue::Toggle(on) => {
            let sign = if *on { theme.signs.checked } else { theme.signs.unchecked };
            format!("{sign} {}", theme.words.get(if *on { "form.yes" } else { "form.no" })).into()
        }
        FieldValue::Choice(text) => format!("{text} {}", theme.signs.choice).into(),
        FieldValue::Secret(true) => theme.signs.masked.repeat(8).into(),
        FieldValue::Secret(false) | FieldValue::Heading | FieldValue::Button(_) => "".into(),
    };
    let style = if field.locked { theme[Role::Disabled] } else { theme[input] };
    if !field.locked {
        paint::clear(buffer, Rect { height: 1, ..area }, style);
    }
    let used = paint::fitted(buffer, area.x, area.y, area.width, &shown, Align::Left, style, theme.signs);
    if focused && !help.is_empty() && area.width > used + 4 {
        paint::fitted(
            buffer,
            area.x + used + 2,
            area.y,
            area.width - used - 2,
            help,
            Align::Left,
            style.patch(theme[Role::Ghost]),
            theme.signs,
        );
    }
    focused.then_some(Position { x: area.x, y: area.y })
}
