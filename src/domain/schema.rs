//! What JSON must be made of: the part of JSON Schema that settings need, checked with a pointer to
//! each bad place. Known are `type`, `properties`, `required`, `additionalProperties`, `items`,
//! `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`, `maxItems` and `pattern`, and for people `title` and
//! `description`. Any other word is refused when the schema is read: a rule that would be passed over protects nothing.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value as Json;

use super::text::clean;

/// The words of a schema that are known.
const WORDS: [&str; 15] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "title",
    "description",
];

/// The types of JSON, as people call them. Numbers are whole: see [`super::value::Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Null,
    Boolean,
    Integer,
    String,
    Array,
    Object,
}

impl Type {
    const ALL: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Integer),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    /// The type of a value.
    #[must_use]
    pub const fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(_) => Self::Boolean,
            Json::Number(_) => Self::Integer,
            Json::String(_) => Self::String,
            Json::Array(_) => Self::Array,
            Json::Object(_) => Self::Object,
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean => "yes/no",
            Self::Integer => "number",
            Self::String => "text",
            Self::Array => "list",
            Self::Object => "group",
        }
    }
}

/// What a value must be.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Any of these; none: every type.
    pub types: Vec<Type>,
    /// One of these; none: every value.
    pub words: Vec<Json>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    /// Characters of a text, from and to.
    length: Within,
    /// Entries of a list, from and to.
    entries: Within,
    pattern: Option<Regex>,
    /// What each entry of a group must be.
    pub properties: BTreeMap<String, Schema>,
    pub required: Vec<String>,
    additional: Additional,
    items: Option<Box<Schema>>,
    /// A word on what belongs here.
    pub description: String,
    /// What is said of a value that is wrong in any way, instead of each fault.
    pub told: Option<String>,
}

/// From so many to so many, where either is said.
type Within = (Option<u64>, Option<u64>);

/// Entries of a group that are not named.
#[derive(Clone, Debug, Default)]
enum Additional {
    #[default]
    Any,
    None,
    Like(Box<Schema>),
}

/// Something wrong, and where: a JSON pointer (RFC 6901), empty for the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pointer.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", clean(&self.pointer), self.message)
        }
    }
}

/// A pointer one step deeper.
#[must_use]
pub fn below(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

impl Schema {
    /// Reads a schema from its JSON text.
    ///
    /// # Errors
    /// Where it is no schema, or uses a word that is not known here.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let json = serde_json::from_str(text)
            .map_err(|error| Fault { pointer: String::new(), message: format!("not valid JSON: {error}") })?;
        Self::read(&json, "")
    }

    /// Reads a schema that is JSON already.
    ///
    /// # Errors
    /// Where it is no schema, or uses a word that is not known here.
    pub fn from_json(json: &Json) -> Result<Self, Fault> {
        Self::read(json, "")
    }

    fn read(json: &Json, at: &str) -> Result<Self, Fault> {
        let Json::Object(words) = json else {
            return Err(fault(at, "a schema is an object such as {\"type\": \"string\"}"));
        };
        let mut schema = Self::default();
        for (word, value) in words {
            let here = below(at, word);
            match word.as_str() {
                "type" => schema.types = read_types(value, &here)?,
                "enum" => {
                    schema.words = value.as_array().cloned().ok_or_else(|| fault(&here, "is a list of values"))?;
                }
                "minimum" => schema.minimum = Some(whole(value, &here)?),
                "maximum" => schema.maximum = Some(whole(value, &here)?),
                "minLength" => schema.length.0 = Some(count(value, &here)?),
                "maxLength" => schema.length.1 = Some(count(value, &here)?),
                "minItems" => schema.entries.0 = Some(count(value, &here)?),
                "maxItems" => schema.entries.1 = Some(count(value, &here)?),
                "pattern" => {
                    let pattern = value.as_str().ok_or_else(|| fault(&here, "is a pattern in quotes"))?;
                    schema.pattern = Some(Regex::new(pattern).map_err(|error| fault(&here, error.to_string()))?);
                }
                "properties" => {
                    let entries = value.as_object().ok_or_else(|| fault(&here, "is an object of schemas"))?;
                    for (name, entry) in entries {
                        schema.properties.insert(name.clone(), Self::read(entry, &below(&here, name))?);
                    }
                }
                "required" => {
                    let names =
                        value.as_array().map(|names| names.iter().map(Json::as_str).collect::<Option<Vec<_>>>());
                    let names = names.flatten().ok_or_else(|| fault(&here, "is a list of names"))?;
                    schema.required = names.into_iter().map(str::to_owned).collect();
                }
                "additionalProperties" => {
                    schema.additional = match value {
                        Json::Bool(true) => Additional::Any,
                        Json::Bool(false) => Additional::None,
                        other => Additional::Like(Box::new(Self::read(other, &here)?)),
                    };
                }
                "items" => schema.items = Some(Box::new(Self::read(value, &here)?)),
                "title" | "$schema" => {}
                "description" => schema.description = value.as_str().unwrap_or_default().to_owned(),
                _ => {
                    return Err(fault(
                        &here,
                        format!("is no word of a schema that is known here: {}", WORDS.join(", ")),
                    ));
                }
            }
        }
        Ok(schema)
    }

    /// Everything that is wrong with a value, in the order of the value.
    #[must_use]
    pub fn faults(&self, json: &Json) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.look(json, "", &mut faults);
        faults
    }

    /// The first thing that is wrong with a value.
    ///
    /// # Errors
    /// Where it is, and what would be right.
    pub fn check(&self, json: &Json) -> Result<(), String> {
        match self.faults(json).as_slice() {
            [] => Ok(()),
            [one] => Err(one.to_string()),
            [first, rest @ ..] => Err(format!("{first} (and {} more)", rest.len())),
        }
    }

    /// Whether a value of a type can be right.
    #[must_use]
    pub fn takes(&self, kind: Type) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }

    /// What the value under a pointer must be, as far as this says.
    #[must_use]
    pub fn at(&self, steps: &[&str]) -> Option<&Self> {
        let Some((step, rest)) = steps.split_first() else { return Some(self) };
        let next = match (self.properties.get(*step), &self.items, &self.additional) {
            (Some(property), ..) => property,
            (None, Some(items), _) => items,
            (None, None, Additional::Like(schema)) => schema,
            _ => return None,
        };
        next.at(rest)
    }

    fn look(&self, json: &Json, at: &str, faults: &mut Vec<Fault>) {
        let before = faults.len();
        self.look_closely(json, at, faults);
        if let Some(told) = self.told.as_ref().filter(|_| faults.len() > before) {
            faults.truncate(before);
            faults.push(fault(at, told.clone()));
        }
    }

    fn look_closely(&self, json: &Json, at: &str, faults: &mut Vec<Fault>) {
        let found = Type::of(json);
        if !self.types.is_empty() && !self.types.contains(&found) {
            let wanted: Vec<&str> = self.types.iter().map(|wanted| wanted.name()).collect();
            faults.push(fault(at, format!("is {}, not {}", wanted.join(" or "), found.name())));
            return;
        }
        if !self.words.is_empty() && !self.words.contains(json) {
            let words: Vec<String> = self.words.iter().map(bare).collect();
            faults.push(fault(at, format!("‘{}’ is none of {}", clean(&bare(json)), words.join(", "))));
        }
        match json {
            Json::Number(number) => self.look_at_number(number, at, faults),
            Json::String(text) => {
                look_within(self.length, text.chars().count(), "characters", at, faults);
                if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
                    faults.push(fault(at, format!("‘{}’ does not match {pattern}", clean(text))));
                }
            }
            Json::Array(items) => {
                look_within(self.entries, items.len(), "entries", at, faults);
                for (index, item) in items.iter().enumerate() {
                    if let Some(schema) = &self.items {
                        schema.look(item, &below(at, &index.to_string()), faults);
                    }
                }
            }
            Json::Object(entries) => self.look_at_entries(entries, at, faults),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn look_at_number(&self, number: &serde_json::Number, at: &str, faults: &mut Vec<Fault>) {
        let Some(found) = number.as_i128() else {
            faults.push(fault(at, format!("{number} is not a whole number")));
            return;
        };
        if let Some(least) = self.minimum.filter(|least| found < i128::from(*least)) {
            faults.push(fault(at, format!("is at least {least}, not {number}")));
        }
        if let Some(most) = self.maximum.filter(|most| found > i128::from(*most)) {
            faults.push(fault(at, format!("is at most {most}, not {number}")));
        }
    }

    fn look_at_entries(&self, entries: &serde_json::Map<String, Json>, at: &str, faults: &mut Vec<Fault>) {
        for name in self.required.iter().filter(|name| !entries.contains_key(*name)) {
            faults.push(fault(&below(at, name), "is required"));
        }
        for (name, value) in entries {
            let here = below(at, name);
            match (self.properties.get(name), &self.additional) {
                (Some(schema), _) => schema.look(value, &here, faults),
                (None, Additional::Like(schema)) => schema.look(value, &here, faults),
                (None, Additional::None) => {
                    let known: Vec<&str> = self.properties.keys().map(String::as_str).collect();
                    faults.push(fault(&here, format!("does not belong here. There are: {}", known.join(", "))));
                }
                (None, Additional::Any) => {}
            }
        }
    }
}

fn look_within((least, most): Within, found: usize, what: &str, at: &str, faults: &mut Vec<Fault>) {
    let found = u64::try_from(found).unwrap_or(u64::MAX);
    if let Some(least) = least.filter(|least| found < *least) {
        faults.push(fault(at, format!("has at least {least} {what}, not {found}")));
    }
    if let Some(most) = most.filter(|most| found > *most) {
        faults.push(fault(at, format!("has at most {most} {what}, not {found}")));
    }
}

fn fault(at: &str, message: impl Into<String>) -> Fault {
    Fault { pointer: at.to_owned(), message: message.into() }
}

/// Text without its quotes, anything else as JSON.
fn bare(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn read_types(value: &Json, at: &str) -> Result<Vec<Type>, Fault> {
    let names = match value {
        Json::Array(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    };
    let of = |name: &Json| {
        let known = Type::ALL.iter().find(|(known, _)| Some(*known) == name.as_str());
        known.map(|(_, found)| *found).ok_or_else(|| {
            let known: Vec<&str> = Type::ALL.iter().map(|(known, _)| *known).collect();
            fault(at, format!("{name} is none of {}", known.join(", ")))
        })
    };
    names.iter().map(of).collect()
}

fn count(value: &Json, at: &str) -> Result<u64, Fault> {
    value.as_u64().ok_or_else(|| fault(at, "is a whole number from 0 on"))
}

fn whole(value: &Json, at: &str) -> Result<i64, Fault> {
    value.as_i64().ok_or_else(|| fault(at, "is a whole number"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn router() -> Schema {
        Schema::from_json(&json!({
            "type": "object",
            "required": ["vlan", "uplinks"],
            "additionalProperties": false,
            "properties": {
                "vlan": {"type": "integer", "minimum": 1, "maximum": 4094},
                "mode": {"enum": ["access", "trunk"]},
                "name": {"type": ["string", "null"], "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 8},
                "uplinks": {"type": "array", "maxItems": 3, "items": {"type": "object", "required": ["port"], "properties": {"port": {"type": "integer"}}}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }))
        .unwrap()
    }

    #[test]
    fn what_is_right_has_no_fault() {
        for right in [
            json!({"vlan": 1, "uplinks": []}),
            json!({"vlan": 4094, "uplinks": [{"port": 1, "speed": "10G"}], "mode": "trunk", "name": "core"}),
            json!({"vlan": 12, "uplinks": [], "name": null, "labels": {"rack": "4"}}),
        ] {
            assert_eq!(router().faults(&right), [], "{right}");
        }
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        for (wrong, told) in [
            (json!([]), vec!["is group, not list"]),
            (json!({"uplinks": []}), vec!["/vlan: is required"]),
            (json!({"vlan": 0, "uplinks": []}), vec!["/vlan: is at least 1, not 0"]),
            (json!({"vlan": 4095, "uplinks": []}), vec!["/vlan: is at most 4094, not 4095"]),
            (json!({"vlan": u64::MAX, "uplinks": []}), vec!["/vlan: is at most 4094, not 18446744073709551615"]),
            (json!({"vlan": "12", "uplinks": []}), vec!["/vlan: is number, not text"]),
            (json!({"vlan": 1, "uplinks": [], "mode": "hybrid"}), vec!["/mode: ‘hybrid’ is none of access, trunk"]),
            (json!({"vlan": 1, "uplinks": [], "name": "Core 1"}), vec!["/name: ‘Core 1’ does not match ^[a-z]+$"]),
            (
                json!({"vlan": 1, "uplinks": [], "name": "ŝ"}),
                vec!["/name: has at least 2 characters, not 1", "/name: ‘ŝ’ does not match ^[a-z]+$"],
            ),
            (json!({"vlan": 1, "uplinks": [], "name": "backbones"}), vec!["/name: has at most 8 characters, not 9"]),
            (
                json!({"vlan": 1, "uplinks": [{"port": 1}, {"port": 2}, {"port": 3}, {"port": 4}]}),
                vec!["/uplinks: has at most 3 entries, not 4"],
            ),
            (json!({"vlan": 1, "uplinks": [], "name": true}), vec!["/name: is text or nothing, not yes/no"]),
            (
                json!({"vlan": 1, "uplinks": [{"port": 1}, {"port": "2"}, {}]}),
                vec!["/uplinks/1/port: is number, not text", "/uplinks/2/port: is required"],
            ),
            (
                json!({"vlan": 1, "uplinks": [], "a/b~c": 1}),
                vec!["/a~1b~0c: does not belong here. There are: labels, mode, name, uplinks, vlan"],
            ),
            (json!({"vlan": 1, "uplinks": [], "labels": {"rack": 4}}), vec!["/labels/rack: is text, not number"]),
        ] {
            let found: Vec<String> = router().faults(&wrong).iter().map(ToString::to_string).collect();
            assert_eq!(found, told, "{wrong}");
        }
        assert_eq!(router().check(&json!({"vlan": 0})).unwrap_err(), "/uplinks: is required (and 1 more)",);
    }

    #[test]
    fn a_schema_that_would_be_passed_over_is_refused() {
        for (wrong, told) in [
            (
                json!({"type": "text"}),
                "/type: \"text\" is none of null, boolean, integer, number, string, array, object",
            ),
            (
                json!({"properties": {"a": {"multipleOf": 3}}}),
                "/properties/a/multipleOf: is no word of a schema that is known here: type, properties, ",
            ),
            (json!({"maxLength": -1}), "/maxLength: is a whole number from 0 on"),
            (json!({"pattern": "("}), "/pattern: regex parse error"),
            (json!({"minimum": 1.5}), "/minimum: is a whole number"),
            (json!(true), "a schema is an object"),
        ] {
            let found = Schema::from_json(&wrong).unwrap_err().to_string();
            assert!(found.starts_with(told), "{found}");
        }
        assert!(Schema::parse("{").unwrap_err().to_string().starts_with("not valid JSON"));
    }

    /// What a mistake offers is what is read.
    #[test]
    fn every_word_that_is_offered_is_known() {
        for word in WORDS {
            let told = Schema::from_json(&json!({ word: {} })).err().map(|fault| fault.message).unwrap_or_default();
            assert!(!told.contains("is no word of a schema"), "{word}: {told}");
        }
    }

    #[test]
    fn what_belongs_under_a_pointer_is_known() {
        let schema = router();
        assert_eq!(schema.at(&["uplinks", "3", "port"]).unwrap().types, [Type::Integer]);
        assert_eq!(schema.at(&["labels", "rack"]).unwrap().types, [Type::String]);
        assert!(schema.at(&["nothing"]).is_none());
    }
}
