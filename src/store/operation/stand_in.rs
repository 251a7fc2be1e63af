//! A record that cannot be written yet, with what stands in for what is missing or wrong in it: so that what its parts come
//! to is seen from the first line that is typed on. It is tried and taken back.

use super::doing::carry_out;
use super::rehearsal::patiently;
use super::{Does, Done, Request};
use crate::domain::time::day_of;
use crate::domain::{Id, Kind, Money, Percent, Value};
use crate::store::amounts::CURRENCY;
use crate::store::list::select;
use crate::store::sql::Statement;
use crate::store::write::Writing;
use crate::store::{Entity, Failure, Field, Problem, StoreError, entities};

/// Records that are tried one after the other in the place of the one that a reference is to name: not each may be named.
const TRIED: usize = 10;

/// Records that are looked at for them.
const LOOKED_AT: usize = 200;

/// What was tried so, and the fields of the record in which something stands in.
pub(super) struct StoodIn {
    pub request: Request,
    pub done: Done,
    pub fields: Vec<&'static str>,
}

/// What stands for a value that is missing.
struct Standing {
    field: &'static Field,
    /// Others that may stand for it.
    others: Vec<Value>,
}

/// Tries a request with parts in spite of what is wrong with the record that they belong to; none where that cannot be.
/// Amounts stay in the currency that they were typed in.
pub(super) fn try_standing_in(
    writing: &mut Writing<'_>,
    request: &Request,
    number: Option<&str>,
    wrong: Vec<Problem>,
) -> Result<Option<StoodIn>, StoreError> {
    let (mut request, mut patience) = (request.clone(), patiently());
    let (mut standing, mut wrong): (Vec<Standing>, _) = (Vec::new(), wrong);
    for _ in 0..request.operation.entity.fields.len() + TRIED {
        for problem in &wrong {
            if !give_way(writing, &mut request, &mut standing, &problem.field)? {
                return Ok(None);
            }
        }
        match writing.apart(|writing| carry_out(writing, &request, number, false, &mut patience)) {
            Ok(done) => {
                let fields = standing.iter().map(|standing| standing.field.name).collect();
                return Ok(Some(StoodIn { request, done, fields }));
            }
            Err(error) => match error.into_failure() {
                Failure::Invalid(problems) => wrong = problems,
                Failure::Refused(_) | Failure::Stale { .. } => return Ok(None),
                failure => return Err(StoreError::failed(failure)),
            },
        }
    }
    Ok(None)
}

/// Leaves out what is wrong, or puts something in the place of what is missing; answers whether there is anything to do.
fn give_way(
    writing: &mut Writing<'_>,
    request: &mut Request,
    standing: &mut Vec<Standing>,
    name: &str,
) -> Result<bool, StoreError> {
    let Some(field) = request.operation.entity.field(name).filter(|field| field.name != CURRENCY) else {
        return Ok(false);
    };
    let is_given = request.values.iter().any(|(known, _)| *known == field.name);
    request.values.retain(|(known, _)| *known != field.name);
    let stands = match standing.iter_mut().find(|standing| standing.field.name == field.name) {
        Some(standing) => standing.others.pop(),
        None if is_given => return Ok(true),
        // What is there already has it.
        None if !matches!(request.operation.does, Does::Create) => None,
        None => {
            let mut others = in_place_of(writing, request, field)?;
            let first = others.pop();
            standing.push(Standing { field, others });
            first
        }
    };
    let Some(stands) = stands else { return Ok(false) };
    request.values.push((field.name, stands));
    Ok(true)
}

/// What may stand for a missing value, the best last.
fn in_place_of(writing: &mut Writing<'_>, request: &Request, field: &Field) -> Result<Vec<Value>, StoreError> {
    if let Some(target) = field.reference.and_then(entities::find) {
        let ids = some_of(writing, target, request)?;
        return Ok(ids.into_iter().rev().map(Value::Id).collect());
    }
    Ok(match field.kind {
        Kind::Text | Kind::Lines => vec![Value::text("-")],
        Kind::Choice(words) => words.iter().rev().map(|word| Value::text(*word)).collect(),
        Kind::Bool => vec![Value::Bool(false)],
        Kind::Int => vec![Value::Int(1)],
        Kind::Money => vec![Value::Money(Money::ZERO)],
        Kind::Percent => vec![Value::Percent(Percent::default())],
        Kind::Date => vec![Value::Date(day_of(writing.session.tenant.zone, writing.now))],
        Kind::Instant => vec![Value::Instant(writing.now)],
        _ => Vec::new(),
    })
}

/// Some records that the session sees, in the currency of the request where they have one.
fn some_of(writing: &mut Writing<'_>, entity: &'static Entity, request: &Request) -> Result<Vec<Id>, StoreError> {
    if !writing.session.may(&entity.permission("read")) {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new();
    // Among the newest: nobody else writes to a file while this is tried.
    statement.push(format!("SELECT c.id AS i0 FROM (SELECT c.* FROM {} c", entity.table.name));
    select::push_where(&mut statement, writing.session, entity);
    statement.push(format!(" ORDER BY c.id DESC LIMIT {LOOKED_AT}) c WHERE 1 = 1"));
    if request.operation.entity.field(CURRENCY).is_some() && entity.field(CURRENCY).is_some() {
        let asked = request.value(CURRENCY).as_str();
        let home = writing.session.tenant.currency.as_str();
        statement.push(format!(" AND c.{CURRENCY} = ")).bind_text(if asked.is_empty() { home } else { asked });
    }
    statement.push(format!(" ORDER BY c.id DESC LIMIT {TRIED}"));
    Ok(statement.load(writing.connection)?.iter().filter_map(|row| row.0[0].as_id()).collect())
}
