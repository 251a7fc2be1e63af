//! Leads, what is done about them, and their way.

use super::{Resource, column, number};

static LEADS: Resource = Resource {
    entity: &crate::store::leads::LEADS,
    aliases: &["ld"],
    columns: &[
        column("number", 11, 12),
        column("title", 18, 36),
        column("status", 11, 12),
        column("contact_name", 12, 24),
        column("contact_phone", 13, 18),
        column("follow_up_at", 9, 11),
        number("value", 9, 12),
        number("probability", 3, 3),
        column("assigned_to", 8, 14),
        column("source", 7, 12),
        column("organization", 10, 22),
        column("partner", 10, 20),
    ],
    form: &[
        "number",
        "title",
        "contact_name",
        "contact_email",
        "contact_phone",
        "organization",
        "address",
        "plan_interest",
        "value",
        "currency",
        "probability",
        "source",
        "assigned_to",
        "follow_up_at",
        "expected_close_at",
        "partner",
        "distributor",
        "notes",
    ],
    letters: &[("qualify", 'u'), ("check_feasibility", 'f'), ("negotiate", 'g'), ("lose", 'l')],
};

static LEAD_ACTIVITIES: Resource = Resource {
    entity: &crate::store::leads::LEAD_ACTIVITIES,
    aliases: &["activities"],
    columns: &[
        column("due_at", 11, 16),
        column("done", 4, 5),
        column("activity_type", 7, 10),
        column("subject", 16, 40),
        column("lead", 11, 12),
        column("user", 8, 14),
        column("description", 12, 40),
    ],
    form: &["lead", "activity_type", "subject", "due_at", "user", "description"],
    ..Resource::PLAIN
};

static LEAD_NOTES: Resource = Resource {
    entity: &crate::store::leads::LEAD_NOTES,
    columns: &[
        column("created_at", 16, 16),
        column("lead", 11, 12),
        column("created_by", 8, 14),
        column("content", 20, 80),
    ],
    form: &["lead", "content"],
    ..Resource::PLAIN
};

static LEAD_STATUS_HISTORY: Resource = Resource {
    entity: &crate::store::leads::LEAD_STATUS_HISTORY,
    aliases: &["lead_steps"],
    columns: &[
        column("changed_at", 16, 16),
        column("lead", 11, 12),
        column("old_status", 11, 12),
        column("new_status", 11, 12),
        column("changed_by", 8, 14),
        column("reason", 12, 40),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&LEADS, &LEAD_ACTIVITIES, &LEAD_NOTES, &LEAD_STATUS_HISTORY];
