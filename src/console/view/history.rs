//! What was done to a record.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::paint_unread;
use crate::console::measure;
use crate::console::screens::history::{History, Line, MOST_EVENTS};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::console::widgets::table::{CellView, Column, RowView, Table, fit, rows_in};
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::domain::{Kind, Value};
use crate::resources::{self, deed_label, label};
use crate::store::Entity;
use crate::store::history::Event;

pub(super) fn paint_history(history: &History, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
    let Some(events) = &history.events else {
        return paint_unread(history.error.as_deref(), buffer, area, theme);
    };
    let words = &theme.words;
    let titles = |first: &'static str, most: u16, what: &'static str| {
        [
            Column::new(words.get("history.time"), 16, 16).priority(0),
            Column::new(words.get("history.who"), 8, 16).priority(3),
            Column::new(words.get(first), 10, most).priority(1),
            Column::new(words.get(what), 20, 120).priority(2),
        ]
    };
    // What the line under the cursor has no room for stands whole below.
    let whole = history.at(history.line).and_then(|line| cells(&line, locale, words).pop());
    let columns = fit(&titles("history.what", 16, "history.changes"), area.width.saturating_sub(2), None);
    let room = columns.last().map_or(0, |column| usize::from(column.width));
    let told = whole.filter(|cell| measure::width(&cell.text) > room).map(|cell| cell.text.into_owned());
    let lines = told.map(|told| measure::wrap(&told, usize::from(area.width.saturating_sub(2)))).unwrap_or_default();
    let foot = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height / 3);
    for (y, line) in (area.bottom() - foot..area.bottom()).zip(&lines) {
        paint::text(buffer, area.x + 1, y, area.width.saturating_sub(2), line, theme[Role::Text]);
    }
    let area = Rect { height: area.height - foot, ..area };
    // The last changes have the upper part, at most half of it, the events the rest.
    let above = u16::try_from(history.last.len() + 2).unwrap_or(area.height).min(area.height / 2);
    let upper = Rect { height: above, ..area };
    let lower = Rect { y: area.y + above, height: area.height - above, ..area };
    let lasts: Vec<Vec<CellView<'_>>> =
        (0..history.last.len()).filter_map(|line| Some(cells(&history.at(line)?, locale, words))).collect();
    let all: Vec<Vec<CellView<'_>>> = events.iter().map(|event| cells(&Line::Event(event), locale, words)).collect();
    let in_last = (history.line < lasts.len()).then_some(history.line);
    let in_all = history.line.checked_sub(lasts.len());
    part(&titles("history.field", 24, "history.last-change"), lasts, in_last, buffer, upper, theme, "");
    let empty = words.get("history.empty");
    part(&titles("history.what", 16, "history.changes"), all, in_all, buffer, lower, theme, empty);
    if history.is_cut() && lower.height > 2 {
        let told = words.say("history.cut", &[("count", &MOST_EVENTS), ("id", &history.id)]);
        paint::text(buffer, lower.x + 1, lower.bottom() - 1, lower.width.saturating_sub(1), &told, theme[Role::Dim]);
    }
}

/// One of the two tables, scrolled so that its cursor shows.
fn part(
    columns: &[Column<'_>],
    rows: Vec<Vec<CellView<'_>>>,
    cursor: Option<usize>,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    empty: &str,
) {
    let fits = usize::from(rows_in(area));
    let top = paint::scrolled(0, cursor.unwrap_or(0), fits, rows.len());
    let place = (rows.len() > fits).then_some((top, rows.len()));
    let rows =
        rows.into_iter().skip(top).take(fits).map(|cells| RowView { cells: cells.into(), marked: false, sign: None });
    let cursor = cursor.and_then(|cursor| cursor.checked_sub(top));
    Table { columns, cursor, column: None, loading: false, empty, place }.paint(buffer, area, theme, rows);
}

fn cells<'a>(line: &Line<'a>, locale: Locale, words: &Words) -> Vec<CellView<'a>> {
    let (event, what, told) = match line {
        Line::Last((field, before, after), event) => {
            // The field stands in a column of its own.
            let change = change(field, before, after, event.entity, locale, words);
            (event, called(event.entity, words, field).to_owned(), change)
        }
        Line::Event(event) => {
            let changes = event.changes.iter().map(|(field, before, after)| (field, before, after));
            (
                event,
                clean(&deed_label(words, &event.action)).into_owned(),
                of_part(event, told(changes, event.reason.as_deref(), event.entity, locale, words)),
            )
        }
    };
    vec![
        CellView::new(locale.manner.moment(event.at, locale.zone), Role::Dim),
        CellView::new(clean(&event.actor), Role::Text),
        CellView::new(what, Role::Accent),
        CellView::new(told, Role::Text),
    ]
}

/// `Voice seat: quantity: 1 → 2`
fn of_part(event: &Event, told: String) -> String {
    match &event.part {
        Some(part) if told.is_empty() => clean(part).into_owned(),
        Some(part) => format!("{}: {told}", clean(part)),
        None => told,
    }
}

/// What a field is called on the record's page and in its form.
fn called<'w>(entity: &'static Entity, words: &'w Words, field: &'w str) -> &'w str {
    resources::of(entity).map_or_else(|| label(words, field), |resource| resource.label(words, field))
}

/// `active → suspended`
fn change(field: &str, before: &Value, after: &Value, entity: &Entity, locale: Locale, words: &Words) -> String {
    let side = |value: &Value| match value {
        value if value.is_empty() => "–".to_owned(),
        Value::Bool(yes) => words.word(if *yes { "yes" } else { "no" }).to_owned(),
        Value::Text(word) if entity.field(field).is_some_and(|field| matches!(field.kind, Kind::Choice(_))) => {
            clean(words.word(word)).into_owned()
        }
        value => clean(&value.shown(locale)).into_owned(),
    };
    match before {
        Value::Null => side(after),
        before => format!("{} → {}", side(before), side(after)),
    }
}

/// `notes: a → b, status: active → suspended  (late)`
fn told<'a>(
    changes: impl IntoIterator<Item = (&'a String, &'a Value, &'a Value)>,
    reason: Option<&str>,
    entity: &'static Entity,
    locale: Locale,
    words: &Words,
) -> String {
    let parts: Vec<String> = changes
        .into_iter()
        .map(|(field, before, after)| {
            format!("{}: {}", called(entity, words, field), change(field, before, after, entity, locale, words))
        })
        .collect();
    let told = parts.join(", ");
    reason.map_or(told.clone(), |reason| format!("{told}  ({})", clean(reason)))
}
