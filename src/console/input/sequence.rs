//! What a complete escape sequence says.

use super::decode::Token;
use super::{Button, Mouse, MouseKind, Report};
use crate::console::keys::{Code, Key};

/// What follows `CSI`: the parameter bytes and the final one.
pub(super) enum Said {
    /// Something to tell.
    Token(Token),
    /// A bracketed paste begins.
    PasteStart,
    /// Nothing we know, or nothing to tell (a key let go).
    Nothing,
}

/// Reads a control sequence.
pub(super) fn control(body: &[u8], last: u8) -> Said {
    let Ok(body) = std::str::from_utf8(body) else { return Said::Nothing };
    match (body.as_bytes().first(), last) {
        (Some(b'<'), b'M' | b'm') => return mouse(&body[1..], last == b'm'),
        (Some(b'?'), b'u') => {
            return body[1..].parse().map_or(Said::Nothing, |flags| Said::Token(Token::Report(Report::Kitty(flags))));
        }
        (Some(b'<' | b'=' | b'>' | b'?'), _) => return Said::Nothing,
        (None, b'I') => return Said::Token(Token::Focus(true)),
        (None, b'O') => return Said::Token(Token::Focus(false)),
        _ => {}
    }
    let part = |index: usize| body.split(';').nth(index).unwrap_or("");
    let number = |index: usize| part(index).split(':').next().and_then(|n| n.parse::<u32>().ok());
    let (held, kind) = held(part(1));
    let named = |code: Code| key(Key::plain(code), held, kind);
    match last {
        b'A'..=b'D' | b'F' | b'H' => named(letter_code(last)),
        b'P' | b'Q' | b'S' => named(letter_code(last)),
        // `CSI 1;5R` is Ctrl-F3, `CSI 12;40R` the place of the cursor.
        b'R' if number(0).is_none_or(|n| n == 1) && part(1).len() < 2 => named(Code::F(3)),
        b'Z' => key(Key { shift: true, ..Key::plain(Code::Tab) }, held, kind),
        b'a'..=b'd' if body.is_empty() => {
            key(Key { shift: true, ..Key::plain(letter_code(last.to_ascii_uppercase())) }, held, kind)
        }
        b'u' => kitty(number(0), held, kind),
        b'~' => match number(0) {
            Some(200) => Said::PasteStart,
            // xterm's modifyOtherKeys: CSI 27 ; held ; code ~
            Some(27) => kitty(number(2), held, kind),
            Some(n) => tilde_code(n).map_or(Said::Nothing, named),
            None => Said::Nothing,
        },
        // rxvt: the same numbers, shift, ctrl and both told by the last byte.
        b'$' | b'^' | b'@' => {
            let own = u32::from(last != b'^') | u32::from(last != b'$') << 2;
            number(0).and_then(tilde_code).map_or(Said::Nothing, |code| key(Key::plain(code), own, 1))
        }
        _ => Said::Nothing,
    }
}

/// Reads what follows `ESC O`.
pub(super) fn single_shift(last: u8) -> Said {
    match last {
        b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S' => key(Key::plain(letter_code(last)), 0, 1),
        b'a'..=b'd' => key(Key { ctrl: true, ..Key::plain(letter_code(last.to_ascii_uppercase())) }, 0, 1),
        b'M' => key(Key::plain(Code::Enter), 0, 1),
        b'I' => key(Key::plain(Code::Tab), 0, 1),
        // The keypad in application mode.
        b'j'..=b'y' => key(Key::char(char::from(last - b'j' + b'*')), 0, 1),
        _ => Said::Nothing,
    }
}

/// What is held (bits: shift, alt, ctrl, more) and 1 pressed, 2 repeated, 3 let go.
fn held(parameter: &str) -> (u32, u32) {
    let mut parts = parameter.split(':').map(|n| n.parse::<u32>().ok());
    let held = parts.next().flatten().unwrap_or(1).saturating_sub(1);
    let kind = parts.next().flatten().unwrap_or(1);
    // Caps lock and num lock are no modifiers.
    (held & 0b0011_1111, kind)
}

fn key(key: Key, held: u32, kind: u32) -> Said {
    // Super, hyper and meta belong to the window manager.
    if held & !0b111 != 0 || kind == 3 {
        return Said::Nothing;
    }
    let key = Key {
        shift: key.shift || held & 1 != 0,
        alt: key.alt || held & 2 != 0,
        ctrl: key.ctrl || held & 4 != 0,
        ..key
    };
    Said::Token(Token::Key { key: key.normal(), repeat: kind == 2 })
}

fn letter_code(letter: u8) -> Code {
    match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        other => Code::F(other.saturating_sub(b'P') + 1),
    }
}

fn tilde_code(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F((number - 10) as u8),
        17..=21 => Code::F((number - 11) as u8),
        23..=26 => Code::F((number - 12) as u8),
        28 | 29 => Code::F((number - 13) as u8),
        31..=34 => Code::F((number - 14) as u8),
        _ => return None,
    })
}

/// A key told by its code point, as the kitty protocol and modifyOtherKeys do.
fn kitty(code: Option<u32>, held: u32, kind: u32) -> Said {
    let code = match code {
        Some(13 | 10 | 57414) => Code::Enter,
        Some(27) => Code::Esc,
        Some(9) => Code::Tab,
        Some(8 | 127) => Code::Backspace,
        Some(57348) => Code::Insert,
        Some(57349) => Code::Delete,
        Some(n @ 57376..=57387) => Code::F((n - 57376 + 13) as u8),
        Some(n @ 57399..=57408) => Code::Char(char::from(b'0' + (n - 57399) as u8)),
        Some(57409) => Code::Char('.'),
        Some(57410) => Code::Char('/'),
        Some(57411) => Code::Char('*'),
        Some(57412) => Code::Char('-'),
        Some(57413) => Code::Char('+'),
        Some(57417) => Code::Left,
        Some(57418) => Code::Right,
        Some(57419) => Code::Up,
        Some(57420) => Code::Down,
        Some(57421) => Code::PageUp,
        Some(57422) => Code::PageDown,
        Some(57423) => Code::Home,
        Some(57424) => Code::End,
        Some(57425) => Code::Insert,
        Some(57426) => Code::Delete,
        // The rest of the private range are keys alone: shift, volume, media.
        Some(0xe000..=0xf8ff) | None => return Said::Nothing,
        Some(n) => match char::from_u32(n).filter(|c| !c.is_control()) {
            Some(c) => Code::Char(c),
            None => return Said::Nothing,
        },
    };
    key(Key::plain(code), held, kind)
}

/// SGR mouse: `button;column;row`.
fn mouse(body: &str, released: bool) -> Said {
    let mut parts = body.split(';').map(|n| n.parse::<u16>().ok());
    let (Some(Some(bits)), Some(Some(x)), Some(Some(y))) = (parts.next(), parts.next(), parts.next()) else {
        return Said::Nothing;
    };
    let button = match bits & 0b11 {
        0 => Some(Button::Left),
        1 => Some(Button::Middle),
        2 => Some(Button::Right),
        _ => None,
    };
    let kind = match (bits & 0b1110_0000, button) {
        (0, Some(button)) if released => MouseKind::Release(button),
        (0, Some(button)) => MouseKind::Press(button),
        (32, Some(button)) => MouseKind::Drag(button),
        (32, None) => MouseKind::Move,
        (64, Some(Button::Left)) => MouseKind::ScrollUp,
        (64, Some(Button::Middle)) => MouseKind::ScrollDown,
        _ => return Said::Nothing,
    };
    Said::Token(Token::Mouse(Mouse {
        kind,
        x: x.saturating_sub(1),
        y: y.saturating_sub(1),
        shift: bits & 4 != 0,
        alt: bits & 8 != 0,
        ctrl: bits & 16 != 0,
    }))
}
