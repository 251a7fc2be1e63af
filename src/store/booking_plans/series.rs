//! Bookings that come again: each time is a group of its own, booked by one operation as far ahead as people say.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::json;

use super::{BOOKING_SERIES, NewGroup, book_group, devices_of, groups_of};
use crate::domain::bookings::{Interval, minutes};
use crate::domain::series::Rule;
use crate::domain::time::{Instant, day_of, parse_zone, show};
use crate::domain::{Id, Value};
use crate::store::bookings::BOOKINGS;
use crate::store::bookings::rules::{Wanted, devices_named, judge};
use crate::store::connection::Connection;
use crate::store::devices::DEVICES;
use crate::store::entity::Change;
use crate::store::error::Failure;
use crate::store::list::select;
use crate::store::operation::Request;
use crate::store::record::Record;
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::write::Writing;
use crate::store::{Store, StoreError};

/// Times that are booked in one go at most: two years of working days.
const MOST: usize = 520;
/// Minutes that one time lasts at most: thirty days.
const LONGEST: i64 = 43_200;

pub(super) fn rules(change: &mut Change<'_>) {
    if let Err(why) = parse_zone(change.after("timezone").as_str()) {
        change.problem("timezone", why);
    }
    match change.after("recurrence").as_str().parse::<Rule>() {
        Ok(rule) if change.changes("recurrence") => change.set("recurrence", Value::text(rule.to_string())),
        Err(why) if !change.after("recurrence").is_empty() => change.problem("recurrence", why),
        _ => {}
    }
    if let Value::Int(count) = change.after("minutes")
        && !(1..=LONGEST).contains(count)
    {
        change.problem("minutes", format!("is a whole number of minutes from 1 to {LONGEST}"));
    }
    if let Value::Json(exceptions) = change.after("exceptions")
        && exceptions_of(exceptions).is_none()
    {
        change.problem("exceptions", "is a list of days such as [\"2026-12-24\"]");
    }
}

/// The wall clock is that of the organisation's zone, where no other is named.
pub(super) fn prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.after("timezone").is_empty() {
        change.set("timezone", Value::text(writing.session.tenant.zone.name()));
    }
    super::prepare_devices(writing, change)
}

fn exceptions_of(json: &serde_json::Value) -> Option<Vec<NaiveDate>> {
    json.as_array()?.iter().map(|day| day.as_str()?.parse().ok()).collect()
}

/// A series as its record says it is.
struct Series {
    rule: Rule,
    zone: Tz,
    first: NaiveDateTime,
    length: i64,
    until: Option<NaiveDate>,
    exceptions: Vec<NaiveDate>,
}

impl Series {
    fn of(record: &Record) -> Result<Self, StoreError> {
        let wrong = |field: &'static str| move |why: String| StoreError::invalid(field, why);
        let zone = parse_zone(record.get("timezone").as_str()).map_err(wrong("timezone"))?;
        let starts = record.get("starts_at").as_instant().ok_or_else(|| StoreError::unexpected("no beginning"))?;
        let exceptions = match record.get("exceptions") {
            Value::Json(json) => exceptions_of(json).unwrap_or_default(),
            _ => Vec::new(),
        };
        Ok(Self {
            rule: record.get("recurrence").as_str().parse().map_err(wrong("recurrence"))?,
            zone,
            first: starts.with_timezone(&zone).naive_local(),
            length: record.get("minutes").as_int().unwrap_or(1),
            until: if let Value::Date(day) = record.get("until") { Some(*day) } else { None },
            exceptions,
        })
    }

    /// Its times that have not begun, up to a day, without those that are left out.
    fn times(&self, until: Option<NaiveDate>, now: Instant) -> Result<Vec<(NaiveDate, Interval)>, StoreError> {
        let last = match (until, self.until) {
            (Some(asked), Some(own)) => Some(asked.min(own)),
            (asked, own) => asked.or(own),
        };
        let last = match last {
            Some(last) => last,
            None if self.rule.ends() => NaiveDate::MAX,
            None => {
                let told = "is required: the series has no end of its own";
                return Err(StoreError::invalid("until", told));
            }
        };
        let times: Vec<(NaiveDate, Interval)> = self
            .rule
            .occurrences(self.first, self.zone, last)
            .filter(|(day, start)| *start > now && !self.exceptions.contains(day))
            .map(|(day, start)| (day, Interval { start, end: start + minutes(self.length) }))
            .take(MOST + 1)
            .collect();
        if times.len() > MOST {
            let told =
                format!("is too far: more than {MOST} times would be booked at once. Book to an earlier day first");
            return Err(StoreError::invalid("until", told));
        }
        Ok(times)
    }
}

/// One time of a series, and what stands in its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub day: NaiveDate,
    pub start: Instant,
    pub end: Instant,
    /// The series has booked it already.
    pub booked: bool,
    /// What stands in its way, where it is not.
    pub clashes: Vec<String>,
}

fn clashes_of(
    connection: &mut Connection,
    session: &Session,
    now: Instant,
    devices: &[Id],
    (interval, user): (Interval, Option<Id>),
) -> Result<Vec<String>, StoreError> {
    let mut clashes = Vec::new();
    for id in devices {
        let Some(device) = select::by_id(connection, session, &DEVICES, *id, false)? else { continue };
        let wanted = Wanted { device: &device, interval, user, except: None, began: false };
        let judged = judge(connection, session, now, &wanted)?;
        clashes.extend(judged.problems.into_iter().map(|(_, why)| why));
    }
    Ok(clashes)
}

/// Books the times that are not booked yet. What clashes stops all of it, or is left out and noted as an exception.
pub(super) fn book(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let series = Series::of(record)?;
    let devices = devices_of(writing, record)?;
    let asked = if let Value::Date(day) = request.value("until") { Some(*day) } else { None };
    let skip = request.value("skip_clashes").is_true();
    let booked = booked_days(writing.connection, writing.session, record.id, series.zone)?;
    let user = record.get("user_id");
    // The devices are locked first: what is found free stays free.
    let mut locked = devices.clone();
    locked.sort_unstable();
    for device in locked {
        writing.take(&DEVICES, device)?;
    }
    let (mut made, mut clashing) = (0, Vec::new());
    for (day, interval) in series.times(asked, writing.now)? {
        if booked.contains(&day) {
            continue;
        }
        let found = clashes_of(writing.connection, writing.session, writing.now, &devices, (interval, user.as_id()))?;
        if !found.is_empty() {
            clashing.push((day, interval, found));
            continue;
        }
        let group = NewGroup {
            user: user.clone(),
            title: record.get("title").clone(),
            comment: Value::Null,
            series: Value::Id(record.id),
        };
        book_group(writing, group, &devices, interval)?;
        made += 1;
    }
    if !clashing.is_empty() && !skip {
        let zone = writing.session.locale(writing.now).zone;
        let told: Vec<String> =
            clashing.iter().map(|(_, time, why)| format!("{}: {}", show(time.start, zone), why.join(", "))).collect();
        let told = format!("{} times clash; skip them or move them. {}", clashing.len(), told.join("; "));
        return Err(StoreError::failed(Failure::Refused(told)));
    }
    if made == 0 {
        return Err(StoreError::refused("there is nothing left to book up to that day"));
    }
    if clashing.is_empty() {
        return Ok(());
    }
    let mut exceptions = series.exceptions;
    exceptions.extend(clashing.iter().map(|(day, ..)| *day));
    exceptions.sort_unstable();
    let exceptions: Vec<String> = exceptions.iter().map(ToString::to_string).collect();
    writing.set(record, vec![("exceptions", Value::Json(json!(exceptions)))], None)
}

/// The days of a series that have been booked, whatever became of the bookings: they are not booked again.
fn booked_days(
    connection: &mut Connection,
    session: &Session,
    series: Id,
    zone: Tz,
) -> Result<Vec<NaiveDate>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT b.start_time AS w0 FROM bookings b JOIN booking_groups g ON g.tenant_id = b.tenant_id \
             AND g.id = b.group_id WHERE b.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND g.series_id = ")
        .bind_id(series);
    let rows = statement.load(connection)?;
    Ok(rows.iter().filter_map(|row| Some(day_of(zone, row.0[0].as_instant()?))).collect())
}

/// Cancels what has not begun, from a moment on.
pub(super) fn cancel(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let from = request.value("from").as_instant().unwrap_or(writing.now).max(writing.now);
    let mut cancelled = 0;
    for group in groups_of(writing, record.id)? {
        for booking in writing.take_all(&BOOKINGS, "group_id", group.id)? {
            let ahead = booking.get("start_time").as_instant().is_some_and(|start| start >= from);
            if ahead && matches!(booking.get("status").as_str(), "pending" | "confirmed") {
                writing.follow(&booking, "cancel", Vec::new(), request.reason.as_deref())?;
                cancelled += 1;
            }
        }
    }
    if cancelled == 0 {
        return Err(StoreError::refused("nothing of this series is booked from then on"));
    }
    Ok(())
}

impl Store {
    /// The times of a series up to a day and what stands in the way of each, for people to see before they book it.
    ///
    /// # Errors
    /// When there is no such series, its times have no end, or the database says so.
    pub fn series_preview(
        &self,
        session: &Session,
        series: Id,
        until: Option<NaiveDate>,
    ) -> Result<Vec<Occurrence>, StoreError> {
        session.require("booking_series.read")?;
        self.read(session, |reading| {
            let record = select::by_id(reading.connection, session, &BOOKING_SERIES, series, false)?
                .ok_or_else(|| StoreError::not_found("booking series", series.to_string()))?;
            let devices = devices_named(reading.connection, session, record.get("devices").as_str())?
                .map_err(|why| StoreError::invalid("devices", why))?;
            let mut occurrences = Vec::new();
            let series = Series::of(&record)?;
            let done = booked_days(reading.connection, session, record.id, series.zone)?;
            for (day, interval) in series.times(until, reading.now)? {
                let booked = done.contains(&day);
                let of = (interval, record.get("user_id").as_id());
                let clashes = if booked {
                    Vec::new()
                } else {
                    clashes_of(reading.connection, session, reading.now, &devices, of)?
                };
                let Interval { start, end } = interval;
                occurrences.push(Occurrence { day, start, end, booked, clashes });
            }
            Ok(occurrences)
        })
    }
}
