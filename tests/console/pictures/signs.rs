//! What the screen is made of: signs beside colours, and nothing that steers the terminal.

use headend::console::state::Place;
use headend::console::theme::{ColourDepth, Role, Theme};
use ratatui::layout::Size;

use super::album::{SIZES, at_noon, full};
use crate::hand::{Hand, text_of};

/// What a colour says a word or a sign says too.
#[test]
fn no_state_is_told_by_colour_alone() {
    let mut hand = full();
    let id = {
        hand.does("2");
        hand.list().rows[0].record.id
    };
    hand.lab.must("customers.suspend", id, &[]);
    hand.does("r");
    let coloured = hand.paint();
    let text = text_of(&coloured);
    assert!(text.contains("suspended"));
    let warn = hand.state.theme[Role::Warn].fg;
    assert!(coloured.content().iter().any(|cell| Some(cell.fg) == warn && cell.symbol() == "s"));
    hand.state.theme = Theme::built_in("mono", ColourDepth::Mono, false).unwrap();
    assert_eq!(text_of(&hand.paint()), text, "the same words without colours");
    hand.state.theme = Theme::built_in("dark", ColourDepth::Sixteen, true).unwrap();
    let others: String = hand
        .shown()
        .chars()
        .filter(|c| !c.is_ascii() && !c.is_alphabetic() && !('\u{300}'..='\u{36f}').contains(c))
        .collect();
    assert_eq!(others, "", "signs beyond ASCII, where only the data may be");
}

/// Whatever stands in the database, no control or bidi character reaches the screen.
#[test]
fn nothing_from_outside_steers_the_terminal() {
    let hostile = "a\u{1b}[2J\u{1b}]52;c;AAAA\u{7}b\u{202e}c\u{2066}d\u{200b}e\u{9b}31m\r\u{0}f";
    let mut hand = at_noon();
    for resource in ["customers", "devices", "sites"] {
        hand.lab.raw().lift_guards();
        let kind =
            if resource == "devices" { vec![("name", "x"), ("device_type", "olt")] } else { vec![("name", "x")] };
        let id = hand.lab.make(&format!("{resource}.create"), &kind);
        let mut raw = hand.lab.raw();
        raw.lift_guards();
        let id = raw.id(id);
        for column in [
            "name",
            "notes",
            "phone",
            "email",
            "address",
            "contact",
            "username",
            "vendor",
            "model",
            "city",
            "description",
            "number",
            "serial_number",
        ] {
            let bytes = raw.bytes(hostile.replace('\0', "").as_bytes());
            // Not every table has every column.
            let _ = raw.try_execute(&format!("UPDATE {resource} SET {column} = CAST({bytes} AS TEXT) WHERE id = {id}"));
        }
    }
    let check = |hand: &mut Hand, what: &str| {
        for (width, height) in SIZES {
            hand.state.size = Size { width, height };
            let buffer = hand.paint();
            for cell in buffer.content() {
                let bad = cell.symbol().chars().find(|c| {
                    c.is_control()
                        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                });
                assert!(bad.is_none(), "{what}: {bad:?}");
            }
        }
        hand.state.size = Size { width: 120, height: 40 };
    };
    for screen in ["2", "3", "5"] {
        for keys in ["", "enter", "t", "e", "x", "y", "x s"] {
            hand.does(screen);
            hand.rests();
            for key in keys.split(' ').filter(|key| !key.is_empty()) {
                hand.does(key);
            }
            check(&mut hand, &format!("{screen} {keys}"));
            hand.state.overlay = None;
            while hand.state.places.len() > 1 {
                hand.state.places.pop();
            }
        }
    }
    // And what is pasted.
    hand.does("2");
    hand.pastes(hostile);
    hand.settle();
    check(&mut hand, "find");
    hand.press("esc");
    hand.press("/");
    hand.pastes(hostile);
    hand.settle();
    check(&mut hand, "filter");
    hand.does("esc");
    hand.press("a");
    hand.pastes(hostile);
    check(&mut hand, "form");
    assert!(matches!(hand.state.places.last(), Some(Place::Form(_))));
}
