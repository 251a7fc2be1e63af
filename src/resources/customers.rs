//! Customers, plans, organizations.

use super::{Resource, column, number};

pub(super) static CUSTOMERS: Resource = Resource {
    entity: &crate::store::customers::CUSTOMERS,
    aliases: &["cus", "cust"],
    columns: &[
        column("number", 10, 12),
        column("name", 16, 32),
        column("status", 10, 11),
        column("plan", 11, 16),
        number("wallet_balance", 9, 12),
        column("expires_at", 9, 11),
        column("phone", 13, 18),
        column("email", 14, 30),
        column("organization", 10, 20),
        column("address", 12, 30),
    ],
    form: &[
        "number",
        "name",
        "email",
        "phone",
        "address",
        "company",
        "plan",
        "connection_type",
        "username",
        "access_password",
        "mac_address",
        "expires_at",
        "currency",
        "organization",
        "contact",
        "notes",
    ],
    ..Resource::PLAIN
};

pub(super) static PLANS: Resource = Resource {
    entity: &crate::store::customers::PLANS,
    aliases: &["pln"],
    columns: &[
        column("name", 14, 30),
        column("kind", 7, 8),
        number("download_mbps", 6, 8),
        number("upload_mbps", 6, 8),
        number("price", 9, 12),
        column("currency", 3, 3),
        number("validity_days", 4, 5),
        column("is_active", 6, 6),
        column("description", 12, 40),
    ],
    form: &[
        "name",
        "kind",
        "download_mbps",
        "upload_mbps",
        "burst_download_mbps",
        "burst_upload_mbps",
        "price",
        "currency",
        "data_limit_gb",
        "validity_days",
        "session_minutes",
        "is_active",
        "description",
    ],
    ..Resource::PLAIN
};

pub(super) static ORGANIZATIONS: Resource = Resource {
    entity: &crate::store::organizations::ORGANIZATIONS,
    aliases: &["org", "partners"],
    columns: &[
        column("name", 16, 32),
        column("kind", 11, 11),
        column("city", 8, 16),
        column("phone", 13, 18),
        column("email", 14, 30),
        column("is_active", 6, 6),
    ],
    form: &[
        "name",
        "kind",
        "legal_name",
        "registration_number",
        "email",
        "phone",
        "website",
        "address_line1",
        "address_line2",
        "city",
        "postal_code",
        "country",
        "is_active",
        "notes",
    ],
    ..Resource::PLAIN
};

static DISTRIBUTOR_PARTNERS: Resource = Resource {
    entity: &crate::store::organizations::DISTRIBUTOR_PARTNERS,
    aliases: &["managed"],
    columns: &[
        column("distributor", 16, 32),
        column("partner", 16, 32),
        column("is_active", 6, 6),
        column("assigned_at", 9, 16),
        column("assigned_by", 8, 14),
        column("notes", 12, 40),
    ],
    form: &["distributor", "partner", "notes"],
    ..Resource::PLAIN
};

static CUSTOMER_MERGES: Resource = Resource {
    entity: &crate::store::merges::CUSTOMER_MERGES,
    aliases: &["merges"],
    columns: &[
        column("merged_number", 12, 16),
        column("survivor", 10, 12),
        column("merged", 10, 12),
        column("created_at", 16, 16),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&CUSTOMERS, &PLANS, &ORGANIZATIONS, &DISTRIBUTOR_PARTNERS, &CUSTOMER_MERGES];
