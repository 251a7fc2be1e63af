//! The page of one record.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::paint_value;
use crate::console::measure::Align;
use crate::console::screens::cells::cell;
use crate::console::screens::page::{Line, Page};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::domain::value::Locale;
use crate::resources::{self, label};
use crate::store::Record;

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
        let (told, role) = match &page.error {
            Some(error) => (format!("{} {}", theme.signs.wrong, theme.told(error)), Role::Error),
            None => (theme.words.get("list.reading").to_owned(), Role::Dim),
        };
        paint::text(buffer, area.x + 1, area.y + 1, area.width.saturating_sub(1), &told, theme[role]);
        return painted;
    };
    paint::text(buffer, area.x + 1, area.y, area.width, &record.title(), theme[Role::Title]);
    let lines = page.lines();
    let mut y = area.y + 1;
    for (index, line) in lines.iter().enumerate().skip(page.top) {
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
                    20,
                    page.resource.label(&theme.words, field.name),
                    Align::Left,
                    theme[role],
                    theme.signs,
                );
                let value = Rect { x: row.x + 21, width: row.width.saturating_sub(21), ..row };
                paint_value(record, field, buffer, value, theme, locale, 6)
            }
            Line::Relation(related) => {
                let number = related.count.number;
                let more = if related.count.exact { "" } else { "+" };
                let told = format!("{} ({number}{more})", label(&theme.words, related.name));
                paint::text(buffer, row.x, y, row.width, &told, theme[Role::Title]);
                1
            }
            Line::Record(related, record) => {
                paint_related(related.entity.name, record, buffer, row, theme, locale);
                1
            }
        };
        painted.push((Rect { y, height, ..area }, index));
        y += height;
    }
    paint::scroll_thumb(buffer, area, page.top, usize::from(area.height), lines.len(), theme);
    painted
}

fn paint_related(name: &str, record: &Record, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
    let Some(resource) = resources::find(name) else { return };
    let mut x = area.x + 2;
    for column in resource.columns.iter().take(7) {
        let Some(field) = resource.entity.field(column.field) else { continue };
        let width = column.width.1.min(area.right().saturating_sub(x));
        if width < column.width.0.min(4) {
            break;
        }
        let shown = cell(record, field, locale, theme);
        let align = if column.right { Align::Right } else { Align::Left };
        paint::fitted(buffer, x, area.y, width, &shown.text, align, theme[shown.role], theme.signs);
        x += width + 2;
    }
}
