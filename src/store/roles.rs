//! The roles that come built in: `assets/roles.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::StoreError;
use super::model::ColumnKind;
use super::sql::insert_rows;
use super::write::Writing;
use crate::domain::text::sort_key;
use crate::domain::{Id, Value};

const MATRIX: &str = include_str!("../../assets/roles.toml");

/// One built-in role.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuiltIn {
    pub description: String,
    pub permissions: Vec<String>,
}

/// Not a role: what stands under this name is added to each of them.
const EVERYBODY: &str = "everybody";

/// All built-in roles by name.
///
/// # Errors
/// When the matrix that was built in cannot be read.
pub fn built_in() -> Result<BTreeMap<String, BuiltIn>, StoreError> {
    let mut roles: BTreeMap<String, BuiltIn> =
        toml::from_str(MATRIX).map_err(|error| StoreError::unexpected(format!("assets/roles.toml: {error}")))?;
    if let Some(everybody) = roles.remove(EVERYBODY) {
        for role in roles.values_mut().filter(|role| role.permissions != ["*"]) {
            role.permissions.extend(everybody.permissions.iter().cloned());
        }
    }
    Ok(roles)
}

/// Gives a new tenant its roles.
pub(super) fn make(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    let rows = built_in()?
        .into_iter()
        .map(|(name, role)| {
            vec![
                (ColumnKind::Id, Value::Id(Id::new())),
                (ColumnKind::Id, Value::Id(writing.session.tenant.id)),
                (ColumnKind::Text, Value::text(sort_key(&name))),
                (ColumnKind::Text, Value::Text(name)),
                (ColumnKind::Text, Value::Text(role.description)),
                (ColumnKind::Json, Value::Json(json!(role.permissions))),
                (ColumnKind::Json, Value::Json(json!({}))),
                (ColumnKind::Bool, Value::Bool(true)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
                (ColumnKind::Instant, Value::Instant(writing.now)),
            ]
        })
        .collect();
    insert_rows(
        writing,
        "roles (id, tenant_id, name_key, name, description, permissions, approval_limits, is_system, created_at, updated_at)",
        rows,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_the_model_is_there_and_names_real_permissions() {
        let roles = built_in().unwrap();
        for name in [
            "super_admin",
            "superuser",
            "admin",
            "restricted_admin",
            "manager",
            "staff",
            "network",
            "engineer",
            "field_tech",
            "customer_care",
            "sales",
            "finance",
            "stock",
            "operator",
            "maker",
            "configurator",
            "fulfiller",
            "approver",
            "partner",
            "distributor",
            "viewer",
        ] {
            assert!(roles.contains_key(name), "{name}");
        }
        let verbs: Vec<&str> = super::super::operation::all().map(|operation| operation.name).collect();
        for (role, BuiltIn { permissions, .. }) in &roles {
            for permission in permissions {
                let (domain, verb) = permission.split_once('.').unwrap_or((permission, ""));
                let known = permission == "*"
                    || matches!(verb, "*" | "read")
                    || verbs.contains(&permission.as_str())
                    || verbs.iter().any(|name| domain == "*" && name.ends_with(&format!(".{verb}")));
                let is_entity = matches!(domain, "*" | "health") || super::super::entities::find(domain).is_some();
                assert!(known && is_entity, "{role}: {permission}");
            }
        }
    }
}
