//! The filter and find lines.

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Number, Question, Reply};
use super::super::overlay::views::Views;
use super::super::overlay::{Completion, FilterLine, FindLine, Overlay};
use super::super::past_lines::Kind;
use super::super::screens::Turn;
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::super::widgets::line::LineEditor;
use super::{commands, tell, travel, views, with_place};
use crate::domain::Id;
use crate::domain::filter::{CompletionKind, complete, quoted};
use crate::resources::Resource;
use crate::store::entity::Entity;
use crate::store::list::Filterable;
use crate::store::saved_views::SAVED_VIEWS;

pub(super) fn open_filter(state: &mut State) {
    let Some(Place::List(list)) = state.places.last() else {
        return tell(state, "there is nothing to filter here", Role::Dim);
    };
    let mut line = LineEditor::with_text(&list.filter_text);
    if !list.filter_text.is_empty() && !list.filter_text.ends_with(' ') {
        line.insert(" ");
    }
    let before = list.filter_text.clone();
    line.set_history(state.past_lines.filters_of(list.resource.entity.name));
    let stood = list.stands_at();
    let mut filter = FilterLine { line, before, stood, completion: Completion::default() };
    look_up(state, &mut filter);
    state.overlay = Some(Overlay::Filter(filter));
}

pub(super) fn open_find(state: &mut State, text: &str) {
    if let Some(command) = text.strip_prefix(':') {
        return commands::open(state, command);
    }
    let mut find = FindLine { line: LineEditor::with_text(text), ..FindLine::default() };
    find.line.set_history(state.past_lines.finds.clone());
    ask_find(state, &mut find);
    state.overlay = Some(Overlay::Find(find));
}

pub(super) fn paste(state: &mut State, text: &str) {
    let Some(mut overlay) = state.overlay.take() else { return };
    let text = text.trim_end_matches('\n');
    match &mut overlay {
        Overlay::Filter(filter) => {
            filter.line.insert(text);
            filter_changed(state, filter);
        }
        Overlay::Command(command) => {
            command.line.insert(text);
            commands::changed(state, command);
        }
        Overlay::Find(find) => {
            find.line.insert(text);
            ask_find(state, find);
        }
        Overlay::Views(Views { naming: Some(naming), .. }) => naming.line.insert(text),
        Overlay::Help(help) => help.paste(text),
        Overlay::Secret(look) => look.paste(text),
        Overlay::Note(note) => super::desk::paste(note, text),
        _ => tell(state, "nothing is typed here: ‹leave› puts this away, then paste or scan again", Role::Warn),
    }
    state.overlay = Some(overlay);
}

pub(super) fn press(state: &mut State, overlay: Overlay, press: Press, action: Option<Action>) {
    match overlay {
        Overlay::Filter(filter) => in_filter(state, filter, press, action),
        Overlay::Command(command) => commands::press(state, command, press, action),
        Overlay::Find(find) => in_find(state, find, press, action),
        other => state.overlay = Some(other),
    }
}

// ---- the filter line

fn in_filter(state: &mut State, mut filter: FilterLine, press: Press, action: Option<Action>) {
    match action {
        Some(Action::LineRun) => {
            if let Some(text) = filter.completion.chosen().and_then(|_| filter.completion.accepted(filter.line.text()))
            {
                filter.line.set_text(&text);
                filter_changed(state, &mut filter);
                state.overlay = Some(Overlay::Filter(filter));
                return;
            }
            let trimmed = filter.line.text().trim().to_owned();
            set_filter(state, &trimmed);
            // The rows of half a filter are not what was meant: it is put right, or left with Esc.
            if matches!(state.places.last(), Some(Place::List(list)) if list.mistake.is_some()) {
                state.overlay = Some(Overlay::Filter(filter));
            } else if let Some(entity) = entity(state).filter(|_| !trimmed.is_empty()) {
                state.remember_line(Kind::Filter, &format!("{} {trimmed}", entity.name));
            }
            return;
        }
        // One step at a time: what is highlighted goes before the line.
        Some(Action::Leave) if filter.completion.cursor.is_some() => filter.completion = Completion::default(),
        Some(Action::Leave | Action::Stop) => {
            let typed = filter.line.text().trim().to_owned();
            if let Some(entity) = entity(state).filter(|_| !typed.is_empty() && typed != filter.before.trim()) {
                state.past_lines.add(Kind::Filter, &format!("{} {typed}", entity.name));
            }
            set_filter(state, &filter.before);
            with_place(state, |place, context| {
                if let (Place::List(list), Some(stood)) = (place, filter.stood.take()) {
                    list.stand_again(stood, context);
                }
            });
            return;
        }
        Some(Action::LineComplete) => {
            if let Some(text) = filter.completion.accepted(filter.line.text()) {
                filter.line.set_text(&text);
                filter_changed(state, &mut filter);
            }
        }
        Some(Action::Up | Action::LineOlder) if filter.line.is_empty_or_recalled() => {
            filter.line.act(Action::LineOlder);
            filter_changed(state, &mut filter);
        }
        Some(Action::Down | Action::LineNewer) if filter.line.is_recalled() && filter.completion.cursor.is_none() => {
            filter.line.act(Action::LineNewer);
            filter_changed(state, &mut filter);
        }
        Some(Action::Down | Action::LineNewer) => filter.completion.step(1),
        Some(Action::Up | Action::LineOlder) => filter.completion.step(-1),
        _ => {
            let before = filter.line.text().to_owned();
            if !action.is_some_and(|action| filter.line.act(action)) {
                filter.line.press(press.key);
            }
            if filter.line.text() != before {
                filter_changed(state, &mut filter);
            }
        }
    }
    state.overlay = Some(Overlay::Filter(filter));
}

/// The list follows as one types.
fn filter_changed(state: &mut State, filter: &mut FilterLine) {
    let text = filter.line.text().trim().to_owned();
    with_place(state, |place, context| {
        if let Place::List(list) = place {
            list.type_filter(&text, context);
        }
    });
    look_up(state, filter);
}

fn set_filter(state: &mut State, text: &str) {
    with_place(state, |place, context| {
        if let Place::List(list) = place {
            list.set_filter(text, context);
        }
    });
}

fn entity(state: &State) -> Option<&'static Entity> {
    match state.places.last() {
        Some(Place::List(list)) => Some(list.resource.entity),
        _ => None,
    }
}

/// What would fit at the cursor: names at once, values that occur when the database has told.
fn look_up(state: &mut State, filter: &mut FilterLine) {
    let Some(entity) = entity(state) else { return };
    let found = complete(filter.line.text(), filter.line.cursor(), &Filterable(entity));
    filter.completion = Completion { span: found.span, candidates: found.candidates, cursor: None, asked: None };
    if let CompletionKind::Value { relations, field } = found.kind
        && filter.completion.candidates.iter().all(|candidate| candidate == "me")
        && let Some((entity, field)) = Filterable(entity).field_at(&relations, &field)
    {
        let question = Question::Values { entity, field: field.name, typed: found.typed };
        filter.completion.asked = Some(state.asks.ask(question));
    }
}

// ---- the find line

fn ask_find(state: &mut State, find: &mut FindLine) {
    let text = find.line.text().trim().to_owned();
    if text.is_empty() {
        find.found.clear();
        find.answered = None;
        find.asked = None;
        return;
    }
    find.asked = Some(state.asks.ask(Question::Find(text)));
}

fn open_found(state: &mut State, text: &str, resource: &'static Resource, id: Id) {
    state.remember_line(Kind::Find, text);
    // A view is looked for to see the list as it keeps it.
    if resource.entity.name == SAVED_VIEWS.name {
        return views::look_up(state, id);
    }
    travel::turn(state, Turn::Open(resource, id));
}

fn in_find(state: &mut State, mut find: FindLine, press: Press, action: Option<Action>) {
    match action {
        Some(Action::Leave | Action::Stop) => {
            let typed = find.line.text().trim();
            if !typed.is_empty() {
                state.past_lines.add(Kind::Find, typed);
            }
            return;
        }
        Some(Action::Up | Action::LineOlder) if find.line.is_empty_or_recalled() => {
            find.line.act(Action::LineOlder);
            ask_find(state, &mut find);
        }
        Some(Action::Down | Action::LineNewer) if find.line.is_recalled() && find.cursor == 0 && find.hits() == 0 => {
            find.line.act(Action::LineNewer);
            ask_find(state, &mut find);
        }
        Some(Action::Down | Action::LineNewer) => find.cursor = (find.cursor + 1).min(find.hits().saturating_sub(1)),
        Some(Action::Up | Action::LineOlder) => find.cursor = find.cursor.saturating_sub(1),
        Some(Action::PageDown) => find.cursor = (find.cursor + 10).min(find.hits().saturating_sub(1)),
        Some(Action::PageUp) => find.cursor = find.cursor.saturating_sub(10),
        Some(Action::LineRun) => {
            // What is on the screen is for an older text: the answer to this one is opened.
            if find.asked.is_some() {
                find.opens = true;
            } else if let Some((resource, id)) = find.chosen() {
                return open_found(state, find.line.text(), resource, id);
            }
        }
        _ => {
            let before = find.line.text().to_owned();
            if !action.is_some_and(|action| find.line.act(action)) {
                find.line.press(press.key);
            }
            // A leading colon makes it a command.
            if let Some(command) = find.line.text().trim_start().strip_prefix(':') {
                return commands::open(state, command);
            }
            if find.line.text() != before {
                (find.error, find.opens) = (None, false);
                ask_find(state, &mut find);
            }
        }
    }
    state.overlay = Some(Overlay::Find(find));
}

/// Answers to what a line asked.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    // Also of what waits below the menu of everything.
    let overlay = if matches!(state.overlay, Some(Overlay::Menu(_))) { &mut state.under } else { &mut state.overlay };
    match overlay {
        Some(Overlay::Filter(filter)) if filter.completion.asked == Some(number) => {
            filter.completion.asked = None;
            if let Some(Reply::Values(Ok(values))) = reply.take() {
                filter.completion.candidates.extend(values.iter().map(|value| quoted(value)));
            }
            true
        }
        Some(Overlay::Command(command)) if command.completion.asked == Some(number) => {
            command.completion.asked = None;
            if let Some(Reply::Values(Ok(values))) = reply.take() {
                command.completion.candidates.extend(values.iter().map(|value| quoted(value)));
            }
            true
        }
        Some(Overlay::Find(find)) if find.asked == Some(number) => {
            find.asked = None;
            find.answered = Some(find.line.text().trim().to_owned());
            match reply.take() {
                Some(Reply::Found(Ok(found))) => {
                    find.found = found;
                    find.cursor = 0;
                    find.error = None;
                }
                Some(Reply::Found(Err(error))) => find.error = Some(error.to_string()),
                _ => {}
            }
            let opens = std::mem::take(&mut find.opens) && find.error.is_none();
            if let Some((resource, id)) = find.chosen().filter(|_| opens) {
                let text = find.line.text().to_owned();
                state.overlay = None;
                open_found(state, &text, resource, id);
            }
            true
        }
        _ => false,
    }
}
