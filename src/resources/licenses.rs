//! Papers that run out.

use super::{Resource, column, number};

static LICENSE: Resource = Resource {
    entity: &crate::store::licenses::LICENSES,
    aliases: &["lic"],
    columns: &[
        column("name", 16, 32),
        column("status", 8, 8),
        column("expiry_date", 10, 10),
        column("category", 10, 14),
        column("vendor", 10, 24),
        column("license_number", 10, 24),
        number("annual_cost", 9, 14),
        column("currency", 3, 3),
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
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&LICENSE];
