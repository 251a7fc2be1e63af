//! Files in and out: CSV and its kin, and JSON Lines, built on resources.
//!
//! * [`csv`]: cells, what spreadsheets make of them, writing;
//! * [`columns`]: which column is which field;
//! * [`import`]: rows of a file for the store;
//! * [`demo`]: a made-up provider as rows;
//! * [`export`]: records to a file that import reads back unchanged.

pub mod columns;
pub mod csv;
pub mod demo;
pub mod export;
pub mod import;
mod lines;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Divided(csv::Divided),
    JsonLines,
}

impl Format {
    /// By the end of a file's name.
    #[must_use]
    pub fn of_name(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "txt" => Some(Self::Divided(csv::Divided::Comma)),
            "tsv" | "tab" => Some(Self::Divided(csv::Divided::Tab)),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}
