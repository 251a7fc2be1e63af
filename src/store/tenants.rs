//! Tenants, found before a session is in one: by name, by a login's token, or all that are at work.

use super::model::ColumnKind;
use super::session::{Program, Session, Tenant};
use super::sql::Statement;
use super::{Store, StoreError};
use crate::domain::manner::Manner;
use crate::domain::time::parse_zone;
use crate::domain::{Id, Value};

impl Store {
    /// Sessions of the program itself, one for every tenant that is at work.
    ///
    /// # Errors
    /// What the database says.
    pub fn program_sessions(&self, program: Program) -> Result<Vec<Session>, StoreError> {
        let names = self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(if connection.is_postgres() {
                "SELECT name AS t0 FROM active_tenants() ORDER BY name"
            } else {
                "SELECT name AS t0 FROM tenants WHERE status IN ('trial', 'active') ORDER BY name"
            });
            statement.load(connection)
        })?;
        let mut sessions = Vec::new();
        for row in names {
            sessions.extend(self.tenant(Some(row.0[0].as_str()))?.map(|tenant| Session::program(program, tenant)));
        }
        Ok(sessions)
    }

    /// How many tenants there are.
    ///
    /// # Errors
    /// What the database says.
    pub fn tenant_count(&self) -> Result<i64, StoreError> {
        self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(if connection.is_postgres() {
                "SELECT tenant_count() AS l0"
            } else {
                "SELECT count(*) AS l0 FROM tenants"
            });
            Ok(statement.load(connection)?.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
        })
    }

    /// A tenant by its name; the only one where none is named.
    pub(super) fn tenant(&self, name: Option<&str>) -> Result<Option<Tenant>, StoreError> {
        let name = name.map_or(Value::Null, Value::text);
        let rows = self.with_connection(|connection| {
            let mut statement = Statement::fixed();
            statement.push(
                "SELECT id AS i0, name AS t1, status AS t2, display_name AS t3, timezone AS t4, currency AS t5, locale AS t6 FROM ",
            );
            if connection.is_postgres() {
                statement.push("login_tenant(").bind(ColumnKind::Text, name.clone())?.push(") t");
            } else {
                statement
                    .push("tenants WHERE name = ")
                    .bind(ColumnKind::Text, name.clone())?
                    .push(" OR (")
                    .bind(ColumnKind::Text, name.clone())?
                    .push(" IS NULL AND (SELECT count(*) FROM tenants) = 1)");
            }
            statement.load(connection)
        })?;
        rows.into_iter().next().map(|row| tenant_of(&row.0)).transpose()
    }

    pub(super) fn tenant_of_token(&self, hash: &[u8]) -> Result<Option<Tenant>, StoreError> {
        self.tenant_of_hash(
            hash,
            "SELECT session_tenant(",
            "SELECT tenant_id AS i0 FROM user_sessions WHERE token_hash = ",
        )
    }

    pub(super) fn tenant_of_invitation(&self, hash: &[u8]) -> Result<Option<Tenant>, StoreError> {
        self.tenant_of_hash(
            hash,
            "SELECT invitation_tenant(",
            "SELECT tenant_id AS i0 FROM invitations WHERE token_hash = ",
        )
    }

    /// PostgreSQL shows a session only its own tenant's rows: a function looks there.
    fn tenant_of_hash(
        &self,
        hash: &[u8],
        postgres: &'static str,
        sqlite: &'static str,
    ) -> Result<Option<Tenant>, StoreError> {
        let hash = Value::Bytes(hash.to_vec());
        let rows = self.with_connection(|connection| {
            let mut statement = Statement::fixed();
            if connection.is_postgres() {
                statement.push(postgres).bind(ColumnKind::Bytes, hash.clone())?.push(") AS i0");
            } else {
                statement.push(sqlite).bind(ColumnKind::Bytes, hash.clone())?;
            }
            statement.load(connection)
        })?;
        let Some(id) = rows.first().and_then(|row| row.0[0].as_id()) else { return Ok(None) };
        self.tenant_by_id(id)
    }

    pub(super) fn tenant_by_id(&self, id: Id) -> Result<Option<Tenant>, StoreError> {
        let scoped = Session::program(Program::Login, Tenant::unnamed(id));
        let rows = self.read(&scoped, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push(
                    "SELECT id AS i0, name AS t1, status AS t2, display_name AS t3, timezone AS t4, currency AS t5, locale AS t6 \
                     FROM tenants WHERE id = ",
                )
                .bind_id(id);
            statement.load(reading.connection)
        })?;
        rows.into_iter().next().map(|row| tenant_of(&row.0)).transpose()
    }
}

fn tenant_of(row: &[Value]) -> Result<Tenant, StoreError> {
    let [
        Value::Id(id),
        Value::Text(name),
        Value::Text(status),
        Value::Text(display_name),
        Value::Text(zone),
        Value::Text(currency),
        Value::Text(locale),
    ] = row
    else {
        return Err(StoreError::unexpected("a tenant that cannot be read"));
    };
    Ok(Tenant {
        id: *id,
        name: name.clone(),
        display_name: if display_name.is_empty() { name.clone() } else { display_name.clone() },
        currency: currency.clone(),
        manner: Manner::of(locale),
        zone: parse_zone(zone).map_err(|why| StoreError::unexpected(format!("tenants.timezone: {why}")))?,
        may_write: super::standing::takes_changes(status),
    })
}
