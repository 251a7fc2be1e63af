//! How it looks: every place at every size in every state. `HEADEND_SNAPSHOTS=write` writes what is shown as what is
//! right.

mod album;
mod forms;
mod lists;
mod overlays;
mod places;
mod records;
mod signs;
mod tabs;
