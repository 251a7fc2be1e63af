//! Papers that run out.

use super::{Resource, column, number};

static LICENSE: Resource = Resource {
    entity: &crate::store::licenses::LICENSES,
    title: "Licenses",
    aliases: &["lic"],
    columns: &[
        column("name", "NAME", 16, 32),
        column("status", "STATUS", 8, 8),
        column("expiry_date", "EXPIRES", 10, 10),
        column("category", "CATEGORY", 10, 14),
        column("vendor", "VENDOR", 10, 24),
        column("license_number", "NUMBER", 10, 24),
        number("annual_cost", "A YEAR", 9, 14),
        column("currency", "CUR", 3, 3),
    ],
    form: &[
        "name",
        "category",
        "license_number",
        "vendor",
        "issue_date",
        "expiry_date",
        "annual_cost",
        "currency",
        "notes",
    ],
    empty: "No licenses yet. Press a to add one: you are told before it runs out.",
    labels: &[("issue_date", "issued"), ("expiry_date", "expires"), ("annual_cost", "cost a year")],
    help: &[("status", "expiring so many days before the end as licenses.expiring_days says: 30")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&LICENSE];
