//! Passwords as they are kept: Argon2id, few at once.

use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::Rng as _;

use super::StoreError;
use crate::domain::secret::Secret;

/// Argon2id: 64 MiB, 3 passes, one lane (RFC 9106's second choice with one lane).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// Hashes at once in one program: each takes 64 MiB, and guesses must not take all of the machine.
const HASHES_AT_ONCE: usize = 2;
static HASHING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Runs a hash when fewer than [`HASHES_AT_ONCE`] are running.
fn in_turn<T>(hash: impl FnOnce() -> T) -> T {
    let (count, freed) = &HASHING;
    let lock = || count.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut running = lock();
    while *running >= HASHES_AT_ONCE {
        running = freed.wait(running).unwrap_or_else(std::sync::PoisonError::into_inner);
    }
    *running += 1;
    drop(running);
    let outcome = hash();
    *lock() -= 1;
    freed.notify_one();
    outcome
}

fn argon2() -> Result<Argon2<'static>, StoreError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| StoreError::unexpected(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password as a PHC string.
///
/// # Errors
/// When the hash cannot be made, which a password of at most 1024 bytes rules out.
pub(super) fn hash_password(password: &Secret) -> Result<String, StoreError> {
    let argon2 = argon2()?;
    in_turn(|| argon2.hash_password(password.reveal().as_bytes()))
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::unexpected(format!("the password could not be hashed: {error}")))
}

pub(super) fn verify_password(password: &Secret, hash: &str) -> bool {
    let (Ok(argon2), Ok(parsed)) = (argon2(), PasswordHash::new(hash)) else { return false };
    in_turn(|| argon2.verify_password(password.reveal().as_bytes(), &parsed)).is_ok()
}

/// A hash of nothing that anybody knows, so that an unknown user takes as long as a known one.
pub(super) fn dummy_hash() -> &'static str {
    static DUMMY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    DUMMY.get_or_init(|| {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        hash_password(&Secret::new(BASE64.encode(bytes))).unwrap_or_default()
    })
}
