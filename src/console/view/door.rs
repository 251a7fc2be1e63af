//! The door: set-up, login, lock.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::console::measure;
use crate::console::screens::door::{Door, Kind as DoorKind};
use crate::console::state::State;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::form::{self as form_widget, FieldValue, FieldView};
use crate::console::widgets::paint;
use crate::domain::text::clean;

/// The width that it takes where there is room.
const WIDTH: u16 = 78;

pub(super) fn paint_door(state: &mut State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let theme = &state.theme;
    let door = state.door.as_mut()?;
    let title = match door.kind {
        DoorKind::SetUp => "door.welcome",
        DoorKind::LogIn => "door.log-in",
        DoorKind::Unlock => "door.locked",
        DoorKind::ChangePassword => "door.choose-password",
    };
    let title = theme.words.get(title);
    let rows = u16::try_from(door.entries.len()).unwrap_or(u16::MAX);
    let welcome =
        measure::wrap(&theme.told(&door.welcome), usize::from(WIDTH.min(area.width).saturating_sub(4)).max(1));
    let height = (rows * 2 + 7 + u16::try_from(welcome.len()).unwrap_or(0)).min(area.height);
    let inside = paint::popup(buffer, paint::centred(area, WIDTH, height), title, theme);
    let mut y = inside.y;
    for line in &welcome {
        paint::text(buffer, inside.x + 1, y, inside.width.saturating_sub(1), line, theme[Role::Dim]);
        y += 1;
    }
    y += 1;
    let form = Rect {
        x: inside.x + 1,
        y,
        width: inside.width.saturating_sub(2),
        height: inside.bottom().saturating_sub(y + 2),
    };
    let cursor = paint_entries(door, buffer, form, theme);
    let bottom = inside.bottom().saturating_sub(1);
    let (told, role) = match (&door.error, door.is_waiting()) {
        (_, true) => (theme.words.get("door.one-moment").to_owned(), Role::Dim),
        (Some(error), false) => (theme.told(error), Role::Error),
        // Beside its line there may be no room for what is wrong.
        (None, false) if door.problem().is_some() => (theme.told(door.problem().unwrap_or_default()), Role::Error),
        (None, false) => (theme.words.get(door_hint(door.kind)).to_owned(), Role::Hint),
    };
    for (index, line) in measure::wrap(&told, usize::from(inside.width.saturating_sub(2))).iter().take(2).enumerate() {
        let offset = u16::try_from(index).unwrap_or(0);
        paint::text(buffer, inside.x + 1, bottom.saturating_sub(1) + offset, inside.width, line, theme[role]);
    }
    cursor
}

fn door_hint(kind: DoorKind) -> &'static str {
    match kind {
        DoorKind::SetUp => "door.set-up-keys",
        DoorKind::LogIn => "door.log-in-keys",
        DoorKind::Unlock => "door.locked-keys",
        DoorKind::ChangePassword => "door.choose-password-keys",
    }
}

fn paint_entries(door: &mut Door, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Option<Position> {
    let focus = door.focus;
    let mut views: Vec<FieldView<'_>> = Vec::new();
    for (index, entry) in door.entries.iter().enumerate() {
        let value = if index == focus {
            FieldValue::Line { editor: &entry.line, wrong: None, ghost: "" }
        } else if entry.line.is_secret() {
            FieldValue::Secret(!entry.line.text().is_empty())
        } else {
            FieldValue::Text(clean(entry.line.text()))
        };
        let mut view = FieldView::new(theme.words.get(entry.label), value);
        view.problem = entry.problem.as_deref().map(|problem| theme.told(problem).into());
        view.help = entry.help.map_or("", |key| theme.words.get(key)).into();
        views.push(view);
    }
    form_widget::paint(buffer, area, theme, &mut views, focus, 0, false).cursor
}
