//! One record: its page, its history and its form, also where they are not read.

use headend::console::message::Question;

use super::album::{Album, comes_back, customers, full};
use crate::forms::go_to;

#[test]
fn one_record() {
    let mut album = Album::new("one_record");
    let mut hand = customers();
    hand.does("enter");
    album.take(&mut hand, "page");
    hand.does("t");
    album.take(&mut hand, "history");
    hand.does("esc");
    hand.does("e");
    album.take(&mut hand, "form");
    hand.press("ctrl-u");
    hand.press("tab");
    hand.types("nobody");
    hand.press("ctrl-s");
    album.take(&mut hand, "form, something wrong");
}

const fn is_get(question: &Question) -> bool {
    matches!(question, Question::Get { .. })
}

#[test]
fn a_page_that_is_not_read() {
    let mut album = Album::new("page_unread");
    let mut hand = customers();
    hand.press("enter");
    album.take(&mut hand, "being read");
    hand.break_line(is_get);
    album.take(&mut hand, "the line is gone");
    let mut hand = customers();
    hand.press("enter");
    let record = hand.next(is_get).expect("the record is asked for");
    hand.reply(record);
    album.take(&mut hand, "what points here is being read");
    hand.break_line(|question| matches!(question, Question::Related { .. }));
    album.take(&mut hand, "what points here is not read");
    comes_back(&mut hand);
    hand.does("r");
    hand.press("r");
    hand.break_line(is_get);
    album.take(&mut hand, "not as it is now");
    comes_back(&mut hand);
    let mut hand = full();
    hand.opens_list("sites");
    hand.settle();
    let site = hand.list().rows[0].record.id;
    let device = hand.lab.raw().touch("UPDATE devices SET site_id = NULL");
    assert_eq!(device, 1);
    hand.does("enter");
    hand.lab.must("sites.delete", site, &[]);
    hand.does("r");
    album.take(&mut hand, "gone");
}

#[test]
fn a_page_that_is_longer_than_the_screen() {
    let mut album = Album::new("page_long");
    let mut hand = customers();
    let id = hand.list().rows[0].record.id;
    let customer = id.to_string();
    for n in 1..=12 {
        let title = format!("no light in house {n}");
        hand.lab.make("tickets.create", &[("title", title.as_str()), ("customer", customer.as_str())]);
    }
    let notes = "beyond the bridge\n".repeat(9);
    hand.lab.must("customers.update", id, &[("notes", notes.as_str()), ("address", "漢字 street 1\nNairobi")]);
    hand.does("enter");
    album.take_each(&mut hand, "in the middle", |hand| {
        hand.press("g");
        hand.press("J");
    });
    album.take_each(&mut hand, "the last line", |hand| hand.press("G"));
}

#[test]
fn a_history_that_is_not_read_or_long() {
    let mut album = Album::new("history");
    let is_history = |question: &Question| matches!(question, Question::History { .. });
    let mut hand = customers();
    let id = hand.list().rows[0].record.id;
    for n in 1..=45 {
        let notes = format!("seen {n} times, 漢字");
        hand.lab.must("customers.update", id, &[("notes", notes.as_str())]);
    }
    for field in ["company", "email", "address", "username"] {
        hand.lab.must("customers.update", id, &[(field, "+254700000142@example.net")]);
    }
    hand.lab.must("customers.terminate", id, &[("reason", "moved to another town, and the line is given back")]);
    hand.does("r");
    hand.press("t");
    album.take(&mut hand, "being read");
    hand.break_line(is_history);
    album.take(&mut hand, "the line is gone");
    comes_back(&mut hand);
    hand.does("r");
    album.take(&mut hand, "long");
    album.take_each(&mut hand, "long, half a page down", |hand| {
        hand.press("g");
        hand.press("J");
    });
    album.take_each(&mut hand, "long, the last one", |hand| hand.press("G"));
    hand.press("r");
    hand.break_line(is_history);
    album.take(&mut hand, "not as it is now");
}

#[test]
fn a_form_that_is_not_read_or_saved() {
    let mut album = Album::new("form_unread");
    let mut hand = customers();
    hand.press("e");
    album.take(&mut hand, "being read");
    hand.press("ctrl-s");
    album.take(&mut hand, "to be saved while it is being read");
    hand.break_line(is_get);
    album.take(&mut hand, "not read: the line is gone");
    let mut hand = customers();
    hand.does("e");
    hand.types(" M.");
    hand.press("ctrl-s");
    album.take(&mut hand, "being saved");
    hand.break_line(|question| matches!(question, Question::Perform(_)));
    album.take(&mut hand, "not saved: the line is gone");
    comes_back(&mut hand);
    album.take(&mut hand, "saved when the line is back");
    hand.does("a");
    go_to(&mut hand, "plan");
    hand.types("home");
    album.take(&mut hand, "a reference, being read");
    hand.break_line(|question| matches!(question, Question::List(_) | Question::Find(_)));
    album.take(&mut hand, "a reference, the line is gone");
}
