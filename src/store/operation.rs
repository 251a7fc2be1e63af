//! All that can be done to records: one registry, which the console, the command line, import, undo
//! and the tests read alike. What is not listed here cannot be done.

mod doing;
pub mod parts;
pub mod rehearsal;
mod stand_in;

use super::aims::Aims;
use super::entity::{Entity, Field};
use super::field::Made;
use super::record::Record;
use super::write::Writing;
use super::{Failure, Problem, StoreError, entities};
use crate::domain::secret::Secret;
use crate::domain::{Id, Money, Value};
pub use doing::Watch;
use parts::Part;

/// One thing that can be done.
pub struct Operation {
    /// `customers.suspend`: also the permission that it needs and its name in the audit log.
    pub name: &'static str,
    pub entity: &'static Entity,
    pub does: Does,
    pub undo: Undo,
    /// What it asks for before it runs, besides the records that it is done to: the amount of a top-up, the end of a
    /// booking. Create and update ask for the entity's own fields instead.
    pub asks: &'static [Field],
    /// Money changes hands by it.
    pub moves_money: bool,
    /// The fields of a record that say how much of what is owed, where that is what moves when no amount is given: all of it,
    /// and what was paid.
    pub owed: Option<(&'static str, &'static str)>,
    /// A field in which nothing stands of the records that it can be done to, and why not to others.
    pub unless: Option<(&'static str, &'static str)>,
    /// The states in which it can be done, and how it is told where the record is in another one; in any, where none is said.
    pub only_while: Option<(&'static [&'static str], &'static str)>,
    /// The clock does it once this time or day of a record has passed: nobody does it before, and why not.
    pub not_before: Option<(&'static str, &'static str)>,
    /// The kind of record that it makes besides, which is told to whoever did it: the successor of a contract.
    pub makes: Option<&'static str>,
    /// Whether it can be done hangs on what is answered to what it asks, too.
    pub answers_decide: bool,
    /// Why it is done to one record at a time.
    pub one_by_one: Option<&'static str>,
}

/// What an operation does to each of its records.
#[derive(Clone, Copy)]
pub enum Does {
    /// Makes a record from values.
    Create,
    /// Sets fields of a record.
    Update,
    /// Takes a record away that nothing points at.
    Delete,
    /// Follows a move of the entity's lifecycle; values given along are set too.
    Move(&'static str),
    /// Brings many records in from a file, new and changed ones: see [`super::bulk`].
    Import,
    /// A workflow of its own: what must be true and what is written, for one record.
    Custom(fn(&mut Writing<'_>, &Record, &Request) -> Result<(), StoreError>),
    /// A workflow that makes records from what it asks for; the first one it names is the one that was meant.
    Make(fn(&mut Writing<'_>, &Request) -> Result<Vec<Id>, StoreError>),
}

/// How an operation is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The values before are put back.
    Values,
    /// What was written in a ledger stays, and an entry that reverses it is written; the rest is put back.
    CounterEntry,
    /// Not at all, and why.
    None(&'static str),
}

impl Undo {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Values => "values",
            Self::CounterEntry => "counter_entry",
            Self::None(_) => "none",
        }
    }
}

impl Operation {
    /// An operation that asks for nothing and is taken back by its values.
    #[must_use]
    pub(super) const fn new(name: &'static str, entity: &'static Entity, does: Does) -> Self {
        Self {
            name,
            entity,
            does,
            undo: Undo::Values,
            asks: &[],
            moves_money: false,
            owed: None,
            unless: None,
            only_while: None,
            not_before: None,
            makes: None,
            answers_decide: true,
            one_by_one: None,
        }
    }

    #[must_use]
    pub(super) const fn create(name: &'static str, entity: &'static Entity) -> Self {
        Self::new(name, entity, Does::Create)
    }

    #[must_use]
    pub(super) const fn import(name: &'static str, entity: &'static Entity) -> Self {
        Self::new(name, entity, Does::Import)
    }

    #[must_use]
    pub(super) const fn update(name: &'static str, entity: &'static Entity) -> Self {
        Self::new(name, entity, Does::Update)
    }

    #[must_use]
    pub(super) const fn delete(name: &'static str, entity: &'static Entity) -> Self {
        Self::new(name, entity, Does::Delete)
    }

    /// A move of the lifecycle and nothing besides.
    #[must_use]
    pub(super) const fn step(name: &'static str, entity: &'static Entity, verb: &'static str) -> Self {
        Self::new(name, entity, Does::Move(verb))
    }

    #[must_use]
    pub(super) const fn asking(mut self, asks: &'static [Field]) -> Self {
        self.asks = asks;
        self
    }

    #[must_use]
    pub(super) const fn undone_by(mut self, undo: Undo) -> Self {
        self.undo = undo;
        self
    }

    /// Money changes hands by it: it is asked for once more, with what is to be typed.
    #[must_use]
    pub(super) const fn moving_money(mut self) -> Self {
        self.moves_money = true;
        self
    }

    /// Without an amount it is for what is owed: the first of these fields less the second.
    #[must_use]
    pub(super) const fn for_what_is_owed(mut self, all: &'static str, paid: &'static str) -> Self {
        self.owed = Some((all, paid));
        self
    }

    /// What is owed of a record, where that is what moves when no amount is given.
    #[must_use]
    pub fn owed_of(&self, record: &Record) -> Option<Money> {
        let (all, paid) = self.owed?;
        match (record.get(all), record.get(paid)) {
            (Value::Money(all), Value::Money(paid)) => all.checked_sub(*paid),
            _ => None,
        }
    }

    /// Once only: not where something stands in this field, and why.
    #[must_use]
    pub(super) const fn unless(mut self, field: &'static str, why: &'static str) -> Self {
        self.unless = Some((field, why));
        self
    }

    /// Not once a record is in another state than these, all of which are final: `why` begins what is told then.
    #[must_use]
    pub(super) const fn only_while(mut self, states: &'static [&'static str], why: &'static str) -> Self {
        self.only_while = Some((states, why));
        self
    }

    /// The clock does it once this time or day of a record has passed: nobody does it before, and why not.
    #[must_use]
    pub(super) const fn not_before(mut self, field: &'static str, why: &'static str) -> Self {
        self.not_before = Some((field, why));
        self
    }

    /// What it asks for has no say in whether it can be done.
    #[must_use]
    pub(super) const fn whatever_is_answered(mut self) -> Self {
        self.answers_decide = false;
        self
    }

    /// One record at a time, and why.
    #[must_use]
    pub(super) const fn one_by_one(mut self, why: &'static str) -> Self {
        self.one_by_one = Some(why);
        self
    }

    /// What it makes besides is told: records of this kind.
    #[must_use]
    pub(super) const fn making(mut self, entity: &'static str) -> Self {
        self.makes = Some(entity);
        self
    }

    /// The verb: `suspend`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    /// Why this cannot be done to a record in its present state; `Ok` where it can.
    ///
    /// # Errors
    /// The reason, with the moves that are open.
    pub fn open_to(&self, record: &Record) -> Result<(), String> {
        if let Some((_, why)) = self.unless.filter(|(field, _)| !record.get(field).is_empty()) {
            return Err(why.to_owned());
        }
        self.open_in(record.get("status").as_str())
    }

    /// The same of a record of which no more than its state is known.
    ///
    /// # Errors
    /// The reason, with the moves that are open.
    pub fn open_in(&self, state: &str) -> Result<(), String> {
        if let Some((_, why)) = self.only_while.filter(|(states, _)| !state.is_empty() && !states.contains(&state)) {
            return Err(format!("{why} is {state}, which is final"));
        }
        match (self.does, self.entity.lifecycle) {
            (Does::Custom(_), Some(lifecycle)) if lifecycle.moves.iter().any(|m| m.verb == self.verb()) => {
                lifecycle.follow(self.verb(), state).map(|_| ())
            }
            (Does::Move(verb), Some(lifecycle)) => lifecycle.follow(verb, state).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Whether it is done to records that exist.
    #[must_use]
    pub const fn takes_records(&self) -> bool {
        !matches!(self.does, Does::Create | Does::Import | Does::Make(_))
    }

    /// The field that a value is given for: one that it asks for, or one of its entity's that it sets.
    ///
    /// # Errors
    /// That there is no such field here, and which ones there are.
    pub fn takes(&self, name: &str) -> Result<&'static Field, String> {
        if let Some(field) = self.asks.iter().find(|field| field.name == name || field.column() == Some(name)) {
            return Ok(field);
        }
        match self.does {
            Does::Custom(_) | Does::Make(_) => Err(not_asked(self)),
            _ => entities::settable(self.entity, name, matches!(self.does, Does::Create)),
        }
    }

    /// Whether it wants the password of whoever asks once more.
    #[must_use]
    pub fn wants_proof(&self) -> bool {
        self.asks.iter().any(|field| field.name == Field::OWN_PASSWORD.name)
    }

    /// Whether it takes away or ends something.
    #[must_use]
    pub fn is_dangerous(&self) -> bool {
        matches!(self.does, Does::Delete)
            || matches!(self.verb(), "terminate" | "retire" | "delete" | "merge" | "upgrade" | "downgrade" | "scrap")
            // All the bookings of a series are called off by it.
            || self.name == "booking_series.cancel"
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every operation there is.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    entities::DOMAINS.iter().flat_map(|domain| domain.operations)
}

/// An operation by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.name == name)
}

/// The operations on one kind of record.
pub fn of(entity: &'static Entity) -> impl Iterator<Item = &'static Operation> {
    all().filter(move |operation| operation.entity == entity)
}

/// What somebody asks the store to do.
#[derive(Clone, Debug)]
pub struct Request {
    pub operation: &'static Operation,
    /// The operation's id: asking twice with the same one takes effect once.
    pub id: Id,
    pub aims: Aims,
    /// Fields and their values, as [`Value::parse`] made them; a reference is an id, or text that is
    /// looked up by number or name.
    pub values: Vec<(&'static str, Value)>,
    /// What is written with it of that which belongs to the one record: where that is made or its fields are set.
    pub parts: Vec<Part>,
    pub reason: Option<String>,
    /// Do what can be done and tell the rest, instead of all or nothing.
    pub partly: bool,
    /// It is done because it fell due, to records that still are.
    pub due: Option<super::due::Due>,
}

impl Request {
    /// A request under a new operation id.
    #[must_use]
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            id: Id::new(),
            aims: Aims::default(),
            values: Vec::new(),
            parts: Vec::new(),
            reason: None,
            partly: false,
            due: None,
        }
    }

    /// Whether it is done to several records.
    #[must_use]
    pub fn is_bulk(&self) -> bool {
        self.aims.len() > 1
    }

    #[must_use]
    pub fn on(mut self, id: Id, version: Option<i64>) -> Self {
        self.aims.insert(id, version);
        self
    }

    #[must_use]
    pub fn with(mut self, field: &'static str, value: Value) -> Self {
        self.values.push((field, value));
        self
    }

    /// Makes the secrets that nobody has to think up, where none was given.
    #[must_use]
    pub fn with_made_secrets(mut self) -> Self {
        for field in self.operation.asks {
            if let Some(made) = field.made.filter(|_| self.value(field.name).is_empty()) {
                self.values.push((field.name, Value::Secret((made.fresh)())));
            }
        }
        self
    }

    /// The secrets in it of fields that the program can make, given or made, each with its field.
    pub fn made_secrets(&self) -> impl Iterator<Item = (&'static Field, Made, &Secret)> {
        self.operation.asks.iter().filter_map(|field| match self.value(field.name) {
            Value::Secret(secret) => Some((field, field.made?, secret)),
            _ => None,
        })
    }

    /// The value given for a field.
    #[must_use]
    pub fn value(&self, field: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        self.values.iter().find(|(name, _)| *name == field).map_or(NONE, |(_, value)| value)
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub operation: Id,
    /// The records that were made or changed.
    pub records: Vec<Id>,
    /// Records that were left as they are, what they are called, and why.
    pub refused: Vec<(Id, String, String)>,
    /// What was made besides: records of the kind that the operation [`makes`](Operation::makes).
    pub made: Vec<Id>,
}

fn not_asked(operation: &Operation) -> String {
    let known: Vec<&str> = operation.asks.iter().map(|field| field.name).collect();
    if known.is_empty() {
        return format!("{} asks for nothing", operation.name);
    }
    format!("{} does not ask for this. It asks for: {}", operation.name, known.join(", "))
}

/// Field names and values from what people wrote, checked against the entity.
///
/// # Errors
/// Every field that does not exist, may not be set, or cannot be read as its kind.
pub fn read_values<'a>(
    operation: &'static Operation,
    written: impl IntoIterator<Item = (&'a str, &'a str)>,
    locale: crate::domain::value::Locale,
) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for (name, text) in written {
        match operation.takes(name) {
            Err(why) => problems.push(Problem::new(name, why)),
            Ok(field) => match Value::parse(field.kind, text, locale) {
                Ok(value) => values.push((field.name, value)),
                Err(why) => problems.push(Problem::new(name, why)),
            },
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(StoreError::failed(Failure::Invalid(problems))) }
}
