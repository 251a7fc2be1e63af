//! What was done to a record.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::screens::cells::changes_line;
use crate::console::screens::history::History;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::console::widgets::table::{CellView, Column, RowView, Table, rows_in};
use crate::domain::text::clean;
use crate::domain::time;
use crate::domain::value::Locale;
use crate::resources::label;

pub(super) fn paint_history(history: &History, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
    let events = match (&history.events, &history.error) {
        (None, Some(error)) => {
            paint::text(buffer, area.x + 1, area.y, area.width, &clean(error), theme[Role::Error]);
            return;
        }
        (None, None) => {
            paint::text(buffer, area.x + 1, area.y, area.width, "reading …", theme[Role::Dim]);
            return;
        }
        (Some(events), _) => events,
    };
    let columns = [
        Column::new("TIME", 16, 16).priority(0),
        Column::new("WHO", 8, 16).priority(1),
        Column::new("WHAT", 10, 24).priority(2),
        Column::new("CHANGES", 20, 120).priority(0),
    ];
    let fits = usize::from(rows_in(area));
    let top = paint::scrolled(0, history.line, fits, events.len());
    let rows = events.iter().skip(top).take(fits).map(|event| {
        let changes: serde_json::Map<String, serde_json::Value> = event
            .changes
            .iter()
            .map(|(field, before, after)| {
                (label(field), serde_json::json!({"before": before.to_json(), "after": after.to_json()}))
            })
            .collect();
        let mut told = changes_line(&changes.into());
        if let Some(reason) = &event.reason {
            told = format!("{told}  ({})", clean(reason));
        }
        let verb = event.action.split_once('.').map_or(event.action.as_str(), |(_, verb)| verb);
        RowView {
            cells: vec![
                CellView::new(time::show(event.at, locale.zone), Role::Dim),
                CellView::new(clean(&event.actor), Role::Text),
                CellView::new(clean(verb), Role::Accent),
                CellView::new(told, Role::Text),
            ]
            .into(),
            marked: false,
        }
    });
    let cursor = history.line.checked_sub(top);
    Table {
        columns: &columns,
        cursor,
        column: None,
        loading: false,
        empty: "Nothing is known of what was done to it.",
        place: None,
    }
    .paint(buffer, area, theme, rows);
}
