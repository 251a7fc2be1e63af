//! How an entry is written on one row: `name: value` in a group, the value alone in a list. What
//! reads as JSON is JSON, anything else is text; text that would read as JSON stands in quotes.

use serde_json::Value as Json;

use crate::domain::Kind;
use crate::domain::schema::{Schema, Type};
use crate::domain::text::clean;
use crate::domain::value::{Locale, Value};

/// An entry as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub name: Option<String>,
    written: &'a str,
}

impl<'a> Entry<'a> {
    /// Parts the name from the value, where the entry stands in a group.
    pub(super) fn read(text: &'a str, in_group: bool) -> Result<Self, String> {
        let text = text.trim();
        if !in_group {
            return Ok(Self { name: None, written: text });
        }
        let wanted = || format!("‘{}’ is no entry: write the name, a colon and the value: vlan: 12", clean(text));
        let (name, rest) = if text.starts_with('"') {
            let mut quoted = serde_json::Deserializer::from_str(text).into_iter::<String>();
            let name = quoted.next().and_then(Result::ok).ok_or_else(wanted)?;
            let rest = text.get(quoted.byte_offset()..).unwrap_or_default();
            (name, rest.trim_start().strip_prefix(':').ok_or_else(wanted)?)
        } else {
            let (name, rest) = text.split_once(':').ok_or_else(wanted)?;
            (name.trim().to_owned(), rest)
        };
        if name.is_empty() {
            return Err(wanted());
        }
        Ok(Self { name: Some(name), written: rest.trim() })
    }

    /// The value, read as what is wanted there where that leaves no choice.
    pub(super) fn value(&self, wanted: Option<&Schema>) -> Result<Json, String> {
        value(self.written, wanted)
    }
}

fn value(written: &str, wanted: Option<&Schema>) -> Result<Json, String> {
    let types = wanted.map_or(&[][..], |wanted| &wanted.types);
    let is_quoted = written.starts_with('"') && serde_json::from_str::<String>(written).is_ok();
    if types == [Type::String] && !is_quoted {
        return Ok(written.into());
    }
    if types == [Type::Boolean] {
        match written.to_lowercase().as_str() {
            "yes" | "y" => return Ok(true.into()),
            "no" | "n" => return Ok(false.into()),
            _ => {}
        }
    }
    match written {
        "" => Ok("".into()),
        _ if serde_json::from_str::<Json>(written).is_ok() => parse(written),
        _ if written.starts_with(['{', '[']) => parse(written),
        _ => Ok(written.into()),
    }
}

/// JSON as it may be kept: whole numbers, no U+0000.
pub(super) fn parse(text: &str) -> Result<Json, String> {
    // Neither zone nor hour matter to JSON.
    let nowhere = Locale { zone: chrono_tz::Tz::UTC, now: chrono::DateTime::UNIX_EPOCH, manner: Default::default() };
    match Value::parse(Kind::Json, text, nowhere)? {
        Value::Json(json) => Ok(json),
        _ => Ok(Json::Null),
    }
}

/// A value as one would write it so that it is read back.
pub(super) fn write(json: &Json, wanted: Option<&Schema>) -> String {
    match json {
        Json::String(text) if value(text, wanted).as_ref() == Ok(json) && is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A name as one would write it.
pub(super) fn name(name: &str) -> String {
    if is_plain(name) && !name.is_empty() && !name.contains(':') && !name.starts_with('"') {
        name.to_owned()
    } else {
        Json::from(name).to_string()
    }
}

/// Text that a line holds as it is.
fn is_plain(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}
