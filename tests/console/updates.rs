//! What messages do to the console: no terminal, no waiting.

use std::time::Duration;

use headend::console::input::Event;
use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::{Line, Place};
use headend::domain::manner::Manner;

use crate::hand::Hand;

const fn is_list(question: &Question) -> bool {
    matches!(question, Question::List(_))
}

#[test]
fn of_two_filters_the_latest_wins_and_a_stale_answer_is_dropped() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("/");
    hand.types("ami");
    let running = hand.next(is_list).expect("a question");
    assert!(hand.next(is_list).is_none(), "one runs, the others wait");
    hand.press("ctrl-u");
    hand.types("chipo");
    hand.reply(running);
    assert_eq!(hand.names().len(), 3, "an answer to a filter that holds no more");
    hand.settle();
    assert_eq!(hand.names(), ["Chipo"]);
}

#[test]
fn a_key_waits_for_the_row_that_it_means() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("/");
    hand.types("chipo");
    hand.press("enter");
    hand.press("enter");
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "not the row of the old filter");
    hand.settle();
    match hand.state.places.last() {
        Some(Place::Page(page)) => assert_eq!(page.record.as_ref().unwrap().get("name").as_str(), "Chipo"),
        other => panic!("{other:?}"),
    }
}

/// Until the cursor stands on what was saved, no key acts on what is under it.
#[test]
fn a_key_right_behind_a_save_means_what_was_saved() {
    let names: Vec<String> = (1..=250).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.does("a");
    hand.types("Customer 199b");
    hand.press("ctrl-s");
    let saved = hand.next(|question| matches!(question, Question::Perform(_))).expect("it is sent");
    hand.reply(saved);
    assert!(hand.told().contains("saved: CUS-000251"), "{}", hand.told());
    for key in ["e", "z"] {
        hand.press_after(key, Duration::from_millis(800), false);
        assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "{key}");
    }
    hand.settle();
    assert_eq!(crate::forms::field(&hand, "name").text(), "Customer 199bz");
}

/// What is typed behind such a key is for what it opens.
#[test]
fn what_is_typed_behind_a_key_that_waits_is_not_lost() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("/");
    hand.types("chipo");
    hand.press("enter");
    for key in ["e", "W", "W", "ctrl-s"] {
        hand.press_after(key, Duration::from_millis(90), false);
        assert!(hand.state.overlay.is_none() && hand.state.places.len() == 2, "{key}");
    }
    hand.settle();
    assert_eq!(hand.at(), "ChipoWW");
    // Where there is no such row the keys are for nothing.
    hand.press("/");
    hand.press("ctrl-u");
    hand.types("nobody");
    hand.press("enter");
    for key in ["e", "a", "x"] {
        hand.press_after(key, Duration::from_millis(90), false);
    }
    hand.settle();
    assert!(hand.state.overlay.is_none() && hand.state.places.len() == 2 && hand.state.ahead.is_empty());
    // Who goes back gives them up.
    hand.press("/");
    hand.press("ctrl-u");
    hand.types("brian");
    hand.press("enter");
    hand.press("e");
    hand.press("z");
    hand.press("esc");
    hand.settle();
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))) && hand.state.ahead.is_empty());
    // So it is behind a page that is still read.
    hand.does("g");
    hand.press("enter");
    for key in ["e", "w", "4", "ctrl-s"] {
        hand.press_after(key, Duration::from_millis(90), false);
        assert!(hand.state.overlay.is_none() && hand.state.places.len() == 3, "{key}");
    }
    hand.settle();
    assert!(hand.told().contains("saved: CUS-000001 Aminaw4"), "{}", hand.told());
    hand.does("q");
    // A door that shuts meanwhile takes none of them.
    hand.press("/");
    hand.types("amina");
    hand.press("enter");
    hand.press("e");
    hand.press("z");
    assert_eq!(hand.state.ahead.len(), 1);
    hand.passes(Duration::from_secs(3_600));
    assert!(hand.state.door.is_some(), "it locks");
    hand.settle();
    let written = hand.state.door.iter().flat_map(|door| &door.entries).filter(|entry| entry.name == "password");
    assert!(written.into_iter().all(|entry| entry.line.text().is_empty()) && hand.state.ahead.is_empty());
}

#[test]
fn the_cursor_and_the_marks_stay_on_their_records() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("space");
    assert_eq!((hand.at().as_str(), hand.list().marks.len()), ("Brian", 1));
    let amina = hand.list().marks.first().unwrap().id;
    hand.lab.must("customers.update", amina, &[("name", "Zawadi")]);
    hand.does("r");
    assert_eq!(hand.names(), ["Brian", "Chipo", "Zawadi"]);
    assert_eq!(hand.at(), "Brian");
    assert_eq!(hand.list().marks.ids().collect::<Vec<_>>(), [amina]);
    assert_eq!(
        hand.list().aims().version(amina),
        Some(hand.lab.record("customers", amina).version),
        "and at the version that is seen"
    );
    hand.does("S");
    assert_eq!(hand.list().marks.ids().collect::<Vec<_>>(), [amina]);
}

#[test]
fn what_is_left_as_it_is_is_told() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let brian = hand.list().rows[1].record.id;
    hand.does("*");
    hand.lab.must("customers.suspend", brian, &[]);
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    hand.settle();
    assert!(hand.told().contains("2 done, 1 left as it is (") && hand.told().contains("Brian"), "{}", hand.told());
}

#[test]
fn only_the_confirming_key_confirms_and_only_after_a_moment() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.press("s");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.press_after("y", Duration::from_millis(200), false);
    assert!(hand.performed().is_none(), "too soon");
    hand.press("enter");
    hand.press("s");
    assert!(hand.performed().is_none(), "neither Enter nor the key that asked");
    hand.press_after("y", Duration::from_millis(400), true);
    assert!(hand.performed().is_none(), "the tail of a paste");
    hand.press("y");
    assert_eq!(hand.performed().expect("a request").aims.len(), 1);
}

#[test]
fn many_are_confirmed_by_their_number() {
    let names: Vec<String> = (1..=11).map(|number| format!("Customer {number:02}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.does("*");
    hand.press("x");
    hand.press("s");
    hand.press("y");
    hand.press("enter");
    assert!(hand.performed().is_none());
    assert!(hand.shown().contains("Not that"), "{}", hand.shown());
    // What says no says so where nothing is typed yet.
    hand.press("backspace");
    hand.press("n");
    assert!(hand.state.overlay.is_none());
    hand.press("x");
    hand.press("s");
    hand.press("1");
    hand.press("n");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))));
    hand.press("ctrl-u");
    assert!(!hand.shown().contains("Not that"), "{}", hand.shown());
    // Whoever typed the number has read it: Enter follows as fast as they type.
    hand.types("11");
    hand.press_after("enter", Duration::from_millis(30), false);
    assert_eq!(hand.performed().expect("a request").aims.len(), 11);
}

#[test]
fn many_are_taken_back_by_their_number_with_progress_and_a_stop() {
    let names: Vec<String> = (1..=11).map(|number| format!("Customer {number:02}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for key in ["*", "x", "s"] {
        hand.does(key);
    }
    hand.passes(Duration::from_secs(1));
    hand.types("11");
    hand.does("enter");
    hand.does("u");
    hand.says_yes();
    hand.press("enter");
    assert!(hand.next(|question| matches!(question, Question::TakeBack(_))).is_none(), "{}", hand.shown());
    hand.press("backspace");
    hand.types("11");
    hand.press("enter");
    let asked = hand.next(|question| matches!(question, Question::TakeBack(_))).expect("it is taken back");
    hand.hears(Message::Reply(asked.0, Reply::Progress(5, 11)));
    assert!(hand.shown().contains("taking back █████░░░░░░░ 5 of 11"), "{}", hand.shown());
    hand.press("ctrl-c");
    assert_eq!(hand.stopped, [asked.0]);
    assert!(hand.shown().contains("taking back: stopping"), "{}", hand.shown());
    hand.reply(asked);
    hand.settle();
    assert!(hand.told().starts_with("taken back: suspend 11 customers"), "{}", hand.told());
    // And done again: what it was is told, and what became of it.
    hand.does("U");
    let shown = hand.shown();
    assert!(shown.contains("Do again what was taken back?") && shown.contains("suspend 11 customers"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.types("11");
    hand.does("enter");
    assert!(hand.told().starts_with("done again: suspend 11 customers"), "{}", hand.told());
}

#[test]
fn a_few_marks_are_among_all_that_match() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("space");
    hand.does("*");
    assert_eq!(hand.list().marks.len(), 3);
    hand.press("*");
    assert_eq!(hand.list().marks.len(), 0, "again: none");
    hand.does("*");
    hand.press("space");
    assert_eq!(hand.list().marks.len(), 2, "all but one");
    hand.does("*");
    assert_eq!(hand.list().marks.len(), 3);
}

#[test]
fn esc_takes_one_step_and_never_the_marks() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("space");
    hand.press("/");
    hand.types("b");
    hand.does("enter");
    hand.press("v");
    hand.press("x");
    assert!(hand.state.overlay.is_some());
    hand.press("esc");
    assert!(hand.state.overlay.is_none(), "first the popup");
    hand.press("esc");
    assert_eq!(hand.list().filter_text, "b", "then the range");
    hand.does("esc");
    assert_eq!(hand.list().filter_text, "", "then the filter");
    assert_eq!(hand.list().marks.len(), 2);
    hand.press("esc");
    assert!(matches!(hand.state.places.last(), Some(Place::Dashboard(_))));
    hand.press("esc");
    assert!(!hand.quit && matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "at the root it asks");
}

#[test]
fn what_somebody_else_saved_is_merged_field_by_field() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.does("e");
    hand.types(" W");
    hand.lab.must("customers.update", id, &[("name", "Amina X"), ("phone", "+254 700 000 142")]);
    hand.does("ctrl-s");
    let field = |hand: &Hand, name: &str| {
        let field = hand.form().fields.iter().find(|field| field.field.name == name).unwrap();
        (field.text(), field.before.clone(), field.theirs.clone())
    };
    assert_eq!(field(&hand, "name"), ("Amina W".into(), "Amina X".into(), Some("Amina X".into())));
    assert_eq!(field(&hand, "phone").0, "+254 700 000 142", "only they changed it");
    let shown = hand.shown();
    assert!(shown.contains("changed meanwhile to ‘Amina X’"), "{shown}");
    assert_eq!(hand.lab.value("customers", id, "name"), "Amina X", "nothing is overwritten");
    hand.press("ctrl-t");
    assert_eq!(field(&hand, "name"), ("Amina X".into(), "Amina X".into(), None));
    hand.types("Y");
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "name"), "Amina XY");
}

/// The menu of actions opens for the row that was meant, once it is there.
#[test]
fn the_menu_of_actions_waits_for_the_row_that_it_means() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("/");
    hand.types("brian");
    hand.press("enter");
    hand.press("x");
    assert!(hand.state.overlay.is_none());
    hand.settle();
    assert!(matches!(&hand.state.overlay, Some(Overlay::Actions(deeds)) if deeds.menu.title.contains("Brian")));
}

/// A page that is still being read is edited by the key that was pressed, once it is there.
#[test]
fn a_page_is_edited_as_soon_as_it_is_read() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("enter");
    hand.press("e");
    assert!(matches!(hand.state.places.last(), Some(Place::Page(_))));
    hand.settle();
    assert_eq!(hand.form().title(Manner::default()), "CUS-000001 Amina");
}

#[test]
fn an_unsent_form_is_sent_once_under_the_same_operation() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types(" W");
    hand.press("ctrl-s");
    let Question::Perform(first) = hand.break_line(|question| matches!(question, Question::Perform(_))) else {
        panic!()
    };
    assert!(matches!(hand.state.line, Line::Lost(_)) && hand.form().is_unsent());
    hand.settle();
    assert_eq!(hand.drafts.len(), 1, "kept meanwhile");
    hand.passes(Duration::from_secs(2));
    hand.break_line(|question| matches!(question, Question::Pulse));
    assert!(hand.performed().is_none());
    hand.passes(Duration::from_secs(2));
    let pulse = hand.next(|question| matches!(question, Question::Pulse)).expect("it asks again");
    hand.reply(pulse);
    let (number, question) = hand.next(|question| matches!(question, Question::Perform(_))).expect("it is sent");
    let Question::Perform(again) = &question else { panic!() };
    assert_eq!(again.id, first.id);
    assert!(hand.performed().is_none(), "once");
    hand.reply((number, question));
    hand.settle();
    assert_eq!(hand.at(), "Amina W");
    assert!(hand.drafts.is_empty());
}

#[test]
fn what_is_saved_while_the_line_is_gone_waits_for_it() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.passes(Duration::from_secs(2));
    hand.break_line(|question| matches!(question, Question::Pulse));
    hand.types(" W");
    hand.press("ctrl-s");
    assert!(hand.told().contains("not saved yet") && hand.performed().is_none());
    hand.settle();
    hand.passes(Duration::from_secs(2));
    hand.settle();
    assert_eq!(hand.at(), "Amina W");
}

#[test]
fn after_a_paste_no_key_acts_and_a_scan_is_looked_for() {
    let mut hand = Hand::with_customers(&["Amina"]);
    for key in ["e", "a", "x", "q", "enter", "3"] {
        hand.press_after(key, Duration::from_millis(10), true);
        assert!(hand.state.overlay.is_none() && matches!(hand.state.places.last(), Some(Place::List(_))), "{key}");
    }
    hand.hears(Message::Event(Event::Scan("CUS-000001\n".into()), hand.clock));
    match &hand.state.overlay {
        Some(Overlay::Find(find)) => assert_eq!(find.line.text(), "CUS-000001"),
        other => panic!("{other:?}"),
    }
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("Amina"), "{shown}");
    hand.press("esc");
    hand.press("x");
    hand.hears(Message::Event(Event::Scan("sysysy".into()), hand.clock));
    assert!(hand.performed().is_none(), "a question takes no scan");
}

#[test]
fn an_error_never_looks_like_an_empty_list() {
    let mut hand = Hand::new();
    hand.press("2");
    hand.break_line(is_list);
    let shown = hand.shown();
    assert!(shown.contains("the line to the database is gone") && !shown.contains("No customers yet"), "{shown}");
    hand.settle();
    hand.passes(Duration::from_secs(2));
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("No customers yet"), "{shown}");
}

#[test]
fn help_and_menus_name_only_what_does_something_there() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.lab.make("sites.create", &[("name", "North POP")]);
    for place in ["1", "2", "3", "4", "5", "6", "8", "9", "0", "2 enter", "2 t", "5 enter"] {
        let go = |hand: &mut Hand| {
            for key in place.split(' ') {
                hand.does(key);
            }
        };
        go(&mut hand);
        let scope = hand.state.scope();
        let named: Vec<(&str, Option<String>)> = hand
            .state
            .keys
            .help(scope, |def| hand.state.place_answers(def))
            .into_iter()
            .flat_map(|section| section.rows)
            .map(|row| (row.action.id, row.keys.first().map(ToString::to_string)))
            .collect();
        assert!(named.len() > 10, "{place}");
        for (id, key) in named {
            let Some(key) = key else { continue };
            go(&mut hand);
            hand.press(&key);
            assert!(!hand.told().contains("not here"), "{place}: {id} on {key}: {}", hand.told());
            hand.state.overlay = None;
            hand.state.door = None;
            hand.asked.clear();
            while hand.state.places.len() > 1 {
                hand.state.places.pop();
            }
            hand.state.places.clear();
            let session = hand.lab.admin.clone();
            let effects = headend::console::update::enter(&mut hand.state, headend::console::update::resumed(session));
            drop(effects);
            hand.press("r");
            hand.asked.clear();
            hand.state.overlay = None;
        }
    }
}

#[test]
fn a_forms_actions_are_listed_and_run_from_its_menu() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types(" W");
    hand.press("ctrl-o");
    let shown = hand.shown();
    assert!(shown.contains("save") && shown.contains("throw away") && !shown.contains("mark all"), "{shown}");
    let Some(Overlay::Menu(menu)) = &hand.state.overlay else { panic!("no menu") };
    let letter = menu.entries().iter().find(|entry| entry.action.id == "save").and_then(|entry| entry.letter).unwrap();
    hand.does(&letter.to_string());
    assert_eq!(hand.at(), "Amina W");
}
