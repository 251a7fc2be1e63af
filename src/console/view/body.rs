//! The places themselves.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::measure::{self, Align};
use crate::console::message::Related;
use crate::console::screens::cells::{cell, changes_line, health_sign};
use crate::console::screens::dashboard::{Dashboard, Rows};
use crate::console::screens::door::{Door, Kind as DoorKind};
use crate::console::screens::form::{Editor, Form};
use crate::console::screens::history::History;
use crate::console::screens::list::List;
use crate::console::screens::page::{self, Line, Page};
use crate::console::state::{Place, State};
use crate::console::update::WIDE;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::form::{self as form_widget, FieldValue, FieldView};
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::table::{CellView, Column, RowView, Sorted, Table};
use crate::console::widgets::{paint, progress};
use crate::domain::text::{clean, clean_lines};
use crate::domain::value::Locale;
use crate::domain::{Kind, Value, time};
use crate::resources::{self, Resource, label};
use crate::store::Record;

/// The width of the details pane.
const PANE: u16 = 40;

fn locale(state: &State) -> Locale {
    let zone = state.session.as_ref().map_or(chrono_tz::Tz::UTC, |session| session.tenant.zone);
    Locale { zone, now: state.now }
}

pub(super) fn place(state: &mut State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let locale = locale(state);
    let tick = state.tick;
    let overview = state.overview.clone();
    let theme = &state.theme;
    match state.places.last_mut()? {
        Place::Dashboard(dashboard) => {
            paint_dashboard(dashboard, overview.as_ref(), buffer, area, theme, locale);
            None
        }
        Place::List(list) => {
            paint_list(list, buffer, area, theme, locale, tick);
            None
        }
        Place::Page(page) => {
            paint_page(page, buffer, area, theme, locale);
            None
        }
        Place::History(history) => {
            paint_history(history, buffer, area, theme, locale);
            None
        }
        Place::Form(form) => paint_form(form, buffer, area, theme),
    }
}

// ---- lists

fn columns_of(resource: &'static Resource, list: Option<&List>, theme: &Theme) -> Vec<Column<'static>> {
    let _ = theme;
    resource
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let sorted = list.and_then(|list| {
                let key = list.sort.iter().find(|key| key.field.name == column.field)?;
                Some(if key.descending { Sorted::Down } else { Sorted::Up })
            });
            let priority = u8::try_from(index).unwrap_or(u8::MAX);
            let shown = Column::new(column.title, column.width.0, column.width.1).priority(priority).sorted(sorted);
            if column.right { shown.right() } else { shown }
        })
        .collect()
}

fn cells<'a>(resource: &'static Resource, record: &'a Record, locale: Locale, theme: &Theme) -> Vec<CellView<'a>> {
    resource
        .columns
        .iter()
        .map(|column| match resource.entity.field(column.field) {
            Some(field) => cell(record, field, locale, theme.signs),
            None => CellView::new("", Role::Text),
        })
        .collect()
}

fn paint_list(list: &List, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale, tick: std::time::Instant) {
    let (table, pane) = if list.details && area.width >= WIDE {
        let pane = Rect { x: area.right() - PANE, width: PANE, ..area };
        (Rect { width: area.width - PANE - 1, ..area }, Some(pane))
    } else {
        (area, None)
    };
    let columns = columns_of(list.resource, Some(list), theme);
    let fits = usize::from(crate::console::widgets::table::rows_in(table));
    let rows = list.rows.iter().skip(list.top).take(fits).map(|row| RowView {
        cells: Cow::Owned(cells(list.resource, &row.record, locale, theme)),
        marked: list.marks.contains_key(&row.record.id),
    });
    let waiting = list.loading_since().is_some();
    let empty = match (&list.error, waiting, list.filter_text.is_empty()) {
        (Some(error), ..) => format!("{} {}  r tries again.", theme.signs.wrong, clean(error)),
        (None, true, _) => "reading …".to_owned(),
        (None, false, false) => "Nothing matches the filter. Esc clears it.".to_owned(),
        (None, false, true) => list.resource.empty.to_owned(),
    };
    let total = list.count.map_or(0, |count| usize::try_from(count.number).unwrap_or(0));
    let cursor = list.index().and_then(|index| index.checked_sub(list.top));
    Table {
        columns: &columns,
        cursor,
        column: Some(list.column),
        loading: list.stale && list.loading_since().is_some_and(|since| tick.duration_since(since).as_millis() > 80),
        empty: &empty,
        place: (total > fits && !list.rows.is_empty()).then_some((list.top, total)),
    }
    .paint(buffer, table, theme, rows);
    if let Some(pane) = pane {
        for y in pane.top()..pane.bottom() {
            paint::text(buffer, pane.x - 1, y, 1, theme.signs.vertical, theme[Role::Border]);
        }
        if let Some(record) = &list.detail {
            let pane = Rect { x: pane.x + 1, width: pane.width - 1, ..pane };
            paint_details(list.resource, record, &list.related, buffer, pane, theme, locale);
        }
    }
}

/// What the status line says about a list.
pub(super) fn list_status(list: &List, state: &State) -> Vec<String> {
    let mut parts = Vec::new();
    if !list.marks.is_empty() {
        parts.push(format!("{} marked", list.marks.len()));
    }
    if let Some(count) = list.count {
        let number = super::grouped(i64::try_from(count.number).unwrap_or(i64::MAX));
        parts.push(if count.exact { number } else { format!("{number}+") });
    }
    if let Some(key) = list.sort.first() {
        let signs = state.theme.signs;
        let arrow = if key.descending { signs.sort_down } else { signs.sort_up };
        parts.push(format!("sort {} {arrow}", label(key.field.name)));
    }
    if list.frozen {
        parts.push(format!("{} frozen", state.theme.signs.frozen));
    }
    if let Some(since) = list.loading_since() {
        let spinner = progress::spinner(&state.theme, state.tick.saturating_duration_since(since));
        if !spinner.is_empty() {
            parts.push(spinner.to_owned());
        }
    }
    if let (Some(error), false) = (&list.error, list.rows.is_empty()) {
        parts.push(format!("{} not up to date: {}", state.theme.signs.wrong, clean(error)));
    }
    parts
}

/// A record's fields that say something, one line each.
fn paint_details(
    resource: &'static Resource,
    record: &Record,
    related: &[Related],
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) {
    paint::text(buffer, area.x, area.y, area.width, &record.title(), theme[Role::Title]);
    let mut y = area.y + 2;
    for field in resource.entity.fields.iter().filter(|field| page::shows(record, field)) {
        if y >= area.bottom() || matches!(field.name, "number") || field.name == resource.entity.label {
            continue;
        }
        paint::fitted(buffer, area.x, y, 13, &label(field.name), Align::Left, theme[Role::Label], theme.signs);
        let value = Rect { x: area.x + 14, y, width: area.width.saturating_sub(14), height: area.bottom() - y };
        y += paint_value(record, field, buffer, value, theme, locale, 4);
    }
    for related in related.iter().filter(|related| !related.records.is_empty()) {
        y += 1;
        if y >= area.bottom() {
            return;
        }
        let more = if related.count.exact { "" } else { "+" };
        let told = format!("{} ({}{more})", label(related.name), related.count.number);
        paint::text(buffer, area.x, y, area.width, &told, theme[Role::Title]);
        y += 1;
        for record in related.records.iter().take(usize::from(area.bottom().saturating_sub(y))) {
            let (text, role) = related_line(record, locale, theme);
            paint::fitted(buffer, area.x + 1, y, area.width.saturating_sub(1), &text, Align::Left, theme[role], theme.signs);
            y += 1;
        }
    }
}

/// A record that points here, in one short line: what it is called and how it is.
fn related_line(record: &Record, locale: Locale, theme: &Theme) -> (String, Role) {
    if let Value::Instant(at) = record.get("created_at")
        && record.entity.name == "device_logs"
    {
        let told = clean(record.get("message").as_str()).into_owned();
        let time = at.with_timezone(&locale.zone).format("%H:%M:%S");
        return (format!("{time} {told}"), crate::console::screens::cells::role_of(record.get("level").as_str()));
    }
    if record.entity.name == "device_checks" {
        let parts = [record.get("kind").shown(locale), record.get("port").shown(locale), record.get("target").shown(locale)];
        let check: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return (format!("{} every {} s", check.join(" "), record.get("interval_seconds").shown(locale)), Role::Text);
    }
    let health = record.get("health").as_str();
    if !health.is_empty() {
        let (sign, role) = health_sign(health, theme.signs);
        return (format!("{sign} {} {health}", record.title()), role);
    }
    let status = record.get("status").as_str();
    (format!("{} {status}", record.title()), crate::console::screens::cells::role_of(status))
}

/// A value over as many lines as it needs, at most so many; how many it took.
fn paint_value(
    record: &Record,
    field: &'static crate::store::Field,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
    most: usize,
) -> u16 {
    let shown = cell(record, field, locale, theme.signs);
    let text = match (record.get(field.name), field.kind) {
        (Value::Text(text), Kind::Lines) => clean_lines(text),
        (Value::Instant(at), _) if !matches!(field.name, "created_at" | "updated_at") => {
            format!("{} ({})", time::show(*at, locale.zone), time::relative(*at, locale.now))
        }
        (Value::Money(_), _) => {
            let currency = record.get("currency").as_str();
            format!("{} {}", shown.text, clean(currency)).trim_end().to_owned()
        }
        _ => shown.text.into_owned(),
    };
    let mut taken = 0;
    for line in text.split('\n').flat_map(|line| measure::wrap(line, usize::from(area.width.max(1)))).take(most) {
        if taken >= area.height {
            break;
        }
        paint::text(buffer, area.x, area.y + taken, area.width, &line, theme[shown.role]);
        taken += 1;
    }
    taken.max(1)
}

// ---- a page

fn paint_page(page: &Page, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
    let Some(record) = &page.record else {
        let (told, role) = match &page.error {
            Some(error) => (format!("{} {}", theme.signs.wrong, clean(error)), Role::Error),
            None => ("reading …".to_owned(), Role::Dim),
        };
        paint::text(buffer, area.x + 1, area.y + 1, area.width.saturating_sub(1), &told, theme[role]);
        return;
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
        y += match line {
            Line::Field(field) => {
                let role = if index == page.line { Role::Accent } else { Role::Label };
                paint::fitted(buffer, row.x, y, 20, &label(field.name), Align::Left, theme[role], theme.signs);
                let value = Rect { x: row.x + 21, width: row.width.saturating_sub(21), ..row };
                paint_value(record, field, buffer, value, theme, locale, 6)
            }
            Line::Relation(related) => {
                let number = related.count.number;
                let more = if related.count.exact { "" } else { "+" };
                let told = format!("{} ({number}{more})", label(related.name));
                paint::text(buffer, row.x, y, row.width, &told, theme[Role::Title]);
                1
            }
            Line::Record(related, record) => {
                paint_related(related.entity.name, record, buffer, row, theme, locale);
                1
            }
        };
    }
    paint::scroll_thumb(buffer, area, page.top, usize::from(area.height), lines.len(), theme);
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
        let shown = cell(record, field, locale, theme.signs);
        let align = if column.right { Align::Right } else { Align::Left };
        paint::fitted(buffer, x, area.y, width, &shown.text, align, theme[shown.role], theme.signs);
        x += width + 2;
    }
}

// ---- history

fn paint_history(history: &History, buffer: &mut Buffer, area: Rect, theme: &Theme, locale: Locale) {
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
    let columns =
        [Column::new("TIME", 16, 16).priority(0), Column::new("WHO", 8, 16).priority(1), Column::new("WHAT", 10, 24).priority(2), Column::new("CHANGES", 20, 120).priority(0)];
    let fits = usize::from(crate::console::widgets::table::rows_in(area));
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
    Table { columns: &columns, cursor, column: None, loading: false, empty: "Nothing is known of what was done to it.", place: None }
        .paint(buffer, area, theme, rows);
}

// ---- dashboard

fn paint_dashboard(
    dashboard: &Dashboard,
    overview: Option<&crate::store::overview::Overview>,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
) {
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
            let mut parts = vec![(super::grouped(total), Role::Accent)];
            parts.extend(devices.iter().map(|(health, count)| {
                let (sign, role) = health_sign(health, signs);
                (format!("{sign} {} {health}", super::grouped(*count)), role)
            }));
            line("Devices", parts, buffer);
        }
        if let Some(customers) = &overview.customers {
            let total: i64 = customers.iter().map(|(_, count)| count).sum();
            let mut parts = vec![(super::grouped(total), Role::Accent)];
            parts.extend(customers.iter().map(|(status, count)| {
                (format!("{} {status}", super::grouped(*count)), crate::console::screens::cells::role_of(status))
            }));
            line("Customers", parts, buffer);
        }
        let polled = match (overview.polled, overview.last_result) {
            (true, Some(at)) => (format!("running, last change {}", time::relative(at, locale.now)), Role::Ok),
            (true, None) => ("running, no result yet".to_owned(), Role::Text),
            (false, _) => ("nobody polls: start `headend poll`, or set poll = true".to_owned(), Role::Warn),
        };
        line("Poller", vec![polled], buffer);
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
    paint_rows("What is not well", "devices", &["name", "health", "since", "message"], &dashboard.down, line(!dashboard.in_incidents), "Nothing is down.", buffer, down, theme, locale);
    paint_rows("Incidents", "incidents", &["number", "title", "severity", "started_at"], &dashboard.incidents, line(dashboard.in_incidents), "No open incidents.", buffer, incidents, theme, locale);
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
) {
    let Some(resource) = resources::find(resource) else { return };
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
        (None, None) => "reading …".to_owned(),
        (None, Some(_)) => empty.to_owned(),
    };
    let records = rows.records.as_deref().unwrap_or_default();
    let fits = usize::from(crate::console::widgets::table::rows_in(table));
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
    Table { columns: &columns, cursor, column: None, loading: false, empty: &empty, place: None }.paint(buffer, table, theme, shown);
}

// ---- forms

fn paint_form(form: &mut Form, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
    let mut top = area.y;
    if let Some(notice) = &form.notice {
        for line in measure::wrap(&clean(notice), usize::from(area.width.saturating_sub(2))).iter().take(3) {
            paint::text(buffer, area.x + 1, top, area.width, line, theme[Role::Notice]);
            top += 1;
        }
    }
    let below = Rect { y: top, height: area.bottom().saturating_sub(top), ..area };
    let entity = form.resource.entity;
    let focus = form.focus;
    let creating = form.record.is_none();
    let mut views: Vec<FieldView<'_>> = Vec::with_capacity(form.fields.len());
    for (index, field) in form.fields.iter_mut().enumerate() {
        let changed = field.is_changed();
        let text = field.text();
        let is_secret = field.is_secret();
        let has_secret = field.has_secret;
        let value = match &mut field.editor {
            Editor::Line(editor) if index == focus => FieldValue::Line { editor, wrong: None, ghost: "" },
            Editor::Line(_) if is_secret => FieldValue::Secret(has_secret || !text.is_empty()),
            Editor::Line(_) => FieldValue::Text(clean(&text).into_owned().into()),
            Editor::Lines(editor) => FieldValue::Lines { editor, rows: 3 },
        };
        let mut view = FieldView::new(label(field.field.name), value);
        view.problem = match (&field.theirs, &field.problem) {
            (Some(theirs), _) => Some(format!("changed meanwhile to ‘{}’: C-t takes it", clean(theirs)).into()),
            (None, Some(problem)) => Some(clean(problem).into_owned().into()),
            (None, None) => None,
        };
        view.help = if is_secret && has_secret {
            "there is one; empty leaves it as it is".into()
        } else {
            resources::help(entity, field.field).into()
        };
        view.required = field.field.required && (creating || !is_secret);
        view.changed = changed;
        views.push(view);
    }
    let painted = form_widget::paint(buffer, below, theme, &mut views, focus, form.first, true);
    drop(views);
    form.first = painted.first;
    if let (Some(picker), Some(anchor)) = (&form.picker, painted.anchor) {
        let entries: Vec<Entry<'_>> = picker.choices.iter().map(|(shown, _)| Entry::from(shown.as_str())).collect();
        let choices = Choices { title: "", entries: &entries, cursor: Some(picker.cursor), empty: &picker.empty };
        choices.popup(buffer, area, anchor, theme);
    }
    painted.cursor
}

// ---- the door

pub(super) fn door(state: &mut State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let theme = &state.theme;
    let door = state.door.as_mut()?;
    let title = match door.kind {
        DoorKind::SetUp => "Welcome to headend",
        DoorKind::LogIn => "Log in",
        DoorKind::Unlock => "Locked",
        DoorKind::ChangePassword => "Choose a password",
    };
    let rows = u16::try_from(door.entries.len()).unwrap_or(u16::MAX);
    let welcome = measure::wrap(&clean(&door.welcome), 70);
    let height = (rows * 2 + 7 + u16::try_from(welcome.len()).unwrap_or(0)).min(area.height);
    let inside = paint::popup(buffer, paint::centred(area, 78, height), title, theme);
    let mut y = inside.y;
    for line in &welcome {
        paint::text(buffer, inside.x + 1, y, inside.width.saturating_sub(1), line, theme[Role::Dim]);
        y += 1;
    }
    y += 1;
    let form = Rect { x: inside.x + 1, y, width: inside.width.saturating_sub(2), height: inside.bottom().saturating_sub(y + 2) };
    let cursor = paint_entries(door, buffer, form, theme);
    let bottom = inside.bottom().saturating_sub(1);
    let (told, role) = match (&door.error, door.is_waiting()) {
        (_, true) => ("one moment …".to_owned(), Role::Dim),
        (Some(error), false) => (clean(error).into_owned(), Role::Error),
        (None, false) => (door_hint(door.kind).to_owned(), Role::Hint),
    };
    for (index, line) in measure::wrap(&told, usize::from(inside.width.saturating_sub(2))).iter().take(2).enumerate() {
        let offset = u16::try_from(index).unwrap_or(0);
        paint::text(buffer, inside.x + 1, bottom.saturating_sub(1) + offset, inside.width, line, theme[role]);
    }
    cursor
}

fn door_hint(kind: DoorKind) -> &'static str {
    match kind {
        DoorKind::SetUp => "Enter goes on, C-s makes it, Esc leaves without making anything",
        DoorKind::LogIn => "Enter logs in, Tab goes between the lines, Esc leaves",
        DoorKind::Unlock => "Enter unlocks, Esc signs out (drafts are kept)",
        DoorKind::ChangePassword => "Enter goes on, C-s sets it",
    }
}

fn paint_entries(door: &mut Door, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
    let focus = door.focus;
    let mut views: Vec<FieldView<'_>> = Vec::new();
    for (index, entry) in door.entries.iter().enumerate() {
        let value = if index == focus {
            FieldValue::Line { editor: &entry.line, wrong: None, ghost: "" }
        } else if entry.line.is_secret() {
            FieldValue::Secret(!entry.line.text().is_empty())
        } else {
            FieldValue::Text(clean(entry.line.text()))
        };
        let mut view = FieldView::new(entry.label, value);
        view.problem = entry.problem.as_deref().map(|problem| clean(problem).into_owned().into());
        view.help = entry.help.into();
        views.push(view);
    }
    form_widget::paint(buffer, area, theme, &mut views, focus, 0, false).cursor
}
