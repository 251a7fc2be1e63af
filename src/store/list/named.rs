//! The records that a filter names where a field points at them: those whose number or name it is, by the index of each.

use super::compile::{Compiler, Reach, expression};
use super::select::{push_where, shown_by};
use super::texts;
use crate::domain::{Id, text};
use crate::store::StoreError;
use crate::store::entity::Field;
use crate::store::read::Reading;
use crate::store::search::{self, Sought};
use crate::store::sql::Statement;

/// What a reference is filtered by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'a> {
    /// The [`text::fold`] of the number or name.
    Folded(&'a str),
    /// The [`text::exact_key`] of it.
    Exactly(&'a str),
}

impl Named<'_> {
    const fn key(&self) -> &str {
        match self {
            Self::Folded(key) | Self::Exactly(key) => key,
        }
    }
}

impl Compiler<'_> {
    /// The ids of those that are named so; `None` where they are more than `most`, or not found without looking at all.
    pub(super) fn ids_of_named(
        &self,
        reading: &mut Reading<'_>,
        named: Named<'_>,
        most: usize,
    ) -> Result<Option<Vec<Id>>, StoreError> {
        let mut ids = Vec::new();
        for (way, reach) in self.ways_of_naming(reading, named)? {
            if reach == Reach::Looked && !self.is_small(reading)? {
                return Ok(None);
            }
            let mut statement = Statement::new();
            statement.push(format!("SELECT c.id AS i0 FROM {} c", self.entity.table.name));
            if self.is_printed {
                statement.push(" WHERE c.tenant_id = ").bind_id(reading.session.tenant.id);
            } else {
                push_where(&mut statement, reading.session, self.entity);
            }
            statement.push(" AND ").append(way).push(format!(" LIMIT {}", most + 1));
            for row in statement.load(reading.connection)? {
                ids.extend(row.0[0].as_id().filter(|id| !ids.contains(id)));
            }
        }
        Ok((ids.len() <= most).then_some(ids))
    }

    /// Appends that a record is named so.
    pub(super) fn push_named(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        named: Named<'_>,
    ) -> Result<Reach, StoreError> {
        let mut worst = Reach::Few;
        statement.push("(");
        for (index, (way, reach)) in self.ways_of_naming(reading, named)?.into_iter().enumerate() {
            statement.push(if index == 0 { "(" } else { " OR (" }).append(way).push(")");
            worst = worst.max(reach);
        }
        statement.push(")");
        Ok(worst)
    }

    /// The conditions that together find them: by number, by name.
    fn ways_of_naming(
        &self,
        reading: &mut Reading<'_>,
        named: Named<'_>,
    ) -> Result<Vec<(Statement, Reach)>, StoreError> {
        let mut ways = Vec::new();
        let printed = |name: &&str| !self.is_printed || *name == shown_by(self.entity);
        let names = ["number", self.entity.label].into_iter().filter(printed);
        for field in names.filter_map(|name| self.entity.field(name)) {
            let Some(column) = self.entity.sort_key_of(field.name) else {
                if ways.is_empty() || field.name != "number" {
                    ways.push(self.text_named(reading, field, named)?);
                }
                continue;
            };
            let mut way = Statement::new();
            match named {
                Named::Exactly(key) => way.push(format!("c.{column} = ")).bind_text(text::sort_key(key)),
                // Every exact form of the folded name: it stands before the separator in the key.
                Named::Folded(key) => way
                    .push(format!("c.{column} >= "))
                    .bind_text(format!("{key}\u{1}"))
                    .push(format!(" AND c.{column} < "))
                    .bind_text(format!("{key}\u{2}")),
            };
            ways.push((way, Reach::Known));
        }
        Ok(ways)
    }

    /// A text without a key: among the documents that hold it.
    fn text_named(
        &self,
        reading: &mut Reading<'_>,
        field: &'static Field,
        named: Named<'_>,
    ) -> Result<(Statement, Reach), StoreError> {
        let postgres = reading.connection.is_postgres();
        let own = expression(field, postgres);
        let key = named.key();
        let mut way = Statement::new();
        if field.name == "number" {
            // A number is written in capitals or as it was typed, by its own index; in any other case only where few documents
            // hold it: the beginning of a number stands in all of them.
            let part = search::part_of(self.entity, field.name);
            let few = match part.map(|part| Sought::within(part, &text::fold(key))) {
                Some(sought) => !texts::is_walked(reading, self.entity, &sought, reading.few.documents)?,
                None => false,
            };
            if !few {
                way.push(format!("{own} IN (")).bind_text(key.to_uppercase()).push(", ").bind_text(key).push(")");
                return Ok((way, Reach::Few));
            }
        }
        let reach = self.push_documents_with(&mut way, reading, field, &text::fold(key))?;
        let compared = match named {
            Named::Folded(_) => texts::folded(&own, postgres),
            Named::Exactly(_) => texts::exact(&own, postgres),
        };
        way.push(format!("{own} <> '' AND {compared} = ")).bind_text(key);
        Ok((way, reach))
    }
}
