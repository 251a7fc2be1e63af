//! Drawings of what is connected with what, and their review.

use super::{Resource, column, number};

pub(super) static TOPOLOGIES: Resource = Resource {
    entity: &crate::store::topologies::TOPOLOGIES,
    title: "Topologies",
    aliases: &["topo", "drawings"],
    columns: &[
        column("name", "NAME", 16, 40),
        column("user", "DRAWN BY", 10, 16),
        column("updated_at", "CHANGED", 9, 16),
    ],
    form: &["name", "user", "nodes", "edges"],
    empty: "No topologies yet. Press a to draw what is to be connected with what.",
    labels: &[("user", "drawn by")],
    help: &[
        ("user", "whose drawing it is; empty: yours"),
        ("nodes", r#"[{"id": "a", "device": "DEV-000001"}, {"id": "b"}]: a node names a device or is free"#),
        ("edges", r#"[{"from": {"node": "a", "port": 1}, "to": {"node": "b", "port": 1}}]"#),
    ],
    ..Resource::PLAIN
};

pub(super) static TOPOLOGY_REVIEWS: Resource = Resource {
    entity: &crate::store::topologies::TOPOLOGY_REVIEWS,
    title: "Topology reviews",
    aliases: &["reviews"],
    columns: &[
        column("topology", "TOPOLOGY", 16, 40),
        column("status", "STATUS", 9, 9),
        number("conflict_count", "CONFLICTS", 9, 9),
        column("last_checked_at", "CHECKED", 9, 16),
        column("resolved_by", "DECIDED BY", 10, 16),
        column("resolved_at", "DECIDED", 9, 16),
        column("created_at", "SUBMITTED", 9, 16),
    ],
    form: &["topology", "notes"],
    empty: "Nothing to review. A topology is submitted with x s on its row.",
    labels: &[("conflict_count", "conflicts counted"), ("last_checked_at", "checked"), ("resolved_at", "decided")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&TOPOLOGIES, &TOPOLOGY_REVIEWS];
