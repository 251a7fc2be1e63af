//! How the database goes about a list: what a person who waits for one wants to know.

use diesel::QueryableByName;
use diesel::deserialize::{self, FromSql};
use diesel::prelude::*;
use diesel::row::{Field as _, NamedRow};
use diesel::sql_types::Text;

use super::{ListRequest, page};
use crate::store::connection::MultiBackend;
use crate::store::session::Session;
use crate::store::sql::Statement;
use crate::store::{Store, StoreError};

/// One line of a plan; its text is the last column of the answer on both databases.
struct Line(String);

impl QueryableByName<MultiBackend> for Line {
    fn build<'a>(row: &impl NamedRow<'a, MultiBackend>) -> deserialize::Result<Self> {
        let last = row.field_count().checked_sub(1).ok_or("a line without a column")?;
        let field = diesel::row::Row::get(row, last).ok_or("a column is missing")?;
        let raw = field.value().ok_or("a line without text")?;
        Ok(Self(<String as FromSql<Text, MultiBackend>>::from_sql(raw)?))
    }
}

impl Store {
    /// What the database would do for a page, a line a step, in its own words.
    ///
    /// # Errors
    /// When the session may not read the list or the database says so.
    pub fn plan(&self, session: &Session, request: &ListRequest) -> Result<Vec<String>, StoreError> {
        session.require(&request.entity.permission("read"))?;
        self.read(session, |reading| {
            let mut lines = Vec::new();
            for asked in page::statements(reading, request)? {
                let mut statement = Statement::new();
                statement.push(if reading.connection.is_postgres() { "EXPLAIN " } else { "EXPLAIN QUERY PLAN " });
                statement.append(asked);
                let told: Vec<Line> = RunQueryDsl::load(statement, reading.connection)?;
                lines.extend(told.into_iter().map(|Line(line)| line));
            }
            Ok(lines)
        })
    }
}
