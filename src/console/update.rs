//! What a message does to the console. It changes the state and tells what is to be done; it never
//! waits.

mod acting;
mod ahead;
mod arrive;
mod commands;
mod copying;
mod deeds;
mod desk;
mod forms;
mod lines;
mod mouse;
mod press;
mod secrets;
mod shown_views;
mod travel;
mod undoing;
mod views;
mod watching;

pub use arrive::{enter, resumed};
pub use copying::Copying;
pub use press::WIDE;

use std::time::Instant;

use super::input::Event;
use super::message::Question;
use super::message::{Effect, Message};
use super::overlay::Overlay;
use super::screens::Context;
use super::screens::door::Door;
use super::state::{Line, OVERVIEW, PULSE, PULSE_WHEN_LOST, Place, SEEN, State, Told};
use super::terminal::Signal;
use super::theme::Role;
use crate::domain::access::SESSION_LIMITS;
use crate::domain::words::Words;
use crate::store::StoreError;

/// Takes a message; what is to be done is the answer.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Event(event, at) => {
            state.tick = at;
            happened(state, event);
        }
        Message::Resized(size) => {
            state.size = size;
            with_place(state, |place, context| {
                if let Place::List(list) = place {
                    list.resized(context);
                }
            });
        }
        Message::Signal(signal) => signalled(state, signal),
        Message::Reply(number, reply) => {
            arrive::reply(state, number, reply);
            ahead::go_on(state);
        }
        Message::Keys(Ok(keys)) => {
            state.keys = *keys;
            state.name_keys();
            tell(state, "your keys were read again", Role::Notice);
        }
        Message::Theme(Ok(theme)) => {
            let words = std::mem::take(&mut state.theme.words);
            state.theme = *theme;
            state.theme.words = words;
            state.name_keys();
            tell(state, format!("the theme {} was read again", state.theme.name), Role::Notice);
        }
        Message::Texts(Ok(texts)) => {
            // What the organisation says comes before it: that is asked for anew.
            state.theme.words = Words::ENGLISH.with(texts);
            state.name_keys();
            if let (Some(language), Some(_)) = (state.language.clone(), &state.session) {
                state.awaited.words = Some(state.asks.ask(Question::Words(language)));
            }
            tell(state, "the texts of your language were read again", Role::Notice);
        }
        // What was wrong is not taken: what was there before stays.
        Message::Keys(Err(why)) => tell(state, format!("the keys stay as they were: {why}"), Role::Error),
        Message::Texts(Err(why)) => tell(state, format!("the texts stay as they were: {why}"), Role::Error),
        Message::Theme(Err(why)) => tell(state, format!("the theme stays as it was: {why}"), Role::Error),
        Message::Tick(at, now) => {
            state.tick = at;
            state.now = now;
            passed(state);
        }
    }
    state.asks.take()
}

/// At the terminal. A key that comes after the time to lock opens nothing and is lost.
fn happened(state: &mut State, event: Event) {
    let was_open = state.door.is_none();
    idle(state);
    if was_open && state.door.is_some() {
        return;
    }
    let is_person = !matches!(event, Event::FocusGained | Event::FocusLost | Event::Report(_));
    // In front of a locked door anybody may press keys: only its password counts.
    if is_person && (state.door.is_none() || state.session.is_none()) {
        state.last_key = state.tick;
        state.last_key_at = state.now;
    }
    match event {
        Event::Key(press) => press::key(state, press),
        Event::Mouse(used) => mouse::used(state, used),
        Event::Paste(text) => press::paste(state, &text),
        Event::PasteTooLarge { bytes } => {
            tell(state, format!("a paste of {bytes} bytes is too large here: import it from a file"), Role::Error);
        }
        // A scanner, or a paste without brackets, where letters are commands: it goes into the find line.
        Event::Scan(text) if state.is_typing() || state.overlay.is_some() => press::paste(state, &text),
        Event::Scan(text) => lines::open_find(state, text.trim()),
        Event::FocusGained | Event::FocusLost | Event::Report(_) => {}
    }
}

fn signalled(state: &mut State, signal: Signal) {
    match signal {
        Signal::Continue => state.asks.want(Effect::Redraw),
        Signal::Terminate | Signal::HangUp | Signal::Interrupt => {
            with_place(state, |place, context| {
                if let Place::Form(form) = place {
                    form.keep_draft(context);
                }
            });
            ahead::rescue(state);
            quit(state);
        }
    }
}

/// Ends the console; drafts are kept.
pub(super) fn quit(state: &mut State) {
    views::keep_looks(state);
    desk::put_aside(state);
    state.quitting = true;
    state.asks.want(Effect::Quit);
}

/// Says something in the status line.
pub(super) fn tell(state: &mut State, text: impl Into<String>, role: Role) {
    state.told = Some(Told { text: text.into(), role });
}

/// Runs something with the present place and what it needs.
pub(super) fn with_place<T>(state: &mut State, run: impl FnOnce(&mut Place, &mut Context<'_>) -> T) -> Option<T> {
    let rows = state.body_rows();
    let session = state.session.as_ref()?;
    let place = state.places.last_mut()?;
    let mut context = Context {
        session,
        now: state.now,
        tick: state.tick,
        asks: &mut state.asks,
        rows,
        lost: state.line != Line::Up,
        words: &state.theme.words,
    };
    Some(run(place, &mut context))
}

/// Runs something with every place: answers come for those below too.
pub(super) fn with_places(state: &mut State, mut run: impl FnMut(&mut Place, &mut Context<'_>) -> bool) {
    let rows = state.body_rows();
    let Some(session) = state.session.as_ref() else { return };
    let mut context = Context {
        session,
        now: state.now,
        tick: state.tick,
        asks: &mut state.asks,
        rows,
        lost: state.line != Line::Up,
        words: &state.theme.words,
    };
    let left = state.left.iter_mut().rev().flat_map(|screen| screen.iter_mut().rev());
    for place in state.places.iter_mut().rev().chain(left) {
        if run(place, &mut context) {
            return;
        }
    }
}

/// Looks again at what is shown.
pub(super) fn refresh(state: &mut State) {
    let below = matches!(state.places.last(), Some(Place::List(list)) if list.below.is_some());
    let mut depth = 0;
    with_places(state, |place, context| {
        // The page that a list stands below counts what the list is one of.
        if let (1, Place::Page(page)) = (depth, place) {
            page.refresh(context);
        }
        depth += 1;
        !below || depth > 1
    });
    with_place(state, |place, context| match place {
        Place::Dashboard(dashboard) => dashboard.refresh(context),
        Place::List(list) => list.refresh(context),
        Place::Page(page) => page.refresh(context),
        Place::History(history) => history.refresh(context),
        Place::Desk(desk) => desk.refresh(context),
        Place::Form(form) => form.look_again(context),
    });
}

/// Time has passed.
fn passed(state: &mut State) {
    idle(state);
    secrets::tick(state);
    if state.session.is_none() {
        return;
    }
    acting::show_outcome(state);
    deeds::ask_again(state);
    arrive::look_behind(state);
    with_place(state, |place, context| match place {
        Place::List(list) => {
            list.tick(context);
        }
        Place::Form(form) => {
            form.tick(context);
        }
        _ => {}
    });
    if matches!(state.places.last(), Some(Place::List(list)) if list.is_look_settled(state.tick)) {
        views::keep_looks(state);
    }
    if state.tick >= state.pulse_due && state.awaited.pulse.is_none() {
        state.awaited.pulse = Some(state.asks.ask(Question::Pulse));
        let next = if state.line == Line::Up { PULSE } else { PULSE_WHEN_LOST };
        state.pulse_due = state.tick + next;
    }
    // The list of sessions says when somebody was last at work in each.
    if state.last_key > state.seen_key && state.tick >= state.seen_due {
        state.seen_key = state.last_key;
        state.seen_due = state.tick + SEEN;
        state.asks.ask(Question::AtWork);
    }
    desk::tick(state);
    if state.tick >= state.overview_due && state.awaited.overview.is_none() {
        state.awaited.overview = Some(state.asks.ask(Question::Overview));
        state.overview_due = state.tick + OVERVIEW;
    }
}

/// Without a key for a while, the console locks; for longer, it signs out.
fn idle(state: &mut State) {
    let Some(session) = &state.session else { return };
    let ticked = chrono::TimeDelta::from_std(state.tick.saturating_duration_since(state.last_key)).unwrap_or_default();
    // A machine that slept has a clock that stood still: the time of day tells.
    let quiet = ticked.max(state.now - state.last_key_at);
    if quiet >= SESSION_LIMITS.sign_out_after {
        if state.awaited.logging_out.is_none() {
            log_out(state);
        }
    } else if quiet >= SESSION_LIMITS.lock_after && state.door.is_none() {
        let name = session.actor_name().to_owned();
        lock(state, &name, "Locked after ten minutes without a key.");
    }
}

/// Locks the console: what is open stays open behind the door.
pub(super) fn lock(state: &mut State, name: &str, why: &str) {
    with_place(state, |place, context| {
        if let Place::Form(form) = place {
            form.keep_draft(context);
        }
    });
    put_away(state);
    state.told = None;
    let why = with_demo_password(state, why);
    state.door = Some(Door::unlock(name, &why));
    state.asks.want(Effect::Redraw);
}

/// Nothing lies over the place behind a door.
fn put_away(state: &mut State) {
    if let Some(under) = state.under.take() {
        state.overlay = Some(under);
    }
    desk::put_aside(state);
    secrets::hide(state);
    state.overlay = None;
}

/// What a door says; in a demo with the password, which nobody chose and who looks at it needs.
fn with_demo_password(state: &State, why: &str) -> String {
    match &state.demo_password {
        Some(password) => format!("{why} The password of this demo is {}.", password.reveal()),
        None => why.to_owned(),
    }
}

/// Ends the session and goes to the login; unfinished forms are drafts.
pub(super) fn log_out(state: &mut State) {
    with_place(state, |place, context| {
        if let Place::Form(form) = place {
            form.keep_draft(context);
        }
    });
    views::keep_looks(state);
    desk::put_aside(state);
    let name = state.session.as_ref().map(|session| session.actor_name().to_owned()).unwrap_or_default();
    state.awaited.logging_out = Some(state.asks.ask(Question::LogOut));
    state.close_places();
    secrets::hide(state);
    state.overlay = None;
    state.overview = None;
    state.pulse = None;
    let welcome = with_demo_password(state, "Signed out.");
    state.door = Some(Door::log_in(state.tenant.clone(), state.source.clone(), &name, welcome));
    state.asks.want(Effect::Redraw);
}

/// An answer said that the line is gone, or that it is there.
pub(super) fn line_seen(state: &mut State, error: Option<&StoreError>) {
    match (error, state.line) {
        (Some(error), Line::Up) if error.is_lost_line() => {
            state.line = Line::Lost(state.tick);
            state.pulse_due = state.tick + PULSE_WHEN_LOST;
        }
        (None, Line::Lost(_)) => {
            state.line = Line::Up;
            resend(state);
            // How far it is, where many are done again, says as much.
            if state.awaited.performing.is_none() {
                tell(state, "the database is back", Role::Notice);
            }
            state.overview_due = state.tick;
            refresh(state);
        }
        _ => {}
    }
}

/// The database answers: forms that could not be sent are sent.
pub(super) fn resend(state: &mut State) {
    acting::foresee_again(state);
    with_places(state, |place, context| {
        if let Place::Form(form) = place {
            form.resend(context);
        }
        false
    });
    // What is done to many is told again how far it is, and can be stopped.
    let sent = state.open_places().find_map(|place| match place {
        Place::Form(form) => form.sent().filter(|(_, request)| request.is_bulk()),
        _ => None,
    });
    let sent = sent.map(|(number, request)| (number, request.clone())).filter(|_| state.awaited.performing.is_none());
    if let Some((number, request)) = sent {
        acting::follow(state, number, request);
    }
}

/// When the loop has to wake up by itself, at the latest.
#[must_use]
pub fn next_tick(state: &State) -> Option<Instant> {
    use std::time::Duration;
    state.session.as_ref()?;
    // What is under way is not asked for twice: its answer wakes the loop.
    let asked =
        |waiting: bool, due: Instant| if waiting { due.max(state.tick + Duration::from_millis(500)) } else { due };
    let mut due = asked(state.awaited.pulse.is_some(), state.pulse_due);
    due = due.min(asked(state.awaited.overview.is_some(), state.overview_due));
    due = due.min(asked(state.awaited.waiting.is_some(), state.waiting_due));
    due = state.behind.map_or(due, |until| due.min(until));
    if is_moving(state) {
        due = due.min(state.tick + Duration::from_millis(100));
    }
    if let Some(Overlay::Secret(look)) = &state.overlay {
        due = look.due().map_or(due, |seen| due.min(seen));
    }
    // The details follow when the cursor has rested, the draft when the typing has.
    let own = match state.places.last() {
        Some(Place::List(list)) => list.due(),
        Some(Place::Form(form)) => form.wakes_at(state.tick),
        _ => None,
    };
    Some(own.map_or(due, |own| due.min(own)))
}

/// Whether something on the screen turns or counts by itself: a spinner, how long the line is gone.
#[must_use]
pub fn is_moving(state: &State) -> bool {
    let loads = matches!(state.places.last(), Some(Place::List(list)) if list.loading_since().is_some());
    state.door.is_none()
        && (loads
            || state.awaited.performing.is_some()
            || state.awaited.taking_back.is_some()
            || state.line != Line::Up)
}

/// Whether a message can have changed what is shown. Time alone changes it once a minute, with the
/// clock; the answer that nothing has happened never does.
#[derive(Debug, PartialEq)]
pub struct Glance {
    minute: i64,
    is_in: bool,
    line: Line,
    told: bool,
}

impl Glance {
    /// What time alone can change.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self {
            minute: state.now.timestamp().div_euclid(60),
            is_in: state.door.is_none(),
            line: state.line,
            told: state.told.is_some(),
        }
    }
}
