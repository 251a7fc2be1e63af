//! What somebody else saved while a form was open: fields that only they changed are taken over, of
//! the others each is decided by whoever types, between theirs, mine and what it was before.

use super::choosing::Offer;
use super::field::text_of;
use super::{Form, FormField, Task};
use crate::console::message::Question;
use crate::console::screens::Context;
use crate::domain::Value;
use crate::domain::sides::both;
use crate::store::Record;

/// What stands for a secret that somebody else replaced.
pub(super) const REPLACED: &str = "another secret";

impl Form {
    /// Others changed something: whether it is this record.
    pub fn look_again(&mut self, context: &mut Context<'_>) {
        let is_busy = self.saving.is_some() || self.reading.is_some() || self.merging.is_some();
        if let (Task::Record, Some(record), false) = (&self.task, &self.record, is_busy) {
            let (entity, id) = (self.resource.entity, record.id);
            self.looking_again = Some(context.asks.ask(Question::Get { entity, id }));
        }
    }

    /// Whether somebody else saved the record since it was read.
    pub(super) fn is_another(&self, found: &Record) -> bool {
        self.record.as_ref().is_some_and(|own| own.version != 0 && own.version != found.version)
    }

    /// Tells what became of the record meanwhile; what was typed stays as it is.
    pub(super) fn looked_again(&mut self, found: Option<&Record>) {
        let Some(own) = &self.record else { return };
        match found {
            Some(record) if record.version == own.version || own.version == 0 => {}
            Some(_) => {
                self.notice = Some("somebody else saved it meanwhile: ‹save› shows what they changed".into());
            }
            None => self.notice = Some("this record is gone, or no longer among those you see".into()),
        }
    }

    /// The record as it is now. Fields that only they changed are taken over; fields that both
    /// changed are shown with what they made of it, and nothing typed is overwritten.
    pub(super) fn take_record(&mut self, record: Record, merging: bool, context: &mut Context<'_>) {
        let seen = self.record.take();
        let head = self.head();
        for field in &mut self.fields[..head] {
            let now = field.in_own_words(&text_of(&record, field.field, context));
            if field.is_secret() {
                let sealed = record.get(field.field.name);
                let was = seen.as_ref().map_or(&Value::Null, |record| record.get(field.field.name));
                if merging && field.is_changed() && sealed != was {
                    field.theirs = Some(if sealed.is_empty() { String::new() } else { REPLACED.into() });
                }
                field.has_secret = !sealed.is_empty();
                continue;
            }
            // What the list did not show was not known when it was typed in.
            let was_known = field.is_begun || seen.as_ref().is_none_or(|seen| seen.carries(field.field.name));
            match merging || was_known {
                true => field.meets(now),
                false => field.is_read_behind(now),
            }
        }
        self.record = Some(record);
        self.reshape();
        let had_lines = self.lines.is_some();
        if had_lines {
            self.read_lines(merging, context);
        } else {
            self.offer_lines(context);
        }
        // Lines tell of it once they are read, or that they are closed by now.
        let is_told = if merging { !had_lines || self.undecided() > 0 } else { self.undecided() > 0 };
        if is_told && self.lines.is_none() {
            self.tell_merged();
        }
    }

    /// Says what somebody else did meanwhile, and goes to the first field that is to be decided.
    pub(super) fn tell_merged(&mut self) {
        let both = self.undecided();
        self.notice = Some(match both {
            0 => "Somebody else changed other fields meanwhile: they are taken over. ‹save› saves yours.".into(),
            1 => {
                "Somebody else changed this field too: choose theirs, yours or what it was. ‹take-theirs› takes theirs."
                    .into()
            }
            _ => format!(
                "{both} fields were changed by somebody else too: choose theirs, yours or what it was. \
                 ‹next-problem› goes to the next, ‹take-theirs› takes theirs."
            ),
        });
        let undecided = self.fields.iter().position(|field| field.theirs.is_some());
        if let Some(index) = undecided.filter(|_| !self.stays_put) {
            self.focus = index;
        }
    }

    /// Fields that both changed and nobody decided yet.
    pub(super) fn undecided(&self) -> usize {
        self.fields.iter().filter(|field| field.theirs.is_some()).count()
    }

    pub(super) fn take_theirs(&mut self, context: &Context<'_>) {
        self.picker = None;
        if self.fields.get(self.focus).is_some_and(|field| field.theirs.is_some()) {
            self.decide(&Offer::Theirs, context);
        } else {
            self.notice = Some("nobody else changed this field".into());
        }
    }

    /// Decides the field under the cursor.
    pub(super) fn decide(&mut self, side: &Offer, context: &Context<'_>) {
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        let Some(theirs) = field.theirs.take() else { return };
        let is_secret = field.is_secret();
        match side {
            Offer::Theirs if is_secret => field.set_text(""),
            Offer::Theirs => field.decide_for(&theirs.clone(), theirs),
            Offer::Before => field.decide_for(&field.was.clone(), theirs),
            Offer::Both => field.decide_for(&both(&theirs, &field.text()), theirs),
            // For good: no step opens it again.
            Offer::Mine | Offer::Text(_) | Offer::Add | Offer::More => field.decided = None,
        }
        self.typed(context);
        let left = self.undecided();
        self.notice = Some(match left {
            0 => "all is decided: ‹save› saves".into(),
            _ => format!("{left} more to decide: ‹next-problem› goes to the next"),
        });
    }

    /// The first field that is still to be decided, which stands in the way of saving.
    pub(super) fn first_undecided(&self) -> Option<usize> {
        self.fields.iter().position(|field: &FormField| field.theirs.is_some())
    }
}
