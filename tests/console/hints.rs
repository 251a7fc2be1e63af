//! What the screen offers: the hint line, dialogs, help and empty lists name what does something for whoever is here, and
//! nothing else.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::store::{Failure, StoreError};

use crate::hand::Hand;

/// The line of keys, the last on the screen.
fn hints(hand: &mut Hand) -> String {
    hand.shown().trim_end().lines().last().unwrap_or_default().to_owned()
}

fn only_reads(hand: &mut Hand) {
    hand.state.session.as_mut().expect("somebody is in").read_only = true;
}

#[test]
fn where_there_is_no_record_nothing_is_said_of_one() {
    let mut hand = Hand::new();
    for key in ["1", "w", "P"] {
        hand.does(key);
        let shown = hints(&mut hand);
        assert!(!shown.contains("open") && !shown.contains("x actions"), "{key}: {shown}");
        hand.press("ctrl-o");
        let menu = hand.shown();
        assert!(!menu.contains(" note") && !menu.contains(" copy"), "{key}: {menu}");
        hand.press("esc");
    }
    // The heading of a panel opens its list.
    hand.does("1");
    hand.press("tab");
    let shown = hints(&mut hand);
    assert!(shown.contains("open") && !shown.contains("x actions"), "{shown}");
    hand.does("!");
    let shown = hints(&mut hand);
    assert!(!shown.contains("x actions") && shown.contains("a add"), "{shown}");
    hand.lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin")]);
    hand.does("w");
    let shown = hints(&mut hand);
    assert!(shown.contains("open") && shown.contains("x actions"), "{shown}");
    // Its heading is opened and nothing is done to it.
    hand.press("k");
    let shown = hints(&mut hand);
    assert!(shown.contains("open") && !shown.contains("x actions"), "{shown}");
}

#[test]
fn who_only_reads_is_offered_nothing_that_writes() {
    let mut hand = Hand::new();
    hand.does("2");
    let shown = hand.shown();
    assert!(shown.contains("No customers yet. Press a to add one"), "{shown}");
    hand.does("V");
    assert!(hand.shown().contains("none yet: a keeps the list as it stands"), "{}", hand.shown());
    hand.press("esc");
    hand.does("P");
    assert!(hand.shown().contains("Nothing is pinned. p on a record keeps it at hand here."), "{}", hand.shown());
    only_reads(&mut hand);
    assert!(hand.shown().contains("Nothing is pinned.") && !hand.shown().contains("keeps it at hand"));
    hand.does("2");
    let shown = hand.shown();
    assert!(shown.contains("No customers yet.") && !shown.contains("Press a"), "{shown}");
    hand.does("V");
    let shown = hand.shown();
    assert!(shown.contains("none yet") && !shown.contains("keep"), "{shown}");
    hand.press("esc");
    // Help says why, as the menu of everything does.
    hand.press("?");
    hand.types("add");
    let shown = hand.shown();
    let line = shown.lines().find(|line| line.contains(" a  add")).expect("it is named");
    assert!(line.contains("--read-only: it changes nothing"), "{shown}");
}

#[test]
fn a_view_offers_what_may_be_done_to_it() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("V");
    assert!(!hints(&mut hand).contains("pick") && !hand.shown().contains("more on this one"), "{}", hand.shown());
    hand.press("a");
    // A name is written and kept: there is nothing to pick.
    let shown = hints(&mut hand);
    assert!(shown.contains("⏎ keep"), "{shown}");
    assert!(!shown.contains("pick") && !shown.contains("complete"), "{shown}");
    assert!(!shown.contains("clear"), "there is nothing to clear: {shown}");
    hand.pastes("All of ");
    hand.types("them");
    hand.press("ctrl-o");
    let menu = hand.shown();
    assert!(menu.contains("cut word") && !menu.contains("older"), "{menu}");
    hand.press("esc");
    hand.press("ctrl-a");
    hand.types("x");
    let Some(Overlay::Views(views)) = &hand.state.overlay else { panic!("{:?}", hand.state.overlay) };
    assert_eq!(views.naming.as_ref().map(|naming| naming.line.text()), Some("xAll of them"));
    hand.does("enter");
    hand.does("V");
    assert!(hints(&mut hand).contains("pick") && hand.shown().contains("more on this one"), "{}", hand.shown());
    only_reads(&mut hand);
    assert!(!hand.shown().contains("more on this one"), "{}", hand.shown());
}

#[test]
fn a_view_that_was_found_opens_its_list() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("/");
    hand.types("bri");
    hand.does("enter");
    hand.does("V");
    hand.press("a");
    hand.types("Just Brian");
    hand.does("enter");
    hand.press("/");
    hand.press("ctrl-u");
    hand.does("enter");
    assert_eq!(hand.names().len(), 2);
    // From anywhere, also from another list.
    for from in ["3", "2"] {
        hand.does(from);
        hand.press("f");
        hand.types("just br");
        hand.settle();
        hand.does("enter");
        assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "{from}");
        assert_eq!((hand.names(), hand.list().resource.entity.name), (vec!["Brian".to_owned()], "customers"), "{from}");
        assert!(hand.shown().contains("view Just Brian"), "{from}: {}", hand.shown());
    }
}

#[test]
fn no_open_incidents_are_no_filter_without_a_match() {
    let mut hand = Hand::new();
    hand.does("!");
    let shown = hand.shown();
    assert!(shown.contains("No open incidents. Esc shows those that are over, too."), "{shown}");
    hand.press("/");
    hand.types(" x");
    hand.does("enter");
    assert!(hand.shown().contains("Nothing matches the filter"), "{}", hand.shown());
}

#[test]
fn nobody_before_the_lock_is_told_what_waits() {
    let mut hand = Hand::new();
    hand.lab.make("tickets.create", &[("title", "no light"), ("engineer", "admin")]);
    for _ in 0..7 {
        hand.passes(Duration::from_millis(1_100));
        hand.settle();
    }
    assert!(hand.shown().contains("1 waiting"), "{}", hand.shown());
    hand.does("ctrl-q");
    assert!(hand.state.door.is_some() && !hand.shown().contains("waiting"), "{}", hand.shown());
}

/// Others who write are no line that is gone.
#[test]
fn a_save_among_others_who_write_is_tried_again_and_says_so() {
    let mut hand = Hand::new();
    hand.does("2");
    hand.does("a");
    hand.types("Amina");
    hand.press("ctrl-s");
    let busy = |hand: &mut Hand| {
        let (number, _) = hand.next(|question| matches!(question, Question::Perform(_))).expect("it is sent");
        let error = StoreError::failed(Failure::Busy);
        hand.hears(Message::Reply(number, Reply::Done(Err(error))));
    };
    busy(&mut hand);
    assert!(hand.told().starts_with("not saved yet: others write in the database"), "{}", hand.told());
    for _ in 0..2 {
        hand.passes(Duration::from_secs(2));
        let pulse = hand.next(|question| matches!(question, Question::Pulse)).expect("the line is there");
        hand.reply(pulse);
        let shown = hand.shown();
        assert!(shown.contains("trying to save it again") && !shown.contains("is back"), "{shown}");
        busy(&mut hand);
        assert!(!hand.told().contains("is back"), "{}", hand.told());
    }
    hand.passes(Duration::from_secs(2));
    hand.settle();
    assert_eq!(hand.names(), ["Amina"]);
}

#[test]
fn what_adds_an_entry_is_named_and_does_so() {
    let mut hand = Hand::new();
    hand.does("3");
    hand.does("a");
    let index = hand.form().fields.iter().position(|field| field.field.name == "configuration").expect("it has one");
    hand.form_mut().focus = index;
    hand.press("ctrl-o");
    let menu = hand.shown();
    assert!(menu.contains("add entry") && !menu.contains("entry up"), "{menu}");
    hand.press("esc");
    hand.press("insert");
    hand.types("vlan: 12");
    hand.press("insert");
    hand.types("uplinks: []");
    hand.press("insert");
    hand.types("ge-0/0/1");
    hand.press("insert");
    hand.types("ge-0/0/2");
    hand.press("enter");
    let kept: serde_json::Value = serde_json::from_str(&hand.form().fields[index].text()).expect("JSON");
    assert_eq!(kept, serde_json::json!({"vlan": 12, "uplinks": ["ge-0/0/1", "ge-0/0/2"]}));
}

/// Enter, the arrows and the keys of a line mean in a form what stands under the cursor.
#[test]
fn a_form_says_what_enter_does_where_one_is() {
    let mut hand = Hand::new();
    hand.does("2");
    hand.does("a");
    assert!(hints(&mut hand).contains("⏎ next field"));
    hand.types("Amina");
    hand.press("ctrl-o");
    let menu = hand.shown();
    assert!(menu.contains("cut word") && menu.contains("C-w") && menu.contains('↓'), "{menu}");
    hand.press("esc");
    let at = |hand: &mut Hand, field: &str| {
        let index = hand.form().fields.iter().position(|known| known.field.name == field).expect("a field");
        hand.form_mut().focus = index;
    };
    at(&mut hand, "notes");
    hand.types("abc");
    assert!(hints(&mut hand).contains("⏎ new line"), "{}", hand.shown());
    at(&mut hand, "plan");
    hand.does("down");
    let shown = hints(&mut hand);
    assert!(shown.contains("⏎ take") && shown.contains("close the choice"), "{shown}");
    hand.press("esc");
    hand.press("shift-tab");
    let save = hand.form().fields.len();
    hand.form_mut().focus = save;
    assert!(hints(&mut hand).contains("⏎ save"), "{}", hand.shown());
    hand.does("enter");
    assert_eq!(hand.names(), ["Amina"]);
}

/// A dialog's own keys are named where all keys are.
#[test]
fn what_a_dialog_answers_is_in_the_line_of_hints() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let named = |hand: &mut Hand| hints(hand).trim_end().to_owned();
    for (keys, told) in [
        (vec!["x"], "⏎ pick  Esc back"),
        (vec!["x", "s"], "y yes  n no  Esc back"),
        (vec!["y"], "⏎ pick  Esc back"),
        (vec!["V"], "a keep as a new one  Esc back"),
        (vec!["c"], "␣ show  K earlier  J later  < narrower  > wider  r as it was  c done  Esc back"),
    ] {
        keys.iter().for_each(|key| hand.does(key));
        assert!(named(&mut hand).ends_with(told), "{keys:?}: {}", named(&mut hand));
        hand.press("esc");
        hand.press("esc");
        hand.does("2");
    }
}

/// The `y` of a word that is typed into a question is no answer to it.
#[test]
fn a_word_answers_no_question() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.press("s");
    hand.passes(Duration::from_secs(1));
    for letter in "must say".chars() {
        let name = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
        hand.press_after(&name, Duration::from_millis(180), false);
    }
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))) && hand.performed().is_none());
    hand.says_yes();
    assert!(hand.performed().is_some());
}

/// What answers a question stands in the menu of everything, and what is typed there is edited as every line is.
#[test]
fn the_menu_of_everything_names_what_answers() {
    let names: Vec<String> = (1..=11).map(|number| format!("Customer {number:02}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let menu = |hand: &mut Hand| {
        hand.press("ctrl-o");
        let shown = hand.shown();
        hand.press("esc");
        shown
    };
    hand.press("x");
    let shown = menu(&mut hand);
    assert!(!shown.contains("  yes") && shown.contains("pick"), "{shown}");
    hand.press("s");
    let shown = menu(&mut hand);
    assert!(shown.contains("Yes, where it is small") && shown.contains("No."), "{shown}");
    // Painting anew leaves what lies there as it is.
    hand.press("ctrl-o");
    let Some(Overlay::Menu(open)) = &hand.state.overlay else { panic!("{:?}", hand.state.overlay) };
    let redraw = open.entries().iter().find(|entry| entry.action.id == "redraw").and_then(|entry| entry.letter);
    hand.press(&redraw.expect("it is there").to_string());
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "{:?}", hand.state.overlay);
    hand.press("n");
    hand.does("*");
    assert!(hints(&mut hand).contains("e set a field"), "{}", hand.shown());
    for key in ["p", "W", "+"] {
        hand.press(key);
        assert!(hand.told().contains("11 are marked, and this is for one record"), "{key}: {}", hand.told());
    }
    hand.press("x");
    hand.press("s");
    assert!(hints(&mut hand).contains("⏎ go on"), "{}", hand.shown());
    let shown = menu(&mut hand);
    assert!(shown.contains("go on") && !shown.contains("Run what is written"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.types("99");
    hand.press("ctrl-u");
    hand.types("11");
    hand.press("enter");
    assert_eq!(hand.performed().expect("a request").aims.len(), 11);
}

/// Undo of what is not for whoever is here is no hint, and no question.
#[test]
fn who_may_not_take_it_back_is_told_at_once() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.suspend", id, &[]);
    hand.does("t");
    assert!(hints(&mut hand).contains("u take back"), "{}", hand.shown());
    hand.state.session = Some(hand.lab.user("vic", "viewer"));
    assert!(!hints(&mut hand).contains("take back"), "{}", hand.shown());
    hand.does("u");
    assert!(hand.state.overlay.is_none() && hand.told().contains("it needs customers.suspend"), "{}", hand.told());
}

/// Where the records of a field are not for whoever is here, there is no hint to choose one, and the key says why.
#[test]
fn what_one_may_not_see_is_not_to_be_chosen() {
    let mut hand = Hand::new();
    let may = r#"["tickets.read", "tickets.create", "customers.read"]"#;
    hand.lab.make("roles.create", &[("name", "counter"), ("permissions", may)]);
    hand.state.session = Some(hand.lab.user("sta", "counter"));
    hand.does("6");
    hand.does("a");
    crate::forms::go_to(&mut hand, "customer");
    assert!(hints(&mut hand).contains("↓ choose"), "{}", hand.shown());
    crate::forms::go_to(&mut hand, "engineer");
    assert!(!hints(&mut hand).contains("choose"), "{}", hand.shown());
    hand.press("down");
    assert!(hand.told().ends_with("you may not see users: it needs users.read"), "{}", hand.told());
    assert!(hand.form().picker.is_none());
}

/// Find is everywhere: what is written in a note stands there when one comes back.
#[test]
fn one_finds_from_a_note_and_comes_back_to_it() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    for from_menu in [false, true] {
        hand.press("+");
        if !from_menu {
            hand.types("half a note");
        }
        let Some(Overlay::Note(note)) = &hand.state.overlay else { panic!("{:?}", hand.state.overlay) };
        assert_eq!(note.line.text(), "half a note");
        if from_menu {
            hand.press("ctrl-o");
            let Some(Overlay::Menu(menu)) = &hand.state.overlay else { panic!("{:?}", hand.state.overlay) };
            let find = menu.entries().iter().find(|entry| entry.action.id == "find").and_then(|entry| entry.letter);
            hand.press(&find.expect("it is there").to_string());
        } else {
            hand.press("ctrl-f");
        }
        assert!(matches!(hand.state.overlay, Some(Overlay::Find(_))), "{:?}", hand.state.overlay);
        hand.does("esc");
    }
}
