//! The organisation itself: what it is called, its currency, zone and manner of writing. One row, one's own.

use super::customers::check_currency;
use super::entity::{Change, Entity, Field};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use crate::domain::{Kind, Value};

const STATES: &[&str] = &["trial", "active", "suspended", "expired"];

pub static TENANTS: Entity = Entity {
    name: "tenants",
    singular: "organisation",
    table: &table(TABLES, "tenants"),
    label: "name",
    fields: &[
        Field::text("name", 100).read_only(),
        Field::text("display_name", 255),
        Field::of("status", Kind::Choice(STATES)).read_only(),
        Field::of("expires_at", Kind::Instant).read_only(),
        Field::text("currency", 3).required(),
        Field::text("timezone", 64).required().one_of(crate::domain::time::zones),
        Field::text("locale", 35).required(),
        Field::of("config", Kind::Json).default("{}"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    default_sort: "created_at",
    rules,
    ..Entity::PLAIN
};

fn rules(change: &mut Change<'_>) {
    check_currency(change);
    if let Err(why) = crate::domain::time::parse_zone(change.after("timezone").as_str()) {
        change.problem("timezone", why);
    }
    // A language of two or three letters (ISO 639), and what BCP 47 puts behind it.
    let is_tag = |text: &str| {
        let is_part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
        let language = text.split(['-', '_']).next().unwrap_or_default();
        let is_language = (2..=3).contains(&language.len()) && language.chars().all(|c| c.is_ascii_alphabetic());
        is_language && text.split(['-', '_']).all(is_part)
    };
    if change.changes("locale") && !is_tag(change.after("locale").as_str()) {
        change.problem("locale", "is a tag such as en, en-KE or de");
    }
    if change.changes("config") && !matches!(change.after("config"), Value::Json(json) if json.is_object()) {
        change.problem("config", "is an object such as {\"brand\": \"Fibernet\"}");
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&TENANTS];

pub(super) static OPERATIONS: &[Operation] = &[Operation::update("tenants.update", &TENANTS)];
