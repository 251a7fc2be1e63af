//! Files, environment, directories and their precedence: a flag, then the environment, then the
//! configuration file, then what is built in. Unknown keys of the file are refused.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::store::vault::KeySource;

/// What the configuration file may hold; every key may be missing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// A path, `sqlite:PATH` or `postgres://…`.
    pub database: Option<String>,
    /// The tenant's slug, where a database holds several.
    pub tenant: Option<String>,
    /// The file that holds the key which opens secrets and signs the audit log.
    pub key_file: Option<PathBuf>,
    /// Whether a console polls. Not said: on SQLite it does, on PostgreSQL it does not.
    pub poll: Option<bool>,
    /// Draw with ASCII alone.
    pub ascii: bool,
    /// A theme's name: `dark`, `light`, or a file of `themes` in the configuration directory.
    pub theme: Option<String>,
    /// The person's own keys; `keys.toml` in the configuration directory where nothing is said.
    pub keys: Option<PathBuf>,
    /// The language of the screens, such as `de`: a file of `texts` in the configuration directory, and the
    /// organisation's translations.
    pub language: Option<String>,
    /// How numbers and dates are written, such as `de-CH`; the organisation's way where nothing is said.
    pub locale: Option<String>,
    /// The zone that times are shown and read in, such as `Europe/Berlin`; the organisation's where nothing is said.
    pub timezone: Option<String>,
    /// Whether the mouse is taken. Not said: only where the terminal is on this machine.
    pub mouse: Option<bool>,
    /// Ring the bell when something goes down.
    pub bell: bool,
}

/// Why the configuration cannot be used: which file, which line, what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub String);

/// Where things are kept. `None` where the machine gives no home directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directories {
    pub config: Option<PathBuf>,
    pub data: Option<PathBuf>,
    /// Tokens, drafts, histories.
    pub state: Option<PathBuf>,
    pub cache: Option<PathBuf>,
}

/// The configuration file, the directories, and what the environment says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub file: File,
    /// The file that was read, where there is one.
    pub path: Option<PathBuf>,
    pub directories: Directories,
}

impl Directories {
    /// Those of the person who runs the program.
    #[must_use]
    pub fn of_this_person() -> Self {
        directories::ProjectDirs::from("", "", "headend").map_or_else(Self::default, |dirs| Self {
            config: Some(dirs.config_dir().to_owned()),
            data: Some(dirs.data_dir().to_owned()),
            state: Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned()),
            cache: Some(dirs.cache_dir().to_owned()),
        })
    }
}

/// A variable of the environment that says something.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Config {
    /// Reads the file that was named, or the one in the configuration directory where there is one.
    ///
    /// # Errors
    /// When the named file is missing, cannot be read, or holds something that it may not.
    pub fn load(named: Option<&Path>) -> Result<Self, Wrong> {
        let directories = Directories::of_this_person();
        let path = match (named, &directories.config) {
            (Some(path), _) => path.to_owned(),
            (None, Some(directory)) => directory.join("config.toml"),
            (None, None) => return Ok(Self { directories, ..Self::default() }),
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                return Ok(Self { directories, ..Self::default() });
            }
            Err(error) => return Err(Wrong(format!("the configuration {} cannot be read: {error}", path.display()))),
        };
        let mut file = parse(&text).map_err(|why| Wrong(format!("{}:{why}", path.display())))?;
        // What the file names without a directory stands beside it.
        if let Some(directory) = path.parent() {
            for relative in [&mut file.key_file, &mut file.keys].into_iter().flatten() {
                *relative = directory.join(&*relative);
            }
        }
        Ok(Self { file, path: Some(path), directories })
    }

    /// The database's name: a flag (`named`), the environment, the file, or the default place.
    ///
    /// # Errors
    /// When nothing names one and there is no home directory to keep one in.
    pub fn database(&self, named: Option<&str>) -> Result<String, Wrong> {
        let named = named.map(str::to_owned).or_else(|| environment("HEADEND_DATABASE"));
        if let Some(name) = named.or_else(|| self.file.database.clone()) {
            return Ok(name);
        }
        let directory = self.directories.data.as_ref().ok_or_else(|| {
            Wrong("there is no home directory to keep a database in. Name one with --database".into())
        })?;
        Ok(directory.join("headend.db").to_string_lossy().into_owned())
    }

    /// Whether the database is the one that is used when nobody names one.
    #[must_use]
    pub fn is_default_database(&self, named: Option<&str>) -> bool {
        named.is_none() && environment("HEADEND_DATABASE").is_none() && self.file.database.is_none()
    }

    /// Where the key is looked for. It is kept in the configuration directory, apart from the data:
    /// a copied data directory alone opens nothing.
    #[must_use]
    pub fn key_source(&self) -> KeySource {
        KeySource {
            value: environment("HEADEND_KEY"),
            file: environment("HEADEND_KEY_FILE").map(PathBuf::from).or_else(|| self.file.key_file.clone()),
            credentials: environment("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            default_file: self.directories.config.as_ref().map(|directory| directory.join("headend.key")),
        }
    }

    /// Where drafts, kept logins and reports go; without a home directory, the temporary one.
    #[must_use]
    pub fn state_directory(&self) -> PathBuf {
        let places = [&self.directories.state, &self.directories.data, &self.directories.cache];
        places.into_iter().flatten().next().cloned().unwrap_or_else(|| std::env::temp_dir().join("headend"))
    }

    /// Whether only ASCII is drawn.
    #[must_use]
    pub fn is_ascii(&self, flag: bool) -> bool {
        flag || environment("HEADEND_ASCII").is_some_and(|value| value != "0") || self.file.ascii
    }

    /// The theme that was chosen, if any.
    #[must_use]
    pub fn theme(&self) -> Option<String> {
        environment("HEADEND_THEME").or_else(|| self.file.theme.clone())
    }

    /// The language of the screens, if one was chosen.
    #[must_use]
    pub fn language(&self) -> Option<String> {
        environment("HEADEND_LANGUAGE").or_else(|| self.file.language.clone())
    }

    /// The person's own key file, which need not be there.
    #[must_use]
    pub fn key_map(&self) -> Option<PathBuf> {
        let named = environment("HEADEND_KEYS").map(PathBuf::from).or_else(|| self.file.keys.clone());
        named.or_else(|| Some(self.directories.config.as_ref()?.join("keys.toml")))
    }
}

/// Reads the file's text; an error begins with its line.
fn parse(text: &str) -> Result<File, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let message = error.message().lines().next().unwrap_or("cannot be read").to_owned();
        format!("{line}: {message}")
    })
}

/// Where a person comes from: the address of their SSH client, or this machine.
#[must_use]
pub fn source() -> String {
    environment("SSH_CONNECTION")
        .or_else(|| environment("SSH_CLIENT"))
        .and_then(|value| value.split_whitespace().next().map(|address| format!("ssh {address}")))
        .unwrap_or_else(|| "local".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused_with_their_line() {
        let told = parse("ascii = true\n\ndatabse = \"x\"\n").unwrap_err();
        assert!(told.starts_with("3: ") && told.contains("databse") && told.contains("database"), "{told}");
        let told = parse("poll = \"yes\"\n").unwrap_err();
        assert!(told.starts_with("1: "), "{told}");
    }

    #[test]
    fn what_the_file_says_comes_after_what_is_named() {
        let mut config = Config { file: parse("database = \"a.db\"").unwrap(), ..Config::default() };
        assert_eq!(config.database(Some("b.db")).unwrap(), "b.db");
        assert_eq!(config.database(None).unwrap(), "a.db");
        config.file.database = None;
        assert!(config.database(None).is_err());
        config.directories.data = Some("/data".into());
        assert_eq!(config.database(None).unwrap(), "/data/headend.db");
        assert!(config.is_default_database(None) && !config.is_default_database(Some("x")));
    }

    #[test]
    fn a_named_file_must_exist() {
        assert!(Config::load(Some(Path::new("/nowhere/config.toml"))).is_err());
    }
}
