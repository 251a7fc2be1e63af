//! The desk of a shift: what waits, what is pinned, a line about a record.

use std::time::Duration;

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Number, Question, Reply};
use super::super::overlay::Overlay;
use super::super::overlay::note::{Becomes, NoteLine, read_reminder};
use super::super::past_lines::Kind;
use super::super::screens::desk::{About, Desk};
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{press, refresh, tell, travel};
use crate::domain::text::clean;
use crate::domain::words::Words;
use crate::domain::{Id, Value};
use crate::resources::{self, Resource};
use crate::store::desk::points_at;
use crate::store::{Request, notes, operation};

/// What waits is counted again once something was changed; but it rests this long after an answer, and so many times as long
/// as that took to come: a database that is slow to tell is not asked all the time.
const REST: Duration = Duration::from_millis(500);
const RESTS: u32 = 4;
/// It is counted again after this long though nothing was seen to change.
const AT_LEAST: Duration = Duration::from_secs(300);

// ---- the two places

pub(super) fn open(state: &mut State, about: About) {
    let needs = match about {
        About::Waiting => None,
        About::Pinned => Some("pins.read"),
    };
    if let Some(needs) = needs.filter(|needs| state.session.as_ref().is_some_and(|session| !session.may(needs))) {
        return tell(state, format!("you may not pin records: it needs {needs}"), Role::Error);
    }
    if matches!(state.places.last(), Some(Place::Desk(desk)) if desk.about == about) {
        return refresh(state);
    }
    // The desk is one place, whatever lies on it.
    if state.places.len() > 1 && matches!(state.places.last(), Some(Place::Desk(_))) {
        state.places.pop();
    }
    travel::open(state, |context| Place::Desk(Box::new(Desk::open(about, context))));
}

/// Counts what waits when something has changed or a reminder falls due.
pub(super) fn tick(state: &mut State) {
    if state.tick >= state.waiting_due && state.awaited.waiting.is_none() {
        state.awaited.waiting = Some(state.asks.ask(Question::Waiting));
        state.waiting_asked = state.tick;
        state.waiting_rests_until = state.tick;
        state.waiting_due = state.tick + AT_LEAST;
    }
}

/// Something has changed somewhere: what waits may have, too.
pub(super) fn changed(state: &mut State) {
    state.waiting_due = state.waiting_due.min(state.tick.max(state.waiting_rests_until));
}

// ---- the record that is meant

/// The record under the cursor, or the one of the page: its kind, id and what it is called. Of a reminder, a pin or a
/// watch, what it is on.
fn subject(state: &State) -> Option<(&'static Resource, Id, String)> {
    let record = match state.places.last()? {
        Place::List(list) => list.current()?,
        Place::Page(page) => page.record.as_ref()?,
        Place::Dashboard(dashboard) => dashboard.current()?,
        Place::Desk(desk) => desk.current()?,
        Place::History(_) | Place::Form(_) => return None,
    };
    let title = match record.get("title").as_str() {
        title if record.entity.points_at.is_some() && !title.is_empty() => clean(title).into_owned(),
        _ => record.title(),
    };
    let (entity, id) = points_at(record).unwrap_or((record.entity, record.id));
    Some((resources::of(entity)?, id, title))
}

/// Pins the record that is meant, or no longer.
pub(super) fn pin(state: &mut State) {
    let Some((resource, id, title)) = meant(state, "pins.create", "pin") else { return };
    state.awaited.pinning = Some((state.asks.ask(Question::Pin { entity: resource.entity, id }), title));
}

/// Opens the line for a note on the record that is meant.
pub(super) fn note(state: &mut State) {
    let Some((resource, id, title)) = meant_of(state, "note") else { return };
    let Some(request) = notes::quick(resource.entity, id, "x", true) else {
        let kinds = "customers, devices, orders, contracts, tickets, incidents and leads";
        return tell(state, format!("{} take no notes: {kinds} do", resource.several(Words::ENGLISH)), Role::Warn);
    };
    if let Some(why) = closed(state, request.operation.name) {
        return tell(state, why, Role::Error);
    }
    open_line(state, resource, id, title, Becomes::Note { internal: true });
}

/// Opens the line for a reminder of the record that is meant.
pub(super) fn remind(state: &mut State) {
    let Some((resource, id, title)) = meant(state, "reminders.create", "remind") else { return };
    open_line(state, resource, id, title, Becomes::Reminder);
}

fn meant(state: &mut State, permission: &str, verb: &str) -> Option<(&'static Resource, Id, String)> {
    if let Some(why) = closed(state, permission) {
        tell(state, why, Role::Error);
        return None;
    }
    meant_of(state, verb)
}

fn meant_of(state: &mut State, verb: &str) -> Option<(&'static Resource, Id, String)> {
    if press::is_reading(state) {
        tell(state, press::STILL_READING, Role::Notice);
        return None;
    }
    // It is for one record: which of the marked is not said by the cursor.
    if let Some(Place::List(list)) = state.places.last()
        && list.marks.len() > 1
    {
        let marked = state.count(list.marks.len());
        tell(state, format!("{marked} are marked, and this is for one record: ‹unmark-all› unmarks them"), Role::Warn);
        return None;
    }
    let found = subject(state);
    if found.is_none() {
        tell(state, format!("{verb}: no record is under the cursor"), Role::Dim);
    }
    found
}

/// Why the person cannot do this now.
pub(super) fn closed(state: &State, permission: &str) -> Option<String> {
    let session = state.session.as_ref()?;
    if let Err(error) = session.require_writing() {
        return Some(error.to_string());
    }
    (!session.may(permission)).then(|| format!("you may not: it needs {permission}"))
}

// ---- the line about a record

/// What was typed about the same record and not sent stands there again.
fn open_line(state: &mut State, resource: &'static Resource, id: Id, title: String, becomes: Becomes) {
    let mut note = NoteLine::new(resource, id, title, becomes);
    // One that is on its way is not begun a second time.
    let sent = &mut state.awaited.sent_aside;
    if let Some((_, sent)) = sent.iter().position(|(_, sent)| sent.is_of(&note)).map(|index| sent.remove(index)) {
        state.overlay = Some(Overlay::Note(sent));
        return;
    }
    for becomes in [Some(becomes), note.turned()].into_iter().flatten() {
        note.becomes = becomes;
        if let Some(typed) = state.past_lines.unsent(&note.about()) {
            note.line.set_text(typed);
            break;
        }
    }
    if note.line.text().is_empty() {
        note.becomes = becomes;
    }
    state.overlay = Some(Overlay::Note(Box::new(note)));
}

/// Puts an open line aside: what is typed in it is kept on disk until it is sent.
pub(super) fn put_aside(state: &mut State) {
    if let Some(Overlay::Note(note)) = state.overlay.take_if(|overlay| matches!(overlay, Overlay::Note(_))) {
        keep_unsent(state, &note, note.line.text());
        // Whether it was written after all, the answer tells.
        if let Some(number) = note.sending {
            state.awaited.sent_aside.push((number, note));
        }
    }
}

/// Keeps what is typed in a line; no text, and there is none any more, for whomever it was.
fn keep_unsent(state: &mut State, note: &NoteLine, typed: &str) {
    keep_line(state, &note.about(), typed);
    if let Some(turned) = note.turned() {
        let other = NoteLine::new(note.resource, note.id, String::new(), turned);
        keep_line(state, &other.about(), "");
    }
}

fn keep_line(state: &mut State, about: &str, typed: &str) {
    if state.past_lines.unsent(about).unwrap_or_default() != typed.trim() {
        state.remember_line(Kind::Unsent, &format!("{about} {}", typed.trim()));
    }
}

pub(super) fn paste(note: &mut NoteLine, text: &str) {
    let one_line: Vec<&str> = text.lines().collect();
    note.line.insert(&one_line.join(" "));
    note.problem = None;
}

pub(super) fn press(state: &mut State, mut note: Box<NoteLine>, press: Press, action: Option<Action>) {
    match action {
        Some(Action::Leave | Action::Stop) => {
            let typed = !note.line.text().trim().is_empty();
            let is_sent = note.sending.is_some();
            state.overlay = Some(Overlay::Note(note));
            put_aside(state);
            if typed && !is_sent {
                tell(state, "not written: what was typed stands there when you come back to this record", Role::Notice);
            }
            state.overlay = None;
            return;
        }
        Some(Action::Lock) => {
            state.overlay = Some(Overlay::Note(note));
            return press::lock_now(state);
        }
        // What was sent is not changed under way.
        _ if note.sending.is_some() => {}
        Some(Action::LineRun | Action::Save) => send(state, &mut note),
        Some(Action::LineComplete | Action::NextPane) => {
            if let Becomes::Note { internal } = &mut note.becomes
                && notes::has_audience(note.resource.entity)
            {
                *internal = !*internal;
            }
        }
        _ => {
            let before = note.line.text().to_owned();
            if !action.is_some_and(|action| note.line.act(action)) {
                note.line.press(press.key);
            }
            if note.line.text() != before {
                note.problem = None;
            }
        }
    }
    state.overlay = Some(Overlay::Note(note));
}

fn send(state: &mut State, note: &mut NoteLine) {
    let text = note.line.text().trim().to_owned();
    if text.is_empty() {
        note.problem = Some("nothing is written yet; ‹leave› goes back".into());
        return;
    }
    let Some(session) = &state.session else { return };
    let request = match note.becomes {
        Becomes::Note { internal } => notes::quick(note.resource.entity, note.id, &text, internal),
        Becomes::Reminder => match read_reminder(&text, session.locale(state.now)) {
            Ok((at, what_for)) => operation::find("reminders.create").map(|operation| {
                Request::new(operation)
                    .with("due_at", Value::Instant(at))
                    .with("note", Value::Text(what_for))
                    .with("entity_type", Value::text(note.resource.entity.name))
                    .with("record_id", Value::Id(note.id))
            }),
            Err(problem) => {
                note.problem = Some(problem);
                return;
            }
        },
    };
    if let Some(request) = request {
        note.sending = Some(state.asks.ask(Question::Perform(request)));
    }
}

// ---- answers

pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    if state.awaited.waiting == Some(number) {
        state.awaited.waiting = None;
        let took = state.tick.saturating_duration_since(state.waiting_asked);
        state.waiting_rests_until = state.tick + REST.max(took * RESTS);
        // What was changed while it was counted, too.
        state.waiting_due = state.waiting_due.max(state.waiting_rests_until);
        if let Some(Reply::Waiting(Ok(waiting))) = reply.take() {
            if let Some(left) = waiting.next.and_then(|next| (next - state.now).to_std().ok()) {
                // A moment more: the database's clock says when it is due.
                state.waiting_due = state.waiting_due.min(state.tick + left + Duration::from_secs(1));
            }
            state.waiting = waiting.count();
        }
        return true;
    }
    if state.awaited.pinning.as_ref().is_some_and(|(asked, _)| *asked == number) {
        let title = state.awaited.pinning.take().map(|(_, title)| title).unwrap_or_default();
        match reply.take() {
            Some(Reply::Pin(Ok(true))) => {
                tell(state, format!("{title} is pinned: ‹pinned› shows what is"), Role::Notice)
            }
            Some(Reply::Pin(Ok(false))) => tell(state, format!("{title} is no longer pinned"), Role::Notice),
            Some(Reply::Pin(Err(error))) => tell(state, error.to_string(), Role::Error),
            _ => {}
        }
        if matches!(state.places.last(), Some(Place::Desk(_))) {
            refresh(state);
        }
        return true;
    }
    sent(state, number, reply)
}

fn written(note: &NoteLine) -> String {
    match note.becomes {
        Becomes::Reminder => format!("it will stand in ‹waiting› when it is due: {}", note.title),
        Becomes::Note { .. } => format!("noted on {}; ‹take-back› takes it back", note.title),
    }
}

/// A line was written, or it stays with the reason.
fn sent(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    let sent = &mut state.awaited.sent_aside;
    if let Some((_, note)) = sent.iter().position(|(asked, _)| *asked == number).map(|index| sent.remove(index)) {
        match reply.take() {
            Some(Reply::Done(Ok(_))) => {
                keep_unsent(state, &note, "");
                state.saved_at = Some(state.now);
                tell(state, written(&note), Role::Notice);
                refresh(state);
            }
            Some(Reply::Done(Err(error))) => tell(state, error.to_string(), Role::Error),
            _ => {}
        }
        return true;
    }
    let Some(Overlay::Note(note)) = &mut state.overlay else { return false };
    if note.sending != Some(number) {
        return false;
    }
    note.sending = None;
    let told = match reply.take() {
        Some(Reply::Done(Ok(_))) => written(note),
        Some(Reply::Done(Err(error))) => {
            note.problem = Some(error.to_string());
            return true;
        }
        _ => return true,
    };
    if let Some(Overlay::Note(note)) = state.overlay.take() {
        keep_unsent(state, &note, "");
    }
    state.saved_at = Some(state.now);
    tell(state, told, Role::Notice);
    refresh(state);
    true
}
