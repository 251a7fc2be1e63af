//! What customers report and how it is answered.

use super::{Resource, column};

static TICKETS: Resource = Resource {
    entity: &crate::store::tickets::TICKETS,
    title: "Tickets",
    aliases: &["tck", "tkt"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("title", "TITLE", 18, 40),
        column("status", "STATUS", 11, 11),
        column("priority", "PRIORITY", 8, 8),
        column("resolve_by", "RESOLVE BY", 10, 16),
        column("customer", "CUSTOMER", 10, 12),
        column("engineer", "ENGINEER", 8, 16),
        column("waiting", "WAITS", 5, 5),
        column("category", "CATEGORY", 8, 9),
        column("respond_by", "ANSWER BY", 10, 16),
        column("created_at", "CREATED", 10, 16),
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
    empty: "No tickets yet. Press a to write down what somebody reports.",
    labels: &[
        ("respond_by", "answer by"),
        ("responded_at", "answered"),
        ("closed_at", "closed"),
        ("waiting", "waits for customer"),
        ("is_internal", "internal"),
        ("content", "comment"),
    ],
    help: &[("number", "empty: the next one is given"), ("engineer_name", "empty: as the engineer is called")],
    letters: &[("close", 'c'), ("resolve", 'v'), ("resume", 'u'), ("comment", 'm'), ("apply", 'p')],
};

static TICKET_COMMENTS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_COMMENTS,
    title: "Comments",
    aliases: &["comments"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("ticket", "TICKET", 10, 12),
        column("author", "WHO", 8, 16),
        column("is_internal", "INTERNAL", 8, 8),
        column("content", "COMMENT", 20, 80),
    ],
    form: &["is_internal", "content"],
    empty: "Nobody has said anything yet. Open a ticket and comment on it.",
    labels: &[("is_internal", "internal")],
    ..Resource::PLAIN
};

static TICKET_STATE_SPANS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_STATE_SPANS,
    title: "States of tickets",
    aliases: &["spans"],
    columns: &[
        column("since", "SINCE", 16, 16),
        column("ticket", "TICKET", 10, 12),
        column("status", "STATUS", 11, 11),
        column("waiting", "WAITS", 5, 5),
    ],
    form: &[],
    empty: "No ticket has had a state yet.",
    ..Resource::PLAIN
};

static TICKET_LINKS: Resource = Resource {
    entity: &crate::store::tickets::TICKET_LINKS,
    title: "Links between tickets",
    aliases: &["links"],
    columns: &[
        column("ticket", "TICKET", 10, 12),
        column("kind", "IS", 9, 9),
        column("other", "OF", 10, 12),
        column("created_at", "CREATED", 10, 16),
    ],
    form: &["ticket", "kind", "other"],
    empty: "No tickets are linked. Open one and link it with another.",
    labels: &[("other", "other ticket")],
    help: &[("kind", "duplicate: closed with the other one; child: a part of it; related")],
    ..Resource::PLAIN
};

static MACROS: Resource = Resource {
    entity: &crate::store::tickets::MACROS,
    title: "Macros",
    aliases: &["mac"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("comment", "COMMENT", 20, 60),
        column("is_internal", "INTERNAL", 8, 8),
        column("values_to_set", "SETS", 12, 40),
        column("is_active", "ACTIVE", 6, 6),
    ],
    form: &["name", "comment", "is_internal", "values_to_set", "is_active"],
    empty: "No macros yet. Press a to write down an answer that is given again and again.",
    labels: &[("values_to_set", "sets"), ("is_internal", "internal")],
    help: &[("values_to_set", "{\"priority\": \"high\", \"engineer\": \"amina\", \"do\": \"start\"}")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TICKETS, &TICKET_COMMENTS, &TICKET_STATE_SPANS, &TICKET_LINKS, &MACROS];
