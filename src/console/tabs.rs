//! The ten tabs: the dashboard and the groups of resources. Each opens the first list of its group;
//! its key again, in that list, offers the others.

use super::actions::{Action, ActionDef, Said, Scope};
use super::state::{Place, State};
use crate::domain::words::Words;
use crate::resources::{self, Group, Resource};

/// One tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Dashboard,
    Group(Group),
}

/// All of them in their order, with the action that goes there.
pub const TABS: [(Tab, Action); 10] = [
    (Tab::Dashboard, Action::Screen1),
    (Tab::Group(Group::Customers), Action::Screen2),
    (Tab::Group(Group::Devices), Action::Screen3),
    (Tab::Group(Group::Bookings), Action::Screen4),
    (Tab::Group(Group::Stock), Action::Screen5),
    (Tab::Group(Group::Tickets), Action::Screen6),
    (Tab::Group(Group::Contracts), Action::Screen7),
    (Tab::Group(Group::Network), Action::Screen8),
    (Tab::Group(Group::Finance), Action::Screen9),
    (Tab::Group(Group::Admin), Action::Screen10),
];

impl Tab {
    /// The tab that an action goes to.
    #[must_use]
    pub fn of(action: Action) -> Option<Self> {
        TABS.iter().find(|(_, goes_there)| *goes_there == action).map(|(tab, _)| *tab)
    }

    #[must_use]
    pub fn title(self, words: &Words) -> &str {
        match self {
            Self::Dashboard => words.get("group.dashboard"),
            Self::Group(group) => group.title(words),
        }
    }

    /// Its title in few letters, for a narrow screen.
    #[must_use]
    pub fn short(self, words: &Words) -> &str {
        words.get(match self {
            Self::Dashboard => "tab.dashboard",
            Self::Group(Group::Customers) => "tab.customers",
            Self::Group(Group::Devices) => "tab.devices",
            Self::Group(Group::Bookings) => "tab.bookings",
            Self::Group(Group::Stock) => "tab.stock",
            Self::Group(Group::Tickets) => "tab.tickets",
            Self::Group(Group::Contracts) => "tab.contracts",
            Self::Group(Group::Network) => "tab.network",
            Self::Group(Group::Finance) => "tab.finance",
            Self::Group(Group::Admin) => "tab.admin",
        })
    }

    /// The resources that the person who is in may see there.
    #[must_use]
    pub fn resources(self, state: &State) -> Vec<&'static Resource> {
        match (self, &state.session) {
            (Self::Group(group), Some(session)) => group.seen_by(session).collect(),
            _ => Vec::new(),
        }
    }

    /// The tab that the present place stands under: that of the list which was gone to last, wherever from.
    #[must_use]
    pub fn current(state: &State) -> Self {
        let was_gone_to = |place: &&Place| matches!(place, Place::List(list) if list.below.is_none());
        let place = state.places.iter().rev().find(was_gone_to).or_else(|| state.places.get(1));
        place.and_then(Place::resource).map_or(Self::Dashboard, |resource| Self::Group(resource.group()))
    }
}

/// The resources as rows of a menu: one static row for each, made once.
#[must_use]
pub fn resource_row(resource: &'static Resource) -> &'static ActionDef {
    static ROWS: std::sync::OnceLock<Vec<ActionDef>> = std::sync::OnceLock::new();
    static NONE: ActionDef = ActionDef::new("none", Scope::List, &[]);
    let rows = ROWS.get_or_init(|| {
        let row = |resource: &'static Resource| ActionDef {
            said: Said::Resource,
            ..ActionDef::new(resource.entity.name, Scope::List, &[])
        };
        resources::all().map(row).collect()
    });
    rows.iter().find(|row| row.id == resource.entity.name).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_has_its_key_and_every_action_says_where_it_goes() {
        let groups: Vec<Group> = TABS
            .iter()
            .filter_map(|(tab, _)| match tab {
                Tab::Group(group) => Some(*group),
                Tab::Dashboard => None,
            })
            .collect();
        assert_eq!(groups, Group::ALL);
        for (index, (tab, action)) in TABS.iter().enumerate() {
            assert_eq!(Tab::of(*action), Some(*tab));
            assert_eq!(action.id(), format!("screen-{}", index + 1));
            let (words, def) = (Words::ENGLISH, action.def());
            assert_eq!(def.label(words), tab.title(words).to_lowercase());
            assert!(def.help(words).contains(tab.title(words)), "{}", def.help(words));
        }
        assert_eq!(Tab::of(Action::Help), None);
    }

    #[test]
    fn every_resource_has_its_row() {
        for resource in resources::all() {
            assert_eq!(resource_row(resource).id, resource.entity.name);
        }
    }
}
