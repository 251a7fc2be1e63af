//! Settings, and the console's texts in other languages.

use super::{Resource, column};

static SETTINGS: Resource = Resource {
    entity: &crate::store::settings::SETTINGS,
    aliases: &["set", "preferences"],
    columns: &[
        column("key", 20, 40),
        column("value", 10, 40),
        column("updated_by", 8, 16),
        column("updated_at", 10, 16),
    ],
    form: &["key", "value"],
    ..Resource::PLAIN
};

static TRANSLATIONS: Resource = Resource {
    entity: &crate::store::settings::TRANSLATIONS,
    aliases: &["tra", "texts"],
    columns: &[column("key", 20, 40), column("language", 8, 10), column("value", 20, 60), column("component", 9, 16)],
    form: &["key", "language", "value", "component"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SETTINGS, &TRANSLATIONS];
