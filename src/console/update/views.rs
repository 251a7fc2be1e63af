//! Columns and saved views of the list one is in, and how lists are remembered.

use super::super::actions::{Action, Scope};
use super::super::input::Press;
use super::super::message::{Number, Performed, Question, Reply};
use super::super::overlay::columns::{Chosen, ColumnChooser};
use super::super::overlay::views::{MOST, Naming, SavedView, Views};
use super::super::overlay::{Overlay, Then};
use super::super::screens::Turn;
use super::super::screens::list::List;
use super::super::screens::list::look::{Look, ShownView};
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::super::widgets::line::LineEditor;
use super::super::widgets::shown::Shown;
use super::{acting, shown_views, tell, travel, with_place, with_places};
use crate::domain::filter::{Resolved, Test};
use crate::domain::text::{clean, fold};
use crate::domain::words::Words;
use crate::domain::{Id, Value};
use crate::resources::{self, Resource};
use crate::store::list::{From, ListRequest};
use crate::store::operation::{self, Does};
use crate::store::saved_views::{SAVED_VIEWS, SHARE};
use crate::store::{Record, Request};

// ---- memory

pub(super) fn ask_left_lists(state: &mut State) {
    state.awaited.left_lists = Some(state.asks.ask(Question::LeftLists));
}

/// Remembers the looks that were changed, of all lists that are open.
pub(super) fn keep_looks(state: &mut State) {
    // A filter that is being written is not how the list is left: Esc goes back to the one before.
    if matches!(state.overlay, Some(Overlay::Filter(_))) {
        return;
    }
    let mut changed: Vec<(&'static Resource, Look, bool)> = Vec::new();
    with_places(state, |place, _| {
        if let Place::List(list) = place
            && list.take_changed_look()
        {
            changed.push((list.resource, list.look(), list.remembers_filter));
        }
        false
    });
    let reads_only =
        state.read_only || state.session.as_ref().is_some_and(|session| session.require_writing().is_err());
    for (resource, look, with_filter) in changed {
        if let Some(kept) = state.lists.keep(resource, look, with_filter)
            && !reads_only
        {
            state.asks.ask(Question::KeepList(kept));
        }
    }
}

/// How the lists were left has been read: one that was opened before looks so now.
fn left_lists(state: &mut State, reply: Option<Reply>) {
    let Some(Reply::LeftLists(Ok(lists))) = reply else { return };
    state.lists.take(lists);
    let lists = std::mem::take(&mut state.lists);
    with_places(state, |place, context| {
        if let Place::List(list) = place
            && list.below.is_none()
            && list.remembers_filter
            && list.look() == Look::of(list.resource)
        {
            let (look, view) = lists.opening(list.resource);
            list.view = view;
            list.show(look, context);
            list.take_changed_look();
        }
        false
    });
    state.lists = lists;
}

// ---- columns

fn list(state: &State) -> Option<&List> {
    match state.places.last() {
        Some(Place::List(list)) => Some(list),
        _ => None,
    }
}

pub(super) fn open_columns(state: &mut State) {
    let Some(list) = list(state) else { return tell(state, "there are no columns to choose here", Role::Dim) };
    state.overlay = Some(Overlay::Columns(ColumnChooser::new(list.resource, &list.columns)));
}

pub(super) fn press(state: &mut State, overlay: Overlay, press: Press, action: Option<Action>) {
    match overlay {
        Overlay::Columns(chooser) => in_columns(state, chooser, action),
        Overlay::Views(views) if views.naming.is_some() => in_naming(state, views, press, action),
        Overlay::Views(views) => in_views(state, views, press, action),
        other => state.overlay = Some(other),
    }
}

fn in_columns(state: &mut State, mut chooser: ColumnChooser, action: Option<Action>) {
    match chooser.press(action) {
        Chosen::Away => return,
        Chosen::Show(columns) => {
            with_place(state, |place, context| {
                if let Place::List(list) = place {
                    list.set_columns(columns, context);
                }
            });
        }
        Chosen::Last => tell(state, "one column stays: show another one first", Role::Warn),
        Chosen::Open => {}
    }
    state.overlay = Some(Overlay::Columns(chooser));
}

// ---- views

pub(super) fn open(state: &mut State) {
    let shown = list(state).map(|list| (list.resource, list.view.as_ref().map(|view| view.id)));
    let Some((resource, view)) = shown else {
        return tell(state, "there are no views here: they are of lists", Role::Dim);
    };
    let asked = ask_views(state, resource);
    let opens_with = state.lists.opens_with(resource);
    state.overlay = Some(Overlay::Views(Views::new(resource, opens_with, view, asked)));
}

fn ask_views(state: &mut State, resource: &'static Resource) -> Number {
    let of_this = Test::Equals(Value::text(resource.entity.name));
    let request = ListRequest {
        filter: Resolved::Compare { field: "screen".into(), test: of_this },
        from: From::Start,
        ..ListRequest::all(&SAVED_VIEWS, MOST)
    };
    state.asks.ask(Question::List(request))
}

/// Something was saved: the views that stand there may be others by now.
pub(super) fn look_again(state: &mut State) {
    let Some(Overlay::Views(views)) = &mut state.overlay else { return };
    if views.asked.is_some() {
        views.asks_again = true;
        return;
    }
    let resource = views.resource;
    let asked = ask_views(state, resource);
    if let Some(Overlay::Views(views)) = &mut state.overlay {
        views.asked = Some(asked);
    }
}

/// Answers to what these asked.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    if state.awaited.left_lists == Some(number) {
        state.awaited.left_lists = None;
        left_lists(state, reply.take());
        return true;
    }
    if state.awaited.view.take_if(|asked| *asked == number).is_some() {
        looked_up(state, reply.take());
        return true;
    }
    // Another menu may lie over them by now.
    let is_it = |overlay: &Overlay| matches!(overlay, Overlay::Views(views) if views.asked == Some(number));
    let overlay = if state.overlay.as_ref().is_some_and(is_it) { &mut state.overlay } else { &mut state.under };
    let Some(Overlay::Views(views)) = overlay.as_mut().filter(|overlay| is_it(overlay)) else { return false };
    views.asked = None;
    let mut is_gone = false;
    match reply.take() {
        Some(Reply::Page(Ok(page))) => {
            views.take(page.rows, page.more_after, &state.keys.letters(Scope::Views));
            let is_there = |id| views.views.iter().flatten().any(|view| view.record.id == id);
            is_gone = views.naming.as_ref().and_then(|naming| naming.of).is_some_and(|(id, _)| !is_there(id));
        }
        Some(Reply::Page(Err(error))) => views.error = Some(error.to_string()),
        _ => {}
    }
    if is_gone {
        views.naming = None;
    }
    let again = std::mem::take(&mut views.asks_again);
    if is_gone {
        tell(state, "the view that was given another name is not there any more", Role::Warn);
    }
    if again {
        look_again(state);
    }
    true
}

fn in_views(state: &mut State, mut views: Views, press: Press, action: Option<Action>) {
    // Right after a paste, while a key is held, and before one can have seen the views, nothing is chosen.
    let deliberate = !press.repeat && !press.suspect && views.shown.was_seen(press.at);
    let letter = press.key.text().filter(|_| deliberate);
    if views.acting {
        let leaves = matches!(action, Some(Action::Leave | Action::Stop | Action::No | Action::Away));
        if !deliberate && !leaves {
            state.overlay = Some(Overlay::Views(views));
            return;
        }
        views.acting = false;
        return act_on_view(state, views, action);
    }
    match (action, letter) {
        (Some(Action::Leave | Action::Stop | Action::No | Action::Away), _) => return,
        (Some(Action::PickDown | Action::Down), _) => {
            views.cursor = (views.cursor + 1).min(views.len().saturating_sub(1));
        }
        (Some(Action::PickUp | Action::Up), _) => views.cursor = views.cursor.saturating_sub(1),
        (Some(Action::Home), _) => views.cursor = 0,
        (Some(Action::End), _) => views.cursor = views.len().saturating_sub(1),
        (Some(Action::Pick), _) if deliberate => {
            if let Some(record) = views.current().map(|view| view.record.clone()) {
                return show_view(state, &record);
            }
        }
        (Some(Action::ViewKeep), _) if deliberate => {
            views.naming = Some(Naming { line: LineEditor::new(), of: None });
        }
        (Some(Action::ViewMore), _) if deliberate && views.current().is_some() => {
            (views.acting, views.shown) = (true, Shown::default());
        }
        (None, Some(letter)) => {
            if let Some(record) = views.by_letter(letter).map(|view| view.record.clone()) {
                return show_view(state, &record);
            }
        }
        _ => {}
    }
    state.overlay = Some(Overlay::Views(views));
}

/// A view that was found: its list is opened as it keeps it, once it is read.
pub(super) fn look_up(state: &mut State, id: Id) {
    state.awaited.view = Some(state.asks.ask(Question::Get { entity: &SAVED_VIEWS, id }));
}

fn looked_up(state: &mut State, reply: Option<Reply>) {
    let view = match reply {
        Some(Reply::Record(Ok(Some(view)))) => view,
        Some(Reply::Record(Ok(None))) => return tell(state, "this view is not there any more", Role::Warn),
        Some(Reply::Record(Err(error))) => return tell(state, error.to_string(), Role::Error),
        _ => return,
    };
    let Some(resource) = resources::find(view.get("screen").as_str()) else {
        let page = resources::of(&SAVED_VIEWS).map(|views| Turn::Open(views, view.id));
        return travel::turn(state, page.unwrap_or(Turn::Stay));
    };
    travel::list(state, resource.entity.name, "");
    let is_there = |list: &List| list.resource.entity == resource.entity && list.below.is_none();
    if list(state).is_some_and(is_there) {
        show_view(state, &view);
    }
}

fn show_view(state: &mut State, view: &Record) {
    with_place(state, |place, context| {
        if let Place::List(list) = place {
            let view = ShownView::of(list.resource, view);
            list.show(view.look.clone(), context);
            list.remembers_filter = true;
            list.view = Some(view);
        }
    });
}

/// What can be done to the view under the cursor.
fn act_on_view(state: &mut State, mut views: Views, action: Option<Action>) {
    let Some((id, version, name)) =
        views.current().map(|view| (view.record.id, view.record.version, view.record.get("name").as_str().to_owned()))
    else {
        return;
    };
    let changes =
        matches!(action, Some(Action::ViewRename | Action::ViewRewrite | Action::ViewShare | Action::ViewDelete));
    if changes && !state.may_share_views() && views.current().is_some_and(SavedView::is_shared) {
        tell(state, format!("this view is everybody's: to change it needs the permission {SHARE}"), Role::Warn);
        state.overlay = Some(Overlay::Views(views));
        return;
    }
    match action {
        Some(Action::ViewRename) => {
            views.naming = Some(Naming { line: LineEditor::with_text(&name), of: Some((id, version)) });
        }
        Some(Action::ViewRewrite) => {
            let Some(look) = list(state).map(List::look) else { return };
            let Some(request) = request("saved_views.update") else { return };
            let request = with_look(request.on(id, Some(version)), &look);
            if !views.current().is_some_and(SavedView::is_shared) {
                return acting::perform(state, request);
            }
            let lines = vec![
                format!("{}: everybody who uses it sees the list as it is here.", clean(&name)),
                "‹take-back› takes it back afterwards.".into(),
            ];
            let confirm = Confirm::new("Write this view anew for everybody?", lines, Ask::Yes);
            state.overlay = Some(Overlay::Confirm(confirm, Then::Perform(Box::new(request))));
            return;
        }
        Some(Action::ViewShare) => {
            let (question, told) = match views.current().is_some_and(SavedView::is_shared) {
                true => ("Keep this view for yourself alone?", format!("{}: nobody else finds it then.", clean(&name))),
                false => ("Share this view?", format!("{}: everybody finds it under ‹views› then.", clean(&name))),
            };
            let lines = vec![told, "‹take-back› takes it back afterwards.".into()];
            return ask(state, question, lines, SHARE, (id, version));
        }
        Some(Action::ViewDelete) => {
            let (question, told) = match views.current().is_some_and(SavedView::is_shared) {
                true => ("Delete this view for everybody?", format!("{}: nobody finds it any more.", clean(&name))),
                false => ("Delete this view?", clean(&name).into_owned()),
            };
            let lines = vec![told, "‹take-back› takes it back afterwards.".into()];
            return ask(state, question, lines, "saved_views.delete", (id, version));
        }
        Some(Action::ViewOpens) => open_with(state, &mut views, id),
        _ => {}
    }
    state.overlay = Some(Overlay::Views(views));
}

/// The list opens with this view from now on; where it did, no longer.
fn open_with(state: &mut State, views: &mut Views, id: Id) {
    let unset = views.opens_with == Some(id);
    let view = views.current().map(|view| view.record.clone()).filter(|_| !unset);
    views.opens_with = view.as_ref().map(|view| view.id);
    let kept = state.lists.open_with(views.resource, view);
    state.asks.ask(Question::KeepList(kept));
    let what = if unset { "opens as it was left" } else { "opens with this view" };
    tell(state, format!("{} {what} from now on", views.resource.several(Words::ENGLISH)), Role::Notice);
}

fn request(name: &str) -> Option<Request> {
    operation::find(name).map(Request::new)
}

fn ask(state: &mut State, title: &str, lines: Vec<String>, name: &str, (id, version): (Id, i64)) {
    let Some(request) = request(name) else { return };
    if let Some(session) = &state.session
        && !session.may(name)
    {
        return tell(state, format!("you may not: it needs {name}"), Role::Warn);
    }
    let confirm = Confirm::new(title, lines, Ask::Yes);
    state.overlay = Some(Overlay::Confirm(confirm, Then::Perform(Box::new(request.on(id, Some(version))))));
}

fn with_look(request: Request, look: &Look) -> Request {
    request
        .with("filter", Value::text(&look.filter))
        .with("sort", Value::Text(look.sort_text()))
        .with("shown_columns", Value::Json(look.columns_json()))
}

/// What was done to a view: a list that was saved as one shows it from now on, and goes by its name.
pub(super) fn saved(state: &mut State, request: &Request, performed: &Performed) {
    let Some(id) = performed.done.records.first().copied() else { return };
    if matches!(request.operation.does, Does::Delete) {
        return shown_views::is_now(state, id, None);
    }
    let Some(Place::List(list)) = state.places.last_mut() else { return };
    let (look, name) = (list.look(), performed.title.clone().unwrap_or_default());
    let of_it = with_look(Request::new(request.operation), &look);
    if of_it.values.iter().all(|value| request.values.contains(value)) {
        list.view = Some(ShownView { id, name, look });
    } else if let Some(view) = list.view.as_mut().filter(|view| view.id == id) {
        view.name = name;
    }
}

fn in_naming(state: &mut State, mut views: Views, press: Press, action: Option<Action>) {
    let Some(mut naming) = views.naming.take() else { return };
    match action {
        Some(Action::Leave | Action::Stop) => {}
        Some(Action::Pick | Action::LineRun | Action::Save) if !press.suspect => {
            let name = naming.line.text().trim().to_owned();
            let is_it = |view: &&SavedView| fold(view.record.get("name").as_str()) == fold(&name);
            let other = naming.of.map(|(id, _)| id);
            if name.is_empty() {
                views.naming = Some(naming);
            } else if views.views.iter().flatten().find(is_it).is_some_and(|view| Some(view.record.id) != other) {
                tell(state, format!("a view is called ‘{}’ already: give it another name", clean(&name)), Role::Warn);
                views.naming = Some(naming);
            } else {
                return named(state, &views, &name, naming.of);
            }
        }
        _ => {
            if !action.is_some_and(|action| naming.line.act(action)) {
                naming.line.press(press.key);
            }
            views.naming = Some(naming);
        }
    }
    state.overlay = Some(Overlay::Views(views));
}

fn is_everybodys(views: &Views, id: Id) -> bool {
    views.views.iter().flatten().any(|view| view.record.id == id && view.is_shared())
}

/// Keeps the list as a new view, or gives one another name.
fn named(state: &mut State, views: &Views, name: &str, of: Option<(Id, i64)>) {
    let Some(look) = list(state).map(List::look) else { return };
    let wanted = match of {
        Some((id, version)) => {
            request("saved_views.update").map(|request| request.on(id, Some(version)).with("name", Value::text(name)))
        }
        None => request("saved_views.create").map(|request| {
            let letter =
                views.letter_for(name, &state.keys.letters(Scope::Views)).map(String::from).unwrap_or_default();
            let request = request.with("name", Value::text(name)).with("letter", Value::Text(letter));
            with_look(request.with("screen", Value::text(views.resource.entity.name)), &look)
        }),
    };
    let Some(wanted) = wanted else { return };
    if of.is_some_and(|(id, _)| is_everybodys(views, id)) {
        let lines =
            vec![format!("{}: so everybody finds it.", clean(name)), "‹take-back› takes it back afterwards.".into()];
        let confirm = Confirm::new("Give this view another name for everybody?", lines, Ask::Yes);
        state.overlay = Some(Overlay::Confirm(confirm, Then::Perform(Box::new(wanted))));
        return;
    }
    acting::perform(state, wanted);
}
