//! Users, and what was done.

use super::{Resource, column, number};

pub(super) static USERS: Resource = Resource {
    entity: &crate::store::users::USERS,
    title: "Users",
    aliases: &["usr", "people"],
    columns: &[
        column("username", "USER", 10, 20),
        column("full_name", "NAME", 12, 28),
        column("roles", "ROLES", 10, 30),
        column("status", "STATUS", 9, 9),
        column("email", "EMAIL", 14, 30),
        column("last_login_at", "LAST LOGIN", 10, 16),
    ],
    form: &["username", "full_name", "email", "phone", "roles", "password", "partner", "distributor"],
    empty: "No users.",
    ..Resource::PLAIN
};

pub(super) static AUDIT_LOG: Resource = Resource {
    entity: &crate::store::users::AUDIT_LOG,
    title: "Audit log",
    aliases: &["audit"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("actor", "WHO", 8, 16),
        column("action", "ACTION", 16, 26),
        column("outcome", "OUTCOME", 7, 8),
        column("changes", "CHANGES", 20, 60),
        column("client", "FROM", 7, 10),
        column("entity_id", "RECORD", 8, 36),
    ],
    form: &[],
    empty: "Nothing was changed yet.",
    ..Resource::PLAIN
};

pub(super) static OPERATIONS: Resource = Resource {
    entity: &crate::store::users::OPERATIONS_LOG,
    title: "Operations",
    aliases: &["ops"],
    columns: &[
        column("started_at", "TIME", 16, 16),
        column("user", "WHO", 8, 16),
        column("summary", "WHAT", 20, 50),
        number("records", "RECORDS", 7, 8),
        column("state", "STATE", 7, 7),
        column("undo", "UNDO", 6, 7),
    ],
    form: &[],
    empty: "Nothing was done yet.",
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&USERS, &AUDIT_LOG, &OPERATIONS];
