//! Which program polls which share of the devices.
//!
//! The devices are dealt to [`SHARDS`] shares; a program that polls a share holds its lease and renews it well
//! before it runs out. One that has ended gives its leases back; one that was killed loses them by the clock.
//! Each program also keeps one row of its own beyond the shares, so that one that came later and found
//! everything taken is seen, and is left its part.

use chrono::TimeDelta;

use crate::domain::time::Instant;
use crate::domain::{Id, Value};
use crate::store::connection::Connection;
use crate::store::model::ColumnKind;
use crate::store::session::{Program, Session, Tenant};
use crate::store::sql::Statement;
use crate::store::{Store, StoreError};

/// Shares that the devices are dealt to.
pub const SHARDS: u32 = 16;
/// How long a lease lasts that is not renewed. Renew it three times as often.
pub const LEASE: TimeDelta = TimeDelta::seconds(15);

/// Rows from here on say who is there, not who has what.
const PRESENCE: i64 = 1_000;
/// Rows of programs that ended long ago are swept away.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);

/// What a program holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// The shares that are this program's, rising.
    pub mine: Vec<u32>,
    /// The other programs that poll here now.
    pub others: Vec<String>,
}

/// One row of the table.
struct Lease {
    shard: i64,
    owner: String,
    live: bool,
}

impl Store {
    /// Renews what a program holds, takes what is free and gives up what is more than its part.
    ///
    /// # Errors
    /// What the database says; then what was held is held as long as the lease lasts.
    pub fn hold_shares(&self, owner: &str) -> Result<Shares, StoreError> {
        self.lease(|connection, now| {
            let rows = leases(connection, now)?;
            let others = others(&rows, owner);
            let part = usize::try_from(SHARDS).unwrap_or(usize::MAX).div_ceil(others.len() + 1);
            let taken = |shard: i64| rows.iter().find(|row| row.shard == shard && (row.live || row.owner == owner));
            let shards = 0..i64::from(SHARDS);
            let mut mine: Vec<i64> =
                shards.clone().filter(|shard| taken(*shard).is_some_and(|row| row.owner == owner)).collect();
            for surplus in mine.split_off(mine.len().min(part)) {
                delete(connection, owner, surplus)?;
            }
            let wanted = part - mine.len();
            mine.extend(shards.filter(|shard| taken(*shard).is_none()).take(wanted));
            mine.sort_unstable();
            for shard in mine.iter().copied().chain([presence(owner)]) {
                put(connection, owner, shard, now + LEASE)?;
            }
            let mut sweep = Statement::fixed();
            sweep.push("DELETE FROM poller_leases WHERE expires_at < ").bind_instant(now - FORGOTTEN);
            sweep.execute(connection)?;
            Ok(Shares { mine: mine.into_iter().filter_map(|shard| u32::try_from(shard).ok()).collect(), others })
        })
    }

    /// Gives back all that a program holds.
    ///
    /// # Errors
    /// What the database says; then the leases run out by themselves.
    pub fn release_shares(&self, owner: &str) -> Result<(), StoreError> {
        self.lease(|connection, _| {
            let mut statement = Statement::fixed();
            statement.push("DELETE FROM poller_leases WHERE owner = ").bind_text(owner);
            statement.execute(connection).map(|_| ())
        })
    }

    /// The programs that poll here now.
    ///
    /// # Errors
    /// What the database says.
    pub fn pollers(&self) -> Result<Vec<String>, StoreError> {
        let nobody = Session::program(Program::Poller, Tenant::unnamed(Id::nil()));
        self.read(&nobody, |reading| {
            let now = time(reading.connection, reading.now)?;
            Ok(others(&leases(reading.connection, now)?, ""))
        })
    }

    /// A transaction over the leases, one program after the other.
    fn lease<T>(
        &self,
        mut run: impl FnMut(&mut Connection, Instant) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let nobody = Session::program(Program::Poller, Tenant::unnamed(Id::nil()));
        let now = self.now();
        self.observe(&nobody, |connection| {
            if connection.is_postgres() {
                let mut lock = Statement::fixed();
                lock.push("SELECT 1 AS n0 FROM (SELECT pg_advisory_xact_lock(hashtextextended('headend.poller_leases', 0))) taken");
                lock.load(connection)?;
            }
            let now = time(connection, now)?;
            run(connection, now)
        })
    }
}

/// The time that leases go by: the server's where several machines share it, whose clocks may differ.
pub(in crate::store) fn time(connection: &mut Connection, here: Instant) -> Result<Instant, StoreError> {
    if !connection.is_postgres() {
        return Ok(here);
    }
    let mut statement = Statement::fixed();
    statement.push("SELECT clock_timestamp() AS w0");
    Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_instant()).unwrap_or(here))
}

fn leases(connection: &mut Connection, now: Instant) -> Result<Vec<Lease>, StoreError> {
    let mut statement = Statement::fixed();
    statement.push("SELECT shard AS n0, owner AS t1, expires_at AS w2 FROM poller_leases ORDER BY shard");
    let rows = statement.load(connection)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let expires = row.0[2].as_instant()?;
            Some(Lease { shard: row.0[0].as_int()?, owner: row.0[1].as_str().to_owned(), live: expires > now })
        })
        .collect())
}

fn others(rows: &[Lease], owner: &str) -> Vec<String> {
    let mut others: Vec<String> =
        rows.iter().filter(|row| row.live && row.owner != owner).map(|row| row.owner.clone()).collect();
    others.sort();
    others.dedup();
    others
}

/// The row that says that a program is there: by a hash of its name, so that it needs no number of its own.
fn presence(owner: &str) -> i64 {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::digest(owner);
    let number = hash.iter().take(4).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    PRESENCE + number % 2_000_000_000
}

fn put(connection: &mut Connection, owner: &str, shard: i64, expires: Instant) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("INSERT INTO poller_leases (shard, owner, expires_at) VALUES (")
        .bind(ColumnKind::Int, Value::Int(shard))?
        .push(", ")
        .bind_text(owner)
        .push(", ")
        .bind_instant(expires)
        .push(") ON CONFLICT (shard) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at");
    statement.execute(connection).map(|_| ())
}

fn delete(connection: &mut Connection, owner: &str, shard: i64) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("DELETE FROM poller_leases WHERE owner = ")
        .bind_text(owner)
        .push(" AND shard = ")
        .bind(ColumnKind::Int, Value::Int(shard))?;
    statement.execute(connection).map(|_| ())
}
