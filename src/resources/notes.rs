//! What people write about records.

use super::{Resource, column};

static NOTES: Resource = Resource {
    entity: &crate::store::notes::NOTES,
    columns: &[
        column("created_at", 16, 16),
        column("created_by", 8, 14),
        column("content", 20, 80),
        column("is_pinned", 6, 6),
        column("is_internal", 8, 8),
        column("customer", 10, 12),
        column("device", 10, 12),
        column("order", 10, 12),
        column("contract", 10, 12),
        column("ticket", 10, 12),
        column("incident", 10, 14),
    ],
    form: &["content", "is_pinned", "is_internal", "customer", "device", "order", "contract", "ticket", "incident"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&NOTES];
