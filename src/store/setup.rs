//! The first tenant of a new database, with its keys, its roles and its administrator.

use serde_json::json;

use super::audit::{About, Entry};
use super::connection::Role;
use super::model::ColumnKind;
use super::operation::{self, Undo};
use super::session::{Program, Session, Tenant};
use super::sql::insert_rows;
use super::vault::{MasterKey, Purpose, TenantKeys, new_key};
use super::write::Kind;
use super::{Options, Store, StoreError, Target, engine, migrate, roles};
use crate::domain::money::is_currency;
use crate::domain::secret::Secret;
use crate::domain::time::parse_zone;
use crate::domain::{Id, Value};

/// What a new installation begins with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The tenant's slug: small letters, digits and dashes.
    pub tenant: String,
    pub display_name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA name.
    pub timezone: String,
    pub admin: String,
    pub password: Secret,
}

impl Founding {
    /// Checks what can be checked without a database.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut problems = Vec::new();
        let mut problem = |field: &str, why: String| problems.push(super::Problem::new(field, why));
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.tenant.is_empty()
            || self.tenant.len() > 50
            || !self.tenant.chars().all(is_slug)
            || self.tenant.starts_with('-')
        {
            problem("tenant", "is a short name of small letters, digits and dashes such as fibernet".into());
        }
        if !is_currency(&self.currency) {
            problem("currency", "is the code of a currency such as USD".into());
        }
        if let Err(why) = parse_zone(&self.timezone) {
            problem("timezone", why);
        }
        if self.admin.trim().is_empty() {
            problem("admin", "is required: the name that the first administrator logs in with".into());
        }
        let context = [self.admin.as_str(), self.tenant.as_str()];
        if let Err(why) = crate::domain::access::check_password(
            self.password.reveal(),
            crate::domain::access::ADMIN_PASSWORD,
            &context,
        ) {
            problem("password", why);
        }
        if problems.is_empty() { Ok(()) } else { Err(StoreError::failed(super::Failure::Invalid(problems))) }
    }
}

/// Makes a SQLite file for its owner alone where there is none yet; `true` where it was made now.
///
/// # Errors
/// When it or its directory cannot be made.
pub fn make_file(target: &Target) -> Result<bool, StoreError> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let Target::Sqlite(path) = target else { return Ok(false) };
    let failed = |error: std::io::Error| StoreError::unreachable(format!("{} cannot be made: {error}", path.display()));
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Makes and migrates the database and founds its first tenant. `owner` is the target with the
/// rights of its owner where that is another one.
///
/// # Errors
/// When something stands there already, a field is wrong, or the database says so; a file that was
/// made for it is then taken away again.
pub fn found(target: &Target, owner: &Target, founding: &Founding, master: MasterKey) -> Result<(), StoreError> {
    founding.check()?;
    let made = make_file(target)?;
    let outcome = found_in(owner, founding, master);
    if let (true, Err(_), Target::Sqlite(path)) = (made, &outcome, target) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
    outcome
}

fn found_in(owner: &Target, founding: &Founding, master: MasterKey) -> Result<(), StoreError> {
    migrate::migrate(owner)?;
    let store = Store::open_unchecked(owner, Options::default(), Role::Owner)?;
    if store.tenant_count()? > 0 {
        return Err(StoreError::refused("this database has an organisation already. Nothing was changed"));
    }
    found_tenant(&store, founding, &master)
}

/// Founds another tenant beside those that are there: for tests of what keeps tenants apart.
///
/// # Errors
/// When a field is wrong or the database says so.
#[doc(hidden)]
pub fn found_another(owner: &Target, founding: &Founding, master: &MasterKey) -> Result<(), StoreError> {
    founding.check()?;
    let store = Store::open_unchecked(owner, Options::default(), Role::Owner)?;
    found_tenant(&store, founding, master)
}

fn found_tenant(store: &Store, founding: &Founding, master: &MasterKey) -> Result<(), StoreError> {
    let zone = parse_zone(&founding.timezone).map_err(|why| StoreError::invalid("timezone", why))?;
    let tenant = Tenant {
        id: Id::new(),
        name: founding.tenant.clone(),
        display_name: founding.display_name.clone(),
        currency: founding.currency.clone(),
        zone,
        manner: Default::default(),
        may_write: true,
    };
    let wrapped: Vec<(String, i32, Vec<u8>)> = [Purpose::Data, Purpose::Audit]
        .into_iter()
        .map(|purpose| Ok((purpose.name().to_owned(), 1, master.wrap(tenant.id, purpose, 1, &new_key())?)))
        .collect::<Result<_, StoreError>>()?;
    store.know_keys(tenant.id, TenantKeys::open(master, tenant.id, &wrapped)?)?;
    let session = Session::program(Program::Setup, tenant);
    let kind = Kind {
        name: "tenants.found",
        entity: "tenants",
        undo: Undo::None("an organisation is not unmade"),
        bulk: false,
    };
    let create = operation::find("users.create").ok_or_else(|| StoreError::unexpected("users.create"))?;
    store.write(&session, Id::new(), &kind, |writing| {
        insert_tenant(writing, founding, &wrapped)?;
        let title = founding.tenant.clone();
        let about = About::One {
            id: writing.session.tenant.id,
            title,
            changes: json!({"name": {"before": null, "after": founding.tenant}}),
            secrets: None,
        };
        writing.note(Entry::new("tenants.found", "tenants", about));
        roles::make(writing)?;
        let values = [
            ("username", Value::text(founding.admin.trim())),
            ("password", Value::Secret(founding.password.clone())),
            ("roles", Value::text("super_admin")),
        ];
        engine::create(writing, create, &values, None).map(|_| ())
    })
}

fn insert_tenant(
    writing: &mut super::write::Writing<'_>,
    founding: &Founding,
    wrapped: &[(String, i32, Vec<u8>)],
) -> Result<(), StoreError> {
    let (tenant, now) = (writing.session.tenant.id, Value::Instant(writing.now));
    let row = vec![
        (ColumnKind::Id, Value::Id(tenant)),
        (ColumnKind::Text, Value::text(&founding.tenant)),
        (ColumnKind::Text, Value::text(&founding.display_name)),
        (ColumnKind::Text, Value::text("active")),
        (ColumnKind::Text, Value::text(&founding.currency)),
        (ColumnKind::Text, Value::text(&founding.timezone)),
        (ColumnKind::Text, Value::text("en")),
        (ColumnKind::Json, Value::Json(json!({}))),
        (ColumnKind::Instant, now.clone()),
        (ColumnKind::Instant, now.clone()),
    ];
    insert_rows(
        writing,
        "tenants (id, name, display_name, status, currency, timezone, locale, config, created_at, updated_at)",
        vec![row],
    )?;
    let rows = wrapped
        .iter()
        .map(|(purpose, key_id, wrapped)| {
            vec![
                (ColumnKind::Id, Value::Id(tenant)),
                (ColumnKind::Int, Value::Int(i64::from(*key_id))),
                (ColumnKind::Text, Value::text(purpose)),
                (ColumnKind::Bytes, Value::Bytes(wrapped.clone())),
                (ColumnKind::Text, Value::text("active")),
                (ColumnKind::Instant, now.clone()),
            ]
        })
        .collect();
    insert_rows(writing, "tenant_keys (tenant_id, key_id, purpose, wrapped, state, created_at)", rows)
}
