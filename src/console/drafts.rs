//! Unfinished forms on disk: written as they are typed, sealed with the tenant's key, offered again
//! after a crash, a dropped line or a lost database. Secret fields are never written.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::sealed_file;
use crate::domain::Id;
use crate::store::aims::Aims;
use crate::store::{Session, Store, StoreError};

/// A form as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    #[serde(with = "text_id")]
    pub id: Id,
    /// `customers`.
    pub resource: String,
    /// The operation that asks for what was typed; none for a record's own form.
    #[serde(default)]
    pub operation: Option<String>,
    /// The records that the operation is for, at the versions that were seen.
    #[serde(default, with = "text_aims")]
    pub aims: Aims,
    /// What the first of them are called.
    #[serde(default)]
    pub names: Vec<String>,
    /// The record that was being changed; none for a new one.
    #[serde(with = "optional_id")]
    pub record: Option<Id>,
    /// Its version when the form was opened.
    pub version: i64,
    /// What the form was called.
    pub title: String,
    /// Field and text, those that were touched.
    pub fields: BTreeMap<String, String>,
    /// What they held when the form was opened.
    pub before: BTreeMap<String, String>,
    /// Fields in which an entry was being written that cannot be read yet, and how far it was.
    #[serde(default)]
    pub unfinished: BTreeMap<String, String>,
    /// Fields that somebody else changed too, of which it was not decided yet what they are to hold.
    #[serde(default)]
    pub undecided: Vec<String>,
    /// Fields that were touched and whose text no draft keeps.
    #[serde(default)]
    pub left_out: Vec<String>,
}

mod text_id {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::Id;

    pub fn serialize<S: Serializer>(id: &Id, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

mod text_aims {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::Id;
    use crate::store::aims::Aims;

    pub fn serialize<S: Serializer>(aims: &Aims, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(aims.iter().map(|aim| (aim.id.to_string(), aim.version)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Aims, D::Error> {
        let each = Vec::<(String, Option<i64>)>::deserialize(deserializer)?;
        let read = |(id, version): (String, _)| id.parse::<Id>().map(|id| (id, version));
        each.into_iter().map(read).collect::<Result<_, _>>().map_err(serde::de::Error::custom)
    }
}

mod optional_id {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::domain::Id;

    pub fn serialize<S: Serializer>(id: &Option<Id>, serializer: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(|id| id.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

/// A draft as it lies on disk, with the console that it is typed in.
#[derive(Serialize, Deserialize)]
struct Kept<D> {
    #[serde(flatten)]
    draft: D,
    #[serde(default)]
    console: Option<String>,
}

/// Where one person's drafts are kept.
#[derive(Clone, Debug)]
pub struct Drafts {
    directory: PathBuf,
    /// What this console is called among others of the same person.
    console: String,
    /// Held for as long as this console runs, however it ends: what is typed in it is unfinished nowhere else.
    alive: Arc<OnceLock<Option<File>>>,
}

impl Drafts {
    /// The drafts below a state directory.
    #[must_use]
    pub fn below(state: &Path) -> Self {
        Self { directory: state.join("drafts"), console: Id::new().to_string(), alive: Arc::default() }
    }

    fn sign_of(&self, console: &str) -> PathBuf {
        self.directory.join(format!("{console}.console"))
    }

    /// Says to others that this console runs.
    fn live(&self) {
        // Where it cannot be said, a draft is offered once too often rather than never.
        self.alive.get_or_init(|| {
            let path = self.sign_of(&self.console);
            let file = sealed_file::write(&path, &[]).and_then(|()| File::open(&path)).ok()?;
            file.try_lock().is_ok().then_some(file)
        });
    }

    /// Whether another console runs in which a draft is being typed. The sign of one that has ended goes.
    fn is_typed_elsewhere(&self, console: Option<&str>) -> bool {
        let Some(console) = console.filter(|console| *console != self.console) else { return false };
        // A name out of a file is no path.
        let Ok(id) = console.parse::<Id>() else { return false };
        let path = self.sign_of(&id.to_string());
        let Ok(file) = File::open(&path) else { return false };
        let runs = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        if !runs {
            let _ = std::fs::remove_file(path);
        }
        runs
    }

    fn path(&self, session: &Session, id: Id) -> PathBuf {
        let user = session.user().map_or_else(|| "nobody".to_owned(), |user| user.to_string());
        self.directory.join(format!("{}_{user}_{id}.draft", session.tenant.id))
    }

    /// Writes a draft: whole or not at all.
    ///
    /// # Errors
    /// When there is no key to seal it with, or the disk says no.
    pub fn keep(&self, store: &Store, session: &Session, draft: &Draft) -> Result<(), StoreError> {
        let failed = |error: std::io::Error| StoreError::refused(format!("the draft could not be kept: {error}"));
        self.live();
        let kept = Kept { draft, console: Some(self.console.clone()) };
        let plain = serde_json::to_vec(&kept).map_err(|error| StoreError::unexpected(error.to_string()))?;
        let sealed = store.seal_draft(session, draft.id, &plain)?;
        sealed_file::write(&self.path(session, draft.id), &sealed).map_err(failed)
    }

    /// Takes a draft away; one that is gone already is no error.
    pub fn drop(&self, session: &Session, id: Id) {
        let _ = std::fs::remove_file(self.path(session, id));
    }

    /// The person's drafts, the one that was typed in last first. One that cannot be opened (another key, a damaged file)
    /// is left where it is.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn all(&self, store: &Store, session: &Session) -> Result<Vec<Draft>, StoreError> {
        let entries = match std::fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::refused(format!("the drafts cannot be read: {error}"))),
        };
        let user = session.user().map_or_else(|| "nobody".to_owned(), |user| user.to_string());
        let prefix = format!("{}_{user}_", session.tenant.id);
        let mut drafts: Vec<(Option<SystemTime>, Draft)> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name();
                let id: Id = name.to_str()?.strip_prefix(&prefix)?.strip_suffix(".draft")?.parse().ok()?;
                let sealed = std::fs::read(entry.path()).ok()?;
                let plain = store.open_draft(session, id, &sealed).ok()?;
                let kept: Kept<Draft> = serde_json::from_slice(&plain).ok()?;
                let written = entry.metadata().and_then(|metadata| metadata.modified()).ok();
                (!self.is_typed_elsewhere(kept.console.as_deref())).then_some((written, kept.draft))
            })
            .collect();
        drafts.sort_by_key(|(written, draft)| std::cmp::Reverse((*written, draft.id)));
        Ok(drafts.into_iter().map(|(_, draft)| draft).collect())
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        // The last of those that share it: the sign goes with the console.
        if Arc::strong_count(&self.alive) == 1 && self.alive.get().is_some() {
            let _ = std::fs::remove_file(self.sign_of(&self.console));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed in a console that runs is unfinished in no other; once that has ended, however, it is.
    #[test]
    fn a_draft_belongs_to_the_console_that_runs() {
        let directory = tempfile::tempdir().unwrap();
        let (mine, other) = (Drafts::below(directory.path()), Drafts::below(directory.path()));
        assert!(!mine.is_typed_elsewhere(Some(&other.console)), "nothing was typed there");
        other.live();
        assert!(mine.is_typed_elsewhere(Some(&other.console)));
        assert!(!other.is_typed_elsewhere(Some(&other.console)), "its own");
        assert!(!mine.is_typed_elsewhere(None) && !mine.is_typed_elsewhere(Some("../../etc/passwd")));
        let (console, sign) = (other.console.clone(), other.sign_of(&other.console));
        let clone = other.clone();
        drop(other);
        assert!(mine.is_typed_elsewhere(Some(&console)) && sign.exists(), "a part of it is still there");
        drop(clone);
        assert!(!mine.is_typed_elsewhere(Some(&console)) && !sign.exists());
        // One that was killed leaves its sign behind, and nobody holds it.
        std::fs::write(&sign, "").unwrap();
        assert!(!mine.is_typed_elsewhere(Some(&console)) && !sign.exists());
    }

    #[test]
    fn a_draft_of_before_is_read() {
        let id = Id::new();
        let draft = Draft {
            id,
            resource: "customers".into(),
            operation: None,
            aims: Aims::default(),
            names: Vec::new(),
            record: None,
            version: 0,
            title: "new customer".into(),
            fields: [("name".to_owned(), "Amina".to_owned())].into(),
            before: BTreeMap::new(),
            unfinished: BTreeMap::new(),
            undecided: Vec::new(),
            left_out: Vec::new(),
        };
        let plain = serde_json::to_vec(&draft).unwrap();
        let kept: Kept<Draft> = serde_json::from_slice(&plain).unwrap();
        assert_eq!((kept.draft, kept.console), (draft.clone(), None));
        let plain = serde_json::to_vec(&Kept { draft: &draft, console: Some("here".into()) }).unwrap();
        let kept: Kept<Draft> = serde_json::from_slice(&plain).unwrap();
        assert_eq!((kept.draft, kept.console.as_deref()), (draft, Some("here")));
    }
}
