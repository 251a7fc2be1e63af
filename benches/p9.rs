//! P9: the bytes that go to the terminal, beside what ratatui's plain comparison of the same frames would send.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use headend::domain::Value;
use headend::store::{Request, entities, operation};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::terminal::{Desk, Screen};
use crate::{Failed, Verdicts, median};

const SIZE: (u16, u16) = (120, 40);
const QUIET: Duration = Duration::from_millis(80);

pub fn run(size: Option<u64>, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let desk = Desk::found(directory.path())?;
    let create = operation::find("customers.create").ok_or("nothing makes customers")?;
    for number in 1..=size.unwrap_or(300) {
        let request = Request::new(create).with("name", Value::text(name_of(number)));
        desk.store.perform(&desk.session, &request)?;
    }
    let mut screen = desk.opens("customers", SIZE)?;
    screen.until("▌ CUS-")?;
    screen.falls_silent(Duration::from_millis(500))?;
    for (what, key, reach) in [("move the highlight", "j", 140.0), ("a page", "\x1b[6~", 4_500.0)] {
        let (mut ours, mut theirs, mut panes) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..9 {
            let before = cells(screen.screen());
            ours.push(as_figure(screen.press(key)?.1));
            theirs.push(as_figure(plain(&before, &cells(screen.screen()))?));
            // The details follow when the cursor rests, and are counted apart.
            panes.push(as_figure(screen.falls_silent(Duration::from_millis(400))?));
        }
        println!("{what}: {:.0} B; compared plainly {:.0} B", median(&ours), median(&theirs));
        verdicts.put(&format!("P9 {what}, B"), median(&ours), reach);
        verdicts.put(&format!("P9 {what}, the details after it, B"), median(&panes), 1_500.0);
    }
    one_live_cell(&desk, &mut screen, verdicts)?;
    idle(&mut screen, verdicts)
}

/// What a customer is called.
fn name_of(number: u64) -> String {
    format!("Amina {number:04}")
}

/// Another customer in sight is suspended by somebody else.
fn one_live_cell(desk: &Desk, screen: &mut Screen, verdicts: &mut Verdicts) -> Result<(), Failed> {
    screen.press("g")?;
    screen.falls_silent(Duration::from_millis(500))?;
    let customers = entities::find("customers").ok_or("no customers")?;
    let name = name_of(5);
    let record = desk.store.get_named(&desk.session, customers, &name)?;
    let suspend = operation::find("customers.suspend").ok_or("nothing suspends")?;
    let before = cells(screen.screen());
    desk.store.perform(&desk.session, &Request::new(suspend).on(record.id, Some(record.version)))?;
    let begun = Instant::now();
    let mut bytes = 0;
    while begun.elapsed() < Duration::from_secs(10) {
        bytes += screen.falls_silent(QUIET)?;
        let now = screen.screen().contents();
        if now.lines().any(|row| row.contains(&name) && row.contains("suspended")) {
            break;
        }
    }
    bytes += screen.falls_silent(Duration::from_millis(400))?;
    println!("one live cell: {bytes} B; compared plainly {} B", plain(&before, &cells(screen.screen()))?);
    verdicts.put("P9 one live cell, B", as_figure(bytes), 60.0);
    Ok(())
}

/// Nothing happens. The minute that the clock shows may turn once.
fn idle(screen: &mut Screen, verdicts: &mut Verdicts) -> Result<(), Failed> {
    let mut least = f64::INFINITY;
    for _ in 0..2 {
        let begun = Instant::now();
        let mut bytes = 0;
        while begun.elapsed() < Duration::from_secs(5) {
            bytes += screen.falls_silent(Duration::from_millis(500))?;
        }
        least = least.min(as_figure(bytes));
    }
    verdicts.put("P9 idle for 5 s, B", least, 0.0);
    Ok(())
}

fn as_figure(bytes: usize) -> f64 {
    u32::try_from(bytes).map_or(f64::INFINITY, f64::from)
}

/// Counts what is written.
#[derive(Clone, Default)]
struct Counter(Rc<Cell<usize>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes with which ratatui makes the second of two frames of the first.
fn plain(before: &Buffer, after: &Buffer) -> Result<usize, Failed> {
    let counter = Counter::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(before.area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(counter.clone()), options)?;
    terminal.draw(|frame| frame.buffer_mut().clone_from(before))?;
    counter.0.set(0);
    terminal.draw(|frame| frame.buffer_mut().clone_from(after))?;
    Ok(counter.0.get())
}

/// What a terminal shows, as ratatui has it.
fn cells(screen: &vt100::Screen) -> Buffer {
    let (rows, columns) = screen.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns.get(), rows.get()));
    for y in 0..rows.get() {
        for x in 0..columns.get() {
            let Some(cell) = screen.cell(y, x).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let mut modifier = Modifier::empty();
            for (is_set, one) in [
                (cell.bold(), Modifier::BOLD),
                (cell.dim(), Modifier::DIM),
                (cell.italic(), Modifier::ITALIC),
                (cell.underline(), Modifier::UNDERLINED),
                (cell.inverse(), Modifier::REVERSED),
            ] {
                modifier.set(one, is_set);
            }
            let own = &mut buffer[(x, y)];
            own.set_symbol(if cell.has_contents() { cell.contents() } else { " " });
            (own.fg, own.bg, own.modifier) = (colour(cell.fgcolor()), colour(cell.bgcolor()), modifier);
        }
    }
    buffer
}

const fn colour(of: vt100::Color) -> Color {
    match of {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}
