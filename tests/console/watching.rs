//! What became of a record, and being told of it: histories, watched records, what other consoles change.

use std::time::Duration;

use headend::console::message::Question;
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::domain::Id;
use headend::store::Request;

use crate::common::lab::{find, text};
use crate::hand::Hand;

/// Another person changes a customer.
fn other_changes(hand: &Hand, name: &str, customer: Id, notes: &str) {
    let other = hand.lab.user(name, "manager");
    let request = Request::new(find("customers.update")).on(customer, None).with("notes", text(notes));
    hand.lab.store.perform(&other, &request).unwrap();
}

/// The console asks whether something changed, as it does every second, and hears the answers.
fn pulse(hand: &mut Hand) {
    for _ in 0..2 {
        hand.passes(Duration::from_millis(1_100));
        hand.settle();
    }
}

/// Whom a field named goes back by itself as well, though others were changed along with it.
#[test]
fn whom_a_field_named_is_taken_back_alone() {
    let mut hand = Hand::new();
    hand.lab.user("brian", "engineer");
    let ticket = hand.lab.make("tickets.create", &[("title", "No light"), ("engineer", "admin"), ("priority", "low")]);
    hand.lab.must("tickets.update", ticket, &[("engineer", "brian"), ("priority", "high")]);
    hand.opens_list("tickets");
    hand.settle();
    hand.does("t");
    for _ in 0..20 {
        if hand.shown().lines().any(|line| line.starts_with('▌') && line.contains("engineer") && line.contains("brian"))
        {
            break;
        }
        hand.press("j");
    }
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("Take this field back?") && shown.contains("admin again"), "{shown}");
    hand.says_yes();
    hand.settle();
    let now = ["engineer", "priority"].map(|field| hand.lab.value("tickets", ticket, field));
    assert_eq!(now, ["admin", "high"]);
}

#[test]
fn the_last_change_of_each_field_stands_on_top_and_is_taken_back() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let customer = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", customer, &[("notes", "one"), ("company", "Otters")]);
    hand.lab.must("customers.update", customer, &[("notes", "two")]);
    hand.does("t");
    let shown = hand.shown();
    let (first, second) = (shown.find("one → two").unwrap(), shown.find("company: Otters").unwrap());
    assert!(shown.contains("LAST CHANGE") && first < second, "{shown}");
    // The second line is the company's last change: it goes back by itself, though the notes were changed along with it.
    hand.press("j");
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("Take this field back?") && shown.contains("Otters becomes nothing again"), "{shown}");
    hand.says_yes();
    hand.settle();
    assert_eq!(
        (hand.lab.value("customers", customer, "company"), hand.lab.value("customers", customer, "notes")),
        (String::new(), "two".into())
    );
    hand.press("g");
    hand.does("u");
    hand.says_yes();
    hand.settle();
    assert_eq!(hand.lab.value("customers", customer, "company"), "Otters");
    // Below, where all that was done stands, it is the whole of it.
    for _ in 0..20 {
        if hand.shown().lines().any(|line| line.starts_with('▌') && line.contains("company: Otters, notes: one")) {
            break;
        }
        hand.press("j");
    }
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("All of these fields go back together"), "{shown}");
    hand.press("n");
    hand.press("g");
    while !hand.shown().lines().any(|line| line.starts_with('▌') && line.contains("one → two")) {
        hand.press("j");
    }
    hand.does("u");
    hand.paint();
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.says_yes();
    hand.settle();
    assert_eq!(hand.lab.value("customers", customer, "notes"), "one");
    assert_eq!(hand.lab.value("customers", customer, "company"), "Otters");
    assert!(hand.shown().contains("two → one"), "the history shows it at once");
}

#[test]
fn who_watches_a_record_is_told_and_finds_it_behind_w() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let ids: Vec<Id> = hand.list().rows.iter().map(|row| row.record.id).collect();
    hand.press("x");
    hand.does("w");
    assert!(hand.told().contains("Amina is watched"), "{}", hand.told());
    pulse(&mut hand);
    other_changes(&hand, "boss", ids[1], "of no interest");
    pulse(&mut hand);
    assert!(!hand.told().contains("Brian"), "{}", hand.told());
    other_changes(&hand, "chief", ids[0], "of interest");
    pulse(&mut hand);
    assert!(hand.told().contains("Amina: edit by chief"), "{}", hand.told());
    hand.does("w");
    assert_eq!(hand.desk().lines().len(), 2, "a heading and the one record");
    assert!(hand.shown().contains("watched, changed by others (1)"));
    assert!(hand.shown().contains("edit  chief"));
    // Opening it opens what is watched, and it is no news any more.
    hand.does("enter");
    match hand.state.places.last() {
        Some(Place::Page(page)) => assert_eq!(page.id, ids[0]),
        other => panic!("{other:?}"),
    }
    hand.does("q");
    hand.does("r");
    assert!(hand.desk().lines().is_empty());
    // Once more on the record itself: it is watched no longer.
    hand.does("2");
    hand.press("x");
    hand.does("w");
    assert!(hand.told().contains("no longer watched"), "{}", hand.told());
    other_changes(&hand, "third", ids[0], "of interest no more");
    pulse(&mut hand);
    assert!(hand.state.unseen.is_empty());
}

#[test]
fn what_others_change_shows_in_pages_histories_and_lists_below_a_record() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let customer = hand.list().rows[0].record.id;
    let number = hand.lab.value("customers", customer, "number");
    hand.does("enter");
    pulse(&mut hand);
    other_changes(&hand, "boss", customer, "seen on the page");
    pulse(&mut hand);
    assert!(hand.shown().contains("seen on the page"));
    hand.does("t");
    other_changes(&hand, "chief", customer, "seen in the history");
    pulse(&mut hand);
    assert!(hand.shown().contains("seen in the history"));
    hand.lab.must("customers.update", customer, &[("name", "Amina Juma")]);
    pulse(&mut hand);
    assert!(hand.shown().lines().next().is_some_and(|line| line.contains("Amina Juma")), "{}", hand.shown());
    hand.does("q");
    hand.does("tab");
    assert!(hand.list().rows.is_empty() && hand.shown().contains("devices 0"));
    hand.lab.make("devices.create", &[("name", "olt-1"), ("device_type", "olt"), ("customer", &number)]);
    pulse(&mut hand);
    assert_eq!(hand.list().rows.len(), 1);
    assert!(hand.shown().contains("devices 1"), "its page counts anew as well");
    // Where nothing changed, nothing is asked but whether something did.
    pulse(&mut hand);
    hand.passes(Duration::from_millis(1_100));
    assert!(
        hand.asked.iter().all(|(_, question)| matches!(question, Question::Pulse | Question::Overview)),
        "{:?}",
        hand.asked
    );
}
