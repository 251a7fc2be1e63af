//! What points at a record: of each relation that the person may see the first few records, and how many there are.

use super::message::Related;
use crate::domain::filter::{Resolved, Test};
use crate::domain::{Id, Value};
use crate::resources::{self, Resource};
use crate::store::entity::Relation;
use crate::store::list::{COUNT_CAP, Count, ListRequest, Page};
use crate::store::{Entity, Field, Session, Store, StoreError};

/// Records that a page shows of each relation.
const FIRST: usize = 8;

/// What points at a record.
///
/// # Errors
/// What the database says.
pub fn related(store: &Store, session: &Session, entity: &'static Entity, id: Id) -> Result<Vec<Related>, StoreError> {
    let Some(resource) = resources::of(entity) else { return Ok(Vec::new()) };
    let seen: Vec<_> =
        resource.relations().filter(|(_, other, _)| session.may(&other.entity.permission("read"))).collect();
    let requests: Vec<ListRequest> = seen
        .iter()
        .map(|(_, other, field)| {
            let fields = other.columns.iter().filter_map(|column| other.entity.field(column.field)).collect();
            let filter = Resolved::Compare { field: field.name.to_owned(), test: Test::Equals(Value::Id(id)) };
            ListRequest { fields, filter, ..ListRequest::all(other.entity, FIRST) }
        })
        .collect();
    let pages = store.first_pages(session, &requests, COUNT_CAP)?;
    let told = |((relation, other, field), (page, count)): (&(&Relation, &Resource, &Field), (Page, Count))| Related {
        name: relation.name,
        entity: other.entity,
        field: field.name,
        records: page.rows,
        count,
    };
    Ok(seen.iter().zip(pages).map(told).collect())
}
