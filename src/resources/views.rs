//! What people keep for themselves: saved views of lists, and records that they watch.

use super::{Resource, column};
use crate::store::saved_views::SAVED_VIEWS as VIEWS;
use crate::store::watches::WATCHES as WATCHED;

pub(super) static SAVED_VIEWS: Resource = Resource {
    entity: &VIEWS,
    title: "Saved views",
    aliases: &["views"],
    columns: &[
        column("name", "NAME", 12, 30),
        column("screen", "LIST", 9, 20),
        column("letter", "KEY", 3, 3),
        column("owner", "OWNER", 8, 16),
        column("filter", "FILTER", 16, 50),
        column("sort", "SORT", 8, 20),
    ],
    form: &["name", "letter", "filter", "sort"],
    empty: "No saved views yet: V in a list keeps it as it stands.",
    ..Resource::PLAIN
};

pub(super) static WATCHES: Resource = Resource {
    entity: &WATCHED,
    title: "Watched records",
    aliases: &["watched"],
    columns: &[
        column("title", "RECORD", 14, 40),
        column("change", "LAST CHANGE", 18, 30),
        column("who", "BY", 8, 16),
        column("changed_at", "WHEN", 9, 16),
        column("unseen", "NEW", 3, 4),
        column("entity_type", "KIND", 9, 20),
    ],
    form: &[],
    empty: "Nothing is watched: x w on a record watches it.",
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SAVED_VIEWS, &WATCHES];
