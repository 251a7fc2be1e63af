//! All that can be done to records: one registry, which the console, the command line, import, undo
//! and the tests read alike. What is not listed here cannot be done.

pub mod parts;
pub mod rehearsal;

use super::aims::{Aim, Aims};
use super::entity::{Entity, Field};
use super::field::Made;
use super::record::Record;
use super::second_factors::Fitting;
use super::session::Session;
use super::write::{Kind, Writing};
use super::{Failure, Problem, Store, StoreError, audit, engine, entities, read};
use crate::domain::secret::Secret;
use crate::domain::{Id, Money, Value};
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
    /// The kind of record that it makes besides, which is told to whoever did it: the successor of a contract.
    pub makes: Option<&'static str>,
    /// Whether it can be done hangs on what is answered to what it asks, too.
    pub answers_decide: bool,
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
            makes: None,
            answers_decide: true,
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

    /// What it asks for has no say in whether it can be done.
    #[must_use]
    pub(super) const fn whatever_is_answered(mut self) -> Self {
        self.answers_decide = false;
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
            || matches!(self.verb(), "terminate" | "retire" | "delete" | "merge" | "upgrade" | "downgrade")
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

impl Store {
    /// Does what is asked, all or nothing (unless [`Request::partly`]).
    ///
    /// # Errors
    /// Whatever stands in the way; then nothing was written, unless it is [`Failure::Unknown`].
    pub fn perform(&self, session: &Session, request: &Request) -> Result<Done, StoreError> {
        self.perform_watched(session, request, &mut |_, _| true)
    }

    /// The same with somebody who looks on: told how many records of how many are done, and who says `false` to
    /// have it stopped; then nothing is written.
    ///
    /// # Errors
    /// As [`Store::perform`], and [`Failure::Cancelled`].
    pub fn perform_watched(&self, session: &Session, request: &Request, watch: Watch<'_>) -> Result<Done, StoreError> {
        let operation = request.operation;
        session.require(operation.name)?;
        request.require_parts(session)?;
        if matches!(operation.does, Does::Import) {
            return self.import_one(session, request);
        }
        let proof = match self.require_proof(session, request) {
            // It was done before: its code is spent by that.
            Err(error) if may_be_repeated(&error) && self.is_committed(session, request.id)? => {
                return self.done_before(session, request.id);
            }
            proof => proof?,
        };
        let kind =
            Kind { name: operation.name, entity: operation.entity.name, undo: operation.undo, bulk: request.is_bulk() };
        let number = self.number_for(session, request)?;
        let mut attempt = |apart: bool| {
            self.write(session, request.id, &kind, |writing| {
                writing.session.require(operation.name)?;
                request.require_parts(writing.session)?;
                if let Some(code) = proof {
                    // With what it is for, or not at all.
                    let (session, now) = (writing.session, writing.now);
                    code.spend(writing.connection, session, now).map_err(about_proof)?;
                }
                carry_out(writing, request, number.as_deref(), apart, &mut *watch)
            })
        };
        let outcome = match attempt(false) {
            // It may be one row's own: then it is done to the others, each row by itself. What is wrong with all of them is
            // wrong with what was asked for.
            Err(error) if request.partly && request.is_bulk() && matches!(error.failure(), Failure::Invalid(_)) => {
                match attempt(true) {
                    Err(others) if matches!(others.failure(), Failure::RefusedRows(_)) => Err(error),
                    outcome => outcome,
                }
            }
            outcome => outcome,
        };
        match outcome {
            // The same operation id once more: it was done before, and is not done again. What stands
            // in its way may be its own outcome, a name that is taken now or a version that was.
            Err(error) if may_be_repeated(&error) && self.is_committed(session, request.id)? => {
                self.done_before(session, request.id)
            }
            outcome => outcome,
        }
    }

    fn done_before(&self, session: &Session, operation: Id) -> Result<Done, StoreError> {
        let records = self.records_of(session, operation)?;
        Ok(Done { operation, records, refused: Vec::new(), made: Vec::new() })
    }
}

impl Store {
    /// What is worth it wants the password of whoever asks once more, and the code of their second factor where they have
    /// one. Wrong ones are counted as those of the login.
    fn require_proof(&self, session: &Session, request: &Request) -> Result<Option<Fitting>, StoreError> {
        if !request.operation.wants_proof() {
            return Ok(None);
        }
        let (password, code) = (Field::OWN_PASSWORD.name, Field::OWN_CODE.name);
        let Value::Secret(typed) = request.value(password) else {
            return Err(StoreError::invalid(password, "is required: your own, once more"));
        };
        let given = Some(request.value(code).as_str()).filter(|given| !given.is_empty());
        let given = given.map(|given| Secret::new(given.to_owned()));
        self.check_own_proof(session, typed, given.as_ref()).map_err(about_proof)
    }
}

/// What is wrong with a proof is wrong with what was typed: whoever typed it is still logged in.
fn about_proof(error: StoreError) -> StoreError {
    match error.into_failure() {
        Failure::NotLoggedIn(why) => StoreError::invalid(Field::OWN_PASSWORD.name, why),
        Failure::CodeWanted(why) | Failure::WrongCode(why) => StoreError::invalid(Field::OWN_CODE.name, why),
        failure => StoreError::failed(failure),
    }
}

const fn may_be_repeated(error: &StoreError) -> bool {
    matches!(
        error.failure(),
        Failure::Invalid(_)
            | Failure::Stale { .. }
            | Failure::Refused(_)
            | Failure::RefusedRows(_)
            | Failure::NotFound { .. }
    )
}

/// Records between two reports of how far something has come.
pub(super) const TOLD_EVERY: usize = 50;

/// Who looks on: see [`Store::perform_watched`].
pub type Watch<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// Does what is asked, in its transaction.
fn carry_out(
    writing: &mut Writing<'_>,
    request: &Request,
    number: Option<&str>,
    apart: bool,
    watch: Watch<'_>,
) -> Result<Done, StoreError> {
    let operation = request.operation;
    writing.reason.clone_from(&request.reason);
    writing.tells_of = operation.makes;
    if matches!(operation.does, Does::Create) {
        let id = engine::create(writing, operation, &request.values, number)?;
        add_parts(writing, request, id)?;
        return Ok(Done { operation: request.id, records: vec![id], refused: Vec::new(), made: Vec::new() });
    }
    if operation.asks.is_empty() || matches!(operation.does, Does::Move(_)) {
        return run(writing, request, apart, watch);
    }
    let values = engine::answers(writing, operation, &request.values)?;
    run(writing, &Request { values, ..request.clone() }, apart, watch)
}

/// Writes what belongs to the record that was made or changed.
fn add_parts(writing: &mut Writing<'_>, request: &Request, id: Id) -> Result<(), StoreError> {
    if !request.parts.is_empty() {
        writing.meant = Some(vec![id]);
        writing.parts = parts::write_parts(writing, (request.operation.entity, id), &request.parts, writing.tries_all)?;
    }
    Ok(())
}

fn run(writing: &mut Writing<'_>, request: &Request, apart: bool, watch: Watch<'_>) -> Result<Done, StoreError> {
    if let Does::Make(make) = request.operation.does {
        let records = make(writing, request)?;
        return Ok(Done { operation: request.id, records, refused: Vec::new(), made: Vec::new() });
    }
    run_on_each(writing, request, apart, watch)
}

fn run_on_each(
    writing: &mut Writing<'_>,
    request: &Request,
    apart: bool,
    watch: Watch<'_>,
) -> Result<Done, StoreError> {
    let operation = request.operation;
    let mut refused = Vec::new();
    let mut records = Vec::with_capacity(request.aims.len());
    let total = request.aims.count();
    // A row that something points at is refused by the database, which spoils all since the last
    // savepoint; one row among several is not to spoil the others.
    // What falls due is looked for again and again: one record in which something is wrong is not to keep the others.
    let by_itself = apart || request.due.is_some();
    let apart = operation.verb() == "delete" && request.is_bulk() || by_itself;
    // Rows are locked in the order of their ids, whoever asks: no two operations wait for each other.
    for (index, aim) in request.aims.iter().enumerate() {
        if index.is_multiple_of(TOLD_EVERY) {
            if !watch(u64::try_from(index).unwrap_or(u64::MAX), total) {
                return Err(StoreError::failed(Failure::Cancelled));
            }
            if request.is_bulk() {
                audit::flush(writing)?;
            }
        }
        let Some(record) = engine::fetch(writing, operation.entity, aim.id)? else {
            // It went with one before it: what was asked for it is done.
            if writing.removed.contains(&aim.id) {
                records.push(aim.id);
                continue;
            }
            let error = StoreError::not_found(operation.entity.singular, aim.id.to_string());
            if request.partly {
                refused.push((aim.id, aim.id.to_string(), error.to_string()));
                continue;
            }
            return Err(error);
        };
        let outcome = if apart {
            writing.apart(|writing| run_on(writing, request, &record, aim))
        } else {
            run_on(writing, request, &record, aim)
        };
        match outcome {
            Ok(()) => records.push(aim.id),
            Err(error) if is_about_the_row(&error, by_itself) && request.is_bulk() => {
                refused.push((aim.id, record.title(), error.of_a_row()));
            }
            Err(error) => return Err(error),
        }
    }
    if !refused.is_empty() && (!request.partly || records.is_empty()) {
        return Err(StoreError::failed(Failure::RefusedRows(refused)));
    }
    writing.meant = Some(records.clone());
    Ok(Done { operation: request.id, records, refused, made: std::mem::take(&mut writing.made) })
}

/// Whether an error speaks of one record, so that others may go on. What the database itself
/// refused has spoilt the whole transaction.
const fn is_about_the_row(error: &StoreError, behind_savepoint: bool) -> bool {
    match error.failure() {
        Failure::Refused(_) | Failure::Stale { .. } => true,
        Failure::Invalid(_) | Failure::NotFound { .. } => behind_savepoint,
        _ => false,
    }
}

fn run_on(writing: &mut Writing<'_>, request: &Request, record: &Record, aim: Aim) -> Result<(), StoreError> {
    let operation = request.operation;
    if let Some(version) = aim.version
        && version != record.version
    {
        return Err(StoreError::failed(Failure::Stale { what: record.title(), id: record.id }));
    }
    if let Some(due) = &request.due {
        super::due::require_due(writing, due, record.id)?;
    }
    operation.open_to(record).map_err(StoreError::refused)?;
    match operation.does {
        Does::Create | Does::Import | Does::Make(_) => {
            Err(StoreError::unexpected("a new record has nothing to act on"))
        }
        Does::Update => {
            engine::update(writing, operation, record, &request.values, request.reason.as_deref())?;
            add_parts(writing, request, record.id)
        }
        Does::Delete => engine::delete(writing, operation, record),
        Does::Move(verb) => {
            let lifecycle = operation.entity.lifecycle.ok_or_else(|| StoreError::unexpected("no lifecycle"))?;
            let state = lifecycle.follow(verb, record.get("status").as_str()).map_err(StoreError::refused)?;
            let (values, reason) = with_reason(request);
            engine::follow(writing, operation, record, state, &values, reason)
        }
        Does::Custom(run) => run(writing, record, request),
    }
}

/// A reason that a move asks for goes where a reason goes: into the log, not into a field.
fn with_reason(request: &Request) -> (Vec<(&'static str, Value)>, Option<&str>) {
    let is_reason = |name: &str| name == "reason" && request.operation.entity.field(name).is_none();
    let asked = request.values.iter().find(|(name, _)| is_reason(name)).map(|(_, value)| value.as_str());
    let values = request.values.iter().filter(|(name, _)| !is_reason(name)).cloned().collect();
    (values, request.reason.as_deref().or(asked.filter(|reason| !reason.is_empty())))
}

impl Writing<'_> {
    /// Runs a closure behind a savepoint: what it wrote goes where it fails.
    fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read::begin_within(self.connection)?;
        let outcome = run(self);
        read::finish(self.connection, outcome)
    }
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
