//! The dashboard: counts, what is not well, incidents.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::desk::{entry, heading as heading_of};
use crate::console::measure;
use crate::console::screens::cells::{cell, health_sign, role_of};
use crate::console::screens::dashboard::{Dashboard, LISTS, Rows};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::groups::{self, Line};
use crate::console::widgets::paint;
use crate::console::widgets::table::{Column, RowView, Table, rows_in};
use crate::domain::Id;
use crate::domain::value::Locale;
use crate::resources;
use crate::store::desk::Group;

/// Less of a count or a sentence is not begun.
const LEAST_TOLD: u16 = 10;

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
                let room = area.right().saturating_sub(x + 1);
                if room < LEAST_TOLD && usize::from(room) < measure::width(&text) {
                    break;
                }
                let shown = measure::cut(&text, usize::from(room), signs.ellipsis);
                x += paint::text(buffer, x, y, room, &shown, theme[role]) + 3;
            }
            y += 1;
        };
        if let Some(devices) = &overview.devices {
            let total: i64 = devices.iter().map(|(_, count)| count).sum();
            let mut parts = vec![(locale.manner.count(total), Role::Accent)];
            parts.extend(devices.iter().map(|(health, count)| {
                let (sign, role) = health_sign(health, signs);
                (format!("{sign} {} {}", locale.manner.count(*count), theme.words.word(health)), role)
            }));
            line(theme.words.get("dashboard.devices"), parts, buffer);
        }
        if let Some(customers) = &overview.customers {
            let total: i64 = customers.iter().map(|(_, count)| count).sum();
            let mut parts = vec![(locale.manner.count(total), Role::Accent)];
            parts.extend(customers.iter().map(|(status, count)| {
                (format!("{} {}", locale.manner.count(*count), theme.words.word(status)), role_of(status))
            }));
            line(theme.words.get("dashboard.customers"), parts, buffer);
        }
        let polled = match (overview.polled, overview.last_result) {
            (true, Some(at)) => {
                let when = theme.relative(at, locale.now);
                (theme.words.say("dashboard.last-change", &[("when", &when)]), Role::Ok)
            }
            (true, None) => (theme.words.get("dashboard.no-result").to_owned(), Role::Text),
            (false, _) => (theme.words.get("dashboard.nobody-polls").to_owned(), Role::Warn),
        };
        // Whoever may not see devices is told nothing of when one was heard of.
        if overview.devices.is_some() || !overview.polled {
            line(theme.words.get("dashboard.poller"), vec![polled], buffer);
        }
        if let Some(why) = no_pings {
            let told = theme.words.say("dashboard.no-pings", &[("why", &theme.told(why))]);
            let told = format!("{} {told}", signs.wrong);
            for row in measure::wrap(&told, usize::from(area.width.saturating_sub(16))).into_iter().take(2) {
                line("", vec![(row, Role::Warn)], buffer);
            }
        }
        y += 1;
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let count = dashboard.panels.groups.as_ref().map_or(0, Vec::len);
    let needs = [&dashboard.down, &dashboard.incidents].map(|rows| {
        // A heading, the titles, and as many rows as there are, within reason.
        2 + u16::try_from(rows.records.as_ref().map_or(1, Vec::len)).unwrap_or(u16::MAX).clamp(1, MOST_NEEDED)
    });
    let needs = if dashboard.has_no_network() { [0, 0] } else { needs };
    let plan = arrange(rest, needs, count, dashboard.pane.checked_sub(LISTS));
    let line = |pane: usize| (dashboard.pane == pane).then_some(dashboard.line);
    let mut painted = Vec::new();
    if let Some([down, incidents]) = plan.lists.filter(|_| !dashboard.has_no_network()) {
        // What the person may not see leaves its room to the other.
        let whole = down.union(incidents);
        if !dashboard.down.closed {
            painted.extend(paint_rows(
                theme.words.get("dashboard.not-well"),
                "devices",
                &["name", "health", "since", "message"],
                &dashboard.down,
                line(0),
                theme.words.get("dashboard.nothing-down"),
                buffer,
                if dashboard.incidents.closed { whole } else { down },
                theme,
                locale,
            ));
        }
        if !dashboard.incidents.closed {
            painted.extend(paint_rows(
                theme.words.get("dashboard.incidents"),
                "incidents",
                &["number", "title", "severity", "acknowledged_by", "started_at"],
                &dashboard.incidents,
                line(1),
                theme.words.get("dashboard.no-incidents"),
                buffer,
                if dashboard.down.closed { whole } else { incidents },
                theme,
                locale,
            ));
        }
    }
    for (index, area) in &plan.panels {
        let Some(group) = dashboard.panels.groups.as_ref().and_then(|groups| groups.get(*index)) else { continue };
        painted.extend(paint_panel(group, line(LISTS + index), buffer, *area, theme, locale));
    }
    if plan.hidden > 0
        && let Some((index, last)) = plan.panels.last()
    {
        let heading = dashboard.panels.groups.as_ref().and_then(|groups| groups.get(*index));
        let taken = heading.map_or(0, |group| paint::cells(&heading_of(group, &theme.words, locale.manner)) + 3);
        let told = [theme.words.say("dashboard.more", &[("count", &plan.hidden)]), format!("+{}", plan.hidden)];
        // Beside the heading: in few words where there is no room for more.
        if let Some(more) = told.iter().find(|more| paint::cells(more) + taken <= last.width) {
            let wide = paint::cells(more);
            paint::text(buffer, last.right().saturating_sub(wide), last.y, wide, more, theme[Role::Dim]);
        }
    }
    painted
}

/// Where everything below the counts stands.
struct Plan {
    /// What is down, and the incidents.
    lists: Option<[Rect; 2]>,
    /// The panels that are shown, by their number.
    panels: Vec<(usize, Rect)>,
    /// Panels for which there is no room; going to one brings it in sight.
    hidden: usize,
}

/// Rows of each list of the network that no panel takes from it.
const MOST_NEEDED: u16 = 4;
/// The fewest rows of a panel: its heading and two records.
const LEAST_PANEL: u16 = 3;
/// More rows than this are given to the network.
const MOST_PANEL: u16 = 7;
/// Cells that a panel is of use in.
const PANEL_WIDTH: u16 = 38;

/// The lists of the network keep the room that they need; the panels share what is left, side by side as far as the
/// screen is wide. Of those that do not fit, the last ones give way, and never the one with the cursor. Where there is
/// room for nothing but the lists, a panel with the cursor takes their place.
fn arrange(area: Rect, needs: [u16; 2], count: usize, focus: Option<usize>) -> Plan {
    let beside = area.width >= 100;
    let least = if beside { needs[0].max(needs[1]) } else { needs[0] + needs[1] };
    let columns = (area.width / PANEL_WIDTH).clamp(1, 5);
    let wanted = u16::try_from(count.div_ceil(usize::from(columns))).unwrap_or(u16::MAX);
    let room = area.height.saturating_sub(least);
    let rows = wanted.min(room / LEAST_PANEL);
    if rows == 0 {
        return match focus.filter(|focus| *focus < count) {
            Some(focus) => Plan { lists: None, panels: vec![(focus, area)], hidden: count - 1 },
            None => Plan { lists: Some(lists(area, beside, needs)), panels: Vec::new(), hidden: 0 },
        };
    }
    let height = (room / rows).min(MOST_PANEL);
    let fits = usize::from(rows * columns).min(count);
    let first = focus.map_or(0, |focus| (focus + 1).saturating_sub(fits)).min(count - fits);
    let above = Rect { height: area.height - rows * height, ..area };
    let panels = (0..fits).map(|place| {
        let (row, column) = ((place / usize::from(columns)) as u16, (place % usize::from(columns)) as u16);
        let width = area.width / columns;
        let panel = Rect { x: area.x + column * width, y: above.bottom() + row * height, width, height };
        (first + place, panel)
    });
    Plan { lists: Some(lists(above, beside, needs)), panels: panels.collect(), hidden: count - fits }
}

fn lists(area: Rect, beside: bool, needs: [u16; 2]) -> [Rect; 2] {
    if beside {
        let half = area.width / 2;
        [
            Rect { width: half - 1, ..area },
            Rect { x: area.x + half + 1, width: area.width.saturating_sub(half + 1), ..area },
        ]
    } else {
        let spare = area.height.saturating_sub(needs[0] + needs[1]);
        let first = if spare > 0 { needs[0] + spare / 2 } else { area.height / 2 };
        [Rect { height: first, ..area }, Rect { y: area.y + first, height: area.height - first, ..area }]
    }
}

fn paint_panel(
    group: &Group,
    cursor: Option<usize>,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) -> Vec<(Rect, Id)> {
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut lines = vec![Line::Heading(heading_of(group, &theme.words, locale.manner))];
    lines.extend(group.rows.iter().map(|row| entry(row, theme, locale)));
    let painted = groups::paint(buffer, inside, theme, &lines, cursor);
    if group.rows.is_empty() {
        let none = theme.words.get("dashboard.none");
        paint::text(buffer, inside.x + 1, inside.y + 1, inside.width.saturating_sub(1), none, theme[Role::Dim]);
    }
    let record = |line: usize| group.rows.get(line.checked_sub(1)?).map(|row| row.record.id);
    painted.into_iter().filter_map(|(area, line)| Some((area, record(line)?))).collect()
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
            let title = resource.column_title(&theme.words, column.field);
            Some(
                Column::new(title, column.width.0, if *name == "name" { 14 } else { column.width.1 })
                    // Where there is no room for all, what it is and who has it says more than its number.
                    .priority(if *name == "number" { 9 } else { u8::try_from(index).unwrap_or(9) }),
            )
        })
        .collect();
    let empty = match (&rows.error, &rows.records) {
        (Some(error), _) => format!("{} {}", theme.signs.wrong, theme.told(error)),
        _ if rows.closed => theme.words.get("dashboard.closed").to_owned(),
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
                .map(|field| cell(record, field, locale, theme))
                .collect(),
        ),
        marked: false,
        sign: None,
    });
    let cursor = cursor.and_then(|cursor| cursor.checked_sub(top));
    Table { columns: &columns, cursor, column: None, loading: false, empty: &empty, place: None }
        .paint(buffer, table, theme, shown);
    let rows = records.iter().skip(top).take(fits).zip(table.y + 1..);
    rows.map(|(record, y)| (Rect { y, height: 1, ..table }, record.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_and_the_panel_with_the_cursor_is_in_sight() {
        for (width, height) in [(60, 6), (80, 15), (100, 9), (120, 31), (200, 45), (80, 3), (300, 90)] {
            let area = Rect::new(0, 5, width, height);
            for (count, needs) in (0..12).flat_map(|count| [[3, 3], [6, 3], [6, 6]].map(|needs| (count, needs))) {
                for focus in std::iter::once(None).chain((0..count).map(Some)) {
                    let plan = arrange(area, needs, count, focus);
                    let mut taken: Vec<Rect> = plan.lists.into_iter().flatten().collect();
                    taken.extend(plan.panels.iter().map(|(_, panel)| *panel));
                    for (index, one) in taken.iter().enumerate() {
                        assert_eq!(area.intersection(*one), *one, "{area} {count} {focus:?}");
                        assert!(taken[..index].iter().all(|other| !other.intersects(*one)), "{area} {count} {focus:?}");
                    }
                    assert!(focus.is_none_or(|focus| plan.panels.iter().any(|(shown, _)| *shown == focus)));
                    assert!(plan.panels.len() + plan.hidden == count || plan.panels.is_empty());
                }
            }
        }
    }
}
