//! Lists: a filter, a sort and a position compiled to one statement, for both databases with the
//! same answers.
//!
//! Pages are keyset pages: they are continued from the keys of a row that was shown, never counted
//! off from the beginning, so that the last page of a million rows costs what the first one does.

mod among;
mod apart;
mod beside;
mod compile;
mod listed;
mod looking;
pub mod marks;
mod misnamed;
mod named;
pub mod names;
mod order;
mod page;
mod pattern;
mod plan;
pub mod scope;
pub(crate) mod select;
mod tested;
mod texts;
mod words;

use std::collections::BTreeSet;

use super::entity::{Entity, Field, Source};
use super::error::Failure;
use super::read::Reading;
use super::session::Session;
use super::sql::{Statement, alias};
use super::{Problem, Record, Store, StoreError, entities};
use crate::domain::filter::{self, Mistake, Resolved, Test};
use crate::domain::value::Locale;
use crate::domain::{Id, Kind, Value, text};

pub(super) use compile::expression;
pub(super) use looking::count;
pub use order::is_sorted_by;
pub use page::{Cursor, From, Page};
pub(super) use texts::push_holds;

/// A list that somebody asks for.
#[derive(Clone, Debug)]
pub struct ListRequest {
    pub entity: &'static Entity,
    pub fields: Vec<&'static Field>,
    pub filter: Resolved,
    pub sort: Vec<Sort>,
    pub limit: usize,
    pub from: From,
    pub effort: Effort,
}

/// How far a filter is followed where no index answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// To the end, however many rows have to be looked at.
    Whole,
    /// No further than so many rows at a time: what is found by then is the answer so far.
    Rows(u64),
}

impl Effort {
    /// What a person waits for without noticing.
    pub const GLANCE: Self = Self::Rows(50_000);
}

/// One key of a sort.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    pub field: &'static Field,
    pub descending: bool,
}

impl PartialEq for Sort {
    fn eq(&self, other: &Self) -> bool {
        self.field.name == other.field.name && self.descending == other.descending
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How many there are, counted no further than asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub number: u64,
    /// `false`: at least so many.
    pub exact: bool,
}

/// Rows that a command shows where nobody says how many.
pub const SHOWN: usize = 50;
/// The counting of lists stops here until somebody asks for more.
pub const COUNT_CAP: u64 = 10_000;
/// Rows whose values are offered for completion, at most: as one types on they are others.
const VALUES_LOOKED_AT: u64 = 5_000;
/// Rows that may be sorted without an index.
const MOST_TO_SORT: u64 = 100_000;

impl ListRequest {
    /// All of an entity, by its default sort, with every field that is not secret.
    #[must_use]
    pub fn all(entity: &'static Entity, limit: usize) -> Self {
        let fields = entity.fields.iter().filter(|field| field.kind != Kind::Secret).collect();
        let sort = parse_sort(entity, entity.default_sort).unwrap_or_default();
        Self { entity, fields, filter: Resolved::All, sort, limit, from: From::Start, effort: Effort::Whole }
    }
}

/// Reads `name,-expires_at`.
///
/// # Errors
/// Which field cannot be sorted by, and those that can.
pub fn parse_sort(entity: &'static Entity, text: &str) -> Result<Vec<Sort>, StoreError> {
    let mut keys: Vec<Sort> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let called = entity.field(name).or_else(|| field_called(entity, name));
        let Some(field) = called.filter(|field| is_sorted_by(field)) else {
            let known: Vec<&str> = entity.fields.iter().filter(|f| is_sorted_by(f)).map(|f| f.name).collect();
            return Err(StoreError::invalid(
                "sort",
                format!("{} are not sorted by ‘{name}’. There are: {}", entity.name, known.join(", ")),
            ));
        };
        if !keys.iter().any(|key| key.field.name == field.name) {
            keys.push(Sort { field, descending });
        }
    }
    Ok(keys)
}

/// Reads a filter for an entity.
///
/// # Errors
/// What is wrong, and where it stands in the text.
pub fn parse_filter(entity: &'static Entity, text: &str, locale: Locale) -> Result<Resolved, Mistake> {
    filter::resolve(&filter::parse(text)?, &Filterable(entity), locale)
}

/// A mistake in a filter as an error of the store.
#[must_use]
pub fn mistaken(mistake: &Mistake) -> StoreError {
    let mut message = mistake.message.clone();
    if !mistake.expected.is_empty() {
        message.push_str(&format!(" (there fits: {})", mistake.expected.join(", ")));
    }
    StoreError::failed(Failure::Invalid(vec![Problem::new("filter", message)]))
}

/// What a filter over an entity may name.
pub struct Filterable(pub &'static Entity);

/// The field that goes by another name than its own: as the screens call it, or a part of its name.
pub(super) fn field_called(entity: &'static Entity, name: &str) -> Option<&'static Field> {
    entity.field(names::Names::of(entity).field(&name.to_lowercase())?)
}

impl filter::Fields for Filterable {
    fn field(&self, path: &str) -> Option<filter::Field> {
        if let Some((reference, rest)) = path.split_once('.') {
            let target = entities::find(self.0.field(reference)?.reference?)?;
            return Self(target).field(rest);
        }
        let field = self.0.field(path)?;
        Some(match field.reference {
            Some("users") => filter::Field::person(),
            Some(_) => filter::Field::reference(),
            None if self.0.digits_of(field.name).is_some() => filter::Field::phone(),
            None if field.verbatim => filter::Field::verbatim(),
            None if field.words.is_some() => filter::Field::words(),
            None => filter::Field::plain(field.kind),
        })
    }

    fn proper(&self, path: &str) -> Option<String> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let other = || names::Names::of(self.0).field(first).and_then(|name| self.0.field(name));
        let own = self.0.field(&first.replace('-', "_")).or_else(other)?;
        match rest {
            None => Some(own.name.to_owned()),
            Some(rest) => Some(format!("{}.{}", own.name, Self(entities::find(own.reference?)?).proper(rest)?)),
        }
    }

    fn proper_relation(&self, name: &str) -> Option<String> {
        let own = entities::relations(self.0).iter().map(|relation| relation.name).find(|known| *known == name);
        own.or_else(|| names::Names::of(self.0).relation(name)).map(str::to_owned)
    }

    fn unit(&self, name: &str, proper: &str) -> i64 {
        // It is shown, and so spoken of, in milliseconds.
        let kept = "latency_us";
        if proper.ends_with(kept) && !name.replace('-', "_").ends_with(kept) { 1_000 } else { 1 }
    }

    fn behind(&self, path: &str) -> Option<Box<dyn filter::Fields + '_>> {
        let (entity, field) = self.reached(path)?;
        Some(Box::new(Self(entities::find(entity.field(field)?.reference?)?)))
    }

    fn condition(&self, name: &str) -> bool {
        self.0.conditions.iter().any(|condition| condition.name == name)
    }

    fn relation(&self, name: &str) -> Option<Box<dyn filter::Fields + '_>> {
        let relation = entities::relations(self.0).iter().find(|relation| relation.name == name)?;
        Some(Box::new(Self(entities::find(relation.entity)?)))
    }

    fn names(&self) -> Vec<String> {
        self.0.fields.iter().filter(|field| field.kind != Kind::Secret).map(|field| field.name.to_owned()).collect()
    }

    fn conditions(&self) -> Vec<String> {
        self.0.conditions.iter().map(|condition| condition.name.to_owned()).collect()
    }

    fn relations(&self) -> Vec<String> {
        entities::relations(self.0).iter().map(|relation| relation.name.to_owned()).collect()
    }
}

impl Filterable {
    /// The field at the end of a path through references, and the kind of record that has it.
    fn reached(&self, path: &str) -> Option<(&'static Entity, &'static str)> {
        match path.split_once('.') {
            None => self.0.field(path).map(|field| (self.0, field.name)),
            Some((first, rest)) => Self(entities::find(self.0.field(first)?.reference?)?).reached(rest),
        }
    }

    /// The field that a value is typed for, by its proper path from what is related over these relations; and the kind
    /// of record that has it.
    #[must_use]
    pub fn field_at(&self, relations: &[String], path: &str) -> Option<(&'static Entity, &'static Field)> {
        if let Some((first, others)) = relations.split_first() {
            let relation = entities::relations(self.0).iter().find(|relation| relation.name == first)?;
            return Self(entities::find(relation.entity)?).field_at(others, path);
        }
        let (entity, field) = self.reached(path)?;
        Some((entity, entity.field(field)?))
    }
}

impl Store {
    /// One page of a list.
    ///
    /// # Errors
    /// When the session may not read it, the sort has no index and too many rows, or the database
    /// says so.
    pub fn list(&self, session: &Session, request: &ListRequest) -> Result<Page, StoreError> {
        session.require(&request.entity.permission("read"))?;
        self.read(session, |reading| load(reading, request))
    }

    /// The first page of each of several lists in one look at the data, with how many there are of each, counted no
    /// further than `cap`.
    ///
    /// # Errors
    /// When the session may not read one of them or the database says so.
    pub fn first_pages(
        &self,
        session: &Session,
        requests: &[ListRequest],
        cap: u64,
    ) -> Result<Vec<(Page, Count)>, StoreError> {
        for request in requests {
            session.require(&request.entity.permission("read"))?;
        }
        self.read(session, |reading| {
            requests
                .iter()
                .map(|request| {
                    check_sort(reading, request)?;
                    let page = page::load(reading, request)?;
                    let number = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
                    let all = Count { number, exact: true };
                    let count = if page.more_after {
                        count(reading, request.entity, &request.filter, cap, request.effort)?
                    } else {
                        all
                    };
                    Ok((page, count))
                })
                .collect()
        })
    }

    /// How many records a filter matches, counted no further than `cap` and, where no index knows them, `effort`.
    ///
    /// # Errors
    /// When the session may not read them or the database says so.
    pub fn count(
        &self,
        session: &Session,
        entity: &'static Entity,
        filter: &Resolved,
        cap: u64,
        effort: Effort,
    ) -> Result<Count, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| count(reading, entity, filter, cap, effort))
    }

    /// One whole record by its id; `None` where the session sees none.
    ///
    /// # Errors
    /// When the session may not read it or the database says so.
    pub fn get(&self, session: &Session, entity: &'static Entity, id: Id) -> Result<Option<Record>, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| select::to_show(reading.connection, session, entity, id))
    }

    /// The record that goes by a number, a unique name or an id.
    ///
    /// # Errors
    /// When there is none or more than one.
    pub fn get_named(&self, session: &Session, entity: &'static Entity, named: &str) -> Result<Record, StoreError> {
        session.require(&entity.permission("read"))?;
        self.read(session, |reading| {
            let ids = select::named(reading.connection, session, entity, named)?;
            let not_found = || StoreError::not_found(entity.singular, text::clean(named).into_owned());
            match ids.as_slice() {
                [id] => select::to_show(reading.connection, session, entity, *id)?.ok_or_else(not_found),
                [] => Err(not_found()),
                several => Err(StoreError::refused(format!(
                    "‘{}’ names {} {}: give the number or id",
                    text::clean(named),
                    several.len(),
                    entity.name
                ))),
            }
        })
    }

    /// Values of a field of texts, addresses or other records that occur and hold what was typed (addresses begin with it), for
    /// completion.
    ///
    /// # Errors
    /// When the session may not read them or the database says so.
    pub fn values_of(
        &self,
        session: &Session,
        entity: &'static Entity,
        field: &'static Field,
        typed: &str,
        most: usize,
    ) -> Result<Vec<String>, StoreError> {
        session.require(&entity.permission("read"))?;
        let held = text::fold(typed);
        if let Some(words) = field.words {
            return self.read(session, |reading| {
                Ok(offered(listed::occurring(reading, entity, words, &held, VALUES_LOOKED_AT)?, &held, most))
            });
        }
        let target = field.reference.and_then(entities::find);
        if target.is_some_and(|target| !session.may(&target.permission("read"))) {
            return Ok(Vec::new());
        }
        let (entity, column) = match (target, field.source) {
            (Some(target), _) => (target, target.label),
            (None, Source::Column(column)) if field.kind == Kind::Text => (entity, column),
            (None, Source::Column(column)) if matches!(field.kind, Kind::Ip | Kind::Cidr | Kind::Mac) => {
                return self.addresses_of(session, entity, (field, column), typed, most);
            }
            _ => return Ok(Vec::new()),
        };
        self.read(session, |reading| {
            let mut statement = Statement::new();
            let mut request = Resolved::All;
            if !held.is_empty() && target.is_some() {
                request = Resolved::OwnWord(typed.to_owned());
            } else if !held.is_empty() {
                request = Resolved::Compare { field: field.name.to_owned(), test: Test::Contains(held.clone()) };
            }
            let (taken, _) = looking::within(reading, entity, &request, Effort::GLANCE)?;
            statement
                .push(format!("SELECT DISTINCT t0 FROM (SELECT c.{column} AS t0"))
                .push(select::from_own(entity))
                .append(taken)
                .push(format!(" LIMIT {VALUES_LOOKED_AT}) looked ORDER BY 1"));
            let rows = statement.load(reading.connection)?;
            let values = rows.into_iter().filter_map(|row| row.0.into_iter().next());
            let texts = values.filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None });
            Ok(offered(texts, &held, most))
        })
    }

    /// Addresses that occur in a field and begin with what was typed, in the order of their numbers.
    fn addresses_of(
        &self,
        session: &Session,
        entity: &'static Entity,
        (field, column): (&'static Field, &'static str),
        typed: &str,
        most: usize,
    ) -> Result<Vec<String>, StoreError> {
        let begins = typed.trim().to_lowercase();
        // Nothing else stands in an address.
        if !begins.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/')) {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let (taken, _) = looking::within(reading, entity, &Resolved::All, Effort::GLANCE)?;
            let value = alias(entity.column_kind(field), 0);
            let mut statement = Statement::new();
            statement
                .push(format!("SELECT DISTINCT {value} FROM (SELECT c.{column} AS {value}"))
                .push(select::from_own(entity))
                .append(taken)
                .push(format!(" AND CAST(c.{column} AS text) LIKE "))
                .bind_text(format!("{begins}%"))
                .push(format!(" LIMIT {VALUES_LOOKED_AT}) looked ORDER BY 1 LIMIT {most}"));
            let rows = statement.load(reading.connection)?;
            let values = rows.into_iter().filter_map(|row| row.0.into_iter().next());
            Ok(values.filter(|value| !value.is_empty()).map(|value| value.written()).collect())
        })
    }
}

/// Those that hold what was typed: first those that begin with it, each in the order of their letters.
fn offered(values: impl IntoIterator<Item = String>, held: &str, most: usize) -> Vec<String> {
    let holding: BTreeSet<String> = values
        .into_iter()
        .filter(|value| !value.is_empty() && (held.is_empty() || text::holds_part(value, held)))
        .collect();
    let (begin, hold): (Vec<String>, Vec<String>) =
        holding.into_iter().partition(|value| text::fold(value).starts_with(held));
    begin.into_iter().chain(hold).take(most).collect()
}

/// One page, in a read transaction that has begun.
pub(super) fn load(reading: &mut Reading<'_>, request: &ListRequest) -> Result<Page, StoreError> {
    check_sort(reading, request)?;
    let mut page = page::load(reading, request)?;
    let nothing = page.rows.is_empty() && page.looked.is_none() && matches!(request.from, From::Start | From::End);
    if nothing || matches!(request.from, From::Start) && misnamed::names_others(&request.filter) {
        page.misnamed = misnamed::misnamed(reading, request.entity, &request.filter)?;
    }
    Ok(page)
}

/// A sort without an index is offered where few rows are sorted.
fn check_sort(reading: &mut Reading<'_>, request: &ListRequest) -> Result<(), StoreError> {
    let indexed = match request.sort.as_slice() {
        _ if matches!(request.from, From::Among(_)) => true,
        [] => true,
        [one] => one.field.sort.is_some_and(|(_, indexed)| indexed),
        _ => false,
    };
    let effort = if request.effort == Effort::Whole { Effort::Whole } else { Effort::Rows(MOST_TO_SORT) };
    if indexed || count(reading, request.entity, &request.filter, MOST_TO_SORT, effort)?.exact {
        return Ok(());
    }
    let names: Vec<&str> = request.sort.iter().map(|key| key.field.name).collect();
    Err(StoreError::refused(format!(
        "more than {MOST_TO_SORT} {} would have to be sorted by {}. Narrow the list with a filter, or sort by one indexed field",
        request.entity.name,
        names.join(", ")
    )))
}
