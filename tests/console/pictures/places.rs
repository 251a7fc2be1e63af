//! The doors, the dashboard and the desk.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::screens::door::Door;

use headend::domain::secret::Secret;
use headend::store::{Failure, StoreError};

use super::album::{Album, at_noon, comes_back, full, is_list};
use crate::hand::Hand;

#[test]
fn doors() {
    let mut album = Album::new("doors");
    let mut hand = Hand::outside(Door::set_up("/home/noc/.local/share/headend/headend.db"));
    album.take(&mut hand, "set-up");
    let mut hand =
        Hand::outside(Door::log_in(None, "local".into(), "admin", "postgres://db.example.net/headend".into()));
    album.take(&mut hand, "log in");
    hand.types("not this one");
    hand.does("enter");
    album.take(&mut hand, "log in refused");
    // What a right password is answered with, where there is a second factor.
    hand.types("the right one");
    hand.press("enter");
    let asked = hand.next(|question| matches!(question, Question::LogIn(_))).expect("a login");
    let wanted = StoreError::failed(Failure::CodeWanted("a code is wanted too"));
    hand.hears(Message::Reply(asked.0, Reply::LoggedIn(Err(wanted))));
    album.take(&mut hand, "log in with a code");
    let mut hand = Hand::outside(Door::change_password(Secret::new("given".into())));
    album.take(&mut hand, "a password of one's own");
    hand.types("one thing");
    hand.press("tab");
    hand.types("another");
    hand.press("enter");
    album.take(&mut hand, "not the same twice");
    let mut hand = full();
    hand.press("ctrl-q");
    album.take(&mut hand, "locked");
}

#[test]
fn dashboard() {
    let mut album = Album::new("dashboard");
    let mut hand = at_noon();
    album.take(&mut hand, "empty");
    let mut hand = full();
    hand.passes(Duration::from_secs(6));
    hand.does("r");
    album.take(&mut hand, "full");
    hand.press("r");
    for _ in 0..2 {
        hand.break_line(is_list);
    }
    album.take(&mut hand, "error");
}

#[test]
fn desk() {
    let mut album = Album::new("desk");
    let mut hand = at_noon();
    for (key, what) in [("w", "what waits"), ("P", "pinned")] {
        hand.press(key);
        album.take(&mut hand, &format!("{what}, reading"));
        hand.break_line(|question| matches!(question, Question::Waiting | Question::Pinned));
        album.take(&mut hand, &format!("{what}, the line is gone"));
        comes_back(&mut hand);
        album.take(&mut hand, &format!("{what}, nothing"));
    }
    let site = hand.lab.make("sites.create", &[("name", "漢字 North POP")]).to_string();
    let customer = hand.lab.make("customers.create", &[("name", "Zoë Ångström-Nguyễn")]).to_string();
    for (kind, id, due, note) in [
        ("sites", &site, "2020-01-01T00:00:00Z", "the fan is loud: listen again, and take the ladder with you"),
        ("customers", &customer, "2021-01-01T00:00:00Z", ""),
    ] {
        let values = [("entity_type", kind), ("record_id", id.as_str()), ("due_at", due), ("note", note)];
        hand.lab.make("reminders.create", &values);
    }
    for n in 1..=14 {
        let title = format!("no light in house {n}");
        hand.lab.make("tickets.create", &[("title", title.as_str()), ("engineer", "admin"), ("customer", &customer)]);
    }
    hand.lab.make(
        "jobs.create",
        &[("customer_name", "Brian"), ("scheduled_at", "2029-01-01T09:00:00Z"), ("engineer", "admin")],
    );
    hand.does("w");
    album.take(&mut hand, "what waits");
    hand.press("G");
    album.take(&mut hand, "what waits, the last one");
    hand.press("r");
    hand.break_line(|question| matches!(question, Question::Waiting));
    album.take(&mut hand, "what waits, not as it is now");
    comes_back(&mut hand);
    for (kind, id) in [("sites", &site), ("customers", &customer)] {
        let entity = crate::common::lab::entity(kind);
        hand.lab.store.pin_or_not(&hand.lab.admin, entity, id.parse().unwrap()).unwrap();
    }
    hand.does("P");
    album.take(&mut hand, "pinned");
    hand.press("g");
    hand.press("j");
    hand.press("j");
    hand.press("j");
    hand.press("+");
    album.take(&mut hand, "a note");
    hand.types("the gate is locked");
    hand.press("tab");
    album.take(&mut hand, "a note for everybody");
    hand.press("esc");
    hand.press("W");
    hand.types("tom");
    hand.press("enter");
    album.take(&mut hand, "a reminder without a time");
}

#[test]
fn panels() {
    let mut album = Album::new("panels");
    let mut hand = full();
    for n in 1..=5 {
        let title = format!("no light in house {n}");
        hand.lab.make("tickets.create", &[("title", title.as_str()), ("engineer", "admin"), ("priority", "high")]);
        let name = format!("Old customer {n}");
        hand.lab.make("customers.create", &[("name", name.as_str()), ("expires_at", "2020-01-01T00:00:00Z")]);
    }
    hand.lab.make("stock_items.create", &[("sku", "SFP-10"), ("name", "SFP+ 10G"), ("min_stock_level", "5")]);
    hand.press("1");
    hand.does("r");
    album.take(&mut hand, "panels");
    album.take_at(&mut hand, "panels", (200, 50));
    for _ in 0..7 {
        hand.press("tab");
    }
    album.take(&mut hand, "in the sixth panel");
    let begun = ("started_at", "2020-01-01T00:00:00Z");
    hand.lab.make("incidents.create", &[("title", "Fibre cut"), ("severity", "critical"), begun]);
    hand.does("r");
    album.take(&mut hand, "with an incident");
}
