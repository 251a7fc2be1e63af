//! How a command ends: what is told on stderr, and the exit code.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use crate::config::Wrong;
use crate::domain::filter::Mistake;
use crate::domain::text::{clean, clean_lines};
use crate::health::service::PollError;
use crate::store::{Failure, StoreError};

/// Why a command did not do all that it was asked.
#[derive(Debug)]
pub enum Failed {
    Store(StoreError),
    /// Refused, or wrong input; nothing was written.
    Refused(String),
    /// The command line itself is wrong.
    Misuse(String),
    /// The database or something beside it cannot be opened.
    Unusable(String),
    /// Nobody is logged in.
    NotLoggedIn(String),
    /// A filter with a mistake in it.
    Filter {
        text: String,
        mistake: Mistake,
    },
    /// All has been told already.
    Told(Exit),
    /// Whoever reads has gone.
    ClosedPipe,
}

impl From<PollError> for Failed {
    fn from(error: PollError) -> Self {
        match error {
            PollError::Store(error) => Self::Store(error),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// The exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Refused = 1,
    Misuse = 2,
    Unreachable = 3,
    NotAllowed = 4,
    Partly = 5,
    Interrupted = 130,
}

/// What a command gives.
pub type Outcome<T = ()> = Result<T, Failed>;

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Wrong> for Failed {
    fn from(Wrong(why): Wrong) -> Self {
        Self::Misuse(why)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<csv::Error> for Failed {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => Self::Refused(format!("{other:?}")),
        }
    }
}

impl Failed {
    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        Some(match self {
            Self::Store(error) => exit_of(error.failure()),
            Self::Refused(_) | Self::Filter { .. } => Exit::Refused,
            Self::Misuse(_) => Exit::Misuse,
            Self::Unusable(_) => Exit::Unreachable,
            Self::NotLoggedIn(_) => Exit::NotAllowed,
            Self::Told(exit) => *exit,
            Self::ClosedPipe => return None,
        })
    }

    /// Tells it on stderr and gives the code to end with.
    #[must_use]
    pub fn tell(&self) -> ExitCode {
        match self {
            Self::Told(_) | Self::ClosedPipe => {}
            // Who is to be told may be gone: that is no fault of ours.
            other => drop(writeln!(std::io::stderr(), "headend: {other}")),
        }
        self.exit().map_or(ExitCode::SUCCESS, |exit| ExitCode::from(exit as u8))
    }
}

const fn exit_of(failure: &Failure) -> Exit {
    match failure {
        Failure::Misuse(_) => Exit::Misuse,
        Failure::Missing(_)
        | Failure::Unmigrated
        | Failure::Outdated
        | Failure::Newer { .. }
        | Failure::Unreachable(_)
        | Failure::Unusable(_) => Exit::Unreachable,
        Failure::NotLoggedIn(_) | Failure::CodeWanted(_) | Failure::WrongCode(_) | Failure::NotAllowed { .. } => {
            Exit::NotAllowed
        }
        Failure::Cancelled => Exit::Interrupted,
        _ => Exit::Refused,
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => {
                let text = error.to_string();
                f.write_str(&sentence(&text))?;
                match error.failure() {
                    Failure::NotAllowed { .. } => f.write_str(" Ask an administrator for it."),
                    Failure::Unexpected(_) => f.write_str(" Run `headend doctor`."),
                    Failure::Unreachable(_) => f.write_str(" Check its name and that it is running."),
                    _ => Ok(()),
                }
            }
            Self::Refused(why) | Self::Misuse(why) | Self::Unusable(why) | Self::NotLoggedIn(why) => {
                f.write_str(&sentence(why))
            }
            Self::Filter { text, mistake } => f.write_str(&point_at(text, mistake)),
            Self::Told(_) | Self::ClosedPipe => Ok(()),
        }
    }
}

/// One line, cleaned, without passwords of URLs, with a full stop.
fn sentence(text: &str) -> String {
    let text = hide_passwords(&clean_lines(text.trim_end()).replace('\n', " "));
    if text.ends_with(['.', '?', '!', ':']) { text } else { format!("{text}.") }
}

/// The mistake and, below the filter, a caret under its place.
fn point_at(text: &str, mistake: &Mistake) -> String {
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(clean(text).as_ref());
    let before = text.get(..mistake.span.start).unwrap_or("");
    let wrong = text.get(mistake.span.clone()).unwrap_or("");
    let carets = "^".repeat(width(wrong).max(1));
    format!("{}\n  {}\n  {}{carets}", sentence(&mistake.message), clean(text), " ".repeat(width(before)))
}

/// `postgres://user:password@host` without the password, wherever it stands in a text.
#[must_use]
pub fn hide_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '’' | '`')).unwrap_or(after.len());
        let (url, behind) = after.split_at(end);
        match url.rsplit_once('@') {
            Some((who, place)) if who.contains(':') => {
                shown.push_str(who.split(':').next().unwrap_or(""));
                shown.push_str(":***@");
                shown.push_str(place);
            }
            _ => shown.push_str(url),
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_urls_are_hidden_wherever_they_stand() {
        assert_eq!(
            hide_passwords("unexpected 'postgres://a:s3:c@ret@h/d' and mysql://u:p@x."),
            "unexpected 'postgres://a:***@h/d' and mysql://u:***@x."
        );
        assert_eq!(hide_passwords("https://example.com/a plain"), "https://example.com/a plain");
    }

    #[test]
    fn a_caret_stands_under_the_mistake() {
        let text = "漢 plann:x";
        let mistake = crate::domain::filter::parse("a:(").unwrap_err();
        let mistake = Mistake { span: 4..9, ..mistake };
        let lines: Vec<String> = point_at(text, &mistake).lines().map(str::to_owned).collect();
        assert_eq!(lines[2], "     ^^^^^");
    }

    #[test]
    fn each_failure_has_its_code() {
        assert_eq!(Failed::from(StoreError::refused("x")).exit(), Some(Exit::Refused));
        assert_eq!(Failed::from(StoreError::not_allowed("x")).exit(), Some(Exit::NotAllowed));
        assert_eq!(Failed::from(StoreError::unreachable("x")).exit(), Some(Exit::Unreachable));
        assert_eq!(Failed::from(StoreError::failed(Failure::Cancelled)).exit(), Some(Exit::Interrupted));
        assert_eq!(Failed::ClosedPipe.exit(), None);
    }
}
