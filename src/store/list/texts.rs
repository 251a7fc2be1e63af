//! What is asked of texts, as conditions of a statement: the same whatever their case, part of one, a phone number. An
//! index answers first where one can: that of a key or of digits, or the search index. What a text holds stands in its
//! record's document; where few documents hold it, they are looked at and no others.

use std::sync::LazyLock;

use super::compile::{Compiler, Reach, expression};
use crate::domain::filter::Pattern;
use crate::domain::{phone, text};
use crate::store::StoreError;
use crate::store::entity::{Entity, Field, Source};
use crate::store::read::Reading;
use crate::store::search::{self, Sought};
use crate::store::sql::Statement;

impl Compiler<'_> {
    /// Appends `c.id IN (…) AND `, where the documents whose own text of the field holds a folded part are few enough to be
    /// taken.
    pub(super) fn push_documents_with(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &Field,
        held: &str,
    ) -> Result<Reach, StoreError> {
        // The names of other records change without this one's document.
        let is_own = matches!(field.source, Source::Column(_)) || field.words.is_some() && field.names.is_none();
        let part = search::part_of(self.entity, field.name).filter(|_| is_own);
        let Some(part) = part else { return Ok(Reach::Looked) };
        let sought = Sought::within(part, held);
        let most = self.most_documents(reading);
        if is_walked(reading, self.entity, &sought, most)? {
            return Ok(Reach::Looked);
        }
        push_documents(statement, reading, self.entity, &sought, most);
        statement.push(" AND ");
        Ok(Reach::Few)
    }

    /// The same text, whatever its case: by the column of its key, else among the documents that hold it.
    pub(super) fn push_exactly(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        key: &str,
        aside: &str,
    ) -> Result<Reach, StoreError> {
        if let Some(column) = self.entity.sort_key_of(field.name) {
            // Said beside it, emptiness lets an index serve that has none of the empty ones.
            statement
                .push(format!("({aside}c.{column} <> '' AND {aside}c.{column} = "))
                .bind_text(text::sort_key(key))
                .push(")");
            return Ok(Reach::Few);
        }
        let postgres = reading.connection.is_postgres();
        let own = expression(field, postgres);
        statement.push("(");
        let reach = self.push_documents_with(statement, reading, field, &text::fold(key))?;
        statement.push(format!("{own} <> '' AND {} = ", exact(&own, postgres))).bind_text(key).push(")");
        Ok(reach)
    }

    /// A phone number by its digits, which stand in a column of their own and in the record's document.
    pub(super) fn push_digits(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        digits: &str,
        anywhere: bool,
    ) -> Result<Reach, StoreError> {
        let Some(column) = self.entity.digits_of(field.name) else {
            return Err(StoreError::unexpected(format!("{} has no digits of its own", field.name)));
        };
        let (ending, home) = (phone::ending(digits), phone::at_home(digits));
        statement.push("(");
        let reach = if anywhere || ending.is_some() {
            let held = phone::national(digits).or(ending).unwrap_or(digits);
            self.push_documents_with(statement, reading, field, held)?
        } else {
            Reach::Few
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
        if let Some(home) = home {
            statement.push(format!(" OR c.{column} = ")).bind_text(home);
        }
        statement.push("))");
        Ok(reach)
    }
}

/// Whether what is sought is looked for while walking: because more documents hold it than are taken, or no index knows it.
pub(super) fn is_walked(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    sought: &Sought,
    most: i64,
) -> Result<bool, StoreError> {
    let indexed = sought.is_indexed(reading.connection.is_postgres());
    Ok(!indexed || !search::are_few(reading, entity.name, sought, most)?)
}

/// Appends that a record is one of those whose documents hold it.
pub(super) fn push_documents(
    statement: &mut Statement,
    reading: &Reading<'_>,
    entity: &'static Entity,
    sought: &Sought,
    most: i64,
) {
    search::push_found(statement, reading.session, reading.connection.is_postgres(), entity.name, sought, most + 1);
}

/// Different texts of a column that are looked through, at most.
const DIFFERENT: usize = 1_000;

/// The texts of a column that differ, from one to the next in its index behind the tenant: `from` says the table and its
/// name, and `column` the column of it; `None` where they are too many.
pub(super) fn different(
    reading: &mut Reading<'_>,
    (from, name): (&str, &str),
    column: &str,
) -> Result<Option<Vec<String>>, StoreError> {
    let tenant = reading.session.tenant.id;
    let first = format!("SELECT min({column}) FROM {from} WHERE {name}.tenant_id = ");
    let mut statement = Statement::new();
    statement.push(format!("WITH RECURSIVE each(word) AS ({first}")).bind_id(tenant);
    statement.push(format!(" UNION ALL SELECT ({first}")).bind_id(tenant);
    statement.push(format!(" AND {column} > each.word) FROM each WHERE each.word IS NOT NULL) "));
    statement.push(format!("SELECT word AS t0 FROM each WHERE word <> '' LIMIT {}", DIFFERENT + 1));
    let words = statement.load(reading.connection)?;
    let words: Vec<String> =
        words.iter().filter_map(|row| row.0.first()).map(|word| word.as_str().to_owned()).collect();
    Ok((words.len() <= DIFFERENT).then_some(words))
}

/// Appends that a column is one of the words; nothing is, where there are none.
pub(super) fn push_one_of(statement: &mut Statement, own: &str, words: &[String]) {
    statement.push(format!("{own} IN (NULL"));
    for word in words {
        statement.push(", ").bind_text(word.as_str());
    }
    statement.push(")");
}

/// Text folded in the database as [`text::fold`] does it. On SQLite that function itself is
/// registered with the connection; PostgreSQL's own comes to the same for what people write (it looks
/// at the end of a word where the domain folds letter by letter: hence the sigma).
pub(super) fn folded(expression: &str, postgres: bool) -> String {
    if postgres {
        // Its regular expressions know no class of all marks.
        static MARKS: LazyLock<String> =
            LazyLock::new(|| text::mark_ranges().map(|(first, last)| format!("{first}-{last}")).collect());
        let whole = format!(
            "btrim(regexp_replace(regexp_replace(normalize(replace(lower(upper(lower(normalize({expression}, NFKD) \
             COLLATE \"und-x-icu\"))), 'ς', 'σ'), NFKD), '[{}]', '', 'g'), '\\s+', ' ', 'g')) COLLATE \"C\"",
            *MARKS
        );
        // What is worked out is written, and worked out, once.
        if !expression.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_')) {
            return whole;
        }
        // Most texts are in ASCII, with one blank between words: a tenth of the work.
        format!(
            "CASE WHEN {expression} COLLATE \"C\" ~ '[^ -~]|  ' THEN {whole} ELSE btrim(lower({expression} COLLATE \"C\")) END \
             COLLATE \"C\""
        )
    } else {
        format!("headend_fold({expression})")
    }
}

pub(super) fn exact(expression: &str, postgres: bool) -> String {
    if postgres {
        format!(
            "btrim(regexp_replace(normalize(replace(lower(upper(lower(normalize({expression}, NFKC) COLLATE \"und-x-icu\"))), 'ς', 'σ'), \
             NFKC), '\\s+', ' ', 'g')) COLLATE \"C\""
        )
    } else {
        format!("headend_exact({expression})")
    }
}

/// That the text of a column, null or not, holds a folded part, as [`text::holds_part`] says. `strpos` on PostgreSQL and
/// `instr` on SQLite take what people typed literally, unlike LIKE; both count from 1 and answer 0 for nothing.
pub(in crate::store) fn push_holds(statement: &mut Statement, own: &str, part: &str, postgres: bool) {
    let function = if postgres { "strpos" } else { "instr" };
    let folded = folded(own, postgres);
    if !text::is_beginning(part) {
        statement.push(format!("{function}({folded}, ")).bind_text(part).push(") > 0");
    } else if postgres {
        // A word begins with the text, behind a blank, a sign of ASCII or a letter that is a word by itself.
        static BEFORE: LazyLock<String> =
            LazyLock::new(|| text::word_ranges().map(|(first, last)| format!("{first}-{last}")).collect());
        let literal = regex::escape(part);
        statement.push(format!("{folded} ~ ")).bind_text(format!("(^|[ -/:-@\\[-`{{-~{}]){literal}", *BEFORE));
    } else {
        statement.push(format!("instr(headend_words({own}), ")).bind_text(text::part_needle(part)).push(") > 0");
    }
}

/// That a text matches a pattern as it stands.
pub(super) fn push_matches(statement: &mut Statement, own: &str, pattern: &Pattern, postgres: bool) {
    if postgres {
        statement
            .push(format!("({own} <> '' AND {own} COLLATE \"und-x-icu\" ~ "))
            .bind_text(super::pattern::for_postgres(pattern.source()))
            .push(")");
    } else {
        statement.push("headend_matches(").bind_text(pattern.source()).push(format!(", {own})"));
    }
}

/// Appends that the texts of a record hold all of these folded words, of a kind without search documents: they are looked
/// into as they stand.
pub(super) fn push_own(statement: &mut Statement, entity: &'static Entity, postgres: bool, words: &[String]) {
    let texts = entity.texts();
    for (index, word) in words.iter().enumerate() {
        statement.push(if index == 0 { "(" } else { " AND (" });
        for (index, field) in texts.iter().enumerate() {
            statement.push(if index == 0 { "" } else { " OR " });
            push_holds(statement, &expression(field, postgres), word, postgres);
        }
        statement.push(if texts.is_empty() { "1 = 0)" } else { ")" });
    }
}
