//! The mouse, and every size that a terminal can have.

use std::time::Duration;

use headend::console::input::{Button, Event, Mouse, MouseKind};
use headend::console::message::{Message, Question};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::domain::words::Words;
use ratatui::layout::Size;

use crate::hand::Hand;

/// Where a text stands on the screen.
fn place_of(hand: &mut Hand, text: &str) -> (u16, u16) {
    let shown = hand.shown();
    let (y, line) = shown.lines().enumerate().find(|(_, line)| line.contains(text)).expect(text);
    let x = unicode_width::UnicodeWidthStr::width(&line[..line.find(text).unwrap()]);
    (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
}

fn mouse(hand: &mut Hand, kind: MouseKind, (x, y): (u16, u16)) {
    hand.clock += Duration::from_millis(50);
    let used = Mouse { kind, x, y, ctrl: false, alt: false, shift: false };
    hand.hears(Message::Event(Event::Mouse(used), hand.clock));
    hand.paint();
}

pub fn click(hand: &mut Hand, text: &str) {
    let place = place_of(hand, text);
    mouse(hand, MouseKind::Press(Button::Left), place);
    mouse(hand, MouseKind::Release(Button::Left), place);
}

/// Clicks a key in the line of hints.
fn click_hint(hand: &mut Hand, text: &str) {
    let shown = hand.shown();
    let line = shown.lines().last().expect("a line of hints");
    let x = unicode_width::UnicodeWidthStr::width(&line[..line.find(text).expect(text)]);
    let y = hand.state.size.height - 1;
    mouse(hand, MouseKind::Press(Button::Left), (u16::try_from(x).unwrap(), y));
}

#[test]
fn a_click_goes_there_a_double_click_opens_and_the_wheel_moves() {
    let names: Vec<String> = (10..40).map(|number| format!("Customer {number}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    click(&mut hand, "Customer 15");
    assert_eq!(hand.at(), "Customer 15");
    let somewhere = (5, 10);
    mouse(&mut hand, MouseKind::ScrollDown, somewhere);
    assert_eq!(hand.at(), "Customer 18");
    mouse(&mut hand, MouseKind::ScrollUp, somewhere);
    assert_eq!(hand.at(), "Customer 15");
    // Two clicks far apart in time are two clicks.
    hand.passes(Duration::from_secs(1));
    click(&mut hand, "Customer 20");
    hand.passes(Duration::from_secs(1));
    click(&mut hand, "Customer 20");
    assert_eq!((hand.at().as_str(), hand.state.places.len()), ("Customer 20", 2));
    click(&mut hand, "Customer 20");
    hand.settle();
    assert!(matches!(hand.state.places.last(), Some(Place::Page(page)) if page.record.is_some()));
    click(&mut hand, "3 Devices");
    hand.settle();
    assert_eq!(hand.list().resource.title(Words::ENGLISH), "Devices");
    // A hint is its key.
    click(&mut hand, "f find");
    assert!(matches!(hand.state.overlay, Some(Overlay::Find(_))));
    // What lies on top is answered with keys or in itself: nothing under it is clicked.
    click(&mut hand, "2 Customers");
    assert!(matches!(hand.state.overlay, Some(Overlay::Find(_))));
}

#[test]
fn a_click_goes_to_a_field_and_takes_a_choice_and_the_wheel_goes_through_the_fields() {
    let mut hand = Hand::with_customers(&[]);
    hand.lab.make("plans.create", &[("name", "Home"), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "9")]);
    hand.does("a");
    let focused = |hand: &Hand| hand.form().fields[hand.form().focus].field.name;
    hand.types("Amina");
    click(&mut hand, "  email");
    assert_eq!(focused(&hand), "email");
    hand.types("no address");
    click(&mut hand, "  plan");
    hand.settle();
    assert_eq!(focused(&hand), "plan");
    let problem = |hand: &Hand, name: &str| {
        hand.form().fields.iter().find(|field| field.field.name == name).and_then(|field| field.problem.clone())
    };
    assert!(problem(&hand, "email").is_some(), "what one clicks away from is checked as by Tab");
    hand.does("down");
    assert!(hand.form().picker.is_some());
    click(&mut hand, "Home");
    hand.settle();
    assert!(hand.form().picker.is_none() && focused(&hand) != "plan");
    let plan = hand.form().fields.iter().find(|field| field.field.name == "plan").unwrap();
    assert_eq!((plan.text().as_str(), problem(&hand, "plan")), ("Home", None));
    // In a text it goes to the letter.
    click(&mut hand, "mina");
    hand.types("l-A");
    assert!(hand.shown().contains("Al-Amina"), "{}", hand.shown());
    click(&mut hand, "·plan");
    let at = hand.form().focus;
    mouse(&mut hand, MouseKind::ScrollDown, (5, 10));
    assert_eq!(hand.form().focus, at + 1);
    mouse(&mut hand, MouseKind::ScrollUp, (5, 10));
    assert_eq!(hand.form().focus, at);
}

#[test]
fn a_form_that_a_click_left_is_there_when_one_comes_back() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("a");
    hand.types("Zawadi");
    let draft = hand.form().draft;
    click(&mut hand, "3 Devices");
    hand.settle();
    assert_eq!(hand.drafts.len(), 1, "it is on disk as well");
    assert!(hand.state.drafts.iter().any(|known| known.id == draft));
    hand.press("esc");
    assert_eq!(hand.form().draft, draft);
    assert!(hand.shown().contains("Zawadi"));
    // It is not offered a second time as unfinished, and saved where it lies.
    hand.press("ctrl-s");
    let request = hand.next(|question| matches!(question, Question::Perform(_))).expect("a request");
    click(&mut hand, "3 Devices");
    hand.settle();
    hand.reply(request);
    hand.settle();
    assert!(hand.told().contains("Zawadi"), "{}", hand.told());
    assert_eq!(hand.list().resource.title(Words::ENGLISH), "Devices");
    hand.does("esc");
    assert_eq!(hand.names(), ["Amina", "Zawadi"]);
}

#[test]
fn a_click_in_a_menu_picks_and_none_confirms() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    click(&mut hand, "suspend");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(..))), "one click only goes there");
    hand.passes(Duration::from_secs(1));
    click(&mut hand, "suspend");
    click(&mut hand, "suspend");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.passes(Duration::from_secs(1));
    for y in 0..hand.state.size.height - 1 {
        for x in (0..hand.state.size.width).step_by(7) {
            mouse(&mut hand, MouseKind::Press(Button::Left), (x, y));
            mouse(&mut hand, MouseKind::ScrollDown, (x, y));
        }
    }
    assert!(hand.performed().is_none() && matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    // Of the keys that are named, the one that says no is clicked.
    click(&mut hand, "y yes  n no");
    assert_eq!(hand.told(), "no click says yes: that is a key");
    assert!(hand.performed().is_none() && matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.press("n");
    hand.press("x");
    hand.press("s");
    click(&mut hand, "n no  Esc");
    assert!(hand.performed().is_none() && hand.state.overlay.is_none());
    // What is to be copied is chosen by a click, or by going there.
    hand.press("y");
    click(&mut hand, "r  the row");
    assert!(matches!(hand.state.overlay, Some(Overlay::Copy(1))), "{:?}", hand.state.overlay);
    for (key, at) in [("up", 0), ("up", 5), ("k", 4), ("down", 5), ("down", 0), ("end", 5), ("home", 0)] {
        hand.press(key);
        assert!(matches!(hand.state.overlay, Some(Overlay::Copy(cursor)) if cursor == at), "{key}");
    }
    hand.press("down");
    hand.press("enter");
    let copied = hand.copied.last().expect("a row").clone();
    assert!(copied.contains('\t') && copied.contains("Amina"), "{copied}");
    hand.press("y");
    hand.passes(Duration::from_secs(1));
    click(&mut hand, "s  a summary");
    click(&mut hand, "s  a summary");
    assert_eq!(hand.copied.len(), 2);
    assert!(hand.copied[1].contains("Amina") && !hand.copied[1].contains('\t'), "{:?}", hand.copied);
    hand.press("c");
    click_hint(&mut hand, "J later");
    assert_eq!(hand.list().columns[1].field.name, "number", "{}", hand.shown());
    click_hint(&mut hand, "c done");
    assert!(hand.state.overlay.is_none());
    hand.press("ctrl-q");
    click(&mut hand, "password");
    mouse(&mut hand, MouseKind::Press(Button::Left), (5, 1));
    assert!(hand.state.door.is_some() && hand.state.places.len() == 2);
}

/// Whatever is open, the terminal may take any size between two keys.
/// Where there is no room to see what a key does, it does nothing; but it locks.
#[test]
fn nothing_is_done_that_cannot_be_seen() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let places = hand.state.places.len();
    assert!(hand.state.overlay.is_none());
    for (width, height) in [(59, 40), (120, 14), (1, 1)] {
        hand.hears(Message::Resized(Size { width, height }));
        for key in ["enter", "a", "x", "space", "ctrl-o", ":", "q"] {
            hand.does(key);
        }
        hand.pastes("terminate");
        assert!(hand.state.overlay.is_none() && hand.state.places.len() == places && !hand.quit, "{width}x{height}");
        assert!(hand.state.door.is_none());
    }
    hand.press("ctrl-q");
    assert!(hand.state.door.is_some(), "it is locked at any size");
}

#[test]
fn no_size_breaks_any_place_or_what_lies_over_it() {
    const SIZES: [(u16, u16); 11] = [
        (400, 120),
        (1, 1),
        (60, 15),
        (59, 15),
        (80, 24),
        (60, 120),
        (400, 15),
        (2, 50),
        (120, 40),
        (300, 3),
        (61, 16),
    ];
    let mut hand = Hand::with_customers(&["Amina Wanjiru", "漢字株式会社 東京支店", "Zoë e\u{301}e\u{302}"]);
    hand.settle();
    let everywhere: &[&[&str]] = &[
        &[],
        &["1"],
        &["2"],
        &["2", "2"],
        &["2", "enter"],
        &["2", "t"],
        &["2", "e"],
        &["2", "e", "down", "ctrl-o"],
        &["2", "a", "漢"],
        &["2", "x"],
        &["2", "x", "s"],
        &["2", "*", "x", "d"],
        &["?"],
        &["f", "a"],
        &[":", "c"],
        &["2", "/", "n"],
        &["2", "y"],
        &["ctrl-o"],
        &["q"],
        &["ctrl-q"],
    ];
    for keys in everywhere {
        hand.state.door = None;
        hand.state.overlay = None;
        hand.state.places.truncate(1);
        for key in *keys {
            // Where nothing can be painted no key does anything.
            let (width, height) = [(400, 120), (60, 15), (80, 24), (120, 40), (61, 16)][key.len() % 5];
            hand.hears(Message::Resized(Size { width, height }));
            hand.does(key);
        }
        for (width, height) in SIZES {
            hand.hears(Message::Resized(Size { width, height }));
            let shown = hand.shown();
            assert_eq!(shown.lines().count(), usize::from(height), "{keys:?} {width}x{height}");
            if width < 60 || height < 15 {
                assert!(!shown.contains("Amina"), "it says how much room it needs instead");
            }
            // A size that came while nothing was painted, and what the mouse says of the size before.
            let used =
                Mouse { kind: MouseKind::Press(Button::Left), x: 399, y: 119, ctrl: false, alt: false, shift: false };
            hand.hears(Message::Event(Event::Mouse(used), hand.clock));
        }
    }
}

#[test]
fn a_click_goes_to_what_was_found_to_a_candidate_and_to_the_filter() {
    let mut hand = Hand::with_customers(&["Amina", "Amira", "Brian"]);
    click(&mut hand, "/ all");
    assert!(matches!(hand.state.overlay, Some(Overlay::Filter(_))));
    hand.types("status:");
    hand.settle();
    click(&mut hand, "suspended");
    match &hand.state.overlay {
        Some(Overlay::Filter(filter)) => assert_eq!(filter.line.text(), "status:suspended"),
        other => panic!("{other:?}"),
    }
    hand.does("esc");
    hand.does("esc");
    hand.press("f");
    hand.types("ami");
    hand.settle();
    click(&mut hand, "CUS-000002 Amira");
    let chosen = |hand: &Hand| match &hand.state.overlay {
        Some(Overlay::Find(find)) => find.cursor,
        other => panic!("{other:?}"),
    };
    assert_eq!(chosen(&hand), 1);
    mouse(&mut hand, MouseKind::ScrollUp, (20, 10));
    assert_eq!(chosen(&hand), 0);
    hand.passes(Duration::from_secs(1));
    click(&mut hand, "CUS-000002 Amira");
    click(&mut hand, "CUS-000002 Amira");
    hand.settle();
    match hand.state.places.last() {
        Some(Place::Page(page)) => {
            assert_eq!(page.record.as_ref().map(|record| record.title()), Some("CUS-000002 Amira".into()));
        }
        other => panic!("{other:?}"),
    }
}
