//! What is asked of the words of a list, which are kept in a table of their own, a row each: by the index that has them
//! behind each other, the records of those words that pass.

use super::beside::Beside;
use super::compile::{Compiler, Reach, Way};
use super::{scope, select, texts};
use crate::domain::filter::{self, Resolved, Test};
use crate::domain::text;
use crate::store::StoreError;
use crate::store::entity::{Entity, Field, Words};
use crate::store::read::Reading;
use crate::store::sql::Statement;

/// What is asked of any word, where a test asks nothing else: one of these.
pub(super) fn words_asked(test: &Test) -> Option<Vec<&Test>> {
    match test {
        Test::AnyWord(asked) => Some(vec![&**asked]),
        Test::OneOf(tests) => {
            tests.iter().map(|test| if let Test::AnyWord(asked) = test { Some(&**asked) } else { None }).collect()
        }
        _ => None,
    }
}

impl Compiler<'_> {
    /// Appends that one of a record's words passes one of the tests. The records of few words are taken; where they are
    /// many, a list that is walked in order asks about each record's own words.
    pub(super) fn push_any_word(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        (field, words): (&'static Field, Words),
        tests: &[&Test],
    ) -> Result<Reach, StoreError> {
        let known = different(reading, words)?;
        let is_known = known.is_some();
        let mut rows = Statement::new();
        rows.push(" AND ");
        match known {
            Some(mut known) => {
                known.retain(|word| tests.iter().any(|test| filter::text_holds(test, word)));
                texts::push_one_of(&mut rows, words.word, &known);
            }
            None => push_passes(&mut rows, words.word, tests, reading.connection.is_postgres())?,
        }
        let beside = Beside::of_words(words);
        if is_known {
            return self.push_beside(statement, reading, &beside, &rows, |statement| beside.push_own(statement, &rows));
        }
        statement.push("(");
        let reach = match tests {
            [test] => self.push_documents_that_hold(statement, reading, field, test)?,
            _ => Reach::Looked,
        };
        beside.push_own(statement, &rows);
        statement.push(")");
        Ok(reach)
    }

    /// The documents whose words hold what a test of a word asks for.
    fn push_documents_that_hold(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        field: &'static Field,
        test: &Test,
    ) -> Result<Reach, StoreError> {
        let held = match test {
            Test::Exactly(key) => Some(text::fold(key)),
            Test::Contains(part) => Some(part.clone()),
            Test::Matches(pattern) => pattern.held(),
            _ => None,
        };
        held.map_or(Ok(Reach::Looked), |held| self.push_documents_with(statement, reading, field, &held))
    }

    /// Appends that a record has words at all.
    pub(super) fn push_some_word(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: Words,
    ) -> Result<Reach, StoreError> {
        let (beside, any) = (Beside::of_words(words), Statement::new());
        self.push_beside(statement, reading, &beside, &any, |statement| beside.push_own(statement, &any))
    }
}

/// The words that differ; `None` where they are too many to go through.
fn different(reading: &mut Reading<'_>, words: Words) -> Result<Option<Vec<String>>, StoreError> {
    texts::different(reading, (&words.from(), "w"), words.word)
}

/// Appends that a word passes one of the tests, by looking at it.
fn push_passes(statement: &mut Statement, word: &str, tests: &[&Test], postgres: bool) -> Result<(), StoreError> {
    for (index, test) in tests.iter().enumerate() {
        statement.push(if index == 0 { "(" } else { " OR " });
        match test {
            Test::Exactly(key) => {
                statement.push(format!("{} = ", texts::exact(word, postgres))).bind_text(key.as_str());
            }
            Test::Contains(part) => texts::push_holds(statement, word, part, postgres),
            Test::Matches(pattern) => texts::push_matches(statement, word, pattern, postgres),
            other => return Err(StoreError::unexpected(format!("{other:?} is asked of a word"))),
        }
    }
    statement.push(")");
    Ok(())
}

/// Words of a list that occur in records that the session sees, those that differ only, and hold what was typed.
pub(super) fn occurring(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    words: Words,
    held: &str,
    looked_at: u64,
) -> Result<Vec<String>, StoreError> {
    let known = different(reading, words)?;
    let mut rows = Statement::new();
    if let Some(mut known) = known {
        known.retain(|word| held.is_empty() || text::holds_part(word, held));
        if !scope::restricts(reading.session, entity) {
            return Ok(known);
        }
        rows.push(" AND ");
        texts::push_one_of(&mut rows, words.word, &known);
    }
    let (Words { record, word, .. }, from) = (words, words.from());
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT DISTINCT t0 FROM (SELECT {word} AS t0"))
        .push(select::from_own(entity))
        .push(format!(" JOIN {from} ON w.tenant_id = c.tenant_id AND {record} = c.id"));
    super::compile::push_filtered(&mut statement, reading, entity, &Resolved::All, Way::Walked(None))?;
    statement.append(rows).push(format!(" LIMIT {looked_at}) looked ORDER BY 1"));
    let rows = statement.load(reading.connection)?;
    Ok(rows.iter().filter_map(|row| row.0.first()).map(|word| word.as_str().to_owned()).collect())
}
