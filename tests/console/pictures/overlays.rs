//! What lies over a place.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::overlay::made::MadeSecret;
use headend::domain::Id;
use headend::domain::secret::Secret;
use headend::resources;
use headend::store::operation;

use super::album::{Album, NOON, at_noon, comes_back, customers, is_list};
use crate::hand::Hand;

#[test]
fn overlays() {
    let mut album = Album::new("overlays");
    let mut hand = customers();
    hand.press("?");
    album.take(&mut hand, "help");
    hand.press("esc");
    hand.press("x");
    album.take(&mut hand, "actions");
    hand.press("s");
    album.take(&mut hand, "confirm");
    hand.press("esc");
    hand.press("f");
    hand.types("amina");
    hand.settle();
    album.take(&mut hand, "find");
    hand.press("esc");
    hand.press(":");
    hand.types("dev");
    album.take(&mut hand, "command");
    hand.press("esc");
    hand.press("y");
    album.take(&mut hand, "copy");
    hand.press("esc");
    hand.press("ctrl-o");
    album.take(&mut hand, "all actions");
    hand.press("esc");
    hand.does("3");
    hand.press("3");
    album.take(&mut hand, "what else is under a tab");
}

/// What an operation made stands on the screen, with this in the place of what nobody could guess.
fn shows_made(hand: &mut Hand, operation: &str, known: &str) {
    let operation = operation::find(operation).expect("an operation");
    let made = operation.asks.iter().find_map(|field| Some((field, field.made?)));
    let (field, made) = made.expect("what is made");
    let resource = resources::of(operation.entity).expect("a resource");
    let made = MadeSecret::new(resource, field, made, &Secret::new(known.into()), &hand.lab.admin);
    hand.state.overlay = Some(Overlay::Made(Box::new(made)));
}

#[test]
fn what_is_shown_once() {
    let mut album = Album::new("made");
    let mut hand = customers();
    shows_made(&mut hand, "api_tokens.create", "NX9bm2opqFj8GbrPkQTGUFragw7JfeDMrLr8z8jw96w");
    album.take(&mut hand, "a token");
    shows_made(&mut hand, "user_factors.enrol", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    album.take(&mut hand, "the secret of a generator");
    let codes: Vec<String> = (0..10).map(|code| format!("{code:04}-abcd-efgh-ijkl")).collect();
    shows_made(&mut hand, "user_factors.renew", &codes.join("\n"));
    album.take(&mut hand, "recovery codes");
}

#[test]
fn columns_of_a_list() {
    let mut album = Album::new("columns");
    let mut hand = customers();
    hand.press("c");
    album.take(&mut hand, "as the list has them");
    for key in ["space", "j", "J", ">", ">", "j", "space"] {
        hand.does(key);
    }
    album.take(&mut hand, "hidden, moved and made wider");
    hand.press("end");
    album.take(&mut hand, "the last one");
    // One after the other goes, from the first on.
    hand.press("home");
    for _ in 0..20 {
        if hand.shown().contains("▌ [x]") {
            hand.does("space");
        }
        if hand.told().is_empty() {
            hand.press("j");
        }
    }
    album.take(&mut hand, "one is left");
}

#[test]
fn views_of_a_list() {
    let mut album = Album::new("views");
    let mut hand = customers();
    hand.press("V");
    album.take(&mut hand, "being read");
    hand.break_line(is_list);
    album.take(&mut hand, "the line is gone");
    hand.press("esc");
    comes_back(&mut hand);
    hand.does("V");
    album.take(&mut hand, "none");
    hand.press("a");
    album.take(&mut hand, "a name is asked for");
    hand.types("漢字 late payers");
    hand.does("enter");
    let views = [
        ("Suspended", "status:suspended", "s"),
        ("Without a plan", "plan:", ""),
        ("A name that is longer than what there is room for in a dialog of any width", "name:zoë phone:700", ""),
    ];
    for (name, filter, letter) in views {
        let values = [("name", name), ("filter", filter), ("letter", letter), ("screen", "customers")];
        hand.lab.make("saved_views.create", &values);
    }
    hand.does("V");
    hand.press("j");
    album.take(&mut hand, "several");
    hand.press("x");
    album.take(&mut hand, "what can be done to one");
    hand.does("o");
    hand.press("x");
    hand.press("s");
    album.take(&mut hand, "shared with everybody?");
    hand.says_yes();
    hand.settle();
    hand.does("V");
    album.take(&mut hand, "one that opens the list, and a shared one");
    for n in 1..=110 {
        let name = format!("Round {n}");
        hand.lab.make("saved_views.create", &[("name", name.as_str()), ("screen", "customers")]);
    }
    hand.press("esc");
    hand.does("V");
    hand.press("end");
    album.take(&mut hand, "more than are shown");
}

#[test]
fn what_runs_and_what_it_left() {
    let mut album = Album::new("bulk");
    let mut hand = at_noon();
    let names = [
        "Amina Wanjiru",
        "漢字株式会社 東京支店",
        "e\u{301}e\u{302} combining",
        "Zoë Ångström-Nguyễn of the long street",
    ];
    let mut made: Vec<Id> = Vec::new();
    for n in 0..30 {
        let name = format!("{} {n}", names[n % names.len()]);
        made.push(hand.lab.make("customers.create", &[("name", name.as_str())]));
    }
    hand.does("2");
    let suspends_all = |hand: &mut Hand, count: &str| {
        hand.does("*");
        hand.press("x");
        hand.press("s");
        hand.passes(Duration::from_secs(1));
        hand.types(count);
        hand.passes(Duration::from_secs(1));
        hand.state.now = NOON.parse().unwrap();
    };
    suspends_all(&mut hand, "");
    album.take(&mut hand, "so many are confirmed by their number");
    hand.types("31");
    album.take(&mut hand, "another number");
    hand.press("backspace");
    hand.press("backspace");
    hand.types("30");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    let is_perform = |question: &Question| matches!(question, Question::Perform(_));
    let asked = hand.next(is_perform).expect("a request");
    album.take(&mut hand, "begun");
    hand.passes(Duration::from_secs(1));
    hand.hears(Message::Reply(asked.0, Reply::Progress(1_000, 40_000)));
    album.take(&mut hand, "running");
    hand.press("ctrl-c");
    album.take(&mut hand, "being stopped");
    hand.reply(asked);
    hand.settle();
    album.take(&mut hand, "done");
    for id in &made[..22] {
        hand.lab.must("customers.reactivate", *id, &[]);
    }
    hand.press("-");
    hand.does("r");
    hand.does("*");
    // Somebody else changes these meanwhile.
    for id in &made[..20] {
        hand.lab.must("customers.update", *id, &[("notes", "theirs")]);
    }
    hand.press("x");
    hand.press("s");
    album.take(&mut hand, "not all of them can be");
    hand.passes(Duration::from_secs(1));
    hand.types("22");
    hand.passes(Duration::from_secs(1));
    hand.does("enter");
    album.take(&mut hand, "what was left");
    album.take_each(&mut hand, "what was left, the last one", |hand| hand.press("end"));
    hand.press("r");
    album.take(&mut hand, "the rest again?");
}

#[test]
fn questions() {
    let mut album = Album::new("questions");
    let mut hand = customers();
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    hand.settle();
    album.take(&mut hand, "what was done is told");
    hand.does("u");
    album.take(&mut hand, "taken back?");
    hand.says_yes();
    hand.settle();
    album.take(&mut hand, "taken back");
    hand.does("U");
    album.take(&mut hand, "done again?");
    hand.press("esc");
    hand.press("/");
    hand.types("status:");
    hand.settle();
    album.take(&mut hand, "the values of a filter");
    hand.does("esc");
    hand.does("a");
    hand.types("Somebody");
    hand.press("ctrl-x");
    album.take(&mut hand, "thrown away?");
    hand.press("n");
    hand.does("esc");
    album.take(&mut hand, "kept as a draft");
    for _ in 0..4 {
        if !matches!(hand.state.overlay, Some(headend::console::overlay::Overlay::Confirm(..))) {
            hand.does("q");
        }
    }
    album.take(&mut hand, "left?");
}
