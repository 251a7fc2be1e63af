//! Many records at once, from a file: everything is checked first, then written in one transaction
//! with one audit run, which one undo takes back.
//!
//! Rows come in chunks, and no more than a chunk of them is kept: what must be known of the whole
//! file (which names occur in it, and where) is kept as hashes.

mod check;
mod names;
mod write;

use super::entity::{Entity, Field, FieldAccess};
use super::operation::{Does, Done, Operation, Request};
use super::session::Session;
use super::write::Kind;
use super::{Failure, Problem, Store, StoreError};
use crate::domain::{Id, Kind as FieldKind, Value};

use check::Checker;
use names::Names;

/// Rows that are checked and written together.
const CHUNK: usize = 500;

/// One row of a file.
#[derive(Clone, Debug, Default)]
pub struct BulkRow {
    /// The physical line that it begins on.
    pub line: u64,
    /// The record that it names by its id.
    pub id: Option<Id>,
    /// References are text: a number, a unique name or an id.
    pub values: Vec<(&'static Field, Value)>,
    /// What was wrong with it before the store saw it.
    pub problems: Vec<RowProblem>,
}

/// What is wrong with one field of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    pub field: String,
    /// What the row has there; secrets hidden.
    pub value: String,
    pub why: String,
}

/// Rows in the order of the file.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<BulkRow, StoreError>> + 'a>;

/// A file that can be read from its beginning more than once.
pub trait Source {
    /// Its rows.
    ///
    /// # Errors
    /// When it cannot be read, or is not what it was.
    fn rows(&self) -> Result<Rows<'_>, StoreError>;
}

/// Somebody who looks on.
pub trait Watch {
    /// Something is wrong with a row.
    fn problem(&mut self, line: u64, problem: &RowProblem);
    /// So many rows were read; `false` stops everything.
    fn progress(&mut self, phase: Phase, rows: u64) -> bool;
}

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Checking,
    Writing,
}

/// What may be done with the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulkRules {
    /// Records that exist are changed.
    pub update: bool,
    /// Nothing is written.
    pub dry_run: bool,
    /// Good rows are written even where others are bad.
    pub only_good: bool,
}

/// How it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub bad: u64,
    /// Whether something was written, and by which operation.
    pub operation: Option<Id>,
    /// The lines of the bad rows, in their order.
    pub bad_lines: Vec<u64>,
    /// The first record that was made.
    pub first: Option<Id>,
}

/// Whether a file may set a field. `status` is set as it is: an import may set any state.
#[must_use]
pub fn is_importable(field: &Field) -> bool {
    field.access != FieldAccess::Read
        || field.name == "status" && matches!(field.kind, FieldKind::Choice(_)) && field.column().is_some()
}

/// The operation by which records of a kind are brought in, where they can be.
#[must_use]
pub fn importing(entity: &'static Entity) -> Option<&'static Operation> {
    super::operation::of(entity).find(|operation| matches!(operation.does, Does::Import))
}

/// Looks at each chunk of a source's rows.
fn in_chunks(
    source: &dyn Source,
    mut look: impl FnMut(Vec<BulkRow>, u64) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut rows = source.rows()?;
    let mut first = 0;
    loop {
        let chunk: Vec<BulkRow> = rows.by_ref().take(CHUNK).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let count = chunk.len() as u64;
        look(chunk, first)?;
        first += count;
    }
}

/// A file of one row.
struct One(BulkRow);

impl Source for One {
    fn rows(&self) -> Result<Rows<'_>, StoreError> {
        Ok(Box::new(std::iter::once(Ok(self.0.clone()))))
    }
}

/// What is wrong with the only row.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Watch for Problems {
    fn problem(&mut self, _: u64, problem: &RowProblem) {
        self.0.push(Problem::new(&problem.field, &problem.why));
    }

    fn progress(&mut self, _: Phase, _: u64) -> bool {
        true
    }
}

fn cancelled() -> StoreError {
    StoreError::failed(Failure::Cancelled)
}

impl Store {
    /// Brings rows in: all of them checked, then all or nothing written.
    ///
    /// # Errors
    /// What the database says, or [`Failure::Cancelled`]; then nothing was written. Bad rows are no
    /// error: they are told to `watch` and counted.
    pub fn import(
        &self,
        session: &Session,
        operation: &'static Operation,
        source: &dyn Source,
        rules: BulkRules,
        watch: &mut dyn Watch,
    ) -> Result<Imported, StoreError> {
        self.import_under(session, operation, Id::new(), source, rules, watch)
    }

    /// An import of one row, which is what the operation is to those that know nothing of files.
    pub(super) fn import_one(&self, session: &Session, request: &Request) -> Result<Done, StoreError> {
        let done = |records| Done { operation: request.id, records, refused: Vec::new(), made: Vec::new() };
        if self.is_committed(session, request.id)? {
            return Ok(done(Vec::new()));
        }
        let mut row = BulkRow { line: 1, ..BulkRow::default() };
        for (name, value) in &request.values {
            match request.operation.entity.field(name).filter(|field| is_importable(field)) {
                Some(field) => row.values.push((field, value.clone())),
                None => return Err(StoreError::invalid(*name, "is not brought in from files")),
            }
        }
        let mut problems = Problems::default();
        let rules = BulkRules::default();
        let told = self.import_under(session, request.operation, request.id, &One(row), rules, &mut problems)?;
        if told.bad > 0 {
            return Err(StoreError::failed(Failure::Invalid(problems.0)));
        }
        Ok(done(told.first.into_iter().collect()))
    }

    fn import_under(
        &self,
        session: &Session,
        operation: &'static Operation,
        id: Id,
        source: &dyn Source,
        rules: BulkRules,
        watch: &mut dyn Watch,
    ) -> Result<Imported, StoreError> {
        session.require(operation.name)?;
        session.require_writing()?;
        let entity = operation.entity;
        let mut names = Names::of(entity);
        names.read(source)?;
        let mut told = Imported::default();
        let mut numbers = write::Numbers::default();
        self.check(session, entity, source, rules, (&mut names, &mut told, &mut numbers), watch)?;
        let something = told.new + told.changed > 0;
        if rules.dry_run || !something || (told.bad > 0 && !rules.only_good) {
            return Ok(told);
        }
        let numbers = self.reserve(session, entity, &numbers)?;
        let kind = Kind { name: operation.name, entity: entity.name, undo: operation.undo, bulk: true };
        let bad_lines = std::mem::take(&mut told.bad_lines);
        let written = self.write(session, id, &kind, |writing| {
            writing.session.require(operation.name)?;
            writing.connection.is_roomy(true)?;
            let written = write::write(writing, operation, source, rules, &names, numbers, &bad_lines, watch);
            // A line that is gone keeps nothing.
            let _ = writing.connection.is_roomy(false);
            written
        })?;
        Ok(Imported { operation: Some(id), bad: bad_lines.len() as u64, bad_lines, ..written })
    }

    /// The first pass: every row is looked at, every problem told.
    fn check(
        &self,
        session: &Session,
        entity: &'static Entity,
        source: &dyn Source,
        rules: BulkRules,
        (names, told, numbers): (&mut Names, &mut Imported, &mut write::Numbers),
        watch: &mut dyn Watch,
    ) -> Result<(), StoreError> {
        let mut checker = Checker::new(entity, rules);
        in_chunks(source, |rows, first| {
            if !watch.progress(Phase::Checking, first) {
                return Err(cancelled());
            }
            let mut checked = self.read(session, |reading| {
                checker.check(reading.connection, session, reading.now, rows.clone(), first, names)
            })?;
            for row in &mut checked {
                names.tell_twins(row);
                if let (Some(parent), true) = (row.parent, row.problems.is_empty()) {
                    names.hang(row.index, parent, row.line);
                }
                for problem in &row.problems {
                    watch.problem(row.line, problem);
                }
                match (&row.outcome, row.problems.is_empty()) {
                    (_, false) => {
                        told.bad += 1;
                        told.bad_lines.push(row.line);
                        names.spoil(row.index);
                    }
                    (check::Outcome::New(values), true) => {
                        told.new += 1;
                        numbers.note(entity, values.get("number"));
                    }
                    (check::Outcome::Changed(..), true) => told.changed += 1,
                    (check::Outcome::Same, true) => told.unchanged += 1,
                }
            }
            Ok(())
        })?;
        let circles = names.circles();
        for (line, problem) in circles.into_iter().chain(names.orphans()) {
            if let Err(place) = told.bad_lines.binary_search(&line) {
                watch.problem(line, &problem);
                told.bad_lines.insert(place, line);
                told.bad += 1;
                told.new = told.new.saturating_sub(1);
            }
        }
        Ok(())
    }
}
