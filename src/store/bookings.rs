//! Bookings of devices, alone and in groups, and who shares them.

pub mod rules;

use super::StoreError;
use super::devices::DEVICES;
use super::entity::{Change, Condition, Entity, Field, Relation, Source, Visibility, WriteGathered};
use super::error::Failure;
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::users::USERS;
use super::write::Writing;
use crate::domain::bookings::{Interval, LIFECYCLE, holds};
use crate::domain::{Id, Kind, Value, time};
use rules::Wanted;

/// Text that the database puts together from other rows, for people to read.
const fn told(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Field {
    const NOTHING_WRITTEN: WriteGathered = |_, _, _| Ok(());
    let mut field = Field::text(name, 10_000).read_only();
    field.source = Source::Gathered { sqlite, postgres, write: NOTHING_WRITTEN };
    field
}

pub static BOOKING_GROUPS: Entity = Entity {
    name: "booking_groups",
    singular: "booking group",
    table: &table(TABLES, "booking_groups"),
    label: "title",
    fields: &[
        Field::text("title", 255).slowly_sorted_by("title"),
        Field::reference("user", "user_id", "users").read_only(),
        told("devices", DEVICES_SQLITE, DEVICES_POSTGRES),
        told("people", PEOPLE_SQLITE, PEOPLE_POSTGRES),
        Field::lines("comment"),
        Field::reference("series", "series_id", "booking_series").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["title", "comment"],
    shows: &["user", "series", "bookings", "people"],
    conditions: &[Condition { name: "mine", means: "user:me" }],
    relations: &[
        Relation { name: "bookings", entity: "bookings", column: "group_id" },
        Relation { name: "people", entity: "booking_collaborators", column: "group_id" },
    ],
    default_sort: "-created_at",
    ..Entity::PLAIN
};

macro_rules! devices {
    ($gather:literal) => {
        concat!(
            "(SELECT ",
            $gather,
            "(b.device_name, ', ' ORDER BY b.device_name) FROM bookings b \
             WHERE b.tenant_id = c.tenant_id AND b.group_id = c.id)"
        )
    };
}
const DEVICES_SQLITE: &str = devices!("group_concat");
const DEVICES_POSTGRES: &str = devices!("string_agg");

macro_rules! people {
    ($gather:literal) => {
        concat!(
            "(SELECT ",
            $gather,
            "(k.user_name, ', ' ORDER BY k.user_name) FROM booking_collaborators k \
             WHERE k.tenant_id = c.tenant_id AND k.group_id = c.id)"
        )
    };
}
const PEOPLE_SQLITE: &str = people!("group_concat");
const PEOPLE_POSTGRES: &str = people!("string_agg");

/// Whose a booking is, and what for: its group says.
const WHOSE: &str = "(SELECT u.username FROM booking_groups g JOIN users u ON u.id = g.user_id \
                     WHERE g.tenant_id = c.tenant_id AND g.id = c.group_id)";
const WHAT_FOR: &str = "(SELECT g.title FROM booking_groups g WHERE g.tenant_id = c.tenant_id AND g.id = c.group_id)";

pub static BOOKINGS: Entity = Entity {
    is_tried: true,
    name: "bookings",
    singular: "booking",
    table: &table(TABLES, "bookings"),
    label: "device_name",
    title: &["title", "device_name"],
    fields: &[
        Field::reference("device", "device_id", "devices").required(),
        Field::text("device_name", 200).read_only(),
        Field::of("start_time", Kind::Instant).required().sorted_by("start_time"),
        Field::of("end_time", Kind::Instant).required().sorted_by("end_time"),
        Field::of("status", Kind::Choice(LIFECYCLE.states)).read_only(),
        told("user", WHOSE, WHOSE),
        told("title", WHAT_FOR, WHAT_FOR),
        Field::reference("group", "group_id", "booking_groups").at_creation(),
        Field::reference("approved_by", "approved_by", "users").read_only(),
        Field::of("approved_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["device_name"],
    shows: &["group", "group.user", "approved_by"],
    lifecycle: Some(&LIFECYCLE),
    rules: booking_rules,
    visibility: Visibility::Through("device_id", "devices"),
    conditions: &[
        Condition { name: "open", means: "status:pending,confirmed,active" },
        Condition { name: "running", means: "status:active" },
        Condition { name: "waiting", means: "status:pending" },
        Condition { name: "ahead", means: "status:pending,confirmed start_time>now" },
        Condition { name: "mine", means: "group.user:me" },
    ],
    default_sort: "-start_time",
    prepare: Some(prepare),
    ..Entity::PLAIN
};

/// A booking whose time or device is set: whether that can be, what its device is called, and a group of its own
/// where it comes without one.
fn prepare(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let moved = ["device", "start_time", "end_time"].into_iter().any(|field| change.changes(field));
    if change.before.is_some() && !moved {
        return Ok(());
    }
    let (Some(start), Some(end)) = (change.after("start_time").as_instant(), change.after("end_time").as_instant())
    else {
        return Ok(());
    };
    let interval = match Interval::new(start, end) {
        Ok(interval) => interval,
        // The rules told.
        Err(_) => return Ok(()),
    };
    require_movable(change)?;
    let Some(device) = change.refers_to("device") else { return Ok(()) };
    // Whoever books a device waits for whoever else does.
    let device = writing.take(&DEVICES, device)?;
    change.set("device_name", device.get("name").clone());
    let group = match change.refers_to("group") {
        Some(group) => writing.look(&BOOKING_GROUPS, group)?,
        None => {
            let group = writing.make(&BOOKING_GROUPS, vec![("user", writing.person())])?;
            change.set("group", Value::Id(group));
            writing.look(&BOOKING_GROUPS, group)?
        }
    };
    if is_within(change, &device, interval) {
        return Ok(());
    }
    let imported = writing.action.ends_with(".import");
    if imported && end <= writing.now {
        change.set("status", Value::text("completed"));
        return Ok(());
    }
    let user = group.get("user_id").as_id();
    let began = change.before.is_some_and(|record| record.get("status").as_str() == "active");
    let wanted = Wanted { device: &device, interval, user, except: Some(change.id), began: began || imported };
    let judged = rules::judge(writing.connection, writing.session, writing.now, &wanted)?;
    for (field, why) in judged.problems {
        change.problem(field, why);
    }
    settle_status(change, judged.approval);
    Ok(())
}

fn booking_rules(change: &mut Change<'_>) {
    if let (Value::Instant(start), Value::Instant(end)) = (change.after("start_time"), change.after("end_time"))
        && let Err(why) = Interval::new(*start, *end)
    {
        change.problem("end_time", why);
    }
}

/// What is over is not moved; of what runs the end alone.
fn require_movable(change: &Change<'_>) -> Result<(), StoreError> {
    let Some(before) = change.before else { return Ok(()) };
    let status = before.get("status").as_str();
    if !holds(status) {
        return Err(StoreError::refused(format!("cannot move: the booking is {status}, which is final")));
    }
    if status == "active" && (change.changes("start_time") || change.refers_to("device") != device_of(before)) {
        return Err(StoreError::refused("cannot move: the booking has begun; its end alone can be set"));
    }
    Ok(())
}

fn device_of(booking: &Record) -> Option<Id> {
    booking.get("device_id").as_id()
}

/// Whether a booking keeps its device and takes no time that it had not before: nothing stands in the way of that.
fn is_within(change: &Change<'_>, device: &Record, interval: Interval) -> bool {
    change.before.is_some_and(|before| {
        let (start, end) = (before.get("start_time").as_instant(), before.get("end_time").as_instant());
        let (Some(start), Some(end)) = (start, end) else { return false };
        device_of(before) == Some(device.id) && Interval { start, end }.holds(interval)
    })
}

/// Confirmed at once, unless somebody must say yes first; to another time they say it again.
fn settle_status(change: &mut Change<'_>, approval: bool) {
    match change.before {
        None => change.set("status", Value::text(if approval { "pending" } else { "confirmed" })),
        Some(before) if approval && before.get("status").as_str() == "confirmed" => {
            change.set("status", Value::text("pending"));
            change.set("approved_by", Value::Null);
            change.set("approved_at", Value::Null);
        }
        Some(_) => {}
    }
}

pub static BOOKING_COLLABORATORS: Entity = Entity {
    name: "booking_collaborators",
    singular: "collaborator",
    table: &table(TABLES, "booking_collaborators"),
    label: "user_name",
    title: &["group", "user_name"],
    fields: &[
        Field::reference("group", "group_id", "booking_groups").required().at_creation(),
        Field::reference("user", "user_id", "users").required().at_creation(),
        Field::text("user_name", 200).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    shows: &["group", "user"],
    default_sort: "-created_at",
    prepare: Some(copy_user_name),
    ..Entity::PLAIN
};

fn copy_user_name(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if let Some(user) = change.refers_to("user") {
        let name = writing.look(&USERS, user)?.get("username").clone();
        change.set("user_name", name);
    }
    Ok(())
}

/// What a group is made from.
pub(super) struct NewGroup {
    pub user: Value,
    pub title: Value,
    pub comment: Value,
    pub series: Value,
}

/// Books devices for one time, all of them or none: what stands in the way of any is told of all.
pub(super) fn book_group(
    writing: &mut Writing<'_>,
    group: NewGroup,
    devices: &[Id],
    interval: Interval,
) -> Result<Id, StoreError> {
    let NewGroup { user, title, comment, series } = group;
    let values = vec![("user", user), ("title", title), ("comment", comment), ("series", series)];
    let group = writing.make(&BOOKING_GROUPS, values)?;
    let mut devices = devices.to_vec();
    devices.sort_unstable();
    let mut problems = Vec::new();
    for device in devices {
        let values = vec![
            ("group", Value::Id(group)),
            ("device", Value::Id(device)),
            ("start_time", Value::Instant(interval.start)),
            ("end_time", Value::Instant(interval.end)),
        ];
        match writing.make(&BOOKINGS, values).map_err(StoreError::into_failure) {
            Ok(_) => {}
            Err(Failure::Invalid(told)) => problems.extend(told),
            Err(failure) => return Err(StoreError::failed(failure)),
        }
    }
    if problems.is_empty() {
        return Ok(group);
    }
    for problem in &mut problems {
        if problem.field == "device" {
            problem.field = "devices".into();
        }
    }
    problems.dedup();
    Err(StoreError::failed(Failure::Invalid(problems)))
}

fn book(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let devices = rules::devices_named(writing.connection, writing.session, request.value("devices").as_str())?
        .map_err(|why| StoreError::invalid("devices", why))?;
    let interval = interval_of(request)?;
    let user = match request.value("user") {
        Value::Null => writing.person(),
        user => user.clone(),
    };
    let (title, comment) = (request.value("title").clone(), request.value("comment").clone());
    let group = NewGroup { user, title, comment, series: Value::Null };
    Ok(vec![book_group(writing, group, &devices, interval)?])
}

/// The time that a request asks for.
pub(super) fn interval_of(request: &Request) -> Result<Interval, StoreError> {
    let asked = |field: &'static str| {
        request.value(field).as_instant().ok_or_else(|| StoreError::invalid(field, "is required"))
    };
    Interval::new(asked("start_time")?, asked("end_time")?).map_err(|why| StoreError::invalid("end_time", why))
}

fn approve(writing: &mut Writing<'_>, booking: &Record, request: &Request) -> Result<(), StoreError> {
    if booking.get("end_time").as_instant().is_some_and(|end| end <= writing.now) {
        return Err(StoreError::refused("cannot approve: its time is over"));
    }
    let values = vec![("approved_by", writing.person()), ("approved_at", Value::Instant(writing.now))];
    writing.follow(booking, "approve", values, request.reason.as_deref())
}

/// It is given back before its time is over.
fn end(writing: &mut Writing<'_>, booking: &Record, request: &Request) -> Result<(), StoreError> {
    let planned = booking.get("end_time").as_instant().unwrap_or(writing.now);
    let started = booking.get("start_time").as_instant().unwrap_or(writing.now);
    if writing.now <= started {
        let zone = writing.session.locale(writing.now).zone;
        return Err(StoreError::refused(format!("cannot end: it begins at {}", time::show(started, zone))));
    }
    let values = vec![("end_time", Value::Instant(planned.min(writing.now)))];
    writing.follow(booking, "end", values, request.reason.as_deref())
}

/// To another time, as long as it was, or to another device.
fn shift(writing: &mut Writing<'_>, booking: &Record, request: &Request) -> Result<(), StoreError> {
    let was = (booking.get("start_time").as_instant(), booking.get("end_time").as_instant());
    let (Some(start), Some(end)) = was else { return Err(StoreError::unexpected("a booking without a time")) };
    let begins = request.value("start_time").as_instant().unwrap_or(start);
    let ends = request.value("end_time").as_instant().unwrap_or(begins + (end - start));
    let mut values = vec![("start_time", Value::Instant(begins)), ("end_time", Value::Instant(ends))];
    if let device @ Value::Id(_) = request.value("device") {
        values.push(("device", device.clone()));
    }
    require_open(booking, "move")?;
    writing.set(booking, values, request.reason.as_deref())
}

fn require_open(booking: &Record, verb: &str) -> Result<(), StoreError> {
    let status = booking.get("status").as_str();
    if holds(status) {
        return Ok(());
    }
    Err(StoreError::refused(format!("cannot {verb}: the booking is {status}, which is final")))
}

/// The bookings of a group that a verb is open to, those first that are moved out of the others' way.
fn each_of(
    writing: &mut Writing<'_>,
    group: &Record,
    verb: &str,
    run: fn(&mut Writing<'_>, &Record, &Request) -> Result<(), StoreError>,
    request: &Request,
) -> Result<(), StoreError> {
    let mut bookings = writing.take_all(&BOOKINGS, "group_id", group.id)?;
    let is_open = |booking: &Record| match verb {
        "move" => holds(booking.get("status").as_str()),
        _ => LIFECYCLE.follow(verb, booking.get("status").as_str()).is_ok(),
    };
    bookings.retain(is_open);
    if bookings.is_empty() {
        return Err(StoreError::refused(format!("cannot {verb}: no booking of this group is in a state for it")));
    }
    bookings.iter().try_for_each(|booking| run(writing, booking, request))
}

fn plain_step(writing: &mut Writing<'_>, booking: &Record, request: &Request) -> Result<(), StoreError> {
    let verb = request.operation.verb();
    writing.follow(booking, verb, Vec::new(), request.reason.as_deref())
}

fn approve_group(writing: &mut Writing<'_>, group: &Record, request: &Request) -> Result<(), StoreError> {
    each_of(writing, group, "approve", approve, request)
}

fn reject_group(writing: &mut Writing<'_>, group: &Record, request: &Request) -> Result<(), StoreError> {
    each_of(writing, group, "reject", plain_step, request)
}

fn cancel_group(writing: &mut Writing<'_>, group: &Record, request: &Request) -> Result<(), StoreError> {
    each_of(writing, group, "cancel", plain_step, request)
}

fn end_group(writing: &mut Writing<'_>, group: &Record, request: &Request) -> Result<(), StoreError> {
    each_of(writing, group, "end", end, request)
}

fn move_group(writing: &mut Writing<'_>, group: &Record, request: &Request) -> Result<(), StoreError> {
    each_of(writing, group, "move", shift, request)
}

pub(super) static ENTITIES: &[&Entity] = &[&BOOKINGS, &BOOKING_GROUPS, &BOOKING_COLLABORATORS];

/// Numbers or names of devices, joined by commas.
pub(super) const NAMED_DEVICES: Field = Field::text("devices", 10_000).list_of("devices").required();
pub(super) const START: Field = Field::of("start_time", Kind::Instant).required();
pub(super) const END: Field = Field::of("end_time", Kind::Instant);
pub(super) const TITLE: Field = Field::text("title", 255);
pub(super) const COMMENT: Field = Field::lines("comment");

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("bookings.create", &BOOKINGS),
    Operation::import("bookings.import", &BOOKINGS),
    Operation::update("bookings.update", &BOOKINGS),
    Operation::new("bookings.approve", &BOOKINGS, Does::Custom(approve)),
    Operation::step("bookings.reject", &BOOKINGS, "reject"),
    Operation::step("bookings.cancel", &BOOKINGS, "cancel"),
    Operation::step("bookings.expire", &BOOKINGS, "expire").not_before("start_time", "its beginning is still to come"),
    Operation::step("bookings.start", &BOOKINGS, "start").not_before("start_time", "its beginning is still to come"),
    Operation::new("bookings.end", &BOOKINGS, Does::Custom(end)),
    Operation::step("bookings.complete", &BOOKINGS, "complete")
        .not_before("end_time", "its end is still to come; open from there: end"),
    Operation::new("bookings.move", &BOOKINGS, Does::Custom(shift))
        .asking(&[START, END, Field::reference("device", "device_id", "devices")])
        .only_while(&["pending", "confirmed", "active"], "cannot move: the booking"),
    Operation::new("booking_groups.book", &BOOKING_GROUPS, Does::Make(book)).asking(&[
        NAMED_DEVICES,
        START,
        END.required(),
        TITLE,
        COMMENT,
        Field::reference("user", "user_id", "users"),
    ]),
    Operation::update("booking_groups.update", &BOOKING_GROUPS),
    Operation::new("booking_groups.approve", &BOOKING_GROUPS, Does::Custom(approve_group)),
    Operation::new("booking_groups.reject", &BOOKING_GROUPS, Does::Custom(reject_group)),
    Operation::new("booking_groups.cancel", &BOOKING_GROUPS, Does::Custom(cancel_group)),
    Operation::new("booking_groups.end", &BOOKING_GROUPS, Does::Custom(end_group)),
    Operation::new("booking_groups.move", &BOOKING_GROUPS, Does::Custom(move_group)).asking(&[START, END]),
    Operation::create("booking_collaborators.create", &BOOKING_COLLABORATORS),
    Operation::import("booking_collaborators.import", &BOOKING_COLLABORATORS),
    Operation::delete("booking_collaborators.delete", &BOOKING_COLLABORATORS),
];
