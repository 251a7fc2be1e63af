//! Watched records: what others did to them is told when it happens, and is news until it was looked at.

use super::super::message::{Number, Question, Reply};
use super::super::state::State;
use super::super::theme::Role;
use super::tell;
use crate::domain::Id;
use crate::domain::text::clean;
use crate::resources::{Resource, deed_label};
use crate::store::watches::WatchedChange;

/// Asks what others did to watched records since the last time, or that was not looked at yet.
pub(super) fn ask(state: &mut State) {
    let may = state.session.as_ref().is_some_and(|session| session.may("watches.read"));
    if may && state.awaited.watched.is_none() {
        state.awaited.watched = Some(state.asks.ask(Question::WatchedChanges(state.watched_until.flatten())));
    }
}

/// Watches a record, or no longer.
pub(super) fn watch(state: &mut State, resource: &'static Resource, id: Id, title: String) {
    state.awaited.watching =
        Some((state.asks.ask(Question::Watch { entity: resource.entity, id, title: title.clone() }), title));
}

/// A record is being looked at: what others did to it is no news any more.
pub(super) fn looked_at(state: &mut State, resource: &'static Resource, id: Id) {
    let before = state.unseen.len();
    state.unseen.retain(|change| change.record != id || change.entity_type != resource.entity.name);
    if state.unseen.len() < before && !state.read_only {
        state.asks.ask(Question::Seen { entity: resource.entity, id });
    }
}

/// Answers to what is asked here.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    if state.awaited.watched == Some(number) {
        state.awaited.watched = None;
        if let Some(Reply::WatchedChanges(Ok(changes))) = reply.take() {
            changed(state, changes);
        }
        return true;
    }
    if state.awaited.watching.as_ref().is_some_and(|(asked, _)| *asked == number) {
        let title = state.awaited.watching.take().map(|(_, title)| clean(&title).into_owned()).unwrap_or_default();
        match reply.take() {
            Some(Reply::Watched(Ok(true))) => {
                tell(
                    state,
                    format!("{title} is watched: what others do to it is told, and stands behind ‹waiting›"),
                    Role::Notice,
                );
            }
            Some(Reply::Watched(Ok(false))) => tell(state, format!("{title} is no longer watched"), Role::Notice),
            Some(Reply::Watched(Err(error))) => tell(state, error.to_string(), Role::Error),
            _ => {}
        }
        return true;
    }
    false
}

fn changed(state: &mut State, changes: Vec<WatchedChange>) {
    let first_look = state.watched_until.is_none();
    let until = state.watched_until.get_or_insert_default();
    let Some(newest) = changes.first().cloned() else { return };
    *until = (*until).max(Some(newest.at));
    for change in changes {
        state.unseen.retain(|known| known.record != change.record || known.entity_type != change.entity_type);
        state.unseen.push(change);
    }
    let verb = deed_label(&state.theme.words, &newest.change);
    let by = if newest.by.is_empty() { "the program" } else { newest.by.as_str() };
    let more = match state.unseen.len() {
        0 | 1 => "‹waiting› shows it".to_owned(),
        count => format!("{} more behind ‹waiting›", count - 1),
    };
    let told = match first_look {
        true if state.unseen.len() == 1 => {
            "1 watched record was changed since you looked: ‹waiting› shows it".to_owned()
        }
        true => format!("{} watched records were changed since you looked: ‹waiting› shows them", state.unseen.len()),
        false => format!("watched: {}: {} by {}; {more}", clean(&newest.title), clean(&verb), clean(by)),
    };
    if state.door.is_none() {
        tell(state, told, Role::Warn);
    }
}
