//! The widgets at the sizes people have, with the text people (and others) write.

mod asking;
mod editing;
mod painting;
mod sizes;

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::input::Press;
use crate::console::keys::Key;
use crate::console::theme::{ColourDepth, Theme};

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

fn theme() -> Theme {
    Theme::built_in("dark", ColourDepth::True, false).unwrap()
}

fn ascii() -> Theme {
    Theme::built_in("dark", ColourDepth::Mono, true).unwrap()
}

fn screen(width: u16, height: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, width, height))
}

/// The rows of a buffer as text, without the blanks at their ends.
fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (area.top()..area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut covered = 0;
            for x in area.left()..area.right() {
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                covered = crate::console::measure::width(symbol).saturating_sub(1);
                row.push_str(symbol);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

fn key(name: &str) -> Key {
    Key::parse(name).unwrap()
}

fn press(name: &str, at: Instant) -> Press {
    Press { key: key(name), at, repeat: false, suspect: false }
}

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}
