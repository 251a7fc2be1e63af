//! People: users and their roles; the audit log and the list of operations as people read them.

use super::customers::{check_email, check_phone};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Source, Words, WriteGathered, sort_key};
use super::model::{ColumnKind, table};
use super::operation::{Operation, Undo};
use super::password::hash_password;
use super::schema::TABLES;
use super::sql::Statement;
use super::standing::rights;
use super::write::Writing;
use super::{StoreError, administrators};
use crate::domain::access::{ADMIN_PASSWORD, USER_LIFECYCLE, USER_PASSWORD, check_password};
use crate::domain::{Id, Kind, Value};

const fn gathered(name: &'static str, kind: Kind, sql: (&'static str, &'static str), write: WriteGathered) -> Field {
    let mut field = Field::text(name, 2_000);
    field.kind = kind;
    field.source = Source::Gathered { sqlite: sql.0, postgres: sql.1, write };
    field
}

macro_rules! roles_text {
    ($together:literal) => {
        concat!(
            "(SELECT ",
            $together,
            "(r.name, ', ' ORDER BY a.is_primary DESC, r.name) FROM role_assignments a \
             JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             WHERE a.tenant_id = c.tenant_id AND a.user_id = c.id AND a.status = 'active')"
        )
    };
}

const ROLES: Words = Words {
    table: "role_assignments",
    joined: " JOIN roles r ON r.tenant_id = w.tenant_id AND r.id = w.role_id AND w.status = 'active'",
    record: "w.user_id",
    word: "r.name",
};

pub static USERS: Entity = Entity {
    name: "users",
    singular: "user",
    table: &table(TABLES, "users"),
    label: "username",
    fields: &[
        Field::text("username", 64).required().unique("username_key").sorted_by("username_key"),
        Field::text("full_name", 200).sorted_by("full_name_key"),
        Field::text("email", 255).unique("email_key"),
        Field::text("phone", 50),
        gathered("roles", Kind::Text, (roles_text!("group_concat"), roles_text!("string_agg")), write_roles)
            .list_of("roles")
            .list_in(ROLES),
        gathered("password", Kind::Secret, ("NULL", "NULL::text"), write_password),
        Field::of("must_change_password", Kind::Bool).default("false"),
        Field::of("status", Kind::Choice(USER_LIFECYCLE.states)).read_only(),
        Field::reference("partner", "partner_id", "organizations"),
        Field::reference("distributor", "distributor_id", "organizations"),
        Field::of("added_permissions", Kind::Json).default("[]"),
        Field::of("removed_permissions", Kind::Json).default("[]"),
        Field::of("last_login_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[
        Derived { column: "username_key", from: "username", how: sort_key },
        Derived { column: "full_name_key", from: "full_name", how: sort_key },
        Derived { column: "email_key", from: "email", how: sort_key },
    ],
    search: &["username", "full_name", "email", "phone"],
    shows: &["role_assignments[active].role"],
    // What is theirs: whoever did something would list everything.
    relations: &[
        Relation { name: "role_assignments", entity: "role_assignments", column: "user_id" },
        Relation { name: "user_sessions", entity: "user_sessions", column: "user_id" },
        Relation { name: "api_tokens", entity: "api_tokens", column: "user_id" },
        Relation { name: "user_keys", entity: "user_keys", column: "user_id" },
        Relation { name: "user_factors", entity: "user_factors", column: "user_id" },
        Relation { name: "tickets", entity: "tickets", column: "engineer_id" },
    ],
    lifecycle: Some(&USER_LIFECYCLE),
    conditions: &[Condition { name: "locked", means: "status:suspended" }],
    default_sort: "username",
    rules: user_rules,
    follow_up: after_user,
    ..Entity::PLAIN
};

/// The built-in roles of people who see the rows of an organisation alone, by the field that names it: without one they would
/// see everything.
const OF_ORGANIZATIONS: [&str; 2] = ["partner", "distributor"];

/// Why a role is not given to somebody of no organisation, by the field that is to name one.
pub(super) fn belongs_nowhere(role: &str, is_empty: impl Fn(&str) -> bool) -> Option<(&'static str, String)> {
    let field = OF_ORGANIZATIONS.into_iter().find(|field| *field == role).filter(|field| is_empty(field))?;
    Some((field, format!("whoever has the role {role} belongs to one and sees its rows alone: name it")))
}

fn check_belonging(change: &mut Change<'_>) {
    if !["roles", "partner", "distributor"].into_iter().any(|field| change.changes(field)) {
        return;
    }
    let roles = change.after("roles").as_str().to_owned();
    for role in roles.split(',') {
        if let Some((field, why)) = belongs_nowhere(role.trim(), |field| change.after(field).is_empty()) {
            change.problem(field, why);
        }
    }
}

fn user_rules(change: &mut Change<'_>) {
    check_email(change, "email");
    check_phone(change, "phone");
    if change.changes("username") {
        let username = change.after("username").as_str();
        // `@` divides the user from the tenant at the login.
        if username.chars().any(|c| c.is_whitespace() || matches!(c, '@' | ':' | '/')) {
            change.problem("username", "has no blanks and none of @ : /");
        }
    }
    if let Value::Secret(password) = change.after("password") {
        let least = if is_administrator(change) { ADMIN_PASSWORD } else { USER_PASSWORD };
        let context =
            [change.after("username").as_str(), change.after("full_name").as_str(), change.after("email").as_str()];
        if let Err(why) = check_password(password.reveal(), least, &context) {
            change.problem("password", why);
        }
    }
    for field in ["added_permissions", "removed_permissions"] {
        if let Value::Json(json) = change.after(field)
            && !json.as_array().is_some_and(|items| items.iter().all(serde_json::Value::is_string))
        {
            change.problem(field, "is a list of permissions such as [\"customers.suspend\"]");
        }
    }
    check_belonging(change);
    if !change.after("partner").is_empty() && !change.after("distributor").is_empty() {
        change.problem("distributor", "a person belongs to a partner or to a distributor, not to both");
    }
}

fn is_administrator(change: &Change<'_>) -> bool {
    change.after("roles").as_str().split(',').any(|role| matches!(role.trim(), "super_admin" | "superuser" | "admin"))
}

fn write_password(writing: &mut Writing<'_>, users: &[(Id, Value)], _new: bool) -> Result<(), StoreError> {
    users.iter().try_for_each(|(user, password)| set_password(writing, *user, password))
}

fn set_password(writing: &mut Writing<'_>, user: Id, password: &Value) -> Result<(), StoreError> {
    require_no_less(writing, user)?;
    let hash = match password {
        Value::Secret(password) => Value::Text(hash_password(password)?),
        _ => Value::Null,
    };
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE users SET password_hash = ")
        .bind(ColumnKind::Text, hash)?
        .push(", password_scheme = 'argon2id' WHERE id = ")
        .bind_id(user);
    statement.execute(writing.connection)?;
    end_sessions(writing, user)
}

/// Nobody takes what proves who somebody is, nor what they may, from one who may do more than they do themselves: they could
/// be them then.
pub(super) fn require_no_less(writing: &mut Writing<'_>, user: Id) -> Result<(), StoreError> {
    if writing.session.user() == Some(user) {
        return Ok(());
    }
    let (theirs, _) = rights(writing.connection, user, Id::new())?;
    match theirs.granted().find(|permission| !writing.session.permissions.cover(permission)) {
        Some(permission) => {
            Err(StoreError::not_allowed_to("do this to somebody who may do what you may not", permission))
        }
        None => Ok(()),
    }
}

/// The same of one whose own permissions are being changed: by their roles, which are not, and by those they had before.
fn require_no_less_than_before(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    if writing.session.user() == Some(change.id) {
        return Ok(());
    }
    let mut statement = Statement::fixed();
    statement
        .push(
            "SELECT r.permissions AS j0 FROM role_assignments a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             WHERE a.status = 'active' AND a.tenant_id = ",
        )
        .bind_id(writing.session.tenant.id)
        .push(" AND a.user_id = ")
        .bind_id(change.id);
    let rows = statement.load(writing.connection)?;
    let roles = rows.iter().filter_map(|row| row.0.first());
    let before = change.before.map(|record| record.get("added_permissions"));
    for value in roles.chain(before) {
        let Value::Json(json) = value else { continue };
        let mut theirs = json.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        if let Some(permission) = theirs.find(|permission| !writing.session.permissions.cover(permission)) {
            return Err(StoreError::not_allowed_to("do this to somebody who may do what you may not", permission));
        }
    }
    Ok(())
}

/// Nobody shuts out one who may do everything, unless they may do so themselves.
fn require_not_all(writing: &mut Writing<'_>, user: Id) -> Result<(), StoreError> {
    let (theirs, _) = rights(writing.connection, user, Id::new())?;
    if theirs.cover("*") && !writing.session.permissions.cover("*") {
        return Err(StoreError::not_allowed_to("do this to somebody who may do everything", "*"));
    }
    Ok(())
}

/// The other logins of a person end; tokens for scripts stay.
pub(super) fn end_other_logins(writing: &mut Writing<'_>, user: Id) -> Result<(), StoreError> {
    revoke(writing, user, " AND kind = 'console'")
}

/// Whoever is logged in under an old password or a locked account is so no longer.
fn end_sessions(writing: &mut Writing<'_>, user: Id) -> Result<(), StoreError> {
    revoke(writing, user, "")
}

fn revoke(writing: &mut Writing<'_>, user: Id, which: &'static str) -> Result<(), StoreError> {
    let own = if let super::session::Actor::Person { login, .. } = writing.session.actor { login } else { user };
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE user_sessions SET revoked_at = ")
        .bind_instant(writing.now)
        .push(" WHERE user_id = ")
        .bind_id(user)
        .push(" AND revoked_at IS NULL AND id <> ")
        .bind_id(own)
        .push(which);
    statement.execute(writing.connection)?;
    Ok(())
}

fn after_user(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    for field in ["added_permissions", "removed_permissions"] {
        let Some(Value::Json(json)) = change.values.get(field) else { continue };
        for permission in json.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
            if !writing.session.permissions.cover(permission) {
                return Err(StoreError::not_allowed(permission));
            }
        }
    }
    // What narrows what somebody may do or sees is for those who may do no less.
    let narrows = ["added_permissions", "removed_permissions", "partner", "distributor"];
    if change.before.is_some() && narrows.iter().any(|field| change.changes(field)) {
        require_no_less_than_before(writing, change)?;
    }
    let ends = matches!(change.values.get("status"), Some(Value::Text(state)) if state != "active");
    let Some(before) = change.before.filter(|_| ends) else { return Ok(()) };
    require_not_all(writing, change.id)?;
    if before.get("status").as_str() == "active"
        && before.get("roles").as_str().split(", ").any(|role| role == administrators::SUPER_ADMIN)
    {
        administrators::require_one(writing)?;
    }
    end_sessions(writing, change.id)
}

/// Makes the user's roles those that are named, the first one primary. Nobody gives away a role that
/// may more than they do themselves.
fn write_roles(writing: &mut Writing<'_>, users: &[(Id, Value)], _new: bool) -> Result<(), StoreError> {
    users.iter().try_for_each(|(user, roles)| set_roles(writing, *user, roles))
}

fn set_roles(writing: &mut Writing<'_>, user: Id, roles: &Value) -> Result<(), StoreError> {
    require_no_less(writing, user)?;
    let was_administrator = administrators::is_one(writing, user)?;
    let mut statement = Statement::fixed();
    statement
        .push("DELETE FROM role_assignments WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND user_id = ")
        .bind_id(user);
    statement.execute(writing.connection)?;
    let names = roles.as_str().split(',').map(str::trim).filter(|name| !name.is_empty());
    for (index, name) in names.enumerate() {
        let mut statement = Statement::fixed();
        statement
            .push("SELECT id AS i0, permissions AS j1 FROM roles WHERE tenant_id = ")
            .bind_id(writing.session.tenant.id)
            .push(" AND name_key = ")
            .bind_text(crate::domain::text::sort_key(name));
        let rows = statement.load(writing.connection)?;
        let Some([Value::Id(role), Value::Json(permissions)]) = rows.first().map(|row| row.0.as_slice()) else {
            return Err(StoreError::invalid(
                "roles",
                format!("there is no role ‘{}’", crate::domain::text::clean(name)),
            ));
        };
        let beyond = permissions.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        if let Some(permission) = beyond.into_iter().find(|permission| !writing.session.permissions.cover(permission)) {
            let role = crate::domain::text::clean(name);
            return Err(StoreError::not_allowed_to(format!("give the role {role}"), permission));
        }
        let mut insert = Statement::fixed();
        insert
            .push(
                "INSERT INTO role_assignments (id, tenant_id, user_id, role_id, status, is_primary, created_at, updated_at) \
                 VALUES (",
            )
            .bind_id(Id::new())
            .push(", ")
            .bind_id(writing.session.tenant.id)
            .push(", ")
            .bind_id(user)
            .push(", ")
            .bind_id(*role)
            .push(", 'active', ")
            .bind(ColumnKind::Bool, Value::Bool(index == 0))?
            .push(", ")
            .bind_instant(writing.now)
            .push(", ")
            .bind_instant(writing.now)
            .push(")");
        insert.execute(writing.connection)?;
    }
    if was_administrator { administrators::require_one(writing) } else { Ok(()) }
}

pub static AUDIT_LOG: Entity = Entity {
    name: "audit_log",
    singular: "audit entry",
    table: &table(TABLES, "audit_log"),
    label: "action",
    fields: &[
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::reference("actor", "actor_id", "users").read_only(),
        Field::text("actor_role", 100).read_only(),
        Field::text("action", 200).read_only(),
        Field::text("entity_type", 100).read_only(),
        Field::text("entity_id", 100).read_only(),
        Field::of("outcome", Kind::Choice(&["success", "failure", "error"])).read_only(),
        Field::of("level", Kind::Choice(&["info", "warning", "error", "help"])).read_only(),
        Field::lines("message").read_only(),
        Field::of("changes", Kind::Json).read_only(),
        Field::of("payload", Kind::Json).read_only(),
        Field::of("operation_id", Kind::Id).read_only(),
        Field::text("ip_address", 100).read_only(),
        Field::text("client", 100).read_only(),
        Field::of("chain", Kind::Int).read_only(),
        Field::of("sequence", Kind::Int).read_only(),
    ],
    conditions: &[Condition { name: "failure", means: "outcome:failure,error" }],
    shows: &["actor"],
    default_sort: "-created_at",
    observed: true,
    ..Entity::PLAIN
};

/// What was done, as undo lists it.
pub static OPERATIONS_LOG: Entity = Entity {
    name: "operations",
    singular: "operation",
    table: &table(TABLES, "operations"),
    label: "summary",
    fields: &[
        Field::of("started_at", Kind::Instant).read_only().sorted_by("started_at"),
        Field::reference("user", "user_id", "users").read_only(),
        Field::text("kind", 100).read_only(),
        Field::text("entity_type", 100).read_only(),
        Field::of("state", Kind::Choice(&["running", "done", "failed", "undone"])).read_only(),
        Field::text("summary", 200).read_only(),
        Field::of("records", Kind::Int).read_only(),
        Field::of("undo", Kind::Choice(&["values", "counter_entry", "none"])).read_only(),
        Field::of("undoes_id", Kind::Id).read_only(),
        Field::of("undone_by_id", Kind::Id).read_only(),
    ],
    shows: &["user"],
    default_sort: "-started_at",
    observed: true,
    ..Entity::PLAIN
};

const GRANTED: Undo = Undo::None("passwords and roles are set anew");

pub(super) static ENTITIES: &[&Entity] = &[&USERS, &AUDIT_LOG, &OPERATIONS_LOG];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("users.create", &USERS).undone_by(GRANTED),
    Operation::update("users.update", &USERS).undone_by(GRANTED),
    Operation::step("users.enable", &USERS, "enable").undone_by(GRANTED),
    Operation::step("users.lock", &USERS, "lock")
        .undone_by(Undo::None("sessions that ended do not come back: unlock the user")),
    Operation::step("users.unlock", &USERS, "unlock").undone_by(GRANTED),
    Operation::step("users.delete", &USERS, "delete").undone_by(GRANTED),
];
