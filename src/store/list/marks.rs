//! Marks: the records that something is to be done to. Up to a number they are known one by one; above it the mark
//! is the filter and how many it matched, and nothing is done when that number is another one by then.

use super::compile::{self, Way};
use super::{Effort, count, select};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::store::entity::Entity;
use crate::store::read::{Few, Reading};
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::write::Writing;
use crate::store::{Store, StoreError};

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
    /// Marks all records that a filter matches: one by one up to `most` of them.
    ///
    /// # Errors
    /// When the session may not read them or the database says so.
    pub fn mark(
        &self,
        session: &Session,
        entity: &'static Entity,
        filter: &Resolved,
        most: usize,
    ) -> Result<Marked, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| {
            let ids = ids_after(reading, entity, filter, None, most + 1)?;
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

/// The ids that a filter matches, in their order, behind one of them.
pub(super) fn ids_after(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    after: Option<Id>,
    most: usize,
) -> Result<Vec<(Id, i64)>, StoreError> {
    let version = if entity.has_version() { "c.version" } else { "0" };
    let mut statement = Statement::new();
    statement.push(format!("SELECT c.id AS i0, {version} AS n1")).push(select::from_own(entity));
    compile::push_filtered(&mut statement, reading, entity, filter, Way::Walked(Some("id")))?;
    if let Some(after) = after {
        statement.push(" AND c.id > ").bind_id(after);
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
        let chunk = ids_after(&mut reading, entity, &matching.filter, ids.last().copied(), AT_ONCE)?;
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
    Err(StoreError::refused(format!(
        "{} {} matched when they were marked, {now} do now: nothing was done. Look again, and mark them anew",
        matching.count, entity.name
    )))
}
