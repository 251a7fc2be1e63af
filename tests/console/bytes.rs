//! What goes over the line: the bytes of what a person does most, counted where they leave the program.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DurationRound as _, TimeDelta};
use headend::console::message::Message;
use headend::console::terminal::{Profile, Terminal};
use headend::console::view;
use ratatui::layout::Size;

use crate::hand::Hand;

/// Keeps what was written, write by write.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<usize>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A console at the end of a line.
struct Far {
    hand: Hand,
    terminal: Terminal<Line>,
    line: Line,
}

impl Far {
    fn new(hand: Hand) -> Self {
        let line = Line::default();
        let size = Size { width: 120, height: 40 };
        let mut terminal = Terminal::new(line.clone(), size, Profile::FULL).unwrap();
        terminal.enter().unwrap();
        let mut far = Self { hand, terminal, line };
        far.hand.state.size = size;
        far.paints();
        far
    }

    /// Paints what there is to see now; the bytes of it, which are one write or none.
    fn paints(&mut self) -> usize {
        self.line.0.borrow_mut().clear();
        let state = &mut self.hand.state;
        self.terminal.draw(|frame| _ = view::view(state, frame)).unwrap();
        let writes = self.line.0.borrow();
        assert!(writes.len() <= 1, "a frame in {} writes", writes.len());
        writes.iter().sum()
    }

    fn resizes(&mut self, (width, height): (u16, u16)) {
        let size = Size { width, height };
        self.terminal.resize(size);
        self.hand.hears(Message::Resized(size));
        self.hand.settle();
        self.paints();
    }

    fn press(&mut self, key: &str) -> usize {
        self.hand.press(key);
        self.paints()
    }
}

#[test]
fn what_is_done_most_costs_little_on_a_poor_line() {
    let names: Vec<String> = (1..=300).map(|number| format!("Customer {number:03} of the northern villages")).collect();
    let mut far = Far::new(Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>()));
    // At the beginning of a minute: the clock of the header stands still for as long as this takes.
    far.hand.state.now = far.hand.state.now.duration_trunc(TimeDelta::minutes(1)).unwrap();
    far.hand.passes(Duration::from_secs(1));
    far.hand.settle();
    far.paints();
    assert_eq!(far.paints(), 0, "nothing changed");
    // The highlight goes down and up; the pane follows it when it rests, and is counted apart.
    for key in ["j", "j", "k", "j"] {
        let bytes = far.press(key);
        assert!((1..=140).contains(&bytes), "{key}: {bytes}");
    }
    far.hand.passes(Duration::from_millis(200));
    far.hand.settle();
    let pane = far.paints();
    assert!((1..=1_500).contains(&pane), "the pane: {pane}");
    for key in ["pagedown", "pagedown", "pageup"] {
        let bytes = far.press(key);
        assert!((200..=4_500).contains(&bytes), "{key}: {bytes}");
        far.hand.settle();
        far.paints();
    }
    // A cell that lives: a state that changed elsewhere.
    let at = far.hand.list().at.unwrap();
    far.hand.passes(Duration::from_millis(200));
    far.hand.settle();
    far.paints();
    let row = far.hand.list().rows.iter().position(|row| row.record.id == at).unwrap();
    let other = far.hand.list().rows[row + 1].record.id;
    far.hand.lab.must("customers.suspend", other, &[]);
    far.hand.press("r");
    far.hand.settle();
    let cell = far.paints();
    assert!((1..=60).contains(&cell), "one live cell: {cell}");
    // Time that passes changes nothing until the minute does.
    far.hand.passes(Duration::from_secs(1));
    far.hand.settle();
    assert_eq!(far.paints(), 0);
    // At the edge of the window the list goes on by a row: that is painted, not the screen.
    for (size, beyond, most) in [((80, 24), 24, 400), ((120, 40), 40, 1_500)] {
        far.resizes(size);
        far.hand.press("g");
        far.hand.settle();
        far.paints();
        for _ in 0..beyond {
            far.press("j");
            far.hand.settle();
            far.paints();
        }
        for key in ["j", "j", "j"] {
            let bytes = far.press(key);
            assert!((1..=most).contains(&bytes), "{key} at {size:?}: {bytes}");
        }
    }
}
