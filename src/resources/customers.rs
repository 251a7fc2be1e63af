//! Customers, plans, organizations.

use super::{Resource, column, number};

pub(super) static CUSTOMERS: Resource = Resource {
    entity: &crate::store::customers::CUSTOMERS,
    title: "Customers",
    aliases: &["cus", "cust"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("name", "NAME", 18, 32),
        column("status", "STATUS", 10, 11),
        column("plan", "PLAN", 11, 16),
        number("wallet_balance", "BALANCE", 9, 12),
        column("expires_at", "EXPIRES", 9, 11),
        column("phone", "PHONE", 13, 18),
        column("email", "EMAIL", 14, 30),
        column("organization", "ORGANIZATION", 10, 20),
        column("address", "ADDRESS", 12, 30),
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
    labels: &[("into", "merge into")],
    help: &[
        ("into", "number or name of the customer who stays: devices, tickets, orders and the wallet go over to them"),
        (
            "prorate",
            "yes: the days that are left are given back at the old price and taken at the new one, from the wallet",
        ),
    ],
    empty: "No customers yet. Press a to add one, or bring them in with: headend import customers FILE.csv",
    ..Resource::PLAIN
};

pub(super) static PLANS: Resource = Resource {
    entity: &crate::store::customers::PLANS,
    title: "Plans",
    aliases: &["pln"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("kind", "KIND", 7, 8),
        number("download_mbps", "DOWN", 6, 8),
        number("upload_mbps", "UP", 6, 8),
        number("price", "PRICE", 9, 12),
        column("currency", "CUR", 3, 3),
        number("validity_days", "DAYS", 4, 5),
        column("is_active", "ACTIVE", 6, 6),
        column("description", "DESCRIPTION", 12, 40),
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
    empty: "No plans yet. Press a to add what customers can subscribe to.",
    ..Resource::PLAIN
};

pub(super) static ORGANIZATIONS: Resource = Resource {
    entity: &crate::store::organizations::ORGANIZATIONS,
    title: "Organizations",
    aliases: &["org", "partners"],
    columns: &[
        column("name", "NAME", 16, 32),
        column("kind", "KIND", 11, 11),
        column("city", "CITY", 8, 16),
        column("phone", "PHONE", 13, 18),
        column("email", "EMAIL", 14, 30),
        column("is_active", "ACTIVE", 6, 6),
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
    empty: "No partners or distributors yet. Press a to add one.",
    ..Resource::PLAIN
};

static DISTRIBUTOR_PARTNERS: Resource = Resource {
    entity: &crate::store::organizations::DISTRIBUTOR_PARTNERS,
    title: "Distributors' partners",
    aliases: &["managed"],
    columns: &[
        column("distributor", "DISTRIBUTOR", 16, 32),
        column("partner", "PARTNER", 16, 32),
        column("is_active", "ACTIVE", 6, 6),
        column("assigned_at", "ASSIGNED", 9, 16),
        column("assigned_by", "BY", 8, 14),
        column("notes", "NOTES", 12, 40),
    ],
    form: &["distributor", "partner", "notes"],
    empty: "No partner is assigned to a distributor yet. Press a to assign one.",
    labels: &[("assigned_at", "assigned"), ("assigned_by", "by")],
    help: &[("distributor", "who sees the partner's customers, orders and contracts while the link is active")],
    ..Resource::PLAIN
};

static CUSTOMER_MERGES: Resource = Resource {
    entity: &crate::store::merges::CUSTOMER_MERGES,
    title: "Merged customers",
    aliases: &["merges"],
    columns: &[
        column("merged_number", "NUMBER WAS", 12, 16),
        column("survivor", "IS NOW", 10, 12),
        column("merged", "MERGED", 10, 12),
        column("created_at", "TIME", 16, 16),
    ],
    empty: "No customers were merged yet.",
    labels: &[("merged_number", "number was"), ("survivor", "is now"), ("created_at", "time")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] =
    &[&CUSTOMERS, &PLANS, &ORGANIZATIONS, &DISTRIBUTOR_PARTNERS, &CUSTOMER_MERGES];
