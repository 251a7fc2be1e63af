//! Telling a scanner, or a paste without brackets, from a person where letters are commands.
//!
//! A key that moves is never delayed. Any other one may be the first of a scan, which must run
//! nothing: it is held back for those few milliseconds in which only a machine types the next.

use std::collections::VecDeque;
use std::time::Instant;

use super::{Event, MACHINE, PASTE_LIMIT, Press, SCAN_KEYS};
use crate::console::keys::{Code, Key};

/// Keys that move within what is shown: told at once.
const AT_ONCE: &str = "hjklJK";
/// Keys that move, also to another record: many of them in one read are a slow line, never a scan.
const MOVING: &str = "hjklJKnN<>";

/// Whether a scanner can send this key.
pub(super) fn is_scannable(key: Key) -> bool {
    key.text().is_some()
        || key == Key::plain(Code::Enter)
        || key == Key::plain(Code::Tab)
        || key == Key::GROUP_SEPARATOR
}

/// Keys held back, and the one just before them that was not.
#[derive(Debug, Default)]
pub(super) struct Burst {
    lead: Option<Press>,
    held: Vec<Press>,
}

impl Burst {
    /// Takes a key; `together` if others came in the same read.
    pub(super) fn key(&mut self, press: Press, together: bool, events: &mut VecDeque<Event>) {
        let last = self.held.last().or(self.lead.as_ref());
        let fast = last.is_some_and(|last| press.at.saturating_duration_since(last.at) < MACHINE);
        if !fast {
            self.settle(events);
        }
        let moves = press.key.text().is_some_and(|c| AT_ONCE.contains(c));
        if fast || together || !moves {
            self.held.push(press);
        } else {
            self.lead = Some(press);
            events.push_back(Event::Key(press));
        }
    }

    /// When the held keys are let go.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.held.last().map(|last| last.at + MACHINE)
    }

    /// The burst is over: a scan, or keys after all. True if it was a scan.
    pub(super) fn settle(&mut self, events: &mut VecDeque<Event>) -> bool {
        if !self.is_scan() {
            self.release(events);
            return false;
        }
        let keys = self.lead.take().into_iter().chain(self.held.drain(..));
        let mut text = String::new();
        for press in keys {
            match press.key.code {
                Code::Enter => text.push('\n'),
                Code::Tab => text.push('\t'),
                _ if press.key == Key::GROUP_SEPARATOR => text.push('\u{1d}'),
                Code::Char(c) => text.push(c),
                _ => {}
            }
        }
        text.truncate(text.trim_end_matches('\n').len());
        events.push_back(if text.len() > PASTE_LIMIT {
            Event::PasteTooLarge { bytes: text.len() }
        } else {
            Event::Scan(text)
        });
        true
    }

    /// Lets the held keys go as keys.
    pub(super) fn release(&mut self, events: &mut VecDeque<Event>) {
        self.lead = None;
        events.extend(self.held.drain(..).map(Event::Key));
    }

    fn is_scan(&self) -> bool {
        let mut written = self.lead.iter().chain(&self.held).filter_map(|press| press.key.text());
        let mut first = None;
        let (mut count, mut moving, mut one_key) = (0, true, true);
        for c in &mut written {
            count += 1;
            moving &= MOVING.contains(c);
            one_key &= *first.get_or_insert(c) == c;
        }
        // One key alone is held down, and its repeats come in heaps over a slow line; Enter comes behind it from a machine only.
        let is_held = one_key && self.held.last().is_none_or(|last| last.key.code != Code::Enter);
        count >= SCAN_KEYS && !moving && !is_held
    }
}
