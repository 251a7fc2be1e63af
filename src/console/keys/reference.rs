//! The key map as a page of the docs: every action with its keys, every operation with its letter.

use std::fmt::Write as _;

use super::KeyMap;
use crate::console::actions::Scope;
use crate::console::command::WORDS;
use crate::console::overlay::deeds::{RECORDS, operation_row};
use crate::domain::words::Words;
use crate::resources;
use crate::store::operation::{Does, Undo};

/// The page, as Markdown.
#[must_use]
pub fn markdown(map: &KeyMap) -> String {
    let mut page = String::from(
        "# Keys, actions and operations\n\nWritten by `headend reference keys`. The first key is the one that is \
         shown; [settings](settings.md) tells how to change them. Where one types, every printable key is text.\n",
    );
    let words = &Words::ENGLISH.with_keys(map.shown(true));
    for scope in Scope::ALL.iter().rev() {
        let rows: Vec<_> = map.rows().iter().filter(|row| row.action.scope == *scope).collect();
        if rows.is_empty() {
            continue;
        }
        // Writing into a text does not fail.
        let _ = write!(page, "\n## {}\n\n| key | action | does | needs |\n|---|---|---|---|\n", scope.title(words));
        for row in rows {
            let keys: Vec<String> = row.keys.iter().map(|key| code(&key.shown(true))).collect();
            let needs = match (row.action.permission, row.action.writes) {
                (None, _) if row.action.id == "add" => "to create records of the kind".to_owned(),
                (None, _) if row.action.id == "edit" => "to update records of the kind".to_owned(),
                (Some(permission), _) => code(permission),
                (None, true) => "a session that may change things".to_owned(),
                (None, false) => String::new(),
            };
            let help = cell(row.action.help(words));
            let _ = writeln!(page, "| {} | `{}` | {help} | {needs} |", keys.join(" "), row.action.id);
        }
    }
    page.push_str(
        "\n## Words of the command line\n\n`:` takes the names of lists, actions and operations, and these.\n\n\
         | word | does |\n|---|---|\n",
    );
    for (word, names) in WORDS {
        let names: Vec<String> = names.iter().map(|name| code(&format!(":{name}"))).collect();
        let _ = writeln!(page, "| {} | {} |", names.join(" "), word.does());
    }
    page.push_str(
        "\n## What is done to records\n\n`x` offers what can be done to the marked records or this one, each under \
         its letter; `:` takes the operation's name or verb. Its name is the permission that it needs.\n\n\
         | letter | operation | does | to | takes back |\n|---|---|---|---|---|\n",
    );
    for row in RECORDS {
        let letter = map.letter(row).map(|letter| format!("`x` `{letter}`")).unwrap_or_default();
        let (needs, does) = (row.permission.map(code).unwrap_or_default(), cell(row.help(words)));
        let _ = writeln!(page, "| {letter} | `{}` (needs {needs}) | {does} | one | |", row.id);
    }
    for resource in resources::all() {
        for operation in crate::store::operation::of(resource.entity) {
            let letter = match operation.does {
                Does::Create => "`a`".to_owned(),
                Does::Update => "`e`".to_owned(),
                Does::Import => String::new(),
                _ => map.letter(operation_row(operation)).map(|letter| format!("`x` `{letter}`")).unwrap_or_default(),
            };
            let back = match operation.undo {
                Undo::Values => "`u`".to_owned(),
                Undo::CounterEntry => "`u`, by an entry that reverses it".to_owned(),
                Undo::None(why) => format!("no: {}", cell(why)),
            };
            let to = if operation.takes_records() { "one or many" } else { "new ones" };
            let does = cell(resources::operation_help(words, operation));
            let _ = writeln!(page, "| {letter} | `{}` | {does} | {to} | {back} |", operation.name);
        }
    }
    page
}

/// A word as code, also where it holds a backtick or a bar.
fn code(word: &str) -> String {
    let word = word.replace('|', "\\|");
    if word.contains('`') { format!("`` {word} ``") } else { format!("`{word}`") }
}

/// A text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::actions::Action;

    #[test]
    fn the_page_of_the_docs_is_what_the_program_says() {
        let map = KeyMap::build(&[Action::DEFS], None).unwrap();
        let page = markdown(&map);
        let kept = include_str!("../../../docs/keys.md");
        assert!(kept == page, "docs/keys.md is not what the key map says: run scripts/docs, and look at what changed");
    }

    #[test]
    fn every_action_and_operation_is_on_the_page() {
        let page = markdown(&KeyMap::build(&[Action::DEFS], None).unwrap());
        for action in Action::ALL {
            assert!(page.contains(&format!("| `{}` |", action.id())), "{}", action.id());
        }
        for operation in crate::store::operation::all() {
            assert!(page.contains(&format!("| `{}` |", operation.name)), "{}", operation.name);
        }
        // Whatever a menu of actions has, of any kind of record.
        for row in resources::all().flat_map(crate::console::overlay::deeds::rows) {
            assert!(page.contains(&format!("`{}`", row.id)), "{}", row.id);
            assert!(row.permission.is_none_or(|needs| page.contains(&format!("`{needs}`"))), "{}", row.id);
        }
    }
}
