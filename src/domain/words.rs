//! The texts of the screens: English as they are shipped (`assets/texts/en.toml`), in another language
//! what a file of the person's and the organisation's translations say. What none of them says is English.
//!
//! A text goes by its key: the names of its sections joined by dots, `list.reading`. What a rule or the database
//! refuses is written in English where the rule is; such a message goes by its English pattern, below `message`.
//!
//! A key that a text names stands there as the action that it calls, `‹add›`: what a person reads is the key of their map.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::sync::{Arc, LazyLock};

use toml::de::{DeTable, DeValue};

use super::text::{line_of, nearest};

/// Each text by its key.
pub type Table = BTreeMap<String, String>;

/// What stands around the name of an action where a text names its key.
const KEY: [char; 2] = ['‹', '›'];
/// The section of what rules refuse and say: its names are English patterns such as `has {} characters`.
const MESSAGE: &str = "message.";
/// Patterns within the values of patterns are said in the language too, so deep at most.
const DEEPEST: usize = 3;
/// What messages name: what is said of these is said within a message, too.
const NAMED: [&str; 5] = ["resource.", "field.", "operation.", "group.", "word."];

/// The file of texts as it is shipped.
pub const SHIPPED: &str = include_str!("../../assets/texts/en.toml");

static ENGLISH: LazyLock<Table> =
    LazyLock::new(|| read(SHIPPED).unwrap_or_default().into_iter().map(|one| (one.key, one.said)).collect());

/// Every text as it is shipped.
#[must_use]
pub fn english() -> &'static Table {
    &ENGLISH
}

/// The texts of one console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Option<Arc<Own>>);

/// What is said otherwise than in the English that is shipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Own {
    /// The language, as it was written.
    written: Table,
    /// The key that calls an action, as it is shown.
    keys: Table,
    /// The language, with the keys of this console.
    table: Table,
    /// The English texts that name keys, with those of this console.
    english: Table,
    messages: Vec<Pattern>,
    /// What messages name, by how it is called in English.
    names: HashMap<String, String>,
}

impl Words {
    /// English, as it is shipped.
    pub const ENGLISH: &'static Self = &Self(None);

    /// With these in place of what was said before.
    #[must_use]
    pub fn with(&self, own: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut written, keys) = self.parts();
        written.extend(own.into_iter().filter(|(_, text)| !text.trim().is_empty()));
        Self::of(written, keys)
    }

    /// With these keys where texts name them: as they are shown, by the names of the actions that they call.
    #[must_use]
    pub fn with_keys(&self, keys: Table) -> Self {
        Self::of(self.parts().0, keys)
    }

    /// Whether anything is said otherwise than in English.
    #[must_use]
    pub fn is_translated(&self) -> bool {
        self.0.as_deref().is_some_and(|own| !own.written.is_empty())
    }

    fn parts(&self) -> (Table, Table) {
        self.0.as_deref().map(|own| (own.written.clone(), own.keys.clone())).unwrap_or_default()
    }

    fn of(written: Table, keys: Table) -> Self {
        if written.is_empty() && keys.is_empty() {
            return Self(None);
        }
        let read = |(key, text): (&String, &String)| (key.clone(), keyed(text, &keys).into_owned());
        let table: Table = written.iter().map(read).collect();
        let english = ENGLISH.iter().filter(|(_, text)| text.contains(KEY[0])).map(read).collect();
        let said = table.iter().filter_map(|(key, text)| Some((key.strip_prefix(MESSAGE)?, text)));
        let mut messages: Vec<Pattern> = said.filter_map(|(pattern, text)| Pattern::read(pattern, text)).collect();
        // Of several that fit, the one that says most by itself is meant.
        messages.sort_by_key(|pattern| std::cmp::Reverse(pattern.weight()));
        let names = names(&table);
        Self(Some(Arc::new(Own { written, keys, table, english, messages, names })))
    }

    fn own(&self, key: &str) -> Option<&str> {
        self.0.as_deref()?.table.get(key).map(String::as_str)
    }

    fn english(&self, key: &str) -> Option<&str> {
        let keyed = self.0.as_deref().and_then(|own| own.english.get(key));
        keyed.or_else(|| ENGLISH.get(key)).map(String::as_str)
    }

    /// The text of a key, in the person's language, else in English; none where there is no such text.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.own(key).or_else(|| self.english(key))
    }

    /// The first of these keys that somebody said in the person's language, else the first that stands in English.
    #[must_use]
    pub fn first<const N: usize>(&self, keys: [&str; N]) -> Option<&str> {
        let own = keys.iter().find_map(|key| self.own(key));
        own.or_else(|| keys.iter().find_map(|key| self.english(key)))
    }

    /// The text of a key: in the person's language, else in English.
    #[must_use]
    pub fn get(&self, key: &'static str) -> &str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key with `{name}` replaced.
    #[must_use]
    pub fn say(&self, key: &'static str, values: &[(&str, &dyn Display)]) -> String {
        let mut text = String::new();
        let mut rest = self.get(key);
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, after)) = behind.split_once('}') else {
                rest = behind;
                break;
            };
            if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                text.push_str(&value.to_string());
            }
            rest = after;
        }
        text + rest
    }

    /// A word of a choice or state; one that nobody said otherwise is itself.
    #[must_use]
    pub fn word<'w>(&'w self, word: &'w str) -> &'w str {
        match self.0 {
            Some(_) => self.own(&format!("word.{word}")).unwrap_or(word),
            None => word,
        }
    }

    /// A message of a rule or the database in the person's language, where somebody said it in that.
    #[must_use]
    pub fn told<'a>(&self, message: &'a str) -> Cow<'a, str> {
        match self.0.as_deref() {
            Some(own) => match own.told(message, DEEPEST) {
                told if told.contains(KEY[0]) => keyed(&told, &own.keys).into_owned().into(),
                told => told,
            },
            None => message.into(),
        }
    }
}

/// A text with the keys that it names.
fn keyed<'a>(text: &'a str, keys: &Table) -> Cow<'a, str> {
    if !text.contains(KEY[0]) {
        return text.into();
    }
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(KEY[0]) {
        told.push_str(before);
        let (action, after) = behind.split_once(KEY[1]).unwrap_or((behind, ""));
        told.push_str(keys.get(action).map_or(action, String::as_str));
        rest = after;
    }
    (told + rest).into()
}

/// The actions whose keys a text names.
fn actions(text: &str) -> impl Iterator<Item = &str> {
    text.split(KEY[0]).skip(1).filter_map(|behind| Some(behind.split_once(KEY[1])?.0))
}

/// Every action whose key is named in a text, for the check that there is one.
pub fn named_actions() -> impl Iterator<Item = &'static str> {
    ENGLISH.iter().flat_map(|(key, text)| [key, text]).flat_map(|text| actions(text))
}

impl Own {
    fn told<'a>(&self, message: &'a str, deep: usize) -> Cow<'a, str> {
        if let Some(name) = self.names.get(message) {
            return name.clone().into();
        }
        // Several of them, as in what is open from a state.
        let each: Option<Vec<&str>> =
            message.split(", ").map(|part| self.names.get(part).map(String::as_str)).collect();
        if let Some(several) = each.filter(|each| each.len() > 1) {
            return several.join(", ").into();
        }
        let (Some(deeper), bare) = (deep.checked_sub(1), message.trim()) else { return message.into() };
        let fits = |pattern: &Pattern| Some(pattern.filled(&pattern.values(bare)?, |value| self.told(value, deeper)));
        let Some(said) = self.messages.iter().find_map(fits) else { return message.into() };
        // What stands around it stays: a line of a question is set in, a part of a sentence follows a blank.
        let (before, behind) = (message.len() - message.trim_start().len(), message.trim_end().len());
        let around = (message.get(..before), message.get(behind..));
        format!("{}{said}{}", around.0.unwrap_or_default(), around.1.unwrap_or_default()).into()
    }
}

/// How each of what messages name is called in English, and in the language.
fn names(table: &Table) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let is_name = |key: &str| {
        NAMED.iter().any(|section| key.starts_with(section))
            && ![".help", ".empty", ".begin"].iter().any(|long| key.ends_with(long))
    };
    for (key, text) in table.iter().filter(|(key, _)| is_name(key)) {
        let Some(english) = ENGLISH.get(key) else { continue };
        // Within a sentence a title is written small.
        names.entry(english.to_lowercase()).or_insert_with(|| text.to_lowercase());
        names.insert(english.clone(), text.clone());
    }
    names
}

/// An English message with places for values, and how another language says it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// What stands before, between and behind the values.
    pieces: Vec<String>,
    names: Vec<String>,
    said: String,
}

impl Pattern {
    fn read(english: &str, said: &str) -> Option<Self> {
        let (pieces, names) = parts(english);
        let pieces = trimmed(pieces);
        // A pattern of values alone would fit everything.
        let says = pieces.iter().any(|piece| piece.chars().any(char::is_alphabetic));
        says.then(|| Self { pieces, names, said: said.to_owned() })
    }

    fn weight(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }

    /// The values of a message that this pattern fits.
    fn values<'a>(&self, message: &'a str) -> Option<Vec<&'a str>> {
        let (first, between) = self.pieces.split_first()?;
        let mut rest = message.strip_prefix(first.as_str())?;
        let Some((last, between)) = between.split_last() else {
            return rest.is_empty().then(Vec::new);
        };
        rest = rest.strip_suffix(last.as_str())?;
        let mut values = Vec::with_capacity(self.names.len());
        for piece in between {
            let (value, behind) = rest.split_once(piece.as_str())?;
            values.push(value);
            rest = behind;
        }
        values.push(rest);
        Some(values)
    }

    fn filled<'a>(&self, values: &[&'a str], told: impl Fn(&'a str) -> Cow<'a, str>) -> String {
        let (pieces, names) = parts(self.said.trim());
        let mut unnamed = 0;
        let mut text = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            let Some(name) = names.get(index) else { continue };
            // `{}` in both languages is the next one; `{count}` is that of the name, wherever it stands.
            let place = if name.is_empty() {
                let place = self.names.iter().enumerate().filter(|(_, known)| known.is_empty()).nth(unnamed);
                unnamed += 1;
                place.map(|(place, _)| place)
            } else {
                self.names.iter().position(|known| known == name)
            };
            if let Some(value) = place.and_then(|place| values.get(place)) {
                text.push_str(&told(value));
            }
        }
        text
    }
}

/// Without the blanks around the whole.
fn trimmed(mut pieces: Vec<String>) -> Vec<String> {
    if let Some(first) = pieces.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(last) = pieces.last_mut() {
        *last = last.trim_end().to_owned();
    }
    pieces
}

/// What stands around the values of a text, one piece more than there are values, and the values' names.
fn parts(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut pieces, mut names) = (vec![String::new()], Vec::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                pieces.last_mut().into_iter().for_each(|piece| piece.push(c));
            }
            '{' => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                names.push(name.split(':').next().unwrap_or_default().to_owned());
                pieces.push(String::new());
            }
            c => pieces.last_mut().into_iter().for_each(|piece| piece.push(c)),
        }
    }
    (pieces, names)
}

/// The texts of a language's file, each checked against the English that it stands for.
///
/// # Errors
/// What is wrong in it first, with its line.
pub fn read_language(text: &str) -> Result<Table, (usize, String)> {
    let texts = read(text)?;
    let wrong = |one: &Read| check(&one.key, &one.said).err().map(|why| (one.at, why));
    match texts.iter().filter_map(wrong).min() {
        Some((at, why)) => Err((line_of(text, at), why)),
        None => Ok(texts.into_iter().map(|one| (one.key, one.said)).collect()),
    }
}

/// Whether a text in another language can stand for the one that is shipped: there is one of that key, and it has
/// the values that this one names.
///
/// # Errors
/// What is wrong with it.
pub fn check(key: &str, said: &str) -> Result<(), String> {
    let Some(english) = ENGLISH.get(key) else {
        let near = nearest(key, ENGLISH.keys().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!(". Did you mean ‘{near}’?"));
        return Err(format!("there is no text ‘{key}’{hint}"));
    };
    let (_, known) = parts(english);
    if let Some(unknown) = actions(said).find(|action| !named_actions().any(|known| known == *action)) {
        return Err(format!("‘{key}’: there is no action ‘{unknown}’ whose key could be named"));
    }
    let unknown = parts(said).1.into_iter().find(|name| !known.contains(name));
    match unknown {
        Some(name) => Err(format!("‘{key}’: there is no value {{{name}}} in ‘{english}’")),
        None => Ok(()),
    }
}

/// A text of a file, with the byte at which its name stands.
struct Read {
    key: String,
    said: String,
    at: usize,
}

fn read(text: &str) -> Result<Vec<Read>, (usize, String)> {
    let sections = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        (line, error.message().lines().next().unwrap_or("cannot be read").to_owned())
    })?;
    let mut texts = Vec::new();
    flatten("", sections.get_ref(), &mut texts)
        .map_err(|(key, at)| (line_of(text, at), format!("‘{key}’ is a text in quotes")))?;
    Ok(texts)
}

/// The texts below a section by their whole keys; else the first that is none, and where.
fn flatten(section: &str, inside: &DeTable<'_>, texts: &mut Vec<Read>) -> Result<(), (String, usize)> {
    for (name, value) in inside {
        let at = name.span().start;
        let name = name.get_ref();
        let key = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        match value.get_ref() {
            DeValue::String(said) => texts.push(Read { key, said: said.to_string(), at }),
            DeValue::Table(inside) => flatten(&key, inside, texts)?,
            _ => return Err((key, at)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn another_language_comes_before_english_and_english_before_nothing() {
        let words = Words::default();
        assert_eq!(words.get("list.reading"), "reading …");
        let own = words.with([
            ("list.reading".to_owned(), "lese …".to_owned()),
            ("list.marked".to_owned(), "{count} markiert".to_owned()),
            ("list.frozen".to_owned(), " ".to_owned()),
        ]);
        assert_eq!(own.get("list.reading"), "lese …");
        assert_eq!(own.get("list.frozen"), words.get("list.frozen"), "nothing said is English");
        assert_eq!(own.say("list.marked", &[("count", &3)]), "3 markiert");
        assert_eq!(own.first(["list.nothing-such", "list.reading"]), Some("lese …"));
        assert_eq!(own.first(["list.frozen", "list.reading"]), Some("lese …"), "one's own language comes first");
    }

    #[test]
    fn keys_are_named_as_they_are_and_in_every_language() {
        let keys = |add: &str, back: &str| -> Table {
            [("add", add), ("take-back", back)].map(|(action, key)| (action.to_owned(), key.to_owned())).into()
        };
        let words = Words::default().with_keys(keys("a", "u"));
        let empty = |words: &Words| words.find("resource.customers.begin").unwrap().to_owned();
        assert!(empty(&words).contains("Press a to add one"), "{}", empty(&words));
        assert_eq!(words.told("saved; ‹take-back› takes it back"), "saved; u takes it back");
        let other = words.with_keys(keys("B", "T"));
        assert!(empty(&other).contains("Press B to add one"), "{}", empty(&other));
        assert_eq!(other.told("saved; ‹take-back› takes it back"), "saved; T takes it back");
        let german = other.with([
            ("resource.customers.begin".to_owned(), "Noch keine: ‹add› legt an.".to_owned()),
            (
                "message.saved; ‹take-back› takes it back".to_owned(),
                "gespeichert; ‹take-back› macht es rückgängig".to_owned(),
            ),
        ]);
        assert_eq!(empty(&german), "Noch keine: B legt an.");
        assert_eq!(german.told("saved; ‹take-back› takes it back"), "gespeichert; T macht es rückgängig");
        assert_eq!(empty(&german.with_keys(keys("a", "u"))), "Noch keine: a legt an.");
        let wrong = check("resource.customers.begin", "‹ad› legt an").unwrap_err();
        assert!(wrong.contains("there is no action ‘ad’"), "{wrong}");
    }

    #[test]
    fn a_message_is_said_by_its_pattern_with_its_values() {
        let words = Words::default().with(
            [
                ("message.is required", "fehlt"),
                ("message.has {length} characters; at most {} fit", "höchstens {} Zeichen, nicht {length}"),
                (
                    "message.cannot {verb}: the {of} is {state}, which is final",
                    "{of}: {verb} geht nicht mehr ({state})",
                ),
                ("message.{first}; {second}", "{first}, außerdem {second}"),
                ("message.  … and {} more", "… und {} weitere"),
                ("message.{}{}", "alles"),
                ("resource.contracts.one", "Vertrag"),
                ("operation.contracts.renew.label", "verlängern"),
            ]
            .map(|(key, text)| (key.to_owned(), text.to_owned())),
        );
        for (english, german) in [
            ("is required", "fehlt"),
            ("has 300 characters; at most 200 fit", "höchstens 200 Zeichen, nicht 300"),
            (
                "cannot renew: the contract is cancelled, which is final",
                "Vertrag: verlängern geht nicht mehr (cancelled)",
            ),
            ("  … and 3 more", "  … und 3 weitere"),
            (
                "cannot renew: the contract is renew, contract, which is final",
                "Vertrag: verlängern geht nicht mehr (verlängern, Vertrag)",
            ),
            ("is required now", "is required now"),
            ("", ""),
        ] {
            assert_eq!(words.told(english), german);
        }
        assert_eq!(Words::default().told("is required"), "is required");
    }

    #[test]
    fn braces_that_are_doubled_are_braces() {
        assert_eq!(parts("such as {{\"a\": {}}}"), (vec!["such as {\"a\": ".into(), "}".into()], vec![String::new()]));
        assert_eq!(parts("{count:>3} %"), (vec![String::new(), " %".into()], vec!["count".into()]));
    }

    #[test]
    fn a_mistake_in_a_language_is_told_with_its_line() {
        let said = read_language("[list]\nreading = \"lese …\"\n[resource.tickets]\ntitle = \"Anfragen\"\n").unwrap();
        assert_eq!((said["list.reading"].as_str(), said["resource.tickets.title"].as_str()), ("lese …", "Anfragen"));
        for (text, line, told) in [
            ("[list]\nreading = 3\n", 2, "‘list.reading’ is a text"),
            ("[list\n", 1, ""),
            ("[list]\nreading = \"x\"\nraeding = \"x\"\n", 3, "‘list.raeding’. Did you mean ‘list.reading’?"),
            ("[list]\nmarked = \"{cuont} markiert\"\n", 2, "there is no value {cuont}"),
        ] {
            let (at, why) = read_language(text).unwrap_err();
            assert!(at == line && why.contains(told), "{at:?}: {why}");
        }
    }
}
