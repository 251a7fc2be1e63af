//! Every kind of record, by name.

use super::entity::{Entity, Field, FieldAccess};
use super::{customers, devices, incidents, organizations, users};

/// All of them, those first that people work with most.
pub const ALL: &[&Entity] = &[
    &customers::CUSTOMERS,
    &devices::DEVICES,
    &devices::SITES,
    &customers::PLANS,
    &incidents::INCIDENTS,
    &devices::DEVICE_CHECKS,
    &devices::DEVICE_LOGS,
    &devices::DEVICE_MODELS,
    &devices::MANUFACTURERS,
    &incidents::MAINTENANCE_WINDOWS,
    &organizations::ORGANIZATIONS,
    &users::USERS,
    &users::ROLES,
    &users::AUDIT_LOG,
    &users::OPERATIONS_LOG,
];

/// An entity by its name (`customers`).
#[must_use]
pub fn find(name: &str) -> Option<&'static Entity> {
    ALL.iter().copied().find(|entity| entity.name == name)
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
    fn the_id_of_a_reference_has_a_name_of_its_own() {
        for entity in ALL {
            let mut names: Vec<&str> = entity.fields.iter().map(|field| field.name).collect();
            names.extend(entity.fields.iter().filter_map(Field::id_name));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", entity.name);
        }
    }
}
