//! Whether a reference of a filter names a record that there is not: where nothing matches, and where others do all the same.

use super::compile::{Compiler, Way};
use super::named::Named;
use crate::domain::filter::{Resolved, Test};
use crate::domain::text;
use crate::store::entity::Entity;
use crate::store::read::Reading;
use crate::store::{StoreError, entities};

/// Whether a filter names a record in a way that others match all the same where there is no such: as one of several, or as
/// what is not meant.
pub(super) fn names_others(filter: &Resolved) -> bool {
    match filter {
        Resolved::And(parts) => parts.iter().any(names_others),
        Resolved::Or(parts) => parts.iter().any(names_any),
        Resolved::Not(inner) => names_any(inner),
        Resolved::Compare { test: Test::OneOf(_), .. } => names_any(filter),
        Resolved::Has { inner: Some(inner), .. } => names_others(inner),
        _ => false,
    }
}

fn names_any(filter: &Resolved) -> bool {
    match filter {
        Resolved::And(parts) | Resolved::Or(parts) => parts.iter().any(names_any),
        Resolved::Not(inner) => names_any(inner),
        Resolved::Compare { test: Test::OneOf(tests), .. } => tests.iter().any(refers),
        Resolved::Compare { test, .. } => refers(test),
        Resolved::Has { inner: Some(inner), .. } => names_any(inner),
        _ => false,
    }
}

const fn refers(test: &Test) -> bool {
    matches!(test, Test::Refers(_) | Test::RefersExactly(_))
}

/// `there is no plan ‘bogus’`; none where the names of the filter are of records, as far as that is known without looking
/// at all of them, or are of records that the session may not see.
pub(super) fn misnamed(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
) -> Result<Option<String>, StoreError> {
    let (field, test) = match filter {
        Resolved::Not(inner) => return misnamed(reading, entity, inner),
        Resolved::And(parts) | Resolved::Or(parts) => {
            for part in parts {
                if let Some(told) = misnamed(reading, entity, part)? {
                    return Ok(Some(told));
                }
            }
            return Ok(None);
        }
        Resolved::Has { relation, inner: Some(inner) } => {
            let relation = entities::relations(entity).iter().find(|known| known.name == relation);
            let other = relation.and_then(|relation| entities::find(relation.entity));
            let other = other.filter(|other| reading.session.may(&other.permission("read")));
            return other.map_or(Ok(None), |other| misnamed(reading, other, inner));
        }
        Resolved::Compare { field, test: Test::OneOf(tests) } => {
            for test in tests.iter().filter(|test| refers(test)) {
                let one = Resolved::Compare { field: field.clone(), test: test.clone() };
                if let Some(told) = misnamed(reading, entity, &one)? {
                    return Ok(Some(told));
                }
            }
            return Ok(None);
        }
        Resolved::Compare { field, test } => (field, test),
        _ => return Ok(None),
    };
    // Behind references too: `customer.plan`.
    let behind = field.split('.').try_fold(entity, |entity, step| entities::find(entity.field(step)?.reference?));
    let target = behind.filter(|_| !field.is_empty());
    let Some(target) = target.filter(|target| reading.session.may(&target.permission("read"))) else { return Ok(None) };
    let named = match test {
        Test::Refers(called) => Named::Folded(&called.key),
        Test::RefersExactly(called) => Named::Exactly(&called.key),
        _ => return Ok(None),
    };
    let compiler = Compiler { entity: target, depth: 0, way: Way::Walked(None), is_side: false, is_printed: false };
    let found = compiler.ids_of_named(reading, named, 1)?;
    let (Test::Refers(called) | Test::RefersExactly(called)) = test else { return Ok(None) };
    let nobody = found.is_some_and(|ids| ids.is_empty());
    Ok(nobody.then(|| format!("there is no {} ‘{}’", target.singular, text::clean(called.written.trim()))))
}
