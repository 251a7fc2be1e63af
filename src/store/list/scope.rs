//! Which rows a person sees and may make: all of the tenant's, or those of a partner, or those of
//! the partners actively linked to a distributor.

use crate::domain::{Id, Value};
use crate::store::entity::{Change, Entity, Visibility};
use crate::store::session::{Scope, Session};
use crate::store::sql::Statement;
use crate::store::{Connection, StoreError};

/// Appends what keeps a statement over the entity's table `c` to the rows that the session sees.
pub(crate) fn restrict(statement: &mut Statement, session: &Session, entity: &'static Entity) {
    if session.scope == Scope::All {
        return;
    }
    match entity.visibility {
        Visibility::Catalogue => {}
        Visibility::Unseen => {
            statement.push(" AND 1 = 0");
        }
        Visibility::Organization(column) => {
            statement.push(format!(" AND c.{column} IN ("));
            push_organizations(statement, session);
            statement.push(")");
        }
        Visibility::ThroughCustomer(column) => {
            statement
                .push(format!(" AND c.{column} IN (SELECT s.id FROM customers s WHERE s.tenant_id = "))
                .bind_id(session.tenant.id)
                .push(" AND s.organization_id IN (");
            push_organizations(statement, session);
            statement.push("))");
        }
    }
}

/// The organizations whose rows the session sees, as a list or a subquery.
fn push_organizations(statement: &mut Statement, session: &Session) {
    match session.scope {
        Scope::All => {
            statement.push("SELECT o.id FROM organizations o WHERE o.tenant_id = ").bind_id(session.tenant.id);
        }
        Scope::Partner(partner) => {
            statement.bind_id(partner);
        }
        Scope::Distributor(distributor) => {
            statement
                .push("SELECT p.partner_id FROM distributor_partners p WHERE p.tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND p.distributor_id = ")
                .bind_id(distributor)
                .push(" AND p.is_active");
        }
    }
}

/// Whether a session may leave a record as a change would: a person scoped to a partner cannot make
/// a row that they would not see, nor move one out of sight.
///
/// # Errors
/// When it may not, or the database says so.
pub(crate) fn check_write(
    connection: &mut Connection,
    session: &Session,
    change: &Change<'_>,
) -> Result<(), StoreError> {
    if session.scope == Scope::All {
        return Ok(());
    }
    let beyond =
        || StoreError::refused(format!("this {} would not be among those that you see", change.entity.singular));
    let after = |column: &str| {
        let field = change.entity.fields.iter().find(|field| field.column() == Some(column))?;
        match change.values.get(field.name) {
            Some(value) => value.as_id(),
            None => change.before.and_then(|record| record.get(column).as_id()),
        }
    };
    let seen = match change.entity.visibility {
        Visibility::Catalogue | Visibility::Unseen => false,
        Visibility::Organization("id") => change.before.is_some(),
        Visibility::Organization(column) => match after(column) {
            Some(organization) => sees(connection, session, "organizations", "id", organization)?,
            None => false,
        },
        Visibility::ThroughCustomer(column) => match after(column) {
            Some(customer) => sees_customer(connection, session, customer)?,
            None => false,
        },
    };
    if seen { Ok(()) } else { Err(beyond()) }
}

fn sees(
    connection: &mut Connection,
    session: &Session,
    table: &'static str,
    column: &str,
    id: Id,
) -> Result<bool, StoreError> {
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT c.id AS i0 FROM {table} c WHERE c.tenant_id = "))
        .bind_id(session.tenant.id)
        .push(" AND c.id = ")
        .bind_id(id)
        .push(format!(" AND c.{column} IN ("));
    push_organizations(&mut statement, session);
    statement.push(")");
    Ok(statement.load(connection)?.iter().any(|row| row.0[0] == Value::Id(id)))
}

fn sees_customer(connection: &mut Connection, session: &Session, customer: Id) -> Result<bool, StoreError> {
    sees(connection, session, "customers", "organization_id", customer)
}
