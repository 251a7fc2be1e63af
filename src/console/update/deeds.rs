//! The menus of what can be done: here, and to records. What is chosen there is asked for, by its effect.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::super::actions::{Action, ActionDef, Scope};
use super::super::input::Press;
use super::super::keys::HelpRow;
use super::super::overlay::deeds::{self, BOOK, Deeds, REMIND, Standing, TICKET, WATCH};
use super::super::overlay::{Overlay, Then};
use super::super::screens::{Turn, moves, page};
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::super::widgets::menu::{Menu, Picked};
use super::{acting, desk, forms, tell, travel, watching};
use crate::domain::text::capital;
use crate::domain::words::Words;
use crate::domain::{Id, Value};
use crate::resources::Resource;
use crate::store::aims::Aims;
use crate::store::bookings::rules::why_never as why_never_booked;
use crate::store::operation::{Does, Operation, Undo};
use crate::store::{Failure, Record, Request};

/// More records than this are confirmed by typing their number.
pub(super) const SMALL: u64 = 10;
/// Records that a question names before the rest is counted.
pub(super) const NAMED: usize = 5;
/// After an answer about a menu that is open, the next is asked for so much later, and so many times later than it took.
const REST: Duration = Duration::from_millis(500);
const RESTS: u32 = 4;

/// Every action of the place with a letter, so that a key that a terminal swallows blocks nobody.
pub(super) fn open_menu(state: &mut State) {
    let ascii = state.theme.signs.ascii;
    let rows = state.help_here().into_iter().flat_map(|section| section.rows);
    // What merely moves, and whose keys mean something else here, is no action of the place.
    let moves_nowhere = |row: &HelpRow| row.keys.is_empty() && Action::of(row.action).is_some_and(moves);
    let mut entries: Vec<(&'static ActionDef, String, Option<String>)> = rows
        .filter(|row| row.action.id != "menu" && !moves_nowhere(row))
        .map(|row| {
            (row.action, row.keys.first().map(|key| key.shown(ascii)).unwrap_or_default(), state.why_closed(row.action))
        })
        .collect();
    // What merely moves comes last: it has the arrows too.
    entries.sort_by_key(|(def, ..)| Action::of(def).is_some_and(moves));
    let called: Vec<(&'static str, &'static str)> =
        entries.iter().filter_map(|(def, ..)| Some((def.id, state.does(def)?))).collect();
    state.overlay = Some(Overlay::Menu(called_so(state, Menu::new("Everything here", entries), called)));
}

/// What can be done at a door.
pub(super) fn open_menu_at_door(state: &mut State) {
    let Some(door) = &state.door else { return };
    let answers = |def: &ActionDef| Action::of(def).is_some_and(|action| door.answers(action));
    let ascii = state.theme.signs.ascii;
    // Its lines are edited as all lines are.
    let sections = [Scope::Form, Scope::Line].map(|scope| state.keys.help(scope, answers));
    let mut entries: Vec<(&'static ActionDef, String, Option<String>)> = Vec::new();
    for row in sections.into_iter().flatten().flat_map(|section| section.rows) {
        if !entries.iter().any(|(def, ..)| def.id == row.action.id) {
            entries.push((row.action, row.keys.first().map(|key| key.shown(ascii)).unwrap_or_default(), None));
        }
    }
    let does = |def: &'static ActionDef| Some((def.id, door.does(Action::of(def)?)?));
    let notes: Vec<(&'static str, &'static str)> = entries.iter().filter_map(|(def, ..)| does(def)).collect();
    let mut menu = Menu::new("Everything here", entries);
    for (id, note) in notes {
        menu.note(id, state.theme.words.get(note).to_owned());
    }
    state.overlay = Some(Overlay::Menu(menu));
}

/// The same over what lies on the place: that waits below it as it is.
pub(super) fn open_menu_over(state: &mut State) {
    // Where letters are text, those of a dialog are none of its keys.
    let scope = if state.is_typing() { Scope::Line } else { state.scope() };
    let ascii = state.theme.signs.ascii;
    let (typing, is_line) = (state.is_typing(), state.scope() == Scope::Line);
    let held = state.overlay.as_ref().is_some_and(Overlay::wants_an_answer);
    // A question is answered; there is nothing in it to go through.
    let is_question = matches!(state.overlay, Some(Overlay::Confirm(..)));
    let is_help = matches!(state.overlay, Some(Overlay::Help(_)));
    let here = |def: &ActionDef| match Action::of(def) {
        Some(Action::PickDown | Action::PickUp | Action::Pick | Action::Away) if is_question => false,
        Some(Action::Yes | Action::No) => is_question && !typing,
        // It is gone through, and narrowed in a line.
        Some(Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Home) if is_help => true,
        Some(action) if is_help && action.edits_a_line() => true,
        Some(Action::Find) => match &state.overlay {
            // What is written in a note is kept.
            Some(Overlay::Note(_)) => true,
            Some(Overlay::Find(_)) => false,
            _ => !held,
        },
        Some(Action::Leave | Action::Lock | Action::Redraw) => true,
        Some(_) if is_line => def.scope == scope && state.answers(def),
        Some(_) if typing => false,
        // Of what all dialogs have, what this one answers.
        Some(Action::Pick | Action::PickDown | Action::PickUp) if def.scope != scope => {
            state.answers(Action::Pick.def())
        }
        Some(_) => def.scope == scope && state.does_something(def),
        None => false,
    };
    let rows = state.keys.help(scope, here).into_iter().flat_map(|section| section.rows);
    let entries: Vec<(&'static ActionDef, String, Option<String>)> = rows
        .map(|row| {
            (row.action, row.keys.first().map(|key| key.shown(ascii)).unwrap_or_default(), state.why_closed(row.action))
        })
        .collect();
    let called: Vec<(&'static str, &'static str)> =
        entries.iter().filter_map(|(def, ..)| Some((def.id, state.does(def)?))).collect();
    let menu = called_so(state, Menu::new("Everything here", entries), called);
    state.under = state.overlay.take();
    state.overlay = Some(Overlay::Menu(menu));
}

/// A menu that calls some actions by what they do here.
fn called_so(state: &State, mut menu: Menu, called: Vec<(&'static str, &'static str)>) -> Menu {
    let words = &state.theme.words;
    for (id, text) in called {
        menu.call(id, words.get(text).to_owned());
        if let Some(sentence) = words.find(&text.replacen("line.", "line-help.", 1)) {
            menu.note(id, sentence.to_owned());
        }
    }
    menu
}

/// A resource, records of it at the versions that were seen, and those of them that are on the screen.
pub(super) type Meant<'a> = (&'static Resource, Aims, Vec<&'a Record>);

/// What the place's actions are for.
pub(super) fn aims(state: &State) -> Option<Meant<'_>> {
    match state.places.last()? {
        Place::List(list) => Some((list.resource, list.aims(), list.aimed_records().collect())),
        Place::Page(page) => {
            let record = page.record.as_ref()?;
            Some((page.resource, one(record), vec![record]))
        }
        Place::Dashboard(dashboard) => {
            let record = dashboard.current()?;
            Some((crate::resources::of(record.entity)?, one(record), vec![record]))
        }
        Place::Desk(desk) => {
            let record = desk.current()?;
            Some((crate::resources::of(record.entity)?, one(record), vec![record]))
        }
        _ => None,
    }
}

fn one(record: &Record) -> Aims {
    [(record.id, record.version)].into_iter().collect()
}

/// Those of the records on the screen that something is for, wherever the cursor and the marks have gone meanwhile.
pub(super) fn in_sight<'a>(state: &'a State, meant: &Aims) -> Vec<&'a Record> {
    let one = match state.places.last() {
        Some(Place::List(list)) => {
            let records = list.rows.iter().map(|row| &row.record);
            return records.filter(|record| meant.contains(record.id)).collect();
        }
        Some(Place::Page(page)) => page.record.as_ref(),
        Some(Place::Dashboard(dashboard)) => dashboard.current(),
        Some(Place::Desk(desk)) => desk.current(),
        _ => None,
    };
    one.filter(|record| meant.contains(record.id)).into_iter().collect()
}

/// What the records are called that something is for, each with the record where it is in sight: the marked may have gone
/// out of it, behind another filter or further up.
pub(super) fn called<'a>(state: &'a State, meant: &Aims) -> Vec<(String, Option<&'a Record>)> {
    let title = |record: &Record| match (record.entity.name, state.session.as_ref()) {
        // Logins of one person are told apart by when they were used last, and one's own is named as such.
        ("user_sessions", Some(session)) => {
            let title = match record.get("last_seen_at") {
                Value::Instant(seen) => format!("{}, {}", record.title(), state.theme.relative(*seen, state.now)),
                _ => record.title(),
            };
            match session.login() == Some(record.id) {
                true => state.theme.words.say("list.this-console", &[("user", &title)]),
                false => title,
            }
        }
        _ => record.title(),
    };
    let mut called: Vec<_> = in_sight(state, meant).into_iter().map(|record| (title(record), Some(record))).collect();
    if let Some(Place::List(list)) = state.places.last() {
        let in_sight: HashSet<_> = called.iter().filter_map(|(_, record)| record.map(|record| record.id)).collect();
        let gone = list.titles().filter(|(id, _)| meant.contains(*id) && !in_sight.contains(id));
        called.extend(gone.map(|(_, title)| (title.to_owned(), None)));
    }
    called
}

/// Opens the menu of what can be done to the records that are meant.
pub(super) fn open(state: &mut State) {
    if let Some(Place::List(list)) = state.places.last_mut()
        && list.is_reading()
    {
        return list.acts_once_read(Action::Actions);
    }
    let Some((resource, aims, records)) = aims(state) else {
        return tell(state, "nothing to act on here", Role::Dim);
    };
    let count = aims.len();
    if count == 0 && !resource.actions().any(makes) {
        return tell(state, "nothing to act on: the list is empty", Role::Dim);
    }
    drop(records);
    open_for(state, resource, aims);
}

/// What makes a record needs none to be there.
fn makes(operation: &Operation) -> bool {
    !operation.takes_records()
}

fn open_for(state: &mut State, resource: &'static Resource, aims: Aims) {
    let (records, count) = (in_sight(state, &aims), aims.len());
    let title = match called(state, &aims).as_slice() {
        [(title, _)] if count == 1 => title.clone(),
        _ if count == 0 => resource.several(Words::ENGLISH),
        _ => {
            let noun = forms::noun(resource, count as u64, Words::ENGLISH);
            let count = state.count(count);
            format!("{count} marked {noun}")
        }
    };
    let entries = deeds::rows(resource).into_iter().map(|row| {
        let why = match crate::store::operation::find(row.id) {
            Some(operation) => closed(state, operation, &records, count),
            None => state
                .why_closed(row)
                .or_else(|| (count != 1).then(|| one_by_one(row).to_owned()))
                .or_else(|| why_not_begun(row, &records)),
        };
        (row, String::new(), why)
    });
    let mut menu = Menu::lettered(title, entries, |row| state.keys.letter(row));
    if count == 0 {
        // Letters are given to all, so that none moves; what needs a record is not offered where there is none.
        menu.keep(|def| crate::store::operation::find(def.id).is_some_and(makes));
    }
    let mut known = std::collections::BTreeMap::new();
    if records.len() == count {
        let total = u64::try_from(count).unwrap_or(u64::MAX);
        for operation in resource.actions().filter(|operation| operation.takes_records()) {
            let may = acting::open_to(operation, &records);
            menu.note(operation.name, acting::how_many(may, total, state.manner()));
            known.insert(operation.name, Standing { open: may, ..Standing::default() });
        }
    }
    let seen = records.iter().map(|record| (record.id, record.version)).collect();
    ask_about(state, resource, &aims);
    let (now, saved_at) = (state.tick, state.saved_at);
    state.overlay = Some(Overlay::Actions(Deeds {
        menu,
        resource,
        aims,
        seen,
        known,
        picked: None,
        asked_at: now,
        rests_until: now,
        is_old: false,
        saved_at,
    }));
}

/// Asks the database what of it cannot be done, beyond what the records in sight say themselves.
fn ask_about(state: &mut State, resource: &'static Resource, aims: &Aims) {
    let records = in_sight(state, aims);
    let (seen, all) = (records.len(), records.len() == aims.len());
    let may_be_done = |operation: &&'static Operation| {
        let is_open = !operation.takes_records() || all && acting::open_to(operation, &records) > 0;
        is_open && refused(state, operation).is_none()
    };
    let open = resource.actions().filter(may_be_done).collect();
    acting::ask_states(state, resource, aims, seen);
    acting::ask_what_is_refused(state, open, aims);
}

/// Somebody changed something: what other records decide, and those of the marked that are not in sight, are asked about
/// anew. What stands in sight is read again itself.
pub(super) fn changed(state: &mut State) {
    if let Some(Overlay::Actions(deeds)) = &mut state.overlay {
        deeds.is_old = true;
    }
    ask_again(state);
}

/// Asks anew, where something was changed and the database has rested.
pub(super) fn ask_again(state: &mut State) {
    let is_asking = state.awaited.states.is_some() || state.awaited.rehearsed.is_some();
    let Some(Overlay::Actions(deeds)) = &mut state.overlay else { return };
    if !deeds.is_old || is_asking || state.tick < deeds.rests_until {
        return;
    }
    (deeds.is_old, deeds.asked_at) = (false, state.tick);
    let (resource, aims) = (deeds.resource, deeds.aims.clone());
    ask_about(state, resource, &aims);
}

/// What was asked about the menu was answered, or could not be where others wrote, and is asked anew then.
pub(super) fn was_answered(state: &mut State, was_busy: bool) {
    let tick = state.tick;
    if let Some(Overlay::Actions(deeds)) = &mut state.overlay {
        // To try what is asked keeps others from writing: it takes a small part of the time.
        deeds.rests_until = tick + REST.max(tick.saturating_duration_since(deeds.asked_at) * RESTS);
        deeds.is_old |= was_busy;
    }
}

/// A menu for records that were read again as others than they were is weighed anew, and says so.
pub(super) fn look_again(state: &mut State) {
    let Some(Overlay::Actions(deeds)) = &state.overlay else { return };
    if !is_outdated(state, deeds) {
        return;
    }
    let cursor = deeds.menu.cursor();
    let (resource, mut aims, is_own) = (deeds.resource, deeds.aims.clone(), deeds.saved_at != state.saved_at);
    // What it says from now on is of the records as they are.
    for record in in_sight(state, &deeds.aims) {
        aims.saw(record.id, record.version);
    }
    state.overlay = None;
    open_for(state, resource, aims);
    if let Some(Overlay::Actions(deeds)) = &mut state.overlay {
        deeds.menu.stand_at(cursor);
    }
    if !is_own {
        tell(state, "changed meanwhile by somebody else: look again", Role::Warn);
    }
}

/// Why what begins with a record cannot begin with this one.
fn why_not_begun(row: &ActionDef, records: &[&Record]) -> Option<String> {
    let record = records.first().filter(|record| row.id == BOOK.id && record.entity.name == "devices")?;
    why_never_booked(record.get("status").as_str())
}

/// What is done to one record at a time says so.
fn one_by_one(row: &ActionDef) -> &'static str {
    match row.id {
        id if id == WATCH.id => "records are watched one by one",
        id if id == REMIND.id => "records are reminded of one by one",
        id if id == TICKET.id => "a ticket is about one record",
        id if id == BOOK.id => "devices are booked one by one, or as a group: :booking_groups",
        _ => "records are looked at one by one",
    }
}

/// Whether a record that a menu is for is another one by now: what it says of it is no longer so.
fn is_outdated(state: &State, deeds: &Deeds) -> bool {
    let versions: HashMap<Id, i64> = deeds.seen.iter().copied().collect();
    let is_another = |record: &&Record| versions.get(&record.id).is_some_and(|seen| record.version != *seen);
    in_sight(state, &deeds.aims).iter().any(is_another)
}

/// Takes a key in that menu.
pub(super) fn press(state: &mut State, mut deeds: Deeds, press: Press, action: Option<Action>) {
    match deeds.menu.press(press, action) {
        Picked::Open => state.overlay = Some(Overlay::Actions(deeds)),
        Picked::TooSoon => {
            tell(state, super::press::TOO_SOON, Role::Warn);
            state.overlay = Some(Overlay::Actions(deeds));
        }
        Picked::Closed(why) => {
            tell(state, why, Role::Warn);
            state.overlay = Some(Overlay::Actions(deeds));
        }
        Picked::Away => {}
        // The question says to how many it will be done: that is being counted.
        Picked::Run(def) if state.awaited.states.is_some() => {
            tell(state, "counting how many of them it can be done to …", Role::Dim);
            state.overlay = Some(Overlay::Actions(Deeds { picked: Some(def), ..deeds }));
        }
        Picked::Run(def) => run(state, def, &deeds),
    }
}

/// It has been counted to how many it can be done: what was picked before that is done, where it is open.
pub(super) fn do_what_was_picked(state: &mut State) {
    match state.overlay.take() {
        Some(Overlay::Actions(deeds @ Deeds { picked: Some(def), .. })) => {
            state.told = None;
            match deeds.menu.entries().iter().find(|entry| entry.action.id == def.id).and_then(|e| e.closed.clone()) {
                Some(why) => {
                    tell(state, why, Role::Warn);
                    state.overlay = Some(Overlay::Actions(Deeds { picked: None, ..deeds }));
                }
                None => run(state, def, &deeds),
            }
        }
        other => state.overlay = other,
    }
}

fn run(state: &mut State, def: &'static ActionDef, deeds: &Deeds) {
    if let Some(operation) = crate::store::operation::find(def.id) {
        return ask_to_perform(state, operation, &deeds.aims, deeds.known.get(operation.name));
    }
    let record = in_sight(state, &deeds.aims).first().map(|record| (record.title(), page::named(record)));
    let (Some((title, named)), Some(aim)) = (record, deeds.aims.only()) else {
        return tell(state, "the record that this was for is not in the list any more", Role::Notice);
    };
    if def.id == REMIND.id {
        return desk::remind(state);
    }
    if let Some((resource, field)) = deeds::begins(def, deeds.resource) {
        return travel::turn(state, Turn::FormWith(resource, field.name, named));
    }
    if def.id == WATCH.id {
        watching::watch(state, deeds.resource, aim.id, title);
    }
}

/// Why an operation is not for this session, whatever the record: it only reads, or the permission is not held.
pub(super) fn refused(state: &State, operation: &'static Operation) -> Option<String> {
    let session = state.session.as_ref()?;
    if let Err(error) = session.require_writing() {
        // In a menu there is room for the reason alone.
        return Some(match error.into_failure() {
            Failure::ReadOnly(why) => why,
            failure => failure.to_string(),
        });
    }
    (!session.may(operation.name)).then(|| format!("you may not: it needs {}", operation.name))
}

/// Why an operation cannot be done now: by the person, or to any of the records in sight.
fn closed(state: &State, operation: &'static Operation, records: &[&Record], aims: usize) -> Option<String> {
    if let Some(why) = refused(state, operation) {
        return Some(why);
    }
    if let Some(why) = operation.one_by_one.filter(|_| aims > 1) {
        return Some(why.to_owned());
    }
    // Marked records that are not in the window are asked by the store itself.
    if aims > records.len() || !operation.takes_records() {
        return None;
    }
    let mut reasons = records.iter().map(|record| operation.open_to(record));
    let first = reasons.next()?;
    if first.is_ok() || reasons.any(|open| open.is_ok()) {
        return None;
    }
    first.err()
}

/// Whether even one is confirmed by typing: what deletes, moves money or is not taken back.
pub(super) fn weighs(operation: &Operation) -> bool {
    is_final(operation) || operation.moves_money
}

/// What deletes, or is not taken back.
pub(super) fn is_final(operation: &Operation) -> bool {
    matches!(operation.does, Does::Delete) || operation.verb() == "delete" || matches!(operation.undo, Undo::None(_))
}

/// How a yes is given for so many: by their number where they are many or where it weighs, else by a key.
pub(super) fn ask_for(state: &State, number: u64, weighs: bool) -> Ask {
    if number > SMALL || weighs { Ask::Number(number, state.manner()) } else { Ask::Yes }
}

/// That it is not done to all.
pub(super) fn of_them_can_be(state: &State, open: u64, all: u64) -> String {
    let (open, all) = (state.count(open), state.count(all));
    format!("{open} of {all} can be; the others are left as they are.")
}

/// Whether, and how, it is taken back.
pub(super) fn taken_back(undo: Undo) -> String {
    match undo {
        Undo::CounterEntry => "‹take-back› takes it back afterwards, by an entry that reverses it.".into(),
        Undo::Values => "‹take-back› takes it back afterwards.".into(),
        Undo::None(why) => format!("It is not taken back: {why}."),
    }
}

/// Says what would happen to how many, and asks.
pub(super) fn ask_to_perform(state: &mut State, operation: &'static Operation, aims: &Aims, known: Option<&Standing>) {
    if !operation.takes_records() {
        return forms::ask(state, operation, &Aims::default(), None);
    }
    let records = in_sight(state, aims);
    let all = aims.count();
    let counted = (records.len() as u64 == all).then(|| acting::open_to(operation, &records));
    let known_open = known.map(|known| known.open).or(counted);
    if known_open == Some(0) && all > 0 {
        let why = records.iter().find_map(|record| operation.open_to(record).err());
        let why = why.or_else(|| known?.refused.values().next().cloned());
        return tell(state, why.unwrap_or_else(|| format!("{}: none of them can be", operation.verb())), Role::Warn);
    }
    if !operation.asks.is_empty() {
        return forms::ask(state, operation, aims, known_open);
    }
    let mut request = Request::new(operation);
    request.aims = aims.clone();
    request.partly = request.is_bulk();
    let Some(resource) = crate::resources::of(operation.entity) else { return };
    let called = called(state, aims);
    // What is asked here is put together, and so said in the person's language from the beginning.
    let words = state.theme.words.clone();
    let verb = crate::resources::operation_label(&words, operation);
    // What is confirmed is the effect: to how many it will be done, as far as that is known.
    let open = known_open.unwrap_or(all);
    let mut lines = vec![match open < all {
        true => of_them_can_be(state, open, all),
        false => format!("{verb} {} {}:", state.count(all), forms::noun(resource, all, &words)),
    }];
    for (title, record) in called.iter().take(NAMED) {
        let refused = |record: &Record| known?.refused.get(&record.id).cloned();
        let why = record.and_then(|record| operation.open_to(record).err().or_else(|| refused(record)));
        let state = why.map_or_else(String::new, |why| format!("  – left as it is: {why}"));
        lines.push(format!("  {title}{state}"));
    }
    let more = all.saturating_sub(called.len().min(NAMED) as u64);
    if more > 0 {
        lines.push(format!("  … and {} more", state.count(more)));
    }
    lines.push(taken_back(operation.undo));
    let ask = ask_for(state, open, weighs(operation));
    let title = format!("{} {} {}?", capital(verb), state.count(open), forms::noun(resource, open, &words));
    acting::confirm(state, Confirm::new(title, lines, ask), Box::new(request), Then::Perform);
}
