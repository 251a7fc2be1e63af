//! Looks at secrets: opened from a page, gone with the next key, after a while, or with the lock.

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Effect, Number, Reply};
use super::super::overlay::Overlay;
use super::super::screens::secret::{Look, Step};
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{forms, tell};
use crate::domain::Id;
use crate::domain::words::Words;
use crate::resources::Resource;
use crate::store::Field;

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
                Some(operation) => {
                    tell(state, format!("you may not do this: it needs the permission {}", operation.name), Role::Error)
                }
                None => tell(
                    state,
                    format!("{} are not changed by hand", look.resource.title(Words::ENGLISH)),
                    Role::Notice,
                ),
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

/// Time has passed: what was seen long enough goes.
pub(super) fn tick(state: &mut State) {
    if let Some(Overlay::Secret(look)) = &state.overlay
        && look.due().is_some_and(|due| state.tick >= due)
    {
        hide(state);
        tell(state, "hidden again", Role::Dim);
    }
}

/// Takes a look away, whatever it shows.
pub(super) fn hide(state: &mut State) {
    if matches!(state.overlay, Some(Overlay::Secret(_))) {
        state.overlay = None;
    }
}
