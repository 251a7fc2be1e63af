//! Results on stdout: buffered, and quiet when whoever reads has gone.

use std::io::{BufWriter, IsTerminal as _, Stdout, Write};

use super::failure::Outcome;

/// Stdout.
pub struct Output {
    out: BufWriter<Stdout>,
    width: Option<usize>,
}

impl Output {
    #[must_use]
    pub fn new() -> Self {
        let stdout = std::io::stdout();
        let width = stdout
            .is_terminal()
            .then(|| rustix::termios::tcgetwinsize(&stdout).map_or(80, |size| usize::from(size.ws_col)))
            .map(|width| if width == 0 { 80 } else { width });
        Self { out: BufWriter::with_capacity(1 << 16, stdout), width }
    }

    /// The terminal's width; `None` in a pipe or a file.
    #[must_use]
    pub const fn width(&self) -> Option<usize> {
        self.width
    }

    /// One line.
    pub fn line(&mut self, text: &str) -> Outcome {
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// Writes out what is buffered: at the end, so that an error is seen.
    pub fn finish(mut self) -> Outcome {
        Ok(self.out.flush()?)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
