//! A reader that knows where rows begin and end: it gives up on a row that does not end (a quote
//! that is never closed would otherwise swallow the rest of a file), and tells physical lines.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

/// The longest row, in bytes.
pub const LONGEST: u64 = 4 << 20;

/// What was read last.
#[derive(Default)]
pub struct Seen {
    /// Where the row that is being read begins.
    begin: Cell<u64>,
    /// Where the last block begins, and the byte before it.
    base: Cell<u64>,
    before: Cell<u8>,
    block: RefCell<Vec<u8>>,
}

/// Keeps the last block and counts what was read since the last row ended.
pub struct Limited<R> {
    inner: R,
    read: u64,
    seen: Rc<Seen>,
}

impl<R: Read> Limited<R> {
    pub fn new(inner: R) -> (Self, Rc<Seen>) {
        let seen = Rc::new(Seen::default());
        (Self { inner, read: 0, seen: Rc::clone(&seen) }, seen)
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.saturating_sub(self.seen.begin.get()) > LONGEST {
            let why = format!("a row is longer than {} MiB: is there a quote that is never closed?", LONGEST >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let count = self.inner.read(buffer)?;
        if count > 0 {
            let mut block = self.seen.block.borrow_mut();
            if let Some(last) = block.last() {
                self.seen.before.set(*last);
            }
            self.seen.base.set(self.read);
            block.clear();
            block.extend_from_slice(&buffer[..count]);
        }
        self.read += count as u64;
        Ok(count)
    }
}

impl Seen {
    /// A row begins here, or where the blank lines that follow end.
    pub fn begin(&self, byte: u64) {
        self.begin.set(byte);
    }

    /// The line on which a row begins that was read up to `end`. The reader itself counts from where
    /// the row before ended, blank lines and the second half of CR LF included.
    pub fn line_of(&self, record: &::csv::ByteRecord, end: &::csv::Position) -> u64 {
        let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let last = match end.byte().checked_sub(1 + self.base.get()) {
            Some(place) => usize::try_from(place).ok().and_then(|place| self.block.borrow().get(place).copied()),
            None => Some(self.before.get()),
        };
        end.line().saturating_sub(inside + u64::from(last == Some(b'\n')))
    }
}
