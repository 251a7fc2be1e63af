//! The lines that a person ran and looked for, and those about records that were not sent, kept from one day to the
//! next: sealed with the tenant's key, as they name customers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::sealed_file;
use crate::store::{Session, Store, StoreError};

/// Lines of each kind that are kept.
const KEPT: usize = 200;

/// Which line it was typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Command,
    Find,
    /// A filter behind the name of what it is a list of: `devices health:down`.
    Filter,
    /// A line about a record that was not sent, behind what it is about: `note customers ID …`. Without a text of its
    /// own there is none any more.
    Unsent,
}

/// The lines of one person, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PastLines {
    pub commands: Vec<String>,
    pub finds: Vec<String>,
    pub filters: Vec<String>,
    pub unsent: Vec<String>,
}

/// The words of an unsent line that say what it is about.
const ABOUT: usize = 3;

impl PastLines {
    /// What was typed about something and not sent.
    #[must_use]
    pub fn unsent(&self, about: &str) -> Option<&str> {
        self.unsent.iter().find_map(|line| line.strip_prefix(about)?.strip_prefix(' '))
    }

    /// The filters of one kind of list.
    #[must_use]
    pub fn filters_of(&self, resource: &str) -> Vec<String> {
        let own = |line: &String| line.strip_prefix(resource)?.strip_prefix(' ').map(str::to_owned);
        self.filters.iter().filter_map(own).collect()
    }

    /// Adds a line: one that was there already moves to the end.
    pub fn add(&mut self, kind: Kind, line: &str) {
        let line = line.trim();
        let lines = match kind {
            Kind::Command => &mut self.commands,
            Kind::Find => &mut self.finds,
            Kind::Filter => &mut self.filters,
            Kind::Unsent => &mut self.unsent,
        };
        if line.is_empty() {
            return;
        }
        if kind == Kind::Unsent {
            let about = |line: &str| line.split(' ').take(ABOUT).map(str::to_owned).collect::<Vec<_>>();
            let this = about(line);
            lines.retain(|known| about(known) != this);
            if line.split(' ').count() <= ABOUT {
                return;
            }
        } else {
            lines.retain(|known| known != line);
        }
        lines.push(line.to_owned());
        let excess = lines.len().saturating_sub(KEPT);
        lines.drain(..excess);
    }
}

/// Where they are kept.
#[derive(Clone, Debug)]
pub struct PastLinesFile {
    directory: PathBuf,
    /// One writes at a time: each adds to what is there.
    writing: Arc<Mutex<()>>,
}

impl PastLinesFile {
    /// Those below a state directory.
    #[must_use]
    pub fn below(state: &Path) -> Self {
        Self { directory: state.join("lines"), writing: Arc::default() }
    }

    fn path(&self, session: &Session) -> PathBuf {
        let user = session.user().map_or_else(|| "nobody".to_owned(), |user| user.to_string());
        self.directory.join(format!("{}_{user}.lines", session.tenant.id))
    }

    /// The person's lines. A file that cannot be opened (another key, damaged) counts as none.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(&self, store: &Store, session: &Session) -> Result<PastLines, StoreError> {
        let sealed = match std::fs::read(self.path(session)) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(PastLines::default()),
            Err(error) => return Err(StoreError::refused(format!("past lines cannot be read: {error}"))),
        };
        let owner = session.user().unwrap_or(session.tenant.id);
        let plain = store.open_draft(session, owner, &sealed).unwrap_or_default();
        Ok(serde_json::from_slice(&plain).unwrap_or_default())
    }

    /// Adds a line to what is kept.
    ///
    /// # Errors
    /// When there is no key to seal it with, or the disk says no.
    pub fn add(&self, store: &Store, session: &Session, kind: Kind, line: &str) -> Result<(), StoreError> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = self.read(store, session)?;
        lines.add(kind, line);
        let plain = serde_json::to_vec(&lines).map_err(|error| StoreError::unexpected(error.to_string()))?;
        let sealed = store.seal_draft(session, session.user().unwrap_or(session.tenant.id), &plain)?;
        sealed_file::write(&self.path(session), &sealed)
            .map_err(|error| StoreError::refused(format!("the line could not be kept for later: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_kept_once_and_the_oldest_go() {
        let mut lines = PastLines::default();
        for number in 0..KEPT + 5 {
            lines.add(Kind::Command, &format!("customers name:{number}"));
        }
        lines.add(Kind::Command, "  ");
        lines.add(Kind::Command, " customers name:10 ");
        assert_eq!(lines.commands.len(), KEPT);
        assert_eq!(lines.commands.first().map(String::as_str), Some("customers name:5"));
        assert_eq!(lines.commands.last().map(String::as_str), Some("customers name:10"));
        assert!(lines.finds.is_empty());
    }

    #[test]
    fn of_what_was_not_sent_about_a_record_there_is_one_line_until_it_is_sent() {
        let mut lines = PastLines::default();
        lines.add(Kind::Unsent, "note customers 7 call");
        lines.add(Kind::Unsent, "reminder customers 7 +1h call");
        lines.add(Kind::Unsent, "note customers 7 call  first");
        assert_eq!(lines.unsent("note customers 7"), Some("call  first"));
        assert_eq!(lines.unsent("note customers 70"), None);
        lines.add(Kind::Unsent, "note customers 7");
        assert_eq!(lines.unsent, ["reminder customers 7 +1h call"]);
    }
}
