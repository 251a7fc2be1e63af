//! How far something has come.

use std::time::Duration;

use crate::console::theme::{Signs, Theme};

/// How long something may run before the spinner is shown.
pub const SPINNER_AFTER: Duration = Duration::from_millis(150);

/// Cells of a bar.
const WIDTH: u128 = 12;

/// A bar of what is done; empty where nothing is known of the whole.
#[must_use]
pub fn bar(signs: &Signs, done: u64, total: u64) -> String {
    let Some(full) = (u128::from(done.min(total)) * WIDTH).checked_div(u128::from(total)) else {
        return String::new();
    };
    (0..WIDTH).map(|cell| if cell < full { signs.bar_full } else { signs.bar_empty }).collect()
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
