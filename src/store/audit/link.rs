//! One row of the audit log: what it says, and the form in which that is hashed.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{About, Entry, hex};
use crate::domain::Id;
use crate::domain::time::{self, Instant};
use crate::domain::value::canonical;
use crate::store::StoreError;
use crate::store::vault::{Key, Place};
use crate::store::write::Writing;

/// One row of the log before it has its place in a chain.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) id: Id,
    pub(super) actor: Option<Id>,
    pub(super) actor_role: Option<String>,
    pub(super) action: String,
    pub(super) entity_type: String,
    /// As text: it is compared as it stands.
    pub(super) entity: Option<String>,
    pub(super) first: Option<Id>,
    pub(super) last: Option<Id>,
    pub(super) operation: Option<Id>,
    pub(super) changes: Option<serde_json::Value>,
    pub(super) sealed_changes: Option<Vec<u8>>,
    pub(super) payload: Option<serde_json::Value>,
    pub(super) outcome: String,
    pub(super) level: String,
    pub(super) message: Option<String>,
    pub(super) source: Option<String>,
    pub(super) client: Option<String>,
    pub(super) at: Instant,
}

impl Link {
    pub(super) fn of(writing: &Writing<'_>, entry: &Entry) -> Result<Self, StoreError> {
        let id = Id::new();
        let session = writing.session;
        let (entity, run, own_changes, sealed_changes) = match &entry.about {
            About::Nothing => (None, (None, None), None, None),
            About::Run { first, last, .. } => (None, (Some(*first), Some(*last)), None, None),
            About::One { id: entity, changes, secrets, .. } => {
                let place = Place { table: "audit_log", tenant: session.tenant.id, row: id, column: "sealed_changes" };
                let sealed = secrets.as_ref().map(|secrets| writing.keys.seal(place, secrets.to_string().as_bytes()));
                (Some(entity.to_string()), (None, None), Some(changes.clone()), sealed.transpose()?)
            }
        };
        let mut payload = entry.payload.clone();
        if let About::Run { count, .. } = &entry.about {
            payload = Some(json!({"records": count}));
        }
        if own_changes.is_some() {
            let digest = changes_digest(own_changes.as_ref());
            match &mut payload {
                Some(serde_json::Value::Object(entries)) => {
                    entries.insert("changes_sha256".into(), digest.into());
                }
                _ => payload = Some(json!({"changes_sha256": digest})),
            }
        }
        Ok(Self {
            id,
            actor: entry.actor.or_else(|| session.user()),
            actor_role: Some(session.role().to_owned()),
            action: entry.action.clone(),
            entity_type: entry.entity_type.to_owned(),
            entity,
            first: run.0,
            last: run.1,
            operation: Some(writing.operation),
            changes: own_changes,
            sealed_changes,
            payload,
            outcome: entry.outcome.to_owned(),
            level: entry.level.to_owned(),
            message: entry.message.clone(),
            source: session.source.clone(),
            client: Some(session.client.clone()),
            at: writing.now,
        })
    }

    /// One row for many records. Its payload holds the digest of its members, which carry the
    /// changes: altering a member shows.
    pub(super) fn of_block(writing: &Writing<'_>, block: &[Entry]) -> Result<Self, StoreError> {
        let Some(first) = block.first() else { return Err(StoreError::unexpected("an empty block of audit rows")) };
        if let ([entry], About::Run { .. }) = (block, &first.about) {
            return Self::of(writing, entry);
        }
        let mut digest = Sha256::new();
        let mut ids = Vec::new();
        let mut secrets = serde_json::Map::new();
        for entry in block {
            if let About::One { id, changes, secrets: sealed, .. } = &entry.about {
                digest.update(member_digest(*id, Some(changes)));
                ids.push(*id);
                if let Some(sealed) = sealed {
                    secrets.insert(id.to_string(), sealed.clone());
                }
            }
        }
        let mut whole = Entry::new(first.action.clone(), first.entity_type, About::Nothing);
        whole.payload = Some(json!({"records": ids.len(), "members": hex(&digest.finalize())}));
        let mut link = Self::of(writing, &whole)?;
        link.first = ids.iter().min().copied();
        link.last = ids.iter().max().copied();
        if !secrets.is_empty() {
            let place =
                Place { table: "audit_log", tenant: writing.session.tenant.id, row: link.id, column: "sealed_changes" };
            let text = serde_json::Value::Object(secrets).to_string();
            link.sealed_changes = Some(writing.keys.seal(place, text.as_bytes())?);
        }
        Ok(link)
    }

    /// The digest of the changes, as it stands in the payload.
    pub(super) fn digest(&self) -> String {
        self.payload.as_ref().and_then(|payload| payload["changes_sha256"].as_str()).unwrap_or_default().to_owned()
    }

    pub(super) fn canonical(&self, changes_digest: &str) -> String {
        let id = |id: &Option<Id>| id.map(|id| id.to_string());
        canonical(&json!({
            "id": self.id.to_string(),
            "actor_id": id(&self.actor),
            "actor_role": self.actor_role,
            "action": self.action,
            "entity_type": self.entity_type,
            "entity_id": self.entity,
            "first_id": id(&self.first),
            "last_id": id(&self.last),
            "operation_id": id(&self.operation),
            "changes": changes_digest,
            "payload": self.payload,
            "outcome": self.outcome,
            "level": self.level,
            "message": self.message,
            "ip_address": self.source,
            "client": self.client,
            "created_at": time::write(self.at),
        }))
    }
}

pub(super) fn member_digest(id: Id, changes: Option<&serde_json::Value>) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(id.as_bytes());
    digest.update(changes.map(canonical).unwrap_or_default());
    digest.finalize().into()
}

pub(super) fn changes_digest(changes: Option<&serde_json::Value>) -> String {
    changes.map_or_else(String::new, |changes| hex(&Sha256::digest(canonical(changes))))
}

pub(super) fn chain_hash(
    key: &Key,
    tenant: Id,
    previous: &[u8],
    chain: i64,
    sequence: i64,
    row: &str,
) -> Result<Vec<u8>, StoreError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
        .map_err(|_| StoreError::unexpected("the audit key has the wrong length"))?;
    for part in [tenant.as_bytes().as_slice(), previous, &chain.to_be_bytes(), &sequence.to_be_bytes(), row.as_bytes()]
    {
        // Each part with its length, so that no two rows have the same bytes.
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// What proves that a head was written by who holds the key: a chain whose tail was cut off cannot
/// be given a head that fits.
pub(super) fn head_seal(key: &Key, tenant: Id, chain: i64, sequence: i64, hash: &[u8]) -> Result<Vec<u8>, StoreError> {
    chain_hash(key, tenant, hash, chain, sequence, "head")
}
