//! Settings, and the console's texts in other languages.

use super::{Resource, column};

static SETTINGS: Resource = Resource {
    entity: &crate::store::settings::SETTINGS,
    title: "Settings",
    aliases: &["set", "preferences"],
    columns: &[
        column("key", "SETTING", 20, 40),
        column("value", "VALUE", 10, 40),
        column("updated_by", "SET BY", 8, 16),
        column("updated_at", "SET", 10, 16),
    ],
    form: &["key", "value"],
    empty: "Nothing is set: everything is as it comes. Press a to set something.",
    labels: &[("key", "setting"), ("updated_by", "set by")],
    help: &[("key", "retention.health_days, licenses.expiring_days, …"), ("value", "a number, true or false")],
    ..Resource::PLAIN
};

static TRANSLATIONS: Resource = Resource {
    entity: &crate::store::settings::TRANSLATIONS,
    title: "Translations",
    aliases: &["tra", "texts"],
    columns: &[
        column("key", "TEXT", 20, 40),
        column("language", "LANGUAGE", 8, 10),
        column("value", "READS", 20, 60),
        column("component", "COMPONENT", 9, 16),
    ],
    form: &["key", "language", "value", "component"],
    empty: "No translations yet. Press a to say a text in another language.",
    labels: &[("value", "reads"), ("key", "text")],
    help: &[("language", "en, sw, pt-BR, …")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SETTINGS, &TRANSLATIONS];
