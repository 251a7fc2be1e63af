//! From place to place: opened places lie on a stack, and Esc comes back to them as they were.

use std::time::Duration;

use super::super::overlay::{Overlay, Then};
use super::super::screens::dashboard::Dashboard;
use super::super::screens::history::History;
use super::super::screens::list::look::Look;
use super::super::screens::list::{Below, List};
use super::super::screens::page::{self, Page};
use super::super::screens::{Context, Turn};
use super::super::state::{Line, Place, State};
use super::super::tabs::{Tab, resource_row};
use super::super::theme::Role;
use super::super::widgets::confirm::{Ask, Confirm};
use super::super::widgets::menu::Menu;
use super::{commands, deeds, forms, press, refresh, secrets, tell, views, watching, with_place, with_places};
use crate::domain::words::Words;
use crate::resources::{self, Resource};
use crate::store::aims::Aims;

/// The rows that somebody came for go before everything else, for so long.
const FIRST_ROWS: Duration = Duration::from_millis(500);
/// Places on the stack at most: the oldest are forgotten.
const DEEPEST: usize = 30;

pub(super) fn open(state: &mut State, make: impl FnOnce(&mut Context<'_>) -> Place) {
    open_if(state, |context| Some(make(context)));
}

/// Opens a place, if there is one after all.
pub(super) fn open_if(state: &mut State, make: impl FnOnce(&mut Context<'_>) -> Option<Place>) {
    keep_drafts(state);
    views::keep_looks(state);
    let rows = state.body_rows();
    let Some(session) = state.session.as_ref() else { return };
    let mut context = Context {
        session,
        now: state.now,
        tick: state.tick,
        asks: &mut state.asks,
        rows,
        lost: state.line != Line::Up,
        words: &state.theme.words,
    };
    let Some(place) = make(&mut context) else { return };
    if let Some(Place::Page(page)) = state.places.last_mut() {
        page.put_aside();
    }
    tidy(state);
    if state.places.len() == 1 && state.left.last().is_some_and(|below| !below.is_empty()) {
        // From the dashboard, which one came to by its key: Esc comes back to it, and only then to what was left.
        state.left.push(Vec::new());
    }
    state.places.push(place);
    if state.places.len() > DEEPEST {
        state.places.remove(1);
    }
}

/// What is typed and not on disk yet goes there before its form is out of sight.
pub(super) fn keep_drafts(state: &mut State) {
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
    let Some(first) = state.first_place.take() else {
        return open(state, |context| Place::Dashboard(Box::new(Dashboard::open(context))));
    };
    // What somebody came for is asked for first: the dashboard stands behind it.
    open(state, |_| Place::Dashboard(Box::default()));
    commands::run_text(state, &first);
    state.behind = matches!(state.places.last(), Some(Place::List(list)) if list.loading_since().is_some())
        .then(|| state.tick + FIRST_ROWS);
    if state.behind.is_none() {
        read_dashboard(state);
    }
}

/// Reads the dashboard that stands behind the first place.
pub(super) fn read_dashboard(state: &mut State) {
    with_places(state, |place, context| {
        if let Place::Dashboard(dashboard) = place {
            dashboard.refresh(context);
        }
        false
    });
}

/// One of the tabs. What was open in it comes back as it was, as far as its list; in a list of its group the key of a tab
/// offers the others that belong there.
pub(super) fn tab(state: &mut State, tab: Tab) {
    let Tab::Group(group) = tab else {
        if state.places.len() > 1 {
            leave(state);
        }
        return refresh(state);
    };
    let resources = tab.resources(state);
    let Some(first) = resources.first() else {
        return tell(
            state,
            format!("there is nothing under {} that you may see", tab.title(Words::ENGLISH)),
            Role::Dim,
        );
    };
    match state.places.as_slice() {
        [_, Place::List(list)] if resources.len() > 1 && Tab::current(state) == tab => {
            let at = resources.iter().position(|resource| resource.entity == list.resource.entity).unwrap_or(0);
            let rows = resources.iter().map(|resource| {
                let alias = resource.aliases.first().copied().unwrap_or(resource.entity.name);
                (resource_row(resource), format!(":{alias}"), None)
            });
            let mut menu = Menu::new(tab.title(&state.theme.words), rows);
            menu.stand_at((at + 1) % resources.len());
            state.overlay = Some(Overlay::Chooser(menu));
        }
        _ => go_to(state, first, |resource| resource.group() == group),
    }
}

/// A list as the root of its tab.
pub(super) fn root_list(state: &mut State, resource: &'static Resource) {
    go_to(state, resource, |other| other.entity.name == resource.entity.name);
}

/// Goes to a list that stands on the dashboard: the one that is open below what is shown, else one that was left, else
/// a new one.
fn go_to(state: &mut State, resource: &'static Resource, is_it: impl Fn(&'static Resource) -> bool) {
    let is_root = |place: Option<&Place>| matches!(place, Some(Place::List(list)) if is_it(list.resource));
    if is_root(state.places.get(1)) {
        keep_drafts(state);
        views::keep_looks(state);
        state.places.truncate(2);
        return refresh(state);
    }
    let known = state.left.iter().rposition(|screen| is_root(screen.first()));
    if let Some(screen) = known.map(|index| state.left.remove(index)) {
        tidy(state);
        leave(state);
        state.places.extend(screen.into_iter().take(1));
        return refresh(state);
    }
    if state.places.len() >= DEEPEST {
        state.places.remove(1);
    }
    let before = state.places.len();
    list(state, resource.entity.name, "");
    // Opened above what was there, it is a screen of its own.
    if state.places.len() > before
        && let Some(list) = state.places.pop()
    {
        leave(state);
        state.places.push(list);
    }
}

/// Leaves all that is open above the dashboard: Esc comes back to it.
fn leave(state: &mut State) {
    keep_drafts(state);
    views::keep_looks(state);
    let mut screen: Vec<Place> = state.places.drain(1.min(state.places.len())..).collect();
    for place in &mut screen {
        match place {
            Place::List(list) => list.put_aside(),
            Place::Page(page) => page.put_aside(),
            _ => {}
        }
    }
    // Nothing above the dashboard: it is itself what one comes back to, where anything lies below it.
    if !screen.is_empty() || state.left.last().is_some_and(|below| !below.is_empty()) {
        state.left.push(screen);
    }
    while state.left.iter().flatten().count() > DEEPEST {
        state.left.remove(0);
    }
}

/// The dashboard lies below what was opened on it once, and not below itself.
pub(super) fn tidy(state: &mut State) {
    state.left.dedup_by(|one, other| one.is_empty() && other.is_empty());
    while state.left.first().is_some_and(Vec::is_empty) {
        state.left.remove(0);
    }
    while state.places.len() <= 1 && state.left.last().is_some_and(Vec::is_empty) {
        state.left.pop();
    }
}

pub(super) fn list(state: &mut State, resource: &str, filter: &str) {
    let Some(resource) = resources::find(resource) else { return };
    let permission = resource.entity.permission("read");
    if state.session.as_ref().is_some_and(|session| !session.may(&permission)) {
        return tell(
            state,
            format!("you may not see {}: it needs {permission}", resource.several(Words::ENGLISH)),
            Role::Error,
        );
    }
    // Whoever is there already stays there: Esc does not lead through the same list several times.
    if matches!(state.places.last(), Some(Place::List(list)) if list.resource.entity == resource.entity && list.below.is_none())
    {
        with_place(state, |place, context| {
            if let Place::List(list) = place {
                list.set_filter(filter, context);
            }
        });
        return;
    }
    list_above(state, resource, filter);
}

/// A list above what is open, which stays as it is.
pub(super) fn list_above(state: &mut State, resource: &'static Resource, filter: &str) {
    let (mut look, view) = state.lists.opening(resource);
    let (asked, plain) = (filter.to_owned(), filter.is_empty());
    open(state, |context| {
        if !plain {
            look.filter = asked;
        }
        let mut list = List::open(resource, look, context);
        list.remembers_filter = plain;
        list.view = view.filter(|_| plain);
        Place::List(Box::new(list))
    });
}

/// Lists what points at the record of a page, by one of its relations: those that the person may see.
fn relation(state: &mut State, wanted: Option<usize>) {
    let back_from = matches!(state.places.last(), Some(Place::List(list)) if list.below.is_some());
    let page = state.places.len().checked_sub(1 + usize::from(back_from)).and_then(|index| state.places.get(index));
    let (Some(Place::Page(page)), Some(session)) = (page, &state.session) else { return };
    let (of, id) = (page.resource, page.id);
    let Some((title, named)) = page.record.as_ref().map(|record| (record.title(), page::named(record))) else { return };
    let relations: Vec<_> =
        of.relations().filter(|(_, other, _)| session.may(&other.entity.permission("read"))).collect();
    let chosen = wanted.and_then(|index| Some((index, *relations.get(index)?)));
    if back_from {
        views::keep_looks(state);
        let left = state.places.pop();
        if let (Some(Place::List(list)), Some(Place::Page(page))) = (left, state.places.last_mut())
            && let Some(relation) = list.below.as_ref().map(|below| below.relation)
        {
            page.leave_list(relation, list);
        }
    }
    let Some((index, (relation, other, field))) = chosen else {
        if relations.is_empty() {
            tell(state, format!("nothing points at {}", of.several(Words::ENGLISH)), Role::Dim);
        }
        return refresh(state);
    };
    if let Some(Place::Page(page)) = state.places.last_mut()
        && let Some(list) = page.list_of(index)
    {
        open(state, |_| Place::List(list));
        return refresh(state);
    }
    let look = Look { filter: String::new(), ..state.lists.opening(other).0 };
    let below = Below { resource: of, id, title, named, relation: index, name: relation.name, field };
    open(state, |context| Place::List(Box::new(List::open_below(other, look, below, context))));
}

/// Why nothing is added any more to the record of the page at hand, where such records are its parts.
fn no_more_parts(state: &State, resource: &'static Resource, field: &str) -> Option<String> {
    let (_, open_in) = resource.entity.part_of.filter(|(part_of, _)| *part_of == field)?;
    let near = state.places.iter().rev().take(2);
    let whole =
        near.filter_map(|place| if let Place::Page(page) = place { page.record.as_ref() } else { None }).next()?;
    let is_it = resource.entity.field(field)?.reference == Some(whole.entity.name);
    let status = whole.get("status").as_str();
    let closed = is_it && !open_in.contains(&status);
    let several = resource.several(Words::ENGLISH);
    closed.then(|| format!("{} is {status}: no {several} are added to it any more", whole.title()))
}

/// Goes where a place led.
pub(super) fn turn(state: &mut State, turn: Turn) {
    match turn {
        Turn::Stay | Turn::Pass => {}
        Turn::Back => back(state),
        Turn::Open(resource, id) => {
            watching::looked_at(state, resource, id);
            open(state, |context| Place::Page(Box::new(Page::open(resource, id, context))));
        }
        Turn::List(resource, filter) => list(state, resource.entity.name, &filter),
        Turn::Form(resource, record) => forms::open(state, resource, record.map(|record| *record)),
        Turn::FormWith(resource, field, text) => match no_more_parts(state, resource, field) {
            Some(why) => tell(state, why, Role::Warn),
            None => forms::open_with(state, resource, field, &text),
        },
        Turn::Relation(index) => relation(state, index),
        Turn::SetField(resource) => forms::set_field(state, resource),
        Turn::Perform(operation, id) => {
            let mut aims = Aims::default();
            aims.insert(id, None);
            deeds::ask_to_perform(state, operation, &aims, None);
        }
        Turn::Make(operation, given) => forms::make(state, operation, given),
        Turn::History(resource, id, title) => {
            watching::looked_at(state, resource, id);
            open(state, |context| Place::History(Box::new(History::open(resource, id, title, context))));
        }
        Turn::Secret(resource, id, field, title) => secrets::open(state, resource, id, field, title),
        Turn::Act(action) => press::act(state, action),
        Turn::Tell(text) => tell(state, text, Role::Notice),
        Turn::Alarm(text) => tell(state, text, Role::Error),
    }
}

fn back(state: &mut State) {
    if state.places.len() > 1 {
        views::keep_looks(state);
        state.places.pop();
    } else {
        tidy(state);
        if state.left.is_empty() {
            return ask_to_quit(state);
        }
    }
    // Beyond the first place of a tab lies where one came from.
    if state.places.len() == 1
        && let Some(screen) = state.left.pop()
    {
        state.places.extend(screen);
    }
    tidy(state);
    refresh(state);
}

pub(super) fn ask_to_quit(state: &mut State) {
    let mut lines = vec!["‹yes› leaves headend.".to_owned()];
    if state.demo {
        lines.insert(0, "This is a demo: what was tried here is gone then.".into());
    }
    if state.open_places().any(|place| matches!(place, Place::Form(form) if form.is_touched())) {
        lines.insert(0, "What is typed in the open form is kept as a draft.".into());
    }
    state.overlay = Some(Overlay::Confirm(Confirm::new("Leave?", lines, Ask::Yes), Then::Quit));
}

/// The record before or after in the list that the page was opened from; among what points at a record, the same of that
/// one.
pub(super) fn neighbour(state: &mut State, by: isize) {
    let shown = matches!(state.places.last(), Some(Place::List(list)) if list.below.is_some());
    let count = state.places.len() - usize::from(shown);
    let relation = match state.places.get(count..) {
        Some([Place::List(list)]) => list.below.as_ref().map(|below| below.relation),
        _ => None,
    };
    let Some([Place::List(list), Place::Page(page)]) = state.places.get_mut(count.saturating_sub(2)..count) else {
        return tell(state, "this page was not opened from a list", Role::Dim);
    };
    let relation = relation.or_else(|| page.goes_on_to()).map(|relation| (page.resource, relation));
    let next = list
        .rows
        .iter()
        .position(|row| list.opened_by(&row.record).1 == page.id)
        .and_then(|index| index.checked_add_signed(by))
        .and_then(|index| list.rows.get(index))
        .map(|row| (row.record.id, list.opened_by(&row.record)));
    let Some((row, (resource, id))) = next else {
        let told = if list.is_read_on(by) {
            "the next records are being read: one moment"
        } else {
            "no further record in the list"
        };
        let mut above = usize::from(shown);
        with_places(state, |place, context| match place {
            Place::List(list) if above == 0 => {
                list.look_on(by, context);
                true
            }
            _ => {
                above = above.saturating_sub(1);
                false
            }
        });
        return tell(state, told, Role::Dim);
    };
    views::keep_looks(state);
    state.places.truncate(count - 1);
    // As if one moved there: more rows are read before one comes to the end of those that are there.
    with_place(state, |place, context| {
        if let Place::List(list) = place {
            list.point_at(row, context);
        }
    });
    open(state, |context| {
        let mut page = Page::open(resource, id, context);
        // A record of another kind has other relations.
        if let Some((_, relation)) = relation.filter(|(of, _)| of.entity == resource.entity) {
            page.go_on_to(relation);
        }
        Place::Page(Box::new(page))
    });
}
