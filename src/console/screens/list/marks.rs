//! Marked rows: by id, by ranges, or all that match.

use super::{Edge, List};
use crate::console::message::Effect;
use crate::console::screens::Context;
use crate::domain::Id;
use crate::store::Record;

impl List {
    pub(super) fn mark_range(&mut self, from: Id, to: usize) {
        let known = self.rows.iter().position(|row| row.record.id == from);
        // All rows between where it began and the window were marked as one passed them.
        let start = known.or(match self.range_left {
            Some(Edge::Top) => Some(0),
            Some(Edge::Bottom) => self.rows.len().checked_sub(1),
            None => None,
        });
        let Some(start) = start else { return };
        self.marked_all = false;
        for row in &self.rows[start.min(to)..=start.max(to)] {
            self.marks.insert(row.record.id, row.record.version);
            self.titles.insert(row.record.id, row.record.title());
        }
    }

    /// Ends a range that began in rows which are not there any more: what is between is not known.
    pub(super) fn range_is_lost(&mut self) -> bool {
        let here = |from: Id| self.rows.iter().any(|row| row.record.id == from);
        if self.range_from.is_some_and(|from| !here(from)) {
            (self.range_from, self.range_left) = (None, None);
            return true;
        }
        false
    }

    /// The records that an action is for: the marked ones, else the one under the cursor.
    #[must_use]
    pub fn aims(&self) -> Vec<(Id, i64)> {
        if self.matching.is_some() {
            return Vec::new();
        }
        if self.marks.is_empty() {
            return self.current().map(|record| (record.id, record.version)).into_iter().collect();
        }
        self.marks.iter().map(|(id, version)| (*id, *version)).collect()
    }

    /// Whether a record is marked: one of many that cannot be named is, while the filter is the one they matched.
    #[must_use]
    pub fn is_marked(&self, id: Id) -> bool {
        match &self.matching {
            Some(matching) => matching.filter == self.filter(),
            None => self.marks.contains_key(&id),
        }
    }

    /// What a marked record is called: those that were in sight when they were marked are known.
    #[must_use]
    pub fn title_of(&self, id: Id) -> Option<&str> {
        self.titles.get(&id).map(String::as_str)
    }

    /// How many records are marked.
    #[must_use]
    pub fn marked(&self) -> u64 {
        let each = u64::try_from(self.marks.len()).unwrap_or(u64::MAX);
        self.matching.as_ref().map_or(each, |matching| matching.count)
    }

    /// What is being looked for to be marked is not any more.
    pub(super) fn stop_marking(&mut self, context: &mut Context<'_>) {
        if let Some((number, _)) = self.marking.take() {
            context.asks.want(Effect::Stop(number));
        }
    }

    /// Takes all marks away.
    pub fn unmark(&mut self) {
        self.marks.clear();
        self.titles.clear();
        self.marked_all = false;
        self.matching = None;
        (self.range_from, self.range_left) = (None, None);
    }

    /// Takes the marks of these away: what was asked for is done to them.
    pub fn unmark_each(&mut self, done: &[Id]) {
        for id in done {
            self.marked_all &= self.marks.remove(id).is_none();
        }
    }

    /// Marks these alone, each at the version that was seen.
    pub fn mark_alone(&mut self, rows: impl IntoIterator<Item = (Id, i64)>) {
        self.unmark();
        self.marks.extend(rows);
        self.name_marked();
    }

    /// Notes what those of the marked are called that are in sight.
    pub(super) fn name_marked(&mut self) {
        let in_sight = self.rows.iter().map(|row| &row.record).filter(|record| self.marks.contains_key(&record.id));
        self.titles.extend(in_sight.map(|record| (record.id, record.title())));
    }

    /// The records of the window that an action is for.
    pub fn aimed_records(&self) -> impl Iterator<Item = &Record> {
        let at = self.at;
        self.rows
            .iter()
            .map(|row| &row.record)
            .filter(move |record| if self.marked() == 0 { Some(record.id) == at } else { self.is_marked(record.id) })
    }
}
