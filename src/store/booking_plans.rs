//! Bookings that come again, rules for them, favourites, and who waits for a device.

pub(super) mod series;
mod waiting;

use serde_json::json;

use super::StoreError;
use super::bookings::rules::devices_named;
use super::bookings::{BOOKING_GROUPS, BOOKINGS, COMMENT, END, NewGroup, START, TITLE, book_group, interval_of};
use super::devices::DEVICES;
use super::entity::{Change, Condition, Derived, Entity, Field, Owner, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::bookings::WAITING;
use crate::domain::{Id, Kind, Value};

pub static BOOKING_POLICIES: Entity = Entity {
    name: "booking_policies",
    singular: "booking policy",
    table: &table(TABLES, "booking_policies"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().unique("name_key").sorted_by("name_key"),
        Field::reference("device", "device_id", "devices"),
        Field::text("tag", 100),
        Field::of("buffer_before_minutes", Kind::Int).default("0"),
        Field::of("buffer_after_minutes", Kind::Int).default("0"),
        Field::of("notice_minutes", Kind::Int).default("0"),
        Field::of("longest_minutes", Kind::Int),
        Field::of("quota_minutes", Kind::Int),
        Field::of("needs_approval", Kind::Bool).default("no"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "tag"],
    shows: &["device"],
    default_sort: "name",
    rules: policy_rules,
    ..Entity::PLAIN
};

/// A year: no buffer, notice, length or quota says more.
const MOST_MINUTES: i64 = 527_040;

fn policy_rules(change: &mut Change<'_>) {
    if change.after("device").is_empty() == change.after("tag").is_empty() {
        change.problem("device", "give either a device or a tag");
    }
    for (field, least) in [
        ("buffer_before_minutes", 0),
        ("buffer_after_minutes", 0),
        ("notice_minutes", 0),
        ("longest_minutes", 1),
        ("quota_minutes", 1),
    ] {
        if let Value::Int(minutes) = change.after(field)
            && !(least..=MOST_MINUTES).contains(minutes)
        {
            change.problem(field, format!("is a whole number of minutes from {least} to {MOST_MINUTES}"));
        }
    }
}

pub static BOOKING_SERIES: Entity = Entity {
    name: "booking_series",
    singular: "booking series",
    table: &table(TABLES, "booking_series"),
    label: "title",
    fields: &[
        Field::text("title", 255).required(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::text("devices", 10_000).list_of("devices").required(),
        Field::of("starts_at", Kind::Instant).required().sorted_by("starts_at"),
        Field::of("minutes", Kind::Int).required(),
        Field::text("recurrence", 500).required(),
        Field::text("timezone", 64).one_of(crate::domain::time::zones),
        Field::of("until", Kind::Date),
        Field::of("exceptions", Kind::Json).default("[]"),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["title", "devices", "recurrence", "timezone"],
    shows: &["user"],
    conditions: &[Condition { name: "mine", means: "user:me" }],
    relations: &[Relation { name: "groups", entity: "booking_groups", column: "series_id" }],
    default_sort: "-starts_at",
    rules: series::rules,
    prepare: Some(series::prepare),
    ..Entity::PLAIN
};

/// Devices are kept by their numbers, which never change; whoever writes it down is whose it is.
fn prepare_devices(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_none() && change.after("user").is_empty() {
        change.set("user", writing.person());
    }
    if change.changes("devices") && !change.after("devices").is_empty() {
        let named = change.after("devices").as_str().to_owned();
        match devices_named(writing.connection, writing.session, &named)? {
            Ok(devices) => {
                let numbers = numbers_of(writing, &devices)?;
                change.set("devices", Value::Text(numbers));
            }
            Err(why) => change.problem("devices", why),
        }
    }
    Ok(())
}

fn numbers_of(writing: &mut Writing<'_>, devices: &[Id]) -> Result<String, StoreError> {
    let mut numbers = Vec::with_capacity(devices.len());
    for device in devices {
        numbers.push(writing.look(&DEVICES, *device)?.get("number").as_str().to_owned());
    }
    Ok(numbers.join(", "))
}

/// The devices that a record names by their numbers.
fn devices_of(writing: &mut Writing<'_>, record: &Record) -> Result<Vec<Id>, StoreError> {
    devices_named(writing.connection, writing.session, record.get("devices").as_str())?
        .map_err(|why| StoreError::invalid("devices", why))
}

pub static BOOKING_WAITLIST: Entity = Entity {
    name: "booking_waitlist",
    singular: "wait",
    table: &table(TABLES, "booking_waitlist"),
    label: "devices",
    title: &["devices", "user"],
    fields: &[
        Field::text("devices", 10_000).required(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("start_time", Kind::Instant).required().slowly_sorted_by("start_time"),
        Field::of("end_time", Kind::Instant).required(),
        Field::of("status", Kind::Choice(WAITING.states)).read_only(),
        Field::of("offered_until", Kind::Instant).read_only().slowly_sorted_by("offered_until"),
        Field::reference("group", "group_id", "booking_groups").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    search: &["devices"],
    shows: &["user"],
    lifecycle: Some(&WAITING),
    conditions: &[
        Condition { name: "open", means: "status:waiting,offered" },
        Condition { name: "offered", means: "status:offered" },
        Condition { name: "mine", means: "user:me" },
    ],
    default_sort: "created_at",
    rules: waiting::rules,
    prepare: Some(waiting::prepare),
    ..Entity::PLAIN
};

pub static BOOKING_FAVORITES: Entity = Entity {
    name: "booking_favorites",
    singular: "favourite",
    table: &table(TABLES, "booking_favorites"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::reference("group", "group_id", "booking_groups").required().at_creation(),
        Field::of("device_snapshot", Kind::Json).read_only(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name"],
    visibility: Visibility::Unseen,
    owner: Some(Owner { field: "user", shared: false }),
    default_sort: "name",
    prepare: Some(snapshot),
    ..Entity::PLAIN
};

/// The devices of the group as they are now: what becomes of the booking changes nothing about the favourite.
fn snapshot(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let (true, Some(group)) = (change.before.is_none(), change.refers_to("group")) else { return Ok(()) };
    let mut devices = Vec::new();
    for booking in writing.look_all(&BOOKINGS, "group_id", group)? {
        if let Some(device) = booking.get("device_id").as_id() {
            let device = writing.look(&DEVICES, device)?;
            let (number, name) = (device.get("number").as_str(), device.get("name").as_str());
            devices.push(json!({"id": device.id.to_string(), "number": number, "name": name}));
        }
    }
    if devices.is_empty() {
        change.problem("group", "books nothing: there is nothing to remember");
    }
    devices.sort_by_key(|device| device["number"].to_string());
    change.set("device_snapshot", Value::Json(devices.into()));
    Ok(())
}

/// Books what a favourite remembers, for another time.
fn book_again(writing: &mut Writing<'_>, favourite: &Record, request: &Request) -> Result<(), StoreError> {
    let Value::Json(snapshot) = favourite.get("device_snapshot") else {
        return Err(StoreError::refused("it remembers no devices"));
    };
    let mut devices = Vec::new();
    for kept in snapshot.as_array().into_iter().flatten() {
        let name = kept["name"].as_str().unwrap_or("a device");
        let id = kept["id"].as_str().and_then(|id| id.parse().ok());
        let gone = || StoreError::refused(format!("{name} is not there any more"));
        devices.push(writing.look(&DEVICES, id.ok_or_else(gone)?).map_err(|_| gone())?.id);
    }
    let title = match request.value("title") {
        Value::Null => favourite.get("name").clone(),
        title => title.clone(),
    };
    let comment = request.value("comment").clone();
    let group = NewGroup { user: writing.person(), title, comment, series: Value::Null };
    let interval = interval_of(request)?;
    book_group(writing, group, &devices, interval).map(|_| ())
}

/// The groups that a series has made.
fn groups_of(writing: &mut Writing<'_>, series: Id) -> Result<Vec<Record>, StoreError> {
    writing.look_all(&BOOKING_GROUPS, "series_id", series)
}

pub(super) static ENTITIES: &[&Entity] = &[&BOOKING_SERIES, &BOOKING_POLICIES, &BOOKING_WAITLIST, &BOOKING_FAVORITES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("booking_policies.create", &BOOKING_POLICIES),
    Operation::import("booking_policies.import", &BOOKING_POLICIES),
    Operation::update("booking_policies.update", &BOOKING_POLICIES),
    Operation::delete("booking_policies.delete", &BOOKING_POLICIES),
    Operation::create("booking_series.create", &BOOKING_SERIES),
    Operation::import("booking_series.import", &BOOKING_SERIES),
    Operation::update("booking_series.update", &BOOKING_SERIES),
    Operation::delete("booking_series.delete", &BOOKING_SERIES),
    Operation::new("booking_series.book", &BOOKING_SERIES, Does::Custom(series::book))
        .asking(&[Field::of("until", Kind::Date), Field::of("skip_clashes", Kind::Bool).default("no")])
        .making("bookings"),
    Operation::new("booking_series.cancel", &BOOKING_SERIES, Does::Custom(series::cancel))
        .asking(&[Field::of("from", Kind::Instant)]),
    Operation::create("booking_waitlist.create", &BOOKING_WAITLIST),
    Operation::import("booking_waitlist.import", &BOOKING_WAITLIST),
    Operation::update("booking_waitlist.update", &BOOKING_WAITLIST),
    Operation::new("booking_waitlist.offer", &BOOKING_WAITLIST, Does::Custom(waiting::offer)),
    Operation::new("booking_waitlist.take", &BOOKING_WAITLIST, Does::Custom(waiting::take))
        .asking(&[TITLE, COMMENT])
        .making("bookings"),
    Operation::step("booking_waitlist.expire", &BOOKING_WAITLIST, "expire"),
    Operation::create("booking_favorites.create", &BOOKING_FAVORITES),
    Operation::update("booking_favorites.update", &BOOKING_FAVORITES),
    Operation::delete("booking_favorites.delete", &BOOKING_FAVORITES),
    Operation::new("booking_favorites.book", &BOOKING_FAVORITES, Does::Custom(book_again))
        .asking(&[START, END.required(), TITLE, COMMENT])
        .making("bookings"),
];
