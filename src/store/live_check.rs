//! What the database says of one field's value while it is being typed: whom a reference means, and
//! who has already what must be unique. Told early for the person's sake; saving checks anew.

use super::entity::{Entity, Field};
use super::list::{self, Effort, From, ListRequest, parse_sort, select};
use super::model::ColumnKind;
use super::read::Reading;
use super::record::Record;
use super::session::Session;
use super::sql::Statement;
use super::{Store, StoreError, entities};
use crate::domain::filter::Resolved;
use crate::domain::{Id, Value};

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Nothing stands against it.
    Fits,
    /// A reference: this one record is meant.
    Means(Box<Record>),
    /// A reference, or one of several: nothing is called this.
    Nothing(String),
    /// So many fit this, at least.
    Several(String, usize),
    /// Unique, and taken: by whom, as far as the session sees them.
    Taken(Option<String>),
}

/// How far records that fit a word are counted.
const COUNTED: usize = 20;

impl Store {
    /// Looks at one value of a field of a record (`own`) that exists or is to be made.
    ///
    /// # Errors
    /// When the session may not look there, or the database says so.
    pub fn check_field(
        &self,
        session: &Session,
        entity: &'static Entity,
        field: &'static Field,
        value: &Value,
        own: Option<Id>,
    ) -> Result<Finding, StoreError> {
        if value.is_empty() {
            return Ok(Finding::Fits);
        }
        if let Some(target) = field.names.and_then(entities::find) {
            for word in value.as_str().split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()) {
                match self.meant(session, target, &Value::text(word))? {
                    Finding::Fits | Finding::Means(_) => {}
                    finding => return Ok(finding),
                }
            }
            return Ok(Finding::Fits);
        }
        match (field.reference.and_then(entities::find), field.unique) {
            (Some(target), _) => self.meant(session, target, value),
            (None, Some(column)) => {
                session.require(&entity.permission("read"))?;
                self.read(session, |reading| taken(reading, entity, column, value, own))
            }
            (None, None) => Ok(Finding::Fits),
        }
    }

    /// The record that a word means: the one called so, else the only one that it finds.
    fn meant(&self, session: &Session, target: &'static Entity, value: &Value) -> Result<Finding, StoreError> {
        session.require(&target.permission("read"))?;
        let word = value.written();
        let named = self.read(session, |reading| {
            let ids = select::named(reading.connection, session, target, &word)?;
            Ok(match ids.as_slice() {
                [] => None,
                [id] => select::by_id(reading.connection, session, target, *id, false)?
                    .map(|record| Finding::Means(Box::new(record))),
                several => Some(Finding::Several(word.clone(), several.len())),
            })
        })?;
        if let Some(finding) = named {
            return Ok(finding);
        }
        let found = self.list(
            session,
            &ListRequest {
                entity: target,
                fields: [target.field("number"), target.field(target.label)].into_iter().flatten().collect(),
                filter: Resolved::OwnWord(word.clone()),
                sort: parse_sort(target, target.default_sort)?,
                limit: COUNTED,
                from: From::Start,
                effort: Effort::GLANCE,
            },
        )?;
        let count = found.rows.len();
        Ok(match (found.rows.into_iter().next(), count) {
            (Some(record), 1) => Finding::Means(Box::new(record)),
            (Some(_), count) => Finding::Several(word, count),
            (None, _) => Finding::Nothing(word),
        })
    }
}

fn taken(
    reading: &mut Reading<'_>,
    entity: &'static Entity,
    column: &'static str,
    value: &Value,
    own: Option<Id>,
) -> Result<Finding, StoreError> {
    let derived = entity.derived.iter().find(|derived| derived.column == column);
    let key = derived.map_or_else(|| value.clone(), |derived| (derived.how)(value));
    let kind = entity.table.column(column).map_or(ColumnKind::Text, |column| column.kind);
    // Unique is unique in the whole organisation, whatever part of it the session sees.
    let mut statement = Statement::new();
    statement
        .push(format!("SELECT c.id AS i0 FROM {} c WHERE c.tenant_id = ", entity.table.name))
        .bind_id(reading.session.tenant.id)
        .push(format!(" AND c.{column} = "))
        .bind(kind, key)?;
    if (entity.name, column) == ("devices", "management_ip_key") {
        // A retired device lets go of its address.
        statement.push(" AND c.status <> 'retired'");
    }
    if let Some(own) = own {
        statement.push(" AND c.id <> ").bind_id(own);
    }
    statement.push(" LIMIT 1");
    let Some(id) = statement.load(reading.connection)?.first().and_then(|row| row.0.first()?.as_id()) else {
        return Ok(Finding::Fits);
    };
    let holder = list::select::by_id(reading.connection, reading.session, entity, id, false)?;
    Ok(Finding::Taken(holder.map(|record| record.title())))
}
