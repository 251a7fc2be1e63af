//! How values stand in a table for people, in JSON and in divided text.

use serde_json::{Map, json};

use crate::domain::secret::HIDDEN;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};
use crate::store::Record;

/// A field as a person reads it in a table.
#[must_use]
pub fn shown(record: &Record, field: &str, locale: Locale) -> String {
    match record.get(field) {
        Value::Null => String::new(),
        Value::Int(micros) if field == "latency_us" => milliseconds(*micros),
        Value::Json(json) if json.as_object().is_some_and(Map::is_empty) => String::new(),
        value => value.shown(locale),
    }
}

/// `152 µs`, `4.2 ms`, `12 ms`.
fn milliseconds(micros: i64) -> String {
    if micros < 1_000 {
        return format!("{micros} µs");
    }
    let tenths = (micros + 50) / 100;
    if tenths < 100 { format!("{}.{} ms", tenths / 10, tenths % 10) } else { format!("{} ms", (micros + 500) / 1_000) }
}

/// A record as JSON: its id, then its fields in their order, a reference by number or name and by id.
/// Secrets are left out.
#[must_use]
pub fn json(record: &Record) -> serde_json::Value {
    let mut object = Map::new();
    object.insert("id".into(), json!(record.id.to_string()));
    for (name, value) in record.values() {
        let secret = record.entity.field(name).is_some_and(|field| field.kind == Kind::Secret);
        if !secret {
            object.insert(name.to_owned(), value.to_json());
        }
    }
    object.into()
}

/// JSON that cannot act on a terminal: what it escapes anyway, and every other hostile character.
#[must_use]
pub fn json_text(json: &serde_json::Value, pretty: bool) -> String {
    let text =
        if pretty { serde_json::to_string_pretty(json) } else { serde_json::to_string(json) }.unwrap_or_default();
    if !text.chars().any(|c| c != '\n' && crate::domain::text::is_hostile(c)) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c != '\n' && crate::domain::text::is_hostile(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A secret that is kept, for tables: that it is there is all that is shown.
#[must_use]
pub fn is_hidden(value: &Value) -> bool {
    matches!(value, Value::Sealed(_) | Value::Secret(_)) || value.as_str() == HIDDEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_is_told_in_milliseconds() {
        assert_eq!(milliseconds(40), "40 µs");
        assert_eq!(milliseconds(4_240), "4.2 ms");
        assert_eq!(milliseconds(12_400), "12 ms");
    }

    #[test]
    fn json_on_a_terminal_does_nothing() {
        let text = json_text(&json!({"name": "a\u{1b}[2J\u{202e}b\u{e0041}"}), false);
        assert_eq!(text, "{\"name\":\"a\\u001b[2J\\u202eb\\udb40\\udc41\"}");
        let back: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], "a\u{1b}[2J\u{202e}b\u{e0041}");
    }
}
