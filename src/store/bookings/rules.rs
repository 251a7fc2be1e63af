//! Whether a device can be booked for a time: its state, the work that is planned on it, who has it, what its policies
//! keep, and for whom it is kept who waited. Asked when a booking is written, and before, while one is drawn.

use crate::domain::bookings::{Interval, Policy, clash, minutes_of, told};
use crate::domain::health::Window;
use crate::domain::time::{Instant, parse_zone, show};
use crate::domain::{Id, Value};
use crate::store::connection::Connection;
use crate::store::devices::DEVICES;
use crate::store::list::select;
use crate::store::record::Record;
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::{Store, StoreError};

/// What is asked for.
pub(in crate::store) struct Wanted<'a> {
    pub device: &'a Record,
    pub interval: Interval,
    /// Whose booking it is to be.
    pub user: Option<Id>,
    /// The booking that is moved.
    pub except: Option<Id>,
    /// It runs already: whether it begins in time is no question any more.
    pub began: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::store) struct Judged {
    /// What stands in the way, with the field that it is about.
    pub problems: Vec<(&'static str, String)>,
    /// Whether somebody must say yes first.
    pub approval: bool,
}

/// One policy as it applies to a device.
struct Applied {
    id: Id,
    name: String,
    policy: Policy,
    quota: Option<i64>,
}

/// Holds what is asked for against everything that has a say in it.
pub(in crate::store) fn judge(
    connection: &mut Connection,
    session: &Session,
    now: Instant,
    wanted: &Wanted<'_>,
) -> Result<Judged, StoreError> {
    let mut judged = Judged::default();
    let zone = session.locale(now).zone;
    let name = wanted.device.title();
    judge_state(&mut judged, wanted, now, &name);
    if let Some((window, reason)) = planned_work(connection, session, wanted)? {
        let until = show(window.ends_at, zone);
        let once = if window.recurrence.is_none() { format!(" until {until}") } else { String::new() };
        judged.problems.push(("device", format!("{name} is under planned work then{once}: {reason}")));
    }
    let policies = policies_of(connection, session, wanted.device.id)?;
    let policy = policies.iter().fold(Policy::default(), |all, one| all.and(one.policy));
    judged.approval = policy.approval;
    judged.problems.extend(
        policy.broken_by(wanted.interval, now).into_iter().filter(|(field, _)| !wanted.began || *field != "start_time"),
    );
    let booked = booked(connection, session, wanted, policy)?;
    if let Some((other, (who, title))) = clash(wanted.interval, &booked, policy) {
        let what = if title.is_empty() { String::new() } else { format!(" ({title})") };
        let (start, end) = (show(other.start, zone), show(other.end, zone));
        let near = if other.meets(wanted.interval) {
            String::new()
        } else {
            format!(", with {} before and {} after it", told(policy.before), told(policy.after))
        };
        judged.problems.push(("device", format!("{name} is {who}'s from {start} until {end}{what}{near}")));
    }
    if let Some((who, until)) = kept_for(connection, session, wanted, now)? {
        let until = show(until, zone);
        judged.problems.push(("device", format!("{name} is kept until {until} for {who}, who waited for it")));
    }
    for one in &policies {
        judge_quota(connection, session, now, wanted, one, &mut judged)?;
    }
    Ok(judged)
}

/// Why a device in this state is not booked at any time.
#[must_use]
pub fn why_never(status: &str) -> Option<String> {
    matches!(status, "retired" | "inactive" | "pending").then(|| format!("is {status}: it cannot be booked"))
}

fn judge_state(judged: &mut Judged, wanted: &Wanted<'_>, now: Instant, name: &str) {
    let status = wanted.device.get("status").as_str();
    let here = wanted.interval.start <= now;
    if let Some(why) = why_never(status) {
        judged.problems.push(("device", format!("{name} {why}")));
    } else if status == "maintenance" && here {
        judged.problems.push(("device", format!("{name} is {status}: it cannot be booked")));
    }
    if wanted.interval.end <= now {
        judged.problems.push(("end_time", "is over already".into()));
    }
}

/// The first maintenance window that the time touches, and its reason.
fn planned_work(
    connection: &mut Connection,
    session: &Session,
    wanted: &Wanted<'_>,
) -> Result<Option<(Window, String)>, StoreError> {
    let device = wanted.device;
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT w.starts_at AS w0, w.ends_at AS w1, w.recurrence AS t2, w.timezone AS t3, w.reason AS t4 \
             FROM maintenance_windows w WHERE w.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND w.starts_at < ")
        .bind_instant(wanted.interval.end)
        .push(" AND (w.ends_at > ")
        .bind_instant(wanted.interval.start)
        .push(" OR w.recurrence <> '') AND (w.device_id = ")
        .bind_id(device.id)
        .push(" OR w.site_id = ")
        .bind(crate::store::model::ColumnKind::Id, device.get("site_id").clone())?
        .push(" OR w.tag IN (SELECT g.tag FROM device_tags g WHERE g.tenant_id = w.tenant_id AND g.device_id = ")
        .bind_id(device.id)
        .push(")) ORDER BY w.starts_at");
    for row in statement.load(connection)? {
        let [Value::Instant(starts_at), Value::Instant(ends_at), recurrence, zone, reason] = row.0.as_slice() else {
            continue;
        };
        let recurrence = recurrence.as_str().parse().ok();
        let timezone = parse_zone(zone.as_str()).unwrap_or_default();
        let window = Window { starts_at: *starts_at, ends_at: *ends_at, recurrence, timezone };
        if window.overlaps(wanted.interval.start, wanted.interval.end) {
            return Ok(Some((window, reason.as_str().to_owned())));
        }
    }
    Ok(None)
}

/// The policies of a device and of its tags.
fn policies_of(connection: &mut Connection, session: &Session, device: Id) -> Result<Vec<Applied>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT p.id AS i0, p.name AS t1, p.buffer_before_minutes AS n2, p.buffer_after_minutes AS n3, \
             p.notice_minutes AS n4, p.longest_minutes AS n5, p.quota_minutes AS n6, p.needs_approval AS b7 \
             FROM booking_policies p WHERE p.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND (p.device_id = ")
        .bind_id(device)
        .push(" OR p.tag IN (SELECT g.tag FROM device_tags g WHERE g.tenant_id = p.tenant_id AND g.device_id = ")
        .bind_id(device)
        .push(")) ORDER BY p.id");
    let rows = statement.load(connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let [Value::Id(id), name, before, after, notice, longest, quota, approval] = row.0.as_slice() else {
                return None;
            };
            let policy = Policy {
                before: before.as_int().unwrap_or(0),
                after: after.as_int().unwrap_or(0),
                notice: notice.as_int().unwrap_or(0),
                longest: longest.as_int(),
                approval: approval.is_true(),
            };
            Some(Applied { id: *id, name: name.as_str().to_owned(), policy, quota: quota.as_int() })
        })
        .collect())
}

/// A time that is taken: by whom, and what for.
type Booked = (Interval, (String, String));

/// Who has the device around the time, and what for.
fn booked(
    connection: &mut Connection,
    session: &Session,
    wanted: &Wanted<'_>,
    policy: Policy,
) -> Result<Vec<Booked>, StoreError> {
    // Each of the two takes its buffers.
    let around = policy
        .taken(wanted.interval)
        .with_buffers(crate::domain::bookings::minutes(policy.after), crate::domain::bookings::minutes(policy.before));
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT b.start_time AS w0, b.end_time AS w1, u.username AS t2, g.title AS t3 FROM bookings b \
             JOIN booking_groups g ON g.tenant_id = b.tenant_id AND g.id = b.group_id \
             JOIN users u ON u.id = g.user_id WHERE b.status IN ('pending', 'confirmed', 'active') AND b.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND b.device_id = ")
        .bind_id(wanted.device.id)
        .push(" AND b.start_time < ")
        .bind_instant(around.end)
        .push(" AND b.end_time > ")
        .bind_instant(around.start)
        .push(" AND b.id <> ")
        .bind_id(wanted.except.unwrap_or_else(Id::nil))
        .push(" ORDER BY b.start_time");
    let rows = statement.load(connection)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match row.0.as_slice() {
            [Value::Instant(start), Value::Instant(end), who, title] => {
                let told = (who.as_str().to_owned(), title.as_str().to_owned());
                Some((Interval { start: *start, end: *end }, told))
            }
            _ => None,
        })
        .collect())
}

/// Who else was offered the device for a time that this one touches, and until when they may take it.
fn kept_for(
    connection: &mut Connection,
    session: &Session,
    wanted: &Wanted<'_>,
    now: Instant,
) -> Result<Option<(String, Instant)>, StoreError> {
    let number = wanted.device.get("number").as_str();
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT u.username AS t0, l.offered_until AS w1, l.devices AS t2, l.user_id AS i3 FROM booking_waitlist l \
             JOIN users u ON u.id = l.user_id WHERE l.status = 'offered' AND l.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND l.offered_until > ")
        .bind_instant(now)
        .push(" AND l.start_time < ")
        .bind_instant(wanted.interval.end)
        .push(" AND l.end_time > ")
        .bind_instant(wanted.interval.start)
        .push(" ORDER BY l.offered_until");
    for row in statement.load(connection)? {
        if let [who, Value::Instant(until), devices, Value::Id(user)] = row.0.as_slice()
            && Some(*user) != wanted.user
            && devices.as_str().split(", ").any(|other| other == number)
        {
            return Ok(Some((who.as_str().to_owned(), *until)));
        }
    }
    Ok(None)
}

/// What one person has booked ahead of the devices of a policy, with this.
fn judge_quota(
    connection: &mut Connection,
    session: &Session,
    now: Instant,
    wanted: &Wanted<'_>,
    one: &Applied,
    judged: &mut Judged,
) -> Result<(), StoreError> {
    let (Some(quota), Some(user)) = (one.quota, wanted.user) else { return Ok(()) };
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT b.start_time AS w0, b.end_time AS w1 FROM bookings b JOIN booking_groups g \
             ON g.tenant_id = b.tenant_id AND g.id = b.group_id JOIN booking_policies p ON p.tenant_id = b.tenant_id \
             WHERE b.status IN ('pending', 'confirmed', 'active') AND b.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(" AND g.user_id = ")
        .bind_id(user)
        .push(" AND b.end_time > ")
        .bind_instant(now)
        .push(" AND b.id <> ")
        .bind_id(wanted.except.unwrap_or_else(Id::nil))
        .push(" AND p.id = ")
        .bind_id(one.id)
        .push(
            " AND (p.device_id = b.device_id OR p.tag IN (SELECT t.tag FROM device_tags t \
             WHERE t.tenant_id = b.tenant_id AND t.device_id = b.device_id))",
        );
    let mut ahead = vec![wanted.interval];
    for row in statement.load(connection)? {
        if let [Value::Instant(start), Value::Instant(end)] = row.0.as_slice() {
            ahead.push(Interval { start: *start, end: *end });
        }
    }
    let all = minutes_of(&ahead);
    if all > quota {
        let words = format!("would make {} booked ahead; ‘{}’ allows {}", told(all), one.name, told(quota));
        judged.problems.push(("end_time", words));
    }
    Ok(())
}

/// Devices by their numbers or names, joined by commas, each once.
pub(in crate::store) fn devices_named(
    connection: &mut Connection,
    session: &Session,
    text: &str,
) -> Result<Result<Vec<Id>, String>, StoreError> {
    let mut devices = Vec::new();
    for name in text.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty()) {
        let shown = crate::domain::text::clean(name);
        match select::named(connection, session, &DEVICES, name)?.as_slice() {
            [id] if devices.contains(id) => return Ok(Err(format!("name {shown} twice"))),
            [id] => devices.push(*id),
            [] => return Ok(Err(format!("there is no device ‘{shown}’"))),
            several => return Ok(Err(format!("‘{shown}’ names {} devices: give the number", several.len()))),
        }
    }
    Ok(if devices.is_empty() { Err("are required: numbers or names, joined by commas".into()) } else { Ok(devices) })
}

impl Store {
    /// What stands in the way of booking devices for a time, each with its id: asked while a booking is drawn, before
    /// it is saved.
    ///
    /// # Errors
    /// When the session may not see bookings, or the database says so.
    pub fn booking_clashes(
        &self,
        session: &Session,
        devices: &[Id],
        interval: Interval,
        except: Option<Id>,
    ) -> Result<Vec<(Id, String)>, StoreError> {
        session.require("bookings.read")?;
        self.read(session, |reading| {
            let mut clashes = Vec::new();
            for id in devices {
                let Some(device) = select::by_id(reading.connection, session, &DEVICES, *id, false)? else { continue };
                let wanted = Wanted { device: &device, interval, user: session.user(), except, began: false };
                let judged = judge(reading.connection, session, reading.now, &wanted)?;
                clashes.extend(judged.problems.into_iter().map(|(_, why)| (*id, why)));
            }
            Ok(clashes)
        })
    }
}
