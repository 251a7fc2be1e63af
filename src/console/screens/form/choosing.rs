//! Choosing what a field holds: one of several words, or a record found by what is typed.

use super::{Form, Outcome, Picker};
use crate::console::actions::Action;
use crate::console::message::Question;
use crate::console::screens::{Context, Turn};
use crate::domain::Kind;
use crate::domain::filter::Resolved;
use crate::store::list::{From, ListRequest, parse_sort};
use crate::store::{Entity, Record, entities};

/// Records that a picker offers.
const OFFERED: usize = 10;

impl Form {
    /// Offers what would fit the field; false where nothing can be offered.
    pub(super) fn open_picker(&mut self, context: &mut Context<'_>) -> bool {
        let Some(field) = self.fields.get(self.focus) else { return false };
        let typed = field.text();
        if let Some(entity) = field.field.reference.and_then(entities::find) {
            let asked = context.asks.ask(Question::List(offer(entity, &typed, &field.before)));
            let known = self.picker.take().unwrap_or_default();
            let empty = if known.empty.is_empty() { "reading …".to_owned() } else { known.empty };
            self.picker = Some(Picker { asked: Some(asked), cursor: 0, empty, ..known });
            return true;
        }
        let words: Vec<&str> = match field.field.kind {
            Kind::Choice(words) => words.to_vec(),
            Kind::Bool => vec!["yes", "no"],
            _ if field.field.name == "device_type" => crate::domain::devices::DEVICE_TYPES.to_vec(),
            _ => return false,
        };
        let cursor = words.iter().position(|word| *word == typed).unwrap_or(0);
        let choices = words.into_iter().map(|word| (word.to_owned(), word.to_owned())).collect();
        self.picker = Some(Picker { choices, cursor, empty: String::new(), asked: None });
        true
    }

    pub(super) fn press_in_picker(&mut self, action: Option<Action>, context: &mut Context<'_>) -> Option<Outcome> {
        let picker = self.picker.as_mut()?;
        let last = picker.choices.len().saturating_sub(1);
        match action? {
            Action::Down | Action::FieldChoose => picker.cursor = (picker.cursor + 1).min(last),
            Action::Up => picker.cursor = picker.cursor.saturating_sub(1),
            Action::FieldNext | Action::NextPane => {
                let chosen = picker.choices.get(picker.cursor).map(|(_, written)| written.clone());
                self.picker = None;
                if let (Some(chosen), Some(field)) = (chosen, self.current()) {
                    field.set_text(&chosen);
                    self.typed(context);
                }
                self.leave_field(1, context);
            }
            Action::Leave | Action::Stop => self.picker = None,
            _ => return None,
        }
        Some(Outcome::Turn(Turn::Stay))
    }
}

/// The records that a reference could name, by what is typed.
fn offer(entity: &'static Entity, typed: &str, before: &str) -> ListRequest {
    let typed = if typed == before { "" } else { typed.trim() };
    let filter = if typed.is_empty() { Resolved::All } else { Resolved::Word(typed.to_owned()) };
    ListRequest {
        entity,
        fields: [entity.field("number"), entity.field(entity.label)].into_iter().flatten().collect(),
        filter,
        sort: parse_sort(entity, entity.default_sort).unwrap_or_default(),
        limit: OFFERED,
        from: From::Start,
    }
}

/// What a picker shows of a record, and what it writes: the number where it has one.
pub(super) fn choice(record: &Record) -> (String, String) {
    let number = record.get("number").as_str();
    let written = if number.is_empty() { record.get(record.entity.label).as_str() } else { number };
    (record.title(), written.to_owned())
}
