//! The letters of what is done to records, as a person's key file has them.
//!
//! ```toml
//! [letters]
//! suspend = "z"   # the same in the menu of every kind of record
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::map::torn;
use super::{HelpRow, KeyProblem};
use crate::console::actions::{Action, ActionDef};
use crate::console::overlay::deeds;
use crate::console::widgets::menu::TAKEN;
use crate::resources;

/// The letters that a person has chosen, by the verb: `suspend`, or `remind` of what any record can have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters(BTreeMap<&'static str, char>);

/// The verb of a row: of `customers.suspend` what stands behind the point.
#[must_use]
pub fn verb(row: &ActionDef) -> &'static str {
    row.id.rsplit('.').next().unwrap_or(row.id)
}

impl Letters {
    /// The letter of a row in the menu of what is done to records.
    #[must_use]
    pub fn of(&self, row: &ActionDef) -> Option<char> {
        self.0.get(verb(row)).copied().or(row.letter)
    }

    /// The letters of a file: each with the line that it stands in.
    ///
    /// # Errors
    /// A verb that there is not, a letter that means something else in a menu or that a torn sequence can leave behind,
    /// and two verbs of one kind of record under one letter.
    pub(super) fn of_file(file: &BTreeMap<String, (char, usize)>) -> Result<Self, Vec<KeyProblem>> {
        let verbs = all();
        let (mut own, mut problems) = (Self::default(), Vec::new());
        for (name, (letter, line)) in file {
            let mut refuse = |what: String| problems.push(KeyProblem { line: Some(*line), what });
            let Some(verb) = verbs.get(name.as_str()) else {
                refuse(unknown(name, &verbs));
                continue;
            };
            match *letter {
                c if TAKEN.contains(c) => {
                    refuse(format!("`{c}` cannot be the letter of `{verb}`: it moves in every menu or leaves it"))
                }
                c if torn(c) => refuse(format!(
                    "`{c}` cannot be the letter of `{verb}`: a slow line can leave this character behind"
                )),
                c if c.is_whitespace() || c.is_control() => {
                    refuse(format!("the letter of `{verb}` must be one that is seen"))
                }
                c => _ = own.0.insert(verb, c),
            }
        }
        own.refuse_shared(file, &mut problems);
        if problems.is_empty() { Ok(own) } else { Err(problems) }
    }

    /// Two rows of one menu under one letter, that are not so as it is built in.
    fn refuse_shared(&self, file: &BTreeMap<String, (char, usize)>, problems: &mut Vec<KeyProblem>) {
        let mut told = BTreeSet::new();
        for resource in resources::all() {
            let rows = deeds::rows(resource);
            for (index, row) in rows.iter().enumerate() {
                for other in &rows[..index] {
                    let shares = self.of(row).is_some() && self.of(row) == self.of(other);
                    if !shares || row.letter == other.letter || !told.insert((verb(other), verb(row))) {
                        continue;
                    }
                    let line = [row, other].iter().filter_map(|row| file.get(verb(row))).map(|(_, line)| *line).max();
                    let letter = self.of(row).unwrap_or_default();
                    let (one, two, kind) = (verb(other), verb(row), resource.entity.name);
                    problems.push(KeyProblem {
                        line,
                        what: format!("`{letter}` would call both `{one}` and `{two}` of {kind}"),
                    });
                }
            }
        }
    }
}

/// What a menu answers to goes before its letters.
pub(super) fn refuse_hidden(letters: &Letters, rows: &[(HelpRow, Option<usize>)], problems: &mut Vec<KeyProblem>) {
    let answered = [Action::PickDown, Action::PickUp, Action::Pick, Action::No, Action::Away].map(Action::id);
    let menus: BTreeSet<(char, &str)> =
        resources::all().flat_map(deeds::rows).filter_map(|row| Some((letters.of(row)?, verb(row)))).collect();
    for (row, line) in rows.iter().filter(|(row, _)| answered.contains(&row.action.id)) {
        for letter in row.keys.iter().filter_map(|key| key.text()) {
            let hidden = menus.iter().find(|(other, _)| *other == letter);
            if let Some((_, verb)) = hidden {
                let what =
                    format!("`{letter}` would call both `{}` and `{verb}` in the menu of actions", row.action.id);
                problems.push(KeyProblem { line: *line, what });
            }
        }
    }
}

/// Every verb that a menu of what is done to records has.
fn all() -> BTreeSet<&'static str> {
    resources::all().flat_map(deeds::rows).map(verb).collect()
}

fn unknown(name: &str, verbs: &BTreeSet<&'static str>) -> String {
    match crate::domain::text::nearest(name, verbs.iter().copied()) {
        Some(verb) => format!("nothing that is done to records is called `{name}`; the nearest is `{verb}`"),
        None => format!("nothing that is done to records is called `{name}`: `headend reference keys` names it all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keys::{KeyFile, KeyMap};

    fn build(text: &str) -> Result<KeyMap, String> {
        let told = |problems: Vec<KeyProblem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        KeyMap::build(&[Action::DEFS], Some(&KeyFile::parse(text).map_err(told)?)).map_err(told)
    }

    fn letter(map: &KeyMap, operation: &str) -> Option<char> {
        map.letter(deeds::operation_row(crate::store::operation::find(operation).unwrap()))
    }

    #[test]
    fn a_verb_has_its_letter_in_every_menu() {
        let map = build("[letters]\nsuspend = \"z\"\nreactivate = \"s\"\nremind = \"!\"\n").unwrap();
        assert_eq!(letter(&map, "customers.suspend"), Some('z'));
        assert_eq!(letter(&map, "customers.reactivate"), Some('s'));
        assert_eq!(map.letter(deeds::REMIND), Some('!'));
        assert_eq!(letter(&build("").unwrap(), "customers.suspend"), Some('s'));
    }

    #[test]
    fn what_is_wrong_with_a_letter_is_said_with_its_line() {
        for (text, line, words) in [
            ("[letters]\nsuspend = \"j\"\n", "line 2", "`j` cannot be the letter of `suspend`"),
            ("[letters]\nsuspend = \"7\"\n", "line 2", "a slow line can leave this character behind"),
            ("[letters]\nsuspend = \" \"\n", "line 2", "one that is seen"),
            ("[letters]\nsuspend = \"ss\"\n", "line 2", "one character"),
            ("[letters]\nsuspend = 5\n", "line 2", "one character"),
            ("[letters]\n\nsuspnd = \"s\"\n", "line 3", "the nearest is `suspend`"),
            ("[letters]\nqqqqqq = \"s\"\n", "line 2", "names it all"),
            ("[letters]\nsuspend = \"w\"\n", "line 2", "`w` would call both `suspend` and `watch` of"),
            ("[letters]\nsuspend = \"r\"\n", "line 2", "`r` would call both `suspend` and `reactivate` of"),
            // What goes through the menu goes before its letters.
            ("[keys]\npick-down = \"s\"\n", "line 2", "`s` would call both `pick-down` and `queue` in the menu"),
        ] {
            let said = build(text).unwrap_err();
            assert!(said.contains(line) && said.contains(words), "{text}: {said}");
        }
    }
}
