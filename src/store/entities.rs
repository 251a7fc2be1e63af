//! Every kind of record, by name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::entity::{Entity, Field, FieldAccess, Relation};
use super::operation::Operation;

/// The records of one trade and what can be done to them: one file each.
pub struct Domain {
    pub entities: &'static [&'static Entity],
    pub operations: &'static [Operation],
}

macro_rules! domains {
    ($($domain:ident)*) => {
        &[$(Domain { entities: super::$domain::ENTITIES, operations: super::$domain::OPERATIONS }),*]
    };
}

/// All of them, those first that people work with most.
pub static DOMAINS: &[Domain] = domains! {
    customers
    merges
    devices
    incidents
    organizations
    users
    leads
    wallets
    vouchers
    products
    orders
    contracts
    notes
    bookings
    booking_plans
    stock
    stock_requests
    stock_takes
    purchasing
    jobs
    tickets
    sla
    shifts
    ledger
    invoices
    payments
    expenses
    licenses
    messages
    addresses
    sessions
    tunnels
    topologies
    software
    templates
    testing
    integrations
    tenancy
    tokens
    second_factors
    settings
    device_care
    organisation
    upkeep
    saved_views
    watches
};

/// Every kind of record.
pub fn all() -> impl Iterator<Item = &'static Entity> {
    DOMAINS.iter().flat_map(|domain| domain.entities).copied()
}

/// An entity by its name (`customers`).
#[must_use]
pub fn find(name: &str) -> Option<&'static Entity> {
    all().find(|entity| entity.name == name)
}

/// What the kinds of record are called.
pub fn names() -> Vec<&'static str> {
    all().map(|entity| entity.name).collect()
}

/// Kinds of record that references do not become relations of: whoever did something would list everything.
const WITHOUT_RELATIONS: &[&str] = &["users"];

/// What points at a record of a kind: what the entity names itself, then every other reference to it, so that a
/// new kind of record stands in the lists of what it refers to by existing.
#[must_use]
pub fn relations(entity: &'static Entity) -> &'static [Relation] {
    static ALL: OnceLock<BTreeMap<&'static str, Vec<Relation>>> = OnceLock::new();
    let all = ALL.get_or_init(|| all().map(|entity| (entity.name, relations_to(entity))).collect());
    all.get(entity.name).map_or(&[], Vec::as_slice)
}

/// A record says itself of these which it has, and has them again by that where it comes back.
const SAID_BY_THEIR_RECORD: [(&str, &str); 1] = [("devices", "device_checks")];

/// What people write that goes with a record of a kind when that is taken away.
pub fn going_with(entity: &'static Entity) -> impl Iterator<Item = (&'static Entity, &'static str)> {
    let goes = |other: &'static Entity, column: &str| other.has_version() && other.table.goes_with.contains(&column);
    relations(entity).iter().filter_map(move |relation| {
        let other = find(relation.entity)?;
        let is_said = SAID_BY_THEIR_RECORD.contains(&(entity.name, other.name));
        (!is_said && goes(other, relation.column)).then_some((other, relation.column))
    })
}

fn relations_to(entity: &'static Entity) -> Vec<Relation> {
    let mut relations: Vec<Relation> =
        entity.relations.iter().filter(|relation| find(relation.entity).is_some()).copied().collect();
    if WITHOUT_RELATIONS.contains(&entity.name) {
        return relations;
    }
    for other in all() {
        for field in other.fields.iter().filter(|field| field.reference == Some(entity.name)) {
            let Some(column) = field.column() else { continue };
            if relations.iter().any(|known| known.entity == other.name && known.column == column) {
                continue;
            }
            let taken = relations.iter().any(|known| known.name == other.name);
            // Made once, for as long as the program runs.
            let name: &'static str =
                if taken { format!("{}_by_{}", other.name, field.name).leak() } else { other.name };
            relations.push(Relation { name, entity: other.name, column });
        }
    }
    relations
}

/// A field that somebody may set.
///
/// # Errors
/// That there is no such field, or why it is not for people to set.
pub fn settable(entity: &'static Entity, name: &str, creating: bool) -> Result<&'static Field, String> {
    let Some(field) = entity.field(name).or_else(|| super::list::field_called(entity, name)) else {
        let known: Vec<&str> =
            entity.fields.iter().filter(|field| field.access != FieldAccess::Read).map(|field| field.name).collect();
        return Err(format!("{} have no such field. There are: {}", entity.name, known.join(", ")));
    };
    match field.access {
        FieldAccess::Write => Ok(field),
        FieldAccess::Create if creating => Ok(field),
        FieldAccess::Create => Err("is set once, when the record is made".into()),
        FieldAccess::Read if field.name == "status" => {
            let verbs: Vec<&str> =
                entity.lifecycle.map(|lifecycle| lifecycle.moves.iter().map(|m| m.verb).collect()).unwrap_or_default();
            Err(format!("is changed by an action: {}", verbs.join(", ")))
        }
        FieldAccess::Read => Err("is kept by the program".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::entity::{Field, Source};

    #[test]
    fn a_field_is_sorted_by_its_index_where_there_is_one() {
        let mut wrong = Vec::new();
        for entity in all() {
            let own = |field: &&Field| matches!(field.source, Source::Column(_));
            for field in entity.fields.iter().filter(own) {
                let Some((column, said)) = field.sort else { continue };
                let serves = |index: &&[&str]| *index == [column, "id"];
                let unique = |index: &&[&str]| *index == [column] && field.unique == Some(column);
                let is = entity.table.indexes.iter().any(|index| serves(index) || unique(index));
                if said != is {
                    wrong.push(format!("{}.{}: said {said}, is {is}", entity.name, field.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_reference_is_a_relation_of_what_it_points_at() {
        for entity in all() {
            let mut names: Vec<&str> = relations(entity).iter().map(|relation| relation.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{} has two relations of one name", entity.name);
            for field in entity.fields {
                let Some(target) = field.reference.filter(|target| !WITHOUT_RELATIONS.contains(target)) else {
                    continue;
                };
                let Some(target) = find(target) else { continue };
                let listed = relations(target)
                    .iter()
                    .any(|known| known.entity == entity.name && Some(known.column) == field.column());
                assert!(listed, "{} do not list {}.{}", target.name, entity.name, field.name);
            }
        }
    }

    #[test]
    fn every_shape_is_a_schema_that_the_default_fits() {
        for (entity, field) in all().flat_map(|entity| entity.fields.iter().map(move |field| (entity, field))) {
            let Some(shape) = field.shape else { continue };
            let schema = crate::domain::schema::Schema::parse(shape)
                .unwrap_or_else(|fault| panic!("{}.{}: {fault}", entity.name, field.name));
            if let Some(default) = field.default {
                let default = serde_json::from_str(default).unwrap();
                assert_eq!(schema.faults(&default), [], "{}.{}", entity.name, field.name);
            }
        }
    }

    #[test]
    fn the_id_of_a_reference_has_a_name_of_its_own() {
        for entity in all() {
            let mut names: Vec<&str> = entity.fields.iter().map(|field| field.name).collect();
            names.extend(entity.fields.iter().filter_map(Field::id_name));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", entity.name);
        }
    }
}
