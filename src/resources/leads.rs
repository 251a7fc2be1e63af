//! Leads, what is done about them, and their way.

use super::{Resource, column, number};

static LEADS: Resource = Resource {
    entity: &crate::store::leads::LEADS,
    title: "Leads",
    aliases: &["ld"],
    columns: &[
        column("number", "NUMBER", 11, 12),
        column("title", "TITLE", 18, 36),
        column("status", "STATUS", 11, 12),
        column("contact_name", "CONTACT", 12, 24),
        column("contact_phone", "PHONE", 13, 18),
        column("follow_up_at", "FOLLOW UP", 9, 11),
        number("value", "VALUE", 9, 12),
        number("probability", "%", 3, 3),
        column("assigned_to", "ASSIGNED", 8, 14),
        column("source", "SOURCE", 7, 12),
        column("organization", "COMPANY", 10, 22),
        column("partner", "PARTNER", 10, 20),
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
    empty: "No leads yet. Press a to note who asked, or bring them in with: headend import leads FILE.csv",
    labels: &[
        ("contact_name", "contact"),
        ("contact_email", "e-mail"),
        ("contact_phone", "phone"),
        ("organization", "company"),
        ("plan_interest", "interested in"),
        ("follow_up_at", "follow up"),
        ("expected_close_at", "expected to close"),
        ("last_sync_at", "last sync"),
        ("make_customer", "make the customer"),
        ("make_job", "make the job"),
        ("job_at", "job at"),
    ],
    help: &[
        ("source", "manual, website, referral, crm or a word of your own"),
        ("plan_interest", "a plan's name, or what they asked for in their words"),
        ("probability", "in percent, 0 to 100"),
        ("customer", "number or name of the customer that this lead turns out to be; empty: none, or a new one"),
        ("make_customer", "yes: a customer is made from what the lead says"),
        ("make_job", "yes: a job is made for the installation"),
        ("job_at", "when somebody is to go there: 2026-11-20 14:00, tomorrow, +3d"),
    ],
    letters: &[
        ("qualify", 'u'),
        ("check_feasibility", 'f'),
        ("negotiate", 'g'),
        ("cancel", 'd'),
        ("install", 'i'),
        ("lose", 'l'),
    ],
};

static LEAD_ACTIVITIES: Resource = Resource {
    entity: &crate::store::leads::LEAD_ACTIVITIES,
    title: "Lead activities",
    aliases: &["activities"],
    columns: &[
        column("due_at", "DUE", 11, 16),
        column("done", "DONE", 4, 5),
        column("activity_type", "TYPE", 7, 10),
        column("subject", "SUBJECT", 16, 40),
        column("lead", "LEAD", 11, 12),
        column("user", "WHO", 8, 14),
        column("description", "DESCRIPTION", 12, 40),
    ],
    form: &["lead", "activity_type", "subject", "due_at", "user", "description"],
    empty: "Nothing to do about leads. Press a to plan a call or a visit.",
    labels: &[("due_at", "due"), ("done_at", "done on"), ("activity_type", "type"), ("user", "who")],
    help: &[("activity_type", "call, email, meeting, task, visit or a word of your own")],
    ..Resource::PLAIN
};

static LEAD_NOTES: Resource = Resource {
    entity: &crate::store::leads::LEAD_NOTES,
    title: "Lead notes",
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("lead", "LEAD", 11, 12),
        column("created_by", "BY", 8, 14),
        column("content", "NOTE", 20, 80),
    ],
    form: &["lead", "content"],
    empty: "No notes about leads yet. Press a to write one.",
    labels: &[("created_by", "by")],
    ..Resource::PLAIN
};

static LEAD_STATUS_HISTORY: Resource = Resource {
    entity: &crate::store::leads::LEAD_STATUS_HISTORY,
    title: "Steps of leads",
    aliases: &["lead_steps"],
    columns: &[
        column("changed_at", "TIME", 16, 16),
        column("lead", "LEAD", 11, 12),
        column("old_status", "FROM", 11, 12),
        column("new_status", "TO", 11, 12),
        column("changed_by", "BY", 8, 14),
        column("reason", "REASON", 12, 40),
    ],
    empty: "No lead has moved yet.",
    labels: &[("changed_at", "time"), ("old_status", "from"), ("new_status", "to"), ("changed_by", "by")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&LEADS, &LEAD_ACTIVITIES, &LEAD_NOTES, &LEAD_STATUS_HISTORY];
