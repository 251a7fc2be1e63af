//! What occurs where in a file, kept as hashes: which values of unique fields, and which numbers and
//! names that other rows of the same file may point at.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::check::CheckedRow;
use super::{RowProblem, Source, in_chunks};
use crate::domain::Value;
use crate::store::StoreError;
use crate::store::entity::{Entity, Field};

/// 96 bits of two hashes whose keys nobody outside knows: a million values do not meet by chance, nor by intent.
type Hash = [u32; 3];

/// The names of one file.
pub(super) struct Names {
    entity: &'static Entity,
    keys: (RandomState, RandomState),
    /// Values of each unique field, and the line that has each.
    unique: HashMap<&'static str, HashMap<Hash, u32>>,
    /// The field that points at records of the same kind, where there is one.
    own_reference: Option<&'static Field>,
    /// Rows by number and by name; `u32::MAX` where several have the name.
    rows: HashMap<Hash, u32>,
    /// Rows that hang below rows of the same file: child, parent, the child's line.
    below: HashMap<u32, (u32, u64)>,
    /// Bad rows, where others may hang below them.
    bad: HashSet<u32>,
}

/// Several rows have the same name.
const SEVERAL: u32 = u32::MAX;

impl Names {
    pub(super) fn of(entity: &'static Entity) -> Self {
        Self {
            entity,
            keys: (RandomState::new(), RandomState::new()),
            unique: HashMap::new(),
            own_reference: entity.fields.iter().find(|field| field.reference == Some(entity.name)),
            rows: HashMap::new(),
            below: HashMap::new(),
            bad: HashSet::new(),
        }
    }

    fn hash(&self, place: &str, key: &str) -> Hash {
        let (first, second) = (self.keys.0.hash_one((place, key)), self.keys.1.hash_one((place, key)));
        let [a, b, c, d, ..] = first.to_ne_bytes();
        let [e, f, g, h, i, j, k, l] = second.to_ne_bytes();
        [u32::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h]), u32::from_ne_bytes([i, j, k, l])]
    }

    /// Reads which rows there are to point at, where records point at others of their kind.
    pub(super) fn read(&mut self, source: &dyn Source) -> Result<(), StoreError> {
        if self.own_reference.is_none() {
            return Ok(());
        }
        let named = ["number", self.entity.label];
        in_chunks(source, |rows, first| {
            for (row, index) in rows.iter().zip(first..) {
                for (field, value) in &row.values {
                    if named.contains(&field.name) && !value.is_empty() {
                        let hash = self.hash(field.name, &key_of(self.entity, field, value));
                        let index = u32::try_from(index).unwrap_or(SEVERAL);
                        self.rows.entry(hash).and_modify(|known| *known = SEVERAL).or_insert(index);
                    }
                }
            }
            Ok(())
        })
    }

    /// The row of this file that goes by a number or name.
    pub(super) fn row(&self, named: &str) -> Result<Option<u32>, String> {
        for place in ["number", self.entity.label] {
            let Some(field) = self.entity.field(place) else { continue };
            match self.rows.get(&self.hash(place, &key_of(self.entity, field, &Value::text(named.trim())))) {
                Some(&SEVERAL) => {
                    return Err(format!(
                        "several rows are called ‘{}’: give the number",
                        crate::domain::text::clean(named)
                    ));
                }
                Some(row) => return Ok(Some(*row)),
                None => {}
            }
        }
        Ok(None)
    }

    /// Notes that one new row hangs below another.
    pub(super) fn hang(&mut self, child: u64, parent: u32, line: u64) {
        if let Ok(child) = u32::try_from(child) {
            self.below.insert(child, (parent, line));
        }
    }

    /// Tells a row whose value of a unique field stands on another line too.
    pub(super) fn tell_twins(&mut self, row: &mut CheckedRow) {
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        for (place, key, value) in std::mem::take(&mut row.unique) {
            let hash = self.hash(place, &key);
            let lines = self.unique.entry(place).or_default();
            match lines.get(&hash) {
                Some(other) => {
                    let why = format!("is on line {other} too: it must be unique");
                    row.problems.push(RowProblem { field: place.to_owned(), value, why });
                }
                None => {
                    lines.insert(hash, line);
                }
            }
        }
    }

    /// Rows that hang below themselves by way of others, each once.
    pub(super) fn circles(&mut self) -> Vec<(u64, RowProblem)> {
        let Some(own) = self.own_reference else { return Vec::new() };
        let mut found = Vec::new();
        let mut settled: HashMap<u32, bool> = HashMap::new();
        for start in self.below.keys() {
            let (mut walked, mut at) = (Vec::new(), *start);
            let circle = loop {
                if let Some(known) = settled.get(&at) {
                    break *known && walked.is_empty();
                }
                if walked.contains(&at) {
                    break true;
                }
                walked.push(at);
                match self.below.get(&at) {
                    Some((parent, _)) => at = *parent,
                    None => break false,
                }
            };
            for row in walked {
                // Only the rows on the circle itself are wrong; those below it hang somewhere.
                let on_it = circle && self.leads_back(row);
                settled.insert(row, on_it);
                if let (true, Some((_, line))) = (on_it, self.below.get(&row)) {
                    let why = "is reached through itself, by way of other rows".to_owned();
                    found.push((*line, RowProblem { field: own.name.to_owned(), value: String::new(), why }));
                }
            }
        }
        let rows = self
            .below
            .iter()
            .filter(|(_, (_, line))| found.iter().any(|(wrong, _)| wrong == line))
            .map(|(row, _)| *row);
        self.bad.extend(rows.collect::<Vec<_>>());
        found.sort_by_key(|(line, _)| *line);
        found
    }

    /// Notes that a row is bad: those that hang below it are too.
    pub(super) fn spoil(&mut self, row: u64) {
        if self.own_reference.is_some()
            && let Ok(row) = u32::try_from(row)
        {
            self.bad.insert(row);
        }
    }

    /// Rows that hang below bad rows of the same file, however far.
    pub(super) fn orphans(&mut self) -> Vec<(u64, RowProblem)> {
        let Some(own) = self.own_reference else { return Vec::new() };
        let mut found = Vec::new();
        loop {
            let more: Vec<(u32, u64)> = self
                .below
                .iter()
                .filter(|(child, (parent, _))| self.bad.contains(parent) && !self.bad.contains(child))
                .map(|(child, (_, line))| (*child, *line))
                .collect();
            if more.is_empty() {
                break;
            }
            for (child, line) in more {
                self.bad.insert(child);
                let why = "is a row of the file that is wrong itself".to_owned();
                found.push((line, RowProblem { field: own.name.to_owned(), value: String::new(), why }));
            }
        }
        found.sort_by_key(|(line, _)| *line);
        found
    }

    fn leads_back(&self, row: u32) -> bool {
        let mut at = row;
        for _ in 0..=self.below.len() {
            match self.below.get(&at) {
                Some((parent, _)) if *parent == row => return true,
                Some((parent, _)) => at = *parent,
                None => return false,
            }
        }
        false
    }
}

/// The text by which two values of a field are the same.
pub(super) fn key_of(entity: &Entity, field: &Field, value: &Value) -> String {
    match entity.derived.iter().find(|derived| derived.from == field.name && derived.column.ends_with("_key")) {
        Some(derived) => (derived.how)(value).written(),
        None => value.written(),
    }
}
