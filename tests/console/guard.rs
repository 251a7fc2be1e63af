//! Who may go on: the idle lock, logins that end elsewhere, sessions that only read, one's own files.

use std::time::Duration;

use headend::console::actions::{Action, Scope};
use headend::console::input::Event;
use headend::console::keys::{KeyFile, KeyMap};
use headend::console::message::{Effect, Message, Question};
use headend::console::overlay::Overlay;
use headend::console::theme::{ColourDepth, Theme};
use headend::console::update::{enter, resumed};
use headend::domain::manner::Manner;

use crate::common::lab::PASSWORD;
use crate::hand::Hand;

#[test]
fn a_session_that_only_reads_refuses_by_the_table_of_actions() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let mut session = hand.lab.admin.clone();
    session.read_only = true;
    hand.state.session = Some(session);
    let writes = |action: &&Action| action.def().writes;
    let (of_dialogs, others): (Vec<&Action>, Vec<&Action>) =
        Action::ALL.iter().filter(writes).partition(|action| action.def().scope.is_of_a_dialog());
    for action in others.into_iter().filter(|action| action.def().scope != Scope::Everywhere) {
        hand.press(action.def().keys[0]);
        assert!(hand.told().contains("--read-only"), "{}: {}", action.id(), hand.told());
        assert!(hand.state.overlay.is_none() && hand.asked.is_empty() && hand.state.places.len() == 2);
    }
    // In the dialog that has them.
    hand.does("V");
    let mut refused = 0;
    for action in of_dialogs.into_iter().filter(|action| matches!(action.def().scope, Scope::Views | Scope::View)) {
        let Some(Overlay::Views(views)) = &mut hand.state.overlay else { panic!("no views") };
        views.acting = action.def().scope == Scope::View;
        hand.press(action.def().keys[0]);
        assert!(hand.told().contains("--read-only"), "{}: {}", action.id(), hand.told());
        assert!(
            matches!(&hand.state.overlay, Some(Overlay::Views(views)) if views.naming.is_none())
                && hand.asked.is_empty()
        );
        refused += 1;
    }
    assert_eq!(refused, 6);
    hand.state.overlay = None;
    let shown = hand.shown();
    assert!(!shown.contains("a add") && !shown.contains("e edit"), "no hint to what is refused: {shown}");
    // By its name and from the menu too.
    hand.opens_list("add");
    assert!(hand.told().contains("--read-only"), "{}", hand.told());
    hand.press("ctrl-z");
    assert!(hand.told().contains("--read-only"), "{}", hand.told());
    // Nothing is asked first, whatever is named and for whichever records.
    for operation in headend::store::operation::all() {
        let entity = operation.entity;
        let lines = [operation.name.to_owned(), format!("{} {}", operation.name, of_any_record(entity))];
        let lines = lines.iter().take(if operation.takes_records() { 2 } else { 1 });
        for line in lines {
            hand.state.told = None;
            hand.press(":");
            hand.pastes(line);
            hand.press("enter");
            assert!(hand.told().contains("--read-only"), "{line}: {}", hand.told());
            let asks = hand.asked.iter().any(|(_, question)| matches!(question, Question::Mark { .. }));
            assert!(hand.state.overlay.is_none() && !asks && hand.state.places.len() == 2, "{line}");
            hand.settle();
        }
    }
}

/// A filter that fits a kind of record.
fn of_any_record(entity: &headend::store::Entity) -> String {
    format!("{}:", entity.title_fields().find(|name| entity.field(name).is_some()).unwrap_or("id"))
}

#[test]
fn what_one_types_ahead_of_a_login_is_not_half_done_behind_the_door() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("ctrl-q");
    hand.types(PASSWORD);
    hand.press("enter");
    let unlock = hand.next(|question| matches!(question, Question::Unlock(_))).expect("it is being looked at");
    // A burst that began at the door goes on while it opens.
    hand.press_after("2", Duration::from_millis(50), false);
    hand.reply(unlock);
    hand.settle();
    assert!(hand.state.door.is_none());
    let places = hand.state.places.len();
    for key in ["e", "x", "d"] {
        hand.press_after(key, Duration::from_millis(100), false);
    }
    assert!(hand.state.overlay.is_none() && hand.state.places.len() == places, "none of it is done");
    // After a pause one types anew.
    hand.passes(Duration::from_secs(1));
    hand.press("x");
    assert!(matches!(hand.state.overlay, Some(Overlay::Actions(_))));
}

/// What can be done is behind one key everywhere, at a door too; nothing of what is open shows in it.
#[test]
fn a_door_has_its_menu_and_nothing_else_in_it() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.press("ctrl-q");
    hand.types("half a");
    hand.press("ctrl-o");
    let shown = hand.shown();
    for told in ["Everything here", "Unlocks.", "Signs out"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(!shown.contains("Amina") && !shown.contains("Customers"), "{shown}");
    // Letters pick there and are not written; what was typed is kept behind it.
    hand.pastes("elsewhere");
    hand.press("esc");
    assert!(hand.state.overlay.is_none() && hand.state.door.is_some());
    assert_eq!(hand.state.door.as_ref().unwrap().entries[0].line.text(), "half a");
    hand.press("ctrl-o");
    let menu = |hand: &Hand| match &hand.state.overlay {
        Some(Overlay::Menu(menu)) => menu.entries().to_vec(),
        other => panic!("{other:?}"),
    };
    let letter = |hand: &Hand, id: &str| {
        menu(hand).iter().find(|entry| entry.action.id == id).and_then(|entry| entry.letter).unwrap().to_string()
    };
    hand.press(&letter(&hand, "line-clear"));
    hand.types(PASSWORD);
    hand.press("ctrl-o");
    hand.press(&letter(&hand, "save"));
    hand.settle();
    assert!(hand.state.door.is_none() && hand.state.overlay.is_none(), "{}", hand.shown());
    // It leaves as its key does: the second time.
    hand.press("ctrl-q");
    for _ in 0..2 {
        assert!(hand.state.session.is_some());
        hand.press("ctrl-o");
        hand.press(&letter(&hand, "leave"));
        hand.settle();
    }
    assert!(hand.state.session.is_none() && hand.state.door.is_some());
    hand.press("ctrl-o");
    assert!(hand.shown().contains("Logs in."), "{}", hand.shown());
    hand.press(&letter(&hand, "leave"));
    assert!(hand.quit);
}

#[test]
fn saved_keys_and_themes_are_taken_and_wrong_ones_are_not() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let file = KeyFile::parse("[keys]\nlock = \"f9\"\n").unwrap();
    let map = KeyMap::build(&[Action::DEFS], Some(&file)).unwrap();
    hand.hears(Message::Keys(Ok(Box::new(map))));
    hand.hears(Message::Keys(Err("keys.toml:3: no".into())));
    assert!(hand.told().contains("stay") && hand.told().contains("keys.toml:3"), "{}", hand.told());
    let theme = Theme::built_in("light", ColourDepth::True, false).unwrap();
    hand.hears(Message::Theme(Ok(Box::new(theme))));
    hand.hears(Message::Theme(Err("light.toml:3: no".into())));
    assert!(hand.told().contains("light.toml:3"), "{}", hand.told());
    assert_eq!(hand.state.theme.name, "light");
    hand.press("f9");
    assert!(hand.state.door.is_some(), "locked by the new key");
}

#[test]
fn only_a_person_keeps_it_open_and_a_machine_that_slept_is_locked() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let waits = |hand: &mut Hand, minutes: u64| {
        for _ in 0..minutes {
            hand.passes(Duration::from_secs(60));
            hand.settle();
        }
    };
    waits(&mut hand, 9);
    // Paints, sizes, the focus and what the terminal answers are no person.
    hand.paint();
    hand.hears(Message::Resized(ratatui::layout::Size { width: 100, height: 30 }));
    hand.hears(Message::Event(Event::FocusGained, hand.clock));
    waits(&mut hand, 2);
    assert!(hand.state.door.is_some());
    hand.types(PASSWORD);
    hand.does("enter");
    assert!(hand.state.door.is_none());
    // The clock of the loop stood still while the machine slept; the key that wakes it opens nothing.
    hand.sleeps(Duration::from_secs(3600 / 2));
    assert!(hand.state.door.is_some());
    // A key that comes after the time does nothing but lock, also where no tick came before it.
    hand.types(PASSWORD);
    hand.does("enter");
    hand.press_after("e", Duration::from_secs(11 * 60), false);
    assert!(hand.state.door.is_some());
    // Keys at the locked door keep nobody signed in.
    for _ in 0..50 {
        hand.passes(Duration::from_secs(60));
        hand.settle();
        hand.press("a");
    }
    assert!(hand.next(|question| matches!(question, Question::LogOut)).is_some() || hand.state.session.is_none());
    assert!(hand.state.places.is_empty());
}

#[test]
fn a_session_that_was_ended_elsewhere_closes_the_door_and_keeps_what_is_typed() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types(" W");
    hand.lab.store.log_out(&hand.lab.admin).unwrap();
    hand.passes(Duration::from_secs(2));
    let pulse = hand.next(|question| matches!(question, Question::Pulse)).expect("it asks every second");
    hand.reply(pulse);
    assert!(hand.state.door.is_some());
    let shown = hand.shown();
    assert!(shown.contains("The login has ended") && !shown.contains("Amina"), "{shown}");
    assert!(hand.form().fields.iter().any(|field| field.text() == "Amina W"));
}

/// What somebody may do is another as soon as it was changed, not only once they log in again.
#[test]
fn what_one_may_no_longer_see_is_closed() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.lab.make("tickets.create", &[("title", "No light")]);
    hand.state.session = Some(hand.lab.user("otis", "super_admin"));
    hand.state.places.clear();
    hand.opens_list("customers");
    hand.passes(Duration::from_secs(2));
    hand.settle();
    hand.does("enter");
    assert!(hand.shown().contains("Amina"), "{}", hand.shown());
    let otis = hand.state.session.as_ref().and_then(headend::store::Session::user).unwrap();
    hand.lab.must("users.update", otis, &[("roles", "stock")]);
    for _ in 0..3 {
        hand.passes(Duration::from_secs(2));
        hand.settle();
    }
    let shown = hand.shown();
    assert!(!shown.contains("Amina") && shown.contains("otis (stock)"), "{shown}");
    assert!(hand.told().starts_with("what you may do was changed"), "{}", hand.told());
    hand.does(":");
    hand.types("customers");
    hand.does("enter");
    assert!(!hand.shown().contains("Amina"), "{}", hand.shown());
    hand.does("esc");
    // And what they may see more.
    hand.lab.must("users.update", otis, &[("roles", "super_admin")]);
    for _ in 0..3 {
        hand.passes(Duration::from_secs(2));
        hand.settle();
    }
    hand.opens_list("customers");
    hand.settle();
    assert!(hand.shown().contains("Amina"), "{}", hand.shown());
}

/// A form that one may not use any more is refused at its key, and is there once one may again.
#[test]
fn a_form_that_one_may_no_longer_save_is_kept() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let otis = hand.lab.user("otis", "super_admin");
    let id = otis.user().unwrap();
    hand.state.session = Some(otis);
    hand.rests();
    hand.does("e");
    hand.types(" W");
    hand.passes(Duration::from_millis(400));
    hand.settle();
    hand.lab.must("users.update", id, &[("roles", "viewer")]);
    hand.rests();
    hand.rests();
    assert!(
        matches!(hand.state.places.last(), Some(headend::console::state::Place::Form(_))),
        "customers may still be seen: {}",
        hand.shown()
    );
    assert!(!hand.shown().contains("C-s save"), "{}", hand.shown());
    hand.does("ctrl-s");
    assert!(hand.told().contains("it needs customers.update"), "{}", hand.told());
    hand.lab.must("users.update", id, &[("roles", "stock")]);
    hand.rests();
    hand.rests();
    assert!(!hand.shown().contains("Amina"), "{}", hand.shown());
    hand.lab.must("users.update", id, &[("roles", "super_admin")]);
    hand.rests();
    hand.rests();
    hand.opens_list("customers");
    hand.settle();
    hand.does("e");
    assert!(hand.form().fields.iter().any(|field| field.text() == "Amina W"), "{}", hand.shown());
}

/// That the organisation is not changed any more is told at once, not as something is saved.
#[test]
fn a_suspended_organisation_is_seen_to_be_so() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.rests();
    hand.does("e");
    hand.types(" W");
    hand.lab.raw().execute("UPDATE tenants SET status = 'suspended'");
    hand.rests();
    assert!(hand.told().starts_with("the organisation was suspended or has expired"), "{}", hand.told());
    let shown = hand.shown();
    assert!(shown.contains("read only") && shown.contains("Amina W"), "what is typed stays: {shown}");
    hand.does("esc");
    hand.does("x");
    assert!(hand.shown().contains("it can be looked at, not changed"), "{}", hand.shown());
    hand.does("esc");
    hand.lab.raw().execute("UPDATE tenants SET status = 'active'");
    hand.rests();
    assert_eq!(hand.told(), "the organisation can be changed again");
    assert!(!hand.shown().contains("read only"), "{}", hand.shown());
}

#[test]
fn the_database_is_told_once_a_minute_that_somebody_is_at_work() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let mut told = 0;
    for second in 0..600 {
        hand.passes(Duration::from_secs(1));
        // Somebody presses keys for five minutes, and then goes.
        if second < 300 {
            hand.press_after("j", Duration::ZERO, false);
        }
        while hand.next(|question| matches!(question, Question::AtWork)).is_some() {
            told += 1;
        }
        hand.settle();
    }
    assert!((4..=6).contains(&told), "{told}");
}

#[test]
fn without_a_key_for_ten_minutes_it_locks() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.does("e");
    hand.types(" W");
    for _ in 0..9 {
        hand.passes(Duration::from_secs(60));
        hand.settle();
    }
    assert!(hand.state.door.is_none());
    hand.press("left");
    hand.passes(Duration::from_secs(599));
    hand.settle();
    assert!(hand.state.door.is_none(), "counted from the last key");
    hand.passes(Duration::from_secs(2));
    hand.settle();
    assert!(hand.state.door.is_some() && hand.drafts.len() == 1);
    let shown = hand.shown();
    assert!(shown.contains("Locked") && !shown.contains("Amina"), "{shown}");
    // What was asked before is heard behind the door too.
    hand.passes(Duration::from_secs(2));
    hand.types(PASSWORD);
    hand.press("enter");
    let pulse = hand.next(|question| matches!(question, Question::Pulse)).expect("it goes on asking");
    hand.reply(pulse);
    hand.settle();
    assert!(hand.state.door.is_none());
    assert!(hand.form().fields.iter().any(|field| field.text() == "Amina W"));
    hand.passes(Duration::from_secs(2));
    assert!(hand.next(|question| matches!(question, Question::Pulse)).is_some(), "and goes on after it");
}

#[test]
fn the_organisations_texts_come_before_english_and_a_new_theme_keeps_them() {
    let mut hand = Hand::new();
    let raw = &mut hand.lab.raw();
    let (id, tenant) = (raw.id(headend::domain::Id::new()), raw.id(hand.lab.admin.tenant.id));
    let now = raw.time(hand.state.now);
    raw.execute(&format!(
        "INSERT INTO translations (id, tenant_id, key, language, value, version, created_at, updated_at) \
         VALUES ({id}, {tenant}, 'list.all', 'sw', ' / yote', 1, {now}, {now})"
    ));
    hand.state.language = Some("sw".into());
    let again = resumed(hand.lab.admin.clone());
    for effect in enter(&mut hand.state, again) {
        if let Effect::Ask(number, question) = effect {
            hand.asked.push((number, *question));
        }
    }
    hand.settle();
    hand.does("2");
    assert!(hand.shown().contains(" / yote"), "{}", hand.shown());
    let theme = Theme::built_in("mono", ColourDepth::Mono, false).unwrap();
    hand.hears(Message::Theme(Ok(Box::new(theme))));
    assert!(hand.shown().contains(" / yote"));
    // A file of the language that is saved is taken, below what the organisation says.
    let texts = [("list.all", " / zote"), ("status.keys", " FUNGUO ")].map(|(key, text)| (key.into(), text.into()));
    hand.hears(Message::Texts(Ok(texts.into())));
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains(" / yote") && shown.contains(" FUNGUO "), "{shown}");
    hand.hears(Message::Texts(Err("sw.toml:3: there is no text ‘x’".into())));
    assert!(hand.told().contains("stay as they were") && hand.shown().contains(" FUNGUO "), "{}", hand.told());
}

#[test]
fn times_are_shown_and_typed_in_the_persons_zone() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let amina = hand.list().rows[0].record.id;
    hand.lab.must("customers.update", amina, &[("expires_at", "2026-07-01T10:00:00Z")]);
    hand.state.zone = Some(chrono_tz::Europe::Berlin);
    enter(&mut hand.state, resumed(hand.lab.admin.clone()));
    hand.does("enter");
    assert!(hand.shown().contains("2026-07-01 12:00"), "{}", hand.shown());
    hand.does("e");
    let expires = hand.form().fields.iter().find(|field| field.field.name == "expires_at").unwrap();
    assert_eq!(expires.text(), "2026-07-01 12:00");
    // So is what it was before, in the record's history; the field stands in a column of its own there.
    hand.does("esc");
    hand.lab.must("customers.update", amina, &[("expires_at", "2026-07-02T11:30:00Z")]);
    hand.does("t");
    let shown = hand.shown();
    assert!(shown.contains("expires: 2026-07-01 12:00 → 2026-07-02 13:30"), "{shown}");
    let last = shown.lines().find(|line| line.contains("2026-07-02 13:30")).unwrap();
    assert!(!last.contains("expires: "), "{shown}");
}

/// What is too long for the status line is told in full above it.
#[test]
fn a_long_message_is_told_to_its_end() {
    let mut hand = Hand::with_customers(&["Amina"]);
    let why = "keys.toml:3: fnd: there is no action of that name; ".repeat(4);
    hand.hears(Message::Keys(Err(format!("{why}and that is all"))));
    let shown = hand.shown();
    assert!(shown.contains("the keys stay as they were: keys.toml:3") && shown.contains("that is all"), "{shown}");
}

#[test]
fn a_demo_that_is_locked_says_how_it_opens() {
    let mut hand = Hand::with_customers(&["Amina"]);
    hand.state.demo_password = Some(headend::domain::secret::Secret::new("amber-river-lamp".into()));
    hand.press("ctrl-q");
    assert!(hand.shown().contains("amber-river-lamp"), "{}", hand.shown());
    hand.state.demo_password = None;
    hand.state.door = None;
    hand.press("ctrl-q");
    assert!(!hand.shown().contains("The password"), "{}", hand.shown());
}

#[test]
fn numbers_and_dates_are_shown_in_the_persons_manner_and_typed_in_the_programs() {
    let mut hand = Hand::new();
    hand.lab.make(
        "plans.create",
        &[("name", "Home 100M"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "1234.50")],
    );
    hand.state.manner = Some(Manner::of("de"));
    enter(&mut hand.state, resumed(hand.lab.admin.clone()));
    hand.press(":");
    hand.types("plans price:1234.50");
    hand.does("enter");
    assert_eq!(hand.names(), ["Home 100M"]);
    assert!(hand.shown().contains("1.234,50"), "{}", hand.shown());
    hand.does("e");
    assert!(hand.form().fields.iter().any(|field| field.text() == "1234.50"), "what is edited is as it is typed");
}

/// Whoever may not see the network has a dashboard of what is theirs, and nothing on it that is never read.
#[test]
fn a_dashboard_shows_no_list_that_is_not_for_the_person() {
    let mut hand = Hand::new();
    let seller = hand.lab.user("seller", "sales");
    hand.state.session = Some(seller);
    hand.state.places.clear();
    let session = hand.state.session.clone().unwrap();
    for effect in enter(&mut hand.state, resumed(session)) {
        if let Effect::Ask(number, question) = effect {
            hand.asked.push((number, *question));
        }
    }
    hand.settle();
    let shown = hand.shown();
    assert!(shown.contains("Dashboard") && !shown.contains("reading"), "{shown}");
    assert!(!shown.contains("What is not well") && !shown.contains("no result yet"), "{shown}");
}
