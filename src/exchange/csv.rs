//! Divided text: how cells are written so that no spreadsheet runs them, and how they come back
//! exactly as they were.

use std::borrow::Cow;
use std::io::Write;

use crate::domain::Value;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divided {
    Comma,
    Semicolon,
    Tab,
}

impl Divided {
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// Whether a spreadsheet may run a cell that begins with this character.
const fn may_run(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
}

/// Whether [`unescape`] would take a mark away, or a spreadsheet would run it.
fn needs_mark(text: &str) -> bool {
    let mut rest = text.chars();
    match rest.next() {
        Some('\'') => rest.next().is_some_and(|c| c == '\'' || may_run(c)),
        Some(c) => may_run(c),
        None => false,
    }
}

/// Text with a leading `'` where a spreadsheet would run it.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if needs_mark(text) { format!("'{text}").into() } else { text.into() }
}

/// Text as it was before [`escape`].
#[must_use]
pub fn unescape(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c: char| c == '\'' || may_run(c)) => rest,
        _ => text,
    }
}

/// A value as a cell. Numbers and times are no text: they stay what they are.
#[must_use]
pub fn cell(value: &Value) -> String {
    let written = value.written();
    match value {
        Value::Text(_) | Value::Json(_) if needs_mark(&written) => format!("'{written}"),
        _ => written,
    }
}

/// Writes rows of cells.
pub struct Writer {
    divided: Divided,
    buffer: Vec<u8>,
}

impl Writer {
    #[must_use]
    pub const fn new(divided: Divided) -> Self {
        Self { divided, buffer: Vec::new() }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row<'a>(&mut self, out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
        self.buffer.clear();
        let mut several = false;
        for cell in cells {
            if several {
                self.buffer.push(self.divided.byte());
            }
            several = true;
            self.push(cell);
        }
        // A row of one empty cell would be an empty line, which is no row.
        if self.buffer.is_empty() {
            self.buffer.extend_from_slice(b"\"\"");
        }
        self.buffer.push(b'\n');
        out.write_all(&self.buffer)
    }

    fn push(&mut self, cell: &str) {
        let divider = self.divided.byte();
        let quoted = cell.bytes().any(|byte| byte == divider || matches!(byte, b'"' | b'\n' | b'\r'));
        if !quoted {
            self.buffer.extend_from_slice(cell.as_bytes());
            return;
        }
        self.buffer.push(b'"');
        for byte in cell.bytes() {
            if byte == b'"' {
                self.buffer.push(b'"');
            }
            self.buffer.push(byte);
        }
        self.buffer.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_marked() {
        for text in ["=1+1", "+254 700", "-5", "@x", "\tx", "＝1", "'=1", "''", "'+x"] {
            let escaped = escape(text);
            assert!(escaped.starts_with('\''), "{text}");
            assert_eq!(unescape(&escaped), text);
        }
        for text in ["", "'", "'x", "Amina", "5-4", "12.50"] {
            assert_eq!(escape(text), text);
            assert_eq!(unescape(text), text);
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        assert_eq!(cell(&Value::Money(crate::domain::Money::parse("-12.5").unwrap())), "-12.50");
        assert_eq!(cell(&Value::Int(-3)), "-3");
        assert_eq!(cell(&Value::text("-3")), "'-3");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(cells in proptest::collection::vec(any::<String>(), 1..5)) {
            for divided in [Divided::Comma, Divided::Semicolon, Divided::Tab] {
                let mut file = Vec::new();
                let escaped: Vec<_> = cells.iter().map(|cell| escape(cell)).collect();
                Writer::new(divided).row(&mut file, escaped.iter().map(AsRef::as_ref)).unwrap();
                let mut reader = ::csv::ReaderBuilder::new()
                    .has_headers(false).delimiter(divided.byte()).from_reader(file.as_slice());
                let record = reader.records().next().unwrap().unwrap();
                let back: Vec<&str> = record.iter().map(unescape).collect();
                prop_assert_eq!(&back, &cells);
            }
        }
    }
}
