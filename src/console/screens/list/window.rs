//! The window of rows around the cursor: loaded page by page as one moves, and looked at again when something
//! changed; the cursor stays on its record.

use super::{Edge, LEAST_PAGE, List, Load, Looked, Row, WINDOW};
use crate::console::message::Question;
use crate::console::screens::Context;
use crate::domain::Id;
use crate::store::Record;
use crate::store::list::{COUNT_CAP, Count, Effort, From, ListRequest, Page};

impl List {
    pub(super) fn page(context: &Context<'_>) -> usize {
        LEAST_PAGE.max(context.rows * 2)
    }

    /// One request runs and one waits: the latest wins.
    pub(super) fn load(&mut self, load: Load, context: &mut Context<'_>) {
        if self.loading.is_some() {
            // Looking again is the weakest wish.
            if load != Load::Again || self.waiting.is_none() {
                self.waiting = Some(load);
            }
            return;
        }
        // Rows of another filter or sort are no place to look again from.
        let load = match load {
            Load::Again if self.stale => Load::Start,
            // What took several looks to find is looked at by itself: nobody asked to look through all that once more.
            Load::Again if self.looked.went_on || self.looked.beyond(Edge::Top).is_some() => Load::Kept,
            load => load,
        };
        let (from, limit) = match load {
            Load::Start => (From::Start, Self::page(context)),
            Load::End => (From::End, Self::page(context)),
            Load::After => match self.looked.beyond(Edge::Bottom).or(self.rows.last().map(|row| &row.cursor)) {
                Some(cursor) => (From::After(cursor.clone()), Self::page(context)),
                None => return,
            },
            Load::Before => match self.looked.beyond(Edge::Top).or(self.rows.first().map(|row| &row.cursor)) {
                Some(cursor) => (From::Before(cursor.clone()), Self::page(context)),
                None => return,
            },
            Load::At(ref cursor) => (From::At(cursor.clone()), Self::page(context)),
            Load::To(id) => (From::Among(vec![id]), 1),
            Load::Kept => {
                // With the one that the cursor is to stand on: it was just saved.
                let saved = self.wanted.as_ref().map(|(id, _)| *id);
                let saved = saved.filter(|id| !self.rows.iter().any(|row| row.record.id == *id));
                let ids: Vec<Id> = self.rows.iter().map(|row| row.record.id).chain(saved).collect();
                let limit = ids.len();
                (From::Among(ids), limit)
            }
            Load::Again => match self.rows.first() {
                Some(row) if self.more_before => {
                    (From::At(row.cursor.clone()), self.rows.len().max(Self::page(context)))
                }
                _ => (From::Start, self.rows.len().max(Self::page(context))),
            },
        };
        let fields = self.fields();
        self.carried = fields.iter().map(|field| field.name).collect();
        let request = ListRequest {
            entity: self.resource.entity,
            fields,
            filter: self.filter(),
            sort: self.sort.clone(),
            limit,
            from,
            effort: Effort::GLANCE,
        };
        self.loading = Some((context.asks.ask(Question::List(request)), load, context.tick));
    }

    pub(super) fn recount(&mut self, context: &mut Context<'_>) {
        let question = Question::Count { entity: self.resource.entity, filter: self.filter(), cap: COUNT_CAP };
        self.counting = Some(context.asks.ask(question));
        self.counted_ahead = None;
    }

    pub(super) fn take_page(&mut self, page: Page, load: &Load, context: &mut Context<'_>) {
        // It was looked through further than one look goes: those that are there are looked at by themselves.
        if *load == Load::Again && self.looked.grown && page.looked.is_some() && page.rows.len() < self.rows.len() {
            self.looked.went_on = true;
            return self.load(Load::Kept, context);
        }
        let (mut wanted, mut stands_on) = (self.wanted.take(), None);
        if let Some((id, _)) = wanted.take_if(|(id, _)| page.rows.iter().any(|record| record.id == *id)) {
            (stands_on, self.saved) = (Some(id), None);
        }
        if matches!(load, Load::At(_)) {
            self.saved = None;
        }
        if let (Load::Start, Some((id, Some(cursor)))) = (load, &wanted) {
            self.at = Some(*id);
            return self.load(Load::At(cursor.clone()), context);
        }
        let rows: Vec<Row> =
            page.rows.into_iter().zip(page.cursors).map(|(record, cursor)| Row { record, cursor }).collect();
        self.at = stands_on.or(self.at);
        self.stale = false;
        self.count = self.counted_ahead.take().or(self.count);
        // Further pages do not say it again.
        let is_from_start = *load == Load::Start || *load == Load::Again && !self.more_before;
        if is_from_start || page.misnamed.is_some() {
            self.misnamed = page.misnamed;
        }
        match load {
            Load::Start | Load::End => {
                self.rows = rows;
                (self.more_before, self.more_after) = (page.more_before, page.more_after);
                self.looked = Looked::once(if *load == Load::End { Edge::Top } else { Edge::Bottom }, page.looked);
                let stay =
                    self.at.filter(|id| *load == Load::Start && self.rows.iter().any(|row| row.record.id == *id));
                let edge = if *load == Load::End { self.rows.last() } else { self.rows.first() };
                self.at = stay.or(edge.map(|row| row.record.id));
                self.top = if *load == Load::End { self.rows.len().saturating_sub(context.rows) } else { 0 };
            }
            Load::After => {
                self.rows.extend(rows);
                self.more_after = page.more_after;
                self.looked.set(Edge::Bottom, page.looked);
                self.looked.grown = true;
                if self.rows.len() > WINDOW {
                    let excess = (self.rows.len() - WINDOW).min(self.top.saturating_sub(context.rows));
                    if self.rows.drain(..excess).any(|row| Some(row.record.id) == self.range_from) {
                        self.range_left = Some(Edge::Top);
                    }
                    self.top -= excess;
                    if excess > 0 {
                        self.more_before = true;
                        self.looked.set(Edge::Top, None);
                    }
                }
            }
            Load::Before => {
                let added = rows.len();
                self.rows.splice(..0, rows);
                self.top += added;
                self.more_before = page.more_before;
                self.looked.set(Edge::Top, page.looked);
                self.looked.grown = true;
                if self.rows.len() > WINDOW {
                    let keep = WINDOW.max(self.top + 2 * context.rows).min(self.rows.len());
                    if keep < self.rows.len() {
                        self.more_after = true;
                        self.looked.set(Edge::Bottom, None);
                    }
                    if self.rows.drain(keep..).any(|row| Some(row.record.id) == self.range_from) {
                        self.range_left = Some(Edge::Bottom);
                    }
                }
            }
            Load::At(_) => {
                self.rows = rows;
                (self.more_before, self.more_after) = (true, page.more_after);
                self.looked = Looked::once(Edge::Bottom, page.looked);
                self.top = 0;
            }
            Load::To(_) => return,
            Load::Again => {
                self.more_after = page.more_after;
                let grown = self.looked.grown;
                self.looked = Looked::once(Edge::Bottom, page.looked);
                self.looked.grown = grown;
                self.take_again(rows);
            }
            Load::Kept => {
                self.take_again(rows);
                // Where nothing is left to go on from, it begins anew.
                let goes_on = self.looked.beyond(Edge::Top).or(self.looked.beyond(Edge::Bottom)).is_some();
                if self.rows.is_empty() && !goes_on && (self.more_before || self.more_after) {
                    self.load(Load::Start, context);
                }
            }
        }
        for row in &self.rows {
            self.marks.saw(row.record.id, row.record.version);
        }
        self.settle(context);
        if let Some((id, _)) = wanted {
            self.load(Load::To(id), context);
        }
    }

    /// The cursor stands on a record that was saved; where that is not among the rows it is looked for.
    /// Where it is not of this list at all, this is told.
    pub fn stand_on_saved(&mut self, id: Id, hidden: String) {
        (self.wanted, self.saved) = (Some((id, None)), Some(hidden));
    }

    /// A record that was looked for stands here; what is told, if it is not of this list at all.
    pub(super) fn take_to(&mut self, page: Page, context: &mut Context<'_>) -> Option<String> {
        let Some((record, cursor)) = page.rows.into_iter().zip(page.cursors).next() else { return self.saved.take() };
        self.at = Some(record.id);
        self.load(Load::At(cursor), context);
        None
    }

    /// The same rows as they are now: the cursor stays on its record, wherever that went.
    pub(super) fn take_again(&mut self, rows: Vec<Row>) {
        let offset = self.index().map_or(0, |index| index.saturating_sub(self.top));
        let neighbour = self.index().unwrap_or(0);
        self.rows = rows;
        match self.index() {
            Some(index) => self.top = index.saturating_sub(offset),
            None => {
                // The record left the list: the one that took its place is shown.
                self.at = self.rows.get(neighbour.min(self.rows.len().saturating_sub(1))).map(|row| row.record.id);
            }
        }
    }

    /// How many there are, as far as it is known: all of them, where all are loaded.
    #[must_use]
    pub fn total(&self) -> Option<Count> {
        let loaded = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        let count = self.count?;
        Some(match count.exact {
            false if !self.stale && !self.more_before && !self.more_after => Count { number: loaded, exact: true },
            // It may have been counted less far than the rows were looked for.
            false => Count { number: count.number.max(loaded), exact: false },
            true => count,
        })
    }

    /// Where the cursor is, in the window.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.rows.iter().position(|row| Some(row.record.id) == self.at)
    }

    /// Whether there are more rows in this direction than are loaded.
    #[must_use]
    pub const fn is_read_on(&self, direction: isize) -> bool {
        if direction > 0 { self.more_after } else { self.more_before }
    }

    /// The first and the last row on a screen of so many rows, from 1, where that is known exactly: near an end.
    #[must_use]
    pub fn span(&self, fits: usize, total: usize) -> Option<(usize, usize)> {
        let before = match (self.more_before, self.more_after) {
            (false, _) => 0,
            (true, false) => total.checked_sub(self.rows.len())?,
            (true, true) => return None,
        };
        let shown = fits.min(self.rows.len().saturating_sub(self.top));
        (shown > 0).then(|| (before + self.top + 1, before + self.top + shown))
    }

    /// Where the first row on the screen stands among `total`, as far as is known: near an end exactly,
    /// between them in the middle.
    #[must_use]
    pub fn place(&self, total: usize) -> usize {
        match (self.more_before, self.more_after) {
            (false, _) => self.top,
            (true, false) => total.saturating_sub(self.rows.len() - self.top.min(self.rows.len())),
            (true, true) => total / 2,
        }
    }

    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        self.index().and_then(|index| self.rows.get(index)).map(|row| &row.record)
    }

    /// Keeps the cursor on the screen, and rows loaded beyond its edges.
    pub(super) fn settle(&mut self, context: &mut Context<'_>) {
        let Some(index) = self.index() else {
            self.at = self.rows.first().map(|row| row.record.id);
            self.top = 0;
            if self.at.is_none() {
                (self.detail, self.detail_asked) = (None, None);
            }
            return;
        };
        let fits = context.rows.max(1);
        if index < self.top {
            self.top = index;
        } else if index >= self.top + fits {
            self.top = index + 1 - fits;
        }
        self.top = self.top.min(self.rows.len().saturating_sub(fits));
        if self.loading.is_none() {
            let reads_on = |more: bool, edge| more && self.looked.beyond(edge).is_none();
            if reads_on(self.more_after, Edge::Bottom) && index + 2 * fits >= self.rows.len() {
                self.load(Load::After, context);
            } else if reads_on(self.more_before, Edge::Top) && index < 2 * fits {
                self.load(Load::Before, context);
            }
        }
    }

    /// Another size of the screen.
    pub fn resized(&mut self, context: &mut Context<'_>) {
        self.settle(context);
    }

    pub(super) fn step(&mut self, by: isize, context: &mut Context<'_>) {
        let index = self.index();
        let last = self.rows.len().checked_sub(1);
        let is_at_end = if by > 0 { index == last } else { index.is_none_or(|index| index == 0) };
        if is_at_end && self.look_on(by, context) {
            return;
        }
        if let (Some(index), Some(last)) = (index, last) {
            self.go(index.saturating_add_signed(by).min(last), context);
        }
    }

    /// Puts the cursor on a record of the window.
    pub fn point_at(&mut self, id: Id, context: &mut Context<'_>) {
        if let Some(index) = self.rows.iter().position(|row| row.record.id == id) {
            self.go(index, context);
        }
    }

    pub(super) fn go(&mut self, to: usize, context: &mut Context<'_>) {
        if let Some(row) = self.rows.get(to) {
            self.at = Some(row.record.id);
            self.moved_at = context.tick;
            if let Some(from) = self.range_from {
                self.mark_range(from, to);
            }
            self.settle(context);
        }
    }
}
