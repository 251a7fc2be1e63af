//! Drawings of what is connected with what, and their review.

use super::{Resource, column, number};

pub(super) static TOPOLOGIES: Resource = Resource {
    entity: &crate::store::topologies::TOPOLOGIES,
    aliases: &["topo", "drawings"],
    columns: &[column("name", 16, 40), column("user", 10, 16), column("updated_at", 9, 16)],
    form: &["name", "user", "nodes", "edges"],
    ..Resource::PLAIN
};

pub(super) static TOPOLOGY_REVIEWS: Resource = Resource {
    entity: &crate::store::topologies::TOPOLOGY_REVIEWS,
    aliases: &["reviews"],
    columns: &[
        column("topology", 16, 40),
        column("status", 9, 9),
        number("conflict_count", 9, 9),
        column("last_checked_at", 9, 16),
        column("resolved_by", 10, 16),
        column("resolved_at", 9, 16),
        column("created_at", 9, 16),
    ],
    form: &["topology", "notes"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TOPOLOGIES, &TOPOLOGY_REVIEWS];
