//! What can be done to records, as a menu: the operations of their kind, each under its own letter, and what any
//! record can have done.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Instant;

use crate::console::actions::{ActionDef, Said, Scope};
use crate::console::widgets::menu::Menu;
use crate::domain::{Id, time};
use crate::resources::{self, Resource};
use crate::store::aims::Aims;
use crate::store::operation::{self, Operation};
use crate::store::{Entity, Field};

/// Being told when others change a record.
pub static WATCH: &ActionDef = &ActionDef {
    letter: Some('w'),
    permission: Some("watches.create"),
    writes: true,
    at_once: true,
    ..ActionDef::new("watch", Scope::List, &[])
};

/// Being reminded of a record: the same from the menu as by its key.
pub static REMIND: &ActionDef = &ActionDef {
    letter: Some('W'),
    permission: Some("reminders.create"),
    writes: true,
    ..ActionDef::new("remind", Scope::List, &[])
};

/// A ticket about a record, of any kind that tickets speak of.
pub static TICKET: &ActionDef = &ActionDef {
    letter: Some('t'),
    permission: Some("tickets.create"),
    writes: true,
    ..ActionDef::new("raise-ticket", Scope::List, &[])
};

/// A booking of a record, of any kind that is booked.
pub static BOOK: &ActionDef = &ActionDef {
    letter: Some('b'),
    permission: Some("bookings.create"),
    writes: true,
    ..ActionDef::new("book", Scope::List, &[])
};

/// What can be done to records of several kinds.
pub static RECORDS: [&ActionDef; 4] = [TICKET, BOOK, REMIND, WATCH];

/// What is begun from a record by a form of another kind, which names it.
const BEGUN: [(&ActionDef, &str); 2] = [(TICKET, "tickets"), (BOOK, "bookings")];

/// A menu of what can be done to records.
#[derive(Debug)]
pub struct Deeds {
    pub menu: Menu,
    pub resource: &'static Resource,
    pub aims: Aims,
    /// Those of the records that were in sight when it was weighed what can be done to them, each at its version.
    pub seen: Vec<(Id, i64)>,
    /// What is known of the operations on them.
    pub known: BTreeMap<&'static str, Standing>,
    /// What was picked before it was known to how many of them it can be done.
    pub picked: Option<&'static ActionDef>,
    /// When the database was asked last what of it cannot be done, and until when it is left alone.
    pub asked_at: Instant,
    pub rests_until: Instant,
    /// Something was changed since: it is asked anew.
    pub is_old: bool,
    /// When something of one's own was saved last as it was opened: what one does oneself is no news.
    pub saved_at: Option<time::Instant>,
}

/// What is known of an operation on several records.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// To how many of them it can be done.
    pub open: u64,
    /// Those that it leaves as they are, and why, where that is known of each.
    pub refused: BTreeMap<Id, String>,
}

/// The form that a row begins, and the field of it that names the record: none where the row begins none of that kind
/// of record.
#[must_use]
pub fn begins(def: &ActionDef, resource: &Resource) -> Option<(&'static Resource, &'static Field)> {
    let (_, kind) = BEGUN.iter().find(|(begun, _)| begun.id == def.id)?;
    // What a kind of record does itself under that name goes before.
    if resource.action(def.id).is_some() {
        return None;
    }
    let form = |other: &Resource, field: &Field| other.create().is_some() && other.form.contains(&field.name);
    let mut relations =
        resource.relations().filter(|(_, other, field)| other.entity.name == *kind && form(other, field));
    relations.next().map(|(_, other, field)| (other, field))
}

/// All that can be done to records of a kind: what ends them last, then what any record can have done. Which rows there
/// are never depends on the records' states, so that no letter moves.
#[must_use]
pub fn rows(resource: &'static Resource) -> Vec<&'static ActionDef> {
    let mut operations: Vec<_> = resource.actions().collect();
    operations.sort_by_key(|operation| operation.is_dangerous());
    let begun = BEGUN.iter().map(|(def, _)| *def).filter(|def| begins(def, resource).is_some());
    operations.into_iter().map(operation_row).chain(begun).chain([REMIND, WATCH]).collect()
}

/// The operations on records as rows of a menu: one static row for each, made once.
pub fn operation_row(operation: &'static Operation) -> &'static ActionDef {
    static ROWS: OnceLock<Vec<ActionDef>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        operation::all()
            .map(|operation| ActionDef {
                letter: Some(wished(operation.entity, operation.verb())),
                dangerous: operation.is_dangerous(),
                bulk: operation.takes_records(),
                permission: Some(operation.name),
                said: Said::Operation,
                ..ActionDef::new(operation.name, Scope::List, &[])
            })
            .collect()
    });
    static NONE: ActionDef = ActionDef::new("none", Scope::List, &[]);
    rows.iter().find(|row| row.id == operation.name).unwrap_or(&NONE)
}

fn wished(entity: &'static Entity, verb: &str) -> char {
    resources::of(entity).map_or_else(|| resources::letter(verb), |resource| resource.letter(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_row() {
        for operation in operation::all() {
            assert_eq!(operation_row(operation).id, operation.name);
        }
    }

    /// The letter of an operation in the menu of its kind.
    fn letter(operation: &'static Operation) -> Option<char> {
        let rows = rows(resources::of(operation.entity)?);
        let menu = Menu::new("", rows.into_iter().map(|row| (row, String::new(), None)));
        menu.entries().iter().find(|entry| entry.action.id == operation.name)?.letter
    }

    #[test]
    fn every_letter_is_the_one_that_its_verb_has() {
        for resource in resources::all() {
            let own: Vec<char> = [WATCH, REMIND].iter().filter_map(|def| def.letter).collect();
            let begun = BEGUN.iter().filter(|(def, _)| begins(def, resource).is_some());
            let own: Vec<char> = own.into_iter().chain(begun.filter_map(|(def, _)| def.letter)).collect();
            for operation in resource.actions() {
                let wished = wished(resource.entity, operation.verb());
                assert!(!own.contains(&wished), "{}: {wished} is another's in every menu", operation.name);
                assert_eq!(letter(operation), Some(wished), "{}", operation.name);
            }
        }
    }

    #[test]
    fn tickets_and_bookings_begin_from_what_they_name() {
        let begun = |kind: &str, def| {
            begins(def, resources::find(kind).unwrap()).map(|(other, field)| (other.entity.name, field.name))
        };
        assert_eq!(begun("customers", TICKET), Some(("tickets", "customer")));
        assert_eq!(begun("devices", TICKET), Some(("tickets", "device")));
        assert_eq!(begun("devices", BOOK), Some(("bookings", "device")));
        assert_eq!(begun("plans", TICKET), None);
    }
}
