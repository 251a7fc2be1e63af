//! Visits to customers and what they use up.

use super::{Resource, column, number};

static JOBS: Resource = Resource {
    entity: &crate::store::jobs::JOBS,
    title: "Jobs",
    aliases: &["job"],
    columns: &[
        column("number", "NUMBER", 10, 12),
        column("scheduled_at", "WHEN", 16, 16),
        column("customer_name", "CUSTOMER", 16, 30),
        column("job_type", "TYPE", 11, 11),
        column("status", "STATUS", 11, 11),
        column("priority", "PRIORITY", 8, 8),
        column("engineer", "ENGINEER", 8, 16),
        column("phone", "PHONE", 13, 18),
        column("city", "CITY", 8, 16),
        column("address", "ADDRESS", 12, 30),
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
    empty: "No jobs yet. Press a to plan a visit.",
    labels: &[
        ("scheduled_at", "when"),
        ("completed_at", "completed"),
        ("activate", "activate the customer"),
        ("location", "parts taken from"),
    ],
    help: &[
        ("number", "empty: the next one is given"),
        ("customer_name", "empty: as the customer or the lead is called"),
        ("phone", "empty: the customer's"),
        ("address", "empty: the customer's"),
        ("plan", "empty: the customer's"),
    ],
    letters: &[("complete", 'v'), ("cancel", 'd'), ("reschedule", 'r')],
};

static JOB_DEVICES: Resource = Resource {
    entity: &crate::store::jobs::JOB_DEVICES,
    title: "Lines of jobs",
    aliases: &["jobdev"],
    columns: &[
        column("job", "JOB", 10, 12),
        column("device", "DEVICE", 10, 14),
        column("item", "ITEM", 12, 24),
        column("serial", "SERIAL", 10, 24),
        number("quantity", "QTY", 3, 6),
    ],
    form: &["job", "device", "item", "serial", "quantity"],
    empty: "No job says yet what it installs. Press a to add a device or a part.",
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&JOBS, &JOB_DEVICES];
