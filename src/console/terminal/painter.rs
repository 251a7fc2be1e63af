//! From cells to bytes: the shortest we know, collected and written once a frame.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::profile::Profile;
use super::scroll::{Shift, Signs};
use super::{CURSOR_HIDE, CURSOR_SHOW, SYNCHRONISED_OFF};
use crate::console::measure;
use crate::console::theme::{ColourDepth, degrade};

const SYNCHRONISED_ON: &str = "\x1b[?2026h";
/// Frames of more cells than this are shown at once by terminals that can.
const MANY_CELLS: usize = 96;
/// A run of blanks at least this long is erased instead of written.
const LONG_BLANK: u16 = 8;
/// What shows on a blank cell too.
const SHOWS_ON_BLANK: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

/// What a frame cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Painted {
    /// Cells that changed.
    pub cells: usize,
    /// Bytes written; 0 if nothing was.
    pub bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };
}

/// A ratatui backend that knows its size from the session and never asks the process's terminal.
#[derive(Debug)]
pub struct Painter<W: Write> {
    out: W,
    size: Size,
    depth: ColourDepth,
    /// The terminal shows signs of ASCII alone.
    ascii: bool,
    /// It shows letters beyond ASCII.
    letters: bool,
    /// The terminal knows nothing of rows that move.
    simple: bool,
    /// What the terminal shows.
    shown: Buffer,
    /// The same as numbers.
    signs: Signs,
    /// Collected since the last write.
    bytes: Vec<u8>,
    cells: usize,
    last: Painted,
    pen: Pen,
    /// Where the terminal's cursor stands, if that is sure.
    at: Option<Position>,
    cursor: Option<Position>,
    cursor_wanted: Option<Position>,
    cursor_place: Position,
}

impl<W: Write> Painter<W> {
    pub(super) fn new(out: W, size: Size, profile: &Profile) -> Self {
        Self {
            out,
            size,
            depth: profile.depth,
            ascii: profile.ascii,
            letters: profile.letters,
            simple: profile.simple,
            shown: blank_of(size),
            signs: Signs::blank(size),
            bytes: Vec::with_capacity(32 * 1024),
            cells: 0,
            last: Painted::default(),
            pen: Pen::PLAIN,
            at: None,
            cursor: None,
            cursor_wanted: None,
            cursor_place: Position::ORIGIN,
        }
    }

    pub(super) const fn dimensions(&self) -> Size {
        self.size
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.shown = blank_of(size);
        self.signs = Signs::blank(size);
        self.at = None;
    }

    /// Nothing is known of the terminal's state any more.
    pub(super) fn forget(&mut self) {
        self.say("\x1b[m");
        self.say(CURSOR_HIDE);
        self.pen = Pen::PLAIN;
        self.at = None;
        self.cursor = None;
    }

    pub(super) const fn painted(&self) -> Painted {
        self.last
    }

    /// Adds to what is written next.
    pub(super) fn say(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Writes what was collected, in one piece.
    pub(super) fn send(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.bytes).and_then(|()| self.out.flush());
        self.bytes.clear();
        written
    }

    fn go_to(&mut self, x: u16, y: u16) {
        match self.at {
            Some(at) if at.x == x && at.y == y => return,
            Some(at) if at.y == y && x == 0 => self.say("\r"),
            Some(at) if at.y == y && x == at.x + 1 => self.say("\x1b[C"),
            Some(at) if at.y == y && x > at.x => self.number("\x1b[", x - at.x, "C"),
            Some(at) if x == 0 && at.y + 1 == y => self.say("\r\n"),
            _ if x == 0 => self.number("\x1b[", y + 1, "H"),
            _ => {
                self.number("\x1b[", y + 1, ";");
                self.number("", x + 1, "H");
            }
        }
        self.at = Some(Position { x, y });
    }

    fn number(&mut self, before: &str, number: u16, after: &str) {
        self.say(before);
        let mut digits = [0; 5];
        let mut start = digits.len();
        let mut rest = number;
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[start..]);
        self.say(after);
    }

    fn take_pen(&mut self, pen: Pen) {
        let old = self.pen;
        if old == pen {
            return;
        }
        self.pen = pen;
        if pen == Pen::PLAIN {
            return self.say("\x1b[m");
        }
        let start = self.bytes.len();
        self.say("\x1b[");
        self.modifiers(old.modifier, pen.modifier);
        if old.fg != pen.fg {
            self.colour(pen.fg, 30);
        }
        if old.bg != pen.bg {
            self.colour(pen.bg, 40);
        }
        if self.bytes.len() == start + 2 {
            // Only modifiers changed that have no code here.
            self.bytes.truncate(start);
        } else if let Some(last) = self.bytes.last_mut() {
            *last = b'm';
        }
    }

    fn modifiers(&mut self, old: Modifier, new: Modifier) {
        let (mut gone, mut come) = (old - new, new - old);
        let weight = Modifier::BOLD | Modifier::DIM;
        if gone.intersects(weight) {
            // One code ends both.
            self.say("22;");
            come |= new & weight;
            gone -= weight;
        }
        for (modifier, on, off) in [
            (Modifier::BOLD, "1;", ""),
            (Modifier::DIM, "2;", ""),
            (Modifier::ITALIC, "3;", "23;"),
            (Modifier::UNDERLINED, "4;", "24;"),
            (Modifier::REVERSED, "7;", "27;"),
            (Modifier::CROSSED_OUT, "9;", "29;"),
        ] {
            if come.contains(modifier) {
                self.say(on);
            } else if gone.contains(modifier) {
                self.say(off);
            }
        }
    }

    fn colour(&mut self, colour: Color, base: u16) {
        let bright = base + 60;
        match colour {
            Color::Reset => self.number("", base + 9, ";"),
            Color::Black => self.number("", base, ";"),
            Color::Red => self.number("", base + 1, ";"),
            Color::Green => self.number("", base + 2, ";"),
            Color::Yellow => self.number("", base + 3, ";"),
            Color::Blue => self.number("", base + 4, ";"),
            Color::Magenta => self.number("", base + 5, ";"),
            Color::Cyan => self.number("", base + 6, ";"),
            Color::Gray => self.number("", base + 7, ";"),
            Color::DarkGray => self.number("", bright, ";"),
            Color::LightRed => self.number("", bright + 1, ";"),
            Color::LightGreen => self.number("", bright + 2, ";"),
            Color::LightYellow => self.number("", bright + 3, ";"),
            Color::LightBlue => self.number("", bright + 4, ";"),
            Color::LightMagenta => self.number("", bright + 5, ";"),
            Color::LightCyan => self.number("", bright + 6, ";"),
            Color::White => self.number("", bright + 7, ";"),
            Color::Indexed(index) => {
                self.number("", base + 8, ";5;");
                self.number("", u16::from(index), ";");
            }
            Color::Rgb(red, green, blue) => {
                self.number("", base + 8, ";2;");
                for part in [red, green, blue] {
                    self.number("", u16::from(part), ";");
                }
            }
        }
    }

    fn pen_of(&self, cell: &Cell) -> Pen {
        let pen = Pen {
            fg: degrade(cell.fg, self.depth),
            bg: degrade(cell.bg, self.depth),
            modifier: cell.modifier - (Modifier::SLOW_BLINK | Modifier::RAPID_BLINK | Modifier::HIDDEN),
        };
        let shows = pen.modifier & SHOWS_ON_BLANK;
        let same_on_blank = self.pen.bg == pen.bg && self.pen.modifier & SHOWS_ON_BLANK == shows;
        if cell.symbol() == " " && same_on_blank && shows.is_empty() { self.pen } else { pen }
    }

    fn paint(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go_to(x, y);
        let pen = self.pen_of(cell);
        self.take_pen(pen);
        let symbol = if self.ascii { in_ascii(cell.symbol()) } else { cell.symbol() };
        if !self.letters && !symbol.is_ascii() {
            return self.paint_bare(x, y, symbol);
        }
        self.say(symbol);
        let next = x + 1;
        let one_character = symbol.len() == 1 || symbol.chars().nth(1).is_none();
        let sure = one_character && next < self.size.width && (symbol.len() == 1 || measure::width(symbol) == 1);
        self.at = sure.then_some(Position { x: next, y });
    }

    /// Writes a letter without its marks, or a sign that it is none of ASCII, over the columns that it takes.
    fn paint_bare(&mut self, x: u16, y: u16, symbol: &str) {
        let letter = bare_letter(symbol);
        self.say(letter.unwrap_or(UNKNOWN));
        let mut next = x + 1;
        if measure::width(symbol) > 1 {
            self.say(letter.map_or(UNKNOWN, |_| " "));
            next += 1;
        }
        self.at = (next < self.size.width).then_some(Position { x: next, y });
    }

    /// Erases `count` plain cells from here on.
    fn blank(&mut self, x: u16, y: u16, count: u16) {
        if count < LONG_BLANK {
            for offset in 0..count {
                self.paint(x + offset, y, &Cell::EMPTY);
            }
            return;
        }
        self.go_to(x, y);
        self.take_pen(Pen::PLAIN);
        if x + count >= self.size.width {
            self.say("\x1b[K");
        } else {
            self.number("\x1b[", count, "X");
        }
    }

    /// Moves rows, as the frame does that comes.
    fn shift(&mut self, shift: Shift) {
        self.take_pen(Pen::PLAIN);
        self.number("\x1b[", shift.top + 1, ";");
        self.number("", shift.bottom, "r");
        self.at = None;
        self.go_to(0, shift.top);
        self.number("\x1b[", shift.by.unsigned_abs(), if shift.by > 0 { "M" } else { "L" });
        self.say("\x1b[r");
        self.at = None;
    }

    /// Takes down what is shown once these cells are written.
    fn put(&mut self, content: &[(u16, u16, &Cell)]) {
        for (x, y, cell) in content {
            let columns = u16::try_from(measure::width(cell.symbol())).unwrap_or(1);
            self.signs.put(*x, *y, cell, columns);
            if let Some(known) = self.shown.cell_mut((*x, *y)) {
                known.clone_from(cell);
            }
            // What a wide sign covers is none of what is told.
            for covered in 1..columns {
                if let Some(known) = self.shown.cell_mut((x + covered, *y)) {
                    known.reset();
                }
            }
        }
    }

    /// Writes cells one after another, those that are blank together.
    fn write<'a>(&mut self, content: impl Iterator<Item = (u16, u16, &'a Cell)>) {
        let mut blanks: Option<(u16, u16, u16)> = None;
        for (x, y, cell) in content {
            self.cells += 1;
            let blank = is_plain_blank(cell);
            blanks = match blanks {
                Some((from, row, count)) if blank && row == y && from + count == x => Some((from, row, count + 1)),
                other => {
                    if let Some((from, row, count)) = other {
                        self.blank(from, row, count);
                    }
                    blank.then_some((x, y, 1))
                }
            };
            if !blank {
                self.paint(x, y, cell);
            }
        }
        if let Some((from, row, count)) = blanks {
            self.blank(from, row, count);
        }
    }

    fn settle_cursor(&mut self) {
        match (self.cursor_wanted, self.cursor) {
            (None, None) => {}
            (None, Some(_)) => self.say(CURSOR_HIDE),
            (Some(wanted), shown) => {
                self.go_to(wanted.x, wanted.y);
                if shown.is_none() {
                    self.say(CURSOR_SHOW);
                }
            }
        }
        self.cursor = self.cursor_wanted;
    }
}

fn blank_of(size: Size) -> Buffer {
    Buffer::empty(Rect::new(0, 0, size.width, size.height))
}

fn is_plain_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(SHOWS_ON_BLANK)
}

impl<W: Write> Backend for Painter<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let start = self.bytes.len();
        self.say(SYNCHRONISED_ON);
        self.say(CURSOR_HIDE);
        let prefix = self.bytes.len() - start;
        let content: Vec<(u16, u16, &Cell)> = content.collect();
        let mut before = self.signs.clone();
        self.put(&content);
        let may_move = !self.simple && Shift::may_be(content.len());
        if let Some(shift) = may_move.then(|| Shift::between(&before, &self.signs)).flatten() {
            self.shift(shift);
            before.shift(shift);
        }
        // What is told leaves out the second column of what a terminal paints as two letters.
        let shown = std::mem::take(&mut self.shown);
        let others = self.signs.others(&before).into_iter();
        self.write(others.filter_map(|(x, y)| Some((x, y, shown.cell((x, y))?))));
        self.shown = shown;
        if self.cells > MANY_CELLS {
            self.cursor = None;
        } else {
            self.bytes.drain(start..start + prefix);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor_wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_wanted = Some(self.cursor_place);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor_place)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let place = position.into();
        let inside = place.x < self.size.width && place.y < self.size.height;
        self.cursor_place = place;
        if self.cursor_wanted.is_some() {
            self.cursor_wanted = inside.then_some(place);
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, kind: ClearType) -> io::Result<()> {
        self.take_pen(Pen::PLAIN);
        if kind == ClearType::All {
            self.shown.reset();
            self.signs = Signs::blank(self.size);
        }
        self.say(match kind {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::ZERO })
    }

    /// The end of a frame: everything of it goes out in one write.
    fn flush(&mut self) -> io::Result<()> {
        if self.cells > 0 {
            self.take_pen(Pen::PLAIN);
        }
        self.settle_cursor();
        if self.cells > MANY_CELLS {
            self.say(SYNCHRONISED_OFF);
        }
        self.last = Painted { cells: std::mem::take(&mut self.cells), bytes: self.bytes.len() };
        self.send()
    }
}

/// Stands for a letter that ASCII has no like of.
const UNKNOWN: &str = "?";

/// A letter of what people wrote as ASCII has it: without its marks.
fn bare_letter(symbol: &str) -> Option<&'static str> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut letters = symbol.nfkd().filter(|c| !is_combining_mark(*c));
    let at = LETTERS.find(letters.next().filter(|_| letters.next().is_none())?)?;
    LETTERS.get(at..=at)
}

/// The signs that our own texts are written with, as ASCII has them, wherever they stand; letters stay as they are.
fn in_ascii(symbol: &str) -> &str {
    match symbol {
        "–" | "—" => "-",
        "‘" | "’" => "'",
        "…" => "~",
        "→" => ">",
        "←" => "<",
        "↑" => "^",
        "↓" => "v",
        "·" => ".",
        "×" => "x",
        "≥" => ">",
        "≤" => "<",
        other => other,
    }
}
