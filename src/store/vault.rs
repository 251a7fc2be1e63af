//! Secrets at rest: XChaCha20-Poly1305 under a key of the tenant, which a key outside the database
//! unlocks. Who holds the database alone can open nothing.
//!
//! A sealed value is `1 | key id (4 bytes) | nonce (24, random) | ciphertext and tag`, bound to its
//! place: the associated data names table, tenant, row, column and key, so that a value moved to
//! another row or column is refused. The key is chosen by its id alone, never by trying (the cipher
//! does not commit to its key).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng as _;
use zeroize::Zeroizing;

use super::error::{Failure, StoreError};
use crate::domain::Id;

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const HEADER: usize = 1 + 4;

/// 256 random bits, wiped when they go.
pub type Key = Zeroizing<[u8; 32]>;

/// A new key from the system's own randomness.
#[must_use]
pub fn new_key() -> Key {
    let mut key = Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(key.as_mut_slice());
    key
}

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub tenant: Id,
    pub row: Id,
    pub column: &'a str,
}

impl Place<'_> {
    fn associated_data(&self, key_id: i32) -> String {
        let Self { table, tenant, row, column } = self;
        format!("{table}|{tenant}|{row}|{column}|{key_id}")
    }
}

/// One tenant's keys, opened.
pub struct TenantKeys {
    data: BTreeMap<i32, Key>,
    audit: BTreeMap<i32, Key>,
}

/// What a tenant's keys are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing secrets.
    Data,
    /// The chain of the audit log.
    Audit,
}

impl Purpose {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Audit => "audit",
        }
    }
}

impl TenantKeys {
    /// From rows of `tenant_keys`: purpose, key id, wrapped key.
    ///
    /// # Errors
    /// When a key does not open: another key file, or an altered row.
    pub fn open(master: &MasterKey, tenant: Id, rows: &[(String, i32, Vec<u8>)]) -> Result<Self, StoreError> {
        let mut keys = Self { data: BTreeMap::new(), audit: BTreeMap::new() };
        for (purpose, key_id, wrapped) in rows {
            let (purpose, keys) = match purpose.as_str() {
                "data" => (Purpose::Data, &mut keys.data),
                "audit" => (Purpose::Audit, &mut keys.audit),
                other => return Err(StoreError::unexpected(format!("tenant_keys.purpose holds ‘{other}’"))),
            };
            keys.insert(*key_id, master.unwrap(tenant, purpose, *key_id, wrapped)?);
        }
        if keys.data.is_empty() || keys.audit.is_empty() {
            return Err(StoreError::unexpected("the tenant has no keys"));
        }
        Ok(keys)
    }

    /// Seals a secret for its place, with the newest key.
    ///
    /// # Errors
    /// When there is no key, which [`TenantKeys::open`] rules out.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (key_id, key) =
            self.data.last_key_value().ok_or_else(|| StoreError::unexpected("the tenant has no keys"))?;
        let body = encrypt(key, &place.associated_data(*key_id), plain)?;
        let mut sealed = Vec::with_capacity(HEADER + body.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&key_id.to_be_bytes());
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was altered, moved from another place, or sealed with a key that is not here.
    pub fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let refused = || {
            StoreError::refused(format!(
                "{}.{}: this secret was altered or moved and cannot be opened. Enter it anew",
                place.table, place.column
            ))
        };
        let [FORMAT, a, b, c, d, body @ ..] = sealed else { return Err(refused()) };
        let key_id = i32::from_be_bytes([*a, *b, *c, *d]);
        let key = self.data.get(&key_id).ok_or_else(refused)?;
        decrypt(key, &place.associated_data(key_id), body).ok_or_else(refused)
    }

    /// The id of the key that is sealed with now.
    #[must_use]
    pub fn newest(&self) -> i32 {
        self.data.last_key_value().map_or(0, |(key_id, _)| *key_id)
    }

    /// The id of the key that a value was sealed with; `None` where it is no sealed value.
    #[must_use]
    pub fn key_of(sealed: &[u8]) -> Option<i32> {
        match sealed {
            [FORMAT, a, b, c, d, ..] => Some(i32::from_be_bytes([*a, *b, *c, *d])),
            _ => None,
        }
    }

    /// The key of the audit chain: the newest.
    ///
    /// # Errors
    /// When there is none, which [`TenantKeys::open`] rules out.
    pub fn audit_key(&self) -> Result<&Key, StoreError> {
        self.audit
            .last_key_value()
            .map(|(_, key)| key)
            .ok_or_else(|| StoreError::unexpected("the tenant has no audit key"))
    }
}

fn encrypt(key: &Key, associated: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE];
    rand::rng().fill_bytes(&mut nonce);
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let payload = Payload { msg: plain, aad: associated.as_bytes() };
    let ciphertext = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| StoreError::unexpected("a secret could not be sealed"))?;
    Ok([&nonce[..], &ciphertext].concat())
}

fn decrypt(key: &Key, associated: &str, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = body.split_at_checked(NONCE)?;
    let nonce = XNonce::try_from(nonce).ok()?;
    let payload = Payload { msg: ciphertext, aad: associated.as_bytes() };
    XChaCha20Poly1305::new((&**key).into()).decrypt(&nonce, payload).ok().map(Zeroizing::new)
}

/// The key outside the database that wraps every tenant's keys.
pub struct MasterKey(Key);

/// Where the master key is looked for, in this order.
#[derive(Clone, Debug, Default)]
pub struct KeySource {
    /// `HEADEND_KEY`: the key itself, in base64.
    pub value: Option<String>,
    /// `HEADEND_KEY_FILE` or `key_file` of the configuration.
    pub file: Option<PathBuf>,
    /// systemd's `$CREDENTIALS_DIRECTORY`, where the key is called `headend.key`.
    pub credentials: Option<PathBuf>,
    /// Where it is kept when nothing else is said.
    pub default_file: Option<PathBuf>,
}

impl KeySource {
    /// Reads the key from the first place that has one; `None` where no place does.
    ///
    /// # Errors
    /// When a place holds something that is no key, or a file that others could read.
    pub fn read(&self) -> Result<Option<MasterKey>, StoreError> {
        if let Some(value) = &self.value {
            return MasterKey::parse(value, "HEADEND_KEY").map(Some);
        }
        let credential = self.credentials.as_ref().map(|directory| directory.join("headend.key"));
        for (path, must_exist) in
            [(self.file.as_ref(), true), (credential.as_ref(), false), (self.default_file.as_ref(), false)]
        {
            let Some(path) = path else { continue };
            match std::fs::read_to_string(path).map(Zeroizing::new) {
                Ok(text) => {
                    check_private(path)?;
                    return MasterKey::parse(&text, &path.display().to_string()).map(Some);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => {}
                Err(error) => {
                    return Err(unusable(format!("the key file {} cannot be read: {error}", path.display())));
                }
            }
        }
        Ok(None)
    }

    /// The file that a new key would be written to.
    #[must_use]
    pub fn file_to_make(&self) -> Option<&Path> {
        self.file.as_deref().or(self.default_file.as_deref())
    }

    /// Reads the key, or makes one in the file that is named: 0400, in a directory for its owner.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub fn read_or_make(&self) -> Result<MasterKey, StoreError> {
        let path = self.file_to_make().filter(|path| self.value.is_none() && !path.exists());
        if let Some(path) = path {
            let credential = self.credentials.as_ref().map(|directory| directory.join("headend.key"));
            if self.file.is_some() || credential.is_none_or(|file| !file.exists()) {
                return MasterKey::make(path);
            }
        }
        self.read()?.ok_or_else(|| unusable("there is no place for a key file: set HEADEND_KEY_FILE".into()))
    }
}

fn unusable(why: String) -> StoreError {
    StoreError::failed(Failure::Unusable(why))
}

/// A key that others can read protects nothing.
#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)
        .map_err(|error| unusable(format!("the key file {} cannot be looked at: {error}", path.display())))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(unusable(format!("others can read the key file {shown}. Run: chmod 0400 {shown}")))
}

impl MasterKey {
    fn parse(text: &str, place: &str) -> Result<Self, StoreError> {
        let wrong = || unusable(format!("{place} holds no key: 32 bytes in base64 are wanted"));
        let bytes = Zeroizing::new(BASE64.decode(text.trim()).map_err(|_| wrong())?);
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(wrong());
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// Reads a key from a file that its owner alone can read.
    pub(super) fn from_file(path: &Path) -> Result<Self, StoreError> {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text =
            text.map_err(|error| unusable(format!("the key file {} cannot be read: {error}", path.display())))?;
        check_private(path)?;
        Self::parse(&text, &path.display().to_string())
    }

    pub(super) fn make(path: &Path) -> Result<Self, StoreError> {
        use std::io::Write as _;
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        let failed =
            |error: std::io::Error| unusable(format!("the key file {} cannot be made: {error}", path.display()));
        if let Some(directory) = path.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
        }
        let key = new_key();
        let text = Zeroizing::new(BASE64.encode(key.as_slice()));
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(failed)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        Ok(Self(key))
    }

    /// A key for tests and throwaway databases, kept nowhere.
    #[must_use]
    pub fn temporary() -> Self {
        Self(new_key())
    }

    fn place(tenant: Id, purpose: Purpose) -> String {
        format!("tenant_keys|{tenant}|{}", purpose.name())
    }

    /// A tenant's key as it is kept.
    ///
    /// # Errors
    /// When the cipher refuses, which it does not for 32 bytes.
    pub fn wrap(&self, tenant: Id, purpose: Purpose, key_id: i32, key: &Key) -> Result<Vec<u8>, StoreError> {
        encrypt(&self.0, &format!("{}|{key_id}", Self::place(tenant, purpose)), key.as_slice())
    }

    pub(super) fn unwrap(&self, tenant: Id, purpose: Purpose, key_id: i32, wrapped: &[u8]) -> Result<Key, StoreError> {
        let plain =
            decrypt(&self.0, &format!("{}|{key_id}", Self::place(tenant, purpose)), wrapped).ok_or_else(|| {
                unusable(
                    "this key file does not belong to this database. Name the right one with HEADEND_KEY_FILE; where \
                     `headend keys rotate --master` was interrupted, run it again"
                        .into(),
                )
            })?;
        let mut key = Zeroizing::new([0; 32]);
        if plain.len() != key.len() {
            return Err(StoreError::unexpected("a tenant's key has the wrong length"));
        }
        key.copy_from_slice(&plain);
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(tenant: Id) -> TenantKeys {
        let master = MasterKey::temporary();
        let rows: Vec<_> = [Purpose::Data, Purpose::Audit]
            .map(|purpose| (purpose.name().to_owned(), 1, master.wrap(tenant, purpose, 1, &new_key()).unwrap()))
            .into();
        TenantKeys::open(&master, tenant, &rows).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_unaltered() {
        let tenant = Id::new();
        let keys = keys(tenant);
        let place = Place { table: "customers", tenant, row: Id::new(), column: "access_password" };
        let sealed = keys.seal(place, b"hunter2").unwrap();
        assert_eq!(keys.unseal(place, &sealed).unwrap().as_slice(), b"hunter2");
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_ne!(sealed, keys.seal(place, b"hunter2").unwrap(), "the nonce is random");
        for moved in [
            Place { table: "access_servers", ..place },
            Place { tenant: Id::new(), ..place },
            Place { row: Id::new(), ..place },
            Place { column: "other", ..place },
        ] {
            assert!(keys.unseal(moved, &sealed).is_err(), "{moved:?}");
        }
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.unseal(place, &altered).is_err(), "bit {bit}");
        }
        for cut in 0..sealed.len() {
            assert!(keys.unseal(place, &sealed[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn another_master_key_opens_no_tenant() {
        let tenant = Id::new();
        let wrapped = MasterKey::temporary().wrap(tenant, Purpose::Data, 1, &new_key()).unwrap();
        let error = TenantKeys::open(&MasterKey::temporary(), tenant, &[("data".into(), 1, wrapped)]).err();
        assert!(error.is_some_and(|error| error.to_string().contains("does not belong")));
    }

    #[test]
    fn a_key_file_is_private_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys/headend.key");
        let source = KeySource { default_file: Some(path.clone()), ..KeySource::default() };
        assert!(source.read().unwrap().is_none());
        let made = source.read_or_make().unwrap();
        assert_eq!(source.read().unwrap().unwrap().0, made.0);
        assert_eq!(source.read_or_make().unwrap().0, made.0);
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        assert!(source.read().err().unwrap().to_string().contains("chmod 0400"));
    }
}
