//! To the clipboard: what is meant, all of it, as values, rows, a summary, JSON or CSV; or the command that lists the same.

use super::super::actions::{Action, Scope};
use super::super::input::Press;
use super::super::message::{Effect, Number, Question, Reply};
use super::super::overlay::Overlay;
use super::super::screens::list::List;
use super::super::screens::list::look::Look;
use super::super::screens::page::Line;
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{deeds, tell};
use crate::domain::Id;
use crate::domain::filter::{Resolved, quoted};
use crate::domain::value::Locale;
use crate::domain::words::Words;
use crate::exchange::export;
use crate::resources::Resource;
use crate::store::list::{Effort, From, ListRequest, SHOWN};
use crate::store::{Field, Record};

/// Records that are copied at once, at most: more is a file.
const MOST: usize = 5_000;

/// What records are copied as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Value,
    Rows,
    Summary,
    Json,
    Csv,
}

/// Records on their way to the clipboard.
#[derive(Debug)]
pub struct Copying {
    form: Form,
    resource: &'static Resource,
    /// The columns, and the one under the cursor.
    fields: Vec<&'static str>,
    column: Option<&'static str>,
}

pub(super) fn press(state: &mut State, cursor: usize, press: Press, action: Option<Action>) {
    // Right after a paste nothing acts.
    if press.suspect || matches!(action, Some(Action::Leave | Action::Stop | Action::No | Action::Away)) {
        return;
    }
    // The letters of the choices are theirs: where one of them also goes down, the arrow does.
    let choices = state.keys.offered(Scope::Copy, |def| state.offers(def));
    let last = choices.len().saturating_sub(1);
    let action = match action {
        Some(Action::Pick) => choices.get(cursor).and_then(|hint| Action::of(hint.action)),
        action => action,
    };
    let form = match action {
        Some(Action::CopyValue) => Form::Value,
        Some(Action::CopyRow) => Form::Rows,
        Some(Action::CopySummary) => Form::Summary,
        Some(Action::CopyJson) => Form::Json,
        Some(Action::CopyCsv) => Form::Csv,
        Some(Action::CopyCommand) => {
            if let Some(command) = command(state) {
                send(state, command);
            }
            return;
        }
        action => {
            state.overlay = Some(Overlay::Copy(match action {
                Some(Action::Down | Action::PickDown) if cursor < last => cursor + 1,
                Some(Action::Down | Action::PickDown | Action::Home) => 0,
                Some(Action::Up | Action::PickUp) if cursor > 0 => cursor - 1,
                Some(Action::Up | Action::PickUp | Action::End) => last,
                _ => cursor,
            }));
            return;
        }
    };
    copy(state, form);
}

fn copy(state: &mut State, form: Form) {
    let locale = state.session.as_ref().map(|session| session.locale(state.now));
    let (Some((resource, aims, records)), Some(locale)) = (deeds::aims(state), locale) else { return };
    let (fields, column) = match state.places.last() {
        Some(Place::List(list)) => (
            list.columns.iter().map(|column| column.field.name).collect(),
            list.columns.get(list.column).map(|column| column.field.name),
        ),
        Some(Place::Page(page)) => (
            resource.columns.iter().map(|column| column.field).collect(),
            match page.lines().get(page.line) {
                Some(Line::Field(field)) => Some(field.name),
                _ => None,
            },
        ),
        _ => (resource.columns.iter().map(|column| column.field).collect(), None),
    };
    if aims.is_empty() && records.is_empty() {
        return tell(state, "nothing to copy: no record is under the cursor", Role::Dim);
    }
    let copying = Copying { form, resource, fields, column };
    let Some(Place::List(list)) = state.places.last() else {
        let text = copying.text(&records, locale, &state.theme.words);
        return send(state, text);
    };
    let marked = aims.len();
    if marked > MOST {
        let (most, marked) = (state.count(MOST), state.count(marked));
        let told = format!(
            "{most} records are copied at most, and {marked} are marked: ‹copy-command› copies the command that lists all"
        );
        return tell(state, told, Role::Error);
    }
    // What the rows on the screen do not carry, and rows that are not loaded, are read.
    if form != Form::Json && records.len() == marked {
        let text = copying.text(&records, locale, &state.theme.words);
        return send(state, text);
    }
    let ids: Vec<Id> = aims.ids().collect();
    let request = ListRequest {
        entity: resource.entity,
        fields: if form == Form::Json { export::fields(resource.entity) } else { copying.carried().collect() },
        filter: Resolved::All,
        sort: list.sort.clone(),
        limit: ids.len(),
        from: From::Among(ids),
        effort: Effort::Whole,
    };
    let number = state.asks.ask(Question::List(request));
    state.awaited.copying = Some((number, copying));
}

/// The records that were not on the screen; answers whether the reply was for that.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    let Some((_, copying)) = state.awaited.copying.take_if(|(asked, _)| *asked == number) else { return false };
    let locale = state.session.as_ref().map(|session| session.locale(state.now));
    match (reply.take(), locale) {
        (Some(Reply::Page(Ok(page))), Some(locale)) => {
            let text = copying.text(&page.rows.iter().collect::<Vec<_>>(), locale, &state.theme.words);
            send(state, text);
        }
        (Some(Reply::Page(Err(error))), _) => tell(state, error.to_string(), Role::Error),
        _ => {}
    }
    true
}

fn send(state: &mut State, text: String) {
    let told = match text.lines().count() {
        1 => "copied: 1 line".to_owned(),
        lines => format!("copied: {} lines", state.count(lines)),
    };
    state.asks.want(Effect::Copy(text));
    tell(state, told, Role::Notice);
}

impl Copying {
    /// The fields that it needs.
    fn carried(&self) -> impl Iterator<Item = &'static Field> {
        let entity = self.resource.entity;
        let wanted = self.fields.iter().copied().chain(self.column).chain(entity.title_fields());
        let mut names: Vec<&str> = wanted.chain([entity.label]).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().filter_map(|name| entity.field(name))
    }

    fn text(&self, records: &[&Record], locale: Locale, words: &Words) -> String {
        let shown = |record: &Record, field: &str| record.get(field).shown(locale);
        let lines = |line: &dyn Fn(&Record) -> String| -> String {
            records.iter().map(|record| line(record)).collect::<Vec<_>>().join("\n")
        };
        match self.form {
            Form::Value => lines(&|record| shown(record, self.column.unwrap_or(self.resource.entity.label))),
            Form::Rows => {
                lines(&|record| self.fields.iter().map(|field| shown(record, field)).collect::<Vec<_>>().join("\t"))
            }
            Form::Summary => lines(&|record| {
                let rest = self.fields.iter().skip(2).filter(|field| !record.get(field).is_empty()).take(4);
                let parts: Vec<String> = rest
                    .map(|field| format!("{} {}", self.resource.label(words, field), shown(record, field)))
                    .collect();
                format!("{}: {}", record.title(), parts.join(", "))
            }),
            Form::Json => {
                let fields = export::fields(self.resource.entity);
                let row = |record: &&Record| {
                    let carried = fields.iter().copied().filter(|field| record.carries(field.name));
                    export::json(record, &carried.collect::<Vec<_>>())
                };
                serde_json::to_string_pretty(&records.iter().map(row).collect::<Vec<_>>()).unwrap_or_default()
            }
            Form::Csv => self.csv(records),
        }
    }

    fn csv(&self, records: &[&Record]) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let written = |record: &&Record| self.fields.iter().map(|field| record.get(field).written()).collect();
        let titles = self.fields.iter().map(|field| (*field).to_owned()).collect::<Vec<String>>();
        for row in std::iter::once(titles).chain(records.iter().map(written)) {
            // What is written into memory is never refused.
            let _ = csv.write_record(row);
        }
        csv.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// The command that shows the same outside of the console.
fn command(state: &State) -> Option<String> {
    let (resource, aims, records) = deeds::aims(state)?;
    let marked = matches!(state.places.last(), Some(Place::List(list)) if !list.marks.is_empty());
    let filter = match state.places.last() {
        // The marked ones, where they go by numbers and all of them are in sight; else what they were marked among.
        Some(Place::List(list)) if marked && records.len() == aims.len() && resource.entity.number.is_some() => {
            let numbers: Vec<String> = records.iter().map(|record| quoted(record.get("number").as_str())).collect();
            let filter = shell_quoted(&format!("number:{}", numbers.join(",")));
            format!(" --filter {filter}{}", in_its_look(list, records.len() as u64))
        }
        Some(Place::List(list)) => {
            // A list below a record has what points at it.
            let below = list.below.as_ref().map(|below| format!("{}={}", below.field.name, quoted(&below.named)));
            let typed = Some(list.filter_text.as_str()).filter(|text| !text.is_empty());
            let whole = match (below, typed) {
                (Some(below), Some(typed)) => format!("{below} ({typed})"),
                (below, typed) => below.or(typed.map(str::to_owned)).unwrap_or_default(),
            };
            if whole.is_empty() {
                String::new()
            } else {
                let rows = list.count.map_or(u64::MAX, |count| count.number);
                format!(" --filter {}{}", shell_quoted(&whole), in_its_look(list, rows))
            }
        }
        _ => String::new(),
    };
    Some(match records.as_slice() {
        [record] if filter.is_empty() => format!("headend get {} {}", resource.entity.name, record.id),
        _ => format!("headend list {}{filter}", resource.entity.name),
    })
}

/// The order and the columns of a list, where they are not its own, and that all of it is shown.
fn in_its_look(list: &List, rows: u64) -> String {
    let (look, own) = (list.look(), Look::of(list.resource));
    let mut told = String::new();
    if look.sort != own.sort {
        told += &format!(" --sort={}", look.sort_text());
    }
    let names = |look: &Look| look.columns.iter().map(|column| column.field.name).collect::<Vec<_>>().join(",");
    if names(&look) != names(&own) {
        told += &format!(" --fields {}", names(&look));
    }
    if rows > SHOWN as u64 {
        told += " --all";
    }
    told
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
