//! Messages to customers' phones.

use super::{Resource, column, number};
use crate::store::messages::{SMS_GATEWAYS, SMS_LOG};

static GATEWAY: Resource = Resource {
    entity: &SMS_GATEWAYS,
    aliases: &["sgw"],
    columns: &[
        column("name", 14, 30),
        column("provider", 10, 20),
        column("purpose", 7, 8),
        column("is_active", 6, 6),
        column("is_default", 7, 7),
    ],
    form: &["name", "provider", "purpose", "credentials", "configuration", "is_active", "is_default"],
    ..Resource::PLAIN
};

static MESSAGE: Resource = Resource {
    entity: &SMS_LOG,
    aliases: &["sms", "messages"],
    columns: &[
        column("created_at", 16, 16),
        column("recipient", 13, 18),
        column("customer", 10, 14),
        column("status", 9, 9),
        column("body", 20, 60),
        column("provider", 10, 16),
        number("cost", 6, 10),
        column("error", 10, 40),
    ],
    letters: &[("queue", 's')],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&GATEWAY, &MESSAGE];
