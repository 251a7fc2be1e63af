//! Forms on the stack: what their keys lead to, how they are opened for one record, several or an
//! operation, and how they go.

use super::super::actions::Action;
use super::super::drafts::Draft;
use super::super::input::Press;
use super::super::message::Question;
use super::super::overlay::{Overlay, Then};
use super::super::screens::Turn;
use super::super::screens::form::{Aimed, Form, FormField, Outcome};
use super::super::state::{Opener, Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::{acting, ahead, deeds, lines, press, refresh, tell, travel, undoing, with_place, with_places};
use crate::domain::Id;
use crate::domain::text::{capital, clean};
use crate::domain::words::Words;
use crate::resources::{self, Resource};
use crate::store::aims::Aims;
use crate::store::operation::Undo;
use crate::store::{Operation, Record, Request};

pub(super) fn press(state: &mut State, press: Press, action: Option<Action>) {
    if is_held_on(state, press) {
        return;
    }
    let text = text_at_cursor(state);
    let is_on_save = matches!(state.places.last(), Some(Place::Form(form)) if form.is_on_save());
    let saves = action.map(|action| if action == Action::FieldNext && is_on_save { Action::Save } else { action });
    if saves.is_some_and(|action| press::is_refused(state, action)) {
        return;
    }
    match action {
        Some(Action::Menu) => return deeds::open_menu(state),
        Some(Action::Find) => return lines::open_find(state, ""),
        Some(Action::Lock) => return press::lock_now(state),
        _ => {}
    }
    if action == Some(Action::TakeUp) {
        return if state.waits_behind_the_form() { ahead::type_it_here(state) } else { take_up(state) };
    }
    let saves = match state.places.last() {
        Some(Place::Form(form))
            if action == Some(Action::Save) || form.is_on_save() && action == Some(Action::FieldNext) =>
        {
            Some(form.draft)
        }
        _ => None,
    };
    let is_wrong = go_in(state, press, action);
    if let Some(draft) = saves.filter(|_| is_wrong) {
        ahead::is_unsent(state, draft, press.at);
    }
    let has_written = text_at_cursor(state) != text;
    if let Some(opener) = &mut state.opened_by {
        opener.has_written = has_written;
    }
}

/// Whether a press is the key that opened the form, held down since. The first time that a held key comes again, it comes
/// as late as one that is pressed anew: what it wrote is taken back by the next.
fn is_held_on(state: &mut State, press: Press) -> bool {
    let Some(opener) = state.opened_by.take().filter(|opener| opener.key == press.key) else { return false };
    if press.repeat && opener.has_written {
        go_in(state, press, Some(Action::Undo));
        if let Some(Place::Form(form)) = state.places.last_mut() {
            form.forgets_what_was_taken_back();
        }
    }
    if press.repeat || opener.is_new {
        state.opened_by = Some(Opener { is_new: false, has_written: false, ..opener });
    }
    press.repeat
}

/// What stands in the field under the cursor.
fn text_at_cursor(state: &State) -> Option<String> {
    match state.places.last() {
        Some(Place::Form(form)) => form.fields.get(form.focus).map(FormField::text),
        _ => None,
    }
}

/// Does in the form what a key says; whether something in it is wrong.
fn go_in(state: &mut State, press: Press, action: Option<Action>) -> bool {
    let secrets = matches!(state.places.last(), Some(Place::Form(form)) if form.is_touched() && !form.leaves_a_draft());
    let waited = matches!(state.places.last(), Some(Place::Form(form)) if form.is_unsent());
    let outcome = with_place(state, |place, context| match place {
        Place::Form(form) => Some((form.press(press, action, context), form.leaves_a_draft())),
        _ => None,
    });
    let outcome = outcome.flatten();
    let is_wrong = matches!(outcome, Some((Outcome::Turn(Turn::Alarm(_)), _)));
    match outcome {
        Some((Outcome::Turn(Turn::Back), touched)) => {
            if let Some(Place::Form(form)) = state.places.last() {
                let draft = form.as_draft();
                ahead::form_is_left(state, draft.id);
                state.drafts.retain(|known| known.id != draft.id);
                if touched {
                    state.drafts.insert(0, draft);
                }
            }
            travel::turn(state, Turn::Back);
            if secrets && !touched {
                tell(state, "nothing of it is kept: no draft keeps a secret", Role::Warn);
            }
            if touched {
                let told = match waited {
                    true => "not saved, and not sent any more: kept as a draft, open the form again to go on",
                    false => "kept as a draft: open the form again to go on",
                };
                tell(state, told, if waited { Role::Warn } else { Role::Notice });
            }
            ahead::tell_what_waits(state);
        }
        Some((Outcome::Turn(turn), _)) => travel::turn(state, turn),
        Some((Outcome::Ask(request), _)) => ask_for_a_yes(state, request),
        Some((Outcome::Add(resource, typed), _)) => add_missing(state, resource, &typed),
        Some((Outcome::Discard, true)) => {
            ask_to_throw_away(state, Vec::new(), Then::Discard);
        }
        Some((Outcome::Discard, false)) => travel::turn(state, Turn::Back),
        Some((Outcome::Operations { .. }, true)) => {
            tell(state, "nothing more of what was typed here is to be taken back or done again", Role::Dim);
        }
        Some((Outcome::Operations { redo }, false)) => undoing::ask_for_last(state, redo),
        Some((Outcome::Saved(..) | Outcome::Performed(..), _)) | None => {}
    }
    is_wrong
}

fn ask_to_throw_away(state: &mut State, mut lines: Vec<String>, then: Then) {
    lines.extend(["What was typed in this form is gone then.", "‹yes› throws it away."].map(str::to_owned));
    state.overlay = Some(Overlay::Confirm(Confirm::new("Throw it away?", lines, Ask::Yes), then));
}

// ---- opening

/// A form; one that was left unfinished for the same record is as it stood.
pub(super) fn open(state: &mut State, resource: &'static Resource, record: Option<Record>) {
    open_given(state, resource, record, None);
}

/// The same with what is known of a new record. One that was begun about something else is not taken for it.
fn open_given(state: &mut State, resource: &'static Resource, record: Option<Record>, given: Option<(&str, &str)>) {
    let id = record.as_ref().map(|record| record.id);
    // One that is open in another tab comes here, with what was typed.
    let is_it = |place: &Place| {
        matches!(place, Place::Form(form) if form.resource.entity == resource.entity
            && form.is_of(id)
            && form.is_touched()
            && given.is_none_or(|(field, text)| form.holds(field, text)))
    };
    if let Some(place) = take_from_left(state, is_it) {
        return travel::open(state, |_| place);
    }
    let draft = unfinished(state, |draft| {
        draft.resource == resource.entity.name
            && draft.record == id
            && draft.operation.is_none()
            && given.is_none_or(|(field, text)| draft.fields.get(field).is_some_and(|kept| kept == text))
    });
    travel::open(state, |context| {
        // A record that is there is gone on with. Another new one is not what was begun before: that is offered.
        let (left, resumed) = if record.is_none() { (draft, None) } else { (None, draft) };
        let restored = resumed.and_then(|draft| Form::restore(resource, &draft, record.clone(), context));
        let mut form = restored.unwrap_or_else(|| Form::open(resource, record, context));
        if let Some(draft) = left {
            form.offer(&draft);
        }
        if let Some((field, text)) = given.filter(|_| !form.is_touched()) {
            form.give(field, text, context);
        }
        Place::Form(Box::new(form))
    });
}

/// Goes on with the unfinished form that one of its kind offers.
fn take_up(state: &mut State) {
    let Some(Place::Form(form)) = state.places.last() else { return };
    let resource = form.resource;
    if form.is_touched() {
        return tell(state, "something is typed here: ‹leave› keeps it, then open the form again", Role::Warn);
    }
    let offered = form.offered.and_then(|id| state.drafts.iter().find(|draft| draft.id == id).cloned());
    // Behind the one that was offered, older ones of new records may wait.
    let is_new = form.is_of(None) && form.is_put_right();
    let is_another = |draft: &Draft| {
        is_new && draft.resource == resource.entity.name && draft.record.is_none() && draft.operation.is_none()
    };
    let draft = offered.or_else(|| unfinished(state, is_another));
    let Some(draft) = draft else { return tell(state, "nothing of this kind was left unfinished", Role::Dim) };
    let restored = with_place(state, |place, context| {
        let restored = Form::restore(resource, &draft, None, context);
        let is_there = restored.is_some();
        if let Some(form) = restored {
            *place = Place::Form(Box::new(form));
        }
        is_there
    });
    if restored != Some(true) {
        tell(state, "this unfinished form cannot be opened any more", Role::Error);
    }
}

/// A draft of such a form that is not open anywhere.
fn unfinished(state: &State, fits: impl Fn(&Draft) -> bool) -> Option<Draft> {
    let is_open = |id: Id| state.open_places().any(|place| matches!(place, Place::Form(form) if form.draft == id));
    state.drafts.iter().find(|draft| fits(draft) && !is_open(draft.id)).cloned()
}

/// The form of a record with the cursor in one field, to replace what is in it.
pub(super) fn open_at(state: &mut State, resource: &'static Resource, record: Option<Record>, field: &str) {
    open(state, resource, record);
    with_place(state, |place, _| {
        if let Place::Form(form) = place {
            form.focus_on(field);
        }
    });
}

/// The form of a new record with one field filled in: below the record that it belongs to.
pub(super) fn open_with(state: &mut State, resource: &'static Resource, field: &str, text: &str) {
    open_given(state, resource, None, Some((field, text)));
}

/// The form of a record that a reference lacks, above the form that lacks it.
fn add_missing(state: &mut State, resource: &'static Resource, typed: &str) {
    open(state, resource, None);
    let label = resource.entity.label;
    with_place(state, |place, context| {
        if let Place::Form(form) = place
            && !form.is_touched()
            && !typed.is_empty()
        {
            form.give(label, typed, context);
        }
    });
    let below =
        format!("add the {}: saved, it stands in the form below; ‹leave› goes back there", resource.entity.singular);
    tell(state, below, Role::Notice);
}

/// The form that an operation asks with, over these records or over none; `open`: to how many of them it can be done, where
/// that is known.
pub(super) fn ask(state: &mut State, operation: &'static Operation, aims: &Aims, open: Option<u64>) {
    ask_given(state, operation, aims, open, None);
}

/// The form of what makes a record, with what is known of it.
pub(super) fn make(state: &mut State, operation: &'static Operation, given: Option<(&'static str, String)>) {
    ask_given(state, operation, &Aims::default(), None, given);
}

fn ask_given(
    state: &mut State,
    operation: &'static Operation,
    aims: &Aims,
    open: Option<u64>,
    given: Option<(&'static str, String)>,
) {
    let Some(resource) = resources::of(operation.entity) else { return };
    let aimed = Aimed { records: aims.clone(), names: names(state, aims), open };
    // What was begun about something else is not gone on with here.
    let draft = unfinished(state, |draft| {
        draft.operation.as_deref() == Some(operation.name)
            && draft.aims.ids().eq(aims.ids())
            && given.as_ref().is_none_or(|(field, text)| draft.fields.get(*field).is_some_and(|kept| kept == text))
    });
    // Nobody chose the password of a demo.
    let demo_password = state.demo_password.clone().filter(|_| operation.wants_proof());
    travel::open(state, |context| {
        let mut form = Form::for_operation(resource, operation, aimed, context);
        form.notice = demo_password.map(|password| format!("The password of this demo is {}.", password.reveal()));
        match (draft, given) {
            (Some(draft), _) => form.go_on(&draft, context),
            (None, Some((field, text))) => form.give(field, &text, context),
            (None, None) => {}
        }
        form.ask_for_currency(context);
        Place::Form(Box::new(form))
    });
}

/// The form that sets one field of the marked records.
pub(super) fn set_field(state: &mut State, resource: &'static Resource) {
    let Some(operation) = resource.update() else { return };
    let Some((_, aims, _)) = deeds::aims(state) else { return };
    ask(state, operation, &aims, None);
}

/// The names of the records that are aimed at, as far as they are in sight.
fn names(state: &State, aims: &Aims) -> Vec<String> {
    deeds::called(state, aims).into_iter().map(|(title, _)| title).collect()
}

/// The form that a draft is of, as it stood.
pub(super) fn restore(state: &mut State, index: usize) {
    let Some(draft) = state.drafts.get(index).cloned() else { return };
    let Some(resource) = resources::find(&draft.resource) else { return };
    travel::list(state, resource.entity.name, "");
    let record = draft.record.map(|id| Record::known(resource.entity, id, draft.version));
    let mut restored = false;
    travel::open_if(state, |context| {
        let form = Form::restore(resource, &draft, record, context)?;
        restored = true;
        Some(Place::Form(Box::new(form)))
    });
    if !restored {
        let operation = draft.operation.unwrap_or_default();
        tell(state, format!("this unfinished form cannot be opened: there is no {operation} any more"), Role::Error);
    }
}

/// Asks whether a draft that was offered is not wanted any more.
pub(super) fn ask_to_drop(state: &mut State, index: usize) {
    let Some(draft) = state.drafts.get(index) else { return };
    ask_to_throw_away(state, vec![clean(&draft.title).into_owned()], Then::Drop(index));
}

/// Throws a draft away that was offered.
pub(super) fn drop_draft(state: &mut State, index: usize) {
    if index < state.drafts.len() {
        let draft = state.drafts.remove(index);
        state.asks.ask(Question::DropDraft(draft.id));
        tell(state, "thrown away", Role::Notice);
    }
}

// ---- asking and sending

/// Says what would happen to how many, and asks.
fn ask_for_a_yes(state: &mut State, request: Box<Request>) {
    let Some(Place::Form(form)) = state.places.last() else { return };
    let all = form.task.count();
    // What is confirmed is the effect: to how many it will be done, as far as that is known.
    let count = form.task.aimed().and_then(|aimed| aimed.open).unwrap_or(all);
    let words = state.theme.words.clone();
    let mut lines = vec![form.title_in(state.manner(), &words)];
    lines.extend(form.task.about(state.manner()).map(|about| format!("  {about}")));
    if count < all {
        lines.push(deeds::of_them_can_be(state, count, all));
    }
    lines.extend(form.answers_given());
    lines.push(deeds::taken_back(request.operation.undo));
    // Of money it is the amount that is typed again, of many records their number.
    let operation = request.operation;
    let owed = request.aims.only().and_then(|aim| operation.owed_of(record_at_hand(state, aim.id)?));
    let amount = match (request.value("amount").written(), owed) {
        (given, Some(owed)) if given.is_empty() => {
            let of = request.aims.only().and_then(|aim| record_at_hand(state, aim.id));
            let currency = of.map_or("", |record| record.get("currency").as_str());
            lines.insert(1, format!("all that is owed: {} {currency}", owed.plain()).trim_end().to_owned());
            owed.plain()
        }
        (given, _) => given,
    };
    let yes = match operation.moves_money && !amount.is_empty() {
        true => Ask::Type(amount),
        false => deeds::ask_for(state, count, deeds::weighs(operation)),
    };
    let verb = capital(&form.verb(&words));
    let title = match count {
        0 => format!("{verb}?"),
        _ => format!("{verb} {} {}?", state.count(count), noun(form.resource, count, &words)),
    };
    acting::confirm(state, Confirm::new(title, lines, yes), request, Then::Send);
}

/// A record as it was read for a place that is open.
fn record_at_hand(state: &State, id: Id) -> Option<&Record> {
    state.places.iter().rev().find_map(|place| match place {
        Place::Page(page) => page.record.as_ref().filter(|record| record.id == id),
        Place::List(list) => list.rows.iter().map(|row| &row.record).find(|record| record.id == id),
        _ => None,
    })
}

/// What so many records are called.
pub(super) fn noun(resource: &Resource, count: u64, words: &Words) -> String {
    if count == 1 { resource.one(words).to_owned() } else { resource.several(words) }
}

/// The form below the question sends.
pub(super) fn send(state: &mut State, request: Request) {
    let turn = with_place(state, |place, context| match place {
        Place::Form(form) => form.send_now(request, context),
        _ => Turn::Stay,
    });
    // Of many it is told how far it is, and it can be stopped.
    let sent = match state.places.last() {
        Some(Place::Form(form)) => form.sent().map(|(number, request)| (number, request.clone())),
        _ => None,
    };
    if let Some((number, request)) = sent.filter(|(_, request)| request.is_bulk()) {
        acting::follow(state, number, request);
    }
    travel::turn(state, turn.unwrap_or(Turn::Stay));
}

// ---- going

const TAKES_BACK: &str = "‹take-back› takes it back";

/// A form was saved: it goes, and the cursor stands on what was saved; where it was added for a form
/// below, it stands there.
pub(super) fn saved(state: &mut State, draft: Id, id: Id, title: &str) {
    state.saved_at = Some(state.now);
    let Some(form) = take_away(state, draft) else { return };
    let saves = if form.record.is_some() { form.resource.update() } else { form.resource.create() };
    let undo = saves.map_or(Undo::Values, |operation| operation.undo);
    let told = match state.is_typing() {
        // In the form below, u is a letter.
        true => format!("saved: {}", clean(title)),
        false => acting::saved(&clean(title), undo),
    };
    let hidden = match told.ends_with(TAKES_BACK) {
        true => {
            format!("saved: {}, which the filter of this list does not show; ‹take-back› takes it back", clean(title))
        }
        false => format!("saved: {}, which the filter of this list does not show", clean(title)),
    };
    tell(state, told, Role::Notice);
    let entity = form.resource.entity;
    if let Some(Place::List(list)) = state.places.last_mut()
        && list.resource.entity == entity
    {
        list.stand_on_saved(id, hidden);
    }
    // The form that it was missing from may lie in another tab by now.
    if form.record.is_none() {
        with_places(state, |place, context| match place {
            Place::Form(form) => form.added(entity, id, context),
            _ => false,
        });
    }
    refresh(state);
}

/// Takes a place out of a tab that was left.
fn take_from_left(state: &mut State, is_it: impl Fn(&Place) -> bool) -> Option<Place> {
    let at = |screen: &Vec<Place>| screen.iter().position(&is_it);
    let (screen, index) = state.left.iter().enumerate().find_map(|(screen, places)| Some((screen, at(places)?)))?;
    let place = state.left.get_mut(screen)?.remove(index);
    if state.left.get(screen).is_some_and(Vec::is_empty) {
        state.left.remove(screen);
    }
    travel::tidy(state);
    Some(place)
}

/// Takes a form that is done with off the stack.
pub(super) fn take_away(state: &mut State, draft: Id) -> Option<Box<Form>> {
    ahead::form_goes(state, draft);
    state.drafts.retain(|known| known.id != draft);
    let is_it = |place: &Place| matches!(place, Place::Form(form) if form.draft == draft);
    let taken = match state.places.iter().position(is_it) {
        Some(index) => {
            let place = state.places.remove(index);
            travel::tidy(state);
            place
        }
        None => take_from_left(state, is_it)?,
    };
    if let Place::Form(form) = taken { Some(form) } else { None }
}

/// The form goes, and its draft with it.
pub(super) fn discard(state: &mut State) {
    if let Some(Place::Form(form)) = state.places.last() {
        ahead::form_is_left(state, form.draft);
    }
    if let Some(Place::Form(form)) = state.places.pop() {
        state.drafts.retain(|draft| draft.id != form.draft);
        state.asks.ask(Question::DropDraft(form.draft));
        tell(state, "thrown away", Role::Notice);
    }
    travel::tidy(state);
    refresh(state);
    ahead::tell_what_waits(state);
}
