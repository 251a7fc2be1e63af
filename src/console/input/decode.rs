//! From bytes to keys, pastes and reports: UTF-8 and escape sequences, however the line splits them.

use std::time::{Duration, Instant};

use super::sequence::{self, Said};
use super::{JOIN, Mouse, Report};
use crate::console::keys::{Code, Key};

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Key { key: Key, repeat: bool },
    Paste(String),
    PasteTooLarge { bytes: usize },
    Mouse(Mouse),
    Focus(bool),
    Report(Report),
}

/// For so long the rest of a torn sequence, or of a terminal's answer, is swallowed.
const TORN: Duration = Duration::from_secs(1);
/// A paste whose end never comes is taken as it is after so long without a byte.
const PASTE_STALLED: Duration = Duration::from_secs(3);
/// After such a pause within a paste a key by itself is one.
const PASTE_PAUSED: Duration = Duration::from_millis(500);
/// No sequence we know is longer; the rest of a longer one is swallowed unread.
const LONGEST: usize = 64;
const PASTE_END: &[u8] = b"\x1b[201~";

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Ground,
    /// After `ESC`.
    Esc,
    /// After `ESC O`.
    SingleShift,
    /// After `ESC [`.
    Control,
    /// After `CSI [`: the Linux console's function keys.
    Linux,
    /// In a mouse report of the oldest kind: so many bytes to come.
    OldMouse(u8),
    /// In a string the terminal sends (OSC, DCS …); the introducer, and whether `ESC` came last.
    Text {
        introducer: u8,
        esc: bool,
        empty: bool,
    },
    /// The beginning of a sequence was given up: its rest is swallowed.
    Torn,
    /// In a character of several bytes.
    Utf8 {
        alt: bool,
    },
    /// In a bracketed paste.
    Paste,
}

#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
    body: Vec<u8>,
    /// When the last byte came.
    last: Option<Instant>,
    /// When a lone Esc was told, whose sequence may still come late.
    lone_esc: Option<Instant>,
    after_return: Option<Instant>,
    pasted: usize,
    paste_limit: usize,
    typing: bool,
}

impl Decoder {
    pub(super) fn new(paste_limit: usize) -> Self {
        Self {
            state: State::Ground,
            body: Vec::new(),
            last: None,
            lone_esc: None,
            after_return: None,
            pasted: 0,
            paste_limit,
            typing: false,
        }
    }

    pub(super) fn set_typing(&mut self, typing: bool) {
        self.typing = typing;
    }

    pub(super) fn set_paste_limit(&mut self, bytes: usize) {
        self.paste_limit = bytes;
    }

    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Token>) {
        if self.state == State::Ground && self.is_late(bytes, now) {
            self.go(State::Esc);
        }
        if self.state == State::Paste && self.is_torn_paste(bytes, now) {
            self.end_paste(out);
        }
        if !bytes.is_empty() {
            self.lone_esc = None;
        }
        for byte in bytes {
            self.byte(*byte, now, out);
        }
        if !bytes.is_empty() {
            self.last = Some(now);
        }
    }

    /// A key alone that no paste keeps, after a pause: the line broke within the paste, and somebody goes on.
    fn is_torn_paste(&self, bytes: &[u8], now: Instant) -> bool {
        let paused = self.last.is_none_or(|last| now.saturating_duration_since(last) >= PASTE_PAUSED);
        paused && matches!(bytes, [0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1a | 0x1c | 0x1e | 0x1f | 0x7f])
    }

    /// The rest of a sequence whose Esc came so long ago that it was told as a key.
    fn is_late(&mut self, bytes: &[u8], now: Instant) -> bool {
        let recent = self.lone_esc.is_some_and(|at| now.saturating_duration_since(at) < TORN);
        recent
            && match bytes {
                [b'[', next, ..] => {
                    matches!(next, b'0'..=b'?' | b'A'..=b'D' | b'F' | b'H' | b'I' | b'O'..=b'S' | b'Z' | b'[')
                }
                [b'O', b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S'] => true,
                [b'['] => !self.typing,
                _ => false,
            }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.patience().and_then(|patience| self.last.map(|last| last + patience))
    }

    fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Paste => Some(PASTE_STALLED),
            State::Torn | State::Text { empty: false, .. } => Some(TORN),
            _ => Some(JOIN),
        }
    }

    /// Gives up what was begun and not gone on with.
    pub(super) fn tick(&mut self, now: Instant, out: &mut Vec<Token>) {
        if self.deadline().is_none_or(|at| at > now) {
            return;
        }
        match self.state {
            State::Esc => {
                self.lone_esc = Some(now);
                out.push(pressed(Key::plain(Code::Esc)));
                self.go(State::Ground);
            }
            State::SingleShift => self.alt(b'O', out),
            State::Text { introducer, empty: true, .. } => self.alt(introducer, out),
            // rxvt ends the shifted keys (`ESC [ 2 3 $`) with `$`, which elsewhere is in the middle: of a
            // terminal's answer the letter is still to come, and must not write.
            State::Control if self.is_rxvt_key() => {
                self.body.pop();
                self.said(b'$', out);
            }
            State::Control | State::Linux => self.go(State::Torn),
            State::Paste => self.end_paste(out),
            _ => self.go(State::Ground),
        }
        self.last = Some(now);
    }

    fn is_rxvt_key(&self) -> bool {
        matches!(self.body.as_slice(), [number @ .., b'$'] if !number.is_empty() && number.iter().all(u8::is_ascii_digit))
    }

    fn go(&mut self, state: State) {
        self.body.clear();
        self.state = state;
    }

    fn alt(&mut self, byte: u8, out: &mut Vec<Token>) {
        out.push(pressed(Key { alt: true, ..Key::char(char::from(byte)) }));
        self.go(State::Ground);
    }

    fn byte(&mut self, byte: u8, now: Instant, out: &mut Vec<Token>) {
        match self.state {
            State::Ground => self.ground(byte, false, now, out),
            State::Esc => self.esc(byte, now, out),
            State::SingleShift => match byte {
                0x1b => self.go(State::Esc),
                // A modifier may stand before the letter: ESC O 5 A.
                b'0'..=b'9' | b';' => {}
                _ => {
                    self.go(State::Ground);
                    if let Said::Token(token) = sequence::single_shift(byte) {
                        out.push(token);
                    }
                }
            },
            State::Control => self.control(byte, now, out),
            State::Linux => {
                self.go(State::Ground);
                if let b'A'..=b'E' = byte {
                    out.push(pressed(Key::plain(Code::F(byte - b'A' + 1))));
                }
            }
            State::OldMouse(left) => {
                self.state = if left > 1 { State::OldMouse(left - 1) } else { State::Ground };
            }
            State::Text { introducer, esc, .. } => match byte {
                0x07 => self.go(State::Ground),
                b'\\' if esc => self.go(State::Ground),
                _ => self.state = State::Text { introducer, esc: byte == 0x1b, empty: false },
            },
            State::Torn => match byte {
                0x20..=0x3f => {}
                0x1b => self.go(State::Esc),
                0x00..=0x1f => {
                    self.go(State::Ground);
                    self.ground(byte, false, now, out);
                }
                _ => self.go(State::Ground),
            },
            State::Utf8 { alt } => self.utf8(byte, alt, now, out),
            State::Paste => self.paste(byte, out),
        }
    }

    fn ground(&mut self, byte: u8, alt: bool, now: Instant, out: &mut Vec<Token>) {
        self.state = State::Ground;
        let after_return = self.after_return.take().is_some_and(|at| now.saturating_duration_since(at) < JOIN);
        let key = match byte {
            0x1b => return self.go(State::Esc),
            b'\r' => {
                self.after_return = Some(now);
                Key::plain(Code::Enter)
            }
            b'\n' if after_return => return,
            b'\n' => Key::plain(Code::Enter),
            b'\t' => Key::plain(Code::Tab),
            0x08 | 0x7f => Key::plain(Code::Backspace),
            0x00 => Key::ctrl(' '),
            0x01..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
            0x1c..=0x1f => Key::ctrl(char::from(byte - 0x1c + b'\\')),
            0x20..=0x7e => Key::char(char::from(byte)),
            0xc2..=0xf4 => {
                self.go(State::Utf8 { alt });
                self.body.push(byte);
                return;
            }
            // No character begins so.
            _ => return,
        };
        out.push(pressed(Key { alt, ..key }));
    }

    fn esc(&mut self, byte: u8, now: Instant, out: &mut Vec<Token>) {
        match byte {
            b'[' => self.go(State::Control),
            b'O' => self.go(State::SingleShift),
            b']' | b'P' | b'_' | b'^' | b'X' => self.go(State::Text { introducer: byte, esc: false, empty: true }),
            0x1b => {
                out.push(pressed(Key::plain(Code::Esc)));
                self.go(State::Esc);
            }
            _ => self.ground(byte, true, now, out),
        }
    }

    fn control(&mut self, byte: u8, now: Instant, out: &mut Vec<Token>) {
        match byte {
            0x20..=0x3f if self.body.len() < LONGEST => self.body.push(byte),
            0x20..=0x3f => self.go(State::Torn),
            b'[' if self.body.is_empty() => self.go(State::Linux),
            b'M' if self.body.is_empty() => self.go(State::OldMouse(3)),
            0x40..=0x7e => self.said(byte, out),
            0x1b => self.go(State::Esc),
            0x00..=0x1f => {
                self.go(State::Ground);
                self.ground(byte, false, now, out);
            }
            _ => self.go(State::Torn),
        }
    }

    fn said(&mut self, last: u8, out: &mut Vec<Token>) {
        let said = sequence::control(&self.body, last);
        self.go(State::Ground);
        match said {
            Said::Token(token) => out.push(token),
            Said::PasteStart => {
                self.pasted = 0;
                self.go(State::Paste);
            }
            Said::Nothing => {}
        }
    }

    fn utf8(&mut self, byte: u8, alt: bool, now: Instant, out: &mut Vec<Token>) {
        if byte & 0xc0 != 0x80 {
            // The rest of the character never came.
            self.go(State::Ground);
            return self.ground(byte, false, now, out);
        }
        self.body.push(byte);
        match std::str::from_utf8(&self.body) {
            Ok(text) => {
                if let Some(c) = text.chars().next().filter(|c| !c.is_control()) {
                    out.push(pressed(Key { alt, ..Key::char(c) }));
                }
                self.go(State::Ground);
            }
            Err(error) if error.error_len().is_some() || self.body.len() >= 4 => self.go(State::Ground),
            Err(_) => {}
        }
    }

    fn paste(&mut self, byte: u8, out: &mut Vec<Token>) {
        self.body.push(byte);
        self.pasted += 1;
        if byte == b'~' && self.body.ends_with(PASTE_END) {
            self.body.truncate(self.body.len() - PASTE_END.len());
            self.pasted -= PASTE_END.len();
            self.end_paste(out);
        } else if self.body.len() > self.paste_limit + 2 * PASTE_END.len() {
            // Too large: only counted from here on, with enough kept to see its end.
            let keep = self.body.len() - PASTE_END.len();
            self.body.drain(self.paste_limit..keep);
        }
    }

    fn end_paste(&mut self, out: &mut Vec<Token>) {
        out.push(if self.pasted > self.paste_limit {
            Token::PasteTooLarge { bytes: self.pasted }
        } else {
            Token::Paste(pasted_text(&self.body))
        });
        self.go(State::Ground);
    }
}

fn pressed(key: Key) -> Token {
    Token::Key { key: key.normal(), repeat: false }
}

/// The text of a paste: one kind of line end, no controls but it, the tab and GS1's group separator.
fn pasted_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let text = without_sequences(&text);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\u{1d}')).collect()
}

/// A text without the control sequences that it was coloured by where it was copied.
fn without_sequences(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, sequence)) = rest.find(['\u{1b}', '\u{9b}']).and_then(|at| rest.split_at_checked(at)) {
        plain.push_str(before);
        rest = behind_sequence(sequence);
    }
    plain + rest
}

/// What follows the control sequence that a text begins with (ECMA-48: CSI to its final byte, OSC and the other strings to
/// their end, the choice of a character set). Of one that does not end, the beginning alone is left out.
fn behind_sequence(text: &str) -> &str {
    let mut letters = text.chars();
    let kind = if letters.next() == Some('\u{9b}') { Some('[') } else { letters.clone().next() };
    let after = letters.as_str();
    let inner = after.strip_prefix(|c| Some(c) == kind).unwrap_or(after);
    match kind {
        Some('[') => {
            let inner = inner.trim_start_matches(|c| matches!(c, ' '..='?'));
            inner.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(inner)
        }
        Some(']' | 'P' | 'X' | '^' | '_') => match inner.find(['\u{7}', '\u{9c}', '\u{1b}', '\n']) {
            Some(end) => {
                let end = inner.get(end..).unwrap_or_default();
                end.strip_prefix(['\u{7}', '\u{9c}']).or_else(|| end.strip_prefix("\u{1b}\\")).unwrap_or(end)
            }
            None => inner,
        },
        Some(' '..='/') => {
            let inner = inner.trim_start_matches(|c| matches!(c, ' '..='/'));
            inner.strip_prefix(|c| matches!(c, '0'..='~')).unwrap_or(inner)
        }
        Some('7' | '8' | '=' | '>' | 'c') => inner,
        _ => after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_brings_no_colours_along() {
        for (pasted, plain) in [
            ("\x1b[31mAmina\x1b[0m ach", "Amina ach"),
            ("a\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ b", "alink b"),
            ("a\x1b[1;38;5;4mb\u{9b}0mc", "abc"),
            ("[31m is text\r\nand so on", "[31m is text\nand so on"),
            ("cut \x1b[3", "cut "),
            ("a\x1b(B\x1b[mx", "ax"),
            ("\x1b7a\x1b8b\x1b=c", "abc"),
            ("a\x1b]0;never ends", "a0;never ends"),
            ("a\x1b]0;cut\x1b[1mb", "ab"),
            ("a\x1b]0;cut\nb", "a\nb"),
            ("a\x1b", "a"),
            ("no end \x1b]0;title\nnext", "no end \nnext"),
        ] {
            assert_eq!(pasted_text(pasted.as_bytes()), plain);
        }
    }
}
