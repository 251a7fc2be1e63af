//! Who acts: every operation of the store takes one of these.

use chrono_tz::Tz;

use super::error::{Failure, StoreError};
use crate::domain::Id;
use crate::domain::access::Permissions;
use crate::domain::manner::Manner;
use crate::domain::time::Instant;
use crate::domain::value::Locale;

/// Somebody at work in one tenant: a person who logged in, or a part of the program.
#[derive(Clone, Debug)]
pub struct Session {
    pub actor: Actor,
    pub tenant: Tenant,
    pub permissions: Permissions,
    pub scope: Scope,
    /// What they use: `console`, `cli`, `poller`.
    pub client: String,
    /// Where they come from, as far as the program can tell: `ssh 10.1.2.3`, `tty1`.
    pub source: Option<String>,
    /// Writes are refused whatever the permissions say (`--read-only`).
    pub read_only: bool,
    /// The key that signs the audit log is not here, so that nothing can be written.
    pub keyless: bool,
}

/// The tenant as a session needs it.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: Id,
    /// Its slug: `fibernet`.
    pub name: String,
    pub display_name: String,
    pub currency: String,
    pub zone: Tz,
    /// How numbers and dates are written for people.
    pub manner: Manner,
    /// A suspended or expired tenant logs in and reads, and changes nothing.
    pub may_write: bool,
}

impl Tenant {
    /// What a field has where nothing was said: as it is declared, or what the tenant has for it (`$currency`, `$timezone`).
    #[must_use]
    pub fn default_of<'a>(&'a self, declared: &'a str) -> &'a str {
        match declared {
            "$currency" => &self.currency,
            "$timezone" => self.zone.name(),
            declared => declared,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Person {
        id: Id,
        username: String,
        full_name: String,
        /// The primary role, for the header.
        role: String,
        /// The row of `user_sessions`, looked at again with every write.
        login: Id,
    },
    Program(Program),
}

/// The parts of the program that act by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Setup,
    Login,
    Poller,
    Clock,
}

/// Which rows a person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    /// Those of one partner.
    Partner(Id),
    /// Those of the partners actively linked to one distributor.
    Distributor(Id),
}

impl Tenant {
    /// A tenant of which no more is known than which it is: for reading the rest.
    pub(super) fn unnamed(id: Id) -> Self {
        Self {
            id,
            name: String::new(),
            display_name: String::new(),
            currency: String::new(),
            zone: Tz::UTC,
            manner: Manner::default(),
            may_write: true,
        }
    }
}

/// Why nothing is written where the key is missing.
pub(super) const NO_KEY: &str =
    "The key that signs the audit log and opens secrets is not here: name its file with HEADEND_KEY_FILE";

impl Session {
    /// A session of the program itself: it may do everything, and the audit log names it.
    pub(super) fn program(program: Program, tenant: Tenant) -> Self {
        Self {
            actor: Actor::Program(program),
            tenant,
            permissions: Permissions::all(),
            scope: Scope::All,
            client: program.name().into(),
            source: None,
            read_only: false,
            keyless: false,
        }
    }

    #[must_use]
    pub const fn user(&self) -> Option<Id> {
        if let Actor::Person { id, .. } = &self.actor { Some(*id) } else { None }
    }

    /// The login that this session is.
    #[must_use]
    pub const fn login(&self) -> Option<Id> {
        if let Actor::Person { login, .. } = &self.actor { Some(*login) } else { None }
    }

    /// The name people know the actor by.
    #[must_use]
    pub fn actor_name(&self) -> &str {
        match &self.actor {
            Actor::Person { username, .. } => username,
            Actor::Program(program) => program.name(),
        }
    }

    #[must_use]
    pub fn role(&self) -> &str {
        if let Actor::Person { role, .. } = &self.actor { role } else { "program" }
    }

    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.allow(permission)
    }

    /// # Errors
    /// When the permission is not held.
    pub fn require(&self, permission: &str) -> Result<(), StoreError> {
        if self.may(permission) { Ok(()) } else { Err(StoreError::not_allowed(permission)) }
    }

    /// # Errors
    /// When this session changes nothing at all, with the reason.
    pub fn require_writing(&self) -> Result<(), StoreError> {
        let why = if self.read_only {
            "this was started with --read-only: it changes nothing"
        } else if self.keyless {
            NO_KEY
        } else if !self.tenant.may_write {
            "the organisation is suspended or expired: it can be looked at, not changed"
        } else {
            return Ok(());
        };
        Err(StoreError::failed(Failure::ReadOnly(why.into())))
    }

    #[must_use]
    pub const fn locale(&self, now: Instant) -> Locale {
        Locale { zone: self.tenant.zone, now, manner: self.tenant.manner }
    }
}

impl Program {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Login => "login",
            Self::Poller => "poller",
            Self::Clock => "clock",
        }
    }
}
