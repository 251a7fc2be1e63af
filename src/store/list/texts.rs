//! What is asked of texts, as conditions of a statement: the same whatever their case, part of one, a phone number. An
//! index answers first where one can: that of a key or of digits, or the search index. What a text holds stands in its
//! record's document; where few documents hold it, they are looked at and no others.

use std::sync::LazyLock;

use super::compile::expression;
use crate::domain::{phone, text};
use crate::store::entity::{Entity, Field, Source};
use crate::store::read::Reading;
use crate::store::sql::Statement;
use crate::store::{StoreError, search};

/// Documents that hold a text are taken from the search index up to here; a more common one is looked for while walking
/// the sort index, where its rows stand dense.
pub(super) const RARE: i64 = 1_000;
/// The search index knows texts of so many letters.
const INDEXED: usize = 3;

/// Appends `c.id IN (…) AND `, where the documents that hold what a field has to hold are few; answers whether they are.
pub(super) fn push_documents_with(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    field: &Field,
    held: &str,
) -> Result<bool, StoreError> {
    let is_in_document = entity.search.contains(&field.name) && matches!(field.source, Source::Column(_));
    if !is_in_document || held.chars().count() < INDEXED {
        return Ok(false);
    }
    let phrase = [held.to_owned()];
    if search::count(reading, entity.name, &phrase, RARE + 1)? > RARE {
        return Ok(false);
    }
    push_few(statement, reading, entity, &phrase);
    statement.push(" AND ");
    Ok(true)
}

/// Appends that a record is one of the few whose documents hold all words.
pub(super) fn push_few(statement: &mut Statement, reading: &Reading<'_>, entity: &'static Entity, words: &[String]) {
    statement.push("c.id IN (");
    search::push_ids(statement, reading.session, reading.connection.is_postgres(), entity.name, words, RARE + 1);
    statement.push(")");
}

/// The same text, whatever its case: by the column of its key, else among the documents that hold it.
pub(super) fn push_exactly(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    field: &'static Field,
    key: &str,
) -> Result<bool, StoreError> {
    if let Some(column) = entity.sort_key_of(field.name) {
        // Said beside it, emptiness lets an index serve that has none of the empty ones.
        statement.push(format!("(c.{column} <> '' AND c.{column} = ")).bind_text(text::sort_key(key)).push(")");
        return Ok(true);
    }
    let postgres = reading.connection.is_postgres();
    let own = expression(entity, field, postgres);
    statement.push("(");
    let few = push_documents_with(statement, reading, entity, field, &text::fold(key))?;
    statement.push(format!("{own} <> '' AND {} = ", exact(&own, postgres))).bind_text(key).push(")");
    Ok(few)
}

/// A phone number by its digits, which stand in a column of their own and in the record's document.
pub(super) fn push_digits(
    statement: &mut Statement,
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    field: &'static Field,
    digits: &str,
    anywhere: bool,
) -> Result<bool, StoreError> {
    let Some(column) = entity.digits_of(field.name) else {
        return Err(StoreError::unexpected(format!("{} has no digits of its own", field.name)));
    };
    let ending = phone::ending(digits);
    statement.push("(");
    let few = if anywhere || ending.is_some() {
        let held = ending.unwrap_or(digits);
        push_documents_with(statement, reading, entity, field, held)?
    } else {
        true
    };
    statement.push("(");
    if anywhere {
        statement.push(format!("c.{column} LIKE ")).bind_text(format!("%{digits}%"));
    } else {
        statement.push(format!("c.{column} = ")).bind_text(digits);
    }
    if let Some(ending) = ending {
        statement.push(format!(" OR c.{column} LIKE ")).bind_text(format!("%{ending}"));
    }
    statement.push("))");
    Ok(few)
}

/// Text folded in the database as [`text::fold`] does it. On SQLite that function itself is
/// registered with the connection; PostgreSQL's own comes to the same for what people write (it looks
/// at the end of a word where the domain folds letter by letter: hence the sigma).
pub(super) fn folded(expression: &str, postgres: bool) -> String {
    if postgres {
        // Its regular expressions know no class of all marks.
        static MARKS: LazyLock<String> =
            LazyLock::new(|| text::mark_ranges().map(|(first, last)| format!("{first}-{last}")).collect());
        format!(
            "btrim(regexp_replace(replace(lower(upper(lower(regexp_replace(normalize({expression}, NFKD), '[{}]', '', 'g') \
             COLLATE \"und-x-icu\"))), 'ς', 'σ'), '\\s+', ' ', 'g')) COLLATE \"C\"",
            *MARKS
        )
    } else {
        format!("headend_fold({expression})")
    }
}

fn exact(expression: &str, postgres: bool) -> String {
    if postgres {
        format!(
            "btrim(regexp_replace(normalize(replace(lower(upper(lower(normalize({expression}, NFKC) COLLATE \"und-x-icu\"))), 'ς', 'σ'), \
             NFKC), '\\s+', ' ', 'g')) COLLATE \"C\""
        )
    } else {
        format!("headend_exact({expression})")
    }
}

/// `position` takes what people typed literally, unlike LIKE.
pub(super) fn push_contains(statement: &mut Statement, expression: &str, needle: &str) {
    // `strpos` on PostgreSQL, `instr` on SQLite: both count from 1 and answer 0 for nothing.
    let function = if expression.starts_with("headend") { "instr" } else { "strpos" };
    statement.push(format!("{function}({expression}, ")).bind_text(needle).push(") > 0");
}
