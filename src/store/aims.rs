//! The records that something is to be done to: what is marked in a list, what a form was opened for, what an operation
//! is asked for. Each is known by its id from the moment it was marked, whatever matches a filter by then.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::Id;

/// A record that an operation is to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    pub id: Id,
    /// The version that was looked at; `None` where the latest will do.
    pub version: Option<i64>,
}

/// Any number of them: each once, in the order of their ids. Passed on without being copied, a million of them take 35 MB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aims(Arc<BTreeMap<Id, Option<i64>>>);

impl Aims {
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many they are, as a count.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::try_from(self.len()).unwrap_or(u64::MAX)
    }

    #[must_use]
    pub fn contains(&self, id: Id) -> bool {
        self.0.contains_key(&id)
    }

    /// The version at which a record is among them; `None` where it is not, or the latest will do.
    #[must_use]
    pub fn version(&self, id: Id) -> Option<i64> {
        self.0.get(&id).copied().flatten()
    }

    /// The first of them; the only one where they are one.
    #[must_use]
    pub fn first(&self) -> Option<Aim> {
        self.iter().next()
    }

    /// The only one; `None` where they are none or several.
    #[must_use]
    pub fn only(&self) -> Option<Aim> {
        self.first().filter(|_| self.len() == 1)
    }

    pub fn iter(&self) -> impl Iterator<Item = Aim> {
        self.0.iter().map(|(id, version)| Aim { id: *id, version: *version })
    }

    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }

    /// Adds one, or sets the version at which it is meant.
    pub fn insert(&mut self, id: Id, version: Option<i64>) {
        // What is shared is copied only where something changes.
        if self.0.get(&id) != Some(&version) {
            Arc::make_mut(&mut self.0).insert(id, version);
        }
    }

    /// Adds all of these, each at the version that it has there.
    pub fn add_each(&mut self, others: Self) {
        match self.is_empty() {
            true => *self = others,
            false => Arc::make_mut(&mut self.0).extend(others.0.iter()),
        }
    }

    /// Takes one away; whether it was among them.
    pub fn remove(&mut self, id: Id) -> bool {
        self.contains(id) && Arc::make_mut(&mut self.0).remove(&id).is_some()
    }

    /// Takes these away; whether any was among them.
    pub fn remove_each(&mut self, ids: &[Id]) -> bool {
        let before = self.len();
        let mut gone = ids.to_vec();
        gone.sort_unstable();
        let mut gone = gone.into_iter().peekable();
        if ids.iter().any(|id| self.contains(*id)) {
            Arc::make_mut(&mut self.0).retain(|id, _| {
                while gone.next_if(|gone| gone < id).is_some() {}
                gone.peek() != Some(id)
            });
        }
        self.len() < before
    }

    /// A record that is among them was looked at again: it is meant at that version now.
    pub fn saw(&mut self, id: Id, version: i64) {
        if self.contains(id) {
            self.insert(id, Some(version));
        }
    }
}

impl FromIterator<(Id, Option<i64>)> for Aims {
    fn from_iter<T: IntoIterator<Item = (Id, Option<i64>)>>(each: T) -> Self {
        Self(Arc::new(each.into_iter().collect()))
    }
}

impl FromIterator<(Id, i64)> for Aims {
    fn from_iter<T: IntoIterator<Item = (Id, i64)>>(each: T) -> Self {
        each.into_iter().map(|(id, version)| (id, Some(version))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<Id> {
        (0..count).map(|_| Id::new()).collect()
    }

    #[test]
    fn what_was_passed_on_stays_what_it_was() {
        let each = ids(4);
        let mut aims: Aims = each.iter().map(|id| (*id, 1)).collect();
        let passed_on = aims.clone();
        assert!(aims.remove(each[1]) && !aims.remove(each[1]));
        aims.saw(each[2], 7);
        aims.saw(each[1], 7);
        assert_eq!((aims.len(), aims.version(each[2]), aims.contains(each[1])), (3, Some(7), false));
        assert_eq!((passed_on.len(), passed_on.version(each[2])), (4, Some(1)));
    }

    #[test]
    fn those_that_are_done_are_taken_away_in_whatever_order() {
        let each = ids(9);
        let mut aims: Aims = each.iter().step_by(2).map(|id| (*id, None)).collect();
        let done: Vec<Id> = each.iter().rev().take(4).copied().collect();
        assert!(aims.remove_each(&done));
        assert_eq!(aims.ids().collect::<Vec<_>>(), [each[0], each[2], each[4]]);
        assert!(!aims.remove_each(&done) && !aims.remove_each(&[]));
        assert!(aims.only().is_none());
        aims.remove_each(&each[1..]);
        assert_eq!(aims.only(), Some(Aim { id: each[0], version: None }));
    }
}
