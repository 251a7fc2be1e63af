//! Records to a file that import reads back unchanged. Secrets never leave.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::Format;
use super::csv::{Writer, cell};
use crate::domain::Kind;
use crate::store::list::{From, ListRequest};
use crate::store::{Entity, Field, Record, Session, Store, StoreError};

/// Rows read at a time.
pub const PAGE: usize = 1_000;

/// Makes a file that only its owner may read; one that exists is replaced.
///
/// # Errors
/// When it cannot be made.
pub fn create(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| std::io::Error::new(error.kind(), format!("{} cannot be written: {error}", path.display())))
}

/// The fields that leave where nobody names any: all but secrets.
#[must_use]
pub fn fields(entity: &'static Entity) -> Vec<&'static Field> {
    entity.fields.iter().filter(|field| field.kind != Kind::Secret).collect()
}

/// What stopped an export.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

/// Writes all that a request lists; each row's id stands first. Tells how many there were.
///
/// # Errors
/// What the database or the file says.
pub fn write(
    store: &Store,
    session: &Session,
    mut request: ListRequest,
    format: Format,
    out: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> Result<u64, Stopped> {
    let fields = request.fields.clone();
    let mut writer = match format {
        Format::Divided(divided) => Some(Writer::new(divided)),
        Format::JsonLines => None,
    };
    if let Some(writer) = &mut writer {
        writer.row(out, std::iter::once("id").chain(fields.iter().map(|field| field.name)))?;
    }
    let mut count = 0;
    loop {
        let page = store.list(session, &request)?;
        for record in &page.rows {
            match &mut writer {
                Some(writer) => {
                    let id = record.id.to_string();
                    let cells: Vec<String> = fields.iter().map(|field| cell(record.get(field.name))).collect();
                    writer.row(out, std::iter::once(id.as_str()).chain(cells.iter().map(String::as_str)))?;
                }
                None => writeln!(out, "{}", json(record, &fields))?,
            }
        }
        count += page.rows.len() as u64;
        progress(count);
        match page.cursors.last() {
            Some(last) if page.more_after => request.from = From::After(last.clone()),
            _ => return Ok(count),
        }
    }
}

/// A record by these fields; its id stands first.
#[must_use]
pub fn json(record: &Record, fields: &[&'static Field]) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    object.insert("id".into(), record.id.to_string().into());
    for field in fields {
        object.insert(field.name.into(), record.get(field.name).to_json());
    }
    object.into()
}
