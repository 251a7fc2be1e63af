//! The terminal: the only room of the house that knows a real one.
//!
//! What is painted goes through a [`Painter`] that writes once a frame, and not at all if nothing
//! changed. [`Terminal::open`] takes the terminal over; every way out gives it back: [`Terminal::leave`],
//! dropping it, a panic (see [`rescue`]) and the signals that [`Source`] turns into events.
//! It is generic over the writer, so that a session over SSH needs only another one.

mod painter;
mod profile;
pub mod rescue;
mod scroll;
mod source;
mod tty;

pub use painter::{Painted, Painter};
pub use profile::Profile;
pub use source::{Incoming, Signal, Source};
pub use tty::TtyWriter;

use std::io::{self, Write};

use base64::Engine;
use ratatui::layout::Size;
use ratatui::{Frame, TerminalOptions, Viewport};

use super::input::Report;
use crate::domain::text::clean;

/// The most that is sent to the terminal's clipboard, as it is sent (base64), in bytes.
pub const COPY_LIMIT: usize = 64 * 1024;

const ALTERNATE_ON: &str = "\x1b[?1049h";
const ALTERNATE_OFF: &str = "\x1b[?1049l";
const PASTE_ON: &str = "\x1b[?2004h";
const PASTE_OFF: &str = "\x1b[?2004l";
const FOCUS_OFF: &str = "\x1b[?1004l";
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";
const CURSOR_SHOW: &str = "\x1b[?25h";
const CURSOR_HIDE: &str = "\x1b[?25l";
const STYLE_OFF: &str = "\x1b[m";
const SYNCHRONISED_OFF: &str = "\x1b[?2026l";
const CLEAR: &str = "\x1b[2J\x1b[H";
const SHAPE_OFF: &str = "\x1b[0 q";
/// Asks for the flags of the kitty keyboard protocol; who does not know it does not answer.
const KITTY_ASK: &str = "\x1b[?u";
/// Esc and Ctrl keys that cannot be mistaken for the beginning of something else.
const KITTY_ON: &str = "\x1b[>1u";
const KITTY_OFF: &str = "\x1b[<u";

/// The shape of the cursor, which tells where one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorShape {
    /// Letters are commands.
    Block,
    /// Letters are text.
    Bar,
}

/// Why a text was not sent to the clipboard.
#[derive(Debug, thiserror::Error)]
pub enum CopyProblem {
    /// Most terminals drop, or hang on, more than this.
    #[error("{bytes} bytes are too many for the terminal's clipboard (at most {}): export to a file instead", COPY_LIMIT / 4 * 3)]
    TooLarge {
        /// How long the text is.
        bytes: usize,
    },
    /// The terminal is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A terminal being painted on.
pub struct Terminal<W: Write> {
    inner: ratatui::Terminal<Painter<W>>,
    profile: Profile,
    mouse: bool,
    entered: bool,
    kitty: bool,
    shape: Option<CursorShape>,
    raw: Option<tty::RawMode>,
}

impl Terminal<TtyWriter> {
    /// Takes over the terminal this program was started in. Call it on the thread that runs the
    /// loop: a panic there gives the terminal back, one elsewhere leaves the screen alone.
    ///
    /// # Errors
    /// There is no terminal, or it cannot be set up.
    pub fn open(profile: Profile) -> io::Result<Self> {
        let size = tty::size()?;
        let mut terminal = Self::new(TtyWriter, size, profile)?;
        terminal.raw = Some(tty::RawMode::enter()?);
        terminal.enter()?;
        Ok(terminal)
    }
}

impl<W: Write> Terminal<W> {
    /// A terminal of that size behind a writer; nothing is written yet.
    ///
    /// # Errors
    /// None from a writer, as nothing is written.
    pub fn new(out: W, size: Size, profile: Profile) -> io::Result<Self> {
        let painter = Painter::new(out, size, &profile);
        let inner = ratatui::Terminal::with_options(painter, TerminalOptions { viewport: Viewport::Fullscreen })?;
        let mouse = profile.mouse;
        Ok(Self { inner, profile, mouse, entered: false, kitty: false, shape: None, raw: None })
    }

    /// What this terminal can show.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Goes to the alternate screen and asks what the terminal offers. After [`leave`](Self::leave)
    /// it comes back, for what was run in between.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn enter(&mut self) -> io::Result<()> {
        if self.entered {
            return Ok(());
        }
        if let Some(raw) = &mut self.raw {
            raw.resume()?;
        }
        self.entered = true;
        let mut text = [ALTERNATE_ON, PASTE_ON, FOCUS_OFF, CURSOR_HIDE, STYLE_OFF, CLEAR].concat();
        if self.mouse {
            text.push_str(MOUSE_ON);
        }
        if !self.profile.simple {
            text.push_str(KITTY_ASK);
        }
        self.shape = None;
        self.write(&text)?;
        self.redraw()
    }

    /// Gives the terminal back as it was found.
    ///
    /// # Errors
    /// The terminal cannot be written to; its mode is set back all the same.
    pub fn leave(&mut self) -> io::Result<()> {
        if !self.entered {
            return Ok(());
        }
        self.entered = false;
        self.kitty = false;
        if self.raw.is_some() && !rescue::is_watched() {
            return Ok(());
        }
        let written = self.write(&farewell(self.profile.simple));
        let restored = self.raw.as_mut().map_or(Ok(()), tty::RawMode::restore);
        written.and(restored)
    }

    /// Takes in what the terminal answered.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn report(&mut self, report: Report) -> io::Result<()> {
        let Report::Kitty(_) = report;
        if self.entered && !self.kitty {
            self.kitty = true;
            self.write(KITTY_ON)?;
        }
        Ok(())
    }

    /// Paints a frame: what changed, in one write; nothing if nothing did.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<Painted> {
        self.inner.draw(view)?;
        Ok(self.inner.backend().painted())
    }

    /// The terminal has another size now; the next frame is painted whole.
    pub fn resize(&mut self, size: Size) {
        self.inner.backend_mut().resize(size);
    }

    /// The size painted for.
    #[must_use]
    pub fn size(&self) -> Size {
        self.inner.backend().dimensions()
    }

    /// The next frame is painted whole, whatever stands on the screen.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.inner.backend_mut().forget();
        self.inner.clear()
    }

    /// The cursor's shape from the next frame on.
    pub fn set_cursor_shape(&mut self, shape: CursorShape) {
        if self.shape == Some(shape) || self.profile.simple {
            return;
        }
        self.shape = Some(shape);
        self.inner.backend_mut().say(match shape {
            CursorShape::Block => "\x1b[2 q",
            CursorShape::Bar => "\x1b[6 q",
        });
    }

    /// Takes the mouse, or leaves it to the terminal's own selection.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        if self.mouse == on {
            return Ok(());
        }
        self.mouse = on;
        if self.entered { self.write(if on { MOUSE_ON } else { MOUSE_OFF }) } else { Ok(()) }
    }

    /// Sends a text to the clipboard of the person's own terminal (OSC 52), over SSH too. Whether
    /// the terminal takes it cannot be known.
    ///
    /// # Errors
    /// The text is too long, or the terminal cannot be written to.
    pub fn copy(&mut self, text: &str) -> Result<(), CopyProblem> {
        let encoded = base64::prelude::BASE64_STANDARD.encode(text);
        if encoded.len() > COPY_LIMIT {
            return Err(CopyProblem::TooLarge { bytes: text.len() });
        }
        let plain = format!("\x1b]52;c;{encoded}\x07");
        // tmux takes one or the other, as its `set-clipboard` and `allow-passthrough` say.
        let wrapped = if self.profile.tmux { through_tmux(&plain) } else { String::new() };
        Ok(self.write(&(plain + &wrapped))?)
    }

    /// Rings the bell.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn bell(&mut self) -> io::Result<()> {
        self.write("\x07")
    }

    /// Shows a notice of the desktop, where the terminal can (OSC 9).
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn notify(&mut self, text: &str) -> io::Result<()> {
        let text = clean(text);
        // A leading number would be another command to some terminals.
        let blank = if text.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
        let plain = format!("\x1b]9;{blank}{text}\x07");
        if self.profile.tmux { self.write(&through_tmux(&plain)) } else { self.write(&plain) }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.inner.backend_mut().say(text);
        self.inner.backend_mut().send()
    }
}

impl<W: Write> Drop for Terminal<W> {
    fn drop(&mut self) {
        // Nobody is left to tell; the terminal may be gone itself.
        let _ = self.leave();
    }
}

/// Everything that was switched on, off again. In this order nothing shows on the wrong screen.
fn farewell(simple: bool) -> String {
    let (kitty, shape) = if simple { ("", "") } else { (KITTY_OFF, SHAPE_OFF) };
    [SYNCHRONISED_OFF, kitty, MOUSE_OFF, PASTE_OFF, shape, STYLE_OFF, CURSOR_SHOW, ALTERNATE_OFF].concat()
}

fn through_tmux(sequence: &str) -> String {
    format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod real;
