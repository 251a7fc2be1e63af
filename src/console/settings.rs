//! What the command line hands to the console.

use crate::config::Config;
use crate::store::{Session, Store, Target};

/// How the console is to start.
pub struct Settings {
    /// The open database; `None` where there is none yet, or where it does not answer yet.
    pub store: Option<Store>,
    pub target: Target,
    pub config: Config,
    /// Somebody who is logged in already.
    pub session: Option<Session>,
    /// There is no database: ask what it takes to make one.
    pub first_run: bool,
    /// What it opens at: a resource or an alias, with a filter behind it.
    pub place: Option<String>,
    /// The places of a wall display, shown in turn.
    pub wall: Vec<String>,
    /// The tenant's slug, where one was named.
    pub tenant: Option<String>,
    pub read_only: bool,
    pub ascii: bool,
    /// Whether it polls.
    pub poll: bool,
    /// A throwaway database: the header says so.
    pub demo: bool,
}
