//! Keys: looked up in the map for the place one is in, then dealt with by what lies on top.

use super::super::actions::{Action, ActionDef, Scope};
use super::super::ahead::BETWEEN_LETTERS;
use super::super::input::Press;
use super::super::keys::{Code, Key, Meaning};
use super::super::message::Effect;
use super::super::overlay::{Overlay, Then};
use super::super::screens::desk::About;
use super::super::screens::{Turn, list};
use super::super::state::{Opener, Place, State};
use super::super::tabs::Tab;
use super::super::theme::Role;
use super::super::widgets::confirm::{Answer, Confirm};
use super::super::widgets::help::Help;
use super::super::widgets::menu::{Menu, Picked};
use super::{
    acting, ahead, arrive, commands, copying, deeds, desk, forms, lines, lock, quit, secrets, tell, travel, undoing,
    views, with_place,
};
use crate::domain::words::Words;

/// Of the incidents that are open, those that want somebody most.
const WORST_FIRST: &[&str] =
    &["is:unacknowledged severity:critical", "is:unacknowledged severity:major", "is:unacknowledged"];

/// The details pane stands beside a list from this width on.
pub const WIDE: u16 = 110;
pub(super) const STILL_READING: &str = "the rows are still being read: one moment";

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
            state.keys.resolve(Scope::Line, press.key).and_then(Action::of).filter(|action| action.edits_a_line())
        }
        _ => None,
    };
    // Nothing is done that cannot be seen.
    if state.is_too_small() && !matches!(action, Some(Action::Lock | Action::Redraw)) {
        return;
    }
    // What comes right after a paste may be part of it: it writes at most, and goes on to the next field.
    if press.suspect && action.is_some_and(|action| !goes_on_in_form(state, action)) {
        return;
    }
    if matches!(action, Some(Action::Redraw)) {
        return state.asks.want(Effect::Redraw);
    }
    if state.door.is_some() {
        return at_door(state, press, action);
    }
    if is_typed_on(state, press) {
        return tell(state, "what you went on typing is not taken here: pause for a moment first", Role::Warn);
    }
    if ahead::holds_key(state, press, action) {
        return;
    }
    state.told = None;
    // Whoever does something else does not wait for the next problem any more: the cursor stays where it is.
    if let Some(Place::List(list)) = state.places.last_mut() {
        list.stop_seeking();
    }
    if action == Some(Action::Stop) && acting::stop(state) {
        return;
    }
    if !matches!(state.overlay, Some(Overlay::Menu(_))) {
        state.under = None;
    }
    if let Some(overlay) = &state.overlay {
        // What is everywhere is also here; a question, a secret and a note are not left by it unanswered.
        let held = overlay.wants_an_answer();
        let again = match action {
            Some(Action::Find) => matches!(overlay, Overlay::Find(_)),
            Some(Action::Menu) => matches!(overlay, Overlay::Menu(_)),
            _ => true,
        };
        match action {
            Some(Action::Lock) => return act(state, Action::Lock),
            // What is shown for a moment goes with any key.
            Some(Action::Menu) if matches!(overlay, Overlay::Secret(look) if look.due().is_some()) => {}
            Some(Action::Menu) if !again => return deeds::open_menu_over(state),
            _ => {}
        }
        // What is written in a note stands there when one comes back.
        if action == Some(Action::Find) && matches!(overlay, Overlay::Note(_)) {
            desk::put_aside(state);
            return act(state, Action::Find);
        }
        if held && action == Some(Action::Find) {
            return tell(state, "first this: answer it, or ‹leave› leaves it", Role::Warn);
        }
        if let Some(action) = action.filter(|_| !held && !again) {
            state.overlay = None;
            return act(state, action);
        }
        return on_overlay(state, press, action);
    }
    if matches!(state.places.last(), Some(Place::Form(_))) {
        return forms::press(state, press, action);
    }
    match action {
        Some(action) => {
            act(state, action);
            let opener = Opener { key: press.key, is_new: true, has_written: false };
            state.opened_by = matches!(state.places.last(), Some(Place::Form(_))).then_some(opener);
        }
        None if press.key.text().is_some() => {
            tell(
                state,
                format!("{} does nothing here: ‹help› shows what does", press.key.shown(state.theme.signs.ascii)),
                Role::Dim,
            );
        }
        None => {}
    }
}

/// Whether a key is one more of what somebody types who began while a door was shut: meant for what stood there then, it is
/// not half done by what stands there now.
fn is_typed_on(state: &mut State, press: Press) -> bool {
    let writes =
        !press.key.ctrl && (press.key.text().is_some() || matches!(press.key.code, Code::Enter | Code::Backspace));
    let goes_on = |before| writes && press.at.saturating_duration_since(before) < BETWEEN_LETTERS;
    state.typed_ahead = state.typed_ahead.filter(|before| goes_on(*before)).map(|_| press.at);
    state.typed_ahead.is_some()
}

/// Whether an action does no more than to go to another field.
fn goes_on_in_form(state: &State, action: Action) -> bool {
    let (None, None, Some(Place::Form(form))) = (&state.door, &state.overlay, state.places.last()) else {
        return false;
    };
    match action {
        Action::NextPane | Action::PreviousPane => true,
        // Behind the last field it saves.
        Action::FieldNext => !form.is_on_save(),
        _ => false,
    }
}

/// At a door: in its menu, where that is open, else in its lines.
fn at_door(state: &mut State, press: Press, action: Option<Action>) {
    if let Some(Overlay::Menu(menu)) = &mut state.overlay {
        let picked = menu.press(Press { key: state.keys.on_our_layout(press.key), ..press }, action);
        if matches!(picked, Picked::Open | Picked::TooSoon | Picked::Closed(_)) {
            return;
        }
        state.overlay = None;
        match picked {
            Picked::Run(def) if def.id == Action::Redraw.def().id => state.asks.want(Effect::Redraw),
            // No key of its own came with it.
            Picked::Run(def) => {
                let press = Press { key: Key::plain(Code::Insert), ..press };
                at_door(state, press, Action::of(def));
            }
            Picked::Away | Picked::Open | Picked::TooSoon | Picked::Closed(_) => {}
        }
        return;
    }
    let Some(door) = &mut state.door else { return };
    if action == Some(Action::Menu) && !door.is_waiting() {
        return deeds::open_menu_at_door(state);
    }
    state.typed_ahead = door.is_waiting().then_some(press.at);
    let passed = door.press(press, action, &mut state.asks);
    arrive::at_door(state, passed);
}

pub(super) fn paste(state: &mut State, text: &str) {
    if state.is_too_small() {
        return;
    }
    let is_at_door = state.is_at_door();
    if let Some(door) = &mut state.door {
        // Nothing is written behind its menu.
        if is_at_door {
            door.paste(text);
        }
        return;
    }
    if state.overlay.is_some() {
        return lines::paste(state, text);
    }
    if ahead::holds_paste(state, text) {
        return;
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
    let why = state.why_closed(action.def());
    if let Some(why) = &why {
        tell(state, format!("{}: {why}", action.def().label(Words::ENGLISH)), Role::Warn);
    }
    why.is_some()
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
        Action::Menu => deeds::open_menu(state),
        Action::Find | Action::FindHere => lines::open_find(state, ""),
        Action::Command => commands::open(state, ""),
        Action::Filter => lines::open_filter(state),
        Action::Lock => lock_now(state),
        Action::Actions => deeds::open(state),
        Action::TakeBack => undoing::take_back(state),
        Action::DoAgain => undoing::ask_for_last(state, true),
        Action::Copy if deeds::aims(state).is_none_or(|(_, aims, records)| aims.is_empty() && records.is_empty()) => {
            tell(state, "nothing to copy here", Role::Dim)
        }
        Action::Copy => state.overlay = Some(Overlay::Copy(0)),
        Action::Incidents => {
            travel::list(state, "incidents", list::OPEN);
            with_place(state, |place, context| {
                if let Place::List(list) = place {
                    list.go_to_first_of(WORST_FIRST, context);
                }
            });
        }
        Action::Columns => views::open_columns(state),
        Action::Views => views::open(state),
        Action::Waiting => desk::open(state, About::Waiting),
        Action::Pinned => desk::open(state, About::Pinned),
        Action::Pin => desk::pin(state),
        Action::Note => desk::note(state),
        Action::Remind => desk::remind(state),
        Action::GoOn => ahead::go_on_with_it(state),
        Action::PreviousRecord => travel::neighbour(state, -1),
        Action::NextRecord => travel::neighbour(state, 1),
        // There is no room beside the list: the details are a page of their own.
        Action::Details if state.size.width < WIDE && matches!(state.places.last(), Some(Place::List(_))) => {
            act(state, Action::Open);
        }
        // The dashboard is the root, also where one came to it by its key: Esc goes back from there.
        Action::Back if state.places.len() <= 1 => travel::ask_to_quit(state),
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

// ---- what lies on top

/// What is said of a letter that does something at once and came before its menu can have been read.
pub(super) const TOO_SOON: &str = "too quick: read the menu, then press the letter again";

fn on_overlay(state: &mut State, press: Press, action: Option<Action>) {
    if let Some(action) = action
        && action.def().scope.is_of_a_dialog()
        && is_refused(state, action)
    {
        return;
    }
    // Letters of entries are no actions of the map: those of another layout stand for theirs as well.
    let press = if state.is_typing() { press } else { Press { key: state.keys.on_our_layout(press.key), ..press } };
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
            Picked::TooSoon => {
                tell(state, TOO_SOON, Role::Warn);
                state.overlay = Some(Overlay::Menu(menu));
            }
            Picked::Closed(why) => {
                tell(state, why, Role::Warn);
                state.overlay = Some(Overlay::Menu(menu));
            }
            Picked::Away => state.overlay = state.under.take(),
            Picked::Run(def) => run_from_menu(state, def),
        },
        Overlay::Actions(deeds) => deeds::press(state, deeds, press, action),
        Overlay::Chooser(menu) => in_chooser(state, menu, press, action),
        Overlay::Confirm(confirm, Then::Restore(index))
            if action == Some(Action::DraftDrop) && confirm.takes(press) =>
        {
            forms::ask_to_drop(state, index);
        }
        Overlay::Confirm(mut confirm, then) => match confirm.press(press, no_of(state, &confirm, press).or(action)) {
            Answer::Open => state.overlay = Some(Overlay::Confirm(confirm, then)),
            Answer::No => {}
            Answer::Yes => confirmed(state, then),
        },
        Overlay::Secret(look) => secrets::press(state, look, press, action),
        Overlay::Made(made) => secrets::in_made(state, made, press, action),
        Overlay::Copy(cursor) => copying::press(state, cursor, press, action),
        Overlay::Note(note) => desk::press(state, note, press, action),
        Overlay::Left(alone) => acting::in_left(state, alone, press, action),
        Overlay::Columns(_) | Overlay::Views(_) => views::press(state, overlay, press, action),
    }
}

/// The key that says no where nothing is typed yet: no number and no amount begins with it.
fn no_of(state: &State, confirm: &Confirm, press: Press) -> Option<Action> {
    let is_first = confirm.is_typing() && confirm.typed().text().is_empty();
    let says_no = || state.keys.resolve(Scope::Dialog, press.key).is_some_and(|def| def.id == Action::No.id());
    let is_letter = press.key.text().is_some_and(char::is_alphabetic);
    (is_first && is_letter && says_no()).then_some(Action::No)
}

/// Does what a key would in what lies on top.
pub(super) fn call_on_top(state: &mut State, action: Action) {
    let press = Press { key: Key::plain(Code::Insert), at: state.tick, repeat: false, suspect: false };
    on_overlay(state, press, Some(action));
}

/// What was picked is done where the menu was opened: in what lay there, or in the place.
fn run_from_menu(state: &mut State, def: &'static ActionDef) {
    let Some(action) = Action::of(def) else { return };
    match state.under.take() {
        Some(under) if def.scope != Scope::Everywhere || action == Action::Leave => {
            state.overlay = Some(under);
            // No key of its own came with it.
            call_on_top(state, action);
        }
        Some(under) if action == Action::Redraw => {
            state.overlay = Some(under);
            state.asks.want(Effect::Redraw);
        }
        under => {
            state.overlay = under.filter(|under| matches!(under, Overlay::Note(_)));
            desk::put_aside(state);
            act(state, action);
        }
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
            Picked::TooSoon => tell(state, TOO_SOON, Role::Warn),
            Picked::Open | Picked::Closed(_) => {}
        },
    }
    state.overlay = Some(Overlay::Chooser(menu));
}

fn confirmed(state: &mut State, then: Then) {
    match then {
        Then::Perform(request) => acting::perform(state, *request),
        Then::Send(request) => forms::send(state, *request),
        Then::TakeBack { operation, what, redo, .. } => undoing::begin(state, operation, what, redo),
        Then::Quit => quit(state),
        Then::Discard => forms::discard(state),
        Then::Restore(index) => forms::restore(state, index),
        Then::Drop(index) => forms::drop_draft(state, index),
    }
}

pub(super) fn open_help(state: &mut State) {
    state.overlay = Some(Overlay::Help(Help::new()));
}

/// The rows on the screen are of another filter or order: what is under the cursor is not what was meant.
pub(super) fn is_reading(state: &State) -> bool {
    matches!(state.places.last(), Some(Place::List(list)) if list.is_reading())
}
