//! What people write about records.

use super::{Resource, column};

static NOTES: Resource = Resource {
    entity: &crate::store::notes::NOTES,
    title: "Notes",
    columns: &[
        column("created_at", "TIME", 16, 16),
        column("created_by", "BY", 8, 14),
        column("content", "NOTE", 20, 80),
        column("is_pinned", "PINNED", 6, 6),
        column("is_internal", "INTERNAL", 8, 8),
        column("customer", "CUSTOMER", 10, 12),
        column("device", "DEVICE", 10, 12),
        column("order", "ORDER", 10, 12),
        column("contract", "CONTRACT", 10, 12),
        column("ticket", "TICKET", 10, 12),
        column("incident", "INCIDENT", 10, 14),
    ],
    form: &["content", "is_pinned", "is_internal", "customer", "device", "order", "contract", "ticket", "incident"],
    empty: "No notes yet. Press a to write one about a customer, a device, an order, a contract, a ticket or an incident.",
    labels: &[("content", "note"), ("is_internal", "internal"), ("is_pinned", "pinned"), ("created_by", "by")],
    help: &[("is_internal", "yes: people of partners and distributors do not see it")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&NOTES];
