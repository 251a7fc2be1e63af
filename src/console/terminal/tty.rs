//! The terminal of this process: its mode, its size, and one write for one write.

use std::io::{self, Write};

use ratatui::layout::Size;
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr};

use super::rescue;

/// Writes straight to standard output: std's own splits what it is given at lines.
#[derive(Debug, Clone, Copy)]
pub struct TtyWriter;

impl Write for TtyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The size of the terminal; 80×24 if it does not know.
///
/// # Errors
/// Standard input or output is no terminal.
pub(super) fn size() -> io::Result<Size> {
    if !isatty(rustix::stdio::stdin()) || !isatty(rustix::stdio::stdout()) {
        return Err(io::Error::new(
            io::ErrorKind::NotConnected,
            "the console needs a terminal for its input and output (over SSH: `ssh -t`)",
        ));
    }
    let window = tcgetwinsize(rustix::stdio::stdout())?;
    Ok(match (window.ws_col, window.ws_row) {
        (0, _) | (_, 0) => Size::new(80, 24),
        (columns, rows) => Size::new(columns, rows),
    })
}

/// The mode in which every key arrives as it is pressed, and the mode that was found.
#[derive(Debug)]
pub(super) struct RawMode {
    found: Termios,
}

impl RawMode {
    pub(super) fn enter() -> io::Result<Self> {
        let found = tcgetattr(rustix::stdio::stdin())?;
        let mut mode = Self { found };
        mode.resume()?;
        Ok(mode)
    }

    pub(super) fn resume(&mut self) -> io::Result<()> {
        rescue::watch(self.found.clone());
        let mut raw = self.found.clone();
        raw.make_raw();
        Ok(tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &raw)?)
    }

    pub(super) fn restore(&mut self) -> io::Result<()> {
        rescue::unwatch();
        // What was typed and not read must not run in the shell.
        Ok(tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &self.found)?)
    }
}
