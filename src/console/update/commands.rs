//! The command line: what is typed behind `:`, completed, and run.

use super::super::actions::Action;
use super::super::command::{Command, Standing, Word};
use super::super::input::Press;
use super::super::message::Question;
use super::super::overlay::{CommandLine, Overlay};
use super::super::past_lines::Kind;
use super::super::screens::Turn;
use super::super::screens::list::List;
use super::super::state::{Aiming, Place, State};
use super::super::tabs::Tab;
use super::super::theme::Role;
use super::super::widgets::line::LineEditor;
use super::{deeds, log_out, press, tell, travel};
use crate::domain::words::Words;
use crate::resources;
use crate::store::aims::Aims;
use crate::store::operation::{Does, Operation};

/// A line with a text in it already: what was typed behind the colon of another line.
pub(super) fn open(state: &mut State, text: &str) {
    let mut command = CommandLine { line: LineEditor::with_text(text), ..CommandLine::default() };
    command.line.set_history(state.past_lines.commands.clone());
    changed(state, &mut command);
    state.overlay = Some(Overlay::Command(command));
}

/// What a command is read with here.
fn standing(state: &State) -> Option<Standing<'_>> {
    let session = state.session.as_ref()?;
    let resource = state.places.last().and_then(Place::resource);
    Some(Standing { session, locale: session.locale(state.now), resource })
}

pub(super) fn press(state: &mut State, mut command: CommandLine, press: Press, action: Option<Action>) {
    match action {
        // One step at a time: what is highlighted goes before the line.
        Some(Action::Leave) if command.completion.cursor.is_some() => command.completion.cursor = None,
        Some(Action::Leave | Action::Stop) => {
            let typed = command.line.text().trim();
            if !typed.is_empty() {
                state.past_lines.add(Kind::Command, typed);
            }
            return;
        }
        Some(Action::LineRun) => {
            if let Some(text) =
                command.completion.chosen().and_then(|_| command.completion.accepted(command.line.text()))
            {
                command.line.set_text(&text);
            }
            return run_line(state, command);
        }
        Some(Action::LineComplete) => {
            if let Some(text) = command.completion.accepted(command.line.text()) {
                // The first word, when it is whole, makes room for the filter; a filter goes on from where it is.
                let is_first = !text.trim_start_matches(':').trim_start().contains(' ');
                let blank = if is_first && !text.ends_with(':') { " " } else { "" };
                command.line.set_text(&format!("{text}{blank}"));
                changed(state, &mut command);
            }
        }
        // An empty line, or one out of the history, goes on in the history.
        Some(Action::Up | Action::LineOlder) if command.line.is_empty_or_recalled() => {
            command.line.act(Action::LineOlder);
            command.completion = Default::default();
            command.mistake = None;
        }
        Some(Action::Down | Action::LineNewer) if command.line.is_recalled() => {
            command.line.act(Action::LineNewer);
            command.completion = Default::default();
            command.mistake = None;
        }
        Some(Action::Down | Action::LineNewer) => command.completion.step(1),
        Some(Action::Up | Action::LineOlder) => command.completion.step(-1),
        _ => {
            let before = command.line.text().to_owned();
            if !action.is_some_and(|action| command.line.act(action)) {
                command.line.press(press.key);
            }
            if command.line.text() != before {
                changed(state, &mut command);
            }
        }
    }
    state.overlay = Some(Overlay::Command(command));
}

/// Another text: what would fit, and what is wrong in what is finished.
pub(super) fn changed(state: &mut State, command: &mut CommandLine) {
    let (text, cursor) = (command.line.text().to_owned(), command.line.cursor());
    let Some(standing) = standing(state) else { return };
    let (completion, wanted) = Command::complete(&text, cursor, standing);
    // A word that may still be going on is not wrong yet.
    let finished = text.trim_start_matches(':').trim_start().contains(char::is_whitespace);
    let mistake = Command::read(&text, standing).err();
    command.mistake = mistake.filter(|mistake| finished && mistake.span.end < text.trim_end().len());
    command.completion = completion;
    if let Some(wanted) = wanted {
        let question = Question::Values { entity: wanted.entity, field: wanted.field.name, typed: wanted.typed };
        command.completion.asked = Some(state.asks.ask(question));
    }
}

fn run_line(state: &mut State, mut command: CommandLine) {
    let text = command.line.text().to_owned();
    let Some(standing) = standing(state) else { return };
    match Command::read(&text, standing) {
        Ok(read) => {
            state.remember_line(Kind::Command, &text);
            run(state, read);
        }
        Err(mistake) => {
            command.line.set_cursor(mistake.span.end);
            command.mistake = Some(mistake);
            command.completion = Default::default();
            state.overlay = Some(Overlay::Command(command));
        }
    }
}

/// Reads and runs a line that nobody types now: what the console is to open at.
pub(super) fn run_text(state: &mut State, text: &str) {
    let Some(standing) = standing(state) else { return };
    match Command::read(text, standing) {
        Ok(command) => run(state, command),
        Err(mistake) => tell(state, format!("{text}: {}", mistake.message), Role::Error),
    }
}

fn run(state: &mut State, command: Command) {
    match command {
        Command::List(resource, filter) => travel::list(state, resource.entity.name, &filter),
        Command::Operation(operation, filter) => run_operation(state, operation, filter.as_deref()),
        Command::Action(action) => press::act(state, action),
        Command::Word(Word::Dashboard) => travel::tab(state, Tab::Dashboard),
        Command::Word(Word::Quit) => travel::ask_to_quit(state),
        Command::Word(Word::Write) => press::act(state, Action::Save),
        Command::Word(Word::LogOut) => log_out(state),
        Command::Word(Word::Help) => press::open_help(state),
    }
}

/// On what is marked or under the cursor; with a filter on all that it matches, which are shown,
/// marked and counted first.
fn run_operation(state: &mut State, operation: &'static Operation, filter: Option<&str>) {
    let Some(resource) = resources::of(operation.entity) else { return };
    // Before anything is asked: nobody fills in a form to be told that they may not.
    if let Some(why) = deeds::refused(state, operation) {
        return tell(state, format!("{}: {why}", operation.verb()), Role::Error);
    }
    match operation.does {
        Does::Import => {
            let line = format!("headend import {} FILE", resource.entity.name);
            return tell(state, format!("records come in from a file by: {line}"), Role::Notice);
        }
        Does::Create => return travel::turn(state, Turn::Form(resource, None)),
        _ => {}
    }
    if let Some(filter) = filter {
        return aim(state, operation, filter);
    }
    if press::is_reading(state) {
        return tell(state, press::STILL_READING, Role::Notice);
    }
    if !operation.takes_records() {
        return deeds::ask_to_perform(state, operation, &Aims::default(), None);
    }
    let aims = match state.places.last() {
        Some(Place::List(list)) if list.resource.entity == operation.entity => list.aims(),
        Some(Place::Page(page)) if page.resource.entity == operation.entity => {
            page.record.iter().map(|record| (record.id, record.version)).collect()
        }
        _ => {
            let titles = resource.several(Words::ENGLISH);
            let told = format!("{}: open {titles} first, or name which: {} FILTER", operation.verb(), operation.name);
            return tell(state, told, Role::Warn);
        }
    };
    if aims.is_empty() {
        return tell(state, "nothing to act on: the list is empty", Role::Dim);
    }
    match operation.does {
        Does::Update => press::act(state, Action::Edit),
        _ => deeds::ask_to_perform(state, operation, &aims, None),
    }
}

fn aim(state: &mut State, operation: &'static Operation, filter: &str) {
    let entity = operation.entity;
    let here = match state.places.last() {
        Some(Place::List(list)) if list.resource.entity == entity => Some(list),
        _ => None,
    };
    let is_as_asked = |list: &List| list.below.is_none() && list.marks.is_empty() && list.filter_text == filter;
    match (here.map(|list| is_as_asked(list)), resources::of(entity)) {
        (Some(true), _) => super::refresh(state),
        // Its filter and its marks stand there when one comes back from this, done or not.
        (Some(false), Some(resource)) => travel::list_above(state, resource, filter),
        _ => travel::list(state, entity.name, filter),
    }
    let Some(Place::List(list)) = state.places.last().filter(|place| {
        // Who may not see the list was told so.
        place.resource().is_some_and(|resource| resource.entity == operation.entity)
    }) else {
        return;
    };
    let question = Question::Mark { entity: operation.entity, filter: list.filter().clone() };
    let filter = list.filter_text.clone();
    state.awaited.aiming = Some(Aiming { number: state.asks.ask(question), operation, filter, marked: None });
}

/// The records that a command's filter matches are known and in sight: it is asked about them.
pub(super) fn go_on(state: &mut State) {
    let is_read = !matches!(state.places.last(), Some(Place::List(list)) if list.is_reading());
    // What was opened meanwhile is answered first.
    let is_free = state.overlay.is_none() && state.door.is_none();
    let aiming = state.awaited.aiming.take_if(|aiming| is_read && is_free && aiming.marked.is_some());
    if let Some(mut aiming) = aiming
        && let Some(marked) = aiming.marked.take()
    {
        aimed(state, &aiming, marked);
    }
}

/// The records that a command's filter matches: they are marked, and then it is asked.
fn aimed(state: &mut State, aiming: &Aiming, marked: Aims) {
    let manner = state.manner();
    let Some(Place::List(list)) = state.places.last_mut() else { return };
    if list.resource.entity != aiming.operation.entity || list.filter_text != aiming.filter {
        return;
    }
    if marked.is_empty() {
        return tell(state, format!("{}: nothing matches {}", aiming.operation.verb(), aiming.filter), Role::Notice);
    }
    // A name that nothing bears must not mean all the others.
    if let Some(why) = &list.misnamed {
        let told = format!("{}: {why}, which the filter names: nothing was done", aiming.operation.verb());
        return tell(state, told, Role::Warn);
    }
    list.take_marks(marked.clone(), manner);
    match aiming.operation.does {
        Does::Update => press::act(state, Action::Edit),
        _ => deeds::ask_to_perform(state, aiming.operation, &marked, None),
    }
}
