//! The person's own files, a theme and keys: read, checked, and looked at again when they are saved.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::actions::Action;
use super::keys::{KeyFile, KeyMap, KeyProblem};
use super::message::Message;
use super::theme::{ColourDepth, Theme, ThemeProblem};
use crate::domain::words;

/// How often the files are looked at.
pub const LOOK: Duration = Duration::from_millis(500);
/// Problems of one file that are told at once.
const TOLD: usize = 3;

/// Where they are, and what the terminal can show of a theme.
#[derive(Clone, Debug)]
pub struct PersonalFiles {
    pub key_file: Option<PathBuf>,
    /// The theme's name: a file of the directory, else one that is built in.
    pub theme: String,
    pub themes_directory: Option<PathBuf>,
    /// The language of the screens, where it is not English, and where its file is.
    pub language: Option<String>,
    pub texts_directory: Option<PathBuf>,
    pub depth: ColourDepth,
    pub ascii: bool,
}

impl PersonalFiles {
    /// The key map: the built-in keys, with the person's own in their place.
    ///
    /// # Errors
    /// What is wrong in the file, with its name and line.
    pub fn keys(&self) -> Result<KeyMap, String> {
        let told = |problems: Vec<KeyProblem>| match &self.key_file {
            Some(path) => named(path, problems.iter().map(|problem| (problem.line, problem.what.as_str()))),
            None => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        };
        let text = match self.key_file.as_deref().map(read).transpose()?.flatten() {
            Some(text) => text,
            None => return KeyMap::build(&[Action::DEFS], None).map_err(told),
        };
        let file = KeyFile::parse(&text).map_err(told)?;
        KeyMap::build(&[Action::DEFS], Some(&file)).map_err(told)
    }

    /// The texts of the person's language; none where that is English.
    ///
    /// # Errors
    /// What is wrong in the file, with its name and line.
    pub fn texts(&self) -> Result<words::Table, String> {
        match (&self.texts_directory, &self.language) {
            (Some(directory), Some(language)) => texts(directory, language),
            _ => Ok(words::Table::new()),
        }
    }

    fn texts_file(&self) -> Option<PathBuf> {
        let language = self.language.as_ref().filter(|language| is_language(language))?;
        Some(self.texts_directory.as_ref()?.join(format!("{language}.toml")))
    }

    fn theme_file(&self) -> Option<PathBuf> {
        // A name is a file's, never a way out of the directory.
        let plain = !self.theme.is_empty() && !self.theme.contains(['/', '\\', '\0']) && !self.theme.starts_with('.');
        let directory = self.themes_directory.as_ref().filter(|_| plain)?;
        Some(directory.join(format!("{}.toml", self.theme)))
    }

    /// The theme.
    ///
    /// # Errors
    /// That there is none of that name, or what is wrong in its file, with its line.
    pub fn theme(&self) -> Result<Theme, String> {
        let path = self.theme_file();
        if let Some(path) = &path
            && let Some(text) = read(path)?
        {
            let told = |problems: Vec<ThemeProblem>| {
                named(path, problems.iter().map(|problem| (problem.line, problem.what.as_str())))
            };
            let mut theme = Theme::parse(&text, self.depth, self.ascii).map_err(told)?;
            // It goes by what it is chosen by, whatever the file that it was copied from says of itself.
            theme.name.clone_from(&self.theme);
            return Ok(theme);
        }
        Theme::built_in(&self.theme, self.depth, self.ascii).ok_or_else(|| {
            let place = path.map_or_else(String::new, |path| format!(", and {} is not there", path.display()));
            format!(
                "there is no theme ‘{}’: built in are dark, light, high-contrast, colour-blind, mono{place}",
                self.theme
            )
        })
    }
}

/// What a language's file in a directory says otherwise than English; nothing where it is not there.
///
/// # Errors
/// What is wrong in the file, with its name and line.
fn texts(directory: &Path, language: &str) -> Result<words::Table, String> {
    if !is_language(language) {
        return Err(format!("‘{language}’ is not a language: write it as de, sw or pt-BR"));
    }
    let path = directory.join(format!("{language}.toml"));
    let Some(text) = read(&path)? else { return Ok(words::Table::new()) };
    words::read_language(&text).map_err(|(line, why)| named(&path, std::iter::once((Some(line), why.as_str()))))
}

/// A name is a file's, never a way out of the directory.
fn is_language(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// A file's text; none where it is not there.
fn read(path: &Path) -> Result<Option<String>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// `keys.toml:3: …`, the first few.
fn named<'a>(path: &Path, problems: impl Iterator<Item = (Option<usize>, &'a str)>) -> String {
    let all: Vec<String> = problems
        .map(|(line, what)| match line {
            Some(line) => format!("{}:{line}: {what}", path.display()),
            None => format!("{}: {what}", path.display()),
        })
        .collect();
    let more = if all.len() > TOLD { format!("; and {} more", all.len() - TOLD) } else { String::new() };
    format!("{}{more}", all.get(..all.len().min(TOLD)).unwrap_or(&all).join("; "))
}

/// What tells one saved state of a file from another; none where it is not there.
type Stamp = Option<(SystemTime, u64, u64)>;

fn stamp(path: Option<&Path>) -> Stamp {
    let about = std::fs::metadata(path?).ok()?;
    Some((about.modified().ok()?, about.len(), about.ino()))
}

/// A file that may change: what was read of it last, and what it looked like at the last glance.
#[derive(Debug)]
struct Seen {
    read: Stamp,
    glance: Stamp,
}

impl Seen {
    fn now(path: Option<&Path>) -> Self {
        let stamp = stamp(path);
        Self { read: stamp, glance: stamp }
    }

    /// Whether it is to be read again: it is another one, and nobody is writing it any more.
    fn look(&mut self, path: Option<&Path>) -> bool {
        let now = stamp(path);
        let still = now == std::mem::replace(&mut self.glance, now);
        if !still || now == self.read {
            return false;
        }
        self.read = now;
        true
    }
}

/// Looks whether the files were saved.
#[derive(Debug)]
pub struct Watch {
    files: PersonalFiles,
    keys: Seen,
    theme: Seen,
    texts: Seen,
}

impl Watch {
    #[must_use]
    pub fn new(files: PersonalFiles) -> Self {
        let keys = Seen::now(files.key_file.as_deref());
        let theme = Seen::now(files.theme_file().as_deref());
        let texts = Seen::now(files.texts_file().as_deref());
        Self { files, keys, theme, texts }
    }

    /// What was saved since, read and checked. A file counts as saved when it is the same at two
    /// looks, so that half of one is never taken.
    pub fn look(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.keys.look(self.files.key_file.as_deref()) {
            messages.push(Message::Keys(self.files.keys().map(Box::new)));
        }
        if self.theme.look(self.files.theme_file().as_deref()) {
            messages.push(Message::Theme(self.files.theme().map(Box::new)));
        }
        if self.texts.look(self.files.texts_file().as_deref()) {
            messages.push(Message::Texts(self.files.texts()));
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keys::Key;
    use crate::console::theme::Role;

    struct Home {
        directory: tempfile::TempDir,
    }

    impl Home {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            std::fs::create_dir(directory.path().join("themes")).unwrap();
            Self { directory }
        }

        fn write(&self, name: &str, text: &str) {
            // A new file in place of the old one, as editors save.
            let path = self.directory.path().join(name);
            let new = path.with_extension("new");
            std::fs::write(&new, text).unwrap();
            std::fs::rename(new, path).unwrap();
        }

        fn files(&self, theme: &str) -> PersonalFiles {
            PersonalFiles {
                key_file: Some(self.directory.path().join("keys.toml")),
                theme: theme.into(),
                themes_directory: Some(self.directory.path().join("themes")),
                language: Some("de".into()),
                texts_directory: Some(self.directory.path().to_owned()),
                depth: ColourDepth::True,
                ascii: false,
            }
        }
    }

    #[test]
    fn a_file_of_ones_own_comes_before_what_is_built_in() {
        let home = Home::new();
        let built_in = home.files("light").theme().unwrap();
        assert_eq!(built_in.name, "light");
        home.write("themes/light.toml", "name = \"mine\"\n[styles]\nbad = \"red\"\n");
        let own = home.files("light").theme().unwrap();
        assert_eq!(own.name, "light", "by its file, whatever it says of itself");
        assert_ne!(own[Role::Bad], built_in[Role::Bad]);
        let told = home.files("nope").theme().unwrap_err();
        assert!(told.contains("‘nope’") && told.contains("high-contrast") && told.contains("nope.toml"), "{told}");
        assert!(home.files("../keys").theme().is_err());
    }

    #[test]
    fn a_language_is_a_file_of_the_directory_and_no_way_out_of_it() {
        let home = Home::new();
        assert_eq!(texts(home.directory.path(), "de"), Ok(words::Table::new()), "what is not there says nothing");
        home.write("de.toml", "[list]\nreading = \"lese …\"\n");
        assert_eq!(texts(home.directory.path(), "de").unwrap()["list.reading"], "lese …");
        home.write("de.toml", "[list]\nreading = 3\n");
        let told = texts(home.directory.path(), "de").unwrap_err();
        assert!(told.contains("de.toml:2: "), "{told}");
        assert!(texts(home.directory.path(), "../de").is_err());
    }

    #[test]
    fn what_is_wrong_is_told_with_file_and_line() {
        let home = Home::new();
        home.write("keys.toml", "[keys]\nadd = \"e\"\n");
        let told = home.files("dark").keys().unwrap_err();
        assert!(told.contains("keys.toml:2: ") && told.contains("`edit`"), "{told}");
        home.write("themes/mine.toml", "name = \"mine\"\n[styles]\nbda = \"red\"\n");
        let told = home.files("mine").theme().unwrap_err();
        assert!(told.contains("mine.toml:3: ") && told.contains("bda"), "{told}");
        let many: String = (0..9).map(|number| format!("nope-{number} = \"a\"\n")).collect();
        home.write("keys.toml", &format!("[keys]\n{many}"));
        assert!(home.files("dark").keys().unwrap_err().ends_with("; and 6 more"));
    }

    #[test]
    fn a_saved_file_is_read_once_it_lies_still() {
        let home = Home::new();
        let mut watch = Watch::new(home.files("mine"));
        assert!(watch.look().is_empty() && watch.look().is_empty());
        home.write("keys.toml", "[keys]\nlock = \"f9\"\n");
        assert!(watch.look().is_empty(), "it may be half of it");
        let read = watch.look();
        match read.as_slice() {
            [Message::Keys(Ok(map))] => assert_eq!(map.keys_of("lock"), [Key::parse("f9").unwrap()]),
            other => panic!("{other:?}"),
        }
        assert!(watch.look().is_empty(), "once");
        home.write("keys.toml", "[keys]\nlock = \"ctrl-i\"\n");
        watch.look();
        assert!(matches!(watch.look().as_slice(), [Message::Keys(Err(told))] if told.contains("keys.toml:2: ")));
        home.write("themes/mine.toml", "name = \"mine\"\n[styles]\nbad = { fg = \"#ff0000\" }\n");
        watch.look();
        match watch.look().as_slice() {
            [Message::Theme(Ok(theme))] => {
                assert_eq!(theme[Role::Bad].fg, Some(ratatui::style::Color::Rgb(255, 0, 0)));
            }
            other => panic!("{other:?}"),
        }
        home.write("de.toml", "[list]\nreading = \"lese …\"\n");
        watch.look();
        assert!(matches!(watch.look().as_slice(), [Message::Texts(Ok(texts))] if texts["list.reading"] == "lese …"));
        // Taken away: the built-in keys again; of this theme there is none.
        std::fs::remove_file(home.directory.path().join("keys.toml")).unwrap();
        std::fs::remove_file(home.directory.path().join("themes/mine.toml")).unwrap();
        watch.look();
        assert!(matches!(watch.look().as_slice(), [Message::Keys(Ok(_)), Message::Theme(Err(_))]));
    }
}
