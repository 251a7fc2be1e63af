//! Visits to customers and what they use up.

use super::{Resource, column, number};

static JOBS: Resource = Resource {
    entity: &crate::store::jobs::JOBS,
    aliases: &["job"],
    columns: &[
        column("number", 10, 12),
        column("scheduled_at", 16, 16),
        column("customer_name", 16, 30),
        column("job_type", 11, 11),
        column("status", 11, 11),
        column("priority", 8, 8),
        column("engineer", 8, 16),
        column("phone", 13, 18),
        column("city", 8, 16),
        column("address", 12, 30),
    ],
    form: &[
        "number",
        "customer",
        "lead",
        "customer_name",
        "phone",
        "address",
        "city",
        "job_type",
        "priority",
        "scheduled_at",
        "engineer",
        "plan",
        "plan_name",
        "notes",
    ],
    letters: &[("reschedule", 'r')],
};

static JOB_DEVICES: Resource = Resource {
    entity: &crate::store::jobs::JOB_DEVICES,
    aliases: &["jobdev"],
    columns: &[
        column("job", 10, 12),
        column("item", 12, 24),
        number("quantity", 3, 6),
        column("device", 10, 14),
        column("serial", 10, 24),
    ],
    form: &["job", "device", "item", "serial", "quantity"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&JOBS, &JOB_DEVICES];
