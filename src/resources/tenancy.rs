//! Roles and who has them, invitations.

use super::{Resource, column};

static ROLES: Resource = Resource {
    entity: &crate::store::tenancy::ROLES,
    aliases: &["rol"],
    columns: &[
        column("name", 12, 18),
        column("description", 20, 60),
        column("is_system", 8, 8),
        column("permissions", 20, 80),
    ],
    form: &["name", "description", "permissions", "approval_limits", "color"],
    ..Resource::PLAIN
};

static ROLE_ASSIGNMENTS: Resource = Resource {
    entity: &crate::store::tenancy::ROLE_ASSIGNMENTS,
    aliases: &["assignments"],
    columns: &[
        column("user", 10, 20),
        column("role", 12, 18),
        column("status", 9, 9),
        column("is_primary", 7, 7),
        column("approval_limits", 12, 40),
        column("created_at", 10, 16),
    ],
    form: &["user", "role", "is_primary", "approval_limits"],
    letters: &[("delete", 'd')],
};

static INVITATIONS: Resource = Resource {
    entity: &crate::store::tenancy::INVITATIONS,
    aliases: &["inv_people", "invites"],
    columns: &[
        column("email", 16, 30),
        column("role", 12, 18),
        column("expires_at", 11, 16),
        column("invited_by", 8, 16),
        column("accepted_at", 10, 16),
        column("accepted_by", 8, 16),
    ],
    form: &["expires_at"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ROLES, &ROLE_ASSIGNMENTS, &INVITATIONS];
