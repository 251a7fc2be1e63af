//! What is to be watched, and whether that has changed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::domain::health::{CheckPolicy, CheckState, Health, Recurrence, State, Thresholds, Window};
use crate::domain::time::{Instant, parse_zone};
use crate::domain::{Id, Value};
use crate::store::read::Reading;
use crate::store::session::Session;
use crate::store::sql::{Row, Statement};
use crate::store::{Store, StoreError};

/// A device as the poller needs it.
#[derive(Clone, Debug)]
pub struct WatchedDevice {
    pub id: Id,
    pub name: String,
    /// What it is reached through.
    pub parent: Option<Id>,
    pub address: Option<IpAddr>,
    /// Whether it is to be polled: active or under maintenance. The others are there for what hangs below them.
    pub polled: bool,
    /// Maintenance windows that concern it, one without an end where people have put it into maintenance.
    pub windows: Vec<Window>,
    pub health: Health,
    pub since: Instant,
    pub recorded_at: Option<Instant>,
    /// Its enabled checks.
    pub checks: Vec<WatchedCheck>,
}

/// An enabled check.
#[derive(Clone, Debug)]
pub struct WatchedCheck {
    pub id: Id,
    /// `icmp`, `tcp`, `http` or `snmp`.
    pub kind: String,
    /// An address, name or URL where it is not the device's own address.
    pub target: Option<String>,
    pub port: Option<u16>,
    pub timeout: Duration,
    /// Echoes it sends.
    pub packets: u8,
    pub policy: CheckPolicy,
    pub state: CheckState,
    pub recorded_at: Option<Instant>,
}

/// How far the changes have been seen that concern the poller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revision(i64);

/// Changes to these are changes to what is watched.
const CONCERNING: &str = "('devices', 'device_checks', 'maintenance_windows')";

impl Store {
    /// Every device of the tenant with what is watched of it, and as of which revision.
    ///
    /// # Errors
    /// When the session may not read devices or the database says so.
    pub fn watched(&self, session: &Session) -> Result<(Vec<WatchedDevice>, Revision), StoreError> {
        session.require("devices.read")?;
        self.read(session, |reading| Ok((load(reading, None)?, Revision(head(reading)?))))
    }

    /// One device with what is watched of it; `None` where there is none.
    ///
    /// # Errors
    /// When the session may not read devices or the database says so.
    pub fn watched_device(&self, session: &Session, device: Id) -> Result<Option<WatchedDevice>, StoreError> {
        if self.get(session, &crate::store::devices::DEVICES, device)?.is_none() {
            return Ok(None);
        }
        self.read(session, |reading| Ok(load(reading, Some(device))?.pop()))
    }

    /// Whether anything that is watched has changed since a revision, and the revision now: one or two look-ups.
    ///
    /// # Errors
    /// What the database says.
    pub fn watch_changed(&self, session: &Session, since: Revision) -> Result<(bool, Revision), StoreError> {
        self.read(session, |reading| {
            let now = Revision(head(reading)?);
            if now == since {
                return Ok((false, now));
            }
            let nobody =
                if reading.connection.is_postgres() { "'00000000-0000-0000-0000-000000000000'" } else { "x''" };
            let mut statement = Statement::fixed();
            // As the index has it that stands for the order of the log.
            statement
                .push(format!("SELECT sequence AS l0 FROM audit_log WHERE coalesce(tenant_id, {nobody}) = "))
                .bind_id(session.tenant.id)
                .push(" AND chain = 0 AND sequence > ")
                .bind_long(since.0)
                .push(format!(" AND entity_type IN {CONCERNING} LIMIT 1"));
            Ok((!statement.load(reading.connection)?.is_empty(), now))
        })
    }
}

/// How long everyday's chain of the audit log is.
fn head(reading: &mut Reading<'_>) -> Result<i64, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT sequence AS l0 FROM audit_heads WHERE chain = 0 AND tenant_id = ")
        .bind_id(reading.session.tenant.id);
    Ok(statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
}

fn load(reading: &mut Reading<'_>, only: Option<Id>) -> Result<Vec<WatchedDevice>, StoreError> {
    let mut checks = checks(reading, only)?;
    let windows = Windows::load(reading)?;
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT d.id AS i0, d.name AS t1, d.parent_id AS i2, d.management_ip AS a3, d.status AS t4, d.site_id AS i5, \
             h.health AS t6, h.since AS w7, h.updated_at AS w8, d.created_at AS w9 FROM devices d LEFT JOIN device_health h \
             ON h.tenant_id = d.tenant_id AND h.device_id = d.id WHERE d.tenant_id = ",
        )
        .bind_id(reading.session.tenant.id);
    if let Some(device) = only {
        statement.push(" AND d.id = ").bind_id(device);
    }
    let rows = statement.load(reading.connection)?;
    let mut devices = Vec::with_capacity(rows.len());
    for row in rows {
        let cell = Cells(&row);
        let (Some(id), Some(created_at)) = (cell.id(0), cell.instant(9)) else { continue };
        let maintained = cell.text(4) == "maintenance";
        let mut windows = windows.of(id, cell.id(5));
        windows.extend(maintained.then(always));
        devices.push(WatchedDevice {
            id,
            name: cell.text(1).to_owned(),
            parent: cell.id(2),
            address: if let Some(Value::Ip(address)) = row.0.get(3) { Some(*address) } else { None },
            polled: maintained || cell.text(4) == "active",
            windows,
            health: cell.text(6).parse().unwrap_or_default(),
            since: cell.instant(7).unwrap_or(created_at),
            recorded_at: cell.instant(8),
            checks: checks.remove(&id).unwrap_or_default(),
        });
    }
    Ok(devices)
}

/// The enabled checks by device, those of a device in one order.
fn checks(reading: &mut Reading<'_>, only: Option<Id>) -> Result<HashMap<Id, Vec<WatchedCheck>>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT k.id AS i0, k.device_id AS i1, k.kind AS t2, k.target AS t3, k.port AS n4, k.settings AS j5, \
             k.interval_seconds AS n6, k.retry_interval_seconds AS n7, k.timeout_ms AS n8, k.max_attempts AS n9, \
             s.state AS t10, s.hard AS b11, s.attempts AS n12, s.recent AS n13, s.flapping AS b14, s.last_check_at AS w15, \
             s.last_ok_at AS w16, s.latency_us AS n17, s.loss_percent AS p18, s.message AS t19, s.updated_at AS w20 \
             FROM device_checks k LEFT JOIN device_check_states s ON s.tenant_id = k.tenant_id AND s.check_id = k.id \
             WHERE k.tenant_id = ",
        )
        .bind_id(reading.session.tenant.id)
        .push(" AND k.enabled");
    if let Some(device) = only {
        statement.push(" AND k.device_id = ").bind_id(device);
    }
    statement.push(" ORDER BY k.device_id, k.kind, k.id");
    let mut checks: HashMap<Id, Vec<WatchedCheck>> = HashMap::new();
    for row in statement.load(reading.connection)? {
        let cell = Cells(&row);
        let (Some(id), Some(device)) = (cell.id(0), cell.id(1)) else { continue };
        checks.entry(device).or_default().push(check(id, &cell));
    }
    Ok(checks)
}

fn check(id: Id, cell: &Cells<'_>) -> WatchedCheck {
    let settings = cell.json(5);
    let setting = |name: &str| settings.and_then(|settings| settings.get(name)).and_then(serde_json::Value::as_u64);
    let defaults = Thresholds::default();
    let thresholds = Thresholds {
        loss_percent: setting("loss_percent")
            .map_or(defaults.loss_percent, |loss| u8::try_from(loss.min(100)).unwrap_or(100)),
        latency_us: setting("latency_ms")
            .map_or(defaults.latency_us, |millis| u32::try_from(millis.saturating_mul(1_000)).unwrap_or(u32::MAX)),
    };
    let seconds = |column| Duration::from_secs(u64::from(cell.number(column).unwrap_or(1).max(1)));
    let state = CheckState {
        state: cell.text(10).parse::<State>().unwrap_or_default(),
        hard: cell.yes(11),
        attempts: cell.number(12).unwrap_or(0),
        recent: cell.number(13).unwrap_or(0),
        flapping: cell.yes(14),
        last_check_at: cell.instant(15),
        last_ok_at: cell.instant(16),
        latency_us: cell.number(17),
        loss_percent: cell.percent(18),
        message: cell.text(19).to_owned().into(),
        ..CheckState::default()
    };
    WatchedCheck {
        id,
        kind: cell.text(2).to_owned(),
        target: Some(cell.text(3).trim().to_owned()).filter(|target| !target.is_empty()),
        port: cell.number(4).and_then(|port| u16::try_from(port).ok()),
        timeout: Duration::from_millis(u64::from(cell.number(8).unwrap_or(2_000).max(1))),
        packets: setting("packets").map_or(1, |packets| u8::try_from(packets.clamp(1, 20)).unwrap_or(1)),
        policy: CheckPolicy {
            max_attempts: cell.number(9).unwrap_or(1).max(1),
            interval: seconds(6),
            retry_interval: seconds(7),
            thresholds,
        },
        state,
        recorded_at: cell.instant(20),
    }
}

/// Maintenance windows that are open or may open again.
#[derive(Default)]
struct Windows {
    by_device: HashMap<Id, Vec<Window>>,
    by_site: HashMap<Id, Vec<Window>>,
}

impl Windows {
    fn load(reading: &mut Reading<'_>) -> Result<Self, StoreError> {
        let mut statement = Statement::fixed();
        statement
            .push(
                "SELECT device_id AS i0, site_id AS i1, tag AS t2, starts_at AS w3, ends_at AS w4, recurrence AS t5, \
                 timezone AS t6 FROM maintenance_windows WHERE tenant_id = ",
            )
            .bind_id(reading.session.tenant.id)
            .push(" AND (ends_at > ")
            .bind_instant(reading.now)
            .push(" OR recurrence <> '')");
        let mut windows = Self::default();
        for row in statement.load(reading.connection)? {
            let cell = Cells(&row);
            let Some(window) = window(&cell) else { continue };
            if let Some(device) = cell.id(0) {
                windows.by_device.entry(device).or_default().push(window);
            } else if let Some(site) = cell.id(1) {
                windows.by_site.entry(site).or_default().push(window);
            } else {
                for device in tagged(reading, cell.text(2))? {
                    windows.by_device.entry(device).or_default().push(window.clone());
                }
            }
        }
        Ok(windows)
    }

    fn of(&self, device: Id, site: Option<Id>) -> Vec<Window> {
        let of_site = site.and_then(|site| self.by_site.get(&site));
        self.by_device.get(&device).into_iter().chain(of_site).flatten().cloned().collect()
    }
}

fn window(cell: &Cells<'_>) -> Option<Window> {
    // A recurrence that cannot be read leaves the first time standing: rather too little silence than too much.
    let recurrence =
        Some(cell.text(5)).filter(|text| !text.is_empty()).and_then(|text| text.parse::<Recurrence>().ok());
    Some(Window {
        starts_at: cell.instant(3)?,
        ends_at: cell.instant(4)?,
        recurrence,
        timezone: parse_zone(cell.text(6)).unwrap_or_default(),
    })
}

/// A window that has no end: the device is under maintenance until people say otherwise.
fn always() -> Window {
    Window { starts_at: Instant::MIN_UTC, ends_at: Instant::MAX_UTC, recurrence: None, timezone: chrono_tz::Tz::UTC }
}

fn tagged(reading: &mut Reading<'_>, tag: &str) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT device_id AS i0 FROM device_tags WHERE tenant_id = ")
        .bind_id(reading.session.tenant.id)
        .push(" AND tag = ")
        .bind_text(tag);
    Ok(statement.load(reading.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
}

/// A row's cells by their place; what is not of the kind is not there.
pub(super) struct Cells<'a>(pub &'a Row);

impl Cells<'_> {
    pub(super) fn id(&self, place: usize) -> Option<Id> {
        self.0.0.get(place)?.as_id()
    }

    pub(super) fn text(&self, place: usize) -> &str {
        self.0.0.get(place).map_or("", Value::as_str)
    }

    pub(super) fn number(&self, place: usize) -> Option<u32> {
        self.0.0.get(place)?.as_int().and_then(|number| u32::try_from(number).ok())
    }

    pub(super) fn instant(&self, place: usize) -> Option<Instant> {
        self.0.0.get(place)?.as_instant()
    }

    fn yes(&self, place: usize) -> bool {
        self.0.0.get(place).is_some_and(Value::is_true)
    }

    fn percent(&self, place: usize) -> Option<u8> {
        match self.0.0.get(place)? {
            Value::Percent(percent) => u8::try_from(percent.hundredths() / 100).ok(),
            _ => None,
        }
    }

    fn json(&self, place: usize) -> Option<&serde_json::Value> {
        match self.0.0.get(place)? {
            Value::Json(json) => Some(json),
            _ => None,
        }
    }
}
