//! The place in the body, and lists in it.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};

use super::{dashboard, desk, form, history, page as page_view};
use crate::console::actions::Action;
use crate::console::measure::{self, Align};
use crate::console::message::Related;
use crate::console::overlay::Overlay;
use crate::console::screens::cells::{cell, health_sign};
use crate::console::screens::list::look::Shown;
use crate::console::screens::list::{Below, List};
use crate::console::screens::page;
use crate::console::spots::Spot;
use crate::console::state::{Place, State};
use crate::console::theme::{Role, Theme};
use crate::console::update::WIDE;
use crate::console::widgets::table::{CellView, Column, RowView, Sorted, Table};
use crate::console::widgets::{paint, progress};
use crate::domain::manner::Manner;
use crate::domain::text::{clean, clean_lines};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::domain::{Id, Kind, Value};
use crate::resources::{Resource, label};
use crate::store::list::Count;
use crate::store::{Field, Record};

/// What a line tells of a record that points here, besides what it is called.
const MOST_TOLD: usize = 4;

/// The width of the details pane beside a list: a third of the screen, within what is of use.
fn pane_width(area: Rect) -> u16 {
    (area.width / 3).clamp(40, 72)
}

pub(super) fn locale(state: &State) -> Locale {
    let nobody = Locale { zone: chrono_tz::Tz::UTC, now: state.now, manner: Manner::default() };
    state.session.as_ref().map_or(nobody, |session| session.locale(state.now))
}

pub(super) fn place(state: &mut State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let locale = locale(state);
    let tick = state.tick;
    let overview = state.overview.clone();
    let no_pings = state.no_pings.clone();
    let may_pin = state.why_closed(Action::Pin.def()).is_none();
    let around = Around { may_begin: state.may_begin(), writes: matches!(state.overlay, Some(Overlay::Filter(_))) };
    let theme = &state.theme;
    if let [.., Place::Page(page), Place::List(list)] = state.places.as_slice()
        && let Some(below) = &list.below
    {
        let strip = Rect { height: 1.min(area.height), ..area };
        let rest = Rect { y: area.y + strip.height, height: area.height - strip.height, ..area };
        paint_relations(below, &page.related, buffer, strip, theme, locale.manner);
        paint_list(list, buffer, rest, theme, locale, tick, around);
        return None;
    }
    match state.places.last_mut()? {
        Place::Dashboard(shown) => {
            let rows =
                dashboard::paint_dashboard(shown, overview.as_ref(), no_pings.as_deref(), buffer, area, theme, locale);
            for (area, id) in rows {
                state.spots.add(area, Spot::Record(id));
            }
            None
        }
        Place::List(list) => {
            paint_list(list, buffer, area, theme, locale, tick, around);
            let table = table_area(list, area);
            let first = Rect { y: table.y + 1, height: 1, ..table };
            let fits = usize::from(crate::console::widgets::table::rows_in(table));
            for (row, y) in list.rows.iter().skip(list.top).take(fits).zip(first.y..) {
                state.spots.add(Rect { y, ..first }, Spot::Record(row.record.id));
            }
            None
        }
        Place::Page(page) => {
            for (area, line) in page_view::paint_page(page, buffer, area, theme, locale) {
                state.spots.add(area, Spot::Line(line));
            }
            None
        }
        Place::Desk(shown) => {
            for (area, line) in desk::paint_desk(shown, buffer, area, theme, locale, may_pin) {
                state.spots.add(area, Spot::Line(line));
            }
            None
        }
        Place::History(shown) => {
            history::paint_history(shown, buffer, area, theme, locale);
            None
        }
        Place::Form(shown) => {
            let painted = form::paint_form(shown, buffer, area, theme, locale);
            let save = shown.fields.len();
            for (area, index) in painted.form.fields {
                let field = Spot::Field(index, area.x + painted.form.value);
                state.spots.add(area, if index == save { Spot::Save } else { field });
            }
            if let Some((covered, rows)) = painted.choices {
                state.spots.cover(covered);
                for (area, index) in rows {
                    state.spots.add(area, Spot::Choice(index));
                }
            }
            painted.form.cursor
        }
    }
}

/// Says of a place that has nothing to show yet that it is being read, or why it could not be.
pub(super) fn paint_unread(error: Option<&str>, buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let (told, role) = match error {
        Some(error) => (format!("{} {}", theme.signs.wrong, theme.told(error)), Role::Error),
        None => (theme.words.get("list.reading").to_owned(), Role::Dim),
    };
    paint::wrapped(buffer, area.inner(Margin::new(1, 1)), &told, theme[role]);
}

/// How many columns are more important than the one that a list is sorted by, and than an amount.
const IMPORTANT: usize = 1;

fn columns_of(list: &List, words: &Words) -> Vec<Column<'static>> {
    // An amount is no amount without its currency, nor that without it: both go before what is merely referred to.
    let amount = list.columns.iter().position(|column| column.field.kind == Kind::Money);
    let currency = list.columns.iter().position(|column| column.field.name == "currency");
    let money = amount.zip(currency).filter(|(amount, currency)| amount < currency);
    list.columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let is_sorted_by = list.sort.first().is_some_and(|key| key.field.name == column.field.name);
            let (rank, beside) = match money {
                // What the rows are in order of is seen.
                _ if is_sorted_by => (index.min(IMPORTANT), None),
                Some((amount, _)) if index == amount => (index.min(IMPORTANT), None),
                Some((amount, currency)) if index == currency => (index.min(IMPORTANT), Some(amount)),
                _ => (index, None),
            };
            let key = list.sort.iter().find(|key| key.field.name == column.field.name);
            let sorted = key.map(|key| if key.descending { Sorted::Down } else { Sorted::Up });
            let priority = u8::try_from(rank).unwrap_or(u8::MAX);
            let (least, most) = column.cells();
            // A title is read whole, with the sign of its order, unless somebody made the column narrower.
            let title = list.resource.column_title(words, column.field.name);
            let wide = paint::cells(&title) + if sorted.is_some() { 2 } else { 0 };
            let least = if column.width.is_none() { least.max(wide) } else { least };
            let shown = Column::new(title, least, most).priority(priority).beside(beside).sorted(sorted);
            if column.right { shown.right() } else { shown }
        })
        .collect()
}

/// The cells of a row. Among the logins the one that is this console says so: nobody ends their own unawares.
fn cells<'a>(
    columns: &[Shown],
    record: &'a Record,
    own_login: Option<Id>,
    locale: Locale,
    theme: &Theme,
) -> Vec<CellView<'a>> {
    let is_own = record.entity.name == "user_sessions" && own_login == Some(record.id);
    columns
        .iter()
        .map(|column| match cell(record, column.field, locale, theme) {
            shown if is_own && column.field.name == "user" => {
                CellView::new(theme.words.say("list.this-console", &[("user", &shown.text)]), Role::Accent)
            }
            shown => shown,
        })
        .collect()
}

/// How many there are: `1 203`, `10 000+` where nobody counted on.
pub(super) fn counted(count: Count, manner: Manner) -> String {
    format!("{}{}", manner.count(count.number), if count.exact { "" } else { "+" })
}

/// What points at the record, one after the other, each with how many there are: the list that is open stands out.
fn paint_relations(below: &Below, related: &[Related], buffer: &mut Buffer, area: Rect, theme: &Theme, manner: Manner) {
    let told: Vec<String> = related
        .iter()
        .map(|other| format!("{} {}", label(&theme.words, other.name), counted(other.count, manner)))
        .collect();
    // The open one is in sight, with as many of those before it as there is room for.
    let room = usize::from(area.width.saturating_sub(2));
    let ends_at = |first: usize| {
        told.iter().take(below.relation + 1).skip(first).map(|one| measure::width(one) + 3).sum::<usize>()
    };
    let first = (0..below.relation).find(|first| ends_at(*first) <= room).unwrap_or(below.relation);
    let more = theme.signs.ellipsis;
    let mut x = area.x + 1;
    if first > 0 {
        paint::text(buffer, area.x, area.y, 1, more, theme[Role::Dim]);
    }
    for (index, told) in told.iter().enumerate().skip(first) {
        let role = if index == below.relation { Role::Accent } else { Role::Dim };
        // What there is no room for, and that there is more.
        let left = area.right().saturating_sub(x + 2);
        // Room for the sign that there are more behind it, too.
        let needs = paint::cells(told) + if index + 1 < related.len() { 3 } else { 0 };
        if needs > left && index > below.relation {
            paint::text(buffer, x, area.y, 2, more, theme[Role::Dim]);
            return;
        }
        x += paint::text(buffer, x, area.y, left, told, theme[role]) + 3;
    }
}

/// Where the table stands: beside the details, where they are shown.
fn table_area(list: &List, area: Rect) -> Rect {
    if list.details && area.width >= WIDE { Rect { width: area.width - pane_width(area) - 1, ..area } } else { area }
}

/// What a list that is empty has to know to say what to do.
#[derive(Clone, Copy)]
struct Around {
    /// The person may add one.
    may_begin: bool,
    /// Its filter is being written.
    writes: bool,
}

fn paint_list(
    list: &List,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
    tick: std::time::Instant,
    around: Around,
) {
    let table = table_area(list, area);
    let pane = (table != area).then(|| Rect { x: table.right() + 1, width: pane_width(area), ..area });
    let columns = columns_of(list, &theme.words);
    let fits = usize::from(crate::console::widgets::table::rows_in(table));
    let rows = list.rows.iter().skip(list.top).take(fits).map(|row| RowView {
        cells: Cow::Owned(cells(&list.columns, &row.record, list.own_login, locale, theme)),
        marked: list.is_marked(row.record.id),
        sign: None,
    });
    let waiting = list.loading_since().is_some();
    let empty = match (&list.error, waiting, list.filter_text.is_empty()) {
        (Some(error), ..) => {
            format!("{} {}", theme.signs.wrong, theme.words.say("list.tries-again", &[("why", &theme.told(error))]))
        }
        (None, true, _) => theme.words.get("list.reading").to_owned(),
        (None, false, false) if list.mistake.is_some() => theme.words.get("list.mistaken").to_owned(),
        (None, false, false) => match looked_through(list, theme, locale) {
            Some(looked) => looked,
            // Where one writes, keys are letters.
            None if around.writes => match &list.misnamed {
                Some(told) => theme.words.say("list.misnamed-so-far", &[("why", &theme.told(told))]),
                None => theme.words.get("list.no-match-so-far").to_owned(),
            },
            None => match (&list.misnamed, list.may_mean()) {
                (Some(told), _) => theme.words.say("list.misnamed", &[("why", &theme.told(told))]),
                (None, Some(condition)) => theme.words.say("list.no-match-word", &[("condition", &condition)]),
                (None, None) if list.is_of_open_incidents() => theme.words.get("list.no-open-incidents").to_owned(),
                (None, None) => theme.words.get("list.no-match").to_owned(),
            },
        },
        (None, false, true) => list.resource.empty(&theme.words, around.may_begin),
    };
    let total = list.count.map_or(0, |count| usize::try_from(count.number).unwrap_or(0));
    let cursor = list.index().and_then(|index| index.checked_sub(list.top));
    let painted = Table {
        columns: &columns,
        cursor,
        column: Some(list.column),
        loading: list.stale && list.loading_since().is_some_and(|since| tick.duration_since(since).as_millis() > 80),
        empty: &empty,
        place: (total > fits && !list.rows.is_empty()).then(|| (list.place(total), total)),
    }
    .paint(buffer, table, theme, rows);
    let below = table.y + 1 + u16::try_from(painted).unwrap_or(u16::MAX);
    if painted > 0
        && below < table.bottom()
        && list.top + painted >= list.rows.len()
        && let Some(looked) = looked_through(list, theme, locale)
    {
        paint::text(buffer, table.x + 2, below, table.width.saturating_sub(2), &looked, theme[Role::Dim]);
    }
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

/// How far a list was looked through that goes on when one moves beyond its last row.
fn looked_through(list: &List, theme: &Theme, locale: Locale) -> Option<String> {
    let (rows, down) = list.looked_no_further()?;
    let key = match (list.rows.is_empty(), down) {
        (true, true) => "list.none-so-far",
        (true, false) => "list.none-so-far-up",
        (false, true) => "list.looked-through",
        (false, false) => "list.looked-through-up",
    };
    Some(theme.words.say(key, &[("count", &locale.manner.count(rows))]))
}

/// What the status line says about a list.
pub(super) fn list_status(list: &List, state: &State) -> Vec<String> {
    let (words, manner) = (&state.theme.words, state.manner());
    let mut parts = Vec::new();
    if let (Some(error), false) = (&list.error, list.rows.is_empty()) {
        parts.push(super::not_up_to_date(state, error));
    }
    // Others match all the same: what the filter names has to be said here.
    if let (Some(why), false) = (&list.misnamed, list.rows.is_empty()) {
        parts.push(state.theme.told(why));
    }
    if let Some(looked) = list.looked_at_for_marks() {
        parts.push(words.say("list.looking-for-marks", &[("count", &manner.count(looked))]));
    }
    if list.frozen {
        parts.push(format!("{} {}", state.theme.signs.frozen, words.get("list.frozen")));
    }
    if !list.marks.is_empty() {
        parts.push(words.say("list.marked", &[("count", &manner.count(list.marks.len()))]));
    }
    if let Some(count) = list.total() {
        let total = counted(count, manner);
        let all = usize::try_from(count.number).unwrap_or(usize::MAX);
        let span = list.span(state.body_rows(), all).filter(|(first, last)| count.exact && (*first, *last) != (1, all));
        parts.push(match span {
            Some((first, last)) => {
                let (first, last) = (manner.count(first), manner.count(last));
                words.say("list.rows", &[("first", &first), ("last", &last), ("total", &total)])
            }
            None => total,
        });
    }
    if let Some(key) = list.sort.first() {
        let signs = state.theme.signs;
        let arrow = if key.descending { signs.sort_down } else { signs.sort_up };
        parts.push(format!(
            "{} {arrow}",
            words.say("list.sorted", &[("field", &list.resource.column_title(words, key.field.name).to_lowercase())])
        ));
    }
    if let Some((_, down)) = list.looked_no_further() {
        parts.push(words.get(if down { "list.looks-further" } else { "list.looks-further-up" }).to_owned());
    }
    if let Some(view) = &list.view {
        let key = if view.look == list.look() { "list.view" } else { "list.view-changed" };
        parts.push(words.say(key, &[("name", &clean(&view.name))]));
    }
    if let Some(since) = list.loading_since() {
        let spinner = progress::spinner(&state.theme, state.tick.saturating_duration_since(since));
        if !spinner.is_empty() {
            parts.push(spinner.to_owned());
        }
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
    // What is called by several fields tells each by its own name besides.
    let is_called = |name: &str| resource.entity.title.is_empty() && ["number", resource.entity.label].contains(&name);
    let told = |field: &&Field| !is_called(field.name);
    let fields: Vec<(&'static Field, &str)> = resource
        .entity
        .fields
        .iter()
        .filter(|field| page::shows(record, field))
        .filter(told)
        .map(|field| (field, resource.label(&theme.words, field.name)))
        .collect();
    let widest = fields.iter().map(|(_, label)| paint::cells(label)).max().unwrap_or(0).min(area.width * 2 / 5);
    for (field, label) in fields {
        if y >= area.bottom() {
            break;
        }
        paint::fitted(buffer, area.x, y, widest, label, Align::Left, theme[Role::Label], theme.signs);
        let taken = widest + 2;
        let value = Rect { x: area.x + taken, y, width: area.width.saturating_sub(taken), height: area.bottom() - y };
        y += paint_value(record, field, buffer, value, theme, locale, 4);
    }
    for related in related.iter().filter(|related| !related.records.is_empty()) {
        y += 1;
        if y >= area.bottom() {
            return;
        }
        let told = format!("{} ({})", label(&theme.words, related.name), counted(related.count, locale.manner));
        paint::text(buffer, area.x, y, area.width, &told, theme[Role::Title]);
        y += 1;
        for record in related.records.iter().take(usize::from(area.bottom().saturating_sub(y))) {
            let (text, role) = related_line(related, record, locale, theme);
            paint::fitted(
                buffer,
                area.x + 1,
                y,
                area.width.saturating_sub(1),
                &text,
                Align::Left,
                theme[role],
                theme.signs,
            );
            y += 1;
        }
    }
}

/// A record that points here, in one short line: what it is called and how it is.
fn related_line(related: &Related, record: &Record, locale: Locale, theme: &Theme) -> (String, Role) {
    if let Value::Instant(at) = record.get("created_at")
        && record.entity.name == "device_logs"
    {
        let told = clean(record.get("message").as_str()).into_owned();
        let time = at.with_timezone(&locale.zone).format("%H:%M:%S");
        return (format!("{time} {told}"), crate::console::screens::cells::role_of(record.get("level").as_str()));
    }
    if record.entity.name == "device_checks" {
        let parts = [
            theme.words.word(record.get("kind").as_str()).to_owned(),
            record.get("port").shown(locale),
            record.get("target").shown(locale),
        ];
        let check: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let seconds = record.get("interval_seconds").shown(locale);
        let told = theme.words.say("list.every", &[("check", &check.join(" ")), ("seconds", &seconds)]);
        return (told, Role::Text);
    }
    // What is called by several fields stands in its columns, without the one that all here have in common.
    let own = record.own_title().filter(|_| record.entity.title.is_empty());
    let fields = related
        .told_by()
        .filter(|field| own.is_none() || (field.name != "number" && field.name != record.entity.label));
    let told: Vec<String> = fields
        .map(|field| cell(record, field, locale, theme).text.into_owned())
        .filter(|text| !text.is_empty())
        .take(MOST_TOLD)
        .collect();
    let role = match record.get("health").as_str() {
        "" => crate::console::screens::cells::status_role(record),
        health => health_sign(health, theme.signs).1,
    };
    (own.into_iter().chain(told).collect::<Vec<_>>().join("  "), role)
}

/// A value over as many lines as it needs, at most so many; how many it took.
pub(super) fn paint_value(
    record: &Record,
    field: &'static crate::store::Field,
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    locale: Locale,
    most: usize,
) -> u16 {
    let shown = cell(record, field, locale, theme);
    let text = match (record.get(field.name), field.kind) {
        (Value::Text(text), Kind::Lines) => clean_lines(text),
        (Value::Instant(at), _) if !matches!(field.name, "created_at" | "updated_at") => {
            format!("{} ({})", locale.manner.moment(*at, locale.zone), theme.relative(*at, locale.now))
        }
        (Value::Money(_), _) => {
            let currency = record.get("currency").as_str();
            format!("{} {}", shown.text, clean(currency)).trim_end().to_owned()
        }
        _ => shown.text.into_owned(),
    };
    let area = Rect { height: area.height.min(u16::try_from(most).unwrap_or(u16::MAX)), ..area };
    paint::wrapped(buffer, area, &text, theme[shown.role]).max(1)
}
