//! What is said of a resource, its fields and what is done to its records: by their names, in the
//! person's language, else in English.

use super::{Group, Resource};
use crate::domain::Kind;
use crate::domain::manner::Manner;
use crate::domain::words::Words;
use crate::store::operation::Does;
use crate::store::undo::Undoable;
use crate::store::{Field, FieldAccess, Operation, operation};

impl Resource {
    /// `Customers`.
    #[must_use]
    pub fn title<'w>(&self, words: &'w Words) -> &'w str {
        words.find(&format!("resource.{}.title", self.entity.name)).unwrap_or(self.entity.name)
    }

    /// `customers`, within a sentence.
    #[must_use]
    pub fn several(&self, words: &Words) -> String {
        match words.find(&format!("resource.{}.several", self.entity.name)) {
            Some(several) => several.to_owned(),
            None => self.title(words).to_lowercase(),
        }
    }

    /// `customer`, within a sentence.
    #[must_use]
    pub fn one<'w>(&self, words: &'w Words) -> &'w str {
        words.find(&format!("resource.{}.one", self.entity.name)).unwrap_or(self.entity.singular)
    }

    /// What an empty list says; to whom its first record is to make, how that is begun too.
    #[must_use]
    pub fn empty(&self, words: &Words, may_begin: bool) -> String {
        let said = |key: &str| words.find(&format!("resource.{}.{key}", self.entity.name));
        let parts = [said("empty"), said("begin").filter(|_| may_begin)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// What a field is called.
    #[must_use]
    pub fn label<'w>(&self, words: &'w Words, field: &'w str) -> &'w str {
        words.find(&format!("resource.{}.field.{field}", self.entity.name)).unwrap_or_else(|| label(words, field))
    }

    /// What the column of a field is called.
    #[must_use]
    pub fn column_title(&self, words: &Words, field: &str) -> String {
        match words.find(&format!("resource.{}.column.{field}", self.entity.name)) {
            Some(title) => title.to_owned(),
            None => self.label(words, field).to_uppercase(),
        }
    }

    /// A line of help about a field, where its name does not say all.
    #[must_use]
    pub fn help(&self, words: &Words, field: &Field) -> String {
        let own = words.find(&format!("resource.{}.help.{}", self.entity.name, field.name));
        // Of one that is never changed there is nothing to be said once it is given.
        let is_given = self.entity.number.is_some() && field.name == "number" && field.access == FieldAccess::Create;
        let own = own.or_else(|| words.find("kind.number").filter(|_| is_given));
        own.map_or_else(|| kind_help(words, field), str::to_owned)
    }
}

impl Group {
    /// What its tab says.
    #[must_use]
    pub fn title(self, words: &Words) -> &str {
        words.get(match self {
            Self::Customers => "group.customers",
            Self::Devices => "group.devices",
            Self::Bookings => "group.bookings",
            Self::Stock => "group.stock",
            Self::Tickets => "group.tickets",
            Self::Contracts => "group.contracts",
            Self::Network => "group.network",
            Self::Finance => "group.finance",
            Self::Admin => "group.admin",
        })
    }
}

/// Whether a list tells how far a time is away, not when it is: of what runs out, and of what is or was just now.
#[must_use]
pub fn is_told_by_distance(field: &str) -> bool {
    const TOLD: [&str; 11] = [
        "expires_at",
        "resolve_by",
        "respond_by",
        "due_at",
        "since",
        "heartbeat_at",
        "last_login_at",
        "last_seen_at",
        "last_used_at",
        "started_at",
        "resolved_at",
    ];
    TOLD.contains(&field)
}

/// What a field is called by itself, whichever resource it is of: `management IP`.
#[must_use]
pub fn label<'w>(words: &'w Words, field: &'w str) -> &'w str {
    words.find(&format!("field.{field}")).unwrap_or(field)
}

/// What is said of the kind of a field.
fn kind_help(words: &Words, field: &Field) -> String {
    if let Some(entity) = field.reference {
        let several = super::find(entity).map_or_else(|| entity.replace('_', " "), |other| other.several(words));
        return words.say("kind.reference", &[("records", &several)]);
    }
    let key = match field.kind {
        Kind::Choice(choices) => return choices.join(", "),
        Kind::Money => "kind.money",
        Kind::Instant => "kind.instant",
        Kind::Date => "kind.date",
        Kind::Bool => "kind.bool",
        Kind::Int => "kind.int",
        Kind::Json => "kind.json",
        Kind::Mac => "kind.mac",
        Kind::Degrees => "kind.degrees",
        Kind::Id | Kind::Text | Kind::Lines | Kind::Percent | Kind::Secret | Kind::Ip | Kind::Cidr | Kind::Bytes => {
            return String::new();
        }
    };
    words.get(key).to_owned()
}

/// What a menu calls an operation: `hand over`.
#[must_use]
pub fn operation_label<'w>(words: &'w Words, operation: &Operation) -> &'w str {
    of_operation(words, operation, "label").unwrap_or(operation.name)
}

/// What an operation did, in the words of the menu: `suspend 50 customers`, `remind me: CUS-000007 Amina`.
#[must_use]
pub fn what_was_done(words: &Words, done: &Undoable, manner: Manner) -> String {
    let Some(operation) = done.operation() else { return done.summary.clone() };
    let label = operation_label(words, operation);
    let resource = super::of(operation.entity);
    let one = resource.map_or(operation.entity.singular, |resource| resource.one(words));
    let several = resource.map_or_else(|| operation.entity.name.to_owned(), |resource| resource.several(words));
    match done.summary.split_once(' ') {
        // What is done again was taken back before.
        Some((verb, what)) if verb == operation.verb() || matches!(verb, "undo" | "redo") => {
            let count = what.strip_suffix(operation.entity.name).and_then(|count| count.trim_end().parse::<u64>().ok());
            match count {
                Some(count) => format!("{label} {} {several}", manner.count(count)),
                // What is made about another record is called as that is.
                None if matches!(operation.does, Does::Create) && operation.entity.points_at.is_some() => {
                    format!("{label}: {what}")
                }
                None => format!("{label} {one}: {what}"),
            }
        }
        _ => done.summary.clone(),
    }
}

/// What was done, as the log calls it (`customers.suspend`, `customers.suspend.undo`), in the words of the menu.
#[must_use]
pub fn deed_label(words: &Words, action: &str) -> String {
    for (ending, key) in [(".undo", "history.taken-back"), (".redo", "history.done-again")] {
        if let Some(base) = action.strip_suffix(ending) {
            return words.say(key, &[("what", &deed_label(words, base))]);
        }
    }
    match operation::find(action) {
        Some(known) => operation_label(words, known).to_owned(),
        None => action.split_once('.').map_or(action, |(_, verb)| verb).replace(['_', '-'], " "),
    }
}

/// What an operation does, in a sentence.
#[must_use]
pub fn operation_help<'w>(words: &'w Words, operation: &Operation) -> &'w str {
    of_operation(words, operation, "help").unwrap_or_default()
}

/// Of an operation itself, else of its verb, whatever it is done to.
fn of_operation<'w>(words: &'w Words, operation: &Operation, what: &str) -> Option<&'w str> {
    let own = format!("operation.{}.{what}", operation.name);
    let any = format!("operation.any.{}.{what}", operation.verb());
    words.find(&own).or_else(|| words.find(&any))
}
