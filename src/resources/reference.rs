//! The resources as a page of the docs: their fields, states, conditions, and what points at them.

use std::fmt::Write as _;

use super::{Group, Resource, all};
use crate::domain::Kind;
use crate::domain::words::Words;
use crate::store::{Field, FieldAccess};

/// The page on all resources, as Markdown.
#[must_use]
pub fn markdown(words: &Words) -> String {
    let mut page = String::from(
        "# Resources and their fields\n\nWritten by `headend reference fields`. These are the names in filters, files, \
         JSON and on the command line. A reference is written as the number or name of the record it points at.\n",
    );
    for group in Group::ALL {
        for resource in all().filter(|resource| resource.group() == group) {
            page.push('\n');
            page.push_str(&of(resource, words));
        }
    }
    page
}

/// One resource, as Markdown.
#[must_use]
pub fn of(resource: &Resource, words: &Words) -> String {
    let entity = resource.entity;
    let mut text = format!("## {} (`{}`)\n\nTab {}", resource.title(words), entity.name, resource.group().title(words));
    // Writing into a text does not fail.
    if !resource.aliases.is_empty() {
        let _ = write!(text, "; also {}", listed(resource.aliases.iter().map(|alias| format!(":{alias}"))));
    }
    text.push_str(".\n\n| field | is | set | what fits |\n|---|---|---|---|\n");
    for field in entity.fields {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            field.name,
            kind(field),
            set(field),
            cell(&fits(resource, field, words)),
        );
    }
    if let Some(lifecycle) = entity.lifecycle {
        let moves = lifecycle.moves.iter().map(|step| format!("{} → {}", step.verb, step.to));
        let _ = writeln!(
            text,
            "\nStates: {}. Moves: {}.",
            listed(lifecycle.states.iter().map(|state| (*state).to_owned())),
            moves.collect::<Vec<_>>().join(", ")
        );
    }
    if !entity.conditions.is_empty() {
        let conditions =
            entity.conditions.iter().map(|condition| format!("`is:{}` (`{}`)", condition.name, condition.means));
        let _ = writeln!(text, "\nConditions: {}.", conditions.collect::<Vec<_>>().join(", "));
    }
    if !entity.relations.is_empty() {
        let relations = entity.relations.iter().map(|relation| relation.name.to_owned());
        let _ = writeln!(text, "\nPointing at it: {}.", listed(relations));
    }
    text
}

fn listed(words: impl Iterator<Item = String>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A field's kind in a word or two.
fn kind(field: &Field) -> String {
    if let Some(entity) = field.reference {
        return format!("one of `{entity}`");
    }
    match field.kind {
        Kind::Id => "id".into(),
        Kind::Text if field.max < 10_000 => format!("text, at most {}", field.max),
        Kind::Text => "text".into(),
        Kind::Lines => "lines of text".into(),
        Kind::Choice(_) => "one of a few words".into(),
        Kind::Bool => "yes or no".into(),
        Kind::Int => "whole number".into(),
        Kind::Money => "money".into(),
        Kind::Percent => "percent".into(),
        Kind::Degrees => "degrees".into(),
        Kind::Instant => "time".into(),
        Kind::Date => "date".into(),
        Kind::Json => "JSON".into(),
        Kind::Secret => "secret, kept sealed".into(),
        Kind::Ip => "IP address".into(),
        Kind::Cidr => "network".into(),
        Kind::Mac => "MAC address".into(),
        Kind::Bytes => "bytes".into(),
    }
}

/// Who sets a field, and whether it must be.
fn set(field: &Field) -> String {
    let who = match field.access {
        FieldAccess::Write => "at any time",
        FieldAccess::Create => "when it is made",
        FieldAccess::Read => return "by the program".into(),
    };
    let mut told = who.to_owned();
    if field.required {
        told.push_str(", required");
    }
    match field.default {
        Some(word) if word.starts_with('$') => {
            let _ = write!(told, ", else the organisation's {}", word.trim_start_matches('$'));
        }
        Some(word) => {
            let _ = write!(told, ", else `{word}`");
        }
        None => {}
    }
    if field.unique.is_some() {
        told.push_str(", unique");
    }
    told
}

/// What fits a field: of one that the program sets, only which words there are.
fn fits(resource: &Resource, field: &Field, words: &Words) -> String {
    let is_told = field.access != FieldAccess::Read || matches!(field.kind, Kind::Choice(_));
    if is_told { resource.help(words, field) } else { String::new() }
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::label;

    #[test]
    fn every_field_is_on_the_page_under_a_name_of_its_own() {
        for resource in all() {
            let text = of(resource, Words::ENGLISH);
            for field in resource.entity.fields {
                assert!(text.contains(&format!("| `{}` |", field.name)), "{}.{}", resource.entity.name, field.name);
                assert!(!label(Words::ENGLISH, field.name).is_empty());
            }
        }
    }
}
