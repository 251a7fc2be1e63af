//! Messages to customers' phones.

use super::{Resource, column, number};
use crate::store::messages::{SMS_GATEWAYS, SMS_LOG};

static GATEWAY: Resource = Resource {
    entity: &SMS_GATEWAYS,
    title: "SMS gateways",
    aliases: &["sgw"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("provider", "PROVIDER", 10, 20),
        column("purpose", "FOR", 7, 8),
        column("is_active", "ACTIVE", 6, 6),
        column("is_default", "DEFAULT", 7, 7),
    ],
    form: &["name", "provider", "purpose", "credentials", "configuration", "is_active", "is_default"],
    empty: "No SMS gateways yet. Press a to add who carries messages for you.",
    labels: &[("purpose", "for"), ("is_default", "default")],
    help: &[
        ("credentials", "keys and passwords; kept sealed, shown to nobody"),
        ("is_default", "one of each purpose: a new one takes it over"),
    ],
    ..Resource::PLAIN
};

static MESSAGE: Resource = Resource {
    entity: &SMS_LOG,
    title: "Messages",
    aliases: &["sms", "messages"],
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("recipient", "TO", 13, 18),
        column("customer", "CUSTOMER", 10, 14),
        column("status", "STATUS", 9, 9),
        column("body", "TEXT", 20, 60),
        column("provider", "PROVIDER", 10, 16),
        number("cost", "COST", 6, 10),
        column("error", "ERROR", 10, 40),
    ],
    empty: "No messages yet.",
    labels: &[("recipient", "to"), ("body", "text"), ("provider_message_id", "provider's number")],
    help: &[("recipient", "a phone number; empty: the customer's")],
    letters: &[("queue", 'w')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&GATEWAY, &MESSAGE];
