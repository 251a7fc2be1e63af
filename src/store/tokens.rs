//! What people log in with besides a password: tokens for scripts, public keys; and the logins that are open.

use serde_json::json;

use super::audit::{About, Entry};
use super::entity::{Change, Condition, Derived, Entity, Field, Owner, sort_key};
use super::field::Made;
use super::model::{ColumnKind, table};
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::sql::Statement;
use super::tenancy::{check_permission, permissions_of, require_all, token_hash};
use super::write::Writing;
use super::{Store, StoreError};
use crate::domain::access::public_key;
use crate::domain::time::{Instant, Span};
use crate::domain::{Id, Kind, Value};

const OWN: Option<Owner> = Some(Owner { field: "user", shared: false });
/// Sees and ends the logins of others.
const OVERSEER: Option<&str> = Some("users.lock");

pub static API_TOKENS: Entity = Entity {
    name: "api_tokens",
    singular: "token",
    table: &table(TABLES, "api_tokens"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("permissions", Kind::Json).read_only(),
        Field::of("token_hash", Kind::Bytes).read_only(),
        Field::of("expires_at", Kind::Instant).read_only(),
        Field::of("revoked_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    conditions: &[Condition { name: "active", means: "revoked_at:" }],
    owner: OWN,
    overseen_with: OVERSEER,
    shows: &["user"],
    default_sort: "name",
    ..Entity::PLAIN
};

/// A token that says no end holds for so long.
const LONGEST: Span = Span::Months(120);

/// Makes a token that may do a part of what its person may. It opens a login of its own, which ends with it.
fn create(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    let Some(user) = writing.session.user() else {
        return Err(StoreError::refused("a token belongs to a person"));
    };
    let wrong = |why: &str| StoreError::invalid("permissions", why);
    let permissions = permissions_of(request.value("permissions"))
        .filter(|permissions| !permissions.is_empty())
        .ok_or_else(|| wrong("is a list of what the token may do, such as [\"customers.read\"]"))?;
    for permission in &permissions {
        check_permission(permission).map_err(|why| wrong(&why))?;
    }
    require_all(writing, &permissions)?;
    let ends = request.value("expires_at").as_instant();
    if ends.is_some_and(|ends| ends <= writing.now) {
        return Err(StoreError::invalid("expires_at", "is a moment to come such as +90d"));
    }
    let hash = token_hash(request)?;
    let values = vec![
        ("name", request.value("name").clone()),
        ("permissions", Value::Json(json!(permissions))),
        ("token_hash", Value::Bytes(hash.clone())),
        ("expires_at", ends.map_or(Value::Null, Value::Instant)),
    ];
    let id = writing.make(&API_TOKENS, values)?;
    let longest = LONGEST.from(writing.now, writing.session.tenant.zone, false);
    let ends = ends.or(longest).ok_or_else(|| StoreError::invalid("expires_at", "is too far ahead"))?;
    open_login(writing, id, user, hash, ends)?;
    Ok(vec![id])
}

fn open_login(writing: &mut Writing<'_>, id: Id, user: Id, hash: Vec<u8>, ends: Instant) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push(
            "INSERT INTO user_sessions (id, tenant_id, user_id, kind, token_hash, client, last_seen_at, expires_at, \
             created_at) VALUES (",
        )
        .bind_id(id)
        .push(", ")
        .bind_id(writing.session.tenant.id)
        .push(", ")
        .bind_id(user)
        .push(", 'token', ")
        .bind(ColumnKind::Bytes, Value::Bytes(hash))?
        .push(", 'token', ")
        .bind_instant(writing.now)
        .push(", ")
        .bind_instant(ends)
        .push(", ")
        .bind_instant(writing.now)
        .push(")");
    statement.execute(writing.connection).map(|_| ())
}

fn end_login(writing: &mut Writing<'_>, id: Id) -> Result<usize, StoreError> {
    let mut statement = Statement::fixed();
    statement
        .push("UPDATE user_sessions SET revoked_at = ")
        .bind_instant(writing.now)
        .push(" WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND id = ")
        .bind_id(id)
        .push(" AND revoked_at IS NULL");
    statement.execute(writing.connection)
}

fn revoke_token(writing: &mut Writing<'_>, token: &Record, request: &Request) -> Result<(), StoreError> {
    end_login(writing, token.id)?;
    writing.set(token, vec![("revoked_at", Value::Instant(writing.now))], request.reason.as_deref())
}

pub static USER_SESSIONS: Entity = Entity {
    name: "user_sessions",
    singular: "login",
    table: &table(TABLES, "user_sessions"),
    label: "client",
    title: &["user", "client", "ip_address"],
    fields: &[
        Field::of("last_seen_at", Kind::Instant).read_only().slowly_sorted_by("last_seen_at"),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("kind", Kind::Choice(&["console", "token"])).read_only(),
        Field::text("client", 1000).read_only(),
        Field::text("ip_address", 50).read_only(),
        Field::of("expires_at", Kind::Instant).read_only().sorted_by("expires_at"),
        Field::of("revoked_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    conditions: &[Condition { name: "open", means: "revoked_at: expires_at>0d" }],
    owner: OWN,
    overseen_with: OVERSEER,
    shows: &["user"],
    default_sort: "-expires_at",
    observed: true,
    ..Entity::PLAIN
};

/// Ends a login from elsewhere: one's own, or anybody's for one who may lock people out.
fn revoke_login(writing: &mut Writing<'_>, login: &Record, request: &Request) -> Result<(), StoreError> {
    if end_login(writing, login.id)? == 0 {
        return Err(StoreError::refused("cannot revoke: the login has ended already"));
    }
    let user = login.get("user").as_str().to_owned();
    let now = Value::Instant(writing.now).to_json();
    let changes = json!({"revoked_at": {"before": null, "after": now}});
    let about = About::One { id: login.id, title: user, changes, secrets: None };
    let mut entry = Entry::new(request.operation.name, USER_SESSIONS.name, about);
    entry.payload = request.reason.as_ref().map(|reason| json!({"reason": reason}));
    writing.note(entry);
    Ok(())
}

pub static USER_KEYS: Entity = Entity {
    name: "user_keys",
    singular: "key",
    table: &table(TABLES, "user_keys"),
    label: "fingerprint",
    title: &["user", "fingerprint"],
    fields: &[
        Field::text("fingerprint", 200).read_only().slowly_sorted_by("fingerprint"),
        Field::text("comment", 255),
        Field::lines("public_key").required().at_creation(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("last_used_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    owner: OWN,
    overseen_with: OVERSEER,
    shows: &["user"],
    default_sort: "-created_at",
    rules: key_rules,
    ..Entity::PLAIN
};

fn key_rules(change: &mut Change<'_>) {
    if !change.changes("public_key") || change.after("public_key").is_empty() {
        return;
    }
    match public_key(change.after("public_key").as_str()) {
        Ok((fingerprint, comment)) => {
            change.set("fingerprint", Value::Text(fingerprint));
            if change.after("comment").is_empty() {
                change.set("comment", Value::Text(comment.chars().take(255).collect()));
            }
        }
        Err(why) => change.problem("public_key", why),
    }
}

const SET_ANEW: Undo = Undo::None("tokens, keys and logins are made anew");

pub(super) static ENTITIES: &[&Entity] = &[&API_TOKENS, &USER_SESSIONS, &USER_KEYS];

const TOKEN: &[Field] = &[
    Field::text("name", 200).required(),
    Field::of("permissions", Kind::Json).required().shaped(r#"{"type": "array", "items": {"type": "string"}}"#),
    Field::of("expires_at", Kind::Instant),
    Field::OWN_PASSWORD,
    Field::OWN_CODE,
    Field::made("token", Made { fresh: Store::fresh_token, link: None }),
];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::new("api_tokens.create", &API_TOKENS, Does::Make(create)).asking(TOKEN).undone_by(SET_ANEW),
    Operation::new("api_tokens.revoke", &API_TOKENS, Does::Custom(revoke_token))
        .undone_by(SET_ANEW)
        .unless("revoked_at", "cannot revoke: the token was revoked already"),
    Operation::new("user_sessions.revoke", &USER_SESSIONS, Does::Custom(revoke_login))
        .undone_by(SET_ANEW)
        .unless("revoked_at", "cannot revoke: the login has ended already"),
    Operation::create("user_keys.create", &USER_KEYS).undone_by(SET_ANEW),
    Operation::update("user_keys.update", &USER_KEYS).undone_by(SET_ANEW),
    Operation::delete("user_keys.delete", &USER_KEYS).undone_by(SET_ANEW),
];
