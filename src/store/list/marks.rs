//! Marks: all records that match a filter now, each by its id and at the version that is seen. What matches later is not
//! marked by it.

use super::compile::{self, Way};
use super::{looking, select};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::store::aims::Aims;
use crate::store::entity::Entity;
use crate::store::error::Failure;
use crate::store::read::Reading;
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::{Store, StoreError};

/// Records that are looked at between two looks whether somebody wants it stopped.
const STRETCH: u64 = 20_000;
/// Records that an index finds, read by one statement; where there are more, all are looked at.
const FOUND_AT_ONCE: usize = 20_000;
/// Ids that one statement names.
const AT_ONCE: usize = 5_000;

impl Store {
    /// Marks all records that a filter matches. Where they are many, or all records have to be looked at, `going` is told
    /// how many were so far, and says whether to go on.
    ///
    /// # Errors
    /// When the session may not read them, it was stopped, or the database says so.
    pub fn mark(
        &self,
        session: &Session,
        entity: &'static Entity,
        filter: &Resolved,
        going: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Aims, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| {
            if !looking::is_answered(reading, entity, filter)? {
                return look_at_all(reading, entity, filter, Vec::new(), going);
            }
            let found = ids_between(reading, entity, filter, (None, None), FOUND_AT_ONCE)?;
            match found.len() < FOUND_AT_ONCE {
                true => Ok(found.into_iter().collect()),
                false => look_at_all(reading, entity, filter, found, going),
            }
        })
    }

    /// How many of the marked records are in which state; empty for a kind without states.
    ///
    /// # Errors
    /// When the session may not read them or the database says so.
    pub fn states_of(
        &self,
        session: &Session,
        entity: &'static Entity,
        marked: &Aims,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        session.require(&entity.permission("read"))?;
        if entity.lifecycle.is_none() {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let mut states: Vec<(String, u64)> = Vec::new();
            let ids: Vec<Id> = marked.ids().collect();
            for chunk in ids.chunks(AT_ONCE) {
                let mut statement = Statement::new();
                statement.push("SELECT c.status AS t0, count(*) AS l1").push(select::from_own(entity));
                select::push_where(&mut statement, reading.session, entity);
                statement.push(" AND c.id IN (");
                for (index, id) in chunk.iter().enumerate() {
                    statement.push(if index > 0 { ", " } else { "" }).bind_id(*id);
                }
                statement.push(") GROUP BY c.status");
                for row in statement.load(reading.connection)? {
                    let (state, number) = (row.0[0].as_str(), row.0[1].as_int().unwrap_or(0));
                    let number = u64::try_from(number).unwrap_or(0);
                    match states.iter_mut().find(|(known, _)| known == state) {
                        Some((_, known)) => *known += number,
                        None => states.push((state.to_owned(), number)),
                    }
                }
            }
            Ok(states)
        })
    }
}

/// Adds what is found by looking at one stretch of records after the other, behind those that were found already.
fn look_at_all(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    mut found: Vec<(Id, i64)>,
    going: &mut dyn FnMut(u64) -> bool,
) -> Result<Aims, StoreError> {
    let (mut after, mut looked) = (found.last().map(|(id, _)| *id), found.len() as u64);
    loop {
        let until = looking::id_beyond(reading, entity, after, STRETCH)?;
        found.extend(ids_between(reading, entity, filter, (after, until), usize::MAX >> 1)?);
        looked += STRETCH;
        if until.is_none() {
            return Ok(found.into_iter().collect());
        }
        if !going(looked) {
            return Err(StoreError::failed(Failure::Cancelled));
        }
        after = until;
    }
}

/// The ids that a filter matches, in their order, behind one and up to another.
fn ids_between(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    (after, until): (Option<Id>, Option<Id>),
    most: usize,
) -> Result<Vec<(Id, i64)>, StoreError> {
    let version = if entity.has_version() { "c.version" } else { "0" };
    let mut statement = Statement::new();
    statement.push(format!("SELECT c.id AS i0, {version} AS n1")).push(select::from_own(entity));
    compile::push_filtered(&mut statement, reading, entity, filter, Way::Walked(Some("id")))?;
    if let Some(after) = after {
        statement.push(" AND c.id > ").bind_id(after);
    }
    if let Some(until) = until {
        statement.push(" AND c.id <= ").bind_id(until);
    }
    statement.push(format!(" ORDER BY c.id LIMIT {most}"));
    let rows = statement.load(reading.connection)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.0.first()?.as_id()?, row.0.get(1)?.as_int()?))).collect())
}
