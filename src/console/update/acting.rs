//! Something is done to records: one thing at a time, told how far it is, stopped when somebody says so, and what it
//! left alone is told row by row.

use std::collections::BTreeMap;

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Effect, Number, Performed, Question, Reply};
use super::super::overlay::deeds::Standing;
use super::super::overlay::left::LeftAlone;
use super::super::overlay::{Overlay, Then};
use super::super::screens::Turn;
use super::super::screens::list::List;
use super::super::state::{Going, Performing, Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::Confirm;
use super::{refresh, secrets, tell, travel, undoing, views, with_place};
use crate::domain::Id;
use crate::domain::manner::Manner;
use crate::domain::text::{capital, clean};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::domain::{Money, Value};
use crate::resources::{self, Resource};
use crate::store::aims::Aims;
use crate::store::entities;
use crate::store::operation::rehearsal::{Foreseen, MOST_FORESEEN, MOST_TRIED, Rehearsed};
use crate::store::operation::{self, Does, Undo};
use crate::store::{Done, Entity, Failure, Operation, Record, Request, StoreError};

/// Has something done, one thing at a time.
pub(super) fn perform(state: &mut State, request: Request) {
    if let Some(running) = &state.awaited.performing {
        let verb = resources::operation_label(Words::ENGLISH, running.request.operation);
        return tell(state, format!("{verb} is still running: wait for it, or ‹stop› stops it"), Role::Warn);
    }
    let number = state.asks.ask(Question::Perform(request.clone()));
    follow(state, number, request);
}

/// Tells how far something is that was asked for.
pub(super) fn follow(state: &mut State, number: Number, request: Request) {
    state.awaited.performing = Some(Performing { number, request, going: Going::from(state.tick) });
}

/// Stops what runs; whether there was something to stop.
pub(super) fn stop(state: &mut State) -> bool {
    let awaited = |place: &Place| match place {
        Place::List(list) => list.marks_awaited(),
        _ => None,
    };
    let bulk = state.awaited.performing.as_ref().is_some_and(|running| running.request.is_bulk());
    let here = state.places.iter().find_map(awaited);
    let marks = here.or_else(|| state.open_places().find_map(awaited).filter(|_| !bulk));
    // They are known already: nothing is asked about them.
    if marks.is_none() && state.awaited.aiming.take_if(|aiming| aiming.marked.is_some()).is_some() {
        return true;
    }
    if let Some(number) = marks.or(state.awaited.aiming.as_ref().map(|aiming| aiming.number)) {
        state.asks.want(Effect::Stop(number));
        return true;
    }
    let bulk = state.awaited.performing.as_mut().filter(|running| running.request.is_bulk());
    let bulk = bulk.map(|running| (running.number, &mut running.going));
    let back = state.awaited.taking_back.as_mut().map(|back| (back.number, &mut back.going));
    let Some((number, going)) = bulk.or(back) else { return false };
    going.stopping = true;
    state.asks.want(Effect::Stop(number));
    true
}

/// How far it is, or how it ended.
pub(super) fn reply(state: &mut State, reply: &mut Option<Reply>) {
    match reply.take() {
        Some(Reply::Progress(done, total)) => {
            if let Some(running) = &mut state.awaited.performing {
                running.going.comes_to(done, total, state.tick);
            }
        }
        Some(Reply::Done(outcome)) => {
            if let Some(running) = state.awaited.performing.take() {
                ended(state, &running.request, outcome);
                super::views::look_again(state);
            }
        }
        _ => state.awaited.performing = None,
    }
}

/// What a form asked for was done.
pub(super) fn performed(state: &mut State, verb: &str, performed: Performed, request: &Request) {
    let made =
        matches!(request.operation.does, Does::Make(_)).then(|| performed.done.records.first().copied()).flatten();
    let title = performed.title.clone().unwrap_or_default();
    told(state, verb, performed, request);
    if let (Some(id), Some(Place::List(list))) = (made, state.places.last_mut())
        && list.resource.entity == request.operation.entity
    {
        // What was made is what one does something to next.
        list.stand_on_saved(id, format!("made: {}, which the filter of this list does not show", clean(&title)));
    }
    refresh(state);
}

/// Says what was done, and what was left as it was, row by row.
fn told(state: &mut State, verb: &str, performed: Performed, request: &Request) {
    tell_done(state, verb, &performed);
    let done = performed.done;
    secrets::keep_made(state, request);
    tell_left(state, request, done.records.len(), done.refused);
}

/// `saved: TCK-000009 Slow since Sunday; ‹take-back› takes it back`
pub(super) fn saved(title: &str, undo: Undo) -> String {
    match (title, undo) {
        ("", Undo::Values | Undo::CounterEntry) => "saved; ‹take-back› takes it back".into(),
        ("", Undo::None(why)) => format!("saved. It is not taken back: {why}"),
        (title, Undo::Values | Undo::CounterEntry) => format!("saved: {title}; ‹take-back› takes it back"),
        (title, Undo::None(why)) => format!("saved: {title}. It is not taken back: {why}"),
    }
}

fn tell_done(state: &mut State, verb: &str, performed: &Performed) {
    state.saved_at = Some(state.now);
    let Performed { operation, done, title, made } = performed;
    let told = match (operation.does, title) {
        // To make a record or to set its fields is to save it, whoever asks for it.
        (Does::Create | Does::Update, Some(title)) => saved(title, operation.undo),
        _ => {
            let made = besides(state, operation, done.made.len(), made.as_deref());
            done_to(verb, operation.undo, done, title.as_deref(), &made, state.manner())
        }
    };
    tell(state, told, if done.refused.is_empty() { Role::Notice } else { Role::Warn });
    for list in lists_of(state, operation.entity) {
        list.unmark_each(&done.records);
    }
}

/// ` and made CON-000031 Fibre`: what was made besides.
fn besides(state: &State, operation: &Operation, count: usize, first: Option<&str>) -> String {
    match (count, first, operation.makes.and_then(resources::find)) {
        (1, Some(title), _) => format!(" and made {title}"),
        (2.., _, Some(resource)) => {
            format!(" and made {} {}", state.count(count), resource.several(Words::ENGLISH))
        }
        _ => String::new(),
    }
}

/// The open lists of a kind, in whatever tab.
fn lists_of<'a>(state: &'a mut State, entity: &'static Entity) -> impl Iterator<Item = &'a mut List> {
    let places = state.places.iter_mut().chain(state.left.iter_mut().flatten());
    places.filter_map(move |place| match place {
        Place::List(list) if list.resource.entity == entity => Some(list.as_mut()),
        _ => None,
    })
}

/// `terminate: 1 done (CUS-000142 Amina); ‹take-back› takes it back`
fn done_to(verb: &str, undo: Undo, done: &Done, title: Option<&str>, made: &str, manner: Manner) -> String {
    let (count, left) = (manner.count(done.records.len()), left(done, manner));
    let named = title.map_or_else(String::new, |title| format!(" ({title})"));
    match undo {
        // What was left lies on top until it is put away.
        Undo::Values | Undo::CounterEntry if !done.refused.is_empty() => {
            format!("{verb}: {count} done{named}{made}{left}; ‹leave›, then ‹take-back› takes it back")
        }
        Undo::Values | Undo::CounterEntry => {
            format!("{verb}: {count} done{named}{made}; ‹take-back› takes it back")
        }
        Undo::None(why) => format!("{verb}: {count} done{named}{made}{left}. It is not taken back: {why}"),
    }
}

/// `, 3 left as they are (CUS-000007: terminated and 2 more)`
pub(super) fn left(done: &Done, manner: Manner) -> String {
    let Some((_, name, why)) = done.refused.first() else { return String::new() };
    let more = match done.refused.len() {
        1 => String::new(),
        count => format!(" and {} more", manner.count(count - 1)),
    };
    let are = if done.refused.len() == 1 { "it is" } else { "they are" };
    format!(", {} left as {are} ({name}: {why}{more})", manner.count(done.refused.len()))
}

fn ended(state: &mut State, request: &Request, outcome: Result<Performed, StoreError>) {
    let verb = resources::operation_label(Words::ENGLISH, request.operation);
    match outcome {
        Ok(performed) => {
            if request.operation.entity.name == "saved_views" {
                views::saved(state, request, &performed);
                views::ask_left_lists(state);
            }
            told(state, verb, performed, request);
        }
        Err(error) => match error.failure() {
            Failure::Cancelled => tell(state, format!("{verb}: stopped; nothing was written"), Role::Notice),
            Failure::Busy => tell(state, format!("{verb}: {error}. Nothing was written"), Role::Error),
            Failure::RefusedRows(rows) if rows.len() > 1 => {
                let rows = rows.clone();
                let all = state.count(rows.len());
                tell(state, format!("{verb}: nothing was done, all {all} were refused"), Role::Error);
                tell_left(state, request, 0, rows);
            }
            _ => tell(state, error.to_string(), Role::Error),
        },
    }
    refresh(state);
}

// ---- what was left alone

fn tell_left(state: &mut State, request: &Request, done: usize, rows: Vec<(Id, String, String)>) {
    let Some(resource) = resources::of(request.operation.entity).filter(|_| !rows.is_empty()) else { return };
    state.awaited.left_alone = Some(LeftAlone::new(resource, request, done, rows));
    show_outcome(state);
}

/// Shows what came of an operation, once nothing lies on top and nobody types: a secret first, since it is shown once.
pub(super) fn show_outcome(state: &mut State) {
    if state.overlay.is_none() && state.door.is_none() && !state.is_typing() {
        let made = state.awaited.made.pop().map(|made| Overlay::Made(Box::new(made)));
        state.overlay = made.or_else(|| state.awaited.left_alone.take().map(Overlay::Left));
    }
}

pub(super) fn in_left(state: &mut State, mut alone: LeftAlone, press: Press, action: Option<Action>) {
    let last = alone.rows.len().saturating_sub(1);
    let deliberate = !press.repeat && !press.suspect;
    match action {
        _ if !alone.shown.was_seen(press.at) => {}
        Some(Action::Leave | Action::Stop | Action::No | Action::Away) => return,
        Some(Action::PickDown | Action::Down) => alone.cursor = (alone.cursor + 1).min(last),
        Some(Action::PickUp | Action::Up) => alone.cursor = alone.cursor.saturating_sub(1),
        Some(Action::PageDown) => alone.cursor = (alone.cursor + 10).min(last),
        Some(Action::PageUp) => alone.cursor = alone.cursor.saturating_sub(10),
        Some(Action::Home) => alone.cursor = 0,
        Some(Action::End) => alone.cursor = last,
        Some(Action::Pick) => {
            if let Some((id, ..)) = alone.rows.get(alone.cursor) {
                return travel::turn(state, Turn::Open(alone.resource, *id));
            }
        }
        Some(Action::LeftMark) if deliberate => return mark_left(state, &alone),
        Some(Action::LeftAgain) if deliberate => return ask_again(state, &alone),
        _ => {}
    }
    state.overlay = Some(Overlay::Left(alone));
}

/// Only what was left is marked, to be looked at.
fn mark_left(state: &mut State, alone: &LeftAlone) {
    if let Some(Place::List(list)) = state.places.last_mut()
        && list.resource.entity == alone.resource.entity
    {
        let rows: Vec<(Id, i64)> = alone
            .rows
            .iter()
            .map(|(id, ..)| {
                let loaded = list.rows.iter().find(|row| row.record.id == *id).map(|row| row.record.version);
                (*id, list.marks.version(*id).or(loaded).unwrap_or(0))
            })
            .filter(|(_, version)| *version > 0)
            .collect();
        let (marked, all) = (rows.len(), alone.rows.len());
        list.mark_alone(rows);
        let beyond = match all - marked {
            0 => String::new(),
            others => format!(", {} are not among the loaded rows", state.count(others)),
        };
        let marked = state.count(marked);
        tell(state, format!("{marked} marked{beyond}"), Role::Notice);
    }
}

/// Does the rest, as it is now: asked for once more, since it was refused once.
fn ask_again(state: &mut State, alone: &LeftAlone) {
    let verb = resources::operation_label(Words::ENGLISH, alone.operation);
    let number = alone.rows.len();
    let mut lines = vec![match number {
        1 => format!("{verb} the one that was left, as it is now:"),
        _ => format!("{verb} the {} that were left, as they are now:", state.count(number)),
    }];
    lines.extend(
        alone.rows.iter().take(super::deeds::NAMED).map(|(_, name, why)| format!("  {}: {}", clean(name), clean(why))),
    );
    if number > super::deeds::NAMED {
        lines.push(format!("  … and {} more", state.count(number - super::deeds::NAMED)));
    }
    let confirm = Confirm::new("Do the rest?", lines, super::deeds::ask_for(state, number as u64, false));
    state.overlay = Some(Overlay::Confirm(confirm, Then::Perform(Box::new(alone.again()))));
}

// ---- what can be done to how many

/// How many of the records in sight an operation is open to.
pub(super) fn open_to(operation: &Operation, records: &[&Record]) -> u64 {
    let open = records.iter().filter(|record| operation.open_to(record).is_ok()).count();
    u64::try_from(open).unwrap_or(u64::MAX)
}

/// Asks how many of the marked records are in which state, where not all of them are in sight.
pub(super) fn ask_states(state: &mut State, resource: &Resource, aims: &Aims, in_sight: usize) {
    let entity = resource.entity;
    state.awaited.states = None;
    if aims.len() > in_sight && entity.lifecycle.is_some() {
        state.awaited.states = Some(state.asks.ask(Question::States { entity, marked: aims.clone() }));
    }
}

/// Asks what operations that the states leave open would refuse all the same: what other records decide.
pub(super) fn ask_what_is_refused(state: &mut State, mut operations: Vec<&'static Operation>, aims: &Aims) {
    operations.retain(|operation| operation.can_be_tried());
    state.awaited.rehearsed = None;
    if aims.len() > MOST_TRIED {
        operations.retain(|operation| !operation.takes_records());
    }
    if !operations.is_empty() {
        let aims = if aims.len() > MOST_TRIED { Aims::default() } else { aims.clone() };
        state.awaited.rehearsed = Some(state.asks.ask(Question::Rehearse { operations, aims }));
    }
}

/// Asks whether something is to be done. Of money it is said first by what wallets would move; that nothing is called as an
/// answer says is told before it is asked.
pub(super) fn confirm(state: &mut State, confirm: Confirm, request: Box<Request>, then: fn(Box<Request>) -> Then) {
    let operation = request.operation;
    let is_name = |(name, value): &(&str, Value)| {
        matches!(value, Value::Text(_)) && operation.takes(name).is_ok_and(|field| field.reference.is_some())
    };
    let takes_more = matches!(operation.does, Does::Delete) && entities::going_with(operation.entity).next().is_some();
    let wants_it = operation.moves_money || takes_more || request.values.iter().any(is_name);
    let foresees = wants_it && !operation.wants_proof() && request.aims.len() <= MOST_FORESEEN;
    let confirm = if foresees {
        state.awaited.foreseen = Some(state.asks.ask(Question::Foresee(request.clone())));
        confirm.awaiting("Working out what it comes to …")
    } else {
        confirm
    };
    state.overlay = Some(Overlay::Confirm(confirm, then(request)));
}

/// What would come of a request is known: the question says it. While the database does not answer it waits: it is asked
/// again once that is back.
fn foresaw(state: &mut State, foreseen: Result<Foreseen, StoreError>) {
    let Some(locale) = state.session.as_ref().map(|session| session.locale(state.now)) else { return };
    if foreseen.as_ref().is_err_and(StoreError::is_lost_line) {
        return;
    }
    // What is wrong with the answers is told where they stand: there is nothing to answer before.
    let is_asked = matches!(&state.overlay, Some(Overlay::Confirm(_, Then::Send(_))));
    let foreseen = match foreseen {
        Ok(Foreseen { problems, .. }) if is_asked && !problems.is_empty() => {
            state.overlay = None;
            let told = with_place(state, |place, _| match place {
                Place::Form(form) => Some(form.show_problems(problems)),
                _ => None,
            });
            return tell(state, told.flatten().unwrap_or_default(), Role::Error);
        }
        foreseen => foreseen,
    };
    let words = state.theme.words.clone();
    let overlays = [&mut state.overlay, &mut state.under].into_iter().flatten();
    for overlay in overlays {
        // What was asked for a question that is gone is not said in another.
        if !matches!(overlay, Overlay::Confirm(confirm, _) if confirm.is_awaiting()) {
            continue;
        }
        match (overlay, &foreseen) {
            (Overlay::Confirm(confirm, Then::Perform(_) | Then::Send(_) | Then::TakeBack { .. }), Err(error)) => {
                confirm.add(vec![match error.failure() {
                    Failure::Cancelled => "What it comes to is too much to be worked out beforehand.".into(),
                    _ => format!("What it comes to could not be worked out: {error}"),
                }]);
            }
            (Overlay::Confirm(confirm, Then::Perform(request) | Then::Send(request)), Ok(foreseen)) => {
                say_what_comes_of(confirm, request, foreseen, &words, locale);
            }
            (Overlay::Confirm(confirm, Then::TakeBack { moves_money, .. }), Ok(foreseen)) => {
                undoing::say_what_comes_of(confirm, *moves_money, foreseen, locale);
            }
            _ => {}
        }
    }
}

/// What would come of a request is said by the question for it, and what is confirmed is that effect.
fn say_what_comes_of(confirm: &mut Confirm, request: &Request, foreseen: &Foreseen, words: &Words, locale: Locale) {
    if let Some(why) = &foreseen.refused {
        return confirm.close(vec![format!("It would be refused: {}", clean(why))]);
    }
    let operation = request.operation;
    let has_amount = operation.owed.is_some() || operation.asks.iter().any(|field| field.name == "amount");
    let moves_nothing = operation.moves_money && foreseen.moved.is_empty() && !has_amount;
    confirm.add(comes_to(foreseen, moves_nothing, locale));
    let is_of_money = foreseen.is_of_money || has_amount;
    // To how many it will be done.
    let open = request.aims.count().saturating_sub(foreseen.left.len() as u64);
    if let Some(resource) = resources::of(operation.entity).filter(|_| !foreseen.left.is_empty()) {
        let noun = super::forms::noun(resource, open, words);
        let verb = capital(resources::operation_label(words, operation));
        confirm.title = format!("{verb} {} {noun}?", locale.manner.count(open));
        confirm.asks_for(open);
    }
    if !is_of_money && foreseen.left.is_empty() && matches!(operation.undo, Undo::CounterEntry) {
        // Nothing was written that an entry would have to reverse.
        let taken_back = super::deeds::taken_back;
        confirm.say_instead(&taken_back(Undo::CounterEntry), taken_back(Undo::Values));
    }
    // Where no money changes hands there is none to confirm.
    if !is_of_money && !super::deeds::is_final(operation) && open <= super::deeds::SMALL {
        confirm.asks_yes();
    }
}

/// The database is back: what a question still waits for is asked again.
pub(super) fn foresee_again(state: &mut State) {
    if state.awaited.foreseen.is_some() {
        return;
    }
    let mut overlays = [&state.overlay, &state.under].into_iter().flatten();
    let waits = overlays.find_map(|overlay| match overlay {
        Overlay::Confirm(confirm, then) if confirm.is_awaiting() => match then {
            Then::Perform(request) | Then::Send(request) => Some(Question::Foresee(request.clone())),
            Then::TakeBack { operation, .. } => Some(Question::ForeseeUndo(*operation)),
            _ => None,
        },
        _ => None,
    });
    if let Some(question) = waits {
        state.awaited.foreseen = Some(state.asks.ask(question));
    }
}

/// Wallets and records that a question names before the rest is counted.
const NAMED: usize = 5;

/// What would come of something, a line each; of many the first few, and what they are in all.
pub(super) fn comes_to(foreseen: &Foreseen, moves_nothing: bool, locale: Locale) -> Vec<String> {
    let mut told = Vec::new();
    if !foreseen.gone.is_empty() {
        let gone = foreseen.gone.iter().map(|(kind, count)| {
            let noun = |resource: &Resource| super::forms::noun(resource, *count as u64, Words::ENGLISH);
            let what = resources::find(kind).map_or_else(|| (*kind).to_owned(), noun);
            format!("{} {what}", locale.manner.count(*count))
        });
        told.push(format!("With it: {}", gone.collect::<Vec<_>>().join(", ")));
    }
    if moves_nothing {
        told.push(match foreseen.is_of_money {
            true => "No wallet moves by it; the books do.".into(),
            false => "No wallet moves by it.".into(),
        });
    }
    // Of what is paid outside of wallets the payment tells how much it is.
    for paid in foreseen.payments.iter().filter(|_| foreseen.moved.is_empty()).take(NAMED) {
        let amount = Value::Money(paid.amount).shown(locale);
        told.push(format!("The payment {}: {amount} {}, {} then", clean(&paid.title), paid.currency, paid.status));
    }
    let money = |money: Money| {
        let sign = if money > Money::ZERO { "+" } else { "" };
        format!("{sign}{}", Value::Money(money).shown(locale))
    };
    for moved in foreseen.moved.iter().take(NAMED) {
        let (customer, currency) = (clean(&moved.customer), &moved.currency);
        let (amount, balance) = (money(moved.amount), Value::Money(moved.balance_after).shown(locale));
        let note = if moved.note.is_empty() { String::new() } else { format!(" ({})", clean(&moved.note)) };
        told.push(format!("The wallet of {customer}: {amount} {currency}{note}, then {balance} {currency}"));
    }
    if foreseen.moved.len() > NAMED {
        let mut sums: BTreeMap<&str, Option<Money>> = BTreeMap::new();
        for moved in &foreseen.moved {
            let sum = sums.entry(&moved.currency).or_insert(Some(Money::ZERO));
            *sum = sum.and_then(|sum| sum.checked_add(moved.amount));
        }
        let sums: Vec<String> =
            sums.into_iter().filter_map(|(currency, sum)| Some(format!("{} {currency}", money(sum?)))).collect();
        let count = |count: usize| locale.manner.count(count);
        let (more, all, sum) = (count(foreseen.moved.len() - NAMED), count(foreseen.moved.len()), sums.join(", "));
        told.push(format!("… and {more} more wallets. All {all} together: {sum}"));
    }
    for (_, title, why) in foreseen.left.iter().take(NAMED) {
        told.push(format!("Left as it is: {}: {}", clean(title), clean(why)));
    }
    if foreseen.left.len() > NAMED {
        told.push(format!("… and {} more left as they are", locale.manner.count(foreseen.left.len() - NAMED)));
    }
    told
}

const fn is_busy(error: &StoreError) -> bool {
    matches!(error.failure(), Failure::Busy)
}

/// What was asked about the operations of a menu is known: it says what is open to how many.
pub(super) fn weighed(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    if state.awaited.states.take_if(|states| *states == number).is_some() {
        let answer = reply.take();
        super::deeds::was_answered(state, matches!(&answer, Some(Reply::States(Err(error))) if is_busy(error)));
        if let Some(Reply::States(Ok(states))) = answer {
            counted(state, &states);
        }
        super::deeds::do_what_was_picked(state);
        return true;
    }
    if state.awaited.rehearsed.take_if(|rehearsed| *rehearsed == number).is_some() {
        let answer = reply.take();
        super::deeds::was_answered(state, matches!(&answer, Some(Reply::Rehearsed(Err(error))) if is_busy(error)));
        if let Some(Reply::Rehearsed(Ok(rehearsed))) = answer {
            tried(state, rehearsed);
        }
        return true;
    }
    if state.awaited.foreseen.take_if(|foreseen| *foreseen == number).is_some() {
        if let Some(Reply::Foreseen(foreseen)) = reply.take() {
            foresaw(state, foreseen);
        }
        return true;
    }
    false
}

/// The states of what is marked have been counted.
fn counted(state: &mut State, states: &[(String, u64)]) {
    let manner = state.manner();
    let Some(Overlay::Actions(deeds)) = &state.overlay else { return };
    // What is closed to the person stays so, whatever the records are.
    let is_for_one = deeds.aims.len() <= 1;
    let may = |operation: &&'static Operation| {
        super::deeds::refused(state, operation).is_none() && (is_for_one || operation.one_by_one.is_none())
    };
    let operations: Vec<_> =
        deeds.resource.actions().filter(|operation| operation.takes_records()).filter(may).collect();
    let Some(Overlay::Actions(deeds)) = &mut state.overlay else { return };
    let total: u64 = states.iter().map(|(_, count)| count).sum();
    for operation in operations {
        let outcomes: Vec<(u64, Result<(), String>)> =
            states.iter().map(|(word, count)| (*count, operation.open_in(word))).collect();
        let open: u64 = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(count, _)| count).sum();
        let why = outcomes.into_iter().find_map(|(_, outcome)| outcome.err());
        deeds.known.insert(operation.name, Standing { open, ..Standing::default() });
        deeds.menu.tell(operation.name, how_many(open, total, manner), if open == 0 { why } else { None });
    }
}

/// The operations were tried on what is meant.
fn tried(state: &mut State, rehearsed: Vec<Rehearsed>) {
    let manner = state.manner();
    let Some(Overlay::Actions(deeds)) = &mut state.overlay else { return };
    let total = deeds.aims.count();
    for Rehearsed { operation, refused, closed } in rehearsed {
        // What is done to no record has nothing to count.
        if operation::find(operation).is_some_and(|operation| !operation.takes_records()) {
            deeds.menu.tell(operation, String::new(), closed);
            continue;
        }
        let open = total.saturating_sub(refused.len() as u64);
        let why = refused.first().map(|(_, why)| why.clone()).filter(|_| open == 0);
        deeds.menu.tell(operation, how_many(open, total, manner), why);
        deeds.known.insert(operation, Standing { open, refused: refused.into_iter().collect() });
    }
}

/// `12 of 40`: what is open to all of them needs no word.
pub(super) fn how_many(open: u64, total: u64, manner: Manner) -> String {
    if open == total {
        return String::new();
    }
    let (open, total) = (manner.count(open), manner.count(total));
    format!("{open} of {total} can be")
}
