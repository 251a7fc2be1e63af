//! The organisation's own texts of the screens, by language.

use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError};
use crate::domain::Value;

impl Store {
    /// Key and text of each translation into a language, for everybody of the organisation.
    ///
    /// # Errors
    /// What the database says.
    pub fn translations(&self, session: &Session, language: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.read(session, |reading| {
            let mut statement = Statement::new();
            statement
                .push("SELECT t.key AS t0, t.value AS t1 FROM translations t WHERE t.tenant_id = ")
                .bind_id(session.tenant.id)
                .push(" AND t.language = ")
                .bind_text(language)
                .push(" AND (t.component IS NULL OR t.component = 'console') ORDER BY t.key");
            let rows = statement.load(reading.connection)?;
            Ok(rows
                .into_iter()
                .filter_map(|row| match row.0.as_slice() {
                    [Value::Text(key), Value::Text(text)] => Some((key.clone(), text.clone())),
                    _ => None,
                })
                .collect())
        })
    }
}
