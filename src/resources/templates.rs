//! Templates of configurations.

use super::{Resource, column};

pub(super) static CONFIG_TEMPLATES: Resource = Resource {
    entity: &crate::store::templates::CONFIG_TEMPLATES,
    title: "Templates",
    aliases: &["templates", "tpl"],
    columns: &[
        column("name", "NAME", 16, 36),
        column("template_type", "TYPE", 12, 15),
        column("category", "CATEGORY", 8, 18),
        column("is_active", "ACTIVE", 6, 6),
        column("updated_at", "CHANGED", 9, 16),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["name", "template_type", "category", "schema", "default_values", "description", "is_active"],
    empty: "No templates yet. Press a to write one.",
    labels: &[("template_type", "type")],
    help: &[
        ("schema", "a JSON Schema of what may be written: type, properties, required, enum, minimum, maximum, pattern"),
        ("default_values", "what is there to begin with; it fits the schema"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&CONFIG_TEMPLATES];
