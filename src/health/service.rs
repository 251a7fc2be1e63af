//! stub
use crate::domain::Id;
use crate::store::{Session, Store, StoreError};
use super::cancel::CancellationFlag;
pub fn check_device(_s: &Store, _x: &Session, _d: Id) -> Result<String, StoreError> { Err(StoreError::refused("not yet")) }
pub async fn run(_s: Store, _c: CancellationFlag) -> Result<(), StoreError> { Ok(()) }
