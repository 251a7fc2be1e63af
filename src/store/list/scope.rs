//! Which rows a person sees and may make: all of the tenant's, or those of a partner, or those of
//! the partners actively linked to a distributor.

use crate::domain::{Id, Value};
use crate::store::entity::{Change, Entity, Field, Visibility};
use crate::store::session::{Scope, Session};
use crate::store::sql::Statement;
use crate::store::{Connection, StoreError, entities};

/// Appends what keeps a statement over the entity's table `c` to the rows that the session sees.
pub(crate) fn restrict(statement: &mut Statement, session: &Session, entity: &'static Entity) {
    restrict_by(statement, session, entity, "c");
}

/// The same, where the table goes by another name; `+c` keeps SQLite from the index of what is compared.
pub(super) fn restrict_by(statement: &mut Statement, session: &Session, entity: &'static Entity, alias: &str) {
    if let (Some(owner), Some(user)) = (entity.owner, session.user())
        && !oversees(session, entity)
        && let Some(column) = entity.field(owner.field).and_then(Field::column)
    {
        statement.push(format!(" AND ({alias}.{column} = ")).bind_id(user);
        let shared = owner.shared && session.scope == Scope::All;
        statement.push(if shared { format!(" OR {alias}.{column} IS NULL)") } else { ")".to_owned() });
    }
    if session.scope != Scope::All && entity.owner.is_none() {
        statement.push(" AND ");
        push_seen(statement, session, entity.visibility, alias, 0);
    }
}

/// Whether [`restrict`] keeps rows from the session.
pub(crate) fn restricts(session: &Session, entity: &Entity) -> bool {
    let owned = entity.owner.is_some() && session.user().is_some() && !oversees(session, entity);
    let catalogue = matches!(entity.visibility, Visibility::Catalogue);
    owned || session.scope != Scope::All && entity.owner.is_none() && !catalogue
}

/// Whether a session sees and writes the rows of other people.
fn oversees(session: &Session, entity: &Entity) -> bool {
    session.scope == Scope::All && entity.overseen_with.is_some_and(|permission| session.may(permission))
}

/// The condition that a row of the table `alias` is one that a person of a partner or distributor sees.
fn push_seen(statement: &mut Statement, session: &Session, visibility: Visibility, alias: &str, depth: usize) {
    match visibility {
        Visibility::Catalogue => {
            statement.push("1 = 1");
        }
        Visibility::Unseen => {
            statement.push("1 = 0");
        }
        Visibility::Organization(column) => {
            statement.push(format!("{alias}.{column} IN ("));
            push_organizations(statement, session);
            statement.push(")");
        }
        Visibility::Through(column, target) => {
            let Some(target) = entities::find(target) else {
                statement.push("1 = 0");
                return;
            };
            let inner = format!("s{depth}");
            statement
                .push(format!(
                    "{alias}.{column} IN (SELECT {inner}.id FROM {} {inner} WHERE {inner}.tenant_id = ",
                    target.table.name
                ))
                .bind_id(session.tenant.id)
                .push(" AND ");
            push_seen(statement, session, target.visibility, &inner, depth + 1);
            statement.push(")");
        }
        Visibility::AnyOf(ways) => {
            // No side that no row passes: with one SQLite would use the index of no other.
            for (index, way) in ways.iter().enumerate() {
                statement.push(if index == 0 { "(" } else { " OR " });
                push_seen(statement, session, *way, alias, depth);
            }
            statement.push(if ways.is_empty() { "1 = 0" } else { ")" });
        }
        Visibility::Except(column, way) => {
            statement.push(format!("(NOT {alias}.{column} AND "));
            push_seen(statement, session, *way, alias, depth);
            statement.push(")");
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
    check_owner(session, change)?;
    if session.scope == Scope::All || change.entity.owner.is_some() {
        return Ok(());
    }
    if is_seen(connection, session, change, change.entity.visibility)? {
        return Ok(());
    }
    let told = format!("this {} would not be among those that you see", change.entity.singular);
    if let Visibility::Except(column, _) = change.entity.visibility
        && let Some(field) = change.entity.fields.iter().find(|field| field.column() == Some(column))
        && change.values.get(field.name).is_some_and(Value::is_true)
    {
        return Err(StoreError::invalid(field.name, format!("{told}: say no here")));
    }
    Err(match seen_by(change.entity, change.entity.visibility) {
        Some(field) => StoreError::invalid(field, format!("{told}: give one that is yours")),
        None => StoreError::refused(told),
    })
}

/// The field by which a person who does not see all sees records of a kind; the first of several.
fn seen_by(entity: &'static Entity, visibility: Visibility) -> Option<&'static str> {
    match visibility {
        Visibility::Organization("id") | Visibility::Catalogue | Visibility::Unseen => None,
        Visibility::Organization(column) | Visibility::Through(column, _) => {
            entity.fields.iter().find(|field| field.column() == Some(column)).map(|field| field.name)
        }
        Visibility::AnyOf(ways) => ways.iter().find_map(|way| seen_by(entity, *way)),
        Visibility::Except(_, way) => seen_by(entity, *way),
    }
}

/// What a new record of a person of one partner has where it says nothing of whose it is: that partner.
pub(crate) fn own_organization(session: &Session, entity: &'static Entity) -> Option<(&'static str, Id)> {
    let (Scope::Partner(partner), Visibility::Organization(_)) = (session.scope, entity.visibility) else {
        return None;
    };
    seen_by(entity, entity.visibility).map(|field| (field, partner))
}

/// A person's row is written by that person; nobody's row, which all see, by those who may share.
fn check_owner(session: &Session, change: &Change<'_>) -> Result<(), StoreError> {
    let (Some(owner), Some(user)) = (change.entity.owner, session.user()) else { return Ok(()) };
    if oversees(session, change.entity) {
        return Ok(());
    }
    let Some(field) = change.entity.field(owner.field) else { return Ok(()) };
    let before = change.before.map(|record| record.get(field.id_name().unwrap_or(field.name)).as_id());
    let after = change.values.get(field.name).map(Value::as_id);
    for of in [before, after].into_iter().flatten() {
        match of {
            Some(id) if id == user => {}
            None if owner.shared => session.require(&change.entity.permission("share"))?,
            _ => return Err(StoreError::refused(format!("this {} is not yours", change.entity.singular))),
        }
    }
    Ok(())
}

fn is_seen(
    connection: &mut Connection,
    session: &Session,
    change: &Change<'_>,
    visibility: Visibility,
) -> Result<bool, StoreError> {
    let value = |column: &str| {
        let field = change.entity.fields.iter().find(|field| field.column() == Some(column))?;
        change
            .values
            .get(field.name)
            .or_else(|| change.before.map(|record| record.get(field.id_name().unwrap_or(column))))
    };
    let after = |column: &str| value(column).and_then(Value::as_id);
    Ok(match visibility {
        // Who sees what everybody sees, prices and the like, does not write it.
        Visibility::Catalogue | Visibility::Unseen => false,
        Visibility::Organization("id") => change.before.is_some(),
        Visibility::Organization(column) => match after(column) {
            Some(organization) => sees(connection, session, "organizations", "id", organization)?,
            None => false,
        },
        Visibility::Through(column, target) => match (after(column), entities::find(target)) {
            (Some(id), Some(target)) => super::select::exists(connection, session, target, id)?,
            _ => false,
        },
        Visibility::AnyOf(ways) => {
            for way in ways {
                if is_seen(connection, session, change, *way)? {
                    return Ok(true);
                }
            }
            false
        }
        Visibility::Except(column, way) => {
            !value(column).is_some_and(Value::is_true) && is_seen(connection, session, change, *way)?
        }
    })
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
