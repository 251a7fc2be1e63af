//! The audit log: written in the same transaction as the change, chained so that a removed or
//! altered row shows.
//!
//! Everyday writes share chain 0 of their tenant. A bulk operation writes one row for a block of
//! records into a chain of its own, so that nobody waits for it, and ends with one row in chain 0
//! that holds the end of that chain: a chain cut off as a whole shows there.
//!
//! hash = HMAC-SHA256(audit key, previous hash | chain | sequence | the row in canonical form, with
//! SHA-256(changes) in the place of changes): changes can be erased by law without breaking it. The
//! head of a chain carries a seal under the same key: an earlier row cannot be made its end.

mod link;
mod verify;

use std::collections::HashSet;

use serde_json::json;

use super::StoreError;
use super::connection::Connection;
use super::model::ColumnKind;
use super::session::Session;
use super::sql::{Statement, insert_rows};
use super::write::Writing;
use crate::domain::{Id, Value};
use link::{Link, chain_hash, head_seal};

pub use verify::Verdict;

/// Under this name a record's own id stands among its changes where it was made (nothing before) or taken away (nothing
/// after).
pub(super) const IDENTITY: &str = "id";

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
    /// Who did it, where that is not whose session wrote it: a login has none before it is let in.
    pub actor: Option<Id>,
    /// What the record was called before, where that was something else; the log does not keep it.
    pub(super) was: Option<String>,
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
    Run {
        first: Id,
        last: Id,
        count: usize,
    },
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
            actor: None,
            was: None,
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

/// The records that entries are about, each once however often it was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    ids: HashSet<Id>,
    of_runs: usize,
}

impl Touched {
    pub(super) fn add(&mut self, entry: &Entry) {
        match &entry.about {
            About::Nothing => {}
            About::One { id, .. } => _ = self.ids.insert(*id),
            About::Run { count, .. } => self.of_runs += count,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.ids.len() + self.of_runs
    }
}

/// How the list of operations tells of one.
pub(super) struct Told {
    /// `suspend 50 customers`, `update CUS-000142 Amina`.
    pub summary: String,
    /// The records that it was for: more may have come of it.
    pub meant: i64,
}

/// `suspend CUS-000142 Amina`, as much of it as the list of operations takes.
pub(super) fn called(kind: &str, title: &str) -> String {
    format!("{} {title}", verb_of(kind)).chars().take(200).collect()
}

/// How an operation on one record is told that no entry says the name of.
pub(super) fn of_one(kind: &str) -> String {
    format!("{} 1 {}", verb_of(kind), kind.split('.').next().unwrap_or(""))
}

fn verb_of(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}

/// How an operation is told. `aims` are the records that it was for, where it was for some.
pub(super) fn summary(kind: &str, entries: &[Entry], flushed: usize, aims: Option<&[Id]>) -> Told {
    let verb = verb_of(kind);
    let subject = kind.split('.').next().unwrap_or("");
    let count = aims.map_or_else(|| flushed + entries.iter().map(Entry::records).sum::<usize>(), <[Id]>::len);
    // What was carried along is not what was meant.
    let one = |entry: &&Entry| match (&entry.about, aims) {
        (About::One { id, .. }, Some([aim])) => id == aim,
        _ => entry.entity_type == subject,
    };
    let meant: Vec<&Entry> = entries.iter().filter(one).collect();
    let (text, count) = match (flushed, meant.as_slice(), entries) {
        (0, [Entry { about: About::One { id, title, .. }, .. }, rest @ ..], _)
            if rest.iter().all(|entry| matches!(&entry.about, About::One { id: other, .. } if other == id)) =>
        {
            (format!("{verb} {title}"), 1)
        }
        (0, _, [Entry { about: About::One { title, .. }, .. }]) => (format!("{verb} {title}"), 1),
        _ if count > 0 => (format!("{verb} {count} {subject}"), count),
        _ => (format!("{verb} {subject}"), 0),
    };
    // Records that were made at once are what was meant, whatever they are made for: taken back they are deleted.
    let run = |entry: &Entry| if matches!(entry.about, About::Run { .. }) { entry.records() } else { 0 };
    let count = count.max(entries.iter().map(run).sum());
    Told { summary: text.chars().take(200).collect(), meant: i64::try_from(count).unwrap_or(i64::MAX) }
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
    let Some((action, entity_type)) = begun
        .as_ref()
        .map(|flushed| (flushed.action.clone(), flushed.entity_type))
        .or_else(|| entries.first().map(|first| (first.action.clone(), first.entity_type)))
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
    /// How many records the entries written so far are about, those that were written several times as often.
    pub(super) records: usize,
    /// Those records.
    pub(super) touched: Touched,
}

/// Writes the full blocks of a bulk operation that is still at work, so that its entries do not pile
/// up in memory.
pub(super) fn flush(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let full = writing.entries.len() / BLOCK * BLOCK;
    if full == 0 {
        return Ok(());
    }
    let entries: Vec<Entry> = writing.entries.drain(..full).collect();
    super::watches::note(writing, &entries)?;
    super::pointers::rename(writing, &entries)?;
    let Some(first) = entries.first() else { return Ok(()) };
    let mut flushed = match writing.flushed.take() {
        Some(flushed) => flushed,
        None => Flushed {
            chain: Chain::begin(chain_of(writing.operation)),
            action: first.action.clone(),
            entity_type: first.entity_type,
            records: 0,
            touched: Touched::default(),
        },
    };
    flushed.records += entries.iter().map(Entry::records).sum::<usize>();
    entries.iter().for_each(|entry| flushed.touched.add(entry));
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
            let is_other = block.first().is_some_and(|first: &Entry| first.entity_type != entry.entity_type);
            if block.len() >= BLOCK || is_other || is_run && !block.is_empty() {
                break;
            }
            block.extend(rest.next());
            if is_run {
                break;
            }
        }
        let link = Link::of_block(writing, &block)?;
        let members = chain.add(writing, link)?;
        let (tenant, now) = (writing.session.tenant.id, writing.now);
        let member = |entry: Entry| match entry.about {
            About::One { id, changes, .. } => Some(vec![
                (ColumnKind::Id, Value::Id(Id::new())),
                (ColumnKind::Id, Value::Id(tenant)),
                (ColumnKind::Id, Value::Id(members)),
                (ColumnKind::Id, Value::Id(id)),
                (ColumnKind::Json, Value::Json(changes)),
                (ColumnKind::Instant, Value::Instant(now)),
            ]),
            About::Run { .. } | About::Nothing => None,
        };
        let rows = block.into_iter().filter_map(member).collect();
        insert_rows(writing, "audit_members (id, tenant_id, audit_id, entity_id, changes, created_at)", rows)?;
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
            (ColumnKind::Text, text_or_null(link.actor_role)),
            (ColumnKind::Text, Value::Text(link.action)),
            (ColumnKind::Text, Value::Text(link.entity_type)),
            (ColumnKind::Text, text_or_null(link.entity)),
            (ColumnKind::Id, id_or_null(link.first)),
            (ColumnKind::Id, id_or_null(link.last)),
            (ColumnKind::Id, id_or_null(link.operation)),
            (ColumnKind::Json, json_or_null(link.changes)),
            (ColumnKind::Secret, link.sealed_changes.map_or(Value::Null, Value::Sealed)),
            (ColumnKind::Json, json_or_null(link.payload)),
            (ColumnKind::Text, Value::Text(link.outcome)),
            (ColumnKind::Text, Value::Text(link.level)),
            (ColumnKind::Text, text_or_null(link.message)),
            (ColumnKind::Text, text_or_null(link.source)),
            (ColumnKind::Text, text_or_null(link.client)),
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
        let tenant = writing.session.tenant.id;
        let seal = head_seal(writing.keys.audit_key()?, tenant, self.number, self.sequence, &self.hash)?;
        let mut statement = Statement::fixed();
        if self.is_new {
            statement
                .push("INSERT INTO audit_heads (sequence, hash, seal, tenant_id, chain) VALUES (")
                .bind_long(self.sequence)
                .push(", ")
                .bind(ColumnKind::Bytes, Value::Bytes(self.hash))?
                .push(", ")
                .bind(ColumnKind::Bytes, Value::Bytes(seal))?
                .push(", ")
                .bind_id(tenant)
                .push(", ")
                .bind_long(self.number)
                .push(")");
        } else {
            statement
                .push("UPDATE audit_heads SET sequence = ")
                .bind_long(self.sequence)
                .push(", hash = ")
                .bind(ColumnKind::Bytes, Value::Bytes(self.hash))?
                .push(", seal = ")
                .bind(ColumnKind::Bytes, Value::Bytes(seal))?
                .push(" WHERE tenant_id = ")
                .bind_id(tenant)
                .push(" AND chain = ")
                .bind_long(self.number);
        }
        statement.execute(writing.connection)?;
        Ok(())
    }
}
