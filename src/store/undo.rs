//! Taking operations back: the values before are put back through the same door, as one new
//! operation. Where a later change stands in the way, it is refused and says which.

mod listed;

use std::collections::HashMap;

use base64::Engine as _;

use super::audit::{self, BLOCK, Told};
use super::engine;
use super::entity::{Entity, Field};
use super::operation::rehearsal::{self, Foreseen};
use super::operation::{self, Done, Undo, Watch};
use super::record::Record;
use super::session::Session;
use super::sql::Statement;
use super::vault::Place;
use super::write::{Kind, Writing};
use super::{Failure, Store, StoreError, entities};
use crate::domain::{Id, Kind as FieldKind, Value};
use listed::base_of;

pub use listed::Undoable;

/// What one operation did to one record.
struct Step {
    entity: &'static Entity,
    id: Id,
    changes: serde_json::Map<String, serde_json::Value>,
    secrets: serde_json::Value,
    /// It made the record, as one of a run: nothing is known of it but that it was new.
    made: bool,
}

impl Store {
    /// Takes an operation back. It needs the permission that the operation itself needs.
    ///
    /// # Errors
    /// When it cannot be taken back, was already, or a later change stands in the way.
    pub fn undo(&self, session: &Session, operation: Id) -> Result<Done, StoreError> {
        self.undo_watched(session, operation, &mut |_, _| true)
    }

    /// The same with somebody who looks on: told how many steps of how many are taken back, and who says `false` to have it
    /// stopped; then nothing is.
    ///
    /// # Errors
    /// As [`Store::undo`], and [`Failure::Cancelled`].
    pub fn undo_watched(&self, session: &Session, operation: Id, watch: Watch<'_>) -> Result<Done, StoreError> {
        let back = self.to_take_back(session, operation)?;
        let (name, known) = (back.name(), back.known);
        let kind = Kind { name: &name, entity: known.entity.name, undo: known.undo, bulk: back.told.records > 1 };
        let id = Id::new();
        self.write(session, id, &kind, |writing| {
            let records = back.carry_out(writing, watch)?;
            writing.undoes = Some(operation);
            // What was meant then is meant now, however many records are carried along.
            let what = back.told.summary.split_once(' ').map_or("", |(_, what)| what);
            let meant = i64::try_from(back.told.meant).unwrap_or(i64::MAX);
            writing.told = Some(Told { summary: format!("{} {what}", back.verb()), meant });
            Ok(Done { operation: id, records, refused: Vec::new(), made: Vec::new() })
        })
    }

    /// Tries to take an operation back, and lets it stand: what that would come to.
    ///
    /// # Errors
    /// When it cannot be taken back or was already, the session may not do it, somebody else writes for long, or the database
    /// says so.
    pub fn foresee_undo(&self, session: &Session, operation: Id) -> Result<Foreseen, StoreError> {
        let back = match self.to_take_back(session, operation) {
            Err(error) if matches!(error.failure(), Failure::Refused(_)) => {
                return Ok(Foreseen { refused: Some(error.to_string()), ..Foreseen::default() });
            }
            back => back?,
        };
        self.write_without_trace(session, |writing| {
            writing.tries_all = true;
            writing.action = back.name();
            rehearsal::foreseen_of_undo(writing, |writing| {
                back.carry_out(writing, &mut rehearsal::patiently()).map(|_| ())
            })
        })
    }

    /// What is to be taken back, where that may be.
    fn to_take_back(&self, session: &Session, operation: Id) -> Result<Back, StoreError> {
        let told = self.undoable(session, operation)?;
        let base = base_of(&told.kind);
        let known = operation::find(base).ok_or_else(|| StoreError::refused(format!("{base} cannot be taken back")))?;
        if let Undo::None(why) = known.undo {
            return Err(StoreError::refused(format!("this is not taken back: {why}")));
        }
        session.require(inverse(known))?;
        Ok(Back { told, known })
    }
}

/// An operation that is to be taken back.
struct Back {
    told: Undoable,
    known: &'static operation::Operation,
}

impl Back {
    /// What is taken back of an undo is done again.
    fn verb(&self) -> &'static str {
        if self.told.is_undo() { "redo" } else { "undo" }
    }

    fn name(&self) -> String {
        format!("{}.{}", base_of(&self.told.kind), self.verb())
    }

    /// Takes each of its steps back, from their end; the records of it, in the order in which they were told when it was done.
    fn carry_out(&self, writing: &mut Writing<'_>, watch: Watch<'_>) -> Result<Vec<Id>, StoreError> {
        let (operation, entity, name) = (self.told.id, self.known.entity, self.name());
        writing.session.require(inverse(self.known))?;
        claim(writing, operation)?;
        let steps = steps(writing, operation)?;
        let meant = steps.iter().flat_map(|step| step.about(entity)).collect();
        writing.lock_in_order(entity, &meant)?;
        require_untouched(writing, &steps)?;
        let mut records = Vec::new();
        let total = u64::try_from(steps.len()).unwrap_or(u64::MAX);
        for (index, step) in steps.into_iter().rev().enumerate() {
            if !watch(u64::try_from(index).unwrap_or(u64::MAX), total) {
                return Err(StoreError::failed(Failure::Cancelled));
            }
            take_back(writing, &name, &step)?;
            // What is tried is looked at as a whole afterwards.
            if !writing.tries_all {
                audit::flush(writing)?;
            }
            records.push(step.id);
        }
        if !watch(total, total) {
            return Err(StoreError::failed(Failure::Cancelled));
        }
        // What was meant stands first.
        records.reverse();
        records.dedup();
        Ok(records)
    }
}

/// The permission that taking back needs: whoever takes away what was made needs what made it.
const fn inverse(operation: &operation::Operation) -> &'static str {
    operation.name
}

/// Marks the operation as taken back; of two that try, one is refused. By whom is written with the
/// operation's own row, which is not there yet.
fn claim(writing: &mut Writing<'_>, operation: Id) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE operations SET state = 'undone' WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND id = ")
        .bind_id(operation)
        .push(" AND state = 'done'");
    if statement.execute(writing.connection)? == 0 {
        return Err(StoreError::refused("this was taken back already"));
    }
    Ok(())
}

/// What the operation did, in its order.
fn steps(writing: &mut Writing<'_>, operation: Id) -> Result<Vec<Step>, StoreError> {
    let tenant = writing.session.tenant.id;
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT id AS i0, entity_type AS t1, entity_id AS t2, first_id AS i3, last_id AS i4, changes AS j5, \
             sealed_changes AS s6, payload AS j7 FROM audit_log WHERE tenant_id = ",
        )
        .bind_id(tenant)
        .push(" AND operation_id = ")
        .bind_id(operation)
        .push(" ORDER BY chain, sequence");
    let mut steps = Vec::new();
    for row in statement.load(writing.connection)? {
        let [Value::Id(audit), Value::Text(entity), one, first, last, changes, sealed, payload] = row.0.as_slice()
        else {
            continue;
        };
        let Some(entity) = entities::find(entity) else { continue };
        let secrets = match sealed {
            Value::Sealed(sealed) => {
                let place = Place { table: "audit_log", tenant, row: *audit, column: "sealed_changes" };
                serde_json::from_slice(&writing.keys.unseal(place, sealed)?).unwrap_or_default()
            }
            _ => serde_json::Value::Null,
        };
        match (one.as_str().parse::<Id>(), changes) {
            (Ok(id), Value::Json(serde_json::Value::Object(changes))) => {
                steps.push(Step { entity, id, changes: changes.clone(), secrets, made: false });
            }
            (Ok(_), _) => return Err(StoreError::refused("what it changed was erased")),
            (Err(_), _) if is_block(payload) => steps.extend(members(writing, *audit, entity, &secrets)?),
            (Err(_), _) => {
                if let (Some(first), Some(last)) = (first.as_id(), last.as_id()) {
                    steps.extend(run(writing, entity, first, last)?);
                }
            }
        }
    }
    Ok(steps)
}

fn is_block(payload: &Value) -> bool {
    matches!(payload, Value::Json(payload) if payload["members"].is_string())
}

fn members(
    writing: &mut Writing<'_>,
    audit: Id,
    entity: &'static Entity,
    secrets: &serde_json::Value,
) -> Result<Vec<Step>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT entity_id AS i0, changes AS j1 FROM audit_members WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND audit_id = ")
        .bind_id(audit)
        .push(" ORDER BY id");
    let mut steps = Vec::with_capacity(BLOCK);
    for row in statement.load(writing.connection)? {
        match row.0.as_slice() {
            [Value::Id(id), Value::Json(serde_json::Value::Object(changes))] => {
                let secrets = secrets[id.to_string()].clone();
                steps.push(Step { entity, id: *id, changes: changes.clone(), secrets, made: false });
            }
            _ => return Err(StoreError::refused("what it changed was erased")),
        }
    }
    Ok(steps)
}

/// The records of a run that was made at once: each is as it was made, or stands in the way. Ids of a
/// run are consecutive, so that no other record has one between them. Those that others hang below
/// come first, and so go last.
fn run(writing: &mut Writing<'_>, entity: &'static Entity, first: Id, last: Id) -> Result<Vec<Step>, StoreError> {
    let own_reference = entity.fields.iter().find(|field| field.reference == Some(entity.name)).and_then(Field::column);
    let mut statement = Statement::new();
    statement
        .push(format!(
            "SELECT c.id AS i0, {} AS i1 FROM {} c WHERE c.tenant_id = ",
            own_reference.map_or_else(|| "NULL".to_owned(), |column| format!("c.{column}")),
            entity.table.name
        ))
        .bind_id(writing.session.tenant.id)
        .push(" AND c.id >= ")
        .bind_id(first)
        .push(" AND c.id <= ")
        .bind_id(last)
        .push(" ORDER BY c.id");
    let rows = statement.load(writing.connection)?;
    let above: HashMap<Id, Option<Id>> =
        rows.iter().filter_map(|row| Some((row.0[0].as_id()?, row.0[1].as_id()))).collect();
    let mut ids: Vec<(usize, Id)> = above.keys().map(|id| (depth(&above, *id), *id)).collect();
    ids.sort_unstable();
    let step =
        |(_, id)| Step { entity, id, changes: serde_json::Map::new(), secrets: serde_json::Value::Null, made: true };
    Ok(ids.into_iter().map(step).collect())
}

/// How far below the top of its tree a record stands, counted among the given ones.
fn depth(above: &HashMap<Id, Option<Id>>, id: Id) -> usize {
    let (mut at, mut depth) = (id, 0);
    while let Some(Some(parent)) = above.get(&at) {
        if depth > above.len() {
            break;
        }
        (at, depth) = (*parent, depth + 1);
    }
    depth
}

/// What was done to one record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Made,
    Changed,
    TookAway,
}

impl Step {
    /// The records of a kind that it is about: its own, or those that a new row of a ledger points at.
    fn about(&self, kind: &Entity) -> Vec<Id> {
        if self.entity == kind {
            return vec![self.id];
        }
        let points_there = |field: &&Field| self.entity.counter.is_some() && field.reference == Some(kind.name);
        let id_in = |field: &Field| self.changes.get(field.name)?["after"].as_str()?.parse().ok();
        self.entity.fields.iter().filter(points_there).filter_map(id_in).collect()
    }

    fn deed(&self) -> Deed {
        match self.changes.get(audit::IDENTITY) {
            _ if self.made => Deed::Made,
            Some(id) if id["before"].is_null() => Deed::Made,
            Some(_) => Deed::TookAway,
            None => Deed::Changed,
        }
    }
}

/// Records that were made are taken away only where nothing but this operation has changed them since: each of its
/// steps has raised the version once.
fn require_untouched(writing: &mut Writing<'_>, steps: &[Step]) -> Result<(), StoreError> {
    let mut versions: HashMap<Id, i64> = HashMap::new();
    for step in steps {
        *versions.entry(step.id).or_default() += 1;
    }
    // What has a way of its own to be taken back looks for itself.
    let made = |step: &&Step| !step.made && step.deed() == Deed::Made && step.entity.counter.is_none();
    for step in steps.iter().filter(made).filter(|step| step.entity.has_version()) {
        if let Some(record) = engine::fetch(writing, step.entity, step.id)?
            && Some(&record.version) != versions.get(&step.id)
            && stands_changed(writing, step.entity, step.id)?
        {
            return Err(stands_in_the_way(&record, "it was changed since"));
        }
    }
    Ok(())
}

/// Whether anything else was done to a record that still stands: what was taken back, and the taking back, left it as it
/// was.
fn stands_changed(writing: &mut Writing<'_>, entity: &'static Entity, id: Id) -> Result<bool, StoreError> {
    let (tenant, own) = (writing.session.tenant.id, writing.undoes.unwrap_or(writing.operation));
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT o.id AS i0 FROM audit_log a JOIN operations o ON o.tenant_id = a.tenant_id AND o.id = a.operation_id \
             WHERE o.state <> 'undone' AND o.kind NOT LIKE '%.undo' AND a.tenant_id = ",
        )
        .bind_id(tenant)
        .push(" AND a.entity_type = ")
        .bind_text(entity.name)
        .push(" AND a.entity_id = ")
        .bind_text(id.to_string())
        .push(" AND o.id <> ")
        .bind_id(own)
        .push(
            " UNION ALL SELECT o.id FROM audit_members m JOIN audit_log a ON a.tenant_id = m.tenant_id AND a.id = m.audit_id \
             JOIN operations o ON o.tenant_id = a.tenant_id AND o.id = a.operation_id \
             WHERE o.state <> 'undone' AND o.kind NOT LIKE '%.undo' AND m.tenant_id = ",
        )
        .bind_id(tenant)
        .push(" AND m.entity_id = ")
        .bind_id(id)
        .push(" AND o.id <> ")
        .bind_id(own)
        .push(" LIMIT 1");
    Ok(!statement.load(writing.connection)?.is_empty())
}

/// Whether nothing has changed a record since it was made.
///
/// # Errors
/// The refusal to take it away where something has.
pub(super) fn require_new(record: &Record) -> Result<(), StoreError> {
    if record.version <= 1 { Ok(()) } else { Err(stands_in_the_way(record, "it was changed since")) }
}

fn take_back(writing: &mut Writing<'_>, action: &str, step: &Step) -> Result<(), StoreError> {
    match (engine::fetch(writing, step.entity, step.id)?, step.deed()) {
        (Some(record), Deed::Made) => match step.entity.counter {
            Some(counter) => counter(writing, &record).map(|_| ()),
            None if step.made && record.version != 1 => Err(stands_in_the_way(&record, "it was changed since")),
            None => engine::delete_as(writing, action, &record),
        },
        (Some(record), Deed::Changed) => put_back(writing, action, step, &record),
        (None, Deed::TookAway) => {
            engine::restore(writing, action, step.entity, step.id, values(writing, step, "before")?)
        }
        (Some(record), Deed::TookAway) => Err(stands_in_the_way(&record, "it is there already")),
        (None, Deed::Made | Deed::Changed) => Err(StoreError::refused("one of its records is gone already")),
    }
}

fn put_back(writing: &mut Writing<'_>, action: &str, step: &Step, record: &Record) -> Result<(), StoreError> {
    for (name, after) in values(writing, step, "after")? {
        let Some(field) = step.entity.field(name) else { continue };
        let now = engine::record_value(record, field);
        // A secret's plain text is not looked at: that it is there is all that the log knows.
        if field.kind != FieldKind::Secret && *now != after && !(now.is_empty() && after.is_empty()) {
            return Err(stands_in_the_way(record, &format!("{name} was changed since")));
        }
    }
    if step.changes.is_empty() {
        // Nothing of its own changed: what was done about it is undone elsewhere, and its history says so too.
        return engine::touch(writing, action, record);
    }
    let before = values(writing, step, "before")?.into_iter().collect();
    engine::put_back(writing, action, record, before)
}

fn stands_in_the_way(record: &Record, why: &str) -> StoreError {
    StoreError::failed(Failure::Refused(format!("this cannot be taken back: {}: {why}", record.title())))
}

/// One side of the changes as values; secrets come from their ciphertext.
fn values(writing: &Writing<'_>, step: &Step, side: &str) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let locale = writing.session.locale(writing.now);
    let mut values = Vec::new();
    for (name, change) in &step.changes {
        let Some(field) = step.entity.field(name) else { continue };
        let kept = &change[side];
        let value = if field.kind == FieldKind::Secret {
            let sealed = step.secrets[name]
                .as_str()
                .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
            if side == "before" && sealed.is_none() && !kept.is_null() {
                return Err(StoreError::refused(format!("what {name} was is not kept any more")));
            }
            sealed.map_or(Value::Null, Value::Sealed)
        } else if field.reference.is_some() {
            kept.as_str().and_then(|id| id.parse().ok()).map_or(Value::Null, Value::Id)
        } else {
            Value::from_json(field.kind, kept, locale).map_err(StoreError::unexpected)?
        };
        values.push((field.name, value));
    }
    Ok(values)
}
