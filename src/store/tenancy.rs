//! Roles and who has them, invitations.

use super::access::hash_token;
use super::customers::check_email;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, sort_key};
use super::field::Made;
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::settings::setting;
use super::sql::Statement;
use super::users::{USERS, belongs_nowhere};
use super::write::Writing;
use super::{Store, StoreError, administrators, entities, operation};
use crate::domain::access::ASSIGNMENT_LIFECYCLE;
use crate::domain::time::Span;
use crate::domain::{Id, Kind, Value, text};

pub static ROLES: Entity = Entity {
    name: "roles",
    singular: "role",
    table: &table(TABLES, "roles"),
    label: "name",
    fields: &[
        Field::text("name", 100).required().unique("name_key").sorted_by("name_key"),
        Field::text("description", 1000),
        Field::text("color", 20).default("#1976d2"),
        Field::of("permissions", Kind::Json).default("[]"),
        Field::of("approval_limits", Kind::Json).default("{}").shaped(APPROVAL_LIMITS),
        Field::of("is_system", Kind::Bool).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    conditions: &[Condition { name: "own", means: "is_system:no" }],
    relations: &[Relation { name: "assignments", entity: "role_assignments", column: "role_id" }],
    default_sort: "name",
    rules: role_rules,
    prepare: Some(prepare_role),
    ..Entity::PLAIN
};

/// Up to what somebody approves: a booking of so many hours, and of so many devices at once.
const APPROVAL_LIMITS: &str = r#"{"type": "object", "properties": {
    "hours": {"type": "integer", "minimum": 0},
    "devices": {"type": "integer", "minimum": 0}
}, "additionalProperties": false}"#;

fn role_rules(change: &mut Change<'_>) {
    let color = change.after("color").as_str();
    let is_color = |hex: &str| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit());
    if change.changes("color") && !color.strip_prefix('#').is_some_and(is_color) {
        change.problem("color", "is a colour such as #1976d2");
    }
    if change.changes("permissions") {
        match permissions_of(change.after("permissions")) {
            None => change.problem("permissions", "is a list of permissions such as [\"customers.suspend\"]"),
            Some(permissions) => {
                for permission in permissions {
                    if let Err(why) = check_permission(&permission) {
                        change.problem("permissions", why);
                    }
                }
            }
        }
    }
    // The name divides the roles of a person from each other.
    if change.changes("name") && change.after("name").as_str().contains(',') {
        change.problem("name", "has no comma");
    }
}

/// A list of permissions, where it is one.
pub(super) fn permissions_of(value: &Value) -> Option<Vec<String>> {
    let Value::Json(json) = value else { return None };
    json.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// Whether there is anything that a permission stands for.
pub(super) fn check_permission(permission: &str) -> Result<(), String> {
    if permission == "*" {
        return Ok(());
    }
    let (domain, verb) = permission.split_once('.').unwrap_or((permission, ""));
    let known = match (domain, verb) {
        ("*", "read") => true,
        ("*", verb) => operation::all().any(|operation| operation.verb() == verb),
        (domain, "*" | "read") => domain == "health" || entities::find(domain).is_some(),
        _ => operation::find(permission).is_some() || verb == "share" && entities::find(domain).is_some(),
    };
    if known {
        return Ok(());
    }
    let names: Vec<&str> = operation::all().map(|operation| operation.name).collect();
    Err(match text::nearest(permission, names.iter().copied()) {
        Some(near) => format!("there is no ‘{}’. Did you mean {near}?", text::clean(permission)),
        None => {
            format!("there is no ‘{}’: a permission is RESOURCE.VERB, RESOURCE.*, *.VERB or *", text::clean(permission))
        }
    })
}

/// The first of them that goes beyond what the session itself may do.
fn beyond<'p>(writing: &Writing<'_>, permissions: &'p [String]) -> Option<&'p String> {
    permissions.iter().find(|permission| !writing.session.permissions.cover(permission))
}

/// Nobody gives what they have not.
pub(super) fn require_all(writing: &Writing<'_>, permissions: &[String]) -> Result<(), StoreError> {
    match beyond(writing, permissions) {
        Some(permission) => Err(StoreError::not_allowed(permission)),
        None => Ok(()),
    }
}

fn prepare_role(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.before.is_some_and(|role| role.get("is_system").is_true()) {
        return Err(StoreError::refused(
            "a built-in role stays as it is: make one of your own with what it is to allow",
        ));
    }
    if let (true, Some(now)) = (change.changes("permissions"), permissions_of(change.after("permissions"))) {
        let before = change.before.and_then(|role| permissions_of(role.get("permissions"))).unwrap_or_default();
        // What is taken from a role one need not have.
        let added: Vec<String> = now.into_iter().filter(|permission| !before.contains(permission)).collect();
        require_all(writing, &added)?;
    }
    Ok(())
}

fn delete_role(writing: &mut Writing<'_>, role: &Record, _: &Request) -> Result<(), StoreError> {
    if role.get("is_system").is_true() {
        return Err(StoreError::refused("a built-in role is not taken away"));
    }
    writing.remove(role)
}

pub static ROLE_ASSIGNMENTS: Entity = Entity {
    name: "role_assignments",
    singular: "role assignment",
    table: &table(TABLES, "role_assignments"),
    label: "status",
    title: &["user", "role"],
    fields: &[
        Field::reference("user", "user_id", "users").required().at_creation(),
        Field::reference("role", "role_id", "roles").required().at_creation(),
        Field::of("status", Kind::Choice(ASSIGNMENT_LIFECYCLE.states)).read_only().slowly_sorted_by("status"),
        Field::of("is_primary", Kind::Bool).default("false"),
        Field::of("approval_limits", Kind::Json).shaped(APPROVAL_LIMITS),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    lifecycle: Some(&ASSIGNMENT_LIFECYCLE),
    conditions: &[Condition { name: "active", means: "status:active" }],
    shows: &["user", "role"],
    default_sort: "-created_at",
    prepare: Some(prepare_assignment),
    follow_up: after_assignment,
    ..Entity::PLAIN
};

/// A role that allows nothing which the session itself may not do.
fn require_reach(writing: &mut Writing<'_>, role: Id, gives: bool) -> Result<Record, StoreError> {
    let role = writing.look(&ROLES, role)?;
    let allows = permissions_of(role.get("permissions")).unwrap_or_default();
    match beyond(writing, &allows) {
        Some(permission) => {
            let name = role.title();
            let deed = if gives { format!("give the role {name}") } else { format!("take away the role {name}") };
            Err(StoreError::not_allowed_to(deed, permission))
        }
        None => Ok(role),
    }
}

/// Whoever gives a role to somebody, or gives it back, holds all that it allows.
fn prepare_assignment(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let gives = change.before.is_none() || change.changes("status") && change.after("status").as_str() == "active";
    let (true, Some(role)) = (gives || change.changes("approval_limits"), change.refers_to("role")) else {
        return Ok(());
    };
    let role = require_reach(writing, role, true)?;
    if let (None, Some(user)) = (change.before, change.refers_to("user")) {
        let person = writing.look(&USERS, user)?;
        if let Some((_, why)) = belongs_nowhere(role.get("name").as_str(), |field| person.get(field).is_empty()) {
            change.problem("role", why);
        }
        let known = writing.look_all(&ROLE_ASSIGNMENTS, "user_id", user)?;
        if let Some(same) = known.iter().find(|known| known.get("role_id").as_id() == Some(role.id)) {
            change.problem("role", format!("is {} for this person already", same.get("status").as_str()));
        }
    }
    Ok(())
}

/// One who may do everything stays, and a person has one primary role.
fn after_assignment(writing: &mut Writing<'_>, change: &Change<'_>) -> Result<(), StoreError> {
    let takes = change.is_removal() || change.changes("status") && change.after("status").as_str() != "active";
    if let Some(role) = change.refers_to("role").filter(|_| change.before.is_some() && takes) {
        require_reach(writing, role, false)?;
    }
    let before = change.before.filter(|before| before.get("role").as_str() == administrators::SUPER_ADMIN);
    if before.is_some_and(|before| before.get("status").as_str() == "active")
        && (change.is_removal() || change.changes("status"))
    {
        administrators::require_one(writing)?;
    }
    if change.is_removal() || !change.changes("is_primary") || !change.after("is_primary").is_true() {
        return Ok(());
    }
    let Some(user) = change.refers_to("user") else { return Ok(()) };
    for other in writing.take_all(&ROLE_ASSIGNMENTS, "user_id", user)? {
        if other.id != change.id && other.get("is_primary").is_true() {
            writing.set(&other, vec![("is_primary", Value::Bool(false))], None)?;
        }
    }
    Ok(())
}

pub static INVITATIONS: Entity = Entity {
    name: "invitations",
    singular: "invitation",
    table: &table(TABLES, "invitations"),
    label: "email",
    fields: &[
        Field::text("email", 255).read_only().sorted_by("email"),
        Field::text("handle", 100).read_only(),
        Field::reference("role", "role_id", "roles").read_only(),
        Field::of("token_hash", Kind::Bytes).read_only(),
        Field::of("expires_at", Kind::Instant).sorted_by("expires_at"),
        Field::reference("invited_by", "invited_by", "users").read_only(),
        Field::of("accepted_at", Kind::Instant).read_only(),
        Field::reference("accepted_by", "accepted_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    conditions: &[
        Condition { name: "open", means: "accepted_at: expires_at>0d" },
        Condition { name: "expired", means: "accepted_at: expires_at<=0d" },
    ],
    search: &["email", "handle"],
    shows: &["role", "invited_by", "accepted_by"],
    default_sort: "-expires_at",
    rules: |change| check_email(change, "email"),
    ..Entity::PLAIN
};

/// The shortest token that is taken: what nobody guesses.
pub(super) const TOKEN: usize = 32;

/// The hash of a token that a request gives; the token itself is kept nowhere.
pub(super) fn token_hash(request: &Request) -> Result<Vec<u8>, StoreError> {
    match request.value("token") {
        Value::Secret(token) if token.reveal().trim().chars().count() >= TOKEN => Ok(hash_token(token.reveal().trim())),
        _ => Err(StoreError::invalid("token", format!("has at least {TOKEN} characters that nobody can guess"))),
    }
}

fn invite(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let role = request.value("role").as_id().ok_or_else(|| StoreError::invalid("role", "is required"))?;
    let role = writing.look(&ROLES, role)?;
    require_all(writing, &permissions_of(role.get("permissions")).unwrap_or_default())?;
    let ends = match request.value("expires_at").as_instant() {
        Some(ends) if ends <= writing.now => {
            return Err(StoreError::invalid("expires_at", "is a moment to come such as +7d"));
        }
        Some(ends) => ends,
        None => {
            let days = setting(writing.connection, writing.session, "invitations.days")?.as_u64().unwrap_or_default();
            Span::Days(days)
                .from(writing.now, writing.session.tenant.zone, false)
                .ok_or_else(|| StoreError::invalid("expires_at", "is too far ahead"))?
        }
    };
    let values = vec![
        ("email", request.value("email").clone()),
        ("handle", request.value("handle").clone()),
        ("role", Value::Id(role.id)),
        ("token_hash", Value::Bytes(token_hash(request)?)),
        ("expires_at", Value::Instant(ends)),
        ("invited_by", writing.person()),
    ];
    Ok(vec![writing.make(&INVITATIONS, values)?])
}

/// The invitation that a token opens, locked: neither accepted nor over.
pub(super) fn open_invitation(writing: &mut Writing<'_>, hash: &[u8]) -> Result<Record, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("SELECT id AS i0 FROM invitations WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND token_hash = ")
        .bind(ColumnKind::Bytes, Value::Bytes(hash.to_vec()))?;
    let refused = || StoreError::refused("this invitation is not open any more: ask for another");
    let id = statement.load(writing.connection)?.first().and_then(|row| row.0[0].as_id()).ok_or_else(refused)?;
    let invitation = writing.take(&INVITATIONS, id)?;
    let over = invitation.get("expires_at").as_instant().is_none_or(|ends| ends <= writing.now);
    if over || !invitation.get("accepted_at").is_empty() { Err(refused()) } else { Ok(invitation) }
}

const GRANTED: Undo = Undo::None("what people may do is set anew");

pub(super) static ENTITIES: &[&Entity] = &[&ROLES, &ROLE_ASSIGNMENTS, &INVITATIONS];

const INVITED: &[Field] = &[
    Field::text("email", 255).required(),
    Field::reference("role", "role_id", "roles").required(),
    Field::text("handle", 100),
    Field::of("expires_at", Kind::Instant),
    Field::made("token", Made { fresh: Store::fresh_token, link: None }),
];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("roles.create", &ROLES).undone_by(GRANTED),
    Operation::update("roles.update", &ROLES).undone_by(GRANTED),
    Operation::new("roles.delete", &ROLES, Does::Custom(delete_role)).undone_by(GRANTED),
    Operation::create("role_assignments.create", &ROLE_ASSIGNMENTS).undone_by(GRANTED),
    Operation::update("role_assignments.update", &ROLE_ASSIGNMENTS).undone_by(GRANTED),
    Operation::step("role_assignments.activate", &ROLE_ASSIGNMENTS, "activate").undone_by(GRANTED),
    Operation::step("role_assignments.deactivate", &ROLE_ASSIGNMENTS, "deactivate").undone_by(GRANTED),
    Operation::step("role_assignments.suspend", &ROLE_ASSIGNMENTS, "suspend").undone_by(GRANTED),
    Operation::delete("role_assignments.delete", &ROLE_ASSIGNMENTS).undone_by(GRANTED),
    Operation::new("invitations.invite", &INVITATIONS, Does::Make(invite)).asking(INVITED).undone_by(GRANTED),
    Operation::update("invitations.update", &INVITATIONS).undone_by(GRANTED),
    Operation::delete("invitations.delete", &INVITATIONS).undone_by(GRANTED),
];
