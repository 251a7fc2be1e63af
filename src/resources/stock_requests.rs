//! What engineers ask the warehouse for, and what is promised to them.

use super::{Resource, column, number};

/// What is said when several items move in one go.
pub(super) const DEALT: [(&str, &str); 3] = [
    ("lines", "how many of each: ont-4=3, patch lead=10; empty: all that is missing"),
    ("serials", "of items that go by them: numbers joined by commas; 10-15 is 10 to 15"),
    ("location", "where it is taken from or put; empty: as the record says, or nowhere in particular"),
];

static STOCK_REQUESTS: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_REQUESTS,
    title: "Stock requests",
    aliases: &["requests", "request"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("engineer_name", "WHO", 10, 24),
        column("status", "STATUS", 9, 9),
        column("priority", "PRIORITY", 8, 8),
        column("job", "JOB", 10, 12),
        column("job_reference", "FOR", 8, 20),
        column("location", "FROM", 8, 20),
        column("created_at", "CREATED", 10, 16),
        column("decided_by", "DECIDED BY", 8, 14),
    ],
    form: &["number", "engineer", "engineer_name", "priority", "job", "job_reference", "location"],
    empty: "Nobody asks for anything. Press a to write down what is needed.",
    labels: &[("engineer_name", "who"), ("job_reference", "what for"), ("location", "from"), ("decided_at", "decided")],
    help: &[
        ("number", "empty: the next one is given"),
        ("engineer", "empty: you"),
        ("engineer_name", "empty: as the engineer is called"),
        DEALT[0],
        DEALT[1],
        DEALT[2],
    ],
    letters: &[("approve", 'a'), ("reject", 'r'), ("issue", 'i'), ("cancel", 'c')],
};

static STOCK_REQUEST_LINES: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_REQUEST_LINES,
    title: "Lines of stock requests",
    aliases: &["reqlines"],
    columns: &[
        column("request", "REQUEST", 10, 12),
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 12, 30),
        number("quantity", "WANTED", 6, 8),
        number("issued_quantity", "GIVEN", 5, 8),
    ],
    form: &["request", "item", "quantity"],
    empty: "No request says yet what it asks for.",
    labels: &[("item_name", "name"), ("quantity", "wanted"), ("issued_quantity", "given")],
    ..Resource::PLAIN
};

static STOCK_RESERVATIONS: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_RESERVATIONS,
    title: "Reservations of stock",
    aliases: &["reservations", "reservation"],
    columns: &[
        column("created_at", "SINCE", 10, 16),
        column("item", "SKU", 8, 18),
        column("item_name", "NAME", 12, 30),
        number("quantity", "QUANTITY", 8, 8),
        column("status", "STATUS", 8, 8),
        column("request", "REQUEST", 10, 12),
        column("job", "JOB", 10, 12),
    ],
    form: &["item", "quantity", "job"],
    empty: "Nothing is promised to anybody.",
    labels: &[("item_name", "name")],
    letters: &[("use", 'u'), ("release", 'r')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&STOCK_REQUESTS, &STOCK_REQUEST_LINES, &STOCK_RESERVATIONS];
