//! Figures over everything: what the dashboard and the header show, and whether something changed.

use chrono::TimeDelta;

use super::connection::Connection;
use super::session::{Scope, Session};
use super::sql::Statement;
use super::{Store, StoreError, standing};
use crate::domain::time::Instant;

/// What the dashboard counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Customers by status; `None` where the session may not see them.
    pub customers: Option<Vec<(String, i64)>>,
    /// Devices that are not retired, by health.
    pub devices: Option<Vec<(String, i64)>>,
    /// Incidents that are not resolved.
    pub open_incidents: i64,
    /// The newest result of any check.
    pub last_result: Option<Instant>,
    /// Whether some program polls: one holds a lease.
    pub polled: bool,
}

impl Overview {
    /// How many devices have this health.
    #[must_use]
    pub fn devices_in(&self, health: &str) -> i64 {
        self.devices.iter().flatten().filter(|(known, _)| known == health).map(|(_, count)| count).sum()
    }
}

/// Changes whenever something that a screen shows may have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// How far the audit log is.
    pub changes: i64,
    /// The newest observation of any device.
    pub observed: Option<Instant>,
    /// Whether the organisation is changed: not while it is suspended, nor once it has expired.
    pub may_write: bool,
}

impl Store {
    /// Counts for the dashboard and the header.
    ///
    /// # Errors
    /// What the database says.
    pub fn overview(&self, session: &Session) -> Result<Overview, StoreError> {
        self.read(session, |reading| {
            let mut overview = Overview::default();
            let now = reading.now;
            if session.may("customers.read") && session.scope == Scope::All {
                overview.customers = Some(counts(
                    reading.connection,
                    session,
                    "SELECT status AS t0, count(*) AS l1 FROM customers WHERE tenant_id = ",
                    " GROUP BY status ORDER BY status",
                )?);
            }
            if session.may("devices.read") && session.scope == Scope::All {
                overview.devices = Some(counts(
                    reading.connection,
                    session,
                    "SELECT h.health AS t0, count(*) AS l1 FROM device_health h JOIN devices d ON d.tenant_id = h.tenant_id \
                     AND d.id = h.device_id AND d.status <> 'retired' WHERE h.tenant_id = ",
                    " GROUP BY h.health ORDER BY h.health",
                )?);
                let incidents = counts(
                    reading.connection,
                    session,
                    "SELECT 'open' AS t0, count(*) AS l1 FROM incidents WHERE tenant_id = ",
                    " AND status IN ('active', 'investigating')",
                )?;
                overview.open_incidents = incidents.first().map_or(0, |(_, count)| *count);
                overview.last_result = observed(reading.connection, session)?;
            }
            overview.polled = is_polled(reading.connection, now)?;
            Ok(overview)
        })
    }

    /// Whether something changed since another pulse: two look-ups by index.
    ///
    /// # Errors
    /// That the login has ended, which a console learns so within a second; what the database says.
    pub fn pulse(&self, session: &Session) -> Result<Pulse, StoreError> {
        self.read(session, |reading| {
            let tenant = standing::require_login(reading.connection, session, reading.now)?;
            let mut statement = Statement::fixed();
            statement
                .push("SELECT sequence AS l0 FROM audit_heads WHERE chain = 0 AND tenant_id = ")
                .bind_id(session.tenant.id);
            let changes = statement.load(reading.connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0);
            let may_write = tenant.is_empty() || standing::takes_changes(&tenant);
            Ok(Pulse { changes, observed: observed(reading.connection, session)?, may_write })
        })
    }

    /// Whether some program polls: one holds a lease.
    ///
    /// # Errors
    /// What the database says.
    pub fn somebody_polls(&self) -> Result<bool, StoreError> {
        let now = self.now();
        self.with_connection(|connection| is_polled(connection, now))
    }
}

fn counts(
    connection: &mut Connection,
    session: &Session,
    before: &'static str,
    after: &'static str,
) -> Result<Vec<(String, i64)>, StoreError> {
    let mut statement = Statement::fixed();
    statement.push(before).bind_id(session.tenant.id).push(after);
    Ok(statement
        .load(connection)?
        .into_iter()
        .filter_map(|row| Some((row.0.first()?.as_str().to_owned(), row.0.get(1)?.as_int()?)))
        .collect())
}

fn observed(connection: &mut Connection, session: &Session) -> Result<Option<Instant>, StoreError> {
    let mut statement = Statement::fixed();
    statement.push("SELECT max(updated_at) AS w0 FROM device_health WHERE tenant_id = ").bind_id(session.tenant.id);
    Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_instant()))
}

/// A lease that ran out less than this ago still counts: the clocks of two machines differ a little.
const LEASE_GRACE: TimeDelta = TimeDelta::seconds(5);

fn is_polled(connection: &mut Connection, now: Instant) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT shard AS n0 FROM poller_leases WHERE expires_at > ")
        .bind_instant(now - LEASE_GRACE)
        .push(" LIMIT 1");
    Ok(!statement.load(connection)?.is_empty())
}
