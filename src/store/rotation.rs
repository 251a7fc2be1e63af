//! New keys for old secrets: a tenant's data key, and the key outside the database that wraps all of them.
//!
//! A new data key is there before anything is sealed with it, and the old one stays, retired, as long as something may
//! be sealed with it: whoever is killed at any moment leaves secrets that open, and the next run goes on where the last
//! one ended. Rows of the audit log keep their old seal: they are never changed.

use std::path::{Path, PathBuf};

use super::audit::{About, Entry};
use super::connection::Role;
use super::model::{ColumnKind, Table};
use super::operation::Undo;
use super::session::Session;
use super::sql::Statement;
use super::vault::{KeySource, MasterKey, Place, Purpose, TenantKeys, new_key};
use super::write::{Kind, Writing};
use super::{Failure, Options, Store, StoreError, Target, read, schema};
use crate::domain::{Id, Value};

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The key that everything is sealed with now.
    pub key_id: i32,
    /// Whether it went on with a rotation that had not come to its end.
    pub resumed: bool,
    /// Secrets that were sealed anew.
    pub resealed: u64,
}

/// Rows that are looked at in one transaction.
const BATCH: i64 = 500;
/// The permission that it takes.
pub const PERMISSION: &str = "keys.rotate";

/// The tables that hold secrets, and their columns; the audit log, which is never changed, is none of them.
fn sealed_columns() -> impl Iterator<Item = (&'static Table, &'static str)> {
    let changing = schema::TABLES.iter().filter(|table| table.name != "audit_log" && table.column("id").is_some());
    changing.flat_map(|table| {
        let secrets = table.columns.iter().filter(|column| column.kind == ColumnKind::Secret);
        secrets.map(move |column| (table, column.name))
    })
}

impl Store {
    /// Makes a new data key for the session's tenant and seals every secret with it. `look` is told how many secrets
    /// were sealed anew so far.
    ///
    /// # Errors
    /// When the permission or the key is missing, or the database says so; what was sealed anew before stays so, and
    /// the next rotation goes on.
    pub fn rotate_keys(&self, session: &Session, look: &mut dyn FnMut(u64)) -> Result<Rotated, StoreError> {
        session.require(PERMISSION)?;
        let resumed = self.has_old_seals(session)?;
        if !resumed {
            self.add_data_key(session)?;
        }
        let keys = self.keys(session)?;
        let mut told = Rotated { key_id: keys.newest(), resumed, resealed: 0 };
        for (table, column) in sealed_columns() {
            let mut after = None;
            while let Some(last) = self.reseal_page(session, table, column, after, &mut told.resealed)? {
                after = Some(last);
                look(told.resealed);
            }
        }
        Ok(told)
    }

    /// Whether something is still sealed with another key than the newest.
    fn has_old_seals(&self, session: &Session) -> Result<bool, StoreError> {
        self.forget_keys(session.tenant.id);
        let newest = self.keys(session)?.newest();
        if newest == 1 {
            return Ok(false);
        }
        for (table, column) in sealed_columns() {
            let mut after = None;
            loop {
                let rows = self.read(session, |reading| {
                    sealed_page(table, column, session.tenant.id, after)?.load(reading.connection)
                })?;
                for row in &rows {
                    after = row.0[0].as_id();
                    if let Value::Sealed(sealed) = &row.0[1]
                        && TenantKeys::key_of(sealed) != Some(newest)
                    {
                        return Ok(true);
                    }
                }
                if rows.is_empty() {
                    break;
                }
            }
        }
        Ok(false)
    }

    fn add_data_key(&self, session: &Session) -> Result<(), StoreError> {
        let master = self.master()?;
        let kind = kind();
        self.write(session, Id::new(), &kind, |writing| {
            writing.session.require(PERMISSION)?;
            let tenant = writing.session.tenant.id;
            let key_id = writing.keys.newest() + 1;
            let wrapped = master.wrap(tenant, Purpose::Data, key_id, &new_key())?;
            let mut retire = Statement::fixed();
            retire
                .push("UPDATE tenant_keys SET state = 'retired' WHERE purpose = 'data' AND tenant_id = ")
                .bind_id(tenant);
            retire.execute(writing.connection)?;
            let mut insert = Statement::fixed();
            insert
                .push("INSERT INTO tenant_keys (tenant_id, key_id, purpose, wrapped, state, created_at) VALUES (")
                .bind_id(tenant)
                .push(", ")
                .bind(ColumnKind::Int, Value::Int(i64::from(key_id)))?
                .push(", 'data', ")
                .bind(ColumnKind::Bytes, Value::Bytes(wrapped))?
                .push(", 'active', ")
                .bind_instant(writing.now)
                .push(")");
            insert.execute(writing.connection)?;
            note(writing, key_id);
            Ok(())
        })?;
        self.forget_keys(session.tenant.id);
        Ok(())
    }

    /// Seals one page of a column anew; the last row looked at, while there are any. A row that changes meanwhile is
    /// sealed with the new key by whoever changes it.
    fn reseal_page(
        &self,
        session: &Session,
        table: &'static Table,
        column: &'static str,
        after: Option<Id>,
        resealed: &mut u64,
    ) -> Result<Option<Id>, StoreError> {
        let keys = self.keys(session)?;
        let tenant = session.tenant.id;
        let (last, count) = self.housekeep(session, |connection, _| {
            let rows = sealed_page(table, column, tenant, after)?.load(connection)?;
            let (mut last, mut count) = (None, 0);
            for row in rows {
                let [Value::Id(id), Value::Sealed(sealed)] = row.0.as_slice() else { continue };
                last = Some(*id);
                if TenantKeys::key_of(sealed) == Some(keys.newest()) {
                    continue;
                }
                let place = Place { table: table.name, tenant, row: *id, column };
                let anew = keys.seal(place, &keys.unseal(place, sealed)?)?;
                let mut statement = Statement::new();
                statement
                    .push(format!("UPDATE {} SET {column} = ", table.name))
                    .bind(ColumnKind::Secret, Value::Sealed(anew))?
                    .push(" WHERE tenant_id = ")
                    .bind_id(tenant)
                    .push(" AND id = ")
                    .bind_id(*id)
                    .push(format!(" AND {column} = "))
                    .bind(ColumnKind::Secret, Value::Sealed(sealed.clone()))?;
                count += statement.execute(connection)? as u64;
            }
            Ok((last, count))
        })?;
        *resealed += count;
        Ok(last)
    }
}

const fn kind() -> Kind<'static> {
    Kind {
        name: PERMISSION,
        entity: "tenants",
        undo: Undo::None("a key that was replaced is not used again"),
        bulk: false,
    }
}

fn note(writing: &mut Writing<'_>, key_id: i32) {
    let about = About::One {
        id: writing.session.tenant.id,
        title: writing.session.tenant.name.clone(),
        changes: serde_json::json!({}),
        secrets: None,
    };
    let mut entry = Entry::new(PERMISSION, "tenants", about);
    entry.payload = Some(serde_json::json!({"key_id": key_id}));
    writing.note(entry);
}

/// A page of sealed values, by the ids of their rows.
fn sealed_page(
    table: &'static Table,
    column: &'static str,
    tenant: Id,
    after: Option<Id>,
) -> Result<Statement, StoreError> {
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT id AS i0, {column} AS s1 FROM {} WHERE tenant_id = ", table.name))
        .bind_id(tenant)
        .push(format!(" AND {column} IS NOT NULL"));
    if let Some(after) = after {
        statement.push(" AND id > ").bind_id(after);
    }
    statement.push(format!(" ORDER BY id LIMIT {BATCH}"));
    Ok(statement)
}

/// Replaces the key outside the database: a new one is written beside the old one's file, every tenant's keys are
/// wrapped with it in one transaction, and its file takes the old one's place. Killed before the transaction, the old
/// file opens everything; killed after it, the next call finds that the new one does and puts it in its place.
///
/// # Errors
/// When the key is not kept in a file, cannot be read or written, or the database says so.
pub fn rotate_master(owner: &Target, source: &KeySource) -> Result<usize, StoreError> {
    let Some(path) = source.file_to_make().filter(|path| source.value.is_none() && path.exists()) else {
        return Err(StoreError::failed(Failure::Unusable(
            "the key is not kept in a file of its own: replace it where it comes from. Name its file with HEADEND_KEY_FILE"
                .into(),
        )));
    };
    let beside = path_beside(path);
    let old = source.read()?.ok_or_else(|| StoreError::failed(Failure::Unusable("there is no key file".into())))?;
    let store = Store::open_unchecked(owner, Options::default(), Role::Owner)?;
    let rows = wrapped_keys(&store)?;
    let is_old = rows.iter().all(|row| old.unwrap(row.tenant, row.purpose, row.key_id, &row.wrapped).is_ok());
    let new = if beside.exists() { MasterKey::from_file(&beside)? } else { MasterKey::make(&beside)? };
    if !is_old {
        // The last one came as far as the transaction.
        for row in &rows {
            new.unwrap(row.tenant, row.purpose, row.key_id, &row.wrapped)?;
        }
        return replace(&beside, path).map(|()| rows.len());
    }
    store.with_connection(|connection| {
        let nobody = Session::program(super::session::Program::Setup, super::session::Tenant::unnamed(Id::nil()));
        read::begin(connection, &nobody, read::Mode::Write)?;
        let outcome = rows.iter().try_for_each(|row| {
            let plain = old.unwrap(row.tenant, row.purpose, row.key_id, &row.wrapped)?;
            let wrapped = new.wrap(row.tenant, row.purpose, row.key_id, &plain)?;
            let mut statement = Statement::fixed();
            statement
                .push("UPDATE tenant_keys SET wrapped = ")
                .bind(ColumnKind::Bytes, Value::Bytes(wrapped))?
                .push(" WHERE tenant_id = ")
                .bind_id(row.tenant)
                .push(" AND purpose = ")
                .bind_text(row.purpose.name())
                .push(" AND key_id = ")
                .bind(ColumnKind::Int, Value::Int(i64::from(row.key_id)))?
                .push(" AND wrapped = ")
                .bind(ColumnKind::Bytes, Value::Bytes(row.wrapped.clone()))?;
            match statement.execute(connection)? {
                1 => Ok(()),
                _ => Err(StoreError::refused("another program replaces keys at this moment: try again")),
            }
        });
        read::finish(connection, outcome)
    })?;
    replace(&beside, path).map(|()| rows.len())
}

fn path_beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn replace(new: &Path, old: &Path) -> Result<(), StoreError> {
    std::fs::rename(new, old).map_err(|error| {
        StoreError::failed(Failure::Unusable(format!(
            "{} could not be put in the place of {}: {error}. Do so by hand: it is the key from now on",
            new.display(),
            old.display()
        )))
    })
}

struct WrappedKey {
    tenant: Id,
    purpose: Purpose,
    key_id: i32,
    wrapped: Vec<u8>,
}

fn wrapped_keys(store: &Store) -> Result<Vec<WrappedKey>, StoreError> {
    let rows = store.with_connection(|connection| {
        let mut statement = Statement::new();
        statement.push(
            "SELECT tenant_id AS i0, purpose AS t1, key_id AS n2, wrapped AS y3 FROM tenant_keys ORDER BY tenant_id, purpose, key_id",
        );
        statement.load(connection)
    })?;
    rows.into_iter()
        .map(|row| match row.0.as_slice() {
            [Value::Id(tenant), Value::Text(purpose), Value::Int(key_id), Value::Bytes(wrapped)] => {
                let purpose = if purpose == Purpose::Data.name() { Purpose::Data } else { Purpose::Audit };
                let key_id = i32::try_from(*key_id).map_err(|_| StoreError::unexpected("tenant_keys.key_id"))?;
                Ok(WrappedKey { tenant: *tenant, purpose, key_id, wrapped: wrapped.clone() })
            }
            _ => Err(StoreError::unexpected("a row of tenant_keys that cannot be read")),
        })
        .collect()
}
