//! A reader that gives up on a row that does not end: a quote that is never closed would otherwise
//! swallow the rest of a file.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The longest row, in bytes.
pub const LONGEST: u64 = 4 << 20;

/// Counts what was read since the last row ended.
pub struct Limited<R> {
    inner: R,
    read: u64,
    /// Where the row that is being read begins.
    begin: Rc<Cell<u64>>,
}

impl<R: Read> Limited<R> {
    pub fn new(inner: R) -> (Self, Rc<Cell<u64>>) {
        let begin = Rc::new(Cell::new(0));
        (Self { inner, read: 0, begin: Rc::clone(&begin) }, begin)
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.saturating_sub(self.begin.get()) > LONGEST {
            let why = format!("a row is longer than {} MiB: is there a quote that is never closed?", LONGEST >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}
