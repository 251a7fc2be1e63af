//! Showing a secret to a person: with the permission and the password, and never without a row in
//! the audit log.

use serde_json::json;

use super::audit::{About, Entry};
use super::entity::{Entity, Field};
use super::operation::Undo;
use super::record::Record;
use super::session::Session;
use super::vault::Place;
use super::write::{Kind as Operation, Writing};
use super::{Failure, Store, StoreError, engine, list};
use crate::domain::secret::Secret;
use crate::domain::{Id, Kind, Value};

const UNDO: Undo = Undo::None("what was seen cannot be unseen");

impl Store {
    /// Opens a secret of a record for the person whose session it is, after their password. The look
    /// is in the audit log before the secret is anywhere else; so is a look that a wrong password
    /// stopped.
    ///
    /// # Errors
    /// Without the permission `ENTITY.reveal`, with a wrong password or after too many, when there is
    /// no such record or no secret in it, when the look cannot be written down, or the database says so.
    pub fn reveal(
        &self,
        session: &Session,
        entity: &'static Entity,
        id: Id,
        field: &'static Field,
        password: &Secret,
    ) -> Result<Secret, StoreError> {
        let permission = entity.permission("reveal");
        session.require(&permission)?;
        session.require_writing()?;
        let column = kept_secret(entity, field)?;
        let seen =
            self.read(session, |reading| list::select::by_id(reading.connection, reading.session, entity, id, false))?;
        let seen = seen.ok_or_else(|| not_found(entity, id))?;
        if let Err(refused) = self.check_own_password(session, password) {
            if matches!(refused.failure(), Failure::NotLoggedIn(_)) {
                self.note_refused_look(session, &seen, field)?;
            }
            return Err(refused);
        }
        let kind = Operation { name: &permission, entity: entity.name, undo: UNDO, bulk: false };
        self.write(session, Id::new(), &kind, |writing| {
            writing.session.require(&permission)?;
            let record = engine::fetch(writing, entity, id)?.ok_or_else(|| not_found(entity, id))?;
            let Value::Sealed(sealed) = record.get(field.name) else {
                return Err(StoreError::refused(format!("{}: there is no {} to show", record.title(), field.name)));
            };
            let place = Place { table: entity.table.name, tenant: writing.session.tenant.id, row: id, column };
            let plain = writing.keys.unseal(place, sealed)?;
            let secret = std::str::from_utf8(&plain)
                .map(|plain| Secret::new(plain.to_owned()))
                .map_err(|_| StoreError::refused(format!("{}: this secret is no text", record.title())))?;
            note(writing, &permission, &record, field, "success");
            Ok(secret)
        })
    }

    fn note_refused_look(&self, session: &Session, record: &Record, field: &Field) -> Result<(), StoreError> {
        let name = format!("{}_refused", record.entity.permission("reveal"));
        let kind = Operation { name: &name, entity: record.entity.name, undo: UNDO, bulk: false };
        self.write(session, Id::new(), &kind, |writing| {
            note(writing, &name, record, field, "failure");
            Ok(())
        })
    }
}

fn not_found(entity: &Entity, id: Id) -> StoreError {
    StoreError::not_found(entity.singular, id.to_string())
}

/// The column that a secret is sealed in. A password is kept as a hash, which nobody can show; what
/// proves who somebody is, is theirs alone.
fn kept_secret(entity: &Entity, field: &Field) -> Result<&'static str, StoreError> {
    match (field.kind, field.column()) {
        (Kind::Secret, Some(column)) if !field.never_shown => Ok(column),
        (Kind::Secret, _) => {
            Err(StoreError::refused(format!("{}.{} cannot be shown: it can only be replaced", entity.name, field.name)))
        }
        _ => Err(StoreError::refused(format!("{}.{} is no secret", entity.name, field.name))),
    }
}

fn note(writing: &mut Writing<'_>, action: &str, record: &Record, field: &Field, outcome: &'static str) {
    let about = About::One { id: record.id, title: record.title(), changes: json!({}), secrets: None };
    let mut entry = Entry::new(action, record.entity.name, about);
    entry.payload = Some(json!({"field": field.name}));
    entry.outcome = outcome;
    if outcome != "success" {
        entry.level = "warning";
    }
    writing.note(entry);
}
