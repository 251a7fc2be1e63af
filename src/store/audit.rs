//! The audit log: written in the same transaction as the change, chained so that a removed or
//! altered row shows.
//!
//! Everyday writes share chain 0 of their tenant. A bulk operation writes one row for a block of
//! records into a chain of its own, so that nobody waits for it, and ends with one row in chain 0
//! that holds the end of that chain: a chain cut off as a whole shows there.
//!
//! hash = HMAC-SHA256(audit key, previous hash | chain | sequence | the row in canonical form, with
//! SHA-256(changes) in the place of changes): changes can be erased by law without breaking it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::connection::Connection;
use super::model::ColumnKind;
use super::session::Session;
use super::sql::{Row, Statement};
use super::vault::{Key, Place};
use super::write::Writing;
use super::{Store, StoreError};
use crate::domain::time::{self, Instant};
use crate::domain::value::canonical;
use crate::domain::{Id, Value};

/// Records in one block row.
pub(super) const BLOCK: usize = 500;

/// What was done, for the log.
#[derive(Clone, Debug)]
pub struct Entry {
    pub action: String,
    pub entity_type: &'static str,
    pub about: About,
    pub payload: Option<serde_json::Value>,
    pub outcome: &'static str,
    pub level: &'static str,
    pub message: Option<String>,
}

/// Which records an entry is about.
#[derive(Clone, Debug)]
pub enum About {
    Nothing,
    One {
        id: Id,
        title: String,
        /// `{"field": {"before": …, "after": …}}`.
        changes: serde_json::Value,
        /// Ciphertext of the secrets before and after, which undo needs.
        secrets: Option<serde_json::Value>,
    },
    /// New records with ids from first to last; the records themselves are what was written.
    Run { first: Id, last: Id, count: usize },
}

impl Entry {
    pub(super) fn new(action: impl Into<String>, entity_type: &'static str, about: About) -> Self {
        Self {
            action: action.into(),
            entity_type,
            about,
            payload: None,
            outcome: "success",
            level: "info",
            message: None,
        }
    }

    /// How many records it is about.
    pub(super) fn records(&self) -> usize {
        match &self.about {
            About::Nothing => 0,
            About::One { .. } => 1,
            About::Run { count, .. } => *count,
        }
    }
}

/// One line for the list of operations: `suspend 50 customers`, `update CUS-000142 Amina`.
pub(super) fn summary(kind: &str, entries: &[Entry], flushed: usize) -> String {
    let verb = kind.rsplit('.').next().unwrap_or(kind);
    let subject = kind.split('.').next().unwrap_or("");
    let count: usize = flushed + entries.iter().map(Entry::records).sum::<usize>();
    let text = match entries {
        [Entry { about: About::One { title, .. }, .. }] if flushed == 0 => format!("{verb} {title}"),
        _ if count > 0 => format!("{verb} {count} {subject}"),
        _ => format!("{verb} {subject}"),
    };
    text.chars().take(200).collect()
}

/// Everyday writes.
const EVERYDAY: i64 = 0;

/// Appends an operation's entries to their chains.
pub(super) fn append(writing: &mut Writing<'_>, bulk: bool, entries: Vec<Entry>) -> Result<(), StoreError> {
    if !bulk {
        let mut chain = Chain::lock(writing.connection, writing.session, EVERYDAY)?;
        for entry in entries {
            let link = Link::of(writing, &entry)?;
            chain.add(writing, link)?;
        }
        return chain.close(writing);
    }
    let begun = writing.flushed.take();
    let Some((action, entity_type)) =
        begun.as_ref().map(|flushed| (flushed.action.clone(), flushed.entity_type)).or_else(|| {
            entries.first().map(|first| (first.action.clone(), first.entity_type))
        })
    else {
        return Ok(());
    };
    let mut own = begun.map_or_else(|| Chain::begin(chain_of(writing.operation)), |flushed| flushed.chain);
    add_blocks(writing, &mut own, entries)?;
    let (sequence, hash) = (own.sequence, own.hash.clone());
    own.close(writing)?;
    let mut anchor = Entry::new(action, entity_type, About::Nothing);
    anchor.payload = Some(json!({"chain": own_name(writing.operation), "rows": sequence, "hash": hex(&hash)}));
    let mut everyday = Chain::lock(writing.connection, writing.session, EVERYDAY)?;
    let link = Link::of(writing, &anchor)?;
    everyday.add(writing, link)?;
    everyday.close(writing)
}

/// What a bulk operation has written of its own chain already.
pub(super) struct Flushed {
    chain: Chain,
    action: String,
    entity_type: &'static str,
    /// How many records the entries written so far are about.
    pub(super) records: usize,
}

/// Writes the full blocks of a bulk operation that is still at work, so that its entries do not pile
/// up in memory.
pub(super) fn flush(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let full = writing.entries.len() / BLOCK * BLOCK;
    if full == 0 {
        return Ok(());
    }
    let entries: Vec<Entry> = writing.entries.drain(..full).collect();
    let Some(first) = entries.first() else { return Ok(()) };
    let mut flushed = match writing.flushed.take() {
        Some(flushed) => flushed,
        None => Flushed {
            chain: Chain::begin(chain_of(writing.operation)),
            action: first.action.clone(),
            entity_type: first.entity_type,
            records: 0,
        },
    };
    flushed.records += entries.iter().map(Entry::records).sum::<usize>();
    add_blocks(writing, &mut flushed.chain, entries)?;
    writing.flushed = Some(flushed);
    Ok(())
}

/// Adds entries in blocks; a run of new records is a block of its own.
fn add_blocks(writing: &mut Writing<'_>, chain: &mut Chain, entries: Vec<Entry>) -> Result<(), StoreError> {
    let mut rest = entries.into_iter().peekable();
    while rest.peek().is_some() {
        let mut block = Vec::new();
        while let Some(entry) = rest.peek() {
            let is_run = matches!(entry.about, About::Run { .. });
            if block.len() >= BLOCK || is_run && !block.is_empty() {
                break;
            }
            block.extend(rest.next());
            if is_run {
                break;
            }
        }
        let link = Link::of_block(writing, &block)?;
        let members = chain.add(writing, link)?;
        for entry in &block {
            if let About::One { id, changes, .. } = &entry.about {
                add_member(writing, members, *id, changes)?;
            }
        }
    }
    Ok(())
}

/// A bulk operation's chain is named by its operation, whose id is unique: 62 of its random bits.
fn chain_of(operation: Id) -> i64 {
    let low = operation.uuid().as_u64_pair().1;
    i64::try_from(low & (u64::MAX >> 2)).unwrap_or(1).max(1)
}

fn own_name(operation: Id) -> String {
    chain_of(operation).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add_member(writing: &mut Writing<'_>, audit: Id, entity: Id, changes: &serde_json::Value) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("INSERT INTO audit_members (id, tenant_id, audit_id, entity_id, changes, created_at) VALUES (")
        .bind_id(Id::new())
        .push(", ")
        .bind_id(writing.session.tenant.id)
        .push(", ")
        .bind_id(audit)
        .push(", ")
        .bind_id(entity)
        .push(", ")
        .bind(ColumnKind::Json, Value::Json(changes.clone()))?
        .push(", ")
        .bind_instant(writing.now)
        .push(")");
    statement.execute(writing.connection)?;
    Ok(())
}

/// One row of the log before it has its place in a chain.
#[derive(Clone, Debug)]
struct Link {
    id: Id,
    actor: Option<Id>,
    actor_role: String,
    action: String,
    entity_type: String,
    entity: Option<Id>,
    run: Option<(Id, Id)>,
    operation: Option<Id>,
    changes: Option<serde_json::Value>,
    sealed_changes: Option<Vec<u8>>,
    payload: Option<serde_json::Value>,
    outcome: String,
    level: String,
    message: Option<String>,
    source: Option<String>,
    client: String,
    at: Instant,
}

impl Link {
    fn of(writing: &Writing<'_>, entry: &Entry) -> Result<Self, StoreError> {
        let id = Id::new();
        let session = writing.session;
        let (entity, run, own_changes, sealed_changes) = match &entry.about {
            About::Nothing => (None, None, None, None),
            About::Run { first, last, .. } => (None, Some((*first, *last)), None, None),
            About::One { id: entity, changes, secrets, .. } => {
                let place = Place { table: "audit_log", tenant: session.tenant.id, row: id, column: "sealed_changes" };
                let sealed = secrets.as_ref().map(|secrets| writing.keys.seal(place, secrets.to_string().as_bytes()));
                (Some(*entity), None, Some(changes.clone()), sealed.transpose()?)
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
            actor: session.user(),
            actor_role: session.role().to_owned(),
            action: entry.action.clone(),
            entity_type: entry.entity_type.to_owned(),
            entity,
            run,
            operation: Some(writing.operation),
            changes: own_changes,
            sealed_changes,
            payload,
            outcome: entry.outcome.to_owned(),
            level: entry.level.to_owned(),
            message: entry.message.clone(),
            source: session.source.clone(),
            client: session.client.clone(),
            at: writing.now,
        })
    }

    /// One row for many records. Its payload holds the digest of its members, which carry the
    /// changes: altering a member shows.
    fn of_block(writing: &Writing<'_>, block: &[Entry]) -> Result<Self, StoreError> {
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
        link.run = ids.iter().min().copied().zip(ids.iter().max().copied());
        if !secrets.is_empty() {
            let place = Place { table: "audit_log", tenant: writing.session.tenant.id, row: link.id, column: "sealed_changes" };
            let text = serde_json::Value::Object(secrets).to_string();
            link.sealed_changes = Some(writing.keys.seal(place, text.as_bytes())?);
        }
        Ok(link)
    }

    /// The digest of the changes, as it stands in the payload.
    fn digest(&self) -> String {
        self.payload.as_ref().and_then(|payload| payload["changes_sha256"].as_str()).unwrap_or_default().to_owned()
    }

    fn canonical(&self, changes_digest: &str) -> String {
        let id = |id: &Option<Id>| id.map(|id| id.to_string());
        canonical(&json!({
            "id": self.id.to_string(),
            "actor_id": id(&self.actor),
            "actor_role": self.actor_role,
            "action": self.action,
            "entity_type": self.entity_type,
            "entity_id": id(&self.entity),
            "first_id": self.run.map(|(first, _)| first.to_string()),
            "last_id": self.run.map(|(_, last)| last.to_string()),
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

fn member_digest(id: Id, changes: Option<&serde_json::Value>) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(id.as_bytes());
    digest.update(changes.map(canonical).unwrap_or_default());
    digest.finalize().into()
}

fn changes_digest(changes: Option<&serde_json::Value>) -> String {
    changes.map_or_else(String::new, |changes| hex(&Sha256::digest(canonical(changes))))
}

fn chain_hash(key: &Key, tenant: Id, previous: &[u8], chain: i64, sequence: i64, row: &str) -> Result<Vec<u8>, StoreError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
        .map_err(|_| StoreError::unexpected("the audit key has the wrong length"))?;
    for part in [tenant.as_bytes().as_slice(), previous, &chain.to_be_bytes(), &sequence.to_be_bytes(), row.as_bytes()] {
        // Each part with its length, so that no two rows have the same bytes.
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// A chain that rows are being added to.
struct Chain {
    number: i64,
    sequence: i64,
    hash: Vec<u8>,
    is_new: bool,
}

impl Chain {
    const fn begin(number: i64) -> Self {
        Self { number, sequence: 0, hash: Vec::new(), is_new: true }
    }

    /// Locks the head of a chain: the last lock before COMMIT.
    fn lock(connection: &mut Connection, session: &Session, number: i64) -> Result<Self, StoreError> {
        let for_update = if connection.is_postgres() { " FOR UPDATE" } else { "" };
        let mut statement = Statement::fixed();
        statement
            .push("SELECT sequence AS l0, hash AS y1 FROM audit_heads WHERE tenant_id = ")
            .bind_id(session.tenant.id)
            .push(" AND chain = ")
            .bind_long(number)
            .push(for_update);
        Ok(match statement.load(connection)?.into_iter().next().map(|row| row.0).as_deref() {
            Some([Value::Int(sequence), Value::Bytes(hash)]) => {
                Self { number, sequence: *sequence, hash: hash.clone(), is_new: false }
            }
            _ => Self::begin(number),
        })
    }

    /// Adds a row; its id is the answer.
    fn add(&mut self, writing: &mut Writing<'_>, link: Link) -> Result<Id, StoreError> {
        let tenant = writing.session.tenant.id;
        self.sequence += 1;
        let row = link.canonical(&link.digest());
        let hash = chain_hash(writing.keys.audit_key()?, tenant, &self.hash, self.number, self.sequence, &row)?;
        let id_or_null = |id: Option<Id>| id.map_or(Value::Null, Value::Id);
        let text_or_null = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let json_or_null = |json: Option<serde_json::Value>| json.map_or(Value::Null, Value::Json);
        let mut statement = Statement::fixed();
        statement.push(
            "INSERT INTO audit_log (id, tenant_id, chain, sequence, actor_id, actor_role, action, entity_type, entity_id, \
             first_id, last_id, operation_id, changes, sealed_changes, payload, outcome, level, message, ip_address, client, \
             previous_hash, hash, created_at) VALUES (",
        );
        let values = [
            (ColumnKind::Id, Value::Id(link.id)),
            (ColumnKind::Id, Value::Id(tenant)),
            (ColumnKind::Long, Value::Int(self.number)),
            (ColumnKind::Long, Value::Int(self.sequence)),
            (ColumnKind::Id, id_or_null(link.actor)),
            (ColumnKind::Text, Value::Text(link.actor_role)),
            (ColumnKind::Text, Value::Text(link.action)),
            (ColumnKind::Text, Value::Text(link.entity_type)),
            (ColumnKind::Text, text_or_null(link.entity.map(|id| id.to_string()))),
            (ColumnKind::Id, id_or_null(link.run.map(|run| run.0))),
            (ColumnKind::Id, id_or_null(link.run.map(|run| run.1))),
            (ColumnKind::Id, id_or_null(link.operation)),
            (ColumnKind::Json, json_or_null(link.changes)),
            (ColumnKind::Secret, link.sealed_changes.map_or(Value::Null, Value::Sealed)),
            (ColumnKind::Json, json_or_null(link.payload)),
            (ColumnKind::Text, Value::Text(link.outcome)),
            (ColumnKind::Text, Value::Text(link.level)),
            (ColumnKind::Text, text_or_null(link.message)),
            (ColumnKind::Text, text_or_null(link.source)),
            (ColumnKind::Text, Value::Text(link.client)),
            (ColumnKind::Bytes, Value::Bytes(self.hash.clone())),
            (ColumnKind::Bytes, Value::Bytes(hash.clone())),
            (ColumnKind::Instant, Value::Instant(link.at)),
        ];
        for (index, (kind, value)) in values.into_iter().enumerate() {
            if index > 0 {
                statement.push(", ");
            }
            statement.bind(kind, value)?;
        }
        statement.push(")");
        statement.execute(writing.connection)?;
        self.hash = hash;
        Ok(link.id)
    }

    /// Writes the head.
    fn close(self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        let mut statement = Statement::fixed();
        if self.is_new {
            statement
                .push("INSERT INTO audit_heads (sequence, hash, tenant_id, chain) VALUES (")
                .bind_long(self.sequence)
                .push(", ")
                .bind(ColumnKind::Bytes, Value::Bytes(self.hash))?
                .push(", ")
                .bind_id(writing.session.tenant.id)
                .push(", ")
                .bind_long(self.number)
                .push(")");
        } else {
            statement
                .push("UPDATE audit_heads SET sequence = ")
                .bind_long(self.sequence)
                .push(", hash = ")
                .bind(ColumnKind::Bytes, Value::Bytes(self.hash))?
                .push(" WHERE tenant_id = ")
                .bind_id(writing.session.tenant.id)
                .push(" AND chain = ")
                .bind_long(self.number);
        }
        statement.execute(writing.connection)?;
        Ok(())
    }
}

/// How a walk along the chains ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sound { entries: u64 },
    /// The first place where the log is not what was written.
    Broken { chain: i64, sequence: i64, why: String },
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
                .push("SELECT chain AS l0, sequence AS l1, hash AS y2 FROM audit_heads WHERE tenant_id = ")
                .bind_id(tenant)
                .push(" ORDER BY chain");
            let heads = statement.load(reading.connection)?;
            let mut entries = 0;
            let mut heads_known = std::collections::HashMap::new();
            for row in &heads {
                if let [Value::Int(chain), Value::Int(sequence), Value::Bytes(hash)] = row.0.as_slice() {
                    heads_known.insert(*chain, (*sequence, hash.clone()));
                }
            }
            // Chain 0 first: it names the ends of all the others.
            let mut anchored = std::collections::HashMap::new();
            let mut chains: Vec<i64> = heads_known.keys().copied().collect();
            chains.sort_unstable();
            for chain in chains {
                let Some((last, head)) = heads_known.get(&chain).cloned() else { continue };
                let walk = Walk { tenant, chain, key: keys.audit_key()? };
                match walk.run(reading.connection, last, &head, &mut anchored)? {
                    Ok(count) => entries += count,
                    Err((sequence, why)) => return Ok(Verdict::Broken { chain, sequence, why }),
                }
            }
            for (chain, (rows, hash)) in anchored {
                if heads_known.get(&chain).is_none_or(|(sequence, head)| *sequence != rows || hex(head) != hash) {
                    return Ok(Verdict::Broken { chain, sequence: rows, why: "a bulk operation's entries are cut off".into() });
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
                 hash AS y18, created_at AS w19 FROM audit_log WHERE tenant_id = ",
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
        let values: [Value; 20] = row.0.try_into().ok()?;
        let [
            id, sequence, actor, actor_role, action, entity_type, entity, first, last, operation, changes, payload, outcome,
            level, message, source, client, previous, hash, at,
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
                actor_role: text(actor_role).unwrap_or_default(),
                action: text(action)?,
                entity_type: text(entity_type)?,
                entity: text(entity).and_then(|id| id.parse().ok()),
                run: first.as_id().zip(last.as_id()),
                operation: operation.as_id(),
                changes: json(changes),
                sealed_changes: None,
                payload,
                outcome: text(outcome)?,
                level: text(level)?,
                message: text(message),
                source: text(source),
                client: text(client).unwrap_or_default(),
                at: at.as_instant()?,
            },
        })
    }
}
