//! Typing ahead of a form that is being saved: nothing of it is lost, and nothing of a sentence is a command.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::console::terminal::Signal;

use crate::forms::{field, go_to};
use crate::hand::Hand;

fn is_save(question: &Question) -> bool {
    matches!(question, Question::Perform(_))
}

/// A form of a customer of that name, sent and not answered yet.
fn being_saved(hand: &mut Hand, name: &str) {
    hand.does("a");
    hand.types(name);
    hand.press("ctrl-s");
}

fn types_on(hand: &mut Hand, keys: &[&str]) {
    for key in keys {
        hand.press_after(key, Duration::from_millis(180), false);
    }
}

fn found(hand: &Hand) -> String {
    match &hand.state.overlay {
        Some(Overlay::Find(find)) => find.line.text().to_owned(),
        other => panic!("no find line: {other:?}"),
    }
}

fn names(hand: &Hand) -> Vec<String> {
    let all = headend::store::list::ListRequest::all(crate::common::lab::entity("customers"), 9);
    let rows = hand.lab.store.list(&hand.lab.admin, &all).expect("a list").rows;
    let mut names: Vec<String> = rows.iter().map(|row| row.get("name").as_str().to_owned()).collect();
    names.sort();
    names
}

/// The next record is typed while the one before it is saved, and saved while the one after it is.
#[test]
fn the_next_record_is_typed_while_one_is_saved() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &["a", "Z", "o", "e"]);
    assert!(hand.told().contains("being saved …: what you type now (4) is for what comes then"), "{}", hand.told());
    assert_eq!(field(&hand, "name").text(), "Brian", "nothing of it is in the form that is saved");
    types_on(&mut hand, &["ctrl-s", "a", "T", "o", "m"]);
    hand.settle();
    assert_eq!(names(&hand), ["Amina", "Brian", "Zoe"]);
    assert_eq!(field(&hand, "name").text(), "Tom");
    assert!(hand.state.ahead.is_empty());
}

/// A paste among it as well.
#[test]
fn a_paste_waits_as_keys_do() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    hand.press("a");
    hand.pastes("Zoe Wanjiru");
    hand.press("!");
    hand.settle();
    assert_eq!(field(&hand, "name").text(), "Zoe Wanjiru!");
}

/// Moves are done, and what opens a line is opened with what was typed into it.
#[test]
fn commands_run_as_far_as_they_move_or_open() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    being_saved(&mut hand, "Dora");
    types_on(&mut hand, &["k", "k", "e", "x"]);
    hand.settle();
    assert_eq!(field(&hand, "name").text(), "Brianx");
    hand.press("esc");
    hand.settle();
    being_saved(&mut hand, "Esi");
    types_on(&mut hand, &["g"]);
    hand.settle();
    assert_eq!(hand.at(), "Amina", "one key alone is that key");
    being_saved(&mut hand, "Fela");
    types_on(&mut hand, &["p"]);
    hand.settle();
    assert!(
        hand.next(|question| matches!(question, Question::Pin { .. })).is_none(),
        "what writes at once is pressed again"
    );
}

/// A sentence is none of commands, also where it goes on after the form is gone: it waits until that is asked for.
#[test]
fn a_sentence_that_goes_on_runs_nothing() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types("x");
    hand.press("ctrl-s");
    types_on(&mut hand, &["u", "x", "space", "s"]);
    hand.settle();
    let waits = |count| {
        format!(
            "saved: CUS-000001 Aminax; u takes it back; what you typed meanwhile ({count}) waits: C-r does it, Esc gives it up"
        )
    };
    assert_eq!(hand.told(), waits(4));
    types_on(&mut hand, &["o", "p"]);
    assert_eq!(hand.told(), waits(6));
    assert!(hand.state.overlay.is_none() && hand.state.places.len() == 2);
    // After a moment keys are keys again, and it is still there until it is given up.
    hand.passes(Duration::from_secs(1));
    hand.press("j");
    assert!(
        hand.shown().contains("typed ahead: 6") && hand.shown().contains("C-r do what was typed"),
        "{}",
        hand.shown()
    );
    hand.press("esc");
    assert_eq!(hand.told(), "given up what was typed ahead (6)");
    hand.press("ctrl-r");
    assert!(hand.told().contains("nothing was typed ahead"), "{}", hand.told());
    assert!(hand.performed().is_none() && hand.state.places.len() == 2);
}

/// Commands that are no moves are done when that is asked for, as if they came then.
#[test]
fn what_waits_is_done_when_that_is_asked_for() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    being_saved(&mut hand, "Chipo");
    types_on(&mut hand, &["g", "x", "m", "enter"]);
    hand.press("ctrl-s");
    hand.settle();
    assert!(hand.told().contains("(5) waits: C-r does it"), "{}", hand.told());
    hand.passes(Duration::from_secs(1));
    hand.press("ctrl-r");
    hand.settle();
    assert!(hand.shown().contains("merge CUS-000001 Amina"), "{}", hand.shown());
    assert!(hand.state.ahead.is_empty());
}

/// What is typed in a field that the list did not show goes on with what stands there.
#[test]
fn what_is_typed_before_a_field_is_read_goes_on_with_it() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let amina = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", amina, &[("notes", "Key at the shop."), ("currency", "USD")]);
    hand.does("r");
    hand.press("e");
    go_to(&mut hand, "currency");
    hand.types("EUR");
    go_to(&mut hand, "notes");
    hand.types(" Ring.");
    hand.settle();
    assert_eq!(field(&hand, "notes").text(), "Key at the shop. Ring.");
    assert_eq!(field(&hand, "currency").text(), "EUR");
    assert!(hand.form().fields.iter().all(|field| field.theirs.is_none()), "{}", hand.shown());
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", amina, "notes"), "Key at the shop. Ring.");
}

/// No `y` that was typed before a question was there answers it.
#[test]
fn nothing_typed_ahead_answers_a_question() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &[":", "s", "u", "s", "p", "e", "n", "d", "enter", "y", "e", "s"]);
    hand.settle();
    assert!(hand.told().contains("what you typed meanwhile (3) waits"), "{}", hand.told());
    assert!(hand.performed().is_none());
}

/// What was not saved keeps what was typed ahead until it is.
#[test]
fn what_is_not_saved_keeps_what_was_typed_ahead() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.lab.make("customers.create", &[("name", "Pia"), ("email", "pia@example.org")]);
    hand.does("a");
    hand.types("Brian");
    go_to(&mut hand, "email");
    hand.types("pia@example.org");
    hand.press("ctrl-s");
    types_on(&mut hand, &["a", "Z"]);
    hand.settle();
    if !matches!(hand.state.places.last(), Some(Place::Form(_))) {
        panic!("an address of somebody else is refused: {}", hand.told());
    }
    assert!(hand.told().ends_with("what you typed ahead (2) waits until it is saved"), "{}", hand.told());
    // What goes on with it is not for the field that is wrong.
    types_on(&mut hand, &["o", "e"]);
    assert_eq!(field(&hand, "email").text(), "pia@example.org");
    hand.passes(Duration::from_secs(1));
    hand.press("ctrl-u");
    hand.types("brian@example.org");
    hand.does("ctrl-s");
    assert_eq!(names(&hand), ["Amina", "Brian", "Pia"]);
    assert_eq!(field(&hand, "name").text(), "Zoe");
}

/// A clerk who types on behind a form that is not even sent types none of it into the field that is wrong.
#[test]
fn what_is_typed_behind_a_form_with_a_mistake_is_not_for_its_field() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("a");
    hand.types("Brian");
    go_to(&mut hand, "mac_address");
    hand.types("02:00");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    types_on(&mut hand, &["a", "Z", "o", "e", "tab", "1"]);
    assert_eq!(field(&hand, "mac_address").text(), "02:00", "{}", hand.told());
    let told = "not saved yet: what you type now (6) is for what comes then; C-r types it here";
    assert_eq!(hand.told(), told);
    // Once it is put right, it goes on as it was meant.
    hand.passes(Duration::from_secs(1));
    hand.press("ctrl-u");
    hand.types("02:00:00:00:00:01");
    hand.does("ctrl-s");
    assert_eq!(names(&hand), ["Amina", "Brian"]);
    assert_eq!(field(&hand, "name").text(), "Zoe");
    assert!(hand.state.ahead.is_empty());
}

/// A form in which nothing is wrong, and nothing to be saved, keeps nothing back.
#[test]
fn what_is_typed_behind_a_form_without_a_change_is_typed_there() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.press("ctrl-s");
    assert_eq!(hand.told(), "nothing was changed");
    types_on(&mut hand, &["x", "y"]);
    assert_eq!(field(&hand, "name").text(), "Aminaxy");
    assert!(hand.state.ahead.is_empty());
}

/// Who puts it right at once is not held up, and what was held is typed there when that is asked for.
#[test]
fn what_is_put_right_at_once_is_not_held() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("a");
    hand.types("Brian");
    go_to(&mut hand, "mac_address");
    hand.types("02:00");
    hand.press("ctrl-s");
    hand.passes(Duration::from_millis(350));
    hand.press("end");
    hand.types(":00:00:00:ab");
    assert_eq!(field(&hand, "mac_address").text(), "02:00:00:00:00:ab");
    hand.press("ctrl-w");
    hand.types("02:00:00:00:00:");
    hand.press("ctrl-s");
    types_on(&mut hand, &["a", "a"]);
    assert_eq!(field(&hand, "mac_address").text(), "02:00:00:00:00:");
    hand.press("ctrl-r");
    assert_eq!(field(&hand, "mac_address").text(), "02:00:00:00:00:aa", "at once, too");
    assert!(hand.state.ahead.is_empty());
    hand.passes(Duration::from_secs(1));
    hand.press("ctrl-w");
    hand.types("02:00");
    hand.press("ctrl-s");
    types_on(&mut hand, &[":"]);
    hand.passes(Duration::from_millis(400));
    hand.pastes("00:00:00:aa");
    assert_eq!(field(&hand, "mac_address").text(), "02:00");
    hand.passes(Duration::from_secs(1));
    hand.press("end");
    hand.press("ctrl-r");
    assert_eq!(field(&hand, "mac_address").text(), "02:00:00:00:00:aa");
    assert!(hand.state.ahead.is_empty());
}

/// Esc gives it up, and says so; who went elsewhere is told as well.
#[test]
fn what_was_typed_ahead_is_given_up_by_leaving() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &["a", "Z"]);
    hand.press("esc");
    assert_eq!(hand.told(), "given up what was typed ahead (2)");
    hand.settle();
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))));
    being_saved(&mut hand, "Chipo");
    types_on(&mut hand, &["a", "Z"]);
    hand.press("ctrl-f");
    hand.settle();
    assert!(hand.told().ends_with("what you typed ahead (2) is given up: you went elsewhere"), "{}", hand.told());
    assert_eq!(found(&hand), "");
    assert_eq!(names(&hand), ["Amina", "Brian", "Chipo"]);
}

/// Where the line breaks what is typed waits on; it is gone on with when the form was sent again.
#[test]
fn what_is_typed_while_the_line_is_gone_waits() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &["a", "Z"]);
    hand.break_line(is_save);
    assert!(hand.form().is_unsent());
    types_on(&mut hand, &["o", "e"]);
    hand.passes(Duration::from_secs(2));
    let pulse = hand.next(|question| matches!(question, Question::Pulse)).expect("it asks again");
    hand.reply(pulse);
    hand.settle();
    assert_eq!(names(&hand), ["Amina", "Brian"], "{}", hand.shown());
    assert_eq!(field(&hand, "name").text(), "Zoe");
}

/// What is typed while a record is added for a form below goes on in that form.
#[test]
fn what_is_typed_while_a_missing_record_is_added_goes_on_below() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.opens_list("devices");
    hand.settle();
    hand.does("a");
    hand.types("ONU-88");
    go_to(&mut hand, "site");
    hand.types("North");
    hand.does("down");
    hand.does("enter");
    assert_eq!(hand.form().resource.entity.name, "sites", "{}", hand.shown());
    hand.press("ctrl-s");
    types_on(&mut hand, &["z", "9"]);
    hand.settle();
    assert_eq!(hand.form().resource.entity.name, "devices", "{}", hand.shown());
    assert!(field(&hand, "site").text().contains("North"), "{}", hand.shown());
    let behind = hand.form().focus;
    assert!(hand.form().fields[behind].text().contains("z9"), "{}", hand.shown());
}

/// Behind a save that waits for its record to be read, too: nothing of it goes into that form.
#[test]
fn what_is_typed_behind_a_form_that_is_still_read_is_for_what_comes_then() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("e");
    types_on(&mut hand, &["W", "ctrl-s", "a", "Z", "o", "e", "ctrl-s", "a", "T"]);
    hand.settle();
    assert_eq!(names(&hand), ["AminaW", "Brian", "Zoe"]);
    assert_eq!(field(&hand, "name").text(), "T");
}

/// A page that is still read takes its keys when it is there.
#[test]
fn keys_for_a_page_wait_until_it_is_read() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("enter");
    types_on(&mut hand, &["tab", "a", "n", "e", "w"]);
    hand.settle();
    assert_eq!(hand.form().resource.entity.name, "devices", "{}", hand.shown());
    assert_eq!(field(&hand, "name").text(), "new");
    assert_eq!(names(&hand), ["Amina", "Brian"]);
    // What does not ask for the record is done at once.
    for key in ["esc", "esc", "esc"] {
        hand.does(key);
    }
    hand.press("enter");
    hand.press(">");
    hand.settle();
    assert!(hand.shown().contains("CUS-000002 Brian"), "{}", hand.shown());
    // A record that is gone takes none, and says so.
    hand.does("q");
    hand.press("enter");
    types_on(&mut hand, &["e", "x"]);
    hand.break_line(|question| matches!(question, Question::Get { .. }));
    assert!(hand.told().contains("given up what was typed ahead (2): nothing was opened"), "{}", hand.told());
}

/// Who leaves a form that was refused is asked about what was typed behind it: nothing of it is done without a word.
#[test]
fn what_was_typed_ahead_is_asked_for_where_a_refused_form_is_left() {
    for leaves in [&["esc"][..], &["ctrl-x", "y"]] {
        let mut hand = Hand::with_customers(&["Amina"]);
        hand.does("a");
        hand.types("Brian");
        go_to(&mut hand, "email");
        hand.types("nobody");
        hand.press("ctrl-u");
        hand.types("brian@example.org");
        hand.lab.make("customers.create", &[("name", "Pia"), ("email", "brian@example.org")]);
        hand.press("ctrl-s");
        types_on(&mut hand, &["a", "Z", "o", "e"]);
        hand.settle();
        assert!(hand.told().contains("waits until it is saved"), "{}", hand.told());
        hand.passes(Duration::from_secs(1));
        hand.press("left");
        assert!(hand.shown().contains("typed ahead: 4"), "{}", hand.shown());
        for key in leaves {
            hand.passes(Duration::from_secs(1));
            hand.does(key);
        }
        assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "{leaves:?}");
        assert!(hand.told().contains("what you typed meanwhile (4) waits: C-r does it"), "{}", hand.told());
        hand.does("ctrl-r");
        assert_eq!(field(&hand, "name").text(), "Zoe", "{leaves:?}");
        assert!(hand.state.ahead.is_empty());
    }
}

/// Nor is it typed into the form below the one that was left.
#[test]
fn what_was_typed_ahead_is_not_for_the_form_below() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("a");
    hand.types("Brian");
    go_to(&mut hand, "plan");
    hand.types("Home 48");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("down");
    hand.does("enter");
    assert_eq!(field(&hand, "name").text(), "Home 48", "the form of a plan: {}", hand.shown());
    hand.press("ctrl-s");
    types_on(&mut hand, &["1", "2", "tab", "9"]);
    hand.passes(Duration::from_secs(1));
    hand.does("esc");
    assert_eq!(field(&hand, "plan").text(), "Home 48");
    assert!(
        hand.told().contains("what you typed meanwhile (4) waits: C-r types it here, Esc gives it up"),
        "{}",
        hand.told()
    );
    hand.does("esc");
    assert_eq!(hand.told(), "given up what was typed ahead (4)");
    assert_eq!((field(&hand, "plan").text(), field(&hand, "name").text()), ("Home 48".into(), "Brian".into()));
}

/// It waits behind a lock, for whoever locked it.
#[test]
fn what_was_typed_ahead_waits_behind_a_lock() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &["a", "Z", "o", "e"]);
    hand.press("ctrl-q");
    hand.settle();
    assert!(hand.state.door.is_some());
    hand.types("a password");
    hand.press("enter");
    let unlock = hand.next(|question| matches!(question, Question::Unlock(_))).expect("it is being looked at");
    hand.hears(Message::Reply(unlock.0, Reply::Unlocked(Ok(()))));
    hand.settle();
    assert_eq!(field(&hand, "name").text(), "Zoe");
}

/// A line that is hung up leaves drafts of what was typed ahead.
#[test]
fn what_was_typed_ahead_is_a_draft_when_the_line_is_hung_up() {
    let mut hand = Hand::with_customers(&["Amina"]);
    being_saved(&mut hand, "Brian");
    types_on(&mut hand, &["a", "Z", "o", "e", "ctrl-s", "a", "T", "o", "m"]);
    hand.hears(Message::Signal(Signal::HangUp));
    while let Some(draft) = hand.next(|question| matches!(question, Question::KeepDraft(_))) {
        hand.reply(draft);
    }
    let mut kept: Vec<&str> = hand.drafts.iter().map(|draft| draft.fields["name"].as_str()).collect();
    kept.sort_unstable();
    assert_eq!(kept, ["Brian", "Tom", "Zoe"]);
    assert!(hand.performed().is_some() && hand.performed().is_none(), "none but the first was sent");
}
