//! The page of one record.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::{counted, paint_unread, paint_value};
use crate::console::measure::Align;
use crate::console::message::Related;
use crate::console::screens::cells::cell;
use crate::console::screens::list::look::Shown;
use crate::console::screens::page::{Line, Page};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::domain::value::Locale;
use crate::resources::{self, label};
use crate::store::{Field, Record};

/// Cells that the names of fields take.
const LEAST_LABELS: u16 = 20;
const MOST_LABELS: u16 = 30;
/// Columns of records that point here.
const MOST_COLUMNS: usize = 8;

/// Paints it; where each of its lines stands.
pub(super) fn paint_page(
    page: &Page,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Vec<(Rect, usize)> {
    let mut painted = Vec::new();
    let Some(record) = &page.record else {
        paint_unread(page.error.as_deref(), buffer, area, theme);
        return painted;
    };
    paint::text(buffer, area.x + 1, area.y, area.width, &record.title(), theme[Role::Title]);
    let lines = page.lines();
    // Lines are of several heights: as many of the upper ones give way as it takes to have the cursor in sight.
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    for top in page.top.min(page.line)..=page.line {
        paint::clear(buffer, below, theme[Role::Text]);
        painted = paint_lines(page, record, &lines, top, buffer, below, theme, locale);
        if painted.iter().any(|(_, index)| *index == page.line) {
            break;
        }
    }
    paint::scroll_thumb(buffer, area, page.top, usize::from(area.height), lines.len(), theme);
    painted
}

#[allow(clippy::too_many_arguments)] // the lines of a page: of what, from which on, and where to
fn paint_lines(
    page: &Page,
    record: &Record,
    lines: &[Line<'_>],
    top: usize,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Vec<(Rect, usize)> {
    let (mut painted, mut y) = (Vec::new(), area.y);
    let named = |line: &Line<'_>| match line {
        Line::Field(field) => paint::cells(page.resource.label(&theme.words, field.name)),
        _ => 0,
    };
    let labels = lines
        .iter()
        .map(named)
        .max()
        .unwrap_or(0)
        .clamp(LEAST_LABELS, MOST_LABELS.min(area.width / 3).max(LEAST_LABELS));
    for (index, line) in lines.iter().enumerate().skip(top) {
        if y >= area.bottom() {
            break;
        }
        let sign = if index == page.line { theme.signs.cursor } else { " " };
        let row = Rect { x: area.x + 2, y, width: area.width.saturating_sub(2), height: area.bottom() - y };
        paint::text(buffer, area.x, y, 2, sign, theme[Role::Accent]);
        let height = match line {
            Line::Field(field) => {
                let role = if index == page.line { Role::Accent } else { Role::Label };
                paint::fitted(
                    buffer,
                    row.x,
                    y,
                    labels,
                    page.resource.label(&theme.words, field.name),
                    Align::Left,
                    theme[role],
                    theme.signs,
                );
                let value = Rect { x: row.x + labels + 1, width: row.width.saturating_sub(labels + 1), ..row };
                paint_value(record, field, buffer, value, theme, locale, 6)
            }
            Line::Relation(related) => {
                let number = counted(related.count, locale.manner);
                let told = format!("{} ({number})", label(&theme.words, related.name));
                let role = if related.count.number == 0 { Role::Dim } else { Role::Title };
                paint::text(buffer, row.x, y, row.width, &told, theme[role]);
                if !related.records.is_empty() && row.height > 1 {
                    paint_titles(related, buffer, Rect { y: y + 1, height: 1, ..row }, theme);
                    2
                } else {
                    1
                }
            }
            Line::Record(related, record) => {
                paint_related(related, record, buffer, row, theme, locale);
                1
            }
        };
        painted.push((Rect { y, height, ..area }, index));
        y += height;
    }
    painted
}

/// The columns of records that point here, as far as there is room, each with where it begins and how wide it is.
fn columns(related: &Related, area: Rect) -> Vec<(&'static Field, bool, u16, u16)> {
    let Some(resource) = resources::of(related.entity) else { return Vec::new() };
    let (mut x, mut columns) = (area.x + 2, Vec::new());
    for field in related.told_by() {
        let shown = Shown::of(resource, field);
        let ((least, most), left) = (shown.cells(), area.right().saturating_sub(x));
        let width = most.min(left);
        if width < least.min(most) || columns.len() == MOST_COLUMNS {
            break;
        }
        columns.push((field, shown.right, x, width));
        x += width + 2;
    }
    columns
}

fn paint_titles(related: &Related, buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let Some(resource) = resources::of(related.entity) else { return };
    for (field, right, x, width) in columns(related, area) {
        let title = resource.column_title(&theme.words, field.name);
        let align = if right { Align::Right } else { Align::Left };
        paint::fitted(buffer, x, area.y, width, &title, align, theme[Role::Dim], theme.signs);
    }
}

fn paint_related(related: &Related, record: &Record, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
    for (field, right, x, width) in columns(related, area) {
        let shown = cell(record, field, locale, theme);
        let align = if right { Align::Right } else { Align::Left };
        paint::fitted(buffer, x, area.y, width, &shown.text, align, theme[shown.role], theme.signs);
    }
}
