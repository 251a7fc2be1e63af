//! Something is done to marked rows: to how many it can be, how far it is, what it left alone.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::store::{Failure, StoreError};

use crate::hand::Hand;

const fn is_perform(question: &Question) -> bool {
    matches!(question, Question::Perform(_))
}

fn confirm(hand: &mut Hand) {
    hand.passes(Duration::from_secs(1));
    hand.press("y");
}

#[test]
fn of_mixed_marks_it_says_to_how_many_an_action_is_open() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let brian = hand.list().rows[1].record.id;
    hand.lab.must("customers.suspend", brian, &[]);
    hand.press("r");
    hand.settle();
    hand.press("*");
    hand.settle();
    hand.press("x");
    let shown = hand.shown();
    assert!(shown.contains("2 of 3 can be"), "{shown}");
    hand.press("s");
    let shown = hand.shown();
    assert!(shown.contains("2 of 3 can be; the others are left as they are"), "{shown}");
}

#[test]
fn rows_that_are_out_of_sight_are_counted_by_the_database() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo", "Dalila"]);
    let brian = hand.list().rows[1].record.id;
    hand.lab.must("customers.suspend", brian, &[]);
    hand.most_marks = 2;
    hand.press("*");
    hand.settle();
    assert!(hand.told().contains("all 4 that match are marked"), "{}", hand.told());
    hand.press("l");
    assert!(hand.shown().contains("all 4 marked"));
    hand.press("x");
    assert!(hand.next(|question| matches!(question, Question::States { .. })).map(|asked| hand.reply(asked)).is_some());
    let shown = hand.shown();
    assert!(shown.contains("3 of 4 can be") && shown.contains("4 marked customers"), "{shown}");
    hand.press("s");
    confirm(&mut hand);
    let request = hand.performed().expect("a request");
    assert!(request.aims.is_empty() && request.matching.is_some_and(|all| all.count == 4));
}

#[test]
fn what_runs_says_how_far_it_is_and_stops_when_told() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("*");
    hand.settle();
    hand.press("x");
    hand.press("s");
    confirm(&mut hand);
    let (number, _) = hand.next(is_perform).expect("a request");
    hand.passes(Duration::from_secs(1));
    hand.hears(Message::Reply(number, Reply::Progress(1_000, 3_000)));
    let shown = hand.shown();
    assert!(shown.contains("suspend 1 000 of 3 000") && shown.contains("2 s left"), "{shown}");
    // Nothing else is begun meanwhile, and C-c stops it.
    hand.press("x");
    hand.press("s");
    confirm(&mut hand);
    assert!(hand.next(is_perform).is_none() && hand.told().contains("still running"), "{}", hand.told());
    hand.press("ctrl-c");
    assert_eq!(hand.stopped, [number]);
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "one stays where one is");
    hand.hears(Message::Reply(number, Reply::Done(Err(StoreError::failed(Failure::Cancelled)))));
    assert!(hand.told().contains("nothing was written"), "{}", hand.told());
    assert_eq!(hand.list().marks.len(), 3);
}

#[test]
fn what_was_left_alone_is_walked_through_and_done_in_its_turn() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let ids: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
    hand.press("*");
    hand.settle();
    // Somebody else changes two of them meanwhile.
    hand.lab.must("customers.update", ids[0], &[("notes", "theirs")]);
    hand.lab.must("customers.update", ids[2], &[("notes", "theirs")]);
    hand.press("x");
    hand.press("s");
    confirm(&mut hand);
    hand.settle();
    assert!(hand.told().contains("1 done, 2 left as they are"), "{}", hand.told());
    let shown = hand.shown();
    assert!(shown.contains("1 done, 2 left") && shown.contains("Amina") && shown.contains("Chipo"), "{shown}");
    hand.press("j");
    hand.press("enter");
    hand.settle();
    match hand.state.places.last() {
        Some(Place::Page(page)) => assert_eq!(page.id, ids[2]),
        other => panic!("{other:?}"),
    }
    hand.press("q");
    hand.settle();
    // Once more, and the rest is done as it is now.
    hand.lab.must("customers.reactivate", ids[1], &[]);
    hand.press("-");
    hand.press("*");
    hand.settle();
    for id in [ids[0], ids[2]] {
        hand.lab.must("customers.update", id, &[("notes", "theirs again")]);
    }
    hand.press("x");
    hand.press("s");
    confirm(&mut hand);
    hand.settle();
    hand.press("r");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "asked once more");
    confirm(&mut hand);
    hand.settle();
    let suspended = ids.iter().filter(|id| hand.lab.value("customers", **id, "status") == "suspended").count();
    assert_eq!(suspended, 3);
}

#[test]
fn a_range_goes_through_more_rows_than_are_kept() {
    let names: Vec<String> = (0..700).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.press("v");
    for _ in 0..25 {
        hand.press("pagedown");
        hand.settle();
    }
    assert_eq!(hand.at(), "Customer 699");
    assert!(hand.list().rows[0].record.get("name").as_str() > "Customer 000", "its beginning is kept no longer");
    assert_eq!(hand.list().marks.len(), 700);
    // A jump over rows that nobody saw ends it.
    hand.press("-");
    hand.press("v");
    hand.press("g");
    hand.settle();
    assert_eq!(hand.at(), "Customer 000");
    assert!(hand.told().contains("the range ended"), "{}", hand.told());
    hand.press("j");
    assert_eq!(hand.list().marks.len(), 1);
}
