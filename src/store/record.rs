//! A record as it was read: its id, its version and the values of the fields that were asked for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::entities;
use super::entity::Entity;
use crate::domain::{Id, Value};

/// One record, or the part of it that a list shows. A reference `plan` has its number or name under
/// `plan` and its id under `plan_id` ([`super::Field::id_name`]).
#[derive(Clone, Debug)]
pub struct Record {
    pub entity: &'static Entity,
    pub id: Id,
    /// 0 where the table keeps none.
    pub version: i64,
    header: Arc<[&'static str]>,
    values: Vec<Value>,
}

/// Behind a field's name: what is called so is the record that the field refers to.
const CALLED: &str = ".name";

/// The name of a value that tells what the record is called that a field refers to.
pub(super) fn called(field: &'static str) -> &'static str {
    static NAMES: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    let references = || entities::all().flat_map(|entity| entity.fields).filter(|field| field.reference.is_some());
    let names =
        NAMES.get_or_init(|| references().map(|field| (field.name, format!("{}{CALLED}", field.name))).collect());
    names.get(field).map_or(field, String::as_str)
}

impl Record {
    pub(super) fn new(
        entity: &'static Entity,
        id: Id,
        version: i64,
        header: Arc<[&'static str]>,
        values: Vec<Value>,
    ) -> Self {
        Self { entity, id, version, header, values }
    }

    /// A field's value; null where it was not asked for.
    #[must_use]
    pub fn get(&self, field: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        self.header.iter().position(|name| *name == field).and_then(|index| self.values.get(index)).unwrap_or(NONE)
    }

    /// Whether a field was asked for.
    #[must_use]
    pub fn carries(&self, field: &str) -> bool {
        self.header.contains(&field)
    }

    /// Field names and values in the order they were asked for.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.header.iter().copied().zip(&self.values).filter(|(name, _)| !name.ends_with(CALLED))
    }

    /// What the record is called that a field refers to by its number; empty where that was not asked for.
    #[must_use]
    pub fn called(&self, field: &str) -> &str {
        let is_it = |name: &&str| name.strip_suffix(CALLED) == Some(field);
        self.header.iter().position(is_it).and_then(|index| self.values.get(index)).map_or("", Value::as_str)
    }

    /// What has neither number nor name goes by the records that it joins: `JOB-000002 DROP-100`.
    fn by_what_it_points_at(&self) -> Option<String> {
        let named =
            self.values().filter(|(name, _)| self.entity.field(name).is_some_and(|field| field.reference.is_some()));
        let names: Vec<&str> = named.map(|(_, value)| value.as_str()).filter(|name| !name.is_empty()).take(2).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// Its number and name, where it has either of its own.
    #[must_use]
    pub fn own_title(&self) -> Option<String> {
        let has_own = !self.get("number").is_empty() || !self.get(self.entity.label).is_empty();
        has_own.then(|| self.title())
    }

    /// What people call it: number and name as far as they were asked for.
    #[must_use]
    pub fn title(&self) -> String {
        let number = self.get("number").as_str();
        let name = self.get(self.entity.label).as_str();
        let title = match (number.is_empty(), name.is_empty()) {
            (true, true) => self.by_what_it_points_at().unwrap_or_else(|| self.id.to_string()),
            (false, true) => number.to_owned(),
            (true, false) => name.to_owned(),
            (false, false) if number == name => number.to_owned(),
            (false, false) => format!("{number} {name}"),
        };
        crate::domain::text::clean(&title).into_owned()
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.entity == other.entity
            && self.id == other.id
            && self.version == other.version
            && self.values == other.values
    }
}

impl Record {
    /// A record of which no more is known than which it is.
    #[must_use]
    pub fn known(entity: &'static Entity, id: Id, version: i64) -> Self {
        Self { entity, id, version, header: Arc::new([]), values: Vec::new() }
    }
}
