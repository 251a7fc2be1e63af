//! Partners and distributors.

use super::StoreError;
use super::customers::check_email;
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use super::write::Writing;
use crate::domain::{Kind, Value};

pub static ORGANIZATIONS: Entity = Entity {
    name: "organizations",
    singular: "organization",
    table: &table(TABLES, "organizations"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::of("kind", Kind::Choice(&["partner", "distributor"])).required(),
        Field::text("legal_name", 200),
        Field::text("registration_number", 100),
        Field::text("email", 255),
        Field::text("phone", 50),
        Field::text("website", 255),
        Field::text("address_line1", 255),
        Field::text("address_line2", 255),
        Field::text("city", 100),
        Field::text("postal_code", 20),
        Field::text("country", 100),
        Field::of("is_active", Kind::Bool).default("true"),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "legal_name", "registration_number", "email", "phone", "city", "notes"],
    visibility: Visibility::Organization("id"),
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[Relation { name: "customers", entity: "customers", column: "organization_id" }],
    default_sort: "name",
    rules,
    ..Entity::PLAIN
};

fn rules(change: &mut Change<'_>) {
    check_email(change, "email");
}

/// Whom a record names as its partner and its distributor are organizations of that kind.
pub(super) fn check_kinds(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    for wanted in ["partner", "distributor"] {
        let Some(id) = change.values.get(wanted).and_then(Value::as_id) else { continue };
        let kind = writing.look(&ORGANIZATIONS, id)?.get("kind").as_str().to_owned();
        if kind != wanted {
            change.problem(wanted, format!("is a {kind}: name a {wanted}"));
        }
    }
    Ok(())
}

pub(super) static ENTITIES: &[&Entity] = &[&ORGANIZATIONS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("organizations.create", &ORGANIZATIONS),
    Operation::import("organizations.import", &ORGANIZATIONS),
    Operation::update("organizations.update", &ORGANIZATIONS),
    Operation::delete("organizations.delete", &ORGANIZATIONS),
];
