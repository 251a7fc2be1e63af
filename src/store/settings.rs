//! Settings of a tenant, and the console's texts in other languages.

use super::entity::{Change, Entity, Field};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use super::{Connection, Store, StoreError};
use crate::domain::schema::Schema;
use crate::domain::settings::{keys, known};
use crate::domain::words;
use crate::domain::{Kind, Value};

pub static SETTINGS: Entity = Entity {
    name: "settings",
    singular: "setting",
    table: &table(TABLES, "settings"),
    label: "key",
    fields: &[
        Field::text("key", 255).required().at_creation().unique("key").sorted_by("key").one_of(keys),
        Field::of("value", Kind::Json).required().shaped_by("key", shape_of),
        Field::reference("updated_by", "updated_by", "users").read_only(),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
    ],
    shows: &["updated_by"],
    default_sort: "key",
    prepare: Some(prepare_setting),
    ..Entity::PLAIN
};

/// What the setting of a key may be.
fn shape_of(key: &Value) -> Result<Option<Schema>, String> {
    match key.as_str() {
        "" => Ok(None),
        key => known(key).map(|setting| Some(setting.schema())),
    }
}

fn prepare_setting(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    if change.changes("value") {
        change.set("updated_by", writing.person());
    }
    Ok(())
}

/// What a setting is in the session's tenant: what was set, or its default.
///
/// # Errors
/// When there is no such setting, or the database says so.
pub(super) fn setting(
    connection: &mut Connection,
    session: &Session,
    key: &str,
) -> Result<serde_json::Value, StoreError> {
    let setting = known(key).map_err(StoreError::unexpected)?;
    let mut statement = Statement::fixed();
    statement
        .push("SELECT value AS j0 FROM settings WHERE component IS NULL AND tenant_id = ")
        .bind_id(session.tenant.id)
        .push(" AND key = ")
        .bind_text(key);
    Ok(match statement.load(connection)?.into_iter().next().and_then(|row| row.0.into_iter().next()) {
        Some(Value::Json(value)) => value,
        _ => setting.value(),
    })
}

impl Store {
    /// What a setting is in the session's tenant: what was set, or its default.
    ///
    /// # Errors
    /// When there is no such setting, or the database says so.
    pub fn setting(&self, session: &Session, key: &str) -> Result<serde_json::Value, StoreError> {
        self.read(session, |reading| setting(reading.connection, session, key))
    }
}

pub static TRANSLATIONS: Entity = Entity {
    name: "translations",
    singular: "translation",
    table: &table(TABLES, "translations"),
    label: "key",
    title: &["language", "key"],
    fields: &[
        Field::text("key", 255).required().at_creation().sorted_by("key").often(texts),
        Field::text("language", 10).required().at_creation(),
        Field::text("value", 10_000),
        Field::text("component", 50).at_creation(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    default_sort: "key",
    rules: translation_rules,
    ..Entity::PLAIN
};

fn texts() -> Vec<&'static str> {
    words::english().keys().map(String::as_str).collect()
}

fn translation_rules(change: &mut Change<'_>) {
    let language = change.after("language").as_str();
    let is_tag = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    if change.changes("language") && !language.is_empty() && !language.split('-').all(is_tag) {
        change.problem("language", "is a language such as en, sw or pt-BR");
    }
    // Other components have keys of their own, which are not known here.
    let (key, component) = (change.after("key").as_str().to_owned(), change.after("component").as_str());
    let section = key.split_once('.').map(|(section, _)| format!("{section}."));
    let is_of_section = section.is_some_and(|section| words::english().keys().any(|known| known.starts_with(&section)));
    let is_of_console = component == "console" || component.is_empty() && is_of_section;
    if let (true, Err(why)) = (is_of_console, words::check(&key, change.after("value").as_str())) {
        change.problem(if words::english().contains_key(&key) { "value" } else { "key" }, why);
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&SETTINGS, &TRANSLATIONS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("settings.create", &SETTINGS),
    Operation::import("settings.import", &SETTINGS),
    Operation::update("settings.update", &SETTINGS),
    Operation::delete("settings.delete", &SETTINGS),
    Operation::create("translations.create", &TRANSLATIONS),
    Operation::import("translations.import", &TRANSLATIONS),
    Operation::update("translations.update", &TRANSLATIONS),
    Operation::delete("translations.delete", &TRANSLATIONS),
];
