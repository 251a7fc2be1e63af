//! Unfinished forms on disk: written as they are typed, sealed with the tenant's key, offered again
//! after a crash, a dropped line or a lost database. Secret fields are never written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// Where one person's drafts are kept.
#[derive(Clone, Debug)]
pub struct Drafts {
    directory: PathBuf,
}

impl Drafts {
    /// The drafts below a state directory.
    #[must_use]
    pub fn below(state: &Path) -> Self {
        Self { directory: state.join("drafts") }
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
        let plain = serde_json::to_vec(draft).map_err(|error| StoreError::unexpected(error.to_string()))?;
        let sealed = store.seal_draft(session, draft.id, &plain)?;
        sealed_file::write(&self.path(session, draft.id), &sealed).map_err(failed)
    }

    /// Takes a draft away; one that is gone already is no error.
    pub fn drop(&self, session: &Session, id: Id) {
        let _ = std::fs::remove_file(self.path(session, id));
    }

    /// The person's drafts, the newest first. One that cannot be opened (another key, a damaged file)
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
        let mut drafts: Vec<Draft> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name();
                let id: Id = name.to_str()?.strip_prefix(&prefix)?.strip_suffix(".draft")?.parse().ok()?;
                let sealed = std::fs::read(entry.path()).ok()?;
                let plain = store.open_draft(session, id, &sealed).ok()?;
                serde_json::from_slice(&plain).ok()
            })
            .collect();
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.id));
        Ok(drafts)
    }
}
