//! What can go wrong at the door to the data, told in words that say what to do.

use thiserror::Error;

use crate::domain::Id;

/// An error of the store. Boxed inside, so that results stay small.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct StoreError(Box<Failure>);

/// The kinds of error, each with what the edge needs to tell it.
#[derive(Debug, Error)]
pub enum Failure {
    /// The command or URL itself is wrong.
    #[error("{0}")]
    Misuse(String),
    #[error("there is no database at {0}. Make one with `headend init`, or start `headend` and answer its questions")]
    Missing(String),
    #[error("the database holds no headend yet. Make it with `headend init`")]
    Unmigrated,
    #[error("the database was made by an older headend. Run `headend migrate`")]
    Outdated,
    #[error(
        "the database was made by a newer headend (schema {found}, this program knows {known}). Use the newer program"
    )]
    Newer { found: String, known: String },
    /// The database cannot be reached or opened just now.
    #[error("{0}")]
    Unreachable(String),
    /// It answers, but must not be used as it is.
    #[error("{0}")]
    Unusable(String),
    /// Who acts is not known, or no longer.
    #[error("{0}")]
    NotLoggedIn(String),
    /// User and password are right, and a second factor is wanted too.
    #[error("{0}")]
    CodeWanted(&'static str),
    /// They are right, and the code of the second factor is not, or was used already.
    #[error("{0}")]
    WrongCode(&'static str),
    #[error("you may not {deed}: it needs the permission {permission}")]
    NotAllowed { deed: String, permission: String },
    #[error("there is no {what} ‘{named}’")]
    NotFound { what: &'static str, named: String },
    /// Fields with what is wrong about each.
    #[error("{}", told(.0))]
    Invalid(Vec<Problem>),
    /// Someone else saved the record meanwhile.
    #[error("{what} was changed by someone else meanwhile. Look at it again")]
    Stale { what: String, id: Id },
    /// A rule of the business says no.
    #[error("{0}")]
    Refused(String),
    /// Several records, each with why it was refused; nothing was written.
    #[error("{}", refusals(.0))]
    RefusedRows(Vec<(Id, String, String)>),
    /// The outcome of a COMMIT is not known: the line broke while it ran.
    #[error("the line to the database broke while it was saving: whether it was saved is looked up when it is back")]
    Unknown { operation: Id },
    #[error("{0}")]
    ReadOnly(String),
    /// Too busy: the same thing may work in a moment.
    #[error("the database is busy. Try again in a moment")]
    Busy,
    #[error("that took longer than the database allows. Narrow it with a filter")]
    Timeout,
    #[error("stopped before the end: nothing was written")]
    Cancelled,
    /// What should not happen: a defect of ours or a damaged database.
    #[error("the database answered in a way that was not expected: {0}")]
    Unexpected(String),
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: String,
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect::<Vec<_>>().join("; ")
}

fn refusals(rows: &[(Id, String, String)]) -> String {
    let shown: Vec<String> = rows.iter().take(3).map(|(_, name, why)| format!("{name}: {why}")).collect();
    let more = if rows.len() > 3 { format!("; and {} more", rows.len() - 3) } else { String::new() };
    format!("nothing was changed. {}{more}", shown.join("; "))
}

impl StoreError {
    #[must_use]
    pub fn failed(failure: Failure) -> Self {
        Self(Box::new(failure))
    }

    /// What is wrong with one record of several, where it stands behind the record's name.
    pub(super) fn of_a_row(&self) -> String {
        match self.failure() {
            Failure::Stale { .. } => "was changed by someone else meanwhile. Look at it again".into(),
            failure => failure.to_string(),
        }
    }

    #[must_use]
    pub const fn failure(&self) -> &Failure {
        &self.0
    }

    #[must_use]
    pub fn into_failure(self) -> Failure {
        *self.0
    }

    pub fn unreachable(why: impl Into<String>) -> Self {
        Self::failed(Failure::Unreachable(why.into()))
    }

    pub fn refused(why: impl Into<String>) -> Self {
        Self::failed(Failure::Refused(why.into()))
    }

    pub fn unexpected(what: impl Into<String>) -> Self {
        Self::failed(Failure::Unexpected(what.into()))
    }

    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::failed(Failure::Invalid(vec![Problem::new(field, message)]))
    }

    /// What is wrong with the fields of something that nobody was asked for is why the whole is refused.
    #[must_use]
    pub fn without_fields(self) -> Self {
        match self.into_failure() {
            Failure::Invalid(problems) => {
                let told: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
                Self::refused(told.join("; "))
            }
            failure => Self::failed(failure),
        }
    }

    pub fn not_found(what: &'static str, named: impl Into<String>) -> Self {
        Self::failed(Failure::NotFound { what, named: named.into() })
    }

    pub fn not_allowed(permission: impl Into<String>) -> Self {
        Self::not_allowed_to("do this", permission)
    }

    /// The same of a part of what was asked: `give the role staff`.
    pub fn not_allowed_to(deed: impl Into<String>, permission: impl Into<String>) -> Self {
        Self::failed(Failure::NotAllowed { deed: deed.into(), permission: permission.into() })
    }

    /// Whether the line to the database is gone, so that a new connection may do better.
    #[must_use]
    pub const fn is_lost_line(&self) -> bool {
        matches!(*self.0, Failure::Unreachable(_))
    }

    /// Whether running the whole closure again may succeed (40001, 40P01, SQLITE_BUSY).
    #[must_use]
    pub const fn is_worth_retrying(&self) -> bool {
        matches!(*self.0, Failure::Busy)
    }
}

/// libpq's words for a line that is gone; it gives no code for it.
const LOST_LINE: &[&str] = &[
    "server closed the connection",
    "connection to server",
    "terminating connection",
    "no connection to the server",
    "could not receive data",
    "could not send data",
    "connection not open",
    "SSL connection has been closed",
    "SSL SYSCALL error",
    "the database system is",
    "connection already closed",
    "connection is closed",
    "broken pipe",
];

/// How Diesel says that it could not ask PostgreSQL for the number of a type.
const NO_TYPE: &str = "Failed to find a type oid";

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let Error::DatabaseError(kind, info) = &error else {
            return match error {
                Error::NotFound => Self::not_found("record", ""),
                Error::BrokenTransactionManager => Self::unreachable("the line to the database is gone"),
                // Looked up once a connection, and there for sure: the line broke meanwhile.
                Error::SerializationError(why) if why.to_string().contains(NO_TYPE) => {
                    Self::unreachable("the line to the database is gone")
                }
                other => Self::unexpected(other.to_string()),
            };
        };
        let message = info.message();
        let has = |needle: &str| message.contains(needle);
        let failure = match kind {
            Kind::UniqueViolation => {
                Failure::Invalid(vec![super::constraints::unique(info.constraint_name(), message)])
            }
            Kind::ForeignKeyViolation => {
                Failure::Refused(super::constraints::foreign_key(info.constraint_name(), message))
            }
            Kind::NotNullViolation => Failure::Invalid(vec![Problem::new(
                super::constraints::not_null(info.column_name(), message),
                "is required",
            )]),
            Kind::CheckViolation | Kind::ExclusionViolation => {
                let raised = super::constraints::raised(message);
                Failure::Refused(raised.unwrap_or_else(|| super::constraints::check(info.constraint_name(), message)))
            }
            Kind::SerializationFailure => Failure::Busy,
            Kind::ReadOnlyTransaction => Failure::ReadOnly("this connection to the database may only read".into()),
            Kind::ClosedConnection => Failure::Unreachable("the line to the database is gone".into()),
            _ if has("deadlock detected") || has("database is locked") || has("database table is locked") => {
                Failure::Busy
            }
            _ if has("lock timeout") => Failure::Busy,
            _ if has("statement timeout") => Failure::Timeout,
            _ if has("invalid regular expression") => Failure::Invalid(vec![Problem::new(
                "filter",
                format!("the database does not read this pattern: {message}"),
            )]),
            _ if has("readonly database") || has("read-only transaction") => {
                Failure::ReadOnly("this connection to the database may only read".into())
            }
            _ if has("database or disk is full") || has("No space left") => {
                Failure::Unusable("the disk is full: nothing was saved. Make room and save again".into())
            }
            _ if has("file is not a database") || has("disk image is malformed") => {
                Failure::Unusable(format!("this file is no sound database: {message}"))
            }
            _ if LOST_LINE.iter().any(|words| has(words)) => Failure::Unreachable(format!(
                "the line to the database is gone: {}",
                message.lines().next().unwrap_or("")
            )),
            _ => match super::constraints::raised(message) {
                Some(refusal) => Failure::Refused(refusal),
                None => Failure::Unexpected(message.to_owned()),
            },
        };
        Self::failed(failure)
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::unreachable(format!("no connection to the database: {error}"))
    }
}
