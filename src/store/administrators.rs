//! Who may do everything: one such person at least stays, else nobody could give the rights back.

use super::StoreError;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::Id;
use crate::domain::text::sort_key;

/// The built-in role that allows everything.
pub(super) const SUPER_ADMIN: &str = "super_admin";

/// Whether a person may log in and do everything.
pub(super) fn is_one(writing: &mut Writing<'_>, user: Id) -> Result<bool, StoreError> {
    found(writing, |statement| {
        statement.push(" AND u.id = ").bind_id(user);
    })
}

/// Asked where somebody was one of them.
///
/// # Errors
/// That nobody is left who may do everything.
pub(super) fn require_one(writing: &mut Writing<'_>) -> Result<(), StoreError> {
    if writing.connection.is_postgres() {
        // Two who take it from each other at the same time see each other's change.
        let mut lock = Statement::fixed();
        lock.push("SELECT id AS i0 FROM roles WHERE tenant_id = ")
            .bind_id(writing.session.tenant.id)
            .push(" AND name_key = ")
            .bind_text(sort_key(SUPER_ADMIN))
            .push(" FOR NO KEY UPDATE");
        lock.load(writing.connection)?;
    }
    if found(writing, |_| {})? {
        return Ok(());
    }
    let told = format!("nobody would be left who may do everything: make somebody else {SUPER_ADMIN} first");
    Err(StoreError::refused(told))
}

fn found(writing: &mut Writing<'_>, narrow: impl Fn(&mut Statement)) -> Result<bool, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT a.id AS i0 FROM role_assignments a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             JOIN users u ON u.id = a.user_id WHERE a.status = 'active' AND u.status = 'active' AND r.name_key = ",
        )
        .bind_text(sort_key(SUPER_ADMIN))
        .push(" AND a.tenant_id = ")
        .bind_id(writing.session.tenant.id);
    narrow(&mut statement);
    statement.push(" LIMIT 1");
    Ok(!statement.load(writing.connection)?.is_empty())
}
