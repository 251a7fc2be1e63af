//! Which column of a file is which field of a resource.

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::text::clean;
use crate::domain::text::nearest;
use crate::store::bulk::is_importable;
use crate::store::entity::FieldAccess;
use crate::store::{Entity, Field};

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// The record's id.
    Id,
    Field(&'static Field),
    /// Something that the program keeps by itself.
    Kept(&'static str),
}

/// Column names that stand for fields: `--map`.
#[derive(Clone, Debug, Default)]
pub struct Map(BTreeMap<String, String>);

impl Map {
    /// Reads a TOML file of `column = "field"`; an empty field leaves the column out.
    ///
    /// # Errors
    /// When it cannot be read or is something else.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        toml::from_str(&text).map(Self).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!(
                "{shown}:{line}: {}. A map has lines of column = \"field\"",
                error.message().lines().next().unwrap_or("")
            )
        })
    }

    /// What a column's name stands for.
    fn field_of<'a>(&'a self, column: &'a str) -> &'a str {
        self.0.get(column).map_or(column, String::as_str)
    }

    /// Columns that the map names and the file does not have.
    fn missing<'a>(&'a self, columns: &'a [String]) -> Option<&'a str> {
        self.0.keys().find(|name| !columns.contains(name)).map(String::as_str)
    }
}

/// What one column's name means.
///
/// # Errors
/// That there is no such field, and the nearest.
pub fn meaning(entity: &'static Entity, name: &str) -> Result<Meaning, String> {
    if name == "id" {
        return Ok(Meaning::Id);
    }
    let by_column = || entity.fields.iter().find(|field| field.reference.is_some() && field.column() == Some(name));
    match entity.field(name).or_else(by_column) {
        Some(field) if is_importable(field) => Ok(Meaning::Field(field)),
        Some(field) => Ok(Meaning::Kept(field.name)),
        None => {
            let fields = entity.fields.iter().filter(|field| is_importable(field)).map(|field| field.name);
            let hint = nearest(name, fields.clone()).map_or_else(
                || format!("There are: {}", fields.collect::<Vec<_>>().join(", ")),
                |near| format!("Did you mean {near}?"),
            );
            Err(format!("no field ‘{}’. {hint}", clean(name)))
        }
    }
}

/// What the columns of a file mean, by its first row.
///
/// # Errors
/// Every column that is unknown, stands there twice, or is missing.
pub fn read(entity: &'static Entity, header: &[String], map: &Map) -> Result<Vec<Meaning>, Vec<String>> {
    let (mut meanings, mut wrong) = (Vec::new(), Vec::new());
    let mut taken: BTreeMap<&'static str, &str> = BTreeMap::new();
    if let Some(column) = map.missing(header) {
        wrong.push(format!("the map names a column ‘{}’, which the file does not have", clean(column)));
    }
    let plain: Vec<&str> = header.iter().map(String::as_str).collect();
    for column in header {
        let named = map.field_of(column);
        if named.is_empty() && !column.is_empty() {
            meanings.push(Meaning::Kept(""));
            continue;
        }
        let meaning = match meaning(entity, named) {
            // `plan` and `plan_id` side by side say the same: the first one counts.
            Ok(Meaning::Field(field)) if field.name != named && plain.contains(&field.name) => {
                Meaning::Kept(field.name)
            }
            Ok(meaning) => meaning,
            Err(why) => {
                wrong.push(why);
                continue;
            }
        };
        let name = match meaning {
            Meaning::Id => "id",
            Meaning::Field(field) => field.name,
            Meaning::Kept(_) => "",
        };
        if !name.is_empty()
            && let Some(other) = taken.insert(name, column)
        {
            wrong.push(format!("the columns ‘{}’ and ‘{}’ are both the field {name}", clean(other), clean(column)));
        }
        meanings.push(meaning);
    }
    let required = entity.fields.iter().filter(|field| {
        field.required
            && field.default.is_none()
            && field.access != FieldAccess::Read
            && !taken.contains_key(field.name)
    });
    // With ids alone, records that exist are changed: what is not in the file stays as it is.
    let names_records = taken.contains_key("id") || entity.number.is_some() && taken.contains_key("number");
    if !names_records {
        wrong.extend(required.map(|field| format!("the column {} is missing", field.name)));
    }
    if wrong.is_empty() { Ok(meanings) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::customers::CUSTOMERS;
    use crate::store::devices::DEVICES;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn wrong_columns_are_named_with_the_nearest() {
        let told = read(&DEVICES, &header(&["name", "managment_ip", "name"]), &Map::default()).unwrap_err();
        assert_eq!(
            told,
            [
                "no field ‘managment_ip’. Did you mean management_ip?",
                "the columns ‘name’ and ‘name’ are both the field name",
                "the column device_type is missing"
            ]
        );
        assert!(
            read(&DEVICES, &header(&["name", "device_type", "health", "site_id", "site"]), &Map::default()).is_ok()
        );
    }

    #[test]
    fn a_map_renames_and_leaves_out() {
        let map = Map([("Kunde".to_owned(), "name".to_owned()), ("x".to_owned(), String::new())].into());
        let meanings = read(&CUSTOMERS, &header(&["Kunde", "x", "phone"]), &map).unwrap();
        assert!(matches!(meanings[0], Meaning::Field(field) if field.name == "name"));
        assert!(matches!(meanings[1], Meaning::Kept("")));
        assert!(read(&CUSTOMERS, &header(&["name"]), &map).is_err());
    }
}
