//! A filter as the conditions of a statement.
//!
//! Every test but emptiness is false on nothing (null, or empty text), and `not` is the plain
//! complement; so under a `not` a comparison that is null counts as false.

use super::among::Among;
use super::select::{OWN, push_where};
use super::{scope, texts};
use crate::domain::filter::{Resolved, Test};
use crate::domain::{Kind, text};
use crate::store::entity::{Entity, Field, Source};
use crate::store::read::Reading;
use crate::store::search::Sought;
use crate::store::sql::Statement;
use crate::store::{StoreError, entities, list, search};

/// How the rows that a condition takes are found: the better comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// By their ids or by a key: they are few, and sorting them is cheaper than walking in order until they turn up.
    Few,
    /// By an index, which may have many of them, or in the order that is wanted.
    Known,
    /// By looking at one row after the other: no index knows them, or it says that they are many.
    Looked,
}

/// How a statement goes about its rows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way<'a> {
    /// In the order of this column's index, where one is named and there is a choice between it and the index of a
    /// condition; what is common is looked for in the rows that come by.
    Walked(Option<&'a str>),
    /// What an index knows is taken from it, also where it has many rows; of documents that hold a word so many.
    Taken(i64),
    /// Another condition finds them, and they are few: this one only tests them.
    Tested,
}

/// Appends ` WHERE …`: the tenant, what the session sees, and the filter.
pub(super) fn push_filtered(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    way: Way<'_>,
) -> Result<Reach, StoreError> {
    let seen = reach_of_seen(reading, entity)?;
    let way = if seen == Some(Reach::Few) { Way::Tested } else { way };
    let parts = parts(reading, entity, filter, way)?;
    let reaches = || seen.into_iter().chain(parts.iter().map(|(_, reach)| *reach));
    let few = reaches().any(|reach| reach == Reach::Few);
    let reach = if few { Reach::Few } else { reaches().max().unwrap_or(Reach::Known) };
    statement.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
    // Few rows are not looked for among the many that the session sees.
    let aside = few && seen == Some(Reach::Looked);
    scope::restrict_by(statement, reading.session, entity, if aside { "+c" } else { OWN });
    for (part, _) in parts {
        statement.push(" AND ").append(part);
    }
    Ok(reach)
}

/// How the rows are found that a session sees which does not see all; `None` where it does. PostgreSQL knows from its
/// statistics.
fn reach_of_seen(reading: &mut Reading<'_>, entity: &'static Entity) -> Result<Option<Reach>, StoreError> {
    if reading.connection.is_postgres() || !scope::restricts(reading.session, entity) {
        return Ok(None);
    }
    let (mut seen, most) = (Statement::new(), reading.few.rows);
    push_where(&mut seen, reading.session, entity);
    let few = count_to(reading, &format!("{} {OWN}", entity.table.name), seen, most)? <= most;
    Ok(Some(if few { Reach::Few } else { Reach::Looked }))
}

/// Appends ` WHERE …` with that part of the filter alone which an index knows, of documents that hold a word so many;
/// answers whether there is one.
pub(super) fn push_known(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    documents: i64,
) -> Result<bool, StoreError> {
    push_where(statement, reading.session, entity);
    // What the session sees, where that is not all, an index knows.
    let mut known = scope::restricts(reading.session, entity);
    for (part, reach) in parts(reading, entity, filter, Way::Taken(documents))? {
        if reach < Reach::Looked {
            statement.push(" AND ").append(part);
            known = true;
        }
    }
    Ok(known)
}

/// The conditions that must all hold, each by itself.
fn parts(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    filter: &Resolved,
    way: Way<'_>,
) -> Result<Vec<(Statement, Reach)>, StoreError> {
    let compiler = Compiler { entity, depth: 0, way, is_side: false, is_printed: false };
    let mut words = Vec::new();
    let rest = without_words(filter, &mut words);
    let mut parts = Vec::with_capacity(rest.len() + 1);
    if !words.is_empty() {
        let mut part = Statement::new();
        let reach = compiler.push_shown(&mut part, reading, &words)?;
        parts.push((part, reach));
    }
    compiler.add_all(&mut parts, reading, &rest)?;
    Ok(parts)
}

/// The words that every row must hold, and what remains of the filter.
fn without_words<'a>(filter: &'a Resolved, words: &mut Vec<String>) -> Vec<&'a Resolved> {
    match filter {
        Resolved::All => Vec::new(),
        Resolved::Word(word) => {
            words.extend(Some(text::fold(word)).filter(|word| !word.is_empty()));
            Vec::new()
        }
        Resolved::And(parts) => parts.iter().flat_map(|part| without_words(part, words)).collect(),
        other => vec![other],
    }
}

/// Whether a test holds of nothing.
fn takes_nothing(test: &Test) -> bool {
    match test {
        Test::Empty => true,
        Test::OneOf(tests) => tests.iter().any(takes_nothing),
        _ => false,
    }
}

/// The SQL of a field's value.
pub(in crate::store) fn expression(field: &Field, postgres: bool) -> String {
    match field.source {
        Source::Column(column) => format!("{OWN}.{column}"),
        Source::Joined(joined, column) => format!("{joined}.{column}"),
        Source::Gathered { sqlite, postgres: on_postgres, .. } => {
            (if postgres { on_postgres } else { sqlite }).to_owned()
        }
    }
}

/// How many rows of some tables are taken by ` WHERE …`, counted to one more than `most`.
pub(super) fn count_to(
    reading: &mut Reading<'_>,
    tables: &str,
    taken: Statement,
    most: i64,
) -> Result<i64, StoreError> {
    let mut statement = Statement::new();
    statement.push(format!("SELECT count(*) AS l0 FROM (SELECT 1 FROM {tables}")).append(taken);
    statement.push(format!(" LIMIT {}) counted", most.saturating_add(1)));
    statement.number(reading.connection)
}

/// A filter over one kind of record on its way into a statement.
#[derive(Clone, Copy)]
pub(super) struct Compiler<'a> {
    pub(super) entity: &'static Entity,
    pub(super) depth: usize,
    pub(super) way: Way<'a>,
    /// It is one side of an `or`: rows that it takes in order do not come so with those of the other sides.
    pub(super) is_side: bool,
    /// Its records are known by what a cell prints of them, which it does whether the session may look at them or not.
    pub(super) is_printed: bool,
}

/// References and relations may be followed this far.
const DEEPEST: usize = 6;

impl Compiler<'_> {
    /// Appends a condition.
    pub(super) fn push(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        filter: &Resolved,
    ) -> Result<Reach, StoreError> {
        match filter {
            Resolved::All => {
                statement.push("1 = 1");
                Ok(Reach::Known)
            }
            Resolved::And(parts) => {
                let mut all = Vec::with_capacity(parts.len());
                self.add_all(&mut all, reading, &parts.iter().collect::<Vec<_>>())?;
                let few = all.iter().any(|(_, reach)| *reach == Reach::Few);
                let worst = all.iter().map(|(_, reach)| *reach).max().unwrap_or(Reach::Known);
                for (index, (each, _)) in all.into_iter().enumerate() {
                    statement.push(if index == 0 { "(" } else { " AND " }).append(each);
                }
                statement.push(")");
                Ok(if few { Reach::Few } else { worst })
            }
            Resolved::Or(parts) => {
                let mut all = Vec::with_capacity(parts.len());
                let mut worst = Reach::Few;
                for part in parts {
                    let mut each = Statement::new();
                    worst = worst.max(Compiler { is_side: true, ..*self }.push(&mut each, reading, part)?);
                    all.push(each);
                }
                self.push_or(statement, reading, all, worst);
                Ok(worst)
            }
            Resolved::Not(inner) => {
                if let Resolved::Compare { field, test: Test::Empty } = &**inner
                    && let Some(words) = self.entity.field(field).and_then(|field| field.words)
                {
                    return self.push_some_word(statement, reading, words);
                }
                let apart = match self.complement(inner) {
                    Some((field, tests)) => match tests.as_slice() {
                        [test] => return self.push_test(statement, reading, field, test),
                        several => self.apart(reading, field, several)?,
                    },
                    None => None,
                };
                if let Some(few) = apart {
                    statement.append(few);
                    return Ok(Reach::Few);
                }
                statement.push("NOT COALESCE((");
                self.unordered().push(statement, reading, inner)?;
                statement.push("), FALSE)");
                Ok(Reach::Looked)
            }
            Resolved::Word(word) | Resolved::OwnWord(word) => {
                let word = text::fold(word);
                if word.is_empty() {
                    statement.push("1 = 1");
                    Ok(Reach::Known)
                } else if matches!(filter, Resolved::Word(_)) {
                    self.push_shown(statement, reading, &[word])
                } else {
                    self.push_words(statement, reading, &[word])
                }
            }
            Resolved::Compare { field, test } => self.push_field(statement, reading, field, test),
            Resolved::Is(name) => {
                let condition = self.entity.conditions.iter().find(|condition| condition.name == name);
                let means = condition.map_or("", |condition| condition.means);
                let locale = reading.session.locale(reading.now);
                let resolved =
                    list::parse_filter(self.entity, means, locale).map_err(|mistake| list::mistaken(&mistake))?;
                statement.push("(");
                let reach = self.push(statement, reading, &resolved)?;
                statement.push(")");
                Ok(reach)
            }
            Resolved::Has { relation, inner } => self.push_related(statement, reading, relation, inner.as_deref()),
        }
    }

    /// Appends that one of several conditions holds, the worst of which reaches its rows so.
    pub(super) fn push_or(&self, statement: &mut Statement, reading: &Reading<'_>, all: Vec<Statement>, worst: Reach) {
        let taken = worst == Reach::Known && matches!(self.way, Way::Taken(_));
        if worst == Reach::Few || taken {
            return self.push_any(statement, reading, all);
        }
        for (index, each) in all.into_iter().enumerate() {
            statement.push(if index == 0 { "(" } else { " OR " }).append(each);
        }
        statement.push(")");
    }

    /// The condition that the words stand in a record's own texts.
    pub(super) fn push_words(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let (entity, postgres) = (self.entity, reading.connection.is_postgres());
        if entity.search.is_empty() {
            texts::push_own(statement, entity, postgres, words);
            return Ok(Reach::Looked);
        }
        let sought = Sought::words(words);
        let most = self.most_documents(reading);
        if texts::is_walked(reading, entity, &sought, most)? {
            search::push_matches(statement, postgres, entity.name, &sought);
            Ok(Reach::Looked)
        } else {
            texts::push_documents(statement, reading, entity, &sought, most);
            Ok(Reach::Few)
        }
    }

    /// Adds conditions that must all hold. Where one of them takes few rows, SQLite is kept from the indexes of the others,
    /// which it would rather use for an equality, however many rows that has.
    fn add_all(
        &self,
        all: &mut Vec<(Statement, Reach)>,
        reading: &mut Reading<'_>,
        parts: &[&Resolved],
    ) -> Result<(), StoreError> {
        let first = all.len();
        for part in parts {
            let mut each = Statement::new();
            let reach = self.push(&mut each, reading, part)?;
            all.push((each, reach));
        }
        let few = all.iter().any(|(_, reach)| *reach == Reach::Few);
        if reading.connection.is_postgres() || !few || matches!(self.way, Way::Tested) {
            return Ok(());
        }
        for (each, part) in all.iter_mut().skip(first).zip(parts).filter(|((_, reach), _)| *reach > Reach::Few) {
            let mut tested = Statement::new();
            Compiler { way: Way::Tested, ..*self }.push(&mut tested, reading, part)?;
            each.0 = tested;
        }
        Ok(())
    }

    /// The column whose index gives the rows in order, where they are walked so.
    pub(super) const fn order(&self) -> Option<&str> {
        if let Way::Walked(order) = self.way { order } else { None }
    }

    /// Whether rows are found by it, not merely counted or tested: SQLite counts by several indexes at once, but reads no rows so.
    pub(super) const fn is_for_rows(&self) -> bool {
        matches!(self.way, Way::Walked(Some(_)) | Way::Taken(_))
    }

    /// The same, where nothing is in order.
    const fn unordered(&self) -> Self {
        match self.way {
            Way::Walked(_) => Self { way: Way::Walked(None), ..*self },
            Way::Taken(_) | Way::Tested => *self,
        }
    }

    /// Documents that are taken from the search index, at most; for a list that is walked anyway fewer.
    pub(super) const fn most_documents(&self, reading: &Reading<'_>) -> i64 {
        match self.way {
            Way::Walked(_) | Way::Tested => reading.few.documents,
            Way::Taken(documents) => documents,
        }
    }

    /// A compiler for records that a field or relation leads to: all of them are taken.
    pub(super) fn step(&self, reading: &Reading<'_>, entity: &str) -> Result<Self, StoreError> {
        let entity = entities::find(entity).ok_or_else(|| StoreError::unexpected(format!("no entity {entity}")))?;
        if self.depth >= DEEPEST {
            return Err(StoreError::invalid("filter", format!("references are followed {DEEPEST} steps at most")));
        }
        Ok(Self {
            entity,
            depth: self.depth + 1,
            way: Way::Taken(reading.few.taken),
            is_side: false,
            is_printed: self.is_printed,
        })
    }

    fn push_field(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        path: &str,
        test: &Test,
    ) -> Result<Reach, StoreError> {
        let unknown = || StoreError::unexpected(format!("{} have no field {path}", self.entity.name));
        if let Some((reference, rest)) = path.split_once('.') {
            let field = self.entity.field(reference).ok_or_else(unknown)?;
            let (Some(target), Some(column)) = (field.reference, field.column()) else { return Err(unknown()) };
            let other = self.step(reading, target)?;
            // Where nothing is pointed at, there is nothing in its fields either.
            let or_nothing = takes_nothing(test);
            return self.push_weighed(statement, reading, Some(column), |statement, reading, aside| {
                let own = format!("{aside}c.{column}");
                statement.push(if or_nothing { format!("({own} IS NULL OR ") } else { "(".to_owned() });
                let among = other.push_among(statement, reading, (&own, "id"), |statement, reading| {
                    other.push_field(statement, reading, rest, test)
                })?;
                statement.push(")");
                Ok(if among == Among::Few { Reach::Known } else { Reach::Looked })
            });
        }
        let field = self.entity.field(path).ok_or_else(unknown)?;
        if field.kind == Kind::Secret && *test != Test::Empty {
            return Err(StoreError::invalid("filter", format!("{path}: secrets are not searched")));
        }
        self.push_test(statement, reading, field, test)
    }
}
