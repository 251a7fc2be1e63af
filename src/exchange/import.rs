//! Rows of a file as the store takes them: read once for each pass, never kept.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Format;
use super::columns::{self, Map, Meaning, meaning};
use super::csv::{Divided, unescape};
use super::lines::{LONGEST, Limited, Seen};
use crate::domain::secret::HIDDEN;
use crate::domain::text::clean;
use crate::domain::value::Locale;
use crate::domain::{Kind, Value};
use crate::store::bulk::{BulkRow, RowProblem, Rows, Source};
use crate::store::{Entity, Field, StoreError};

/// A file that was opened for import.
pub struct ImportFile {
    entity: &'static Entity,
    path: PathBuf,
    /// What messages call it.
    pub name: String,
    format: Format,
    locale: Locale,
    map: Map,
    /// Of the columns, in their order; empty for JSON Lines.
    meanings: Vec<Meaning>,
    /// As it was when it was opened: a file that changes meanwhile is refused.
    stamp: (u64, Option<std::time::SystemTime>),
    /// What stdin was copied to, taken away at the end.
    _spool: Option<Spool>,
}

/// A file that goes with its owner.
struct Spool(PathBuf);

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Why a file cannot be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("{name} cannot be read: {error}")]
    File { name: String, error: std::io::Error },
    /// What is wrong with its first row or its map, one a line.
    #[error("{}", .0.join("\n"))]
    Columns(Vec<String>),
}

impl ImportFile {
    /// Opens a file (`-`: stdin) and reads which columns it has.
    ///
    /// # Errors
    /// When it cannot be read, or its columns are not the resource's.
    pub fn open(
        entity: &'static Entity,
        path: &Path,
        format: Option<Format>,
        map: Map,
        locale: Locale,
    ) -> Result<Self, Unreadable> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin { "stdin".to_owned() } else { clean(&path.to_string_lossy()).into_owned() };
        let failed = |error| Unreadable::File { name: name.clone(), error };
        let format = format.or_else(|| Format::of_name(path)).unwrap_or(Format::Divided(Divided::Comma));
        let spool = if is_stdin { Some(spool().map_err(failed)?) } else { None };
        let path = spool.as_ref().map_or_else(|| path.to_owned(), |spool| spool.0.clone());
        let file = File::open(&path).map_err(failed)?;
        let data = file.metadata().map_err(failed)?;
        if data.is_dir() {
            return Err(failed(std::io::Error::other("it is a directory")));
        }
        let stamp = (data.len(), data.modified().ok());
        let mut opened =
            Self { entity, path, name: name.clone(), format, locale, map, meanings: Vec::new(), stamp, _spool: spool };
        if let Format::Divided(divided) = format {
            let header = read_header(&file, divided).map_err(failed)?;
            let at = |why: String| format!("{name}:1: {why}");
            let header = header.map_err(|why| Unreadable::Columns(vec![at(why)]))?;
            opened.meanings = columns::read(entity, &header, &opened.map)
                .map_err(|wrong| Unreadable::Columns(wrong.into_iter().map(at).collect()))?;
        }
        Ok(opened)
    }

    /// Columns whose values the program keeps by itself and that are therefore not brought in.
    pub fn left_out(&self) -> impl Iterator<Item = &'static str> {
        self.meanings.iter().filter_map(|meaning| if let Meaning::Kept(name) = meaning { Some(*name) } else { None })
    }

    fn file(&self) -> Result<File, StoreError> {
        let failed = |error: std::io::Error| StoreError::refused(format!("{} cannot be read: {error}", self.name));
        let file = File::open(&self.path).map_err(failed)?;
        let data = file.metadata().map_err(failed)?;
        if (data.len(), data.modified().ok()) != self.stamp {
            return Err(StoreError::refused(format!(
                "{} was changed while it was read. Nothing was written",
                self.name
            )));
        }
        Ok(file)
    }

    /// Copies the rows that begin on these lines, with the first row where there is one.
    ///
    /// # Errors
    /// When it cannot be read or the other one not written.
    pub fn copy_rows(&self, lines: &[u64], to: &Path) -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(super::export::create(to)?);
        let file = File::open(&self.path)?;
        match self.format {
            Format::JsonLines => {
                for (line, number) in BufReader::new(file).split(b'\n').zip(1..) {
                    let line = line?;
                    if lines.binary_search(&number).is_ok() {
                        out.write_all(&line)?;
                        out.write_all(b"\n")?;
                    }
                }
            }
            Format::Divided(divided) => {
                let (mut reader, seen) = reader(file, divided);
                let mut writer =
                    ::csv::WriterBuilder::new().delimiter(divided.byte()).flexible(true).from_writer(&mut out);
                let mut record = ::csv::ByteRecord::new();
                let mut first = true;
                while reader.read_byte_record(&mut record)? {
                    seen.begin(reader.position().byte());
                    if first || lines.binary_search(&seen.line_of(&record, reader.position())).is_ok() {
                        writer.write_byte_record(&record)?;
                    }
                    first = false;
                }
                writer.flush()?;
            }
        }
        out.flush()
    }
}

/// Copies stdin to a file that only its owner may read: it is read more than once.
fn spool() -> std::io::Result<Spool> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let name = format!("headend-import-{}-{}", std::process::id(), crate::domain::Id::new());
    let path = std::env::temp_dir().join(name);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let spool = Spool(path);
    std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
    Ok(spool)
}

type Reader = ::csv::Reader<Limited<File>>;

fn reader(file: File, divided: Divided) -> (Reader, Rc<Seen>) {
    let (limited, seen) = Limited::new(file);
    let reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(divided.byte())
        .buffer_capacity(1 << 16)
        .from_reader(limited);
    (reader, seen)
}

/// The names in the first row.
fn read_header(file: &File, divided: Divided) -> std::io::Result<Result<Vec<String>, String>> {
    let mut start = Vec::new();
    file.try_clone()?.take(LONGEST).read_to_end(&mut start)?;
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(divided.byte())
        .from_reader(start.as_slice());
    let mut record = ::csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record)? {
        return Ok(Err("the file is empty: its first row names the columns".into()));
    }
    let names = record
        .iter()
        .map(|name| std::str::from_utf8(name).map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()));
    Ok(names.collect::<Result<_, _>>().map_err(|_| "the first row is not UTF-8: save the file as UTF-8".into()))
}

impl Source for ImportFile {
    fn rows(&self) -> Result<Rows<'_>, StoreError> {
        let file = self.file()?;
        Ok(match self.format {
            Format::Divided(divided) => {
                let (mut reader, seen) = reader(file, divided);
                let mut record = ::csv::ByteRecord::new();
                // The first row was read when the file was opened.
                let _ = reader.read_byte_record(&mut record);
                let mut done = false;
                Box::new(std::iter::from_fn(move || {
                    seen.begin(reader.position().byte());
                    match reader.read_byte_record(&mut record) {
                        _ if done => None,
                        Ok(true) => Some(Ok(self.row_of_cells(&record, seen.line_of(&record, reader.position())))),
                        Ok(false) => None,
                        Err(error) => {
                            done = true;
                            Some(Err(self.unreadable(reader.position().line(), &error.to_string())))
                        }
                    }
                }))
            }
            Format::JsonLines => {
                let mut lines = BufReader::with_capacity(1 << 16, file);
                let mut number = 0;
                let mut line = Vec::new();
                Box::new(std::iter::from_fn(move || {
                    loop {
                        line.clear();
                        number += 1;
                        match (&mut lines).take(LONGEST).read_until(b'\n', &mut line) {
                            Ok(0) => return None,
                            Ok(_) if line.len() as u64 == LONGEST => {
                                return Some(Err(self.unreadable(number, "the line is longer than 4 MiB")));
                            }
                            Ok(_) if line.trim_ascii().is_empty() => {}
                            Ok(_) => return Some(Ok(self.row_of_json(number, &line))),
                            Err(error) => return Some(Err(self.unreadable(number, &error.to_string()))),
                        }
                    }
                }))
            }
        })
    }
}

impl ImportFile {
    fn unreadable(&self, line: u64, why: &str) -> StoreError {
        StoreError::refused(format!("{}:{line}: {why}. Nothing was written", self.name))
    }

    fn row_of_cells(&self, record: &::csv::ByteRecord, line: u64) -> BulkRow {
        let mut row = BulkRow { line, ..BulkRow::default() };
        if record.len() > self.meanings.len() {
            let why = format!("has {} cells where the first row has {}", record.len(), self.meanings.len());
            row.problems.push(RowProblem { field: "row".into(), value: String::new(), why });
        }
        row.values.reserve(self.meanings.len());
        for (index, meaning) in self.meanings.iter().enumerate() {
            let bytes = record.get(index).unwrap_or_default();
            let Ok(text) = std::str::from_utf8(bytes) else {
                let (field, shown) = (name_of(meaning), String::from_utf8_lossy(bytes).into_owned());
                let value = if is_secret(meaning) { HIDDEN.into() } else { shown };
                row.problems.push(RowProblem { field, value, why: "is not UTF-8".into() });
                continue;
            };
            match meaning {
                Meaning::Kept(_) => {}
                Meaning::Id => self.read_id(&mut row, text),
                Meaning::Field(field) => self.read_cell(&mut row, field, unescape(text)),
            }
        }
        row
    }

    fn read_id(&self, row: &mut BulkRow, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        match text.trim().parse() {
            Ok(id) => row.id = Some(id),
            Err(_) => {
                row.problems.push(RowProblem { field: "id".into(), value: text.into(), why: "is not an id".into() })
            }
        }
    }

    fn read_cell(&self, row: &mut BulkRow, field: &'static Field, text: &str) {
        match Value::parse(field.kind, text, self.locale) {
            Ok(value) => row.values.push((field, value)),
            Err(why) => row.problems.push(problem(field, text, why)),
        }
    }

    fn row_of_json(&self, line: u64, text: &[u8]) -> BulkRow {
        let mut row = BulkRow { line, ..BulkRow::default() };
        let mut wrong = |why: String| row.problems.push(RowProblem { field: "row".into(), value: String::new(), why });
        let object = match serde_json::from_slice(text) {
            Ok(serde_json::Value::Object(object)) => object,
            Ok(_) => {
                wrong("is not a JSON object".into());
                return row;
            }
            Err(error) => {
                wrong(format!("is not valid JSON: {error}"));
                return row;
            }
        };
        for (name, json) in &object {
            match meaning(self.entity, name) {
                Err(why) => row.problems.push(RowProblem { field: name.clone(), value: String::new(), why }),
                Ok(Meaning::Kept(_)) => {}
                Ok(Meaning::Id) => self.read_id(&mut row, json.as_str().unwrap_or_default()),
                // `plan` and `plan_id` say the same: the name counts.
                Ok(Meaning::Field(field)) if field.name != name && object.contains_key(field.name) => {}
                Ok(Meaning::Field(field)) => match Value::from_json(field.kind, json, self.locale) {
                    Ok(value) => row.values.push((field, value)),
                    Err(why) => row.problems.push(problem(field, &json.to_string(), why)),
                },
            }
        }
        row
    }
}

fn problem(field: &Field, written: &str, why: String) -> RowProblem {
    let secret = field.kind == Kind::Secret;
    RowProblem { field: field.name.into(), value: if secret { HIDDEN.into() } else { written.into() }, why }
}

fn name_of(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Id => "id".into(),
        Meaning::Field(field) => field.name.into(),
        Meaning::Kept(name) => (*name).into(),
    }
}

fn is_secret(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Field(field) if field.kind == Kind::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::devices::DEVICES;

    fn rows(text: &[u8], name: &str) -> Vec<Result<BulkRow, StoreError>> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        let locale = Locale { zone: chrono_tz::UTC, now: chrono::Utc::now(), manner: Default::default() };
        let file = ImportFile::open(&DEVICES, &path, None, Map::default(), locale).unwrap();
        file.rows().unwrap().collect()
    }

    #[test]
    fn lines_are_physical_ones() {
        let text = b"\xef\xbb\xbfname,device_type,notes\r\nA,olt,\"two\nlines\"\r\n\r\nB,olt,x\nC,\xff,y\n";
        let rows: Vec<BulkRow> = rows(text, "a.csv").into_iter().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5, 6]);
        assert_eq!(rows[0].values[2].1, Value::text("two\nlines"));
        assert_eq!(
            (rows[2].problems[0].field.as_str(), rows[2].problems[0].why.as_str()),
            ("device_type", "is not UTF-8")
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_swallow_the_file() {
        let mut text = b"name,device_type\nA,\"olt\nB,olt\n".to_vec();
        text.resize(12 << 20, b'x');
        let rows = rows(&text, "a.csv");
        assert_eq!(rows.len(), 1);
        assert!(rows[0].as_ref().unwrap_err().to_string().contains("never closed"));
    }

    #[test]
    fn json_lines_name_their_fields() {
        let rows: Vec<BulkRow> =
            rows(b"{\"name\":\"A\",\"device_type\":\"olt\",\"total_ports\":8}\n\n{\"nme\":1}\n[]\n{\n", "a.jsonl")
                .into_iter()
                .map(Result::unwrap)
                .collect();
        assert_eq!(
            rows.iter().map(|row| (row.line, row.problems.len())).collect::<Vec<_>>(),
            [(1, 0), (3, 1), (4, 1), (5, 1)]
        );
    }
}
