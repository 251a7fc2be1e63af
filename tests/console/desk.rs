//! The desk of a shift: what waits, what is pinned, lines about records, the dashboard's panels.

use std::time::Duration;

use chrono::TimeDelta;
use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::overlay::note::Becomes;
use headend::console::state::Place;
use headend::console::terminal::Signal;
use headend::domain::time::write;
use headend::domain::{Id, Value};
use headend::store::StoreError;
use ratatui::layout::Size;

use crate::hand::Hand;

fn later(hand: &Hand, minutes: i64) -> String {
    write(hand.lab.store.now() + TimeDelta::minutes(minutes))
}

/// The console asks whether something changed, as it does every second, and hears the answers.
fn pulse(hand: &mut Hand) {
    for _ in 0..7 {
        hand.passes(Duration::from_millis(1_100));
        hand.settle();
    }
}

fn open_page(hand: &Hand) -> Id {
    match hand.state.places.last() {
        Some(Place::Page(page)) => page.id,
        other => panic!("no page but {other:?}"),
    }
}

fn note_text(hand: &Hand) -> &str {
    match &hand.state.overlay {
        Some(Overlay::Note(note)) => note.line.text(),
        other => panic!("no line but {other:?}"),
    }
}

#[test]
fn what_waits_is_counted_in_the_header_and_seen_to_behind_w() {
    let mut hand = Hand::new();
    assert!(!hand.shown().contains("waiting"), "nothing waits, and nothing is said");
    let site = hand.lab.make("sites.create", &[("name", "Westlands")]);
    let ticket = hand.lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin")]);
    let values = [("due_at", later(&hand, -5)), ("note", "the fan".into()), ("record_id", site.to_string())];
    let mut written: Vec<(&str, &str)> = values.iter().map(|(field, value)| (*field, value.as_str())).collect();
    written.push(("entity_type", "sites"));
    let reminder = hand.lab.make("reminders.create", &written);
    pulse(&mut hand);
    assert!(hand.shown().contains("2 waiting"), "{}", hand.shown());
    hand.press("w");
    assert!(hand.shown().contains("reading"));
    hand.settle();
    let shown = hand.shown();
    let (first, second) = (shown.find("reminders (1)").unwrap(), shown.find("my tickets (1)").unwrap());
    assert!(first < second && shown.contains("Westlands  the fan"), "{shown}");
    // The cursor stands on the first record; it opens what it is about.
    hand.does("enter");
    assert_eq!(open_page(&hand), site);
    hand.does("q");
    // Done from here, by its fixed letter.
    hand.press("x");
    hand.press("o");
    hand.says_yes();
    hand.settle();
    assert!(!hand.lab.record("reminders", reminder).get("done_at").is_empty());
    assert!(!hand.shown().contains("reminders (1)"), "{}", hand.shown());
    assert_eq!(hand.desk().current().map(|record| record.id), Some(ticket), "the cursor stays in its place");
    // A heading opens the whole list.
    hand.press("k");
    hand.does("enter");
    assert_eq!(hand.list().filter_text, "is:mine is:open");
    hand.does("q");
    assert_eq!(hand.desk().lines().len(), 2);
    pulse(&mut hand);
    assert!(hand.shown().contains("1 waiting"), "{}", hand.shown());
}

#[test]
fn a_reminder_is_put_off_from_where_it_waits() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let customer = hand.list().rows[0].record.id.to_string();
    let due = later(&hand, -5);
    let values = [("due_at", due.as_str()), ("record_id", customer.as_str()), ("entity_type", "customers")];
    let reminder = hand.lab.make("reminders.create", &values);
    hand.does("w");
    hand.press("x");
    hand.does("s");
    hand.types("+2h");
    hand.does("ctrl-s");
    hand.passes(Duration::from_secs(1));
    if matches!(hand.state.overlay, Some(Overlay::Confirm(..))) {
        hand.paint();
        hand.says_yes();
        hand.settle();
    }
    assert!(hand.lab.record("reminders", reminder).get("due_at").as_instant() > Some(hand.lab.store.now()));
    assert!(hand.shown().contains("Nothing waits for you"), "{}", hand.shown());
}

#[test]
fn what_waits_is_not_asked_for_every_second() {
    let mut hand = Hand::new();
    hand.settle();
    let mut asked = 0;
    for _ in 0..60 {
        hand.passes(Duration::from_millis(1_000));
        asked += hand.asked.iter().filter(|(_, question)| matches!(question, Question::Waiting)).count();
        hand.settle();
    }
    assert!(asked <= 1, "{asked} times in a minute in which nothing changed");
}

/// What others do is counted with the next look, not some looks later; where counting takes long, it rests in between.
#[test]
fn what_waits_follows_what_others_do() {
    let mut hand = Hand::new();
    hand.rests();
    assert!(!hand.shown().contains("waiting"), "{}", hand.shown());
    for count in 1..=3 {
        hand.lab.make("tickets.create", &[("title", &format!("ticket {count}")), ("engineer", "admin")]);
        hand.rests();
        hand.rests();
        assert!(hand.shown().contains(&format!("{count} waiting")), "{}", hand.shown());
    }
    let is_it = |question: &Question| matches!(question, Question::Waiting);
    hand.lab.make("tickets.create", &[("title", "ticket 4"), ("engineer", "admin")]);
    hand.rests();
    hand.passes(Duration::from_millis(1));
    let slow = hand.next(is_it).expect("it is asked");
    hand.passes(Duration::from_secs(2));
    hand.reply(slow);
    hand.lab.make("tickets.create", &[("title", "ticket 5"), ("engineer", "admin")]);
    for _ in 0..7 {
        hand.passes(Duration::from_secs(1));
        assert!(hand.next(is_it).is_none(), "it rests");
        hand.settle();
    }
    hand.passes(Duration::from_secs(1));
    let slow = hand.next(is_it).expect("it is asked once it has rested");
    // What is changed while it counts is counted afterwards, and not at once.
    hand.lab.make("tickets.create", &[("title", "ticket 6"), ("engineer", "admin")]);
    hand.passes(Duration::from_secs(3));
    hand.settle();
    hand.passes(Duration::from_secs(3));
    hand.reply(slow);
    for _ in 0..23 {
        hand.passes(Duration::from_secs(1));
        assert!(hand.next(is_it).is_none(), "it rests");
        hand.settle();
    }
    hand.passes(Duration::from_secs(2));
    assert!(hand.next(is_it).is_some());
}

#[test]
fn a_reminder_that_falls_due_is_counted_without_any_change() {
    let mut hand = Hand::new();
    pulse(&mut hand);
    // Somebody is at the keys, so that nothing locks.
    hand.passes(Duration::from_secs(150));
    hand.press("j");
    hand.passes(Duration::from_secs(151));
    hand.press("j");
    let next = hand.state.now + TimeDelta::seconds(90);
    let (number, _) = hand.next(|question| matches!(question, Question::Waiting)).expect("a question");
    let waiting = headend::store::desk::Waiting { next: Some(next), ..Default::default() };
    hand.hears(Message::Reply(number, Reply::Waiting(Ok(waiting))));
    hand.passes(Duration::from_secs(60));
    assert!(hand.next(|question| matches!(question, Question::Waiting)).is_none(), "not yet");
    hand.settle();
    hand.passes(Duration::from_secs(40));
    assert!(hand.next(|question| matches!(question, Question::Waiting)).is_some());
}

#[test]
fn a_record_is_pinned_found_again_and_let_go() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let amina = hand.list().rows[0].record.id;
    hand.does("p");
    assert!(hand.told().contains("Amina is pinned"), "{}", hand.told());
    let site = hand.lab.make("sites.create", &[("name", "Westlands")]);
    hand.does("P");
    let shown = hand.shown();
    assert!(shown.contains("Customers (1)") && shown.contains("Amina"), "{shown}");
    hand.does("enter");
    assert_eq!(open_page(&hand), amina);
    // On its page p takes it back, and so does it where the pinned ones stand.
    hand.does("p");
    assert!(hand.told().contains("no longer pinned"), "{}", hand.told());
    hand.does("p");
    hand.lab.store.pin_or_not(&hand.lab.admin, crate::common::lab::entity("sites"), site).unwrap();
    hand.does("q");
    assert!(hand.shown().contains("Sites (1)"), "{}", hand.shown());
    hand.press("g");
    hand.press("j");
    hand.does("p");
    assert!(hand.told().contains("Amina is no longer pinned"), "{}", hand.told());
    assert!(!hand.shown().contains("Customers (1)"), "{}", hand.shown());
}

#[test]
fn a_note_is_one_line_and_taken_back() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let count = |hand: &Hand| hand.lab.raw().number("count(*)", "FROM notes");
    hand.press("+");
    assert!(hand.shown().contains("For us alone, Tab turns: note on CUS-000001 Amina"), "{}", hand.shown());
    hand.press("enter");
    assert!(hand.shown().contains("nothing is written yet"), "{}", hand.shown());
    hand.types("the gate is locked, call first");
    hand.does("enter");
    assert!(hand.told().contains("noted on") && hand.state.overlay.is_none(), "{}", hand.told());
    assert_eq!(count(&hand), 1);
    hand.does("u");
    hand.paint();
    hand.says_yes();
    hand.settle();
    assert_eq!(count(&hand), 0);
}

#[test]
fn a_note_on_a_ticket_is_a_comment_that_says_for_whom() {
    let mut hand = Hand::new();
    let ticket = hand.lab.make("tickets.create", &[("title", "no light")]);
    hand.opens_list("tickets");
    hand.settle();
    hand.press("+");
    hand.press("tab");
    assert!(hand.shown().contains("For all who see it"), "{}", hand.shown());
    assert!(
        matches!(&hand.state.overlay, Some(Overlay::Note(note)) if note.becomes == Becomes::Note { internal: false })
    );
    hand.types("we are on our way");
    hand.does("enter");
    assert!(!hand.lab.record("tickets", ticket).get("responded_at").is_empty(), "in public: it answers the ticket");
}

/// Below a ticket `a` writes a comment, on its page and in the list of them, with the form of what is done to the ticket.
#[test]
fn a_comment_is_added_below_its_ticket() {
    let mut hand = Hand::new();
    let ticket = hand.lab.make("tickets.create", &[("title", "no light")]);
    let comments = |hand: &Hand| hand.lab.raw().texts("content", "FROM ticket_comments ORDER BY id");
    hand.opens(headend::resources::find("tickets").unwrap(), ticket);
    hand.settle();
    hand.does("tab");
    while hand.list().resource.entity.name != "ticket_comments" {
        hand.does("tab");
    }
    assert!(hand.shown().contains("a add"), "{}", hand.shown());
    hand.does("a");
    hand.types("seen on site");
    hand.does("ctrl-s");
    assert_eq!(comments(&hand), ["seen on site"], "{}", hand.shown());
    assert_eq!(hand.list().rows.len(), 1, "it stands in the list: {}", hand.shown());
    hand.does("esc");
    while !hand.shown().lines().any(|line| line.contains('▌') && line.contains("comments")) {
        hand.press("j");
    }
    hand.does("a");
    hand.types("and once more");
    hand.does("ctrl-s");
    assert_eq!(comments(&hand), ["seen on site", "and once more"], "{}", hand.shown());
}

#[test]
fn what_takes_no_notes_says_so() {
    let mut hand = Hand::new();
    hand.lab.make("sites.create", &[("name", "Westlands")]);
    hand.press("+");
    assert!(hand.told().contains("no record is under the cursor"), "{}", hand.told());
    hand.opens_list("sites");
    hand.settle();
    hand.press("+");
    assert!(hand.told().contains("sites take no notes: customers, devices"), "{}", hand.told());
    assert!(hand.state.overlay.is_none());
}

#[test]
fn a_line_that_was_not_written_is_not_lost() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("+");
    hand.types("half a th");
    hand.press("esc");
    assert!(hand.told().contains("stands there when you come back"), "{}", hand.told());
    // Another record has a line of its own.
    hand.press("j");
    hand.press("+");
    assert_eq!(note_text(&hand), "");
    hand.press("esc");
    hand.press("k");
    hand.press("+");
    assert_eq!(note_text(&hand), "half a th");
    // Nor when the line to the database breaks.
    hand.types("ought");
    hand.press("enter");
    let (number, _) = hand.next(|question| matches!(question, Question::Perform(_))).expect("a question");
    let error = StoreError::unreachable("the line to the database is gone");
    hand.hears(Message::Reply(number, Reply::Done(Err(error))));
    assert_eq!(note_text(&hand), "half a thought");
    assert!(hand.shown().contains("the line to the database is gone"), "{}", hand.shown());
    // Nor when somebody locks the console.
    hand.press("ctrl-q");
    assert!(hand.state.door.is_some());
    assert!(hand.state.overlay.is_none());
    assert_eq!(hand.lines.unsent.len(), 0, "on its way to disk");
    hand.settle();
    assert_eq!(hand.lines.unsent.len(), 1);
    // Nor when the terminal goes away: another console of the same person has it.
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("+");
    hand.types("half a thought");
    hand.hears(Message::Signal(Signal::HangUp));
    hand.settle();
    assert!(hand.quit);
    let lines = std::mem::take(&mut hand.lines);
    let mut next = Hand::with_lines(hand.lab, lines);
    next.press("2");
    next.settle();
    next.press("+");
    assert_eq!(note_text(&next), "half a thought");
    // Once it is written it is nowhere else.
    next.press("enter");
    next.settle();
    assert!(next.told().contains("noted on"), "{}", next.told());
    assert!(next.lines.unsent.is_empty());
    next.press("+");
    assert_eq!(note_text(&next), "");
}

#[test]
fn a_line_comes_back_for_whom_it_was_and_is_written_once() {
    let mut hand = Hand::new();
    hand.lab.make("tickets.create", &[("title", "slow in the evening")]);
    hand.does("6");
    hand.press("+");
    hand.press("tab");
    hand.types("we are on our way");
    hand.does("esc");
    hand.press("+");
    assert_eq!(note_text(&hand), "we are on our way");
    assert!(
        matches!(&hand.state.overlay, Some(Overlay::Note(note)) if note.becomes == Becomes::Note { internal: false })
    );
    // Left while it is being sent, it is not begun again, and gone when it was written.
    hand.press("enter");
    let sent = hand.next(|question| matches!(question, Question::Perform(_))).expect("a question");
    hand.press("esc");
    assert!(!hand.told().contains("not written"), "{}", hand.told());
    hand.press("+");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Note(note)) if note.sending == Some(sent.0)));
    hand.press("esc");
    hand.reply(sent);
    hand.settle();
    assert!(hand.told().contains("noted on"), "{}", hand.told());
    assert!(hand.lines.unsent.is_empty(), "{:?}", hand.lines.unsent);
    hand.press("+");
    assert_eq!(note_text(&hand), "");
}

#[test]
fn remind_me_takes_when_and_what_for() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let customer = hand.list().rows[0].record.id;
    hand.press("W");
    hand.types("the fan");
    hand.press("enter");
    assert!(hand.shown().contains("begin with when"), "{}", hand.shown());
    hand.press("ctrl-u");
    hand.types("+20m the fan");
    assert!(hand.shown().contains("in 20 min"), "{}", hand.shown());
    hand.does("enter");
    assert!(hand.told().contains("it will stand in w"), "{}", hand.told());
    // The menu of actions leads there too.
    hand.press("x");
    hand.press("W");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Note(note)) if note.becomes == Becomes::Reminder));
    hand.press("esc");
    let waiting = hand.lab.store.waiting(&hand.lab.admin, 5).unwrap();
    assert!(waiting.groups.is_empty() && waiting.next.is_some());
    let kind = crate::common::lab::entity("reminders");
    let all = headend::store::list::ListRequest::all(kind, 5);
    let rows = hand.lab.store.list(&hand.lab.admin, &all).unwrap().rows;
    assert_eq!((rows[0].get("record_id"), rows[0].get("note")), (&Value::Id(customer), &Value::text("the fan")));
}

#[test]
fn panels_lead_to_their_lists_and_records() {
    let mut hand = Hand::new();
    let ticket = hand.lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin")]);
    hand.does("r");
    let shown = hand.shown();
    assert!(shown.contains("tickets by time left (1)") && shown.contains("licences that expire (0)"), "{shown}");
    // Nothing is down and no incident is open: past these stands the first panel, its heading first.
    hand.press("tab");
    hand.does("enter");
    assert_eq!(hand.list().filter_text, "is:open waiting:no");
    hand.does("q");
    hand.press("j");
    hand.does("enter");
    assert_eq!(open_page(&hand), ticket);
    hand.does("q");
    // Where there is no room for all, the one with the cursor comes in sight.
    hand.state.size = Size { width: 80, height: 24 };
    assert!(!hand.shown().contains("licences that expire"));
    hand.press("shift-tab");
    assert!(hand.shown().contains("licences that expire"), "{}", hand.shown());
    hand.state.size = Size { width: 60, height: 15 };
    assert!(hand.shown().contains("licences that expire"), "{}", hand.shown());
}
