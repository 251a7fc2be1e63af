//! Doing what somebody asks for, with what the record that it was about is called then: the number that it was given is
//! told to whoever waits for it.

use super::message::Performed;
use crate::store::{Request, Session, Store, StoreError};

/// Does what is asked; `watch` is told how many records of how many are done, and says `false` to have it stopped.
///
/// # Errors
/// Whatever stands in the way.
pub fn perform(
    store: &Store,
    session: &Session,
    request: &Request,
    watch: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Performed, StoreError> {
    let (done, titles) = store.perform_told(session, request, watch)?;
    Ok(Performed { operation: request.operation, done, title: titles.meant, made: titles.made })
}
