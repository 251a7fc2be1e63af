//! `field=value` on the command line and JSON on stdin, as values for an operation.

use std::io::Read as _;
use std::path::Path;

use super::failure::{Failed, Outcome};
use super::prompt;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};
use crate::store::operation::Operation;
use crate::store::{Failure, Field, Problem, StoreError};

/// Values for one record.
pub type Values = Vec<(&'static str, Value)>;

/// Whether JSON is to be read from stdin.
#[must_use]
pub fn from_stdin(words: &[String]) -> bool {
    matches!(words, [only] if only == "-")
}

/// Reads `field=value` words. A secret comes from `field=@FILE`, `field=-` (stdin, or a prompt on a
/// terminal); its plain text on the command line is refused, since others see it there.
pub fn of_words(operation: &'static Operation, words: &[String], locale: Locale) -> Outcome<Values> {
    let (mut values, mut problems) = (Values::new(), Vec::new());
    for word in words {
        let Some((name, written)) = word.split_once('=') else {
            let shown = crate::domain::text::clean(word);
            return Err(Failed::Misuse(format!("‘{shown}’ is not field=value. Write a field, = and its value")));
        };
        match taken(operation, name) {
            Err(why) => problems.push(Problem::new(name, why)),
            Ok(field) if field.kind == Kind::Secret => values.push((field.name, secret(field, written)?)),
            Ok(field) => match Value::parse(field.kind, written, locale) {
                Ok(value) => values.push((field.name, value)),
                Err(why) => problems.push(Problem::new(name, why)),
            },
        }
    }
    done(values, problems)
}

/// Reads JSON from stdin: one object, a list of them, or one a line.
pub fn of_stdin(operation: &'static Operation, locale: Locale) -> Outcome<Vec<Values>> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failed::Refused(format!("stdin cannot be read: {error}")))?;
    let mut records = Vec::new();
    for json in serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>() {
        match json.map_err(|error| Failed::Refused(format!("stdin holds no valid JSON: {error}")))? {
            serde_json::Value::Array(items) => {
                for item in &items {
                    records.push(of_object(operation, item, locale)?);
                }
            }
            object => records.push(of_object(operation, &object, locale)?),
        }
    }
    if records.is_empty() {
        return Err(Failed::Refused("stdin is empty. Give a JSON object, a list of objects, or one a line".into()));
    }
    Ok(records)
}

fn of_object(operation: &'static Operation, json: &serde_json::Value, locale: Locale) -> Outcome<Values> {
    let object =
        json.as_object().ok_or_else(|| Failed::Refused("a JSON object is wanted: {\"field\": value, …}".into()))?;
    let (mut values, mut problems) = (Values::new(), Vec::new());
    for (name, json) in object {
        match taken(operation, name) {
            Err(why) => problems.push(Problem::new(name, why)),
            Ok(field) => match Value::from_json(field.kind, json, locale) {
                Ok(value) => values.push((field.name, value)),
                Err(why) => problems.push(Problem::new(name, why)),
            },
        }
    }
    done(values, problems)
}

/// The field by its name, or by its column where it is a reference: `plan_id` is `plan`.
fn taken(operation: &'static Operation, name: &str) -> Result<&'static Field, String> {
    let fields = operation.entity.fields;
    let by_column = fields.iter().find(|field| field.reference.is_some() && field.column() == Some(name));
    operation.takes(by_column.map_or(name, |field| field.name))
}

fn done(values: Values, problems: Vec<Problem>) -> Outcome<Values> {
    if problems.is_empty() { Ok(values) } else { Err(StoreError::failed(Failure::Invalid(problems)).into()) }
}

fn secret(field: &Field, written: &str) -> Outcome<Value> {
    let secret = match written.strip_prefix('@') {
        Some(path) => prompt::from_file(Path::new(path))?,
        None if written == "-" && prompt::can_ask() => prompt::secret(field.name)?,
        None if written == "-" => prompt::from_file(Path::new("-"))?,
        None if written.is_empty() => return Ok(Value::Null),
        None => {
            return Err(Failed::Misuse(format!(
                "{0} is a secret, and others see the command line. Give it as {0}=@FILE, or {0}=- to read or ask for it",
                field.name
            )));
        }
    };
    Ok(if secret.reveal().is_empty() { Value::Null } else { Value::Secret(secret) })
}
