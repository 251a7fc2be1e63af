//! The search documents: one folded text a record, kept in the transaction of each write, which
//! lists and find-anything look into.

use super::StoreError;
use super::entity::Entity;
use super::read::Reading;
use super::session::Session;
use super::sql::Statement;
use super::write::Writing;
use crate::domain::Id;
use crate::domain::text::{self, needle};

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
pub(super) fn push_patterns(statement: &mut Statement, words: &[String]) {
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
pub(super) fn push_documents(
    statement: &mut Statement,
    session: &Session,
    what: &str,
    kind: Option<&str>,
    words: &[String],
) {
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
    push_held(statement, words);
}

/// Appends ` AND …`: that the document `d` holds all words. SQLite alone.
pub(super) fn push_held(statement: &mut Statement, words: &[String]) {
    for word in words {
        statement.push(" AND d.text GLOB ").bind_text(glob(&needle(word)));
    }
}

/// Whether the trigram index knows anything of the words: not of a single letter.
pub(super) fn is_indexed(words: &[String]) -> bool {
    !trigrams(words).is_empty()
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
    push_held(statement, words);
    statement.push(")");
}

/// Hits of all kinds that are looked at to count those of one, on SQLite.
const LOOKED_AT: i64 = 20_000;

/// How many documents of a kind hold all words, counted no further than `cap`. SQLite's index does not tell kinds apart:
/// words that are common among all of them count as common.
pub(super) fn count(reading: &mut Reading<'_>, kind: &str, words: &[String], cap: i64) -> Result<i64, StoreError> {
    let mut statement = Statement::new();
    if reading.connection.is_postgres() {
        statement.push("SELECT count(*) AS l0 FROM (");
        push_ids(&mut statement, reading.session, true, kind, words, cap);
        statement.push(") found");
        return number(reading, statement);
    }
    statement.push("SELECT count(*) AS l0 FROM (SELECT 1 FROM (");
    push_documents(&mut statement, reading.session, "d.kind AS kind", None, words);
    statement.push(format!(" LIMIT {LOOKED_AT}) hit WHERE hit.kind = ")).bind_text(kind);
    statement.push(format!(" LIMIT {cap}) found"));
    let found = number(reading, statement)?;
    if found >= cap {
        return Ok(found);
    }
    let mut statement = Statement::new();
    statement.push("SELECT count(*) AS l0 FROM (");
    push_documents(&mut statement, reading.session, "1", None, words);
    statement.push(format!(" LIMIT {LOOKED_AT}) found"));
    Ok(if number(reading, statement)? < LOOKED_AT { found } else { cap })
}

fn number(reading: &mut Reading<'_>, statement: Statement) -> Result<i64, StoreError> {
    let rows = statement.load(reading.connection)?;
    Ok(rows.first().and_then(|row| row.0[0].as_int()).unwrap_or(0))
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
