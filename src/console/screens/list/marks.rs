//! Marked rows: by id, by ranges, or all that match.

use super::{Edge, List};
use crate::console::message::Effect;
use crate::console::screens::Context;
use crate::domain::Id;
use crate::store::Record;
use crate::store::aims::Aims;

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
            self.marks.insert(row.record.id, Some(row.record.version));
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
    pub fn aims(&self) -> Aims {
        if self.marks.is_empty() {
            return self.current().map(|record| (record.id, record.version)).into_iter().collect();
        }
        self.marks.clone()
    }

    #[must_use]
    pub fn is_marked(&self, id: Id) -> bool {
        self.marks.contains(id)
    }

    /// What marked records are called: those that were in sight when they were marked are known.
    pub fn titles(&self) -> impl Iterator<Item = (Id, &str)> {
        self.titles.iter().map(|(id, title)| (*id, title.as_str()))
    }

    /// What is being looked for to be marked is not any more.
    pub(super) fn stop_marking(&mut self, context: &mut Context<'_>) {
        if let Some((number, _)) = self.marking.take() {
            context.asks.want(Effect::Stop(number));
        }
    }

    /// Takes all marks away.
    pub fn unmark(&mut self) {
        self.marks = Aims::default();
        self.titles.clear();
        self.marked_all = false;
        (self.range_from, self.range_left) = (None, None);
    }

    /// Takes the marks of these away: what was asked for is done to them.
    pub fn unmark_each(&mut self, done: &[Id]) {
        self.marked_all &= !self.marks.remove_each(done);
    }

    /// Marks these alone, each at the version that was seen.
    pub fn mark_alone(&mut self, rows: impl IntoIterator<Item = (Id, i64)>) {
        self.unmark();
        self.marks = rows.into_iter().collect();
        self.name_marked();
    }

    /// Notes what those of the marked are called that are in sight.
    pub(super) fn name_marked(&mut self) {
        let in_sight = self.rows.iter().map(|row| &row.record).filter(|record| self.marks.contains(record.id));
        self.titles.extend(in_sight.map(|record| (record.id, record.title())));
    }

    /// The records of the window that an action is for.
    pub fn aimed_records(&self) -> impl Iterator<Item = &Record> {
        let at = self.at;
        self.rows
            .iter()
            .map(|row| &row.record)
            .filter(move |record| if self.marks.is_empty() { Some(record.id) == at } else { self.is_marked(record.id) })
    }
}
