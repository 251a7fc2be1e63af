//! Templates of configurations.

use super::entity::{Condition, Derived, Entity, Field, sort_key};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use crate::domain::schema::Schema;
use crate::domain::{Kind, Value};

pub static CONFIG_TEMPLATES: Entity = Entity {
    name: "config_templates",
    singular: "template",
    table: &table(TABLES, "config_templates"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::of("template_type", Kind::Choice(&["test_flow", "device_config", "software_config", "scenario"]))
            .required(),
        Field::text("category", 100),
        Field::of("schema", Kind::Json).default("{}"),
        Field::of("default_values", Kind::Json).default("{}").shaped_by("schema", shape_of),
        Field::lines("description"),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::reference("created_by", "created_by", "users").read_only(),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "category", "description"],
    conditions: &[
        Condition { name: "active", means: "is_active:yes" },
        Condition { name: "mine", means: "created_by:me" },
    ],
    default_sort: "name",
    ..Entity::PLAIN
};

/// What a template fills in by itself is what it lets people write.
fn shape_of(schema: &Value) -> Result<Option<Schema>, String> {
    match schema {
        Value::Json(schema) => Schema::from_json(schema).map(Some).map_err(|fault| fault.to_string()),
        _ => Ok(None),
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&CONFIG_TEMPLATES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("config_templates.create", &CONFIG_TEMPLATES),
    Operation::import("config_templates.import", &CONFIG_TEMPLATES),
    Operation::update("config_templates.update", &CONFIG_TEMPLATES),
    Operation::delete("config_templates.delete", &CONFIG_TEMPLATES),
];
