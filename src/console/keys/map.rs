//! The map from keys to actions, checked once when it is built.

use std::collections::HashMap;

use super::file::{KeyFile, KeyProblem};
use super::letters::{self, Letters};
use super::{Code, Key};
use crate::console::actions::{ActionDef, Scope};
use crate::domain::words::{Table, Words};

/// What a key means in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It calls this action.
    Act(&'static ActionDef),
    /// It writes this character.
    Text(char),
    /// It is Esc and then this key: an Alt that is bound to nothing.
    EscThen(Key),
    /// Nothing here.
    Nothing,
}

/// One entry of the hint line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// The key to press.
    pub key: Key,
    pub action: &'static ActionDef,
    /// What it does here, where that is not what it does elsewhere: the key of a text.
    pub does: Option<&'static str>,
}

impl Hint {
    /// The hint of an action that does here what it does everywhere.
    #[must_use]
    pub const fn new(key: Key, action: &'static ActionDef) -> Self {
        Self { key, action, does: None }
    }

    /// What it says of the key.
    #[must_use]
    pub fn label<'w>(&self, words: &'w Words) -> &'w str {
        self.does.map_or_else(|| self.action.label(words), |key| words.get(key))
    }
}

/// One line of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpRow {
    /// Every key of the action, the shown one first; empty if it has none.
    pub keys: Vec<Key>,
    /// What it does.
    pub action: &'static ActionDef,
}

/// The help on one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpSection {
    /// The scope.
    pub scope: Scope,
    /// Its actions, in the order of the table.
    pub rows: Vec<HelpRow>,
}

/// Which key calls which action where.
#[derive(Debug, Clone)]
pub struct KeyMap {
    /// Every action with its keys, in the order of the tables.
    rows: Vec<HelpRow>,
    by_key: HashMap<(Scope, Key), &'static ActionDef>,
    letters: Letters,
    langmap: HashMap<char, char>,
}

impl KeyMap {
    /// The map of these tables, with the keys of a person's file in place of the default ones.
    ///
    /// # Errors
    /// Every clash (naming both sides), every name that does not exist, every dangerous action on
    /// a key that a broken escape sequence could write; the same of the letters of what is done to records.
    pub fn build(tables: &[&'static [ActionDef]], file: Option<&KeyFile>) -> Result<Self, Vec<KeyProblem>> {
        let mut problems = Vec::new();
        let mut rows: Vec<(HelpRow, Option<usize>)> = Vec::new();
        for def in tables.iter().flat_map(|table| table.iter()) {
            let own = file.and_then(|file| file.keys.get(def.id));
            let keys = match own {
                Some((keys, _)) => keys.clone(),
                None => default_keys(def, &mut problems),
            };
            if rows.iter().any(|(row, _)| row.action.id == def.id) {
                problems.push(KeyProblem { line: None, what: format!("the action `{}` is declared twice", def.id) });
            }
            rows.push((HelpRow { keys, action: def }, own.map(|(_, line)| *line)));
        }
        for (name, (_, line)) in file.iter().flat_map(|file| &file.keys) {
            if !rows.iter().any(|(row, _)| row.action.id == name) {
                problems.push(KeyProblem { line: Some(*line), what: unknown_action(name, &rows) });
            }
        }
        for (index, (row, line)) in rows.iter().enumerate() {
            refuse_what_lines_write(row, *line, &mut problems);
            refuse_what_is_text(row, *line, &mut problems);
            for (other, other_line) in &rows[..index] {
                refuse_clash((other, *other_line), (row, *line), &mut problems);
            }
        }
        let letters = file.map_or_else(|| Ok(Letters::default()), |file| Letters::of_file(&file.letters));
        let letters = letters.unwrap_or_else(|wrong| {
            problems.extend(wrong);
            Letters::default()
        });
        letters::refuse_hidden(&letters, &rows, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut by_key = HashMap::new();
        for (row, _) in &rows {
            for key in &row.keys {
                by_key.insert((row.action.scope, key.normal()), row.action);
            }
        }
        let langmap = file.map(|file| file.langmap.iter().map(|(from, to)| (*from, *to)).collect()).unwrap_or_default();
        Ok(Self { rows: rows.into_iter().map(|(row, _)| row).collect(), by_key, letters, langmap })
    }

    /// The action a key calls in a place, the innermost scope first.
    #[must_use]
    pub fn resolve(&self, place: Scope, key: Key) -> Option<&'static ActionDef> {
        let key = key.normal();
        place.stack().iter().find_map(|scope| self.by_key.get(&(*scope, key)).copied())
    }

    /// What a key means in a place. Where one is typing, a key that writes is always text, so no
    /// letter can act there; elsewhere a letter of another layout stands for its place on ours.
    #[must_use]
    pub fn meaning(&self, place: Scope, key: Key, typing: bool) -> Meaning {
        if typing && let Some(c) = key.text() {
            return Meaning::Text(c);
        }
        if let Some(action) = self.resolve(place, key) {
            return Meaning::Act(action);
        }
        if key.alt {
            return Meaning::EscThen(Key { alt: false, ..key });
        }
        if let Code::Char(c) = key.code
            && let Some(stands_for) = self.langmap.get(&c)
            && let Some(action) = self.resolve(place, Key { code: Code::Char(*stands_for), ..key })
        {
            return Meaning::Act(action);
        }
        Meaning::Nothing
    }

    /// The letter of a row in the menu of what is done to records.
    #[must_use]
    pub fn letter(&self, row: &ActionDef) -> Option<char> {
        self.letters.of(row)
    }

    /// The key on our layout that a letter of another one stands for.
    #[must_use]
    pub fn on_our_layout(&self, key: Key) -> Key {
        match key.code {
            Code::Char(c) => Key { code: Code::Char(self.langmap.get(&c).copied().unwrap_or(c)), ..key },
            _ => key,
        }
    }

    /// The keys of an action, the shown one first.
    #[must_use]
    pub fn keys_of(&self, id: &str) -> &[Key] {
        self.rows.iter().find(|row| row.action.id == id).map_or(&[], |row| &row.keys)
    }

    /// The key of each action as it is shown, for the texts that name it; of one without a key what it does.
    #[must_use]
    pub fn shown(&self, ascii: bool) -> Table {
        let shown = |row: &HelpRow| match row.keys.first() {
            Some(key) => key.shown(ascii),
            None => format!("‘{}’", row.action.label(Words::ENGLISH)),
        };
        self.rows.iter().map(|row| (row.action.id.to_owned(), shown(row))).collect()
    }

    /// Every action of the tables with its keys.
    #[must_use]
    pub fn rows(&self) -> &[HelpRow] {
        &self.rows
    }

    /// The hint line of a place: the actions that ask to be there, have a key and are enabled.
    #[must_use]
    pub fn hints(&self, place: Scope, enabled: impl Fn(&ActionDef) -> bool) -> Vec<Hint> {
        let mut hints: Vec<Hint> = self
            .rows
            .iter()
            .filter(|row| row.action.hint > 0 && place.stack().contains(&row.action.scope))
            .filter_map(|row| self.reaching(place, row).map(|key| Hint::new(key, row.action)))
            .filter(|hint| enabled(hint.action))
            .collect();
        hints.sort_by_key(|hint| hint.action.hint);
        hints
    }

    /// The keys that a scope adds to those of the places around it, of the actions that are enabled.
    #[must_use]
    pub fn offered(&self, scope: Scope, enabled: impl Fn(&ActionDef) -> bool) -> Vec<Hint> {
        let rows = self.rows.iter().filter(|row| row.action.scope == scope && enabled(row.action));
        rows.filter_map(|row| Some(Hint::new(self.reaching(scope, row)?, row.action))).collect()
    }

    /// The letters that call an action in a place, which nothing else there can go by.
    #[must_use]
    pub fn letters(&self, place: Scope) -> String {
        let keys = self.rows.iter().filter(|row| place.stack().contains(&row.action.scope)).flat_map(|row| &row.keys);
        keys.filter_map(|key| key.text()).collect()
    }

    /// The help of a place, the innermost scope first: what it answers, and only keys that really
    /// reach the action.
    #[must_use]
    pub fn help(&self, place: Scope, answered: impl Fn(&ActionDef) -> bool) -> Vec<HelpSection> {
        let section = |scope: &Scope| HelpSection {
            scope: *scope,
            rows: self
                .rows
                .iter()
                .filter(|row| row.action.scope == *scope && answered(row.action))
                .map(|row| HelpRow { keys: self.keys_in(place, row, &answered), action: row.action })
                .collect(),
        };
        place.stack().iter().map(section).filter(|section| !section.rows.is_empty()).collect()
    }

    /// The keys that reach an action in a place: what does nothing there leaves its key to what lies around it.
    fn keys_in(&self, place: Scope, row: &HelpRow, answered: &impl Fn(&ActionDef) -> bool) -> Vec<Key> {
        let reaches = |key: &Key| {
            let called = place.stack().iter().filter_map(|scope| self.by_key.get(&(*scope, key.normal())));
            called.into_iter().find(|action| answered(action)).is_some_and(|action| action.id == row.action.id)
        };
        row.keys.iter().copied().filter(reaches).collect()
    }

    fn reaching(&self, place: Scope, row: &HelpRow) -> Option<Key> {
        row.keys.iter().copied().find(|key| self.reaches(place, *key, row.action))
    }

    fn reaches(&self, place: Scope, key: Key, action: &ActionDef) -> bool {
        self.resolve(place, key).is_some_and(|found| found.id == action.id)
    }
}

fn default_keys(def: &ActionDef, problems: &mut Vec<KeyProblem>) -> Vec<Key> {
    let mut keys = Vec::with_capacity(def.keys.len());
    for name in def.keys {
        match Key::parse(name) {
            Ok(key) => keys.push(key),
            Err(why) => problems.push(KeyProblem { line: None, what: format!("{}: {why}", def.id) }),
        }
    }
    keys
}

fn unknown_action(name: &str, rows: &[(HelpRow, Option<usize>)]) -> String {
    let alike = |id: &str| {
        let shared = id.split('-').filter(|word| name.split('-').any(|other| other == *word)).count();
        let start = id.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        shared * 4 + start
    };
    let nearest = rows.iter().map(|(row, _)| row.action.id).max_by_key(|id| alike(id)).filter(|id| alike(id) > 1);
    match nearest {
        Some(id) => format!("there is no action `{name}`; the nearest is `{id}`"),
        None => format!("there is no action `{name}`: `?` in the console names them"),
    }
}

/// A sequence that a slow line tears apart can leave these behind as if they had been typed.
pub(super) const fn torn(c: char) -> bool {
    matches!(c, 'A'..='H' | 'M' | 'O'..='S' | 'Z' | '[' | ']' | '~' | '0'..='9')
}

fn refuse_what_lines_write(row: &HelpRow, line: Option<usize>, problems: &mut Vec<KeyProblem>) {
    let what_it_does = match () {
        () if row.action.dangerous => "destroys",
        () if row.action.writes => "writes",
        () => return,
    };
    for key in &row.keys {
        if key.text().is_some_and(torn) {
            let what = format!(
                "`{key}` cannot call `{}`: a slow line can leave this character behind, and this action {what_it_does}",
                row.action.id
            );
            problems.push(KeyProblem { line, what });
        }
    }
}

/// What is done while one types too has a key that writes nothing.
fn refuse_what_is_text(row: &HelpRow, line: Option<usize>, problems: &mut Vec<KeyProblem>) {
    let while_typing = matches!(row.action.scope, Scope::Everywhere | Scope::Form | Scope::Lines | Scope::Line);
    if line.is_some() && while_typing && !row.keys.is_empty() && row.keys.iter().all(|key| key.text().is_some()) {
        let what = format!(
            "`{}` alone cannot call `{}`: where one types it is text; give it a key such as ctrl-s besides",
            row.keys[0], row.action.id
        );
        problems.push(KeyProblem { line, what });
    }
}

/// Refuses one key for two actions where both are asked. By design an inner scope of the default
/// tables may take a key from an outer one (a form's arrow); a key file may not bring that about.
fn refuse_clash(
    (one, one_line): (&HelpRow, Option<usize>),
    (two, two_line): (&HelpRow, Option<usize>),
    problems: &mut Vec<KeyProblem>,
) {
    let same_scope = one.action.scope == two.action.scope;
    let by_design = !same_scope && one_line.is_none() && two_line.is_none();
    if by_design || !one.action.scope.overlaps(two.action.scope) {
        return;
    }
    for key in &one.keys {
        if !two.keys.iter().any(|other| other.normal() == key.normal()) {
            continue;
        }
        if !same_scope && is_default(one.action, *key) && is_default(two.action, *key) {
            continue;
        }
        let what = format!(
            "`{key}` would call both `{}` ({}) and `{}` ({})",
            one.action.id,
            one.action.scope.title(Words::ENGLISH).to_lowercase(),
            two.action.id,
            two.action.scope.title(Words::ENGLISH).to_lowercase()
        );
        problems.push(KeyProblem { line: two_line.or(one_line), what });
    }
}

fn is_default(action: &ActionDef, key: Key) -> bool {
    action.keys.iter().any(|name| Key::parse(name) == Ok(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::actions::Action;

    fn map() -> KeyMap {
        KeyMap::build(&[Action::DEFS], None).unwrap()
    }

    fn problems(file: &str) -> String {
        let file = KeyFile::parse(file).unwrap();
        let problems = KeyMap::build(&[Action::DEFS], Some(&file)).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    fn called(map: &KeyMap, place: Scope, key: &str) -> Option<&'static str> {
        map.resolve(place, Key::parse(key).unwrap()).map(|def| def.id)
    }

    /// Where one types, a letter is text: what is done there has another key besides.
    #[test]
    fn what_is_done_while_one_types_is_on_no_letter_alone() {
        let build = |text: &str| KeyMap::build(&[Action::DEFS], Some(&KeyFile::parse(text).unwrap()));
        for action in ["save", "menu", "line-clear"] {
            let problems = build(&format!("[keys]\n{action} = \"ö\"\n")).unwrap_err();
            assert!(problems.iter().any(|problem| problem.what.contains("where one types it is text")), "{problems:?}");
            assert!(build(&format!("[keys]\n{action} = [\"ö\", \"f7\"]\n")).is_ok(), "{action}");
        }
        assert!(build("[keys]\nadd = \"ö\"\n").is_ok(), "where letters are commands it is one");
    }

    /// A text that names a key names one that there is.
    #[test]
    fn every_key_that_a_text_names_is_one() {
        let shown = map().shown(false);
        let named: std::collections::BTreeSet<&str> = crate::domain::words::named_actions().collect();
        let unknown: Vec<_> = named.iter().filter(|action| !shown.contains_key(**action)).collect();
        assert!(named.len() > 20 && unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn the_same_key_means_what_the_place_says() {
        let map = map();
        for (place, key, id) in [
            (Scope::List, "j", Some("row-down")),
            (Scope::List, "ctrl-f", Some("find")),
            (Scope::List, "ctrl-p", Some("find")),
            (Scope::Page, ">", Some("next-record")),
            (Scope::Page, "j", Some("row-down")),
            (Scope::List, ">", None),
            (Scope::Form, "ctrl-c", Some("stop")),
            (Scope::Form, "down", Some("field-choose")),
            (Scope::Line, "down", Some("line-newer")),
            (Scope::Dialog, "j", Some("pick-down")),
            (Scope::Form, "j", None),
            (Scope::List, "9", Some("screen-9")),
        ] {
            assert_eq!(called(&map, place, key), id, "{place:?} {key}");
        }
    }

    #[test]
    fn while_typing_every_printable_key_is_text() {
        let map = map();
        assert_eq!(map.meaning(Scope::Form, Key::char(' '), true), Meaning::Text(' '));
        assert_eq!(map.meaning(Scope::Dialog, Key::char('y'), true), Meaning::Text('y'));
        assert_eq!(map.meaning(Scope::Form, Key::ctrl('s'), true), Meaning::Act(Action::Save.def()));
    }

    #[test]
    fn an_unbound_alt_is_esc_and_the_key() {
        let alt_k = Key { alt: true, ..Key::char('k') };
        assert_eq!(map().meaning(Scope::List, alt_k, false), Meaning::EscThen(Key::char('k')));
    }

    #[test]
    fn a_file_changes_adds_and_takes_away() {
        let file = KeyFile::parse("[keys]\nadd = [\"a\", \"alt-a\"]\nlock = []\n[langmap]\n\"ф\" = \"a\"\n").unwrap();
        let map = KeyMap::build(&[Action::DEFS], Some(&file)).unwrap();
        assert_eq!(called(&map, Scope::List, "alt-a"), Some("add"));
        assert_eq!(called(&map, Scope::List, "ctrl-q"), None);
        assert_eq!(map.meaning(Scope::List, Key::char('ф'), false), Meaning::Act(Action::Add.def()));
        assert_eq!(map.meaning(Scope::Form, Key::char('ф'), true), Meaning::Text('ф'));
    }

    #[test]
    fn clashes_and_unknown_names_are_refused_naming_both() {
        let said = problems("[keys]\nadd = \"e\"\n");
        assert!(said.contains("line 2") && said.contains("`add`") && said.contains("`edit`"), "{said}");
        for key in ["~", "H", "["] {
            let said = problems(&format!("[keys]\nadd = \"{key}\"\n"));
            assert!(said.contains("a slow line can leave this character behind, and this action writes"), "{said}");
        }
        let said = problems("[keys]\nlock = \"x\"\n");
        assert!(said.contains("`lock`") && said.contains("`actions`"), "{said}");
        let said = problems("[keys]\nnext-recrd = \"b\"\n");
        assert!(said.contains("next-recrd") && said.contains("next-record"), "{said}");
        // A form is never open in a list: no clash.
        let file =
            KeyFile::parse("[keys]\nfield-choose = [\"down\", \"alt-j\"]\nrow-down = [\"j\", \"alt-j\"]\n").unwrap();
        assert!(KeyMap::build(&[Action::DEFS], Some(&file)).is_ok());
    }

    #[test]
    fn what_destroys_is_never_on_a_key_that_a_torn_sequence_writes() {
        static TABLE: [ActionDef; 1] = [ActionDef { dangerous: true, ..ActionDef::new("drop", Scope::List, &["D"]) }];
        let problems = KeyMap::build(&[&TABLE], None).unwrap_err();
        assert!(problems[0].what.contains("`D`") && problems[0].what.contains("`drop`"));
    }

    #[test]
    fn hints_and_help_show_keys_that_work() {
        let map = map();
        let hints = map.hints(Scope::List, |def| !matches!(def.id, "edit" | "save" | "leave" | "go-on"));
        let ids: Vec<_> = hints.iter().map(|hint| hint.action.id).collect();
        assert_eq!(
            ids,
            ["open", "actions", "add", "mark", "filter", "find-here", "command", "next-pane", "help", "menu"]
        );
        let form = map.help(Scope::Form, |def| def.id != "discard");
        assert_eq!(form[0].scope, Scope::Form);
        assert!(form[0].rows.iter().all(|row| row.action.id != "discard"));
        let down = form[1].rows.iter().find(|row| row.action.id == "down").unwrap();
        assert!(down.keys.is_empty(), "the form takes the arrow for itself");
    }

    #[test]
    fn the_key_file_that_we_ship_says_what_is_built_in() {
        let file = KeyFile::parse(include_str!("../../../assets/keys.toml")).unwrap();
        for def in Action::DEFS {
            let keys: Vec<Key> = def.keys.iter().map(|name| Key::parse(name).unwrap()).collect();
            assert_eq!(file.keys.get(def.id).map(|(keys, _)| keys), Some(&keys), "{}", def.id);
        }
        assert_eq!(file.keys.len(), Action::DEFS.len());
        let rows = crate::resources::all().flat_map(crate::console::overlay::deeds::rows);
        let built_in: std::collections::BTreeMap<_, _> =
            rows.map(|row| (super::super::verb(row).to_owned(), row.letter)).collect();
        let kept: std::collections::BTreeMap<_, _> =
            file.letters.iter().map(|(verb, (letter, _))| (verb.clone(), Some(*letter))).collect();
        assert_eq!(kept, built_in);
        assert!(KeyMap::build(&[Action::DEFS], Some(&file)).is_ok());
    }
}
