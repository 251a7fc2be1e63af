//! Valid values for every kind of record, and records on which every operation can be tried: what
//! the matrices over the registry are made from; one file a trade. A kind or operation without a
//! fixture fails them.

mod addresses;
mod booking_plans;
mod bookings;
mod contracts;
mod customers;
mod device_care;
mod devices;
mod expenses;
mod integrations;
mod invoices;
mod jobs;
mod leads;
mod ledger;
mod licenses;
mod messages;
mod notes;
mod orders;
mod organisation;
mod payments;
mod people;
mod products;
mod purchasing;
mod sessions;
mod shifts;
mod sla;
mod software;
mod stock;
mod stock_requests;
mod stock_takes;
mod templates;
mod tenancy;
mod testing;
mod tickets;
mod topologies;
mod tunnels;
mod views;
mod vouchers;
mod wallets;

use std::sync::atomic::{AtomicU32, Ordering};

use headend::domain::{Id, Value};
use headend::store::bulk::{BulkRow, BulkRules, Phase, RowProblem, Rows, Source, Watch};
use headend::store::operation::{self, Does, Operation, Request};
use headend::store::{Done, Entity, Failure, Problem, Session, StoreError, entities};

use crate::common::Lab;
use crate::common::lab::entity;

/// Tells apart what must be unique.
pub fn next() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// Fields and values as people write them; a reference as an id.
pub type Written = Vec<(&'static str, String)>;

pub fn written<const N: usize>(values: [(&'static str, &str); N]) -> Written {
    values.map(|(field, value)| (field, value.to_owned())).into()
}

/// Somebody who makes what a fixture needs.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    pub lab: &'a Lab,
    pub session: &'a Session,
    /// A number that nobody else has.
    pub n: u32,
}

impl Maker<'_> {
    /// `name = WHAT n`
    pub fn named(&self, field: &'static str, what: &str) -> (&'static str, String) {
        (field, format!("{what} {}", self.n))
    }

    /// A reference to a fresh record of a kind.
    pub fn refer(&self, field: &'static str, kind: &str) -> (&'static str, String) {
        (field, make(self.lab, self.session, kind).to_string())
    }

    /// A fresh record of a kind.
    pub fn make(&self, kind: &str) -> Id {
        make(self.lab, self.session, kind)
    }

    /// Does an operation that must go well, on a record at whatever version it has.
    pub fn act(&self, name: &str, id: Id, values: &Written) -> Done {
        let operation = operation::find(name).unwrap_or_else(|| panic!("there is no operation {name}"));
        let request = request(self.lab, self.session, operation, values).on(id, None);
        self.lab.store.perform(self.session, &request).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Makes something by an operation that takes no record.
    pub fn by(&self, name: &str, values: &Written) -> Id {
        let operation = operation::find(name).unwrap_or_else(|| panic!("there is no operation {name}"));
        let request = request(self.lab, self.session, operation, values);
        self.lab.store.perform(self.session, &request).unwrap_or_else(|error| panic!("{name}: {error}")).records[0]
    }
}

/// What is known of a kind of record for the matrices.
pub struct Fixture {
    pub kind: &'static str,
    /// What a new record is made from: every field that may be set, with valid values.
    pub values: fn(&Maker<'_>) -> Written,
    /// A field that every record of the kind may change, and another valid value for it; a `#` in it is a number that
    /// nobody else has.
    pub other: (&'static str, &'static str),
    /// How a record comes to be where nothing creates one by itself.
    pub make: Option<fn(&Maker<'_>) -> Id>,
    /// A record on which an operation can be done, where a fresh one in the first state that the move is open from will
    /// not do; by the operation's verb.
    pub ready: fn(&Maker<'_>, &str) -> Option<Id>,
    /// What an operation is answered to what it asks, by its verb.
    pub answers: fn(&Maker<'_>, &str) -> Written,
    /// What must be set in the database with a state that is put there past the store: `, used_at = …`.
    pub with_state: fn(&Lab, &str) -> String,
}

impl Fixture {
    pub const PLAIN: Self = Self {
        kind: "",
        values: |_| Vec::new(),
        other: ("", ""),
        make: None,
        ready: |_, _| None,
        answers: |_, _| Vec::new(),
        with_state: |_, _| String::new(),
    };
}

static DOMAINS: &[&[Fixture]] = &[
    customers::FIXTURES,
    devices::FIXTURES,
    people::FIXTURES,
    leads::FIXTURES,
    wallets::FIXTURES,
    vouchers::FIXTURES,
    products::FIXTURES,
    orders::FIXTURES,
    contracts::FIXTURES,
    notes::FIXTURES,
    bookings::FIXTURES,
    booking_plans::FIXTURES,
    stock::FIXTURES,
    stock_requests::FIXTURES,
    stock_takes::FIXTURES,
    purchasing::FIXTURES,
    jobs::FIXTURES,
    tickets::FIXTURES,
    sla::FIXTURES,
    shifts::FIXTURES,
    ledger::FIXTURES,
    invoices::FIXTURES,
    payments::FIXTURES,
    expenses::FIXTURES,
    licenses::FIXTURES,
    messages::FIXTURES,
    addresses::FIXTURES,
    sessions::FIXTURES,
    tunnels::FIXTURES,
    topologies::FIXTURES,
    software::FIXTURES,
    templates::FIXTURES,
    testing::FIXTURES,
    integrations::FIXTURES,
    tenancy::FIXTURES,
    device_care::FIXTURES,
    organisation::FIXTURES,
    views::FIXTURES,
];

fn fixture(kind: &str) -> &'static Fixture {
    DOMAINS
        .iter()
        .copied()
        .flatten()
        .find(|fixture| fixture.kind == kind)
        .unwrap_or_else(|| panic!("there is no fixture for {kind}: write one beside the others"))
}

/// The operations in four shares by their trades, for tests that take their time with each.
pub fn share(of: usize) -> impl Iterator<Item = &'static Operation> {
    let trades = entities::DOMAINS.iter().enumerate().filter(move |(place, _)| place % 4 == of);
    trades.flat_map(|(_, trade)| trade.operations)
}

fn maker<'a>(lab: &'a Lab, session: &'a Session) -> Maker<'a> {
    Maker { lab, session, n: next() }
}

/// What a new record of a kind is made from, as people write it: every field that may be set. What
/// it refers to is made by `maker`.
pub fn values(lab: &Lab, session: &Session, kind: &str) -> Written {
    (fixture(kind).values)(&maker(lab, session))
}

/// A field that every record of a kind may change, and another valid value for it.
pub fn another_value(kind: &str) -> (&'static str, String) {
    let (field, value) = fixture(kind).other;
    assert!(!field.is_empty(), "there is no other value for {kind}: write one in its fixture");
    (field, value.replace('#', &next().to_string()))
}

/// The operation that makes records of a kind.
pub fn creation(kind: &Entity) -> &'static Operation {
    operation::of(entity(kind.name))
        .find(|operation| matches!(operation.does, Does::Create))
        .unwrap_or_else(|| panic!("nothing makes {}", kind.name))
}

/// A request with values, read as a person of this session wrote them. A reference is an id.
pub fn request(lab: &Lab, session: &Session, operation: &'static Operation, written: &Written) -> Request {
    let mut request = Request::new(operation);
    let pairs = written.iter().map(|(field, value)| (*field, value.as_str()));
    // A file sets what a new record's form does.
    let form = if matches!(operation.does, Does::Import) { creation(operation.entity) } else { operation };
    request.values = operation::read_values(form, pairs, session.locale(lab.store.now()))
        .unwrap_or_else(|error| panic!("{}: {error}", operation.name));
    for (field, value) in &mut request.values {
        let asked = operation.asks.iter().find(|asked| asked.name == *field);
        let is_reference =
            asked.or_else(|| operation.entity.field(field)).is_some_and(|field| field.reference.is_some());
        if let (true, Ok(id)) = (is_reference, value.as_str().parse::<Id>()) {
            *value = Value::Id(id);
        }
    }
    request
}

/// Whether people make records of a kind, and how is known here.
pub fn can_be_made(kind: &Entity) -> bool {
    let creates = operation::of(entity(kind.name)).any(|operation| matches!(operation.does, Does::Create));
    creates || DOMAINS.iter().copied().flatten().any(|fixture| fixture.kind == kind.name && fixture.make.is_some())
}

/// A new record of a kind with all that can be set.
pub fn make(lab: &Lab, session: &Session, kind: &str) -> Id {
    if let Some(make) = fixture(kind).make {
        return make(&maker(lab, session));
    }
    let request = request(lab, session, creation(entity(kind)), &values(lab, session, kind));
    lab.store.perform(session, &request).unwrap_or_else(|error| panic!("{kind}: {error}")).records[0]
}

/// A request for an operation that goes well when `session` makes it, on a fresh record of theirs.
pub fn valid(lab: &Lab, session: &Session, operation: &'static Operation) -> Request {
    let kind = operation.entity.name;
    let answers = || (fixture(kind).answers)(&maker(lab, session), operation.verb());
    match operation.does {
        Does::Create | Does::Import => request(lab, session, operation, &values(lab, session, kind)),
        Does::Make(_) => request(lab, session, operation, &answers()),
        Does::Update => {
            let (field, value) = another_value(kind);
            aimed(lab, session, request(lab, session, operation, &vec![(field, value)]), make(lab, session, kind))
        }
        Does::Delete => {
            let id = (fixture(kind).ready)(&maker(lab, session), operation.verb());
            aimed(lab, session, Request::new(operation), id.unwrap_or_else(|| make(lab, session, kind)))
        }
        Does::Move(_) | Does::Custom(_) => {
            let ready = (fixture(kind).ready)(&maker(lab, session), operation.verb());
            let id = ready.unwrap_or_else(|| {
                let id = make(lab, session, kind);
                let moves = operation.entity.lifecycle.map_or(&[][..], |lifecycle| lifecycle.moves);
                let listed = moves.iter().find(|m| m.verb == operation.verb());
                assert!(
                    listed.is_some() || matches!(operation.does, Does::Custom(_)),
                    "{}: no such move",
                    operation.name
                );
                if let Some(listed) = listed {
                    put_into_state(lab, operation.entity, id, listed.from[0]);
                }
                id
            });
            aimed(lab, session, request(lab, session, operation, &answers()), id)
        }
    }
}

/// A request on a record at the version that it has.
fn aimed(lab: &Lab, session: &Session, request: Request, id: Id) -> Request {
    let record = lab.store.get(session, request.operation.entity, id).expect("the record");
    request.on(id, Some(record.expect("the record is there").version))
}

/// Gives the records of a request to a person, where records of their kind belong to people: nobody acts on another's.
pub fn hand_over(lab: &Lab, request: &Request, person: &Session) {
    let entity = request.operation.entity;
    let (Some(owner), Some(user)) = (entity.owner, person.user()) else { return };
    let column = entity.field(owner.field).and_then(|field| field.column()).expect("the owner's column");
    let mut raw = lab.at_hand();
    for aim in &request.aims {
        let (user, id) = (raw.id(user), raw.id(aim.id));
        raw.execute(&format!("UPDATE {} SET {column} = {user} WHERE id = {id}", entity.table.name));
    }
}

/// Makes a request, an import as a file of one row.
pub fn perform(lab: &Lab, session: &Session, request: &Request) -> Result<Done, StoreError> {
    let operation = request.operation;
    if !matches!(operation.does, Does::Import) {
        return lab.store.perform(session, request);
    }
    let values = request.values.iter().map(|(name, value)| {
        let field = operation.entity.field(name).expect("a known field");
        (field, value.as_id().map_or_else(|| value.clone(), |id| Value::text(id.to_string())))
    });
    let file = File(BulkRow { line: 2, values: values.collect(), ..BulkRow::default() });
    let mut told = Told(Vec::new());
    let imported = lab.store.import(session, operation, &file, BulkRules::default(), &mut told)?;
    let Some(id) = imported.operation else { return Err(StoreError::failed(Failure::Invalid(told.0))) };
    let mut raw = lab.at_hand();
    let rest = format!("FROM audit_log WHERE first_id IS NOT NULL AND operation_id = {}", raw.id(id));
    let first = raw.hex_of_id("first_id");
    let records = raw.texts(&first, &rest).iter().map(|id| id.parse().expect("an id")).collect();
    Ok(Done { operation: id, records, refused: Vec::new() })
}

struct File(BulkRow);

impl Source for File {
    fn rows(&self) -> Result<Rows<'_>, StoreError> {
        Ok(Box::new(std::iter::once(Ok(self.0.clone()))))
    }
}

struct Told(Vec<Problem>);

impl Watch for Told {
    fn problem(&mut self, _: u64, problem: &RowProblem) {
        self.0.push(Problem::new(&*problem.field, &*problem.why));
    }

    fn progress(&mut self, _: Phase, _: u64) -> bool {
        true
    }
}

/// Puts a record into a state, whatever moves lead there.
pub fn put_into_state(lab: &Lab, kind: &Entity, id: Id, state: &str) {
    let extra = (fixture(kind.name).with_state)(lab, state);
    let mut raw = lab.at_hand();
    let id = raw.id(id);
    raw.execute(&format!("UPDATE {} SET status = '{state}'{extra} WHERE id = {id}", kind.table.name));
}
