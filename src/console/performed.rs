//! Doing what somebody asks for, and reading what the record that it was about is called now: the number that it was
//! given is told to whoever waits for it.

use super::message::Performed;
use crate::store::operation::Does;
use crate::store::{Done, Record, Request, Session, Store, StoreError, entities};

/// Does what is asked; `watch` is told how many records of how many are done, and says `false` to have it stopped.
///
/// # Errors
/// Whatever stands in the way. That the record cannot be read afterwards is none: it was done.
pub fn perform(
    store: &Store,
    session: &Session,
    request: &Request,
    watch: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Performed, StoreError> {
    let done = store.perform_watched(session, request, watch)?;
    let title = title(store, session, request, &done);
    let made = made(store, session, request, &done);
    Ok(Performed { operation: request.operation, done, title, made })
}

/// What the first of the records is called that were made besides, for whoever sees it.
fn made(store: &Store, session: &Session, request: &Request, done: &Done) -> Option<String> {
    let entity = request.operation.makes.and_then(entities::find)?;
    let first = done.made.first()?;
    store.get(session, entity, *first).ok().flatten().as_ref().map(Record::title)
}

fn title(store: &Store, session: &Session, request: &Request, done: &Done) -> Option<String> {
    let id = match done.records.as_slice() {
        [id] if !request.is_bulk() => *id,
        // Of all that a workflow makes, what was meant comes first.
        [id, ..] if matches!(request.operation.does, Does::Make(_)) => *id,
        _ => return None,
    };
    store.get(session, request.operation.entity, id).ok().flatten().as_ref().map(Record::title)
}
