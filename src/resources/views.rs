//! What people keep for themselves: saved views of lists, and records that they watch.

use super::{Resource, column};
use crate::store::saved_views::SAVED_VIEWS as VIEWS;
use crate::store::watches::WATCHES as WATCHED;

pub(super) static SAVED_VIEWS: Resource = Resource {
    entity: &VIEWS,
    aliases: &["views"],
    columns: &[
        column("name", 12, 30),
        column("screen", 9, 20),
        column("letter", 3, 3),
        column("owner", 8, 16),
        column("filter", 16, 50),
        column("sort", 8, 20),
    ],
    form: &["name", "letter", "filter", "sort"],
    ..Resource::PLAIN
};

pub(super) static WATCHES: Resource = Resource {
    entity: &WATCHED,
    aliases: &["watched"],
    columns: &[
        column("title", 14, 40),
        column("change", 18, 30),
        column("who", 8, 16),
        column("changed_at", 9, 16),
        column("unseen", 3, 4),
        column("entity_type", 9, 20),
    ],
    form: &[],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SAVED_VIEWS, &WATCHES];
