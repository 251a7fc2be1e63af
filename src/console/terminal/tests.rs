use super::*;
use crate::console::theme::ColourDepth;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::text::Line;
use std::cell::RefCell;
use std::rc::Rc;

/// Counts writes and keeps what was written.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<(usize, Vec<u8>)>>);

impl Wire {
    fn take(&self) -> (usize, Vec<u8>) {
        std::mem::take(&mut self.0.borrow_mut())
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        wire.0 += 1;
        wire.1.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal(depth: ColourDepth) -> (Terminal<Wire>, Wire) {
    let wire = Wire::default();
    let profile = Profile { depth, ..Profile::FULL };
    let mut terminal = Terminal::new(wire.clone(), Size::new(80, 24), profile).unwrap();
    terminal.enter().unwrap();
    terminal.draw(|_| {}).unwrap();
    wire.take();
    (terminal, wire)
}

fn screen_of(bytes: &[u8]) -> vt100::Parser {
    let mut parser = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
    parser.process(bytes);
    parser
}

#[test]
fn nothing_changed_is_nothing_written() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    let view = |frame: &mut Frame<'_>| {
        frame.render_widget(Line::from("hello".red().bold()), frame.area());
        frame.set_cursor_position((3, 3));
    };
    assert!(terminal.draw(view).unwrap().bytes > 0);
    assert_eq!(wire.take().0, 1);
    assert_eq!(terminal.draw(view).unwrap(), Painted::default());
    assert_eq!(wire.take(), (0, vec![]));
}

/// A frame of all kinds of text and style, another one each round.
fn motley(frame: &mut Frame<'_>, round: u16) {
    let texts = ["headend  漢字 ▲ 12", "e\u{301}x", "", "a          b", "────────────", "   middle    "];
    for y in 0..24 {
        let index = usize::from(y * 7 + round * 5) % (texts.len() + 1);
        let Some(text) = texts.get(index) else { continue };
        let style = match (round + y) % 5 {
            0 => Style::new().fg(Color::Red).bold(),
            1 => Style::new().bg(Color::Indexed(22)),
            2 => Style::new().reversed().dim(),
            3 => Style::new().underlined().fg(Color::Rgb(1, 2, 3)),
            _ => Style::new(),
        };
        let x = (round * 3 + y) % 70;
        frame.buffer_mut().set_stringn(x, y, text, usize::from(80 - x), style);
    }
}

/// The same stands on both screens, as far as it is seen.
fn assert_same(slow: &vt100::Parser, fresh: &vt100::Parser, round: u16) {
    for (x, y) in (0..24).flat_map(|y| (0..80).map(move |x| (x, y))) {
        let (old, new) = (slow.screen().cell(y, x).unwrap(), fresh.screen().cell(y, x).unwrap());
        assert_eq!(old.contents().trim(), new.contents().trim(), "{x},{y} in round {round}");
        assert_eq!((old.bgcolor(), old.inverse(), old.underline()), (new.bgcolor(), new.inverse(), new.underline()));
        if !new.contents().trim().is_empty() {
            assert_eq!((old.fgcolor(), old.bold(), old.dim()), (new.fgcolor(), new.bold(), new.dim()), "{x},{y}");
        }
    }
}

#[test]
fn what_is_painted_bit_by_bit_is_what_is_painted_at_once() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    let mut slow = screen_of(b"");
    for round in 0..40 {
        terminal.draw(|frame| motley(frame, round)).unwrap();
        let (writes, bytes) = wire.take();
        assert_eq!(writes, 1);
        slow.process(&bytes);
        terminal.redraw().unwrap();
        let mut fresh = screen_of(b"");
        let mut whole = Terminal::new(wire.clone(), Size::new(80, 24), Profile::FULL).unwrap();
        whole.draw(|frame| motley(frame, round)).unwrap();
        fresh.process(&wire.take().1);
        assert_same(&slow, &fresh, round);
        if round % 2 == 0 {
            // Every other frame is painted over the one before, the rest on a cleared screen.
            terminal.draw(|frame| motley(frame, round)).unwrap();
            slow.process(&wire.take().1);
        }
    }
}

/// A list that goes on, with a heading, details beside it and a line below that says where one is.
fn list(frame: &mut Frame<'_>, from: u16) {
    let names = [
        "漢字株式会社",
        "Amina Wanjiru",
        "e\u{301}toile",
        "",
        "────",
        "Zoë Njoroge and sons, traders",
        // A terminal paints each of these as two letters.
        "नमस्ते दुनिया",
        "กำลัง กำ",
    ];
    let buffer = frame.buffer_mut();
    buffer.set_string(0, 0, "NUMBER      NAME", Style::new().bold());
    for y in 1..22 {
        let row = from + y;
        let style = if y == 21 { Style::new().bg(Color::Indexed(22)) } else { Style::new() };
        buffer.set_stringn(0, y, format!("CUS-{row:06}  {:<45}", names[usize::from(row) % names.len()]), 57, style);
        buffer.set_string(60, y, format!("│ {y} of {}", from / 3), Style::new().fg(Color::Red));
    }
    buffer.set_string(0, 22, format!("{from} of 900"), Style::new().reversed());
}

#[test]
fn rows_that_move_are_moved_and_stand_where_they_would() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    let mut moved = screen_of(b"");
    let mut before = None::<u16>;
    for from in [100, 101, 102, 103, 102, 90, 91, 110, 109, 108, 300, 301] {
        terminal.draw(|frame| list(frame, from)).unwrap();
        let bytes = wire.take().1;
        moved.process(&bytes);
        let mut whole = Terminal::new(wire.clone(), Size::new(80, 24), Profile::FULL).unwrap();
        whole.draw(|frame| list(frame, from)).unwrap();
        let anew = wire.take().1;
        let mut fresh = screen_of(b"");
        fresh.process(&anew);
        assert_same(&moved, &fresh, from);
        if before.is_some_and(|before| before.abs_diff(from) == 1) {
            assert!(bytes.len() < anew.len() / 3, "{from}: {} of {} bytes", bytes.len(), anew.len());
        }
        before = Some(from);
    }
    // A terminal that may not know of it is painted.
    let simple = Profile { simple: true, ..Profile::FULL };
    let mut plain = Terminal::new(wire.clone(), Size::new(80, 24), simple).unwrap();
    plain.draw(|frame| list(frame, 100)).unwrap();
    wire.take();
    plain.draw(|frame| list(frame, 101)).unwrap();
    assert!(!String::from_utf8_lossy(&wire.take().1).contains("\x1b[r"));
}

#[test]
fn without_colours_the_marks_stay() {
    let (mut terminal, wire) = terminal(ColourDepth::Mono);
    terminal
        .draw(|frame| {
            frame.render_widget(
                Line::from("cursor".fg(Color::Rgb(9, 9, 9)).bg(Color::Red).reversed().bold()),
                frame.area(),
            )
        })
        .unwrap();
    let bytes = wire.take().1;
    let screen = screen_of(&bytes);
    let cell = screen.screen().cell(0, 0).unwrap();
    assert!(cell.inverse() && cell.bold());
    assert_eq!((cell.fgcolor(), cell.bgcolor()), (vt100::Color::Default, vt100::Color::Default));
}

#[test]
fn sixteen_colours_are_the_terminals_own() {
    let (mut terminal, wire) = terminal(ColourDepth::Sixteen);
    terminal.draw(|frame| frame.render_widget(Line::from("x".fg(Color::Rgb(240, 113, 120))), frame.area())).unwrap();
    let bytes = wire.take().1;
    assert_eq!(screen_of(&bytes).screen().cell(0, 0).unwrap().fgcolor(), vt100::Color::Idx(9));
    assert!(!String::from_utf8_lossy(&bytes).contains("38;"));
}

#[test]
fn a_large_frame_is_shown_at_once_and_a_small_one_is_short() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    terminal
        .draw(|frame| {
            for y in 0..24 {
                frame.buffer_mut().set_string(0, y, "all of this line is new to the terminal", Style::new());
            }
        })
        .unwrap();
    let text = String::from_utf8(wire.take().1).unwrap();
    assert!(text.contains("\x1b[?2026h") && text.ends_with("\x1b[?2026l"));
    terminal
        .draw(|frame| {
            for y in 0..24 {
                frame.buffer_mut().set_string(0, y, "all of this line is new to the terminal", Style::new());
            }
            frame.buffer_mut().set_string(70, 3, "7", Style::new());
        })
        .unwrap();
    assert_eq!(wire.take(), (1, b"\x1b[4;71H7".to_vec()));
}

#[test]
fn the_cursor_moves_hides_and_changes_its_shape() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    terminal.set_cursor_shape(CursorShape::Bar);
    terminal.draw(|frame| frame.set_cursor_position((4, 2))).unwrap();
    assert_eq!(wire.take(), (1, b"\x1b[6 q\x1b[3;5H\x1b[?25h".to_vec()));
    terminal.draw(|frame| frame.set_cursor_position((5, 2))).unwrap();
    assert_eq!(wire.take().1, b"\x1b[C");
    terminal.set_cursor_shape(CursorShape::Bar);
    terminal.draw(|_| {}).unwrap();
    assert_eq!(wire.take().1, b"\x1b[?25l");
    // A place outside shows no cursor rather than a wrong one.
    terminal.draw(|frame| frame.set_cursor_position((500, 2))).unwrap();
    assert_eq!(wire.take().0, 0);
}

#[test]
fn leaving_puts_everything_back_once() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    terminal.report(Report::Kitty(0)).unwrap();
    assert_eq!(wire.take().1, KITTY_ON.as_bytes());
    terminal.set_mouse(true).unwrap();
    wire.take();
    terminal.leave().unwrap();
    let text = String::from_utf8(wire.take().1).unwrap();
    for off in [KITTY_OFF, MOUSE_OFF, PASTE_OFF, CURSOR_SHOW, STYLE_OFF, ALTERNATE_OFF, SHAPE_OFF] {
        assert!(text.contains(off), "{off:?}");
    }
    drop(terminal);
    assert_eq!(wire.take().0, 0);
    let (terminal, wire) = self::terminal(ColourDepth::True);
    drop(terminal);
    assert!(wire.take().1.ends_with(ALTERNATE_OFF.as_bytes()));
}

#[test]
fn any_size_can_be_painted() {
    let (mut terminal, _) = terminal(ColourDepth::True);
    for (width, height) in [(1, 1), (0, 0), (200, 60), (3, 1), (80, 24)] {
        terminal.resize(Size::new(width, height));
        let mut seen = Rect::ZERO;
        terminal.draw(|frame| seen = frame.area()).unwrap();
        assert_eq!(seen, Rect::new(0, 0, width, height));
    }
}

#[test]
fn copying_is_bounded_and_wrapped_for_tmux() {
    let (mut terminal, wire) = terminal(ColourDepth::True);
    terminal.copy("CUS-000142").unwrap();
    assert_eq!(wire.take().1, b"\x1b]52;c;Q1VTLTAwMDE0Mg==\x07");
    assert!(matches!(terminal.copy(&"x".repeat(50_000)), Err(CopyProblem::TooLarge { bytes: 50_000 })));
    terminal.copy(&"x".repeat(49_000)).unwrap();
    wire.take();
    terminal.profile.tmux = true;
    terminal.copy("a").unwrap();
    assert_eq!(wire.take().1, b"\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\");
    terminal.profile.tmux = false;
    terminal.notify("4;1 down\x1b]0;x\x07").unwrap();
    assert_eq!(wire.take().1, "\x1b]9; 4;1 down^[]0;x^G\x07".as_bytes());
}

/// Where a terminal has signs of ASCII alone, so do our own texts; names keep their letters where it has these, and each
/// takes the columns that it takes elsewhere.
#[test]
fn signs_and_letters_are_ascii_where_the_terminal_is() {
    for (letters, shown) in [
        (true, "'a' - b > c x d > ~ Ångström 漢字 Ｆ. ß e\u{301}!"),
        (false, "'a' - b > c x d > ~ Angstrom ???? F . ? e!"),
    ] {
        let wire = Wire::default();
        let profile = Profile { ascii: true, letters, ..Profile::FULL };
        let mut terminal = Terminal::new(wire.clone(), Size::new(80, 24), profile).unwrap();
        terminal.enter().unwrap();
        let text = "‘a’ – b → c × d ≥ … Ångström 漢字 Ｆ. ß e\u{301}!";
        terminal.draw(|frame| frame.render_widget(text, frame.area())).unwrap();
        let bytes = wire.take().1;
        assert!(letters || bytes.is_ascii());
        let screen = screen_of(&bytes);
        assert_eq!(screen.screen().contents().lines().next(), Some(shown));
    }
}
