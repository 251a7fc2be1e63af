//! Values as cells: what they say and what they mean, the same in every list, page and form.

use chrono::{DateTime, TimeDelta};

use crate::console::theme::{Role, Signs, Theme};
use crate::console::widgets::paint;
use crate::console::widgets::table::CellView;
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::domain::{Kind, Money, Value};
use crate::resources;
use crate::store::{Field, Record, entities};

/// Cells of a name without which its number has no place beside it.
const LEAST_NAME: u16 = 10;

/// A field of a record as a cell of a list.
#[must_use]
pub fn cell<'a>(record: &'a Record, field: &Field, locale: Locale, theme: &Theme) -> CellView<'a> {
    let words = &theme.words;
    let value = record.get(field.name);
    match (field.name, value) {
        ("health", Value::Text(health)) => {
            let (sign, role) = health_sign(health, theme.signs);
            CellView::new(format!("{sign} {}", words.word(health)), role)
        }
        ("status", Value::Text(word)) => CellView::new(words.word(word).to_owned(), status_role(record)),
        ("state" | "severity" | "outcome" | "level", Value::Text(word)) => {
            CellView::new(words.word(word).to_owned(), role_of(word))
        }
        ("latency_us", Value::Int(micros)) => CellView::new(latency(*micros, theme.signs), Role::Text),
        // What was ended before its time runs out no more.
        ("expires_at", Value::Instant(_)) if !record.get("revoked_at").is_empty() => CellView::new("", Role::Dim),
        ("expires_at" | "resolve_by" | "respond_by" | "due_at", Value::Instant(time)) => {
            let left = *time - locale.now;
            // What is to be done is near by the hour, what runs out by the week.
            let near = if field.name == "expires_at" { TimeDelta::days(7) } else { TimeDelta::hours(4) };
            let role = match left {
                left if left < TimeDelta::zero() => Role::Bad,
                left if left < near => Role::Warn,
                _ => Role::Text,
            };
            CellView::new(theme.relative(*time, locale.now), role)
        }
        (name, Value::Instant(time)) if resources::is_told_by_distance(name) => {
            CellView::new(theme.relative(*time, locale.now), Role::Dim)
        }
        ("change", Value::Text(deed)) => CellView::new(resources::deed_label(words, deed), Role::Text),
        ("changes", Value::Json(changes)) => CellView::new(changes_line(changes, words, locale), Role::Text),
        (_, Value::Money(money)) if *money < Money::ZERO => CellView::new(value.shown(locale), Role::Money),
        (_, Value::Bool(yes)) => CellView::new(words.word(if *yes { "yes" } else { "no" }).to_owned(), Role::Text),
        (_, Value::Text(word)) if matches!(field.kind, Kind::Choice(_)) => {
            CellView::new(words.word(word).to_owned(), Role::Text)
        }
        (_, Value::Text(number)) if !["", number.as_str()].contains(&record.called(field.name)) => {
            let (number, name) = (clean(number), clean(record.called(field.name)));
            let both = CellView::new(format!("{number} {name}"), Role::Link);
            // Who or what has a name is known by it, and its number stands on the page; a document is known by its number.
            match field.reference.and_then(entities::find).is_some_and(|entity| entity.label == "name") {
                true => both.narrow(paint::cells(&number) + 1 + LEAST_NAME, name),
                false => both,
            }
        }
        (_, Value::Text(text)) => {
            CellView::new(clean(text), if field.reference.is_some() { Role::Link } else { Role::Text })
        }
        _ if field.kind == Kind::Secret => CellView::new(if value.is_empty() { "" } else { "***" }, Role::Dim),
        _ => CellView::new(value.shown(locale), Role::Text),
    }
}

/// What the status of a record means: of an incident `active` is no good news.
#[must_use]
pub fn status_role(record: &Record) -> Role {
    match (record.entity.name, record.get("status").as_str()) {
        ("incidents", "active") => Role::Bad,
        (_, status) => role_of(status),
    }
}

/// The sign and the meaning of a device's health: never told by colour alone.
#[must_use]
pub fn health_sign(health: &str, signs: &Signs) -> (&'static str, Role) {
    match health {
        "up" => (signs.up, Role::Ok),
        "down" => (signs.down, Role::Bad),
        "degraded" => (signs.flapping, Role::Warn),
        "unreachable" => (signs.unreachable, Role::Warn),
        "flapping" => (signs.flapping, Role::Warn),
        "maintenance" => (signs.maintenance, Role::Maintenance),
        _ => (signs.unknown, Role::Unknown),
    }
}

/// What a word of state means.
#[must_use]
pub fn role_of(word: &str) -> Role {
    match word {
        "active" | "success" | "resolved" | "done" => Role::Ok,
        "suspended" | "pending" | "investigating" | "warning" | "major" | "minor" | "undone" => Role::Warn,
        "expired" | "critical" | "failure" | "error" | "failed" => Role::Bad,
        "maintenance" => Role::Maintenance,
        "terminated" | "retired" | "inactive" | "deleted" => Role::Dim,
        _ => Role::Text,
    }
}

/// A latency with the unit that suits it.
#[must_use]
pub fn latency(micros: i64, signs: &Signs) -> String {
    match micros {
        0..=999 => format!("{micros} {}s", signs.micro),
        1_000..=99_999 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{} ms", micros / 1_000),
    }
}

/// `status: active → suspended, plan: …`
fn changes_line(changes: &serde_json::Value, words: &Words, locale: Locale) -> String {
    let side = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::Bool(yes) => words.word(if *yes { "yes" } else { "no" }).to_owned(),
        // The log keeps times as RFC 3339 has them.
        serde_json::Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Value::Instant(time.to_utc()).shown(locale),
            Err(_) => clean(text).into_owned(),
        },
        other => clean(&other.to_string()).into_owned(),
    };
    let parts: Vec<String> = changes
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, change)| match (&change["before"], &change["after"]) {
            (serde_json::Value::Null, after) => format!("{field}: {}", side(after)),
            (before, after) => format!("{field}: {} → {}", side(before), side(after)),
        })
        .collect();
    parts.join(", ")
}
