//! The filter, command and find lines.

use super::super::actions::Action;
use super::super::input::Press;
use super::super::message::{Number, Question, Reply};
use super::super::overlay::{Command, CommandLine, Completion, FilterLine, FindLine, Overlay};
use super::super::screens::Turn;
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::super::widgets::line::LineEditor;
use super::{lock, log_out, press, tell, travel, with_place};
use crate::domain::filter::{CompletionKind, complete, quoted};
use crate::store::entity::Entity;
use crate::store::list::Filterable;

pub(super) fn open_filter(state: &mut State) {
    let Some(Place::List(list)) = state.places.last() else {
        return tell(state, "there is nothing to filter here", Role::Dim);
    };
    let mut line = LineEditor::with_text(&list.filter_text);
    if !list.filter_text.is_empty() && !list.filter_text.ends_with(' ') {
        line.insert(" ");
    }
    let before = list.filter_text.clone();
    let mut filter = FilterLine { line, before, completion: Completion::default() };
    look_up(state, &mut filter);
    state.overlay = Some(Overlay::Filter(filter));
}

pub(super) fn open_command(state: &mut State) {
    let mut command = CommandLine::default();
    command.line.set_history(state.command_history.clone());
    command.completion.candidates = Command::candidates("", &verbs(state));
    state.overlay = Some(Overlay::Command(command));
}

pub(super) fn open_find(state: &mut State, text: &str) {
    let mut find = FindLine { line: LineEditor::with_text(text), ..FindLine::default() };
    find.line.set_history(state.find_history.clone());
    ask_find(state, &mut find);
    state.overlay = Some(Overlay::Find(find));
}

/// Verbs on the kind of record that the place shows.
fn verbs(state: &State) -> Vec<&'static str> {
    let resource = match state.places.last() {
        Some(Place::List(list)) => list.resource,
        Some(Place::Page(page)) => page.resource,
        _ => return Vec::new(),
    };
    resource.actions().map(crate::store::Operation::verb).collect()
}

pub(super) fn paste(state: &mut State, text: &str) {
    let Some(mut overlay) = state.overlay.take() else { return };
    let text = text.trim_end_matches('\n');
    match &mut overlay {
        Overlay::Filter(filter) => {
            filter.line.insert(text);
            filter_changed(state, filter);
        }
        Overlay::Command(command) => command.line.insert(text),
        Overlay::Find(find) => {
            find.line.insert(text);
            ask_find(state, find);
        }
        Overlay::Secret(look) => look.paste(text),
        _ => {}
    }
    state.overlay = Some(overlay);
}

pub(super) fn press(state: &mut State, overlay: Overlay, press: Press, action: Option<Action>) {
    match overlay {
        Overlay::Filter(filter) => in_filter(state, filter, press, action),
        Overlay::Command(command) => in_command(state, command, press, action),
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
            return;
        }
        Some(Action::Leave | Action::Stop) => {
            let before = filter.before.clone();
            return set_filter(state, &before);
        }
        Some(Action::LineComplete) => {
            if let Some(text) = filter.completion.accepted(filter.line.text()) {
                filter.line.set_text(&text);
                filter_changed(state, &mut filter);
            }
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
    set_filter(state, &text);
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
    filter.completion.candidates.truncate(9);
    if let CompletionKind::Value { relations, field } = found.kind
        && relations.is_empty()
        && filter.completion.candidates.is_empty()
        && let Some(field) = entity.field(&field)
    {
        let question = Question::Values { entity, field: field.name, typed: found.typed };
        filter.completion.asked = Some(state.asks.ask(question));
    }
}

// ---- the command line

fn in_command(state: &mut State, mut command: CommandLine, press: Press, action: Option<Action>) {
    match action {
        Some(Action::Leave | Action::Stop) => return,
        Some(Action::LineRun) => {
            if let Some(chosen) = command.completion.chosen() {
                command.line.set_text(chosen);
            }
            return run_command(state, command);
        }
        Some(Action::LineComplete) => {
            if let Some(text) = command.completion.candidates.get(command.completion.cursor.unwrap_or(0)).cloned() {
                command.line.set_text(&format!("{text} "));
            }
        }
        Some(Action::Down | Action::LineNewer) if !command.completion.candidates.is_empty() => {
            command.completion.step(1);
            state.overlay = Some(Overlay::Command(command));
            return;
        }
        Some(Action::Up | Action::LineOlder)
            if command.line.text().is_empty() || command.completion.candidates.is_empty() =>
        {
            command.line.act(Action::LineOlder);
        }
        Some(Action::Up | Action::LineOlder) => {
            command.completion.step(-1);
            state.overlay = Some(Overlay::Command(command));
            return;
        }
        _ => {
            if !action.is_some_and(|action| command.line.act(action)) {
                command.line.press(press.key);
            }
        }
    }
    command.problem = None;
    let typed = command.line.text().to_owned();
    command.completion = Completion::default();
    if !typed.contains(' ') {
        command.completion.candidates = Command::candidates(typed.trim_start_matches(':'), &verbs(state));
    }
    state.overlay = Some(Overlay::Command(command));
}

fn run_command(state: &mut State, mut command: CommandLine) {
    let text = command.line.text().to_owned();
    match Command::read(&text) {
        Ok(read) => {
            command.line.remember();
            state.command_history = command.line.history().to_vec();
            run(state, read);
        }
        Err(problem) => {
            command.problem = Some(problem);
            state.overlay = Some(Overlay::Command(command));
        }
    }
}

/// Runs what a line behind `:` means.
pub(super) fn run(state: &mut State, command: Command) {
    match command {
        Command::List(resource, filter) => travel::list(state, resource, &filter),
        Command::Dashboard => travel::screen(state, 0),
        Command::Quit => travel::ask_to_quit(state),
        Command::Save => press::act(state, Action::Save),
        Command::Lock => {
            let name = state.session.as_ref().map(|session| session.actor_name().to_owned()).unwrap_or_default();
            lock(state, &name, "Locked.");
        }
        Command::LogOut => log_out(state),
        Command::Help => press::open_help(state),
        Command::Verb(verb) => run_verb(state, &verb),
        Command::Action(id) => {
            if let Some(action) = Action::from_id(&id) {
                press::act(state, action);
            }
        }
    }
}

fn run_verb(state: &mut State, verb: &str) {
    if press::is_reading(state) {
        return tell(state, press::STILL_READING, Role::Notice);
    }
    let (resource, aims) = match state.places.last() {
        Some(Place::List(list)) => (list.resource, list.aims()),
        Some(Place::Page(page)) => {
            (page.resource, page.record.iter().map(|record| (record.id, record.version)).collect())
        }
        _ => return tell(state, format!("{verb}: open a list or a record first"), Role::Warn),
    };
    match resource.action(verb) {
        Some(operation) if !aims.is_empty() || !operation.takes_records() => {
            press::ask_to_perform(state, operation, &aims)
        }
        Some(_) => tell(state, "nothing to act on", Role::Dim),
        None => tell(state, format!("{verb}: not for {}", resource.title.to_lowercase()), Role::Warn),
    }
}

// ---- the find line

fn ask_find(state: &mut State, find: &mut FindLine) {
    let text = find.line.text().trim().to_owned();
    if text.starts_with(':') || text.is_empty() {
        find.found.clear();
        find.answered = None;
        find.asked = None;
        return;
    }
    find.asked = Some(state.asks.ask(Question::Find(text)));
}

fn in_find(state: &mut State, mut find: FindLine, press: Press, action: Option<Action>) {
    match action {
        Some(Action::Leave | Action::Stop) => return,
        Some(Action::Down | Action::LineNewer) => {
            find.cursor = (find.cursor + 1).min(find.hits().saturating_sub(1));
        }
        Some(Action::Up | Action::LineOlder) => find.cursor = find.cursor.saturating_sub(1),
        Some(Action::LineRun) => {
            find.line.remember();
            state.find_history = find.line.history().to_vec();
            if let Some(command) = find.line.text().trim().strip_prefix(':') {
                match Command::read(command) {
                    Ok(command) => return run(state, command),
                    Err(problem) => find.error = Some(problem),
                }
            } else if let Some((resource, id)) = find.chosen() {
                return travel::turn(state, Turn::Open(resource, id));
            }
        }
        _ => {
            let before = find.line.text().to_owned();
            if !action.is_some_and(|action| find.line.act(action)) {
                find.line.press(press.key);
            }
            if find.line.text() != before {
                find.error = None;
                ask_find(state, &mut find);
            }
        }
    }
    state.overlay = Some(Overlay::Find(find));
}

/// Answers to what a line asked.
pub(super) fn reply(state: &mut State, number: Number, reply: &mut Option<Reply>) -> bool {
    match &mut state.overlay {
        Some(Overlay::Filter(filter)) if filter.completion.asked == Some(number) => {
            filter.completion.asked = None;
            if let Some(Reply::Values(Ok(values))) = reply.take() {
                filter.completion.candidates = values.iter().map(|value| quoted(value)).take(9).collect();
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
            true
        }
        _ => false,
    }
}
