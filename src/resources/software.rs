//! Software, its versions, and what runs on which device.

use super::{Resource, column, number};

pub(super) static SOFTWARE: Resource = Resource {
    entity: &crate::store::software::SOFTWARE,
    title: "Software",
    aliases: &["sw", "firmware"],
    columns: &[
        column("name", "NAME", 16, 32),
        column("vendor", "VENDOR", 10, 20),
        column("category", "CATEGORY", 8, 11),
        column("platform", "PLATFORM", 8, 16),
        column("license_type", "LICENSE", 8, 16),
        column("is_active", "ACTIVE", 6, 6),
        column("description", "DESCRIPTION", 12, 40),
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
    empty: "No software yet. Press a to add what devices run.",
    ..Resource::PLAIN
};

pub(super) static SOFTWARE_VERSIONS: Resource = Resource {
    entity: &crate::store::software::SOFTWARE_VERSIONS,
    title: "Software versions",
    aliases: &["versions", "swv"],
    columns: &[
        column("software", "SOFTWARE", 14, 28),
        column("version_number", "VERSION", 8, 18),
        column("is_stable", "STABLE", 6, 6),
        column("is_beta", "BETA", 4, 5),
        column("released_at", "RELEASED", 9, 16),
        column("requires_reboot", "REBOOT", 6, 6),
        number("file_size", "BYTES", 8, 12),
        column("checksum", "CHECKSUM", 12, 64),
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
    empty: "No versions yet. Press a to add one.",
    labels: &[("version_number", "version"), ("is_stable", "stable"), ("is_beta", "beta"), ("released_at", "released")],
    help: &[
        ("version_number", "7.16.1, 1.0.0-rc.1: numbers count as numbers, a pre-release comes before its release"),
        ("checksum", "SHA-256 of the file: 64 hexadecimal digits"),
        ("file_size", "in bytes"),
        ("compatibility", r#"{"device_types": ["olt"]}; {}: for every device"#),
    ],
    ..Resource::PLAIN
};

pub(super) static SOFTWARE_INSTALLATIONS: Resource = Resource {
    entity: &crate::store::software::SOFTWARE_INSTALLATIONS,
    title: "Installations",
    aliases: &["installs", "swi"],
    columns: &[
        column("device", "DEVICE", 10, 12),
        column("action", "ACTION", 9, 9),
        column("new_version", "TO", 8, 16),
        column("previous_version", "FROM", 8, 16),
        column("status", "STATUS", 11, 11),
        column("started_at", "STARTED", 9, 16),
        column("completed_at", "ENDED", 9, 16),
        column("initiated_by", "BY", 8, 16),
        column("error_message", "ERROR", 12, 40),
    ],
    form: &["device", "version", "action", "installation_log"],
    empty: "Nothing is being installed. Press a to put a version on a device.",
    labels: &[("completed_at", "ended"), ("new_version", "to version"), ("previous_version", "from version")],
    help: &[
        ("version", "number of a version, or its id where several software have one of that number"),
        ("action", "install, update (to a newer one), uninstall; to go back: x r on what was installed"),
    ],
    ..Resource::PLAIN
};

pub(super) static DEVICE_SOFTWARE: Resource = Resource {
    entity: &crate::store::software::DEVICE_SOFTWARE,
    title: "Software on devices",
    aliases: &["installed", "dsw"],
    columns: &[
        column("device", "DEVICE", 10, 12),
        column("software", "SOFTWARE", 14, 28),
        column("installed_version", "RUNS", 8, 16),
        column("newer_version", "NEWER", 8, 16),
        column("installation_status", "STATUS", 10, 13),
        column("last_updated", "CHANGED", 9, 16),
        column("installation_date", "SINCE", 9, 16),
    ],
    form: &["device", "software", "version", "installed_version", "configuration", "notes"],
    empty: "Nothing is known of what devices run. What is installed is noted here.",
    labels: &[("installation_status", "status"), ("installed_version", "runs")],
    help: &[
        ("version", "a version that is known here; it fills in what runs"),
        ("installed_version", "what the device says it runs"),
    ],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&SOFTWARE, &SOFTWARE_VERSIONS, &SOFTWARE_INSTALLATIONS, &DEVICE_SOFTWARE];
