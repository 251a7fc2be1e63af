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

/// The known name that is nearest to one, where one is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let (distance, nearest) = known.map(|candidate| (distance(&name, candidate), candidate)).min()?;
    (distance <= (name.chars().count() / 3).max(2)).then_some(nearest)
}

/// Letters to put in, take out or exchange.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, d) in b.iter().enumerate() {
            let changed = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_where_it_is_near() {
        let known = ["customers", "devices", "plans"];
        assert_eq!(nearest("custmers", known.into_iter()), Some("customers"));
        assert_eq!(nearest("Device", known.into_iter()), Some("devices"));
        assert_eq!(nearest("zebra", known.into_iter()), None);
    }
}
