//! The saved views that open lists show, and those that lists open with, as others make them meanwhile: a list goes by the
//! name that its view has, and by none where that is gone.

use super::super::message::{Number, Question, Reply};
use super::super::screens::list::look::ShownView;
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{tell, with_places};
use crate::domain::Id;
use crate::domain::text::clean;
use crate::store::Record;
use crate::store::saved_views::SAVED_VIEWS;

fn shown(place: &Place) -> Option<&ShownView> {
    match place {
        Place::List(list) => list.view.as_ref(),
        _ => None,
    }
}

/// Somebody changed something: the views at hand may be others by now.
pub(super) fn changed(state: &mut State) {
    // What is being asked may be answered by what was before: it is asked once more then.
    if !state.awaited.shown_views.is_empty() {
        state.awaited.views_changed = true;
        return;
    }
    state.awaited.views_changed = false;
    let mut ids: Vec<Id> = state.open_places().filter_map(shown).map(|view| view.id).collect();
    ids.extend(state.lists.views());
    ids.sort_unstable();
    ids.dedup();
    let asks = &mut state.asks;
    let asked = ids.into_iter().map(|id| (asks.ask(Question::Get { entity: &SAVED_VIEWS, id }), id));
    state.awaited.shown_views = asked.collect();
}

pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    let awaited = &mut state.awaited.shown_views;
    let Some(index) = awaited.iter().position(|(asked, _)| *asked == number) else { return false };
    let (_, id) = awaited.swap_remove(index);
    if let Some(Reply::Record(Ok(view))) = reply.take() {
        let name = state.places.last().and_then(shown).filter(|shown| shown.id == id && view.is_none());
        let gone = name.map(|shown| clean(&shown.name).into_owned());
        is_now(state, id, view.as_ref());
        if let Some(name) = gone {
            tell(state, format!("the view ‘{name}’ is not there any more: the list stays as it is"), Role::Notice);
        }
    }
    if state.awaited.shown_views.is_empty() && state.awaited.views_changed {
        changed(state);
    }
    true
}

/// A view is this by now, or gone.
pub(super) fn is_now(state: &mut State, id: Id, view: Option<&Record>) {
    with_places(state, |place, _| {
        if let Place::List(list) = place
            && list.view.as_ref().is_some_and(|shown| shown.id == id)
        {
            list.view = view.map(|view| ShownView::of(list.resource, view));
        }
        false
    });
    state.lists.view_is(id, view);
}
