//! The texts of the screens: English as they are shipped (`assets/texts/en.toml`), in another language
//! what a file of the person's and the organisation's translations say. What none of them says is English.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::actions::{ActionDef, Scope};

/// Each text by its key, `section.name`.
pub type Table = BTreeMap<String, String>;

static ENGLISH: LazyLock<Table> =
    LazyLock::new(|| read(include_str!("../../assets/texts/en.toml")).unwrap_or_default());

/// The texts of one console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Option<Arc<Table>>);

impl Words {
    /// With these in place of what was said before.
    #[must_use]
    pub fn with(&self, own: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut table = self.0.as_deref().cloned().unwrap_or_default();
        table.extend(own.into_iter().filter(|(_, text)| !text.trim().is_empty()));
        Self((!table.is_empty()).then(|| Arc::new(table)))
    }

    fn own(&self, key: &str) -> Option<&str> {
        self.0.as_deref()?.get(key).map(String::as_str)
    }

    /// The text of a key: in the person's language, else in English.
    #[must_use]
    pub fn get(&self, key: &'static str) -> &str {
        self.own(key).or_else(|| ENGLISH.get(key).map(String::as_str)).unwrap_or(key)
    }

    /// The text of a key with `{name}` replaced.
    #[must_use]
    pub fn say(&self, key: &'static str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
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

    /// The label of an action: `action.NAME`, else the one of its table.
    #[must_use]
    pub fn label(&self, def: &'static ActionDef) -> &str {
        self.own(&format!("action.{}", def.id)).unwrap_or(def.label)
    }

    /// The sentence of help of an action: `help.NAME`, else the one of its table.
    #[must_use]
    pub fn help(&self, def: &'static ActionDef) -> &str {
        self.own(&format!("help.{}", def.id)).unwrap_or(def.help)
    }

    /// The title of a scope in help: `scope.NAME`, else its own.
    #[must_use]
    pub fn scope(&self, scope: Scope) -> &str {
        self.own(&format!("scope.{}", format!("{scope:?}").to_lowercase())).unwrap_or(scope.title())
    }
}

/// The texts of a language's file in a directory, those that say something; none where it is not there.
///
/// # Errors
/// What is wrong in the file, with its name and line.
pub fn read_file(directory: &Path, language: &str) -> Result<Table, String> {
    // A name is a file's, never a way out of the directory.
    if !language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') || language.is_empty() {
        return Err(format!("‘{language}’ is not a language: write it as de, sw or pt-BR"));
    }
    let path = directory.join(format!("{language}.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Table::new()),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let table = read(&text).map_err(|(line, why)| format!("{}:{line}: {why}", path.display()))?;
    let unknown = table.keys().find(|key| !is_known(key));
    match unknown {
        Some(key) => Err(format!("{}: there is no text ‘{key}’", path.display())),
        None => Ok(table),
    }
}

fn is_known(key: &str) -> bool {
    let of_action = |id: &str| super::actions::Action::from_id(id).is_some();
    ENGLISH.contains_key(key)
        || key.strip_prefix("action.").is_some_and(of_action)
        || key.strip_prefix("help.").is_some_and(of_action)
        || key
            .strip_prefix("scope.")
            .is_some_and(|name| Scope::ALL.iter().any(|scope| format!("{scope:?}").to_lowercase() == name))
}

fn read(text: &str) -> Result<Table, (usize, String)> {
    let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| super::keys::line_of(text, span.start));
        (line, error.message().lines().next().unwrap_or("cannot be read").to_owned())
    })?;
    let named = |(section, texts): (String, BTreeMap<String, String>)| {
        texts.into_iter().map(move |(name, text)| (format!("{section}.{name}"), text)).collect::<Vec<_>>()
    };
    Ok(sections.into_iter().flat_map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::actions::Action;

    #[test]
    fn another_language_comes_before_english_and_english_before_nothing() {
        let words = Words::default();
        assert_eq!(words.get("list.reading"), "reading …");
        let own = words.with([
            ("list.reading".to_owned(), "lese …".to_owned()),
            ("list.marked".to_owned(), "{count} markiert".to_owned()),
            ("action.add".to_owned(), "neu".to_owned()),
            ("list.frozen".to_owned(), " ".to_owned()),
        ]);
        assert_eq!(own.get("list.reading"), "lese …");
        assert_eq!(own.get("list.frozen"), words.get("list.frozen"), "nothing said is English");
        assert_eq!(own.say("list.marked", &[("count", &3)]), "3 markiert");
        assert_eq!(own.label(Action::Add.def()), "neu");
        assert_eq!(own.help(Action::Add.def()), Action::Add.def().help);
    }

    #[test]
    fn a_file_with_a_mistake_is_refused_with_its_line() {
        let directory = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(directory.path().join("de.toml"), text).unwrap();
        assert_eq!(read_file(directory.path(), "de"), Ok(Table::new()));
        write("[list]\nreading = \"lese …\"\n");
        assert_eq!(read_file(directory.path(), "de").unwrap()["list.reading"], "lese …");
        write("[list]\nreading = 3\n");
        assert!(read_file(directory.path(), "de").unwrap_err().contains("de.toml:2: "));
        write("[list]\nraeding = \"x\"\n");
        assert!(read_file(directory.path(), "de").unwrap_err().contains("‘list.raeding’"));
        assert!(read_file(directory.path(), "../de").is_err());
    }

    /// The literals of what paints: a text that people read stands in the file of texts.
    #[test]
    fn no_text_of_a_screen_bypasses_the_file_of_texts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console");
        let mut files = vec![root.join("view.rs")];
        for directory in ["view", "widgets"] {
            let entries = std::fs::read_dir(root.join(directory)).unwrap().map(|entry| entry.unwrap().path());
            files.extend(entries.filter(|path| path.extension().is_some_and(|end| end == "rs")));
        }
        let literal = regex::Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
        let mut used = Vec::new();
        let mut wrong = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let code: Vec<&str> = text
                .split("#[cfg(test)]")
                .next()
                .unwrap()
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            let code = code.join("\n");
            for found in literal.captures_iter(&code) {
                let inside = found[1].to_owned();
                if ENGLISH.contains_key(&inside) {
                    used.push(inside);
                } else if is_text(&inside) {
                    wrong.push(format!("{}: {inside:?}", file.display()));
                } else if inside.contains('.') && is_key(&inside) {
                    wrong.push(format!("{}: there is no text {inside:?}", file.display()));
                }
            }
        }
        assert!(wrong.is_empty(), "these belong in assets/texts/en.toml:\n{}", wrong.join("\n"));
        for key in ENGLISH.keys() {
            assert!(used.contains(key), "{key} is said nowhere");
        }
    }

    fn is_key(literal: &str) -> bool {
        literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
    }

    /// Two letters side by side, what stands in for a value aside, and no name of a field or key.
    fn is_text(literal: &str) -> bool {
        let plain = regex::Regex::new(r"\{[^}]*\}").unwrap().replace_all(literal, "").into_owned();
        let letters = plain.chars().zip(plain.chars().skip(1)).any(|(a, b)| a.is_alphabetic() && b.is_alphabetic());
        letters && !is_key(&plain)
    }

    #[test]
    fn what_is_a_text_is_told_from_what_is_not() {
        for text in ["Log in", "reading …", "TIME", "{} marked by", "y yes   n no"] {
            assert!(is_text(text), "{text}");
        }
        for other in ["management_ip", "{sign} {name}", "{told}  ({})", "list.reading", " / ", "{:>3} %", ""] {
            assert!(!is_text(other), "{other}");
        }
    }
}
