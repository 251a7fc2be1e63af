//! The groups that the console's tabs are: each resource names its own, so that a new one shows by
//! existing.

use std::sync::OnceLock;

use super::{Resource, all};
use crate::store::Session;

/// What a resource belongs to in the day's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Who is served, and with what.
    Customers,
    /// What stands in the field, and how it is watched.
    Devices,
    /// Who uses which device when.
    Bookings,
    /// What lies in the store.
    Stock,
    /// What is asked for and who does it.
    Tickets,
    /// What was agreed with whom, partners and distributors with it.
    Contracts,
    /// What is wrong, and what is given out: addresses, sessions, peers, topologies.
    Network,
    /// What is owed, paid and spent.
    Finance,
    /// Who may do what, who did it, and how the house is set up.
    Admin,
}

impl Group {
    /// Every group, in the order of the tabs.
    pub const ALL: [Self; 9] = [
        Self::Customers,
        Self::Devices,
        Self::Bookings,
        Self::Stock,
        Self::Tickets,
        Self::Contracts,
        Self::Network,
        Self::Finance,
        Self::Admin,
    ];

    /// The list that its tab opens: what people mean by its name.
    const fn opens(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Devices => "devices",
            Self::Bookings => "bookings",
            Self::Stock => "stock_items",
            Self::Tickets => "tickets",
            Self::Contracts => "contracts",
            Self::Network => "incidents",
            Self::Finance => "invoices",
            Self::Admin => "users",
        }
    }

    /// Its resources, the one its tab opens first. Every tab is painted at every key, so they are looked for once.
    pub fn resources(self) -> impl Iterator<Item = &'static Resource> {
        static EACH: OnceLock<Vec<(Group, Vec<&'static Resource>)>> = OnceLock::new();
        let of = |group: Self| {
            let mut own: Vec<_> = all().filter(|resource| resource.group() == group).collect();
            own.sort_by_key(|resource| resource.entity.name != group.opens());
            (group, own)
        };
        let each = EACH.get_or_init(|| Self::ALL.into_iter().map(of).collect());
        each.iter().filter(move |(group, _)| *group == self).flat_map(|(_, own)| own.iter().copied())
    }

    /// Those that a person may see, in the same order.
    pub fn seen_by(self, session: &Session) -> impl Iterator<Item = &'static Resource> {
        self.resources().filter(|resource| session.may(&resource.entity.permission("read")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_opens_what_it_is_named_for_and_shows_each_of_its_resources_once() {
        for group in Group::ALL {
            let shown: Vec<&str> = group.resources().map(|resource| resource.entity.name).collect();
            assert_eq!(shown.first(), Some(&group.opens()), "{group:?}");
            assert_eq!(shown.len(), all().filter(|resource| resource.group() == group).count());
        }
    }
}
