//! Saved views: a list as somebody left it, under a name and a letter. A person sees their own and
//! those that are shared with everybody; who may share changes shared ones too.

use super::engine;
use super::entities;
use super::entity::{Change, Condition, Derived, Entity, Field, Owner, sort_key};
use super::list::{parse_filter, parse_sort};
use super::model::table;
use super::operation::{Does, Operation, Request};
use super::record::Record;
use super::schema::TABLES;
use super::write::Writing;
use super::{Failure, StoreError};
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};

/// The permission to change what everybody sees.
pub const SHARE: &str = "saved_views.share";

/// Columns of a view at most, and cells of each.
const MOST_COLUMNS: usize = 100;
const WIDEST: i64 = 400;

pub static SAVED_VIEWS: Entity = Entity {
    name: "saved_views",
    singular: "saved view",
    table: &table(TABLES, "saved_views"),
    label: "name",
    fields: &[
        Field::text("name", 200).required().sorted_by("name_key"),
        Field::text("screen", 100).required().at_creation(),
        Field::text("letter", 1),
        Field::reference("owner", "user_id", "users").read_only(),
        Field::text("filter", 10_000),
        Field::text("sort", 1_000),
        Field::of("shown_columns", Kind::Json).default("[]"),
        Field::of("created_at", Kind::Instant).read_only(),
        Field::of("updated_at", Kind::Instant).read_only(),
    ],
    derived: &[Derived { column: "name_key", from: "name", how: sort_key }],
    owner: Some(Owner { field: "owner", shared: true }),
    conditions: &[Condition { name: "shared", means: "no:owner" }, Condition { name: "mine", means: "has:owner" }],
    shows: &["owner"],
    default_sort: "name",
    rules: view_rules,
    ..Entity::PLAIN
};

/// A view says what its list can show: nobody is to meet a filter that cannot be read.
fn view_rules(change: &mut Change<'_>) {
    let screen = change.after("screen").as_str().to_owned();
    let Some(entity) = entities::find(&screen) else {
        return change.problem("screen", format!("there is no list of ‘{}’", crate::domain::text::clean(&screen)));
    };
    if let Some(letter) = change.after("letter").as_str().chars().next()
        && !letter.is_ascii_alphabetic()
    {
        change.problem("letter", "is one of a to z");
    }
    let locale = Locale {
        zone: chrono_tz::Tz::UTC,
        now: chrono::DateTime::UNIX_EPOCH,
        manner: crate::domain::manner::Manner::default(),
    };
    if let Err(mistake) = parse_filter(entity, change.after("filter").as_str(), locale) {
        change.problem("filter", mistake.message);
    }
    if let Err(error) = parse_sort(entity, change.after("sort").as_str()) {
        let why = match error.failure() {
            Failure::Invalid(problems) => problems.first().map_or_else(String::new, |problem| problem.message.clone()),
            _ => error.to_string(),
        };
        change.problem("sort", why);
    }
    if let Value::Json(columns) = change.after("shown_columns")
        && let Err(why) = check_columns(entity, columns)
    {
        change.problem("shown_columns", why);
    }
}

/// `[{"field": "name", "width": 20}, …]`, in the order in which they are shown.
fn check_columns(entity: &Entity, columns: &serde_json::Value) -> Result<(), String> {
    let columns = columns.as_array().ok_or(r#"is a list such as [{"field": "name", "width": 20}]"#)?;
    if columns.len() > MOST_COLUMNS {
        return Err(format!("has {} columns; at most {MOST_COLUMNS} are shown", columns.len()));
    }
    for column in columns {
        let name = column["field"].as_str().unwrap_or_default();
        let shown = entity.field(name).filter(|field| field.kind != Kind::Secret);
        if shown.is_none() {
            return Err(format!("{} have no column ‘{}’", entity.name, crate::domain::text::clean(name)));
        }
        let width = &column["width"];
        if !width.is_null() && !width.as_i64().is_some_and(|cells| (1..=WIDEST).contains(&cells)) {
            return Err(format!("{name}: a width is a number of cells from 1 to {WIDEST}"));
        }
    }
    Ok(())
}

/// Gives a view of one's own to everybody; one that everybody has is from now on one's own alone.
fn share(writing: &mut Writing<'_>, record: &Record, request: &Request) -> Result<(), StoreError> {
    let owner = if record.get("user_id").is_empty() { writing.person() } else { Value::Null };
    let values = [("owner", owner)].into();
    engine::change(writing, request.operation.name, record, values, request.reason.as_deref())
}

pub(super) static ENTITIES: &[&Entity] = &[&SAVED_VIEWS];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::create("saved_views.create", &SAVED_VIEWS),
    Operation::update("saved_views.update", &SAVED_VIEWS),
    Operation::new(SHARE, &SAVED_VIEWS, Does::Custom(share)),
    Operation::delete("saved_views.delete", &SAVED_VIEWS),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_fields_that_can_be_shown() {
        let check = |json: &str| check_columns(&super::super::customers::CUSTOMERS, &json.parse().unwrap());
        assert_eq!(check(r#"[{"field":"name"},{"field":"plan","width":12}]"#), Ok(()));
        for (json, why) in [
            ("{}", "is a list"),
            (r#"[{"field":"banana"}]"#, "no column ‘banana’"),
            (r#"[{"field":"access_password"}]"#, "no column"),
            (r#"[{"field":"name","width":0}]"#, "from 1 to 400"),
            (r#"[{"field":"name","width":"wide"}]"#, "from 1 to 400"),
        ] {
            assert!(check(json).unwrap_err().contains(why), "{json}");
        }
    }
}
