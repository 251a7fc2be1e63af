//! Keys: what one is, its name in a key file, how it is shown, and the map from keys to actions.

mod file;
mod letters;
mod map;
pub mod reference;

pub use file::{KeyFile, KeyProblem};
pub use letters::{Letters, verb};
pub use map::{HelpRow, HelpSection, Hint, KeyMap, Meaning};

use std::fmt;

/// A key of the keyboard, apart from what is held with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// Function key, 1 to 24.
    F(u8),
}

/// A key with what was held. A shifted letter is its capital, without `shift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt was held (or Esc came just before, which looks the same).
    pub alt: bool,
    /// Shift was held with a key that is not a character.
    pub shift: bool,
}

/// The names of the keys that are not characters, with the sign and the word they are shown as.
const NAMED: &[(&str, Code, &str, &str)] = &[
    ("enter", Code::Enter, "⏎", "Enter"),
    ("esc", Code::Esc, "Esc", "Esc"),
    ("tab", Code::Tab, "Tab", "Tab"),
    ("backspace", Code::Backspace, "⌫", "Bksp"),
    ("delete", Code::Delete, "Del", "Del"),
    ("insert", Code::Insert, "Ins", "Ins"),
    ("up", Code::Up, "↑", "Up"),
    ("down", Code::Down, "↓", "Down"),
    ("left", Code::Left, "←", "Left"),
    ("right", Code::Right, "→", "Right"),
    ("home", Code::Home, "Home", "Home"),
    ("end", Code::End, "End", "End"),
    ("pageup", Code::PageUp, "PgUp", "PgUp"),
    ("pagedown", Code::PageDown, "PgDn", "PgDn"),
    ("space", Code::Char(' '), "␣", "Space"),
];

impl Key {
    /// GS1's group separator (0x1d) as a terminal sends it: Ctrl-].
    pub const GROUP_SEPARATOR: Self = Self::ctrl(']');

    /// A key with nothing held.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// The key of a character.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A letter with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// The character this key writes in a text field, if it does.
    #[must_use]
    pub const fn text(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The same key however the terminal spelled it: what no terminal can tell apart is one key.
    #[must_use]
    pub fn normal(mut self) -> Self {
        if let Code::Char(c) = self.code {
            if self.shift && !self.ctrl {
                let mut upper = c.to_uppercase();
                if let (Some(one), None) = (upper.next(), upper.next()) {
                    self.code = Code::Char(one);
                }
            }
            self.shift = false;
            if self.ctrl {
                let plain = |code| Self { code, ctrl: false, alt: self.alt, shift: false };
                match c.to_ascii_lowercase() {
                    'i' => return plain(Code::Tab),
                    'm' | 'j' => return plain(Code::Enter),
                    'h' => return plain(Code::Backspace),
                    '[' => return plain(Code::Esc),
                    lower => self.code = Code::Char(lower),
                }
            }
        }
        self
    }

    /// Reads a name from a key file: `ctrl-f`, `space`, `shift-tab`, `f2`, `J`, `-`.
    ///
    /// # Errors
    /// Why this is not a key, or not one that can be bound.
    pub fn parse(name: &str) -> Result<Self, String> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = name;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|after| !after.is_empty()) {
                (key.ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|after| !after.is_empty()) {
                (key.alt, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("shift-").filter(|after| !after.is_empty()) {
                (key.shift, rest) = (true, after);
            } else {
                break;
            }
        }
        key.code = code_named(rest).ok_or_else(|| {
            format!("`{name}` is not a key: write a character, or ctrl-f, shift-tab, f2, enter, space, pageup …")
        })?;
        if let Code::Char(c) = key.code {
            if key.ctrl {
                refuse_twins(name, c)?;
            }
            if key.shift {
                return Err(format!("`{name}`: a terminal sends a shifted character as itself: write the character"));
            }
            if key.ctrl {
                key.code = Code::Char(c.to_ascii_lowercase());
            }
        }
        Ok(key)
    }

    /// How the key is shown: `C-f`, `␣`, `⏎`; with `ascii`, words instead of signs.
    #[must_use]
    pub fn shown(self, ascii: bool) -> String {
        let mut text = String::new();
        for (held, mark) in [(self.ctrl, "C-"), (self.alt, "A-"), (self.shift, "S-")] {
            if held {
                text.push_str(mark);
            }
        }
        match (NAMED.iter().find(|row| row.1 == self.code), self.code) {
            (Some(row), _) => text.push_str(if ascii { row.3 } else { row.2 }),
            (None, Code::Char(c)) => text.push(c),
            (None, Code::F(number)) => text.push_str(&format!("F{number}")),
            (None, _) => {}
        }
        text
    }
}

fn code_named(name: &str) -> Option<Code> {
    if let Some(row) = NAMED.iter().find(|row| row.0 == name) {
        return Some(row.1);
    }
    if let Some(number) = name.strip_prefix('f').and_then(|digits| digits.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then_some(Code::F(number));
    }
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if !c.is_control() && c != ' ' => Some(Code::Char(c)),
        _ => None,
    }
}

/// Refuses the keys that reach a program as another one.
fn refuse_twins(name: &str, c: char) -> Result<(), String> {
    let twin = match c.to_ascii_lowercase() {
        'i' => "tab",
        'm' => "enter",
        'j' => "enter (a line feed)",
        'h' => "backspace",
        '[' => "esc",
        'a'..='z' | ' ' | '\\' | ']' | '^' | '_' | '@' => return Ok(()),
        _ => return Err(format!("`{name}`: terminals send no such key: take a letter with ctrl")),
    };
    Err(format!("`{name}` cannot be bound: terminals send the same byte for it as for {twin}"))
}

impl fmt::Display for Key {
    /// The name by which a key file calls the key; [`Key::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, mark) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(mark)?;
            }
        }
        match (NAMED.iter().find(|row| row.1 == self.code), self.code) {
            (Some(row), _) => f.write_str(row.0),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, Code::F(number)) => write!(f, "f{number}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for name in ["ctrl-f", "space", "enter", "shift-tab", "f10", "J", "-", "alt-k", "ctrl-space", "pagedown", "ж"]
        {
            assert_eq!(Key::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(Key::parse("ctrl-F").unwrap(), Key::ctrl('f'));
        assert_eq!(Key::parse("f").unwrap(), Key::char('f'));
    }

    #[test]
    fn keys_that_no_terminal_can_tell_apart_are_refused_saying_why() {
        for (name, twin) in
            [("ctrl-i", "tab"), ("ctrl-m", "enter"), ("ctrl-j", "enter"), ("ctrl-h", "backspace"), ("ctrl-[", "esc")]
        {
            let why = Key::parse(name).unwrap_err();
            assert!(why.contains(twin) && why.contains(name), "{why}");
        }
        for name in ["", "ctrl-", "f25", "f0", "shift-a", "ctrl-1", "banana", " "] {
            assert!(Key::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn keys_are_shown_with_signs_or_words() {
        for (name, sign, word) in [
            ("ctrl-f", "C-f", "C-f"),
            ("space", "␣", "Space"),
            ("enter", "⏎", "Enter"),
            ("shift-tab", "S-Tab", "S-Tab"),
        ] {
            let key = Key::parse(name).unwrap();
            assert_eq!((key.shown(false).as_str(), key.shown(true).as_str()), (sign, word));
        }
    }

    #[test]
    fn what_terminals_spell_differently_is_one_key() {
        assert_eq!(Key { shift: true, ..Key::char('j') }.normal(), Key::char('J'));
        assert_eq!(Key::ctrl('i').normal(), Key::plain(Code::Tab));
        assert_eq!(Key { shift: true, ..Key::ctrl('F') }.normal(), Key::ctrl('f'));
    }
}
