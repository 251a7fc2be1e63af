//! Every kind of record, by name.

use super::entity::{Entity, Field, FieldAccess};
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
    device_care
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

/// A field that somebody may set.
///
/// # Errors
/// That there is no such field, or why it is not for people to set.
pub fn settable(entity: &'static Entity, name: &str, creating: bool) -> Result<&'static Field, String> {
    let Some(field) = entity.field(name) else {
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
