//! The search documents: one folded text a record, kept in the transaction of each write, which
//! lists and find-anything look into.

use super::entity::Entity;
use super::read::Reading;
use super::sql::Statement;
use super::write::Writing;
use super::{Store, StoreError, entities, list};
use crate::domain::text::{self, fold, needle};
use crate::domain::{Id, Value};
use crate::store::record::Record;
use crate::store::session::Session;

/// The document of a record: what its fields say, and the digits of its phone numbers in one piece however they are
/// written.
pub(super) fn document(entity: &Entity, said: impl Fn(&'static str) -> String) -> String {
    let mut parts = Vec::with_capacity(entity.search.len());
    for field in entity.search {
        let part = said(field);
        let digits = entity.digits_of(field).map(|_| text::digits(&part)).filter(|digits| !digits.is_empty());
        let apart = digits.filter(|digits| !text::search_text([part.as_str()]).contains(digits));
        parts.push(part);
        parts.extend(apart);
    }
    text::search_text(parts.iter().map(String::as_str))
}

pub(super) fn put(writing: &mut Writing<'_>, entity: &Entity, id: Id, text: &str) -> Result<(), StoreError> {
    let mut statement = Statement::fixed();
    if writing.connection.is_postgres() {
        statement
            .push("SELECT 1 AS n0 FROM (SELECT search_put(")
            .bind_text(entity.name)
            .push(", ")
            .bind_id(id)
            .push(", ")
            .bind_text(text)
            .push(")) done");
        return statement.load(writing.connection).map(|_| ());
    }
    statement
        .push("INSERT INTO search_documents (tenant_id, kind, record_id, text) VALUES (")
        .bind_id(writing.session.tenant.id)
        .push(", ")
        .bind_text(entity.name)
        .push(", ")
        .bind_id(id)
        .push(", ")
        .bind_text(text)
        .push(") ON CONFLICT (tenant_id, kind, record_id) DO UPDATE SET text = excluded.text");
    statement.execute(writing.connection).map(|_| ())
}

/// Documents that many records are found by: one journey on PostgreSQL.
pub(super) fn put_many(
    writing: &mut Writing<'_>,
    entity: &Entity,
    documents: &[(Id, String)],
) -> Result<(), StoreError> {
    if !writing.connection.is_postgres() {
        return documents.iter().try_for_each(|(id, text)| put(writing, entity, *id, text));
    }
    let mut statement = Statement::new();
    statement.push("SELECT 1 AS n0 FROM (SELECT search_put_many(").bind_text(entity.name).push(", ARRAY[");
    for (index, (id, _)) in documents.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).bind_id(*id);
    }
    statement.push("], ARRAY[");
    for (index, (_, text)) in documents.iter().enumerate() {
        statement.push(if index == 0 { "" } else { ", " }).bind_text(text);
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

/// `ARRAY[?, ?]` of patterns for PostgreSQL's search functions.
fn push_patterns(statement: &mut Statement, words: &[String]) {
    statement.push("ARRAY[");
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            statement.push(", ");
        }
        statement.bind_text(like(&needle(word)));
    }
    statement.push("]::text[]");
}

/// Appends a subquery of the ids whose documents hold all words, at most `cap` of them.
pub(super) fn push_ids(
    statement: &mut Statement,
    session: &Session,
    postgres: bool,
    kind: &str,
    words: &[String],
    cap: i64,
) {
    if postgres {
        statement.push("SELECT search_ids(").bind_text(kind).push(", ");
        push_patterns(statement, words);
        statement.push(format!(", {cap})"));
        return;
    }
    push_documents(statement, session, "d.record_id", Some(kind), words);
    statement.push(format!(" LIMIT {cap}"));
}

/// Every three letters in a row of the words, as a query of the trigram index: a document that holds the words holds all
/// of these. Empty where no word is long enough.
fn trigrams(words: &[String]) -> String {
    let mut query = Vec::new();
    for word in words {
        let letters: Vec<char> = needle(word).chars().collect();
        query.extend(letters.windows(3).map(|three| format!("\"{}\"", String::from_iter(three).replace('"', "\"\""))));
    }
    query.join(" AND ")
}

/// SQLite: documents found through the trigram index, then looked at for each word in turn. The index goes first whatever
/// the planner knows of the tables: the other way round every document of the tenant is looked up in it.
fn push_documents(statement: &mut Statement, session: &Session, what: &str, kind: Option<&str>, words: &[String]) {
    statement.push(format!(
        "SELECT {what} FROM search_index x CROSS JOIN search_documents d ON d.docid = x.rowid WHERE d.tenant_id = "
    ));
    statement.bind_id(session.tenant.id);
    if let Some(kind) = kind {
        statement.push(" AND d.kind = ").bind_text(kind);
    }
    let trigrams = trigrams(words);
    if !trigrams.is_empty() {
        statement.push(" AND x.search_index MATCH ").bind_text(trigrams);
    }
    for word in words {
        statement.push(" AND d.text GLOB ").bind_text(glob(&needle(word)));
    }
}

/// Appends a condition on the record `c`: that its document holds all words. For walking a sort
/// index where the words are common.
pub(super) fn push_matches(statement: &mut Statement, postgres: bool, kind: &str, words: &[String]) {
    if postgres {
        statement.push("search_matches(").bind_text(kind).push(", c.id, ");
        push_patterns(statement, words);
        statement.push(")");
        return;
    }
    statement
        .push(
            "EXISTS (SELECT 1 FROM search_documents d WHERE d.tenant_id = c.tenant_id AND d.record_id = c.id AND d.kind = ",
        )
        .bind_text(kind);
    for word in words {
        statement.push(" AND d.text GLOB ").bind_text(glob(&needle(word)));
    }
    statement.push(")");
}

/// How many documents hold all words, counted no further than `cap`.
pub(super) fn count(reading: &mut Reading<'_>, kind: &str, words: &[String], cap: i64) -> Result<i64, StoreError> {
    let postgres = reading.connection.is_postgres();
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (");
    push_ids(&mut statement, reading.session, postgres, kind, words, cap);
    statement.push(") found");
    let rows = statement.load(reading.connection)?;
    Ok(rows.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
}

/// What find-anything found of one kind.
#[derive(Clone, Debug)]
pub struct Found {
    pub entity: &'static Entity,
    pub records: Vec<Record>,
}

/// Hits that find-anything looks at before it groups them.
const HITS: i64 = 400;

impl Store {
    /// Records of every kind that the session may see whose text holds all the words; the first few
    /// of each kind, those first whose number or name begins with what was typed.
    ///
    /// # Errors
    /// What the database says.
    pub fn find(&self, session: &Session, text: &str, of_each: usize) -> Result<Vec<Found>, StoreError> {
        let words: Vec<String> = fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        self.read(session, |reading| {
            let postgres = reading.connection.is_postgres();
            let mut statement = Statement::new();
            if postgres {
                statement.push("SELECT kind AS t0, record_id AS i1 FROM search_any(");
                push_patterns(&mut statement, &words);
                statement.push(format!(", {HITS})"));
            } else {
                push_documents(&mut statement, session, "d.kind AS t0, d.record_id AS i1", None, &words);
                statement.push(format!(" LIMIT {HITS}"));
            }
            let mut ids: Vec<(&'static Entity, Id)> = statement
                .load(reading.connection)?
                .into_iter()
                .filter_map(|row| match row.0.as_slice() {
                    [Value::Text(kind), Value::Id(id)] => Some((entities::find(kind)?, *id)),
                    _ => None,
                })
                .collect();
            ids.retain(|(entity, _)| session.may(&entity.permission("read")));
            let mut found = Vec::new();
            for entity in entities::all() {
                let mut records = Vec::new();
                for (_, id) in ids.iter().filter(|(kind, _)| *kind == entity).take(of_each * 4) {
                    records.extend(list::select::by_id(reading.connection, session, entity, *id, false)?);
                }
                let begins = |record: &Record| {
                    let folded = fold(text);
                    !(fold(record.get("number").as_str()).starts_with(&folded)
                        || fold(record.get(entity.label).as_str()).starts_with(&folded))
                };
                records.sort_by_key(|record| (begins(record), record.title()));
                records.truncate(of_each);
                if !records.is_empty() {
                    found.push(Found { entity, records });
                }
            }
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_taken_literally() {
        assert_eq!(like(&needle("50%_a\\")), "%50\\%\\_a\\\\%");
        assert_eq!(glob(&needle("a*?[b")), "*a[*][?][[]b*");
        assert_eq!(glob(&needle("WA")), "* wa*");
    }
}
