//! Forms that are not of one record: what an operation asks for before it runs, and one field set in
//! many records at once.

use std::collections::BTreeMap;

use super::{Form, FormField};
use crate::console::screens::{Context, Turn};
use crate::domain::Kind;
use crate::domain::manner::Manner;
use crate::domain::text::{clean, fold};
use crate::domain::words::Words;
use crate::resources::{self, Resource, operation_label};
use crate::store::aims::Aims;
use crate::store::operation::Does;
use crate::store::{Field, Operation, Request};

/// What a form is for.
#[derive(Debug)]
pub enum Task {
    /// A new record, or changes to one.
    Record,
    /// What an operation asks for, before it is done to records, or makes some.
    Operation { operation: &'static Operation, aimed: Aimed },
    /// One field of these records.
    SetField { operation: &'static Operation, aimed: Aimed },
}

/// The records that something is to be done to.
#[derive(Clone, Debug, Default)]
pub struct Aimed {
    pub records: Aims,
    /// What they are called, as far as they were in sight.
    pub names: Vec<String>,
    /// To how many of them the operation is open, where that is known.
    pub open: Option<u64>,
}

/// Which field is set: the first field of a form that sets one in many records.
static WHICH: Field = Field::text("field", 100).required();

/// Names that are told before the rest is counted.
pub(super) const NAMED: usize = 3;

impl Task {
    /// The records it is for; none where it is of one record's own.
    #[must_use]
    pub const fn aimed(&self) -> Option<&Aimed> {
        match self {
            Self::Record => None,
            Self::Operation { aimed, .. } | Self::SetField { aimed, .. } => Some(aimed),
        }
    }

    /// How many they are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.aimed().map_or(0, |aimed| aimed.records.count())
    }

    /// `top up CUS-000142 Amina`, `renew 12 customers`, `set a field of 12 customers`.
    #[must_use]
    pub(super) fn title(&self, manner: Manner, words: &Words) -> String {
        match self {
            Self::Record => String::new(),
            Self::Operation { operation, aimed } => {
                format!("{} {}", operation_label(words, operation), whom(operation, aimed, manner, words))
            }
            Self::SetField { operation, aimed } => {
                words.told(&format!("set a field of {}", whom(operation, aimed, manner, words))).into_owned()
            }
        }
    }

    /// Which records it is for, by name as far as there is room.
    #[must_use]
    pub fn about(&self, manner: Manner) -> Option<String> {
        let aimed = self.aimed().filter(|aimed| aimed.records.len() > 1 && !aimed.names.is_empty())?;
        let shown = aimed.names.iter().take(NAMED).map(|name| clean(name)).collect::<Vec<_>>().join(", ");
        let more = aimed.records.len().saturating_sub(aimed.names.len().min(NAMED));
        if more == 0 {
            return Some(shown);
        }
        let more = manner.count(more);
        Some(format!("{shown} and {more} more"))
    }
}

fn whom(operation: &Operation, aimed: &Aimed, manner: Manner, words: &Words) -> String {
    let resource = resources::of(operation.entity);
    let one = || resource.map_or(operation.entity.singular, |resource| resource.one(words));
    match (aimed.records.len(), aimed.names.as_slice()) {
        (0, _) => one().to_owned(),
        (1, [name]) => clean(name).into_owned(),
        (count, _) => {
            let several = || resource.map_or_else(|| operation.entity.name.replace('_', " "), |it| it.several(words));
            format!("{} {}", manner.count(count), if count == 1 { one().to_owned() } else { several() })
        }
    }
}

/// The fields that can be set in many records at once: what is unique cannot be the same in two.
fn settable(resource: &'static Resource) -> impl Iterator<Item = &'static Field> {
    resource.form_fields(false).filter(|field| field.unique.is_none() && field.kind != Kind::Secret)
}

impl Form {
    /// What is done, in a word.
    #[must_use]
    pub fn verb(&self, words: &Words) -> String {
        match &self.task {
            Task::Record => words.told("save").into_owned(),
            Task::Operation { operation, .. } => operation_label(words, operation).to_owned(),
            Task::SetField { .. } => words.told("set").into_owned(),
        }
    }

    /// The form that an operation asks with: over its own questions, or over a field to be set where
    /// it is the one that changes records.
    pub fn for_operation(
        resource: &'static Resource,
        operation: &'static Operation,
        aimed: Aimed,
        context: &Context<'_>,
    ) -> Self {
        if matches!(operation.does, Does::Update) {
            let fields = vec![FormField::new(&WHICH, None, context)];
            return Self::with(resource, Task::SetField { operation, aimed }, fields);
        }
        let asked = operation.asks.iter().filter(|field| field.made.is_none());
        let fields = asked.map(|field| FormField::new(field, None, context)).collect();
        let mut form = Self::with(resource, Task::Operation { operation, aimed }, fields);
        form.currencies.home.clone_from(&context.session.tenant.currency);
        form
    }

    /// Whether it says which field is set.
    pub(super) const fn sets_a_field(&self, index: usize) -> bool {
        index == 0 && matches!(self.task, Task::SetField { .. })
    }

    /// The names that the first field of such a form can have; none for any other field.
    pub(super) fn field_names(&self, index: usize, words: &Words) -> Option<Vec<String>> {
        self.sets_a_field(index)
            .then(|| settable(self.resource).map(|field| self.resource.label(words, field.name).to_owned()).collect())
    }

    /// The second field of such a form follows the first.
    pub(super) fn settle_choice(&mut self, index: usize, words: &Words) {
        if !self.sets_a_field(index) {
            return;
        }
        let Some(which) = self.fields.first() else { return };
        let typed = fold(&which.text());
        let known = |field: &&'static Field| {
            fold(self.resource.label(words, field.name)) == typed || field.name == which.text()
        };
        match settable(self.resource).find(known) {
            Some(field) => {
                if self.fields.get(1).is_none_or(|value| value.field.name != field.name) {
                    self.fields.truncate(1);
                    self.fields.push(FormField::holding(field, ""));
                }
            }
            None => {
                self.fields.truncate(1);
                let what = self.resource.several(Words::ENGLISH);
                if let Some(which) = self.fields.first_mut().filter(|_| !typed.is_empty()) {
                    which.problem = Some(format!("{what} have no such field to be set: ‹field-choose› shows them"));
                }
            }
        }
    }

    /// A draft of such a form brings its second field back.
    pub(super) fn fill_chosen_field(&mut self, texts: &BTreeMap<String, String>, words: &Words) {
        let (Some(which), true) = (texts.get(WHICH.name), matches!(self.task, Task::SetField { .. })) else { return };
        if let Some(field) = settable(self.resource)
            .find(|field| self.resource.label(words, field.name) == *which || field.name == which)
        {
            self.fields.push(FormField::holding(field, ""));
        }
    }

    /// What is done when it is saved.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        match &self.task {
            Task::Record if self.record.is_some() => self.resource.update(),
            Task::Record => self.resource.create(),
            Task::Operation { operation, .. } | Task::SetField { operation, .. } => Some(operation),
        }
    }

    /// The request that the form comes to, without its values.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn begin_request(&self) -> Result<Request, Turn> {
        let Some(operation) = self.operation() else { return Err(Turn::Alarm("this is not changed by hand".into())) };
        let mut request = Request::new(operation);
        if let Some(record) = &self.record {
            request = request.on(record.id, Some(record.version));
        }
        if let Some(aimed) = self.task.aimed() {
            request.aims = aimed.records.clone();
        }
        request.partly = request.is_bulk();
        Ok(request)
    }

    /// Whether a field's value goes along: what was changed, what must be there, what is asked for.
    pub(super) fn is_sent(&self, index: usize) -> bool {
        let Some(field) = self.fields.get(index).filter(|field| field.row.is_none()) else { return false };
        match self.task {
            Task::Record => field.is_changed() || (self.record.is_none() && field.field.required),
            Task::Operation { .. } => !field.text().is_empty() || field.field.required,
            // An empty value is one too: the field is emptied.
            Task::SetField { .. } => index == 1,
        }
    }

    /// What was filled in, a line each, for the question whether it is to be done.
    #[must_use]
    pub fn answers_given(&self) -> Vec<String> {
        self.fields
            .iter()
            .enumerate()
            .filter(|(index, field)| self.is_sent(*index) && !field.field.proves)
            .map(|(_, field)| {
                let text = match field.text() {
                    text if text.is_empty() => "empty".to_owned(),
                    _ if field.is_secret() => "a secret".to_owned(),
                    text => clean(&text).into_owned(),
                };
                let text = match self.currency_of(field) {
                    Some(currency) if !field.text().is_empty() => format!("{text} {currency}"),
                    _ => text,
                };
                let means = field.means.as_deref().filter(|means| *means != text);
                let means = means.map_or_else(String::new, |means| format!(" ({})", clean(means)));
                format!("  {}: {text}{means}", self.resource.label(Words::ENGLISH, field.field.name))
            })
            .collect()
    }
}
