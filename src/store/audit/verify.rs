//! Walking the chains of the audit log: is it what was written?

use sha2::{Digest as _, Sha256};

use super::link::{Link, chain_hash, changes_digest, head_seal, member_digest};
use super::{EVERYDAY, hex};
use crate::domain::{Id, Value};
use crate::store::connection::Connection;
use crate::store::session::Session;
use crate::store::sql::{Row, Statement};
use crate::store::vault::{Key, Place, TenantKeys};
use crate::store::{Store, StoreError};

/// How a walk along the chains ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sound {
        entries: u64,
    },
    /// The first place where the log is not what was written.
    Broken {
        chain: i64,
        sequence: i64,
        why: String,
    },
}

/// Rows read at a time.
const PAGE: i64 = 1_000;

impl Store {
    /// Walks every chain of the tenant and recomputes every hash.
    ///
    /// # Errors
    /// When the audit key is not here, the permission is missing, or the database says so.
    pub fn verify_audit(&self, session: &Session) -> Result<Verdict, StoreError> {
        session.require("audit_log.read")?;
        let keys = self.keys(session)?;
        self.read(session, |reading| {
            let tenant = session.tenant.id;
            let mut statement = Statement::fixed();
            statement
                .push("SELECT chain AS l0, sequence AS l1, hash AS y2, seal AS y3 FROM audit_heads WHERE tenant_id = ")
                .bind_id(tenant)
                .push(" ORDER BY chain");
            let heads = statement.load(reading.connection)?;
            let mut entries = 0;
            let mut heads_known = std::collections::HashMap::new();
            for row in &heads {
                if let [Value::Int(chain), Value::Int(sequence), Value::Bytes(hash), Value::Bytes(seal)] =
                    row.0.as_slice()
                {
                    if *seal != head_seal(keys.audit_key()?, tenant, *chain, *sequence, hash)? {
                        let why = "the end of the chain was altered".into();
                        return Ok(Verdict::Broken { chain: *chain, sequence: *sequence, why });
                    }
                    heads_known.insert(*chain, (*sequence, hash.clone()));
                }
            }
            // The founding of the tenant is its first row.
            if !heads_known.contains_key(&EVERYDAY) {
                return Ok(Verdict::Broken { chain: EVERYDAY, sequence: 1, why: "the chain is missing".into() });
            }
            // Chain 0 first: it names the ends of all the others.
            let mut anchored = std::collections::HashMap::new();
            let mut chains: Vec<i64> = heads_known.keys().copied().collect();
            chains.sort_unstable();
            for chain in chains {
                let Some((last, head)) = heads_known.get(&chain).cloned() else { continue };
                let walk = Walk { tenant, chain, keys: &keys, key: keys.audit_key()? };
                match walk.run(reading.connection, last, &head, &mut anchored)? {
                    Ok(count) => entries += count,
                    Err((sequence, why)) => return Ok(Verdict::Broken { chain, sequence, why }),
                }
            }
            for (chain, (rows, hash)) in anchored {
                if heads_known.get(&chain).is_none_or(|(sequence, head)| *sequence != rows || hex(head) != hash) {
                    return Ok(Verdict::Broken {
                        chain,
                        sequence: rows,
                        why: "a bulk operation's entries are cut off".into(),
                    });
                }
            }
            if let Some((chain, sequence)) = rows_without_head(reading.connection, tenant)? {
                return Ok(Verdict::Broken { chain, sequence, why: "the end of the chain is missing".into() });
            }
            Ok(Verdict::Sound { entries })
        })
    }
}

/// A row whose chain has no head, or stands behind it.
fn rows_without_head(connection: &mut Connection, tenant: Id) -> Result<Option<(i64, i64)>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT a.chain AS l0, a.sequence AS l1 FROM audit_log a LEFT JOIN audit_heads h ON h.tenant_id = a.tenant_id \
               AND h.chain = a.chain WHERE a.tenant_id = ")
        .bind_id(tenant)
        .push(" AND (h.chain IS NULL OR a.sequence > h.sequence) ORDER BY a.chain, a.sequence LIMIT 1");
    Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_int().zip(row.0[1].as_int())))
}

struct Walk<'a> {
    tenant: Id,
    chain: i64,
    keys: &'a TenantKeys,
    key: &'a Key,
}

type Anchors = std::collections::HashMap<i64, (i64, String)>;

impl Walk<'_> {
    fn run(
        &self,
        connection: &mut Connection,
        last: i64,
        head: &[u8],
        anchored: &mut Anchors,
    ) -> Result<Result<u64, (i64, String)>, StoreError> {
        let (mut sequence, mut previous, mut entries) = (0, Vec::new(), 0);
        loop {
            let rows = self.page(connection, sequence)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let Some(kept) = KeptLink::of(row) else {
                    return Ok(Err((sequence + 1, "the entry cannot be read".into())));
                };
                if kept.sequence != sequence + 1 {
                    return Ok(Err((sequence + 1, "the entry is missing".into())));
                }
                sequence = kept.sequence;
                if kept.previous != previous {
                    return Ok(Err((sequence, "the entry does not follow the one before it".into())));
                }
                // The digest of the changes stands in the payload, which the hash covers: changes that
                // were erased by law leave it behind, altered ones no longer fit it.
                let digest = kept.link.digest();
                if kept.link.changes.is_some() && digest != changes_digest(kept.link.changes.as_ref()) {
                    return Ok(Err((sequence, "the entry's changes were altered".into())));
                }
                let row = kept.link.canonical(&digest);
                if chain_hash(self.key, self.tenant, &previous, self.chain, sequence, &row)? != kept.hash {
                    return Ok(Err((sequence, "the entry was altered".into())));
                }
                if let Some(sealed) = &kept.link.sealed_changes {
                    let place =
                        Place { table: "audit_log", tenant: self.tenant, row: kept.link.id, column: "sealed_changes" };
                    if self.keys.unseal(place, sealed).is_err() {
                        return Ok(Err((sequence, "the entry's secrets were altered".into())));
                    }
                }
                if let Some(why) = self.check_members(connection, &kept)? {
                    return Ok(Err((sequence, why)));
                }
                if let Some(payload) = &kept.link.payload
                    && let (Some(chain), Some(rows), Some(hash)) = (
                        payload["chain"].as_str().and_then(|chain| chain.parse().ok()),
                        payload["rows"].as_i64(),
                        payload["hash"].as_str(),
                    )
                {
                    anchored.insert(chain, (rows, hash.to_owned()));
                }
                previous = kept.hash;
                entries += 1;
            }
        }
        if sequence != last || previous != head {
            return Ok(Err((sequence + 1, "the end of the chain is missing".into())));
        }
        Ok(Ok(entries))
    }

    fn page(&self, connection: &mut Connection, after: i64) -> Result<Vec<Row>, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(
                "SELECT id AS i0, sequence AS l1, actor_id AS i2, actor_role AS t3, action AS t4, entity_type AS t5, \
                 entity_id AS t6, first_id AS i7, last_id AS i8, operation_id AS i9, changes AS j10, payload AS j11, \
                 outcome AS t12, level AS t13, message AS t14, ip_address AS t15, client AS t16, previous_hash AS y17, \
                 hash AS y18, created_at AS w19, sealed_changes AS s20 FROM audit_log WHERE tenant_id = ",
            )
            .bind_id(self.tenant)
            .push(" AND chain = ")
            .bind_long(self.chain)
            .push(" AND sequence > ")
            .bind_long(after)
            .push(" ORDER BY sequence LIMIT ")
            .bind_long(PAGE);
        statement.load(connection)
    }

    /// The members of a block row carry its changes; their digest stands in its payload.
    fn check_members(&self, connection: &mut Connection, kept: &KeptLink) -> Result<Option<String>, StoreError> {
        let Some(wanted) = kept.link.payload.as_ref().and_then(|payload| payload["members"].as_str()) else {
            return Ok(None);
        };
        let mut statement = Statement::fixed();
        statement
            .push("SELECT entity_id AS i0, changes AS j1 FROM audit_members WHERE tenant_id = ")
            .bind_id(self.tenant)
            .push(" AND audit_id = ")
            .bind_id(kept.link.id)
            .push(" ORDER BY id");
        let mut digest = Sha256::new();
        for row in statement.load(connection)? {
            if let [Value::Id(id), changes] = row.0.as_slice() {
                let changes = if let Value::Json(changes) = changes { Some(changes) } else { None };
                digest.update(member_digest(*id, changes));
            }
        }
        Ok((hex(&digest.finalize()) != wanted).then(|| "a record of the entry was altered or is missing".into()))
    }
}

/// A row as it stands in the log.
struct KeptLink {
    sequence: i64,
    previous: Vec<u8>,
    hash: Vec<u8>,
    link: Link,
}

impl KeptLink {
    fn of(row: Row) -> Option<Self> {
        let values: [Value; 21] = row.0.try_into().ok()?;
        let [
            id,
            sequence,
            actor,
            actor_role,
            action,
            entity_type,
            entity,
            first,
            last,
            operation,
            changes,
            payload,
            outcome,
            level,
            message,
            source,
            client,
            previous,
            hash,
            at,
            sealed,
        ] = values;
        let text = |value: Value| if let Value::Text(text) = value { Some(text) } else { None };
        let json = |value: Value| if let Value::Json(json) = value { Some(json) } else { None };
        let bytes = |value: Value| if let Value::Bytes(bytes) = value { Some(bytes) } else { None };
        let payload = json(payload);
        Some(Self {
            sequence: sequence.as_int()?,
            previous: bytes(previous)?,
            hash: bytes(hash)?,
            link: Link {
                id: id.as_id()?,
                actor: actor.as_id(),
                actor_role: text(actor_role),
                action: text(action)?,
                entity_type: text(entity_type)?,
                entity: text(entity),
                first: first.as_id(),
                last: last.as_id(),
                operation: operation.as_id(),
                changes: json(changes),
                sealed_changes: if let Value::Sealed(sealed) = sealed { Some(sealed) } else { None },
                payload,
                outcome: text(outcome)?,
                level: text(level)?,
                message: text(message),
                source: text(source),
                client: text(client),
                at: at.as_instant()?,
            },
        })
    }
}
