//! One field's value, whatever its kind: what lists show, forms edit and files carry.

use std::net::IpAddr;

use chrono::NaiveDate;
use chrono_tz::Tz;
use ipnet::IpNet;

use super::id::Id;
use super::manner::Manner;
use super::money::Money;
use super::network::{self, Mac};
use super::percent::{Degrees, Percent};
use super::secret::{HIDDEN, Secret};
use super::text;
use super::time::{self, Instant};

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    /// One line of text.
    Text,
    /// Text of several lines.
    Lines,
    /// One of a closed set of words.
    Choice(&'static [&'static str]),
    Bool,
    Int,
    Money,
    Percent,
    Degrees,
    Instant,
    Date,
    Json,
    Secret,
    Ip,
    Cidr,
    Mac,
    Bytes,
}

/// A value of one of the [`Kind`]s, or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Id(Id),
    Text(String),
    Bool(bool),
    Int(i64),
    Money(Money),
    Percent(Percent),
    Degrees(Degrees),
    Instant(Instant),
    Date(NaiveDate),
    Json(serde_json::Value),
    /// In plain, on its way in. What is read from a database is [`Value::Sealed`].
    Secret(Secret),
    /// A secret as it is kept: ciphertext.
    Sealed(Vec<u8>),
    Ip(IpAddr),
    Cidr(IpNet),
    Mac(Mac),
    Bytes(Vec<u8>),
}

/// What reading and showing needs: whose zone, when it is, and how numbers and dates are written there.
#[derive(Clone, Copy, Debug)]
pub struct Locale {
    pub zone: Tz,
    pub now: Instant,
    pub manner: Manner,
}

impl Value {
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Null, or empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// The text of a text value, else the empty text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    #[must_use]
    pub const fn as_id(&self) -> Option<Id> {
        if let Self::Id(id) = self { Some(*id) } else { None }
    }

    #[must_use]
    pub const fn as_int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    #[must_use]
    pub const fn as_instant(&self) -> Option<Instant> {
        if let Self::Instant(time) = self { Some(*time) } else { None }
    }

    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// Reads what a person typed or a file holds; empty text is [`Value::Null`].
    ///
    /// # Errors
    /// What is wrong with the text, in words that say what would be right.
    pub fn parse(kind: Kind, written: &str, locale: Locale) -> Result<Self, String> {
        let trimmed = written.trim();
        if trimmed.is_empty() {
            return Ok(Self::Null);
        }
        match kind {
            Kind::Text => text::check_text(trimmed, false).map(|()| Self::text(trimmed)),
            Kind::Lines => {
                let lines = written.replace("\r\n", "\n");
                let lines = lines.trim_end();
                text::check_text(lines, true).map(|()| Self::text(lines))
            }
            Kind::Choice(words) => words
                .iter()
                .find(|word| word.eq_ignore_ascii_case(trimmed))
                .map(|word| Self::text(*word))
                .ok_or_else(|| format!("‘{}’ is none of {}", text::clean(trimmed), words.join(", "))),
            Kind::Bool => match trimmed.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "1" | "on" => Ok(Self::Bool(true)),
                "false" | "no" | "n" | "0" | "off" => Ok(Self::Bool(false)),
                _ => Err(format!("‘{}’ is neither yes nor no", text::clean(trimmed))),
            },
            Kind::Int => {
                trimmed.parse().map(Self::Int).map_err(|_| format!("‘{}’ is not a whole number", text::clean(trimmed)))
            }
            Kind::Money => Money::parse(trimmed).map(Self::Money),
            Kind::Percent => Percent::parse(trimmed).map(Self::Percent),
            Kind::Degrees => Degrees::parse(trimmed).map(Self::Degrees),
            Kind::Instant => time::parse_instant(trimmed, locale.zone, locale.now).map(Self::Instant),
            Kind::Date => time::parse_date(trimmed, locale.zone, locale.now).map(Self::Date),
            Kind::Json => parse_json(trimmed).map(Self::Json),
            Kind::Secret => Ok(Self::Secret(Secret::new(written.to_owned()))),
            Kind::Ip => network::parse_ip(trimmed).map(Self::Ip),
            Kind::Cidr => network::parse_network(trimmed).map(Self::Cidr),
            Kind::Mac => trimmed.parse().map(Self::Mac),
            Kind::Id => trimmed.parse().map(Self::Id).map_err(|_| format!("‘{}’ is not an id", text::clean(trimmed))),
            Kind::Bytes => Err("this field is kept by the program".into()),
        }
    }

    /// As files and scripts carry it; [`Value::parse`] reads it back. Secrets stay hidden.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Id(id) => id.to_string(),
            Self::Text(text) => text.clone(),
            Self::Bool(yes) => if *yes { "true" } else { "false" }.into(),
            Self::Int(int) => int.to_string(),
            Self::Money(money) => money.plain(),
            Self::Percent(percent) => percent.to_string(),
            Self::Degrees(degrees) => degrees.to_string(),
            Self::Instant(time) => time::write(*time),
            Self::Date(date) => date.to_string(),
            Self::Json(json) => json.to_string(),
            Self::Secret(_) | Self::Sealed(_) => HIDDEN.into(),
            Self::Ip(ip) => ip.to_string(),
            Self::Cidr(network) => network.to_string(),
            Self::Mac(mac) => mac.to_string(),
            Self::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// As a person reads it on one line: cleaned, times in their zone, numbers and dates in their manner.
    #[must_use]
    pub fn shown(&self, locale: Locale) -> String {
        match self {
            Self::Instant(time) => locale.manner.moment(*time, locale.zone),
            Self::Date(date) => locale.manner.date(*date),
            Self::Money(money) => locale.manner.number(&money.plain()),
            Self::Percent(percent) => locale.manner.number(&percent.to_string()),
            Self::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
            Self::Text(text) => text::clean(text).into_owned(),
            Self::Json(json) => text::clean(&json.to_string()).into_owned(),
            other => other.written(),
        }
    }

    /// As JSON carries it: exact decimals as text, times as RFC 3339.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(yes) => (*yes).into(),
            Self::Int(int) => (*int).into(),
            Self::Json(json) => json.clone(),
            other => other.written().into(),
        }
    }

    /// The inverse of [`Value::to_json`].
    ///
    /// # Errors
    /// What is wrong with the value, in words.
    pub fn from_json(kind: Kind, json: &serde_json::Value, locale: Locale) -> Result<Self, String> {
        match (kind, json) {
            (_, serde_json::Value::Null) => Ok(Self::Null),
            (Kind::Json, json) => check_json(json).map(|()| Self::Json(json.clone())),
            (_, serde_json::Value::String(text)) => Self::parse(kind, text, locale),
            (_, serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => {
                Self::parse(kind, &json.to_string(), locale)
            }
            _ => Err("a single value is wanted, not a list or an object".into()),
        }
    }
}

fn parse_json(text: &str) -> Result<serde_json::Value, String> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("not valid JSON: {error}"))?;
    check_json(&json)?;
    Ok(json)
}

/// Numbers in kept JSON are integers (the databases rewrite others), and U+0000 is refused
/// (PostgreSQL cannot keep it).
fn check_json(json: &serde_json::Value) -> Result<(), String> {
    match json {
        serde_json::Value::Number(number) if number.is_f64() => {
            Err(format!("{number} is not a whole number: where text is taken too, it may stand as \"{number}\""))
        }
        serde_json::Value::String(text) if text.contains('\0') => Err("U+0000 cannot be kept".into()),
        serde_json::Value::Array(items) => items.iter().try_for_each(check_json),
        serde_json::Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            if key.contains('\0') { Err("U+0000 cannot be kept".into()) } else { check_json(value) }
        }),
        _ => Ok(()),
    }
}

/// JSON in the one form that is hashed and compared (RFC 8785 for the values that are kept: keys
/// sorted, no blanks, whole numbers).
#[must_use]
pub fn canonical(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            let inner: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", serde_json::Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", inner.join(","))
        }
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn locale() -> Locale {
        Locale {
            zone: chrono_tz::Africa::Nairobi,
            now: "2026-11-20T11:00:00Z".parse().unwrap(),
            manner: Manner::default(),
        }
    }

    #[test]
    fn every_kind_comes_back_as_it_was_written() {
        for (kind, written) in [
            (Kind::Text, "Amina"),
            (Kind::Lines, "a\nb"),
            (Kind::Choice(&["active", "expired"]), "expired"),
            (Kind::Bool, "true"),
            (Kind::Int, "-7"),
            (Kind::Money, "49.90"),
            (Kind::Percent, "12.5"),
            (Kind::Degrees, "-1.292066"),
            (Kind::Instant, "2026-11-20T11:00:00.000001Z"),
            (Kind::Date, "2026-11-20"),
            (Kind::Json, r#"{"a":[1,"2"]}"#),
            (Kind::Ip, "2001:db8::1"),
            (Kind::Cidr, "10.4.0.0/16"),
            (Kind::Mac, "00:1b:44:11:3a:b7"),
            (Kind::Id, "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let value = Value::parse(kind, written, locale()).unwrap();
            assert_eq!(value.written(), written, "{kind:?}");
            assert_eq!(Value::from_json(kind, &value.to_json(), locale()).unwrap(), value, "{kind:?}");
            assert_eq!(Value::parse(kind, " ", locale()), Ok(Value::Null));
        }
    }

    #[test]
    fn mistakes_say_what_would_be_right() {
        for (kind, written, told) in [
            (Kind::Choice(&["active", "expired"]), "activ", "‘activ’ is none of active, expired"),
            (Kind::Bool, "maybe", "‘maybe’ is neither yes nor no"),
            (Kind::Int, "1.5", "‘1.5’ is not a whole number"),
            (Kind::Json, "{\"a\":1.5}", "1.5 is not a whole number: where text is taken too, it may stand as \"1.5\""),
        ] {
            assert_eq!(Value::parse(kind, written, locale()), Err(told.into()));
        }
    }

    #[test]
    fn a_secret_shows_itself_nowhere() {
        let secret = Value::parse(Kind::Secret, "hunter2", locale()).unwrap();
        assert_eq!((secret.written(), secret.to_json()), ("***".into(), "***".into()));
        assert!(!format!("{secret:?}").contains("hunter2"));
    }

    #[test]
    fn canonical_json_sorts_its_keys() {
        let json = serde_json::json!({"b": 1, "a": {"d": [true, null], "c": "\u{e9}\n"}});
        assert_eq!(canonical(&json), "{\"a\":{\"c\":\"é\\n\",\"d\":[true,null]},\"b\":1}");
    }
}
