//! How this person left each list, as far as the console knows: read when they come in, written when a
//! list's look has rested or is left.

use std::collections::HashMap;

use crate::console::screens::list::look::{Look, ShownView};
use crate::domain::Id;
use crate::resources::Resource;
use crate::store::Record;
use crate::store::list_states::ListState;

/// A list as it was left, and the saved view that it opens with, as the database has it.
#[derive(Clone, Debug)]
pub struct LeftList {
    pub state: ListState,
    pub view: Option<Record>,
}

/// What is remembered of all lists.
#[derive(Debug, Default)]
pub struct ListMemory(HashMap<String, LeftList>);

impl ListMemory {
    /// What the database has told; what was changed here since is written already.
    pub fn take(&mut self, lists: Vec<LeftList>) {
        self.0 = lists.into_iter().map(|list| (list.state.screen.clone(), list)).collect();
    }

    /// How a list opens: with its view, else as it was left, else as it is by itself.
    #[must_use]
    pub fn opening(&self, resource: &'static Resource) -> (Look, Option<ShownView>) {
        match self.0.get(resource.entity.name) {
            Some(LeftList { view: Some(view), .. }) => {
                let view = ShownView::of(resource, view);
                (view.look.clone(), Some(view))
            }
            Some(left) => (Look::recalled(resource, &left.state.state), None),
            None => (Look::of(resource), None),
        }
    }

    /// The views that lists open with.
    pub fn views(&self) -> impl Iterator<Item = Id> {
        self.0.values().filter_map(|left| left.view.as_ref().map(|view| view.id))
    }

    /// A view is this by now, or gone.
    pub fn view_is(&mut self, id: Id, view: Option<&Record>) {
        for left in self.0.values_mut().filter(|left| left.state.opens_with == Some(id)) {
            left.view = view.cloned();
            left.state.opens_with = view.map(|view| view.id);
        }
    }

    /// The saved view that a list opens with.
    #[must_use]
    pub fn opens_with(&self, resource: &'static Resource) -> Option<Id> {
        self.0.get(resource.entity.name)?.state.opens_with
    }

    /// Remembers a look; what is to be written, where it is not what was remembered. A filter that the list
    /// was only opened with leaves the remembered one.
    #[must_use]
    pub fn keep(&mut self, resource: &'static Resource, mut look: Look, with_filter: bool) -> Option<ListState> {
        let name = resource.entity.name;
        let known = self.0.get(name);
        let before = known.map_or_else(|| Look::of(resource), |left| Look::recalled(resource, &left.state.state));
        if !with_filter {
            look.filter.clone_from(&before.filter);
        }
        if look == before {
            return None;
        }
        let state = ListState {
            screen: name.to_owned(),
            state: look.kept(),
            opens_with: known.and_then(|left| left.state.opens_with),
        };
        let view = known.and_then(|left| left.view.clone());
        self.0.insert(name.to_owned(), LeftList { state: state.clone(), view });
        Some(state)
    }

    /// Makes a list open with a view, or with none; what is to be written.
    #[must_use]
    pub fn open_with(&mut self, resource: &'static Resource, view: Option<Record>) -> ListState {
        let name = resource.entity.name;
        let kept = self.0.get(name).map_or_else(|| Look::of(resource).kept(), |left| left.state.state.clone());
        let state = ListState { screen: name.to_owned(), state: kept, opens_with: view.as_ref().map(|view| view.id) };
        self.0.insert(name.to_owned(), LeftList { state: state.clone(), view });
        state
    }
}
