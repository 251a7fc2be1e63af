//! The parts of a record, written with it: the lines of an order are there as one with the order, or not at all.

use super::doing::run_on;
use super::{Does, Operation, Request};
use crate::domain::{Id, Value};
use crate::store::aims::Aim;
use crate::store::write::Writing;
use crate::store::{Entity, Failure, Problem, Session, StoreError, engine, entities};

/// A part that is written with the record that it belongs to.
#[derive(Clone, Debug)]
pub struct Part {
    /// Makes, changes or takes away a part: see [`Entity::part_of`].
    pub operation: &'static Operation,
    /// Which one, at the version that was seen; none where it is new.
    pub aim: Option<Aim>,
    /// Its own values; the record that it belongs to goes without saying.
    pub values: Vec<(&'static str, Value)>,
}

/// What became of the parts of a request.
#[derive(Debug, Default)]
pub(in crate::store) struct Written {
    /// The parts as they are now, in the order in which they were given; none of what was taken away or is wrong.
    pub ids: Vec<Option<Id>>,
    /// What is wrong, each told by [`problem_of`].
    pub problems: Vec<Problem>,
}

/// The kind of record that records of a kind are made of, and the field of it that says what it is a part of.
#[must_use]
pub fn parts_of(whole: &'static Entity) -> Option<(&'static Entity, &'static str)> {
    let is_part = |part: &&'static Entity| {
        let field = part.part_of.and_then(|(field, _)| part.field(field));
        field.is_some_and(|field| field.reference == Some(whole.name))
    };
    let part = entities::all().find(is_part)?;
    part.part_of.map(|(field, _)| (part, field))
}

/// What is told of a field of a part: `order_items.2.quantity` of the second.
fn problem_of(part: &Part, index: usize, field: &str, message: String) -> Problem {
    Problem::new(format!("{}.{}.{field}", part.operation.entity.name, index + 1), message)
}

/// Which part a problem is told of, from 0 on, and which of its fields: the other way round.
#[must_use]
pub fn told_of<'p>(problem: &'p Problem, part: &Entity) -> Option<(usize, &'p str)> {
    let (index, field) = problem.field.strip_prefix(part.name)?.strip_prefix('.')?.split_once('.')?;
    Some((index.parse::<usize>().ok()?.checked_sub(1)?, field))
}

impl Request {
    /// Whoever writes a record with its parts needs the permission for each of them.
    pub(super) fn require_parts(&self, session: &Session) -> Result<(), StoreError> {
        for part in &self.parts {
            let belongs = parts_of(self.operation.entity).is_some_and(|(kind, _)| *kind == *part.operation.entity);
            if !belongs || !matches!(self.operation.does, Does::Create | Does::Update) {
                let told = format!("{} is no part of {}", part.operation.entity.singular, self.operation.entity.name);
                return Err(StoreError::unexpected(told));
            }
            session.require(part.operation.name)?;
        }
        Ok(())
    }
}

/// Writes the parts of a record: first what goes, then what changes, then what is new, so that one may take the place of
/// another. `all`: what is wrong with one keeps none of the others from being tried, and all of it is told.
///
/// # Errors
/// What is wrong with the first that cannot be written, unless `all`.
pub(super) fn write_parts(
    writing: &mut Writing<'_>,
    whole: (&'static Entity, Id),
    parts: &[Part],
    all: bool,
) -> Result<Written, StoreError> {
    let mut written = Written { ids: vec![None; parts.len()], problems: Vec::new() };
    let rank = |part: &Part| match (part.operation.does, part.aim) {
        (Does::Delete, _) => 0,
        (_, Some(_)) => 1,
        (_, None) => 2,
    };
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| rank(&parts[*index]));
    for index in order {
        let part = &parts[index];
        let outcome = if all {
            writing.apart(|writing| write_part(writing, whole, part))
        } else {
            write_part(writing, whole, part)
        };
        match outcome {
            Ok(id) => written.ids[index] = id,
            Err(error) => match error.into_failure() {
                Failure::Invalid(problems) if all => {
                    let told =
                        problems.into_iter().map(|problem| problem_of(part, index, &problem.field, problem.message));
                    written.problems.extend(told);
                }
                Failure::Invalid(problems) => {
                    let told =
                        problems.into_iter().map(|problem| problem_of(part, index, &problem.field, problem.message));
                    return Err(StoreError::failed(Failure::Invalid(told.collect())));
                }
                Failure::Refused(why) => {
                    let told = problem_of(part, index, "", why);
                    if !all {
                        return Err(StoreError::failed(Failure::Invalid(vec![told])));
                    }
                    written.problems.push(told);
                }
                failure => return Err(StoreError::failed(failure)),
            },
        }
    }
    Ok(written)
}

fn write_part(
    writing: &mut Writing<'_>,
    (whole, id): (&'static Entity, Id),
    part: &Part,
) -> Result<Option<Id>, StoreError> {
    let operation = part.operation;
    let Some((_, parent)) = parts_of(whole) else {
        return Err(StoreError::unexpected("a part of what has none"));
    };
    let Some(aim) = part.aim else {
        let mut values = part.values.clone();
        values.push((parent, Value::Id(id)));
        return engine::create(writing, operation, &values, None).map(Some);
    };
    // Somebody took it away, or made it another one: then the whole record is another one too.
    let stale = |what: String| StoreError::failed(Failure::Stale { what, id });
    let Some(record) = engine::fetch(writing, operation.entity, aim.id)? else {
        return Err(stale(format!("a {}", operation.entity.singular)));
    };
    let request = Request { values: part.values.clone(), ..Request::new(operation).on(aim.id, aim.version) };
    run_on(writing, &request, &record, aim).map_err(|error| match error.failure() {
        Failure::Stale { what, .. } => stale(what.clone()),
        _ => error,
    })?;
    Ok((!matches!(operation.does, Does::Delete)).then_some(aim.id))
}
