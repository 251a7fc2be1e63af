//! Marks: the records that something is to be done to. Up to a number they are known one by one; above it the mark
//! is the filter and how many it matched, and nothing is done when that number is another one by then.

use super::compile::{self, Way};
use super::{Effort, count, looking, select};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::store::entity::Entity;
use crate::store::error::Failure;
use crate::store::read::{Few, Reading};
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::write::Writing;
use crate::store::{Store, StoreError};

/// Records that are looked at between two looks whether somebody wants it stopped.
const STRETCH: u64 = 20_000;
/// Ids that one statement reads or names.
const AT_ONCE: usize = 5_000;

/// All records that a filter matches.
#[derive(Clone, Debug, PartialEq)]
pub enum Marked {
    /// Each, at the version that was seen.
    Each(Vec<(Id, i64)>),
    /// Too many to name.
    Matching(Matching),
}

/// A mark that is a filter, and how many records it matched when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    pub filter: Resolved,
    pub count: u64,
}

impl Store {
    /// Marks all records that a filter matches: one by one up to `most` of them. Where all records have to be looked at,
    /// `going` is told how many were so far, and says whether to go on.
    ///
    /// # Errors
    /// When the session may not read them, it was stopped, or the database says so.
    pub fn mark(
        &self,
        session: &Session,
        entity: &'static Entity,
        filter: &Resolved,
        most: usize,
        going: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Marked, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| {
            if !looking::is_answered(reading, entity, filter)? {
                return look_at_all(reading, entity, filter, most, going);
            }
            let ids = ids_between(reading, entity, filter, (None, None), most + 1)?;
            if ids.len() <= most {
                return Ok(Marked::Each(ids));
            }
            let count = count(reading, entity, filter, u64::MAX >> 2, Effort::Whole)?.number;
            Ok(Marked::Matching(Matching { filter: filter.clone(), count }))
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
        marked: &Marked,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        session.require(&entity.permission("read"))?;
        if entity.lifecycle.is_none() {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let mut states: Vec<(String, u64)> = Vec::new();
            let mut add = |reading: &mut Reading<'_>, statement: Statement| -> Result<(), StoreError> {
                for row in statement.load(reading.connection)? {
                    let (state, number) = (row.0[0].as_str(), row.0[1].as_int().unwrap_or(0));
                    let number = u64::try_from(number).unwrap_or(0);
                    match states.iter_mut().find(|(known, _)| known == state) {
                        Some((_, known)) => *known += number,
                        None => states.push((state.to_owned(), number)),
                    }
                }
                Ok(())
            };
            let begin = || {
                let mut statement = Statement::new();
                statement.push("SELECT c.status AS t0, count(*) AS l1").push(select::from_own(entity));
                statement
            };
            match marked {
                Marked::Matching(matching) => {
                    let mut statement = begin();
                    compile::push_filtered(&mut statement, reading, entity, &matching.filter, Way::Walked(None))?;
                    statement.push(" GROUP BY c.status");
                    add(reading, statement)?;
                }
                Marked::Each(ids) => {
                    for chunk in ids.chunks(AT_ONCE) {
                        let mut statement = begin();
                        select::push_where(&mut statement, reading.session, entity);
                        statement.push(" AND c.id IN (");
                        for (index, (id, _)) in chunk.iter().enumerate() {
                            statement.push(if index > 0 { ", " } else { "" }).bind_id(*id);
                        }
                        statement.push(") GROUP BY c.status");
                        add(reading, statement)?;
                    }
                }
            }
            Ok(states)
        })
    }
}

/// Marks what is found by looking at one stretch of records after the other.
fn look_at_all(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    most: usize,
    going: &mut dyn FnMut(u64) -> bool,
) -> Result<Marked, StoreError> {
    let (mut ids, mut count) = (Vec::new(), 0);
    let (mut after, mut looked) = (None, 0);
    loop {
        let until = looking::id_beyond(reading, entity, after, STRETCH)?;
        let few = ids_between(reading, entity, filter, (after, until), usize::MAX >> 1)?;
        count += few.len() as u64;
        // Those that are too many to be named are counted alone.
        if ids.len() <= most {
            ids.extend(few);
        }
        looked += STRETCH;
        if until.is_none() {
            break;
        }
        if !going(looked) {
            return Err(StoreError::failed(Failure::Cancelled));
        }
        after = until;
    }
    let too_many = ids.len() > most;
    Ok(if too_many { Marked::Matching(Matching { filter: filter.clone(), count }) } else { Marked::Each(ids) })
}

/// The ids that a filter matches, in their order, behind one and up to another.
pub(super) fn ids_between(
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

/// The records that a mark matches now, for something to be done to them: as many as it matched when it was made.
///
/// # Errors
/// When there are more or fewer, or the database says so.
pub(crate) fn matching_now(
    writing: &mut Writing<'_>,
    entity: &'static Entity,
    matching: &Matching,
) -> Result<Vec<Id>, StoreError> {
    let mut reading = Reading {
        connection: &mut *writing.connection,
        session: writing.session,
        now: writing.now,
        few: Few::default(),
    };
    let mut ids = Vec::new();
    loop {
        let chunk = ids_between(&mut reading, entity, &matching.filter, (ids.last().copied(), None), AT_ONCE)?;
        let is_last = chunk.len() < AT_ONCE;
        ids.extend(chunk.into_iter().map(|(id, _)| id));
        if is_last {
            break;
        }
    }
    let now = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    if now == matching.count {
        return Ok(ids);
    }
    let manner = writing.session.tenant.manner;
    Err(StoreError::refused(format!(
        "{} {} matched when they were marked, {} do now: nothing was done. Look again, and mark them anew",
        manner.count(matching.count),
        entity.name,
        manner.count(now),
    )))
}
