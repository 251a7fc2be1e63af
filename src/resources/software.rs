//! Software, its versions, and what runs on which device.

use super::{Resource, column, number};

pub(super) static SOFTWARE: Resource = Resource {
    entity: &crate::store::software::SOFTWARE,
    aliases: &["sw", "firmware"],
    columns: &[
        column("name", 16, 32),
        column("vendor", 10, 20),
        column("category", 8, 11),
        column("platform", 8, 16),
        column("license_type", 8, 16),
        column("is_active", 6, 6),
        column("description", 12, 40),
    ],
    form: &[
        "name",
        "vendor",
        "category",
        "platform",
        "license_type",
        "repository_url",
        "documentation_url",
        "description",
        "is_active",
    ],
    ..Resource::PLAIN
};

pub(super) static SOFTWARE_VERSIONS: Resource = Resource {
    entity: &crate::store::software::SOFTWARE_VERSIONS,
    aliases: &["versions", "swv"],
    columns: &[
        column("software", 14, 28),
        column("version_number", 8, 18),
        column("is_stable", 6, 6),
        column("is_beta", 4, 5),
        column("released_at", 9, 16),
        column("requires_reboot", 6, 6),
        number("file_size", 8, 12),
        column("checksum", 12, 64),
    ],
    form: &[
        "software",
        "version_number",
        "is_stable",
        "is_beta",
        "released_at",
        "requires_reboot",
        "file_path",
        "file_size",
        "checksum",
        "download_url",
        "compatibility",
        "release_notes",
        "changelog",
    ],
    ..Resource::PLAIN
};

pub(super) static SOFTWARE_INSTALLATIONS: Resource = Resource {
    entity: &crate::store::software::SOFTWARE_INSTALLATIONS,
    aliases: &["installs", "swi"],
    columns: &[
        column("device", 10, 12),
        column("action", 9, 9),
        column("new_version", 8, 16),
        column("previous_version", 8, 16),
        column("status", 11, 11),
        column("started_at", 9, 16),
        column("completed_at", 9, 16),
        column("initiated_by", 8, 16),
        column("error_message", 12, 40),
    ],
    form: &["device", "version", "action", "installation_log"],
    ..Resource::PLAIN
};

pub(super) static DEVICE_SOFTWARE: Resource = Resource {
    entity: &crate::store::software::DEVICE_SOFTWARE,
    aliases: &["installed", "dsw"],
    columns: &[
        column("device", 10, 12),
        column("software", 14, 28),
        column("installed_version", 8, 16),
        column("newer_version", 8, 16),
        column("installation_status", 10, 13),
        column("last_updated", 9, 16),
        column("installation_date", 9, 16),
    ],
    form: &["device", "software", "version", "installed_version", "configuration", "notes"],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SOFTWARE, &SOFTWARE_VERSIONS, &SOFTWARE_INSTALLATIONS, &DEVICE_SOFTWARE];
