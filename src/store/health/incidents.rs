//! Outages as incidents: what is down has one, what came back has none that is open.
//!
//! Both are derived from what is stored, not from what a poller remembers, so that a program that ended between
//! an outage and its incident leaves nothing behind that the next one would not mend. One that people have
//! resolved while the device is still down is not opened again.

use super::watch::Cells;
use crate::domain::number::NumberFormat;
use crate::domain::time::Instant;
use crate::domain::{Id, Value};
use crate::store::connection::Connection;
use crate::store::error::Failure;
use crate::store::model::ColumnKind;
use crate::store::operation::{self, Request, Undo};
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::write::{Kind, Writing};
use crate::store::{Store, StoreError, engine};

/// What became of incidents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub opened: usize,
    pub resolved: usize,
}

/// Incidents that are opened in one transaction.
const AT_ONCE: usize = 100;

/// A device that is down without an incident.
struct Outage {
    device: Id,
    name: String,
    since: Instant,
    message: String,
}

impl Store {
    /// Opens an incident for each device that is down without one and resolves those of devices that are back.
    ///
    /// # Errors
    /// What the database says; what was done before stays done.
    pub fn settle_incidents(&self, session: &Session) -> Result<Settled, StoreError> {
        let (outages, over) = self
            .read(session, |reading| Ok((outages(reading.connection, session)?, over(reading.connection, session)?)))?;
        let mut settled = Settled::default();
        for chunk in outages.chunks(AT_ONCE) {
            settled.opened += match self.open_incidents(session, chunk) {
                Ok(opened) => opened,
                // Another poller was a moment quicker with one of them.
                Err(error) if matches!(error.failure(), Failure::Invalid(_) | Failure::Refused(_)) => chunk
                    .iter()
                    .filter(|outage| self.open_incidents(session, std::slice::from_ref(outage)).is_ok())
                    .count(),
                Err(error) => return Err(error),
            };
        }
        for (incident, lasted) in over {
            let resolve =
                operation::find("incidents.resolve").ok_or_else(|| StoreError::unexpected("incidents.resolve"))?;
            let mut request = Request::new(resolve).on(incident, None);
            request.reason = Some(lasted);
            match self.perform(session, &request) {
                Ok(_) => settled.resolved += 1,
                // Somebody has resolved it meanwhile.
                Err(error) if matches!(error.failure(), Failure::Refused(_) | Failure::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(settled)
    }

    fn open_incidents(&self, session: &Session, outages: &[Outage]) -> Result<usize, StoreError> {
        let create = operation::find("incidents.create").ok_or_else(|| StoreError::unexpected("incidents.create"))?;
        let format = create.entity.number.unwrap_or(NumberFormat::yearly("INC", 4));
        let numbers = self.take_numbers(session, format, outages.len())?;
        let kind =
            Kind { name: create.name, entity: create.entity.name, undo: Undo::None("an outage was seen"), bulk: false };
        self.write(session, Id::new(), &kind, |writing| {
            for (outage, number) in outages.iter().zip(&numbers) {
                open_one(writing, create, outage, number)?;
            }
            Ok(outages.len())
        })
    }
}

fn open_one(
    writing: &mut Writing<'_>,
    create: &operation::Operation,
    outage: &Outage,
    number: &str,
) -> Result<(), StoreError> {
    let (devices, customers) = below(writing.connection, writing.session, outage.device)?;
    let mut description = outage.message.clone();
    if devices > 0 {
        let joint = if description.is_empty() { "" } else { "; " };
        let what = if devices == 1 { "device is" } else { "devices are" };
        description.push_str(&format!("{joint}{devices} {what} reached through it"));
    }
    let name: String = outage.name.chars().take(180).collect();
    let values = [
        ("title", Value::text(format!("{name} is down"))),
        ("severity", Value::text(if customers > 0 || devices > 0 { "critical" } else { "major" })),
        ("device", Value::Id(outage.device)),
        ("started_at", Value::Instant(outage.since)),
        ("description", Value::text(description)),
    ];
    let incident = engine::create(writing, create, &values, Some(number))?;
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE incidents SET origin = 'poller', dedupe_key = ")
        .bind_text(format!("device:{}", outage.device))
        .push(", device_name = ")
        .bind_text(name)
        .push(", affected_count = ")
        .bind(ColumnKind::Int, Value::Int(customers))?
        .push(" WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND id = ")
        .bind_id(incident);
    statement.execute(writing.connection).map(|_| ())
}

/// Devices that are down and have no open incident of the poller's, nor one that began with this outage.
fn outages(connection: &mut Connection, session: &Session) -> Result<Vec<Outage>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT h.device_id AS i0, d.name AS t1, h.since AS w2, h.message AS t3 FROM device_health h \
             JOIN devices d ON d.tenant_id = h.tenant_id AND d.id = h.device_id WHERE h.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(
            " AND h.health = 'down' AND d.status = 'active' AND NOT EXISTS (SELECT 1 FROM incidents i \
             WHERE i.tenant_id = h.tenant_id AND i.device_id = h.device_id AND i.origin = 'poller' \
             AND (i.status <> 'resolved' OR i.started_at >= h.since)) ORDER BY h.since, h.device_id",
        );
    let rows = statement.load(connection)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let cell = Cells(row);
            Some(Outage {
                device: cell.id(0)?,
                name: cell.text(1).to_owned(),
                since: cell.instant(2)?,
                message: cell.text(3).to_owned(),
            })
        })
        .collect())
}

/// Open incidents of the poller's whose device answers again, and how that reads in the log.
fn over(connection: &mut Connection, session: &Session) -> Result<Vec<(Id, String)>, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT i.id AS i0, i.started_at AS w1, h.since AS w2, h.health AS t3 FROM incidents i JOIN device_health h \
             ON h.tenant_id = i.tenant_id AND h.device_id = i.device_id WHERE i.tenant_id = ",
        )
        .bind_id(session.tenant.id)
        .push(
            " AND i.status IN ('active', 'investigating') AND i.origin = 'poller' AND h.health IN ('up', 'degraded') \
             ORDER BY i.id",
        );
    let rows = statement.load(connection)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let cell = Cells(row);
            let lasted = cell.instant(2)? - cell.instant(1)?;
            Some((cell.id(0)?, format!("{} again after {}", cell.text(3), crate::domain::health::spell(lasted))))
        })
        .collect())
}

/// How many devices are reached through a device, and how many customers they and it serve.
fn below(connection: &mut Connection, session: &Session, device: Id) -> Result<(i64, i64), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("WITH RECURSIVE below(id) AS (SELECT id FROM devices WHERE tenant_id = ")
        .bind_id(session.tenant.id)
        .push(" AND id = ")
        .bind_id(device)
        // UNION, not UNION ALL: a circle ends where it began.
        .push(" UNION SELECT d.id FROM below b JOIN devices d ON d.parent_id = b.id WHERE d.status <> 'retired' AND d.tenant_id = ")
        .bind_id(session.tenant.id)
        .push(
            ") SELECT count(*) - 1 AS l0, count(DISTINCT d.customer_id) AS l1 FROM below b JOIN devices d ON d.id = b.id \
             WHERE d.tenant_id = ",
        )
        .bind_id(session.tenant.id);
    let rows = statement.load(connection)?;
    let number = |place| rows.first().and_then(|row| row.0.get(place)).and_then(Value::as_int).unwrap_or(0);
    Ok((number(0), number(1)))
}
