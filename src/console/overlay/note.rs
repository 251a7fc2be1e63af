//! A line about a record: a note on it, or when to look at it again.

use crate::console::message::Number;
use crate::console::widgets::line::LineEditor;
use crate::domain::Id;
use crate::domain::time::{self, Instant};
use crate::domain::value::Locale;
use crate::resources::Resource;

/// What becomes of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// A note; whether it is for the house alone.
    Note {
        internal: bool,
    },
    Reminder,
}

/// The line, and the record that it is about.
#[derive(Debug)]
pub struct NoteLine {
    pub resource: &'static Resource,
    pub id: Id,
    /// What the record is called.
    pub title: String,
    pub becomes: Becomes,
    pub line: LineEditor,
    pub problem: Option<String>,
    /// What was sent; the line waits for how it went.
    pub sending: Option<Number>,
}

impl NoteLine {
    #[must_use]
    pub fn new(resource: &'static Resource, id: Id, title: String, becomes: Becomes) -> Self {
        Self { resource, id, title, becomes, line: LineEditor::new(), problem: None, sending: None }
    }

    /// What it is about and what becomes of it, in three words: it is known by them while it is not sent.
    #[must_use]
    pub fn about(&self) -> String {
        let becomes = match self.becomes {
            Becomes::Note { internal: true } => "note",
            Becomes::Note { internal: false } => "answer",
            Becomes::Reminder => "reminder",
        };
        format!("{becomes} {} {}", self.resource.entity.name, self.id)
    }

    /// The same line for the others, those who see it or do not; a reminder is for oneself.
    #[must_use]
    pub fn turned(&self) -> Option<Becomes> {
        match self.becomes {
            Becomes::Note { internal } => Some(Becomes::Note { internal: !internal }),
            Becomes::Reminder => None,
        }
    }

    /// Whether it is the same line about the same record, for whomever.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        let same = self.becomes == other.becomes || self.turned() == Some(other.becomes);
        same && self.resource.entity == other.resource.entity && self.id == other.id
    }

    /// When a reminder would fall due by what is written so far.
    #[must_use]
    pub fn due(&self, locale: Locale) -> Option<Instant> {
        read_reminder(self.line.text(), locale).ok().map(|(at, _)| at)
    }
}

/// Reads `+20min the fan again`: when, in one word or two, and what for.
///
/// # Errors
/// That the line does not begin with a moment to come.
pub fn read_reminder(text: &str, locale: Locale) -> Result<(Instant, String), String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let wanted = "begin with when: +20m, 16:30, tomorrow 9:00, 2026-12-01";
    for count in [2, 1] {
        let Some(when) = words.get(..count) else { continue };
        if let Ok(at) = moment(when, locale) {
            if at <= locale.now {
                return Err(format!("‘{}’ is past: {wanted}", when.join(" ")));
            }
            return Ok((at, words.get(count..).unwrap_or_default().join(" ")));
        }
    }
    Err(wanted.into())
}

/// A moment in the words given; a day by its name takes a time after it.
fn moment(words: &[&str], locale: Locale) -> Result<Instant, String> {
    if let [day @ ("today" | "tomorrow"), hour] = words {
        let day = time::parse_date(day, locale.zone, locale.now)?;
        return time::parse_instant(&format!("{day} {hour}"), locale.zone, locale.now);
    }
    time::parse_instant(&words.join(" "), locale.zone, locale.now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn locale() -> Locale {
        Locale {
            zone: chrono_tz::Africa::Nairobi,
            now: "2026-11-20T11:00:00Z".parse().unwrap(),
            manner: crate::domain::manner::Manner::default(),
        }
    }

    #[test]
    fn a_reminder_begins_with_when() {
        for (text, at, note) in [
            ("+20min the fan again", "2026-11-20T11:20:00Z", "the fan again"),
            ("+2h", "2026-11-20T13:00:00Z", ""),
            ("tomorrow 9:00 call  Amina", "2026-11-21T06:00:00Z", "call Amina"),
            ("tomorrow call", "2026-11-20T21:00:00Z", "call"),
            ("16:30", "2026-11-20T13:30:00Z", ""),
            ("2026-12-01 14:00 renew", "2026-12-01T11:00:00Z", "renew"),
            ("2026-12-01 renew", "2026-11-30T21:00:00Z", "renew"),
        ] {
            assert_eq!(read_reminder(text, locale()), Ok((at.parse().unwrap(), note.into())), "{text}");
        }
        for (text, told) in
            [("", "begin with when"), ("the fan", "begin with when"), ("-2h x", "is past"), ("9:00 x", "is past")]
        {
            assert!(read_reminder(text, locale()).unwrap_err().contains(told), "{text}");
        }
    }
}
