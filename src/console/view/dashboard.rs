//! The dashboard: counts, what is not well, incidents.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::grouped;
use crate::console::measure;
use crate::console::screens::cells::{cell, health_sign, role_of};
use crate::console::screens::dashboard::{Dashboard, Rows};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::console::widgets::table::{Column, RowView, Table, rows_in};
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::{Id, time};
use crate::resources;

/// Paints it; where each record stands.
pub(super) fn paint_dashboard(
    dashboard: &Dashboard,
    overview: Option<&crate::store::overview::Overview>,
    no_pings: Option<&str>,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Vec<(Rect, Id)> {
    let signs = theme.signs;
    let mut y = area.y + 1;
    if let Some(overview) = overview {
        let mut line = |title: &str, parts: Vec<(String, Role)>, buffer: &mut Buffer| {
            paint::text(buffer, area.x + 2, y, 12, title, theme[Role::Title]);
            let mut x = area.x + 15;
            for (text, role) in parts {
                if x + measure::width(&text) as u16 >= area.right() {
                    break;
                }
                x += paint::text(buffer, x, y, area.right() - x, &text, theme[role]) + 3;
            }
            y += 1;
        };
        if let Some(devices) = &overview.devices {
            let total: i64 = devices.iter().map(|(_, count)| count).sum();
            let mut parts = vec![(grouped(total), Role::Accent)];
            parts.extend(devices.iter().map(|(health, count)| {
                let (sign, role) = health_sign(health, signs);
                (format!("{sign} {} {health}", grouped(*count)), role)
            }));
            line(theme.words.get("dashboard.devices"), parts, buffer);
        }
        if let Some(customers) = &overview.customers {
            let total: i64 = customers.iter().map(|(_, count)| count).sum();
            let mut parts = vec![(grouped(total), Role::Accent)];
            parts.extend(
                customers.iter().map(|(status, count)| (format!("{} {status}", grouped(*count)), role_of(status))),
            );
            line(theme.words.get("dashboard.customers"), parts, buffer);
        }
        let polled = match (overview.polled, overview.last_result) {
            (true, Some(at)) => {
                let when = time::relative(at, locale.now);
                (theme.words.say("dashboard.last-change", &[("when", &when)]), Role::Ok)
            }
            (true, None) => (theme.words.get("dashboard.no-result").to_owned(), Role::Text),
            (false, _) => (theme.words.get("dashboard.nobody-polls").to_owned(), Role::Warn),
        };
        line(theme.words.get("dashboard.poller"), vec![polled], buffer);
        if let Some(why) = no_pings {
            let told = theme.words.say("dashboard.no-pings", &[("why", &clean(why))]);
            let told = format!("{} {told}", signs.wrong);
            for row in measure::wrap(&told, usize::from(area.width.saturating_sub(16))).into_iter().take(2) {
                line("", vec![(row, Role::Warn)], buffer);
            }
        }
        y += 1;
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let (down, incidents) = if area.width >= 100 {
        let half = rest.width / 2;
        (Rect { width: half - 1, ..rest }, Rect { x: rest.x + half + 1, width: rest.width - half - 1, ..rest })
    } else {
        let half = rest.height / 2;
        (Rect { height: half, ..rest }, Rect { y: rest.y + half, height: rest.height - half, ..rest })
    };
    let line = |here: bool| here.then_some(dashboard.line);
    let mut painted = paint_rows(
        theme.words.get("dashboard.not-well"),
        "devices",
        &["name", "health", "since", "message"],
        &dashboard.down,
        line(!dashboard.in_incidents),
        theme.words.get("dashboard.nothing-down"),
        buffer,
        down,
        theme,
        locale,
    );
    painted.extend(paint_rows(
        theme.words.get("dashboard.incidents"),
        "incidents",
        &["number", "title", "severity", "started_at"],
        &dashboard.incidents,
        line(dashboard.in_incidents),
        theme.words.get("dashboard.no-incidents"),
        buffer,
        incidents,
        theme,
        locale,
    ));
    painted
}

#[allow(clippy::too_many_arguments)] // one list of the dashboard: what, from where, how it stands, and where to
fn paint_rows(
    title: &str,
    resource: &str,
    fields: &[&str],
    rows: &Rows,
    cursor: Option<usize>,
    empty: &str,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Vec<(Rect, Id)> {
    let Some(resource) = resources::find(resource) else { return Vec::new() };
    let count = rows.records.as_ref().map_or_else(String::new, |records| format!(" ({})", records.len()));
    paint::text(buffer, area.x + 2, area.y, area.width, &format!("{title}{count}"), theme[Role::Title]);
    let table = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let columns: Vec<Column<'_>> = fields
        .iter()
        .enumerate()
        .filter_map(|(index, name)| {
            let column = resource.columns.iter().find(|column| column.field == *name)?;
            Some(Column::new(column.title, column.width.0, column.width.1).priority(u8::try_from(index).unwrap_or(9)))
        })
        .collect();
    let empty = match (&rows.error, &rows.records) {
        (Some(error), _) => format!("{} {}", theme.signs.wrong, clean(error)),
        (None, None) => theme.words.get("list.reading").to_owned(),
        (None, Some(_)) => empty.to_owned(),
    };
    let records = rows.records.as_deref().unwrap_or_default();
    let fits = usize::from(rows_in(table));
    let top = cursor.map_or(0, |cursor| paint::scrolled(0, cursor, fits, records.len()));
    let shown = records.iter().skip(top).take(fits).map(|record| RowView {
        cells: Cow::Owned(
            fields
                .iter()
                .filter_map(|name| resource.entity.field(name))
                .map(|field| cell(record, field, locale, theme.signs))
                .collect(),
        ),
        marked: false,
    });
    let cursor = cursor.and_then(|cursor| cursor.checked_sub(top));
    Table { columns: &columns, cursor, column: None, loading: false, empty: &empty, place: None }
        .paint(buffer, table, theme, shown);
    let rows = records.iter().skip(top).take(fits).zip(table.y + 1..);
    rows.map(|(record, y)| (Rect { y, height: 1, ..table }, record.id)).collect()
}
