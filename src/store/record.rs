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

    /// The same with nothing in a field.
    pub(super) fn without(mut self, field: &str) -> Self {
        let id = self.entity.field(field).and_then(super::Field::id_name);
        let is_its_own = |name: &str| name == field || Some(name) == id || name.strip_suffix(CALLED) == Some(field);
        for (_, value) in self.header.iter().zip(&mut self.values).filter(|(name, _)| is_its_own(name)) {
            *value = Value::Null;
        }
        self
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

    /// What it is called of its own, where anything of that was asked for and is said.
    #[must_use]
    pub fn own_title(&self) -> Option<String> {
        title_of(self.entity, |name| self.get(name))
    }

    /// What people call it: by what its kind is called by, as far as that was asked for.
    #[must_use]
    pub fn title(&self) -> String {
        let named = || self.by_what_it_points_at().map(|title| crate::domain::text::clean(&title).into_owned());
        self.own_title().or_else(named).unwrap_or_else(|| self.id.to_string())
    }
}

/// What a record of these values is called; none where they say nothing of it.
pub(super) fn title_of<'a>(entity: &'static Entity, value: impl Fn(&'static str) -> &'a Value) -> Option<String> {
    let said = entity.title_fields().map(|name| match value(name) {
        // The number of a row tells people nothing.
        Value::Id(_) => String::new(),
        value => value.written(),
    });
    let mut parts: Vec<String> = said.filter(|part| !part.is_empty()).collect();
    parts.dedup();
    (!parts.is_empty()).then(|| crate::domain::text::clean(&parts.join(" ")).into_owned())
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
