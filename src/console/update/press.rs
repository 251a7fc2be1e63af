//! Keys: looked up in the map for the place one is in, then dealt with by what lies on top.

use super::super::actions::{Action, ActionDef, Scope};
use super::super::input::Press;
use super::super::keys::{Code, Key, Meaning};
use super::super::message::{Effect, Question};
use super::super::overlay::{Overlay, Then, operation_row};
use super::super::screens::desk::About;
use super::super::screens::{Turn, moves};
use super::super::state::{Place, State};
use super::super::tabs::Tab;
use super::super::theme::Role;
use super::super::widgets::confirm::{Answer, Ask, Confirm};
use super::super::widgets::help::Help;
use super::super::widgets::menu::{Menu, Picked};
use super::{
    acting, arrive, commands, desk, forms, lines, lock, quit, secrets, tell, travel, views, watching, with_place,
};
use crate::domain::Id;
use crate::domain::words::Words;
use crate::resources::Resource;
use crate::store::Failure;
use crate::store::operation::Does;
use crate::store::{Operation, Record, Request};

/// The details pane stands beside a list from this width on.
pub const WIDE: u16 = 110;
pub(super) const STILL_READING: &str = "the rows are still being read: one moment";
/// More records than this are confirmed by typing their number.
pub(super) const SMALL: usize = 10;

pub(super) fn key(state: &mut State, press: Press) {
    let meaning = state.keys.meaning(state.scope(), press.key, state.is_typing());
    if let Meaning::EscThen(key) = meaning {
        self::key(state, Press { key: Key::plain(Code::Esc), ..press });
        return self::key(state, Press { key, ..press });
    }
    let action = match meaning {
        Meaning::Act(def) => Action::of(def),
        // A field is edited as a line is.
        Meaning::Nothing if state.is_typing() => {
            state.keys.resolve(Scope::Line, press.key).and_then(Action::of).filter(|action| edits(*action))
        }
        _ => None,
    };
    // What comes right after a paste may be part of it: it writes at most.
    if press.suspect && action.is_some() {
        return;
    }
    if matches!(action, Some(Action::Redraw)) {
        return state.asks.want(Effect::Redraw);
    }
    if let Some(door) = &mut state.door {
        let passed = door.press(press, action, &mut state.asks);
        return arrive::at_door(state, passed);
    }
    state.told = None;
    if action == Some(Action::Stop) && acting::stop(state) {
        return;
    }
    if state.overlay.is_some() {
        return on_overlay(state, press, action);
    }
    if matches!(state.places.last(), Some(Place::Form(_))) {
        return forms::press(state, press, action);
    }
    match action {
        Some(action) => act(state, action),
        None if press.key.text().is_some() => {
            tell(
                state,
                format!("{} does nothing here: ? shows what does", press.key.shown(state.theme.signs.ascii)),
                Role::Dim,
            );
        }
        None => {}
    }
}

const fn edits(action: Action) -> bool {
    matches!(action, Action::LineStart | Action::LineEnd | Action::LineClear | Action::LineCutEnd | Action::LineCutWord)
}

pub(super) fn paste(state: &mut State, text: &str) {
    if let Some(door) = &mut state.door {
        return door.paste(text);
    }
    if state.overlay.is_some() {
        return lines::paste(state, text);
    }
    let in_form = with_place(state, |place, context| {
        if let Place::Form(form) = place {
            form.paste(text, context);
            return true;
        }
        false
    });
    if in_form != Some(true) {
        // Nothing is run by a paste: where letters are commands it is looked for.
        lines::open_find(state, text.trim());
    }
}

/// Whether an action would change something in a session that changes nothing; says so.
pub(super) fn is_refused(state: &mut State, action: Action) -> bool {
    let why = why_closed(state, action.def());
    if let Some(why) = &why {
        tell(state, format!("{}: {why}", action.def().label(Words::ENGLISH)), Role::Warn);
    }
    why.is_some()
}

/// Why an action is not for this session: it only reads, or the permission is not held.
fn why_closed(state: &State, def: &ActionDef) -> Option<String> {
    let session = state.session.as_ref()?;
    if def.writes
        && let Err(error) = session.require_writing()
    {
        return Some(error.to_string());
    }
    let needed = def.permission.filter(|permission| !session.may(permission))?;
    Some(format!("you may not: it needs {needed}"))
}

/// Does what a key asks for, in a place where letters are commands.
pub(super) fn act(state: &mut State, action: Action) {
    if matches!(state.places.last(), Some(Place::Form(_))) && action != Action::Help {
        // Called by name, from a menu or a line: no key of its own came with it.
        let press = Press { key: Key::plain(Code::Insert), at: state.tick, repeat: false, suspect: false };
        return forms::press(state, press, Some(action));
    }
    // Where nothing is typed there are only operations to take back.
    let action = match action {
        Action::Undo => Action::TakeBack,
        Action::Redo => Action::DoAgain,
        action => action,
    };
    if is_refused(state, action) {
        return;
    }
    match action {
        Action::Help => open_help(state),
        Action::Menu => open_menu(state),
        Action::Find | Action::FindHere => lines::open_find(state, ""),
        Action::Command => commands::open(state, ""),
        Action::Filter => lines::open_filter(state),
        Action::Lock => lock_now(state),
        Action::Actions => open_actions(state),
        Action::TakeBack => take_back(state),
        Action::DoAgain => {
            state.awaited.last_operation = Some((state.asks.ask(Question::LastOperation { redo: true }), true));
        }
        Action::Copy => state.overlay = Some(Overlay::Copy),
        Action::Columns => views::open_columns(state),
        Action::Views => views::open(state),
        Action::Waiting => desk::open(state, About::Waiting),
        Action::Pinned => desk::open(state, About::Pinned),
        Action::Pin => desk::pin(state),
        Action::Note => desk::note(state),
        Action::Remind => desk::remind(state),
        Action::Incidents => travel::list(state, "incidents", "is:open"),
        Action::PreviousRecord => travel::neighbour(state, -1),
        Action::NextRecord => travel::neighbour(state, 1),
        // There is no room beside the list: the details are a page of their own.
        Action::Details if state.size.width < WIDE => act(state, Action::Open),
        Action::Save => tell(state, "nothing to save here", Role::Dim),
        _ => {
            if let Some(tab) = Tab::of(action) {
                return travel::tab(state, tab);
            }
            let turn = with_place(state, |place, context| match place {
                Place::Dashboard(dashboard) => dashboard.act(action, context),
                Place::List(list) => list.act(action, context),
                Place::Page(page) => page.act(action, context),
                Place::History(history) => history.act(action, context),
                Place::Desk(desk) => desk.act(action, context),
                Place::Form(_) => Turn::Pass,
            });
            match turn {
                Some(Turn::Pass) if action == Action::Back => travel::turn(state, Turn::Back),
                Some(Turn::Pass) => tell(state, format!("{}: not here", action.def().label(Words::ENGLISH)), Role::Dim),
                Some(turn) => travel::turn(state, turn),
                None => {}
            }
        }
    }
}

pub(super) fn lock_now(state: &mut State) {
    let name = state.session.as_ref().map(|session| session.actor_name().to_owned()).unwrap_or_default();
    lock(state, &name, "Locked.");
}

/// In a history the operation under the cursor, else my last one.
fn take_back(state: &mut State) {
    if let Some(Place::History(history)) = state.places.last()
        && let Some(event) = history.event()
    {
        return match event.operation {
            Some(operation) => {
                state.awaited.last_operation = Some((state.asks.ask(Question::Operation(operation)), false));
            }
            None => tell(state, "this was no operation: there is nothing to take back", Role::Notice),
        };
    }
    state.awaited.last_operation = Some((state.asks.ask(Question::LastOperation { redo: false }), false));
}

// ---- what lies on top

fn on_overlay(state: &mut State, press: Press, action: Option<Action>) {
    let Some(overlay) = state.overlay.take() else { return };
    match overlay {
        Overlay::Filter(_) | Overlay::Command(_) | Overlay::Find(_) => lines::press(state, overlay, press, action),
        Overlay::Help(mut help) => {
            if matches!(action, Some(Action::Leave | Action::Stop)) {
                return;
            }
            help.press(press.key, action);
            state.overlay = Some(Overlay::Help(help));
        }
        Overlay::Menu(mut menu) => match menu.press(press, action) {
            Picked::Open => state.overlay = Some(Overlay::Menu(menu)),
            Picked::Closed(why) => {
                tell(state, why, Role::Warn);
                state.overlay = Some(Overlay::Menu(menu));
            }
            Picked::Away => {}
            Picked::Run(def) => {
                if let Some(action) = Action::of(def) {
                    act(state, action);
                }
            }
        },
        Overlay::Actions(mut menu, aims, resource) => match menu.press(press, action) {
            Picked::Open => state.overlay = Some(Overlay::Actions(menu, aims, resource)),
            Picked::Closed(why) => {
                tell(state, why, Role::Warn);
                state.overlay = Some(Overlay::Actions(menu, aims, resource));
            }
            Picked::Away => {}
            Picked::Run(def) if def.id == WATCH.id => watch(state, resource, &aims),
            Picked::Run(def) if def.id == REMIND.id => desk::remind(state),
            Picked::Run(def) => {
                if let Some(operation) = crate::store::operation::find(def.id) {
                    ask_to_perform(state, operation, &aims);
                }
            }
        },
        Overlay::Chooser(menu) => in_chooser(state, menu, press, action),
        Overlay::Confirm(mut confirm, then) => match confirm.press(press, action) {
            Answer::Open => state.overlay = Some(Overlay::Confirm(confirm, then)),
            Answer::No => {}
            Answer::Yes => confirmed(state, then),
        },
        Overlay::Secret(look) => secrets::press(state, look, press, action),
        Overlay::Copy => copy(state, press),
        Overlay::Note(note) => desk::press(state, note, press, action),
        Overlay::Left(alone) => acting::in_left(state, alone, press, action),
        Overlay::Columns(_) | Overlay::Views(_) => views::press(state, overlay, press, action),
    }
}

/// The lists of a tab: its own key goes on to the next, the key of another goes there.
fn in_chooser(state: &mut State, mut menu: Menu, press: Press, action: Option<Action>) {
    let by_key = state.keys.resolve(Scope::List, press.key).and_then(Action::of).and_then(Tab::of);
    match by_key {
        _ if press.suspect => {}
        Some(tab) if tab == Tab::current(state) => menu.go_round(),
        Some(tab) => return travel::tab(state, tab),
        None => match menu.press(press, action) {
            Picked::Run(def) => {
                if let Some(resource) = crate::resources::find(def.id) {
                    travel::root_list(state, resource);
                }
                return;
            }
            Picked::Away => return,
            Picked::Open | Picked::Closed(_) => {}
        },
    }
    state.overlay = Some(Overlay::Chooser(menu));
}

fn confirmed(state: &mut State, then: Then) {
    match then {
        Then::Perform(request) => acting::perform(state, *request),
        Then::Send(request) => forms::send(state, *request),
        Then::TakeBack(operation) => state.awaited.taking_back = Some(state.asks.ask(Question::TakeBack(operation))),
        Then::Quit => quit(state),
        Then::Discard => forms::discard(state),
        Then::Restore(index) => forms::restore(state, index),
    }
}

pub(super) fn open_help(state: &mut State) {
    state.overlay = Some(Overlay::Help(Help::new()));
}

/// Every action of the place with a letter, so that a key that a terminal swallows blocks nobody.
pub(super) fn open_menu(state: &mut State) {
    let ascii = state.theme.signs.ascii;
    let scope = state.scope();
    let rows = state.keys.help(scope, |def| state.place_answers(def)).into_iter().flat_map(|section| section.rows);
    let mut entries: Vec<(&'static ActionDef, String, Option<String>)> = rows
        .filter(|row| row.action.id != "menu")
        .map(|row| {
            (
                row.action,
                row.keys.first().map(|key| key.shown(ascii)).unwrap_or_default(),
                why_closed(state, row.action),
            )
        })
        .collect();
    // What merely moves comes last: it has the arrows too.
    entries.sort_by_key(|(def, ..)| Action::of(def).is_some_and(moves));
    state.overlay = Some(Overlay::Menu(Menu::new("Everything here", entries)));
}

/// A resource, records of it at the versions that were seen, and those of them that are on the screen.
pub(super) type Aims<'a> = (&'static Resource, Vec<(Id, i64)>, Vec<&'a Record>);

/// What the place's actions are for.
pub(super) fn aims(state: &State) -> Option<Aims<'_>> {
    match state.places.last()? {
        Place::List(list) => Some((list.resource, list.aims(), list.aimed_records().collect())),
        Place::Page(page) => {
            let record = page.record.as_ref()?;
            Some((page.resource, vec![(record.id, record.version)], vec![record]))
        }
        Place::Dashboard(dashboard) => {
            let record = dashboard.current()?;
            Some((crate::resources::of(record.entity)?, vec![(record.id, record.version)], vec![record]))
        }
        Place::Desk(desk) => {
            let record = desk.current()?;
            Some((crate::resources::of(record.entity)?, vec![(record.id, record.version)], vec![record]))
        }
        _ => None,
    }
}

/// The rows on the screen are of another filter or order: what is under the cursor is not what was meant.
pub(super) fn is_reading(state: &State) -> bool {
    matches!(state.places.last(), Some(Place::List(list)) if list.is_reading())
}

/// What can be done to any record: its letter is its own in every menu.
static WATCH: &ActionDef =
    &ActionDef { letter: Some('w'), permission: Some("watches.create"), ..ActionDef::new("watch", Scope::List, &[]) };

/// The same from the menu as by its key.
static REMIND: &ActionDef = &ActionDef {
    letter: Some('W'),
    permission: Some("reminders.create"),
    ..ActionDef::new("remind", Scope::List, &[])
};

fn watch(state: &mut State, resource: &'static Resource, aims: &[(Id, i64)]) {
    let title = self::aims(state).and_then(|(_, _, records)| records.first().map(|record| record.title()));
    if let [(id, _)] = aims {
        watching::watch(state, resource, *id, title.unwrap_or_default());
    }
}

fn open_actions(state: &mut State) {
    if is_reading(state) {
        return tell(state, STILL_READING, Role::Notice);
    }
    let Some((resource, aims, records)) = aims(state) else {
        return tell(state, "nothing to act on here", Role::Dim);
    };
    let count = acting::matching(state).map_or(aims.len(), |matching| usize::try_from(matching.count).unwrap_or(0));
    // What makes a record needs none to be there.
    let offered = || resource.actions().filter(|operation| count > 0 || !operation.takes_records());
    if count == 0 && offered().next().is_none() {
        return tell(state, "nothing to act on: the list is empty", Role::Dim);
    }
    // What takes records away does not stand first, where the cursor is.
    let mut ordered: Vec<_> = offered().collect();
    ordered.sort_by_key(|operation| operation.is_dangerous());
    let entries: Vec<(&'static ActionDef, String, Option<String>)> = ordered
        .into_iter()
        .map(|operation| (operation_row(operation), String::new(), closed(state, operation, &records, count)))
        .collect();
    let title = match records.as_slice() {
        [record] if count == 1 => record.title(),
        _ => format!("{count} marked {}", resource.several(Words::ENGLISH)),
    };
    let watched = match records.as_slice() {
        [_] if count == 1 => None,
        _ => Some("records are watched one by one".to_owned()),
    };
    let one_by_one = |what: &str| (count != 1).then(|| format!("records are {what} one by one"));
    let reminded = desk::closed(state, REMIND.permission.unwrap_or_default()).or_else(|| one_by_one("reminded of"));
    let may_watch = state.session.as_ref().is_some_and(|session| session.may(WATCH.permission.unwrap_or_default()));
    let watched = if may_watch { watched } else { Some("you may not: it needs watches.create".into()) };
    let mut menu =
        Menu::new(title, entries).with_fixed(REMIND, String::new(), reminded).with_fixed(WATCH, String::new(), watched);
    let in_sight = records.len();
    if in_sight == count && count > 1 {
        let total = u64::try_from(count).unwrap_or(u64::MAX);
        for operation in resource.actions().filter(|operation| operation.takes_records()) {
            menu.note(operation.name, acting::how_many(acting::open_to(operation, &records), total));
        }
    }
    acting::ask_states(state, &aims, in_sight);
    state.overlay = Some(Overlay::Actions(menu, aims, resource));
}

/// Why an operation cannot be done now: to the person, or to any of the records in sight.
fn closed(state: &State, operation: &'static Operation, records: &[&Record], aims: usize) -> Option<String> {
    let session = state.session.as_ref()?;
    if let Err(error) = session.require_writing() {
        // In a menu there is room for the reason alone.
        return Some(match error.into_failure() {
            Failure::ReadOnly(why) => why,
            failure => failure.to_string(),
        });
    }
    if !session.may(operation.name) {
        return Some(format!("you may not: it needs {}", operation.name));
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

/// Says what would happen to how many, and asks.
pub(super) fn ask_to_perform(state: &mut State, operation: &'static Operation, aims: &[(Id, i64)]) {
    if !operation.takes_records() {
        return forms::ask(state, operation, &[]);
    }
    if !operation.asks.is_empty() {
        return forms::ask(state, operation, aims);
    }
    let mut request = Request::new(operation);
    for (id, version) in aims {
        request = request.on(*id, Some(*version));
    }
    request.matching = acting::matching(state).cloned();
    request.partly = request.is_bulk();
    let Some((resource, _, records)) = self::aims(state) else { return };
    let verb = operation.verb();
    let count = acting::matching(state).map_or(aims.len(), |all| usize::try_from(all.count).unwrap_or(usize::MAX));
    let noun = forms::noun(resource, count);
    let mut lines = vec![format!("{verb} {count} {noun}:")];
    let open = acting::open_to(operation, &records);
    if records.len() == count && usize::try_from(open).is_ok_and(|open| open < count) && count > 1 {
        lines.push(format!("{open} of {count} can be; the others are left as they are."));
    }
    for record in records.iter().take(5) {
        let state = match operation.open_to(record) {
            Ok(()) => String::new(),
            Err(why) => format!("  – left as it is: {why}"),
        };
        lines.push(format!("  {}{state}", record.title()));
    }
    if count > 5 {
        lines.push(format!("  … and {} more", count - records.len().min(5)));
    }
    match operation.undo {
        crate::store::operation::Undo::CounterEntry => {
            lines.push("u takes it back afterwards, by an entry that reverses it.".into());
        }
        crate::store::operation::Undo::Values => lines.push("u takes it back afterwards.".into()),
        crate::store::operation::Undo::None(why) => lines.push(format!("It is not taken back: {why}.")),
    }
    let many = count > SMALL || (operation.is_dangerous() && matches!(operation.does, Does::Delete));
    let ask = if many { Ask::Type(count.to_string()) } else { Ask::Yes };
    let title = format!("{} {noun}?", capital(verb));
    state.overlay = Some(Overlay::Confirm(Confirm::new(title, lines, ask), Then::Perform(Box::new(request))));
}

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

// ---- copying

fn copy(state: &mut State, press: Press) {
    // Right after a paste nothing acts.
    let Some(letter) = press.key.text().filter(|_| !press.suspect) else { return };
    let locale = state.session.as_ref().map(|session| session.locale(state.now));
    let (Some((resource, _, records)), Some(locale)) = (aims(state), locale) else { return };
    let column = match state.places.last() {
        Some(Place::List(list)) => list.columns.get(list.column).map(|column| column.field.name),
        Some(Place::Page(page)) => match page.lines().get(page.line) {
            Some(crate::console::screens::page::Line::Field(field)) => Some(field.name),
            _ => None,
        },
        _ => None,
    };
    let fields: Vec<&str> = match state.places.last() {
        Some(Place::List(list)) => list.columns.iter().map(|column| column.field.name).collect(),
        _ => resource.columns.iter().map(|column| column.field).collect(),
    };
    let shown = |record: &Record, field: &str| record.get(field).shown(locale);
    let text = match letter {
        'v' => records.iter().map(|record| shown(record, column.unwrap_or("name"))).collect::<Vec<_>>().join("\n"),
        'r' => records
            .iter()
            .map(|record| fields.iter().map(|field| shown(record, field)).collect::<Vec<_>>().join("\t"))
            .collect::<Vec<_>>()
            .join("\n"),
        's' => records
            .iter()
            .map(|record| {
                let rest = fields.iter().skip(2).filter(|field| !record.get(field).is_empty()).take(4);
                let parts: Vec<String> = rest
                    .map(|field| format!("{} {}", resource.label(Words::ENGLISH, field), shown(record, field)))
                    .collect();
                format!("{}: {}", record.title(), parts.join(", "))
            })
            .collect::<Vec<_>>()
            .join("\n"),
        'j' => {
            let rows: Vec<serde_json::Value> = records
                .iter()
                .map(|record| {
                    record
                        .values()
                        .map(|(name, value)| (name.to_owned(), value.to_json()))
                        .collect::<serde_json::Map<_, _>>()
                        .into()
                })
                .collect();
            serde_json::to_string_pretty(&rows).unwrap_or_default()
        }
        'c' => {
            let mut csv = csv::Writer::from_writer(Vec::new());
            let rows = records.iter().map(|record| fields.iter().map(|field| record.get(field).written()).collect());
            for row in
                std::iter::once(fields.iter().map(|field| (*field).to_owned()).collect::<Vec<String>>()).chain(rows)
            {
                // What is written into memory is never refused.
                let _ = csv.write_record(row);
            }
            csv.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
        }
        'l' => {
            let filter = match state.places.last() {
                Some(Place::List(list)) if !list.filter_text.is_empty() => {
                    format!(" --filter {}", shell_quoted(&list.filter_text))
                }
                _ => String::new(),
            };
            match records.as_slice() {
                [record] if filter.is_empty() => format!("headend get {} {}", resource.entity.name, record.id),
                _ => format!("headend list {}{filter}", resource.entity.name),
            }
        }
        _ => return tell(state, "copy: v value, r row, j JSON, c CSV, s summary, l command", Role::Dim),
    };
    let lines = text.lines().count();
    state.asks.want(Effect::Copy(text));
    tell(state, format!("copied: {lines} line(s)"), Role::Notice);
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
