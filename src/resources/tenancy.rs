//! Roles and who has them, invitations.

use super::{Resource, column};

static ROLES: Resource = Resource {
    entity: &crate::store::tenancy::ROLES,
    title: "Roles",
    aliases: &["rol"],
    columns: &[
        column("name", "ROLE", 12, 18),
        column("description", "DESCRIPTION", 20, 60),
        column("is_system", "BUILT IN", 8, 8),
        column("permissions", "PERMISSIONS", 20, 80),
    ],
    form: &["name", "description", "permissions", "approval_limits", "color"],
    empty: "No roles.",
    labels: &[("is_system", "built in"), ("color", "colour")],
    help: &[
        (
            "permissions",
            "[\"customers.read\", \"customers.suspend\", \"devices.*\", \"*.read\"]: only what you may do yourself",
        ),
        ("approval_limits", "{\"hours\": 8, \"devices\": 4}"),
        ("color", "#1976d2"),
    ],
    ..Resource::PLAIN
};

static ROLE_ASSIGNMENTS: Resource = Resource {
    entity: &crate::store::tenancy::ROLE_ASSIGNMENTS,
    title: "Role assignments",
    aliases: &["assignments"],
    columns: &[
        column("user", "USER", 10, 20),
        column("role", "ROLE", 12, 18),
        column("status", "STATUS", 9, 9),
        column("is_primary", "PRIMARY", 7, 7),
        column("approval_limits", "LIMITS", 12, 40),
        column("created_at", "SINCE", 10, 16),
    ],
    form: &["user", "role", "is_primary", "approval_limits"],
    empty: "Nobody has a role.",
    labels: &[("is_primary", "primary")],
    help: &[("approval_limits", "empty: those of the role")],
    letters: &[("delete", 'd')],
};

static INVITATIONS: Resource = Resource {
    entity: &crate::store::tenancy::INVITATIONS,
    title: "Invitations",
    aliases: &["inv_people", "invites"],
    columns: &[
        column("email", "E-MAIL", 16, 30),
        column("role", "ROLE", 12, 18),
        column("expires_at", "HOLDS UNTIL", 11, 16),
        column("invited_by", "BY", 8, 16),
        column("accepted_at", "ACCEPTED", 10, 16),
        column("accepted_by", "AS", 8, 16),
    ],
    form: &["expires_at"],
    empty: "Nobody was invited. `headend user invite E-MAIL ROLE` makes an invitation and shows its token once.",
    labels: &[("accepted_at", "accepted"), ("accepted_by", "as")],
    help: &[
        ("token", "at least 32 characters that nobody can guess: whoever has it can join"),
        ("expires_at", "empty: as the setting invitations.days says"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&ROLES, &ROLE_ASSIGNMENTS, &INVITATIONS];
