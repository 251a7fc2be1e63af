//! Forms: what a key does in a field that one came into, what stands in the way of saving, what saves, and what is
//! told of it.

use std::time::Duration;

use headend::console::message::Question;
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use ratatui::layout::Size;

use crate::common::lab::entity;
use crate::forms::{field, go_to};
use crate::hand::Hand;
use crate::pointing::click;

fn new_ticket() -> Hand {
    let mut hand = Hand::new();
    hand.does("6");
    hand.does("a");
    hand
}

// ---- writing into what is filled in

#[test]
fn what_was_chosen_is_replaced_by_what_one_types() {
    let mut hand = new_ticket();
    go_to(&mut hand, "priority");
    assert_eq!(field(&hand, "priority").text(), "medium");
    hand.types("hig");
    assert_eq!(field(&hand, "priority").text(), "hig");
    hand.press("enter");
    assert_eq!(field(&hand, "priority").text(), "high");
    // What was there comes back at once.
    hand.press("shift-tab");
    hand.types("lo");
    hand.press("ctrl-z");
    hand.press("ctrl-z");
    assert_eq!(field(&hand, "priority").text(), "high");
    // Whoever moves in it first, edits what is there.
    hand.press("tab");
    hand.press("shift-tab");
    hand.press("backspace");
    hand.types("gh");
    assert_eq!(field(&hand, "priority").text(), "higgh");
    // A paste replaces as a key does, and a text of one's own is gone on with.
    hand.press("tab");
    hand.press("shift-tab");
    hand.pastes("low");
    assert_eq!(field(&hand, "priority").text(), "low");
    go_to(&mut hand, "title");
    hand.types("Slow");
    hand.press("tab");
    hand.press("shift-tab");
    hand.types("er");
    assert_eq!(field(&hand, "title").text(), "Slower");
}

#[test]
fn what_was_typed_last_is_taken_back_first_and_operations_after_it() {
    let mut hand = new_ticket();
    go_to(&mut hand, "title");
    hand.types("Slow");
    go_to(&mut hand, "priority");
    hand.types("low");
    hand.press("enter");
    go_to(&mut hand, "description");
    // From a field in which nothing was typed, in the order that it was typed in.
    let texts = |hand: &Hand| (field(hand, "title").text(), field(hand, "priority").text());
    let mut came_by = vec![texts(&hand)];
    for _ in 0..20 {
        hand.press("ctrl-z");
        if !hand.asked.is_empty() {
            break;
        }
        if came_by.last() != Some(&texts(&hand)) {
            came_by.push(texts(&hand));
        }
    }
    assert_eq!(came_by.first(), Some(&("Slow".into(), "low".into())));
    assert_eq!(came_by.last(), Some(&(String::new(), "medium".into())));
    let whole = came_by.iter().position(|(_, priority)| priority == "medium").unwrap();
    assert_eq!(came_by[whole].0, "Slow", "{came_by:?}");
    // Nothing is left of it: now it is the last operation's turn.
    hand.settle();
    assert!(
        hand.told().contains("nothing of yours") || matches!(hand.state.overlay, Some(Overlay::Confirm(..))),
        "{}",
        hand.told()
    );
    // Done again where one is, field by field.
    hand.state.overlay = None;
    hand.press("ctrl-y");
    assert_eq!(field(&hand, "title").text(), "S");
}

#[test]
fn the_cursor_stands_behind_what_is_written_in_every_field() {
    let mut hand = Hand::with_customers(&[]);
    hand.lab.make("customers.create", &[("name", "Amina"), ("notes", "gate code 12\ncall first")]);
    hand.does("r");
    hand.does("e");
    go_to(&mut hand, "notes");
    hand.types("!");
    assert_eq!(field(&hand, "notes").text(), "gate code 12\ncall first!");
}

// ---- what stands in the way

#[test]
fn what_the_database_said_of_a_text_holds_until_the_text_changes() {
    let mut hand = Hand::with_customers(&[]);
    hand.lab.make("plans.create", &[("name", "Home"), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "9")]);
    hand.does("a");
    hand.types("Amina");
    go_to(&mut hand, "plan");
    hand.types("satellite");
    hand.does("tab");
    let told = "there is no plan ‘satellite’: ‹field-choose› chooses or adds one";
    assert_eq!(field(&hand, "plan").problem.as_deref(), Some(told));
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    assert_eq!(field(&hand, "plan").problem.as_deref(), Some(told));
    assert_eq!(hand.told(), "something is not right yet: C-g goes to the next");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "plan");
    hand.passes(Duration::from_secs(1));
    hand.types("home");
    hand.press("ctrl-s");
    assert!(hand.performed().is_some(), "{}", hand.told());
}

#[test]
fn what_is_wrong_leaves_what_belongs_there_readable() {
    let mut hand = Hand::new();
    hand.does("4");
    hand.does("a");
    hand.press("ctrl-s");
    go_to(&mut hand, "start_time");
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        hand.state.size = Size { width, height };
        let shown = hand.shown();
        let helps = "2026-11-20 14:00, 2026-11-20, tomorrow, +3d";
        assert!(shown.contains("is required") && shown.contains(helps), "{width}×{height}: {shown}");
    }
}

// ---- what saves

#[test]
fn enter_on_the_last_field_leads_to_what_saves_and_enter_there_saves() {
    let mut hand = Hand::with_customers(&[]);
    hand.does("a");
    hand.types("Amina");
    let last = hand.form().fields.len() - 1;
    let name = hand.form().fields[last].field.name;
    go_to(&mut hand, name);
    hand.press("tab");
    assert!(hand.form().is_on_save());
    hand.press("down");
    assert_eq!(hand.form().focus, 0, "it is passed as a field is");
    hand.press("up");
    assert!(hand.form().is_on_save());
    hand.press("shift-tab");
    assert_eq!(hand.form().focus, last);
    hand.press("tab");
    hand.types("x");
    assert!(hand.performed().is_none(), "a letter does nothing there");
    assert!(hand.shown().contains("[Save]"), "{}", hand.shown());
    hand.does("enter");
    assert_eq!(hand.told(), "saved: CUS-000001 Amina; u takes it back");
}

#[test]
fn what_saves_says_what_it_does_and_is_reached_at_every_size() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.press("d");
    assert!(hand.shown().contains("[Terminate]"), "{}", hand.shown());
    hand.press("esc");
    hand.does("e");
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        hand.state.size = Size { width, height };
        while !hand.form().is_on_save() {
            hand.does("tab");
        }
        assert!(hand.shown().contains("[Save]"), "{width}×{height}: {}", hand.shown());
        hand.press("tab");
    }
}

#[test]
fn a_click_on_what_saves_saves() {
    let mut hand = Hand::with_customers(&[]);
    hand.does("a");
    hand.types("Amina");
    hand.paint();
    click(&mut hand, "[Save]");
    hand.settle();
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))));
    assert_eq!(hand.told(), "saved: CUS-000001 Amina; u takes it back");
}

#[test]
fn a_form_that_is_still_being_read_is_saved_as_soon_as_it_is() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("e");
    hand.types(" W");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    hand.settle();
    assert_eq!(hand.told(), "saved: CUS-000001 Amina W; u takes it back");
    // What is typed on is for what comes then: nothing of it gets into what was to be saved.
    hand.press("e");
    hand.types("an");
    hand.press("ctrl-s");
    hand.types("j");
    hand.settle();
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "{}", hand.told());
    assert_eq!(hand.names(), ["Amina Wan"]);
}

// ---- what is told

#[test]
fn what_was_saved_is_told_as_lists_show_it() {
    let mut hand = new_ticket();
    go_to(&mut hand, "title");
    hand.types("Slow since Sunday");
    hand.does("ctrl-s");
    assert_eq!(hand.told(), "saved: TCK-000001 Slow since Sunday; u takes it back");
    hand.lab.make("devices.create", &[("name", "srv1.hq"), ("device_type", "server")]);
    hand.does("4");
    hand.does("a");
    for (name, text) in [("device", "srv1"), ("start_time", "tomorrow 9:00"), ("end_time", "tomorrow 10:00")] {
        go_to(&mut hand, name);
        hand.types(text);
    }
    hand.does("tab");
    hand.press("shift-tab");
    go_to(&mut hand, "device");
    let shown = hand.shown();
    assert!(shown.contains("DEV-000001  srv1.hq"), "the number is there once: {shown}");
    hand.does("ctrl-s");
    assert!(hand.told().starts_with("saved: ") && hand.told().contains("srv1.hq"), "{}", hand.told());
}

#[test]
fn what_is_not_taken_back_is_told_with_the_reason() {
    let mut hand = Hand::new();
    hand.opens_list("roles");
    hand.settle();
    hand.does("a");
    hand.types("Night shift");
    hand.does("ctrl-s");
    assert_eq!(hand.told(), "saved: Night shift. It is not taken back: what people may do is set anew");
}

// ---- on its way

/// What is on its way to the database is neither changed nor left: what became of it is told.
#[test]
fn a_form_on_its_way_is_neither_left_nor_changed() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("a");
    hand.types("Brian");
    assert_eq!(field(&hand, "name").text(), "Brian");
    hand.press("ctrl-s");
    for key in ["esc", "ctrl-c", "tab"] {
        hand.press(key);
        assert!(matches!(hand.state.places.last(), Some(Place::Form(_))), "{key}");
        assert!(hand.told().contains("being saved"), "{key}: {}", hand.told());
    }
    hand.types("zz");
    hand.pastes("yy");
    assert_eq!(field(&hand, "name").text(), "Brian");
    hand.settle();
    assert!(!matches!(hand.state.places.last(), Some(Place::Form(_))), "{}", hand.shown());
    assert!(hand.state.drafts.is_empty() && hand.drafts.is_empty(), "nothing of it is unfinished");
    let all =
        hand.lab.store.list(&hand.lab.admin, &headend::store::list::ListRequest::all(entity("customers"), 9)).unwrap();
    assert_eq!(all.rows.len(), 2);
}

/// What could not be sent is left as a draft and not sent behind one's back; changed, it is saved as it is then.
#[test]
fn what_waits_for_the_database_is_changed_or_left_as_one_likes() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let is_save = |question: &Question| matches!(question, Question::Perform(_));
    for (leaves, name) in [(false, "Brian"), (true, "Chidi")] {
        hand.does("a");
        hand.types(name);
        hand.press("ctrl-s");
        // Once the line is known to be gone nothing is sent over it.
        if hand.asked.iter().any(|(_, question)| is_save(question)) {
            hand.break_line(is_save);
        }
        assert!(hand.told().contains("not saved yet"), "{}", hand.told());
        if leaves {
            hand.press("esc");
            hand.settle();
            assert!(!matches!(hand.state.places.last(), Some(Place::Form(_))));
            assert_eq!(hand.state.drafts.len(), 1, "kept as a draft");
        } else {
            hand.types("x");
            hand.does("ctrl-s");
        }
        // It is back, and what waits is sent.
        hand.passes(std::time::Duration::from_secs(2));
        hand.settle();
    }
    let all =
        hand.lab.store.list(&hand.lab.admin, &headend::store::list::ListRequest::all(entity("customers"), 9)).unwrap();
    let mut names: Vec<String> = all.rows.iter().map(|row| row.get("name").written()).collect();
    names.sort();
    assert_eq!(names, ["Amina", "Brianx"]);
}
