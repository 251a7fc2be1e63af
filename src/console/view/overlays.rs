//! What lies over a place.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::views;
use crate::console::overlay::{Completion, Overlay};
use crate::console::state::{Place, State};
use crate::console::theme::{Role, Theme};
use crate::console::widgets::frame::Parts;
use crate::console::widgets::line::LineView;
use crate::console::widgets::list::{Choices, Entry};
use crate::console::widgets::paint;
use crate::domain::text::clean;

/// The line above a list: the filter that holds, or the one being typed.
pub(super) fn filter_line(state: &State, buffer: &mut Buffer, area: Rect) -> Option<Position> {
    let Some(Place::List(list)) = state.places.last() else { return None };
    let theme = &state.theme;
    let wrong = list.mistake.as_ref().map(|mistake| mistake.span.clone());
    if let Some(Overlay::Filter(filter)) = &state.overlay {
        let line = LineView {
            prompt: " / ",
            placeholder: "amina   status:suspended   plan:100M   expires_at<7d   is:problem",
            wrong,
            focused: true,
            ..LineView::new(&filter.line)
        };
        return line.paint(buffer, area, theme);
    }
    if list.filter_text.is_empty() {
        paint::text(buffer, area.x, area.y, area.width, " / all", theme[Role::Dim]);
    } else {
        let shown = format!(" / {}", clean(&list.filter_text));
        paint::text(buffer, area.x, area.y, area.width, &shown, theme[Role::Accent]);
    }
    None
}

pub(super) fn paint(state: &mut State, buffer: &mut Buffer, parts: Parts) -> Option<Position> {
    let theme = &state.theme;
    let body = parts.body;
    let sections = match (&state.overlay, state.places.last()) {
        (Some(Overlay::Help(_)), Some(place)) => state.keys.help(place.scope(), |def| state.place_answers(def)),
        _ => Vec::new(),
    };
    match state.overlay.as_mut()? {
        Overlay::Filter(filter) => {
            candidates(&filter.completion, buffer, body, Position { x: body.x + 3, y: parts.filter.y }, theme);
            None
        }
        Overlay::Command(command) => {
            let area = Rect { y: parts.status.y, ..parts.status };
            let line = LineView {
                prompt: " : ",
                placeholder: "customers, devices health:down, suspend, quit …",
                focused: true,
                ..LineView::new(&command.line)
            };
            paint::clear(buffer, area, theme[Role::Text]);
            let cursor = line.paint(buffer, area, theme);
            if let Some(problem) = &command.problem {
                let text = format!("{} {}", theme.signs.wrong, clean(problem));
                paint::text(buffer, area.x + area.width / 3, area.y, area.width * 2 / 3, &text, theme[Role::Error]);
            }
            let count = u16::try_from(command.completion.candidates.len()).unwrap_or(0);
            let anchor = Position { x: area.x + 3, y: area.y.saturating_sub(count + 3) };
            candidates(&command.completion, buffer, Rect { height: area.y - body.y, ..body }, anchor, theme);
            cursor
        }
        Overlay::Find(find) => {
            let popup = paint::centred(body, 90, body.height.min(24));
            let inside = paint::popup(buffer, popup, "Find anything", theme);
            let line = LineView {
                prompt: " find ",
                placeholder: "a name, number, phone, address … or : and a command",
                focused: true,
                ..LineView::new(&find.line)
            };
            let cursor = line.paint(buffer, Rect { height: 1, ..inside }, theme);
            let mut y = inside.y + 2;
            let mut index = 0;
            for found in &find.found {
                if y >= inside.bottom() {
                    break;
                }
                paint::text(
                    buffer,
                    inside.x + 1,
                    y,
                    inside.width,
                    &crate::resources::label(found.entity.name),
                    theme[Role::Title],
                );
                y += 1;
                for record in &found.records {
                    if y < inside.bottom() {
                        let here = index == find.cursor;
                        let sign = if here { theme.signs.cursor } else { " " };
                        let role = if here { Role::Accent } else { Role::Text };
                        paint::text(
                            buffer,
                            inside.x + 1,
                            y,
                            inside.width,
                            &format!("{sign} {}", found_line(record)),
                            theme[role],
                        );
                        y += 1;
                    }
                    index += 1;
                }
            }
            let nothing = match (&find.error, &find.answered, find.found.is_empty()) {
                (Some(error), ..) => Some((clean(error).into_owned(), Role::Error)),
                (None, Some(text), true) if !text.is_empty() => Some(("nothing found".to_owned(), Role::Dim)),
                _ => None,
            };
            if let Some((text, role)) = nothing {
                paint::text(buffer, inside.x + 1, inside.y + 2, inside.width, &text, theme[role]);
            }
            cursor
        }
        Overlay::Menu(menu) | Overlay::Actions(menu, ..) => {
            menu.paint(buffer, body, theme);
            None
        }
        Overlay::Help(help) => help.paint(buffer, body, theme, "Help: the keys of this place", &sections),
        Overlay::Confirm(confirm, _) => confirm.paint(buffer, body, theme),
        Overlay::Left(alone) => {
            views::paint_left(alone, buffer, body, theme);
            None
        }
        Overlay::Columns(chooser) => {
            views::paint_columns(chooser, buffer, body, theme);
            None
        }
        Overlay::Views(shown) => views::paint_views(shown, buffer, body, theme),
        Overlay::Secret(look) => super::secret::paint_look(look, buffer, body, theme),
        Overlay::Copy => {
            let lines: Vec<String> = [
                "v  the value",
                "r  the row, parted by tabs",
                "j  JSON",
                "c  CSV",
                "s  a summary for a chat",
                "l  the command that shows the same",
            ]
            .map(str::to_owned)
            .into();
            crate::console::widgets::confirm::message(buffer, body, theme, "Copy", &lines, "Esc: nothing");
            None
        }
    }
}

/// A hit: what it is called, and what tells it from others of the same name.
fn found_line(record: &crate::store::Record) -> String {
    let mut parts = vec![record.title()];
    for field in ["status", "health", "phone", "email", "management_ip", "city"] {
        let value = record.get(field);
        if !value.is_empty() {
            parts.push(clean(&value.written()).into_owned());
        }
    }
    parts.join("  ")
}

fn candidates(completion: &Completion, buffer: &mut Buffer, within: Rect, anchor: Position, theme: &Theme) {
    if completion.candidates.is_empty() {
        return;
    }
    let shown: Vec<String> = completion.candidates.iter().map(|candidate| clean(candidate).into_owned()).collect();
    let entries: Vec<Entry<'_>> = shown.iter().map(|text| Entry::from(text.as_str())).collect();
    Choices { title: "", entries: &entries, cursor: completion.cursor, empty: "" }.popup(buffer, within, anchor, theme);
}
