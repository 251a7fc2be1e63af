//! The search documents: one folded text a record, kept in the transaction of each write, which
//! lists and find-anything look into.

use super::StoreError;
use super::entity::Entity;
use super::read::Reading;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::phone;
use crate::domain::text::{self, needle};
use crate::domain::{Id, Value};

/// Texts of a record that are searched one by one, at most: columns of the table of documents.
pub(super) const PARTS: usize = 9;
/// What is searched of a record: the words of each of its texts, in the order of [`Entity::search`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    parts: Vec<String>,
}

impl Document {
    /// What its fields say, and the digits of its phone numbers in one piece however they are written.
    pub(super) fn of(entity: &Entity, said: impl Fn(&'static str) -> String) -> Self {
        let part = |field: &&'static str| {
            let said = said(field);
            let words = text::search_text([said.as_str()]);
            let digits = entity.digits_of(field).map(|_| phone::kept_digits(&said)).filter(|digits| !digits.is_empty());
            match digits.filter(|digits| !words.contains(digits)) {
                Some(digits) => format!("{words} {digits}"),
                None => words,
            }
        };
        Self { parts: entity.search.iter().map(part).collect() }
    }

    /// All words, each with a blank before it.
    pub(super) fn text(&self) -> String {
        self.parts.join(&text::BORDER.to_string())
    }

    /// Its texts one by one, as SQLite's index has them, with the same between them.
    pub(super) fn for_sqlite(&self) -> String {
        let parts = (0..PARTS).map(|at| self.parts.get(at).map(|part| doubly_apart(part)).unwrap_or_default());
        parts.collect::<Vec<_>>().join(&text::BORDER.to_string())
    }
}

/// The column in which a field's words stand by themselves; `None` where they are not searched.
pub(super) fn part_of(entity: &Entity, field: &str) -> Option<usize> {
    entity.search.iter().position(|name| *name == field).map(|at| at + 1)
}

pub(super) fn put(writing: &mut Writing<'_>, entity: &Entity, id: Id, document: &Document) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    if writing.connection.is_postgres() {
        statement
            .push("SELECT 1 AS n0 FROM (SELECT search_put(")
            .bind_text(entity.name)
            .push(", ")
            .bind_id(id)
            .push(", ")
            .bind_text(document.text())
            .push(")) done");
        return statement.load(writing.connection).map(|_| ());
    }
    let columns: Vec<String> = (1..=PARTS).map(|part| format!("part_{part}")).collect();
    statement
        .push(format!(
            "INSERT INTO search_documents (tenant_id, kind, record_id, text, {}) VALUES (",
            columns.join(", ")
        ))
        .bind_id(writing.session.tenant.id)
        .push(", ")
        .bind_text(entity.name)
        .push(", ")
        .bind_id(id)
        .push(", ")
        .bind_text(document.text());
    for at in 0..PARTS {
        statement.push(", ").bind_text(document.parts.get(at).map(|part| doubly_apart(part)).unwrap_or_default());
    }
    let renewed: Vec<String> = columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
    statement.push(format!(
        ") ON CONFLICT (tenant_id, kind, record_id) DO UPDATE SET text = excluded.text, {}",
        renewed.join(", ")
    ));
    statement.execute(writing.connection).map(|_| ())
}

/// Two blanks for one: so SQLite's index, which knows three letters at least, knows the first letter of a word.
fn doubly_apart(words: &str) -> String {
    words.replace(' ', "  ")
}

/// Documents that many records are found by: one journey on PostgreSQL.
pub(super) fn put_many(
    writing: &mut Writing<'_>,
    entity: &Entity,
    documents: &[(Id, Document)],
) -> Result<(), StoreError> {
    if !writing.connection.is_postgres() {
        return documents.iter().try_for_each(|(id, document)| put(writing, entity, *id, document));
    }
    let mut statement = Statement::new();
    statement.push("SELECT 1 AS n0 FROM (SELECT search_put_many(").bind_text(entity.name).push(", ARRAY[");
    for (index, (id, _)) in documents.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).bind_id(*id);
    }
    statement.push("], ARRAY[");
    for (index, (_, document)) in documents.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).bind_text(document.text());
    }
    statement.push("])) done");
    statement.load(writing.connection).map(|_| ())
}

pub(super) fn remove(writing: &mut Writing<'_>, entity: &Entity, id: Id) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    if writing.connection.is_postgres() {
        statement
            .push("SELECT 1 AS n0 FROM (SELECT search_remove(")
            .bind_text(entity.name)
            .push(", ")
            .bind_id(id)
            .push(")) done");
        return statement.load(writing.connection).map(|_| ());
    }
    statement
        .push("DELETE FROM search_documents WHERE tenant_id = ")
        .bind_id(writing.session.tenant.id)
        .push(" AND kind = ")
        .bind_text(entity.name)
        .push(" AND record_id = ")
        .bind_id(id);
    statement.execute(writing.connection).map(|_| ())
}

/// `LIKE` with the word's own `%`, `_` and `\` escaped.
fn like(needle: &str) -> String {
    let mut pattern = String::from("%");
    for c in needle.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// `GLOB` with the word's own `*`, `?` and `[` escaped.
fn glob(needle: &str) -> String {
    let mut pattern = String::from("*");
    for c in needle.chars() {
        if matches!(c, '*' | '?' | '[') {
            pattern.push('[');
            pattern.push(c);
            pattern.push(']');
        } else {
            pattern.push(c);
        }
    }
    pattern.push('*');
    pattern
}

/// What is looked for in documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sought {
    /// The text of theirs that holds it, as [`part_of`] says; any of them where it is `None`.
    part: Option<usize>,
    /// What stands there, all of it.
    needles: Vec<String>,
}

impl Sought {
    /// Words of any of the texts.
    pub(super) fn words(words: &[String]) -> Self {
        Self { part: None, needles: words.iter().map(|word| needle(word)).collect() }
    }

    /// A folded part of one text.
    pub(super) fn within(part: usize, held: &str) -> Self {
        Self { part: Some(part), needles: vec![text::part_needle(held)] }
    }

    /// Whether an index knows anything of it: PostgreSQL's has letters and digits alone, SQLite's three signs in a row.
    pub(super) fn is_indexed(&self, postgres: bool) -> bool {
        if postgres {
            self.needles.iter().any(|needle| needle.chars().any(char::is_alphanumeric))
        } else {
            !self.trigrams().is_empty()
        }
    }

    /// Three letters in a row, as a query of SQLite's index: a document that holds the needles holds all of these. Of a short
    /// needle all there are, of a long one those side by side, from its end, where numbers differ: each further three cost
    /// as many steps as there are documents that hold them. Empty where no needle is long enough.
    fn trigrams(&self) -> String {
        let mut query = Vec::new();
        for needle in &self.needles {
            let letters: Vec<char> = doubly_apart(needle).chars().collect();
            let step = if letters.len() < LONG { 1 } else { 3 };
            let threes = letters.windows(3).rev().step_by(step);
            query.extend(threes.map(|three| format!("\"{}\"", String::from_iter(three).replace('"', "\"\""))));
        }
        match self.part {
            Some(part) if !query.is_empty() => format!("part_{part}:({})", query.join(" AND ")),
            _ => query.join(" AND "),
        }
    }

    /// `KIND, part, ARRAY[…]` for PostgreSQL's search functions, where `kind` is known.
    fn push_arguments(&self, statement: &mut Statement, kind: &str) {
        let part = self.part.map_or_else(|| "NULL".to_owned(), |part| part.to_string());
        statement.bind_text(kind).push(format!(", {part}, "));
        self.push_patterns(statement);
    }

    /// `ARRAY[?, ?]` of patterns for PostgreSQL's search functions.
    pub(super) fn push_patterns(&self, statement: &mut Statement) {
        statement.push("ARRAY[");
        for (index, needle) in self.needles.iter().enumerate() {
            statement.push(if index == 0 { "" } else { ", " }).bind_text(like(needle));
        }
        statement.push("]::text[]");
    }

    /// Appends ` AND …`: that the document `d` holds all of it. SQLite alone.
    pub(super) fn push_held(&self, statement: &mut Statement) {
        for needle in &self.needles {
            match self.part {
                // As its words stand in that column.
                Some(part) => {
                    statement.push(format!(" AND d.part_{part} GLOB ")).bind_text(glob(&doubly_apart(needle)))
                }
                None => statement.push(" AND d.text GLOB ").bind_text(glob(needle)),
            };
        }
    }
}

/// Appends that the record `c` is one of those whose documents hold it, of at most `cap` of them. On PostgreSQL as an array,
/// which is made once: without statistics its planner would look into the index anew for each row.
pub(super) fn push_found(
    statement: &mut Statement,
    session: &Session,
    postgres: bool,
    kind: &str,
    sought: &Sought,
    cap: i64,
) {
    if postgres {
        statement.push("c.id = ANY (ARRAY(SELECT search_ids(");
        sought.push_arguments(statement, kind);
        statement.push(format!(", {cap})))"));
        return;
    }
    statement.push("c.id IN (");
    push_documents(statement, session, "d.record_id", Some(kind), sought);
    statement.push(format!(" LIMIT {cap})"));
}

/// SQLite: documents found through the trigram index, then looked at for each word in turn. The index goes first whatever
/// the planner knows of the tables: the other way round every document of the tenant is looked up in it.
pub(super) fn push_documents(
    statement: &mut Statement,
    session: &Session,
    what: &str,
    kind: Option<&str>,
    sought: &Sought,
) {
    statement.push(format!(
        "SELECT {what} FROM search_index x CROSS JOIN search_documents d ON d.docid = x.rowid WHERE d.tenant_id = "
    ));
    statement.bind_id(session.tenant.id);
    if let Some(kind) = kind {
        statement.push(" AND d.kind = ").bind_text(kind);
    }
    let trigrams = sought.trigrams();
    if !trigrams.is_empty() {
        statement.push(" AND x.search_index MATCH ").bind_text(trigrams);
    }
    sought.push_held(statement);
}

/// Appends a condition on the record `c`: that its document holds all words. For walking a sort
/// index where the words are common.
pub(super) fn push_matches(statement: &mut Statement, postgres: bool, kind: &str, sought: &Sought) {
    if postgres {
        statement.push("search_matches(").bind_text(kind).push(", c.id, ");
        sought.push_patterns(statement);
        statement.push(")");
        return;
    }
    statement
        .push(
            "EXISTS (SELECT 1 FROM search_documents d WHERE d.tenant_id = c.tenant_id AND d.record_id = c.id AND d.kind = ",
        )
        .bind_text(kind);
    sought.push_held(statement);
    statement.push(")");
}

/// From so many letters on a needle is found by some of its threes.
const LONG: usize = 8;
/// Hits of all kinds that are looked at to count those of one, on SQLite.
const LOOKED_AT: i64 = 20_000;
/// Hits that are looked at to know whether they are of one kind and hold what is sought, most of them: some in each quarter
/// of the table, for what was written at one time is alike.
const SAMPLE: i64 = 100;
const QUARTERS: i64 = 4;

/// What is known in one sight of the data of how many documents of a kind hold what is sought: a list asks several times.
#[derive(Debug, Default)]
pub struct Counted {
    documents: Vec<(&'static str, Sought, Bounds)>,
    /// Whether there may be any.
    any: Vec<(&'static str, Sought, bool)>,
}

/// No more than the first, more than the second: as far as that is known.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    at_most: i64,
    more_than: i64,
}

/// Whether no more documents of a kind than so many hold what is sought.
pub(super) fn are_few(
    reading: &mut Reading<'_>,
    kind: &'static str,
    sought: &Sought,
    most: i64,
) -> Result<bool, StoreError> {
    let known = reading.counted.documents.iter().position(|(of, what, _)| *of == kind && what == sought);
    if let Some((.., bounds)) = known.and_then(|at| reading.counted.documents.get(at)) {
        if bounds.at_most <= most {
            return Ok(true);
        }
        if bounds.more_than >= most {
            return Ok(false);
        }
    }
    let mut found = count_documents(reading, kind, sought, most)?;
    match known.and_then(|at| reading.counted.documents.get_mut(at)) {
        Some((.., bounds)) => {
            found =
                Bounds { at_most: found.at_most.min(bounds.at_most), more_than: found.more_than.max(bounds.more_than) };
            *bounds = found;
        }
        None => reading.counted.documents.push((kind, sought.clone(), found)),
    }
    Ok(found.at_most <= most)
}

/// Counts them, no further than asked.
///
/// PostgreSQL's index gives the first document of a word only when it has read all of them: there a sample of the table says
/// first whether they are many. SQLite's tells neither kinds apart nor where in a document three letters stand: where it
/// has more, the first of them are looked at, and as a last resort all, as far as there are not too many of other kinds.
fn count_documents(reading: &mut Reading<'_>, kind: &str, sought: &Sought, most: i64) -> Result<Bounds, StoreError> {
    let few = Bounds { at_most: most, more_than: -1 };
    let many = Bounds { at_most: i64::MAX, more_than: most };
    // However many are asked for, it is not known better.
    let unknown = Bounds { more_than: i64::MAX, ..many };
    let mut statement = Statement::new();
    if reading.connection.is_postgres() {
        statement.push("SELECT search_count(");
        sought.push_arguments(&mut statement, kind);
        statement.push(format!(", {}) AS l0", most + 1));
        return Ok(if statement.number(reading.connection)? <= most { few } else { many });
    }
    statement
        .push("SELECT count(*) AS l0 FROM (SELECT 1 FROM search_index x WHERE x.search_index MATCH ")
        .bind_text(sought.trigrams())
        .push(format!(" LIMIT {})", most + 1));
    if statement.number(reading.connection)? <= most {
        return Ok(few);
    }
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (");
    for quarter in 0..QUARTERS {
        statement
            .push(if quarter == 0 { "" } else { " UNION ALL " })
            .push("SELECT * FROM (SELECT d.* FROM search_index x CROSS JOIN search_documents d ON d.docid = x.rowid ")
            .push("WHERE x.search_index MATCH ")
            .bind_text(sought.trigrams())
            .push(format!(" AND x.rowid > (SELECT max(docid) FROM search_documents) * {quarter} / {QUARTERS}"))
            .push(format!(" LIMIT {})", SAMPLE / QUARTERS));
    }
    statement
        .push(") d WHERE d.tenant_id = ")
        .bind_id(reading.session.tenant.id)
        .push(" AND d.kind = ")
        .bind_text(kind);
    sought.push_held(&mut statement);
    if statement.number(reading.connection)? > SAMPLE / 2 {
        return Ok(many);
    }
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (SELECT 1 FROM (");
    push_documents(&mut statement, reading.session, "d.kind AS kind", None, sought);
    statement.push(format!(" LIMIT {LOOKED_AT}) hit WHERE hit.kind = ")).bind_text(kind);
    statement.push(format!(" LIMIT {}) found", most + 1));
    if statement.number(reading.connection)? > most {
        return Ok(many);
    }
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (");
    push_documents(&mut statement, reading.session, "1", None, sought);
    statement.push(format!(" LIMIT {LOOKED_AT}) found"));
    Ok(if statement.number(reading.connection)? < LOOKED_AT { few } else { unknown })
}

/// Documents of a kind that are all looked at, on SQLite, to know whether one of them holds what is sought.
const ALL_OF_A_KIND: i64 = 1_000;
/// Columns of one statement, at most.
const MOST_ASKED: usize = 200;

/// Of each kind whether a document of it may hold what is sought: `false` where PostgreSQL's index, which knows kinds, says
/// that none does, or on SQLite, of kinds with few documents, these themselves. One statement.
pub(super) fn may_hold(
    reading: &mut Reading<'_>,
    asked: &[(&'static Entity, Option<Sought>)],
) -> Result<Vec<bool>, StoreError> {
    let postgres = reading.connection.is_postgres();
    let mut small: Vec<(&str, bool)> = Vec::new();
    let (mut statement, mut columns) = (Statement::new(), Vec::new());
    let mut holds = vec![true; asked.len()];
    for (at, (entity, sought)) in asked.iter().enumerate() {
        let Some(sought) = sought.as_ref().filter(|_| columns.len() < MOST_ASKED) else { continue };
        let known = reading.counted.any.iter().find(|(kind, what, _)| *kind == entity.name && what == sought);
        if let (Some((.., any)), Some(holds)) = (known, holds.get_mut(at)) {
            *holds = *any;
            continue;
        }
        if !postgres && !small.iter().any(|(kind, _)| *kind == entity.name) {
            small.push((entity.name, is_small(reading, entity)?));
        }
        let is_asked = if postgres { sought.is_indexed(true) } else { small.contains(&(entity.name, true)) };
        if !is_asked {
            continue;
        }
        statement.push(if columns.is_empty() { "SELECT " } else { ", " });
        if postgres {
            // Of few records it is known at once; of many a sample says first whether a word is common.
            let table = entity.table.name;
            statement.push(format!("CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM {table} c WHERE c.tenant_id = "));
            statement.bind_id(reading.session.tenant.id);
            statement.push(format!(
                " LIMIT {}) s) <= {ALL_OF_A_KIND} THEN (SELECT count(*) FROM search_ids(",
                ALL_OF_A_KIND + 1
            ));
            sought.push_arguments(&mut statement, entity.name);
            statement.push(", 1)) ELSE search_count(");
            sought.push_arguments(&mut statement, entity.name);
            statement.push(", 1) END");
        } else {
            statement.push("EXISTS (SELECT 1 FROM search_documents d WHERE d.tenant_id = ");
            statement.bind_id(reading.session.tenant.id).push(" AND d.kind = ").bind_text(entity.name);
            sought.push_held(&mut statement);
            statement.push(")");
        }
        statement.push(format!(" AS l{}", columns.len()));
        columns.push((at, entity.name, sought));
    }
    if columns.is_empty() {
        return Ok(holds);
    }
    let numbers = statement.load(reading.connection)?;
    for ((at, kind, sought), number) in columns.into_iter().zip(numbers.iter().flat_map(|row| &row.0)) {
        if let (Some(holds), Value::Int(number)) = (holds.get_mut(at), number) {
            *holds = *number > 0;
            reading.counted.any.push((kind, sought.clone(), *holds));
        }
    }
    Ok(holds)
}

/// Whether a kind has so few documents that all of them are looked at.
fn is_small(reading: &mut Reading<'_>, entity: &Entity) -> Result<bool, StoreError> {
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (SELECT 1 FROM search_documents d WHERE d.tenant_id = ");
    statement.bind_id(reading.session.tenant.id).push(" AND d.kind = ").bind_text(entity.name);
    statement.push(format!(" LIMIT {})", ALL_OF_A_KIND + 1));
    Ok(statement.number(reading.connection)? <= ALL_OF_A_KIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_is_searched_has_a_column() {
        for entity in crate::store::entities::all() {
            assert!(entity.search.len() <= PARTS, "{}: {} texts", entity.name, entity.search.len());
        }
    }

    #[test]
    fn the_index_is_asked_for_every_three_signs() {
        let words = ["a".to_owned(), "core-1".to_owned()];
        let words = Sought::words(&words).trigrams();
        assert_eq!(words, r#""  a" AND "  1" AND "re-""#);
        assert_eq!(Sought::within(3, "\"x\"").trigrams(), r#"part_3:(" x""" AND "  x" AND """  ")"#);
        assert_eq!(Sought::within(3, "@").trigrams(), "");
    }

    #[test]
    fn what_people_type_is_taken_literally() {
        assert_eq!(like("50%_a\\"), "%50\\%\\_a\\\\%");
        assert_eq!(glob("a*?[b"), "*a[*][?][[]b*");
        assert_eq!(glob(&needle("WA")), "* wa*");
    }
}
