//! The waiting list: devices that come free are offered to who waited first, who may take them within two hours.

use super::{BOOKING_WAITLIST, NewGroup, book_group, devices_of};
use crate::domain::bookings::{Interval, OFFER};
use crate::domain::{Id, Value};
use crate::store::StoreError;
use crate::store::bookings::rules::{Wanted, judge};
use crate::store::devices::DEVICES;
use crate::store::due::NO_LONGER_DUE;
use crate::store::entity::Change;
use crate::store::operation::Request;
use crate::store::record::Record;
use crate::store::sql::Statement;
use crate::store::write::Writing;

pub(super) fn rules(change: &mut Change<'_>) {
    let times = (change.after("start_time").as_instant(), change.after("end_time").as_instant());
    if let (Some(start), Some(end)) = times
        && let Err(why) = Interval::new(start, end)
    {
        change.problem("end_time", why);
    }
}

/// What is waited for is settled once it is offered.
pub(super) fn prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let asked = ["devices", "start_time", "end_time"].into_iter().any(|field| change.changes(field));
    let status = change.before.map_or("waiting", |before| before.get("status").as_str());
    if asked && status != "waiting" {
        return Err(StoreError::refused(format!("what is waited for is settled: it is {status}")));
    }
    if asked && change.after("start_time").as_instant().is_some_and(|start| start <= writing.now) {
        change.problem("start_time", "has begun already: there is nothing to wait for");
    }
    super::prepare_devices(writing, change)
}

fn interval_of(wait: &Record) -> Result<Interval, StoreError> {
    let (start, end) = (wait.get("start_time").as_instant(), wait.get("end_time").as_instant());
    match (start, end) {
        (Some(start), Some(end)) => Interval::new(start, end).map_err(|why| StoreError::invalid("end_time", why)),
        _ => Err(StoreError::unexpected("a wait without a time")),
    }
}

/// Offers the devices, which must all be free, to who waits; nobody who waited longer for one of them is passed over.
pub(super) fn offer(writing: &mut Writing<'_>, wait: &Record, request: &Request) -> Result<(), StoreError> {
    let interval = interval_of(wait)?;
    let mut devices = devices_of(writing, wait)?;
    devices.sort_unstable();
    let by_clock = writing.session.user().is_none();
    for device in devices {
        let device = writing.take(&DEVICES, device)?;
        let user = wait.get("user_id").as_id();
        let wanted = Wanted { device: &device, interval, user, except: None, began: true };
        let judged = judge(writing.connection, writing.session, writing.now, &wanted)?;
        let in_the_way = judged.problems.into_iter().next().map(|(_, why)| why);
        let before = longer_waiting(writing, wait, &device, interval)?;
        if let Some(why) = in_the_way.or_else(|| before.map(|who| format!("{who} has waited longer"))) {
            // The clock looks again later; people are told.
            return Err(StoreError::refused(if by_clock { NO_LONGER_DUE.into() } else { why }));
        }
    }
    let until = (writing.now + OFFER).min(interval.start);
    writing.follow(wait, "offer", vec![("offered_until", Value::Instant(until))], request.reason.as_deref())
}

/// Who waits longer for the device at a time that meets this one.
fn longer_waiting(
    writing: &mut Writing<'_>,
    wait: &Record,
    device: &Record,
    interval: Interval,
) -> Result<Option<String>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT u.username AS t0, l.devices AS t1 FROM booking_waitlist l JOIN users u ON u.id = l.user_id \
             WHERE l.status = 'waiting' AND l.tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND l.id < ")
        .bind_id(wait.id)
        .push(" AND l.start_time < ")
        .bind_instant(interval.end)
        .push(" AND l.end_time > ")
        .bind_instant(interval.start)
        .push(" AND l.start_time > ")
        .bind_instant(writing.now)
        .push(" ORDER BY l.id");
    let number = device.get("number").as_str();
    let rows = statement.load(writing.connection)?;
    let waits = |row: &&crate::store::sql::Row| row.0[1].as_str().split(", ").any(|other| other == number);
    Ok(rows.iter().find(waits).map(|row| row.0[0].as_str().to_owned()))
}

/// Makes the booking that was waited for.
pub(super) fn take(writing: &mut Writing<'_>, wait: &Record, request: &Request) -> Result<(), StoreError> {
    let until = wait.get("offered_until").as_instant().unwrap_or(writing.now);
    if until <= writing.now {
        return Err(StoreError::refused("the offer has run out: wait again"));
    }
    let interval = interval_of(wait)?;
    let devices = devices_of(writing, wait)?;
    let (title, comment) = (request.value("title").clone(), request.value("comment").clone());
    let group = NewGroup { user: wait.get("user_id").clone(), title, comment, series: Value::Null };
    let group: Id = book_group(writing, group, &devices, interval)?;
    let wait = writing.take(&BOOKING_WAITLIST, wait.id)?;
    writing.follow(&wait, "take", vec![("group", Value::Id(group))], request.reason.as_deref())
}
