//! Looking through: what no index answers is looked for in one row after the other, in the order of the list, and no
//! further than the request says. What is found by then is shown; whoever wants more goes on from there.

use super::compile::{self, Reach, Way};
use super::page::{Bound, Condition, Cursor, End, Found, Segment, Stretch, Walk};
use super::select::own_tables;
use super::{Count, Effort};
use crate::domain::Id;
use crate::domain::filter::Resolved;
use crate::store::StoreError;
use crate::store::entity::Entity;
use crate::store::read::Reading;
use crate::store::sql::Statement;

/// Rows that are looked at, a stretch at a time, before it is asked whether an index has few enough to look at all of them.
/// SQLite has to be told the row that a stretch ends with, which is near while what is looked for is common.
const FIRST: [u64; 2] = [1_000, 10_000];

impl Walk<'_> {
    /// Adds what is found in the next `most` rows; answers with the last of them where the page is not full by then and
    /// there are more.
    pub(super) fn look_through(
        &self,
        reading: &mut Reading<'_>,
        condition: &Condition,
        most: u64,
        found: &mut Found,
    ) -> Result<Option<Cursor>, StoreError> {
        let segments = self.segments();
        let few = reading.few;
        if self.take_known(reading, (few.rows, few.documents), &segments, None, found)? {
            return Ok(None);
        }
        let postgres = reading.connection.is_postgres();
        let (mut left, mut first) = (most, FIRST.into_iter().skip(usize::from(postgres)));
        let mut asked = false;
        for (index, segment) in segments.iter().copied().enumerate() {
            let mut behind: Option<Cursor> = None;
            loop {
                let rows = first.next().unwrap_or(u64::MAX).min(left);
                if rows == left && left < most && !asked {
                    asked = true;
                    let rest = segments.get(index..).unwrap_or_default();
                    if self.take_known(reading, (as_long(most), few.taken), rest, behind.as_ref(), found)? {
                        return Ok(None);
                    }
                }
                let start = behind.as_ref().map(|cursor| (cursor, Bound::Without)).or_else(|| self.starts_in(segment));
                let whole = Stretch { segment, start, end: End::Segment };
                let end = if postgres {
                    self.load(reading, condition, Stretch { end: End::After(rows), ..whole }, found)?;
                    if found.is_full() { None } else { self.end_of(reading, whole, rows)? }
                } else {
                    let end = self.end_of(reading, whole, rows)?;
                    let until = end.as_ref().map_or(End::Segment, End::With);
                    self.load(reading, condition, Stretch { end: until, ..whole }, found)?;
                    end
                };
                if found.is_full() {
                    return Ok(None);
                }
                let Some(end) = end else { break };
                left -= rows;
                if left == 0 {
                    return Ok(Some(end));
                }
                behind = Some(end);
            }
        }
        Ok(None)
    }

    /// Adds all that is found in these segments, where an index gives no more than `most` rows to look at, of documents that
    /// hold a word so many; answers whether it does. `behind`: where the first of the segments is gone on from.
    fn take_known(
        &self,
        reading: &mut Reading<'_>,
        (most, documents): (i64, i64),
        segments: &[Segment],
        behind: Option<&Cursor>,
        found: &mut Found,
    ) -> Result<bool, StoreError> {
        if !is_known(reading, self.request.entity, &self.request.filter, most, documents)? {
            return Ok(false);
        }
        let condition = self.condition(reading, Way::Taken(documents))?;
        for (index, segment) in segments.iter().copied().enumerate() {
            let behind = behind.filter(|_| index == 0).map(|cursor| (cursor, Bound::Without));
            let start = behind.or_else(|| self.starts_in(segment));
            self.load(reading, &condition, Stretch { segment, start, end: End::Segment }, found)?;
        }
        Ok(true)
    }
}

fn as_long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether an index gives no more than so many rows, in which all that a filter takes is.
fn is_known(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    most: i64,
    documents: i64,
) -> Result<bool, StoreError> {
    let mut known = Statement::new();
    if !compile::push_known(&mut known, reading, entity, filter, documents)? {
        return Ok(false);
    }
    Ok(compile::count_to(reading, &own_tables(entity), known, most)? <= most)
}

/// How many records a filter matches, counted no further than `cap`, nor further than `effort` where no index knows them.
pub(in crate::store) fn count(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    cap: u64,
    effort: Effort,
) -> Result<Count, StoreError> {
    let (taken, whole) = within(reading, entity, filter, effort)?;
    let number = compile::count_to(reading, &own_tables(entity), taken, as_long(cap))?;
    let number = u64::try_from(number).unwrap_or(0);
    Ok(Count { number: number.min(cap), exact: whole && number <= cap })
}

/// ` WHERE …` of a filter in no order, which goes no further than `effort` where no index knows its rows; and whether it
/// goes to the end.
pub(super) fn within(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    effort: Effort,
) -> Result<(Statement, bool), StoreError> {
    let mut taken = Statement::new();
    let reach = compile::push_filtered(&mut taken, reading, entity, filter, Way::Walked(None))?;
    let Effort::Rows(most) = effort else { return Ok((taken, true)) };
    if reach != Reach::Looked {
        return Ok((taken, true));
    }
    let documents = reading.few.taken;
    if is_known(reading, entity, filter, as_long(most), documents)? {
        let mut taken = Statement::new();
        compile::push_filtered(&mut taken, reading, entity, filter, Way::Taken(documents))?;
        return Ok((taken, true));
    }
    let last = id_beyond(reading, entity, None, most)?;
    if let Some(last) = last {
        taken.push(" AND c.id <= ").bind_id(last);
    }
    Ok((taken, last.is_none()))
}

/// Whether what a filter takes is found without looking at each record in turn.
pub(super) fn is_answered(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
) -> Result<bool, StoreError> {
    let (mut taken, documents) = (Statement::new(), reading.few.taken);
    let reach = compile::push_filtered(&mut taken, reading, entity, filter, Way::Walked(None))?;
    Ok(reach != Reach::Looked || is_known(reading, entity, filter, reading.few.rows, documents)?)
}

/// The id that so many records beyond another end with; `None` where there are fewer.
pub(super) fn id_beyond(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    after: Option<Id>,
    rows: u64,
) -> Result<Option<Id>, StoreError> {
    let mut statement = Statement::new();
    statement.push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name));
    statement.bind_id(reading.session.tenant.id);
    if let Some(after) = after {
        statement.push(" AND c.id > ").bind_id(after);
    }
    statement.push(" ORDER BY c.id LIMIT 1 OFFSET ");
    statement.bind_long(as_long(rows.saturating_sub(1)));
    Ok(statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_id()))
}
