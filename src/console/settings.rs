//! What the console is started with.

use std::path::PathBuf;

use crate::domain::manner::Manner;
use crate::domain::secret::Secret;
use crate::store::vault::MasterKey;
use crate::store::{Store, Target};

/// What the console is started with.
pub struct Settings {
    pub target: Target,
    /// The open database; none where it is still to be made (first run).
    pub store: Option<Store>,
    /// What makes the database on the first run: the key that will sign and seal, and the target
    /// with its owner's rights.
    pub first_run: Option<FirstRun>,
    /// A kept login that is tried first.
    pub token: Option<Secret>,
    /// The tenant to log in to where several are there.
    pub tenant: Option<String>,
    /// The name that stands in the login form to begin with.
    pub username: Option<String>,
    /// Where the person comes from.
    pub source: String,
    pub read_only: bool,
    pub ascii: bool,
    /// `dark`, `light` or the name of a theme file.
    pub theme: String,
    pub themes_directory: Option<PathBuf>,
    /// The language of the screens; English where none is said.
    pub language: Option<String>,
    /// How this person has numbers and dates written; the organisation's way where nothing is said.
    pub manner: Option<Manner>,
    /// The zone that times are shown and read in; the organisation's where nothing is said.
    pub zone: Option<chrono_tz::Tz>,
    pub texts_directory: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    /// Take the mouse, or leave it; where nothing is said it is taken but over SSH.
    pub mouse: Option<bool>,
    /// Ring when something goes down.
    pub bell: bool,
    /// Where drafts and reports go.
    pub state_directory: PathBuf,
    /// What the console opens at, as one would type it behind `:`.
    pub place: Option<String>,
    /// Poll in the background.
    pub poll: bool,
    /// A throwaway database: said before one leaves it.
    pub demo: bool,
    /// Told to whoever locks the demo: nobody chose it.
    pub demo_password: Option<Secret>,
}

/// What the first run needs besides what the person types.
pub struct FirstRun {
    pub owner: Target,
    pub master: Box<dyn Fn() -> Result<MasterKey, crate::store::StoreError> + Send + Sync>,
}
