//! What engineers ask the warehouse for, and what is promised to them.

use super::{Resource, column, number};

static STOCK_REQUESTS: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_REQUESTS,
    aliases: &["requests", "request"],
    columns: &[
        column("number", 10, 12),
        column("engineer_name", 10, 24),
        column("status", 9, 9),
        column("priority", 8, 8),
        column("job", 10, 12),
        column("job_reference", 8, 20),
        column("location", 8, 20),
        column("created_at", 10, 16),
        column("decided_by", 8, 14),
    ],
    form: &["number", "engineer", "engineer_name", "priority", "job", "job_reference", "location"],
    letters: &[("approve", 'a'), ("reject", 'r'), ("issue", 'i'), ("cancel", 'c')],
};

static STOCK_REQUEST_LINES: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_REQUEST_LINES,
    aliases: &["reqlines"],
    columns: &[
        column("request", 10, 12),
        column("item", 8, 18),
        column("item_name", 12, 30),
        number("quantity", 6, 8),
        number("issued_quantity", 5, 8),
    ],
    form: &["request", "item", "quantity"],
    ..Resource::PLAIN
};

static STOCK_RESERVATIONS: Resource = Resource {
    entity: &crate::store::stock_requests::STOCK_RESERVATIONS,
    aliases: &["reservations", "reservation"],
    columns: &[
        column("created_at", 10, 16),
        column("item", 8, 18),
        number("quantity", 8, 8),
        column("status", 8, 8),
        column("item_name", 12, 30),
        column("request", 10, 12),
        column("job", 10, 12),
    ],
    form: &["item", "quantity", "job"],
    letters: &[("use", 'u'), ("release", 'r')],
};

pub(super) static RESOURCES: &[&Resource] = &[&STOCK_REQUESTS, &STOCK_REQUEST_LINES, &STOCK_RESERVATIONS];
