//! Templates of configurations.

use super::{Resource, column};

pub(super) static CONFIG_TEMPLATES: Resource = Resource {
    entity: &crate::store::templates::CONFIG_TEMPLATES,
    aliases: &["templates", "tpl"],
    columns: &[
        column("name", 16, 36),
        column("template_type", 12, 15),
        column("category", 8, 18),
        column("is_active", 6, 6),
        column("updated_at", 9, 16),
        column("description", 12, 40),
    ],
    form: &["name", "template_type", "category", "schema", "default_values", "description", "is_active"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CONFIG_TEMPLATES];
