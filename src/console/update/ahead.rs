//! Typing ahead: what is typed is held while what it is for is still read or saved, and gone on with once that is there.

use std::collections::VecDeque;
use std::time::Instant;

use super::super::actions::Action;
use super::super::ahead::{After, Typed};
use super::super::input::Press;
use super::super::keys::Meaning;
use super::super::screens::form::Form;
use super::super::state::{Line, Place, State};
use super::super::theme::Role;
use super::{lines, press, tell};
use crate::domain::Id;

/// Whether a key waits for what the one before it opens, or for the form that is being saved.
pub(super) fn holds_key(state: &mut State, press: Press, action: Option<Action>) -> bool {
    let goes_back = matches!(action, Some(Action::Leave | Action::Stop));
    let goes_elsewhere = matches!(action, Some(Action::Lock | Action::Find | Action::Menu));
    match (awaited(state), state.ahead.after()) {
        (Some(After::Row { .. }), _) if goes_back || goes_elsewhere => gives_up(state),
        (Some(After::Save(_) | After::Saved), _) if action == Some(Action::Leave) && !state.ahead.is_empty() => {
            let count = state.count(state.ahead.len());
            gives_up(state);
            tell(state, format!("given up what was typed ahead ({count})"), Role::Notice);
            return true;
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
            if press.key.text().is_some() && state.ahead.goes_on(press.at) {
                holds(state, Typed::Key(press), after, press.at);
                return true;
            }
            if goes_back {
                gives_up(state);
            }
        }
        (None, Some(After::Save(_))) => {}
        (None, _) => gives_up(state),
    }
    false
}

/// Whether a paste waits for it.
pub(super) fn holds_paste(state: &mut State, text: &str) -> bool {
    let after = awaited(state);
    if let Some(after) = after {
        holds(state, Typed::Paste(text.to_owned()), after, state.tick);
    }
    after.is_some()
}

fn holds(state: &mut State, typed: Typed, after: After, at: Instant) {
    state.ahead.push(typed, after, at);
    if matches!(after, After::Row { .. }) {
        return;
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
    tell(state, format!("{told}: what you type now ({count}) is for what comes then; ‹leave› gives it up"), role);
}

fn gives_up(state: &mut State) {
    state.ahead.take();
}

/// What a key that is pressed now waits for.
fn awaited(state: &State) -> Option<After> {
    if state.overlay.is_some() {
        return None;
    }
    let row = After::Row { places: state.places.len() };
    match state.places.last()? {
        Place::List(list) => list.waits_to_lead_on().then_some(row),
        Place::Page(page) => page.waits_to_lead_on().then_some(row),
        Place::Form(form) if form.is_saving() || form.is_unsure() => Some(After::Save(form.draft)),
        Place::Form(form) => (form.is_filling() && state.ahead.after() == Some(After::Saved)).then_some(After::Saved),
        Place::Dashboard(_) | Place::History(_) | Place::Desk(_) => None,
    }
}

fn is_on_top(state: &State, draft: Id) -> bool {
    matches!(state.places.last(), Some(Place::Form(form)) if form.draft == draft)
}

fn is_on_its_way(state: &State, draft: Id) -> bool {
    form_of(state, After::Save(draft)).is_some_and(Form::is_saving)
}

/// The form that what was typed waits for.
fn form_of(state: &State, after: After) -> Option<&Form> {
    let After::Save(draft) = after else { return None };
    state.open_places().find_map(|place| match place {
        Place::Form(form) if form.draft == draft => Some(&**form),
        _ => None,
    })
}

/// The form of a draft is saved, and about to go: what was typed ahead is for what stands behind it, unless somebody went
/// elsewhere meanwhile.
pub(super) fn saved(state: &mut State, draft: Id) {
    if state.overlay.is_none() && is_on_top(state, draft) {
        state.ahead.is_saved(draft);
    }
}

/// Goes on with what was typed ahead, where what it waits for has come.
pub(super) fn go_on(state: &mut State) {
    let Some(after) = state.ahead.after() else { return };
    // Nothing of it is for a door that shut meanwhile.
    if state.door.is_some() {
        return gives_up(state);
    }
    match after {
        After::Row { .. } | After::Saved if awaited(state).is_some() => {}
        After::Row { places } => {
            let held = state.ahead.take();
            // Where nothing was opened the keys are for nothing.
            if state.overlay.is_some() || state.places.len() > places {
                held.into_iter().for_each(|typed| goes_in(state, typed));
            }
        }
        After::Save(_) => match form_of(state, after) {
            Some(form) if form.is_saving() || form.is_unsure() || state.ahead.is_told => {}
            Some(_) => {
                state.ahead.is_told = true;
                let count = state.count(state.ahead.len());
                tell_besides(state, &format!("what you typed ahead ({count}) waits until it is saved"), Role::Warn);
            }
            None => is_dropped(state),
        },
        After::Saved if state.overlay.is_some() => is_dropped(state),
        After::Saved => {
            let typed = state.ahead.take();
            play(state, typed.into());
        }
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
/// one types; else it was text, and is looked for: nothing of a sentence is a command.
fn play(state: &mut State, mut typed: VecDeque<Typed>) {
    while !typed.is_empty() {
        let runs_commands = state.overlay.is_none() && !state.is_typing() && awaited(state).is_none();
        if runs_commands && !is_of_commands(state, &typed) {
            return looks_for(state, &typed);
        }
        if let Some(next) = typed.pop_front() {
            goes_in(state, next);
        }
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

const fn moves(action: Action) -> bool {
    matches!(
        action,
        Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Home
            | Action::End
            | Action::NextPane
            | Action::PreviousPane
            | Action::RowUp
            | Action::RowDown
            | Action::HalfUp
            | Action::HalfDown
            | Action::Top
            | Action::Bottom
    )
}

fn looks_for(state: &mut State, typed: &VecDeque<Typed>) {
    let text: String = typed.iter().map(Typed::text).collect();
    if !text.trim().is_empty() {
        lines::open_find(state, text.trim());
        tell_besides(state, "what you typed meanwhile is looked for", Role::Notice);
    }
}
