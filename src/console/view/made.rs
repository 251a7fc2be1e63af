//! A secret that is shown once, with its picture where there is room for one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::views::offered;
use crate::console::actions::Scope;
use crate::console::keys::KeyMap;
use crate::console::measure;
use crate::console::overlay::made::MadeSecret;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::domain::text::clean;

/// The width that it takes where there is room, without a picture.
const WIDTH: u16 = 70;
/// What stands beside a picture has at least so many columns.
const BESIDE: u16 = 30;
/// Blanks between what stands beside each other.
const COLUMN_GAP: usize = 3;

pub(super) fn paint_made(made: &MadeSecret, buffer: &mut Buffer, area: Rect, theme: &Theme, keys: &KeyMap) {
    let picture = made.picture.as_ref().filter(|_| !theme.signs.ascii);
    let fitting = picture.filter(|picture| {
        let (width, height) = picture.size();
        width + BESIDE + 4 <= area.width && height + 2 <= area.height
    });
    let (beside, least) = fitting.map_or((0, 0), |picture| (picture.size().0 + 1, picture.size().1));
    let width = (beside + if fitting.is_some() { BESIDE + 8 } else { WIDTH }).min(area.width);
    let room = width.saturating_sub(beside + 4);
    let wrapped = |text: &str, role: Role| -> Vec<(String, Role)> {
        text.split('\n')
            .flat_map(|line| measure::wrap(line, usize::from(room).max(1)))
            .map(|line| (line, role))
            .collect()
    };
    let hints = offered(keys, Scope::Made, None, room + 4, theme);
    let told = |secret: &str, helped: bool| {
        let mut lines =
            if helped { wrapped(&made.resource.help(&theme.words, made.field), Role::Text) } else { Vec::new() };
        lines.push((String::new(), Role::Text));
        lines.extend(wrapped(secret, Role::Accent));
        lines.push((String::new(), Role::Text));
        if picture.is_some() && fitting.is_none() {
            lines.extend(wrapped(theme.words.get("made.no-room"), Role::Dim));
        }
        lines.extend(wrapped(theme.words.get("made.once"), Role::Dim));
        lines
    };
    // It is seen whole, since it is not seen again: beside each other what has no room below each other, and alone.
    let fits = |lines: &Vec<(String, Role)>| lines.len() + hints.len() + 2 <= usize::from(area.height);
    let below = clean_lines(made.secret.reveal());
    let beside_each_other = in_columns(&below, usize::from(room));
    let layouts = [(&below, true), (&beside_each_other, true), (&beside_each_other, false)];
    let lines = layouts.into_iter().map(|(secret, helped)| told(secret, helped)).find(fits);
    let lines = lines.unwrap_or_else(|| told(&beside_each_other, false));
    let height = u16::try_from(lines.len() + hints.len()).unwrap_or(u16::MAX).max(least).saturating_add(2);
    let label = made.resource.label(&theme.words, made.field.name);
    let inside = paint::popup(buffer, paint::centred(area, width, height), label, theme);
    if let Some(picture) = fitting {
        picture.paint(buffer, inside);
    }
    let text = Rect { x: inside.x + beside + 1, width: room, ..inside };
    let ground = theme[Role::Popup];
    let above = text.height.saturating_sub(u16::try_from(hints.len()).unwrap_or(u16::MAX));
    for (y, (line, role)) in (text.y..text.y + above).zip(&lines) {
        paint::text(buffer, text.x, y, text.width, line, ground.patch(theme[*role]));
    }
    for (y, line) in (text.y + above..text.bottom()).zip(&hints) {
        paint::text(buffer, text.x, y, text.width, line, ground.patch(theme[Role::Key]));
    }
}

/// A line each, without what a terminal would take for more than letters.
fn clean_lines(text: &str) -> String {
    text.lines().map(|line| clean(line).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Lines in as many columns as there is room for.
fn in_columns(text: &str, room: usize) -> String {
    let widest = text.lines().map(measure::width).max().unwrap_or(0) + COLUMN_GAP;
    let lines: Vec<&str> = text.lines().collect();
    let rows = lines.len().div_ceil(((room + COLUMN_GAP) / widest).max(1)).max(1);
    let row = |first: usize| {
        let in_row = lines.iter().skip(first).step_by(rows);
        in_row.map(|line| format!("{line:widest$}")).collect::<String>().trim_end().to_owned()
    };
    (0..rows.min(lines.len())).map(row).collect::<Vec<_>>().join("\n")
}
