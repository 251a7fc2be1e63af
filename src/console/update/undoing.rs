//! What was done is taken back, or done again: it is told first what that is, how much, and what money moves by it.

use super::super::message::{Number, Question, Reply};
use super::super::overlay::{Overlay, Then};
use super::super::state::{Going, Place, State, TakingBack};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::{acting, deeds, refresh, tell};
use crate::domain::Id;
use crate::domain::manner::Manner;
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::resources;
use crate::store::operation::rehearsal::{Foreseen, MOST_FORESEEN};
use crate::store::undo::Undoable;
use crate::store::{Done, Failure, StoreError};

/// In a history the operation under the cursor, else my last one.
pub(super) fn take_back(state: &mut State) {
    if let Some(Place::History(history)) = state.places.last()
        && let Some(event) = history.event()
    {
        if let Some((request, lines)) = history.one_field_back(state.manner()) {
            let confirm = Confirm::new("Take this field back?", lines, Ask::Yes);
            state.overlay = Some(Overlay::Confirm(confirm, Then::Perform(Box::new(request))));
            return;
        }
        return match event.operation {
            Some(operation) => {
                state.awaited.last_operation = Some((state.asks.ask(Question::Operation(operation)), false));
            }
            None => tell(state, "this was no operation: there is nothing to take back", Role::Notice),
        };
    }
    ask_for_last(state, false);
}

/// Asks for the operation that is taken back next, or done again.
pub(super) fn ask_for_last(state: &mut State, redo: bool) {
    state.awaited.last_operation = Some((state.asks.ask(Question::LastOperation { redo }), redo));
}

/// Takes it back, as it was said.
pub(super) fn begin(state: &mut State, operation: Id, what: String, redo: bool) {
    let number = state.asks.ask(Question::TakeBack(operation));
    state.awaited.taking_back = Some(TakingBack { number, what, redo, going: Going::from(state.tick) });
}

/// Takes an answer; whether it was one of these.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    if state.awaited.last_operation.is_some_and(|(asked, _)| asked == number) {
        let redo = state.awaited.last_operation.take().is_some_and(|(_, redo)| redo);
        if let Some(Reply::LastOperation(last)) = reply.take() {
            is_known(state, last, redo);
        }
        return true;
    }
    let Some(back) = state.awaited.taking_back.as_mut().filter(|back| back.number == number) else { return false };
    if let Some(Reply::Progress(done, total)) = reply {
        back.going.comes_to(*done, *total, state.tick);
        return true;
    }
    if let (Some(back), Some(Reply::TakenBack(outcome))) = (state.awaited.taking_back.take(), reply.take()) {
        is_taken_back(state, back, outcome);
    }
    true
}

// ---- the question

fn is_known(state: &mut State, last: Result<Option<Undoable>, StoreError>, redo: bool) {
    let operation = match last {
        // Something else was opened meanwhile: it is not taken out of anybody's hands.
        Ok(_) if state.overlay.is_some() || state.door.is_some() => return,
        Ok(Some(operation)) => operation,
        Ok(None) => {
            let nothing = if redo { "nothing to do again" } else { "nothing of yours to take back" };
            return tell(state, nothing, Role::Notice);
        }
        Err(error) => return tell(state, error.to_string(), Role::Error),
    };
    match may_not(state, &operation) {
        Some(needed) => tell(state, format!("you may not: it needs {needed}"), Role::Error),
        // To take back a taking back is to do it again.
        None => ask(state, &operation, redo || operation.is_undo()),
    }
}

/// The permission to take an operation back that the session does not have.
fn may_not(state: &State, operation: &Undoable) -> Option<&'static str> {
    let operation = operation.operation()?.name;
    state.session.as_ref().is_none_or(|session| !session.may(operation)).then_some(operation)
}

fn ask(state: &mut State, operation: &Undoable, redo: bool) {
    let question = if redo { "Do again what was taken back?" } else { "Take this back?" };
    let mut lines = Vec::new();
    if let Some((later, why)) = &operation.passes_over {
        lines.push(format!("Your last one stays as it is: {later}: {why}."));
        lines.push("Before it:".into());
    }
    let what = resources::what_was_done(&state.theme.words, operation, state.manner());
    lines.push(what.clone());
    let (meant, manner) = (operation.meant.max(1), state.manner());
    // All that it touched, where that is not what it says itself.
    match operation.records {
        touched if touched > meant && meant > 1 => {
            lines.push(format!("{} with what belongs to them", records(touched, manner)))
        }
        touched if touched > meant => lines.push(format!("{} with what belongs to it", records(touched, manner))),
        touched if meant == 1 => lines.push(records(touched, manner)),
        _ => {}
    }
    if operation.is_from_elsewhere {
        let when = state.theme.relative(operation.at, state.now);
        lines.push(format!("You did it in another login, {when}."));
    }
    let seen = under_cursor(state, operation.id);
    let moves_money = operation.moves_money;
    let ask = deeds::ask_for(state, meant, moves_money);
    // A number that is to be typed says itself how.
    let says_how = !seen.is_empty() && matches!(ask, Ask::Yes);
    // An older one may not go any more: that is told before.
    let is_older = !seen.is_empty();
    lines.extend(seen);
    lines.extend(says_how.then(|| "‹yes› takes it back.".to_owned()));
    let mut confirm = Confirm::new(question, lines, ask);
    if (moves_money || is_older) && meant <= MOST_FORESEEN as u64 {
        state.awaited.foreseen = Some(state.asks.ask(Question::ForeseeUndo(operation.id)));
        let working = "Working out what it comes to …";
        confirm = if says_how { confirm.awaiting(working) } else { confirm.awaiting_last(working) };
    }
    let then = Then::TakeBack { operation: operation.id, what, redo, moves_money };
    state.overlay = Some(Overlay::Confirm(confirm, then));
}

/// What would come of it is said by its question.
pub(super) fn say_what_comes_of(confirm: &mut Confirm, moves_money: bool, foreseen: &Foreseen, locale: Locale) {
    if let Some(why) = &foreseen.refused {
        return confirm.close(vec![format!("It would be refused: {}", clean(why))]);
    }
    confirm.add(acting::comes_to(foreseen, moves_money && foreseen.moved.is_empty(), locale));
}

/// What the operation did to the record whose history is open: all of it is taken back together.
fn under_cursor(state: &State, operation: Id) -> Vec<String> {
    let Some(Place::History(history)) = state.places.last() else { return Vec::new() };
    let Some(event) = history.event().filter(|event| event.operation == Some(operation)) else { return Vec::new() };
    let resource = resources::of(event.entity).unwrap_or(history.resource);
    let label = |field| resource.label(Words::ENGLISH, field);
    let fields: Vec<&str> = event.changes.iter().map(|(field, ..)| label(field)).collect();
    let (title, actor) = (clean(&history.title), clean(&event.actor));
    let mut lines = vec![match fields.as_slice() {
        [] => format!("on {title}, by {actor}"),
        fields => format!("on {title}, by {actor}: {}", fields.join(", ")),
    }];
    if fields.len() > 1 {
        lines.push("All of these fields go back together.".into());
    }
    lines
}

// ---- the outcome

fn is_taken_back(state: &mut State, back: TakingBack, outcome: Result<Done, StoreError>) {
    match outcome {
        Ok(done) => {
            state.saved_at = Some(state.now);
            let manner = state.manner();
            // Where some were left, it is not all of that.
            let what = match acting::left(&done, manner) {
                left if left.is_empty() => back.what,
                left => records(done.records.len(), manner) + &left,
            };
            let told = if back.redo { format!("done again: {what}") } else { format!("taken back: {what}") };
            tell(state, told, if done.refused.is_empty() { Role::Notice } else { Role::Warn });
            refresh(state);
        }
        Err(error) => {
            let role = if matches!(error.failure(), Failure::Cancelled) { Role::Notice } else { Role::Error };
            tell(state, error.to_string(), role);
        }
    }
}

/// `1 record`, `50 records`
fn records(count: impl std::fmt::Display, manner: Manner) -> String {
    let count = manner.count(count);
    if count == "1" { "1 record".into() } else { format!("{count} records") }
}
