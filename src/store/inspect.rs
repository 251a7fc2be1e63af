//! What `doctor` asks: what database this is, and whether all that is derived is what it would be if
//! it were computed anew.

use std::collections::BTreeMap;

use super::connection::Connection;
use super::entity::{Entity, Field};
use super::session::Session;
use super::sql::{Statement, alias};
use super::{Store, StoreError, entities, search};
use crate::domain::time::Instant;
use crate::domain::{Id, Value};

/// What is known of the database itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// `SQLite 3.53.2`, `PostgreSQL 15.7`.
    pub version: String,
    /// SQLite's journal mode; empty elsewhere.
    pub journal: String,
    /// The role that statements run as; empty on SQLite.
    pub role: String,
    /// Its clock; `None` where it has none of its own.
    pub clock: Option<Instant>,
}

/// One kind of derived figure, recomputed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    pub what: String,
    pub looked_at: u64,
    /// Records where it is something else, the first few, and how.
    pub wrong: Vec<String>,
    pub wrong_count: u64,
}

/// Rows looked at with one query.
const PAGE: usize = 1_000;
/// Wrong ones that are named.
const NAMED: usize = 5;

impl Recomputed {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Takes in what another look found.
    pub(super) fn add(&mut self, other: Self) {
        self.wrong_count += other.wrong_count;
        self.wrong.extend(other.wrong);
        self.wrong.truncate(NAMED);
    }

    pub(super) fn wrong(&mut self, how: impl FnOnce() -> String) {
        self.wrong_count += 1;
        if self.wrong.len() < NAMED {
            self.wrong.push(how());
        }
    }
}

impl Store {
    /// What database this is.
    ///
    /// # Errors
    /// What the database says.
    pub fn facts(&self) -> Result<Facts, StoreError> {
        self.with_connection(|connection| {
            let mut statement = Statement::new();
            statement.push(if connection.is_postgres() {
                "SELECT current_setting('server_version') AS t0, '' AS t1, current_user::text AS t2, clock_timestamp() AS w3"
            } else {
                "SELECT sqlite_version() AS t0, (SELECT journal_mode FROM pragma_journal_mode) AS t1, '' AS t2, NULL AS w3"
            });
            let rows = statement.load(connection)?;
            let row = rows.first().ok_or_else(|| StoreError::unexpected("no answer"))?;
            let name = if connection.is_postgres() { "PostgreSQL" } else { "SQLite" };
            Ok(Facts {
                version: format!("{name} {}", row.0[0].as_str()),
                journal: row.0[1].as_str().to_owned(),
                role: row.0[2].as_str().to_owned(),
                clock: row.0[3].as_instant(),
            })
        })
    }

    /// Computes every derived figure of the tenant anew and compares it with what is kept. Reads
    /// alone; the audit log is verified by [`Store::verify_audit`].
    ///
    /// # Errors
    /// When the session may not read everything, or the database says so.
    pub fn recompute(&self, session: &Session) -> Result<Vec<Recomputed>, StoreError> {
        let mut found = Vec::new();
        for entity in entities::all() {
            session.require(&entity.permission("read"))?;
            if !entity.derived.is_empty() || entity.number.is_some() {
                found.extend(self.recompute_columns(session, entity)?);
            }
            if !entity.search.is_empty() {
                found.push(self.recompute_search(session, entity)?);
            }
        }
        found.push(self.recompute_health(session)?);
        found.extend(self.recompute_figures(session)?);
        found.extend(self.follow_references(session)?);
        Ok(found)
    }

    /// Keys that are derived from other columns, and the sequence of an entity's numbers.
    fn recompute_columns(&self, session: &Session, entity: &'static Entity) -> Result<Vec<Recomputed>, StoreError> {
        let mut keys = Recomputed::new(format!("{}: keys", entity.name));
        let mut highest: BTreeMap<i32, i64> = BTreeMap::new();
        let mut after: Option<Id> = None;
        loop {
            let rows = self.read(session, |reading| derived_page(reading.connection, session, entity, after))?;
            for row in &rows {
                let [Value::Id(id), number, pairs @ ..] = row.as_slice() else { continue };
                after = Some(*id);
                keys.looked_at += 1;
                if let Some((year, count)) = entity.number.and_then(|format| format.read(number.as_str())) {
                    let known = highest.entry(year).or_insert(count);
                    *known = count.max(*known);
                }
                for (derived, pair) in entity.derived.iter().zip(pairs.chunks_exact(2)) {
                    let wanted = (derived.how)(&pair[0]);
                    if wanted != pair[1] && !(wanted.is_empty() && pair[1].is_empty()) {
                        keys.wrong(|| format!("{id}: {}", derived.column));
                    }
                }
            }
            if rows.len() < PAGE {
                break;
            }
        }
        let mut found = Vec::new();
        if let Some(format) = entity.number {
            let mut numbers = Recomputed::new(format!("{}: sequence", entity.name));
            numbers.looked_at = highest.len() as u64;
            let next = self.read(session, |reading| sequences(reading.connection, session, format.prefix))?;
            for (year, highest) in highest {
                if next.get(&year).is_none_or(|next| *next <= highest) {
                    numbers.wrong(|| {
                        format!("{} exists, and the sequence has not passed it", format.write(year, highest))
                    });
                }
            }
            found.push(numbers);
        }
        if !entity.derived.is_empty() {
            found.insert(0, keys);
        }
        Ok(found)
    }

    /// Every record has a search document; where the tables may be read, its text is compared too.
    fn recompute_search(&self, session: &Session, entity: &'static Entity) -> Result<Recomputed, StoreError> {
        let mut search = Recomputed::new(format!("{}: search", entity.name));
        self.read(session, |reading| {
            let mut all = Statement::new();
            all.push(format!("SELECT count(*) AS l0 FROM {} c WHERE c.tenant_id = ", entity.table.name)).bind_id(session.tenant.id);
            search.looked_at = count(all, reading.connection)?;
            let mut missing = Statement::new();
            missing
                .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name))
                .bind_id(session.tenant.id)
                .push(" AND NOT ");
            if reading.connection.is_postgres() {
                missing.push("search_matches(").bind_text(entity.name).push(", c.id, ARRAY['%'])");
            } else {
                missing
                    .push("EXISTS (SELECT 1 FROM search_documents d WHERE d.tenant_id = c.tenant_id AND d.record_id = c.id AND d.kind = ")
                    .bind_text(entity.name)
                    .push(")");
            }
            missing.push(" ORDER BY c.id LIMIT 1000");
            search.wrong.clear();
            search.wrong_count = 0;
            for row in missing.load(reading.connection)? {
                search.wrong(|| format!("{} is not found by words", row.0[0].written()));
            }
            Ok(())
        })?;
        if !self.is_postgres() {
            self.compare_documents(session, entity, &mut search)?;
        }
        Ok(search)
    }

    fn compare_documents(
        &self,
        session: &Session,
        entity: &'static Entity,
        search: &mut Recomputed,
    ) -> Result<(), StoreError> {
        let fields: Vec<&Field> = entity.search.iter().filter_map(|name| entity.field(name)).collect();
        let parts: Vec<String> = (1..=search::PARTS).map(|part| format!("d.part_{part}")).collect();
        let mut after: Option<Id> = None;
        loop {
            let rows = self.read(session, |reading| {
                let postgres = reading.connection.is_postgres();
                let listed: Vec<String> = fields
                    .iter()
                    .enumerate()
                    .map(|(index, field)| {
                        let alias = alias(entity.column_kind(field), index + 3);
                        format!(", {} AS {alias}", super::list::expression(field, postgres))
                    })
                    .collect();
                let mut statement = Statement::new();
                statement
                    .push(format!(
                        "SELECT c.id AS i0, d.text AS t1, {} AS t2{} FROM {} c JOIN search_documents d ON d.tenant_id = c.tenant_id \
                         AND d.record_id = c.id AND d.kind = ",
                        parts.join(" || char(31) || "),
                        listed.join(""),
                        entity.table.name
                    ))
                    .bind_text(entity.name)
                    .push(" WHERE c.tenant_id = ")
                    .bind_id(session.tenant.id);
                push_page(&mut statement, after);
                statement.load(reading.connection)
            })?;
            for row in &rows {
                let [Value::Id(id), Value::Text(kept), Value::Text(kept_parts), parts @ ..] = row.0.as_slice() else {
                    continue;
                };
                after = Some(*id);
                let place = |name| fields.iter().position(|field| field.name == name);
                let said = |name| place(name).and_then(|at| parts.get(at)).map(Value::written).unwrap_or_default();
                let document = search::Document::of(entity, said);
                if document.text() != *kept || document.for_sqlite() != *kept_parts {
                    search.wrong(|| format!("{id} is found by other words than its own"));
                }
            }
            if rows.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Every device has a row for what is observed of it.
    fn recompute_health(&self, session: &Session) -> Result<Recomputed, StoreError> {
        let mut health = Recomputed::new("devices: health rows");
        self.read(session, |reading| {
            let mut all = Statement::new();
            all.push("SELECT count(*) AS l0 FROM devices WHERE tenant_id = ").bind_id(session.tenant.id);
            health.looked_at = count(all, reading.connection)?;
            let mut statement = Statement::new();
            statement
                .push("SELECT d.number AS t0 FROM devices d WHERE d.tenant_id = ")
                .bind_id(session.tenant.id)
                .push(
                    " AND NOT EXISTS (SELECT 1 FROM device_health h WHERE h.tenant_id = d.tenant_id AND h.device_id = d.id) \
                     ORDER BY d.number LIMIT 1000",
                );
            health.wrong.clear();
            health.wrong_count = 0;
            for row in statement.load(reading.connection)? {
                health.wrong(|| format!("{} has none", row.0[0].as_str()));
            }
            Ok(())
        })?;
        Ok(health)
    }
}

fn count(statement: Statement, connection: &mut Connection) -> Result<u64, StoreError> {
    let rows = statement.load(connection)?;
    Ok(rows.first().and_then(|row| row.0[0].as_int()).and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

fn push_page(statement: &mut Statement, after: Option<Id>) {
    if let Some(after) = after {
        statement.push(" AND c.id > ").bind_id(after);
    }
    statement.push(format!(" ORDER BY c.id LIMIT {PAGE}"));
}

/// Ids, numbers, and for each derived column what it comes from and what it holds.
fn derived_page(
    connection: &mut Connection,
    session: &Session,
    entity: &'static Entity,
    after: Option<Id>,
) -> Result<Vec<Vec<Value>>, StoreError> {
    let number = if entity.number.is_some() { "c.number" } else { "''" };
    let mut columns = vec!["c.id AS i0".to_owned(), format!("{number} AS t1")];
    for derived in entity.derived {
        let from = entity.field(derived.from).ok_or_else(|| StoreError::unexpected(derived.from))?;
        let kept = entity.table.column(derived.column).ok_or_else(|| StoreError::unexpected(derived.column))?;
        let column = from.column().ok_or_else(|| StoreError::unexpected(derived.from))?;
        columns.push(format!("c.{column} AS {}", alias(entity.column_kind(from), columns.len())));
        columns.push(format!("c.{} AS {}", kept.name, alias(kept.kind, columns.len())));
    }
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT {} FROM {} c WHERE c.tenant_id = ", columns.join(", "), entity.table.name))
        .bind_id(session.tenant.id);
    push_page(&mut statement, after);
    Ok(statement.load(connection)?.into_iter().map(|row| row.0).collect())
}

/// Where the sequences of a prefix stand, by year (0 where it has none).
fn sequences(connection: &mut Connection, session: &Session, prefix: &str) -> Result<BTreeMap<i32, i64>, StoreError> {
    let mut statement = Statement::new();
    statement
        .push("SELECT coalesce(year, 0) AS n0, next AS l1 FROM sequences WHERE tenant_id = ")
        .bind_id(session.tenant.id)
        .push(" AND kind = ")
        .bind_text(prefix);
    let rows = statement.load(connection)?;
    Ok(rows.iter().filter_map(|row| Some((i32::try_from(row.0[0].as_int()?).ok()?, row.0[1].as_int()?))).collect())
}
