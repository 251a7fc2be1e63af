//! A secret that is shown once, with its picture where there is room for one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::views::Offers;
use crate::console::measure;
use crate::console::overlay::made::MadeSecret;
use crate::console::theme::{Role, Theme};
use crate::console::widgets::paint;
use crate::domain::text::clean_lines;

/// The width that it takes where there is room, without a picture.
const WIDTH: u16 = 70;
/// What stands beside a picture has at least so many columns.
const BESIDE: u16 = 30;
/// Blanks between what stands beside each other.
const COLUMN_GAP: usize = 3;

pub(super) fn paint_made(made: &MadeSecret, buffer: &mut Buffer, area: Rect, theme: &Theme, offers: &Offers) {
    let picture = made.picture.as_ref().filter(|_| !theme.signs.ascii);
    let fitting = picture.filter(|picture| {
        let (width, height) = picture.size();
        width + BESIDE + 4 <= area.width && height + 2 <= area.height
    });
    let (beside, least) = fitting.map_or((0, 0), |picture| (picture.size().0 + 1, picture.size().1));
    let width = (beside + if fitting.is_some() { BESIDE + 8 } else { WIDTH }).min(area.width);
    let room = width.saturating_sub(beside + 4);
    let hints = offers.rows(None, room + 4, theme);
    let height = usize::from(area.height).saturating_sub(hints.len() + 2);
    let lines = lines_of(made, theme, usize::from(room), height, picture.is_some() && fitting.is_none());
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

/// What is told of a secret, within so many lines where that can be: it is seen whole, since it is not seen again. What
/// has no room below each other stands beside each other, and without its help.
fn lines_of(made: &MadeSecret, theme: &Theme, room: usize, height: usize, no_picture: bool) -> Vec<(String, Role)> {
    let wrapped = |text: &str, role: Role| measure::wrap(text, room.max(1)).into_iter().map(move |line| (line, role));
    let told = |secret: &str, helped: bool| -> Vec<(String, Role)> {
        let help = made.resource.help(&theme.words, made.field);
        let no_room = theme.words.get("made.no-room");
        let helps = wrapped(&help, Role::Text).filter(|_| helped);
        let misses = wrapped(no_room, Role::Dim).filter(|_| no_picture);
        let once = wrapped(theme.words.get("made.once"), Role::Dim);
        let gap = || std::iter::once((String::new(), Role::Text));
        helps.chain(gap()).chain(wrapped(secret, Role::Accent)).chain(gap()).chain(misses).chain(once).collect()
    };
    let below = clean_lines(made.secret.reveal());
    let beside = in_columns(&below, room);
    let wider = [told(&below, true), told(&beside, true)];
    wider.into_iter().find(|lines| lines.len() <= height).unwrap_or_else(|| told(&beside, false))
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
