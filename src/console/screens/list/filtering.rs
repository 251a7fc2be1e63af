//! The filter of a list: while it is written, as it stands, and what it may have been meant as.

use super::{List, Load};
use crate::console::screens::Context;
use crate::domain::Kind;
use crate::domain::filter::{Mistake, Resolved, quoted};
use crate::store::entity::Source;
use crate::store::list::parse_filter;

/// The incidents that are open, as one filters for them.
pub const OPEN: &str = "is:open";

impl List {
    /// What stands in the filter line while it is written: of a condition that has no value yet nothing is asked, and what
    /// stands in front of it is the list's filter.
    pub fn type_filter(&mut self, text: &str, context: &mut Context<'_>) {
        let read = |text: &str| parse_filter(self.resource.entity, text, context.locale());
        let is_unfinished = text.ends_with([':', '=', '.']) && read(text).is_ok();
        self.set_filter(if is_unfinished { in_front_of(text, read) } else { text }, context);
        // As it stands, the line would be taken for a question for what is empty.
        self.unfinished = is_unfinished && !text.ends_with('.');
    }

    /// What the filter line says. Of a filter with a mistake the last good answer stays. Where the mistake is what one writes
    /// at the end, that is what stands in front of it: the word that is wrong was looked for as text while it grew.
    pub fn set_filter(&mut self, text: &str, context: &mut Context<'_>) {
        if self.filter_text != text {
            self.filter_text = text.to_owned();
            self.look_changed = Some(context.tick);
        }
        self.unfinished = false;
        let read = |text: &str| parse_filter(self.resource.entity, text, context.locale());
        let (filter, mistake) = match read(text) {
            Ok(filter) => {
                text.clone_into(&mut self.good_filter);
                (filter, None)
            }
            Err(mistake)
                if is_of_a_value(text, &mistake, &self.good_filter)
                    || is_amid(text, &mistake) && !self.good_filter.trim().is_empty() =>
            {
                (self.filter.clone(), Some(mistake))
            }
            Err(mistake) => {
                let front = text.get(..mistake.span.start).unwrap_or("");
                // A bracket too many is no part of the word that it stands behind.
                let is_whole = text.get(mistake.span.start..).is_some_and(|wrong| wrong.starts_with(')'));
                let front = if is_whole && read(front).is_ok() { front } else { in_front_of(front, read) };
                (read(front).unwrap_or(Resolved::All), Some(mistake))
            }
        };
        self.mistake = mistake;
        if filter != self.filter {
            self.filter = filter;
            self.marked_all = false;
            self.stale = true;
            self.load(Load::Start, context);
            self.recount(context);
        }
    }

    /// `today` and `-2h` are others by now. What was marked by the filter of then stays what it was.
    pub(super) fn read_filter_anew(&mut self, context: &Context<'_>) {
        if self.mistake.is_none()
            && let Ok(filter) = parse_filter(self.resource.entity, &self.filter_text, context.locale())
        {
            self.filter = filter;
        }
    }

    /// Whether it asks for the incidents that are open, and for nothing besides.
    #[must_use]
    pub fn is_of_open_incidents(&self) -> bool {
        self.resource.entity.name == "incidents" && self.filter_text.trim() == OPEN
    }

    /// The condition that a word alone may have been meant as: a state is no text, and what is observed is in no index of words.
    #[must_use]
    pub fn may_mean(&self) -> Option<String> {
        let Resolved::Word(word) = &self.filter else { return None };
        let state = self.columns.iter().find_map(|column| match column.field.kind {
            Kind::Choice(words) => words.iter().find(|known| *known == word).map(|known| (column.field, *known)),
            _ => None,
        });
        let observed = || {
            let columns = self.columns.iter().map(|column| column.field);
            columns.into_iter().find(|field| field.kind == Kind::Text && matches!(field.source, Source::Joined(..)))
        };
        let state = state.map(|(field, word)| format!("{}:{}", field.name, quoted(word)));
        state.or_else(|| observed().map(|field| format!("{}:{}", field.name, quoted(word))))
    }
}

/// Whether a mistake is in the value of a condition that had a good one before.
fn is_of_a_value(text: &str, mistake: &Mistake, good: &str) -> bool {
    let front = text.get(..mistake.span.start).unwrap_or("");
    front.ends_with([':', '=', '<', '>', '~', ',']) && good.len() > front.len() && good.starts_with(front)
}

/// Whether something is written behind a mistake: it is not what one writes at the end.
fn is_amid(text: &str, mistake: &Mistake) -> bool {
    text.get(mistake.span.end..).is_some_and(|behind| behind.contains(char::is_whitespace) && !behind.trim().is_empty())
}

/// What stands in front of the last word of a filter and means something; nothing, where that is not whole.
fn in_front_of(mut front: &str, read: impl Fn(&str) -> Result<Resolved, Mistake>) -> &str {
    while let Some(end) = front.rfind(char::is_whitespace) {
        front = front.get(..end).unwrap_or("");
        if read(front).is_ok() {
            return front;
        }
    }
    ""
}
