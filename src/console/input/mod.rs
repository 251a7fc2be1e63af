//! The input layer: bytes and their arrival times become events.
//!
//! The clock is always passed in, so every rule about time can be tested: feed bytes with
//! [`Input::feed`], call [`Input::tick`] when [`Input::deadline`] has come, take events with
//! [`Input::pop`].

mod burst;
mod decode;
mod sequence;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::keys::Key;
use burst::Burst;
use decode::{Decoder, Token};

/// What comes in is joined to one sequence while its bytes are no further apart than this.
pub const JOIN: Duration = Duration::from_millis(50);
/// Printable keys closer together than this come from a machine.
pub const MACHINE: Duration = Duration::from_millis(15);
/// That many of them in a row are a scan.
pub const SCAN_KEYS: usize = 6;
/// For so long after a paste a key that would act is suspect.
pub const AFTER_PASTE: Duration = Duration::from_millis(150);
/// The same key again within this is held down, not pressed anew.
pub const REPEAT: Duration = Duration::from_millis(60);
/// The largest paste taken in, in bytes, unless [`Input::set_paste_limit`] says otherwise.
pub const PASTE_LIMIT: usize = 64 * 1024;

/// A key that was pressed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub key: Key,
    /// When its bytes arrived.
    pub at: Instant,
    /// The key is being held down: it must never confirm.
    pub repeat: bool,
    /// It came so soon after a paste or a scan that it may be part of it: it must not act.
    pub suspect: bool,
}

/// What happened at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key.
    Key(Press),
    /// A bracketed paste, without controls but line feeds and tabs.
    Paste(String),
    /// A paste larger than the limit; none of it was taken.
    PasteTooLarge {
        /// How large it was.
        bytes: usize,
    },
    /// A scanner, or a paste without brackets, where letters are commands. Lines are parted by
    /// line feeds; GS1's group separator (0x1d) is kept.
    Scan(String),
    /// The mouse.
    Mouse(Mouse),
    /// The terminal came to the front.
    FocusGained,
    /// Another window came to the front.
    FocusLost,
    /// The terminal told something it was asked.
    Report(Report),
}

/// What the mouse did, and where; the upper left cell is 0, 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Mouse {
    pub kind: MouseKind,
    pub x: u16,
    pub y: u16,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MouseKind {
    Press(Button),
    Release(Button),
    Drag(Button),
    Move,
    ScrollUp,
    ScrollDown,
}

/// A button of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Button {
    Left,
    Middle,
    Right,
}

/// An answer of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It knows the kitty keyboard protocol; these are the flags in force.
    Kitty(u8),
}

/// The input of one terminal.
#[derive(Debug)]
pub struct Input {
    decoder: Decoder,
    burst: Burst,
    events: VecDeque<Event>,
    typing: bool,
    suspect_until: Option<Instant>,
    last_key: Option<(Key, Instant)>,
}

impl Default for Input {
    fn default() -> Self {
        Self::new()
    }
}

impl Input {
    /// Nothing read yet; in a place where letters are commands.
    #[must_use]
    pub fn new() -> Self {
        Self {
            decoder: Decoder::new(PASTE_LIMIT),
            burst: Burst::default(),
            events: VecDeque::new(),
            typing: false,
            suspect_until: None,
            last_key: None,
        }
    }

    /// Whether the focus is where every printable key is text. Keys that were held back to see
    /// whether they are a scan are let go when typing begins.
    pub fn set_typing(&mut self, typing: bool) {
        if typing && !self.typing {
            self.burst.release(&mut self.events);
        }
        self.typing = typing;
        self.decoder.set_typing(typing);
    }

    /// The largest paste taken in, in bytes: the grid takes more than a field.
    pub fn set_paste_limit(&mut self, bytes: usize) {
        self.decoder.set_paste_limit(bytes);
    }

    /// Takes the bytes of one read, which arrived at `now`.
    pub fn feed(&mut self, bytes: &[u8], now: Instant) {
        self.tick(now);
        let mut tokens = Vec::new();
        self.decoder.feed(bytes, now, &mut tokens);
        self.take(tokens, now);
    }

    /// Lets go what has waited long enough.
    pub fn tick(&mut self, now: Instant) {
        let mut tokens = Vec::new();
        self.decoder.tick(now, &mut tokens);
        self.take(tokens, now);
        if self.burst.deadline().is_some_and(|at| at <= now) && self.burst.settle(&mut self.events) {
            self.suspect_until = Some(now + AFTER_PASTE);
        }
    }

    /// When [`tick`](Self::tick) has to be called, if nothing comes before.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        [self.decoder.deadline(), self.burst.deadline()].into_iter().flatten().min()
    }

    /// The next event.
    pub fn pop(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn take(&mut self, tokens: Vec<Token>, now: Instant) {
        let machine =
            tokens.iter().filter(|token| matches!(token, Token::Key { key, .. } if burst::is_scannable(*key))).count()
                > 1;
        let runs = held(&tokens);
        for (token, held) in tokens.into_iter().zip(runs) {
            let token = match token {
                Token::Key { key, repeat } => Token::Key { key, repeat: repeat || held },
                other => other,
            };
            match token {
                Token::Key { key, repeat } if !self.typing && burst::is_scannable(key) => {
                    let press = self.press(key, repeat, machine, now);
                    self.burst.key(press, machine, &mut self.events);
                }
                Token::Key { key, repeat } => {
                    self.end_burst(now);
                    let press = self.press(key, repeat, machine, now);
                    self.events.push_back(Event::Key(press));
                }
                Token::Paste(text) => {
                    self.suspect_until = Some(now + AFTER_PASTE);
                    self.other(Event::Paste(text), now);
                }
                Token::PasteTooLarge { bytes } => {
                    self.suspect_until = Some(now + AFTER_PASTE);
                    self.other(Event::PasteTooLarge { bytes }, now);
                }
                Token::Mouse(mouse) => self.other(Event::Mouse(mouse), now),
                Token::Focus(true) => self.other(Event::FocusGained, now),
                Token::Focus(false) => self.other(Event::FocusLost, now),
                Token::Report(report) => self.other(Event::Report(report), now),
            }
        }
    }

    fn other(&mut self, event: Event, now: Instant) {
        self.end_burst(now);
        self.events.push_back(event);
    }

    /// Something that no scanner sends came: what it cut short may be a scan or a paste all the same, and it may be a part of
    /// that.
    fn end_burst(&mut self, now: Instant) {
        if self.burst.settle(&mut self.events) {
            self.suspect_until = Some(now + AFTER_PASTE);
        }
    }

    fn press(&mut self, key: Key, told_repeat: bool, machine: bool, now: Instant) -> Press {
        let suspect = self.suspect_until.is_some_and(|until| now < until);
        if suspect && machine {
            // The rest of a paste that a hostile end mark cut in two comes in large pieces.
            self.suspect_until = Some(now + AFTER_PASTE);
        }
        let again = self.last_key.is_some_and(|(last, at)| last == key && now.saturating_duration_since(at) < REPEAT);
        self.last_key = Some((key, now));
        Press { key, at: now, repeat: told_repeat || again, suspect }
    }
}

/// So many of one key in one read were not pressed one by one: the key is held down, and the line had stalled.
const HELD: usize = 3;

/// Which of the tokens belong to such a run, its first ones too.
fn held(tokens: &[Token]) -> Vec<bool> {
    let key = |token: &Token| if let Token::Key { key, .. } = token { Some(*key) } else { None };
    let runs = tokens.chunk_by(|one, next| key(one).is_some() && key(one) == key(next));
    runs.flat_map(|run| std::iter::repeat_n(run.len() >= HELD, run.len())).collect()
}

#[cfg(test)]
mod tests;
