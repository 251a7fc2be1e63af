//! The key file: a person's own keys in TOML.
//!
//! ```toml
//! [keys]
//! find = ["ctrl-f", "f"]   # several keys an action
//! lock = []                # none
//!
//! [letters]                # of the menu of what is done to records, by verb
//! suspend = "z"
//!
//! [langmap]                # what a key of another layout stands for where letters are commands
//! "ф" = "a"
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::Key;
use crate::domain::text::line_of;

/// What is wrong in a key file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct KeyProblem {
    /// The line it stands in, from 1.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub what: String,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A key file as read: the keys of the actions and the letters of the verbs that it names, and its language map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFile {
    /// The keys of an action, replacing its default ones, and the line that says so.
    pub keys: BTreeMap<String, (Vec<Key>, usize)>,
    /// The letter of a verb in the menu of what is done to records, and the line that says so.
    pub letters: BTreeMap<String, (char, usize)>,
    /// What a character stands for where letters are commands.
    pub langmap: BTreeMap<char, char>,
}

impl KeyFile {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Everything wrong in it, each with its line; nothing is taken from a file with a problem.
    pub fn parse(text: &str) -> Result<Self, Vec<KeyProblem>> {
        let line = |span: Range<usize>| line_of(text, span.start);
        let root = DeTable::parse(text)
            .map_err(|error| vec![KeyProblem { line: error.span().map(line), what: error.message().to_owned() }])?;
        let mut file = Self::default();
        let mut problems = Vec::new();
        for (name, value) in root.get_ref() {
            let at = line(name.span());
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("keys", DeValue::Table(table)) => {
                    for (action, value) in table {
                        let at = line(action.span());
                        let mut keys = Vec::new();
                        for key in names_in(value.get_ref()) {
                            match key.and_then(Key::parse) {
                                Ok(key) => keys.push(key),
                                Err(what) => {
                                    problems.push(KeyProblem {
                                        line: Some(at),
                                        what: format!("{}: {what}", action.get_ref()),
                                    });
                                }
                            }
                        }
                        file.keys.insert(action.get_ref().to_string(), (keys, at));
                    }
                }
                ("letters", DeValue::Table(table)) => {
                    for (verb, letter) in table {
                        let (at, name) = (line(verb.span()), verb.get_ref());
                        match letter.get_ref().as_str().and_then(one_char) {
                            Some(letter) => _ = file.letters.insert(name.to_string(), (letter, at)),
                            None => problems.push(KeyProblem {
                                line: Some(at),
                                what: format!("{name}: a letter of the menu is one character, as \"s\""),
                            }),
                        }
                    }
                }
                ("langmap", DeValue::Table(table)) => {
                    for (from, to) in table {
                        match (one_char(from.get_ref()), to.get_ref().as_str().and_then(one_char)) {
                            (Some(from), Some(to)) => {
                                file.langmap.insert(from, to);
                            }
                            _ => problems.push(KeyProblem {
                                line: Some(line(from.span())),
                                what: "a language map is one character = one character, as \"ф\" = \"a\"".into(),
                            }),
                        }
                    }
                }
                (other, _) => problems.push(KeyProblem {
                    line: Some(at),
                    what: format!(
                        "`{other}` is not known here: a key file has the tables [keys], [letters] and [langmap]"
                    ),
                }),
            }
        }
        if problems.is_empty() { Ok(file) } else { Err(problems) }
    }
}

/// The names of keys in a value: one text, or an array of them.
fn names_in<'a>(value: &'a DeValue<'_>) -> Vec<Result<&'a str, String>> {
    let wrong = || Err("write a key as \"ctrl-f\", or several as [\"ctrl-f\", \"f\"]".to_owned());
    match value {
        DeValue::String(name) => vec![Ok(name)],
        DeValue::Array(names) => names.iter().map(|name| name.get_ref().as_str().map_or_else(wrong, Ok)).collect(),
        _ => vec![wrong()],
    }
}

fn one_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_keys_and_a_language_map() {
        let file =
            KeyFile::parse("[keys]\nfind = [\"ctrl-f\", \"f2\"]\nlock = []\nadd = \"a\"\n[langmap]\n\"ф\" = \"a\"\n")
                .unwrap();
        assert_eq!(file.keys["find"], (vec![Key::ctrl('f'), Key::plain(super::super::Code::F(2))], 2));
        assert_eq!(file.keys["lock"].0, []);
        assert_eq!(file.langmap[&'ф'], 'a');
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, word) in [
            ("[keys]\nfind = \"ctrl-i\"\n", 2, "tab"),
            ("[keys]\nadd = \"a\"\nfind = 3\n", 3, "find"),
            ("[color]\n", 1, "[keys]"),
            ("[langmap]\n\"ab\" = \"c\"\n", 2, "one character"),
            ("[keys\n", 1, ""),
        ] {
            let problems = KeyFile::parse(text).unwrap_err();
            assert_eq!(problems.len(), 1, "{text}");
            assert_eq!(problems[0].line, Some(line), "{text}");
            assert!(problems[0].what.contains(word), "{}", problems[0]);
        }
    }
}
