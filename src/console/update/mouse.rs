//! The mouse: a click goes there, a double click opens, the wheel moves. It never does what a key
//! would ask about first.

use std::time::Duration;

use ratatui::layout::Position;

use super::super::actions::Action;
use super::super::input::{Button, Mouse, MouseKind, Press};
use super::super::keys::{Code, Key};
use super::super::overlay::deeds::Deeds;
use super::super::overlay::{CommandLine, FilterLine, Overlay};
use super::super::spots::Spot;
use super::super::state::{Place, State};
use super::super::theme::Role;
use super::{deeds, press, tell, travel, with_place};

/// Two clicks on one cell within this are one double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// Lines that one notch of the wheel moves.
const NOTCH: usize = 3;

pub(super) fn used(state: &mut State, mouse: Mouse) {
    // At a door nothing is pointed at but what stands in its menu.
    if state.is_at_door() {
        return;
    }
    match mouse.kind {
        MouseKind::ScrollUp => wheel(state, Code::Up),
        MouseKind::ScrollDown => wheel(state, Code::Down),
        MouseKind::Press(Button::Left) => click(state, Position { x: mouse.x, y: mouse.y }),
        MouseKind::Press(_) | MouseKind::Release(_) | MouseKind::Drag(_) | MouseKind::Move => {}
    }
}

/// As the arrow would: in what lies on top, else in the place. In a form it goes from field to field, where an arrow may
/// mean the text; in a line it would change that, and does nothing.
fn wheel(state: &mut State, arrow: Code) {
    if let (None, Some(Place::Form(form))) = (&state.overlay, state.places.last())
        && form.picker.is_none()
    {
        return press::act(state, if arrow == Code::Up { Action::PreviousPane } else { Action::NextPane });
    }
    let moves = match &state.overlay {
        None => true,
        Some(overlay) => {
            let lists = matches!(
                overlay,
                Overlay::Menu(_)
                    | Overlay::Actions(..)
                    | Overlay::Chooser(_)
                    | Overlay::Help(_)
                    | Overlay::Columns(_)
                    | Overlay::Copy(_)
                    | Overlay::Left(_)
            );
            // Where nothing is to be gone through, an arrow would write what was looked for before.
            let found = matches!(overlay, Overlay::Find(find) if find.hits() > 0);
            lists || found || matches!(overlay, Overlay::Views(views) if views.naming.is_none())
        }
    };
    if moves {
        for _ in 0..NOTCH {
            hit(state, arrow);
        }
    }
}

/// A key on behalf of the mouse.
fn hit(state: &mut State, code: Code) {
    press::key(state, Press { key: Key::plain(code), at: state.tick, repeat: false, suspect: false });
}

fn click(state: &mut State, position: Position) {
    let again = state
        .last_click
        .replace((position, state.tick))
        .is_some_and(|(before, at)| before == position && state.tick.saturating_duration_since(at) < DOUBLE);
    if again {
        // A third click is not a second double click.
        state.last_click = None;
    }
    let Some(spot) = state.spots.at(position) else { return };
    match (&mut state.overlay, spot) {
        (
            Some(Overlay::Menu(menu) | Overlay::Actions(Deeds { menu, .. }) | Overlay::Chooser(menu)),
            Spot::Entry(index),
        ) => {
            menu.stand_at(index);
            if again {
                hit(state, Code::Enter);
            }
        }
        (Some(Overlay::Find(find)), Spot::Entry(index)) => {
            find.cursor = index;
            if again {
                press::call_on_top(state, Action::LineRun);
            }
        }
        (Some(Overlay::Views(views)), Spot::Entry(index)) => {
            views.cursor = index;
            if again {
                press::call_on_top(state, Action::Pick);
            }
        }
        (Some(Overlay::Left(alone)), Spot::Entry(index)) => {
            alone.cursor = index;
            if again {
                press::call_on_top(state, Action::Pick);
            }
        }
        (Some(Overlay::Copy(cursor)), Spot::Entry(index)) => {
            *cursor = index;
            if again {
                press::call_on_top(state, Action::Pick);
            }
        }
        (Some(Overlay::Columns(chooser)), Spot::Entry(index)) => {
            chooser.cursor = index;
            if again {
                press::call_on_top(state, Action::ColumnShow);
            }
        }
        (
            Some(Overlay::Filter(FilterLine { completion, .. }) | Overlay::Command(CommandLine { completion, .. })),
            Spot::Candidate(index),
        ) => {
            completion.cursor = Some(index);
            press::call_on_top(state, Action::LineComplete);
        }
        // A key that is named there is pressed there, but what says yes.
        (Some(Overlay::Confirm(..)), Spot::Hint(Action::Yes | Action::LineRun)) => {
            tell(state, "no click says yes: that is a key", Role::Notice);
        }
        (Some(_), Spot::Hint(Action::Menu)) => deeds::open_menu_over(state),
        (Some(_), Spot::Hint(action)) => press::call_on_top(state, action),
        // What lies on top is answered, not clicked away.
        (Some(_), _) | (None, Spot::Entry(_) | Spot::Candidate(_)) => {}
        (None, Spot::Filter) => press::act(state, Action::Filter),
        (None, Spot::Tab(tab)) => travel::tab(state, tab),
        (None, Spot::Hint(action)) => press::act(state, action),
        (None, Spot::Save) => press::act(state, Action::Save),
        (None, Spot::Field(index, value)) => {
            let column = position.x.checked_sub(value);
            with_place(state, |place, context| {
                if let Place::Form(form) = place {
                    form.point_at(index, column.map(usize::from), context);
                }
            });
        }
        (None, Spot::Choice(index)) => {
            if let Some(Place::Form(form)) = state.places.last_mut() {
                form.stand_at_choice(index);
            }
            hit(state, Code::Enter);
        }
        (None, Spot::Record(id)) => {
            with_place(state, |place, context| match place {
                Place::List(list) => list.point_at(id, context),
                Place::Dashboard(dashboard) => dashboard.point_at(id),
                _ => {}
            });
            if again {
                press::act(state, Action::Open);
            }
        }
        (None, Spot::Line(line)) => {
            with_place(state, |place, _| match place {
                Place::Page(page) => page.line = line,
                Place::Desk(desk) => desk.line = line,
                _ => {}
            });
            if again {
                press::act(state, Action::Open);
            }
        }
    }
}
