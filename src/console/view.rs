//! How the console looks at a moment.

mod body;
mod dashboard;
mod door;
mod form;
mod history;
mod overlays;
mod page;
mod secret;
mod views;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::overlay::Overlay;
use super::screens::cells::health_sign;
use super::state::{Line, Performing, Place, State};
use super::terminal::CursorShape;
use super::theme::Role;
use super::update::SCREENS;
use super::widgets::frame::{self, Figure, Header, Parts, Status, Tab};
use super::widgets::{paint, progress};
use crate::domain::text::clean;
use crate::resources::label;

/// What the loop has to know about what was painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub cursor: Option<Position>,
    pub shape: CursorShape,
}

/// Paints the console.
pub fn view(state: &mut State, frame: &mut Frame<'_>) -> Shown {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    paint::clear(buffer, area, state.theme[Role::Text]);
    let shape = if state.is_typing() { CursorShape::Bar } else { CursorShape::Block };
    let cursor = paint_all(state, buffer, area);
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
    Shown { cursor, shape }
}

fn paint_all(state: &mut State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let Some(parts) = Parts::of(area, state.has_filter_line()) else {
        frame::too_small(buffer, area, &state.theme);
        return None;
    };
    header(state, buffer, parts.header);
    let mut cursor = None;
    if state.door.is_some() {
        let below = Rect { y: parts.tabs.y, height: area.height.saturating_sub(parts.tabs.y + 2), ..area };
        cursor = door::paint_door(state, buffer, below);
    } else {
        tabs(state, buffer, parts.tabs);
        if state.has_filter_line() {
            cursor = overlays::filter_line(state, buffer, parts.filter);
        }
        let in_body = body::place(state, buffer, parts.body);
        cursor = cursor.or(in_body);
    }
    status(state, buffer, parts.status);
    hints(state, buffer, parts.hints);
    overlays::paint(state, buffer, parts).or(cursor)
}

fn header(state: &State, buffer: &mut Buffer, area: Rect) {
    let signs = state.theme.signs;
    let mut path: Vec<String> = Vec::new();
    if let Some(session) = &state.session {
        path.push(session.tenant.display_name.clone());
    }
    // Behind a door nothing of what is open shows.
    let open = if state.door.is_some() {
        &[]
    } else {
        state.places.get(1..).filter(|deeper| !deeper.is_empty()).unwrap_or(&state.places)
    };
    let mut page = None;
    for place in open {
        path.push(match place {
            Place::Dashboard(_) => "Dashboard".into(),
            Place::List(list) => match &list.below {
                Some(below) => label(below.name),
                None => list.resource.title.into(),
            },
            Place::Page(page) => page.record.as_ref().map_or_else(|| "…".into(), crate::store::Record::title),
            Place::History(history) => format!("history of {}", history.title),
            // On its own page it need not be named again.
            Place::Form(form) if page.is_some() && form.record.as_ref().map(|record| record.id) == page => {
                "edit".into()
            }
            Place::Form(form) => form.title(),
        });
        page = if let Place::Page(shown) = place { Some(shown.id) } else { None };
    }
    let mut figures = Vec::new();
    let figure = |text: String, role: Role| Figure { text, role };
    if let Line::Lost(since) = state.line {
        let seconds = state.tick.saturating_duration_since(since).as_secs();
        figures.push(figure(format!("{} database gone, {seconds} s", signs.wrong), Role::Bad));
    }
    if let Some(overview) = &state.overview
        && overview.devices.is_some()
    {
        for health in ["up", "down", "unreachable"] {
            let count = overview.devices_in(health);
            let (sign, role) = health_sign(health, signs);
            if count > 0 || health != "unreachable" {
                figures
                    .push(figure(format!("{sign} {}", grouped(count)), if count == 0 { Role::Header } else { role }));
            }
        }
        let uneasy = overview.devices_in("degraded") + overview.devices_in("flapping");
        if uneasy > 0 {
            figures.push(figure(format!("{} {}", signs.flapping, grouped(uneasy)), Role::Warn));
        }
        if overview.open_incidents > 0 {
            let plural = if overview.open_incidents == 1 { "incident" } else { "incidents" };
            figures.push(figure(format!("{} {} {plural}", signs.incident, overview.open_incidents), Role::Bad));
        }
        if !overview.polled {
            figures.push(figure("nobody polls".into(), Role::Warn));
        }
    }
    if state.read_only {
        figures.push(figure("read only".into(), Role::Warn));
    }
    let who = state.session.as_ref().map_or_else(String::new, |session| match session.role() {
        "" => session.actor_name().to_owned(),
        role => format!("{} ({role})", session.actor_name()),
    });
    let zone = state.session.as_ref().map_or(chrono_tz::Tz::UTC, |session| session.tenant.zone);
    let clock = state.now.with_timezone(&zone).format("%H:%M").to_string();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    Header { path: &path, figures: &figures, who: &clean(&who), clock: &clock }.paint(buffer, area, &state.theme);
}

/// `4 812`
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

fn tabs(state: &State, buffer: &mut Buffer, area: Rect) {
    const KEYS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
    let may = |resource: &str| {
        resource.is_empty() || state.session.as_ref().is_some_and(|session| session.may(&format!("{resource}.read")))
    };
    let shown: Vec<(usize, Tab<'_>)> = SCREENS
        .iter()
        .zip(KEYS)
        .enumerate()
        .filter(|(_, ((_, resource), _))| may(resource))
        .map(|(index, ((title, _), key))| (index, Tab { key, title }))
        .collect();
    let current = match state.places.get(1) {
        None => Some(0),
        Some(Place::List(list)) => SCREENS.iter().position(|(_, resource)| *resource == list.resource.entity.name),
        Some(_) => None,
    };
    let current = current.and_then(|current| shown.iter().position(|(index, _)| *index == current));
    let tabs: Vec<Tab<'_>> = shown.into_iter().map(|(_, tab)| tab).collect();
    frame::tabs(buffer, area, &state.theme, &tabs, current);
}

fn status(state: &State, buffer: &mut Buffer, area: Rect) {
    let mut parts: Vec<String> = Vec::new();
    if state.door.is_none() {
        match state.places.last() {
            Some(Place::List(list)) => parts.extend(body::list_status(list, state)),
            Some(Place::Form(form)) => {
                if form.is_saving() {
                    parts.push("saving …".into());
                } else if form.is_unsent() {
                    parts.push("not saved yet".into());
                } else if form.is_touched() {
                    parts.push(if form.draft_kept { "changed, kept as a draft".into() } else { "changed".into() });
                }
            }
            Some(Place::Page(page)) => {
                parts.push(page.resource.title.into());
                let problem = page.error.as_ref().filter(|_| page.record.is_some()).or(page.related_error.as_ref());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            Some(Place::History(history)) => {
                let problem = history.error.as_ref().filter(|_| history.events.is_some());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            Some(Place::Dashboard(dashboard)) => {
                let problem = dashboard.down.error.as_ref().or(dashboard.incidents.error.as_ref());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            None => {}
        }
    }
    if let Some(performing) = &state.awaited.performing {
        parts.push(how_far(state, performing));
    }
    let message =
        state.told.as_ref().map(|told| (clean(&told.text).into_owned(), told.role)).or_else(|| mistake(state));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let message = message.as_ref().map(|(text, role)| (text.as_str(), *role));
    Status { parts: &parts, message, right: "" }.paint(buffer, area, &state.theme);
}

/// How far something has come: `suspend 1 200 of 40 000, 3 100/s, 12 s left, C-c stops it`.
fn how_far(state: &State, performing: &Performing) -> String {
    let verb = performing.request.operation.verb();
    let since = state.tick.saturating_duration_since(performing.since);
    let spinner = progress::spinner(&state.theme, since);
    if performing.stopping {
        return format!("{verb}: stopping {spinner}");
    }
    let Some((done, total)) = performing.progress.filter(|(done, _)| *done > 0) else {
        return format!("{verb} {spinner}");
    };
    let shown = |number: u64| grouped(i64::try_from(number).unwrap_or(i64::MAX));
    let rate = done.checked_mul(1_000).and_then(|done| done.checked_div(u64::try_from(since.as_millis()).ok()?));
    let pace = rate.filter(|rate| *rate > 0).map_or_else(String::new, |rate| {
        format!(", {}/s, {} s left", shown(rate), shown(total.saturating_sub(done).div_ceil(rate)))
    });
    format!("{verb} {} of {}{pace}, C-c stops it", shown(done), shown(total))
}

/// What is wrong with the filter that is being typed.
fn mistake(state: &State) -> Option<(String, Role)> {
    let (Some(Overlay::Filter(_)), Some(Place::List(list))) = (&state.overlay, state.places.last()) else {
        return None;
    };
    let mistake = list.mistake.as_ref()?;
    Some((format!("{} {}", state.theme.signs.wrong, clean(&mistake.message)), Role::Error))
}

fn not_up_to_date(state: &State, error: &str) -> String {
    format!("{} not up to date: {}", state.theme.signs.wrong, clean(error))
}

fn hints(state: &State, buffer: &mut Buffer, area: Rect) {
    let scope = state.scope();
    let hints = state.keys.hints(scope, |def| state.answers(def));
    let zone = state.session.as_ref().map_or(chrono_tz::Tz::UTC, |session| session.tenant.zone);
    let saved =
        state.saved_at.map_or_else(String::new, |at| format!("saved {}", at.with_timezone(&zone).format("%H:%M:%S")));
    frame::hints(buffer, area, &state.theme, state.is_typing(), &hints, &saved);
}

/// Tells overlays that wait for being seen that they were.
pub fn painted(state: &mut State, at: std::time::Instant) {
    if let Some(Overlay::Confirm(confirm, _)) = &mut state.overlay {
        confirm.painted(at);
    }
}
