//! How what is asked is done: in one transaction, all or nothing, or what can be done and the rest told.

use super::parts;
use super::{Does, Done, Operation, Request};
use crate::domain::secret::Secret;
use crate::domain::time::day_of;
use crate::domain::{Id, Value};
use crate::store::aims::Aim;
use crate::store::list::select;
use crate::store::record::Record;
use crate::store::second_factors::Fitting;
use crate::store::session::Session;
use crate::store::write::{Kind, Writing};
use crate::store::{Connection, Entity, Failure, Field, Store, StoreError, audit, engine, entities, given, read};

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
        self.perform_with(session, request, watch, &|_, _| Ok(())).map(|(done, _)| done)
    }

    /// The same, and what the records are called by then for which that is told: the one that was meant, and the first
    /// that was made besides; none that the session may not see. It costs no transaction of its own.
    ///
    /// # Errors
    /// As [`Store::perform_watched`].
    pub fn perform_told(
        &self,
        session: &Session,
        request: &Request,
        watch: Watch<'_>,
    ) -> Result<(Done, Titles), StoreError> {
        let told = |writing: &mut Writing<'_>, done: &Done| titles(writing.connection, writing.session, request, done);
        let (done, titles_then) = self.perform_with(session, request, watch, &told)?;
        // It was done before. That it cannot be read any more is no reason to say that it was not.
        let now = || self.read(session, |reading| titles(reading.connection, session, request, &done)).ok();
        let titles = titles_then.or_else(now).unwrap_or_default();
        Ok((done, titles))
    }

    /// Does what is asked, and something more before its transaction ends; not where it was done by an earlier one.
    fn perform_with<T>(
        &self,
        session: &Session,
        request: &Request,
        watch: Watch<'_>,
        also: &dyn Fn(&mut Writing<'_>, &Done) -> Result<T, StoreError>,
    ) -> Result<(Done, Option<T>), StoreError> {
        let nothing_more = |done| (done, None);
        let operation = request.operation;
        session.require(operation.name)?;
        request.require_parts(session)?;
        if matches!(operation.does, Does::Import) {
            return self.import_one(session, request).map(nothing_more);
        }
        let proof = match self.require_proof(session, request) {
            // It was done before: its code is spent by that.
            Err(error) if may_be_repeated(&error) && self.is_committed(session, request.id)? => {
                return self.done_before(session, request.id).map(nothing_more);
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
                let done = carry_out(writing, request, number.as_deref(), apart, &mut *watch)?;
                let more = also(writing, &done)?;
                Ok((done, Some(more)))
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
                self.done_before(session, request.id).map(nothing_more)
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

/// What is told of what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Titles {
    /// What the record is called that was meant, where it is one.
    pub meant: Option<String>,
    /// What the first of the records is called that were made besides.
    pub made: Option<String>,
}

fn titles(
    connection: &mut Connection,
    session: &Session,
    request: &Request,
    done: &Done,
) -> Result<Titles, StoreError> {
    let meant = match done.records.as_slice() {
        [id] if !request.is_bulk() => Some(*id),
        // Of all that a workflow makes, what was meant comes first.
        [id, ..] if matches!(request.operation.does, Does::Make(_)) => Some(*id),
        _ => None,
    };
    let made = request.operation.makes.and_then(entities::find).zip(done.made.first().copied());
    let mut title = |of: Option<(&'static Entity, Id)>| match of {
        Some((entity, id)) if session.may(&entity.permission("read")) => {
            Ok(select::to_show(connection, session, entity, id)?.as_ref().map(Record::title))
        }
        _ => Ok::<_, StoreError>(None),
    };
    Ok(Titles { meant: title(meant.map(|id| (request.operation.entity, id)))?, made: title(made)? })
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

/// Records whose changes are gathered before they are written into the audit log.
const FLUSHED_EVERY: usize = 50;

/// Who looks on: see [`Store::perform_watched`].
pub type Watch<'a> = &'a mut dyn FnMut(u64, u64) -> bool;

/// Does what is asked, in its transaction.
pub(super) fn carry_out(
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
    let values = given::answers(writing, operation, &request.values)?;
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
    if let Some(why) = operation.one_by_one.filter(|_| request.aims.len() > 1) {
        return Err(StoreError::refused(why));
    }
    let mut refused = Vec::new();
    let mut records = Vec::with_capacity(request.aims.len());
    // Those of them in which something changed.
    let mut changed = Vec::new();
    let total = request.aims.count();
    // A row that something points at is refused by the database, which spoils all since the last
    // savepoint; one row among several is not to spoil the others.
    // What falls due is looked for again and again: one record in which something is wrong is not to keep the others.
    let by_itself = apart || request.due.is_some();
    let apart = operation.verb() == "delete" && request.is_bulk() || by_itself;
    // Rows are locked in the order of their ids, whoever asks: no two operations wait for each other.
    for (index, aim) in request.aims.iter().enumerate() {
        // Over a poor line each of them takes its time: how far it is, is told of each.
        if !watch(u64::try_from(index).unwrap_or(u64::MAX), total) {
            return Err(StoreError::failed(Failure::Cancelled));
        }
        if index.is_multiple_of(FLUSHED_EVERY) && request.is_bulk() {
            audit::flush(writing)?;
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
        let before = writing.noted();
        let outcome = if apart {
            writing.apart(|writing| run_on(writing, request, &record, aim))
        } else {
            run_on(writing, request, &record, aim)
        };
        match outcome {
            Ok(()) => {
                records.push(aim.id);
                changed.extend((writing.noted() > before).then_some(aim.id));
            }
            Err(error) if is_about_the_row(&error, by_itself) && request.is_bulk() => {
                refused.push((aim.id, record.title(), error.of_a_row()));
            }
            Err(error) => return Err(error),
        }
    }
    // What is left of it has no steps.
    if !watch(total, total) {
        return Err(StoreError::failed(Failure::Cancelled));
    }
    if !refused.is_empty() && (!request.partly || records.is_empty()) {
        return Err(StoreError::failed(Failure::RefusedRows(refused)));
    }
    writing.meant = Some(changed);
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

pub(super) fn run_on(
    writing: &mut Writing<'_>,
    request: &Request,
    record: &Record,
    aim: Aim,
) -> Result<(), StoreError> {
    let operation = request.operation;
    if let Some(version) = aim.version
        && version != record.version
    {
        return Err(StoreError::failed(Failure::Stale { what: record.title(), id: record.id }));
    }
    if let Some(due) = &request.due {
        crate::store::due::require_due(writing, due, record.id)?;
    }
    operation.open_to(record).map_err(StoreError::refused)?;
    require_passed(writing, operation, record)?;
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

/// That the time has come for what the clock does.
fn require_passed(writing: &Writing<'_>, operation: &Operation, record: &Record) -> Result<(), StoreError> {
    let Some((field, why)) = operation.not_before else { return Ok(()) };
    let has_passed = match record.get(field) {
        Value::Instant(at) => *at <= writing.now,
        Value::Date(day) => *day < day_of(writing.session.tenant.zone, writing.now),
        _ => true,
    };
    let verb = operation.verb().replace('_', " ");
    if has_passed { Ok(()) } else { Err(StoreError::refused(format!("cannot {verb}: {why}"))) }
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
    pub(super) fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read::begin_within(self.connection)?;
        let (noted, made, lose) = (self.entries.len(), self.made.len(), self.noted_to_lose.clone());
        let outcome = run(self);
        let outcome = read::finish(self.connection, outcome);
        if outcome.is_err() {
            // What did not come to be is not in the log, nor told.
            self.entries.truncate(noted);
            self.made.truncate(made);
            self.noted_to_lose = lose;
        }
        outcome
    }
}
