//! From place to place: opened places lie on a stack, and Esc comes back to them as they were.

use super::super::message::Question;
use super::super::overlay::{Command, Overlay, Then};
use super::super::screens::dashboard::Dashboard;
use super::super::screens::form::Form;
use super::super::screens::history::History;
use super::super::screens::list::List;
use super::super::screens::page::Page;
use super::super::screens::{Context, Turn};
use super::super::state::{Line, Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::{lines, refresh, tell, with_place, with_places};
use crate::domain::Id;
use crate::resources::{self, Resource};
use crate::store::Record;

/// The tabs: what stands in each and what it opens. The numbers are the keys.
pub const SCREENS: &[(&str, &str)] = &[
    ("Dashboard", ""),
    ("Customers", "customers"),
    ("Devices", "devices"),
    ("Incidents", "incidents"),
    ("Sites", "sites"),
    ("Plans", "plans"),
    ("Maintenance", "maintenance_windows"),
    ("Log", "device_logs"),
    ("Audit", "audit_log"),
    ("Users", "users"),
];

/// Places on the stack at most: the oldest are forgotten.
const DEEPEST: usize = 30;

fn open(state: &mut State, make: impl FnOnce(&mut Context<'_>) -> Place) {
    keep_drafts(state);
    let rows = state.body_rows();
    let Some(session) = state.session.as_ref() else { return };
    let mut context = Context {
        session,
        now: state.now,
        tick: state.tick,
        asks: &mut state.asks,
        rows,
        lost: state.line != Line::Up,
    };
    let place = make(&mut context);
    state.places.push(place);
    if state.places.len() > DEEPEST {
        state.places.remove(1);
    }
}

/// What is typed and not on disk yet goes there before its form is out of sight.
fn keep_drafts(state: &mut State) {
    let mut left = Vec::new();
    with_places(state, |place, context| {
        if let Place::Form(form) = place {
            if form.due(context.tick).is_some() {
                form.keep_draft(context);
            }
            if form.is_touched() {
                left.push(form.as_draft());
            }
        }
        false
    });
    for draft in left {
        state.drafts.retain(|known| known.id != draft.id);
        state.drafts.insert(0, draft);
    }
}

/// The first place of somebody who has just come in.
pub(super) fn begin(state: &mut State) {
    if !state.places.is_empty() {
        return refresh(state);
    }
    open(state, |context| Place::Dashboard(Dashboard::open(context)));
    if let Some(place) = state.first_place.take() {
        match Command::read(&place) {
            Ok(command) => lines::run(state, command),
            Err(problem) => tell(state, problem, Role::Error),
        }
    }
}

/// One of the screens: it stands on the dashboard, so that Esc comes back there.
pub(super) fn screen(state: &mut State, index: usize) {
    let Some((_, resource)) = SCREENS.get(index) else { return };
    keep_drafts(state);
    state.places.truncate(1);
    if resource.is_empty() { refresh(state) } else { list(state, resource, "") }
}

pub(super) fn list(state: &mut State, resource: &str, filter: &str) {
    let Some(resource) = resources::find(resource) else { return };
    let permission = resource.entity.permission("read");
    if state.session.as_ref().is_some_and(|session| !session.may(&permission)) {
        return tell(
            state,
            format!("you may not see {}: it needs {permission}", resource.title.to_lowercase()),
            Role::Error,
        );
    }
    let filter = filter.to_owned();
    open(state, |context| Place::List(Box::new(List::open(resource, &filter, context))));
}

/// Goes where a place led.
pub(super) fn turn(state: &mut State, turn: Turn) {
    match turn {
        Turn::Stay | Turn::Pass => {}
        Turn::Back => back(state),
        Turn::Open(resource, id) => open(state, |context| Place::Page(Box::new(Page::open(resource, id, context)))),
        Turn::List(resource, filter) => list(state, resource.entity.name, &filter),
        Turn::Form(resource, record) => open_form(state, resource, record.map(|record| *record)),
        Turn::History(resource, id, title) => {
            open(state, |context| Place::History(Box::new(History::open(resource, id, title, context))));
        }
        Turn::Tell(text) => tell(state, text, Role::Notice),
        Turn::Alarm(text) => tell(state, text, Role::Error),
    }
}

fn back(state: &mut State) {
    if state.places.len() > 1 {
        state.places.pop();
        refresh(state);
    } else {
        ask_to_quit(state);
    }
}

pub(super) fn ask_to_quit(state: &mut State) {
    let mut lines = vec!["y leaves headend.".to_owned()];
    if state.demo {
        lines.insert(0, "This is a demo: what was tried here is gone then.".into());
    }
    if state.places.iter().any(|place| matches!(place, Place::Form(form) if form.is_touched())) {
        lines.insert(0, "What is typed in the open form is kept as a draft.".into());
    }
    state.overlay = Some(Overlay::Confirm(Confirm::new("Leave?", lines, Ask::Yes), Then::Quit));
}

/// The record before or after in the list that the page was opened from.
pub(super) fn neighbour(state: &mut State, by: isize) {
    let count = state.places.len();
    let Some([Place::List(list), Place::Page(page)]) = state.places.get_mut(count.saturating_sub(2)..) else {
        return tell(state, "this page was not opened from a list", Role::Dim);
    };
    let next = list
        .rows
        .iter()
        .position(|row| row.record.id == page.id)
        .and_then(|index| index.checked_add_signed(by))
        .and_then(|index| list.rows.get(index))
        .map(|row| row.record.id);
    let Some(id) = next else { return tell(state, "no further record in the list", Role::Dim) };
    list.at = Some(id);
    let resource = page.resource;
    state.places.pop();
    open(state, |context| Place::Page(Box::new(Page::open(resource, id, context))));
}

// ---- forms

/// A form; one that was left unfinished for the same record is as it stood.
fn open_form(state: &mut State, resource: &'static Resource, record: Option<Record>) {
    let id = record.as_ref().map(|record| record.id);
    let draft = state.drafts.iter().find(|draft| draft.resource == resource.entity.name && draft.record == id).cloned();
    open(state, |context| {
        Place::Form(Box::new(match &draft {
            Some(draft) => Form::restore(resource, draft, record, context),
            None => Form::open(resource, record, context),
        }))
    });
}

/// The form that a draft is of, as it stood.
pub(super) fn restore_draft(state: &mut State, index: usize) {
    let Some(draft) = state.drafts.get(index).cloned() else { return };
    let Some(resource) = resources::find(&draft.resource) else { return };
    list(state, resource.entity.name, "");
    let record = draft.record.map(|id| Record::known(resource.entity, id, draft.version));
    open(state, |context| Place::Form(Box::new(Form::restore(resource, &draft, record, context))));
}

/// A form was saved: it goes, and the cursor stands on what was saved.
pub(super) fn form_saved(state: &mut State, draft: Id, id: Id, title: &str) {
    state.saved_at = Some(state.now);
    state.drafts.retain(|known| known.id != draft);
    let index = state.places.iter().position(|place| matches!(place, Place::Form(form) if form.draft == draft));
    let Some(index) = index else { return };
    state.places.remove(index);
    tell(state, format!("saved: {}; u takes it back", crate::domain::text::clean(title)), Role::Notice);
    with_place(state, |place, _| {
        if let Place::List(list) = place {
            list.at = Some(id);
        }
    });
    refresh(state);
}

/// The form goes, and its draft with it.
pub(super) fn discard_form(state: &mut State) {
    if let Some(Place::Form(form)) = state.places.pop() {
        state.drafts.retain(|draft| draft.id != form.draft);
        state.asks.ask(Question::DropDraft(form.draft));
        tell(state, "thrown away", Role::Notice);
    }
    refresh(state);
}
