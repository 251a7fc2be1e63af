//! stub
use crate::domain::Id;
use crate::store::{Session, Store, StoreError};
use super::cancel::CancellationFlag;
pub fn check_device(_s: &Store, _x: &Session, _d: Id) -> Result<String, StoreError> { Err(StoreError::refused("not yet")) }
pub async fn run(_s: Store, _c: CancellationFlag) -> Result<(), StoreError> { Ok(()) }

/// What one round found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoundSummary {
    pub checks: usize,
    pub devices: usize,
    pub seconds: f64,
    pub up: usize,
    pub degraded: usize,
    pub down: usize,
    pub unreachable: usize,
    pub unknown: usize,
}

/// Carries every enabled check to a hard verdict.
///
/// # Errors
/// What the database says.
pub fn once(_store: &Store) -> Result<RoundSummary, StoreError> {
    Err(StoreError::refused("not yet"))
}
