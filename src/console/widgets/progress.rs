//! How far something has come.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use crate::console::measure;
use crate::console::theme::{Role, Theme};

/// How long something may run before the spinner is shown.
pub const SPINNER_AFTER: Duration = Duration::from_millis(150);

/// Something that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress<'a> {
    /// What runs.
    pub label: &'a str,
    /// How much is done.
    pub done: u64,
    /// Of how much, if that is known.
    pub total: Option<u64>,
    /// How fast, in words: `12 400 rows/s`.
    pub speed: &'a str,
    /// How long it will take, in words: `3 s left`.
    pub left: &'a str,
    /// How to stop it: `C-c stops`.
    pub stop: &'a str,
}

impl Progress<'_> {
    /// Paints it into the first row of `area`: the bar gets what the words leave, then words go.
    pub fn paint(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let percent = self
            .total
            .filter(|total| *total > 0)
            .map(|total| (self.done.min(total) as f64 / total as f64 * 100.0) as u64);
        let told = percent.map_or_else(|| self.done.to_string(), |percent| format!("{percent:>3} %"));
        let mut words: Vec<&str> = vec![self.label, &told, self.left, self.stop, self.speed];
        words.retain(|word| !word.is_empty());
        let wide = |words: &[&str]| words.iter().map(|word| measure::width(word) + 2).sum::<usize>();
        while words.len() > 2 && wide(&words) + 10 > usize::from(area.width) {
            words.pop();
        }
        let mut x = area.x;
        x += paint::text(buffer, x, area.y, area.width, self.label, theme[Role::Accent]) + 1;
        if let Some(percent) = percent {
            let room = usize::from(area.width).saturating_sub(wide(&words)).min(40);
            let full = room * percent as usize / 100;
            for cell in 0..room {
                let sign = if cell < full { theme.signs.bar_full } else { theme.signs.bar_empty };
                x += paint::text(buffer, x, area.y, area.right().saturating_sub(x), sign, theme[Role::Graph]);
            }
            x += 1;
        }
        for word in words.iter().filter(|word| **word != self.label) {
            x += paint::text(buffer, x, area.y, area.right().saturating_sub(x), word, theme[Role::Dim]) + 2;
        }
    }
}

/// The sign of something that runs, `since` it began; empty before [`SPINNER_AFTER`].
#[must_use]
pub fn spinner(theme: &Theme, since: Duration) -> &'static str {
    if since < SPINNER_AFTER {
        return "";
    }
    let frames = theme.signs.spinner;
    frames[(since.as_millis() / 120) as usize % frames.len()]
}

/// Paints the latest of `values` that fit, as bars.
pub fn sparkline(buffer: &mut Buffer, area: Rect, theme: &Theme, values: &[Option<f64>]) {
    let area = area.intersection(buffer.area);
    let shown = &values[values.len().saturating_sub(usize::from(area.width))..];
    if area.height > 0 {
        paint::text(buffer, area.x, area.y, area.width, &theme.signs.sparkline(shown), theme[Role::Graph]);
    }
}
