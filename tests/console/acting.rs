//! Something is done to marked rows: to how many it can be, how far it is, what it left alone.

use std::time::Duration;

use headend::console::message::{Message, Question, Reply};
use headend::console::overlay::Overlay;
use headend::console::state::Place;
use headend::console::widgets::menu::MenuEntry;
use headend::domain::manner::Manner;
use headend::domain::{Id, Value};
use headend::store::aims::Aims;
use headend::store::operation::rehearsal::Foreseen;
use headend::store::{Failure, Request, StoreError};

use crate::common::{Engine, Lab};
use crate::hand::Hand;

const fn is_perform(question: &Question) -> bool {
    matches!(question, Question::Perform(_))
}

#[test]
fn of_mixed_marks_it_says_to_how_many_an_action_is_open() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let brian = hand.list().rows[1].record.id;
    hand.lab.must("customers.suspend", brian, &[]);
    hand.does("r");
    hand.does("*");
    hand.press("x");
    let shown = hand.shown();
    assert!(shown.contains("2 of 3 can be"), "{shown}");
    hand.press("s");
    let shown = hand.shown();
    assert!(shown.contains("2 of 3 can be; the others are left as they are"), "{shown}");
    assert!(shown.contains("Suspend 2 customers?"), "the effect is what is asked: {shown}");
}

/// A list of 250 customers, of which not all are loaded.
fn more_than_is_loaded() -> Hand {
    let names: Vec<String> = (1..=250).map(|number| format!("Customer {number:03}")).collect();
    let hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(hand.list().rows.len() < 200);
    hand
}

/// Of many it is the number that will be done that is typed, also where the database alone knows it.
#[test]
fn the_number_that_is_typed_is_that_of_what_will_be_done() {
    let mut hand = more_than_is_loaded();
    let first = hand.list().rows[0].record.id;
    hand.lab.must("customers.suspend", first, &[]);
    hand.does("*");
    hand.press("x");
    let asked = hand.next(|question| matches!(question, Question::States { .. })).expect("how many are in which state");
    hand.press("s");
    assert!(!hand.shown().contains("Type 250"), "{}", hand.shown());
    hand.reply(asked);
    let shown = hand.shown();
    assert!(shown.contains("249 of 250 can be") && shown.contains("Type 249"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.types("250");
    hand.press("enter");
    assert!(hand.performed().is_none(), "not the number that was marked");
    for _ in 0..2 {
        hand.press("backspace");
    }
    hand.types("49");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    assert!(hand.performed().is_some());
}

/// What can never be done is told before anything is asked for it, of several as of one.
#[test]
fn an_amount_that_is_too_fine_for_all_of_them_is_told_in_the_form() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.does("*");
    hand.does("x");
    hand.does("p");
    hand.types("12.345");
    hand.does("tab");
    assert!(hand.shown().contains("has more than the 2 digits that KES has"), "{}", hand.shown());
    hand.does("ctrl-s");
    assert!(hand.state.overlay.is_none(), "{:?}", hand.state.overlay);
}

/// A question that a command asks names whom it is about, however fast the answer comes.
#[test]
fn a_command_with_a_filter_asks_once_its_records_are_in_sight() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.opens_list("customers.suspend brian");
    let marks = hand.next(|question| matches!(question, Question::Mark { .. })).expect("it looks for them");
    hand.reply(marks);
    assert!(hand.state.overlay.is_none(), "the row is not read yet");
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("Suspend 1 customer?") && shown.contains("CUS-000002 Brian"), "{shown}");
    hand.press("esc");
    // Who stops it is not asked any more.
    hand.opens_list("customers.suspend amina");
    let marks = hand.next(|question| matches!(question, Question::Mark { .. })).expect("it looks for them");
    hand.reply(marks);
    hand.press("ctrl-c");
    hand.settle();
    assert!(hand.state.overlay.is_none());
}

/// A command with a filter leaves the list as it was: who says no comes back to filter, cursor and marks.
#[test]
fn a_command_with_a_filter_takes_nobodys_marks() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.press("/");
    hand.types("status:active");
    hand.does("enter");
    hand.press("space");
    hand.press("space");
    hand.opens_list("suspend chipo");
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("Suspend 1 customer?") && shown.contains("CUS-000003 Chipo"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.does("n");
    assert_eq!((hand.names(), hand.list().marks.len()), (vec!["Chipo".to_owned()], 1));
    // Its filter goes first, then the list.
    hand.does("esc");
    hand.does("esc");
    let filter = hand.list().filter_text.clone();
    assert_eq!(filter, "status:active", "{}", hand.shown());
    assert_eq!((hand.at().as_str(), hand.list().marks.len()), ("Chipo", 2));
}

/// What is wrong with some of them alone is told row by row, and done to the others.
#[test]
fn of_many_those_are_done_that_can_be_and_the_others_say_why() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    for plan in ["Home 30M", "Home 100M"] {
        let values =
            [("name", plan), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", "9"), ("currency", "KES")];
        hand.lab.make("plans.create", &values);
    }
    let ids: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
    for (id, plan) in ids.iter().zip(["Home 30M", "Home 100M", "Home 100M"]) {
        hand.lab.must("customers.update", *id, &[("plan", plan)]);
    }
    hand.does("r");
    hand.does("*");
    hand.opens_list("change_plan");
    hand.settle();
    hand.types("Home 30M");
    hand.press("esc");
    hand.does("ctrl-s");
    // No wallet is settled by it: it is no matter of money, and a key is enough.
    let shown = hand.shown();
    assert!(shown.contains("Change plan 2 customers?") && shown.contains("No wallet moves by it."), "{shown}");
    assert!(shown.contains("y yes") && !shown.contains("Type 2"), "{shown}");
    assert!(shown.contains("Left as it is: CUS-000001 Amina: plan: is the one that the customer has"), "{shown}");
    hand.says_yes();
    hand.settle();
    let Some(Overlay::Left(alone)) = &hand.state.overlay else { panic!("{}", hand.told()) };
    assert!(alone.rows.len() == 1 && alone.rows[0].0 == ids[0], "{alone:?}");
    assert!(alone.rows[0].2.contains("is the one that the customer has"), "{alone:?}");
    assert_eq!(hand.lab.value("customers", ids[2], "plan"), "Home 30M");
}

/// A payment that is paid back in cash moves no wallet, and is money all the same.
#[test]
fn money_outside_wallets_is_confirmed_as_money() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let invoice = hand.lab.make("invoices.create", &[("customer", "CUS-000001"), ("currency", "KES")]);
    let line = [("invoice", &*invoice.to_string()), ("description", "Fibre"), ("unit_price", "5")];
    hand.lab.make("invoice_lines.create", &line);
    hand.lab.must("invoices.issue", invoice, &[]);
    hand.lab.must("invoices.pay", invoice, &[("amount", "5"), ("method", "cash")]);
    hand.opens_list("payments");
    hand.settle();
    let payment = hand.list().rows[0].record.id;
    hand.opens_list("payments.refund");
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("Refund 1 payment?") && shown.contains("Type 1 "), "{shown}");
    assert!(shown.contains("5.00 KES, refunded then"), "{shown}");
    hand.confirms("1");
    hand.settle();
    assert_eq!(hand.lab.value("payments", payment, "status"), "refunded", "{}", hand.told());
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("Type 1 ") && shown.contains("5.00 KES, "), "{shown}");
}

/// What was worked out for a question that is gone is not said in the next one.
#[test]
fn what_comes_late_is_for_no_other_question() {
    let names: Vec<String> = (0..12).map(|index| format!("Person {index}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.lab.must("customers.top_up", hand.list().rows[0].record.id, &[("amount", "2")]);
    hand.press("u");
    let asked = hand.next(|question| matches!(question, Question::LastOperation { .. })).expect("it is asked");
    hand.reply(asked);
    let (number, _) = hand.next(|question| matches!(question, Question::ForeseeUndo(_))).expect("it is worked out");
    hand.does("esc");
    hand.does("*");
    hand.does("x");
    hand.does("s");
    let before = hand.shown();
    assert!(before.contains("Suspend 12 customers?") && before.contains("Type 12"), "{before}");
    let refused = Foreseen { refused: Some("it was changed since".into()), ..Foreseen::default() };
    hand.hears(Message::Reply(number, Reply::Foreseen(Ok(refused))));
    assert_eq!(hand.shown(), before);
    hand.confirms("12");
    assert!(hand.performed().is_some());
}

/// Many are taken back by the number of those that they were, whatever came with them, and it is told what wallets move by.
#[test]
fn taking_back_is_confirmed_by_what_was_meant() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.does("*");
    hand.does("x");
    hand.does("p");
    hand.types("2.50");
    hand.does("ctrl-s");
    hand.passes(Duration::from_secs(1));
    hand.types("2.50");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    hand.settle();
    assert!(hand.told().starts_with("top up: 3 done"), "{}", hand.told());
    hand.press("u");
    let (number, question) =
        hand.next(|question| matches!(question, Question::LastOperation { .. })).expect("it is asked");
    hand.reply((number, question));
    assert!(hand.shown().contains("Working out what it comes to"), "{}", hand.shown());
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("top up 3 customers") && shown.contains("Type 3 "), "{shown}");
    assert!(shown.contains("with what belongs to them") && !shown.contains("another login"), "{shown}");
    assert!(shown.contains("The wallet of CUS-000002 Brian: -2.50 KES") && shown.contains("then 0.00 KES"), "{shown}");
    hand.confirms("3");
    hand.settle();
    assert!(hand.told().starts_with("taken back: top up 3 customers"), "{}", hand.told());
    let ids: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
    assert!(ids.iter().all(|id| hand.lab.value("customers", *id, "wallet_balance") == "0.00"));
}

/// What the same person did at another console is taken back as well, and that it was there is told; what was done here goes
/// first.
#[test]
fn what_was_done_at_another_console_is_told_as_such() {
    let mut lab = Lab::new(Engine::Sqlite);
    let [amina, brian] = ["Amina", "Brian"].map(|name| lab.make("customers.create", &[("name", name)]));
    lab.must("customers.terminate", brian, &[]);
    // The same person, at another console.
    lab.admin = lab.session_of(&lab.admin, lab.admin.user().unwrap());
    let mut hand = Hand::of(lab);
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("terminate customer: CUS-000002 Brian"), "{shown}");
    assert!(shown.contains("You did it in another login, "), "{shown}");
    hand.does("esc");
    hand.lab.must("customers.suspend", amina, &[]);
    let elsewhere = hand.lab.session_of(&hand.lab.admin, hand.lab.admin.user().unwrap());
    let update = Request::new(crate::common::lab::find("customers.update")).on(amina, None);
    hand.lab.store.perform(&elsewhere, &update.with("name", Value::text("Amina W"))).unwrap();
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("suspend customer: CUS-000001 Amina") && !shown.contains("another login"), "{shown}");
}

/// Money that moves without an amount is for what is owed: that is shown, and typed.
#[test]
fn what_is_owed_is_shown_and_typed_before_it_is_paid() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id.to_string();
    let invoice = hand.lab.make("invoices.create", &[("customer", &amina), ("currency", "KES")]);
    let line =
        [("invoice", &*invoice.to_string()), ("description", "Fibre"), ("unit_price", "100"), ("tax_percentage", "16")];
    hand.lab.make("invoice_lines.create", &line);
    hand.lab.must("invoices.issue", invoice, &[]);
    hand.opens_list("invoices");
    hand.settle();
    hand.opens_list("invoices.pay");
    hand.settle();
    hand.does("tab");
    hand.types("cash");
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("all that is owed: 116.00") && shown.contains("Type 116.00"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.press("y");
    assert!(hand.performed().is_none());
    hand.press("backspace");
    // What is wrong goes with the next letter, and noughts behind an amount say nothing.
    hand.types("16");
    hand.press("enter");
    assert!(hand.performed().is_none());
    hand.types("116");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    assert!(hand.performed().is_some(), "{}", hand.shown());
}

/// What was done once and for all is closed, with its reason.
#[test]
fn a_login_that_ended_is_not_ended_again() {
    let mut hand = Hand::with_customers(&[]);
    let other = hand.lab.user("noc1", "viewer");
    let headend::store::session::Actor::Person { login, .. } = other.actor else { panic!("{other:?}") };
    hand.lab.must("user_sessions.revoke", login, &[]);
    hand.opens_list("logins user:noc1");
    hand.settle();
    hand.does("x");
    assert!(hand.shown().contains("the login has ended already"), "{}", hand.shown());
    hand.does("v");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))), "{}", hand.shown());
}

#[test]
fn money_goes_nowhere_before_the_amount_was_typed_again() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.press("p");
    hand.types("25.50");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    let shown = hand.shown();
    assert!(shown.contains("Type 25.50") && shown.contains("Top up 1 customer?"), "{shown}");
    // Nothing is answered before it is said what it comes to.
    hand.passes(Duration::from_secs(1));
    hand.types("25.50");
    hand.press("enter");
    assert!(hand.performed().is_none() && hand.shown().contains("Working out what it comes to"), "{}", hand.shown());
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("The wallet of CUS-000001 Amina: +25.50 KES"), "{shown}");
    hand.press_after("enter", Duration::from_millis(100), false);
    assert!(hand.performed().is_none(), "it was hardly seen");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    let (number, question) = hand.next(is_perform).expect("a request");
    hand.reply((number, question));
    hand.settle();
    assert!(hand.told().starts_with("top up: 1 done"), "{}", hand.told());
    // Nor does it come back by one letter.
    hand.does("u");
    let shown = hand.shown();
    assert!(shown.contains("top up customer: CUS-000001 Amina") && shown.contains("Type "), "{shown}");
    hand.says_yes();
    hand.settle();
    let amina = hand.list().rows[0].record.id;
    assert_eq!(hand.lab.value("customers", amina, "wallet_balance"), "25.50");
    // Nothing, and less than nothing, is no amount: told as one leaves it.
    hand.press("esc");
    hand.press("x");
    hand.press("p");
    for amount in ["0", "-5"] {
        hand.press("ctrl-u");
        hand.types(amount);
        hand.press("tab");
        assert!(hand.shown().contains("must be more than nothing"), "{amount}: {}", hand.shown());
        hand.press("shift-tab");
    }
}

#[test]
fn what_cannot_be_taken_back_is_said_before_something_older_is() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id;
    hand.lab.must("customers.suspend", amina, &[]);
    hand.lab.make("users.create", &[("username", "brian"), ("roles", "viewer")]);
    hand.does("u");
    let shown = hand.shown();
    for told in ["Your last one stays as it is", "brian", "Before it:", "suspend customer: CUS-000001 Amina"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
}

/// A ticket about a customer begins where one looks at the customer.
#[test]
fn a_ticket_begins_from_what_it_is_about() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("x");
    hand.does("t");
    assert_eq!(hand.form().resource.entity.name, "tickets");
    let customer = hand.form().fields.iter().find(|field| field.field.name == "customer").unwrap();
    assert_eq!(customer.text(), "CUS-000001");
    hand.does("esc");
    hand.does("*");
    hand.press("x");
    hand.press("t");
    assert!(hand.told().contains("about one record"), "{}", hand.told());
}

#[test]
fn the_next_problem_is_looked_for_in_the_whole_list() {
    let names: Vec<String> = (1..=200).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let known = |number: usize| {
        let named = format!("CUS-{number:06}");
        hand.lab.store.get_named(&hand.lab.admin, crate::common::lab::entity("customers"), &named).unwrap().id
    };
    let ids: Vec<_> = (1..=200).map(known).collect();
    for late in [5, 180] {
        hand.lab.must("customers.update", ids[late], &[("expires_at", "2020-01-01")]);
    }
    hand.press("g");
    hand.does("r");
    for (key, at) in [("n", ids[5]), ("n", ids[180]), ("N", ids[5])] {
        hand.does(key);
        assert_eq!(hand.list().at, Some(at), "{key}");
    }
    hand.does("N");
    assert_eq!(hand.told(), "no further one that is:overdue");
}

/// From page to page one comes to the end of the list, not of what was loaded of it.
#[test]
fn the_next_record_is_the_next_of_the_whole_list() {
    let names: Vec<String> = (1..=150).map(|number| format!("Customer {number:03}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.does("enter");
    for _ in 1..150 {
        hand.does(">");
    }
    let Some(Place::Page(page)) = hand.state.places.last() else { panic!("no page") };
    assert_eq!(page.record.as_ref().map(|record| record.title()), Some("CUS-000150 Customer 150".into()));
    hand.press(">");
    assert_eq!(hand.told(), "no further record in the list");
}

#[test]
fn rows_that_are_out_of_sight_are_counted_by_the_database() {
    let mut hand = more_than_is_loaded();
    let (second, third) = (hand.list().rows[1].record.id, hand.list().rows[2].record.id);
    hand.lab.must("customers.suspend", second, &[]);
    hand.does("*");
    assert_eq!(hand.told(), "250 marked");
    // One of them is meant no longer, and what matches from now on never was.
    hand.press("j");
    hand.press("j");
    hand.press("space");
    let late = hand.lab.make("customers.create", &[("name", "Customer 251")]);
    hand.does("r");
    assert!(hand.shown().contains("249 marked"), "{}", hand.shown());
    hand.press("x");
    assert!(hand.next(|question| matches!(question, Question::States { .. })).map(|asked| hand.reply(asked)).is_some());
    let shown = hand.shown();
    assert!(shown.contains("248 of 249 can be") && shown.contains("249 marked customers"), "{shown}");
    hand.press("s");
    hand.confirms("248");
    let request = hand.performed().expect("a request");
    assert_eq!(request.aims.len(), 249);
    assert!(request.aims.contains(second) && !request.aims.contains(third) && !request.aims.contains(late));
    assert!(request.aims.iter().all(|aim| aim.version.is_some()), "each at the version that was seen");
}

#[test]
fn what_asks_first_is_done_to_all_that_match_however_many() {
    let mut hand = more_than_is_loaded();
    let second = hand.list().rows[1].record.id;
    hand.lab.must("customers.terminate", second, &[("reason", "moved")]);
    hand.does("*");
    hand.does("x");
    hand.does("d");
    assert_eq!(hand.form().title(Manner::default()), "terminate 250 customers");
    hand.types("gone");
    hand.press("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("Terminate 249 customers?") && shown.contains("249 of 250 can be"), "{shown}");
    hand.confirms("249");
    let (number, question) = hand.next(is_perform).expect("a request");
    let Question::Perform(request) = &question else { panic!("{question:?}") };
    assert!(request.partly && request.aims.len() == 250);
    hand.hears(Message::Reply(number, Reply::Progress(50, 250)));
    assert!(hand.shown().contains("terminate ██░░░░░░░░░░ 50 of 250"), "{}", hand.shown());
    hand.reply((number, question));
    hand.settle();
    assert!(hand.told().contains("249 done"), "{}", hand.told());
    let Some(Overlay::Left(alone)) = &hand.state.overlay else { panic!("{:?}", hand.state.overlay) };
    assert!(alone.rows.len() == 1 && alone.rows[0].0 == second, "{alone:?}");
    hand.press("esc");
    assert_eq!(hand.list().marks.ids().collect::<Vec<_>>(), [second], "what was left is still marked");
    // A field of all of them, and a command on them.
    hand.does("*");
    hand.press("e");
    assert_eq!(hand.form().title(Manner::default()), "set a field of 250 customers");
    hand.press("esc");
    hand.opens_list("suspend");
    assert!(matches!(&hand.state.overlay, Some(Overlay::Confirm(..))), "{}", hand.told());
}

#[test]
fn what_runs_says_how_far_it_is_and_stops_when_told() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.does("*");
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    let (number, _) = hand.next(is_perform).expect("a request");
    hand.passes(Duration::from_secs(1));
    hand.hears(Message::Reply(number, Reply::Progress(1_000, 3_000)));
    let shown = hand.shown();
    assert!(shown.contains("suspend ████░░░░░░░░ 1 000 of 3 000") && shown.contains("2 s left"), "{shown}");
    // Nothing else is begun meanwhile, and C-c stops it.
    hand.press("x");
    hand.press("s");
    hand.says_yes();
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
    hand.does("*");
    // Somebody else changes two of them meanwhile.
    hand.lab.must("customers.update", ids[0], &[("notes", "theirs")]);
    hand.lab.must("customers.update", ids[2], &[("notes", "theirs")]);
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    hand.settle();
    assert!(hand.told().contains("1 done, 2 left as they are"), "{}", hand.told());
    // Two are marked of three that match.
    assert_eq!(hand.list().marks.len(), 2);
    let shown = hand.shown();
    assert!(shown.contains("1 done, 2 left") && shown.contains("Amina") && shown.contains("Chipo"), "{shown}");
    hand.press("j");
    hand.does("enter");
    match hand.state.places.last() {
        Some(Place::Page(page)) => assert_eq!(page.id, ids[2]),
        other => panic!("{other:?}"),
    }
    hand.does("q");
    // Once more, and the rest is done as it is now.
    hand.lab.must("customers.reactivate", ids[1], &[]);
    hand.press("-");
    hand.does("*");
    for id in [ids[0], ids[2]] {
        hand.lab.must("customers.update", id, &[("notes", "theirs again")]);
    }
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    hand.settle();
    hand.press("r");
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "asked once more");
    hand.says_yes();
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
        hand.does("pagedown");
    }
    assert_eq!(hand.at(), "Customer 699");
    assert!(hand.list().rows[0].record.get("name").as_str() > "Customer 000", "its beginning is kept no longer");
    assert_eq!(hand.list().marks.len(), 700);
    // A jump over rows that nobody saw ends it.
    hand.press("-");
    hand.press("v");
    hand.does("g");
    assert_eq!(hand.at(), "Customer 000");
    assert!(hand.told().contains("the range ended"), "{}", hand.told());
    hand.press("j");
    assert_eq!(hand.list().marks.len(), 1);
}

/// A letter may follow its menu in one go, as long as it changes nothing by itself.
#[test]
fn what_is_done_at_once_waits_until_its_menu_was_seen() {
    let is_watch = |question: &Question| matches!(question, Question::Watch { .. });
    let fast = Duration::from_millis(60);
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("x");
    hand.press_after("w", fast, false);
    assert!(hand.next(is_watch).is_none(), "on its way before the menu could be read");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))), "the menu stays");
    assert!(hand.told().starts_with("too quick"), "{}", hand.told());
    // What follows in one go was meant for what it would have left behind.
    hand.press_after("t", fast, false);
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))), "{}", hand.shown());
    hand.press("w");
    assert!(hand.next(is_watch).is_some());
    hand.press("x");
    hand.press_after("s", fast, false);
    assert!(matches!(hand.state.overlay, Some(Overlay::Confirm(..))), "a question may follow at once");
    hand.press("esc");
    // From the menu of everything, too.
    let is_pin = |question: &Question| matches!(question, Question::Pin { .. });
    hand.press("ctrl-o");
    hand.press_after("p", fast, false);
    assert!(hand.next(is_pin).is_none() && matches!(hand.state.overlay, Some(Overlay::Menu(_))));
    hand.press("p");
    assert!(hand.next(is_pin).is_some());
}

#[test]
fn numbers_stand_in_the_manner_of_the_place_and_are_typed_in_it_or_plain() {
    for (locale, shown, typed) in [("de", "89.989", "88.048"), ("de", "89.989", "88048"), ("", "89 989", "88048")] {
        let mut hand = Hand::with_customers(&["Amina", "Brian"]);
        hand.state.session.as_mut().unwrap().tenant.manner = Manner::of(locale);
        hand.press("*");
        let (number, _) = hand.next(|question| matches!(question, Question::Mark { .. })).expect("which match");
        let all: Aims = (0..89_989).map(|_| (Id::new(), 1)).collect();
        hand.hears(Message::Reply(number, Reply::Marked(Ok(all))));
        assert_eq!(hand.told(), format!("{shown} marked"));
        hand.press("x");
        let (number, _) = hand.next(|question| matches!(question, Question::States { .. })).expect("their states");
        let states = [("active", 88_048), ("suspended", 1_941)].map(|(word, count)| (word.to_owned(), count));
        hand.hears(Message::Reply(number, Reply::States(Ok(states.into()))));
        let menu = hand.shown();
        assert!(menu.contains(&format!("{shown} marked customers")), "{menu}");
        hand.press("s");
        let question = hand.shown();
        let open = Manner::of(locale).count(88_048);
        for part in [format!("Suspend {open} customers?"), format!("{open} of {shown} can be"), format!("Type {open}")]
        {
            assert!(question.contains(&part), "{part}: {question}");
        }
        hand.passes(Duration::from_secs(1));
        hand.types(typed);
        hand.passes(Duration::from_secs(1));
        hand.press("enter");
        assert!(hand.performed().is_some(), "{locale}: {typed}: {}", hand.shown());
    }
}

/// What is marked by then is not all that match any more: `*` marks those too, and takes no mark away.
#[test]
fn all_are_marked_again_after_something_was_done_to_some() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let brian = hand.list().rows[1].record.id;
    hand.does("*");
    hand.lab.must("customers.update", brian, &[("notes", "theirs")]);
    hand.press("x");
    hand.press("s");
    hand.says_yes();
    hand.settle();
    hand.does("esc");
    assert_eq!(hand.list().marks.ids().collect::<Vec<_>>(), [brian]);
    hand.does("*");
    assert_eq!(hand.list().marks.len(), 3);
    hand.does("*");
    assert!(hand.list().marks.is_empty(), "and all of them again");
}

/// Marks of several filters add up, whichever key made them; the key again in the last of them takes all away.
#[test]
fn marks_of_several_filters_add_up() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo", "Dalila"]);
    let filter = |hand: &mut Hand, text: &str| {
        hand.press("/");
        hand.press("ctrl-u");
        hand.types(text);
        hand.does("enter");
    };
    hand.press("space");
    for (text, marked) in [("brian", 2), ("chipo", 3), ("amina", 3)] {
        filter(&mut hand, text);
        hand.does("*");
        assert_eq!((hand.list().marks.len(), hand.told()), (marked, format!("{marked} marked")), "{text}");
    }
    hand.does("*");
    assert!(hand.list().marks.is_empty());
    filter(&mut hand, "dalila");
    hand.does("*");
    assert_eq!(hand.list().marks.len(), 1);
}

/// What is marked is meant, wherever the cursor and the filter have gone since.
#[test]
fn the_marked_are_named_and_edited_out_of_sight_too() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let amina = hand.list().rows[0].record.id;
    hand.press("space");
    hand.press("e");
    assert_eq!(hand.form().record.as_ref().map(|record| record.id), Some(amina), "as x acts on it");
    hand.does("esc");
    hand.press("/");
    hand.types("chipo");
    hand.does("enter");
    assert_eq!(hand.names(), ["Chipo"]);
    hand.press("x");
    assert!(hand.shown().contains("Amina"), "{}", hand.shown());
    // To how many it will be done is counted before that is asked, however fast the letter follows.
    hand.press("s");
    assert!(hand.shown().contains("counting how many of them it can be done to"), "{}", hand.shown());
    hand.settle();
    let question = hand.shown();
    assert!(question.contains("Suspend 1 customer?") && question.contains("CUS-000001 Amina"), "{question}");
    hand.says_yes();
    hand.settle();
    assert_eq!(hand.lab.value("customers", amina, "status"), "suspended");
}

/// What another record decides closes a deed beforehand, with its reason; what was made besides is told.
#[test]
fn what_other_records_decide_is_closed_and_what_was_made_is_told() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let days = [("activation_date", "2026-01-01"), ("expiration_date", "2027-01-01"), ("total_value", "120")];
    let of = |customer: &'static str| [[("customer", customer)].as_slice(), &days].concat();
    hand.lab.make("contracts.create", &of("Amina"));
    hand.opens_list("contracts");
    hand.settle();
    hand.does("x");
    assert!(hand.shown().contains("no upgrade or downgrade of the contract has begun"), "{}", hand.shown());
    hand.does("r");
    hand.does("ctrl-s");
    let told = hand.told();
    assert!(told.contains("renew: 1 done") && told.contains(" and made CON-000002"), "{told}");
    assert_eq!(hand.list().rows.len(), 2);
    let renewed = hand.list().rows.iter().position(|row| row.record.get("number").as_str() == "CON-000001").unwrap();
    hand.press("g");
    for _ in 0..renewed {
        hand.press("j");
    }
    hand.does("x");
    assert!(hand.shown().contains("follows it already: cancel that one first"), "{}", hand.shown());
    hand.does("r");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))) && hand.told().contains("follows it already"));
    hand.press("esc");
    // Of both it says to how many, and at whom it is left.
    hand.does("*");
    hand.does("x");
    assert!(hand.shown().contains("1 of 2 can be"), "{}", hand.shown());
}

/// What a change of plan settles is said before anything is answered.
#[test]
fn what_a_plan_settles_is_said_first() {
    let mut hand = Hand::with_customers(&[]);
    for (name, price) in [("Home 20M", "30"), ("Home 50M", "60")] {
        let values =
            [("name", name), ("download_mbps", "9"), ("upload_mbps", "9"), ("price", price), ("validity_days", "30")];
        hand.lab.make("plans.create", &values);
    }
    hand.lab.make("customers.create", &[("name", "Amina"), ("plan", "Home 20M"), ("expires_at", "+10d")]);
    hand.does("r");
    hand.does("x");
    let Some(Overlay::Actions(deeds)) = &hand.state.overlay else { panic!("{}", hand.shown()) };
    let letter = deeds.menu.entries().iter().find(|entry| entry.action.id == "customers.change_plan").unwrap().letter;
    hand.does(&letter.unwrap().to_string());
    hand.types("Home 50M");
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("The wallet of CUS-000001 Amina: -10.00 KES (Home 50M in place of Home 20M"), "{shown}");
    hand.confirms("1");
    hand.settle();
    assert_eq!(hand.lab.value("customers", hand.list().rows[0].record.id, "wallet_balance"), "-10.00");
}

/// What asks for something is closed in the states in which it is refused whatever is answered.
#[test]
fn what_is_final_is_closed_before_anything_is_asked() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id;
    hand.does("x");
    assert!(!hand.shown().contains("cannot change the plan"), "{}", hand.shown());
    hand.press("esc");
    hand.lab.must("customers.terminate", amina, &[]);
    hand.does("r");
    hand.does("x");
    let Some(Overlay::Actions(deeds)) = &hand.state.overlay else { panic!("{}", hand.shown()) };
    let entry = deeds.menu.entries().iter().find(|entry| entry.action.id == "customers.change_plan").unwrap();
    let why = "cannot change the plan: the customer is terminated, which is final";
    assert_eq!(entry.closed.as_deref(), Some(why));
}

/// What cannot be done at all is not asked for: the question says why, and goes back alone.
#[test]
fn a_question_about_what_would_be_refused_takes_no_answer() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id;
    let paid = [("customer", "CUS-000001"), ("amount", "5"), ("method", "cash")];
    hand.lab.make("payments.record", &paid);
    hand.lab.must("customers.refund_wallet", amina, &[("amount", "5"), ("method", "cash")]);
    hand.opens_list("payments");
    hand.settle();
    hand.opens_list("payments.refund");
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("It would be refused: the wallet holds 0.00") && !shown.contains("Type 5"), "{shown}");
    hand.passes(Duration::from_secs(1));
    hand.types("5");
    hand.passes(Duration::from_secs(1));
    hand.press("enter");
    assert!(hand.performed().is_none());
    hand.does("esc");
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))), "the list is there as it was");
}

/// What is wrong with an answer is told where that stands, in place of a question.
#[test]
fn an_answer_that_would_be_refused_is_told_where_it_stands() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("x");
    hand.does("f");
    hand.types("5");
    hand.does("ctrl-s");
    assert!(hand.state.overlay.is_none() && hand.performed().is_none(), "{}", hand.shown());
    let wrong = crate::forms::field(&hand, "amount").problem.clone().unwrap_or_default();
    assert!(wrong.contains("the wallet holds 0.00") && hand.told().contains("C-g goes to the next"), "{wrong}");
}

/// Of many wallets the first few are named and all of them summed, and the database that went away is asked again.
#[test]
fn many_wallets_are_summed_and_asked_about_again() {
    let names: Vec<String> = (0..12).map(|index| format!("Person {index}")).collect();
    let mut hand = Hand::with_customers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    hand.does("*");
    hand.does("x");
    hand.does("p");
    hand.types("2");
    hand.press("ctrl-s");
    let (number, _) = hand.next(|question| matches!(question, Question::Foresee(_))).expect("it is worked out");
    let lost = headend::store::StoreError::failed(headend::store::Failure::Unreachable("gone".into()));
    hand.hears(Message::Reply(number, Reply::Foreseen(Err(lost))));
    hand.settle();
    assert!(hand.shown().contains("Working out what it comes to"), "{}", hand.shown());
    hand.passes(Duration::from_secs(2));
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("… and 7 more wallets. All 12 together: +24.00 KES"), "{shown}");
}

/// A filter that is being written is not how the list was left.
#[test]
fn what_is_half_written_greets_nobody() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.press("/");
    hand.types("bri");
    for _ in 0..20 {
        hand.rests();
    }
    assert_eq!(hand.names(), ["Brian"]);
    let kept = |hand: &Hand| hand.lab.store.list_states(&hand.lab.admin).unwrap();
    assert!(kept(&hand).iter().all(|state| !format!("{state:?}").contains("bri")), "{:?}", kept(&hand));
    hand.does("enter");
    for _ in 0..20 {
        hand.rests();
    }
    assert!(kept(&hand).iter().any(|state| format!("{state:?}").contains("bri")), "{:?}", kept(&hand));
}

/// What an action made is what one does something to next.
#[test]
fn the_cursor_stands_on_what_an_action_made() {
    let mut hand = Hand::new();
    for (code, kind) in [("1000", "asset"), ("1100", "asset")] {
        hand.lab.make("accounts.create", &[("code", code), ("name", code), ("account_type", kind)]);
    }
    for memo in ["first", "second"] {
        let lines = "1000 debit 10\n1100 credit 10";
        let request =
            hand.lab.request("journal_entries.enter", &[("memo", memo), ("currency", "USD"), ("lines", lines)]);
        hand.lab.store.perform(&hand.lab.admin, &request).unwrap();
    }
    hand.opens_list("journal_entries");
    hand.settle();
    hand.does("g");
    hand.does("a");
    crate::forms::go_to(&mut hand, "memo");
    hand.types("third");
    crate::forms::go_to(&mut hand, "lines");
    hand.types("1000 debit 20");
    hand.press("enter");
    hand.types("1100 credit 20");
    hand.does("ctrl-s");
    let here = hand.list().current().expect("the cursor stands somewhere").get("memo").as_str().to_owned();
    assert_eq!(here, "third", "{}", hand.shown());
}

/// A menu says what can be done to the record as it is, not as it was when the menu was opened.
#[test]
fn a_menu_of_what_was_changed_meanwhile_is_looked_at_again() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    // What changes is seen from here on.
    hand.rests();
    hand.press("x");
    hand.settle();
    hand.lab.must("customers.suspend", id, &[]);
    hand.rests();
    assert!(hand.told().starts_with("changed meanwhile"), "{}: {}", hand.told(), hand.shown());
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))), "{}", hand.shown());
    hand.press("s");
    assert!(hand.told().contains("cannot suspend") || hand.told().contains("suspended"), "{}", hand.told());
    hand.press("esc");
    assert!(hand.state.overlay.is_none());
}

fn entry(hand: &Hand, name: &str) -> MenuEntry {
    let Some(Overlay::Actions(deeds)) = &hand.state.overlay else { panic!("no menu of actions is open") };
    deeds.menu.entries().iter().find(|entry| entry.action.id == name).cloned().expect("such an entry")
}

/// So does one for several, of those in sight and of those that are not.
#[test]
fn a_menu_for_several_is_looked_at_again() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chen"]);
    let ids: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
    hand.rests();
    for _ in 0..2 {
        hand.does("space");
    }
    hand.does("x");
    assert_eq!(entry(&hand, "customers.suspend").note, "");
    hand.lab.must("customers.suspend", ids[0], &[]);
    hand.rests();
    assert_eq!(entry(&hand, "customers.suspend").note, "1 of 2 can be", "{}", hand.shown());
    assert!(hand.told().starts_with("changed meanwhile"), "{}", hand.told());
    hand.press("esc");
    // The marked go out of sight behind another filter.
    hand.press("/");
    hand.types("chen");
    hand.does("enter");
    hand.does("x");
    assert_eq!(entry(&hand, "customers.suspend").note, "1 of 2 can be", "{}", hand.shown());
    hand.lab.must("customers.suspend", ids[1], &[]);
    hand.rests();
    let suspend = entry(&hand, "customers.suspend");
    assert_eq!(suspend.note, "0 of 2 can be", "{}", hand.shown());
    assert!(suspend.closed.as_ref().is_some_and(|why| why.contains("cannot suspend")), "{suspend:?}");
    hand.lab.must("customers.reactivate", ids[1], &[]);
    hand.rests();
    assert_eq!(entry(&hand, "customers.suspend").closed, None, "it can be again: {}", hand.shown());
}

/// What is picked in a menu that was looked at again is done to the record as it is now.
#[test]
fn what_is_picked_after_another_look_is_done() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.rests();
    hand.does("x");
    hand.lab.must("customers.update", id, &[("notes", "moved")]);
    hand.rests();
    assert!(hand.told().starts_with("changed meanwhile"), "{}", hand.told());
    hand.does("s");
    hand.says_yes();
    hand.settle();
    assert_eq!(hand.lab.value("customers", id, "status"), "suspended", "{}", hand.told());
}

/// What makes a record is closed with its reason as well, where it cannot be told anything that would open it.
#[test]
fn a_second_shift_is_refused_in_the_menu() {
    let mut hand = Hand::new();
    hand.opens_list("shift_logs");
    hand.settle();
    hand.rests();
    hand.does("x");
    assert_eq!(entry(&hand, "shift_logs.start").closed, None, "{}", hand.shown());
    let shift = hand.lab.make("shift_logs.start", &[("notes", "quiet")]);
    hand.rests();
    let start = entry(&hand, "shift_logs.start").closed.clone();
    assert!(start.as_ref().is_some_and(|why| why.contains("still runs")), "{start:?} {}", hand.shown());
    hand.lab.must("shift_logs.hand_over", shift, &[("notes", "quiet")]);
    hand.rests();
    assert_eq!(entry(&hand, "shift_logs.start").closed, None, "{}", hand.shown());
}
