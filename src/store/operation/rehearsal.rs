//! What would come of something, found by trying: what is done here is taken back before anybody sees it.
//!
//! A state says by itself what can be done to a record. What other records decide (a contract that has its successor, a
//! role that somebody has, a site that devices stand on) is known to the operation's own rules alone, and to the
//! database: so that a menu says it beforehand, they are asked by being run. The same tells what a wallet would move by.

use std::collections::BTreeMap;
use std::time::Duration;

use super::doing::{carry_out, run_on};
use super::parts::parts_of;
use super::stand_in::try_standing_in;
use super::{Does, Done, Operation, Request};
use crate::domain::{Id, Money, Value};
use crate::store::aims::{Aim, Aims};
use crate::store::audit::{About, IDENTITY};
use crate::store::customers::CUSTOMERS;
use crate::store::payments::PAYMENTS;
use crate::store::wallets::WALLET_ENTRIES;
use crate::store::write::Writing;
use crate::store::{Entity, Failure, Problem, Record, Session, Store, StoreError, engine, given};

/// Records that something is tried on at most: with more of them, states alone tell.
pub const MOST_TRIED: usize = 25;

/// Records of which it is worked out at most by what wallets would move.
pub const MOST_FORESEEN: usize = 500;

/// So long it is worked out at most: nobody else writes to a file meanwhile, nor to these records anywhere.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks on while something is tried, until that takes too long: [`Failure::Cancelled`] then.
pub(in crate::store) fn patiently() -> impl FnMut(u64, u64) -> bool {
    let begun = std::time::Instant::now();
    move |_, _| begun.elapsed() < PATIENCE
}

/// What one operation would refuse.
#[derive(Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// The operation's name.
    pub operation: &'static str,
    /// The records that it would leave as they are, and why.
    pub refused: Vec<(Id, String)>,
    /// Why one that is done to no record would not be done.
    pub closed: Option<String>,
}

/// What would come of a request.
#[derive(Debug, Default, PartialEq)]
pub struct Foreseen {
    /// By what wallets would move.
    pub moved: Vec<Moved>,
    /// The payments that would be made or changed.
    pub payments: Vec<Paid>,
    /// Whether money would change hands or be booked, in a wallet or outside.
    pub is_of_money: bool,
    /// The kinds of what would go with the records that are taken away, and how many.
    pub gone: Vec<(&'static str, usize)>,
    /// Why none of it would be done.
    pub refused: Option<String>,
    /// Records that would be left as they are, what they are called, and why.
    pub left: Vec<(Id, String, String)>,
    /// What is wrong with fields, where that is why; of its parts, all that is wrong with any.
    pub problems: Vec<Problem>,
    /// The record that it would make or change, with what is worked out in it. Where that is refused for what is wrong in it,
    /// as far as its parts come to something all the same.
    pub record: Option<Record>,
    /// The parts that would be written with it, in the order in which they were given; none of what goes or is wrong.
    pub parts: Vec<Option<Record>>,
}

/// The kind of record of which one is written wherever a wallet moves.
pub(in crate::store) const OF_WALLETS: &str = "wallet_entries";
/// The kinds of which one is written wherever money changes hands or is booked besides.
pub(in crate::store) const OF_BOOKS: [&str; 2] = ["payments", "journal_entries"];

fn is_of_money(kind: &str) -> bool {
    kind == OF_WALLETS || OF_BOOKS.contains(&kind)
}

/// A customer's wallet, moved.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the customer is called.
    pub customer: String,
    /// Negative where it goes out of the wallet.
    pub amount: Money,
    pub balance_after: Money,
    /// ISO 4217.
    pub currency: String,
    /// What for.
    pub note: String,
}

/// A payment, as it would be.
#[derive(Debug, PartialEq, Eq)]
pub struct Paid {
    /// What the payment is called.
    pub title: String,
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// Its state.
    pub status: String,
}

impl Operation {
    /// Whether it can be tried without being told anything: it asks for nothing that decides.
    #[must_use]
    pub const fn can_be_tried(&self) -> bool {
        !matches!(self.does, Does::Create | Does::Import | Does::Update)
            && (self.asks.is_empty() || !self.answers_decide)
    }
}

impl Store {
    /// Tries operations on records, each by itself, and takes all of it back. What is done to no record is tried once.
    ///
    /// # Errors
    /// When the session may not write, somebody else writes for long, or the database says so.
    pub fn rehearse(
        &self,
        session: &Session,
        operations: &[&'static Operation],
        aims: &Aims,
    ) -> Result<Vec<Rehearsed>, StoreError> {
        let tried: Vec<_> =
            operations.iter().filter(|operation| operation.can_be_tried() && session.may(operation.name)).collect();
        self.write_without_trace(session, |writing| {
            let mut rehearsed = Vec::new();
            let mut going = patiently();
            for operation in &tried {
                let (mut refused, mut closed) = (Vec::new(), None);
                if operation.takes_records() {
                    for aim in aims.iter() {
                        // What is not known by then stays open: others wait.
                        if !going(0, 0) {
                            return Ok(rehearsed);
                        }
                        refused.extend(why_not(writing, operation, aim.id)?.map(|why| (aim.id, why)));
                    }
                } else {
                    let request = Request::new(operation);
                    let run = |writing: &mut Writing<'_>| carry_out(writing, &request, None, false, &mut patiently());
                    closed = why_refused(writing, |writing| run(writing).map(drop))?;
                }
                rehearsed.push(Rehearsed { operation: operation.name, refused, closed });
            }
            Ok(rehearsed)
        })
    }

    /// Tries what is asked, and takes it back: what it would come to.
    ///
    /// # Errors
    /// When the session may not do it, somebody else writes for long, or the database says so; [`Failure::Cancelled`] where
    /// it is too much to be tried.
    pub fn foresee(&self, session: &Session, request: &Request) -> Result<Foreseen, StoreError> {
        session.require(request.operation.name)?;
        request.require_parts(session)?;
        self.write_without_trace(session, |writing| {
            writing.tries_all = true;
            // Nobody's number: it is given out when the record is made.
            let number = Id::new().to_string();
            let number = number.get(24..);
            match writing.apart(|writing| carry_out(writing, request, number, request.is_bulk(), &mut patiently())) {
                Ok(done) => came_to(writing, request, &done),
                Err(error) if is_a_refusal(&error) => {
                    let refused = Some(error.to_string());
                    let problems =
                        if let Failure::Invalid(problems) = error.into_failure() { problems } else { Vec::new() };
                    let mut foreseen = parts_alone(writing, request, number, &problems)?;
                    foreseen.problems.extend(problems);
                    Ok(Foreseen { refused, ..foreseen })
                }
                Err(error) => Err(error),
            }
        })
    }
}

/// What a taking back would come to, which is run here.
pub(in crate::store) fn foreseen_of_undo(
    writing: &mut Writing<'_>,
    take_back: impl FnOnce(&mut Writing<'_>) -> Result<(), StoreError>,
) -> Result<Foreseen, StoreError> {
    match take_back(writing) {
        Ok(()) => Ok(Foreseen { moved: moved(writing)?, payments: payments(writing)?, ..Foreseen::default() }),
        Err(error) if is_a_refusal(&error) => Ok(Foreseen { refused: Some(error.to_string()), ..Foreseen::default() }),
        Err(error) => Err(error),
    }
}

const fn is_a_refusal(error: &StoreError) -> bool {
    matches!(
        error.failure(),
        Failure::Refused(_) | Failure::RefusedRows(_) | Failure::Invalid(_) | Failure::Stale { .. }
    )
}

/// What was written, before it is taken back.
fn came_to(writing: &mut Writing<'_>, request: &Request, done: &Done) -> Result<Foreseen, StoreError> {
    let written = std::mem::take(&mut writing.parts);
    let mut foreseen = Foreseen {
        moved: moved(writing)?,
        payments: payments(writing)?,
        is_of_money: writing.entries.iter().any(|entry| is_of_money(entry.entity_type) && moves_money(&entry.about)),
        gone: match request.operation.does {
            Does::Delete => gone_along(writing, request.operation.entity),
            _ => Vec::new(),
        },
        problems: written.problems,
        left: done.refused.clone(),
        ..Foreseen::default()
    };
    if let ([id], Some((part, _))) = (done.records.as_slice(), parts_of(request.operation.entity)) {
        foreseen.record = engine::fetch(writing, request.operation.entity, *id)?;
        for id in written.ids {
            foreseen.parts.push(match id {
                Some(id) => engine::fetch(writing, part, id)?,
                None => None,
            });
        }
    }
    Ok(foreseen)
}

/// What the parts come to of a record that cannot be written yet, and what is wrong with them.
fn parts_alone(
    writing: &mut Writing<'_>,
    request: &Request,
    number: Option<&str>,
    wrong: &[Problem],
) -> Result<Foreseen, StoreError> {
    if request.parts.is_empty() || wrong.is_empty() {
        return Ok(Foreseen::default());
    }
    let Some(stood_in) = try_standing_in(writing, request, number, wrong.to_vec())? else {
        return Ok(Foreseen::default());
    };
    let Foreseen { record, parts, problems, .. } = came_to(writing, &stood_in.request, &stood_in.done)?;
    let record = record.map(|record| stood_in.fields.iter().fold(record, |record, field| record.without(field)));
    Ok(Foreseen { record, parts, problems, ..Foreseen::default() })
}

/// Why an operation is not done to a record, whatever it is told.
fn why_not(writing: &mut Writing<'_>, operation: &'static Operation, id: Id) -> Result<Option<String>, StoreError> {
    let Some(record) = engine::fetch(writing, operation.entity, id)? else { return Ok(None) };
    why_refused(writing, |writing| {
        let values = match operation.does {
            Does::Move(_) => Vec::new(),
            _ => given::answers(writing, operation, &[])?,
        };
        let request = Request { values, ..Request::new(operation).on(id, None) };
        run_on(writing, &request, &record, Aim { id, version: None })
    })
}

/// Why something is refused that is run here and taken back.
fn why_refused(
    writing: &mut Writing<'_>,
    run: impl FnOnce(&mut Writing<'_>) -> Result<(), StoreError>,
) -> Result<Option<String>, StoreError> {
    let mut outcome = Ok(());
    let _ = writing.apart(|writing| -> Result<(), StoreError> {
        outcome = run(writing);
        Err(StoreError::failed(Failure::Cancelled))
    });
    match outcome {
        Err(error) if matches!(error.failure(), Failure::Refused(_)) => Ok(Some(error.of_a_row())),
        Err(error) if error.is_lost_line() => Err(error),
        // Something is to be answered first, or somebody else is at it: that decides nothing.
        Ok(()) | Err(_) => Ok(None),
    }
}

/// Whether a record of money is another one then than to whom it belongs: it was made or taken away, or is for more or less,
/// or in another state.
fn moves_money(about: &About) -> bool {
    match about {
        About::Nothing => false,
        About::Run { .. } => true,
        About::One { changes, .. } => [IDENTITY, "amount", "status"].iter().any(|field| changes.get(field).is_some()),
    }
}

/// What was taken away besides records of this kind.
fn gone_along(writing: &Writing<'_>, entity: &Entity) -> Vec<(&'static str, usize)> {
    let mut gone: BTreeMap<&'static str, usize> = BTreeMap::new();
    for entry in writing.entries.iter().filter(|entry| entry.entity_type != entity.name) {
        if let About::One { changes, .. } = &entry.about
            && changes.get(IDENTITY).is_some_and(|identity| identity["after"].is_null())
        {
            *gone.entry(entry.entity_type).or_default() += 1;
        }
    }
    gone.into_iter().collect()
}

/// The records of money of a kind that were written so, each once.
fn written(writing: &Writing<'_>, kind: &Entity) -> Vec<Id> {
    let of_kind = writing.entries.iter().filter(|entry| entry.entity_type == kind.name && moves_money(&entry.about));
    let mut ids: Vec<Id> = Vec::new();
    for entry in of_kind {
        if let About::One { id, .. } = entry.about
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// The payments that were written, as they are by then.
fn payments(writing: &mut Writing<'_>) -> Result<Vec<Paid>, StoreError> {
    let mut payments = Vec::new();
    for id in written(writing, &PAYMENTS) {
        let Some(payment) = engine::fetch(writing, &PAYMENTS, id)? else { continue };
        if let Value::Money(amount) = payment.get("amount") {
            payments.push(Paid {
                title: payment.title(),
                amount: *amount,
                currency: payment.get("currency").as_str().to_owned(),
                status: payment.get("status").as_str().to_owned(),
            });
        }
    }
    Ok(payments)
}

/// The movements of wallets that were written.
fn moved(writing: &mut Writing<'_>) -> Result<Vec<Moved>, StoreError> {
    let mut moved = Vec::new();
    for id in written(writing, &WALLET_ENTRIES) {
        let Some(entry) = engine::fetch(writing, &WALLET_ENTRIES, id)? else { continue };
        let (Some(customer), Value::Money(amount), Value::Money(balance_after)) =
            (entry.get("customer_id").as_id(), entry.get("amount"), entry.get("balance_after"))
        else {
            continue;
        };
        let customer = writing.look(&CUSTOMERS, customer)?;
        moved.push(Moved {
            customer: customer.title(),
            amount: *amount,
            balance_after: *balance_after,
            currency: customer.get("currency").as_str().to_owned(),
            note: entry.get("note").as_str().to_owned(),
        });
    }
    Ok(moved)
}
