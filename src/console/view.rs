//! How the console looks at a moment.

mod body;
mod dashboard;
mod desk;
mod door;
mod form;
mod history;
mod lines;
mod made;
mod overlays;
mod page;
mod secret;
mod views;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::actions::{Action, Scope};
use super::ahead::After;
use super::keys::Hint;
use super::measure;
use super::overlay::Overlay;
use super::overlay::deeds::Deeds;
use super::screens::cells::health_sign;
use super::spots::Spot;
use super::state::{Going, Line, Place, State};
use super::tabs::{TABS, Tab};
use super::terminal::CursorShape;
use super::theme::{Role, Theme};
use super::widgets::frame::{self, Figure, Header, Parts, Status};
use super::widgets::{paint, progress};
use crate::domain::text::clean;
use crate::resources::label;

/// What the loop has to know about what was painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    pub cursor: Option<Position>,
}

/// The cursor's shape says whether keys write or command.
#[must_use]
pub fn cursor_shape(state: &State) -> CursorShape {
    if state.is_typing() { CursorShape::Bar } else { CursorShape::Block }
}

/// Paints the console.
pub fn view(state: &mut State, frame: &mut Frame<'_>) -> Shown {
    let area = frame.area();
    state.spots.clear();
    let buffer = frame.buffer_mut();
    paint::clear(buffer, area, state.theme[Role::Text]);
    let cursor = paint_all(state, buffer, area);
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
    Shown { cursor }
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
        cursor = door::paint_door(state, buffer, below).filter(|_| state.overlay.is_none());
    } else {
        tabs(state, buffer, parts.tabs);
        if state.has_filter_line() {
            cursor = overlays::filter_line(state, buffer, parts.filter);
            state.spots.add(parts.filter, Spot::Filter);
        }
        // Where something lies over the place one types there, or nowhere.
        let in_body = body::place(state, buffer, parts.body).filter(|_| state.overlay.is_none());
        cursor = cursor.or(in_body);
    }
    let told = status(state, buffer, parts.status);
    hints(state, buffer, parts.hints);
    // What lies over the place leaves in sight what is told below it.
    let body = Rect { height: parts.body.height.saturating_sub(told), ..parts.body };
    overlays::paint(state, buffer, Parts { body, ..parts }).or(cursor)
}

/// On narrower screens a number stands alone behind its sign.
const NARROW: u16 = 70;

fn header(state: &State, buffer: &mut Buffer, area: Rect) {
    let (signs, words) = (state.theme.signs, &state.theme.words);
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
    // A list that its tab is not named after: the tab comes first.
    if let Some(Place::List(list)) = open.first()
        && list.resource.title(words) != list.resource.group().title(words)
    {
        path.push(list.resource.group().title(words).into());
    }
    let mut page = None;
    for place in open {
        path.push(match place {
            Place::Dashboard(_) => words.get("dashboard.title").into(),
            Place::List(list) => match &list.below {
                Some(below) => label(words, below.name).into(),
                None => list.resource.title(words).into(),
            },
            Place::Page(page) => page.record.as_ref().map_or_else(|| "…".into(), crate::store::Record::title),
            Place::History(history) => words.say("header.history-of", &[("title", &history.title)]),
            Place::Desk(desk) => words.get(desk::title(desk)).to_owned(),
            // On its own page it need not be named again.
            Place::Form(form) if page.is_some() && form.record.as_ref().map(|record| record.id) == page => {
                words.get("header.edit").into()
            }
            Place::Form(form) => form.title_in(state.manner(), words),
        });
        page = if let Place::Page(shown) = place { Some(shown.id) } else { None };
    }
    let manner = state.manner();
    let mut figures = Vec::new();
    let figure = |text: String, role: Role| Figure { text, role };
    if let Line::Lost(since) = state.line {
        let seconds = state.tick.saturating_duration_since(since).as_secs();
        let gone = words.say("header.database-gone", &[("seconds", &seconds)]);
        figures.push(figure(format!("{} {gone}", signs.wrong), Role::Bad));
    }
    if state.read_only || state.session.as_ref().is_some_and(|session| session.require_writing().is_err()) {
        figures.push(figure(words.get("header.read-only").into(), Role::Warn));
    }
    // In front of a door nobody is told how the network is.
    if let Some(overview) = state.overview.as_ref().filter(|_| state.door.is_none())
        && overview.devices.is_some()
    {
        for health in ["up", "down", "unreachable"] {
            let count = overview.devices_in(health);
            let (sign, role) = health_sign(health, signs);
            if count > 0 || health != "unreachable" {
                figures.push(figure(
                    format!("{sign} {}", manner.count(count)),
                    if count == 0 { Role::Header } else { role },
                ));
            }
        }
        let uneasy = overview.devices_in("degraded") + overview.devices_in("flapping");
        if uneasy > 0 {
            figures.push(figure(format!("{} {}", signs.flapping, manner.count(uneasy)), Role::Warn));
        }
        if overview.open_incidents > 0 && state.may_see_incidents() {
            let key = if overview.open_incidents == 1 { "header.incident" } else { "header.incidents" };
            let told = match state.size.width {
                ..NARROW => manner.count(overview.open_incidents),
                _ => words.say(key, &[("count", &overview.open_incidents)]),
            };
            figures.push(figure(format!("{} {told}", signs.incident), Role::Bad));
        }
        if !overview.polled {
            figures.push(figure(words.get("header.nobody-polls").into(), Role::Warn));
        }
    }
    if state.waiting > 0 && state.session.is_some() && state.door.is_none() {
        let count = manner.count(state.waiting);
        figures.push(figure(words.say("header.waiting", &[("count", &count)]), Role::Accent));
    }
    let who = state.session.as_ref().map_or("", |session| session.actor_name());
    let role = state.session.as_ref().map_or("", |session| session.role());
    let whole = if role.is_empty() { who.to_owned() } else { format!("{who} ({role})") };
    let zone = state.session.as_ref().map_or(chrono_tz::Tz::UTC, |session| session.tenant.zone);
    // Before a login nobody's zone is known: the clock says which one is its own.
    let format = if state.session.is_some() { "%H:%M" } else { "%H:%M %Z" };
    let clock = state.now.with_timezone(&zone).format(format).to_string();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    Header { path: &path, figures: &figures, who: &[&clean(&whole), &clean(who)], clock: &clock }.paint(
        buffer,
        area,
        &state.theme,
    );
}

fn tabs(state: &mut State, buffer: &mut Buffer, area: Rect) {
    let current = Tab::current(state);
    let shown: Vec<(Tab, String, bool)> = TABS
        .iter()
        .map(|(tab, action)| (*tab, *action, tab.resources(state).len()))
        .filter(|(tab, _, seen)| *seen > 0 || *tab == Tab::Dashboard)
        .map(|(tab, action, seen)| {
            let key = state.keys.keys_of(action.id()).first().map(|key| key.shown(state.theme.signs.ascii));
            (tab, key.unwrap_or_default(), seen > 1)
        })
        .collect();
    let at = shown.iter().position(|(tab, ..)| *tab == current);
    let tabs: Vec<frame::Tab<'_>> = shown
        .iter()
        .map(|(tab, key, more)| frame::Tab {
            key,
            title: tab.title(&state.theme.words),
            short: tab.short(&state.theme.words),
            more: *more,
        })
        .collect();
    let painted = frame::tabs(buffer, area, &state.theme, &tabs, at);
    for (area, (tab, ..)) in painted.into_iter().zip(&shown) {
        state.spots.add(area, Spot::Tab(*tab));
    }
}

/// Paints the status line, what matters most first: where there is little room the rest gives way. How many rows of the
/// body a long message took.
fn status(state: &State, buffer: &mut Buffer, area: Rect) -> u16 {
    let words = &state.theme.words;
    let mut parts: Vec<String> = Vec::new();
    if state.door.is_none() {
        match state.places.last() {
            Some(Place::List(list)) => parts.extend(body::list_status(list, state)),
            Some(Place::Form(form)) => {
                if form.is_saving() && matches!(state.line, Line::Lost(_)) {
                    parts.push(words.get("status.saving-lost").into());
                } else if form.is_saving() {
                    parts.push(words.get("status.saving").into());
                } else if form.is_unsent() {
                    parts.push(words.get("status.not-saved").into());
                } else if form.is_reading() {
                    parts.push(words.get("list.reading").into());
                } else if form.is_touched() {
                    let key = if form.draft_kept { "status.draft-kept" } else { "status.changed" };
                    parts.push(words.get(key).into());
                }
            }
            Some(Place::Page(page)) => {
                let problem = page.error.as_ref().filter(|_| page.record.is_some()).or(page.related_error.as_ref());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
                parts.push(page.resource.title(words).into());
                if page.record.is_some() && page.is_reading_related() {
                    parts.push(words.get("list.reading").into());
                }
            }
            Some(Place::History(history)) => {
                let problem = history.error.as_ref().filter(|_| history.events.is_some());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            Some(Place::Desk(desk)) => {
                let problem = desk.error.as_ref().filter(|_| desk.groups.is_some());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            Some(Place::Dashboard(dashboard)) => {
                let lists = dashboard.down.error.as_ref().or(dashboard.incidents.error.as_ref());
                let problem = lists.or(dashboard.panels.error.as_ref());
                parts.extend(problem.map(|error| not_up_to_date(state, error)));
            }
            None => {}
        }
    }
    // Of a form that is not saved yet: what waits for that is not forgotten.
    if matches!(state.ahead.after(), Some(After::Save(_) | After::Asked)) {
        let count = state.manner().count(state.ahead.len());
        parts.insert(0, state.theme.words.say("status.typed-ahead", &[("count", &count)]));
    }
    if let Some(performing) = &state.awaited.performing {
        let verb = crate::resources::operation_label(&state.theme.words, performing.request.operation);
        parts.insert(0, how_far(state, verb, &performing.going));
    }
    if let Some(back) = &state.awaited.taking_back {
        let what = if back.redo { "status.doing-again" } else { "status.taking-back" };
        parts.insert(0, how_far(state, state.theme.words.get(what), &back.going));
    }
    let message = state.told.as_ref().map(|told| (state.theme.told(&told.text), told.role)).or_else(|| mistake(state));
    if let Some((text, role)) = &message
        && let Some(above) = tell_in_full(text, *role, buffer, area, &state.theme)
    {
        return above;
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let message = message.as_ref().map(|(text, role)| (text.as_str(), *role));
    Status { parts: &parts, message, right: "" }.paint(buffer, area, &state.theme);
    0
}

/// Lines that a message takes at most.
const TOLD: usize = 6;

/// A message that is longer than its line takes those above it, too; how many, if it was.
fn tell_in_full(text: &str, role: Role, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<u16> {
    let room = usize::from(area.width.saturating_sub(2));
    if measure::width(text) <= room {
        return None;
    }
    let lines = measure::wrap(text, room);
    let lines = lines.get(..lines.len().min(TOLD)).unwrap_or(&lines);
    let rows = u16::try_from(lines.len()).unwrap_or(1);
    let told = Rect { y: (area.y + 1).saturating_sub(rows), height: rows, ..area };
    paint::clear(buffer, told, theme[Role::Status]);
    for (line, y) in lines.iter().zip(told.y..) {
        paint::text(buffer, told.x + 1, y, told.width.saturating_sub(1), line, theme[role]);
    }
    Some(rows.saturating_sub(1))
}

/// How far something has come: `suspend 1 200 of 40 000, 3 100/s, 12 s left, ‹stop› stops it`.
fn how_far(state: &State, verb: &str, going: &Going) -> String {
    let words = &state.theme.words;
    let since = state.tick.saturating_duration_since(going.since);
    let spinner = progress::spinner(&state.theme, since);
    if going.stopping {
        return words.say("status.stopping", &[("verb", &verb), ("spinner", &spinner)]);
    }
    let again = if going.again { words.get("status.again") } else { "" };
    let Some((done, total)) = going.progress.filter(|(done, _)| *done > 0) else {
        return format!("{verb}{again} {spinner}");
    };
    // The log is the last of it.
    if done >= total {
        return words.say("status.ending", &[("verb", &verb), ("total", &state.count(total)), ("spinner", &spinner)]);
    }
    let manner = state.manner();
    let shown = |number: u64| manner.count(number);
    let rate = done.checked_mul(1_000).and_then(|done| done.checked_div(u64::try_from(since.as_millis()).ok()?));
    let pace = rate.filter(|rate| *rate > 0).map_or_else(String::new, |rate| {
        let seconds = shown(total.saturating_sub(done).div_ceil(rate));
        words.say("status.pace", &[("rate", &shown(rate)), ("seconds", &seconds)])
    });
    // Where there is little room, the numbers and how it is stopped say more.
    let bar = match progress::bar(state.theme.signs, done, total) {
        bar if bar.is_empty() || state.size.width < 80 => String::new(),
        bar => bar + " ",
    };
    let (done, total) = (shown(done), shown(total));
    // Behind a door nothing is stopped by whoever comes by.
    let stop = if state.door.is_some() { "" } else { words.get("status.stops") };
    let verb = format!("{verb}{again}");
    let values =
        [("verb", verb.as_str()), ("bar", &bar), ("done", &done), ("total", &total), ("pace", &pace), ("stop", stop)];
    words.say("status.so-far", &values.each_ref().map(|(name, value)| (*name, value as &dyn std::fmt::Display)))
}

/// What is wrong with the filter that is being typed, or stands, or is still missing.
fn mistake(state: &State) -> Option<(String, Role)> {
    let (None | Some(Overlay::Filter(_)), Some(Place::List(list))) = (&state.overlay, state.places.last()) else {
        return None;
    };
    if list.unfinished {
        return Some((state.theme.words.get("list.unfinished").to_owned(), Role::Dim));
    }
    let mistake = list.mistake.as_ref()?;
    Some((format!("{} {}", state.theme.signs.wrong, state.theme.told(&mistake.message)), Role::Error))
}

fn not_up_to_date(state: &State, error: &str) -> String {
    let told = state.theme.words.say("status.not-up-to-date", &[("why", &state.theme.told(error))]);
    format!("{} {told}", state.theme.signs.wrong)
}

fn hints(state: &mut State, buffer: &mut Buffer, area: Rect) {
    let scope = state.scope();
    // In a form the next field comes with Enter, too, but where that begins a line.
    let takes_lines = matches!(state.places.last(), Some(Place::Form(form)) if form.takes_lines());
    // What is not for this person here would be a hint to nothing.
    let mut hints = state.keys.hints(scope, |def| {
        let is_known = state.is_typing() && def.id == Action::NextPane.id() && !takes_lines;
        state.answers(def) && !is_known && state.why_closed(def).is_none()
    });
    // Those that a dialog has of its own, behind what takes a choice; where they are the choices they stand there.
    if state.overlay.is_some() && scope.is_of_a_dialog() && scope != Scope::Copy {
        let own = state.keys.offered(scope, |def| state.offers(def));
        let behind = hints.iter().take_while(|hint| hint.action.hint < Action::Leave.def().hint).count();
        hints.splice(behind..behind, own);
    }
    for hint in &mut hints {
        hint.does = state.does(hint.action);
    }
    // Of a page most lies behind the next pane: that is what a narrow screen says.
    let at = |action: Action| hints.iter().position(|hint| hint.action.id == action.id());
    if let (None, Some(Place::Page(_)), Some(command), Some(next)) =
        (&state.overlay, state.places.last(), at(Action::Command), at(Action::NextPane))
        && command < next
    {
        let next = hints.remove(next);
        hints.insert(command, next);
    }
    // What was done is looked at to be taken back: elsewhere the status says when it can be.
    let takes_back = Action::TakeBack.def();
    if state.overlay.is_none()
        && matches!(state.places.last(), Some(Place::History(_)))
        && let ([key, ..], None) = (state.keys.keys_of(takes_back.id), state.why_closed(takes_back))
    {
        hints.insert(0, Hint::new(*key, takes_back));
    }
    let zone = state.session.as_ref().map_or(chrono_tz::Tz::UTC, |session| session.tenant.zone);
    // Beside a form that is not saved it would be said of that.
    let is_unsaved = matches!(state.places.last(), Some(Place::Form(form)) if form.is_touched() || form.is_unsent());
    let is_said = state.door.is_none() && !is_unsaved && !state.waits_behind_the_form();
    let saved = state.saved_at.filter(|_| is_said).map_or_else(String::new, |at| {
        state.theme.words.say("status.saved", &[("time", &at.with_timezone(&zone).format("%H:%M:%S"))])
    });
    let painted = frame::hints(buffer, area, &state.theme, state.is_typing(), &hints, &saved);
    for (area, def) in painted {
        if let Some(action) = Action::of(def) {
            state.spots.add(area, Spot::Hint(action));
        }
    }
}

/// Tells overlays that wait for being seen that they were.
pub fn painted(state: &mut State, at: std::time::Instant) {
    match &mut state.overlay {
        Some(Overlay::Confirm(confirm, _)) => confirm.painted(at),
        Some(Overlay::Menu(menu) | Overlay::Actions(Deeds { menu, .. }) | Overlay::Chooser(menu)) => {
            menu.shown.painted(at);
        }
        Some(Overlay::Views(views)) => views.shown.painted(at),
        Some(Overlay::Left(alone)) => alone.shown.painted(at),
        Some(Overlay::Made(made)) => made.shown.painted(at),
        _ => {}
    }
}
