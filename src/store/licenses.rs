//! Papers that run out.

use super::entity::{Change, Condition, Derived, Entity, Field, Source, sort_key};
use super::model::table;
use super::operation::Operation;
use super::schema::TABLES;
use crate::domain::money::is_currency;
use crate::domain::{Kind, Money, Value};

/// A license's status follows from its dates, by the day in UTC: it is expiring so many days before its end as the setting
/// `licenses.expiring_days` says.
const STATUS_SQLITE: &str = "(SELECT CASE WHEN c.expiry_date < date('now') THEN 'expired' \
    WHEN c.expiry_date <= date('now', '+' || coalesce((SELECT CAST(s.value AS INTEGER) FROM settings s \
    WHERE s.tenant_id = c.tenant_id AND s.component IS NULL AND s.key = 'licenses.expiring_days'), 30) || ' days') \
    THEN 'expiring' ELSE 'active' END)";
const STATUS_POSTGRES: &str = "(SELECT CASE WHEN c.expiry_date < d.today THEN 'expired' \
    WHEN c.expiry_date <= d.today + coalesce((SELECT CAST(s.value #>> '{}' AS integer) FROM settings s \
    WHERE s.tenant_id = c.tenant_id AND s.component IS NULL AND s.key = 'licenses.expiring_days'), 30) \
    THEN 'expiring' ELSE 'active' END FROM (SELECT CAST(now() AT TIME ZONE 'UTC' AS date) AS today) d)";

const fn status() -> Field {
    let mut field = Field::of("status", Kind::Choice(&["active", "expiring", "expired"])).read_only();
    field.source = Source::Gathered { sqlite: STATUS_SQLITE, postgres: STATUS_POSTGRES, write: |_, _, _| Ok(()) };
    field
}

pub static LICENSES: Entity = Entity {
    name: "licenses",
    singular: "license",
    table: &table(TABLES, "licenses"),
    label: "name",
    fields: &[
        Field::text("name", 255).required().sorted_by("name_key"),
        Field::of("category", Kind::Choice(&["software", "regulatory", "telecom", "infrastructure"])).required(),
        Field::text("license_number", 100).required().unique("license_number"),
        Field::reference("vendor", "vendor_id", "vendors").required(),
        Field::of("issue_date", Kind::Date).required(),
        Field::of("expiry_date", Kind::Date).required().sorted_by("expiry_date"),
        status(),
        Field::of("annual_cost", Kind::Money).default("0"),
        Field::text("currency", 3).default("$currency"),
        Field::lines("notes"),
        Field::of("created_at", Kind::Instant).read_only().slowly_sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().sorted_by("updated_at"),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    search: &["name", "license_number", "notes", "currency"],
    shows: &["vendor"],
    conditions: &[
        Condition { name: "expiring", means: "status:expiring" },
        Condition { name: "expired", means: "status:expired" },
    ],
    default_sort: "expiry_date",
    rules: license_rules,
    ..Entity::PLAIN
};

fn license_rules(change: &mut Change<'_>) {
    if let (Value::Date(issue), Value::Date(expiry)) = (change.after("issue_date"), change.after("expiry_date"))
        && expiry < issue
    {
        change.problem("expiry_date", "is before the day of issue");
    }
    if matches!(change.after("annual_cost"), Value::Money(cost) if *cost < Money::ZERO) {
        change.problem("annual_cost", "must not be negative");
    }
    if change.changes("currency") && !is_currency(change.after("currency").as_str()) {
        change.problem("currency", "is the code of a currency such as USD");
    }
}

pub(super) static ENTITIES: &[&Entity] = &[&LICENSES];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("licenses.create", &LICENSES),
    Operation::import("licenses.import", &LICENSES),
    Operation::update("licenses.update", &LICENSES),
    Operation::delete("licenses.delete", &LICENSES),
];
