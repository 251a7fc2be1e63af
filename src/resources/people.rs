//! Users, and what was done.

use super::{Resource, column, number};

pub(super) static USERS: Resource = Resource {
    entity: &crate::store::users::USERS,
    aliases: &["usr", "people"],
    columns: &[
        column("username", 10, 20),
        column("full_name", 12, 28),
        column("roles", 10, 30),
        column("status", 9, 9),
        column("email", 14, 30),
        column("last_login_at", 10, 16),
    ],
    form: &["username", "full_name", "email", "phone", "roles", "password", "partner", "distributor"],
    ..Resource::PLAIN
};

pub(super) static AUDIT_LOG: Resource = Resource {
    entity: &crate::store::users::AUDIT_LOG,
    aliases: &["audit"],
    columns: &[
        column("created_at", 16, 16),
        column("actor", 8, 16),
        column("action", 16, 26),
        column("outcome", 7, 8),
        column("changes", 20, 60),
        column("client", 7, 10),
        column("entity_id", 36, 36),
    ],
    form: &[],
    ..Resource::PLAIN
};

pub(super) static OPERATIONS: Resource = Resource {
    entity: &crate::store::users::OPERATIONS_LOG,
    aliases: &["ops"],
    columns: &[
        column("started_at", 16, 16),
        column("user", 8, 16),
        column("summary", 20, 50),
        number("records", 7, 8),
        column("state", 7, 7),
        column("undo", 6, 7),
    ],
    form: &[],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&USERS, &AUDIT_LOG, &OPERATIONS];
