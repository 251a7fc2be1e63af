//! Find anything: of every kind that the session may see the first few records that hold the words, however many of
//! another kind hold them. What keeps no search document, settings, logs and the like, is looked through from the newest
//! back.

use std::time::{Duration, Instant};

use chrono::TimeDelta;

use super::entity::{Entity, Field};
use super::model::ColumnKind;
use super::read::{Plans, Reading};
use super::record::Record;
use super::search::{self, Sought};
use super::session::{Scope, Session};
use super::sql::Statement;
use super::{Store, StoreError, entities, list};
use crate::domain::filter::Resolved;
use crate::domain::phone;
use crate::domain::text::fold;
use crate::domain::{Id, Value};

/// What find-anything found of one kind.
#[derive(Clone, Debug)]
pub struct Found {
    pub entity: &'static Entity,
    pub records: Vec<Record>,
    /// There are others of this kind besides.
    pub more: bool,
}

/// Where no more documents than this hold the words they are all that there is; else each kind is asked by itself.
const ALL_KINDS: i64 = 1_000;
/// The newest documents of a kind that are looked through on SQLite, whose index does not tell kinds apart.
const LOOKED_THROUGH: i64 = 10_000;
/// The newest records of a kind without documents that are looked through: of settings, roles or views all that there are.
const NEWEST: i64 = 500;
/// Logs that PostgreSQL keeps in parts by time, with the column that tells it: the last week of them is looked through.
const LOGS: [(&str, &str); 6] = [
    ("audit_log", "created_at"),
    ("device_health_snapshots", "recorded_at"),
    ("device_logs", "created_at"),
    ("notification_log", "created_at"),
    ("radius_session_archive", "started_at"),
    ("sms_log", "created_at"),
];
/// Words that one looks for at most as a rule.
const FEW_WORDS: usize = 4;
const LOOKED_BACK: TimeDelta = TimeDelta::days(7);
/// Records of a kind that are looked through for words that stand in several records.
const LOOKED_BESIDE: u64 = 5_000;
/// What one waits for them at most, before another kind is not asked any more.
const GLANCE: Duration = Duration::from_millis(400);
/// Hits of one kind among which somebody finds their own who does not see all rows.
const AMONG_OTHERS: usize = 1_000;
/// Hits for each place in the answer: the best of them stand there.
const FOR_EACH_PLACE: usize = 4;

/// A record that holds the words.
type Hit = (&'static Entity, Id);

impl Store {
    /// Records of every kind that the session may see whose text holds all the words; the first few of each kind: the
    /// one whose number or name was typed before those that begin so, and these before the others.
    ///
    /// # Errors
    /// What the database says.
    pub fn find(&self, session: &Session, text: &str, of_each: usize) -> Result<Vec<Found>, StoreError> {
        // One more of each tells whether these are all.
        let mut found = self.find_first(session, text, of_each + 1)?;
        for found in &mut found {
            found.more = found.records.len() > of_each;
            found.records.truncate(of_each);
        }
        Ok(found)
    }

    fn find_first(&self, session: &Session, text: &str, of_each: usize) -> Result<Vec<Found>, StoreError> {
        let typed = fold(text);
        let words: Vec<String> = typed.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let kinds: Vec<&'static Entity> =
            entities::all().filter(|entity| session.may(&entity.permission("read"))).collect();
        let found = self.read_with(session, Plans::Kept, |reading| {
            let hits = hits(reading, &kinds, &typed, &words, of_each)?;
            let mut found = Vec::new();
            for entity in &kinds {
                let records = best(reading, entity, &hits, &typed, of_each)?;
                if !records.is_empty() {
                    found.push(Found { entity, records, more: false });
                }
            }
            // What is called just as it was typed comes before what merely tells of it, and logs after all else.
            let is_it = |found: &Found| found.records.first().is_some_and(|it| distance(found.entity, it, &typed) == 0);
            found.sort_by_key(|found| (is_log(found.entity), !is_it(found)));
            Ok(found)
        })?;
        // What logs and settings tell is no answer where a record is meant.
        if words.len() < 2 || found.iter().any(|found| !found.entity.search.is_empty()) {
            return Ok(found);
        }
        let mut beside = self.find_beside(session, &kinds, &words, of_each)?;
        beside.extend(found);
        Ok(beside)
    }

    /// Where no record's own texts hold all words, those that hold them together with what their lists show of other
    /// records: the ticket of a customer. Kinds are asked one after the other, as long as one waits for a glance.
    fn find_beside(
        &self,
        session: &Session,
        kinds: &[&'static Entity],
        words: &[String],
        of_each: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let begun = Instant::now();
        let filter = Resolved::And(words.iter().cloned().map(Resolved::Word).collect());
        let mut found = Vec::new();
        for entity in kinds.iter().filter(|entity| !entity.search.is_empty() && !entity.shows.is_empty()) {
            let request = list::ListRequest {
                filter: filter.clone(),
                effort: list::Effort::Rows(LOOKED_BESIDE),
                ..list::ListRequest::all(entity, of_each)
            };
            let page = self.list(session, &request)?;
            if !page.rows.is_empty() {
                found.push(Found { entity, records: page.rows, more: false });
            }
            if begun.elapsed() > GLANCE {
                break;
            }
        }
        Ok(found)
    }
}

/// How many hits of a kind are enough for the places that there are.
fn enough(session: &Session, entity: &Entity, of_each: usize) -> usize {
    let sees_all = session.scope == Scope::All && entity.owner.is_none();
    if sees_all { of_each * FOR_EACH_PLACE } else { AMONG_OTHERS }
}

/// The records to choose from, the likeliest of each kind first.
fn hits(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    typed: &str,
    words: &[String],
    of_each: usize,
) -> Result<Vec<Hit>, StoreError> {
    // However many there are of a kind without documents, an index knows what is called just so.
    let (kinds, bare): (Vec<&'static Entity>, Vec<&'static Entity>) =
        kinds.iter().partition(|entity| !entity.search.is_empty());
    let bare: Vec<&'static Entity> = bare.into_iter().filter(|entity| !entity.texts().is_empty()).collect();
    let mut all = called_so(reading, &bare, typed, of_each)?;
    all.extend(newest_that_hold(reading, &bare, words)?);
    all.extend(hits_of_documents(reading, &kinds, typed, words, of_each)?);
    // A document has the digits of a number in one piece, and not as they are dialled at home.
    if let Some(digits) = phone::in_groups(typed) {
        all.extend(hits_of_documents(reading, &kinds, typed, &[digits], of_each)?);
    }
    Ok(all)
}

fn hits_of_documents(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    typed: &str,
    words: &[String],
    of_each: usize,
) -> Result<Vec<Hit>, StoreError> {
    let words = &Sought::words(words);
    let indexed = words.is_indexed(reading.connection.is_postgres());
    let first = if indexed { of_all_kinds(reading, words)? } else { Vec::new() };
    if indexed && first.len() <= of_each * FOR_EACH_PLACE {
        return Ok(first);
    }
    let are_all = indexed && i64::try_from(first.len()).is_ok_and(|number| number <= ALL_KINDS);
    let mut hits = called_so(reading, kinds, typed, of_each)?;
    hits.extend(first);
    if are_all {
        return Ok(hits);
    }
    hits.extend(if reading.connection.is_postgres() {
        of_each_kind(reading, kinds, words, of_each)?
    } else {
        newest_of_each_kind(reading, kinds, words, of_each)?
    });
    Ok(hits)
}

fn load(reading: &mut Reading<'_>, statement: Statement) -> Result<Vec<Hit>, StoreError> {
    let hit = |row: super::sql::Row| match row.0.as_slice() {
        [Value::Text(kind), Value::Id(id)] => Some((entities::find(kind)?, *id)),
        _ => None,
    };
    Ok(statement.load(reading.connection)?.into_iter().filter_map(hit).collect())
}

/// What holds the words, of whatever kind, as the index gives it.
fn of_all_kinds(reading: &mut Reading<'_>, words: &Sought) -> Result<Vec<Hit>, StoreError> {
    let mut statement = Statement::new();
    let cap = ALL_KINDS + 1;
    if reading.connection.is_postgres() {
        statement.push("SELECT kind AS t0, record_id AS i1 FROM search_any(");
        words.push_patterns(&mut statement);
        statement.push(format!(", {cap})"));
    } else {
        search::push_documents(&mut statement, reading.session, "d.kind AS t0, d.record_id AS i1", None, words);
        statement.push(format!(" LIMIT {cap}"));
    }
    load(reading, statement)
}

/// PostgreSQL's index begins with the kind.
fn of_each_kind(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    words: &Sought,
    of_each: usize,
) -> Result<Vec<Hit>, StoreError> {
    let mut statement = Statement::new();
    for (index, entity) in kinds.iter().enumerate() {
        let name = entity.name;
        let joint = if index == 0 { "" } else { " UNION ALL " };
        statement.push(format!("{joint}SELECT '{name}'::text AS t0, search_ids('{name}', NULL, "));
        words.push_patterns(&mut statement);
        statement.push(format!(", {}) AS i1", enough(reading.session, entity, of_each)));
    }
    if kinds.is_empty() { Ok(Vec::new()) } else { load(reading, statement) }
}

/// Where the index does not tell kinds apart, the newest of each kind are looked through.
fn newest_of_each_kind(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    words: &Sought,
    of_each: usize,
) -> Result<Vec<Hit>, StoreError> {
    let mut hits = Vec::new();
    for entity in kinds {
        let mut statement = Statement::new();
        statement
            .push("SELECT d.kind AS t0, d.record_id AS i1 FROM (SELECT n.kind, n.record_id, n.text FROM search_documents n WHERE n.tenant_id = ")
            .bind_id(reading.session.tenant.id)
            .push(" AND n.kind = ")
            .bind_text(entity.name)
            .push(format!(" ORDER BY n.record_id DESC LIMIT {LOOKED_THROUGH}) d WHERE 1 = 1"));
        words.push_held(&mut statement);
        statement.push(format!(" LIMIT {}", enough(reading.session, entity, of_each)));
        hits.extend(load(reading, statement)?);
    }
    Ok(hits)
}

/// Whether a kind tells of what was done to others.
fn is_log(entity: &Entity) -> bool {
    ["audit_log", "operations"].contains(&entity.name)
}

/// The order in which an index has the newest records first: ids are made by the clock.
fn newest_first(entity: &'static Entity) -> String {
    let log = LOGS.iter().find(|(log, _)| *log == entity.name).map(|(_, column)| *column);
    let by_time = entity.field("created_at").and_then(|field| field.sort) == Some(("created_at", true));
    match log.or(by_time.then_some("created_at")) {
        Some(column) => format!("c.{column} DESC, c.id DESC"),
        None => "c.id DESC".to_owned(),
    }
}

/// Of each kind without documents the newest records whose texts hold the words.
fn newest_that_hold(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    words: &[String],
) -> Result<Vec<Hit>, StoreError> {
    let postgres = reading.connection.is_postgres();
    // To plan it takes a database several times as long as to run it: it is kept planned for each number of words.
    let mut statement = if words.len() <= FEW_WORDS { Statement::fixed() } else { Statement::new() };
    statement.push("SELECT c.kind AS t0, c.id AS i1 FROM (");
    for (index, entity) in kinds.iter().enumerate() {
        let (name, table) = (entity.name, entity.table.name);
        let joint = if index == 0 { "" } else { " UNION ALL " };
        let texts: Vec<String> = entity.texts().iter().map(|field| list::expression(field, postgres)).collect();
        statement.push(format!(
            "{joint}SELECT '{name}' AS kind, c.id AS id, concat_ws(' | ', {}) AS said FROM (SELECT c.* FROM {table} c",
            texts.join(", ")
        ));
        statement.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
        if let Some((_, column)) = LOGS.iter().find(|(log, _)| *log == name) {
            let since = Value::Instant(reading.now - LOOKED_BACK);
            statement.push(format!(" AND c.{column} > ")).bind(ColumnKind::Instant, since)?;
        }
        // A person's own are found by an index; those that a partner sees, among the newest of all.
        let by_owner = entity.owner.is_some();
        if by_owner {
            list::scope::restrict(&mut statement, reading.session, entity);
        }
        statement.push(format!(" ORDER BY {} LIMIT {NEWEST}) c WHERE 1 = 1", newest_first(entity)));
        if !by_owner {
            list::scope::restrict(&mut statement, reading.session, entity);
        }
    }
    // All that they say is looked into at once: folding is a long expression, to be read and planned by the database once.
    statement.push(format!(" LIMIT {}) c WHERE ", NEWEST * i64::try_from(kinds.len()).unwrap_or(1)));
    for (index, word) in words.iter().enumerate() {
        statement.push(if index == 0 { "" } else { " AND " });
        list::push_holds(&mut statement, "c.said", word, postgres);
    }
    if kinds.is_empty() { Ok(Vec::new()) } else { load(reading, statement) }
}

/// The records of each kind whose number or name begins with what was typed, by the indexes of those.
fn called_so(
    reading: &mut Reading<'_>,
    kinds: &[&'static Entity],
    typed: &str,
    of_each: usize,
) -> Result<Vec<Hit>, StoreError> {
    let mut statement = Statement::fixed();
    let mut parts = 0;
    for entity in kinds {
        for (column, begins) in names(entity, typed) {
            let joint = if parts == 0 { "" } else { " UNION ALL " };
            let name = entity.name;
            statement
                .push(format!("{joint}SELECT * FROM (SELECT '{name}' AS t0, c.id AS i1 FROM {} c", entity.table.name));
            list::select::push_where(&mut statement, reading.session, entity);
            // Beyond the last letter that there is nothing begins so any more.
            statement.push(format!(" AND c.{column} >= ")).bind_text(begins.as_str());
            statement.push(format!(" AND c.{column} < ")).bind_text(format!("{begins}\u{10ffff}"));
            statement.push(format!(" ORDER BY c.{column} LIMIT {}) f{parts}", of_each * FOR_EACH_PLACE));
            parts += 1;
        }
    }
    if parts == 0 { Ok(Vec::new()) } else { load(reading, statement) }
}

/// The indexed columns of a number and a name, with what they begin with where it was typed.
fn names(entity: &'static Entity, typed: &str) -> Vec<(&'static str, String)> {
    let is_found = |name: &&'static str| entity.search.is_empty() || entity.search.contains(name);
    let is_indexed = |field: &Field| field.unique.is_some() || field.sort.is_some_and(|(_, indexed)| indexed);
    let mut names = Vec::new();
    let number = Some("number").filter(is_found).and_then(|name| entity.field(name));
    if let Some(column) = number.filter(|field| is_indexed(field)).and_then(Field::column) {
        names.push((column, typed.to_uppercase()));
    }
    let label = Some(entity.label).filter(is_found).and_then(|name| entity.field(name));
    if let Some(column) = label.filter(|field| is_indexed(field)).and_then(|field| entity.sort_key_of(field.name)) {
        names.push((column, typed.to_owned()));
    }
    names
}

/// The best of the hits of one kind, as whole records.
fn best(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    hits: &[Hit],
    typed: &str,
    of_each: usize,
) -> Result<Vec<Record>, StoreError> {
    let mut ids: Vec<Value> = Vec::new();
    for (_, id) in hits.iter().filter(|(kind, _)| *kind == entity) {
        if ids.len() < enough(reading.session, entity, of_each) && !ids.contains(&Value::Id(*id)) {
            ids.push(Value::Id(*id));
        }
    }
    let mut records =
        list::select::all_where(reading.connection, reading.session, entity, ("id", ColumnKind::Id), ids)?;
    records.sort_by_key(|record| (distance(entity, record, typed), record.title()));
    records.truncate(of_each);
    Ok(records)
}

/// How far a record's number and name are from what was typed: they are it, they begin so, they do not.
fn distance(entity: &Entity, record: &Record, typed: &str) -> usize {
    let names = [fold(record.get("number").as_str()), fold(record.get(entity.label).as_str())];
    if names.iter().any(|name| name == typed) {
        0
    } else if names.iter().any(|name| name.starts_with(typed)) {
        1
    } else {
        2
    }
}
