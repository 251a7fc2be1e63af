//! The organisation itself.

use super::{Resource, column};

static TENANTS: Resource = Resource {
    entity: &crate::store::organisation::TENANTS,
    aliases: &["organisation", "tenant"],
    columns: &[
        column("name", 10, 20),
        column("display_name", 14, 30),
        column("status", 9, 9),
        column("currency", 3, 3),
        column("timezone", 10, 24),
        column("locale", 6, 10),
        column("expires_at", 10, 16),
    ],
    form: &["display_name", "currency", "timezone", "locale", "config"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TENANTS];
