//! The organisation itself.

use super::{Resource, column};

static TENANTS: Resource = Resource {
    entity: &crate::store::organisation::TENANTS,
    title: "Organisation",
    aliases: &["organisation", "tenant"],
    columns: &[
        column("name", "NAME", 10, 20),
        column("display_name", "SHOWN AS", 14, 30),
        column("status", "STATUS", 9, 9),
        column("currency", "CUR", 3, 3),
        column("timezone", "ZONE", 10, 24),
        column("locale", "LOCALE", 6, 10),
        column("expires_at", "UNTIL", 10, 16),
    ],
    form: &["display_name", "currency", "timezone", "locale", "config"],
    empty: "There is nothing here that you may see.",
    labels: &[("display_name", "shown as"), ("expires_at", "until")],
    help: &[
        ("display_name", "what the header says"),
        ("currency", "a code such as KES; records that exist keep theirs"),
        ("timezone", "such as Africa/Nairobi; counts from the next log-in"),
        ("locale", "how dates, numbers and money are written: en, en-KE, de; counts from the next log-in"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TENANTS];
