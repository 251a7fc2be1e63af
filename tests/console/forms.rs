//! Forms: what their editors write, what they ask the database, and what becomes of it.

use std::time::Duration;

use headend::console::message::{Effect, Message, Question};
use headend::console::overlay::Overlay;
use headend::console::screens::Context;
use headend::console::screens::form::{Aimed, Form, FormField, Offer};
use headend::console::screens::page::Line;
use headend::console::screens::secret::Stage;
use headend::console::state::Place;
use headend::console::update::update;
use headend::console::widgets::menu::MenuEntry;
use headend::domain::Id;
use headend::domain::manner::Manner;
use headend::domain::words::Words;
use headend::resources;
use headend::store::operation::{self, Does};
use ratatui::layout::Size;

use crate::common::lab::{PASSWORD, entity};
use crate::hand::Hand;

pub fn field<'a>(hand: &'a Hand, name: &str) -> &'a FormField {
    hand.form().fields.iter().find(|field| field.field.name == name).unwrap_or_else(|| panic!("no field {name}"))
}

/// Goes to a field by Tab, as somebody at the keys does.
pub fn go_to(hand: &mut Hand, name: &str) {
    for _ in 0..40 {
        let form = hand.form();
        if form.fields.get(form.focus).is_some_and(|field| field.field.name == name) {
            return;
        }
        hand.does("tab");
    }
    panic!("no way to {name}");
}

/// Goes down a page to the line of a field.
pub fn go_to_line(hand: &mut Hand, name: &str) {
    for _ in 0..40 {
        let Some(Place::Page(page)) = hand.state.places.last() else { panic!("no page: {}", hand.shown()) };
        if matches!(page.lines()[page.line], Line::Field(field) if field.name == name) {
            return;
        }
        hand.press("j");
    }
    panic!("no line of {name}");
}

fn offers(hand: &Hand) -> Vec<String> {
    hand.form().picker.iter().flat_map(|picker| &picker.choices).map(|(shown, _)| shown.clone()).collect()
}

fn plan(hand: &Hand, name: &str) {
    let values = [("name", name), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "29.90")];
    hand.lab.make("plans.create", &values);
}

fn new_customer(plans: &[&str]) -> Hand {
    let mut hand = Hand::with_customers(&[]);
    plans.iter().for_each(|name| plan(&hand, name));
    hand.does("a");
    hand.types("Amina");
    hand
}

/// Where Enter begins a line, the arrows and Tab are the way on, and the hints say so.
#[test]
fn arrows_leave_a_text_of_lines_at_its_ends() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "notes");
    let at = |hand: &Hand| hand.form().fields.get(hand.form().focus).map_or("save", |field| field.field.name);
    // Where nothing is written yet it goes on, and where something is it begins a line.
    let hints = hand.shown().lines().last().unwrap().to_owned();
    assert!(hints.contains("next field") && !hints.contains("choose"), "{hints}");
    hand.does("a");
    let hints = hand.shown().lines().last().unwrap().to_owned();
    assert!(hints.contains("Tab go on") && !hints.contains("next field") && !hints.contains("choose"), "{hints}");
    for key in ["enter", "b", "up", "down", "up"] {
        hand.does(key);
        assert_eq!(at(&hand), "notes", "{key}");
    }
    assert_eq!(field(&hand, "notes").text(), "a\nb");
    hand.does("up");
    let before = at(&hand);
    assert_ne!(before, "notes");
    hand.does("tab");
    assert_eq!(at(&hand), "notes");
    hand.does("down");
    hand.does("down");
    assert_ne!(at(&hand), "notes");
    go_to(&mut hand, "plan");
    let hints = hand.shown().lines().last().unwrap().to_owned();
    assert!(hints.contains("next field") && hints.contains("choose") && !hints.contains("Tab"), "{hints}");
}

/// What is offered for a field is written into that field alone.
#[test]
fn what_is_offered_goes_when_the_form_is_saved() {
    let mut hand = new_customer(&["Home 100M"]);
    go_to(&mut hand, "phone");
    hand.types("xyz");
    go_to(&mut hand, "plan");
    hand.types("Home 100M");
    hand.settle();
    assert!(hand.form().picker.is_some());
    hand.does("ctrl-s");
    let form = hand.form();
    assert_eq!(form.fields[form.focus].field.name, "phone", "what is wrong is gone to");
    assert!(form.picker.is_none() && field(&hand, "phone").problem.is_some());
    hand.does("down");
    hand.does("enter");
    assert_eq!(field(&hand, "phone").text(), "xyz");
}

/// Saving tells all that is known to be wrong, what a rule said as well as what cannot be read.
#[test]
fn saving_leaves_no_problem_out() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "phone");
    hand.types("xyz");
    go_to(&mut hand, "expires_at");
    hand.types("junk");
    hand.does("ctrl-s");
    for name in ["phone", "expires_at"] {
        assert!(field(&hand, name).problem.is_some(), "{name}: {}", hand.shown());
    }
}

// ---- references

#[test]
fn a_reference_is_searched_as_one_types_and_nothing_is_taken_that_is_not_highlighted() {
    let mut hand = new_customer(&["Home 100M", "Home 200M", "Office 1G"]);
    go_to(&mut hand, "plan");
    hand.types("off");
    let running = hand.asked.iter().filter(|(_, question)| matches!(question, Question::List(_))).count();
    assert_eq!(running, 1, "one question runs, the last one waits");
    hand.settle();
    assert_eq!(offers(&hand), ["Office 1G", "+ add a plan ‘off’"]);
    assert_eq!(hand.form().picker.as_ref().unwrap().cursor, None);
    hand.does("enter");
    assert_eq!(field(&hand, "plan").text(), "Office 1G", "it is the only one that fits");
    // Where several fit, nobody chooses but the one who types.
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("home");
    hand.settle();
    hand.does("enter");
    let problem = field(&hand, "plan").problem.clone().unwrap();
    assert_eq!(
        (field(&hand, "plan").text().as_str(), problem.as_str()),
        ("home", "‘home’ fits 2 plans: ‹field-choose› chooses one")
    );
    hand.press("shift-tab");
    hand.press("down");
    hand.press("enter");
    assert!(hand.form().picker.is_some(), "what was asked for and has not come is waited for");
    hand.settle();
    hand.press("down");
    hand.press("enter");
    assert_eq!((field(&hand, "plan").text().as_str(), &field(&hand, "plan").problem), ("Home 200M", &None));
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", hand.list().at.unwrap(), "plan"), "Home 200M");
}

#[test]
fn an_answer_about_what_was_typed_before_is_dropped() {
    let mut hand = new_customer(&["Home 100M"]);
    go_to(&mut hand, "plan");
    hand.types("sat");
    hand.press("enter");
    let stale = hand.next(|question| matches!(question, Question::CheckField { .. })).expect("it asks");
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("home");
    hand.reply(stale);
    assert_eq!(field(&hand, "plan").problem, None);
    hand.does("enter");
    assert_eq!(field(&hand, "plan").text(), "Home 100M");
}

/// The key that opened a form goes on to come while it is held down: nothing of that is text.
#[test]
fn a_key_that_is_held_opens_a_form_and_writes_nothing() {
    let mut hand = Hand::with_customers(&["Amina"]);
    // A terminal says of it that it is held, or it comes again like a key that is pressed anew, the first time.
    for (key, is_told) in [("e", true), ("a", true), ("e", false), ("a", false)] {
        hand.does(key);
        if !is_told {
            hand.press(key);
        }
        for _ in 0..20 {
            let press = headend::console::input::Press { repeat: true, ..hand.press_of(key) };
            hand.hears(headend::console::message::Message::Event(headend::console::input::Event::Key(press), press.at));
        }
        let name = if key == "e" { "Amina" } else { "" };
        assert_eq!(field(&hand, "name").text(), name, "{key}");
        hand.types("nn");
        assert!(field(&hand, "name").text().ends_with("nn"));
        hand.does("ctrl-x");
        hand.says_yes();
        hand.settle();
    }
}

#[test]
fn a_missing_record_is_added_in_place() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "plan");
    hand.types("Home 100M");
    hand.settle();
    assert_eq!(offers(&hand), ["+ add a plan ‘Home 100M’"]);
    hand.press("down");
    hand.does("enter");
    assert_eq!(hand.form().resource.entity.name, "plans");
    assert_eq!(field(&hand, "name").text(), "Home 100M", "what was typed is its name");
    // Back without it: nothing was typed there, and nothing has changed below.
    hand.does("ctrl-x");
    assert_eq!((field(&hand, "name").text().as_str(), field(&hand, "plan").text().as_str()), ("Amina", "Home 100M"));
    hand.does("down");
    hand.press("down");
    hand.press("enter");
    for (name, text) in [("download_mbps", "100"), ("upload_mbps", "50"), ("price", "29.9")] {
        go_to(&mut hand, name);
        hand.types(text);
    }
    hand.does("ctrl-s");
    assert_eq!(hand.form().resource.entity.name, "customers", "{}", hand.shown());
    assert_eq!(hand.told(), "saved: Home 100M", "u is a letter here");
    assert_eq!(field(&hand, "plan").text(), "Home 100M");
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", hand.list().at.unwrap(), "plan"), "Home 100M");
}

#[test]
fn a_form_above_a_form_of_its_kind_is_not_the_same_form() {
    let mut hand = Hand::new();
    hand.does("3");
    hand.does("a");
    hand.types("ONU-1");
    go_to(&mut hand, "parent");
    hand.types("OLT-1");
    hand.settle();
    hand.press("down");
    hand.does("enter");
    assert_eq!(field(&hand, "name").text(), "OLT-1");
    assert_eq!(hand.state.places.iter().filter(|place| matches!(place, Place::Form(_))).count(), 2);
    hand.press("esc");
    assert_eq!(field(&hand, "name").text(), "ONU-1");
}

// ---- what the database says meanwhile

#[test]
fn what_is_taken_is_told_as_one_leaves_the_field() {
    let mut hand = Hand::with_customers(&[]);
    hand.lab.make("customers.create", &[("name", "Brian"), ("email", "noc@example.com")]);
    hand.does("a");
    hand.types("Amina");
    go_to(&mut hand, "email");
    hand.types("NOC@example.com");
    hand.does("tab");
    assert_eq!(field(&hand, "email").problem.as_deref(), Some("is already in use by CUS-000001 Brian"));
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("amina@example.com");
    hand.does("tab");
    assert_eq!(field(&hand, "email").problem, None);
}

#[test]
fn relative_times_and_amounts_are_shown_as_what_they_are() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "expires_at");
    hand.state.now = "2026-03-01T12:00:00Z".parse().unwrap();
    hand.types("+3d");
    let shown = hand.shown();
    assert!(shown.contains("+3d  = 2026-03-04 15:00 (in 3 d)"), "{shown}");
    hand.press("tab");
    assert_eq!(field(&hand, "expires_at").text(), "2026-03-04 15:00");
}

// ---- words and JSON

#[test]
fn words_are_chips_and_json_is_a_tree() {
    let mut hand = Hand::new();
    hand.does("3");
    hand.does("a");
    hand.types("OLT-1");
    go_to(&mut hand, "device_type");
    hand.types("olt");
    go_to(&mut hand, "tags");
    hand.types("core,west");
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("[core] west"), "{shown}");
    hand.press("enter");
    hand.types("x");
    hand.press("backspace");
    hand.press("backspace");
    go_to(&mut hand, "configuration");
    for entry in ["vlan: 12", "uplinks: []", "ge-0/0/1", "ge-0/0/2"] {
        hand.types(entry);
        hand.press("enter");
    }
    hand.types("half written");
    hand.press("ctrl-s");
    assert!(hand.told().is_empty(), "an item of a list may be any text: {}", hand.told());
    hand.settle();
    let id = hand.list().at.unwrap();
    assert_eq!(hand.lab.value("devices", id, "tags"), "core");
    let expected = serde_json::json!({"vlan": 12, "uplinks": ["ge-0/0/1", "ge-0/0/2", "half written"]});
    let kept: serde_json::Value = serde_json::from_str(&hand.lab.value("devices", id, "configuration")).unwrap();
    assert_eq!(kept, expected);
}

#[test]
fn json_that_is_wrong_is_not_sent_and_esc_gives_up_the_row_alone() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "contact");
    hand.types("telegram");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    assert!(field(&hand, "contact").problem.as_ref().is_some_and(|problem| problem.contains("a colon")));
    hand.press("esc");
    assert!(matches!(hand.state.places.last(), Some(Place::Form(_))));
    hand.press("ctrl-s");
    assert!(hand.performed().is_some());
}

// ---- what two changed

#[test]
fn each_side_of_what_two_changed_can_be_taken_and_none_is_taken_silently() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("phone", "+254 1"), ("access_password", "first")]);
    hand.does("e");
    hand.types(" W");
    go_to(&mut hand, "phone");
    hand.types("23");
    go_to(&mut hand, "access_password");
    hand.types("mine");
    hand.lab.must("customers.update", id, &[("name", "Amina X"), ("phone", "+254 9"), ("access_password", "theirs")]);
    hand.does("ctrl-s");
    assert_eq!(field(&hand, "name").was, "Amina");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none() && hand.told().contains("choose theirs, yours or what it was"));
    assert_eq!(offers(&hand), ["mine    Amina W", "theirs  Amina X", "before  Amina"]);
    hand.press("down");
    hand.press("down");
    hand.press("enter");
    assert_eq!((field(&hand, "name").text().as_str(), &field(&hand, "name").theirs), ("Amina", &None));
    hand.press("ctrl-g");
    hand.press("down");
    hand.press("enter");
    assert_eq!(field(&hand, "phone").text(), "+254 123");
    hand.press("ctrl-g");
    hand.press("down");
    let shown = hand.shown();
    assert!(shown.contains("another secret"), "{shown}");
    hand.press("ctrl-t");
    assert!(!field(&hand, "access_password").is_changed(), "theirs stays");
    let before = hand.lab.record("customers", id).get("access_password").clone();
    hand.does("ctrl-s");
    let now = hand.lab.record("customers", id);
    assert_eq!((now.get("name").as_str(), now.get("phone").as_str()), ("Amina", "+254 123"));
    assert_eq!(now.get("access_password"), &before);
}

// ---- operations that ask, and a field of many

#[test]
fn an_operation_asks_before_it_runs_and_what_ends_something_wants_a_yes() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.press("x");
    hand.press("d");
    assert_eq!(hand.form().title(Manner::default()), "terminate CUS-000001 Amina");
    hand.types("moved away");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    let shown = hand.shown();
    assert!(shown.contains("Terminate 1 customer?") && shown.contains("reason: moved away"), "{shown}");
    hand.press("n");
    assert_eq!(field(&hand, "reason").text(), "moved away", "a no loses nothing");
    hand.press("ctrl-s");
    hand.does("y");
    assert!(hand.told().starts_with("terminate: 1 done"), "{}", hand.told());
    assert_eq!(hand.lab.value("customers", id, "status"), "terminated");
    let history = hand.lab.store.history(&hand.lab.admin, hand.list().resource.entity, id, 10).unwrap();
    assert!(format!("{history:?}").contains("moved away"), "{history:?}");
    // By its name too: what cannot be done now is not asked for.
    hand.opens_list("terminate");
    assert!(hand.told().contains("the customer is terminated"), "{}", hand.told());
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))));
    // What came to stand in the way meanwhile is told in the form, once.
    let brian = hand.lab.make("customers.create", &[("name", "Brian")]);
    hand.opens_list("customers brian");
    hand.settle();
    hand.opens_list("terminate");
    hand.types("moved away");
    hand.lab.must("customers.terminate", brian, &[("reason", "by another")]);
    hand.press("ctrl-s");
    hand.does("y");
    hand.press("ctrl-s");
    hand.does("y");
    let why = hand.form().refusal.clone().unwrap_or_default();
    let shown = hand.shown();
    assert!(why.contains("the customer is terminated") && shown.contains(&format!("✗ {why}")), "{why}: {shown}");
    assert_eq!(shown.matches("the customer is terminated").count(), 1, "{shown}");
    assert_eq!(hand.told(), "terminate: not done, and why stands above the form");
}

#[test]
fn every_operation_that_asks_has_its_form_at_every_size() {
    let mut hand = Hand::new();
    let mut seen = 0;
    for operation in operation::all().filter(|operation| !operation.asks.is_empty() || !operation.takes_records()) {
        if matches!(operation.does, Does::Create | Does::Import) {
            continue;
        }
        seen += 1;
        let resource = resources::of(operation.entity).unwrap();
        let (session, now, tick) = (hand.lab.admin.clone(), hand.state.now, hand.clock);
        let context = Context {
            session: &session,
            now,
            tick,
            asks: &mut hand.state.asks,
            rows: 30,
            lost: false,
            words: Words::ENGLISH,
        };
        let records = operation.takes_records().then(|| (Id::new(), 1)).into_iter().collect();
        let aimed = Aimed { records, names: vec!["one of them".into()], ..Aimed::default() };
        let form = Form::for_operation(resource, operation, aimed, &context);
        hand.state.places.push(Place::Form(Box::new(form)));
        for (width, height) in [(60, 15), (80, 24), (120, 40)] {
            hand.state.size = Size { width, height };
            let shown = hand.shown();
            let first = operation
                .asks
                .iter()
                .find(|asked| asked.made.is_none())
                .map(|field| resource.label(Words::ENGLISH, field.name));
            assert!(first.is_none_or(|label| shown.contains(label)), "{}: {shown}", operation.name);
        }
        for asked in operation.asks {
            if asked.made.is_some() {
                let is_there = hand.form().fields.iter().any(|field| field.field.name == asked.name);
                assert!(!is_there, "{}.{}: nobody thinks it up", operation.name, asked.name);
                continue;
            }
            let value = field(&hand, asked.name);
            assert!(value.problem.is_none() && !value.is_changed(), "{}.{}", operation.name, asked.name);
        }
        hand.press("ctrl-s");
        let missing: Vec<&str> = hand
            .form()
            .fields
            .iter()
            .filter(|field| field.field.required && field.before.is_empty())
            .map(|field| field.field.name)
            .collect();
        for name in &missing {
            assert_eq!(field(&hand, name).problem.as_deref(), Some("is required"), "{}.{name}", operation.name);
        }
        assert!(missing.is_empty() || hand.performed().is_none(), "{}", operation.name);
        hand.asked.clear();
        hand.state.overlay = None;
        hand.state.places.pop();
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn what_the_business_refuses_is_told_in_the_form_and_nothing_is_lost() {
    let mut hand = Hand::new();
    hand.lab.make("stock_locations.create", &[("name", "Main store")]);
    hand.lab.make("stock_items.create", &[("name", "ONU"), ("sku", "ONU-1")]);
    hand.opens_list("stock_items");
    hand.settle();
    let quantity = |hand: &mut Hand, verb: &str, count: &str| {
        hand.opens_list(verb);
        go_to(hand, "quantity");
        hand.press("ctrl-u");
        hand.types(count);
        go_to(hand, "location");
        hand.types("main");
        hand.does("tab");
        assert_eq!(field(hand, "location").text(), "Main store");
        hand.does("ctrl-s");
    };
    quantity(&mut hand, "receive", "10");
    assert!(hand.told().starts_with("receive: 1 done"), "{}", hand.told());
    quantity(&mut hand, "issue", "12");
    assert_eq!(hand.form().title(Manner::default()), format!("issue {}", hand.form().task.aimed().unwrap().names[0]));
    let wrong = field(&hand, "quantity").problem.clone().unwrap_or_default();
    assert!(wrong.contains("there is not so much of") && wrong.contains("only 10"), "{wrong}");
    go_to(&mut hand, "quantity");
    hand.press("ctrl-u");
    hand.types("4");
    hand.does("ctrl-s");
    assert!(hand.told().starts_with("issue: 1 done"), "{}", hand.told());
}

/// Over a poor line a paste and the key behind it come together: what goes on to the next field is not lost, what saves is.
#[test]
fn behind_a_paste_one_goes_on_to_the_next_field() {
    let mut hand = Hand::new();
    hand.does("2");
    hand.does("a");
    for key in ["tab", "enter"] {
        hand.pastes("Amina");
        hand.press_after(key, Duration::from_millis(20), true);
        assert_eq!(hand.form().fields[hand.form().focus].field.name, "email", "{key}");
        hand.press("shift-tab");
        hand.press("ctrl-u");
    }
    hand.pastes("Amina");
    hand.press_after("ctrl-s", Duration::from_millis(20), true);
    let save = hand.form().fields.len();
    hand.form_mut().focus = save;
    hand.press_after("enter", Duration::from_millis(20), true);
    assert!(hand.performed().is_none());
}

/// What an operation would say to an answer is told as one leaves the field, before it is sent.
#[test]
fn answers_are_tried_as_one_leaves_them() {
    let mut hand = Hand::new();
    let item = hand.lab.make("stock_items.create", &[("name", "ONT"), ("sku", "ont")]);
    hand.lab.make("stock_locations.create", &[("name", "Main store")]);
    hand.lab.must("stock_items.receive", item, &[("quantity", "10"), ("location", "Main store")]);
    hand.does("5");
    hand.opens_list("issue");
    go_to(&mut hand, "quantity");
    hand.press("ctrl-u");
    hand.types("12");
    hand.press("tab");
    let is_trial = |question: &Question| matches!(question, Question::Foresee(_));
    assert!(hand.next(is_trial).is_none(), "whoever saves at once is told by that");
    let moment = Duration::from_millis(400);
    let wrong = |hand: &Hand| field(hand, "quantity").problem.clone().unwrap_or_default();
    hand.passes(moment);
    hand.settle();
    assert!(wrong(&hand).contains("only 10"), "{}", hand.shown());
    // It stands there also for whoever comes back to it, and goes with another number.
    hand.press("shift-tab");
    hand.passes(moment);
    hand.settle();
    assert!(wrong(&hand).contains("only 10"), "{}", hand.shown());
    hand.press("ctrl-u");
    hand.types("4");
    hand.press("tab");
    hand.passes(moment);
    hand.settle();
    assert_eq!(wrong(&hand), "");
    assert_eq!(hand.lab.value("stock_items", item, "quantity"), "10", "nothing of it stays");
    // What was typed since is not judged by what was tried before.
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("11");
    hand.press("tab");
    hand.passes(moment);
    let tried = hand.next(is_trial).expect("a trial");
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("3");
    hand.reply(tried);
    assert_eq!(wrong(&hand), "");
    hand.does("ctrl-s");
    assert!(hand.told().starts_with("issue: 1 done"), "{}", hand.told());
}

#[test]
fn a_workflow_makes_a_record_where_none_is() {
    let mut hand = Hand::new();
    hand.opens_list("journal_entries");
    hand.settle();
    hand.press("a");
    assert_eq!(hand.form().title(Manner::default()), "enter journal entry");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    assert_eq!(field(&hand, "memo").problem.as_deref(), Some("is required"));
    hand.does("esc");
    hand.press("x");
    let shown = hand.shown();
    assert!(shown.contains("enter") && !shown.contains("reverse"), "what acts on a record needs one: {shown}");
}

#[test]
fn an_operation_over_many_is_confirmed_and_tells_what_it_left() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    let brian = hand.list().rows[1].record.id;
    hand.lab.must("customers.terminate", brian, &[]);
    hand.does("r");
    hand.does("*");
    hand.press("x");
    hand.press("d");
    assert_eq!(hand.form().title(Manner::default()), "terminate 3 customers");
    let shown = hand.shown();
    assert!(shown.contains("CUS-000001 Amina, CUS-000002 Brian, CUS-000003 Chipo"), "{shown}");
    hand.press("ctrl-s");
    hand.does("y");
    assert!(hand.told().contains("2 done, 1 left as it is (") && hand.told().contains("Brian"), "{}", hand.told());
    assert_eq!(hand.list().marks.ids().collect::<Vec<_>>(), [brian], "what was left stays marked");
}

/// What a held key did not write is not taken back: neither what the draft of the form holds, nor anything that was done.
#[test]
fn a_held_key_takes_nothing_back_that_it_did_not_write() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types(" W");
    hand.does("esc");
    hand.does("e");
    for repeat in [false, true, true] {
        let press = headend::console::input::Press { repeat, ..hand.press_of("e") };
        hand.hears(Message::Event(headend::console::input::Event::Key(press), press.at));
    }
    assert_eq!(field(&hand, "name").text(), "Amina W");
    assert!(hand.state.overlay.is_none(), "{}", hand.shown());
}

/// Somebody comes back, and goes on with the form that is offered.
fn goes_on_where_one_stopped(hand: &mut Hand) {
    let session = hand.lab.admin.clone();
    hand.state.places.clear();
    let effects = headend::console::update::enter(&mut hand.state, headend::console::update::resumed(session));
    for effect in effects {
        if let Effect::Ask(number, question) = effect {
            hand.asked.push((number, *question));
        }
    }
    hand.settle();
    hand.passes(Duration::from_secs(1));
    hand.paint();
    hand.press("y");
    hand.settle();
}

/// A record that is gone on with is read behind its draft, which knows what stood there before: neither is glued to the other,
/// and what somebody else made of it meanwhile is asked about.
#[test]
fn a_record_that_is_gone_on_with_is_as_it_was_typed() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("phone", "+254 700"), ("notes", "one"), ("company", "Acme")]);
    hand.does("r");
    hand.does("e");
    for (name, text) in [("phone", "0711 000"), ("notes", "two"), ("company", "Bolt")] {
        go_to(&mut hand, name);
        for _ in 0..9 {
            hand.press("backspace");
        }
        hand.types(text);
    }
    hand.does("esc");
    goes_on_where_one_stopped(&mut hand);
    // It is kept anew as what is being typed here, though nothing was typed yet.
    hand.passes(Duration::from_secs(1));
    assert!(hand.next(|question| matches!(question, Question::KeepDraft(_))).is_some());
    let texts = |hand: &Hand| ["phone", "notes", "company"].map(|name| field(hand, name).text());
    assert_eq!(texts(&hand), ["0711 000", "two", "Bolt"], "{}", hand.shown());
    assert!(hand.form().fields.iter().all(|field| field.theirs.is_none()));
    hand.does("esc");
    hand.lab.must("customers.update", id, &[("company", "Corp"), ("address", "street 1")]);
    goes_on_where_one_stopped(&mut hand);
    assert_eq!(texts(&hand), ["0711 000", "two", "Bolt"], "{}", hand.shown());
    assert_eq!(field(&hand, "company").theirs.as_deref(), Some("Corp"));
    assert_eq!(field(&hand, "address").text(), "street 1");
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "company"), "Corp", "nothing of theirs is overwritten unasked");
    // Left undecided, it is open still: however one comes back.
    for is_left in [true, false, true] {
        hand.passes(Duration::from_secs(1));
        hand.settle();
        if is_left {
            hand.does("esc");
        }
        goes_on_where_one_stopped(&mut hand);
        assert_eq!(field(&hand, "company").theirs.as_deref(), Some("Corp"));
        hand.does("ctrl-s");
        assert_eq!(hand.lab.value("customers", id, "company"), "Corp", "nothing of theirs is overwritten unasked");
    }
    // What was decided is open again once it is taken back.
    go_to(&mut hand, "company");
    hand.does("ctrl-t");
    assert_eq!((field(&hand, "company").text().as_str(), &field(&hand, "company").theirs), ("Corp", &None));
    hand.press("ctrl-z");
    assert_eq!(field(&hand, "company").text(), "Bolt");
    assert_eq!(field(&hand, "company").theirs.as_deref(), Some("Corp"));
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "company"), "Corp");
    hand.press("ctrl-y");
    assert_eq!((field(&hand, "company").text().as_str(), &field(&hand, "company").theirs), ("Corp", &None));
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "phone"), "0711 000", "{}", hand.told());
}

/// A text of several lines is decided, and that is taken back, as one of one line is.
#[test]
fn what_is_decided_in_a_long_text_is_taken_back() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.does("e");
    go_to(&mut hand, "notes");
    hand.types("mine");
    hand.lab.must("customers.update", id, &[("notes", "theirs")]);
    hand.does("ctrl-s");
    let notes = |hand: &Hand| (field(hand, "notes").text(), field(hand, "notes").theirs.clone());
    assert_eq!(notes(&hand), ("mine".into(), Some("theirs".into())), "{}", hand.shown());
    hand.does("ctrl-t");
    assert_eq!(notes(&hand), ("theirs".into(), None));
    hand.does("ctrl-z");
    assert_eq!(notes(&hand), ("mine".into(), Some("theirs".into())), "{}", hand.shown());
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "notes"), "theirs", "nothing was overwritten unasked");
    hand.does("ctrl-y");
    assert_eq!(notes(&hand), ("theirs".into(), None));
}

/// What a draft brought is taken back to what the record holds, and never to nothing.
#[test]
fn what_a_draft_brought_is_taken_back_to_what_the_record_holds() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("company", "Uhuru Shop"), ("notes", "one\ntwo")]);
    hand.does("r");
    hand.does("e");
    go_to(&mut hand, "company");
    hand.types(" Ltd");
    go_to(&mut hand, "notes");
    hand.types(" three");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    goes_on_where_one_stopped(&mut hand);
    let both = |hand: &Hand| (field(hand, "company").text(), field(hand, "notes").text());
    let typed = both(&hand);
    assert!(typed.0.contains(" Ltd") && typed.1.contains("three"), "{typed:?}");
    hand.does("ctrl-z");
    hand.does("ctrl-z");
    assert_eq!(both(&hand), ("Uhuru Shop".into(), "one\ntwo".into()), "{}", hand.shown());
    hand.does("ctrl-y");
    hand.does("ctrl-y");
    assert_eq!(both(&hand), typed);
}

/// What somebody else takes back themselves is not to be decided any more, and what they make of it next is what is decided.
#[test]
fn what_is_decided_is_decided_between_what_there_is() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("company", "Otters")]);
    hand.does("r");
    hand.rests();
    hand.does("e");
    go_to(&mut hand, "company");
    hand.types(" Ltd");
    let typed = field(&hand, "company").text();
    hand.lab.must("customers.update", id, &[("company", "Badgers")]);
    hand.does("ctrl-s");
    // Sides that stand there are no more than those that there are.
    hand.does("ctrl-s");
    assert!(hand.form().picker.is_some());
    hand.lab.must("customers.update", id, &[("company", "Badgers Ltd")]);
    hand.rests();
    assert!(hand.form().picker.is_none() && hand.shown().contains("Badgers Ltd"), "{}", hand.shown());
    // Nobody is led away from where they type.
    go_to(&mut hand, "notes");
    hand.types("x");
    for theirs in ["Foxes", "Owls"] {
        assert_eq!(hand.form().fields[hand.form().focus].field.name, "notes");
        hand.lab.must("customers.update", id, &[("company", theirs)]);
        hand.rests();
        let company = field(&hand, "company");
        assert_eq!((company.text(), company.theirs.clone()), (typed.clone(), Some(theirs.into())), "{}", hand.shown());
    }
    hand.lab.must("customers.update", id, &[("company", "Otters")]);
    hand.rests();
    assert!(field(&hand, "company").theirs.is_none(), "{}", hand.shown());
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "company"), typed, "{}", hand.told());
}

/// What nobody decided yet is not decided by doing again what was taken back before.
#[test]
fn nothing_is_decided_by_doing_again() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.does("e");
    go_to(&mut hand, "notes");
    hand.types("mine");
    hand.does("ctrl-z");
    hand.does("ctrl-y");
    hand.lab.must("customers.update", id, &[("notes", "theirs")]);
    hand.does("ctrl-s");
    let open = ("mine".to_owned(), Some("theirs".to_owned()));
    let notes = |hand: &Hand| (field(hand, "notes").text(), field(hand, "notes").theirs.clone());
    assert_eq!(notes(&hand), open, "{}", hand.shown());
    hand.does("ctrl-y");
    assert_eq!(notes(&hand), open, "{}", hand.shown());
}

/// Of long texts the place is shown where they differ; both can be put together.
#[test]
fn long_texts_are_decided_where_they_differ() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    let was = format!("{}\nThe guard has the key of the meter.", "The gate is locked after eight. ".repeat(10));
    hand.lab.must("customers.update", id, &[("notes", &was)]);
    hand.does("r");
    hand.does("e");
    go_to(&mut hand, "notes");
    hand.does("ctrl-end");
    hand.does("enter");
    hand.types("Mine is a ladder.");
    let theirs = format!("{was}\nTheirs is a dog.");
    hand.lab.must("customers.update", id, &[("notes", &theirs)]);
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("Theirs is a dog."), "{shown}");
    hand.does("down");
    let shown = hand.shown();
    assert!(shown.contains("mine ") && shown.contains("Mine is a ladder.") && shown.contains("both "), "{shown}");
    for _ in 0..3 {
        hand.does("down");
    }
    hand.does("enter");
    assert_eq!(field(&hand, "notes").text(), format!("{theirs}\nMine is a ladder."), "{}", hand.shown());
    hand.does("ctrl-z");
    assert_eq!(field(&hand, "notes").theirs.clone(), Some(theirs.clone()), "{}", hand.shown());
    hand.does("ctrl-y");
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "notes"), format!("{theirs}\nMine is a ladder."), "{}", hand.told());
}

/// What was typed back to what it was, while it is not decided, is not theirs by a draft.
#[test]
fn what_was_typed_back_is_still_to_be_decided() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", id, &[("company", "Otters")]);
    hand.does("r");
    hand.does("e");
    go_to(&mut hand, "company");
    hand.types(" Ltd");
    hand.lab.must("customers.update", id, &[("company", "Badgers")]);
    hand.does("ctrl-s");
    for _ in 0..4 {
        hand.does("backspace");
    }
    let company = |hand: &Hand| (field(hand, "company").text(), field(hand, "company").theirs.clone());
    let open = ("Otters".to_owned(), Some("Badgers".to_owned()));
    assert_eq!(company(&hand), open, "{}", hand.shown());
    for _ in 0..2 {
        hand.passes(Duration::from_secs(1));
        hand.settle();
        goes_on_where_one_stopped(&mut hand);
        assert_eq!(company(&hand), open, "{}", hand.shown());
    }
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "company"), "Badgers", "nothing was decided yet");
    // What is to be decided was shown by that: mine first.
    hand.does("enter");
    hand.does("ctrl-s");
    assert_eq!(hand.lab.value("customers", id, "company"), "Otters", "{}", hand.told());
}

/// An entry of a tree that cannot be read yet is told again; a secret is taken back as a whole.
#[test]
fn what_no_draft_can_hold_is_told_and_a_secret_is_taken_back() {
    let mut hand = Hand::with_customers(&[]);
    hand.opens_list("config_templates");
    hand.does("a");
    hand.types("tmpl");
    go_to(&mut hand, "schema");
    hand.types("vlan 12 uplink core");
    hand.does("shift-tab");
    hand.does("esc");
    goes_on_where_one_stopped(&mut hand);
    let problem = field(&hand, "schema").problem.clone().unwrap_or_default();
    assert!(problem.contains("an entry was not finished: ‘vlan 12 uplink core’"), "{problem}");
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "access_password");
    hand.types("s3cret");
    hand.press("ctrl-z");
    assert!(hand.state.overlay.is_none(), "{}", hand.shown());
    assert_eq!(field(&hand, "access_password").text(), "");
    hand.press("ctrl-z");
    assert_eq!(field(&hand, "name").text(), "Amin", "and then what was typed before it");
    // Where nothing more is to be taken back, the cursor stays.
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    let press = hand.press_of("e");
    for (repeat, key) in [(false, press), (true, press)] {
        let press = headend::console::input::Press { repeat, ..key };
        hand.hears(Message::Event(headend::console::input::Event::Key(press), press.at));
    }
    go_to(&mut hand, "access_password");
    hand.types("s3cret");
    hand.press("ctrl-z");
    hand.press("ctrl-z");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "access_password");
    assert_eq!(field(&hand, "name").text(), "Amina");
}

#[test]
fn an_asking_form_is_a_draft_like_any_other() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.does("*");
    hand.press("x");
    hand.press("d");
    hand.types("moved");
    hand.does("esc");
    assert_eq!(hand.drafts.len(), 1);
    let draft = hand.drafts[0].clone();
    assert_eq!((draft.operation.as_deref(), draft.aims.len()), (Some("customers.terminate"), 2));
    goes_on_where_one_stopped(&mut hand);
    assert_eq!(hand.form().title(Manner::default()), "terminate 2 customers");
    assert_eq!(field(&hand, "reason").text(), "moved");
    let shown = hand.shown();
    assert!(shown.contains("CUS-000001 Amina, CUS-000002 Brian"), "whom it is for: {shown}");
    // And the same question asked again goes on where it was left.
    hand.press("esc");
    hand.does("*");
    hand.opens_list("terminate");
    assert_eq!(field(&hand, "reason").text(), "moved");
}

/// All that is wrong is told, and the cursor goes to the first of it.
#[test]
fn what_is_wrong_is_gone_to_from_the_top() {
    let mut hand = Hand::new();
    hand.opens_list("customers.create");
    for (name, wrong) in [("mac_address", "zz"), ("email", "nobody"), ("name", "Amina")] {
        go_to(&mut hand, name);
        hand.types(wrong);
    }
    hand.press("ctrl-s");
    assert!(hand.performed().is_none());
    for name in ["email", "mac_address"] {
        assert!(field(&hand, name).problem.is_some(), "{name}");
    }
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "email");
}

#[test]
fn the_cursor_is_where_one_types() {
    let mut hand = Hand::new();
    hand.opens_list("customers.create");
    hand.paint();
    let in_form = hand.cursor;
    assert!(in_form.is_some());
    for over in ["ctrl-o", "ctrl-x"] {
        hand.types("a");
        hand.press(over);
        assert_eq!(hand.cursor, None, "{over}");
        hand.press("esc");
    }
    hand.press("ctrl-f");
    assert!(hand.cursor.is_some_and(|cursor| Some(cursor) != in_form));
    hand.press("esc");
    hand.does("esc");
    assert_eq!(hand.cursor, None, "where letters are commands");
    hand.does("2");
    for line in ["/", ":", "f"] {
        hand.press(line);
        assert!(hand.cursor.is_some(), "{line}");
        hand.press("esc");
    }
}

/// What was begun about one record is not taken for what is begun about another, and what nobody typed leaves nothing.
#[test]
fn a_draft_is_of_what_it_was_begun_about() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    let ticket_of = |hand: &mut Hand, name: &str| {
        hand.opens_list(&format!("customers {name}"));
        hand.settle();
        hand.press("x");
        hand.press("t");
        assert!(hand.form().title(Manner::default()).contains("new ticket"));
    };
    ticket_of(&mut hand, "amina");
    assert_eq!(field(&hand, "customer").text(), "CUS-000001");
    hand.settle();
    assert!(hand.shown().contains("CUS-000001  Amina"), "who that is: {}", hand.shown());
    hand.does("esc");
    assert!(hand.drafts.is_empty(), "nothing of it was typed: {:?}", hand.drafts);
    ticket_of(&mut hand, "amina");
    go_to(&mut hand, "title");
    hand.types("Slow since Sunday");
    hand.does("esc");
    assert_eq!(hand.drafts.len(), 1);
    ticket_of(&mut hand, "brian");
    assert_eq!((field(&hand, "customer").text(), field(&hand, "title").text()), ("CUS-000002".into(), String::new()));
    hand.does("esc");
    ticket_of(&mut hand, "amina");
    // It is offered, and no part of another one.
    assert_eq!(field(&hand, "title").text(), "");
    assert!(hand.shown().contains("Left unfinished: Slow since Sunday. C-r goes on with it"), "{}", hand.shown());
    hand.does("ctrl-r");
    assert_eq!(field(&hand, "title").text(), "Slow since Sunday");
}

/// Who begins the next record at once does not go on with one that was left.
#[test]
fn what_was_left_is_no_part_of_the_next() {
    let mut hand = Hand::with_customers(&[]);
    hand.does("a");
    hand.types("Old Draft");
    hand.does("esc");
    hand.does("a");
    hand.types("New Person");
    hand.press("ctrl-r");
    assert!(hand.told().contains("something is typed here"), "{}", hand.told());
    hand.does("ctrl-s");
    assert_eq!(hand.names(), ["New Person"]);
    hand.does("a");
    assert!(hand.shown().contains("C-r go on with it"), "{}", hand.shown());
    hand.does("ctrl-r");
    assert_eq!(field(&hand, "name").text(), "Old Draft");
    hand.types(" on");
    hand.does("ctrl-s");
    assert_eq!(hand.names(), ["New Person", "Old Draft on"]);
    assert!(hand.drafts.is_empty() && hand.state.drafts.is_empty());
}

/// Whoever does not want it any more is not asked about it at every login.
/// No draft keeps a secret: what was typed is asked for again, and what was wrong is still told.
#[test]
fn a_draft_says_what_it_does_not_keep() {
    let mut hand = Hand::with_customers(&[]);
    hand.opens_list("users");
    hand.settle();
    hand.does("a");
    hand.types("grace");
    go_to(&mut hand, "email");
    hand.types("no address");
    go_to(&mut hand, "password");
    hand.types("harbour-ember-barley");
    hand.does("tab");
    assert_eq!(hand.drafts.len(), 0);
    hand.passes(Duration::from_secs(1));
    hand.settle();
    let draft = hand.drafts[0].clone();
    assert!(!format!("{draft:?}").contains("ember"));
    hand.state.places.pop();
    hand.state.drafts = vec![draft];
    hand.does("a");
    hand.does("ctrl-r");
    assert_eq!((field(&hand, "username").text().as_str(), field(&hand, "password").text().as_str()), ("grace", ""));
    assert!(field(&hand, "email").problem.is_some(), "what was wrong is told again");
    let told = field(&hand, "password").problem.clone().expect("what is not kept is told");
    assert!(told.contains("type it again"), "{told}");
    go_to(&mut hand, "email");
    hand.press("ctrl-u");
    hand.types("grace@example.com");
    hand.does("ctrl-s");
    assert!(hand.performed().is_none(), "nobody is made without the password that was typed");
    hand.passes(Duration::from_secs(1));
    go_to(&mut hand, "password");
    hand.types("harbour-ember-barley");
    hand.does("ctrl-s");
    assert!(hand.told().contains("saved"), "{}", hand.told());
}

/// A word of a list is a chip once the cursor has gone, and one that nothing is called is told.
#[test]
fn words_of_a_list_stay_in_sight_and_are_looked_up() {
    let mut hand = Hand::with_customers(&[]);
    hand.opens_list("users");
    hand.settle();
    hand.does("a");
    go_to(&mut hand, "roles");
    hand.types("viewer, nope");
    hand.press("esc");
    hand.does("tab");
    let shown = hand.shown();
    assert!(shown.contains("nope"), "{shown}");
    let problem = field(&hand, "roles").problem.clone().expect("there is none such");
    assert!(problem.contains("there is no role ‘nope’"), "{problem}");
    // Devices of a booking are chosen, not known by heart.
    hand.lab.make("devices.create", &[("name", "otdr-1"), ("device_type", "olt")]);
    hand.state.places.pop();
    hand.opens_list("booking_groups");
    hand.settle();
    hand.does("a");
    hand.types("otdr");
    hand.settle();
    assert_eq!(offers(&hand).first().map(String::as_str), Some("DEV-000001 otdr-1"));
}

/// What stands in a number or a time is replaced by what is typed, and what stands in the way is all told.
#[test]
fn a_number_is_typed_anew_and_a_screen_of_fields_is_passed() {
    let mut hand = Hand::with_customers(&[]);
    hand.opens_list("booking_policies");
    hand.settle();
    hand.does("a");
    hand.types("Labs");
    go_to(&mut hand, "buffer_before_minutes");
    hand.types("5");
    hand.does("tab");
    hand.press("shift-tab");
    hand.types("12");
    assert_eq!(field(&hand, "buffer_before_minutes").text(), "12");
    hand.does("tab");
    hand.press("shift-tab");
    hand.press("right");
    hand.types("0");
    assert_eq!(field(&hand, "buffer_before_minutes").text(), "120", "who moved in it edits it");
    hand.hears(Message::Resized(Size { width: 60, height: 15 }));
    let at = hand.form().focus;
    hand.press("pageup");
    assert!(hand.form().focus < at);
    hand.press("pagedown");
    hand.press("pagedown");
    assert!(hand.form().is_on_save());
    hand.press("pagedown");
    assert!(hand.form().is_on_save(), "there is nothing beyond");
    // A list of words is typed as one.
    hand.hears(Message::Resized(Size { width: 120, height: 40 }));
    hand.does("esc");
    hand.opens_list("api_tokens");
    hand.settle();
    hand.does("a");
    hand.types("nightly");
    go_to(&mut hand, "permissions");
    hand.types("customers.read");
    hand.press("enter");
    hand.does("tab");
    assert_eq!(field(&hand, "permissions").text(), r#"["customers.read"]"#, "{}", hand.shown());
}

#[test]
fn what_is_added_below_a_record_begins_where_something_is_to_be_filled_in() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id.to_string();
    let draft = hand.lab.make("invoices.create", &[("customer", &amina), ("currency", "KES")]);
    hand.opens(resources::find("invoices").unwrap(), draft);
    hand.settle();
    hand.does("tab");
    hand.does("a");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "description", "{}", hand.shown());
    hand.does("esc");
    // Where no more lines are taken, that is told before anything is typed.
    hand.lab.make(
        "invoice_lines.create",
        &[("invoice", &draft.to_string()), ("description", "Fibre"), ("unit_price", "10"), ("tax_percentage", "0")],
    );
    hand.lab.must("invoices.issue", draft, &[]);
    hand.state.places.clear();
    hand.opens_list("customers");
    hand.opens(resources::find("invoices").unwrap(), draft);
    hand.settle();
    hand.does("tab");
    hand.does("a");
    assert!(hand.told().contains("is pending: no") && hand.told().contains("added"), "{}", hand.told());
    assert!(matches!(hand.state.places.last(), Some(Place::List(_))));
}

#[test]
fn a_record_that_somebody_took_away_meanwhile_says_so() {
    let mut hand = Hand::with_customers(&[]);
    let maker = hand.lab.make("manufacturers.create", &[("name", "Nokia")]);
    hand.opens_list("manufacturers");
    hand.settle();
    hand.does("e");
    hand.types(" Bell");
    hand.lab.must("manufacturers.delete", maker, &[]);
    hand.does("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("somebody took it away meanwhile"), "{shown}");
    assert!(shown.contains("Nokia Bell") && hand.drafts.len() == 1, "what was typed stays: {shown}");
}

/// Behind the form that was left last, the one before is gone on with.
#[test]
fn older_forms_that_were_left_are_gone_on_with_too() {
    let mut hand = Hand::new();
    for name in ["Amina", "Brian"] {
        hand.opens_list("customers.create");
        hand.types(name);
        hand.passes(Duration::from_secs(1));
        hand.settle();
        hand.does("esc");
    }
    assert_eq!(hand.drafts.len(), 2);
    let mut names = Vec::new();
    for _ in 0..2 {
        hand.opens_list("customers.create");
        hand.does("ctrl-r");
        names.push(field(&hand, "name").text());
        // Another one waits: that this one is not given up for it is what is said.
        hand.does("ctrl-r");
        assert!(hand.told().starts_with("something is typed here"), "{}", hand.told());
        hand.does("ctrl-s");
    }
    names.sort();
    assert_eq!(names, ["Amina", "Brian"]);
    hand.opens_list("customers.create");
    hand.does("ctrl-r");
    assert_eq!(hand.told(), "nothing of this kind was left unfinished");
    // The form of a record that is there is no place for a new one.
    hand.types("Chen");
    hand.passes(Duration::from_secs(1));
    hand.settle();
    hand.does("esc");
    hand.opens_list("customers");
    hand.settle();
    hand.does("e");
    let record = hand.form().record.as_ref().map(|record| record.id);
    hand.does("ctrl-r");
    assert!(record.is_some() && hand.form().record.as_ref().map(|record| record.id) == record, "{}", hand.shown());
}

/// What an action was asked for and is another by now is told, and done by saying so again.
#[test]
fn what_is_asked_for_another_one_by_now_is_said() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.does("x");
    let Some(Overlay::Actions(deeds)) = &hand.state.overlay else { panic!("no menu") };
    let is_it = |entry: &&MenuEntry| entry.action.id == "customers.terminate";
    let letter = deeds.menu.entries().iter().find(is_it).unwrap().letter.unwrap().to_string();
    hand.does(&letter);
    assert!(matches!(hand.state.places.last(), Some(Place::Form(_))), "{}", hand.shown());
    hand.types("moved");
    hand.lab.must("customers.update", id, &[("notes", "another")]);
    hand.does("ctrl-s");
    for _ in 0..2 {
        if matches!(hand.state.overlay, Some(Overlay::Confirm(..))) {
            hand.says_yes();
            hand.settle();
        }
    }
    assert_eq!(hand.told(), "not done yet: it was changed meanwhile", "{}", hand.shown());
}

#[test]
fn a_draft_that_is_offered_can_be_thrown_away() {
    let mut hand = Hand::new();
    hand.opens_list("customers.create");
    hand.types("Amina");
    hand.does("esc");
    assert_eq!(hand.drafts.len(), 1);
    let offer = |hand: &mut Hand| {
        hand.state.places.clear();
        let session = hand.lab.admin.clone();
        let effects = headend::console::update::enter(&mut hand.state, headend::console::update::resumed(session));
        for effect in effects {
            if let Effect::Ask(number, question) = effect {
                hand.asked.push((number, *question));
            }
        }
        hand.settle();
        hand.shown()
    };
    let shown = offer(&mut hand);
    assert!(shown.contains("y go on   n later   d throw it away"), "{shown}");
    assert!(shown.contains("KEYS  y go on  n later  d throw it away  Esc back"), "{shown}");
    // What was on its way before one could read it is no answer.
    hand.press_after("d", Duration::from_millis(50), false);
    assert!(hand.shown().contains("Go on where you stopped?"), "{}", hand.shown());
    hand.passes(Duration::from_secs(1));
    hand.press("d");
    let shown = hand.shown();
    assert!(shown.contains("Throw it away?") && shown.contains("What was typed in this form is gone then."), "{shown}");
    hand.press("n");
    assert_eq!(hand.drafts.len(), 1, "it stays where one says no");
    offer(&mut hand);
    hand.passes(Duration::from_secs(1));
    hand.press("d");
    hand.says_yes();
    hand.settle();
    assert!(hand.drafts.is_empty() && hand.told() == "thrown away", "{}", hand.told());
    assert!(!offer(&mut hand).contains("Go on where you stopped?"));
}

#[test]
fn words_that_occur_are_offered() {
    let mut hand = Hand::new();
    let device = [("name", "OLT-1"), ("device_type", "olt"), ("tags", "core, west, 100%")];
    hand.lab.make("devices.create", &device);
    hand.does("3");
    hand.does("a");
    go_to(&mut hand, "tags");
    hand.types("W");
    hand.settle();
    assert_eq!(offers(&hand), ["west"]);
    hand.press("down");
    hand.press("enter");
    assert_eq!(field(&hand, "tags").text(), "west");
    hand.types("%");
    hand.settle();
    assert_eq!(offers(&hand), ["100%"]);
    hand.press("backspace");
    hand.types("spare");
    hand.settle();
    assert!(hand.form().picker.is_none(), "a word of one's own");
    hand.press("enter");
    assert_eq!(field(&hand, "tags").text(), "west, spare");
}

#[test]
fn one_field_is_set_in_all_marked_records_and_taken_back_at_once() {
    let mut hand = Hand::with_customers(&["Amina", "Brian", "Chipo"]);
    hand.does("*");
    hand.press("e");
    assert_eq!(hand.form().title(Manner::default()), "set a field of 3 customers");
    hand.types("phone");
    hand.press("enter");
    hand.types("+254 1");
    hand.press("ctrl-s");
    let shown = hand.shown();
    assert!(shown.contains("Set 3 customers?") && shown.contains("phone: +254 1"), "{shown}");
    hand.does("y");
    assert!(hand.told().starts_with("set: 3 done"), "{}", hand.told());
    let phones = |hand: &Hand| {
        let rows: Vec<_> = hand.list().rows.iter().map(|row| row.record.id).collect();
        rows.into_iter().map(|id| hand.lab.value("customers", id, "phone")).collect::<Vec<_>>()
    };
    assert_eq!(phones(&hand), ["+254 1"; 3]);
    hand.does("u");
    hand.passes(Duration::from_secs(1));
    hand.paint();
    hand.does("y");
    assert_eq!(phones(&hand), [""; 3]);
}

#[test]
fn what_is_unique_or_unknown_is_set_in_no_many() {
    let mut hand = Hand::with_customers(&["Amina", "Brian"]);
    hand.does("*");
    hand.press("e");
    hand.press("down");
    assert!(offers(&hand).contains(&"notes".to_owned()) && !offers(&hand).contains(&"email".to_owned()));
    hand.press("esc");
    hand.types("email");
    hand.press("ctrl-s");
    assert!(hand.performed().is_none() && hand.state.overlay.is_none());
    assert!(field(&hand, "field").problem.as_ref().is_some_and(|problem| problem.contains("no such field")));
}

#[test]
fn a_side_is_offered_only_where_there_are_sides() {
    let mut hand = new_customer(&["Home 100M"]);
    go_to(&mut hand, "plan");
    hand.does("down");
    let picker = hand.form().picker.as_ref().unwrap();
    assert!(picker.choices.iter().all(|(_, offer)| matches!(offer, Offer::Text(_) | Offer::Add)));
}

// ---- secrets

fn page_with_secret() -> Hand {
    let mut hand = Hand::with_customers(&[]);
    hand.lab.make("customers.create", &[("name", "Amina"), ("access_password", "hunter2 and more")]);
    hand.does("r");
    hand.does("enter");
    go_to_line(&mut hand, "access_password");
    hand.press("enter");
    hand
}

#[test]
fn a_secret_is_seen_for_the_password_and_for_a_moment() {
    let mut hand = page_with_secret();
    let shown = hand.shown();
    assert!(shown.contains("see it") && !shown.contains("hunter2"), "{shown}");
    hand.press("s");
    hand.types("not this one");
    hand.does("enter");
    let shown = hand.shown();
    assert!(
        shown.contains("wrong password") && !shown.contains("hunter2") && !shown.contains("not this one"),
        "{shown}"
    );
    hand.types(PASSWORD);
    hand.does("enter");
    assert!(hand.shown().contains("hunter2 and more"));
    hand.passes(Duration::from_secs(14));
    assert!(hand.shown().contains("hunter2"));
    hand.passes(Duration::from_secs(2));
    assert!(hand.state.overlay.is_none() && !hand.shown().contains("hunter2"));
}

#[test]
fn a_seen_secret_goes_with_the_lock_and_with_the_next_key() {
    for key in ["j", "ctrl-q"] {
        let mut hand = page_with_secret();
        hand.press("s");
        hand.types(PASSWORD);
        hand.does("enter");
        assert!(matches!(&hand.state.overlay, Some(Overlay::Secret(look)) if matches!(look.stage, Stage::Seen(..))));
        hand.does(key);
        assert!(hand.state.overlay.is_none() && !hand.shown().contains("hunter2"), "{key}");
    }
}

#[test]
fn a_secret_is_copied_unseen_or_replaced() {
    let mut hand = page_with_secret();
    hand.press("c");
    hand.types(PASSWORD);
    hand.press("enter");
    let (number, question) = hand.next(|question| matches!(question, Question::Reveal { .. })).expect("it asks");
    let Question::Reveal { entity, id, field: secret, password } = question else { panic!() };
    let revealed = hand.lab.store.reveal(&hand.lab.admin, entity, id, secret, &password);
    let reply = headend::console::message::Reply::Revealed(revealed);
    let effects = update(&mut hand.state, Message::Reply(number, reply));
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::CopySecret(secret) => Some(secret.reveal().to_owned()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("hunter2 and more"));
    assert!(!format!("{effects:?}").contains("hunter2"), "it shows itself to nobody");
    assert!(!hand.shown().contains("hunter2"));
    hand.press("enter");
    hand.does("r");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "access_password");
}

#[test]
fn what_belongs_in_a_field_is_read_whole_wherever_there_is_no_room_in_it() {
    let help_of = |hand: &Hand| {
        let form = hand.form();
        form.resource.help(Words::ENGLISH, form.fields[form.focus].field)
    };
    let is_read = |hand: &mut Hand| {
        let (help, shown) = (help_of(hand), hand.shown());
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let rows: Vec<&str> = shown.lines().map(|line| line.trim_matches([' ', '┃'])).collect();
        assert!(words(&rows.join(" ")).contains(&words(&help)), "‘{help}’ is not read: {shown}");
    };
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.lab.make("contracts.create", &[("activation_date", "2026-01-01"), ("expiration_date", "2026-12-31")]);
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        hand.state.places.clear();
        hand.hears(Message::Resized(Size { width, height }));
        for (list, key) in [("customers", "a"), ("customers", "e"), ("contracts", "renew"), ("booking_policies", "a")] {
            hand.opens_list(list);
            hand.settle();
            if key == "renew" {
                hand.opens_list(key);
                hand.settle();
            } else {
                hand.does(key);
            }
            for _ in 0..hand.form().fields.len() {
                if hand.form().picker.is_none() && hand.form().focus < hand.form().fields.len() {
                    is_read(&mut hand);
                }
                hand.does("tab");
            }
            hand.press("esc");
            hand.settle();
        }
    }
    // While something stands there too.
    hand.opens_list("customers");
    hand.settle();
    hand.does("a");
    go_to(&mut hand, "expires_at");
    hand.types("+3d");
    is_read(&mut hand);
}

#[test]
fn what_chooses_a_shape_or_a_kind_is_checked_and_offered_as_one_leaves_it() {
    let mut hand = Hand::with_customers(&["Amina Wanjiru"]);
    hand.opens_list("config_templates");
    hand.settle();
    hand.does("a");
    hand.types("Access port");
    go_to(&mut hand, "schema");
    hand.pastes("{\"type\": \"objekt\"}");
    hand.does("tab");
    let problem = field(&hand, "schema").problem.clone().expect("it is no schema");
    assert!(problem.starts_with("/type"), "{problem}");
    hand.state.places.pop();
    // The settings that there are.
    hand.opens_list("settings");
    hand.settle();
    hand.does("a");
    hand.types("invit");
    assert_eq!(offers(&hand), ["invitations.days"]);
    hand.does("enter");
    assert_eq!((field(&hand, "key").text().as_str(), field(&hand, "key").problem.clone()), ("invitations.days", None));
    hand.press("shift-tab");
    hand.press("ctrl-u");
    hand.types("invitation.day");
    hand.press("esc");
    hand.does("tab");
    let problem = field(&hand, "key").problem.clone().expect("there is none such");
    assert!(problem.contains("Did you mean invitations.days?"), "{problem}");
    hand.state.places.pop();
    // What a reminder is of: the kind, then the record.
    hand.opens_list("reminders");
    hand.settle();
    hand.does("a");
    go_to(&mut hand, "entity_type");
    hand.types("customer");
    assert_eq!(offers(&hand).first().map(String::as_str), Some("customers"));
    hand.press("esc");
    hand.does("tab");
    assert!(field(&hand, "entity_type").problem.is_some(), "nothing is called customer");
    hand.press("shift-tab");
    hand.types("customers");
    go_to(&mut hand, "record_id");
    hand.types("amina");
    hand.settle();
    assert_eq!(offers(&hand).len(), 1);
    hand.press("down");
    hand.does("enter");
    let chosen = field(&hand, "record_id");
    assert!(chosen.means.as_deref().is_some_and(|means| means.contains("Amina Wanjiru")), "{chosen:?}");
    go_to(&mut hand, "due_at");
    hand.types("+2h");
    hand.does("ctrl-s");
    assert!(hand.told().contains("saved"), "{}", hand.told());
}

#[test]
fn what_a_rule_says_stands_beside_its_field_as_one_leaves_it() {
    let mut hand = Hand::new();
    hand.does("2");
    hand.does("a");
    go_to(&mut hand, "email");
    // What was passed by and must be there is told, too.
    assert_eq!(field(&hand, "name").problem.as_deref(), Some("is required"));
    hand.types("bad");
    hand.press("tab");
    assert!(
        field(&hand, "email").problem.as_deref().is_some_and(|why| why.contains("e-mail address")),
        "{}",
        hand.shown()
    );
    go_to(&mut hand, "email");
    hand.press("end");
    hand.types("@example.com");
    hand.press("tab");
    assert_eq!(field(&hand, "email").problem, None);
}

/// Enter goes on through a form, past a text of several lines in which nothing stands, and out of one behind its last line.
#[test]
fn enter_goes_on_past_a_text_that_nobody_begins() {
    let mut hand = new_customer(&[]);
    go_to(&mut hand, "address");
    hand.does("enter");
    assert_ne!(hand.form().fields[hand.form().focus].field.name, "address");
    hand.does("shift-tab");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "address");
    hand.types("12 Hill Road");
    hand.does("enter");
    hand.types("Nairobi");
    assert_eq!(field(&hand, "address").text(), "12 Hill Road\nNairobi");
    hand.does("enter");
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "address", "a line is begun");
    hand.does("enter");
    assert_ne!(hand.form().fields[hand.form().focus].field.name, "address");
    assert_eq!(field(&hand, "address").text(), "12 Hill Road\nNairobi", "and nothing of it is left where nobody wrote");
}

/// Whoever types is told within a moment that somebody else saved the record; what was typed stays.
#[test]
fn a_form_says_that_its_record_was_changed_meanwhile() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let looks = |hand: &mut Hand| {
        hand.passes(Duration::from_secs(2));
        hand.settle();
    };
    looks(&mut hand);
    hand.does("e");
    hand.types(" W");
    looks(&mut hand);
    assert!(!hand.shown().contains("saved it meanwhile"), "{}", hand.shown());
    let id = hand.lab.store.get_named(&hand.lab.admin, entity("customers"), "CUS-000001").unwrap().id;
    hand.lab.must("customers.update", id, &[("company", "Elsewhere")]);
    looks(&mut hand);
    let shown = hand.shown();
    assert!(shown.contains("somebody else saved it meanwhile") && shown.contains("Amina W"), "{shown}");
    hand.does("ctrl-s");
    hand.settle();
    hand.does("ctrl-s");
    hand.settle();
    let kept = hand.lab.record("customers", id);
    assert_eq!((kept.get("name").as_str(), kept.get("company").as_str()), ("Amina W", "Elsewhere"));
}

/// What is wrong with what is asked for a payment stands at its field, also where it is seen only by trying it.
#[test]
fn what_an_action_asks_is_judged_as_a_record_is() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.opens_list("payments.record");
    let wrong = |hand: &Hand, name: &str| field(hand, name).problem.clone().unwrap_or_default();
    go_to(&mut hand, "phone");
    hand.types("zz");
    hand.press("tab");
    assert!(wrong(&hand, "phone").contains("is a number such as"), "{}", hand.shown());
    // Sent all the same, nothing is asked: it is told where it stands.
    go_to(&mut hand, "customer");
    hand.types("amina");
    hand.does("tab");
    go_to(&mut hand, "amount");
    hand.types("10");
    go_to(&mut hand, "method");
    hand.types("cash");
    hand.does("ctrl-s");
    assert!(hand.state.overlay.is_none(), "{}", hand.shown());
    assert!(wrong(&hand, "phone").contains("is a number such as"), "{}", hand.shown());
    assert_eq!(hand.form().fields[hand.form().focus].field.name, "phone");
}

/// A contract that follows is tried as its terms are written.
#[test]
fn the_terms_of_a_renewal_are_judged_as_one_leaves_them() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let contract = crate::fixtures::make(&hand.lab, &hand.lab.admin, "contracts");
    assert_eq!(hand.lab.record("contracts", contract).version, 1);
    hand.does("7");
    hand.opens_list("contracts");
    hand.settle();
    hand.opens_list("contracts.renew");
    go_to(&mut hand, "total_value");
    hand.types("-5");
    hand.press("tab");
    hand.passes(Duration::from_millis(400));
    hand.settle();
    let wrong = field(&hand, "total_value").problem.clone().unwrap_or_default();
    assert!(wrong.contains("must not be negative"), "{wrong}: {}", hand.shown());
}

/// A clash that was told as it was saved goes with what it was between.
#[test]
fn what_was_wrong_beside_other_fields_goes_when_those_change() {
    let mut hand = Hand::new();
    let device = hand.lab.make("devices.create", &[("name", "srv1"), ("device_type", "server")]);
    let taken = [("device", "srv1"), ("start_time", "2030-12-01 02:00"), ("end_time", "2030-12-01 04:00")];
    hand.lab.make("bookings.create", &taken);
    assert_eq!(hand.lab.value("devices", device, "name"), "srv1");
    hand.does("4");
    hand.does("a");
    for (name, text) in taken {
        go_to(&mut hand, name);
        hand.types(text);
        hand.does("tab");
    }
    hand.does("ctrl-s");
    let wrong = |hand: &Hand| hand.form().fields.iter().any(|field| field.problem.is_some());
    assert!(wrong(&hand), "{}", hand.shown());
    for (name, text) in [("start_time", "2030-12-05 02:00"), ("end_time", "2030-12-05 04:00")] {
        go_to(&mut hand, name);
        hand.press("ctrl-u");
        hand.types(text);
        hand.does("tab");
    }
    assert!(!wrong(&hand), "{}", hand.shown());
}

/// Letters in the middle of a word are no choice of it.
#[test]
fn a_choice_is_not_taken_by_letters_in_the_middle_of_it() {
    let mut hand = Hand::new();
    hand.opens_list("calendars.create");
    for (typed, stands) in [("zz", "zz"), ("nairo", "Africa/Nairobi")] {
        go_to(&mut hand, "timezone");
        hand.press("ctrl-u");
        hand.types(typed);
        hand.press("tab");
        hand.settle();
        assert_eq!(field(&hand, "timezone").text(), stands);
    }
}

/// Two fields that a rule holds against each other are judged as either of them is left, and `C-g` leaves a field as `Tab` does.
#[test]
fn two_dates_are_judged_as_either_is_left() {
    let mut hand = Hand::new();
    hand.opens_list("maintenance_windows.create");
    let wrong = |hand: &Hand, name: &str| field(hand, name).problem.clone().unwrap_or_default();
    let mut writes = |name: &str, text: &str| {
        go_to(&mut hand, name);
        hand.press("ctrl-u");
        hand.types(text);
        hand.press("tab");
        hand.settle();
        (wrong(&hand, "starts_at"), wrong(&hand, "ends_at"), wrong(&hand, "recurrence"))
    };
    writes("starts_at", "2030-01-02 09:00");
    assert!(writes("ends_at", "2030-01-01 10:00").1.contains("is not after the beginning"));
    assert_eq!(writes("starts_at", "2029-12-31 09:00").1, "");
    assert!(writes("starts_at", "2030-01-03 09:00").1.contains("is not after the beginning"));
    assert!(writes("recurrence", "every other tuesday").2.contains("is no recurrence"));
    assert_eq!(writes("recurrence", "weekly:MO,TU").2, "");
    go_to(&mut hand, "tag");
    go_to(&mut hand, "starts_at");
    hand.press("ctrl-u");
    hand.types("nonsense");
    hand.press("ctrl-g");
    assert!(!wrong(&hand, "starts_at").is_empty(), "{}", hand.shown());
    let mut hand = Hand::new();
    hand.does("2");
    hand.does("a");
    hand.types("Amina");
    hand.press("ctrl-g");
    assert_eq!(hand.told(), "nothing is wrong");
}

/// A clash with what is booked already is seen before it is saved.
#[test]
fn a_booking_is_tried_as_it_is_written() {
    let mut hand = Hand::new();
    hand.lab.make("devices.create", &[("name", "srv1"), ("device_type", "server")]);
    let taken = [("device", "srv1"), ("start_time", "2030-12-01 02:00"), ("end_time", "2030-12-01 04:00")];
    hand.lab.make("bookings.create", &taken);
    hand.does("4");
    hand.does("a");
    for (name, text) in taken {
        go_to(&mut hand, name);
        hand.types(text);
        hand.does("tab");
    }
    hand.passes(Duration::from_millis(400));
    hand.settle();
    let wrong = |hand: &Hand| hand.form().fields.iter().filter(|field| field.problem.is_some()).count();
    assert_eq!(wrong(&hand), 1, "{}", hand.shown());
    go_to(&mut hand, "start_time");
    hand.press("ctrl-u");
    hand.types("2030-12-01 03:59");
    hand.press("tab");
    hand.press("ctrl-u");
    hand.types("2030-12-01 06:00");
    hand.press("tab");
    hand.passes(Duration::from_millis(400));
    hand.settle();
    assert_eq!(wrong(&hand), 1, "{}", hand.shown());
    go_to(&mut hand, "start_time");
    hand.press("ctrl-u");
    hand.types("2030-12-01 05:00");
    hand.press("tab");
    hand.passes(Duration::from_millis(400));
    hand.settle();
    assert_eq!(wrong(&hand), 0, "{}", hand.shown());
}

/// One answer that is wrong or missing hides nothing of the others.
#[test]
fn what_is_wrong_with_one_answer_hides_no_other() {
    let mut hand = Hand::new();
    let item = hand.lab.make("stock_items.create", &[("name", "Drop"), ("sku", "drop")]);
    hand.lab.make("stock_locations.create", &[("name", "Main store")]);
    hand.lab.must("stock_items.receive", item, &[("quantity", "10"), ("location", "Main store")]);
    let wrong = |hand: &Hand, name: &str| field(hand, name).problem.clone().unwrap_or_default();
    let tried = |hand: &mut Hand| {
        hand.passes(Duration::from_millis(400));
        hand.settle();
    };
    hand.does("5");
    // The reason is still missing.
    hand.opens_list("adjust");
    for (typed, told) in [("0", "not 0"), ("-71", "only 10"), ("-3", "")] {
        go_to(&mut hand, "quantity");
        hand.press("ctrl-u");
        hand.types(typed);
        hand.press("tab");
        hand.settle();
        tried(&mut hand);
        assert!(wrong(&hand, "quantity").contains(told), "{typed}: {}", hand.shown());
        assert_eq!(told.is_empty(), wrong(&hand, "quantity").is_empty(), "{typed}: {}", hand.shown());
        assert_eq!(hand.form().refusal, None, "what would be said of the whole says nothing yet");
    }
    hand.does("esc");
    // A place that there is not.
    hand.opens_list("issue");
    for (name, text) in [("location", "nowhere"), ("serials", "A7"), ("quantity", "1")] {
        go_to(&mut hand, name);
        hand.press("ctrl-u");
        hand.types(text);
        hand.press("tab");
        hand.settle();
    }
    tried(&mut hand);
    assert!(wrong(&hand, "location").contains("there is no stock location"), "{}", hand.shown());
    assert!(wrong(&hand, "serials").contains("without serial numbers"), "{}", hand.shown());
    assert_eq!(hand.lab.value("stock_items", item, "quantity"), "10");
}

/// To take back what was typed leads to what the record holds, and no further.
#[test]
fn taking_back_ends_where_the_record_was_read() {
    let mut hand = Hand::new();
    hand.lab.make(
        "devices.create",
        &[("name", "olt1"), ("device_type", "olt"), ("notes", "by the door"), ("configuration", r#"{"vlan":12}"#)],
    );
    hand.does("3");
    hand.press("e");
    hand.settle();
    let text = |hand: &Hand, name: &str| {
        hand.form()
            .fields
            .iter()
            .find(|field| field.field.name == name)
            .map(headend::console::screens::form::FormField::text)
    };
    for (name, written, kept) in
        [("configuration", r#"{"vlan":13}"#, r#"{"vlan":12}"#), ("name", "x", "olt1"), ("notes", "x", "by the door")]
    {
        go_to(&mut hand, name);
        hand.pastes(written);
        assert_ne!(text(&hand, name).as_deref(), Some(kept), "{name}");
        for _ in 0..3 {
            hand.does("ctrl-z");
            assert_eq!(text(&hand, name).as_deref(), Some(kept), "{name}: {}", hand.shown());
            // Behind that the last operation is offered: that is answered no.
            hand.passes(Duration::from_secs(1));
            hand.does("n");
        }
        if name == "configuration" {
            // So is what is no entry yet.
            hand.does("down");
            hand.types("speed");
            assert!(hand.shown().contains("speed"), "{}", hand.shown());
            for _ in 0..2 {
                hand.does("ctrl-z");
            }
            assert!(!hand.shown().contains("speed"), "{}", hand.shown());
            hand.types("40");
            hand.does("enter");
            assert!(hand.shown().contains("is no entry"), "{}", hand.shown());
            for _ in 0..3 {
                hand.does("ctrl-z");
            }
            assert!(!hand.shown().contains("is no entry"), "{}", hand.shown());
            assert_eq!(text(&hand, name).as_deref(), Some(kept));
        }
    }
}

/// A time stands in a form as it is typed, whatever way of writing it a person reads.
#[test]
fn a_time_is_typed_the_same_in_every_country() {
    for locale in ["en-GB", "de-CH", "en-US"] {
        let mut hand = Hand::new();
        hand.state.session.as_mut().unwrap().tenant.manner = Manner::of(locale);
        hand.lab.make("devices.create", &[("name", "srv1"), ("device_type", "server")]);
        hand.does("4");
        hand.does("a");
        for (name, text) in [("device", "srv1"), ("start_time", "2030-12-01 02:00"), ("end_time", "2030-12-01 04:00")] {
            go_to(&mut hand, name);
            hand.types(text);
            hand.does("tab");
        }
        hand.does("ctrl-s");
        assert!(hand.told().contains("saved:"), "{locale}: {}\n{}", hand.told(), hand.shown());
        hand.does("e");
        go_to(&mut hand, "start_time");
        hand.types("+3d");
        hand.does("tab");
        let wrong = hand.form().fields.iter().find_map(|field| field.problem.clone());
        assert_eq!(wrong, None, "{locale}: {}", hand.shown());
    }
}

/// A rule that one thing alone may be named is told before it is saved.
#[test]
fn a_window_over_two_things_is_told_as_it_is_written() {
    let mut hand = Hand::new();
    hand.lab.make("devices.create", &[("name", "core1"), ("device_type", "router")]);
    hand.lab.make("sites.create", &[("name", "Head office")]);
    hand.opens_list("maintenance_windows");
    hand.settle();
    hand.does("a");
    let written = [
        ("name", "night work"),
        ("device", "core1"),
        ("site", "Head office"),
        ("starts_at", "2030-12-01 02:00"),
        ("ends_at", "2030-12-01 04:00"),
    ];
    for (name, text) in written {
        if hand.form().fields.iter().any(|field| field.field.name == name) {
            go_to(&mut hand, name);
            hand.types(text);
            hand.does("tab");
        }
    }
    hand.passes(Duration::from_millis(400));
    hand.settle();
    assert!(hand.shown().contains("exactly one of device, site and tag"), "{}", hand.shown());
}

/// Of many that fit, more are offered as one goes down.
#[test]
fn more_of_what_fits_is_offered() {
    let names: Vec<String> = (1..=23).map(|number| format!("Office {number:02}")).collect();
    let mut hand = new_customer(&names.iter().map(String::as_str).collect::<Vec<_>>());
    go_to(&mut hand, "plan");
    hand.types("offi");
    hand.settle();
    for (count, last) in [(12, "Office 10"), (22, "Office 20"), (24, "Office 23")] {
        let offered = offers(&hand);
        assert_eq!(offered.len(), count, "{offered:?}");
        let more = usize::from(count < 24);
        assert_eq!(offered[count - 2 - more], last, "{offered:?}");
        if more == 1 {
            assert_eq!(offered[count - 2], "… more of them");
            for _ in 0..count {
                hand.does("down");
            }
            hand.does("up");
            hand.does("enter");
        }
    }
    hand.does("enter");
    assert_eq!(
        hand.form().fields.iter().find(|field| field.field.name == "plan").map(|field| field.text()),
        Some("Office 21".into())
    );
}

/// Whoever takes back what they decided and what they typed before has decided nothing.
#[test]
fn what_is_taken_back_behind_a_decision_is_no_decision() {
    for name in ["company", "notes"] {
        let mut hand = Hand::with_customers(&["Amina"]);
        let id = hand.list().rows[0].record.id;
        hand.lab.must("customers.update", id, &[(name, "once")]);
        hand.does("r");
        hand.does("e");
        go_to(&mut hand, name);
        hand.types("mine");
        hand.lab.must("customers.update", id, &[(name, "theirs")]);
        hand.does("ctrl-s");
        go_to(&mut hand, name);
        hand.does("ctrl-t");
        assert_eq!(field(&hand, name).text(), "theirs", "{name}");
        for _ in 0..8 {
            hand.does("ctrl-z");
            assert_eq!(field(&hand, name).theirs.as_deref(), Some("theirs"), "{name}: {}", field(&hand, name).text());
        }
        hand.does("ctrl-s");
        assert_eq!(hand.lab.value("customers", id, name), "theirs", "nothing was overwritten unasked");
        for _ in 0..12 {
            hand.does("ctrl-y");
        }
        assert_eq!((field(&hand, name).text().as_str(), &field(&hand, name).theirs), ("theirs", &None), "{name}");
        // Another one of theirs is another question.
        hand.types("x");
        hand.lab.must("customers.update", id, &[(name, "theirs again")]);
        hand.does("ctrl-s");
        assert_eq!(field(&hand, name).theirs.as_deref(), Some("theirs again"), "{name}");
        hand.does("ctrl-z");
        assert_eq!(field(&hand, name).theirs.as_deref(), Some("theirs again"), "{name}: {}", field(&hand, name).text());
    }
}

/// No draft keeps a secret, but that somebody else set another one it does.
#[test]
fn a_secret_that_both_set_is_asked_about_again() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let id = hand.list().rows[0].record.id;
    hand.does("e");
    go_to(&mut hand, "phone");
    hand.types("0711");
    go_to(&mut hand, "access_password");
    hand.types("mine-mine");
    hand.lab.must("customers.update", id, &[("access_password", "theirs-theirs")]);
    hand.does("ctrl-s");
    assert!(field(&hand, "access_password").theirs.is_some(), "{}", hand.shown());
    hand.passes(Duration::from_secs(1));
    hand.settle();
    goes_on_where_one_stopped(&mut hand);
    let secret = field(&hand, "access_password");
    assert!(secret.theirs.is_some() && secret.problem.is_some());
    hand.does("ctrl-s");
    assert!(matches!(hand.state.places.last(), Some(Place::Form(_))), "{}", hand.shown());
}
