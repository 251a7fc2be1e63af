//! Looks at secrets: opened from a page, gone with the next key, after a while, or with the lock.

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Effect, Number, Reply};
use super::super::overlay::Overlay;
use super::super::overlay::made::MadeSecret;
use super::super::screens::secret::{Look, Step};
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{acting, forms, tell};
use crate::domain::Id;
use crate::domain::words::Words;
use crate::resources::{self, Resource};
use crate::store::{Field, Request};

pub(super) fn open(state: &mut State, resource: &'static Resource, id: Id, field: &'static Field, title: String) {
    let demo_password = state.demo_password.clone();
    let mut look = Look::new(resource, id, field, title, state.session.as_ref());
    look.demo_password = demo_password;
    state.overlay = Some(Overlay::Secret(Box::new(look)));
}

pub(super) fn press(state: &mut State, mut look: Box<Look>, press: Press, action: Option<Action>) {
    let step = look.press(press, action, &mut state.asks);
    go(state, look, step);
}

/// Takes an answer; false where it is for no look.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    let tick = state.tick;
    let Some(Overlay::Secret(look)) = &mut state.overlay else { return false };
    let Some(step) = look.reply(number, reply, tick) else { return false };
    if let Some(Overlay::Secret(look)) = state.overlay.take() {
        go(state, look, step);
    }
    true
}

fn go(state: &mut State, look: Box<Look>, step: Step) {
    match step {
        Step::Stay => state.overlay = Some(Overlay::Secret(look)),
        Step::Away => {}
        Step::Replace => {
            let record = match state.places.last() {
                Some(Place::Page(page)) if page.id == look.id => page.record.clone(),
                _ => None,
            };
            let Some(record) = record else { return };
            match look.resource.update() {
                Some(operation) if state.session.as_ref().is_some_and(|session| session.may(operation.name)) => {
                    forms::open_at(state, look.resource, Some(record), look.field.name);
                }
                Some(operation) => tell(state, format!("you may not: it needs {}", operation.name), Role::Error),
                None => {
                    tell(state, format!("{}: not changed by hand", look.resource.title(Words::ENGLISH)), Role::Notice)
                }
            }
        }
        Step::Copy(secret) => {
            state.asks.want(Effect::CopySecret(secret));
            let told = format!(
                "{} copied: it stays on the clipboard until something else is",
                look.resource.label(Words::ENGLISH, look.field.name)
            );
            tell(state, told, Role::Notice);
        }
    }
}

/// What was made for whoever asked is shown once there is room for it.
pub(super) fn keep_made(state: &mut State, request: &Request) {
    let (Some(resource), Some(session)) = (resources::of(request.operation.entity), state.session.as_ref()) else {
        return;
    };
    let made =
        request.made_secrets().map(|(field, made, secret)| MadeSecret::new(resource, field, made, secret, session));
    state.awaited.made.extend(made);
    acting::show_outcome(state);
}

pub(super) fn in_made(state: &mut State, made: Box<MadeSecret>, press: Press, action: Option<Action>) {
    match action {
        _ if !made.shown.was_seen(press.at) || press.suspect || press.repeat => {}
        Some(Action::MadeCopy) => {
            state.asks.want(Effect::CopySecret(made.secret.clone()));
            let label = made.resource.label(Words::ENGLISH, made.field.name);
            tell(state, format!("{label} copied: it stays on the clipboard until something else is"), Role::Notice);
        }
        Some(Action::Leave | Action::Stop) => return,
        _ => {}
    }
    state.overlay = Some(Overlay::Made(made));
}

/// Time has passed: what was seen long enough goes.
pub(super) fn tick(state: &mut State) {
    if let Some(Overlay::Secret(look)) = &state.overlay
        && look.due().is_some_and(|due| state.tick >= due)
    {
        hide(state);
        tell(state, "hidden again", Role::Dim);
    }
}

/// Takes away what shows a secret; one that is shown once is kept until its owner is back.
pub(super) fn hide(state: &mut State) {
    if let Some(Overlay::Made(made)) = state.overlay.take_if(|overlay| matches!(overlay, Overlay::Made(_))) {
        // It is shown once: it comes back when its owner does.
        state.awaited.made.push(*made);
    }
    if matches!(state.overlay, Some(Overlay::Secret(_))) {
        state.overlay = None;
    }
}
