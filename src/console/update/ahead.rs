//! Typing ahead: what is typed is held while what it is for is still read or saved, and gone on with once that is there.

use std::collections::VecDeque;
use std::time::Instant;

use super::super::actions::Action;
use super::super::ahead::{After, Typed};
use super::super::input::Press;
use super::super::keys::{Code, Meaning};
use super::super::screens::page::Page;
use super::super::screens::{self, form::Form};
use super::super::state::{Line, Place, State};
use super::super::theme::Role;
use super::{press, tell, with_place};
use crate::domain::Id;

/// Whether a key waits for what the one before it opens, or for the form that is being saved.
pub(super) fn holds_key(state: &mut State, press: Press, action: Option<Action>) -> bool {
    let goes_back = matches!(action, Some(Action::Leave | Action::Stop));
    let goes_elsewhere = matches!(action, Some(Action::Lock | Action::Find | Action::Menu));
    match (awaited(state, action), state.ahead.after()) {
        (Some(After::Row { .. }), _) if goes_back || goes_elsewhere => gives_up(state),
        (Some(After::Save(_) | After::Saved), _) if action == Some(Action::Leave) && !state.ahead.is_empty() => {
            return is_given_up(state);
        }
        (Some(After::Save(_) | After::Saved), _) if action == Some(Action::Stop) => gives_up(state),
        (Some(After::Save(_) | After::Saved), _) if goes_back || goes_elsewhere => {}
        // What may have been saved already is looked at, and sent anew.
        (Some(After::Save(draft)), _) if press.key.text().is_none() && !is_on_its_way(state, draft) => {}
        (Some(after), _) => {
            holds(state, Typed::Key(press), after, press.at);
            return true;
        }
        // It was not saved: what goes on with what was typed is not for the field that is wrong.
        (None, Some(after @ After::Save(draft))) if state.overlay.is_none() && is_on_top(state, draft) => {
            if is_typed(press) && state.ahead.goes_on(press.at) {
                holds(state, Typed::Key(press), after, press.at);
                return true;
            }
        }
        (None, None)
            if is_typed(press)
                && let Some(after) = behind_unsent(state, press.at) =>
        {
            holds(state, Typed::Key(press), after, press.at);
            return true;
        }
        (None, Some(After::Asked)) if state.overlay.is_none() => {
            if action == Some(Action::Leave) {
                return is_given_up(state);
            }
            // A sentence goes on: nothing of it is a command.
            if !state.is_typing() && press.key.text().is_some() && state.ahead.goes_on(press.at) {
                holds(state, Typed::Key(press), After::Asked, press.at);
                return true;
            }
        }
        (None, Some(After::Save(_) | After::Asked)) => {}
        (None, _) => gives_up(state),
    }
    false
}

/// Whether a key writes, or goes on to where more is written.
const fn is_typed(press: Press) -> bool {
    !press.key.ctrl
        && !press.key.alt
        && matches!(press.key.code, Code::Char(_) | Code::Enter | Code::Backspace | Code::Tab)
}

/// What is typed for what stands behind a form that one thinks saved, before it can be read that something in it is wrong.
fn behind_unsent(state: &State, at: Instant) -> Option<After> {
    let draft = state.ahead.thought_saved(at).filter(|draft| state.overlay.is_none() && is_on_top(state, *draft))?;
    Some(After::Save(draft))
}

/// What was typed ahead is given up, and that is said.
fn is_given_up(state: &mut State) -> bool {
    let count = state.count(state.ahead.len());
    gives_up(state);
    tell(state, format!("given up what was typed ahead ({count})"), Role::Notice);
    true
}

/// Whether a paste waits for it.
pub(super) fn holds_paste(state: &mut State, text: &str) -> bool {
    let at = state.tick;
    // As a key does that goes on with what was typed behind a form that was not saved.
    let goes_on = |after: &After| {
        matches!(after, After::Save(draft) if state.overlay.is_none() && is_on_top(state, *draft))
            && state.ahead.goes_on(at)
    };
    let after = awaited(state, None)
        .or_else(|| state.ahead.after().filter(goes_on))
        .or_else(|| state.ahead.is_empty().then(|| behind_unsent(state, at)).flatten());
    if let Some(after) = after {
        holds(state, Typed::Paste(text.to_owned()), after, state.tick);
    }
    after.is_some()
}

fn holds(state: &mut State, typed: Typed, after: After, at: Instant) {
    // What waits for something else is not for this as well.
    if !state.ahead.is_empty() && state.ahead.after() != Some(after) {
        is_given_up(state);
    }
    state.ahead.push(typed, after, at);
    // How far something is that is done to many is told in any case, and how much was typed beside it.
    if matches!(after, After::Row { .. }) || state.awaited.performing.is_some() {
        return;
    }
    if after == After::Asked {
        return tell_asked(state);
    }
    let count = state.count(state.ahead.len());
    let is_saving = matches!(after, After::Save(draft) if is_on_its_way(state, draft));
    let is_lost = state.line != Line::Up;
    let told = match (is_lost, is_saving) {
        (true, _) => "the database does not answer",
        (false, true) => "being saved …",
        (false, false) => "not saved yet",
    };
    let role = if is_saving && !is_lost { Role::Notice } else { Role::Warn };
    let way_out = match state.waits_behind_the_form() {
        true if state.calls_take_up() => "‹take-up› types it here",
        // Among lines its key means something else.
        true => "‹menu› has what types it here",
        false => "‹leave› gives it up",
    };
    state.ahead.is_told |= state.waits_behind_the_form();
    tell(state, format!("{told}: what you type now ({count}) is for what comes then; {way_out}"), role);
}

fn gives_up(state: &mut State) {
    state.ahead.take();
}

/// What a key that is pressed now waits for.
fn awaited(state: &State, action: Option<Action>) -> Option<After> {
    if state.overlay.is_some() {
        return None;
    }
    let row = After::Row { places: state.places.len() };
    let goes_on = || !state.ahead.is_empty() || action.is_some_and(Page::wants_its_record);
    match state.places.last()? {
        Place::List(list) => list.waits_to_lead_on().then_some(row),
        Place::Page(page) => (page.waits_to_lead_on() || page.is_unread() && goes_on()).then_some(row),
        Place::Form(form) if form.is_on_its_way() || form.is_unsure() => Some(After::Save(form.draft)),
        Place::Form(form) => (form.is_filling() && state.ahead.after() == Some(After::Saved)).then_some(After::Saved),
        Place::Dashboard(_) | Place::History(_) | Place::Desk(_) => None,
    }
}

fn is_on_top(state: &State, draft: Id) -> bool {
    matches!(state.places.last(), Some(Place::Form(form)) if form.draft == draft)
}

fn is_on_its_way(state: &State, draft: Id) -> bool {
    form_of(state, After::Save(draft)).is_some_and(Form::is_on_its_way)
}

/// It was meant for this form: it is typed there, as if it came now.
pub(super) fn type_it_here(state: &mut State) {
    let now = state.tick;
    for typed in state.ahead.take() {
        goes_in(
            state,
            match typed {
                Typed::Key(press) => Typed::Key(Press { at: now, ..press }),
                paste @ Typed::Paste(_) => paste,
            },
        );
    }
}

/// The form that what was typed waits for.
fn form_of(state: &State, after: After) -> Option<&Form> {
    let After::Save(draft) = after else { return None };
    state.open_places().find_map(|place| match place {
        Place::Form(form) if form.draft == draft => Some(&**form),
        _ => None,
    })
}

/// A form was to be saved, and is not even on its way: something in it is wrong.
pub(super) fn is_unsent(state: &mut State, draft: Id, at: Instant) {
    let is_here = matches!(state.places.last(), Some(Place::Form(form)) if form.draft == draft && form.is_put_right());
    if state.overlay.is_none() && is_here {
        state.ahead.is_unsent(draft, at);
    }
}

/// The form of a draft is left as it is: what was typed ahead of its being saved is not done without a word.
pub(super) fn form_is_left(state: &mut State, draft: Id) {
    if state.overlay.is_none() && is_on_top(state, draft) {
        state.ahead.is_left(draft);
    }
}

/// What is asked for since a form was left is told.
pub(super) fn tell_what_waits(state: &mut State) {
    if state.ahead.after() == Some(After::Asked) {
        tell_asked(state);
    }
}

/// The form of a draft was saved and goes: what was typed ahead is for what stands behind it, unless somebody went elsewhere
/// meanwhile.
pub(super) fn form_goes(state: &mut State, draft: Id) {
    if state.overlay.is_none() && is_on_top(state, draft) {
        state.ahead.is_saved(draft);
    }
}

/// Goes on with what was typed ahead, where what it waits for has come.
pub(super) fn go_on(state: &mut State) {
    let Some(after) = state.ahead.after() else { return };
    match after {
        // Nothing of it is for a door that shut meanwhile.
        After::Row { .. } if state.door.is_some() => gives_up(state),
        _ if state.door.is_some() => {}
        After::Row { .. } | After::Saved if awaited(state, None).is_some() => {}
        After::Row { places } => {
            let is_read = matches!(state.places.last(), Some(Place::Page(page)) if page.record.is_some());
            let count = state.count(state.ahead.len());
            let held = state.ahead.take();
            if state.overlay.is_some() || state.places.len() > places || is_read {
                held.into_iter().for_each(|typed| goes_in(state, typed));
            } else {
                // Where nothing was opened the keys are for nothing.
                tell_besides(
                    state,
                    &format!("given up what was typed ahead ({count}): nothing was opened"),
                    Role::Warn,
                );
            }
        }
        After::Save(_) => match form_of(state, after) {
            Some(form) if form.is_on_its_way() || form.is_unsure() || state.ahead.is_told => {}
            Some(_) => {
                state.ahead.is_told = true;
                let count = state.count(state.ahead.len());
                tell_besides(state, &format!("what you typed ahead ({count}) waits until it is saved"), Role::Warn);
            }
            None => is_dropped(state),
        },
        // What may be a command is not meant for wherever somebody goes.
        After::Asked if state.overlay.is_none() && state.ahead.is_asked_at(state.places.len()) => is_dropped(state),
        After::Asked => {}
        After::Saved if state.overlay.is_some() => is_dropped(state),
        After::Saved => {
            let typed = state.ahead.take();
            play(state, typed.into());
        }
    }
}

/// The program is told to end: what was typed ahead of a form that is not saved yet is typed as far as it goes, so that drafts
/// of it are kept.
pub(super) fn rescue(state: &mut State) {
    let Some(After::Save(draft)) = state.ahead.after().filter(|_| state.overlay.is_none()) else { return };
    if !is_on_top(state, draft) {
        return;
    }
    let mut typed = VecDeque::from(state.ahead.take());
    state.places.pop();
    while !typed.is_empty() {
        let saves = typed.iter().position(|typed| action(state, typed) == Some(Action::Save)).unwrap_or(typed.len());
        play(state, typed.drain(..saves).collect());
        typed.pop_front();
        with_place(state, |place, context| {
            if let Place::Form(form) = place {
                form.keep_draft(context);
            }
        });
        if matches!(state.places.last(), Some(Place::Form(_))) {
            state.places.pop();
        }
        state.overlay = None;
    }
}

/// Somebody is elsewhere by now.
fn is_dropped(state: &mut State) {
    let count = state.count(state.ahead.len());
    gives_up(state);
    tell_besides(state, &format!("what you typed ahead ({count}) is given up: you went elsewhere"), Role::Warn);
}

fn tell_besides(state: &mut State, text: &str, role: Role) {
    match state.told.take() {
        Some(told) => tell(state, format!("{}; {text}", told.text), told.role),
        None => tell(state, text, role),
    }
}

/// What was typed while a form was saved is typed where that leads. Commands among it run as far as they move or open where
/// one types; what may have been a sentence that somebody went on with is asked for first: nothing of that is a command.
fn play(state: &mut State, mut typed: VecDeque<Typed>) {
    let told = state.told.clone();
    play_on(state, &mut typed);
    // What was saved is told as long as nothing else is.
    if state.told.is_none() {
        state.told = told;
    }
}

fn play_on(state: &mut State, typed: &mut VecDeque<Typed>) {
    while !typed.is_empty() {
        let runs_commands = state.overlay.is_none() && !state.is_typing() && awaited(state, None).is_none();
        if runs_commands && !is_of_commands(state, typed) {
            state.ahead.ask_for(std::mem::take(typed).into(), state.tick);
            return tell_asked(state);
        }
        if let Some(next) = typed.pop_front() {
            goes_in(state, next);
        }
    }
}

fn tell_asked(state: &mut State) {
    let count = state.count(state.ahead.len());
    let told = match state.waits_behind_the_form() {
        true => format!("what you typed meanwhile ({count}) waits: ‹take-up› types it here, ‹leave› gives it up"),
        false => format!("what you typed meanwhile ({count}) waits: ‹go-on› does it, ‹leave› gives it up"),
    };
    // Told once beside what was saved, and anew as it grows.
    let before = state.told.take().map(|told| told.text).unwrap_or_default();
    let saved = before.split("; what you typed meanwhile").next().filter(|saved| !saved.starts_with("what you typed"));
    let text = saved.filter(|saved| !saved.is_empty()).map_or_else(|| told.clone(), |saved| format!("{saved}; {told}"));
    tell(state, text, Role::Notice);
}

/// Does what was typed ahead, as it was asked for: as if it came now.
pub(super) fn go_on_with_it(state: &mut State) {
    if state.ahead.after() != Some(After::Asked) {
        return tell(state, "nothing was typed ahead", Role::Dim);
    }
    for typed in state.ahead.take() {
        goes_in(state, typed);
    }
}

fn goes_in(state: &mut State, typed: Typed) {
    match typed {
        Typed::Key(press) => press::key(state, press),
        Typed::Paste(text) => press::paste(state, &text),
    }
}

fn action(state: &State, typed: &Typed) -> Option<Action> {
    let Typed::Key(press) = typed else { return None };
    match state.keys.meaning(state.scope(), press.key, state.is_typing()) {
        Meaning::Act(def) => Action::of(def),
        _ => None,
    }
}

/// Whether what was typed where letters are commands was meant so.
fn is_of_commands(state: &State, typed: &VecDeque<Typed>) -> bool {
    let is_harmless = |action: Action| !action.def().at_once && !action.def().dangerous;
    if let (1, Some(only)) = (typed.len(), typed.front()) {
        return action(state, only).is_some_and(is_harmless) || matches!(only, Typed::Paste(_));
    }
    let first = typed.iter().map(|typed| (typed, action(state, typed))).find(|(_, action)| !action.is_some_and(moves));
    first.is_none_or(|(typed, action)| matches!(typed, Typed::Paste(_)) || action.is_some_and(opens_a_line))
}

const fn opens_a_line(action: Action) -> bool {
    matches!(
        action,
        Action::Add
            | Action::Edit
            | Action::Note
            | Action::Remind
            | Action::Filter
            | Action::Command
            | Action::Find
            | Action::FindHere
    )
}

/// Moves, also to another pane.
const fn moves(action: Action) -> bool {
    screens::moves(action) || matches!(action, Action::NextPane | Action::PreviousPane)
}
