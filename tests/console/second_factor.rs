//! A second factor: enrolled from its list, shown once, and asked for at the door.

use headend::console::input::Event;
use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::screens::door::Door;
use headend::domain::second_factor::code_at;
use headend::domain::secret::Secret;

use crate::common::lab::PASSWORD;
use crate::hand::Hand;

/// The list, with a generator that was enrolled just now and is shown.
fn enrolling() -> Hand {
    let mut hand = Hand::new();
    hand.types(":user_factors");
    hand.does("enter");
    assert!(hand.shown().contains("your password alone lets you in"), "{}", hand.shown());
    hand.does("a");
    let asked = hand.shown();
    assert!(asked.contains("what it is") && asked.contains("your password") && !asked.contains("secret of"), "{asked}");
    hand.press("tab");
    hand.types(PASSWORD);
    hand.press("ctrl-s");
    // It takes its time, and says how far it is: that is no answer yet.
    let asked = hand.next(|question| matches!(question, Question::Perform(_))).expect("what was asked for");
    hand.hears(Message::Reply(asked.0, Reply::Progress(0, 1)));
    hand.reply(asked);
    hand.settle();
    hand
}

fn shown_once(hand: &mut Hand) -> Secret {
    match &hand.state.overlay {
        Some(Overlay::Made(made)) => made.secret.clone(),
        _ => panic!("{}", hand.shown()),
    }
}

#[test]
fn a_generator_is_enrolled_confirmed_and_asked_for() {
    let mut hand = enrolling();
    let secret = shown_once(&mut hand);
    let shown = hand.shown();
    assert!(shown.contains("secret of the generator") && shown.contains(&secret.reveal()[..20]), "{shown}");
    // It came unasked: what was typed for the form does not put it away, nor does Enter.
    hand.press_after("esc", std::time::Duration::from_millis(50), false);
    assert_eq!(shown_once(&mut hand), secret);
    hand.passes(std::time::Duration::from_millis(300));
    hand.press("enter");
    hand.press("c");
    assert_eq!(hand.copied, [secret.reveal()]);
    assert_eq!(shown_once(&mut hand), secret);
    hand.press("esc");
    assert!(hand.state.overlay.is_none());

    hand.press("x");
    hand.does("c");
    hand.types(&code_at(&secret, hand.lab.store.now()).unwrap());
    hand.does("ctrl-s");
    let codes = shown_once(&mut hand);
    let shown = hand.shown();
    assert!(codes.reveal().lines().count() == 10 && codes.reveal().lines().all(|code| shown.contains(code)), "{shown}");
    // The lock hides it, and it is there again behind it.
    hand.passes(std::time::Duration::from_millis(300));
    hand.press("ctrl-q");
    assert!(!hand.shown().contains(codes.reveal().lines().next().unwrap()));
    hand.types(PASSWORD);
    hand.does("enter");
    hand.passes(std::time::Duration::from_millis(300));
    assert_eq!(shown_once(&mut hand), codes);
    hand.press("esc");
    assert_eq!(hand.list().rows.len(), 11);

    // At the door user and password stay where they are while the code is asked for.
    let mut door = Hand { lab: hand.lab, ..Hand::outside(Door::log_in(None, "local".into(), "admin", String::new())) };
    door.types(PASSWORD);
    door.press("enter");
    door.settle();
    let shown = door.shown();
    assert!(shown.contains("what your generator shows now"), "{shown}");
    door.types("000000x");
    door.press("enter");
    door.settle();
    assert!(door.shown().contains("wrong code"), "{}", door.shown());
    assert!(door.state.session.is_none());
    // The password was right, and stays; only the code is typed again.
    door.types(codes.reveal().lines().next().unwrap());
    door.press("enter");
    door.settle();
    assert!(door.state.door.is_none() && door.state.session.is_some());
}

#[test]
fn a_scan_into_a_dialog_is_told_and_runs_nothing() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.hears(Message::Event(Event::Scan("SN-0001234567".into()), hand.clock));
    assert!(hand.told().contains("scan again"), "{}", hand.told());
    assert!(matches!(hand.state.overlay, Some(Overlay::Menu(_) | Overlay::Actions(_))));
}
