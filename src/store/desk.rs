//! The desk of one person's shift: what waits for them, and what they keep at hand.
//!
//! Each group is a list like any other, through the same door and by an index, its first rows and its count; they are
//! read in one transaction. What a person may not read, or may not do anything about, is neither shown nor counted.

use super::entity::Entity;
use super::find::Found;
use super::list::{self, Count, ListRequest, select};
use super::operation::{self, Request};
use super::read::Reading;
use super::record::Record;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{Store, StoreError, entities};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// A list that is looked at again and again: which one, for whom, and what runs out in it.
pub(super) struct Queue {
    pub title: &'static str,
    pub entity: &'static str,
    /// The permission without which it is nobody's business; reading the records is needed besides.
    pub needs: &'static str,
    pub filter: &'static str,
    pub sort: &'static str,
    /// The field that says until when.
    pub until: Option<&'static str>,
    /// Fields that are told after the name.
    pub tells: &'static [&'static str],
}

/// What waits for a person, by whoever may see to it.
static QUEUES: &[Queue] = &[
    Queue {
        title: "my tickets",
        entity: "tickets",
        needs: "tickets.read",
        filter: "is:mine is:open",
        sort: "resolve_by",
        until: Some("resolve_by"),
        tells: &["priority", "customer"],
    },
    Queue {
        title: "my jobs",
        entity: "jobs",
        needs: "jobs.read",
        filter: "is:mine is:open",
        sort: "scheduled_at",
        until: Some("scheduled_at"),
        tells: &["job_type", "city"],
    },
    Queue {
        title: "bookings to approve",
        entity: "bookings",
        needs: "bookings.approve",
        filter: "is:waiting",
        sort: "start_time",
        until: Some("start_time"),
        tells: &["user", "title"],
    },
    Queue {
        title: "stock requests to approve",
        entity: "stock_requests",
        needs: "stock_requests.approve",
        filter: "is:waiting",
        sort: "created_at",
        until: None,
        tells: &["priority"],
    },
    Queue {
        title: "drawings to review",
        entity: "topology_reviews",
        needs: "topology_reviews.approve",
        filter: "is:open",
        sort: "created_at",
        until: None,
        tells: &["topology"],
    },
    Queue {
        title: "devices offered to me",
        entity: "booking_waitlist",
        needs: "booking_waitlist.take",
        filter: "is:offered is:mine",
        sort: "offered_until",
        until: Some("offered_until"),
        tells: &[],
    },
    Queue {
        title: "reminders",
        entity: "reminders",
        needs: "reminders.read",
        filter: "is:due",
        sort: "due_at",
        until: Some("due_at"),
        tells: &["note"],
    },
    Queue {
        title: "users to enable",
        entity: "users",
        needs: "users.enable",
        filter: "status:pending",
        sort: "username",
        until: None,
        tells: &["full_name"],
    },
];

/// One of the records of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub record: Record,
    /// Until when: a moment or a day; nothing where nothing runs out.
    pub until: Value,
    /// The fields that are told after the record's name.
    pub tells: &'static [&'static str],
}

/// The first records of a list, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub title: &'static str,
    pub entity: &'static Entity,
    /// The filter under which the whole list shows them.
    pub filter: &'static str,
    pub rows: Vec<Row>,
    pub count: Count,
}

/// What waits for somebody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// What runs out first comes first; what does not run out comes last.
    pub groups: Vec<Group>,
    /// When the next reminder falls due: until then nothing new waits unless something changes.
    pub next: Option<Instant>,
}

impl Waiting {
    /// How many wait in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.groups.iter().map(|group| group.count.number).sum()
    }
}

/// Records that somebody may pin at most.
const MOST_PINNED: i64 = 100;
/// The counting of a group stops here.
const MOST_COUNTED: u64 = 999;

impl Store {
    /// What waits for the person of a session, the first `of_each` kind.
    ///
    /// # Errors
    /// What the database says.
    pub fn waiting(&self, session: &Session, of_each: usize) -> Result<Waiting, StoreError> {
        self.read(session, |reading| {
            let mut groups = Vec::new();
            for queue in QUEUES {
                groups.extend(load(reading, queue, of_each)?.filter(|group| !group.rows.is_empty()));
            }
            groups.extend(watched(reading, of_each)?);
            let first = |group: &Group| group.rows.first().and_then(|row| row.until.as_instant());
            groups.sort_by_key(|group| (first(group).is_none(), first(group)));
            Ok(Waiting { groups, next: next_reminder(reading)? })
        })
    }

    /// What the person of a session has pinned, by kind.
    ///
    /// # Errors
    /// When the session may not read pins, or the database says so.
    pub fn pinned(&self, session: &Session) -> Result<Vec<Found>, StoreError> {
        session.require("pins.read")?;
        self.read(session, |reading| {
            let mut found: Vec<Found> = Vec::new();
            for Pin { entity, of, .. } in pins(reading)? {
                let Some(record) = look(reading, entity, of)? else { continue };
                match found.iter_mut().find(|found| found.entity == entity) {
                    Some(found) => found.records.push(record),
                    None => found.push(Found { entity, records: vec![record], more: false }),
                }
            }
            Ok(found)
        })
    }

    /// Pins a record, or where it is pinned takes that back; whether it is pinned now.
    ///
    /// # Errors
    /// Whatever stands in the way; then nothing was written.
    pub fn pin_or_not(&self, session: &Session, entity: &'static Entity, id: Id) -> Result<bool, StoreError> {
        session.require("pins.read")?;
        let there = self
            .read(session, |reading| Ok(pins(reading)?.into_iter().find(|pin| pin.entity == entity && pin.of == id)))?;
        let request = |name: &str| operation::find(name).map(Request::new).ok_or_else(|| StoreError::unexpected(name));
        let request = match &there {
            Some(pin) => request("pins.delete")?.on(pin.id, None),
            None => {
                request("pins.create")?.with("entity_type", Value::text(entity.name)).with("record_id", Value::Id(id))
            }
        };
        self.perform(session, &request)?;
        Ok(there.is_none())
    }
}

/// The first rows of a queue and their number; `None` where it is not for the session.
pub(super) fn load(reading: &mut Reading<'_>, queue: &Queue, of_each: usize) -> Result<Option<Group>, StoreError> {
    let Some(entity) = entities::find(queue.entity) else { return Ok(None) };
    let session = reading.session;
    if !session.may(&entity.permission("read")) || !session.may(queue.needs) {
        return Ok(None);
    }
    let filter = list::parse_filter(entity, queue.filter, session.locale(reading.now))
        .map_err(|mistake| list::mistaken(&mistake))?;
    let request = ListRequest {
        filter: filter.clone(),
        sort: list::parse_sort(entity, queue.sort)?,
        ..ListRequest::all(entity, of_each)
    };
    let page = list::load(reading, &request)?;
    let count = if page.more_after {
        list::count(reading, entity, &filter, MOST_COUNTED, request.effort)?
    } else {
        Count { number: u64::try_from(page.rows.len()).unwrap_or(u64::MAX), exact: true }
    };
    let rows = page.rows.into_iter().map(|record| {
        let until = queue.until.map_or(Value::Null, |field| record.get(field).clone());
        Row { until, tells: queue.tells, record }
    });
    Ok(Some(Group { title: queue.title, entity, filter: queue.filter, rows: rows.collect(), count }))
}

/// A record that the session may read and sees.
fn look(reading: &mut Reading<'_>, entity: &'static Entity, id: Id) -> Result<Option<Record>, StoreError> {
    if !reading.session.may(&entity.permission("read")) {
        return Ok(None);
    }
    select::by_id(reading.connection, reading.session, entity, id, false)
}

/// A pin, and what it is on.
struct Pin {
    id: Id,
    entity: &'static Entity,
    of: Id,
}

/// The person's pins, the first pinned first.
fn pins(reading: &mut Reading<'_>) -> Result<Vec<Pin>, StoreError> {
    let Some(me) = reading.session.user() else { return Ok(Vec::new()) };
    let mut statement = Statement::fixed();
    statement
        .push("SELECT entity_type AS t0, record_id AS i1, id AS i2 FROM pins WHERE tenant_id = ")
        .bind_id(reading.session.tenant.id)
        .push(" AND user_id = ")
        .bind_id(me)
        .push(" ORDER BY position, created_at, id");
    let rows = statement.load(reading.connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match row.0.as_slice() {
            [Value::Text(kind), Value::Id(of), Value::Id(id)] => {
                Some(Pin { id: *id, entity: entities::find(kind)?, of: *of })
            }
            _ => None,
        })
        .collect())
}

/// Refuses one more than a person may pin.
pub(super) fn require_room(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let Some(me) = writing.session.user() else { return Ok(()) };
    let mut statement = Statement::fixed();
    statement
        .push("SELECT count(*) AS l0 FROM pins WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND user_id = ")
        .bind_id(me);
    let count = statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0);
    if count < MOST_PINNED {
        return Ok(());
    }
    Err(StoreError::refused(format!("{MOST_PINNED} records are pinned already: unpin some first")))
}

/// Watches that are looked through for news at most; beyond, there are at least so many.
const MOST_WATCHED: usize = 100;

/// Watched records that others have changed; those changed last come first, and what the person does not see any more is
/// left out.
fn watched(reading: &mut Reading<'_>, of_each: usize) -> Result<Option<Group>, StoreError> {
    let queue = Queue {
        title: "watched, changed by others",
        entity: "watches",
        needs: "watches.read",
        filter: "is:unseen",
        sort: "-changed_at",
        until: None,
        tells: &["change", "who"],
    };
    let Some(mut group) = load(reading, &queue, MOST_WATCHED)? else { return Ok(None) };
    let mut seen = Vec::new();
    for row in std::mem::take(&mut group.rows) {
        let record = &row.record;
        let Some((entity, of)) = points_at(record) else { continue };
        if look(reading, entity, of)?.is_some() {
            seen.push(row);
        }
    }
    let all = group.count.exact && group.count.number <= MOST_WATCHED as u64;
    group.count = Count { number: seen.len() as u64, exact: all };
    seen.truncate(of_each);
    group.rows = seen;
    Ok((group.count.number > 0).then_some(group))
}

/// The record that a reminder, a pin or a watch is on.
#[must_use]
pub fn points_at(record: &Record) -> Option<(&'static Entity, Id)> {
    let (kind, id) = record.entity.points_at?;
    Some((entities::find(record.get(kind).as_str())?, record.get(id).as_id()?))
}

fn next_reminder(reading: &mut Reading<'_>) -> Result<Option<Instant>, StoreError> {
    let Some(me) = reading.session.user().filter(|_| reading.session.may("reminders.read")) else { return Ok(None) };
    let mut statement = Statement::fixed();
    statement
        .push("SELECT due_at AS w0 FROM reminders WHERE tenant_id = ")
        .bind_id(reading.session.tenant.id)
        .push(" AND user_id = ")
        .bind_id(me)
        .push(" AND done_at IS NULL AND due_at > ")
        .bind_instant(reading.now)
        .push(" ORDER BY due_at LIMIT 1");
    Ok(statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_instant()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::domain::value::Locale;

    #[test]
    fn every_queue_is_a_list_that_there_is() {
        let locale =
            Locale { zone: chrono_tz::UTC, now: Instant::UNIX_EPOCH, manner: crate::domain::manner::Manner::default() };
        for queue in QUEUES.iter().chain(crate::store::panels::PANELS) {
            let Some(entity) = entities::find(queue.entity) else { continue };
            list::parse_filter(entity, queue.filter, locale)
                .unwrap_or_else(|mistake| panic!("{}: {}", queue.title, mistake.message));
            list::parse_sort(entity, queue.sort).unwrap_or_else(|error| panic!("{}: {error}", queue.title));
            for field in queue.until.iter().chain(queue.tells) {
                assert!(entity.field(field).is_some(), "{}: {field}", queue.title);
            }
            assert!(queue.needs.ends_with(".read") || operation::find(queue.needs).is_some(), "{}", queue.needs);
        }
    }
}
