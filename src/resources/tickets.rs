//! What customers report and how it is answered.

use super::{Resource, column};

static TICKETS: Resource = Resource {
    entity: &crate::store::tickets::TICKETS,
    aliases: &["tck", "tkt"],
    columns: &[
        column("number", 10, 12),
        column("title", 18, 40),
        column("status", 11, 11),
        column("priority", 8, 8),
        column("resolve_by", 10, 16),
        column("customer", 10, 12),
        column("engineer", 8, 16),
        column("waiting", 5, 5),
        column("category", 8, 9),
        column("respond_by", 10, 16),
        column("created_at", 10, 16),
    ],
    form: &[
        "number",
        "title",
        "description",
        "priority",
        "category",
        "customer",
        "device",
        "incident",
        "contract",
        "engineer",
        "engineer_name",
    ],
    letters: &[("close", 'c'), ("resolve", 'v'), ("resume", 'u'), ("comment", 'm'), ("apply", 'p')],
};

static TICKET_COMMENTS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_COMMENTS,
    aliases: &["comments"],
    columns: &[
        column("created_at", 16, 16),
        column("ticket", 10, 12),
        column("content", 20, 80),
        column("author", 8, 16),
        column("is_internal", 8, 8),
    ],
    form: &["is_internal", "content"],
    ..Resource::PLAIN
};

static TICKET_STATE_SPANS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_STATE_SPANS,
    aliases: &["spans"],
    columns: &[column("since", 16, 16), column("ticket", 10, 12), column("status", 11, 11), column("waiting", 5, 5)],
    form: &[],
    ..Resource::PLAIN
};

static TICKET_LINKS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_LINKS,
    aliases: &["links"],
    columns: &[column("ticket", 10, 12), column("kind", 9, 9), column("other", 10, 12), column("created_at", 10, 16)],
    form: &["ticket", "kind", "other"],
    ..Resource::PLAIN
};

static MACROS: Resource = Resource {
    entity: &crate::store::tickets::MACROS,
    aliases: &["mac"],
    columns: &[
        column("name", 14, 30),
        column("comment", 20, 60),
        column("is_internal", 8, 8),
        column("values_to_set", 12, 40),
        column("is_active", 6, 6),
    ],
    form: &["name", "comment", "is_internal", "values_to_set", "is_active"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TICKETS, &TICKET_COMMENTS, &TICKET_STATE_SPANS, &TICKET_LINKS, &MACROS];
