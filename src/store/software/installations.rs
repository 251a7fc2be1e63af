//! Installations: what is put on a device, how it goes, and the way back.

use super::{DEVICE_SOFTWARE, SOFTWARE_VERSIONS};
use crate::domain::software::{ACTIONS, INSTALLATION, compare_versions, fits};
use crate::domain::{Id, Kind, Value};
use crate::store::StoreError;
use crate::store::devices::DEVICES;
use crate::store::entity::{Change, Condition, Entity, Field, Visibility};
use crate::store::model::table;
use crate::store::operation::Request;
use crate::store::record::Record;
use crate::store::schema::TABLES;
use crate::store::write::Writing;

pub static SOFTWARE_INSTALLATIONS: Entity = Entity {
    name: "software_installations",
    singular: "installation",
    table: &table(TABLES, "software_installations"),
    label: "new_version",
    title: &["device", "action", "new_version"],
    fields: &[
        Field::reference("device", "device_id", "devices").required().at_creation(),
        Field::reference("version", "version_id", "software_versions").required().at_creation(),
        Field::of("action", Kind::Choice(ACTIONS)).at_creation().default("install"),
        Field::of("status", Kind::Choice(INSTALLATION.states)).read_only(),
        Field::text("previous_version", 100).read_only(),
        Field::text("new_version", 100).read_only(),
        Field::reference("initiated_by", "initiated_by", "users").read_only(),
        Field::of("started_at", Kind::Instant).read_only(),
        Field::of("completed_at", Kind::Instant).read_only(),
        Field::lines("error_message").read_only(),
        Field::lines("installation_log").longest(100_000),
        Field::of("rollback_point", Kind::Json).read_only(),
        Field::reference("rollback_of", "rollback_of_id", "software_installations").read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
        Field::of("updated_at", Kind::Instant).read_only().slowly_sorted_by("updated_at"),
    ],
    lifecycle: Some(&INSTALLATION),
    visibility: Visibility::Through("device_id", "devices"),
    conditions: &[
        Condition { name: "open", means: "status:pending,in_progress" },
        Condition { name: "failed", means: "status:failed" },
        Condition { name: "mine", means: "initiated_by:me" },
    ],
    shows: &["device", "initiated_by"],
    default_sort: "-created_at",
    prepare: Some(before_installation),
    ..Entity::PLAIN
};

/// What a new installation is from and to, and whether it can be. What a file brings in as over is history and is not
/// asked.
fn before_installation(writing: &mut Writing<'_>, change: &mut Change<'_>) -> Result<(), StoreError> {
    let (None, Some(device), Some(version)) = (change.before, change.refers_to("device"), change.refers_to("version"))
    else {
        return Ok(());
    };
    if change.after("initiated_by").is_empty() {
        change.set("initiated_by", writing.person());
    }
    let version = writing.look(&SOFTWARE_VERSIONS, version)?;
    let action = change.after("action").as_str().to_owned();
    let present = standing(writing, device, version.get("software_id").as_id())?;
    let installed = present.as_ref().map_or("", |present| present.get("installed_version").as_str());
    let number = version.get("version_number").as_str();
    if is_open(change.after("status")) {
        let device = writing.look(&DEVICES, device)?;
        check_device(writing, change, &device, &version)?;
        match action.as_str() {
            "uninstall" if installed.is_empty() => change.problem("action", "nothing of this is installed there"),
            "update" if !installed.is_empty() && compare_versions(number, installed).is_le() => change.problem(
                "version",
                format!("{number} is not newer than {installed}, which is there: roll back, or install it anew"),
            ),
            "rollback" if change.after("rollback_of").is_empty() => {
                change.problem("action", "is made from the installation that is to be taken back: roll that one back");
            }
            _ => {}
        }
    }
    change.set("previous_version", if installed.is_empty() { Value::Null } else { Value::text(installed) });
    change.set("new_version", if action == "uninstall" { Value::Null } else { Value::text(number) });
    Ok(())
}

fn is_open(status: &Value) -> bool {
    matches!(status.as_str(), "pending" | "in_progress")
}

/// A device takes one installation at a time, of a version that fits it, while it is in service.
fn check_device(
    writing: &mut Writing<'_>,
    change: &mut Change<'_>,
    device: &Record,
    version: &Record,
) -> Result<(), StoreError> {
    let open = |status| [("device_id", Value::Id(device.id)), ("status", Value::text(status))];
    let mut running = writing.ids_where(&SOFTWARE_INSTALLATIONS, &open("pending"))?;
    running.extend(writing.ids_where(&SOFTWARE_INSTALLATIONS, &open("in_progress"))?);
    if !running.is_empty() {
        change.problem("device", "has an installation that is not over: bring that one to its end first");
    }
    if device.get("status").as_str() == "retired" {
        change.problem("device", "is retired");
    }
    let device_type = device.get("device_type").as_str();
    if let Value::Json(compatibility) = version.get("compatibility")
        && !fits(compatibility, device_type)
    {
        change.problem("version", format!("is not for devices of the type {device_type}"));
    }
    Ok(())
}

/// How a piece of software stands on a device, where anything is known, locked.
fn standing(writing: &mut Writing<'_>, device: Id, software: Option<Id>) -> Result<Option<Record>, StoreError> {
    let Some(software) = software else { return Ok(None) };
    let by = [("device_id", Value::Id(device)), ("software_id", Value::Id(software))];
    let found = writing.ids_where(&DEVICE_SOFTWARE, &by)?;
    found.first().map(|id| writing.take(&DEVICE_SOFTWARE, *id)).transpose()
}

/// Device, version and software of an installation.
fn place(writing: &mut Writing<'_>, installation: &Record) -> Result<(Id, Record, Id), StoreError> {
    let lost = || StoreError::unexpected("an installation without its device or version");
    let device = installation.get("device_id").as_id().ok_or_else(lost)?;
    let version = installation.get("version_id").as_id().ok_or_else(lost)?;
    let version = writing.look(&SOFTWARE_VERSIONS, version)?;
    let software = version.get("software_id").as_id().ok_or_else(lost)?;
    Ok((device, version, software))
}

/// It begins: what was there is kept, so that it can be gone back to.
pub(super) fn start(writing: &mut Writing<'_>, installation: &Record, request: &Request) -> Result<(), StoreError> {
    let (device, _, software) = place(writing, installation)?;
    let mut values = vec![("started_at", Value::Instant(writing.now))];
    match standing(writing, device, Some(software))? {
        Some(present) => {
            values.push(("rollback_point", rollback_point(&present)));
            values.push(("previous_version", present.get("installed_version").clone()));
            let installing = vec![("installation_status", Value::text("installing"))];
            writing.set(&present, installing, request.reason.as_deref())?;
        }
        None => {
            let new = vec![
                ("device", Value::Id(device)),
                ("software", Value::Id(software)),
                ("installation_status", Value::text("installing")),
            ];
            writing.make(&DEVICE_SOFTWARE, new)?;
        }
    }
    writing.follow(installation, "start", values, request.reason.as_deref())
}

/// What an installation changes, as it was before.
fn rollback_point(present: &Record) -> Value {
    let configuration = match present.get("configuration") {
        Value::Json(configuration) => configuration.clone(),
        _ => serde_json::json!({}),
    };
    Value::Json(serde_json::json!({
        "version_id": present.get("version_id").as_id().map(|id| id.to_string()),
        "version": present.get("installed_version").as_str(),
        "configuration": configuration,
    }))
}

/// It went well: the device runs what was to be put on it.
pub(super) fn complete(writing: &mut Writing<'_>, installation: &Record, request: &Request) -> Result<(), StoreError> {
    let (device, version, software) = place(writing, installation)?;
    let now = Value::Instant(writing.now);
    let mut values = vec![("last_updated", now.clone())];
    match installation.get("action").as_str() {
        "uninstall" => values.extend([
            ("version", Value::Null),
            ("installed_version", Value::Null),
            ("installation_date", Value::Null),
            ("installation_status", Value::text("not_installed")),
        ]),
        action => {
            values.extend([
                ("version", Value::Id(version.id)),
                ("installed_version", version.get("version_number").clone()),
                ("installation_status", Value::text("installed")),
            ]);
            if action == "rollback"
                && let Some(configuration) = kept_configuration(writing, installation)?
            {
                values.push(("configuration", configuration));
            }
        }
    }
    let reason = request.reason.as_deref();
    match standing(writing, device, Some(software))? {
        Some(present) => {
            if installation.get("action").as_str() != "uninstall" && present.get("installation_date").is_empty() {
                values.push(("installation_date", now.clone()));
            }
            writing.set(&present, values, reason)?;
        }
        None => {
            values.extend([
                ("device", Value::Id(device)),
                ("software", Value::Id(software)),
                ("installation_date", now.clone()),
            ]);
            writing.make(&DEVICE_SOFTWARE, values)?;
        }
    }
    writing.follow(installation, "complete", vec![("completed_at", now)], reason)
}

/// The configuration that the installation which is rolled back has found.
fn kept_configuration(writing: &mut Writing<'_>, rollback: &Record) -> Result<Option<Value>, StoreError> {
    let Some(of) = rollback.get("rollback_of_id").as_id() else { return Ok(None) };
    let of = writing.look(&SOFTWARE_INSTALLATIONS, of)?;
    Ok(match of.get("rollback_point") {
        Value::Json(point) => point.get("configuration").cloned().map(Value::Json),
        _ => None,
    })
}

/// It went wrong: the device runs what it ran before, as far as anybody knows.
pub(super) fn fail(writing: &mut Writing<'_>, installation: &Record, request: &Request) -> Result<(), StoreError> {
    let (device, _, software) = place(writing, installation)?;
    if let Some(present) = standing(writing, device, Some(software))? {
        let values =
            vec![("installation_status", Value::text("failed")), ("last_updated", Value::Instant(writing.now))];
        writing.set(&present, values, request.reason.as_deref())?;
    }
    let values =
        vec![("completed_at", Value::Instant(writing.now)), ("error_message", request.value("error_message").clone())];
    writing.follow(installation, "fail", values, request.reason.as_deref())
}

/// Goes back to what a completed installation has found: a new installation of that version.
pub(super) fn roll_back(writing: &mut Writing<'_>, installation: &Record, _: &Request) -> Result<(), StoreError> {
    let status = installation.get("status").as_str();
    if status != "completed" {
        return Err(StoreError::refused(format!("cannot roll back: the installation is {status}, not completed")));
    }
    let (device, version, software) = place(writing, installation)?;
    let point = match installation.get("rollback_point") {
        Value::Json(point) => point["version_id"].as_str().and_then(|id| id.parse::<Id>().ok()),
        _ => None,
    };
    let Some(target) = point else {
        return Err(StoreError::refused("cannot roll back: no known version was there before. Uninstall it instead"));
    };
    let present = standing(writing, device, Some(software))?;
    let runs = present.as_ref().and_then(|present| present.get("version_id").as_id());
    if runs.is_some_and(|runs| runs != version.id) {
        let runs = present.as_ref().map_or("", |present| present.get("installed_version").as_str());
        return Err(StoreError::refused(format!(
            "cannot roll back: the device runs {runs} by now. Roll back the installation of that one"
        )));
    }
    if target == version.id {
        return Err(StoreError::refused("cannot roll back: the same version was there before"));
    }
    let values = vec![
        ("device", Value::Id(device)),
        ("version", Value::Id(target)),
        ("action", Value::text("rollback")),
        ("rollback_of", Value::Id(installation.id)),
    ];
    writing.make(&SOFTWARE_INSTALLATIONS, values).map(|_| ())
}
