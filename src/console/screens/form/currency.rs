//! The currency of each amount of a form: as it stands in another field, live while that is typed, or in the record
//! that the amount belongs to.

use super::{Form, FormField, Task};
use crate::console::message::{Number, Question, Reply};
use crate::console::screens::Context;
use crate::domain::filter::Resolved;
use crate::domain::money::{check_digits, is_currency};
use crate::domain::value::Locale;
use crate::domain::{Id, Value};
use crate::store::amounts::{CURRENCY, CurrencyFrom};
use crate::store::list::{Effort, From, ListRequest};
use crate::store::live_check::Finding;
use crate::store::{Entity, Field};

/// The record whose currency an amount is in.
#[derive(Clone, Debug)]
enum Owner {
    /// What this reference says, as it is written.
    Named(&'static Field, String),
    /// What the operation is done to, the first of them where they are many.
    Aims(&'static Entity, Vec<Id>),
}

/// Records whose currency is asked for, of many that something is done to.
const ASKED: usize = 500;

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named(field, written), Self::Named(other, also)) => field.name == other.name && written == also,
            (Self::Aims(_, ids), Self::Aims(_, others)) => ids == others,
            _ => false,
        }
    }
}

/// What the database told of the currencies of other records.
#[derive(Debug, Default)]
pub(super) struct Currencies {
    known: Vec<(Owner, Option<String>)>,
    asking: Option<(Number, Owner)>,
    /// The organisation's own.
    pub(super) home: String,
}

impl Form {
    /// In which currency the amount in a field is, as far as that is known now; none for what is no amount.
    #[must_use]
    pub fn currency_of(&self, field: &FormField) -> Option<String> {
        let amount = field.field.amount?;
        // A line is in the currency of what it is a line of.
        if self.is_of_the_whole(field, amount.currency) {
            return self.currency_in(CURRENCY);
        }
        if let CurrencyFrom::Field(name) = amount.currency {
            return self.currency_in(name);
        }
        match self.owner(amount.currency) {
            Some(owner) => self.currencies.known.iter().find(|(known, _)| *known == owner)?.1.clone(),
            // It belongs to nothing yet, or to several that may be in several.
            None => (self.task.count() < 2).then(|| self.currencies.home.clone()),
        }
    }

    /// Whether the amount in a cell is in the currency of the record that its line belongs to.
    fn is_of_the_whole(&self, field: &FormField, from: CurrencyFrom) -> bool {
        let parent = self.lines.as_ref().filter(|_| field.row.is_some()).map(|lines| lines.parent());
        matches!(from, CurrencyFrom::Reference(name) if Some(name) == parent)
    }

    /// The currency that stands in a field of this form, else in its record.
    fn currency_in(&self, name: &str) -> Option<String> {
        let typed = self.fields.iter().find(|field| field.field.name == name).map(FormField::text);
        let kept = || self.record.as_ref().map(|record| record.get(name).as_str().to_owned());
        let written = typed.or_else(kept).unwrap_or_default();
        match written.trim() {
            // Many records may be in many currencies.
            "" if matches!(self.task, Task::SetField { .. }) => None,
            "" => Some(self.currencies.home.clone()),
            code if is_currency(code) => Some(code.to_owned()),
            _ => None,
        }
    }

    fn owner(&self, from: CurrencyFrom) -> Option<Owner> {
        match from {
            CurrencyFrom::Field(_) => None,
            CurrencyFrom::Record => {
                let ids: Vec<Id> = self.task.aimed()?.records.ids().take(ASKED).collect();
                (!ids.is_empty()).then_some(Owner::Aims(self.resource.entity, ids))
            }
            CurrencyFrom::Reference(name) => {
                let typed = self.fields.iter().find(|field| field.field.name == name);
                let field = typed.map(|typed| typed.field).or_else(|| self.resource.entity.field(name))?;
                let kept = || self.record.as_ref().map(|record| record.get(name).as_str().to_owned());
                let written = typed.map(FormField::text).or_else(kept).filter(|written| !written.is_empty())?;
                Some(Owner::Named(field, written))
            }
        }
    }

    /// Asks for the currency of what an amount belongs to, where the form does not know it: one question at a time.
    pub fn ask_for_currency(&mut self, context: &mut Context<'_>) {
        if context.lost || self.currencies.asking.is_some() {
            return;
        }
        let unknown = self.fields[..self.head()]
            .iter()
            .filter_map(|field| self.owner(field.field.amount?.currency))
            .find(|owner| {
                let here = self.fields.get(self.focus).map(|field| field.field.name);
                // What is still being typed names nobody yet.
                let is_typed = matches!(owner, Owner::Named(field, ..) if Some(field.name) == here);
                !is_typed && self.currencies.known.iter().all(|(known, _)| known != owner)
            });
        let Some(owner) = unknown else { return };
        let question = match &owner {
            Owner::Aims(entity, ids) => Question::List(ListRequest {
                entity,
                fields: entity.field(CURRENCY).into_iter().collect(),
                filter: Resolved::All,
                sort: Vec::new(),
                limit: ids.len(),
                from: From::Among(ids.clone()),
                effort: Effort::GLANCE,
            }),
            Owner::Named(field, written) => {
                Question::CheckField { entity: self.resource.entity, field, value: Value::text(written), own: None }
            }
        };
        self.currencies.asking = Some((context.asks.ask(question), owner));
    }

    /// Takes the answer; false where it is none to this question.
    pub(super) fn take_currency(&mut self, number: Number, reply: &mut Option<Reply>, locale: Locale) -> bool {
        let Some((_, owner)) = self.currencies.asking.take_if(|(asked, _)| *asked == number) else { return false };
        let records = match reply.take() {
            Some(Reply::Page(Ok(page))) => page.rows,
            Some(Reply::FieldChecked(Ok(Finding::Means(record)))) => vec![*record],
            _ => Vec::new(),
        };
        // Several may be in several: then each says for itself what it takes.
        let mut codes: Vec<&str> = records.iter().map(|record| record.get(CURRENCY).as_str()).collect();
        codes.dedup();
        let currency = if let [one] = codes.as_slice() { Some((*one).to_owned()) } else { None };
        self.currencies.known.push((owner, currency.filter(|code| is_currency(code))));
        for index in 0..self.fields.len() {
            if index != self.focus && self.fields[index].is_changed() {
                self.judge_amount(index, locale);
            }
        }
        true
    }

    /// Whether an amount is finer than its currency, where that is known.
    ///
    /// # Errors
    /// How many digits that has.
    pub(super) fn check_amount(&self, field: &FormField, value: &Value) -> Result<(), String> {
        match (value, field.field.amount, self.currency_of(field)) {
            (Value::Money(money), Some(amount), Some(currency)) if !amount.by_the_piece => {
                check_digits(*money, &currency)
            }
            _ => Ok(()),
        }
    }

    /// Says anew what is wrong with an amount: its currency has changed.
    pub(super) fn judge_amount(&mut self, index: usize, locale: Locale) {
        let Some(field) = self.fields.get(index).filter(|field| field.field.amount.is_some()) else { return };
        let currency = self.currency_of(field);
        if field.judged_in == currency {
            return;
        }
        let wrong = field.check(locale).and_then(|value| self.check_amount(field, &value)).err();
        let wrong = wrong.or_else(|| self.against_rules(index, locale));
        if let Some(field) = self.fields.get_mut(index) {
            field.judged_in = currency;
            field.problem = wrong.or_else(|| field.refused.clone());
        }
    }

    /// Whether the currency of an amount that stays as it is was changed.
    pub(super) fn has_another_currency(&self, index: usize) -> bool {
        let says = |field: &FormField| field.is_changed() && self.amounts_in(field.field.name).contains(&index);
        self.fields.iter().any(says)
    }

    /// The amounts whose currency a field says.
    pub(super) fn amounts_in(&self, name: &str) -> Vec<usize> {
        let says = |field: &FormField| match field.field.amount.map(|amount| amount.currency) {
            Some(from) if self.is_of_the_whole(field, from) => name == CURRENCY,
            Some(CurrencyFrom::Field(said) | CurrencyFrom::Reference(said)) => said == name,
            _ => false,
        };
        (0..self.fields.len()).filter(|index| says(&self.fields[*index])).collect()
    }
}
