//! The desk, and the groups that it shares with the dashboard.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};

use super::body::{counted, paint_unread};
use crate::console::screens::cells::cell;
use crate::console::screens::desk::{About, Desk};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::groups::{self, Line};
use crate::console::widgets::paint;
use crate::domain::Value;
use crate::domain::manner::Manner;
use crate::domain::time;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::store::desk::{Group, Row};

/// Paints it; where each line stands.
pub(super) fn paint_desk(
    desk: &Desk,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
    may_pin: bool,
) -> Vec<(Rect, usize)> {
    let Some(groups) = &desk.groups else {
        paint_unread(desk.error.as_deref(), buffer, area, theme);
        return Vec::new();
    };
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if groups.is_empty() {
        let nothing: &[&str] = match desk.about {
            About::Waiting => &["desk.nothing-waits"],
            About::Pinned if may_pin => &["desk.nothing-pinned", "desk.pin-it"],
            About::Pinned => &["desk.nothing-pinned"],
        };
        let nothing: Vec<&str> = nothing.iter().map(|key| theme.words.get(key)).collect();
        paint::wrapped(buffer, area.inner(Margin::new(1, 1)), &nothing.join(" "), theme[Role::Dim]);
        return Vec::new();
    }
    let mut lines = Vec::new();
    for group in groups {
        lines.push(Line::Heading(heading(group, &theme.words, locale.manner)));
        lines.extend(group.rows.iter().map(|row| entry(row, theme, locale)));
    }
    groups::paint(buffer, inside, theme, &lines, Some(desk.line))
}

/// What lies on it, as it is called.
pub(super) fn title(desk: &Desk) -> &'static str {
    match desk.about {
        About::Waiting => "desk.waiting",
        About::Pinned => "desk.pinned",
    }
}

/// `my tickets (12)`
pub(super) fn heading(group: &Group, words: &Words, manner: Manner) -> String {
    let kind = || crate::resources::of(group.entity).map_or(group.entity.name, |resource| resource.title(words));
    let title = if group.title.is_empty() { kind().into() } else { words.told(group.title) };
    format!("{title} ({})", counted(group.count, manner))
}

pub(super) fn entry(row: &Row, theme: &Theme, locale: Locale) -> Line {
    let until = match &row.until {
        Value::Instant(at) => {
            let left = *at - locale.now;
            let role = match left.num_minutes() {
                ..=0 => Role::Bad,
                1..=60 => Role::Warn,
                _ => Role::Dim,
            };
            let late = if role == Role::Bad { theme.signs.wrong } else { "" };
            Some((format!("{late}{}{}", if late.is_empty() { "" } else { " " }, theme.relative(*at, locale.now)), role))
        }
        Value::Date(day) => {
            let late = *day < time::day_of(locale.zone, locale.now);
            let sign = if late { format!("{} ", theme.signs.wrong) } else { String::new() };
            Some((format!("{sign}{}", row.until.shown(locale)), if late { Role::Bad } else { Role::Dim }))
        }
        _ => None,
    };
    let fields = row.tells.iter().filter_map(|name| row.record.entity.field(name));
    let told: Vec<String> = fields.map(|field| cell(&row.record, field, locale, theme).brief().into_owned()).collect();
    let told = told.into_iter().filter(|told| !told.is_empty()).collect::<Vec<_>>().join("  ");
    Line::Entry { name: row.record.title(), told, until }
}
