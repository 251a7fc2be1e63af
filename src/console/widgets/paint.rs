//! Putting text into cells: the one door, cleaned, clipped, and quick where the text is ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::console::measure::{self, Align};
use crate::console::theme::{Role, Signs, Theme};
use crate::domain::text::clean;

/// Paints `text` over as many lines as it takes of those that `area` has; how many it took.
pub fn wrapped(buffer: &mut Buffer, area: Rect, told: &str, style: Style) -> u16 {
    let lines = measure::wrap(told, usize::from(area.width));
    let painted = (area.y..area.bottom()).zip(&lines).map(|(y, line)| text(buffer, area.x, y, area.width, line, style));
    u16::try_from(painted.count()).unwrap_or(area.height)
}

/// Paints `text` from `x` on, at most `max` cells of it and never outside the buffer; the cells used.
pub fn text(buffer: &mut Buffer, x: u16, y: u16, max: u16, text: &str, style: Style) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return 0;
    }
    let max = max.min(area.right() - x);
    if measure::is_plain(text) {
        plain(buffer, x, y, max, text, style)
    } else {
        any(buffer, x, y, max, &clean(text), style)
    }
}

/// Printable ASCII goes straight into the cells.
fn plain(buffer: &mut Buffer, x: u16, y: u16, max: u16, text: &str, style: Style) -> u16 {
    let start = buffer.index_of(x, y);
    let count = text.len().min(usize::from(max));
    for (cell, byte) in buffer.content[start..start + count].iter_mut().zip(text.bytes()) {
        cell.set_char(char::from(byte)).set_style(style);
    }
    count as u16
}

fn any(buffer: &mut Buffer, x: u16, y: u16, max: u16, text: &str, style: Style) -> u16 {
    let (begins, rest) = measure::plain_start(text);
    let mut used = plain(buffer, x, y, max, begins, style);
    if usize::from(used) < begins.len() {
        return used;
    }
    for grapheme in rest.graphemes(true) {
        let wide = measure::grapheme_width(grapheme) as u16;
        if wide == 0 {
            continue;
        }
        if used + wide > max {
            break;
        }
        buffer[(x + used, y)].set_symbol(grapheme).set_style(style);
        for covered in 1..wide {
            // What a wide character covers must be empty, or the buffer paints both.
            let cell = &mut buffer[(x + used + covered, y)];
            cell.reset();
            cell.set_style(style);
        }
        used += wide;
    }
    used
}

/// Cells a text takes once it is cleaned.
#[must_use]
pub fn cells(text: &str) -> u16 {
    let wide = if measure::is_plain(text) { text.len() } else { measure::width(&clean(text)) };
    wide.min(usize::from(u16::MAX / 2)) as u16
}

/// Paints text cut to `wide` cells with an ellipsis, at the left or right of them; the cells used by the text.
#[allow(clippy::too_many_arguments)]
pub fn fitted(
    buffer: &mut Buffer,
    x: u16,
    y: u16,
    wide: u16,
    shown: &str,
    align: Align,
    style: Style,
    signs: &Signs,
) -> u16 {
    if measure::is_plain(shown) && shown.len() <= usize::from(wide) {
        let offset = if align == Align::Right { wide - shown.len() as u16 } else { 0 };
        return text(buffer, x + offset, y, wide, shown, style);
    }
    let cleaned = clean(shown);
    let cut = measure::cut(&cleaned, usize::from(wide), signs.ellipsis);
    let needs = cells(&cut);
    let offset = if align == Align::Right { wide.saturating_sub(needs) } else { 0 };
    text(buffer, x + offset, y, wide, &cut, style)
}

/// Empties an area, in a style.
pub fn clear(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    for y in area.top()..area.bottom() {
        let start = buffer.index_of(area.left(), y);
        for cell in &mut buffer.content[start..start + usize::from(area.width)] {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// The area of that size in the middle of another, made smaller where it does not fit.
#[must_use]
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height)
}

/// A popup's ground, border and title; the area inside.
pub fn popup(buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) -> Rect {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return Rect::new(area.x, area.y, 0, 0);
    }
    clear(buffer, area, theme[Role::Popup]);
    // A wide character that a border would cut in half must go.
    for y in area.top()..area.bottom() {
        if area.left() > buffer.area.left() && measure::width(buffer[(area.left() - 1, y)].symbol()) > 1 {
            buffer[(area.left() - 1, y)].set_symbol(" ");
        }
    }
    if area.width < 2 || area.height < 2 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    let (signs, border) = (theme.signs, theme[Role::Popup].patch(theme[Role::Border]));
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.left() + 1..right {
        text(buffer, x, area.top(), 1, signs.horizontal, border);
        text(buffer, x, bottom, 1, signs.horizontal, border);
    }
    for y in area.top() + 1..bottom {
        text(buffer, area.left(), y, 1, signs.vertical, border);
        text(buffer, right, y, 1, signs.vertical, border);
    }
    for (x, y, sign) in [
        (area.left(), area.top(), signs.top_left),
        (right, area.top(), signs.top_right),
        (area.left(), bottom, signs.bottom_left),
        (right, bottom, signs.bottom_right),
    ] {
        text(buffer, x, y, 1, sign, border);
    }
    if !title.is_empty() && area.width > 6 {
        let title = format!(" {title} ");
        fitted(buffer, area.left() + 1, area.top(), area.width - 2, &title, Align::Left, theme[Role::Title], signs);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// The thumb of a scrolled area in its last column: where `first` of `total` stands.
pub fn scroll_thumb(buffer: &mut Buffer, area: Rect, first: usize, fits: usize, total: usize, theme: &Theme) {
    if total <= fits || area.is_empty() {
        return;
    }
    let last = usize::from(area.height) - 1;
    let hidden = total - fits;
    let place = (first.min(hidden) * last + hidden / 2) / hidden;
    text(buffer, area.right() - 1, area.y + place.min(last) as u16, 1, theme.signs.thumb, theme[Role::Border]);
}

/// The first entry to show so that `cursor` is seen, moving no more than needed.
#[must_use]
pub fn scrolled(first: usize, cursor: usize, fits: usize, total: usize) -> usize {
    if fits == 0 {
        return cursor;
    }
    let first = first.min(total.saturating_sub(fits));
    if cursor < first { cursor } else { first.max((cursor + 1).saturating_sub(fits)) }
}
