//! Partners and distributors.

use super::StoreError;
use super::customers::{check_email, check_phone};
use super::entity::{Change, Condition, Derived, Entity, Field, Relation, Visibility, sort_key};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
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
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "legal_name", "registration_number", "email", "phone", "city", "notes"],
    visibility: Visibility::Organization("id"),
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    relations: &[
        Relation { name: "customers", entity: "customers", column: "organization_id" },
        Relation { name: "invoices", entity: "invoices", column: "organization_id" },
        Relation { name: "leads", entity: "leads", column: "partner_id" },
        Relation { name: "orders", entity: "orders", column: "partner_id" },
        Relation { name: "contracts", entity: "contracts", column: "partner_id" },
        Relation { name: "distributors", entity: "distributor_partners", column: "partner_id" },
        Relation { name: "partners", entity: "distributor_partners", column: "distributor_id" },
        Relation { name: "distributed_leads", entity: "leads", column: "distributor_id" },
        Relation { name: "distributed_orders", entity: "orders", column: "distributor_id" },
        Relation { name: "distributed_contracts", entity: "contracts", column: "distributor_id" },
        Relation { name: "people", entity: "users", column: "partner_id" },
        Relation { name: "distributor_people", entity: "users", column: "distributor_id" },
    ],
    default_sort: "name",
    rules,
    ..Entity::PLAIN
};

fn rules(change: &mut Change<'_>) {
    check_email(change, "email");
    check_phone(change, "phone");
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

pub static DISTRIBUTOR_PARTNERS: Entity = Entity {
    name: "distributor_partners",
    singular: "link of a distributor",
    table: &table(TABLES, "distributor_partners"),
    label: "notes",
    title: &["distributor", "partner"],
    fields: &[
        Field::reference("distributor", "distributor_id", "organizations").required().at_creation(),
        Field::reference("partner", "partner_id", "organizations").required().at_creation(),
        Field::of("is_active", Kind::Bool).default("true").read_only(),
        Field::of("assigned_at", Kind::Instant).read_only().slowly_sorted_by("assigned_at"),
        Field::reference("assigned_by", "assigned_by", "users").read_only(),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    visibility: Visibility::Organization("partner_id"),
    conditions: &[Condition { name: "active", means: "is_active:yes" }],
    shows: &["distributor", "partner", "assigned_by"],
    default_sort: "-assigned_at",
    prepare: Some(prepare_link),
    ..Entity::PLAIN
};

/// A new link is of two kinds of organization, the only one of the two, and active from now on.
fn prepare_link(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    check_kinds(writing, change)?;
    let (Some(distributor), Some(partner)) = (change.refers_to("distributor"), change.refers_to("partner")) else {
        return Ok(());
    };
    if change.before.is_some() {
        return Ok(());
    }
    let links = writing.look_all(&DISTRIBUTOR_PARTNERS, "distributor_id", distributor)?;
    if links.iter().any(|link| link.get("partner_id").as_id() == Some(partner)) {
        change.problem("partner", "is linked to the distributor already: assign that link again if it is not active");
    }
    change.set("assigned_at", Value::Instant(writing.now));
    change.set("assigned_by", writing.person());
    Ok(())
}

fn assign(writing: &mut Writing<'_>, link: &Record, request: &Request) -> Result<(), StoreError> {
    if link.get("is_active").is_true() {
        return Err(StoreError::refused("cannot assign: the partner is assigned already; open from there: unassign"));
    }
    let values = vec![
        ("is_active", Value::Bool(true)),
        ("assigned_at", Value::Instant(writing.now)),
        ("assigned_by", writing.person()),
    ];
    writing.set(link, values, request.reason.as_deref())
}

/// The distributor does not see the partner's rows any more.
fn unassign(writing: &mut Writing<'_>, link: &Record, request: &Request) -> Result<(), StoreError> {
    if !link.get("is_active").is_true() {
        return Err(StoreError::refused("cannot unassign: the partner is not assigned; open from there: assign"));
    }
    writing.set(link, vec![("is_active", Value::Bool(false))], request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&ORGANIZATIONS, &DISTRIBUTOR_PARTNERS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("organizations.create", &ORGANIZATIONS),
    Operation::import("organizations.import", &ORGANIZATIONS),
    Operation::update("organizations.update", &ORGANIZATIONS),
    Operation::delete("organizations.delete", &ORGANIZATIONS),
    Operation::create("distributor_partners.create", &DISTRIBUTOR_PARTNERS),
    Operation::import("distributor_partners.import", &DISTRIBUTOR_PARTNERS),
    Operation::update("distributor_partners.update", &DISTRIBUTOR_PARTNERS),
    Operation::new("distributor_partners.assign", &DISTRIBUTOR_PARTNERS, Does::Custom(assign)),
    Operation::new("distributor_partners.unassign", &DISTRIBUTOR_PARTNERS, Does::Custom(unassign)),
];
