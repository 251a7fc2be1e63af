//! Watched records: whoever watches one is told when others change it. A watch is its person's own;
//! what changed last is noted in it with the change itself, in the same transaction.

use std::collections::BTreeMap;

use super::audit::{About, Entry};
use super::entity::{Change, Condition, Entity, Field, Owner};
use super::model::table;
use super::operation::{self, Operation};
use super::pointers::on_records;
use super::schema::TABLES;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{Store, StoreError, entities, list};
use crate::domain::time::Instant;
use crate::domain::{Id, Kind, Value};

pub static WATCHES: Entity = Entity {
    name: "watches",
    singular: "watched record",
    table: &table(TABLES, "watches"),
    label: "title",
    fields: &[
        Field::text("title", 255).at_creation(),
        Field::text("entity_type", 100).required().at_creation(),
        Field::of("record_id", Kind::Id).required().at_creation(),
        Field::reference("owner", "user_id", "users").read_only(),
        Field::of("unseen", Kind::Bool).read_only(),
        Field::of("changed_at", Kind::Instant).read_only().slowly_sorted_by("changed_at"),
        Field::reference("who", "changed_by", "users").read_only(),
        Field::text("change", 255).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    owner: Some(Owner { field: "owner", shared: false }),
    points_at: Some(("entity_type", "record_id")),
    conditions: &[Condition { name: "unseen", means: "unseen:yes" }],
    shows: &["who"],
    default_sort: "-changed_at",
    follow_up: after_watch,
    ..Entity::PLAIN
};

/// Nobody watches what they do not see.
fn after_watch(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some() {
        return Ok(());
    }
    let kind = change.after("entity_type").as_str();
    let entity = entities::find(kind).ok_or_else(|| {
        StoreError::invalid("entity_type", format!("nothing is called ‘{}’", crate::domain::text::clean(kind)))
    })?;
    writing.session.require(&entity.permission("read"))?;
    let seen = match change.after("record_id") {
        Value::Id(id) => list::select::exists(writing.connection, writing.session, entity, *id)?,
        _ => false,
    };
    if seen { Ok(()) } else { Err(StoreError::refused(format!("there is no such {}", entity.singular))) }
}

/// Notes in the watches of others what is about to be done to the records that they watch.
pub(super) fn note(writing: &mut Writing<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    let mut changed: BTreeMap<(&str, &str), Vec<Id>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.outcome == "success") {
        if let About::One { id, .. } = &entry.about {
            changed.entry((entry.entity_type, &entry.action)).or_default().push(*id);
        }
    }
    for ((entity_type, action), ids) in changed {
        let mut statement = Statement::fixed();
        statement
            .push("UPDATE watches SET unseen = TRUE, changed_at = ")
            .bind_instant(writing.now)
            .push(", changed_by = ")
            .bind(super::model::ColumnKind::Id, writing.person())?
            .push(", change = ")
            .bind_text(action.chars().take(255).collect::<String>())
            .append(on_records(writing.session, entity_type, ids.into_iter()));
        if let Some(user) = writing.session.user() {
            statement.push(" AND user_id <> ").bind_id(user);
        }
        statement.execute(writing.connection)?;
    }
    Ok(())
}

/// What somebody else did to a watched record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedChange {
    pub entity_type: String,
    pub record: Id,
    /// What it is called.
    pub title: String,
    /// `customers.suspend`.
    pub change: String,
    /// Username; empty for a part of the program.
    pub by: String,
    pub at: Instant,
}

/// Changes that are told at a time: the status line has one row.
const TOLD: usize = 50;

impl Store {
    /// Changes to records that the session's person watches and has not looked at, after `since` where it is given; the
    /// newest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn watched_changes(&self, session: &Session, since: Option<Instant>) -> Result<Vec<WatchedChange>, StoreError> {
        let Some(user) = session.user() else { return Ok(Vec::new()) };
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push(
                    "SELECT w.entity_type AS t0, w.record_id AS i1, w.title AS t2, w.change AS t3, \
                     coalesce(u.username, '') AS t4, w.changed_at AS w5 FROM watches w LEFT JOIN users u ON u.id = w.changed_by \
                     WHERE w.unseen AND w.changed_at IS NOT NULL AND w.tenant_id = ",
                )
                .bind_id(session.tenant.id)
                .push(" AND w.user_id = ")
                .bind_id(user);
            if let Some(since) = since {
                statement.push(" AND w.changed_at > ").bind_instant(since);
            }
            statement.push(format!(" ORDER BY w.changed_at DESC, w.id DESC LIMIT {TOLD}"));
            Ok(statement.load(reading.connection)?.iter().filter_map(|row| watched_change(&row.0)).collect())
        })
    }

    /// The session's person has looked at a record: its change is news no longer.
    ///
    /// # Errors
    /// When nothing may be written, or the database says so.
    pub fn seen(&self, session: &Session, entity: &'static Entity, id: Id) -> Result<(), StoreError> {
        session.require_writing()?;
        let Some(user) = session.user() else { return Ok(()) };
        self.keep(session, |connection| {
            super::migrate::require_epoch(connection)?;
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE watches SET unseen = FALSE WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND user_id = ")
                .bind_id(user)
                .push(" AND entity_type = ")
                .bind_text(entity.name)
                .push(" AND record_id = ")
                .bind_id(id)
                .push(" AND unseen");
            statement.execute(connection).map(|_| ())
        })
    }

    /// Watches a record, or no longer where it is watched; whether it is watched now.
    ///
    /// # Errors
    /// When the record is not seen, nothing may be written, or the database says so.
    pub fn watch_or_not(
        &self,
        session: &Session,
        entity: &'static Entity,
        id: Id,
        title: &str,
    ) -> Result<bool, StoreError> {
        let request =
            |name: &str| operation::find(name).map(operation::Request::new).ok_or_else(|| StoreError::unexpected(name));
        if let Some((watch, version)) = self.watch_on(session, entity, id)? {
            self.perform(session, &request("watches.delete")?.on(watch, Some(version)))?;
            return Ok(false);
        }
        let title: String = title.chars().take(super::pointers::LONGEST).collect();
        let wanted = request("watches.create")?
            .with("entity_type", Value::text(entity.name))
            .with("record_id", Value::Id(id))
            .with("title", Value::Text(title));
        self.perform(session, &wanted).map(|_| true)
    }

    /// The watch of the session's person on a record, and its version.
    ///
    /// # Errors
    /// What the database says.
    pub fn watch_on(
        &self,
        session: &Session,
        entity: &'static Entity,
        id: Id,
    ) -> Result<Option<(Id, i64)>, StoreError> {
        let Some(user) = session.user() else { return Ok(None) };
        self.read(session, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT id AS i0, version AS n1 FROM watches WHERE tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND user_id = ")
                .bind_id(user)
                .push(" AND entity_type = ")
                .bind_text(entity.name)
                .push(" AND record_id = ")
                .bind_id(id);
            let rows = statement.load(reading.connection)?;
            Ok(rows.first().and_then(|row| Some((row.0.first()?.as_id()?, row.0.get(1)?.as_int()?))))
        })
    }
}

fn watched_change(row: &[Value]) -> Option<WatchedChange> {
    let [entity_type, Value::Id(record), title, change, by, at] = row else { return None };
    Some(WatchedChange {
        entity_type: entity_type.as_str().to_owned(),
        record: *record,
        title: title.as_str().to_owned(),
        change: change.as_str().to_owned(),
        by: by.as_str().to_owned(),
        at: at.as_instant()?,
    })
}

pub(super) static ENTITIES: &[&Entity] = &[&WATCHES];

pub(super) static OPERATIONS: &[Operation] =
    &[Operation::create("watches.create", &WATCHES), Operation::delete("watches.delete", &WATCHES)];
